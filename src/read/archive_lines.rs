//! blogark's own JSON Lines. The spool of every document format is written in it too, so this is the one way by which
//! records come back.
//!
//! An archive that is read again keeps its provenance: its sources stand for it, so that converting an archive to an
//! archive changes nothing.

use std::io::{self, BufRead, Read};

use smallvec::smallvec;

use super::json::objects;
use super::unknown_fields::UnknownFields;
use super::{
    Class, Context, Damage, DamagedKind, Entry, EntryReader, EntryRecords, FormatInfo, MAX_ENTRY, ReadError, Sample,
    Sink, Span, UNKNOWN_BLOG, derive_comment_id, derive_post_id, outlive, sight, too_long,
};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Counts, Record};

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
        let text = sample.text();
        // After a filter the head may be gone, and tools that write JSON may sort its keys.
        matches!(
            record_type(text.trim_start()),
            Some("archive" | "blog" | "post" | "comment" | "media")
        )
    }

    fn recognise_damaged(&self, text: &str) -> bool {
        let mut others = text.lines().skip(1).take(8);
        others.any(|line| matches!(record_type(line), Some("blog" | "post" | "comment" | "media")))
    }

    fn survey(&self, input: &mut (dyn io::Read + Send), sink: &mut dyn Sink) -> Result<Context, ReadError> {
        let mut input = io::BufReader::with_capacity(256 * 1024, input);
        let mut line = Vec::new();
        let mut span = Span::default();
        let mut found = Found::default();
        let mut unknown = UnknownFields::default();
        loop {
            line.clear();
            span.offset += span.length;
            span.length = (&mut input).take(MAX_ENTRY as u64).read_until(b'\n', &mut line)? as u64;
            if line.len() == MAX_ENTRY && !line.ends_with(b"\n") {
                found.is_damaged = true;
                sink.damaged(damage(&line, span.offset, too_long()));
                span.length += input.skip_until(b'\n')? as u64;
                continue;
            }
            if span.length == 0 {
                unknown.notices().for_each(|notice| sink.notice(notice));
                if let Some(notice) = found.notice() {
                    sink.notice(notice.at_byte(span.offset));
                }
                return Ok(Context::default());
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let parts = match outlive(|| known(unknown.line(&line, span.offset), &line, span.offset)) {
                Ok(Ok(record)) => {
                    found.take(record, span, sink);
                    continue;
                }
                Ok(Err(damage)) => {
                    let parts = objects(&line, |object| parse(object, 0).is_ok());
                    let length: usize = parts.iter().map(ExactSizeIterator::len).sum();
                    // Where the end of a line went wrong, the two lines are whole; all else costs a record.
                    if parts.is_empty() || line.trim_ascii().len() > length + 8 {
                        found.is_damaged = true;
                        sink.damaged(damage);
                    } else {
                        let message = "A fault of form that cost nothing: there is more than a record in this line.";
                        sink.notice(Notice::new(NoticeCode::FormFault, message).at_byte(span.offset));
                    }
                    parts
                }
                // What is named as damaged is not missing besides.
                Err(what) => {
                    found.is_damaged = true;
                    sink.damaged(damage(&line, span.offset, what));
                    continue;
                }
            };
            for part in parts {
                let place = Span {
                    offset: span.offset + part.start as u64,
                    length: part.len() as u64,
                };
                if let Some(Ok(record)) = line.get(part).map(|bytes| parse(bytes, place.offset)) {
                    found.take(record, place, sink);
                }
            }
        }
    }

    fn entry(&self, _: &Context, bytes: &[u8], offset: u64) -> Result<EntryRecords, Damage> {
        parse(bytes, offset).map(entries)
    }
}

/// How many records the lines hold, and how many the head counts.
#[derive(Default)]
struct Found {
    head: Option<Counts>,
    posts: u64,
    comments: u64,
    is_damaged: bool,
}

impl Found {
    /// Hands on a record.
    fn take(&mut self, record: Record, span: Span, sink: &mut dyn Sink) {
        match record {
            Record::Archive(archive) => {
                for redaction in &archive.redactions {
                    sink.redacted(field(&redaction.field), redaction.count);
                }
                sink.sources(archive.sources);
                self.head = Some(archive.counts);
            }
            Record::Blog(blog) => sink.blog(*blog),
            record => {
                for entry in entries(record) {
                    self.add(&entry);
                    sight(sink, span, &entry);
                }
            }
        }
    }

    fn add(&mut self, entry: &Entry) {
        match entry {
            Entry::Post(post) => {
                self.posts += 1;
                self.comments += post.comments.len() as u64;
            }
            Entry::Comment { .. } => self.comments += 1,
            Entry::Media(_) => {}
        }
    }

