//! Tax rates, departments and exchange rates by keyboard, and what the next sale makes of them.

use saleflex_core::{
    catalog::DepartmentNo,
    document::{AddLine, Command},
    money::Money,
    quantity::UnitPrice,
};
use saleflex_store::verify::Verification;

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
    shop.keys("'10106' enter esc");
    let rate = |shop: &mut Shop| shop.document().lines.last().unwrap().taxes[0].rate.clone();
    let first = rate(&mut shop);
    shop.keys(&format!("s d 1 '{}' enter down {EMPTY} '6.5' ctrl+s", first.name));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("esc esc esc esc 1 '10106' enter");
    assert_eq!(rate(&mut shop).percent.to_string(), "6.5");
    assert_eq!(shop.document().lines[0].taxes[0].rate, first, "what was sold stays as it was sold");
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
    shop.keys("1 enter down down down down down ' ' ctrl+s");
    assert!(shop.shows("still need it, such as"), "{}", shop.screen());
    shop.keys("esc y esc 2 enter down down down down ' ' ctrl+s");
    assert!(shop.shows("still need it, such as"), "{}", shop.screen());
    assert_eq!(shop.till().catalog().reference(), before);
    shop.keys("esc y esc 1 insert enter 'Unused' enter '3' ctrl+s 'unused' enter down down down down down ' ' ctrl+s");
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

#[test]
fn whoever_does_not_keep_the_products_is_told_so() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc s d 1");
    assert_eq!(shop.message(), "Only for those who keep the products: log in as somebody who is.");
}
