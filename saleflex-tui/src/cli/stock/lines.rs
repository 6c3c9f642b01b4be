//! Lines of goods as they are typed: `CODE,QUANTITY` and what else is known, such as `cost=1.25`, `batch=L7`,
//! `expiry=2026-01-31`, `made=2026-01-01`, `serial=S1`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use saleflex_core::{
    catalog::{Unit, read_in},
    ids::ProductId,
    inventory::{
        Batch, BatchNo, Item, SerialNo, Stock,
        command::{MoveLine, ReceiveLine},
    },
    quantity::{Quantity, UnitPrice},
};
use saleflex_store::{Error, Till};

use super::{super::Call, item};
use crate::message;

/// What goods.
#[derive(Args, Clone, Debug)]
pub struct Lines {
    /// `CODE,QUANTITY` (or the barcode of a pack), then any of `cost=`, `batch=`, `expiry=`, `made=`, `serial=` (more than once), with commas.
    lines: Vec<String>,
    /// More of them, from a file with one on each line.
    #[arg(long)]
    file: Option<PathBuf>,
}

/// Faults told at most; the others are counted.
const MOST_FAULTS: usize = 20;

impl Lines {
    /// Whether none was typed.
    pub(super) const fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.file.is_none()
    }

    /// The lines as a delivery has them: all of them, or every fault with its line.
    pub(super) fn read(&self, till: &Till) -> anyhow::Result<(Vec<ReceiveLine>, Names)> {
        let Typed { lines, names, faults, .. } = self.typed(till)?;
        if faults.is_empty() { Ok((lines, names)) } else { Err(told(faults.into_values().collect())) }
    }

    /// What can be read of the lines, and what is wrong with the others.
    pub(super) fn typed(&self, till: &Till) -> anyhow::Result<Typed> {
        let mut typed: Vec<(String, &str)> =
            self.lines.iter().map(|line| (line.clone(), line.as_str())).collect();
        let file = self
            .file
            .as_ref()
            .map(|path| fs::read_to_string(path).with_context(|| path.display().to_string()));
        let file = file.transpose()?.unwrap_or_default();
        let lines = file.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        typed.extend(lines.map(|(line, no)| (format!("line {no} ({})", line.trim()), line)));
        ensure!(!typed.is_empty(), "nothing is on the list");
        let mut all = Typed::default();
        for (at, (name, line)) in typed.into_iter().enumerate() {
            match read(till, line) {
                Ok(line) => {
                    all.lines.push(line);
                    all.names.0.push(name);
                    all.at.push(at);
                }
                Err(error) => {
                    let why = format!("{name}: {}", message::with_causes(error.as_ref()));
                    all.faults.insert(at, why);
                }
            }
        }
        Ok(all)
    }

    /// The same for goods that are taken somewhere.
    pub(super) fn read_moved(&self, till: &Till) -> anyhow::Result<(Vec<MoveLine>, Names)> {
        let moved = |line: ReceiveLine| MoveLine {
            item: line.item,
            quantity: line.quantity,
            batch: line.batch.map(|batch| batch.no),
            serials: line.serials,
        };
        let (lines, names) = self.read(till)?;
        Ok((lines.into_iter().map(moved).collect(), names))
    }
}

/// What was typed, as far as it can be read.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// Those that can be read, what each is called, and where it stands among all of them.
    pub(super) lines: Vec<ReceiveLine>,
    pub(super) names: Names,
    at: Vec<usize>,
    /// What is wrong, by where the line stands.
    faults: BTreeMap<usize, String>,
}

impl Typed {
    /// Whether all of them can be read.
    pub(super) fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    /// Everything that is wrong: with lines that cannot be read, and as `error` says with those that can.
    pub(super) fn told(mut self, call: &Call<'_>, error: Option<&Error>) -> anyhow::Error {
        let mut of_all = None;
        if let Some(error) = error {
            match message::by_line(call.text, error) {
                Some(faults) => {
                    for fault in faults {
                        let at = self.at.get(fault.line).copied().unwrap_or(usize::MAX);
                        self.faults.insert(at, format!("{}: {}", self.names.of(fault.line), fault.words));
                    }
                }
                None if message::is_of_line(error) => {
                    let at = self.at.first().copied().unwrap_or(usize::MAX);
                    self.faults.insert(at, self.names.words(call, error).to_string());
                }
                None => of_all = Some(call.words(error).to_string()),
            }
        }
        told(self.faults.into_values().chain(of_all).collect())
    }
}

