//! People who buy, as a company keeps them: by their telephones, each once.

use saleflex_gate::db::{DatabaseError, Tenant};
use serde_json::{Value, json};

use super::{
    chain::{Chain, chains, text},
    support::every_books,
};

async fn add(chain: &Chain, owner: &str, row: Value) -> (u16, Value) {
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
        let people = "name,phone_number\nAda,0532 111 22 33\nGrace,0532 111 22 34\n";
        for (new, same) in [(2, 0), (0, 2)] {
            let looked = look(people).await;
            let report = &looked["report"];
            assert_eq!((&report["new"], &report["same"]), (&json!(new), &json!(same)), "{looked}");
            let commit = format!("/imports/customers/{}/commit", text(&looked["id"]));
            assert_eq!(chain.ok("POST", &commit, owner, json!({})).await["state"], "committed");
            let listed = chain.get("/definitions/customers", owner).await;
            assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        }
        let looked = look("name,phone_number\nAda,\nEve,+90 532 111 22 35\nEve,05321112235\n").await;
        let faults = looked["report"]["faults"].as_array().unwrap();
        let told: Vec<_> = faults.iter().map(|fault| (&fault["line"], text(&fault["message"]))).collect();
        assert_eq!(told[0], (&json!(2), "`phone_number` is missing: rows are known by it".to_owned()));
        assert_eq!(told[1], (&json!(4), "`905321112235` stands twice in the file".to_owned()));
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
