//! `saleflex campaign …`, with the real program: good input and bad.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::common::program::{ends, json, sold};

fn shop() -> TempDir {
    sold("login admin 1111\nsell 12303 3\npay cash 50\n")
}

fn write(folder: &TempDir, name: &str, value: &Value) {
    fs::write(folder.path().join(name), value.to_string()).unwrap();
}

#[test]
fn list_tells_how_often_each_campaign_was_used_and_what_it_gave() {
    let shop = shop();
    assert!(ends(&shop, &["campaign", "list"], 0).contains("YOG3FOR2"));
    let listed = json(&shop, &["campaign", "list", "--json"], 0);
    let yogurts = &listed["campaigns"][0];
    assert_eq!((&yogurts["code"], &yogurts["uses"]), (&"YOG3FOR2".into(), &1.into()));
    assert_eq!(yogurts["given"], "0.55");
}

#[test]
fn what_is_exported_is_imported_again_in_both_forms() {
    let shop = shop();
    let before = json(&shop, &["campaign", "list", "--json"], 0)["set"].clone();
    let own = json(&shop, &["campaign", "export"], 0);
    assert_eq!(own.as_array().unwrap().len(), 6);
    write(&shop, "own.json", &own);
    let again = json(&shop, &["campaign", "import", "own.json", "--user", "admin", "--json"], 0);
    assert_eq!(again["taken"].as_array().unwrap().len(), 6);
    assert_eq!(json(&shop, &["campaign", "list", "--json"], 0)["set"], before);
    // A share of the document is what the original knows, too.
    let mut plain = json(&shop, &["campaign", "export", "HAPPYJUICE"], 0)[0].clone();
    plain["id"] = "5a1ef1e0-0000-7000-8000-00000000000d".into();
    plain["code"] = "PLAIN".into();
    plain["benefit"]["off"]["per"] = "document".into();
    write(&shop, "plain.json", &plain);
    json(&shop, &["campaign", "import", "plain.json", "--user", "admin", "--anyway", "--json"], 0);
    let listed = json(&shop, &["campaign", "list", "--json"], 0);
    let before = listed["set"].clone();
    let versions: BTreeSet<&str> =
        listed["campaigns"].as_array().unwrap().iter().map(|one| one["hash"].as_str().unwrap()).collect();
    assert_eq!((versions.len(), versions.iter().all(|hash| hash.len() == 64)), (7, true));
    let original = json(&shop, &["campaign", "export", "PLAIN", "--form", "original"], 0);
    assert_eq!(original[0]["campaign_type_code"], "TIME_BASED");
    write(&shop, "original.json", &original);
    json(&shop, &["campaign", "import", "original.json", "--user", "admin", "--json"], 0);
    assert_eq!(json(&shop, &["campaign", "list", "--json"], 0)["set"], before);
    assert!(ends(&shop, &["campaign", "export", "YOG3FOR2", "--form", "original"], 1).contains("YOG3FOR2"));
    assert!(ends(&shop, &["campaign", "export", "NOBODY"], 1).contains("no campaign NOBODY"));
}

#[test]
fn an_export_in_the_originals_form_tells_each_campaign_it_cannot_hold_and_leaves_out_none_unasked() {
    let shop = shop();
    let plain = json!({ "code": "PLAIN", "benefit": {"off": {"reward": {"percent": "10"}}} });
    write(&shop, "plain.json", &plain);
    json(&shop, &["campaign", "import", "plain.json", "--user", "admin", "--anyway", "--json"], 0);
    let export = ["campaign", "export", "--form", "original"];
    let reasons = [
        ("YOG3FOR2", "no such benefit"),
        ("HAPPYJUICE", "no such benefit"),
        ("SECONDHALF", "no such benefit"),
        ("WELCOME10", "no such limit"),
        ("CARD2", "no such tender rule"),
        ("TIER-GOLD", "no such condition"),
    ];
    let refused = ends(&shop, &export, 1);
    let skipped = ends(&shop, &[&export[..], &["--skip"]].concat(), 3);
    for (code, reason) in reasons {
        let line = format!("campaign {code}: the original has {reason}");
        assert!(refused.contains(&line) && skipped.contains(&line), "{refused}\n{skipped}");
    }
    let rows = json(&shop, &[&export[..], &["--skip"]].concat(), 3);
    let codes: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["PLAIN"]);
    // Where nothing is left out, nothing is wrong.
    json(&shop, &["campaign", "export", "PLAIN", "--form", "original", "--skip"], 0);
}

