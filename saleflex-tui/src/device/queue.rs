//! What is to be printed, kept until it is.
//!
//! A job is stored before anything is sent, and its state before the first byte may reach the paper. So whatever
//! fails between two bytes, the job is printed again, marked as a repeat, and nothing is lost.

use saleflex_core::{ids::DocumentId, printout::Printout};
use serde::{Deserialize, Serialize};

mod file;
mod memory;

pub use self::{file::FileJobs, memory::MemoryJobs};

/// The number of a job: later jobs have higher ones.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct JobNo(pub u64);

/// Something to print.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NewJob {
    /// The document it shows, where it shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// What the cashier calls it: the document's number, `Z 12`.
    pub title: String,
    /// The paper, before any printer is known: it may be printed on another one than was there when it was stored.
    pub printout: Printout,
}

/// A stored job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PrintJob {
    /// Its number.
    pub no: JobNo,
    /// Where it stands.
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
    /// On paper.
    Printed,
    /// Given up after many beginnings; a cashier may queue it again.
    Failed,
}

/// Why jobs cannot be stored or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobsError {
    /// Where they are kept.
    #[error("print jobs cannot be kept")]
    Storage(#[source] std::io::Error),
    /// What is kept is no job.
    #[error("a print job cannot be read")]
    Format(#[source] serde_json::Error),
    /// There is no such job.
    #[error("there is no print job {}", .0.0)]
    Unknown(JobNo),
}

/// Where jobs are kept. Each call is done when it returns.
pub trait PrintJobs: Send {
    /// Keeps a job, queued behind all others.
    ///
    /// # Errors
    /// [`JobsError::Storage`] or [`JobsError::Format`].
    fn add(&mut self, job: NewJob) -> Result<JobNo, JobsError>;

    /// The oldest queued job.
    ///
    /// # Errors
    /// As [`PrintJobs::add`].
    fn next(&mut self) -> Result<Option<PrintJob>, JobsError>;

    /// Printing begins: [`JobState::Printing`], one beginning more.
    ///
    /// # Errors
    /// [`JobsError::Unknown`], else as [`PrintJobs::add`].
    fn begin(&mut self, no: JobNo) -> Result<(), JobsError>;

    /// Printing ended with another state. A printed job need not be kept.
    ///
    /// # Errors
    /// As [`PrintJobs::begin`].
    fn end(&mut self, no: JobNo, state: JobState) -> Result<(), JobsError>;

    /// How many jobs are in a state.
    fn count(&self, state: JobState) -> usize;

    /// Queues every failed job again.
    ///
    /// # Errors
    /// As [`PrintJobs::add`].
    fn requeue_failed(&mut self) -> Result<(), JobsError>;
}
