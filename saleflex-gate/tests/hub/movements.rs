//! Movements of goods, uses and points that an older client tells by themselves.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    chain::{Chain, Company, SHELF, chains, text},
    quotas::{campaign, offers},
    support::{id, sale},
};

fn envelope(company: &Company, list: &str, items: &[Value]) -> Value {
    json!({
        "office_code": company.slug, "store_code": "QUAY", "terminal_code": "TILL-1", "pos_id": 1, list: items,
        "sequences": [],
    })
}

#[tokio::test]
async fn goods_of_an_older_client_are_moved_once_by_a_documents_lines_or_by_the_movements_that_name_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, device) = (harbour.owner.access.as_str(), harbour.device.as_str());
        chain.shelf(owner).await;
        let row = json!({"row": {"code": "BREAD", "name": "Bread", "sale_price": "2.00", "fk_department_main_group_id": SHELF}});
        let bread = text(&chain.ok("POST", "/definitions/products", owner, row).await["id"]);
        let on_hand = async || {
            let levels = chain.get(&format!("/stock/{bread}?store_id={}", harbour.store), owner).await;
            text(&levels["items"][0]["on_hand"])
        };
        let movement = |number: u32, kind: &str, quantity: Value| {
            json!({
                "id": id(number), "movement_number": format!("MOV-{number}"), "movement_type": kind,
                "fk_product_id": bread, "quantity": quantity, "movement_date": "2026-11-21T10:00:00.25",
            })
        };
        let of_sale = |number: u32, quantity: i32, document: u32| {
            let mut row = movement(number, "SALE", json!(quantity));
            row["fk_transaction_head_id"] = json!(id(document));
            row
        };
        let told = async |movements: &[Value]| {
            let body = envelope(&harbour, "movements", movements);
            chain.ok("POST", "/sync/warehouse-movements", device, body).await
        };
        let sold = async |document: u32, quantity: &str| {
            let mut sold = sale(&id(document), document, "6.0000");
            sold["products"] =
                json!([{"id": id(90 + document), "fk_product_id": bread, "quantity": quantity}]);
            chain.ok("POST", "/sync/transactions", device, envelope(&harbour, "transactions", &[sold])).await;
        };

        for result in ["accepted", "duplicate"] {
            let answer = told(&[movement(1, "RECEIPT", json!(24))]).await;
            assert_eq!((&answer["accepted"], &answer["results"][0]["result"]), (&json!(1), &json!(result)));
            assert_eq!(answer["results"][0]["unique_id"], "MOV-1");
            assert_eq!(on_hand().await, "24");
        }
        told(&[of_sale(2, -2, 51)]).await;
        told(&[of_sale(3, -1, 51), of_sale(4, -1, 51)]).await;
        assert_eq!(on_hand().await, "20", "each movement that names it, once");
        sold(51, "4").await;
        assert_eq!(on_hand().await, "20", "the document moves no more of it");
        sold(52, "3").await;
        told(&[of_sale(5, -3, 52)]).await;
        assert_eq!(on_hand().await, "17", "its lines moved them");

        let odd = [
            movement(6, "SALE", json!("two")),
            json!({"movement_type": "SALE"}),
            movement(7, "RETURN", json!(1)),
        ];
        let answer = told(&odd).await;
        assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(2), &json!(1)), "{answer}");
        assert_eq!(answer["results"][0]["flags"], json!(["amount_unreadable"]));
        assert_eq!(answer["results"][1]["error_code"], "id_invalid");
        assert_eq!(on_hand().await, "18", "a bad one undoes no neighbour");
        let other = json!({"id": id(1), "movement_type": "RECEIPT", "fk_product_id": bread, "quantity": 50});
        let answer = told(&[other]).await;
        assert_eq!(answer["results"][0]["flags"], json!(["content_mismatch"]), "{answer}");
        assert_eq!(on_hand().await, "18", "the first is in force");
        // What is only meant moves nothing, however often it is told, and moves once it has happened.
        let mut meant = movement(10, "LOSS", json!(2));
        meant["status"] = json!("PENDING");
        for _ in 0..2 {
            let answer = told(std::slice::from_ref(&meant)).await;
            assert_eq!(answer["results"][0]["result"], "accepted", "{answer}");
            assert_eq!((answer["results"][0].get("flags"), on_hand().await.as_str()), (None, "18"));
        }
        meant["status"] = json!("COMPLETED");
        for result in ["accepted", "duplicate"] {
            let answer = told(std::slice::from_ref(&meant)).await;
            assert_eq!(answer["results"][0]["result"], result, "{answer}");
            assert_eq!(on_hand().await, "16");
        }
        meant["status"] = json!("CANCELLED");
        let answer = told(&[meant]).await;
        assert_eq!(answer["results"][0]["flags"], json!(["content_mismatch"]), "it was told otherwise");
        let listed = chain.get(&format!("/stock/movements?product_id={bread}&kind=receipt"), owner).await;
        assert_eq!(listed["items"][0]["change"], "24");
        assert!(text(&listed["items"][0]["moved_at"]).starts_with("2026-11-21T"), "by the store's clock");
    }
}

