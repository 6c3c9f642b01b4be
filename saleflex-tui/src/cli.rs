//! Commands for support and for scripts: everything about a till but selling.
//!
//! Each reads or changes one till, says what it did on standard output, and ends with a code that a script can act
//! on ([`Ending`]). With `--json` it answers one JSON value; the shapes are written down in `docs/support.md`.
//! Commands that only look do so beside a till that sells; the others need the file for themselves.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::{CommandFactory, Subcommand};
use clap_complete::Shell;
use saleflex_store::{Error, Till, error::OpenError, shell::SystemShell, till::TillReader};
use serde::Serialize;

use crate::{
    config::{Config, TillOptions},
    message,
    program::ProgramConfig,
    start,
    text::{Key, Text},
};

mod archive;
mod bundle;
pub mod campaign;
pub mod closure;
pub mod config;
mod copies;
pub mod customer;
pub mod doctor;
pub mod doing;
pub mod import;
pub mod importing;
pub mod loyalty;
pub mod price_list;
pub mod print;
pub mod receipts;
pub mod reference;
mod secret;
pub mod segment;
pub mod staff;
pub mod stock;
pub mod sync;
mod verify;

/// What to do for support or a script.
#[derive(Clone, Debug, Subcommand)]
pub enum Support {
    /// Look through the whole journal: names the first event that was tampered with.
    Verify {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Look for trouble: file, schema, log, disk, journal, outbox, clock, printer.
    Doctor(doctor::Doctor),
    /// Copy the till to a new file, while it sells.
    Backup {
        /// The copy; it must not exist.
        to: PathBuf,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Put a verified backup in the till's place.
    Restore {
        /// The backup; it stays as it is.
        from: PathBuf,
        /// Put a till that stands there aside, under another name.
        #[arg(long)]
        force: bool,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write each closed period with its documents to a file of a folder. Nothing leaves the till.
    Archive {
        /// The folder; made where there is none.
        folder: PathBuf,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take products over from a file: CSV or lines of JSON.
    Import(import::Import),
    /// Write everything the till knows as lines of JSON, but the cashiers' secrets.
    Export {
        /// A new file [default: standard output].
        to: Option<PathBuf>,
    },
    /// Campaigns: listed, taken in and out, tried out on a basket.
    #[command(subcommand)]
    Campaign(campaign::Campaigns),
    /// Closed periods.
    #[command(subcommand)]
    Closure(closure::Closures),
    /// Receipts.
    #[command(subcommand)]
    Receipts(receipts::Receipts),
    /// Customers.
    #[command(subcommand)]
    Customer(customer::Customers),
    /// Loyalty programs, members and their points.
    #[command(subcommand)]
    Loyalty(loyalty::Loyalty),
    /// People at work: how they did, targets, tips.
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Groups of customers.
    #[command(subcommand)]
    Segment(segment::Segments),
    /// Stock: levels, deliveries, transfers, counts, orders.
    #[command(subcommand)]
    Stock(stock::Stock),
    /// Print a receipt or the report of a closed period once more, marked as a copy.
    Print(print::Print),
    /// Price lists, and what prices were.
    #[command(subcommand)]
    PriceList(price_list::PriceLists),
    /// Tax rates, departments, units, barcode masks, brands and exchange rates.
    #[command(subcommand)]
    Reference(reference::References),
    /// The till's settings, and those of the program beside it.
    #[command(subcommand)]
    Config(config::Settings),
    /// Give an administrator who forgot theirs a new secret, to be changed at the next log-in. The audit trail keeps it.
    Rescue {
        /// The user name of somebody who may assign roles. The new secret is read from the variable
        /// `SALEFLEX_SECRET`, else asked for.
        user: String,
    },
    /// The till and its hub: what waits, what was set aside, enrolment.
    #[command(subcommand)]
    Sync(sync::Sync),
    /// Write the script that completes this program's arguments in a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Write the manual page.
    Man {
        /// A folder for one page a command [default: this program's page to standard output].
        folder: Option<PathBuf>,
    },
}

/// How a command ended: the codes are those of `sell --script`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// Done, and nothing is wrong: 0.
    Good,
    /// Done, and something is wrong with what was looked at, or some of what was asked for was refused: 3.
    Trouble,
}

impl Ending {
    /// [`Ending::Good`] where something holds.
    const fn good_if(holds: bool) -> Self {
        if holds { Self::Good } else { Self::Trouble }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Good => Self::SUCCESS,
            Ending::Trouble => Self::from(crate::script::run::FAILED),
        }
    }
}

/// Runs a command. Where the language `text` was not chosen for this run, paper speaks the till's. A reader that went
/// away, as `head` does, is no error.
///
/// # Errors
/// When the till cannot be opened, or something not be read or written, in words.
pub fn run(
    support: &Support,
    options: &TillOptions,
    text: &'static Text,
    is_fixed: bool,
) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    let call = Call { options, text, is_fixed };
    let done = call.run(support, &mut out);
    let is_told = out.flush();
    match done {
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error),
        // What was found does not depend on who reads it.
        Ok(ending) => match is_told {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            Ok(()) | Err(_) => Ok(ending.into()),
        },
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let in_json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        kind.or(in_json) == Some(io::ErrorKind::BrokenPipe)
    })
}

