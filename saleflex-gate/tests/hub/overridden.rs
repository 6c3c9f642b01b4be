//! What a store has in the place of a row of its company.

use serde_json::{Value, json};

use super::chain::{Chain, Company, SHELF, chains, text};

const PRODUCTS: &str = "/definitions/products";

/// A company with tea, and a till in each of its stores.
async fn shop(chain: &Chain) -> (Company, String, Value) {
    let harbour = chain.company("harbour").await;
    let (_, elsewhere) = chain.terminal(&harbour.owner.access, &harbour.other_store, "TILL-9", "pos").await;
    chain.shelf(&harbour.owner.access).await;
    let row = json!({"row": {"code": "2001", "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": SHELF}});
    let tea = chain.ok("POST", PRODUCTS, &harbour.owner.access, row).await;
    (harbour, elsewhere, tea)
}

/// Tea of one store at another price.
async fn own(chain: &Chain, harbour: &Company, price: &str) -> Value {
    let row = json!({"store_id": harbour.store, "row": {"code": "2001", "sale_price": price}});
    chain.ok("POST", PRODUCTS, &harbour.owner.access, row).await
}

/// Changes a row as it was read, or takes it away.
async fn write(chain: &Chain, harbour: &Company, (method, row, body): (&str, &Value, Value)) -> Value {
    let path = format!("{PRODUCTS}/{}", text(&row["id"]));
    let tag = format!("\"{}\"", row["version"]);
    let headers = [("if-match", tag.as_str())];
    let (status, answer) = chain.send_with(method, &path, &harbour.owner.access, &body, &headers).await;
    assert!(status.is_success(), "{method} {path}: {status} {answer}");
    answer
}

/// The products of everything that a till is given: identity, code and price.
async fn sold(chain: &Chain, device: &str) -> Vec<[Value; 3]> {
    let all = chain.get("/sync/bootstrap", device).await;
    let all = all["resources"].as_array().unwrap().clone();
    let products = all.into_iter().find(|resource| resource["resource"] == "products").unwrap();
    let rows = products["rows"].as_array().unwrap().iter();
    let rows = rows.filter(|row| row["is_deleted"] != true);
    rows.map(|row| ["id", "code", "sale_price"].map(|field| row[field].clone())).collect()
}

/// What changed for a till behind a place, and the next place.
async fn news(chain: &Chain, device: &str, cursor: Option<&str>) -> (Vec<Value>, String) {
    let place = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
    let page = chain.get(&format!("/sync/changes{place}"), device).await;
    (page["items"].as_array().unwrap().clone(), text(&page["next_cursor"]))
}

#[tokio::test]
async fn what_a_store_has_in_the_place_of_the_companys_holds_there_until_it_goes() {
    for chain in chains().await {
        let (harbour, elsewhere, tea) = shop(&chain).await;
        let place = news(&chain, &harbour.device, None).await.1;
        let there = news(&chain, &elsewhere, None).await.1;
        let dearer = own(&chain, &harbour, "4.00").await;
        assert_eq!(
            [&dearer["overrides"], &dearer["row"]["name"]],
            [&tea["id"], &json!("Tea")],
            "what it does not say is the company's"
        );
        let of = |price: &str| vec![[tea["id"].clone(), json!("2001"), json!(price)]];
        assert_eq!(sold(&chain, &harbour.device).await, of("4.00"));
        assert_eq!(sold(&chain, &elsewhere).await, of("3.40"));
        let (changed, place) = news(&chain, &harbour.device, Some(&place)).await;
        assert_eq!([&changed[0]["id"], &changed[0]["sale_price"]], [&tea["id"], &json!("4.00")]);
        let (changed, there) = news(&chain, &elsewhere, Some(&there)).await;
        assert_eq!(changed, [] as [Value; 0]);
        // What the company's costs now is told where it holds.
        let tea = write(&chain, &harbour, ("PATCH", &tea, json!({"row": {"sale_price": "3.50"}}))).await;
        let (changed, place) = news(&chain, &harbour.device, Some(&place)).await;
        assert_eq!(changed, [] as [Value; 0]);
        assert_eq!(news(&chain, &elsewhere, Some(&there)).await.0[0]["sale_price"], "3.50");

        let path = format!("{PRODUCTS}/{}", text(&tea["id"]));
        assert_eq!(chain.get(&path, &harbour.device).await["row"]["sale_price"], "4.00");
        let listed =
            chain.get(&format!("{PRODUCTS}?store_id={}", harbour.store), &harbour.owner.access).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        assert_eq!(listed["items"][0]["id"], dearer["id"]);
        let listed = chain.get(PRODUCTS, &harbour.device).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        assert_eq!([&listed["items"][0]["id"], &listed["items"][0]["row"]["id"]], [&tea["id"]; 2]);

        write(&chain, &harbour, ("DELETE", &dearer, json!({}))).await;
        let (changed, _) = news(&chain, &harbour.device, Some(&place)).await;
        assert_eq!(changed.len(), 1);
        let back = ["id", "is_deleted", "sale_price"].map(|field| changed[0][field].clone());
        assert_eq!(back, [tea["id"].clone(), json!(false), json!("3.50")]);
        assert_eq!(sold(&chain, &harbour.device).await, of("3.50"));
        own(&chain, &harbour, "4.20").await;
    }
}

