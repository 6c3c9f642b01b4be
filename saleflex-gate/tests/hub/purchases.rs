//! Who bought before: a campaign for first purchases counts what every till delivered, also long ago.

use saleflex_core::{
    campaign::{Benefit, Campaign, Condition, Per, Reward, check_code},
    customer::WALK_IN,
    document::{DocumentType, Kind},
    ids::{CampaignId, CustomerId},
    quantity::Percent,
};
use saleflex_gate::{
    db::{self, Books, DatabaseError, Postgres, Sqlite, Tenant},
    settings::OfficeWire,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{cart, deliver, finished, sale_to},
    chain::{Chain, chains},
    support::{Shop, envelope, every_books, fresh_postgres, id, sale},
};

#[tokio::test]
async fn sales_without_offers_count_as_purchases() {
    let (id, customer) = (Uuid::from_u128(0xCA), Uuid::from_u128(0xC0));
    let reward = Reward::Percent(Percent::parse("10").unwrap());
    let mut first = Campaign::new(CampaignId::new(id), "FIRST", Benefit::Off { reward, per: Per::Document });
    first.condition = Condition::FirstPurchase;
    first.message = Some("Welcome".to_owned());
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let row = json!({"code": "BASKET_DISCOUNT", "name": "Basket"});
        let kind = chain.ok("POST", "/definitions/campaign_types", owner, json!({"row": row})).await;
        let row = json!({
            "code": "FIRST", "name": "First", "fk_campaign_type_id": kind["id"],
            "definition": serde_json::to_value(&first).unwrap(),
        });
        chain.ok("POST", "/definitions/campaigns", owner, json!({"id": id, "row": row})).await;
        let given = async |customer: Uuid| {
            let mut cart = cart("30.00", &[]);
            cart["fk_customer_id"] = json!(customer);
            chain.ok("POST", "/campaigns/evaluate", &harbour.device, cart).await["proposals"].clone()
        };
        let proposals = given(customer).await;
        assert_eq!(
            (&proposals[0]["amount"], &proposals[0]["description"]),
            (&json!("3.00"), &json!("Welcome"))
        );
        assert_eq!(given(WALK_IN.uuid()).await, json!([]), "the record of walk-ins is nobody");
        for (receipt, to, (paper, kind), still) in [
            (1, customer, (DocumentType::Waybill, Kind::Sale), 1),
            (2, customer, (DocumentType::DeliveryNote, Kind::Sale), 1),
            (3, Uuid::from_u128(0xC2), (DocumentType::FiscalReceipt, Kind::Order), 0),
        ] {
            let entry = finished(&harbour, (paper, kind), receipt, CustomerId::new(to));
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (receipt.into(), entry.entity), &bytes).await;
            assert_eq!(given(to).await.as_array().unwrap().len(), still, "{paper:?} {kind:?}");
        }
        let bought = sale_to(&harbour, 4, None, Some(CustomerId::new(customer)));
        let bytes = String::from_utf8(bought.to_bytes().unwrap()).unwrap();
        deliver(&chain, &harbour, (4, bought.entity), &bytes).await;
        assert_eq!(given(customer).await, json!([]));
        assert_eq!(
            given(Uuid::from_u128(0xC1)).await.as_array().unwrap().len(),
            1,
            "another customer is new"
        );
    }
}

/// Who bought the documents of a hub, in the order of their numbers.
async fn customers(books: &Books) -> Vec<Option<Uuid>> {
    let sql = "SELECT customer_id FROM document ORDER BY receipt_number";
    let rows = books.read::<_, DatabaseError>(Tenant::Platform, |session| session.query(sql, &[])).await;
    rows.unwrap().iter().map(|row| row.optional_id(0).unwrap()).collect()
}

#[tokio::test]
async fn what_an_older_terminal_sold_counts_as_a_purchase_of_its_customer() {
    for books in every_books().await {
        let shop = Shop::open(books.clone(), OfficeWire::Open).await;
        let named = [json!(id(70)), json!(null), json!("nobody")];
        let sales: Vec<_> = (1..)
            .zip(named)
            .map(|(receipt, customer)| {
                let mut sale = sale(&id(receipt), receipt, "3.40");
                sale["head"]["fk_customer_id"] = customer;
                sale
            })
            .collect();
        let push = envelope("TILL-1", "transactions", &sales);
        let (_, answer) = shop.post("/api/v1/pos/transactions", None, &push).await;
        assert_eq!(answer["accepted"], 3, "{answer}");
        assert_eq!(customers(&books).await, [Some(id(70).parse().unwrap()), None, None]);
    }
}

