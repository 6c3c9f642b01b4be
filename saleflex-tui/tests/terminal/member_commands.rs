//! `saleflex loyalty …`, `saleflex customer …` and `saleflex print label`, with the real program: good input and bad.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::program::{ends, json, sold};

/// A demo store that has sold once.
fn shop() -> TempDir {
    sold("login admin 1111\nsell 10101\npay cash 1.15\n")
}

#[test]
fn points_are_given_and_members_brought_by_script_and_answered_in_json() {
    let shop = shop();
    let enrolled = json(&shop, &["loyalty", "enrol", "C001", "--user", "admin", "--json"], 0);
    let welcome = enrolled[0]["points"].as_i64().unwrap();
    let grant = ["loyalty", "grant", "C001", "30", "--reason", "broken jar", "--user", "admin", "--json"];
    assert_eq!(json(&shop, &grant, 0)[0]["points"], welcome + 30);
    let refer = ["loyalty", "refer", "C001", "--by", "C002", "--user", "admin", "--json"];
    let both = json(&shop, &refer, 0);
    assert_eq!((&both[0]["code"], &both[1]["code"]), (&"C001".into(), &"C002".into()));
    ends(&shop, &["loyalty", "refer", "C001", "--by", "C001", "--user", "admin"], 1);
    ends(&shop, &["customer", "add", "N9", "--name", "Grace", "--last-name", "Hall", "--user", "admin"], 0);
    for [newcomer, by] in [["N9", "C002"], ["C002", "N9"]] {
        let told = ends(&shop, &["loyalty", "refer", newcomer, "--by", by, "--user", "admin"], 1);
        assert!(told.contains("N9: The customer is no member"), "{told}");
    }
}

#[test]
fn a_customer_is_added_changed_asked_and_put_out_of_use_by_script() {
    let shop = shop();
    let with = |arguments: &[&str]| json(&shop, &[arguments, &["--user", "admin", "--json"]].concat(), 0);
    let add = ["customer", "add", "K7", "--name", "Ines", "--last-name", "Vidal", "--phone", "0161 4960001"];
    let more = ["--gender", "female", "--preferences", "vip tea", "--born", "1990-12-31"];
    let added = with(&[&add[..], &more, &["--source", "website", "--account-limit", "25.00"]].concat());
    assert_eq!((&added["code"], &added["account_limit"]), (&"K7".into(), &"25.00".into()));
    with(&["customer", "change", "K7", "--new-code", "K8", "--last-name", "Vidal-King", "--phone", ""]);
    with(&["customer", "consent", "K8", "sms", "--wording", "v2"]);
    with(&["customer", "consent", "K8", "sms", "--wording", "v2", "--withdrawn"]);
    let elsewhere = ["customer", "consent", "K8", "marketing", "--wording", "web 3", "--source", "website"];
    with(&[&elsewhere[..], &["--at", "2025-01-02T10:30"]].concat());
    for wrong in [["--at", "2999-01-02T10:30"], ["--at", "soon"], ["--source", "heaven"]] {
        ends(&shop, &[&elsewhere[..6], &wrong, &["--user", "admin"]].concat(), 1);
    }
    let shown = json(&shop, &["customer", "show", "K8"], 0);
    assert_eq!((&shown["last_name"], &shown["phone"]), (&"Vidal-King".into(), &Value::Null), "{shown}");
    assert_eq!((&shown["gender"], &shown["source"]), (&"female".into(), &"website".into()));
    assert_eq!(shown["preferences"], json!(["tea", "vip"]));
    let given: Vec<_> =
        shown["consents"].as_array().unwrap().iter().map(|said| said["given"].clone()).collect();
    assert_eq!(given, [json!(true), json!(true), json!(false)], "what was said earlier stands before");
    let first = &shown["consents"][0];
    assert_eq!((&first["purpose"], &first["source"]), (&"marketing".into(), &"website".into()));
    assert_eq!(first["at"]["local"], "2025-01-02T10:30:00", "{first}");
    ends(
        &shop,
        &["customer", "add", "K9", "--name", "A", "--last-name", "B", "--born", "soon", "--user", "admin"],
        1,
    );
    ends(&shop, &["customer", "change", "K8", "--name", "", "--user", "admin"], 1);
    assert_eq!(with(&["customer", "delete", "K8"])["deleted"], added["id"]);
    ends(&shop, &["customer", "show", "K8"], 1);
}

