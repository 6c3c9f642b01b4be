use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};

use super::*;
use crate::money::Money;

fn at(second: i64) -> Moment {
    Moment::utc(DateTime::from_timestamp(second, 0).unwrap())
}

fn id(number: u128) -> CustomerId {
    CustomerId::new(Uuid::from_u128(number))
}

fn rules() -> PhoneRules {
    PhoneRules::new(CallingCode::parse("90"), TrunkPrefix::Zero)
}

fn details(name: &str, phone: &str) -> CustomerDetails {
    CustomerDetails {
        name: name.into(),
        last_name: "Yılmaz".into(),
        phone: Some(phone.into()),
        ..CustomerDetails::default()
    }
    .checked()
    .unwrap()
}

fn person(number: u128, name: &str, phone: &str) -> Customer {
    let seconds = i64::try_from(number).unwrap();
    Customer::register(id(number), details(name, phone), &rules(), at(seconds), Source::Pos)
}

#[test]
fn details_are_trimmed_and_what_is_empty_is_left_out() {
    let typed = CustomerDetails {
        name: " Ayşe ".into(),
        last_name: "Yılmaz".into(),
        phone: Some("  ".into()),
        email: Some(" a@b.c ".into()),
        ..CustomerDetails::default()
    };
    let checked = typed.checked().unwrap();
    assert_eq!(
        (checked.name.as_str(), checked.phone, checked.email.as_deref()),
        ("Ayşe", None, Some("a@b.c"))
    );
}

#[test]
fn both_names_are_required_and_said_so() {
    let nameless = CustomerDetails { last_name: "Y".into(), ..CustomerDetails::default() };
    assert_eq!(nameless.checked(), Err(DetailsError::Required { field: Field::Name }));
    let long = CustomerDetails { note: Some("x".repeat(101)), ..details("A", "1") };
    assert_eq!(long.checked(), Err(DetailsError::TooLong { field: Field::Note, longest: 100 }));
    let control = CustomerDetails { email: Some("a\nb".into()), ..details("A", "1") };
    assert_eq!(control.checked(), Err(DetailsError::ControlCharacter { field: Field::Email }));
    let turned = CustomerDetails { last_name: "\u{202e}gnik".into(), ..details("A", "1") };
    assert_eq!(turned.checked(), Err(DetailsError::ControlCharacter { field: Field::LastName }));
}

#[test]
fn a_telephone_that_is_typed_has_a_digit_of_whatever_script() {
    let typed = |phone: &str| details("A", phone).check_dialled();
    for none in ["abc", "n/a", "---", "\u{b2}"] {
        assert_eq!(typed(none), Err(DetailsError::NoDigit), "{none}");
    }
    for number in ["0", "ext 4", "\u{665}", "12345678901234567890"] {
        assert_eq!(typed(number), Ok(()), "{number}");
    }
    assert_eq!(CustomerDetails::default().check_dialled(), Ok(()), "none is none");
}

#[test]
fn an_empty_phone_has_no_key() {
    assert_eq!(person(1, "Ayşe", " ").phone_key, None);
    let cleared = person(1, "Ayşe", "05321112233").change(details("Ayşe", ""), &rules()).unwrap();
    assert_eq!((cleared.phone_key, cleared.revision), (None, 2));
}

#[test]
fn a_phone_another_live_customer_has_is_refused_with_that_customers_id() {
    let others = [person(1, "Ayşe", "05321112233"), person(2, "Ali", "05329998877")];
    let key = details("Can", "+90 532 111 22 33").phone_key(&rules());
    assert_eq!(check_phone(key.as_ref(), id(3), &others), Err(PhoneTaken { by: id(1) }));
    assert_eq!(check_phone(key.as_ref(), id(1), &others), Ok(()));
    assert_eq!(check_phone(None, id(3), &others), Ok(()));
}

#[test]
fn a_deleted_customer_does_not_block_its_phone_c3() {
    let gone = Customer { standing: Standing::Deleted, ..person(1, "Ayşe", "05321112233") };
    assert_eq!(check_phone(gone.phone_key.as_ref(), id(2), [&gone]), Ok(()));
}

