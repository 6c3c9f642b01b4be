//! Stories of a shop: keys lead to a screen, and to what is stored.

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentValue},
    document::Kind,
    money::Money,
    tender::TenderKind,
};
use saleflex_store::customer::NewCustomer;
use saleflex_tui::{input::Scanner, keymap::Mode};

use crate::common::harness::Shop;

fn minor(amount: i64) -> Money {
    Money::from_minor(amount)
}

#[test]
fn a_complete_sale_by_keyboard_alone() {
    let mut shop = Shop::selling(120, 40);
    shop.till().add_customer(&NewCustomer::named("K1", "Nora Field")).unwrap();
    // Three with the multiplier, two by a product key, one by barcode.
    shop.keys("'3*' enter '10106' enter f5 f5 '2' alt+1 '5097124000837' enter");
    assert_eq!(
        shop.lines(),
        ["3 Baguette 2.85", "2 All butter croissant 1.80", "1 Salted butter 250 g 2.05"]
    );
    // An inquiry sells nothing.
    shop.keys("f4 '14101' enter");
    assert!(shop.shows("Price and stock") && shop.shows("0.75 / PCS"), "{}", shop.screen());
    shop.keys("esc");
    assert_eq!(shop.lines().len(), 3);
    // Ten percent off the last line, the customer by code, split tender with change.
    shop.keys("'10' ctrl+d f11 'K1' enter f10 '500' k f6");
    assert!(shop.shows("CHANGE £8.51"), "{}", shop.screen());
    let sale = shop.settled().pop().unwrap();
    let sale = sale.document();
    assert_eq!(sale.totals.net_due, minor(649));
    assert_eq!(sale.change, minor(851));
    assert!(sale.customer.is_some());
    let tenders: Vec<_> = sale.tenders.iter().map(|tender| (tender.kind, tender.amount)).collect();
    assert_eq!(tenders, [(TenderKind::CreditCard, minor(500)), (TenderKind::Cash, minor(1000))]);
    // The receipt is left behind by selling on.
    shop.keys("'10101' enter");
    assert_eq!(shop.lines(), ["1 White loaf 800g 1.15"]);
}

#[test]
fn what_nobody_knows_is_refused_and_kept_and_the_next_entry_replaces_it() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'0000000000000' enter");
    assert_eq!(shop.message(), "Nothing is known as 0000000000000.");
    assert!(shop.shows("> 0000000000000"));
    shop.keys("'10106' enter");
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
    // Mending it keeps it.
    shop.keys("'10107x9' enter backspace backspace enter");
    assert_eq!(shop.lines().len(), 2);
}

#[test]
fn escape_leads_from_an_empty_sale_to_the_menu_and_back() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc");
    assert!(shop.shows("Esc: back to the sale"), "{}", shop.screen());
    shop.keys("esc '10106' enter");
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
    // A screen that was opened from the menu leads back to the menu.
    shop.keys("esc 2 esc");
    assert!(!shop.shows("Esc: back to the sale"), "{}", shop.screen());
    shop.keys("esc 1 plus");
    assert_eq!(shop.settled().len(), 1);
}

#[test]
fn so_many_of_what_nobody_knows_are_told_as_they_were_read() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'99*3' enter");
    assert_eq!(shop.message(), "Read as 99 × 3. Nothing is known as 3.");
    assert!(shop.shows("> 99*3"), "what was typed stays to be mended");
    assert!(shop.lines().is_empty());
}

#[test]
fn none_of_something_is_told_to_be_too_few_and_not_to_be_unknown() {
    for typed in ["0*14101", "14101*0", "000*301", "0*"] {
        let mut shop = Shop::selling(80, 24);
        shop.keys(&format!("'{typed}' enter"));
        assert_eq!(shop.message(), "The quantity must be a number above nothing.", "{typed}");
        assert!(shop.lines().is_empty());
    }
    let mut shop = Shop::selling(80, 24);
    shop.keys("'0*nobody' enter");
    assert_eq!(shop.message(), "Nothing is known as 0*nobody.");
}

