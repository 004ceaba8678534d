//! Runs of `*`, `_`, `~` and `` ` `` in a paragraph: which of ours a reader of Markdown will pair as they were meant, and
//! which of the text's he would pair and must not.
//!
//! CommonMark pairs runs by what stands beside them. Bold text that ends in a Chinese quotation mark and is followed by a
//! letter cannot be said with asterisks at all. So the pairing is played through, by the rules of the specification and in
//! both readings of "punctuation" that are about (before and after 0.31), and what does not come out as meant is said with
//! tags, or, where no HTML may be written, with the neighbouring character spelt as a character reference.

use smallvec::SmallVec;

use super::Dialect;

/// Whose run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Plain text.
    Text,
    /// Begins a style: the pair's number.
    Open(u32),
    /// Ends it.
    Close(u32),
    /// The `[` of a link.
    LinkOpens,
    /// The end of a link.
    LinkCloses,
    /// The fence of a code span (both of them are noted).
    Fence,
}

/// A run, where it stands in the paragraph as first written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) at: usize,
    pub(crate) length: usize,
    pub(crate) byte: u8,
    pub(crate) role: Role,
}

/// What is to be done about a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Stays.
    Keep,
    /// Text: a backslash before each character.
    Escape,
    /// A style: written as a tag.
    Tag,
    /// A style: stays, with the character beside it spelt as a reference.
    Reference,
    /// A style: left out.
    Drop,
}

/// How a character counts beside a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Punctuation,
    /// A letter to some readers, punctuation to others.
    Unsure,
}

fn class(c: Option<char>) -> Class {
    match c {
        None => Class::Space,
        Some(c) if c.is_whitespace() => Class::Space,
        Some(c) if c.is_ascii() => {
            if c.is_ascii_punctuation() {
                Class::Punctuation
            } else {
                Class::Letter
            }
        }
        Some(c) if c.is_alphanumeric() => Class::Letter,
        Some(
            '¡'
            | '§'
            | '«'
            | '¶'
            | '·'
            | '»'
            | '¿'
            | '\u{2010}'..='\u{2027}'
            | '\u{2030}'..='\u{2043}'
            | '\u{2045}'..='\u{2051}'
            | '\u{2053}'..='\u{205e}'
            | '\u{3001}'..='\u{3003}'
            | '\u{3008}'..='\u{3011}'
            | '\u{3014}'..='\u{301f}'
            | '！'..='＃'
            | '％'..='＊'
            | '，'..='／'
            | '：'
            | '；'
            | '？'
            | '＠'
            | '［'..='］'
            | '＿'
            | '｛'
            | '｝'
            | '｟'..='･',
        ) => Class::Punctuation,
        Some(_) => Class::Unsure,
    }
}

impl Class {
    fn read(self, unsure: Class) -> Class {
        if self == Class::Unsure { unsure } else { self }
    }
}

/// A run as the reader sees it: neighbouring marks of one character are one run.
#[derive(Debug, Clone)]
struct Run {
    byte: u8,
    length: usize,
    left: usize,
    opens: bool,
    closes: bool,
}

#[derive(Debug, Clone, Copy)]
enum Token {
    Run(usize),
    LinkOpens,
    LinkCloses,
}

/// Decides about every mark of a paragraph. `tags` tells whether a style may be written as a tag.
pub(crate) fn judge(text: &str, marks: &[Mark], tags: bool, dialect: Dialect) -> Vec<Verdict> {
    if are_beyond_doubt(text, marks) {
        return vec![Verdict::Keep; marks.len()];
    }
    play_through(text, marks, tags, dialect)
}

/// Whether all marks are asterisks of ours, of which each can only begin or only end a style, for every reader, and which are
/// pairs inside of pairs: a word that is bold, a sentence in italics. Nothing has to be played through then.
fn are_beyond_doubt(text: &str, marks: &[Mark]) -> bool {
    let mut open: SmallVec<[(u32, usize); 4]> = SmallVec::new();
    let mut end = None;
    let is_beyond_doubt = |mark: &Mark| {
        let is_apart = end.replace(mark.at + mark.length) != Some(mark.at);
        let sides = sides(text, mark, false);
        mark.byte == b'*'
            && is_apart
            && match mark.role {
                Role::Open(number) => {
                    open.push((number, mark.length));
                    matches!(
                        sides,
                        (Class::Space | Class::Punctuation, Class::Letter) | (Class::Space, Class::Punctuation)
                    )
                }
                Role::Close(number) => {
                    open.pop() == Some((number, mark.length))
                        && matches!(
                            sides,
                            (Class::Letter, Class::Space | Class::Punctuation) | (Class::Punctuation, Class::Space)
                        )
                }
                _ => false,
            }
    };
    marks.iter().all(is_beyond_doubt) && open.is_empty()
}

