//! Any bytes as a feed that is not Atom (RSS, JSON, JSONP), or as the settings beside one.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blogark_fuzz::read_as(bytes, &["rss", "blogger-json", "blogger-settings"]));
