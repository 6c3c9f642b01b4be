//! What carrying effects out means for the devices: paper, drawer, displays, scale.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    adjustment::AdjustmentKind,
    closure::drawer::DrawerRule,
    document::{Cancelled, Completed, Document, Event},
    ids::{CashierId, DocumentId, TenderNo},
    journal::{self, CopyOf, Entry},
    money::Money,
    printout::{Printout, sheet::Filled},
    tender::TenderKind,
};
use saleflex_store::{Error, Shell, Till, history::Found, printing::NewJob, request::Done};

use super::{Desk, Paper, Reply, Sale, paper, ringing::Unweighed};
use crate::{
    device::{
        queue::JobsError,
        scanner::Sound,
        spooler::QueueStatus,
        station::{Shown, Station},
    },
    form::Form,
    message,
    text::{Key, Text},
};

/// How the devices stand: for the status bar.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DeviceStatus {
    /// The printer; none where none is set up.
    pub printer: Option<QueueStatus>,
    /// Why they cannot be used as they are set up, or what is wrong with one, in words.
    pub fault: Option<String>,
    /// Which place of a form had no room for its figure when it was printed last, in words. No device is at fault.
    pub narrow: Option<String>,
}

/// What the customer sees while nothing is sold, and since when.
#[derive(Debug, Default)]
pub(super) struct Slides {
    /// The forms whose words are for the customer.
    forms: Vec<Form>,
    /// The hour, as it was looked at last.
    now: DateTime<Utc>,
    /// The slide that was turned to last.
    shown: Option<usize>,
    /// When the document was settled that is still shown.
    settled_at: Option<DateTime<Utc>>,
}

