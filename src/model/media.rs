//! A picture or file that belongs to a blog.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Provenance, SourceData};

/// A picture, a recording or another file that posts use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Media {
    /// Always `media`.
    #[serde(rename = "type")]
    pub record_type: MediaType,
    /// The platform's own id, else `sha256:` of the file, else `url:` and its address.
    pub id: String,
    /// Id of the blog.
    pub blog: String,
    /// Address as posts give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where the file lies, relative to the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_in_bytes: Option<u64>,
    /// SHA-256 of the file, in lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Alternative text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// Caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Ids of the posts that use it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub posts: Vec<String>,
    /// Whether the file itself is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<MediaStatus>,
    /// Where it was seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provenance: Vec<Provenance>,
    /// Whatever the source had and no field holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub _source: Option<SourceData>,
}

/// Marks a media record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MediaType {
    /// Always `media`.
    #[default]
    #[serde(rename = "media")]
    Media,
}

/// Whether the file of a media record is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaStatus {
    /// The file lies with the archive.
    Archived,
    /// The file was looked for and not found.
    Missing,
    /// Only its address is known.
    Referenced,
}
