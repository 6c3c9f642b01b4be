//! The settings of the program: what belongs to this computer and not to the till.
//!
//! They lie in a TOML file beside the till's, `till.toml` beside `till.saleflex`. What the shop decides, how it
//! sells and closes, are the till's own settings: they are journalled and travel with it. Where a printer is connected
//! and how much is logged is true of one computer, must be readable when no till opens, and must not follow a backup
//! to another computer.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    device::{
        address::AddressError,
        settings::{
            CustomerDisplaySettings, LineDisplaySettings, PrinterSettings, PrinterSettingsError,
            ScaleSettings, ScannerSettings,
        },
    },
    log::LogSettings,
    sync::SyncSettings,
};

/// What the file says.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProgramConfig {
    /// The receipt printer.
    pub printer: PrinterSettings,
    /// The little display turned to the customer.
    pub line_display: LineDisplaySettings,
    /// The screen turned to the customer.
    pub customer_display: CustomerDisplaySettings,
    /// The scale.
    pub scale: ScaleSettings,
    /// A scanner on a line of its own.
    pub scanner: ScannerSettings,
    /// How much is logged.
    pub log: LogSettings,
    /// With whom the till talks.
    #[serde(skip_serializing_if = "SyncSettings::is_default")]
    pub sync: SyncSettings,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramConfigError {
    /// It cannot be read or written.
    #[error("{}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is no TOML, or says something that is not known.
    #[error("{} cannot be used", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: toml::de::Error,
    },
    /// They cannot be written as TOML, as a path that is no text.
    #[error("the settings cannot be written")]
    Unwritable(#[from] toml::ser::Error),
    /// A printer that cannot be.
    #[error(transparent)]
    Printer(#[from] PrinterSettingsError),
    /// A display or scale that is nowhere.
    #[error("{device}.address: {cause}")]
    Address {
        /// Which.
        device: &'static str,
        /// Why.
        #[source]
        cause: AddressError,
    },
    /// A number that nothing here can have.
    #[error("{key} is {value}: it is {least} to {most}")]
    OutOfRange {
        /// Which.
        key: &'static str,
        /// What was asked for.
        value: u16,
        /// The least.
        least: u16,
        /// The most.
        most: u16,
    },
    /// A pin for what is no drawer.
    #[error("printer.drawer_pins: {no} is no number of a drawer")]
    NoDrawer {
        /// As written.
        no: String,
    },
}

/// The most days that a log is kept: ten years.
const MOST_DAYS: u16 = 3_660;

impl ProgramConfig {
    /// Where the settings beside a till are.
    pub fn path(till: &Path) -> PathBuf {
        till.with_extension("toml")
    }

    /// The settings beside a till; without a file the defaults.
    ///
    /// # Errors
    /// [`ProgramConfigError`].
    pub fn beside(till: &Path) -> Result<Self, ProgramConfigError> {
        let path = Self::path(till);
        let file = match fs::read_to_string(&path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => return Err(ProgramConfigError::Io { path, cause }),
        };
        let config: Self =
            toml::from_str(&file).map_err(|cause| ProgramConfigError::Malformed { path, cause })?;
        config.validate(till)?;
        Ok(config)
    }

    /// Whether the program can work by them beside a till.
    ///
    /// # Errors
    /// [`ProgramConfigError::Printer`], [`ProgramConfigError::Address`].
    pub fn validate(&self, till: &Path) -> Result<(), ProgramConfigError> {
        let at = |device| move |cause| ProgramConfigError::Address { device, cause };
        self.printer.printer(folder(till))?;
        self.line_display.display().map_err(at("line_display"))?;
        self.customer_display.display(folder(till), "", "").map_err(at("customer_display"))?;
        self.scale.scale().map_err(at("scale"))?;
        self.scanner.scanner().map_err(at("scanner"))?;
        Ok(())
    }

    /// Whether every number that is not as it was is one that can be. A file that says otherwise is read all the same, as
    /// the nearest that can be, and so it stays while something else is changed: it may have been written by hand, and who
    /// is taken in by a hub at that moment has used up a code that is not given twice.
    fn check_numbers(&self, before: &Self) -> Result<(), ProgramConfigError> {
        let (columns, rows) = (LineDisplaySettings::COLUMNS, LineDisplaySettings::ROWS);
        let (display, shown) = (&self.line_display, &before.line_display);
        for (key, value, was, within) in [
            ("line_display.columns", display.columns.into(), shown.columns.into(), columns),
            ("line_display.rows", display.rows.into(), shown.rows.into(), rows),
            (
                "printer.page_lines",
                self.printer.page_lines.into(),
                before.printer.page_lines.into(),
                PrinterSettings::PAGE_LINES,
            ),
            ("log.days", self.log.days, before.log.days, 1..=MOST_DAYS),
        ] {
            if value != was && !within.contains(&value) {
                let (least, most) = within.into_inner();
                return Err(ProgramConfigError::OutOfRange { key, value, least, most });
            }
        }
        let is_number = |no: &str| no.parse::<u8>().is_ok_and(|no| no > 0);
        let is_known = |no: &str| before.printer.drawer_pins.contains_key(no);
        match self.printer.drawer_pins.keys().find(|no| !is_number(no) && !is_known(no)) {
            Some(no) => Err(ProgramConfigError::NoDrawer { no: no.clone() }),
            None => Ok(()),
        }
    }

    /// Writes them beside a till, the whole file or nothing.
    ///
    /// # Errors
    /// [`ProgramConfigError`].
    pub fn write(&self, till: &Path) -> Result<(), ProgramConfigError> {
        self.validate(till)?;
        // Of a file that cannot be read nothing stays.
        self.check_numbers(&Self::beside(till).unwrap_or_default())?;
        let path = Self::path(till);
        let text = toml::to_string(self)?;
        let beside = path.with_extension("toml.new");
        let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, &path));
        written.map_err(|cause| ProgramConfigError::Io { path, cause })
    }
}

/// The folder a till's file is in.
pub fn folder(till: &Path) -> &Path {
    till.parent().unwrap_or(Path::new(""))
}

#[cfg(test)]
mod tests {
    use saleflex_core::printout::escpos::DrawerPin;

    use super::*;

    #[test]
    fn a_number_that_a_file_has_since_before_stands_in_the_way_of_no_other_change() {
        let folder = tempfile::tempdir().unwrap();
        let till = folder.path().join("till.saleflex");
        let old = "[log]\ndays = 0\n[line_display]\ncolumns = 4\n[printer.drawer_pins]\ntill = \"two\"\n";
        fs::write(ProgramConfig::path(&till), old).unwrap();
        let mut program = ProgramConfig::beside(&till).unwrap();
        program.printer.columns = 48;
        program.write(&till).unwrap();
        assert_eq!(ProgramConfig::beside(&till).unwrap(), program);
        let changes: [fn(&mut ProgramConfig); 5] = [
            |program| program.log.days = 5_000,
            |program| program.printer.page_lines = 128,
            |program| program.line_display.columns = 3,
            |program| program.line_display.rows = 9,
            |program| program.printer.drawer_pins.extend([("no".to_owned(), DrawerPin::Two)]),
        ];
        for change in changes {
            let mut other = program.clone();
            change(&mut other);
            assert!(other.write(&till).is_err(), "{other:?}");
        }
        assert_eq!(ProgramConfig::beside(&till).unwrap(), program);
        program.log.days = 14;
        program.write(&till).unwrap();
        program.log.days = 0;
        assert!(program.write(&till).is_err(), "what was put right is judged again");
    }
}
