//! The pieces that screens are made of. Each draws itself from plain values.

use ratatui::{
    Frame,
    layout::{Alignment, Rect},
    style::Style,
    text::{Line, Span},
    widgets::{Block, Paragraph},
};

use crate::theme::Theme;

mod table;

pub use table::{Column, Table, TableRow};

/// A button: its words and the key that presses it.
#[derive(Clone, Copy, Debug)]
pub struct Button<'a> {
    /// What it does.
    pub words: &'a str,
    /// The key.
    pub key: Option<&'a str>,
    /// Enter presses it.
    pub is_focused: bool,
    /// A manager is needed.
    pub is_locked: bool,
    /// It has a second function.
    pub is_dual: bool,
    /// How it looks otherwise.
    pub style: Style,
}

impl Button<'_> {
    /// Draws it: boxed where there are three rows, else in one.
    pub fn draw(&self, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
        let style = if self.is_focused {
            theme.selected
        } else if self.is_locked {
            theme.locked
        } else {
            self.style
        };
        let mut spans = Vec::new();
        if let Some(key) = self.key.filter(|key| self.has_room_for(key, rect)) {
            spans.push(Span::styled(key.to_owned(), if self.is_focused { style } else { theme.key }));
            spans.push(Span::raw(" "));
        }
        spans.push(Span::raw(self.words.to_owned()));
        if self.is_dual {
            spans.push(Span::styled(" F", theme.dim));
        }
        if self.is_locked {
            // The star is what counts: where all else takes the room, its blank gives way.
            let taken: usize = spans.iter().map(Span::width).sum();
            spans.push(Span::raw(if taken + 2 > room_within(rect) { "*" } else { " *" }));
        }
        let line = Line::from(spans);
        if rect.height < 3 {
            let row = Rect { height: 1, ..rect };
            frame.render_widget(Paragraph::new(line).style(style), row);
            return;
        }
        let area = Rect { height: 3, ..rect };
        let block = Block::bordered().border_style(theme.frame);
        frame
            .render_widget(Paragraph::new(line).alignment(Alignment::Center).style(style).block(block), area);
    }
}

impl Button<'_> {
    /// Whether the key stands beside the whole of the words and the star: where it does not, these are worth more.
    fn has_room_for(&self, key: &str, rect: Rect) -> bool {
        let marks = if self.is_locked { 1 + 2 * usize::from(self.is_dual) } else { 0 };
        Span::raw(key).width() + 1 + Span::raw(self.words).width() + marks <= room_within(rect)
    }
}

/// How many columns a button has within its frame, where it has one.
fn room_within(rect: Rect) -> usize {
    let frame = if rect.height < 3 { 0 } else { 2 };
    usize::from(rect.width).saturating_sub(frame)
}

/// Words as far as a width goes, with a sign that they go on; whole where they fit.
pub fn elided(words: &str, width: u16) -> String {
    let width = usize::from(width);
    if Span::raw(words).width() <= width {
        return words.to_owned();
    }
    if width == 0 {
        return String::new();
    }
    let mut shown = String::new();
    for character in words.chars() {
        shown.push(character);
        if Span::raw(shown.as_str()).width() >= width {
            shown.pop();
            break;
        }
    }
    format!("{}…", shown.trim_end())
}

/// The room within a frame.
pub fn within(rect: Rect) -> Rect {
    Block::bordered().inner(rect)
}

/// A frame with a title, and the room within.
pub fn framed(theme: &Theme, frame: &mut Frame<'_>, rect: Rect, title: &str) -> Rect {
    let title = if title.is_empty() { String::new() } else { format!(" {title} ") };
    let block = Block::bordered().title(Span::styled(title, theme.title)).border_style(theme.frame);
    frame.render_widget(block, rect);
    within(rect)
}

/// What was typed as it is read, at the right end of a field: `= £0.10`. Answers what is left of the field.
pub fn echo(theme: &Theme, frame: &mut Frame<'_>, field: Rect, read: &str) -> Rect {
    beside(theme, frame, field, &format!(" = {read}"))
}

/// Words at the right end of a field. Answers what is left of the field.
pub fn beside(theme: &Theme, frame: &mut Frame<'_>, field: Rect, words: &str) -> Rect {
    let width = u16::try_from(Span::raw(words).width()).unwrap_or(u16::MAX).min(field.width / 2);
    let rest = field.width - width;
    let place = Rect { x: field.x + rest, width, ..field };
    frame.render_widget(Paragraph::new(words.to_owned()).style(theme.dim), place);
    Rect { width: rest, ..field }
}

/// Words on the left and on the right of one row; the left gives way.
pub fn pair(frame: &mut Frame<'_>, rect: Rect, left: &str, right: &str, style: Style) {
    let row = Rect { height: rect.height.min(1), ..rect };
    let right_width = u16::try_from(Span::raw(right).width()).unwrap_or(u16::MAX).min(row.width);
    let left_width = row.width.saturating_sub(right_width + 1);
    frame.render_widget(Paragraph::new(left.to_owned()).style(style), Rect { width: left_width, ..row });
    let right_rect = Rect { x: row.right() - right_width, width: right_width, ..row };
    frame.render_widget(Paragraph::new(right.to_owned()).style(style), right_rect);
    // The gap between them has the style too, so that a bar has no hole.
    let gap = Rect { x: row.x + left_width, width: row.width - left_width - right_width, ..row };
    frame.render_widget(Paragraph::new("").style(style), gap);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_do_not_fit_say_that_they_go_on() {
        let cases =
            [(9, "Meat, fish"), (10, "Meat, fish"), (7, "Meat, fish"), (1, "Meat, fish"), (0, "Meat")];
        let shown = cases.map(|(width, words)| elided(words, width));
        assert_eq!(shown, ["Meat, fi…", "Meat, fish", "Meat,…", "…", ""]);
    }
}
