//! Customers and segments at the till: found, merged, forgotten, gathered by rules.

use std::{collections::BTreeSet, fs};

use proptest::prelude::*;
use saleflex_core::{
    checkout::JoinNote,
    customer::{
        Address, CallingCode, Consent, CustomerChange, DetailsError, Field, Gender, Likeness, MergeRefusal,
        NotErasable, PhoneRules, PhoneTaken, Purpose, Source, Standing, TrunkPrefix,
        segment::{Birthday, Criterion, Goods, Segment},
    },
    document::{Command, Refusal},
    ids::{CustomerId, SegmentId},
    journal::Event,
    printout::Printout,
    quantity::Points,
    tender::TenderKind,
    time::Moment,
};
use saleflex_store::{
    Error, Request, Till,
    customer::{ImportFault, NewCustomer},
    printing::NewJob,
    request::Note,
    shell::ManualShell,
    verify::Verification,
};
use serde_json::json;
use uuid::Uuid;

use crate::support::shop::{
    self, ADMIN, CASHIER, MANAGER, Shop, cash, minor, morning, pay, product, sell, sell_some, suspend,
};

mod erased;
mod invoices;
mod merged;
mod segments;
mod told;

fn open() -> Shop {
    let mut shop = Shop::with(shop::setup_with_points());
    shop.log_in(ADMIN);
    shop
}

fn grace(shop: &Shop) -> CustomerId {
    shop.till.find_customers("hopper", 1).unwrap()[0].id
}

fn add(shop: &mut Shop, code: &str, name: &str, phone: &str) -> CustomerId {
    let mut new = NewCustomer::named(code, name);
    new.details.phone = (!phone.is_empty()).then(|| phone.to_owned());
    shop.till.add_customer(&new).unwrap()
}

fn check(shop: &Shop) {
    shop.expect_each_event_to_travel_as_its_own();
    let found = shop.till.verify().unwrap();
    assert!(matches!(found, Verification::Whole(_)), "{found:?}");
}

/// Sells so many of A to a customer.
fn sold(shop: &mut Shop, id: CustomerId, how_many: &str) {
    shop.execute(sell_some("A", how_many));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(cash());
}

#[test]
fn one_telephone_is_one_customer_however_it_is_typed_c3() {
    let mut shop = open();
    let mut settings = shop.till.settings().clone();
    settings.dialling = PhoneRules::new(CallingCode::parse("90"), TrunkPrefix::Zero);
    // Keys are worked out anew in the same step.
    shop.till.change_settings(settings).unwrap();
    for typed in ["+90 532 111 22 33", "0090 532 111 22 33", "532-111-22-33", "0 (532) 111 22 33"] {
        assert_eq!(shop.till.find_customers(typed, 5).unwrap().len(), 1, "{typed}");
        let mut new = NewCustomer::named("N1", "Ada King");
        new.details.phone = Some(typed.to_owned());
        let refused = shop.till.add_customer(&new);
        assert!(matches!(&refused, Err(Error::PhoneTaken(taken)) if taken.by == grace(&shop)), "{refused:?}");
    }
    // One that is out of use blocks nobody.
    let id = grace(&shop);
    shop.till.delete_customer(id).unwrap();
    let id = add(&mut shop, "N1", "Ada King", "+905321112233");
    let known = shop.till.person(id).unwrap().unwrap();
    assert_eq!(known.phone_key.unwrap().as_str(), "905321112233");
    assert!(shop.till.find_customers("hopper", 5).unwrap().is_empty());
    check(&shop);
}

