//! The day in a date's text: numbers around a month's name, numbers alone, numbers with 年月日.

use chrono::NaiveDate;

use super::calendars::{self, Calendar};
use super::names::Language;
use super::tokens::{Kind, Token};
use super::{Hints, Order};

/// The days that a text may mean.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) days: Vec<NaiveDate>,
    /// Those of them that the language's or the page's order of day and month speaks for.
    pub(super) preferred: Vec<NaiveDate>,
    /// The year came from the hints.
    pub(super) inferred: bool,
}

#[derive(Clone, Copy)]
struct Number {
    at: usize,
    value: u32,
    digits: u8,
}

/// Unused numbers of a text.
fn numbers(tokens: &[Token], used: &[bool]) -> Vec<Number> {
    tokens
        .iter()
        .zip(used)
        .enumerate()
        .filter(|(_, (_, used))| !**used)
        .filter_map(|(at, (token, _))| {
            token
                .number()
                .map(|(value, digits)| Number { at, value, digits })
        })
        .collect()
}

/// The days that numbers and the months that a name may mean make together.
pub(super) fn days_of_months(
    tokens: &[Token],
    used: &mut [bool],
    months: &[u8],
    calendar: Calendar,
    hints: &Hints,
) -> Found {
    let numbers = numbers(tokens, used);
    let mut found = Found::default();
    let long = numbers.iter().find(|n| n.digits == 4);
    let (day, year) = match (numbers.as_slice(), long) {
        (_, Some(year)) => (
            numbers.iter().find(|n| n.at != year.at && n.digits <= 2),
            Some(*year),
        ),
        ([day], None) => (Some(day), None),
        // `5 May 09`; a year that cannot be a day may stand first.
        ([first, second, ..], None) if first.value > 31 || first.value == 0 => {
            (Some(second), Some(*first))
        }
        ([first, second, ..], None) => (Some(first), Some(*second)),
        ([], None) => (None, None),
    };
    let Some(day) = day.copied() else {
        return found;
    };
    for month in months.iter().map(|m| u32::from(*m)) {
        let year_of_text = year.and_then(|year| match calendar {
            Calendar::Jalali if calendars::is_jalali_year(year.value, year.digits) => {
                i32::try_from(year.value).ok()
            }
            Calendar::Jalali => None,
            Calendar::Gregorian => calendars::year(year.value, year.digits),
        });
        match (year, year_of_text, hints.year_month) {
            (Some(_), Some(year), _) => found
                .days
                .extend(calendars::day(calendar, year, month, day.value)),
            (None, _, Some((year, hinted)))
                if hinted == month && calendar == Calendar::Gregorian =>
            {
                found.inferred = true;
                found
                    .days
                    .extend(calendars::day(calendar, year, month, day.value));
            }
            _ => {}
        }
    }
    if !found.days.is_empty() {
        for number in std::iter::once(day).chain(year) {
            mark(used, number.at);
        }
    }
    found
}

fn mark(used: &mut [bool], at: usize) {
    if let Some(mark) = used.get_mut(at) {
        *mark = true;
    }
}

/// The days that a text without a month's name may mean.
pub(super) fn days(
    tokens: &[Token],
    used: &mut [bool],
    language: Option<&'static Language>,
    hints: &Hints,
) -> Found {
    if let Some(found) = with_units(tokens, used, hints) {
        return found;
    }
    let numbers = numbers(tokens, used);
    if let Some(eight) = numbers.iter().find(|n| n.digits == 8) {
        let mut found = Found::default();
        if let Some(day) = calendars::year(eight.value / 10_000, 4).and_then(|year| {
            NaiveDate::from_ymd_opt(year, eight.value / 100 % 100, eight.value % 100)
        }) {
            mark(used, eight.at);
            found.days.push(day);
        }
        return found;
    }
    let Some((triple, separator)) = triple(tokens, &numbers) else {
        return Found::default();
    };
    let mut found = Found::default();
    let [first, second, third] = triple;
    let jalali = |n: Number| {
        calendars::is_jalali_year(n.value, n.digits)
            && (n.value < 1420 || language.is_some_and(|l| matches!(l.code, "fa" | "ps")))
    };
    let mut add = |year: Number, month: Number, day: Number, preferred: bool| {
        if month.digits > 2 || day.digits > 2 {
            return;
        }
        let made = if jalali(year) {
            i32::try_from(year.value)
                .ok()
                .and_then(|y| calendars::day(Calendar::Jalali, y, month.value, day.value))
        } else {
            calendars::year(year.value, year.digits)
                .and_then(|y| calendars::day(Calendar::Gregorian, y, month.value, day.value))
        };
        if let Some(day) = made {
            found.days.push(day);
            if preferred {
                found.preferred.push(day);
            }
        }
    };
    // Dates with dots are day first wherever they are written; a year of four digits says where it stands.
    let order = if separator == '.' {
        Some(Order::DayMonth)
    } else {
        None
    }
    .or(hints.order)
    .or_else(|| {
        language
            .filter(|l| same_language(l, hints))
            .and_then(|l| l.order)
    });
    if first.digits == 4 {
        add(first, second, third, true);
    } else {
        let year_may_lead =
            third.digits <= 2 && language.is_some_and(|l| l.year_first && same_language(l, hints));
        if year_may_lead && first.digits == 2 {
            add(first, second, third, true);
        } else {
            add(third, second, first, order == Some(Order::DayMonth));
            add(third, first, second, order == Some(Order::MonthDay));
        }
    }
    if !found.days.is_empty() {
        for number in triple {
            mark(used, number.at);
        }
    }
    found
}

