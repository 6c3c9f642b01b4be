//! Why campaigns give on a sale what they give.

use alloc::vec::Vec;

use super::Campaigns;
use crate::{
    campaign::Verdict,
    document::{Document, IntendedTender},
};

impl Campaigns<'_> {
    /// One verdict for each campaign of the set on a sale as it stands, with a tender about to be taken where there is
    /// one. Nothing for a basket that the engine cannot hold, which no document is.
    pub fn explain(&self, sale: &Document, intended: Option<IntendedTender>) -> Vec<Verdict> {
        let Some(mut evaluator) = self.evaluator(sale, intended) else { return Vec::new() };
        let evaluation = evaluator.evaluate().clone();
        let verdicts = evaluator.explain(&evaluation);
        self.remember(sale, evaluator);
        verdicts
    }
}
