//! Copied text as a format among others.

use std::io;

use crate::read::saved_page::give;
use crate::read::{Class, DocumentReader, FormatInfo, Hints, ReadError, RecordSink, Sample, read_whole};

/// The reader of copied text.
#[derive(Debug)]
pub struct CopiedText;

static INFO: FormatInfo = FormatInfo {
    name: "text",
    title: "copied text",
    about: "a post with its comments, copied out of the browser as plain text",
    class: Class::Page,
};

impl DocumentReader for CopiedText {
    fn info(&self) -> &'static FormatInfo {
        &INFO
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
        give(super::read(&bytes, hints.base_url), out)
    }
}
