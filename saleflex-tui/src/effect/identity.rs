//! Who is at the till, before it and beside it: logging in, secrets, the customer and their points, approvals.

use std::fmt;

use saleflex_core::{
    cashier::{Approval, Capability},
    checkout,
    document::Command,
    ids::CustomerId,
    journal::UsedFunction,
    quantity::Points,
};
use saleflex_store::{Error, Request, Shell};

use super::{Denial, Desk, Outcome, day, denied::denial, desk::execute, said};
use crate::{action::Action, log, message, text::Key};

/// A name and the secret typed with it. It is never shown, also not in debug output.
#[derive(Clone, Eq, PartialEq)]
pub struct Credentials {
    /// The user name.
    pub user_name: String,
    /// The PIN or password.
    pub secret: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user_name", &self.user_name).finish_non_exhaustive()
    }
}

/// A secret on its way; it has no debug output.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A manager who stands by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Approver {
    /// Who.
    pub credentials: Credentials,
    /// Why they agree.
    pub reason: Option<String>,
}

/// Why somebody was not let in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotLoggedIn {
    /// In words.
    pub words: String,
    /// How many seconds the next attempt has to wait.
    pub wait_s: Option<i64>,
}

impl<S: Shell + Clone + 'static> Desk<S> {
    pub(super) fn log_in(&mut self, credentials: &Credentials) -> Result<(), NotLoggedIn> {
        let Credentials { user_name, secret } = credentials;
        let Some(till) = self.till.as_mut() else {
            return Err(NotLoggedIn { words: self.text.word(Key::NotLoggedIn).to_owned(), wait_s: None });
        };
        match till.log_in(user_name, secret) {
            Ok(_) => {
                let last = self.last_done.take().and_then(|last| said::before_stop(till, self.text, &last));
                let halved = said::import_underway(till, self.text);
                let back = day::back_at_work(till).then(|| self.text.word(Key::SaidBreakEnded).to_owned());
                let told = last.into_iter().chain(halved).chain(back);
                self.told_first = told.reduce(|told, next| told + " " + &next);
                // What sells best was counted when the one before came.
                if self.pages_of.is_none() || till.settings().favourites.best_sold {
                    self.take_pages();
                }
                Ok(())
            }
            Err(error) => Err(self.not_logged_in(&error)),
        }
    }

    /// Why somebody was not identified; too many attempts are told with the seconds that are left.
    pub(super) fn not_logged_in(&mut self, error: &Error) -> NotLoggedIn {
        log::error(error);
        let Error::LogInDelayed { until } = error else {
            return NotLoggedIn { words: message::error(self.text, error), wait_s: None };
        };
        // A begun second is waited for whole.
        let left_ms = (*until - self.shell.now().instant).num_milliseconds().max(0);
        let seconds = (left_ms + 999) / 1_000;
        NotLoggedIn { words: message::wait(self.text, seconds), wait_s: Some(seconds) }
    }

    pub(super) fn change_secret(&mut self, old: &str, new: &str) -> Result<(), String> {
        let Some(till) = self.till.as_mut() else { return Err(self.text.word(Key::NotLoggedIn).to_owned()) };
        till.change_secret(old, new).map_err(|error| match error {
            // Who it is stands fixed here: only the secret can be wrong.
            Error::LogInRefused => self.text.word(Key::SecretWrong).to_owned(),
            other => self.not_logged_in(&other).words,
        })
    }

    /// Puts a customer on the document, or nobody; who it is is said also where they were on it already.
    pub(super) fn assign_customer(
        &mut self,
        customer: Option<CustomerId>,
        approval: Option<Approval>,
    ) -> Result<Outcome, Denial> {
        let is_approved = approval.is_some();
        let done = execute(self.known_till()?, Request::assign_customer(customer), approval);
        let outcome = self.settled(done, is_approved)?;
        let text = self.text;
        let who = said::customer(self.known_till()?, text, customer);
        Ok(Outcome { message: outcome.message.or(Some(who)), ..outcome })
    }

    pub(super) fn redeem(&mut self, points: Points, approval: Option<Approval>) -> Result<Outcome, Denial> {
        let (text, is_approved) = (self.text, approval.is_some());
        let till = self.known_till()?;
        let mut taken = None;
        let done = till.worth_of_points(points).and_then(|worth| {
            // Where that is all that may be spent while whoever keeps the points is away, that is why.
            let before =
                till.draft().map(|document| checkout::redemption(document).points).unwrap_or_default();
            let is_away = till.most_while_away()?.is_some_and(|most| before + worth.points == most);
            taken = Some((worth.points, is_away));
            let command = Command::RedeemPoints { points: worth.points, amount: worth.amount };
            execute(till, command.into(), approval)
        });
        let cut = taken.and_then(|(taken, is_away)| said::points_cut(text, points, taken, is_away));
        self.settled(done, is_approved).map(|outcome| outcome.after(cut))
    }

    pub(super) fn approve(&mut self, approver: Option<&Approver>) -> Result<Option<Approval>, Denial> {
        let (Some(approver), Some(till)) = (approver, self.till.as_mut()) else { return Ok(None) };
        let Credentials { user_name, secret } = &approver.credentials;
        let agreed = till.approve(user_name, secret, approver.reason.clone());
        agreed.map(Some).map_err(|error| Denial::ApprovalRefused(self.not_logged_in(&error).words))
    }

    /// Lets the cashier use a function of a screen, by whose word it asks for.
    pub(super) fn use_function(
        &mut self,
        used: &UsedFunction,
        needed: Capability,
        action: &Action,
        approval: Option<Approval>,
    ) -> Result<Outcome, Denial> {
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        let is_approved = approval.is_some();
        match till.allow_function(used.clone(), needed, approval) {
            Ok(_) => Ok(Outcome { allowed: Some(action.clone()), ..Outcome::default() }),
            Err(error) => Err(denial(self.text, &error, is_approved)),
        }
    }
}
