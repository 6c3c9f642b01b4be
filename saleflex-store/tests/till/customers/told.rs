//! What a person gets of what is known about them.

use super::*;

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
fn a_record_and_what_the_person_agreed_to_are_saved_together_or_not_at_all() {
    let mut shop = open();
    let new = NewCustomer::named("N1", "Ada King");
    let agreed = [(Purpose::Marketing, true), (Purpose::Sms, true), (Purpose::Email, false)];
    assert!(matches!(shop.till.add_customer_with(&new, &agreed, " "), Err(Error::BadRecord { .. })));
    assert!(shop.till.find_customers("Ada", 5).unwrap().is_empty());
    let id = shop.till.add_customer_with(&new, &agreed, "v1").unwrap();
    let said = |shop: &Shop| shop.till.person(id).unwrap().unwrap().consents.statements().len();
    assert_eq!(said(&shop), 2, "who did not agree said nothing");
    let renamed = NewCustomer { code: "N2".to_owned(), ..new };
    let agreed = [(Purpose::Marketing, true), (Purpose::Sms, false)];
    assert!(shop.till.change_customer_with(id, &renamed, &agreed, "").is_err());
    assert_eq!(shop.till.customer(id).unwrap().unwrap().code, "N1");
    shop.till.change_customer_with(id, &renamed, &agreed, "v2").unwrap();
    assert_eq!((said(&shop), shop.till.customer(id).unwrap().unwrap().code), (3, "N2".to_owned()));
    assert!(!shop.till.person(id).unwrap().unwrap().consents.holds(Purpose::Sms));
    check(&shop);
}
