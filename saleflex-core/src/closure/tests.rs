use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource},
    authority::{Authority, Void},
    cashier::Role,
    document::{CashMovementKind, Completed, DocumentType, Event, Kind, Suspended},
    ids::{LineNo, TenderNo, TerminalId},
    money::{CurrencyCode, Rounding},
    quantity::ExchangeRate,
    tax::{Jurisdiction, JurisdictionLevel, TaxMode, TaxRate},
    tender::{Direction, ForeignCash, Tender, TenderKind, Tip, TipKind},
};

mod closing;
mod days;
mod deposits;
mod drawers;
mod foreign;
mod hand_overs;
mod rollups;
mod staff;
pub(crate) use self::days::busy_day;
pub(crate) mod samples;

use self::{
    closing::{a_sale, with_closing},
    samples::{Head, Line, Pen, authority, cashier, currency, minor, moment, percent, rate},
};

fn report(completed: &[Completed]) -> Report {
    completed.iter().filter_map(DocumentFigures::of).collect()
}

fn money(minor: i64) -> Money {
    Money::from_minor(minor)
}

pub(crate) fn period() -> Period {
    Period {
        number: ClosureNumber(7),
        store: StoreId::new(uuid::Uuid::from_u128(1)),
        terminal: TerminalId::new(uuid::Uuid::from_u128(2)),
        currency: currency("GBP"),
        opened_at: moment("2026-03-12 08:00:00"),
        opened_by: Some(cashier(1)),
        left_in_drawer: money(10_000),
        in_drawers: None,
        foreign_left: BTreeMap::new(),
        closes_as: None,
    }
}

fn sold(price: &str) -> Pen {
    Head::sale("GBP").begin().line(&Line::new("Tea", price))
}

/// A worked period: A sale 23.68 with a discount of 4.02 by card, B sale 36.12 paid 40.00 in cash, C cancelled
/// 10.00, D return 9.99 in cash.
#[test]
fn cancelled_documents_and_returns_do_not_inflate_sales_d_clo_05() {
    let a = sold("23.68").adjust(AdjustmentKind::Discount, AdjustmentSource::Manager, minor(402), None);
    let a = a.pay_rest(TenderKind::CreditCard).complete();
    let b = sold("36.12").pay(TenderKind::Cash, 4000).change(388).complete();
    let c = sold("10.00").cancel();
    let d = Head::sale("GBP").of(Kind::Return, DocumentType::Return).begin();
    let d = d.line(&Line::new("Tea", "9.99")).pay_rest(TenderKind::Cash).complete();

    let mut report = report(&[a, b, d]);
    report.add(&DocumentFigures::cancelled(&c).unwrap());

    assert_eq!(report.counts, Counts { valid: 2, sales: 2, cancelled: 1, returns: 1 });
    assert_eq!(report.document_count(), 4);
    assert_eq!((report.gross_sales, report.returns), (money(5980), money(999)));
    assert_eq!((report.discounts, report.net_sales), (money(402), money(4579)));
    // The discount takes its share of the tax with it (D-DOC-21): 19.66, 36.12 and -9.99 at 20 %.
    assert_eq!(report.tax, money(328 + 602 - 167));
    assert_eq!(report.net_excluding_tax(), money(4579 - 763));
    assert_eq!(
        report.tenders[&TenderKind::Cash],
        TenderTotals { count: 2, tendered: money(4000), change: money(388), refunds: money(999) }
    );
    assert_eq!(report.tenders[&TenderKind::Cash].net(), money(2613));
    assert_eq!(report.tenders[&TenderKind::CreditCard].net(), money(1966));
    let receipts = &report.document_types[&DocumentType::FiscalReceipt];
    assert_eq!((receipts.valid_count, receipts.valid_amount), (2, money(5980)));
    assert_eq!((receipts.cancelled_count, receipts.cancelled_amount), (1, money(1000)));
    assert_eq!(report.document_types[&DocumentType::Return].valid_amount, money(999));
}

