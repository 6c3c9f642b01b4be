//! People whom tills register and change: the hub takes them over beside the event, once, and hands them to every till.

use saleflex_core::{
    customer::{CustomerChange, RecordPart},
    ids::{ClosureNumber, CustomerId},
    journal::{Entry, Event},
    time::Moment,
};
use saleflex_gate::db::{Books, DatabaseError, Tenant};
use saleflex_sync::wire::{EventKind, Person, PushRequest, Sender};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::item,
    chain::{Chain, Company, chains, text},
    relay::{Store, both, company, sql},
    sync::{PUSH, sender, verdicts},
};

const IDA: &str = "0195f000-0000-7000-8000-000000000001";
const OLA: &str = "0195f000-0000-7000-8000-000000000002";

fn at(hour: u32) -> Moment {
    Moment::utc(format!("2026-03-08T{hour:02}:00:00Z").parse().unwrap())
}

fn of(id: &str) -> CustomerId {
    CustomerId::new(id.parse().unwrap())
}

fn saved(id: &str, changed: &[RecordPart]) -> CustomerChange {
    let revision = if changed.is_empty() { 1 } else { 2 };
    CustomerChange::Saved { customer: of(id), revision, changed: changed.to_vec() }
}

/// Somebody as a till tells of them.
fn ida() -> Value {
    json!({
        "id": IDA, "code": "N-7", "name": "Ida", "last_name": "Rhodes", "phone_number": "0532 111 22 33",
        "phone_normalized": "905321112233", "address_line_1": "Quay 1", "date_of_birth": "1990-05-01",
        "sms_consent": true, "sms_consent_at": "2026-03-08T08:00:00Z",
    })
}

/// The same with other fields.
fn but(mut row: Value, fields: &Value) -> Value {
    row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    row
}

/// A push of one event, with what is said of people beside it.
fn pushed(sender: &Sender, seq: u64, (change, hour): (CustomerChange, u32), people: &[Value]) -> Value {
    let entry = Entry::new(entity(seq), at(hour), None, ClosureNumber(1), Event::Customer(change));
    // On its way the request is a value once, which puts fields in order.
    let bytes = serde_json::to_value(&entry).unwrap().to_string();
    beside(sender, seq, (EventKind::Customer, bytes), people)
}

/// A push of one event of a kind, with what is said of people beside it.
fn beside(sender: &Sender, seq: u64, (kind, bytes): (EventKind, String), people: &[Value]) -> Value {
    let mut item = item(sender, (seq, entity(seq)), (kind, None), bytes);
    item.people = people.iter().map(|row| Person(row.as_object().unwrap().clone())).collect();
    serde_json::to_value(PushRequest::new(sender.clone(), Uuid::from_u128(99), 0, vec![item])).unwrap()
}

fn entity(seq: u64) -> Uuid {
    Uuid::from_u128(u128::from(seq) + 900)
}

/// Lets a till of the first store tell of a change.
async fn tell(
    (chain, company): (&Chain, &Company),
    (till, device): (&str, &str),
    seq: u64,
    said: (CustomerChange, u32),
    people: &[Value],
) {
    let sender = Sender {
        office_code: company.slug.clone(),
        store_code: "QUAY".to_owned(),
        terminal_code: till.to_owned(),
    };
    let answer = chain.ok("POST", "/sync/push", device, pushed(&sender, seq, said, people)).await;
    assert_ne!(answer["results"][0]["result"], "rejected", "{answer}");
    assert_eq!(answer["results"][0]["flags"].as_array().map_or(0, Vec::len), 0, "{answer}");
}

async fn row(chain: &Chain, company: &Company, id: &str) -> Value {
    chain.get(&format!("/definitions/customers/{id}"), &company.owner.access).await
}

async fn edit(chain: &Chain, company: &Company, id: &str, fields: Value) {
    let tag = format!("\"{}\"", row(chain, company, id).await["version"]);
    let path = format!("/definitions/customers/{id}");
    let (read, change) = ([("if-match", tag.as_str())], json!({"row": fields}));
    let (status, answer) = chain.send_with("PATCH", &path, &company.owner.access, &change, &read).await;
    assert_eq!(status.as_u16(), 200, "{answer}");
}