#[test]
fn lint_and_backtest_tell_all_that_is_wrong_with_a_file() {
    let shop = shop();
    let of = |code: &str, percent: &str| json!({ "code": code, "benefit": {"off": {"reward": {"percent": percent}, "per": "line"}} });
    write(&shop, "wrong.json", &json!([of("A", "0"), of("B", "10"), of("C", "101")]));
    for command in ["lint", "backtest"] {
        let told = ends(&shop, &["campaign", command, "wrong.json"], 1);
        assert!(told.contains("campaign 1: ") && told.contains("campaign 3: "), "{told}");
        assert!(!told.contains("campaign 2: "), "{told}");
    }
}

#[test]
fn products_are_named_by_their_code_and_departments_by_their_number() {
    let shop = shop();
    let include = json!([{"product": "14101"}, {"department": 18}, {"category": "184"}]);
    let named = json!({
        "code": "NAMED",
        "target": {"include": include},
        "benefit": {"off": {"reward": {"percent": "5"}, "per": "line"}},
    });
    write(&shop, "named.json", &named);
    json(&shop, &["campaign", "import", "named.json", "--user", "admin", "--anyway", "--json"], 0);
    let stored = json(&shop, &["campaign", "export", "NAMED"], 0)[0]["target"]["include"].clone();
    assert!(Uuid::parse_str(stored[0]["product"].as_str().unwrap()).is_ok(), "{stored}");
    assert_eq!(stored[1]["department"], "00000000-0000-0000-0000-000000000012");
    assert_eq!(stored[2]["category"], "00000000-0000-0000-0000-0000000000b8");
    let mut unknown = named;
    unknown["target"]["include"][0]["product"] = "NOBODY".into();
    write(&shop, "unknown.json", &unknown);
    let refused = ends(&shop, &["campaign", "import", "unknown.json", "--user", "admin", "--anyway"], 3);
    assert!(refused.contains("NOBODY") || refused.contains("product"), "{refused}");
    // A segment too, of the campaign and in a condition.
    let criterion = json!({"bought": {"goods": {"products": ["12303"]}, "times": 1}});
    write(&shop, "segment.json", &json!({"code": "TEA", "name": "Buys tea", "criterion": criterion}));
    let saved = json(&shop, &["segment", "save", "segment.json", "--user", "admin", "--json"], 0);
    let mut named = json!({
        "code": "FORTEA", "segment": "TEA", "condition": {"any": ["first_purchase", {"segment": "TEA"}]},
        "benefit": {"off": {"reward": {"percent": "5"}, "per": "line"}},
    });
    write(&shop, "named.json", &named);
    json(&shop, &["campaign", "import", "named.json", "--user", "admin", "--anyway", "--json"], 0);
    let stored = json(&shop, &["campaign", "export", "FORTEA"], 0)[0].clone();
    let id = &saved["segment"]["id"];
    assert_eq!((&stored["segment"], &stored["condition"]["any"][1]["segment"]), (id, id), "{stored}");
    named["segment"] = "COFFEE".into();
    write(&shop, "unknown.json", &named);
    let refused = ends(&shop, &["campaign", "import", "unknown.json", "--user", "admin", "--anyway"], 3);
    assert!(refused.contains("no segment has the code COFFEE"), "{refused}");
}

#[test]
fn the_samples_of_the_guide_are_imported_as_they_stand() {
    let shop = shop();
    let sample = include_str!("../../../docs/campaigns/01_ten_percent_off.json");
    fs::write(shop.path().join("sample.json"), sample).unwrap();
    let taken =
        json(&shop, &["campaign", "import", "sample.json", "--user", "admin", "--anyway", "--json"], 0);
    assert_eq!(taken["taken"].as_array().unwrap().len(), 1, "{taken}");
    assert!(ends(&shop, &["campaign", "list"], 0).contains("TEN"));
    // Several of them as a list.
    let other = include_str!("../../../docs/campaigns/02_five_off_from_fifty.json");
    fs::write(shop.path().join("samples.json"), format!("[{sample}, {other}]")).unwrap();
    let taken =
        json(&shop, &["campaign", "import", "samples.json", "--user", "admin", "--anyway", "--json"], 0);
    assert_eq!(taken["taken"].as_array().unwrap().len(), 2, "{taken}");
}

