//! What a cashier does alone and what needs a manager, with both names.

use saleflex_core::{
    adjustment::{
        AdjustmentKind::{Discount, Surcharge},
        AdjustmentSource::Manager,
    },
    authority::Authority,
    cashier::{Capability, OnDuty, Role},
    catalog::{PriceRule, Sellable},
    closure::DocumentFigures,
    document::{AddLine, Adjust, CashMovementKind, Command, DocumentType, Event, Kind, Refusal},
    ids::LineNo,
    quantity::Percent,
    tender::TenderKind::Cash,
};

use crate::support::{CASHIER, Counter, MANAGER, amount, goods, m, percent, price, quantity};

pub(crate) const BY_BOTH: Authority = Authority { cashier: CASHIER, approved_by: Some(MANAGER) };
const ALONE: Authority = Authority { cashier: CASHIER, approved_by: None };

pub(crate) fn needs_approval<T: std::fmt::Debug>(answer: Result<T, Refusal>) {
    assert_eq!(answer.unwrap_err(), Refusal::ApprovalNeeded { capability: Capability::Override });
}

fn cancel() -> Command {
    Command::Cancel { reason: None }
}

#[test]
fn who_may_not_sell_does_nothing_even_with_a_manager_beside() {
    let mut counter = Counter::new();
    counter.cashier = OnDuty { id: CASHIER, capabilities: std::collections::BTreeSet::new() };
    counter.approve();
    let refused = counter.add(&goods("1")).unwrap_err();
    assert_eq!(refused, Refusal::ApprovalNeeded { capability: Capability::Sell });
    assert_eq!(counter.run(&cancel()).unwrap_err(), Refusal::ApprovalNeeded { capability: Capability::Sell });
}

#[test]
fn an_approval_by_someone_who_may_not_is_none() {
    let mut counter = Counter::with_plain_cashier();
    counter.approve();
    counter.approver = Some(OnDuty::with_role(MANAGER, Role::Cashier));
    needs_approval(counter.run(&Command::OpenDrawer { reason: None }));
}

#[test]
fn an_approval_that_was_not_needed_is_not_recorded() {
    let mut counter = Counter::with_plain_cashier();
    counter.approve();
    counter.sell("1", "10.00");
    counter.sell("1", "10.00");
    counter.void_line(2).unwrap();
    let document = counter.document();
    let words = (document.opened_by, document.lines[0].authority);
    assert_eq!(words, (ALONE, ALONE));
    assert_eq!(document.lines[1].void.as_ref().unwrap().authority, ALONE);
}

#[test]
fn why_a_manager_agreed_is_kept_where_somebody_had_to_agree() {
    let mut counter = Counter::with_plain_cashier();
    counter.approve();
    counter.approver_says = Some(" bruised ".into());
    let sold = counter.add(&goods("10.00")).unwrap();
    let explains = |event: &&Event| matches!(event, Event::ApprovalExplained { .. });
    assert_eq!(sold.events.iter().find(explains), None, "nobody had to");
    let cheaper = Command::OverridePrice { line: LineNo(1), price: price("9"), reason: None };
    let explained = Event::ApprovalExplained { by: MANAGER, reason: "bruised".into() };
    assert_eq!(counter.run(&cheaper).unwrap().events.last(), Some(&explained));
    counter.approver_says = Some("r".repeat(201));
    assert_eq!(counter.run(&cheaper).unwrap_err(), Refusal::BadText { max: 200 });
    counter.approver_says = None;
    assert_eq!(counter.run(&cheaper).unwrap().events.iter().find(explains), None, "nothing was said");
}

#[test]
fn a_manager_at_the_till_needs_nobody() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust_document(Manager, percent("10")).unwrap();
    assert_eq!(counter.document().adjustments[0].authority, ALONE);
}

