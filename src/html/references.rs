//! The addresses in a fragment, with their places, so that one can be replaced and nothing else is changed.

use std::borrow::Cow;
use std::ops::Range;

use super::address::cleaned;
use super::scan::{Piece, RawAttribute, Scanner};
use super::tokens;

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferenceKind {
    /// `<a href>`, `<area href>`.
    Link,
    /// `<img src>`, `<input type=image src>`, `<video poster>`, `background`.
    Image,
    /// One of the pictures of a `srcset`.
    ImageSource,
    /// A picture that a script would have loaded, or the larger one of it (`data-src`, `data-original`).
    LazyImage,
    /// `url(…)` in a `style`.
    Background,
    /// `<iframe>`, `<embed>`, `<object data>`, `<param value>` of a film.
    Embed,
    /// `<video>`, `<audio>`, `<source>`, `<track>`.
    Media,
    /// Where a form sends what was filled in.
    Form,
    /// `cite`, `longdesc`: where something was taken from or is described. No browser shows it.
    Source,
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'h> {
    /// What it is for.
    pub kind: ReferenceKind,
    /// The address, character references decoded, without white space around it.
    pub address: Cow<'h, str>,
    /// The bytes of the fragment that say it (between the quotation marks, where there are any).
    pub span: Range<usize>,
    /// The quotation mark around the attribute's value, if it has one.
    pub quote: Option<char>,
    /// The number of its element among the start tags of the fragment, from 0.
    pub element: usize,
    /// The number of the link that is open around it: that of the large picture around a small one.
    pub link: Option<usize>,
}

/// The addresses of a fragment, in order. Lazily: one tag is looked at at a time.
pub fn references(fragment: &str) -> impl Iterator<Item = Reference<'_>> {
    let mut element = 0;
    let mut link = None;
    Scanner::new(fragment).flat_map(move |piece| match &piece {
        Piece::Start { name, .. } => {
            let tag = small(fragment.get(name.clone()).unwrap_or(""));
            let is_link = tag == "a";
            if is_link {
                // One link ends another.
                link = None;
            }
            let found = of_tag(fragment, &tag, &piece, element, link);
            if is_link {
                link = Some(element);
            }
            element += 1;
            found
        }
        Piece::End { name, .. } => {
            if fragment
                .get(name.clone())
                .is_some_and(|name| name.eq_ignore_ascii_case("a"))
            {
                link = None;
            }
            Vec::new()
        }
        Piece::Comment { .. } => Vec::new(),
    })
}

