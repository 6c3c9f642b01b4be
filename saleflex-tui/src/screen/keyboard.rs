//! The on-screen keyboard, in front of everything.

use ratatui::{
    Frame,
    style::Style,
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph},
};

use saleflex_core::settings::ScreenKeyboard;

use crate::{
    app::State,
    form,
    keyboard::{Keyboard, Pressed},
    text::Key,
    theme::Theme,
};

/// A style with colours that the shop gave.
fn painted(style: Style, fore: Option<&String>, back: Option<&String>) -> Style {
    let [fore, back] = [fore, back].map(|colour| colour.and_then(|colour| form::colour(colour)));
    Style { fg: fore.or(style.fg), bg: back.or(style.bg), ..style }
}

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, keyboard: &Keyboard) {
    // A theme may have reasons for colours of its own.
    let own = Some(&state.view.appearance.screen_keyboard).filter(|_| theme.takes_colours);
    let of = |colour: fn(&ScreenKeyboard) -> Option<&String>| own.and_then(colour);
    let button = painted(theme.button, of(|it| it.fore_color.as_ref()), of(|it| it.back_color.as_ref()));
    let selected = painted(
        theme.selected,
        of(|it| it.selected_fore_color.as_ref()),
        of(|it| it.selected_back_color.as_ref()),
    );
    let rect = Keyboard::rect(state.size);
    let block = Block::bordered()
        .title(Span::styled(format!(" {} ", keyboard.name()), theme.title))
        .title_bottom(Line::styled(format!(" {} ", state.text.word(Key::KeyboardKeys)), theme.dim))
        .border_style(painted(theme.strong, of(|it| it.border_color.as_ref()), None));
    frame.render_widget(Clear, rect);
    frame.render_widget(block, rect);
    let rows = keyboard.rows();
    for (row, column, place) in keyboard.places(state.size) {
        let Some(pressed) = rows.get(row).and_then(|keys| keys.get(column)) else { continue };
        let words = match pressed {
            Pressed::Char(' ') => state.text.word(Key::KeyboardSpace).to_owned(),
            Pressed::Char(character) => character.to_string(),
            Pressed::Shift => state.text.word(Key::KeyboardShift).to_owned(),
            Pressed::Erase => state.text.word(Key::KeyboardErase).to_owned(),
            Pressed::Enter => state.text.word(Key::KeyboardEnter).to_owned(),
            Pressed::Layout => state.text.word(Key::KeyboardLayout).to_owned(),
            Pressed::Close => state.text.word(Key::KeyboardClose).to_owned(),
        };
        let style = if keyboard.at() == (row, column) { selected } else { button };
        frame.render_widget(Paragraph::new(format!(" {words} ")).style(style), place);
    }
}