#[test]
fn what_is_wrong_with_a_customer_is_said_with_its_field_and_whose_telephone_it_is() {
    let shop = shop();
    let add = |more: &[&str], code| {
        let person = ["customer", "add", "K9", "--last-name", "King", "--user", "admin"];
        ends(&shop, &[&person[..], more].concat(), code)
    };
    for (wrong, words) in [
        (["--name", "", "--note", ""], "First name: needed"),
        (["--name", "Ada", "--phone", "01632 960001"], "Telephone: C001, Nora Field has it."),
        (["--name", "Ada", "--phone", "abc"], "Telephone: A telephone number has digits."),
        (["--name", "Ada", "--born", "2999-01-01"], "Date of birth: Still to come."),
    ] {
        let told = add(&wrong, 1);
        assert!(told.contains(words), "{told}");
        assert_eq!(json(&shop, &["customer", "list", "K9", "--json"], 0), json!([]), "nothing is saved");
    }
    let taken = ["customer", "change", "C003", "--phone", "01632 960001", "--user", "admin"];
    assert!(ends(&shop, &taken, 1).contains("Telephone: C001, Nora Field has it."));
    let told = add(&["--name", "Ada", "--phone", "000"], 0);
    assert!(told.contains("This telephone is no number: it counts as none."), "{told}");
    let changed = ["customer", "change", "K9", "--phone", "0161 4960009", "--user", "admin"];
    assert!(!ends(&shop, &changed, 0).contains("no number"));
}

#[test]
fn points_by_hand_name_the_reason_that_is_left_out() {
    let shop = shop();
    let told = ends(&shop, &["loyalty", "grant", "C002", "5", "--reason", " ", "--user", "admin"], 1);
    assert!(told.contains("Reason: nothing is given."), "{told}");
}

#[test]
fn a_suspended_member_is_called_that_and_may_spend_nothing() {
    let shop = shop();
    let own = json(&shop, &["loyalty", "show", "C002", "--json"], 0)["points"]["balance"].clone();
    ends(&shop, &["loyalty", "status", "C002", "suspended", "--user", "admin"], 0);
    let told = ends(&shop, &["loyalty", "show", "C002"], 0);
    assert!(told.lines().next().unwrap().ends_with(&format!("{own} points, 0 may be spent")), "{told}");
    assert!(told.contains("Membership: suspended, neither earns nor redeems"), "{told}");
    let shown = json(&shop, &["loyalty", "show", "C002", "--json"], 0);
    assert_eq!((&shown["points"]["balance"], &shown["points"]["available"]), (&own, &json!(0)));
    fs::write(shop.path().join("wait.sale"), "login priya 3333\nsell 10101\ncustomer C002\nredeem 100\n")
        .unwrap();
    let told = ends(&shop, &["sell", "--script", "wait.sale"], 3);
    assert!(told.contains("The membership is suspended: its points wait."), "{told}");
    assert!(!told.contains("no member"), "{told}");
    ends(&shop, &["loyalty", "status", "C002", "active", "--user", "admin"], 0);
    assert_eq!(json(&shop, &["loyalty", "show", "C002", "--json"], 0)["points"]["available"], own);
}

#[test]
fn a_membership_is_suspended_and_taken_up_again_by_script() {
    let shop = shop();
    let set =
        |status: &str, code| ends(&shop, &["loyalty", "status", "C002", status, "--user", "admin"], code);
    set("suspended", 0);
    let member = || json(&shop, &["loyalty", "show", "C002", "--json"], 0)["member"].clone();
    assert_eq!(member()["status"], "suspended");
    set("active", 0);
    assert_eq!(member()["status"], "active");
    set("gone", 2);
}

#[test]
fn who_was_a_member_before_is_no_newcomer_and_movements_say_why_they_are_there() {
    let shop = shop();
    ends(&shop, &["loyalty", "enrol", "C001", "--user", "admin"], 0);
    ends(&shop, &["loyalty", "refer", "C001", "--by", "C002", "--user", "admin"], 0);
    ends(&shop, &["loyalty", "refer", "C002", "--by", "C001", "--user", "admin"], 1);
    ends(&shop, &["loyalty", "grant", "C002", "30", "--reason", "broken jar", "--user", "admin"], 0);
    let bringer = ends(&shop, &["loyalty", "show", "C002"], 0);
    assert!(bringer.contains("for bringing C001") && bringer.contains("broken jar"), "{bringer}");
    assert!(ends(&shop, &["loyalty", "show", "C001"], 0).contains("for coming"));
    let shown = json(&shop, &["loyalty", "show", "C002", "--json"], 0);
    assert_eq!(shown["movements"][0]["reason"], "broken jar");
}

