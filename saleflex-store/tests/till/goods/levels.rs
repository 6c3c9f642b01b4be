//! What moves a level, what a till shows of it, and how postings are numbered.

use super::*;

#[test]
fn a_voided_line_moves_nothing_neither_on_a_sale_nor_on_a_return_i3() {
    let mut shop = open();
    let void = |line| Sell::VoidLine { line: LineNo(line), reason: None };
    shop.execute(sell_some("D", "3"));
    shop.execute(sell_some("A", "5"));
    shop.execute(void(2));
    shop.execute(sell_some("A", "2"));
    let done = shop.execute(cash());
    let sale = done.completed()[0].document();
    assert_eq!((here(&shop, "A").on_hand, here(&shop, "D").on_hand), (some(98), some(7)));
    let sold = |code: &str| sale.active_lines().find(|line| line.item.code == code).unwrap().no.0;
    shop.execute(Request::begin_return(sale.id));
    shop.execute(take_back(sold("A"), "1"));
    shop.execute(take_back(sold("D"), "2"));
    let taken = shop.till.draft().unwrap().active_lines().next().unwrap();
    assert_eq!(taken.item.code, "A");
    let taken = taken.no.0;
    shop.execute(void(taken));
    shop.execute(cash());
    assert_eq!((here(&shop, "A").on_hand, here(&shop, "D").on_hand), (some(98), some(9)));
    shop.check_whole();
}

#[test]
fn goods_whose_stock_is_kept_nowhere_are_sold_and_moved_nowhere_i4() {
    let mut shop = open();
    shop.execute(sell_some("B", "4"));
    shop.execute(cash());
    assert_eq!(shop.till.stock(product("B")).unwrap(), None);
    assert!(shop.till.stock_levels(product("B").into()).unwrap().is_empty());
    assert!(shop.till.stock_movements(product("B"), 10).unwrap().is_empty());
    shop.check_whole();
}

#[test]
fn the_stock_a_till_shows_is_that_of_the_location_it_sells_from_i8() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    moved(&mut shop, &receive(back, vec![line(product("A"), 40)]));
    assert_eq!(here(&shop, "A").on_hand, some(100), "what lies elsewhere is not there");
    let mut settings = shop.till.settings().clone();
    settings.stock.sales_location = Some(back);
    shop.till.change_settings(settings).unwrap();
    shop.execute(sell("A"));
    shop.execute(cash());
    assert_eq!(here(&shop, "A").on_hand, some(39));
    assert_eq!(on_hand(&shop, product("A"), floor), some(100));
}

#[test]
fn stock_is_low_as_long_as_it_is_whatever_made_it_so_i9() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    let place = Place { item: product("C").into(), location: floor };
    shop.till.set_stock_limits(place, Limits { minimum: some(2), ..Limits::default() }).unwrap();
    let is_low = |shop: &Shop| shop.till.low_stock().unwrap().iter().any(|row| row.place == place);
    assert!(!is_low(&shop), "three are there");
    shop.execute(sell("C"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    assert!(is_low(&shop), "sold");
    shop.execute(Request::begin_return(sale));
    shop.execute(take_back(1, "1"));
    shop.execute(cash());
    assert!(!is_low(&shop), "brought back");
    let c = || vec![take(product("C"), 1)];
    for (command, is_so) in [
        (Command::Transfer(transfer(floor, back, c())), true),
        (receive(floor, vec![line(product("C"), 1)]), false),
        (issue(IssueKind::Broken, floor, c()), true),
        (adjust(product("C"), floor, 3), false),
    ] {
        moved(&mut shop, &command);
        assert_eq!(is_low(&shop), is_so, "{command:?}");
    }
}

#[test]
fn numbers_of_postings_have_no_gap_within_a_till_and_a_kind_i14() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    let number = |shop: &mut Shop, command: &Command| {
        shop.till.move_goods(command, None).unwrap().number.unwrap().to_string()
    };
    let came = |quantity| receive(back, vec![line(product("A"), quantity)]);
    assert_eq!(number(&mut shop, &came(4)), "RCV-20250406-T1-1");
    // What is refused has no number.
    refused(&mut shop, &came(-1));
    assert_eq!(number(&mut shop, &adjust(product("A"), floor, 90)), "ADJ-20250406-T1-1");
    assert_eq!(number(&mut shop, &came(4)), "RCV-20250406-T1-2");
    let mut shop = shop.restarted();
    shop.clock.advance(chrono::Duration::days(1));
    shop.log_in(ADMIN);
    assert_eq!(number(&mut shop, &came(4)), "RCV-20250407-T1-3", "another day begins no other row");
    assert_eq!(number(&mut shop, &adjust(product("A"), floor, 80)), "ADJ-20250407-T1-2");
}

#[test]
fn goods_that_were_sold_meanwhile_do_not_hold_up_the_payment_of_what_was_rung_up() {
    let mut shop = open();
    shop.execute(sell_some("C", "3"));
    shop.execute(suspend());
    shop.execute(sell_some("C", "3"));
    shop.execute(cash());
    shop.till.resume(shop.till.suspended().unwrap()[0].id).unwrap();
    let more = shop.till.execute(sell("C"));
    assert!(matches!(more, Err(Error::Refused(Refusal::OutOfStock { .. }))), "{more:?}");
    assert_eq!(shop.execute(cash()).completed().len(), 1);
    assert_eq!(here(&shop, "C").on_hand, some(-3), "what was sold is a fact");
    shop.check_whole();
}