#[test]
fn ten_thousand_digits_control_and_wide_characters_do_no_harm() {
    let mut shop = Shop::selling(80, 24);
    shop.keys(&format!("'{}' enter", "7".repeat(10_000)));
    assert!(shop.message().starts_with("Nothing is known as 777"), "{}", shop.message());
    shop.keys("esc '漢字ÇAY€👩‍👩‍👧' enter");
    assert!(shop.message().contains("漢字ÇAY€"), "{}", shop.message());
    assert!(shop.shows("漢字"));
    let escape = "\u{1b}[2J\u{7}\u{200b}\u{202e}10106";
    shop.keys("esc");
    shop.session.handle(saleflex_tui::input::Input::Paste(escape.to_owned()));
    shop.keys("enter");
    assert!(!shop.screen().contains('\u{7}'));
    assert_eq!(shop.lines(), Vec::<String>::new());
}

#[test]
fn a_scan_sells_even_where_letters_run_functions_and_waits_where_something_must_be_answered() {
    let mut shop = Shop::selling(120, 40);
    let mut scanner = Scanner::new(None);
    for _ in 0..20 {
        shop.scan(&mut scanner, "5098101000017");
    }
    assert_eq!(shop.lines().len(), 20);
    // With a line selected, `d` would void it.
    shop.keys("up");
    assert_eq!(shop.session.state.mode(), Mode::Line);
    shop.scan(&mut scanner, "5098101000024");
    assert_eq!(shop.lines().len(), 21);
    // While a price is asked for, the scan waits; it is not typed into the price.
    shop.keys("'9001' enter");
    shop.scan(&mut scanner, "5098101000031");
    assert!(shop.message().contains("waits"));
    assert_eq!(shop.lines().len(), 21);
    shop.keys("'250' enter");
    assert_eq!(shop.lines().len(), 23);
    assert_eq!(shop.lines()[21], "1 Sundries 2.50");
    // Over a receipt, and from the menu.
    shop.keys("plus");
    shop.scan(&mut scanner, "5098101000017");
    assert_eq!(shop.lines().len(), 1);
    shop.keys("esc");
    assert_eq!(shop.session.state.mode(), Mode::Page);
    shop.scan(&mut scanner, "5098101000017");
    assert_eq!(shop.lines().len(), 2);
}

#[test]
fn a_manager_approves_and_both_names_are_recorded() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'4*14101' enter '10' ctrl+g");
    assert!(shop.shows("A manager has to agree"));
    // Nobody is chosen for them: a PIN alone is nobody's.
    shop.keys("enter '2222' enter");
    assert!(shop.shows("Choose who agrees"), "{}", shop.screen());
    // A wrong PIN asks the same again and changes nothing.
    shop.keys("'a' enter '9999' enter");
    assert!(shop.shows("The name or the PIN is wrong."));
    assert!(shop.document().adjustments.is_empty());
    shop.keys("up right down '2222' enter");
    let document = shop.document();
    let authority = document.adjustments[0].authority;
    let mut name = |id| shop.session.till().unwrap().cashier(id).unwrap().name.clone();
    assert_eq!(name(authority.cashier), "Priya Thornbury");
    assert_eq!(authority.approved_by.map(&mut name).as_deref(), Some("Morgan Ellwood"));
    assert_eq!(document.totals.net_due, minor(270));
    // The next time nobody is chosen again.
    shop.keys("up p '0.50' enter 'm' enter '2222' enter");
    assert_eq!(shop.lines(), ["4 Baked beans 400 g 2.00"]);
}

#[test]
fn age_is_asked_for_once_and_the_young_are_refused() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'17101' enter");
    assert!(shop.shows("at least 18"));
    shop.keys("right enter '2010-01-01' enter");
    assert_eq!(shop.message(), "The buyer is younger than 18: not sold. Another's date of birth sells it.");
    assert!(shop.lines().is_empty());
    shop.keys("enter right enter '1990-01-01' enter");
    assert_eq!(shop.lines(), ["1 Millrace pale ale 500 ml 2.10"]);
    shop.keys("'17102' enter");
    assert_eq!(shop.lines().len(), 2);
}