/// How long what was settled stays before the customer's eyes, change and all, before slides turn again.
const SETTLED_STAYS: TimeDelta = TimeDelta::seconds(20);

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Lets the devices go and begins anew with those that the program's settings name now. Paper of what was settled
    /// while no program ran is queued.
    pub(super) fn start_devices(&mut self) {
        self.station = Station::default();
        (self.device_fault, self.narrow) = (None, None);
        let Some(till) = self.till.as_mut() else { return };
        match Station::start(till, self.text) {
            Ok(station) => self.station = station,
            Err(error) => {
                tracing::warn!(fault = crate::log::variant(&error), "the devices cannot be used");
                self.device_fault = Some(message::with_causes(&error));
            }
        }
        // Nobody stands at the drawer for a sale of yesterday.
        self.print_settled(true);
        self.show_customer(None, &[]);
    }

    /// How the devices stand.
    pub fn devices(&self) -> DeviceStatus {
        let scanner = || {
            let trouble = message::trouble(self.text, self.station.scanner_trouble()?);
            Some(self.text.fill(Key::ScannerTrouble, &[("trouble", &trouble)]))
        };
        let display = || {
            let trouble = message::trouble(self.text, self.station.display_trouble()?);
            Some(self.text.fill(Key::DisplayTrouble, &[("trouble", &trouble)]))
        };
        let fault = self.device_fault.clone().or_else(scanner).or_else(display);
        DeviceStatus { printer: self.station.status(), fault, narrow: self.narrow.clone() }
    }

    /// How often the bell rings for what is to be heard of a code.
    pub(crate) fn rings(&self, sound: Sound) -> u8 {
        self.station.rings(sound)
    }

    /// Whether a scanner on a line of its own is listened to.
    pub const fn has_scanner(&self) -> bool {
        self.station.has_scanner()
    }

    /// The codes that it read since the last call.
    pub fn scans(&self) -> Vec<String> {
        self.station.scans()
    }

    /// Lets what is being printed come out before the program ends.
    pub fn finish_printing(&self, patience: Duration) {
        self.station.finish(patience);
    }

    /// Queues the paper of all that was settled and is not queued yet. What cannot be queued now is found again with
    /// the next document.
    pub(super) fn print_settled(&mut self, is_late: bool) {
        if !self.station.has_printer() {
            return;
        }
        let Some(till) = self.till.as_ref() else { return };
        let mut narrow = None;
        let queued = till.unprinted().map_err(JobsError::from).and_then(|entries| {
            entries.iter().try_for_each(|(seq, entry)| {
                let (mut jobs, too_narrow) = jobs_of(till, self.text, &self.station, entry);
                narrow = too_narrow.or(narrow.take());
                if is_late {
                    for job in &mut jobs {
                        job.printout = job.printout.without_drawer();
                    }
                }
                self.station.print(&jobs, Some(*seq))
            })
        });
        self.device_fault = queued.err().map(|error| message::with_causes(&error));
        self.narrow = narrow;
    }

    /// Queues what a command asks for beside the documents it settles: the ticket of a parked document, the drawer.
    pub(super) fn print_slips(&mut self, done: &Done) {
        let Some(till) = self.till.as_ref().filter(|_| self.station.has_printer()) else { return };
        let slips = done.events().iter().filter_map(|event| match event {
            Event::DocumentSuspended { .. } => suspended(till, self.text),
            Event::DrawerOpened { .. } => Some(drawer(till, self.text, &self.station)),
            Event::DocumentCancelled { .. } if self.station.prints_cancellations() => {
                cancellation(till, self.text, done)
            }
            _ => None,
        });
        let deposit = moves_deposit(till, done).then(|| drawer(till, self.text, &self.station));
        let jobs: Vec<NewJob> = deposit.into_iter().chain(slips).collect();
        if let Err(error) = self.station.print(&jobs, None) {
            self.device_fault = Some(message::with_causes(&error));
        }
    }

    /// Prints the slip of a count, where there is a printer.
    pub(super) fn print_count(&mut self, paper: &Paper) {
        let job = NewJob { document: None, title: paper.title.clone(), printout: paper.printout.clone() };
        if let Err(error) = self.station.print(&[job], None) {
            self.device_fault = Some(message::with_causes(&error));
        }
    }

    /// Prints what is shown, as far as it is paper. A copy is written down before it is printed.
    pub(super) fn print_shown(&mut self, paper: &Paper) -> Reply {
        if let (Some(of), Some(till), true) = (paper.of, self.till.as_mut(), self.station.has_printer())
            && let Err(error) = till.record_copy(of)
        {
            crate::log::error(&error);
            return Reply::Printed(Err(message::error(self.text, &error)));
        }
        let said = if !self.station.has_printer() {
            Err(self.text.word(Key::PrinterNone).to_owned())
        } else if paper.printout.blocks().is_empty() {
            Err(self.text.word(Key::NoPaper).to_owned())
        } else {
            // Who is erased is found by the document, also on a copy that waits for the printer.
            let document =
                if let Some(CopyOf::Document(document)) = paper.of { Some(document) } else { None };
            let (printout, narrow) = match self.copy_on_form(document) {
                Some(form) => (form.printout, form.narrow),
                None => (paper.printout.without_drawer(), None),
            };
            let job = NewJob { document, title: paper.title.clone(), printout };
            let printed = self.station.print(&[job], None).map_err(|error| message::with_causes(&error));
            match narrow {
                Some(narrow) => printed.and(Err(message::narrow(self.text, &paper.title, narrow))),
                None => printed,
            }
        };
        Reply::Printed(said.map(|()| self.text.word(Key::SaidPrinting).to_owned()))
    }

    /// A copy on the form that its document is printed on; none where it is printed on none.
    fn copy_on_form(&self, document: Option<DocumentId>) -> Option<Filled> {
        let till = self.till.as_ref()?;
        let Ok(Some(Found::Completed(completed))) = till.find_document(document?) else { return None };
        paper::on_form(till, self.text, self.station.forms(), &completed, true)
    }

    /// Tries the printer again at once.
    pub(super) fn retry_printing(&self) -> Reply {
        let said = if self.station.has_printer() {
            self.station.retry().map_err(|error| message::with_causes(&error))
        } else {
            Err(self.text.word(Key::PrinterNone).to_owned())
        };
        Reply::Printed(said.map(|()| self.text.word(Key::SaidRetrying).to_owned()))
    }

    /// Shows the customer the open document, or the one that was settled just now.
    pub(super) fn show_customer(&mut self, settled: Option<&Completed>, events: &[Event]) {
        self.slides.settled_at = settled.map(|_| self.slides.now);
        self.slides.shown = None;
        self.with_shown((settled, events), None, Station::show);
    }

    /// Says on the customer's screen by which ways to pay the open document is cheaper.
    pub(super) fn show_cheaper(&self, words: &str) {
        self.with_shown((None, &[]), Some(words), |station, shown| station.show_screen(&shown));
    }

    /// Takes the forms whose words are for the customer, as they are stored now.
    pub(super) fn take_slides(&mut self, forms: &[Form]) {
        if self.slides.forms != forms {
            self.slides.forms = forms.to_vec();
            self.with_shown((None, &[]), None, |station, shown| station.show_screen(&shown));
        }
    }

    /// Shows the customer the next slide where its time has come. Nothing turns while something is sold, nor while whoever
    /// paid looks at the change.
    pub fn turn_slide(&mut self) {
        let now = self.instant();
        self.slides.now = now;
        let slide = self.station.slide(self.slides.forms.len(), now);
        let is_looked_at = |at: DateTime<Utc>| now.signed_duration_since(at).abs() < SETTLED_STAYS;
        let is_idle = self.till.as_ref().is_some_and(|till| till.draft().is_none_or(Document::is_blank));
        let is_turned = slide.is_some() && slide != self.slides.shown;
        if is_turned && is_idle && !self.slides.settled_at.is_some_and(is_looked_at) {
            (self.slides.shown, self.slides.settled_at) = (slide, None);
            self.with_shown((None, &[]), None, |station, shown| station.show_screen(&shown));
        }
    }

    fn with_shown(
        &self,
        (settled, events): (Option<&Completed>, &[Event]),
        more: Option<&str>,
        show: impl FnOnce(&Station, Shown<'_>),
    ) {
        let Some(till) = self.till.as_ref() else { return };
        let document = settled.map(Completed::document).or_else(|| till.draft());
        let id = document.and_then(|document: &Document| document.customer);
        let customer = id.and_then(|id| till.customer(id).ok().flatten()).map(|customer| customer.name);
        let points = id.and_then(|id| till.points_balance(id).ok().flatten());
        let saved = document.and_then(|document| saved_on(self.text, document));
        let messages: Vec<&str> = saved.iter().map(String::as_str).chain(more).collect();
        let slides: Vec<Vec<String>> = self.slides.forms.iter().map(|form| form.slide(self.text)).collect();
        let shown = Shown {
            document,
            events,
            points,
            messages: &messages,
            slides: &slides,
            at: self.slides.now,
            customer: customer.as_deref().unwrap_or_default(),
            store: &till.identity().store_name,
            currency: till.currency(),
            words: self.text.printout,
        };
        show(&self.station, shown);
    }

    /// A sale with what lies on the scale, or why it cannot be weighed; none where nobody can weigh it.
    pub(super) fn weighed(&mut self, sale: &Sale, of: &Unweighed) -> Option<Result<Sale, String>> {
        let weight = self.station.weigh(&of.unit, of.tare_g)?;
        Some(match weight {
            Ok(quantity) => Ok(Sale { quantity: Some(quantity), ..sale.clone() }),
            Err(error) => Err(message::scale_error(self.text, error)),
        })
    }
}

