//! A first look at a comment, in one pass: can it have one of the reasons? Nearly none can, and of those nothing else is asked.
//!
//! It may say yes too often and never no too often. So terms are sought in a text of which each letter was folded by itself;
//! where letters could join into one of a term's, the answer is yes.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::super::comment_text::{self, Piece, is_shown};
use super::sought::{Sought, Term};
use super::terms::{STOCK, SUBJECTS};
use super::{MANY_LINKS, has_two_words, is_nothing_but_links};
use crate::fold::{fold, fold_one, parts};

/// What is no letter of a word.
const SPACE: u8 = b' ';
// ASCII stands for itself in lower case; these are controls, which no text has that gets here.
/// Nobody knows yet.
const UNMADE: u8 = 0;
/// Folds to nothing.
const NOTHING: u8 = 1;
/// Folds to several letters.
const SEVERAL: u8 = 2;
/// Could join with its neighbours into a letter of a term. All up to this are no codes of letters.
const UNSURE: u8 = 3;
/// A letter or digit that no word has which is sought.
pub(super) const OTHER: u8 = 4;
/// The first of the letters of words that are not ASCII.
pub(super) const FIRST: u8 = 0x80;

/// Whether a comment with so many links may have a reason to be taken for spam.
pub(super) fn is_worth_reading(content_html: &str, anchors: usize) -> bool {
    static GLANCE: OnceLock<Option<Glance>> = OnceLock::new();
    let Some(glance) = GLANCE.get_or_init(Glance::new) else {
        return true;
    };
    let mut seen = ROOM.take();
    seen.clear();
    let is_known = glance.look(content_html, anchors, &mut seen).is_some();
    let may_have_one = !is_known || seen.may_have_a_reason(glance, content_html, anchors);
    if seen.codes.capacity() <= KEPT {
        ROOM.set(seen);
    }
    may_have_one
}

/// Room that a thread keeps for its next comment at the most, in bytes.
const KEPT: usize = 64 * 1024;

thread_local! {
    /// What was seen of this thread's last comment, for its room.
    static ROOM: Cell<Seen> = const { Cell::new(Seen::NOTHING) };
}

/// The codes of characters that came before.
static CODES: [AtomicU8; 0x2_0000] = [const { AtomicU8::new(UNMADE) }; 0x2_0000];

/// What is seen of a comment.
#[derive(Default)]
struct Seen {
    /// The codes of its text.
    codes: Vec<u8>,
    /// The text that is in no link, where there are links.
    outside: String,
}

impl Seen {
    const NOTHING: Seen = Seen {
        codes: Vec::new(),
        outside: String::new(),
    };

    fn clear(&mut self) {
        self.codes.clear();
        self.outside.clear();
    }

    fn may_have_a_reason(&self, glance: &Glance, content_html: &str, anchors: usize) -> bool {
        let addresses = memchr::memchr_iter(b':', &self.codes)
            .filter(|at| self.codes.get(at + 1..at + 3) == Some(b"//"))
            .count();
        let links = anchors.max(addresses);
        if glance.subjects.is_in(&self.codes) {
            return true;
        }
        // Nothing else is a reason without a link.
        links > 0
            && (links >= MANY_LINKS
                || match anchors {
                    0 => is_nothing_but_links(content_html),
                    _ => !has_two_words(&self.outside),
                }
                || glance.stock.is_in(&self.codes))
    }
}

/// The terms that are sought.
struct Glance {
    /// The letters of terms that are not ASCII; the first has the code [`FIRST`].
    letters: Vec<char>,
    /// What these letters are made of.
    made_of: Vec<char>,
    subjects: Sought,
    stock: Sought,
}

impl Glance {
    /// `None` where the processor has no means to seek so many words at once.
    fn new() -> Option<Glance> {
        let subjects: Vec<String> = SUBJECTS
            .iter()
            .flat_map(|(_, terms)| *terms)
            .map(|term| fold(term))
            .collect();
        let stock: Vec<String> = STOCK.iter().map(|term| fold(term)).collect();
        let all = subjects.iter().chain(&stock).flat_map(|term| term.chars());
        let mut letters: Vec<char> = all.filter(|c| !c.is_ascii()).collect();
        letters.sort_unstable();
        letters.dedup();
        // A test holds that there are not so many.
        letters.truncate(usize::from(u8::MAX - FIRST));
        let mut made_of: Vec<char> = letters.iter().copied().nfd().chain(letters.iter().copied()).collect();
        made_of.sort_unstable();
        made_of.dedup();
        let sought = |folded: &[String]| {
            let word = |word: &str| word.chars().map(|c| code_of_folded(&letters, c)).collect();
            let term = |term: &String| Term {
                words: term.split(' ').map(word).collect(),
                is_whole: term.is_ascii(),
            };
            Sought::new(folded.iter().map(term).collect())
        };
        Some(Glance {
            subjects: sought(&subjects)?,
            stock: sought(&stock)?,
            letters,
            made_of,
        })
    }

