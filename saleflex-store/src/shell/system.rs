//! The real clock and real identities.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Duration, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use saleflex_core::time::Moment;
use uuid::{Builder, Uuid};

use super::Shell;

/// The computer's clock in a store's time zone, and identities of version 7 that rise within a process.
///
/// ```
/// use saleflex_store::{Shell, shell::SystemShell};
///
/// // A bar in Istanbul that books until five in the morning under the day before.
/// let mut shell = SystemShell::try_new("Europe/Istanbul", 5)?;
/// assert!(shell.new_id() < shell.new_id());
/// # Ok::<(), saleflex_store::shell::UnknownTimeZone>(())
/// ```
#[derive(Clone, Debug)]
pub struct SystemShell {
    zone: Tz,
    day_starts_at_h: u8,
    /// Time and counter of the last identity.
    last: (u64, u16),
}

/// The name is not in the IANA time zone database.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("there is no time zone {name}")]
pub struct UnknownTimeZone {
    /// What was asked for.
    pub name: String,
}

/// Twelve bits behind the time of an identity count up within a millisecond.
const MOST_IN_ONE_MS: u16 = 0x0FFF;

impl SystemShell {
    /// A store's clock: the IANA name of its time zone, and the hour its business day starts.
    ///
    /// # Errors
    /// [`UnknownTimeZone`].
    pub fn try_new(zone: &str, day_starts_at_h: u8) -> Result<Self, UnknownTimeZone> {
        let zone = zone.parse().map_err(|_| UnknownTimeZone { name: zone.to_owned() })?;
        Ok(Self { zone, day_starts_at_h, last: (0, 0) })
    }

    /// What the store's clock shows at an instant.
    pub fn moment(&self, instant: DateTime<Utc>) -> Moment {
        let local = self.zone.from_utc_datetime(&instant.naive_utc()).naive_local();
        let business_date = (local - Duration::hours(i64::from(self.day_starts_at_h))).date();
        Moment::new(instant, local, business_date)
    }
}

impl Shell for SystemShell {
    fn now(&mut self) -> Moment {
        self.moment(clock())
    }

    fn at_local(&mut self, local: NaiveDateTime) -> Moment {
        // An hour that summer time skips was shown by no clock: the one behind it is meant. One that came twice is
        // meant as it came first.
        let later = local.checked_add_signed(Duration::hours(1)).unwrap_or(local);
        let shown = [local, later].into_iter().find_map(|at| self.zone.from_local_datetime(&at).earliest());
        self.moment(shown.map_or_else(|| local.and_utc(), |at| at.to_utc()))
    }

    fn new_id(&mut self) -> Uuid {
        let ms = u64::try_from(clock().timestamp_millis()).unwrap_or_default();
        self.last = match self.last {
            (last_ms, _) if ms > last_ms => (ms, 0),
            (last_ms, MOST_IN_ONE_MS) => (last_ms + 1, 0),
            (last_ms, count) => (last_ms, count + 1),
        };
        let mut bytes = [0; 10];
        getrandom::fill(&mut bytes).expect("the operating system has a random source");
        bytes[..2].copy_from_slice(&self.last.1.to_be_bytes());
        Builder::from_unix_timestamp_millis(self.last.0, &bytes).into_uuid()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place of this crate where the clock is read")]
fn clock() -> DateTime<Utc> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ms = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn identities_rise_also_within_a_millisecond_and_are_of_version_7() {
        let mut shell = SystemShell::try_new("UTC", 0).unwrap();
        let ids: Vec<Uuid> = (0..10_000).map(|_| shell.new_id()).collect();
        assert!(ids.is_sorted_by(|one, next| one < next));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn the_business_day_ends_in_the_morning_and_the_local_date_at_midnight() {
        let shell = SystemShell::try_new("Europe/Istanbul", 5).unwrap();
        let moment = shell.moment(instant("2025-04-05T23:30:00Z"));
        assert_eq!(moment.local.to_string(), "2025-04-06 02:30:00");
        assert_eq!(moment.business_date, NaiveDate::from_ymd_opt(2025, 4, 5).unwrap());
        let morning = shell.moment(instant("2025-04-06T02:00:00Z"));
        assert_eq!(morning.business_date, NaiveDate::from_ymd_opt(2025, 4, 6).unwrap());
    }

    #[test]
    fn summer_time_is_the_zones_affair() {
        let shell = SystemShell::try_new("Europe/London", 0).unwrap();
        assert_eq!(shell.moment(instant("2025-01-10T12:00:00Z")).local.to_string(), "2025-01-10 12:00:00");
        assert_eq!(shell.moment(instant("2025-07-10T12:00:00Z")).local.to_string(), "2025-07-10 13:00:00");
    }

    #[test]
    fn a_local_time_is_the_moment_at_which_the_stores_clock_shows_it() {
        let mut shell = SystemShell::try_new("Europe/London", 3).unwrap();
        let local = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        let mut instant = |text| shell.at_local(local(text)).instant.to_rfc3339();
        assert_eq!(instant("2025-01-10 12:00"), "2025-01-10T12:00:00+00:00");
        assert_eq!(instant("2025-07-10 12:00"), "2025-07-10T11:00:00+00:00");
        assert_eq!(
            instant("2025-03-30 01:30"),
            "2025-03-30T01:30:00+00:00",
            "skipped: half past two is meant"
        );
        assert_eq!(instant("2025-10-26 01:30"), "2025-10-26T00:30:00+00:00", "twice: the first is meant");
        let night = shell.at_local(local("2025-07-10 02:00"));
        assert_eq!(night.business_date, NaiveDate::from_ymd_opt(2025, 7, 9).unwrap());
    }

    #[test]
    fn an_unknown_time_zone_is_refused() {
        assert_eq!(
            SystemShell::try_new("Atlantis/Capital", 0).unwrap_err(),
            UnknownTimeZone { name: "Atlantis/Capital".to_owned() }
        );
    }
}
