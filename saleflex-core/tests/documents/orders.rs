//! Quotes, orders and layaways: prices for later, deposits, goods promised.

use chrono::NaiveDate;
use saleflex_core::{
    adjustment::{AdjustmentKind::Discount, AdjustmentSource::Manager},
    cashier::{OnDuty, Role},
    catalog::{PriceRule, Sellable},
    closure::{DocumentFigures, Report},
    document::{AddLine, AgeEvidence, Command, DocumentType, Event, Kind, OpenDocument, Refusal, TakeTender},
    ids::{AdjustmentNo, LineNo, TenderNo},
    inventory::{MovementKind, StockMovement},
    quantity::Percent,
    tender::{
        Direction,
        TenderKind::{Cash, Cheque, CreditCard},
        Tip, TipKind,
    },
};

use crate::{
    approvals::{BY_BOTH, needs_approval},
    campaigning::basket_tenth,
    support::{CASHIER, Counter, Promoted, amount, goods, m, percent, price, quantity},
};

fn order(kind: Kind) -> Counter {
    let mut counter = Counter::new();
    counter.open(DocumentType::Invoice, kind).unwrap();
    counter.sell("2", "25.00");
    counter
}

fn suspend(counter: &mut Counter) {
    counter.run(&Command::Suspend { name: Some("Smith".into()) }).unwrap();
}

fn cancel() -> Command {
    Command::Cancel { reason: None }
}

fn moved(kind: MovementKind, change: &str) -> Vec<StockMovement> {
    vec![StockMovement::new(goods("1").product.unwrap(), kind, change.parse().unwrap())]
}

#[test]
fn a_quote_is_closed_without_money_and_sold_later_at_its_prices() {
    let mut counter = Counter::new();
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.sell("1", "99.00");
    counter.sell("3", "10.00");
    counter.sell("1", "7.77");
    counter.void_line(1).unwrap();
    counter.adjust(Discount, percent("10")).unwrap();
    counter.adjust_document(Manager, amount(150)).unwrap();
    let quoted = counter.document().totals;
    counter.run(&Command::Close).unwrap();
    let quote = counter.last().clone();
    counter.next_period();
    counter.receipt = Some(quote.id);
    let outcome = counter.open(DocumentType::Invoice, Kind::Sale).unwrap();
    let sale = counter.document();
    assert_eq!((sale.totals, sale.original), (quoted, Some(quote.id)));
    assert_eq!((sale.lines[0].no, sale.lines[0].total), (LineNo(1), m(3000)));
    let written = serde_json::to_value(outcome.events.last().unwrap()).unwrap();
    assert_eq!(written["adjustment"]["shares"][0][0], 1, "the journal names the lines of this document");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, quoted.net_due);
}

#[test]
fn what_was_quoted_may_be_brought_back_from_the_day_it_is_sold() {
    let mut counter = Counter::new();
    counter.policy.return_days = Some(14);
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.sell("1", "10.00");
    counter.run(&Command::Close).unwrap();
    let quote = counter.last().id;
    counter.now = crate::support::moment("2025-06-01 10:00");
    counter.receipt = Some(quote);
    counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
    counter.pay_rest(Cash).unwrap();
    let sale = counter.completed.last().unwrap();
    let until = sale.returnable_until(&sale.document().lines[0]);
    assert_eq!(until, NaiveDate::from_ymd_opt(2025, 6, 15));
}

