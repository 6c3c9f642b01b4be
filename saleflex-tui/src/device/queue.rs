//! What is to be printed, kept until it is.
//!
//! At a till it is kept in the till's own file, by [`PrintQueue`]; see [`saleflex_store::printing`].

use saleflex_store::{Error, printing::PrintQueue};

mod memory;

pub use self::memory::MemoryJobs;
pub use saleflex_store::printing::{JobNo, JobState, NewJob, PrintJob};

/// Why jobs cannot be stored or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobsError {
    /// Where they are kept.
    #[error("print jobs cannot be kept")]
    Storage(#[from] Error),
    /// There is no such job.
    #[error("there is no print job {}", .0.0)]
    Unknown(JobNo),
}

/// Where jobs are kept. Each call is done when it returns.
pub trait PrintJobs: Send {
    /// Keeps jobs, all or none, queued behind all others; `of` is the entry of the journal whose paper they are.
    ///
    /// # Errors
    /// [`JobsError::Storage`].
    fn add(&mut self, jobs: &[NewJob], of: Option<i64>) -> Result<Vec<JobNo>, JobsError>;

    /// The oldest queued job.
    ///
    /// # Errors
    /// [`JobsError::Storage`].
    fn next(&mut self) -> Result<Option<PrintJob>, JobsError>;

    /// Printing begins: [`JobState::Printing`], one beginning more.
    ///
    /// # Errors
    /// [`JobsError::Unknown`], else [`JobsError::Storage`].
    fn begin(&mut self, no: JobNo) -> Result<(), JobsError>;

    /// Printing ended with another state. A printed job is no longer kept.
    ///
    /// # Errors
    /// As [`PrintJobs::begin`].
    fn end(&mut self, no: JobNo, state: JobState) -> Result<(), JobsError>;

    /// How many jobs are in a state.
    ///
    /// # Errors
    /// [`JobsError::Storage`].
    fn count(&self, state: JobState) -> Result<usize, JobsError>;

    /// Queues every failed job again.
    ///
    /// # Errors
    /// [`JobsError::Storage`].
    fn requeue_failed(&mut self) -> Result<(), JobsError>;
}

impl PrintJobs for PrintQueue {
    fn add(&mut self, jobs: &[NewJob], of: Option<i64>) -> Result<Vec<JobNo>, JobsError> {
        Ok(Self::add(self, jobs, of)?)
    }

    fn next(&mut self) -> Result<Option<PrintJob>, JobsError> {
        Ok(self.oldest()?)
    }

    fn begin(&mut self, no: JobNo) -> Result<(), JobsError> {
        known(no, Self::begin(self, no)?)
    }

    fn end(&mut self, no: JobNo, state: JobState) -> Result<(), JobsError> {
        known(no, Self::end(self, no, state)?)
    }

    fn count(&self, state: JobState) -> Result<usize, JobsError> {
        Ok(Self::count(self, state)?)
    }

    fn requeue_failed(&mut self) -> Result<(), JobsError> {
        Ok(Self::requeue_failed(self)?)
    }
}

const fn known(no: JobNo, is_known: bool) -> Result<(), JobsError> {
    if is_known { Ok(()) } else { Err(JobsError::Unknown(no)) }
}
