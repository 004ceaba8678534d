//! Dates as WordPress stores them: local and UTC side by side, to the second, no zone.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use crate::model::{Date, DateBasis, Dated, push_day, push_minutes, push_two};

/// What stands where there is no date: the UTC date of a draft.
pub const ZERO_DATE: &str = "0000-00-00 00:00:00";

/// Whether WordPress's database can hold a time: whether [`sql_date`] gives it.
pub fn has_sql_date(time: NaiveDateTime) -> bool {
    (1000..=9999).contains(&time.year())
}

/// A time as WordPress writes it; `None` for years that its database cannot hold.
pub fn sql_date(time: NaiveDateTime) -> Option<String> {
    if !has_sql_date(time) {
        return None;
    }
    // A leap second is the second before it and more than a thousand million nanoseconds.
    let second = time.second() + time.nanosecond() / 1_000_000_000;
    let mut text = String::with_capacity(ZERO_DATE.len());
    push_day(&mut text, time.date())?;
    text.push(' ');
    push_minutes(&mut text, time);
    text.push(':');
    push_two(&mut text, second);
    Some(text)
}

/// Whether a date is left empty, in one of the two ways.
pub fn is_zero_date(text: &str) -> bool {
    text.is_empty() || text == ZERO_DATE
}

/// Whether a text is a date in WordPress's form that the calendar has.
pub fn is_calendar_date(text: &str) -> bool {
    parse(text).is_some()
}

fn parse(text: &str) -> Option<NaiveDateTime> {
    let shape = text.len() == 19
        && text.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            10 => b == b' ',
            13 | 16 => b == b':',
            _ => b.is_ascii_digit(),
        });
    if !shape {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let time = match number(17, 19)? {
        // A leap second: chrono knows what that is.
        60.. => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?,
        second => {
            let year = i32::try_from(number(0, 4)?).ok()?;
            let day = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
            day.and_hms_opt(number(11, 13)?, number(14, 16)?, second)?
        }
    };
    (time.year() >= 1000).then_some(time)
}

/// The date that a local date and its UTC twin tell: the offset is their difference. A draft has no UTC date, so its
/// offset stays unknown. A text that is no date is kept as it is.
pub fn dated(local: &str, gmt: &str) -> Dated {
    let (local, gmt) = (local.trim(), gmt.trim());
    // Exports that other programs made have ISO's `T`.
    let read = |text: &str| parse(text).or_else(|| parse(&text.replacen('T', " ", 1)));
    match (read(local), read(gmt)) {
        (Some(here), Some(there)) => dated_at(here, there),
        (Some(here), None) => of(Date::from_local(here), DateBasis::AssumedZone),
        (None, Some(there)) => of(Date::from_offset(there, 0), DateBasis::Utc),
        (None, None) if is_zero_date(local) => Dated::default(),
        (None, None) => Dated {
            date: None,
            raw: Some(local.to_owned()),
            basis: None,
        },
    }
}

/// The same for two times of which each [`has_sql_date`], as the texts that [`sql_date`] makes of them would give it.
pub fn dated_at(local: NaiveDateTime, gmt: NaiveDateTime) -> Dated {
    // Without what is less than a second; a leap second is the one before it and a thousand million nanoseconds.
    let whole = |time: NaiveDateTime| {
        let nanoseconds = time.nanosecond() / 1_000_000_000 * 1_000_000_000;
        time.with_nanosecond(nanoseconds).unwrap_or(time)
    };
    let (here, there) = (whole(local), whole(gmt));
    let seconds = (here - there).num_seconds();
    match i32::try_from(seconds) {
        Ok(0) => of(Date::from_offset(here, 0), DateBasis::Utc),
        Ok(offset) if offset % 60 == 0 && offset.abs() <= 15 * 3600 => {
            of(Date::from_offset(here, offset), DateBasis::Offset)
        }
        // Two dates that differ by more than any zone: somebody edited one of them. The local one is shown.
        _ => of(Date::from_local(here), DateBasis::AssumedZone),
    }
}

fn of(date: Option<Date>, basis: DateBasis) -> Dated {
    Dated {
        basis: date.is_some().then_some(basis),
        date,
        raw: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_is_the_offset() {
        let text = |local, gmt| dated(local, gmt).date.map(|d| d.to_string());
        assert_eq!(
            text("2009-05-05 14:03:00", "2009-05-05 13:03:00").as_deref(),
            Some("2009-05-05T14:03:00+01:00")
        );
        assert_eq!(
            text("2009-05-05 01:00:00", "2009-05-04 15:30:00").as_deref(),
            Some("2009-05-05T01:00:00+09:30")
        );
        assert_eq!(
            text("2009-05-05 14:03:00", "2009-05-05 14:03:00").as_deref(),
            Some("2009-05-05T14:03:00Z")
        );
        assert_eq!(
            text("2009-05-05 14:03:00", ZERO_DATE).as_deref(),
            Some("2009-05-05T14:03:00")
        );
        assert_eq!(
            text("2026-06-07T22:29:03", "2026-06-07T19:29:03").as_deref(),
            Some("2026-06-07T22:29:03+03:00")
        );
        assert_eq!(text(ZERO_DATE, ""), None);
        assert_eq!(dated("soon", "").raw.as_deref(), Some("soon"));
    }

    proptest::proptest! {
        #[test]
        fn times_tell_what_their_texts_do(
            seconds in -40_000_000_000_i64..260_000_000_000,
            nanoseconds in 0..2_000_000_000_u32,
            offset in -60_000..60_000_i64,
            minutes in -1000..1000_i64,
        ) {
            let at = |seconds: i64| {
                let time = chrono::DateTime::from_timestamp(seconds, 0)?.naive_utc();
                // A leap second where the clock could have one.
                let is_leap = nanoseconds >= 1_000_000_000 && time.second() != 59;
                let time = time.with_nanosecond(if is_leap { nanoseconds - 1_000_000_000 } else { nanoseconds })?;
                has_sql_date(time).then_some(time)
            };
            for offset in [0, offset, minutes * 60] {
                if let Some((local, gmt)) = at(seconds).zip(at(seconds - offset)) {
                    let texts = [local, gmt].map(|time| sql_date(time).unwrap());
                    proptest::prop_assert_eq!(dated_at(local, gmt), dated(&texts[0], &texts[1]), "{:?}", texts);
                }
            }
        }

        #[test]
        fn reads_and_writes_as_chrono_does(
            text in "[0-9]{4}-[0-3][0-9]-[0-3][0-9] [0-2][0-9]:[0-6][0-9]:[0-6][0-9]",
            plain in "(19|20)[0-9]{2}-0[1-9]-[0-2][0-9] [01][0-9]:[0-5][0-9]:([0-5][0-9]|60)",
        ) {
            for text in [text, plain] {
                let known = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok();
                let known = known.filter(|time| time.year() >= 1000);
                proptest::prop_assert_eq!(parse(&text), known, "{}", text);
                if let Some(time) = known.filter(|time| time.year() <= 9999) {
                    proptest::prop_assert_eq!(sql_date(time), Some(time.format("%Y-%m-%d %H:%M:%S").to_string()));
                }
            }
        }
    }

    #[test]
    fn the_calendar_decides() {
        assert!(is_calendar_date("2012-02-29 23:59:59"));
        for no in [
            "2010-02-30 00:00:00",
            "2010-2-3 00:00:00",
            "2010-01-01T00:00:00",
            "0999-01-01 00:00:00",
            "",
        ] {
            assert!(!is_calendar_date(no), "{no}");
        }
    }
}