#[test]
fn more_of_what_was_quoted_below_its_cost_or_price_needs_a_manager() {
    let cost = Some(price("8"));
    let open = Sellable { price_rule: PriceRule::Open, cost_price: cost, ..goods("0") };
    for (item, at) in [(open, "6"), (goods("10"), "9")] {
        let mut counter = Counter::with_plain_cashier();
        counter.approve();
        counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
        counter.add_as(&item, AddLine::code("G").at(price(at))).unwrap();
        counter.run(&Command::Close).unwrap();
        counter.approver = None;
        counter.receipt = Some(counter.last().id);
        counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
        let more = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("100") };
        for command in [&more, &Command::RepeatLine { line: LineNo(1) }] {
            let refused = counter.run(command).unwrap_err();
            assert!(matches!(refused, Refusal::ApprovalNeeded { .. }), "{refused:?}");
        }
        counter.approve();
        counter.run(&more).unwrap();
    }
    let mut counter = Counter::with_plain_cashier();
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.sell("1", "10.00");
    counter.run(&Command::Close).unwrap();
    counter.receipt = Some(counter.last().id);
    counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
    counter.run(&Command::RepeatLine { line: LineNo(1) }).unwrap();
}

#[test]
fn a_discount_on_the_document_is_agreed_to_for_the_goods_that_are_there() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.line_discount = Percent::parse("20").ok();
    let more = [
        Command::ChangeQuantity { line: LineNo(1), quantity: quantity("30") },
        Command::RepeatLine { line: LineNo(1) },
    ];
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.sell("3", "1.00");
    counter.approve();
    counter.adjust_document(Manager, percent("90")).unwrap();
    counter.run(&Command::Close).unwrap();
    counter.approver = None;
    counter.receipt = Some(counter.last().id);
    // The same on a sale of what was quoted and on one that it was given on itself.
    for quoted in [true, false] {
        counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
        if !quoted {
            counter.sell("3", "1.00");
            counter.approve();
            counter.adjust_document(Manager, percent("90")).unwrap();
            counter.approver = None;
        }
        for command in &more {
            let refused = counter.run(command).unwrap_err();
            assert!(matches!(refused, Refusal::ApprovalNeeded { .. }), "{quoted}: {refused:?}");
        }
        let refused = counter.add(&goods("5.00")).unwrap_err();
        assert!(matches!(refused, Refusal::ApprovalNeeded { .. }), "{quoted}: {refused:?}");
        counter.run(&Command::ChangeQuantity { line: LineNo(1), quantity: quantity("2") }).unwrap();
        counter.approve();
        counter.add(&goods("5.00")).unwrap();
        counter.pay_rest(Cash).unwrap();
        counter.approver = None;
        counter.receipt = None;
    }
    // What the cashier may take off a line alone, and an amount, which stays the same, ask nobody again.
    for value in [percent("20"), amount(50)] {
        counter.sell("3", "1.00");
        counter.approve();
        counter.adjust_document(Manager, value).unwrap();
        counter.approver = None;
        counter.add(&goods("5.00")).unwrap();
        counter.pay_rest(Cash).unwrap();
    }
}

#[test]
fn a_quote_becomes_a_sale_of_no_more_than_is_in_stock_d_doc_15() {
    let mut counter = Counter::new();
    let permissions = saleflex_core::catalog::Permissions { negative_stock: false, ..Default::default() };
    let scarce = Sellable { permissions, ..goods("1") };
    counter.stock = Some(3.into());
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.add_as(&scarce, AddLine::code("G").times(quantity("2"))).unwrap();
    counter.add_as(&scarce, AddLine::code("G").times(quantity("2"))).unwrap();
    counter.run(&Command::Close).unwrap();
    let quote = counter.last().id;
    counter.receipt = Some(quote);
    let refused = counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap_err();
    assert_eq!(refused.to_string(), "2 of G wanted, 1 left in stock besides 2 on the document");
    counter.stock = Some(4.into());
    counter.receipt = Some(quote);
    counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
    assert_eq!(counter.document().lines.len(), 2);
}

