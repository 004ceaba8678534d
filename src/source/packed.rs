//! What is packed: how much of it is unpacked at the most, what of it can be had where it is damaged, and the members of
//! a zip whose list is gone.
//!
//! A zip names its members in a list at its end. Where a download was cut off that list is missing, but each member still
//! stands behind a header of its own, and a packed stream says by itself where it ends: so they can be read one after
//! another. The layout is that of PKWARE's APPNOTE, 4.3.7 to 4.3.9 and 4.5.3.

use std::io::{self, BufRead, Read};

use flate2::bufread::DeflateDecoder;

/// A member or a whole may be so many times as large as its packed bytes: text packs to a fifth or a tenth, a trap to a
/// thousandth.
const RATIO: u64 = 250;

/// What is not larger is never held for a trap.
const SMALL: u64 = 64 * 1024 * 1024;

/// How much may be unpacked where the user says nothing, in bytes.
pub const MAX_UNPACKED: u64 = 64_000_000_000;

/// How much may still be unpacked in this run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    left: u64,
    /// The user named a size, and so knows what comes.
    is_asked: bool,
}

impl Allowance {
    pub(super) fn new(max_unpacked: Option<u64>) -> Allowance {
        Allowance {
            left: max_unpacked.unwrap_or(MAX_UNPACKED),
            is_asked: max_unpacked.is_some(),
        }
    }

    /// Lets bytes through as long as they are allowed; `packed` is the size of what they are unpacked from.
    pub(super) fn limit<R>(self, unpacked: R, packed: u64) -> Limited<R> {
        let by_ratio = if self.is_asked {
            u64::MAX
        } else {
            packed.saturating_mul(RATIO).max(SMALL)
        };
        Limited {
            inner: unpacked,
            left: self.left.min(by_ratio),
            fault: None,
        }
    }

    /// So many bytes were unpacked.
    pub(super) fn spend(&mut self, bytes: u64) {
        self.left = self.left.saturating_sub(bytes);
    }
}

/// A stream of unpacked bytes that ends early where it is damaged or grows too large, and keeps the reason.
pub(super) struct Limited<R> {
    inner: R,
    left: u64,
    fault: Option<String>,
}

impl<R> Limited<R> {
    /// Why the stream ended before its end, where it did, and what it was read from.
    pub(super) fn into_parts(self) -> (R, Option<String>) {
        (self.inner, self.fault)
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.fault.is_some() {
            return Ok(0);
        }
        match self.inner.read(buffer) {
            Ok(n) if n as u64 > self.left => {
                self.fault = Some(
                    "it unpacks to more than is allowed; where that is right, --max-unpacked SIZE allows more"
                        .to_owned(),
                );
                let n = usize::try_from(self.left).unwrap_or(n).min(n);
                self.left = 0;
                Ok(n)
            }
            Ok(n) => {
                self.left -= n as u64;
                Ok(n)
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Err(e),
            Err(e) => {
                self.fault = Some(e.to_string());
                Ok(0)
            }
        }
    }
}

/// A member of a zip, found by its own header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalHeader {
    /// Its path in the zip.
    pub(super) name: String,
    /// It cannot be read without a password.
    pub(super) is_encrypted: bool,
    method: Method,
    /// CRC-32 of its bytes, where it stands before them.
    crc: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// As it is, so many bytes.
    Stored(u64),
    Deflated,
}

const SIGNATURE: &[u8; 4] = b"PK\x03\x04";

/// Reads on to the next member's header and through it.
///
/// # Errors
/// When the bytes cannot be had.
pub(super) fn next_member(input: &mut impl BufRead) -> io::Result<Option<LocalHeader>> {
    while find_signature(input)? {
        let mut fixed = [0; 26];
        if !fill(input, &mut fixed)? {
            return Ok(None);
        }
        let number = |at: usize, length: usize| -> u64 {
            let bytes = fixed.get(at..at + length).unwrap_or_default();
            bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))
        };
        let (flags, method) = (number(2, 2), number(4, 2));
        let (name_length, extra_length) = (number(22, 2), number(24, 2));
        // Four bytes may be a signature by chance; a header has a name and one of few methods.
        if name_length == 0 || name_length > 4096 || !matches!(method, 0 | 8) || number(0, 1) > 63 {
            continue;
        }
        let mut rest = vec![0; usize::try_from(name_length + extra_length).unwrap_or_default()];
        if !fill(input, &mut rest)? {
            return Ok(None);
        }
        let (name, extra) = rest.split_at(usize::try_from(name_length).unwrap_or_default().min(rest.len()));
        let sizes_follow = flags & 0x08 != 0;
        let size = match number(14, 4) {
            0xffff_ffff => zip64_size(extra).unwrap_or(u64::MAX),
            size => size,
        };
        let method = match method {
            8 => Method::Deflated,
            // Nothing tells where it ends.
            _ if sizes_follow => continue,
            _ => Method::Stored(size),
        };
        return Ok(Some(LocalHeader {
            name: String::from_utf8_lossy(name).into_owned(),
            is_encrypted: flags & 0x01 != 0,
            method,
            crc: u32::try_from(number(10, 4)).ok().filter(|_| !sizes_follow),
        }));
    }
    Ok(None)
}

/// The packed size that an extra field gives, where it is too large for the header: the second number of the field 1.
fn zip64_size(extra: &[u8]) -> Option<u64> {
    let mut rest = extra;
    while let [a, b, c, d, after @ ..] = rest {
        let (id, length) = (u16::from_le_bytes([*a, *b]), usize::from(u16::from_le_bytes([*c, *d])));
        let field = after.get(..length)?;
        if id == 1 {
            return Some(u64::from_le_bytes(field.get(8..16)?.try_into().ok()?));
        }
        rest = after.get(length..)?;
    }
    None
}