#[tokio::test]
async fn movements_that_come_before_their_document_or_behind_it_leave_the_same_on_the_shelves() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, device) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let mut goods = Vec::new();
        for code in ["BREAD", "TEA", "JAM"] {
            chain.shelf(owner).await;
            let row = json!({"row": {"code": code, "name": code, "sale_price": "2.00", "fk_department_main_group_id": SHELF}});
            goods.push(text(&chain.ok("POST", "/definitions/products", owner, row).await["id"]));
        }
        let movements = |number: u32, head: u32| {
            let rows = [("SALE", 0, 1), ("DAMAGE", 0, 5), ("SALE", 2, 3)];
            let rows = (number..).zip(rows).map(|(number, (kind, product, quantity))| {
                json!({
                    "id": id(number), "movement_type": kind, "fk_product_id": goods[product],
                    "quantity": quantity, "fk_transaction_head_id": id(head),
                })
            });
            rows.collect::<Vec<_>>()
        };
        let told = async |rows: &[Value]| {
            let body = envelope(&harbour, "movements", rows);
            chain.ok("POST", "/sync/warehouse-movements", device, body).await;
        };
        let sold = async |head: u32| {
            let mut sold = sale(&id(head), head, "6.0000");
            sold["products"] = json!([
                {"id": id(head * 10), "fk_product_id": goods[0], "quantity": "2"},
                {"id": id(head * 10 + 1), "fk_product_id": goods[1], "quantity": "1"},
            ]);
            let body = envelope(&harbour, "transactions", &[sold]);
            chain.ok("POST", "/sync/transactions", device, body).await;
        };
        let on_hand = async || {
            let levels = chain.get(&format!("/stock?store_id={}", harbour.store), owner).await;
            let levels = levels["items"].as_array().unwrap().clone();
            let of = |product: &String| {
                let level = levels.iter().find(|level| level["product_id"] == product.as_str());
                level.map_or(0, |level| text(&level["on_hand"]).parse::<i64>().unwrap())
            };
            goods.iter().map(of).collect::<Vec<_>>()
        };
        sold(51).await;
        told(&movements(1, 51)).await;
        assert_eq!(on_hand().await, [-7, -1, -3], "what its lines sold, and what else befell its goods");
        told(&movements(11, 52)).await;
        sold(52).await;
        told(&movements(11, 52)).await;
        assert_eq!(on_hand().await, [-14, -2, -6]);
    }
}

