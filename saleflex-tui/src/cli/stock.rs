//! `stock`: what there is, and what is done with it by hand.

use std::io::Write;

use anyhow::Context;
use clap::Subcommand;
use saleflex_core::{
    ids::LocationId,
    inventory::{Item, Place},
};
use saleflex_store::Till;

use super::{Call, Ending, doing::Doing};

pub mod counting;
pub mod lines;
mod looking;
pub mod moving;
pub mod ordering;
mod pieces;
mod planning;
pub mod sites;

/// Stock.
#[derive(Clone, Debug, Subcommand)]
pub enum Stock {
    /// How much there is of every product, or of one, at every location.
    Levels {
        /// The product's code [default: all].
        product: Option<String>,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// What moved, the latest first.
    Movements {
        /// The product's code [default: all].
        product: Option<String>,
        /// So many at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// What became of the piece with a serial number: where it lies, what moved it, until when it is under warranty.
    Piece {
        /// The serial number.
        serial: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// What is at or below its minimum.
    Low {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Batches that are past their last good day or will be soon.
    Expiring {
        /// Within so many days [default: as the settings warn].
        #[arg(long)]
        days: Option<u16>,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// What was sold, turned over and went missing between two days, the most important product first.
    Report {
        /// The first day, such as 2025-04-01.
        from: chrono::NaiveDate,
        /// The last day.
        to: chrono::NaiveDate,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// How much is likely to be sold in the coming days, by the same days of the last four weeks, and what will be short.
    Forecast {
        /// The product's code [default: all].
        product: Option<String>,
        /// So many days from today on.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Which goods stand where on the shelves, by their attribute `shelf`, and how many to fill up.
    Shelves {
        /// Those whose place begins so, such as `A2/` [default: all].
        #[arg(default_value = "")]
        place: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// What to take off the shelves for a parked document, shelf by shelf, first expired first out.
    Pick {
        /// The document's number, such as 20250406-0001-000003.
        number: String,
        /// What lies in the box, `CODE,QUANTITY` each: says what is missing and what is too much.
        #[arg(long, num_args = 1.., value_name = "CODE,QUANTITY")]
        packed: Vec<String>,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// What stock is worth.
    Value {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Warehouses and locations.
    Locations {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add a location where goods lie, or change one.
    SetLocation(sites::SetLocation),
    /// Set when to reorder a product where the till sells from.
    Limits(ordering::Limiting),
    /// Set what is known of a product's pieces: quantity, batches or serials.
    Track {
        /// The product's code.
        product: String,
        /// `quantity`, `batches` or `serials`.
        tracking: String,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Take a delivery in.
    Receive(moving::Receiving),
    /// Take goods out for the shop's own use or back to the supplier.
    Issue(moving::Issuing),
    /// Book goods out that are lost: broken, spoilt, stolen.
    Waste(moving::Wasting),
    /// Set goods apart as damaged, or take them back once they are mended.
    Apart(moving::SettingApart),
    /// Put right what is on the shelf of one product.
    Adjust(moving::Adjusting),
    /// Move goods to another location at once.
    Transfer(moving::Moving),
    /// Send goods on their way to another location.
    Ship(moving::Moving),
    /// Take in what arrived of goods on their way.
    Accept(moving::Accepting),
    /// Goods on their way.
    Transfers {
        /// Those that have arrived as well.
        #[arg(long)]
        all: bool,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Count what is there.
    #[command(subcommand)]
    Count(counting::Counting),
    /// Suppliers.
    #[command(subcommand)]
    Supplier(ordering::Suppliers),
    /// Orders to suppliers.
    #[command(subcommand)]
    Order(ordering::Orders),
}

impl Stock {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::Levels { product, json } => looking::levels(call, product.as_deref(), *json, out)?,
            Self::Movements { product, limit, json } => {
                looking::movements(call, product.as_deref(), *limit, *json, out)?;
            }
            Self::Piece { serial, json } => pieces::piece(call, serial, *json, out)?,
            Self::Low { json } => looking::low(call, *json, out)?,
            Self::Expiring { days, json } => looking::expiring(call, *days, *json, out)?,
            Self::Report { from, to, json } => looking::report(call, *from, *to, *json, out)?,
            Self::Forecast { product, days, json } => {
                planning::forecast(call, product.as_deref(), *days, *json, out)?;
            }
            Self::Shelves { place, json } => planning::shelves(call, place, *json, out)?,
            Self::Pick { number, packed, json } => {
                planning::pick(call, (number.as_str(), packed.as_slice()), *json, out)?;
            }
            Self::Value { json } => looking::value(call, *json, out)?,
            Self::Locations { json } => looking::locations(call, *json, out)?,
            Self::SetLocation(location) => location.run(call, out)?,
            Self::Limits(limits) => limits.run(call, out)?,
            Self::Track { product, tracking, doing } => {
                ordering::track(call, product, tracking, doing, out)?;
            }
            Self::Receive(receive) => receive.run(call, out)?,
            Self::Issue(issue) => issue.run(call, out)?,
            Self::Waste(waste) => waste.run(call, out)?,
            Self::Apart(apart) => apart.run(call, out)?,
            Self::Adjust(adjust) => adjust.run(call, out)?,
            Self::Transfer(moving) => moving.at_once(call, out)?,
            Self::Ship(moving) => moving.on_the_way(call, out)?,
            Self::Accept(accept) => accept.run(call, out)?,
            Self::Transfers { all, json } => looking::transfers(call, *all, *json, out)?,
            Self::Count(counting) => counting.run(call, out)?,
            Self::Supplier(suppliers) => suppliers.run(call, out)?,
            Self::Order(orders) => orders.run(call, out)?,
        }
        Ok(Ending::Good)
    }
}

/// The item with a product's code.
fn item(till: &Till, code: &str) -> anyhow::Result<Item> {
    let product = till.catalog().product_by_code(code);
    Ok(product.with_context(|| format!("there is no product {code}"))?.id().into())
}

/// The location with a code; without one, where the till sells from.
fn location(till: &Till, code: Option<&str>) -> anyhow::Result<LocationId> {
    match code {
        Some(code) => {
            let known = till.sites().by_code(code);
            Ok(known.with_context(|| format!("there is no location {code}"))?.id)
        }
        None => till.counter().context("there is no location to sell from"),
    }
}

/// What people call an item.
fn code_of(till: &Till, item: Item) -> String {
    till.catalog().product(item.product).map_or_else(|| item.to_string(), |product| product.code().to_owned())
}

fn name_of(till: &Till, item: Item) -> String {
    till.catalog().product(item.product).map(|product| product.name().to_owned()).unwrap_or_default()
}

/// What people call a location.
fn place_of(till: &Till, place: Place) -> String {
    site_of(till, place.location)
}

fn site_of(till: &Till, id: LocationId) -> String {
    till.sites().location(id).map_or_else(|| id.to_string(), |location| location.code.clone())
}
