//! What a till begins with, so that its journal vouches for it from the first entry.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    cashier::Capability,
    catalog::Reference,
    digest::Digest,
    ids::{CashierId, LocationId, ProductId},
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

/// What was in stock where a till sells from when it was made, for a hub that it meets for the first time: no movement led to
/// it. Tills of a store that were made from one list have one shelf: whoever adds them up counts it once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FirstShelves {
    /// Where it lay.
    pub location: LocationId,
    /// When the till was made.
    pub as_of: DateTime<Utc>,
    /// How much there was, of what there was some.
    pub on_hand: BTreeMap<ProductId, Stock>,
}

impl FirstShelves {
    /// The most products that are told, since an entry is sent as a whole.
    pub const MOST: usize = 100_000;

    /// Of what a till was made with; none where that was nothing, or too much to be told.
    pub fn of(levels: &BTreeMap<Place, Opening>, as_of: DateTime<Utc>) -> Option<Self> {
        let location = levels.keys().next()?.location;
        let mut on_hand: BTreeMap<ProductId, Stock> = BTreeMap::new();
        for (place, opening) in levels.iter().filter(|(place, _)| place.location == location) {
            *on_hand.entry(place.item.product).or_default() += opening.on_hand;
        }
        on_hand.retain(|_, level| *level != Stock::ZERO);
        (1..=Self::MOST).contains(&on_hand.len()).then_some(Self { location, as_of, on_hand })
    }
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
