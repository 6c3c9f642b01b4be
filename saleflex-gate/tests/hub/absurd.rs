//! What an older terminal says that no shop sells, or a row of definitions that no till reads, stops nobody else, and what was
//! taken of it before stops nobody either.

use saleflex_gate::db::Books;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business,
    chain::{Chain, Company},
    quotas::{ask, campaign, exchange, offers},
    relay::sql,
    support::{every_books, id, sale},
};

/// Each kind of books with a hub on it.
async fn chains() -> Vec<(Books, Chain)> {
    every_books().await.into_iter().map(|books| (books.clone(), Chain::on(books))).collect()
}

/// A terminal delivers documents on the older wire; answers what became of the last.
async fn push(
    chain: &Chain,
    company: &Company,
    (terminal, device): (&str, &str),
    documents: &[Value],
) -> Value {
    let push = json!({
        "office_code": company.slug, "store_code": "QUAY", "terminal_code": terminal, "pos_id": 1,
        "transactions": documents, "sequences": [],
    });
    let answer = chain.ok("POST", "/pos/transactions", device, push).await;
    assert_eq!(answer["accepted"], documents.len(), "{answer}");
    answer["results"].as_array().unwrap().last().unwrap().clone()
}

fn sold(number: u32, quantity: &str) -> Value {
    let mut sold = sale(&id(number), number, "1.0");
    sold["products"] = json!([{"fk_product_id": Uuid::from_u128(3), "quantity": quantity}]);
    sold
}

