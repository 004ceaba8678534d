//! The two encodings of the same records: a line of JSON Lines, and the JSON document.

use schemars::JsonSchema;
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
        let tag: Tag<'_> = serde_json::from_slice(line)?;
        Ok(match &*tag.record_type {
            "archive" => Record::Archive(serde_json::from_slice(line)?),
            "blog" => Record::Blog(serde_json::from_slice(line)?),
            "post" => Record::Post(serde_json::from_slice(line)?),
            "comment" => Record::Comment(serde_json::from_slice(line)?),
            "media" => Record::Media(serde_json::from_slice(line)?),
            other => {
                return Err(serde::de::Error::custom(format!(
                    "type {other:?} is none of archive, blog, post, comment, media"
                )));
            }
        })
    }
}
