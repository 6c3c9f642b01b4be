//! Price lists: who writes them, who gets them, and what goes with what.

use serde_json::{Value, json};
use uuid::Uuid;

use super::chain::{Chain, SHELF, chains, text};

async fn made(chain: &Chain, owner: &str, resource: &str, new: Value) -> String {
    chain.shelf(owner).await;
    text(&chain.ok("POST", &format!("/definitions/{resource}"), owner, new).await["id"])
}

fn tea(code: &str) -> Value {
    json!({"row": {"code": code, "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": SHELF}})
}

fn spring(store: Option<&str>, code: &str) -> Value {
    let row =
        json!({"code": code, "name": "Spring", "valid_from": "2026-03-01", "valid_until": "2026-05-31"});
    json!({"store_id": store, "row": row})
}

/// The prices that a device hears of: product, price, and whether it is gone.
async fn heard(chain: &Chain, device: &str) -> Vec<(String, String, bool)> {
    let page = chain.get("/sync/changes?limit=500", device).await;
    let of_lists =
        page["items"].as_array().unwrap().iter().filter(|row| row["resource"] == "price_list_prices");
    let mut heard: Vec<_> = of_lists
        .map(|row| {
            (text(&row["fk_product_id"]), text(&row["sale_price"]), row["is_deleted"].as_bool().unwrap())
        })
        .collect();
    heard.sort();
    heard
}

#[tokio::test]
async fn prices_of_a_list_go_to_the_tills_it_is_for_and_go_with_the_list_or_the_product() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, elsewhere) = chain.terminal(owner, &harbour.other_store, "TILL-9", "pos").await;
        let (_, kitchen) = chain.terminal(owner, &harbour.store, "PASS", "kitchen").await;
        let mut goods = [
            made(&chain, owner, "products", tea("1")).await,
            made(&chain, owner, "products", tea("2")).await,
        ];
        goods.sort();
        let [one, two] = goods;
        let all = made(&chain, owner, "price_lists", spring(None, "SPRING")).await;
        let own = made(&chain, owner, "price_lists", spring(Some(&harbour.other_store), "HILL")).await;
        let prices = format!("/price-lists/{all}/prices");
        let new = json!({"prices": [
            {"product_id": one, "sale_price": "2.50"}, {"product_id": two, "sale_price": "2.60"},
        ]});
        assert_eq!(chain.ok("PUT", &prices, owner, new.clone()).await, json!({"changed": 2}));
        assert_eq!(
            chain.ok("PUT", &prices, owner, new).await,
            json!({"changed": 0}),
            "again nothing changes"
        );
        let of_hill = json!({"prices": [{"product_id": one, "sale_price": "2.00"}]});
        chain.ok("PUT", &format!("/price-lists/{own}/prices"), owner, of_hill).await;

        let (first, second) =
            ((one.clone(), "2.50".to_owned(), false), (two.clone(), "2.60".to_owned(), false));
        assert_eq!(heard(&chain, &harbour.device).await, [first.clone(), second.clone()]);
        let hill = (one.clone(), "2.00".to_owned(), false);
        assert_eq!(heard(&chain, &elsewhere).await, [hill, first.clone(), second]);
        assert!(heard(&chain, &kitchen).await.is_empty());
        let page = chain.get(&format!("{prices}?limit=1"), owner).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        let rest = chain.get(&format!("{prices}?cursor={}", text(&page["next_cursor"])), owner).await;
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));

        let off = json!({"prices": [{"product_id": two, "sale_price": null}]});
        assert_eq!(chain.ok("PUT", &prices, owner, off.clone()).await, json!({"changed": 1}));
        assert_eq!(chain.ok("PUT", &prices, owner, off).await, json!({"changed": 0}));
        let left = chain.get(&prices, owner).await;
        assert_eq!(
            (&left["items"][0]["product_id"], left["items"].as_array().unwrap().len()),
            (&json!(one), 1)
        );
        // The product goes, and with it its price on every list.
        let version = chain.get(&format!("/definitions/products/{one}"), owner).await["version"].to_string();
        let read = [("if-match", version.as_str())];
        let path = format!("/definitions/products/{one}");
        assert_eq!(chain.send_with("DELETE", &path, owner, &Value::Null, &read).await.0.as_u16(), 204);
        assert!(heard(&chain, &elsewhere).await.iter().all(|(_, _, is_gone)| *is_gone));
        // The list goes, and with it what stands on it.
        let back = json!({"prices": [{"product_id": two, "sale_price": "2.70"}]});
        assert_eq!(chain.ok("PUT", &prices, owner, back).await, json!({"changed": 1}));
        assert!(heard(&chain, &harbour.device).await.contains(&(two.clone(), "2.70".to_owned(), false)));
        let path = format!("/definitions/price_lists/{all}");
        let version = chain.get(&path, owner).await["version"].to_string();
        let read = [("if-match", version.as_str())];
        assert_eq!(chain.send_with("DELETE", &path, owner, &Value::Null, &read).await.0.as_u16(), 204);
        assert!(heard(&chain, &harbour.device).await.iter().all(|(_, _, is_gone)| *is_gone));
        chain.refused(("GET", &prices, owner), Value::Null, (404, "not_found")).await;
        let noted = chain.get("/audit?limit=500", owner).await.to_string();
        assert!(noted.contains("prices.changed"), "{noted}");
    }
}

