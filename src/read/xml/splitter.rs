//! Cuts a stream of XML into entries.
//!
//! It knows just enough of XML not to be misled (comments, CDATA, processing instructions, quoted attributes) and
//! nothing of what entries mean, so a broken entry costs itself and not its neighbours: where an entry begins
//! before the last one ended, the last one is reported broken.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::LazyLock;

use memchr::{memchr_iter, memmem};

use super::text::utf8;
use crate::near;
use crate::read::MAX_ENTRY;

/// Reads a stream and gives it back piece by piece, without gaps.
pub struct Splitter<R> {
    input: R,
    names: Vec<Vec<u8>>,
    /// Bytes behind `<` or `</` at which something may stand that matters here.
    firsts: [bool; 256],
    buffer: Vec<u8>,
    /// Bytes of `buffer` that hold input.
    filled: usize,
    /// First byte of the piece at hand.
    start: usize,
    /// Offset of `buffer[0]` in the stream.
    base: u64,
    ended: bool,
    /// What was given out stays until it is handed over.
    keeps: bool,
    /// How long an entry may be.
    longest: usize,
    /// The entry that was too long has not ended yet.
    is_in_too_long: bool,
    /// Of the piece at hand, in the buffer: see [`Piece::plain`].
    plain: Plain,
    /// Where in the stream each of [`HIDING`] is known not to close.
    unclosed: [Range<u64>; HIDING.len()],
    /// Where in the stream each of [`HIDING`] is known to run into an entry that is not its own.
    astray: [Range<u64>; HIDING.len()],
}

/// A piece of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What it is.
    pub kind: PieceKind,
    /// First byte in the stream, counted from 0.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// The same as text, where it has been looked at whether they are.
    pub(super) known: Option<&'a str>,
    /// The longest text that was found between markup, nearly always the body.
    pub plain: Plain,
}

/// A stretch of a piece without a `<` and with one behind it: from where, counted from the piece's first byte, and to where.
/// Who reads the piece need not look for that `<` again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plain {
    from: usize,
    to: usize,
}

impl Plain {
    /// The place of the next `<`, where this is known of one within the stretch.
    #[inline]
    pub fn end_of(self, at: usize) -> Option<usize> {
        (self.from <= at && at < self.to).then_some(self.to)
    }
}

impl<'a> Piece<'a> {
    /// The bytes as text. Where they are no UTF-8, what is wrong is replaced by U+FFFD and the first place of it is named.
    pub fn text(&self) -> (Cow<'a, str>, Option<usize>) {
        match self.known {
            Some(text) => (Cow::Borrowed(text), None),
            None => utf8(self.bytes),
        }
    }
}

/// What a piece of the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// What stands before, between and after entries.
    Outside,
    /// An entry, from its start tag to its end tag.
    Entry,
    /// An entry that another one begins inside of, or an end tag without its start.
    Broken,
    /// The stream ends inside this entry.
    CutOff,
    /// The beginning of an entry that is longer than [`MAX_ENTRY`]; the rest of it is given as what stands outside.
    TooLong,
}

/// What hides markup: how it opens and how it closes.
const HIDING: [(&[u8], &[u8]); 3] = [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];

/// Places in [`HIDING`].
const COMMENT: usize = 0;
const CDATA: usize = 1;

/// How long a tag of an entry may be.
const TAG: usize = 1024 * 1024;

const BLOCK: usize = 256 * 1024;

/// What is soon moved.
const LITTLE: usize = 16 * 1024;

/// The longest piece between entries.
const OUTSIDE: usize = 4 * 1024 * 1024;

impl<R: Read> Splitter<R> {
    /// Splits `input` at the elements with one of these names, prefixes included (`entry`, `atom:entry`).
    pub fn new(input: R, names: &[&str]) -> Splitter<R> {
        let mut firsts = [false; 256];
        for first in names.iter().filter_map(|n| n.bytes().next()).chain(*b"!?") {
            if let Some(place) = firsts.get_mut(usize::from(first)) {
                *place = true;
            }
        }
        Splitter {
            input,
            names: names.iter().map(|n| n.as_bytes().to_vec()).collect(),
            firsts,
            buffer: Vec::new(),
            filled: 0,
            start: 0,
            base: 0,
            ended: false,
            keeps: false,
            longest: MAX_ENTRY,
            is_in_too_long: false,
            plain: Plain::default(),
            unclosed: Default::default(),
            astray: Default::default(),
        }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the stream cannot be read.
    pub fn next_piece(&mut self) -> io::Result<Option<Piece<'_>>> {
        let base = self.base;
        let (kind, end) = match self.find_piece()? {
            Some(found) => found,
            None => return Ok(None),
        };
        debug_assert!(base <= self.base);
        let start = self.start;
        self.start = end;
        Ok(Some(Piece {
            kind,
            offset: self.base + start as u64,
            bytes: self.buffer.get(start..end).unwrap_or_default(),
            known: None,
            // What was looked at behind the piece's end is none of it.
            plain: match self.plain {
                Plain { from, to } if to < end => Plain {
                    from: from.saturating_sub(start),
                    to: to.saturating_sub(start),
                },
                _ => Plain::default(),
            },
        }))
    }