/// A worked drawer: opening 100.00, cash 250.00, change 32.50, refunds 9.99, in 20.00, out 15.00.
#[test]
fn the_drawer_holds_float_and_cash_less_change_refunds_and_what_was_taken_out_d_clo_13_14() {
    let head = Head::sale("GBP");
    let returned = head.clone().of(Kind::Return, DocumentType::Return).begin();
    let report = report(&[
        head.movement(CashMovementKind::Float, 10_000, "morning"),
        sold("217.50").pay(TenderKind::Cash, 25_000).change(3250).complete(),
        sold("12.00").pay_rest(TenderKind::CreditCard).complete(),
        returned.line(&Line::new("Tea", "9.99")).pay_rest(TenderKind::Cash).complete(),
        head.movement(CashMovementKind::PaidIn, 2000, "coins"),
        head.movement(CashMovementKind::PaidOut, 1500, "window cleaner"),
    ]);
    assert_eq!(period().opening_cash(&report), money(10_000));
    assert_eq!(period().expected_cash(&report), money(31_251));
    assert_eq!((report.cash.paid_in_count, report.cash.paid_in), (1, money(2000)));
    assert_eq!(report.gross_sales, money(22_950), "cash movements are no sales");
    assert_eq!(report.counts.valid, 5);

    let declaration = Declaration { float_left: Some(money(10_000)), ..Declaration::amount(money(31_200)) };
    let closure =
        with_closing(&report, |closing| close(Closing { declaration: Some(&declaration), ..closing }));
    let closure = closure.unwrap();
    assert_eq!(closure.difference(), Some(money(-51)));
    assert_eq!(closure.moved_to_safe(), money(21_200));
    assert_eq!(closure.next_period().left_in_drawer, money(10_000));
}

#[test]
fn a_drop_lowers_what_is_expected_and_a_period_without_float_starts_with_what_was_left() {
    let report = report(&[
        sold("50.00").pay_rest(TenderKind::Cash).complete(),
        Head::sale("GBP").movement(CashMovementKind::CashDrop, 12_000, "safe"),
    ]);
    assert_eq!(period().opening_cash(&report), money(10_000));
    assert_eq!(period().expected_cash(&report), money(3000));
    assert_eq!(report.cash.paid_out, Money::ZERO);
    assert_eq!((report.cash.drop_count, report.cash.drops), (1, money(12_000)));
}

#[test]
fn change_on_a_cheque_leaves_the_drawer_and_belongs_to_the_cheque_d_clo_07() {
    let report = report(&[
        sold("7.35").pay(TenderKind::Cheque, 1000).change(265).complete(),
        sold("9.00").pay(TenderKind::Cash, 1000).pay(TenderKind::CreditCard, 0).change(100).complete(),
    ]);
    assert_eq!(report.tenders[&TenderKind::Cheque].net(), money(735));
    assert_eq!(report.tenders[&TenderKind::Cash].net(), money(900));
    assert_eq!(report.tenders[&TenderKind::CreditCard].change, Money::ZERO, "a card gives no change");
    assert_eq!(report.cash.expected(Money::ZERO), money(1000 - 265 - 100));
}

#[test]
fn quotes_and_training_count_nowhere() {
    let head = Head::sale("GBP");
    let quote = head.clone().of(Kind::Quote, DocumentType::NonFiscalReceipt).begin();
    let quote = quote.line(&Line::new("Tea", "5.00"));
    let training = Head { training: true, ..head }.begin().line(&Line::new("Tea", "5.00"));
    assert_eq!(DocumentFigures::cancelled(&quote.clone().cancel()), None);
    assert_eq!(DocumentFigures::cancelled(&training.clone().cancel()), None);
    assert_eq!(report(&[quote.complete(), training.pay_rest(TenderKind::Cash).complete()]), Report::empty());
}

