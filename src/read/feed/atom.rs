//! Atom feeds: a blog's posts, the comments of one post, the comments of a whole blog, and short feeds with summaries
//! only. Entries have no kind; the feed's id tells what they are.

use std::io;

use super::{FeedHead, Telling};
use crate::read::atom::{self, AtomEntry, Entries};
use crate::read::{
    Class, Context, Damage, EntryReader, EntryRecords, FormatInfo, ReadError, Sample, Sink, Span, sight,
    xml::{self, Ns},
};

/// The reader of Atom feeds.
#[derive(Debug)]
pub struct AtomFeed;

static INFO: FormatInfo = FormatInfo {
    name: "atom",
    title: "Atom feed",
    about: "a blog's feed of posts or of comments (/feeds/posts/default, /feeds/<post>/comments/default)",
    class: Class::Feed,
};

impl EntryReader for AtomFeed {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        let text = sample.text();
        xml::root(&text).is_some_and(|root| {
            let is_declared = |ns| root.namespaces.prefix_of(ns).is_some();
            matches!(root.name.as_str(), "feed" | "entry") && (is_declared(Ns::Atom) || is_declared(Ns::Atom03))
        })
    }

    fn recognise_damaged(&self, text: &str) -> bool {
        let has_one_of = |marks: [&str; 3]| marks.iter().any(|mark| text.contains(mark));
        xml::has_entries(text) && text.contains("<id>") && has_one_of(["<published>", "<updated>", "<issued>"])
    }

    fn survey(&self, input: &mut (dyn io::Read + Send), sink: &mut dyn Sink) -> Result<Context, ReadError> {
        let mut survey = Survey::default();
        let mut context = atom::survey(input, sink, &mut survey)?;
        let head = survey.telling.end(sink);
        context.blog = head.blog;
        context.post = head.post;
        context.comments_only = head.is_comments;
        Ok(context)
    }

    fn entry(&self, context: &Context, bytes: &[u8], offset: u64) -> Result<EntryRecords, Damage> {
        let head = FeedHead {
            blog: context.blog.clone(),
            post: context.post.clone(),
            is_comments: context.comments_only,
        };
        atom::read_entry(context, bytes, offset, |entry, span| {
            super::records(entry, &head, INFO.name, span)
        })
    }
}

#[derive(Default)]
struct Survey {
    telling: Telling,
}

impl Entries for Survey {
    fn head(&mut self, feed: &AtomEntry<'_>, _: &mut dyn Sink) {
        self.telling.begin(feed, super::blog);
    }

    fn entry(&mut self, span: Span, entry: &mut AtomEntry<'_>, sink: &mut dyn Sink) {
        self.telling.entry(entry, sink);
        for record in super::records(entry, &self.telling.head, INFO.name, span) {
            sight(sink, span, &record);
        }
    }
}
