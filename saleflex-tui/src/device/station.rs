//! The devices of one till, as the program's settings name them.
//!
//! **Invariant:** nothing here waits for a device but [`Station::weigh`], and that no longer than a cashier would wait
//! with a hand on the scale.

use std::{collections::BTreeMap, fmt, time::Duration};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    closure::drawer::DrawerNo,
    document::{Document, Event},
    money::Currency,
    printout::{
        Printout,
        display::{DisplaySize, Showing},
        escpos::DrawerPin,
        receipt::{Serving, serving},
        words::Words,
    },
    quantity::{Points, Quantity},
};
use saleflex_store::{Error, Till};

use super::{
    Trouble,
    address::AddressError,
    customer_display, line_display,
    mailbox::Mailbox,
    queue::{JobsError, NewJob},
    scale::{AddressedScale, Scale, ScaleError},
    scanner::{ListeningScanner, Sound},
    settings::{CustomerDisplaySettings, Forms, PrinterSettingsError},
    slides::slide_at,
    spooler::{QueueStatus, Spooler, SpoolerOptions},
};
use crate::{
    program::{self, ProgramConfig, ProgramConfigError},
    text::Text,
};

/// How long a display or scanner that failed is left alone.
const DISPLAY_PAUSE: Duration = Duration::from_secs(2);

/// The devices of a till. Without any it is a till all the same.
#[derive(Default)]
pub struct Station {
    printer: Option<Spooler>,
    prints_cancellations: bool,
    drawer_pins: BTreeMap<String, DrawerPin>,
    forms: Forms,
    line_display: Option<LineDisplay>,
    customer_display: Option<CustomerScreen>,
    scale: Option<AddressedScale>,
    scanner: Option<ListeningScanner>,
    is_silent: bool,
    is_good_heard: bool,
}

struct LineDisplay {
    mailbox: Mailbox<Vec<String>>,
    size: DisplaySize,
    idle: String,
}

struct CustomerScreen {
    mailbox: Mailbox<Printout>,
    /// What it says while nothing is sold, a slide each.
    slides: Vec<String>,
    /// How long each stays.
    stay: Duration,
    /// What a telephone reads to pay, with places for number, amount and currency.
    payment_code: String,
}

impl CustomerScreen {
    fn new(mailbox: Mailbox<Printout>, settings: &CustomerDisplaySettings) -> Self {
        let slides = std::iter::once(&settings.idle).chain(&settings.slides);
        Self {
            mailbox,
            slides: slides.filter(|slide| !slide.trim().is_empty()).cloned().collect(),
            stay: Duration::from_secs(settings.slide_seconds.into()),
            payment_code: settings.payment_code.clone(),
        }
    }

    /// What stands there while nothing is sold, a paragraph each: one slide, or all of them where nothing turns.
    fn idle<'a>(&'a self, of_forms: &'a [Vec<String>], at: DateTime<Utc>) -> Vec<&'a str> {
        let own = self.slides.iter().map(std::slice::from_ref);
        let slides: Vec<&[String]> = own.chain(of_forms.iter().map(Vec::as_slice)).collect();
        let shown = match slide_at(slides.len(), self.stay, at) {
            Some(turn) => slides.get(turn..=turn).unwrap_or_default(),
            None => slides.as_slice(),
        };
        shown.iter().copied().flatten().map(String::as_str).collect()
    }

    /// The code that pays what is still owed for a document; none where nothing is, or no code is set up.
    fn payment_code(&self, document: &Document) -> Option<String> {
        let balance = document.balance();
        if self.payment_code.is_empty() || !balance.is_positive() || document.kind.pays_out() {
            return None;
        }
        let filled = self.payment_code.replace("{number}", &document.number.to_string());
        let filled = filled.replace("{amount}", &document.currency.format(balance));
        Some(filled.replace("{currency}", document.currency.code().as_str()))
    }
}

