//! A blog made of any texts: each output is read back and is what was meant.

#![no_main]

libfuzzer_sys::fuzz_target!(|blog: blogark_fuzz::AnyBlog| blogark_fuzz::write_and_read(&blog));
