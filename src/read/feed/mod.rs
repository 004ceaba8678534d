//! Public feeds of a blog: Atom, RSS, and Blogger's JSON and JSONP forms. A feed of posts and feeds of comments given
//! together make threads: both name the post by the same number.

pub mod atom;
pub mod json;
mod members;
pub mod rss;
mod wordpress;

use serde_json::Value;

use smallvec::smallvec;

use super::atom::AtomEntry;
use super::blogger::blog_of;
use super::blogger::entry::{self, kind_of};
use super::{Entry, EntryRecords, Sink, Span};
use crate::model::{Blog, Kind, SourceData, Status};
use crate::read::UNKNOWN_BLOG;

/// What a feed says of itself that its entries need.
#[derive(Clone, Debug, Default)]
pub(crate) struct FeedHead {
    /// Id of the blog.
    pub(crate) blog: String,
    /// Post that a per-post comment feed belongs to.
    pub(crate) post: Option<String>,
    /// The feed holds comments only.
    pub(crate) is_comments: bool,
}

impl FeedHead {
    /// Reads the feed's own children. Blogger's comment feeds name blog and post in their id:
    /// `tag:blogger.com,1999:blog-B.postP..comments`.
    pub(crate) fn of(feed: &AtomEntry<'_>) -> FeedHead {
        let id = feed.id.as_deref().unwrap_or_default();
        // A mirror's addresses lead from one of its files to another, and name no blog.
        let home = feed
            .link("alternate")
            .and_then(|l| l.href())
            .filter(|href| is_web(href));
        let blog = match blog_of(id) {
            Some(number) => number.to_owned(),
            None => Some(id.to_owned())
                .filter(|id| !id.is_empty())
                .or_else(|| home.map(str::to_owned))
                .unwrap_or_else(|| UNKNOWN_BLOG.to_owned()),
        };
        let post = id
            .strip_suffix("..comments")
            .and_then(|rest| rest.rsplit_once(".post"))
            .map(|(_, post)| post.trim_start_matches('-').to_owned());
        FeedHead {
            blog,
            is_comments: post.is_some() || id.ends_with(".comments"),
            post,
        }
    }
}

/// The blog as a feed describes it.
pub(crate) fn blog(feed: &AtomEntry<'_>, head: &FeedHead) -> Blog {
    let is_blogger = feed.id.as_deref().is_some_and(|id| blog_of(id).is_some());
    Blog {
        id: head.blog.clone(),
        platform: is_blogger.then(|| "blogger".to_owned()),
        // A comment feed's title and address are those of its post.
        title: feed
            .title
            .as_ref()
            .filter(|_| !head.is_comments)
            .map(|t| t.text.clone().into_owned()),
        description: feed
            .subtitle
            .as_ref()
            .map(|t| t.text.clone().into_owned())
            .filter(|t| !t.is_empty()),
        home_page_url: feed
            .link("alternate")
            .filter(|_| !head.is_comments)
            .and_then(|l| l.href())
            .filter(|href| is_web(href))
            // A feed of one label leads to the list of that label.
            .map(|href| href.find("/search/").and_then(|at| href.get(..=at)).unwrap_or(href))
            .map(str::to_owned),
        feed_url: feed
            .link("http://schemas.google.com/g/2005#feed")
            .or_else(|| feed.link("self"))
            .filter(|_| !head.is_comments)
            .and_then(|l| l.href())
            .filter(|href| is_web(href))
            .map(str::to_owned),
        authors: if head.is_comments {
            Vec::new()
        } else {
            feed.authors.iter().map(entry::blog_author).collect()
        },
        ..Blog::default()
    }
}

/// What a feed's entry is: a comment where it answers something or the feed holds only comments, else a post.
pub(crate) fn records(entry: &mut AtomEntry<'_>, context: &FeedHead, method: &'static str, span: Span) -> EntryRecords {
    let blog = entry
        .id
        .as_deref()
        .and_then(blog_of)
        .unwrap_or(&context.blog)
        .to_owned();
    let kind = kind_of(entry).map(str::to_owned);
    let guid = entry.id.as_deref().map(str::to_owned).unwrap_or_default();
    let by_guid = wordpress::comment_guid(&guid);
    let is_comment = match kind.as_deref() {
        Some(kind) => kind == "comment",
        None => context.is_comments || entry.in_reply_to.is_some() || by_guid.is_some(),
    };
    if is_comment {
        let mut comment = entry::comment(entry, method, span);
        if let Some(guid) = by_guid {
            // What WordPress says that a comment answers is its post, or another comment.
            let answered = comment.post.as_deref().and_then(wordpress::comment_guid);
            comment.in_reply_to = answered.map(|answered| answered.number.to_owned());
            comment.id = guid.number.to_owned();
            comment.id_basis = None;
            comment.post = Some(guid.post.to_owned()).filter(|post| !post.is_empty());
        }
        keep_relative(&mut comment.url, &mut comment._source);
        if comment.post.is_none() {
            comment.post.clone_from(&context.post);
        }
        let comment = Box::new(comment);
        return smallvec![Entry::Comment { blog, comment }];
    }
    if matches!(kind.as_deref(), Some("settings" | "template")) {
        return EntryRecords::new();
    }
    let draft = entry.draft.take();
    let mut post = entry::post(entry, &blog, method, span);
    if let Some(number) = wordpress::post_number(&guid) {
        post.id = number.to_owned();
    }
    keep_relative(&mut post.url, &mut post._source);
    post.kind = Kind::from(kind.as_deref().unwrap_or("post"));
    if draft.is_some_and(|word| word.eq_ignore_ascii_case("yes")) {
        post.status = Status::Draft;
    }
    smallvec![Entry::Post(Box::new(post))]
}

/// A blog is told of once the first entry has shown what the feed holds.
#[derive(Default)]
pub(crate) struct Telling {
    pub(crate) head: FeedHead,
    untold: Option<Blog>,
}

impl Telling {
    /// Takes what a feed says of itself.
    pub(crate) fn begin(&mut self, feed: &AtomEntry<'_>, describe: impl Fn(&AtomEntry<'_>, &FeedHead) -> Blog) {
        self.head = FeedHead::of(feed);
        self.untold = Some(describe(feed, &self.head));
    }

    /// Takes an entry, of which only the first counts.
    pub(crate) fn entry(&mut self, entry: &AtomEntry<'_>, sink: &mut dyn Sink) {
        let Some(mut blog) = self.untold.take() else {
            return;
        };
        if let Some(told) = wordpress::blog(&mut self.head, &blog, entry) {
            blog = told;
        }
        sink.blog(blog);
    }

    /// The feed has ended. Without entries it may be of one post's comments, and only Blogger's says which.
    pub(crate) fn end(mut self, sink: &mut dyn Sink) -> FeedHead {
        if let Some(blog) = self.untold.take().filter(|blog| blog.platform.is_some()) {
            sink.blog(blog);
        }
        self.head
    }
}

/// Whether an address can be that of a page on the web.
fn is_web(address: &str) -> bool {
    address.starts_with("http://") || address.starts_with("https://")
}

/// Tools that mirror a blog rewrite its addresses into paths from one file to another. Such a one is not where the
/// record was published; it is kept as what the source says.
fn keep_relative(url: &mut Option<String>, source: &mut Option<SourceData>) {
    if let Some(path) = url.take_if(|url| !is_web(url)) {
        source
            .get_or_insert_default()
            .insert("link".into(), Value::String(path));
    }
}
