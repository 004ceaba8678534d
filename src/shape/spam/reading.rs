//! The search for all words of spam at once: a text is read letter by letter as it is folded, without a copy of it.
//!
//! Every letter that occurs in a term has a number; all others share one, and what is no letter is a space between words.
//! So a search over a few dozen numbers knows the ends of words, in any script.

use std::sync::OnceLock;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use super::terms::{MANNERS, STOCK, SUBJECTS};
use crate::fold::{fold, fold_one, is_lone_mark};

/// What stands between words.
const SPACE: u8 = 0;
/// The same, of addresses.
const COLON: u8 = 1;
/// The same.
const SLASH: u8 = 2;
/// A letter or digit of no term.
const OTHER: u8 = 3;
/// The first of the letters of the terms.
const FIRST: u8 = 4;
/// Folds to several letters, to none, or as its neighbours want it.
const SEVERAL: u8 = u8::MAX;
/// Added to the number of a mark, which must not stand beside another.
const MARK: u8 = 0x80;

/// The letters of all terms, and their numbers.
struct Terms {
    /// The first has the number [`FIRST`].
    letters: Vec<char>,
    /// The numbers of ASCII, in lower case.
    usual: [u8; 128],
    /// `http://` and `https://`, as [`Reading::last`] has them.
    openings: [u64; 2],
}

/// What is sought in one pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// What advertisers have to sell.
    Subjects,
    /// How they write: of interest only where there is a subject or a link, which few comments have.
    Phrases,
}

/// A search for all terms of some lists.
struct Search {
    search: NFA,
    /// The state behind a space.
    start: StateID,
    /// Whose each term is.
    lists: Vec<List>,
}

#[derive(Clone, Copy)]
enum List {
    Subject(usize),
    Manner,
    Stock,
}

impl Lists {
    /// `None` where the lists could not be made into one search, which a test rules out.
    fn search(self) -> Option<&'static Search> {
        static SUBJECTS: OnceLock<Option<Search>> = OnceLock::new();
        static PHRASES: OnceLock<Option<Search>> = OnceLock::new();
        let place = match self {
            Lists::Subjects => &SUBJECTS,
            Lists::Phrases => &PHRASES,
        };
        place.get_or_init(|| Search::new(self)).as_ref()
    }

    fn terms(self) -> Vec<(List, &'static str)> {
        let subjects = (0..)
            .zip(SUBJECTS)
            .flat_map(|(n, (_, terms))| terms.iter().map(move |t| (List::Subject(n), *t)));
        match self {
            Lists::Subjects => subjects.collect(),
            Lists::Phrases => {
                let manners = MANNERS.iter().map(|t| (List::Manner, *t));
                manners.chain(STOCK.iter().map(|t| (List::Stock, *t))).collect()
            }
        }
    }
}

impl Search {
    fn new(lists: Lists) -> Option<Search> {
        let (lists, terms): (Vec<List>, Vec<&str>) = lists.terms().into_iter().unzip();
        let search = NFA::builder()
            .match_kind(MatchKind::Standard)
            .prefilter(false)
            .build(terms.iter().map(|term| self::terms().pattern(&fold(term))))
            .ok()?;
        let start = search.start_state(Anchored::No).ok()?;
        Some(Search {
            // A text begins as after a space.
            start: search.next_state(Anchored::No, start, SPACE),
            search,
            lists,
        })
    }
}

fn terms() -> &'static Terms {
    static TERMS: OnceLock<Terms> = OnceLock::new();
    TERMS.get_or_init(Terms::new)
}

/// How many characters get their numbers at once.
const BLOCK: usize = 64;

/// The numbers of so many characters.
type Block = Box<[u8; BLOCK]>;

/// The number of a character, folded. Each block is made when its first character comes.
fn number(c: char) -> u8 {
    static BLOCKS: [OnceLock<Block>; 0x11_0000 / BLOCK] = [const { OnceLock::new() }; 0x11_0000 / BLOCK];
    let code = c as usize;
    let Some(block) = BLOCKS.get(code / BLOCK) else {
        return SEVERAL;
    };
    let block = block.get_or_init(|| Box::new(terms().block(c)));
    block.get(code % BLOCK).copied().unwrap_or(SEVERAL)
}

