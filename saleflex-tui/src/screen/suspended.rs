//! The documents put aside.

use ratatui::{Frame, layout::Rect, widgets::Paragraph};
use saleflex_core::document::Kind;

use crate::{
    app::{Place, State},
    text::Key,
    theme::Theme,
    widget::{Column, Table, TableRow, framed},
};

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let Place::Suspended { rows, at } = state.place() else { return };
    let inner = framed(theme, frame, rect, state.text.word(Key::SuspendedTitle));
    if rows.is_empty() {
        frame.render_widget(Paragraph::new(state.text.word(Key::SuspendedNone)).style(theme.dim), inner);
        return;
    }
    let word = |key| state.text.word(key);
    let columns = vec![
        Column::text(word(Key::ColumnNumber), 21),
        Column::text(word(Key::ColumnTime), 6),
        Column::text(word(Key::ColumnName), 0),
        Column::number(word(Key::ColumnLines), 6),
        Column::number(word(Key::ColumnPaid), 10),
        Column::number(word(Key::ColumnTotal), 11),
    ];
    let rows = rows
        .iter()
        .map(|parked| {
            let kind = match parked.kind {
                Kind::Order => "order",
                Kind::Layaway => "layaway",
                Kind::Quote => "quote",
                _ => "",
            };
            let kind = if kind.is_empty() {
                String::new()
            } else {
                format!("{} ", state.text.event(&format!("OPEN_DOCUMENT {kind}")))
            };
            let name = format!("{kind}{}", parked.name.as_deref().unwrap_or_default());
            TableRow {
                cells: vec![
                    parked.number.to_string(),
                    parked.suspended_at.local.format("%H:%M").to_string(),
                    name,
                    parked.lines.to_string(),
                    state.view.money(parked.paid),
                    state.view.money(parked.net_due),
                ],
                style: theme.text,
            }
        })
        .collect();
    Table { columns, rows, selected: Some(*at), is_tail: false }.draw(theme, frame, inner);
}
