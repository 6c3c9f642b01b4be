//! The plain receipt of older installations: upper case, goods before departments before discounts, one sum of tax.
//!
//! Kept for shops whose papers and programs expect exactly these lines.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use chrono::NaiveDateTime;

use crate::{
    money::{Currency, Money},
    printout::{Printout, name, parts, words::ENGLISH},
    quantity::{Quantity, UnitPrice},
};

/// What a plain receipt shows.
#[derive(Clone, Debug)]
pub struct PlainReceipt<'a> {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The number within the period.
    pub receipt_number: u32,
    /// When the document was opened.
    pub opened_at: NaiveDateTime,
    /// Its lines, in any order.
    pub lines: Vec<PlainLine<'a>>,
    /// Its document-level discounts.
    pub discounts: Vec<PlainDiscount<'a>>,
    /// Its payments: code and amount before change.
    pub payments: Vec<(&'a str, Money)>,
    /// Change given.
    pub change: Money,
    /// What was owed.
    pub net_due: Money,
    /// The tax on it.
    pub tax: Money,
}

/// A line of a plain receipt.
#[derive(Clone, Copy, Debug)]
pub struct PlainLine<'a> {
    /// What was sold.
    pub item: PlainItem<'a>,
    /// What it came to.
    pub total: Money,
    /// Taken back: not printed.
    pub voided: bool,
}

/// What a line sold.
#[derive(Clone, Copy, Debug)]
pub enum PlainItem<'a> {
    /// A product.
    Product {
        /// The product's name.
        name: &'a str,
        /// The quantity sold.
        quantity: Quantity,
        /// The price of one.
        unit_price: UnitPrice,
    },
    /// A sale by department key.
    Department {
        /// The line's number.
        line_no: u32,
    },
}

/// A document-level discount.
#[derive(Clone, Copy, Debug)]
pub struct PlainDiscount<'a> {
    /// Its type, such as `MANAGER`.
    pub discount_type: &'a str,
    /// The code printed with it, where it has one.
    pub code: Option<&'a str>,
    /// What it takes off.
    pub amount: Money,
}

/// Lays a plain receipt out.
pub fn plain(receipt: &PlainReceipt<'_>) -> Printout {
    let mut out = Printout::new();
    let show = |amount: Money| receipt.currency.show(amount);
    let opened_at = parts::date_and_second(receipt.opened_at);
    parts::heading(&mut out, ENGLISH.titles.fiscal_receipt, &[]);
    out.pair(&format!("{}: {}", ENGLISH.receipt.receipt, receipt.receipt_number), &opened_at);
    out.rule('=');

    let printed = || receipt.lines.iter().filter(|line| !line.voided);
    for line in printed() {
        if let PlainItem::Product { name, quantity, unit_price } = line.item {
            let detail = (quantity != Quantity::ONE)
                .then(|| format!("{quantity} x {}", parts::unit_price(unit_price, &receipt.currency)));
            parts::item(&mut out, &shout(name), detail.as_deref(), &show(line.total));
        }
    }
    for line in printed() {
        if let PlainItem::Department { line_no } = line.item {
            out.pair(&format!("DEPT {line_no}"), &show(line.total));
        }
    }
    for discount in &receipt.discounts {
        let shows_code = matches!(discount.discount_type, "LOYALTY" | "CAMPAIGN");
        let code = discount.code.filter(|code| shows_code && !code.is_empty());
        let label = match code {
            Some(code) => format!("{} ({code})", discount.discount_type),
            None => discount.discount_type.to_string(),
        };
        out.pair(&label, &receipt.currency.show(-discount.amount));
    }

    out.rule('-');
    parts::due(&mut out, printed().count(), ENGLISH.receipt.balance_due, &show(receipt.net_due));
    for (code, amount) in &receipt.payments {
        parts::settlement(&mut out, &payment_label(code), &show(*amount));
    }
    if receipt.change.is_positive() {
        parts::change(&mut out, ENGLISH.receipt.change, &show(receipt.change));
    }
    parts::settlement(&mut out, ENGLISH.receipt.tax, &show(receipt.tax));
    out.rule('*');
    out
}

fn shout(text: &str) -> String {
    name(text, ENGLISH.receipt.item).to_uppercase()
}

/// What a payment code of older installations is called: `CHARGE_SALE` is `CHARGE`, `BONUS` is `LOYALTY`.
pub(in crate::printout) fn payment_label(code: &str) -> String {
    match code.strip_suffix("_PAYMENT").unwrap_or(code) {
        "CHARGE_SALE" => "CHARGE".to_string(),
        "BONUS" => "LOYALTY".to_string(),
        code => code.replace('_', " "),
    }
}