#[test]
fn who_takes_what_was_quoted_is_asked_for_an_age_anew() {
    let mut counter = Counter::new();
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    let wine = Sellable { minimum_age: Some(18), ..goods("12.00") };
    counter.add_as(&wine, AddLine::code("W").with_age(AgeEvidence::Looked)).unwrap();
    counter.run(&Command::Close).unwrap();
    let quote = counter.last().id;
    let mut convert = |age| {
        counter.receipt = Some(quote);
        counter.run(&Command::Open(OpenDocument { age, ..OpenDocument::default() })).map(drop)
    };
    assert_eq!(convert(None), Err(Refusal::AgeCheckNeeded { minimum_age: 18 }));
    let child = AgeEvidence::BirthDate("2010-01-01".parse().unwrap());
    assert!(matches!(convert(Some(child)), Err(Refusal::TooYoung { .. })));
    convert(Some(AgeEvidence::Looked)).unwrap();
    assert_eq!(counter.document().age_check.map(|check| check.minimum_age), Some(18));
    counter.pay_rest(Cash).unwrap();
}

#[test]
fn a_quote_becomes_a_sale_or_an_order_and_nothing_that_pays_out() {
    let mut counter = Counter::new();
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.sell("1", "10.00");
    counter.run(&Command::Close).unwrap();
    let quote = counter.last().id;
    let rows = [
        (DocumentType::Return, Kind::Return, false),
        (DocumentType::SelfBillingInvoice, Kind::Purchase, false),
        (DocumentType::Invoice, Kind::Order, true),
    ];
    for (document_type, kind, is_possible) in rows {
        counter.receipt = Some(quote);
        let opened = counter.open(document_type, kind);
        if is_possible {
            opened.unwrap();
        } else {
            assert_eq!(opened.unwrap_err(), Refusal::NotRefundable);
        }
    }
    let mut abroad = Counter::in_currency("EUR");
    abroad.completed = counter.completed.clone();
    abroad.receipt = Some(quote);
    assert_eq!(abroad.open(DocumentType::Invoice, Kind::Sale).unwrap_err(), Refusal::NoQuote);
}

#[test]
fn a_quote_is_sold_where_prices_are_made_as_they_were() {
    let mut counter = Counter::new();
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.sell("1", "10.00");
    counter.run(&Command::Close).unwrap();
    let quote = counter.last().id;
    counter.till.tax_mode = saleflex_core::tax::TaxMode::Exclusive;
    counter.receipt = Some(quote);
    assert_eq!(counter.open(DocumentType::Invoice, Kind::Sale).unwrap_err(), Refusal::NoQuote);
    counter.till.tax_mode = saleflex_core::tax::TaxMode::Inclusive;
    counter.till.training = true;
    counter.receipt = Some(quote);
    let refused = counter.open(DocumentType::Invoice, Kind::Sale).unwrap_err();
    assert_eq!(refused, Refusal::OtherMode { training: false });
    counter.till.training = false;
    counter.receipt = Some(quote);
    counter.open(DocumentType::Invoice, Kind::Sale).unwrap();
}

#[test]
fn a_sale_does_not_follow_from_a_sale() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay_rest(Cash).unwrap();
    counter.receipt = Some(counter.last().id);
    let open = Command::Open(OpenDocument::new(DocumentType::Invoice, Kind::Sale));
    assert_eq!(counter.run(&open).unwrap_err(), Refusal::NoQuote);
}

#[test]
fn an_order_takes_deposits_is_put_aside_with_them_and_reserves_its_goods() {
    for kind in [Kind::Order, Kind::Layaway] {
        let mut counter = order(kind);
        counter.pay(Cash, 1000).unwrap();
        suspend(&mut counter);
        assert_eq!(counter.effects.stock, moved(MovementKind::Reserve, "2"));
        assert!(counter.effects.completed.is_empty(), "a deposit is no sale");
        counter.next_period();
        counter.resume(0).unwrap();
        assert_eq!(counter.effects.stock, moved(MovementKind::Release, "-2"));
        counter.pay(CreditCard, 1500).unwrap();
        suspend(&mut counter);
        counter.next_period();
        counter.resume(0).unwrap();
        counter.pay_rest(Cash).unwrap();
        assert!(counter.completed.is_empty(), "paid, but the goods may not be there");
        counter.run(&Command::Close).unwrap();
        assert_eq!(counter.effects.stock, moved(MovementKind::Sale, "-2"));
        let closures: Vec<u32> = counter.last().tenders.iter().map(|tender| tender.closure.0).collect();
        assert_eq!((counter.completed[0].closure().0, closures), (4, vec![2, 3, 4]));
        assert_eq!(counter.last().number.to_string(), "20250408-0004-000001");
    }
}