/// What the customer saves on a document, by discounts on lines and on the whole; nothing to say where that is nothing.
fn saved_on(text: &Text, document: &Document) -> Option<String> {
    let lines = document.active_lines().flat_map(|line| &line.adjustments);
    let lines = lines.filter(|one| one.kind == AdjustmentKind::Discount).map(|one| one.amount);
    let saved = document.totals.discount + lines.sum::<Money>();
    let amount = document.currency.show(saved);
    saved.is_positive().then(|| text.fill(Key::YouSave, &[("amount", &amount)]))
}

/// The paper of an entry of the journal: its completed documents, the report of the period it closed, or the change it
/// gave out of a deposit; and which place of a form was too narrow, in words.
fn jobs_of(till: &Till, text: &Text, station: &Station, entry: &Entry) -> (Vec<NewJob>, Option<String>) {
    if let journal::Event::PeriodClosed(closure) = &entry.event {
        let title = text.fill(Key::ZTitle, &[("period", &closure.period.closing_number().0.to_string())]);
        let report = NewJob { document: None, title, printout: paper::z_printout(till, text, closure) };
        return (vec![report], None);
    }
    let mut narrow = None;
    let receipts = entry.effects.completed.iter().map(|completed| {
        let document = completed.document();
        let title = document.number.to_string();
        let printout = match paper::on_form(till, text, station.forms(), completed, false) {
            Some(form) => {
                narrow = form.narrow.map(|narrow| message::narrow(text, &title, narrow)).or(narrow.take());
                form.printout
            }
            None => paper::receipt_printout(till, text, completed, false),
        };
        // The drawer opened when the deposits were taken.
        let is_paid_before = document.kind.takes_deposits()
            && till.settings().closing.drawer_opens == DrawerRule::WithCash
            && !moves_cash(entry.document_events(), document);
        let printout = if is_paid_before { printout.without_drawer() } else { printout };
        let printout = in_drawer_of(till, station, completed.completed_by(), printout);
        NewJob { document: Some(document.id), title, printout }
    });
    let jobs = receipts.chain(change_of_deposits(till, text, entry)).collect();
    (jobs, narrow)
}

