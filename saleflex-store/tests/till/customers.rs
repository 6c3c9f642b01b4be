//! Customers and segments at the till: found, merged, forgotten, gathered by rules.

use std::{collections::BTreeSet, fs};

use proptest::prelude::*;
use saleflex_core::{
    checkout::JoinNote,
    customer::{
        Address, CallingCode, CustomerChange, DetailsError, Field, Gender, Likeness, MergeRefusal,
        NotErasable, PhoneRules, PhoneTaken, Purpose, Standing, TrunkPrefix,
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

mod invoices;
mod segments;

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
fn a_merge_moves_points_account_consents_cards_and_history_and_nothing_is_counted_twice() {
    let mut shop = open();
    let mut twin = NewCustomer::named("N1", "Grace Hoper");
    twin.details.phone = Some("0555 1".to_owned());
    twin.account_limit = Some(minor(10_000));
    let (keeps, goes) = (grace(&shop), shop.till.add_customer(&twin).unwrap());
    sold(&mut shop, goes, "4");
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(goes)).unwrap();
    shop.execute(pay(TenderKind::OnAccount, 250));
    shop.till.issue_card(goes, "77").unwrap();
    shop.till.record_consent(goes, Purpose::Email, true, "v1").unwrap();
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(keeps)).unwrap();
    shop.execute(pay(TenderKind::OnAccount, 250));
    let itself = shop.till.merge_customers(keeps, keeps);
    assert!(matches!(itself, Err(Error::NotMerged(MergeRefusal::Itself))), "{itself:?}");
    shop.till.merge_customers(keeps, goes).unwrap();
    let again = shop.till.merge_customers(keeps, goes);
    assert!(matches!(again, Err(Error::NotMerged(MergeRefusal::AlreadyDone))), "{again:?}");
    let known = shop.till.customer(keeps).unwrap().unwrap();
    // Both owed 2.50.
    assert_eq!((known.points, known.account_balance), (Some(Points::new(500 + 10 + 2 + 2)), minor(500)));
    let member = shop.till.membership(goes).unwrap().unwrap();
    assert_eq!((member.customer, member.spending.purchases), (keeps, 3));
    assert_eq!(shop.till.customer_of_card("77").unwrap(), keeps);
    assert!(shop.till.person(keeps).unwrap().unwrap().consents.holds(Purpose::Email));
    assert_eq!(shop.till.person(goes).unwrap().unwrap().standing, Standing::Merged { into: keeps });
    // The history of both is one, and it is that of whichever record is asked for.
    let of = |id| shop.till.documents_of(id, 10).unwrap();
    assert_eq!((of(keeps).len(), of(goes)), (3, of(keeps)));
    assert_eq!(shop.till.documents_of(keeps, 1).unwrap(), of(keeps)[..1]);
    let points = |id| shop.till.point_movements(id, 20).unwrap();
    assert!(points(keeps).iter().any(|row| row.customer == goes), "what was earned under the other record");
    assert_eq!(points(goes), points(keeps));
    // What was sold to the record that went comes back to the one that stayed.
    let sale = of(keeps)[2].id;
    shop.approved(Request::begin_return(sale));
    shop.execute(Command::ReturnLine(saleflex_core::document::ReturnLine {
        line: saleflex_core::ids::LineNo(1),
        quantity: shop::quantity("4"),
        state: saleflex_core::basket::GoodsState::New,
        restock: true,
        reason: None,
        serials: Vec::new(),
    }));
    shop.execute(cash());
    assert_eq!(shop.till.customer(keeps).unwrap().unwrap().points, Some(Points::new(504)));
    // Whoever asks for the old record gets the new one.
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(goes)).unwrap();
    assert_eq!(shop.till.draft().unwrap().customer, Some(keeps));
    check(&shop);
}

#[test]
fn a_record_on_the_open_document_is_merged_into_none_and_it_is_said_that_this_is_why() {
    let mut shop = open();
    let (keeps, goes) = (grace(&shop), add(&mut shop, "N1", "Grace Hoper", ""));
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(goes)).unwrap();
    let refused = shop.till.merge_customers(keeps, goes);
    let why = MergeRefusal::OnDocument { customer: goes };
    assert!(matches!(refused, Err(Error::NotMerged(other)) if other == why), "{refused:?}");
    assert!(shop.till.person(goes).unwrap().unwrap().is_live());
}

