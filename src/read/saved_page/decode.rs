//! A page's bytes as text, in the encoding that browsers find: byte order mark, declaration, then detection.

use encoding_rs::{Encoding, UTF_8};

/// A decoded page.
pub(super) struct Decoded {
    pub(super) text: String,
    /// WHATWG name of the encoding.
    pub(super) encoding: &'static str,
    /// Bytes that are no text stand replaced by U+FFFD.
    pub(super) damaged: bool,
}

/// How far a declaration is looked for. Browsers stop at 1,024 bytes; pages saved by tools have more in front.
const DECLARATION: usize = 4096;

/// Decodes a page.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => declared(bytes).unwrap_or_else(|| detect(bytes)),
    };
    let (text, encoding, damaged) = encoding.decode(bytes);
    Decoded {
        text: text.into_owned(),
        encoding: encoding.name(),
        damaged,
    }
}

/// The encoding that `<meta charset>`, `<meta http-equiv>` or an XML declaration names. Declared UTF-16 is UTF-8: the
/// declaration could not be read otherwise.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.get(..bytes.len().min(DECLARATION))?;
    let text: String = start
        .iter()
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect();
    let mut rest = text.as_str();
    while let Some(at) = rest
        .find("charset")
        .map(|at| (at, 7))
        .into_iter()
        .chain(rest.find("encoding=").map(|at| (at, 8)))
        .min()
    {
        let (at, length) = at;
        let after = rest.get(at + length..)?.trim_start();
        if let Some(value) = after.strip_prefix('=') {
            let label: String = value
                .trim_start_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'')
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
                .collect();
            if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
                let is_wide =
                    encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
                return Some(if is_wide { UTF_8 } else { encoding });
            }
        }
        rest = rest.get(at + length..)?;
    }
    None
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_encoding_as_browsers_do() {
        let read = |bytes: &[u8]| {
            let decoded = decode(bytes);
            (
                decoded
                    .text
                    .trim_start_matches(|c| c != '>')
                    .trim_start_matches('>')
                    .to_owned(),
                decoded.encoding,
            )
        };
        assert_eq!(
            read(b"<meta charset=iso-8859-1>caf\xE9"),
            ("café".into(), "windows-1252")
        );
        assert_eq!(
            read(b"<meta http-equiv='Content-Type' content='text/html; charset=\"windows-1251\"'>\xCF"),
            ("П".into(), "windows-1251")
        );
        assert_eq!(read("\u{FEFF}<b>é".as_bytes()), ("é".into(), "UTF-8"));
        assert_eq!(read("<b>čaj".as_bytes()).1, "UTF-8");
        assert_eq!(
            read(b"<b>caf\xE9 cr\xE8me br\xFBl\xE9e").0,
            "café crème brûlée"
        );
        assert!(decode(b"<meta charset=utf-8>\xFF").damaged);
    }
}