#[tokio::test]
async fn uses_and_points_of_an_older_client_count_once_beside_what_its_documents_say() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, device) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let ada = chain.customer(owner).await;
        let kind = json!({"row": {"code": "BASKET_DISCOUNT", "name": "Basket"}});
        let kind = chain.ok("POST", "/definitions/campaign_types", owner, kind).await;
        let row = json!({"code": "SPRING", "name": "Spring", "fk_campaign_type_id": kind["id"]});
        let spring =
            text(&chain.ok("POST", "/definitions/campaigns", owner, json!({"row": row})).await["id"]);
        let points = |number: u32, kind: &str, points: i64, document: Option<u32>| {
            json!({
                "id": id(number), "fk_customer_id": ada, "transaction_type": kind, "points_amount": points,
                "fk_transaction_head_id": document.map(id), "transaction_date": "2026-11-21T10:00:00",
            })
        };
        let told = async |path: &str, list: &str, rows: &[Value]| {
            chain.ok("POST", path, device, envelope(&harbour, list, rows)).await["results"].clone()
        };
        let balance = async || {
            let entries = chain.get(&format!("/loyalty/members/{ada}/entries?limit=500"), owner).await;
            let points =
                entries["items"].as_array().unwrap().iter().map(|one| one["points"].as_i64().unwrap());
            points.sum::<i64>()
        };
        let events = [
            points(1, "EARNED", 12, Some(51)),
            points(2, "REDEEMED", -5, Some(51)),
            points(3, "BONUS", 3, None),
            points(4, "ADJUSTED", -1, None),
        ];
        for result in ["accepted", "duplicate"] {
            let results = told("/sync/loyalty-events", "events", &events).await;
            assert!(results.as_array().unwrap().iter().all(|one| one["result"] == result), "{results}");
            assert_eq!(balance().await, 9);
        }
        let mut sold = sale(&id(51), 51, "6.0000");
        sold["head"]["fk_customer_id"] = json!(ada);
        sold["head"]["campaign_id"] = json!(spring);
        sold["loyalty"] = json!([{"points_earned": 12, "points_redeemed": 5}]);
        told("/sync/transactions", "transactions", &[sold]).await;
        assert_eq!(balance().await, 9, "the document says no more");

        let usage = |number: u32, campaign: &str| {
            json!({
                "id": id(number), "fk_campaign_id": campaign, "fk_transaction_head_id": id(51),
                "discount_amount": "0.6800", "usage_date": "2026-11-21T10:00:00",
            })
        };
        let results = told("/sync/campaign-usage", "usages", &[usage(5, &spring), usage(6, &id(7))]).await;
        assert_eq!((&results[0]["result"], &results[0]["flags"]), (&json!("accepted"), &Value::Null));
        assert_eq!(results[1]["flags"], json!(["offer_unknown"]));
        let odd = [points(8, "GIFT", 1, None), points(9, "EARNED", 0, None)];
        for one in told("/sync/loyalty-events", "events", &odd).await.as_array().unwrap() {
            assert_eq!(one["flags"], json!(["amount_unreadable"]), "{one}");
        }
        assert_eq!(balance().await, 9);
    }
}

#[tokio::test]
async fn all_rows_of_a_documents_points_count_and_no_more_than_the_document_says_in_any_order() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, device) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let ada = chain.customer(owner).await;
        let told = async |path: &str, list: &str, rows: &[Value]| {
            chain.ok("POST", path, device, envelope(&harbour, list, rows)).await["results"].clone()
        };
        let rows = async |document: u32, rows: &[(&str, i64)]| {
            let rows = (1..).zip(rows).map(|(number, (kind, points))| {
                json!({
                    "id": id(document * 10 + number), "fk_customer_id": ada, "transaction_type": kind,
                    "points_amount": points, "fk_transaction_head_id": id(document),
                })
            });
            told("/sync/loyalty-events", "events", &rows.collect::<Vec<_>>()).await
        };
        let document = async |document: u32, (earned, redeemed): (i64, i64)| {
            let mut sold = sale(&id(document), document, "6.0000");
            sold["head"]["fk_customer_id"] = json!(ada);
            sold["loyalty"] = json!([{"points_earned": earned, "points_redeemed": redeemed}]);
            told("/sync/transactions", "transactions", &[sold]).await
        };
        let balance = async || {
            let entries = chain.get(&format!("/loyalty/members/{ada}/entries?limit=500"), owner).await;
            let entries = entries["items"].as_array().unwrap().clone();
            entries.iter().map(|one| one["points"].as_i64().unwrap()).sum::<i64>()
        };
        let is_flagged = |result: &Value| {
            let flags = result["flags"].as_array().cloned().unwrap_or_default();
            flags.contains(&json!("amount_unreadable"))
        };
        let all = [("EARNED", 12), ("EARNED", 5), ("REDEEMED", -5), ("REDEEMED", -3)];
        for (number, is_first) in [(61, true), (62, false)] {
            let before = balance().await;
            if is_first {
                document(number, (17, 8)).await;
            }
            let results = rows(number, &all).await;
            assert!(!results.as_array().unwrap().iter().any(is_flagged), "{results}");
            assert_eq!(balance().await, before + 9);
            if !is_first {
                let results = document(number, (17, 8)).await;
                assert!(!is_flagged(&results[0]), "{results}");
            }
            assert_eq!(balance().await, before + 9, "the document says no more");
            let of = json!({"member_id": ada, "document_id": id(number)});
            chain.once("/loyalty/reverse", device, &of, &format!("back{number}")).await;
            assert_eq!(balance().await, before + 17, "all that was spent comes back");
        }
        let before = balance().await;
        document(63, (12, 0)).await;
        let results = rows(63, &all[..2]).await;
        assert_eq!([&results[0], &results[1]].map(is_flagged), [false, true], "{results}");
        assert_eq!(balance().await, before + 12, "the document's word counts");
        rows(64, &all[..2]).await;
        assert_eq!(balance().await, before + 12 + 17);
        let results = document(64, (12, 0)).await;
        assert!(is_flagged(&results[0]), "{results}");
        assert_eq!(balance().await, before + 24);
    }
}

