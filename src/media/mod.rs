//! Pictures and files: finding those that posts use, matching them with files on disk, fetching them, naming them.
//!
//! ```text
//! posts ──find──▶ wanted (one for each file, in all its addresses) ──local, download──▶ library ──▶ writers
//! ```
//!
//! [`find`] says which addresses of a text are those of files and [`original`] which of them mean the same one.
//! [`Wanted`] gathers them over all posts, before anything is written. [`local`] looks for them in folders,
//! [`download`] on the web; what was found is named ([`names`]), looked at ([`probe`]) and stands in a [`Library`],
//! which tells writers where each file lies. Nothing here changes a post: that is [`crate::shape::media`].

pub mod collect;
pub mod download;
pub mod find;
mod library;
pub mod local;
pub mod location;
pub mod names;
pub mod original;
pub mod probe;
mod store;
mod wanted;

pub use collect::collect;
pub use library::{Held, Library, MediaError, Missing};
pub use store::{Kept, Store};
pub use wanted::{Asset, Wanted};

pub use crate::ledger::{Certainty, Failure, MediaTally};
