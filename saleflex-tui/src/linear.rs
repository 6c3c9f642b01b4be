//! The screen as lines that follow one another, for a screen reader, a braille line or a log of a session.
//!
//! A frame is drawn as for the eye, then cut at its borders into pieces of text. Told is what was not there before: the
//! line that was sold, the totals that changed, the message. What only moved to another row is not told again. While a
//! dialog is open it alone counts, so that what it covers is no news when it closes.

use std::collections::HashMap;

use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::{Buffer, Cell},
    layout::Size,
    style::{Modifier, Style},
    text::Span,
};

use crate::{app::State, screen, theme::Theme};

/// Where frames are drawn: wide enough that no text of a screen is cut short.
pub const SIZE: Size = Size::new(160, 50);
/// Stands before the row or button that the next key acts on.
const SELECTED: &str = "> ";
/// Stands before a line that was taken back.
const VOIDED: &str = "- ";
/// Hours and minutes at the end of the title.
const CLOCK: &str = "00:00";

/// What was told so far.
#[derive(Debug)]
pub struct Linear {
    terminal: Terminal<TestBackend>,
    theme: Theme,
    /// What the screen without its dialogs held last, and what each of its open dialogs did.
    layers: Vec<Pieces>,
}

/// The pieces of a frame and how often each is there.
type Pieces = HashMap<Piece, usize>;

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Piece {
    mark: &'static str,
    text: String,
}

impl Linear {
    /// Nothing was told yet.
    pub fn new() -> Self {
        let Ok(terminal) = Terminal::new(TestBackend::new(SIZE.width, SIZE.height));
        // Bars are no choice that a key acts on.
        let theme = Theme { bar: Style::new(), ..Theme::plain() };
        Self { terminal, theme, layers: Vec::new() }
    }

    /// What is new on the screen, from the top down.
    pub fn news(&mut self, state: &State) -> Vec<String> {
        let theme = &self.theme;
        let Ok(_) = self.terminal.draw(|frame| screen::draw_front(state, theme, frame));
        let pieces = pieces(self.terminal.backend().buffer());
        let depth = state.dialogs.len();
        self.layers.truncate(depth + 1);
        self.layers.resize_with(depth + 1, Pieces::new);
        let mut known = self.layers.pop().unwrap_or_default();
        let mut now = Pieces::new();
        let mut news = Vec::new();
        for piece in pieces {
            *now.entry(piece.clone()).or_default() += 1;
            if take(&mut known, &piece) {
                continue;
            }
            // Another row is selected: the one that was is still there.
            let was_selected = Piece { mark: SELECTED, text: piece.text.clone() };
            if piece.mark.is_empty() && take(&mut known, &was_selected) {
                continue;
            }
            news.push(format!("{}{}", piece.mark, piece.text));
        }
        self.layers.push(now);
        news
    }
}

impl Default for Linear {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes one of a piece out of those that were there; false where there was none.
fn take(known: &mut Pieces, piece: &Piece) -> bool {
    let Some(count) = known.get_mut(piece).filter(|count| **count > 0) else { return false };
    *count -= 1;
    true
}

/// The texts between the borders of a frame, from the top down.
fn pieces(buffer: &Buffer) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for y in 0..buffer.area.height {
        let mut text = String::new();
        let mut mark = None;
        let mut skip = 0;
        let mut end = |text: &mut String, mark: &mut Option<&'static str>| {
            let words = words(text, y);
            text.clear();
            let mark = mark.take().unwrap_or_default();
            if !words.is_empty() {
                pieces.push(Piece { mark, text: words });
            }
        };
        for x in 0..buffer.area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let Some(cell) = buffer.cell((x, y)) else { continue };
            skip = Span::raw(cell.symbol()).width().saturating_sub(1);
            if is_border(cell) {
                end(&mut text, &mut mark);
                continue;
            }
            if cell.symbol() != " " {
                mark.get_or_insert_with(|| mark_of(cell));
            }
            text.push_str(cell.symbol());
        }
        end(&mut text, &mut mark);
    }
    pieces
}

fn is_border(cell: &Cell) -> bool {
    cell.symbol().chars().all(|character| matches!(character, '\u{2500}'..='\u{259F}'))
}

fn mark_of(cell: &Cell) -> &'static str {
    if cell.modifier.contains(Modifier::REVERSED) {
        SELECTED
    } else if cell.modifier.contains(Modifier::CROSSED_OUT) {
        VOIDED
    } else {
        ""
    }
}

/// One blank between words; the title without its clock, which is no news.
fn words(text: &str, row: u16) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.split_last() {
        Some((last, others)) if row == 0 && is_clock(last) => others.join(" "),
        _ => words.join(" "),
    }
}

fn is_clock(word: &str) -> bool {
    word.len() == CLOCK.len()
        && word.bytes().zip(CLOCK.bytes()).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        })
}
