//! Any bytes as a feed of Google Takeout, or the settings beside one.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blogark_fuzz::read_as(bytes, &["blogger-takeout", "blogger-settings"]));
