//! People who buy, as a company keeps them: by their telephones, each once.

use saleflex_core::{
    customer::{Consent, CustomerChange, Purpose, Source},
    ids::{ClosureNumber, CustomerId},
    journal::{Entry, Event},
    time::Moment,
};
use saleflex_gate::db::{DatabaseError, Tenant};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver, deliver_by},
    chain::{Chain, Company, chains, text},
    support::{every_books, later},
};

/// Adds somebody, whose last name is nothing to the test.
async fn add(chain: &Chain, owner: &str, mut row: Value) -> (u16, Value) {
    row["last_name"] = json!("King");
    let (status, answer) = chain.send("POST", "/definitions/customers", owner, &json!({"row": row})).await;
    (status.as_u16(), answer)
}

async fn change(chain: &Chain, owner: &str, before: &Value, row: Value) -> (u16, Value) {
    let path = format!("/definitions/customers/{}", text(&before["id"]));
    let tag = format!("\"{}\"", before["version"]);
    let read = [("if-match", tag.as_str())];
    let (status, answer) = chain.send_with("PATCH", &path, owner, &json!({"row": row}), &read).await;
    (status.as_u16(), answer)
}

/// The company's numbers are Turkish where none says otherwise.
async fn dials_turkish(chain: &Chain, owner: &str) {
    let program = json!({"row": {"name": "Points"}});
    let program = chain.ok("POST", "/definitions/loyalty_programs", owner, program).await["id"].clone();
    let policy =
        json!({"row": {"fk_loyalty_program_id": program, "default_phone_country_calling_code": "90"}});
    chain.ok("POST", "/definitions/loyalty_program_policies", owner, policy).await;
}

#[tokio::test]
async fn a_telephone_is_one_persons_however_it_is_typed_and_moves_with_them() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        dials_turkish(&chain, owner).await;
        let (status, ada) =
            add(&chain, owner, json!({"name": "Ada", "phone_number": "0532 111 22 33"})).await;
        assert_eq!((status, &ada["row"]["phone_normalized"]), (201, &json!("905321112233")), "{ada}");
        for again in ["0532 111 22 33", "+90 532 111 2233", "00905321112233"] {
            let (status, answer) = add(&chain, owner, json!({"name": "Eve", "phone_number": again})).await;
            assert_eq!((status, &answer["code"]), (409, &json!("key_taken")), "{again}: {answer}");
        }
        let (status, _) =
            add(&chain, owner, json!({"name": "Eve", "phone_normalized": "905321112233"})).await;
        assert_eq!(status, 409);
        let (status, moved) = change(&chain, owner, &ada, json!({"phone_number": "0532 999 99 99"})).await;
        assert_eq!((status, &moved["row"]["phone_normalized"]), (200, &json!("905329999999")), "{moved}");
        let (status, answer) =
            add(&chain, owner, json!({"name": "Eve", "phone_number": "0532 999 99 99"})).await;
        assert_eq!(status, 409, "the new number is hers: {answer}");
        let (status, answer) =
            add(&chain, owner, json!({"name": "Eve", "phone_normalized": "905321112233"})).await;
        assert_eq!(status, 201, "the old one is free: {answer}");
        for name in ["Grace", "Joan"] {
            assert_eq!(
                add(&chain, owner, json!({"name": name})).await.0,
                201,
                "who has none is known by none"
            );
        }
        let (status, answer) = add(&chain, owner, json!({"name": "Eve", "is_erased": true})).await;
        assert_eq!((status, &answer["detail"]), (422, &json!("is_erased")), "nobody is erased by a word");
    }
}

