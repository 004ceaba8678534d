//! blogark keeps dead and dying blogs.
pub mod check;
pub mod ledger;
pub mod model;
pub mod wordpress;
pub mod write;
