//! Devices that are faster than people, or slower: codes that come twenty a second, half codes, a printer that keeps everybody
//! waiting for its answer.

use std::{sync::mpsc, time::Duration};

use saleflex_tui::{
    action::Action,
    device::simulator::{Mood, VirtualPrinter},
    effect::{Progress, Reply, Work},
    input::Scanner,
};

use crate::common::harness::Shop;

const CODES: [&str; 2] = ["5098101000017", "5098101000024"];

#[test]
fn twenty_codes_in_a_second_are_rung_up_each_once_and_in_their_order() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::selling(80, 24);
    let names: Vec<String> = CODES
        .iter()
        .map(|code| {
            let mut shop = Shop::selling(80, 24);
            shop.scan(&mut keyboard, code);
            shop.lines().remove(0)
        })
        .collect();
    for at in 0..20 {
        shop.scan(&mut keyboard, CODES[at % 2]);
    }
    let expected: Vec<&String> = (0..20).map(|at| &names[at % 2]).collect();
    assert_eq!(shop.lines().iter().collect::<Vec<_>>(), expected, "{}", shop.screen());
    assert_eq!(shop.session.rings(), 0);
    assert!(shop.session.state.scans.is_empty(), "none waits");
}

#[test]
fn half_a_code_and_one_of_a_wrong_check_digit_ring_up_nothing_and_the_next_one_is_whole() {
    let mut keyboard = Scanner::new(None);
    for noise in ["509810100001", "50981010", "5098101000018", "0000000000000"] {
        let mut shop = Shop::selling(80, 24);
        shop.scan(&mut keyboard, noise);
        assert!(shop.lines().is_empty(), "{noise}: {:?}", shop.lines());
        assert_eq!(shop.session.rings(), 1, "{noise}: {}", shop.screen());
        assert!(!shop.message().is_empty(), "{noise}");
        shop.scan(&mut keyboard, CODES[0]);
        assert_eq!(shop.lines().len(), 1, "{noise} is no part of what came after it: {}", shop.screen());
    }
}

#[test]
fn a_printer_that_never_answers_holds_up_neither_the_sale_nor_the_next_customer() {
    let device = VirtualPrinter::start("127.0.0.1:0", 42).unwrap();
    device.set_mood(Mood::Silent);
    let mut shop = Shop::with_devices(80, 24, &format!("[printer]\naddress = \"{}\"\n", device.address()));
    shop.keys("down down '3333' enter enter");
    let mut keyboard = Scanner::new(None);
    for customers in 1..=2 {
        shop.scan(&mut keyboard, CODES[0]);
        shop.keys("plus");
        assert_eq!(shop.settled().len(), customers, "{}", shop.screen());
    }
    shop.scan(&mut keyboard, CODES[1]);
    assert_eq!(shop.lines().len(), 1, "the third is being served: {}", shop.screen());
    // It answers again, and prints what waited.
    device.set_mood(Mood::Well);
    shop.session.perform(Action::RetryPrinting);
    let printed =
        |device: &VirtualPrinter| device.lines().iter().filter(|line| line.contains("[cut]")).count();
    let (_open, never) = mpsc::channel::<()>();
    for _ in 0..12_000 {
        if printed(&device) == 2 {
            break;
        }
        shop.session.tick();
        // The printer's thread is given time.
        let _ = never.recv_timeout(Duration::from_millis(5));
    }
    assert_eq!(printed(&device), 2, "{:?}", device.lines());
}

#[test]
fn the_bar_of_an_import_grows_with_the_products_that_are_stored_and_goes_with_the_last() {
    let mut shop = Shop::managed(80, 24);
    let mut bars = Vec::new();
    for done in [0, 200, 400] {
        let progress = Progress { work: Work::Products, done, total: 451, errors: Vec::new() };
        let next = shop.session.state.receive(Reply::Stored(Ok(progress)));
        assert_eq!(next.len(), 1, "the next part is asked for");
        assert!(shop.shows(&format!("{done} of 451")), "{}", shop.screen());
        bars.push(shop.screen().matches('#').count());
    }
    assert!(bars[0] == 0 && bars.is_sorted_by(|one, next| one < next), "{bars:?}");
    let all = Progress { work: Work::Products, done: 451, total: 451, errors: Vec::new() };
    shop.session.state.receive(Reply::Stored(Ok(all)));
    assert_eq!(shop.message(), "451 products were taken over.");
    assert!(!shop.shows("of 451"), "{}", shop.screen());
}
