//! Logging in.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    widgets::Paragraph,
};

use crate::{
    app::{Login, Place, State},
    form::Control,
    text::Key,
    theme::Theme,
    widget::{Column, Table, TableRow, framed, within},
};

pub(super) fn draw_cashiers(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let Place::Login(login) = state.place() else { return };
    let title = if login.is_searching {
        state.text.fill(Key::LoginSearch, &[("typed", &login.shown_search())])
    } else {
        state.text.word(Key::LoginCashiers).to_owned()
    };
    let inner = framed(theme, frame, rect, &title);
    cashiers(state, theme, login).draw(theme, frame, inner);
}

/// The cashier under the mouse.
pub(super) fn cashier_at(state: &State, rect: Rect, position: Position) -> Option<usize> {
    let Place::Login(login) = state.place() else { return None };
    cashiers(state, &Theme::plain(), login).row_at(within(rect), position)
}

fn cashiers(state: &State, theme: &Theme, login: &Login) -> Table<'static> {
    let rows = state
        .people_to_log_in()
        .into_iter()
        .map(|person| TableRow {
            cells: vec![person.name.clone(), person.user_name.clone()],
            style: theme.text,
        })
        .collect();
    let columns = vec![Column::text("", 0), Column::text("", 16)];
    Table { columns, rows, selected: Some(login.at), is_tail: false }
}

/// A field of the log-in form; a secret is shown as dots.
pub(super) fn draw_field(state: &State, theme: &Theme, frame: &mut Frame<'_>, control: &Control, rect: Rect) {
    let Place::Login(login) = state.place() else { return };
    let title = control.caption.as_ref().map_or("", |caption| state.text.caption(caption));
    let inner = framed(theme, frame, Rect { height: rect.height.min(3), ..rect }, title);
    let count = login.secret.0.text().chars().count();
    let room = usize::from(inner.width.saturating_sub(1));
    let dots: String = "*".repeat(count.min(room));
    let cursor = u16::try_from(dots.len()).unwrap_or(0);
    frame.render_widget(Paragraph::new(dots).style(theme.input), inner);
    if state.dialogs.is_empty() && !login.is_searching {
        let x = (inner.x + cursor).min(inner.right().saturating_sub(1));
        frame.set_cursor_position(Position::new(x, inner.y));
    }
}
