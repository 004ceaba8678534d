//! Addresses: percent-decoding for comparison, and how a destination is written in Markdown.

use std::borrow::Cow;

/// An address as a browser takes it from an attribute: no tabs or newlines, no white space around it.
pub(crate) fn cleaned(address: &str) -> Cow<'_, str> {
    let trimmed = address.trim_matches(|c: char| c <= ' ');
    if trimmed.contains(['\t', '\r', '\n']) {
        Cow::Owned(trimmed.chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect())
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// The text that percent-encoding stands for; as it is where the bytes are not UTF-8.
pub(crate) fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut ahead = rest.clone();
            let digits = (ahead.next().and_then(hex), ahead.next().and_then(hex));
            if let (Some(high), Some(low)) = digits {
                bytes.push(high * 16 + low);
                rest = ahead;
                continue;
            }
        }
        bytes.push(byte);
    }
    match String::from_utf8(bytes) {
        Ok(decoded) => Cow::Owned(decoded),
        Err(_) => Cow::Borrowed(text),
    }
}

/// Whether every `%` begins two hexadecimal digits, and the bytes they stand for are UTF-8.
pub(crate) fn has_sound_escapes(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' && !(bytes.next().and_then(hex).is_some() && bytes.next().and_then(hex).is_some()) {
            return false;
        }
    }
    !text.contains('%') || matches!(percent_decoded(text), Cow::Owned(_))
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The scheme of an address in lower case (`http`, `javascript`), if it has one, as browsers find it: control characters
/// and white space inside do not hide it.
pub(crate) fn scheme(address: &str) -> Option<String> {
    let mut scheme = String::new();
    for c in address.chars().filter(|c| *c > ' ') {
        match c {
            ':' => return (!scheme.is_empty()).then_some(scheme),
            'a'..='z' | '0'..='9' | '+' | '-' | '.' => scheme.push(c),
            'A'..='Z' => scheme.push(c.to_ascii_lowercase()),
            _ => return None,
        }
        if scheme.len() > 40 {
            return None;
        }
    }
    None
}

/// Writes an address as the destination of a link or picture. `in_table` also hides `|`.
pub(crate) fn write_destination(out: &mut String, address: &str, in_table: bool) {
    // Most addresses need nothing.
    let plain = |b: u8| matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b':' | b'.' | b'-' | b'_' | b'?' | b'=' | b'%' | b'#' | b'+' | b'~' | b',' | b';' | b'@');
    if address.bytes().all(plain) {
        out.push_str(address);
        return;
    }
    let keep_parentheses = balanced(address);
    for (at, c) in address.char_indices() {
        match c {
            '(' | ')' if keep_parentheses => out.push(c),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            ' ' => out.push_str("%20"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '"' => out.push_str("%22"),
            '\\' => out.push_str("%5C"),
            '`' => out.push_str("%60"),
            '|' if in_table => out.push_str("%7C"),
            '&' if super::markdown::escape::begins_entity(address.get(at..).unwrap_or("")) => out.push_str("&amp;"),
            c if c.is_control() || c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}' => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push('%');
                    for half in [byte >> 4, byte & 15] {
                        out.extend(char::from_digit(u32::from(half), 16).map(|digit| digit.to_ascii_uppercase()));
                    }
                }
            }
            c => out.push(c),
        }
    }
}

/// Whether the parentheses pair up, few enough levels deep for every reader of Markdown.
fn balanced(address: &str) -> bool {
    let mut open = 0_u32;
    for byte in address.bytes() {
        match byte {
            b'(' if open >= 3 => return false,
            b'(' => open += 1,
            b')' if open == 0 => return false,
            b')' => open -= 1,
            _ => {}
        }
    }
    open == 0
}
