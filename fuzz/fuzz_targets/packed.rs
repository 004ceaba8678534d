//! Any bytes as a zip and as a gzip, and whatever is in them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for start in [&b"PK\x03\x04"[..], b"\x1f\x8b\x08", b""] {
        let mut packed = start.to_vec();
        packed.extend_from_slice(bytes.strip_prefix(start).unwrap_or(bytes));
        blogark_fuzz::read_as(&packed, &[""]);
    }
});
