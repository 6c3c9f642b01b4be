//! What is on the shelf when a product comes into the catalog.

use super::{Facts, check_size, desk::Desk};
use crate::{
    cashier::Capability,
    ids::LocationId,
    inventory::{Book, Cause, Item, Movement, MovementKind, NumberKind, Place, Posting, Stock, StockRefusal},
    quantity::UnitPrice,
};

/// Books what there is of new items at a location, and what one unit cost where that is known. Of an item with nothing
/// on the shelf stock is kept from then on, too.
///
/// # Errors
/// [`StockRefusal`] when the cashier may not, an item is unknown or a quantity cannot be.
pub fn opening(
    lines: &[(Item, Stock, Option<UnitPrice>)],
    location: LocationId,
    facts: &Facts<'_>,
) -> Result<Posting, StockRefusal> {
    let authority = facts.authority(Capability::CatalogWrite)?;
    let book = Book::default();
    let mut desk = Desk::new(&book, facts);
    for &(item, quantity, unit_cost) in lines {
        let rules = desk.rules(item)?;
        if quantity.is_negative() {
            return Err(StockRefusal::CountedNegative { item, counted: quantity });
        }
        check_size(item, quantity, rules.decimals)?;
        let place = Place { item, location };
        let before = desk.level(place).on_hand;
        let unit_cost = unit_cost.filter(|_| quantity.is_positive());
        desk.push(Movement {
            unit_cost,
            ..Movement::new(MovementKind::Adjustment, place, quantity, before)
        })?;
    }
    Ok(desk.posting(facts.number(NumberKind::Adjustment), Cause::Opening, authority, None))
}
