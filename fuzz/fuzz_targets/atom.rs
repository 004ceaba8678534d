//! Any bytes as what is Atom: an export of Blogger's, a feed of Google Takeout, a feed.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blogark_fuzz::read_as(bytes, &["blogger-export", "blogger-takeout", "atom"]));
