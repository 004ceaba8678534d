//! Atom entries as Blogger writes them: the one form behind the legacy export, Takeout and the feeds.
//!
//! [`AtomEntry`] is what an entry says, by the source's own words; what that means (post, comment, setting) is the
//! business of each format. Blogger's JSON feeds are Atom mapped to JSON and fill the same type.

mod document;
mod scan;

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::{Deref, DerefMut};

use serde_json::Value;
use smallvec::SmallVec;

use super::Want;
use super::xml::{Event, Fault, Namespaces, Ns, Plain, Walker};
use crate::model::SourceData;

pub use document::{Entries, damage, read_entry, survey};

/// A text construct: its `type` and the decoded text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtomText<'a> {
    /// `text`, `html` or `xhtml`; `text` where it is left out.
    pub form: Option<Cow<'a, str>>,
    /// The text, verbatim after XML decoding.
    pub text: Cow<'a, str>,
    /// Address of the content where it is not in the entry.
    pub src: Option<Cow<'a, str>>,
}

/// A person construct with Google's additions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtomPerson<'a> {
    /// `name`
    pub name: Option<Cow<'a, str>>,
    /// `uri`
    pub uri: Option<Cow<'a, str>>,
    /// `email`
    pub email: Option<Cow<'a, str>>,
    /// `gd:image/@src`
    pub image: Option<Cow<'a, str>>,
    /// `blogger:type`: BLOGGER, ANONYMOUS, …
    pub account: Option<Cow<'a, str>>,
}

/// `category`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtomCategory<'a> {
    /// `scheme`
    pub scheme: Option<Cow<'a, str>>,
    /// `term`; an empty `<category/>` has none.
    pub term: Option<Cow<'a, str>>,
}

/// `link`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtomLink<'a> {
    /// `rel`; `alternate` where it is left out.
    pub rel: Option<Cow<'a, str>>,
    /// `href`
    pub href: Option<Cow<'a, str>>,
    /// `type`
    pub media_type: Option<Cow<'a, str>>,
    /// `title`
    pub title: Option<Cow<'a, str>>,
    /// `length`
    pub length: Option<Cow<'a, str>>,
}

impl AtomLink<'_> {
    /// `href`
    pub fn href(&self) -> Option<&str> {
        self.href.as_deref()
    }
}

/// The links of an entry, in the memory of the last entry's: it is the largest piece that is asked for each of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AtomLinks<'a>(Vec<AtomLink<'a>>);

thread_local! {
    static ROOM: Cell<Vec<AtomLink<'static>>> = const { Cell::new(Vec::new()) };
}

/// Links of one entry for which memory is kept.
const KEPT: usize = 64;

impl<'a> AtomLinks<'a> {
    fn add(&mut self, link: AtomLink<'a>) {
        if self.0.capacity() == 0 {
            self.0 = ROOM.take();
            self.0.reserve(6);
        }
        self.0.push(link);
    }
}

impl<'a> FromIterator<AtomLink<'a>> for AtomLinks<'a> {
    fn from_iter<I: IntoIterator<Item = AtomLink<'a>>>(links: I) -> AtomLinks<'a> {
        AtomLinks(links.into_iter().collect())
    }
}

impl Drop for AtomLinks<'_> {
    fn drop(&mut self) {
        let mut links = std::mem::take(&mut self.0);
        links.clear();
        if (1..=KEPT).contains(&links.capacity()) {
            // Nothing is left that borrows; the list stays where it is.
            ROOM.set(links.into_iter().map_while(|_| None).collect());
        }
    }
}

impl<'a> Deref for AtomLinks<'a> {
    type Target = Vec<AtomLink<'a>>;

    fn deref(&self) -> &Vec<AtomLink<'a>> {
        &self.0
    }
}

impl<'a> DerefMut for AtomLinks<'a> {
    fn deref_mut(&mut self) -> &mut Vec<AtomLink<'a>> {
        &mut self.0
    }
}

