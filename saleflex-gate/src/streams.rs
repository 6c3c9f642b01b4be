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
/// When it is worth asking again: a stream ends after five minutes at the latest.
const ASK_AGAIN_S: u64 = 60;

/// The streams that are open, by device.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    open: Mutex<HashMap<Uuid, usize>>,
}

/// A stream that is open, until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenStream {
    streams: Arc<Streams>,
    terminal: Uuid,
}

impl Streams {
    /// Opens one more of a device.
    ///
    /// # Errors
    /// `too_many_streams`.
    pub(crate) fn open(self: &Arc<Self>, terminal: Uuid) -> Result<OpenStream, ApiError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_it = open.get(&terminal).copied().unwrap_or(0);
        if of_it >= MOST_OF_A_DEVICE || open.values().sum::<usize>() >= MOST {
            let message = "too many streams are open: ask for changes meanwhile";
            let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", message);
            return Err(ApiError { retry_after_seconds: Some(ASK_AGAIN_S), ..error });
        }
        open.insert(terminal, of_it + 1);
        Ok(OpenStream { streams: Arc::clone(self), terminal })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_it) = open.get_mut(&self.terminal) {
            *of_it -= 1;
            if *of_it == 0 {
                open.remove(&self.terminal);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_two_streams_a_process_so_many_and_whoever_closes_one_makes_room() {
        let streams = Arc::new(Streams::default());
        let id = |number: usize| Uuid::from_u128(number as u128);
        let mut open: Vec<OpenStream> =
            (0..MOST).map(|number| streams.open(id(number / 2)).unwrap()).collect();
        assert_eq!(streams.open(id(0)).unwrap_err().code, "too_many_streams");
        assert_eq!(streams.open(id(MOST)).unwrap_err().retry_after_seconds, Some(ASK_AGAIN_S));
        drop(open.pop());
        assert!(streams.open(id(0)).is_err(), "it has its two");
        assert!(streams.open(id(MOST)).is_ok());
        drop(open);
        assert!(streams.open.lock().unwrap().is_empty(), "nothing is kept of devices without a stream");
    }
}
