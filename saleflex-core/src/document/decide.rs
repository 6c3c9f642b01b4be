//! Deciding: a command against a draft.

use alloc::vec::Vec;

use super::{Command, Draft, Event, Facts, Refusal};

/// Decides a command.
pub fn decide(draft: Option<&Draft>, command: &Command, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    let _ = (draft, command, facts);
    Err(Refusal::NoDocument)
}
