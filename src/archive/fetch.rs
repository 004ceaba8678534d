//! Posts on demand: their entries read again, merged where several were seen, with their comments in thread order.

use std::io;

use smallvec::SmallVec;

use super::Archive;
use super::cards::Place;
use super::entries::{Entries, Records};
use super::ids::Id;
use super::join::{CommentGroup, PostGroup, sightings_of};
use super::merge::{self, Sighted};
use super::open_dates;
use super::repeats;
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Blog, Comment, CommentType, IdBasis, Media, ParentBasis, Post, SourceData, Status};
use crate::read::Class;

/// A post, read whole.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its number in the archive.
    pub number: u32,
    /// The post with its comments in thread order.
    pub post: Box<Post>,
    /// What the user should know of it.
    pub notices: Vec<Notice>,
}

/// A comment without its post, read whole.
#[derive(Clone, Debug)]
pub struct FetchedComment {
    /// The comment, as a record on a line of its own.
    pub comment: Comment,
    /// What the user should know of it.
    pub notices: Vec<Notice>,
}

/// Why posts that were surveyed cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The source's bytes cannot be had any more.
    #[error(
        "{shown} could not be read again: {}. It must stay as it is until the run ends",
        gone(error)
    )]
    Io {
        /// How the source is named.
        shown: String,
        /// What went wrong.
        error: io::Error,
    },
    /// The source's bytes are not those that were surveyed.
    #[error("{shown} changed while it was read: {what} at byte {offset}. Run it again on a copy")]
    Changed {
        /// How the source is named.
        shown: String,
        /// What was found.
        what: String,
        /// Where.
        offset: u64,
    },
}

/// What became of the source, without the system's own words where there are better ones.
fn gone(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there any more".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read any more".to_owned(),
        _ => error.to_string(),
    }
}

/// So many bytes of entries are read at once, and what goes with the last post of them.
const AT_ONCE: u64 = 512 * 1024;

/// Posts of an archive, read one after the other.
pub struct Posts<'a> {
    archive: &'a Archive,
    /// The numbers of those whose bytes have not been read yet.
    numbers: &'a [u32],
    /// Those whose bytes have been read.
    groups: smallvec::IntoIter<[(u32, PostGroup); 1]>,
    entries: Option<Entries<'a>>,
}

impl Posts<'_> {
    /// Reads the bytes of the next posts; at the end there are none.
    fn read_next(&mut self) -> Result<(), FetchError> {
        let archive = self.archive;
        let mut groups = SmallVec::new();
        let mut places = Vec::new();
        let mut size = 0;
        while size < AT_ONCE
            && let Some((number, rest)) = self.numbers.split_first()
        {
            self.numbers = rest;
            let Some(group) = archive.joined.posts.get(*number as usize) else {
                continue;
            };
            groups.push((*number, *group));
            size += archive.post(*number).map_or(0, |card| card.size());
            places.extend(sightings_of(&archive.catalogue.posts, group).iter().map(|s| s.place));
            for comment in archive.comment_groups(group) {
                places.extend(archive.comment_places(comment));
            }
        }
        // The room of those before is the room of these.
        self.entries = None;
        self.entries = Some(Entries::read(archive, places)?);
        self.groups = groups.into_iter();
        Ok(())
    }

    fn read_one(&mut self) -> Result<Option<Fetched>, FetchError> {
        if self.groups.len() == 0 && !self.numbers.is_empty() {
            self.read_next()?;
        }
        let next = self.groups.next().zip(self.entries.as_mut());
        next.map(|((number, group), entries)| self.archive.assemble(number, &group, entries))
            .transpose()
    }
}

impl Iterator for Posts<'_> {
    type Item = Result<Fetched, FetchError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read_one().transpose()
    }
}

impl Archive {
    /// Reads posts by their numbers. The bytes of some are read at once, neighbours together, so ask for many; each becomes
    /// a record when the iterator comes to it. It fails where a source cannot be read any more or has changed.
    pub fn posts<'a>(&'a self, numbers: &'a [u32]) -> Posts<'a> {
        Posts {
            archive: self,
            numbers,
            groups: SmallVec::new().into_iter(),
            entries: None,
        }
    }

