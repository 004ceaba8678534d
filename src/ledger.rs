//! Losses are data: typed notices, and a ledger that has to add up.
//!
//! For posts and for comments: sightings read = written + merged + left out + damaged. Whoever reads, merges, leaves
//! out or writes a record says so here; the end of a run checks the sum.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod files;

pub use files::{Certainty, Failure, MediaTally};

macro_rules! notice_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $loss:literal;)+) => {
        /// What a notice is about. The documentation of each code is its table row in `docs/notices.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum NoticeCode {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $name,)+
        }

        impl NoticeCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &[NoticeCode] = &[$(NoticeCode::$name,)+];

            /// The stable name of the code.
            pub fn as_str(self) -> &'static str {
                match self { $(NoticeCode::$name => $code,)+ }
            }

            /// Whether a record or a value was lost: such a notice turns the exit status to 3.
            pub fn is_loss(self) -> bool {
                match self { $(NoticeCode::$name => $loss,)+ }
            }

            /// What the code means, in a sentence or two.
            pub fn meaning(self) -> &'static str {
                match self { $(NoticeCode::$name => concat!($($doc),+).trim_ascii_start(),)+ }
            }
        }
    };
}

notice_codes! {
    /// An entry of the source, or a part of its head, is broken and could not be read; its place is named.
    DamagedEntry = "damaged-entry", true;
    /// The source ends in the middle of an entry: it was cut off.
    Truncated = "truncated", true;
    /// An archive counts more records in its head than it holds: lines were cut off or taken out.
    FewerRecords = "fewer-records", false;
    /// An archive has a field that no record of this version has, or a JSON feed one that Blogger does not write: a later version's, or one whose name is damaged. It was passed over.
    UnknownField = "unknown-field", false;
    /// Bytes that are no valid text stand replaced by U+FFFD.
    DamagedText = "damaged-text", true;
    /// A date could not be read; its text is kept as it is.
    UnreadableDate = "unreadable-date", true;
    /// A date may mean two days (day and month, or month and day); it was left open, and its text is kept.
    AmbiguousDate = "ambiguous-date", false;
    /// A fault of form that cost nothing: an undeclared prefix, text before the XML declaration, an unknown entity.
    FormFault = "form-fault", false;
    /// A file in a folder or zip is of no format that blogark reads.
    NotRecognised = "not-recognised", false;
    /// A file or a member of a zip could not be read at all.
    UnreadableFile = "unreadable-file", true;
    /// A zip or gzip archive, or a member of one, is damaged; what could be unpacked was read.
    DamagedFile = "damaged-file", true;
    /// The same file was given twice; it was read once.
    SameFile = "same-file", false;
    /// Two different records of one source have the same id; both were kept, the second under an id of its own.
    SameId = "same-id", false;
    /// The settings that tell the blog's address and time zone were not given along with the feed.
    NoSettings = "no-settings", false;
    /// A post or comment has a status that blogark does not know; it is not treated as public.
    UnknownStatus = "unknown-status", false;
    /// A comment answers a comment that is not there.
    ParentMissing = "parent-missing", false;
    /// Comments answer each other in a circle; the circle was cut at the oldest.
    ReplyCircle = "reply-circle", false;
    /// A comment's post is not there.
    PostMissing = "post-missing", false;
    /// The source claims another number of comments than it holds.
    CommentCount = "comment-count", false;
    /// Comments were kept by another service and are not in the source.
    ExternalComments = "external-comments", false;
    /// Two sources disagree about a field; the better one was taken.
    SourcesDisagree = "sources-disagree", false;
    /// Two posts look alike but share no exact key; both were kept.
    NearMatch = "near-match", false;
    /// A comment looks like spam.
    SuspectedSpam = "suspected-spam", false;
    /// The output has no place for a comment whose post is not there.
    NoPlace = "no-place", true;
    /// The output has no place for this kind of post.
    KindNotCarried = "kind-not-carried", false;
    /// WordPress takes a post's terms only where the plugin that knows them is active.
    PluginNeeded = "plugin-needed", false;
    /// A bare day was written as 00:00:00 because the output needs a moment.
    DayAsMidnight = "day-as-midnight", false;
    /// A post has no date; the output got none or a neutral one.
    NoDate = "no-date", false;
    /// A date was moved by seconds because the output would take two posts for one.
    DateShifted = "date-shifted", false;
    /// A slug was changed because two posts would have shared an address.
    SlugChanged = "slug-changed", false;
    /// A value was longer than the output allows; the whole value stands beside it.
    ValueClipped = "value-clipped", false;
    /// A character that the output cannot hold was replaced.
    CharacterReplaced = "character-replaced", false;
    /// A protected post was written as private, because its password is never kept.
    ProtectedAsPrivate = "protected-as-private", false;
    /// A value has no place in this output.
    FieldNotCarried = "field-not-carried", false;
    /// A stranger's HTML was cleaned before it is published.
    HtmlSanitised = "html-sanitised", false;
    /// HTML was nested deeper than any browser shows; it was flattened.
    HtmlFlattened = "html-flattened", false;
    /// Something that Markdown cannot say was written in the nearest plain form.
    HtmlSimplified = "html-simplified", false;
    /// Markdown cannot say it: a piece of HTML was kept as it is.
    RawHtml = "raw-html", false;
    /// A link leads to an address of its own blog at which there is no post, or one that is not in the output.
    LinkMissing = "link-missing", false;
    /// A link leads to something that the old blog had and the new site has no address for: a month, a search, a label.
    LinkKept = "link-kept", false;
    /// A file that somebody changed since the last run, or that is not blogark's own, was left as it is; --overwrite replaces such files.
    FileKept = "file-kept", true;
    /// A picture or file that posts use could not be had; its address stays in the text.
    MediaMissing = "media-missing", true;
    /// A picture or file that posts use was not fetched, because that was asked for; its address stays in the text.
    MediaNotFetched = "media-not-fetched", false;
    /// A file from a folder was taken for a post's without certainty; the notice says what speaks for it.
    MediaGuessed = "media-guessed", false;
    /// A picture may still say where it was taken: that can be taken out of JPEG files only.
    LocationKept = "location-kept", true;
}