/// The books of a database that can be opened again.
async fn reopened(url: Option<&str>, file: &std::path::Path) -> Books {
    let (url, file) = (url.map(str::to_owned), file.to_owned());
    let open = move || match url {
        Some(url) => Books::open(Postgres::connect(&url).unwrap()).unwrap(),
        None => Books::open(Sqlite::open(&file).unwrap()).unwrap(),
    };
    tokio::task::spawn_blocking(open).await.unwrap()
}

#[tokio::test]
async fn documents_from_before_customers_were_written_down_have_theirs_after_an_upgrade() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hub.sqlite");
    // Without a server the file alone.
    let servers = fresh_postgres().await.map(Some);
    for url in std::iter::once(None).chain(servers) {
        let books = reopened(url.as_deref(), &file).await;
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let customer = CustomerId::new(Uuid::from_u128(0xC0));
        for (receipt, to) in [(1, Some(customer)), (2, None)] {
            let bought = sale_to(&harbour, receipt, None, to);
            let bytes = String::from_utf8(bought.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (receipt.into(), bought.entity), &bytes).await;
        }
        // As an older program of the hub left what older terminals delivered.
        let mut before = String::from("UPDATE document SET customer_id = NULL;");
        for (receipt, named) in [(3, format!(" {} ", id(70).to_uppercase())), (4, id(70).replace('0', "z"))] {
            let body = json!({"head": {"fk_customer_id": named}});
            let statements = format!(
                "INSERT INTO ledger (company_id, terminal_id, kind, entity_id, revision, digest, body, received_at) \
                 SELECT company_id, terminal_id, 'transaction', '{0}', 1, 'd', '{body}', 0 FROM terminal; \
                 INSERT INTO document (company_id, terminal_id, document_id, receipt_number, status, received_at) \
                 SELECT company_id, terminal_id, '{0}', {receipt}, 'completed', 0 FROM terminal;",
                id(receipt)
            );
            before.push_str(&statements);
        }
        before += "DELETE FROM migration WHERE version = 14;";
        let written =
            books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.batch(&before));
        written.await.unwrap();
        assert_eq!(customers(&books).await, [None; 4]);
        drop((books, chain));
        let books = reopened(url.as_deref(), &file).await;
        let older = Some(id(70).parse().unwrap());
        assert_eq!(customers(&books).await, [Some(customer.uuid()), None, older, None]);
    }
}

/// Brings up a hub of before what it keeps of the sales of members.
const BEFORE_MEMBERS: &str = "DROP TABLE member_sale; ALTER TABLE point_entry DROP COLUMN lifetime; \
     DELETE FROM migration WHERE version = 32;";

