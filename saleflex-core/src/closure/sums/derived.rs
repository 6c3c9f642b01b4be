//! What is worked out from sums.

use rust_decimal::Decimal;

use super::{
    Absorb, CampaignTotals, CashTotals, CashierTotals, ContainerTotals, CustomerTotals, TenderTotals,
    TipTotals,
};
use crate::money::{Money, Rounding};

impl CampaignTotals {
    /// What it gave in all, less what went back with returned goods: below nothing where more of it came back in a period
    /// than was given in it.
    pub fn given(&self) -> Money {
        self.on_lines + self.on_documents - self.back
    }
}

impl ContainerTotals {
    /// Whether no container was charged or paid out.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl CustomerTotals {
    /// Whether nothing was sold to anybody.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl TenderTotals {
    /// What stayed: taken less change and less what was paid out.
    pub fn net(&self) -> Money {
        self.tendered - self.change - self.refunds
    }
}

impl CashTotals {
    /// Adds the cash of another drawer or cashier.
    pub fn merge(&mut self, other: &Self) {
        self.absorb(other);
    }

    /// What happened since it stood at `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut cash = self.clone();
        cash.release(earlier);
        cash
    }

    /// What should lie in the drawer when `opening` was in it at first.
    pub fn expected(&self, opening: Money) -> Money {
        opening + self.tendered - self.change - self.refunds + self.paid_in - self.paid_out - self.drops
            + self.tips
    }
}

impl CashierTotals {
    /// Sales and returns finished.
    pub const fn documents(&self) -> u64 {
        self.sale_count + self.return_count
    }

    /// Sales less returns.
    pub fn total_sales(&self) -> Money {
        self.sales - self.returns
    }

    /// What a sale came to on average; nothing without sales.
    pub fn average_sale(&self) -> Money {
        average(self.sales, self.sale_count)
    }
}

impl TipTotals {
    /// What a tip came to on average.
    pub fn average(&self) -> Money {
        average(self.total, self.count)
    }

    /// Tips as a percentage of what the tipped documents came to, with two digits.
    pub fn percentage(&self) -> Decimal {
        let exact = Decimal::from(self.total.minor()) * Decimal::ONE_HUNDRED;
        let exact = exact.checked_div(Decimal::from(self.base.minor())).unwrap_or_default();
        let mut percentage = Rounding::HalfUp.round(exact, 2);
        percentage.rescale(2);
        percentage
    }
}

/// Whether nothing was counted, of what older closures do not say.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) const fn is_none(count: &u64) -> bool {
    *count == 0
}

fn average(sum: Money, count: u64) -> Money {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    sum.share(Money::ONE_MINOR, Money::from_minor(count), Rounding::HalfUp)
}
