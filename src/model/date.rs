//! Dates as much as they are known and no more: a day, a local time, or a moment with its offset.
//!
//! The text of a date is the source's own wherever that was RFC 3339 already, so that offsets and fractions
//! survive; arithmetic happens on [`Moment`]s.

use std::borrow::Cow;
use std::fmt;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Zone;

/// A date in one of the three shapes of the record: `2009-05-05`, `2009-05-05T14:03:00` (local, offset unknown)
/// or `2009-05-05T14:03:00.003+01:00`. Always valid on the calendar.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Date(Text);

/// So long is a date to the millisecond with an offset, which platforms write, and a byte longer.
const SHORT: usize = 30;

/// The text of a date. There are two in every comment: nearly all are short enough to need no memory of their own.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Text {
    Short { bytes: [u8; SHORT], length: u8 },
    Long(Box<str>),
}

impl Text {
    fn as_str(&self) -> &str {
        match self {
            Text::Short { bytes, length } => {
                let bytes = bytes.get(..usize::from(*length)).unwrap_or_default();
                // It was made of a text.
                std::str::from_utf8(bytes).unwrap_or_default()
            }
            Text::Long(text) => text,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        let mut bytes = [0; SHORT];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(text.as_bytes());
                Text::Short { bytes, length }
            }
            _ => Text::Long(text.into()),
        }
    }
}

/// How much of a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// A day.
    Day,
    /// A day and a time without an offset.
    Local,
    /// A moment: day, time and offset.
    Moment,
}

/// A date taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Day and time as written, in the date's own offset. A bare day is at 00:00:00.
    pub local: NaiveDateTime,
    /// Offset from UTC in seconds, where one was written.
    pub offset: Option<i32>,
    /// How much of it was written.
    pub precision: Precision,
}

impl Moment {
    /// Reads a date in one of the record's three shapes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Moment> {
        parse(text.as_bytes())
    }

    /// The same moment in UTC; a date without an offset is taken to be in `zone`.
    pub fn in_utc(&self, zone: Zone) -> NaiveDateTime {
        let offset = self.offset.unwrap_or_else(|| zone.offset_at_local(self.local));
        shift(self.local, -i64::from(offset))
    }

    /// The local time of this moment for the blog: as written where the date has an offset of its own that is not
    /// UTC, else in `zone`.
    pub fn in_blog_time(&self, zone: Zone) -> NaiveDateTime {
        match self.offset {
            Some(0) => shift(self.local, i64::from(zone.offset_at_utc(self.local))),
            _ => self.local,
        }
    }

    /// Microseconds since 1970 in UTC: the key by which posts and comments are ordered.
    pub fn sort_key(&self, zone: Zone) -> i64 {
        self.in_utc(zone).and_utc().timestamp_micros()
    }
}

fn shift(time: NaiveDateTime, seconds: i64) -> NaiveDateTime {
    // Only years at the ends of chrono's calendar could overflow; the record's years have four digits.
    time.checked_add_signed(chrono::TimeDelta::seconds(seconds))
        .unwrap_or(time)
}

impl Date {
    /// Reads a date in one of the record's three shapes; `None` for anything else, also for days that the calendar
    /// does not have.
    pub fn parse(text: &str) -> Option<Date> {
        parse(text.as_bytes()).map(|_| Date(text.into()))
    }

    /// A bare day.
    pub fn from_day(day: NaiveDate) -> Option<Date> {
        let mut text = String::with_capacity(10);
        push_day(&mut text, day)?;
        Some(Date(text.as_str().into()))
    }

    /// A local time without an offset.
    pub fn from_local(time: NaiveDateTime) -> Option<Date> {
        Date::parse(&text_of(time)?)
    }

    /// A time with its offset from UTC in seconds; UTC itself is written `Z`.
    pub fn from_offset(local: NaiveDateTime, offset: i32) -> Option<Date> {
        let mut text = text_of(local)?;
        if offset == 0 {
            text.push('Z');
        } else {
            let minutes = offset.unsigned_abs() / 60;
            text.push(if offset < 0 { '-' } else { '+' });
            push_two(&mut text, minutes / 60);
            text.push(':');
            push_two(&mut text, minutes % 60);
        }
        parse(text.as_bytes())?;
        Some(Date(text.as_str().into()))
    }

    /// The text, as it stands in the record.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The date taken apart.
    pub fn moment(&self) -> Moment {
        parse(self.as_str().as_bytes()).unwrap_or(Moment {
            local: NaiveDateTime::default(),
            offset: None,
            precision: Precision::Day,
        })
    }
}

