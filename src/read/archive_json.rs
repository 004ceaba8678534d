//! blogark's own JSON document. It is read as a stream: one record at a time is in memory, however large the document.

use std::io;

use serde::Deserialize;

use super::archive_lines::{record_type, with_ids};
use super::json::{Cutter, Layout, Piece, PieceKind};
use super::unknown_fields::UnknownFields;
use super::{
    Class, Damage, DamagedKind, DocumentReader, FormatInfo, Hints, MAX_ENTRY, ReadError, RecordSink, Sample, too_long,
};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Archive, Record};

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

    fn recognise_damaged(&self, text: &str) -> bool {
        let has_list = ["\"blogs\":[", "\"blogs\": [", "\"posts\":[\n", "\"posts\": ["]
            .iter()
            .any(|list| text.contains(list));
        let marks = [
            "\"archive\"",
            "\"schema_version\"",
            "\"generator\"",
            "\"sources\"",
            "\"counts\"",
        ];
        has_list && marks.iter().filter(|mark| text.contains(**mark)).count() >= 4
    }

    fn read(
        &self,
        input: &mut dyn io::BufRead,
        _hints: Hints<'_>,
        out: &mut dyn RecordSink,
    ) -> Result<Option<String>, ReadError> {
        let mut cutter = Cutter::new(input, &LAYOUT);
        let mut reading = Reading {
            out,
            version: None,
            records: 0,
            fault: None,
            unknown: UnknownFields::default(),
        };
        while let Some(piece) = cutter.next()? {
            reading.piece(&piece)?;
        }
        for notice in std::mem::take(&mut reading.unknown).notices() {
            reading.out.notice(notice);
        }
        match reading.fault {
            Some(fault) if reading.records == 0 => Err(ReadError::Unreadable(format!(
                "the JSON document breaks off or is broken: {fault}"
            ))),
            _ => Ok(reading.version),
        }
    }
}

/// An archive's document: `{"archive":{…},"blogs":[…],"posts":[…],"comments":[…],"media":[…]}`.
static LAYOUT: Layout = Layout {
    within: &[],
    whole: &[],
    // The head counts under the same names, but not in lists.
    known: &[
        ("archive", b'{'),
        ("blogs", b'['),
        ("posts", b'['),
        ("comments", b'['),
        ("media", b'['),
    ],
    // What stands in a record has no type of this kind.
    is_element: |object| std::str::from_utf8(object).is_ok_and(|text| type_of(text).is_some()),
    limit: MAX_ENTRY,
};

/// The `type` of a record that stands in a list.
fn type_of(text: &str) -> Option<&'static str> {
    let known = ["blog", "post", "comment", "media"];
    let word = record_type(text)?;
    known.into_iter().find(|known| *known == word)
}

/// The records on their way out.
struct Reading<'a> {
    out: &'a mut dyn RecordSink,
    version: Option<String>,
    /// How many posts, comments and media were found, be they broken.
    records: u64,
    /// The first fault of the document itself.
    fault: Option<String>,
    unknown: UnknownFields,
}

