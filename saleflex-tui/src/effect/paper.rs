//! Receipts and reports as the texts that are printed.

use std::collections::BTreeMap;

use saleflex_core::{
    catalog::DepartmentNo,
    closure::{Closure, Level, Rollup, Span},
    document::{Cancelled, Completed, Document, Kind},
    ids::{CashierId, ClosureNumber, TenderNo},
    journal::CopyOf,
    loyalty::{Cause, LedgerRow, Mode, PointsSnapshot},
    money::Money,
    printout::{
        Printout,
        closure::{self, ReportFrame, corrected_z_report, x_report, z_report},
        receipt::{self, Frame, PointsNote},
        sheet::{self, Filled},
        text as plain_text,
    },
    quantity::Points,
    tender::TenderKind,
    time::Moment,
};
use saleflex_store::{
    Error, Till,
    history::{Found, Parked},
};

use super::{Finished, Outcome, PaidOut, Paper, letterhead};
use crate::{
    device::settings::Forms,
    listing::reports::summary,
    text::{Key, Text},
};

/// Columns of a receipt.
pub const RECEIPT_WIDTH: usize = 38;
/// Columns of a report.
pub const REPORT_WIDTH: usize = 42;

/// The receipts of what was settled now: a document, or a return and the sale it was exchanged for.
pub(super) fn finished(till: &Till, text: &Text, completed: &[Completed]) -> Vec<Finished> {
    completed.iter().map(|one| settled(till, text, one)).collect()
}

fn settled(till: &Till, text: &Text, completed: &Completed) -> Finished {
    let document = completed.document();
    let (tip, amounts) = (document.totals.tip, document.totals.paid);
    // What was handed over before was told then: the change, and the tips that were collected with it.
    let is_paid_now = !document.kind.takes_deposits();
    Finished {
        number: document.number,
        change: if is_paid_now { document.change } else { Money::ZERO },
        tip: (is_paid_now && tip.is_positive()).then(|| (tip, amounts + tip)),
        is_paid: !matches!(document.kind, Kind::CashMovement | Kind::Quote)
            && !document.document_type.is_delivery(),
        paid_out: paid_out(document),
        receipt: receipt(till, text, completed, false),
    }
}

/// What a document pays out, and by which way; none where nothing of it goes to the customer.
fn paid_out(document: &Document) -> Option<PaidOut> {
    let mut paid_out = PaidOut::default();
    // What goods brought back settle of the goods taken for them is not handed out.
    let handed_out = document.counted_tenders().filter(|tender| !tender.sets_off && !tender.amount.is_zero());
    for tender in handed_out {
        match (tender.kind, &tender.foreign) {
            (TenderKind::Cash, _) => add(&mut paid_out.in_hand, document.currency, tender.amount),
            (TenderKind::ForeignCurrency, Some(foreign)) => {
                add(&mut paid_out.in_hand, foreign.currency, foreign.amount);
            }
            (kind, _) => add(&mut paid_out.otherwise, kind, tender.amount),
        }
    }
    Some(paid_out).filter(|out| document.kind.pays_out() && *out != PaidOut::default())
}

/// Adds an amount to what goes the same way already.
fn add<W: PartialEq>(all: &mut Vec<(W, Money)>, way: W, amount: Money) {
    match all.iter_mut().find(|(known, _)| *known == way) {
        Some((_, known)) => *known += amount,
        None => all.push((way, amount)),
    }
}

/// The slip of the change that a cashier handed out of a deposit, by the tender it was given out of.
pub(super) fn change_of_deposit(
    till: &Till,
    text: &Text,
    document: &Document,
    (tender, cashier): (TenderNo, CashierId),
    at: Moment,
) -> Option<Printout> {
    if !document.kind.takes_deposits() {
        return None;
    }
    framed(till, text, document, cashier, false, |frame| {
        receipt::change_of_deposit(document, tender, at, frame)
    })
}

/// A receipt; a copy says that it is one.
pub(super) fn receipt(till: &Till, text: &Text, completed: &Completed, copy: bool) -> Paper {
    let printout = receipt_printout(till, text, completed, copy);
    let document = completed.document();
    let of = copy.then_some(CopyOf::Document(document.id));
    Paper { of, ..paper(document.number.to_string(), printout, RECEIPT_WIDTH) }
}

/// The same before a width is known.
pub(crate) fn receipt_printout(till: &Till, text: &Text, completed: &Completed, copy: bool) -> Printout {
    framed(till, text, completed.document(), completed.completed_by(), copy, |frame| {
        receipt::completed(completed, frame)
    })
}

/// The same on the form that is set up for the kind of document; none where there is none, or it has no place for the document.
pub(crate) fn on_form(
    till: &Till,
    text: &Text,
    forms: &Forms,
    completed: &Completed,
    copy: bool,
) -> Option<Filled> {
    let document = completed.document();
    let design = forms.get(document.document_type)?;
    framed(till, text, document, completed.completed_by(), copy, |frame| {
        sheet::completed(completed, frame, design, forms.letters())
    })
}

