//! Moments as people and spreadsheets read them.

use beraad_protocol::Timestamp;

const DAY_MILLIS: i64 = 86_400_000;

/// A moment in UTC as ISO 8601 with milliseconds, such as `2026-03-01T09:30:00.000Z`.
pub fn iso8601(at: Timestamp) -> String {
    let (days, millis) = (at.0.div_euclid(DAY_MILLIS), at.0.rem_euclid(DAY_MILLIS));
    let (year, month, day) = civil(days);
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Year, month and day in the Gregorian calendar of a day counted from 1970-01-01. Works in years
/// that begin in March, so that the leap day comes last, and in cycles of 400 years.
fn civil(days: i64) -> (i64, i64, i64) {
    const CYCLE: i64 = 146_097;
    let since_march_0 = days + 719_468;
    let (cycle, day) = (
        since_march_0.div_euclid(CYCLE),
        since_march_0.rem_euclid(CYCLE),
    );
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (cycle * 400 + year + carry, month, day_of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_their_date() {
        let examples = [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_709_164_800_123, "2024-02-29T00:00:00.123Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ];
        for (millis, text) in examples {
            assert_eq!(iso8601(Timestamp(millis)), text);
        }
        for extreme in [i64::MIN, i64::MAX] {
            assert!(iso8601(Timestamp(extreme)).ends_with('Z'));
        }
    }
}
