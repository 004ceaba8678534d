//! Text between the record, XML and WordPress: what XML can hold, and plain text among WordPress's HTML.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::{memchr, memchr_iter, memmem};

use crate::near;

/// Whether XML 1.0 can hold a character. The others are fatal to WordPress's first reader, even in CDATA.
pub fn is_xml_char(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether UTF-8 holds nothing but characters that XML 1.0 can hold: [`is_xml_char`] of each, but many bytes at a step.
pub fn is_xml_text(utf8: &[u8]) -> bool {
    // Without a branch a byte, the compiler looks at many in one step.
    let has_control = |block: &[u8]| {
        block.iter().fold(false, |found, b| {
            found | (*b < 0x20 && !matches!(*b, b'\t' | b'\n' | b'\r'))
        })
    };
    // U+FFFE and U+FFFF, the only others.
    let is_noncharacter = |at: usize| matches!(utf8.get(at + 1..at + 3), Some([0xbf, 0xbe | 0xbf]));
    let has_noncharacter = || memchr_iter(0xef, utf8).any(is_noncharacter);
    !utf8.chunks(4096).any(has_control) && !has_noncharacter()
}

/// Text as XML gives it back: CR and CRLF as LF, characters that XML cannot hold as U+FFFD. Says how many were
/// replaced.
pub fn xml_text(text: &str) -> (Cow<'_, str>, usize) {
    // Nearly every value is short and holds nothing that could be any of them: one look at its bytes tells.
    if text.len() <= SHORT && near::find(text.as_bytes(), [0xef; 3], 0x20).is_none() {
        return (Cow::Borrowed(text), 0);
    }
    if memchr(b'\r', text.as_bytes()).is_none() && is_xml_text(text.as_bytes()) {
        return (Cow::Borrowed(text), 0);
    }
    let mut out = String::with_capacity(text.len());
    let mut replaced = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            c if is_xml_char(c) => out.push(c),
            _ => {
                out.push('\u{fffd}');
                replaced += 1;
            }
        }
    }
    (Cow::Owned(out), replaced)
}

/// Up to here, a search is not made ready for what it looks through.
const SHORT: usize = 64;

/// Where the first `]]>` is, which ends a CDATA.
pub(crate) fn cdata_end(text: &[u8]) -> Option<usize> {
    // Made ready once: there are as many of them as fields.
    static END: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("]]>"));
    // Most of them are short.
    let first = text.get(..SHORT).unwrap_or(text);
    let mut at = 0;
    while let Some(found) = first.get(at..).and_then(|rest| near::find(rest, [b']'; 3], 0)) {
        at += found;
        if text.get(at..)?.starts_with(b"]]>") {
            return Some(at);
        }
        at += 1;
    }
    let at = first.len();
    END.find(text.get(at..)?).map(|found| at + found)
}

