//! Any bytes as an archive of our own.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blogark_fuzz::read_as(bytes, &["jsonl", "json"]));
