//! What is likely to be sold, where goods stand, and what is taken off the shelves, by keyboard.

use std::collections::BTreeMap;

use chrono::Duration;
use rust_decimal::Decimal;
use saleflex_core::{
    catalog::{Attribute, CatalogChange, ProductDetails},
    document::{AddLine, Command as Entry, TakeTender},
    inventory::{
        AdjustmentKind, Place, Stock,
        command::{Adjust, Command},
    },
    quantity::Quantity,
    tender::TenderKind,
};
use saleflex_tui::action::Action;

use super::{level, stock};
use crate::common::harness::Shop;

/// Says of products on which shelf they stand, and that 200 of each fit there.
fn shelve(shop: &mut Shop, shelves: [(&str, &str); 2]) {
    let details = shelves.map(|(code, shelf)| {
        let product = shop.till().catalog().product_by_code(code).unwrap().id();
        let attributes = BTreeMap::from([
            ("shelf".to_owned(), Attribute::Text(shelf.to_owned())),
            ("shelf_holds".to_owned(), Attribute::Number(200.into())),
        ]);
        ProductDetails { attributes, ..ProductDetails::none(product) }
    });
    let change = CatalogChange { details: details.to_vec(), ..CatalogChange::default() };
    shop.till().change_catalog(change).unwrap();
}

const SHELVES: [(&str, &str); 2] = [("10106", "A10/01"), ("10101", "A2/07")];

#[test]
fn goods_are_listed_shelf_by_shelf_with_how_many_to_fill_up() {
    let mut shop = stock(80, 24);
    shop.keys("h");
    assert!(shop.shows("No product says where it stands"), "{}", shop.screen());
    shelve(&mut shop, SHELVES);
    let fill_up = (Decimal::from(200) - level(&mut shop, "10106")).normalize().to_string();
    shop.keys("esc h");
    let screen = shop.screen();
    let at = |shelf: &str| screen.find(shelf).unwrap_or_else(|| panic!("{shelf}: {screen}"));
    assert!(at("A2/07") < at("A10/01"), "{screen}");
    shop.keys("'a10'");
    assert!(!shop.shows("A2/07") && shop.shows(&fill_up), "{fill_up}: {}", shop.screen());
    shop.keys("enter");
    assert!(shop.shows("Baguette") && shop.shows("A10/01") | shop.shows("10106"), "{}", shop.screen());
}

#[test]
fn no_more_is_to_fill_up_than_fits_on_a_shelf_though_more_was_sold_than_the_books_knew_of() {
    let mut shop = stock(120, 40);
    shelve(&mut shop, SHELVES);
    let till = shop.till();
    till.execute(Entry::AddLine(AddLine::code("10106").times(Quantity::parse("300").unwrap()))).unwrap();
    till.execute(Entry::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
    assert!(level(&mut shop, "10106") < Decimal::ZERO);
    shop.keys("h 'a10'");
    let saleflex_tui::app::Place::List(list) = shop.session.state.place() else {
        panic!("{}", shop.screen())
    };
    let rows: Vec<_> = list.rows.iter().map(|row| (row.cells[0].as_str(), row.cells[4].as_str())).collect();
    assert_eq!(rows, [("A10/01", "200")], "{}", shop.screen());
}

#[test]
fn what_is_likely_to_be_sold_is_told_beside_how_it_was_sold_as_far_ahead_as_one_likes() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'3*10106' enter plus enter esc 4 z enter z esc esc");
    shop.clock.advance(Duration::days(7));
    shop.keys("k f");
    let row = |shop: &Shop| {
        let screen = shop.screen();
        screen.lines().find(|line| line.contains("10106")).map(str::to_owned).unwrap_or(screen)
    };
    // Three on one of four Sundays; a Sunday a week.
    let told = row(&shop);
    assert!(told.contains(" 0.8 ") && told.contains("▁▁▁▁▁▁▁█▁▁▁▁▁▁"), "{told}");
    assert!(shop.shows("7 days"), "{}", shop.screen());
    shop.keys("left");
    assert!(row(&shop).contains(" 1.5 ") && shop.shows("14 days"), "{}", shop.screen());
    shop.keys("'bagu'");
    assert!(row(&shop).contains(" 1.5 "), "{}", shop.screen());
    shop.keys("'x'");
    assert!(!shop.shows("10106"), "{}", shop.screen());
}

