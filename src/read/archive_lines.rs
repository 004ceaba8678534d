//! blogark's own JSON Lines. The spool of every document format is written in it too, so this is the one way by which
//! records come back.
//!
//! An archive that is read again keeps its provenance: its sources stand for it, so that converting an archive to an
//! archive changes nothing.

use std::io::{self, BufRead};

use super::{
    Class, Context, Damage, DamagedKind, Entry, EntryReader, FormatInfo, ReadError, Sample, Sink, Span,
    sight,
};
use crate::model::Record;

/// The reader of JSON Lines.
#[derive(Debug)]
pub struct ArchiveLines;

static INFO: FormatInfo = FormatInfo {
    name: "jsonl",
    title: "blogark archive, JSON Lines",
    about: "what blogark convert --to jsonl wrote, also filtered line by line",
    class: Class::Export,
};

impl EntryReader for ArchiveLines {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        let text = String::from_utf8_lossy(sample.bytes);
        // The type is the first key of every line that blogark writes; after a filter the head may be gone.
        let Some(rest) = text.trim_start().strip_prefix('{') else {
            return false;
        };
        let Some(rest) = rest.trim_start().strip_prefix("\"type\"") else {
            return false;
        };
        let rest = rest.trim_start().strip_prefix(':').unwrap_or_default().trim_start();
        ["archive", "blog", "post", "comment", "media"]
            .iter()
            .any(|word| rest.starts_with(&format!("\"{word}\"")))
    }

    fn survey(&self, input: &mut dyn io::Read, sink: &mut dyn Sink) -> Result<Context, ReadError> {
        let mut input = io::BufReader::with_capacity(256 * 1024, input);
        let mut line = Vec::new();
        let mut span = Span::default();
        loop {
            line.clear();
            span.offset += span.length;
            span.length = input.read_until(b'\n', &mut line)? as u64;
            if span.length == 0 {
                return Ok(Context::default());
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            match parse(&line, span.offset) {
                Ok(Record::Archive(head)) => {
                    for redaction in &head.redactions {
                        sink.redacted(field(&redaction.field), redaction.count);
                    }
                    sink.sources(head.sources);
                }
                Ok(Record::Blog(blog)) => sink.blog(*blog),
                Ok(record) => {
                    for entry in entries(record) {
                        sight(sink, span, &entry);
                    }
                }
                Err(damage) => sink.damaged(damage),
            }
        }
    }

    fn entry(&self, _: &Context, bytes: &[u8], offset: u64) -> Result<Vec<Entry>, Damage> {
        parse(bytes, offset).map(entries)
    }
}

/// The known kinds of redaction; an unknown word is a setting.
fn field(word: &str) -> &'static str {
    match word {
        "email" => "email",
        "ip" => "ip",
        "password" => "password",
        _ => "setting",
    }
}

fn entries(record: Record) -> Vec<Entry> {
    match record {
        Record::Post(post) => vec![Entry::Post(post)],
        Record::Comment(mut comment) => {
            let blog = comment._blog.take().unwrap_or_default();
            comment.record_type = None;
            vec![Entry::Comment { blog, comment }]
        }
        Record::Media(media) => vec![Entry::Media(media)],
        Record::Archive(_) | Record::Blog(_) => Vec::new(),
    }
}

fn parse(line: &[u8], offset: u64) -> Result<Record, Damage> {
    Record::from_line(line).map_err(|e| Damage {
        offset: offset + (e.column() as u64).saturating_sub(1),
        what: format!("the line is no record: {e}"),
        kind: if memchr::memmem::find(line.get(..64).unwrap_or(line), b"\"comment\"").is_some() {
            DamagedKind::Comment
        } else {
            DamagedKind::Post
        },
        id: None,
    })
}
