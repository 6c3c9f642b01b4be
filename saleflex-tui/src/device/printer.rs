//! Printers and the drawers that hang on them.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    time::Duration,
};

use saleflex_core::printout::{
    Printout, escp,
    escpos::{self, DrawerPin},
    html, text,
};

use super::{
    Trouble,
    address::{Address, Connection},
};

mod status;

pub use self::status::{Sensors, Told, paper_after_printing};

/// Something that puts a printout on paper, or where paper would be.
pub trait Printer: Send {
    /// Reaches the printer and asks how it is. Nothing is printed.
    ///
    /// # Errors
    /// The [`Trouble`] that keeps it from printing.
    fn prepare(&mut self) -> Result<Readiness, Trouble>;

    /// Prints all of it. Whatever the error, some of it may be on the paper.
    ///
    /// # Errors
    /// The [`Trouble`] that stopped it.
    fn print(&mut self, printout: &Printout) -> Result<(), Trouble>;

    /// Whether the drawer that hangs on it stands open; `None` where nothing tells.
    ///
    /// # Errors
    /// The [`Trouble`] that kept it from answering.
    fn is_drawer_open(&mut self) -> Result<Option<bool>, Trouble> {
        Ok(None)
    }
}

/// How a printer that can print is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Readiness {
    /// The roll is near its end.
    pub is_paper_low: bool,
}

/// A drawer for cash.
pub trait Drawer: Send {
    /// Opens it. Who opens it, why and for which document is written down by the till before.
    ///
    /// # Errors
    /// The [`Trouble`] that kept it shut.
    fn open(&mut self) -> Result<(), Trouble>;

    /// Whether it stands open; `None` where the hardware does not tell.
    ///
    /// # Errors
    /// The [`Trouble`] that kept it from answering.
    fn is_open(&mut self) -> Result<Option<bool>, Trouble>;
}

/// What a printer is sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Format {
    /// ESC/POS: receipt printers.
    EscPos(escpos::Profile),
    /// ESC/P: dot-matrix printers.
    EscP(escp::Profile),
    /// Lines of text.
    Text {
        /// Letters on a line.
        columns: usize,
    },
    /// A page; in a file it follows the one before, and a browser shows them one below the other.
    Html {
        /// The language of its texts.
        language: String,
    },
}

impl Format {
    /// What a printer of this kind is sent to print something.
    pub fn bytes(&self, printout: &Printout) -> Vec<u8> {
        match self {
            Self::EscPos(profile) => escpos::render(printout, profile),
            Self::EscP(profile) => escp::render(printout, profile),
            Self::Text { columns } => {
                let lines = text::render(printout, *columns);
                lines.iter().flat_map(|line| [line.trim_end(), "\n"].concat().into_bytes()).collect()
            }
            Self::Html { language } => {
                html::render(printout, &html::Page { language, ..html::Page::default() }).into_bytes()
            }
        }
    }
}

/// How long a printer is waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Patience {
    /// Until it is reached, takes more bytes or tells how it is.
    pub answer: Duration,
    /// Until it has printed everything.
    pub printing: Duration,
}

impl Default for Patience {
    /// Three seconds, and thirty for printing.
    fn default() -> Self {
        Self { answer: Duration::from_secs(3), printing: Duration::from_secs(30) }
    }
}

/// A printer at an address.
pub struct AddressedPrinter {
    address: Address,
    format: Format,
    /// Whether it tells how it is: most ESC/POS printers do, cheap ones and other formats do not.
    answers: bool,
    /// Whether it tells when it has printed, once it was asked: one that did so once is waited for from then on, and one that
    /// never did is not waited for as long again.
    told: Option<Told>,
    patience: Patience,
    /// The level of the drawer's switch while it is open, where it has one.
    drawer_open_level: Option<bool>,
    connection: Option<Box<dyn Connection>>,
}

