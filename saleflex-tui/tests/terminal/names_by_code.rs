//! What people know by codes and write as numbers is taken so, and told so, whatever the engine knows it by.

use std::fs;

use tempfile::TempDir;
use uuid::Uuid;

use crate::common::program::{ends, json, run, said, sold};

fn shop() -> TempDir {
    sold("login admin 1111\nsell 12303 3\ncustomer C001\npay cash 50\n")
}

fn as_admin(folder: &TempDir, arguments: &[&str], code: i32) -> String {
    ends(folder, &[arguments, &["--user", "admin"]].concat(), code)
}

/// What it says has no identity in it that only a computer can read.
fn is_for_people(words: &str) {
    let mut parts = words.split(|letter: char| !letter.is_ascii_hexdigit() && letter != '-');
    assert!(parts.all(|part| part.len() < 36 || Uuid::parse_str(part).is_err()), "{words}");
}

#[test]
fn the_location_to_sell_from_is_set_by_its_code() {
    let shop = shop();
    let set = |code: &str, ends| as_admin(&shop, &["config", "set", "stock.sales_location", code], ends);
    assert_eq!(set("BACK-001-A", 0), "stock.sales_location = BACK-001-A\n");
    assert_eq!(
        ends(&shop, &["config", "get", "stock.sales_location"], 0),
        "stock.sales_location = BACK-001-A\n"
    );
    let locations = ends(&shop, &["stock", "locations"], 0);
    assert!(locations.lines().any(|line| line.contains("BACK-001-A") && line.contains('*')), "{locations}");
    for nowhere in ["NOWHERE", "17", "0b3b4a52-5d3c-4a8e-9c39-5b0b8a1f6d10"] {
        assert!(set(nowhere, 1).contains("there is no location"), "{nowhere}");
    }
    let id = json(&shop, &["config", "get", "stock.sales_location", "--json"], 0);
    assert_eq!(set(id.as_str().unwrap(), 0), "stock.sales_location = BACK-001-A\n");
    set("null", 0);
    assert!(ends(&shop, &["config", "get", "stock.sales_location"], 0).ends_with("= null\n"));
}

#[test]
fn percentages_and_quantities_of_the_settings_are_typed_as_numbers() {
    let shop = shop();
    as_admin(&shop, &["config", "set", "stock.over_delivery", "10"], 0);
    as_admin(&shop, &["config", "set", "stock.approve_above", "0.5"], 0);
    let stock = json(&shop, &["config", "get", "stock", "--json"], 0);
    assert_eq!((&stock["over_delivery"], &stock["approve_above"]), (&"10".into(), &"0.5".into()));
    as_admin(&shop, &["config", "set", "stock.over_delivery", "ten"], 1);
    let told = as_admin(&shop, &["stock", "adjust", "12303", "1", "--reason", "counted"], 1);
    assert!(told.contains("needs a second person") && told.contains("Put stock right"), "{told}");
}

