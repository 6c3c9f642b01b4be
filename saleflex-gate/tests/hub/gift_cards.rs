//! Gift cards: what is on them, what is lent of it to tills, and that nobody takes more.

use saleflex_core::{journal::Entry, tender::GiftCardNumber};
use saleflex_gate::db::{DatabaseError, Tenant};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver, sale},
    chain::{Chain, Company, chains, text},
    support::every_books,
};

const NUMBER: &str = "6035710012345678905";

pub(super) fn card() -> Uuid {
    GiftCardNumber::parse(NUMBER).unwrap().id().uuid()
}

pub(super) async fn keyed(
    chain: &Chain,
    path: &str,
    token: &str,
    (body, key): (Value, &str),
) -> (u16, Value) {
    let (status, answer) = chain.send_with("POST", path, token, &body, &[("idempotency-key", key)]).await;
    (status.as_u16(), answer)
}

pub(super) async fn issue(chain: &Chain, owner: &str, amount: &str) -> Value {
    let new = json!({"number": "6035 7100 1234 5678 905", "currency": "TRY", "amount": amount});
    let (status, answer) = keyed(chain, "/gift-cards", owner, (new, "issue")).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// What is lent of the card to a till in all.
async fn lent(chain: &Chain, device: &str, (returned, wanted): (i64, bool)) -> i64 {
    let ask = json!({"kind": "gift_card_balance", "subject": card(), "since": 0, "returned": returned, "wanted": wanted});
    let body = json!({"schema_version": 1, "epoch": Uuid::from_u128(99), "asks": [ask]});
    let answer = chain.ok("POST", "/sync/quotas", device, body).await;
    answer["shares"][0]["granted"].as_i64().unwrap()
}

/// The tenders of a document, wherever they stand in the entry.
pub(super) fn tenders(value: &mut Value) -> Option<&mut Vec<Value>> {
    match value {
        Value::Object(fields) => {
            if fields.get("tenders").is_some_and(Value::is_array) {
                return fields.get_mut("tenders").and_then(Value::as_array_mut);
            }
            fields.values_mut().find_map(tenders)
        }
        Value::Array(items) => items.iter_mut().find_map(tenders),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The finished document, wherever it stands in the entry.
pub(super) fn document(value: &mut Value) -> Option<&mut Value> {
    match value {
        Value::Object(fields) if fields.contains_key("min_line_total") => Some(value),
        Value::Object(fields) => fields.values_mut().find_map(document),
        Value::Array(items) => items.iter_mut().find_map(document),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Lets a card pay a sale of 2.40.
pub(super) fn paid_by(value: &mut Value, card: Uuid) {
    let tender = &mut tenders(&mut value["effects"]["completed"]).unwrap()[0];
    // What was handed over in cash is what a card gives exactly.
    (tender["amount"], tender["change"]) = (json!(240), json!(0));
    tender["kind"] = json!("prepaid_card");
    tender["details"] = json!({"gift_card": card, "last4": "8905"});
}

/// A sale of 2.40 that was paid with the card; answers what the hub noticed.
pub(super) async fn sell(chain: &Chain, company: &Company, seq: u32) -> Vec<String> {
    ring_up(chain, company, seq, false).await
}

/// The same, perhaps in training.
async fn ring_up(chain: &Chain, company: &Company, seq: u32, training: bool) -> Vec<String> {
    let mut value: Value = serde_json::from_slice(&sale(company, seq).to_bytes().unwrap()).unwrap();
    if training {
        document(&mut value["effects"]["completed"]).unwrap()["training"] = json!(true);
    }
    paid_by(&mut value, card());
    let entry = Entry::from_bytes(value.to_string().as_bytes()).unwrap();
    let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
    let flags = deliver(chain, company, (seq.into(), entry.entity), &bytes).await;
    flags.into_iter().filter(|flag| flag == "over_quota").collect()
}

#[tokio::test]
async fn what_is_taken_and_what_is_lent_of_a_card_never_come_to_more_than_its_balance() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let issued = issue(&chain, owner, "10.00").await;
        assert_eq!(
            (&issued["id"], &issued["balance"], &issued["last4"]),
            (&json!(card()), &json!("10.00"), &json!("8905"))
        );
        assert_eq!(lent(&chain, &harbour.device, (0, true)).await, 1_000, "all of it: a card is at one till");
        assert_eq!(lent(&chain, &second, (0, true)).await, 0);
        let path = format!("/gift-cards/{}", card());
        let five = json!({"amount": "5.00", "document_id": Uuid::from_u128(1)});
        let (status, answer) = keyed(&chain, &format!("{path}/redeem"), &second, (five.clone(), "a")).await;
        assert_eq!(
            (status, &answer["code"], &answer["detail"]),
            (422, &json!("balance_insufficient"), &json!("0.00"))
        );
        assert_eq!(sell(&chain, &harbour, 1).await, Vec::<String>::new());
        let shown = chain.get(&path, &second).await;
        assert_eq!((&shown["balance"], &shown["lent"]), (&json!("7.60"), &json!("7.60")));

        assert_eq!(lent(&chain, &harbour.device, (760, false)).await, 1_000);
        assert_eq!(lent(&chain, &second, (0, true)).await, 760);
        assert_eq!(lent(&chain, &second, (760, false)).await, 760);
        for _ in 0..2 {
            let (status, answer) =
                keyed(&chain, &format!("{path}/redeem"), &second, (five.clone(), "b")).await;
            assert_eq!((status, &answer["balance"]), (200, &json!("2.60")), "once: {answer}");
        }
        let back = json!({"amount": "1.00", "document_id": Uuid::from_u128(1)});
        let (_, answer) = keyed(&chain, &format!("{path}/refund"), &second, (back, "c")).await;
        assert_eq!(answer["balance"], "3.60");
        let (_, answer) =
            keyed(&chain, &format!("{path}/load"), owner, (json!({"amount": "0.40"}), "d")).await;
        assert_eq!(answer["balance"], "4.00");
        let entries = chain.get(&format!("{path}/entries"), owner).await;
        let amounts: Vec<&Value> =
            entries["items"].as_array().unwrap().iter().map(|one| &one["amount"]).collect();
        assert_eq!(amounts.len(), 5, "{entries}");
        // A till that took without a share: the sale was made, and the hub says what it is.
        assert_eq!(sell(&chain, &harbour, 2).await, ["over_quota"]);
        assert_eq!(sell(&chain, &harbour, 3).await, ["over_quota"]);
        assert_eq!(chain.get(&path, owner).await["balance"], "-0.80");
        assert_eq!(lent(&chain, &second, (760, true)).await, 760, "nothing more");
    }
}

#[tokio::test]
async fn a_card_loses_nothing_to_a_sale_that_was_rung_up_in_training_and_the_sale_says_what_it_is() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        issue(&chain, owner, "10.00").await;
        assert_eq!(lent(&chain, &harbour.device, (0, true)).await, 1_000);
        assert_eq!(ring_up(&chain, &harbour, 1, true).await, Vec::<String>::new());
        let path = format!("/gift-cards/{}", card());
        let shown = chain.get(&path, &harbour.device).await;
        assert_eq!((&shown["balance"], &shown["lent"]), (&json!("10.00"), &json!("10.00")));
        ring_up(&chain, &harbour, 2, false).await;
        assert_eq!(chain.get(&path, &harbour.device).await["balance"], "7.60");
        let listed = chain.get("/documents", owner).await;
        let practice: Vec<&Value> =
            listed["items"].as_array().unwrap().iter().map(|head| &head["is_training"]).collect();
        assert_eq!(practice, [&json!(true), &json!(false)]);
    }
}

#[tokio::test]
async fn a_number_is_kept_nowhere_and_a_blocked_or_foreign_card_is_lent_to_nobody() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let issued = issue(&chain, owner, "10.00").await;
        let new = json!({"number": NUMBER, "currency": "TRY", "amount": "10.00"});
        let (status, again) = keyed(&chain, "/gift-cards", owner, (new.clone(), "issue")).await;
        assert_eq!((status, &again), (200, &issued), "the same request");
        let (status, answer) = keyed(&chain, "/gift-cards", owner, (new, "other")).await;
        assert_eq!((status, &answer["code"]), (409, &json!("card_taken")));
        for wrong in [
            json!({"number": "123", "currency": "TRY", "amount": "1"}),
            json!({"number": NUMBER, "currency": "lira", "amount": "1"}),
            json!({"number": NUMBER, "currency": "TRY", "amount": "-1"}),
            json!({"number": NUMBER, "currency": "TRY", "amount": "1.005"}),
            json!({"number": NUMBER, "currency": "TRY", "amount": "1", "expires_at": "2020-01-01T00:00:00Z"}),
        ] {
            let (status, answer) = keyed(&chain, "/gift-cards", owner, (wrong, "wrong")).await;
            assert_eq!((status, &answer["code"]), (422, &json!("field_invalid")), "{answer}");
        }
        let found = chain.ok("POST", "/gift-cards/find", &harbour.device, json!({"number": NUMBER})).await;
        assert_eq!(found["id"], issued["id"]);
        let audit = chain.get("/audit?limit=500", owner).await;
        assert!(audit.to_string().contains("gift_card.issued") && !audit.to_string().contains(NUMBER));
        let fresh = text(&chain.get("/gift-cards/number", owner).await["number"]);
        assert_eq!(fresh.len(), 19);
        let path = format!("/gift-cards/{}", card());
        let reason = json!({"reason": "Reported lost"});
        let blocked = chain.ok("POST", &format!("{path}/block"), owner, reason.clone()).await;
        assert_eq!(blocked["is_blocked"], true);
        assert_eq!(lent(&chain, &harbour.device, (0, true)).await, 0);
        let one = json!({"amount": "1.00", "document_id": Uuid::from_u128(1)});
        let (status, answer) = keyed(&chain, &format!("{path}/redeem"), owner, (one, "x")).await;
        assert_eq!((status, &answer["code"]), (422, &json!("card_unusable")));
        chain.ok("POST", &format!("{path}/unblock"), owner, reason).await;
        assert_eq!(lent(&chain, &harbour.device, (0, true)).await, 1_000);

        let valley = chain.company("valley").await;
        let nobody = ("POST", "/gift-cards/find", valley.device.as_str());
        chain.refused(nobody, json!({"number": NUMBER}), (404, "not_found")).await;
        assert_eq!(lent(&chain, &valley.device, (0, true)).await, 0, "another company's");
        let listed = chain.get("/gift-cards", owner).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_card_pays_a_document_once_whether_it_is_asked_for_before_or_after_the_document_comes() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        issue(&chain, owner, "10.00").await;
        let path = format!("/gift-cards/{}", card());
        // Document of a receipt: what was asked for before, what is left when it came.
        for (receipt, before, left) in
            [(1, Some("2.40"), "7.60"), (2, None, "5.20"), (3, Some("3.00"), "2.80")]
        {
            let document = Uuid::from_u128(u128::from(receipt) + 1_000);
            let asked = |amount: &str| json!({"amount": amount, "document_id": document});
            if let Some(amount) = before {
                let key = format!("before{receipt}");
                let (status, _) = keyed(&chain, &format!("{path}/redeem"), till, (asked(amount), &key)).await;
                assert_eq!(status, 200);
            }
            let flags = sell(&chain, &harbour, receipt).await;
            assert!(before.is_none() || flags.is_empty(), "{receipt}: the hub gave it: {flags:?}");
            assert_eq!(chain.get(&path, owner).await["balance"], left, "{receipt}");
            let key = format!("after{receipt}");
            let (status, answer) =
                keyed(&chain, &format!("{path}/redeem"), till, (asked("2.40"), &key)).await;
            assert_eq!((status, &answer["balance"]), (200, &json!(left)), "{receipt}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_card_that_was_given_back_before_its_document_came_is_no_richer_by_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        issue(&chain, owner, "10.00").await;
        let path = format!("/gift-cards/{}", card());
        let document = Uuid::from_u128(1_001);
        let steps = [("redeem", "3.00", "7.00"), ("refund", "3.00", "10.00"), ("redeem", "2.40", "7.60")];
        for (nth, (step, amount, left)) in steps.into_iter().enumerate() {
            let body = json!({"amount": amount, "document_id": document});
            let (status, answer) =
                keyed(&chain, &format!("{path}/{step}"), till, (body, &format!("step{nth}"))).await;
            assert_eq!((status, &answer["balance"]), (200, &json!(left)), "{step}: {answer}");
        }
        sell(&chain, &harbour, 1).await;
        assert_eq!(chain.get(&path, owner).await["balance"], "7.60");
    }
}

#[tokio::test]
async fn a_card_gets_no_more_back_than_the_document_took_of_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        issue(&chain, owner, "50.00").await;
        let path = format!("/gift-cards/{}", card());
        let of = |amount: &str, document: u128| json!({"amount": amount, "document_id": Uuid::from_u128(document)});
        let (status, _) = keyed(&chain, &format!("{path}/redeem"), till, (of("40.00", 1), "took")).await;
        assert_eq!(status, 200);
        // 1,002 is the document of the second receipt, which the card pays with 2.40.
        sell(&chain, &harbour, 2).await;
        let cases = [
            (till, "500.00", 9, Err("0.00")),
            (owner, "0.01", 9, Err("0.00")),
            (till, "40.01", 1, Err("40.00")),
            (till, "15.00", 1, Ok("22.60")),
            (owner, "25.01", 1, Err("25.00")),
            (owner, "25.00", 1, Ok("47.60")),
            (till, "0.01", 1, Err("0.00")),
            (till, "2.41", 1_002, Err("2.40")),
            (till, "2.40", 1_002, Ok("50.00")),
        ];
        for (nth, (who, amount, document, expected)) in cases.into_iter().enumerate() {
            let (status, answer) =
                keyed(&chain, &format!("{path}/refund"), who, (of(amount, document), &format!("{nth}")))
                    .await;
            match expected {
                Ok(balance) => assert_eq!((status, &answer["balance"]), (200, &json!(balance)), "{nth}"),
                Err(most) => assert_eq!(
                    (status, &answer["code"], &answer["detail"]),
                    (422, &json!("refund_exceeds_payment"), &json!(most)),
                    "{nth}"
                ),
            }
        }
    }
}

