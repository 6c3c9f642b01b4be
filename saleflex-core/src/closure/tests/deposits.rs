//! Deposits that are paid back, and money that is none yet.

use super::*;

/// A layaway of 300.00 with 100.00 in cash and 50.00 by card of period 7, of which the cash is paid back in period 8.
fn paid_back_in_part() -> Pen {
    let layaway = Head::sale("GBP").of(Kind::Layaway, DocumentType::FiscalReceipt).begin();
    let layaway = layaway.line(&Line::new("Sofa", "300.00"));
    let layaway = layaway.pay(TenderKind::Cash, 10_000).pay(TenderKind::CreditCard, 5000).in_closure(8);
    let back = Tender {
        direction: Direction::Out,
        refunds: Some((layaway.document().id, TenderNo(1))),
        ..layaway.new_tender(TenderKind::Cash, 10_000)
    };
    layaway.take(back)
}

fn refunded_and_applied(report: &Report) -> [(u64, Money); 2] {
    let totals = &report.deposits;
    [(totals.refunded_count, totals.refunded), (totals.applied_count, totals.applied)]
}

#[test]
fn a_deposit_that_is_paid_back_in_the_period_that_finishes_its_document_is_refunded_and_not_applied() {
    let layaway = paid_back_in_part();
    // 300.00 less the 50.00 by card that stay is due.
    let eight = report(&[layaway.pay_rest(TenderKind::Cash).complete()]);
    assert_eq!(refunded_and_applied(&eight), [(1, money(10_000)), (1, money(5000))]);
    assert_eq!(eight.deposits.taken, Money::ZERO);
    assert_eq!(eight.cash.expected(Money::ZERO), money(25_000 - 10_000));
}

#[test]
fn a_deposit_that_an_earlier_period_paid_back_is_listed_there_and_nowhere_else() {
    let layaway = paid_back_in_part();
    let eight = Report::from_iter(DocumentFigures::deposits(layaway.document(), ClosureNumber(8)));
    assert_eq!(refunded_and_applied(&eight), [(1, money(10_000)), (0, Money::ZERO)]);
    let nine = report(&[layaway.in_closure(9).pay_rest(TenderKind::Cash).complete()]);
    assert_eq!(refunded_and_applied(&nine), [(0, Money::ZERO), (1, money(5000))]);
}

#[test]
fn what_is_taken_for_a_sale_that_is_being_served_is_no_deposit() {
    let sale = Head::sale("GBP").begin().line(&Line::new("Tea", "12.00")).pay(TenderKind::Cash, 700);
    let open = Report::from_iter(DocumentFigures::open(sale.document(), ClosureNumber(7)));
    assert_eq!(open.deposits, DepositTotals::default());
    assert_eq!((open.cash.tendered, open.document_count()), (money(700), 0));
    let order = Head::sale("GBP").of(Kind::Order, DocumentType::Invoice).begin();
    let order = order.line(&Line::new("Sofa", "300.00")).pay(TenderKind::Cash, 10_000);
    let open = Report::from_iter(DocumentFigures::open(order.document(), ClosureNumber(7)));
    assert_eq!((open.deposits.taken_count, open.deposits.taken), (1, money(10_000)));
}

#[test]
fn cash_that_gave_change_is_paid_back_as_the_one_sum_that_is_handed_out() {
    let layaway = Head::sale("GBP").of(Kind::Layaway, DocumentType::FiscalReceipt).begin();
    // 20.00 for 7.00, of which 13.00 were change.
    let layaway = layaway.line(&Line::new("Cup", "7.00")).pay(TenderKind::Cash, 2000).change(1300);
    let given = layaway.document().tenders[0].clone();
    assert_eq!(given.change, money(1300));
    let layaway = layaway.in_closure(8);
    let back = Tender {
        no: TenderNo(2),
        direction: Direction::Out,
        closure: ClosureNumber(8),
        refunds: Some((layaway.document().id, TenderNo(1))),
        ..given
    };
    let eight = Report::from_iter(DocumentFigures::cancelled(&layaway.take(back).cancel()));
    assert_eq!((eight.cash.refunds, eight.cash.change), (money(700), Money::ZERO));
    assert_eq!(eight.cash.expected(Money::ZERO), money(-700));
    assert_eq!((eight.deposits.refunded_count, eight.deposits.refunded), (1, money(700)));
    let own = eight.currencies.values().map(|row| (row.amount, row.base)).collect::<Vec<_>>();
    assert_eq!(own, [(money(-700), money(-700))]);
}
