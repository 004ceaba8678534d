//! The catalogue: a card for each sighting, filled by the readers' surveys.

use std::collections::{BTreeMap, HashMap};

use super::cards::{CommentSighting, Kinds, NOBODY, PackedDate, Place, PostSighting, folded_title};
use super::ids::{Id, Interner};
use super::media::MediaSighting;
use super::texts::{TextRef, Texts};
use crate::ledger::{Ledger, Notice, NoticeCode};
use crate::model::{Blog, Media, Post, PostAuthor, SourceInfo};
use crate::read::archive_lines::ArchiveLines;
use crate::read::permalink::slug_of;
use crate::read::{Context, Damage, DamagedKind, EntryReader, Format, SeenComment, Sink, Span};
use crate::source::Bytes;
use crate::wordpress::slug;

/// A source that was surveyed.
pub(crate) struct Surveyed {
    pub(crate) info: SourceInfo,
    pub(crate) shown: String,
    pub(crate) format: Format,
    pub(crate) bytes: Bytes,
    pub(crate) context: Context,
    /// Places in the bytes are places in the original.
    pub(crate) has_true_places: bool,
    /// The sources of an archive that is read again, by the ids it gives them.
    pub(crate) adopted: Vec<SourceInfo>,
}

impl Surveyed {
    /// How its bytes are read, entry by entry.
    pub(crate) fn reader(&self) -> &'static dyn EntryReader {
        match self.format {
            Format::Entries(reader) => reader,
            // Documents lie in the spool as JSON Lines.
            Format::Document(_) | Format::Companion(..) => &ArchiveLines,
        }
    }
}

/// What a source tells of a blog.
pub(crate) struct Contribution {
    pub(crate) source: u32,
    pub(crate) blog: Blog,
}

/// A term of a post: the number of its name, of which the lowest bit says that it is a category and not a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term(u32);

impl Term {
    fn new(name: u32, is_category: bool) -> Term {
        Term(name << 1 | u32::from(is_category))
    }

    pub(crate) fn name(self) -> u32 {
        self.0 >> 1
    }

    pub(crate) fn is_category(self) -> bool {
        self.0 & 1 != 0
    }
}

#[derive(Default)]
pub(crate) struct Catalogue {
    pub(crate) sources: Vec<Surveyed>,
    pub(crate) contributions: Vec<Contribution>,
    /// Ids of blogs.
    pub(crate) blogs: Interner,
    /// Ids that are no numbers.
    pub(crate) ids: Interner,
    pub(crate) kinds: Kinds,
    pub(crate) texts: Texts,
    /// Names of tags and categories.
    pub(crate) term_names: Interner,
    pub(crate) terms: Vec<Term>,
    pub(crate) authors: Vec<PostAuthor>,
    author_index: HashMap<(Option<String>, Option<String>), u32>,
    /// Of the post that was seen last; nearly always that of the next.
    last_author: u32,
    pub(crate) posts: Vec<PostSighting>,
    /// Older addresses of posts, by the place of the sighting. Few posts have any.
    pub(crate) older: HashMap<Place, Vec<TextRef>>,
    /// The pages above posts, by the place of the sighting. Few posts have one.
    pub(crate) parents: HashMap<Place, Id>,
    pub(crate) comments: Vec<CommentSighting>,
    pub(crate) media: Vec<MediaSighting>,
    pub(crate) ledger: Ledger,
    pub(crate) notices: Vec<Notice>,
    /// Personal values that readers left out for good.
    pub(crate) redacted: BTreeMap<&'static str, u64>,
    /// Faults of form, by source and words: one notice each, however often they occur.
    form_faults: HashMap<(u32, String), usize>,
    current: u32,
    /// Number of the next comment of the source at hand.
    position: u32,
    pub(crate) adopted: Vec<SourceInfo>,
}

impl Catalogue {
    /// What comes from now on is of the source with this number.
    pub(crate) fn begin_source(&mut self, number: u32) {
        self.current = number;
        self.position = 0;
        self.adopted = Vec::new();
    }

    fn blog_number(&mut self, id: &str) -> u16 {
        u16::try_from(self.blogs.intern(id)).unwrap_or(u16::MAX)
    }

    fn author(&mut self, author: Option<&PostAuthor>) -> u32 {
        let Some(author) = author else {
            return NOBODY;
        };
        let last = self.authors.get(self.last_author as usize);
        if last.is_some_and(|last| (&last.name, &last.url) == (&author.name, &author.url)) {
            return self.last_author;
        }
        let next = u32::try_from(self.authors.len()).unwrap_or(NOBODY);
        let key = (author.name.clone(), author.url.clone());
        self.last_author = *self.author_index.entry(key).or_insert(next);
        if self.last_author == next {
            self.authors.push(author.clone());
        }
        self.last_author
    }
}

impl Sink for Catalogue {
    fn blog(&mut self, blog: Blog) {
        self.blogs.intern(&blog.id);
        self.contributions.push(Contribution {
            source: self.current,
            blog,
        });
    }

