//! What the program's settings say of devices: of the printer here, of what the customer sees and of the scale beside.

use std::{
    collections::BTreeMap,
    fs, io,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use saleflex_core::{
    document::DocumentType,
    printout::{
        bitmap::{Bitmap, BitmapError},
        code_page::CodePage,
        escp,
        escpos::{CutMode, DrawerPin, Profile},
        sheet::{Design, DesignFault},
    },
};
use serde::{Deserialize, Serialize};

mod customer;

pub use self::customer::{
    CustomerDisplaySettings, LineDisplaySettings, ProtocolName, ScaleSettings, ScannerSettings,
};

use super::{
    address::{Address, AddressError},
    printer::{AddressedPrinter, Format, Patience},
};

/// A printer as it is set up.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrinterSettings {
    /// Where it is; none: nothing is printed.
    pub address: Option<String>,
    /// What it is sent.
    pub format: FormatName,
    /// Letters on a line: 32 on paper of 58 mm, 42 or 48 on paper of 80 mm, 80 on folded paper, 96 on A4.
    pub columns: u16,
    /// How close the letters of a dot-matrix printer stand.
    pub pitch: escp::Pitch,
    /// Lines of a page of a dot-matrix printer: 70 on A4, 66 on folded paper of 11 inches.
    pub page_lines: u8,
    /// Its letters.
    pub code_page: CodePage,
    /// The number that selects them, where the printer has its own.
    pub code_page_number: Option<u8>,
    /// How it cuts.
    pub cut: CutMode,
    /// The pin that opens the drawer.
    pub drawer_pin: DrawerPin,
    /// The pins of several drawers, by their numbers; of one that is not named the pin above.
    pub drawer_pins: BTreeMap<String, DrawerPin>,
    /// The level of the drawer's switch while it is open, where it has one: makers differ.
    pub drawer_switch: Option<DrawerSwitch>,
    /// Whether it tells how it is when asked.
    pub answers: bool,
    /// Whether a document that is cancelled with something on it gets a slip.
    pub cancellations: bool,
    /// A portable bitmap for the head of receipts, beside this file unless its path is absolute.
    pub logo: Option<PathBuf>,
    /// Designs of forms that were printed beforehand, by the kind of document that is printed on each, such as `invoice`: files
    /// beside this one unless their paths are absolute.
    pub forms: BTreeMap<String, PathBuf>,
}

/// Designs of forms that were printed beforehand, by the kind of document, and the printer's letters.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    designs: BTreeMap<DocumentType, Design>,
    letters: Option<CodePage>,
}

impl Forms {
    /// The form of a kind of document.
    pub fn get(&self, document: DocumentType) -> Option<&Design> {
        self.designs.get(&document)
    }

    /// The letters that the printer has; none where it has all.
    pub const fn letters(&self) -> Option<CodePage> {
        self.letters
    }
}

impl Default for PrinterSettings {
    fn default() -> Self {
        Self {
            address: None,
            format: FormatName::default(),
            columns: 42,
            pitch: escp::Pitch::default(),
            page_lines: 70,
            code_page: CodePage::Pc858,
            code_page_number: None,
            cut: CutMode::default(),
            drawer_pin: DrawerPin::default(),
            drawer_pins: BTreeMap::new(),
            drawer_switch: None,
            answers: true,
            cancellations: true,
            logo: None,
            forms: BTreeMap::new(),
        }
    }
}

/// What a printer is sent.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum FormatName {
    /// ESC/POS: receipt printers.
    #[default]
    Escpos,
    /// ESC/P: dot-matrix printers.
    Escp,
    /// Lines of text.
    Text,
    /// A page for a browser.
    Html,
}

/// The level that a drawer's switch has while it is open.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawerSwitch {
    /// High while open.
    High,
    /// Low while open.
    Low,
}