#[test]
fn a_cashier_sells_voids_suspends_and_takes_money_alone() {
    let mut counter = Counter::with_plain_cashier();
    counter.sell("1", "10.00");
    counter.sell("1", "5.00");
    counter.void_line(2).unwrap();
    counter.adjust(Discount, percent("100")).unwrap();
    counter.run(&Command::Suspend { name: None }).unwrap();
    counter.resume(0).unwrap();
    counter.pay_rest(Cash).unwrap();
    counter.sell("1", "5.00");
    counter.run(&cancel()).unwrap();
}

#[test]
fn a_document_discount_a_return_a_purchase_and_the_drawer_need_a_manager() {
    let mut counter = Counter::with_plain_cashier();
    needs_approval(counter.open(DocumentType::Return, Kind::Return));
    needs_approval(counter.open(DocumentType::SelfBillingInvoice, Kind::Purchase));
    needs_approval(counter.run(&Command::OpenDrawer { reason: None }));
    let drop = Command::MoveCash { kind: CashMovementKind::CashDrop, amount: m(100), reason: "safe".into() };
    needs_approval(counter.run(&drop));
    counter.sell("1", "10.00");
    needs_approval(counter.adjust_document(Manager, percent("1")));
    needs_approval(counter.run(&Command::OverridePrice { line: LineNo(1), price: price("9"), reason: None }));
    counter.approve();
    counter.adjust_document(Manager, percent("1")).unwrap();
    assert_eq!(counter.document().adjustments[0].authority, BY_BOTH);
}

#[test]
fn a_return_with_its_receipt_needs_a_manager_too_and_says_who() {
    let mut counter = Counter::with_plain_cashier();
    counter.sell("1", "10.00");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    needs_approval(counter.open_return(sale));
    counter.approve();
    counter.open_return(sale).unwrap();
    counter.approver = None;
    counter.take_back(1, "1").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().opened_by, BY_BOTH);
}

#[test]
fn a_line_discount_up_to_the_limit_is_the_cashiers_and_beyond_it_the_managers() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.line_discount = Some(Percent::parse("10").unwrap());
    counter.sell("1", "9.99");
    needs_approval(counter.adjust(Discount, percent("10.1")));
    needs_approval(counter.adjust(Discount, amount(101)));
    needs_approval(counter.adjust(Surcharge, percent("11")));
    counter.adjust(Discount, percent("10")).unwrap();
    counter.approve();
    counter.adjust(Discount, percent("50")).unwrap();
    let words: Vec<_> = counter.document().lines[0].adjustments.iter().map(|known| known.authority).collect();
    assert_eq!(words, [ALONE, BY_BOTH]);
}

#[test]
fn small_discounts_add_up_to_the_limit_and_what_a_manager_gave_does_not_count() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.line_discount = Some(Percent::parse("10").unwrap());
    counter.sell("1", "100.00");
    counter.adjust(Discount, percent("6")).unwrap();
    needs_approval(counter.adjust(Discount, percent("6")));
    counter.adjust(Discount, amount(400)).unwrap();
    counter.approve();
    counter.adjust(Discount, percent("50")).unwrap();
    let words: Vec<_> = counter.document().lines[0].adjustments.iter().map(|known| known.authority).collect();
    assert_eq!(words, [ALONE, ALONE, BY_BOTH]);
}

#[test]
fn small_discounts_on_many_lines_add_up_to_what_a_cashier_may_take_off_them_all() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.discounts = Some(m(500));
    counter.sell("1", "10.00");
    needs_approval(counter.adjust(Discount, amount(501)));
    counter.adjust(Discount, amount(300)).unwrap();
    needs_approval(counter.run(&Command::RepeatLine { line: LineNo(1) }));
    counter.sell("10", "1.00");
    needs_approval(counter.adjust(Discount, amount(201)));
    counter.adjust(Discount, percent("20")).unwrap();
    let more = Command::ChangeQuantity { line: LineNo(2), quantity: quantity("11") };
    needs_approval(counter.run(&more));
    counter.adjust(Surcharge, amount(500)).unwrap();
    needs_approval(counter.adjust(Surcharge, amount(1)));
    counter.sell("1", "10.00");
    let two = Command::ChangeQuantity { line: LineNo(3), quantity: quantity("2") };
    counter.run(&two).unwrap();
    needs_approval(counter.adjust(Discount, amount(1)));
    counter.approve();
    counter.adjust(Discount, amount(900)).unwrap();
    counter.approver = None;
    counter.void_line(1).unwrap();
    counter.adjust(Discount, amount(300)).unwrap();
    needs_approval(counter.adjust(Discount, amount(1)));
}

