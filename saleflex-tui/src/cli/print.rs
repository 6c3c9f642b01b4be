//! `print`: a receipt or a report once more, for a printer, a file or the screen.

use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
};

use anyhow::Context;
use clap::{Args, Subcommand};
use saleflex_core::{ids::ClosureNumber, journal::CopyOf, printout::Printout};
use saleflex_store::{Error, Shell, Till, history::Found};

use super::{Call, Ending, receipts, secret::Person};
use crate::{
    device::{
        address::Address,
        printer::{AddressedPrinter, Format, Patience, Printer},
        settings::{FormatName, Forms},
    },
    effect::{
        label::{self, Use},
        paper,
    },
    message, program,
};

/// Print something once more.
#[derive(Args, Clone, Debug)]
pub struct Print {
    #[command(subcommand)]
    what: What,
    /// What is sent [default: text, or what the printer is set up for].
    #[arg(long, value_enum, global = true)]
    format: Option<FormatName>,
    /// A new file.
    #[arg(long, value_name = "FILE", global = true, conflicts_with = "to")]
    file: Option<PathBuf>,
    /// A printer such as tcp:192.168.1.50, or `printer` for the one that is set up [default: standard output].
    #[arg(long, value_name = "ADDRESS", global = true)]
    to: Option<String>,
    /// Who prints it, by user name: the audit trail names them. Their PIN is asked for.
    #[arg(long, value_name = "USER", global = true, requires = "to")]
    user: Option<String>,
    /// Letters on a line [default: as the printer is set up].
    #[arg(long, global = true, value_parser = clap::value_parser!(u16).range(20..=200))]
    columns: Option<u16>,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// A receipt by its number as printed, or by the receipt number alone.
    Receipt {
        /// The number.
        number: String,
    },
    /// The report of a closed period.
    Closure {
        /// Its number.
        number: u32,
    },
    /// A label for the shelf below a product: name, price, what a common measure costs, barcode.
    Label {
        /// The product's code or barcode.
        code: String,
        /// So many labels for the goods themselves instead.
        #[arg(long, value_name = "COPIES", value_parser = clap::value_parser!(u16).range(1..=1000))]
        goods: Option<u16>,
    },
}

/// The word for the printer that is set up.
const SET_UP: &str = "printer";

impl Print {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        // A copy on paper is written down, for which the till is needed; what is only written out is only read.
        if self.to.is_some() {
            let mut till = call.till()?;
            if let Some(user) = &self.user {
                Person { user: user.clone() }.log_in(call, &mut till)?;
            }
            let forms = call.program()?.printer.forms(program::folder(till.path()))?;
            let sheet = self.what.of(call, &till, &forms)?;
            // Before it is printed, as on the screen: no paper comes out that no trail knows.
            if let Some(of) = sheet.of {
                till.record_copy(of).map_err(|error| call.words(&error))?;
            }
            self.put_out(call, &till, &sheet.printout, out)?;
            if let Some(narrow) = sheet.narrow {
                writeln!(io::stderr(), "saleflex: {narrow}")?;
                return Ok(Ending::Trouble);
            }
        } else {
            let till = call.reader()?;
            let sheet = self.what.of(call, &till, &Forms::default())?;
            self.put_out(call, &till, &sheet.printout, out)?;
        }
        Ok(Ending::Good)
    }

    fn put_out(
        &self,
        call: &Call<'_>,
        till: &Till,
        printout: &Printout,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let mut settings = call.program()?.printer;
        settings.columns = self.columns.unwrap_or(settings.columns);
        let folder = program::folder(till.path());
        let plain = if self.to.is_some() { settings.format } else { FormatName::Text };
        let format = settings.format(self.format.unwrap_or(plain), folder)?;
        match (&self.to, &self.file) {
            (Some(to), _) => {
                let address = if to == SET_UP {
                    settings.address()?.context(
                        "no printer is set up: `saleflex config set program.printer.address tcp:HOST`",
                    )?
                } else {
                    to.parse()?
                };
                send(address, format, settings.answers, printout)?;
                writeln!(out, "printed")?;
            }
            (None, Some(file)) => {
                let mut new = call.made(file, File::create_new(file))?;
                new.write_all(&format.bytes(printout)).with_context(|| file.display().to_string())?;
            }
            (None, None) => out.write_all(&format.bytes(printout))?,
        }
        Ok(())
    }
}