    /// Reads comments of [`Archive::loose_comments`] by their numbers.
    ///
    /// # Errors
    /// When a source cannot be read any more or has changed.
    pub fn comments(&self, numbers: &[u32]) -> Result<Vec<FetchedComment>, FetchError> {
        let groups: Vec<CommentGroup> = numbers
            .iter()
            .filter_map(|n| self.joined.comments.get(*n as usize).copied())
            .collect();
        let places = groups.iter().flat_map(|g| self.comment_places(g)).collect();
        let mut entries = Entries::read(self, places)?;
        let mut fetched = Vec::with_capacity(groups.len());
        for group in &groups {
            let first = self.catalogue.comments.get(group.first as usize);
            let Some((first, mut comment)) = first.zip(self.comment(group, &mut entries)?) else {
                continue;
            };
            comment.record_type = Some(CommentType::Comment);
            let post = first.post.unpack(&self.catalogue.ids);
            comment.post = (!post.is_empty()).then_some(post);
            let blog = self.catalogue.blogs.get(u32::from(first.blog));
            comment._blog = Some(blog.to_owned()).filter(|b| !b.is_empty());
            let mut notices: Vec<Notice> = open_dates::of_comment(&comment).collect();
            for notice in &mut notices {
                notice.blog.clone_from(&comment._blog);
                notice.post.clone_from(&comment.post);
            }
            fetched.push(FetchedComment {
                comment: *comment,
                notices,
            });
        }
        Ok(fetched)
    }

    /// The media records at these places, in this order.
    pub(super) fn media_at(&self, places: Vec<Place>) -> Result<Vec<Media>, FetchError> {
        let mut entries = Entries::read(self, places.clone())?;
        let mut found = Vec::with_capacity(places.len());
        for place in places {
            found.extend(
                entries
                    .at(place)?
                    .and_then(|records| records.media.take())
                    .map(|media| *media),
            );
        }
        Ok(found)
    }

    pub(super) fn comment_groups(&self, group: &PostGroup) -> &[CommentGroup] {
        let first = group.comments_first as usize;
        self.joined
            .comments
            .get(first..first + group.comments_count as usize)
            .unwrap_or_default()
    }

