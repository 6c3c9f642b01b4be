//! Reports by their names, files of them, receipts, members found by telephone, and roles at some tills of a store.

use saleflex_core::{
    journal::Entry,
    printout::{
        receipt::{self, Frame},
        text::render,
        words::ENGLISH,
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver as deliver_sale, sale},
    chain::{Chain, chains, text},
    reports::{closed, deliver},
    support::later,
};

const SPAN: &str = "from=2026-11-01&until=2026-11-30";

/// Two closed periods of two tills.
async fn periods(chain: &Chain) -> super::chain::Company {
    let harbour = chain.company("harbour").await;
    let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
    for ((till, device), id, day, gross) in [
        (("TILL-1", harbour.device.as_str()), 11, "2026-11-20", 10_000),
        (("TILL-2", second.as_str()), 12, "2026-11-21", 2_000),
    ] {
        deliver(chain, &harbour, (till, device, id), (1, closed((1, day), gross))).await;
    }
    harbour
}

#[tokio::test]
async fn reports_are_named_in_a_catalogue_and_come_to_what_closed_periods_do() {
    for chain in chains().await {
        let harbour = periods(&chain).await;
        let owner = harbour.owner.access.as_str();
        let catalogue = chain.get("/reports", owner).await;
        for kind in catalogue["items"].as_array().unwrap() {
            let table = chain.get(&format!("/reports/{}?{SPAN}", text(&kind["key"])), owner).await;
            assert_eq!((&table["key"], &table["not_counted"]), (&kind["key"], &json!(0)), "{table}");
            let columns: Vec<&str> =
                table["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            for row in table["rows"].as_array().unwrap().iter().chain(table["totals"].as_array().unwrap()) {
                assert!(columns.iter().all(|name| row.get(*name).is_some()), "{row}");
            }
        }
        let table = chain.get(&format!("/reports/sales-summary?{SPAN}"), owner).await;
        let of = |row: &Value| {
            ["gross_sales", "line_discounts", "campaigns_on_lines", "net_sales", "net_excluding_tax"]
                .map(|name| text(&row[name]))
        };
        assert_eq!(of(&table["rows"][0]), ["100.00", "0.70", "0.45", "99.00", "98.60"]);
        assert_eq!(
            of(&table["totals"][0]),
            ["120.00", "1.40", "0.90", "118.00", "117.20"],
            "the sums of its days"
        );
        assert_eq!(table["filters"]["group_by"], "day");
        let path =
            format!("/reports/sales-summary?{SPAN}&group_by=till_day&terminal_id={}", harbour.terminal);
        let of_till = chain.get(&path, owner).await;
        assert_eq!(of_till["rows"].as_array().unwrap().len(), 1);
        assert_eq!(of_till["rows"][0]["terminal_id"], json!(harbour.terminal));

        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await;
        let nothing = chain.get(&format!("/reports/sales-summary?{SPAN}"), &manager.access).await;
        assert_eq!(nothing["rows"], json!([]), "within reach alone");
        let get = |path: &'static str| ("GET", path, owner);
        chain
            .refused(
                get("/reports/unicorns?from=2026-11-01&until=2026-11-02"),
                Value::Null,
                (404, "not_found"),
            )
            .await;
        for wrong in
            ["/reports/tax?from=2026-11-02&until=2026-11-01", "/reports/tax?from=2025-01-01&until=2026-11-01"]
        {
            chain.refused(get(wrong), Value::Null, (400, "invalid_request")).await;
        }
    }
}

