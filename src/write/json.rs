//! JSON Lines and the JSON document: the same records in the same order.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Mutex;

use serde::Serialize;

use super::gather::Gather;
use super::{Run, WriteError, Written, json_line, pipeline};
use crate::media::original::named;
use crate::model::{Archive as Head, Comment, Date, Generator, Media, Post, SCHEMA_VERSION};
use crate::shape::privacy;

/// Writes an archive as JSON Lines: the head, every blog, the posts, comments without a post, media.
///
/// # Errors
/// When a source cannot be read or the output cannot be written.
pub fn write_lines(run: Run<'_>, out: &mut dyn Write, written: &mut Written<'_>) -> Result<(), WriteError> {
    write(run, out, written, &Lines)
}

/// Writes an archive as one JSON document.
///
/// # Errors
/// When a source cannot be read or the output cannot be written.
pub fn write_document(run: Run<'_>, out: &mut dyn Write, written: &mut Written<'_>) -> Result<(), WriteError> {
    write(run, out, written, &Whole)
}

/// What stands between records; all that the two encodings differ in.
trait Frame: Sync {
    fn head(&self, out: &mut dyn Write, head: &[u8]) -> io::Result<()>;
    fn begin(&self, out: &mut dyn Write, list: &str) -> io::Result<()>;
    /// What stands before a record.
    fn before(&self, is_first: bool) -> &'static [u8];
    /// What stands behind a record.
    fn behind(&self) -> &'static [u8];
    fn end(&self, out: &mut dyn Write) -> io::Result<()>;
    fn close(&self, out: &mut dyn Write) -> io::Result<()>;

    fn record(&self, out: &mut dyn Write, record: &[u8], is_first: bool) -> io::Result<()> {
        out.write_all(self.before(is_first))?;
        out.write_all(record)?;
        out.write_all(self.behind())
    }
}

struct Lines;

impl Frame for Lines {
    fn head(&self, out: &mut dyn Write, head: &[u8]) -> io::Result<()> {
        out.write_all(head)?;
        out.write_all(b"\n")
    }

    fn begin(&self, _: &mut dyn Write, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn before(&self, _: bool) -> &'static [u8] {
        b""
    }

    fn behind(&self) -> &'static [u8] {
        b"\n"
    }

    fn end(&self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn close(&self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

struct Whole;

impl Frame for Whole {
    fn head(&self, out: &mut dyn Write, head: &[u8]) -> io::Result<()> {
        out.write_all(b"{\"archive\":")?;
        out.write_all(head)
    }

    fn begin(&self, out: &mut dyn Write, list: &str) -> io::Result<()> {
        write!(out, ",\n\"{list}\":[")
    }

    fn before(&self, is_first: bool) -> &'static [u8] {
        if is_first { b"\n" } else { b",\n" }
    }

    fn behind(&self) -> &'static [u8] {
        b""
    }

    fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"]")
    }

    fn close(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"}\n")
    }
}

fn write(run: Run<'_>, out: &mut dyn Write, written: &mut Written<'_>, frame: &dyn Frame) -> Result<(), WriteError> {
    let err = |e| WriteError::io("the output", e);
    let more = more_media(run)?;
    let mut head = head(run);
    head.counts.media += more.len() as u64;
    frame.head(out, &to_json(&head)?).map_err(err)?;

    frame.begin(out, "blogs").map_err(err)?;
    for (place, blog) in run.blogs().enumerate() {
        frame.record(out, &to_json(&blog)?, place == 0).map_err(err)?;
    }
    frame.end(out).map_err(err)?;

    frame.begin(out, "posts").map_err(err)?;
    let mut is_first = true;
    let lines = LineRooms::default();
    let mut gather = Gather::default();
    pipeline::posts(
        run,
        written,
        |_, fetched| {
            let post = &fetched.post;
            let mut line = lines.take(size(post));
            json_line::append(&mut line, post)?;
            line.extend_from_slice(frame.behind());
            Ok((line, post.comments.len() as u64, fetched.notices))
        },
        |(line, comments, notices), written| {
            let before = frame.before(std::mem::take(&mut is_first));
            let used = |line| lines.give_back(line);
            gather.add(before, out, used).map_err(err)?;
            gather.add(line, out, used).map_err(err)?;
            written.post(comments);
            for notice in &notices {
                written.notice(notice);
            }
            Ok(())
        },
    )?;
    gather.write(out, |_| {}).map_err(err)?;
    frame.end(out).map_err(err)?;

    frame.begin(out, "comments").map_err(err)?;
    let mut is_first = true;
    for numbers in run.plan.comments.chunks(512) {
        for mut fetched in run.archive.comments(numbers)? {
            privacy::comment(&run.plan.selection, &mut fetched.comment);
            let comment: &Comment = &fetched.comment;
            frame
                .record(out, &to_json(comment)?, std::mem::take(&mut is_first))
                .map_err(err)?;
            written.ledger.comments.written += 1;
            for notice in &fetched.notices {
                written.notice(notice);
            }
        }
    }
    frame.end(out).map_err(err)?;

    frame.begin(out, "media").map_err(err)?;
    let numbers: Vec<u32> = (0..run.archive.media_count()).collect();
    let mut is_first = true;
    for numbers in numbers.chunks(512) {
        for mut media in run.archive.media(numbers)? {
            if let Some(files) = &run.media {
                files.complete(&mut media);
            }
            frame
                .record(out, &to_json(&media)?, std::mem::take(&mut is_first))
                .map_err(err)?;
        }
    }
    for media in &more {
        frame
            .record(out, &to_json(media)?, std::mem::take(&mut is_first))
            .map_err(err)?;
    }
    frame.end(out).map_err(err)?;
    frame.close(out).map_err(err)?;
    out.flush().map_err(err)
}

