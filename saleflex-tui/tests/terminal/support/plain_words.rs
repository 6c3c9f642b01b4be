//! What is said on standard output is said in words, in the shop's language, and of everything there is to say.

use std::fs;

use serde_json::{Value, json as object};

use crate::common::program::{ends, json, run_as, said, sell, sold};

#[test]
fn a_list_without_rows_says_so() {
    let shop = sold("login admin 1111\n");
    for list in [
        &["receipts", "list"][..],
        &["closure", "list"],
        &["stock", "transfers"],
        &["customer", "duplicates"],
    ] {
        assert_eq!(ends(&shop, list, 0), "none\n", "{list:?}");
    }
}

#[test]
fn paper_speaks_the_language_of_the_settings_unless_another_is_chosen() {
    let shop = sold("login admin 1111\nsell 10101\npay cash 10\nz\n");
    ends(&shop, &["config", "set", "appearance.language", "tr", "--user", "admin"], 0);
    for paper in [&["print", "receipt", "1"][..], &["receipts", "show", "1"], &["print", "closure", "1"]] {
        assert!(ends(&shop, paper, 0).contains("NAKİT"), "{paper:?}");
        assert!(ends(&shop, &[paper, &["--language", "en"]].concat(), 0).contains("CASH"), "{paper:?}");
    }
}

#[test]
fn a_copy_is_printed_and_the_place_of_its_form_that_is_too_narrow_is_named() {
    let shop = sold("login admin 1111\nsell 10101\npay cash 10\n");
    let lines = "rows = 20\ncolumns = 42\n[lines]\nfirst = 5\nlast = 6\n";
    let column = "[[lines.column]]\nvalue = \"name\"\ncolumn = 3\nwidth = 20\n";
    let field = |width: u8| format!("[[field]]\nvalue = \"total\"\nrow = 11\ncolumn = 1\nwidth = {width}\n");
    let devices =
        "[printer]\naddress = \"file:paper.bin\"\n[printer.forms]\nfiscal_receipt = \"receipt.toml\"\n";
    fs::write(shop.path().join("till.toml"), devices).unwrap();
    for (width, code) in [(3, 3), (4, 0)] {
        fs::write(shop.path().join("receipt.toml"), [lines, column, &field(width)].concat()).unwrap();
        let told = ends(&shop, &["print", "receipt", "1", "--to", "printer"], code);
        let is_named = told.contains(
            "its form has 3 letters at row 11, column 1, where a figure needs 4: #### stands there",
        );
        assert!(told.contains("printed") && is_named == (code == 3), "{told}");
    }
}

#[test]
fn a_gift_card_in_a_script_pays_no_more_than_its_balance_and_what_is_left_of_a_voucher_follows_the_setting() {
    let shop = sold(
        "login priya 3333\nsell 14101 4\npay gift-card 10 number 6035710012345678905 balance 1.25\npay cash\n",
    );
    let told = ends(&shop, &["receipts", "show", "1"], 0);
    assert!(told.contains("*8905") && told.contains("£1.25") && !told.contains("£10.00"), "{told}");
    let set = |key, value| ends(&shop, &["config", "set", key, value, "--user", "admin"], 0);
    set("policy.voucher_rest", "new_voucher");
    set("appearance.decimal_entry", "true");
    assert!(ends(&shop, &["config", "get", "appearance"], 0).contains("decimal_entry = true"));
    // What scripts say is in whole units all the same.
    sell(&shop, "login priya 3333\nsell 14101\npay gift-card number V17 balance 20\n");
    let told = ends(&shop, &["receipts", "show", "2"], 0);
    assert!(told.contains("New voucher"), "{told}");
}