#[test]
fn discounts_on_the_document_and_on_a_line_take_no_more_together_than_a_cashier_may_alone() {
    let repeat = Command::RepeatLine { line: LineNo(1) };
    let more = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("2") };
    let shop = || {
        let mut counter = Counter::with_plain_cashier();
        counter.policy.limits.line_discount = Percent::parse("20").ok();
        counter.sell("1", "10.00");
        counter
    };
    let agreed = |counter: &mut Counter| {
        counter.approve();
        counter.adjust_document(Manager, percent("15")).unwrap();
        counter.approver = None;
    };
    let mut counter = shop();
    agreed(&mut counter);
    counter.run(&repeat).unwrap();
    counter.run(&more).unwrap();
    counter.sell("1", "10.00");
    // 15 % of the line, and 15 % of the 85 % that are left: 27.75 %. With 5 % of the line it is 19.25 %.
    needs_approval(counter.adjust(Discount, percent("15")));
    counter.adjust(Discount, percent("5")).unwrap();
    // Two managers' percents are one of 27.75 %.
    agreed(&mut counter);
    needs_approval(counter.run(&repeat));
    needs_approval(counter.run(&Command::ChangeQuantity { line: LineNo(1), quantity: quantity("3") }));
    needs_approval(counter.add(&goods("10.00")));
    // What a cashier gave before is agreed to with the goods that are there, and with no others.
    let mut counter = shop();
    counter.adjust(Discount, percent("15")).unwrap();
    agreed(&mut counter);
    needs_approval(counter.run(&repeat));
    needs_approval(counter.run(&more));
    counter.sell("1", "10.00");
    // An amount counts as a percent does: 1.50 and 1.50 of 10.00, of which 2.00 may go; 0.50 and 1.50 may.
    let mut counter = shop();
    counter.approve();
    counter.adjust_document(Manager, amount(150)).unwrap();
    counter.approver = None;
    needs_approval(counter.adjust(Discount, percent("15")));
    counter.adjust(Discount, percent("5")).unwrap();
}

#[test]
fn a_smaller_quantity_does_not_stretch_an_amount_beyond_the_limit() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.line_discount = Some(Percent::parse("10").unwrap());
    counter.sell("10", "10.00");
    counter.adjust(Discount, amount(1000)).unwrap();
    let fewer = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("2") };
    needs_approval(counter.run(&fewer));
    counter.approve();
    counter.run(&fewer).unwrap();
    assert_eq!(counter.document().totals.total, m(1000));
}

#[test]
fn a_large_line_is_voided_with_a_manager() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.void_line = Some(m(500));
    counter.sell("1", "5.00");
    counter.sell("1", "5.01");
    counter.sell("1", "1.00");
    counter.void_line(1).unwrap();
    needs_approval(counter.void_line(2));
    counter.approve();
    counter.void_line(2).unwrap();
    assert_eq!(counter.document().lines[1].void.as_ref().unwrap().authority, BY_BOTH);
}

#[test]
fn a_large_document_is_cancelled_with_a_manager_by_whichever_door() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.cancel = Some(m(500));
    counter.sell("1", "5.00");
    counter.run(&cancel()).unwrap();
    counter.sell("1", "5.01");
    needs_approval(counter.run(&cancel()));
    needs_approval(counter.void_line(1));
    counter.run(&Command::Suspend { name: None }).unwrap();
    needs_approval(counter.cancel_parked(0));
    counter.approve();
    counter.cancel_parked(0).unwrap();
    assert_eq!([counter.cancelled[0].authority(), counter.cancelled[1].authority()], [ALONE, BY_BOTH]);
}

