//! The fields of a record for which WordPress has no place, as a hidden field of the post or comment keeps them.

use std::ops::Range;

/// The record's fields for which WordPress has no place, as they stand in [`META_POST`](super::META_POST) and
/// [`META_COMMENT`](super::META_COMMENT): a field that reading the file would not give as it was; `null` where it would
/// give one that was not there.
#[derive(Debug, Default)]
pub struct KeptFields {
    /// Names of fields, and where in `values` the JSON of each stands.
    fields: Vec<(&'static str, Range<usize>)>,
    values: Vec<u8>,
}

impl KeptFields {
    /// Keeps a field if reading gives something else. Of a field that is kept twice the second counts.
    pub fn keep<T: PartialEq + serde::Serialize>(&mut self, field: &'static str, value: &T, read: &T) {
        if value != read {
            if self.fields.is_empty() {
                self.fields.reserve(8);
                self.values.reserve(512);
            }
            let place = self.push(value);
            match self.fields.iter_mut().find(|(name, _)| *name == field) {
                Some(kept) => kept.1 = place,
                None => self.fields.push((field, place)),
            }
        }
    }

    fn push(&mut self, value: &impl serde::Serialize) -> Range<usize> {
        let from = self.values.len();
        let mut is_written = serde_json::to_writer(&mut self.values, value).is_ok();
        if let Some(b'{' | b'[') = self.values.get(from) {
            // The names within a value are in the order of the alphabet, as are the fields.
            self.values.truncate(from);
            let sorted = serde_json::to_value(value);
            is_written = sorted.is_ok_and(|sorted| serde_json::to_writer(&mut self.values, &sorted).is_ok());
        }
        if !is_written {
            self.values.truncate(from);
            self.values.extend_from_slice(b"null");
        }
        from..self.values.len()
    }

    /// The fields as JSON, by their names, all of it in characters that XML can hold; `None` where nothing had to be kept.
    pub fn json(mut self) -> Option<String> {
        if self.fields.is_empty() {
            return None;
        }
        self.fields.sort_unstable_by_key(|(name, _)| *name);
        let mut json = String::with_capacity(self.values.len() + 32 * self.fields.len());
        for (name, place) in self.fields {
            json.push_str(if json.is_empty() { "{\"" } else { ",\"" });
            json.push_str(name);
            json.push_str("\":");
            json.push_str(std::str::from_utf8(self.values.get(place)?).ok()?);
        }
        json.push('}');
        if json.contains(['\u{fffe}', '\u{ffff}']) {
            json = json.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff");
        }
        Some(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CommentAuthor;

    #[test]
    fn fields_are_kept_by_their_names() {
        let mut kept = KeptFields::default();
        kept.keep("title", &"first", &"");
        kept.keep("same", &1, &1);
        let author = CommentAuthor {
            name: Some("Nuno".to_owned()),
            avatar: Some("x".to_owned()),
            ..CommentAuthor::default()
        };
        kept.keep("author", &Some(author), &None);
        kept.keep("id", &Some(7), &None);
        kept.keep("title", &"a \"b\" \u{fffe}", &"");
        assert_eq!(
            kept.json().as_deref(),
            Some(r#"{"author":{"avatar":"x","name":"Nuno"},"id":7,"title":"a \"b\" \ufffe"}"#)
        );
        assert_eq!(KeptFields::default().json(), None);
    }
}
