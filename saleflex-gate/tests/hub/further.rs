//! Reports that closed periods do not tell: goods, customers, shelves, points; and the board of a day.

use saleflex_core::{
    customer::CustomerChange,
    document::{DocumentType, Kind},
    ids::{ClosureNumber, CustomerId},
    journal::{Entry, Event},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver, deliver_by, finished, sale, sale_to},
    chain::{SHELF, chains, text},
};

const SPAN: &str = "from=2026-11-01&until=2026-11-30";

#[tokio::test]
async fn what_was_sold_and_to_whom_is_told_once_within_reach_and_without_names() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let member = chain.customer(owner).await;
        let customer = CustomerId::new(member.parse().unwrap());
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (nobodys, theirs) = (sale(&harbour, 1), sale_to(&harbour, 2, None, Some(customer)));
        // What leaves on a waybill was not sold.
        let left = finished(&harbour, (DocumentType::Waybill, Kind::Sale), 3, customer);
        for (seq, entry) in [(1, &nobodys), (2, &theirs), (3, &left)] {
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (seq, entry.entity), &bytes).await;
            // A copy of the till delivers the same.
            deliver_by(&chain, &harbour, ("TILL-2", &second), (seq, entry.entity), &bytes).await;
        }
        let sold = chain.get(&format!("/reports/products?{SPAN}&group_by=store_month"), owner).await;
        // Twice a thing of 2.40 with a sixth of tax in it.
        let total = &sold["totals"][0];
        let figures =
            ["quantity", "returned", "gross", "discounts", "tax", "net"].map(|name| text(&total[name]));
        assert_eq!(figures, ["2", "0", "4.80", "0.00", "0.80", "4.80"], "{sold}");
        let row = &sold["rows"][0];
        assert_eq!((&row["documents"], &row["store_id"]), (&json!(2), &json!(harbour.store)));
        assert_eq!((&row["from"], &row["until"]), (&json!("2026-11-01"), &json!("2026-11-30")));
        let bought = chain.get(&format!("/reports/customers?{SPAN}"), owner).await;
        let rows = bought["rows"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["customer_id"]), (1, &json!(member)), "{bought}");
        assert_eq!((&rows[0]["net"], &rows[0]["last_bought_on"]), (&json!("2.40"), &json!("2026-11-21")));
        assert!(!bought.to_string().contains("Ada"), "people are told by their identity alone");
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await;
        for key in ["products", "customers", "stock-levels", "stock-movements", "loyalty"] {
            let table = chain.get(&format!("/reports/{key}?{SPAN}"), &manager.access).await;
            assert_eq!(table["rows"], json!([]), "{key}");
        }
        let before = chain.get("/reports/products?from=2026-11-01&until=2026-11-20", owner).await;
        assert_eq!(before["rows"], json!([]));
    }
}

#[tokio::test]
async fn what_was_bought_under_a_record_that_was_made_one_with_another_is_told_of_the_one_that_stays() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let twin = chain.customer(owner).await;
        let new = json!({"row": {"name": "Ada", "last_name": "King"}});
        let ada = text(&chain.ok("POST", "/definitions/customers", owner, new).await["id"]);
        let [from, into] = [&twin, &ada].map(|id| CustomerId::new(id.parse().unwrap()));
        let [one, other] = [(1, from), (2, into)].map(|(no, who)| sale_to(&harbour, no, None, Some(who)));
        let merged = Event::Customer(CustomerChange::Merged { from, into });
        let merged = Entry::new(Uuid::from_u128(0xD1), other.at, None, ClosureNumber(1), merged);
        for (seq, entry) in [(1, one), (2, other), (3, merged)] {
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (seq, entry.entity), &bytes).await;
        }
        let bought = chain.get(&format!("/reports/customers?{SPAN}"), owner).await;
        let rows = bought["rows"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["customer_id"]), (1, &json!(ada)), "{bought}");
        assert_eq!((&rows[0]["documents"], &rows[0]["net"]), (&json!(2), &json!("4.80")), "{bought}");
    }
}

