//! What comes from the terminal: keys, pasted text, the mouse, a new size; and which keys came from a scanner.

use std::time::Duration;

use crossterm::event::{Event, KeyEventKind, MouseButton, MouseEventKind};
use ratatui::layout::Size;

use crate::keymap::Key;

mod scanner;

pub(crate) use scanner::is_separator;
pub use scanner::{Heard, Scanner};

/// One thing that came from the terminal.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// Text pasted in one piece.
    Paste(String),
    /// A press of the left mouse button.
    Click {
        /// Where.
        column: u16,
        /// Where.
        row: u16,
    },
    /// The wheel: rows down, or up where negative.
    Wheel(i8),
    /// The terminal has another size now.
    Resize(Size),
}

impl Input {
    /// What a terminal's report means to a till; most mouse movements mean nothing.
    pub fn from_event(event: Event) -> Option<Self> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => Some(Self::Key(Key::from_event(key))),
            Event::Paste(text) => Some(Self::Paste(text)),
            Event::Resize(width, height) => Some(Self::Resize(Size::new(width, height))),
            Event::Mouse(mouse) => match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => {
                    Some(Self::Click { column: mouse.column, row: mouse.row })
                }
                MouseEventKind::ScrollDown => Some(Self::Wheel(1)),
                MouseEventKind::ScrollUp => Some(Self::Wheel(-1)),
                _ => None,
            },
            Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
        }
    }
}

/// What the place that typing goes to makes of a scanner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Listening {
    /// Text that a scan may belong to, or nobody is logged in: keys are keys.
    Typing,
    /// A number or nothing: a burst that ends with Enter is a scan and goes to lookup.
    Lookup,
    /// Letters run functions here: a burst is held back until it is known what it is.
    Commands,
    /// A secret is typed, by hand or by a machine: the barcode of a product is none, and goes to lookup.
    Secret,
    /// Words are typed: what is as fast as a scan and has a digit and no blank is a code, and goes to lookup.
    Words,
}

/// Longest time between two keys of a scanner.
pub const BURST_GAP: Duration = Duration::from_millis(25);
