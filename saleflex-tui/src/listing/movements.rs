//! Money put into the drawer and taken out of it in a period, each with its reason.

use saleflex_core::document::{CashMovementKind, Kind};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words, receipts};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// Movements of cash.
pub(crate) struct Movements;

impl Listing for Movements {
    fn form(&self) -> &'static str {
        "CASH_MOVEMENT_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/cash_movement_list.toml")
    }

    fn event(&self) -> &'static str {
        "CASH_MOVEMENT_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["CASH_MOVEMENT_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleMovements, none: Key::MovementsNone, hint: Key::HintMovements }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnTime, 11),
                Heading::text(Key::ColumnKind, 21),
                Heading::below(Key::ReasonField),
                Heading::text(Key::ColumnName, 16),
                Heading::number(Key::AmountField, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let period = till.period_back(query.back)?.unwrap_or(till.period().number);
        let heads = till.documents(period)?;
        let moved = heads.iter().rev().filter(|head| head.kind == Kind::CashMovement);
        // A period of several days says of each on which it was.
        let mut days = moved.clone().map(|head| head.finished_at.local.date());
        let first = days.next();
        let shown = if days.all(|day| Some(day) == first) { "%H:%M" } else { "%m-%d %H:%M" };
        let mut rows = Vec::new();
        for head in moved {
            let found = till.find_document(head.id)?;
            let Some(movement) = found.as_ref().and_then(|found| found.document().cash_movement.as_ref())
            else {
                continue;
            };
            let amount = if movement.kind.is_in() { movement.amount } else { -movement.amount };
            let who = till.cashier(head.finished_by).map(|cashier| cashier.name.clone());
            rows.push(ListRow {
                id: RowId::Document(head.id),
                cells: vec![
                    head.finished_at.local.format(shown).to_string(),
                    receipts::said_of(text, head, text.word(kind_key(movement.kind))),
                    movement.reason.clone(),
                    who.unwrap_or_default(),
                    till.currency().format(amount),
                ],
                total: amount,
                is_dim: head.is_training,
            });
        }
        rows.retain(|row| row.holds(&query.term));
        let title = text.fill(Key::MovementsOf, &[("period", &period.0.to_string())]);
        Ok(Listed { rows, title: Some(title), back: till.periods_since(period)?, ..Listed::default() })
    }

    fn act(&self, _: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        let RowId::Document(id) = row.id else { return Vec::new() };
        vec![Effect::Ask(Question::Copy(id))]
    }
}

/// What a movement is called.
const fn kind_key(kind: CashMovementKind) -> Key {
    match kind {
        CashMovementKind::Float => Key::FloatTitle,
        CashMovementKind::PaidIn => Key::PaidInTitle,
        CashMovementKind::PaidOut => Key::PaidOutTitle,
        CashMovementKind::CashDrop => Key::CashDropTitle,
    }
}
