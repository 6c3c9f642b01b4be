use chrono::NaiveDate;

use super::*;
use crate::{
    ids::ClosureNumber,
    printout::{
        closure::{self, PlainClosure, PlainPayment, PlainTax},
        receipt::{PlainDiscount, PlainItem, PlainLine, PlainReceipt, plain},
    },
    quantity::Quantity,
};

fn noon() -> chrono::NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 3, 8).unwrap().and_hms_opt(12, 0, 0).unwrap()
}

fn product(name: &'static str, total: i64, voided: bool) -> PlainLine<'static> {
    let unit_price = UnitPrice::parse("1.50").unwrap();
    let item = PlainItem::Product { name, quantity: Quantity::ONE, unit_price };
    PlainLine { item, total: Money::from_minor(total), voided }
}

fn receipt(lines: Vec<PlainLine<'static>>) -> PlainReceipt<'static> {
    PlainReceipt {
        currency: currency("EUR"),
        receipt_number: 12,
        opened_at: noon(),
        lines,
        discounts: Vec::new(),
        payments: Vec::new(),
        change: Money::ZERO,
        net_due: Money::from_minor(150),
        tax: Money::from_minor(25),
    }
}

#[test]
fn the_plain_receipt_shouts_leaves_out_voided_lines_and_puts_departments_last() {
    let key =
        PlainLine { item: PlainItem::Department { line_no: 1 }, total: Money::from_minor(99), voided: false };
    let code =
        PlainDiscount { discount_type: "MANAGER", code: Some("never shown"), amount: Money::from_minor(10) };
    let lines =
        vec![key, product("  ", 150, false), product("Gone", 150, true), product("straße", 150, false)];
    let receipt = PlainReceipt {
        discounts: vec![code, PlainDiscount { discount_type: "LOYALTY", code: Some("50PTS"), ..code }],
        payments: vec![("CHARGE_SALE_PAYMENT", Money::from_minor(50)), ("GIFT_CARD", Money::from_minor(100))],
        ..receipt(lines)
    };
    assert_eq!(
        text::render(&plain(&receipt), 30)[4..],
        [
            "ITEM                     €1.50",
            "STRASSE                  €1.50",
            "DEPT 1                   €0.99",
            "MANAGER                 -€0.10",
            "LOYALTY (50PTS)         -€0.10",
            "------------------------------",
            "3 BALANCE DUE            €1.50",
            "   CHARGE                €0.50",
            "   GIFT CARD             €1.00",
            "   VAT                   €0.25",
            "******************************",
        ]
    );
}

#[test]
fn the_plain_receipt_counts_no_lines_where_none_are_printed() {
    let lines = text::render(&plain(&receipt(vec![product("Gone", 150, true)])), 30);
    assert!(lines.contains(&"BALANCE DUE              €1.50".to_owned()), "{lines:#?}");
}

#[test]
fn the_plain_report_sorts_rates_and_payments_and_takes_any_code_with_cash_for_cash() {
    let tax = |rate: &str, minor| PlainTax {
        rate: Percent::parse(rate).unwrap(),
        taxable: Money::from_minor(minor * 10),
        tax: Money::from_minor(minor),
    };
    let payment = |code, minor| PlainPayment { code, count: 1, amount: Money::from_minor(minor) };
    let report = PlainClosure {
        currency: currency("EUR"),
        closure_number: ClosureNumber(3),
        closure_id: "",
        closed_at: None,
        cashier: "",
        register: "",
        serial: "",
        valid_count: 1,
        return_count: 0,
        cancelled_count: 0,
        suspended_count: 0,
        gross_sales: Money::from_minor(400),
        total_tax: Money::from_minor(30),
        total_discount: Money::ZERO,
        total_tip: Money::ZERO,
        opening_cash: Money::ZERO,
        paid_in: (0, Money::ZERO),
        paid_out: (0, Money::ZERO),
        expected_cash: Money::ZERO,
        cash_difference: Money::ZERO,
        taxes: vec![tax("20", 20), tax("5.5", 10)],
        payments: vec![payment("PREPAID", 100), payment("CASH_PAYMENT", 300)],
    };
    let lines = text::render(&closure::plain(&report), 42);
    let at = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
    assert!(at("    5.50%") < at("   20.00%"));
    assert!(at("  CASH (1)") < at("  PREPAID (1)"));
    assert!(lines.contains(&"  Gross sales (cash):                €3.00".to_owned()));
    assert_eq!(lines[3].trim_end(), "Closure: #0003");
    assert!(!lines.iter().any(|line| line.contains("ID:") || line == "DISCOUNTS"));

    let untaxed = text::render(&closure::plain(&PlainClosure { taxes: Vec::new(), ..report }), 42);
    let heading = untaxed.iter().position(|line| line == "VAT SUMMARY").unwrap();
    assert_eq!(untaxed[heading + 1], "  Total                              €0.30");
}