#[tokio::test]
async fn shelves_and_points_are_told_as_tables_and_as_files() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.shelf(owner).await;
        let row = json!({"row": {"code": "BREAD", "name": "Bread", "sale_price": "2.00", "fk_department_main_group_id": SHELF}});
        let bread = text(&chain.ok("POST", "/definitions/products", owner, row).await["id"]);
        let delivery = json!({
            "type": "receive", "at": {"store_id": harbour.store},
            "lines": [{"product_id": bread, "quantity": "24"}],
        });
        chain.once("/stock/movements", owner, &delivery, "one").await;
        let member = chain.customer(owner).await;
        let gift = json!({"points": 100, "reason": "late"});
        chain.once(&format!("/loyalty/members/{member}/adjustments"), owner, &gift, "gift").await;
        let one =
            async |key: &str| chain.get(&format!("/reports/{key}?{SPAN}"), owner).await["rows"][0].clone();
        let level = one("stock-levels").await;
        assert_eq!((&level["name"], &level["on_hand"]), (&json!("Bread"), &json!("24")));
        let moved = one("stock-movements").await;
        let figures = ["code", "kind", "movements", "quantity"].map(|name| moved[name].clone());
        assert_eq!(figures, [json!("BREAD"), json!("receipt"), json!(1), json!("24")]);
        let points = one("loyalty").await;
        assert_eq!(points, json!({"kind": "adjusted", "entries": 1, "members": 1, "points": 100}));
        let here = Some(harbour.store.as_str());
        let clerk = chain.staff(&harbour, "clerk", ("stock_clerk", "store", here)).await.access;
        let told = chain.get(&format!("/reports/stock-levels?{SPAN}"), &clerk).await;
        assert_eq!(told["rows"][0]["on_hand"], "24", "who works with stock reads of it");
        chain
            .refused(("GET", &format!("/reports/loyalty?{SPAN}"), &clerk), Value::Null, (403, "not_allowed"))
            .await;
        let export = json!({"from": "2026-11-01", "until": "2026-11-30"});
        let job = chain.ok("POST", "/reports/stock-levels/exports", owner, export).await;
        let file = chain.get(&format!("/jobs/{}/file", text(&job["id"])), owner).await;
        assert!(file.as_str().unwrap().contains("BREAD,Bread,24"), "{file}");
    }
}

#[tokio::test]
async fn the_board_of_a_store_tells_its_day_beside_the_same_day_of_the_week_before() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let customer = CustomerId::new(Uuid::from_u128(0xC0));
        let left = finished(&harbour, (DocumentType::DeliveryNote, Kind::Sale), 2, customer);
        for (seq, entry) in [(1, sale(&harbour, 1)), (2, left)] {
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (seq, entry.entity), &bytes).await;
        }
        for id in [&harbour.store, &harbour.id] {
            let board = chain.get(&format!("/dashboards/{id}?day=2026-11-21"), owner).await;
            let today = &board["sales"][0];
            assert_eq!((&today["currency"], &today["documents"]), (&json!("TRY"), &json!(1)), "{board}");
            assert_eq!((&today["total"], &today["average"]), (&json!("2.40"), &json!("2.40")));
            assert_eq!((&today["week_before"], &board["terminals"]["all"]), (&json!("0.00"), &json!(1)));
            let later = chain.get(&format!("/dashboards/{id}?day=2026-11-28"), owner).await;
            assert_eq!(later["sales"][0]["week_before"], "2.40", "{later}");
        }
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await.access;
        let path = format!("/dashboards/{}", harbour.store);
        chain.refused(("GET", &path, &manager), Value::Null, (404, "not_found")).await;
        let path = format!("/dashboards/{}", harbour.id);
        chain.refused(("GET", &path, &manager), Value::Null, (403, "not_allowed")).await;
    }
}