/// Replaces addresses: `new` gives the new one, or `None` to keep the old. Everything else stays to the byte; a new address
/// is escaped for the place it stands in. In a `srcset` and in CSS, characters that would end it are percent-encoded.
pub fn replace_references(fragment: &str, mut new: impl FnMut(&Reference<'_>) -> Option<String>) -> Cow<'_, str> {
    if memchr::memchr(b'=', fragment.as_bytes()).is_none() {
        return Cow::Borrowed(fragment);
    }
    let mut html = String::new();
    let mut done = 0;
    for reference in references(fragment) {
        if reference.span.start < done {
            continue;
        }
        let Some(address) = new(&reference).filter(|address| *address != reference.address) else {
            continue;
        };
        html.push_str(fragment.get(done..reference.span.start).unwrap_or(""));
        write_address(&mut html, &address, &reference);
        done = reference.span.end;
    }
    if done == 0 {
        return Cow::Borrowed(fragment);
    }
    html.push_str(fragment.get(done..).unwrap_or(""));
    Cow::Owned(html)
}

/// Makes links of addresses that stand in a text as they are, because many programs will: `new` gives where one should lead,
/// or `None` to leave it a text. What is a link already, and code, is passed by.
pub fn link_plain_addresses<'h>(fragment: &'h str, mut new: impl FnMut(&str) -> Option<String>) -> Cow<'h, str> {
    const VERBATIM: [&str; 9] = ["a", "button", "code", "kbd", "option", "pre", "samp", "svg", "tt"];
    if memchr::memmem::find(fragment.as_bytes(), b"://").is_none() {
        return Cow::Borrowed(fragment);
    }
    let is_verbatim = |name: &Range<usize>| {
        let name = fragment.get(name.clone()).unwrap_or("").to_ascii_lowercase();
        VERBATIM.binary_search(&name.as_str()).is_ok().then_some(name)
    };
    let mut html = String::new();
    let mut done = 0;
    let mut text = |range: Range<usize>, done: &mut usize| {
        for place in plain_addresses(fragment, range) {
            let written = fragment.get(place.clone()).unwrap_or("");
            if let Some(address) = new(&decoded(written)) {
                html.push_str(fragment.get(*done..place.start).unwrap_or(""));
                html.push_str(&format!("<a href=\"{}\">{written}</a>", super::escape_text(&address)));
                *done = place.end;
            }
        }
    };
    let mut from = 0;
    // Only the outermost of such elements is waited for; another of its name inside it makes it one deeper.
    let mut inside: Option<(String, usize)> = None;
    for piece in Scanner::new(fragment) {
        let whole = piece.whole().clone();
        let is_raw = fragment.as_bytes().get(whole.start + 1) == Some(&b'/')
            && matches!(&piece, Piece::End { name, .. } if is_text_only(fragment.get(name.clone()).unwrap_or("")));
        if inside.is_none() && !is_raw {
            text(from..whole.start, &mut done);
        }
        from = whole.end;
        match (&piece, &mut inside) {
            (Piece::Start { name, .. }, None) => inside = is_verbatim(name).map(|name| (name, 1)),
            (Piece::Start { name, .. }, Some((open, depth))) if is_verbatim(name).as_ref() == Some(open) => {
                // One link ends another.
                *depth += usize::from(open != "a");
            }
            (Piece::End { name, .. }, Some((open, depth))) if is_verbatim(name).as_ref() == Some(open) => {
                *depth -= 1;
                if *depth == 0 {
                    inside = None;
                }
            }
            _ => {}
        }
    }
    if inside.is_none() {
        text(from..fragment.len(), &mut done);
    }
    if done == 0 {
        return Cow::Borrowed(fragment);
    }
    html.push_str(fragment.get(done..).unwrap_or(""));
    Cow::Owned(html)
}

/// Elements in which nothing is a link.
fn is_text_only(name: &str) -> bool {
    [
        "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript",
    ]
    .iter()
    .any(|one| name.eq_ignore_ascii_case(one))
}

/// Where addresses stand in a text: from the scheme to the next white space, without the punctuation at the end.
fn plain_addresses(html: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = range.start;
    while let Some(at) = html
        .get(from..range.end)
        .and_then(|rest| memchr::memmem::find(rest.as_bytes(), b"://"))
        .map(|at| from + at)
    {
        from = at + 3;
        let before = html.get(range.start..at).unwrap_or("");
        let Some(scheme) = ["https", "http"].iter().find(|scheme| {
            let own = before
                .len()
                .checked_sub(scheme.len())
                .and_then(|start| before.get(start..));
            own.is_some_and(|own| own.eq_ignore_ascii_case(scheme))
        }) else {
            continue;
        };
        let start = at - scheme.len();
        let is_word = |c: char| c.is_alphanumeric() || c == '/';
        if html
            .get(range.start..start)
            .and_then(|text| text.chars().next_back())
            .is_some_and(is_word)
        {
            continue;
        }
        let rest = html.get(start..range.end).unwrap_or("");
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '\u{a0}');
        let mut address = rest.split(ends).next().unwrap_or("");
        for reference in ["&nbsp;", "&quot;", "&lt;", "&gt;", "&#39;"] {
            address = address.split(reference).next().unwrap_or("");
        }
        address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '*', '_', '…', '»', '”']);
        from = start + address.len().max(scheme.len() + 3);
        found.push(start..start + address.len());
    }
    found
}

