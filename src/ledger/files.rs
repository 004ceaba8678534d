//! The account of pictures and files.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How sure it is that a file on disk is the one that a post shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It lies where its address says.
    Certain,
    /// It has the name, and was uploaded about when the post was written; or there is no other file that it could be.
    Likely,
    /// It has the name or the measures, and nothing else speaks for it.
    Possible,
}

/// Why a file could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// It was looked for in folders only, and is not there.
    NotInFolders,
    /// Several files could be it.
    Ambiguous,
    /// Nothing was fetched, because that was asked for.
    Offline,
    /// The server says that it is not there.
    NotFound,
    /// The server does not give it to everybody.
    Forbidden,
    /// The server answers that it is at fault, every time.
    ServerError,
    /// The server wants fewer requests, and went on saying so.
    TooManyRequests,
    /// No server is found by that name, or none answers.
    NoConnection,
    /// The connection broke, every time.
    CutOff,
    /// The server took too long.
    TooSlow,
    /// It is larger than was allowed.
    TooLarge,
    /// A page came instead of the file.
    Page,
    /// Something else than a picture came where a picture should be.
    WrongType,
    /// Redirects lead in a circle or go on for too long.
    Redirects,
    /// It leads to an address of this machine or its network.
    PrivateAddress,
    /// It is no address from which anything can be fetched.
    BadAddress,
    /// What was found on disk could not be read.
    Unreadable,
}

impl Failure {
    /// The reason in a few words, for the account at the end of a run.
    pub fn in_words(self) -> &'static str {
        match self {
            Failure::NotInFolders => "not in the folders",
            Failure::Ambiguous => "several files could be it",
            Failure::Offline => "not fetched, as was asked for",
            Failure::NotFound => "not there any more",
            Failure::Forbidden => "not given to everybody",
            Failure::ServerError => "the server is at fault",
            Failure::TooManyRequests => "the server wants fewer requests",
            Failure::NoConnection => "no server answers",
            Failure::CutOff => "the connection broke",
            Failure::TooSlow => "the server is too slow",
            Failure::TooLarge => "larger than --media-max-size",
            Failure::Page => "a page came instead of the file",
            Failure::WrongType => "no picture came",
            Failure::Redirects => "redirects without an end",
            Failure::PrivateAddress => "it leads into a private network",
            Failure::BadAddress => "no address to fetch from",
            Failure::Unreadable => "the file could not be read",
        }
    }

    /// Whether asking again after a while may help.
    pub fn may_pass(self) -> bool {
        matches!(
            self,
            Failure::ServerError
                | Failure::TooManyRequests
                | Failure::NoConnection
                | Failure::CutOff
                | Failure::TooSlow
        )
    }

    /// Nobody failed: it was not asked for.
    pub fn was_asked_for(self) -> bool {
        self == Failure::Offline
    }
}

/// What became of the files that posts use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MediaTally {
    /// Files that posts use, each counted once in all its sizes.
    pub found: u64,
    /// Taken from folders.
    pub local: u64,
    /// How sure it is of those that they are the right ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub certainty: BTreeMap<Certainty, u64>,
    /// Fetched in this run.
    pub downloaded: u64,
    /// Fetched by an earlier run.
    pub kept: u64,
    /// Not to be had, by reason.
    #[serde(default)]
    pub missing: BTreeMap<Failure, u64>,
}

impl MediaTally {
    /// Whether every file is accounted for.
    pub fn balances(&self) -> bool {
        self.found == self.local + self.downloaded + self.kept + self.missing.values().sum::<u64>()
    }

    /// Adds another account to this one.
    pub fn add(&mut self, other: &MediaTally) {
        self.found += other.found;
        self.local += other.local;
        self.downloaded += other.downloaded;
        self.kept += other.kept;
        for (certainty, count) in &other.certainty {
            *self.certainty.entry(*certainty).or_default() += count;
        }
        for (failure, count) in &other.missing {
            *self.missing.entry(*failure).or_default() += count;
        }
    }

    /// Whether files were looked for at all.
    pub fn is_empty(&self) -> bool {
        *self == MediaTally::default()
    }
}
