//! What was sold of each product, added up from documents as the figures of a period are.

use alloc::{collections::BTreeMap, string::String};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::figures::{DocumentFigures, Effect, line_figures};
use crate::{adjustment::AdjustmentKind, basket::LineItem, document::Completed, money::Money};

/// Products sold, by code; what was sold by a department key stands under the department's number.
///
/// Sales count, returns count against them; quotes, training, deliveries and purchases count nowhere. Parts of a span
/// [merged](Self::merge) are the whole, in any order.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProductSales(pub BTreeMap<String, ProductTotals>);

/// What was sold of a product, less what came back.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProductTotals {
    /// When it was sold or came back last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<DateTime<Utc>>,
    /// What it was called then.
    pub name: String,
    /// What its quantities count.
    pub unit: String,
    /// How much was sold less what came back, in that unit.
    #[serde(with = "rust_decimal::serde::str")]
    pub quantity: Decimal,
    /// How much of it came back, in that unit.
    #[serde(default, with = "rust_decimal::serde::str")]
    pub returned: Decimal,
    /// What was given back for that.
    #[serde(default)]
    pub returns: Money,
    /// Lines, those that came back counted too.
    pub lines: u64,
    /// Quantity times price, before any discount, less what was given back.
    pub gross: Money,
    /// Discounts on the line, and its share of those on the document. What comes back of a sale has none: it is worth what
    /// was paid for it.
    pub discounts: Money,
    /// What was paid for it, in prices as they are shown, less what was given back.
    pub sales: Money,
    /// The tax on it, less that of what came back.
    pub tax: Money,
    /// What it came to without tax.
    pub net: Money,
}

impl ProductSales {
    /// Adds a completed document.
    pub fn add(&mut self, completed: &Completed) {
        let Some(figures) = DocumentFigures::of(completed) else { return };
        let is_return = match figures.effect {
            Effect::Sale => false,
            Effect::Return => true,
            Effect::Purchase
            | Effect::Delivery
            | Effect::CashMovement(_)
            | Effect::Cancelled
            | Effect::Open
            | Effect::Underway => return,
        };
        for line in completed.document().active_lines() {
            let totals = ProductTotals::of(line, completed);
            let known = self.0.entry(line.item.code.clone()).or_default();
            known.merge(&if is_return { totals.back() } else { totals });
        }
    }

    /// Adds another part.
    pub fn merge(&mut self, other: &Self) {
        for (code, totals) in &other.0 {
            self.0.entry(code.clone()).or_default().merge(totals);
        }
    }
}

impl ProductTotals {
    /// How much was sold, whatever of it came back.
    pub fn sold(&self) -> Decimal {
        self.quantity + self.returned
    }

    /// Surcharges: what is between the price less discounts and what was paid.
    pub fn surcharges(&self) -> Money {
        self.sales + self.discounts - self.gross
    }

    fn of(line: &LineItem, completed: &Completed) -> Self {
        let figures = line_figures(line, completed.document().tax_mode);
        let discounts = line.adjustments.iter().filter(|one| one.kind == AdjustmentKind::Discount);
        Self {
            last: Some(completed.completed_at().instant),
            name: line.item.name.clone(),
            unit: line.item.unit.code.clone(),
            quantity: line.quantity.decimal(),
            returned: Decimal::ZERO,
            returns: Money::ZERO,
            lines: 1,
            gross: line.gross,
            discounts: discounts.map(|one| one.amount).sum::<Money>() + figures.discount,
            sales: line.value(),
            tax: figures.tax,
            net: figures.net,
        }
    }

    fn back(self) -> Self {
        Self {
            quantity: -self.quantity,
            returned: self.quantity,
            returns: self.sales,
            gross: -self.gross,
            discounts: -self.discounts,
            sales: -self.sales,
            tax: -self.tax,
            net: -self.net,
            ..self
        }
    }

    fn merge(&mut self, other: &Self) {
        // Of two names at one moment either may stand, but the same in whatever order they come.
        if (other.last, &other.name) > (self.last, &self.name) {
            self.last = other.last;
            self.name.clone_from(&other.name);
            self.unit.clone_from(&other.unit);
        }
        self.quantity += other.quantity;
        self.returned += other.returned;
        self.returns += other.returns;
        self.lines += other.lines;
        self.gross += other.gross;
        self.discounts += other.discounts;
        self.sales += other.sales;
        self.tax += other.tax;
        self.net += other.net;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        closure::{
            Report,
            tests::samples::{Head, Line},
        },
        document::{DocumentType, Kind},
        tender::TenderKind,
    };

    /// Sells by the keys of departments: 1 is tea, 2 is cake.
    fn sold(head: &Head, lines: &[(&str, &str, &str)]) -> Completed {
        let pen = lines.iter().fold(head.begin(), |pen, (name, price, times)| {
            let department = if *name == "Tea" { 1 } else { 2 };
            pen.line(&Line::new(name, price).times(times).within(department).by_key())
        });
        pen.pay_rest(TenderKind::Cash).complete()
    }

    #[test]
    fn products_add_up_to_what_the_report_says_and_returns_count_against_them() {
        let head = Head::sale("GBP");
        let back = head.clone().of(Kind::Return, DocumentType::Return);
        let training = Head { training: true, ..head.clone() };
        let documents = [
            sold(&head, &[("Tea", "3.50", "3"), ("Cake", "4.00", "1")]),
            sold(&head, &[("Tea", "3.50", "1")]),
            sold(&back, &[("Tea", "3.50", "2")]),
            sold(&training, &[("Tea", "3.50", "9")]),
        ];
        let (mut sales, mut report) = (ProductSales::default(), Report::empty());
        for document in &documents {
            sales.add(document);
            if let Some(figures) = DocumentFigures::of(document) {
                report.add(&figures);
            }
        }
        let tea = sales.0.values().find(|one| one.name == "Tea").unwrap();
        assert_eq!((tea.quantity, tea.lines, tea.sales), (Decimal::TWO, 3, Money::from_minor(700)));
        // Two of the four came back: 2 × 3.50.
        assert_eq!((tea.returned, tea.returns), (Decimal::TWO, Money::from_minor(700)));
        let net: Money = sales.0.values().map(|one| one.net).sum();
        let tax: Money = sales.0.values().map(|one| one.tax).sum();
        assert_eq!((net, tax), (report.net_excluding_tax(), report.tax));
    }

    #[test]
    fn parts_merged_are_the_whole() {
        let head = Head::sale("GBP");
        let documents = [
            sold(&head, &[("Tea", "3.50", "3"), ("Cake", "4.00", "1")]),
            sold(&head, &[("Tea", "3.50", "1")]),
        ];
        let mut whole = ProductSales::default();
        let parts = documents.each_ref().map(|document| {
            whole.add(document);
            let mut part = ProductSales::default();
            part.add(document);
            part
        });
        for order in [[0, 1], [1, 0]] {
            let mut merged = ProductSales::default();
            for at in order {
                merged.merge(&parts[at]);
            }
            assert_eq!(merged, whole);
        }
    }
}