#[test]
fn departments_open_prices_and_weights_are_sold() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'250' alt+0 '9001' enter '1.99' enter '0.75*301' enter");
    assert_eq!(shop.lines(), ["1 Bakery 2.50", "1 Sundries 1.99", "0.75 Bananas 0.83"]);
    // Department by number; the price is typed first.
    shop.keys("f2 'department by' enter");
    assert_eq!(shop.message(), "Type the price first, then the department.");
    shop.keys("'99' f2 'department by' enter '2' enter");
    assert_eq!(shop.lines().len(), 4);
    // Pieces have no fractions.
    shop.keys("'0.5*14101' enter");
    assert_eq!(shop.message(), "A quantity of PCS has at most 0 digits after the point.");
}

#[test]
fn a_line_is_repeated_changed_and_voided_and_the_last_void_cancels() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'14101' enter up r '3' q");
    // Typing leaves the selection: `3` then `q` is text. The quantity is asked for on the line.
    assert_eq!(shop.lines().len(), 2);
    shop.keys("esc up q '3' enter up p '1.00' enter up n 'dented' enter");
    assert_eq!(shop.lines(), ["1 Baked beans 400 g 0.75", "3 Baked beans 400 g 3.00"]);
    assert_eq!(shop.document().notes[0].text, "dented");
    shop.keys("- -");
    assert!(shop.session.till().unwrap().draft().is_none());
    assert!(shop.message().ends_with("is cancelled."), "{}", shop.message());
}

#[test]
fn discounts_and_markups_by_keys_by_the_flipped_keys_and_taken_back() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'4*14101' enter '50' ctrl+u f9 ctrl+d '10' enter");
    let document = shop.document();
    let kinds: Vec<_> = document.lines[0].adjustments.iter().map(|it| (it.kind, it.amount)).collect();
    assert_eq!(kinds, [(AdjustmentKind::Discount, minor(50)), (AdjustmentKind::Surcharge, minor(25))]);
    assert!(!shop.session.state.is_flipped);
    shop.keys("'10' ctrl+g");
    assert!(matches!(shop.document().adjustments[0].value, AdjustmentValue::Percent(_)));
    shop.keys("f2 'take a disc' enter enter");
    assert!(shop.document().adjustments.is_empty());
    shop.keys("'101' ctrl+d");
    assert!(shop.message().contains("is out of range"));
    assert!(shop.shows("> 101"));
}

#[test]
fn documents_are_parked_by_name_resumed_and_cancelled_by_the_explicit_key() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter 'Table 5' ctrl+s '10101' enter ctrl+s ctrl+s");
    assert!(shop.shows("Table 5") && shop.shows("2 parked"), "{}", shop.screen());
    shop.keys("f6");
    assert!(shop.shows("White loaf") && shop.shows("1.15"), "{}", shop.screen());
    assert!(shop.till().draft().is_none(), "it was only looked at");
    shop.keys("esc delete enter");
    assert!(shop.shows("Press Y for yes"));
    assert!(shop.message().contains("Enter does not confirm"));
    shop.keys("y");
    assert!(shop.shows("1 parked"));
    shop.keys("enter");
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
    shop.keys("ctrl+x n esc");
    assert_eq!(shop.lines().len(), 1);
    shop.keys("ctrl+x y");
    assert!(shop.session.till().unwrap().draft().is_none());
}

#[test]
fn goods_come_back_by_receipt_in_pieces_and_are_paid_out_as_they_were_paid() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'5*14101' enter '10106' enter f10 '200' k plus enter");
    // The baguette may not come back; two of five tins do.
    shop.keys("ctrl+b '1' enter down space");
    assert!(shop.message().contains("may not be returned"), "{}", shop.message());
    shop.keys("up '2' enter f10");
    assert!(shop.shows("was paid with") && shop.shows("TO PAY OUT"), "{}", shop.screen());
    // The card holds two pounds; the first press offers what is owed.
    shop.keys("k");
    assert!(shop.shows("> 1.50"));
    shop.keys("k");
    assert!(shop.shows("NOTHING IN CASH: Card £1.50"), "{}", shop.screen());
    let refund = shop.settled().pop().unwrap();
    assert_eq!(refund.document().kind, Kind::Return);
    assert_eq!(refund.document().totals.net_due, minor(150));
    shop.keys("enter ctrl+b '1' enter");
    assert!(shop.shows("2.25"), "three tins are left: {}", shop.screen());
    shop.keys("esc esc '77' enter");
    shop.keys("ctrl+b '77' enter");
    assert_eq!(shop.message(), "There is no completed sale 77.");
}