#[test]
fn a_telephone_without_a_digit_is_refused_where_it_is_typed_and_stays_where_it_stood() {
    let mut shop = open();
    let is_refused = |done: Result<(), Error>| matches!(done, Err(Error::Details(DetailsError::NoDigit)));
    let mut new = NewCustomer::named("N1", "Ada King");
    new.details.phone = Some("abc".to_owned());
    assert!(is_refused(shop.till.add_customer(&new).map(drop)));
    new.details.phone = Some("000".to_owned());
    let id = shop.till.add_customer(&new).unwrap();
    assert_eq!(shop.till.person(id).unwrap().unwrap().phone_key, None, "zeros are no number");
    new.details.phone = Some("none".to_owned());
    assert!(is_refused(shop.till.change_customer(id, &new)));
    // Files of other systems have it, and a record that came so is changed all the same.
    let file = "code,name,last_name,phone\nN2,Alan,Turing,n/a\n";
    let import = shop.till.read_customers(file.as_bytes(), Moment::utc(morning()));
    assert_eq!(shop.till.import_customers(import, false).unwrap(), 1);
    let id = shop.till.customer_with_code("N2").unwrap().unwrap().id;
    let mut details = shop.till.person(id).unwrap().unwrap().details;
    details.note = Some("asks by letter".to_owned());
    let changed = NewCustomer { code: "N2".to_owned(), details, ..NewCustomer::default() };
    shop.till.change_customer(id, &changed).unwrap();
    check(&shop);
}

#[test]
fn keys_with_the_zeros_of_a_calling_code_are_made_anew_when_the_file_is_opened() {
    let mut shop = open();
    let mut settings = shop.till.settings().clone();
    settings.dialling = PhoneRules::new(CallingCode::parse("90"), TrunkPrefix::Zero);
    shop.till.change_settings(settings).unwrap();
    let disk = rusqlite::Connection::open(shop.path()).unwrap();
    // As an earlier version left it, where the setting was 0090.
    let zeros = "UPDATE customer SET phone_key = '00' || phone_key WHERE phone_key IS NOT NULL";
    assert_eq!(disk.execute(zeros, []).unwrap(), 1);
    drop(disk);
    let shop = shop.restarted();
    let known = shop.till.find_customers("+90 532 111 22 33", 5).unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(shop.till.person(known[0].id).unwrap().unwrap().phone_key.unwrap().as_str(), "905321112233");
}

#[test]
fn searching_ignores_case_and_wildcards_are_letters_like_others() {
    let mut shop = open();
    add(&mut shop, "N1", "İpek Işık", "");
    add(&mut shop, "N2", "A_b Perc%nt", "");
    assert_eq!(shop.till.find_customers("IPEK", 5).unwrap().len(), 1);
    assert_eq!(shop.till.find_customers("a_b", 5).unwrap().len(), 1);
    assert_eq!(shop.till.find_customers("%", 5).unwrap().len(), 1);
    assert_eq!(shop.till.find_customers("a%b", 5).unwrap().len(), 0);
    let names: Vec<String> =
        shop.till.find_customers("", 5).unwrap().into_iter().map(|customer| customer.name).collect();
    assert_eq!(names, ["Grace Hopper", "İpek Işık", "A_b Perc%nt"]);
}

#[test]
fn how_people_shop_is_told_by_visits_hours_and_what_they_take_together() {
    let mut shop = open();
    let (id, other) = (grace(&shop), add(&mut shop, "C2", "Ada King", ""));
    for customer in [id, id, other] {
        shop.execute(sell("B"));
        sold(&mut shop, customer, "2");
    }
    shop.execute(sell("B"));
    shop.execute(cash());
    let day = shop.till.now().local.date();
    let found = shop.till.shopping(day, day).unwrap();
    assert_eq!((found.sales, found.known, found.customers, found.returning), (4, 3, 2, 1));
    assert_eq!((found.products, found.amount), (7, minor(3 * 999 + 499)));
    assert_eq!(found.hours.values().sum::<u64>(), 4);
    let together: Vec<_> = found.together.iter().map(|pair| (pair.products, pair.sales)).collect();
    assert_eq!(together, [((product("A"), product("B")), 3)]);
    shop.till.merge_customers(id, other).unwrap();
    let found = shop.till.shopping(day, day).unwrap();
    assert_eq!((found.customers, found.returning), (1, 1), "they are one by now");
    assert_eq!(shop.till.shopping(day.succ_opt().unwrap(), day.succ_opt().unwrap()).unwrap().sales, 0);
}