/// Why the devices cannot be used as they are set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StationError {
    /// The settings of the program.
    #[error(transparent)]
    Program(#[from] ProgramConfigError),
    /// The printer's.
    #[error(transparent)]
    Printer(#[from] PrinterSettingsError),
    /// A display's, the scale's or the scanner's.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The print queue.
    #[error(transparent)]
    Till(#[from] Error),
}

/// What the customer is to see.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The document: the open one, or the one that was settled just now.
    pub document: Option<&'a Document>,
    /// What came of the command it is shown after.
    pub events: &'a [Event],
    /// The name of its customer.
    pub customer: &'a str,
    /// The points the customer has.
    pub points: Option<Points>,
    /// What else is said to the customer, a paragraph each.
    pub messages: &'a [&'a str],
    /// What the shop's forms say to the customer while nothing is sold, a slide each of some paragraphs.
    pub slides: &'a [Vec<String>],
    /// When it is shown: by it slides turn.
    pub at: DateTime<Utc>,
    /// The name of the store.
    pub store: &'a str,
    /// The currency it sells in.
    pub currency: &'a Currency,
    /// The language.
    pub words: &'a Words,
}

impl Station {
    /// The devices that the settings beside a till name. The till is told whether anybody prints.
    ///
    /// # Errors
    /// [`StationError`] for the first device that cannot be as it is set up.
    pub fn start(till: &mut Till, text: &Text) -> Result<Self, StationError> {
        let program = ProgramConfig::beside(till.path())?;
        let folder = program::folder(till.path()).to_owned();
        let printer = program.printer.printer(&folder)?;
        till.set_printing(printer.is_some())?;
        let printer = match printer {
            None => None,
            Some(printer) => {
                let options = SpoolerOptions::new(text.printout.titles.repeat);
                Some(Spooler::start(Box::new(till.print_queue()?), Box::new(printer), options))
            }
        };
        let store = &till.identity().store_name;
        let line_display = program.line_display.display()?.map(|display| LineDisplay {
            mailbox: line_display::in_background(Box::new(display), DISPLAY_PAUSE),
            size: program.line_display.size(),
            idle: program.line_display.idle.clone(),
        });
        let screen = program.customer_display.display(&folder, store, text.code)?;
        let customer_display = screen.map(|screen| {
            let mailbox = customer_display::in_background(screen, DISPLAY_PAUSE);
            CustomerScreen::new(mailbox, &program.customer_display)
        });
        let scanner = program.scanner.scanner()?;
        let scanner = scanner.map(|scanner| ListeningScanner::start(Box::new(scanner), DISPLAY_PAUSE));
        let prints_cancellations = program.printer.cancellations;
        Ok(Self {
            printer,
            prints_cancellations,
            drawer_pins: program.printer.drawer_pins.clone(),
            forms: program.printer.forms(&folder)?,
            line_display,
            customer_display,
            scale: program.scale.scale()?,
            scanner,
            is_silent: !program.scanner.beep,
            is_good_heard: program.scanner.good_beep,
        })
    }

    /// The pin that opens one of several drawers, where the settings name it.
    pub fn drawer_pin(&self, no: DrawerNo) -> Option<DrawerPin> {
        self.drawer_pins.get(&no.0.to_string()).copied()
    }

    /// The forms that documents are printed on.
    pub(crate) const fn forms(&self) -> &Forms {
        &self.forms
    }

    /// How often the bell rings for what is to be heard of a code. A terminal has one sound: where good codes are heard too, one
    /// that somebody has to look at is heard twice.
    pub(crate) fn rings(&self, sound: Sound) -> u8 {
        match sound {
            Sound::Good => u8::from(self.is_good_heard),
            Sound::Bad if self.is_silent => 0,
            Sound::Bad => 1 + u8::from(self.is_good_heard),
        }
    }

    /// Whether a scanner is listened to.
    pub const fn has_scanner(&self) -> bool {
        self.scanner.is_some()
    }

    /// The codes that were scanned since the last call.
    pub fn scans(&self) -> Vec<String> {
        self.scanner.as_ref().map(ListeningScanner::codes).unwrap_or_default()
    }

    /// What keeps the scanner from reading.
    pub fn scanner_trouble(&self) -> Option<Trouble> {
        self.scanner.as_ref().and_then(ListeningScanner::trouble)
    }

    /// What keeps a display from showing what is sold.
    pub fn display_trouble(&self) -> Option<Trouble> {
        let line = self.line_display.as_ref().and_then(|display| display.mailbox.trouble());
        line.or_else(|| self.customer_display.as_ref().and_then(|screen| screen.mailbox.trouble()))
    }

