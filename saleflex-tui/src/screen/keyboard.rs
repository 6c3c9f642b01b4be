//! The on-screen keyboard, in front of everything.

use ratatui::{
    Frame,
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph},
};

use crate::{
    app::State,
    keyboard::{Keyboard, Pressed},
    text::Key,
    theme::Theme,
};

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, keyboard: &Keyboard) {
    let rect = Keyboard::rect(state.size);
    let block = Block::bordered()
        .title(Span::styled(format!(" {} ", keyboard.name()), theme.title))
        .title_bottom(Line::styled(format!(" {} ", state.text.word(Key::KeyboardKeys)), theme.dim))
        .border_style(theme.strong);
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
        let style = if keyboard.at() == (row, column) { theme.selected } else { theme.button };
        frame.render_widget(Paragraph::new(format!(" {words} ")).style(style), place);
    }
}
