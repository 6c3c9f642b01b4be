//! `saleflex reference …`, with the real program: good input and bad.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::program::{ends, json, run_as, sell, sold};

fn shop() -> TempDir {
    sold("login admin 1111\nsell 10101\npay cash 1.15\n")
}

fn export(shop: &TempDir) -> Value {
    json(shop, &["reference", "export"], 0)
}

#[test]
fn a_tax_rate_is_made_given_to_a_department_and_taken_on_the_next_sale() {
    let shop = shop();
    let mut records = export(&shop);
    records["tax_rates"].as_array_mut().unwrap().push(json!({"no": 77, "name": "Lux", "percent": "33"}));
    let departments = records["departments"].as_array_mut().unwrap();
    departments.push(json!({"no": 77, "name": "Luxuries", "taxes": [77]}));
    let wanted = json!({"tax_rates": records["tax_rates"], "departments": records["departments"]});
    fs::write(shop.path().join("r.json"), wanted.to_string()).unwrap();
    let import = ["reference", "import", "r.json", "--user", "admin", "--json"];
    let became = json(&shop, &import, 0);
    assert_eq!(became, export(&shop));
    // What the file does not name stays.
    assert_eq!(became["units"], records["units"]);
    assert_eq!(became["exchange_rates"], records["exchange_rates"]);
    fs::write(shop.path().join("p.csv"), "code,name,sale_price,department\nLUX,Pearl,133,77\n").unwrap();
    ends(&shop, &["import", "p.csv", "--user", "admin"], 0);
    sell(&shop, "login admin 1111\nsell LUX\npay cash 133\n");
    let receipts = json(&shop, &["receipts", "list", "--json"], 0);
    assert!(receipts.as_array().unwrap().iter().any(|one| one["tax"] == "33.00"), "{receipts}");
    ends(&shop, &["verify"], 0);
}

#[test]
fn an_export_is_taken_back_as_it_was_and_one_that_does_not_hold_changes_nothing() {
    let shop = shop();
    let before = export(&shop);
    ends(&shop, &["reference", "export", "all.json"], 0);
    assert!(ends(&shop, &["reference", "export", "all.json"], 1).contains("all.json exists already"));
    ends(&shop, &["reference", "import", "all.json", "--user", "admin"], 0);
    for (bad, code) in [
        (json!({"tax_rates": []}), 1),
        (json!({"departments": [{"no": 1, "name": "", "taxes": [1]}]}), 1),
        (json!({"taxes": []}), 1),
        (json!({"units": "PCS"}), 1),
    ] {
        fs::write(shop.path().join("bad.json"), bad.to_string()).unwrap();
        ends(&shop, &["reference", "import", "bad.json", "--user", "admin"], code);
        assert_eq!(export(&shop), before, "{bad}");
    }
    let refused = run_as(&shop, "3333", &["reference", "import", "all.json", "--user", "priya"]);
    // Nothing differs, so there is nothing to refuse; a rate is another matter.
    assert_eq!(refused.status.code(), Some(0));
    let refused = run_as(&shop, "3333", &["reference", "rate", "EUR", "1.2", "--user", "priya"]);
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn a_unit_of_the_shops_own_says_what_it_measures_and_goods_come_in_by_it() {
    let shop = shop();
    let mut units = export(&shop)["units"].clone();
    let crates = json!({"code": "CRATE", "decimals": 0, "measure": {"kind": "count", "factor": "12"}});
    units.as_array_mut().unwrap().push(crates.clone());
    let import = |units: &Value| fs::write(shop.path().join("u.json"), json!({"units": units}).to_string());
    import(&units).unwrap();
    ends(&shop, &["reference", "import", "u.json", "--user", "admin"], 0);
    assert_eq!(export(&shop)["units"], units);
    ends(&shop, &["verify"], 0);
    let received = ["stock", "receive", "10101,2 crate", "--user", "admin"];
    ends(&shop, &received, 0);
    ends(&shop, &["stock", "receive", "10101,2 barrel", "--user", "admin"], 1);
    for (broken, told) in [("0", "too small"), ("0.0000000000001", "more than 12 digits")] {
        units[0]["measure"] = json!({"kind": "count", "factor": broken});
        import(&units).unwrap();
        let said = ends(&shop, &["reference", "import", "u.json", "--user", "admin"], 1);
        assert!(said.contains("units[0]") && said.contains(told), "{broken}: {said}");
    }
    assert_eq!(export(&shop)["units"].as_array().unwrap().last(), Some(&crates));
}

#[test]
fn an_import_is_all_or_nothing_and_names_every_fault() {
    let shop = shop();
    let before = export(&shop);
    // Good rates do not come in beside a bad department.
    let mixed = json!({
        "departments": [{"no": 1, "name": "Left", "taxes": [98, 99]}],
        "exchange_rates": {"SEK": "13.5"},
    });
    fs::write(shop.path().join("bad.json"), mixed.to_string()).unwrap();
    let said = ends(&shop, &["reference", "import", "bad.json", "--user", "admin"], 1);
    for fault in ["tax rate 98", "tax rate 99"] {
        assert!(said.contains(fault), "{fault}: {said}");
    }
    assert_eq!(export(&shop), before);
    let unread = json!({
        "tax_rates": [{"no": 1, "name": "A", "percent": "20"}, {"no": "two"}, 3],
        "exchange_rates": {"SEK": "much", "CROWN": "1"},
        "taxes": [],
    });
    fs::write(shop.path().join("bad.json"), unread.to_string()).unwrap();
    let said = ends(&shop, &["reference", "import", "bad.json", "--user", "admin"], 1);
    for fault in ["tax_rates[1]", "tax_rates[2]", "exchange_rates.SEK", "exchange_rates.CROWN", "taxes: "] {
        assert!(said.contains(fault), "{fault}: {said}");
    }
    assert_eq!(export(&shop), before);
}

#[test]
fn an_exchange_rate_is_set_used_and_taken_out() {
    let shop = shop();
    let became = json(&shop, &["reference", "rate", "SEK", "13.5", "--user", "admin", "--json"], 0);
    assert_eq!(became["exchange_rates"]["SEK"], "13.5");
    ends(&shop, &["reference", "rate", "SEK", "--user", "admin"], 0);
    assert_eq!(export(&shop)["exchange_rates"]["SEK"], Value::Null);
    for bad in ["0", "-1", "much"] {
        ends(&shop, &["reference", "rate", "--user", "admin", "--", "SEK", bad], 1);
    }
    ends(&shop, &["reference", "rate", "CROWN", "1", "--user", "admin"], 1);
}