#[test]
fn what_the_guide_prints_is_imported_as_printed_and_twice_is_once() {
    let shop = shop();
    let guide = include_str!("../../../docs/campaigns.md");
    let printed = guide.lines().filter(|line| line.starts_with("{\"code\""));
    let printed: Vec<Value> = printed.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(printed.len(), 20);
    write(&shop, "printed.json", &json!(printed));
    let import = ["campaign", "import", "printed.json", "--user", "admin", "--anyway", "--json"];
    let taken = json(&shop, &import, 0);
    assert_eq!(taken["taken"].as_array().unwrap().len(), 20, "{taken}");
    let set = |shop: &TempDir| json(shop, &["campaign", "list", "--json"], 0)["set"].clone();
    let once = set(&shop);
    json(&shop, &import, 0);
    assert_eq!(set(&shop), once);
    let listed = json(&shop, &["campaign", "export", "TEN"], 0);
    assert_eq!((&listed[0]["name"], &listed[0]["is_active"]), (&json!("TEN"), &json!(true)));
}

#[test]
fn a_doubtful_campaign_is_imported_into_force_only_with_a_second_word() {
    let shop = shop();
    let mut free = json!({
        "id": "5a1ef1e0-0000-7000-8000-00000000000c", "code": "ALLFREE", "name": "All free", "is_active": true,
        "benefit": { "off": { "reward": { "percent": "100" }, "per": "document" } },
    });
    let import = |more: &[&str], ending| {
        let words = [&["campaign", "import", "free.json", "--user", "admin", "--json"], more].concat();
        json(&shop, &words, ending)
    };
    write(&shop, "free.json", &json!([free]));
    let refused = import(&[], 3);
    let fault = &refused["faults"][0];
    assert_eq!(
        (&refused["taken"], &fault["item"], &fault["code"]),
        (&json!([]), &json!(1), &json!("ALLFREE"))
    );
    assert!(fault["fault"].as_str().unwrap().contains("--anyway"), "{refused}");
    let told = import(&["--language", "tr"], 3);
    let doubt = "Mal bedavaya gidebilir. (--anyway ile yine de yürürlüğe girer)";
    assert!(told["faults"].as_array().unwrap().iter().any(|fault| fault["fault"] == doubt), "{told}");
    assert!(!ends(&shop, &["campaign", "list"], 0).contains("ALLFREE"));
    free["is_active"] = false.into();
    write(&shop, "free.json", &json!([free]));
    assert_eq!(import(&[], 0)["taken"], json!(["ALLFREE"]), "out of force nothing is doubtful");
    free["is_active"] = true.into();
    write(&shop, "free.json", &json!([free]));
    assert_eq!(import(&["--anyway"], 0)["taken"], json!(["ALLFREE"]));
    free["name"] = "Everything free".into();
    write(&shop, "free.json", &json!([free]));
    assert_eq!(import(&[], 0)["taken"], json!(["ALLFREE"]), "what was accepted is not asked again");
}

#[test]
fn a_rule_about_tenders_comes_in_and_goes_out_by_the_table_of_tender_types() {
    let shop = shop();
    let (card, campaign) = ("7c000000-0000-4000-8000-000000000001", "5a1ef1e0-0000-7000-8000-00000000000b");
    let by_card = json!({
        "id": campaign, "code": "BYCARD", "name": "By card", "campaign_type_code": "PAYMENT_DISCOUNT",
        "discount_type": "PERCENTAGE", "discount_percentage": "5.00", "is_auto_apply": true, "is_active": false,
        "rules": [{ "rule_type": "PAYMENT_TYPE", "fk_payment_type_id": card }],
    });
    let types = json!([{ "id": card, "type_name": "Credit Card" }]);
    write(&shop, "c.json", &json!([by_card]));
    write(&shop, "types.json", &types);
    let import = ["campaign", "import", "c.json", "--user", "admin", "--json"];
    let unknown = json(&shop, &import, 3);
    assert_eq!(unknown["faults"][0]["field"], "rules[0].fk_payment_type_id", "{unknown}");
    // Lint ends with 3: the till's own campaigns are doubtful.
    for (judge, ending) in [("lint", 3), ("backtest", 0)] {
        assert!(ends(&shop, &["campaign", judge, "c.json"], 1).contains("fk_payment_type_id"));
        ends(&shop, &["campaign", judge, "c.json", "--payment-types", "types.json"], ending);
    }
    let with_table = [&import[..], &["--payment-types", "types.json"]].concat();
    assert_eq!(json(&shop, &with_table, 0)["taken"], json!(["BYCARD"]));
    let own = json(&shop, &["campaign", "export", "BYCARD"], 0)[0].clone();
    assert_eq!(own["tender"]["of"]["include"], json!([{ "kind": "credit_card" }]), "{own}");
    let export = ["campaign", "export", "BYCARD", "--form", "original"];
    assert!(ends(&shop, &export, 1).contains("BYCARD"), "no table names a card");
    let back = json(&shop, &[&export[..], &["--payment-types", "types.json"]].concat(), 0);
    assert_eq!(back[0]["rules"][0]["fk_payment_type_id"], card);
    let before = json(&shop, &["campaign", "list", "--json"], 0)["set"].clone();
    write(&shop, "c.json", &json!({ "payment_types": types, "campaigns": back }));
    json(&shop, &import, 0);
    assert_eq!(json(&shop, &["campaign", "list", "--json"], 0)["set"], before);
}

