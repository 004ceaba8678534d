//! `feed.atom` of Google Takeout (the schema of 2018, since 2025 also what Blogger's own backup gives): kinds and
//! statuses in elements of their own, all dates in UTC, comments with plain newlines, no addresses but file names.

use std::borrow::Cow;
use std::io;

use serde_json::Value;

use smallvec::smallvec;

use super::entry;
use super::{blog_of, number_of};
use crate::model::{Blog, CommentStatus, ContentFormat, Kind, SourceData, Status};
use crate::read::atom::{self, AtomEntry, Entries};
use crate::read::permalink::slug_of;
use crate::read::{
    Class, Context, Damage, Entry, EntryReader, EntryRecords, FormatInfo, ReadError, Sample, SeenComment, Sink, Span,
    UNKNOWN_BLOG, sight,
    xml::{self, Ns},
};

/// The reader of Takeout's feed.
#[derive(Debug)]
pub struct Takeout;

static INFO: FormatInfo = FormatInfo {
    name: "blogger-takeout",
    title: "Google Takeout of Blogger",
    about: "feed.atom, bare, in the Takeout folder or in its zip files; Blogger's own backup since 2025",
    class: Class::Export,
};

const NAMESPACE: &str = "http://schemas.google.com/blogger/2018";

impl EntryReader for Takeout {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        let text = sample.text();
        xml::root(&text).is_some_and(|root| {
            let is_declared = root.namespaces.prefix_of(Ns::Blogger).is_some();
            matches!(root.name.as_str(), "feed" | "entry") && (is_declared || text.contains("<blogger:type>"))
        })
    }

    fn recognise_damaged(&self, text: &str) -> bool {
        xml::has_entries(text) && (text.contains(NAMESPACE) || text.contains("<blogger:type>"))
    }

    fn survey(&self, input: &mut (dyn io::Read + Send), sink: &mut dyn Sink) -> Result<Context, ReadError> {
        let mut survey = Survey::default();
        let mut context = atom::survey(input, sink, &mut survey)?;
        context.blog = survey.blog.id.clone();
        context.version = Some("2018".to_owned());
        context.title = survey.blog.title.clone();
        // The folder `Comments` holds what the owner wrote on other blogs: a feed of comments and nothing else.
        context.own_comments = survey.posts == 0 && survey.comments > 0;
        if !context.own_comments && !survey.blog.id.is_empty() {
            sink.blog(survey.blog);
        }
        Ok(context)
    }

    fn entry(&self, context: &Context, bytes: &[u8], offset: u64) -> Result<EntryRecords, Damage> {
        let mut records = atom::read_entry(context, bytes, offset, |entry, span| {
            records(entry, &context.blog, span)
        })?;
        if context.own_comments {
            for record in &mut records {
                if let Entry::Comment { blog, comment } = record {
                    let source = comment._source.get_or_insert_default();
                    source.insert("own_comment".into(), Value::Bool(true));
                    source.insert("blog".into(), Value::String(blog.clone()));
                    if let Some(title) = &context.title {
                        source.insert("blog_title".into(), Value::String(title.clone()));
                    }
                }
            }
        }
        Ok(records)
    }
}

#[derive(Default)]
struct Survey {
    blog: Blog,
    posts: u64,
    comments: u64,
}

impl Entries for Survey {
    fn head(&mut self, feed: &AtomEntry<'_>, _sink: &mut dyn Sink) {
        self.blog.id = feed.id.as_deref().and_then(blog_of).unwrap_or_default().to_owned();
        self.blog.platform = Some("blogger".to_owned());
        self.blog.title = feed.title.as_ref().map(|t| t.text.clone().into_owned());
        self.blog.home_page_url = feed.link("alternate").and_then(|l| l.href()).map(str::to_owned);
    }

    fn entry(&mut self, span: Span, entry: &mut AtomEntry<'_>, sink: &mut dyn Sink) {
        if self.blog.id.is_empty() {
            let blog = entry.id.as_deref().and_then(blog_of);
            self.blog.id = blog.unwrap_or(UNKNOWN_BLOG).to_owned();
        }
        if is_comment(entry) {
            let blog = entry.id.as_deref().and_then(blog_of).unwrap_or(&self.blog.id);
            let (derived, mut seen) = (entry::derived_comment_id_of(entry), seen_comment(entry));
            seen.id = derived.as_deref().unwrap_or(seen.id);
            sink.comment(span, blog, seen);
            self.comments += 1;
            if seen.status == CommentStatus::Unknown {
                sink.notice(entry::unknown_status(entry.status.as_deref(), span).about_comment(seen.id));
            }
            return;
        }
        let (status, kind) = (entry.status.clone(), entry.kind.clone());
        for record in records(entry, &self.blog.id, span) {
            sight(sink, span, &record);
            if let Entry::Post(post) = &record {
                self.posts += 1;
                if let (Kind::Other(_), Some(kind)) = (&post.kind, &kind) {
                    sink.notice(entry::unknown_kind(kind, post, span));
                }
                if post.status == Status::Unknown {
                    sink.notice(entry::unknown_status(status.as_deref(), span).about_post(&post.blog, &post.id));
                }
            }
        }
    }
}