#[tokio::test]
async fn who_is_registered_at_a_till_is_known_at_the_hub_once_and_every_till_is_told() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, second) = chain.terminal(owner, &harbour.other_store, "TILL-2", "pos").await;
        let first = ("TILL-1", harbour.device.as_str());
        let more = json!({"is_walkin": true, "is_erased": true, "total_bonus_point": 999, "note\u{0}": "x"});
        let mut versions = Vec::new();
        for _ in 0..2 {
            let said = (saved(IDA, &[]), 9);
            tell((&chain, &harbour), first, 1, said, &[but(ida(), &more), json!({"id": OLA, "name": "Ola"})])
                .await;
            versions.push(row(&chain, &harbour, IDA).await["version"].clone());
        }
        assert_eq!(versions[0], versions[1], "once");
        let known = row(&chain, &harbour, IDA).await;
        for (field, value) in ida().as_object().unwrap() {
            assert_eq!(&known["row"][field], value, "{field}: {known}");
        }
        assert_eq!((&known["store_id"], &known["row"]["is_active"]), (&Value::Null, &json!(true)), "{known}");
        for field in more.as_object().unwrap().keys() {
            assert_eq!(known["row"].get(field), None, "no till decides about it");
        }
        let page = chain.get("/sync/changes?limit=500", &second).await.to_string();
        assert!(page.contains("Rhodes") && !page.contains("Ola"), "whom the event is about: {page}");
        let found = chain.get("/loyalty/members?phone=905321112233", owner).await;
        assert_eq!(found["items"][0]["member_id"], IDA, "{found}");
    }
}

#[tokio::test]
async fn of_each_part_of_a_customer_the_latest_change_holds_in_whatever_order_tills_deliver() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let at_hub = (&chain, &harbour);
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        let (first, second) = (("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str()));
        tell(at_hub, first, 1, (saved(IDA, &[]), 9), &[ida()]).await;
        let later =
            json!({"phone_number": "0532 999 99 99", "phone_normalized": "905329999999", "name": "Eve"});
        tell(at_hub, second, 1, (saved(IDA, &[RecordPart::Phone]), 11), &[but(ida(), &later)]).await;
        let earlier =
            json!({"phone_number": null, "phone_normalized": null, "email_address": "ida@example.com"});
        let changed = [RecordPart::Phone, RecordPart::Email];
        tell(at_hub, first, 2, (saved(IDA, &changed), 10), &[but(ida(), &earlier)]).await;
        let fields = async || {
            let known = row(&chain, &harbour, IDA).await;
            ["name", "phone_normalized", "email_address", "address_line_1"]
                .map(|name| text(&known["row"][name]))
        };
        assert_eq!(fields().await, ["Ida", "905329999999", "ida@example.com", "Quay 1"]);
        let told = chain.get("/sync/changes?limit=500", &harbour.device).await.to_string();
        assert!(told.contains("\"kept_at\""), "the till that was earlier takes the row over: {told}");
        // People at the hub say where she lives; in March it was otherwise. Her remark nobody else knows of.
        edit(&chain, &harbour, IDA, json!({"address_line_1": "Hill 9", "changed_at": {}})).await;
        let march = json!({"address_line_1": "Quay 2", "description": "by telephone", "email_address": null});
        let changed = [RecordPart::Address, RecordPart::Note, RecordPart::Email];
        tell(at_hub, first, 3, (saved(IDA, &changed), 12), &[but(ida(), &march)]).await;
        let known = row(&chain, &harbour, IDA).await;
        let told = ["address_line_1", "description", "email_address"].map(|name| known["row"][name].clone());
        assert_eq!(told, [json!("Hill 9"), json!("by telephone"), Value::Null], "{known}");
    }
}

