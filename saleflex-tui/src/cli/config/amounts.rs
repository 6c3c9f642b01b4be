//! Settings that are amounts: they are typed and said as money, and stored in minor units.

use anyhow::Context;
use saleflex_core::money::Money;
use serde_json::{Value, json};

use crate::entry::{self, Amounts};

/// The settings that are amounts; a star is any name or place.
const KEYS: [&str; 12] = [
    "closing.difference_limit",
    "drawers.*.opening",
    "hourly.sales",
    "policy.change_limits.*",
    "policy.limits.cancel",
    "policy.limits.discounts",
    "policy.limits.empties",
    "policy.limits.redemption",
    "policy.limits.void_line",
    "policy.limits.void_tender",
    "policy.max_change",
    "policy.min_line_total",
];
/// One that is an amount, or a word.
const UP_TO: &str = "policy.most_change.up_to";

/// Whether a setting is an amount.
fn is_amount(key: &str) -> bool {
    let typed: Vec<&str> = key.split('.').collect();
    KEYS.iter().chain([&UP_TO]).any(|known| {
        let known: Vec<&str> = known.split('.').collect();
        known.len() == typed.len()
            && known.iter().zip(&typed).all(|(part, typed)| *part == "*" || part == typed)
    })
}

/// A value as it is stored: an amount as amounts are typed at the till, `null`, or what it is of its own.
pub(super) fn read(key: &str, typed: &str, amounts: &Amounts) -> anyhow::Result<Value> {
    if is_amount(key) && typed != "null" {
        let amount = entry::amount(typed, amounts).with_context(|| format!("{key}: {typed}"))?;
        return Ok(json!(amount));
    }
    Ok(super::value_of(typed))
}

/// A value as it is said: an amount as money.
pub(super) fn said(key: &str, value: &Value, amounts: &Amounts) -> String {
    let minor = value.as_i64().filter(|_| is_amount(key));
    minor.map_or_else(|| value.to_string(), |minor| amounts.currency.show(Money::from_minor(minor)))
}

#[cfg(test)]
mod tests {
    use saleflex_core::{
        closure::drawer::{Drawer, DrawerNo},
        document::MostChange,
        money::{Currency, CurrencyCode},
        settings::Settings,
        tender::TenderKind,
    };

    use super::*;

    const AMOUNT: Money = Money::from_minor(987_654);

    /// Settings in which every amount is the same one, which is nothing else.
    fn full_of_amounts() -> Settings {
        let mut settings = Settings::default();
        let policy = &mut settings.policy;
        policy.min_line_total = AMOUNT;
        policy.max_change = Some(AMOUNT);
        policy.most_change = MostChange::UpTo(AMOUNT);
        policy.change_limits = [(TenderKind::Cheque, AMOUNT)].into();
        let limits = &mut policy.limits;
        for limit in [
            &mut limits.discounts,
            &mut limits.void_line,
            &mut limits.void_tender,
            &mut limits.cancel,
            &mut limits.redemption,
            &mut limits.empties,
        ] {
            *limit = Some(AMOUNT);
        }
        settings.closing.difference_limit = Some(AMOUNT);
        settings.hourly.sales = Some(AMOUNT);
        settings.drawers = vec![Drawer { no: DrawerNo(1), cashiers: [].into(), opening: AMOUNT }];
        settings
    }

    /// The keys below which nothing stands.
    fn keys(value: &Value, key: &str, found: &mut Vec<String>) {
        let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
        if let Value::Object(fields) = value {
            fields.iter().for_each(|(name, value)| keys(value, &below(name), found));
        } else if let Value::Array(members) = value {
            (0..)
                .zip(members)
                .for_each(|(at, value): (usize, _)| keys(value, &below(&at.to_string()), found));
        } else {
            found.push(key.to_owned());
        }
    }

    #[test]
    fn every_amount_of_the_settings_is_known_as_one() {
        let settings = serde_json::to_value(full_of_amounts()).unwrap();
        let mut all = Vec::new();
        keys(&settings, "", &mut all);
        // An amount is what takes any number of minor units: by its type, whatever it is called and whether it is set.
        let takes_minor_units = |key: &String| {
            let mut other = settings.clone();
            *other.pointer_mut(&format!("/{}", key.replace('.', "/"))).unwrap() = json!(true);
            let refused = serde_json::from_value::<Settings>(other).err();
            refused.is_some_and(|error| error.to_string().contains("expected i64"))
        };
        let found: Vec<&String> = all.iter().filter(|key| takes_minor_units(key)).collect();
        assert_eq!(found.len(), KEYS.len() + 1, "{found:?}");
        assert!(found.iter().all(|key| is_amount(key)), "{found:?}");
        assert!(!is_amount("policy.max_lines") && !is_amount("policy.limits"));
    }

    #[test]
    fn an_amount_is_read_as_it_is_typed_at_the_till_and_said_as_money() {
        let currency = Currency::of(CurrencyCode::parse("GBP").unwrap());
        let read =
            |typed, is_decimal| read("closing.difference_limit", typed, &Amounts { currency, is_decimal });
        for (typed, is_decimal, minor) in
            [("10", false, 10), ("10", true, 1000), ("10.00", false, 1000), ("10,50", true, 1050)]
        {
            assert_eq!(read(typed, is_decimal).unwrap(), json!(minor), "{typed} {is_decimal}");
        }
        assert_eq!(read("null", false).unwrap(), Value::Null);
        for typed in ["ten", "\"10\"", "10.005", "-1"] {
            assert!(read(typed, false).is_err(), "{typed}");
        }
        let amounts = Amounts { currency, is_decimal: false };
        assert_eq!(said("closing.difference_limit", &json!(1000), &amounts), "£10.00");
        assert_eq!(said("policy.max_lines", &json!(1000), &amounts), "1000");
    }
}