/// A sale that was paid with such tenders.
async fn pay_with(chain: &Chain, company: &Company, seq: u32, paid: &[Value]) {
    let mut value: Value = serde_json::from_slice(&sale(company, seq).to_bytes().unwrap()).unwrap();
    let list = tenders(&mut value["effects"]["completed"]).unwrap();
    let cash = list[0].clone();
    *list = Vec::new();
    for (no, fields) in (1..).zip(paid) {
        let mut tender = cash.clone();
        (tender["no"], tender["change"]) = (json!(no), json!(0));
        tender.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        list.push(tender);
    }
    let entry = Entry::from_bytes(value.to_string().as_bytes()).unwrap();
    let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
    deliver(chain, company, (seq.into(), entry.entity), &bytes).await;
}

/// A return that gives 2.40 back onto the card, of a sale that is named or not; answers what the hub noticed.
async fn take_back(chain: &Chain, company: &Company, seq: u32, original: Option<Uuid>) -> Vec<String> {
    let card = json!({"gift_card": card(), "last4": "8905"});
    give_back(chain, company, seq, (original, "prepaid_card", card)).await
}

/// The same by any way to pay.
async fn give_back(
    chain: &Chain,
    company: &Company,
    seq: u32,
    (original, kind, details): (Option<Uuid>, &str, Value),
) -> Vec<String> {
    let mut value: Value = serde_json::from_slice(&sale(company, seq).to_bytes().unwrap()).unwrap();
    let completed = document(&mut value["effects"]["completed"]).unwrap();
    (completed["kind"], completed["original"]) = (json!("return"), json!(original));
    let tender = &mut tenders(&mut value["effects"]["completed"]).unwrap()[0];
    (tender["amount"], tender["change"], tender["direction"]) = (json!(240), json!(0), json!("out"));
    (tender["kind"], tender["details"]) = (json!(kind), details);
    let entry = Entry::from_bytes(value.to_string().as_bytes()).unwrap();
    let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
    let flags = deliver(chain, company, (seq.into(), entry.entity), &bytes).await;
    flags.into_iter().filter(|flag| flag == "over_refund").collect()
}

