//! An Atom entry as nearly every file writes it, read in one step over its bytes: known elements in a known order of nothing
//! but text or attributes. Whatever is written in any other way (markup in texts, CDATA, comments, declarations, elements
//! that no field holds, entities that XML does not know) is left to the walker, which decides what it means. A test holds
//! the two equal.

use std::borrow::Cow;

use memchr::memchr;

use super::{AtomCategory, AtomEntry, AtomLink, AtomPerson, AtomText};
use crate::near;
use crate::read::Want;
use crate::read::xml::{Namespaces, Ns, Plain, attribute_value, decode, name_end, trim};

// What Blogger writes as values, with the quotation mark that ends them.
const RELATIONS: [&str; 5] = ["replies'", "edit'", "self'", "alternate'", "related'"];
const MEDIA_TYPES: [&str; 2] = ["application/atom+xml'", "text/html'"];
const SCHEMES: [&str; 2] = [
    "http://schemas.google.com/g/2005#kind'",
    "http://www.blogger.com/atom/ns#'",
];
const KINDS: [&str; 2] = [
    "http://schemas.google.com/blogger/2008/kind#comment'",
    "http://schemas.google.com/blogger/2008/kind#post'",
];
const PROPERTIES: [&str; 2] = ["blogger.itemClass'", "blogger.displayTime'"];
const THUMBNAIL: [&str; 1] = ["http://schemas.google.com/g/2005#thumbnail'"];
const SIZES: [&str; 2] = ["16'", "32'"];
const FORMS: [&str; 2] = ["html'", "text'"];

/// Reads an entry from its bytes into `entry`; `None` where the walker has to, from the beginning.
pub(super) fn scan<'a>(
    text: &'a str,
    plain: Plain,
    namespaces: &Namespaces,
    want: Want,
    entry: &mut AtomEntry<'a>,
) -> Option<()> {
    let mut scan = Scan {
        text,
        plain,
        at: 0,
        namespaces,
    };
    // An entry without a namespace is Atom's: its document forgot to say so.
    if !matches!(namespaces.get(""), None | Some(Ns::Atom | Ns::None)) || !scan.passes("<entry") {
        return None;
    }
    if scan.attributes(|_, _| {})? == Tag::Empty {
        return None;
    }
    scan.entry(want, entry)
}

/// How a start tag ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// `>`
    Open,
    /// `/>`
    Empty,
}

/// A scan while it goes on.
struct Scan<'a, 'n> {
    text: &'a str,
    plain: Plain,
    /// Where the scan is.
    at: usize,
    namespaces: &'n Namespaces,
}

