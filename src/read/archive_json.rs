//! blogark's own JSON document. It is read as a stream: one record at a time is in memory, however large the document.

use std::fmt;
use std::io;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Class, DocumentReader, FormatInfo, Hints, ReadError, RecordSink, Sample};
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
        let mut state = State {
            out,
            version: None,
            io: None,
        };
        let mut deserializer = serde_json::Deserializer::from_reader(input);
        let read = DocumentSeed(&mut state)
            .deserialize(&mut deserializer)
            .and_then(|()| deserializer.end());
        if let Some(error) = state.io {
            return Err(error.into());
        }
        read.map_err(|e| ReadError::Unreadable(format!("the JSON document breaks off or is broken: {e}")))?;
        Ok(state.version)
    }
}

struct State<'s> {
    out: &'s mut dyn RecordSink,
    version: Option<String>,
    /// The spool's error, which serde would turn into words.
    io: Option<io::Error>,
}

impl State<'_> {
    fn take<E: serde::de::Error>(&mut self, record: Record) -> Result<(), E> {
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

impl<'de, T: serde::Deserialize<'de>, F: Fn(T) -> Record> DeserializeSeed<'de> for Each<'_, '_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: serde::Deserialize<'de>, F: Fn(T) -> Record> Visitor<'de> for Each<'_, '_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(element) = seq.next_element::<T>()? {
            self.state.take((self.record)(element))?;
        }
        Ok(())
    }
}
