//! Gift cards that paid for goods which were exchanged for others.

use saleflex_core::journal::Entry;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver, sale},
    chain::{Chain, Company, chains},
    gift_cards::{card, document, issue, keyed, of_receipt, sell, tenders},
};

/// A sale of 2.40 for which the goods of another came back: a card had paid that one, and the credit pays for this one.
async fn exchange(chain: &Chain, company: &Company, seq: u32, original: Uuid) -> Vec<String> {
    let mut value: Value = serde_json::from_slice(&sale(company, seq).to_bytes().unwrap()).unwrap();
    let first = value["effects"]["completed"][0].clone();
    let mut halves = Vec::new();
    for direction in ["out", "in"] {
        let mut half = first.clone();
        if direction == "out" {
            let back = document(&mut half).unwrap();
            (back["id"], back["kind"]) = (json!(of_receipt(seq + 500)), json!("return"));
            back["original"] = json!(original);
        }
        let tender = &mut tenders(&mut half).unwrap()[0];
        (tender["amount"], tender["change"], tender["direction"]) = (json!(240), json!(0), json!(direction));
        tender["kind"] = json!("other");
        (tender["paid_with"], tender["sets_off"]) = (json!([["prepaid_card", 240]]), json!(true));
        halves.push(half);
    }
    value["effects"]["completed"] = json!(halves);
    let entry = Entry::from_bytes(value.to_string().as_bytes()).unwrap();
    let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
    let flags = deliver(chain, company, (seq.into(), entry.entity), &bytes).await;
    flags.into_iter().filter(|flag| flag == "over_refund").collect()
}

#[tokio::test]
async fn what_a_card_paid_goes_along_with_an_exchange_and_back_once() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        issue(&chain, owner, "10.00").await;
        let path = format!("/gift-cards/{}", card());
        let refund = async |receipt: u32, key: &str| {
            let body = json!({"amount": "2.40", "document_id": of_receipt(receipt)});
            let (status, answer) = keyed(&chain, &format!("{path}/refund"), owner, (body, key)).await;
            (status, answer["detail"].clone())
        };
        sell(&chain, &harbour, 1).await;
        assert!(exchange(&chain, &harbour, 2, of_receipt(1)).await.is_empty());
        assert_eq!(refund(1, "first").await, (422, json!("0.00")), "the new sale has it");
        // Exchanged once more, it goes on.
        assert!(exchange(&chain, &harbour, 3, of_receipt(2)).await.is_empty());
        assert_eq!(refund(2, "second").await, (422, json!("0.00")));
        assert_eq!(refund(3, "third").await.0, 200, "what the card had paid for the first goods");
        assert_eq!(chain.get(&path, owner).await["balance"], "10.00");
        assert_eq!(refund(3, "again").await, (422, json!("0.00")));
        // Given back by a request before the till tells of the exchange.
        sell(&chain, &harbour, 4).await;
        assert_eq!(refund(4, "fourth").await.0, 200);
        assert_eq!(exchange(&chain, &harbour, 5, of_receipt(4)).await, ["over_refund"]);
    }
}
