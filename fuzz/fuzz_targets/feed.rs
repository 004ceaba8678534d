//! Any bytes as a feed: Atom, RSS, JSON.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blogark_fuzz::read_as(bytes, &["atom", "rss", "blogger-json"]));
