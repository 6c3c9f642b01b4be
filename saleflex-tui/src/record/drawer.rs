//! Counting the drawer, note by note and coin by coin.
//!
//! Where the store counts blind, what should be there is told only afterwards, on the slip.

use std::{collections::BTreeMap, iter};

use saleflex_core::{
    closure::{CashCount, Declaration, Denomination, drawer::OverShortReason},
    money::Money,
    tender::Denominations,
};
use saleflex_store::{Error, Till, till::DrawerState};

use super::{Entered, Faults, Fields, Model, Record, Shape, Value};
use crate::{
    app::{Place, State},
    effect::{Act, CountFor, Counted, Effect},
    entry::{self, Amounts},
    listing::RowId,
    message,
    text::{Key, Text},
};

mod declared;
mod foreign;

pub(super) use self::foreign::read as foreign_counts;

/// A count of the drawer.
pub(crate) struct DrawerModel;

/// Its fields: first one for each note and coin; no currency has more.
const FIELDS: [&str; 29] = [
    "PIECES_1",
    "PIECES_2",
    "PIECES_3",
    "PIECES_4",
    "PIECES_5",
    "PIECES_6",
    "PIECES_7",
    "PIECES_8",
    "PIECES_9",
    "PIECES_10",
    "PIECES_11",
    "PIECES_12",
    "PIECES_13",
    "PIECES_14",
    "PIECES_15",
    "PIECES_16",
    "AMOUNT",
    "TOTAL",
    "EXPECTED",
    "PURPOSE",
    "NUMBER",
    "LEFT",
    "WHY",
    "WORDS",
    "FOREIGN_EXPECTED",
    "FOREIGN",
    "FOREIGN_LEFT",
    "REPORTED_TIPS",
    "DECLARED",
];
/// How many of them are for notes and coins.
const PIECES: usize = 16;
/// Purposes before those that hand the drawer to somebody: opening, in between, closing.
const PURPOSES: [Key; 3] = [Key::CountSpot, Key::CountOpening, Key::CountClosing];
/// Under which name the figures of a country ask for the tips that staff got themselves.
pub(crate) const REPORTED_TIPS: &str = "reported_tips";
/// The place of closing among them.
const CLOSING: usize = 2;

