//! What of a discount went back with the goods that bore it.

use rust_decimal::Decimal;

use super::{Completed, share::portion};
use crate::{
    adjustment::AdjustmentSource,
    document::Document,
    ids::{CampaignId, LineNo},
    money::Money,
};

/// What a campaign gave on a sale for goods that came back by these returns of it: of each line's share the part that came back
/// of the line. What returns of sets priced anew is not told apart.
pub fn campaign_part_back(sale: &Document, returns: &[Completed], campaign: CampaignId) -> Money {
    let is_its = |source: &AdjustmentSource| matches!(source, AdjustmentSource::Campaign { id: Some(id), .. } if *id == campaign);
    let own = sale.adjustments.iter().filter(|adjustment| is_its(&adjustment.source));
    own.flat_map(|adjustment| &adjustment.shares)
        .filter_map(|(no, share)| {
            let sold = sale.line(*no)?.quantity.decimal();
            let back = came_back(sale, returns, *no).min(sold);
            (!sold.is_zero()).then(|| portion(*share, back, sold))
        })
        .sum()
}

/// How many of a sold line came back.
fn came_back(sale: &Document, returns: &[Completed], no: LineNo) -> Decimal {
    let lines = returns.iter().flat_map(|back| back.document().active_lines());
    lines
        .filter(|line| line.returned.as_ref().is_some_and(|item| item.original == Some((sale.id, no))))
        .map(|line| line.quantity.decimal())
        .sum()
}
