//! How many streams are open. The hub looks after each of them every second, so that their number has a bound.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::StatusCode;
use uuid::Uuid;

use crate::ApiError;

/// The most streams of one device: the one that it reads, and one that broke and that nobody has noticed yet.
const MOST_OF_A_DEVICE: usize = 2;
/// The most streams of this process.
const MOST: usize = 2_000;
/// The most streams of a company: however many tills it has, others find room.
const MOST_OF_A_COMPANY: usize = 1_000;
/// When it is worth asking again: a stream ends after five minutes at the latest.
const ASK_AGAIN_S: u64 = 60;

/// The streams that are open, by company and device.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    open: Mutex<HashMap<Uuid, HashMap<Uuid, usize>>>,
}

/// A stream that is open, until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenStream {
    streams: Arc<Streams>,
    company: Uuid,
    terminal: Uuid,
}

impl Streams {
    /// Opens one more of a company's device.
    ///
    /// # Errors
    /// `too_many_streams`.
    pub(crate) fn open(self: &Arc<Self>, (company, terminal): (Uuid, Uuid)) -> Result<OpenStream, ApiError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |devices: &HashMap<Uuid, usize>| devices.values().sum::<usize>();
        let all: usize = open.values().map(count).sum();
        let of_company = open.get(&company).map_or(0, count);
        let of_it = open.get(&company).and_then(|devices| devices.get(&terminal)).copied().unwrap_or(0);
        if of_it >= MOST_OF_A_DEVICE || of_company >= MOST_OF_A_COMPANY || all >= MOST {
            let message = "too many streams are open: ask for changes meanwhile";
            let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", message);
            return Err(ApiError { retry_after_seconds: Some(ASK_AGAIN_S), ..error });
        }
        open.entry(company).or_default().insert(terminal, of_it + 1);
        Ok(OpenStream { streams: Arc::clone(self), company, terminal })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(devices) = open.get_mut(&self.company) else { return };
        if let Some(of_it) = devices.get_mut(&self.terminal) {
            *of_it -= 1;
            if *of_it == 0 {
                devices.remove(&self.terminal);
            }
        }
        if devices.is_empty() {
            open.remove(&self.company);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_two_streams_a_company_so_many_a_process_more_and_whoever_closes_one_makes_room() {
        let streams = Arc::new(Streams::default());
        let id = |number: usize| Uuid::from_u128(number as u128);
        let mut open = Vec::new();
        for company in 0..2 {
            let of = |number: usize| (id(company), id(company * MOST + number / 2));
            open.extend((0..MOST_OF_A_COMPANY).map(|number| streams.open(of(number)).unwrap()));
            let refusal = streams.open((id(company), id(9_999))).unwrap_err();
            assert_eq!((refusal.code, refusal.retry_after_seconds), ("too_many_streams", Some(ASK_AGAIN_S)));
        }
        assert!(streams.open((id(7), id(7))).is_err(), "there is no room left for a third");
        drop(open.pop());
        assert!(streams.open((id(0), id(0))).is_err(), "it has its two");
        assert!(streams.open((id(7), id(7))).is_ok());
        drop(open);
        assert!(streams.open.lock().unwrap().is_empty(), "nothing is kept of devices without a stream");
    }
}
