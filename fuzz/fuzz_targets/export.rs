//! Any bytes as a Blogger export.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blogark_fuzz::read_as(bytes, &["blogger-export"]));
