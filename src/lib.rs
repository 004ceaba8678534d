//! blogark keeps dead and dying blogs.
pub mod archive;
pub mod check;
pub mod html;
pub mod ledger;
pub mod model;
pub mod plan;
pub mod read;
pub mod shape;
pub mod source;
pub mod wordpress;
pub mod write;
