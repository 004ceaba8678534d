//! blogark's own JSON document. It is read as a stream: one record at a time is in memory, however large the document.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::rc::Rc;

use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use serde_json::value::RawValue;

use super::{Class, Damage, DamagedKind, DocumentReader, FormatInfo, Hints, ReadError, RecordSink, Sample};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Archive, Blog, Comment, Media, Post, Record};

/// The reader of the JSON document.
#[derive(Debug)]
pub struct ArchiveJson;

static INFO: FormatInfo = FormatInfo {
    name: "json",
    title: "blogark archive, JSON",
    about: "what blogark convert --to json wrote",
    class: Class::Export,
};

impl DocumentReader for ArchiveJson {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        let text = sample.text();
        text.trim_start()
            .strip_prefix('{')
            .is_some_and(|rest| rest.trim_start().starts_with("\"archive\""))
            && text.contains("\"schema_version\"")
    }

    fn read(
        &self,
        input: &mut dyn io::BufRead,
        _hints: Hints<'_>,
        out: &mut dyn RecordSink,
    ) -> Result<Option<String>, ReadError> {
        let at = Rc::new(Cell::new(0));
        let mut state = State {
            out,
            version: None,
            at: Rc::clone(&at),
            records: 0,
            io: None,
        };
        let mut deserializer = serde_json::Deserializer::from_reader(Counted { input, at });
        let read = DocumentSeed(&mut state)
            .deserialize(&mut deserializer)
            .and_then(|()| deserializer.end());
        if let Some(error) = state.io {
            return Err(error.into());
        }
        if let Err(error) = read {
            if error.is_io() {
                return Err(ReadError::Io(error.into()));
            }
            if state.records == 0 {
                return Err(ReadError::Unreadable(format!(
                    "the JSON document breaks off or is broken: {error}"
                )));
            }
            state.out.notice(
                Notice::new(
                    NoticeCode::Truncated,
                    format!("The JSON document breaks off or is broken here ({error}). What stands before was read."),
                )
                .at_byte(state.at.get()),
            );
        }
        Ok(state.version)
    }
}

/// Counts the bytes that were read; a JSON parser takes them one by one.
struct Counted<'a> {
    input: &'a mut dyn io::BufRead,
    at: Rc<Cell<u64>>,
}

impl io::Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        self.at.set(self.at.get() + n as u64);
        Ok(n)
    }
}

struct State<'s> {
    out: &'s mut dyn RecordSink,
    version: Option<String>,
    /// How many bytes were read.
    at: Rc<Cell<u64>>,
    /// How many posts, comments and media were read.
    records: u64,
    /// The spool's error, which serde would turn into words.
    io: Option<io::Error>,
}

impl State<'_> {
    fn take<E: serde::de::Error>(&mut self, record: Record) -> Result<(), E> {
        if !matches!(record, Record::Archive(_) | Record::Blog(_)) {
            self.records += 1;
        }
        let result = match record {
            Record::Comment(mut comment) => {
                comment.record_type = None;
                let blog = comment._blog.take().unwrap_or_default();
                self.out.comment(&blog, *comment)
            }
            record => self.out.record(record),
        };
        result.map_err(|e| {
            let words = E::custom(&e);
            self.io = Some(e);
            words
        })
    }
}

impl State<'_> {
    /// An element that is JSON, and no record: it costs itself only.
    fn damaged(&mut self, raw: &str, error: &serde_json::Error) {
        #[derive(Deserialize)]
        struct Known {
            #[serde(rename = "type")]
            record_type: Option<String>,
            id: Option<String>,
        }
        let known: Option<Known> = serde_json::from_str(raw).ok();
        let (record_type, id) = known.map_or((None, None), |k| (k.record_type, k.id));
        self.records += 1;
        self.out.damaged(Damage {
            offset: self.at.get().saturating_sub(raw.len() as u64),
            what: format!("it does not fit the schema of an archive: {error}"),
            kind: match record_type.as_deref() {
                Some("post") => DamagedKind::Post,
                Some("comment") => DamagedKind::Comment,
                _ => DamagedKind::Other,
            },
            id,
        });
    }
}

struct DocumentSeed<'a, 's>(&'a mut State<'s>);

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a blogark archive")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let state = self.0;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "archive" => {
                    let head: Archive = map.next_value()?;
                    state.version = Some(head.schema_version.clone());
                    state.take(Record::Archive(Box::new(head)))?;
                }
                "blogs" => map.next_value_seed(Each::<Blog, _>::new(state, |b| Record::Blog(Box::new(b))))?,
                "posts" => map.next_value_seed(Each::<Post, _>::new(state, |p| Record::Post(Box::new(p))))?,
                "comments" => {
                    map.next_value_seed(Each::<Comment, _>::new(state, |c| Record::Comment(Box::new(c))))?;
                }
                "media" => map.next_value_seed(Each::<Media, _>::new(state, |m| Record::Media(Box::new(m))))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Hands on each element of an array as a record.
struct Each<'a, 's, T, F> {
    state: &'a mut State<'s>,
    record: F,
    element: std::marker::PhantomData<T>,
}

impl<'a, 's, T, F> Each<'a, 's, T, F> {
    fn new(state: &'a mut State<'s>, record: F) -> Self {
        Each {
            state,
            record,
            element: std::marker::PhantomData,
        }
    }
}

impl<'de, T: DeserializeOwned, F: Fn(T) -> Record> DeserializeSeed<'de> for Each<'_, '_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: DeserializeOwned, F: Fn(T) -> Record> Visitor<'de> for Each<'_, '_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(raw) = seq.next_element::<Box<RawValue>>()? {
            match serde_json::from_str::<T>(raw.get()) {
                Ok(element) => self.state.take((self.record)(element))?,
                Err(error) => self.state.damaged(raw.get(), &error),
            }
        }
        Ok(())
    }
}
