//! Every screen as text, at the smallest size and at the size it is made for.

use saleflex_store::customer::NewCustomer;

use crate::common::harness::{Shop, compare};

/// A basket with a discounted, a voided and a noted line.
const BASKET: &str = "'3*10106' enter '10101' enter ctrl+d '10' enter '10103' enter up d \
                      '11301' enter up n 'cut in half' enter ";

#[test]
fn first_start() {
    compare!("first_start", Shop::first_start, "");
}

#[test]
fn first_start_of_an_empty_store() {
    compare!(
        "empty_store",
        Shop::first_start,
        "n 'Corner' enter 'gb' enter enter 'boss' enter '1234' enter '12' enter",
    );
}

#[test]
fn login() {
    compare!("login", Shop::open, "down '33'");
}

#[test]
fn menu() {
    compare!("menu", Shop::selling, "esc");
}

#[test]
fn sale_without_a_document() {
    compare!("sale_empty", Shop::selling, "");
}

#[test]
fn sale_with_a_basket_and_an_unknown_code() {
    compare!("sale", Shop::selling, &format!("{BASKET} '4711' enter"));
}

#[test]
fn sale_with_a_line_selected() {
    compare!("sale_line", Shop::selling, &format!("{BASKET} up up"));
}

#[test]
fn payment_with_a_part_paid() {
    compare!("payment", Shop::selling, &format!("{BASKET} f10 '200' k"));
}

#[test]
fn receipt_with_change() {
    compare!("receipt", Shop::selling, &format!("{BASKET} f10 f7"));
}

#[test]
fn suspended_documents() {
    compare!("suspended", Shop::selling, &format!("{BASKET} 'Table 5' ctrl+s '10106' enter ctrl+s ctrl+r"));
}

#[test]
fn goods_brought_back() {
    compare!("return", Shop::managed, "'5*14101' enter '10106' enter plus enter ctrl+b '1' enter '2' enter");
}

#[test]
fn period() {
    compare!("closure", Shop::selling, "esc 4");
}

#[test]
fn x_report() {
    compare!("x_report", Shop::selling, &format!("{BASKET} plus enter esc 4 x"));
}

#[test]
fn closing_asks() {
    compare!("z_question", Shop::managed, "'10106' enter plus enter esc 4 z '5000' enter");
}

#[test]
fn keys_of_the_sale_screen() {
    compare!("help", Shop::selling, "f1");
}

#[test]
fn palette() {
    compare!("palette", Shop::selling, "f2 'disc'");
}

#[test]
fn product_search() {
    compare!("products", Shop::selling, "f3 'loaf' down");
}

#[test]
fn approval() {
    compare!("approval", Shop::selling, "'10106' enter '5' ctrl+g 'm' enter '99' enter");
}

#[test]
fn age_check() {
    compare!("age", Shop::selling, "'17101' enter");
}

#[test]
fn the_customer_of_a_sale_is_shown_with_tier_points_what_they_are_worth_and_the_birthday() {
    let mut shop = Shop::selling(120, 40);
    let today = shop.till().now().local.date();
    let other = today - chrono::Days::new(40);
    let known = shop.till().customer_with_code("C002").unwrap().unwrap();
    let born = |shop: &mut Shop, date| {
        let mut details = shop.till().person(known.id).unwrap().unwrap().details;
        details.date_of_birth = Some(date);
        let new = NewCustomer { code: known.code.clone(), details, ..NewCustomer::default() };
        shop.till().change_customer(known.id, &new).unwrap();
    };
    born(&mut shop, other);
    shop.keys("'10106' enter f11 'C002' enter");
    let on = other.format("birthday %d/%m").to_string();
    for words in ["│Idris Vale", "1200 points", "worth £12.00", on.as_str()] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
    assert!(!shop.shows(&today.format("%Y").to_string()), "nobody's age is shown: {}", shop.screen());
    born(&mut shop, today);
    shop.keys("'10106' enter");
    assert!(shop.shows("birthday today") && !shop.shows(&on), "{}", shop.screen());
}

#[test]
fn a_wide_terminal_shows_the_customer_and_the_last_receipt() {
    let mut shop = Shop::selling(200, 60);
    shop.keys("'10106' enter plus enter '10101' enter");
    insta::assert_snapshot!(shop.screen());
}

#[test]
fn a_terminal_that_is_too_small_asks_for_room_and_nothing_is_lost() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter '47'");
    for (width, height) in [(10, 5), (1, 1), (79, 24), (80, 23), (0, 0)] {
        shop.session.state.size = ratatui::layout::Size::new(width, height);
        let screen = shop.screen();
        assert!(!screen.contains("Baguette"));
        if width >= 10 && height >= 5 {
            assert!(screen.contains("enlarge"), "{screen}");
        }
    }
    // Nobody sells blind.
    shop.keys("'11' esc plus");
    shop.session.perform(saleflex_tui::action::Action::Scan("10101".to_owned()));
    shop.session.state.size = ratatui::layout::Size::new(80, 24);
    assert!(shop.shows("Baguette") && shop.shows("> 47") && !shop.shows("> 4711"), "{}", shop.screen());
    assert_eq!((shop.lines().len(), shop.document().tenders.len()), (1, 0));
    shop.keys("'11'");
    assert!(shop.shows("> 4711"), "{}", shop.screen());
    // The key that ends the program does, for what it asks could not be read.
    shop.session.state.size = ratatui::layout::Size::new(10, 5);
    shop.keys("ctrl+q");
    assert!(shop.session.state.is_over);
}

/// The figure of a row of the totals at 80 columns.
fn total(shop: &Shop, word: &str) -> String {
    let screen = shop.screen();
    let line = screen.lines().find(|line| line.starts_with(&format!("│{word} "))).unwrap_or_default();
    let row: String = line.chars().skip(1).take(22).collect();
    row.split_whitespace().last().unwrap_or_default().to_owned()
}

#[test]
fn totals_count_what_is_off_a_line_as_a_discount_and_add_up() {
    let mut shop = Shop::selling(80, 24);
    // A tenth off 0.95 is 0.10: halves go up.
    shop.keys("'10106' enter up ctrl+d '10' enter");
    let totals = ["Sales", "Discount", "Net due"].map(|word| total(&shop, word));
    assert_eq!(totals, ["0.95", "-0.10", "0.85"], "{}", shop.screen());
}

#[test]
fn a_quantity_of_many_digits_is_shown_whole_with_its_unit_where_names_can_give_way() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'123.456*301' enter");
    assert!(shop.shows("123.456kg"), "{}", shop.screen());
}