/// An entry, or the feed itself: both have the same children.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AtomEntry<'a> {
    /// `id`
    pub id: Option<Cow<'a, str>>,
    /// `title`
    pub title: Option<AtomText<'a>>,
    /// `subtitle`, of a feed.
    pub subtitle: Option<AtomText<'a>>,
    /// `summary`
    pub summary: Option<AtomText<'a>>,
    /// `content`
    pub content: Option<AtomText<'a>>,
    /// `content` as it is written, where it was not read.
    pub unread: &'a str,
    /// `published`
    pub published: Option<Cow<'a, str>>,
    /// `updated`
    pub updated: Option<Cow<'a, str>>,
    /// `blogger:created`
    pub created: Option<Cow<'a, str>>,
    /// `author`
    pub authors: SmallVec<[AtomPerson<'a>; 1]>,
    /// `category`
    pub categories: SmallVec<[AtomCategory<'a>; 2]>,
    /// `link`
    pub links: AtomLinks<'a>,
    /// `generator`, of a feed.
    pub generator: Option<Cow<'a, str>>,
    /// `app:control/app:draft`
    pub draft: Option<Cow<'a, str>>,
    /// `thr:in-reply-to/@ref`
    pub in_reply_to: Option<Cow<'a, str>>,
    /// `thr:in-reply-to/@href`
    pub in_reply_to_href: Option<Cow<'a, str>>,
    /// `thr:total`
    pub total: Option<Cow<'a, str>>,
    /// `media:thumbnail/@url`
    pub thumbnail: Option<Cow<'a, str>>,
    /// `gd:extendedProperty`: name and value.
    pub properties: SmallVec<[(Cow<'a, str>, Cow<'a, str>); 3]>,
    /// `georss:featurename`, or `blogger:location/name`
    pub place: Option<Cow<'a, str>>,
    /// `georss:point`: latitude and longitude, or the two children of `blogger:location`.
    pub point: Option<(Cow<'a, str>, Cow<'a, str>)>,
    /// `georss:box` or `blogger:location/span`
    pub place_extent: Option<Cow<'a, str>>,
    /// `blogger:type`
    pub kind: Option<Cow<'a, str>>,
    /// `blogger:status`
    pub status: Option<Cow<'a, str>>,
    /// `blogger:parent`
    pub parent: Option<Cow<'a, str>>,
    /// `blogger:inReplyTo`
    pub parent_comment: Option<Cow<'a, str>>,
    /// `blogger:filename`
    pub filename: Option<Cow<'a, str>>,
    /// `blogger:metaDescription`
    pub meta_description: Option<Cow<'a, str>>,
    /// `blogger:trashed`
    pub trashed: Option<Cow<'a, str>>,
    /// Children that none of the above holds, by name.
    pub others: Vec<(String, String)>,
    /// A fault of form that cost nothing.
    pub tolerated: Option<String>,
}

impl<'a> AtomEntry<'a> {
    /// The address of the first link with this `rel`.
    pub fn link(&self, rel: &str) -> Option<&AtomLink<'a>> {
        self.links
            .iter()
            .find(|l| l.rel.as_deref().unwrap_or("alternate") == rel && l.href.is_some())
    }

    /// The value of an extended property.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(n, _)| n == name).map(|(_, v)| &**v)
    }

    /// The term of the category with this scheme.
    pub fn term(&self, scheme: &str) -> Option<&str> {
        self.categories
            .iter()
            .find(|c| c.scheme.as_deref() == Some(scheme))
            .and_then(|c| c.term.as_deref())
    }

    /// Children that no field holds, for `_source`.
    pub fn leftovers(&self) -> SourceData {
        let mut data = SourceData::new();
        for (name, text) in &self.others {
            match data.get_mut(name.as_str()) {
                None => {
                    data.insert(name.clone().into(), Value::String(text.clone()));
                }
                // A child that repeats becomes a list.
                Some(Value::Array(list)) => list.push(Value::String(text.clone())),
                Some(first) => {
                    *first = Value::Array(vec![first.take(), Value::String(text.clone())]);
                }
            }
        }
        data
    }
}

/// Reads one `entry` (or the children of a `feed`) from its XML into `entry`, which is a new one. (It is large, and would be
/// copied on each step of its way otherwise.) `plain` is what is known of the text's bytes already.
///
/// # Errors
/// Where the XML is broken.
pub fn parse_entry<'a>(
    text: &'a str,
    plain: Plain,
    offset: u64,
    namespaces: &'a Namespaces,
    want: Want,
    entry: &mut AtomEntry<'a>,
) -> Result<(), Fault> {
    match scan::scan(text, plain, namespaces, want, entry) {
        Some(()) => Ok(()),
        None => {
            *entry = AtomEntry::default();
            walk_entry(Walker::new(text, offset, namespaces), want, entry)
        }
    }
}

