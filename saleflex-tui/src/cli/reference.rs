//! `reference`: what products refer to, and what foreign money is worth.

use std::{collections::BTreeMap, fs, io::Write, path::PathBuf};

use anyhow::Context;
use clap::Subcommand;
use saleflex_core::{
    catalog::{Brand, Department, MaskDefinition, Reference, Unit},
    money::CurrencyCode,
    quantity::ExchangeRate,
    tax::{TaxChange, TaxRate},
};
use saleflex_store::{Error, Till};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Call, Ending, answer, doing::Doing};
use crate::message;

/// Tax rates, departments, units, barcode masks, brands and exchange rates.
#[derive(Clone, Debug, Subcommand)]
pub enum References {
    /// Write all of them as JSON, in the shape that `import` reads.
    Export {
        /// A new file [default: standard output].
        to: Option<PathBuf>,
    },
    /// Put other records in the place of the present ones. A kind that the file does not name stays as it is.
    Import {
        /// A JSON file, such as `export` writes.
        file: PathBuf,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Set what one unit of the till's currency buys of another.
    Rate {
        /// The other currency, such as `EUR`.
        currency: String,
        /// How much of it [default: it is no longer taken].
        rate: Option<String>,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
}

/// The records as a file holds them; a kind that is not named is not spoken of.
#[derive(Serialize)]
struct Records {
    tax_rates: Option<Vec<TaxRate>>,
    tax_changes: Option<Vec<TaxChange>>,
    departments: Option<Vec<Department>>,
    units: Option<Vec<Unit>>,
    masks: Option<Vec<MaskDefinition>>,
    brands: Option<Vec<Brand>>,
    exchange_rates: Option<BTreeMap<CurrencyCode, ExchangeRate>>,
}

impl Records {
    /// Reads a file. Whatever is wrong with any of its records is told, each under its kind and place.
    fn read(text: &str) -> anyhow::Result<Self> {
        let mut kinds: Map<String, Value> = serde_json::from_str(text)?;
        let mut faults = Vec::new();
        let records = Self {
            tax_rates: each(&mut kinds, "tax_rates", &mut faults),
            tax_changes: each(&mut kinds, "tax_changes", &mut faults),
            departments: each(&mut kinds, "departments", &mut faults),
            units: each(&mut kinds, "units", &mut faults),
            masks: each(&mut kinds, "masks", &mut faults),
            brands: each(&mut kinds, "brands", &mut faults),
            exchange_rates: rates(&mut kinds, &mut faults),
        };
        faults.extend(kinds.keys().map(|kind| format!("{kind}: there are no such records")));
        anyhow::ensure!(faults.is_empty(), faults.join("\n"));
        Ok(records)
    }

    fn of(till: &Till) -> Self {
        let Reference { tax_rates, tax_changes, departments, units, masks, brands } =
            till.catalog().reference();
        Self {
            tax_rates: Some(tax_rates),
            tax_changes: Some(tax_changes),
            departments: Some(departments),
            units: Some(units),
            masks: Some(masks),
            brands: Some(brands),
            exchange_rates: Some(till.exchange_rates().iter().copied().collect()),
        }
    }

    /// The records of a till with those of the file in their place.
    fn over(&self, present: Reference) -> Reference {
        Reference {
            tax_rates: self.tax_rates.clone().unwrap_or(present.tax_rates),
            tax_changes: self.tax_changes.clone().unwrap_or(present.tax_changes),
            departments: self.departments.clone().unwrap_or(present.departments),
            units: self.units.clone().unwrap_or(present.units),
            masks: self.masks.clone().unwrap_or(present.masks),
            brands: self.brands.clone().unwrap_or(present.brands),
        }
    }
}

/// The records of a kind; none where the file does not speak of it.
fn each<T: DeserializeOwned>(
    kinds: &mut Map<String, Value>,
    kind: &str,
    faults: &mut Vec<String>,
) -> Option<Vec<T>> {
    let Value::Array(records) = kinds.remove(kind).filter(|value| !value.is_null())? else {
        faults.push(format!("{kind}: a list is needed"));
        return None;
    };
    let read = |(at, record): (usize, Value)| {
        let read = serde_json::from_value(record);
        read.map_err(|error| faults.push(format!("{kind}[{at}]: {error}"))).ok()
    };
    Some(records.into_iter().enumerate().filter_map(read).collect())
}

/// The exchange rates by currency; none where the file does not speak of them.
fn rates(
    kinds: &mut Map<String, Value>,
    faults: &mut Vec<String>,
) -> Option<BTreeMap<CurrencyCode, ExchangeRate>> {
    const KIND: &str = "exchange_rates";
    let Value::Object(rates) = kinds.remove(KIND).filter(|value| !value.is_null())? else {
        faults.push(format!("{KIND}: currencies with their rates are needed"));
        return None;
    };
    let read = |(currency, rate): (String, Value)| {
        let code = CurrencyCode::parse(&currency).map_err(|error| error.to_string());
        let rate = serde_json::from_value(rate).map_err(|error| error.to_string());
        let both = code.and_then(|code| Ok((code, rate?)));
        both.map_err(|error| faults.push(format!("{KIND}.{currency}: {error}"))).ok()
    };
    Some(rates.into_iter().filter_map(read).collect())
}

impl References {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::Export { to: None } => answer(out, &Records::of(&*call.reader()?))?,
            Self::Export { to: Some(to) } => {
                let named = || to.display().to_string();
                let records = Records::of(&*call.reader()?);
                let mut file = call.made(to, fs::File::create_new(to))?;
                answer(&mut file, &records).with_context(named)?;
            }
            Self::Import { file, doing } => {
                let named = || file.display().to_string();
                let text = fs::read_to_string(file).with_context(named)?;
                let records = Records::read(&text).with_context(named)?;
                let mut till = doing.till(call)?;
                import(call, &mut till, &records)?;
                doing.say(out, &Records::of(&till), None)?;
            }
            Self::Rate { currency, rate, doing } => {
                let currency = CurrencyCode::parse(currency).with_context(|| currency.clone())?;
                let parse = |rate: &String| ExchangeRate::parse(rate).with_context(|| rate.clone());
                let rate = rate.as_ref().map(parse).transpose()?;
                let mut till = doing.till(call)?;
                till.set_exchange_rate(currency, rate).map_err(|error| call.words(&error))?;
                doing.say(out, &Records::of(&till), None)?;
            }
        }
        Ok(Ending::Good)
    }
}

/// Takes the records of a file over, all of them or none; what is wrong is told record by record.
fn import(call: &Call<'_>, till: &mut Till, records: &Records) -> anyhow::Result<()> {
    let wanted = records.over(till.catalog().reference());
    let present = till.exchange_rates().iter().copied().collect();
    let rates = records.exchange_rates.as_ref().unwrap_or(&present);
    till.import_reference(&wanted, rates).map_err(|error| match error {
        Error::Catalog(errors) => anyhow::Error::msg(message::catalog_errors_all(call.text, &errors)),
        other => call.words(&other),
    })
}
