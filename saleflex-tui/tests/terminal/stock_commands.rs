//! `saleflex stock …`, with the real program: good input and bad.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::program::{ends, json, run, run_as, said, sell, sold};

/// The demo store, with three of something sold.
fn shop() -> TempDir {
    sold("login admin 1111\nsell 12303 3\npay cash 50\n")
}

fn done(folder: &TempDir, arguments: &[&str]) -> String {
    ends(folder, arguments, 0)
}

fn refused(folder: &TempDir, arguments: &[&str]) -> String {
    let before = answer(folder, &["stock", "movements"]);
    let output = run(folder, arguments);
    assert!(!output.status.success(), "{arguments:?}: {}", said(&output));
    assert_eq!(answer(folder, &["stock", "movements"]), before, "{arguments:?}");
    said(&output)
}

fn answer(folder: &TempDir, arguments: &[&str]) -> Value {
    json(folder, &[arguments, &["--json"]].concat(), 0)
}

fn at(folder: &TempDir, code: &str, location: &str) -> String {
    let levels = answer(folder, &["stock", "levels", code]);
    let here = levels.as_array().unwrap().iter().find(|level| level["location"] == location);
    here.map(|level| level["on_hand"].as_str().unwrap().to_owned()).unwrap_or_default()
}

#[test]
fn goods_are_received_moved_wasted_and_put_right_and_each_answers_what_moved() {
    let shop = shop();
    let floor: i64 = at(&shop, "12303", "SALES-001-A").parse().unwrap();
    let user = ["--user", "admin"];
    let with = |arguments: &[&'static str]| [arguments, &user].concat();
    done(&shop, &with(&["stock", "receive", "12303,24,cost=0.40", "--at", "BACK-001-A"]));
    let moved = answer(
        &shop,
        &with(&["stock", "transfer", "12303,10", "--from", "BACK-001-A", "--to", "SALES-001-A"]),
    );
    assert_eq!(moved["movements"][1]["location"], "SALES-001-A");
    done(&shop, &with(&["stock", "waste", "spoilt", "12303,4", "--reason", "past its date"]));
    assert_eq!(at(&shop, "12303", "SALES-001-A"), (floor + 6).to_string());
    assert_eq!(at(&shop, "12303", "BACK-001-A"), "14");
    done(&shop, &with(&["stock", "adjust", "12303", "5", "--reason", "counted"]));
    assert_eq!(at(&shop, "12303", "SALES-001-A"), "5");
    let movements = answer(&shop, &["stock", "movements", "12303"]);
    let kinds: Vec<&str> =
        movements.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["adjustment", "waste", "transfer_in", "transfer_out", "receipt", "sale"]);
    assert_eq!(movements[1]["reason"], "past its date");
    assert!(done(&shop, &["verify"]).contains("whole"));
}

