//! How often a caller may ask: a bucket of tokens for each, which time fills up again.
//!
//! The buckets live in the process; several processes each count for themselves.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};

use crate::{ApiError, Hub};

/// More callers than this are not remembered: full buckets are forgotten first, which changes nothing for them.
const MOST_BUCKETS: usize = 100_000;

/// What is counted, with how many at once and how many a minute.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Class {
    /// Requests without a credential, of an address, but for those that an open older wire takes.
    Anonymous,
    /// Log-ins under one name, right or wrong.
    LogIn,
    /// Codes of a second factor of one person that were none.
    SecondFactor,
    /// Log-ins from one address.
    LogInAddress,
    /// Credentials that this process has not seen to be good, from one address.
    Guess,
    /// Enrolment codes from one address that were none.
    Enrolment,
    /// Refresh tokens from one address that were none.
    Refresh,
    /// PINs at one terminal.
    Pin,
    /// Slugs tried by one person.
    Join,
    /// Files that one caller has written.
    Export,
    /// Carts of one store.
    Evaluate,
    /// Requests of a person.
    User,
    /// Requests of a device or a program, or on an open older wire of an address.
    Device,
}

impl Class {
    /// How many at once.
    const fn burst(self) -> i64 {
        match self {
            Self::Anonymous | Self::LogInAddress | Self::Guess | Self::Enrolment | Self::Refresh => 30,
            Self::LogIn | Self::Pin | Self::Export => 10,
            Self::Evaluate => 50,
            Self::Join | Self::SecondFactor => 5,
            Self::User => 300,
            Self::Device => 800,
        }
    }

    /// In how many milliseconds one more is allowed.
    const fn refill_ms(self) -> i64 {
        match self {
            Self::Anonymous | Self::LogInAddress | Self::Guess | Self::Enrolment | Self::Refresh => 2_000,
            Self::LogIn | Self::Pin => 6_000,
            // Three of a million codes are good at a time: whoever has the password guesses for three years, the mean of
            // one process.
            Self::SecondFactor => 300_000,
            Self::Join => 720_000,
            Self::Export => 360_000,
            Self::Evaluate => 20,
            Self::User => 200,
            Self::Device => 100,
        }
    }
}

/// The buckets, and which credentials are no guesses.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    buckets: Mutex<HashMap<(Class, String), Bucket>>,
    /// Digests of credentials that were good when they were shown last.
    known: Mutex<HashSet<String>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: i64,
    /// When the last token was put in.
    filled_at_ms: i64,
}

impl Limits {
    /// Takes a token of a caller.
    ///
    /// # Errors
    /// `too_many_requests`, with the seconds until the next one.
    pub(crate) fn take(&self, class: Class, caller: &str, now: DateTime<Utc>) -> Result<(), ApiError> {
        let now_ms = now.timestamp_millis();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_BUCKETS {
            buckets.retain(|(class, _), bucket| bucket.at(*class, now_ms).left < class.burst());
        }
        let full = Bucket { left: class.burst(), filled_at_ms: now_ms };
        let bucket = buckets.entry((class, caller.to_owned())).or_insert(full);
        *bucket = bucket.at(class, now_ms);
        if bucket.left > 0 {
            bucket.left -= 1;
            return Ok(());
        }
        let wait_ms = class.refill_ms() - (now_ms - bucket.filled_at_ms);
        let wait_seconds = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000).max(1);
        Err(ApiError::too_often(wait_seconds, u64::try_from(class.burst()).unwrap_or_default()))
    }

    /// Gives a token back that was taken before it was known that nothing is to be counted.
    pub(crate) fn give_back(&self, class: Class, caller: &str) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(&(class, caller.to_owned())) {
            bucket.left = (bucket.left + 1).min(class.burst());
        }
    }

    /// Notes what became of a credential that was looked up, by its digest.
    pub(crate) fn looked_up(&self, digest: &str, is_good: bool) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_good {
            known.remove(digest);
            return;
        }
        if known.len() >= MOST_BUCKETS {
            known.clear();
        }
        known.insert(digest.to_owned());
    }

    /// Whether a credential was good when it was shown last.
    pub(crate) fn knows(&self, digest: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(digest)
    }
}

impl Hub {
    /// Takes a token of a caller where the settings say that callers are counted.
    ///
    /// # Errors
    /// As [`Limits::take`].
    pub(crate) fn count(&self, class: Class, caller: &str) -> Result<(), ApiError> {
        if self.settings.rate_limits { self.limits.take(class, caller, self.now()) } else { Ok(()) }
    }
}

impl Bucket {
    /// The bucket as time has filled it. A clock that goes back fills nothing.
    fn at(self, class: Class, now_ms: i64) -> Self {
        let tokens = (now_ms - self.filled_at_ms).max(0) / class.refill_ms();
        if self.left + tokens >= class.burst() {
            return Self { left: class.burst(), filled_at_ms: now_ms.max(self.filled_at_ms) };
        }
        Self { left: self.left + tokens, filled_at_ms: self.filled_at_ms + tokens * class.refill_ms() }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_burst_is_allowed_then_one_after_the_other_and_callers_do_not_share() {
        let (limits, noon) = (Limits::default(), DateTime::UNIX_EPOCH);
        for _ in 0..10 {
            limits.take(Class::LogIn, "ayse", noon).unwrap();
        }
        let error = limits.take(Class::LogIn, "ayse", noon + TimeDelta::seconds(1)).unwrap_err();
        assert_eq!((error.code, error.retry_after_seconds), ("too_many_requests", Some(5)));
        limits.take(Class::LogIn, "can", noon).unwrap();
        limits.take(Class::LogIn, "ayse", noon + TimeDelta::seconds(6)).unwrap();
        assert!(limits.take(Class::LogIn, "ayse", noon + TimeDelta::seconds(7)).is_err());
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_and_never_more_than_the_burst() {
        let (limits, noon) = (Limits::default(), DateTime::UNIX_EPOCH);
        for _ in 0..100 {
            limits.take(Class::Pin, "till", noon).unwrap();
            limits.give_back(Class::Pin, "till");
        }
        limits.give_back(Class::Pin, "till");
        for _ in 0..10 {
            limits.take(Class::Pin, "till", noon).unwrap();
        }
        assert!(limits.take(Class::Pin, "till", noon).is_err());
    }

    #[test]
    fn a_credential_is_known_until_it_is_looked_up_in_vain() {
        let limits = Limits::default();
        assert!(!limits.knows("one"));
        limits.looked_up("one", true);
        assert!(limits.knows("one") && !limits.knows("other"));
        limits.looked_up("one", false);
        assert!(!limits.knows("one"));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_and_takes_nothing() {
        let (limits, noon) = (Limits::default(), DateTime::UNIX_EPOCH + TimeDelta::hours(1));
        for _ in 0..10 {
            limits.take(Class::Pin, "till", noon).unwrap();
        }
        assert!(limits.take(Class::Pin, "till", noon - TimeDelta::minutes(30)).is_err());
        limits.take(Class::Pin, "till", noon + TimeDelta::minutes(2)).unwrap();
    }
}