impl<'a> Scan<'a, '_> {
    fn entry(mut self, want: Want, entry: &mut AtomEntry<'a>) -> Option<()> {
        loop {
            self.space();
            let [b'<', first] = *self.bytes().get(self.at..)?.first_chunk::<2>()? else {
                return None;
            };
            match first {
                b'i' => {
                    self.open("<id")?;
                    first_only(&mut entry.id, self.trimmed("</id>")?)?;
                }
                b'p' => {
                    self.open("<published")?;
                    first_only(&mut entry.published, self.trimmed("</published>")?)?;
                }
                b'u' => {
                    self.open("<updated")?;
                    first_only(&mut entry.updated, self.trimmed("</updated>")?)?;
                }
                b't' if self.passes("<title") => {
                    first_only(&mut entry.title, self.text_construct("</title>")?)?;
                }
                b't' => self.threading(entry)?,
                b's' => {
                    self.literal("<summary")?;
                    first_only(&mut entry.summary, self.text_construct("</summary>")?)?;
                }
                b'c' if self.passes("<content") => match want {
                    Want::Record => first_only(&mut entry.content, self.text_construct("</content>")?)?,
                    Want::Card => {
                        let (mut content, tag) = self.text_attributes()?;
                        entry.unread = match tag {
                            Tag::Open => self.raw("</content>")?,
                            Tag::Empty => "",
                        };
                        content.text = Cow::Borrowed("");
                        first_only(&mut entry.content, content)?;
                    }
                },
                b'c' => {
                    self.literal("<category")?;
                    let mut category = AtomCategory {
                        scheme: self.usual_of(" scheme='", SCHEMES)?,
                        term: self.usual_of(" term='", KINDS)?,
                    };
                    let tag = self.attributes(|name, value| match name {
                        "scheme" => keep(&mut category.scheme, value),
                        "term" => keep(&mut category.term, value),
                        _ => {}
                    });
                    self.ends(tag?, "</category>")?;
                    entry.categories.push(category);
                }
                b'l' => self.link(entry)?,
                b'a' if self.passes("<app:control") => {
                    self.means("app", Ns::App)?;
                    self.literal("><app:draft>")?;
                    let word = self.trimmed("</app:draft>")?;
                    self.literal("</app:control>")?;
                    entry.draft = Some(Cow::Owned(word.into_owned()));
                }
                b'a' => {
                    self.open("<author")?;
                    let person = self.person()?;
                    entry.authors.push(person);
                }
                b'g' => {
                    self.prefixed("<gd:extendedProperty", "gd", Ns::Gd)?;
                    let (mut property, mut content) = (self.usual_of(" name='", PROPERTIES)?, self.usual(" value='")?);
                    let tag = self.attributes(|name, value| match name {
                        "name" => keep(&mut property, value),
                        "value" => keep(&mut content, value),
                        _ => {}
                    });
                    self.ends(tag?, "</gd:extendedProperty>")?;
                    entry
                        .properties
                        .push((property.unwrap_or_default(), content.unwrap_or_default()));
                }
                b'm' => {
                    self.prefixed("<media:thumbnail", "media", Ns::Media)?;
                    let mut url = self.usual(" url='")?;
                    let tag = self.attributes(|name, value| {
                        if name == "url" {
                            keep(&mut url, value);
                        }
                    });
                    self.ends(tag?, "</media:thumbnail>")?;
                    entry.thumbnail = url;
                }
                b'b' => self.blogger(entry)?,
                b'e' => self.literal("<enclosure/>")?,
                b'/' => {
                    self.literal("</entry>")?;
                    return (self.at == self.text.len()).then_some(());
                }
                _ => return None,
            }
        }
    }

    fn link(&mut self, entry: &mut AtomEntry<'a>) -> Option<()> {
        self.literal("<link")?;
        let mut link = AtomLink {
            rel: self.usual_of(" rel='", RELATIONS)?,
            media_type: self.usual_of(" type='", MEDIA_TYPES)?,
            href: self.usual(" href='")?,
            title: self.usual(" title='")?,
            length: None,
        };
        let tag = self.attributes(|name, value| {
            let place = match name {
                "rel" => &mut link.rel,
                "href" => &mut link.href,
                "type" => &mut link.media_type,
                "title" => &mut link.title,
                "length" => &mut link.length,
                _ => return,
            };
            keep(place, value);
        });
        self.ends(tag?, "</link>")?;
        if link.href.is_some() {
            entry.links.add(link);
        }
        Some(())
    }

    fn threading(&mut self, entry: &mut AtomEntry<'a>) -> Option<()> {
        if self.passes("<thr:total") {
            self.means("thr", Ns::Thr)?;
            self.literal(">")?;
            entry.total = Some(self.trimmed("</thr:total>")?);
            return Some(());
        }
        self.prefixed("<thr:in-reply-to", "thr", Ns::Thr)?;
        let (mut address, mut reference) = (self.usual(" href='")?, self.usual(" ref='")?);
        self.usual(" source='")?;
        self.usual_of(" type='", MEDIA_TYPES)?;
        let tag = self.attributes(|name, value| match name {
            "ref" => keep(&mut reference, value),
            "href" => keep(&mut address, value),
            _ => {}
        });
        self.ends(tag?, "</thr:in-reply-to>")?;
        entry.in_reply_to = reference;
        entry.in_reply_to_href = address;
        Some(())
    }

    fn blogger(&mut self, entry: &mut AtomEntry<'a>) -> Option<()> {
        self.prefixed("<blogger:", "blogger", Ns::Blogger)?;
        let name = self.name()?;
        let (place, end) = match name {
            "type" => (&mut entry.kind, "</blogger:type>"),
            "status" => (&mut entry.status, "</blogger:status>"),
            "parent" => (&mut entry.parent, "</blogger:parent>"),
            "inReplyTo" => (&mut entry.parent_comment, "</blogger:inReplyTo>"),
            "filename" => (&mut entry.filename, "</blogger:filename>"),
            "metaDescription" => (&mut entry.meta_description, "</blogger:metaDescription>"),
            "trashed" => (&mut entry.trashed, "</blogger:trashed>"),
            "created" => (&mut entry.created, "</blogger:created>"),
            "location" => {
                self.literal("/>")?;
                entry.point = None;
                return Some(());
            }
            _ => return None,
        };
        if self.passes("/>") {
            *place = None;
            return Some(());
        }
        self.literal(">")?;
        // The one text of them that people write keeps its white space.
        let text = match name {
            "metaDescription" => self.decoded(end)?,
            _ => self.trimmed(end)?,
        };
        *place = (!text.is_empty()).then_some(text);
        Some(())
    }

    /// A person, behind its start tag.
    fn person(&mut self) -> Option<AtomPerson<'a>> {
        let mut person = AtomPerson::default();
        loop {
            self.space();
            if self.passes("<name>") {
                person.name = Some(self.trimmed("</name>")?);
            } else if self.passes("<uri>") {
                person.uri = Some(self.trimmed("</uri>")?).filter(|t| !t.is_empty());
            } else if self.passes("<email>") {
                person.email = Some(self.trimmed("</email>")?).filter(|t| !t.is_empty());
            } else if self.passes("</author>") {
                return Some(person);
            } else if self.passes("<blogger:type>") {
                if self.namespaces.get("blogger") != Some(Ns::Blogger) {
                    return None;
                }
                person.account = Some(self.trimmed("</blogger:type>")?).filter(|t| !t.is_empty());
            } else {
                self.prefixed("<gd:image", "gd", Ns::Gd)?;
                self.usual_of(" rel='", THUMBNAIL)?;
                self.usual_of(" width='", SIZES)?;
                self.usual_of(" height='", SIZES)?;
                let mut src = self.usual(" src='")?;
                let tag = self.attributes(|name, value| {
                    if name == "src" {
                        keep(&mut src, value);
                    }
                });
                self.ends(tag?, "</gd:image>")?;
                person.image = src;
            }
        }
    }

    /// A text with its attributes, behind the name in its start tag.
    fn text_construct(&mut self, end: &str) -> Option<AtomText<'a>> {
        let (mut construct, tag) = self.text_attributes()?;
        if tag == Tag::Open {
            construct.text = self.decoded(end)?;
        }
        Some(construct)
    }

    fn text_attributes(&mut self) -> Option<(AtomText<'a>, Tag)> {
        let mut construct = AtomText {
            form: self.usual_of(" type='", FORMS)?,
            ..AtomText::default()
        };
        let tag = self.attributes(|name, value| match name {
            "type" => keep(&mut construct.form, value),
            "src" => keep(&mut construct.src, value),
            _ => {}
        })?;
        Some((construct, tag))
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// Goes behind this, where it stands here. Nearly all that is asked for is a few bytes known beforehand, which are
    /// compared at once where this is inlined.
    #[inline(always)]
    fn passes(&mut self, what: &str) -> bool {
        let is_here = self
            .bytes()
            .get(self.at..)
            .and_then(|rest| rest.get(..what.len()))
            .is_some_and(|here| here == what.as_bytes());
        if is_here {
            self.at += what.len();
        }
        is_here
    }

    /// These very bytes, or it is not the usual form.
    #[inline(always)]
    fn literal(&mut self, what: &str) -> Option<()> {
        self.passes(what).then_some(())
    }

    /// A start tag without attributes.
    #[inline(always)]
    fn open(&mut self, tag: &str) -> Option<()> {
        self.literal(tag)?;
        self.literal(">")
    }

    /// The beginning of a tag whose prefix means what it means everywhere.
    fn prefixed(&mut self, tag: &str, prefix: &str, ns: Ns) -> Option<()> {
        self.literal(tag)?;
        self.means(prefix, ns)
    }

    /// Whether the prefix of the tag at hand, behind whose name the scan is, means this: by a declaration of its own, which
    /// Blogger writes in front of all attributes, or by the root's.
    fn means(&mut self, prefix: &str, ns: Ns) -> Option<()> {
        let from = self.at;
        if self.passes(" xmlns:") && self.passes(prefix) {
            let [b'=', quote @ (b'\'' | b'"')] = *self.bytes().get(self.at..)?.first_chunk::<2>()? else {
                return None;
            };
            let value = self.at + 2;
            let length = memchr(quote, self.bytes().get(value..)?)?;
            self.at = value + length + 1;
            let uri = self.text.get(value..value + length)?;
            return (Ns::of_uri(uri) == ns).then_some(());
        }
        self.at = from;
        (self.namespaces.get(prefix) == Some(ns)).then_some(())
    }

    fn name(&mut self) -> Option<&'a str> {
        let end = name_end(self.bytes(), self.at)?;
        let name = self.text.get(self.at..end)?;
        self.at = end;
        Some(name)
    }

    /// Goes over white space; gives whether there was any.
    #[inline]
    fn space(&mut self) -> bool {
        let from = self.at;
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes().get(self.at) {
            self.at += 1;
        }
        self.at > from
    }

    /// Goes over the attributes and the end of a start tag. `None` where one declares a namespace.
    #[inline]
    fn attributes(&mut self, mut meet: impl FnMut(&'a str, Cow<'a, str>)) -> Option<Tag> {
        loop {
            let was_space = self.space();
            match *self.bytes().get(self.at)? {
                b'>' => {
                    self.at += 1;
                    return Some(Tag::Open);
                }
                b'/' => {
                    self.literal("/>")?;
                    return Some(Tag::Empty);
                }
                _ if !was_space => return None,
                _ => {}
            }
            let name = self.name()?;
            if name.starts_with("xmlns") {
                return None;
            }
            let [b'=', quote @ (b'\'' | b'"')] = *self.bytes().get(self.at..)?.first_chunk::<2>()? else {
                return None;
            };
            self.at += 2;
            let value = self.value(quote)?;
            meet(name, value);
        }
    }

    /// The value of an attribute that comes next as Blogger writes it; `None` inside where another does. What stands in
    /// another order is left to [`Scan::attributes`].
    #[inline(always)]
    fn usual(&mut self, opening: &str) -> Option<Option<Cow<'a, str>>> {
        if self.passes(opening) {
            self.value(b'\'').map(Some)
        } else {
            Some(None)
        }
    }

    /// The same for an attribute that nearly always has one of a few values, each with the quotation mark behind it: these are
    /// compared and not looked through.
    #[inline(always)]
    fn usual_of<const N: usize>(&mut self, opening: &str, known: [&'static str; N]) -> Option<Option<Cow<'a, str>>> {
        if !self.passes(opening) {
            return Some(None);
        }
        let from = self.at;
        for value in known {
            if self.passes(value) {
                return Some(Some(Cow::Borrowed(self.text.get(from..self.at - 1)?)));
            }
        }
        self.value(b'\'').map(Some)
    }

    /// A value, from behind its first quotation mark to behind its last.
    #[inline]
    fn value(&mut self, quote: u8) -> Option<Cow<'a, str>> {
        let from = self.at;
        let rest = self.bytes().get(from..)?;
        let first = near::find(rest, [quote, b'&', b'&'], b' ')?;
        if rest.get(first) == Some(&quote) {
            self.at = from + first + 1;
            return Some(Cow::Borrowed(self.text.get(from..from + first)?));
        }
        let to = from + first + memchr(quote, rest.get(first..)?)?;
        self.at = to + 1;
        known(attribute_value(self.text.get(from..to)?))
    }

    /// The end tag of an element that has nothing in it, if it needs one.
    #[inline]
    fn ends(&mut self, tag: Tag, end: &str) -> Option<()> {
        match tag {
            Tag::Empty => Some(()),
            Tag::Open => self.literal(end),
        }
    }

    /// The text up to this end tag, as it is written; the scan goes on behind the tag.
    #[inline]
    fn raw(&mut self, end: &str) -> Option<&'a str> {
        let from = self.at;
        self.at = match self.plain.end_of(from) {
            Some(end) => end,
            None => from + memchr(b'<', self.bytes().get(from..)?)?,
        };
        let raw = self.text.get(from..self.at)?;
        self.literal(end)?;
        Some(raw)
    }

    /// The text up to this end tag.
    #[inline]
    fn decoded(&mut self, end: &str) -> Option<Cow<'a, str>> {
        known(decode(self.raw(end)?))
    }

    /// The text up to this end tag, without white space around it.
    #[inline]
    fn trimmed(&mut self, end: &str) -> Option<Cow<'a, str>> {
        let from = self.at;
        let rest = self.bytes().get(from..)?;
        let first = near::find(rest, *b"<&\r", 0)?;
        if rest.get(first) == Some(&b'<') {
            self.at += first;
            let raw = self.text.get(from..self.at)?;
            self.literal(end)?;
            return Some(Cow::Borrowed(trim(raw)));
        }
        Some(match self.decoded(end)? {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        })
    }
}

/// Decoded text, where XML knows all that is in it.
fn known(decoded: crate::read::xml::Decoded<'_>) -> Option<Cow<'_, str>> {
    decoded.unknown.is_none().then_some(decoded.text)
}

/// Sets what should be there once; where it is there twice, the walker decides.
fn first_only<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// Sets an attribute: of two with one name the first counts.
fn keep<'a>(place: &mut Option<Cow<'a, str>>, value: Cow<'a, str>) {
    place.get_or_insert(value);
}

#[cfg(test)]
mod tests;