/// Only the page's own language says anything about the order of its numbers.
fn same_language(language: &Language, hints: &Hints) -> bool {
    hints
        .language
        .as_deref()
        .and_then(super::names::language)
        .is_some_and(|own| std::ptr::eq(own, language))
}

/// Three numbers with the same separator between them.
fn triple(tokens: &[Token], numbers: &[Number]) -> Option<([Number; 3], char)> {
    numbers.windows(3).find_map(|window| {
        let [first, second, third] = window else {
            return None;
        };
        let between =
            |a: &Number, b: &Number| match (b.at - a.at, tokens.get(a.at + 1).map(|t| &t.kind)) {
                (2, Some(Kind::Sign(sign @ ('/' | '-' | '.')))) => Some(*sign),
                _ => None,
            };
        let separator = between(first, second)?;
        let fits =
            first.digits <= 4 && second.digits <= 2 && (third.digits <= 2 || third.digits == 4);
        (between(second, third)? == separator && fits)
            .then_some(([*first, *second, *third], separator))
    })
}

/// `2009年5月5日`, `2009년 5월 5일`, `5 tháng 5, 2009`, also with the years of a Japanese reign or the Republic of China.
fn with_units(tokens: &[Token], used: &mut [bool], hints: &Hints) -> Option<Found> {
    let unit = |at: usize, words: &[&str]| {
        tokens
            .get(at)
            .and_then(Token::word)
            .is_some_and(|w| words.contains(&w))
    };
    let mut year = None;
    let mut month = None;
    let mut day = None;
    let free = numbers(tokens, used);
    for number in &free {
        let after = number.at + 1;
        let before = number.at.checked_sub(1);
        // `thg. 5` has a dot of its own.
        let month_word_before = before.is_some_and(|b| unit(b, &["thang", "thg"]))
            || (before.is_some_and(|b| tokens.get(b).is_some_and(|t| t.is_sign('.')))
                && number.at >= 2
                && unit(number.at - 2, &["thg"]));
        if unit(after, &["年", "년"]) {
            year = Some((*number, reign(tokens, number.at)));
            mark(used, after);
        } else if unit(after, &["月", "월"]) || month_word_before {
            month = Some(*number);
        } else if unit(after, &["日", "号", "일"]) {
            day = Some(*number);
        }
    }
    let month = month?;
    let rest: Vec<Number> = free
        .iter()
        .copied()
        .filter(|n| {
            n.at != month.at
                && Some(n.at) != year.map(|(y, _)| y.at)
                && Some(n.at) != day.map(|d| d.at)
        })
        .collect();
    let day = day.or_else(|| rest.iter().copied().find(|n| n.digits <= 2))?;
    let stated = match year {
        Some((year, Some(offset))) => i32::try_from(year.value).ok().map(|y| y + offset),
        Some((year, None)) => calendars::year(year.value, year.digits),
        None => rest.iter().find(|n| n.digits == 4).and_then(|n| {
            mark(used, n.at);
            calendars::year(n.value, n.digits)
        }),
    };
    let mut found = Found::default();
    let year_value = match (stated, hints.year_month) {
        (Some(year), _) => year,
        (None, Some((year, hinted))) if hinted == month.value => {
            found.inferred = true;
            year
        }
        _ => return Some(found),
    };
    found
        .days
        .extend(NaiveDate::from_ymd_opt(year_value, month.value, day.value));
    if !found.days.is_empty() {
        mark(used, month.at);
        mark(used, day.at);
        if let Some((year, _)) = year {
            mark(used, year.at);
        }
    }
    Some(found)
}

/// Years to add where the year counts from a reign or from the Republic of China.
fn reign(tokens: &[Token], at: usize) -> Option<i32> {
    let word = |back: usize| {
        at.checked_sub(back)
            .and_then(|i| tokens.get(i))
            .and_then(Token::word)
    };
    match (word(2)?, word(1)?) {
        ("令", "和") => Some(2018),
        ("平", "成") => Some(1988),
        ("昭", "和") => Some(1925),
        ("民", "國" | "国") => Some(1911),
        _ => None,
    }
}

/// A weekday in one sign between brackets, as Japanese and Korean dates have it: `5日(火)`, `5. 5. (화)`.
pub(super) fn weekday_sign(tokens: &[Token], used: &mut [bool]) -> Option<u8> {
    const SIGNS: [[&str; 2]; 7] = [
        ["日", "일"],
        ["月", "월"],
        ["火", "화"],
        ["水", "수"],
        ["木", "목"],
        ["金", "금"],
        ["土", "토"],
    ];
    for (at, window) in tokens.windows(3).enumerate() {
        let [open, sign, close] = window else {
            continue;
        };
        if !(open.is_sign('(') && close.is_sign(')')) {
            continue;
        }
        let Some(word) = sign.word() else { continue };
        if let Some(day) = SIGNS.iter().position(|signs| signs.contains(&word)) {
            mark(used, at + 1);
            return u8::try_from(day).ok();
        }
    }
    None
}

/// The order of day and month that a date of numbers shows by itself: one number above 12, the other not.
pub(super) fn telling_order(tokens: &[Token]) -> Option<Order> {
    let used = vec![false; tokens.len()];
    let numbers = numbers(tokens, &used);
    let ([first, second, third], _) = triple(tokens, &numbers)?;
    if first.digits == 4 || calendars::year(third.value, third.digits).is_none() {
        return None;
    }
    match (first.value, second.value) {
        (13..=31, 1..=12) => Some(Order::DayMonth),
        (1..=12, 13..=31) => Some(Order::MonthDay),
        _ => None,
    }
}