#[tokio::test]
async fn a_quantity_that_no_till_sells_stops_its_product_for_nobody() {
    for (books, chain) in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (first, second) = (("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str()));
        let absurd = push(&chain, &harbour, first, &[sold(1, "922337203685477")]).await;
        assert_eq!(absurd["flags"], json!(["amount_unreadable"]));
        push(&chain, &harbour, second, &[sold(2, "1"), sold(3, "2.5")]).await;
        let level = async || chain.get("/stock", owner).await["items"][0]["on_hand"].clone();
        assert_eq!(level().await, "-3.5");
        // A hub of an older version took it.
        sql(&books, format!("UPDATE stock_level SET on_hand_e4 = {}", -i64::MAX)).await;
        sql(&books, format!("UPDATE stock_movement SET change_e4 = {}", -i64::MAX)).await;
        push(&chain, &harbour, second, &[sold(4, "1")]).await;
        assert_eq!(chain.get("/documents", owner).await["items"].as_array().unwrap().len(), 4);
        // What is there is cut to 2^61 ten-thousandths before the one is taken.
        assert_eq!(level().await, "-230584300921370.3952");
        let report = "/reports/stock-movements?from=2026-11-01&until=2026-11-30";
        chain.get(report, owner).await;
    }
}

#[tokio::test]
async fn an_amount_that_no_campaign_gives_stops_no_limit() {
    for (books, chain) in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        offers(&chain, owner).await;
        let till = ("TILL-1", harbour.device.as_str());
        for number in [1, 2] {
            let mut sold = sale(&id(number), number, "1.0");
            sold["discounts"] = json!([{"discount_code": "TENTH", "discount_amount": "900000000000000"}]);
            let told = push(&chain, &harbour, till, &[sold]).await;
            assert_eq!(told["flags"], json!(["amount_unreadable", "no_lines", "over_quota"]));
        }
        let budget = async || {
            let lent = exchange(&chain, &harbour.device, &[ask("campaign_budget", campaign())]).await;
            lent["shares"][0]["granted"].clone()
        };
        let evaluate = async || {
            let cart = business::cart("30.00", &[]);
            chain.ok("POST", "/campaigns/evaluate", &harbour.device, cart).await["proposals"].clone()
        };
        let nothing_is_left = async || {
            assert_eq!(budget().await, 0);
            assert_eq!(evaluate().await, json!([]), "the budget is gone");
        };
        nothing_is_left().await;
        // A hub of an older version took what they said.
        sql(&books, "UPDATE offer_use SET amount_e4 = 9000000000000000000").await;
        nothing_is_left().await;
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_refused_and_one_that_was_taken_switches_off_no_other_campaign() {
    for (books, chain) in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        business::campaign(&chain, owner).await;
        let given = async || {
            let cart = business::cart("30.00", &["WELCOME"]);
            let given = chain.ok("POST", "/campaigns/evaluate", &harbour.device, cart).await;
            given["proposals"][0]["amount"].clone()
        };
        let taken_as = async |resource: &str, code: &str, (said, before): (&str, &str)| {
            let replace = format!("UPDATE definition SET body = replace(body, '{said}', '{before}')");
            sql(&books, format!("{replace} WHERE resource = '{resource}' AND code = '{code}'")).await;
            sql(&books, "UPDATE company SET changes = changes + 1").await;
        };
        let kind = chain.get("/definitions/campaign_types", owner).await["items"][0]["id"].clone();
        for code in ["FIRST", "SECOND"] {
            let row = |priority: Value| {
                let row =
                    json!({"code": code, "name": code, "fk_campaign_type_id": kind, "priority": priority});
                json!({"row": row})
            };
            let wrong = row(json!("10"));
            let (status, refusal) = chain.send("POST", "/definitions/campaigns", owner, &wrong).await;
            assert_eq!((status.as_u16(), &refusal["detail"]), (422, &json!("priority")), "{refusal}");
            chain.ok("POST", "/definitions/campaigns", owner, row(json!(10))).await;
            taken_as("campaigns", code, ("\"priority\":10", "\"priority\":\"many\"")).await;
        }
        assert_eq!(given().await, "3.00", "two that cannot be read are not one that is there twice");
        taken_as("campaigns", "TEN", ("\"priority\":1,", "\"priority\":\"1\",")).await;
        assert_eq!(given().await, "3.00", "a text that is a number is one");
        let much = json!({"row": {"code": "MUCH", "name": "Much", "fk_campaign_type_id": kind, "discount_percentage": "150"}});
        let (status, refusal) = chain.send("POST", "/definitions/campaigns", owner, &much).await;
        assert_eq!((status.as_u16(), &refusal["detail"]), (422, &json!("discount_percentage")), "{refusal}");
        let (fits, all) = ("\"discount_percentage\":\"10.00\"", "\"discount_percentage\":\"150\"");
        taken_as("campaigns", "TEN", (fits, all)).await;
        assert_eq!(given().await, Value::Null, "nobody meant to give everything away");
        taken_as("campaigns", "TEN", (all, fits)).await;
        taken_as("coupons", "WELCOME", ("\"is_active\":true", "\"is_active\":\"FALSE\"")).await;
        assert_eq!(given().await, Value::Null);
    }
}

#[tokio::test]
async fn a_number_that_no_index_holds_is_none_and_its_document_is_taken() {
    for (_, chain) in chains().await {
        let harbour = chain.company("harbour").await;
        let till = ("TILL-1", harbour.device.as_str());
        let mut long = sale(&id(1), 1, "1.0");
        // Such a text does not shrink: an index that stores it compressed has no room for it either.
        let digits = (1..=1_000).map(|number| format!("{:08x}", number * 2_654_435_761_u64));
        let number = digits.collect::<Vec<_>>().concat();
        long["head"]["transaction_unique_id"] = json!(number);
        long["head"]["transaction_date_time"] = json!(number);
        for result in ["accepted", "duplicate"] {
            let taken = push(&chain, &harbour, till, std::slice::from_ref(&long)).await;
            assert_eq!((&taken["result"], &taken["unique_id"]), (&json!(result), &Value::Null));
        }
    }
}

#[tokio::test]
async fn whole_numbers_count_however_an_older_client_writes_them() {
    for (_, chain) in chains().await {
        let harbour = chain.company("harbour").await;
        let till = ("TILL-1", harbour.device.as_str());
        let close = async || {
            let closure =
                json!({"closure": {"id": id(9), "closure_number": 1.0, "total_document_count": "2"}});
            let push = json!({
                "office_code": harbour.slug, "store_code": "QUAY", "terminal_code": "TILL-1", "pos_id": "1",
                "closures": [closure], "sequences": [],
            });
            chain.ok("POST", "/pos/closures", &harbour.device, push).await["results"][0]["flags"].clone()
        };
        assert_eq!(close().await, json!(["open_receipts"]));
        for (receipt, period) in [(1, json!("1")), (2, json!(1.0))] {
            let mut late = sale(&id(receipt), receipt, "1.0");
            late["head"]["closure_number"] = period;
            let taken = push(&chain, &harbour, till, &[late]).await;
            assert_eq!(taken["flags"], json!(["late", "no_lines"]));
        }
        assert_eq!(close().await, Value::Null, "both are of the period");
    }
}
