//! A first look at a comment: can it hold a word that advertisers have, or an address written out? Nearly none can, and of
//! those nothing else is asked.
//!
//! It may say yes too often and never no too often. So of each term one word is sought, in a text of which each letter was
//! folded by itself; where letters could join into one of a term's, the answer is yes.

use std::sync::OnceLock;

use aho_corasick::packed::{Config, Searcher};
use memchr::memmem;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::super::comment_text;
use super::terms::SUBJECTS;
use crate::fold::{fold, fold_one, parts};

/// What is no letter of a word.
const SPACE: u8 = b' ';
// ASCII stands for itself in lower case; these are controls, which no text has that gets here.
/// A letter or digit that no word has which is sought.
const OTHER: u8 = 1;
/// Folds to nothing.
const NOTHING: u8 = 2;
/// Folds to several letters.
const SEVERAL: u8 = 3;
/// Could join with its neighbours into a letter of a term.
const UNSURE: u8 = 4;
/// The first of the letters of words that are not ASCII.
const FIRST: u8 = 0x80;

/// Shorter words are sought one by one, because together with them nothing could be told from a few letters.
const LONG: usize = 4;

/// How many characters get their codes at once.
const BLOCK: usize = 64;

/// The codes of so many characters.
type Block = Box<[u8; BLOCK]>;

/// Whether a comment may hold a subject or an address.
pub(super) fn is_worth_reading(content_html: &str) -> bool {
    static GLANCE: OnceLock<Option<Glance>> = OnceLock::new();
    let Some(glance) = GLANCE.get_or_init(Glance::new) else {
        return true;
    };
    let mut codes = Vec::with_capacity(content_html.len());
    let is_simple = comment_text::simple(content_html, |piece| glance.add(piece, &mut codes));
    is_simple.is_none() || glance.finds(&codes)
}

/// The words that are sought, one of each term.
struct Glance {
    /// The letters of words that are not ASCII; the first has the code [`FIRST`].
    letters: Vec<char>,
    /// What these letters are made of.
    made_of: Vec<char>,
    long: Searcher,
    short: Vec<memmem::Finder<'static>>,
}

impl Glance {
    /// `None` where the processor has no means to seek so many words at once.
    fn new() -> Option<Glance> {
        let words: Vec<String> = SUBJECTS.iter().flat_map(|(_, terms)| *terms).map(|t| word(t)).collect();
        let mut letters: Vec<char> = words.concat().chars().filter(|c| !c.is_ascii()).collect();
        letters.sort_unstable();
        letters.dedup();
        // A test holds that there are not so many.
        letters.truncate(usize::from(u8::MAX - FIRST));
        let mut made_of: Vec<char> = letters.iter().copied().nfd().chain(letters.iter().copied()).collect();
        made_of.sort_unstable();
        made_of.dedup();
        let mut codes: Vec<Vec<u8>> = words
            .iter()
            .map(|word| word.chars().map(|c| code_of_folded(&letters, c)).collect())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        let (long, short): (Vec<_>, Vec<_>) = codes.into_iter().partition(|word| word.len() >= LONG);
        let long = Config::new()
            .heuristic_pattern_limits(false)
            .builder()
            .extend(&long)
            .build()?;
        Some(Glance {
            letters,
            made_of,
            long,
            short: short
                .iter()
                .map(|word| memmem::Finder::new(word).into_owned())
                .collect(),
        })
    }

    /// Adds the codes of a text. `None` where they cannot be told from single characters.
    fn add(&self, text: &str, codes: &mut Vec<u8>) -> Option<()> {
        if text.is_ascii() {
            let from = codes.len();
            codes.extend_from_slice(text.as_bytes());
            codes.get_mut(from..)?.make_ascii_lowercase();
            return Some(());
        }
        for c in text.chars() {
            let code = match u8::try_from(c) {
                Ok(byte @ 0..0x80) => byte.to_ascii_lowercase(),
                _ => self.code(c),
            };
            match code {
                NOTHING => {}
                SEVERAL => {
                    let folded = fold_one(c)?.into_iter().flatten();
                    codes.extend(folded.map(|c| code_of_folded(&self.letters, c)));
                }
                UNSURE => return None,
                code => codes.push(code),
            }
        }
        Some(())
    }

    fn finds(&self, codes: &[u8]) -> bool {
        // Terms in ASCII are whole words; scripts without spaces have theirs anywhere.
        let begins = |at: usize| {
            let is_ascii = codes.get(at).is_some_and(u8::is_ascii);
            let before = at.checked_sub(1).and_then(|before| codes.get(before));
            !is_ascii || before.is_none_or(|b| !is_of_word(*b))
        };
        memmem::find(codes, b"://").is_some()
            || self.long.find_iter(codes).any(|found| begins(found.start()))
            || self.short.iter().any(|word| word.find(codes).is_some())
    }

