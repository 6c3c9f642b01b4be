//! What somebody who scans without looking hears: that a code was taken, or that it was refused or waits for an answer.

use super::{Message, State, Tone};
use crate::{device::scanner::Sound, effect::Effect};

/// The bell of the terminal.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Bell {
    /// What is done was scanned.
    is_scan: bool,
    due: Option<Sound>,
    /// Why something was not done, which nobody has read yet: a code that waited behind it is being rung up.
    unread: Option<String>,
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

    /// Something was not done. A code that waited for it is rung up now and not on somebody else's sale, and what was said
    /// stands before what is said of the code.
    pub(super) fn go_on(&mut self) -> Vec<Effect> {
        let said = self.message.take();
        let effects = self.next_scan();
        if effects.is_empty() {
            self.message = self.message.take().or(said);
        } else {
            self.bell.unread = said.map(|message| message.words);
        }
        effects
    }

    /// What nobody has read yet.
    pub(super) const fn take_unread(&mut self) -> Option<String> {
        self.bell.unread.take()
    }

    /// Says it once more, before whatever was said since; where more is on its way, when that has come.
    pub(super) fn say_unread(&mut self, words: &str, is_going_on: bool) {
        let said = || self.message.as_ref().map(|message| message.words.clone());
        let later = self.bell.unread.take().or_else(|| if is_going_on { None } else { said() });
        let words = later.map_or_else(|| words.to_owned(), |later| format!("{words} {later}"));
        if is_going_on {
            self.bell.unread = Some(words);
        } else {
            self.message = Some(Message { tone: Tone::Bad, words });
        }
    }
}