impl Terms {
    fn new() -> Terms {
        let all = [Lists::Subjects, Lists::Phrases].into_iter().flat_map(Lists::terms);
        let folded = all.map(|(_, term)| fold(term)).collect::<String>();
        let mut letters: Vec<char> = folded.chars().filter(|c| *c != ' ').collect();
        letters.sort_unstable();
        letters.dedup();
        // A test holds that there are not so many.
        letters.truncate(usize::from(MARK - FIRST - 1));
        let mut terms = Terms {
            letters,
            usual: [SPACE; 128],
            openings: [0; 2],
        };
        for code in 0..128_u8 {
            let number = terms.letter(char::from(code.to_ascii_lowercase()));
            if let Some(place) = terms.usual.get_mut(usize::from(code)) {
                *place = number;
            }
        }
        terms.openings = ["http://", "https://"].map(|opening| {
            let numbers = opening.chars().map(|c| u64::from(terms.letter(c)));
            numbers.fold(0, |last, number| last << 8 | number)
        });
        terms
    }

    /// A term as numbers: whole words. Scripts without spaces have it anywhere.
    fn pattern(&self, term: &str) -> Vec<u8> {
        let words = term.chars().map(|c| self.letter(c));
        if term.is_ascii() {
            std::iter::once(SPACE).chain(words).chain([SPACE]).collect()
        } else {
            words.collect()
        }
    }

    /// The number of a character that is folded already.
    fn letter(&self, c: char) -> u8 {
        match c {
            ':' => COLON,
            '/' => SLASH,
            c if !(c.is_alphanumeric() || matches!(c, '#' | '%')) => SPACE,
            c => match self.letters.binary_search(&c) {
                Ok(at) => u8::try_from(at).map_or(OTHER, |at| at.saturating_add(FIRST)),
                Err(_) => OTHER,
            },
        }
    }

    /// The same, by the tables: what is folded is not changed by being folded again.
    fn letter_of_folded(&self, c: char) -> u8 {
        match self.usual.get(c as usize).map_or_else(|| number(c), |number| *number) {
            SEVERAL => self.letter(c),
            number => number & !MARK,
        }
    }

    /// The numbers of the characters among which this one is.
    fn block(&self, c: char) -> [u8; BLOCK] {
        let mut block = [SEVERAL; BLOCK];
        for (code, place) in (u32::from(c) / BLOCK as u32 * BLOCK as u32..).zip(block.iter_mut()) {
            let Some(c) = char::from_u32(code) else { continue };
            let folded = match c {
                // Nothing is done to these, and they are many.
                '一'..='鿿' | '가'..='힣' => Some([Some(c), None, None]),
                c => fold_one(c),
            };
            *place = match folded {
                Some([Some(c), None, None]) => self.letter(c),
                None if is_lone_mark(c) => MARK | self.letter(c),
                _ => SEVERAL,
            };
        }
        block
    }
}

/// What of the lists a text holds, and what else is asked of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// How often terms of each subject occur.
    pub(super) subjects: [usize; SUBJECTS.len()],
    /// Words that advertisers use.
    pub(super) manner: bool,
    /// A sentence that seems to say something of the post.
    pub(super) stock: bool,
    /// How many words there are.
    pub(super) words: usize,
    /// How many addresses are written out.
    pub(super) addresses: usize,
}

/// A text while it is read.
pub(super) struct Reading {
    terms: &'static Terms,
    search: Option<&'static Search>,
    state: StateID,
    is_in_word: bool,
    /// The last character is a mark, beside which no other may stand.
    is_behind_mark: bool,
    /// The numbers of the last eight characters.
    last: u64,
    found: Found,
}

