//! The thread that prints the queue, so that no sale waits for paper.
//!
//! A printer that cannot print leaves its jobs queued; they are tried again after a pause that grows to half a
//! minute, and at once when the cashier says so or the next job comes. What broke off in the middle is printed again
//! as a whole, marked. The drawer opens only for a job printed at the first try: nobody wants it to spring open when
//! the printer comes back.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use saleflex_core::printout::Printout;

use super::{
    Trouble,
    printer::Printer,
    queue::{JobNo, JobState, JobsError, MemoryJobs, NewJob, PrintJob, PrintJobs},
};

/// After so many beginnings a job is given up: it stops the printer, not the printer it.
pub const MOST_BEGINNINGS: u32 = 5;

/// Pauses between tries, and the words on repeated paper.
#[derive(Clone, Debug)]
pub struct SpoolerOptions {
    /// What stands above a repeated print, such as `REPEATED PRINT`.
    pub repeat_mark: String,
    /// The pause after the first failed try; it doubles with each further one.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How often it is asked whether the drawer still stands open.
    pub drawer_pause: Duration,
}

impl SpoolerOptions {
    /// Pauses from one second to half a minute.
    pub fn new(repeat_mark: &str) -> Self {
        Self {
            repeat_mark: repeat_mark.to_owned(),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(30),
            drawer_pause: Duration::from_secs(3),
        }
    }
}

/// How the queue stands: for the status bar.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct QueueStatus {
    /// Jobs not on paper yet, the one that prints included.
    pub waiting: usize,
    /// Jobs given up.
    pub failed: usize,
    /// Jobs that came out since the program began.
    pub printed: usize,
    /// What keeps the printer from printing; nothing once it prints again.
    pub trouble: Option<Trouble>,
    /// Jobs cannot be kept or read: nothing is printed until they can.
    pub is_storage_broken: bool,
    /// The roll is near its end.
    pub is_paper_low: bool,
    /// The drawer stands open, as its switch says.
    pub is_drawer_open: bool,
}

/// The queue of one printer and the thread that prints it.
pub struct Spooler {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    jobs: Box<dyn PrintJobs>,
    /// Jobs that came while all was well and were not tried yet: these may open the drawer.
    fresh: BTreeSet<JobNo>,
    status: QueueStatus,
    /// Counts what may end a pause: a new job, or the cashier's word.
    calls: u64,
    is_stopped: bool,
}

impl Spooler {
    /// Begins to print what is queued.
    pub fn start(jobs: Box<dyn PrintJobs>, printer: Box<dyn Printer>, options: SpoolerOptions) -> Self {
        let mut state = State {
            jobs,
            fresh: BTreeSet::new(),
            status: QueueStatus::default(),
            calls: 0,
            is_stopped: false,
        };
        state.recount();
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let worker = Worker { shared: Arc::clone(&shared), printer, options };
        thread::spawn(move || worker.run());
        Self { shared }
    }

    /// Keeps a job and comes back at once; it is printed when it can be.
    ///
    /// # Errors
    /// [`JobsError`] where the job cannot be kept; the sale it belongs to is done all the same.
    pub fn submit(&self, job: NewJob) -> Result<(), JobsError> {
        self.submit_of(&[job], None)
    }

    /// The same for all the paper of an entry of the journal: all of it is kept, or none.
    ///
    /// # Errors
    /// As [`Spooler::submit`].
    pub fn submit_of(&self, jobs: &[NewJob], of: Option<i64>) -> Result<(), JobsError> {
        let mut state = self.shared.lock();
        let nos = state.jobs.add(jobs, of)?;
        if state.status.trouble.is_none() {
            state.fresh.extend(nos);
        }
        state.calls += 1;
        state.recount();
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Ends the pause between two tries: the cashier has switched the printer on. What was wrong with it is forgotten
    /// until it is wrong again.
    pub fn retry_now(&self) {
        let mut state = self.shared.lock();
        state.status.trouble = None;
        state.calls += 1;
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Queues the jobs that were given up, too.
    ///
    /// # Errors
    /// [`JobsError`] where they cannot be kept.
    pub fn retry_failed(&self) -> Result<(), JobsError> {
        let mut state = self.shared.lock();
        state.jobs.requeue_failed()?;
        state.calls += 1;
        state.recount();
        self.shared.changed.notify_all();
        Ok(())
    }

    /// How the queue stands.
    pub fn status(&self) -> QueueStatus {
        self.shared.lock().status
    }

    /// Waits until the queue stands as asked for, but no longer than `patience`; whether it does. For the end of
    /// the program, to let the last receipt out.
    pub fn wait(&self, patience: Duration, is_reached: impl Fn(&QueueStatus) -> bool) -> bool {
        let state = self.shared.lock();
        let waited =
            self.shared.changed.wait_timeout_while(state, patience, |state| !is_reached(&state.status));
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        is_reached(&state.status)
    }
}

impl Drop for Spooler {
    /// The thread ends after what it prints now; what is queued is printed by the next one. The queue is let go at once:
    /// whoever takes it over cannot know how the present print ends, and prints it again, marked.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_stopped = true;
        state.jobs = Box::new(MemoryJobs::new());
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl fmt::Debug for Spooler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spooler").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl Shared {
    /// A panic in one thread leaves the state as it was between two calls: whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn recount(&mut self) {
        let count = |state| self.jobs.count(state);
        let counts = count(JobState::Queued)
            .and_then(|queued| Ok((queued + count(JobState::Printing)?, count(JobState::Failed)?)));
        match counts {
            Ok((waiting, failed)) => (self.status.waiting, self.status.failed) = (waiting, failed),
            Err(_) => self.status.is_storage_broken = true,
        }
    }
}

struct Worker {
    shared: Arc<Shared>,
    printer: Box<dyn Printer>,
    options: SpoolerOptions,
}

/// What the worker does next.
enum Step {
    Stop,
    Print(Box<PrintJob>),
    LookAtDrawer,
}

impl Worker {
    fn run(mut self) {
        let mut pause = Duration::ZERO;
        let mut heard = 0;
        loop {
            let job = match self.next(pause, &mut heard) {
                Step::Stop => return,
                Step::Print(job) => job,
                Step::LookAtDrawer => {
                    self.look_at_drawer();
                    continue;
                }
            };
            pause = match self.print(&job) {
                Ok(()) => Duration::ZERO,
                Err(()) => (pause * 2).clamp(self.options.first_pause, self.options.longest_pause),
            };
        }
    }

