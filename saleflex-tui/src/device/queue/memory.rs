use std::collections::BTreeMap;

use super::{JobNo, JobState, JobsError, NewJob, PrintJob, PrintJobs};

/// Jobs in memory: gone with the program. For tests, and where paper matters to nobody.
#[derive(Clone, Debug, Default)]
pub struct MemoryJobs {
    jobs: BTreeMap<JobNo, PrintJob>,
    last: i64,
}

impl MemoryJobs {
    /// No jobs.
    pub fn new() -> Self {
        Self::default()
    }

    fn change(&mut self, no: JobNo, change: impl FnOnce(&mut PrintJob)) -> Result<(), JobsError> {
        self.jobs.get_mut(&no).map(change).ok_or(JobsError::Unknown(no))
    }
}

impl PrintJobs for MemoryJobs {
    fn add(&mut self, jobs: &[NewJob], _: Option<i64>) -> Result<Vec<JobNo>, JobsError> {
        let mut nos = Vec::with_capacity(jobs.len());
        for job in jobs {
            self.last += 1;
            let no = JobNo(self.last);
            self.jobs.insert(no, PrintJob { no, state: JobState::Queued, begun: 0, job: job.clone() });
            nos.push(no);
        }
        Ok(nos)
    }

    fn next(&mut self) -> Result<Option<PrintJob>, JobsError> {
        Ok(self.jobs.values().find(|job| job.state == JobState::Queued).cloned())
    }

    fn begin(&mut self, no: JobNo) -> Result<(), JobsError> {
        self.change(no, |job| {
            job.state = JobState::Printing;
            job.begun += 1;
        })
    }

    fn end(&mut self, no: JobNo, state: JobState) -> Result<(), JobsError> {
        if state == JobState::Printed {
            return self.jobs.remove(&no).map(drop).ok_or(JobsError::Unknown(no));
        }
        self.change(no, |job| job.state = state)
    }

    fn count(&self, state: JobState) -> Result<usize, JobsError> {
        Ok(self.jobs.values().filter(|job| job.state == state).count())
    }

    fn requeue_failed(&mut self) -> Result<(), JobsError> {
        for job in self.jobs.values_mut().filter(|job| job.state == JobState::Failed) {
            (job.state, job.begun) = (JobState::Queued, 1);
        }
        Ok(())
    }
}
