//! The little display turned to the customer.

use std::{io::Write, time::Duration};

use saleflex_core::printout::{code_page::CodePage, display::DisplaySize, escpos};

use super::{
    Trouble,
    address::{Address, Connection},
    mailbox::Mailbox,
};

/// Shows two to four lines of text.
pub trait LineDisplay: Send {
    /// Shows these lines and nothing else. Longer ones are cut, missing ones are empty.
    ///
    /// # Errors
    /// The [`Trouble`] that kept them from being shown.
    fn show(&mut self, lines: &[String]) -> Result<(), Trouble>;
}

/// A display that reads the ESC/POS commands of customer displays.
pub struct EscPosDisplay {
    address: Address,
    size: DisplaySize,
    code_page: CodePage,
    patience: Duration,
    /// Kept open: a display that is opened for each line flickers.
    connection: Option<Box<dyn Connection>>,
}

impl EscPosDisplay {
    /// A display; it is opened with the first lines it shows.
    pub fn new(address: Address, size: DisplaySize, code_page: CodePage, patience: Duration) -> Self {
        Self { address, size, code_page, patience, connection: None }
    }

    /// Clears, then each line at its place; what fills the lines exactly never scrolls them.
    fn bytes(&self, lines: &[String]) -> Vec<u8> {
        let mut bytes = vec![0x0c];
        for (line, row) in lines.iter().zip(1..).take(self.size.rows) {
            bytes.extend([0x1f, b'$', 1, row]);
            let mut left = self.size.columns;
            for character in self.code_page.fit(line).chars() {
                // A letter of two bytes takes two columns, and half of one is none.
                let letter = self.code_page.encode(character.encode_utf8(&mut [0; 4]));
                let Some(rest) = left.checked_sub(letter.len()) else { break };
                left = rest;
                bytes.extend(letter);
            }
        }
        bytes
    }
}

impl LineDisplay for EscPosDisplay {
    fn show(&mut self, lines: &[String]) -> Result<(), Trouble> {
        let mut bytes = self.bytes(lines);
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            let letters = escpos::letters(self.code_page, None);
            bytes.splice(..0, [0x1b, b'@'].into_iter().chain(letters));
            self.address.open(self.patience)?
        };
        let sent = connection.write_all(&bytes).and_then(|()| connection.flush());
        sent.map_err(|error| Trouble::working(&error))?;
        self.connection = Some(connection);
        Ok(())
    }
}

/// A display that no sale waits for.
pub fn in_background(mut display: Box<dyn LineDisplay>, pause: Duration) -> Mailbox<Vec<String>> {
    Mailbox::start(pause, move |lines: &Vec<String>| display.show(lines))
}
