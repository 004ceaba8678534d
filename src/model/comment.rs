//! A comment. Comments stand flat under their post; `in_reply_to` makes the threads.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ContentFormat, Date, DateBasis, Dated, IdBasis, Provenance, SourceData};

/// A comment, pingback, like or other answer to a post.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comment {
    /// `comment`, where the record stands on a line of its own.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub record_type: Option<CommentType>,
    /// The platform's own number, bare. Unique within its post. Where the source has none: `sha256:` and 16 hexadecimal digits.
    pub id: String,
    /// `derived` where `id` was made from date and text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_basis: Option<IdBasis>,
    /// Id of the post, where the record stands on a line of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// Id of the comment that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
    /// The comment that it answers is not there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parent_missing: bool,
    /// How the comment that it answers is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_basis: Option<ParentBasis>,
    /// What kind of answer it is; `comment` where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<CommentKind>,
    /// Whether it was shown, and if not, why.
    pub status: CommentStatus,
    /// Who removed it, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_by: Option<DeletedBy>,
    /// Why it looks like spam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspected_spam: Option<SuspectedSpam>,
    /// Written by an author of the post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_post_author: Option<bool>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<CommentAuthor>,
    /// Body, verbatim from the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_html: Option<String>,
    /// How `content_html` is to be read; `html` where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_format: Option<ContentFormat>,
    /// When it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_published: Option<Date>,
    /// The source's text of that date, where it was not RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_published_raw: Option<String>,
    /// How that date came to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_published_basis: Option<DateBasis>,
    /// When it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_modified: Option<Date>,
    /// The source's text of that date, where it was not RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_modified_raw: Option<String>,
    /// How that date came to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_modified_basis: Option<DateBasis>,
    /// Where it was seen, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provenance: Vec<Provenance>,
    /// Id of the blog, where the record stands on a line of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub _blog: Option<String>,
    /// What the source had and no field holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub _source: Option<SourceData>,
}

impl Comment {
    /// Sets when it was written.
    pub fn set_published(&mut self, dated: Dated) {
        self.date_published = dated.date;
        self.date_published_raw = dated.raw;
        self.date_published_basis = dated.basis;
    }

    /// Sets when it was last changed.
    pub fn set_modified(&mut self, dated: Dated) {
        self.date_modified = dated.date;
        self.date_modified_raw = dated.raw;
        self.date_modified_basis = dated.basis;
    }

    /// How the body is to be read.
    pub fn format(&self) -> ContentFormat {
        self.content_format.unwrap_or_default()
    }

    /// The comment is one that its owner wrote on somebody else's blog (`_source.own_comment`, from Takeout's
    /// `Comments` folder).
    pub fn is_own_elsewhere(&self) -> bool {
        self._source
            .as_ref()
            .is_some_and(|s| s.get("own_comment") == Some(&serde_json::Value::Bool(true)))
    }

    /// Takes away what marks a comment as written on somebody else's blog; the other values of `_source` stay.
    pub(crate) fn forget_own_elsewhere(&mut self) {
        if !self.is_own_elsewhere() {
            return;
        }
        if let Some(source) = &mut self._source {
            for key in ["own_comment", "blog", "blog_title"] {
                source.remove(key);
            }
            if source.is_empty() {
                self._source = None;
            }
        }
    }
}

/// Marks a comment on a line of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CommentType {
    /// Always `comment`.
    #[default]
    #[serde(rename = "comment")]
    Comment,
}

/// How the comment that a comment answers is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParentBasis {
    /// The source names it.
    Explicit,
    /// It stands inside the other's markup.
    Nesting,
}

/// What kind of answer to a post a comment is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentKind {
    /// Written by someone.
    #[default]
    Comment,
    /// Another blog linked to the post.
    Pingback,
    /// Another blog announced a post about it.
    Trackback,
    /// A mark of approval.
    Like,
    /// An answer on another site.
    Webmention,
}

/// Whether a comment was shown, and if not, why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentStatus {
    /// Shown.
    #[default]
    Approved,
    /// Waited for approval.
    Pending,
    /// The platform held it for spam.
    Spam,
    /// In the bin.
    Trashed,
    /// Removed; what is left is the place it had in the thread.
    Deleted,
    /// A word never seen before, kept in `_source`. Not public.
    Unknown,
}

impl CommentStatus {
    /// Every status, in the order of the documentation.
    pub const ALL: [CommentStatus; 6] = [
        CommentStatus::Approved,
        CommentStatus::Pending,
        CommentStatus::Spam,
        CommentStatus::Trashed,
        CommentStatus::Deleted,
        CommentStatus::Unknown,
    ];

    /// The word that stands in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            CommentStatus::Approved => "approved",
            CommentStatus::Pending => "pending",
            CommentStatus::Spam => "spam",
            CommentStatus::Trashed => "trashed",
            CommentStatus::Deleted => "deleted",
            CommentStatus::Unknown => "unknown",
        }
    }
}

/// Who removed a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeletedBy {
    /// The one who wrote it.
    Author,
    /// The blog's owner.
    Admin,
    /// Not known.
    Unknown,
}

/// Why a comment looks like spam. A label, never a reason to drop it in silence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuspectedSpam {
    /// What speaks for it, one short phrase each.
    pub reasons: Vec<String>,
}

/// Who wrote a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommentAuthor {
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
    /// IP address; only where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub _ip: Option<String>,
}
