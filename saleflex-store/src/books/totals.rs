//! What the finished documents of a span add up to.
//!
//! Reading a document takes far longer than fetching its bytes, so that batches are read side by side, and of each entry
//! what figures are made of alone ([`finished_figures`]). The figures are the same however they are grouped: parts of a
//! period merged are the whole, and what was added up once is not read again.

use std::{
    num::NonZero,
    panic,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, SyncSender},
    },
    thread::{self, Builder},
};

use rusqlite::{Connection, Rows};
use saleflex_core::{
    closure::{DocumentFigures, DocumentMark, Report},
    journal::finished_figures,
};

use super::documents::{self, Span};
use crate::error::Error;

/// Entries that are handed to a thread at a time.
const BATCH: usize = 64;

/// More threads would wait for the one that fetches.
const MOST_THREADS: usize = 4;

/// A frozen entry and its place.
type Frozen = (i64, Vec<u8>);

/// What the documents of the open period came to when that was last asked. A finished document never changes: only those
/// behind it are read the next time.
#[derive(Debug, Default)]
pub(crate) struct SoFar {
    /// The documents that it is of.
    span: Span,
    totals: Totals,
}

impl SoFar {
    /// Of the open period, whose documents begin behind one.
    pub(crate) fn of(&mut self, connection: &Connection, after: i64) -> Result<Totals, Error> {
        if self.span.after != after {
            *self = Self { span: Span { after, last: Some(after) }, totals: Totals::default() };
        }
        let (read, last) = (self.span.last.unwrap_or(after), documents::last(connection)?);
        if read < last {
            self.totals.merge(&Totals::of(connection, Span { after: read, last: Some(last) })?);
            self.span.last = Some(last);
        }
        Ok(self.totals.clone())
    }
}

/// The figures of documents, and which of them came first and last.
#[derive(Clone, Debug, Default)]
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
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
        side_by_side(threads, first, || next_batch(&mut rows))
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
            // What counts nowhere, training and quotes, dates no period either.
            finished_figures(payload)?.for_each(|(mark, figures)| totals.add(*seq, mark, &figures));
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

    fn add(&mut self, seq: i64, mark: DocumentMark, figures: &DocumentFigures) {
        self.report.add(figures);
        self.first.get_or_insert((seq, mark));
        self.last = Some((seq, mark));
    }

    fn merge(&mut self, other: &Self) {
        self.report.merge(&other.report);
        self.first = self.first.into_iter().chain(other.first).min_by_key(|(seq, _)| *seq);
        self.last = self.last.into_iter().chain(other.last).max_by_key(|(seq, _)| *seq);
    }
}

/// Adds batches up on several threads, fetching them on this one. Where the system gives no thread, this one does it all.
fn side_by_side(
    threads: usize,
    first: Vec<Frozen>,
    mut next: impl FnMut() -> Result<Vec<Frozen>, Error>,
) -> Result<Totals, Error> {
    let (send, receive) = mpsc::sync_channel(threads);
    // Held by the threads alone: when the last has failed, there is nobody to send to.
    let receive = Arc::new(Mutex::new(receive));
    thread::scope(|scope| {
        let part =
            |receive: Arc<_>| Builder::new().spawn_scoped(scope, move || Totals::of_batches(&receive)).ok();
        let parts: Vec<_> = (0..threads).map_while(|_| part(Arc::clone(&receive))).collect();
        drop(receive);
        if parts.is_empty() {
            return one_by_one(first, next);
        }
        let fetched = send_all(&send, first, &mut next);
        drop(send);
        let mut totals = Totals::default();
        for part in parts {
            totals.merge(&part.join().unwrap_or_else(|panic| panic::resume_unwind(panic))?);
        }
        fetched.map(|()| totals)
    })
}

/// Adds batches up on this thread.
fn one_by_one(
    mut batch: Vec<Frozen>,
    mut next: impl FnMut() -> Result<Vec<Frozen>, Error>,
) -> Result<Totals, Error> {
    let mut totals = Totals::default();
    while !batch.is_empty() {
        totals.merge(&Totals::of_batch(&batch)?);
        batch = next()?;
    }
    Ok(totals)
}

fn send_all(
    send: &SyncSender<Vec<Frozen>>,
    mut batch: Vec<Frozen>,
    next: &mut impl FnMut() -> Result<Vec<Frozen>, Error>,
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

#[cfg(test)]
mod tests {
    use saleflex_core::{
        document::{AddLine, Command, TakeTender},
        tender::TenderKind,
    };

    use super::*;
    use crate::{Till, demo, shell::ManualShell};

    #[test]
    fn what_was_added_up_once_is_not_read_again_and_comes_to_the_same() {
        let (_folder, mut till) = sold(&["10106", "10101"]);
        let (mut so_far, after) = (SoFar::default(), 0);
        let first = so_far.of(till.connection(), after).unwrap();
        assert_eq!(first.report.counts.sales, 2);
        sell(&mut till, "14101");
        let whole = so_far.of(till.connection(), after).unwrap();
        let anew = Totals::of(till.connection(), Span { after, last: None }).unwrap();
        let told = |totals: &Totals| (totals.report.clone(), totals.first, totals.last);
        assert_eq!(told(&whole), told(&anew));
        assert_eq!(told(&so_far.of(till.connection(), after).unwrap()), told(&anew));
        // Of two that are said to be read nothing is read.
        let mut read = SoFar { span: Span { after, last: Some(after + 2) }, totals: Totals::default() };
        assert_eq!(read.of(till.connection(), after).unwrap().report.counts.sales, 1);
        // Another period begins with nothing.
        assert_eq!(so_far.of(till.connection(), after + 3).unwrap().report, Report::empty());
    }

    /// A till of the demo store that sold so much, a minute after another.
    fn sold(codes: &[&str]) -> (tempfile::TempDir, Till) {
        let mut shell = ManualShell::starting("2025-04-06T09:30:00Z".parse().unwrap(), 7);
        let folder = tempfile::tempdir().unwrap();
        let setup = demo::corner_market(&mut shell);
        let mut till = Till::create(folder.path().join("till.saleflex"), setup, shell.clone()).unwrap();
        till.log_in("admin", "1111").unwrap();
        for code in codes {
            shell.advance(chrono::Duration::minutes(1));
            sell(&mut till, code);
        }
        (folder, till)
    }

    fn sell(till: &mut Till, code: &str) {
        till.execute(Command::AddLine(AddLine::code(code))).unwrap();
        till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
    }

    #[test]
    fn without_a_thread_the_documents_add_up_to_the_same() {
        let (_folder, till) = sold(&["10106", "10101", "14101"]);
        let frozen: Vec<Frozen> = documents::select_entries(till.connection())
            .unwrap()
            .query_map((0, i64::MAX), |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(frozen.len(), 3);
        let by = |threads| {
            let mut rest = frozen.iter().cloned().map(|one| vec![one]);
            let first = rest.next().unwrap();
            let totals = side_by_side(threads, first, || Ok(rest.next().unwrap_or_default())).unwrap();
            (totals.report, totals.first.map(|(seq, _)| seq), totals.last.map(|(seq, _)| seq))
        };
        assert_eq!(by(0), by(2));
        assert_eq!(by(0), by(1));
    }
}
