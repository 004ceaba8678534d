//! Texts made comparable: case, accents, widths, digits and the marks that only steer how text is laid out.

use std::sync::OnceLock;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The zero of every decimal digit row that blogs are written with; digits follow their zero in order.
const ZEROS: [char; 24] = [
    '\u{0660}', '\u{06F0}', '\u{07C0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0B66}', '\u{0BE6}',
    '\u{0C66}', '\u{0CE6}', '\u{0D66}', '\u{0DE6}', '\u{0E50}', '\u{0ED0}', '\u{0F20}', '\u{1040}', '\u{17E0}',
    '\u{1810}', '\u{19D0}', '\u{1A80}', '\u{1B50}', '\u{1C50}', '\u{FF10}',
];

/// The value of a decimal digit of any script.
fn digit(c: char) -> Option<u32> {
    c.to_digit(10).or_else(|| {
        ZEROS.iter().find_map(|zero| {
            let value = u32::from(c).checked_sub(u32::from(*zero))?;
            (value < 10).then_some(value)
        })
    })
}

/// Folds a text for comparing: lower case, no accents, one form for letters that differ by keyboard or width only,
/// every space a plain one, native digits as 0 to 9.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            // Most of a text is of these, and they stay as they are.
            'a'..='z' | ' ' | '一'..='鿿' => folded.push(c),
            _ => match Folded::of(c) {
                Folded::Alone { length, chars } => folded.extend(chars.into_iter().take(usize::from(length))),
                // Rare: a mark that reaches over to its neighbours.
                Folded::Neighbourly => return fold_together(text),
            },
        }
    }
    folded
}

/// What a character is folded to, whatever stands beside it: up to three, or none. `None` where its neighbours matter.
pub(crate) fn fold_one(c: char) -> Option<[Option<char>; 3]> {
    match Folded::of(c) {
        Folded::Alone { length, chars } => {
            let mut places = 0..;
            Some(chars.map(|c| places.next().filter(|at| *at < length).map(|_| c)))
        }
        Folded::Neighbourly => None,
    }
}

/// What a character is folded to before it is joined with its neighbours.
pub(crate) fn parts(c: char) -> impl Iterator<Item = char> {
    kept(std::iter::once(c))
}

/// What becomes of a character.
#[derive(Clone, Copy)]
enum Folded {
    /// The same whatever stands beside it.
    Alone { length: u8, chars: [char; 3] },
    /// It depends on its neighbours, or is long.
    Neighbourly,
}

/// How many characters are made at once.
const BLOCK: usize = 64;

/// The characters of a block.
type Block = Box<[Folded; BLOCK]>;

/// Whether a character is a mark that folding keeps, and that stays what and where it is between two characters that are no
/// marks: the virama, the tones of Thai. (`fold_one` does not know its neighbours.)
pub(crate) fn is_lone_mark(c: char) -> bool {
    canonical_combining_class(c) != 0
        && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes
        && std::iter::once(c).nfkd().eq([c])
        && kept(std::iter::once(c)).eq([c])
}

impl Folded {
    /// Each block is made when its first character comes: most texts keep to three or four.
    fn of(c: char) -> Folded {
        static BLOCKS: [OnceLock<Block>; 0x11_0000 / BLOCK] = [const { OnceLock::new() }; 0x11_0000 / BLOCK];
        let code = c as usize;
        let Some(block) = BLOCKS.get(code / BLOCK) else {
            return Folded::Neighbourly;
        };
        let block = block.get_or_init(|| {
            let mut block = Box::new([Folded::Neighbourly; BLOCK]);
            for (code, place) in (u32::from(c) / BLOCK as u32 * BLOCK as u32..).zip(block.iter_mut()) {
                *place = char::from_u32(code).map_or(Folded::Neighbourly, Folded::made);
            }
            block
        });
        block.get(code % BLOCK).copied().unwrap_or(Folded::Neighbourly)
    }