#[test]
fn what_people_decided_about_segments_is_kept_in_a_merge_and_only_records_in_use_are_counted() {
    let mut shop = open();
    let (keeps, goes) = (grace(&shop), add(&mut shop, "N1", "Grace Hoper", ""));
    let by_hand = segment(1, Criterion::MinPurchases(100));
    let by_rule = segment(2, Criterion::MinPurchases(1));
    let both = segment(3, Criterion::MinPurchases(100));
    for segment in [&by_hand, &by_rule, &both] {
        shop.till.save_segment(segment.clone()).unwrap();
    }
    sold(&mut shop, goes, "1");
    // In by hand, out by hand against the rule; about the third both were decided.
    for (segment, customer, is_in) in
        [(&by_hand, goes, true), (&by_rule, goes, false), (&both, goes, true), (&both, keeps, false)]
    {
        shop.till.set_segment_member(segment.id, customer, is_in).unwrap();
    }
    shop.till.merge_customers(keeps, goes).unwrap();
    assert_eq!(codes(&shop, keeps), ["S1"]);
    // What was decided holds on: a purchase puts nobody in who is kept out.
    sold(&mut shop, keeps, "1");
    assert_eq!(codes(&shop, keeps), ["S1"]);
    for (segment, size) in [(&by_hand, 1), (&by_rule, 0), (&both, 0)] {
        let members = shop.till.segment_members(segment, 5).unwrap().len();
        assert_eq!(
            (shop.till.segment_size(segment).unwrap(), members),
            (size, usize::try_from(size).unwrap())
        );
    }
    check(&shop);
}

#[test]
fn records_that_may_be_one_person_are_listed() {
    let mut shop = open();
    let mut new = NewCustomer::named("N1", "Ada King");
    new.details.email = Some("ada@example.org".to_owned());
    let one = shop.till.add_customer(&new).unwrap();
    shop.clock.advance(chrono::Duration::seconds(1));
    let mut new = NewCustomer::named("N2", "A King");
    new.details.email = Some("ADA@example.org".to_owned());
    let other = shop.till.add_customer(&new).unwrap();
    let found = shop.till.possible_duplicates().unwrap();
    assert_eq!((found.len(), found[0].older, found[0].newer), (1, one, other));
    assert_eq!(found[0].likeness, [Likeness::Email]);
}

#[test]
fn whose_telephone_becomes_anothers_is_told_listed_and_said_when_they_buy() {
    let mut shop = open();
    let one = add(&mut shop, "N1", "Ada King", "0555 111 22 33");
    shop.clock.advance(chrono::Duration::seconds(1));
    let other = add(&mut shop, "N2", "Ada Kingg", "+90 555 111 22 33");
    assert!(
        shop.till.phone_clashes().unwrap().is_empty() && shop.till.possible_duplicates().unwrap().is_empty()
    );
    sold(&mut shop, other, "1");
    let mut settings = shop.till.settings().clone();
    settings.dialling = PhoneRules::new(CallingCode::parse("90"), TrunkPrefix::Zero);
    shop.till.change_settings(settings).unwrap();
    let taken = PhoneTaken { by: one };
    assert_eq!(shop.till.phone_clashes().unwrap(), [(other, taken)]);
    let found = shop.till.possible_duplicates().unwrap();
    let pair = (found[0].older, found[0].newer, found[0].likeness.as_slice());
    assert_eq!(pair, (one, other, &[Likeness::Phone][..]));
    // The membership of who is a member already stays, and whoever sells hears of it.
    let mut put_on_a_sale = |id| {
        shop.execute(sell("A"));
        let notes = shop.till.assign_customer(Some(id)).unwrap().notes().to_vec();
        shop.execute(cash());
        notes
    };
    assert_eq!(put_on_a_sale(other), [Note::Join(JoinNote::PhoneShared(taken))]);
    assert_eq!(put_on_a_sale(one), []);
    check(&shop);
}