    /// `None` where the comment has to be read to be known.
    fn look(&self, content_html: &str, anchors: usize, seen: &mut Seen) -> Option<()> {
        let mut is_in_link = false;
        comment_text::simple(content_html, |piece| {
            match piece {
                Piece::Text(text) => {
                    self.add(text, &mut seen.codes)?;
                    if anchors > 0 && !is_in_link {
                        is_shown(text).then_some(())?;
                        seen.outside.push_str(text);
                    }
                }
                // What stands before a link and behind it are words of their own.
                Piece::Link if !is_in_link => {
                    seen.outside.push(' ');
                    is_in_link = true;
                }
                Piece::Link => {}
                Piece::LinkEnd => is_in_link = false,
            }
            Some(())
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
        let from = codes.len();
        // A character of two bytes or more becomes three codes at the most.
        codes.resize(from + text.len() + text.len() / 2 + 3, SPACE);
        let mut places = codes.get_mut(from..)?.iter_mut();
        for c in text.chars() {
            let code = CODES
                .get(c as usize)
                .map_or(UNMADE, |code| code.load(Ordering::Relaxed));
            // Nearly all have been seen before.
            if code > UNSURE {
                *places.next()? = code;
                continue;
            }
            match if code == UNMADE { self.learn(c) } else { code } {
                NOTHING => {}
                SEVERAL => {
                    for c in fold_one(c)?.into_iter().flatten() {
                        *places.next()? = code_of_folded(&self.letters, c);
                    }
                }
                UNSURE => return None,
                code => *places.next()? = code,
            }
        }
        let unused = places.len();
        codes.truncate(codes.len() - unused);
        Some(())
    }

    /// The code of a character that comes for the first time.
    #[cold]
    fn learn(&self, c: char) -> u8 {
        let code = self.made(c);
        if let Some(place) = CODES.get(c as usize) {
            place.store(code, Ordering::Relaxed);
        }
        code
    }

    fn made(&self, c: char) -> u8 {
        match c {
            '\0'..='\x7f' => u8::try_from(c.to_ascii_lowercase()).unwrap_or(UNSURE),
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

#[cfg(test)]
mod tests {
    use super::super::reading::Lists;
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
                    term.replace(' ', "\u{a0}—  "),
                    format!("no{term}\u{300} {term}"),
                    term.nfd().collect(),
                    term.chars().map(|c| format!("{c}\u{200b}")).collect(),
                    term.chars().map(|c| format!("{c}<b>")).collect(),
                ] {
                    assert!(is_worth_reading(&text, 0), "{text}");
                }
            }
        }
        for text in ["see http://x.example", "ＨＴＴＰ：／／x", "<u>odd</u>"] {
            assert!(is_worth_reading(text, 0), "{text}");
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
            assert!(!is_worth_reading(text, 0), "{text}");
        }
    }

    /// Whatever stands in or beside a word, a subject or a stock phrase that is found by reading is not passed over.
    #[test]
    fn no_character_hides_a_term() {
        let of_subjects = [
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
            "earn",
            "money",
            "x",
            "кредит",
            "онлайн",
            "casino",
        ];
        let of_phrases = [
            "x",
            "nice",
            "post",
            "x",
            "спасибо",
            "за",
            "статью",
            "参考に",
            "なりました",
            "well",
            "done",
        ];
        let link = "<a href=\"http://x.example\">x</a> some words";
        for c in ('\0'..'\u{20000}').filter(|c| !c.is_ascii()) {
            let text = of_subjects.join(&c.to_string());
            if !is_worth_reading(&text, 0) {
                let found = super::super::read(&text, Lists::Subjects);
                assert_eq!(
                    (found.subjects.iter().sum::<usize>(), found.addresses),
                    (0, 0),
                    "{text:?}"
                );
            }
            let text = of_phrases.join(&c.to_string()) + link;
            if !is_worth_reading(&text, 1) {
                assert!(!super::super::read(&text, Lists::Phrases).stock, "{text:?}");
            }
        }
    }

    #[test]
    fn terms_are_whole() {
        let link = "<a href=\"http://x.example\">beans</a>";
        for (text, is_worth) in [
            ("I stayed at home and had no money for a card", false),
            ("I work from home", true),
            ("slot, online!", true),
            ("slot machines are online", false),
            ("slotonline", false),
            ("my loansome days", false),
            ("bank loans.", true),
        ] {
            assert_eq!(is_worth_reading(text, 0), is_worth, "{text}");
        }
        for (text, is_worth) in [
            ("A good long post, as you see: {}", false),
            ("Great post! {} of mine", true),
            ("You may like {}", false),
            ("{} {} {} {} are four of them", true),
            ("{}", true),
            ("Look: {}", true),
        ] {
            let anchors = text.matches("{}").count();
            assert_eq!(is_worth_reading(&text.replace("{}", link), anchors), is_worth, "{text}");
        }
    }
}
