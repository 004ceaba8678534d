//! The addresses in a fragment, with their places, so that one can be replaced and nothing else is changed.

use std::borrow::Cow;
use std::ops::Range;

use super::address::cleaned;
use super::scan::{Piece, RawAttribute, Scanner};
use super::tree::Tree;

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferenceKind {
    /// `<a href>`, `<area href>`.
    Link,
    /// `<img src>`, `<input type=image src>`, `<video poster>`, `background`.
    Image,
    /// One of the pictures of a `srcset`.
    ImageSource,
    /// A picture that a script would have loaded (`data-src`, `data-original`).
    LazyImage,
    /// `<iframe>`, `<embed>`, `<object data>`, `<param value>` of a film.
    Embed,
    /// `<video>`, `<audio>`, `<source>`, `<track>`.
    Media,
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
}

/// The addresses of a fragment, in order. Lazily: one tag is looked at at a time.
pub fn references(fragment: &str) -> impl Iterator<Item = Reference<'_>> {
    Scanner::new(fragment).flat_map(move |piece| of_tag(fragment, &piece))
}

/// Replaces addresses: `new` gives the new one, or `None` to keep the old. Everything else stays to the byte; a new address
/// is escaped for the place it stands in.
pub fn replace_references(fragment: &str, mut new: impl FnMut(&Reference<'_>) -> Option<String>) -> Cow<'_, str> {
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
        if reference.quote.is_none() {
            html.push('"');
        }
        for c in address.chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '"' if reference.quote != Some('\'') => html.push_str("&quot;"),
                '\'' if reference.quote == Some('\'') => html.push_str("&#39;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                ' ' if reference.kind == ReferenceKind::ImageSource => html.push_str("%20"),
                c => html.push(c),
            }
        }
        if reference.quote.is_none() {
            html.push('"');
        }
        done = reference.span.end;
    }
    if done == 0 {
        return Cow::Borrowed(fragment);
    }
    html.push_str(fragment.get(done..).unwrap_or(""));
    Cow::Owned(html)
}

fn of_tag<'h>(html: &'h str, piece: &Piece) -> Vec<Reference<'h>> {
    let Piece::Start { name, .. } = piece else {
        return Vec::new();
    };
    let tag = html.get(name.clone()).unwrap_or("").to_ascii_lowercase();
    if !matches!(
        tag.as_str(),
        "a" | "area"
            | "img"
            | "image"
            | "iframe"
            | "embed"
            | "object"
            | "param"
            | "video"
            | "audio"
            | "source"
            | "track"
            | "input"
            | "table"
            | "td"
            | "th"
            | "body"
            | "amp-img"
            | "frame"
    ) {
        return Vec::new();
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
    let mut found = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for attribute in &attributes {
        let name = text(&attribute.name).to_ascii_lowercase();
        if seen.contains(&name) {
            // Browsers take the first of two equal attributes.
            continue;
        }
        let kind = match (tag.as_str(), name.as_str()) {
            ("a" | "area", "href") => ReferenceKind::Link,
            ("img" | "image" | "input" | "amp-img", "src") => ReferenceKind::Image,
            ("img" | "source" | "amp-img", "srcset") => ReferenceKind::ImageSource,
            ("img", "data-src" | "data-original" | "data-lazy-src") => ReferenceKind::LazyImage,
            ("video", "poster") | ("table" | "td" | "th" | "body", "background") => ReferenceKind::Image,
            ("iframe" | "embed" | "frame", "src") | ("object", "data") => ReferenceKind::Embed,
            ("param", "value") if film => ReferenceKind::Embed,
            ("video" | "audio" | "source" | "track", "src") => ReferenceKind::Media,
            _ => continue,
        };
        seen.push(name);
        let quote = attribute.quote.map(char::from);
        if kind == ReferenceKind::ImageSource {
            for span in candidates(html, &attribute.value) {
                let address = decoded(html.get(span.clone()).unwrap_or(""));
                found.push(Reference {
                    kind,
                    address,
                    span,
                    quote: quote.or(Some('"')),
                });
            }
            continue;
        }
        let span = attribute.value.clone();
        let address = decoded(text(&span));
        if !address.is_empty() {
            found.push(Reference {
                kind,
                address,
                span,
                quote,
            });
        }
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
    // The parser knows which references are read without their semicolon, and where.
    let link = format!("<a href=\"{}\">", value.replace('"', "&quot;"));
    let tree = Tree::parse(&link);
    let address = tree
        .children(tree.top())
        .find_map(|id| tree.node(id).attribute("href").map(str::to_owned));
    match address {
        Some(address) => Cow::Owned(cleaned(&address).into_owned()),
        None => cleaned(value),
    }
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
}
