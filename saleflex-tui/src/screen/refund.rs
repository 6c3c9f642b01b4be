//! Goods brought back: the receipt number, then what can still come back of it.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};
use saleflex_core::basket::GoodsState;

use crate::{
    app::{Place, Return, State},
    effect::Sold,
    text::Key,
    theme::Theme,
    widget::{Column, Table, TableRow, framed, within},
};

pub(super) fn draw_head(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let Place::Return(back) = state.place() else { return };
    let inner = framed(theme, frame, rect, state.text.word(Key::ReturnReceipt));
    if let Some(sold) = &back.sold {
        let shelf = match back.state {
            GoodsState::New => Key::ReturnRestock,
            GoodsState::Opened => Key::ReturnOpened,
            GoodsState::Damaged => Key::ReturnDamaged,
        };
        let line = Line::from(vec![
            Span::styled(sold.number.to_string(), theme.strong),
            Span::raw("   "),
            Span::styled(state.text.word(shelf).to_owned(), theme.notice),
        ]);
        frame.render_widget(Paragraph::new(line), inner);
        return;
    }
    frame.render_widget(Paragraph::new(format!("> {}", back.number)).style(theme.input), inner);
    if state.dialogs.is_empty() {
        let typed = u16::try_from(Span::raw(back.number.as_str()).width()).unwrap_or(u16::MAX);
        let x = inner.x.saturating_add(2).saturating_add(typed).min(inner.right().saturating_sub(1));
        frame.set_cursor_position(Position::new(x, inner.y));
    }
}

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let Place::Return(back) = state.place() else { return };
    let inner = framed(theme, frame, rect, state.text.word(Key::ReturnLines));
    let Some(sold) = &back.sold else { return };
    table(state, theme, back, sold).draw(theme, frame, inner);
}

/// The line under the mouse.
pub(super) fn line_at(state: &State, rect: Rect, position: Position) -> Option<usize> {
    let Place::Return(back) = state.place() else { return None };
    let sold = back.sold.as_ref()?;
    table(state, &Theme::plain(), back, sold).row_at(within(rect), position)
}

/// Whether a receipt number is typed there.
pub(super) fn takes_number(state: &State) -> bool {
    matches!(state.place(), Place::Return(back) if back.sold.is_none())
}

fn table<'a>(state: &'a State, theme: &Theme, back: &Return, sold: &Sold) -> Table<'a> {
    let word = |key| state.text.word(key);
    let columns = vec![
        Column::number("#", 3),
        Column::text(word(Key::ColumnProduct), 0),
        Column::number(word(Key::ColumnLeft), 9),
        Column::number(word(Key::ColumnValue), 11),
        Column::number(word(Key::ColumnBack), 9),
    ];
    let rows = sold
        .lines
        .iter()
        .zip(&back.picked)
        .map(|(line, picked)| TableRow {
            cells: vec![
                line.line.to_string(),
                line.name.clone(),
                line.left.to_string(),
                // What may not come back is worth nothing here, and is marked as such.
                match line.refusal {
                    Some(_) => word(Key::ReturnMayNot).to_owned(),
                    None => state.view.money(line.value),
                },
                picked.map_or_else(|| "-".to_owned(), |quantity| quantity.to_string()),
            ],
            style: match (picked, &line.refusal) {
                (Some(_), _) => theme.strong,
                (None, Some(_)) => theme.locked,
                (None, None) => theme.text,
            },
        })
        .collect();
    Table { columns, rows, selected: Some(back.at), is_tail: false }
}
