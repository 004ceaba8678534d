//! The time of day in a date's text: `7:14 AM`, `19.14`, `à 02 h 36`, `下午5:38`, `7 PM`, with an offset where one stands.

use chrono::NaiveTime;

use super::day_parts::{self, Part};
use super::names::Language;
use super::tokens::{Kind, Token};

/// A time that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) time: NaiveTime,
    /// Seconds from UTC, where stated.
    pub(super) offset: Option<i32>,
}

/// Finds the time and marks its tokens as used.
pub(super) fn find(tokens: &[Token], used: &mut [bool], language: Option<&Language>) -> Option<Clock> {
    let code = language.map(|l| l.code);
    for shape in [colons, dots, hour_words, part_only] {
        for at in 0..tokens.len() {
            if used.get(at) != Some(&false) {
                continue;
            }
            let Some(face) = shape(tokens, at, used, code) else {
                continue;
            };
            let after = at + face.length;
            let part = part_after(tokens, after, code).or_else(|| part_before(tokens, at, code));
            let Some(time) = face.time(part.map(|(part, _)| part)) else {
                continue;
            };
            mark(used, at..after);
            let mut end = after;
            if let Some((_, range)) = part {
                end = end.max(range.1);
                mark(used, range.0..range.1);
            }
            let offset = offset(tokens, end).map(|(seconds, length)| {
                mark(used, end..end + length);
                seconds
            });
            return Some(Clock { time, offset });
        }
    }
    None
}

fn mark(used: &mut [bool], range: std::ops::Range<usize>) {
    for mark in used.iter_mut().take(range.end).skip(range.start) {
        *mark = true;
    }
}

/// What a clock shows, before the part of the day is known.
struct Face {
    hour: u32,
    minute: u32,
    second: u32,
    nano: u32,
    length: usize,
}

impl Face {
    fn time(&self, part: Option<Part>) -> Option<NaiveTime> {
        let hour = match (part, self.hour) {
            (Some(Part::BeforeNoon), 12) => 0,
            (Some(Part::AfterNoon), 1..=11) => self.hour + 12,
            (Some(Part::Noon), 1..=3) => self.hour + 12,
            (_, 24) if self.minute == 0 => return None,
            (_, hour) => hour,
        };
        NaiveTime::from_hms_nano_opt(hour, self.minute, self.second, self.nano)
    }
}

fn number(tokens: &[Token], at: usize) -> Option<(u32, u8)> {
    tokens.get(at).and_then(Token::number)
}

fn sign(tokens: &[Token], at: usize, sign: char) -> bool {
    tokens.get(at).is_some_and(|t| t.is_sign(sign))
}

/// `19:14`, `7:14:05`, `7:14:05.250`
fn colons(tokens: &[Token], at: usize, _: &[bool], _: Option<&str>) -> Option<Face> {
    let (hour, digits) = number(tokens, at)?;
    let (minute, minute_digits) = number(tokens, at + 2)?;
    if !sign(tokens, at + 1, ':') || digits > 2 || hour > 24 || minute_digits != 2 || minute > 59 {
        return None;
    }
    let mut face = Face {
        hour,
        minute,
        second: 0,
        nano: 0,
        length: 3,
    };
    if sign(tokens, at + 3, ':')
        && let Some((second, 2)) = number(tokens, at + 4)
        && second < 60
    {
        face.second = second;
        face.length = 5;
        if (sign(tokens, at + 5, '.') || sign(tokens, at + 5, ','))
            && let Some((fraction, digits @ 1..=9)) = number(tokens, at + 6)
            && tokens.get(at + 6).is_some_and(|t| !t.spaced)
        {
            face.nano = fraction * 10u32.pow(9 - u32::from(digits));
            face.length = 7;
        }
    }
    Some(face)
}

/// `02 h 36`, `7h14`, `19 h`, `7時14分`, `7시 14분`
fn hour_words(tokens: &[Token], at: usize, _: &[bool], _: Option<&str>) -> Option<Face> {
    let (hour, digits) = number(tokens, at)?;
    let word = tokens.get(at + 1)?.word()?;
    if digits > 2
        || hour > 24
        || !matches!(
            word,
            "h" | "hs" | "hrs" | "時" | "时" | "點" | "点" | "시" | "ч" | "uhr"
        )
    {
        return None;
    }
    let dot = usize::from(sign(tokens, at + 2, '.'));
    let mut face = Face {
        hour,
        minute: 0,
        second: 0,
        nano: 0,
        length: 2,
    };
    if let Some((minute, 1 | 2)) = number(tokens, at + 2 + dot)
        && minute < 60
        && word != "uhr"
    {
        face.minute = minute;
        face.length = 3 + dot;
        let unit = tokens.get(at + face.length).and_then(Token::word);
        if matches!(unit, Some("m" | "min" | "分" | "분" | "мин")) {
            face.length += 1;
        }
    }
    Some(face)
}