impl Model for DrawerModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "DRAWER_COUNT",
            panel: "DRAWER",
            definition: include_str!("../../forms/drawer_count.toml"),
            event: "DRAWER_COUNT_FORM",
            fields: &FIELDS,
        }
    }

    fn hint(&self) -> Key {
        Key::HintDrawerCount
    }

    fn acts_when_saved(&self) -> bool {
        true
    }

    fn money(&self) -> &'static [&'static str] {
        &["AMOUNT", "LEFT", "REPORTED_TIPS"]
    }

    fn load(&self, till: &mut Till, text: &Text, _: Option<RowId>) -> Result<Fields, Error> {
        let drawers = till.drawers()?;
        let currency = *till.currency();
        let values = Denominations::of(currency.code()).map(|known| known.values()).unwrap_or_default();
        let mut fields: Fields = FIELDS[..PIECES]
            .iter()
            .copied()
            .zip(&values)
            .map(|(name, value)| (name, Value::Pieces { value: *value, label: currency.format(*value) }))
            .collect();
        fields.push(("AMOUNT", Value::Text(String::new())));
        fields.push(("TOTAL", Value::Fixed(currency.show(Money::ZERO))));
        let is_blind = till.settings().closing.blind_count;
        if let ([drawer], false) = (&drawers[..], is_blind) {
            fields.push(("EXPECTED", Value::Fixed(currency.show(drawer.expected()))));
        }
        let on_duty = till.on_duty().map(|cashier| cashier.id);
        let others = till.cashiers().into_iter().filter(|cashier| Some(cashier.id) != on_duty);
        let others = others.map(|cashier| text.fill(Key::CountHandOver, &[("name", &cashier.name)]));
        let purposes = PURPOSES.map(|key| text.word(key).to_owned()).into_iter().chain(others).collect();
        fields.push(("PURPOSE", Value::Choice { options: purposes, at: 0 }));
        if drawers.len() > 1 {
            let label = |state: &DrawerState| match state.drawer.no.0 {
                no if is_blind => no.to_string(),
                no => {
                    let own = format!("{no}: {}", currency.show(state.expected()));
                    iter::once(own).chain(foreign::by_currency(&state.foreign)).collect::<Vec<_>>().join("  ")
                }
            };
            let numbers = drawers.iter().map(label).collect();
            // Whoever counts mostly counts the one they work from.
            let own = on_duty.map(|cashier| till.drawer_of(cashier)).transpose()?;
            let at = drawers.iter().position(|state| Some(state.drawer.no) == own);
            fields.push(("NUMBER", Value::Choice { options: numbers, at: at.unwrap_or_default() }));
        }
        fields.push(("LEFT", Value::Text(String::new())));
        let reasons = OverShortReason::ALL.map(|reason| text.word(message::over_short(reason)).to_owned());
        let reasons = [String::from("-")].into_iter().chain(reasons).collect();
        fields.push(("WHY", Value::Choice { options: reasons, at: 0 }));
        fields.push(("WORDS", Value::Text(String::new())));
        fields.extend(foreign::fields(till, &drawers));
        let mut asked = till.country_asks()?.declared;
        if asked.remove(REPORTED_TIPS) {
            fields.push(("REPORTED_TIPS", Value::Text(String::new())));
        }
        if !asked.is_empty() {
            fields.push(("DECLARED", Value::Text(declared::offered(&asked, &currency))));
        }
        Ok(fields)
    }

    fn recompute(&self, record: &mut Record, amounts: &Amounts) {
        let total = count(&record.entered(), amounts).and_then(|count| count.total().ok());
        let shown = total.map_or_else(|| "?".to_owned(), |total| amounts.currency.show(total));
        if let Some(field) = record.fields.iter_mut().find(|field| field.name == "TOTAL") {
            field.value = Value::Fixed(shown);
        }
    }

    fn act(&self, state: &mut State, _: Option<RowId>, _: &str) -> Vec<Effect> {
        let Some(Place::Record(record)) = state.places.last() else { return Vec::new() };
        let entered = record.entered();
        let offered = record.fields.iter().find(|field| field.name == "DECLARED").map(|field| &field.value);
        let offered = if let Some(Value::Text(offered)) = offered { offered.clone() } else { String::new() };
        let declaration = match declaration(&entered, &offered, state) {
            Ok(declaration) => declaration,
            Err(faults) => {
                state.refuse_fields(&faults);
                return Vec::new();
            }
        };
        let purpose = entered.choice("PURPOSE");
        let misplaced = misplaced(&entered, &declaration, purpose, state.text);
        if !misplaced.is_empty() {
            state.refuse_fields(&misplaced);
            return Vec::new();
        }
        let is_one_of_several = record.fields.iter().any(|field| field.name == "NUMBER");
        if purpose == CLOSING && !is_one_of_several {
            state.ask_close(Some(declaration));
            return Vec::new();
        }
        let purpose = match purpose {
            0 => CountFor::SpotCheck,
            1 => CountFor::Opening,
            CLOSING => CountFor::Closing,
            _ => {
                let Some(user_name) = handed_to(&entered, state) else {
                    let words = state.text.word(Key::ChangedMeanwhile).to_owned();
                    state.refuse_fields(&[("PURPOSE", words)]);
                    return Vec::new();
                };
                CountFor::HandOver(user_name)
            }
        };
        let drawer = entered.choice("NUMBER");
        State::act(Act::CountDrawer(Box::new(Counted { drawer, purpose, declaration })))
    }
}

/// What was entered that the purpose has no use for: what stays is said when the period closes, and amounts are declared then
/// or with a hand-over.
fn misplaced(entered: &Entered, declaration: &Declaration, purpose: usize, text: &Text) -> Faults {
    let mut faults = Faults::new();
    if purpose != CLOSING {
        let said = ["LEFT", "FOREIGN_LEFT"].into_iter().filter(|name| !entered.text(name).is_empty());
        faults.extend(said.map(|name| (name, text.word(Key::StaysAtClosingOnly).to_owned())));
    }
    // Spot checks and the float before selling come before closing.
    if purpose < CLOSING {
        let said = declaration.declared.iter().find(|(_, amount)| !amount.is_zero());
        let field = |name: &str| if name == REPORTED_TIPS { "REPORTED_TIPS" } else { "DECLARED" };
        let words = || text.word(Key::DeclaredInBetween).to_owned();
        faults.extend(said.map(|(name, _)| (field(name), words())));
    }
    faults
}

/// Who the drawer is handed to: found by what was chosen, since a hub may send other people while somebody counts, and the
/// places move. Of two who are called the same it is the one in the same place.
fn handed_to(entered: &Entered, state: &State) -> Option<String> {
    let Some(Value::Choice { options, at }) = entered.value("PURPOSE") else { return None };
    let chosen = options.get(*at)?;
    let own = state.view.cashier.as_ref().map(|person| person.user_name.as_str());
    let others = state.view.cashiers.iter().filter(|person| Some(person.user_name.as_str()) != own);
    let words = |name: &str| state.text.fill(Key::CountHandOver, &[("name", name)]);
    let mut called = others.filter(|person| words(&person.name) == *chosen);
    let before = options.iter().take(*at).filter(|option| *option == chosen).count();
    called.nth(before).map(|person| person.user_name.clone())
}

