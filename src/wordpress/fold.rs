//! When WordPress's database takes two texts for equal.

use std::hash::{DefaultHasher, Hash, Hasher};

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A text folded so that texts which the database's collation (`utf8mb4_unicode_ci` and its kin) holds for equal
/// become the same. It may fold a little more than the database does, never less where blogs are written: case,
/// accents, width, kana, ligatures, invisible characters, trailing space; all characters beyond the basic plane
/// are one.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Each by itself: what could change places with its neighbours are marks, and those go.
    for c in text.chars() {
        match c {
            c if c.is_ascii() && is_ignored(c) => {}
            // To these no more is done, and they are many.
            '\0'..='\x7f' | '一'..='鿿' => out.push(c.to_ascii_lowercase()),
            c => decompose_compatible(c, |part| part.to_lowercase().for_each(|c| add(c, &mut out))),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Adds a character that is decomposed and in lower case.
fn add(c: char, out: &mut String) {
    match c {
        c if is_combining_mark(c) || is_ignored(c) => {}
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ø' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ł' => out.push('l'),
        'ħ' => out.push('h'),
        'ŧ' => out.push('t'),
        'ı' => out.push('i'),
        'þ' => out.push_str("th"),
        'ς' => out.push('σ'),
        // Katakana is read as hiragana, small kana as full ones.
        'ァ'..='ヶ' => out.push(full_kana(char::from_u32(u32::from(c) - 0x60).unwrap_or(c))),
        'ぁ'..='ゖ' => out.push(full_kana(c)),
        c if c > '\u{ffff}' => out.push('\u{fffd}'),
        c => out.push(c),
    }
}

fn is_ignored(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}')
}

fn full_kana(c: char) -> char {
    match c {
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        c => c,
    }
}

/// A number that is equal for titles WordPress holds for equal; 0 for what it treats as no title at all (nothing,
/// or `0`).
pub fn title_fold(title: &str) -> u64 {
    if matches!(title.trim(), "" | "0") {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    fold(title.trim()).hash(&mut hasher);
    hasher.finish().max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    proptest! {
        #[test]
        fn characters_are_folded_by_themselves(
            text in prop_oneof![any::<String>(), "[a-zà-žа-яёй0-9ァ-ヶ가-힣一-鿿\u{300}-\u{345} İﬁ]{0,20}"]
        ) {
            let mut whole = String::new();
            text.nfkd().flat_map(char::to_lowercase).for_each(|c| add(c, &mut whole));
            prop_assert_eq!(fold(&text), whole.trim_end());
        }
    }

    #[test]
    fn equal_for_the_database_is_equal_here() {
        for (a, b) in [
            ("Café", "cafe "),
            ("STRASSE", "Straße"),
            ("ｶﾀｶﾅ", "かたかな"),
            ("がっこう", "カツコウ"),
            ("smile 😀", "smile 🎉"),
            ("soft\u{ad}hyphen", "softhyphen"),
            ("Ærø", "aero"),
        ] {
            assert_eq!(title_fold(a), title_fold(b), "{a} {b}");
        }
        for (a, b) in [("Day 1", "Day 2"), ("日本", "日木"), ("a b", "ab"), ("und", "ünder")] {
            assert_ne!(title_fold(a), title_fold(b), "{a} {b}");
        }
    }

    #[test]
    fn no_title_is_zero() {
        assert_eq!([title_fold(""), title_fold("  "), title_fold("0")], [0, 0, 0]);
        assert_ne!(title_fold("00"), 0);
    }
}
