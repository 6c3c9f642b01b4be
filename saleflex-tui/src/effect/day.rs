//! The working day: the time clock, breaks, the lock, and counting the drawer.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use saleflex_core::{
    cashier::{
        Approval,
        lock::LockCause,
        session::BreakKind,
        time_clock::{Presence, Punch},
    },
    closure::{
        CashCount, Closure, Declaration,
        drawer::{CashShare, CountPurpose, DrawerCount, DrawerNo},
    },
    ids::ClosureNumber,
    money::{CurrencyCode, Money},
    printout::{
        count::{CountFrame, drawer_count},
        text as plain_text,
    },
    time::Moment,
};
use saleflex_store::{Error, Shell, Till};

use super::{
    Credentials, Denial, Desk, NotLoggedIn, Outcome, Paper, RECEIPT_WIDTH, denied::denial, doubts,
    letterhead, paper,
};
use crate::{
    listing::audit::who,
    log,
    text::{Key, Text},
};

/// What was counted in a drawer while the period goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// Which of the till's drawers, counted from 0.
    pub drawer: usize,
    /// What for.
    pub purpose: CountFor,
    /// What was counted.
    pub declaration: Declaration,
}

/// What a drawer is counted for while the period goes on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CountFor {
    /// The float is checked before selling.
    Opening,
    /// In between.
    SpotCheck,
    /// The drawer goes to another cashier, by user name.
    HandOver(String),
    /// Before the period is closed, of a till with several.
    Closing,
}

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Punches the clock: for the cashier on duty, or for whoever this is.
    pub(super) fn punch(&mut self, who: Option<&Credentials>, punch: Punch) -> Result<Outcome, Denial> {
        let text = self.text;
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        let done = match who {
            None => till.punch(punch),
            Some(Credentials { user_name, secret }) => till.punch_as(user_name, secret, punch),
        };
        match done {
            Ok(presence) => Ok(said(
                text,
                match presence {
                    Presence::In if punch == Punch::In => Key::SaidClockedIn,
                    Presence::In => Key::SaidBreakOver,
                    Presence::OnBreak => Key::SaidOnBreak,
                    Presence::Out => Key::SaidClockedOut,
                },
            )),
            Err(error @ (Error::LogInRefused | Error::LogInDelayed { .. })) => {
                Err(Denial::SecretRefused(self.not_logged_in(&error).words))
            }
            Err(error) => Err(denial(text, &error, false)),
        }
    }

    /// The cashier goes on a break, planned for so many minutes where that is said, and the till is locked.
    pub(super) fn start_break(
        &mut self,
        kind: BreakKind,
        planned_min: Option<u32>,
        approval: Option<&Approval>,
    ) -> Result<Outcome, Denial> {
        let text = self.text;
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        match till.start_break(kind, planned_min, approval) {
            Ok(_) => Ok(said(text, Key::SaidOnBreak)),
            Err(error) => Err(denial(text, &error, approval.is_some())),
        }
    }

    /// Locks the till for the cashier who asks for it.
    pub(super) fn lock(&mut self) {
        let Some(till) = self.till.as_mut().filter(|till| till.locked().is_none()) else { return };
        // The screen is locked all the same; what failed is met again by whoever unlocks it.
        if let Err(error) = till.lock(LockCause::Asked) {
            log::error(&error);
        }
    }

    /// Whether the till was locked now because nobody touched it for as long as the store allows.
    pub fn lock_if_idle(&mut self, touched: DateTime<Utc>) -> bool {
        let Some(till) = self.till.as_mut() else { return false };
        match till.lock_if_idle(touched) {
            Ok(lock) => lock.is_some(),
            Err(error) => {
                log::error(&error);
                false
            }
        }
    }

    /// Closes the period; what was counted piece by piece is printed, to be signed.
    pub(super) fn close_period(
        &mut self,
        declaration: Option<&Declaration>,
        approval: Option<Approval>,
    ) -> Result<Outcome, Denial> {
        let text = self.text;
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        let is_approved = approval.is_some();
        // What cannot be in the drawer would be what the next period begins with.
        let is_uncounted = declaration.is_none() && till.settings().drawers.len() < 2;
        if is_uncounted && doubts::in_drawers(till).is_some_and(Money::is_negative) {
            return Err(Denial::Said(text.word(Key::DrawerBelowNothing).to_owned()));
        }
        let closed = till.close_period(declaration, approval);
        let closure = closed.map_err(|error| denial(text, &error, is_approved))?;
        let outcome = paper::closed(till, text, &closure);
        let slip = declaration.filter(|counted| has_pieces(counted));
        let slip = slip.map(|counted| slip_of(till, text, counted, &Slip::of_closure(till, &closure)));
        if let Some(slip) = slip {
            self.print_count(&slip);
        }
        Ok(outcome)
    }

    /// Unlocks the till, for its cashier or for somebody who takes it over with the document that is open. Whoever
    /// was on a break is in by the clock again.
    pub(super) fn unlock(&mut self, credentials: &Credentials) -> Result<(), NotLoggedIn> {
        // What could not be locked is a matter of logging in.
        let Some(till) = self.till.as_mut().filter(|till| till.locked().is_some()) else {
            return self.log_in(credentials);
        };
        match till.unlock(&credentials.user_name, &credentials.secret) {
            Ok(_) => {
                back_at_work(till);
                Ok(())
            }
            Err(error) => Err(self.not_logged_in(&error)),
        }
    }

    /// The instant of the store's clock.
    pub fn instant(&mut self) -> DateTime<Utc> {
        self.shell.now().instant
    }

    /// Counts a drawer, and prints what was counted, to be signed.
    pub(super) fn count_drawer(
        &mut self,
        counted: &Counted,
        approval: Option<Approval>,
    ) -> Result<Outcome, Denial> {
        let text = self.text;
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        let is_approved = approval.is_some();
        let purpose = match &counted.purpose {
            CountFor::Opening => CountPurpose::Opening,
            CountFor::SpotCheck => CountPurpose::SpotCheck,
            CountFor::Closing => CountPurpose::Closing,
            CountFor::HandOver(user_name) => {
                let to = till.cashiers().into_iter().find(|cashier| cashier.user_name == *user_name);
                let Some(to) = to.map(|cashier| cashier.id) else {
                    return Err(Denial::Said(text.word(Key::NoSuchCashier).to_owned()));
                };
                CountPurpose::HandOver { to }
            }
        };
        // A till without drawers in its settings has one.
        let drawer = till.settings().drawers.get(counted.drawer).map_or(DrawerNo(1), |drawer| drawer.no);
        let count = till
            .count_drawer(drawer, purpose, &counted.declaration, approval)
            .map_err(|error| denial(text, &error, is_approved))?;
        let amount = till.currency().show(count.counted);
        let paper = count_paper(till, text, &count).map_err(|error| denial(text, &error, is_approved))?;
        let mut said = if count.tells_expected() {
            let difference = till.currency().show(count.difference());
            text.fill(Key::SaidCounted, &[("amount", &amount), ("difference", &difference)])
        } else {
            text.fill(Key::SaidCountedBlind, &[("amount", &amount)])
        };
        if count.purpose == CountPurpose::Closing {
            let left = till.drawers_to_count().map_err(|error| denial(text, &error, is_approved))?;
            let left: Vec<String> = left.iter().map(|drawer| drawer.0.to_string()).collect();
            said.push(' ');
            said.push_str(&match &left[..] {
                [] => text.word(Key::SaidAllCounted).to_owned(),
                left => text.fill(Key::SaidLeftToCount, &[("drawers", &left.join(", "))]),
            });
        }
        self.print_count(&paper);
        Ok(Outcome { message: Some(said), paper: Some(paper), ..Outcome::default() })
    }
}

