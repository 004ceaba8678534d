//! Saved pages as a format among others.

use std::io;

use super::{NotAPage, Page};
use crate::model::Record;
use crate::read::{Class, DocumentReader, FormatInfo, Hints, ReadError, RecordSink, Sample, read_whole};

/// The reader of saved pages.
#[derive(Debug)]
pub struct SavedPage;

static PAGE: FormatInfo = FormatInfo {
    name: "page",
    title: "saved page",
    about: "an HTML page of a blog: saved in a browser, mirrored, or out of the Wayback Machine",
    class: Class::Page,
};

impl DocumentReader for SavedPage {
    fn info(&self) -> &'static FormatInfo {
        &PAGE
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        super::recognise(sample.bytes)
    }

    fn read(
        &self,
        input: &mut dyn io::BufRead,
        hints: Hints<'_>,
        out: &mut dyn RecordSink,
    ) -> Result<Option<String>, ReadError> {
        let bytes = read_whole(input)?;
        give(super::read(&bytes, hints.path, hints.base_url), out)
    }
}

/// Hands on what a page, or a text of one, holds.
pub(in crate::read) fn give(
    page: Result<Page, NotAPage>,
    out: &mut dyn RecordSink,
) -> Result<Option<String>, ReadError> {
    let page = page.map_err(|reason| ReadError::Unreadable(reason.to_string()))?;
    let blog = page.blog.id.clone();
    if let Some(at) = page.captured_at {
        out.captured(at);
    }
    out.record(Record::Blog(Box::new(page.blog)))?;
    for post in page.posts {
        out.record(Record::Post(Box::new(post)))?;
    }
    for comment in page.orphan_comments {
        out.comment(&blog, comment)?;
    }
    for notice in page.notices {
        out.notice(notice);
    }
    Ok(Some(page.generation.to_owned()))
}
