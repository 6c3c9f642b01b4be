//! What goods cost and are worth, and the figures of what was sold of them.

use super::*;

#[test]
fn a_delivery_shifts_the_average_and_sales_leave_it() {
    let mut shop = open();
    let back = back(&shop);
    moved(&mut shop, &receive(back, vec![at_cost(product("B"), 10, "1.0000")]));
    moved(&mut shop, &receive(back, vec![at_cost(product("B"), 5, "1.3000")]));
    assert_eq!(worth(&shop, "B"), ("1.1".into(), "16.5".into()));
    shop.execute(sell_some("B", "5"));
    shop.execute(cash());
    assert_eq!(worth(&shop, "B"), ("1.1".into(), "11".into()));
    let all = shop.till.stock_value().unwrap();
    assert_eq!(all[&product("B").into()], shop.till.worth(product("B").into()).unwrap());
    shop.check_whole();
    let mut settings = shop.till.settings().clone();
    settings.stock.costing = Costing::Fifo;
    shop.till.change_settings(settings).unwrap();
    assert_eq!(worth(&shop, "B").1, "11.5", "five at 1 and five at 1.3 are left");
    shop.check_whole();
}

#[test]
fn goods_on_their_way_are_counted_beside_what_there_is_and_get_no_numbers_there() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 10, "1")]));
    for code in ["B", "C"] {
        let command = transfer(floor, back, vec![take(product(code), 2)]);
        shop.till.send_goods(&command, None).unwrap();
        let worth = shop.till.worth(product(code).into()).unwrap();
        assert_eq!(worth.on_the_way, some(2));
        assert_eq!(shop.till.stock_value().unwrap()[&product(code).into()], worth);
    }
    let worth = shop.till.worth(product("B").into()).unwrap();
    assert_eq!((worth.on_hand, worth.value.to_string().as_str()), (some(8), "10"));
    // All that is left is on its way: nobody knows the numbers of it.
    moved(&mut shop, &issue(IssueKind::OwnUse, floor, vec![take(product("C"), 1)]));
    let refused = shop.till.set_tracking(product("C"), Tracking::Serials);
    assert!(matches!(refused, Err(Error::StockIsKept { .. })), "{refused:?}");
    let sent = shop
        .till
        .transfers(true)
        .unwrap()
        .into_iter()
        .find(|(_, sent)| sent.lines.iter().any(|line| line.item == product("C").into()));
    shop.till.take_in_goods(sent.unwrap().1.id, &[], Some(Loss::of_all("gone")), None).unwrap();
    shop.till.set_tracking(product("C"), Tracking::Serials).unwrap();
    shop.check_whole();
}

#[test]
fn goods_that_were_there_before_any_cost_was_stated_cost_what_came_first() {
    let mut shop = open();
    let floor = floor(&shop);
    assert_eq!(shop.till.worth(product("A").into()).unwrap().unit_cost, None);
    moved(&mut shop, &receive(floor, vec![at_cost(product("A"), 10, "2")]));
    assert_eq!(worth(&shop, "A"), ("2".into(), "220".into()));
}

#[test]
fn what_a_till_was_made_with_cost_what_was_known_then_and_feeds_the_average_and_what_came_first() {
    for (costing, left) in [(Costing::MovingAverage, "8.25"), (Costing::Fifo, "11")] {
        let mut setup = setup();
        for known in setup.catalog.products.iter_mut().filter(|known| known.id == product("A")) {
            known.cost_price = UnitPrice::parse("1.10").ok();
        }
        for (_, on_hand) in setup.stock.iter_mut().filter(|(known, _)| *known == product("A")) {
            *on_hand = 10.into();
        }
        setup.settings.stock.costing = costing;
        let mut shop = Shop::with(setup);
        shop.log_in(ADMIN);
        assert_eq!(worth(&shop, "A"), ("1.1".into(), "11".into()));
        // What the catalog says later is not what the first ten cost.
        let known = shop.till.catalog().product(product("A")).unwrap().to_product();
        let dearer = Product { cost_price: UnitPrice::parse("9").ok(), ..known };
        let products = vec![dearer];
        shop.till.change_catalog(CatalogChange { products, ..CatalogChange::default() }).unwrap();
        assert_eq!(worth(&shop, "A"), ("1.1".into(), "11".into()), "before any delivery too");
        assert_eq!(shop.till.stock_value().unwrap()[&product("A").into()].value.to_string(), "11");
        let floor = floor(&shop);
        moved(&mut shop, &receive(floor, vec![at_cost(product("A"), 10, "2.20")]));
        // 10 x 1.10 + 10 x 2.20 = 33, or 1.65 each.
        assert_eq!(worth(&shop, "A").1, "33");
        shop.execute(sell_some("A", "15"));
        shop.execute(cash());
        // Five are left: at 1.65 on average, or the last that came at 2.20.
        assert_eq!(worth(&shop, "A").1, left, "{costing:?}");
        let figures = shop.till.stock_figures(today(), today()).unwrap();
        let of_a = figures.iter().find(|one| one.item == product("A").into()).unwrap();
        let sold = Value::of(some(33), UnitPrice::parse("1").unwrap()) - of_a.closing;
        assert_eq!((of_a.opening.to_string().as_str(), of_a.cost_of_sales), ("11", sold));
        shop.check_whole();
    }
}