/// What the lines that were typed are called.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Of as many lines as there are names.
    pub(super) const fn new(names: Vec<String>) -> Self {
        Self(names)
    }

    /// What a line is called.
    pub(super) fn of(&self, line: usize) -> String {
        self.0.get(line).cloned().unwrap_or_default()
    }

    /// Why nothing is done: line by line, or what stands against all of them.
    pub(super) fn words(&self, call: &Call<'_>, error: &Error) -> anyhow::Error {
        let Some(faults) = message::by_line(call.text, error) else {
            let words = call.words(error);
            return match self.0.as_slice() {
                [only] if message::is_of_line(error) => anyhow!("{only}: {words}"),
                _ => words,
            };
        };
        told(faults.iter().map(|fault| format!("{}: {}", self.of(fault.line), fault.words)).collect())
    }
}

/// The faults of lines, as many as anybody reads.
pub(super) fn told(faults: Vec<String>) -> anyhow::Error {
    let more = faults.len().saturating_sub(MOST_FAULTS);
    let mut told: Vec<String> = faults.into_iter().take(MOST_FAULTS).collect();
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    anyhow!("nothing is done:\n{}", told.join("\n"))
}

fn read(till: &Till, text: &str) -> anyhow::Result<ReceiveLine> {
    let mut parts = text.split(',').map(str::trim);
    let code = parts.next().unwrap_or_default();
    let (item, pack) = of_code(till, code)?;
    let typed = parts.next().context("how many is missing")?;
    let quantity = measured(till, item.product, typed)?;
    let packed = quantity.decimal().checked_mul(pack.decimal()).context("so many are too many")?;
    let quantity = Stock::try_new(packed)?;
    let mut line = ReceiveLine { item, quantity, unit_cost: None, batch: None, serials: Vec::new() };
    let (mut expiry, mut produced) = (None, None);
    for part in parts {
        let (key, value) = part.split_once('=').with_context(|| format!("`{part}` is not KEY=VALUE"))?;
        match key {
            "cost" => line.unit_cost = Some(UnitPrice::parse(value).with_context(|| part.to_owned())?),
            "batch" => {
                let no = BatchNo::parse(value)?;
                line.batch = Some(Batch { no, produced: None, expiry: None });
            }
            "expiry" => expiry = Some(value.parse().with_context(|| part.to_owned())?),
            "made" => produced = Some(value.parse().with_context(|| part.to_owned())?),
            "serial" => line.serials.push(SerialNo::parse(value)?),
            _ => bail!("`{key}` is not known"),
        }
    }
    match &mut line.batch {
        Some(batch) => (batch.expiry, batch.produced) = (expiry, produced),
        None => ensure!(expiry.is_none() && produced.is_none(), "a date needs a batch"),
    }
    Ok(line)
}

/// What a code stands for, and how many of it: the barcode of a pack of six is six.
fn of_code(till: &Till, code: &str) -> anyhow::Result<(Item, Quantity)> {
    match till.catalog().barcode(code) {
        Some(pack) if till.catalog().product_by_code(code).is_none() => {
            Ok((pack.product.into(), pack.pack_quantity))
        }
        _ => Ok((item(till, code)?, Quantity::ONE)),
    }
}

/// A quantity in the unit of a product, typed in it or in another measure of its kind, such as `500 g` of kilograms.
fn measured(till: &Till, product: ProductId, typed: &str) -> anyhow::Result<Stock> {
    let catalog = till.catalog();
    let unit = catalog.product(product).map_or_else(Unit::piece, |known| known.unit().clone());
    let amount =
        read_in(typed, &unit, catalog.units()).with_context(|| format!("`{typed}` is no quantity"))?;
    Stock::try_new(amount).with_context(|| format!("`{typed}` is no quantity"))
}

/// A quantity, as it is typed.
pub(super) fn quantity(text: &str) -> anyhow::Result<Stock> {
    Stock::parse(text).with_context(|| format!("`{text}` is no quantity"))
}
