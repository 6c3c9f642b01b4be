//! Putting a cashier's time clock right: a punch was at another time, never was, or was forgotten. Nothing is
//! overwritten: the correction is a record of its own, with its reason and by whose word.

use chrono::NaiveDateTime;
use saleflex_core::cashier::{
    session::BreakKind,
    time_clock::{Punch, PunchNo},
};
use saleflex_store::{Error, Till};

use super::{Entered, Faults, Fields, Model, Record, Shape, Value};
use crate::{
    app::{Place, State},
    effect::{Act, Effect, PunchChange, PunchCorrection},
    entry::{Amounts, TypedLine},
    listing::RowId,
    message,
    text::{Key, Text},
};

/// What is wrong at the time clock.
pub(crate) struct PunchModel;

/// The latest punches that can be corrected.
const MOST: usize = 40;
/// How a time is written.
const TIME: &str = "%Y-%m-%d %H:%M";
/// What can have been forgotten, in the order of a day.
const FORGOTTEN: [Punch; 4] =
    [Punch::In, Punch::BreakStart(BreakKind::Unscheduled), Punch::BreakEnd, Punch::Out];

impl Model for PunchModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "PUNCH",
            panel: "PUNCH_RECORD",
            definition: include_str!("../../forms/punch.toml"),
            event: "PUNCH_FORM",
            fields: &["CASHIER", "CHANGE", "PUNCHED", "TIME", "REASON"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintPunch
    }

    fn acts_when_saved(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let now = till.now();
        let cashier = match of {
            Some(RowId::Cashier(id)) => till.cashier(id),
            _ => till.on_duty(),
        };
        let Some(cashier) = cashier else { return Ok(Vec::new()) };
        let name = cashier.name.clone();
        let punches = till.attendance(cashier.id)?.punches;
        let latest = punches.iter().rev().take(MOST).map(|standing| {
            let (no, at) = (standing.no, standing.at.local.format(TIME));
            format!("#{no} {at} {}", text.word(message::punch(standing.punch)))
        });
        let changes = [Key::PunchMoved, Key::PunchTakenBack].map(|key| text.word(key).to_owned());
        let forgotten = FORGOTTEN
            .map(|punch| text.fill(Key::PunchForgotten, &[("what", text.word(message::punch(punch)))]));
        let mut fields = vec![
            ("CASHIER", Value::Fixed(name)),
            ("CHANGE", Value::Choice { options: changes.into_iter().chain(forgotten).collect(), at: 0 }),
        ];
        if !punches.is_empty() {
            fields.push(("PUNCHED", Value::Choice { options: latest.collect(), at: 0 }));
        }
        // What is put right is mostly minutes away from what it was.
        let begins = punches.last().map_or(now.local, |latest| latest.at.local);
        fields.push(("TIME", Value::Text(begins.format(TIME).to_string())));
        fields.push(("REASON", Value::Text(String::new())));
        Ok(fields)
    }

    /// As long as nobody typed a time it is that of the punch that is chosen.
    fn recompute(&self, record: &mut Record, _: &Amounts) {
        let Some(chosen) = record.entered().chosen("PUNCHED").and_then(time) else { return };
        let time = record.fields.iter_mut().find(|field| field.name == "TIME");
        if let Some(field) = time
            && matches!(&field.value, Value::Text(first) if *first != chosen && first == field.line.text())
        {
            field.line = TypedLine::holding(&chosen);
            field.value = Value::Text(chosen);
        }
    }

    fn act(&self, state: &mut State, of: Option<RowId>, _: &str) -> Vec<Effect> {
        let Some(Place::Record(record)) = state.places.last() else { return Vec::new() };
        let cashier = if let Some(RowId::Cashier(id)) = of { Some(id) } else { None };
        match correction(&record.entered(), state.text) {
            Ok((change, reason)) => {
                State::act(Act::CorrectPunch(Box::new(PunchCorrection { cashier, change, reason })))
            }
            Err(faults) => {
                state.refuse_fields(&faults);
                Vec::new()
            }
        }
    }
}

/// What was entered, or what is wrong with it.
fn correction(entered: &Entered, text: &Text) -> Result<(PunchChange, String), Faults> {
    let mut faults = Faults::new();
    let at = NaiveDateTime::parse_from_str(entered.text("TIME"), TIME).ok();
    let chosen = entered.choice("CHANGE");
    let forgotten = chosen.checked_sub(2).and_then(|at| FORGOTTEN.get(at).copied());
    let punch = entered.chosen("PUNCHED").and_then(number);
    let change = match (forgotten, punch, at) {
        (Some(punch), _, Some(at)) => Some(PunchChange::Forgotten { punch, at }),
        (None, Some(punch), _) if chosen == 1 => Some(PunchChange::TakenBack { punch }),
        (None, Some(punch), Some(to)) => Some(PunchChange::Moved { punch, to }),
        (None, None, _) => {
            faults.push(("CHANGE", text.word(Key::PunchNone).to_owned()));
            None
        }
        (_, _, None) => {
            faults.push(("TIME", text.word(Key::TimeNotRead).to_owned()));
            None
        }
    };
    let reason = entered.optional("REASON");
    if reason.is_none() {
        faults.push(("REASON", text.word(Key::FieldNeeded).to_owned()));
    }
    match (change, reason) {
        (Some(change), Some(reason)) if faults.is_empty() => Ok((change, reason)),
        _ => Err(faults),
    }
}

/// The number that an option begins with, as in `#12 2025-04-06 17:30 goes`.
fn number(option: &str) -> Option<PunchNo> {
    option.strip_prefix('#')?.split_whitespace().next()?.parse().ok()
}

/// The time of an option.
fn time(option: &str) -> Option<String> {
    let mut words = option.split_whitespace().skip(1);
    Some(format!("{} {}", words.next()?, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(change: usize, time: &str, reason: &str) -> Entered {
        let options = vec!["#12 2025-04-06 17:30 goes".to_owned(), "#3 2025-04-06 09:30 comes".to_owned()];
        Entered {
            fields: vec![
                ("CHANGE", Value::Choice { options: vec![String::new(); 6], at: change }),
                ("PUNCHED", Value::Choice { options, at: 1 }),
                ("TIME", Value::Text(time.to_owned())),
                ("REASON", Value::Text(reason.to_owned())),
            ],
            ..Entered::default()
        }
    }

    #[test]
    fn a_correction_names_the_punch_that_was_chosen_and_needs_a_time_and_a_reason() {
        let text = Text::english();
        let at = NaiveDateTime::parse_from_str("2025-04-06 08:55", TIME).unwrap();
        let read = |change, time, reason| correction(&entered(change, time, reason), text);
        let moved = PunchChange::Moved { punch: 3, to: at };
        assert_eq!(read(0, "2025-04-06 08:55", "late"), Ok((moved, "late".to_owned())));
        assert_eq!(read(1, "nonsense", "twice").unwrap().0, PunchChange::TakenBack { punch: 3 });
        let forgotten = PunchChange::Forgotten { punch: Punch::Out, at };
        assert_eq!(read(5, "2025-04-06 08:55", "went").unwrap().0, forgotten);
        let fields = |faults: Faults| faults.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(fields(read(0, "8:55", " ").unwrap_err()), ["TIME", "REASON"]);
        let unpunched = entered(0, "", "why").fields.split_off(2);
        let nothing = Entered { fields: unpunched, ..Entered::default() };
        assert_eq!(fields(correction(&nothing, text).unwrap_err()), ["CHANGE"]);
    }
}