    /// Finds where the piece that begins at `self.start` ends.
    fn find_piece(&mut self) -> io::Result<Option<(PieceKind, usize)>> {
        self.discard();
        self.plain = Plain::default();
        let mut at = self.start;
        // Where the entry at hand has its start tag; a piece begins either there or outside of entries.
        let mut inside = false;
        loop {
            // Nothing may fill the memory, however long it is.
            let limit = self.start + if inside { self.longest } else { OUTSIDE };
            let Some(open) = self.find_markup(at, limit)? else {
                let end = self.filled;
                if self.start == end {
                    return Ok(None);
                }
                let kind = if inside { PieceKind::CutOff } else { PieceKind::Outside };
                return Ok(Some((kind, end)));
            };
            if open > limit {
                self.is_in_too_long |= inside;
                let kind = if inside { PieceKind::TooLong } else { PieceKind::Outside };
                return Ok(Some((kind, open)));
            }
            match self.markup(open)? {
                Markup::EntryStart { end, empty } => {
                    self.is_in_too_long = false;
                    if inside {
                        return Ok(Some((PieceKind::Broken, open)));
                    }
                    if open > self.start {
                        return Ok(Some((PieceKind::Outside, open)));
                    }
                    if empty {
                        return Ok(Some((PieceKind::Entry, end)));
                    }
                    inside = true;
                    at = end;
                }
                Markup::EntryEnd { end } if std::mem::take(&mut self.is_in_too_long) => at = end,
                Markup::EntryEnd { end } => {
                    return Ok(Some(match inside {
                        true => (PieceKind::Entry, end),
                        // What stands before it may be the head of the document: a piece of its own.
                        false if open > self.start => (PieceKind::Outside, open),
                        false => (PieceKind::Broken, end),
                    }));
                }
                Markup::Other { end } => at = end,
                Markup::CutOff => {
                    let end = self.filled;
                    let kind = if inside { PieceKind::CutOff } else { PieceKind::Outside };
                    return Ok(Some((kind, end)));
                }
            }
        }
    }

    /// Says what stands at the `<` at `open`.
    fn markup(&mut self, open: usize) -> io::Result<Markup> {
        // Enough for the longest fixed opening and for an entry's name with a slash.
        let longest = self.names.iter().map(Vec::len).max().unwrap_or(0) + 3;
        self.ensure(open + longest.max(9))?;
        let rest = self.buffer.get(open..self.filled).unwrap_or_default();
        if let Some(number) = HIDING.iter().position(|(opening, _)| rest.starts_with(opening)) {
            return Ok(Markup::Other {
                end: self.end_of_hidden(number, open)?,
            });
        }
        if self.is_named(rest, 1) {
            return Ok(match self.find_tag_end(open)? {
                Some((end, empty)) => Markup::EntryStart { end, empty },
                None => Markup::CutOff,
            });
        }
        if rest.get(1) == Some(&b'/') && self.is_named(rest, 2) {
            return Ok(match self.find_tag_end(open)? {
                Some((end, _)) => Markup::EntryEnd { end },
                None => Markup::CutOff,
            });
        }
        Ok(Markup::Other { end: open + 1 })
    }

    /// Whether the name of an entry stands in `bytes` at `at`.
    fn is_named(&self, bytes: &[u8], at: usize) -> bool {
        let rest = bytes.get(at..).unwrap_or_default();
        self.names.iter().any(|name| {
            rest.starts_with(name)
                && rest
                    .get(name.len())
                    .is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/'))
        })
    }

    /// Where the comment, CDATA or instruction at `open` ends. An opening that never closes, or not within what an entry
    /// may be long, is data, not markup, or the rest of the file would be lost in it; and so is one whose closing is
    /// another's. No byte is searched twice for the same closing, however many openings there are.
    fn end_of_hidden(&mut self, number: usize, open: usize) -> io::Result<usize> {
        let (opening, closing) = HIDING.get(number).copied().unwrap_or_default();
        let from = open + opening.len();
        let until = from + self.longest;
        let known = self.unclosed.get(number).cloned().unwrap_or_default();
        let place = self.base + from as u64;
        let (first, from_unknown) = if known.contains(&place) {
            let behind = usize::try_from(known.end - self.base).unwrap_or(usize::MAX);
            (known.start, behind)
        } else {
            (place, from)
        };
        if self.astray.get(number).is_some_and(|known| known.contains(&place)) {
            return Ok(from);
        }
        if let Some(end) = self.find_closing(from_unknown, until, number)? {
            self.ensure(end + LITTLE)?;
            let Some(last) = self.boundary_of_another(number, from, end) else {
                return Ok(end);
            };
            if let Some(known) = self.astray.get_mut(number) {
                *known = place..self.base + last as u64;
            }
            return Ok(from);
        }
        let searched = (self.filled + 1).saturating_sub(closing.len()).max(from_unknown);
        if let Some(known) = self.unclosed.get_mut(number) {
            *known = first..self.base + searched as u64;
        }
        Ok(from)
    }

