//! A screen as a picture, for guides.

use std::fmt::Write;

use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::Cell,
    style::{Color, Modifier},
};
use saleflex_tui::{app::State, screen, theme::Theme};

/// Points of a cell.
const WIDTH: u16 = 9;
const HEIGHT: u16 = 18;
/// The terminal's own colours.
const FOREGROUND: &str = "#d6d6d6";
const BACKGROUND: &str = "#16181c";

/// What a terminal of the state's size shows, as SVG.
pub(crate) fn picture(state: &State) -> String {
    let (width, height) = (state.size.width, state.size.height);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| screen::draw(state, &Theme::colours(), frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let mut svg = String::new();
    let (w, h) = (width * WIDTH, height * HEIGHT);
    writeln!(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\">")
        .unwrap();
    writeln!(svg, "<rect width=\"{w}\" height=\"{h}\" fill=\"{BACKGROUND}\"/>").unwrap();
    let font = "font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"15\"";
    writeln!(svg, "<g {font}>").unwrap();
    for y in 0..height {
        let mut x = 0;
        while x < width {
            let look = Look::of(&buffer[(x, y)]);
            let mut text = String::new();
            let begin = x;
            while x < width && Look::of(&buffer[(x, y)]) == look {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            look.draw(&mut svg, (begin, y), x - begin, &text);
        }
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// How a cell looks.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Look {
    foreground: &'static str,
    background: &'static str,
    modifier: Modifier,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let (mut foreground, mut background) = (colour(cell.fg, FOREGROUND), colour(cell.bg, BACKGROUND));
        if cell.modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut foreground, &mut background);
        }
        Self { foreground, background, modifier: cell.modifier }
    }

    fn draw(self, svg: &mut String, (x, y): (u16, u16), columns: u16, text: &str) {
        let (left, top) = (x * WIDTH, y * HEIGHT);
        if self.background != BACKGROUND {
            let width = columns * WIDTH;
            writeln!(
                svg,
                "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{HEIGHT}\" fill=\"{}\"/>",
                self.background
            )
            .unwrap();
        }
        if text.trim().is_empty() {
            return;
        }
        let mut style = String::new();
        if self.modifier.contains(Modifier::BOLD) {
            style.push_str(" font-weight=\"bold\"");
        }
        if self.modifier.contains(Modifier::DIM) {
            style.push_str(" opacity=\"0.65\"");
        }
        if self.modifier.contains(Modifier::CROSSED_OUT) {
            style.push_str(" text-decoration=\"line-through\"");
        }
        if self.modifier.contains(Modifier::UNDERLINED) {
            style.push_str(" text-decoration=\"underline\"");
        }
        // Blanks that are drawn as they are: others run together.
        let text =
            text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace(' ', "\u{a0}");
        let (base, length) = (top + HEIGHT - 5, columns * WIDTH);
        writeln!(
            svg,
            "<text x=\"{left}\" y=\"{base}\" textLength=\"{length}\" fill=\"{}\"{style}>{text}</text>",
            self.foreground
        )
        .unwrap();
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "themes use the sixteen colours that every terminal has")]
fn colour(colour: Color, own: &'static str) -> &'static str {
    match colour {
        Color::Black => "#000000",
        Color::Red => "#e06c75",
        Color::Green => "#7fbf6b",
        Color::Yellow => "#d7ba7d",
        Color::Blue => "#5c9fe6",
        Color::Magenta => "#c586c0",
        Color::Cyan => "#4ec9b0",
        Color::Gray => "#c8c8c8",
        Color::DarkGray => "#7a7a7a",
        Color::LightRed => "#ff8a93",
        Color::LightGreen => "#a5e090",
        Color::LightYellow => "#f2d98f",
        Color::LightBlue => "#8cc3ff",
        Color::LightMagenta => "#e4a8df",
        Color::LightCyan => "#8ce6d4",
        Color::White => "#ffffff",
        _ => own,
    }
}
