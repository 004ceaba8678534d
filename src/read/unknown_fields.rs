//! Fields of an archive that no record has, or of a JSON feed that Blogger does not write: a later version's, another
//! program's, or one whose name went wrong. Readers pass over them, as the schema wants it, and say so.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::ledger::{Notice, NoticeCode};
use crate::model::{Record, record_telling};

/// More names than these are not told one by one.
const MOST: usize = 100;

/// The names that were found, with how often each stood there and where first.
#[derive(Default)]
pub(super) struct UnknownFields(BTreeMap<String, (u64, u64)>);

impl UnknownFields {
    /// Reads a record of a known kind from its bytes, which begin at this byte of the source.
    pub(super) fn record<T: DeserializeOwned>(&mut self, bytes: &[u8], offset: u64) -> Result<T, serde_json::Error> {
        record_telling(bytes, &mut |path| self.add(path, offset))
    }

    /// Reads a record that says itself of what kind it is.
    pub(super) fn line(&mut self, bytes: &[u8], offset: u64) -> Result<Record, serde_json::Error> {
        Record::from_line_telling(bytes, |path| self.add(path, offset))
    }

    /// Counts a path, `comments.3.title`, by the names in it.
    pub(super) fn add(&mut self, path: &str, offset: u64) {
        let is_name = |part: &&str| !part.is_empty() && !part.bytes().all(|byte| byte.is_ascii_digit());
        let name = path.split('.').filter(is_name).collect::<Vec<_>>().join(".");
        if self.0.len() < MOST || self.0.contains_key(&name) {
            let (count, _) = self.0.entry(name).or_insert((0, offset));
            *count += 1;
        }
    }

    /// What is to be said of those of an archive.
    pub(super) fn notices(self) -> impl Iterator<Item = Notice> {
        self.told(
            "The archive has a field that no record of this version has",
            "It was passed over.",
        )
    }

    /// What is to be said of those of a JSON feed.
    pub(super) fn notices_of_feed(self) -> impl Iterator<Item = Notice> {
        self.told(
            "The feed has a field that Blogger's feeds do not have",
            "No text is made of it: the archive keeps the words of an entry's own field in `_source`, and the rest was passed over.",
        )
    }

    /// What they are, the name of each, how often it stands there, and what became of it.
    fn told(self, what: &'static str, fate: &'static str) -> impl Iterator<Item = Notice> {
        self.0.into_iter().map(move |(name, (count, offset))| {
            let times = match count {
                1 => "once".to_owned(),
                count => format!("{count} times"),
            };
            let message = format!("{what}, {name:?}, {times}. {fate}");
            Notice::new(NoticeCode::UnknownField, message).at_byte(offset)
        })
    }
}
