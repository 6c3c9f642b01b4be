//! The menu: its functions as a list; the selected one is pressed by Enter, each by its digit.

use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use crate::{
    app::{Place, State},
    form::ControlKind,
    theme::Theme,
    widget::{Column, Table, TableRow},
};

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    if let Some(table) = table(state, theme) {
        table.draw(theme, frame, rect);
    }
}

/// The function under the mouse.
pub(super) fn row_at(state: &State, rect: Rect, position: Position) -> Option<usize> {
    table(state, &Theme::plain())?.row_at(rect, position)
}

fn table(state: &State, theme: &Theme) -> Option<Table<'static>> {
    let form = state.form()?;
    let buttons = form.controls.iter().filter(|control| control.kind == ControlKind::Button);
    let rows = buttons
        .filter_map(|control| {
            let function = control.first.as_ref()?;
            let words = function.caption.as_ref().map(|caption| state.text.caption(caption));
            let words = words.unwrap_or_else(|| state.text.event(&function.event));
            let key = control.hotkey.map(|key| key.to_string()).unwrap_or_default();
            let is_locked = state.needs_agreement(control, Some(&function.action));
            let style = if is_locked { theme.locked } else { theme.text };
            Some(TableRow { cells: vec![format!(" {key}"), words.to_owned()], style })
        })
        .collect();
    let selected = match state.place() {
        Place::Page { at, .. } => Some(*at),
        _ => None,
    };
    let columns = vec![Column::text("", 4), Column::text("", 0)];
    Some(Table { columns, rows, selected, is_tail: false })
}
