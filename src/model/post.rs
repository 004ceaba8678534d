//! A post or page with its comments.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Comment, Date, DateBasis, Dated, Provenance, SourceData};

/// A post, a page, or whatever else the platform publishes under an address of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Post {
    /// Always `post`.
    #[serde(rename = "type")]
    pub record_type: PostType,
    /// The platform's own number, bare; the same in export, Takeout, feed and page. Unique within its blog. Where the source has none: `sha256:` and 16 hexadecimal digits of date, title and text.
    pub id: String,
    /// `derived` where `id` was made from date, title and text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_basis: Option<IdBasis>,
    /// Id of the blog.
    pub blog: String,
    /// `post`, `page`, or the source's own type.
    pub kind: Kind,
    /// Whether it was public, and if not, why.
    pub status: Status,
    /// It had a password. The password itself is never kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protected: bool,
    /// Address, as it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The post's own part of its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Other addresses that led to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirects_from: Vec<String>,
    /// Title, plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Body, verbatim from the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_html: Option<String>,
    /// How `content_html` is to be read; `html` where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_format: Option<ContentFormat>,
    /// Excerpt or search description, plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The date shown with the post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_published: Option<Date>,
    /// The source's text of that date, where it was not RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_published_raw: Option<String>,
    /// How that date came to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_published_basis: Option<DateBasis>,
    /// When it was last saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_modified: Option<Date>,
    /// The source's text of that date, where it was not RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_modified_raw: Option<String>,
    /// How that date came to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_modified_basis: Option<DateBasis>,
    /// When it was first saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_created: Option<Date>,
    /// The source's text of that date, where it was not RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_created_raw: Option<String>,
    /// How that date came to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_created_basis: Option<DateBasis>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<PostAuthor>,
    /// Tags; Blogger calls them labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Categories by name; their details stand with the blog.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Language, BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Address of the picture that stands for the post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Where it was written or what place it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Enclosures, and pictures and files that were gathered for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Id of the page above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Place among its siblings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    /// Kept at the top of the front page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sticky: bool,
    /// Whether comments could be written and seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments_status: Option<CommentsStatus>,
    /// The number of comments that the source claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment_count_claimed: Option<u64>,
    /// Comments, flat, depth-first in thread order; `in_reply_to` makes the threads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// Links of the entry itself, those of its body not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Where it was seen, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provenance: Vec<Provenance>,
    /// Which source gave which field, where several were merged.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub field_sources: BTreeMap<String, String>,
    /// What the source had and no field holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub _source: Option<SourceData>,
}

impl Post {
    /// Sets the date shown with the post.
    pub fn set_published(&mut self, dated: Dated) {
        self.date_published = dated.date;
        self.date_published_raw = dated.raw;
        self.date_published_basis = dated.basis;
    }

    /// Sets the date of the last save.
    pub fn set_modified(&mut self, dated: Dated) {
        self.date_modified = dated.date;
        self.date_modified_raw = dated.raw;
        self.date_modified_basis = dated.basis;
    }

    /// Sets the date of the first save.
    pub fn set_created(&mut self, dated: Dated) {
        self.date_created = dated.date;
        self.date_created_raw = dated.raw;
        self.date_created_basis = dated.basis;
    }

    /// How the body is to be read.
    pub fn format(&self) -> ContentFormat {
        self.content_format.unwrap_or_default()
    }
}

/// Marks a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PostType {
    /// Always `post`.
    #[default]
    #[serde(rename = "post")]
    Post,
}

/// How an id came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdBasis {
    /// Made from date, title and text.
    Derived,
}

/// What kind of thing a post is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A dated post.
    #[default]
    Post,
    /// A page outside the stream of posts.
    Page,
    /// The source's own type.
    Other(String),
}

impl Kind {
    /// The word that stands in the record.
    pub fn as_str(&self) -> &str {
        match self {
            Kind::Post => "post",
            Kind::Page => "page",
            Kind::Other(own) => own,
        }
    }
}

impl From<&str> for Kind {
    fn from(word: &str) -> Kind {
        match word {
            "post" => Kind::Post,
            "page" => Kind::Page,
            own => Kind::Other(own.to_owned()),
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        let word = Cow::<'de, str>::deserialize(deserializer)?;
        if word.is_empty() {
            return Err(serde::de::Error::custom("kind must not be empty"));
        }
        Ok(Kind::from(&*word))
    }
}

impl JsonSchema for Kind {
    fn schema_name() -> Cow<'static, str> {
        "Kind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`post`, `page`, or the source's own type.",
            "type": "string",
            "minLength": 1,
            "examples": ["post", "page"]
        })
    }
}

/// Whether a post was public, and if not, why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Public.
    #[default]
    Published,
    /// Never published.
    Draft,
    /// Waits for its date.
    Scheduled,
    /// For the blog's own people.
    Private,
    /// Waits for someone's approval.
    Pending,
    /// In the bin.
    Trashed,
    /// A word never seen before, kept in `_source`. Not public.
    Unknown,
}

impl Status {
    /// Every status, in the order of the documentation.
    pub const ALL: [Status; 7] = [
        Status::Published,
        Status::Draft,
        Status::Scheduled,
        Status::Private,
        Status::Pending,
        Status::Trashed,
        Status::Unknown,
    ];

    /// The word that stands in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Published => "published",
            Status::Draft => "draft",
            Status::Scheduled => "scheduled",
            Status::Private => "private",
            Status::Pending => "pending",
            Status::Trashed => "trashed",
            Status::Unknown => "unknown",
        }
    }
}

/// How a body is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContentFormat {
    /// HTML as browsers read it.
    #[default]
    Html,
    /// HTML in which a newline is a line break (comments in Takeout).
    HtmlNewlines,
    /// HTML in which blank lines make paragraphs, as classic WordPress shows it.
    Wpautop,
    /// HTML with WordPress's block comments.
    WpBlocks,
    /// Plain text, escaped as HTML.
    Text,
}

/// Who wrote a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostAuthor {
    /// The platform's own id of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name as shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Profile or home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Address of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// E-mail address; only where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub _email: Option<String>,
}

/// A place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Name of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Degrees north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// A file that belongs to a post.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Attachment {
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_in_bytes: Option<u64>,
    /// Duration in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_in_seconds: Option<f64>,
    /// Where the file lies, relative to the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// SHA-256 of the file, in lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Alternative text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}

/// Whether comments could be written and seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentsStatus {
    /// Comments could be written.
    Open,
    /// Comments could be read, no new ones written.
    Closed,
    /// Comments were not shown.
    Hidden,
}

/// A link of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// What the link is to the entry (`related`, `enclosure`, …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rel: Option<String>,
    /// Address.
    pub href: String,
    /// Title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Media type of what it leads to.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}
