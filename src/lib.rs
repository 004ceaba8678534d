//! blogark keeps dead and dying blogs.
pub mod html;
pub mod ledger;
pub mod model;