fn play_through(text: &str, marks: &[Mark], tags: bool, dialect: Dialect) -> Vec<Verdict> {
    let mut verdicts = vec![Verdict::Keep; marks.len()];
    judge_backticks(marks, &mut verdicts);
    judge_text(text, marks, &mut verdicts);
    if dialect.pairs_simply() {
        judge_simply(text, marks, &mut verdicts, dialect);
    }
    let mut pairs = pairs_of(marks);
    if !dialect.strikes() {
        pairs.retain(|(open, close)| {
            let strike = mark_at(marks, *open).is_some_and(|mark| mark.byte == b'~');
            if strike {
                for at in [*open, *close] {
                    if let Some(verdict) = verdicts.get_mut(at) {
                        *verdict = if tags { Verdict::Tag } else { Verdict::Drop };
                    }
                }
            }
            !strike
        });
    }
    if pairs.is_empty() {
        return verdicts;
    }
    for round in 0..6 {
        let mut failed = Vec::new();
        let tildes = marks.iter().any(|mark| mark.byte == b'~');
        let mut sure = true;
        let readings = [
            (Class::Punctuation, false),
            (Class::Letter, false),
            (Class::Punctuation, true),
            (Class::Letter, true),
        ];
        for (unsure, past_tildes) in readings {
            if (unsure == Class::Letter && sure) || (past_tildes && !tildes) {
                continue;
            }
            let (matches, run_of, any_unsure) = play(text, marks, &verdicts, unsure, past_tildes);
            sure = !any_unsure;
            for (number, pair) in pairs.iter().enumerate() {
                let (Some(open), Some(close)) = (mark_at(marks, pair.0), mark_at(marks, pair.1)) else {
                    continue;
                };
                if !matches!(verdicts.get(pair.0), Some(Verdict::Keep | Verdict::Reference)) {
                    continue;
                }
                let (Some(Some(from)), Some(Some(to))) = (run_of.get(pair.0), run_of.get(pair.1)) else {
                    failed.push(number);
                    continue;
                };
                let wanted = (*from, *to, open.length.min(close.length));
                if matches.binary_search(&wanted).is_err() {
                    failed.push(number);
                }
            }
        }
        if failed.is_empty() {
            return verdicts;
        }
        for number in failed {
            let Some(&(open, close)) = pairs.get(number) else {
                continue;
            };
            // Nobody sees that a full stop is bold.
            let trifling = marks.get(open).zip(marks.get(close)).is_some_and(|(open, close)| {
                let styled = text.get(open.at + open.length..close.at).unwrap_or("");
                styled.chars().all(|c| {
                    matches!(
                        c,
                        '.' | ',' | ':' | ';' | '!' | '?' | '/' | '-' | '(' | ')' | '"' | '\''
                    )
                })
            });
            // A character between two marks cannot be spelt for the one without harm to the other.
            let crowded = crowded(text, marks, open, close);
            for at in [open, close] {
                if let Some(verdict) = verdicts.get_mut(at) {
                    *verdict = match *verdict {
                        Verdict::Keep if !tags && round < 3 && !crowded => Verdict::Reference,
                        _ if tags && !trifling => Verdict::Tag,
                        _ => Verdict::Drop,
                    };
                }
            }
        }
    }
    // What has not settled by now is said with tags.
    for (open, close) in pairs.drain(..) {
        for at in [open, close] {
            if let Some(verdict) = verdicts.get_mut(at)
                && *verdict != Verdict::Tag
            {
                *verdict = if tags { Verdict::Tag } else { Verdict::Drop };
            }
        }
    }
    verdicts
}

fn crowded(text: &str, marks: &[Mark], open: usize, close: usize) -> bool {
    let before = mark_at(marks, open).and_then(|open| {
        let c = text.get(..open.at)?.chars().next_back()?;
        Some(open.at - c.len_utf8())
    });
    let after = mark_at(marks, close).and_then(|close| {
        let end = close.at + close.length;
        let c = text.get(end..)?.chars().next()?;
        Some(end + c.len_utf8())
    });
    let ends_there = open
        .checked_sub(1)
        .and_then(|at| marks.get(at))
        .map(|mark| mark.at + mark.length);
    let starts_there = marks.get(close + 1).map(|mark| mark.at);
    before.is_some() && before == ends_there || after.is_some() && after == starts_there
}

