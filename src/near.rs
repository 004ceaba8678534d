//! Finding bytes that are near. Texts of blogs are full of short pieces (attributes, names, references), for which a search
//! that is made for long ones takes most of its time to begin. Sixteen bytes are looked at in one step, then eight. And
//! counting digits, of which ids and addresses end or begin with twenty.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// What is closer than this is near.
const NEAR: usize = 64;

/// Where the first byte stands that is one of `wanted` or less than `limit` (128 at the most).
#[inline(always)]
pub(crate) fn find(bytes: &[u8], wanted: [u8; 3], limit: u8) -> Option<usize> {
    let [a, b, c] = wanted;
    let mut passed = 0;
    for block in bytes.as_chunks::<16>().0 {
        // Each by itself, and without a branch: so the compiler makes one wide comparison of each.
        let (mut is_a, mut is_b, mut is_c, mut is_below) = (false, false, false, false);
        for byte in block {
            is_a |= *byte == a;
            is_b |= *byte == b;
            is_c |= *byte == c;
            is_below |= *byte < limit;
        }
        if is_a | is_b | is_c | is_below {
            break;
        }
        passed += 16;
    }
    let rest = bytes.get(passed..)?;
    let (eights, few) = rest.as_chunks::<8>();
    for (number, eight) in eights.iter().enumerate() {
        let marked = marks(u64::from_le_bytes(*eight), wanted, limit);
        if marked != 0 {
            return Some(passed + number * 8 + place(marked));
        }
    }
    // Most of these were seen before and are not marked, so the first that is found here is the first of all.
    if let Some(last) = bytes.last_chunk::<8>() {
        let marked = marks(u64::from_le_bytes(*last), wanted, limit);
        return (marked != 0).then(|| bytes.len() - 8 + place(marked));
    }
    let word = few.iter().rev().fold(0, |word, b| word << 8 | u64::from(*b));
    let marked = marks(word, wanted, limit);
    (marked != 0).then(|| place(marked)).filter(|at| *at < few.len())
}

/// Marks the bytes of `word` that are wanted with their highest bit. The lowest mark is true, those above it may not be.
#[inline(always)]
fn marks(word: u64, wanted: [u8; 3], limit: u8) -> u64 {
    let below = word.wrapping_sub(ONES.wrapping_mul(u64::from(limit))) & !word;
    let all = wanted.iter().fold(below, |all, byte| {
        let zero = word ^ ONES.wrapping_mul(u64::from(*byte));
        all | (zero.wrapping_sub(ONES) & !zero)
    });
    all & HIGHS
}

/// The number of the lowest byte that is marked.
#[inline(always)]
fn place(marked: u64) -> usize {
    marked.trailing_zeros() as usize / 8
}

/// Where the first of two bytes stands, which is likely to be near.
#[inline]
pub(crate) fn find_either(a: u8, b: u8, bytes: &[u8]) -> Option<usize> {
    let near = bytes.get(..NEAR).unwrap_or(bytes);
    find(near, [a, b, b], 0).or_else(|| {
        let far = bytes.get(NEAR..)?;
        memchr::memchr2(a, b, far).map(|at| NEAR + at)
    })
}

/// How many digits a text begins with.
#[inline]
pub(crate) fn digits_at_start(bytes: &[u8]) -> usize {
    let (eights, rest) = bytes.as_chunks::<8>();
    for (number, eight) in eights.iter().enumerate() {
        let others = no_digits(u64::from_le_bytes(*eight));
        if others != 0 {
            return number * 8 + place(others);
        }
    }
    eights.len() * 8 + rest.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// How many digits a text ends with.
#[inline]
pub(crate) fn digits_at_end(bytes: &[u8]) -> usize {
    let (rest, eights) = bytes.as_rchunks::<8>();
    for (number, eight) in eights.iter().rev().enumerate() {
        let others = no_digits(u64::from_le_bytes(*eight));
        if others != 0 {
            return number * 8 + others.leading_zeros() as usize / 8;
        }
    }
    eights.len() * 8 + rest.iter().rev().take_while(|b| b.is_ascii_digit()).count()
}

/// Marks the bytes of `word` that are no digits with their highest bit.
#[inline(always)]
fn no_digits(word: u64) -> u64 {
    // Digits become 0 to 9, and 0x76 more reaches the highest bit from 10 on.
    let from_zero = word ^ ONES.wrapping_mul(u64::from(b'0'));
    (((from_zero & !HIGHS) + ONES.wrapping_mul(0x76)) | from_zero) & HIGHS
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
            12 => Just(b'a'),
        ], 0..150)) {
            let first = |is_wanted: fn(&u8) -> bool| bytes.iter().position(is_wanted);
            prop_assert_eq!(find(&bytes, [b'&'; 3], 0x20), first(|b| *b == b'&' || *b < 0x20));
            prop_assert_eq!(find(&bytes, [0; 3], 0x80), first(u8::is_ascii));
            prop_assert_eq!(find(&bytes, [0xff, 0, b'&'], 0), first(|b| matches!(b, 0xff | 0 | b'&')));
            prop_assert_eq!(find_either(b'&', b'\'', &bytes), first(|b| matches!(b, b'&' | b'\'')));
        }

        #[test]
        fn counts_digits(bytes in proptest::collection::vec(prop_oneof![
            1 => any::<u8>(),
            1 => prop::sample::select(vec![b'0' - 1, b'9' + 1, 0, 0x7f, 0x80, b'0' | 0x80, b'9' | 0x80, 0xff]),
            30 => b'0'..=b'9',
        ], 0..40)) {
            let is_digit = |b: &&u8| b.is_ascii_digit();
            prop_assert_eq!(digits_at_start(&bytes), bytes.iter().take_while(is_digit).count());
            prop_assert_eq!(digits_at_end(&bytes), bytes.iter().rev().take_while(is_digit).count());
        }
    }
}