#[test]
fn a_cost_beside_a_level_that_was_not_there_at_first_is_nobodys() {
    let mut shop = open();
    let back = back(&shop);
    // Nobody said what these cost.
    moved(&mut shop, &receive(back, vec![line(product("B"), 5)]));
    let before = shop.till.worth(product("B").into()).unwrap();
    let disk = rusqlite::Connection::open(shop.till.path()).unwrap();
    let written = "UPDATE stock_level SET opening_cost = 70000 WHERE is_opening = 0";
    assert!(disk.execute(written, []).unwrap() > 0);
    assert_eq!(shop.till.worth(product("B").into()).unwrap(), before);
    assert_eq!(shop.till.stock_value().unwrap()[&product("B").into()], before);
}

#[test]
fn figures_tell_what_was_sold_what_it_cost_and_what_went_missing() {
    let mut shop = open();
    let floor = floor(&shop);
    moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 10, "2"), at_cost(product("C"), 7, "0.1")]));
    shop.execute(sell_some("B", "4"));
    shop.execute(sell("C"));
    shop.execute(cash());
    moved(&mut shop, &issue(IssueKind::Spoilt, floor, vec![take(product("B"), 1)]));
    moved(&mut shop, &adjust(product("B"), floor, 3));
    let today = today();
    let figures = shop.till.stock_figures(today, today).unwrap();
    let of = |code: &str| figures.iter().find(|one| one.item == product(code).into()).unwrap();
    let b = of("B");
    assert_eq!((b.sold, b.cost_of_sales.to_string(), b.class), (some(4), "8".into(), Class::A));
    assert_eq!((b.shrinkage.wasted, b.shrinkage.missing), (some(1), some(2)));
    assert_eq!(b.closing.to_string(), "6");
    assert_eq!(of("C").class, Class::C);
    let tomorrow = "2025-04-07".parse().unwrap();
    let later = shop.till.stock_figures(tomorrow, tomorrow).unwrap();
    assert!(later.iter().all(|one| one.sold.is_zero() && one.cost_of_sales == Value::ZERO));
    let days = shop.till.goods_a_day(product("B"), today, 7).unwrap();
    assert_eq!(days.last().unwrap().sold, some(4));
    // Ten came today, four were sold, one was thrown away, two were missing.
    assert_eq!((days[5].on_hand + some(3), days[6].on_hand), (some(3), some(3)));
}

#[test]
fn what_was_sold_before_it_came_costs_what_it_came_at_and_figures_and_stock_are_what_was_paid() {
    for (costing, sold) in [(Costing::Fifo, "174"), (Costing::MovingAverage, "174")] {
        let mut shop = open();
        let floor = floor(&shop);
        let mut settings = shop.till.settings().clone();
        settings.stock.costing = costing;
        shop.till.change_settings(settings).unwrap();
        moved(
            &mut shop,
            &receive(floor, vec![at_cost(product("B"), 10, "5"), at_cost(product("B"), 10, "6.10")]),
        );
        shop.execute(sell_some("B", "29"));
        shop.execute(cash());
        moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 12, "7")]));
        let figures = shop.till.stock_figures(today(), today()).unwrap();
        let of_b = figures.iter().find(|one| one.item == product("B").into()).unwrap();
        // 195.00 were paid.
        assert_eq!(
            (of_b.cost_of_sales.to_string().as_str(), of_b.closing.to_string().as_str()),
            (sold, "21")
        );
        shop.check_whole();
    }
}

