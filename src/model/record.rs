//! The two encodings of the same records: a line of JSON Lines, and the JSON document.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Archive, Blog, Comment, Media, Post};

/// The JSON document: every record of an archive in one value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// The head.
    pub archive: Archive,
    /// Every blog.
    #[serde(default)]
    pub blogs: Vec<Blog>,
    /// Every post, in order of its date.
    #[serde(default)]
    pub posts: Vec<Post>,
    /// Comments whose post is not there.
    #[serde(default)]
    pub comments: Vec<Comment>,
    /// Pictures and files.
    #[serde(default)]
    pub media: Vec<Media>,
}

/// One line of JSON Lines, told apart by its `type`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Record {
    /// The head; the first line.
    Archive(Box<Archive>),
    /// A blog.
    Blog(Box<Blog>),
    /// A post with its comments.
    Post(Box<Post>),
    /// A comment whose post is not there.
    Comment(Box<Comment>),
    /// A picture or file.
    Media(Box<Media>),
}

#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(rename = "type", borrow)]
    record_type: std::borrow::Cow<'a, str>,
}

impl Record {
    /// Reads one line.
    ///
    /// # Errors
    /// When the line is not JSON, has no known `type`, or a field has the wrong shape.
    pub fn from_line(line: &[u8]) -> Result<Record, serde_json::Error> {
        Record::from_line_telling(line, |_| {})
    }

    /// Reads one line, and tells the fields in it that no record has, each by the names and places that lead to it:
    /// `comments.3.title`.
    ///
    /// # Errors
    /// As [`Record::from_line`].
    pub fn from_line_telling(line: &[u8], mut unknown: impl FnMut(&str)) -> Result<Record, serde_json::Error> {
        let tag: Tag<'_> = serde_json::from_slice(line)?;
        let unknown = &mut unknown as &mut dyn FnMut(&str);
        Ok(match &*tag.record_type {
            "archive" => Record::Archive(record_telling(line, unknown)?),
            "blog" => Record::Blog(record_telling(line, unknown)?),
            "post" => Record::Post(record_telling(line, unknown)?),
            "comment" => Record::Comment(record_telling(line, unknown)?),
            "media" => Record::Media(record_telling(line, unknown)?),
            other => {
                return Err(serde::de::Error::custom(format!(
                    "type {other:?} is none of archive, blog, post, comment, media"
                )));
            }
        })
    }
}

/// Reads a record of a known kind, and tells the fields in it that it does not have, as [`Record::from_line_telling`] does.
pub(crate) fn record_telling<T: DeserializeOwned>(
    line: &[u8],
    unknown: &mut dyn FnMut(&str),
) -> Result<T, serde_json::Error> {
    let mut input = serde_json::Deserializer::from_slice(line);
    let record = serde_ignored::deserialize(&mut input, |path| unknown(&path.to_string()))?;
    input.end()?;
    Ok(record)
}
