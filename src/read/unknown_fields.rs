//! Fields of an archive that no record has: a later version's, another program's, or one whose name went wrong. Readers
//! pass over them, as the schema wants it, and say so.

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

    /// What is to be said of them.
    pub(super) fn notices(self) -> impl Iterator<Item = Notice> {
        self.0.into_iter().map(|(name, (count, offset))| {
            let times = match count {
                1 => "once".to_owned(),
                count => format!("{count} times"),
            };
            let message = format!(
                "The archive has a field that no record of this version has, {name:?}, {times}. It was passed over."
            );
            Notice::new(NoticeCode::UnknownField, message).at_byte(offset)
        })
    }
}