#[test]
fn a_cash_movement_of_which_nothing_is_known_is_no_sale() {
    let head = Head::sale("GBP").of(Kind::CashMovement, DocumentType::CashIn);
    let report =
        report(&[head.begin().line(&Line::new("Tea", "5.00")).pay_rest(TenderKind::CreditCard).complete()]);
    assert_eq!(report.counts, Counts { valid: 1, ..Counts::default() });
    assert_eq!((report.gross_sales, report.net_sales), (Money::ZERO, Money::ZERO));
    assert_eq!((report.cash.paid_in, report.cash.paid_out), (Money::ZERO, Money::ZERO));
}

#[test]
fn a_waybill_is_counted_by_its_own_type_and_is_no_sale_d_clo_09() {
    let head = Head::sale("GBP").of(Kind::Sale, DocumentType::Waybill);
    let report = report(&[head.begin().line(&Line::new("Tea", "5.00")).complete()]);
    assert_eq!(report.counts, Counts { valid: 1, ..Counts::default() });
    assert_eq!(report.document_types[&DocumentType::Waybill].valid_amount, money(500));
    assert_eq!((report.gross_sales, report.tax, report.net_sales), (Money::ZERO, Money::ZERO, Money::ZERO));
    assert!(report.departments.is_empty() && report.taxes.is_empty());
    assert_eq!(report.cashiers[&cashier(1)], CashierTotals { others: 1, ..CashierTotals::default() });
}

#[test]
fn a_purchase_takes_money_out_of_the_drawer_and_is_no_return() {
    let head = Head::sale("GBP").of(Kind::Purchase, DocumentType::SelfBillingInvoice);
    let report =
        report(&[head.begin().line(&Line::new("Walnuts", "30.00")).pay_rest(TenderKind::Cash).complete()]);
    assert_eq!((report.purchases, report.returns), (money(3000), Money::ZERO));
    assert_eq!(report.cash.expected(money(5000)), money(2000));
    assert_eq!(report.tax, Money::ZERO);
}

#[test]
fn a_deposit_counts_in_the_period_it_was_taken_in_and_the_sale_in_the_one_it_is_finished_in() {
    let order = Head::sale("GBP").of(Kind::Order, DocumentType::FiscalReceipt).begin();
    let order = order.line(&Line::new("Sofa", "300.00")).pay(TenderKind::Cash, 10_000);
    let parked = order.clone().suspend();
    let seven = Report::from_iter(DocumentFigures::deposits(parked.document(), ClosureNumber(7)));
    assert_eq!((seven.deposits.taken_count, seven.deposits.taken), (1, money(10_000)));
    assert_eq!((seven.gross_sales, seven.document_count()), (Money::ZERO, 0));
    assert_eq!(seven.cash.expected(Money::ZERO), money(10_000));
    assert_eq!(DocumentFigures::deposits(parked.document(), ClosureNumber(8)), None);

    let finished = order.in_closure(8).pay_rest(TenderKind::CreditCard).complete();
    let eight = report(std::slice::from_ref(&finished));
    assert_eq!((eight.gross_sales, eight.counts.sales), (money(30_000), 1));
    assert_eq!((eight.deposits.applied_count, eight.deposits.applied), (1, money(10_000)));
    assert!(!eight.tenders.contains_key(&TenderKind::Cash));
    assert_eq!(eight.tenders[&TenderKind::CreditCard].tendered, money(20_000));
    let again = Report::from_iter(DocumentFigures::deposits(finished.document(), ClosureNumber(7)));
    assert_eq!(again, seven, "the earlier period can be folded again from the finished document");
}

#[test]
fn of_an_order_paid_with_change_what_was_due_is_held() {
    let order =
        Head::sale("GBP").of(Kind::Order, DocumentType::Invoice).begin().line(&Line::new("Sofa", "100.00"));
    let order = order.pay(TenderKind::Cash, 12_000).change(2000);
    let seven = Report::from_iter(DocumentFigures::deposits(order.document(), ClosureNumber(7)));
    assert_eq!((seven.deposits.taken, seven.cash.expected(Money::ZERO)), (money(10_000), money(10_000)));
    let eight = report(&[order.in_closure(8).complete()]);
    assert_eq!(eight.deposits.applied, money(10_000), "nothing stays held");
}