pub(super) fn of_receipt(receipt: u32) -> Uuid {
    Uuid::from_u128(u128::from(receipt) + 1_000)
}

#[tokio::test]
async fn a_sale_is_given_back_onto_its_card_once_by_returns_and_requests_together() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        issue(&chain, owner, "10.00").await;
        let path = format!("/gift-cards/{}", card());
        let balance = async || chain.get(&path, owner).await["balance"].clone();
        let refund =
            async |body: Value, key: &str| keyed(&chain, &format!("{path}/refund"), till, (body, key)).await;
        sell(&chain, &harbour, 1).await;
        assert_eq!(balance().await, "7.60");
        assert_eq!(take_back(&chain, &harbour, 2, Some(of_receipt(1))).await, [""; 0]);
        assert_eq!(balance().await, "10.00");
        let of_sale = json!({"amount": "2.40", "document_id": of_receipt(1)});
        let (status, answer) = refund(of_sale, "again").await;
        assert_eq!(
            (status, &answer["code"], &answer["detail"]),
            (422, &json!("refund_exceeds_payment"), &json!("0.00"))
        );
        assert_eq!(take_back(&chain, &harbour, 3, Some(of_receipt(1))).await, ["over_refund"]);
        assert_eq!(balance().await, "12.40", "the return was made, and somebody is told");

        // Asked for before the return comes.
        sell(&chain, &harbour, 4).await;
        let by_return =
            json!({"amount": "2.40", "document_id": of_receipt(5), "paid_document_id": of_receipt(4)});
        assert_eq!(refund(by_return.clone(), "before").await.0, 200);
        assert_eq!(balance().await, "12.40");
        assert_eq!(take_back(&chain, &harbour, 5, Some(of_receipt(4))).await, [""; 0]);
        assert_eq!(balance().await, "12.40", "it was booked when it was asked for");
        let (status, answer) = refund(by_return, "after").await;
        assert_eq!((status, &answer["balance"]), (200, &json!("12.40")), "the return that says so has come");

        // The sale of a return may come later, from another till.
        assert_eq!(take_back(&chain, &harbour, 6, Some(of_receipt(7))).await, [""; 0]);
        sell(&chain, &harbour, 7).await;
        assert_eq!(balance().await, "12.40");
        let misplaced =
            json!({"amount": "1.00", "document_id": of_receipt(1), "paid_document_id": of_receipt(1)});
        let (status, answer) = keyed(&chain, &format!("{path}/redeem"), till, (misplaced, "x")).await;
        assert_eq!((status, &answer["detail"]), (422, &json!("paid_document_id")));
    }
}

