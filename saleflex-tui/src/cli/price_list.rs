//! `price-list`: other prices of some products, from a day, until a day.

use std::{collections::BTreeSet, io::Write};

use anyhow::Context;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use saleflex_core::catalog::{
    CatalogChange, PriceList,
    import::{ImportError, PriceImport},
};
use saleflex_core::{ids::StoreId, quantity::UnitPrice};
use saleflex_store::{Till, catalog::PriceChange, import::read_prices};
use serde_json::{Value, json};

use super::{Call, Ending, answer, customer::logged_in, importing::Importing};
use crate::record::price_list::{store_named, store_names};

/// Other prices of some products.
#[derive(Clone, Debug, Subcommand)]
pub enum PriceLists {
    /// The price lists, and how many products each prices.
    List {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// The prices of a list.
    Show {
        /// Its code.
        code: String,
        /// Answer in JSON: the list with its prices.
        #[arg(long)]
        json: bool,
    },
    /// Make a list, or put other prices in the place of one's, from a CSV file with the columns `code` and `price`.
    Import(Import),
    /// Take a list out; what it priced has its own price again.
    Remove {
        /// Its code.
        code: String,
        /// Who does it; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// What the prices of a product were, the latest change first.
    History {
        /// The product's code.
        product: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
}

/// A list from a file.
#[derive(Args, Clone, Debug)]
pub struct Import {
    #[command(flatten)]
    how: Importing,
    /// The list's code.
    #[arg(long)]
    code: String,
    /// What people call it [default: as before, or its code].
    #[arg(long)]
    name: Option<String>,
    /// Its first day, as 2026-01-31 [default: it always was].
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Its last day [default: until it is taken out].
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// The stores it holds in, by this store's code or by identity, several with a comma between; `all` for every store
    /// [default: as before, or all].
    #[arg(long, value_name = "STORE", value_delimiter = ',')]
    store: Vec<String>,
}

/// Most changes listed.
const MOST: u32 = 10_000;
/// What stands for every store.
const ALL_STORES: &str = "all";

impl PriceLists {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::List { json } => list(&*call.reader()?, *json, out)?,
            Self::Show { code, json } => show(&*call.reader()?, code, *json, out)?,
            Self::Import(import) => return import.run(call, out),
            Self::Remove { code, user } => {
                let mut till = logged_in(call, user)?;
                known(&till, code)?;
                let removed_price_lists = vec![code.clone()];
                let change = CatalogChange { removed_price_lists, ..CatalogChange::default() };
                till.change_catalog(change).map_err(|error| call.words(&error))?;
            }
            Self::History { product, json } => history(call, product, *json, out)?,
        }
        Ok(Ending::Good)
    }
}

fn known<'a>(till: &'a Till, code: &str) -> anyhow::Result<&'a PriceList> {
    till.catalog().price_list(code).with_context(|| format!("there is no price list {code}"))
}

fn list(till: &Till, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let lists = till.catalog().price_lists();
    if json {
        let shape = |list: &PriceList| {
            json!({
                "code": list.code, "name": list.name, "from": list.from, "until": list.until,
                "stores": list.stores, "products": list.prices.len(),
            })
        };
        return answer(out, &lists.map(shape).collect::<Vec<Value>>());
    }
    let lists: Vec<_> = lists.collect();
    crate::cli::say_none(out, lists.is_empty())?;
    for list in lists {
        let day = |day: Option<NaiveDate>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let (from, until) = (day(list.from), day(list.until));
        let stores = store_names(till, list);
        let stores = if stores.is_empty() { stores } else { format!("  in {stores}") };
        writeln!(
            out,
            "{:<20}  {:<30}  {from:>10}  {until:>10}  {:>6}{stores}",
            list.code,
            list.name,
            list.prices.len()
        )?;
    }
    Ok(())
}

fn show(till: &Till, code: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let list = known(till, code)?;
    if json {
        return answer(out, list);
    }
    crate::cli::say_none(out, list.prices.is_empty())?;
    for (product, price) in &list.prices {
        if let Some(product) = till.catalog().product(*product) {
            writeln!(out, "{:<20}  {:<40}  {price:>12}", product.code(), product.short_name())?;
        }
    }
    Ok(())
}

