//! Reports, the service screen, and closed periods added up: by keyboard and by command.

use chrono::Duration;
use saleflex_core::cashier::Role;
use saleflex_tui::dialog::Dialog;
use serde_json::Value;

use crate::common::{
    harness::Shop,
    program::{ends, json, sold},
};

/// Morgan at the menu after two days with a sale and a closure each, and a sale today.
fn two_days() -> Shop {
    let mut shop = Shop::managed(120, 40);
    for _ in 0..2 {
        shop.keys("'2*10106' enter plus enter esc 4 z enter z esc esc 1");
        shop.clock.advance(Duration::days(1));
    }
    shop.keys("'10106' enter plus enter esc");
    shop
}

#[test]
fn the_days_of_a_month_are_listed_with_their_sum_and_one_is_read_as_a_sheet() {
    let mut shop = two_days();
    assert_eq!(shop.till().closures(10).unwrap().len(), 2, "{}", shop.screen());
    shop.keys("r 1");
    for words in ["2025-04-06", "2025-04-07", "2025-04 together"] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
    shop.keys("down down enter");
    assert!(shop.shows("SALES SUMMARY") && shop.shows("2025-04-06"), "{}", shop.screen());
    shop.keys("esc '2025' ");
    assert!(shop.shows("Sales summary: 2025"), "{}", shop.screen());
    shop.keys("left");
    assert!(shop.shows("Sales summary: 2024") && shop.shows("No period was closed"), "{}", shop.screen());
}

#[test]
fn documents_and_products_of_a_day_or_a_month_are_found() {
    let mut shop = two_days();
    shop.keys("r 2");
    let of_day = |shop: &Shop| shop.screen().matches("-0000").count();
    assert_eq!(of_day(&shop), 1, "{}", shop.screen());
    shop.keys("'2025-04'");
    assert!(of_day(&shop) >= 3, "{}", shop.screen());
    shop.keys("enter");
    assert!(shop.shows("COPY"), "{}", shop.screen());
    shop.keys("esc esc esc 3 '2025-04'");
    assert!(shop.shows("Baguette") && shop.shows("5 PCS"), "{}", shop.screen());
    // The first goes back over the month that was typed.
    for (keys, title) in [("esc esc 4", "Invoices"), ("esc 5", "Waybills"), ("esc 6", "Returns")] {
        shop.keys(keys);
        assert!(shop.shows(title) && shop.shows("nothing in these days"), "{keys}: {}", shop.screen());
    }
}

#[test]
fn how_a_cashier_did_is_told_with_targets_and_paces() {
    let mut shop = two_days();
    shop.keys("r 8");
    assert!(shop.shows("Morgan"), "{}", shop.screen());
    shop.keys("enter");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let told = reader.paper.lines.join("\n");
    for words in ["Documents an hour", "Average document", "accuracy", "it/min"] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn reports_are_for_those_who_may_read_them() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc r 1");
    assert!(shop.shows("A manager has to agree") && shop.shows("SALES_SUMMARY is for"), "{}", shop.screen());
    assert!(!Role::Cashier.capabilities().contains(&saleflex_core::cashier::Capability::ReportView));
}

#[test]
fn the_till_is_checked_and_backed_up_from_the_service_screen() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter s v 1");
    assert!(shop.shows("integrity") && shop.shows("journal") | shop.shows("documents"), "{}", shop.screen());
    shop.keys("esc 2");
    assert!(shop.shows("is copied to"), "{}", shop.screen());
    let folder = shop.till().path().parent().unwrap().to_owned();
    let backups = std::fs::read_dir(folder).unwrap().flatten();
    let backups = backups.filter(|file| file.path().extension().is_some_and(|end| end == "backup"));
    assert_eq!(backups.count(), 1);
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc s v");
    assert!(shop.shows("A manager has to agree") && shop.shows("SERVICE is for"), "{}", shop.screen());
    // By the word of somebody who may, the screen and what stands on it are there.
    shop.keys("'1111' enter 1");
    assert!(shop.shows("A manager has to agree"), "each time anew: {}", shop.screen());
    shop.keys("'1111' enter");
    assert!(shop.shows("integrity"), "{}", shop.screen());
}

#[test]
fn closed_periods_are_added_up_by_command() {
    let shop = sold("login admin 1111\nsell 10101\npay cash 1.15\nz\nsell 10101\npay cash 1.15\nz\n");
    let all = json(&shop, &["closure", "rollup", "--by", "month", "--json"], 0);
    let months = all.as_array().unwrap();
    assert_eq!(months.len(), 1, "{all}");
    assert_eq!(
        (&months[0]["closures"], &months[0]["figures"]["net_sales_amount"]),
        (&2.into(), &"2.30".into())
    );
    let days = json(&shop, &["closure", "rollup", "--json"], 0);
    let sum: i64 = days.as_array().unwrap().iter().filter_map(|day| day["closures"].as_i64()).sum();
    assert_eq!(sum, 2, "{days}");
    assert!(ends(&shop, &["closure", "rollup"], 0).contains("closures"));
    assert_eq!(
        json(&shop, &["closure", "rollup", "--until", "2000-01-01", "--json"], 0),
        Value::Array(Vec::new())
    );
    ends(&shop, &["closure", "rollup", "--from", "2026-02-01", "--until", "2026-01-01"], 1);
    ends(&shop, &["closure", "rollup", "--from", "soon"], 2);
}
