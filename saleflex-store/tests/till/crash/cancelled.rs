//! The same of a document that is cancelled with what was taken off it.

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
    document::{Adjust, Command},
    quantity::Percent,
};

use super::with_lines;
use crate::support::{shop::minor, stopping::stop_everywhere};

#[test]
fn cancelling_a_document_with_discounts_f11() {
    let mut shop = with_lines();
    let off = |value| Adjust { kind: AdjustmentKind::Discount, value, reason: None };
    let ten = AdjustmentValue::Percent(Percent::parse("10").unwrap());
    shop.approved(Command::AdjustLine { line: None, adjust: off(ten) });
    let one = AdjustmentValue::Amount(minor(100));
    shop.approved(Command::AdjustDocument {
        adjust: off(one),
        source: AdjustmentSource::Manager,
        code: None,
    });
    stop_everywhere(shop, |shop| drop(shop.execute(Command::Cancel { reason: None })));
}