#[test]
fn what_was_lost_before_it_came_is_no_cost_of_sales() {
    for costing in [Costing::Fifo, Costing::MovingAverage] {
        let mut shop = open();
        let (floor, back) = (floor(&shop), back(&shop));
        let mut settings = shop.till.settings().clone();
        settings.stock.costing = costing;
        shop.till.change_settings(settings).unwrap();
        moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 10, "5")]));
        shop.execute(sell_some("B", "15"));
        shop.execute(cash());
        moved(&mut shop, &receive(back, vec![at_cost(product("B"), 3, "6")]));
        moved(&mut shop, &issue(IssueKind::Spoilt, back, vec![take(product("B"), 3)]));
        moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 12, "7")]));
        let figures = shop.till.stock_figures(today(), today()).unwrap();
        let of_b = figures.iter().find(|one| one.item == product("B").into()).unwrap();
        // 152 were paid: 10 x 5 + 3 x 6 + 2 x 7 for what was sold, 3 x 7 for what was spoilt, 7 x 7 for what is there.
        assert_eq!(
            (of_b.cost_of_sales.to_string().as_str(), of_b.closing.to_string().as_str()),
            ("82", "49"),
            "{costing:?}"
        );
        assert_eq!(of_b.shrinkage.wasted, some(3));
        shop.check_whole();
    }
}

#[test]
fn stock_that_an_older_program_valued_is_valued_anew_from_what_its_file_was_made_with() {
    let mut setup = setup();
    for known in setup.catalog.products.iter_mut().filter(|known| known.id == product("A")) {
        known.cost_price = UnitPrice::parse("1.10").ok();
    }
    for (_, on_hand) in setup.stock.iter_mut().filter(|(known, _)| *known == product("A")) {
        *on_hand = 10.into();
    }
    setup.settings.stock.costing = Costing::Fifo;
    let mut shop = Shop::with(setup);
    shop.log_in(ADMIN);
    let floor = floor(&shop);
    moved(&mut shop, &receive(floor, vec![at_cost(product("A"), 10, "2.20")]));
    let clock = shop.clock.clone();
    let (folder, path) = shop.stopped();
    let older = rusqlite::Connection::open(&path).unwrap();
    let valuation = r#"{"costing":"fifo","layers":[],"owed":[],"last_cost":"9"}"#;
    assert_eq!(older.execute("UPDATE stock_cost SET valuation = ?1", [valuation]).unwrap(), 1);
    older
        .execute_batch(
            "DROP INDEX inbox_old_barcode; ALTER TABLE inbox DROP COLUMN taken_as; \
             ALTER TABLE inbox DROP COLUMN was_taken; \
             ALTER TABLE points_elsewhere DROP COLUMN tier",
        )
        .unwrap();
    older.pragma_update(None, "user_version", 28).unwrap();
    drop(older);
    let till = Till::open(&path, clock).unwrap();
    // 10 x 1.10, as was known when the till was made, and 10 x 2.20.
    assert_eq!(till.worth(product("A").into()).unwrap().value.to_string(), "33");
    assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
    drop(folder);
}

#[test]
fn the_stock_of_an_older_file_is_worth_what_was_paid_for_it() {
    let mut shop = open();
    let back = back(&shop);
    moved(&mut shop, &receive(back, vec![at_cost(product("B"), 1, "1"), at_cost(product("B"), 2, "2")]));
    assert_eq!(worth(&shop, "B"), ("1.6667".into(), "5".into()));
    let clock = shop.clock.clone();
    let (folder, path) = shop.stopped();
    let older = rusqlite::Connection::open(&path).unwrap();
    let valuation = r#"{"costing":"moving_average","on_hand":"3","unit_cost":"1.6667"}"#;
    assert_eq!(older.execute("UPDATE stock_cost SET valuation = ?1", [valuation]).unwrap(), 1);
    older.execute_batch("ALTER TABLE stock_count_finding DROP COLUMN adjusted").unwrap();
    older
        .execute_batch(
            "ALTER TABLE stock_level DROP COLUMN opening_cost; ALTER TABLE unit DROP COLUMN measure; \
             ALTER TABLE form DROP COLUMN min_cols; ALTER TABLE form DROP COLUMN min_rows; \
             ALTER TABLE form DROP COLUMN display_mode; \
             ALTER TABLE form_control DROP COLUMN character_casing; \
             ALTER TABLE form_control DROP COLUMN input_type; DROP INDEX inbox_old_barcode; \
             ALTER TABLE inbox DROP COLUMN taken_as; ALTER TABLE inbox DROP COLUMN was_taken; \
             ALTER TABLE points_elsewhere DROP COLUMN tier",
        )
        .unwrap();
    older.pragma_update(None, "user_version", 24).unwrap();
    drop(older);
    let till = Till::open(&path, clock).unwrap();
    let worth = till.worth(product("B").into()).unwrap();
    assert_eq!(worth.value.to_string(), "5");
    assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
    drop(folder);
}