#[test]
fn figures_of_members_are_said_in_the_language_asked_for_and_a_card_says_whose_it_is() {
    let shop = shop();
    let card = ["loyalty", "card", "7700000000001", "--to", "C002", "--user", "admin"];
    let told = ends(&shop, &card, 0);
    assert!(told.contains("7700000000001 is the card of C002"), "{told}");
    let told = ends(&shop, &["loyalty", "card", "7700000000001", "--user", "admin"], 0);
    assert!(told.contains("7700000000001 is blocked"), "{told}");
    let shown = ends(&shop, &["loyalty", "show", "C002", "--language", "tr"], 0);
    assert!(shown.contains("harcanabilir") && !shown.contains("WELCOME"), "{shown}");
    let days = ["customer", "behaviour", "2020-01-01", "2035-01-01", "--language", "tr"];
    let told = ends(&shop, &days, 0);
    assert!(told.contains("satış") && told.contains("ortalama"), "{told}");
}

#[test]
fn what_programs_writes_is_what_save_reads_and_changes_nothing() {
    let shop = shop();
    let campaigns = json(&shop, &["campaign", "list", "--json"], 0);
    assert!(campaigns.to_string().contains("TIER-GOLD"), "the demo store's members get what their tier says");
    let written = ends(&shop, &["loyalty", "programs"], 0);
    fs::write(shop.path().join("programs.json"), &written).unwrap();
    ends(&shop, &["loyalty", "save", "programs.json", "--user", "admin"], 0);
    assert_eq!(ends(&shop, &["loyalty", "programs"], 0), written);
    assert_eq!(json(&shop, &["campaign", "list", "--json"], 0), campaigns);
}

