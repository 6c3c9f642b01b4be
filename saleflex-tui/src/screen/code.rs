//! A QR code on the screen, two of its rows a line: a telephone reads there what nobody would copy.

use ratatui::{
    Frame,
    layout::{Rect, Size},
    style::{Color, Style},
    text::Line,
    widgets::Paragraph,
};
use saleflex_core::printout::bitmap::Bitmap;

use crate::theme::Theme;

/// So many light modules are around a code, by which readers find it.
const QUIET: usize = 2;

/// A code as it is drawn.
pub(super) struct Code {
    lines: Vec<String>,
    style: Style,
}

impl Code {
    /// The code of a text; none where it is too long for one. Where a theme has colours it is black on white, else its light
    /// modules are drawn, as on a dark terminal.
    pub(super) fn of(text: &str, theme: &Theme) -> Option<Self> {
        let code = Bitmap::qr(text)?;
        let has_colours = theme.takes_colours || theme.text.bg.is_some();
        let style = if has_colours { Style::new().fg(Color::Black).bg(Color::White) } else { theme.text };
        Some(Self { lines: lines(&code, has_colours), style })
    }

    /// How many cells it takes.
    pub(super) fn size(&self) -> Size {
        let width = self.lines.first().map_or(0, |line| line.chars().count());
        let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        Size::new(cells(width), cells(self.lines.len()))
    }

    /// Draws it there.
    pub(super) fn draw(&self, frame: &mut Frame<'_>, rect: Rect) {
        let lines: Vec<Line<'_>> = self.lines.iter().map(|line| Line::from(line.as_str())).collect();
        frame.render_widget(Paragraph::new(lines).style(self.style), rect);
    }
}

/// The rows of a code with the light around it, two a line, as half blocks of its dark modules or of its light ones.
fn lines(code: &Bitmap, draws_dark: bool) -> Vec<String> {
    let [width, height] = [code.width(), code.height()].map(|side| side + 2 * QUIET);
    let is_drawn = |x: usize, y: usize| {
        let module = x.checked_sub(QUIET).zip(y.checked_sub(QUIET));
        module.is_some_and(|(x, y)| code.is_black(x, y)) == draws_dark
    };
    let cell = |x: usize, y: usize| match (is_drawn(x, y), is_drawn(x, y + 1)) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    (0..height).step_by(2).map(|y| (0..width).map(|x| cell(x, y)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_on_the_screen_has_every_module_of_it_whichever_of_them_are_drawn() {
        let code = Bitmap::qr("https://shop.example/manual").unwrap();
        for draws_dark in [true, false] {
            let lines = lines(&code, draws_dark);
            let read = |x: usize, y: usize| {
                let cell = lines[usize::midpoint(y, QUIET)].chars().nth(x + QUIET).unwrap();
                let half = if (y + QUIET).is_multiple_of(2) { '▀' } else { '▄' };
                (cell == '█' || cell == half) == draws_dark
            };
            for (x, y) in (0..code.width()).flat_map(|x| (0..code.height()).map(move |y| (x, y))) {
                assert_eq!(read(x, y), code.is_black(x, y), "{x} {y} {draws_dark}");
            }
            assert!(lines.iter().all(|line| line.chars().count() == code.width() + 2 * QUIET));
        }
    }
}
