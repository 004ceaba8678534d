//! The head of an archive: what it was made from, and what is in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Date;

/// The version of the record that this program writes.
pub const SCHEMA_VERSION: &str = "1.0";

/// The first line of JSON Lines, and the member `archive` of the JSON document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Archive {
    /// Always `archive`.
    #[serde(rename = "type")]
    pub record_type: ArchiveType,
    /// Version of the record's form; readers accept any `1.x`.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    #[serde(deserialize_with = "schema_version")]
    pub schema_version: String,
    /// The program that wrote the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator: Option<Generator>,
    /// When it was written. Left out unless a fixed time was asked for (`SOURCE_DATE_EPOCH`), so that the same input gives the same bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_at: Option<Date>,
    /// The files that were read, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceInfo>,
    /// What was assumed where the sources say nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumptions: Option<Assumptions>,
    /// How many records follow.
    pub counts: Counts,
    /// What was left out of records for privacy, and how often.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<Redaction>,
}

fn schema_version<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let version = String::deserialize(deserializer)?;
    let minor = version.strip_prefix("1.").unwrap_or_default();
    if !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit()) {
        Ok(version)
    } else {
        Err(serde::de::Error::custom(format!(
            "schema_version {version:?} is not one this program knows: expected 1.x"
        )))
    }
}

/// Marks the head of an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ArchiveType {
    /// Always `archive`.
    #[default]
    #[serde(rename = "archive")]
    Archive,
}

/// The program that wrote an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Generator {
    /// Name of the program.
    pub name: String,
    /// Version of the program.
    pub version: String,
}

/// A file that was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SourceInfo {
    /// What `provenance.source` refers to.
    pub id: String,
    /// Base name of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Name of the format, as `blogark formats` lists it.
    pub format: String,
    /// Version or generation of the format, where it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format_version: Option<String>,
    /// SHA-256 of the file's bytes (of a zip member: of its unpacked bytes), in lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_in_bytes: Option<u64>,
    /// Character encoding, by its WHATWG name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// When the file was captured, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<Date>,
    /// Base name of the zip file that held this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub _container: Option<String>,
}

/// What was assumed where the sources say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assumptions {
    /// IANA zone given by the user for dates without an offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Address of the blog given by the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
}

/// How many records an archive holds. Keys are statuses; a status that does not occur has no key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Posts (every kind but pages) by status.
    #[serde(default)]
    pub posts: BTreeMap<String, u64>,
    /// Pages by status.
    #[serde(default)]
    pub pages: BTreeMap<String, u64>,
    /// Comments by status, those on lines of their own included.
    #[serde(default)]
    pub comments: BTreeMap<String, u64>,
    /// Media records.
    #[serde(default)]
    pub media: u64,
    /// Blogs.
    #[serde(default)]
    pub blogs: u64,
}

/// A kind of personal data that was left out, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Redaction {
    /// What was left out: `email`, `ip`, `password` or `setting`.
    pub field: String,
    /// How many values were left out.
    pub count: u64,
}
