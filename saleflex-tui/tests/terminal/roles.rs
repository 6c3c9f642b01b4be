//! A shop's own roles by keyboard: made, given, changed, and limited to what their maker may do.

use saleflex_core::cashier::{Capability, Role};

use crate::common::harness::Shop;

fn administered() -> Shop {
    let mut shop = Shop::open(80, 24);
    shop.keys("'1111' enter s 3 f7");
    shop
}

fn rights_of(shop: &mut Shop, user: &str) -> Vec<Capability> {
    let known = shop.till().everybody().iter().find(|one| one.user_name == user).cloned().unwrap();
    known.capabilities.into_iter().collect()
}

#[test]
fn a_role_of_ones_own_is_made_given_and_changed_for_its_holders() {
    let mut shop = administered();
    shop.keys("insert 'shift_leader' enter 'Shift leader' enter ' ' down ' ' down ' ' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert!(shop.shows("Shift leader"), "{}", shop.screen());
    let role = shop.till().roles()[0].clone();
    assert_eq!(role.capabilities, [Capability::Sell, Capability::Override, Capability::Closure].into());
    // Priya gets it.
    shop.keys("esc 'priya' enter down down right right right right ctrl+s");
    assert!(shop.shows("Shift leader"), "{}", shop.screen());
    assert_eq!(rights_of(&mut shop, "priya").len(), 3, "{}", shop.screen());
    // One right less, for her too.
    shop.keys("backspace backspace backspace backspace backspace f7 'shift' enter");
    shop.keys("down down down down ' ' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(rights_of(&mut shop, "priya").len(), 2, "{}", shop.screen());
    let mut shop = shop.restart();
    assert_eq!(shop.till().roles().len(), 1);
}

#[test]
fn a_role_needs_a_code_that_is_free_and_something_to_do() {
    let mut shop = administered();
    shop.keys("insert 'manager' enter 'Second' ctrl+s");
    assert!(shop.shows("manager is taken"), "{}", shop.screen());
    assert!(shop.shows("at least one thing"), "{}", shop.screen());
    assert!(shop.till().roles().is_empty());
    shop.keys("esc y 'cashier' enter");
    assert!(shop.message().contains("comes with the till"), "{}", shop.message());
}

#[test]
fn nobody_puts_into_a_role_what_they_may_not_do() {
    // Morgan assigns roles as well, and still does not change settings.
    let mut shop = Shop::open(80, 24);
    shop.keys("down '2222' enter s 3 f7 insert 'boss' enter 'Boss' enter");
    for _ in 0..20 {
        shop.keys("' ' down");
    }
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let role = shop.till().roles()[0].clone();
    assert!(!role.capabilities.contains(&Capability::SettingsWrite), "{:?}", role.capabilities);
    let own = shop.till().on_duty().unwrap().capabilities.clone();
    assert!(role.capabilities.is_subset(&own) && own != Role::Administrator.capabilities());
}