#[test]
fn a_deposit_lies_in_the_drawer_of_who_took_it() {
    let mut order =
        Head::sale("GBP").of(Kind::Order, DocumentType::Invoice).begin().line(&Line::new("Sofa", "300.00"));
    order.head.cashier = 2;
    let order = order.pay(TenderKind::Cash, 10_000);
    let seven = Report::from_iter(DocumentFigures::deposits(order.document(), ClosureNumber(7)));
    let drawers: Vec<_> = seven.cash_by_cashier.iter().map(|(who, cash)| (*who, cash.tendered)).collect();
    assert_eq!(drawers, [(cashier(2), money(10_000))]);
    let mut order = order.pay(TenderKind::Cash, 20_000);
    order.head.cashier = 3;
    let finished = report(&[order.complete()]);
    assert_eq!(finished.cash_by_cashier.keys().collect::<Vec<_>>(), [&cashier(2)]);
    assert_eq!(finished.cashiers.keys().collect::<Vec<_>>(), [&cashier(3)], "the sale is who finished it");
}

#[test]
fn a_deposit_paid_back_before_cancelling_is_listed_as_refunded() {
    let order = Head::sale("GBP").of(Kind::Layaway, DocumentType::FiscalReceipt).begin();
    let order = order.line(&Line::new("Sofa", "300.00")).pay(TenderKind::Cash, 10_000).in_closure(8);
    let back = Tender { direction: Direction::Out, ..order.new_tender(TenderKind::Cash, 10_000) };
    let cancelled = order.take(back).cancel();
    let eight = Report::from_iter(DocumentFigures::cancelled(&cancelled));
    assert_eq!((eight.deposits.refunded_count, eight.deposits.refunded), (1, money(10_000)));
    assert_eq!((eight.deposits.taken, eight.cash.refunds), (Money::ZERO, money(10_000)));
    assert_eq!(eight.counts.cancelled, 1);
}

#[test]
fn an_exchange_is_a_return_and_a_sale_and_the_credit_between_them_cancels_out() {
    let back = Head::sale("GBP").of(Kind::Return, DocumentType::Return).begin();
    let exchange = back.line(&Line::new("Kettle", "30.00")).exchange_for(&Head::sale("GBP"));
    let exchange = exchange.line(&Line::new("Toaster", "20.00"));
    let difference = Tender { direction: Direction::Out, ..exchange.new_tender(TenderKind::Cash, 1000) };
    let exchange = exchange.take(difference);
    let open = Report::from_iter(DocumentFigures::deposits(exchange.document(), ClosureNumber(7)));
    assert_eq!(open.cash.expected(Money::ZERO), money(-1000), "paid out already, before it is finished");
    let documents = exchange.complete_exchange();
    assert!(documents.iter().all(|completed| completed.document().totals.balance().is_zero()));
    let report = report(&documents);
    assert_eq!(
        (report.gross_sales, report.returns, report.net_sales),
        (money(2000), money(3000), money(-1000))
    );
    let kinds: Vec<TenderKind> = report.tenders.keys().copied().collect();
    assert_eq!(kinds, [TenderKind::Cash], "nobody had a store credit");
    assert_eq!(report.cash.expected(Money::ZERO), money(-1000));
}