#[test]
fn an_order_is_closed_when_it_is_paid_and_not_before() {
    let mut counter = order(Kind::Order);
    counter.pay(Cash, 4999).unwrap();
    assert!(matches!(counter.run(&Command::Close), Err(Refusal::BalanceLeft { .. })));
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.pay_rest(CreditCard).unwrap_err(), Refusal::AlreadyPaid);
    counter.run(&Command::Close).unwrap();
}

#[test]
fn an_order_may_grow_after_its_deposit_and_not_shrink_below_it() {
    let mut counter = order(Kind::Order);
    counter.pay(Cash, 4000).unwrap();
    counter.sell("1", "5.00");
    counter.void_line(2).unwrap();
    let fewer = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("1") };
    assert!(matches!(counter.run(&fewer), Err(Refusal::PaidExceedsDue { .. })));
}

#[test]
fn a_deposit_of_this_period_is_voided_and_the_order_cancelled() {
    let mut counter = order(Kind::Layaway);
    counter.pay(Cash, 1000).unwrap();
    assert!(matches!(counter.run(&cancel()), Err(Refusal::TendersTaken { .. })));
    counter.void_tender(1).unwrap();
    counter.run(&cancel()).unwrap();
    assert!(counter.effects.stock.is_empty(), "it was never put aside");
}

#[test]
fn a_deposit_of_an_earlier_period_is_paid_back_and_not_unmade() {
    let mut counter = order(Kind::Order);
    counter.pay(Cash, 1000).unwrap();
    suspend(&mut counter);
    counter.next_period();
    counter.resume(0).unwrap();
    counter.policy.limits.void_tender = Some(m(999));
    counter.cashier = OnDuty::with_role(CASHIER, Role::Cashier);
    needs_approval(counter.void_tender(1));
    counter.approve();
    counter.void_tender(1).unwrap();
    let mut done = counter.journal.values().flatten();
    let authority = done.find_map(|event| match event {
        Event::TenderTaken { takes_back, .. } => takes_back.as_ref().map(|void| void.authority),
        _ => None,
    });
    assert_eq!(authority, Some(BY_BOTH));
    let document = counter.document();
    let (taken, back) = (&document.tenders[0], &document.tenders[1]);
    assert!(taken.counts() && back.counts(), "both stand: each in its own period");
    assert_eq!((taken.closure.0, back.closure.0), (2, 3));
    assert_eq!((back.direction, back.amount, back.kind), (Direction::Out, m(1000), Cash));
    assert_eq!(back.refunds, Some((document.id, TenderNo(1))));
    assert_eq!(back.approved_by, BY_BOTH.approved_by);
    assert_eq!((document.totals.paid, document.balance()), (m(0), m(5000)));
    assert_eq!(counter.void_tender(1).unwrap_err(), Refusal::NoSuchTender { tender: TenderNo(1) });
    counter.run(&cancel()).unwrap();
    let figures = DocumentFigures::cancelled(counter.cancelled.last().unwrap()).unwrap();
    assert_eq!(figures.corrections, [CASHIER], "the payment was taken back like one of this period");
}

#[test]
fn paying_a_deposit_back_by_mistake_is_undone_in_the_same_period_only() {
    let mut counter = order(Kind::Order);
    counter.pay(Cash, 1000).unwrap();
    suspend(&mut counter);
    counter.next_period();
    counter.resume(0).unwrap();
    counter.void_tender(1).unwrap();
    counter.void_tender(2).unwrap();
    assert_eq!(counter.document().totals.paid, m(1000));
    counter.void_tender(1).unwrap();
    suspend(&mut counter);
    counter.next_period();
    counter.resume(0).unwrap();
    assert_eq!(counter.void_tender(3).unwrap_err(), Refusal::NoSuchTender { tender: TenderNo(3) });
    assert_eq!(counter.document().totals.paid, m(0));
}

