//! Blogger's JSON feeds (`?alt=json`) and their JSONP form: Atom mapped to JSON, text in `$t`, prefixes with `$`.

use std::borrow::Cow;
use std::io;

use serde_json::{Map, Value};

use super::FeedHead;
use crate::model::Record;
use crate::read::atom::{AtomCategory, AtomEntry, AtomLink, AtomPerson, AtomText};
use crate::read::{Class, DocumentReader, Entry, FormatInfo, Hints, ReadError, RecordSink, Sample, Span, read_whole};

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

    fn read(
        &self,
        input: &mut dyn io::BufRead,
        _hints: Hints<'_>,
        out: &mut dyn RecordSink,
    ) -> Result<Option<String>, ReadError> {
        let bytes = read_whole(input)?;
        let (text, _) = crate::read::xml::utf8(&bytes);
        let json = unwrap_callback(&text);
        let document: Value = serde_json::Deserializer::from_str(json)
            .into_iter::<Value>()
            .next()
            .unwrap_or(Ok(Value::Null))
            .map_err(|e| ReadError::Unreadable(format!("the JSON feed is broken: {e}")))?;
        let feed = document
            .get("feed")
            .and_then(Value::as_object)
            .ok_or_else(|| ReadError::Unreadable("there is no feed in this JSON".to_owned()))?;
        let own = entry(feed);
        let head = FeedHead::of(&own);
        out.record(Record::Blog(Box::new(super::blog(&own, &head))))?;
        // A feed without entries has no such key at all.
        let entries = feed.get("entry").and_then(Value::as_array);
        for value in entries.into_iter().flatten() {
            let Some(object) = value.as_object() else {
                continue;
            };
            let mut atom = entry(object);
            for record in super::records(&mut atom, &head, INFO.name, Span::default()) {
                match record {
                    Entry::Post(mut post) => {
                        no_place(&mut post.provenance);
                        out.record(Record::Post(post))?;
                    }
                    Entry::Comment { blog, mut comment } => {
                        no_place(&mut comment.provenance);
                        out.comment(&blog, *comment)?;
                    }
                    Entry::Media(media) => out.record(Record::Media(media))?,
                }
            }
        }
        let version = document.get("version").and_then(Value::as_str);
        Ok(version.map(str::to_owned))
    }
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

/// The JSON inside `// API callback` and `name({…});`.
fn unwrap_callback(text: &str) -> &str {
    let mut text = text.trim_start_matches('\u{feff}').trim_start();
    while let Some(rest) = text.strip_prefix("//") {
        text = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    }
    if text.starts_with('{') {
        return text;
    }
    text.find('{').and_then(|at| text.get(at..)).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_call_away() {
        for text in [
            "{\"a\":1}",
            "cb({\"a\":1});",
            "// API callback\nx.y({\"a\":1});\n",
            "\u{feff} {\"a\":1}",
        ] {
            let json = unwrap_callback(text);
            let value: Value = serde_json::Deserializer::from_str(json)
                .into_iter()
                .next()
                .unwrap()
                .unwrap();
            assert_eq!(value["a"], 1);
        }
    }
}