#[test]
fn bad_input_is_refused_in_words_and_nothing_moves() {
    let shop = shop();
    let user = ["--user", "admin"];
    let with = |arguments: &[&'static str]| [arguments, &user].concat();
    let refusal = |arguments: &[&'static str]| refused(&shop, &with(arguments));
    assert!(refusal(&["stock", "receive", "12303,-1"]).contains("above nothing"));
    let nowhere = refusal(&["stock", "transfer", "12303,1", "--from", "SALES-001-A", "--to", "NOWHERE"]);
    assert!(nowhere.contains("there is no location NOWHERE"), "{nowhere}");
    let same = refusal(&["stock", "transfer", "12303,1", "--from", "SALES-001-A", "--to", "SALES-001-A"]);
    assert!(same.contains("there already"), "{same}");
    let both = refusal(&["stock", "receive", "99999999,1", "--at", "NOWHERE"]);
    assert!(both.contains("99999999") && both.contains("there is no location NOWHERE"), "{both}");
    let all = refusal(&["stock", "receive", "12303,-2", "12303,1.5", "99999999,1", "--at", "NOWHERE"]);
    for (before, after) in [
        ("12303,-2: ", "12303,1.5: "),
        ("12303,1.5: ", "99999999,1: "),
        ("99999999,1: ", "there is no location NOWHERE"),
    ] {
        let at = |what: &str| all.find(what).unwrap_or_else(|| panic!("{what} in {all}"));
        assert!(at(before) < at(after), "{all}");
    }
    let one = refusal(&["stock", "receive", "99999999,1", "12303,-2"]);
    assert!(one.contains("99999999,1: ") && one.contains("12303,-2: "), "{one}");
    let short = ["stock", "transfer", "12303,9999", "--from", "SALES-001-A", "--to", "BACK-001-A"];
    let short = refusal(&short);
    assert!(short.contains("12303,9999: ") && short.contains("can be taken there"), "{short}");
    let expired = refusal(&["stock", "receive", "12303,1,batch=L1,expiry=2001-01-01"]);
    assert!(expired.contains("expired"), "{expired}");
    let typed = refusal(&["stock", "receive", "12303,many", "99999999,1", "12303,1,colour=red"]);
    assert!(typed.contains("many") && typed.contains("99999999") && typed.contains("colour"), "{typed}");
    fs::write(shop.path().join("goods.txt"), "12303,4\nnothing,1\n\n12303\n").unwrap();
    let file = refusal(&["stock", "receive", "--file", "goods.txt"]);
    assert!(file.contains("line 2") && file.contains("line 4"), "{file}");
    let stranger =
        run_as(&shop, "3333", &["stock", "adjust", "12303", "1", "--reason", "counted", "--user", "priya"]);
    assert!(said(&stranger).contains("those who put stock right"), "{}", said(&stranger));
}

#[test]
fn goods_on_their_way_are_accepted_in_parts() {
    let shop = shop();
    done(
        &shop,
        &["stock", "ship", "12303,6", "--from", "SALES-001-A", "--to", "BACK-001-A", "--user", "admin"],
    );
    assert_eq!(at(&shop, "12303", "BACK-001-A"), "");
    let open = answer(&shop, &["stock", "transfers"]);
    let no = open[0]["no"].to_string();
    done(&shop, &["stock", "accept", &no, "12303,4", "--user", "admin"]);
    assert_eq!(at(&shop, "12303", "BACK-001-A"), "4");
    done(&shop, &["stock", "accept", &no, "--rest-is-lost", "dropped", "--user", "admin"]);
    assert_eq!(answer(&shop, &["stock", "transfers"]), Value::Array(Vec::new()));
    let again = refused(&shop, &["stock", "accept", &no, "12303,1", "--user", "admin"]);
    assert!(again.contains("12303") || again.contains("arrived"), "{again}");
}

#[test]
fn a_delivery_from_a_file_comes_in_under_one_number_with_its_paper() {
    let shop = shop();
    fs::write(shop.path().join("goods.txt"), "12303,4,cost=0.40\n\n10106,2\n").unwrap();
    let paper = ["--reference", "DN 18", "--user", "admin"];
    let came = answer(&shop, &[&["stock", "receive", "--file", "goods.txt"][..], &paper].concat());
    assert!(came["number"].as_str().unwrap().starts_with("RCV-"), "{came}");
    let changes: Vec<_> = came["movements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["product"].as_str().unwrap(), one["change"].as_str().unwrap()))
        .collect();
    assert_eq!(changes, [("12303", "4"), ("10106", "2")]);
    let moved = answer(&shop, &["stock", "movements", "--limit", "2"]);
    let moved = moved.as_array().unwrap();
    assert!(
        moved.iter().all(|one| one["number"] == came["number"] && one["reference"] == "DN 18"),
        "{moved:?}"
    );
}

#[test]
fn a_product_in_two_batches_arrives_batch_by_batch_and_every_line_that_does_not_is_told() {
    let shop = shop();
    let user = ["--user", "admin"];
    let with = |arguments: &[&'static str]| [arguments, &user].concat();
    let two = ["12303,3,batch=L1", "12303,2,batch=L2"];
    done(&shop, &with(&[&["stock", "receive"][..], &two].concat()));
    let way = ["--from", "SALES-001-A", "--to", "BACK-001-A"];
    done(&shop, &with(&[&["stock", "ship"][..], &two, &way].concat()));
    let no: &'static str = answer(&shop, &["stock", "transfers"])[0]["no"].to_string().leak();
    let accept = |lines: &[&'static str]| with(&[&["stock", "accept", no][..], lines].concat());
    let told = refused(&shop, &accept(&["12303,9,batch=L1", "12303,7,batch=L2"]));
    assert!(told.contains("12303,9,batch=L1: ") && told.contains("12303,7,batch=L2: "), "{told}");
    let told = refused(&shop, &accept(&["12303,1,batch=L3", "10106,1"]));
    assert!(told.contains("12303,1,batch=L3: no 12303") && told.contains("10106,1: no 10106"), "{told}");
    done(&shop, &accept(&["12303,1,batch=L2"]));
    let levels = answer(&shop, &["stock", "levels", "12303"]);
    let there = levels.as_array().unwrap().iter().find(|level| level["location"] == "BACK-001-A").unwrap();
    let batches = there["batches"].as_array().unwrap();
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0]["batch"], "L2");
    assert_eq!(batches[0]["on_hand"], "1");
    // No batch is named: three of the one and one of the other are still to come.
    done(&shop, &accept(&["12303,4"]));
    assert_eq!(at(&shop, "12303", "BACK-001-A"), "5");
    assert_eq!(answer(&shop, &["stock", "transfers"]), Value::Array(Vec::new()));
}

#[test]
fn a_count_is_approved_by_somebody_who_did_not_count() {
    let shop = shop();
    let opened = done(&shop, &["stock", "count", "open", "12303", "--user", "admin"]);
    let no = opened.trim();
    let counted = run_as(&shop, "2222", &["stock", "count", "record", no, "12303", "7", "--user", "morgan"]);
    assert!(counted.status.success(), "{}", said(&counted));
    let own = run_as(&shop, "2222", &["stock", "count", "approve", no, "--user", "morgan"]);
    assert!(said(&own).contains("Who counted cannot approve"), "{}", said(&own));
    done(&shop, &["stock", "count", "approve", no, "--user", "admin"]);
    assert_eq!(at(&shop, "12303", "SALES-001-A"), "7");
    let shown = answer(&shop, &["stock", "count", "show", no]);
    assert_eq!((&shown["state"], &shown["places"][0]["counted"]), (&"approved".into(), &"7".into()));
}

#[test]
fn a_count_of_everything_leaves_pieces_with_numbers_out_which_are_put_right_by_their_numbers() {
    let shop = shop();
    let user = ["--user", "admin"];
    let with = |arguments: &[&'static str]| [arguments, &user].concat();
    assert!(!run(&shop, &with(&["stock", "adjust", "12303", "0"])).status.success(), "a reason is needed");
    for nameless in [["adjust", "12303", "0", "--reason", ""], ["waste", "spoilt", "12303,1", "--reason", ""]]
    {
        let told = refused(&shop, &with(&[&["stock"][..], &nameless].concat()));
        assert!(told.contains("Reason: nothing is given."), "{told}");
    }
    done(&shop, &with(&["stock", "adjust", "12303", "0", "--reason", "counted out"]));
    done(&shop, &with(&["stock", "track", "12303", "serials"]));
    done(&shop, &with(&["stock", "receive", "12303,2,serial=S1,serial=S2"]));
    let named = refused(&shop, &with(&["stock", "count", "open", "12303"]));
    assert!(named.contains("12303") && named.contains("serial numbers"), "{named}");
    let opened = done(&shop, &with(&["stock", "count", "open"]));
    assert!(opened.lines().nth(1).is_some_and(|line| line.ends_with(": 12303")), "{opened}");
    let adjust = ["stock", "adjust", "12303", "2", "--serial", "S2", "--serial", "S3", "--reason", "looked"];
    done(&shop, &with(&adjust));
    let level = &answer(&shop, &["stock", "levels", "12303"])[0];
    assert_eq!(level["serials"], serde_json::json!(["S2", "S3"]));
}

#[test]
fn the_levels_of_one_product_list_its_batches() {
    let shop = shop();
    let user = ["--user", "admin"];
    let with = |arguments: &[&'static str]| [arguments, &user].concat();
    done(&shop, &with(&["stock", "receive", "12303,4,batch=L7,expiry=2099-01-31"]));
    let told = done(&shop, &["stock", "levels", "12303"]);
    assert!(told.lines().any(|line| line.contains("L7") && line.contains("2099-01-31")), "{told}");
    assert!(!done(&shop, &["stock", "levels"]).contains("L7"));
}

#[test]
fn what_is_low_is_listed_proposed_ordered_and_received() {
    let shop = shop();
    let user = "--user";
    let told = done(
        &shop,
        &[
            "stock",
            "limits",
            "12303",
            "--minimum",
            "1000",
            "--reorder-at",
            "1000",
            "--reorder",
            "50",
            user,
            "admin",
        ],
    );
    let levels = "Low at or below 1000, Reorder at or below 1000, Amount to order 50";
    assert!(told.contains(levels), "{told}");
    assert_eq!(answer(&shop, &["stock", "low"])[0]["product"], "12303");
    let proposed = answer(&shop, &["stock", "order", "propose"])[0].clone();
    let days = proposed["available"].as_str().unwrap().parse::<u64>().unwrap() * 28 / 3;
    assert_eq!((&proposed["quantity"], &proposed["lasts_days"]), (&"50".into(), &days.into()), "{proposed}");
    done(&shop, &["stock", "supplier", "save", "DAIRY", "Dairy", user, "admin"]);
    let order = done(&shop, &["stock", "order", "write", "DAIRY", "12303,50,cost=0.40", user, "admin"]);
    let order = order.trim();
    done(&shop, &["stock", "order", "receive", order, "12303,20", user, "admin"]);
    let too_much = refused(&shop, &["stock", "order", "receive", order, "12303,31", user, "admin"]);
    assert!(too_much.contains("30") && too_much.contains("31"), "{too_much}");
    done(&shop, &["stock", "order", "receive", order, "12303,30", user, "admin"]);
    assert_eq!(answer(&shop, &["stock", "order", "list"]), Value::Array(Vec::new()));
    let kept = answer(&shop, &["stock", "supplier", "report", "2000-01-01", "2999-12-31"]);
    assert_eq!(
        (&kept[0]["delivered"], &kept[0]["late"], &kept[0]["short"]),
        (&1.into(), &0.into(), &0.into())
    );
    let value = answer(&shop, &["stock", "value"]);
    assert!(value["items"].as_array().unwrap().iter().any(|item| item["unit_cost"] == "0.4"));
}

#[test]
fn goods_are_picked_shelf_by_shelf_for_a_parked_document_and_what_is_packed_is_compared() {
    let shop = shop();
    let goods = "code,name,sale_price,department,opening_stock,attributes\n\
                 T1,Green tea,2.50,1,3,shelf=A10/01|shelf_holds=10\nT2,Black tea,2.50,1,9,shelf=A2/07|shelf_holds=4\n";
    fs::write(shop.path().join("tea.csv"), goods).unwrap();
    done(&shop, &["import", "tea.csv", "--user", "admin"]);
    let shelves = answer(&shop, &["stock", "shelves"]);
    let fill = |at: usize| (shelves[at]["product"].clone(), shelves[at]["fill_up"].clone());
    assert_eq!((fill(0), fill(1)), (("T2".into(), "0".into()), ("T1".into(), "7".into())), "{shelves}");
    assert_eq!(answer(&shop, &["stock", "shelves", "A10/"]).as_array().unwrap().len(), 1);
    sell(&shop, "login admin 1111\nsell 12303 1\nsell T1 2\nsell T2 1\nsuspend\n");
    let taken = answer(&shop, &["stock", "pick", "2"]);
    let codes: Vec<&str> =
        taken.as_array().unwrap().iter().map(|row| row["product"].as_str().unwrap()).collect();
    assert_eq!(codes, ["T2", "T1", "12303"], "what has no shelf comes last");
    assert_eq!((&taken[1]["quantity"], &taken[1]["there"]), (&"2".into(), &serde_json::Value::Null));
    let packed = ["stock", "pick", "2", "--json", "--packed", "12303,1", "T1,1"];
    let differs = json(&shop, &packed, 1);
    assert_eq!(
        differs,
        serde_json::json!([{"product": "T1", "missing": "1"}, {"product": "T2", "missing": "1"}])
    );
    done(&shop, &[&packed[..6], &["T1,2", "T2,1"]].concat());
    assert!(refused(&shop, &["stock", "pick", "7"]).contains("is parked"));
    let likely = answer(&shop, &["stock", "forecast", "T1"]);
    assert_eq!((&likely[0]["expected"], &likely[0]["days"]), (&"0".into(), &7.into()), "today is not over");
    let shopping = answer(&shop, &["customer", "behaviour", "2020-01-01", "2199-01-01"]);
    assert_eq!((&shopping["sales"], &shopping["customers"]), (&1.into(), &0.into()), "{shopping}");
    sell(&shop, "login admin 1111\nsell T1 1\npay cash\nreturn 3 1 1\nsuspend\n");
    assert!(refused(&shop, &["stock", "pick", "4"]).contains("nothing to pick"));
    // Of two parked green teas one was lost since.
    done(&shop, &["stock", "adjust", "T1", "1", "--reason", "gone", "--user", "admin"]);
    let taken = answer(&shop, &["stock", "pick", "2"]);
    assert_eq!((&taken[1]["quantity"], &taken[1]["there"]), (&"2".into(), &"1".into()), "{taken}");
}

#[test]
fn products_of_a_file_come_with_their_stock_or_not_at_all() {
    let shop = shop();
    let head = "code,name,sale_price,department,opening_stock,min_stock\n";
    fs::write(shop.path().join("bad.csv"), format!("{head}X1,One,1.00,1,5,1\nX2,Two,dear,1,5,1\n")).unwrap();
    assert!(!run(&shop, &["import", "bad.csv", "--user", "admin"]).status.success());
    assert!(!run(&shop, &["stock", "levels", "X1"]).status.success(), "X1 is not known");
    fs::write(shop.path().join("good.csv"), format!("{head}X1,One,1.00,1,5,9\n")).unwrap();
    done(&shop, &["import", "good.csv", "--user", "admin"]);
    assert_eq!(at(&shop, "X1", "SALES-001-A"), "5");
    assert_eq!(answer(&shop, &["stock", "low"])[0]["product"], "X1");
    assert!(done(&shop, &["verify"]).contains("whole"));
}

#[test]
fn limits_counts_and_orders_answer_a_script_in_json() {
    let shop = shop();
    let with = |arguments: &[&str]| json(&shop, &[arguments, &["--user", "admin", "--json"]].concat(), 0);
    let limits = with(&["stock", "limits", "12303", "--minimum", "5", "--reorder-at", "10"]);
    assert_eq!((&limits["minimum"], &limits["reorder_point"]), (&"5".into(), &"10".into()));
    assert_eq!(with(&["stock", "supplier", "save", "DAIRY", "Dairy"])["code"], "DAIRY");
    let order = with(&["stock", "order", "write", "DAIRY", "12303,12"]);
    let number = order["number"].as_str().unwrap();
    assert_eq!(with(&["stock", "order", "receive", number, "12303,5"])["lines"][0]["received"], "5");
    assert_eq!(with(&["stock", "order", "close", number])["state"], "closed");
    let count = with(&["stock", "count", "open", "12303"]);
    let no = count["no"].to_string();
    assert_eq!(count["places"], 1);
    assert_eq!(with(&["stock", "count", "record", &no, "12303", "4"])["counted"], "4");
    assert_eq!(with(&["stock", "count", "record", &no, "10101", "2", "--found"])["counted"], "2");
    assert_eq!(with(&["stock", "count", "cancel", &no])["state"], "cancelled");
}

/// What a script says that stops at a step.
fn stopped(folder: &TempDir, script: &str) -> String {
    fs::write(folder.path().join("bad.sale"), script).unwrap();
    ends(folder, &["sell", "--script", "bad.sale"], 3)
}

#[test]
fn pieces_are_sold_and_brought_back_by_a_script_and_one_that_is_gone_is_refused() {
    let shop = sold("login admin 1111\n");
    let user = ["--user", "admin"];
    let with = |arguments: &[&'static str]| [arguments, &user].concat();
    done(&shop, &with(&["stock", "adjust", "17304", "0", "--reason", "counted"]));
    let said = done(&shop, &with(&["stock", "track", "17304", "serials"]));
    assert!(said.ends_with("pieces are known by: serial number of each.\n"), "{said}");
    let said = done(&shop, &with(&["stock", "track", "17304", "serials"]));
    assert!(said.contains("nothing changed"), "{said}");
    done(&shop, &with(&["stock", "receive", "17304,2,serial=SN-1,serial=SN-2", "--at", "SALES-001-A"]));
    let begun = "login admin 1111\nage looked\n";
    let unnamed = stopped(&shop, &format!("{begun}sell 17304 2\n"));
    assert!(unnamed.contains("3: error: Serial numbers are needed: 2"), "{unnamed}");
    let absent = stopped(&shop, &format!("{begun}sell 17304 2 of SN-1,SN-9\n"));
    assert!(absent.contains("Serial number SN-9 is not in stock here."), "{absent}");
    sell(&shop, &format!("{begun}sell 17304 2 of SN-1,SN-2\npay cash\n"));
    let other = stopped(&shop, "login admin 1111\nreturn 1 1 1 of SN-9\n");
    assert!(other.contains("SN-9 is none of those sold and not yet back."), "{other}");
    let either = stopped(&shop, "login admin 1111\nreturn 1 1 1\n");
    assert!(either.contains("Serial numbers are needed: 1"), "{either}");
    sell(&shop, "login admin 1111\nreturn 1 1 1 of SN-2\npay cash\n");
    let again = stopped(&shop, &format!("{begun}sell 17304 of SN-1\n"));
    assert!(again.contains("SN-1 was sold on ") && again.contains(", document "), "{again}");
    let again = stopped(&shop, &format!("{begun}sell SN-1\n"));
    assert!(again.contains("SN-1 was sold on "), "{again}");
    sell(&shop, &format!("{begun}sell SN-2\npay cash\nreturn 3 1 1\npay cash\n"));
    let piece = |serial: &str| answer(&shop, &["stock", "piece", serial])[0].clone();
    assert_eq!((&piece("SN-2")["location"], &piece("SN-2")["sold"]), (&"SALES-001-A".into(), &Value::Null));
    let kinds: Vec<_> =
        piece("SN-2")["movements"].as_array().unwrap().iter().map(|moved| moved["kind"].clone()).collect();
    assert_eq!(kinds, ["receipt", "sale", "return", "sale", "return"]);
    assert!(piece("SN-1")["location"].is_null() && piece("SN-1")["sold"].is_string(), "{}", piece("SN-1"));
}
