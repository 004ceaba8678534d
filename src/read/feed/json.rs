//! Blogger's JSON feeds (`?alt=json`) and their JSONP form: Atom mapped to JSON, text in `$t`, prefixes with `$`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value};

use super::FeedHead;
use super::members::tell_unknown;
use crate::ledger::{Notice, NoticeCode};
use crate::model::Record;
use crate::read::atom::{AtomCategory, AtomEntry, AtomLink, AtomPerson, AtomText};
use crate::read::blogger::number_of;
use crate::read::json::{Cutter, Layout, Piece, PieceKind};
use crate::read::unknown_fields::UnknownFields;
use crate::read::xml::utf8;
use crate::read::{
    Class, Damage, DamagedKind, DocumentReader, Entry, FormatInfo, Hints, MAX_ENTRY, ReadError, RecordSink, Sample,
    Span, UNKNOWN_BLOG, read_whole, too_long,
};

/// The reader of JSON feeds.
#[derive(Debug)]
pub struct JsonFeed;

static INFO: FormatInfo = FormatInfo {
    name: "blogger-json",
    title: "Blogger JSON feed",
    about: "a feed of posts or comments as JSON or JSONP (/feeds/posts/default?alt=json)",
    class: Class::Feed,
};

impl DocumentReader for JsonFeed {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        let text = sample.text();
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let is_call = text.starts_with("//")
            || text
                .split_once('(')
                .is_some_and(|(name, rest)| is_callback(name) && rest.trim_start().starts_with('{'));
        (text.starts_with('{') || is_call)
            && text.contains("\"feed\"")
            && text.contains("\"xmlns\"")
            && text.contains("$t\"")
    }

    fn recognise_damaged(&self, text: &str) -> bool {
        let is_xml = text.trim_start().starts_with('<');
        !is_xml
            && ["$t\"", "\"entry\"", "\"xmlns", "\"feed\""]
                .iter()
                .filter(|mark| text.contains(**mark))
                .count()
                >= 3
    }

    fn read(
        &self,
        input: &mut dyn io::BufRead,
        _hints: Hints<'_>,
        out: &mut dyn RecordSink,
    ) -> Result<Option<String>, ReadError> {
        let bytes = read_whole(input)?;
        // Entries need the head, which may stand behind them.
        let head = Head::of(&bytes)?;
        let version = head.version.clone();
        let own = entry(&head.feed);
        let feed = FeedHead::of(&own);
        let mut reading = Reading {
            head: &feed,
            out,
            found: 0,
            unknown: UnknownFields::default(),
        };
        if feed.blog != UNKNOWN_BLOG {
            reading.found += 1;
            reading.out.record(Record::Blog(Box::new(super::blog(&own, &feed))))?;
        }
        let mut input = bytes.as_slice();
        let mut cutter = Cutter::new(&mut input, &LAYOUT);
        while let Some(piece) = cutter.next()? {
            reading.piece(&piece)?;
        }
        for notice in std::mem::take(&mut reading.unknown).notices_of_feed() {
            reading.out.notice(notice);
        }
        if reading.found == 0 {
            return Err(ReadError::Unreadable(
                "the JSON feed is broken before its first entry".to_owned(),
            ));
        }
        Ok(version)
    }
}

/// A feed's document: `{"version":…,"feed":{…,"entry":[{…},…]}}`.
static LAYOUT: Layout = Layout {
    within: &["feed"],
    whole: &["author", "category", "link"],
    known: &[
        ("id", b'{'),
        ("updated", b'{'),
        ("category", b'['),
        ("title", b'{'),
        ("subtitle", b'{'),
        ("link", b'['),
        ("author", b'['),
        ("generator", b'{'),
        ("entry", b'['),
    ],
    is_element: |object| {
        let object = serde_json::from_slice::<BTreeMap<Cow<'_, str>, serde::de::IgnoredAny>>(object);
        object.is_ok_and(|members| members.contains_key("id") && members.contains_key("published"))
    },
    limit: MAX_ENTRY,
};

/// What the document says of the feed itself.
#[derive(Default)]
struct Head {
    version: Option<String>,
    feed: Map<String, Value>,
}

