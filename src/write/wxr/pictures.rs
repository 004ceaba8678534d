//! The pictures that posts show: which addresses mean the same one, and texts that name the one address that WordPress
//! will replace by its own.
//!
//! WordPress's importer replaces an attachment's address in texts to the letter, so every form of a picture's address
//! (Blogger has one for each size) becomes that of its attachment beforehand.

use std::borrow::Cow;

use crate::html::{ReferenceKind, escape_text, references, replace_references};
use crate::media::find::{attribute, is_tracker, tag_around};
use crate::media::original::{self, Named, file_name};

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
            ReferenceKind::Link => link = picture(&reference.address).filter(|p| original::is_picture(&p.address)),
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
    let Named { key, address, size } = original::named(address)?;
    Some(Shown {
        key,
        address,
        size,
        alt: String::new(),
    })
}

fn host(key: &str) -> &str {
    key.split('/').next().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> String {
        picture(address).unwrap().key
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
