//! What blogark's own files keep in hidden fields, put back into the record.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Fields of a post that a hidden field may set.
pub(super) const POST_FIELDS: &[&str] = &[
    "id",
    "id_basis",
    "kind",
    "status",
    "protected",
    "url",
    "slug",
    "redirects_from",
    "title",
    "content_html",
    "content_format",
    "summary",
    "date_published",
    "date_published_raw",
    "date_published_basis",
    "date_modified",
    "date_modified_raw",
    "date_modified_basis",
    "date_created",
    "date_created_raw",
    "date_created_basis",
    "authors",
    "tags",
    "categories",
    "language",
    "image",
    "location",
    "attachments",
    "parent",
    "order",
    "comments_status",
    "comment_count_claimed",
    "links",
];

/// Fields of a comment that a hidden field may set.
pub(super) const COMMENT_FIELDS: &[&str] = &[
    "id",
    "id_basis",
    "in_reply_to",
    "parent_missing",
    "parent_basis",
    "kind",
    "status",
    "deleted_by",
    "suspected_spam",
    "is_post_author",
    "url",
    "author",
    "content_html",
    "content_format",
    "date_published",
    "date_published_raw",
    "date_published_basis",
    "date_modified",
    "date_modified_raw",
    "date_modified_basis",
];

/// Fields of a media record that a hidden field may set.
pub(super) const MEDIA_FIELDS: &[&str] = &[
    "id",
    "url",
    "path",
    "mime_type",
    "size_in_bytes",
    "sha256",
    "width",
    "height",
    "title",
    "alt",
    "caption",
    "posts",
    "status",
    "_source",
];

/// The kept fields of a hidden field's value; `None` where it is no such value.
pub(super) fn kept(value: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(value).ok()
}

/// A record with kept fields set: a value, or none where the field keeps `null`. A field of the wrong shape leaves the
/// record as it was.
pub(super) fn with_kept<T: Serialize + DeserializeOwned>(record: T, fields: &[&str], kept: Map<String, Value>) -> T {
    let Ok(Value::Object(mut object)) = serde_json::to_value(&record) else {
        return record;
    };
    for (name, value) in kept {
        if !fields.contains(&&*name) {
            continue;
        }
        // What is left out of a record stands as null, false or an empty list in the hidden field.
        match value {
            Value::Null => object.remove(&name),
            value => object.insert(name, value),
        };
    }
    serde_json::from_value(Value::Object(object)).unwrap_or(record)
}