    /// Whether there is a printer.
    pub const fn has_printer(&self) -> bool {
        self.printer.is_some()
    }

    /// Whether a cancelled document gets a slip.
    pub const fn prints_cancellations(&self) -> bool {
        self.prints_cancellations
    }

    /// How the printer and its queue stand; none where there is no printer.
    pub fn status(&self) -> Option<QueueStatus> {
        self.printer.as_ref().map(Spooler::status)
    }

    /// Queues paper; nothing happens without a printer. `of` is the entry of the journal whose paper it is.
    ///
    /// # Errors
    /// [`JobsError`] where it cannot be kept.
    pub fn print(&self, jobs: &[NewJob], of: Option<i64>) -> Result<(), JobsError> {
        self.printer.as_ref().map_or(Ok(()), |printer| printer.submit_of(jobs, of))
    }

    /// Tries the printer again at once, with the jobs too that were given up.
    ///
    /// # Errors
    /// [`JobsError`] where they cannot be kept.
    pub fn retry(&self) -> Result<(), JobsError> {
        let Some(printer) = &self.printer else { return Ok(()) };
        printer.retry_failed()?;
        printer.retry_now();
        Ok(())
    }

    /// Waits until all is printed, but no longer than `patience`, and not for a printer that does not print.
    pub fn finish(&self, patience: Duration) {
        if let Some(printer) = &self.printer {
            printer.wait(patience, |status| status.waiting == 0 || status.trouble.is_some());
        }
    }

    /// Shows the customer what is being sold.
    pub fn show(&self, shown: Shown<'_>) {
        if let Some(display) = &self.line_display {
            let message = if display.idle.is_empty() { shown.store } else { &display.idle };
            let after = |document| Showing::after(shown.events, document, shown.words);
            let showing = shown.document.and_then(after);
            let showing = showing.unwrap_or_else(|| Showing::Idle { message: message.to_owned() });
            display.mailbox.bring(showing.lines(display.size, shown.currency, shown.words));
        }
        self.show_screen(&shown);
    }

    /// Shows the customer's screen anew and leaves the line display as it is: something else is said beside the document.
    pub fn show_screen(&self, shown: &Shown<'_>) {
        if let Some(screen) = &self.customer_display {
            let code = shown.document.and_then(|document| screen.payment_code(document));
            let idle = screen.idle(shown.slides, shown.at);
            screen.mailbox.bring(serving(
                shown.document,
                &Serving {
                    words: shown.words,
                    store: shown.store,
                    customer: shown.customer,
                    points: shown.points,
                    messages: shown.messages,
                    payment_qr: code.as_deref(),
                    idle: &idle,
                },
            ));
        }
    }

    /// Which slide the customer's screen shows at an instant, with those of so many forms of the shop; none without such a
    /// screen, and where nothing turns.
    pub fn slide(&self, forms: usize, at: DateTime<Utc>) -> Option<usize> {
        let screen = self.customer_display.as_ref()?;
        slide_at(screen.slides.len() + forms, screen.stay, at)
    }

    /// What lies on the scale less packing of so many grams, in kilograms or grams; none without a scale, or for what is sold by another unit.
    ///
    /// # Errors
    /// [`ScaleError`] says why the scale does not tell: it moves, is overloaded or below nothing, or does not answer.
    pub fn weigh(&mut self, unit: &str, tare_g: u32) -> Option<Result<Quantity, ScaleError>> {
        let per_kg = match unit.to_ascii_lowercase().as_str() {
            "kg" => Decimal::ONE,
            "g" | "gr" => Decimal::ONE_THOUSAND,
            _ => return None,
        };
        let scale = self.scale.as_mut()?;
        scale.tare_g = tare_g;
        let weight = scale.weigh();
        Some(weight.and_then(|weight| {
            let net = weight.net_kg.decimal().saturating_mul(per_kg);
            Quantity::try_new(net).map_err(|_| ScaleError::Overload)
        }))
    }
}

impl fmt::Debug for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Station").field("printer", &self.printer).finish_non_exhaustive()
    }
}