fn history(call: &Call<'_>, product: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let known = till.catalog().product_by_code(product);
    let id = known.with_context(|| format!("no product has the code {product}"))?.id();
    let changes = till.price_history(id, MOST).map_err(|error| call.words(&error))?;
    let name = |change: &PriceChange| {
        change.cashier.and_then(|id| till.cashier(id)).map(|cashier| cashier.user_name.clone())
    };
    if json {
        let shape = |change: &PriceChange| {
            let PriceChange { at, list, was, became, .. } = change;
            json!({ "at": at, "cashier": name(change), "list": list, "was": was, "became": became })
        };
        return answer(out, &changes.iter().map(shape).collect::<Vec<Value>>());
    }
    crate::cli::say_none(out, changes.is_empty())?;
    for change in &changes {
        let text = |price: Option<UnitPrice>| price.map_or_else(|| "-".to_owned(), |price| price.to_string());
        let (at, was, became) = (change.at.format("%Y-%m-%d %H:%M"), text(change.was), text(change.became));
        let (list, who) = (change.list.as_deref().unwrap_or("-"), name(change).unwrap_or_default());
        writeln!(out, "{at}  {list:<20}  {was:>12} > {became:<12}  {who}")?;
    }
    Ok(())
}

impl Import {
    fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let file = self.how.read()?;
        let read = if self.how.dry_run {
            let till = call.reader()?;
            self.stores(&till)?;
            read_prices(&file, till.catalog(), till.currency())
        } else {
            let mut till = self.how.till(call)?;
            let read = read_prices(&file, till.catalog(), till.currency());
            let list = self.list(&till, &read)?;
            if read.errors.is_empty() || self.how.partial {
                let change = CatalogChange { price_lists: vec![list], ..CatalogChange::default() };
                till.change_catalog(change).map_err(|error| call.words(&error))?;
            }
            read
        };
        // Refused as a whole, nothing is taken.
        let is_taken = read.errors.is_empty() || self.how.partial;
        let priced = if is_taken { read.prices.len() } else { 0 };
        if self.how.json {
            let fault =
                |error: &ImportError| json!({ "line": error.line, "fault": error.problem.to_string() });
            let faults: Vec<Value> = read.errors.iter().map(fault).collect();
            answer(out, &json!({ "priced": priced, "dry_run": self.how.dry_run, "faults": faults }))?;
        } else {
            for error in &read.errors {
                writeln!(out, "{error}")?;
            }
            let faults = read.errors.len();
            writeln!(out, "{priced} products {}priced, {faults} faults", self.how.would())?;
        }
        Ok(Ending::good_if(read.errors.is_empty()))
    }

    /// The list as it will be. What is not asked for stays as it was, but its prices.
    fn list(&self, till: &Till, read: &PriceImport) -> anyhow::Result<PriceList> {
        let before = till.catalog().price_list(&self.code).cloned().unwrap_or_else(|| PriceList {
            code: self.code.clone(),
            name: self.code.clone(),
            ..PriceList::default()
        });
        Ok(PriceList {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            from: self.from.or(before.from),
            until: self.until.or(before.until),
            stores: self.stores(till)?.unwrap_or_else(|| before.stores.clone()),
            prices: read.prices.clone(),
            ..before
        })
    }

    /// The stores asked for; none: nobody asked.
    fn stores(&self, till: &Till) -> anyhow::Result<Option<BTreeSet<StoreId>>> {
        if self.store.is_empty() {
            return Ok(None);
        }
        let named = self.store.iter().map(|name| name.trim()).filter(|name| *name != ALL_STORES);
        let store = |name: &str| {
            let unknown = || format!("--store: {name} is neither this store's code nor an identity");
            store_named(till, name).with_context(unknown)
        };
        named.map(store).collect::<anyhow::Result<_>>().map(Some)
    }
}
