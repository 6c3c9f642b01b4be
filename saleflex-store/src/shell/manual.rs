//! A clock that moves when told to, and identities that are the same in every run.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use saleflex_core::time::Moment;
use uuid::{Builder, Uuid};

use super::Shell;

/// Time and identities in the hands of a test, an example or a replay. Clones share one clock, so that a test
/// keeps a handle on the clock of the till it made.
///
/// ```
/// use saleflex_store::{Shell, shell::ManualShell};
///
/// let clock = ManualShell::starting("2025-04-06T09:00:00Z".parse()?, 7);
/// let mut shell = clock.clone();
/// clock.advance(chrono::Duration::minutes(5));
/// assert_eq!(shell.now().instant.to_rfc3339(), "2025-04-06T09:05:00+00:00");
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ManualShell {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    now: DateTime<Utc>,
    offset: Duration,
    day_starts_after: Duration,
    seed: u64,
    given: u64,
}

impl ManualShell {
    /// A clock that stands at an instant, in a store on UTC; equal seeds give equal identities.
    pub fn starting(now: DateTime<Utc>, seed: u64) -> Self {
        let (offset, day_starts_after) = (Duration::zero(), Duration::zero());
        let state = State { now, offset, day_starts_after, seed, given: 0 };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// The same, in a store whose clock is ahead of UTC by so many hours.
    #[must_use]
    pub fn ahead_by(self, hours: i64) -> Self {
        self.with(|state| state.offset = Duration::hours(hours));
        self
    }

    /// The same, in a store whose business day starts so many hours after midnight.
    #[must_use]
    pub fn day_starts_at(self, hours: u8) -> Self {
        self.with(|state| state.day_starts_after = Duration::hours(i64::from(hours)));
        self
    }

    /// Sets the clock.
    pub fn set(&self, now: DateTime<Utc>) {
        self.with(|state| state.now = now);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.with(|state| state.now += by);
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn moment(&self, instant: DateTime<Utc>, local: NaiveDateTime) -> Moment {
        let of_day = local.checked_sub_signed(self.day_starts_after).unwrap_or(local);
        Moment::new(instant, local, of_day.date())
    }
}

impl Shell for ManualShell {
    fn now(&mut self) -> Moment {
        self.with(|state| state.moment(state.now, (state.now + state.offset).naive_utc()))
    }

    fn at_local(&mut self, local: NaiveDateTime) -> Moment {
        self.with(|state| {
            let instant = local.checked_sub_signed(state.offset).unwrap_or(local).and_utc();
            state.moment(instant, local)
        })
    }

    fn new_id(&mut self) -> Uuid {
        self.with(|state| {
            state.given += 1;
            let ms = u64::try_from(state.now.timestamp_millis()).unwrap_or_default();
            let mut bytes = [0; 10];
            // The count comes right behind the time, so that identities rise; the seed tells runs apart.
            bytes[2..6].copy_from_slice(&state.given.to_be_bytes()[4..]);
            bytes[6..].copy_from_slice(&state.seed.to_be_bytes()[4..]);
            Builder::from_unix_timestamp_millis(ms, &bytes).into_uuid()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_identities_and_other_seeds_others() {
        let start = DateTime::UNIX_EPOCH;
        let ids = |seed| {
            let mut shell = ManualShell::starting(start, seed);
            (0..100).map(|_| shell.new_id()).collect::<Vec<_>>()
        };
        assert_eq!(ids(1), ids(1));
        assert!(ids(1).iter().zip(ids(2)).all(|(one, other)| *one != other));
        assert!(ids(1).is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn clones_share_one_clock() {
        let clock = ManualShell::starting(DateTime::UNIX_EPOCH, 0).ahead_by(3);
        let mut shell = clock.clone();
        clock.advance(Duration::hours(22));
        let now = shell.now();
        assert_eq!(now.instant.to_rfc3339(), "1970-01-01T22:00:00+00:00");
        assert_eq!(now.business_date.to_string(), "1970-01-02");
        let mut of_night = clock.day_starts_at(4);
        assert_eq!(of_night.now().business_date.to_string(), "1970-01-01");
        assert_eq!(of_night.at_local(now.local).business_date.to_string(), "1970-01-01");
    }
}