#[tokio::test]
async fn a_file_of_a_report_says_what_it_is_and_is_its_askers_alone() {
    for chain in chains().await {
        let harbour = periods(&chain).await;
        let owner = harbour.owner.access.as_str();
        let asked = json!({"from": "2026-11-01", "until": "2026-11-30", "group_by": "store_day"});
        let job = chain.ok("POST", "/reports/sales-summary/exports", owner, asked).await;
        assert_eq!((&job["state"], &job["progress"]), (&json!("done"), &json!(100)));
        let path = format!("/jobs/{}", text(&job["id"]));
        assert_eq!(chain.get(&path, owner).await["id"], job["id"]);
        let (status, file) = chain.send("GET", &format!("{path}/file"), owner, &Value::Null).await;
        let file = file.as_str().map_or_else(|| file.to_string(), str::to_owned);
        assert_eq!(status.as_u16(), 200, "{file}");
        assert!(file.contains("\nnot_counted,0\ndoubled,0\n"), "whether periods are missing: {file}");
        let totals = file.split_once("\ntotals\n").map(|(_, totals)| totals).unwrap_or_default();
        assert!(totals.starts_with("2026-11-01,2026-11-30,,,") && totals.contains(",120.00,"), "{file}");
        let manager =
            chain.staff(&harbour, "manager", ("store_manager", "store", Some(&harbour.store))).await;
        for path in [path.clone(), format!("{path}/file")] {
            chain.refused(("GET", &path, &manager.access), Value::Null, (404, "not_found")).await;
        }
        let unknown = json!({"from": "2026-11-01", "until": "2026-11-30", "format": "pdf"});
        let post = ("POST", "/reports/tax/exports", owner);
        chain.refused(post, unknown, (400, "invalid_request")).await;
        assert!(chain.get("/audit?limit=500", owner).await.to_string().contains("report.exported"));
        later(31 * 86_400);
        assert_eq!(chain.hub.sweep().await.unwrap()["jobs"], 1);
        later(0);
    }
}

#[tokio::test]
async fn a_receipt_is_shown_as_its_till_printed_it_under_the_number_of_now() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let sold = sale(&harbour, 1);
        let bytes = String::from_utf8(sold.to_bytes().unwrap()).unwrap();
        deliver_sale(&chain, &harbour, (1, sold.entity), &bytes).await;
        let path = format!("/documents/{}/receipt", sold.entity);
        let of = async |query: &str| {
            let (status, answer) = chain.send("GET", &format!("{path}{query}"), owner, &Value::Null).await;
            (status.as_u16(), answer.as_str().map_or_else(|| answer.to_string(), str::to_owned))
        };
        let (status, english) = of("").await;
        assert_eq!(status, 200, "{english}");
        let path_of_till = format!("/terminals/{}", harbour.terminal);
        let renumbered = chain.ok("PATCH", &path_of_till, owner, json!({"number": 17})).await;
        assert_eq!(renumbered["number"], 17);
        let (_, english) = of("").await;
        let till = Frame { register: "17", ..Frame::new(&ENGLISH) };
        let printed = render(&receipt::completed(&sold.effects.completed[0], &till), 42);
        let mut shown = english.lines();
        for line in &printed {
            assert!(shown.any(|shown| shown == line), "{line:?} is not in its place in\n{english}");
        }
        assert!(english.contains("2.40") && english.contains(" 17"), "{english}");
        let (_, turkish) = of("?language=tr&width=32").await;
        assert!(english != turkish, "in the words that are asked for");
        for (wrong, status) in [("?language=xx", 400), ("?width=5", 400), ("?format=pdf", 422)] {
            assert_eq!(of(wrong).await.0, status, "{wrong}");
        }
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await;
        chain.refused(("GET", &path, &manager.access), Value::Null, (404, "not_found")).await;
    }
}