#[tokio::test]
async fn what_a_till_does_not_say_it_changed_fills_what_the_hub_lacks_and_replaces_nothing() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let new = json!({"id": IDA, "row": {"name": "Ida", "last_name": "King", "zip_code": "34000"}});
        chain.ok("POST", "/definitions/customers", &harbour.owner.access, new).await;
        let first = ("TILL-1", harbour.device.as_str());
        // Lines of two addresses make no third one; a date that is none is left out.
        let told = but(ida(), &json!({"date_of_birth": "soon", "email_address": "ida@example.com"}));
        tell((&chain, &harbour), first, 1, (saved(IDA, &[]), 9), std::slice::from_ref(&told)).await;
        let known = row(&chain, &harbour, IDA).await["row"].clone();
        let names = ["last_name", "zip_code", "email_address", "phone_normalized"];
        let fields = names.map(|name| text(&known[name]));
        assert_eq!(fields, ["King", "34000", "ida@example.com", "905321112233"], "{known}");
        let left = (known.get("address_line_1"), known.get("date_of_birth"), &known["sms_consent"]);
        assert_eq!(left, (None, None, &json!(true)), "{known}");
        // What is taken out at one till is not put back by another that has not heard of it.
        let taken_out = but(told.clone(), &json!({"email_address": null}));
        tell((&chain, &harbour), first, 2, (saved(IDA, &[RecordPart::Email]), 10), &[taken_out]).await;
        tell((&chain, &harbour), first, 3, (saved(IDA, &[]), 11), &[told]).await;
        assert_eq!(row(&chain, &harbour, IDA).await["row"]["email_address"], Value::Null);
    }
}

#[tokio::test]
async fn of_two_people_registered_with_one_telephone_the_first_is_known_by_it_and_both_are_kept() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (at_hub, first) = ((&chain, &harbour), ("TILL-1", harbour.device.as_str()));
        let ola = but(ida(), &json!({"id": OLA, "name": "Ola", "code": "N-8"}));
        tell(at_hub, first, 1, (saved(IDA, &[]), 9), &[ida()]).await;
        tell(at_hub, first, 2, (saved(OLA, &[]), 10), std::slice::from_ref(&ola)).await;
        let known = row(&chain, &harbour, OLA).await["row"].clone();
        let phone = ["phone_number", "phone_normalized", "shared_phone"].map(|name| known[name].clone());
        assert_eq!(phone, [Value::Null, Value::Null, json!("0532 111 22 33")], "{known}");
        assert_eq!(row(&chain, &harbour, IDA).await["row"]["phone_normalized"], "905321112233");
        let other = but(ola, &json!({"phone_number": "0532 111 22 34", "phone_normalized": "905321112234"}));
        tell(at_hub, first, 3, (saved(OLA, &[RecordPart::Phone]), 11), &[other]).await;
        let known = row(&chain, &harbour, OLA).await["row"].clone();
        assert_eq!((&known["phone_normalized"], known.get("shared_phone")), (&json!("905321112234"), None));
    }
}

#[tokio::test]
async fn nobody_is_known_again_who_is_gone_nor_told_of_by_a_device_that_may_not_know_them() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (at_hub, first) = ((&chain, &harbour), ("TILL-1", harbour.device.as_str()));
        tell(at_hub, first, 1, (saved(IDA, &[]), 9), &[ida()]).await;
        let erased = CustomerChange::Erased { customers: vec![of(IDA)], at: at(10) };
        tell(at_hub, first, 2, (erased, 10), &[ida()]).await;
        tell(at_hub, first, 3, (saved(IDA, &[RecordPart::Name]), 11), &[ida()]).await;
        let left = row(&chain, &harbour, IDA).await;
        assert_eq!(left["row"], json!({"id": IDA, "is_erased": true}), "{left}");
        let (_, display) = chain.terminal(owner, &harbour.store, "WALL-1", "display").await;
        let ola = but(ida(), &json!({"id": OLA}));
        tell(at_hub, ("WALL-1", display.as_str()), 1, (saved(OLA, &[]), 9), std::slice::from_ref(&ola)).await;
        let another =
            json!({"id": OLA, "store_id": harbour.other_store, "row": {"name": "Eve", "last_name": "King"}});
        chain.ok("POST", "/definitions/customers", owner, another).await;
        tell(at_hub, first, 4, (saved(OLA, &[RecordPart::Name]), 11), &[ola]).await;
        assert_eq!(row(&chain, &harbour, OLA).await["row"]["name"], "Eve", "another store's");
    }
}