impl fmt::Display for NoticeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing the user should know about one record or place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// What it is about.
    pub code: NoticeCode,
    /// A sentence that a blogger understands.
    pub message: String,
    /// Id of the blog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blog: Option<String>,
    /// Id of the post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// Id of the comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Byte of that file, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Line of that file, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// All the files, where it is about several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

impl Notice {
    /// A notice without a place.
    pub fn new(code: NoticeCode, message: impl Into<String>) -> Notice {
        Notice {
            code,
            message: message.into(),
            blog: None,
            post: None,
            comment: None,
            source: None,
            offset: None,
            line: None,
            files: Vec::new(),
        }
    }

    /// The same notice about several files; they are put in order.
    #[must_use]
    pub fn about_files(mut self, mut files: Vec<String>) -> Notice {
        files.sort();
        if files.as_slice() != self.source.as_slice() {
            self.files = files;
        }
        self
    }

    /// The same notice about a post.
    #[must_use]
    pub fn about_post(mut self, blog: &str, post: &str) -> Notice {
        self.blog = Some(blog.to_owned());
        self.post = Some(post.to_owned());
        self
    }

    /// The same notice about a comment.
    #[must_use]
    pub fn about_comment(mut self, comment: &str) -> Notice {
        self.comment = Some(comment.to_owned());
        self
    }

    /// The same notice with the file it is about.
    #[must_use]
    pub fn in_source(mut self, source: &str) -> Notice {
        self.source = Some(source.to_owned());
        self
    }

    /// The same notice with the byte it is about.
    #[must_use]
    pub fn at_byte(mut self, offset: u64) -> Notice {
        self.offset = Some(offset);
        self
    }
}

/// Why a record that was read is not in the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Drafts were excluded.
    Drafts,
    /// Scheduled posts were excluded.
    Scheduled,
    /// Private posts do not go into this output, or were excluded.
    Private,
    /// Posts with a password do not go into this output, or were excluded.
    Protected,
    /// Trashed posts or comments do not go into this output, or were excluded.
    Trashed,
    /// Posts or comments of unknown status do not go into this output.
    UnknownStatus,
    /// Pages were excluded.
    Pages,
    /// Comments were excluded.
    Comments,
    /// Comments that wait for approval do not go into this output, or were excluded.
    Pending,
    /// Spam does not go into this output, or was excluded.
    Spam,
    /// What looks like spam was excluded.
    SuspectedSpam,
    /// Removed comments were excluded.
    Deleted,
    /// Belongs to a blog that was not asked for.
    OtherBlog,
    /// Outside the dates that were asked for.
    Dates,
    /// Has none of the labels that were asked for.
    Labels,
    /// By none of the authors that were asked for.
    Authors,
    /// Beyond the number of posts that was asked for.
    Limit,
    /// Its post is not in the output.
    PostLeftOut,
    /// The output has no place for a comment whose post is not there.
    PostMissing,
    /// Written by the blog's owner on somebody else's blog; the output has no place for it.
    OwnCommentElsewhere,
    /// The output has no place for this kind of post.
    Kind,
    /// A file with other content stood in its place and was kept.
    FileKept,
}

