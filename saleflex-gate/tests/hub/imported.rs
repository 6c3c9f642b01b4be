//! Files of many rows.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::chain::{SHELF, chains};

const ROWS: usize = 15_000;

/// A file larger than other requests may be; of every hundredth row the price is none.
fn file() -> String {
    let mut file =
        "code,name,sale_price,description,description_on_screen,description_on_shelf,description_on_scale,\
                    fk_department_main_group_id\n"
            .to_owned();
    let words = "Told at length. ".repeat(9);
    let words = [words.trim(); 4].join(",");
    for row in 0..ROWS {
        let price = if row % 100 == 99 { "dear" } else { "1.50" };
        writeln!(file, "N{row},Novelty {row},{price},{words},{SHELF}").unwrap();
    }
    file
}

#[tokio::test]
async fn a_large_file_is_looked_at_whole_and_every_row_that_is_wrong_is_named() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.shelf(owner).await;
        let content = file();
        assert!(content.len() > 9 << 20, "{}", content.len());
        let looked = chain.ok("POST", "/imports/products", owner, json!({"content": content})).await;
        let report = &looked["report"];
        assert_eq!((&looked["state"], &looked["rows"]), (&json!("faulty"), &json!(ROWS)));
        assert_eq!(report["faulty"], ROWS / 100);
        let lines: Vec<&Value> =
            report["faults"].as_array().unwrap().iter().map(|fault| &fault["line"]).collect();
        let expected: Vec<Value> = (1..=ROWS / 100).map(|hundred| json!(hundred * 100 + 1)).collect();
        assert_eq!(lines, expected.iter().collect::<Vec<_>>());
        assert_eq!(report["faults"][0]["field"], "sale_price");
        // Beyond what a file may be it is refused in words, and so is any other request beyond its own limit.
        let larger = json!({"content": "x".repeat(51 << 20)});
        chain.refused(("POST", "/imports/products", owner), larger, (413, "too_large")).await;
        let other = json!({"row": {"code": "BOX", "name": "x".repeat(9 << 20)}});
        chain.refused(("POST", "/definitions/product_units", owner), other, (413, "too_large")).await;
    }
}
