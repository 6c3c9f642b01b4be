use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
};

use super::{JobNo, JobState, JobsError, NewJob, PrintJob, PrintJobs};
use crate::device::spooler::MOST_BEGINNINGS;

/// Jobs as files of a folder: `00000012.queued.0`. Number, state and beginnings stand in the name, so a change of
/// state renames the file and its contents are written once.
#[derive(Debug)]
pub struct FileJobs {
    folder: PathBuf,
    jobs: BTreeMap<JobNo, (JobState, u32)>,
    last: u64,
}

impl FileJobs {
    /// The jobs of a folder, made where there is none. Jobs that were being printed when the program ended are
    /// queued again.
    ///
    /// # Errors
    /// [`JobsError::Storage`] where the folder cannot be made or read.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, JobsError> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(JobsError::Storage)?;
        let mut jobs = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(JobsError::Storage)? {
            let name = entry.map_err(JobsError::Storage)?.file_name();
            if let Some((no, state, begun)) = name.to_str().and_then(parse) {
                jobs.insert(no, (state, begun));
            }
        }
        let last = jobs.keys().next_back().map_or(0, |no| no.0);
        let mut found = Self { folder, jobs, last };
        found.queue_again(JobState::Printing)?;
        Ok(found)
    }

    fn queue_again(&mut self, state: JobState) -> Result<(), JobsError> {
        let nos: Vec<JobNo> =
            self.jobs.iter().filter(|(_, (other, _))| *other == state).map(|(no, _)| *no).collect();
        nos.into_iter().try_for_each(|no| {
            self.change(no, |(_, begun)| (JobState::Queued, begun.min(MOST_BEGINNINGS - 1)))
        })
    }

    fn path(&self, no: JobNo, (state, begun): (JobState, u32)) -> PathBuf {
        self.folder.join(format!("{:08}.{}.{begun}", no.0, word(state)))
    }

    fn change(
        &mut self,
        no: JobNo,
        change: impl FnOnce((JobState, u32)) -> (JobState, u32),
    ) -> Result<(), JobsError> {
        let known = *self.jobs.get(&no).ok_or(JobsError::Unknown(no))?;
        let changed = change(known);
        fs::rename(self.path(no, known), self.path(no, changed)).map_err(JobsError::Storage)?;
        self.jobs.insert(no, changed);
        Ok(())
    }
}

impl PrintJobs for FileJobs {
    fn add(&mut self, job: NewJob) -> Result<JobNo, JobsError> {
        let no = JobNo(self.last + 1);
        let text = serde_json::to_vec(&job).map_err(JobsError::Format)?;
        let state = (JobState::Queued, 0);
        let beside = self.folder.join(format!("{:08}.new", no.0));
        let written = File::create(&beside).and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&beside, self.path(no, state))).map_err(JobsError::Storage)?;
        self.last = no.0;
        self.jobs.insert(no, state);
        Ok(no)
    }

    /// A job whose file is damaged or gone is given up, so that it does not hold back those behind it.
    fn next(&mut self) -> Result<Option<PrintJob>, JobsError> {
        let queued = |(_, (state, _)): &(&JobNo, &(JobState, u32))| *state == JobState::Queued;
        while let Some((no, known)) = self.jobs.iter().find(queued).map(|(no, known)| (*no, *known)) {
            match fs::read(self.path(no, known)) {
                Ok(text) => match serde_json::from_slice(&text) {
                    Ok(job) => return Ok(Some(PrintJob { no, state: known.0, begun: known.1, job })),
                    Err(_) => self.change(no, |(_, begun)| (JobState::Failed, begun))?,
                },
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.jobs.remove(&no);
                }
                Err(error) => return Err(JobsError::Storage(error)),
            }
        }
        Ok(None)
    }

    fn begin(&mut self, no: JobNo) -> Result<(), JobsError> {
        self.change(no, |(_, begun)| (JobState::Printing, begun.saturating_add(1)))
    }

    fn end(&mut self, no: JobNo, state: JobState) -> Result<(), JobsError> {
        if state == JobState::Printed {
            let known = *self.jobs.get(&no).ok_or(JobsError::Unknown(no))?;
            fs::remove_file(self.path(no, known)).map_err(JobsError::Storage)?;
            self.jobs.remove(&no);
            return Ok(());
        }
        self.change(no, |(_, begun)| (state, begun))
    }

    fn count(&self, state: JobState) -> usize {
        self.jobs.values().filter(|(other, _)| *other == state).count()
    }

    fn requeue_failed(&mut self) -> Result<(), JobsError> {
        self.queue_again(JobState::Failed)
    }
}

const fn word(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "queued",
        JobState::Printing => "printing",
        JobState::Printed => "printed",
        JobState::Failed => "failed",
    }
}

fn parse(name: &str) -> Option<(JobNo, JobState, u32)> {
    let mut parts = name.split('.');
    let no = parts.next()?.parse().ok()?;
    let state = match parts.next()? {
        "queued" => JobState::Queued,
        "printing" => JobState::Printing,
        "failed" => JobState::Failed,
        _ => return None,
    };
    let begun = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some((JobNo(no), state, begun))
}
