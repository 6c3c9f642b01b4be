//! By whose word: who did a thing, who approved it, and the record of something taken back.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::ids::CashierId;

/// Who did something, and who approved it where that was needed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Authority {
    /// The cashier who did it.
    pub cashier: CashierId,
    /// The manager who approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<CashierId>,
}

/// The record of something taken back in an open document: a line, a tender, the document.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Void {
    /// Why, frozen as typed; none where nothing was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who took it back, and who approved it where that took a manager.
    pub authority: Authority,
}