    /// A character stands alone where all that is made of it begins with what neither moves nor joins what stands before.
    fn made(c: char) -> Folded {
        let is_starter = |c: Option<char>| c.is_none_or(|c| canonical_combining_class(c) == 0);
        let lower = std::iter::once(c).nfkd().flat_map(char::to_lowercase).nfkd().next();
        let kept = kept(std::iter::once(c)).next();
        // What is dropped is dropped wherever it stands, and before anything is joined.
        if kept.is_none() && std::iter::once(c).nfkd().eq([c]) {
            return Folded::Alone {
                length: 0,
                chars: ['\0'; 3],
            };
        }
        let joins = kept.is_some_and(|c| is_nfc_quick(std::iter::once(c)) != IsNormalized::Yes);
        if joins
            || ![std::iter::once(c).nfkd().next(), lower, kept]
                .into_iter()
                .all(is_starter)
        {
            return Folded::Neighbourly;
        }
        let mut buffer = [0; 4];
        let folded = fold_together(c.encode_utf8(&mut buffer));
        // A mark at its end would have to find its place among those that follow.
        if !is_starter(folded.chars().next_back()) {
            return Folded::Neighbourly;
        }
        let mut chars = ['\0'; 3];
        let mut length = 0;
        for c in folded.chars() {
            match chars.get_mut(usize::from(length)) {
                Some(place) => *place = c,
                None => return Folded::Neighbourly,
            }
            length += 1;
        }
        Folded::Alone { length, chars }
    }
}

/// Folds a whole text, with all that characters do to each other.
fn fold_together(text: &str) -> String {
    kept(text.chars()).nfc().collect()
}

/// What is left of characters, before they are joined again.
fn kept(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    chars
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter_map(|c| match c {
            // Accents, and the marks that vowel Arabic and Hebrew. Marks of other scripts are letters of their words.
            '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0591}'..='\u{05BD}' => None,
            // Marks of direction and joining, soft hyphen, byte order mark, Arabic's stretching sign.
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' => None,
            '\u{00AD}' | '\u{FEFF}' | '\u{0640}' | '\u{061C}' => None,
            'ı' => Some('i'),
            'ς' => Some('σ'),
            'ی' | 'ى' => Some('ي'),
            'ک' => Some('ك'),
            'ة' => Some('ه'),
            '’' | '‘' | 'ʼ' | '´' | '`' => Some('\''),
            '״' | '“' | '”' => Some('"'),
            '–' | '—' | '‐' | '‑' | '−' => Some('-'),
            c if c.is_whitespace() => Some(' '),
            c => match digit(c) {
                Some(value) => char::from_digit(value, 10),
                None => Some(c),
            },
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{fold, fold_together};

    proptest! {
        /// Character by character gives what the whole text gives: neighbours that join, marks that move, all scripts.
        #[test]
        fn one_by_one_is_as_together(text in "([\\u{c0}-\\u{24f}\\u{370}-\\u{5ff}\\u{600}-\\u{6ff}]|\\PC|[\\u{300}-\\u{36f}\\u{1100}-\\u{11ff}\\u{ac00}-\\u{ac80}\\u{900}-\\u{dff}\\u{3040}-\\u{30ff}a-zA-Z ]){0,12}") {
            prop_assume!(!text.is_ascii());
            prop_assert_eq!(fold(&text), fold_together(&text));
        }
    }

    #[test]
    fn every_character_between_others_is_as_together() {
        for c in '\0'..'\u{20000}' {
            let text = format!("ée{c}a{c}{c}");
            assert_eq!(fold(&text), fold_together(&text), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn makes_comparable() {
        assert_eq!(fold("MÄRZ"), "marz");
        assert_eq!(fold("Μαΐου"), "μαιου");
        assert_eq!(fold("İstanbul ılık"), "istanbul ilik");
        assert_eq!(fold("۱۳۸۸"), "1388");
        assert_eq!(fold("２００９年"), "2009年");
        assert_eq!(fold("3:37\u{202F}PM"), "3:37 pm");
        assert_eq!(fold("화요일"), "화요일");
        assert_eq!(fold("سه\u{200C}شنبه"), "سهشنبه");
    }
}
