//! The screen turned to the customer: the open document as [`serving`](saleflex_core::printout::receipt::serving)
//! lays it out, in a browser or on a second terminal.

use std::{io::Write, path::PathBuf, time::Duration};

use saleflex_core::printout::{Printout, bitmap::Bitmap, html, text};

use super::{Trouble, address::Address, mailbox::Mailbox, printer::replace};

/// Shows a printout; it never changes the document it shows.
pub trait CustomerDisplay: Send {
    /// Shows this and nothing else.
    ///
    /// # Errors
    /// The [`Trouble`] that kept it from being shown.
    fn show(&mut self, view: &Printout) -> Result<(), Trouble>;
}

/// A page that a browser on the second screen has open, full screen. The page asks for itself every second.
#[derive(Clone, Debug)]
pub struct PageDisplay {
    /// The page's file.
    pub path: PathBuf,
    /// The shop's name, as title.
    pub title: String,
    /// The language of its texts.
    pub language: String,
    /// The shop's logo.
    pub logo: Option<Bitmap>,
}

impl CustomerDisplay for PageDisplay {
    fn show(&mut self, view: &Printout) -> Result<(), Trouble> {
        let page = html::Page {
            title: &self.title,
            language: &self.language,
            logo: self.logo.as_ref(),
            refresh_s: Some(1),
        };
        replace(&self.path, html::render(view, &page).as_bytes())
    }
}

/// A second terminal: a tty, or whatever listens at an address and understands ANSI commands.
#[derive(Clone, Debug)]
pub struct TerminalDisplay {
    /// Where it is.
    pub address: Address,
    /// Letters on a line.
    pub columns: usize,
    /// Lines; of a longer document the end is shown.
    pub rows: usize,
    /// How long it is waited for.
    pub patience: Duration,
}

impl CustomerDisplay for TerminalDisplay {
    fn show(&mut self, view: &Printout) -> Result<(), Trouble> {
        let lines = text::render(view, self.columns);
        let hidden = lines.len().saturating_sub(self.rows);
        let shown: Vec<&str> = lines.iter().skip(hidden).map(|line| line.trim_end()).collect();
        let mut connection = self.address.open(self.patience)?;
        let screen = ["\x1b[2J\x1b[H", &shown.join("\r\n")].concat();
        let sent = connection.write_all(screen.as_bytes()).and_then(|()| connection.flush());
        sent.map_err(|error| Trouble::working(&error))
    }
}

/// A screen that no sale waits for.
pub fn in_background(mut display: Box<dyn CustomerDisplay>, pause: Duration) -> Mailbox<Printout> {
    Mailbox::start(pause, move |view: &Printout| display.show(view))
}