/// The places in a fragment that links can lead to: ids of any element, and names of anchors.
pub fn anchors(fragment: &str) -> impl Iterator<Item = Cow<'_, str>> {
    Scanner::new(fragment).flat_map(move |piece| {
        let text = |range: &Range<usize>| fragment.get(range.clone()).unwrap_or("");
        let is_anchor = match &piece {
            Piece::Start { name, .. } => text(name).eq_ignore_ascii_case("a"),
            _ => return Vec::new(),
        };
        Scanner::attributes(fragment, &piece)
            .into_iter()
            .filter(|one| {
                let name = text(&one.name);
                name.eq_ignore_ascii_case("id") || (is_anchor && name.eq_ignore_ascii_case("name"))
            })
            .map(|one| decoded(text(&one.value)))
            .collect()
    })
}

fn write_address(html: &mut String, address: &str, reference: &Reference<'_>) {
    if reference.quote.is_none() {
        html.push('"');
    }
    let last = address.len().saturating_sub(1);
    for (at, c) in address.char_indices() {
        match (reference.kind, c) {
            (ReferenceKind::ImageSource, ' ' | '\t' | '\n' | '\r' | '\x0c')
            | (ReferenceKind::Background, ' ' | '(' | ')' | '"' | '\'' | '\\' | '\t' | '\n' | '\r' | '\x0c') => {
                html.push_str(&format!("%{:02X}", u32::from(c)));
            }
            // A comma at either end would be the one between two pictures.
            (ReferenceKind::ImageSource, ',') if at == 0 || at == last => html.push_str("%2C"),
            (_, '&') => html.push_str("&amp;"),
            (_, '"') if reference.quote != Some('\'') => html.push_str("&quot;"),
            (_, '\'') if reference.quote == Some('\'') => html.push_str("&#39;"),
            (_, '<') => html.push_str("&lt;"),
            (_, '>') => html.push_str("&gt;"),
            (_, c) => html.push(c),
        }
    }
    if reference.quote.is_none() {
        html.push('"');
    }
}

/// A name in small letters, as most are written.
fn small(name: &str) -> Cow<'_, str> {
    match name.bytes().any(|b| b.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    }
}

/// How the value of an attribute holds addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    One(ReferenceKind),
    Candidates,
    Css,
}

/// What an attribute of an element holds, both names in lower case.
fn holds(tag: &str, attribute: &str) -> Option<Holds> {
    use ReferenceKind::{Embed, Form, Image, LazyImage, Link, Media, Source};
    let kind = match (tag, attribute) {
        (_, "style") => return Some(Holds::Css),
        ("img" | "source" | "amp-img", "srcset" | "data-srcset" | "data-lazy-srcset") => {
            return Some(Holds::Candidates);
        }
        ("a" | "area", "href") => Link,
        ("img" | "image" | "input" | "amp-img", "src") | ("image", "href" | "xlink:href") => Image,
        ("video", "poster") | ("table" | "tr" | "td" | "th" | "body", "background") => Image,
        ("img", "data-src" | "data-lazy-src" | "data-orig-file" | "data-large-file" | "data-full-url") => LazyImage,
        ("img", name) if name.starts_with("data-original") => LazyImage,
        ("iframe" | "embed" | "frame", "src" | "data-src") | ("object", "data") | ("param", "value") => Embed,
        ("video" | "audio" | "source" | "track", "src") => Media,
        ("form", "action") | ("input" | "button", "formaction") => Form,
        ("blockquote" | "q" | "ins" | "del", "cite") | ("img", "longdesc") => Source,
        _ => return None,
    };
    Some(Holds::One(kind))
}

