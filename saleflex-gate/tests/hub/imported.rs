//! Files of many rows.

use std::fmt::Write as _;

use saleflex_gate::settings::Settings;
use serde_json::{Value, json};

use super::{
    chain::{Chain, Company, SHELF, chains, text},
    support::every_books,
};

const ROWS: usize = 100_000;
/// Every so many rows one is wrong.
const EVERY: usize = 99;

/// As many rows as a file may have, which are more bytes than other requests may send.
fn large_file() -> String {
    let mut file = "code,name,sale_price,description,fk_department_main_group_id\n".to_owned();
    for row in 0..ROWS {
        let (code, price, shelf) = match (row % EVERY == EVERY - 1, row % 4) {
            (true, 0) => (row, "dear", SHELF),
            (true, 1) => (row, "", SHELF),
            (true, 2) => (row, "1.50", "00000000-0000-4000-8000-0000000000ff"),
            (true, _) => (row - 1, "1.50", SHELF),
            (false, _) => (row, "1.50", SHELF),
        };
        writeln!(file, "N{code},Novelty {row},{price},told at somewhat more length,{shelf}").unwrap();
    }
    file
}

/// The line and the field of each row of it that is wrong.
fn wrong() -> Vec<(usize, &'static str)> {
    let wrong = (0..ROWS).filter(|row| row % EVERY == EVERY - 1);
    let told = |row: usize| match row % 4 {
        0 | 1 => (row + 2, "sale_price"),
        2 => (row + 2, "fk_department_main_group_id"),
        _ => (row + 2, ""),
    };
    wrong.map(told).collect()
}

#[tokio::test]
async fn of_a_hundred_thousand_rows_each_that_is_wrong_is_counted_and_told() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.shelf(owner).await;
        let content = large_file();
        assert!(content.len() > 8 << 20, "{}", content.len());
        let looked = chain.ok("POST", "/imports/products", owner, json!({"content": content})).await;
        let (report, wrong) = (&looked["report"], wrong());
        assert_eq!((&looked["state"], &looked["rows"]), (&json!("faulty"), &json!(ROWS)));
        assert_eq!([&report["faulty"], &report["new"]], [&json!(wrong.len()), &json!(ROWS - wrong.len())]);
        let named = report["faults"].as_array().unwrap();
        assert!(named.len() == 1_000 && wrong.len() > 1_000, "the answer names the first of {}", wrong.len());

        let file =
            text(&chain.get(&format!("/imports/products/{}/faults", text(&looked["id"])), owner).await);
        let mut lines = file.lines();
        assert_eq!(lines.next(), Some("line,field,message"));
        let told: Vec<(usize, &str)> = lines
            .map(|line| {
                let mut cells = line.splitn(3, ',');
                (cells.next().unwrap().parse().unwrap(), cells.next().unwrap())
            })
            .collect();
        assert_eq!(told, wrong);
        assert_eq!((&named[0]["line"], &named[0]["field"]), (&json!(told[0].0), &json!(told[0].1)));
    }
}

#[tokio::test]
async fn a_file_beyond_what_it_may_be_is_refused_and_so_is_any_other_request_beyond_its_own_limit() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let file = ("POST", "/imports/products", owner);
        let larger = json!({"content": "x".repeat(51 << 20)});
        chain.refused(file, larger, (413, "too_large")).await;
        let longer = format!("code\n{}", "1\n".repeat(ROWS + 1));
        chain.refused(file, json!({"content": longer}), (422, "too_many_rows")).await;
        let other = json!({"row": {"code": "BOX", "name": "x".repeat(9 << 20)}});
        chain.refused(("POST", "/definitions/product_units", owner), other, (413, "too_large")).await;
    }
    for books in every_books().await {
        let chain = Chain::with(books, Settings { file_limit_bytes: 1_000, ..Settings::default() });
        let harbour = chain.company("harbour").await;
        let larger = json!({"content": "x".repeat(1_000)});
        let file = ("POST", "/imports/products", harbour.owner.access.as_str());
        chain.refused(file, larger, (413, "too_large")).await;
    }
}

/// More than two parts of what is worked on together.
const SEVERAL: usize = 1_201;

