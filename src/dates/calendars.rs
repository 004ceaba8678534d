//! Years and months of other calendars, turned into Gregorian days.

use chrono::{Days, NaiveDate};

/// The calendar a date is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calendar {
    /// Gregorian, also with Buddhist years.
    Gregorian,
    /// The solar calendar of Iran and Afghanistan.
    Jalali,
}

/// The Gregorian year that a written year means: two digits, Buddhist years (2552 is 2009), four digits.
/// `None` for what no blog can have.
pub(super) fn year(value: u32, digits: u8) -> Option<i32> {
    let year = i32::try_from(value).ok()?;
    match (digits, year) {
        (1 | 2, 0..=69) => Some(2000 + year),
        (2, 70..=99) => Some(1900 + year),
        (4, 1900..=2199) => Some(year),
        (4, 2443..=2742) => Some(year - 543),
        _ => None,
    }
}

/// Whether a number can be a Jalali year of a blog (1370 is 1991).
pub(super) fn is_jalali_year(value: u32, digits: u8) -> bool {
    digits == 4 && (1370..=1478).contains(&value)
}

/// A day of the calendar, where the calendar has it.
pub(super) fn day(calendar: Calendar, year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    match calendar {
        Calendar::Gregorian => NaiveDate::from_ymd_opt(year, month, day),
        Calendar::Jalali => jalali(year, month, day),
    }
}

/// A Jalali day as a Gregorian one, by the rule of eight leap years in 33, which agrees with the astronomical
/// calendar in every year that blogs were written in.
fn jalali(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    let leap = |y: i32| [1, 5, 9, 13, 17, 22, 26, 30].contains(&y.rem_euclid(33));
    let length = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + u32::from(leap(year)),
        _ => return None,
    };
    if !(1..=length).contains(&day) || !(1300..=1500).contains(&year) {
        return None;
    }
    // 1 Farvardin 1300 was 21 March 1921.
    let years: u64 = (1300..year).map(|y| 365 + u64::from(leap(y))).sum();
    let months: u64 = (1..month).map(|m| if m <= 6 { 31 } else { 30 }).sum();
    NaiveDate::from_ymd_opt(1921, 3, 21)?
        .checked_add_days(Days::new(years + months + u64::from(day) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jalali_days() {
        for (y, m, d, gregorian) in [
            (1388, 2, 15, "2009-05-05"),
            (1399, 12, 30, "2021-03-20"),
            (1400, 1, 1, "2021-03-21"),
            (1387, 12, 30, "2009-03-20"),
            (1370, 1, 1, "1991-03-21"),
            (1403, 12, 30, "2025-03-20"),
            (1404, 1, 1, "2025-03-21"),
        ] {
            assert_eq!(
                jalali(y, m, d).unwrap().to_string(),
                gregorian,
                "{y}/{m}/{d}"
            );
        }
        assert!(jalali(1388, 12, 30).is_none());
        assert!(jalali(1388, 13, 1).is_none());
    }

    #[test]
    fn years() {
        assert_eq!(year(2552, 4), Some(2009));
        assert_eq!(year(9, 2), Some(2009));
        assert_eq!(year(99, 2), Some(1999));
        assert_eq!(year(1066, 4), None);
    }
}
