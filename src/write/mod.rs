//! Writers.
pub mod wxr;
