//! A store that was set up at the hub, as an older terminal is told it.

use std::collections::BTreeSet;

use saleflex_gate::{
    Codes, NewStore,
    settings::{Settings, Upstream},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    chain::{Chain, Company, SHELF, chains},
    support::{codes, every_books},
};

const TILL_1: &str = include_str!("../../../vectors/wire/init/harbour-TILL-1.json");

/// What a terminal is told, which must be the same at every start.
async fn told(chain: &Chain, (office, store, terminal): (&str, &str, &str), token: &str) -> Value {
    let init = format!("/pos/init?office_code={office}&store_code={store}&terminal_code={terminal}");
    let data = chain.get(&init, token).await["data"].take();
    assert_eq!(chain.get(&init, token).await["data"], data, "the same identities at the next start");
    data
}

async fn make(chain: &Chain, company: &Company, resource: &str, row: Value) -> Value {
    let path = format!("/definitions/{resource}");
    chain.ok("POST", &path, &company.owner.access, json!({ "row": row })).await["id"].take()
}

/// The rows of a resource that are in force.
fn live<'a>(data: &'a Value, resource: &str) -> Vec<&'a Value> {
    data[resource].as_array().unwrap().iter().filter(|row| row["is_deleted"] != true).collect()
}

fn held(data: &Value, resource: &str, field: &str) -> BTreeSet<String> {
    live(data, resource).into_iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

/// That every row has every column of the recorded ones, each with a value that its table takes.
fn has_every_column(data: &Value) {
    let fields = include_str!("../../../vectors/wire/fields.json");
    let fields: Value = serde_json::from_str(fields).unwrap();
    for (resource, columns) in fields["init"].as_object().unwrap() {
        let one = || vec![data[resource].clone()];
        for row in data[resource].as_array().cloned().unwrap_or_else(one) {
            for (column, expected) in columns.as_object().unwrap() {
                let value = row.get(column).unwrap_or_else(|| panic!("{resource}.{column}: {row}"));
                let is_fit = match expected["type"].as_str().unwrap() {
                    _ if value.is_null() => expected["nullable"] == true,
                    // What their tables have no column for is none of theirs.
                    _ if expected["office_only"] == true => true,
                    "bool" => value.is_boolean(),
                    "int" => value.is_i64(),
                    "float" => value.is_number(),
                    "uuid" => value.as_str().is_some_and(|id| Uuid::parse_str(id).is_ok()),
                    _ => value.is_string(),
                };
                assert!(is_fit, "{resource}.{column} is {value}");
            }
        }
    }
}

/// That an older terminal can sell by what it is told.
fn sells(data: &Value, (name, currency): (&str, &str)) {
    has_every_column(data);
    assert_eq!(data["store"]["brand_name"], name);
    let counts =
        ["transaction_document_types", "transaction_discount_types", "campaign_types", "payment_types"]
            .map(|resource| live(data, resource).len());
    assert_eq!(counts, [12, 7, 6, 10]);
    assert!(held(data, "transaction_discount_types", "code").contains("CAMPAIGN"));
    assert_eq!(held(data, "countries", "iso_alpha2").len(), 249);
    let settings = live(data, "pos_settings");
    assert_eq!(settings.len(), 1);
    let currencies = live(data, "currencies");
    let own = currencies.iter().find(|row| row["id"] == settings[0]["fk_current_currency_id"]).unwrap();
    assert_eq!(own["sign"], currency);
    let (mains, subs) =
        (held(data, "department_main_groups", "id"), held(data, "department_sub_groups", "id"));
    for product in live(data, "products") {
        assert!(mains.contains(product["fk_department_main_group_id"].as_str().unwrap()), "{product}");
        assert!(subs.contains(product["fk_department_sub_group_id"].as_str().unwrap()), "{product}");
        assert!(live(data, "vat_rates").iter().any(|rate| rate["no"] == product["vat_no"]), "{product}");
    }
    assert!(!live(data, "products").is_empty());
    let closes = |row: &&Value| row["is_active"] == true && row["is_administrator"] == true;
    assert!(live(data, "cashiers").iter().any(closes));
    assert_eq!(live(data, "transaction_sequences").len(), 2);
}

#[tokio::test]
async fn a_store_that_was_set_up_here_gives_an_older_terminal_all_that_it_needs_to_sell() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        chain.shelf(&harbour.owner.access).await;
        let tea = json!({"code": "2001", "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": SHELF});
        make(&chain, &harbour, "products", tea).await;
        let cashier = json!({"user_name": "ece", "name": "Ece", "is_administrator": true});
        make(&chain, &harbour, "cashiers", cashier).await;
        let data = told(&chain, (&harbour.slug, "QUAY", "TILL-1"), &harbour.device).await;
        sells(&data, ("QUAY", "TRY"));
        assert_eq!(live(&data, "currencies")[0]["decimal_places"], 2);
        // The same where the operator made store and terminal by command.
        let pier = NewStore {
            office_code: "OFC-HARBOUR".into(),
            store_code: "HARBOUR-01".into(),
            name: "Pier".into(),
            currency: "KWD".into(),
            time_zone: "Asia/Kuwait".into(),
            prices_include_tax: true,
            self_registration: false,
        };
        chain.hub.add_store(harbour.slug.clone(), pier).await.unwrap();
        let till = chain.hub.register(codes("TILL-9"), 4).await.unwrap();
        let data = told(&chain, ("OFC-HARBOUR", "HARBOUR-01", "TILL-9"), &till.secret).await;
        sells(&data, ("Pier", "KWD"));
        let dinar = live(&data, "currencies").into_iter().find(|row| row["sign"] == "KWD").unwrap();
        assert_eq!(dinar["decimal_places"], 3);
        assert_eq!(live(&data, "pos_settings")[0]["pos_no_in_store"], 4);
    }
}

