//! Shaping: pure steps that turn a post as it was read into a post as it goes out.

pub mod privacy;