/// A sale that the card paid; answers what the hub noticed of the card.
async fn noticed(chain: &Chain, company: &Company, seq: u32, currency: &str) -> Vec<String> {
    let mut value: Value = serde_json::from_slice(&sale(company, seq).to_bytes().unwrap()).unwrap();
    let tender = &mut tenders(&mut value["effects"]["completed"]).unwrap()[0];
    (tender["amount"], tender["change"]) = (json!(240), json!(0));
    tender["kind"] = json!("prepaid_card");
    tender["details"] = json!({"gift_card": card(), "last4": "8905"});
    let bytes = value.to_string().replace("\"TRY\"", &format!("\"{currency}\""));
    let flags = deliver(chain, company, (seq.into(), of_receipt(seq)), &bytes).await;
    let of_cards = ["card_unusable", "currency_differs", "over_quota"];
    flags.into_iter().filter(|flag| of_cards.contains(&flag.as_str())).collect()
}

#[tokio::test]
async fn what_is_taken_of_a_card_without_a_share_or_when_it_is_blocked_or_in_other_money_is_marked() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        issue(&chain, owner, "10.00").await;
        let path = format!("/gift-cards/{}", card());
        assert_eq!(noticed(&chain, &harbour, 1, "TRY").await, ["over_quota"], "nothing of it was lent");
        assert_eq!(lent(&chain, &harbour.device, (0, true)).await, 1_000, "2.40 of it is used");
        assert_eq!(noticed(&chain, &harbour, 2, "TRY").await, [""; 0]);
        assert_eq!(noticed(&chain, &harbour, 3, "EUR").await, ["currency_differs"]);
        assert_eq!(chain.get(&path, owner).await["balance"], "5.20", "other money takes nothing of it");
        chain.ok("POST", &format!("{path}/block"), owner, json!({"reason": "Reported lost"})).await;
        assert_eq!(noticed(&chain, &harbour, 4, "TRY").await, ["card_unusable"]);
        assert_eq!(chain.get(&path, owner).await["balance"], "2.80", "the sale was made");
    }
}