/// `2009-05-05T14:03:00`, with a fraction where there is one; `None` for years that have not four digits.
fn text_of(time: NaiveDateTime) -> Option<String> {
    let mut text = String::with_capacity(32);
    push_day(&mut text, time.date())?;
    text.push('T');
    push_minutes(&mut text, time);
    text.push(':');
    match time.nanosecond() {
        // A leap second, which the record does not have.
        1_000_000_000.. => return None,
        nanos => {
            push_two(&mut text, time.second());
            let (fraction, digits) = match nanos {
                0 => return Some(text),
                _ if nanos % 1_000_000 == 0 => (nanos / 1_000_000, 3),
                _ if nanos % 1_000 == 0 => (nanos / 1_000, 6),
                _ => (nanos, 9),
            };
            text.push('.');
            push_digits(&mut text, fraction, digits);
        }
    }
    Some(text)
}

/// Writes `2009-05-05`; `None` for years that have not four digits. By hand, because it is done for every comment.
pub(crate) fn push_day(text: &mut String, day: NaiveDate) -> Option<()> {
    let year = u32::try_from(day.year()).ok().filter(|year| *year <= 9_999)?;
    push_two(text, year / 100);
    push_two(text, year % 100);
    text.push('-');
    push_two(text, day.month());
    text.push('-');
    push_two(text, day.day());
    Some(())
}

/// Writes `14:03`.
pub(crate) fn push_minutes(text: &mut String, time: NaiveDateTime) {
    push_two(text, time.hour());
    text.push(':');
    push_two(text, time.minute());
}

/// Writes a number below a hundred in two digits.
pub(crate) fn push_two(text: &mut String, number: u32) {
    push_digits(text, number, 2);
}

/// Writes the last digits of a number.
fn push_digits(text: &mut String, number: u32, count: u32) {
    for place in (0..count).rev() {
        let digit = number / 10_u32.pow(place) % 10;
        text.push(char::from(b'0' + digit as u8));
    }
}

/// Reads the record's shapes by hand: this runs twice for every post and comment.
fn parse(text: &[u8]) -> Option<Moment> {
    let two = |tens: u8, ones: u8| {
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
    };
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, ref time @ ..] = text else {
        return None;
    };
    let year = i32::try_from(two(y1, y2)? * 100 + two(y3, y4)?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, two(m1, m2)?, two(d1, d2)?)?;
    if time.is_empty() {
        return Some(Moment {
            local: day.and_hms_opt(0, 0, 0)?,
            offset: None,
            precision: Precision::Day,
        });
    }
    let &[b'T', h1, h2, b':', m1, m2, b':', s1, s2, ref rest @ ..] = time else {
        return None;
    };
    let mut zone = rest;
    let mut nanos = 0;
    if let [b'.', rest @ ..] = rest {
        let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if length == 0 {
            return None;
        }
        // What is smaller than a nanosecond is left out.
        let mut one = 1_000_000_000;
        for digit in rest.get(..length)? {
            one /= 10;
            nanos += one * u32::from(digit - b'0');
        }
        zone = rest.get(length..)?;
    }
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    let local = day.and_hms_nano_opt(hour, minute, second, nanos)?;
    let offset = match zone {
        [] => None,
        [b'Z'] => Some(0),
        &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
            Some(if sign == b'-' { -seconds } else { seconds })
        }
        _ => return None,
    };
    let precision = if offset.is_some() {
        Precision::Moment
    } else {
        Precision::Local
    };
    Some(Moment {
        local,
        offset,
        precision,
    })
}

impl From<Date> for String {
    fn from(date: Date) -> String {
        date.as_str().to_owned()
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Date").field(&self.as_str()).finish()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Date::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "{text:?} is not a date: expected YYYY-MM-DD, YYYY-MM-DDThh:mm:ss or RFC 3339 with an offset"
            ))
        })
    }
}

impl JsonSchema for Date {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A date as much as it is known: a day, a local time without an offset, or RFC 3339 with the source's own offset and fraction.",
            "type": "string",
            "anyOf": [
                { "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
                { "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?$" },
                { "format": "date-time", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$" }
            ]
        })
    }
}

/// How a date came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateBasis {
    /// The source gave an offset from UTC.
    Offset,
    /// The source gave UTC.
    Utc,
    /// The source gave a local time; the zone is the one named in the head's assumptions or the blog's.
    AssumedZone,
    /// The source gave a day only.
    DateOnly,
    /// Taken from something else: a permalink, a feed, the time of capture.
    Inferred,
    /// The order of day and month could not be settled.
    Ambiguous,
}

/// A date with its source text and basis: the three fields `X`, `X_raw` and `X_basis` of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dated {
    /// The date, where it could be read.
    pub date: Option<Date>,
    /// The source's text, where it was not RFC 3339.
    pub raw: Option<String>,
    /// How the date came to be known.
    pub basis: Option<DateBasis>,
}

