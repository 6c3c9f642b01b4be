//! A target: whose, for which days, what is to be reached, and how far it has been.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use saleflex_core::cashier::target::{Goal, Halt, Target};
use saleflex_store::{Error, Till, till::TargetRecord};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value, person};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// A target.
pub(crate) struct TargetModel;

/// The goals that the till measures, each with its field and its label.
const GOALS: [(Goal, &str, Key); 11] = [
    (Goal::Sales, "SALES", Key::GoalSales),
    (Goal::Documents, "DOCUMENTS", Key::GoalDocuments),
    (Goal::Items, "ITEMS", Key::GoalItems),
    (Goal::AverageDocument, "AVERAGE", Key::GoalAverageDocument),
    (Goal::SalesPerHour, "SALES_HOUR", Key::GoalSalesPerHour),
    (Goal::WorkingHours, "HOURS", Key::GoalWorkingHours),
    (Goal::VoidRate, "VOID_RATE", Key::GoalVoidRate),
    (Goal::ReturnRate, "RETURN_RATE", Key::GoalReturnRate),
    (Goal::ErrorRate, "ERROR_RATE", Key::GoalErrorRate),
    (Goal::Accuracy, "ACCURACY", Key::GoalAccuracy),
    (Goal::Productivity, "PRODUCTIVITY", Key::GoalProductivity),
];

/// Whether a target is pursued, and what each answer is called.
const STATES: [(Option<Halt>, Key); 3] = [
    (None, Key::TargetPursued),
    (Some(Halt::Suspended), Key::TargetSuspended),
    (Some(Halt::Cancelled), Key::TargetCancelled),
];

impl Model for TargetModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "TARGET",
            panel: "TARGET_RECORD",
            definition: include_str!("../../forms/target.toml"),
            event: "TARGET_ADD",
            fields: &[
                "WHOSE",
                "FROM",
                "TO",
                "STATE",
                "SALES",
                "DOCUMENTS",
                "ITEMS",
                "AVERAGE",
                "SALES_HOUR",
                "HOURS",
                "VOID_RATE",
                "RETURN_RATE",
                "ERROR_RATE",
                "ACCURACY",
                "PRODUCTIVITY",
                "REACHED",
            ],
        }
    }

    fn hint(&self) -> Key {
        Key::HintTarget
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let today = till.now().business_date;
        let known = known(till, of)?.map(|record| record.target);
        let whose = known.as_ref().and_then(|target| target.cashier);
        let everybody = person::people(till);
        let at = everybody.iter().position(|(id, _)| Some(*id) == whose).map_or(0, |at| at + 1);
        let store = text.word(Key::WholeStore).to_owned();
        let options = std::iter::once(store).chain(everybody.into_iter().map(|(_, name)| name)).collect();
        let (from, to) = known.as_ref().map_or((today, today), |target| (target.from, target.to));
        let mut fields = vec![
            ("WHOSE", Value::Choice { options, at }),
            ("FROM", Value::Text(from.to_string())),
            ("TO", Value::Text(to.to_string())),
        ];
        if let Some(target) = &known {
            let at = STATES.iter().position(|(halted, _)| *halted == target.halted).unwrap_or(0);
            let options = STATES.map(|(_, key)| text.word(key).to_owned()).to_vec();
            fields.push(("STATE", Value::Choice { options, at }));
        }
        let set = |goal| known.as_ref().and_then(|target| target.goals.get(&goal));
        fields.extend(GOALS.map(|(goal, field, _)| (field, Value::text(set(goal)))));
        if let Some(target) = &known {
            fields.push(("REACHED", Value::Lines(reached(till, text, target, today)?)));
        }
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = known(till, of)?;
        let mut read = Reader::new(entered, text, till);
        let (from, to) = (day(&mut read, "FROM"), day(&mut read, "TO"));
        let (halted, _) = STATES.get(entered.choice("STATE")).copied().unwrap_or(STATES[0]);
        // Goals that the screen does not show stay as they were set, but for those that nothing measures where the target
        // is pursued.
        let mut goals = known.as_ref().map(|record| record.target.goals.clone()).unwrap_or_default();
        goals.retain(|goal, _| halted.is_some() || till.settings().hourly.measures(*goal));
        for (goal, field, _) in GOALS {
            match read.number::<Decimal>(field) {
                Some(value) if value >= Decimal::ZERO => drop(goals.insert(goal, value)),
                Some(_) => read.fault(field, text.word(Key::NotANumber).to_owned()),
                None => drop(goals.remove(&goal)),
            }
        }
        if goals.is_empty() {
            read.fault("SALES", text.word(Key::GoalNeeded).to_owned());
        }
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            read.fault("TO", text.word(Key::DayBeforeFirst).to_owned());
        }
        let is_store = entered.choice("WHOSE") == 0;
        let cashier = if is_store { None } else { person::chosen(till, entered, "WHOSE") };
        if !is_store && cashier.is_none() {
            read.fault("WHOSE", text.word(Key::NoSuchCashier).to_owned());
        }
        read.finish()?;
        let (Some(from), Some(to)) = (from, to) else { return Ok(()) };
        let store = till.identity().store;
        let target = Target { cashier, store, from, to, goals, halted };
        till.set_target(known.map(|record| record.id), target).map(drop).map_err(Unsaved::Till)
    }
}

fn known(till: &Till, of: Option<RowId>) -> Result<Option<TargetRecord>, Error> {
    let Some(RowId::Target(id)) = of else { return Ok(None) };
    Ok(till.targets()?.into_iter().find(|record| record.id == id))
}

fn day(read: &mut Reader<'_>, field: &'static str) -> Option<NaiveDate> {
    let typed = read.needed(field, 10);
    let day = typed.parse().ok();
    if day.is_none() && !typed.is_empty() {
        read.fault(field, read.text.word(Key::DayWrong).to_owned());
    }
    day
}

/// Each goal beside what was done and how far that is.
fn reached(till: &Till, text: &Text, target: &Target, today: NaiveDate) -> Result<Vec<String>, Error> {
    let actual = till.actuals_of(target, today)?;
    let achieved = till.achievement(target, &BTreeMap::new(), today)?;
    let row = |[name, goal, done, percent]: [&str; 4]| format!("{name:<26}{goal:>14}{done:>14}{percent:>12}");
    let heading = [Key::ColumnGoal, Key::ColumnTarget, Key::ColumnDone, Key::ColumnReached];
    let heading = row(heading.map(|key| text.word(key)));
    let goals = target.goals.iter().map(|(goal, value)| {
        let done = actual.get(goal).map_or_else(|| "-".to_owned(), ToString::to_string);
        let percent = achieved.goals.get(goal).map(|percent| format!("{percent} %")).unwrap_or_default();
        row([goal_word(text, *goal), &value.to_string(), &done, &percent])
    });
    let whole = row(["", "", "", &format!("{} %", achieved.percent)]);
    Ok(std::iter::once(heading).chain(goals).chain([whole]).collect())
}

/// What a goal is called.
pub(crate) fn goal_word(text: &Text, goal: Goal) -> &str {
    let known = GOALS.iter().find(|(known, ..)| *known == goal);
    text.word(known.map_or(Key::GoalOther, |(.., key)| *key))
}
