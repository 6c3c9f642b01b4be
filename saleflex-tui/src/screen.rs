//! Drawing. It reads the state and changes nothing.
//!
//! A screen is drawn from its form: each control of the definition is given its rectangle and its widget; dialogs
//! come on top. What a control shows is decided by its type and, for tables and panels, by its name.

use ratatui::{
    Frame,
    layout::{Alignment, Position, Rect, Size},
    widgets::{Clear, Paragraph, Wrap},
};

use crate::{
    action::{Action, Move},
    app::State,
    form::{Control, ControlKind, Form, SMALLEST},
    text::Key,
    theme::Theme,
    widget,
};

mod bars;
mod code;
mod dialog;
mod keyboard;
mod listing;
mod login;
mod menu;
mod panel;
mod parts;
mod payment;
mod products;
mod record;
mod refund;
mod sale;

pub use self::dialog::{Spot, spot_at};

/// Draws everything.
pub fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < SMALLEST.width || area.height < SMALLEST.height {
        draw_too_small(state, theme, frame, SMALLEST);
        return;
    }
    draw_form(state, theme, frame);
    for open in &state.dialogs {
        dialog::draw(state, theme, frame, open);
    }
    if let Some(keyboard) = &state.keyboard {
        keyboard::draw(state, theme, frame, keyboard);
    }
}

/// Draws what the next key acts on alone: the dialog in front, else the screen itself.
pub fn draw_front(state: &State, theme: &Theme, frame: &mut Frame<'_>) {
    match state.dialogs.last() {
        Some(open) => dialog::draw(state, theme, frame, open),
        None => draw_form(state, theme, frame),
    }
}

fn draw_form(state: &State, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    frame.buffer_mut().set_style(area, theme.text);
    let Some(form) = state.form() else { return };
    if !form.has_room(area.as_size()) {
        draw_too_small(state, theme, frame, form.least);
    }
    for (control, rect) in form.place(Size::new(area.width, area.height)) {
        draw_control(state, theme, frame, form, control, rect);
    }
}

/// How many rows a list in a dialog shows.
pub fn dialog_rows(size: Size) -> usize {
    usize::from(dialog::list_rect(size).height.saturating_sub(4)).max(1)
}

/// What a press of the mouse at a cell means, where a part of a control has a meaning of its own: a row is gone to, and
/// where one types a keyboard is shown.
pub fn action_at(state: &State, form: &Form, position: Position) -> Option<Action> {
    let placed = form.place(state.size);
    let is_there =
        |(control, rect): &(&Control, Rect)| control.kind != ControlKind::Group && rect.contains(position);
    let (control, rect) = placed.into_iter().rev().find(is_there)?;
    let to = |row| Action::Move(Move::To(row));
    match control.kind {
        ControlKind::TabControl => products::action_at(state, rect, position.x, position.y),
        ControlKind::Panel if control.name == "RETURN_HEAD" => {
            refund::takes_number(state).then_some(Action::Keyboard)
        }
        ControlKind::Panel => {
            let tab = record::tab_at(state, control, rect, position).map(Action::Tab);
            tab.or_else(|| record::row_at(state, control, rect, position).map(to))
        }
        ControlKind::ListBox => parts::action_at(state, control, rect, position),
        ControlKind::SalesList => sale::line_at(state, rect, position).map(to),
        ControlKind::PaymentList => payment::tender_at(state, rect, position).map(to),
        ControlKind::Menu => menu::row_at(state, rect, position).map(to),
        ControlKind::ComboBox => login::cashier_at(state, rect, position).map(to),
        ControlKind::NumPad | ControlKind::TextBox | ControlKind::Password => {
            control.first.is_none().then_some(Action::Keyboard)
        }
        ControlKind::DataGrid => match control.name.as_str() {
            "LIST" => listing::action_at(state, rect, position),
            "RETURN_LINES" => refund::line_at(state, rect, position).map(to),
            _ => None,
        },
        _ => None,
    }
}