impl Reading<'_> {
    fn piece(&mut self, piece: &Piece<'_>) -> io::Result<()> {
        match piece.kind {
            PieceKind::Member if piece.key == "archive" => self.head(piece)?,
            PieceKind::Member if LAYOUT.known.iter().any(|(key, _)| *key == piece.key) && piece.bytes != b"null" => {
                self.broken(piece, false, piece.offset, format!("{:?} is no list", piece.key));
            }
            PieceKind::Member if LAYOUT.known.iter().any(|(key, _)| *key == piece.key) => {}
            PieceKind::Member => self.unknown.add(piece.key, piece.offset),
            PieceKind::Element => self.element(piece)?,
            PieceKind::Broken { at, in_list } => {
                self.broken(piece, in_list, at, "it is no JSON from here on".to_owned())
            }
            PieceKind::TooLong { in_list } => self.broken(piece, in_list, piece.offset, too_long()),
            PieceKind::Fault => {
                let what = "A fault of form that cost nothing: something that is no JSON between two records.";
                self.out
                    .notice(Notice::new(NoticeCode::FormFault, what).at_byte(piece.offset));
            }
            PieceKind::CutOff { in_list } => {
                if in_list && !piece.bytes.is_empty() && self.records > 0 {
                    let what = "the file ends in the middle of it".to_owned();
                    self.broken(piece, true, piece.offset, what);
                }
                self.truncated(piece, "The JSON document breaks off here. What stands before was read.");
            }
            PieceKind::Behind => {
                self.truncated(
                    piece,
                    "More stands behind the end of the JSON document. Only what stands before was read.",
                );
            }
        }
        Ok(())
    }

    fn head(&mut self, piece: &Piece<'_>) -> io::Result<()> {
        match self.unknown.record::<Archive>(piece.bytes, piece.offset) {
            Ok(head) => {
                self.version = Some(head.schema_version.clone());
                self.out.record(Record::Archive(Box::new(head)))
            }
            Err(error) => {
                self.broken(piece, false, piece.offset, misfit(&error));
                Ok(())
            }
        }
    }

    fn element(&mut self, piece: &Piece<'_>) -> io::Result<()> {
        // Behind damage a list may be another than the one that its name was read of; what a record says it is holds.
        let said = std::str::from_utf8(piece.bytes).ok().and_then(type_of);
        let (bytes, offset) = (piece.bytes, piece.offset);
        let read = match (said, piece.key) {
            (Some("blog"), _) | (None, "blogs") => self.unknown.record(bytes, offset).map(Record::Blog),
            (Some("post"), _) | (None, "posts") => self.unknown.record(bytes, offset).map(Record::Post),
            (Some("comment"), _) | (None, "comments") => self.unknown.record(bytes, offset).map(Record::Comment),
            (Some("media"), _) | (None, "media") => self.unknown.record(bytes, offset).map(Record::Media),
            (_, list) => {
                self.unknown.add(list, offset);
                return Ok(());
            }
        };
        let record = match read {
            Ok(record) => with_ids(record),
            Err(error) => {
                self.broken(piece, true, piece.offset, misfit(&error));
                return Ok(());
            }
        };
        match record {
            Record::Comment(mut comment) => {
                self.records += 1;
                comment.record_type = None;
                let blog = comment._blog.take().unwrap_or_default();
                self.out.comment(&blog, *comment)
            }
            Record::Blog(_) => self.out.record(record),
            _ => {
                self.records += 1;
                self.out.record(record)
            }
        }
    }

    fn truncated(&mut self, piece: &Piece<'_>, message: &'static str) {
        self.fault.get_or_insert_with(|| format!("byte {}", piece.offset));
        self.out
            .notice(Notice::new(NoticeCode::Truncated, message).at_byte(piece.offset));
    }

    /// What is no record, or no part of the document: it costs itself only.
    fn broken(&mut self, piece: &Piece<'_>, is_record: bool, offset: u64, what: String) {
        #[derive(Deserialize)]
        struct Known {
            id: Option<String>,
        }
        self.fault.get_or_insert_with(|| what.clone());
        self.records += u64::from(is_record);
        let text = String::from_utf8_lossy(piece.bytes);
        let id = match serde_json::from_str::<Known>(&text) {
            Ok(known) => known.id,
            Err(_) => first_id(&text),
        };
        let kind = match (is_record, type_of(&text), piece.key) {
            (false, ..) | (_, Some("blog" | "media"), _) | (_, None, "blogs" | "media") => DamagedKind::Other,
            (_, Some("comment"), _) | (_, None, "comments") => DamagedKind::Comment,
            _ => DamagedKind::Post,
        };
        self.out.damaged(Damage {
            offset,
            what,
            kind,
            id: id.filter(|_| is_record),
        });
    }
}

fn misfit(error: &serde_json::Error) -> String {
    format!("it does not fit the schema of an archive: {error}")
}

/// The id of a record that is no JSON any more: blogark writes it first, behind the type.
fn first_id(text: &str) -> Option<String> {
    let (start, _) = text.split_at(text.floor_char_boundary(256));
    let (_, rest) = start.split_once("\"id\":\"")?;
    let (id, _) = rest.split_once('"')?;
    Some(id.to_owned()).filter(|id| !id.contains('\\'))
}