#[tokio::test]
async fn the_counters_of_a_terminal_are_the_numbers_that_come_next() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        for receipt in 1..=3 {
            let entry = sale(&harbour, receipt);
            let body = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (receipt.into(), entry.entity), &body).await;
        }
        let value = |rows: &Value, name: &str| {
            let rows = rows.as_array().unwrap();
            rows.iter().find(|row| row["name"] == name).unwrap()["value"].clone()
        };
        let state = chain.get("/sync/state", &harbour.device).await;
        let init = format!("/pos/init?office_code={}&store_code=QUAY&terminal_code=TILL-1", harbour.slug);
        let seed = chain.get(&init, &harbour.device).await;
        for rows in [&state["counters"], &seed["data"]["transaction_sequences"]] {
            let next = (value(rows, "ClosureNumber"), value(rows, "ReceiptNumber"));
            assert_eq!(next, (json!(1), json!(4)), "{rows}");
        }
    }
}

#[tokio::test]
async fn the_counters_of_a_terminal_are_shown_within_reach() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let path = format!("/sequences?terminal_id={}", harbour.terminal);
        let shown = chain.get(&path, &harbour.owner.access).await;
        let counters = shown["items"].as_array().unwrap().iter();
        let counters: Vec<_> = counters.map(|one| (text(&one["name"]), one["value"].clone())).collect();
        let expected = ["ReceiptNumber", "ClosureNumber"].map(|name| (name.to_owned(), json!(1)));
        assert_eq!(counters, expected);
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await.access;
        chain.refused(("GET", &path, &manager), Value::Null, (404, "not_found")).await;
        chain.refused(("GET", "/sequences", &manager), Value::Null, (400, "invalid_request")).await;
    }
}

#[tokio::test]
async fn counters_are_put_right_by_who_looks_after_the_terminal_and_told_by_nobody_beyond_what_they_come_to()
{
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, device) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let numbers = |receipt: i64, closure: i64| json!([{"name": "ReceiptNumber", "value": receipt}, {"name": "ClosureNumber", "value": closure}]);
        let beyond = json!({"counters": numbers(1, 1_000_000_000)});
        chain.refused(("POST", "/sync/sequences", device), beyond, (422, "field_invalid")).await;
        let push = |sequences: Value| {
            json!({
                "office_code": harbour.slug, "store_code": "QUAY", "terminal_code": "TILL-1", "pos_id": 1,
                "sequences": sequences,
            })
        };
        let told = chain.ok("POST", "/pos/sequences", device, push(numbers(7, i64::MAX))).await;
        assert_eq!(told["updated"], 1, "the other is none that a terminal counted");
        let long = json!([{"name": "N".repeat(5_000), "value": 1}, {"name": "N\u{0}", "value": 1}]);
        assert_eq!(chain.ok("POST", "/pos/sequences", device, push(long)).await["updated"], 0);
        let shown = async || {
            let shown = chain.get(&format!("/sequences?terminal_id={}", harbour.terminal), owner).await;
            shown["items"].as_array().unwrap().iter().map(|one| one["value"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(shown().await, [1, 1], "neither moved it");
        chain.ok("POST", "/pos/sequences", device, push(numbers(7, 999_999_999))).await;
        let path = format!("/sequences/{}", harbour.terminal);
        let right = json!({"counters": numbers(3, 2)});
        let store = Some(harbour.store.as_str());
        let clerk = chain.staff(&harbour, "clerk", ("office_operator", "store", store)).await;
        chain.refused(("PUT", &path, &clerk.access), right.clone(), (403, "not_allowed")).await;
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", store)).await;
        let put = chain.ok("PUT", &path, &manager.access, right).await;
        assert_eq!((&put["items"][0]["value"], &put["items"][1]["value"]), (&json!(3), &json!(2)));
        assert_eq!(shown().await, [3, 2]);
        let audit = chain.get("/audit?act=sequence.repaired", owner).await;
        let before = json!({"ReceiptNumber": 7, "ClosureNumber": 999_999_999});
        assert_eq!(audit["items"][0]["detail"]["before"], before, "{audit}");
        chain.ok("POST", "/pos/sequences", device, push(numbers(4, 2))).await;
        assert_eq!(shown().await, [4, 2], "it goes on from there");
        for wrong in [numbers(0, 2), json!([{"name": "Tray", "value": 1}])] {
            let wrong = json!({"counters": wrong});
            chain.refused(("PUT", &path, owner), wrong, (422, "field_invalid")).await;
        }
    }
}