    /// Waits for the pause to end, then for a job.
    fn next(&self, pause: Duration, heard: &mut u64) -> Step {
        let mut state = self.shared.lock();
        if !pause.is_zero() {
            let goes_on = |state: &mut State| !state.is_stopped && state.calls == *heard;
            let waited = self.shared.changed.wait_timeout_while(state, pause, goes_on);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        loop {
            *heard = state.calls;
            if state.is_stopped {
                return Step::Stop;
            }
            let next = state.jobs.next();
            state.status.is_storage_broken = next.is_err();
            state.recount();
            if let Ok(Some(job)) = next {
                return Step::Print(Box::new(job));
            }
            let goes_on = |state: &mut State| !state.is_stopped && state.calls == *heard;
            if !state.status.is_drawer_open {
                state =
                    self.shared.changed.wait_while(state, goes_on).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let pause = self.options.drawer_pause;
            let waited = self.shared.changed.wait_timeout_while(state, pause, goes_on);
            let (waited, ended) = waited.unwrap_or_else(PoisonError::into_inner);
            if ended.timed_out() {
                return Step::LookAtDrawer;
            }
            state = waited;
        }
    }

    fn print(&mut self, job: &PrintJob) -> Result<(), ()> {
        let readiness = match self.printer.prepare() {
            Ok(readiness) => readiness,
            Err(trouble) => return self.failed(trouble),
        };
        let is_fresh = {
            let mut state = self.shared.lock();
            state.status.is_paper_low = readiness.is_paper_low;
            if state.jobs.begin(job.no).is_err() {
                // Without the note that printing began, a cut would go unnoticed: nothing is printed.
                state.status.is_storage_broken = true;
                self.shared.changed.notify_all();
                return Err(());
            }
            state.fresh.remove(&job.no)
        };
        let paper = self.paper(job, is_fresh);
        let printed = self.printer.print(&paper);
        let state = match printed {
            Ok(()) => JobState::Printed,
            Err(_) if job.begun + 1 >= MOST_BEGINNINGS => JobState::Failed,
            Err(_) => JobState::Queued,
        };
        {
            let mut shared = self.shared.lock();
            shared.status.is_storage_broken = shared.jobs.end(job.no, state).is_err();
            if printed.is_ok() {
                tracing::debug!(job = ?job.no, "printed");
                shared.status.trouble = None;
                shared.status.printed += 1;
            }
            shared.recount();
        }
        match printed {
            Ok(()) => {
                self.shared.changed.notify_all();
                if paper.opens_drawer() {
                    self.look_at_drawer();
                }
                Ok(())
            }
            Err(trouble) => self.failed(trouble),
        }
    }

    /// Asks whether the drawer stands open. A printer that does not tell is asked again with the next that opens it.
    fn look_at_drawer(&mut self) {
        let is_open = self.printer.is_drawer_open().ok().flatten().unwrap_or(false);
        self.shared.lock().status.is_drawer_open = is_open;
        self.shared.changed.notify_all();
    }

    /// The paper as it is printed now: whole, marked where some of it may be out already.
    fn paper(&self, job: &PrintJob, is_fresh: bool) -> Printout {
        let printout = &job.job.printout;
        if job.begun > 0 {
            printout.marked(&self.options.repeat_mark)
        } else if is_fresh {
            printout.clone()
        } else {
            printout.without_drawer()
        }
    }

    fn failed(&self, trouble: Trouble) -> Result<(), ()> {
        let mut state = self.shared.lock();
        if state.status.trouble != Some(trouble) {
            tracing::warn!(
                trouble = crate::log::variant(&trouble),
                waiting = state.status.waiting,
                "not printed"
            );
        }
        state.status.trouble = Some(trouble);
        state.fresh.clear();
        self.shared.changed.notify_all();
        Err(())
    }
}
