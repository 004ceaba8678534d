//! Notes: what a run has to remember of each of its files until the end. There may be as many as comments, so only a short
//! list stays in memory; a longer one goes to a temporary file without a name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::source::Stretch;

/// Up to so many bytes stay in memory.
const SHORT: usize = 128 * 1024;

/// A list of notes that only grows.
pub(super) struct Notes<T> {
    /// Where a temporary file may be made, until it turns out that it may not.
    folder: Option<PathBuf>,
    file: Option<Arc<File>>,
    /// Length of what lies in the file.
    stored: u64,
    /// Notes behind those of the file, a line each.
    tail: Vec<u8>,
    count: usize,
    of: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned> Notes<T> {
    /// An empty list. Its temporary file is made in `folder`; without one, or where none can be made, all stays in memory.
    pub(super) fn new(folder: Option<&Path>) -> Notes<T> {
        Notes {
            folder: folder.map(Path::to_owned),
            file: None,
            stored: 0,
            tail: Vec::new(),
            count: 0,
            of: PhantomData,
        }
    }

    /// How many notes there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Where the next note will lie.
    pub(super) fn end(&self) -> u64 {
        self.stored + self.tail.len() as u64
    }

    /// Adds a note.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn push(&mut self, note: &T) -> io::Result<()> {
        serde_json::to_writer(&mut self.tail, note)?;
        self.tail.push(b'\n');
        self.count += 1;
        if self.tail.len() < SHORT {
            return Ok(());
        }
        if self.file.is_none() {
            let made = self.folder.take().and_then(|folder| tempfile::tempfile_in(folder).ok());
            self.file = made.map(Arc::new);
        }
        if let Some(file) = &self.file {
            let mut file = &**file;
            file.seek(SeekFrom::Start(self.stored))?;
            file.write_all(&self.tail)?;
            self.stored += self.tail.len() as u64;
            self.tail.clear();
        }
        Ok(())
    }

    /// The notes in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = io::Result<T>> + '_ {
        self.stretch(0..self.end())
    }

    /// The notes from the place of one to that of another, as [`Notes::end`] told them.
    pub(super) fn stretch(&self, stretch: Range<u64>) -> impl Iterator<Item = io::Result<T>> + '_ {
        let mut lines = self.lines(stretch);
        std::iter::from_fn(move || lines.next_note())
    }

    /// The same, as they were written down.
    pub(super) fn lines(&self, stretch: Range<u64>) -> Lines<'_> {
        let in_file = stretch.start.min(self.stored)..stretch.end.min(self.stored);
        let in_tail = [stretch.start, stretch.end].map(|at| at.saturating_sub(self.stored) as usize);
        let tail = self.tail.get(in_tail[0]..in_tail[1]).unwrap_or_default();
        let length = in_file.end - in_file.start;
        let stored: Box<dyn Read> = match &self.file {
            Some(file) => Box::new(Stretch::new(file, in_file.start, length)),
            None => Box::new(io::empty()),
        };
        Lines {
            lines: BufReader::with_capacity(64 * 1024, stored.chain(tail)),
            line: Vec::new(),
        }
    }
}

/// Notes as they were written down, one after the other.
pub(super) struct Lines<'n> {
    lines: BufReader<io::Chain<Box<dyn Read>, &'n [u8]>>,
    line: Vec<u8>,
}

impl Lines<'_> {
    /// The next note, which may borrow from its line.
    pub(super) fn next_note<'l, T: Deserialize<'l>>(&'l mut self) -> Option<io::Result<T>> {
        self.line.clear();
        match self.lines.read_until(b'\n', &mut self.line) {
            Ok(0) => None,
            Ok(_) => Some(serde_json::from_slice(&self.line).map_err(io::Error::from)),
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(folder: Option<&Path>, count: u64) -> (Notes<(String, u64)>, Vec<u64>) {
        let mut notes = Notes::new(folder);
        let mut places = Vec::new();
        for number in 0..count {
            places.push(notes.end());
            notes.push(&(format!("content/año-{number}.md"), number)).unwrap();
        }
        (notes, places)
    }

    #[test]
    fn notes_come_back_in_order_from_memory_and_from_a_file() {
        let place = tempfile::tempdir().unwrap();
        for (folder, count) in [(None, 20_000), (Some(place.path()), 10), (Some(place.path()), 20_000)] {
            let (notes, places) = filled(folder, count);
            assert_eq!(notes.file.is_some(), folder.is_some() && count > 10);
            assert_eq!(notes.len() as u64, count);
            let back: Vec<u64> = notes.iter().map(|note| note.unwrap().1).collect();
            assert!(back.into_iter().eq(0..count));
            // Across the end of the file, or not.
            for from in [0, 5, count / 2, count - 3] {
                let stretch = places[from as usize]..places.get(from as usize + 3).copied().unwrap_or(notes.end());
                let back: Vec<u64> = notes.stretch(stretch).map(|note| note.unwrap().1).collect();
                assert_eq!(back, [from, from + 1, from + 2]);
            }
        }
    }

    #[test]
    fn without_a_place_for_the_file_all_stays_in_memory() {
        let (notes, _) = filled(Some(Path::new("/nowhere/at/all")), 20_000);
        assert!(notes.file.is_none());
        assert_eq!(notes.iter().count(), 20_000);
    }
}
