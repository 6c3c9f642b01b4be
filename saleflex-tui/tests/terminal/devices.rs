//! Devices that are off, slow, cut or talk nonsense while something is sold: the sale goes on, and it is said.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use chrono::TimeDelta;
use saleflex_store::Shell as _;
use saleflex_tui::{
    action::{Action, Screen},
    form::stored::take_in,
};

use crate::common::harness::Shop;

/// What a device does to whoever calls.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Silent,
    CutsOff,
    Nonsense,
}

/// Where a device of bad manners listens.
fn device(manner: Manner) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            match manner {
                Manner::Silent => kept.push(stream),
                Manner::CutsOff => drop(stream),
                Manner::Nonsense => {
                    let _asked = stream.read(&mut [0; 16]);
                    let _lost = stream.write_all(b"\x02what?\r");
                    kept.push(stream);
                }
            }
        }
    });
    format!("tcp:{address}")
}

/// Where nothing listens.
fn off() -> String {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("tcp:{address}")
}

/// Each kind of trouble with the address it is met at.
fn troubles() -> [(&'static str, String); 4] {
    [
        ("off", off()),
        ("slow", device(Manner::Silent)),
        ("cut", device(Manner::CutsOff)),
        ("nonsense", device(Manner::Nonsense)),
    ]
}

fn weighed_code(shop: &mut Shop) -> String {
    let catalog = shop.till().catalog();
    let weighed = catalog.products().find(|product| product.unit().decimals > 0 && product.is_active());
    weighed.unwrap().code().to_owned()
}

#[test]
fn a_scale_in_any_trouble_asks_for_the_weight_and_the_sale_goes_on() {
    for (trouble, address) in troubles() {
        let settings = format!("[scale]\naddress = \"{address}\"\nprotocol = \"toledo\"\n");
        let mut shop = Shop::with_devices(80, 24, &settings);
        shop.keys("down down '3333' enter enter");
        let code = weighed_code(&mut shop);
        shop.keys(&format!("'10106' enter '{code}' enter"));
        assert!(!shop.session.state.dialogs.is_empty(), "{trouble}: {}", shop.screen());
        assert!(shop.shows("scale"), "{trouble} is said: {}", shop.screen());
        shop.keys("'0.5' enter");
        assert_eq!(shop.lines().len(), 2, "{trouble}: {}", shop.screen());
        assert!(shop.lines()[1].starts_with("0.5 "), "{trouble}: {:?}", shop.lines());
        shop.keys("plus");
        assert_eq!(shop.settled().len(), 1, "{trouble}: {}", shop.screen());
    }
}

#[test]
fn displays_in_any_trouble_hold_back_no_sale_and_are_said() {
    let (_open, never) = std::sync::mpsc::channel::<()>();
    for (trouble, address) in troubles() {
        for device in ["line_display", "customer_display"] {
            let settings = format!("[{device}]\naddress = \"{address}\"\n");
            let mut shop = Shop::with_devices(80, 24, &settings);
            shop.keys("down down '3333' enter enter '10106' enter '10106' enter plus enter '10106' enter");
            assert_eq!(shop.settled().len(), 1, "{device} {trouble}: {}", shop.screen());
            assert_eq!(shop.lines().len(), 1, "{device} {trouble}: {}", shop.screen());
            if trouble != "off" {
                // Whoever takes everything and says nothing is in no trouble that can be seen.
                continue;
            }
            let is_said = (0..400).any(|_| {
                let _ = never.recv_timeout(std::time::Duration::from_millis(5));
                shop.session.tick();
                shop.session.state.devices.fault.as_ref().is_some_and(|fault| fault.starts_with("Display"))
            });
            assert!(is_said, "{device} {trouble}: {}", shop.screen());
        }
    }
}

#[test]
fn the_customers_screen_shows_points_savings_and_a_code_to_pay_with() {
    let settings =
        "[customer_display]\npage = \"customer.html\"\npayment_code = \"pay:{number}:{amount}:{currency}\"\n";
    let mut shop = Shop::with_devices(120, 40, settings);
    shop.keys("down down '3333' enter enter '10106' enter");
    let member = shop.till().find_customers("", 50).unwrap().into_iter().find(|customer| {
        shop.till().membership(customer.id).unwrap().is_some_and(|member| member.balance().get() > 0)
    });
    let member = member.unwrap();
    shop.session.perform(saleflex_tui::action::Action::Scan("10106".to_owned()));
    let request = saleflex_store::Request::assign_customer(Some(member.id));
    shop.till().execute(request).unwrap();
    shop.keys("ctrl+d '10' enter");
    let page = shop.till().path().with_file_name("customer.html");
    let (_open, never) = std::sync::mpsc::channel::<()>();
    let shown = (0..400).find_map(|_| {
        let _ = never.recv_timeout(std::time::Duration::from_millis(5));
        std::fs::read_to_string(&page).ok().filter(|page| page.contains("You save"))
    });
    let shown = shown.unwrap_or_else(|| panic!("{}", shop.screen()));
    assert!(shown.contains(&member.name), "{shown}");
    assert!(shown.contains("<svg") || shown.contains("<img"), "the code to pay with is drawn: {shown}");
}

#[test]
fn the_customers_screen_says_by_which_way_to_pay_the_sale_is_cheaper() {
    let mut shop = Shop::with_devices(120, 40, "[customer_display]\npage = \"customer.html\"\n");
    // From 100.00 a card saves 2 %: of 104.50.
    shop.keys("down down '3333' enter enter '110*10106' enter");
    let page = shop.till().path().with_file_name("customer.html");
    let (_open, never) = std::sync::mpsc::channel::<()>();
    let shown = (0..400).find_map(|_| {
        let _ = never.recv_timeout(std::time::Duration::from_millis(5));
        std::fs::read_to_string(&page).ok().filter(|page| page.contains("Cheaper: Card"))
    });
    assert!(shown.is_some_and(|page| page.contains("102.41")), "{}", shop.screen());
}

/// What stands on the page of the customer's screen, once it has these words.
fn page_with(shop: &mut Shop, words: &str) -> Option<String> {
    let page = shop.till().path().with_file_name("customer.html");
    let (_open, never) = std::sync::mpsc::channel::<()>();
    (0..400).find_map(|_| {
        let _ = never.recv_timeout(std::time::Duration::from_millis(5));
        std::fs::read_to_string(&page).ok().filter(|page| page.contains(words))
    })
}

#[test]
fn slides_follow_one_another_by_the_clock_and_a_sale_takes_their_place() {
    let slides = ["Fresh rolls today", "Open till eight"];
    let settings = "[customer_display]\npage = \"customer.html\"\nidle = \"Fresh rolls today\"\n\
                    slides = [\"Open till eight\"]\nslide_seconds = 10\n";
    let mut shop = Shop::with_devices(120, 40, settings);
    shop.keys("down down '3333' enter enter");
    for _ in 0..2 {
        shop.session.tick();
        let second = shop.clock.clone().now().instant.timestamp();
        let turn = usize::from(second / 10 % 2 == 1);
        let page = page_with(&mut shop, slides[turn]).unwrap_or_else(|| panic!("{}", shop.screen()));
        assert!(!page.contains(slides[1 - turn]), "{page}");
        shop.clock.advance(TimeDelta::seconds(10));
    }
    shop.keys("'10106' enter");
    shop.clock.advance(TimeDelta::seconds(10));
    shop.session.tick();
    shop.keys("'10101' enter");
    // 0.95 and 1.15.
    let page = page_with(&mut shop, "2.10").unwrap_or_else(|| panic!("{}", shop.screen()));
    assert!(slides.iter().all(|slide| !page.contains(slide)), "{page}");
}

#[test]
fn forms_for_the_customer_stand_on_their_screen_while_nothing_is_sold_and_are_no_place_of_a_cashier() {
    let definition = |mode: &str, no: u16, name: &str, words: &str| {
        let written = format!(
            "form_no = {no}\nname = \"{name}\"\ndisplay_mode = \"{mode}\"\n\
             [[control]]\nname = \"A\"\ntype = \"LABEL\"\ncaption1 = \"{words}\"\n\
             cell = [0, 2, 40, 1]\ncompact = [0, 2, 40, 1]\n"
        );
        toml::from_str::<saleflex_store::forms::FormRecord>(&written).unwrap()
    };
    let mut shop = Shop::with_devices(120, 40, "[customer_display]\npage = \"customer.html\"\n");
    shop.keys("'1111' enter");
    take_in(shop.till(), &definition("BOTH", 902, "HOURS", "Open till eight")).unwrap();
    take_in(shop.till(), &definition("CUSTOMER", 901, "ROLLS", "Fresh rolls today")).unwrap();
    take_in(shop.till(), &definition("MAIN", 903, "OWN", "Not for customers")).unwrap();
    shop.session.perform(Action::ReloadForms);
    let page = page_with(&mut shop, "Open till eight").unwrap_or_else(|| panic!("{}", shop.screen()));
    let at = |words: &str| page.find(words);
    assert!(at("Fresh rolls today").is_some() && at("Fresh rolls today") < at("Open till eight"), "{page}");
    assert!(at("Not for customers").is_none(), "{page}");
    let go = |form: &'static str| Action::Go(Screen::Form(form.into()));
    shop.session.perform(go("ROLLS"));
    assert!(!shop.shows("Fresh rolls today"), "{}", shop.screen());
    shop.session.perform(go("HOURS"));
    assert!(shop.shows("Open till eight"), "{}", shop.screen());
    // The sale takes their place.
    shop.keys("esc enter '10106' enter");
    let page = page_with(&mut shop, "Baguette").unwrap_or_else(|| panic!("{}", shop.screen()));
    assert!(!page.contains("Fresh rolls today"), "{page}");
    // Nothing may lead to what no cashier sees, and nothing that others lead to may become so.
    let mut leading = definition("MAIN", 904, "LEADING", "x");
    leading.control[0].kind = "BUTTON".to_owned();
    leading.control[0].function1 = Some("SHOW_FORM".to_owned());
    leading.control[0].arg1 = Some("ROLLS".to_owned());
    let refused = take_in(shop.till(), &leading).unwrap_err().to_string();
    assert!(refused.ends_with("there is no form ROLLS"), "{refused}");
    leading.control[0].arg1 = Some("OWN".to_owned());
    take_in(shop.till(), &leading).unwrap();
    let hidden = definition("CUSTOMER", 903, "OWN", "Not for customers");
    let refused = take_in(shop.till(), &hidden).unwrap_err().to_string();
    assert!(refused.ends_with("there is no form OWN"), "{refused}");
}