#[test]
fn what_a_person_agreed_to_is_kept_with_time_and_words_and_can_be_taken_back() {
    let mut shop = open();
    let id = grace(&shop);
    assert!(shop.till.marketing_profile(id).unwrap().channels.is_empty());
    shop.till.record_consent(id, Purpose::Marketing, true, "offers v2").unwrap();
    shop.till.record_consent(id, Purpose::Sms, true, "by SMS").unwrap();
    assert_eq!(shop.till.marketing_profile(id).unwrap().channels.len(), 1);
    shop.till.record_consent(id, Purpose::Marketing, false, "offers v2").unwrap();
    assert!(shop.till.marketing_profile(id).unwrap().channels.is_empty());
    assert!(matches!(shop.till.record_consent(id, Purpose::Sms, true, " "), Err(Error::BadRecord { .. })));
    let to_come = shop.till.now().local + chrono::Duration::minutes(1);
    let at = shop.till.at_local(to_come);
    let (purpose, source, wording) = (Purpose::Sms, Source::Website, "v2".to_owned());
    let said = shop.till.record_statement(id, &Consent { purpose, given: true, at, source, wording });
    assert!(matches!(said, Err(Error::BadRecord { .. })), "nobody has said it yet");
    let shop = shop.restarted();
    let said = shop.till.person(id).unwrap().unwrap().consents;
    let said: Vec<_> =
        said.statements().iter().map(|said| (said.purpose, said.given, said.wording.clone())).collect();
    assert_eq!(said.len(), 3);
    assert_eq!(said[2], (Purpose::Marketing, false, "offers v2".to_owned()));
    check(&shop);
}

#[test]
fn store_credit_for_goods_that_came_back_is_spent_once_and_an_exchange_leaves_it_alone() {
    let mut shop = open();
    let customer = add(&mut shop, "N1", "Ida Rhodes", "0555 1");
    shop.execute(sell_some("A", "2"));
    shop.till.assign_customer(Some(customer)).unwrap();
    let sale = shop.execute(cash()).completed()[0].document().id;
    let balance = |shop: &Shop| shop.till.customer(customer).unwrap().unwrap().account_balance;
    shop.approved(Request::begin_return(sale));
    shop.execute(shop::take_back(1, "1"));
    shop.execute(pay(TenderKind::StoreCredit, 250));
    assert_eq!(balance(&shop), minor(-250));
    shop.approved(Request::begin_return(sale));
    shop.execute(shop::take_back(1, "1"));
    shop.execute(Command::ExchangeForSale);
    shop.execute(sell_some("A", "2"));
    shop.execute(pay(TenderKind::StoreCredit, 100));
    shop.execute(cash());
    assert_eq!(balance(&shop), minor(-150), "what the halves settle of each other is nobody's credit");
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(customer)).unwrap();
    let more = shop.till.execute(pay(TenderKind::StoreCredit, 151));
    assert!(matches!(more, Err(Error::Refused(Refusal::AccountLimit { .. }))), "{more:?}");
    shop.execute(pay(TenderKind::StoreCredit, 150));
    shop.execute(cash());
    assert_eq!(balance(&shop), minor(0));
    check(&shop);
}