/// What is printed.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Of what it is a copy, where it is one.
    of: Option<CopyOf>,
    /// The paper.
    pub(super) printout: Printout,
    /// Which place of its form was too narrow for its figure, in words.
    narrow: Option<String>,
}

impl Sheet {
    /// Paper on no form.
    const fn plain(of: Option<CopyOf>, printout: Printout) -> Self {
        Self { of, printout, narrow: None }
    }
}

impl What {
    fn of(&self, call: &Call<'_>, till: &Till, forms: &Forms) -> anyhow::Result<Sheet> {
        Ok(match self {
            Self::Receipt { number } => receipt(call, till, number, forms)?,
            Self::Closure { number } => {
                Sheet::plain(Some(CopyOf::Period(ClosureNumber(*number))), closure(call, till, *number)?)
            }
            Self::Label { code, goods } => Sheet::plain(None, product_label(call, till, code, *goods)?),
        })
    }
}

/// The label of a product at today's price.
fn product_label(call: &Call<'_>, till: &Till, code: &str, goods: Option<u16>) -> anyhow::Result<Printout> {
    let today = call.place()?.1.now().business_date;
    let catalog = till.catalog();
    let by_barcode = || {
        let found = catalog.find(code, today, till.currency()).ok()?;
        catalog.product(found.product?)
    };
    let known = catalog.product_by_code(code).or_else(by_barcode);
    let product = known.with_context(|| format!("no product has the code {code}"))?;
    Ok(label::printout(till, product, today, goods.map_or(Use::Shelf, Use::Goods)))
}

/// A receipt, marked as a copy, on the form that its document is printed on where there is one.
pub(super) fn receipt(call: &Call<'_>, till: &Till, number: &str, forms: &Forms) -> anyhow::Result<Sheet> {
    Ok(match receipts::find(till, number).map_err(|error| call.words(&error))? {
        Some(Found::Completed(completed)) => {
            let (text, document) = (call.paper_text(till), completed.document());
            let (printout, narrow) = match paper::on_form(till, text, forms, &completed, true) {
                Some(form) => (form.printout, form.narrow),
                None => (paper::receipt_printout(till, text, &completed, true), None),
            };
            let number = document.number.to_string();
            let narrow = narrow.map(|place| message::narrow(call.text, &number, place));
            Sheet { of: Some(CopyOf::Document(document.id)), printout, narrow }
        }
        Some(Found::Cancelled(cancelled)) => Sheet::plain(
            Some(CopyOf::Document(cancelled.document().id)),
            paper::cancelled_printout(till, call.paper_text(till), &cancelled, true),
        ),
        Some(Found::Open(_) | Found::Suspended(_)) => anyhow::bail!("document {number} is not finished"),
        None => anyhow::bail!("there is no document {number}"),
    })
}

/// The report of a closed period, marked as a copy.
pub(super) fn closure(call: &Call<'_>, till: &Till, number: u32) -> anyhow::Result<Printout> {
    let copy = paper::z_copy_printout(till, call.paper_text(till), ClosureNumber(number));
    copy.map_err(|error: Error| call.words(&error))
}

fn send(address: Address, format: Format, answers: bool, printout: &Printout) -> anyhow::Result<()> {
    let name = address.to_string();
    let mut printer = AddressedPrinter::new(address, format, answers, Patience::default());
    let named = || format!("the printer at {name}");
    printer.prepare().with_context(named)?;
    printer.print(printout).with_context(named)
}