/// What the slip of a count says of the drawer.
struct Slip {
    period: ClosureNumber,
    at: Moment,
    /// Which drawer, where the till has several.
    drawer: Option<DrawerNo>,
    purpose: CountPurpose,
    /// Whom it is handed to, where it is.
    to: String,
    /// What should lie there; none where whoever counts is not told.
    expected: Option<Money>,
    expected_foreign: BTreeMap<CurrencyCode, Money>,
}

impl Slip {
    /// Of a count for closing, by what the period was closed with: the difference was found by then. Of a drawer that was
    /// handed on it is what its last holder answers for.
    fn of_closure(till: &Till, closure: &Closure) -> Self {
        let tells = !till.settings().closing.blind_count;
        let is_last = |share: &&CashShare| share.handed_to.is_none() && share.until == closure.closed_at;
        let last = closure.shares.last().filter(is_last).filter(|_| closure.drawers.is_empty());
        let foreign = || match last {
            Some(share) => share.foreign.iter().map(|(code, foreign)| (*code, foreign.expected)).collect(),
            None => closure.begun().expected_foreign(&closure.report),
        };
        Self {
            period: closure.number(),
            at: closure.closed_at,
            drawer: None,
            purpose: CountPurpose::Closing,
            to: String::new(),
            expected: tells.then_some(last.map_or(closure.expected_cash, |share| share.expected)),
            expected_foreign: if tells { foreign() } else { BTreeMap::new() },
        }
    }
}