/// Whether an attribute other than `style` of the element can hold an address.
fn has_addresses(tag: &str) -> bool {
    const ELEMENTS: [&str; 26] = [
        "a",
        "amp-img",
        "area",
        "audio",
        "blockquote",
        "body",
        "button",
        "del",
        "embed",
        "form",
        "frame",
        "iframe",
        "image",
        "img",
        "input",
        "ins",
        "object",
        "param",
        "q",
        "source",
        "table",
        "td",
        "th",
        "tr",
        "track",
        "video",
    ];
    ELEMENTS.binary_search(&tag).is_ok()
}

/// The addresses of the start tag `piece`, whose name in lower case is `tag`.
fn of_tag<'h>(html: &'h str, tag: &str, piece: &Piece, element: usize, link: Option<usize>) -> Vec<Reference<'h>> {
    let mut found = Vec::new();
    let whole = html.get(piece.whole().clone()).unwrap_or("");
    // `<p>` is the whole of most tags.
    if whole.len() <= tag.len() + 3 || (!has_addresses(tag) && memchr::memchr(b'(', whole.as_bytes()).is_none()) {
        return found;
    }
    let attributes = Scanner::attributes(html, piece);
    let text = |range: &Range<usize>| html.get(range.clone()).unwrap_or("");
    let named = |attribute: &RawAttribute, word: &str| text(&attribute.name).eq_ignore_ascii_case(word);
    let film = tag != "param"
        || attributes.iter().any(|one| {
            named(one, "name")
                && ["movie", "src", "url", "filename"]
                    .iter()
                    .any(|word| text(&one.value).eq_ignore_ascii_case(word))
        });
    let mut seen: Vec<Cow<'_, str>> = Vec::new();
    for attribute in attributes.iter().filter(|_| film) {
        let name = small(text(&attribute.name));
        let Some(holds) = holds(tag, &name) else { continue };
        if seen.contains(&name) {
            // Browsers take the first of two equal attributes.
            continue;
        }
        // `data-original-width` and its like are no addresses.
        if name.starts_with("data-original-") && !text(&attribute.value).contains('/') {
            continue;
        }
        seen.push(name);
        let quote = attribute.quote.map(char::from);
        let mut add = |kind, span: Range<usize>, quote| {
            let address = decoded(html.get(span.clone()).unwrap_or(""));
            if !address.is_empty() {
                found.push(Reference {
                    kind,
                    address,
                    span,
                    quote,
                    element,
                    link,
                });
            }
        };
        match holds {
            Holds::One(kind) => add(kind, attribute.value.clone(), quote),
            // Within a longer value no quotation marks are wanted, and none of its own can be written.
            Holds::Candidates => {
                for span in candidates(html, &attribute.value) {
                    add(ReferenceKind::ImageSource, span, quote.or(Some('"')));
                }
            }
            Holds::Css => {
                for span in css_addresses(html, &attribute.value) {
                    add(ReferenceKind::Background, span, quote.or(Some('"')));
                }
            }
        }
    }
    found
}

/// What stands in each `url(…)` of a `style`, without its quotation marks.
fn css_addresses(html: &str, value: &Range<usize>) -> Vec<Range<usize>> {
    const MARKS: [&str; 7] = ["\"", "'", "&quot;", "&#39;", "&#34;", "&apos;", "&#x27;"];
    let mut found = Vec::new();
    let mut from = value.start;
    while let Some(open) = html
        .get(from..value.end)
        .and_then(|rest| memchr::memchr(b'(', rest.as_bytes()))
        .map(|at| from + at)
    {
        from = open + 1;
        let is_url = open
            .checked_sub(3)
            .filter(|start| *start >= value.start)
            .and_then(|start| html.get(start..open))
            .is_some_and(|word| word.eq_ignore_ascii_case("url"));
        if !is_url {
            continue;
        }
        let rest = html.get(from..value.end).unwrap_or("");
        let inner = rest.trim_start();
        let begin = from + (rest.len() - inner.len());
        let mark = MARKS.iter().find(|mark| inner.starts_with(**mark));
        let (start, length) = match mark {
            Some(mark) => {
                let text = inner.get(mark.len()..).unwrap_or("");
                (begin + mark.len(), text.find(mark))
            }
            None => (
                begin,
                inner
                    .find(')')
                    .map(|end| inner.get(..end).unwrap_or("").trim_end().len()),
            ),
        };
        // One that never ends is none.
        let Some(length) = length else { return found };
        found.push(start..start + length);
        from = start + length;
    }
    found
}

