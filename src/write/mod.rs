//! Writers: posts and a plan in, bytes out. One module a format; a writer knows nothing of readers.
//!
//! A writer is a pure function from a plan and a post to bytes. The pipeline calls it from as many threads as asked for
//! and hands the results on in the plan's order, so that the same input gives the same bytes with any number of them.

mod folder;
mod gather;
pub mod json;
mod json_line;
mod manifest;
pub mod markdown;
mod media;
mod notes;
pub mod output;
mod pipeline;
pub mod redirects;
pub mod report;
mod staging;
pub mod wxr;

pub use folder::WrittenFolder;
pub use media::{Media, Refer, wanted};
pub use staging::discard_unfinished;

use std::io;

use crate::archive::{Archive, FetchError, Fetched};
use crate::ledger::{Ledger, Notice};
use crate::model::Blog;
use crate::plan::Plan;
use crate::shape::{self, privacy};

/// Why an output cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A post cannot be read any more.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The output does not take the bytes.
    #[error("{shown} could not be written: {}", reason(error))]
    Io {
        /// How the output is named.
        shown: String,
        /// What went wrong.
        error: io::Error,
    },
    /// An item of a WordPress file did not come out as it was meant.
    #[error(transparent)]
    Wxr(#[from] wxr::WxrFault),
    /// A record cannot be put into JSON.
    #[error("a record could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// Something stands where the output should go.
    #[error("{0}")]
    InTheWay(String),
}

impl WriteError {
    /// An error of the output with this name.
    pub fn io(shown: impl Into<String>, error: io::Error) -> WriteError {
        WriteError::Io {
            shown: shown.into(),
            error,
        }
    }

    /// Whoever reads the output has gone away: a quiet end.
    pub fn is_closed_pipe(&self) -> bool {
        match self {
            WriteError::Io { error, .. } => error.kind() == io::ErrorKind::BrokenPipe,
            WriteError::Json(error) => error.io_error_kind() == Some(io::ErrorKind::BrokenPipe),
            WriteError::Fetch(_) | WriteError::InTheWay(_) | WriteError::Wxr(_) => false,
        }
    }
}

/// What went wrong and what to do, without the system's own words where there are better ones.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full. Make room and run it again".to_owned(),
        io::ErrorKind::QuotaExceeded => "your quota is used up. Make room and run it again".to_owned(),
        io::ErrorKind::FileTooLarge => {
            "it grows larger than this disk or this account allows (ulimit -f). Choose another place".to_owned()
        }
        io::ErrorKind::PermissionDenied => "you have no permission. Choose a place that you may write to".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk cannot be written to. Choose another place".to_owned(),
        io::ErrorKind::NotFound => {
            "the folder it should go into is not there. Make it first, or name another".to_owned()
        }
        _ => error.to_string(),
    }
}

/// How a run goes on.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// What is written.
    pub archive: &'a Archive,
    /// What goes out of it.
    pub plan: &'a Plan,
    /// How many threads prepare posts.
    pub jobs: usize,
    /// Told how many posts are done, as they are.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
    /// Pictures and files that were gathered for it.
    pub media: Option<Media<'a>>,
}

/// What a writer did: how much it wrote, and what the user should know.
pub struct Written<'a> {
    /// The account of what was written and left out on the way.
    pub ledger: Ledger,
    /// Told of every notice, in the order of the posts.
    notices: &'a mut dyn FnMut(&Notice),
    /// What there is to do with the output, a sentence each.
    pub hints: Vec<String>,
}

impl<'a> Written<'a> {
    /// A new account; `notices` is told of each notice as it comes.
    pub fn new(notices: &'a mut dyn FnMut(&Notice)) -> Written<'a> {
        Written {
            ledger: Ledger::default(),
            notices,
            hints: Vec::new(),
        }
    }

    /// Counts a notice and hands it on.
    pub fn notice(&mut self, notice: &Notice) {
        self.ledger.count(notice);
        (self.notices)(notice);
    }

    /// Keeps what the user should do with the output.
    pub(crate) fn hint(&mut self, sentence: String) {
        self.hints.push(sentence);
    }

    /// Counts a post with its comments.
    pub fn post(&mut self, comments: u64) {
        self.ledger.posts.written += 1;
        self.ledger.comments.written += comments;
    }
}

impl<'a> Run<'a> {
    /// The blogs that go out, without what is private.
    pub fn blogs(&self) -> impl Iterator<Item = Blog> + '_ {
        self.plan.blogs.iter().filter_map(|place| {
            let mut blog = self.archive.blogs().nth(*place)?.clone();
            privacy::blog(&self.plan.selection, &mut blog);
            Some(blog)
        })
    }

    /// The address of a post's blog.
    fn home(self, number: u32) -> Option<&'a str> {
        self.archive.post(number)?.blog()?.home_page_url.as_deref()
    }

    /// Reads posts of the plan; each is shaped when the iterator comes to it.
    fn fetch(self, numbers: &'a [u32]) -> impl Iterator<Item = Result<Fetched, FetchError>> + use<'a> {
        self.archive.posts(numbers).map(move |fetched| {
            let mut one = fetched?;
            shape::post(&self.plan.selection, self.plan.target, &mut one.post, &mut one.notices);
            if let Some(media) = &self.media {
                media.shape(&mut one.post, self.home(one.number));
            }
            Ok(one)
        })
    }
}