/// The slip of what was counted in the open period. What should lie there stands on it unless it was counted blind.
fn count_paper(till: &mut Till, text: &Text, count: &DrawerCount) -> Result<Paper, Error> {
    let tells = !count.blind;
    let expected_foreign = if tells {
        // What was counted is held against what should have been there before it was: a hand-over settles that.
        let state = till.drawers()?.into_iter().find(|state| state.drawer.no == count.drawer);
        let mut expected = state.map(|state| state.foreign).unwrap_or_default();
        expected.extend(count.foreign_expected.iter().flatten());
        expected
    } else {
        BTreeMap::new()
    };
    let expected = tells.then_some(count.expected);
    let is_one_of_several = till.settings().drawers.len() > 1;
    let slip = Slip {
        period: till.period().number,
        at: till.now(),
        drawer: is_one_of_several.then_some(count.drawer),
        purpose: count.purpose,
        to: if let CountPurpose::HandOver { to } = count.purpose {
            who(till, Some(to))
        } else {
            String::new()
        },
        expected,
        expected_foreign,
    };
    Ok(slip_of(till, text, &count.declaration, &slip))
}

/// The slip of what was counted, to be signed.
fn slip_of(till: &Till, text: &Text, declaration: &Declaration, slip: &Slip) -> Paper {
    let cashier = till.on_duty().map(|cashier| cashier.name.clone()).unwrap_or_default();
    let printout = drawer_count(
        declaration,
        till.currency(),
        &CountFrame {
            words: text.printout,
            header: &letterhead::header(till),
            register: &till.identity().terminal_code,
            cashier: &cashier,
            closure: slip.period,
            at: slip.at,
            drawer: slip.drawer,
            purpose: slip.purpose,
            to: &slip.to,
            expected: slip.expected,
            expected_foreign: &slip.expected_foreign,
            copy: false,
        },
    );
    let title = text.word(Key::TitleDrawerCount).to_owned();
    Paper { title, lines: plain_text::render(&printout, RECEIPT_WIDTH), printout, of: None }
}

/// Whether something was counted piece by piece.
const fn has_pieces(declaration: &Declaration) -> bool {
    matches!(declaration.counted, CashCount::Denominations(_))
}

/// Ends the break that whoever came to the till is on by the clock, whichever way it was begun: nobody sells on a break.
/// True where there was one.
pub(super) fn back_at_work(till: &mut Till) -> bool {
    // The clock is no reason to keep somebody from the till; support finds in the log why it could not be read.
    end_break(till).inspect_err(log::error).unwrap_or(false)
}

fn end_break(till: &mut Till) -> Result<bool, Error> {
    let Some(cashier) = till.on_duty().map(|cashier| cashier.id) else { return Ok(false) };
    let is_on_break = till.attendance(cashier)?.presence == Presence::OnBreak;
    if is_on_break {
        till.punch(Punch::BreakEnd)?;
    }
    Ok(is_on_break)
}

fn said(text: &Text, key: Key) -> Outcome {
    Outcome { message: Some(text.word(key).to_owned()), ..Outcome::default() }
}
