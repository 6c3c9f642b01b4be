//! Documents put aside: all of them, or the orders and layaways that wait to be picked up and paid.

use saleflex_core::{document::Kind, money::Money};
use saleflex_store::{Error, Till, history};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Act, Effect, Question},
    text::{Key, Text},
};

/// Shows what is on a document without taking it up.
const DETAIL: &str = "SUSPENDED_DETAIL";

/// Every document put aside.
pub(crate) struct Parked;

/// Orders and layaways to be picked up.
pub(crate) struct PickUp;

impl Listing for Parked {
    fn form(&self) -> &'static str {
        super::PARKED
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/suspended.toml")
    }

    fn event(&self) -> &'static str {
        "SUSPEND_LIST"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["RESUME_SALE", "DELETE_SUSPENDED_SALE", DETAIL]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleSuspended, none: Key::SuspendedNone, hint: Key::HintSuspended }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnNumber, 21),
                Heading::text(Key::ColumnTime, 6),
                Heading::text(Key::ColumnName, 0),
                Heading::number(Key::ColumnLines, 6),
                Heading::number(Key::ColumnPaid, 10),
                Heading::number(Key::ColumnTotal, 11),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().local.date();
        let row = |parked: &history::Parked| {
            let money = |amount: Money| till.currency().format(amount);
            let name = [kind_word(text, parked.kind), parked.name.as_deref().unwrap_or_default()];
            let name: Vec<&str> = name.into_iter().filter(|word| !word.is_empty()).collect();
            // What was put aside on another day says which, in as much room.
            let is_of_today = parked.suspended_at.local.date() == today;
            let shown = if is_of_today { "%H:%M" } else { "%m-%d" };
            let time = parked.suspended_at.local.format(shown).to_string();
            let (lines, paid, total) = (parked.lines.to_string(), money(parked.paid), money(parked.net_due));
            let cells = vec![parked.number.to_string(), time, name.join(" "), lines, paid, total];
            ListRow { id: RowId::Document(parked.id), cells, total: parked.net_due, is_dim: false }
        };
        let rows = till.suspended()?.iter().map(row).filter(|row| row.holds(&query.term)).collect();
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Document(id) = row.id else { return Vec::new() };
        if event == "RESUME_SALE" {
            return State::act(Act::Resume(id));
        }
        if event == DETAIL {
            return vec![Effect::Ask(Question::Copy(id))];
        }
        let total = state.view.currency.show(row.total);
        let values = [("number", row.name()), ("total", total.as_str())];
        let line = state.text.fill(Key::CancelSuspendedQuestion, &values);
        state.ask(vec![line], Key::YesKey, Effect::act(Act::CancelSuspended { document: id, reason: None }));
        Vec::new()
    }
}

impl Listing for PickUp {
    fn form(&self) -> &'static str {
        super::PICK_UP
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/pick_up.toml")
    }

    fn event(&self) -> &'static str {
        "PICK_UP_LIST"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["PICK_UP", DETAIL]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitlePickUp, none: Key::PickUpNone, hint: Key::HintPickUp }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnNumber, 21),
                Heading::text(Key::ColumnKind, 9),
                Heading::text(Key::ColumnName, 0),
                Heading::number(Key::ColumnLines, 6),
                Heading::number(Key::ColumnPaid, 10),
                Heading::number(Key::ColumnToPay, 11),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let mut rows = Vec::new();
        for parked in till.suspended()? {
            if !matches!(parked.kind, Kind::Order | Kind::Layaway) {
                continue;
            }
            let to_pay = parked.balance;
            let names = [customer_of(till, &parked)?, parked.name.clone()];
            let names: Vec<String> = names.into_iter().flatten().collect();
            let money = |amount: Money| till.currency().format(amount);
            let cells = vec![
                parked.number.to_string(),
                kind_word(text, parked.kind).to_owned(),
                names.join(", "),
                parked.lines.to_string(),
                money(parked.paid),
                money(to_pay),
            ];
            rows.push(ListRow { id: RowId::Document(parked.id), cells, total: to_pay, is_dim: false });
        }
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, _: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Document(id) = row.id else { return Vec::new() };
        if event == DETAIL { vec![Effect::Ask(Question::Copy(id))] } else { State::act(Act::PickUp(id)) }
    }
}

/// What a document put aside is called where it is no plain sale.
pub(super) fn kind_word(text: &Text, kind: Kind) -> &str {
    match kind {
        Kind::Order => text.event("OPEN_DOCUMENT order"),
        Kind::Layaway => text.event("OPEN_DOCUMENT layaway"),
        Kind::Quote => text.event("OPEN_DOCUMENT quote"),
        _ => "",
    }
}

fn customer_of(till: &Till, parked: &history::Parked) -> Result<Option<String>, Error> {
    let found = till.find_document(parked.id)?;
    let customer = found.and_then(|found| found.document().customer);
    let customer = customer.map(|id| till.customer(id)).transpose()?.flatten();
    Ok(customer.map(|customer| customer.name))
}
