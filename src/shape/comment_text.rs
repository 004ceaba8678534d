//! What a comment says, folded for comparing. Most comments hold nothing but text, line breaks and a few plain tags, and
//! are read here in one pass; everything else goes through the HTML parser.

use memchr::{memchr, memchr2};

use crate::fold::fold;
use crate::html;

/// The visible text of a comment, folded. Where its white space stands is that of the page, how much of it is not told.
pub(super) fn folded(content_html: &str) -> String {
    match simple_text(content_html) {
        Some(text) => fold(&text),
        None => fold(&html::visible_text(content_html)),
    }
}

/// The text of a fragment of simple tags and references; `None` where there are others.
fn simple_text(fragment: &str) -> Option<String> {
    let bytes = fragment.as_bytes();
    // Control characters are dropped by the parser; 0xc2 begins, among others, those above ASCII.
    let is_odd = |b: u8| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f;
    if bytes.iter().fold(false, |found, b| found | is_odd(*b)) {
        return None;
    }
    if memchr(0xc2, bytes).is_some() && fragment.contains(|c: char| matches!(c, '\u{80}'..='\u{9f}')) {
        return None;
    }
    let mut text = String::with_capacity(fragment.len());
    let mut rest = fragment;
    while let Some(at) = memchr2(b'<', b'&', rest.as_bytes()) {
        let (before, markup) = rest.split_at_checked(at)?;
        text.push_str(before);
        let (meaning, length) = if markup.starts_with('<') {
            tag(markup)?
        } else {
            let (_, meaning, length) = REFERENCES
                .iter()
                .map(|(written, meaning)| (markup.starts_with(written), *meaning, written.len()))
                .find(|(is_it, ..)| *is_it)?;
            (meaning, length)
        };
        text.push_str(meaning);
        rest = markup.get(length..)?;
    }
    text.push_str(rest);
    Some(text)
}

/// References that comments are full of.
const REFERENCES: [(&str, &str); 6] = [
    ("&quot;", "\""),
    ("&amp;", "&"),
    ("&#39;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", " "),
];

/// What a simple tag at the beginning of `markup` puts into the text, and its length.
fn tag(markup: &str) -> Option<(&'static str, usize)> {
    let length = memchr(b'>', markup.as_bytes())? + 1;
    let meaning = match markup.get(..length)? {
        "<br>" | "<br/>" | "<br />" | "<p>" | "</p>" => "\n",
        "<b>" | "</b>" | "<i>" | "</i>" | "<em>" | "</em>" | "<strong>" | "</strong>" | "</a>" => "",
        link => {
            let attributes = link.strip_prefix("<a href=\"")?.strip_suffix("\">")?;
            let address = attributes.strip_suffix("\" rel=\"nofollow").unwrap_or(attributes);
            if memchr2(b'"', b'<', address.as_bytes()).is_some() {
                return None;
            }
            ""
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
            Just("&quot;".to_owned()), Just("&amp;".to_owned()), Just("&#39;".to_owned()), Just("&lt;".to_owned()),
            Just("&nbsp;".to_owned()), Just("&copy".to_owned()), Just("<a href=\"x\" style=\"display:none\">".to_owned()),
            Just("<".to_owned()), Just("\u{1}".to_owned()), Just("\u{85}".to_owned()), Just("\u{200b}".to_owned()),
        ], 0..12)) {
            let fragment = pieces.concat();
            let visible = fold(&html::visible_text(&fragment));
            prop_assert_eq!(words(&folded(&fragment)), words(&visible), "{}", fragment);
        }
    }

    #[test]
    fn leaves_what_is_not_simple_to_the_parser() {
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
