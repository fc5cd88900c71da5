//! Days, counted from today.

use beraad_casework::date::CivilDate;
use jiff::{ToSpan as _, Unit, Zoned, tz::TimeZone};

use crate::host::{HostError, now};

/// Where the region is.
pub(super) const ZONE: &str = "Europe/Amsterdam";

pub(super) fn today() -> Result<Zoned, HostError> {
    let zone = TimeZone::get(ZONE).map_err(|_| HostError::Closed)?;
    let now = jiff::Timestamp::from_millisecond(now().0).map_err(|_| HostError::Closed)?;
    now.to_zoned(zone)
        .round(Unit::Second)
        .map_err(|_| HostError::Closed)
}

pub(super) fn in_days(days: i64) -> Result<CivilDate, HostError> {
    let day = today()?
        .checked_add(days.days())
        .map_err(|_| HostError::Closed)?;
    Ok(CivilDate::from(day.date()))
}
