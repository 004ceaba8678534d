//! Which addresses of a text are those of pictures, recordings, films and files that it uses.

use std::borrow::Cow;

use url::Url;

use super::original::{self, Named};
use crate::html::{Reference, ReferenceKind, references};
use crate::model::{ContentFormat, Post};
use crate::wordpress::shortcodes_to_html;

/// What a file is to the text that uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A picture that is shown, in whatever way.
    Picture,
    /// A recording, a film, its captions.
    Recording,
    /// What a link leads to, an enclosure, what an `<object>` shows.
    File,
}

/// A use of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The file, and the address by which it is used.
    pub named: Named,
    /// What it is to the text.
    pub role: Role,
    /// Alternative text.
    pub alt: String,
    /// Caption.
    pub caption: String,
    /// Width and height of the original, where the text says them.
    pub measures: Option<(u32, u32)>,
}

/// Endings of recordings, films and documents that a page holds as an object.
const OBJECTS: [&str; 22] = [
    "mp3", "m4a", "ogg", "oga", "wav", "wma", "aac", "flac", "mp4", "m4v", "mov", "avi", "wmv", "flv", "webm", "ogv",
    "mpg", "mpeg", "3gp", "pdf", "mid", "svg",
];

/// Endings of documents that a blog offers on its own host.
const DOCUMENTS: [&str; 18] = [
    "pdf", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "csv", "ppt", "pptx", "odp", "epub", "zip", "gz", "tar",
    "rar", "7z",
];