    /// What opened before `from` closes at `end`, unless its own closing is broken and that one belongs to another that
    /// opened in a later entry: then, where the last entry before that other one begins or ends.
    fn boundary_of_another(&self, number: usize, from: usize, end: usize) -> Option<usize> {
        let (opening, closing) = HIDING.get(number).copied()?;
        let hidden = self.buffer.get(from..end.checked_sub(closing.len())?)?;
        // Most are short, and have nothing in them that opens; and looking back for it takes longer than looking on.
        let opens = near::find_either(b'<', b'<', hidden)
            .and_then(|first| hidden.get(first..))
            .and_then(|tags| memmem::find(tags, opening));
        if let Some(other) = opens.and_then(|_| memmem::rfind(hidden, opening))
            // A text may speak of sections.
            && (number != CDATA || self.fills_element(from + other, end))
            && let Some(last) = self.boundaries(hidden.get(..other)?).last()
        {
            return Some(from + last.0);
        }
        if number == CDATA {
            // Its text may be about entries.
            return None;
        }
        // Whole entries may stand in a comment, and a start tag that it speaks of; none may in an instruction.
        let first = self.boundaries(hidden).next()?;
        let is_whole = || {
            let mut is_open = false;
            let in_turn = self
                .boundaries(hidden)
                .all(|(_, is_start)| is_start != std::mem::replace(&mut is_open, is_start));
            in_turn && !is_open
        };
        let is_spoken_of = || {
            let next = self
                .boundaries(self.buffer.get(end..self.filled).unwrap_or_default())
                .next();
            self.boundaries(hidden).all(|(_, is_start)| is_start) && next.is_none_or(|(_, is_start)| is_start)
        };
        (number != COMMENT || !(is_whole() || is_spoken_of())).then_some(from + first.0)
    }

    /// Whether what begins at `begin` and ends at `end` is all that stands between a start tag and its end tag.
    fn fills_element(&self, begin: usize, end: usize) -> bool {
        let tag = || {
            let before = self.buffer.get(..begin)?.trim_ascii_end();
            let tag = before.get(memchr::memrchr(b'<', before)? + 1..)?.strip_suffix(b">")?;
            let name = tag.split(u8::is_ascii_whitespace).next()?;
            let behind = self.buffer.get(end..self.filled)?.trim_ascii_start();
            let behind = behind.strip_prefix(b"</")?.strip_prefix(name)?.trim_ascii_start();
            Some(!name.is_empty() && behind.first() == Some(&b'>'))
        };
        tag().unwrap_or(false)
    }

    /// Where start tags and end tags of entries seem to stand in `bytes`, and whether it is a start tag.
    fn boundaries<'b>(&'b self, bytes: &'b [u8]) -> impl Iterator<Item = (usize, bool)> + 'b {
        memchr_iter(b'<', bytes).filter_map(|at| {
            let is_start = bytes.get(at + 1) != Some(&b'/');
            self.is_named(bytes, at + if is_start { 1 } else { 2 })
                .then_some((at, is_start))
        })
    }

    /// The end of the tag at `open`, past quoted attribute values, and whether it closes itself. One that is broken ends
    /// where the next begins, since no tag holds a `<`, or where it becomes too long for one.
    fn find_tag_end(&mut self, open: usize) -> io::Result<Option<(usize, bool)>> {
        let mut at = open + 1;
        let mut quote: Option<u8> = None;
        loop {
            if at >= self.filled && !self.fill()? {
                return Ok(None);
            }
            let Some(&byte) = self.buffer.get(at) else {
                return Ok(None);
            };
            match quote {
                _ if byte == b'<' || at - open > TAG => return Ok(Some((at, false))),
                Some(q) if byte == q => quote = None,
                Some(_) => {}
                None => match byte {
                    b'"' | b'\'' => quote = Some(byte),
                    b'>' => return Ok(Some((at + 1, self.buffer.get(at - 1) == Some(&b'/')))),
                    _ => {}
                },
            }
            at += 1;
        }
    }