/// Records of files that posts use and of which the source has none.
fn more_media(run: Run<'_>) -> Result<Vec<Media>, WriteError> {
    let Some(files) = &run.media else {
        return Ok(Vec::new());
    };
    let mut known = HashSet::new();
    let numbers: Vec<u32> = (0..run.archive.media_count()).collect();
    for numbers in numbers.chunks(512) {
        let records = run.archive.media(numbers)?;
        known.extend(records.iter().filter_map(|one| Some(named(one.url.as_deref()?)?.key)));
    }
    Ok(files.records(&known))
}

/// Room for lines that is used again: what one thread asks for and another gives back is dear.
#[derive(Default)]
struct LineRooms(Mutex<Vec<Vec<u8>>>);

impl LineRooms {
    /// How many are kept, and how large each may be: about those that are written at once.
    const KEPT: (usize, usize) = (64, 32 * 1024);

    fn take(&self, size: usize) -> Vec<u8> {
        let kept = self.0.lock().ok().and_then(|mut kept| kept.pop());
        // One that is too small is not made larger, which would copy what nobody reads.
        kept.filter(|line: &Vec<u8>| line.capacity() >= size)
            .unwrap_or_else(|| Vec::with_capacity(size))
    }

    fn give_back(&self, mut line: Vec<u8>) {
        line.clear();
        if let Ok(mut kept) = self.0.lock()
            && kept.len() < Self::KEPT.0
            && line.capacity() <= Self::KEPT.1
        {
            kept.push(line);
        }
    }
}

/// About as many bytes as a post takes: most of them are bodies, in which little is escaped.
fn size(post: &Post) -> usize {
    let body = |html: &Option<String>| html.as_ref().map_or(0, |html| html.len() + html.len() / 8);
    let comments: usize = post.comments.iter().map(|c| 768 + body(&c.content_html)).sum();
    1024 + body(&post.content_html) + comments
}

fn head(run: Run<'_>) -> Head {
    Head {
        schema_version: SCHEMA_VERSION.to_owned(),
        generator: Some(Generator {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }),
        generated_at: fixed_time(),
        sources: run.archive.sources().to_vec(),
        assumptions: run.archive.assumptions().cloned(),
        counts: run.plan.counts.clone(),
        redactions: run.plan.redactions.clone(),
        ..Head::default()
    }
}

/// The time of `SOURCE_DATE_EPOCH`; without it an archive has no time of its own, so that the same input gives the same
/// bytes.
fn fixed_time() -> Option<Date> {
    let seconds: i64 = std::env::var("SOURCE_DATE_EPOCH").ok()?.trim().parse().ok()?;
    let time = chrono::DateTime::from_timestamp(seconds, 0)?;
    Date::from_offset(time.naive_utc(), 0)
}

/// A record as JSON that every consumer can read line by line: U+2028 and U+2029, which some take for line ends, are
/// escaped.
///
/// # Errors
/// When the record holds something that JSON cannot say.
pub fn to_json<T: Serialize>(record: &T) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::with_capacity(1024);
    json_line::append(&mut bytes, record)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        let json = to_json(&"a\u{2028}b\u{2029}c\n — \u{1}").unwrap();
        let text = String::from_utf8(json.clone()).unwrap();
        assert_eq!(text, r#""a\u2028b\u2029c\n — \u0001""#);
        assert_eq!(
            serde_json::from_slice::<String>(&json).unwrap(),
            "a\u{2028}b\u{2029}c\n — \u{1}"
        );
    }
}
