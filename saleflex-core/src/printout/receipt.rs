//! Receipts and slips of documents.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    basket::LineItem,
    closure::drawer::DrawerRule,
    document::{Cancelled, CashMovement, Completed, Document, Kind, Suspended},
    ids::{ClosureNumber, DocumentNumber, TenderNo},
    loyalty::Mode,
    money::{Currency, Money},
    printout::{Align, Printout, Size, parts, words::Words},
    quantity::Points,
    tender::TenderKind,
    time::Moment,
};

mod body;
mod exchange;
mod plain;
mod serving;

pub(super) use self::plain::payment_label;
pub use self::{
    plain::{PlainDiscount, PlainItem, PlainLine, PlainReceipt, plain},
    serving::{Serving, serving},
};

/// What a receipt says besides its document: the shop's texts, and names that documents do not carry.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The words it is written in.
    pub words: &'a Words,
    /// Texts above: name of the shop, address, tax office and number. A paragraph a line.
    pub header: &'a str,
    /// Texts below, a paragraph a line.
    pub footer: &'a str,
    /// The till's number or name.
    pub register: &'a str,
    /// The cashier's number and name.
    pub cashier: &'a str,
    /// The customer's name, and for an invoice address and tax number, a paragraph a line.
    pub customer: &'a str,
    /// The name of the tier that the customer had as a member; empty: none.
    pub tier: &'a str,
    /// The number of the sale that goods come back from, also of those that the document was exchanged for; of a return its
    /// identity is printed where the number is not known.
    pub original: Option<DocumentNumber>,
    /// The other half of an exchange, completed with the document: the return it was set off against, or the sale.
    pub other_half: Option<&'a Document>,
    /// The customer's points.
    pub points: Option<PointsNote>,
    /// A copy: marked, and the drawer stays shut.
    pub copy: bool,
    /// When the drawer opens.
    pub drawer: DrawerRule,
}

impl<'a> Frame<'a> {
    /// A first print without texts.
    pub const fn new(words: &'a Words) -> Self {
        Self {
            words,
            header: "",
            footer: "",
            register: "",
            cashier: "",
            customer: "",
            tier: "",
            original: None,
            other_half: None,
            points: None,
            copy: false,
            drawer: DrawerRule::WithCash,
        }
    }
}

/// What a receipt says of the customer's points.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PointsNote {
    /// Earned by this document.
    pub earned: Points,
    /// Earned by the sale before, and taken back with what came back of it.
    pub taken_back: Points,
    /// What the customer has now.
    pub balance: Points,
    /// Who keeps them; the till's own are not said to be anybody's.
    pub keeper: Mode,
}

/// The receipt of a completed document: a sale, a return, an order, a quote, a waybill, a movement of cash.
pub fn completed(completed: &Completed, frame: &Frame<'_>) -> Printout {
    let (document, words) = (completed.document(), frame.words);
    let mut out = Printout::new();
    if opens_drawer(completed, frame) {
        out.drawer_kick();
    }
    let title = match &document.cash_movement {
        Some(movement) => words.titles.cash_movement(movement.kind),
        None => words.titles.completed(document.document_type, document.kind),
    };
    head(&mut out, document, frame, title, completed.completed_at());
    if let Some(movement) = &document.cash_movement {
        cash_movement(&mut out, document, movement, words);
        out.rule('*');
    } else {
        let label = match document.kind {
            Kind::Return => words.receipt.refund_due,
            Kind::Purchase => words.receipt.purchase_due,
            Kind::Sale | Kind::Order | Kind::Layaway if !document.document_type.is_delivery() => {
                words.receipt.balance_due
            }
            Kind::Sale | Kind::Order | Kind::Layaway | Kind::Quote | Kind::CashMovement => {
                words.receipt.total
            }
        };
        body::lines(&mut out, document, words);
        body::due(&mut out, document, label, words);
        body::tenders(&mut out, document, completed.closure(), frame);
        body::rests(&mut out, document, frame);
        body::taxes(&mut out, document, words);
        customer(&mut out, document, frame);
        body::notes(&mut out, document);
        out.rule('*');
        out.paragraph(frame.footer, Align::Center);
        // Unlike the number, the id is unique beyond this till: whichever till scans it finds the sale.
        out.qr(&document.id.to_string());
    }
    out.cut();
    out
}

/// The slip of a document that was put aside, to find it again by.
pub fn suspended(suspended: &Suspended, name: Option<&str>, frame: &Frame<'_>) -> Printout {
    let (document, words) = (suspended.document(), frame.words);
    let mut out = Printout::new();
    head(&mut out, document, frame, words.titles.suspended(document.kind), suspended.suspended_at());
    if let Some(name) = name {
        out.sized(name, Size::Large);
        out.rule('-');
    }
    body::lines(&mut out, document, words);
    body::due(&mut out, document, words.receipt.total, words);
    // Whatever was taken, now or in earlier periods, is a deposit as long as the document is not finished.
    body::tenders(&mut out, document, ClosureNumber(0), frame);
    exchange::set_off(&mut out, document, words);
    if !document.totals.paid.is_zero() || document.exchange.is_some() {
        let balance = document.currency.show(document.balance());
        out.bold_pair(words.receipt.still_to_pay, &balance);
    }
    customer(&mut out, document, frame);
    body::notes(&mut out, document);
    out.rule('*');
    out.barcode(&document.number.to_string());
    out.cut();
    out
}