/// Whether cash was taken for an order or layaway that goes on, or paid back: no receipt is printed that would open the
/// drawer.
fn moves_deposit(till: &Till, done: &Done) -> bool {
    let document = done.cancelled().map(Cancelled::document).or_else(|| till.draft());
    let document = document.filter(|document| document.kind.takes_deposits() && done.completed().is_empty());
    till.settings().closing.drawer_opens != DrawerRule::Never
        && document.is_some_and(|document| moves_cash(done.events(), document))
}

/// Whether cash went in or out of the drawer with these events of a document.
fn moves_cash(events: &[Event], document: &Document) -> bool {
    let is_cash = |kind: TenderKind| matches!(kind, TenderKind::Cash | TenderKind::ForeignCurrency);
    let is_voided =
        |no: TenderNo| document.tenders.iter().any(|tender| tender.no == no && is_cash(tender.kind));
    events.iter().any(|event| match event {
        Event::TenderTaken { tender, .. } => is_cash(tender.kind),
        Event::TenderVoided { tender, .. } => is_voided(*tender),
        Event::ChangeGiven { amount, .. } => amount.is_positive(),
        _ => false,
    })
}

/// The slip of a document that was cancelled with something on it.
fn cancellation(till: &Till, text: &Text, done: &Done) -> Option<NewJob> {
    let cancelled = done.cancelled().filter(|cancelled| !cancelled.document().lines.is_empty())?;
    let printout = paper::cancelled_printout(till, text, cancelled, false);
    let document = cancelled.document();
    Some(NewJob { document: Some(document.id), title: document.number.to_string(), printout })
}

/// The slips of change that went back while the document stayed open; it may have been put aside since.
fn change_of_deposits(till: &Till, text: &Text, entry: &Entry) -> Vec<NewJob> {
    let given = entry.document_events().iter().filter_map(|event| match event {
        Event::ChangeGiven { amount, tender, .. } => tender.filter(|_| amount.is_positive()),
        _ => None,
    });
    let given: Vec<TenderNo> = given.filter(|_| entry.effects.completed.is_empty()).collect();
    if given.is_empty() {
        return Vec::new();
    }
    let found = till.find_document(DocumentId::new(entry.entity)).inspect_err(crate::log::error);
    let Some((found, cashier)) = found.ok().flatten().zip(entry.cashier) else { return Vec::new() };
    let document = found.document();
    let slip = |tender| {
        let printout = paper::change_of_deposit(till, text, document, (tender, cashier), entry.at)?;
        Some(NewJob { document: Some(document.id), title: document.number.to_string(), printout })
    };
    given.into_iter().filter_map(slip).collect()
}

fn suspended(till: &Till, text: &Text) -> Option<NewJob> {
    // The one parked last comes first. A ticket that cannot be read is no reason to say that parking failed.
    let parked: Result<_, Error> = till.suspended();
    let parked = parked.ok()?.into_iter().next()?;
    let printout = paper::suspended_printout(till, text, &parked)?;
    Some(NewJob { document: Some(parked.id), title: parked.number.to_string(), printout })
}

/// The same that opens the drawer its cashier works from, where the till has several and the printer has a pin for it.
fn in_drawer_of(till: &Till, station: &Station, cashier: CashierId, printout: Printout) -> Printout {
    if till.settings().drawers.len() < 2 {
        return printout;
    }
    let own = till.drawer_of(cashier).inspect_err(|error| {
        tracing::warn!(fault = crate::log::variant(error), "nobody knows whose drawer it is");
    });
    // The drawer of the printer opens all the same: somebody waits for change.
    match own.ok().and_then(|no| station.drawer_pin(no)) {
        Some(pin) => printout.on_drawer_pin(pin),
        None => printout,
    }
}

fn drawer(till: &Till, text: &Text, station: &Station) -> NewJob {
    let mut printout = Printout::new();
    printout.drawer_kick();
    let printout = match till.on_duty() {
        Some(cashier) => in_drawer_of(till, station, cashier.id, printout),
        None => printout,
    };
    NewJob { document: None, title: text.word(Key::DrawerTitle).to_owned(), printout }
}
