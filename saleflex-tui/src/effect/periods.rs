//! What is done about periods beyond closing them: correcting one that is closed, and sharing out its tips.

use std::collections::BTreeMap;

use saleflex_core::{
    cashier::{Approval, tip_pool::TipRule},
    ids::{CashierId, ClosureNumber, DocumentId},
    money::{Currency, CurrencyCode, Money},
};
use saleflex_store::{
    Error, Shell, Till,
    history::{Found, parse_number},
    till::Amendment,
};

use super::{Denial, Desk, Outcome, denied::denial};
use crate::text::{Key, Text};

/// A correction of a closed period.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClosureCorrection {
    /// Which period.
    pub closure: ClosureNumber,
    /// What was wrong.
    pub change: PeriodChange,
    /// Why.
    pub reason: String,
}

/// What was wrong with a closed period.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PeriodChange {
    /// So much was in the drawer when it was counted.
    Counted(Money),
    /// So much of a foreign currency was in the drawers when it was counted.
    CountedForeign(CurrencyCode, Money),
    /// So much was in the drawer at first.
    Opening(Money),
    /// A receipt that must not count, by its number as it was typed.
    Withdrawn(String),
    /// A receipt that was taken away and counts after all.
    Reinstated(String),
}

/// Tips that are to be shared out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TipShare {
    /// Of which period.
    pub closure: ClosureNumber,
    /// By what.
    pub rule: TipRule,
    /// Among whom, as typed: a user name, or `NAME=4` with points.
    pub people: Vec<String>,
    /// They are paid out of the drawer with it.
    pub in_cash: bool,
}

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Corrects a closed period.
    pub(super) fn correct_closure(
        &mut self,
        correction: &ClosureCorrection,
        approval: Option<Approval>,
    ) -> Result<Outcome, Denial> {
        let text = self.text;
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        let is_approved = approval.is_some();
        let amendment = match &correction.change {
            PeriodChange::Counted(amount) => Amendment::CountedCash(*amount),
            PeriodChange::CountedForeign(code, amount) => Amendment::CountedForeign(*code, *amount),
            PeriodChange::Opening(amount) => Amendment::OpeningCash(*amount),
            PeriodChange::Withdrawn(typed) => {
                Amendment::Withdraw(receipt(till, text, correction.closure, typed)?)
            }
            PeriodChange::Reinstated(typed) => {
                Amendment::Reinstate(receipt(till, text, correction.closure, typed)?)
            }
        };
        let done = till.correct_closure(correction.closure, amendment, correction.reason.clone(), approval);
        let stands = done.map_err(|error| denial(text, &error, is_approved))?;
        let foreign = if let PeriodChange::CountedForeign(code, _) = correction.change {
            stands.foreign.get(&code).map(|cash| (Currency::of(code), cash.expected, cash.difference()))
        } else {
            None
        };
        let own = || (*till.currency(), stands.expected_cash, stands.difference());
        let (currency, expected, difference) = foreign.unwrap_or_else(own);
        let difference = difference.map(|amount| currency.show(amount));
        let values =
            [("expected", &*currency.show(expected)), ("difference", difference.as_deref().unwrap_or("-"))];
        Ok(Outcome { message: Some(text.fill(Key::SaidCorrected, &values)), ..Outcome::default() })
    }

    /// Shares out what is left of a period's tips.
    pub(super) fn share_tips(
        &mut self,
        share: &TipShare,
        approval: Option<Approval>,
    ) -> Result<Outcome, Denial> {
        let text = self.text;
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        let is_approved = approval.is_some();
        let people = participants(till, text, &share.people)?;
        let done = if share.in_cash {
            let reason = text.fill(Key::TipsPaidReason, &[("period", &share.closure.0.to_string())]);
            till.pay_out_tips(share.closure, share.rule, &people, &reason, approval)
        } else {
            till.distribute_tips(share.closure, share.rule, &people, approval).map(|shared| (shared, None))
        };
        let (distribution, paid) = done.map_err(|error| denial(text, &error, is_approved))?;
        let shared = distribution.shared;
        let show = |amount: Money| till.currency().show(amount);
        let values = [("amount", &*show(shared.distributed())), ("left", &show(shared.undistributed))];
        let said = text.fill(if paid.is_some() { Key::SaidTipsPaid } else { Key::SaidTipsShared }, &values);
        let outcome = match paid {
            Some(paid) => self.settled(Ok(paid), is_approved)?,
            None => Outcome::default(),
        };
        Ok(Outcome { message: Some(said), ..outcome })
    }
}

/// The receipt of a period that was typed: its whole number, or the receipt number alone.
fn receipt(till: &Till, text: &Text, closure: ClosureNumber, typed: &str) -> Result<DocumentId, Denial> {
    let refuse = |error: &Error| denial(text, error, false);
    let number = parse_number(typed);
    let found =
        number.map(|number| till.find_document(number)).transpose().map_err(|error| refuse(&error))?;
    let id = if let Some(document) = found.flatten().as_ref().map(Found::document) {
        Some(document.id)
    } else {
        let heads = till.documents(closure).map_err(|error| refuse(&error))?;
        let receipt = typed.trim().parse::<u32>().ok();
        heads.iter().find(|head| Some(head.number.receipt) == receipt).map(|head| head.id)
    };
    let unknown = || vec![("DOCUMENT", text.fill(Key::NoReceiptThere, &[("number", typed.trim())]))];
    id.ok_or_else(|| Denial::Fields(unknown()))
}

/// Those among whom tips are shared, with their points.
fn participants(till: &Till, text: &Text, typed: &[String]) -> Result<BTreeMap<CashierId, u32>, Denial> {
    let mut people = BTreeMap::new();
    for one in typed {
        let (name, points) = one.split_once('=').unwrap_or((one, "1"));
        let known = till.everybody().iter().find(|cashier| cashier.user_name.eq_ignore_ascii_case(name));
        let (Some(cashier), Ok(points)) = (known, points.parse()) else {
            let words = text.fill(Key::TipPeopleWrong, &[("typed", one)]);
            return Err(Denial::Fields(vec![("PEOPLE", words)]));
        };
        people.insert(cashier.id, points);
    }
    Ok(people)
}