fn mark_at(marks: &[Mark], at: usize) -> Option<&Mark> {
    marks.get(at)
}

/// The opening and closing mark of every style.
fn pairs_of(marks: &[Mark]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (at, mark) in marks.iter().enumerate() {
        match mark.role {
            Role::Open(number) => {
                let number = number as usize;
                if pairs.len() <= number {
                    pairs.resize(number + 1, (usize::MAX, usize::MAX));
                }
                if let Some(pair) = pairs.get_mut(number) {
                    pair.0 = at;
                }
            }
            Role::Close(number) => {
                if let Some(pair) = pairs.get_mut(number as usize) {
                    pair.1 = at;
                }
            }
            _ => {}
        }
    }
    pairs.retain(|pair| pair.0 != usize::MAX && pair.1 != usize::MAX);
    pairs
}

/// A backtick run of the text can stay only where it is the only one: readers differ in which of several they pair.
fn judge_backticks(marks: &[Mark], verdicts: &mut [Verdict]) {
    let alone = marks.iter().filter(|mark| mark.byte == b'`').count() == 1;
    for (mark, verdict) in marks.iter().zip(verdicts) {
        if mark.byte == b'`' && mark.role == Role::Text && !alone {
            *verdict = Verdict::Escape;
        }
    }
}

/// The same for readers that pair marks by their order alone: only what stands free, or within a word, is left.
fn judge_simply(text: &str, marks: &[Mark], verdicts: &mut [Verdict], dialect: Dialect) {
    for (mark, verdict) in marks.iter().zip(verdicts) {
        if mark.role != Role::Text {
            continue;
        }
        let (before, after) = sides(text, mark, false);
        let free = before == Class::Space && after == Class::Space && mark.length == 1;
        let keep = match mark.byte {
            b'~' => mark.length == 1 || !dialect.strikes(),
            b'_' => free || before == Class::Letter && after == Class::Letter && mark.length == 1,
            b'*' => free,
            _ => false,
        };
        *verdict = if keep { Verdict::Keep } else { Verdict::Escape };
    }
}

/// The characters on both sides of a mark. cmark-gfm looks past any `~` there (`past_tildes`).
fn sides(text: &str, mark: &Mark, past_tildes: bool) -> (Class, Class) {
    let counts = |c: &char| !(past_tildes && *c == '~');
    let before = text.get(..mark.at).and_then(|text| text.chars().rev().find(counts));
    let after = text
        .get(mark.at + mark.length..)
        .and_then(|text| text.chars().find(counts));
    (class(before), class(after))
}

fn flanks(before: Class, after: Class) -> (bool, bool) {
    let left = after != Class::Space
        && (after != Class::Punctuation || before == Class::Space || before == Class::Punctuation);
    let right = before != Class::Space
        && (before != Class::Punctuation || after == Class::Space || after == Class::Punctuation);
    (left, right)
}

/// Whether a run could open and could close a style, in any reading.
fn could(byte: u8, before: Class, after: Class) -> (bool, bool) {
    let (mut opens, mut closes) = (false, false);
    for unsure in [Class::Punctuation, Class::Letter] {
        let (before, after) = (before.read(unsure), after.read(unsure));
        let (left, right) = flanks(before, after);
        if byte == b'_' {
            opens |= left && (!right || before == Class::Punctuation);
            closes |= right && (!left || after == Class::Punctuation);
        } else {
            opens |= left;
            closes |= right;
        }
    }
    (opens, closes)
}