/// The addresses of a `srcset`: each up to the white space or comma that ends it.
fn candidates(html: &str, value: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let bytes = html.as_bytes();
    let mut at = value.start;
    while at < value.end {
        while at < value.end && bytes.get(at).is_some_and(|b| b.is_ascii_whitespace() || *b == b',') {
            at += 1;
        }
        let start = at;
        while at < value.end && bytes.get(at).is_some_and(|b| !b.is_ascii_whitespace()) {
            at += 1;
        }
        let word = html.get(start..at).unwrap_or("");
        let address = word.trim_end_matches(',');
        if !address.is_empty() {
            found.push(start..start + address.len());
        }
        if address.len() == word.len() {
            // The descriptor (`2x`, `640w`) goes up to the comma.
            while at < value.end && bytes.get(at) != Some(&b',') {
                at += 1;
            }
        }
    }
    found
}

/// An attribute's value as browsers read it.
fn decoded(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return cleaned(value);
    }
    Cow::Owned(cleaned(&tokens::decoded(value, true)).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(html: &str) -> Vec<(ReferenceKind, String, &str)> {
        references(html)
            .map(|one| (one.kind, one.address.to_string(), html.get(one.span).unwrap()))
            .collect()
    }

    #[test]
    fn addresses_are_found_where_they_stand() {
        use ReferenceKind::{Embed, Image, ImageSource, Link, Media};
        let html = "<a class=x href='http://a/?q=1&amp;r=2'><IMG SRC=\"b c.png\" srcset=\"d.png 2x, e.png\"></a>\
            <iframe src=//v/1></iframe><video><source src='f.mp4'></video><a name=z>no</a><!-- <a href=g> -->";
        assert_eq!(
            all(html),
            [
                (Link, "http://a/?q=1&r=2".to_owned(), "http://a/?q=1&amp;r=2"),
                (Image, "b c.png".to_owned(), "b c.png"),
                (ImageSource, "d.png".to_owned(), "d.png"),
                (ImageSource, "e.png".to_owned(), "e.png"),
                (Embed, "//v/1".to_owned(), "//v/1"),
                (Media, "f.mp4".to_owned(), "f.mp4"),
            ]
        );
        assert!(all("<script>'<a href=x>'</script><textarea><img src=y></textarea>").is_empty());
        assert!(all("<a href=").is_empty() && all("<a href='x").is_empty() && all("a < b").is_empty());
    }

    #[test]
    fn an_address_changes_and_nothing_else() {
        let html = "<A  HREF = old.html >x</A><img src='old.png' alt=\"a>b\">&nbsp;<br/>";
        let changed = replace_references(html, |one| {
            one.address.starts_with("old").then(|| "n'e\"w?a&b".to_owned())
        });
        assert_eq!(
            changed,
            "<A  HREF = \"n'e&quot;w?a&amp;b\" >x</A><img src='n&#39;e\"w?a&amp;b' alt=\"a>b\">&nbsp;<br/>"
        );
        assert!(matches!(replace_references(html, |_| None), Cow::Borrowed(_)));
    }

    #[test]
    fn pictures_stand_in_many_places() {
        use ReferenceKind::{Background, Form, Image, ImageSource, LazyImage, Link, Source};
        let html = "<div style=\"color:red; background: #fff URL( &quot;a(1).png&quot; ) no-repeat, url(b.png)\">\
            <img data-src='c.png' data-original='d.png' data-original-width=640 data-original-src='x/e.png' \
            data-srcset='f.png, g.png 2x' longdesc=h.html><tr background=i.png><svg><image xlink:href='j.png'/></svg>\
            <form action=k><q cite=l>x</q><area href=m><p style='background:url(never'>";
        let expected = [
            (Background, "a(1).png"),
            (Background, "b.png"),
            (LazyImage, "c.png"),
            (LazyImage, "d.png"),
            (LazyImage, "x/e.png"),
            (ImageSource, "f.png"),
            (ImageSource, "g.png"),
            (Source, "h.html"),
            (Image, "i.png"),
            (Image, "j.png"),
            (Form, "k"),
            (Source, "l"),
            (Link, "m"),
        ];
        let found: Vec<(ReferenceKind, String)> = all(html)
            .into_iter()
            .map(|(kind, address, _)| (kind, address))
            .collect();
        assert_eq!(found, expected.map(|(kind, address)| (kind, address.to_owned())));
    }

    #[test]
    fn addresses_in_a_text_become_links() {
        let linked = |html: &str| {
            link_plain_addresses(html, |address| {
                let path = address.strip_prefix("http://old.example")?;
                Some(format!("/new{path}"))
            })
            .into_owned()
        };
        assert_eq!(
            linked("<p>See http://old.example/a?x=1&amp;y=2, and <b>(http://old.example/b).</b>"),
            "<p>See <a href=\"/new/a?x=1&amp;y=2\">http://old.example/a?x=1&amp;y=2</a>, and \
             <b>(<a href=\"/new/b\">http://old.example/b</a>).</b>"
        );
        for same in [
            "<a href='x'><i>http://old.example/a</i></a>",
            "<pre>a <pre>b</pre> http://old.example/a</pre>",
            "<code>http://old.example/a</code>",
            "<script>'http://old.example/a'</script>",
            "<img alt='http://old.example/a'>",
            "http://other.example/a xhttp://old.example/a ftp://old.example/a ://",
        ] {
            assert_eq!(linked(same), same);
        }
        assert_eq!(
            linked("<code>x</code>http://old.example/a"),
            "<code>x</code><a href=\"/new/a\">http://old.example/a</a>"
        );
    }

    #[test]
    fn a_picture_knows_the_link_around_it() {
        let html = "<p><a href=big><b><img src=small></b></a><img src=alone><a href=x><a href=y><img src=z>";
        let links: Vec<(usize, Option<usize>)> = references(html).map(|one| (one.element, one.link)).collect();
        assert_eq!(
            links,
            [(1, None), (3, Some(1)), (4, None), (5, None), (6, None), (7, Some(6))]
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_back(
            new in "[ -~äé東]{0,12}",
            before in "[a-z<>\"'& =/]{0,12}",
        ) {
            let html = format!(
                "{before}<a href=x><img src='x' alt=\"{before}\" srcset='x 1x,x'></a><p style=\"background:url(x)\">"
            );
            let kept: Vec<_> = references(&html).map(|one| one.address.to_string()).collect();
            proptest::prop_assert!(replace_references(&html, |one| Some(one.address.to_string())) == html.as_str());
            let wanted = cleaned(&new).into_owned();
            let changed = replace_references(&html, |one| (one.address == "x").then(|| wanted.clone()));
            let read: Vec<_> = references(&changed).collect();
            if !wanted.is_empty() {
                proptest::prop_assert_eq!(read.len(), kept.len(), "{}", changed);
            }
            for (old, one) in kept.iter().zip(&read).filter(|_| !wanted.is_empty()) {
                let plain = crate::html::address::percent_decoded(&wanted);
                let is_same = match (old.as_str(), one.kind) {
                    ("x", ReferenceKind::Background | ReferenceKind::ImageSource) => {
                        crate::html::address::percent_decoded(&one.address) == plain
                    }
                    ("x", _) => one.address == wanted.as_str(),
                    _ => one.address == old.as_str(),
                };
                proptest::prop_assert!(is_same, "{} in {}", one.address, changed);
            }
        }
    }
}
