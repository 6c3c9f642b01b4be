//! What part of a sold line is worth, and the taxes in it.
//!
//! Every figure is cumulative: what is back of a line when `r` of its units are, less what was back before. So
//! pieces add up to the line in any number of steps, and no step gives a tax above its value.

use alloc::vec::Vec;

use rust_decimal::Decimal;

use crate::{
    basket::LineItem,
    document::Document,
    money::{Money, Rounding},
    quantity::Quantity,
    tax::{TaxMode, TaxPart},
};

/// The share of one line that a return takes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::document) struct LineShare {
    pub(in crate::document) value: Money,
    pub(in crate::document) taxes: Vec<TaxPart>,
}

/// The share of `quantity` more units of a sold line when `before` came back already; none beyond what was sold.
pub(in crate::document) fn share(
    sale: &Document,
    line: &LineItem,
    before: Decimal,
    quantity: Quantity,
) -> Option<LineShare> {
    let after = before + quantity.decimal();
    if after > line.quantity.decimal() {
        return None;
    }
    let (from, to) = (back(sale, line, before), back(sale, line, after));
    let part = |(to, from): (TaxPart, &TaxPart)| TaxPart {
        taxable: to.taxable - from.taxable,
        tax: to.tax - from.tax,
        ..to
    };
    let taxes = to.taxes.into_iter().zip(&from.taxes).map(part).collect();
    Some(LineShare { value: to.value - from.value, taxes })
}

/// What is back of a line when so many of its units are.
fn back(sale: &Document, line: &LineItem, returned: Decimal) -> LineShare {
    let value = portion(line.value(), returned, line.quantity.decimal());
    let groups = groups(sale, line);
    let worths: Vec<Money> = groups.iter().map(|group| group.worth).collect();
    let mut taxes = Vec::with_capacity(line.taxes.len());
    for (group, worth) in groups.iter().zip(split_steadily(value, &worths)) {
        taxes.extend(group.part(worth, sale.tax_mode));
    }
    LineShare { value, taxes }
}

/// `amount × part ÷ whole`, rounded.
pub(crate) fn portion(amount: Money, part: Decimal, whole: Decimal) -> Money {
    if part == whole {
        return amount;
    }
    let exact = Decimal::from(amount.minor()) * part / whole;
    Money::from_minor(i64::try_from(Rounding::HalfUp.round(exact, 0)).unwrap_or_default())
}

/// What of a line was taxed at the same rates: the line itself, and each share of a surcharge with rates of its
/// own.
pub(super) struct Group<'a> {
    pub(super) worth: Money,
    pub(super) taxes: &'a [TaxPart],
}

fn groups<'a>(sale: &Document, line: &'a LineItem) -> Vec<Group<'a>> {
    let share = |(no, share): &(_, Money)| (*no == line.no).then_some(*share);
    let own: Vec<(Money, usize)> = sale
        .adjustments
        .iter()
        .filter(|adjustment| !adjustment.taxes.is_empty())
        .filter_map(|adjustment| Some((adjustment.shares.iter().find_map(share)?, adjustment.taxes.len())))
        .collect();
    let with_own: usize = own.iter().map(|(_, rates)| rates).sum();
    let (mut taxes, mut rest) = line.taxes.split_at(line.taxes.len().saturating_sub(with_own));
    let worth = line.value() - own.iter().map(|(worth, _)| *worth).sum::<Money>();
    let mut groups = alloc::vec![Group { worth, taxes }];
    for (worth, rates) in own {
        (taxes, rest) = rest.split_at(rates.min(rest.len()));
        groups.push(Group { worth, taxes });
    }
    groups
}

impl Group<'_> {
    /// The taxes in so much of the group's worth.
    pub(super) fn part(&self, worth: Money, mode: TaxMode) -> Vec<TaxPart> {
        let rates: Vec<Money> = self.taxes.iter().map(|part| part.tax).collect();
        let whole: Money = rates.iter().copied().sum();
        let tax = whole.share(worth, self.worth, Rounding::HalfUp);
        let contained = if mode == TaxMode::Inclusive { tax } else { Money::ZERO };
        let part =
            |(part, tax): (&TaxPart, Money)| TaxPart { taxable: worth - contained, tax, ..part.clone() };
        self.taxes.iter().zip(split_steadily(tax, &rates)).map(part).collect()
    }
}

/// Splits an amount in proportion to weights that add up to at least as much, so that no part shrinks when the
/// amount grows, and the parts of the whole sum are the weights themselves (the divisor method of Webster).
fn split_steadily(amount: Money, weights: &[Money]) -> Vec<Money> {
    let sizes: Vec<i128> = weights.iter().map(|weight| i128::from(weight.minor().max(0))).collect();
    let total: i128 = sizes.iter().sum();
    if total == 0 {
        return alloc::vec![Money::ZERO; weights.len()];
    }
    let amount = i128::from(amount.minor());
    // A part is never further than half the number of parts, and a half, below its exact share.
    let slack = i128::try_from(sizes.len()).unwrap_or(1);
    let mut parts: Vec<i128> = sizes.iter().map(|size| (amount * size / total - slack).max(0)).collect();
    for _ in parts.iter().sum::<i128>()..amount {
        // The next unit goes where size ÷ (2 × part + 1) is largest, ties to the earlier.
        let mut next = 0;
        for at in 1..parts.len() {
            if sizes[at] * (2 * parts[next] + 1) > sizes[next] * (2 * parts[at] + 1) {
                next = at;
            }
        }
        parts[next] += 1;
    }
    parts.into_iter().map(|part| Money::from_minor(i64::try_from(part).unwrap_or(i64::MAX))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weights(minor: &[i64]) -> Vec<Money> {
        minor.iter().copied().map(Money::from_minor).collect()
    }

    proptest! {
        #[test]
        fn parts_split_steadily_only_grow_and_end_at_their_weights(
            minor in prop::collection::vec(0_i64..40, 1..6),
            scale in prop::sample::select(vec![1_i64, 7, 1_000_000_000]),
        ) {
            let sizes: Vec<i64> = minor.iter().map(|size| size * scale).collect();
            let (total, weights) = (sizes.iter().sum::<i64>(), weights(&sizes));
            let steps = (0..=total).step_by(usize::try_from((total / 120).max(1)).unwrap()).chain([total]);
            let mut before = vec![Money::ZERO; weights.len()];
            for amount in steps {
                let parts = split_steadily(Money::from_minor(amount), &weights);
                prop_assert_eq!(parts.iter().copied().sum::<Money>().minor(), amount);
                prop_assert!(parts.iter().zip(&before).all(|(part, before)| part >= before));
                before = parts;
            }
            prop_assert_eq!(before, weights);
        }
    }
}