/// The slip of a document that was closed without effect, once more.
pub(super) fn cancelled_copy(till: &Till, text: &Text, cancelled: &Cancelled) -> Paper {
    let printout = cancelled_printout(till, text, cancelled, true);
    let document = cancelled.document();
    let of = Some(CopyOf::Document(document.id));
    Paper { of, ..paper(document.number.to_string(), printout, RECEIPT_WIDTH) }
}

/// The same before a width is known.
pub(crate) fn cancelled_printout(till: &Till, text: &Text, cancelled: &Cancelled, copy: bool) -> Printout {
    let by = cancelled.authority().cashier;
    framed(till, text, cancelled.document(), by, copy, |frame| receipt::cancelled(cancelled, frame))
}

/// The ticket of a parked document, with which it is found again; none where it is parked no longer.
pub(super) fn suspended_printout(till: &Till, text: &Text, parked: &Parked) -> Option<Printout> {
    let Ok(Some(Found::Suspended(suspended))) = till.find_document(parked.id) else { return None };
    let name = parked.name.as_deref();
    let print = |frame: &Frame<'_>| receipt::suspended(&suspended, name, frame);
    Some(framed(till, text, suspended.document(), parked.suspended_by, false, print))
}

/// The same to be looked at.
pub(super) fn ticket(till: &Till, text: &Text, parked: &Parked) -> Option<Paper> {
    let printout = suspended_printout(till, text, parked)?;
    Some(paper(parked.number.to_string(), printout, RECEIPT_WIDTH))
}

