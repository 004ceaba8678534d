//! Terms sought in the codes of a text, all at once: of each term its longest word, and where that stands, the others
//! beside it.

use aho_corasick::Span;
use aho_corasick::packed::{Config, Searcher};
use memchr::memmem;

use super::glance::{FIRST, OTHER};

/// Shorter words are sought one by one, because together with them nothing could be told from a few letters.
const LONG: usize = 4;

/// A term, as codes.
pub(super) struct Term {
    /// Its words.
    pub(super) words: Vec<Vec<u8>>,
    /// It begins and ends where words do; terms of scripts without spaces stand anywhere.
    pub(super) is_whole: bool,
}

/// A search for terms.
pub(super) struct Sought {
    terms: Vec<Term>,
    /// Words of ASCII, and others: so few are sought at once that a few letters tell nearly all other words from them.
    ascii: Words,
    others: Words,
    /// Words that are sought one by one, with their terms and their numbers in them. None of them is ASCII.
    short: Vec<(memmem::Finder<'static>, usize, usize)>,
}

impl Sought {
    /// `None` where the processor has no means to seek so many words at once.
    pub(super) fn new(terms: Vec<Term>) -> Option<Sought> {
        let mut ascii: Vec<(&[u8], usize, usize)> = Vec::new();
        let mut others: Vec<(&[u8], usize, usize)> = Vec::new();
        let mut short = Vec::new();
        for (number, term) in terms.iter().enumerate() {
            let (place, word) = term.words.iter().enumerate().max_by_key(|(_, word)| word.len())?;
            if word.is_ascii() {
                ascii.push((word, number, place));
            } else if word.len() >= LONG {
                others.push((word, number, place));
            } else {
                short.push((memmem::Finder::new(word).into_owned(), number, place));
            }
        }
        Some(Sought {
            ascii: Words::new(ascii)?,
            others: Words::new(others)?,
            terms,
            short,
        })
    }

    /// Whether one of the terms stands in `codes`.
    pub(super) fn is_in(&self, codes: &[u8]) -> bool {
        let stands = |at: usize, number: usize, place: usize| self.stands_at(codes, at, number, place);
        // Most texts are of one script, and whether letters of another stand there at all is told many at a step.
        if codes
            .iter()
            .fold(false, |found, code| found | code.is_ascii_lowercase())
            && self.ascii.any(codes, stands)
        {
            return true;
        }
        codes.iter().fold(false, |found, code| found | (*code >= FIRST))
            && (self.others.any(codes, stands)
                || self.short.iter().any(|(finder, number, place)| {
                    let mut places = finder.find_iter(codes);
                    places.any(|at| stands(at, *number, *place))
                }))
    }

    /// Whether a term stands in `codes`, this word of it beginning at `at`.
    fn stands_at(&self, codes: &[u8], at: usize, number: usize, place: usize) -> bool {
        let Some((term, (before, after))) = self
            .terms
            .get(number)
            .and_then(|term| Some((term, term.words.split_at_checked(place)?)))
        else {
            return false;
        };
        let mut head = codes.get(..at).unwrap_or_default();
        for word in before.iter().rev() {
            let words = trim_end(head);
            match words.strip_suffix(&**word) {
                Some(rest) if words.len() < head.len() => head = rest,
                _ => return false,
            }
        }
        let mut tail = codes.get(at..).unwrap_or_default();
        for (number, word) in after.iter().enumerate() {
            let words = if number > 0 { trim_start(tail) } else { tail };
            match words.strip_prefix(&**word) {
                Some(rest) if number == 0 || words.len() < tail.len() => tail = rest,
                _ => return false,
            }
        }
        !term.is_whole || (head.last().is_none_or(|b| !is_of_word(*b)) && tail.first().is_none_or(|b| !is_of_word(*b)))
    }
}

/// Words that are sought at once.
struct Words {
    search: Searcher,
    /// For each of them the terms that it may belong to, and which of their words it begins.
    owners: Vec<Vec<(usize, usize)>>,
}

impl Words {
    /// Words with their terms and their numbers in them.
    fn new(mut words: Vec<(&[u8], usize, usize)>) -> Option<Words> {
        // Where one word begins with another, the shorter is sought for both: of two that begin at one place only one is told.
        words.sort_unstable();
        let mut patterns: Vec<&[u8]> = Vec::new();
        let mut owners: Vec<Vec<(usize, usize)>> = Vec::new();
        for (word, number, place) in words {
            match owners.last_mut() {
                Some(owners) if patterns.last().is_some_and(|last| word.starts_with(last)) => {
                    owners.push((number, place));
                }
                _ => {
                    patterns.push(word);
                    owners.push(vec![(number, place)]);
                }
            }
        }
        let search = Config::new()
            .heuristic_pattern_limits(false)
            .builder()
            .extend(patterns)
            .build()?;
        Some(Words { search, owners })
    }

    /// Whether one of them stands in `codes` as `meet` wants it, which gets the place, the term and the word's number.
    fn any(&self, codes: &[u8], meet: impl Fn(usize, usize, usize) -> bool) -> bool {
        let mut span = Span::from(0..codes.len());
        while let Some(found) = self.search.find_in(codes, span) {
            let owners = self.owners.get(found.pattern().as_usize());
            if owners
                .into_iter()
                .flatten()
                .any(|(number, place)| meet(found.start(), *number, *place))
            {
                return true;
            }
            // Another may begin inside of what was none.
            span.start = found.start() + 1;
        }
        false
    }
}

/// Without what stands between words, at its beginning.
fn trim_start(codes: &[u8]) -> &[u8] {
    let between = codes.iter().position(|b| is_of_word(*b)).unwrap_or(codes.len());
    codes.get(between..).unwrap_or_default()
}

/// Without what stands between words, at its end.
fn trim_end(codes: &[u8]) -> &[u8] {
    let end = codes.iter().rposition(|b| is_of_word(*b)).map_or(0, |last| last + 1);
    codes.get(..end).unwrap_or_default()
}

/// Whether a code is that of a letter or digit.
fn is_of_word(code: u8) -> bool {
    code == OTHER || code >= FIRST || code.is_ascii_alphanumeric() || matches!(code, b'#' | b'%')
}
