//! Amounts that the country's figures want people to declare, by name, as in `driver_tips 12.50 cash_tips 3.00`.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::money::{Currency, Money};

use crate::{
    entry::{self, Amounts},
    message,
    text::{Key, Text},
};

/// What is asked for, with nothing declared. A name may have blanks in it.
pub(super) fn offered(asked: &BTreeSet<String>, currency: &Currency) -> String {
    let nothing = currency.format(Money::ZERO);
    asked.iter().map(|name| format!("{name} {nothing}")).collect::<Vec<_>>().join(" ")
}

/// The names of what was offered: each stands before nothing.
fn names(offered: &str, currency: &Currency) -> BTreeSet<String> {
    let nothing = currency.format(Money::ZERO);
    let offered: Vec<&str> = offered.split_whitespace().collect();
    offered
        .split(|word| **word == nothing)
        .map(|name| name.join(" "))
        .filter(|name| !name.is_empty())
        .collect()
}

/// Reads what was declared of what was offered.
pub(super) fn read(
    typed: &str,
    offered: &str,
    amounts: &Amounts,
    text: &Text,
) -> Result<BTreeMap<String, Money>, String> {
    let asked = names(offered, &amounts.currency);
    let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = typed.as_str();
    let mut declared = BTreeMap::new();
    while !rest.is_empty() {
        // Where a name begins as another one goes on, the longer one is meant.
        let named = asked.iter().filter_map(|name| Some((name, after(rest, name)?)));
        let Some((name, behind)) = named.min_by_key(|(_, behind)| behind.len()) else {
            let unknown = rest.split(' ').next().unwrap_or_default();
            return Err(text.fill(Key::DeclaredNotAsked, &[("name", unknown)]));
        };
        let (amount, behind) = behind.split_once(' ').unwrap_or((behind, ""));
        if amount.is_empty() {
            return Err(text.fill(Key::DeclaredNoAmount, &[("name", name)]));
        }
        let amount = entry::amount(amount, amounts)
            .map_err(|error| format!("{name}: {}", message::amount_error(text, error)))?;
        declared.insert(name.clone(), amount);
        rest = behind;
    }
    Ok(declared)
}

/// What stands behind a name, where the text begins with it.
fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let behind = text.strip_prefix(name)?;
    if behind.is_empty() { Some(behind) } else { behind.strip_prefix(' ') }
}

#[cfg(test)]
mod tests {
    use saleflex_core::money::CurrencyCode;

    use super::*;

    fn euro() -> Currency {
        Currency::of(CurrencyCode::parse("EUR").unwrap())
    }

    fn euros(typed: &str, asked: &[&str]) -> Result<BTreeMap<String, Money>, String> {
        let asked = asked.iter().map(|name| (*name).to_owned()).collect();
        read(
            typed,
            &offered(&asked, &euro()),
            &Amounts { currency: euro(), is_decimal: false },
            Text::english(),
        )
    }

    #[test]
    fn what_is_asked_for_is_declared_by_its_name_and_nothing_else_is() {
        let asked = ["driver_tips", "shoe_bags"];
        let offered = offered(&asked.map(str::to_owned).into(), &euro());
        assert_eq!(offered, "driver_tips 0.00 shoe_bags 0.00");
        let declared = euros("driver_tips 12.50 shoe_bags 3.00", &asked).unwrap();
        assert_eq!(declared["driver_tips"], Money::from_minor(1_250));
        assert_eq!(declared.len(), 2);
        assert_eq!(euros("", &asked).unwrap(), BTreeMap::new());
        for wrong in
            ["tips 1.00", "driver_tips", "driver_tips much", "driver_tips 1.005", "driver_tipsy 1.00"]
        {
            assert!(euros(wrong, &asked).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_name_may_have_blanks_and_begin_as_another_does() {
        let asked = ["tips", "tips of drivers", "meal vouchers"];
        let declared = euros("tips of drivers 2.00 meal vouchers 3.50 tips 1.00", &asked).unwrap();
        let declared: Vec<_> =
            declared.iter().map(|(name, amount)| (name.as_str(), amount.minor())).collect();
        assert_eq!(declared, [("meal vouchers", 350), ("tips", 100), ("tips of drivers", 200)]);
        assert!(euros("tips of 1.00", &asked).is_err());
    }
}