/// Reads an entry however it is written.
fn walk_entry<'a>(mut walker: Walker<'a>, want: Want, entry: &mut AtomEntry<'a>) -> Result<(), Fault> {
    // The element itself.
    while let Some(event) = walker.next_event()? {
        if matches!(event, Event::Start { .. }) {
            break;
        }
    }
    children(&mut walker, entry, want)?;
    entry.tolerated = walker.tolerated().map(str::to_owned);
    Ok(())
}

fn children<'a>(walker: &mut Walker<'a>, entry: &mut AtomEntry<'a>, want: Want) -> Result<(), Fault> {
    while let Some(event) = walker.next_event()? {
        let Event::Start {
            ns,
            name,
            mut attributes,
        } = event
        else {
            // Text between children says nothing; the end of the entry ends the text.
            continue;
        };
        let mut attribute = |n: &str| attributes.take(n);
        let (is_old, (ns, name)) = (ns == Ns::Atom03, renamed(ns, &name));
        match (ns, name) {
            (Ns::Atom | Ns::None, "id") => first(&mut entry.id, trimmed(walker)?),
            (Ns::Atom | Ns::None, "published") => first(&mut entry.published, trimmed(walker)?),
            (Ns::Atom | Ns::None, "updated") => first(&mut entry.updated, trimmed(walker)?),
            (Ns::Atom | Ns::None, "generator") => first(&mut entry.generator, trimmed(walker)?),
            (Ns::Atom | Ns::None, "content" | "title" | "summary" | "subtitle") => {
                let is_content = name == "content";
                let form = attribute("type");
                let mut text = AtomText {
                    form: if is_old { form.map(renamed_form) } else { form },
                    src: attribute("src"),
                    text: Cow::Borrowed(""),
                };
                if is_content && want == Want::Card {
                    entry.unread = walker.pass()?;
                } else {
                    text.text = walker.text()?;
                }
                let place = match name {
                    "content" => &mut entry.content,
                    "title" => &mut entry.title,
                    "summary" => &mut entry.summary,
                    _ => &mut entry.subtitle,
                };
                first(place, text);
            }
            (Ns::Atom | Ns::None, "author") => entry.authors.push(person(walker)?),
            (Ns::Atom | Ns::None, "category") => {
                entry.categories.push(AtomCategory {
                    scheme: attribute("scheme"),
                    term: attribute("term"),
                });
                walker.skip()?;
            }
            (Ns::Atom | Ns::None, "link") => {
                let mut link = AtomLink::default();
                attributes.take_all(|name, value| match name {
                    "rel" => link.rel = Some(value),
                    "href" => link.href = Some(value),
                    "type" => link.media_type = Some(value),
                    "title" => link.title = Some(value),
                    "length" => link.length = Some(value),
                    _ => {}
                });
                // Takeout writes an empty <link/>.
                if link.href.is_some() {
                    entry.links.add(link);
                }
                walker.skip()?;
            }
            (Ns::App, "control") => {
                nested(walker, |ns, name, text| {
                    if ns == Ns::App && name == "draft" {
                        entry.draft = Some(Cow::Owned(text.trim().to_owned()));
                    }
                })?;
            }
            (Ns::Thr, "in-reply-to") => {
                entry.in_reply_to = attribute("ref");
                entry.in_reply_to_href = attribute("href");
                walker.skip()?;
            }
            (Ns::Thr, "total") => entry.total = Some(trimmed(walker)?),
            (Ns::Media, "thumbnail") => {
                entry.thumbnail = attribute("url");
                walker.skip()?;
            }
            (Ns::Gd, "extendedProperty") => {
                entry.properties.push((
                    attribute("name").unwrap_or_default(),
                    attribute("value").unwrap_or_default(),
                ));
                walker.skip()?;
            }
            (Ns::GeoRss, "featurename") => entry.place = some(trimmed(walker)?),
            (Ns::GeoRss, "point") => {
                let point = trimmed(walker)?;
                entry.point = point
                    .split_once(' ')
                    .map(|(lat, lon)| (lat.to_owned().into(), lon.trim().to_owned().into()));
            }
            (Ns::GeoRss, "box") => entry.place_extent = some(trimmed(walker)?),
            (Ns::Blogger, "type") => entry.kind = some(trimmed(walker)?),
            (Ns::Blogger, "status") => entry.status = some(trimmed(walker)?),
            (Ns::Blogger, "parent") => entry.parent = some(trimmed(walker)?),
            (Ns::Blogger, "inReplyTo") => entry.parent_comment = some(trimmed(walker)?),
            (Ns::Blogger, "filename") => entry.filename = some(trimmed(walker)?),
            (Ns::Blogger, "metaDescription") => entry.meta_description = some(walker.text()?),
            (Ns::Blogger, "trashed") => entry.trashed = some(trimmed(walker)?),
            (Ns::Blogger, "created") => entry.created = some(trimmed(walker)?),
            (Ns::Blogger, "location") => {
                let (mut latitude, mut longitude) = (None, None);
                nested(walker, |_, name, text| {
                    let text = some(Cow::Owned(text.trim().to_owned()));
                    match name {
                        "name" => entry.place = text,
                        "latitude" => latitude = text,
                        "longitude" => longitude = text,
                        "span" => entry.place_extent = text,
                        _ => {}
                    }
                })?;
                entry.point = latitude.zip(longitude);
            }
            (ns, other) => {
                // Whatever it is, it is kept: its text, or its attributes where it has no text.
                let key = if ns == Ns::Atom || ns == Ns::None {
                    other.to_owned()
                } else {
                    format!("{}:{other}", format!("{ns:?}").to_lowercase())
                };
                let values: Vec<String> = attributes
                    .iter()
                    .filter(|(n, _)| !n.starts_with("xmlns"))
                    .map(|(n, v)| format!("{n}={v}"))
                    .collect();
                let text = walker.text()?.trim().to_owned();
                let value = if text.is_empty() { values.join(" ") } else { text };
                if !value.is_empty() {
                    entry.others.push((key, value));
                }
            }
        }
    }
    Ok(())
}

