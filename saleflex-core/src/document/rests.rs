//! What is left of vouchers that were worth more than they paid, and new ones for what is paid back.

use super::Document;
use crate::tender::{Rest, Tender};

impl Document {
    /// What was left of vouchers that pay it, each with its tender, and what is paid back as new ones: it is given out, or
    /// lost, when the document is settled.
    pub fn rests(&self) -> impl Iterator<Item = (&Tender, &Rest)> {
        let stands = |tender: &&Tender| !self.is_paid_back(tender);
        self.counted_tenders()
            .filter(stands)
            .filter_map(|tender| Some((tender, tender.details.rest.as_deref()?)))
    }
}
