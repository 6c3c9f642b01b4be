//! What the program's settings say of what the customer sees, of the scale and of scanners.

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};

use saleflex_core::printout::{code_page::CodePage, display::DisplaySize};
use serde::{Deserialize, Serialize};

use crate::device::{
    address::{Address, AddressError},
    customer_display::{CustomerDisplay, PageDisplay, TerminalDisplay},
    line_display::EscPosDisplay,
    scale::{AddressedScale, Cas, ScaleProtocol, Toledo8217},
    scanner::{AddressedScanner, ScanDecoder},
};

/// How long a display is waited for: it has a thread of its own.
const DISPLAY_PATIENCE: Duration = Duration::from_secs(2);
/// How long a scale is waited for: the cashier waits with it.
const SCALE_PATIENCE: Duration = Duration::from_millis(700);

/// How long a scanner is waited for: it has a thread of its own.
const SCANNER_PATIENCE: Duration = Duration::from_millis(200);

/// The little display as it is set up.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LineDisplaySettings {
    /// Where it is; none: there is none.
    pub address: Option<String>,
    /// Letters on a line.
    pub columns: u8,
    /// Lines: two to four.
    pub rows: u8,
    /// Its letters.
    pub code_page: CodePage,
    /// What it says while nothing is sold, a line each; empty: the name of the store.
    pub idle: String,
}

impl Default for LineDisplaySettings {
    fn default() -> Self {
        Self { address: None, columns: 20, rows: 2, code_page: CodePage::Pc858, idle: String::new() }
    }
}

impl LineDisplaySettings {
    /// Letters on a line of displays that there are.
    pub const COLUMNS: RangeInclusive<u16> = 8..=40;
    /// Lines of displays that there are.
    pub const ROWS: RangeInclusive<u16> = 2..=4;

    /// Letters on a line and lines, as far as there are such displays.
    pub fn size(&self) -> DisplaySize {
        let within = |number: u8, range: RangeInclusive<u16>| {
            usize::from(u16::from(number).clamp(*range.start(), *range.end()))
        };
        DisplaySize { columns: within(self.columns, Self::COLUMNS), rows: within(self.rows, Self::ROWS) }
    }

    /// The display, where one is set up.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn display(&self) -> Result<Option<EscPosDisplay>, AddressError> {
        let address: Option<Address> = self.address.as_deref().map(str::parse).transpose()?;
        Ok(address.map(|address| EscPosDisplay::new(address, self.size(), self.code_page, DISPLAY_PATIENCE)))
    }
}

/// The screen turned to the customer as it is set up: a page for a browser, or a terminal.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerDisplaySettings {
    /// The file of a page that a browser has open, beside this file unless its path is absolute.
    pub page: Option<PathBuf>,
    /// Where a second terminal is, where there is no page.
    pub address: Option<String>,
    /// What it says while nothing is sold.
    pub idle: String,
    /// What else it says then, a slide each, before the screens of the shop's own that are for it.
    pub slides: Vec<String>,
    /// For how many seconds a slide stays, what it says first among them; 0: all of them stand there together.
    pub slide_seconds: u16,
    /// What a telephone reads there to pay what is owed, such as `https://pay.example/{number}?{amount}{currency}`.
    pub payment_code: String,
}

impl CustomerDisplaySettings {
    /// The screen, where one is set up; `folder` is where a page without a whole path lies.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn display(
        &self,
        folder: &Path,
        title: &str,
        language: &str,
    ) -> Result<Option<Box<dyn CustomerDisplay>>, AddressError> {
        const COLUMNS: usize = 60;
        const ROWS: usize = 24;
        if let Some(page) = &self.page {
            return Ok(Some(Box::new(PageDisplay {
                path: folder.join(page),
                title: title.to_owned(),
                language: language.to_owned(),
                logo: None,
            })));
        }
        let Some(address) = &self.address else { return Ok(None) };
        Ok(Some(Box::new(TerminalDisplay {
            address: address.parse()?,
            columns: COLUMNS,
            rows: ROWS,
            patience: DISPLAY_PATIENCE,
        })))
    }
}

/// The scale as it is set up.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScaleSettings {
    /// Where it is; none: weights are typed.
    pub address: Option<String>,
    /// How it is asked.
    pub protocol: ProtocolName,
}

/// How a scale is asked.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtocolName {
    /// `W`, answered by the weight.
    #[default]
    Toledo,
    /// `ENQ`, `DC1`, answered by a frame with a checksum.
    Cas,
}

impl ScaleSettings {
    /// The scale, where one is set up.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn scale(&self) -> Result<Option<AddressedScale>, AddressError> {
        let address: Option<Address> = self.address.as_deref().map(str::parse).transpose()?;
        let protocol: Box<dyn ScaleProtocol> = match self.protocol {
            ProtocolName::Toledo => Box::new(Toledo8217),
            ProtocolName::Cas => Box::new(Cas),
        };
        Ok(address.map(|address| AddressedScale::new(address, protocol, SCALE_PATIENCE)))
    }
}

/// A scanner on a line of its own, as it is set up; one that types like a keyboard needs no setting up here.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScannerSettings {
    /// Where it is; none: scanners type.
    pub address: Option<String>,
    /// What it sends before each code.
    pub prefix: String,
    /// Whether a code is heard that is refused or waits for an answer, of any scanner.
    pub beep: bool,
    /// Whether a code is heard that was taken, of any scanner: for one without a beeper of its own.
    pub good_beep: bool,
}

impl Default for ScannerSettings {
    fn default() -> Self {
        Self { address: None, prefix: String::new(), beep: true, good_beep: false }
    }
}

impl ScannerSettings {
    /// The scanner, where one is set up.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn scanner(&self) -> Result<Option<AddressedScanner>, AddressError> {
        let address: Option<Address> = self.address.as_deref().map(str::parse).transpose()?;
        let decoder = ScanDecoder::new(&self.prefix, None);
        Ok(address.map(|address| AddressedScanner::new(address, decoder, SCANNER_PATIENCE)))
    }
}
