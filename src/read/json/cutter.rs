//! Cuts a JSON document into its members and the elements of its lists, and finds the next whole object behind damage.

use std::io::{self, BufRead};

use super::scan::{Scan, Step};

/// How a kind of documents is built.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The objects in each other whose members are wanted, below the outermost: `["feed"]` for `{"feed":{…}}`.
    pub(crate) within: &'static [&'static str],
    /// Members of the innermost that are given whole though they may be lists. All other lists are cut into elements.
    pub(crate) whole: &'static [&'static str],
    /// Members of the innermost by which a reader finds its way again, and the brackets that their values begin with.
    pub(crate) known: &'static [(&'static str, u8)],
    /// Whether an object is what the lists are made of, for when one is looked for behind damage.
    pub(crate) is_element: fn(&[u8]) -> bool,
    /// The most bytes that a value may have.
    pub(crate) limit: usize,
}

/// A value of the document, or what is left of one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece<'b> {
    /// How many of the objects in each other it stands in, beside the outermost.
    pub(crate) level: usize,
    /// The key of the member, or of the list that the element stands in.
    pub(crate) key: &'b str,
    /// What it is.
    pub(crate) kind: PieceKind,
    /// Its first byte in the source.
    pub(crate) offset: u64,
    /// Its bytes; of what is broken or too long, the first of them.
    pub(crate) bytes: &'b [u8],
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PieceKind {
    /// The value of a member.
    Member,
    /// An element of a list.
    Element,
    /// An object that is not whole; what follows was found again.
    Broken {
        /// The byte of the source that cannot stand there.
        at: u64,
        /// It stands in a list.
        in_list: bool,
    },
    /// Something between the values that cannot stand there; no value is lost in it.
    Fault,
    /// A value with more bytes than one may have.
    TooLong {
        /// It stands in a list.
        in_list: bool,
    },
    /// The source ends before the document does; the bytes are those of the value that it ends in.
    CutOff {
        /// It ends in a list: in an element, or between two.
        in_list: bool,
    },
    /// Something stands behind the document's end.
    Behind,
}

/// How many bytes of a value that is not whole are kept, to tell what it was.
const KEPT: usize = 64 * 1024;

/// More bytes than these, spaces aside, are no mere fault between two values.
const FAULT: usize = 8;

/// Where the cutter stands.
#[derive(Clone, Copy, Debug)]
enum State {
    Start,
    /// In an object, `first` before its first member.
    Members {
        first: bool,
    },
    /// In a list, `first` before its first element.
    Elements {
        first: bool,
    },
    Behind,
    Done,
}

/// What came of going over a value.
enum Value {
    Whole(usize),
    Broken(usize),
    TooLong,
    /// The same, of an object of the head.
    TooLongHead,
    CutOff,
}

/// What stands where a member should begin.
enum Key {
    /// A key, and how far from it its value begins.
    Found(String, usize),
    None,
    CutOff,
}

/// What became of a member.
enum Member {
    Opened,
    Value,
    None,
    CutOff,
}

/// Cuts a document. Holds one value in memory.
pub(crate) struct Cutter<'a> {
    input: &'a mut dyn BufRead,
    layout: &'static Layout,
    /// Bytes of the source; those before `from` are done with.
    buffer: Vec<u8>,
    from: usize,
    /// Offset of the buffer's first byte in the source.
    base: u64,
    state: State,
    level: usize,
    key: String,
    is_call: bool,
    /// The bytes kept of what is not whole.
    kept: Vec<u8>,
    /// How many bytes may yet be gone over in search of an object, so that no document takes more than linear time.
    searches: u64,
}

/// Whether a key is a name, or has one letter that went wrong.
fn is_near(name: &str, key: &str) -> bool {
    let wrong = name.chars().zip(key.chars()).filter(|(a, b)| a != b).count();
    wrong <= 1 && name.chars().count() == key.chars().count()
}