#[tokio::test]
async fn what_tills_told_of_members_counts_after_an_upgrade_and_what_nobody_could_read_stops_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hub.sqlite");
    let counted = |document: Value, amount: Value| {
        json!({
            "change": "sale_counted", "document": document, "customer": id(70), "amount": amount,
            "at": {"local": "2026-11-20T23:00:00"},
        })
    };
    let told =
        |change: Value| json!({"at": {"local": "2026-11-21T00:30:00"}, "effects": {"loyalty": [change]}});
    let bodies = [
        told(counted(json!(id(1)), json!(600))),
        told(counted(json!("one"), json!(600))),
        told(counted(json!(id(3)), json!("much"))),
        told(counted(json!(id(4)), json!(1e19))),
        told(json!({"change": "sale_counted", "document": id(5), "customer": id(70), "amount": 600})),
        told(json!("sale_counted")),
        json!({"effects": {"loyalty": [counted(json!(id(7)), json!(600))]}}),
    ];
    let servers = fresh_postgres().await.map(Some);
    for url in std::iter::once(None).chain(servers) {
        let books = reopened(url.as_deref(), &file).await;
        let chain = Chain::on(books.clone());
        chain.company("harbour").await;
        let mut before = vec![BEFORE_MEMBERS.to_owned()];
        for (number, body) in (1..).zip(&bodies) {
            before.push(format!(
                "INSERT INTO ledger (company_id, terminal_id, kind, entity_id, revision, digest, body, received_at) \
                 SELECT company_id, terminal_id, 'transaction', '{}', 1, 'd', '{body}', 0 FROM terminal;",
                id(number)
            ));
        }
        let written =
            books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.batch(&before.concat()));
        written.await.unwrap();
        drop((books, chain));
        let books = reopened(url.as_deref(), &file).await;
        let sql = "SELECT document_id, amount, counted_on, sold_on FROM member_sale";
        let read = books.read::<_, DatabaseError>(Tenant::Platform, |session| session.query(sql, &[])).await;
        let sales = read.unwrap();
        assert_eq!(sales.len(), 1, "{sales:?}");
        let expected: [db::Value; 4] =
            [id(1).into(), 600_i64.into(), "2026-11-21".into(), "2026-11-20".into()];
        assert_eq!(sales[0].values(), expected);
    }
}

#[tokio::test]
async fn coupons_are_made_many_at_a_time_all_or_none_and_once() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let kind = Uuid::from_u128(0x17);
        for (resource, id, row) in [
            ("campaign_types", kind, json!({"code": "BASKET_DISCOUNT", "name": "Basket", "is_active": true})),
            (
                "campaigns",
                Uuid::from_u128(0xCA),
                json!({
                    "code": "TENTH", "name": "Tenth", "fk_campaign_type_id": kind, "discount_type": "PERCENTAGE",
                    "discount_value": "10", "is_active": true, "requires_coupon": true,
                }),
            ),
        ] {
            let new = json!({"id": id, "row": row});
            chain.ok("POST", &format!("/definitions/{resource}"), owner, new).await;
        }
        let new = json!({"campaign_id": Uuid::from_u128(0xCA), "count": 30, "prefix": "aut", "name": "Autumn", "start_date": "2026-11-02T00:00:00"});
        let (status, made) = chain.once("/coupons/bulk", owner, &new, "one").await;
        assert_eq!(status.as_u16(), 200, "{made}");
        let codes: std::collections::BTreeSet<&str> =
            made["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        assert_eq!(codes.len(), 30);
        assert!(codes.iter().all(|code| code.starts_with("AUT-")), "{codes:?}");
        assert!(codes.iter().all(|code| check_code(code) == Ok(())), "a slip of a key is told: {codes:?}");
        assert_eq!(chain.once("/coupons/bulk", owner, &new, "one").await.1, made, "said twice, done once");
        let kept = chain.get("/definitions/coupons?limit=500", owner).await;
        assert_eq!(kept["items"].as_array().unwrap().len(), 30);
        let code = codes.first().unwrap();
        let cart = json!({"code": code, "document_id": Uuid::from_u128(1)});
        chain.ok("POST", "/coupons/redeem", &harbour.device, cart.clone()).await;
        let other = json!({"code": code, "document_id": Uuid::from_u128(2)});
        chain.refused(("POST", "/coupons/redeem", &harbour.device), other, (422, "coupon_refused")).await;
        for (field, wrong, code) in [
            ("count", json!(0), "field_invalid"),
            ("count", json!(1001), "field_invalid"),
            ("prefix", json!("a b"), "field_invalid"),
            ("name", json!(""), "field_invalid"),
            ("end_date", json!("soon"), "field_invalid"),
            ("end_date", json!("2026-11-01T00:00:00"), "field_invalid"),
            ("campaign_id", json!(Uuid::from_u128(404)), "reference_unknown"),
        ] {
            let mut bad = new.clone();
            bad[field] = wrong;
            let (status, refusal) = chain.once("/coupons/bulk", owner, &bad, field).await;
            assert_eq!((status.as_u16(), &refusal["code"]), (422, &json!(code)), "{field}: {refusal}");
        }
        assert_eq!(
            chain.get("/definitions/coupons?limit=500", owner).await["items"].as_array().unwrap().len(),
            30
        );
    }
}
