//! What any bytes are: a format, or a word for what they are instead.

#![no_main]

use blogark::read::{Sample, recognise};
use blogark::source::describe;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let bytes = &bytes[..bytes.len().min(Sample::SIZE)];
    for whole in [true, false] {
        let sample = Sample { bytes, whole };
        if recognise(sample).is_none() {
            assert!(!describe(sample).is_empty());
        }
    }
});
