//! Finding bytes that are near, eight in one step. Texts of blogs are full of short pieces (attributes, names, references),
//! for which a search that is made for long ones takes most of its time to begin.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// What is closer than this is near.
const NEAR: usize = 64;

/// Marks the bytes of `word` that are `byte`: the lowest mark is true, those above it may not be.
#[inline(always)]
pub(crate) fn equal(word: u64, byte: u8) -> u64 {
    let zero = word ^ ONES.wrapping_mul(u64::from(byte));
    zero.wrapping_sub(ONES) & !zero & HIGHS
}

/// Marks the bytes of `word` that are less than `limit`, which is 128 at the most: the lowest mark is true, those above it
/// may not be.
#[inline(always)]
pub(crate) fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES.wrapping_mul(u64::from(limit))) & !word & HIGHS
}

/// Where the first byte stands that `marks` marks, made of [`equal`] and [`below`].
#[inline(always)]
pub(crate) fn find(bytes: &[u8], marks: impl Fn(u64) -> u64) -> Option<usize> {
    let place = |marked: u64| marked.trailing_zeros() as usize / 8;
    let (eights, rest) = bytes.as_chunks::<8>();
    for (number, eight) in eights.iter().enumerate() {
        let marked = marks(u64::from_le_bytes(*eight));
        if marked != 0 {
            return Some(number * 8 + place(marked));
        }
    }
    // Most of these were seen before and are not marked, so the first that is found here is the first of all.
    if let Some(last) = bytes.last_chunk::<8>() {
        let marked = marks(u64::from_le_bytes(*last));
        return (marked != 0).then(|| bytes.len() - 8 + place(marked));
    }
    let word = rest.iter().rev().fold(0, |word, b| word << 8 | u64::from(*b));
    let marked = marks(word);
    (marked != 0).then(|| place(marked)).filter(|at| *at < rest.len())
}

/// Where the first of two bytes stands, which is likely to be near.
#[inline]
pub(crate) fn find_either(a: u8, b: u8, bytes: &[u8]) -> Option<usize> {
    let near = bytes.get(..NEAR).unwrap_or(bytes);
    find(near, |word| equal(word, a) | equal(word, b)).or_else(|| {
        let far = bytes.get(NEAR..)?;
        memchr::memchr2(a, b, far).map(|at| NEAR + at)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_the_first(bytes in proptest::collection::vec(prop_oneof![
            1 => any::<u8>(),
            1 => prop::sample::select(vec![0, 1, b'&', b'\'', b'&' - 1, b'&' + 1, 0x1f, 0x20, 0x21, 0x80, 0xa6, 0xff]),
            6 => Just(b'a'),
        ], 0..150)) {
            let is_wanted = |b: &u8| *b == b'&' || *b < 0x20;
            prop_assert_eq!(
                find(&bytes, |word| equal(word, b'&') | below(word, 0x20)),
                bytes.iter().position(is_wanted)
            );
            prop_assert_eq!(find(&bytes, |word| below(word, 0x80)), bytes.iter().position(u8::is_ascii));
            prop_assert_eq!(
                find_either(b'&', b'\'', &bytes),
                bytes.iter().position(|b| matches!(b, b'&' | b'\''))
            );
        }
    }
}