/// Everything of a person who must leave no trace.
const TRACES: [&str; 9] = [
    "Quixotte",
    "Zebulon",
    "0777 314159",
    "777314159",
    "zq@example.org",
    "Windmill Lane",
    "CARD424242",
    "likes windmills",
    "K-QUIX",
];

fn traces(path: &std::path::Path) -> Vec<&'static str> {
    let mut bytes = fs::read(path).unwrap();
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    bytes.extend(fs::read(log).unwrap_or_default());
    let lower = bytes.to_ascii_lowercase();
    let is_there = |text: &&&str| {
        let text = text.to_ascii_lowercase().into_bytes();
        lower.windows(text.len()).any(|window| window == text)
    };
    TRACES.iter().filter(is_there).copied().collect()
}

/// Paper of a customer's documents waits for a printer: the receipt, a copy that bears the number alone, and what is
/// somebody else's.
fn queue_paper(shop: &Shop, id: CustomerId) {
    let sale = &shop.till.documents_of(id, 1).unwrap()[0];
    let job = |document, title: String, line: &str| {
        let mut printout = Printout::new();
        printout.title(line);
        NewJob { document, title, printout }
    };
    let number = sale.number.to_string();
    let jobs = [
        job(Some(sale.id), number.clone(), "Zebulon Quixotte, Windmill Lane"),
        job(None, number, "copy for Zebulon Quixotte"),
        job(None, "of somebody else".to_owned(), "Z"),
    ];
    shop.till.print_queue().unwrap().add(&jobs, None).unwrap();
}

#[test]
fn an_erased_person_leaves_no_trace_in_the_file_and_the_documents_stay() {
    let mut shop = open();
    let mut new = NewCustomer::named("K-QUIX", "Zebulon Quixotte");
    new.details.phone = Some("0777 314159".to_owned());
    new.details.email = Some("zq@example.org".to_owned());
    new.details.address.street = Some("Windmill Lane".to_owned());
    let id = shop.till.add_customer(&new).unwrap();
    sold(&mut shop, id, "4");
    shop.till.issue_card(id, "card424242").unwrap();
    shop.till.grant_points(id, Points::new(5), false, "likes windmills", None).unwrap();
    new.details.note = Some("likes windmills".to_owned());
    shop.till.change_customer(id, &new).unwrap();
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(Command::Suspend { name: Some("Quixotte".to_owned()) });
    assert!(!traces(&shop.path()).is_empty());
    let waiting = shop.till.erase_customer(id);
    assert!(
        matches!(waiting, Err(Error::NotErasable(NotErasable::DocumentsOpen { count: 1 }))),
        "{waiting:?}"
    );
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.execute(Request::cancel_suspended(parked, None));
    queue_paper(&shop, id);
    shop.till.erase_customer(id).unwrap();
    assert_eq!(traces(&shop.path()), Vec::<&str>::new());
    assert_eq!(shop.till.print_queue().unwrap().oldest().unwrap().unwrap().job.title, "of somebody else");
    assert!(matches!(shop.till.erase_customer(id), Err(Error::NotErasable(NotErasable::AlreadyDone))));
    assert_eq!(shop.till.documents_of(id, 10).unwrap().len(), 2);
    assert_eq!(shop.till.point_movements(id, 10).unwrap().len(), 2);
    assert!(matches!(shop.till.assign_customer(Some(id)), Err(Error::NoSuchCustomer { .. })));
    check(&shop);
    let shop = shop.restarted();
    check(&shop);
    let mut everything = Vec::new();
    shop.till.export(&mut everything).unwrap();
    let everything = String::from_utf8(everything).unwrap();
    assert!(TRACES.iter().all(|trace| !everything.contains(trace)));
}

