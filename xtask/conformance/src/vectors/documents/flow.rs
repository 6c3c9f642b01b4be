//! The kind `flow`: a row of commands on a real till in a temporary file, where a restart closes the file and
//! opens it again.

use std::path::PathBuf;

use chrono::{Duration, NaiveDateTime};
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentValue},
    cashier::{Approval, OnDuty, Role},
    catalog::DepartmentNo,
    document::{AddLine, Adjust, ChangeMode, Command, Document, MostChange, Policy},
    ids::LineNo,
    money::{Currency, Money},
    quantity::{Percent, Quantity, UnitPrice},
    tender::TenderKind,
};
use saleflex_store::{Error, Request, Till, cashier::NewCashier, shell::ManualShell};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{paying, read};

mod setup;
mod show;

/// Runs all commands; the answer has the results of each and the document that was open last.
pub(super) fn flow(input: &Value) -> Result<Value, String> {
    let mut register = Register::new(input)?;
    let operations = read::list(input, "ops")?;
    let mut steps = Vec::new();
    for (number, operation) in operations.iter().enumerate() {
        let at_step = |reason: String| format!("step {number}: {reason}");
        register.clock.advance(Duration::minutes(1));
        if operation["op"] == "restart" {
            register = register.restarted().map_err(at_step)?;
        }
        steps.push(register.step(operation).map_err(at_step)?);
    }
    Ok(json!({"steps": steps, "final": register.last}))
}

const CASHIER: &str = "cashier";
const MANAGER: &str = "manager";
const SECRET: &str = "4711";

/// A till at work, and what a case asks about it.
struct Register {
    // Dropped before the folder it lives in.
    till: Till,
    clock: ManualShell,
    currency: Currency,
    manager: OnDuty,
    /// The document that was open after the latest command that left one.
    last: Option<Value>,
    /// The last line was voided and nothing was opened since: no document is shown.
    is_between: bool,
    folder: TempDir,
}