impl LocalHeader {
    /// Its bytes, unpacked. When they were read to the end, `input` stands behind them.
    pub(super) fn unpack<'a, R: BufRead>(&self, input: &'a mut R) -> Unpacked<'a, R> {
        Unpacked {
            stream: match self.method {
                Method::Stored(size) => Stream::Stored(input.take(size)),
                Method::Deflated => Stream::Deflated(DeflateDecoder::new(input)),
            },
            sum: flate2::Crc::new(),
            wanted: self.crc,
        }
    }
}

/// A member that is being unpacked.
pub(super) struct Unpacked<'a, R> {
    stream: Stream<'a, R>,
    sum: flate2::Crc,
    wanted: Option<u32>,
}

enum Stream<'a, R> {
    Stored(io::Take<&'a mut R>),
    Deflated(DeflateDecoder<&'a mut R>),
}

impl<R: BufRead> Read for Unpacked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match &mut self.stream {
            Stream::Stored(stream) => stream.read(buffer)?,
            Stream::Deflated(stream) => stream.read(buffer)?,
        };
        self.sum.update(buffer.get(..n).unwrap_or_default());
        if n == 0 && !buffer.is_empty() {
            let is_short = matches!(&self.stream, Stream::Stored(stream) if stream.limit() > 0);
            if is_short || self.wanted.is_some_and(|wanted| wanted != self.sum.sum()) {
                return Err(io::Error::other(if is_short {
                    "it breaks off"
                } else {
                    "its bytes are not those that were packed (the checksum differs)"
                }));
            }
        }
        Ok(n)
    }
}

/// Reads on until the four bytes of a header's signature are passed.
fn find_signature(input: &mut impl BufRead) -> io::Result<bool> {
    let mut matched = 0;
    loop {
        let block = input.fill_buf()?;
        if block.is_empty() {
            return Ok(false);
        }
        let mut passed = 0;
        while let Some(&byte) = block.get(passed) {
            if matched == 0 {
                let rest = block.get(passed..).unwrap_or_default();
                match memchr::memchr(b'P', rest) {
                    Some(at) => passed += at + 1,
                    None => {
                        passed = block.len();
                        break;
                    }
                }
                matched = 1;
                continue;
            }
            passed += 1;
            matched = match byte {
                _ if SIGNATURE.get(matched) == Some(&byte) => matched + 1,
                b'P' => 1,
                _ => 0,
            };
            if matched == SIGNATURE.len() {
                input.consume(passed);
                return Ok(true);
            }
        }
        input.consume(passed);
    }
}

/// Fills a buffer; `false` where the bytes end before.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match input.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor, Write};

    use zip::CompressionMethod::{Deflated, Stored};
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(members: &[(&str, &[u8], zip::CompressionMethod)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes, method) in members {
            let options = SimpleFileOptions::default().compression_method(*method);
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>, Option<String>)> {
        // A small buffer, so that every boundary is met.
        let mut input = BufReader::with_capacity(7, bytes);
        let mut all = Vec::new();
        while let Some(header) = next_member(&mut input).unwrap() {
            let mut stream = Allowance::new(None).limit(header.unpack(&mut input), 100);
            let mut out = Vec::new();
            stream.read_to_end(&mut out).unwrap();
            all.push((header.name, out, stream.into_parts().1));
        }
        all
    }

    #[test]
    fn members_are_found_without_their_list() {
        let long = b"Heute in Bremen: PPK\x03 and PK\x03\x04 in the text. ".repeat(40);
        let zip = packed(&[
            ("a/feed.atom", &long, Deflated),
            ("b.txt", b"PK\x03\x04 as it is", Stored),
            ("c", &long, Deflated),
        ]);
        let all = members(&zip);
        assert_eq!(all.len(), 3, "{:?}", all.iter().map(|m| &m.0).collect::<Vec<_>>());
        assert_eq!(all[0], ("a/feed.atom".to_owned(), long.clone(), None));
        assert_eq!(all[1].1, b"PK\x03\x04 as it is");
        assert_eq!(all[2].1, long);
        // Cut off in the middle of the last: the others are whole, and of the last what can be had.
        let third = zip.windows(4).rposition(|w| w == b"PK\x03\x04").unwrap();
        let cut = members(&zip[..third + 60]);
        assert_eq!(cut[..2], all[..2]);
        assert!(cut[2].2.is_some() && long.starts_with(&cut[2].1));
    }

    #[test]
    fn a_changed_byte_is_told() {
        let mut zip = packed(&[("b.txt", b"as it was", Stored)]);
        let at = zip.windows(9).position(|w| w == b"as it was").unwrap();
        zip[at] = b'A';
        let all = members(&zip);
        assert!(
            all[0].2.as_ref().is_some_and(|fault| fault.contains("checksum")),
            "{all:?}"
        );
    }

    #[test]
    fn a_trap_is_stopped() {
        let zeros = vec![0; 4_000_000];
        let mut allowance = Allowance::new(Some(1_000_000));
        let mut stream = allowance.limit(zeros.as_slice(), 10);
        let mut out = Vec::new();
        stream.read_to_end(&mut out).unwrap();
        assert_eq!(out.len(), 1_000_000);
        assert!(stream.into_parts().1.unwrap().contains("--max-unpacked"));
        allowance.spend(1_000_000);
        assert_eq!(allowance.limit(zeros.as_slice(), 10).left, 0);
        // By the ratio, where nothing was asked for.
        assert_eq!(
            Allowance::new(None).limit(zeros.as_slice(), 1_000_000).left,
            250_000_000
        );
        assert_eq!(Allowance::new(None).limit(zeros.as_slice(), 10).left, SMALL);
    }
}
