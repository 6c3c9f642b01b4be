//! The discount rows of a document, kept in step with the proposals.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use super::{
    compile::CampaignSet,
    proposal::{Evaluation, Proposal},
};
use crate::{
    ids::{CampaignId, LineNo, TenderNo},
    money::{Money, Rounding},
    quantity::Percent,
};

/// A discount on a document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DiscountRow {
    /// Its number, never used again within the document.
    pub no: u32,
    /// Where it comes from.
    pub source: RowSource,
    /// What it takes off.
    pub amount: Money,
    /// The share used, for a percentage, to two digits.
    pub rate: Option<Percent>,
    /// What is printed, at most 15 characters.
    pub code: Option<String>,
    /// The line it belongs to.
    pub line: Option<LineNo>,
    /// The tender that earned it.
    pub tender: Option<TenderNo>,
    /// Whether it no longer counts.
    pub is_cancelled: bool,
}

/// Where a discount row comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RowSource {
    /// A campaign; one of a foreign document may not be known.
    Campaign(Option<CampaignId>),
    /// Loyalty, a manager, anything else: never touched here.
    Other,
}

/// What is to be done to a document's rows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RowChanges {
    /// The places of rows that no longer hold. A foreign document may number rows of two sources alike, so their numbers
    /// would not do.
    pub cancel: BTreeSet<usize>,
    /// Rows to add, in order.
    pub add: Vec<DiscountRow>,
}

impl RowChanges {
    /// Whether the rows stand as they should.
    pub fn is_empty(&self) -> bool {
        self.cancel.is_empty() && self.add.is_empty()
    }

    /// Carries the changes out on the rows.
    pub fn apply(self, rows: &mut Vec<DiscountRow>) {
        for (_, row) in rows.iter_mut().enumerate().filter(|(at, _)| self.cancel.contains(at)) {
            row.is_cancelled = true;
        }
        rows.extend(self.add);
    }
}

/// Brings a document's campaign rows in step with an evaluation. A row that says what a proposal says stays, so that
/// doing it twice changes nothing (D24); others are cancelled, and new ones follow the highest number ever used.
pub fn synchronise(rows: &[DiscountRow], evaluation: &Evaluation, set: &CampaignSet) -> RowChanges {
    let mut changes = RowChanges::default();
    let is_live = |row: &DiscountRow| !row.is_cancelled && matches!(row.source, RowSource::Campaign(_));
    changes.cancel = (0..rows.len()).filter(|at| is_live(&rows[*at])).collect();
    let mut standing: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for &at in changes.cancel.iter().rev() {
        standing.entry(key(&rows[at])).or_default().push(at);
    }
    let mut next = rows.iter().map(|row| row.no).max().unwrap_or(0);
    for proposal in &evaluation.proposals {
        let mut row = row_of(proposal, set);
        let alike = standing.get_mut(&key(&row));
        let kept = alike.and_then(|alike| {
            let same =
                alike.iter().rposition(|&at| rows[at] == DiscountRow { no: rows[at].no, ..row.clone() });
            same.map(|same| alike.remove(same))
        });
        if let Some(kept) = kept {
            changes.cancel.remove(&kept);
        } else {
            next += 1;
            row.no = next;
            changes.add.push(row);
        }
    }
    changes
}

/// What two rows that say the same agree in, so that they are looked up and not searched for.
fn key(row: &DiscountRow) -> (Option<CampaignId>, Option<LineNo>, Option<TenderNo>, Money) {
    let campaign = match row.source {
        RowSource::Campaign(campaign) => campaign,
        RowSource::Other => None,
    };
    (campaign, row.line, row.tender, row.amount)
}

fn row_of(proposal: &Proposal, set: &CampaignSet) -> DiscountRow {
    let campaign = set.campaign(proposal.campaign);
    let two_digits = |rate: Percent| Percent::try_new(Rounding::HalfUp.round(rate.decimal(), 2)).ok();
    DiscountRow {
        no: 0,
        source: RowSource::Campaign(Some(campaign.id)),
        amount: proposal.amount,
        rate: proposal.rate.and_then(two_digits),
        code: Some(campaign.code.printed().into()),
        line: proposal.line,
        tender: proposal.tender,
        is_cancelled: false,
    }
}

/// Σ of the rows that count, of every source.
pub fn discount_total(rows: &[DiscountRow]) -> Money {
    rows.iter().filter(|row| !row.is_cancelled).map(|row| row.amount).sum()
}