impl Register {
    fn new(input: &Value) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let currency = read::currency(input)?;
        let mut setup = setup::setup(input, currency)?;
        let is_administrator = input["cashier_is_administrator"].as_bool().unwrap_or(true);
        let role = if is_administrator { Role::Administrator } else { Role::Cashier };
        // The recorded system asks nobody for approval, and parks documents that are paid in part.
        setup.cashiers = vec![
            NewCashier::with_role(CASHIER, "Cashier", SECRET, role),
            NewCashier::with_role(MANAGER, "Manager", SECRET, Role::Administrator),
        ];
        let change_mode = change_mode(input)?;
        setup.settings.policy = Policy {
            change_mode,
            most_change: MostChange::Unlimited,
            suspend_with_payments: true,
            invoice_needs_buyer: false,
            ..Policy::default()
        };
        let started = read::parsed(input, "clock", str::parse::<NaiveDateTime>)?;
        let clock = ManualShell::starting(started.and_utc(), 1);
        let mut till = Till::create(file(&folder), setup, clock.clone()).map_err(|error| failure(&error))?;
        let manager = till.approve(MANAGER, SECRET, None).map_err(|error| failure(&error))?.by();
        let manager = OnDuty::with_role(manager, Role::Manager);
        till.log_in(CASHIER, SECRET).map_err(|error| failure(&error))?;
        Ok(Self { till, clock, currency, manager, last: None, is_between: false, folder })
    }

    fn step(&mut self, operation: &Value) -> Result<Value, String> {
        let mut step = match read::text(operation, "op")? {
            "restart" => json!({"ok": true}),
            "close_period" => self.close_period()?,
            "resume" => self.resume(read::count(operation, "receipt_number")?)?,
            "pay" => self.pay(operation)?,
            _ => match self.command(operation)? {
                Some(command) => self.execute(command.into())?,
                None => json!({"ok": false}),
            },
        };
        let document = if self.is_between { Value::Null } else { self.open_document()? };
        if !document.is_null() {
            self.last = Some(document.clone());
        }
        step["document"] = document;
        Ok(step)
    }

    /// The command that an operation means; none where it points at a line that is not there or gives a number that
    /// no till takes.
    fn command(&self, operation: &Value) -> Result<Option<Command>, String> {
        let discount = AdjustmentKind::Discount;
        let markup = AdjustmentKind::Surcharge;
        Ok(Some(match read::text(operation, "op")? {
            "sell" => {
                let add = AddLine::code(read::text(operation, "lookup")?);
                let quantity =
                    read::optional(operation, "quantity", || read::decimal(operation, "quantity"))?;
                match quantity.map(Quantity::try_new).transpose() {
                    Ok(quantity) => Command::AddLine(AddLine { quantity, ..add }),
                    Err(_) => return Ok(None),
                }
            }
            "sell_department" => {
                let no = DepartmentNo(read::count(operation, "department_no")?);
                let price = read::parsed(operation, "amount", UnitPrice::parse)?;
                Command::AddLine(AddLine::department(no, price))
            }
            "void_line" => match self.line(operation)? {
                Some(line) => Command::VoidLine { line, reason: None },
                None => return Ok(None),
            },
            "repeat_line" => match self.line(operation)? {
                Some(line) => Command::RepeatLine { line },
                None => return Ok(None),
            },
            "discount_percent" => return Ok(percent(operation)?.map(|value| adjust(discount, value))),
            "markup_percent" => return Ok(percent(operation)?.map(|value| adjust(markup, value))),
            "discount_amount" => return Ok(self.amount(operation)?.map(|value| adjust(discount, value))),
            "markup_amount" => return Ok(self.amount(operation)?.map(|value| adjust(markup, value))),
            "give_change" => Command::GiveChange,
            "suspend" => Command::Suspend { name: None },
            "cancel_document" => Command::Cancel { reason: None },
            other => return Err(format!("no such command: {other}")),
        }))
    }

    /// A line by its place among the active ones.
    fn line(&self, operation: &Value) -> Result<Option<LineNo>, String> {
        let place = usize::try_from(read::count(operation, "line")?).map_err(|error| error.to_string())?;
        Ok(self.till.draft().and_then(|document| document.active_lines().nth(place)).map(|line| line.no))
    }

    fn amount(&self, operation: &Value) -> Result<Option<AdjustmentValue>, String> {
        read::decimal(operation, "value")?;
        Ok(read::money(operation, "value", &self.currency).ok().map(AdjustmentValue::Amount))
    }

    fn pay(&mut self, operation: &Value) -> Result<Value, String> {
        let kind = paying::tender_kind(read::text(operation, "type")?)?;
        let amount = match paying::tender_key(operation, "amount", &self.currency)?.amount() {
            Ok(amount) => amount,
            // Nothing to pay: the cash key opens the drawer, whatever the screen asks for.
            Err(_) if kind == TenderKind::Cash && self.owes_nothing() => None,
            Err(_) => return Ok(json!({"ok": false})),
        };
        if kind.needs_customer() && self.till.draft().is_some_and(|document| document.customer.is_none()) {
            let customer = self.till.find_customers(setup::CUSTOMER, 1).map_err(|error| failure(&error))?;
            match self.till.assign_customer(customer.first().map(|customer| customer.id)) {
                Ok(_) => {}
                Err(Error::Refused(_)) => return Ok(json!({"ok": false})),
                Err(error) => return Err(failure(&error)),
            }
        }
        let due = self.till.draft().map_or(Money::ZERO, Document::balance);
        let take = paying::payment(kind, amount, due, &self.currency)?;
        self.execute(Command::TakeTender(take).into())
    }

    fn owes_nothing(&self) -> bool {
        self.till.draft().is_none_or(|document| !document.balance().is_positive())
    }

    fn resume(&mut self, receipt: u32) -> Result<Value, String> {
        let parked = self.till.suspended().map_err(|error| failure(&error))?;
        match parked.iter().find(|parked| parked.number.receipt == receipt) {
            Some(parked) => self.execute(Request::resume(parked.id)),
            None => Ok(json!({"ok": false})),
        }
    }

    fn execute(&mut self, request: Request) -> Result<Value, String> {
        let approval = Approval::of_identified(self.manager.clone());
        let done = match self.till.execute(request.approved(approval)) {
            Ok(done) => done,
            Err(Error::Refused(_) | Error::Lookup(_)) => return Ok(json!({"ok": false})),
            Err(error) => return Err(failure(&error)),
        };
        let finalised = show::finalised(&done);
        let is_voided = show::is_line_voided(&done) && done.cancelled().is_some();
        self.is_between =
            self.till.draft().is_none() && (is_voided || self.is_between && finalised.is_empty());
        Ok(if finalised.is_empty() {
            json!({"ok": true})
        } else {
            json!({"ok": true, "finalised": finalised})
        })
    }

    /// Closes the period and tells the figures of the closure. Nobody stands in for the cashier here.
    fn close_period(&mut self) -> Result<Value, String> {
        match self.till.close_period(None, None) {
            Ok(closure) => {
                self.is_between = false;
                Ok(json!({"ok": true, "closure": show::closure(&closure, &self.currency)}))
            }
            Err(Error::NotClosed(_)) => Ok(json!({"ok": false})),
            Err(error) => Err(failure(&error)),
        }
    }

    /// Power loss: the till is dropped without a word, its file is opened again, the cashier logs in anew.
    fn restarted(self) -> Result<Self, String> {
        drop(self.till);
        let mut till = Till::open(file(&self.folder), self.clock.clone()).map_err(|error| failure(&error))?;
        till.log_in(CASHIER, SECRET).map_err(|error| failure(&error))?;
        Ok(Self { till, is_between: false, ..self })
    }

    /// The document that is open now, or the empty one that the next line will begin.
    fn open_document(&mut self) -> Result<Value, String> {
        if let Some(document) = self.till.draft() {
            return Ok(show::document(document));
        }
        let number = self.till.next_number().map_err(|error| failure(&error))?;
        Ok(show::empty(number, &self.currency))
    }
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("till.saleflex")
}

fn adjust(kind: AdjustmentKind, value: AdjustmentValue) -> Command {
    Command::AdjustLine { line: None, adjust: Adjust { kind, value, reason: None } }
}

/// None where the number is no percentage that a till knows.
fn percent(operation: &Value) -> Result<Option<AdjustmentValue>, String> {
    read::decimal(operation, "value")?;
    Ok(read::parsed(operation, "value", Percent::parse).ok().map(AdjustmentValue::Percent))
}

fn change_mode(input: &Value) -> Result<ChangeMode, String> {
    match read::text(input, "change_mode")? {
        "auto" => Ok(ChangeMode::Auto),
        "button" => Ok(ChangeMode::Key),
        other => Err(format!("no such change mode: {other}")),
    }
}

/// A failure that is no refusal: the case cannot go on.
fn failure(error: &Error) -> String {
    format!("the till failed: {error}")
}
