//! Paper on its way to the printer, kept until it is out.
//!
//! A job is stored before anything is sent, and its state before the first byte may reach the paper. So whatever
//! fails between two bytes, the job is printed again, marked as a repeat, and nothing is lost. What of the journal is
//! queued already is remembered with the jobs: paper of a sale that was settled just before the power failed is found
//! by [`Till::unprinted`](crate::Till::unprinted).

use std::{collections::BTreeSet, fs::File, sync::Arc};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use saleflex_core::{
    ids::{CustomerId, DocumentId},
    printout::Printout,
};
use serde::{Deserialize, Serialize};

use crate::{
    books::documents,
    error::Error,
    file::codec::{Col, Json, Name, get, get_name},
};

/// The number of a job: later jobs have higher ones.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct JobNo(pub i64);

/// Something to print.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewJob {
    /// The document it shows, where it shows one.
    pub document: Option<DocumentId>,
    /// What the cashier calls it: the document's number, `Z 12`.
    pub title: String,
    /// The paper, before any printer is known.
    pub printout: Printout,
}

/// A stored job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PrintJob {
    /// The number of the job, by which it is asked for again.
    pub no: JobNo,
    /// How far it has come.
    pub state: JobState,
    /// How many times printing began: from the second time on, some of it may be on paper already.
    pub begun: u32,
    /// What it prints.
    pub job: NewJob,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// To be printed.
    Queued,
    /// On its way to the paper. Found so at start, it was interrupted and is queued again.
    Printing,
    /// On paper: no longer kept.
    Printed,
    /// Given up after many beginnings; a cashier may queue it again.
    Failed,
}

/// The print queue of a till. It may live in another thread than the till; the file stays locked against other
/// processes as long as either of them lives.
#[derive(Debug)]
pub struct PrintQueue {
    connection: Connection,
    _lock: Arc<File>,
}

impl PrintQueue {
    /// What was being printed when the program ended is queued again.
    pub(crate) fn open(connection: Connection, lock: Arc<File>) -> Result<Self, Error> {
        connection.execute("UPDATE print_job SET state = 'queued' WHERE state = 'printing'", [])?;
        Ok(Self { connection, _lock: lock })
    }

    /// Keeps jobs, queued behind all others, in one transaction. Where they are the paper of an entry of the journal,
    /// `of` is its place: everything up to there is taken care of then.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn add(&mut self, jobs: &[NewJob], of: Option<i64>) -> Result<Vec<JobNo>, Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut nos = Vec::with_capacity(jobs.len());
        for NewJob { document, title, printout } in jobs {
            transaction.execute(
                "INSERT INTO print_job (document, title, printout) VALUES (?1, ?2, ?3)",
                params![Col(*document), title, Json(printout)],
            )?;
            nos.push(JobNo(transaction.last_insert_rowid()));
        }
        if let Some(seq) = of {
            transaction.execute("UPDATE print_cursor SET seq = max(seq, ?1)", [seq])?;
        }
        transaction.commit()?;
        Ok(nos)
    }

    /// The oldest queued job. One that cannot be read is given up, so that it does not hold back those behind it.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn oldest(&mut self) -> Result<Option<PrintJob>, Error> {
        loop {
            let oldest = "SELECT no, state, begun, document, title, printout FROM print_job \
                          WHERE state = 'queued' ORDER BY no LIMIT 1";
            let row = self.connection.query_row(oldest, [], |row| {
                let head = (row.get::<_, i64>(0)?, get_name(row, 1)?, row.get(2)?);
                Ok((head, get(row, 3)?, row.get(4)?, row.get::<_, String>(5)?))
            });
            let Some(((no, state, begun), document, title, printout)) = row.optional()? else {
                return Ok(None);
            };
            let no = JobNo(no);
            match serde_json::from_str(&printout) {
                Ok(printout) => {
                    let job = NewJob { document, title, printout };
                    return Ok(Some(PrintJob { no, state, begun, job }));
                }
                Err(_) => self.end(no, JobState::Failed)?,
            };
        }
    }

    /// Printing begins: [`JobState::Printing`], one beginning more. Answers whether there is such a job.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn begin(&mut self, no: JobNo) -> Result<bool, Error> {
        let sql = "UPDATE print_job SET state = 'printing', begun = begun + 1 WHERE no = ?1";
        Ok(self.connection.execute(sql, [no.0])? > 0)
    }

    /// Printing ended with another state; a printed job is no longer kept. Answers whether there is such a job.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn end(&mut self, no: JobNo, state: JobState) -> Result<bool, Error> {
        let changed = match state {
            JobState::Printed => self.connection.execute("DELETE FROM print_job WHERE no = ?1", [no.0])?,
            JobState::Queued | JobState::Printing | JobState::Failed => {
                let sql = "UPDATE print_job SET state = ?2 WHERE no = ?1";
                self.connection.execute(sql, params![no.0, Name(state)])?
            }
        };
        Ok(changed > 0)
    }

    /// How many jobs are in a state.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn count(&self, state: JobState) -> Result<usize, Error> {
        let sql = "SELECT count(*) FROM print_job WHERE state = ?1";
        let count: i64 = self.connection.prepare_cached(sql)?.query_row([Name(state)], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Queues every job that was given up again, as one that began once.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn requeue_failed(&mut self) -> Result<(), Error> {
        self.connection
            .execute("UPDATE print_job SET state = 'queued', begun = 1 WHERE state = 'failed'", [])?;
        Ok(())
    }
}