impl<'a> Cutter<'a> {
    /// Begins a document.
    pub(crate) fn new(input: &'a mut dyn BufRead, layout: &'static Layout) -> Cutter<'a> {
        Cutter {
            input,
            layout,
            buffer: Vec::new(),
            from: 0,
            base: 0,
            state: State::Start,
            level: 0,
            key: String::new(),
            is_call: false,
            kept: Vec::new(),
            searches: 16 << 20,
        }
    }

    /// Where the next byte stands in the source.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.from as u64
    }

    /// The next piece.
    ///
    /// # Errors
    /// When the bytes cannot be had.
    pub(crate) fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        loop {
            match self.state {
                State::Start => {
                    if !self.start()? {
                        return Ok(Some(self.cut_off()));
                    }
                }
                State::Members { first } => {
                    let Some(byte) = self.next_byte()? else {
                        return Ok(Some(self.cut_off()));
                    };
                    match byte {
                        b'}' => {
                            self.from += 1;
                            self.state = match self.level.checked_sub(1) {
                                Some(level) => {
                                    self.level = level;
                                    State::Members { first: false }
                                }
                                None => State::Behind,
                            };
                        }
                        b',' if !first => {
                            self.from += 1;
                            self.state = State::Members { first: true };
                        }
                        b'"' if first => match self.member()? {
                            Member::Opened => {}
                            Member::Value => return self.value_piece(PieceKind::Member).map(Some),
                            Member::None => return self.lost(0).map(Some),
                            Member::CutOff => return Ok(Some(self.cut_off())),
                        },
                        _ => return self.lost(0).map(Some),
                    }
                }
                State::Elements { first } => {
                    let Some(byte) = self.next_byte()? else {
                        return Ok(Some(self.cut_off()));
                    };
                    match byte {
                        // It stands where a record's own bracket stood.
                        b']' if first && self.behind_value(1)? == Some(b'"') => return self.lost(0).map(Some),
                        b']' => {
                            self.from += 1;
                            self.state = State::Members { first: false };
                        }
                        b',' if !first => {
                            self.from += 1;
                            self.state = State::Elements { first: true };
                        }
                        _ if first => return self.value_piece(PieceKind::Element).map(Some),
                        _ => return self.lost(0).map(Some),
                    }
                }
                State::Behind => {
                    self.state = State::Done;
                    // A bracket in the place of another byte may have ended the document early: a key follows.
                    let next = match self.next_byte()? {
                        Some(b',') => self.behind_value(1)?.filter(|byte| *byte == b'"'),
                        next => next,
                    };
                    if next.is_some_and(|byte| byte == b'"' || byte.is_ascii_alphanumeric()) {
                        return self.lost_or(0, PieceKind::Behind).map(Some);
                    }
                    if let Some(kind) = self.behind()? {
                        self.byte(KEPT)?;
                        let range = self.from..self.buffer.len().min(self.from + KEPT);
                        return Ok(Some(self.piece(kind, self.offset(), range)));
                    }
                }
                State::Done => return Ok(None),
            }
        }
    }

    /// Passes over what may stand before the document: a byte order mark, lines of comment, the name of a function that the
    /// document is handed to. Says whether there is a document.
    fn start(&mut self) -> io::Result<bool> {
        let mut is_comment = false;
        while let Some(byte) = self.byte(0)? {
            match byte {
                b'\n' => is_comment = false,
                // What ends the comment may be what is damaged.
                b'(' if is_comment && self.byte(1)? == Some(b'{') => (is_comment, self.is_call) = (false, true),
                _ if is_comment => {}
                b'/' if self.byte(1)? == Some(b'/') => is_comment = true,
                b'(' => self.is_call = true,
                b'{' | b'"' => {
                    // Its bracket may be what is damaged.
                    self.from += usize::from(byte == b'{');
                    self.state = State::Members { first: true };
                    return Ok(true);
                }
                _ => {}
            }
            self.from += 1;
        }
        Ok(false)
    }

    /// Goes up to the value of the member that begins here, and into it where it is an object or list that is to be opened.
    fn member(&mut self) -> io::Result<Member> {
        let (key, value_at) = match self.key(0)? {
            Key::Found(key, value_at) => (key, value_at),
            Key::None => return Ok(Member::None),
            Key::CutOff => return Ok(Member::CutOff),
        };
        let byte = self.byte(value_at)?;
        self.key = key;
        self.from += value_at;
        // A bracket too many may have closed the innermost before its list.
        let is_list = self.level == self.layout.within.len() || self.is_known(b'[');
        let is_within = self
            .layout
            .within
            .get(self.level)
            .is_some_and(|name| is_near(name, &self.key));
        if byte == Some(b'{') && is_within {
            self.from += 1;
            self.level += 1;
            self.state = State::Members { first: true };
        } else if byte == Some(b'[') && is_list && !self.layout.whole.contains(&self.key.as_str()) {
            self.from += 1;
            self.level = self.layout.within.len();
            self.state = State::Elements { first: true };
        } else {
            return Ok(Member::Value);
        }
        Ok(Member::Opened)
    }

    /// The key at a place, and how far from the cutter its value begins.
    fn key(&mut self, at: usize) -> io::Result<Key> {
        let mut end = at + 1;
        loop {
            match self.byte(end)? {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                // No key is as long.
                Some(_) if end - at < KEPT => end += 1,
                Some(_) => return Ok(Key::None),
                None => return Ok(Key::CutOff),
            }
        }
        let mut value = end + 1;
        let mut has_colon = false;
        loop {
            match self.byte(value)? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => {}
                Some(b':') if !has_colon => has_colon = true,
                Some(_) if has_colon => break,
                Some(_) => return Ok(Key::None),
                None => return Ok(Key::CutOff),
            }
            value += 1;
        }
        let text = self.buffer.get(self.from + at..=self.from + end).unwrap_or_default();
        Ok(match serde_json::from_slice(text) {
            Ok(key) => Key::Found(key, value),
            Err(_) => Key::None,
        })
    }

    /// Takes the value that begins here.
    fn value_piece(&mut self, kind: PieceKind) -> io::Result<Piece<'_>> {
        let offset = self.offset();
        let next = match kind {
            PieceKind::Element => State::Elements { first: false },
            _ => State::Members { first: false },
        };
        match self.value(kind)? {
            Value::Whole(length) => {
                if let Some(broken) = self.misread(kind, length)? {
                    return self.lost(broken);
                }
                self.state = next;
                let begin = self.from;
                self.from += length;
                Ok(self.piece(kind, offset, begin..begin + length))
            }
            Value::Broken(at) => self.lost(at),
            Value::TooLong => {
                self.state = next;
                let in_list = kind == PieceKind::Element;
                Ok(self.kept_piece(PieceKind::TooLong { in_list }, offset))
            }
            Value::TooLongHead => self.lost_or(1, PieceKind::TooLong { in_list: false }),
            Value::CutOff if kind == PieceKind::Member => self.lost_or(1, PieceKind::CutOff { in_list: false }),
            Value::CutOff => Ok(self.cut_off()),
        }
    }

    /// Whether the key is one whose value is known to begin with this bracket.
    fn is_known(&self, bracket: u8) -> bool {
        self.layout.known.contains(&(self.key.as_str(), bracket))
    }

    /// The next byte, these bytes from here, that is no space.
    fn behind_value(&mut self, length: usize) -> io::Result<Option<u8>> {
        let at = self.past_spaces(length)?;
        self.byte(at)
    }

    /// Goes over spaces.
    fn past_spaces(&mut self, mut at: usize) -> io::Result<usize> {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.byte(at)? {
            at += 1;
        }
        Ok(at)
    }

    fn piece(&self, kind: PieceKind, offset: u64, range: std::ops::Range<usize>) -> Piece<'_> {
        Piece {
            level: self.level,
            key: &self.key,
            kind,
            offset,
            bytes: self.buffer.get(range).unwrap_or_default(),
        }
    }

    /// The source has ended; whatever is still in the buffer is a value that is not whole.
    fn cut_off(&mut self) -> Piece<'_> {
        let in_list = matches!(self.state, State::Elements { .. });
        self.state = State::Done;
        let range = self.from..self.buffer.len();
        let offset = self.offset();
        self.from = self.buffer.len();
        self.piece(PieceKind::CutOff { in_list }, offset, range)
    }

    /// Goes over the value that begins here. Where it is too long, its first bytes are kept and the cutter stands behind it; but
    /// not behind an object of the head, in which the lists may stand for want of a bracket.
    fn value(&mut self, kind: PieceKind) -> io::Result<Value> {
        let may_swallow = kind == PieceKind::Member && self.byte(0)? == Some(b'{');
        let mut scan = Scan::new();
        let mut done = 0;
        let mut is_too_long = false;
        loop {
            if self.buffer.len() <= self.from + done && !self.fill()? {
                return Ok(match is_too_long {
                    true => Value::TooLong,
                    false => Value::CutOff,
                });
            }
            let bytes = self.buffer.get(self.from + done..).unwrap_or_default();
            let length = bytes.len();
            let (end, result) = match scan.step(bytes) {
                Step::More => (length, None),
                Step::End(n) => (n, Some(Value::Whole(done + n))),
                Step::Broken(n) => (n, Some(Value::Broken(done + n))),
            };
            done += end;
            if done > self.layout.limit && !is_too_long {
                if may_swallow {
                    return Ok(Value::TooLongHead);
                }
                is_too_long = true;
                self.keep(self.from);
            }
            if is_too_long {
                self.from += done;
                done = 0;
            }
            match result {
                None => {}
                Some(_) if is_too_long => return Ok(Value::TooLong),
                Some(result) => return Ok(result),
            }
        }
    }

    /// Keeps the first bytes of what is not whole.
    fn keep(&mut self, begin: usize) {
        self.kept.clear();
        let rest = self.buffer.get(begin..).unwrap_or_default();
        self.kept.extend(rest.iter().take(KEPT.min(self.layout.limit)));
    }

    /// What stands behind the document, if anything does.
    fn behind(&mut self) -> io::Result<Option<PieceKind>> {
        if self.is_call {
            match self.next_byte()? {
                Some(b')') => self.from += 1,
                Some(_) => return Ok(Some(PieceKind::Behind)),
                None => return Ok(Some(PieceKind::CutOff { in_list: false })),
            }
            if self.next_byte()? == Some(b';') {
                self.from += 1;
            }
        }
        Ok(self.next_byte()?.map(|_| PieceKind::Behind))
    }

    /// The next byte that is no space; the spaces before it are done with.
    fn next_byte(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.byte(0)? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.from += 1,
                byte => return Ok(byte),
            }
        }
    }

    fn byte(&mut self, at: usize) -> io::Result<Option<u8>> {
        while self.buffer.len() <= self.from + at {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(self.buffer.get(self.from + at).copied())
    }

    /// Takes more of the source; whether there was more.
    fn fill(&mut self) -> io::Result<bool> {
        if self.from > self.buffer.len() / 2 {
            let done = self.from.min(self.buffer.len());
            self.buffer.drain(..done);
            self.base += done as u64;
            self.from -= done;
        }
        let length = loop {
            match self.input.fill_buf() {
                Ok(more) => {
                    self.buffer.extend_from_slice(more);
                    break more.len();
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        };
        self.input.consume(length);
        // So a search goes over each byte a few times at the most, however often it fails.
        self.searches = self.searches.saturating_add(8 * length as u64);
        Ok(length > 0)
    }
}

mod lost;
#[cfg(test)]
mod tests;