#[test]
fn who_is_not_born_yet_is_no_customer_neither_typed_nor_in_a_file() {
    let mut shop = open();
    let mut new = NewCustomer::named("N1", "Ada King");
    new.details.date_of_birth = "2999-01-01".parse().ok();
    let is_refused = |done: Result<(), Error>| matches!(done, Err(Error::Details(DetailsError::NotBorn)));
    assert!(is_refused(shop.till.add_customer(&new).map(drop)));
    new.details.date_of_birth = Some(shop.till.now().local.date());
    let id = shop.till.add_customer(&new).unwrap();
    new.details.date_of_birth = "2999-01-01".parse().ok();
    assert!(is_refused(shop.till.change_customer(id, &new)));
    let file = "code,name,last_name,date_of_birth\nN2,Alan,Turing,2999-01-01\nN3,Joan,Clarke,1917-06-24\n";
    let at = Moment::utc(morning());
    let checked = shop.till.check_import(shop.till.read_customers(file.as_bytes(), at), at).unwrap();
    let told = [(2, ImportFault::Details(DetailsError::NotBorn))];
    assert_eq!((checked.customers.len(), checked.faults.as_slice()), (1, told.as_slice()));
}

#[test]
fn a_file_is_taken_over_whole_or_the_good_lines_alone_and_twice_changes_nothing() {
    let mut shop = open();
    let file = "code,name,last_name,phone\nN1,Ada,King,0555 1\nC1,Taken,Code,0532 111 22 33\nN2,Free,Phone,\nN3,,Nameless,\nN4,Alan,Turing,\n";
    let import = shop.till.read_customers(file.as_bytes(), Moment::utc(morning()));
    assert_eq!((import.customers.len(), import.faults.len()), (4, 1));
    let head = *shop.till.chain_head();
    let checked = shop.till.check_import(import.clone(), Moment::utc(morning())).unwrap();
    let told = [
        (3, ImportFault::CodeTaken),
        (3, ImportFault::PhoneTaken { by: Some(grace(&shop)) }),
        (5, ImportFault::Details(DetailsError::Required { field: Field::Name })),
    ];
    assert_eq!((checked.customers.len(), checked.faults.as_slice()), (3, told.as_slice()));
    let refused = shop.till.import_customers(import.clone(), false);
    let is_told = matches!(refused, Err(Error::Import { count: 3, line: 3, fault: ImportFault::CodeTaken }));
    assert!(is_told, "{refused:?}");
    assert_eq!(*shop.till.chain_head(), head);
    assert_eq!(shop.till.import_customers(import, true).unwrap(), 3);
    let again = shop.till.read_customers(file.as_bytes(), Moment::utc(morning()));
    assert_eq!(shop.till.import_customers(again, true).unwrap(), 0);
    assert_eq!(shop.till.find_customers("", 10).unwrap().len(), 4);
    check(&shop);
}

#[test]
fn a_hundred_thousand_rows_with_faults_between_them_are_taken_over_in_one_step() {
    let mut shop = open();
    let line = |no: u32| {
        let last = if no % 1_000 == 7 { "" } else { "Someone" };
        format!("X{no},Name{no},{last},+44{no:09}")
    };
    let lines = std::iter::once("code,name,last_name,phone".to_owned()).chain((0..100_000).map(line));
    let file = lines.collect::<Vec<_>>().join("\n");
    let import = shop.till.read_customers(file.as_bytes(), Moment::utc(morning()));
    assert_eq!(import.faults.len(), 100);
    assert_eq!(import.faults[1].0, 1_009);
    let head = shop.till.chain_head().seq;
    // The number of nothing but zeros behind the country is a number too.
    assert_eq!(shop.till.import_customers(import, true).unwrap(), 99_900);
    // In one step, and no entry is larger than a hub takes.
    assert_eq!(shop.till.chain_head().seq, head + 500);
    let names = |seq| {
        let event = shop.till.entry(seq).unwrap().event;
        let Event::Customer(CustomerChange::Imported { customers }) = event else { panic!("{event:?}") };
        customers.len()
    };
    assert_eq!((names(head + 1), names(head + 499), names(head + 500)), (200, 200, 100));
    assert_eq!(shop.till.find_customers("name99999", 10).unwrap().len(), 1);
}