impl Reason {
    /// The reason in a few words, for the account at the end of a run.
    pub fn in_words(self) -> &'static str {
        match self {
            Reason::Drafts => "drafts, excluded",
            Reason::Scheduled => "scheduled, excluded",
            Reason::Private => "private",
            Reason::Protected => "protected by a password",
            Reason::Trashed => "in the bin",
            Reason::UnknownStatus => "of unknown status, so not taken as public",
            Reason::Pages => "pages, excluded",
            Reason::Comments => "comments, excluded",
            Reason::Pending => "waiting for approval",
            Reason::Spam => "spam",
            Reason::SuspectedSpam => "suspected spam, excluded",
            Reason::Deleted => "removed comments, excluded",
            Reason::OtherBlog => "of another blog",
            Reason::Dates => "outside the dates asked for",
            Reason::Labels => "without the label asked for",
            Reason::Authors => "by another author",
            Reason::Limit => "beyond the limit",
            Reason::PostLeftOut => "under posts that were left out",
            Reason::PostMissing => "their post is not there, and this output has no place for them",
            Reason::OwnCommentElsewhere => "written by the owner on other blogs",
            Reason::Kind => "of a kind this output has no place for",
            Reason::FileKept => "their file was changed by hand and was kept",
        }
    }
}

/// The account of one kind of record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Sightings read.
    pub read: u64,
    /// Records written.
    pub written: u64,
    /// Sightings that were merged into another of the same record.
    pub merged: u64,
    /// Records left out, by reason.
    #[serde(default)]
    pub left_out: BTreeMap<Reason, u64>,
    /// Records damaged beyond reading.
    pub damaged: u64,
}

impl Tally {
    /// Whether everything that was read is accounted for.
    pub fn balances(&self) -> bool {
        self.read == self.written + self.merged + self.left_out_total() + self.damaged
    }

    /// How many records were left out, for whatever reason.
    pub fn left_out_total(&self) -> u64 {
        self.left_out.values().sum()
    }

    /// Notes records that are left out.
    pub fn leave_out(&mut self, reason: Reason, count: u64) {
        if count > 0 {
            *self.left_out.entry(reason).or_default() += count;
        }
    }

    /// Adds another account to this one.
    pub fn add(&mut self, other: &Tally) {
        self.read += other.read;
        self.written += other.written;
        self.merged += other.merged;
        self.damaged += other.damaged;
        for (reason, count) in &other.left_out {
            self.leave_out(*reason, *count);
        }
    }
}

/// What a run did: the accounts, and how many notices of each code there were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ledger {
    /// Posts and pages.
    pub posts: Tally,
    /// Comments.
    pub comments: Tally,
    /// Pictures and files that posts use, where they were gathered.
    #[serde(default, skip_serializing_if = "MediaTally::is_empty")]
    pub media: MediaTally,
    /// Notices by code.
    #[serde(default)]
    pub notices: BTreeMap<NoticeCode, u64>,
}

impl Ledger {
    /// Whether posts, comments and files all add up.
    pub fn balances(&self) -> bool {
        self.posts.balances() && self.comments.balances() && self.media.balances()
    }

    /// Counts a notice.
    pub fn count(&mut self, notice: &Notice) {
        *self.notices.entry(notice.code).or_default() += 1;
    }

    /// Adds another ledger to this one.
    pub fn add(&mut self, other: &Ledger) {
        self.posts.add(&other.posts);
        self.comments.add(&other.comments);
        self.media.add(&other.media);
        for (code, count) in &other.notices {
            *self.notices.entry(*code).or_default() += count;
        }
    }

    /// Whether a record or a value was lost.
    pub fn has_losses(&self) -> bool {
        self.posts.damaged + self.comments.damaged > 0
            || self.notices.iter().any(|(code, count)| *count > 0 && code.is_loss())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_only_when_everything_is_named() {
        let mut tally = Tally {
            read: 5,
            written: 2,
            merged: 1,
            ..Tally::default()
        };
        assert!(!tally.balances());
        tally.leave_out(Reason::Private, 1);
        tally.damaged = 1;
        assert!(tally.balances());
    }

    #[test]
    fn codes_are_stable_and_distinct() {
        let names: std::collections::BTreeSet<_> = NoticeCode::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(names.len(), NoticeCode::ALL.len());
        for code in NoticeCode::ALL {
            assert_eq!(
                serde_json::to_value(code).unwrap(),
                serde_json::Value::String(code.as_str().to_owned())
            );
            assert!(code.meaning().ends_with('.'), "{code}");
        }
    }
}