/// What every command is given.
struct Call<'a> {
    options: &'a TillOptions,
    text: &'static Text,
    /// The language was chosen for this run.
    is_fixed: bool,
}

impl Call<'_> {
    fn run(&self, support: &Support, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match support {
            Support::Verify { json } => verify::run(self, *json, out),
            Support::Doctor(doctor) => doctor.run(self, out),
            Support::Backup { to, json } => copies::backup(self, to, *json, out),
            Support::Restore { from, force, json } => copies::restore(self, from, *force, *json, out),
            Support::Archive { folder, json } => archive::run(self, folder, *json, out),
            Support::Import(import) => import.run(self, out),
            Support::Export { to } => copies::export(self, to.as_deref(), out),
            Support::Campaign(campaigns) => campaigns.run(self, out),
            Support::Closure(closures) => closures.run(self, out),
            Support::Receipts(receipts) => receipts.run(self, out),
            Support::Customer(customers) => customers.run(self, out),
            Support::Loyalty(loyalty) => loyalty.run(self, out),
            Support::Staff(staff) => staff.run(self, out),
            Support::Segment(segments) => segments.run(self, out),
            Support::Stock(stock) => stock.run(self, out),
            Support::Print(print) => print.run(self, out),
            Support::PriceList(lists) => lists.run(self, out),
            Support::Reference(records) => records.run(self, out),
            Support::Config(settings) => settings.run(self, out),
            Support::Rescue { user } => secret::rescue(self, user, out),
            Support::Sync(sync) => sync.run(self, out),
            Support::Completions { shell } => {
                clap_complete::generate(*shell, &mut Config::command(), "saleflex", &mut Lasting(out));
                Ok(Ending::Good)
            }
            Support::Man { folder: None } => {
                clap_mangen::Man::new(Config::command()).render(&mut Lasting(out))?;
                Ok(Ending::Good)
            }
            Support::Man { folder: Some(folder) } => {
                std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
                clap_mangen::generate_to(Config::command(), folder)?;
                Ok(Ending::Good)
            }
        }
    }

    /// Where the till is, and its clock.
    fn place(&self) -> anyhow::Result<(PathBuf, SystemShell)> {
        Ok(start::place(self.options)?)
    }

    /// The language of the till's paper: that of its settings, unless another was chosen for this run.
    fn paper_text(&self, till: &Till) -> &'static Text {
        let set = till.settings().appearance.language.as_deref().and_then(Text::known);
        set.filter(|_| !self.is_fixed).unwrap_or(self.text)
    }

    /// The till, to look at; with `--demo` the demo store is made where there is none.
    fn reader(&self) -> anyhow::Result<TillReader> {
        let (path, shell) = self.place()?;
        self.make_demo(&path)?;
        Till::read(&path, shell).map_err(|error| self.refused(&path, &error))
    }

    /// The till, to change; with `--demo` the demo store is made where there is none.
    fn till(&self) -> anyhow::Result<Till> {
        let (path, shell) = self.place()?;
        self.make_demo(&path)?;
        Till::open(&path, shell).map_err(|error| self.refused(&path, &error))
    }

    /// Makes the demo store with `--demo` where there is no till yet, and no more than what is left of making one.
    fn make_demo(&self, path: &Path) -> anyhow::Result<()> {
        let (_, shell) = self.place()?;
        let is_none = || matches!(Till::read(path, shell), Err(Error::Open(OpenError::Missing { .. })));
        if self.options.demo && is_none() {
            // Made and closed: what follows opens the file as any other.
            drop(start::open_or_demo(self.options, self.text)?);
        }
        Ok(())
    }

    /// The settings of the program beside the till.
    fn program(&self) -> anyhow::Result<ProgramConfig> {
        let (path, _) = self.place()?;
        Ok(ProgramConfig::beside(&path)?)
    }

    fn refused(&self, path: &Path, error: &Error) -> anyhow::Error {
        anyhow::Error::msg(start::words(self.text, path, error))
    }

    fn words(&self, error: &Error) -> anyhow::Error {
        anyhow::Error::msg(message::error(self.text, error))
    }

    /// What came of making a new file or folder. One that is there already is said to be, in words: it stays as it is.
    fn made<T>(&self, path: &Path, made: io::Result<T>) -> anyhow::Result<T> {
        made.map_err(|error| {
            let path = path.display().to_string();
            if error.kind() == io::ErrorKind::AlreadyExists {
                anyhow::Error::msg(self.text.fill(Key::FileExists, &[("path", &path)]))
            } else {
                anyhow::Error::new(error).context(path)
            }
        })
    }
}

/// One JSON value, on lines of its own.
fn answer(out: &mut dyn Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)?;
    Ok(())
}

/// Says that a list is empty, so that nobody wonders whether it was looked for.
fn say_none(out: &mut dyn Write, is_empty: bool) -> io::Result<()> {
    if is_empty { writeln!(out, "none") } else { Ok(()) }
}

/// The generators of completions and pages take it as given that writing succeeds; what fails is met again when the
/// output is flushed.
struct Lasting<'a>(&'a mut dyn Write);

impl Write for Lasting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A reader that went away wants no more.
        Ok(self.0.write(bytes).unwrap_or(bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