#[tokio::test]
async fn what_people_made_takes_the_place_of_what_is_given_and_a_whole_set_keeps_its_own_rows() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let details =
            json!({"details": {"address": "Quay 4", "phone": "000", "country": "tr"}, "name": "Fish quay"});
        let store = format!("/stores/{}", harbour.store);
        chain.ok("PATCH", &store, &harbour.owner.access, details).await;
        make(&chain, &harbour, "payment_types", json!({"type_no": 1, "type_name": "Wallet"})).await;
        let own = json!({"no": 1, "name": "FISCAL_RECEIPT", "display_name": "Fiş"});
        let own = make(&chain, &harbour, "transaction_document_types", own).await;
        let rate =
            make(&chain, &harbour, "vat_rates", json!({"name": "Standard", "no": 3, "rate": "20.00"})).await;
        let drinks = json!({"code": "1", "name": "Drinks", "fk_vat_id": rate});
        let drinks = make(&chain, &harbour, "department_main_groups", drinks).await;
        let tea = json!({"code": "2001", "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": drinks});
        make(&chain, &harbour, "products", tea).await;
        let data = told(&chain, (&harbour.slug, "QUAY", "TILL-1"), &harbour.device).await;
        has_every_column(&data);
        let turkey = live(&data, "countries").into_iter().find(|row| row["iso_alpha2"] == "TR").unwrap();
        let place =
            ["brand_name", "street", "phone_number", "fk_country_id"].map(|column| &data["store"][column]);
        assert_eq!(place, [&json!("Fish quay"), &json!("Quay 4"), &json!("000"), &turkey["id"]]);
        assert_eq!(held(&data, "payment_types", "type_name"), BTreeSet::from(["Wallet".to_owned()]));
        assert_eq!(data["payment_types"].as_array().unwrap().len(), 11, "those that were given are gone");
        let receipts = data["transaction_document_types"].as_array().unwrap().iter();
        let receipts: Vec<_> = receipts.filter(|row| row["name"] == "FISCAL_RECEIPT").collect();
        assert_eq!((receipts.len(), &receipts[0]["id"]), (1, &own));
        assert_eq!(held(&data, "transaction_document_types", "name").len(), 12);
        assert_eq!(live(&data, "vat_rates").len(), 1);
        assert_eq!(held(&data, "department_main_groups", "name"), BTreeSet::from(["Drinks".to_owned()]));
        let (tea, sub) = (live(&data, "products")[0], live(&data, "department_sub_groups")[0]);
        assert_eq!((&tea["vat_no"], &tea["fk_department_sub_group_id"]), (&json!(3), &sub["id"]));
        assert_eq!(sub["main_group_id"], drinks);

        let mut whole: Value = serde_json::from_str(TILL_1).unwrap();
        (whole["office_code"], whole["store_code"]) = (json!(harbour.slug), json!("HILL"));
        chain.hub.import(harbour.slug.clone(), whole.clone()).await.unwrap();
        let hill = Codes { office: harbour.slug.clone(), store: "HILL".into(), ..codes("TILL-1") };
        let till = chain.hub.register_next(hill).await.unwrap();
        let data = told(&chain, (&harbour.slug, "HILL", "TILL-1"), &till.secret).await;
        for resource in ["store", "countries", "currencies", "transaction_discount_types", "campaign_types"] {
            assert_eq!(data[resource], whole["data"][resource], "{resource}");
        }
    }
}

