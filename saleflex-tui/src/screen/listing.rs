//! A list screen: what was typed to narrow it, and its rows.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use crate::{
    action::{Action, Move},
    app::{Place, State},
    listing::List,
    theme::Theme,
    widget::{Column, Table, TableRow, framed, within},
};

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let Place::List(list) = state.place() else { return };
    let words = list.listing.words();
    let title = list.title.as_deref().unwrap_or_else(|| state.text.word(words.title));
    let inner = framed(theme, frame, rect, title);
    let (typed, cursor) = list.filter.visible(usize::from(inner.width.saturating_sub(2)));
    let line = Line::from(vec![Span::styled("> ", theme.dim), Span::styled(typed, theme.input)]);
    frame.render_widget(Paragraph::new(line), Rect { height: inner.height.min(1), ..inner });
    if state.dialogs.is_empty() {
        let x = inner.x.saturating_add(2 + u16::try_from(cursor).unwrap_or(0));
        frame.set_cursor_position(Position::new(x.min(inner.right().saturating_sub(1)), inner.y));
    }
    let below = below(inner);
    if list.rows.is_empty() {
        frame.render_widget(Paragraph::new(state.text.word(list.none())).style(theme.dim), below);
        return;
    }
    table(theme, list, &headings(state, list)).draw(theme, frame, below);
}

/// What a press of the mouse on a list means: its row, or where one types a keyboard.
pub(super) fn action_at(state: &State, rect: Rect, position: Position) -> Option<Action> {
    let Place::List(list) = state.place() else { return None };
    let inner = within(rect);
    if position.y == inner.y {
        return Some(Action::Keyboard);
    }
    let row = table(&Theme::plain(), list, &headings(state, list)).row_at(below(inner), position)?;
    Some(Action::Move(Move::To(row)))
}

/// The room for rows, below what is typed.
fn below(inner: Rect) -> Rect {
    Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner }
}

fn headings(state: &State, list: &List) -> Vec<String> {
    list.listing
        .headings()
        .iter()
        .enumerate()
        .map(|(at, heading)| {
            let word = state.text.word(heading.key);
            match list.order.filter(|order| order.column == at) {
                Some(order) => format!("{word} {}", order.mark()),
                None => word.to_owned(),
            }
        })
        .collect()
}

fn table<'a>(theme: &Theme, list: &List, headings: &'a [String]) -> Table<'a> {
    let columns = list.listing.headings().iter().zip(headings).map(|(heading, words)| Column {
        heading: words,
        width: heading.width,
        is_right: heading.is_right,
        is_below: heading.is_below,
    });
    let rows = list.rows.iter().map(|row| TableRow {
        cells: row.cells.clone(),
        style: if row.is_dim { theme.locked } else { theme.text },
    });
    Table { columns: columns.collect(), rows: rows.collect(), selected: Some(list.at), is_tail: false }
}
