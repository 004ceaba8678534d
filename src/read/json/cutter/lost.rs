//! How the cutter finds its way again behind damage: by the next object of the kind that the lists are made of, or the next
//! member that it knows.

use std::io;

use super::{Cutter, FAULT, KEPT, Key, Piece, PieceKind, State};
use crate::read::json::scan::{Scan, Step};

impl Cutter<'_> {
    /// Something is broken `broken` bytes from here; goes on behind it.
    pub(super) fn lost(&mut self, broken: usize) -> io::Result<Piece<'_>> {
        let (offset, kind) = self.seek(broken)?;
        Ok(self.kept_piece(kind, offset))
    }

    /// A bracket too few or too many makes a value, or the document, end elsewhere than it did. Where something that is known
    /// follows from here, goes on there; otherwise it is what it seems to be, of which the first bytes are kept.
    pub(super) fn lost_or(&mut self, broken: usize, seems: PieceKind) -> io::Result<Piece<'_>> {
        let (offset, kind) = self.seek(broken)?;
        let kind = match self.state {
            State::Done => seems,
            _ => kind,
        };
        Ok(self.kept_piece(kind, offset))
    }

    /// A piece of which the first bytes are kept.
    pub(super) fn kept_piece(&self, kind: PieceKind, offset: u64) -> Piece<'_> {
        Piece {
            level: self.level,
            key: &self.key,
            kind,
            offset,
            bytes: &self.kept,
        }
    }

    /// How far in the whole value of this length to go on, where a bracket or quotation mark that went wrong makes it another
    /// than it was.
    pub(super) fn misread(&mut self, kind: PieceKind, length: usize) -> io::Result<Option<usize>> {
        Ok(match kind {
            PieceKind::Element => (!self.is_element_end(length)?).then_some(0),
            _ if self.is_word_for_list(length)? || self.is_bare_list(length)? => Some(0),
            _ => self.swallows_list(length).then_some(1),
        })
    }

    /// Whether the list goes on or ends behind the value of this length, or the value is what such lists are made of.
    fn is_element_end(&mut self, length: usize) -> io::Result<bool> {
        let is_end = matches!(self.behind_value(length)?, Some(b',' | b']') | None);
        let value = self.buffer.get(self.from..self.from + length).unwrap_or_default();
        Ok(match value.first() {
            Some(b'{') => is_end || (self.layout.is_element)(value),
            // What a known list is made of is known, and that is no lists.
            Some(b'[') => is_end && !self.is_known(b'['),
            _ => is_end,
        })
    }

    /// Whether a quotation mark in the place of a bracket made a word of what begins a list or object that is known.
    fn is_word_for_list(&mut self, length: usize) -> io::Result<bool> {
        let is_known = self.is_known(b'[') || self.is_known(b'{');
        Ok(is_known && self.byte(0)? == Some(b'"') && !matches!(self.behind_value(length)?, Some(b',' | b'}') | None))
    }

    /// Whether a list has lost the bracket that it began with: its first element is of this length, and another follows.
    fn is_bare_list(&mut self, length: usize) -> io::Result<bool> {
        if !self.is_known(b'[') || self.byte(0)? != Some(b'{') {
            return Ok(false);
        }
        self.is_in_list(length)
    }

    /// Whether a list that the document is made of stands in the value of this length: a bracket less, and a value of the head
    /// goes on into what follows.
    fn swallows_list(&self, length: usize) -> bool {
        let value = self.buffer.get(self.from..self.from + length).unwrap_or_default();
        let mut lists = self
            .layout
            .known
            .iter()
            .filter(|(key, bracket)| *bracket == b'[' && *key != self.key && !self.layout.whole.contains(key));
        value.first() == Some(&b'{') && lists.any(|(key, _)| has_list(value, key))
    }

    /// Looks for the next object of the kind that the lists are made of, or, where no list has begun, the next known member,
    /// and stands there. Gives the place of the damage and what it cost.
    fn seek(&mut self, broken: usize) -> io::Result<(u64, PieceKind)> {
        let offset = self.offset();
        let fault = offset + broken as u64;
        let mut in_list = matches!(self.state, State::Elements { .. });
        self.byte(KEPT)?;
        self.keep(self.from);
        // Between two records only a few bytes can have gone wrong; more are taken for a record.
        let mut is_record = broken > 0;
        let mut passed = 0;
        let mut at = usize::from(broken > 0);
        self.state = State::Done;
        while let Some(byte) = self.byte(at)? {
            match byte {
                b'{' if self.starts_object(at)? => match self.searched(at, b"")? {
                    Some((_, true)) => {
                        self.level = self.layout.within.len();
                        self.state = State::Elements { first: true };
                        break;
                    }
                    Some((length, false)) => {
                        is_record = true;
                        // Before the lists it may be one that holds them.
                        at += if in_list { length } else { 1 };
                        continue;
                    }
                    None => is_record = true,
                },
                // In a record are members of these names too.
                b'"' if !(in_list && is_record) => {
                    let known = self.known_member(at)?;
                    // Or it is of a record that has lost its bracket, or was closed early.
                    if (in_list || known.is_some())
                        && let Some((length, is_element)) = self.searched(at, b"{")?
                        && (is_element || in_list && self.is_in_list(at + length)?)
                    {
                        (in_list, is_record) = (true, true);
                        at += length;
                        continue;
                    }
                    if let Some(level) = known {
                        self.level = level;
                        self.state = State::Members { first: true };
                        break;
                    }
                }
                _ => {}
            }
            passed += usize::from(!byte.is_ascii_whitespace());
            is_record |= passed > FAULT;
            at += 1;
            if at > self.layout.limit {
                self.from += at;
                at = 0;
            }
        }
        self.from += at;
        self.from = self.from.min(self.buffer.len());
        let kind = match is_record {
            true => PieceKind::Broken { at: fault, in_list },
            false => PieceKind::Fault,
        };
        Ok((offset, kind))
    }

    /// The level of the known member that begins at a place.
    fn known_member(&mut self, at: usize) -> io::Result<Option<usize>> {
        self.byte(at + 256)?;
        let rest = self.buffer.get(self.from + at + 1..).unwrap_or_default();
        let is_here = |key: &str| {
            rest.strip_prefix(key.as_bytes())
                .is_some_and(|r| r.first() == Some(&b'"'))
        };
        let (within, known) = (self.layout.within, self.layout.known);
        let innermost = known.iter().map(|(key, bracket)| (within.len(), *key, *bracket));
        let outer = within.get(self.level).map(|key| (self.level, *key, b'{'));
        let Some((level, _, bracket)) = innermost.chain(outer).find(|(_, key, _)| is_here(key)) else {
            return Ok(None);
        };
        match self.key(at)? {
            Key::Found(_, value) => Ok((self.byte(value)? == Some(bracket)).then_some(level)),
            Key::None | Key::CutOff => Ok(None),
        }
    }

    /// Whether a list goes on with an object at a place, or ends there.
    fn is_in_list(&mut self, at: usize) -> io::Result<bool> {
        let at = self.past_spaces(at)?;
        Ok(match self.byte(at)? {
            Some(b',') => self.behind_value(at + 1)? == Some(b'{'),
            byte => byte == Some(b']'),
        })
    }

    /// Whether a key follows the bracket at a place.
    fn starts_object(&mut self, at: usize) -> io::Result<bool> {
        Ok(self.behind_value(at + 1)? == Some(b'"'))
    }

    /// The length of the object at a place, where it is whole, and whether it is one that lists are made of. It may begin with
    /// what is not there.
    fn searched(&mut self, at: usize, begin: &'static [u8]) -> io::Result<Option<(usize, bool)>> {
        if self.searches == 0 {
            return Ok(None);
        }
        let mut scan = Scan::new();
        let _ = scan.step(begin);
        let mut done = at;
        let found = loop {
            if self.buffer.len() <= self.from + done && (done - at > self.layout.limit || !self.fill()?) {
                break None;
            }
            let bytes = self.buffer.get(self.from + done..).unwrap_or_default();
            match scan.step(bytes) {
                Step::More => done += bytes.len(),
                Step::End(n) => {
                    done += n;
                    let object = self.buffer.get(self.from + at..self.from + done).unwrap_or_default();
                    let is_element = match begin {
                        [] => (self.layout.is_element)(object),
                        begin => (self.layout.is_element)(&[begin, object].concat()),
                    };
                    break (object.len() <= self.layout.limit).then_some((object.len(), is_element));
                }
                Step::Broken(n) => {
                    done += n;
                    break None;
                }
            }
        };
        self.searches = self.searches.saturating_sub((done - at) as u64);
        Ok(found)
    }
}

/// Whether a member of this name, whose value is a list, stands anywhere in a text.
fn has_list(text: &[u8], name: &str) -> bool {
    let key = format!("\"{name}\"");
    memchr::memmem::find_iter(text, &key).any(|at| {
        let rest = text.get(at + key.len()..).unwrap_or_default();
        let value = rest.trim_ascii_start().strip_prefix(b":").map(<[u8]>::trim_ascii_start);
        value.is_some_and(|value| value.first() == Some(&b'['))
    })
}