/// Why a printer cannot be set up so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrinterSettingsError {
    /// No address.
    #[error("printer.address: {0}")]
    Address(#[from] AddressError),
    /// Paper this narrow or wide there is not.
    #[error("printer.columns is {columns}: a printer has {least} to {most}")]
    Columns {
        /// What was asked for.
        columns: u16,
        /// The fewest.
        least: u16,
        /// The most.
        most: u16,
    },
    /// The logo's file cannot be read.
    #[error("printer.logo: {}", path.display())]
    Logo {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The logo is no portable bitmap.
    #[error("printer.logo is no portable bitmap")]
    LogoFormat(#[from] BitmapError),
    /// A form for no kind of document.
    #[error("printer.forms: there is no kind of document `{document}`")]
    NoDocument {
        /// As written.
        document: String,
    },
    /// A form whose design cannot be used.
    #[error("printer.forms.{document}: {}", path.display())]
    Form {
        /// The kind of document that it is for.
        document: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: Box<FormError>,
    },
}

/// Why the design of a form cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// Its file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no TOML, or says something that no form has.
    #[error(transparent)]
    Malformed(#[from] toml::de::Error),
    /// It does not stand on its page.
    #[error(transparent)]
    Design(#[from] DesignFault),
    /// The printer would cut what stands at the end of its lines.
    #[error("a line of {columns} letters is longer than printer.columns, {most}")]
    Columns {
        /// Letters of its lines.
        columns: u16,
        /// Letters of the printer's.
        most: u16,
    },
    /// The printer goes on by pages of another length: each would be filled in further away from its place.
    #[error("a page of {rows} rows is none of printer.page_lines, {page_lines}")]
    Rows {
        /// Rows of a page of it.
        rows: u16,
        /// Lines of a page of the printer.
        page_lines: u8,
    },
}

const LEAST_COLUMNS: u16 = 20;
const MOST_COLUMNS: u16 = 200;
/// Dots a normal letter takes.
const DOTS_A_COLUMN: u16 = 12;

impl PrinterSettings {
    /// Lines of a page that a dot-matrix printer can be told.
    pub(crate) const PAGE_LINES: RangeInclusive<u16> = 1..=127;

    /// Where it is, where one is set up.
    ///
    /// # Errors
    /// [`PrinterSettingsError::Address`].
    pub fn address(&self) -> Result<Option<Address>, PrinterSettingsError> {
        Ok(self.address.as_deref().map(str::parse).transpose()?)
    }

    /// The printer, where one is set up; `folder` is where a logo without a whole path lies.
    ///
    /// # Errors
    /// [`PrinterSettingsError`].
    pub fn printer(&self, folder: &Path) -> Result<Option<AddressedPrinter>, PrinterSettingsError> {
        let format = self.format(self.format, folder)?;
        self.forms(folder)?;
        let address = self.address()?;
        let open_level = self.drawer_switch.map(|switch| switch == DrawerSwitch::High);
        let printer = |address| {
            AddressedPrinter::new(address, format, self.answers, Patience::default()).watching(open_level)
        };
        Ok(address.map(printer))
    }

    /// How it is sent something in a format, be it its own or another.
    ///
    /// # Errors
    /// [`PrinterSettingsError`].
    pub fn format(&self, format: FormatName, folder: &Path) -> Result<Format, PrinterSettingsError> {
        if !(LEAST_COLUMNS..=MOST_COLUMNS).contains(&self.columns) {
            let (least, most) = (LEAST_COLUMNS, MOST_COLUMNS);
            return Err(PrinterSettingsError::Columns { columns: self.columns, least, most });
        }
        let columns = usize::from(self.columns);
        Ok(match format {
            FormatName::Escpos => Format::EscPos(Profile {
                columns,
                dots: usize::from(self.columns * DOTS_A_COLUMN),
                code_page: self.code_page,
                code_page_number: self.code_page_number,
                cut: self.cut,
                drawer_pin: self.drawer_pin,
                logo: self.logo(folder)?,
            }),
            FormatName::Escp => Format::EscP(escp::Profile {
                pitch: self.pitch,
                columns,
                page_lines: self.page_lines,
                code_page: self.code_page,
            }),
            FormatName::Text => Format::Text { columns },
            FormatName::Html => Format::Html { language: String::new() },
        })
    }

    /// The forms that documents are printed on; `folder` is where a design without a whole path lies.
    ///
    /// # Errors
    /// [`PrinterSettingsError::NoDocument`], [`PrinterSettingsError::Form`].
    pub fn forms(&self, folder: &Path) -> Result<Forms, PrinterSettingsError> {
        let letters = match self.format {
            FormatName::Escpos => Some(self.code_page),
            FormatName::Escp => Some(self.code_page.esc_p().0),
            FormatName::Text | FormatName::Html => None,
        };
        let mut designs = BTreeMap::new();
        for (document, path) in &self.forms {
            let kind = DocumentType::from_code(document)
                .ok_or_else(|| PrinterSettingsError::NoDocument { document: document.clone() })?;
            let path = folder.join(path);
            let design = design(&path).and_then(|design| self.fits(design));
            let design = design.map_err(|cause| PrinterSettingsError::Form {
                document: document.clone(),
                path,
                cause: cause.into(),
            })?;
            designs.insert(kind, design);
        }
        Ok(Forms { designs, letters })
    }

    fn fits(&self, design: Design) -> Result<Design, FormError> {
        let (rows, columns) = (design.rows, design.columns);
        let (most, page_lines) = (self.columns, self.page_lines);
        if self.format != FormatName::Html && columns > most {
            return Err(FormError::Columns { columns, most });
        }
        if self.format == FormatName::Escp && rows != u16::from(page_lines) {
            return Err(FormError::Rows { rows, page_lines });
        }
        Ok(design)
    }

    fn logo(&self, folder: &Path) -> Result<Option<Bitmap>, PrinterSettingsError> {
        let Some(logo) = &self.logo else { return Ok(None) };
        let path = folder.join(logo);
        let file = fs::read(&path).map_err(|cause| PrinterSettingsError::Logo { path, cause })?;
        Ok(Some(Bitmap::parse_pbm(&file)?))
    }
}

fn design(path: &Path) -> Result<Design, FormError> {
    let design: Design = toml::from_str(&fs::read_to_string(path)?)?;
    design.check()?;
    Ok(design)
}