/// What the hub notices about a document of an older client.
async fn flags(chain: &Chain, company: &Company, document: Value) -> Value {
    let sent = envelope(company, "transactions", &[document]);
    let answer = chain.ok("POST", "/sync/transactions", &company.device, sent).await;
    assert_eq!(answer["results"][0]["result"], "accepted", "{answer}");
    answer["results"][0]["flags"].clone()
}

#[tokio::test]
async fn what_an_older_client_sold_counts_in_what_it_says_or_else_in_what_its_store_does() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let of = |number: u32, total: &str, currency: Value| {
            let mut sold = sale(&id(number), number, total);
            sold["head"]["base_currency"] = currency;
            sold["head"]["transaction_date_time"] = json!("2026-11-21T10:00:00");
            sold
        };
        for (number, total, currency, noticed) in [
            (1, "10.0000", json!("TRY"), json!(["no_lines"])),
            (2, "20.0000", json!("EUR"), json!(["currency_differs", "no_lines"])),
            (3, "5.0000", Value::Null, json!(["no_lines"])),
            (4, "1.0000", json!("lira"), json!(["no_lines"])),
        ] {
            assert_eq!(flags(&chain, &harbour, of(number, total, currency)).await, noticed, "{number}");
        }
        let listed = chain.get("/documents", owner).await;
        let said = listed["items"].as_array().unwrap().iter().map(|one| one["currency"].as_str().unwrap());
        let mut said: Vec<&str> = said.collect();
        said.sort_unstable();
        assert_eq!(said, ["EUR", "TRY", "TRY", "TRY"]);
        let board = chain.get(&format!("/dashboards/{}?day=2026-11-21", harbour.store), owner).await;
        let sales = board["sales"].as_array().unwrap().iter();
        let sums: Vec<_> = sales.map(|one| (one["currency"].clone(), one["total"].clone())).collect();
        assert_eq!(sums, [(json!("EUR"), json!("20.00")), (json!("TRY"), json!("16.00"))]);

        let euro = json!({"row": {"no": 2, "name": "Euro", "currency_code": 978, "sign": "EUR"}});
        let euro = chain.ok("POST", "/definitions/currencies", owner, euro).await["id"].clone();
        for (number, currency) in [(1, euro), (2, Value::Null)] {
            let closure = json!({"closure": {
                "id": id(90 + number), "closure_number": number, "total_document_count": 0,
                "gross_sales_amount": "20.0000", "fk_base_currency_id": currency,
            }});
            let sent = envelope(&harbour, "closures", &[closure]);
            chain.ok("POST", "/sync/closures", &harbour.device, sent).await;
        }
        for (number, currency) in [(1, "EUR"), (2, "TRY")] {
            let closure = chain.get(&format!("/closures/{}", id(90 + number)), owner).await;
            assert_eq!(closure["currency"], currency);
        }
    }
}