/// Whether an entry is a comment; hand-made files leave out the kind, and it may be damaged.
fn is_comment(entry: &AtomEntry<'_>) -> bool {
    match entry.kind.as_deref() {
        Some("COMMENT") => true,
        Some("POST" | "PAGE") => false,
        _ => entry.parent.is_some(),
    }
}

/// What the catalogue keeps of a comment; [`records`] says the same of it.
fn seen_comment<'e>(entry: &'e AtomEntry<'_>) -> SeenComment<'e> {
    let number = |id: &'e Option<Cow<'_, str>>| id.as_deref().map(|id| number_of(id).unwrap_or(id));
    SeenComment {
        post: number(&entry.parent),
        in_reply_to: number(&entry.parent_comment),
        status: comment_status(entry.status.as_deref()),
        ..entry::seen_comment(entry)
    }
}

fn records(entry: &mut AtomEntry<'_>, blog: &str, span: Span) -> EntryRecords {
    let blog = entry.id.as_deref().and_then(blog_of).unwrap_or(blog).to_owned();
    if is_comment(entry) {
        let seen = seen_comment(entry);
        let (post, answered) = (seen.post.map(str::to_owned), seen.in_reply_to.map(str::to_owned));
        let (status, trashed) = (entry.status.take(), entry.trashed.take());
        let mut comment = entry::comment(entry, INFO.name, span);
        // Comments have no titles and no labels; hand-made files give them some.
        comment.post = post;
        comment.in_reply_to = answered;
        comment.content_format = Some(ContentFormat::HtmlNewlines);
        comment.status = comment_status(status.as_deref());
        let mut source = comment._source.take().unwrap_or_default();
        if comment.status != CommentStatus::Approved {
            keep(&mut source, "status", status);
        }
        keep(&mut source, "trashed", trashed);
        keep_created(&mut source, entry, comment.date_published.as_ref().map(|d| d.as_str()));
        comment._source = (!source.is_empty()).then_some(source);
        let comment = Box::new(comment);
        return smallvec![Entry::Comment { blog, comment }];
    }
    let (kind, status) = (entry.kind.take(), entry.status.take());
    let (filename, trashed) = (entry.filename.take(), entry.trashed.take());
    let mut post = entry::post(entry, &blog, INFO.name, span);
    post.kind = match kind.as_deref() {
        Some("POST") | None => Kind::Post,
        Some("PAGE") => Kind::Page,
        Some(own) => Kind::from(own.to_ascii_lowercase().as_str()),
    };
    post.status = post_status(status.as_deref());
    post.slug = filename.as_deref().and_then(slug_of).map(str::to_owned);
    let mut source = post._source.take().unwrap_or_default();
    if matches!(post.status, Status::Unknown | Status::Trashed) {
        keep(&mut source, "status", status);
    }
    keep(&mut source, "trashed", trashed);
    keep(&mut source, "filename", filename);
    post._source = (!source.is_empty()).then_some(source);
    smallvec![Entry::Post(Box::new(post))]
}

/// `created` of a comment, where it says more than `published`.
fn keep_created(source: &mut SourceData, entry: &mut AtomEntry<'_>, published: Option<&str>) {
    if let Some(created) = entry.created.take()
        && Some(&*created) != published
    {
        source.insert("created".into(), Value::String(created.into_owned()));
    }
}

fn keep(source: &mut SourceData, name: &'static str, value: Option<Cow<'_, str>>) {
    if let Some(value) = value {
        source.insert(name.into(), Value::String(value.into_owned()));
    }
}

fn post_status(word: Option<&str>) -> Status {
    match word {
        Some("LIVE") | None => Status::Published,
        Some("DRAFT") => Status::Draft,
        Some("SCHEDULED") => Status::Scheduled,
        Some("SOFT_TRASHED" | "TRASHED") => Status::Trashed,
        Some(_) => Status::Unknown,
    }
}

fn comment_status(word: Option<&str>) -> CommentStatus {
    match word {
        Some("LIVE") | None => CommentStatus::Approved,
        Some("SPAM_COMMENT" | "SPAM") => CommentStatus::Spam,
        // Removed by its author: the place in the thread stays, the body is empty.
        Some("GHOSTED_COMMENT" | "EMPTIED") => CommentStatus::Deleted,
        Some("PENDING_COMMENT" | "PENDING") => CommentStatus::Pending,
        Some("SOFT_TRASHED" | "TRASHED") => CommentStatus::Trashed,
        Some(_) => CommentStatus::Unknown,
    }
}
