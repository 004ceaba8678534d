//! Cards as a plan sees them: everything that can be known of a post without reading its body.

use super::Archive;
use super::cards::{CommentSighting, Marks, NOBODY, PostSighting};
use super::ids::Id;
use super::join::{self, CommentGroup, PostGroup};
use crate::model::{Blog, CommentStatus, Kind, Moment, PostAuthor, Status, Zone};

/// A post as the catalogue knows it.
#[derive(Clone, Copy)]
pub struct PostCard<'a> {
    archive: &'a Archive,
    number: u32,
    group: PostGroup,
    sighting: &'a PostSighting,
}

/// A tag or category as the catalogue knows it. Equal numbers are equal names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term<'a> {
    /// Number of the name in the archive.
    pub number: u32,
    /// The name.
    pub name: &'a str,
    /// A category, not a tag.
    pub is_category: bool,
}

impl<'a> PostCard<'a> {
    pub(super) fn of(archive: &'a Archive, number: u32) -> Option<PostCard<'a>> {
        let group = *archive.joined.posts.get(number as usize)?;
        let sighting = archive.catalogue.posts.get(group.first as usize)?;
        Some(PostCard {
            archive,
            number,
            group,
            sighting,
        })
    }

    fn sightings(&self) -> &'a [PostSighting] {
        join::sightings_of(&self.archive.catalogue.posts, &self.group)
    }

    /// Its number in the archive.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Its id.
    pub fn id(&self) -> String {
        self.sighting.id.unpack(&self.archive.catalogue.ids)
    }

    /// The place of its blog in [`Archive::blogs`].
    pub fn blog_place(&self) -> usize {
        self.archive
            .blog_places
            .get(usize::from(self.sighting.blog))
            .copied()
            .flatten()
            .unwrap_or_default() as usize
    }

    /// Its blog.
    pub fn blog(&self) -> Option<&'a Blog> {
        self.archive.blogs.get(self.blog_place()).map(|b| &b.blog)
    }

    /// The zone in which a bare date of it is understood.
    pub fn zone(&self) -> Zone {
        self.archive.zone(self.blog_place())
    }

    /// Post, page or another kind.
    pub fn kind(&self) -> &'a Kind {
        self.archive.catalogue.kinds.unpack(self.sighting.kind)
    }

    /// Whether it was public. Where sources disagree the better one is believed.
    pub fn status(&self) -> Status {
        self.sighting.status
    }

    /// It had a password.
    pub fn protected(&self) -> bool {
        self.sightings().iter().any(|s| s.protected)
    }

    /// When it was published.
    pub fn published(&self) -> Option<Moment> {
        self.sightings().iter().find_map(|s| s.published.unpack())
    }

    /// Its address as published, or the path that the source reserves for it (`/2017/03/x.html`).
    pub fn address(&self) -> Option<String> {
        self.sightings()
            .iter()
            .find_map(|s| self.archive.catalogue.texts.get(s.address))
    }

    /// All addresses that led to it, in every source: as published, as reserved for it, older ones.
    pub fn addresses(&self) -> impl Iterator<Item = String> + use<'a> {
        let catalogue = &self.archive.catalogue;
        let own = self.sightings().iter().map(|s| s.address);
        let older = self
            .sightings()
            .iter()
            .filter_map(|s| catalogue.older.get(&s.place))
            .flatten();
        own.chain(older.copied())
            .filter_map(|address| catalogue.texts.get(address))
    }

    /// Words to name it by where it has no address: its slug, or the beginning of its title.
    pub fn name(&self) -> Option<String> {
        self.sightings()
            .iter()
            .filter_map(|s| self.archive.catalogue.texts.get(s.name))
            .find(|n| !n.trim().is_empty())
    }

    /// A hash of the title without case, accents and trailing space; 0 where it has none.
    pub fn folded_title(&self) -> u64 {
        self.sightings()
            .iter()
            .map(|s| s.title.get())
            .find(|t| *t != 0)
            .unwrap_or_default()
    }

    /// Its tags and categories.
    pub fn terms(&self) -> impl Iterator<Item = Term<'a>> + use<'a> {
        let catalogue = &self.archive.catalogue;
        let sighting = self
            .sightings()
            .iter()
            .find(|s| s.terms_count > 0)
            .unwrap_or(self.sighting);
        let first = sighting.terms as usize;
        catalogue
            .terms
            .get(first..first + usize::from(sighting.terms_count))
            .unwrap_or_default()
            .iter()
            .map(|t| Term {
                number: t.name(),
                name: catalogue.term_names.get(t.name()),
                is_category: t.is_category(),
            })
    }

    /// Its first author; equal numbers are equal people.
    pub fn author(&self) -> Option<(u32, &'a PostAuthor)> {
        let number = self.sightings().iter().map(|s| s.author).find(|a| *a != NOBODY)?;
        Some((number, self.archive.catalogue.authors.get(number as usize)?))
    }

    /// Id of the page above it.
    pub fn parent(&self) -> Option<String> {
        let catalogue = &self.archive.catalogue;
        let parent = self.sightings().iter().find_map(|s| catalogue.parents.get(&s.place))?;
        Some(parent.unpack(&catalogue.ids))
    }

    /// How many e-mail addresses of authors its sources hold.
    pub fn emails(&self) -> u64 {
        self.sightings().iter().map(|s| u64::from(s.emails)).max().unwrap_or(0)
    }

    /// Bytes of the sources that have to be read for it and its comments.
    pub fn size(&self) -> u64 {
        let own: u64 = self.sightings().iter().map(|s| u64::from(s.place.length)).sum();
        // Many formats have the comments in the entry of the post.
        let is_inside = |comment: &CommentCard<'_>| self.sightings().iter().any(|s| s.place == comment.sighting.place);
        let beside = self.comments().filter(|comment| !is_inside(comment));
        own + beside.map(|c| u64::from(c.sighting.place.length)).sum::<u64>()
    }

    /// Its comments, in thread order.
    pub fn comments(&self) -> impl ExactSizeIterator<Item = CommentCard<'a>> + use<'a> {
        let archive = self.archive;
        let first = self.group.comments_first;
        (first..first + self.group.comments_count).map(move |n| CommentCard::of(archive, n))
    }
}

