//! What a till guards across documents: numbers without gaps, accounts over all that is put aside, credit and
//! approvals in the right hands, periods that wait for an exchange.

use saleflex_core::{
    audit::AuditSearch,
    cashier::{Capability, Role, access::Act},
    closure,
    document::{AddLine, AgeEvidence, Command, Kind, OpenDocument, Refusal},
    ids::{DocumentNumber, TenderNo},
    tender::TenderKind,
};
use saleflex_store::{Error, Request, cashier::NewCashier, customer::NewCustomer, verify::Verification};

use crate::support::shop::{
    ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, pay, sell, setup, suspend, take_back,
};

fn customer(code: &str, account_limit: Option<i64>) -> NewCustomer {
    NewCustomer { account_limit: account_limit.map(minor), ..NewCustomer::named(code, "Some One") }
}

#[test]
fn an_empty_document_hands_its_number_to_whatever_takes_its_place_d_doc_06() {
    let mut shop = Shop::open();
    let id = shop.till.add_customer(&customer("N1", None)).unwrap();
    shop.till.assign_customer(Some(id)).unwrap();
    assert_eq!(shop.till.draft().unwrap().number.receipt, 1);
    let done = shop.approved(float(1_000));
    assert_eq!(done.completed()[0].document().number.receipt, 1);
    // The next day the empty document's number is fixed anew with its first line.
    shop.till.assign_customer(Some(id)).unwrap();
    shop.clock.advance(chrono::Duration::days(1));
    shop.execute(sell("A"));
    assert_eq!(shop.till.draft().unwrap().number.to_string(), "20250407-0001-000002");
    shop.execute(cash());
    shop.execute(sell("A"));
    let done = shop.execute(cash());
    assert_eq!(done.completed()[0].document().number.receipt, 3);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole { .. }));
}

#[test]
fn an_account_stretches_over_orders_that_are_put_aside() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let id = shop.till.add_customer(&customer("N1", Some(300))).unwrap();
    let order = Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() });
    for _ in 0..2 {
        shop.execute(order.clone());
        shop.till.assign_customer(Some(id)).unwrap();
        shop.execute(sell("A"));
        let done = shop.till.execute(pay(TenderKind::OnAccount, 250));
        if done.is_ok() {
            shop.execute(suspend());
        } else {
            assert!(matches!(done, Err(Error::Refused(Refusal::AccountLimit { .. }))), "{done:?}");
            return;
        }
    }
    panic!("5.00 went on an account of 3.00");
}

#[test]
fn credit_and_points_are_granted_by_those_who_may_approve() {
    let mut shop = Shop::open();
    shop.log_in(CASHIER);
    let id = shop.till.add_customer(&customer("N1", None)).unwrap();
    let needs = |answer: Result<(), Error>| {
        assert!(matches!(answer, Err(Error::Refused(Refusal::ApprovalNeeded { .. }))), "{answer:?}");
    };
    needs(shop.till.add_customer(&customer("N2", Some(100))).map(drop));
    needs(shop.till.change_customer(id, &customer("N1", Some(100))));
    shop.log_in(MANAGER);
    shop.till.change_customer(id, &customer("N1", Some(100))).unwrap();
}

#[test]
fn a_manager_who_has_yet_to_change_the_first_secret_approves_nothing() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let new = NewCashier {
        must_change_secret: true,
        ..NewCashier::with_role("nia", "Nia", "first", Role::Manager)
    };
    shop.till.add_cashier(&new).unwrap();
    let answer = shop.till.approve("nia", "first", None);
    assert!(matches!(answer, Err(Error::LogInRefused)), "{answer:?}");
}

#[test]
fn a_period_waits_for_an_open_exchange_d_clo_02() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    shop.log_in(MANAGER);
    shop.till.execute(Request::begin_return(sale)).unwrap();
    shop.execute(take_back(1, "1"));
    shop.execute(Command::ExchangeForSale);
    let closed = shop.till.close_period(None, None);
    let waits = matches!(closed, Err(Error::NotClosed(closure::Refusal::DocumentOpen { .. })));
    assert!(waits, "{closed:?}");
}

