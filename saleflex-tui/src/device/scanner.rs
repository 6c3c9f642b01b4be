//! Barcode scanners on a serial line. Scanners that type are heard in [`input`](crate::input).

use std::{io::Read, time::Duration};

use super::{
    Trouble,
    address::{Address, Connection},
};

mod gs1;
mod listening;

pub(crate) use self::listening::WRITTEN_SEPARATOR;
pub use self::{
    gs1::{Gs1, Gs1Error},
    listening::{ListeningScanner, entered_by_keys},
};

/// Reads codes.
pub trait Scanner: Send {
    /// The next code; none where nothing was scanned while it was waited.
    ///
    /// # Errors
    /// The [`Trouble`] that keeps it from reading.
    fn read(&mut self) -> Result<Option<Scan>, Trouble>;
}

/// A code that was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Scan {
    /// What kind of code it is, where the scanner says so: `]E0` is EAN-13, `]C1` GS1-128, `]Q3` a GS1 QR code.
    pub symbology: Option<String>,
    /// The code without that, and without what the scanner puts around it. In a code of several GS1 elements the
    /// separators are still in it: [`Gs1::parse`] reads them.
    pub code: String,
}

impl Scan {
    /// Whether the code says of itself that it holds GS1 elements.
    pub fn is_gs1(&self) -> bool {
        matches!(self.symbology.as_deref(), Some("]C1" | "]e0" | "]d2" | "]Q3" | "]J1"))
    }
}

/// What is heard of a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sound {
    /// It was taken.
    Good,
    /// It was refused, or waits for an answer.
    Bad,
}

/// Makes codes of what a scanner sends: its prefix and suffix taken off, symbology identifiers set apart.
#[derive(Clone, Debug, Default)]
pub struct ScanDecoder {
    prefix: Vec<u8>,
    suffix: Option<u8>,
    pending: Vec<u8>,
    /// Bytes of a code longer than any are dropped up to its end.
    is_overlong: bool,
}

/// The longest code: a GS1 code of three labels and more.
const LONGEST: usize = 512;

impl ScanDecoder {
    /// A decoder for a scanner that sends `prefix` before each code and `suffix` behind it; without one, carriage
    /// return, line feed or tab ends a code.
    pub fn new(prefix: &str, suffix: Option<u8>) -> Self {
        Self { prefix: prefix.as_bytes().to_vec(), suffix, pending: Vec::new(), is_overlong: false }
    }

    /// Takes bytes and gives the codes that they end.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Scan> {
        let mut scans = Vec::new();
        for byte in bytes {
            if self.is_end(*byte) {
                if !std::mem::take(&mut self.is_overlong) {
                    scans.extend(self.scan());
                }
                self.pending.clear();
            } else if self.pending.len() < LONGEST {
                self.pending.push(*byte);
            } else {
                self.is_overlong = true;
            }
        }
        scans
    }

    fn is_end(&self, byte: u8) -> bool {
        self.suffix.map_or(matches!(byte, b'\r' | b'\n' | b'\t'), |suffix| byte == suffix)
    }

    /// Nothing but printable ASCII and the separators of GS1 is a code.
    fn scan(&self) -> Option<Scan> {
        let code = self.pending.strip_prefix(self.prefix.as_slice()).unwrap_or(&self.pending);
        let is_code = |byte: &u8| byte.is_ascii_graphic() || matches!(*byte, b' ' | gs1::SEPARATOR_BYTE);
        if code.is_empty() || !code.iter().all(is_code) {
            return None;
        }
        let code = String::from_utf8(code.to_vec()).ok()?;
        let (symbology, code) = match code.split_at_checked(3) {
            Some((symbology, rest)) if symbology.starts_with(']') && !rest.is_empty() => {
                (Some(symbology.to_owned()), rest.to_owned())
            }
            _ => (None, code),
        };
        Some(Scan { symbology, code })
    }
}

/// A scanner at an address.
pub struct AddressedScanner {
    address: Address,
    decoder: ScanDecoder,
    patience: Duration,
    connection: Option<Box<dyn Connection>>,
    read: std::collections::VecDeque<Scan>,
}

impl AddressedScanner {
    /// A scanner; [`Scanner::read`] waits for `patience`.
    pub fn new(address: Address, decoder: ScanDecoder, patience: Duration) -> Self {
        Self { address, decoder, patience, connection: None, read: std::collections::VecDeque::new() }
    }
}

impl Scanner for AddressedScanner {
    fn read(&mut self) -> Result<Option<Scan>, Trouble> {
        if let Some(scan) = self.read.pop_front() {
            return Ok(Some(scan));
        }
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.address.open(self.patience)?,
        };
        let mut bytes = [0; 256];
        match connection.read(&mut bytes) {
            Ok(0) => {
                self.decoder.pending.clear();
                return Err(Trouble::CutOff);
            }
            Ok(count) => self.read.extend(self.decoder.feed(bytes.get(..count).unwrap_or_default())),
            Err(error) => match Trouble::working(&error) {
                // Nobody scans all the time.
                Trouble::NoAnswer => {}
                trouble => return Err(trouble),
            },
        }
        self.connection = Some(connection);
        Ok(self.read.pop_front())
    }
}
