//! The pictures that posts show: which addresses mean the same one, and texts that name the one address that WordPress
//! will replace by its own.
//!
//! WordPress's importer replaces an attachment's address in texts to the letter, so every form of a picture's address
//! (Blogger has one for each size) becomes that of its attachment beforehand.

use std::borrow::Cow;

use crate::html::{Reference, ReferenceKind, escape_text, references, replace_references};

/// A picture that a text shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// What is the same for all sizes of the picture.
    pub(super) key: String,
    /// The address, complete and in ASCII.
    pub(super) address: String,
    /// How large it is: the number in Blogger's address, the largest where it has none.
    pub(super) size: u32,
    /// Alternative text.
    pub(super) alt: String,
}

/// The pictures of a text, in order, each mention of one: what is shown, and the larger one that a link around it leads to.
pub(super) fn shown(html: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut link: Option<Shown> = None;
    for reference in references(html) {
        match reference.kind {
            ReferenceKind::Link => link = picture(&reference.address).filter(|p| has_picture_ending(&p.address)),
            ReferenceKind::Image | ReferenceKind::LazyImage => {
                let tag = tag_around(html, &reference);
                if is_tracker(tag, &reference.address) {
                    continue;
                }
                let Some(mut one) = picture(&reference.address) else {
                    continue;
                };
                one.alt = attribute(tag, "alt")
                    .map(|a| crate::wordpress::plain_text(a).into_owned())
                    .unwrap_or_default();
                // The page around a picture is on another host nearly always; the picture itself on the same.
                if let Some(large) = link.take().filter(|l| host(&l.key) == host(&one.key)) {
                    found.push(Shown {
                        alt: one.alt.clone(),
                        ..large
                    });
                }
                found.push(one);
            }
            _ => {}
        }
    }
    found
}

/// What an address says of the picture behind it; `None` where it is no complete web address.
pub(super) fn picture(address: &str) -> Option<Shown> {
    let address = address.trim();
    let complete = match address.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => address.to_owned(),
    };
    let address = in_ascii(complete.split('#').next()?);
    let (scheme, rest) = address.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let (host, path) = rest.split_once('/')?;
    let host = host.to_ascii_lowercase();
    if host.is_empty() || path.is_empty() {
        return None;
    }
    let Some(family) = blogger_family(&host) else {
        let key = format!("{}/{path}", host.strip_prefix("www.").unwrap_or(&host));
        return Some(Shown {
            key,
            address,
            size: u32::MAX,
            alt: String::new(),
        });
    };
    let (path_only, query) = path.split_once('?').unwrap_or((path, ""));
    let mut segments: Vec<&str> = path_only.split('/').collect();
    let mut size = u32::MAX;
    let mut in_place = None;
    // `…/s320/name.jpg`
    if let Some(at) = segments.len().checked_sub(2)
        && let Some(named) = segments.get(at).copied().and_then(|s| size_of(s, family))
    {
        size = named;
        in_place = segments.get(at).copied();
        segments.remove(at);
    }
    // `…=s320`
    if let Some(last) = segments.last_mut()
        && let Some((name, token)) = last.rsplit_once('=')
        && let Some(named) = size_of(token, family)
    {
        size = size.min(named);
        *last = name;
    }
    if let Some(max) = query.split('&').find_map(|q| q.strip_prefix("imgmax=")) {
        size = size.min(max.parse().unwrap_or(u32::MAX));
    }
    let key = format!("{family}/{}", segments.join("/"));
    // `/s1600-h/` is a page around the picture, not the picture.
    let address = match in_place {
        Some("s1600-h") => address.replacen("/s1600-h/", "/s1600/", 1),
        _ => address,
    };
    Some(Shown {
        key,
        address,
        size,
        alt: String::new(),
    })
}

/// The hosts on which Blogger kept pictures, under the name of their family: each serves one picture in many sizes.
fn blogger_family(host: &str) -> Option<&'static str> {
    if host.ends_with(".bp.blogspot.com") {
        return Some("bp.blogspot.com");
    }
    if host == "blogger.googleusercontent.com" {
        return Some("blogger.googleusercontent.com");
    }
    if matches!(host, "photos1.blogger.com" | "photos2.blogger.com") {
        return Some("photos.blogger.com");
    }
    let numbered = host
        .strip_suffix(".googleusercontent.com")
        .or(host.strip_suffix(".ggpht.com"))?;
    numbered.starts_with("lh").then_some("lh.googleusercontent.com")
}