#[test]
fn a_change_of_the_calling_code_rekeys_everyone_in_one_step_c2() {
    let people = [
        person(1, "Ayşe", "0532 111 22 33"),
        person(2, "Ali", "+44 20 7946 0101"),
        person(3, "Can", "905321112233"),
    ];
    let british = PhoneRules::new(CallingCode::parse("44"), TrunkPrefix::Zero);
    let rekeyed = rekey(&people, &british);
    let keys: Vec<_> =
        rekeyed.changed.iter().map(|(id, key)| (*id, key.as_ref().map(PhoneKey::as_str))).collect();
    assert_eq!(keys, [(id(1), Some("445321112233")), (id(3), Some("44905321112233"))]);
    let back = rekey(&people, &rules());
    assert_eq!(back.clashes, [(id(3), PhoneTaken { by: id(1) })], "the older record keeps the key");
}

#[test]
fn the_walk_in_is_found_by_its_flag_and_the_oldest_counts_c4() {
    let named = person(1, "Walk-in", "1");
    let newer = Customer { id: id(9), ..Customer::walk_in(at(50)) };
    let older = Customer { id: id(8), ..Customer::walk_in(at(40)) };
    assert_eq!(walk_in([&named]), None);
    assert_eq!(walk_in([&named, &newer, &older]).map(|found| found.id), Some(id(8)));
    assert_eq!(Customer::walk_in(at(0)).id, WALK_IN);
    assert_eq!(older.change(details("A", "1"), &rules()), Err(NotEditable::WalkIn));
}

#[test]
fn a_search_finds_parts_of_names_mail_and_phone_and_the_phone_however_written() {
    let mut ali = person(2, "Ali", "0532 999 88 77");
    ali.details.email = Some("ali_100%@example.org".into());
    let people = [person(1, "Ayşe", "0532 111 22 33"), ali, Customer::walk_in(at(0))];
    let found = |term: &str| -> Vec<CustomerId> {
        Search::new(term, &rules()).among(&people).into_iter().map(|one| one.id).collect()
    };
    assert_eq!(found(""), [id(2), id(1)], "everyone but the walk-in, by last name and name");
    assert_eq!(found("ayş"), [id(1)]);
    assert_eq!(found("+90 (532) 999-88-77"), [id(2)]);
    assert_eq!(found("%"), [id(2)], "a percent sign is a percent sign");
    assert_eq!(found("EXAMPLE"), [id(2)]);
    assert!(found("_xample").is_empty());
    assert_eq!([found("YILMAZ").len(), found("yilmaz").len(), found("yılmaz").len()], [2, 2, 2]);
}

#[test]
fn duplicates_are_paired_with_the_oldest_record_and_the_surest_come_first() {
    let born = NaiveDate::from_ymd_opt(1990, 1, 1);
    let mut people =
        [person(1, "Ayşe", "05321112233"), person(2, "AYŞE", "05321112233"), person(3, "Ali", "5")];
    people[0].details.date_of_birth = born;
    people[1].details.date_of_birth = born;
    people[2].details.email = Some("A@B.c".into());
    let mut other = person(4, "Veli", "6");
    other.details.email = Some("a@b.C".into());
    let found = duplicates(people.iter().chain([&other]), &PhoneRules::default());
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].older, found[0].newer), (id(1), id(2)));
    assert_eq!(found[0].likeness, [Likeness::Phone, Likeness::NameAndBirth]);
    assert_eq!(
        (found[1].older, found[1].newer, &found[1].likeness[..]),
        (id(3), id(4), &[Likeness::Email][..])
    );
}

#[test]
fn a_merge_fills_what_the_survivor_lacks_and_leads_old_ids_to_it() {
    let survivor = Customer::register(id(2), details("Ayşe", ""), &rules(), at(20), Source::Website);
    let mut absorbed = person(1, "Ayse", "05321112233");
    absorbed.details.email = Some("a@b.c".into());
    absorbed.consents.record(Consent {
        purpose: Purpose::Marketing,
        given: true,
        at: at(5),
        source: Source::Pos,
        wording: "v1".into(),
    });
    let merged = merge(&survivor, &absorbed).unwrap();
    assert_eq!(merged.survivor.details.name, "Ayşe");
    assert_eq!(merged.survivor.details.email.as_deref(), Some("a@b.c"));
    assert_eq!(merged.survivor.phone_key, absorbed.phone_key);
    assert!(merged.survivor.consents.holds(Purpose::Marketing));
    assert_eq!((merged.survivor.registered_at, merged.survivor.source), (at(1), Source::Pos));
    assert_eq!(
        (merged.absorbed.standing, &merged.absorbed.phone_key),
        (Standing::Merged { into: id(2) }, &None)
    );
    assert_eq!(merge(&merged.survivor, &merged.absorbed), Err(MergeRefusal::AlreadyDone));
    let chain = BTreeMap::from([(id(1), id(2)), (id(2), id(3))]);
    assert_eq!((resolve(id(1), &chain), resolve(id(7), &chain)), (id(3), id(7)));
    let circle = BTreeMap::from([(id(1), id(2)), (id(2), id(1))]);
    assert_eq!(resolve(id(1), &circle), id(1), "a damaged chain ends");
}