#[tokio::test]
async fn what_a_return_gave_onto_a_card_is_there_whichever_card_or_credit_had_paid_the_sale() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        issue(&chain, owner, "10.00").await;
        let balance = async || chain.get(&format!("/gift-cards/{}", card()), owner).await["balance"].clone();
        let second = Uuid::from_u128(0xCA2D);
        let by = |card: Uuid, amount: i64| json!({"kind": "prepaid_card", "amount": amount, "details": {"gift_card": card, "last4": "8905"}});
        // Two cards paid, and all of it goes onto one.
        pay_with(&chain, &harbour, 1, &[by(card(), 140), by(second, 100)]).await;
        assert_eq!(balance().await, "8.60");
        assert_eq!(take_back(&chain, &harbour, 2, Some(of_receipt(1))).await, [""; 0]);
        assert_eq!(balance().await, "11.00");
        let more = json!({"amount": "1.00", "document_id": of_receipt(1)});
        let path = format!("/gift-cards/{second}/refund");
        let (status, answer) = keyed(&chain, &path, owner, (more, "more")).await;
        assert_eq!(
            (status, &answer["code"], &answer["detail"]),
            (422, &json!("refund_exceeds_payment"), &json!("0.00")),
            "what the second card paid is on the first"
        );
        // The credit of an exchange carries what a card had paid before.
        let credit =
            json!({"kind": "other", "amount": 200, "paid_with": [["prepaid_card", 200]], "sets_off": true});
        pay_with(&chain, &harbour, 3, &[credit, by(card(), 40)]).await;
        assert_eq!(balance().await, "10.60");
        assert_eq!(take_back(&chain, &harbour, 4, Some(of_receipt(3))).await, [""; 0]);
        assert_eq!(balance().await, "13.00");
        // What no card had paid is there as well, and told.
        pay_with(&chain, &harbour, 5, &[json!({"kind": "cash", "amount": 240})]).await;
        assert_eq!(take_back(&chain, &harbour, 6, Some(of_receipt(5))).await, ["over_refund"]);
        assert_eq!(balance().await, "15.40");
    }
}

