//! Amounts that the country's figures want people to declare, by name, as in `driver_tips 12.50 cash_tips 3.00`.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::money::{Currency, Money};

use crate::{
    entry::{self, Amounts},
    message,
    text::{Key, Text},
};

/// What is asked for, with nothing declared.
pub(super) fn offered(asked: &BTreeSet<String>, currency: &Currency) -> String {
    let nothing = currency.format(Money::ZERO);
    asked.iter().map(|name| format!("{name} {nothing}")).collect::<Vec<_>>().join(" ")
}

/// Reads what was declared of what was offered.
pub(super) fn read(
    typed: &str,
    offered: &str,
    amounts: &Amounts,
    text: &Text,
) -> Result<BTreeMap<String, Money>, String> {
    let asked: BTreeSet<&str> = offered.split_whitespace().step_by(2).collect();
    let mut declared = BTreeMap::new();
    let mut words = typed.split_whitespace();
    while let Some(name) = words.next() {
        if !asked.contains(name) {
            return Err(text.fill(Key::DeclaredNotAsked, &[("name", name)]));
        }
        let amount = words.next().ok_or_else(|| text.fill(Key::DeclaredNoAmount, &[("name", name)]))?;
        let amount = entry::amount(amount, amounts)
            .map_err(|error| format!("{name}: {}", message::amount_error(text, error)))?;
        declared.insert(name.to_owned(), amount);
    }
    Ok(declared)
}

#[cfg(test)]
mod tests {
    use saleflex_core::money::CurrencyCode;

    use super::*;

    #[test]
    fn what_is_asked_for_is_declared_by_its_name_and_nothing_else_is() {
        let (text, euro) = (Text::english(), Currency::of(CurrencyCode::parse("EUR").unwrap()));
        let offered = offered(&["driver_tips", "shoe_bags"].map(str::to_owned).into(), &euro);
        assert_eq!(offered, "driver_tips 0.00 shoe_bags 0.00");
        let read = |typed| read(typed, &offered, &Amounts { currency: euro, is_decimal: false }, text);
        let declared = read("driver_tips 12.50 shoe_bags 3.00").unwrap();
        assert_eq!(declared["driver_tips"], Money::from_minor(1_250));
        assert_eq!(declared.len(), 2);
        assert_eq!(read("").unwrap(), BTreeMap::new());
        for wrong in ["tips 1.00", "driver_tips", "driver_tips much", "driver_tips 1.005"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