static NO_COMMENT: CommentSighting = CommentSighting {
    id: Id::None,
    post: Id::None,
    parent: Id::None,
    place: super::cards::Place::NONE,
    published: super::cards::PackedDate::UNKNOWN,
    body: super::ids::Eight::ZERO,
    position: 0,
    blog: 0,
    marks: Marks::new(CommentStatus::Unknown, 0),
};

/// A comment as the catalogue knows it.
#[derive(Clone, Copy)]
pub struct CommentCard<'a> {
    archive: &'a Archive,
    number: u32,
    group: CommentGroup,
    sighting: &'a CommentSighting,
}

impl<'a> CommentCard<'a> {
    pub(super) fn of(archive: &'a Archive, number: u32) -> CommentCard<'a> {
        let group = archive.joined.comments.get(number as usize).copied();
        let group = group.unwrap_or(CommentGroup {
            first: u32::MAX,
            count: 0,
            flags: 0,
        });
        CommentCard {
            archive,
            number,
            sighting: archive
                .catalogue
                .comments
                .get(group.first as usize)
                .unwrap_or(&NO_COMMENT),
            group,
        }
    }

    fn sightings(&self) -> &'a [CommentSighting] {
        let first = self.group.first as usize;
        self.archive
            .catalogue
            .comments
            .get(first..first + usize::from(self.group.count))
            .unwrap_or_default()
    }

    /// Its number in the archive.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Its id.
    pub fn id(&self) -> String {
        self.sighting.id.unpack(&self.archive.catalogue.ids)
    }

    /// Whether this is its id.
    pub fn has_id(&self, id: &str) -> bool {
        self.sighting.id.is(id, &self.archive.catalogue.ids)
    }

    /// Id of its blog.
    pub fn blog_id(&self) -> &'a str {
        self.archive.catalogue.blogs.get(u32::from(self.sighting.blog))
    }

    /// Id of what it was written to; empty where the source does not say.
    pub fn post_id(&self) -> String {
        self.sighting.post.unpack(&self.archive.catalogue.ids)
    }

    /// Whether it was shown.
    pub fn status(&self) -> CommentStatus {
        // As merging has it: the best source that knows.
        let mut known = self.sightings().iter().map(|s| s.marks.status());
        known
            .find(|status| *status != CommentStatus::Unknown)
            .unwrap_or(CommentStatus::Unknown)
    }

    /// When it was written.
    pub fn published(&self) -> Option<Moment> {
        self.sightings().iter().find_map(|s| s.published.unpack())
    }

    /// The owner wrote it on somebody else's blog.
    pub fn is_own_elsewhere(&self) -> bool {
        self.sightings().iter().all(|s| s.marks.has(Marks::OWN))
    }

    /// A reader found that it looks like spam.
    pub fn is_suspected_spam(&self) -> bool {
        self.sightings().iter().any(|s| s.marks.has(Marks::SUSPECTED_SPAM))
    }

    /// Its sources hold the e-mail address of who wrote it.
    pub fn has_email(&self) -> bool {
        self.sightings().iter().any(|s| s.marks.has(Marks::EMAIL))
    }

    /// Its sources hold the IP address of who wrote it.
    pub fn has_ip(&self) -> bool {
        self.sightings().iter().any(|s| s.marks.has(Marks::IP))
    }
}
