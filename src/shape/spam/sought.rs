//! Terms sought in the codes of a text, all at once: of each term the end of a word that begins with the rarest letters, and
//! where that stands, what is beside it.

use aho_corasick::Span;
use aho_corasick::packed::{Config, Searcher};
use memchr::memmem;

use super::glance::{FIRST, OTHER};

/// Shorter words are sought one by one, because together with them nothing could be told from a few letters.
const LONG: usize = 4;

/// Words that are sought at once at the most. The search puts them into sixteen groups and looks for the letters of a group;
/// where a group has more than three words, these stand in every text.
const AT_ONCE: usize = 48;

/// A term, as codes.
pub(super) struct Term {
    /// Its words.
    pub(super) words: Vec<Vec<u8>>,
    /// It begins and ends where words do; terms of scripts without spaces stand anywhere.
    pub(super) is_whole: bool,
}

/// Where in a term what is sought of it stands.
#[derive(Clone, Copy)]
struct Part {
    /// The number of the term.
    term: usize,
    /// The number of the word in it.
    word: usize,
    /// How many letters of the word come before.
    from: usize,
}

/// A search for terms.
pub(super) struct Sought {
    terms: Vec<Term>,
    /// Words of ASCII, and others.
    ascii: Vec<Words>,
    others: Vec<Words>,
    /// Words that are sought one by one. None of them is ASCII.
    short: Vec<(memmem::Finder<'static>, Part)>,
}

impl Sought {
    /// `None` where the processor has no means to seek so many words at once.
    pub(super) fn new(terms: Vec<Term>) -> Option<Sought> {
        let mut ascii: Vec<(&[u8], Part)> = Vec::new();
        let mut others: Vec<(&[u8], Part)> = Vec::new();
        let mut short = Vec::new();
        for (number, term) in terms.iter().enumerate() {
            let (place, word) = term.words.iter().enumerate().max_by_key(|(_, word)| word.len())?;
            let whole = Part {
                term: number,
                word: place,
                from: 0,
            };
            if word.is_ascii() {
                ascii.push(rarest(number, term).unwrap_or((word, whole)));
            } else if word.len() >= LONG {
                others.push((word, whole));
            } else {
                short.push((memmem::Finder::new(word).into_owned(), whole));
            }
        }
        Some(Sought {
            ascii: Words::all(ascii)?,
            others: Words::all(others)?,
            terms,
            short,
        })
    }

    /// Whether one of the terms stands in `codes`.
    pub(super) fn is_in(&self, codes: &[u8]) -> bool {
        let stands = |at: usize, part: Part| self.stands_at(codes, at, part);
        // Most texts are of one script, and whether letters of another stand there at all is told many at a step.
        if codes
            .iter()
            .fold(false, |found, code| found | code.is_ascii_lowercase())
            && self.ascii.iter().any(|words| words.any(codes, stands))
        {
            return true;
        }
        codes.iter().fold(false, |found, code| found | (*code >= FIRST))
            && (self.others.iter().any(|words| words.any(codes, stands))
                || self
                    .short
                    .iter()
                    .any(|(finder, part)| finder.find_iter(codes).any(|at| stands(at, *part))))
    }

    /// Whether a term stands in `codes`, this part of it beginning at `at`.
    fn stands_at(&self, codes: &[u8], at: usize, part: Part) -> bool {
        let Some(term) = self.terms.get(part.term) else {
            return false;
        };
        let words = term.words.split_at_checked(part.word);
        let Some(((before, after), at)) = words.zip(at.checked_sub(part.from)) else {
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
    /// For each of them the parts of terms that it may begin.
    owners: Vec<Vec<Part>>,
}

impl Words {
    /// Searches for all of the words, as few as may be of them at once.
    fn all(mut words: Vec<(&[u8], Part)>) -> Option<Vec<Words>> {
        // Where one word begins with another, the shorter is sought for both: of two that begin at one place only one is told.
        words.sort_unstable_by_key(|(word, _)| *word);
        let mut sought: Vec<(&[u8], Vec<Part>)> = Vec::new();
        for (word, part) in words {
            match sought.last_mut() {
                Some((last, owners)) if word.starts_with(last) => owners.push(part),
                _ => sought.push((word, vec![part])),
            }
        }
        let searches = sought.len().div_ceil(AT_ONCE).max(1);
        let each = sought.len().div_ceil(searches).max(1);
        sought.chunks(each).map(Words::new).collect()
    }

    fn new(words: &[(&[u8], Vec<Part>)]) -> Option<Words> {
        let search = Config::new()
            .heuristic_pattern_limits(false)
            .builder()
            .extend(words.iter().map(|(word, _)| word))
            .build()?;
        let owners = words.iter().map(|(_, owners)| owners.clone()).collect();
        Some(Words { search, owners })
    }

    /// Whether one of them stands in `codes` as `meet` wants it, which gets the place and what may begin there.
    fn any(&self, codes: &[u8], meet: impl Fn(usize, Part) -> bool) -> bool {
        let mut span = Span::from(0..codes.len());
        while let Some(found) = self.search.find_in(codes, span) {
            let owners = self.owners.get(found.pattern().as_usize());
            if owners.into_iter().flatten().any(|part| meet(found.start(), *part)) {
                return true;
            }
            // Another may begin inside of what was none.
            span.start = found.start() + 1;
        }
        false
    }
}

/// The end of a word of the term that begins with the rarest letters: many terms are told from nearly all other words by four
/// letters, if these are not those that stand everywhere. `None` where no word has four letters of ASCII.
fn rarest(number: usize, term: &Term) -> Option<(&[u8], Part)> {
    let ends = term.words.iter().enumerate().flat_map(|(place, word)| {
        let ends = (0..word.len()).filter_map(move |from| Some((word.get(from..)?, from)));
        ends.map(move |(end, from)| {
            let part = Part {
                term: number,
                word: place,
                from,
            };
            (end, part)
        })
    });
    ends.filter_map(|(end, part)| {
        let first = end.first_chunk::<LONG>()?;
        let how_often: Option<u64> = first.iter().map(|letter| how_often(*letter)).product();
        Some((how_often?, end, part))
    })
    .min_by_key(|(how_often, ..)| *how_often)
    .map(|(_, end, part)| (end, part))
}

/// About how often a letter stands among a thousand of a text in English or a neighbour of it.
fn how_often(letter: u8) -> Option<u64> {
    Some(match letter {
        b'e' => 127,
        b't' => 91,
        b'a' | b'o' => 80,
        b'h' | b'i' | b'n' | b'r' | b's' => 65,
        b'd' | b'l' => 42,
        b'c' | b'f' | b'g' | b'm' | b'p' | b'u' | b'w' | b'y' => 24,
        b'b' | b'k' | b'v' => 11,
        b'#' | b'%' | b'0'..=b'9' | b'j' | b'q' | b'x' | b'z' => 2,
        _ => return None,
    })
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