    /// The code of a character that is not ASCII. Each block is made when its first character comes.
    fn code(&self, c: char) -> u8 {
        static BLOCKS: [OnceLock<Block>; 0x11_0000 / BLOCK] = [const { OnceLock::new() }; 0x11_0000 / BLOCK];
        let code = c as usize;
        let Some(block) = BLOCKS.get(code / BLOCK) else {
            return UNSURE;
        };
        let block = block.get_or_init(|| {
            let mut block = Box::new([UNSURE; BLOCK]);
            for (code, place) in (u32::from(c) / BLOCK as u32 * BLOCK as u32..).zip(block.iter_mut()) {
                *place = char::from_u32(code).map_or(UNSURE, |c| self.made(c));
            }
            block
        });
        block.get(code % BLOCK).copied().unwrap_or(UNSURE)
    }

    fn made(&self, c: char) -> u8 {
        match c {
            // Nothing is done to these, and they are many.
            '一'..='鿿' | '가'..='힣' => code_of_folded(&self.letters, c),
            _ => match fold_one(c) {
                Some([Some(c), None, None]) => code_of_folded(&self.letters, c),
                Some([None, ..]) => NOTHING,
                Some(_) => SEVERAL,
                // It joins what stands before it, or changes places with it: of interest only for what the letters are made of.
                None => {
                    let matters = |c: char| c.is_ascii_alphanumeric() || self.made_of.contains(&c);
                    if parts(c).any(matters) { UNSURE } else { SPACE }
                }
            },
        }
    }
}

/// The longest word of a term, folded: the last of them where several are.
fn word(term: &str) -> String {
    let folded = fold(term);
    let longest = folded.split(' ').max_by_key(|word| word.chars().count());
    longest.unwrap_or_default().to_owned()
}

/// The code of a character that is folded already.
fn code_of_folded(letters: &[char], c: char) -> u8 {
    if let Ok(byte @ 0..0x80) = u8::try_from(c) {
        return byte;
    }
    match letters.binary_search(&c) {
        Ok(at) => u8::try_from(at).map_or(UNSURE, |at| at.saturating_add(FIRST)),
        // Marks may change places, so a word may end before each of them.
        Err(_) if c.is_alphanumeric() && canonical_combining_class(c) == 0 => OTHER,
        Err(_) => SPACE,
    }
}

/// Whether a code is that of a letter or digit.
fn is_of_word(code: u8) -> bool {
    code == OTHER || code >= FIRST || code.is_ascii_alphanumeric() || matches!(code, b'#' | b'%')
}

#[cfg(test)]
mod tests {
    use super::super::terms::Lists;
    use super::*;

    #[test]
    fn every_term_is_worth_reading() {
        let glance = Glance::new().unwrap();
        assert!(glance.letters.len() < usize::from(u8::MAX - FIRST));
        assert!(glance.letters.iter().all(|c| canonical_combining_class(*c) == 0));
        for (_, terms) in SUBJECTS {
            for term in *terms {
                for text in [
                    (*term).to_owned(),
                    term.to_uppercase(),
                    format!("so…{term}!"),
                    format!("no{term}\u{300} {term}"),
                    term.nfd().collect(),
                    term.chars().map(|c| format!("{c}\u{200b}")).collect(),
                    term.chars().map(|c| format!("{c}<b>")).collect(),
                ] {
                    assert!(is_worth_reading(&text), "{text}");
                }
            }
        }
        for text in ["see http://x.example", "ＨＴＴＰ：／／x", "<u>odd</u>"] {
            assert!(is_worth_reading(text), "{text}");
        }
    }

    #[test]
    fn most_comments_are_not() {
        for text in [
            "What a lovely post, thank you!<br />The carpoker is no word.",
            "Ещё одно утро &amp; снова река",
            "இன்று மழை பெய்தது",
            "वह नदी के पास रहता है",
            "가을 바다가 조용했다",
            "きのう、庭でがくあじさいを見た。",
            "كان الصباح هادئا",
        ] {
            assert!(!is_worth_reading(text), "{text}");
        }
    }

    /// Whatever stands in or beside a word, a subject that is found by reading is not passed over.
    #[test]
    fn no_character_hides_a_subject() {
        let pieces = [
            "cas",
            "ino",
            "カ",
            "シ",
            "ノ",
            "ᄏ",
            "지노",
            "заи",
            "м",
            "كازينو",
            "loan",
            " ",
            "loan",
            "x",
            "casino",
        ];
        for c in ('\0'..'\u{20000}').filter(|c| !c.is_ascii()) {
            let text = pieces.join(&c.to_string());
            if !is_worth_reading(&text) {
                let found = super::super::read(&text, Lists::Subjects);
                assert_eq!(
                    (found.subjects.iter().sum::<usize>(), found.addresses),
                    (0, 0),
                    "{text:?}"
                );
            }
        }
    }
}