#[tokio::test]
async fn a_key_is_one_at_each_level_and_what_overrides_a_row_goes_and_is_renamed_with_it() {
    for chain in chains().await {
        let (harbour, _, tea) = shop(&chain).await;
        let owner = harbour.owner.access.as_str();
        let dearer = own(&chain, &harbour, "4.00").await;
        let again = json!({"store_id": harbour.store, "row": {"code": "2001"}});
        chain.refused(("POST", PRODUCTS, owner), again, (409, "key_taken")).await;
        let local = json!({"store_id": harbour.store, "row": {"code": "7", "name": "Cake", "sale_price": "9", "fk_department_main_group_id": SHELF}});
        chain.ok("POST", PRODUCTS, owner, local).await;
        let later = json!({"row": {"code": "7", "name": "Cake", "sale_price": "8", "fk_department_main_group_id": SHELF}});
        chain.refused(("POST", PRODUCTS, owner), later, (409, "key_taken")).await;
        let of_the_store = json!({"row": {"fk_product_id": dearer["id"], "barcode": "4006381333931"}});
        chain
            .refused(
                ("POST", "/definitions/product_barcodes", owner),
                of_the_store,
                (422, "reference_unknown"),
            )
            .await;

        let path = format!("{PRODUCTS}/{}", text(&dearer["id"]));
        let tag = format!("\"{}\"", dearer["version"]);
        let read = [("if-match", tag.as_str())];
        let change = json!({"row": {"code": "2002"}});
        let (status, refused) = chain.send_with("PATCH", &path, owner, &change, &read).await;
        assert_eq!((status.as_u16(), &refused["detail"]), (422, &json!("code")), "{refused}");
        let renamed = write(&chain, &harbour, ("PATCH", &tea, json!({"row": {"code": "2002"}}))).await;
        let there: Vec<Value> =
            sold(&chain, &harbour.device).await.into_iter().map(|[_, code, _]| code).collect();
        assert!(there.contains(&json!("2002")) && !there.contains(&json!("2001")), "{there:?}");
        write(&chain, &harbour, ("DELETE", &renamed, json!({}))).await;
        let there = sold(&chain, &harbour.device).await;
        assert_eq!((there.len(), &there[0][1]), (1, &json!("7")));
    }
}

#[tokio::test]
async fn rates_that_have_no_key_are_overridden_by_their_number() {
    for chain in chains().await {
        let (harbour, elsewhere, _) = shop(&chain).await;
        let owner = harbour.owner.access.as_str();
        let rates = "/definitions/vat_rates";
        let row = json!({"name": "Standard", "no": 1, "rate": "20.00"});
        let of_all = chain.ok("POST", rates, owner, json!({"row": row})).await;
        let here = json!({"store_id": harbour.store, "row": {"name": "Free port", "no": 1, "rate": "0"}});
        let own = chain.ok("POST", rates, owner, here.clone()).await;
        assert_eq!(own["overrides"], of_all["id"]);
        chain.refused(("POST", rates, owner), here, (409, "key_taken")).await;
        for (device, name) in [(&harbour.device, "Free port"), (&elsewhere, "Standard")] {
            let rows = chain.get(rates, device).await["items"].clone();
            let rows: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["row"]["name"]).collect();
            assert_eq!(rows, [name]);
        }
    }
}

#[tokio::test]
async fn the_file_of_a_store_changes_nothing_of_the_companys() {
    for chain in chains().await {
        let (harbour, elsewhere, _) = shop(&chain).await;
        let owner = harbour.owner.access.as_str();
        for (price, expected) in [("3.40", (0, 1)), ("3.90", (1, 0)), ("3.95", (1, 0))] {
            let file = json!({
                "store_id": harbour.store, "content": format!("code,sale_price\n2001,{price}\n"),
            });
            let looked = chain.ok("POST", "/imports/products", owner, file).await;
            let (changed, same) = expected;
            assert_eq!(
                [&looked["report"]["changed"], &looked["report"]["same"]],
                [&json!(changed), &json!(same)],
                "{looked}"
            );
            let commit = format!("/imports/products/{}/commit", text(&looked["id"]));
            chain.ok("POST", &commit, owner, json!({})).await;
        }
        assert_eq!(sold(&chain, &harbour.device).await[0][2], "3.95");
        assert_eq!(sold(&chain, &elsewhere).await[0][2], "3.40");
    }
}
