//! What an ESC/POS printer tells of itself: `DLE EOT`, answered at once, and `GS r`, answered when everything before
//! it is printed.

use std::io::{Read, Write};

use super::{Patience, read_byte};
use crate::device::Trouble;

const DLE_EOT: [u8; 2] = [0x10, 0x04];
const GS_R_PAPER: [u8; 3] = [0x1d, b'r', 1];

/// The four status bytes: printer, cause of being off line, cause of error, paper.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sensors {
    printer: u8,
    offline: u8,
    error: u8,
    paper: u8,
}

impl Sensors {
    /// Asks for all four.
    ///
    /// # Errors
    /// [`Trouble::NoAnswer`], [`Trouble::CutOff`], or [`Trouble::Nonsense`] where an answer is no status byte.
    pub fn ask(connection: &mut (impl Read + Write + ?Sized)) -> Result<Self, Trouble> {
        let mut ask = |number: u8| {
            let [dle, eot] = DLE_EOT;
            let sent = connection.write_all(&[dle, eot, number]).and_then(|()| connection.flush());
            sent.map_err(|error| Trouble::working(&error))?;
            let status = read_byte(connection)?;
            // Bits 1 and 4 are always set, 0 and 7 never: anything else is no status byte.
            if status & 0b1001_0011 == 0b0001_0010 { Ok(status) } else { Err(Trouble::Nonsense) }
        };
        Ok(Self { printer: ask(1)?, offline: ask(2)?, error: ask(3)?, paper: ask(4)? })
    }

    /// What keeps it from printing, the cause before the effect.
    pub const fn trouble(self) -> Option<Trouble> {
        if self.offline & 0x04 != 0 {
            Some(Trouble::CoverOpen)
        } else if self.paper & 0x60 != 0 || self.offline & 0x20 != 0 {
            Some(Trouble::PaperOut)
        } else if self.error & 0x08 != 0 {
            Some(Trouble::Jammed)
        } else if self.printer & 0x08 != 0 || self.error & 0x60 != 0 || self.offline & 0x40 != 0 {
            Some(Trouble::Offline)
        } else {
            None
        }
    }

    /// Whether the roll is near its end.
    pub const fn is_paper_low(self) -> bool {
        self.paper & 0x0c != 0
    }

    /// The level of the drawer's switch.
    pub const fn drawer_level(self) -> bool {
        self.printer & 0x04 != 0
    }
}

/// How it is known that paper came out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Told {
    /// The printer told when it had printed.
    WhenPrinted,
    /// It did not tell, as some know `DLE EOT` alone, and says that nothing keeps it from printing.
    NoTrouble,
}

/// Waits until everything sent is printed and asks whether the paper lasted.
///
/// # Errors
/// [`Trouble::PaperOut`] where it did not, what else keeps it from printing, and as [`Sensors::ask`].
pub fn paper_after_printing(
    connection: &mut (impl Read + Write + ?Sized),
    patience: Patience,
) -> Result<Told, Trouble> {
    let sent = connection.write_all(&GS_R_PAPER).and_then(|()| connection.flush());
    sent.map_err(|error| Trouble::working(&error))?;
    // Each turn waits as long as one answer may take; printing takes several.
    let turns = patience.printing.as_millis() / patience.answer.as_millis().max(1);
    let mut turn = 0;
    let status = loop {
        match read_byte(connection) {
            Err(Trouble::NoAnswer) if turn < turns => turn += 1,
            Err(Trouble::NoAnswer) => {
                let trouble = Sensors::ask(connection)?.trouble();
                return trouble.map_or(Ok(Told::NoTrouble), Err);
            }
            answer => break answer?,
        }
    };
    match status {
        status if status & 0b1001_0000 != 0 => Err(Trouble::Nonsense),
        status if status & 0x0c != 0 => Err(Trouble::PaperOut),
        _ => Ok(Told::WhenPrinted),
    }
}
