//! The tenders of the document, and on a refund what can be paid back how.

use ratatui::{
    Frame,
    layout::{Position, Rect},
};
use saleflex_core::{
    document::Document,
    tender::{Direction, Tender, TenderStatus},
};

use crate::{
    app::{Place, State},
    message,
    text::Key,
    theme::Theme,
    widget::{Column, Table, TableRow, framed, within},
};

pub(super) fn draw_tenders(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let inner = framed(theme, frame, rect, state.text.word(Key::Tenders));
    let Some(document) = &state.view.document else { return };
    table(state, theme, document).draw(theme, frame, inner);
}

/// The tender under the mouse, among those that can still be taken back.
pub(super) fn tender_at(state: &State, rect: Rect, position: Position) -> Option<usize> {
    let Place::Payment { .. } = state.place() else { return None };
    let document = state.view.document.as_ref()?;
    let row = table(state, &Theme::plain(), document).row_at(within(rect), position)?;
    let no = tenders(document).get(row)?.no;
    state.tenders().iter().position(|known| *known == no)
}

/// Every tender of a document, and what an exchange paid out.
fn tenders(document: &Document) -> Vec<&Tender> {
    let payouts = document.exchange.iter().flat_map(|returned| &returned.tenders);
    document.tenders.iter().chain(payouts).collect()
}

fn table(state: &State, theme: &Theme, document: &Document) -> Table<'static> {
    let tenders = tenders(document);
    let mut rows: Vec<TableRow> = tenders
        .iter()
        .map(|tender| {
            let style = if tender.void.is_some() || tender.status == TenderStatus::Declined {
                theme.voided
            } else {
                theme.text
            };
            TableRow { cells: vec![words(state, tender), amount(state, tender)], style }
        })
        .collect();
    if tenders.is_empty() && !state.view.refundable.is_empty() {
        rows.push(TableRow {
            cells: vec![state.text.word(Key::PaidWith).to_owned(), String::new()],
            style: theme.dim,
        });
        rows.extend(state.view.refundable.iter().map(|(kind, left)| TableRow {
            cells: vec![message::tender_kind(state.text, *kind).to_owned(), state.view.money(*left)],
            style: theme.text,
        }));
    }
    if let Some(tip) = state.selling.tip {
        let cells = vec![state.text.word(Key::TipNext).to_owned(), state.view.money(tip)];
        rows.push(TableRow { cells, style: theme.notice });
    }
    let selected = match state.place() {
        Place::Payment { at: Some(at) } => {
            let no = state.tenders().get(*at).copied();
            no.and_then(|no| tenders.iter().position(|tender| tender.no == no))
        }
        _ => None,
    };
    let columns = vec![Column::text("", 0), Column::number("", 12)];
    Table { columns, rows, selected, is_tail: true }
}

fn words(state: &State, tender: &Tender) -> String {
    let kind = message::tender_kind(state.text, tender.kind);
    let foreign = tender.foreign.map(|foreign| format!(" {}", foreign.currency.show(foreign.amount)));
    let pending = tender.is_pending().then(|| format!(" ({})", state.text.word(Key::Pending)));
    let tip = tender.tip.map(|tip| {
        let amount = state.view.currency.show(tip.amount);
        format!(" {}", state.text.fill(Key::TipWith, &[("amount", &amount)]))
    });
    let more = [foreign, tip, pending].into_iter().flatten().collect::<String>();
    format!("{kind}{more}")
}

fn amount(state: &State, tender: &Tender) -> String {
    let amount = if tender.direction == Direction::Out { -tender.amount } else { tender.amount };
    state.view.money(amount)
}
