//! The pictures of the guides are what the program shows: each is drawn anew and compared with the one in
//! `docs/screens`. `UPDATE_SCREENS=1` draws them there.

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::common::{harness::Shop, svg};

/// Who stands at the till.
type Open = fn(u16, u16) -> Shop;

/// A basket with a discount, a voided line and a customer's bread.
const BASKET: &str = "'3*10106' enter '10101' enter ctrl+d '10' enter '10103' enter up d ";

/// The pictures: name, who, keys that lead there.
fn pictures() -> Vec<(&'static str, Open, String)> {
    let keys = |keys: &str| keys.to_owned();
    vec![
        ("first-start", Shop::first_start, keys("")),
        ("login", Shop::open, keys("down down '33'")),
        ("menu", Shop::managed, keys("esc")),
        ("sale", Shop::selling, keys(BASKET)),
        ("line", Shop::selling, format!("{BASKET} up up")),
        ("search", Shop::selling, keys("f3 'loaf' down")),
        ("payment", Shop::selling, format!("{BASKET} f10 '200' k")),
        ("receipt", Shop::selling, format!("{BASKET} f10 f7")),
        ("approval", Shop::selling, keys("'10106' enter '5' ctrl+g 'm' enter '99' enter")),
        ("parked", Shop::selling, format!("{BASKET} 'Table 5' ctrl+s '10106' enter ctrl+s ctrl+r")),
        (
            "return",
            Shop::managed,
            keys("'5*14101' enter '10106' enter plus enter ctrl+b '1' enter '2' enter"),
        ),
        ("receipts", Shop::managed, format!("{BASKET} plus enter '10106' enter plus enter esc 5")),
        ("help", Shop::selling, keys("f1")),
        ("functions", Shop::selling, keys("f2 'disc'")),
        ("keyboard", Shop::managed, keys("esc p ctrl+k")),
        (
            "clock",
            Shop::managed,
            keys("esc t 'morgan' f5 backspace backspace backspace backspace backspace backspace"),
        ),
        ("break", Shop::selling, keys("f2 'break' enter")),
        ("drawer", Shop::managed, format!("{BASKET} plus enter esc d 7 '1' down '2' down '4'")),
        ("drawer-purpose", Shop::managed, format!("{BASKET} plus enter esc d 7 pgdn")),
        ("x-report", Shop::managed, format!("{BASKET} plus enter esc 4 x")),
        ("closing", Shop::managed, keys("'10106' enter plus enter esc 4 z '5000' enter")),
        ("closures", Shop::managed, keys("'10106' enter plus enter esc 4 z '0.95' enter z esc c")),
        ("sessions", Shop::managed, keys("esc s 8")),
        ("audit", Shop::managed, format!("{BASKET} plus enter esc s 9")),
        ("cashiers", Shop::open, keys("'1111' enter s 3")),
        ("settings", Shop::open, keys("'1111' enter s")),
        ("devices", Shop::open, keys("'1111' enter s 7")),
        ("screens", Shop::open, keys("'1111' enter s 4")),
        ("products", Shop::open, keys("'1111' enter p")),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/screens")
}

#[test]
fn the_pictures_of_the_guides_are_what_the_program_shows() {
    let is_update = std::env::var_os("UPDATE_SCREENS").is_some();
    let mut old = Vec::new();
    for (name, open, keys) in pictures() {
        let mut shop = open(100, 30);
        shop.keys(&keys);
        let drawn = svg::picture(&shop.session.state);
        let path = folder().join(format!("{name}.svg"));
        if is_update {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, &drawn).unwrap();
        }
        if fs::read_to_string(&path).ok().as_deref() != Some(drawn.as_str()) {
            old.push(name);
        }
    }
    assert!(old.is_empty(), "the program shows something else than docs/screens: {old:?}");
}

#[test]
fn every_picture_is_shown_by_a_guide_and_every_picture_shown_is_drawn() {
    let guides = ["cashier.md", "manager.md", "installer.md"];
    let texts: String =
        guides.map(|guide| fs::read_to_string(folder().join("..").join(guide)).unwrap()).concat();
    let shown: BTreeSet<&str> = texts
        .split("(screens/")
        .skip(1)
        .filter_map(|rest| rest.split_once(".svg)").map(|(name, _)| name))
        .collect();
    let drawn: BTreeSet<&str> = pictures().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(shown, drawn);
}
