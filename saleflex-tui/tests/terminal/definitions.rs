//! Tax rates, departments, units and exchange rates by keyboard, and what the next sale makes of them.

use saleflex_core::{
    catalog::{CatalogChange, DepartmentNo, Measure, MeasureKind, Product},
    document::{AddLine, Command},
    money::Money,
    quantity::{UnitFactor, UnitPrice},
};
use saleflex_store::verify::Verification;
use saleflex_tui::app::Place;

use crate::common::harness::Shop;

/// Morgan, a manager, on the page of what products refer to.
fn defining() -> Shop {
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc s d");
    shop
}

/// Empties a field of at most eight characters.
const EMPTY: &str = "backspace backspace backspace backspace backspace backspace backspace backspace";

#[test]
fn a_tax_rate_and_a_department_are_made_and_taken_on_the_next_sale() {
    let mut shop = defining();
    shop.keys("1 insert");
    shop.keys(&format!("{EMPTY} '77' enter 'Luxury 33 %' enter '33' ctrl+s"));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert!(shop.shows("Luxury 33 %"), "{}", shop.screen());
    shop.keys("esc 2 insert '77' enter 'Luxuries' enter enter '77' enter '150.00' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let department = shop.till().catalog().departments().find(|one| one.no == DepartmentNo(77)).cloned();
    let department = department.unwrap();
    assert_eq!((department.name.as_str(), department.taxes), ("Luxuries", vec![77]));
    assert_eq!(department.max_price, UnitPrice::parse("150").ok());
    shop.till().log_in("morgan", "2222").unwrap();
    let sell = AddLine::department(DepartmentNo(77), UnitPrice::parse("133").unwrap());
    shop.till().execute(Command::AddLine(sell)).unwrap();
    assert_eq!(shop.document().totals.tax, Money::from_minor(3_300));
}

#[test]
fn a_changed_rate_holds_from_the_next_line_on_and_the_trail_tells_both() {
    let mut shop = Shop::managed(80, 24);
    let rate = |shop: &mut Shop| shop.document().lines.last().unwrap().taxes[0].rate.clone();
    let currency = *shop.till().currency();
    let found = shop.till().catalog().find("10106", chrono::NaiveDate::MIN, &currency);
    let first = found.unwrap().taxes[0].clone();
    shop.keys(&format!("esc s d 1 '{}' enter down {EMPTY} '6.5' ctrl+s", first.name));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("esc esc esc esc 1 '10106' enter");
    assert_eq!(rate(&mut shop).percent.to_string(), "6.5");
    shop.keys("esc s 9");
    let told = format!("tax_rate.{}.percent \"{}\" -> \"6.5\"", first.no, first.percent);
    assert!(shop.shows(&told), "{}", shop.screen());
    let seen = shop.till().verify().unwrap();
    assert!(matches!(seen, Verification::Whole(_)), "{seen:?}");
}

#[test]
fn what_cannot_be_is_told_beside_its_field_and_changes_nothing() {
    let mut shop = defining();
    let before = shop.till().catalog().reference();
    shop.keys("1 insert ctrl+s");
    assert!(shop.screen().matches("needed").count() >= 2, "{}", shop.screen());
    shop.keys(&format!("up up up up up up {EMPTY} '1' enter 'x' enter '5' ctrl+s"));
    assert!(shop.shows("1 is taken"), "{}", shop.screen());
    shop.keys("esc y esc 2 insert '0' enter 'x' enter right enter '999' ctrl+s");
    for words in ["A whole number from 1.", "There is no tax rate 999."] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
    shop.keys("esc y insert '99' enter 'x' enter right ctrl+s");
    assert!(shop.shows("belong to none"), "{}", shop.screen());
    shop.keys("esc y insert '500' enter 'x' ctrl+s");
    assert!(shop.shows("Say which main department"), "{}", shop.screen());
    assert_eq!(shop.till().catalog().reference(), before);
}

#[test]
fn what_is_needed_is_not_taken_out_and_the_first_that_needs_it_is_named() {
    let mut shop = defining();
    let before = shop.till().catalog().reference();
    shop.keys("1 enter down down down down down down down down ' ' ctrl+s");
    assert!(shop.shows("still need it, such as"), "{}", shop.screen());
    shop.keys("esc y esc 2 enter down down down down ' ' ctrl+s");
    assert!(shop.shows("still need it, such as"), "{}", shop.screen());
    assert_eq!(shop.till().catalog().reference(), before);
    shop.keys("esc y esc 1 insert enter 'Unused' enter '3' ctrl+s 'unused' enter");
    shop.keys("down down down down down down down down ' ' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(shop.till().catalog().reference(), before, "a rate that nothing needs goes");
}

#[test]
fn an_exchange_rate_is_set_changed_and_taken_out() {
    let mut shop = defining();
    shop.keys("3 insert 'sek' enter '13,5' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let worth = |shop: &mut Shop| {
        let rates = shop.till().exchange_rates().iter();
        rates.filter(|(code, _)| code.as_str() == "SEK").map(|(_, rate)| rate.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(worth(&mut shop), ["13.5"]);
    assert!(shop.shows("SEK") && shop.shows("£7.41"), "{}", shop.screen());
    shop.keys(&format!("'sek' enter {EMPTY} '14' ctrl+s"));
    assert_eq!(worth(&mut shop), ["14"]);
    shop.keys("enter down down down ' ' ctrl+s");
    assert_eq!(worth(&mut shop), [""; 0], "{}", shop.screen());
    shop.keys("esc insert 'gbp' enter '0' ctrl+s");
    assert!(shop.shows("own currency"), "{}", shop.screen());
}

/// Keeps the baguettes in another unit.
fn keep_in(shop: &mut Shop, unit: &str) {
    let baguette = shop.till().catalog().product_by_code("10106").unwrap().to_product();
    let product = Product { unit: unit.to_owned(), ..baguette };
    shop.till()
        .change_catalog(CatalogChange { products: vec![product], ..CatalogChange::default() })
        .unwrap();
}

#[test]
fn a_unit_of_the_shops_own_is_made_and_stays_what_it_is_while_goods_are_kept_in_it() {
    let mut shop = Shop::managed(120, 40);
    let before = shop.till().catalog().reference();
    shop.keys("esc s d 5 insert 'lb' enter '3' enter right right enter '0,45359237' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert!(shop.shows("1 LB = 0.45359237 KG"), "{}", shop.screen());
    let pound = |shop: &mut Shop| {
        let known = shop.till().catalog().units().iter().find(|unit| unit.code == "LB").cloned();
        known.map(|unit| (unit.decimals, unit.measure))
    };
    let factor = UnitFactor::parse("0.45359237").unwrap();
    let own = Some((3, Some(Measure { kind: MeasureKind::Mass, factor })));
    assert_eq!(pound(&mut shop), own);
    keep_in(&mut shop, "LB");
    shop.keys("'lb' enter down left ctrl+s");
    assert!(shop.shows("1 products are kept in it"), "{}", shop.screen());
    shop.keys("esc y enter down down down down ' ' ctrl+s");
    assert!(shop.shows("still need it, such as 10106"), "{}", shop.screen());
    assert_eq!(pound(&mut shop), own);
    keep_in(&mut shop, "PCS");
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(shop.till().catalog().reference(), before);
}

#[test]
fn a_unit_that_cannot_be_is_told_beside_its_field() {
    let mut shop = Shop::managed(120, 40);
    let before = shop.till().catalog().reference();
    shop.keys("esc s d 5");
    for (typed, words) in [
        ("'kg'", "KG is taken"),
        ("'ml' enter enter right enter '2'", "Everybody knows what ML is"),
        ("'box' enter '9'", "At most 4."),
        ("'box' enter enter right", "needed"),
        ("'box' enter enter right enter '0'", "it is nothing or less"),
        ("'box' enter enter right enter '0.0000000000001'", "At most 12 digits"),
        ("'box' enter enter enter '2'", "Say what it measures"),
    ] {
        shop.keys(&format!("insert {typed} ctrl+s"));
        assert!(shop.shows(words), "{words}: {}", shop.screen());
        shop.keys("esc y");
    }
    assert_eq!(shop.till().catalog().reference(), before);
}

#[test]
fn whoever_does_not_keep_the_products_is_told_so() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc s d 1");
    assert!(shop.shows("A manager has to agree") && shop.shows("is only for"), "{}", shop.screen());
}

#[test]
fn a_tax_rate_that_was_used_stays_and_becomes_another_from_a_day_on() {
    let mut shop = Shop::managed(120, 40);
    // The key that leaves the sale closes its receipt as well.
    shop.keys("'10106' enter plus enter esc");
    let used = shop.till().documents_between(chrono::NaiveDate::MIN, chrono::NaiveDate::MAX).unwrap();
    assert!(!used.is_empty());
    let currency = *shop.till().currency();
    let line = shop.till().catalog().find("10106", chrono::NaiveDate::MIN, &currency);
    let rate = line.unwrap().taxes[0].clone();
    let today = shop.till().now().business_date;
    let (tomorrow, before) = (today.succ_opt().unwrap(), rate.percent);
    shop.keys(&format!("s d 1 '{}' enter", rate.name));
    // Its percentage stays; the message says from when on it may be another.
    shop.keys(&format!("down {EMPTY} '44' ctrl+s"));
    assert!(shop.shows("which stays") && shop.shows(&tomorrow.to_string()), "{}", shop.screen());
    shop.keys(&format!("{EMPTY} '{before}' down down down '{today}' ctrl+s"));
    assert!(shop.shows("yet to come"), "{}", shop.screen());
    shop.keys(&format!("backspace backspace {EMPTY} '{tomorrow}' down '44' ctrl+s"));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let at =
        |shop: &mut Shop, day| shop.till().catalog().tax_rate_on(rate.no, day).unwrap().percent.to_string();
    assert_eq!((at(&mut shop, today), at(&mut shop, tomorrow)), (before.to_string(), "44".to_owned()));
}

#[test]
fn a_list_is_ordered_by_its_columns_and_says_so_in_the_heading() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("esc s d 1");
    let percents = |shop: &Shop| -> Vec<String> {
        let Place::List(list) = shop.session.state.place() else { panic!("{}", shop.screen()) };
        list.rows.iter().map(|row| row.cells[2].clone()).collect()
    };
    let as_found = percents(&shop);
    // By number, the other way round, by name both ways, by percent both ways.
    shop.keys("alt+s alt+s alt+s alt+s alt+s");
    assert!(shop.shows("percent ^"), "{}", shop.screen());
    let mut rising: Vec<f64> = percents(&shop).iter().map(|percent| percent.parse().unwrap()).collect();
    assert!(rising.is_sorted(), "{rising:?}");
    shop.keys("alt+s");
    assert!(shop.shows("percent v"), "{}", shop.screen());
    rising.reverse();
    let falling: Vec<f64> = percents(&shop).iter().map(|percent| percent.parse().unwrap()).collect();
    assert_eq!(falling, rising);
    // What narrows it keeps the order; after the last column it is as it was found.
    shop.keys("'%' backspace");
    assert!(shop.shows("percent v"), "{}", shop.screen());
    shop.keys("alt+s alt+s alt+s alt+s alt+s");
    assert_eq!(percents(&shop), as_found, "{}", shop.screen());
}