#[test]
fn undoing_a_payback_is_refused_when_the_order_has_become_smaller() {
    let mut counter = order(Kind::Order);
    counter.pay(Cash, 4000).unwrap();
    suspend(&mut counter);
    counter.next_period();
    counter.resume(0).unwrap();
    counter.void_tender(1).unwrap();
    let fewer = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("1") };
    counter.run(&fewer).unwrap();
    assert!(matches!(counter.void_tender(2), Err(Refusal::PaidExceedsDue { .. })));
}

#[test]
fn what_is_paid_back_mirrors_the_tender_with_its_change_rounding_and_tip() {
    let mut counter = Counter::with_five_step();
    counter.open(DocumentType::Invoice, Kind::Order).unwrap();
    counter.sell("1", "12.32");
    let tip = Some(Tip { amount: m(100), kind: TipKind::Cash });
    let take = TakeTender { tip, ..TakeTender::amount(Cheque, m(2000)) };
    counter.run(&Command::TakeTender(take)).unwrap();
    let totals = counter.document().totals;
    assert_eq!((totals.paid, totals.change, totals.rounding, totals.tip), (m(2000), m(770), m(-2), m(100)));
    suspend(&mut counter);
    counter.next_period();
    counter.resume(0).unwrap();
    counter.void_tender(1).unwrap();
    let totals = counter.document().totals;
    assert_eq!((totals.paid, totals.change, totals.rounding, totals.tip), (m(0), m(0), m(0), m(0)));
    assert_eq!(counter.document().balance(), m(1232));
    counter.pay_rest(CreditCard).unwrap();
    counter.run(&Command::Close).unwrap();
    let sale = counter.last().id;
    let left = counter.original(sale).unwrap().refundable();
    assert_eq!((left.paid, left.tenders), (m(1232), vec![(CreditCard, m(1232))]));
}

#[test]
fn a_suspended_order_is_cancelled_once_its_deposit_is_back() {
    let mut counter = order(Kind::Order);
    counter.pay(Cash, 1000).unwrap();
    suspend(&mut counter);
    assert!(matches!(counter.cancel_parked(0), Err(Refusal::TendersTaken { .. })));
    counter.next_period();
    counter.resume(0).unwrap();
    counter.void_tender(1).unwrap();
    suspend(&mut counter);
    counter.cancel_parked(0).unwrap();
    assert_eq!(counter.effects.stock, moved(MovementKind::Release, "-2"));
}

#[test]
fn a_parked_sale_whose_deposit_went_back_can_be_cancelled_too() {
    let mut counter = Counter::new();
    counter.policy.suspend_with_payments = true;
    counter.sell("1", "10.00");
    counter.pay(Cash, 400).unwrap();
    suspend(&mut counter);
    counter.next_period();
    counter.resume(0).unwrap();
    counter.void_tender(1).unwrap();
    counter.run(&cancel()).unwrap();
}

#[test]
fn a_released_reservation_is_booked_even_beside_an_open_document() {
    let mut counter = order(Kind::Order);
    suspend(&mut counter);
    counter.open(DocumentType::Invoice, Kind::Sale).unwrap();
    counter.cancel_parked(0).unwrap();
    assert_eq!(counter.effects.stock, moved(MovementKind::Release, "-2"));
}

#[test]
fn a_completed_order_is_refunded_like_a_sale() {
    let mut counter = order(Kind::Layaway);
    counter.policy.return_days = Some(10);
    counter.sell("1", "5.00");
    counter.pay(Cash, 1000).unwrap();
    suspend(&mut counter);
    // Collected three weeks later, the ten days run from then.
    (0..21).for_each(|_| counter.next_period());
    counter.resume(0).unwrap();
    counter.pay_rest(CreditCard).unwrap();
    counter.run(&Command::Close).unwrap();
    let sale = counter.last().id;
    (0..10).for_each(|_| counter.next_period());
    counter.open_return(sale).unwrap();
    counter.take_back(2, "1").unwrap();
    counter.take_back(1, "2").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(5500));
    counter.next_period();
    counter.receipt = None;
    let refundable = counter.original(sale).unwrap().refundable();
    assert!(refundable.lines.is_empty() && refundable.paid == m(0));
}