#[tokio::test]
async fn the_receipt_of_goods_brought_back_names_their_sale_by_its_number() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let sold = sale(&harbour, 1);
        let bytes = String::from_utf8(sold.to_bytes().unwrap()).unwrap();
        deliver_sale(&chain, &harbour, (1, sold.entity), &bytes).await;
        let mut back = serde_json::to_value(sale(&harbour, 2)).unwrap();
        let document = &mut back["effects"]["completed"][0]["document"];
        document["kind"] = "return".into();
        document["original"] = sold.entity.to_string().into();
        let back: Entry = serde_json::from_value(back).unwrap();
        // One that was given up instead.
        let mut given_up = serde_json::to_value(sale(&harbour, 3)).unwrap();
        let completed = given_up["effects"]["completed"][0].clone();
        given_up["effects"] = json!({"cancelled": {
            "document": completed["document"], "cancelled_at": completed["completed_at"], "closure": 1,
            "authority": {"cashier": completed["completed_by"]}, "cause": "cashier",
        }});
        let document = &mut given_up["effects"]["cancelled"]["document"];
        document["kind"] = "return".into();
        document["original"] = sold.entity.to_string().into();
        let given_up: Entry = serde_json::from_value(given_up).unwrap();
        let number = sold.effects.completed[0].document().number.to_string();
        for (seq, back) in [(2, back), (3, given_up)] {
            let bytes = String::from_utf8(back.to_bytes().unwrap()).unwrap();
            deliver_sale(&chain, &harbour, (seq, back.entity), &bytes).await;
            let shown = text(&chain.get(&format!("/documents/{}/receipt", back.entity), owner).await);
            assert!(shown.contains(&number) && !shown.contains(&sold.entity.to_string()), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_member_is_found_by_the_telephone_however_it_is_typed() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let ada = chain.customer(owner).await;
        let given = json!({"points": 5, "reason": "A broken jug"});
        assert!(
            chain
                .once(&format!("/loyalty/members/{ada}/adjustments"), owner, &given, "jug")
                .await
                .0
                .is_success()
        );
        for query in [
            "phone=905320000000".to_owned(),
            "phone=%2B90%20532%20000%2000%2000".to_owned(),
            format!("member_id={ada}"),
        ] {
            let found = chain.get(&format!("/loyalty/members?{query}"), &harbour.device).await;
            let member = &found["items"][0];
            assert_eq!(
                (&member["member_id"], &member["points"], &member["name"]),
                (&json!(ada), &json!(5), &json!("Ada King")),
                "{query}"
            );
        }
        let nobody = chain.get("/loyalty/members?phone=905329999999", owner).await;
        assert_eq!(nobody["items"], json!([]));
        let unknown = chain.get(&format!("/loyalty/members?member_id={}", Uuid::from_u128(9)), owner).await;
        assert_eq!(unknown["items"], json!([]));
        for wrong in
            ["/loyalty/members", "/loyalty/members?phone=1&member_id=018f0000-0000-7000-8000-00000000dead"]
        {
            chain.refused(("GET", wrong, owner), Value::Null, (400, "invalid_request")).await;
        }
        let valley = chain.company("valley").await;
        let elsewhere = chain.get("/loyalty/members?phone=905320000000", &valley.owner.access).await;
        assert_eq!(elsewhere["items"], json!([]), "another company's");
    }
}

#[tokio::test]
async fn a_member_of_each_of_two_stores_with_one_telephone_is_found_by_each() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let mut known = Vec::new();
        for (store, name) in [(&harbour.store, "Ada"), (&harbour.other_store, "Eve")] {
            let row = json!({"name": name, "last_name": "King", "phone_normalized": "905320000000"});
            let new = json!({"store_id": store, "row": row});
            known.push(chain.ok("POST", "/definitions/customers", owner, new).await["id"].clone());
        }
        let (_, there) = chain.terminal(owner, &harbour.other_store, "TILL-9", "pos").await;
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await;
        for (who, id) in [(&harbour.device, &known[0]), (&there, &known[1]), (&manager.access, &known[1])] {
            let found = chain.get("/loyalty/members?phone=905320000000", who).await;
            assert_eq!(&found["items"][0]["member_id"], id, "{found}");
        }
    }
}

#[tokio::test]
async fn a_role_is_narrowed_to_tills_of_its_store_and_widened_again() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.staff(&harbour, "cashier", ("cashier", "store", Some(&harbour.store))).await;
        let held = chain.get("/role-assignments", owner).await;
        let role =
            held["items"].as_array().unwrap().iter().find(|one| one["role"] == "cashier").unwrap().clone();
        let path = format!("/role-assignments/{}", text(&role["id"]));
        let narrowed = chain.ok("PATCH", &path, owner, json!({"terminals": [harbour.terminal]})).await;
        assert_eq!((&narrowed["id"], &narrowed["terminals"]), (&role["id"], &json!([harbour.terminal])));
        let kept = chain.ok("PATCH", &path, owner, json!({})).await;
        assert_eq!(kept["terminals"], json!([harbour.terminal]), "nothing is said");
        let widened = chain.ok("PATCH", &path, owner, json!({"terminals": null})).await;
        assert_eq!(widened["terminals"], Value::Null);
        let manager =
            chain.staff(&harbour, "manager", ("store_manager", "store", Some(&harbour.other_store))).await;
        chain.refused(("PATCH", &path, &manager.access), json!({}), (404, "not_found")).await;
        assert!(chain.get("/audit?limit=500", owner).await.to_string().contains("role.changed"));
    }
}
