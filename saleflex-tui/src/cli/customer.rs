//! `customer`: who buys.

use std::io::Write;

use anyhow::Context;
use clap::Subcommand;
use saleflex_core::customer::Duplicate;
use saleflex_store::{
    Shell, Till,
    customer::{Customer, CustomerImport, ImportFault},
};
use serde_json::{Value, json};

use super::{Call, Ending, answer, doing::Doing, importing::Importing, secret::Person};

mod behaviour;
pub mod changing;

/// Customers.
#[derive(Clone, Debug, Subcommand)]
pub enum Customers {
    /// Customers whose name, telephone number, e-mail address or code holds a text.
    List {
        /// The text [default: all].
        #[arg(default_value = "")]
        text: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Everything that is known of a person, as JSON: to be given to that person.
    Show {
        /// The customer's code.
        code: String,
    },
    /// Records that may be one person, the most alike first.
    Duplicates {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// How people shopped between two days: how often, when, who came again, what they took together.
    Behaviour {
        /// The first day, such as 2025-04-01.
        from: chrono::NaiveDate,
        /// The last day.
        to: chrono::NaiveDate,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add a customer.
    Add(Box<changing::Add>),
    /// Change what is known of a customer: what is not named stays, and an empty text takes out what is there.
    Change(Box<changing::Change>),
    /// Record what a customer agrees to, or takes back, and in which words.
    Consent(Box<changing::Consent>),
    /// Take a customer out of use: the person is still known, and code and telephone are free.
    Delete {
        /// The customer's code.
        code: String,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Make two records of one person one.
    Merge {
        /// The code of the record that stays.
        survivor: String,
        /// The code of the record that goes.
        absorbed: String,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Forget a person: nothing that identifies them is left in the file.
    Erase {
        /// The customer's code.
        code: String,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Take customers over from a CSV file; its columns are described in docs/customers.md.
    Import(Importing),
}

/// Most customers listed.
const MOST: u32 = 100_000;

impl Customers {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::List { text, json } => list(call, text, *json, out)?,
            Self::Show { code } => {
                let till = call.reader()?;
                let known = find(call, &till, code)?;
                answer(out, &till.export_customer(known.id).map_err(|error| call.words(&error))?)?;
            }
            Self::Duplicates { json } => duplicates(call, *json, out)?,
            Self::Behaviour { from, to, json } => behaviour::behaviour(call, (*from, *to), *json, out)?,
            Self::Add(add) => add.run(call, out)?,
            Self::Change(change) => change.run(call, out)?,
            Self::Consent(consent) => consent.run(call, out)?,
            Self::Delete { code, doing } => {
                let mut till = doing.till(call)?;
                let known = find(call, &till, code)?;
                till.delete_customer(known.id).map_err(|error| call.words(&error))?;
                doing.say(out, &json!({"deleted": known.id}), Some(&known.id))?;
            }
            Self::Merge { survivor, absorbed, doing } => {
                let mut till = doing.till(call)?;
                let (keeps, goes) = (find(call, &till, survivor)?, find(call, &till, absorbed)?);
                till.merge_customers(keeps.id, goes.id).map_err(|error| call.words(&error))?;
                let stays = shape(&till, &find(call, &till, survivor)?);
                let words = format!("{absorbed} -> {survivor}");
                doing.say(out, &json!({"survivor": stays, "absorbed": absorbed}), Some(&words))?;
            }
            Self::Erase { code, doing } => {
                let mut till = doing.till(call)?;
                let known = find(call, &till, code)?;
                till.erase_customer(known.id).map_err(|error| call.words(&error))?;
                doing.say(out, &json!({"erased": known.id}), Some(&known.id))?;
            }
            Self::Import(how) => return import(call, how, out),
        }
        Ok(Ending::Good)
    }
}

/// A till at which somebody may change things.
pub(super) fn logged_in(call: &Call<'_>, user: &str) -> anyhow::Result<Till> {
    let mut till = call.till()?;
    Person { user: user.to_owned() }.log_in(call, &mut till)?;
    Ok(till)
}

/// The customer who has a code.
pub(super) fn find(call: &Call<'_>, till: &Till, code: &str) -> anyhow::Result<Customer> {
    let known = till.customer_with_code(code).map_err(|error| call.words(&error))?;
    known.with_context(|| format!("there is no customer {code}"))
}

/// Says whose telephone is somebody else's too, where the country of telephones may have become another.
pub(super) fn say_clashes(call: &Call<'_>, till: &Till, out: &mut dyn Write) -> anyhow::Result<()> {
    for (id, taken) in till.phone_clashes().map_err(|error| call.words(&error))? {
        let code = |id| till.customer(id).map(|known| known.map(|known| known.code).unwrap_or_default());
        let (code, by) = (code(id), code(taken.by));
        let (code, by) = (code.map_err(|error| call.words(&error))?, by.map_err(|error| call.words(&error))?);
        writeln!(out, "{code} has the telephone of {by}: see `saleflex customer duplicates`")?;
    }
    Ok(())
}

/// A customer as scripts see one.
pub(super) fn shape(till: &Till, customer: &Customer) -> Value {
    json!({
        "code": customer.code,
        "id": customer.id,
        "name": customer.name,
        "phone": customer.phone,
        "tier": customer.tier,
        "points": customer.points,
        "account_limit": customer.account_limit.map(|limit| till.currency().format(limit)),
        "account_balance": till.currency().format(customer.account_balance),
    })
}

fn list(call: &Call<'_>, text: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let found = till.find_customers(text, MOST).map_err(|error| call.words(&error))?;
    if json {
        let rows: Vec<Value> = found.iter().map(|customer| shape(&till, customer)).collect();
        return answer(out, &rows);
    }
    crate::cli::say_none(out, found.is_empty())?;
    for customer in &found {
        let points = customer.points.map(|points| points.to_string()).unwrap_or_default();
        let (tier, phone) =
            (customer.tier.as_deref().unwrap_or_default(), customer.phone.as_deref().unwrap_or_default());
        writeln!(out, "{:<12}  {:<30}  {phone:<18}  {tier:<10}  {points:>8}", customer.code, customer.name)?;
    }
    Ok(())
}

fn duplicates(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let found = till.possible_duplicates().map_err(|error| call.words(&error))?;
    let mut rows = Vec::new();
    for Duplicate { older, newer, likeness } in &found {
        let code = |id| -> anyhow::Result<String> {
            let known = till.customer(id).map_err(|error| call.words(&error))?;
            Ok(known.map(|known| known.code).unwrap_or_default())
        };
        let likeness: Vec<String> = likeness.iter().map(|sign| format!("{sign:?}")).collect();
        rows.push((code(*older)?, code(*newer)?, likeness));
    }
    if json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|(older, newer, likeness)| json!({"older": older, "newer": newer, "likeness": likeness}))
            .collect();
        return answer(out, &rows);
    }
    crate::cli::say_none(out, rows.is_empty())?;
    for (older, newer, likeness) in rows {
        writeln!(out, "{older:<12}  {newer:<12}  {}", likeness.join(", "))?;
    }
    Ok(())
}

fn import(call: &Call<'_>, how: &Importing, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let file = how.read()?;
    let now = call.place()?.1.now();
    let (faults, added) = if how.dry_run {
        let till = call.reader()?;
        let read = till.check_import(till.read_customers(&file, now), now);
        let read = read.map_err(|error| call.words(&error))?;
        (told(call, &till, &read)?, read.customers.len())
    } else {
        let mut till = how.till(call)?;
        let read = till.check_import(till.read_customers(&file, now), now);
        let read = read.map_err(|error| call.words(&error))?;
        let added = if read.faults.is_empty() || how.partial {
            till.import_customers(read.clone(), how.partial).map_err(|error| call.words(&error))?
        } else {
            0
        };
        (told(call, &till, &read)?, added)
    };
    let is_good = faults.is_empty();
    if how.json {
        let faults: Vec<Value> =
            faults.iter().map(|(line, fault)| json!({"line": line, "fault": fault})).collect();
        answer(out, &json!({"added": added, "faults": faults}))?;
    } else {
        for (line, fault) in &faults {
            writeln!(out, "line {line}: {fault}")?;
        }
        writeln!(out, "{added} {}added", how.would())?;
    }
    Ok(Ending::good_if(is_good))
}

/// What is wrong with the lines of a file. Who has a telephone already is told by code.
fn told(call: &Call<'_>, till: &Till, read: &CustomerImport) -> anyhow::Result<Vec<(u64, String)>> {
    let words = |(line, fault): &(u64, ImportFault)| -> anyhow::Result<(u64, String)> {
        let by = if let ImportFault::PhoneTaken { by } = fault { *by } else { None };
        let by = by.map(|by| till.customer(by)).transpose().map_err(|error| call.words(&error))?.flatten();
        let words = by.map_or_else(|| fault.to_string(), |by| format!("{fault}: {}", by.code));
        Ok((*line, words))
    };
    read.faults.iter().map(words).collect()
}
