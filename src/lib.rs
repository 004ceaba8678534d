//! blogark keeps dead and dying blogs.
pub mod archive;
pub mod html;
pub mod ledger;
pub mod model;
pub mod read;
pub mod source;