#[test]
fn goods_come_back_without_a_receipt_and_are_exchanged() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("ctrl+b w '14101' enter");
    assert_eq!(shop.document().kind, Kind::Return);
    assert!(shop.document().lines[0].returned.as_ref().is_some_and(|returned| returned.restock));
    shop.keys("f2 'exchange' enter '12403' enter");
    assert!(shop.shows("Brought back") && shop.shows("£1.30"), "{}", shop.screen());
    // Among what is paid as well: 2.05 less 0.75.
    shop.keys("f10");
    assert!(shop.shows("Brought back") && shop.shows("-0.75"), "{}", shop.screen());
    shop.keys("plus");
    let settled = shop.settled();
    assert_eq!(settled.len(), 2);
    assert_eq!(settled.iter().map(|one| one.document().kind).collect::<Vec<_>>(), [Kind::Return, Kind::Sale]);
}

#[test]
fn what_an_exchange_leaves_to_the_customer_is_said_to_be_paid_out() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("ctrl+b w '4*14101' enter f2 'exchange' enter '12403' enter");
    let owed = -shop.document().balance();
    assert!(owed.is_positive());
    shop.keys("plus");
    assert!(shop.shows("should lie in the drawer"), "{}", shop.screen());
    shop.keys("y");
    assert_eq!(shop.settled().len(), 2);
    let said = format!("PAY OUT £{}.{:02}", owed.minor() / 100, owed.minor() % 100);
    assert!(shop.shows(&said), "{said}: {}", shop.screen());
}

#[test]
fn a_purchase_asks_what_was_agreed_on_and_does_not_say_that_the_goods_have_no_price() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("ctrl+t 'self' enter '10106' enter");
    assert!(shop.shows("What was agreed on for one of 10106."), "{}", shop.screen());
}

#[test]
fn what_is_paid_out_in_cash_in_parts_is_said_in_one_amount() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("ctrl+b w '4*14101' enter f2 'exchange' enter '12403' enter f10");
    let owed = -shop.document().balance();
    let amount = format!("£{}.{:02}", owed.minor() / 100, owed.minor() % 100);
    for key in ["'20' c", "plus"] {
        shop.keys(key);
        assert!(shop.shows("should lie in the drawer"), "{}", shop.screen());
        shop.keys("y");
    }
    assert_eq!(shop.settled().len(), 2);
    assert!(shop.shows(&format!("PAY OUT {amount}")) && !shop.shows(" + £"), "{}", shop.screen());
}

#[test]
fn a_balance_that_one_key_offers_is_not_taken_by_another() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'12402' enter f10 k h");
    assert!(shop.settled().is_empty(), "{}", shop.screen());
    assert!(shop.message().starts_with("Press the same letter again"));
    shop.keys("h");
    let sale = shop.settled().pop().unwrap();
    assert_eq!(sale.document().tenders[0].kind, saleflex_core::tender::TenderKind::Cheque);
}

#[test]
fn what_was_typed_for_a_sale_is_no_part_of_what_is_typed_next() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'12402' enter '20' f10 '3' c");
    assert_eq!(shop.document().totals.paid, minor(3), "not 203");
    let mut shop = Shop::managed(120, 40);
    shop.keys("'2' ctrl+b w '14101' enter f10 c");
    assert!(shop.settled().is_empty(), "the balance is offered, two pence are not paid: {}", shop.screen());
}

#[test]
fn foreign_cash_is_taken_at_the_stored_rate() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter enter");
    // Euros or dollars: the list is asked first.
    shop.keys("'12402' enter f10 f");
    assert!(shop.shows("£1.00 = 1.18 EUR"), "{}", shop.screen());
    shop.keys("'eur' enter");
    assert!(shop.shows("3.66 EUR settles it") && shop.shows("£1.00 = 1.18 EUR"), "{}", shop.screen());
    // Typing replaces the amount offered; three euros are not enough, five give change in pounds.
    shop.keys("'3.00' enter");
    assert_eq!(shop.document().totals.paid, minor(254));
    shop.keys("f enter '500' enter");
    let sale = shop.settled().pop().unwrap();
    let foreign: Vec<_> = sale.document().tenders.iter().filter_map(|tender| tender.foreign).collect();
    assert_eq!(foreign.iter().map(|it| it.amount).collect::<Vec<_>>(), [minor(300), minor(500)]);
    assert_eq!(sale.document().change, minor(368));
}