#[tokio::test]
async fn a_list_is_written_where_its_writers_right_holds_and_with_prices_that_tills_take() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let one = made(&chain, owner, "products", tea("1")).await;
        let hill_only = json!({"store_id": harbour.other_store, "row": {"code": "9", "name": "Hill tea", "sale_price": "1", "fk_department_main_group_id": SHELF}});
        let hill_only = made(&chain, owner, "products", hill_only).await;
        let all = made(&chain, owner, "price_lists", spring(None, "SPRING")).await;
        let quay = made(&chain, owner, "price_lists", spring(Some(&harbour.store), "QUAY")).await;
        let [prices, of_quay] = [&all, &quay].map(|list| format!("/price-lists/{list}/prices"));
        let put =
            |product: &str, price: Value| json!({"prices": [{"product_id": product, "sale_price": price}]});
        for (wrong, code) in [
            (put(&one, json!("0")), "field_invalid"),
            (put(&one, json!("-1")), "field_invalid"),
            (put(&one, json!("cheap")), "field_invalid"),
            (put(&one, json!("0.001")), "field_invalid"),
            (put(&hill_only, json!("1")), "reference_unknown"),
            (put(&Uuid::from_u128(9).to_string(), json!("1")), "reference_unknown"),
            (json!({"prices": []}), "field_invalid"),
        ] {
            chain.refused(("PUT", &prices, owner), wrong, (422, code)).await;
        }
        let twice = json!({"product_id": one, "sale_price": "1"});
        let twice = json!({"prices": [twice, {"product_id": one, "sale_price": "2"}]});
        chain.refused(("PUT", &prices, owner), twice, (422, "field_invalid")).await;
        assert_eq!(chain.get(&prices, owner).await["items"], json!([]), "all or none");
        for row in [
            json!({"code": "X", "name": "Wrong", "valid_from": "2026-03-02", "valid_until": "2026-03-01"}),
            json!({"code": "X".repeat(21), "name": "Long"}),
        ] {
            let wrong = json!({"row": row});
            chain.refused(("POST", "/definitions/price_lists", owner), wrong, (422, "field_invalid")).await;
        }
        let row = json!({"fk_price_list_id": all, "fk_product_id": one, "sale_price": "1"});
        let by_hand = ("POST", "/definitions/price_list_prices", owner);
        chain.refused(by_hand, json!({"row": row}), (403, "kept_elsewhere")).await;
        let path = format!("/definitions/price_lists/{all}");
        let version = chain.get(&path, owner).await["version"].to_string();
        let read = [("if-match", version.as_str())];
        let renamed = json!({"row": {"code": "SUMMER"}});
        let (status, answer) = chain.send_with("PATCH", &path, owner, &renamed, &read).await;
        assert_eq!((status.as_u16(), &answer["detail"]), (422, &json!("code")), "tills know a list by it");

        let north = chain.staff(&harbour, "north", ("region_manager", "region", Some(&harbour.region))).await;
        let of_region = north.access.as_str();
        assert_eq!(
            chain.ok("PUT", &of_quay, of_region, put(&one, json!("3.00"))).await,
            json!({"changed": 1})
        );
        chain.refused(("PUT", &prices, of_region), put(&one, json!("3.00")), (403, "not_allowed")).await;
        let clerk = chain.staff(&harbour, "clerk", ("cashier", "store", Some(&harbour.other_store))).await;
        assert_eq!(chain.get(&prices, &clerk.access).await["items"], json!([]));
        chain.refused(("GET", &of_quay, &clerk.access), Value::Null, (404, "not_found")).await;
        let valley = chain.company("valley").await;
        for method in ["GET", "PUT"] {
            let body = put(&one, json!("1"));
            chain.refused((method, &of_quay, &valley.owner.access), body, (404, "not_found")).await;
        }
    }
}

