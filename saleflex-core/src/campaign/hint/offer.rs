//! Goods that may be added to a basket, by the piece or by measure.

use alloc::vec::Vec;

use crate::{
    campaign::{
        cart::CartLine,
        exact::{FineMoney, FineQuantity},
    },
    ids::LineNo,
    money::{Currency, Money, Rounding},
    quantity::{Quantity, UnitPrice},
};

/// The most steps of a measure that are advised: ten kilograms by the gram.
const MOST_STEPS: u32 = 10_000;

/// Goods that may be added to a basket.
#[derive(Clone, Debug)]
pub struct Offer {
    pub(super) line: CartLine,
    supply: Supply,
}

#[derive(Clone, Debug)]
enum Supply {
    /// What one piece comes to, two, and so on.
    Pieces(Vec<Money>),
    /// Any multiple of a step.
    Measured { step: Quantity, price: UnitPrice, currency: Currency },
}

impl Offer {
    /// Goods as a line under a number that is free, and what one unit of them comes to, two, and so on: each as a sale
    /// rounds it, which need not be so many times the first. So many units are tried at most.
    pub const fn new(line: CartLine, totals: Vec<Money>) -> Self {
        Self { line, supply: Supply::Pieces(totals) }
    }

    /// Goods that are weighed or measured, as a line under a number that is free. A unit is the least step of their
    /// measure, such as a gram; at a price above nothing for one whole.
    pub const fn measured(line: CartLine, step: Quantity, price: UnitPrice, currency: Currency) -> Self {
        Self { line, supply: Supply::Measured { step, price, currency } }
    }

    /// The number of its line.
    pub const fn no(&self) -> LineNo {
        self.line.no
    }

    /// Whether it is sold by the piece.
    pub(super) const fn is_pieces(&self) -> bool {
        matches!(self.supply, Supply::Pieces(_))
    }

    /// How many units there are at most.
    fn most(&self) -> u32 {
        match &self.supply {
            Supply::Pieces(totals) => u32::try_from(totals.len()).unwrap_or(u32::MAX),
            Supply::Measured { .. } => MOST_STEPS,
        }
    }

    /// The line of so many units; none where there are not so many.
    pub(super) fn line_of(&self, units: u32) -> Option<CartLine> {
        let quantity = match &self.supply {
            Supply::Pieces(_) => FineQuantity::pieces(units),
            Supply::Measured { step, .. } => FineQuantity::from(measure(*step, units)?),
        };
        let total = FineMoney::from_money(self.total_of(units)?);
        Some(CartLine { quantity, total, ..self.line.clone() })
    }

    fn total_of(&self, units: u32) -> Option<Money> {
        match &self.supply {
            Supply::Pieces(totals) => totals.get(usize::try_from(units.checked_sub(1)?).ok()?).copied(),
            Supply::Measured { step, price, currency } => {
                price.times(measure(*step, units)?, currency, Rounding::HalfUp).ok()
            }
        }
    }

    /// The fewest units that come to so much, in fine units; none where no number of them does.
    pub(super) fn worth(&self, fine: i64) -> Option<u32> {
        self.fewest(|line| line.total.fine() >= fine)
    }

    /// The fewest units that hold so many whole pieces or measures.
    pub(super) fn holding(&self, whole: i64) -> Option<u32> {
        self.fewest(|line| line.quantity.whole() >= whole)
    }

    /// The fewest units whose line is enough, where more of them always are.
    fn fewest(&self, is_enough: impl Fn(&CartLine) -> bool) -> Option<u32> {
        let is_enough = |units: u32| self.line_of(units).is_some_and(|line| is_enough(&line));
        let (mut short, mut enough) = (0, self.most());
        if !is_enough(enough) {
            return None;
        }
        while short + 1 < enough {
            let middle = short.midpoint(enough);
            if is_enough(middle) { enough = middle } else { short = middle }
        }
        Some(enough)
    }
}

fn measure(step: Quantity, units: u32) -> Option<Quantity> {
    step.times(Quantity::try_new(units.into()).ok()?).ok()
}