#[test]
fn the_till_is_locked_and_only_its_cashier_goes_on() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter f12");
    assert!(shop.shows("Locked by Priya Thornbury."));
    shop.keys("esc esc '2222' enter");
    assert_eq!(shop.session.state.mode(), Mode::Login);
    assert!(shop.message().contains("wrong"));
    shop.keys("'3333' enter");
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    shop.keys("ctrl+l");
    assert!(shop.message().starts_with("A document is open"));
    shop.keys("plus enter ctrl+l");
    assert!(shop.shows("Logged out."));
}

#[test]
fn after_a_power_cut_the_document_is_there_again() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'2*10106' enter f10 '100' k");
    let mut shop = shop.restart();
    assert_eq!(shop.session.state.mode(), Mode::Login);
    shop.keys("down down '3333' enter");
    assert!(shop.message().contains("is open: go on with it"));
    assert_eq!(shop.lines(), ["2 Baguette 1.90"]);
    assert!(shop.shows("0.90"));
}

#[test]
fn closing_wants_its_own_key_and_begins_the_next_period() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter esc 4 z '0.95' enter enter");
    assert!(shop.shows("Close period 1?") && shop.shows("Counted in the drawer: £0.95"));
    assert_eq!(shop.till().period().number.0, 1);
    shop.keys("z");
    assert!(shop.shows("Z report, period 1"));
    assert_eq!(shop.till().period().number.0, 2);
    let closure = shop.till().closures(1).unwrap().pop().unwrap();
    assert_eq!(closure.report.counts.valid, 1);
    // A cashier needs the manager for it.
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter plus enter esc 4 z enter z");
    assert!(shop.shows("A manager has to agree"));
    shop.keys("'a' enter '1111' enter");
    assert_eq!(shop.till().period().number.0, 2);
}

#[test]
fn money_moves_in_and_out_of_the_drawer_with_approval() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc 4 o '1000' enter 'window cleaner' enter y");
    assert!(shop.shows("A manager has to agree"));
    shop.keys("'a' enter '1111' enter enter");
    let movement = shop.settled().pop().unwrap();
    assert_eq!(movement.document().cash_movement.as_ref().map(|it| it.amount), Some(minor(1000)));
    shop.keys("f 'x' enter 'why' enter");
    assert!(shop.shows("What was typed is no number."));
    assert_eq!(shop.settled().len(), 1);
}

#[test]
fn the_first_start_makes_the_demo_store_or_an_empty_one() {
    let mut shop = Shop::first_start(80, 24);
    shop.keys("enter");
    assert!(shop.shows("Ada Penhallow"), "{}", shop.screen());

    let mut shop = Shop::first_start(80, 24);
    shop.keys("n 'Corner' enter enter 'try' enter 'boss' enter '4321' enter '4321' enter");
    assert!(shop.shows("No taxes are known here"), "{}", shop.screen());
    shop.keys("'much' enter");
    assert!(shop.shows("What was typed is no number"), "{}", shop.screen());
    shop.keys("backspace backspace backspace backspace '20' enter");
    assert!(shop.shows("boss"), "{}", shop.screen());
    shop.keys("'4321' enter enter");
    assert_eq!(shop.till().currency().code().as_str(), "TRY");
    assert_eq!(shop.till().catalog().reference().tax_rates[0].name, "Tax 20 %");
    assert!(shop.shows("Corner / 1"));

    let mut shop = Shop::first_start(80, 24);
    shop.keys("n 'Corner' enter enter 'lira' enter 'boss' enter '4321' enter '4321' enter");
    assert!(shop.shows("A currency is three letters"));
    shop.keys("esc esc");
    assert!(shop.session.state.is_over);
}