#[tokio::test]
async fn a_price_of_a_list_is_read_put_and_taken_off_by_itself_by_who_read_what_stands_there() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let one = made(&chain, owner, "products", tea("1")).await;
        let two = made(&chain, owner, "products", tea("2")).await;
        let list = made(&chain, owner, "price_lists", spring(None, "SPRING")).await;
        let (all, path) =
            (format!("/price-lists/{list}/prices"), format!("/price-lists/{list}/prices/{one}"));
        let ask = async |method: &str, price: &str, read: Option<&str>| {
            let headers: Vec<(&str, &str)> = read.map(|read| ("if-match", read)).into_iter().collect();
            let (status, answer) =
                chain.send_with(method, &path, owner, &json!({"sale_price": price}), &headers).await;
            (status.as_u16(), answer)
        };
        chain.refused(("GET", &path, owner), Value::Null, (404, "not_found")).await;
        assert_eq!(ask("PUT", "2.50", Some("1")).await.1["code"], "stale", "it is not on the list");
        let (status, new) = ask("PUT", "2.50", None).await;
        assert_eq!((status, &new["sale_price"], &new["product_id"]), (201, &json!("2.50"), &json!(one)));
        assert_eq!(ask("PUT", " 2.50", None).await, (200, new.clone()), "again nothing changes");
        assert_eq!(ask("PUT", "2.40", None).await.0, 428);
        let first = new["version"].to_string();
        let (status, changed) = ask("PUT", "2.40", Some(&format!("\"{first}\""))).await;
        assert_eq!((status, &changed["sale_price"]), (200, &json!("2.40")));
        assert_eq!(ask("PUT", "2.30", Some(&first)).await.1["code"], "stale", "somebody was faster");
        assert_eq!(chain.get(&path, owner).await, changed);
        assert_eq!(ask("PUT", "0", Some(&changed["version"].to_string())).await.0, 422);
        assert_eq!(heard(&chain, &harbour.device).await, [(one.clone(), "2.40".to_owned(), false)]);

        // A page of prices says of some what was read of them: all or none of it.
        let page = |read: &Value| {
            json!({"prices": [
                {"product_id": one, "sale_price": "2.20", "version": read},
                {"product_id": two, "sale_price": "2.60", "version": 0},
            ]})
        };
        let (status, answer) = chain.send("PUT", &all, owner, &page(&new["version"])).await;
        assert_eq!(
            (status.as_u16(), &answer["code"], &answer["detail"]),
            (412, &json!("stale"), &json!(one))
        );
        assert_eq!(heard(&chain, &harbour.device).await.len(), 1);
        let written = chain.ok("PUT", &all, owner, page(&changed["version"])).await;
        assert_eq!(written, json!({"changed": 2}));
        let (status, answer) = chain.send("PUT", &all, owner, &page(&changed["version"])).await;
        assert_eq!((status.as_u16(), &answer["code"]), (412, &json!("stale")));

        let version = chain.get(&path, owner).await["version"].to_string();
        assert_eq!(ask("DELETE", "", None).await.0, 428);
        assert_eq!(ask("DELETE", "", Some(&first)).await.1["code"], "stale");
        assert_eq!(ask("DELETE", "", Some(&version)).await.0, 204);
        assert_eq!(ask("DELETE", "", Some(&version)).await.0, 404);
        let left = heard(&chain, &harbour.device).await;
        assert_eq!(left.iter().filter(|(_, _, is_gone)| !is_gone).count(), 1, "{left:?}");
        let north = chain.staff(&harbour, "north", ("region_manager", "region", Some(&harbour.region))).await;
        let put = ("PUT", path.as_str(), north.access.as_str());
        chain.refused(put, json!({"sale_price": "1"}), (403, "not_allowed")).await;
        let valley = chain.company("valley").await;
        chain.refused(("GET", &path, &valley.owner.access), Value::Null, (404, "not_found")).await;
    }
}

