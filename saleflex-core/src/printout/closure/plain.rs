//! The plain Z report of older installations, kept for shops whose papers and programs expect exactly these lines.
//!
//! Net sales are gross less tax, returns show no amount, and the cash balance knows no change.

use alloc::{format, string::String, vec::Vec};

use chrono::NaiveDateTime;

use super::{
    counted,
    sections::{self, Head, NetSales, amount, section},
};
use crate::{
    ids::ClosureNumber,
    money::{Currency, Money},
    printout::{
        Cell, Printout,
        parts::{self, TaxRow},
        receipt::payment_label,
        words::ENGLISH,
    },
    quantity::Percent,
};

/// What a plain Z report shows.
#[derive(Clone, Debug)]
pub struct PlainClosure<'a> {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The number of the period.
    pub closure_number: ClosureNumber,
    /// Its readable id; nothing where it has none.
    pub closure_id: &'a str,
    /// When it was closed.
    pub closed_at: Option<NaiveDateTime>,
    /// Who closed; nothing where unknown.
    pub cashier: &'a str,
    /// The till; nothing where unknown.
    pub register: &'a str,
    /// Its serial number; nothing where unknown.
    pub serial: &'a str,
    /// Valid documents.
    pub valid_count: u64,
    /// Returns.
    pub return_count: u64,
    /// Cancelled documents.
    pub cancelled_count: u64,
    /// Parked documents.
    pub suspended_count: u64,
    /// Σ sales, tax included.
    pub gross_sales: Money,
    /// Σ tax.
    pub total_tax: Money,
    /// Σ discounts; the section is left out where there are none.
    pub total_discount: Money,
    /// Σ tips.
    pub total_tip: Money,
    /// What was in the drawer at first.
    pub opening_cash: Money,
    /// Times and sum of cash put in.
    pub paid_in: (u64, Money),
    /// Times and sum of cash taken out.
    pub paid_out: (u64, Money),
    /// What should be in the drawer.
    pub expected_cash: Money,
    /// Counted less expected.
    pub cash_difference: Money,
    /// By tax rate, in any order.
    pub taxes: Vec<PlainTax>,
    /// By method of payment, in any order.
    pub payments: Vec<PlainPayment<'a>>,
}

/// Tax of one rate.
#[derive(Clone, Copy, Debug)]
pub struct PlainTax {
    /// The percentage of the rate.
    pub rate: Percent,
    /// What it was applied to, without tax.
    pub taxable: Money,
    /// The tax at this rate.
    pub tax: Money,
}

/// Payments of one method.
#[derive(Clone, Copy, Debug)]
pub struct PlainPayment<'a> {
    /// Its code, such as `CASH` or `CHARGE_SALE`.
    pub code: &'a str,
    /// How many payments.
    pub count: u64,
    /// Their sum before change.
    pub amount: Money,
}

/// Lays a plain Z report out.
pub fn plain(closure: &PlainClosure<'_>) -> Printout {
    let mut out = Printout::new();
    let words = &ENGLISH.report;
    let show = |amount: Money| show(&closure.currency, amount);
    let head = Head {
        title: ENGLISH.titles.z_report,
        marks: &[],
        number: closure.closure_number,
        at: closure.closed_at,
        id: closure.closure_id,
        period: None,
        cashier: closure.cashier,
        register: closure.register,
        serial: closure.serial,
        currency: &closure.currency,
    };
    sections::head(&mut out, &head, &ENGLISH);
    let net = show(closure.gross_sales - closure.total_tax);
    let figures = NetSales {
        labels: [words.net_sales, words.total_net_sales, words.total_gross_sum],
        sales: (closure.valid_count, &net),
        returns: (closure.return_count, &show(Money::ZERO)),
        net: &net,
        tax: &show(closure.total_tax),
        gross: &show(closure.gross_sales),
    };
    sections::net_sales(&mut out, &figures, words);
    sections::cancelled(&mut out, closure.cancelled_count, words);
    if closure.total_discount.is_positive() {
        section(&mut out, words.discounts);
        amount(&mut out, words.total_discount, &show(closure.total_discount));
    }
    cash(&mut out, closure);
    taxes(&mut out, closure);
    payments(&mut out, closure);
    let counts =
        [closure.valid_count, closure.cancelled_count, closure.return_count, closure.suspended_count];
    sections::counts(&mut out, counts, 0, words);
    out
}

fn cash(out: &mut Printout, closure: &PlainClosure<'_>) {
    let words = &ENGLISH.report;
    let in_cash = closure.payments.iter().filter(|payment| payment.code.contains("CASH"));
    let in_cash: Money = in_cash.map(|payment| payment.amount).sum();
    let ((in_count, paid_in), (out_count, paid_out)) = (closure.paid_in, closure.paid_out);
    section(out, words.cash_balance);
    let lines = [
        (words.opening_cash, closure.opening_cash),
        (words.gross_sales_cash, in_cash),
        (&counted(words.deposits, in_count), paid_in),
        (&counted(words.withdrawals, out_count), paid_out),
        (words.change_non_cash, Money::ZERO),
        (words.tips, closure.total_tip),
    ];
    for (label, sum) in lines {
        amount(out, label, &show(&closure.currency, sum));
    }
    out.rule('-');
    let balance = in_cash + closure.opening_cash + paid_in - paid_out;
    for (label, sum) in [
        (words.register_balance, balance),
        (words.expected, closure.expected_cash),
        (words.difference, closure.cash_difference),
    ] {
        amount(out, label, &show(&closure.currency, sum));
    }
}

fn taxes(out: &mut Printout, closure: &PlainClosure<'_>) {
    let mut by_rate = closure.taxes.clone();
    by_rate.sort_by_key(|row| row.rate);
    let row = |tax: &PlainTax| TaxRow {
        label: Cell::Right(parts::percentage(tax.rate)),
        net: tax.taxable,
        tax: tax.tax,
    };
    let rows: Vec<TaxRow> = by_rate.iter().map(row).collect();
    let taxed = (rows.iter().map(|row| row.net).sum(), rows.iter().map(|row| row.tax).sum());
    let total = if rows.is_empty() { (Money::ZERO, closure.total_tax) } else { taxed };
    sections::taxes(out, ENGLISH.report.tax_summary, &rows, total, &closure.currency, &ENGLISH.report);
}

fn payments(out: &mut Printout, closure: &PlainClosure<'_>) {
    let mut by_code = closure.payments.clone();
    by_code.sort_by_key(|payment| payment.code);
    let rows = by_code.iter().map(|payment| {
        let label = counted(&payment_label(payment.code), payment.count);
        (label, show(&closure.currency, payment.amount))
    });
    let total: Money = closure.payments.iter().map(|payment| payment.amount).sum();
    sections::payments(out, rows, &show(&closure.currency, total), &ENGLISH.report);
}

/// An amount as the plain report has it, a sign behind the symbol: `£-25.00`.
fn show(currency: &Currency, amount: Money) -> String {
    format!("{}{}", currency.symbol(), currency.format(amount))
}