/// Sells, and gives up an exchange of what was sold; the numbers that its return and its sale had.
fn gives_up_an_exchange(shop: &mut Shop) -> (DocumentNumber, DocumentNumber) {
    shop.log_in(MANAGER);
    shop.execute(sell("A"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    shop.till.execute(Request::begin_return(sale)).unwrap();
    shop.execute(take_back(1, "1"));
    let returned = shop.till.draft().unwrap().number;
    shop.execute(Command::ExchangeForSale);
    let given_up = shop.till.draft().unwrap().number;
    shop.execute(Command::Cancel { reason: None });
    (returned, given_up)
}

#[test]
fn every_number_of_a_period_is_a_documents_own_or_leads_to_one() {
    let mut shop = Shop::open();
    let (returned, given_up) = gives_up_an_exchange(&mut shop);
    shop.execute(sell("A"));
    let parked = shop.till.draft().unwrap().clone();
    shop.execute(suspend());
    let first = shop.till.period().number;
    shop.till.close_period(None, None).unwrap();
    shop.till.execute(Request::resume(parked.id)).unwrap();
    shop.execute(cash());
    let passed = shop.till.passed_numbers(first).unwrap();
    let told: Vec<_> = passed.iter().map(|one| (one.number, one.has_moved(), one.to.is_cancelled)).collect();
    assert_eq!(told, [(returned, false, true), (parked.number, true, false)]);
    assert_eq!(passed[0].to.number, given_up);
    let own = shop.till.documents(first).unwrap();
    let mut receipts: Vec<u32> = own.iter().map(|head| head.number.receipt).collect();
    receipts.extend(passed.iter().map(|one| one.number.receipt));
    receipts.sort_unstable();
    assert_eq!(receipts, (1..=4).collect::<Vec<_>>(), "no number is missing");
    assert_eq!(shop.till.passed_numbers(shop.till.period().number).unwrap(), []);
}

#[test]
fn an_x_says_what_a_z_of_that_moment_says_also_of_a_number_that_was_given_up() {
    let mut shop = Shop::open();
    let (returned, given_up) = gives_up_an_exchange(&mut shop);
    let period = shop.till.period().number;
    let x = shop.till.x_report().unwrap();
    let passed = shop.till.passed_numbers(period).unwrap();
    let z = shop.till.close_period(None, None).unwrap();
    assert_eq!(x.report, z.report);
    assert_eq!((x.first_document, x.last_document), (z.first_document, z.last_document));
    assert_eq!(x.suspended_count, z.suspended_count);
    // Three numbers: the sale, and the two of the exchange, which is one document that was cancelled.
    assert_eq!((z.report.counts.valid, z.report.counts.cancelled, z.report.counts.returns), (1, 1, 0));
    let told: Vec<_> = passed.iter().map(|one| (one.number, one.to.number)).collect();
    assert_eq!(told, [(returned, given_up)]);
    assert_eq!(shop.till.passed_numbers(period).unwrap(), passed, "open and closed tell the same");
}

#[test]
fn an_x_amid_a_sale_counts_what_was_taken_for_it_and_holds_no_deposit() {
    let mut shop = Shop::open();
    shop.execute(sell("B"));
    shop.execute(pay(TenderKind::Cash, 200));
    let x = shop.till.x_report().unwrap().report;
    assert_eq!((x.cash.tendered, x.deposits), (minor(200), closure::DepositTotals::default()));
    // An order's money is a deposit from the moment it is there.
    shop.approved(Command::VoidTender { tender: TenderNo(1), reason: None, reversal: None });
    shop.approved(Command::Cancel { reason: None });
    shop.execute(Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    shop.execute(sell("B"));
    shop.execute(pay(TenderKind::Cash, 200));
    assert_eq!(shop.till.x_report().unwrap().report.deposits.taken, minor(200));
}

#[test]
fn the_first_period_is_opened_by_nobody_and_the_next_by_whoever_closed() {
    let mut shop = Shop::open();
    assert_eq!(shop.till.period().opened_by, None);
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.log_in(MANAGER);
    let manager = shop.till.on_duty().unwrap().id;
    shop.till.close_period(None, None).unwrap();
    assert_eq!(shop.till.period().opened_by, Some(manager));
}

#[test]
fn a_refused_closing_changes_nothing_and_one_that_goes_through_leaves_the_empty_document() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.execute(Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    let (blank, head) = (shop.till.draft().unwrap().id, *shop.till.chain_head());
    let refused = shop.till.close_period(None, None);
    let needed = closure::Refusal::ApprovalNeeded { capability: Capability::Closure };
    assert!(matches!(&refused, Err(Error::NotClosed(refusal)) if *refusal == needed), "{refused:?}");
    assert_eq!((shop.till.draft().unwrap().id, *shop.till.chain_head()), (blank, head));
    let approval = shop.approval();
    shop.till.close_period(None, Some(approval)).unwrap();
    assert_eq!(shop.till.draft(), None);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_layaway_that_moved_three_times_says_each_number_it_had_with_its_own_date() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    shop.execute(Command::Open(OpenDocument { kind: Kind::Layaway, ..OpenDocument::default() }));
    shop.execute(sell("D"));
    let id = shop.till.draft().unwrap().id;
    let mut numbers = Vec::new();
    for _ in 0..3 {
        shop.execute(pay(TenderKind::Cash, 1_000));
        numbers.push(shop.till.draft().unwrap().number);
        shop.execute(suspend());
        shop.till.close_period(None, None).unwrap();
        shop.clock.advance(chrono::Duration::days(2));
        shop.log_in(MANAGER);
        shop.till.execute(Request::resume(id)).unwrap();
    }
    shop.execute(cash());
    shop.execute(Command::Close);
    let dates: Vec<String> = numbers.iter().map(|number| number.date.to_string()).collect();
    assert_eq!(dates, ["2025-04-06", "2025-04-08", "2025-04-10"]);
    for number in numbers {
        let passed = shop.till.passed_numbers(number.closure).unwrap();
        assert_eq!(passed.iter().map(|one| one.number).collect::<Vec<_>>(), [number]);
        assert!(shop.till.find_document(number).unwrap().is_some(), "{number}");
        let other = DocumentNumber { date: number.date.succ_opt().unwrap(), ..number };
        assert!(shop.till.find_document(other).unwrap().is_none(), "{number} on another day is nobody's");
    }
    shop.check_whole();
}

#[test]
fn a_buyer_who_was_too_young_is_not_looked_older_and_the_audit_trail_knows() {
    let mut setup = setup();
    for product in setup.catalog.products.iter_mut().filter(|product| product.code == "A") {
        product.minimum_age = Some(18);
    }
    let mut shop = Shop::with(setup);
    let beer = |shop: &mut Shop, age| {
        let done = shop.till.execute(Command::AddLine(AddLine::code("A").with_age(age)));
        done.map(drop)
    };
    let born = |date: &str| AgeEvidence::BirthDate(date.parse().unwrap());
    let too_young = |done: Result<(), Error>| {
        assert!(matches!(done, Err(Error::Refused(Refusal::TooYoung { .. }))), "{done:?}");
    };
    too_young(beer(&mut shop, born("2020-01-01")));
    too_young(beer(&mut shop, AgeEvidence::Looked));
    // It is asked again, since the next buyer may be somebody else; looking is not enough.
    let asked = shop.till.execute(Command::AddLine(AddLine::code("A")));
    assert!(matches!(asked, Err(Error::Refused(Refusal::AgeCheckNeeded { minimum_age: 18 }))), "{asked:?}");
    // The document that begins then is that buyer's, and stays theirs while it waits.
    shop.execute(sell("B"));
    too_young(beer(&mut shop, AgeEvidence::Looked));
    beer(&mut shop, born("1990-01-01")).unwrap();
    shop.execute(cash());
    // The next buyer is somebody else.
    beer(&mut shop, AgeEvidence::Looked).unwrap();
    shop.execute(cash());
    shop.log_in(MANAGER);
    let search = AuditSearch { acts: [Act::AgeRefused].into(), ..AuditSearch::default() };
    assert_eq!(shop.till.audit_trail(&search, 10).unwrap().len(), 3);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole { .. }));
}

#[test]
fn a_birth_date_that_was_refused_sells_nothing_to_the_next_buyer_and_concerns_none_who_waited() {
    let mut setup = setup();
    for product in &mut setup.catalog.products {
        product.minimum_age = match product.code.as_str() {
            "A" => Some(18),
            "B" => Some(5),
            _ => None,
        };
    }
    let mut shop = Shop::with(setup);
    let add = |shop: &mut Shop, code: &str, age: Option<AgeEvidence>| {
        let line = AddLine { age, ..AddLine::code(code) };
        shop.till.execute(Command::AddLine(line)).map(drop)
    };
    let too_young = |shop: &mut Shop| {
        let done = add(shop, "A", Some(AgeEvidence::BirthDate("2020-01-01".parse().unwrap())));
        assert!(matches!(done, Err(Error::Refused(Refusal::TooYoung { .. }))), "{done:?}");
    };
    // Five years are enough for B: of whoever stands there now nobody knows them.
    too_young(&mut shop);
    let asked = add(&mut shop, "B", None);
    assert!(matches!(asked, Err(Error::Refused(Refusal::AgeCheckNeeded { minimum_age: 5 }))), "{asked:?}");
    add(&mut shop, "B", Some(AgeEvidence::Looked)).unwrap();
    assert_eq!(shop.till.draft().unwrap().age_check.unwrap().birth_date, None);
    shop.execute(suspend());
    too_young(&mut shop);
    shop.till.resume(shop.till.suspended().unwrap()[0].id).unwrap();
    add(&mut shop, "A", Some(AgeEvidence::Looked)).unwrap();
}

#[test]
fn an_x_report_names_what_was_taken_for_a_sale_that_is_not_finished() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.execute(sell("B"));
    shop.execute(pay(TenderKind::CreditCard, 200));
    shop.execute(pay(TenderKind::Cash, 100));
    assert_eq!(shop.till.x_report().unwrap().underway, minor(300));
    shop.execute(cash());
    assert_eq!(shop.till.x_report().unwrap().underway, minor(0));
}

#[test]
fn a_clock_that_goes_back_is_noticed_and_one_that_is_put_right_is_not() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    for (minutes, told) in [(0, false), (-4, false), (-10, true)] {
        shop.clock.advance(chrono::Duration::minutes(minutes));
        assert_eq!(shop.till.clock_went_back().unwrap(), told, "{minutes}");
    }
}