#[tokio::test]
async fn a_file_of_people_is_taken_once_and_a_row_without_a_telephone_is_told() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        dials_turkish(&chain, owner).await;
        let look = async |content: &str| {
            chain.ok("POST", "/imports/customers", owner, json!({"content": content})).await
        };
        let people = "name,last_name,phone_number\nAda,King,0532 111 22 33\nGrace,Hopper,0532 111 22 34\n";
        for (new, same) in [(2, 0), (0, 2)] {
            let looked = look(people).await;
            let report = &looked["report"];
            assert_eq!((&report["new"], &report["same"]), (&json!(new), &json!(same)), "{looked}");
            let commit = format!("/imports/customers/{}/commit", text(&looked["id"]));
            assert_eq!(chain.ok("POST", &commit, owner, json!({})).await["state"], "committed");
            let listed = chain.get("/definitions/customers", owner).await;
            assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        }
        let written = text(&chain.get("/exports/customers", owner).await);
        let looked = look(&written).await;
        assert_eq!(looked["report"]["same"], 2, "what was written here is no news: {written} {looked}");
        let looked = look(
            "name,last_name,phone_number\nAda,King,\nEve,King,+90 532 111 22 35\nEve,King,05321112235\nZoe,,0532 111 22 36\n",
        )
        .await;
        let faults = looked["report"]["faults"].as_array().unwrap();
        let told: Vec<_> = faults.iter().map(|fault| (&fault["line"], text(&fault["message"]))).collect();
        assert_eq!(told[0], (&json!(2), "`phone_number` is missing: rows are known by it".to_owned()));
        assert_eq!(told[1], (&json!(4), "`905321112235` stands twice in the file".to_owned()));
        assert_eq!(
            (&faults[2]["line"], &faults[2]["field"]),
            (&json!(5), &json!("last_name")),
            "no till takes her"
        );
    }
}

#[tokio::test]
async fn a_customer_from_before_rows_had_keys_is_not_doubled() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        dials_turkish(&chain, owner).await;
        let (_, ada) = add(&chain, owner, json!({"name": "Ada", "phone_number": "0532 111 22 33"})).await;
        let written = books.write::<_, DatabaseError>(Tenant::Platform, |session| {
            session.execute(
                "UPDATE definition SET code = NULL, \
                 body = replace(body, '\"phone_normalized\":\"905321112233\"', '\"phone_normalized\":null') \
                 WHERE resource = 'customers'",
                &[],
            )
        });
        assert_eq!(written.await.unwrap(), 1, "as an older hub wrote her");
        let (status, answer) =
            add(&chain, owner, json!({"name": "Eve", "phone_number": "+90 532 111 22 33"})).await;
        assert_eq!((status, &answer["code"]), (409, &json!("key_taken")), "{answer}");
        let found = chain.get("/loyalty/members?phone=05321112233", owner).await;
        assert_eq!(found["items"][0]["member_id"], ada["id"]);
        let (status, changed) = change(&chain, owner, &ada, json!({"phone_number": "0532 111 22 33"})).await;
        assert_eq!((status, &changed["row"]["phone_normalized"]), (200, &json!("905321112233")), "her own");
    }
}

fn at(hour: u32) -> Moment {
    Moment::utc(format!("2026-03-08T{hour:02}:00:00Z").parse().unwrap())
}

fn of(id: &Value) -> CustomerId {
    CustomerId::new(text(id).parse().unwrap())
}

/// The event of a till, as it is frozen there, and what it is about.
fn event(seq: u64, change: CustomerChange) -> ((u64, Uuid), String) {
    let entity = Uuid::from_u128(u128::from(seq) + 900);
    let entry = Entry::new(entity, at(12), None, ClosureNumber(1), Event::Customer(change));
    ((seq, entity), String::from_utf8(entry.to_bytes().unwrap()).unwrap())
}

/// Lets the first store's till tell of a change, and answers the flags.
async fn told(chain: &Chain, company: &Company, seq: u64, change: CustomerChange) -> Vec<String> {
    let (place, bytes) = event(seq, change);
    deliver(chain, company, place, &bytes).await
}

/// That somebody agreed to messages at an hour, or took it back.
fn said(id: &Value, given: bool, hour: u32) -> CustomerChange {
    said_at(id, given, at(hour))
}

fn said_at(id: &Value, given: bool, at: Moment) -> CustomerChange {
    let consent = Consent { purpose: Purpose::Sms, given, at, source: Source::Pos, wording: "v3".to_owned() };
    CustomerChange::ConsentRecorded { customer: of(id), consent }
}

async fn row(chain: &Chain, owner: &str, id: &Value) -> Value {
    chain.get(&format!("/definitions/customers/{}", text(id)), owner).await
}