    fn comment_places<'a>(&'a self, group: &CommentGroup) -> impl Iterator<Item = Place> + use<'a> {
        let first = group.first as usize;
        self.catalogue
            .comments
            .get(first..first + usize::from(group.count))
            .unwrap_or_default()
            .iter()
            .map(|c| c.place)
    }

    fn assemble(&self, number: u32, group: &PostGroup, entries: &mut Entries<'_>) -> Result<Fetched, FetchError> {
        let mut notices = Vec::new();
        let mut sightings: SmallVec<[Sighted; 1]> = SmallVec::new();
        for sighting in sightings_of(&self.catalogue.posts, group) {
            let record = entries.at(sighting.place)?.and_then(|records| records.post.take());
            sightings.extend(record.map(|post| self.sighted(post, sighting.place.source)));
        }
        let mut post = merge::posts(sightings, &mut notices).unwrap_or_default();
        if let Some(first) = self.catalogue.posts.get(group.first as usize) {
            // Sightings without a number were joined under that of the better one; and of two different posts with
            // one id the second has one of its own.
            let id = first.id.unpack(&self.catalogue.ids);
            if post.id != id {
                let own = std::mem::replace(&mut post.id, id);
                post.id_basis = keep_own_id(first.id, own, &mut post._source);
            }
        }
        if let Some(blog) = self.post(number).and_then(|card| card.blog()) {
            if post.blog != blog.id {
                post.blog.clone_from(&blog.id);
            }
            complete_address(&mut post, blog);
        }
        let mut comments = Vec::with_capacity(group.comments_count as usize);
        for comment_group in self.comment_groups(group) {
            if let Some(mut comment) = self.comment(comment_group, entries)? {
                comment.post = None;
                mark_post_author(&mut comment, &post);
                let body = repeats::body_of(&self.catalogue, comment_group.first, comment_group.count);
                let repeats = self
                    .repeats
                    .get_or_init(|| repeats::count(&self.catalogue, &self.joined));
                repeats::label(&mut comment, repeats.get(&body));
                comments.push(*comment);
            }
        }
        post.comments = comments;
        notices.extend(open_dates::of_post(&post));
        let of_comments = post.comments.iter().flat_map(open_dates::of_comment);
        notices.extend(of_comments.map(|notice| notice.about_post(&post.blog, &post.id)));
        let found = post.comments.len() as u64;
        if let Some(claimed) = post.comment_count_claimed.filter(|c| *c != found) {
            notices.push(
                Notice::new(
                    NoticeCode::CommentCount,
                    format!("The source claims {claimed} comments for this post; {found} were found."),
                )
                .about_post(&post.blog, &post.id),
            );
        }
        Ok(Fetched { number, post, notices })
    }

    fn sighted(&self, record: Box<Post>, source: u32) -> Sighted {
        let number = source as usize;
        Sighted {
            record,
            source: self
                .source_ids
                .get(number)
                .map(|ids| ids.own.clone())
                .unwrap_or_default(),
            class: self
                .catalogue
                .sources
                .get(number)
                .map_or(Class::Page, |s| s.format.info().class),
        }
    }

    fn comment(&self, group: &CommentGroup, entries: &mut Entries<'_>) -> Result<Option<Box<Comment>>, FetchError> {
        let first = group.first as usize;
        let ids = &self.catalogue.ids;
        let seen = self.catalogue.comments.get(first..first + usize::from(group.count));
        let mut sightings: SmallVec<[Box<Comment>; 1]> = SmallVec::new();
        for sighting in seen.unwrap_or_default() {
            let Some(Records { comments, .. }) = entries.at(sighting.place)? else {
                continue;
            };
            if let Some(record) = comments.take_only(|id| sighting.id.is(id, ids)) {
                sightings.push(record);
                continue;
            }
            let id = sighting.id.unpack(ids);
            let Some(mut record) = comments.take(&id) else {
                continue;
            };
            if record.id != id {
                let own = std::mem::replace(&mut record.id, id);
                record.id_basis = keep_own_id(sighting.id, own, &mut record._source);
            }
            sightings.push(record);
        }
        let Some(mut comment) = merge::comments(sightings) else {
            return Ok(None);
        };
        comment.parent_missing = group.flags & CommentGroup::PARENT_MISSING != 0;
        if group.flags & CommentGroup::CUT != 0 {
            let parent = comment.in_reply_to.take();
            if let Some(parent) = parent {
                comment
                    ._source
                    .get_or_insert_default()
                    .insert("in_reply_to".into(), parent.into());
            }
            comment.parent_basis = None;
        }
        if comment.in_reply_to.is_some() && comment.parent_basis.is_none() {
            comment.parent_basis = Some(ParentBasis::Explicit);
        }
        Ok(Some(comment))
    }
}

/// Takeout knows a post's path and not its host; the blog's address completes it.
fn complete_address(post: &mut Post, blog: &Blog) {
    if post.url.is_some() || matches!(post.status, Status::Draft | Status::Scheduled) {
        return;
    }
    let path = post
        ._source
        .as_ref()
        .and_then(|s| s.get("filename"))
        .and_then(|f| f.as_str())
        .filter(|p| p.starts_with('/'));
    if let (Some(path), Some(home)) = (path, &blog.home_page_url) {
        post.url = Some(format!("{}{path}", home.trim_end_matches('/')));
    }
}

/// A comment whose profile is that of an author of the post was written by that author.
fn mark_post_author(comment: &mut Comment, post: &Post) {
    if comment.is_post_author.is_some() {
        return;
    }
    let profile = comment.author.as_ref().and_then(|a| a.url.as_deref());
    if let Some(profile) = profile.filter(|p| !p.is_empty())
        && post.authors.iter().any(|a| a.url.as_deref() == Some(profile))
    {
        comment.is_post_author = Some(true);
    }
}

/// Keeps the id that the source gave, where the record has got another.
fn keep_own_id(id: Id, own: String, source: &mut Option<SourceData>) -> Option<IdBasis> {
    match id {
        Id::Derived(_) => {
            source.get_or_insert_default().insert("id".into(), own.into());
            Some(IdBasis::Derived)
        }
        _ => None,
    }
}
