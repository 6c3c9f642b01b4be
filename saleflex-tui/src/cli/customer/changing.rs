//! What scripts say of one customer: who it is, and what the person agrees to.

use std::io::Write;

use anyhow::{Context, anyhow};
use chrono::NaiveDateTime;
use clap::{Args, ValueEnum};
use saleflex_core::customer::{self as agreed, Gender, Purpose, Source};
use saleflex_store::{Error, Till, customer::NewCustomer};

use super::{super::Call, Doing, find, shape};
use crate::{
    record::customer::{phone_is_none, phone_taken},
    text::Key,
};

/// A customer to be added.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// The new customer's code.
    code: String,
    /// Where the person registered: `pos`, `mobile_app`, `website`, `social_media` or `referral`.
    #[arg(long, default_value = "pos")]
    source: String,
    /// What is known of the person.
    #[command(flatten)]
    person: Particulars,
    /// Who does it, and how it answers.
    #[command(flatten)]
    doing: Doing,
}

impl Add {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let source = Source::read(&self.source);
        let source = source.with_context(|| format!("nobody registers at {}", self.source))?;
        let mut new = NewCustomer { code: self.code.clone(), source, ..NewCustomer::default() };
        self.person.write(&mut new, &till)?;
        till.add_customer(&new).map_err(|error| refused(call, &till, &error))?;
        say_saved(call, &till, &new.code, &self.doing, out)
    }
}

/// A customer to be changed.
#[derive(Args, Clone, Debug)]
pub struct Change {
    /// The customer's code.
    code: String,
    /// The code from now on.
    #[arg(long, value_name = "CODE")]
    new_code: Option<String>,
    /// What is known of the person.
    #[command(flatten)]
    person: Particulars,
    /// Who does it, and how it answers.
    #[command(flatten)]
    doing: Doing,
}

impl Change {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let known = find(call, &till, &self.code)?;
        let person = till.person(known.id).map_err(|error| call.words(&error))?;
        let mut new = NewCustomer {
            code: self.new_code.clone().unwrap_or(known.code),
            details: person.map(|person| person.details).unwrap_or_default(),
            account_limit: known.account_limit,
            ..NewCustomer::default()
        };
        self.person.write(&mut new, &till)?;
        till.change_customer(known.id, &new).map_err(|error| refused(call, &till, &error))?;
        say_saved(call, &till, &new.code, &self.doing, out)
    }
}

/// What a person agrees to.
#[derive(Args, Clone, Debug)]
pub struct Consent {
    /// The customer's code.
    code: String,
    /// To what.
    #[arg(value_enum)]
    to: AgreedTo,
    /// In which words, or the code of their version.
    #[arg(long)]
    wording: String,
    /// The person takes it back.
    #[arg(long)]
    withdrawn: bool,
    /// Where the person said it: `pos`, `mobile_app`, `website`, `social_media` or `referral`.
    #[arg(long, default_value = "pos")]
    source: String,
    /// When, on the store's clock, such as 2025-04-01T10:30; now where it is not said.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Who does it, and how it answers.
    #[command(flatten)]
    doing: Doing,
}

impl Consent {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let known = find(call, &till, &self.code)?;
        let source = Source::read(&self.source);
        let source = source.with_context(|| format!("nobody says anything at {}", self.source))?;
        let now = till.now();
        let at = match self.at.as_deref().map(str::trim) {
            Some(text) => till.at_local(local(text).with_context(|| format!("{text} is no time"))?),
            None => now,
        };
        anyhow::ensure!(at.instant <= now.instant, "{} is still to come", at.local);
        let (purpose, wording) = (self.to.into(), self.wording.clone());
        let said = agreed::Consent { purpose, given: !self.withdrawn, at, source, wording };
        till.record_statement(known.id, &said).map_err(|error| call.words(&error))?;
        say(call, &till, &known.code, &self.doing, out)
    }
}

