//! Why an archive cannot be made, in sentences for the user.

use crate::read::ReadError;

/// Why an archive cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A source cannot be read.
    #[error("{shown}: {error}")]
    Read {
        /// How the source is named.
        shown: String,
        /// Why.
        error: ReadError,
    },
    /// Files were found, and none of them holds a post.
    #[error("nothing that blogark reads was found in {shown}: {what}. `blogark formats` lists what it does")]
    NothingFound {
        /// The files: the first by its name, the others by their number.
        shown: String,
        /// What is wrong with the first.
        what: String,
    },
    /// There is no such zone.
    #[error("there is no time zone {0:?}. Use a name like Europe/Berlin or America/New_York")]
    NoSuchZone(String),
    /// The address is none.
    #[error("{0:?} is no address of a blog. It begins with http:// or https://")]
    BadBaseUrl(String),
    /// An address was given for several blogs.
    #[error("--base-url fits one blog, and the input holds {0}. Convert them one by one with --blog")]
    BaseUrlForMany(usize),
}