#[test]
fn the_key_of_a_telephone_goes_with_its_text_in_a_merge() {
    // What the survivor has for a telephone is none.
    let survivor = person(2, "Ayşe", "n/a");
    let absorbed = person(1, "Ayse", "05321112233");
    assert!(survivor.phone_key.is_none() && absorbed.phone_key.is_some());
    let merged = merge(&survivor, &absorbed).unwrap().survivor;
    assert_eq!(merged.details.phone.as_deref(), Some("05321112233"));
    assert_eq!(merged.phone_key, merged.details.phone_key(&rules()), "as the next change works it out");
}

#[test]
fn a_person_is_not_merged_with_itself_nor_with_the_walk_in_nor_with_a_record_out_of_use() {
    let (one, other) = (person(1, "A", "1"), person(2, "B", "2"));
    assert_eq!(merge(&one, &one), Err(MergeRefusal::Itself));
    assert_eq!(merge(&one, &Customer::walk_in(at(0))), Err(MergeRefusal::WalkIn));
    let gone = Customer { standing: Standing::Deleted, ..other };
    assert_eq!(merge(&one, &gone), Err(MergeRefusal::NotLive { customer: id(2) }));
}

#[test]
fn an_erasure_leaves_ids_and_dates_and_nothing_of_the_person_in_any_merged_record() {
    let (survivor, first) = (person(3, "Ayşe", "05321112233"), person(1, "Ayse", "7"));
    let middle = merge(&person(2, "Ayşem", "8"), &first).unwrap();
    let last = merge(&survivor, &middle.survivor).unwrap();
    let stranger = person(9, "Ali", "9");
    let absorbed = [&middle.absorbed, &last.absorbed, &stranger];
    let erased = erase(&last.survivor, absorbed, Holding::default(), at(99)).unwrap();
    assert_eq!(erased.change, CustomerChange::Erased { customers: vec![id(3), id(2), id(1)], at: at(99) });
    for record in &erased.records {
        assert_eq!(record.details, CustomerDetails::default());
        assert_eq!((&record.phone_key, record.standing), (&None, Standing::Erased { at: at(99) }));
    }
    let again = erase(&erased.records[0], [], Holding::default(), at(100));
    assert_eq!(again.unwrap_err(), NotErasable::AlreadyDone);
}

#[test]
fn nobody_is_erased_while_money_or_documents_wait() {
    let person = person(1, "A", "1");
    let owing = Holding { account_balance: Money::from_minor(5), open_documents: 0 };
    let balance = Money::from_minor(5);
    assert_eq!(erase(&person, [], owing, at(0)).unwrap_err(), NotErasable::AccountOpen { balance });
    let waiting = Holding { account_balance: Money::ZERO, open_documents: 2 };
    assert_eq!(erase(&person, [], waiting, at(0)).unwrap_err(), NotErasable::DocumentsOpen { count: 2 });
    let walk_in = Customer::walk_in(at(0));
    assert_eq!(erase(&walk_in, [], Holding::default(), at(0)).unwrap_err(), NotErasable::WalkIn);
}

#[test]
fn an_export_says_everything_and_debug_says_nothing() {
    let customer = person(1, "Zübeyde", "05321112233");
    let json = serde_json::to_string(&export(&customer)).unwrap();
    assert!(json.contains("Zübeyde") && json.contains("905321112233"));
    let debug = format!("{customer:?}{:?}{:?}", customer.details, export(&customer));
    let search = format!("{:?}", Search::new("Zübeyde", &rules()));
    assert!(!debug.contains("Zübeyde") && !debug.contains("532") && !search.contains("Zübeyde"));
}

#[test]
fn events_carry_ids_only() {
    let person = person(1, "Zübeyde", "05321112233");
    let merged = merge(&person, &super::tests::person(2, "Zübeyde", "05321112233")).unwrap();
    let erased = erase(&person, [], Holding::default(), at(1)).unwrap();
    let json = serde_json::to_string(&[merged.change, erased.change]).unwrap();
    assert!(!json.contains("Zübeyde") && !json.contains("532111"));
}