#[test]
fn a_row_of_the_original_names_type_and_departments_by_its_tables_and_writes_nothing_as_null() {
    let shop = shop();
    let [kind, seven, sub, campaign] =
        [0xC0, 0xD7, 0xD8, 0xCA].map(|number| Uuid::from_u128((0x5A1E << 112) + number).to_string());
    let row = json!({
        "id": campaign, "code": "SEVEN", "name": "Seven", "fk_campaign_type_id": kind, "discount_type": "PERCENTAGE",
        "discount_percentage": 5, "min_purchase_amount": null, "is_auto_apply": true, "is_active": false,
        "rules": [
            { "rule_type": "DEPARTMENT", "fk_department_id": seven, "is_include": null },
            { "rule_type": "CATEGORY", "rule_value": sub, "is_include": false },
        ],
    });
    write(&shop, "c.json", &json!({ "campaigns": [row] }));
    let import = ["campaign", "import", "c.json", "--user", "admin", "--json"];
    let unknown = json(&shop, &import, 3);
    let fields: Vec<_> =
        unknown["faults"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
    assert_eq!(fields, ["campaign_type_code", "rules[0].fk_department_id", "rules[1].rule_value"]);
    let tables = json!({
        "campaign_types": [{ "id": kind, "code": "BASKET_DISCOUNT" }],
        "department_main_groups": [{ "id": seven, "code": "7" }],
        "department_sub_groups": [{ "id": sub, "code": "700" }],
    });
    write(&shop, "tables.json", &tables);
    let by_tables = ["--tables", "tables.json"];
    assert_eq!(json(&shop, &[&import[..], &by_tables].concat(), 0)["taken"], json!(["SEVEN"]));
    let target = json(&shop, &["campaign", "export", "SEVEN"], 0)[0]["target"].clone();
    let [seventh, below] = [7, 700].map(|number| Uuid::from_u128(number).to_string());
    let as_lines = json!({ "include": [{ "department": seventh }], "exclude": [{ "category": below }] });
    assert_eq!(target, as_lines, "as lines of the till name them");
    let export = ["campaign", "export", "SEVEN", "--form", "original"];
    let back = json(&shop, &[&export[..], &by_tables].concat(), 0)[0].clone();
    assert_eq!(
        (&back["rules"][0]["fk_department_id"], &back["rules"][1]["rule_value"]),
        (&json!(seven), &json!(sub))
    );
}

#[test]
fn import_tells_every_fault_by_its_item_and_takes_all_or_what_was_asked_for() {
    let shop = shop();
    let mut good = json(&shop, &["campaign", "export", "CARD2"], 0)[0].clone();
    good["name"] = "Card".into();
    let same_code = json!({
        "id": "5a1ef1e0-0000-7000-8000-00000000000f", "code": "YOG3FOR2", "name": "x", "is_active": true,
        "benefit": "nothing",
    });
    let original = json!({
        "id": "5a1ef1e0-0000-7000-8000-00000000000e", "code": "OLD", "name": "Old",
        "campaign_type_code": "BASKET_DISCOUNT", "discount_type": "PERCENTAGE", "discount_percentage": "150",
        "is_auto_apply": true,
    });
    write(&shop, "c.json", &json!([good, same_code, original, { "code": "EMPTY" }]));
    let dry = json(&shop, &["campaign", "import", "c.json", "--dry-run", "--partial", "--json"], 3);
    assert_eq!(dry["taken"], json!(["CARD2"]));
    let items: Vec<_> = dry["faults"].as_array().unwrap().iter().map(|fault| fault["item"].clone()).collect();
    assert!(items.contains(&2.into()) && items.contains(&3.into()) && items.contains(&4.into()), "{dry}");
    let field = dry["faults"].as_array().unwrap().iter().find(|fault| fault["item"] == 3).unwrap();
    assert_eq!(field["field"], "discount_percentage");
    let whole = json(&shop, &["campaign", "import", "c.json", "--user", "admin", "--json"], 3);
    assert_eq!(whole["taken"], json!([]));
    let partial = json(&shop, &["campaign", "import", "c.json", "--user", "admin", "--partial", "--json"], 3);
    assert_eq!(partial["taken"], json!(["CARD2"]));
    assert!(ends(&shop, &["campaign", "list"], 0).contains("Card"));
    fs::write(shop.path().join("c.json"), "no json").unwrap();
    assert!(ends(&shop, &["campaign", "import", "c.json", "--user", "admin"], 1).contains("no JSON"));
    assert!(ends(&shop, &["campaign", "import", "c.json", "--user", "priya"], 1).starts_with("saleflex: "));
}

#[test]
fn evaluate_and_explain_try_a_basket_out_and_sell_nothing() {
    let shop = shop();
    let before = json(&shop, &["verify", "--json"], 0);
    let basket = json!({
        "at": "2025-04-07T16:30:00", "coupons": ["welcome10-demo"], "tender": "credit_card",
        "lines": [
            { "code": "12303", "quantity": "3" }, { "code": "16204", "quantity": "2" },
            { "code": "17304", "quantity": "3" },
        ],
    });
    write(&shop, "basket.json", &basket);
    let given = json(&shop, &["campaign", "evaluate", "basket.json", "--json"], 0);
    let codes: Vec<&str> =
        given["discounts"].as_array().unwrap().iter().map(|one| one["campaign"].as_str().unwrap()).collect();
    assert_eq!(codes, ["YOG3FOR2", "HAPPYJUICE", "WELCOME10", "CARD2"]);
    assert!(ends(&shop, &["campaign", "evaluate", "basket.json"], 0).contains("net due"));
    let cart = json(&shop, &["campaign", "evaluate", "basket.json", "--snapshot", "1.0"], 0);
    assert_eq!(
        (&cart["schema_version"], &cart["lines"][0]["product_code"]),
        (&"1.0".into(), &"12303".into())
    );
    assert!(cart.get("payments").is_none());
    let cart = json(&shop, &["campaign", "evaluate", "basket.json", "--snapshot", "1.1"], 0);
    assert_eq!(cart["payments"][0]["payment_type"], "credit_card");
    let why = json(&shop, &["campaign", "explain", "basket.json", "--json"], 0);
    let verdicts = why["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), 6);
    assert_eq!(verdicts[4]["outcome"], "unmet");
    assert!(ends(&shop, &["campaign", "explain", "basket.json"], 0).contains("SECONDHALF"));
    assert_eq!(json(&shop, &["verify", "--json"], 0), before);
    // A campaign for points that others stand in the way of gives no amount.
    let double = json!({
        "code": "DOUBLE", "benefit": {"points": {"percent": "200"}}, "lane": {"exclusivity": "alone"}
    });
    write(&shop, "double.json", &double);
    json(&shop, &["campaign", "import", "double.json", "--user", "admin", "--anyway", "--json"], 0);
    let why = ends(&shop, &["campaign", "explain", "basket.json"], 0);
    assert!(why.contains("would give 2 times the points, but not together with"), "{why}");
    write(&shop, "basket.json", &json!({ "lines": [{ "code": "nothing" }] }));
    assert!(ends(&shop, &["campaign", "evaluate", "basket.json"], 1).contains("nothing"));
    write(&shop, "basket.json", &json!({ "lines": [], "colour": 1 }));
    ends(&shop, &["campaign", "evaluate", "basket.json"], 1);
}

#[test]
fn the_hour_of_a_basket_is_that_of_the_stores_clock_in_its_time_zone() {
    let shop = shop();
    let lines = json!([{ "code": "12303" }]);
    write(&shop, "basket.json", &json!({ "at": "2025-07-07T16:30:00", "lines": lines }));
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_saleflex"));
    program.current_dir(&shop).args(["--time-zone", "Europe/Istanbul", "--data", "till.saleflex"]);
    program.args(["campaign", "evaluate", "basket.json", "--snapshot", "1.0"]);
    let answered: Value = serde_json::from_slice(&program.output().unwrap().stdout).unwrap();
    // Three hours ahead of the universal time.
    assert_eq!(answered["evaluated_at"], "2025-07-07T13:30:00+00:00");
}

#[test]
fn lint_names_what_is_doubtful_and_backtest_gives_every_sale_as_it_was() {
    let shop = shop();
    let as_it_was = json(&shop, &["campaign", "backtest", "--json"], 0);
    assert_eq!((&as_it_was["documents"], &as_it_was["changed"]), (&1.into(), &0.into()), "{as_it_was}");
    assert_eq!(as_it_was["total"]["after"]["given"], "0.55");
    let of_set = |hash: &str, ending| ends(&shop, &["campaign", "backtest", "--json", "--set", hash], ending);
    let in_force = as_it_was["set"].as_str().unwrap();
    let again: Value = serde_json::from_str(&of_set(in_force, 0)).unwrap();
    assert_eq!(again["judged_by_it"], json!({ "documents": 1, "changed": 0 }), "{again}");
    assert!(of_set(&"0".repeat(64), 1).contains("never made the set 000"));
    assert!(of_set("nonsense", 1).contains("no digest of a set"));
    let mut draft = json(&shop, &["campaign", "export", "HAPPYJUICE"], 0)[0].clone();
    draft["id"] = "5a1ef1e0-0000-7000-8000-00000000000c".into();
    draft["code"] = "ALLFREE".into();
    draft["activation"] = "automatic".into();
    draft["window"] = json!({});
    draft["target"] = json!({});
    draft["benefit"] = json!({ "off": { "reward": { "percent": "100" }, "per": "document" } });
    write(&shop, "draft.json", &json!([draft]));
    let lint = json(&shop, &["campaign", "lint", "draft.json", "--json"], 3);
    let findings = lint["findings"].as_array().unwrap();
    assert!(findings.iter().any(|one| one["code"] == "ALLFREE" && one["fault"] == "free_goods"), "{lint}");
    for (language, doubt, count) in [
        ("en", "ALLFREE: Goods may go for nothing.", "7 campaigns, "),
        ("tr", "ALLFREE: Mal bedavaya gidebilir.", "7 kampanya, "),
    ] {
        let told = ends(&shop, &["campaign", "lint", "draft.json", "--language", language], 3);
        assert!(told.contains(doubt) && told.contains(count), "{told}");
    }
    let tried =
        json(&shop, &["campaign", "backtest", "draft.json", "--alone", "--json", "--svg", "days.svg"], 0);
    assert_eq!(
        (&tried["changed"], &tried["total"]["after"]["given"]),
        (&1.into(), &"1.65".into()),
        "{tried}"
    );
    assert!(fs::read_to_string(shop.path().join("days.svg")).unwrap().starts_with("<svg"));
    assert!(ends(&shop, &["campaign", "backtest", "draft.json"], 0).contains("1 of 1 documents change"));
    draft["benefit"] = "nothing".into();
    write(&shop, "draft.json", &json!([draft]));
    assert!(ends(&shop, &["campaign", "lint", "draft.json"], 1).contains("benefit: missing"));
    draft["benefit"] = json!({ "off": { "reward": { "percent": 10 } } });
    write(&shop, "draft.json", &json!([draft]));
    assert!(ends(&shop, &["campaign", "backtest", "draft.json"], 1).contains("benefit.off.reward.percent"));
}

#[test]
fn a_code_that_no_product_has_and_a_day_that_is_none_are_said_with_their_field() {
    let shop = shop();
    let refused = |definition: Value| {
        write(&shop, "wrong.json", &definition);
        let words = ["campaign", "import", "wrong.json", "--user", "admin", "--json"];
        json(&shop, &words, 3)["faults"][0].clone()
    };
    let off = json!({ "off": { "reward": { "percent": "5" }, "per": "line" } });
    let fault = refused(json!({
        "code": "X1", "benefit": off, "target": { "include": [{ "tag": "a" }, { "product": "NOPE" }] },
    }));
    assert_eq!(fault["field"], "target.include[1].product");
    assert_eq!(fault["fault"], "no product has the code NOPE");
    let fault = refused(json!({ "code": "X1", "benefit": off, "window": { "end": "31.03.2026" } }));
    assert_eq!(fault["field"], "window.end");
    assert!(fault["fault"].as_str().unwrap().contains("2026-03-31"), "{fault}");
    let fault = refused(json!({ "code": "X1", "benefit": off, "window": { "weekdays": 200 } }));
    assert_eq!(
        (&fault["field"], &fault["fault"]),
        (&json!("window.weekdays"), &json!("must be from 1 to 127"))
    );
    write(&shop, "wrong.json", &json!({ "code": "X1", "benefit": off, "window": { "weekdays": 0 } }));
    let words = ["campaign", "import", "wrong.json", "--user", "admin", "--language", "tr"];
    let told = ends(&shop, &words, 3);
    assert!(told.contains("window.weekdays: 1 ile 127 arasında olmalı"), "{told}");
}

#[test]
fn coupons_are_made_for_one_customer_listed_with_their_use_and_blocked() {
    let shop = shop();
    let mint = |more: &[&str], ending| {
        let words =
            [&["campaign", "mint", "WELCOME10", "2", "--user", "admin", "--format", "json"], more].concat();
        ends(&shop, &words, ending)
    };
    let holder = ["--kind", "personal", "--customer", "C002"];
    mint(&holder[..2], 2);
    let validity = ["--from", "2025-01-01T00:00:00", "--until", "2035-01-01T00:00:00", "--uses", "3"];
    let minted: Value = serde_json::from_str(&mint(&[&holder[..], &validity].concat(), 0)).unwrap();
    let code = minted[0]["code"].as_str().unwrap();
    let listed = || json(&shop, &["campaign", "coupons", "WELCOME10", "--json"], 0);
    let row = || listed().as_array().unwrap().iter().find(|row| row["code"] == code).unwrap().clone();
    assert_eq!(
        row(),
        json!({
            "code": code, "kind": "personal", "customer": "C002", "start": "2025-01-01T00:00:00",
            "end": "2035-01-01T00:00:00", "most_uses": 3, "uses": 0, "is_active": true,
            "standing": "active",
        })
    );
    assert!(ends(&shop, &["campaign", "block", code, "--user", "admin"], 0).contains("is blocked"));
    assert_eq!((&row()["is_active"], &row()["standing"]), (&json!(false), &json!("blocked")));
    assert!(ends(&shop, &["campaign", "coupons", "WELCOME10"], 0).contains("blocked"));
    // What cannot be meant is said before anything is made.
    mint(&["--uses", "5"], 1);
    mint(&["--from", "2026-02-01T00:00:00", "--until", "2026-01-01T00:00:00"], 1);
    ends(&shop, &["campaign", "mint", "WELCOME10", "0", "--user", "admin"], 2);
    let until = ["--kind", "multi-use", "--from", "2034-01-01T00:00:00"];
    mint(&until, 0);
    let told = ends(&shop, &["campaign", "coupons", "WELCOME10"], 0);
    assert!(told.contains("not yet") && told.contains("from 2034-01-01 00:00:00"), "{told}");
    let is_to_come = |row: &Value| row["standing"] == "not yet" && row["is_active"] == true;
    assert!(
        listed().as_array().unwrap().iter().any(is_to_come),
        "one that counts no more or not yet says so"
    );
    ends(&shop, &["campaign", "block", code, "--lift", "--user", "admin"], 0);
    assert_eq!(row()["is_active"], true);
    assert!(ends(&shop, &["campaign", "block", "NOBODY", "--user", "admin"], 1).contains("no coupon NOBODY"));
    assert!(ends(&shop, &["campaign", "block", code, "--user", "priya"], 1).starts_with("saleflex: "));
    // What is out of a campaign and what it cost is told after it was withdrawn too.
    ends(&shop, &["campaign", "withdraw", "WELCOME10", "--user", "admin"], 0);
    assert_eq!(row()["standing"], "campaign closed");
    ends(&shop, &["campaign", "uses", "WELCOME10"], 0);
    assert!(ends(&shop, &["campaign", "uses", "NEVER"], 1).contains("no campaign NEVER"));
}
