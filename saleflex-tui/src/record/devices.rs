//! The devices of this computer: the printer, what the customer sees, the scale. They lie beside the till's file and
//! not in it.

use std::collections::BTreeMap;

use saleflex_core::printout::{code_page::CodePage, escp::Pitch, escpos::DrawerPin};
use saleflex_store::{Error, Till};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    device::settings::{FormatName, PrinterSettingsError, ProtocolName},
    listing::RowId,
    message,
    program::{ProgramConfig, ProgramConfigError},
    text::{Key, Text},
};

/// The devices of this computer.
pub(crate) struct DevicesModel;

const FORMATS: [(FormatName, Key); 4] = [
    (FormatName::Escpos, Key::FormatEscpos),
    (FormatName::Escp, Key::FormatEscp),
    (FormatName::Text, Key::FormatText),
    (FormatName::Html, Key::FormatHtml),
];
/// Names of makers, the same in every language.
const PROTOCOLS: [(ProtocolName, &str); 2] =
    [(ProtocolName::Toledo, "Mettler Toledo 8217"), (ProtocolName::Cas, "CAS")];

/// How many letters of a dot-matrix printer stand on an inch.
const PITCHES: [(Pitch, &str); 3] = [(Pitch::Pica, "10"), (Pitch::Elite, "12"), (Pitch::Condensed, "17")];

/// The pins of a drawer's socket, by the numbers that they have on every printer.
const PINS: [(DrawerPin, &str); 2] = [(DrawerPin::Two, "2"), (DrawerPin::Five, "5")];

/// The pins of several drawers as they are typed: `1=2, 2=5`.
fn pins_in_words(pins: &BTreeMap<String, DrawerPin>) -> String {
    let name = |pin: DrawerPin| PINS.iter().find(|(known, _)| *known == pin).map_or("", |&(_, name)| name);
    pins.iter().map(|(no, pin)| format!("{no}={}", name(*pin))).collect::<Vec<_>>().join(", ")
}

/// The pins that were typed; none where something is no drawer, no pin, or a drawer has two.
fn pins_of_words(words: &str) -> Option<BTreeMap<String, DrawerPin>> {
    let mut pins = BTreeMap::new();
    for word in words.split([',', ' ']).filter(|word| !word.is_empty()) {
        let (no, pin) = word.split_once('=')?;
        let (pin, _) = PINS.iter().find(|(_, name)| *name == pin)?;
        let no = no.parse::<u8>().ok().filter(|no| *no > 0)?;
        if pins.insert(no.to_string(), *pin).is_some() {
            return None;
        }
    }
    Some(pins)
}

