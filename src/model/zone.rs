//! Time zones by their IANA names.

use chrono::NaiveDateTime;
use tz::TimeZoneRef;

/// The zone in which a date without an offset is understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// UTC, also where nothing is known.
    #[default]
    Utc,
    /// A zone of the IANA database.
    Named(NamedZone),
}

/// A zone of the IANA database; [`Zone::named`] finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedZone(&'static TimeZoneRef<'static>);

impl Zone {
    /// The zone with this IANA name (`Europe/Berlin`), if there is one.
    pub fn named(name: &str) -> Option<Zone> {
        match name {
            "UTC" | "Etc/UTC" | "GMT" | "Etc/GMT" => Some(Zone::Utc),
            // The database takes names in any case; whoever reads the record next may not.
            _ if !tzdb_data::TZ_NAMES.contains(&name) => None,
            _ => Some(Zone::Named(NamedZone(tzdb_data::find_tz(name.as_bytes())?))),
        }
    }

    /// Seconds from UTC that hold in this zone at a local time. A time that a change of the clock skipped or
    /// repeated takes the earlier offset.
    pub fn offset_at_local(self, local: NaiveDateTime) -> i32 {
        match self {
            Zone::Utc => 0,
            Zone::Named(zone) => zone.at_local(local.and_utc().timestamp()),
        }
    }

    /// Seconds from UTC that hold in this zone at a time in UTC.
    pub fn offset_at_utc(self, utc: NaiveDateTime) -> i32 {
        match self {
            Zone::Utc => 0,
            Zone::Named(zone) => zone.at_utc(utc.and_utc().timestamp()),
        }
    }
}

impl NamedZone {
    /// The offset at so many seconds since 1970 in UTC.
    fn at_utc(self, seconds: i64) -> i32 {
        let found = self.0.find_local_time_type(seconds);
        found.map_or(0, |kind| kind.ut_offset())
    }

    /// The offset at so many seconds since 1970 on the zone's own clock.
    fn at_local(self, seconds: i64) -> i32 {
        const DAY: i64 = 86_400;
        // Clocks are changed once in two days at the most, and by less than a day.
        let around = [seconds - DAY, seconds, seconds + DAY].map(|time| self.at_utc(time));
        let is_right = |offset: &i32| self.at_utc(seconds - i64::from(*offset)) == *offset;
        // Of a time that is repeated, the greater offset is that of the earlier one.
        let right = around.into_iter().filter(is_right).max();
        right.unwrap_or_else(|| self.at_utc(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_change_with_the_clock() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        for (local, hours) in [
            ("2011-01-15T12:00:00", 1),
            ("2011-07-15T12:00:00", 2),
            ("2011-03-27T01:59:59", 1),
            // Skipped.
            ("2011-03-27T02:30:00", 2),
            ("2011-03-27T03:00:00", 2),
            ("2011-10-30T01:59:59", 2),
            // Repeated.
            ("2011-10-30T02:30:00", 2),
            ("2011-10-30T03:00:00", 1),
        ] {
            assert_eq!(berlin.offset_at_local(local.parse().unwrap()), hours * 3600, "{local}");
        }
        for (utc, hours) in [
            ("2011-03-27T00:59:59", 1),
            ("2011-03-27T01:00:00", 2),
            ("2011-10-30T00:59:59", 2),
            ("2011-10-30T01:00:00", 1),
        ] {
            assert_eq!(berlin.offset_at_utc(utc.parse().unwrap()), hours * 3600, "{utc}");
        }
        // West of Greenwich, with half hours, with a day left out (Samoa, 30 December 2011), long after the last change.
        let at = |name, local: &str| Zone::named(name).unwrap().offset_at_local(local.parse().unwrap());
        assert_eq!(at("America/Sao_Paulo", "2012-12-01T00:00:00"), -2 * 3600);
        assert_eq!(at("Asia/Kolkata", "2009-05-05T14:03:00"), 19_800);
        assert_eq!(at("Pacific/Apia", "2011-12-29T12:00:00"), -10 * 3600);
        assert_eq!(at("Pacific/Apia", "2011-12-31T12:00:00"), 14 * 3600);
        assert_eq!(at("Europe/Berlin", "2090-07-15T12:00:00"), 2 * 3600);
    }

    #[test]
    fn only_names_of_the_database_are_zones() {
        assert_eq!(Zone::named("Etc/UTC"), Some(Zone::Utc));
        assert!(Zone::named("America/Argentina/Buenos_Aires").is_some());
        for name in ["", "Berlin", "europe/berlin", "Europe/Berlin ", "CEST", "+02:00"] {
            assert_eq!(Zone::named(name), None, "{name}");
        }
    }
}