/// How many rows a statement finds.
async fn found(books: &Books, sql: &'static str) -> usize {
    let read = books.read::<_, DatabaseError>(Tenant::Platform, move |session| session.query(sql, &[]));
    read.await.unwrap().len()
}

const KNOWN: &str = "SELECT 1 FROM definition WHERE resource = 'customers' AND body LIKE '%Rhodes%'";
const QUEUED: &str = "SELECT 1 FROM relay WHERE head LIKE '%Rhodes%'";

#[tokio::test(flavor = "multi_thread")]
async fn who_is_registered_below_a_stores_hub_is_known_above_it_and_stands_in_no_queue_once_erased() {
    for (office, above) in both().await {
        let (_, gate, token) = company(above.clone()).await;
        let mut store = Store::open(office.clone(), token).await;
        let (secret, sender) = (store.shop.till_1.secret.clone(), sender());
        // An identity is the same however it is written.
        let plain = but(ida(), &json!({"id": IDA.replace('-', "").to_uppercase()}));
        let (token, registered) = (Some(secret.as_str()), pushed(&sender, 1, (saved(IDA, &[]), 9), &[plain]));
        for result in ["accepted", "duplicate"] {
            let (_, answer) = store.shop.post(PUSH, token, &registered).await;
            assert_eq!(verdicts(&answer), [result], "{answer}");
        }
        store.forward(Some(gate.clone())).await;
        assert_eq!((found(&office, KNOWN).await, found(&above, KNOWN).await), (1, 1));
        assert_eq!(found(&office, QUEUED).await, 1, "it may have to go once more");
        let erased = CustomerChange::Erased { customers: vec![of(IDA)], at: at(10) };
        let late = saved(IDA, &[RecordPart::Email]);
        for (seq, change) in [(2, erased), (3, late)] {
            store.shop.post(PUSH, token, &pushed(&sender, seq, (change, 11), &[ida()])).await;
        }
        let points =
            beside(&sender, 4, (EventKind::Loyalty, "{}".to_owned()), &[but(ida(), &json!({"id": OLA}))]);
        let (_, answer) = store.shop.post(PUSH, token, &points).await;
        assert_eq!(verdicts(&answer), ["accepted"], "{answer}");
        assert_eq!((found(&office, KNOWN).await, found(&office, QUEUED).await), (0, 0));
        store.forward(Some(gate)).await;
        assert_eq!(found(&above, KNOWN).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_taken_out_of_use_or_merged_is_not_known_again_because_what_was_set_aside_goes_late() {
    for (office, above) in both().await {
        let (_, gate, token) = company(above.clone()).await;
        let mut store = Store::open(office.clone(), token).await;
        let (secret, sender) = (store.shop.till_1.secret.clone(), sender());
        let token = Some(secret.as_str());
        let ola = but(
            ida(),
            &json!({"id": OLA, "code": "N-8", "name": "Ola", "phone_number": null, "phone_normalized": null}),
        );
        store.shop.post(PUSH, token, &pushed(&sender, 1, (saved(IDA, &[]), 9), &[ida()])).await;
        store.shop.post(PUSH, token, &pushed(&sender, 2, (saved(OLA, &[]), 9), &[ola])).await;
        sql(&office, "UPDATE relay SET state = 'quarantined'").await;
        let deleted = CustomerChange::Deleted { customer: of(IDA) };
        let merged = CustomerChange::Merged { from: of(OLA), into: of(IDA) };
        for (seq, change) in [(3, merged), (4, deleted)] {
            store.shop.post(PUSH, token, &pushed(&sender, seq, (change, 11), &[])).await;
        }
        assert_eq!(found(&office, "SELECT 1 FROM relay WHERE head LIKE '%Quay 1%' AND no = 1").await, 0);
        store.forward(Some(gate.clone())).await;
        sql(&office, "UPDATE relay SET state = 'pending' WHERE state = 'quarantined'").await;
        store.forward(Some(gate)).await;
        let live = "SELECT 1 FROM definition WHERE resource = 'customers' AND is_deleted = 0 AND body LIKE '%Rhodes%'";
        assert_eq!((found(&office, live).await, found(&above, live).await), (0, 0));
    }
}