impl Model for DevicesModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "DEVICES",
            panel: "DEVICES",
            definition: include_str!("../../forms/devices.toml"),
            event: "DEVICES_FORM",
            fields: &[
                "PRINTER_ADDRESS",
                "PRINTER_FORMAT",
                "PRINTER_COLUMNS",
                "PRINTER_CODE_PAGE",
                "PRINTER_ANSWERS",
                "PRINTER_CANCELLATIONS",
                "DRAWER_PIN",
                "DRAWER_PINS",
                "PRINTER_PITCH",
                "PRINTER_PAGE_LINES",
                "LINE_DISPLAY",
                "CUSTOMER_PAGE",
                "PAYMENT_CODE",
                "DISPLAY_IDLE",
                "CUSTOMER_IDLE",
                "SCALE_ADDRESS",
                "SCALE_PROTOCOL",
                "SCANNER_ADDRESS",
                "SCANNER_PREFIX",
                "SCANNER_BEEP",
                "SCANNER_GOOD_BEEP",
            ],
        }
    }

    fn hint(&self) -> Key {
        Key::HintDevices
    }

    fn changes_devices(&self) -> bool {
        true
    }

    fn is_the_only_one(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, _: Option<RowId>) -> Result<Fields, Error> {
        // A file that cannot be read is told at start; here it is made anew.
        let program = ProgramConfig::beside(till.path()).unwrap_or_default();
        let ProgramConfig { printer, line_display, customer_display, scale, scanner, .. } = program;
        let choice = |options: Vec<String>, at: Option<usize>| Value::Choice { options, at: at.unwrap_or(0) };
        let formats = FORMATS.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
        let pages = CodePage::ALL.iter().map(|page| format!("{page:?}").to_uppercase()).collect();
        let protocols = PROTOCOLS.iter().map(|(_, name)| (*name).to_owned()).collect();
        Ok(vec![
            ("PRINTER_ADDRESS", Value::text(printer.address)),
            (
                "PRINTER_FORMAT",
                choice(formats, FORMATS.iter().position(|(format, _)| *format == printer.format)),
            ),
            ("PRINTER_COLUMNS", Value::text(Some(printer.columns))),
            (
                "PRINTER_CODE_PAGE",
                choice(pages, CodePage::ALL.iter().position(|page| *page == printer.code_page)),
            ),
            ("PRINTER_ANSWERS", Value::Flag(printer.answers)),
            ("PRINTER_CANCELLATIONS", Value::Flag(printer.cancellations)),
            (
                "DRAWER_PIN",
                choice(
                    PINS.map(|(_, name)| name.to_owned()).to_vec(),
                    PINS.iter().position(|(pin, _)| *pin == printer.drawer_pin),
                ),
            ),
            ("DRAWER_PINS", Value::Text(pins_in_words(&printer.drawer_pins))),
            (
                "PRINTER_PITCH",
                choice(
                    PITCHES.map(|(_, name)| name.to_owned()).to_vec(),
                    PITCHES.iter().position(|(pitch, _)| *pitch == printer.pitch),
                ),
            ),
            ("PRINTER_PAGE_LINES", Value::text(Some(printer.page_lines))),
            ("LINE_DISPLAY", Value::text(line_display.address)),
            ("CUSTOMER_PAGE", Value::text(customer_display.page.map(|page| page.display().to_string()))),
            ("PAYMENT_CODE", Value::Text(customer_display.payment_code)),
            ("DISPLAY_IDLE", Value::Text(line_display.idle)),
            ("CUSTOMER_IDLE", Value::Text(customer_display.idle)),
            ("SCALE_ADDRESS", Value::text(scale.address)),
            (
                "SCALE_PROTOCOL",
                choice(protocols, PROTOCOLS.iter().position(|(protocol, _)| *protocol == scale.protocol)),
            ),
            ("SCANNER_ADDRESS", Value::text(scanner.address)),
            ("SCANNER_PREFIX", Value::Text(scanner.prefix)),
            ("SCANNER_BEEP", Value::Flag(scanner.beep)),
            ("SCANNER_GOOD_BEEP", Value::Flag(scanner.good_beep)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let mut program = ProgramConfig::beside(till.path()).unwrap_or_default();
        program.printer.address = entered.optional("PRINTER_ADDRESS");
        program.printer.format = FORMATS
            .get(entered.choice("PRINTER_FORMAT"))
            .map_or_else(FormatName::default, |(format, _)| *format);
        program.printer.columns = read.number("PRINTER_COLUMNS").unwrap_or(program.printer.columns);
        program.printer.code_page =
            CodePage::ALL.get(entered.choice("PRINTER_CODE_PAGE")).copied().unwrap_or_default();
        program.printer.answers = entered.flag("PRINTER_ANSWERS");
        program.printer.cancellations = entered.flag("PRINTER_CANCELLATIONS");
        program.printer.drawer_pin =
            PINS.get(entered.choice("DRAWER_PIN")).map_or_else(DrawerPin::default, |(pin, _)| *pin);
        match pins_of_words(entered.text("DRAWER_PINS")) {
            Some(pins) => program.printer.drawer_pins = pins,
            None => read.fault("DRAWER_PINS", text.word(Key::DrawerPinsNotRead).to_owned()),
        }
        program.printer.pitch =
            PITCHES.get(entered.choice("PRINTER_PITCH")).map_or_else(Pitch::default, |(pitch, _)| *pitch);
        program.printer.page_lines = read.number("PRINTER_PAGE_LINES").unwrap_or(program.printer.page_lines);
        program.line_display.address = entered.optional("LINE_DISPLAY");
        program.customer_display.page = entered.optional("CUSTOMER_PAGE").map(Into::into);
        program.customer_display.payment_code = entered.optional("PAYMENT_CODE").unwrap_or_default();
        entered.text("DISPLAY_IDLE").clone_into(&mut program.line_display.idle);
        entered.text("CUSTOMER_IDLE").clone_into(&mut program.customer_display.idle);
        program.scale.address = entered.optional("SCALE_ADDRESS");
        program.scale.protocol = PROTOCOLS
            .get(entered.choice("SCALE_PROTOCOL"))
            .map_or_else(ProtocolName::default, |(protocol, _)| *protocol);
        program.scanner.address = entered.optional("SCANNER_ADDRESS");
        entered.text("SCANNER_PREFIX").clone_into(&mut program.scanner.prefix);
        program.scanner.beep = entered.flag("SCANNER_BEEP");
        program.scanner.good_beep = entered.flag("SCANNER_GOOD_BEEP");
        read.finish()?;
        program.write(till.path()).map_err(|error| Unsaved::Fields(vec![fault(text, &error)]))
    }
}

/// Which field is wrong, and why.
fn fault(text: &Text, error: &ProgramConfigError) -> (&'static str, String) {
    let field = match error {
        ProgramConfigError::Printer(PrinterSettingsError::Columns { .. }) => {
            return ("PRINTER_COLUMNS", text.word(Key::ColumnsRange).to_owned());
        }
        ProgramConfigError::OutOfRange { key: "printer.page_lines", .. } => {
            return ("PRINTER_PAGE_LINES", text.word(Key::PageLinesRange).to_owned());
        }
        ProgramConfigError::NoDrawer { .. } => "DRAWER_PINS",
        ProgramConfigError::Address { device: "line_display", .. } => "LINE_DISPLAY",
        ProgramConfigError::Address { device: "customer_display", .. } => "CUSTOMER_PAGE",
        ProgramConfigError::Address { device: "scale", .. } => "SCALE_ADDRESS",
        ProgramConfigError::Address { device: "scanner", .. } => "SCANNER_ADDRESS",
        _ => "PRINTER_ADDRESS",
    };
    (field, message::with_causes(error))
}