#[test]
fn who_was_erased_elsewhere_is_the_person_that_they_were_merged_into_here() {
    let mut shop = open();
    let gone = shop.till.add_customer(&NewCustomer::named("K-1", "Zebulon Quixotte")).unwrap();
    let kept = shop.till.add_customer(&NewCustomer::named("K-2", "Zeb Quixotte")).unwrap();
    shop.till.merge_customers(kept, gone).unwrap();
    shop.till.take_over_erasure(gone).unwrap();
    let standing = shop.till.person(kept).unwrap().unwrap().standing;
    assert!(matches!(standing, Standing::Erased { .. }), "{standing:?}");
    assert!(shop.till.find_customers("quixotte", 5).unwrap().is_empty());
    shop.till.take_over_erasure(gone).unwrap();
    shop.till.take_over_erasure(CustomerId::new(Uuid::from_u128(404))).unwrap();
    check(&shop);
}

#[test]
fn records_that_name_each_other_end_the_search_for_a_survivor() {
    let mut shop = open();
    let one = shop.till.add_customer(&NewCustomer::named("K-1", "Zebulon Quixotte")).unwrap();
    let other = shop.till.add_customer(&NewCustomer::named("K-2", "Zeb Quixotte")).unwrap();
    let disk = rusqlite::Connection::open(shop.path()).unwrap();
    for (from, into) in [(one, other), (other, one)] {
        let standing = serde_json::to_string(&Standing::Merged { into }).unwrap();
        let sql = "UPDATE customer SET merged_into = ?1, standing = ?2 WHERE id = ?3";
        let (into, from) = (into.uuid().into_bytes(), from.uuid().into_bytes());
        assert_eq!(disk.execute(sql, rusqlite::params![into, standing, from]).unwrap(), 1);
    }
    let refused = shop.till.take_over_erasure(one);
    assert!(matches!(refused, Err(Error::NotErasable(NotErasable::Merged { .. }))), "{refused:?}");
}

#[test]
fn an_account_that_is_not_settled_keeps_a_person() {
    let mut shop = open();
    let id = grace(&shop);
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(pay(TenderKind::OnAccount, 250));
    for refused in [shop.till.erase_customer(id), shop.till.delete_customer(id)] {
        let is_open = matches!(&refused, Err(Error::NotErasable(NotErasable::AccountOpen { balance })) if *balance == minor(250));
        assert!(is_open, "{refused:?}");
    }
    shop.log_in(CASHIER);
    assert!(matches!(shop.till.erase_customer(id), Err(Error::Refused(_))));
}

#[test]
fn a_person_gets_everything_that_is_known() {
    let mut shop = open();
    let id = grace(&shop);
    sold(&mut shop, id, "4");
    shop.till.record_consent(id, Purpose::Email, true, "v1").unwrap();
    let export = shop.till.export_customer(id).unwrap();
    assert_eq!((export.record.name.as_str(), export.code.as_str()), ("Grace", "C1"));
    assert_eq!((export.documents.len(), export.movements.len(), export.record.consents.len()), (1, 2, 1));
    assert_eq!(export.points, Some(Points::new(510)));
    assert!(!format!("{export:?}").contains("Grace"));
}

#[test]
fn what_a_person_gets_tells_purchases_from_returns_and_what_was_bought_in_amounts_of_the_currency() {
    let mut shop = open();
    let id = grace(&shop);
    sold(&mut shop, id, "4");
    let sale = shop.till.documents_of(id, 1).unwrap()[0].id;
    shop.approved(Request::begin_return(sale));
    shop.execute(shop::take_back(1, "1"));
    shop.execute(cash());
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(Command::Cancel { reason: None });
    let given = serde_json::to_value(shop.till.export_customer(id).unwrap()).unwrap();
    assert_eq!((&given["currency"], &given["account_balance"]), (&json!("GBP"), &json!("0.00")));
    let documents = given["documents"].as_array().unwrap().iter();
    let told: Vec<_> = documents
        .map(|one| (one["kind"].clone(), one["is_cancelled"].clone(), one["net_due"].clone()))
        .collect();
    // The latest first; 2.50 a piece.
    let is =
        |kind: &str, is_cancelled: bool, net_due: &str| (json!(kind), json!(is_cancelled), json!(net_due));
    assert_eq!(told[1..], [is("return", false, "2.50"), is("sale", false, "10.00")]);
    assert_eq!((&told[0].0, &told[0].1), (&json!("sale"), &json!(true)));
    let line = &given["documents"][2]["lines"][0];
    assert_eq!((&line["quantity"], &line["value"]), (&json!("4"), &json!("10.00")));
    assert!(line["name"].is_string());
}