/// Text runs that could pair with another run are escaped.
fn judge_text(text: &str, marks: &[Mark], verdicts: &mut [Verdict]) {
    for byte in [b'*', b'_', b'~'] {
        let mut runs: Vec<(usize, bool, bool)> = Vec::new();
        let mut any_text = false;
        for (at, mark) in marks.iter().enumerate().filter(|(_, mark)| mark.byte == byte) {
            match mark.role {
                Role::Text => {
                    let (mut opens, mut closes) = (false, false);
                    for past_tildes in [false, true] {
                        let (before, after) = sides(text, mark, past_tildes);
                        let (could_open, could_close) = could(byte, before, after);
                        (opens, closes) = (opens | could_open, closes | could_close);
                    }
                    runs.push((at, opens, closes));
                    any_text = true;
                }
                Role::Open(_) => runs.push((at, true, false)),
                Role::Close(_) => runs.push((at, false, true)),
                _ => {}
            }
        }
        if !any_text {
            continue;
        }
        let first_opener = runs.iter().position(|run| run.1);
        let last_closer = runs.iter().rposition(|run| run.2);
        for (place, (at, opens, closes)) in runs.iter().enumerate() {
            let Some(mark) = marks.get(*at).filter(|mark| mark.role == Role::Text) else {
                continue;
            };
            let paired = (*opens && last_closer.is_some_and(|last| last > place))
                || (*closes && first_opener.is_some_and(|first| first < place));
            let same = |other: &Mark| {
                matches!(other.role, Role::Open(_) | Role::Close(_)) && (other.byte == byte || byte == b'~')
            };
            let touches = at
                .checked_sub(1)
                .and_then(|before| marks.get(before))
                .is_some_and(|before| same(before) && before.at + before.length == mark.at)
                || marks
                    .get(at + 1)
                    .is_some_and(|after| same(after) && mark.at + mark.length == after.at);
            if (paired || touches)
                && let Some(verdict) = verdicts.get_mut(*at)
            {
                *verdict = Verdict::Escape;
            }
        }
    }
}

