//! Days and ages in the household's own time zone. Nothing here reads a clock.

use std::sync::OnceLock;

use beraad_protocol::Timestamp;
use jiff::{ToSpan, civil::Date, tz::TimeZone};

/// The household's time zone.
pub const TIME_ZONE: &str = "Europe/Amsterdam";

/// How far two honest clocks may differ, in milliseconds.
pub(crate) const CLOCK_SKEW: i64 = 5 * 60 * 1000;

/// The day it is in the household's time zone at `at`.
pub fn local_date(at: Timestamp) -> Date {
    moment(at).to_zoned(zone().clone()).date()
}

/// Full years from `born` to the day of `at`; 0 for somebody yet unborn.
pub fn age_at(born: Date, at: Timestamp) -> i16 {
    let today = local_date(at);
    if today < born {
        return 0;
    }
    let years = today.year() - born.year();
    // The birthday of 29 February falls on 1 March in other years.
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    if had_birthday { years } else { years - 1 }
}

/// `months` months later at the same local time; the last moment there is when it would lie beyond.
pub fn plus_months(at: Timestamp, months: i32) -> Timestamp {
    moment(at)
        .to_zoned(zone().clone())
        .checked_add(months.months())
        .map_or(Timestamp(i64::MAX), |zoned| {
            Timestamp(zoned.timestamp().as_millisecond())
        })
}

/// `date`, `months` months earlier; the first day there is when it would lie before.
pub(crate) fn months_before(date: Date, months: i32) -> Date {
    date.checked_sub(months.months()).unwrap_or(Date::MIN)
}

/// `date`, `months` months later; the last day there is when it would lie beyond.
pub(crate) fn months_after(date: Date, months: i32) -> Date {
    date.checked_add(months.months()).unwrap_or(Date::MAX)
}

/// `date`, `days` days later; the last day there is when it would lie beyond.
pub(crate) fn days_after(date: Date, days: i32) -> Date {
    date.checked_add(days.days()).unwrap_or(Date::MAX)
}

/// The moment `days` working days (Monday to Friday) after `at`, at the same local time.
pub(crate) fn plus_working_days(at: Timestamp, days: u8) -> Timestamp {
    let mut zoned = moment(at).to_zoned(zone().clone());
    let mut left = days;
    while left > 0 {
        let Ok(next) = zoned.checked_add(1.day()) else {
            return Timestamp(i64::MAX);
        };
        zoned = next;
        let weekday = zoned.weekday().to_monday_one_offset();
        if weekday <= 5 {
            left -= 1;
        }
    }
    Timestamp(zoned.timestamp().as_millisecond())
}

fn moment(at: Timestamp) -> jiff::Timestamp {
    let fallback = if at.0 < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    };
    // A margin of two days keeps every local date within the calendar.
    let clamped = jiff::Timestamp::from_millisecond(at.0).unwrap_or(fallback);
    let margin = jiff::SignedDuration::from_hours(48);
    let low = jiff::Timestamp::MIN
        .saturating_add(margin)
        .unwrap_or(jiff::Timestamp::MIN);
    let high = jiff::Timestamp::MAX
        .saturating_sub(margin)
        .unwrap_or(jiff::Timestamp::MAX);
    clamped.clamp(low, high)
}

fn zone() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| {
        // The bundled database, so that every device has the same rules.
        jiff::tz::TimeZoneDatabase::bundled()
            .get(TIME_ZONE)
            .expect("the bundled time zone database has Europe/Amsterdam")
    })
}
