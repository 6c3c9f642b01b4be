//! A place for the newest thing to show: who shows it may be slow or gone, who brings it never waits.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use super::Trouble;

/// The newest value of a kind, and the thread that shows it.
pub struct Mailbox<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    slot: Mutex<Slot<T>>,
    changed: Condvar,
}

struct Slot<T> {
    newest: Option<T>,
    trouble: Option<Trouble>,
    shown: u64,
    is_stopped: bool,
}

impl<T: Send + 'static> Mailbox<T> {
    /// Shows with `show` whatever comes, the newest only. What could not be shown is tried again after `pause`,
    /// unless something newer has come.
    pub fn start(pause: Duration, mut show: impl FnMut(&T) -> Result<(), Trouble> + Send + 'static) -> Self {
        let slot = Slot { newest: None, trouble: None, shown: 0, is_stopped: false };
        let shared = Arc::new(Shared { slot: Mutex::new(slot), changed: Condvar::new() });
        let worker = Arc::clone(&shared);
        thread::spawn(move || {
            while let Some(value) = worker.wait_for_newest() {
                let shown = show(&value);
                worker.note(value, shown, pause);
            }
        });
        Self { shared }
    }

    /// Brings something newer and comes back at once.
    pub fn bring(&self, value: T) {
        self.shared.lock().newest = Some(value);
        self.shared.changed.notify_all();
    }

    /// What keeps it from being shown.
    pub fn trouble(&self) -> Option<Trouble> {
        self.shared.lock().trouble
    }

    /// Waits until so many things were shown, but no longer than `patience`; whether they were.
    pub fn wait_until_shown(&self, count: u64, patience: Duration) -> bool {
        let waited =
            self.shared.changed.wait_timeout_while(self.shared.lock(), patience, |slot| slot.shown < count);
        waited.unwrap_or_else(PoisonError::into_inner).0.shown >= count
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, Slot<T>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for_newest(&self) -> Option<T> {
        let waited = self.changed.wait_while(self.lock(), |slot| slot.newest.is_none() && !slot.is_stopped);
        let mut slot = waited.unwrap_or_else(PoisonError::into_inner);
        if slot.is_stopped { None } else { slot.newest.take() }
    }

    /// Notes how showing went; what failed is put back behind a pause that anything newer ends.
    fn note(&self, value: T, shown: Result<(), Trouble>, pause: Duration) {
        let mut slot = self.lock();
        slot.trouble = shown.err();
        if shown.is_ok() {
            slot.shown += 1;
        }
        self.changed.notify_all();
        if shown.is_err() {
            let nothing_newer = |slot: &mut Slot<T>| slot.newest.is_none() && !slot.is_stopped;
            let waited = self.changed.wait_timeout_while(slot, pause, nothing_newer);
            let mut slot = waited.unwrap_or_else(PoisonError::into_inner).0;
            slot.newest.get_or_insert(value);
        }
    }
}

impl<T> Drop for Mailbox<T> {
    fn drop(&mut self) {
        self.shared.lock().is_stopped = true;
        self.shared.changed.notify_all();
    }
}

impl<T> fmt::Debug for Mailbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("trouble", &self.shared.lock().trouble).finish_non_exhaustive()
    }
}
