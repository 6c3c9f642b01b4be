//! Where the shop is: a place that is none is refused, and which templates a place's figures come from is told.

use saleflex_core::closure::template::Region;

use crate::common::{
    harness::Shop,
    program::{ends, sold},
};

#[test]
fn a_place_that_is_none_is_told_with_the_nearest_and_the_templates_taken_are_said() {
    // By command.
    let shop = sold("");
    let set = |place: &str, code| ends(&shop, &["config", "set", "region", place, "--user", "admin"], code);
    let refused = set("US-ZZ", 1);
    assert!(refused.contains("There is no US-ZZ. The nearest is US-AZ, Arizona."), "{refused}");
    assert!(set("us-ca", 1).contains("a region is a code"));
    for (place, said) in [
        // The part over its country, the country alone, and the default for a country without a template.
        ("US-CA", "US 2, US-CA"),
        ("US-WY", "US 2\n"),
        ("JP-13", "JP "),
        ("BR-SP", "default "),
    ] {
        let told = set(place, 0);
        assert!(told.contains(&format!("Figures for a closure: {said}")), "{place}: {told}");
    }
    // On the screen.
    let mut shop = Shop::administered(120, 40);
    shop.keys("s 1");
    let down = "down down down down down down down down down";
    shop.keys(&format!("{down} 'gb-ldn' ctrl+s"));
    assert!(shop.shows("There is no GB-LDN."), "{}", shop.screen());
    assert_eq!(shop.till().settings().region, None);
    shop.keys("backspace backspace backspace 'nir' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(shop.till().settings().region, Region::parse("GB-NIR").ok());
    shop.keys("esc s 1");
    assert!(shop.shows("Figures for a closure") && shop.shows("GB "), "{}", shop.screen());
    // At the first start.
    let mut shop = Shop::first_start(80, 24);
    shop.keys("n 'Corner' enter 'tr-99' enter enter 'boss' enter '4321' enter '4321' enter");
    assert!(shop.shows("There is no TR-99."), "{}", shop.screen());
    let mut shop = Shop::first_start(80, 24);
    shop.keys("n 'Corner' enter 'zz' enter 'eur' enter 'boss' enter '4321' enter '4321' enter");
    assert!(shop.shows("There is no country ZZ"), "{}", shop.screen());
}

#[test]
fn a_place_that_was_said_before_places_were_checked_stands_in_the_way_of_no_other_setting() {
    let mut shop = Shop::administered(120, 40);
    // As a program stored it that did not look.
    let disk = rusqlite::Connection::open(shop.till().path()).unwrap();
    let old = "UPDATE setting SET value = json_set(value, '$.region', 'US-ZZ') WHERE key = 'settings'";
    let stored = "INSERT OR IGNORE INTO setting (key, value) VALUES ('settings', '{}')";
    disk.execute_batch(&format!("{stored}; {old}")).unwrap();
    let mut shop = shop.restart();
    shop.keys("'1111' enter");
    assert_eq!(shop.till().settings().region, Region::parse("US-ZZ").ok());
    let down = "down down down down down down down down down";
    shop.keys(&format!("s 1 {down} backspace 'z' ctrl+s"));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys(&format!("esc s 1 {down} backspace 'y' ctrl+s"));
    assert!(shop.shows("There is no US-ZY."), "{}", shop.screen());
}
