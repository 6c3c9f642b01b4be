//! Each kind of master data: who reads and writes it, and which devices get it.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use saleflex_gate::settings::OfficeWire;
use serde_json::{Value, json};

use super::{
    chain::{Chain, SHELF, chains},
    relay::sql,
    support::{Shop, call, envelope, every_books, request},
    walk::matrix,
};

const TABLE: &str = include_str!("../../src/definitions/resources.csv");
const PROFILES: [&str; 5] = ["pos", "kitchen", "office", "mobile", "display"];

/// A row of the table: the resource, where its rows are, the rights to read and to write it, and the devices that get it.
struct Kind {
    resource: &'static str,
    path: String,
    read: &'static str,
    write: &'static str,
    devices: BTreeSet<&'static str>,
}

fn kinds() -> Vec<Kind> {
    let kinds = TABLE.lines().skip(1).map(|line| {
        let [resource, read, write, _, _, devices, path, _, _]: [&str; 9] =
            line.split(',').collect::<Vec<_>>().try_into().unwrap();
        // What belongs to another row is asked for without that one here.
        let has_its_own = !path.is_empty() && !path.contains('{');
        let path = if has_its_own { path.to_owned() } else { format!("/definitions/{resource}") };
        Kind { resource, path, read, write, devices: devices.split(' ').collect() }
    });
    kinds.collect()
}

