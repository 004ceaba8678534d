//! The rules that a finished output must meet.
pub mod wxr;