impl AddressedPrinter {
    /// A printer; `answers` says whether it tells how it is when asked, which only ESC/POS printers do, and neither a file nor
    /// a spooler.
    pub fn new(address: Address, format: Format, answers: bool, patience: Patience) -> Self {
        let is_silent = matches!(address, Address::File(_) | Address::Spooler(_));
        let can_answer = matches!(format, Format::EscPos(_)) && !is_silent;
        Self {
            address,
            format,
            answers: answers && can_answer,
            told: None,
            patience,
            drawer_open_level: None,
            connection: None,
        }
    }

    /// The same with a drawer whose switch has a level while it is open.
    #[must_use]
    pub fn watching(mut self, open_level: Option<bool>) -> Self {
        self.drawer_open_level = open_level.filter(|_| self.answers);
        self
    }
}

impl Printer for AddressedPrinter {
    fn prepare(&mut self) -> Result<Readiness, Trouble> {
        self.connection = None;
        let mut connection = self.address.open(self.patience.answer)?;
        let mut readiness = Readiness::default();
        if self.answers {
            let sensors = Sensors::ask(&mut *connection)?;
            sensors.trouble().map_or(Ok(()), Err)?;
            readiness.is_paper_low = sensors.is_paper_low();
        }
        self.connection = Some(connection);
        Ok(readiness)
    }

    fn print(&mut self, printout: &Printout) -> Result<(), Trouble> {
        let bytes = self.format.bytes(printout);
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.address.open(self.patience.answer)?,
        };
        connection.write_all(&bytes).map_err(|error| Trouble::working(&error))?;
        connection.flush().map_err(|error| Trouble::working(&error))?;
        if self.answers {
            let printing = match self.told {
                None | Some(Told::WhenPrinted) => self.patience.printing,
                Some(Told::NoTrouble) => Duration::ZERO,
            };
            let told = paper_after_printing(&mut *connection, Patience { printing, ..self.patience })?;
            if self.told != Some(Told::WhenPrinted) {
                self.told = Some(told);
            }
        }
        Ok(())
    }

    fn is_drawer_open(&mut self) -> Result<Option<bool>, Trouble> {
        let Some(open_level) = self.drawer_open_level else { return Ok(None) };
        self.connection = None;
        let mut connection = self.address.open(self.patience.answer)?;
        Ok(Some(Sensors::ask(&mut *connection)?.drawer_level() == open_level))
    }
}

/// Writes a file beside and moves it into place, so that a reader sees one whole page or the other.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    let beside = path.with_extension("new");
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| Trouble::opening(&error))
}

/// A drawer that a receipt printer opens.
#[derive(Clone, Debug)]
pub struct PrinterDrawer {
    /// Where the printer is.
    pub address: Address,
    /// The pin of its drawer socket.
    pub pin: DrawerPin,
    /// Whether the drawer's switch reports at all, and the level it has while open: makers differ.
    pub open_level: Option<bool>,
    /// How long the printer is waited for.
    pub patience: Duration,
}

impl Drawer for PrinterDrawer {
    fn open(&mut self) -> Result<(), Trouble> {
        let mut connection = self.address.open(self.patience)?;
        let sent = connection.write_all(&escpos::drawer_kick(self.pin)).and_then(|()| connection.flush());
        sent.map_err(|error| Trouble::working(&error))
    }

    fn is_open(&mut self) -> Result<Option<bool>, Trouble> {
        let Some(open_level) = self.open_level else { return Ok(None) };
        let mut connection = self.address.open(self.patience)?;
        Ok(Some(Sensors::ask(&mut *connection)?.drawer_level() == open_level))
    }
}

/// Reads one byte; the end of the connection is a cut.
pub(super) fn read_byte(connection: &mut (impl Read + ?Sized)) -> Result<u8, Trouble> {
    let mut byte = [0];
    connection.read_exact(&mut byte).map_err(|error| Trouble::working(&error))?;
    Ok(byte[0])
}