fn segment(no: u128, criterion: Criterion) -> Segment {
    Segment {
        id: SegmentId::new(Uuid::from_u128(no)),
        code: format!("S{no}"),
        name: format!("Segment {no}"),
        description: None,
        criterion,
        is_active: true,
        display_order: 0,
    }
}

fn codes(shop: &Shop, id: CustomerId) -> Vec<String> {
    shop.till.marketing_profile(id).unwrap().segments
}

#[test]
fn a_segment_follows_sales_returns_time_and_changes_of_its_rules() {
    let mut shop = open();
    let id = grace(&shop);
    shop.till.save_segment(segment(1, Criterion::MinPurchases(2))).unwrap();
    shop.till.save_segment(segment(2, Criterion::NotSeenFor { days: 90 })).unwrap();
    sold(&mut shop, id, "4");
    assert!(codes(&shop, id).is_empty());
    sold(&mut shop, id, "4");
    assert_eq!(codes(&shop, id), ["S1"]);
    // Time alone makes somebody stay away, at the start of the day.
    shop.clock.advance(chrono::Duration::days(90));
    shop.log_in(CASHIER);
    assert_eq!(codes(&shop, id), ["S1", "S2"]);
    sold(&mut shop, id, "1");
    assert_eq!(codes(&shop, id), ["S1"]);
    shop.log_in(ADMIN);
    shop.till.save_segment(segment(1, Criterion::MinPurchases(4))).unwrap();
    assert!(codes(&shop, id).is_empty());
    let off = Segment { is_active: false, ..segment(1, Criterion::MinPurchases(1)) };
    shop.till.save_segment(off.clone()).unwrap();
    assert_eq!((codes(&shop, id).len(), shop.till.segment_size(&off).unwrap()), (0, 0));
    assert!(shop.till.segment_members(&off, 5).unwrap().is_empty());
    check(&shop);
}

#[test]
fn what_a_person_decided_about_a_segment_the_rules_do_not_undo() {
    let mut shop = open();
    let id = grace(&shop);
    let (one, other) = (segment(1, Criterion::MinPurchases(1)), segment(2, Criterion::MinPurchases(100)));
    for segment in [&one, &other] {
        shop.till.save_segment(segment.clone()).unwrap();
    }
    shop.till.set_segment_member(one.id, id, false).unwrap();
    shop.till.set_segment_member(other.id, id, true).unwrap();
    sold(&mut shop, id, "1");
    assert_eq!(codes(&shop, id), ["S2"]);
    assert_eq!(shop.till.segment_members(&other, 5).unwrap().len(), 1);
    let unknown = SegmentId::new(Uuid::from_u128(99));
    assert!(matches!(shop.till.set_segment_member(unknown, id, true), Err(Error::NoSuchSegment { .. })));
    check(&shop);
}

#[test]
fn a_segment_asks_what_was_bought_by_members_and_by_others() {
    let mut shop = open();
    let member = grace(&shop);
    let other = add(&mut shop, "N1", "Ada King", "");
    let bought = |code| Criterion::Bought {
        goods: Goods { products: BTreeSet::from([product(code)]), departments: BTreeSet::new() },
        times: 2,
        within_days: Some(30),
    };
    shop.till.save_segment(segment(1, bought("A"))).unwrap();
    for id in [member, other, member, other] {
        assert!(codes(&shop, id).is_empty());
        sold(&mut shop, id, "1");
    }
    assert_eq!((codes(&shop, member).len(), codes(&shop, other).len()), (1, 1));
    let count = shop.till.preview_segment(&bought("B"), morning().date_naive()).unwrap();
    assert_eq!((count.matching, count.of), (0, 2));
    shop.clock.advance(chrono::Duration::days(31));
    shop.log_in(CASHIER);
    assert!(codes(&shop, member).is_empty());
    check(&shop);
}

