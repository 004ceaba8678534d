//! The archive: a catalogue of everything that was seen, made in one pass, and posts on demand.
//!
//! [`Archive::survey`] keeps a card of 68 bytes for each post and comment and leaves the bodies where they
//! are. Sightings of the same record are joined on exact keys only. [`Archive::posts`] then reads just those posts, with
//! their comments in thread order; it takes `&self` and is called from many threads.

mod blogs;
mod cards;
mod catalogue;
mod comments_at;
mod documents;
mod entries;
mod error;
mod fetch;
mod ids;
mod join;
mod media;
mod merge;
mod open_dates;
mod repeats;
mod same_ids;
mod sorting;
mod survey;
mod texts;
mod threads;
mod view;

pub use error::ArchiveError;
pub use fetch::{FetchError, Fetched, FetchedComment, Posts};
pub use media::MediaCard;
pub use survey::SurveyOptions;
pub use view::{CommentCard, PostCard, Term};

use std::collections::BTreeMap;
use std::sync::OnceLock;

use cards::Marks;
use catalogue::Catalogue;
use join::Joined;
use repeats::Repeats;

use crate::ledger::{Ledger, Notice};
use crate::model::{Assumptions, Blog, Comment, SourceInfo, Zone};

/// Everything that was seen in the sources, ready to be planned and read.
pub struct Archive {
    catalogue: Catalogue,
    joined: Joined,
    /// Made when the first comment is read.
    repeats: OnceLock<Repeats>,
    blogs: Vec<BlogEntry>,
    /// Number of the catalogue's blog → place in `blogs`.
    blog_places: Vec<Option<u32>>,
    sources: Vec<SourceInfo>,
    /// Number of the catalogue's source → its id in the record; for an archive read again, by its own ids.
    source_ids: Vec<SourceIds>,
    /// Number of the catalogue's source → its rank; the lowest wins.
    ranks: Vec<u32>,
    assumptions: Option<Assumptions>,
    ledger: Ledger,
    notices: Vec<Notice>,
}

/// How the provenance of a source's records is named.
#[derive(Clone, Debug, Default)]
struct SourceIds {
    own: String,
    adopted: BTreeMap<String, String>,
}

/// A blog and the zone in which its bare dates are understood.
struct BlogEntry {
    blog: Blog,
    zone: Zone,
}

impl Archive {
    /// The blogs, in order of their ids.
    pub fn blogs(&self) -> impl ExactSizeIterator<Item = &Blog> {
        self.blogs.iter().map(|b| &b.blog)
    }

    /// The zone of the blog at this place of [`Archive::blogs`]; UTC where it is not known.
    pub fn zone(&self, blog: usize) -> Zone {
        self.blogs.get(blog).map(|b| b.zone).unwrap_or_default()
    }

    /// The files that were read, best first: `sources` of the head.
    pub fn sources(&self) -> &[SourceInfo] {
        &self.sources
    }

    /// What was assumed because the user said so.
    pub fn assumptions(&self) -> Option<&Assumptions> {
        self.assumptions.as_ref()
    }

    /// What the survey read, merged and found damaged. Nothing is written or left out yet.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What the user should know of the survey.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Personal values that were left out in reading and cannot be had back, by kind.
    pub fn redacted(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.catalogue.redacted.iter().map(|(f, n)| (*f, *n))
    }

    /// How many posts there are, every sighting of one counted once.
    pub fn post_count(&self) -> u32 {
        u32::try_from(self.joined.posts.len()).unwrap_or(u32::MAX)
    }

    /// The card of a post. Posts are numbered in the order of the record: by date published in UTC and id, undated last.
    pub fn post(&self, number: u32) -> Option<PostCard<'_>> {
        PostCard::of(self, number)
    }

    /// The cards of all posts, in order.
    pub fn post_cards(&self) -> impl Iterator<Item = PostCard<'_>> {
        (0..self.post_count()).filter_map(|n| self.post(n))
    }

    /// Reads every comment and notes on its card what `is_spam` says of it. Only a plan that leaves out what looks like
    /// spam needs this: the cards know nothing of texts.
    ///
    /// # Errors
    /// When a source cannot be read any more or has changed.
    pub fn note_spam(&mut self, is_spam: impl Fn(&Comment) -> bool) -> Result<(), FetchError> {
        let mut marked = Vec::new();
        let numbers: Vec<u32> = (0..self.post_count()).collect();
        for fetched in self.posts(&numbers) {
            let fetched = fetched?;
            let group = self.joined.posts.get(fetched.number as usize);
            let groups = group.map_or(&[][..], |group| self.comment_groups(group));
            let comments = groups.iter().zip(&fetched.post.comments);
            marked.extend(comments.filter(|(_, c)| is_spam(c)).map(|(g, _)| g.first));
        }
        for first in marked {
            if let Some(sighting) = self.catalogue.comments.get_mut(first as usize) {
                sighting.marks.set(Marks::SUSPECTED_SPAM);
            }
        }
        Ok(())
    }

    /// Comments whose post is not there, and those that the owner wrote on other blogs.
    pub fn loose_comments(&self) -> impl ExactSizeIterator<Item = CommentCard<'_>> {
        self.joined.loose.clone().map(|number| CommentCard::of(self, number))
    }
}
