//! Dates as people and platforms write them, in any language.
//!
//! Pure functions over a text and what is known around it ([`Hints`]). A day stays a day, a time without an offset
//! stays local, and where the order of day and month cannot be settled the date is marked ambiguous, never guessed.
//!
//! Month and day names come from the GNU C Library's locales (`names`); what those lack stands in one table
//! (`words`) with the reason.

mod calendars;
mod clock;
mod day_parts;
mod names;
mod numeric;
mod tokens;
mod words;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};

use crate::model::{Date, DateBasis, Dated, Precision};

use names::Meaning;
use tokens::{Kind, Token};

/// Which of day and month stands first in a date of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `5/12/2009` is in December.
    DayMonth,
    /// `5/12/2009` is in May.
    MonthDay,
}

/// What is known around a date and may settle what its text leaves open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Language of the page, BCP 47 or with `_` as Blogger writes it.
    pub language: Option<String>,
    /// Year and month of the post's permalink (`/2009/05/`). Settles the order of a post's own date, and gives a
    /// year to a date without one.
    pub year_month: Option<(i32, u32)>,
    /// The order that other dates of the same page show.
    pub order: Option<Order>,
}

/// The day of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// The text names it.
    Known(NaiveDate),
    /// The text lacks the year; the hints gave it.
    Inferred(NaiveDate),
    /// Several days fit the text.
    Ambiguous,
    /// The text holds a time only.
    Absent,
}

/// What a text says about a date.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The day.
    pub day: Day,
    /// The time of day.
    pub time: Option<NaiveTime>,
    /// Seconds from UTC, where the text states an offset.
    pub offset: Option<i32>,
    /// The language whose names were found.
    pub language: Option<&'static str>,
    /// Words that no language uses in a date: 0 where the text is a date and nothing else.
    pub other_words: usize,
    /// The text was written as RFC 3339 or ISO 8601.
    iso: Option<Date>,
}

/// Reads the date in a text; `None` where it holds neither a day nor a time.
pub fn read(text: &str, hints: &Hints) -> Option<Reading> {
    if let Some(reading) = iso(text) {
        return Some(reading);
    }
    if text.len() > 400 {
        return None; // No date is that long; bodies that were taken for one are.
    }
    let tokens = tokens::tokens(text);
    if !tokens.iter().any(|t| matches!(t.kind, Kind::Number { .. })) {
        return None;
    }
    let hinted = hints.language.as_deref().and_then(names::language);
    let mut best: Option<(u32, Reading)> = None;
    // The page's own language first, then English (many templates never translate their dates), then all.
    for (language, own) in hinted
        .map(|l| (l, true))
        .into_iter()
        .chain(names::language("en").map(|l| (l, false)))
    {
        let reading = interpret(&tokens, Some(language), hints);
        // Where two languages know a word, the page's own is right.
        consider(
            &mut best,
            reading.map(|(score, reading)| (score + if own { OWN_LANGUAGE } else { 0 }, reading)),
        );
        let settled = |(score, reading): &(u32, Reading)| {
            *score >= SETTLED || (own && reading.other_words == 0 && reading.day != Day::Ambiguous)
        };
        if best.as_ref().is_some_and(settled) {
            return best.map(|(_, reading)| reading);
        }
    }
    consider(&mut best, interpret(&tokens, None, hints));
    if best
        .as_ref()
        .is_some_and(|(_, reading)| reading.other_words == 0 && reading.language.is_none())
    {
        return best.map(|(_, reading)| reading);
    }
    for language in names::languages_of(&tokens) {
        consider(&mut best, interpret(&tokens, Some(language), hints));
    }
    best.map(|(_, reading)| reading)
}

/// Reads the date in a text as the three fields of a record. Text that is no date is kept as the source's text.
pub fn dated(text: &str, hints: &Hints) -> Dated {
    match read(text, hints) {
        Some(reading) => reading.dated(text),
        None if text.trim().is_empty() => Dated::default(),
        None => Dated {
            date: None,
            raw: Some(text.trim().to_owned()),
            basis: None,
        },
    }
}

/// The order of day and month that the dates of one page show together: one number above 12 settles it for all.
/// `None` where none of them tells, or two disagree.
pub fn order_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Order> {
    let mut found = None;
    for text in texts {
        match (numeric::telling_order(&tokens::tokens(text)), found) {
            (Some(order), None) => found = Some(order),
            (Some(order), Some(before)) if order != before => return None,
            _ => {}
        }
    }
    found
}

