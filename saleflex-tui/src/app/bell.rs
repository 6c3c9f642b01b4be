//! What somebody who scans without looking hears: a code that was refused, or that waits for an answer.

use super::State;

/// The bell of the terminal.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Bell {
    /// What is done was scanned.
    is_scan: bool,
    is_due: bool,
}

impl State {
    /// Notes whether what is done now was scanned.
    pub(super) const fn note_scan(&mut self, is_scan: bool) {
        self.bell.is_scan = is_scan;
    }

    /// Whether what is done was scanned.
    pub(super) const fn is_of_scan(&self) -> bool {
        self.bell.is_scan
    }

    /// Rings where what was scanned goes no further by itself.
    pub(super) const fn ring_for_scan(&mut self) {
        self.bell.is_due |= self.bell.is_scan;
    }

    /// Whether the bell is to ring; it rings once.
    pub(crate) const fn take_ring(&mut self) -> bool {
        std::mem::replace(&mut self.bell.is_due, false)
    }
}