/// Prints a document with the names that it does not carry itself.
fn framed<T>(
    till: &Till,
    text: &Text,
    document: &Document,
    cashier: CashierId,
    copy: bool,
    print: impl FnOnce(&Frame<'_>) -> T,
) -> T {
    let cashier = till.cashier(cashier).map_or("", |cashier| cashier.name.as_str());
    let other = till.completed_with(document.id).ok().flatten();
    let other_half = other.as_ref().map(Completed::document);
    let returned = document.exchange.as_deref().or(other_half).filter(|_| document.kind != Kind::Return);
    let original = returned.unwrap_or(document).original;
    let original = original.and_then(|id| till.find_document(id).ok().flatten());
    let counted = till.points_of(document.id).ok().flatten();
    print(&Frame {
        other_half,
        original: original.map(|found| found.document().number),
        header: &letterhead::header(till),
        footer: &till.settings().paper.footer,
        register: &till.identity().terminal_code,
        cashier,
        customer: &letterhead::customer(till, document),
        tier: counted.as_ref().and_then(|points| points.tier.as_deref()).unwrap_or_default(),
        points: points_note(till, document, counted.as_ref()),
        drawer: till.settings().closing.drawer_opens,
        copy,
        ..Frame::new(text.printout)
    })
}

/// Most movements of points in which those of a return are looked for.
const MOST_MOVEMENTS: u32 = 500;

/// What the receipt of a member's document says of points; what cannot be read says nothing.
fn points_note(till: &Till, document: &Document, counted: Option<&PointsSnapshot>) -> Option<PointsNote> {
    if document.kind == Kind::Return {
        return taken_back(till, document, counted);
    }
    let points = counted?;
    Some(PointsNote {
        earned: points.earned,
        taken_back: Points::ZERO,
        balance: points.balance_after,
        keeper: points.keeper,
    })
}

/// The points that a sale had earned and that went with the goods that came back.
fn taken_back(till: &Till, document: &Document, counted: Option<&PointsSnapshot>) -> Option<PointsNote> {
    let rows = till.point_movements(document.customer?, MOST_MOVEMENTS).ok()?;
    let is_of = |row: &&LedgerRow| matches!(row.cause, Cause::Refund { document: refund, .. } if refund == document.id);
    // The latest comes first. What is there where somebody else keeps the points, the return says itself.
    let booked = rows.iter().find(is_of)?.balance_after;
    let (balance, keeper) =
        counted.map_or((booked, Mode::Local), |points| (points.balance_after, points.keeper));
    let debits = rows.iter().filter(is_of).map(|row| row.points.get()).filter(|points| *points < 0);
    let taken_back = Points::new(-debits.sum::<i64>());
    (taken_back != Points::ZERO).then_some(PointsNote { earned: Points::ZERO, taken_back, balance, keeper })
}

fn paper(title: String, printout: Printout, width: usize) -> Paper {
    Paper { title, lines: plain_text::render(&printout, width), printout, of: None }
}

/// The Z report of a period that was closed now.
pub(super) fn closed(till: &Till, text: &Text, closure: &Closure) -> Outcome {
    let cashier = till.on_duty().map(|cashier| cashier.name.clone()).unwrap_or_default();
    let names = Names::of(till);
    let printout = z_report(closure, &names.frame(till, text, &cashier));
    let number = closure.period.closing_number().0.to_string();
    Outcome {
        message: Some(text.fill(Key::SaidClosed, &[("period", &number)])),
        completed: Vec::new(),
        paper: Some(paper(text.fill(Key::ZTitle, &[("period", &number)]), printout, REPORT_WIDTH)),
        allowed: None,
        returned: None,
    }
}

/// The Z report of a period that was closed earlier, marked as a copy.
pub(super) fn z_copy(till: &Till, text: &Text, number: ClosureNumber) -> Result<Paper, Error> {
    let printout = z_copy_printout(till, text, number)?;
    let closed_as = till.closure(number)?.period.closing_number();
    let title = text.fill(Key::ZTitle, &[("period", &closed_as.0.to_string())]);
    Ok(Paper { of: Some(CopyOf::Period(number)), ..paper(title, printout, REPORT_WIDTH) })
}

/// The report of a closed period before a width is known.
pub(super) fn z_printout(till: &Till, text: &Text, closure: &Closure) -> Printout {
    z_report(closure, &Names::of(till).frame(till, text, &closed_by(till, closure)))
}

/// The same as a copy, which says that it is one, what was corrected since, and how it stands with that and with what follows
/// of the periods before.
///
/// # Errors
/// [`Error::NoSuchClosure`].
pub(crate) fn z_copy_printout(till: &Till, text: &Text, number: ClosureNumber) -> Result<Printout, Error> {
    let (closure, corrections) = (till.closure(number)?, till.corrections(number)?);
    let stands = till.corrected(number)?;
    let (names, cashier) = (Names::of(till), closed_by(till, &closure));
    let frame = ReportFrame { copy: true, ..names.frame(till, text, &cashier) };
    Ok(corrected_z_report(&closure, (&corrections, &stands), &frame))
}

/// The name of who closed a period.
fn closed_by(till: &Till, closure: &Closure) -> String {
    till.cashier(closure.closed_by.cashier).map(|cashier| cashier.name.clone()).unwrap_or_default()
}

/// What the closed periods of a day, month or year come to.
pub(super) fn rollup(till: &mut Till, text: &Text, span: Span) -> Result<Paper, Error> {
    let at = till.now();
    let (printout, days) = rollup_printout(till, text, span, at)?;
    let title = text.fill(Key::ReportOf, &[("title", text.word(Key::TitleSummary)), ("days", &days)]);
    Ok(paper(title, printout, REPORT_WIDTH))
}

/// The same before a width is known, with the day, month or year in words.
pub(crate) fn rollup_printout(
    till: &Till,
    text: &Text,
    span: Span,
    at: Moment,
) -> Result<(Printout, String), Error> {
    let days = summary::shown(span);
    let (from, to) = summary::days(span);
    let level = match span {
        Span::Day(_) => Level::StoreDay,
        Span::Month(..) => Level::StoreMonth,
        Span::Year(_) => Level::StoreYear,
    };
    let mut all = till.rollups(from, to, level)?.into_values();
    let whole = all.next().unwrap_or_else(|| Rollup::empty(*till.currency()));
    let names = Names::of(till);
    Ok((closure::rollup(&whole, &days, at, &names.frame(till, text, "")), days))
}

/// The X report of the open period.
pub(super) fn x(till: &mut Till, text: &Text) -> Result<Paper, Error> {
    let at = till.now();
    let x = till.x_report()?;
    let staff = till.x_staff(at)?;
    let cashier = till.on_duty().map(|cashier| cashier.name.clone()).unwrap_or_default();
    let names = Names::of(till);
    let hides_cash = !till.settings().closing.shows_expected(false);
    let frame = ReportFrame {
        hides_cash,
        parked_before: x.parked_before,
        underway: x.underway,
        ..names.frame(till, text, &cashier)
    };
    let printout = x_report(&x.period, &x.report, (x.suspended_count, &staff), at, &frame);
    let number = x.period.closing_number().0.to_string();
    Ok(paper(text.fill(Key::XTitle, &[("period", &number)]), printout, REPORT_WIDTH))
}

/// Names that figures do not carry.
struct Names {
    header: String,
    cashiers: BTreeMap<CashierId, String>,
    departments: BTreeMap<DepartmentNo, String>,
}

impl Names {
    fn of(till: &Till) -> Self {
        // Also those who have left: what they sold stays theirs.
        let cashiers = till.everybody().iter().map(|cashier| (cashier.id, cashier.name.clone()));
        let departments = till.catalog().departments();
        Self {
            header: letterhead::header(till),
            cashiers: cashiers.collect(),
            departments: departments.map(|department| (department.no, department.name.clone())).collect(),
        }
    }

    fn frame<'a>(&'a self, till: &'a Till, text: &Text, cashier: &'a str) -> ReportFrame<'a> {
        ReportFrame {
            words: text.printout,
            header: &self.header,
            register: &till.identity().terminal_code,
            serial: &till.settings().paper.serial,
            cashier,
            cashiers: &self.cashiers,
            departments: &self.departments,
            copy: false,
            hides_cash: false,
            parked_before: 0,
            underway: Money::ZERO,
        }
    }
}