impl Dated {
    /// The date of an export or feed that promises RFC 3339. Text that breaks the promise is kept as `raw`.
    pub fn rfc3339(text: &str) -> Dated {
        let trimmed = text.trim();
        match Moment::parse(trimmed) {
            Some(moment) => {
                let basis = match moment {
                    Moment {
                        precision: Precision::Day,
                        ..
                    } => DateBasis::DateOnly,
                    Moment { offset: None, .. } => DateBasis::AssumedZone,
                    // `+00:00` says where the clock stood, `Z` only that it is UTC.
                    _ if trimmed.ends_with('Z') => DateBasis::Utc,
                    _ => DateBasis::Offset,
                };
                Dated {
                    date: Some(Date(trimmed.into())),
                    raw: None,
                    basis: Some(basis),
                }
            }
            None if trimmed.is_empty() => Dated::default(),
            None => Dated {
                date: None,
                raw: Some(text.to_owned()),
                basis: None,
            },
        }
    }

    /// The date of an RSS item (RFC 2822, `Sun, 04 Mar 2018 01:44:00 +0800`). The source's text is kept as `raw`.
    pub fn rfc2822(text: &str) -> Dated {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Dated::default();
        }
        let parsed = chrono::DateTime::parse_from_rfc2822(trimmed).ok();
        let offset = parsed.map(|p| p.offset().local_minus_utc());
        Dated {
            date: parsed.and_then(|p| Date::from_offset(p.naive_local(), offset.unwrap_or(0))),
            raw: Some(text.to_owned()),
            basis: offset.map(|o| if o == 0 { DateBasis::Utc } else { DateBasis::Offset }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_the_source_wrote() {
        for text in [
            "2009-05-05",
            "2009-05-05T14:03:00",
            "2009-05-05T14:03:00.003+01:00",
            "2018-09-27T23:44:00Z",
            "2012-02-29T00:00:00.1234567890-11:30",
        ] {
            assert_eq!(Date::parse(text).unwrap().as_str(), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn writes_as_chrono_does(seconds in -70_000_000_000_i64..300_000_000_000, nanos in 0..4_usize, minutes in -1_100..1_100_i32) {
            let nanos = [0, 120_000_000, 1_000, 1][nanos];
            let time = chrono::DateTime::from_timestamp(seconds, nanos).unwrap().naive_utc();
            let form = time.format("%Y-%m-%dT%H:%M:%S%.f").to_string();
            proptest::prop_assert_eq!(Date::from_local(time), Date::parse(&form));
            let day = time.date().format("%Y-%m-%d").to_string();
            proptest::prop_assert_eq!(Date::from_day(time.date()), Date::parse(&day));
            let zone = match minutes {
                0 => "Z".to_owned(),
                _ => format!("{}{:02}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60),
            };
            proptest::prop_assert_eq!(Date::from_offset(time, minutes * 60), Date::parse(&(form + &zone)));
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2009",
            "2009-13-01",
            "2010-02-30",
            "2009-05-05T24:00:00Z",
            "2009-05-05T10:00Z",
            "2009-05-05 10:00:00",
            "2009-05-05T10:00:00+1:00",
            "2009-05-05T10:00:60Z",
            "2009-05-05T10:00:00.Z",
            "٢٠٠٩-٠٥-٠٥",
        ] {
            assert!(Date::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn orders_by_utc() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let key = |t: &str, z| Date::parse(t).unwrap().moment().sort_key(z);
        assert!(key("2020-01-01T00:30:00+01:00", Zone::Utc) < key("2020-01-01T00:00:00Z", Zone::Utc));
        assert_eq!(key("2020-07-01", berlin), key("2020-06-30T22:00:00Z", Zone::Utc));
    }

    #[test]
    fn blog_time_rebuilds_the_local_clock() {
        let taipei = Zone::named("Asia/Taipei").unwrap();
        let m = Date::parse("2018-03-03T17:44:00Z").unwrap().moment();
        assert_eq!(m.in_blog_time(taipei).to_string(), "2018-03-04 01:44:00");
        let own = Date::parse("2018-03-03T17:44:00-05:00").unwrap().moment();
        assert_eq!(own.in_blog_time(taipei).to_string(), "2018-03-03 17:44:00");
    }

    #[test]
    fn rss_dates_keep_their_text() {
        let d = Dated::rfc2822("Sun, 04 Mar 2018 01:44:00 +0800");
        assert_eq!(d.date.unwrap().as_str(), "2018-03-04T01:44:00+08:00");
        assert_eq!(d.basis, Some(DateBasis::Offset));
        assert!(d.raw.is_some());
    }
}
