//! `reference`: what products refer to, and what foreign money is worth.

use std::{collections::BTreeMap, fs, io::Write, path::PathBuf};

use anyhow::Context;
use clap::Subcommand;
use saleflex_core::{
    catalog::{Brand, Department, MaskDefinition, Reference, Unit},
    money::CurrencyCode,
    quantity::ExchangeRate,
    tax::TaxRate,
};
use saleflex_store::Till;
use serde::{Deserialize, Serialize};

use super::{Call, Ending, answer, doing::Doing};

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
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Records {
    tax_rates: Option<Vec<TaxRate>>,
    departments: Option<Vec<Department>>,
    units: Option<Vec<Unit>>,
    masks: Option<Vec<MaskDefinition>>,
    brands: Option<Vec<Brand>>,
    exchange_rates: Option<BTreeMap<CurrencyCode, ExchangeRate>>,
}

impl Records {
    fn of(till: &Till) -> Self {
        let Reference { tax_rates, departments, units, masks, brands } = till.catalog().reference();
        Self {
            tax_rates: Some(tax_rates),
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
            departments: self.departments.clone().unwrap_or(present.departments),
            units: self.units.clone().unwrap_or(present.units),
            masks: self.masks.clone().unwrap_or(present.masks),
            brands: self.brands.clone().unwrap_or(present.brands),
        }
    }
}

impl References {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::Export { to: None } => answer(out, &Records::of(&*call.reader()?))?,
            Self::Export { to: Some(to) } => {
                let named = || to.display().to_string();
                let records = Records::of(&*call.reader()?);
                let mut file = fs::File::create_new(to).with_context(named)?;
                answer(&mut file, &records).with_context(named)?;
            }
            Self::Import { file, doing } => {
                let named = || file.display().to_string();
                let text = fs::read_to_string(file).with_context(named)?;
                let records: Records = serde_json::from_str(&text).with_context(named)?;
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

fn import(call: &Call<'_>, till: &mut Till, records: &Records) -> anyhow::Result<()> {
    let present = till.catalog().reference();
    let wanted = records.over(present.clone());
    if wanted != present {
        till.replace_reference(&wanted).map_err(|error| call.words(&error))?;
    }
    let Some(wanted) = &records.exchange_rates else { return Ok(()) };
    let present: BTreeMap<_, _> = till.exchange_rates().iter().copied().collect();
    let gone = present.keys().filter(|currency| !wanted.contains_key(currency)).map(|gone| (*gone, None));
    let other = wanted.iter().filter(|(currency, rate)| present.get(currency) != Some(rate));
    for (currency, rate) in gone.chain(other.map(|(currency, rate)| (*currency, Some(*rate)))) {
        till.set_exchange_rate(currency, rate).map_err(|error| call.words(&error))?;
    }
    Ok(())
}
