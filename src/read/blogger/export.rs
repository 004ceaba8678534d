//! The legacy export `blog-MM-DD-YYYY.xml` (2008 to 2025): Atom, kinds in a category, bodies as escaped HTML.
//!
//! Posts, pages, comments, settings and the template are all entries; comments come last and name their post by
//! number, so the catalogue joins them.

use std::io;

use smallvec::smallvec;

use super::entry::{self, kind_of};
use super::{blog_of, settings};
use crate::model::{Blog, Kind, Status};
use crate::read::atom::{self, AtomEntry, Entries};
use crate::read::{
    Class, Context, Damage, Entry, EntryReader, EntryRecords, FormatInfo, ReadError, Sample, Sink, Span, UNKNOWN_BLOG,
    sight, xml,
};

/// The reader of the legacy export.
#[derive(Debug)]
pub struct Export;

static INFO: FormatInfo = FormatInfo {
    name: "blogger-export",
    title: "Blogger export",
    about: "blog-MM-DD-YYYY.xml, from Blogger's Settings, Back up content, until 2025",
    class: Class::Export,
};

impl EntryReader for Export {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        let text = sample.text();
        xml::root(&text).is_some_and(|root| matches!(root.name.as_str(), "feed" | "entry")) && is_of_blogger(&text)
    }

    fn recognise_damaged(&self, text: &str) -> bool {
        xml::has_entries(text) && is_of_blogger(text)
    }

    fn survey(&self, input: &mut (dyn io::Read + Send), sink: &mut dyn Sink) -> Result<Context, ReadError> {
        let mut survey = Survey::default();
        let mut context = atom::survey(input, sink, &mut survey)?;
        context.blog = survey.blog.id.clone();
        sink.redacted("setting", survey.personal_settings);
        // Where the head is lost and no entry tells, there is nothing by which a blog could be known.
        if !survey.blog.id.is_empty() {
            sink.blog(survey.blog);
        }
        Ok(context)
    }

    fn entry(&self, context: &Context, bytes: &[u8], offset: u64) -> Result<EntryRecords, Damage> {
        atom::read_entry(context, bytes, offset, |entry, span| {
            records(entry, &context.blog, span)
        })
    }
}

/// Whether a text has what only Blogger's exports have.
fn is_of_blogger(text: &str) -> bool {
    !text.contains("http://schemas.google.com/blogger/2018")
        && text.contains("tag:blogger.com,1999:blog-")
        && (text.contains(".archive</") || text.contains("/blogger/2008/kind#"))
}

#[derive(Default)]
struct Survey {
    blog: Blog,
    personal_settings: u64,
}

impl Entries for Survey {
    fn head(&mut self, feed: &AtomEntry<'_>, _sink: &mut dyn Sink) {
        self.blog.id = feed.id.as_deref().and_then(blog_of).unwrap_or_default().to_owned();
        self.blog.platform = Some("blogger".to_owned());
        self.blog.title = feed.title.as_ref().map(|t| t.text.clone().into_owned());
        self.blog.home_page_url = feed.link("alternate").and_then(|l| l.href()).map(str::to_owned);
        self.blog.authors = feed.authors.iter().map(entry::blog_author).collect();
    }

    fn entry(&mut self, span: Span, entry: &mut AtomEntry<'_>, sink: &mut dyn Sink) {
        let entry_blog = entry.id.as_deref().and_then(blog_of);
        if self.blog.id.is_empty() {
            self.blog.id = entry_blog.unwrap_or(UNKNOWN_BLOG).to_owned();
        }
        match kind_of(entry) {
            Some("settings") => self.setting(entry),
            Some("template") => {
                let text = entry.content.take().map(|c| c.text.into_owned()).unwrap_or_default();
                self.blog
                    ._source
                    .get_or_insert_default()
                    .insert("template".into(), text.into());
            }
            kind if is_comment(entry, kind) => {
                let blog = entry_blog.unwrap_or(&self.blog.id);
                let (derived, mut seen) = (entry::derived_comment_id_of(entry), entry::seen_comment(entry));
                seen.id = derived.as_deref().unwrap_or(seen.id);
                sink.comment(span, blog, seen);
            }
            kind => {
                let has_kind = kind.is_some();
                let draft = entry.draft.clone();
                for record in records(entry, &self.blog.id, span) {
                    sight(sink, span, &record);
                    let Entry::Post(post) = &record else { continue };
                    if let (Kind::Other(kind), true) = (&post.kind, has_kind) {
                        sink.notice(entry::unknown_kind(kind, post, span));
                    }
                    if post.status == Status::Unknown {
                        sink.notice(entry::unknown_status(draft.as_deref(), span).about_post(&post.blog, &post.id));
                    }
                }
            }
        }
    }

    fn needs_content(&self, entry: &AtomEntry<'_>) -> bool {
        let has_none = entry.id.as_deref().is_none_or(str::is_empty);
        has_none || matches!(kind_of(entry), Some("settings" | "template"))
    }
}

impl Survey {
    fn setting(&mut self, entry: &mut AtomEntry<'_>) {
        let key = entry
            .id
            .as_deref()
            .and_then(|id| id.rsplit_once(".settings."))
            .map(|(_, key)| key.to_owned());
        let value = entry.content.take().map(|c| c.text).unwrap_or_default();
        if let Some(key) = key {
            let kept = settings::apply(&mut self.blog, &key, &value);
            self.personal_settings += u64::from(!kept);
        }
    }
}

/// An entry without a kind, or of none that Blogger has, that answers another is a comment too.
fn is_comment(entry: &AtomEntry<'_>, kind: Option<&str>) -> bool {
    match kind {
        Some("comment") => true,
        Some("post" | "page" | "settings" | "template") => false,
        _ => entry.in_reply_to.is_some(),
    }
}

/// What an entry is: a post or page, a comment, or nothing of either.
fn records(entry: &mut AtomEntry<'_>, blog: &str, span: Span) -> EntryRecords {
    let id = entry.id.clone();
    let blog = id.as_deref().and_then(blog_of).unwrap_or(blog);
    let kind = kind_of(entry);
    if is_comment(entry, kind) {
        let comment = Box::new(entry::comment(entry, INFO.name, span));
        return smallvec![Entry::Comment {
            blog: blog.to_owned(),
            comment
        }];
    }
    if matches!(kind, Some("settings" | "template")) {
        return EntryRecords::new();
    }
    let kind = kind.map_or(Kind::Post, Kind::from);
    let draft = entry.draft.take();
    let mut post = entry::post(entry, blog, INFO.name, span);
    post.kind = kind;
    post.status = match draft.as_deref() {
        None => Status::Published,
        Some(word) if word.eq_ignore_ascii_case("no") => Status::Published,
        Some(word) if word.eq_ignore_ascii_case("yes") => Status::Draft,
        // Whatever else it was, it may have been a draft.
        Some(word) => {
            let source = post._source.get_or_insert_default();
            source.insert("draft".into(), word.into());
            Status::Unknown
        }
    };
    smallvec![Entry::Post(Box::new(post))]
}