/// Up to which entry of the journal everything is queued or printed; none where nobody prints.
pub(crate) fn cursor(connection: &Connection) -> Result<Option<i64>, Error> {
    Ok(connection.query_row("SELECT seq FROM print_cursor", [], |row| row.get(0)).optional()?)
}

/// From now on somebody prints what comes behind `seq`; what came before is nobody's.
pub(crate) fn begin_after(connection: &Connection, seq: i64) -> Result<(), Error> {
    connection.execute("INSERT OR IGNORE INTO print_cursor (one, seq) VALUES (1, ?1)", [seq])?;
    Ok(())
}

/// Nobody prints. What is queued stays.
pub(crate) fn stop(connection: &Connection) -> Result<(), Error> {
    connection.execute("DELETE FROM print_cursor", [])?;
    Ok(())
}

/// A copy of a till prints nothing that its original has to print.
pub(crate) fn forget(connection: &Connection) -> Result<(), Error> {
    connection.execute("DELETE FROM print_job", [])?;
    stop(connection)
}

/// Paper of a customer's documents is printed no more: it says who the customer is. A copy that was asked for may bear
/// the number alone.
pub(crate) fn forget_customer(connection: &Connection, id: CustomerId) -> Result<(), Error> {
    let of_documents =
        "DELETE FROM print_job WHERE document IN (SELECT id FROM document WHERE customer = ?1)";
    connection.execute(of_documents, [Col(id)])?;
    let mut select = connection.prepare("SELECT no, title FROM print_job WHERE document IS NULL")?;
    let others = select.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let others = others.collect::<Result<Vec<_>, _>>()?;
    if others.is_empty() {
        return Ok(());
    }
    let documents = documents::of_customer(connection, id, u32::MAX)?;
    let numbers: BTreeSet<String> = documents.iter().map(|head| head.number.to_string()).collect();
    for (no, _) in others.iter().filter(|(_, title)| numbers.contains(title)) {
        connection.execute("DELETE FROM print_job WHERE no = ?1", [no])?;
    }
    Ok(())
}

/// The places of the entries behind `seq` that completed a document or closed a period, in order.
pub(crate) fn entries_with_paper(connection: &Connection, seq: i64) -> Result<Vec<i64>, Error> {
    // The latest first and no further than to `seq`: what a start costs does not grow with what was sold.
    let mut places = Vec::new();
    for sql in [
        "SELECT seq, status = 'completed' FROM document ORDER BY no DESC",
        "SELECT seq, 1 FROM closure WHERE seq IS NOT NULL ORDER BY number DESC",
    ] {
        let mut select = connection.prepare_cached(sql)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (place, has_paper): (i64, bool) = (row.get(0)?, row.get(1)?);
            if place <= seq {
                break;
            }
            if has_paper {
                places.push(place);
            }
        }
    }
    places.sort_unstable();
    places.dedup();
    Ok(places)
}
