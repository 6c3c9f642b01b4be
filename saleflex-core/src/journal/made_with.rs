//! What a till begins with, so that its journal vouches for it from the first entry.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};

use serde::{Deserialize, Serialize};

use crate::{
    cashier::Capability,
    catalog::Reference,
    digest::Digest,
    ids::CashierId,
    inventory::{Place, Stock},
    money::CurrencyCode,
    quantity::{ExchangeRate, UnitPrice},
    settings::Settings,
};

/// What a till was set to when it was made, so that its journal vouches for it from the first entry.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MadeWith {
    /// The settings.
    pub settings: Settings,
    /// Tax rates, departments, units and masks.
    pub reference: Reference,
    /// What one unit of the till's currency buys of others.
    pub rates: BTreeMap<CurrencyCode, ExchangeRate>,
    /// Who may do what; their names and secrets stand in their rows alone.
    pub cashiers: BTreeMap<CashierId, BTreeSet<Capability>>,
}

/// What is in stock at first at a place.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Opening {
    /// How much there is.
    pub on_hand: Stock,
    /// What one unit cost, where that is known.
    pub unit_cost: Option<UnitPrice>,
}

/// The digest of what is in stock at first: of `location:item:level`, `@cost` where it is known, and a line break for
/// each place, in order. It vouches for the levels that no movement led to, however many there are.
pub fn opening_stock(levels: &BTreeMap<Place, Opening>) -> Digest {
    let line = |(place, opening): (&Place, &Opening)| {
        let cost = opening.unit_cost.map(|cost| format!("@{}", cost.decimal().normalize()));
        format!("{}:{}:{}{}\n", place.location, place.item, opening.on_hand, cost.unwrap_or_default())
    };
    Digest::of(levels.iter().map(line).collect::<String>().as_bytes())
}
