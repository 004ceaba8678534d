//! Text and attribute values as XML defines them: character references, the five entities, line ends.

use std::borrow::Cow;

use memchr::{memchr2, memchr3};

use crate::near;

/// Decoded text, and what was not as XML wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// The first entity or reference that XML does not know; it stands in the text as it was written.
    pub unknown: Option<String>,
}

/// Decodes character references and XML's own entities and turns CR LF and CR into LF. Entities of a DOCTYPE are
/// never expanded: like those of HTML they stay as they are, which in a body is what they mean.
pub fn decode(raw: &str) -> Decoded<'_> {
    let bytes = raw.as_bytes();
    let Some(first) = memchr2(b'&', b'\r', bytes) else {
        return Decoded {
            text: Cow::Borrowed(raw),
            unknown: None,
        };
    };
    let mut text = String::with_capacity(raw.len());
    let mut unknown = None;
    let mut done = 0;
    let mut next = Some(first);
    while let Some(at) = next {
        text.push_str(raw.get(done..at).unwrap_or_default());
        if bytes.get(at) == Some(&b'\r') {
            text.push('\n');
            done = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'\n'));
        } else if let Some((character, length)) = bytes.get(at + 1..).and_then(usual_reference) {
            text.push(character);
            done = at + 1 + length;
        } else {
            // The longest reference there is has ten characters; what has no semicolon by then is none.
            let end = raw
                .get(at + 1..)
                .and_then(|r| r.bytes().take(32).position(|b| b == b';'))
                .map(|n| at + 1 + n);
            let name = end.and_then(|e| raw.get(at + 1..e)).unwrap_or_default();
            match character(name) {
                Some(c) => {
                    text.push(c);
                    done = end.map_or(at + 1, |e| e + 1);
                }
                None => {
                    unknown.get_or_insert_with(|| format!("&{name}"));
                    text.push('&');
                    done = at + 1;
                }
            }
        }
        next = bytes
            .get(done..)
            .and_then(|rest| near::find_either(b'&', b'\r', rest))
            .map(|n| done + n);
    }
    text.push_str(raw.get(done..).unwrap_or_default());
    Decoded {
        text: Cow::Owned(text),
        unknown,
    }
}

/// Text as it is written, with CR LF and CR as LF: what stands in CDATA.
pub(in crate::read) fn line_ends(raw: &str) -> Cow<'_, str> {
    if near::find_either(b'\r', b'\r', raw.as_bytes()).is_some() {
        Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(raw)
    }
}

/// A text without white space around it: nearly all have none.
#[inline]
pub(in crate::read) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// Decodes the value of an attribute: XML reads a line break in it as a space; one that is meant is written as a reference.
pub(in crate::read) fn attribute_value(raw: &str) -> Decoded<'_> {
    if memchr3(b'\n', b'\r', b'\t', raw.as_bytes()).is_none() {
        return decode(raw);
    }
    let spaced = raw.replace("\r\n", " ").replace(['\n', '\r', '\t'], " ");
    let Decoded { text, unknown } = decode(&spaced);
    Decoded {
        text: Cow::Owned(text.into_owned()),
        unknown,
    }
}

/// The references that escaped HTML is full of, told by a few bytes: what they mean, and their length behind the `&`.
fn usual_reference(rest: &[u8]) -> Option<(char, usize)> {
    match rest {
        [b'l', b't', b';', ..] => Some(('<', 3)),
        [b'g', b't', b';', ..] => Some(('>', 3)),
        [b'a', b'm', b'p', b';', ..] => Some(('&', 4)),
        [b'q', b'u', b'o', b't', b';', ..] => Some(('"', 5)),
        _ => None,
    }
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
                None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok()?,
                _ => return None,
            };
            // NUL and surrogates are no characters; other controls are kept as the author of the file meant them.
            char::from_u32(code).filter(|c| *c != '\0')?
        }
    })
}

/// Bytes as text. Where they are no UTF-8, what is wrong is replaced by U+FFFD and the first place of it is named.
pub fn utf8(bytes: &[u8]) -> (Cow<'_, str>, Option<usize>) {
    match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(e) => (String::from_utf8_lossy(bytes), Some(e.valid_up_to())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_once_and_only_xml() {
        let d = |t| decode(t).text.into_owned();
        assert_eq!(d("a &lt;b&gt; &amp;lt; &#252;&#x1F331;"), "a <b> &lt; ü🌱");
        assert_eq!(d("1\r\n2\r3\n"), "1\n2\n3\n");
        assert_eq!(d("&#13;"), "\r");
        assert_eq!(
            d("fish & chips &nbsp; &#0; &#xD800; &"),
            "fish & chips &nbsp; &#0; &#xD800; &"
        );
    }

    #[test]
    fn says_what_it_did_not_know() {
        assert_eq!(decode("a &nbsp; b").unknown.as_deref(), Some("&nbsp"));
        assert_eq!(decode("&lt;").unknown, None);
    }

    #[test]
    fn borrows_plain_text() {
        assert!(matches!(decode("plain").text, Cow::Borrowed(_)));
    }
}