impl Head {
    /// Gathers the head's members; what is broken is told when the entries are read.
    fn of(bytes: &[u8]) -> Result<Head, ReadError> {
        let mut head = Head::default();
        let mut has_feed = false;
        let mut input = bytes;
        let mut cutter = Cutter::new(&mut input, &LAYOUT);
        while let Some(piece) = cutter.next()? {
            has_feed |= piece.level > 0;
            if piece.kind != PieceKind::Member {
                continue;
            }
            let Ok(value) = serde_json::from_str::<Value>(&utf8(piece.bytes).0) else {
                continue;
            };
            match piece.level {
                0 if piece.key == "version" => head.version = value.as_str().map(str::to_owned),
                1 => drop(head.feed.insert(piece.key.to_owned(), value)),
                _ => {}
            }
        }
        match has_feed {
            true => Ok(head),
            false => Err(ReadError::Unreadable("there is no feed in this JSON".to_owned())),
        }
    }
}

/// The entries on their way out.
struct Reading<'a> {
    head: &'a FeedHead,
    out: &'a mut dyn RecordSink,
    /// How many things were told.
    found: u64,
    /// Members of entries that Blogger does not write.
    unknown: UnknownFields,
}

impl Reading<'_> {
    fn piece(&mut self, piece: &Piece<'_>) -> io::Result<()> {
        match piece.kind {
            PieceKind::Element => self.element(piece),
            // A list of one may stand without its brackets.
            PieceKind::Member if piece.key == "entry" && piece.bytes.first() == Some(&b'{') => self.element(piece),
            PieceKind::Member => {
                if serde_json::from_str::<serde::de::IgnoredAny>(&utf8(piece.bytes).0).is_err() {
                    self.damaged(
                        piece,
                        false,
                        piece.offset,
                        "the head of the feed is broken here".to_owned(),
                    );
                }
                Ok(())
            }
            PieceKind::Broken { at, in_list } => {
                let what = match in_list {
                    true => "the entry is broken",
                    false => "the head of the feed is broken here",
                };
                self.damaged(piece, in_list, at, what.to_owned());
                Ok(())
            }
            PieceKind::Fault => {
                self.tell(
                    NoticeCode::FormFault,
                    "A fault of form that cost nothing: something that is no JSON between two entries.",
                    piece.offset,
                );
                Ok(())
            }
            PieceKind::TooLong { in_list } => {
                self.damaged(piece, in_list, piece.offset, too_long());
                Ok(())
            }
            PieceKind::CutOff { in_list } => {
                if in_list && !piece.bytes.is_empty() {
                    let what = "the file ends in the middle of this entry".to_owned();
                    self.damaged(piece, true, piece.offset, what);
                }
                self.tell(
                    NoticeCode::Truncated,
                    "The file ends before it is complete: it was cut off. What is whole was read.",
                    piece.offset,
                );
                Ok(())
            }
            PieceKind::Behind if piece.bytes.contains(&b'{') => {
                let what = "more stands behind the end of the feed, and was not read".to_owned();
                self.damaged(piece, false, piece.offset, what);
                Ok(())
            }
            PieceKind::Behind => {
                self.tell(
                    NoticeCode::FormFault,
                    "A fault of form that cost nothing: something stands behind the end of the feed.",
                    piece.offset,
                );
                Ok(())
            }
        }
    }

    fn element(&mut self, piece: &Piece<'_>) -> io::Result<()> {
        let (text, damaged_at) = utf8(piece.bytes);
        let object = match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(object)) => object,
            // A list that another version of the feed has.
            _ if piece.key != "entry" => return Ok(()),
            Ok(_) => {
                self.damaged(piece, true, piece.offset, "it is no entry".to_owned());
                return Ok(());
            }
            Err(error) => {
                self.damaged(piece, true, piece.offset, format!("the entry is broken: {error}"));
                return Ok(());
            }
        };
        // The list's own name may be what is damaged.
        if piece.key != "entry" && !(LAYOUT.is_element)(text.as_bytes()) {
            return Ok(());
        }
        if let Some(at) = damaged_at {
            let at = piece.offset + at as u64;
            self.tell(
                NoticeCode::DamagedText,
                "Bytes that are no text were replaced in this entry.",
                at,
            );
        }
        self.found += 1;
        tell_unknown(&object, &mut |path| self.unknown.add(path, piece.offset));
        let mut atom = entry(&object);
        for record in super::records(&mut atom, self.head, INFO.name, Span::default()) {
            match record {
                Entry::Post(mut post) => {
                    no_place(&mut post.provenance);
                    self.out.record(Record::Post(post))?;
                }
                Entry::Comment { blog, mut comment } => {
                    no_place(&mut comment.provenance);
                    self.out.comment(&blog, *comment)?;
                }
                Entry::Media(media) => self.out.record(Record::Media(media))?,
            }
        }
        Ok(())
    }

    fn tell(&mut self, code: NoticeCode, message: &'static str, offset: u64) {
        self.out.notice(Notice::new(code, message).at_byte(offset));
    }

    fn damaged(&mut self, piece: &Piece<'_>, is_entry: bool, offset: u64, what: String) {
        let id = id_in(piece.bytes);
        let kind = match is_entry {
            true if self.head.is_comments => DamagedKind::Comment,
            true => DamagedKind::Post,
            false => DamagedKind::Other,
        };
        self.out.damaged(Damage {
            offset,
            what,
            kind,
            id: id.filter(|_| is_entry),
        });
    }
}