#[test]
fn a_shop_that_begins_nowhere_in_particular_needs_a_currency_and_a_place_is_a_code() {
    for (place, said) in [("", "This place names no currency"), ("United", "is a code, such as GB or US-CA")]
    {
        let mut shop = Shop::first_start(80, 24);
        shop.keys(&format!("n 'Corner' enter '{place}' enter enter 'boss' enter '4321' enter '4321' enter"));
        assert!(shop.shows(said), "{}", shop.screen());
    }
}

#[test]
fn a_shop_of_ones_own_makes_a_product_sells_it_and_closes_its_first_day_wherever_it_is() {
    // The place, the currency typed, what twelve cost there, and the tax in it.
    for (place, currency, due, tax) in [("", "eur", 1200, 0), ("gb", "", 1200, 200), ("us-ca", "", 1287, 87)]
    {
        let mut shop = Shop::first_start(120, 40);
        shop.keys(&format!("n 'Corner' enter '{place}' enter '{currency}' enter"));
        // Nowhere in particular the usual tax is asked for.
        let no_tax = if place.is_empty() { "enter" } else { "" };
        shop.keys(&format!("'boss' enter '4321' enter '4321' enter {no_tax} '4321' enter enter"));
        shop.keys("esc p insert '1001' down 'Lantern' down down '12.00' ctrl+s");
        assert_eq!(shop.message(), "Saved.", "{place}: {}", shop.screen());
        shop.keys("esc esc 1 '1001' enter plus");
        let sold = shop.settled().pop().unwrap_or_else(|| panic!("{place}: {}", shop.screen()));
        assert_eq!(sold.document().totals.net_due, minor(due), "{place}");
        assert_eq!(sold.document().totals.tax, minor(tax), "{place}");
        shop.keys(&format!("enter esc 4 z '{}.{}' enter enter z", due / 100, due % 100));
        assert!(shop.shows("Z report, period 1"), "{place}: {}", shop.screen());
        assert_eq!(shop.till().period().number.0, 2, "{place}");
    }
}

#[test]
fn quotes_orders_and_layaways_begin_from_the_list_of_types() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("ctrl+t 'layaway' enter '12402' enter f10 '100' k");
    assert_eq!(shop.document().kind, Kind::Layaway);
    assert!(shop.shows("Layaway"));
    shop.keys("ctrl+s ctrl+r");
    assert!(shop.shows("Layaway") && shop.shows("1.00"), "{}", shop.screen());
    shop.keys("esc f2 'quote' enter '12402' enter f2 'complete' enter");
    let quote = shop.settled().pop().unwrap();
    assert_eq!(quote.document().kind, Kind::Quote);
}

#[test]
fn a_payment_is_taken_back_and_nothing_is_paid_twice() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'12402' enter f10 enter");
    assert!(shop.message().starts_with("Choose how"));
    shop.keys("'100' k '50' c up -");
    let tenders: Vec<bool> =
        shop.document().tenders.iter().map(saleflex_core::tender::Tender::counts).collect();
    assert_eq!(tenders, [true, false]);
    shop.keys("a");
    shop.keys("a");
    assert_eq!(shop.message(), "On account needs a customer: F11.");
    shop.keys("esc plus");
    assert_eq!(shop.settled().len(), 1);
    shop.keys("enter plus");
    assert_eq!(shop.settled().len(), 1);
}

#[test]
fn what_an_exchange_paid_out_is_taken_back() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("ctrl+b w '5*14101' enter f2 'exchange' enter '10106' enter f10 '100' plus y");
    let paid_out = |shop: &mut Shop| shop.document().exchange.as_ref().unwrap().totals.paid;
    assert_eq!(paid_out(&mut shop), minor(100));
    shop.keys("up -");
    let screen = shop.screen();
    assert_eq!(paid_out(&mut shop), minor(0), "{screen}");
}

#[test]
fn what_is_offered_to_be_paid_out_is_what_the_receipt_still_holds() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'5*14101' enter f10 '200' k plus enter ctrl+b '1' enter '4' enter f10 '50' k k");
    assert!(shop.shows("> 1.50"), "the card gave two pounds and has half of one back: {}", shop.screen());
    shop.keys("k k");
    assert!(shop.shows("> 0.00"), "{}", shop.screen());
}
