//! The character encoding of XML: byte order mark, declaration, then what the bytes themselves allow.
//!
//! Saved pages are not treated here: HTML has rules of its own, and its reader follows them.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The encoding of a source, and whether it stands otherwise in its declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) encoding: &'static Encoding,
    /// The source says UTF-8 (or nothing) and is something else.
    pub(crate) is_undeclared: bool,
}

/// Finds the encoding of XML from its first bytes.
pub(crate) fn of_xml(start: &[u8]) -> Found {
    let declared = |encoding| Found {
        encoding,
        is_undeclared: false,
    };
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return declared(encoding);
    }
    match start {
        [b'<', 0, b'?', 0, ..] => return declared(UTF_16LE),
        [0, b'<', 0, b'?', ..] => return declared(UTF_16BE),
        _ => {}
    }
    let label = declaration(start);
    if let Some(encoding) = label.and_then(Encoding::for_label)
        // A declaration that could be read as ASCII is not in UTF-16, whatever it says.
        && encoding != UTF_16LE
        && encoding != UTF_16BE
        && encoding != UTF_8
    {
        return declared(encoding);
    }
    if is_single_byte(start) {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(start, true);
        let encoding = detector.guess(None, chardetng::Utf8Detection::Deny);
        return Found {
            encoding,
            is_undeclared: true,
        };
    }
    declared(UTF_8)
}

/// The label in `<?xml … encoding='…'?>`.
fn declaration(start: &[u8]) -> Option<&[u8]> {
    let head = start.get(..256.min(start.len()))?;
    let head = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(head, b"?>")?;
    let head = head.get(..end)?;
    let at = memchr::memmem::find(head, b"encoding")? + "encoding".len();
    let rest = head
        .get(at..)?
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let quote = *rest.first().filter(|q| matches!(q, b'"' | b'\''))?;
    let rest = rest.get(1..)?;
    rest.get(..memchr::memchr(quote, rest)?)
}

/// Whether bytes beyond ASCII occur and not one of them is part of a UTF-8 sequence: then the whole file is in an old
/// encoding, and it is not a single byte that was damaged.
fn is_single_byte(bytes: &[u8]) -> bool {
    let mut broken = 0;
    for chunk in bytes.utf8_chunks() {
        if !chunk.valid().is_ascii() {
            return false;
        }
        broken += chunk.invalid().len();
    }
    broken > 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_declared() {
        let name = |b: &[u8]| of_xml(b).encoding.name();
        assert_eq!(name(b"<?xml version='1.0' encoding='ISO-8859-1'?>"), "windows-1252");
        assert_eq!(name(b"\xff\xfe<\0?\0"), "UTF-16LE");
        assert_eq!(name(b"<\0?\0x\0"), "UTF-16LE");
        assert_eq!(name(b"\xef\xbb\xbf<feed>"), "UTF-8");
        assert_eq!(name(b"<?xml version=\"1.0\" encoding=\"utf-16\"?><feed>"), "UTF-8");
        assert_eq!(name(b"<feed/>"), "UTF-8");
    }

    #[test]
    fn a_damaged_byte_is_no_other_encoding() {
        assert!(!of_xml("<feed>ä\u{fc}".as_bytes()).is_undeclared);
        assert!(!of_xml(b"<feed>\xe4").is_undeclared);
        assert!(of_xml(b"<feed>f\xfcr \xe4 \xf6 \xdf Stra\xdfe").is_undeclared);
    }
}