/// The order of day and month by which dates of numbers agree with days that are known otherwise, from `datetime`
/// attributes of the same page.
pub fn order_agreeing<'a>(texts: impl IntoIterator<Item = &'a str>, known: &[NaiveDate]) -> Option<Order> {
    let mut found = None;
    for text in texts {
        let fits = |order| {
            let hints = Hints {
                order: Some(order),
                ..Hints::default()
            };
            match read(text, &hints).map(|r| r.day) {
                Some(Day::Known(day)) => known.contains(&day),
                _ => false,
            }
        };
        let order = match (fits(Order::DayMonth), fits(Order::MonthDay)) {
            (true, false) => Order::DayMonth,
            (false, true) => Order::MonthDay,
            _ => continue,
        };
        if found.is_some_and(|before| before != order) {
            return None;
        }
        found = Some(order);
    }
    found
}

impl Reading {
    /// The local time that the text names: its day at its time, or at 00:00.
    pub fn local(&self) -> Option<NaiveDateTime> {
        match self.day {
            Day::Known(day) | Day::Inferred(day) => Some(day.and_time(self.time.unwrap_or_default())),
            Day::Ambiguous | Day::Absent => None,
        }
    }

    /// The same day at a time that stands elsewhere.
    #[must_use]
    pub fn at(&self, time: NaiveTime, offset: Option<i32>) -> Reading {
        Reading {
            time: Some(time),
            offset,
            iso: None,
            ..self.clone()
        }
    }

    /// The reading as the three fields of a record; `raw` is the source's text.
    pub fn dated(&self, raw: &str) -> Dated {
        if let Some(date) = &self.iso {
            let mut dated = Dated::rfc3339(date.as_str());
            if date.as_str() != raw.trim() {
                dated.raw = Some(raw.trim().to_owned());
            }
            return dated;
        }
        let raw = Some(raw.trim().to_owned());
        let (day, inferred) = match self.day {
            Day::Known(day) => (day, false),
            Day::Inferred(day) => (day, true),
            Day::Ambiguous => {
                return Dated {
                    date: None,
                    raw,
                    basis: Some(DateBasis::Ambiguous),
                };
            }
            Day::Absent => {
                return Dated {
                    date: None,
                    raw,
                    basis: None,
                };
            }
        };
        let (date, basis) = match (self.time, self.offset) {
            (Some(time), Some(offset)) => (
                Date::from_offset(day.and_time(time), offset),
                if offset == 0 { DateBasis::Utc } else { DateBasis::Offset },
            ),
            (Some(time), None) => (Date::from_local(day.and_time(time)), DateBasis::AssumedZone),
            (None, _) => (Date::from_day(day), DateBasis::DateOnly),
        };
        let basis = if inferred { DateBasis::Inferred } else { basis };
        Dated {
            basis: date.is_some().then_some(basis),
            date,
            raw,
        }
    }
}

/// What the page's own language counts for.
const OWN_LANGUAGE: u32 = 5;

/// A score from which on no other language is asked: a month by its exact name, and no word left over.
const SETTLED: u32 = 90;

fn consider(best: &mut Option<(u32, Reading)>, new: Option<(u32, Reading)>) {
    let Some((score, reading)) = new else { return };
    match best {
        None => *best = Some((score, reading)),
        Some((old, held)) => {
            if score > *old {
                (*old, *held) = (score, reading);
            } else if score == *old
                && let (Day::Known(a), Day::Known(b)) = (held.day, reading.day)
                && a != b
            {
                // Two languages know the same word for two months (Croatian and Czech `listopad`).
                held.day = Day::Ambiguous;
            }
        }
    }
}