#[test]
fn goods_of_a_parked_document_are_taken_shelf_by_shelf_and_what_is_in_the_box_is_compared() {
    let mut shop = Shop::administered(120, 40);
    shelve(&mut shop, SHELVES);
    shop.keys("1 '2*10106' enter '10101' enter 'Table 5' ctrl+s esc k p");
    let number = shop.till().suspended().unwrap()[0].number.to_string();
    assert!(shop.shows(&number), "{number}: {}", shop.screen());
    assert!(!shop.shows("Table 5"), "whoever packs reads no names: {}", shop.screen());
    shop.keys("enter");
    let screen = shop.screen();
    let at = |shelf: &str| screen.find(shelf).unwrap_or_else(|| panic!("{shelf}: {screen}"));
    assert!(at("A2/07") < at("A10/01"), "{screen}");
    shop.keys("pgdn '99999999' ctrl+s");
    assert!(shop.message().contains("99999999: nothing has the code"), "{}", shop.screen());
    for _ in 0.."99999999".len() {
        shop.keys("backspace");
    }
    shop.keys("'10106' enter '10101 1' enter ctrl+s");
    assert_eq!(shop.message(), "1 of 10106 missing", "{}", shop.screen());
    // Of a label the goods and how many they are.
    for (scanned, said) in
        [("10106@2027-01-31|10:LOT7", "The box is right."), ("1*10106", "1 of 10106 too much")]
    {
        shop.session.perform(Action::Scan(scanned.to_owned()));
        shop.keys("ctrl+s");
        assert_eq!(shop.message(), said, "{}", shop.screen());
    }
    // More than one is a sheet: on one row those behind the third would not be seen.
    shop.session.perform(Action::Scan("10102".to_owned()));
    shop.keys("ctrl+s");
    for said in ["1 of 10106 too much", "1 of 10102 too much"] {
        assert!(shop.shows(said), "{said}: {}", shop.screen());
    }
    assert!(shop.shows(&format!("Goods for {number}")), "{}", shop.screen());
    shop.keys("esc");
    // What does not go in whole leaves nothing of itself behind: the beginning of a code may be other goods.
    shop.session.perform(Action::Scan("7".repeat(4_001)));
    assert!(shop.message().contains("was scanned and not taken"), "{}", shop.message());
    shop.keys("ctrl+s");
    assert!(shop.shows("1 of 10102 too much"), "{}", shop.screen());
    shop.keys("esc f6");
    assert!(shop.shows(&format!("Goods for {number}")) && shop.shows("A2/07"), "{}", shop.screen());
    // Nothing of what is in the box is ever saved: nobody is asked whether it may be lost.
    shop.keys("esc esc");
    assert!(shop.session.state.dialogs.is_empty(), "{}", shop.screen());
    assert_ne!(shop.session.state.place().form(), "STOCK_PICK", "{}", shop.screen());
}

#[test]
fn whoever_picks_is_told_how_many_are_there_where_more_is_asked_for() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("1 '2*10106' enter 'Table 5' ctrl+s esc k p enter f6");
    assert!(shop.shows("10106") && !shop.shows(" there)"), "{}", shop.screen());
    let place = Place {
        item: shop.till().catalog().product_by_code("10106").unwrap().id().into(),
        location: shop.till().counter().unwrap(),
    };
    let one = Command::Adjust(Adjust {
        place,
        kind: AdjustmentKind::CycleCount,
        expected: None,
        counted: Stock::whole(1),
        batch: None,
        serials: Vec::new(),
        reason: Some("counted".to_owned()),
    });
    shop.till().move_goods(&one, None).unwrap();
    shop.keys("esc f6");
    assert!(shop.shows("(1 there)"), "{}", shop.screen());
}