/// The size that a part of a Blogger address says: `s320`, `s72-c`, `w640-h480`, `s0`, `320`.
fn size_of(token: &str, family: &str) -> Option<u32> {
    if family == "photos.blogger.com" {
        return token.parse().ok().filter(|n| (50..=4000).contains(n));
    }
    if token == "d" || token == "s0" {
        return Some(u32::MAX);
    }
    let mut sizes = token.split('-').map(|part| match part.as_bytes() {
        [b's' | b'S' | b'w' | b'h', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            part.get(1..).and_then(|n| n.parse().ok())
        }
        [b'h' | b'c' | b'p' | b'k' | b'R' | b'o'] | b"no" | b"nu" | b"rw" | b"rj" => Some(0u32),
        _ => None,
    });
    let first = sizes.next()??;
    let largest = sizes.try_fold(first, |max, size| size.map(|s| max.max(s)))?;
    (first > 0).then_some(largest)
}

/// Whether an address is that of a small square cut out of a picture, as Blogger's feeds have it.
pub(super) fn is_crop(address: &str) -> bool {
    picture(address).is_some_and(|p| p.size <= 100)
}

fn host(key: &str) -> &str {
    key.split('/').next().unwrap_or_default()
}

/// The path of an address ends like that of a picture.
fn has_picture_ending(address: &str) -> bool {
    let name = file_name(address);
    let ending = name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
    matches!(
        &*ending,
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "bmp" | "avif" | "heic" | "tif" | "tiff"
    ) || blogger_family(host(address.split_once("://").map_or("", |(_, rest)| rest))).is_some()
}

/// The last part of the path of an address.
pub(super) fn file_name(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    path.split_once('/')
        .map_or("", |(_, path)| path)
        .rsplit('/')
        .next()
        .unwrap_or_default()
}

/// The form in which texts name an attachment, so that the importer's replacement is right: escaped as HTML has it, and
/// with a mark behind an address without an ending, because the importer cuts the ending off what it puts there.
pub(super) fn written(address: &str) -> String {
    let mut html = escape_text(address);
    if !file_name(address).contains('.') {
        html.push_str("#image");
    }
    html
}

/// A text in which every form of a picture's address is the attachment's. `attachment` gives that for a key.
pub(super) fn rewritten<'a>(html: &'a str, attachment: impl Fn(&str) -> Option<&'a str>) -> Cow<'a, str> {
    replace_references(html, |reference| {
        let is_picture = matches!(
            reference.kind,
            ReferenceKind::Link | ReferenceKind::Image | ReferenceKind::LazyImage | ReferenceKind::ImageSource
        );
        if !is_picture {
            return None;
        }
        let address = attachment(&picture(&reference.address)?.key)?;
        let mark = if file_name(address).contains('.') { "" } else { "#image" };
        Some(format!("{address}{mark}"))
    })
}

/// Characters that no address has, percent-encoded.
fn in_ascii(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b' ' | b'"' | b'\'' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..=31 | 127.. => {
                out.push_str(&format!("%{byte:02X}"));
            }
            byte => out.push(char::from(byte)),
        }
    }
    out
}

/// A picture of one point that only counts readers.
fn is_tracker(tag: &str, address: &str) -> bool {
    let is_point = |name: &str| matches!(attribute(tag, name).map(str::trim), Some("0" | "1" | "0px" | "1px"));
    (is_point("width") && is_point("height")) || address.contains("blogger.googleusercontent.com/tracker/")
}

/// The tag in which an address stands.
fn tag_around<'h>(html: &'h str, reference: &Reference<'_>) -> &'h str {
    let start = html
        .get(..reference.span.start)
        .and_then(|before| before.rfind('<'))
        .unwrap_or(reference.span.start);
    let rest = html.get(reference.span.end..).unwrap_or_default();
    let end = rest.find('>').map_or(html.len(), |at| reference.span.end + at);
    html.get(start..end).unwrap_or_default()
}