fn several(price: impl Fn(usize) -> &'static str) -> Value {
    let mut file = "code,name,sale_price,fk_department_main_group_id\n".to_owned();
    for row in 0..SEVERAL {
        writeln!(file, "N{row},Novelty {row},{},{SHELF}", price(row)).unwrap();
    }
    json!({"content": file})
}

/// Looks at a file of products and answers its report and where it is committed.
async fn looked_at(chain: &Chain, owner: &str, file: Value) -> (Value, String) {
    let looked = chain.ok("POST", "/imports/products", owner, file).await;
    assert_eq!(looked["state"], "ready", "{looked}");
    let commit = format!("/imports/products/{}/commit", text(&looked["id"]));
    (looked["report"].clone(), commit)
}

async fn product(chain: &Chain, harbour: &Company, key: &str) -> Value {
    let path = format!("/definitions/products?key={key}");
    let found = chain.get(&path, &harbour.owner.access).await;
    found["items"].as_array().unwrap().first().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_file_of_several_parts_is_written_whole_and_each_row_is_a_change_of_its_own() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.shelf(owner).await;
        let (report, commit) = looked_at(&chain, owner, several(|_| "1.50")).await;
        assert_eq!(report["new"], SEVERAL);
        let done = chain.ok("POST", &commit, owner, json!({})).await;
        assert_eq!([&done["state"], &done["report"]["new"]], [&json!("committed"), &json!(SEVERAL)]);
        let (first, last) = (product(&chain, &harbour, "N0").await, product(&chain, &harbour, "N1200").await);
        assert_eq!(first["version"].as_u64().unwrap() + 1_200, last["version"].as_u64().unwrap());
        assert_eq!(first["row"]["id"], first["id"]);
        let file = text(&chain.get("/exports/products", owner).await);
        assert_eq!(file.lines().count(), SEVERAL + 1);

        let id = text(&last["id"]);
        let told = json!({"row": {"description": "told at the hub"}});
        let (path, tag) = (format!("/definitions/products/{id}"), format!("\"{}\"", last["version"]));
        let (status, answer) =
            chain.send_with("PATCH", &path, owner, &told, &[("if-match", tag.as_str())]).await;
        assert!(status.is_success(), "{answer}");
        let dearer = |row: usize| if row > 600 { "1.60" } else { "1.50" };
        let (report, commit) = looked_at(&chain, owner, several(dearer)).await;
        assert_eq!([&report["new"], &report["changed"], &report["same"]], [0, 600, 601]);
        chain.ok("POST", &commit, owner, json!({})).await;
        chain.ok("POST", &commit, owner, json!({})).await;
        let changed = product(&chain, &harbour, "N1200").await;
        assert_eq!(
            [&changed["id"], &changed["row"]["created_at"]],
            [&last["id"], &last["row"]["created_at"]]
        );
        assert_eq!(
            [&changed["row"]["sale_price"], &changed["row"]["description"]],
            ["1.60", "told at the hub"],
            "what the file says nothing of stays"
        );
        assert_eq!(product(&chain, &harbour, "N0").await["version"], first["version"]);
    }
}

#[tokio::test]
async fn a_file_of_which_a_row_cannot_be_taken_any_more_writes_nothing() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.shelf(owner).await;
        let (_, commit) = looked_at(&chain, owner, several(|_| "1.50")).await;
        let of_a_store = json!({"store_id": harbour.store, "row": {
            "code": "N1100", "name": "Theirs", "sale_price": "2.00", "fk_department_main_group_id": SHELF,
        }});
        chain.ok("POST", "/definitions/products", owner, of_a_store).await;
        chain.refused(("POST", &commit, owner), json!({}), (409, "key_taken")).await;
        assert_eq!(product(&chain, &harbour, "N0").await, Value::Null);

        let looked = chain.ok("POST", "/imports/products", owner, several(|_| "1.50")).await;
        assert_eq!((&looked["state"], &looked["report"]["faulty"]), (&json!("faulty"), &json!(1)));
        let fault = &looked["report"]["faults"][0];
        assert_eq!((&fault["line"], &fault["field"]), (&json!(1_102), &json!("code")), "a look tells it too");
    }
}
