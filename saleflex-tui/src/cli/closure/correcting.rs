//! `closure correct`: what became known after a period was closed, as records beside it.

use std::io::Write;

use anyhow::Context;
use clap::Args;
use saleflex_core::{
    ids::{ClosureNumber, DocumentId},
    money::Currency,
};
use saleflex_store::{Till, history::Found, till::Amendment};
use serde_json::json;

use super::super::{Call, answer, customer::logged_in, receipts, say_none};
use crate::{entry::Amounts, record::closure::correction, text::Key};

/// A correction of a closed period.
#[derive(Args, Clone, Debug)]
pub struct Correct {
    /// The period.
    number: u32,
    #[command(flatten)]
    what: What,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Who corrects it.
    #[arg(long, value_name = "NAME")]
    user: String,
}

/// What was wrong: one thing.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
struct What {
    /// What was in the drawer when it was counted.
    #[arg(long, value_name = "AMOUNT")]
    counted: Option<String>,
    /// What was there of a foreign currency when it was counted, such as `EUR 40.00` or `EUR 2x20.00`.
    #[arg(long, value_name = "AMOUNT")]
    counted_foreign: Option<String>,
    /// What was in the drawer at first.
    #[arg(long, value_name = "AMOUNT")]
    opening: Option<String>,
    /// A document of the period that must not count, such as one recorded twice.
    #[arg(long, value_name = "NUMBER")]
    withdraw: Option<String>,
    /// A document that was withdrawn and counts after all.
    #[arg(long, value_name = "NUMBER")]
    reinstate: Option<String>,
}

impl Correct {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = logged_in(call, &self.user)?;
        let (closure, reason) = (ClosureNumber(self.number), self.reason.clone());
        let amendment = self.what.amendment(call, &till, closure)?;
        let corrected = till.correct_closure(closure, amendment, reason, None);
        let corrected = corrected.map_err(|error| call.words(&error))?;
        let currency = till.currency();
        let difference = corrected.difference().map(|difference| currency.show(difference));
        let values = [
            ("expected", &*currency.show(corrected.expected_cash)),
            ("difference", difference.as_deref().unwrap_or("-")),
        ];
        writeln!(out, "{}", call.text.fill(Key::SaidCorrected, &values))?;
        let expected = call.text.word(Key::ClosureExpected);
        for (code, cash) in &corrected.foreign {
            writeln!(out, "{expected} {code} {}", Currency::of(*code).format(cash.expected))?;
        }
        Ok(())
    }
}

impl What {
    fn amendment(&self, call: &Call<'_>, till: &Till, closure: ClosureNumber) -> anyhow::Result<Amendment> {
        let amount = |typed: &str| till.currency().parse(typed).with_context(|| typed.to_owned());
        if let Some(typed) = &self.counted {
            return Ok(Amendment::CountedCash(amount(typed)?));
        }
        if let Some(typed) = &self.counted_foreign {
            let amounts = Amounts { currency: *till.currency(), is_decimal: true };
            let counted = correction::foreign(typed, call.text, &amounts);
            let (code, counted) = counted.map_err(anyhow::Error::msg)?;
            return Ok(Amendment::CountedForeign(code, counted));
        }
        if let Some(typed) = &self.opening {
            return Ok(Amendment::OpeningCash(amount(typed)?));
        }
        let (number, amendment) = match (&self.withdraw, &self.reinstate) {
            (Some(number), _) => (number.as_str(), Amendment::Withdraw as fn(DocumentId) -> Amendment),
            (None, number) => {
                (number.as_deref().unwrap_or_default(), Amendment::Reinstate as fn(DocumentId) -> Amendment)
            }
        };
        let found = receipts::find_of(till, closure, number).map_err(|error| call.words(&error))?;
        let id = found.as_ref().map(Found::document).map(|document| document.id);
        Ok(amendment(id.with_context(|| format!("there is no document {number}"))?))
    }
}

/// The corrections of a period, in order.
pub(super) fn list(call: &Call<'_>, number: u32, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let corrections = till.corrections(ClosureNumber(number)).map_err(|error| call.words(&error))?;
    if json {
        return answer(out, &json!(corrections));
    }
    say_none(out, corrections.is_empty())?;
    let told =
        correction::told(&till, call.text, ClosureNumber(number)).map_err(|error| call.words(&error))?;
    for line in told {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