/// `7 PM`
fn part_only(tokens: &[Token], at: usize, _: &[bool], code: Option<&str>) -> Option<Face> {
    let (hour @ 1..=12, 1 | 2) = number(tokens, at)? else {
        return None;
    };
    part_after(tokens, at + 1, code)?;
    Some(Face {
        hour,
        minute: 0,
        second: 0,
        nano: 0,
        length: 1,
    })
}

/// `19.14`, after a word that says so, or where a year stands elsewhere in the text.
fn dots(tokens: &[Token], at: usize, used: &[bool], code: Option<&str>) -> Option<Face> {
    let (hour, digits) = number(tokens, at)?;
    let (minute, minute_digits) = number(tokens, at + 2)?;
    let joined = tokens.get(at + 2).is_some_and(|t| !t.spaced);
    let longer = (sign(tokens, at + 3, '.') && number(tokens, at + 4).is_some())
        || (at >= 2 && sign(tokens, at - 1, '.') && number(tokens, at - 2).is_some());
    if !sign(tokens, at + 1, '.') || digits > 2 || hour > 24 || minute_digits != 2 || minute > 59 || !joined || longer {
        return None;
    }
    // `kl. 01.33` has a dot of its own.
    let before = tokens.get(..at)?.iter().rev().find(|t| !t.is_sign('.'));
    let told = before.and_then(Token::word).is_some_and(|w| {
        matches!(
            w,
            "kl" | "klo"
                | "kello"
                | "kell"
                | "ore"
                | "alle"
                | "jam"
                | "pukul"
                | "om"
                | "um"
                | "o"
                | "at"
                | "ob"
                | "saat"
                | "la"
        )
    });
    let year_elsewhere = tokens
        .iter()
        .zip(used)
        .enumerate()
        .any(|(i, (t, used))| !used && i != at && i != at + 2 && matches!(t.number(), Some((1000..=2999, 4))));
    let has_part =
        part_after(tokens, at + 3, code).is_some() || tokens.get(at + 3).and_then(Token::word) == Some("uhr");
    (told || year_elsewhere || has_part).then_some(Face {
        hour,
        minute,
        second: 0,
        nano: 0,
        length: 3,
    })
}

type PartAt = (Part, (usize, usize));

/// A part of the day after a time: `PM`, `p. m.`, `μ.μ.`, up to three words with dots between.
fn part_after(tokens: &[Token], from: usize, code: Option<&str>) -> Option<PartAt> {
    let mut letters = String::new();
    let mut best = None;
    let mut words = 0;
    for (i, token) in tokens.iter().enumerate().skip(from).take(8) {
        match &token.kind {
            Kind::Word(word) => {
                words += 1;
                letters.push_str(word);
            }
            Kind::Sign('.') if words > 0 => continue,
            _ => break,
        }
        if let Some(part) = day_parts::day_part(&letters, code) {
            let dot = usize::from(sign(tokens, i + 1, '.'));
            best = Some((part, (from, i + 1 + dot)));
        }
        if words == 4 {
            break;
        }
    }
    best
}

/// A part of the day before a time: `下午5:38`, `오전 7시`, `de. 7:14`.
fn part_before(tokens: &[Token], to: usize, code: Option<&str>) -> Option<PartAt> {
    let mut letters = String::new();
    let mut best = None;
    let mut words = 0;
    for i in (0..to).rev().take(6) {
        match &tokens.get(i)?.kind {
            Kind::Word(word) => {
                words += 1;
                letters.insert_str(0, word);
            }
            Kind::Sign('.') => continue,
            _ => break,
        }
        // `a` and `p` alone are prepositions in front of a time.
        if letters.chars().count() > 1
            && let Some(part) = day_parts::day_part(&letters, code)
        {
            best = Some((part, (i, to)));
        }
        if words == 4 {
            break;
        }
    }
    best
}

/// `UTC`, `GMT+1`, `+0100`, `-07:00` after a time.
fn offset(tokens: &[Token], from: usize) -> Option<(i32, usize)> {
    let mut at = from;
    let named = matches!(tokens.get(at).and_then(Token::word), Some("utc" | "gmt" | "z"));
    at += usize::from(named);
    let negative = match tokens.get(at).map(|t| &t.kind) {
        Some(Kind::Sign('+')) => false,
        Some(Kind::Sign('-')) => true,
        _ => return named.then_some((0, 1)),
    };
    let read = || {
        let (value, digits) = number(tokens, at + 1)?;
        let joined = tokens.get(at + 1).is_some_and(|t| !t.spaced);
        let (hours, minutes, length) = if digits == 4 {
            (value / 100, value % 100, 2)
        } else if sign(tokens, at + 2, ':') {
            (value, number(tokens, at + 3)?.0, 4)
        } else if named {
            (value, 0, 2)
        } else {
            return None;
        };
        if !joined || hours > 14 || minutes >= 60 {
            return None;
        }
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        Some((if negative { -seconds } else { seconds }, length))
    };
    match read() {
        Some((seconds, length)) => Some((seconds, length + usize::from(named))),
        None => named.then_some((0, 1)),
    }
}
