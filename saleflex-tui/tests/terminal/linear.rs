//! A till that is heard instead of seen: each key is followed by what is new, and by nothing else.

use saleflex_tui::linear::{Linear, SIZE};

use crate::common::harness::Shop;

/// Priya at the sale screen, which has been told.
fn listening() -> (Shop, Linear) {
    let shop = Shop::selling(SIZE.width, SIZE.height);
    let mut linear = Linear::new();
    let told = linear.news(&shop.session.state);
    assert!(told.iter().any(|line| line.contains("Priya Thornbury")), "{told:?}");
    (shop, linear)
}

fn after(shop: &mut Shop, linear: &mut Linear, keys: &str) -> Vec<String> {
    shop.keys(keys);
    linear.news(&shop.session.state)
}

#[test]
fn what_is_sold_and_what_it_comes_to_is_told_once() {
    let (mut shop, mut linear) = listening();
    let told = after(&mut shop, &mut linear, "'10101' enter");
    let has = |words: &str| told.iter().any(|line| line.contains(words));
    assert!(has("Bananas") || has("1.15"), "{told:?}");
    assert!(has("BALANCE") || has("1.15"), "{told:?}");
    assert!(told.iter().all(|line| !line.contains('│') && !line.contains("Priya")), "{told:?}");
    assert_eq!(linear.news(&shop.session.state), Vec::<String>::new());
}

#[test]
fn a_dialog_alone_is_told_and_what_it_covered_is_no_news_when_it_closes() {
    let (mut shop, mut linear) = listening();
    after(&mut shop, &mut linear, "'10101' enter");
    let told = after(&mut shop, &mut linear, "f2");
    assert!(told.iter().any(|line| line.starts_with("> ")), "the first choice is marked: {told:?}");
    assert!(told.iter().all(|line| !line.contains("Corner Market")), "{told:?}");
    let moved = after(&mut shop, &mut linear, "down");
    assert_eq!((moved.len(), moved[0].starts_with("> ")), (1, true), "{moved:?}");
    let told = after(&mut shop, &mut linear, "esc");
    assert!(told.iter().all(|line| line.starts_with("Code + Enter")), "only what to do next: {told:?}");
}

#[test]
fn the_clock_is_no_news() {
    let (mut shop, mut linear) = listening();
    shop.clock.advance(chrono::TimeDelta::minutes(3));
    assert!(shop.session.tick());
    assert_eq!(linear.news(&shop.session.state), Vec::<String>::new());
}