/// Says how much room is needed; what was begun is kept.
fn draw_too_small(state: &State, theme: &Theme, frame: &mut Frame<'_>, least: Size) {
    let area = frame.area();
    let [columns, rows] = [least.width, least.height].map(|number| number.to_string());
    let words = state.text.fill(Key::TooSmallTerminal, &[("columns", &columns), ("rows", &rows)]);
    frame.render_widget(Clear, area);
    let text =
        Paragraph::new(words).style(theme.notice).alignment(Alignment::Center).wrap(Wrap { trim: true });
    frame.render_widget(text, area);
}

fn draw_control(
    state: &State,
    theme: &Theme,
    frame: &mut Frame<'_>,
    form: &Form,
    control: &Control,
    rect: Rect,
) {
    match control.kind {
        ControlKind::ToolBar => bars::draw_title(state, theme, frame, form, rect),
        ControlKind::StatusBar => bars::draw_status(state, theme, frame, rect),
        ControlKind::Button | ControlKind::PopUp => draw_button(state, theme, frame, control, rect),
        ControlKind::WebBrowser => parts::draw_address(state, theme, frame, control, rect),
        ControlKind::Label => parts::draw_label(state, theme, frame, control, rect),
        ControlKind::Picture => parts::draw_picture(state, theme, frame, control, rect),
        ControlKind::Group => parts::draw_group(state, theme, frame, control, rect),
        ControlKind::ListBox => parts::draw_list(state, theme, frame, control, rect),
        ControlKind::TransactionStatus => parts::draw_status(state, theme, frame, control, rect),
        ControlKind::SalesList => sale::draw_lines(state, theme, frame, rect),
        ControlKind::AmountsTable => sale::draw_totals(state, theme, frame, rect),
        ControlKind::NumPad => sale::draw_entry(state, theme, frame, rect),
        ControlKind::PaymentList => payment::draw_tenders(state, theme, frame, rect),
        ControlKind::TabControl => products::draw(state, theme, frame, rect),
        ControlKind::Menu => menu::draw(state, theme, frame, rect),
        ControlKind::ComboBox => login::draw_cashiers(state, theme, frame, rect),
        ControlKind::CheckBox => {}
        ControlKind::TextBox | ControlKind::Password => login::draw_field(state, theme, frame, control, rect),
        ControlKind::DataGrid => match control.name.as_str() {
            "LIST" => listing::draw(state, theme, frame, rect),
            "RETURN_LINES" => refund::draw(state, theme, frame, rect),
            _ => {}
        },
        ControlKind::Panel => panel::draw(state, theme, frame, control, rect),
    }
}

fn draw_button(state: &State, theme: &Theme, frame: &mut Frame<'_>, control: &Control, rect: Rect) {
    let Some(function) = control.function(state.is_flipped) else { return };
    let words = match &function.caption {
        Some(caption) => state.text.caption(caption).to_owned(),
        None => panel::words_of_note(state, &function.action)
            .unwrap_or_else(|| state.text.event(&function.event).to_owned()),
    };
    let key = match (state.is_flipped && control.is_dual(), control.hotkey) {
        (false, Some(key)) => Some(key.to_string()),
        _ => state.key_of(&function.action).or_else(|| {
            // A flipped button is pressed by the key it has in its first state.
            let first = control.first.as_ref()?;
            control.hotkey.map(|key| key.to_string()).or_else(|| state.key_of(&first.action))
        }),
    };
    let button = widget::Button {
        words: &words,
        key: key.as_deref(),
        is_focused: state.focus.as_ref().is_some_and(|focus| focus.control == control.name),
        is_locked: state.needs_agreement(control, Some(&function.action)),
        is_dual: control.is_dual(),
        style: theme.dressed(theme.button, &control.look),
    };
    button.draw(theme, frame, rect);
}