    /// The first `<` at or after `from` that may matter, or a place behind `limit`. Nearly every tag is told to be none of
    /// an entry's by one byte.
    fn find_markup(&mut self, from: usize, limit: usize) -> io::Result<Option<usize>> {
        let mut from = from;
        // Where the text at hand begins.
        let mut text = from;
        loop {
            let hay = self.buffer.get(from..self.filled).unwrap_or_default();
            for at in memchr_iter(b'<', hay) {
                let to = from + at;
                if to - text > self.plain.to - self.plain.from {
                    self.plain = Plain { from: text, to };
                }
                text = to + 1;
                let matters = match (hay.get(at + 1), hay.get(at + 2)) {
                    (Some(b'/'), Some(third)) => third,
                    (Some(second), Some(_)) => second,
                    // Its name has not been read yet.
                    _ => return Ok(Some(from + at)),
                };
                if self.firsts.get(usize::from(*matters)) == Some(&true) || from + at > limit {
                    return Ok(Some(from + at));
                }
            }
            from = from.max(self.filled);
            if from > limit {
                return Ok(Some(from));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// The end of the first closing of its kind that begins at or after `from` and before `until`, or not much behind.
    fn find_closing(&mut self, from: usize, until: usize, number: usize) -> io::Result<Option<usize>> {
        // Made ready once: a large file has as many of them as fields.
        static CLOSINGS: LazyLock<[memmem::Finder<'static>; HIDING.len()]> =
            LazyLock::new(|| HIDING.map(|(_, closing)| memmem::Finder::new(closing)));
        let Some(closing) = CLOSINGS.get(number) else {
            return Ok(None);
        };
        let length = closing.needle().len();
        let mut from = from;
        loop {
            let hay = self.buffer.get(from..self.filled).unwrap_or_default();
            if let Some(at) = closing.find(hay) {
                return Ok(Some(from + at + length));
            }
            // It may begin in what is here and end in what comes.
            from = from.max((self.filled + 1).saturating_sub(length));
            if from >= until || !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Sees that bytes up to `end` are there, as far as the stream has them.
    fn ensure(&mut self, end: usize) -> io::Result<()> {
        while self.filled < end && self.fill()? {}
        Ok(())
    }

    /// Whether what has been given out is worth forgetting: what is left has to be moved, so that should be little.
    fn is_due(&self) -> bool {
        self.start >= 2 * BLOCK || (self.start >= BLOCK / 2 && self.filled - self.start <= LITTLE)
    }

    /// Gives away the bytes of all pieces since the last time, one behind the other, and goes on in `room`. Only now and
    /// then, since what is left has to be moved; `None` where it is not time.
    pub(super) fn hand_over(&mut self, room: &mut Vec<u8>) -> Option<Vec<u8>> {
        self.keeps = true;
        if !self.is_due() {
            return None;
        }
        let left = self.buffer.get(self.start..self.filled)?;
        if room.len() < left.len() + BLOCK {
            room.resize(left.len() + 2 * BLOCK, 0);
        }
        room.get_mut(..left.len())?.copy_from_slice(left);
        self.filled = left.len();
        self.base += self.start as u64;
        self.start = 0;
        Some(std::mem::replace(&mut self.buffer, std::mem::take(room)))
    }

    /// Gives away the bytes of all pieces since the last time; for when there are no more.
    pub(super) fn give_up(&mut self) -> Vec<u8> {
        (self.start, self.filled) = (0, 0);
        std::mem::take(&mut self.buffer)
    }

    /// Forgets what has been given out.
    fn discard(&mut self) {
        if !self.keeps && (self.is_due() || (self.start > 0 && self.start == self.filled)) {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.base += self.start as u64;
            self.start = 0;
            // One huge entry must not keep its memory until the end.
            if self.buffer.len() > 16 * BLOCK && self.filled < BLOCK {
                self.buffer.truncate(2 * BLOCK);
                self.buffer.shrink_to_fit();
            }
        }
    }

    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.buffer.len() - self.filled < BLOCK / 4 {
            let size = (self.buffer.len() * 3 / 2).max(self.filled + BLOCK);
            self.buffer.resize(size, 0);
        }
        loop {
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match self.input.read(room) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(n) => {
                    self.filled += n;
                    return Ok(true);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

/// Where an end tag `</name>` begins and where it is over, in bytes that lie outside of entries. One that breaks off is
/// none: the document is not complete.
pub fn document_end(bytes: &[u8], name: &str) -> Option<(usize, usize)> {
    let tag = format!("</{name}");
    memmem::find_iter(bytes, tag.as_bytes()).find_map(|begin| {
        let rest = bytes.get(begin + tag.len()..)?;
        let space = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        (rest.get(space) == Some(&b'>')).then_some((begin, begin + tag.len() + space + 1))
    })
}

enum Markup {
    EntryStart { end: usize, empty: bool },
    EntryEnd { end: usize },
    Other { end: usize },
    CutOff,
}

#[cfg(test)]
mod tests;
