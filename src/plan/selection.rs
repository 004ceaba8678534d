//! What was asked for, and what goes out by default: the table of the record, in one place.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::ledger::Reason;
use crate::model::{CommentStatus, Kind, Status};
use crate::wordpress::is_hidden_post_type;

/// The form of the output, as far as it decides what may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The JSON document: the archive, which keeps everything.
    Json,
    /// JSON Lines, the same records.
    Jsonl,
    /// WordPress's import file, which carries status into a place that understands it.
    Wxr,
    /// Markdown, which publishes.
    Markdown,
}

/// What `--include` and `--exclude` take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Posts that were never published.
    Drafts,
    /// Posts that wait for their date.
    Scheduled,
    /// Posts for the blog's own people.
    Private,
    /// Posts with a password.
    Protected,
    /// Posts and comments in the bin, and posts of unknown status.
    Trashed,
    /// Pages.
    Pages,
    /// Comments.
    Comments,
    /// Comments that wait for approval.
    Pending,
    /// Comments that the platform holds for spam.
    Spam,
    /// Comments that look like spam.
    SuspectedSpam,
    /// What is left of removed comments.
    Deleted,
    /// E-mail addresses.
    Emails,
    /// IP addresses.
    Ips,
}

impl What {
    /// Every word, as the command line takes it.
    pub const ALL: &[(&'static str, What)] = &[
        ("drafts", What::Drafts),
        ("scheduled", What::Scheduled),
        ("private", What::Private),
        ("protected", What::Protected),
        ("trashed", What::Trashed),
        ("pages", What::Pages),
        ("comments", What::Comments),
        ("pending", What::Pending),
        ("spam", What::Spam),
        ("suspected-spam", What::SuspectedSpam),
        ("deleted", What::Deleted),
        ("emails", What::Emails),
        ("ips", What::Ips),
    ];
}

/// The word is none that `--include` and `--exclude` take.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} is not one of drafts, scheduled, private, protected, trashed, pages, comments, pending, spam, suspected-spam, deleted, emails, ips"
)]
pub struct UnknownWhat(String);

impl FromStr for What {
    type Err = UnknownWhat;

    fn from_str(word: &str) -> Result<What, UnknownWhat> {
        What::ALL
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, what)| *what)
            .ok_or_else(|| UnknownWhat(word.to_owned()))
    }
}

/// What was asked for. The default is everything that the output takes.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these blogs, by id, title or address.
    pub blogs: Vec<String>,
    /// Goes out though it would not.
    pub include: BTreeSet<What>,
    /// Stays though it would go out.
    pub exclude: BTreeSet<What>,
    /// Only posts of this day or later, in the blog's time.
    pub since: Option<NaiveDate>,
    /// Only posts of this day or earlier, in the blog's time.
    pub until: Option<NaiveDate>,
    /// Only posts with one of these tags or categories.
    pub labels: Vec<String>,
    /// Only posts by one of these people.
    pub authors: Vec<String>,
    /// Only so many posts.
    pub limit: Option<u64>,
}

impl Selection {
    /// Whether something goes out: as it was asked for, else by default.
    fn takes(&self, what: What, by_default: bool) -> bool {
        (by_default || self.include.contains(&what)) && !self.exclude.contains(&what)
    }

    /// E-mail addresses go out.
    pub fn keeps_emails(&self) -> bool {
        self.takes(What::Emails, false)
    }

    /// IP addresses go out.
    pub fn keeps_ips(&self) -> bool {
        self.takes(What::Ips, false)
    }

    /// Why a post of this kind and status does not go out, if it does not.
    pub fn leaves_out_post(&self, target: Target, kind: &Kind, status: Status, protected: bool) -> Option<Reason> {
        let publishes = target == Target::Markdown;
        let unless = |what, by_default, reason| (!self.takes(what, by_default)).then_some(reason);
        let by_status = match status {
            Status::Published => None,
            Status::Draft | Status::Pending => unless(What::Drafts, true, Reason::Drafts),
            Status::Scheduled => unless(What::Scheduled, true, Reason::Scheduled),
            Status::Private => unless(What::Private, !publishes, Reason::Private),
            Status::Trashed => unless(What::Trashed, !publishes, Reason::Trashed),
            Status::Unknown => unless(What::Trashed, !publishes, Reason::UnknownStatus),
        };
        by_status
            .or_else(|| {
                protected
                    .then(|| unless(What::Protected, !publishes, Reason::Protected))
                    .flatten()
            })
            .or_else(|| {
                (*kind == Kind::Page)
                    .then(|| unless(What::Pages, true, Reason::Pages))
                    .flatten()
            })
            .or_else(|| {
                is_hidden_post_type(kind.as_str())
                    .then(|| unless(What::Private, !publishes, Reason::Kind))
                    .flatten()
            })
    }