/// Writes a value as CDATA. `]]>` is split in the one way that all of WordPress's readers join again.
pub fn push_cdata(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(b"<![CDATA[");
    let mut rest = text.as_bytes();
    while let Some(at) = cdata_end(rest) {
        let (part, end) = rest.split_at(at);
        out.extend_from_slice(part);
        out.extend_from_slice(b"]]]]><![CDATA[>");
        rest = end.get("]]>".len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(b"]]>");
}

/// The longest start of a text that has at most `max` bytes and ends between characters.
pub fn clip(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Plain text as a WordPress title, which is HTML: escaped where it would be read as markup or as a reference, and
/// nowhere else, so that `AT&T` and `1 < 2` stay as they are.
pub fn escape_title(text: &str) -> Cow<'_, str> {
    escape(text, false)
}

/// Plain text as the name of a person, tag or category. WordPress strips markup and `%41`-like sequences from those.
pub fn escape_name(text: &str) -> Cow<'_, str> {
    escape(text, true)
}

fn escape(text: &str, name: bool) -> Cow<'_, str> {
    let special = text.contains(['&', '<']) || name && text.contains('%');
    if !special {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        let next = rest.bytes().next();
        match c {
            '&' if reads_as_reference(rest) => out.push_str("&amp;"),
            '<' if name || next.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?')) => {
                out.push_str("&lt;");
            }
            '%' if name && rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2 => {
                out.push_str("&#37;");
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether what stands behind an ampersand makes it a character reference.
fn reads_as_reference(rest: &str) -> bool {
    let rest = rest.strip_prefix('#').unwrap_or(rest);
    let name = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    name > 0 && rest.as_bytes().get(name) == Some(&b';')
}

/// Text without its markup, references decoded: a WordPress title as plain text.
pub fn plain_text(html: &str) -> Cow<'_, str> {
    if !html.contains('<') {
        return decode_references(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (text, tag) = rest.split_at(open);
        out.push_str(text);
        let is_tag = tag
            .as_bytes()
            .get(1)
            .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?'));
        rest = match tag.find('>') {
            Some(close) if is_tag => tag.get(close + 1..).unwrap_or_default(),
            _ => {
                out.push('<');
                tag.get(1..).unwrap_or_default()
            }
        };
    }
    out.push_str(rest);
    Cow::Owned(decode_references(&out).into_owned())
}

/// Text with its character references decoded: numeric ones, and the named ones that titles and names have.
pub fn decode_references(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let body = from.get(1..).unwrap_or_default();
        let end = body.bytes().take(12).position(|b| b == b';');
        let decoded = end.and_then(|end| Some((reference(body.get(..end)?)?, end)));
        rest = match decoded {
            Some((c, end)) => {
                out.push(c);
                body.get(end + 1..).unwrap_or_default()
            }
            None => {
                out.push('&');
                body
            }
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    NAMED.iter().find(|(n, _)| *n == name).map(|(_, c)| *c)
}

/// Named references that editors put into titles and names.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("hellip", '…'),
    ("bull", '•'),
    ("middot", '·'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("deg", '°'),
    ("euro", '€'),
    ("pound", '£'),
    ("times", '×'),
    ("frac12", '½'),
    ("iexcl", '¡'),
    ("iquest", '¿'),
    ("hearts", '♥'),
    ("rarr", '→'),
    ("larr", '←'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("atilde", 'ã'),
    ("auml", 'ä'),
    ("aring", 'å'),
    ("aelig", 'æ'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("igrave", 'ì'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("iuml", 'ï'),
    ("ntilde", 'ñ'),
    ("ograve", 'ò'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("otilde", 'õ'),
    ("ouml", 'ö'),
    ("oslash", 'ø'),
    ("szlig", 'ß'),
    ("ugrave", 'ù'),
    ("uacute", 'ú'),
    ("ucirc", 'û'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Eacute", 'É'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
];

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy as _;

    use super::*;

    proptest::proptest! {
        #[test]
        fn a_text_is_what_its_characters_are(
            parts in proptest::collection::vec(
                proptest::prop_oneof![
                    proptest::sample::select(vec![
                        "\u{fffd}", "\u{fffe}", "\u{ffff}", "\0", "\t", "\n", "\r", "\u{b}", "\u{1f}", " ", "\u{7f}",
                        "\u{ffef}", "\u{10ffff}", "\u{eff}", "雨",
                    ])
                    .prop_map(str::to_owned),
                    "[a-zü, ]{0,5000}",
                ],
                0..4,
            )
        ) {
            let text = parts.concat();
            proptest::prop_assert_eq!(is_xml_text(text.as_bytes()), text.chars().all(is_xml_char));
        }
    }

    #[test]
    fn splits_cdata_the_one_way() {
        let mut out = Vec::new();
        push_cdata(&mut out, "a]]>b]]>");
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "<![CDATA[a]]]]><![CDATA[>b]]]]><![CDATA[>]]>"
        );
    }

    #[test]
    fn replaces_what_xml_cannot_hold() {
        assert_eq!(
            xml_text("a\r\nb\rc\u{1}\u{ffff}\t"),
            ("a\nb\nc\u{fffd}\u{fffd}\t".into(), 2)
        );
        assert!(matches!(xml_text("plain \u{85}"), (Cow::Borrowed(_), 0)));
    }

    #[test]
    fn plain_text_survives_as_title_and_as_name() {
        for text in [
            "AT&T",
            "1 < 2 & 3 > 2",
            "Vec<String> &amp; friends",
            "I <3 you",
            "100%25 sure",
            "&#65; &lt; &notareference &unknown;",
            "<",
            "&",
            "日本 &#x3042; <b",
        ] {
            assert_eq!(plain_text(&escape_title(text)), text);
            assert_eq!(plain_text(&escape_name(text)), text);
        }
        assert_eq!(escape_title("AT&T, 1 < 2"), "AT&T, 1 < 2");
        assert_eq!(
            plain_text("A <em>small</em> caf&eacute; &#8211; open"),
            "A small café – open"
        );
    }

    #[test]
    fn clips_between_characters() {
        assert_eq!(clip("añb", 2), "a");
        assert_eq!(clip("añb", 3), "añ");
        assert_eq!(clip("a", 9), "a");
    }
}
