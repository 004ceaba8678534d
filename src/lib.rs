//! blogark keeps dead and dying blogs.
pub mod dates;
pub mod html;
pub mod ledger;
pub mod model;
pub mod read;
