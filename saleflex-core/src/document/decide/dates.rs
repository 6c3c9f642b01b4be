//! Goods past their date: asked for once more, or sold to nobody, as the store rules.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Decision, lines};
use crate::{
    catalog::Sellable,
    document::{ExpiredGoods, Kind, Refusal},
    quantity::Quantity,
};

/// Refuses what is past its date. `quantity` is what is rung up, `wanted` what the document would hold in addition, and
/// `label` the last good day that the goods themselves say. Goods that say none are past their date where nothing else of
/// them is left on the shelf. A quote hands nothing over.
pub(super) fn check(
    decision: &Decision<'_>,
    item: &Sellable,
    (quantity, wanted): (Quantity, Decimal),
    label: Option<NaiveDate>,
) -> Result<(), Refusal> {
    let facts = decision.facts;
    let is_handed_over = wanted > Decimal::ZERO && decision.document()?.kind != Kind::Quote;
    if !is_handed_over {
        return Ok(());
    }
    let is_past = |expiry: &NaiveDate| *expiry < facts.moment.business_date;
    let expiry = match label {
        Some(expiry) => Some(expiry).filter(is_past),
        None => left_on_the_shelf(decision, item, wanted)?,
    };
    match (expiry, facts.policy.expired_goods) {
        (Some(expiry), ExpiredGoods::Refuse) => Err(Refusal::Expired { name: item.name.clone(), expiry }),
        (Some(expiry), ExpiredGoods::Ask) if !facts.counted => {
            Err(Refusal::PastDate { name: item.name.clone(), quantity, expiry })
        }
        _ => Ok(()),
    }
}

/// The last good day of what lies on the shelf past its date, where that is what is handed over: the document holds what
/// else there was.
fn left_on_the_shelf(
    decision: &Decision<'_>,
    item: &Sellable,
    wanted: Decimal,
) -> Result<Option<NaiveDate>, Refusal> {
    let known = |product| decision.facts.past_date.iter().find(|(known, _)| *known == product);
    let Some((product, past)) = item.product.and_then(known) else { return Ok(None) };
    let good = past.good - lines::held(decision.document()?, *product);
    Ok((wanted > good).then_some(past.expiry))
}