#[tokio::test]
async fn a_use_of_an_older_client_beyond_a_limit_is_marked() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let coupon = offers(&chain, owner).await;
        let ada = chain.customer(owner).await;
        let of = |number: u32, code: &str, customer: Option<&str>| {
            let mut sold = sale(&id(number), number, "6.0000");
            sold["head"]["fk_customer_id"] = json!(customer);
            sold["discounts"] = json!([{"discount_code": code, "discount_amount": "0.1000"}]);
            sold
        };
        for (number, code, customer, is_beyond) in [
            (1, "ONCE", None, false),
            (2, "ONCE", None, true),
            (3, "TENTH", Some(ada.as_str()), false),
            (4, "TENTH", Some(ada.as_str()), false),
            (5, "TENTH", Some(ada.as_str()), true),
        ] {
            let noticed = flags(&chain, &harbour, of(number, code, customer)).await;
            assert_eq!(noticed.to_string().contains("over_quota"), is_beyond, "{number} {noticed}");
        }
        // The budget is ten of the store's currency.
        let abroad = |number: u32| {
            let mut abroad = of(number, "TENTH", None);
            abroad["head"]["base_currency"] = json!("EUR");
            abroad["discounts"][0]["discount_amount"] = json!("500.0000");
            abroad
        };
        let beside = async |number: u32, document: u32| {
            let usage = json!({
                "id": id(number), "fk_campaign_id": campaign(), "fk_transaction_head_id": id(document),
                "discount_amount": "500.0000", "usage_date": "2026-11-21T10:00:00",
            });
            let sent = envelope(&harbour, "usages", &[usage]);
            let answer = chain.ok("POST", "/sync/campaign-usage", &harbour.device, sent).await;
            answer["results"][0]["flags"].clone()
        };
        let differs = json!(["currency_differs", "no_lines"]);
        assert_eq!(flags(&chain, &harbour, abroad(6)).await, differs);
        assert_eq!(beside(10, 6).await, Value::Null, "it is of a document abroad");
        assert_eq!(beside(11, 9).await, json!(["over_quota"]), "nobody knows yet of which");
        assert_eq!(flags(&chain, &harbour, abroad(9)).await, differs);
        assert_eq!(flags(&chain, &harbour, of(7, "TENTH", None)).await, json!(["no_lines"]));

        let usage = json!({
            "id": id(8), "fk_coupon_id": coupon, "fk_transaction_head_id": id(61),
            "discount_amount": "0.1000", "usage_date": "2026-11-21T10:00:00",
        });
        let sent = envelope(&harbour, "usages", &[usage]);
        let answer = chain.ok("POST", "/sync/campaign-usage", &harbour.device, sent).await;
        assert_eq!(answer["results"][0]["flags"], json!(["over_quota"]));

        // Terminals put the counts that they are told in the place of their own.
        let codes = format!("office_code={}&store_code=QUAY&terminal_code=TILL-1", harbour.slug);
        let counts = async || {
            let told = chain.get(&format!("/pos/init?{codes}"), &harbour.device).await;
            let counts = [("coupons", "usage_count"), ("campaigns", "total_usage_count")];
            counts.map(|(list, count)| told["data"][list][0][count].clone())
        };
        assert_eq!(counts().await, [json!(3), json!(6)]);
        let path = format!("/definitions/coupons/{coupon}");
        let version = format!("\"{}\"", chain.get(&path, owner).await["version"]);
        let change = json!({"row": {"usage_count": 4}});
        let (status, answer) =
            chain.send_with("PATCH", &path, owner, &change, &[("if-match", &version)]).await;
        assert_eq!(status.as_u16(), 200, "{answer}");
        assert_eq!(counts().await[0], 7, "what was used elsewhere before is counted too");
    }
}

#[tokio::test]
async fn a_code_on_an_older_document_means_what_its_own_store_has_of_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        offers(&chain, owner).await;
        for (number, store) in [(0xC2, &harbour.store), (0xC1, &harbour.other_store)] {
            let row = json!({
                "code": "MAY", "fk_campaign_id": campaign(), "coupon_type": "PUBLIC", "is_active": true,
            });
            let new = json!({"id": Uuid::from_u128(number), "store_id": store, "row": row});
            chain.ok("POST", "/definitions/coupons", owner, new).await;
        }
        let mut sold = sale(&id(1), 1, "6.0000");
        sold["discounts"] = json!([{"discount_code": "MAY", "discount_amount": "0.1000"}]);
        assert_eq!(flags(&chain, &harbour, sold).await, json!(["no_lines"]));
        let codes = format!("office_code={}&store_code=QUAY&terminal_code=TILL-1", harbour.slug);
        let told = chain.get(&format!("/pos/init?{codes}"), &harbour.device).await;
        let mut coupons = told["data"]["coupons"].as_array().unwrap().iter();
        assert_eq!(coupons.find(|coupon| coupon["code"] == "MAY").unwrap()["usage_count"], 1);
    }
}
