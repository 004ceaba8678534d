//! The file of a blog, in parts where a host would not take it whole, held to the rules of WordPress's importer as it grows.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::output::Destination;
use super::post::CheckedItem;
use super::{WxrFault, tail};
use crate::check::wxr::{CheckOptions, Code, Finding, InPieces};
use crate::write::WriteError;
use crate::write::gather::Gather;
use crate::write::output::{Output, WrittenFile};

/// The parts of one blog's file, one open at a time.
pub(super) struct Parts<'a> {
    head: Vec<u8>,
    tail: Vec<u8>,
    to: Destination<'a>,
    open: Output,
    /// Items that wait to be written into it.
    gather: Gather,
    shown: String,
    /// Bytes and items of the open part.
    size: u64,
    items: u64,
    /// The open part is held to the rules of WordPress's importer as it grows.
    check: InPieces,
    /// The first thing in it that the importer would not take.
    first_finding: Option<Finding>,
    done: Vec<WrittenFile>,
}

impl<'a> Parts<'a> {
    pub(super) fn new(head: Vec<u8>, to: Destination<'a>) -> Result<Parts<'a>, WriteError> {
        let open = match to.path {
            _ if to.dry_run => Output::nothing(),
            Some(path) => to.file(path)?,
            None => Output::stdout(),
        };
        let shown = to
            .path
            .map_or_else(|| "the output".to_owned(), |p| p.display().to_string());
        let tail = tail();
        let (check, first_finding) = begin_check(&head, &tail).map_err(|e| WriteError::io(&shown, e))?;
        let mut parts = Parts {
            head,
            tail,
            to,
            open,
            gather: Gather::default(),
            shown,
            size: 0,
            items: 0,
            check,
            first_finding,
            done: Vec::new(),
        };
        parts.begin()?;
        Ok(parts)
    }

    /// How many parts have ended.
    pub(super) fn ended(&self) -> usize {
        self.done.len()
    }

    fn push(&mut self, bytes: Vec<u8>) -> Result<(), WriteError> {
        self.size += bytes.len() as u64;
        let pushed = self.gather.add(bytes, &mut self.open, |_| {});
        pushed.map_err(|e| WriteError::io(&self.shown, e))
    }

    /// Writes what stands behind all items.
    fn end(&mut self) -> Result<(), WriteError> {
        let written = self.gather.write(&mut self.open, |_| {});
        written.map_err(|e| WriteError::io(&self.shown, e))?;
        put(&mut self.open, &self.shown, &self.tail)
    }

    fn begin(&mut self) -> Result<(), WriteError> {
        self.items = 0;
        self.size = self.head.len() as u64;
        put(&mut self.open, &self.shown, &self.head)
    }

    /// Whether the open part can take an item of so many bytes. The first always fits.
    pub(super) fn has_room_for(&self, length: usize) -> bool {
        let whole = self.size + (length + self.tail.len()) as u64;
        let splits = self.open.is_file() && self.items > 0 && self.to.split.is_some_and(|max| whole > max);
        !splits || self.to.path.is_none()
    }

    /// Ends the open part and begins the next.
    pub(super) fn next(&mut self) -> Result<(), WriteError> {
        let Some(path) = self.to.path else {
            return Ok(());
        };
        let next = beside(path, &(self.done.len() + 2).to_string());
        if self.done.is_empty() {
            self.open.rename(&beside(path, "1"));
        }
        let next = self.to.file(&next)?;
        self.end()?;
        let part = std::mem::replace(&mut self.open, next);
        self.done.push(finish(part, self.first_finding.take())?);
        (self.check, self.first_finding) =
            begin_check(&self.head, &self.tail).map_err(|e| WriteError::io(&self.shown, e))?;
        self.begin()
    }

    /// Items that stand in the same part.
    pub(super) fn items(&mut self, items: Vec<CheckedItem>) -> Result<(), WriteError> {
        if !self.has_room_for(length(&items)) {
            self.next()?;
        }
        self.items += 1;
        for CheckedItem { bytes, checked } in items {
            let first = &mut self.first_finding;
            self.check
                .items(checked, &bytes, &mut |finding| keep_first(first, finding));
            self.push(bytes)?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<WrittenFile>, WriteError> {
        self.end()?;
        self.done.push(finish(self.open, self.first_finding)?);
        Ok(self.done)
    }
}

/// How many bytes items have.
pub(super) fn length(items: &[CheckedItem]) -> usize {
    items.iter().map(|item| item.bytes.len()).sum()
}

/// Checks what stands around the items of a part.
fn begin_check(head: &[u8], tail: &[u8]) -> io::Result<(InPieces, Option<Finding>)> {
    let mut first = None;
    let check = InPieces::begin(head, tail, CheckOptions::default(), &mut |finding| {
        keep_first(&mut first, finding);
    })?;
    Ok((check, first))
}

/// Keeps the first finding that means a loss.
fn keep_first(first: &mut Option<Finding>, finding: Finding) {
    // A kind of post that only a plugin knows is written as such; its notice says so.
    if finding.code.is_error() && finding.code != Code::E03 && first.is_none() {
        *first = Some(finding);
    }
}

pub(super) fn put(open: &mut Output, shown: &str, bytes: &[u8]) -> Result<(), WriteError> {
    open.write_all(bytes).map_err(|e| WriteError::io(shown, e))
}

/// Puts a file in its place, and says what the importer would not take of it.
fn finish(output: Output, finding: Option<Finding>) -> Result<WrittenFile, WriteError> {
    let file = output.finish()?;
    match finding {
        None => Ok(file),
        Some(finding) => Err(WriteError::Wxr(WxrFault::File {
            file: file.path.display().to_string(),
            finding: finding.to_string(),
        })),
    }
}

/// `blog.xml` with a word behind its name: `blog-1.xml`.
pub(super) fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push("-");
    name.push(word);
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}
