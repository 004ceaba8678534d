//! The bytes of a file on their way to the XML reader: lines counted, what is no text or no XML replaced and
//! remembered.

use std::io::{self, BufRead, Read};

/// Something in the bytes that no XML file can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// A character outside XML.
    NotXml(u32),
}

const CHUNK: usize = 64 * 1024;

/// Reads ahead by one chunk; what the XML reader gets is always UTF-8 that XML can hold, byte for byte in its place.
pub(super) struct Watched<R> {
    inner: R,
    /// Checked bytes.
    ready: Vec<u8>,
    /// How much of `ready` was taken.
    at: usize,
    /// The start of a character whose end was not read yet.
    tail: Vec<u8>,
    ended: bool,
    /// Line of the next byte to be taken.
    pub(super) line: u64,
    /// Line of the next byte to be read.
    ahead: u64,
    /// Bytes read.
    pub(super) size: u64,
    line_length: u64,
    /// Lines too long for WordPress's oldest reader, and the first of them.
    pub(super) long_lines: (u64, u64),
    /// The file begins with a byte order mark, which the XML reader passes over.
    pub(super) bom: bool,
    pub(super) problems: Vec<(u64, Problem)>,
}

impl<R: Read> Watched<R> {
    pub(super) fn new(inner: R) -> Watched<R> {
        Watched {
            inner,
            ready: Vec::new(),
            at: 0,
            tail: Vec::new(),
            ended: false,
            line: 1,
            ahead: 1,
            size: 0,
            line_length: 0,
            long_lines: (0, 0),
            bom: false,
            problems: Vec::new(),
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.at = 0;
        self.ready.clear();
        while self.ready.is_empty() && !self.ended {
            let mut chunk = std::mem::take(&mut self.ready);
            chunk.append(&mut self.tail);
            let before = chunk.len();
            let read = (&mut self.inner).take(CHUNK as u64).read_to_end(&mut chunk)?;
            debug_assert_eq!(chunk.len(), before + read);
            self.bom |= self.size == 0 && chunk.starts_with(b"\xef\xbb\xbf");
            self.size += read as u64;
            self.ended = read < CHUNK;
            if self.is_clean(&mut chunk) {
                self.ahead += memchr::memchr_iter(b'\n', &chunk).count() as u64;
                self.ready = chunk;
            } else {
                self.take_in(&chunk);
            }
        }
        Ok(())
    }

    /// Whether a chunk can be handed out as it is, as nearly every one can. A character whose end was not read yet is
    /// cut off then, and waits for the next chunk.
    fn is_clean(&mut self, chunk: &mut Vec<u8>) -> bool {
        let length = match simdutf8::compat::from_utf8(chunk) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() && !self.ended => error.valid_up_to(),
            Err(_) => return false,
        };
        if !crate::wordpress::is_xml_text(chunk.get(..length).unwrap_or_default()) {
            return false;
        }
        self.tail = chunk.split_off(length);
        true
    }

    fn take_in(&mut self, chunk: &[u8]) {
        for part in chunk.utf8_chunks() {
            for c in part.valid().chars() {
                if crate::wordpress::is_xml_char(c) {
                    let mut bytes = [0; 4];
                    self.ready.extend_from_slice(c.encode_utf8(&mut bytes).as_bytes());
                } else {
                    self.problems.push((self.ahead, Problem::NotXml(c.into())));
                    self.ready.extend(std::iter::repeat_n(b'?', c.len_utf8()));
                }
                if c == '\n' {
                    self.ahead += 1;
                }
            }
            let invalid = part.invalid();
            if invalid.is_empty() {
                continue;
            }
            let is_end = std::ptr::eq(invalid.as_ptr_range().end, chunk.as_ptr_range().end);
            if is_end && !self.ended && invalid.len() < 4 {
                self.tail = invalid.to_vec();
            } else {
                self.problems.push((self.ahead, Problem::NotUtf8));
                self.ready.extend(std::iter::repeat_n(b'?', invalid.len()));
            }
        }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(out.len());
        for (to, from) in out.iter_mut().zip(ready) {
            *to = *from;
        }
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.ready.len() {
            self.refill()?;
        }
        Ok(self.ready.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        let taken = self.ready.get(self.at..self.at + count).unwrap_or_default();
        let mut rest = taken;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            self.line_length += end as u64;
            if self.line_length > 8_191 {
                if self.long_lines.0 == 0 {
                    self.long_lines.1 = self.line;
                }
                self.long_lines.0 += 1;
            }
            self.line_length = 0;
            self.line += 1;
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        self.line_length += rest.len() as u64;
        self.at += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_and_remembers() {
        let mut input = Watched::new(&b"a\n\x01b\xff\n\xef\xbf\xbf"[..]);
        let mut out = String::new();
        input.read_to_string(&mut out).unwrap();
        assert_eq!(out, "a\n?b?\n???");
        assert_eq!(
            input.problems,
            [
                (2, Problem::NotXml(1)),
                (2, Problem::NotUtf8),
                (3, Problem::NotXml(0xffff))
            ]
        );
        assert_eq!(input.line, 3);
    }

    #[test]
    fn characters_may_lie_across_chunks() {
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(CHUNK - shift), "日😀");
            let mut input = Watched::new(text.as_bytes());
            let mut out = String::new();
            input.read_to_string(&mut out).unwrap();
            assert_eq!(out, text);
            assert!(input.problems.is_empty());
        }
    }
}