#[test]
fn what_was_taken_off_a_document_alone_counts_when_it_is_cancelled() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.cancel = Some(m(500));
    counter.sell("5", "1.00");
    counter.sell("1", "1.00");
    counter.void_line(1).unwrap();
    needs_approval(counter.run(&cancel()));
    needs_approval(counter.void_line(2));
    counter.approve();
    counter.run(&cancel()).unwrap();
    assert_eq!(counter.cancelled[0].authority(), BY_BOTH);
    counter.approver = None;
    counter.sell("10", "1.00");
    counter.run(&Command::ChangeQuantity { line: LineNo(1), quantity: quantity("1") }).unwrap();
    needs_approval(counter.run(&cancel()));
}

#[test]
fn a_large_tender_is_taken_back_with_a_manager() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.void_tender = Some(m(500));
    counter.sell("1", "20.00");
    counter.pay(Cash, 500).unwrap();
    counter.void_tender(1).unwrap();
    counter.pay(Cash, 501).unwrap();
    needs_approval(counter.void_tender(2));
    assert_eq!(counter.document().totals.paid, m(501), "it is still paid");
    counter.approve();
    counter.void_tender(2).unwrap();
    let word = |no: usize| counter.document().tenders[no].void.as_ref().unwrap().authority;
    assert_eq!([word(0), word(1)], [ALONE, BY_BOTH]);
    // A card that was not charged yet takes nothing back.
    counter.approver = None;
    counter.pay_pending(saleflex_core::tender::TenderKind::CreditCard, 1000).unwrap();
    counter.void_tender(3).unwrap();
}

#[test]
fn a_document_for_which_money_was_taken_is_cancelled_with_a_manager() {
    let mut counter = Counter::with_plain_cashier();
    counter.sell("1", "10.00");
    counter.pay(Cash, 500).unwrap();
    counter.void_tender(1).unwrap();
    needs_approval(counter.run(&cancel()));
    needs_approval(counter.void_line(1));
    counter.approve();
    counter.run(&cancel()).unwrap();
    // A card that was declined took nothing.
    counter.approver = None;
    counter.sell("1", "10.00");
    counter.pay_pending(saleflex_core::tender::TenderKind::CreditCard, 1000).unwrap();
    counter.resolve(1, false).unwrap();
    counter.run(&cancel()).unwrap();
}

#[test]
fn an_approval_of_a_price_serves_the_goods_it_was_given_for_and_no_more() {
    let mut counter = Counter::with_plain_cashier();
    counter.approve();
    counter.add_as(&goods("10"), AddLine::code("G").at(price("8"))).unwrap();
    counter.approver = None;
    let more = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("2") };
    needs_approval(counter.run(&more));
    needs_approval(counter.run(&Command::RepeatLine { line: LineNo(1) }));
    counter.approve();
    counter.run(&more).unwrap();
    counter.run(&Command::RepeatLine { line: LineNo(1) }).unwrap();
    let line = &counter.document().lines[1];
    assert_eq!((line.authority, line.price_override.as_ref().unwrap().authority), (BY_BOTH, BY_BOTH));
    counter.approver = None;
    let fewer = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("1") };
    counter.run(&fewer).unwrap();
}

#[test]
fn an_approval_of_a_discount_serves_the_goods_it_was_given_for_and_no_more() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.line_discount = Some(Percent::parse("10").unwrap());
    counter.sell("1", "100.00");
    counter.adjust(Discount, percent("8")).unwrap();
    let repeat = Command::RepeatLine { line: LineNo(1) };
    counter.run(&repeat).unwrap();
    counter.approve();
    counter
        .run(&Command::AdjustLine {
            line: Some(LineNo(1)),
            adjust: Adjust { kind: Discount, value: percent("50"), reason: None },
        })
        .unwrap();
    counter.approver = None;
    needs_approval(counter.run(&repeat));
    needs_approval(counter.run(&Command::ChangeQuantity { line: LineNo(1), quantity: quantity("2") }));
    counter.run(&Command::ChangeQuantity { line: LineNo(2), quantity: quantity("2") }).unwrap();
}