#[tokio::test]
async fn each_kind_of_row_is_read_and_written_by_those_whom_the_matrix_names_and_by_nobody_else() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let people = chain.everybody(&harbour).await;
        let cells = matrix();
        for Kind { resource, path, read, write, .. } in kinds() {
            for (role, person) in &people {
                let may = |right: &str| {
                    let cell = cells.get(&(right.to_owned(), (*role).to_owned()));
                    cell.is_some_and(|cell| ["C", "R", "S", "T", "P"].contains(&cell.as_str()))
                };
                let (status, answer) = chain.send("GET", &path, &person.access, &Value::Null).await;
                assert_eq!(status.as_u16() == 200, may(read), "{role} reads {resource}: {status} {answer}");
                let (status, answer) = chain.send("POST", &path, &person.access, &json!({"row": {}})).await;
                let code = answer["code"].as_str().unwrap_or_default();
                if write.is_empty() {
                    assert_eq!((status.as_u16(), code), (403, "kept_elsewhere"), "{role} {resource}");
                } else if !may(write) {
                    assert_eq!((status.as_u16(), code), (403, "not_allowed"), "{role} writes {resource}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_device_reads_the_kinds_of_rows_it_gets_of_its_own_store_and_writes_none() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let tea = |code: &str| json!({"code": code, "name": "Tea", "sale_price": "3.40", "purchase_price": "1.10", "fk_department_main_group_id": SHELF});
        chain.shelf(owner).await;
        chain.ok("POST", "/definitions/products", owner, json!({"row": tea("1")})).await;
        let of_hill = json!({"store_id": harbour.other_store, "row": tea("2")});
        let of_hill = chain.ok("POST", "/definitions/products", owner, of_hill).await["id"].clone();
        let settings = json!({"row": {"name": "of the first till"}});
        let settings = chain.ok("POST", "/definitions/pos_settings", owner, settings).await["id"].clone();
        sql(
            &books,
            "UPDATE definition SET terminal_id = (SELECT terminal_id FROM terminal WHERE terminal_code = 'TILL-1') \
             WHERE resource = 'pos_settings'",
        )
        .await;
        let settings = format!("/definitions/pos_settings/{}", settings.as_str().unwrap());
        chain.get(&settings, &harbour.device).await;
        for profile in PROFILES {
            let (_, device) = chain.terminal(owner, &harbour.store, profile, profile).await;
            let device = device.as_str();
            for Kind { resource, path, devices, .. } in kinds() {
                let (status, answer) = chain.send("GET", &path, device, &Value::Null).await;
                let expected = if devices.contains(profile) { 200 } else { 403 };
                assert_eq!(status.as_u16(), expected, "{profile} reads {resource}: {answer}");
                let (status, answer) = chain.send("POST", &path, device, &json!({"row": {}})).await;
                assert_eq!(status.as_u16(), 403, "{profile} writes {resource}: {answer}");
            }
            let seen = chain.get("/definitions/products", device).await;
            let seen = seen["items"].as_array().unwrap();
            let sees_costs = !["kitchen", "display"].contains(&profile);
            let cost = if sees_costs { json!("1.10") } else { Value::Null };
            assert_eq!((seen.len(), &seen[0]["row"]["purchase_price"]), (1, &cost), "{profile}");
            let path = format!("/definitions/products/{}", seen[0]["id"].as_str().unwrap());
            assert_eq!(chain.get(&path, device).await["row"]["purchase_price"], cost, "{profile}");
            for hidden in [format!("/definitions/products/{}", of_hill.as_str().unwrap()), settings.clone()] {
                chain.refused(("GET", &hidden, device), Value::Null, (404, "not_found")).await;
            }
            assert_eq!(chain.get("/definitions/pos_settings", device).await["items"], json!([]), "{profile}");
        }
    }
}

#[tokio::test]
async fn a_device_gets_the_kinds_of_rows_it_is_made_for_and_never_what_is_none_of_its_business() {
    for books in every_books().await {
        let shop = Shop::open(books.clone(), OfficeWire::Open).await;
        let mut had = BTreeMap::new();
        for profile in PROFILES {
            let statement = match profile {
                "pos" => "UPDATE terminal SET profile = 'pos'",
                "kitchen" => "UPDATE terminal SET profile = 'kitchen'",
                "office" => "UPDATE terminal SET profile = 'office'",
                "mobile" => "UPDATE terminal SET profile = 'mobile'",
                _ => "UPDATE terminal SET profile = 'display'",
            };
            sql(&books, statement).await;
            had.insert(profile, got(&shop, profile).await);
        }
        let whole = had["pos"].clone();
        assert!(whole.len() > 30 && whole.contains_key("customers"), "{:?}", whole.keys());
        for Kind { resource, devices, .. } in kinds() {
            for profile in PROFILES {
                let expected = devices.contains(profile) && whole.contains_key(resource);
                let is_there = had[profile].contains_key(resource);
                assert_eq!(is_there, expected, "{resource} at a device of profile {profile}");
            }
        }
        for profile in ["kitchen", "display"] {
            for forbidden in ["customers", "cashiers", "coupons", "warehouse_product_stock", "payment_types"]
            {
                assert!(!had[profile].contains_key(forbidden), "{profile} {forbidden}");
            }
            let costs = had[profile]["products"].iter().map(|row| &row["purchase_price"]);
            assert!(costs.clone().count() > 0 && costs.clone().all(Value::is_null), "{profile} sees costs");
        }
        assert!(whole["products"].iter().any(|row| !row["purchase_price"].is_null()));
    }
}

/// What a device got, by each of the three ways, which must be the same. The older one is not for all of them.
async fn got(shop: &Shop, profile: &str) -> BTreeMap<String, Vec<Value>> {
    let token = Some(shop.till_1.secret.as_str());
    let (_, whole) = shop.get("/api/v1/sync/bootstrap", token).await;
    let mut by_kind = BTreeMap::new();
    for kind in whole["resources"].as_array().unwrap() {
        let rows = kind["rows"].as_array().unwrap();
        if !rows.is_empty() {
            by_kind.insert(kind["resource"].as_str().unwrap().to_owned(), rows.clone());
        }
    }
    let (_, page) = shop.get("/api/v1/sync/changes?limit=500", token).await;
    assert_eq!(page["has_more"], false);
    let named = |row: &Value| row["resource"].as_str().unwrap().to_owned();
    let changed: BTreeSet<String> = page["items"].as_array().unwrap().iter().map(named).collect();
    assert_eq!(changed, by_kind.keys().cloned().collect());
    let init = "/api/v1/pos/init?office_code=OFC-HARBOUR&store_code=HARBOUR-01&terminal_code=TILL-1";
    let (status, older) = shop.get(init, token).await;
    if ["kitchen", "display"].contains(&profile) {
        let sale = envelope("TILL-1", "transactions", &[]);
        // The wire is open: without a credential the codes say who it is.
        for (status, refusal) in [
            (status, older),
            shop.get(init, None).await,
            shop.post("/api/v1/pos/transactions", token, &sale).await,
            shop.post("/api/v1/pos/transactions", None, &sale).await,
            shop.post("/api/v1/payment", token, &json!({})).await,
        ] {
            let refused = (status.as_u16(), &refusal["error_code"]);
            assert_eq!(refused, (403, &json!("profile_not_allowed")), "{profile}: {refusal}");
        }
        return by_kind;
    }
    let is_held = |value: &Value| value.as_array().map_or(!value.is_null(), |rows| !rows.is_empty());
    let older = older["data"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, value)| is_held(value) && *name != "transaction_sequences");
    let older: BTreeSet<String> = older.map(|(name, _)| name.clone()).collect();
    assert_eq!(older, changed);
    by_kind
}

#[tokio::test]
async fn a_pull_of_some_domains_gets_those_and_a_name_that_is_none_is_refused_by_it() {
    for books in every_books().await {
        let shop = Shop::open(books, OfficeWire::Closed).await;
        let token = Some(shop.till_1.secret.as_str());
        let kinds = async |query: &str| {
            let (status, page) = shop.get(&format!("/api/v1/sync/changes?limit=500{query}"), token).await;
            assert_eq!(status, 200, "{page}");
            let named = |row: &Value| row["resource"].as_str().unwrap().to_owned();
            page["items"].as_array().unwrap().iter().map(named).collect::<BTreeSet<_>>()
        };
        let campaigns = kinds("&domains=campaign").await;
        assert!(campaigns.contains("campaigns") && !campaigns.contains("products"), "{campaigns:?}");
        let both = kinds("&domains=campaign,customers").await;
        assert!(both.contains("campaigns") && both.contains("customers") && !both.contains("products"));
        assert_eq!(kinds("&domains=").await, BTreeSet::new());
        assert!(kinds("").await.is_superset(&both));
        let (_, part) = shop.get("/api/v1/sync/bootstrap?domains=campaign,customers", token).await;
        let sent = part["resources"].as_array().unwrap().iter();
        let sent = sent.filter(|sent| sent["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
        let sent: BTreeSet<_> = sent.map(|sent| sent["resource"].as_str().unwrap().to_owned()).collect();
        assert_eq!(sent, both, "the same of everything at once");
        assert!(part["cursor"].is_string() && part["counters"].is_array(), "{part}");
        let (status, refusal) = shop.get("/api/v1/sync/bootstrap?domains=fruit", token).await;
        assert_eq!((status.as_u16(), &refusal["code"]), (400, &json!("domain_unknown")), "{refusal}");
        for unknown in ["fruit", "campaign,transactions"] {
            let path = format!("/api/v1/sync/changes?domains={unknown}");
            let (status, refusal) = shop.get(&path, token).await;
            assert_eq!((status.as_u16(), &refusal["code"]), (400, &json!("domain_unknown")), "{refusal}");
            let name = unknown.rsplit(',').next().unwrap();
            assert!(refusal["message"].as_str().unwrap().contains(name), "{refusal}");
        }
    }
}

#[tokio::test]
async fn a_device_is_served_where_its_profile_is_and_nowhere_else() {
    for books in every_books().await {
        let shop = Shop::open(books.clone(), OfficeWire::Closed).await;
        sql(&books, "UPDATE terminal SET profile = 'kitchen'").await;
        let token = Some(shop.till_1.secret.as_str());
        let (status, refusal) = shop.post("/api/v1/loyalty/quote", token, &json!({})).await;
        assert_eq!((status.as_u16(), &refusal["code"]), (403, &json!("profile_not_allowed")));
        // Old clients write the same path otherwise.
        let asked = request("GET", "/api/campaigns/active/", token, Body::empty());
        assert_eq!(call(&shop.router, asked).await.0, 403);
        let asked = request("HEAD", "/api/v1/campaigns/active", token, Body::empty());
        assert_eq!(call(&shop.router, asked).await.0, 403, "not the head of it either");
        assert_eq!(shop.get("/api/v1/sync/changes", token).await.0, 200);
    }
}

#[tokio::test]
async fn a_file_that_was_written_here_comes_back_with_what_was_changed_in_it_and_nothing_else() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let look = async |content: &str| {
            chain.ok("POST", "/imports/products", owner, json!({"content": content})).await
        };
        let said =
            |looked: &Value| ["new", "changed", "same"].map(|how| looked["report"][how].as_u64().unwrap());
        chain.shelf(owner).await;
        let file = "code,name,sale_price,minimum_age,is_scalable,fk_department_main_group_id,weight\n\
                    0017,=Tea,3.40,18,FALSE,SHELF,0.50\n0018,Jam,2,,TRUE,SHELF,\n";
        let looked = look(&file.replace("SHELF", SHELF)).await;
        assert_eq!(said(&looked), [2, 0, 0], "{looked}");
        let commit = |looked: &Value| format!("/imports/products/{}/commit", looked["id"].as_str().unwrap());
        chain.ok("POST", &commit(&looked), owner, json!({})).await;
        let tea = async || chain.get("/definitions/products?key=0017", owner).await["items"][0].clone();
        let before = tea().await;
        let row = &before["row"];
        let kinds = json!([row["minimum_age"], row["is_scalable"], row["weight"]]);
        assert_eq!(kinds, json!([18, false, 0.5]));
        let written = chain.get("/exports/products", owner).await.as_str().unwrap().to_owned();
        assert_eq!(said(&look(&written).await), [0, 0, 2], "{written}");
        let edited = written.replace("3.40", "3.80").replace("false", "FALSE").replace("true", "TRUE");
        let looked = look(&edited).await;
        assert_eq!(said(&looked), [0, 1, 1], "{looked}");
        assert_eq!(chain.ok("POST", &commit(&looked), owner, json!({})).await["state"], "committed");
        let after = tea().await;
        assert_eq!((&after["row"]["sale_price"], &after["row"]["name"]), (&json!("3.80"), &json!("=Tea")));
        assert_eq!((&after["id"], &after["row"]["created_at"]), (&before["id"], &row["created_at"]));
        for (file, field) in [
            ("code,name,sale_price,minimum_age\n0019,Gin,9.00,old\n", "minimum_age"),
            ("code,name,sale_price\n0019,Gin,9.00\n", "fk_department_main_group_id"),
            ("code,name,sale_price,sale_prise\n0019,Gin,9.00,9.00\n", "sale_prise"),
            ("code,is_deleted\n0017,TRUE\n", "is_deleted"),
        ] {
            let looked = look(file).await;
            assert_eq!(looked["report"]["faults"][0]["field"], field, "{looked}");
        }
    }
}

#[tokio::test]
async fn rows_are_the_same_under_the_path_of_their_own_and_belong_to_what_that_begins_with() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let tea = |code: &str| json!({"row": {"code": code, "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": SHELF}});
        chain.shelf(owner).await;
        let (tea, coffee) = (
            chain.ok("POST", "/products", owner, tea("1")).await,
            chain.ok("POST", "/definitions/products", owner, tea("2")).await,
        );
        let one = format!("/products/{}", tea["id"].as_str().unwrap());
        let [of_tea, of_coffee] =
            [&tea, &coffee].map(|product| format!("/products/{}/barcodes", product["id"].as_str().unwrap()));
        let code = |code: &str| json!({"row": {"barcode": code}});
        let made = chain.ok("POST", &of_tea, owner, code("40")).await;
        assert_eq!(made["row"]["fk_product_id"], tea["id"]);
        chain.ok("POST", &of_coffee, owner, code("41")).await;
        let other = json!({"row": {"barcode": "42", "fk_product_id": coffee["id"]}});
        chain.refused(("POST", &of_tea, owner), other, (422, "field_invalid")).await;
        for token in [owner, till] {
            let listed = chain.get("/products?sort=-version&limit=1", token).await;
            assert_eq!((&listed["items"][0]["id"], listed["next_cursor"].is_string()), (&coffee["id"], true));
            assert_eq!(chain.get("/products?filter[code]=1", token).await["items"], json!([tea]));
            assert_eq!(chain.get(&of_tea, token).await["items"], json!([made]));
            assert_eq!(chain.get(&format!("{of_tea}?filter[barcode]=41"), token).await["items"], json!([]));
        }
        let [barcode, elsewhere] = [of_tea.as_str(), of_coffee.as_str()]
            .map(|list| format!("{list}/{}", made["id"].as_str().unwrap()));
        assert_eq!(chain.get(&barcode, till).await, made);
        let version = made["version"].to_string();
        let read = [("if-match", version.as_str())];
        for method in ["GET", "PATCH", "DELETE"] {
            let (status, answer) = chain.send_with(method, &elsewhere, owner, &code("43"), &read).await;
            assert_eq!((status.as_u16(), &answer["code"]), (404, &json!("not_found")), "{method}: {answer}");
        }
        chain.refused(("PATCH", &barcode, owner), code("43"), (428, "if_match_required")).await;
        let (status, changed) = chain.send_with("PATCH", &barcode, owner, &code("43"), &read).await;
        assert_eq!((status.as_u16(), &changed["row"]["barcode"]), (200, &json!("43")), "{changed}");
        let (status, stale) = chain.send_with("DELETE", &barcode, owner, &Value::Null, &read).await;
        assert_eq!((status.as_u16(), &stale["code"]), (412, &json!("stale")), "{stale}");
        // What goes has nothing below it.
        let version = tea["version"].to_string();
        let read = [("if-match", version.as_str())];
        assert_eq!(chain.send_with("DELETE", &one, owner, &Value::Null, &read).await.0.as_u16(), 204);
        for (method, path) in [("GET", &of_tea), ("GET", &barcode), ("POST", &of_tea)] {
            chain.refused((method, path, owner), code("44"), (404, "not_found")).await;
        }
    }
}
