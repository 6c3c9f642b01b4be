//! What a hub takes in is bounded, and what is beyond it breaks down nothing.

use saleflex_gate::db::{DatabaseError, Tenant};
use serde_json::{Value, json};

use super::{
    business::{deliver, sale},
    chain::{Chain, Company, chains},
    gift_cards::document,
    quotas::{ask, campaign, granted, offers},
    reports::{closed, deliver_with},
    support::{every_books, id, sale as older_sale},
};

/// Delivers a sale whose document was changed on the way; answers what the hub noticed.
async fn sell(
    chain: &Chain,
    company: &Company,
    receipt: u32,
    change: impl FnOnce(&mut Value),
) -> Vec<String> {
    let entry = sale(company, receipt);
    let mut value: Value = serde_json::from_slice(&entry.to_bytes().unwrap()).unwrap();
    change(document(&mut value["effects"]["completed"]).unwrap());
    deliver(chain, company, (receipt.into(), entry.entity), &value.to_string()).await
}

/// A list with its first row so often, each under its own number.
fn repeated(rows: &Value, times: u32) -> Value {
    let numbered = |no: u32| {
        let mut row = rows[0].clone();
        row["no"] = json!(no);
        row
    };
    (1..=times).map(numbered).collect()
}

#[tokio::test]
async fn amounts_that_no_sum_holds_are_unreadable_and_harm_no_neighbour() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let flags = sell(&chain, &harbour, 1, |document| {
            document["lines"] = repeated(&document["lines"], 1_100);
            for line in document["lines"].as_array_mut().unwrap() {
                line["fixed_gross"] = json!(9_000_000_000_000_000_i64);
            }
        });
        assert_eq!(flags.await, ["unreadable"]);
        let flags = sell(&chain, &harbour, 2, |document| {
            let by = document["lines"][0]["authority"].clone();
            let up = json!({"kind": "surcharge", "value": {"percent": "1000"}, "amount": 0, "authority": by});
            document["lines"][0]["adjustments"] = json!(vec![up; 30]);
        });
        assert_eq!(flags.await, ["unreadable"]);
        assert_eq!(sell(&chain, &harbour, 3, |_| {}).await, Vec::<String>::new());
        let listed = chain.get("/documents", &harbour.owner.access).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    }
}

#[tokio::test]
async fn an_amount_that_no_column_holds_is_flagged_and_counts_as_nothing() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let flags = sell(&chain, &harbour, 1, |document| {
            document["currency"] = json!({"code": "JPY", "minor_digits": 0, "cash_step": 1});
            document["totals"]["net_due"] = json!(9_000_000_000_000_000_i64);
        });
        let flags = flags.await;
        assert!(flags.contains(&"amount_unreadable".to_owned()), "{flags:?}");
        let listed = chain.get("/documents", &harbour.owner.access).await;
        assert_eq!(listed["items"][0]["total"], Value::Null);
    }
}

#[tokio::test]
async fn a_document_of_very_many_rows_is_written_whole() {
    const TENDERS: u32 = 11_500;
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        sell(&chain, &harbour, 1, |document| {
            document["tenders"] = repeated(&document["tenders"], TENDERS);
        })
        .await;
        let read = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
            let rows = session.query("SELECT count(*), max(position) FROM document_row", &[])?;
            Ok((rows[0].integer(0)?, rows[0].integer(1)?))
        });
        let lines = 1;
        assert_eq!(read.await.unwrap(), (i64::from(TENDERS) + lines, i64::from(TENDERS)));
    }
}

#[tokio::test]
async fn a_closed_period_that_would_make_a_sum_too_large_is_in_none() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let by = |id| ("TILL-1", harbour.device.as_str(), id);
        for (id, weight) in [(11, 1_200_000_000_000_000_000_i64), (12, 1_200_000_000_000_000_000), (13, 0)] {
            let seq = u64::try_from(id).unwrap() - 10;
            let period = closed((u32::try_from(seq).unwrap(), "2026-11-20"), 10_000);
            deliver_with(&chain, &harbour, by(id), (seq, period), |value| value["beside"] = json!(weight))
                .await;
        }
        let path = "/reports/closures?level=day&from=2026-11-01&until=2026-11-30";
        let report = chain.get(path, &harbour.owner.access).await;
        let counted = (&report["not_counted"], &report["items"][0]["gross_sales"]);
        assert_eq!(counted, (&json!(1), &json!("200.00")), "{report}");
    }
}

/// Delivers sales of an older terminal, as the till of the company.
async fn deliver_older(chain: &Chain, company: &Company, sales: &[Value]) -> Value {
    let push = json!({
        "office_code": company.slug, "store_code": "QUAY", "terminal_code": "TILL-1", "pos_id": 1,
        "transactions": sales, "sequences": [],
    });
    chain.ok("POST", "/pos/transactions", &company.device, push).await
}

#[tokio::test]
async fn a_quantity_that_no_till_sells_moves_nothing_and_harms_no_neighbour() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let product = id(77);
        let of = |number: u32, quantity: &str| {
            let mut sold = older_sale(&id(number), number, "1.0000");
            sold["products"] =
                json!([{"id": id(number + 50), "fk_product_id": product, "quantity": quantity}]);
            sold
        };
        let answer = deliver_older(&chain, &harbour, &[of(1, "922337203685477"), of(2, "2")]).await;
        assert_eq!(answer["accepted"], 2, "{answer}");
        assert_eq!(answer["results"][0]["flags"], json!(["amount_unreadable"]));
        let answer =
            deliver_older(&chain, &harbour, &[of(3, "922337203685477"), of(4, "3.00000000000000004")]).await;
        assert_eq!(answer["accepted"], 2, "{answer}");
        let stock = chain.get("/stock", &harbour.owner.access).await;
        assert_eq!(stock["items"][0]["on_hand"], "-5", "{stock}");
    }
}

#[tokio::test]
async fn what_campaigns_gave_can_be_added_up_however_much_a_document_says() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        offers(&chain, &harbour.owner.access).await;
        let of = |number: u32| {
            let mut sold = older_sale(&id(number), number, "1.0000");
            sold["discounts"] = json!([{"discount_code": "TENTH", "discount_amount": "900000000000000"}]);
            sold
        };
        let answer = deliver_older(&chain, &harbour, &[of(1), of(2)]).await;
        assert_eq!(answer["accepted"], 2, "{answer}");
        let flags = answer["results"][1]["flags"].as_array().unwrap();
        assert!(flags.contains(&json!("amount_unreadable")), "{answer}");
        let budget = ask("campaign_budget", campaign());
        assert_eq!(granted(&chain, &harbour.device, budget).await, 0, "it is used up");
    }
}