/// The number in an entry's id, from the bytes of one that is broken.
fn id_in(bytes: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(bytes, b"\"tag:blogger.com,1999:")?;
    let rest = bytes.get(at + 1..)?;
    let end = memchr::memchr(b'"', rest)?;
    number_of(std::str::from_utf8(rest.get(..end)?).ok()?).map(str::to_owned)
}

/// A JSON value has no byte place that would mean anything to a reader of the file.
fn no_place(provenance: &mut [crate::model::Provenance]) {
    for place in provenance {
        place.offset = None;
        place.length = None;
    }
}

fn is_callback(name: &str) -> bool {
    !name.trim().is_empty()
        && name
            .trim()
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '[' | ']'))
}

fn entry(object: &Map<String, Value>) -> AtomEntry<'_> {
    let mut entry = AtomEntry::default();
    for (key, value) in object {
        match key.as_str() {
            "id" => entry.id = text(value),
            "published" => entry.published = text(value),
            "updated" => entry.updated = text(value),
            "generator" => entry.generator = text(value),
            "title" => entry.title = construct(value),
            "subtitle" => entry.subtitle = construct(value),
            "summary" => entry.summary = construct(value),
            "content" => entry.content = construct(value),
            "author" => entry.authors = list(value).map(person).collect(),
            "category" => {
                entry.categories = list(value)
                    .map(|c| AtomCategory {
                        scheme: member(c, "scheme"),
                        term: member(c, "term"),
                    })
                    .collect();
            }
            "link" => {
                entry.links = list(value)
                    .map(|l| AtomLink {
                        rel: member(l, "rel"),
                        href: member(l, "href"),
                        media_type: member(l, "type"),
                        title: member(l, "title"),
                        length: member(l, "length"),
                    })
                    .filter(|l| l.href.is_some())
                    .collect();
            }
            "thr$in-reply-to" => {
                let first = list(value).next();
                entry.in_reply_to = first.and_then(|r| member(r, "ref"));
                entry.in_reply_to_href = first.and_then(|r| member(r, "href"));
            }
            "thr$total" => entry.total = text(value),
            "media$thumbnail" => entry.thumbnail = member(value, "url"),
            "gd$extendedProperty" => {
                entry.properties = list(value)
                    .filter_map(|p| Some((member(p, "name")?, member(p, "value").unwrap_or_default())))
                    .collect();
            }
            "georss$featurename" => entry.place = text(value),
            "georss$point" => {
                entry.point = text(value).and_then(|p| {
                    p.split_once(' ')
                        .map(|(lat, lon)| (lat.to_owned().into(), lon.trim().to_owned().into()))
                });
            }
            "georss$box" => entry.place_extent = text(value),
            "app$control" => {
                entry.draft = value.get("app$draft").and_then(text);
            }
            "entry" | "openSearch$totalResults" | "openSearch$startIndex" | "openSearch$itemsPerPage" => {}
            other if other.starts_with("xmlns") => {}
            other => {
                if let Some(text) = text(value) {
                    entry.others.push((other.replace('$', ":"), text.into_owned()));
                }
            }
        }
    }
    entry
}

fn construct(value: &Value) -> Option<AtomText<'_>> {
    Some(AtomText {
        form: member(value, "type"),
        src: member(value, "src"),
        text: text(value).unwrap_or_default(),
    })
}

fn person(value: &Value) -> AtomPerson<'_> {
    AtomPerson {
        name: value.get("name").and_then(text),
        uri: value.get("uri").and_then(text).filter(|u| !u.is_empty()),
        email: value.get("email").and_then(text).filter(|e| !e.is_empty()),
        image: value.get("gd$image").and_then(|i| member(i, "src")),
        account: None,
    }
}

fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        other => other.get("$t").and_then(Value::as_str).map(Cow::Borrowed),
    }
}

fn member<'a>(value: &'a Value, name: &str) -> Option<Cow<'a, str>> {
    match value.get(name)? {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// The elements of an array, or the one value that stands in its place.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(list) => list.iter(),
        other => std::slice::from_ref(other).iter(),
    }
}
