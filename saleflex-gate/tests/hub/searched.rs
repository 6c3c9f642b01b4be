//! Documents by a text that somebody looks for.

use saleflex_gate::db::{Books, DatabaseError, Session, Tenant};
use serde_json::Value;
use uuid::Uuid;

use super::{
    business::{deliver, sale},
    chain::{Chain, Company, chains, text},
    support::{every_books, noon},
};

/// Delivers a sale in which the goods have another name.
async fn sold(chain: &Chain, company: &Company, number: u32, name: &str) {
    let sold = sale(company, number);
    let bytes = String::from_utf8(sold.to_bytes().unwrap()).unwrap().replace("Sweets", name);
    deliver(chain, company, (number.into(), sold.entity), &bytes).await;
}

#[tokio::test]
async fn a_text_is_found_in_whatever_case_on_every_database_and_the_turkish_letters_i_are_one() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        sold(&chain, &harbour, 1, "ILIK Süt").await;
        sold(&chain, &harbour, 2, "İncir ÇAYI").await;
        for (wanted, expected) in [
            ("%C4%B1l%C4%B1k%20s%C3%BCt", vec!["20261121-0001-000001"]),
            ("ilik%20S%C3%9CT", vec!["20261121-0001-000001"]),
            ("incir%20%C3%A7ay%C4%B1", vec!["20261121-0001-000002"]),
            ("%C4%B0NC%C4%B0R", vec!["20261121-0001-000002"]),
            ("sut", vec![]),
        ] {
            let found = chain.get(&format!("/documents?text={wanted}"), owner).await;
            let numbers = found["items"].as_array().unwrap().iter().map(|head| text(&head["number"]));
            assert_eq!(numbers.collect::<Vec<_>>(), expected, "{wanted}");
        }
    }
}

/// Puts so many cancelled documents without content into the books, which came an hour before anything else.
async fn fill(books: &Books, company: &Company, count: u128) {
    let id = |text: &str| Uuid::parse_str(text).unwrap();
    let (company, terminal) = (id(&company.id), id(&company.terminal));
    let came = noon().timestamp_millis() - 3_600_000;
    let work = move |session: &mut dyn Session| {
        for number in 1..=count {
            session.execute(
                "INSERT INTO document (company_id, terminal_id, document_id, status, received_at) \
                 VALUES ($1, $2, $3, 'cancelled', $4)",
                &[company.into(), terminal.into(), Uuid::from_u128((number << 64) | 1).into(), came.into()],
            )?;
        }
        Ok::<_, DatabaseError>(())
    };
    books.write(Tenant::Company(company), work).await.unwrap();
}

#[tokio::test]
async fn a_request_for_a_text_looks_at_a_thousand_documents_and_the_cursor_goes_on_behind_them() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        fill(&books, &harbour, 1_001).await;
        for number in 1..=3 {
            sold(&chain, &harbour, number, "Sweets").await;
        }
        let path = "/documents?text=sweets&limit=2";
        let first = chain.get(path, owner).await;
        assert_eq!(first["items"].as_array().unwrap().len(), 0, "{first}");
        let second = chain.get(&format!("{path}&cursor={}", text(&first["next_cursor"])), owner).await;
        assert_eq!(second["items"].as_array().unwrap().len(), 2, "{second}");
        let third = chain.get(&format!("{path}&cursor={}", text(&second["next_cursor"])), owner).await;
        assert_eq!(third["items"].as_array().unwrap().len(), 1, "{third}");
        assert!(third["next_cursor"].is_null(), "{third}");
        let latest = chain.get(&format!("{path}&sort=-received_at"), owner).await;
        assert_eq!(latest["items"].as_array().unwrap().len(), 2, "{latest}");
        let only = chain.get("/documents?text=sweets&status=completed", owner).await;
        assert_eq!((only["items"].as_array().unwrap().len(), &only["next_cursor"]), (3, &Value::Null));
    }
}
