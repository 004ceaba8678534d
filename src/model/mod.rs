//! The record: the one normalised form that readers fill and writers empty.
//!
//! Plain data with serde and JSON Schema derived from the same types; no input or output happens here.
//! Field order in these structs is the key order of every document blogark writes. Unknown is left out,
//! `""` stands only where the source had an empty value, all ids are strings.

mod archive;
mod blog;
mod comment;
mod date;
mod media;
mod post;
mod provenance;
mod record;
mod schema;
mod zone;

pub use archive::{Archive, ArchiveType, Assumptions, Counts, Generator, Redaction, SCHEMA_VERSION, SourceInfo};
pub use blog::{Author, Blog, BlogType, Category};
pub use comment::{
    Comment, CommentAuthor, CommentKind, CommentStatus, CommentType, DeletedBy, ParentBasis, SuspectedSpam,
};
pub use date::{Date, DateBasis, Dated, Moment, Precision};
pub(crate) use date::{push_day, push_minutes, push_two};
pub use media::{Media, MediaStatus, MediaType};
pub use post::{
    Attachment, CommentsStatus, ContentFormat, IdBasis, Kind, Link, Location, Post, PostAuthor, PostType, Status,
};
pub use provenance::{Certainty, Provenance};
pub(crate) use record::record_telling;
pub use record::{Document, Record};
pub use schema::archive_schema;
pub(crate) use schema::schema_of;
pub use zone::{NamedZone, Zone};

/// What the source had and no field holds, by the source's own names. (Most names are known beforehand; nothing is asked of
/// memory for these.)
pub type SourceData = std::collections::BTreeMap<std::borrow::Cow<'static, str>, serde_json::Value>;