/// An element of Atom 0.3 by the name that it has in Atom 1.0 (Blogger's feeds until 2006).
fn renamed(ns: Ns, name: &str) -> (Ns, &str) {
    match (ns, name) {
        (Ns::Atom03, "tagline") => (Ns::Atom, "subtitle"),
        (Ns::Atom03, "issued") => (Ns::Atom, "published"),
        (Ns::Atom03, "modified") => (Ns::Atom, "updated"),
        (Ns::Atom03, "created") => (Ns::Blogger, "created"),
        // Of a person.
        (Ns::Atom03, "url") => (Ns::Atom, "uri"),
        (Ns::Atom03, name) => (Ns::Atom, name),
        other => other,
    }
}

/// The form of a text, of which Atom 0.3 tells the media type.
fn renamed_form(form: Cow<'_, str>) -> Cow<'_, str> {
    match &*form {
        "text/html" => Cow::Borrowed("html"),
        "application/xhtml+xml" => Cow::Borrowed("xhtml"),
        "text/plain" => Cow::Borrowed("text"),
        _ => form,
    }
}

fn person<'a>(walker: &mut Walker<'a>) -> Result<AtomPerson<'a>, Fault> {
    let mut person = AtomPerson::default();
    let depth = walker.depth();
    while let Some(event) = walker.next_event()? {
        match event {
            Event::Start {
                ns,
                name,
                mut attributes,
            } => match renamed(ns, &name) {
                (Ns::Atom | Ns::None, "name") => person.name = Some(trimmed(walker)?),
                (Ns::Atom | Ns::None, "uri") => person.uri = some(trimmed(walker)?),
                (Ns::Atom | Ns::None, "email") => person.email = some(trimmed(walker)?),
                (Ns::Blogger, "type") => person.account = some(trimmed(walker)?),
                (Ns::Gd, "image") => {
                    person.image = attributes.take("src");
                    walker.skip()?;
                }
                _ => walker.skip()?,
            },
            Event::End if walker.depth() < depth => break,
            Event::End | Event::Text(_) => {}
        }
    }
    Ok(person)
}

fn nested(walker: &mut Walker<'_>, mut meet: impl FnMut(Ns, &str, &str)) -> Result<(), Fault> {
    let depth = walker.depth();
    while let Some(event) = walker.next_event()? {
        match event {
            Event::Start { ns, name, .. } => {
                let text = walker.text()?;
                meet(ns, &name, &text);
            }
            Event::End if walker.depth() < depth => break,
            Event::End | Event::Text(_) => {}
        }
    }
    Ok(())
}

/// The text of the element that just began, without white space around it.
pub(crate) fn trimmed<'a>(walker: &mut Walker<'a>) -> Result<Cow<'a, str>, Fault> {
    Ok(match walker.text()? {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    })
}

/// Keeps the first of what should be there once: in a feed whose tags were moved about, the later are an entry's.
fn first<T>(place: &mut Option<T>, value: T) {
    if place.is_none() {
        *place = Some(value);
    }
}

fn some(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    (!text.is_empty()).then_some(text)
}
