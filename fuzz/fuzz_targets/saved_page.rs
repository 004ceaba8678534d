//! Any bytes as a saved page.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blogark_fuzz::read_as(bytes, &["saved-page"]));
