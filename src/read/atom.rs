//! Atom entries as Blogger writes them: the one form behind the legacy export, Takeout and the feeds.
//!
//! [`AtomEntry`] is what an entry says, by the source's own words; what that means (post, comment, setting) is the
//! business of each format. Blogger's JSON feeds are Atom mapped to JSON and fill the same type.

use std::borrow::Cow;
use std::io;

use serde_json::Value;

use super::xml::{Event, Fault, Namespaces, Ns, Piece, PieceKind, Splitter, Walker, end_tag, root};
use super::{Context, Damage, DamagedKind, Entry, ReadError, Sink, Span, Want};
use crate::ledger::{Notice, NoticeCode};
use crate::model::SourceData;

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
    pub authors: Vec<AtomPerson<'a>>,
    /// `category`
    pub categories: Vec<AtomCategory<'a>>,
    /// `link`
    pub links: Vec<AtomLink<'a>>,
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
    pub properties: Vec<(Cow<'a, str>, Cow<'a, str>)>,
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
            match data.get_mut(name) {
                None => {
                    data.insert(name.clone(), Value::String(text.clone()));
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

/// Reads one `entry` (or the children of a `feed`) from its XML.
///
/// # Errors
/// Where the XML is broken.
pub fn parse_entry<'a>(
    text: &'a str,
    offset: u64,
    namespaces: &'a Namespaces,
    want: Want,
) -> Result<AtomEntry<'a>, Fault> {
    let mut walker = Walker::new(text, offset, namespaces);
    let mut entry = AtomEntry::default();
    // The element itself.
    while let Some(event) = walker.next_event()? {
        if matches!(event, Event::Start { .. }) {
            break;
        }
    }
    children(&mut walker, &mut entry, want)?;
    entry.tolerated = walker.tolerated().map(str::to_owned);
    Ok(entry)
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
        match (ns, &*name) {
            (Ns::Atom | Ns::None, "id") => first(&mut entry.id, trimmed(walker)?),
            (Ns::Atom | Ns::None, "published") => first(&mut entry.published, trimmed(walker)?),
            (Ns::Atom | Ns::None, "updated") => first(&mut entry.updated, trimmed(walker)?),
            (Ns::Atom | Ns::None, "generator") => first(&mut entry.generator, trimmed(walker)?),
            (Ns::Atom | Ns::None, "content" | "title" | "summary" | "subtitle") => {
                let is_content = &*name == "content";
                let mut text = AtomText {
                    form: attribute("type"),
                    src: attribute("src"),
                    text: Cow::Borrowed(""),
                };
                if is_content && want == Want::Card {
                    entry.unread = walker.pass()?;
                } else {
                    text.text = walker.text()?;
                }
                let place = match &*name {
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
                    if entry.links.is_empty() {
                        entry.links.reserve(6);
                    }
                    entry.links.push(link);
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

fn person<'a>(walker: &mut Walker<'a>) -> Result<AtomPerson<'a>, Fault> {
    let mut person = AtomPerson::default();
    let depth = walker.depth();
    while let Some(event) = walker.next_event()? {
        match event {
            Event::Start {
                ns,
                name,
                mut attributes,
            } => match (ns, &*name) {
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

/// Receives the entries of a feed in a survey.
pub trait Entries {
    /// The feed's own children; comes once, before the first entry.
    fn head(&mut self, feed: &AtomEntry<'_>, sink: &mut dyn Sink);
    /// An entry.
    fn entry(&mut self, span: Span, entry: AtomEntry<'_>, sink: &mut dyn Sink);
    /// Whether this entry's body is needed already in the survey.
    fn needs_content(&self, entry: &AtomEntry<'_>) -> bool {
        entry.id.is_none()
    }
}

/// Goes over an Atom document and hands on each entry, bodies left out. Gives the context for single entries.
///
/// # Errors
/// When the bytes cannot be had or are no Atom document.
pub fn survey(input: &mut dyn io::Read, sink: &mut dyn Sink, entries: &mut dyn Entries) -> Result<Context, ReadError> {
    let mut input = io::BufReader::with_capacity(super::Sample::SIZE, input);
    // The root is looked at before anything is split: it says under which prefix the entries stand.
    let start = String::from_utf8_lossy(io::BufRead::fill_buf(&mut input)?).into_owned();
    let root = root(&start).unwrap_or_default();
    let prefix = root.namespaces.prefix_of(Ns::Atom).unwrap_or_default();
    let entry_name = format!("{prefix}entry");
    let feed = format!("{prefix}feed");
    let entities_at = start.get(..root.at).and_then(|prolog| prolog.find("<!ENTITY"));
    drop(start);

    let namespaces = if root.name == "entry" {
        // A single entry: its own declarations are read with it.
        Namespaces::default()
    } else {
        root.namespaces.clone()
    };
    if root.has_garbage_before {
        sink.notice(
            Notice::new(
                NoticeCode::FormFault,
                "There is text before the XML begins; it was passed over.",
            )
            .at_byte(0),
        );
    }
    if let Some(at) = entities_at {
        sink.notice(
            Notice::new(
                NoticeCode::FormFault,
                "The document declares entities of its own. They are not expanded: where one is used, as in &name;, its name stands.",
            )
            .at_byte(at as u64),
        );
    }
    let mut splitter = Splitter::new(input, &[&entry_name]);
    let mut is_first = true;
    let mut root_is_closed = root.name == "entry";
    let mut end = 0;
    // The last piece outside of entries: where an end tag has no start tag, the lost entry is in it.
    let mut outside = Vec::new();
    while let Some(piece) = splitter.next_piece()? {
        end = piece.offset + piece.bytes.len() as u64;
        if std::mem::take(&mut is_first) {
            if piece.kind == PieceKind::Outside {
                read_head(&piece, root.at, &namespaces, |feed| entries.head(feed, sink));
            } else {
                entries.head(&AtomEntry::default(), sink);
            }
        }
        match piece.kind {
            PieceKind::Outside => {
                if let Some((_, behind)) = end_tag(piece.bytes, &feed) {
                    root_is_closed = true;
                    tell_trailing(&piece, behind, sink);
                }
                outside.clear();
                outside.extend_from_slice(piece.bytes);
            }
            PieceKind::Entry => survey_entry(&piece, &namespaces, sink, entries),
            PieceKind::Broken => {
                let is_end_only = piece.bytes.starts_with(b"</");
                sink.damaged(damage(
                    if is_end_only { &outside } else { piece.bytes },
                    piece.offset,
                    "the entry is broken: its beginning or end is missing".to_owned(),
                ));
            }
            PieceKind::CutOff => {
                sink.damaged(damage(
                    piece.bytes,
                    piece.offset,
                    "the file ends in the middle of this entry".to_owned(),
                ));
            }
        }
    }
    if !root_is_closed {
        sink.notice(
            Notice::new(
                NoticeCode::Truncated,
                "The file ends before it is complete: it was cut off. What is whole was read.",
            )
            .at_byte(end),
        );
    }
    Ok(Context {
        namespaces,
        ..Context::default()
    })
}

/// Whatever stands behind the end of the document is no part of it, and not passed over in silence.
fn tell_trailing(piece: &Piece<'_>, behind: usize, sink: &mut dyn Sink) {
    let behind_bytes = piece.bytes.get(behind..).unwrap_or_default();
    if !behind_bytes.trim_ascii().is_empty() {
        sink.notice(
            Notice::new(
                NoticeCode::FormFault,
                format!(
                    "{} bytes stand behind the end of the document; they were passed over.",
                    behind_bytes.len()
                ),
            )
            .at_byte(piece.offset + behind as u64),
        );
    }
}

fn read_head(piece: &Piece<'_>, root_at: usize, namespaces: &Namespaces, meet: impl FnOnce(&AtomEntry<'_>)) {
    let text = String::from_utf8_lossy(piece.bytes);
    let text = text.get(root_at..).unwrap_or_default();
    let mut walker = Walker::new(text, piece.offset, namespaces);
    let mut feed = AtomEntry::default();
    // The feed stays open here, and a fault in it costs no entry: what was read before it counts.
    if matches!(walker.next_event(), Ok(Some(_))) {
        let _ = children(&mut walker, &mut feed, Want::Record);
    }
    meet(&feed);
}

fn survey_entry(piece: &Piece<'_>, namespaces: &Namespaces, sink: &mut dyn Sink, entries: &mut dyn Entries) {
    let span = Span {
        offset: piece.offset,
        length: piece.bytes.len() as u64,
    };
    let (text, damaged_at) = super::xml::utf8(piece.bytes);
    if let Some(at) = damaged_at {
        sink.notice(
            Notice::new(
                NoticeCode::DamagedText,
                "Bytes that are no text were replaced in this entry.",
            )
            .at_byte(piece.offset + at as u64),
        );
    }
    if let Some(at) = control_character(piece.bytes) {
        sink.notice(
            Notice::new(
                NoticeCode::FormFault,
                "A fault of form that cost nothing: a control character that XML does not allow; it stands in the text.",
            )
            .at_byte(piece.offset + at as u64),
        );
    }
    let parse = |want| parse_entry(&text, piece.offset, namespaces, want);
    let parsed = parse(Want::Card).and_then(|entry| {
        if entries.needs_content(&entry) {
            parse(Want::Record)
        } else {
            Ok(entry)
        }
    });
    match parsed {
        Ok(entry) => {
            if let Some(tolerated) = &entry.tolerated {
                sink.notice(
                    Notice::new(
                        NoticeCode::FormFault,
                        format!("A fault of form that cost nothing: {tolerated}."),
                    )
                    .at_byte(piece.offset),
                );
            }
            entries.entry(span, entry, sink);
        }
        Err(fault) => {
            let mut damage = damage(piece.bytes, piece.offset, fault.what);
            damage.offset = fault.offset;
            sink.damaged(damage);
        }
    }
}

/// Where the first control character stands that XML does not allow, written out or as a reference.
fn control_character(bytes: &[u8]) -> Option<usize> {
    let is_control = |code: u32| code < 0x20 && !matches!(code, 0x09 | 0x0a | 0x0d);
    // Summed up without a branch a block is looked through at once; nearly all of them have none.
    let has_control = |block: &[u8]| {
        block
            .iter()
            .fold(false, |found, b| found | (*b < 0x20 && !matches!(*b, 9 | 10 | 13)))
    };
    let written = bytes.chunks(4096).position(has_control).and_then(|block| {
        let from = block * 4096;
        let at = bytes.get(from..)?.iter().position(|b| is_control(u32::from(*b)))?;
        Some(from + at)
    });
    let referred = memchr::memmem::find_iter(bytes, b"&#").find(|at| {
        let digits = bytes.get(at + 2..).unwrap_or_default();
        let end = digits.iter().take(9).position(|b| *b == b';').unwrap_or_default();
        let text = digits
            .get(..end)
            .and_then(|d| std::str::from_utf8(d).ok())
            .unwrap_or_default();
        let code = match text.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => text.parse().ok(),
        };
        code.is_some_and(is_control)
    });
    match (written, referred) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Reads one entry that was surveyed before; `meaning` says what it is.
///
/// # Errors
/// When its XML is broken.
pub fn read_entry(
    context: &Context,
    bytes: &[u8],
    offset: u64,
    meaning: impl FnOnce(&mut AtomEntry<'_>, Span) -> Vec<Entry>,
) -> Result<Vec<Entry>, Damage> {
    let span = Span {
        offset,
        length: bytes.len() as u64,
    };
    let (text, _) = super::xml::utf8(bytes);
    match parse_entry(&text, offset, &context.namespaces, Want::Record) {
        Ok(mut entry) => Ok(meaning(&mut entry, span)),
        Err(fault) => Err(Damage {
            offset: fault.offset,
            ..damage(bytes, offset, fault.what)
        }),
    }
}

/// Describes an entry that cannot be read, as far as its bytes tell.
pub fn damage(bytes: &[u8], offset: u64, what: String) -> Damage {
    let has = |needle: &[u8]| memchr::memmem::find(bytes, needle).is_some();
    let kind = if has(b"kind#comment") || has(b":type>COMMENT<") {
        DamagedKind::Comment
    } else if has(b"kind#settings") || has(b"kind#template") {
        DamagedKind::Other
    } else {
        DamagedKind::Post
    };
    let id = memchr::memmem::find(bytes, b"<id>").and_then(|at| {
        let rest = bytes.get(at + 4..)?;
        let end = memchr::memchr(b'<', rest)?;
        let text = std::str::from_utf8(rest.get(..end)?).ok()?;
        super::blogger::number_of(text).map(str::to_owned)
    });
    Damage { offset, what, kind, id }
}