#[test]
fn a_segment_names_products_by_code_and_its_file_holds_what_matters() {
    let shop = shop();
    let bought = |code: &str| format!(r#"{{"bought": {{"goods": {{"products": ["{code}"]}}, "times": 1}}}}"#);
    assert!(ends(&shop, &["segment", "preview", &bought("12303")], 0).starts_with("1 of "));
    assert!(ends(&shop, &["segment", "preview", &bought("10101")], 0).starts_with("0 of "));
    let unknown = ends(&shop, &["segment", "preview", &bought("NONE")], 1);
    assert!(unknown.contains("bought.goods.products[0]: no product has the code NONE"), "{unknown}");
    let file = shop.path().join("segment.json");
    let save = |written: &str| {
        fs::write(&file, written).unwrap();
        json(&shop, &["segment", "save", "segment.json", "--user", "admin", "--json"], 0)
    };
    let written = |name: &str| {
        let criterion = bought("12303");
        format!(r#"{{"code": "TEA", "name": "{name}", "criterion": {criterion}}}"#)
    };
    let saved = save(&written("Buys tea"));
    assert_eq!((&saved["size"], &saved["segment"]["is_active"]), (&1.into(), &true.into()));
    let again = save(&written("Buys it"));
    assert_eq!(
        (&again["segment"]["id"], &again["segment"]["name"]),
        (&saved["segment"]["id"], &"Buys it".into())
    );
    let listed = json(&shop, &["segment", "list", "--json"], 0);
    let listed = listed.as_array().unwrap();
    let listed = listed.iter().find(|one| one["segment"]["code"] == "TEA").unwrap();
    assert_eq!(save(&listed.to_string()), *listed);
    let mut more: serde_json::Value = serde_json::from_str(&written("Buys it")).unwrap();
    more["description"] = "for the tasting in May".into();
    more["is_active"] = false.into();
    more["display_order"] = 7.into();
    let told = |saved: &serde_json::Value| {
        let segment = &saved["segment"];
        ["description", "is_active", "display_order"].map(|name| segment[name].clone())
    };
    let stays: [serde_json::Value; 3] = ["for the tasting in May".into(), false.into(), 7.into()];
    assert_eq!(told(&save(&more.to_string())), stays);
    assert_eq!(told(&save(&written("Buys it"))), stays, "what is left out stays");
    more["description"] = serde_json::Value::Null;
    let [_, is_active, order] = stays;
    assert_eq!(told(&save(&more.to_string())), [serde_json::Value::Null, is_active, order]);
}

#[test]
fn a_segment_that_names_what_there_is_not_is_refused_by_the_name() {
    let shop = shop();
    let bought = |goods: &str, times| format!(r#"{{"bought": {{"goods": {{{goods}}}, "times": {times}}}}}"#);
    let nobody = "00000000-0000-4000-8000-00000000dead";
    for (criterion, words) in [
        (r#"{"tier": ["DIAMOND"]}"#.to_owned(), "There is no tier DIAMOND.".to_owned()),
        (bought(r#""departments": [98]"#, 1), "There is no department 98.".to_owned()),
        (bought(&format!(r#""products": ["{nobody}"]"#), 1), format!("no product has the code {nobody}")),
        (bought(r#""products": ["12303"]"#, 0), "times is 1 at least".to_owned()),
    ] {
        let written = format!(r#"{{"code": "NEW", "name": "New", "criterion": {criterion}}}"#);
        fs::write(shop.path().join("segment.json"), written).unwrap();
        let told = ends(&shop, &["segment", "save", "segment.json", "--user", "admin"], 1);
        assert!(told.contains(&words), "{told}");
    }
    let listed = json(&shop, &["segment", "list", "--json"], 0);
    assert!(listed.as_array().unwrap().iter().all(|one| one["segment"]["code"] != "NEW"), "{listed}");
}

#[test]
fn every_line_of_goods_that_cannot_be_is_told_by_its_code_and_nothing_is_done() {
    let shop = shop();
    let refused = |arguments: &[&str]| {
        let before = ends(&shop, &["stock", "movements"], 0);
        let told = as_admin(&shop, arguments, 1);
        assert_eq!(ends(&shop, &["stock", "movements"], 0), before);
        is_for_people(&told);
        told
    };
    let way = ["--from", "SALES-001-A", "--to", "BACK-001-A"];
    for how in ["transfer", "ship"] {
        let lines = ["stock", how, "12303,90000", "10101,1", "10102,90000.5"];
        let told = refused(&[&lines[..], &way].concat());
        assert!(told.contains("12303,90000: Only ") && told.contains("10102,90000.5: "), "{told}");
        assert!(!told.contains("10101,1"), "{told}");
    }
    fs::write(shop.path().join("goods.txt"), "12303,0\n\n10101,1\n10102,-3\n").unwrap();
    let told = refused(&["stock", "receive", "--file", "goods.txt"]);
    assert!(told.contains("line 1 (12303,0): A quantity") && told.contains("line 4 (10102,-3): "), "{told}");
    as_admin(&shop, &["stock", "supplier", "save", "DAIRY", "Dairy"], 0);
    let twice = refused(&["stock", "order", "write", "DAIRY", "12303,5", "12303,6", "10101,0"]);
    assert!(twice.contains("12303,6: It is on the order twice.") && twice.contains("10101,0: "), "{twice}");
    let order = as_admin(&shop, &["stock", "order", "write", "DAIRY", "12303,5"], 0);
    let order = order.trim();
    let other = refused(&["stock", "order", "receive", order, "12303,6", "10101,1"]);
    assert!(other.contains("12303,6: Only 5") && other.contains("10101,1: It was not ordered."), "{other}");
    refused(&["stock", "order", "receive", order, "10101,1"]);
    as_admin(&shop, &["stock", "order", "close", order], 0);
    assert!(refused(&["stock", "order", "receive", order, "12303,1"]).contains("Nothing more is expected"));
}

#[test]
fn a_file_of_products_that_clash_names_the_code_and_the_line() {
    let shop = shop();
    let head = "code,name,sale_price,department,barcodes,style,size,colour\n";
    let lines =
        "X1,One,1.00,1,X2,,,\nX2,Two,1.00,1,,,,\nX3,Red,1.00,1,,S,M,red\nX4,Red too,1.00,1,,S,M,red\n";
    fs::write(shop.path().join("clash.csv"), format!("{head}{lines}")).unwrap();
    let output = run(&shop, &["import", "clash.csv", "--user", "admin"]);
    let told = said(&output);
    is_for_people(&told);
    assert!(told.contains("line 2: barcode X2 is the code of product X2 (line 3)"), "{told}");
    assert!(
        told.contains("line 5: product X4: product X3 is this size and colour of S already (line 4)"),
        "{told}"
    );
}

#[test]
fn figures_of_days_that_end_before_they_begin_are_refused() {
    let told = ends(&shop(), &["stock", "report", "2025-04-30", "2025-04-01"], 1);
    assert!(told.contains("2025-04-30, is after the last, 2025-04-01"), "{told}");
}