#[test]
fn taxes_are_listed_by_rate_name_and_jurisdiction_and_returns_count_against_them_d_clo_08() {
    let state = TaxRate {
        jurisdiction: Some(Jurisdiction { level: JurisdictionLevel::State, code: "US-NY".into() }),
        ..rate(2, "20")
    };
    let sale = Head::sale("GBP").begin().line(&Line::new("Tea", "12.00")).line(&Line::new("Milk", "6.00"));
    let sale = sale
        .line(&Line::new("Book", "24.00").taxed(&[state]))
        .line(&Line::new("Bread", "1.05").taxed(&[rate(3, "5")]));
    let back = Head::sale("GBP").of(Kind::Return, DocumentType::Return).begin();
    let back = back.line(&Line::new("Milk", "6.00"));
    let report =
        report(&[sale.pay_rest(TenderKind::Cash).complete(), back.pay_rest(TenderKind::Cash).complete()]);
    let rows: Vec<_> = report
        .taxes
        .iter()
        .map(|(key, totals)| {
            (
                key.percent.to_string(),
                totals.taxable.minor(),
                totals.tax.minor(),
                totals.entries,
                totals.documents,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("5".to_owned(), 100, 5, 1, 1),
            ("20".to_owned(), 1000, 200, 3, 2),
            ("20".to_owned(), 2000, 400, 1, 1),
        ]
    );
}

#[test]
fn exempt_amounts_are_part_of_the_taxable_ones_and_listed() {
    let exemption = crate::document::TaxExemption {
        reason: "diplomat".into(),
        kind: None,
        certificate: None,
        authority: authority(1),
    };
    let sale = sold("12.00").apply(&Event::TaxExempted { exemption }).pay_rest(TenderKind::Cash).complete();
    let report = report(&[sale]);
    let totals = report.taxes.values().next().unwrap();
    assert_eq!((totals.taxable, totals.exempt, totals.tax), (money(1200), money(1200), Money::ZERO));
    assert_eq!((totals.entries, totals.exempt_entries), (1, 1));
}

#[test]
fn net_sales_include_tax_also_where_prices_do_not_d_clo_06() {
    let head = Head { tax_mode: TaxMode::Exclusive, ..Head::sale("USD") };
    let report =
        report(&[head.begin().line(&Line::new("Tea", "10.00")).pay_rest(TenderKind::Cash).complete()]);
    assert_eq!((report.gross_sales, report.net_sales, report.tax), (money(1000), money(1200), money(200)));
    assert_eq!(report.net_excluding_tax(), money(1000));
    assert_eq!(report.departments.values().next().unwrap().net, money(1000));
}

#[test]
fn departments_count_lines_and_documents_and_returns_against_the_amounts_d_clo_10() {
    let sale = sold("10.00").line(&Line::new("Mint tea", "2.00")).line(&Line::new("Milk", "4.00").within(2));
    let back =
        Head::sale("GBP").of(Kind::Return, DocumentType::Return).begin().line(&Line::new("Tea", "10.00"));
    let report =
        report(&[sale.pay_rest(TenderKind::Cash).complete(), back.pay_rest(TenderKind::Cash).complete()]);
    let rows: Vec<_> = report
        .departments
        .iter()
        .map(|(no, row)| {
            (no.0, row.lines, row.documents, row.gross.minor(), row.tax.minor(), row.net.minor())
        })
        .collect();
    assert_eq!(rows, [(1, 3, 2, 200, 33, 167), (2, 1, 1, 400, 67, 333)]);
}

#[test]
fn discounts_are_listed_by_type_with_what_they_were_taken_off() {
    let sale = sold("10.00").line(&Line::new("Milk", "20.00").within(2));
    let sale = sale.adjust_line(1, AdjustmentKind::Discount, percent(10));
    let sale = sale.adjust_line(1, AdjustmentKind::Surcharge, minor(100));
    let campaign = AdjustmentSource::campaign("SPRING");
    let sale = sale.adjust(AdjustmentKind::Discount, campaign, minor(300), Some("SPRING"));
    let sale = sale.adjust(AdjustmentKind::Surcharge, AdjustmentSource::ServiceCharge, minor(270), None);
    let report = report(&[sale.pay_rest(TenderKind::Cash).complete()]);
    let of = |kind| report.adjustments[&kind].clone();
    let totals =
        |amount, affected| AdjustmentTotals { count: 1, amount: money(amount), affected: money(affected) };
    assert_eq!(of(AdjustmentType::Line), totals(100, 1000));
    assert_eq!(of(AdjustmentType::Markup), totals(100, 900));
    assert_eq!(of(AdjustmentType::Campaign), totals(300, 3000));
    assert_eq!(of(AdjustmentType::ServiceCharge), totals(270, 3000));
    assert_eq!((report.discounts, report.surcharges), (money(300), money(270)));
    let tea = &report.departments[&crate::catalog::DepartmentNo(1)];
    assert_eq!((tea.lines, tea.documents, tea.gross, tea.discount), (1, 1, money(1000), money(100)));
}

#[test]
fn what_campaigns_gave_is_summed_by_code_apart_on_lines_and_on_whole_documents() {
    let given = |code: &str, line: Option<u32>| AdjustmentSource::Campaign {
        code: code.into(),
        id: None,
        line: line.map(LineNo),
        tender: None,
    };
    let sale = || sold("10.00").line(&Line::new("Milk", "20.00").within(2));
    let one = sale().adjust(AdjustmentKind::Discount, given("HAPPY", Some(2)), minor(400), None);
    let one = one.adjust(AdjustmentKind::Discount, given("SPRING", None), minor(300), None);
    let other = sale().adjust(AdjustmentKind::Discount, given("HAPPY", None), minor(50), None);
    let papers = [one, other].map(|sale| sale.pay_rest(TenderKind::Cash).complete());
    let totals = |sales, on_lines, on_documents| CampaignTotals {
        sales,
        on_lines: money(on_lines),
        on_documents: money(on_documents),
        back: Money::ZERO,
    };
    let report = report(&papers);
    let by_code: Vec<_> =
        report.campaigns.iter().map(|(code, totals)| (code.as_str(), totals.clone())).collect();
    assert_eq!(by_code, [("HAPPY", totals(2, 400, 50)), ("SPRING", totals(1, 0, 300))]);
    let all: Money = report.campaigns.values().map(CampaignTotals::given).sum();
    assert_eq!(all, report.adjustments[&AdjustmentType::Campaign].amount);
}

#[test]
fn voids_and_corrections_belong_to_whoever_made_them_d_clo_12() {
    let sale = sold("10.00").line(&Line::new("Milk", "4.00")).line(&Line::new("Bread", "1.50"));
    let sale = sale.void_line(2, 5).pay(TenderKind::CreditCard, 1150);
    let void = Void { reason: None, authority: authority(6) };
    let sale = sale.apply(&Event::TenderVoided { tender: TenderNo(1), void, reversal: None, revalued: None });
    let sale = sale.pay_rest(TenderKind::Cash).complete();
    let head = Head { cashier: 2, ..Head::sale("GBP") };
    let cancelled = head.begin().line(&Line::new("Tea", "7.00")).cancel();
    let mut report = report(&[sale]);
    report.add(&DocumentFigures::cancelled(&cancelled).unwrap());

    let one = &report.cashiers[&cashier(1)];
    assert_eq!((one.documents(), one.total_sales(), one.average_sale()), (1, money(1150), money(1150)));
    let two = &report.cashiers[&cashier(2)];
    assert_eq!((two.documents(), two.void_count, two.voids), (0, 1, money(700)));
    assert_eq!(two.average_sale(), Money::ZERO);
    let five = &report.cashiers[&cashier(5)];
    assert_eq!((five.void_count, five.voids), (1, money(400)));
    assert_eq!(report.cashiers[&cashier(6)].corrections, 1);
    assert!(!report.tenders.contains_key(&TenderKind::CreditCard), "a tender taken back counts nowhere");
}

#[test]
fn whoever_finished_a_document_has_a_row_whatever_it_was_d_clo_12() {
    let by = |cashier| Head { cashier, ..Head::sale("GBP") };
    let tea = |head: Head| head.begin().line(&Line::new("Tea", "7.00"));
    let papers = [
        by(2).movement(CashMovementKind::PaidIn, 500, "change"),
        tea(by(3).of(Kind::Sale, DocumentType::DeliveryNote)).complete(),
        tea(by(4).of(Kind::Purchase, DocumentType::SelfBillingInvoice)).pay_rest(TenderKind::Cash).complete(),
    ];
    let mut whole = report(&papers);
    let nothing_sold = CashierTotals { others: 1, ..CashierTotals::default() };
    let rows = [2, 3, 4].map(|no| (cashier(no), nothing_sold.clone()));
    assert_eq!(whole.cashiers, BTreeMap::from(rows.clone()));
    // What is taken out of it leaves the others theirs.
    whole.take_away(&report(&papers[..1]));
    assert_eq!(whole.cashiers, rows[1..].iter().cloned().collect::<BTreeMap<_, _>>());
}

#[test]
fn the_void_of_the_last_line_is_counted_once() {
    let ended = sold("7.00").void_line(1, 2).cancel();
    let mut report = report(&[]);
    report.add(&DocumentFigures::cancelled(&ended).unwrap());
    let two = &report.cashiers[&cashier(2)];
    assert_eq!((two.void_count, two.voids), (1, money(700)));
    assert_eq!(report.counts.cancelled, 1);
    assert_eq!(report.cashiers.values().map(|cashier| cashier.void_count).sum::<u64>(), 1);
}

#[test]
fn only_tips_left_in_the_drawer_are_expected_there() {
    let tip = |amount, kind| Tip { amount: money(amount), kind };
    let report = report(&[
        sold("10.00").tip(TenderKind::Cash, 1000, tip(150, TipKind::Cash)).complete(),
        sold("20.00").tip(TenderKind::CreditCard, 2000, tip(200, TipKind::Card)).complete(),
        sold("30.00").tip(TenderKind::Cash, 3000, tip(100, TipKind::AutoGratuity)).complete(),
    ]);
    assert_eq!(report.tips, money(450));
    assert_eq!(report.cash.expected(Money::ZERO), money(4000 + 150 + 100));
    let cash = &report.tips_by_tender[&TenderKind::Cash];
    assert_eq!((cash.count, cash.total, cash.average()), (2, money(250), money(125)));
    assert_eq!(cash.percentage().to_string(), "6.25");
}

#[test]
fn the_tips_of_the_documents_are_those_of_the_report_and_training_brings_none() {
    let tip = |amount| Tip { amount: money(amount), kind: TipKind::Card };
    let documents = [
        sold("10.00").tip(TenderKind::CreditCard, 1000, tip(150)).complete(),
        sold("20.00").tip(TenderKind::CreditCard, 2000, tip(200)).complete(),
    ];
    let figures: Vec<_> = documents.iter().map(|one| DocumentFigures::of(one).unwrap()).collect();
    let tips: Money = figures.iter().flat_map(DocumentFigures::tips).map(|(_, tip)| tip).sum();
    assert_eq!((tips, report(&documents).tips), (money(350), money(350)));
    let mut back = figures[0].clone();
    (back.effect, back.tenders[0].direction) = (Effect::Return, Direction::Out);
    assert_eq!(back.tips().count(), 0, "what a refund says of a tip counts nowhere");
    back.effect = Effect::Cancelled;
    assert_eq!(back.tips().map(|(_, tip)| tip).sum::<Money>(), money(-150), "with a deposit it goes back");
}

#[test]
fn a_document_tipped_twice_counts_once_for_the_percentage() {
    let tip = |amount| Tip { amount: money(amount), kind: TipKind::Card };
    let sale = sold("20.00").tip(TenderKind::CreditCard, 1000, tip(100));
    let report = report(&[sale.tip(TenderKind::CreditCard, 1000, tip(100)).complete()]);
    let cards = &report.tips_by_tender[&TenderKind::CreditCard];
    assert_eq!((cards.count, cards.percentage().to_string().as_str()), (2, "10.00"));
}

#[test]
fn each_currency_and_rate_has_its_own_row_d_clo_11() {
    let eur = currency("EUR");
    let notes = |amount: i64, rate: &str, due: i64| {
        let rate = ExchangeRate::parse(rate).unwrap();
        let pen = sold("10.00");
        let foreign = ForeignCash { currency: eur, amount: money(amount), rate };
        let worth = rate.to_base(money(amount), &eur, &currency("GBP"), Rounding::HalfUp).unwrap();
        let tender =
            Tender { foreign: Some(foreign), ..pen.new_tender(TenderKind::ForeignCurrency, worth.minor()) };
        pen.take(tender).change(worth.minor() - due).complete()
    };
    let report = report(&[notes(1200, "1.18", 1000), notes(1300, "1.2", 1000), notes(1200, "1.18", 1000)]);
    let rows: Vec<_> = report.currencies.iter().map(|(key, row)| (key.rate, row.amount, row.base)).collect();
    let rate = |text: &str| Some(ExchangeRate::parse(text).unwrap());
    assert_eq!(rows, [(rate("1.18"), money(2400), money(2034)), (rate("1.2"), money(1300), money(1083)),]);
    assert_eq!(report.foreign_cash()[&CurrencyCode::parse("EUR").unwrap()], money(3700));
    assert_eq!(report.cash.expected(money(500)), money(500 - 117), "change is given in the till's own money");
}

#[test]
fn the_view_names_the_fields_of_the_field_and_writes_amounts_as_text() {
    let report = days::busy_day();
    let declaration = Declaration::amount(money(9_000));
    let closure =
        with_closing(&report, |closing| close(Closing { declaration: Some(&declaration), ..closing }))
            .unwrap();
    let text = serde_json::to_string_pretty(&view::z_view(&closure)).unwrap();
    insta::assert_snapshot!("view", text);
    let view: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(view["closing_cash_amount"], json!("90.00"));
    let yen = serde_json::to_value(view::report_view(&report, &currency("JPY"))).unwrap();
    assert!(!yen["gross_sales_amount"].as_str().unwrap().contains('.'));
}

/// What only closing says.
const OF_CLOSING: [&str; 6] = [
    "cash_difference",
    "cashier_closed_id",
    "closing_cash_amount",
    "closure_end_time",
    "float_left_amount",
    "foreign_cash",
];

#[test]
fn the_view_of_an_open_period_says_what_that_of_its_closing_says() {
    let report = days::busy_day();
    // The period was opened on the evening before.
    let [first, last] = [("2026-03-13 09:00:00", 1), ("2026-03-13 17:00:00", 9)].map(|(at, receipt)| {
        let at = moment(at);
        DocumentMark {
            number: DocumentNumber { date: at.business_date, closure: ClosureNumber(7), receipt },
            at,
        }
    });
    let (first_document, last_document) = (Some(first), Some(last));
    let closed_at = moment("2026-03-13 20:00:00");
    let closure = with_closing(&report, |closing| {
        close(Closing { moment: closed_at, first_document, last_document, ..closing })
    })
    .unwrap();
    let open = view::Opened {
        period: &closure.period,
        report: &report,
        first_document,
        last_document,
        suspended_count: closure.suspended_count,
        parked_before: Some(2),
        staff: &closure.staff,
    };
    let x = serde_json::to_value(view::x_view(&open)).unwrap();
    let z = serde_json::to_value(view::z_view(&closure)).unwrap();
    for (name, told) in z.as_object().unwrap() {
        if !OF_CLOSING.contains(&name.as_str()) {
            assert_eq!(x[name], *told, "{name}");
        }
    }
    assert_eq!(x["closure_date"], json!("2026-03-13"));
    assert_eq!(x["first_document_time"], json!("2026-03-13T09:00:00Z"));
    assert_eq!((&x["suspended_before_count"], &x["closure_end_time"]), (&json!(2), &Value::Null));
}