#[tokio::test]
async fn what_was_given_is_the_companys_own_from_then_on() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let types = "/definitions/transaction_discount_types";
        assert_eq!(chain.get(types, owner).await["items"], json!([]));
        let codes = (harbour.slug.as_str(), "QUAY", "TILL-1");
        let data = told(&chain, codes, &harbour.device).await;
        let kept = chain.get(&format!("{types}?limit=50"), owner).await["items"].take();
        let kept = kept.as_array().unwrap();
        let ids: Vec<&Value> = kept.iter().map(|row| &row["id"]).collect();
        let given: Vec<&Value> =
            live(&data, "transaction_discount_types").into_iter().map(|row| &row["id"]).collect();
        assert_eq!((ids.len(), ids), (7, given));

        let send = async |method: &str, row: &Value, body: Value| {
            let path = format!("{types}/{}", row["id"].as_str().unwrap());
            let tag = format!("\"{}\"", row["version"]);
            let read = [("if-match", tag.as_str())];
            let (status, answer) = chain.send_with(method, &path, owner, &body, &read).await;
            assert!(status.is_success(), "{status} {answer}");
        };
        send("PATCH", &kept[0], json!({"row": {"display_name": "Yok"}})).await;
        send("DELETE", &kept[1], json!({})).await;
        let data = told(&chain, codes, &harbour.device).await;
        let types = live(&data, "transaction_discount_types");
        assert_eq!(types.len(), 6);
        assert!(types.iter().any(|row| row["id"] == kept[0]["id"] && row["display_name"] == "Yok"));
        // A country of a customer is one that is there.
        let country = live(&data, "countries")[0]["id"].clone();
        make(&chain, &harbour, "cities", json!({"name": "Quay", "fk_country_id": country})).await;
    }
}

#[tokio::test]
async fn what_is_given_and_not_kept_is_no_change_that_tills_are_told_of() {
    for books in every_books().await {
        let harbour = Chain::on(books.clone()).company("harbour").await;
        // The company's hub decides about all of it.
        let upstream = Some(Upstream { address: "http://unused".to_owned(), token: "t".to_owned() });
        let store = Chain::in_store(books, Settings { upstream, ..Settings::default() });
        let place = async || store.get("/sync/changes", &harbour.device).await["next_cursor"].take();
        let before = place().await;
        let data = told(&store, (&harbour.slug, "QUAY", "TILL-1"), &harbour.device).await;
        assert_eq!(live(&data, "transaction_discount_types").len(), 7);
        assert_eq!(place().await, before);
    }
}

#[test]
fn the_columns_of_every_resource_are_those_that_older_terminals_were_recorded_with() {
    let fields = include_str!("../../../vectors/wire/fields.json");
    let fields: Value = serde_json::from_str(fields).unwrap();
    let mut recorded = fields["init"].as_object().unwrap().clone();
    for line in include_str!("../../src/office/columns.csv").lines().skip(1) {
        let (resource, columns) = line.split_once(',').unwrap();
        let names = columns.split(' ').map(|column| column.split([':', '!']).next().unwrap());
        let expected = recorded.remove(resource).unwrap();
        let expected: BTreeSet<&str> = expected.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names.collect::<BTreeSet<_>>(), expected, "{resource}");
    }
    assert!(recorded.is_empty(), "{recorded:?}");
}
