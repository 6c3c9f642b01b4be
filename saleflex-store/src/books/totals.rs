//! What the finished documents of a span add up to.
//!
//! Reading a document takes far longer than fetching its bytes, so that batches are read side by side. The figures are
//! the same however they are grouped: parts of a period merged are the whole.

use std::{
    num::NonZero,
    panic,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, SyncSender},
    },
    thread,
};

use rusqlite::{Connection, Rows};
use saleflex_core::{
    closure::{DocumentFigures, DocumentMark, Report},
    journal::Entry,
};

use super::documents::{self, Finished, Span};
use crate::error::Error;

/// Entries that are handed to a thread at a time.
const BATCH: usize = 64;

/// More threads would wait for the one that fetches.
const MOST_THREADS: usize = 4;

/// A frozen entry and its place.
type Frozen = (i64, Vec<u8>);

/// The figures of documents, and which of them came first and last.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// What they add up to.
    pub(crate) report: Report,
    first: Option<(i64, DocumentMark)>,
    last: Option<(i64, DocumentMark)>,
}

impl Totals {
    /// Of the finished documents of a span that count somewhere.
    pub(crate) fn of(connection: &Connection, span: Span) -> Result<Self, Error> {
        let mut select = documents::select_entries(connection)?;
        let mut rows = select.query(span.bounds())?;
        let first = next_batch(&mut rows)?;
        if first.len() < BATCH {
            return Self::of_batch(&first);
        }
        side_by_side(first, || next_batch(&mut rows))
    }

    /// The first document.
    pub(crate) fn first_document(&self) -> Option<DocumentMark> {
        self.first.map(|(_, mark)| mark)
    }

    /// The last document.
    pub(crate) fn last_document(&self) -> Option<DocumentMark> {
        self.last.map(|(_, mark)| mark)
    }

    fn of_batch(batch: &[Frozen]) -> Result<Self, Error> {
        let mut totals = Self::default();
        for (seq, payload) in batch {
            totals.add(*seq, &Entry::from_bytes(payload)?);
        }
        Ok(totals)
    }

    fn of_batches(batches: &Mutex<Receiver<Vec<Frozen>>>) -> Result<Self, Error> {
        let mut totals = Self::default();
        // Whoever panicked holding the lock has left the rest to nobody: the caller panics with it.
        while let Some(batch) = batches.lock().ok().and_then(|batches| batches.recv().ok()) {
            totals.merge(&Self::of_batch(&batch)?);
        }
        Ok(totals)
    }

    fn add(&mut self, seq: i64, entry: &Entry) {
        for finished in Finished::of(entry) {
            let (figures, at) = match finished {
                Finished::Completed(it) => (DocumentFigures::of(it), it.completed_at),
                Finished::Cancelled(it) => (DocumentFigures::cancelled(it), it.cancelled_at),
            };
            // What counts nowhere, training and quotes, dates no period either.
            let Some(figures) = figures else { continue };
            self.report.add(&figures);
            let mark = DocumentMark::new(finished.document(), at);
            self.first.get_or_insert((seq, mark));
            self.last = Some((seq, mark));
        }
    }

    fn merge(&mut self, other: &Self) {
        self.report.merge(&other.report);
        self.first = self.first.into_iter().chain(other.first).min_by_key(|(seq, _)| *seq);
        self.last = self.last.into_iter().chain(other.last).max_by_key(|(seq, _)| *seq);
    }
}

/// Adds batches up on several threads, fetching them on this one.
fn side_by_side(
    first: Vec<Frozen>,
    next: impl FnMut() -> Result<Vec<Frozen>, Error>,
) -> Result<Totals, Error> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    let (send, receive) = mpsc::sync_channel(threads);
    // Held by the threads alone: when the last has failed, there is nobody to send to.
    let receive = Arc::new(Mutex::new(receive));
    thread::scope(|scope| {
        let part = |receive: Arc<_>| scope.spawn(move || Totals::of_batches(&receive));
        let parts: Vec<_> = (0..threads).map(|_| part(Arc::clone(&receive))).collect();
        drop(receive);
        let fetched = send_all(&send, first, next);
        drop(send);
        let mut totals = Totals::default();
        for part in parts {
            totals.merge(&part.join().unwrap_or_else(|panic| panic::resume_unwind(panic))?);
        }
        fetched.map(|()| totals)
    })
}

fn send_all(
    send: &SyncSender<Vec<Frozen>>,
    mut batch: Vec<Frozen>,
    mut next: impl FnMut() -> Result<Vec<Frozen>, Error>,
) -> Result<(), Error> {
    while !batch.is_empty() && send.send(batch).is_ok() {
        batch = next()?;
    }
    Ok(())
}

/// The next entries, fewer than a batch at the end.
fn next_batch(rows: &mut Rows<'_>) -> Result<Vec<Frozen>, Error> {
    let mut batch = Vec::with_capacity(BATCH);
    while batch.len() < BATCH
        && let Some(row) = rows.next()?
    {
        batch.push((row.get(0)?, row.get(1)?));
    }
    Ok(batch)
}