/// A time as people write it, to the minute or the second.
fn local(text: &str) -> Option<NaiveDateTime> {
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"];
    forms.into_iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

/// Why a customer is not saved; of a telephone that is taken, who has it.
fn refused(call: &Call<'_>, till: &Till, error: &Error) -> anyhow::Error {
    let Error::PhoneTaken(taken) = error else { return call.words(error) };
    let by = phone_taken(till, call.text, *taken);
    let values = [("field", call.text.word(Key::FieldPhone)), ("reason", &*by)];
    anyhow!(call.text.fill(Key::DoubtField, &values))
}

/// Says who a customer is now, and where the telephone counts for nothing.
fn say_saved(
    call: &Call<'_>,
    till: &Till,
    code: &str,
    doing: &Doing,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    say(call, till, code, doing, out)?;
    if let Some(words) = phone_is_none(till, call.text, code).filter(|_| !doing.json) {
        writeln!(out, "{words}")?;
    }
    Ok(())
}

/// Says who a customer is now.
fn say(call: &Call<'_>, till: &Till, code: &str, doing: &Doing, out: &mut dyn Write) -> anyhow::Result<()> {
    let known = find(call, till, code.trim())?;
    doing.say(out, &shape(till, &known), Some(&format!("{}  {}", known.code, known.name)))
}

/// What is known of a person. What is not named stays; an empty text takes out what is there.
#[derive(Args, Clone, Debug)]
struct Particulars {
    /// First name.
    #[arg(long)]
    name: Option<String>,
    /// Last name.
    #[arg(long)]
    last_name: Option<String>,
    /// Telephone.
    #[arg(long)]
    phone: Option<String>,
    /// E-mail address.
    #[arg(long)]
    email: Option<String>,
    /// Street and house.
    #[arg(long)]
    street: Option<String>,
    /// District.
    #[arg(long)]
    area: Option<String>,
    /// Town.
    #[arg(long)]
    town: Option<String>,
    /// Postal code.
    #[arg(long)]
    zip: Option<String>,
    /// A remark.
    #[arg(long)]
    note: Option<String>,
    /// The date of birth, such as 1990-12-31.
    #[arg(long, value_name = "DATE")]
    born: Option<String>,
    /// As the person says: `male`, `female`, `other` or `prefer_not_to_say`.
    #[arg(long)]
    gender: Option<String>,
    /// The number of an identity document.
    #[arg(long)]
    national_id: Option<String>,
    /// The tax number.
    #[arg(long)]
    tax_id: Option<String>,
    /// Words with blanks between them, such as `vip`.
    #[arg(long, value_name = "WORDS")]
    preferences: Option<String>,
    /// What may stay unpaid.
    #[arg(long, value_name = "AMOUNT")]
    account_limit: Option<String>,
}

impl Particulars {
    /// Writes what is said into what is known. Texts that are empty then are left out where it is stored.
    fn write(&self, new: &mut NewCustomer, till: &Till) -> anyhow::Result<()> {
        let details = &mut new.details;
        for (said, known) in [(&self.name, &mut details.name), (&self.last_name, &mut details.last_name)] {
            if let Some(text) = said {
                known.clone_from(text);
            }
        }
        for (said, known) in [
            (&self.phone, &mut details.phone),
            (&self.email, &mut details.email),
            (&self.street, &mut details.address.street),
            (&self.area, &mut details.address.area),
            (&self.town, &mut details.address.town),
            (&self.zip, &mut details.address.zip),
            (&self.note, &mut details.note),
            (&self.national_id, &mut details.national_id),
            (&self.tax_id, &mut details.tax_id),
        ] {
            if said.is_some() {
                known.clone_from(said);
            }
        }
        if let Some(words) = &self.preferences {
            details.preferences = words.split_whitespace().map(str::to_owned).collect();
        }
        if let Some(text) = &self.born {
            details.date_of_birth = read(text, "date such as 1990-12-31", |text| text.parse().ok())?;
        }
        if let Some(text) = &self.gender {
            details.gender = read(text, "gender", Gender::read)?;
        }
        if let Some(text) = &self.account_limit {
            let amount = |text: &str| till.currency().parse(text).ok().filter(|limit| !limit.is_negative());
            new.account_limit = read(text, "amount", amount)?;
        }
        Ok(())
    }
}

/// What a text says; nothing where it is empty.
fn read<T>(text: &str, what: &str, read: impl FnOnce(&str) -> Option<T>) -> anyhow::Result<Option<T>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    read(text).map(Some).with_context(|| format!("{text} is no {what}"))
}

/// What somebody may agree to.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum AgreedTo {
    /// Advertising at all; no channel may be used without it.
    Marketing,
    /// Messages to the telephone.
    Sms,
    /// Messages to the e-mail address.
    Email,
}

impl From<AgreedTo> for Purpose {
    fn from(to: AgreedTo) -> Self {
        match to {
            AgreedTo::Marketing => Self::Marketing,
            AgreedTo::Sms => Self::Sms,
            AgreedTo::Email => Self::Email,
        }
    }
}
