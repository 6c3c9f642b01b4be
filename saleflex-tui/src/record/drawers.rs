//! The drawers of the till: number, who works from it, and what it begins with, where no closing has left anything in it.

use std::collections::BTreeSet;

use saleflex_core::{
    closure::{
        Closure,
        drawer::{Drawer, DrawerNo},
    },
    ids::CashierId,
    money::Money,
};
use saleflex_store::{Error, Till};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Value};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// The drawers of the till; none: one for everybody.
pub(crate) struct DrawersModel;

/// The fields of each drawer: its number, who works from it, what was in it.
const ROWS: [[&str; 3]; 4] = [
    ["NO_1", "WHO_1", "OPENING_1"],
    ["NO_2", "WHO_2", "OPENING_2"],
    ["NO_3", "WHO_3", "OPENING_3"],
    ["NO_4", "WHO_4", "OPENING_4"],
];

impl Model for DrawersModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "DRAWERS",
            panel: "DRAWERS_PANEL",
            definition: include_str!("../../forms/drawers.toml"),
            event: "DRAWERS_FORM",
            fields: &[
                "NO_1",
                "WHO_1",
                "OPENING_1",
                "NO_2",
                "WHO_2",
                "OPENING_2",
                "NO_3",
                "WHO_3",
                "OPENING_3",
                "NO_4",
                "WHO_4",
                "OPENING_4",
            ],
        }
    }

    fn hint(&self) -> Key {
        Key::HintDrawers
    }

    fn money(&self) -> &'static [&'static str] {
        &["OPENING_1", "OPENING_2", "OPENING_3", "OPENING_4"]
    }

    fn is_the_only_one(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, _: &Text, _: Option<RowId>) -> Result<Fields, Error> {
        let last = till.closures(1)?.into_iter().next();
        let drawers = &till.settings().drawers;
        let began = till.drawers()?;
        // What a closing left in a drawer is what it begins with; the first has what the others have not.
        let opening = |at: usize, drawer: Option<&Drawer>| {
            let is_left = |last: &Closure| {
                at == 0 || drawer.is_some_and(|drawer| last.drawers.iter().any(|known| known.no == drawer.no))
            };
            let known = began.get(at).filter(|_| drawer.is_some() && last.as_ref().is_some_and(is_left));
            match known {
                Some(state) => Value::Fixed(till.currency().show(state.drawer.opening)),
                None => Value::text(drawer.map(|drawer| till.currency().format(drawer.opening))),
            }
        };
        let fields = ROWS.iter().enumerate().flat_map(|(at, [no, who, begins])| {
            let drawer = drawers.get(at);
            [
                (*no, Value::text(drawer.map(|drawer| drawer.no.0))),
                (*who, Value::text(drawer.map(|drawer| names(till, &drawer.cashiers)))),
                (*begins, opening(at, drawer)),
            ]
        });
        Ok(fields.collect())
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let mut settings = till.settings().clone();
        // A till with more drawers than the screen has rows keeps the others.
        let others = settings.drawers.iter().skip(ROWS.len()).cloned().collect::<Vec<_>>();
        settings.drawers = ROWS.into_iter().filter_map(|row| drawer(&mut read, till, row)).collect();
        settings.drawers.extend(others);
        let is_one_of =
            |one: &Drawer, other: &Drawer| one.no == other.no || !one.cashiers.is_disjoint(&other.cashiers);
        for [no, ..] in ROWS {
            let number: Option<u8> = read.number(no);
            if number == Some(0) {
                read.fault(no, text.word(Key::NumberFromOne).to_owned());
            }
            let own = settings.drawers.iter().find(|drawer| Some(drawer.no.0) == number);
            let alike = own.map(|own| settings.drawers.iter().filter(|other| is_one_of(own, other)).count());
            if alike.is_some_and(|alike| alike > 1) {
                read.fault(no, text.word(Key::DrawerTwice).to_owned());
            }
        }
        read.finish()?;
        Ok(till.change_settings(settings)?)
    }
}

/// A drawer as it was entered; without a number there is none.
fn drawer(read: &mut Reader<'_>, till: &Till, [no, who, opening]: [&'static str; 3]) -> Option<Drawer> {
    let number: Option<u8> = read.number(no);
    let cashiers = cashiers(read, till, who);
    // What is only shown is not what the settings say.
    let is_shown = matches!(read.entered.value(opening), Some(Value::Fixed(_)));
    let said = till.settings().drawers.iter().find(|known| Some(known.no.0) == number);
    let opening = if is_shown { said.map(|known| known.opening) } else { read.amount(opening) };
    if number.is_none() && (!cashiers.is_empty() || opening.is_some()) {
        read.fault(no, read.text.word(Key::DrawerNumberNeeded).to_owned());
    }
    let opening = opening.unwrap_or(Money::ZERO);
    Some(Drawer { no: DrawerNo(number?), cashiers, opening })
}

/// The cashiers of whom a field has the user names, with commas between them.
fn cashiers(read: &mut Reader<'_>, till: &Till, field: &'static str) -> BTreeSet<CashierId> {
    let typed = read.entered.text(field).to_owned();
    let mut found = BTreeSet::new();
    for name in typed.split([',', ';']).map(str::trim).filter(|name| !name.is_empty()) {
        let is_it = |known: &&saleflex_store::cashier::Cashier| known.user_name.eq_ignore_ascii_case(name);
        match till.everybody().iter().find(is_it) {
            Some(cashier) => drop(found.insert(cashier.id)),
            None => read.fault(field, read.text.fill(Key::NoSuchUser, &[("name", name)])),
        }
    }
    found
}

fn names(till: &Till, cashiers: &BTreeSet<CashierId>) -> String {
    let known = till.everybody().iter().filter(|cashier| cashiers.contains(&cashier.id));
    known.map(|cashier| cashier.user_name.clone()).collect::<Vec<_>>().join(", ")
}
