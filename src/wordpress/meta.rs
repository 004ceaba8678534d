//! Meta values. WordPress unpacks whatever looks like PHP's serialised form, so a plain text that looks so must be
//! packed once to come out as it was.

use std::borrow::Cow;

/// Whether WordPress would take a value for PHP's serialised form and unpack it.
pub fn looks_serialised(value: &str) -> bool {
    let value = value.trim_matches([' ', '\t', '\n', '\r', '\0', '\u{b}']).as_bytes();
    if value == b"N;" {
        return true;
    }
    let [token, b':', .., last] = value else {
        return false;
    };
    if value.len() < 4 || !matches!(last, b';' | b'}') {
        return false;
    }
    let body = value.get(2..).unwrap_or_default();
    let digits = body.iter().take_while(|b| b.is_ascii_digit()).count();
    let counted = digits > 0 && body.get(digits) == Some(&b':');
    match token {
        b's' => value.get(value.len() - 2) == Some(&b'"') && counted,
        b'a' | b'O' | b'E' => counted,
        b'b' | b'i' | b'd' => {
            *last == b';'
                && body.len() > 1
                && body.get(..body.len() - 1).is_some_and(|number| {
                    number
                        .iter()
                        .all(|b| matches!(b, b'0'..=b'9' | b'.' | b'E' | b'+' | b'-'))
                })
        }
        _ => false,
    }
}

/// A text as a meta value that WordPress gives back as that text.
pub fn encode_own(value: &str) -> Cow<'_, str> {
    if looks_serialised(value) {
        Cow::Owned(format!("s:{}:\"{value}\";", value.len()))
    } else {
        Cow::Borrowed(value)
    }
}

/// What [`encode_own`] was given.
pub fn decode_own(value: &str) -> &str {
    packed(value).filter(|inner| looks_serialised(inner)).unwrap_or(value)
}

fn packed(value: &str) -> Option<&str> {
    let (length, rest) = value.strip_prefix("s:")?.split_once(":\"")?;
    let inner = rest.strip_suffix("\";")?;
    (length.parse() == Ok(inner.len())).then_some(inner)
}

/// A number (`width`, `height`) of what WordPress notes of a picture, in PHP's serialised form.
pub fn attachment_size(packed: &str, name: &str) -> Option<u32> {
    let mark = format!("s:{}:\"{name}\";i:", name.len());
    packed.split_once(&mark)?.1.split(';').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_serialised_form() {
        for value in [
            "N;",
            "i:5;",
            "d:0.5;",
            "b:1;",
            "s:1:\"x\";",
            "a:0:{}",
            " a:1:{i:0;i:1;} ",
            "O:3:\"Foo\":0:{}",
        ] {
            assert!(looks_serialised(value), "{value}");
        }
        for value in [
            "",
            "a: b;",
            "i:five;",
            "s:x;",
            "note: this;",
            "a:{}",
            "http://x/;",
            "i:;",
            "é:1;",
        ] {
            assert!(!looks_serialised(value), "{value}");
        }
    }

    #[test]
    fn packs_what_would_be_unpacked() {
        for value in ["i:5;", "s:4:\"i:5;\";", "plain", "", "a:0:{}", "{\"a\":1}"] {
            assert_eq!(decode_own(&encode_own(value)), value);
        }
        assert_eq!(encode_own("i:5;"), "s:4:\"i:5;\";");
        assert_eq!(encode_own("plain"), "plain");
    }
}