    fn post(&mut self, span: Span, post: &Post) {
        self.ledger.posts.read += 1;
        let blog = self.blog_number(&post.blog);
        let first_term = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
        for (names, is_category) in [(&post.tags, false), (&post.categories, true)] {
            for name in names {
                let name = self.term_names.intern(name);
                self.terms.push(Term::new(name, is_category));
            }
        }
        let filename = post
            ._source
            .as_ref()
            .and_then(|s| s.get("filename"))
            .and_then(|f| f.as_str());
        let address = match post.url.as_deref().or(filename) {
            Some(address) => self.texts.add(address),
            None => TextRef::default(),
        };
        let name = match (&post.slug, &post.title) {
            // WordPress's slug may be another than the end of the address.
            (Some(slug), _) if address == TextRef::default() || !ends_with_slug(post, filename) => self.texts.add(slug),
            (None, Some(title)) if address == TextRef::default() => {
                let end = title.char_indices().nth(120).map_or(title.len(), |(at, _)| at);
                self.texts.add(title.get(..end).unwrap_or_default())
            }
            _ => TextRef::default(),
        };
        if !post.redirects_from.is_empty() {
            let older = post
                .redirects_from
                .iter()
                .map(|address| self.texts.add(address))
                .collect();
            self.older.insert(Place::new(self.current, span), older);
        }
        if let Some(parent) = post.parent.as_deref().filter(|parent| !parent.is_empty()) {
            let parent = Id::pack(parent, &mut self.ids);
            self.parents.insert(Place::new(self.current, span), parent);
        }
        let emails = post.authors.iter().filter(|a| a._email.is_some()).count();
        let author = self.author(post.authors.first());
        self.posts.push(PostSighting {
            id: Id::pack(&post.id, &mut self.ids),
            place: Place::new(self.current, span),
            published: PackedDate::pack(post.date_published.as_ref().map(|d| d.moment())),
            title: folded_title(post).into(),
            address,
            name,
            terms: first_term,
            terms_count: u16::try_from(post.tags.len() + post.categories.len()).unwrap_or(u16::MAX),
            blog,
            author,
            kind: self.kinds.pack(&post.kind),
            status: post.status,
            protected: post.protected,
            emails: u8::try_from(emails).unwrap_or(u8::MAX),
        });
    }

    fn comment(&mut self, span: Span, blog: &str, comment: SeenComment<'_>) {
        self.ledger.comments.read += 1;
        let blog = self.blog_number(blog);
        let place = Place::new(self.current, span);
        let mut sighting = CommentSighting::of(comment, blog, place, &mut self.ids);
        sighting.position = self.position;
        self.position += 1;
        self.comments.push(sighting);
    }

    fn media(&mut self, span: Span, media: &Media) {
        let blog = self.blog_number(&media.blog);
        let post = media.posts.first().map(String::as_str).unwrap_or_default();
        self.media.push(MediaSighting {
            place: Place::new(self.current, span),
            id: Id::pack(&media.id, &mut self.ids),
            blog,
            post: Id::pack(post, &mut self.ids),
        });
    }

    fn damaged(&mut self, damage: Damage) {
        match damage.kind {
            DamagedKind::Post => {
                self.ledger.posts.read += 1;
                self.ledger.posts.damaged += 1;
            }
            DamagedKind::Comment => {
                self.ledger.comments.read += 1;
                self.ledger.comments.damaged += 1;
            }
            DamagedKind::Other => {}
        }
        let what = match (damage.kind, &damage.id) {
            (DamagedKind::Post, Some(id)) => format!("Post {id} could not be read"),
            (DamagedKind::Post, None) => "An entry could not be read".to_owned(),
            (DamagedKind::Comment, Some(id)) => format!("Comment {id} could not be read"),
            (DamagedKind::Comment, None) => "A comment could not be read".to_owned(),
            (DamagedKind::Other, _) => "A setting could not be read".to_owned(),
        };
        let mut notice = Notice::new(
            NoticeCode::DamagedEntry,
            format!("{what}: {}.", damage.what.trim_end_matches('.')),
        )
        .at_byte(damage.offset);
        match damage.kind {
            DamagedKind::Comment => notice.comment = damage.id,
            _ => notice.post = damage.id,
        }
        self.notice(notice);
    }

    fn notice(&mut self, mut notice: Notice) {
        notice.source = Some(self.current.to_string());
        if notice.code == NoticeCode::FormFault {
            let seen = self
                .form_faults
                .entry((self.current, notice.message.clone()))
                .or_default();
            *seen += 1;
            if *seen > 1 {
                return;
            }
        }
        self.notices.push(notice);
    }

    fn redacted(&mut self, field: &'static str, count: u64) {
        if count > 0 {
            *self.redacted.entry(field).or_default() += count;
        }
    }

    fn sources(&mut self, sources: Vec<SourceInfo>) {
        self.adopted.extend(sources);
    }
}

/// Whether the address that names a post ends with its slug.
fn ends_with_slug(post: &Post, filename: Option<&str>) -> bool {
    let ending = post.url.as_deref().or(filename).and_then(slug_of);
    // Nearly always they are written alike, and need not be put into WordPress's form.
    ending == post.slug.as_deref() || ending.map(slug) == post.slug.as_deref().map(slug)
}
