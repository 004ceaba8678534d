//! What a file is, by its first bytes, and how large the picture in it is. What a server says of it does not count.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// What kind of thing a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A picture.
    Picture,
    /// A recording or film.
    Recording,
    /// A page of HTML, which is what servers send instead of a file that is gone.
    Page,
    /// Something else of a known type.
    Known,
    /// Nobody knows.
    Unknown,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// The kind of thing.
    pub class: Class,
    /// The media type, where it is known.
    pub mime: Option<&'static str>,
    /// The usual ending of such a file's name.
    pub ending: Option<&'static str>,
}

/// How many bytes from the beginning are looked at.
pub const HEAD: usize = 4_096;

/// What the file is that begins with these bytes.
pub fn type_of(head: &[u8]) -> Type {
    let known = |class, mime, ending| Type {
        class,
        mime: Some(mime),
        ending: Some(ending),
    };
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |word: &str| {
        let start = text.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    if ["<svg", "<!doctype svg"].iter().any(|word| begins(word)) {
        return known(Class::Picture, "image/svg+xml", "svg");
    }
    if begins("<?xml") || begins("<!--") {
        let lower = text.to_ascii_lowercase();
        let has = |word: &str| memchr::memmem::find(&lower, word.as_bytes()).is_some();
        if has("<svg") {
            return known(Class::Picture, "image/svg+xml", "svg");
        }
        if has("<html") || has("<!doctype html") {
            return known(Class::Page, "text/html", "html");
        }
        if begins("<?xml") {
            return known(Class::Known, "application/xml", "xml");
        }
    }
    const PAGES: [&str; 14] = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<title",
        "<meta",
        "<iframe",
        "<h1",
        "<div",
        "<p>",
        "<table",
        "<style",
        "<a ",
    ];
    if PAGES.iter().any(|word| begins(word)) {
        return known(Class::Page, "text/html", "html");
    }
    match infer::get(head) {
        Some(found) => {
            let class = match found.matcher_type() {
                infer::MatcherType::Image => Class::Picture,
                infer::MatcherType::Audio | infer::MatcherType::Video => Class::Recording,
                _ if found.mime_type() == "text/html" => Class::Page,
                _ => Class::Known,
            };
            known(class, found.mime_type(), found.extension())
        }
        None => Type {
            class: Class::Unknown,
            mime: None,
            ending: None,
        },
    }
}

/// What a file on disk is.
///
/// # Errors
/// When it cannot be read.
pub fn type_of_file(path: &Path) -> io::Result<Type> {
    let mut head = Vec::with_capacity(HEAD);
    File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(type_of(&head))
}

/// Width and height of the picture in a file, where it is one that is known.
pub fn measures(path: &Path) -> Option<(u32, u32)> {
    let file = BufReader::new(File::open(path).ok()?);
    let size = imagesize::reader_size(file).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_content() {
        for (head, class, ending) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF\0"[..], Class::Picture, Some("jpg")),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Class::Picture, Some("png")),
            (b"GIF89a\x01\0\x01\0", Class::Picture, Some("gif")),
            (
                b"<?xml version='1.0'?><!-- x --><svg xmlns='http://www.w3.org/2000/svg'>",
                Class::Picture,
                Some("svg"),
            ),
            (b"\xef\xbb\xbf \n<!DOCTYPE html><html>", Class::Page, Some("html")),
            (
                b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML'>",
                Class::Page,
                Some("html"),
            ),
            (b"<html><body>404", Class::Page, Some("html")),
            (b"ID3\x03\0\0\0", Class::Recording, Some("mp3")),
            (b"%PDF-1.4", Class::Known, Some("pdf")),
            (b"not found", Class::Unknown, None),
            (b"", Class::Unknown, None),
        ] {
            let found = type_of(head);
            assert_eq!((found.class, found.ending), (class, ending), "{head:?}");
        }
    }

    #[test]
    fn a_picture_says_its_measures() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(
            &mut file,
            b"GIF89a\x40\x01\xc8\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x40\x01\xc8\0\0\x02\x01D\0;",
        )
        .unwrap();
        assert_eq!(measures(file.path()), Some((320, 200)));
        assert_eq!(measures(Path::new("no such file")), None);
    }
}
