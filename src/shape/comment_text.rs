//! What a comment says. Most comments hold nothing but text, line breaks and a few plain tags, and
//! are read here in one pass; everything else goes through the HTML parser.

use memchr::{memchr, memchr2, memmem};

use crate::html;

/// The visible text of a fragment. Where its white space stands is that of the page, how much of it is not told.
pub(super) fn plain(content_html: &str) -> String {
    let mut text = String::with_capacity(content_html.len());
    let is_simple = simple(content_html, |piece| {
        if let Piece::Text(piece) = piece {
            text.push_str(piece);
            return is_shown(piece).then_some(());
        }
        Some(())
    });
    match is_simple {
        Some(()) => text,
        None => html::visible_text(content_html),
    }
}

/// Whether browsers show all of a text. What they do not show is not told apart here.
pub(super) fn is_shown(text: &str) -> bool {
    text.is_ascii()
        || memmem::find(text.as_bytes(), "\u{200b}".as_bytes()).is_none()
            && memmem::find(text.as_bytes(), "\u{feff}".as_bytes()).is_none()
            && memchr(0xc2, text.as_bytes()).is_none_or(|_| !text.contains('\u{ad}'))
}

/// A piece of a fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// What stands there, or what a tag that puts something into the text puts there.
    Text(&'a str),
    /// A link begins.
    Link,
    /// A link ends.
    LinkEnd,
}

/// Hands on the text of a fragment of simple tags and references, piece by piece. `None` where there are others, or where
/// `meet` wants no more.
pub(super) fn simple(fragment: &str, mut meet: impl FnMut(Piece<'_>) -> Option<()>) -> Option<()> {
    let bytes = fragment.as_bytes();
    // Control characters are dropped by the parser; 0xc2 begins, among others, those above ASCII.
    let is_odd = |b: u8| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f;
    if bytes.iter().fold(false, |found, b| found | is_odd(*b)) {
        return None;
    }
    if memchr(0xc2, bytes).is_some() && fragment.contains(|c: char| matches!(c, '\u{80}'..='\u{9f}')) {
        return None;
    }
    let mut rest = fragment;
    while let Some(at) = memchr2(b'<', b'&', rest.as_bytes()) {
        let (before, markup) = rest.split_at_checked(at)?;
        meet(Piece::Text(before))?;
        let length = if markup.starts_with('<') {
            let (meaning, length) = tag(markup)?;
            meet(meaning)?;
            length
        } else {
            let (meaning, length) = reference(markup)?;
            meet(Piece::Text(meaning.encode_utf8(&mut [0; 4])))?;
            length
        };
        rest = markup.get(length..)?;
    }
    meet(Piece::Text(rest))
}

/// What one of the references that comments are full of means, and its length.
fn reference(markup: &str) -> Option<(char, usize)> {
    let (_, meaning, length) = REFERENCES
        .iter()
        .map(|(written, meaning)| (markup.starts_with(written), *meaning, written.len()))
        .find(|(is_it, ..)| *is_it)
        .or_else(|| {
            let number = markup.strip_prefix("&#")?;
            let digits = number.bytes().take(6).position(|b| b == b';')?;
            let number = number.get(..digits).filter(|n| n.bytes().all(|b| b.is_ascii_digit()))?;
            // Below 160 HTML means other characters than Unicode.
            let meaning = number
                .parse()
                .ok()
                .filter(|code| *code >= 160)
                .and_then(char::from_u32)?;
            Some((true, meaning, digits + "&#;".len()))
        })?;
    Some((meaning, length))
}

/// References that comments are full of.
const REFERENCES: [(&str, char); 6] = [
    ("&quot;", '"'),
    ("&amp;", '&'),
    ("&#39;", '\''),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&nbsp;", ' '),
];

/// What a simple tag at the beginning of `markup` puts into the text, and its length.
fn tag(markup: &str) -> Option<(Piece<'static>, usize)> {
    let length = memchr(b'>', markup.as_bytes())? + 1;
    let meaning = match markup.get(..length)? {
        "<br>" | "<br/>" | "<br />" | "<p>" | "</p>" => Piece::Text("\n"),
        "<b>" | "</b>" | "<i>" | "</i>" | "<em>" | "</em>" | "<strong>" | "</strong>" => Piece::Text(""),
        "</a>" => Piece::LinkEnd,
        link => {
            let attributes = link.strip_prefix("<a href=\"")?.strip_suffix("\">")?;
            let address = attributes.strip_suffix("\" rel=\"nofollow").unwrap_or(attributes);
            if memchr2(b'"', b'<', address.as_bytes()).is_some() {
                return None;
            }
            Piece::Link
        }
    };
    Some((meaning, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    proptest! {
        /// The short way says what the parser says.
        #[test]
        fn simple_text_is_visible_text(pieces in proptest::collection::vec(prop_oneof![
            "[a-zA-Zé漢 \\n\\t.:/]{1,6}",
            "\\PC{1,3}",
            Just("<br>".to_owned()), Just("<br />".to_owned()), Just("<p>".to_owned()), Just("</p>".to_owned()),
            Just("<b>".to_owned()), Just("</b>".to_owned()), Just("<i>".to_owned()), Just("</i>".to_owned()),
            Just("<a href=\"http://x.example/?a=1&amp;b\" rel=\"nofollow\">".to_owned()),
            Just("<a href=\"x\">".to_owned()), Just("</a>".to_owned()), Just("<em>".to_owned()),
            Just("&quot;".to_owned()), Just("&amp;".to_owned()), Just("&#39;".to_owned()), Just("&#8230;".to_owned()), Just("&#150;".to_owned()), Just("&lt;".to_owned()),
            Just("&nbsp;".to_owned()), Just("&copy".to_owned()), Just("<a href=\"x\" style=\"display:none\">".to_owned()),
            Just("<".to_owned()), Just("\u{1}".to_owned()), Just("\u{85}".to_owned()), Just("\u{200b}".to_owned()),
        ], 0..12)) {
            let fragment = pieces.concat();
            let visible = html::visible_text(&fragment);
            prop_assert_eq!(words(&plain(&fragment)), words(&visible), "{}", fragment);
        }
    }

    #[test]
    fn leaves_what_is_not_simple_to_the_parser() {
        let simple_text = |fragment: &str| simple(fragment, |_| Some(()));
        assert!(simple_text("one<br />two &amp; <a href=\"x\" rel=\"nofollow\">three</a>").is_some());
        for fragment in [
            "<u>",
            "&eacute;",
            "a < b",
            "\u{1}",
            "<a href='x'>",
            "<a href=\"x\" hidden=\"\">",
            "<br",
        ] {
            assert_eq!(simple_text(fragment), None, "{fragment}");
        }
    }
}