#[tokio::test]
async fn what_somebody_agreed_to_at_a_till_is_so_at_the_hub_once_and_the_latest_word_holds() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, ada) = add(&chain, owner, json!({"name": "Ada"})).await;
        let id = &ada["id"];
        assert_eq!(told(&chain, &harbour, 1, said(id, true, 9)).await, [""; 0]);
        let given = row(&chain, owner, id).await;
        assert_eq!(given["row"]["sms_consent"], true, "{given}");
        told(&chain, &harbour, 1, said(id, true, 9)).await;
        assert_eq!(row(&chain, owner, id).await["version"], given["version"], "once");
        // The till tells of what was said last before it tells of what was said before.
        told(&chain, &harbour, 3, said(id, false, 11)).await;
        told(&chain, &harbour, 2, said(id, true, 10)).await;
        let taken = row(&chain, owner, id).await;
        assert_eq!(taken["row"]["sms_consent"], false, "{taken}");
        let page = chain.get("/sync/changes?limit=500", &harbour.device).await;
        assert!(page.to_string().contains("\"sms_consent\":false"), "every till is told: {page}");
        // People at the hub said something since.
        let (status, stated) = change(&chain, owner, &taken, json!({"sms_consent": true})).await;
        assert_eq!((status, &stated["row"]["sms_consent_at"]), (200, &json!("2026-11-21T12:00:00Z")));
        told(&chain, &harbour, 4, said(id, false, 12)).await;
        assert_eq!(row(&chain, owner, id).await["row"]["sms_consent"], true, "in March it was otherwise");
    }
}

#[tokio::test]
async fn who_is_taken_out_of_use_at_a_till_is_so_at_the_hub_where_the_device_may_have_them() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, ada) = add(&chain, owner, json!({"name": "Ada"})).await;
        let of_another =
            json!({"store_id": harbour.other_store, "row": {"name": "Eve", "last_name": "King"}});
        let eve = chain.ok("POST", "/definitions/customers", owner, of_another).await;
        let gone = |of_whom: &Value| CustomerChange::Deleted { customer: of(of_whom) };
        let (_, display) = chain.terminal(owner, &harbour.store, "WALL-1", "display").await;
        let (place, bytes) = event(1, gone(&ada["id"]));
        deliver_by(&chain, &harbour, ("WALL-1", display.as_str()), place, &bytes).await;
        told(&chain, &harbour, 2, gone(&eve["id"])).await;
        told(&chain, &harbour, 3, said(&eve["id"], true, 9)).await;
        for (who, known) in [("a display has no customers", &ada), ("another store's", &eve)] {
            let stands = row(&chain, owner, &known["id"]).await;
            assert_eq!(
                (&stands["is_deleted"], &stands["version"]),
                (&json!(false), &known["version"]),
                "{who}"
            );
        }
        told(&chain, &harbour, 4, gone(&ada["id"])).await;
        let left = row(&chain, owner, &ada["id"]).await;
        assert_eq!(left["is_deleted"], true, "{left}");
        told(&chain, &harbour, 5, gone(&ada["id"])).await;
        assert_eq!(row(&chain, owner, &ada["id"]).await["version"], left["version"], "once");
    }
}

#[tokio::test]
async fn two_rows_that_a_till_finds_to_be_one_person_are_one_at_the_hub() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        dials_turkish(&chain, owner).await;
        let phone = json!({"name": "Bob", "phone_number": "0532 111 22 33", "zip_code": "34000"});
        let (_, bob) = add(&chain, owner, phone).await;
        let (_, robert) = add(&chain, owner, json!({"name": "Robert", "phone_number": "n/a"})).await;
        let unknown = json!("00000000-0000-0000-0000-0000000004d2");
        let one = |from: &Value, into: &Value| CustomerChange::Merged { from: of(from), into: of(into) };
        told(&chain, &harbour, 1, one(&bob["id"], &unknown)).await;
        assert_eq!(row(&chain, owner, &bob["id"]).await["is_deleted"], false, "the hub has him once");
        told(&chain, &harbour, 2, one(&bob["id"], &robert["id"])).await;
        let (gone, kept) = (row(&chain, owner, &bob["id"]).await, row(&chain, owner, &robert["id"]).await);
        assert_eq!((&gone["is_deleted"], &gone["row"]["merged_into"]), (&json!(true), &robert["id"]));
        let fields =
            ["name", "phone_number", "phone_normalized", "zip_code"].map(|name| text(&kept["row"][name]));
        assert_eq!(fields, ["Robert", "0532 111 22 33", "905321112233", "34000"]);
        let found = chain.get("/loyalty/members?phone=05321112233", owner).await;
        assert_eq!(found["items"][0]["member_id"], robert["id"], "{found}");
        // Another till names the row that went; the other way round it changes nothing.
        told(&chain, &harbour, 3, said(&bob["id"], true, 9)).await;
        told(&chain, &harbour, 4, one(&robert["id"], &bob["id"])).await;
        let kept = row(&chain, owner, &robert["id"]).await;
        assert_eq!(
            (&kept["row"]["sms_consent"], &kept["is_deleted"]),
            (&json!(true), &json!(false)),
            "{kept}"
        );
        let (status, answer) = add(&chain, owner, json!({"name": "Eve", "merged_into": unknown})).await;
        assert_eq!((status, &answer["detail"]), (422, &json!("merged_into")), "by nobody's word at the hub");
    }
}

