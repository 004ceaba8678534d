//! Posts on demand: reads the bytes of some posts and their comments, neighbours in one read, and makes records of them.

use std::cell::Cell;
use std::io;

use smallvec::SmallVec;

use super::cards::Place;
use super::catalogue::Surveyed;
use super::comments_at::Comments;
use super::ids::Id;
use super::join::{CommentGroup, PostGroup, sightings_of};
use super::merge::{self, Sighted};
use super::open_dates;
use super::repeats;
use super::{Archive, SourceIds};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{
    Blog, Comment, CommentType, Date, IdBasis, Media, ParentBasis, Post, Provenance, SourceData, Status,
};
use crate::read::{Class, Damage, Entry};

/// A post, read whole.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its number in the archive.
    pub number: u32,
    /// The post with its comments in thread order.
    pub post: Post,
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

/// Bytes between two entries that are read along rather than jumped over: about what asking once more costs.
const GAP: u64 = 8 * 1024;

/// The most that one read takes, where no single entry is larger.
const BLOCK: u64 = 512 * 1024;

thread_local! {
    /// Room for a block, which the next read of this thread uses again.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Archive {
    /// Reads posts by their numbers. Reads of neighbours are joined, so ask for many at once.
    ///
    /// # Errors
    /// When a source cannot be read any more or has changed.
    pub fn posts(&self, numbers: &[u32]) -> Result<Vec<Fetched>, FetchError> {
        let groups: Vec<(u32, PostGroup)> = numbers
            .iter()
            .filter_map(|n| Some((*n, *self.joined.posts.get(*n as usize)?)))
            .collect();
        let mut places = Vec::new();
        for (_, group) in &groups {
            places.extend(sightings_of(&self.catalogue.posts, group).iter().map(|s| s.place));
            for comment in self.comment_groups(group) {
                places.extend(self.comment_places(comment));
            }
        }
        let mut entries = self.read(places)?;
        groups
            .into_iter()
            .map(|(number, group)| Ok(self.assemble(number, &group, &mut entries)))
            .collect()
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
        let mut entries = self.read(places)?;
        Ok(groups
            .iter()
            .filter_map(|group| {
                let mut comment = self.comment(group, &mut entries)?;
                let first = self.catalogue.comments.get(group.first as usize)?;
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
                Some(FetchedComment {
                    comment: *comment,
                    notices,
                })
            })
            .collect())
    }

    /// The media records at these places, in this order.
    pub(super) fn media_at(&self, places: Vec<Place>) -> Result<Vec<Media>, FetchError> {
        let mut entries = self.read(places.clone())?;
        let found = places.into_iter().filter_map(|place| entries.at(place)?.media.take());
        Ok(found.map(|media| *media).collect())
    }

    fn comment_groups(&self, group: &PostGroup) -> &[CommentGroup] {
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

    /// Reads what lies at these places.
    fn read(&self, mut places: Vec<Place>) -> Result<Entries, FetchError> {
        places.sort_unstable_by_key(|p| key(*p));
        places.dedup();
        let mut entries = Entries(Vec::with_capacity(places.len()));
        let mut buffer = ROOM.take();
        for of_source in places.chunk_by(|a, b| a.source == b.source) {
            let Some((source, ids)) = of_source.first().and_then(|p| {
                let number = p.source as usize;
                Some((self.catalogue.sources.get(number)?, self.source_ids.get(number)?))
            }) else {
                continue;
            };
            let io_error = |error| FetchError::Io {
                shown: source.shown.clone(),
                error,
            };
            let bytes = source.bytes.open().map_err(io_error)?;
            let mut rest = of_source;
            while let Some(first) = rest.first() {
                let start = first.offset();
                let mut end = start;
                let mut count = 0;
                for place in rest {
                    let place_end = place.offset() + u64::from(place.length);
                    if count > 0 && (place.offset() > end + GAP || place_end > start + BLOCK) {
                        break;
                    }
                    end = end.max(place_end);
                    count += 1;
                }
                let size = usize::try_from(end - start).unwrap_or(usize::MAX);
                if buffer.len() < size {
                    // Anew: what grows takes up to twice its size.
                    buffer = vec![0; size.max(BLOCK as usize)];
                }
                let block = buffer.get_mut(..size).unwrap_or_default();
                bytes.read_at(start, block).map_err(io_error)?;
                for place in rest.iter().take(count) {
                    let from = usize::try_from(place.offset() - start).unwrap_or(usize::MAX);
                    let entry = block.get(from..from + place.length as usize).unwrap_or_default();
                    entries.take(*place, entry, source, ids)?;
                }
                rest = rest.get(count..).unwrap_or_default();
            }
        }
        if buffer.len() as u64 <= 2 * BLOCK {
            ROOM.set(buffer);
        }
        Ok(entries)
    }

    fn assemble(&self, number: u32, group: &PostGroup, entries: &mut Entries) -> Fetched {
        let mut notices = Vec::new();
        let sightings: Vec<Sighted<Post>> = sightings_of(&self.catalogue.posts, group)
            .iter()
            .filter_map(|s| {
                let record = entries.at(s.place)?.post.take()?;
                Some(self.sighted(*record, s.place.source))
            })
            .collect();
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
            if let Some(mut comment) = self.comment(comment_group, entries) {
                comment.post = None;
                mark_post_author(&mut comment, &post);
                let body = repeats::body_of(&self.catalogue, comment_group.first, comment_group.count);
                repeats::label(&mut comment, self.repeats.get(&body));
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
        Fetched { number, post, notices }
    }

    fn sighted<T>(&self, record: T, source: u32) -> Sighted<T> {
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

    fn comment(&self, group: &CommentGroup, entries: &mut Entries) -> Option<Box<Comment>> {
        let first = group.first as usize;
        let ids = &self.catalogue.ids;
        let sightings: SmallVec<[Box<Comment>; 1]> = self
            .catalogue
            .comments
            .get(first..first + usize::from(group.count))?
            .iter()
            .filter_map(|s| {
                let comments = &mut entries.at(s.place)?.comments;
                if let Some(record) = comments.take_only(|id| s.id.is(id, ids)) {
                    return Some(record);
                }
                let id = s.id.unpack(ids);
                let mut record = comments.take(&id)?;
                if record.id != id {
                    let own = std::mem::replace(&mut record.id, id);
                    record.id_basis = keep_own_id(s.id, own, &mut record._source);
                }
                Some(record)
            })
            .collect();
        let mut comment = merge::comments(sightings)?;
        comment.parent_missing = group.flags & CommentGroup::PARENT_MISSING != 0;
        if group.flags & CommentGroup::CUT != 0 {
            let parent = comment.in_reply_to.take();
            if let Some(parent) = parent {
                comment
                    ._source
                    .get_or_insert_default()
                    .insert("in_reply_to".to_owned(), parent.into());
            }
            comment.parent_basis = None;
        }
        if comment.in_reply_to.is_some() && comment.parent_basis.is_none() {
            comment.parent_basis = Some(ParentBasis::Explicit);
        }
        Some(comment)
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
            source.get_or_insert_default().insert("id".to_owned(), own.into());
            Some(IdBasis::Derived)
        }
        _ => None,
    }
}

/// The order in which places are read.
fn key(place: Place) -> (u32, u64, u32) {
    (place.source, place.offset(), place.length)
}

/// What was read, in order of the places, until it is asked for.
#[derive(Default)]
struct Entries(Vec<(Place, Records)>);

/// The records of one place.
#[derive(Default)]
struct Records {
    post: Option<Box<Post>>,
    comments: Comments,
    media: Option<Box<Media>>,
}

impl Entries {
    fn at(&mut self, place: Place) -> Option<&mut Records> {
        let found = self.0.binary_search_by_key(&key(place), |(p, _)| key(*p)).ok()?;
        self.0.get_mut(found).map(|(_, records)| records)
    }

    fn take(&mut self, place: Place, bytes: &[u8], source: &Surveyed, ids: &SourceIds) -> Result<(), FetchError> {
        let reader = source.reader();
        let records =
            reader
                .entry(&source.context, bytes, place.offset())
                .map_err(|Damage { offset, what, .. }| FetchError::Changed {
                    shown: source.shown.clone(),
                    what,
                    offset,
                })?;
        let captured = source.info.captured_at.as_ref();
        let mut here = Records::default();
        for record in records {
            match record {
                Entry::Post(mut post) => {
                    name_sources(&mut post.provenance, source, ids, captured);
                    for source in post.field_sources.values_mut() {
                        if let Some(id) = ids.adopted.get(source) {
                            source.clone_from(id);
                        }
                    }
                    for mut comment in std::mem::take(&mut post.comments) {
                        name_sources(&mut comment.provenance, source, ids, captured);
                        here.comments.add(Box::new(comment));
                    }
                    here.post = Some(post);
                }
                Entry::Comment { mut comment, .. } => {
                    name_sources(&mut comment.provenance, source, ids, captured);
                    here.comments.add(comment);
                }
                Entry::Media(mut media) => {
                    name_sources(&mut media.provenance, source, ids, captured);
                    here.media = Some(media);
                }
            }
        }
        self.0.push((place, here));
        Ok(())
    }
}

/// Says of which source of the head a record is.
fn name_sources(provenance: &mut [Provenance], source: &Surveyed, ids: &SourceIds, captured: Option<&Date>) {
    for place in provenance {
        match &place.source {
            // An archive that is read again names its own sources.
            Some(own) => {
                if let Some(id) = ids.adopted.get(own) {
                    place.source = Some(id.clone());
                }
            }
            None => {
                place.source = Some(ids.own.clone()).filter(|id| !id.is_empty());
                if !source.has_true_places {
                    place.offset = None;
                    place.length = None;
                }
                if place.captured_at.is_none() {
                    place.captured_at = captured.cloned();
                }
            }
        }
    }
}