/// The slip of the change that is handed out of a deposit: no later paper of the document says it again. None where no
/// such tender counts.
pub fn change_of_deposit(
    document: &Document,
    tender: TenderNo,
    at: Moment,
    frame: &Frame<'_>,
) -> Option<Printout> {
    let tender = document.counted_tenders().find(|known| known.no == tender)?;
    let words = frame.words;
    let mut out = Printout::new();
    head(&mut out, document, frame, words.titles.suspended(document.kind), at);
    body::handed_over(&mut out, document, tender, frame);
    out.bold_pair(words.receipt.still_to_pay, &document.currency.show(document.balance()));
    out.rule('*');
    out.cut();
    Some(out)
}

/// The slip of a document that was closed without effect.
pub fn cancelled(cancelled: &Cancelled, frame: &Frame<'_>) -> Printout {
    let (document, words) = (cancelled.document(), frame.words);
    let mut out = Printout::new();
    head(&mut out, document, frame, words.titles.cancelled, cancelled.cancelled_at());
    body::lines(&mut out, document, words);
    body::due(&mut out, document, words.receipt.total, words);
    parts::labelled(&mut out, words.receipt.reason, cancelled.reason().unwrap_or_default());
    out.rule('*');
    out.cut();
    out
}

fn head(out: &mut Printout, document: &Document, frame: &Frame<'_>, title: &str, at: Moment) {
    let (titles, words) = (&frame.words.titles, &frame.words.receipt);
    out.logo();
    out.paragraph(frame.header, Align::Center);
    let marks = [
        (exchange::is_exchange(document, frame), titles.exchange),
        (frame.copy, titles.copy),
        (document.training, titles.training),
    ];
    let marks: Vec<&str> =
        marks.into_iter().filter_map(|(is_marked, mark)| is_marked.then_some(mark)).collect();
    parts::heading(out, title, &marks);
    let number = format!("{}: {}", words.receipt, document.number.receipt);
    out.whole_pair(&number, &parts::date_and_second(at.local));
    parts::labelled(out, words.document, &document.number.to_string());
    if let Some(former) = document.former_number {
        parts::labelled(out, words.former_document, &former.to_string());
    }
    if let (Kind::Return, Some(original)) = (document.kind, document.original) {
        let original = frame.original.map_or_else(|| original.to_string(), |number| number.to_string());
        parts::labelled(out, words.original, &original);
    }
    exchange::named(out, document, frame);
    out.line(&format!("{}: {}", words.closure, document.number.closure.0));
    parts::labelled(out, words.register, frame.register);
    parts::labelled(out, words.cashier, frame.cashier);
    out.rule('=');
}

fn cash_movement(out: &mut Printout, document: &Document, movement: &CashMovement, words: &Words) {
    out.bold_pair(words.receipt.amount, &document.currency.show(movement.amount));
    parts::labelled(out, words.receipt.reason, &movement.reason);
}

/// The customer and the points that came and went.
fn customer(out: &mut Printout, document: &Document, frame: &Frame<'_>) {
    let words = &frame.words.receipt;
    let redeemed = document.redeemed_points().get();
    let has_points = frame.points.is_some() || document.points_returned.is_some() || redeemed != 0;
    if frame.customer.trim().is_empty() && !has_points {
        return;
    }
    out.rule('-');
    if !frame.customer.trim().is_empty() {
        out.line(&format!("{}:", words.customer));
        out.paragraph(frame.customer, Align::Left);
    }
    if !frame.tier.trim().is_empty() {
        out.pair(words.tier, frame.tier);
    }
    if redeemed != 0 {
        out.pair(words.points_redeemed, &redeemed.to_string());
    }
    if let Some(returned) = document.points_returned {
        out.pair(words.points_returned, &returned.to_string());
    }
    if let Some(points) = frame.points {
        if points.taken_back == Points::ZERO {
            out.pair(words.points_earned, &points.earned.to_string());
        } else {
            out.pair(words.points_taken_back, &points.taken_back.to_string());
        }
        out.pair(words.points_balance, &points.balance.to_string());
        if points.keeper != Mode::Local {
            out.pair(words.points_keeper, points.keeper.code());
        }
    }
}

/// How much of a line was sold and at which price, as its receipt says it; nothing for one piece.
pub(super) fn how_much(line: &LineItem, currency: &Currency) -> Option<String> {
    body::quantity(line, currency)
}

/// The document's newest discount or surcharge as its receipt calls it, a discount below nothing.
pub(super) fn last_adjustment(document: &Document, words: &Words) -> Option<(String, Money)> {
    document.adjustments.last().map(|adjustment| body::document_adjustment(adjustment, words))
}

/// Whether the paper of a document opens the drawer.
pub(super) fn opens_drawer(completed: &Completed, frame: &Frame<'_>) -> bool {
    let opens = match frame.drawer {
        DrawerRule::WithCash => moves_cash(completed.document(), completed.closure()),
        DrawerRule::Always => true,
        DrawerRule::Never => false,
    };
    opens && !frame.copy
}

/// Whether completing the document put cash into the drawer or took some out.
fn moves_cash(document: &Document, closure: ClosureNumber) -> bool {
    let mut taken = document.counted_tenders().filter(|tender| tender.closure == closure);
    document.cash_movement.is_some()
        || document.change.is_positive()
        || taken.any(|tender| matches!(tender.kind, TenderKind::Cash | TenderKind::ForeignCurrency))
}