/// One interpretation: with the names of one language, or with numbers and signs alone.
fn interpret(tokens: &[Token], language: Option<&'static names::Language>, hints: &Hints) -> Option<(u32, Reading)> {
    let mut used = vec![false; tokens.len()];
    let named = language.map(|l| l.find(tokens, &mut used)).unwrap_or_default();
    let clock = clock::find(tokens, &mut used, language);
    let mut weekdays: Vec<(u8, u8)> = Vec::new();
    let mut months: Vec<(u8, u8)> = Vec::new();
    let mut calendar = calendars::Calendar::Gregorian;
    // A word that may be both (`mar.`: martes or marzo) is the month, unless another word is.
    let clear_months = named.iter().filter(|n| n.is_month() && !n.is_weekday()).count();
    let both = named.iter().filter(|n| n.is_month() && n.is_weekday()).count();
    let mut both_seen = 0;
    for name in &named {
        let as_weekday = name.is_weekday() && (!name.is_month() || clear_months > 0 || both_seen + 1 < both);
        if name.is_month() && name.is_weekday() {
            both_seen += 1;
        }
        for meaning in &name.meanings {
            match meaning {
                Meaning::Weekday(day) if as_weekday => weekdays.push((*day, name.score)),
                Meaning::Month(month) if !as_weekday => months.push((*month, name.score)),
                Meaning::Jalali(month) if !as_weekday => {
                    calendar = calendars::Calendar::Jalali;
                    months.push((*month, name.score));
                }
                _ => {}
            }
        }
    }
    let weekday = match weekdays.as_slice() {
        [] => numeric::weekday_sign(tokens, &mut used),
        [(first, _), rest @ ..] if rest.iter().all(|(d, _)| d == first) => Some(*first),
        _ => None,
    };
    let code = language.map(|l| l.code);
    let found = if months.is_empty() {
        numeric::days(tokens, &mut used, language, hints)
    } else {
        let months: Vec<u8> = months.iter().map(|(m, _)| *m).collect();
        numeric::days_of_months(tokens, &mut used, &months, calendar, hints)
    };
    let day = settle(found, weekday, hints);
    let time = clock.as_ref().map(|c| c.time);
    if day == Day::Absent && time.is_none() {
        return None;
    }
    let other_words = tokens
        .iter()
        .zip(&used)
        .filter(|(token, used)| match &token.kind {
            Kind::Word(word) => !**used && !words::is_filler(word),
            Kind::Number { .. } => !**used,
            Kind::Sign(_) => false,
        })
        .count();
    let agrees = match (day, weekday) {
        (Day::Known(day) | Day::Inferred(day), Some(weekday)) => {
            day.weekday().num_days_from_sunday() == u32::from(weekday)
        }
        _ => false,
    };
    let mut score = u32::from(named.iter().map(|n| n.score).max().unwrap_or(0));
    score += match day {
        Day::Known(_) => 40,
        Day::Inferred(_) => 30,
        Day::Ambiguous => 20,
        Day::Absent => 0,
    };
    score += if agrees { 60 } else { 0 };
    score += if months.is_empty() { 0 } else { 10 };
    score = (score + 20).saturating_sub(u32::try_from(other_words).unwrap_or(20).min(20) * 2);
    Some((
        score,
        Reading {
            day,
            time,
            offset: clock.as_ref().and_then(|c| c.offset),
            language: if named.is_empty() { None } else { code },
            other_words,
            iso: None,
        },
    ))
}

/// The days that fit, narrowed by the weekday and the permalink.
fn settle(mut found: numeric::Found, weekday: Option<u8>, hints: &Hints) -> Day {
    found.days.sort_unstable();
    found.days.dedup();
    if found.days.len() > 1
        && let Some(weekday) = weekday
    {
        let fitting: Vec<NaiveDate> = found
            .days
            .iter()
            .copied()
            .filter(|d| d.weekday().num_days_from_sunday() == u32::from(weekday))
            .collect();
        if !fitting.is_empty() {
            found.days = fitting;
        }
    }
    if found.days.len() > 1
        && let Some((year, month)) = hints.year_month
    {
        let fitting: Vec<NaiveDate> = found
            .days
            .iter()
            .copied()
            .filter(|d| (d.year(), d.month()) == (year, month))
            .collect();
        if !fitting.is_empty() {
            found.days = fitting;
        }
    }
    if found.days.len() > 1 && !found.preferred.is_empty() {
        found.days.retain(|d| found.preferred.contains(d));
    }
    match found.days.as_slice() {
        [] => Day::Absent,
        [day] if found.inferred => Day::Inferred(*day),
        [day] => Day::Known(*day),
        _ => Day::Ambiguous,
    }
}

/// RFC 3339, and ISO 8601 as `datetime` attributes have it: seconds may be missing, the offset may lack its colon,
/// a space may stand for `T`.
fn iso(text: &str) -> Option<Reading> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if !(text.is_ascii() && bytes.first()?.is_ascii_digit() && bytes.get(4) == Some(&b'-')) {
        return None;
    }
    let date = Date::parse(text).or_else(|| Date::parse(&complete_iso(text)?))?;
    let moment = date.moment();
    Some(Reading {
        day: Day::Known(moment.local.date()),
        time: (moment.precision != Precision::Day).then(|| moment.local.time()),
        offset: moment.offset,
        language: None,
        other_words: 0,
        iso: Some(date),
    })
}

fn complete_iso(text: &str) -> Option<String> {
    let (day, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?.trim_start();
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'))
        .unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(end)?;
    let clock = match clock.len() {
        5 => format!("{clock}:00"),
        _ => clock.to_owned(),
    };
    let zone = match zone.trim() {
        "z" | "Z" | "UTC" | "GMT" => "Z".to_owned(),
        "" => String::new(),
        zone => {
            let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
            let (hours, minutes) = match digits.len() {
                1 => (format!("0{digits}"), "00"),
                2 => (digits.clone(), "00"),
                4 => (digits.get(..2)?.to_owned(), digits.get(2..)?),
                _ => return None,
            };
            let sign = zone.chars().next().filter(|c| matches!(c, '+' | '-'))?;
            format!("{sign}{hours}:{minutes}")
        }
    };
    Some(format!("{day}T{clock}{zone}"))
}

#[cfg(test)]
mod tests;
