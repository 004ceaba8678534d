//! Start and end tags as nearly every file has them, read in one step over the bytes. Whatever is written in any other
//! way is left to quick-xml, which decides what it means.

use memchr::memchr;
use smallvec::SmallVec;

/// Names and values of a start tag, as they are written. Few tags have more than six.
pub(in crate::read) type RawAttributes<'a> = SmallVec<[(&'a str, &'a str); 6]>;

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::read) struct StartTag<'a> {
    /// Its name, prefix included.
    pub(in crate::read) name: &'a str,
    /// Names and values, as they are written.
    pub(in crate::read) attributes: RawAttributes<'a>,
    /// The values are as they are meant: no reference, no line break, no tab in them.
    pub(in crate::read) is_plain: bool,
    /// It closes itself.
    pub(in crate::read) is_empty: bool,
    /// Its length in bytes.
    pub(in crate::read) length: usize,
}

/// Reads the start tag at the beginning of `text`: a name, then attributes after white space, each with `=` and a quoted
/// value right behind its name. `None` for anything else.
pub(in crate::read) fn start_tag(text: &str) -> Option<StartTag<'_>> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'<') {
        return None;
    }
    let mut at = name_end(bytes, 1)?;
    let name = text.get(1..at)?;
    let mut attributes = RawAttributes::new();
    loop {
        let before = at;
        while is_space(*bytes.get(at)?) {
            at += 1;
        }
        let is_empty = match bytes.get(at)? {
            b'>' => false,
            b'/' if bytes.get(at + 1) == Some(&b'>') => true,
            _ if at == before => return None,
            _ => {
                let end = name_end(bytes, at)?;
                let quote = *bytes.get(end + 1)?;
                if bytes.get(end) != Some(&b'=') || !matches!(quote, b'\'' | b'"') {
                    return None;
                }
                let from = end + 2;
                let to = from + memchr(quote, bytes.get(from..)?)?;
                attributes.push((text.get(at..end)?, text.get(from..to)?));
                at = to + 1;
                continue;
            }
        };
        return Some(StartTag {
            name,
            is_plain: attributes.is_empty() || is_plain(bytes.get(..at)?),
            attributes,
            is_empty,
            length: at + 1 + usize::from(is_empty),
        });
    }
}

/// Reads the end tag of this element at the beginning of `text`; gives its length.
pub(in crate::read) fn end_tag(text: &str, name: &str) -> Option<usize> {
    let rest = text.strip_prefix("</")?.strip_prefix(name)?.as_bytes();
    let spaces = rest.iter().take_while(|b| is_space(**b)).count();
    (rest.get(spaces) == Some(&b'>')).then_some(2 + name.len() + spaces + 1)
}

/// Whether nothing stands in a tag that has to be decoded. Without a branch a byte, many are looked at in one step.
fn is_plain(tag: &[u8]) -> bool {
    !tag.iter()
        .fold(false, |found, b| found | matches!(*b, b'&' | b'\n' | b'\r' | b'\t'))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Where the name that begins at `from` ends; `None` where none begins there, or one with odd characters.
#[inline]
pub(in crate::read) fn name_end(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let first = rest.first()?;
    if !(first.is_ascii_alphabetic() || *first == b'_') {
        return None;
    }
    let length = rest
        .iter()
        .position(|b| IS_OF_NAME.get(usize::from(*b)) != Some(&true))?;
    Some(from + length)
}

/// Whether a byte may stand in a usual name.
#[expect(
    clippy::indexing_slicing,
    reason = "done by the compiler, which says so where it fails"
)]
static IS_OF_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.');
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_tags() {
        let tag = start_tag("<gd:image rel='a>b' src=\"//x/'y'\"/>rest").unwrap();
        assert_eq!(tag.name, "gd:image");
        assert_eq!(tag.attributes[..], [("rel", "a>b"), ("src", "//x/'y'")]);
        assert!(tag.is_plain);
        assert!(!start_tag("<a b='&amp;'>").unwrap().is_plain && !start_tag("<a b='x\ny'>").unwrap().is_plain);
        assert!(tag.is_empty);
        assert_eq!(tag.length, 35);
        assert_eq!(start_tag("<entry>").map(|t| (t.length, t.is_empty)), Some((7, false)));
        assert_eq!(end_tag("</entry \n>x", "entry"), Some(10));
    }

    #[test]
    fn leaves_everything_else_alone() {
        for text in [
            "text",
            "<",
            "< a>",
            "<!-- -->",
            "<a",
            "<a b>",
            "<a b = 'c'>",
            "<a b=c>",
            "<a b='c'd='e'>",
            "<a b='c",
            "<é>",
            "<a<b>",
            "<a/ >",
        ] {
            assert_eq!(start_tag(text), None, "{text}");
        }
        for text in ["</entryx>", "</entr", "</entry", "</entry/>", "<entry>"] {
            assert_eq!(end_tag(text, "entry"), None, "{text}");
        }
    }
}