/// A person of whom a lot is known.
fn known_well(code: &str) -> NewCustomer {
    let mut new = NewCustomer::named(code, "Zeb Quixotte");
    new.account_limit = Some(minor(5_000));
    new.details.phone = Some("0777 314159".to_owned());
    new.details.email = Some("zq@example.org".to_owned());
    let line = |text: &str| Some(text.to_owned());
    new.details.address = Address {
        street: line("Windmill Lane 1"),
        area: line("Hill"),
        town: line("Leeds"),
        zip: line("LS1"),
    };
    new.details.note = line("rings twice");
    new.details.date_of_birth = "1990-12-31".parse().ok();
    new.details.gender = Some(Gender::Male);
    (new.details.national_id, new.details.tax_id) = (line("N-1"), line("T-1"));
    new.details.preferences = BTreeSet::from(["vip".to_owned()]);
    new
}

#[test]
fn what_a_person_gets_holds_every_field_of_every_record_and_the_reasons_of_points() {
    let mut shop = open();
    shop.till.save_segment(segment(1, Criterion::MinPurchases(1))).unwrap();
    let goes = shop.till.add_customer(&known_well("K-1")).unwrap();
    sold(&mut shop, goes, "4");
    shop.till.grant_points(goes, Points::new(5), false, "likes windmills", None).unwrap();
    let keeps = add(&mut shop, "K-2", "Zebulon Quixotte", "0777 271828");
    shop.till.merge_customers(keeps, goes).unwrap();
    shop.till.issue_card(keeps, "card42").unwrap();
    shop.till.record_consent(keeps, Purpose::Email, true, "v1").unwrap();
    let export = shop.till.export_customer(goes).unwrap();
    assert_eq!(export, shop.till.export_customer(keeps).unwrap(), "whichever record is asked for");
    let reasons: Vec<_> = export.movements.iter().filter_map(|row| row.reason.as_deref()).collect();
    assert_eq!((reasons, export.documents.len()), (vec!["likes windmills"], 1));
    let mut given = serde_json::to_value(&export).unwrap();
    let person = |id| shop.till.person(id).unwrap().unwrap();
    let said = |id, name: &str, phone: &str| {
        json!({
            "id": id, "name": name, "last_name": "Quixotte", "phone": phone, "phone_key": null,
            "email": "zq@example.org", "address": ["Windmill Lane 1", "Hill", "Leeds", "LS1"],
            "note": "rings twice", "date_of_birth": "1990-12-31", "gender": "male", "national_id": "N-1",
            "tax_id": "T-1", "preferences": ["vip"], "consents": [], "source": "pos",
            "registered_at": person(id).registered_at,
        })
    };
    let mut earlier = said(goes, "Zeb", "0777 314159");
    earlier["code"] = json!("K-1");
    let mut expected = said(keeps, "Zebulon", "0777 271828");
    expected["phone_key"] = json!(person(keeps).phone_key.map(|key| key.as_str().to_owned()));
    expected["consents"] = json!(person(keeps).consents.statements());
    for (name, value) in [
        ("code", json!("K-2")),
        ("earlier", json!([earlier])),
        ("currency", json!("GBP")),
        ("account_limit", json!("50.00")),
        ("account_balance", json!("0.00")),
        ("tier", json!("BASE")),
        ("points", json!(15)),
        ("cards", json!(["CARD42"])),
        ("segments", json!(["S1"])),
        ("movements", given["movements"].take()),
        ("documents", given["documents"].take()),
    ] {
        expected[name] = value;
    }
    (given["movements"], given["documents"]) = (expected["movements"].clone(), expected["documents"].clone());
    assert_eq!(given, expected);
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
        segment(1, Criterion::All(Vec::new())),
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
