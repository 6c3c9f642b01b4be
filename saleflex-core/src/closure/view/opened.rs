//! What the view of an open period is made of.

use crate::closure::{DocumentMark, Period, Report, Staff};

/// What is known of a period that is open.
#[derive(Clone, Copy, Debug)]
pub struct Opened<'a> {
    /// The period.
    pub period: &'a Period,
    /// The figures of its documents so far.
    pub report: &'a Report,
    /// Its first document.
    pub first_document: Option<DocumentMark>,
    /// Its last document.
    pub last_document: Option<DocumentMark>,
    /// How many documents were parked in it and still are.
    pub suspended_count: u64,
    /// How many were parked before it and still are, where that is asked.
    pub parked_before: Option<u64>,
    /// Who was at work in it.
    pub staff: &'a Staff,
}