/// The page at which a text stood: relative addresses are seen from there.
pub fn base(address: Option<&str>) -> Option<Url> {
    let url = Url::parse(address?).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// What an address in a text names, seen from the page at which it stood.
pub fn named_from(base: Option<&Url>, address: &str) -> Option<Named> {
    if let Some(named) = original::named(address) {
        return Some(named);
    }
    let address = address.trim();
    let is_relative = !address.is_empty() && !address.starts_with(['#', '?']) && Url::parse(address).is_err();
    let absolute = base.filter(|_| is_relative)?.join(address).ok()?;
    original::named(absolute.as_str())
}

/// The files that a fragment of HTML uses, in order, each mention of one.
pub fn in_fragment(html: &str, base: Option<&Url>) -> Vec<Use> {
    let all: Vec<Reference<'_>> = references(html).collect();
    let mut around: Vec<usize> = all
        .iter()
        .filter(|one| is_shown(one.kind))
        .filter_map(|one| one.link)
        .collect();
    around.sort_unstable();
    let mut found: Vec<Use> = Vec::new();
    for one in &all {
        let Some(named) = named_from(base, &one.address) else {
            continue;
        };
        let ending = original::ending(&named.address);
        let role = match one.kind {
            ReferenceKind::Image
            | ReferenceKind::ImageSource
            | ReferenceKind::LazyImage
            | ReferenceKind::Background => Role::Picture,
            ReferenceKind::Media => Role::Recording,
            ReferenceKind::Link
                if around.binary_search(&one.element).is_ok() && original::is_picture(&named.address) =>
            {
                Role::Picture
            }
            ReferenceKind::Link if original::is_bloggers(&named.address) => Role::Picture,
            ReferenceKind::Link if is_own_file(base, &named.address, &ending) => Role::File,
            ReferenceKind::Embed if OBJECTS.contains(&&*ending) => Role::File,
            _ => continue,
        };
        let mut one_use = Use {
            named,
            role,
            alt: String::new(),
            caption: String::new(),
            measures: None,
        };
        if matches!(one.kind, ReferenceKind::Image | ReferenceKind::LazyImage) {
            let tag = tag_around(html, one);
            if is_tracker(tag, &one.address) {
                continue;
            }
            one_use.alt = attribute(tag, "alt").map(plain).unwrap_or_default();
            one_use.measures = measures(tag);
            one_use.caption = caption(html.get(one.span.end..).unwrap_or_default());
        }
        found.push(one_use);
    }
    found
}

/// The files that a post and its comments use. `home` is the blog's address.
pub fn in_post(post: &Post, home: Option<&str>) -> Vec<Use> {
    let base = base(post.url.as_deref().or(home));
    let base = base.as_ref();
    let html = post.content_html.as_deref().unwrap_or_default();
    let html = match post.format() {
        // `[audio]` and `[video]` say what they play.
        ContentFormat::Wpautop | ContentFormat::WpBlocks => shortcodes_to_html(html),
        _ => Cow::Borrowed(html),
    };
    let mut found = in_fragment(&html, base);
    // Blogger's feeds name a small square cut out of the first picture, which is no picture of its own.
    let featured = post.image.as_deref().filter(|image| !original::is_crop(image));
    found.extend(featured.and_then(|image| bare(base, image, Role::Picture)));
    let enclosures = post
        .links
        .iter()
        .filter(|link| link.rel.as_deref() == Some("enclosure"));
    let addresses = enclosures.map(|link| link.href.as_str());
    let addresses = addresses.chain(post.attachments.iter().filter_map(|one| one.url.as_deref()));
    found.extend(addresses.filter_map(|address| bare(base, address, Role::File)));
    for comment in &post.comments {
        found.extend(in_fragment(comment.content_html.as_deref().unwrap_or_default(), base));
    }
    found
}

/// A use that only says an address.
pub(crate) fn bare(base: Option<&Url>, address: &str, role: Role) -> Option<Use> {
    Some(Use {
        named: named_from(base, address)?,
        role,
        alt: String::new(),
        caption: String::new(),
        measures: None,
    })
}

fn is_shown(kind: ReferenceKind) -> bool {
    matches!(
        kind,
        ReferenceKind::Image | ReferenceKind::ImageSource | ReferenceKind::LazyImage
    )
}

/// A document, recording or picture on the blog's own host.
fn is_own_file(base: Option<&Url>, address: &str, ending: &str) -> bool {
    let own = base.and_then(Url::host_str);
    let host = Url::parse(address).ok();
    let host = host.as_ref().and_then(Url::host_str);
    own.is_some()
        && own == host
        && (DOCUMENTS.contains(&ending) || OBJECTS.contains(&ending) || original::is_picture(address))
}

/// Width and height of the original, which Blogger notes beside the size that it shows.
fn measures(tag: &str) -> Option<(u32, u32)> {
    let side = |name: &str| attribute(tag, name)?.trim().parse().ok();
    Some((side("data-original-width")?, side("data-original-height")?))
}

/// How far behind a picture its caption may stand.
const CAPTION_WITHIN: usize = 4_096;

/// The caption of the picture behind which `rest` begins: what stands in the same figure, or in Blogger's table.
fn caption(rest: &str) -> String {
    let mut end = rest.len().min(CAPTION_WITHIN);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let near = rest.get(..end).unwrap_or_default();
    let lower = near.to_ascii_lowercase();
    let closes = ["</figure", "</table", "<img", "<table", "<figure>"];
    let closed = closes.iter().filter_map(|word| lower.find(word)).min();
    let lower = lower.get(..closed.unwrap_or(lower.len())).unwrap_or_default();
    let starts = [("<figcaption", "</figcaption"), ("tr-caption", "</td")];
    for (start, end) in starts {
        let Some(at) = lower.find(start) else { continue };
        let Some(open) = lower.get(at..).and_then(|tail| tail.find('>')) else {
            continue;
        };
        let from = at + open + 1;
        let to = lower
            .get(from..)
            .and_then(|tail| tail.find(end))
            .map_or(lower.len(), |to| from + to);
        return plain(near.get(from..to).unwrap_or_default());
    }
    String::new()
}

fn plain(html: &str) -> String {
    let text = crate::wordpress::plain_text(html);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A picture of one point that only counts readers.
pub(crate) fn is_tracker(tag: &str, address: &str) -> bool {
    let is_point = |name: &str| matches!(attribute(tag, name).map(str::trim), Some("0" | "1" | "0px" | "1px"));
    (is_point("width") && is_point("height")) || address.contains("blogger.googleusercontent.com/tracker/")
}

/// The tag in which an address stands.
pub(crate) fn tag_around<'h>(html: &'h str, reference: &Reference<'_>) -> &'h str {
    let start = html
        .get(..reference.span.start)
        .and_then(|before| before.rfind('<'))
        .unwrap_or(reference.span.start);
    let rest = html.get(reference.span.end..).unwrap_or_default();
    let end = rest.find('>').map_or(html.len(), |at| reference.span.end + at);
    html.get(start..end).unwrap_or_default()
}

/// The value of an attribute as it stands in a tag.
pub(crate) fn attribute<'t>(tag: &'t str, wanted: &str) -> Option<&'t str> {
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

    fn found(html: &str, base_address: &str) -> Vec<(Role, String)> {
        let base = base(Some(base_address));
        let uses = in_fragment(html, base.as_ref()).into_iter();
        uses.map(|one| (one.role, one.named.address)).collect()
    }

    #[test]
    fn what_a_text_shows_plays_and_offers_is_found() {
        use Role::{File, Picture, Recording};
        let html = "<a href='http://1.bp.blogspot.com/-x/s1600/a.jpg'><img src='//1.bp.blogspot.com/-x/s320/a.jpg'></a>\
            <a href='http://wiki.example/Main'><img src='img/b.png' srcset='img/b2.png 2x'></a>\
            <video poster=p.jpg><source src='f.mp4'></video><audio src='/t.ogg'></audio>\
            <div style=\"background:url('bg.gif')\"></div><a href='/talk.pdf'>talk</a><a href='http://other.example/x.pdf'>x</a>\
            <object data='song.mp3'></object><iframe src='https://www.youtube.com/embed/x'></iframe>\
            <a href='https://blogger.googleusercontent.com/img/a/AVv=s640'>large</a><a href='other.html'>o</a>\
            <img src='data:image/gif;base64,xx'><img src='http://count.example/1.gif' width=1 height=1>";
        let expected = [
            (Picture, "http://1.bp.blogspot.com/-x/s1600/a.jpg"),
            (Picture, "https://1.bp.blogspot.com/-x/s320/a.jpg"),
            (Picture, "http://b.example/2011/img/b.png"),
            (Picture, "http://b.example/2011/img/b2.png"),
            (Picture, "http://b.example/2011/p.jpg"),
            (Recording, "http://b.example/2011/f.mp4"),
            (Recording, "http://b.example/t.ogg"),
            (Picture, "http://b.example/2011/bg.gif"),
            (File, "http://b.example/talk.pdf"),
            (File, "http://b.example/2011/song.mp3"),
            (Picture, "https://blogger.googleusercontent.com/img/a/AVv=s640"),
        ];
        assert_eq!(
            found(html, "http://b.example/2011/x.html"),
            expected.map(|(role, address)| (role, address.to_owned()))
        );
    }

    #[test]
    fn texts_of_a_picture_are_kept_with_it() {
        let html = "<table class=\"tr-caption-container\"><tr><td><img alt='Brot &amp; Salz' src='http://h.example/a.jpg' \
            data-original-width=\"1600\" data-original-height=\"900\"></td></tr><tr><td class=\"tr-caption\">Am <b>Morgen</b></td></tr></table>\
            <figure><img src='http://h.example/b.jpg'><figcaption>二枚目</figcaption></figure><img src='http://h.example/c.jpg'><table><td class='tr-caption'>no</table>";
        let uses = in_fragment(html, None);
        let texts: Vec<_> = uses
            .iter()
            .map(|u| (u.alt.as_str(), u.caption.as_str(), u.measures))
            .collect();
        assert_eq!(
            texts,
            [
                ("Brot & Salz", "Am Morgen", Some((1600, 900))),
                ("", "二枚目", None),
                ("", "", None)
            ]
        );
    }

    #[test]
    fn what_stands_beside_the_text_is_found_too() {
        let post = Post {
            url: Some("http://b.example/p.html".to_owned()),
            image: Some("http://1.bp.blogspot.com/-x/s72-c/a.jpg".to_owned()),
            attachments: vec![crate::model::Attachment {
                url: Some("episode.mp3".to_owned()),
                ..Default::default()
            }],
            comments: vec![crate::model::Comment {
                content_html: Some("<img src=\"/c.png\">".to_owned()),
                ..Default::default()
            }],
            ..Post::default()
        };
        let uses = in_post(&post, None);
        let addresses: Vec<_> = uses.iter().map(|u| u.named.address.as_str()).collect();
        assert_eq!(addresses, ["http://b.example/episode.mp3", "http://b.example/c.png"]);
    }
}
