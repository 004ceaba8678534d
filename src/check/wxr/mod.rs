//! Checks a WXR file, anybody's, by what WordPress's importer does with it.
//!
//! The importer drops and changes things without a word and then says that all is done. Each finding here is one
//! such thing: errors (E…) are records or values that would be lost, warnings (W…) are values that would change.
//! The file is read as a stream: memory does not grow with it, but for eight bytes for a post and its slug each.

mod file;
mod hashes;
mod input;
mod item;
mod known;
mod pieces;
mod tokens;

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead};

use chrono::NaiveDateTime;

pub(crate) use pieces::{CheckedItems, InPieces};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// What a finding is about. `E`: data would be lost. `W`: changed, not lost.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Code] = &[$(Code::$name,)+];

            /// The code as it is printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => stringify!($name),)+ }
            }

            /// The rule in a sentence.
            pub fn rule(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc),+).trim_ascii_start(),)+ }
            }
        }
    };
}

codes! {
    /// The file is well-formed XML in UTF-8 that begins with its XML declaration, without BOM, DOCTYPE or characters that XML cannot hold, under WordPress's own namespaces.
    E01,
    /// It says WXR version 1.2; its elements stand where all of WordPress's readers find them.
    E02,
    /// Each post has a number of its own and a type that WordPress knows.
    E03,
    /// No two posts share type, date and title; an untitled post shares type and date with no other.
    E04,
    /// No post is without title, text and excerpt at once.
    E05,
    /// Dates have WordPress's form and exist; what is published has a UTC date too.
    E06,
    /// Each post's author is declared, under a login that WordPress takes.
    E07,
    /// No value is longer than WordPress takes.
    E08,
    /// Each comment has a number of its own, both dates, a known status, and answers an earlier comment of its post or none.
    E09,
    /// Terms of posts are complete and declared, parents before children, each slug once in its taxonomy.
    E10,
    /// No text and no file is too large to be read.
    E11,
    /// What was written reads back the same. (The writer checks this for each post.)
    E12,
    /// WordPress replaces a guid that begins with `tag:`.
    W01,
    /// Posts that share a slug: WordPress puts a number behind the later one, and its address changes.
    W02,
    /// Elements that are removed unless an administrator imports the file.
    W03,
    /// Text in brackets that WordPress runs as a shortcode.
    W04,
    /// Newlines in a classic post are shown as line breaks.
    W05,
    /// Links in comments get rel="nofollow ugc".
    W06,
    /// A name or slug that WordPress changes.
    W07,
    /// A file to be fetched whose address is not complete or has no ending.
    W08,
    /// Lines longer than 8,191 bytes, which WordPress's oldest reader cuts.
    W09,
    /// A hidden field in PHP's serialised form, which WordPress unpacks.
    W10,
    /// A published post with a date to come is scheduled.
    W11,
}

impl Code {
    /// Whether data would be lost.
    pub fn is_error(self) -> bool {
        self < Code::W01
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that WordPress would lose or change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// Line of the file, counted from 1.
    pub line: u64,
    /// What is there and what comes of it, in a sentence.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}: {}", self.code, self.line, self.message)
    }
}

/// How to check.
#[derive(Clone, Copy, Debug)]
pub struct CheckOptions {
    /// How many findings of one code are given; the rest are counted.
    pub per_code: u64,
    /// The moment, in UTC, after which a date is to come; `None` leaves that out.
    pub now: Option<NaiveDateTime>,
    /// How large a file may be, in bytes.
    pub max_size: Option<u64>,
}

impl Default for CheckOptions {
    fn default() -> CheckOptions {
        CheckOptions {
            per_code: 10,
            now: None,
            max_size: None,
        }
    }
}

/// What a checked file holds, and how many findings there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The version that the file says it has.
    pub version: String,
    /// Items by type.
    pub items: BTreeMap<String, u64>,
    /// Comments.
    pub comments: u64,
    /// Authors that are declared.
    pub authors: u64,
    /// Terms that are declared.
    pub terms: u64,
    /// Findings by code, those that were not given among them.
    pub findings: BTreeMap<Code, u64>,
}

impl Summary {
    /// How many findings mean a loss.
    pub fn errors(&self) -> u64 {
        self.count(true)
    }

    /// How many findings mean a change.
    pub fn warnings(&self) -> u64 {
        self.count(false)
    }

    fn count(&self, errors: bool) -> u64 {
        let wanted = self.findings.iter().filter(|(code, _)| code.is_error() == errors);
        wanted.map(|(_, count)| count).sum()
    }
}

/// Checks a file from its first byte to its last, or to where it stops being XML. Findings are given as they are
/// met.
///
/// # Errors
/// When the bytes cannot be had.
pub fn check_wxr(
    input: impl BufRead,
    options: CheckOptions,
    on_finding: &mut dyn FnMut(Finding),
) -> io::Result<Summary> {
    let (summary, _) = file::check(input, options, on_finding)?;
    Ok(summary)
}

/// Where findings go.
struct Report<'a> {
    options: CheckOptions,
    summary: Summary,
    on_finding: &'a mut dyn FnMut(Finding),
}

impl Report<'_> {
    /// `line` is a byte where a piece is checked.
    fn find(&mut self, code: Code, line: u64, message: impl Into<String>) {
        let count = self.summary.findings.entry(code).or_default();
        *count += 1;
        if *count <= self.options.per_code {
            (self.on_finding)(Finding {
                code,
                line,
                message: message.into(),
            });
        }
    }
}
