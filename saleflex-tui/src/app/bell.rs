//! What somebody who scans without looking hears: that a code was taken, or that it was refused or waits for an answer.

use super::State;
use crate::device::scanner::Sound;

/// The bell of the terminal.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Bell {
    /// What is done was scanned.
    is_scan: bool,
    due: Option<Sound>,
}

impl State {
    /// Notes whether what is done now was scanned. A code is good until something says otherwise.
    pub(super) const fn note_scan(&mut self, is_scan: bool) {
        self.bell.is_scan = is_scan;
        if is_scan && self.bell.due.is_none() {
            self.bell.due = Some(Sound::Good);
        }
    }

    /// Whether what is done was scanned.
    pub(super) const fn is_of_scan(&self) -> bool {
        self.bell.is_scan
    }

    /// Rings where what was scanned goes no further by itself.
    pub(super) const fn ring_for_scan(&mut self) {
        if self.bell.is_scan {
            self.bell.due = Some(Sound::Bad);
        }
    }

    /// What is to be heard; once. Of several codes that were read since, the one that somebody has to look at.
    pub(crate) const fn take_sound(&mut self) -> Option<Sound> {
        self.bell.due.take()
    }
}