#[test]
fn the_parts_of_a_program_that_the_guide_shows_are_read() {
    let guide = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/loyalty.md")).unwrap();
    let (_, shown) = guide.split_once("```json\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let parts: Value = serde_json::from_str(shown).unwrap();
    let shop = shop();
    let mut programs = json(&shop, &["loyalty", "programs"], 0);
    for (name, value) in parts.as_object().unwrap() {
        programs[0][name] = value.clone();
    }
    fs::write(shop.path().join("programs.json"), programs.to_string()).unwrap();
    ends(&shop, &["loyalty", "save", "programs.json", "--user", "admin"], 0);
    assert_eq!(json(&shop, &["loyalty", "programs"], 0)[0]["mode"], parts["mode"]);
}

#[test]
fn a_list_of_programs_is_saved_whole_or_not_at_all_and_answered_as_a_list() {
    let shop = shop();
    let save = |programs: &Value, ending| {
        fs::write(shop.path().join("programs.json"), programs.to_string()).unwrap();
        ends(&shop, &["loyalty", "save", "programs.json", "--user", "admin", "--json"], ending)
    };
    let present = json(&shop, &["loyalty", "programs"], 0);
    let mut both = json!([present[0], present[0]]);
    both[0]["welcome"] = 7.into();
    both[1]["id"] = "00000000-0000-4000-8000-0000000000aa".into();
    both[1]["name"] = "Zebra".into();
    both[1]["welcome"] = (-1).into();
    save(&both, 1);
    assert_eq!(
        json(&shop, &["loyalty", "programs"], 0),
        present,
        "the first of two is saved with the second only"
    );
    both[1]["welcome"] = 9.into();
    let answered: Value = serde_json::from_str(&save(&both, 0)).unwrap();
    assert_eq!(answered, both);
    assert_eq!(json(&shop, &["loyalty", "programs"], 0), both);
    assert_eq!(json(&shop, &["verify", "--json"], 0)["whole"], true);
}

#[test]
fn a_till_says_what_is_left_and_why_fewer_points_are_taken_while_whoever_keeps_them_is_away() {
    let shop = shop();
    let mut programs = json(&shop, &["loyalty", "programs"], 0);
    programs[0]["mode"] = json!({"gate": {"offline_limit": 100}});
    fs::write(shop.path().join("programs.json"), programs.to_string()).unwrap();
    ends(&shop, &["loyalty", "save", "programs.json", "--user", "admin"], 0);
    let points = || -> i64 {
        let said = ends(&shop, &["loyalty", "show", "C002"], 0);
        said.split_whitespace().nth(2).unwrap().parse().unwrap()
    };
    let before = points();
    let script = "login priya 3333\nsell 20303 10\ncustomer C002\nredeem 200\npay card\nprint\n";
    fs::write(shop.path().join("away.sale"), script).unwrap();
    let said = ends(&shop, &["sell", "--script", "away.sale"], 0);
    assert!(
        said.contains("100 of 200 points taken: no more while who keeps them does not answer."),
        "{said}"
    );
    let after = points();
    let balance = said.lines().find(|line| line.contains("Points balance")).unwrap();
    assert!(balance.ends_with(&format!(" {after}")) && after > before - 101, "{before}, {after}: {said}");
}

#[test]
fn where_a_hub_keeps_the_points_it_is_what_that_one_said_that_is_shown_and_what_was_booked_here_beside() {
    let shop = shop();
    let mut programs = json(&shop, &["loyalty", "programs"], 0);
    programs[0]["mode"] = json!({"gate": {"offline_limit": 100}});
    programs[0]["grace_days"] = 30.into();
    fs::write(shop.path().join("programs.json"), programs.to_string()).unwrap();
    let told_of = || {
        (ends(&shop, &["loyalty", "show", "C002"], 0), json(&shop, &["loyalty", "show", "C002", "--json"], 0))
    };
    let (_, own) = told_of();
    assert_eq!((&own["points"]["kept_by"], &own["points"]["as_said"]), (&json!("LOCAL"), &json!(false)));
    ends(&shop, &["loyalty", "save", "programs.json", "--user", "admin"], 0);
    let (told, shown) = told_of();
    assert!(told.contains("Kept by the hub, which was not asked of them yet."), "{told}");
    assert_eq!((&shown["points"]["kept_by"], &shown["points"]["as_said"]), (&json!("GATE"), &json!(false)));
    assert_eq!(shown["points"]["balance"], own["points"]["balance"]);
    let disk = rusqlite::Connection::open(shop.path().join("till.saleflex")).unwrap();
    disk.execute("UPDATE points_elsewhere SET balance = 118, available = 60", []).unwrap();
    let (told, shown) = told_of();
    assert!(told.lines().next().unwrap().contains("118 points, 60 may be spent"), "{told}");
    assert!(told.contains("Kept by the hub, which said last: 118, 60 may be spent. Booked here:"), "{told}");
    let points = json!({
        "balance": 118, "available": 60, "available_offline": 60, "kept_by": "GATE", "as_said": true
    });
    assert_eq!(shown["points"], points);
    assert_eq!(shown["movements"], own["movements"], "its own rows are its history");
    let listed = json(&shop, &["customer", "list", "C002", "--json"], 0);
    assert_eq!(listed[0]["points"], 60, "the same everywhere");
    let kept =
        "UPDATE membership SET state = json_set(state, '$.tier', 'GOLD', '$.grace_since', '2025-04-01')";
    disk.execute(kept, []).unwrap();
    let (told, _) = told_of();
    let lines: Vec<&str> = told.lines().collect();
    let booked = lines.iter().position(|line| line.ends_with("Booked here:")).unwrap();
    assert!(lines[booked - 1].contains("is no longer reached and kept until"), "{told}");
    assert!(
        lines.get(booked + 1).is_none_or(|line| line.starts_with("20")),
        "movements alone follow: {told}"
    );
}

#[test]
fn what_may_be_spent_is_shown_by_the_rule_that_redeeming_goes_by_where_there_is_nobody_to_ask_for_points() {
    let shop = shop();
    let mut programs = json(&shop, &["loyalty", "programs"], 0);
    let own = json(&shop, &["loyalty", "show", "C002", "--json"], 0)["points"].clone();
    assert_eq!(own["available_offline"], Value::Null, "the till keeps them itself");
    programs[0]["mode"] = json!({"gate": {"offline_limit": 100}});
    fs::write(shop.path().join("programs.json"), programs.to_string()).unwrap();
    ends(&shop, &["loyalty", "save", "programs.json", "--user", "admin"], 0);
    let all = own["balance"].as_i64().unwrap();
    assert!(all > 100 && own["available"] == all, "{own}");
    for (mode, now) in [("standalone", 100), ("office", 100), ("gate", all)] {
        let settings = format!("[sync]\nmode = '{mode}'\naddress = '127.0.0.1:9'\n");
        fs::write(shop.path().join("till.toml"), settings).unwrap();
        let told = ends(&shop, &["loyalty", "show", "C002"], 0);
        let first = told.lines().next().unwrap();
        assert!(first.ends_with(&format!("{all} points, {now} may be spent")), "{mode}: {told}");
        assert!(told.contains("While who keeps the points does not answer: 100 at most."), "{mode}: {told}");
        let shown = json(&shop, &["loyalty", "show", "C002", "--json"], 0);
        let points = &shown["points"];
        assert_eq!(
            (&points["available"], &points["available_offline"]),
            (&now.into(), &100.into()),
            "{mode}"
        );
    }
}

#[test]
fn a_member_is_shown_with_the_points_that_run_out_next_and_gets_no_card_of_a_product() {
    let shop = shop();
    let mut programs = json(&shop, &["loyalty", "programs"], 0);
    programs[0]["expiry_days"] = 10.into();
    fs::write(shop.path().join("programs.json"), programs.to_string()).unwrap();
    ends(&shop, &["loyalty", "save", "programs.json", "--user", "admin"], 0);
    ends(&shop, &["loyalty", "enrol", "C001", "--user", "admin"], 0);
    ends(&shop, &["loyalty", "grant", "C001", "30", "--reason", "broken jar", "--user", "admin"], 0);
    let shown = ends(&shop, &["loyalty", "show", "C001"], 0);
    assert!(shown.contains(" points may be used until 20"), "{shown}");
    let refused = ends(&shop, &["loyalty", "card", "10107", "--to", "C001", "--user", "admin"], 1);
    assert!(refused.contains("A product has this number"), "{refused}");
}

#[test]
fn two_customers_become_one_and_one_is_never_merged_with_itself() {
    let shop = shop();
    ends(&shop, &["customer", "merge", "C001", "C001", "--user", "admin"], 1);
    ends(&shop, &["customer", "merge", "C001", "C002", "--user", "admin"], 0);
    let listed = json(&shop, &["customer", "list", "--json"], 0);
    assert!(listed.as_array().unwrap().iter().all(|customer| customer["code"] != "C002"));
}

#[test]
fn every_change_of_members_and_segments_answers_a_script_in_json() {
    let shop = shop();
    let with = |arguments: &[&str]| json(&shop, &[arguments, &["--user", "admin", "--json"]].concat(), 0);
    with(&["loyalty", "enrol", "C001"]);
    let card = with(&["loyalty", "card", "AB-1234", "--to", "C001"]);
    assert_eq!((&card["customer"], &card["is_valid"]), (&"C001".into(), &true.into()));
    let blocked = with(&["loyalty", "card", "AB-1234"]);
    assert_eq!((&blocked["customer"], &blocked["is_valid"]), (&"C001".into(), &false.into()));
    let programs = json(&shop, &["loyalty", "programs"], 0);
    let file = shop.path().join("program.json");
    std::fs::write(&file, programs[0].to_string()).unwrap();
    assert_eq!(with(&["loyalty", "save", file.to_str().unwrap()]), programs[0]);
    let day = with(&["loyalty", "day"]);
    assert!(day["date"].is_string() && day["tiers"].is_u64(), "{day}");
    let segments = json(&shop, &["segment", "list", "--json"], 0);
    let segment = &segments[0]["segment"];
    std::fs::write(&file, segment.to_string()).unwrap();
    assert_eq!(with(&["segment", "save", file.to_str().unwrap()])["segment"], *segment);
    let code = segment["code"].as_str().unwrap();
    assert_eq!(with(&["segment", "set", code, "C001"])["is_in"], true);
    assert_eq!(with(&["segment", "set", code, "C001", "--out"])["is_in"], false);
    assert_eq!(with(&["customer", "merge", "C001", "C002"])["survivor"]["code"], "C001");
    assert!(with(&["customer", "erase", "C003"])["erased"].is_string());
}

#[test]
fn a_shelf_label_is_written_out_and_labels_for_goods_as_many_as_asked_for() {
    let shop = shop();
    let label = ends(&shop, &["print", "label", "10101"], 0);
    assert!(label.contains("1.15") && label.contains("10101"), "{label}");
    let labels = ends(&shop, &["print", "label", "10101", "--goods", "3"], 0);
    assert_eq!(labels.matches("1.15").count(), 3, "{labels}");
    ends(&shop, &["print", "label", "nix"], 1);
}
