//! Rights of a store end at its door, also where what is asked for is the whole company's.

use saleflex_gate::settings::{Settings, Upstream};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    chain::{Chain, Company, Person, SHELF, chains, text},
    support::every_books,
};

/// A company that gives its stores some domains, and somebody with a role in its first store.
async fn with(chain: &Chain, domains: &[&str], role: &str) -> (Company, Person) {
    let harbour = chain.company("harbour").await;
    let path = format!("/companies/{}", harbour.slug);
    chain.ok("PATCH", &path, &harbour.owner.access, json!({"store_domains": domains})).await;
    let person = chain.staff(&harbour, "of.a.store", (role, "store", Some(&harbour.store))).await;
    (harbour, person)
}

async fn keyed(chain: &Chain, (path, token): (&str, &str), body: &Value, key: &str) -> (u16, String) {
    let (status, answer) = chain.once(path, token, body, key).await;
    (status.as_u16(), answer["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn who_prints_coupons_of_a_store_makes_and_sees_no_gift_cards_of_the_company() {
    for chain in chains().await {
        let (harbour, person) = with(&chain, &["coupon"], "office_operator").await;
        let here = person.access.as_str();
        let card = json!({"number": "6035710012345678905", "currency": "TRY", "amount": "1000000.00"});
        let refused = (403, "not_allowed".to_owned());
        assert_eq!(keyed(&chain, ("/gift-cards", here), &card, "a").await, refused);
        let (status, issued) = chain.once("/gift-cards", &harbour.owner.access, &card, "b").await;
        assert_eq!(status.as_u16(), 200, "{issued}");
        let path = format!("/gift-cards/{}", text(&issued["id"]));
        let load = json!({"amount": "1.00"});
        assert_eq!(keyed(&chain, (&format!("{path}/load"), here), &load, "c").await, refused);
        let of_a_document = json!({"amount": "1.00", "document_id": Uuid::from_u128(9)});
        for (act, key) in [("redeem", "d"), ("refund", "e")] {
            assert_eq!(keyed(&chain, (&format!("{path}/{act}"), here), &of_a_document, key).await, refused);
        }
        let reason = json!({"reason": "Mine"});
        for act in ["block", "unblock"] {
            let asked = ("POST", &*format!("{path}/{act}"), here);
            chain.refused(asked, reason.clone(), (403, "not_allowed")).await;
        }
        for seen in ["/gift-cards".to_owned(), format!("{path}/entries")] {
            chain.refused(("GET", &seen, here), Value::Null, (403, "not_allowed")).await;
        }
        let number = json!({"number": "6035710012345678905"});
        chain.ok("POST", "/gift-cards/find", here, number).await;
    }
}

#[tokio::test]
async fn points_of_a_customer_of_another_store_are_not_there() {
    for chain in chains().await {
        let (harbour, person) = with(&chain, &[], "store_manager").await;
        let (owner, here) = (harbour.owner.access.as_str(), person.access.as_str());
        let of = async |store: Option<&str>, phone: &str| {
            let row = json!({"store_id": store, "row": {"name": "Ada", "last_name": "King", "phone_normalized": phone}});
            text(&chain.ok("POST", "/definitions/customers", owner, row).await["id"])
        };
        let (foreign, own, shared) = (
            of(Some(&harbour.other_store), "1").await,
            of(Some(&harbour.store), "2").await,
            of(None, "3").await,
        );
        let given = json!({"points": 5, "reason": "Late delivery"});
        for (member, status) in [(&foreign, 404), (&own, 200), (&shared, 200)] {
            let path = format!("/loyalty/members/{member}");
            let adjust = format!("{path}/adjustments");
            assert_eq!(keyed(&chain, (&adjust, here), &given, member).await.0, status);
            for seen in [path.clone(), format!("{path}/entries")] {
                assert_eq!(chain.send("GET", &seen, here, &Value::Null).await.0.as_u16(), status);
            }
            let points = json!({"member_id": member, "document_id": Uuid::from_u128(9), "points": 1});
            let held = keyed(&chain, ("/loyalty/reserve", &harbour.device), &points, member).await;
            assert_eq!(held.0, status, "a till has no other store's customers either: {held:?}");
        }
        chain.get(&format!("/loyalty/members/{foreign}"), owner).await;
    }
}

#[tokio::test]
async fn who_sets_prices_changes_a_price_and_nothing_else_of_a_product_of_their_store() {
    for chain in chains().await {
        let (harbour, person) = with(&chain, &["price"], "store_manager").await;
        let (owner, here) = (harbour.owner.access.as_str(), person.access.as_str());
        chain.shelf(owner).await;
        let of = async |store: Option<&str>, code: &str| {
            let row = json!({"store_id": store, "row": {"code": code, "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": SHELF}});
            chain.ok("POST", "/definitions/products", owner, row).await
        };
        let (own, shared) = (of(Some(&harbour.store), "1").await, of(None, "2").await);
        let put = async |row: &Value, token: &str, body: Value| {
            let (path, tag) =
                (format!("/products/{}/price", text(&row["id"])), format!("\"{}\"", row["version"]));
            let (status, answer) = chain.send_with("PUT", &path, token, &body, &[("if-match", &tag)]).await;
            (status.as_u16(), answer)
        };
        let dearer = || json!({"sale_price": "3.60"});
        let (status, changed) = put(&own, here, dearer()).await;
        assert_eq!((status, &changed["row"]["sale_price"]), (200, &json!("3.60")), "{changed}");
        assert_eq!(changed["row"]["name"], "Tea");
        assert_eq!(put(&own, here, dearer()).await.0, 412, "somebody else read it before");
        assert_eq!(put(&shared, here, dearer()).await.0, 403, "the company's own price");
        assert_eq!(put(&shared, owner, dearer()).await.0, 200);
        for wrong in [json!({"sale_price": "-1"}), json!({"sale_price": "cheap"})] {
            let (status, answer) = put(&changed, here, wrong).await;
            assert_eq!((status, &answer["detail"]), (422, &json!("sale_price")));
        }
        assert_eq!(put(&changed, here, json!({"sale_price": "1", "name": "Gold"})).await.0, 400);
        let path = format!("/definitions/products/{}", text(&own["id"]));
        let rename = ("PATCH", path.as_str(), here);
        chain.refused(rename, json!({"row": {"name": "Gold"}}), (403, "not_allowed")).await;
    }
}

#[tokio::test]
async fn a_stores_hub_says_what_holds_for_the_company_where_it_stands_alone_and_nowhere_else() {
    for books in every_books().await {
        let harbour = Chain::on(books.clone()).company("harbour").await;
        let (path, owner) = (format!("/companies/{}", harbour.slug), harbour.owner.access.as_str());
        let change = json!({"quota_policy": "allow", "store_domains": ["price"]});
        let upstream = Some(Upstream { address: "http://unused".to_owned(), token: "t".to_owned() });
        let below = Chain::in_store(books.clone(), Settings { upstream, ..Settings::default() });
        below.refused(("PATCH", &path, owner), change.clone(), (403, "not_the_authority")).await;
        assert_eq!(below.get(&path, owner).await["quota_policy"], "refuse", "it may be looked at");
        let alone = Chain::in_store(books, Settings::default());
        let changed = alone.ok("PATCH", &path, owner, change).await;
        assert_eq!(
            (&changed["quota_policy"], &changed["store_domains"]),
            (&json!("allow"), &json!(["price"]))
        );
        let asked = json!({"schema_version": 1, "epoch": Uuid::from_u128(9), "asks": []});
        let answer = alone.ok("POST", "/sync/quotas", &harbour.device, asked).await;
        assert_eq!(answer["policy"], "allow", "tills hear it");
    }
}