impl Reading {
    /// Nothing has been read; these lists are to be looked for.
    pub(super) fn new(lists: Lists) -> Reading {
        let search = lists.search();
        Reading {
            terms: terms(),
            search,
            state: search.map(|s| s.start).unwrap_or_default(),
            is_in_word: false,
            is_behind_mark: false,
            last: 0,
            found: Found::default(),
        }
    }

    /// Reads on. `None` where a character is folded as its neighbours want it: then the text has to be folded whole.
    pub(super) fn text(&mut self, text: &str) -> Option<()> {
        for c in text.chars() {
            let number = match self.terms.usual.get(c as usize) {
                Some(number) => *number,
                None => number(c),
            };
            if number < MARK {
                self.letter(number);
            } else if number == SEVERAL {
                for c in fold_one(c)?.into_iter().flatten() {
                    self.letter(self.terms.letter(c));
                }
            } else if self.is_behind_mark {
                return None;
            } else {
                self.letter(number - MARK);
                self.is_behind_mark = true;
            }
        }
        Some(())
    }

    /// Reads on in a text that is folded already.
    pub(super) fn folded(&mut self, text: &str) {
        for c in text.chars() {
            self.letter(self.terms.letter_of_folded(c));
        }
    }

    #[inline]
    fn letter(&mut self, number: u8) {
        self.is_behind_mark = false;
        self.last = self.last << 8 | u64::from(number);
        if number > SLASH {
            self.found.words += usize::from(!self.is_in_word);
            self.is_in_word = true;
            self.step(number);
            return;
        }
        if std::mem::take(&mut self.is_in_word) {
            self.step(SPACE);
        }
        if number == SLASH {
            let is_address = self.terms.openings.iter().any(|opening| {
                let ignored = opening.leading_zeros() / 8 * 8;
                self.last << ignored == opening << ignored
            });
            self.found.addresses += usize::from(is_address);
        }
    }

    #[inline]
    fn step(&mut self, number: u8) {
        let Some(Search { search, lists, .. }) = self.search else {
            return;
        };
        self.state = search.next_state(Anchored::No, self.state, number);
        if !search.is_special(self.state) || !search.is_match(self.state) {
            return;
        }
        for at in 0..search.match_len(self.state) {
            let pattern = search.match_pattern(self.state, at);
            match lists.get(pattern.as_usize()) {
                Some(List::Subject(n)) => {
                    if let Some(hits) = self.found.subjects.get_mut(*n) {
                        *hits += 1;
                    }
                }
                Some(List::Manner) => self.found.manner = true,
                Some(List::Stock) => self.found.stock = true,
                None => {}
            }
        }
    }

    /// The text is over.
    pub(super) fn end(mut self) -> Found {
        self.letter(SPACE);
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        let terms = terms();
        assert!(Lists::Subjects.search().is_some() && Lists::Phrases.search().is_some());
        assert!(
            terms.letters.len() < usize::from(MARK - FIRST - 1),
            "{}",
            terms.letters.len()
        );
        // An address is told by its letters.
        for c in "htps".chars() {
            assert!(terms.letter(c) >= FIRST, "{c}");
        }
        // What is no letter of a word would never be found.
        for (_, list) in SUBJECTS {
            for term in *list {
                assert!(
                    terms
                        .pattern(&fold(term))
                        .iter()
                        .all(|n| !matches!(*n, COLON | SLASH | OTHER)),
                    "{term}"
                );
            }
        }
    }

    #[test]
    fn what_is_folded_has_its_number_in_the_tables() {
        for c in '\0'..'\u{20000}' {
            for folded in fold(&c.to_string()).chars() {
                assert_eq!(terms().letter_of_folded(folded), terms().letter(folded), "{c:?}");
            }
        }
    }

    #[test]
    fn a_character_folds_to_its_number() {
        for c in '\0'..'\u{20000}' {
            let mut one = Reading::new(Lists::Subjects);
            let mut whole = Reading::new(Lists::Subjects);
            let text = format!("a{c}b {c} http:{c}/");
            if one.text(&text).is_some() {
                whole.folded(&fold(&text));
                assert_eq!(one.end(), whole.end(), "{c:?}");
            }
        }
    }
}