#[test]
fn fewer_of_a_line_is_a_void_of_the_difference() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.void_line = Some(m(500));
    counter.sell("10", "1.00");
    let fewer = |times| Command::ChangeQuantity { line: LineNo(1), quantity: quantity(times) };
    needs_approval(counter.run(&fewer("4")));
    counter.run(&fewer("5")).unwrap();
    counter.run(&fewer("6")).unwrap();
    counter.pay_rest(Cash).unwrap();
    let figures = DocumentFigures::of(counter.completed.last().unwrap()).unwrap();
    assert_eq!(figures.voids, [(CASHIER, m(500))]);
}

#[test]
fn a_large_void_does_not_pass_in_small_ones() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.void_line = Some(m(500));
    counter.sell("10", "1.00");
    counter.sell("3", "1.00");
    let fewer = |times| Command::ChangeQuantity { line: LineNo(1), quantity: quantity(times) };
    counter.run(&fewer("5")).unwrap();
    needs_approval(counter.run(&fewer("4")));
    needs_approval(counter.void_line(1));
    counter.void_line(2).unwrap();
    // What a manager agreed to is no part of what the cashier does alone.
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.void_line = Some(m(500));
    counter.sell("12", "1.00");
    counter.sell("1", "1.00");
    counter.approve();
    counter.run(&fewer("5")).unwrap();
    counter.approver = None;
    counter.void_line(1).unwrap();
}

#[test]
fn fewer_goods_brought_back_is_a_void_of_the_difference() {
    let mut counter = Counter::with_plain_cashier();
    counter.sell("10", "1.00");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    counter.approve();
    counter.open_return(sale).unwrap();
    counter.take_back(1, "10").unwrap();
    counter.approver = None;
    counter.policy.limits.void_line = Some(m(500));
    let back = |times| Command::ChangeQuantity { line: LineNo(1), quantity: quantity(times) };
    needs_approval(counter.run(&back("4")));
    assert_eq!(counter.document().totals.net_due, m(1000), "nothing was taken off");
    counter.run(&back("5")).unwrap();
    counter.run(&back("9")).unwrap();
    counter.approve();
    counter.run(&back("3")).unwrap();
    let line = &counter.document().lines[0];
    assert_eq!((line.total, line.authority), (m(300), BY_BOTH));
}

#[test]
fn an_open_price_below_cost_needs_a_manager_whatever_the_store_guards() {
    let mut counter = Counter::with_plain_cashier();
    let open = Sellable { price_rule: PriceRule::Open, cost_price: Some(price("5")), ..goods("0") };
    let at = |text| AddLine::code("G").at(price(text));
    needs_approval(counter.add_as(&open, at("4.99")));
    counter.add_as(&open, at("5")).unwrap();
    counter.approve();
    counter.add_as(&open, at("4.99")).unwrap();
    counter.approver = None;
    needs_approval(counter.run(&Command::RepeatLine { line: LineNo(2) }));
}

#[test]
fn a_line_is_discounted_below_cost_with_a_manager_where_the_store_guards_its_costs() {
    let mut counter = Counter::with_plain_cashier();
    let dear = Sellable { cost_price: Some(price("8")), ..goods("10") };
    counter.add(&dear).unwrap();
    counter.adjust(Discount, amount(201)).unwrap();
    counter.policy.guard_cost = true;
    counter.add(&dear).unwrap();
    needs_approval(counter.adjust(Discount, amount(201)));
    counter.adjust(Discount, amount(200)).unwrap();
    needs_approval(counter.adjust(Discount, percent("1")));
    counter.approve();
    counter.adjust(Discount, percent("1")).unwrap();
}