#[tokio::test]
async fn a_list_of_a_region_holds_in_its_stores_and_in_those_that_come_into_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, elsewhere) = chain.terminal(owner, &harbour.other_store, "TILL-9", "pos").await;
        let of_region = ("region_manager", "region", Some(harbour.region.as_str()));
        let manager = chain.staff(&harbour, "north", of_region).await.access;
        let of_store = ("store_manager", "store", Some(harbour.other_store.as_str()));
        let stranger = chain.staff(&harbour, "hill", of_store).await.access;
        let company = format!("/companies/{}", harbour.slug);
        chain.ok("PATCH", &company, owner, json!({"store_domains": ["price"]})).await;
        let goods = made(&chain, owner, "products", tea("1")).await;
        let row =
            |region: &str, code: &str| json!({"region_id": region, "row": {"code": code, "name": "North"}});
        let lists = "/definitions/price_lists";
        let list = chain.ok("POST", lists, &manager, row(&harbour.region, "NORTH")).await;
        let again = ("POST", lists, stranger.as_str());
        chain.refused(again, row(&harbour.region, "HILL"), (404, "not_found")).await;
        let both = json!({"region_id": harbour.region, "store_id": harbour.store, "row": {"code": "B", "name": "B"}});
        chain.refused(("POST", lists, owner), both, (422, "field_invalid")).await;
        let product = json!({"region_id": harbour.region, "row": tea("2")["row"]});
        chain.refused(("POST", "/definitions/products", owner), product, (422, "field_invalid")).await;
        let prices = format!("/price-lists/{}/prices", text(&list["id"]));
        let new = json!({"prices": [{"product_id": goods, "sale_price": "2.50"}]});
        chain.ok("PUT", &prices, &manager, new.clone()).await;
        for (method, body) in [("GET", Value::Null), ("PUT", new)] {
            chain.refused((method, &prices, &stranger), body, (404, "not_found")).await;
        }
        assert_eq!(chain.get(lists, &stranger).await["items"], json!([]));
        assert_eq!(chain.get(lists, &manager).await["items"][0]["region_id"], json!(harbour.region));

        let price = (goods.clone(), "2.50".to_owned(), false);
        assert_eq!(heard(&chain, &harbour.device).await, std::slice::from_ref(&price));
        assert!(heard(&chain, &elsewhere).await.is_empty());
        assert_eq!(chain.get(&prices, &harbour.device).await["items"][0]["sale_price"], "2.50");
        chain.refused(("GET", &prices, &elsewhere), Value::Null, (404, "not_found")).await;
        let page = chain.get("/sync/changes?limit=500", &elsewhere).await;
        let behind = format!("/sync/changes?cursor={}", text(&page["next_cursor"]));
        chain.get(&behind, &elsewhere).await;
        // A region within: what holds above it holds there.
        let within = json!({"code": "COAST", "name": "Coast", "parent_id": harbour.region});
        let coast = text(&chain.ok("POST", "/regions", owner, within).await["id"]);
        let store = format!("/stores/{}", harbour.other_store);
        chain.ok("PATCH", &store, owner, json!({"region_id": coast})).await;
        chain.refused(("GET", &behind, &elsewhere), Value::Null, (410, "cursor_expired")).await;
        assert_eq!(heard(&chain, &elsewhere).await, [price]);
        let used = format!("/regions/{}", harbour.region);
        chain.refused(("DELETE", &used, owner), Value::Null, (409, "region_in_use")).await;
    }
}
