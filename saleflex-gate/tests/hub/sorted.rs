//! Lists by their order, by what came since and by what their items hold.

use serde_json::{Value, json};

use super::{
    business::{deliver, sale},
    chain::{Chain, SHELF, chains, text},
    support::later,
};

/// What a list tells of each item, read in parts of two.
async fn told(chain: &Chain, path: &str, token: &str, of: fn(&Value) -> &Value) -> Vec<String> {
    let (mut told, mut cursor) = (Vec::new(), String::new());
    for _ in 0..5 {
        let page = chain.get(&format!("{path}&limit=2{cursor}"), token).await;
        told.extend(page["items"].as_array().unwrap().iter().map(|item| text(of(item))));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return told,
        }
    }
    panic!("{path} does not end")
}

#[tokio::test]
async fn a_list_goes_both_ways_and_tells_what_came_since() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let mut goods = Vec::new();
        chain.shelf(owner).await;
        for (minute, number) in [(0, 1_u32), (1, 2), (2, 3)] {
            later(minute * 60);
            let row = json!({"row": {"code": number.to_string(), "name": "Tea", "sale_price": "1", "fk_department_main_group_id": SHELF}});
            goods.push(chain.ok("POST", "/definitions/products", owner, row).await["id"].clone());
            let sold = sale(&harbour, number);
            let bytes = String::from_utf8(sold.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (number.into(), sold.entity), &bytes).await;
        }
        let delivery = json!({
            "type": "receive", "at": {"store_id": harbour.store}, "reference": "DN 17",
            "lines": [{"product_id": goods[0], "quantity": "24", "unit_cost": "0.62"}],
        });
        assert!(chain.once("/stock/movements", owner, &delivery, "bread").await.0.is_success());
        later(0);
        let code: fn(&Value) -> &Value = |row| &row["row"]["code"];
        let receipt: fn(&Value) -> &Value = |head| &head["number"];
        let [one, two, three] = [1, 2, 3].map(|number| format!("20261121-0001-{number:06}"));
        let rows = "/definitions/products";
        for (query, expected) in [
            ("sort=version", vec!["1", "2", "3"]),
            ("sort=-version", vec!["3", "2", "1"]),
            ("updated_since=2026-11-21T12:01:00Z", vec!["2", "3"]),
            ("updated_since=2026-11-21T12:01:00Z&sort=-version", vec!["3", "2"]),
            ("updated_since=2026-11-21T12:03:00Z", vec![]),
        ] {
            assert_eq!(told(&chain, &format!("{rows}?{query}"), owner, code).await, expected, "{query}");
        }
        for (query, expected) in [
            ("sort=received_at", vec![&one, &two, &three]),
            ("sort=-received_at", vec![&three, &two, &one]),
            ("updated_since=2026-11-21T12:02:00Z", vec![&three]),
        ] {
            for path in ["/documents", "/transactions"] {
                let found = told(&chain, &format!("{path}?{query}"), owner, receipt).await;
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{path} {query}");
            }
        }
        for (since, count) in [("12:02:00", 1), ("12:03:00", 0)] {
            let path = format!("/stock?updated_since=2026-11-21T{since}Z");
            assert_eq!(chain.get(&path, owner).await["items"].as_array().unwrap().len(), count, "{since}");
        }
        for wrong in [
            "/documents?sort=number",
            "/closures?sort=--received_at",
            "/closures?updated_since=yesterday",
            "/definitions/products?sort=code",
        ] {
            chain.refused(("GET", wrong, owner), Value::Null, (400, "invalid_request")).await;
        }
    }
}

#[tokio::test]
async fn a_list_is_filtered_by_what_its_items_hold_and_says_by_what_it_is_not() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let rows = [
            json!({"code": "1", "name": "Tea 50%", "sale_price": "1", "is_scalable": true, "min_stock": 7}),
            json!({"code": "2", "name": "tea 50%", "sale_price": "1", "is_scalable": false, "min_stock": 70}),
            json!({"code": "3", "name": "Tea", "sale_price": "1", "is_scalable": true, "description": "\"min_stock\":7"}),
            json!({"code": "4", "name": "Tea", "sale_price": "1", "is_scalable": true, "min_stock": 7}),
        ];
        chain.shelf(owner).await;
        for mut row in rows {
            row["fk_department_main_group_id"] = json!(SHELF);
            chain.ok("POST", "/definitions/products", owner, json!({"row": row})).await;
        }
        let code: fn(&Value) -> &Value = |row| &row["row"]["code"];
        for (query, expected) in [
            ("filter[name]=Tea", vec!["3", "4"]),
            ("filter%5Bname%5D=Tea%2050%25", vec!["1"]),
            ("filter[min_stock]=7", vec!["1", "4"]),
            ("filter[is_scalable]=true&filter[min_stock]=7&sort=-version", vec!["4", "1"]),
            ("filter[is_scalable]=true", vec!["1", "3", "4"]),
            ("filter[key]=2", vec!["2"]),
            ("filter[season]=spring", vec![]),
        ] {
            let found = told(&chain, &format!("/definitions/products?{query}"), owner, code).await;
            assert_eq!(found, expected, "{query}");
        }
        for number in [1_u32, 2] {
            let sold = sale(&harbour, number);
            let bytes = String::from_utf8(sold.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (number.into(), sold.entity), &bytes).await;
        }
        let wanted = "/documents?filter[number]=20261121-0001-000002&filter[status]=completed";
        assert_eq!(chain.get(wanted, owner).await["items"].as_array().unwrap().len(), 1);
        let elsewhere = format!("/documents?filter[store_id]={}", harbour.other_store);
        assert_eq!(chain.get(&elsewhere, owner).await["items"], json!([]));
        for (wrong, detail) in [
            ("/documents?filter[cahsier_id]=1", "filter[cahsier_id]"),
            ("/documents?filter[sort]=received_at", "filter[sort]"),
            ("/documents?filter=completed", "filter"),
            ("/definitions/products?filter[colour]=red", "filter[colour]"),
            ("/definitions/products?filter[min_stock]=some", "filter[min_stock]"),
            ("/definitions/cashiers?filter[password]=7719", "filter[password]"),
        ] {
            let (status, answer) = chain.send("GET", wrong, owner, &Value::Null).await;
            assert_eq!((status.as_u16(), &answer["code"]), (400, &json!("invalid_request")), "{wrong}");
            assert_eq!(answer["detail"], detail, "{wrong}: {answer}");
        }
        let resources = chain.get("/definitions", owner).await;
        let products =
            resources["items"].as_array().unwrap().iter().find(|one| one["resource"] == "products");
        let filters = products.unwrap()["filters"].as_array().unwrap();
        assert!(filters.contains(&json!({"name": "is_scalable", "kind": "flag"})), "{filters:?}");
    }
}