#[tokio::test]
async fn a_clock_that_is_ahead_keeps_nobody_from_taking_back_what_they_agreed_to() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, ada) = add(&chain, owner, json!({"name": "Ada"})).await;
        let id = &ada["id"];
        let moment = |text: &str| Moment::utc(text.parse().unwrap());
        // It is noon of the 21st of November: the till is a month ahead.
        told(&chain, &harbour, 1, said_at(id, true, moment("2026-12-21T12:00:00Z"))).await;
        let given = row(&chain, owner, id).await;
        let said = (&given["row"]["sms_consent"], &given["row"]["sms_consent_at"]);
        assert_eq!(said, (&json!(true), &json!("2026-11-21T12:00:00Z")), "as it is heard");
        later(60);
        told(&chain, &harbour, 2, said_at(id, false, moment("2026-11-21T12:00:30Z"))).await;
        assert_eq!(row(&chain, owner, id).await["row"]["sms_consent"], false);
        // What a row says that people wrote is no later than it is either.
        let taken = row(&chain, owner, id).await;
        let ahead = json!({"sms_consent": true, "sms_consent_at": "2036-11-21T12:00:00Z"});
        assert_eq!(change(&chain, owner, &taken, ahead).await.0, 200);
        later(120);
        told(&chain, &harbour, 3, said_at(id, false, moment("2026-11-21T12:02:00Z"))).await;
        assert_eq!(row(&chain, owner, id).await["row"]["sms_consent"], false);
        later(0);
    }
}

#[tokio::test]
async fn what_was_decided_about_segments_goes_with_whoever_goes_and_to_the_record_that_stays() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let segment = async |code: &str| {
            let new = json!({"row": {"code": code, "name": code}});
            let made = chain.ok("POST", "/definitions/customer_segments", owner, new).await;
            format!("/customer-segments/{}/members", text(&made["id"]))
        };
        let (gold, silver) = (segment("GOLD").await, segment("SILVER").await);
        let person = async |name: &str| add(&chain, owner, json!({"name": name})).await.1["id"].clone();
        let (ada, bob, robert) = (person("Ada").await, person("Bob").await, person("Robert").await);
        for (members, of, is_in) in [
            (&gold, &ada, true),
            (&gold, &bob, false),
            (&silver, &ada, true),
            (&silver, &bob, true),
            (&silver, &robert, false),
        ] {
            let new = json!({"members": [{"customer_id": of, "is_in": is_in}]});
            assert_eq!(chain.ok("PUT", members, owner, new).await, json!({"changed": 1}));
        }
        told(&chain, &harbour, 1, CustomerChange::Deleted { customer: of(&ada) }).await;
        told(&chain, &harbour, 2, CustomerChange::Merged { from: of(&bob), into: of(&robert) }).await;
        // In the first it was decided of the one who went alone, in the second of the one who stays too.
        for members in [&gold, &silver] {
            let told = chain.get(members, owner).await;
            let items = told["items"].as_array().unwrap().iter();
            let left: Vec<_> = items.map(|item| (&item["customer_id"], &item["is_in"])).collect();
            assert_eq!(left, [(&robert, &json!(false))], "{members}");
        }
    }
}