    /// Why a comment of this status does not go out, if it does not.
    pub fn leaves_out_comment(&self, target: Target, status: CommentStatus, is_suspected_spam: bool) -> Option<Reason> {
        let publishes = target == Target::Markdown;
        let unless = |what, by_default, reason| (!self.takes(what, by_default)).then_some(reason);
        unless(What::Comments, true, Reason::Comments)
            .or_else(|| match status {
                CommentStatus::Approved => None,
                CommentStatus::Pending => unless(What::Pending, !publishes, Reason::Pending),
                CommentStatus::Spam => unless(What::Spam, !publishes, Reason::Spam),
                CommentStatus::Trashed => unless(What::Trashed, !publishes, Reason::Trashed),
                CommentStatus::Deleted => unless(What::Deleted, true, Reason::Deleted),
                CommentStatus::Unknown => unless(What::Trashed, !publishes, Reason::UnknownStatus),
            })
            .or_else(|| {
                is_suspected_spam
                    .then(|| unless(What::SuspectedSpam, true, Reason::SuspectedSpam))
                    .flatten()
            })
    }

    /// Whether a day lies within what was asked for. What has no date lies outside of any span.
    pub fn accepts_date(&self, day: Option<NaiveDate>) -> bool {
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        day.is_some_and(|day| {
            self.since.is_none_or(|since| day >= since) && self.until.is_none_or(|until| day <= until)
        })
    }

    /// The reason for which comments without a post stay away where posts are filtered.
    pub(crate) fn filters_posts(&self) -> Option<Reason> {
        if self.since.is_some() || self.until.is_some() {
            Some(Reason::Dates)
        } else if !self.labels.is_empty() {
            Some(Reason::Labels)
        } else if !self.authors.is_empty() {
            Some(Reason::Authors)
        } else if self.limit.is_some() {
            Some(Reason::Limit)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_publishes_nothing_that_was_not_public() {
        let s = Selection::default();
        for (status, protected, reason) in [
            (Status::Private, false, Some(Reason::Private)),
            (Status::Published, true, Some(Reason::Protected)),
            (Status::Trashed, false, Some(Reason::Trashed)),
            (Status::Unknown, false, Some(Reason::UnknownStatus)),
            (Status::Draft, false, None),
            (Status::Scheduled, false, None),
        ] {
            assert_eq!(
                s.leaves_out_post(Target::Markdown, &Kind::Post, status, protected),
                reason
            );
            for target in [Target::Json, Target::Jsonl, Target::Wxr] {
                assert_eq!(s.leaves_out_post(target, &Kind::Post, status, protected), None);
            }
        }
        // A message to the owner has the status of what is published.
        let message = Kind::from("feedback");
        assert_eq!(
            s.leaves_out_post(Target::Markdown, &message, Status::Published, false),
            Some(Reason::Kind)
        );
        assert_eq!(s.leaves_out_post(Target::Wxr, &message, Status::Published, false), None);
        for status in CommentStatus::ALL {
            let public = matches!(status, CommentStatus::Approved | CommentStatus::Deleted);
            assert_eq!(s.leaves_out_comment(Target::Markdown, status, false).is_none(), public);
            assert_eq!(s.leaves_out_comment(Target::Json, status, true), None);
        }
    }

    #[test]
    fn what_is_asked_for_wins() {
        let mut s = Selection::default();
        s.include.insert(What::Private);
        s.exclude.insert(What::Pages);
        s.exclude.insert(What::SuspectedSpam);
        assert_eq!(
            s.leaves_out_post(Target::Markdown, &Kind::Post, Status::Private, false),
            None
        );
        assert_eq!(
            s.leaves_out_post(Target::Json, &Kind::Page, Status::Published, false),
            Some(Reason::Pages)
        );
        assert_eq!(
            s.leaves_out_comment(Target::Json, CommentStatus::Approved, true),
            Some(Reason::SuspectedSpam)
        );
    }

    #[test]
    fn every_word_is_read() {
        for (word, what) in What::ALL {
            assert_eq!(word.parse::<What>().unwrap(), *what);
        }
        assert!("draft".parse::<What>().is_err());
    }
}