/// The value of an attribute as it stands in a tag.
fn attribute<'t>(tag: &'t str, wanted: &str) -> Option<&'t str> {
    let mut rest = tag.get(tag.find(|c: char| c.is_ascii_whitespace())?..)?;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/'))
            .unwrap_or(rest.len());
        let name = rest.get(..end).filter(|name| !name.is_empty())?;
        rest = rest.get(end..)?.trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            if name.eq_ignore_ascii_case(wanted) {
                return Some("");
            }
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value.get(1..)?.split_once(quote).unwrap_or((value.get(1..)?, "")),
            _ => value
                .split_once(|c: char| c.is_ascii_whitespace())
                .unwrap_or((value, "")),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> String {
        picture(address).unwrap().key
    }

    #[test]
    fn one_picture_has_one_key_in_every_size() {
        for (a, b) in [
            (
                "http://3.bp.blogspot.com/-x/y/AAA/z/s320/a.jpg",
                "https://1.bp.blogspot.com/-x/y/AAA/z/s1600/a.jpg",
            ),
            (
                "http://3.bp.blogspot.com/-x/y/AAA/z/s72-c/a.jpg",
                "http://3.bp.blogspot.com/-x/y/AAA/z/a.jpg",
            ),
            (
                "http://3.bp.blogspot.com/_x/y/z/s1600-h/a.jpg",
                "http://3.bp.blogspot.com/_x/y/z/s400/a.jpg",
            ),
            (
                "https://blogger.googleusercontent.com/img/b/R29/AVv/w640-h480/a.png",
                "https://blogger.googleusercontent.com/img/b/R29/AVv/s72-w640-h480-c/a.png",
            ),
            (
                "https://blogger.googleusercontent.com/img/a/AVv=s320",
                "https://blogger.googleusercontent.com/img/a/AVv",
            ),
            (
                "http://lh3.ggpht.com/-a/b/c/x/s800/e.jpg",
                "http://lh5.googleusercontent.com/-a/b/c/x/e.jpg?imgmax=800",
            ),
            (
                "http://photos1.blogger.com/blogger/1/2/320/a.jpg",
                "http://photos1.blogger.com/blogger/1/2/1600/a.jpg",
            ),
            ("http://www.host.example/a.jpg", "//host.example/a.jpg"),
        ] {
            assert_eq!(key(a), key(b));
        }
        for (a, b) in [
            ("http://host.example/s320/a.jpg", "http://host.example/s1600/a.jpg"),
            (
                "http://3.bp.blogspot.com/-x/y/AAA/z/s320/a.jpg",
                "http://3.bp.blogspot.com/-x/y/AAA/z/s320/b.jpg",
            ),
            ("http://host.example/a.jpg?1", "http://host.example/a.jpg?2"),
        ] {
            assert_ne!(key(a), key(b));
        }
        for no in [
            "data:image/png;base64,xx",
            "/a.jpg",
            "ftp://h/a.jpg",
            "http://host.example",
            "",
            "a.jpg",
        ] {
            assert_eq!(picture(no), None, "{no}");
        }
        assert_eq!(
            picture("http://3.bp.blogspot.com/_x/s1600-h/a.jpg").unwrap().address,
            "http://3.bp.blogspot.com/_x/s1600/a.jpg"
        );
        assert!(is_crop("http://3.bp.blogspot.com/_x/s72-c/a.jpg") && !is_crop("http://h.example/s72-c/a.jpg"));
    }

    #[test]
    fn pictures_are_found_with_what_they_link_to() {
        let html = "<a href='http://3.bp.blogspot.com/-x/s1600/a.jpg'><img alt=\"Bread &amp; salt\" src='http://3.bp.blogspot.com/-x/s320/a.jpg'/></a>\
            <a href='http://wiki.example/File:b.jpg'><img src=http://img.example/b.jpg></a><img width=1 height=1 src='http://count.example/x.gif'>\
            <a href='http://3.bp.blogspot.com/-x/s1600/c.jpg'>words</a> <img src='/d.png'>";
        let found: Vec<_> = shown(html).into_iter().map(|p| (p.address, p.size, p.alt)).collect();
        assert_eq!(
            found,
            [
                (
                    "http://3.bp.blogspot.com/-x/s1600/a.jpg".to_owned(),
                    1600,
                    "Bread & salt".to_owned()
                ),
                (
                    "http://3.bp.blogspot.com/-x/s320/a.jpg".to_owned(),
                    320,
                    "Bread & salt".to_owned()
                ),
                ("http://img.example/b.jpg".to_owned(), u32::MAX, String::new()),
            ]
        );
    }

    #[test]
    fn texts_name_the_attachment() {
        let large = "http://3.bp.blogspot.com/-x/s1600/a.jpg";
        let html = "<a href='http://1.bp.blogspot.com/-x/s1600-h/a.jpg'><img src=\"http://3.bp.blogspot.com/-x/s320/a.jpg\"></a> <a href='/x'>y</a>";
        let key = key(large);
        assert_eq!(
            rewritten(html, |k| (k == key).then_some(large)),
            format!("<a href='{large}'><img src=\"{large}\"></a> <a href='/x'>y</a>")
        );
        let bare = "https://blogger.googleusercontent.com/img/a/AVv=s320";
        assert_eq!(
            rewritten(&format!("<img src='{bare}'>"), |_| Some(bare)),
            format!("<img src='{bare}#image'>")
        );
        assert_eq!(
            written("http://h.example/a.jpg?b=1&c=2"),
            "http://h.example/a.jpg?b=1&amp;c=2"
        );
        assert_eq!(written(bare), format!("{bare}#image"));
    }

    #[test]
    fn attributes_are_told_from_one_another() {
        for (tag, value) in [
            ("<img title='alt=x' alt='y'", Some("y")),
            ("<img data-alt=x", None),
            ("<IMG ALT=one src=two", Some("one")),
            ("<img alt", Some("")),
            ("<img", None),
            ("<img alt=\"open", Some("open")),
        ] {
            assert_eq!(attribute(tag, "alt"), value, "{tag}");
        }
    }
}