    /// A line that is gone leaves no trace but this: the head counts more than there is.
    fn notice(&self) -> Option<Notice> {
        let counts = self.head.as_ref()?;
        let posts = counts.posts.values().chain(counts.pages.values()).sum::<u64>();
        let comments = counts.comments.values().sum::<u64>();
        let is_fewer = self.posts < posts || self.comments < comments;
        (is_fewer && !self.is_damaged).then(|| {
            Notice::new(
                NoticeCode::FewerRecords,
                format!(
                    "The head of the archive counts {posts} posts and pages with {comments} comments, and here are {} with {}: lines were taken out, or the file was cut off.",
                    self.posts, self.comments
                ),
            )
        })
    }
}

/// The `type` of the JSON object that begins a text, wherever it stands among the object's keys; the text may break off.
/// An object whose `id` is no string is none of ours: WordPress's own posts have a `type` too.
pub(super) fn record_type(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut is_key = false;
    let mut key = "";
    let mut found = None;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let Some(end) = end_of_string(bytes, at + 1) else {
                    break;
                };
                let string = text.get(at + 1..end)?;
                match (depth, is_key, key) {
                    (1, true, _) => key = string,
                    (1, false, "type") => {
                        found = found.or(Some(string));
                        key = "";
                    }
                    (1, false, _) => key = "",
                    _ => {}
                }
                is_key = false;
                at = end;
            }
            b'{' | b'[' => {
                depth += 1;
                is_key = depth == 1 && *byte == b'{';
            }
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            // A value that was no string has gone by.
            b',' if depth == 1 && key == "id" => return None,
            b',' if depth == 1 => (is_key, key) = (true, ""),
            _ if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    found
}

/// Where the quotation mark stands that ends a JSON string.
fn end_of_string(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
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

fn entries(record: Record) -> EntryRecords {
    match record {
        Record::Post(post) => smallvec![Entry::Post(post)],
        Record::Comment(mut comment) => {
            let blog = comment._blog.take().unwrap_or_default();
            comment.record_type = None;
            smallvec![Entry::Comment { blog, comment }]
        }
        Record::Media(media) => smallvec![Entry::Media(media)],
        Record::Archive(_) | Record::Blog(_) => EntryRecords::new(),
    }
}

fn parse(line: &[u8], offset: u64) -> Result<Record, Damage> {
    known(Record::from_line(line), line, offset)
}

/// The record of a line with the ids that it has to have, or where the line is broken.
fn known(read: Result<Record, serde_json::Error>, line: &[u8], offset: u64) -> Result<Record, Damage> {
    let record = read.map_err(|e| {
        let at = offset + (e.column() as u64).saturating_sub(1);
        damage(line, at, format!("the line is no record: {e}"))
    })?;
    Ok(with_ids(record))
}

/// A record with the ids that it has to have, where another program left them empty.
pub(super) fn with_ids(mut record: Record) -> Record {
    let name = |blog: &mut String| {
        if blog.is_empty() {
            UNKNOWN_BLOG.clone_into(blog);
        }
    };
    match &mut record {
        Record::Blog(blog) => name(&mut blog.id),
        Record::Post(post) => {
            name(&mut post.blog);
            if post.id.is_empty() {
                derive_post_id(post);
            }
            let numberless = post.comments.iter_mut().filter(|comment| comment.id.is_empty());
            numberless.for_each(derive_comment_id);
        }
        Record::Comment(comment) if comment.id.is_empty() => derive_comment_id(comment),
        Record::Media(media) => name(&mut media.blog),
        Record::Archive(_) | Record::Comment(_) => {}
    }
    record
}

/// Describes a line that cannot be read.
fn damage(line: &[u8], offset: u64, what: String) -> Damage {
    let is_comment = memchr::memmem::find(line.get(..64).unwrap_or(line), b"\"comment\"").is_some();
    Damage {
        offset,
        what,
        kind: match is_comment {
            true => DamagedKind::Comment,
            false => DamagedKind::Post,
        },
        id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_found_among_other_keys() {
        for (text, word) in [
            (r#"{"type":"post","id":"1"}"#, Some("post")),
            (
                r#"{ "a": {"type": "blog"}, "b": ["type", "x"], "c": "\"type\":", "type" : "media" }"#,
                Some("media"),
            ),
            (r#"{"title":"type","id":"post"}"#, None),
            (r#"{"type":["post"]}"#, None),
            (r#"{"a":"broken off"#, None),
            (r#"{"id":961,"date":"2010-11-19","type":"post"}"#, None),
            (r#"{"type":"post","id":961,"date":"2010-11-19"}"#, None),
            (r#"{"type":"post","id":"1","title":"broken off"#, Some("post")),
            (r#"["type","post"]"#, None),
            ("post", None),
            ("", None),
        ] {
            assert_eq!(record_type(text), word, "{text}");
        }
    }
}