#[test]
fn a_line_added_to_an_order_later_may_be_brought_back_as_long_as_the_others() {
    let mut counter = order(Kind::Order);
    counter.policy.return_days = Some(10);
    counter.sell("1", "5.00");
    suspend(&mut counter);
    (0..5).for_each(|_| counter.next_period());
    counter.resume(0).unwrap();
    counter.sell("1", "5.00");
    suspend(&mut counter);
    (0..5).for_each(|_| counter.next_period());
    counter.resume(0).unwrap();
    counter.pay_rest(Cash).unwrap();
    counter.run(&Command::Close).unwrap();
    let sale = counter.last().id;
    (0..10).for_each(|_| counter.next_period());
    counter.open_return(sale).unwrap();
    counter.take_back(2, "1").unwrap();
    counter.take_back(3, "1").unwrap();
    counter.void_line(2).unwrap();
    counter.next_period();
    let until = NaiveDate::from_ymd_opt(2025, 4, 26).unwrap();
    for line in [2, 3] {
        assert_eq!(counter.take_back(line, "1").unwrap_err(), Refusal::ReturnPeriodOver { until });
    }
}

#[test]
fn a_cash_tip_goes_back_with_the_deposit_it_came_with_in_the_period_it_goes_back_in() {
    let mut counter = order(Kind::Order);
    let tip = Some(Tip { amount: m(150), kind: TipKind::Cash });
    counter.run(&Command::TakeTender(TakeTender { tip, ..TakeTender::amount(Cash, m(1000)) })).unwrap();
    let first = counter.till.closure;
    counter.next_period();
    counter.void_tender(1).unwrap();
    let report =
        |closure| -> Report { DocumentFigures::deposits(counter.document(), closure).into_iter().collect() };
    let (taken, back) = (report(first), report(counter.till.closure));
    assert_eq!((taken.cash.expected(m(0)), taken.cash.tips, taken.tips), (m(1150), m(150), m(150)));
    assert_eq!((back.cash.expected(m(0)), back.cash.tips, back.tips), (m(-1150), m(-150), m(-150)));
    assert_eq!(back.tips_by_tender[&Cash].total, m(-150));
}

#[test]
fn an_open_price_in_an_order_is_typed_as_in_a_sale() {
    let mut counter = order(Kind::Order);
    let open = Sellable { price_rule: saleflex_core::catalog::PriceRule::Open, ..goods("0") };
    counter.add_as(&open, AddLine::code("G").at(price("12"))).unwrap();
    assert_eq!(counter.document().totals.total, m(6200));
}

#[test]
fn campaigns_do_not_come_on_top_of_what_was_quoted() {
    let mut counter = Counter::new();
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.sell("2", "10.00");
    counter.adjust_document(Manager, amount(150)).unwrap();
    counter.adjust_document(Manager, amount(50)).unwrap();
    counter.run(&Command::RemoveAdjustment { adjustment: AdjustmentNo(1) }).unwrap();
    let quoted = counter.document().totals;
    counter.run(&Command::Close).unwrap();
    counter.receipt = Some(counter.last().id);
    counter.promotions = Some(Promoted::by(vec![basket_tenth()]));
    counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
    assert_eq!(counter.document().totals, quoted);
    counter.sell("1", "5.00");
    let sale = counter.document();
    let numbers: Vec<_> = sale.adjustments.iter().map(|known| (known.no.0, known.amount)).collect();
    assert_eq!(numbers, [(2, m(50)), (1, m(50))], "a tenth of what was added, and what was quoted");
    assert_eq!(sale.lines[0].discount_share + sale.lines[1].discount_share, m(100));
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(2_400));
}
