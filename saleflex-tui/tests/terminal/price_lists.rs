//! `saleflex price-list …`, with the real program: good input and bad.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::program::{ends, json, sell, sold};

/// A demo store that has sold nothing but once.
fn shop() -> TempDir {
    sold("login admin 1111\nsell 10101\npay cash 1.15\n")
}

#[test]
fn an_imported_list_prices_the_next_sale_until_it_is_taken_out() {
    let shop = shop();
    fs::write(shop.path().join("p.csv"), "code,price\n10101,0.99\n10103,1.20\n").unwrap();
    ends(
        &shop,
        &["price-list", "import", "p.csv", "--code", "SPRING", "--name", "Spring", "--user", "admin"],
        0,
    );
    sell(&shop, "login admin 1111\nsell 10101\npay cash 0.99\n");
    let lists = json(&shop, &["price-list", "list", "--json"], 0);
    assert_eq!((&lists[0]["name"], &lists[0]["products"]), (&"Spring".into(), &2.into()));
    assert!(ends(&shop, &["price-list", "show", "SPRING"], 0).contains("0.99"));
    ends(&shop, &["price-list", "remove", "SPRING", "--user", "admin"], 0);
    sell(&shop, "login admin 1111\nsell 10101\npay cash 1.15\n");
    let history = json(&shop, &["price-list", "history", "10101", "--json"], 0);
    let told: Vec<_> =
        history.as_array().unwrap().iter().map(|change| (&change["was"], &change["became"])).collect();
    assert_eq!(told, [(&"0.99".into(), &Value::Null), (&Value::Null, &"0.99".into())]);
    assert_eq!(history[0]["cashier"], "admin");
}

#[test]
fn a_file_with_faults_changes_nothing_unless_the_good_lines_are_wanted() {
    let shop = shop();
    fs::write(shop.path().join("p.csv"), "code,price\n10101,cheap\nNOBODY,1\n10103,1.20\n").unwrap();
    let import = ["price-list", "import", "p.csv", "--code", "L", "--user", "admin"];
    let said = ends(&shop, &import, 3);
    assert!(
        said.contains("line 2: price cheap") && said.contains("line 3: no product has the code NOBODY"),
        "{said}"
    );
    assert!(said.ends_with("0 products priced, 2 faults\n"), "{said}");
    assert_eq!(json(&shop, &["price-list", "list", "--json"], 0), Value::Array(Vec::new()));
    let said = ends(&shop, &[&import[..], &["--partial"]].concat(), 3);
    assert!(said.ends_with("1 products priced, 2 faults\n"), "{said}");
    assert_eq!(json(&shop, &["price-list", "list", "--json"], 0)[0]["products"], 1);
}

#[test]
fn a_list_that_is_not_there_a_day_that_is_none_and_days_the_wrong_way_round_are_refused() {
    let shop = shop();
    assert!(ends(&shop, &["price-list", "show", "L"], 1).contains("there is no price list L"));
    ends(&shop, &["price-list", "remove", "L", "--user", "admin"], 1);
    ends(&shop, &["price-list", "history", "NOBODY"], 1);
    fs::write(shop.path().join("p.csv"), "code,price\n10101,1\n").unwrap();
    let import = ["price-list", "import", "p.csv", "--code", "L", "--user", "admin"];
    ends(&shop, &[&import[..], &["--from", "soon"]].concat(), 2);
    let said = ends(&shop, &[&import[..], &["--from", "2026-02-01", "--until", "2026-01-31"]].concat(), 1);
    assert!(said.contains("2026-01-31"), "{said}");
}

#[test]
fn a_list_holds_in_the_stores_it_names_and_keeps_them_until_it_names_others() {
    let shop = shop();
    fs::write(shop.path().join("p.csv"), "code,price\n10101,0.99\n").unwrap();
    let import = ["price-list", "import", "p.csv", "--code", "L", "--user", "admin"];
    let import = |more: &[&str], ending| ends(&shop, &[&import[..], more].concat(), ending);
    let elsewhere = "00000000-0000-4000-8000-0000000000aa";
    import(&["--store", elsewhere], 0);
    sell(&shop, "login admin 1111\nsell 10101\npay cash 1.15\n");
    // Other prices leave its stores as they are.
    import(&[], 0);
    sell(&shop, "login admin 1111\nsell 10101\npay cash 1.15\n");
    let stores = || json(&shop, &["price-list", "list", "--json"], 0)[0]["stores"].clone();
    assert_eq!(stores(), serde_json::json!([elsewhere]));
    import(&["--store", &format!("DEMO,{elsewhere}")], 0);
    assert_eq!(stores().as_array().unwrap().len(), 2);
    assert!(
        ends(&shop, &["price-list", "list"], 0).contains("  in ")
            && ends(&shop, &["price-list", "list"], 0).contains("DEMO")
    );
    sell(&shop, "login admin 1111\nsell 10101\npay cash 0.99\n");
    import(&["--store", "all"], 0);
    assert_eq!(stores(), serde_json::json!([]));
    for more in [&["--store", "the corner"][..], &["--store", "the corner", "--dry-run"][..]] {
        assert!(import(more, 1).contains("the corner is neither this store's code nor an identity"));
    }
}