/// What was counted: the sum where one was typed, else the pieces; none where something is no number.
fn count(entered: &Entered, amounts: &Amounts) -> Option<CashCount> {
    if let Some(amount) = entered.optional("AMOUNT") {
        return entry::amount(&amount, amounts).ok().map(CashCount::Amount);
    }
    pieces(entered).map(CashCount::Denominations)
}

/// The notes and coins that were counted; none where something is no number.
fn pieces(entered: &Entered) -> Option<Vec<Denomination>> {
    let mut pieces = Vec::new();
    for (name, value) in entered.pieces() {
        let text = entered.text(name);
        if !text.is_empty() {
            pieces.push(Denomination { value, count: text.parse().ok()? });
        }
    }
    Some(pieces)
}

/// What was entered, or what is wrong with it.
fn declaration(entered: &Entered, offered: &str, state: &State) -> Result<Declaration, Faults> {
    let (text, amounts) = (state.text, &state.view.amounts());
    let mut faults = Faults::new();
    let mut amount =
        |name: &'static str| match entered.optional(name).map(|typed| entry::amount(&typed, amounts)) {
            None => None,
            Some(Ok(amount)) => Some(amount),
            Some(Err(error)) => {
                faults.push((name, message::amount_error(text, error)));
                None
            }
        };
    let left = amount("LEFT");
    let tips = amount("REPORTED_TIPS");
    let sum = amount("AMOUNT");
    let declared = declared::read(entered.text("DECLARED"), offered, amounts, text);
    let mut declared = declared.unwrap_or_else(|words| {
        faults.push(("DECLARED", words));
        BTreeMap::new()
    });
    declared.extend(tips.map(|tips| (REPORTED_TIPS.to_owned(), tips)));
    let mut foreign_of = |name: &'static str| {
        foreign::read(entered.text(name), text, amounts).unwrap_or_else(|words| {
            faults.push((name, words));
            BTreeMap::new()
        })
    };
    let (foreign, left_of) = (foreign_of("FOREIGN"), foreign_of("FOREIGN_LEFT"));
    let mut foreign_left = BTreeMap::new();
    for (code, count) in left_of {
        match count.total() {
            Ok(total) => drop(foreign_left.insert(code, total)),
            Err(error) => faults.push(("FOREIGN_LEFT", message::amount_error(text, error))),
        }
    }
    for (name, _) in entered.pieces() {
        let typed = entered.text(name);
        if !typed.is_empty() && typed.parse::<u32>().is_err() {
            faults.push((name, text.word(Key::PiecesNotWorth).to_owned()));
        }
    }
    let counted = counted(entered, sum, (text, amounts), &mut faults);
    let is_nothing = matches!(&counted, Some(CashCount::Denominations(pieces)) if pieces.is_empty());
    if is_nothing && faults.is_empty() {
        faults.push(("AMOUNT", text.word(Key::FieldNeeded).to_owned()));
    }
    let (Some(counted), true) = (counted, faults.is_empty()) else { return Err(faults) };
    let why = entered.choice("WHY").checked_sub(1).and_then(|at| OverShortReason::ALL.get(at).copied());
    Ok(Declaration {
        counted,
        float_left: left,
        reason: entered.optional("WORDS"),
        over_short: why,
        foreign,
        foreign_left,
        declared,
    })
}

/// What was counted. Of notes and coins and a sum one is written down: where they differ, the other would be gone without a
/// word.
fn counted(
    entered: &Entered,
    sum: Option<Money>,
    (text, amounts): (&Text, &Amounts),
    faults: &mut Faults,
) -> Option<CashCount> {
    let in_pieces = pieces(entered).filter(|pieces| !pieces.is_empty()).map(CashCount::Denominations);
    if let (Some(sum), Some(Ok(total))) = (sum, in_pieces.as_ref().map(CashCount::total))
        && sum != total
    {
        let total = amounts.currency.show(total);
        faults.push(("AMOUNT", text.fill(Key::CountContradicts, &[("amount", &total)])));
    }
    match (in_pieces, sum) {
        (Some(in_pieces), _) => Some(in_pieces),
        (None, Some(sum)) => Some(CashCount::Amount(sum)),
        (None, None) => count(entered, amounts),
    }
}
