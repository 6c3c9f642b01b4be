//! What to order: items at or below their reorder point.

use alloc::vec::Vec;

use super::{Limits, Place, Stock};

/// What a proposal looks at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Need {
    /// Where, and of what.
    pub place: Place,
    /// When to order, and how much.
    pub limits: Limits,
    /// What is there and not promised, and what lies elsewhere to fill it from.
    pub free: Stock,
    /// What is ordered already, or on its way, and still to come, there or to be filled from.
    pub on_order: Stock,
}

/// An item to order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Proposal {
    /// Where, and of what.
    pub place: Place,
    /// How much, in whole packs.
    pub quantity: Stock,
}

/// What to order. An item is due when what is free and what is to come together do not exceed its reorder point; then its
/// reorder quantity is proposed, or, without one, what is missing to its maximum, rounded up to whole packs.
pub fn propose(needs: &[Need]) -> Vec<Proposal> {
    needs.iter().filter_map(proposal).collect()
}

fn proposal(need: &Need) -> Option<Proposal> {
    let Limits { reorder_point, reorder_quantity, maximum, pack, .. } = need.limits;
    let coming = need.free + need.on_order;
    if !reorder_point.is_positive() || coming > reorder_point {
        return None;
    }
    let wanted = if reorder_quantity.is_positive() { reorder_quantity } else { maximum - coming };
    let quantity = whole_packs(wanted, pack);
    quantity.is_positive().then_some(Proposal { place: need.place, quantity })
}

fn whole_packs(wanted: Stock, pack: Stock) -> Stock {
    if !pack.is_positive() {
        return wanted;
    }
    let packs = wanted.decimal().checked_div(pack.decimal()).map(|packs| packs.ceil());
    let rounded = packs.and_then(|packs| packs.checked_mul(pack.decimal()));
    rounded.and_then(|rounded| Stock::try_new(rounded).ok()).unwrap_or(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LocationId, ProductId};

    fn proposed(free: i32, on_order: i32, limits: (i32, i32, i32), pack: i32) -> Option<Stock> {
        let item = ProductId::new(uuid::Uuid::nil()).into();
        let place = Place { item, location: LocationId::new(uuid::Uuid::nil()) };
        let (point, quantity, maximum) = limits;
        let limits = Limits {
            minimum: Stock::ZERO,
            maximum: Stock::whole(maximum),
            reorder_point: Stock::whole(point),
            reorder_quantity: Stock::whole(quantity),
            pack: Stock::whole(pack),
        };
        let (free, on_order) = (Stock::whole(free), Stock::whole(on_order));
        let need = Need { place, limits, free, on_order };
        propose(&[need]).first().map(|proposal| proposal.quantity)
    }

    #[test]
    fn at_its_reorder_point_the_reorder_quantity_is_proposed() {
        assert_eq!(proposed(10, 0, (10, 50, 200), 0), Some(Stock::whole(50)));
        assert_eq!(proposed(11, 0, (10, 50, 200), 0), None);
        assert_eq!(proposed(0, 0, (0, 50, 200), 0), None);
    }

    #[test]
    fn without_a_reorder_quantity_it_is_filled_up_to_the_maximum() {
        assert_eq!(proposed(-5, 0, (10, 0, 200), 0), Some(Stock::whole(205)));
        assert_eq!(proposed(5, 0, (10, 0, 0), 0), None);
    }

    #[test]
    fn what_is_on_order_is_not_ordered_again_and_packs_are_whole() {
        assert_eq!(proposed(5, 50, (10, 50, 200), 0), None);
        assert_eq!(proposed(5, 2, (10, 50, 200), 12), Some(Stock::whole(60)));
    }
}
