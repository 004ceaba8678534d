//! blogark keeps dead and dying blogs.
pub mod ledger;
pub mod model;