#[tokio::test]
async fn what_went_back_onto_a_card_before_entries_named_the_sale_goes_back_no_second_time() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        issue(&chain, owner, "10.00").await;
        sell(&chain, &harbour, 1).await;
        give_back(&chain, &harbour, 2, (Some(of_receipt(1)), "cash", json!({}))).await;
        let id = |text: &str| Uuid::parse_str(text).unwrap();
        let (company, terminal) = (id(&harbour.id), id(&harbour.terminal));
        let written = books.write::<_, DatabaseError>(Tenant::Platform, move |session| {
            session.execute(
                "INSERT INTO gift_card_entry (company_id, entry_id, card_id, kind, amount, document_id, terminal_id, \
                 created_at) VALUES ($1, $2, $3, 'refunded', 240, $4, $5, 0)",
                &[company.into(), Uuid::from_u128(1).into(), card().into(), of_receipt(2).into(), terminal.into()],
            )
        });
        assert_eq!(written.await.unwrap(), 1, "as an older hub booked it");
        let again = json!({"amount": "2.40", "document_id": of_receipt(1)});
        let path = format!("/gift-cards/{}/refund", card());
        let (status, answer) = keyed(&chain, &path, owner, (again, "again")).await;
        assert_eq!(
            (status, &answer["code"], &answer["detail"]),
            (422, &json!("refund_exceeds_payment"), &json!("0.00"))
        );
    }
}

#[tokio::test]
async fn what_a_till_sold_before_it_was_moved_is_held_to_what_it_was_lent() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        issue(&chain, owner, "10.00").await;
        assert_eq!(lent(&chain, &harbour.device, (0, true)).await, 1_000);
        let there = json!({"store_id": harbour.other_store, "sequences": "continue"});
        chain.ok("POST", &format!("/terminals/{}/move", harbour.terminal), owner, there).await;
        assert_eq!(sell(&chain, &harbour, 1).await, [""; 0], "its share went with it");
    }
}