#[test]
fn a_segment_that_cannot_be_is_refused() {
    let mut shop = open();
    for bad in [
        segment(1, Criterion::Not(Box::new(Criterion::All(Vec::new())))),
        segment(1, Criterion::Birthday(Birthday::Month(13))),
        Segment { code: " ".to_owned(), ..segment(1, Criterion::PrefersVip) },
    ] {
        assert!(matches!(shop.till.save_segment(bad), Err(Error::Segment(_))));
    }
    shop.till.save_segment(segment(1, Criterion::PrefersVip)).unwrap();
    let twin = Segment { code: "S1".to_owned(), ..segment(2, Criterion::PrefersVip) };
    assert!(matches!(shop.till.save_segment(twin), Err(Error::Taken { .. })));
    shop.log_in(MANAGER);
    assert!(matches!(
        shop.till.preview_segment(&Criterion::Any(Vec::new()), morning().date_naive()),
        Err(Error::Segment(_))
    ));
}

#[derive(Clone, Debug)]
enum Act {
    Sell(usize, u8),
    Days(u8),
    Restart,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_in_a_segment_meets_its_rules_by_a_naive_look(acts in prop::collection::vec(
        prop_oneof![
            4 => (0_usize..3, 1_u8..4).prop_map(|(who, how_many)| Act::Sell(who, how_many)),
            2 => (1_u8..60).prop_map(Act::Days),
            1 => Just(Act::Restart),
        ], 1..18,
    )) {
        let mut shop = open();
        let people = [grace(&shop), add(&mut shop, "N1", "Ada King", ""), add(&mut shop, "N2", "Alan T", "")];
        shop.till.save_segment(segment(1, Criterion::MinLifetimeSpending(minor(1_500)))).unwrap();
        shop.till.save_segment(segment(2, Criterion::PurchasesWithin { days: 40, at_least: 2 })).unwrap();
        let mut bought: Vec<(usize, i64, chrono::NaiveDate)> = Vec::new();
        for act in acts {
            match act {
                Act::Sell(who, how_many) => {
                    sold(&mut shop, people[who], &how_many.to_string());
                    bought.push((who, 250 * i64::from(how_many), shop.till.now().local.date()));
                }
                Act::Days(days) => {
                    shop.clock.advance(chrono::Duration::days(days.into()));
                    shop.till.start_day().unwrap();
                }
                Act::Restart => {
                    shop = shop.restarted();
                    shop.log_in(ADMIN);
                }
            }
            let today = shop.till.now().local.date();
            for (who, id) in people.into_iter().enumerate() {
                let own = || bought.iter().filter(move |(of, ..)| *of == who);
                let mut expected = Vec::new();
                if own().map(|(_, amount, _)| amount).sum::<i64>() >= 1_500 {
                    expected.push("S1");
                }
                if own().filter(|(.., on)| (today - *on).num_days() < 40).count() >= 2 {
                    expected.push("S2");
                }
                prop_assert_eq!(codes(&shop, id), expected);
            }
        }
        check(&shop);
    }
}

#[test]
fn a_till_of_an_earlier_version_keeps_its_balances_of_points() {
    let mut shop = Shop::with(shop::setup());
    let id = grace(&shop);
    shop.execute(sell("A"));
    shop.execute(suspend());
    let (folder, path) = shop.stopped();
    // As the version before left it: a number of points, and no program but a setting.
    let disk = rusqlite::Connection::open(&path).unwrap();
    disk.execute("UPDATE customer SET points = 77", []).unwrap();
    let program = serde_json::to_string(&shop::program()).unwrap();
    disk.execute("INSERT INTO loyalty_program (id, definition) VALUES (x'00', ?1)", [program]).unwrap();
    drop(disk);
    for _ in 0..2 {
        let till = Till::open(&path, ManualShell::starting(morning(), 3)).unwrap();
        assert_eq!(till.customer(id).unwrap().unwrap().points, Some(Points::new(77)));
        assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
        assert_eq!(till.point_movements(id, 5).unwrap().len(), 1);
    }
    drop(folder);
}