#[test]
fn a_language_or_colours_that_nobody_knows_are_refused_with_those_that_are() {
    let shop = sold("login admin 1111\n");
    let set = |key, value| ends(&shop, &["config", "set", key, value, "--user", "admin"], 1);
    assert!(set("appearance.language", "xx").contains("there is no xx, but en, tr"));
    assert!(set("appearance.nothing", "pink").contains("there is no setting appearance.nothing"));
    assert!(
        set("appearance.theme", "pink").contains("there is no pink, but standard, warm, contrast, plain")
    );
    assert!(set("recovery", "perhaps").contains("expected one of `continue`, `park`, `cancel`"));
    assert!(set("policy.change_mode", "later").contains("`auto`"));
    assert!(set("policy.most_change", "some").contains("`largest_note`"));
}

#[test]
fn drawers_are_set_with_the_user_names_of_who_works_from_them() {
    let shop = sold("login admin 1111\n");
    let set = |value, code| ends(&shop, &["config", "set", "drawers", value, "--user", "admin"], code);
    assert!(set(r#"[{"no":1,"cashiers":["zoe"],"opening":0}]"#, 1).contains("there is no user zoe"));
    set(r#"[{"no":1,"opening":0},{"no":2,"cashiers":["priya"],"opening":0}]"#, 0);
    let drawers = ends(&shop, &["config", "get", "drawers"], 0);
    assert!(drawers.contains("cashiers") && !drawers.contains("priya"), "{drawers}");
}

#[test]
fn a_return_that_is_refused_is_not_left_open() {
    let shop = sold("login admin 1111\nsell 14101\npay cash 20\n");
    let script = "login admin 1111\nreturn 1 1 2\nreturn 1 9 1\nreturn-without-receipt nothing\nsell 10101\npay cash 10\n";
    std::fs::write(shop.path().join("back.sale"), script).unwrap();
    let told = ends(&shop, &["sell", "--keep-going", "--script", "back.sale"], 3);
    assert_eq!(told.matches("error").count(), 3, "{told}");
    assert!(told.contains("6: ok"), "what follows is a sale of its own: {told}");
}

#[test]
fn cash_that_is_doubted_is_taken_by_a_script_that_says_it_was_counted() {
    let shop = sold("login admin 1111\nsell 10101\n");
    std::fs::write(shop.path().join("much.sale"), "login admin 1111\npay cash 500\n").unwrap();
    let told = ends(&shop, &["sell", "--script", "much.sale"], 3);
    assert!(told.contains("More than £50.00 in change is unusual."), "{told}");
    assert!(told.contains("Add `counted` if so."), "{told}");
    sell(&shop, "login admin 1111\npay cash 500 counted\n");
}

#[test]
fn what_is_refused_by_a_rule_is_not_told_as_a_failure_of_the_file() {
    let shop = sold("login admin 1111\n");
    let told = said(&run_as(&shop, "1111", &["customer", "merge", "C001", "C001", "--user", "admin"]));
    assert!(told.contains("That is the same record."), "{told}");
    let told =
        said(&run_as(&shop, "1111", &["stock", "order", "write", "NOBODY", "10101,1", "--user", "admin"]));
    assert!(!told.contains("could not be written"), "{told}");
}

#[test]
fn a_closed_period_is_corrected_beside_itself_by_a_command() {
    let shop = sold("login admin 1111\nsell 10101\npay cash 50\nz 1.00 a coin fell\n");
    let correct = |more: &[&str], code| {
        let whole = [&["closure", "correct", "1", "--user", "admin"], more].concat();
        ends(&shop, &whole, code)
    };
    assert!(correct(&["--counted", "1.15", "--reason", "found it"], 0).contains("difference £0.00"));
    assert!(
        ends(&shop, &["closure", "corrections", "1"], 0).contains("counted £1.00 -> £1.15  admin  found it")
    );
    correct(&["--counted", "1.15", "--opening", "1.00", "--reason", "both"], 2);
    correct(&["--reason", "nothing"], 2);
    assert!(ends(&shop, &["closure", "show", "1"], 0).contains("1.00"), "the closure stays as it was");
}

#[test]
fn the_open_period_is_told_to_other_programs_and_what_should_be_there_to_nobody_who_counts_blindly() {
    let shop = sold("login priya 3333\nsell 14101 4\npay cash 10\n");
    let told = json(&shop, &["closure", "open"], 0);
    assert_eq!((&told["closure_number"], &told["closure_end_time"]), (&1.into(), &Value::Null));
    assert!(told["first_document_time"].is_string() && told["last_document_time"].is_string(), "{told}");
    assert_eq!(told["suspended_before_count"], 0);
    let held = told["expected_cash_amount"].clone();
    assert_eq!(held, told["net_sales_amount"], "all of it was paid in cash");
    ends(&shop, &["config", "set", "closing.blind_count", "true", "--user", "admin"], 0);
    let told = json(&shop, &["closure", "open"], 0);
    assert_eq!(told["net_sales_amount"], held, "what was sold is told, as on the X report");
    for name in
        ["expected_cash_amount", "opening_cash_amount", "payment_types", "paid_in_total", "cash_drop_total"]
    {
        assert_eq!(told[name], Value::Null, "{name}");
    }
}

#[test]
fn a_location_is_added_blocked_and_renamed_by_command() {
    let shop = sold("login admin 1111\n");
    let at = json(&shop, &["stock", "locations", "--json"], 0);
    let warehouse = at[0]["warehouse"]["code"].as_str().unwrap().to_owned();
    let set = |more: &[&str], code| {
        let set = ["stock", "set-location", "SHELF-9", "--user", "admin"];
        ends(&shop, &[&set[..], more].concat(), code)
    };
    assert!(set(&[], 1).contains("--warehouse"));
    assert!(set(&["--warehouse", "nowhere"], 1).contains("nowhere"));
    set(&["--warehouse", &warehouse], 0);
    set(&["--name", "Ninth shelf", "--blocked", "wet floor"], 0);
    let told = json(&shop, &["stock", "locations", "--json"], 0);
    let told = told.as_array().unwrap().iter().find(|one| one["location"]["code"] == "SHELF-9").unwrap();
    assert_eq!(told["location"]["name"], "Ninth shelf");
    assert_eq!(told["location"]["blocked"], "wet floor");
    assert_eq!(told["warehouse"]["code"].as_str(), Some(&*warehouse));
    assert!(set(&["--blocked", "", "--json"], 0).contains("Ninth shelf"));
    assert!(!ends(&shop, &["stock", "locations", "--json"], 0).contains("wet floor"));
}

#[test]
fn a_role_with_limits_of_its_own_is_made_changed_and_told_by_commands() {
    let shop = sold("login priya 3333\nsell 14101 4\npay cash 10\n");
    assert_eq!(ends(&shop, &["staff", "roles"], 0), "none\n");
    let set = |more: &[&str], code| {
        let set = ["staff", "set-role", "lead", "--user", "admin"];
        ends(&shop, &[&set[..], more].concat(), code)
    };
    assert!(set(&[], 1).contains("--may is needed"));
    let may = ["--name", "Shift lead", "--may", "pos.sell", "--limit", "void_line=20", "--limit"];
    set(&[&may[..], &["line_discount=15"]].concat(), 0);
    assert!(set(&["--limit", "voids=3"], 1).contains("void_line"));
    set(&["--limit", "line_discount=", "--limit", "cancel=50.00", "--limit", "discounts=7.50"], 0);
    let told = json(&shop, &["staff", "roles", "--json"], 0);
    assert_eq!(told[0]["name"], "Shift lead");
    assert_eq!(told[0]["limits"]["void_line"], "20.00");
    assert_eq!(told[0]["limits"]["cancel"], "50.00");
    assert_eq!(told[0]["limits"]["discounts"], "7.50");
    assert!(told[0]["limits"]["line_discount"].is_null());
    let words = ends(&shop, &["staff", "roles"], 0);
    assert!(words.contains("pos.sell") && words.contains("void_line=20.00"), "{words}");
}

#[test]
fn a_badge_is_given_and_taken_off_by_a_command() {
    let shop = sold("login priya 3333\nsell 14101 4\npay cash 10\n");
    let set = |more: &[&str], code| {
        let set = ["staff", "set-badge", "priya", "--user", "admin"];
        ends(&shop, &[&set[..], more].concat(), code)
    };
    assert!(set(&["Z7780123"], 0).contains("Z7780123"));
    set(&["Z 7780123"], 1);
    set(&["Z778012"], 1);
    assert!(set(&[], 0).contains("null"));
}

#[test]
fn how_people_did_their_targets_and_their_tips_are_told_by_commands() {
    let shop = sold("login priya 3333\nsell 14101 4\npay cash 10\n");
    let today = ends(&shop, &["staff", "performance"], 0);
    assert!(
        today.starts_with("priya") && today.contains("1 documents") && today.contains("£3.00"),
        "{today}"
    );
    assert_eq!(ends(&shop, &["staff", "targets"], 0), "none\n");
    let id = ends(&shop, &["staff", "set-target", "sales=6", "--cashier", "priya", "--user", "admin"], 0);
    let targets = ends(&shop, &["staff", "targets"], 0);
    assert!(targets.contains("priya") && targets.contains("sales=6  50.00 %"), "{targets}");
    let late = ends(&shop, &["staff", "set-target", "sales=6", "late_arrivals=2", "--user", "admin"], 1);
    assert!(late.contains("does not measure late_arrivals"), "{late}");
    assert_eq!(ends(&shop, &["staff", "targets"], 0).lines().count(), 1, "nothing was set");
    let halt =
        |id: &str, state, code| ends(&shop, &["staff", "halt-target", id, state, "--user", "admin"], code);
    halt(id.trim(), "suspended", 0);
    assert!(ends(&shop, &["staff", "targets"], 0).ends_with("suspended\n"));
    halt(id.trim(), "active", 0);
    halt(id.trim(), "forgotten", 1);
    let smiles = ends(&shop, &["staff", "set-target", "smiles=6", "--user", "admin"], 1);
    assert!(smiles.contains("no goal smiles") && smiles.contains("sales, documents, items"), "{smiles}");
    assert!(!smiles.contains("attendance"), "it would be refused as not measured: {smiles}");
    let whole = |rate| ends(&shop, &["staff", "set-target", rate, "--user", "admin"], 1);
    assert!(whole("void_rate=100.01").contains("void_rate is too large"));
    let rated = ["staff", "rate", "priya", "--stars", "4", "--feedback", "praise", "--user", "admin"];
    assert!(ends(&shop, &rated, 0).contains("4.00"));
    let none = ends(&shop, &["staff", "rate", "priya", "--user", "admin"], 1);
    assert!(none.contains("stars: nothing is given"), "{none}");
    let done = json(&shop, &["staff", "performance", "--json"], 0);
    let priya = done.as_array().unwrap().iter().find(|one| one["cashier"] == "priya").unwrap();
    assert_eq!((priya["ratings"].as_u64(), priya["praise"].as_u64()), (Some(1), Some(1)));
    assert_eq!((priya["rating"].as_str(), priya["service"].as_str()), (Some("4.00"), Some("80.00")));
    assert!(ends(&shop, &["staff", "tips", "1"], 0).contains("left"), "no tips came in");
    ends(&shop, &["staff", "share-tips", "1", "even", "priya", "tom=4", "--user", "admin"], 0);
    assert!(
        ends(&shop, &["staff", "share-tips", "1", "even", "nobody", "--user", "admin"], 1).contains("nobody")
    );
}

#[test]
fn a_shop_takes_in_a_country_template_of_its_own_without_code() {
    let shop = sold("login admin 1111\nsell 10101\npay cash 50\n");
    ends(&shop, &["config", "set", "region", "PT", "--user", "admin"], 0);
    assert!(ends(&shop, &["config", "set", "region", "Portugal", "--user", "admin"], 1).contains("region"));
    let file = shop.path().join("pt.toml");
    let own = "name = \"PT\"\nversion = 1\nregions = [\"PT\"]\n\n[fields]\n";
    std::fs::write(&file, format!("{own}reverse_charge_count = {{ documents = \"reverse\" }}\nnonsense"))
        .unwrap();
    let file = file.to_str().unwrap();
    assert!(ends(&shop, &["config", "template", file, "--user", "admin"], 1).contains("cannot be read"));
    std::fs::write(file, own).unwrap();
    ends(&shop, &["config", "template", file, "--user", "admin"], 0);
    assert!(ends(&shop, &["config", "get", "templates"], 0).contains("templates.0.name = \"PT\""));
}

#[test]
fn the_pins_of_several_drawers_are_set_by_command_and_numbers_that_cannot_be_are_refused() {
    let shop = sold("login admin 1111\n");
    let set = |key: &str, value: &str, code| ends(&shop, &["config", "set", key, value], code);
    let pins = || json(&shop, &["config", "get", "program.printer.drawer_pins", "--json"], 0);
    assert!(ends(&shop, &["config", "list"], 0).contains("program.printer.drawer_pins = {}"));
    set("program.printer.drawer_pins", "{ 1 = \"two\", 2 = \"five\" }", 0);
    assert_eq!(pins(), object!({"1": "two", "2": "five"}));
    set("program.printer.drawer_pins", "{\"3\": \"five\"}", 0);
    set("program.printer.drawer_pins.1", "two", 0);
    assert_eq!(pins(), object!({"1": "two", "3": "five"}));
    set("program.printer.drawer_pins.3", "null", 0);
    assert_eq!(pins(), object!({"1": "two"}));
    assert!(set("program.printer.drawer_pins.2", "seven", 1).contains("`five`"));
    assert!(set("program.printer.drawer_pins.till", "two", 1).contains("till is no number of a drawer"));
    assert!(set("program.printer.colour", "red", 1).contains("there is no setting program.printer.colour"));
    for (key, value, wrong) in [
        ("program.line_display.columns", "0", "line_display.columns is 0: it is 8 to 40"),
        ("program.line_display.rows", "9", "line_display.rows is 9: it is 2 to 4"),
        ("program.log.days", "0", "log.days is 0: it is 1 to"),
    ] {
        assert!(set(key, value, 1).contains(wrong), "{key}");
    }
    let refused = set("program.printer.address", "tcp:", 1);
    assert_eq!(refused.matches("the place is missing after").count(), 1, "{refused}");
    assert_eq!(pins(), object!({"1": "two"}), "what was refused changed nothing");
}

#[test]
fn a_list_is_set_in_toml_and_its_amounts_are_said_as_money() {
    let shop = sold("login admin 1111\n");
    let list = "[{ no = 1, opening = 500 }, { no = 2, opening = 0 }]";
    ends(&shop, &["config", "set", "drawers", list, "--user", "admin"], 0);
    assert_eq!(json(&shop, &["config", "get", "drawers", "--json"], 0)[0]["opening"], 500);
    let told = ends(&shop, &["config", "list"], 0);
    assert!(told.contains("drawers.0.opening = £5.00\n") && told.contains("drawers.1.no = 2\n"), "{told}");
    let set = ends(&shop, &["config", "set", "drawers.1.opening", "7.50", "--user", "admin"], 0);
    assert_eq!(set, "drawers.1.opening = £7.50\n");
    // A list of words is one setting.
    ends(&shop, &["config", "set", "favourites.chosen", "[\"10106\"]", "--user", "admin"], 0);
    let told = ends(&shop, &["config", "get", "favourites"], 0);
    assert!(told.contains("favourites.chosen = [\"10106\"]\n"), "{told}");
}
