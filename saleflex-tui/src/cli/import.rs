//! `import`: products from a CSV file or lines of JSON.

use std::io::Write;

use clap::Args;
use saleflex_core::{
    catalog::import::{Acceptance, ImportedProduct},
    ids::ProductId,
};
use saleflex_store::{Shell, Till, import::read_products};
use serde_json::json;

use super::{Call, Ending, answer, importing::Importing};

/// Products from a CSV file or lines of JSON; its columns are described in docs/products.md.
#[derive(Args, Clone, Debug)]
pub struct Import {
    #[command(flatten)]
    how: Importing,
}

/// What came of a file.
struct Taken {
    new: usize,
    changed: usize,
    faults: Vec<(u64, String)>,
    warnings: Vec<String>,
}

impl Import {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let file = self.how.read()?;
        let taken = if self.how.dry_run {
            self.read(&file, &*call.reader()?, call)?.0
        } else {
            let mut till = self.how.till(call)?;
            let (taken, products) = self.read(&file, &till, call)?;
            if !products.is_empty() {
                till.import_products(products).map_err(|error| call.words(&error))?;
            }
            taken
        };
        self.say(&taken, out)?;
        Ok(Ending::good_if(taken.faults.is_empty()))
    }

    /// What the file says, and which products are taken over: none where a fault stands against all of it.
    fn read(
        &self,
        file: &[u8],
        till: &Till,
        call: &Call<'_>,
    ) -> anyhow::Result<(Taken, Vec<ImportedProduct>)> {
        let (_, mut shell) = call.place()?;
        let mut import =
            read_products(file, till.catalog(), till.currency(), || ProductId::new(shell.new_id()));
        till.check_products(&mut import).map_err(|error| call.words(&error))?;
        let faults = import.errors().iter().map(|error| (error.line, error.problem.to_string())).collect();
        let warnings = import.warnings().iter().map(ToString::to_string).collect();
        let acceptance = if self.how.partial { Acceptance::Partial } else { Acceptance::Whole };
        // The faults are told one by one; refused as a whole, nothing is taken.
        let products = import.accept(acceptance).unwrap_or_default();
        let new = products.iter().filter(|product| product.is_new).count();
        let taken = Taken { new, changed: products.len() - new, faults, warnings };
        Ok((taken, products))
    }

    fn say(&self, taken: &Taken, out: &mut dyn Write) -> anyhow::Result<()> {
        let Taken { new, changed, faults, warnings } = taken;
        if self.how.json {
            let shape = |(line, fault): &(u64, String)| json!({ "line": line, "fault": fault });
            let faults: Vec<_> = faults.iter().map(shape).collect();
            return answer(
                out,
                &json!({
                    "new": new, "changed": changed, "dry_run": self.how.dry_run,
                    "faults": faults, "warnings": warnings,
                }),
            );
        }
        for (line, fault) in faults {
            writeln!(out, "line {line}: {fault}")?;
        }
        for warning in warnings {
            writeln!(out, "note: {warning}")?;
        }
        let would = self.how.would();
        writeln!(out, "{new} new and {changed} known products {would}taken over, {} faults", faults.len())?;
        Ok(())
    }
}