/// The pairing as CommonMark finds it: (opening run, closing run, length) in order, the run of each mark, and whether any
/// character's class was unsure.
#[expect(clippy::type_complexity, reason = "three results of one pass")]
fn play(
    text: &str,
    marks: &[Mark],
    verdicts: &[Verdict],
    unsure: Class,
    past_tildes: bool,
) -> (Vec<(usize, usize, usize)>, Vec<Option<usize>>, bool) {
    let mut runs: Vec<Run> = Vec::new();
    let mut tokens: Vec<Token> = Vec::new();
    let mut run_of = vec![None; marks.len()];
    let mut any_unsure = false;
    let mut at = 0;
    while let Some(mark) = marks.get(at) {
        match mark.role {
            Role::LinkOpens => tokens.push(Token::LinkOpens),
            Role::LinkCloses => tokens.push(Token::LinkCloses),
            Role::Open(_) | Role::Close(_) if matches!(verdicts.get(at), Some(Verdict::Keep | Verdict::Reference)) => {
                // All that stands here without a gap is one run.
                let mut end = mark.at + mark.length;
                // A reference helps what stands at the run's edge, on the side away from the styled text.
                let referenced_before =
                    verdicts.get(at) == Some(&Verdict::Reference) && matches!(mark.role, Role::Open(_));
                let number = runs.len();
                loop {
                    if let Some(slot) = run_of.get_mut(at) {
                        *slot = Some(number);
                    }
                    let joins = marks.get(at + 1).is_some_and(|next| {
                        next.at == end
                            && next.byte == mark.byte
                            && matches!(next.role, Role::Open(_) | Role::Close(_))
                            && matches!(verdicts.get(at + 1), Some(Verdict::Keep | Verdict::Reference))
                    });
                    if !joins {
                        break;
                    }
                    at += 1;
                    end = marks.get(at).map_or(end, |next| next.at + next.length);
                }
                let whole = Mark {
                    at: mark.at,
                    length: end - mark.at,
                    ..*mark
                };
                let (mut before, mut after) = sides(text, &whole, past_tildes);
                let referenced_after = verdicts.get(at) == Some(&Verdict::Reference)
                    && marks.get(at).is_some_and(|mark| matches!(mark.role, Role::Close(_)));
                let beside = sides(text, &whole, false);
                // What is said with a tag shows the tag's brackets to its neighbours.
                let is_tag = |at: usize| verdicts.get(at) == Some(&Verdict::Tag);
                let first = (0..=at).rev().find(|n| marks.get(*n).is_none_or(|m| m.at < whole.at));
                if first.is_some_and(|n| is_tag(n) && marks.get(n).is_some_and(|m| m.at + m.length == whole.at)) {
                    before = Class::Punctuation;
                }
                if is_tag(at + 1) && marks.get(at + 1).is_some_and(|m| m.at == end) {
                    after = Class::Punctuation;
                }
                if referenced_before && matches!(beside.0, Class::Letter | Class::Unsure) {
                    before = Class::Punctuation;
                }
                if referenced_after && matches!(beside.1, Class::Letter | Class::Unsure) {
                    after = Class::Punctuation;
                }
                any_unsure |= before == Class::Unsure || after == Class::Unsure;
                let (left, right) = flanks(before.read(unsure), after.read(unsure));
                runs.push(Run {
                    byte: mark.byte,
                    length: whole.length,
                    left: whole.length,
                    opens: left,
                    closes: right,
                });
                tokens.push(Token::Run(number));
            }
            _ => {}
        }
        at += 1;
    }

    let mut matches = Vec::new();
    let mut openers: Vec<Option<usize>> = Vec::new();
    for token in tokens {
        let closer = match token {
            Token::LinkOpens => {
                openers.push(None);
                continue;
            }
            Token::LinkCloses => {
                while let Some(Some(_)) = openers.pop() {}
                continue;
            }
            Token::Run(number) => number,
        };
        let Some(mut run) = runs.get(closer).cloned() else {
            continue;
        };
        while run.closes && run.left > 0 {
            let mut found = None;
            for place in (0..openers.len()).rev().take(64) {
                let Some(Some(number)) = openers.get(place).copied() else {
                    break;
                };
                let Some(opener) = runs.get(number) else { break };
                if opener.byte != run.byte {
                    continue;
                }
                if run.byte == b'~' {
                    if opener.left == run.left {
                        found = Some((place, number));
                        break;
                    }
                    continue;
                }
                let sum = opener.length + run.length;
                let odd = (opener.closes || run.opens)
                    && sum.is_multiple_of(3)
                    && !(opener.length.is_multiple_of(3) && run.length.is_multiple_of(3));
                if !odd {
                    found = Some((place, number));
                    break;
                }
            }
            let Some((place, number)) = found else { break };
            openers.truncate(place + 1);
            let Some(opener) = runs.get_mut(number) else { break };
            let used = if opener.left >= 2 && run.left >= 2 { 2 } else { 1 };
            opener.left -= used;
            run.left -= used;
            if opener.left == 0 {
                openers.pop();
            }
            matches.push((number, closer, used));
        }
        if run.left > 0 && run.opens {
            openers.push(Some(closer));
        }
        if let Some(slot) = runs.get_mut(closer) {
            *slot = run;
        }
    }
    matches.sort_unstable();
    (matches, run_of, any_unsure)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A text with marks of ours: `<` and `>` begin and end a style of one asterisk, `[` and `]` of two.
    fn marked(written: &str) -> (String, Vec<Mark>) {
        let (mut text, mut marks, mut open, mut pairs) = (String::new(), Vec::new(), Vec::new(), 0);
        for c in written.chars() {
            let at = text.len();
            let (length, role) = match c {
                '<' | '[' => {
                    pairs += 1;
                    open.push(pairs - 1);
                    (if c == '<' { 1 } else { 2 }, Role::Open(pairs - 1))
                }
                '>' | ']' => (if c == '>' { 1 } else { 2 }, Role::Close(open.pop().unwrap_or(9))),
                '*' => (1, Role::Text),
                c => {
                    text.push(c);
                    continue;
                }
            };
            text.extend(std::iter::repeat_n('*', length));
            marks.push(Mark {
                at,
                length,
                byte: b'*',
                role,
            });
        }
        (text, marks)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_beyond_doubt_need_not_be_played_through(
            written in proptest::collection::vec(prop::sample::select(vec![
                "<", ">", "[", "]", "a", "ž", " ", "\n", ".", "(", "\u{201c}", "\u{ff0c}", "€", "\\", "a<b> ", " [c] ", " <d [e] f> ", "*",
            ]), 0..14),
            tags: bool,
        ) {
            let (text, marks) = marked(&written.concat());
            if are_beyond_doubt(&text, &marks) {
                for dialect in Dialect::ALL {
                    let kept = vec![Verdict::Keep; marks.len()];
                    prop_assert_eq!(play_through(&text, &marks, tags, dialect), kept, "{}", text);
                }
            }
        }
    }

    #[test]
    fn plain_styles_are_beyond_doubt() {
        for (written, is_plain) in [
            ("a [word] and <some [more] of them>.", true),
            ("([so])", true),
            ("a[word]", false),
            ("[word]s", false),
            ("[a <b>]", false),
            ("* [a]", false),
            ("[€5]", false),
            ("", true),
        ] {
            let (text, marks) = marked(written);
            assert_eq!(are_beyond_doubt(&text, &marks), is_plain, "{text}");
        }
    }
}
