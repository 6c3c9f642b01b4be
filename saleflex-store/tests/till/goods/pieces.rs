//! Pieces with serial numbers on disk: sold, brought back, found again.

use saleflex_core::{
    catalog::{Attribute, CatalogChange, ProductDetails, SerialNo},
    document::{AddLine, Command as Sell, PieceRefusal, Refusal, ReturnLine, Whereabouts},
    ids::LineNo,
    inventory::{MovementKind, Stock, Tracking},
};
use saleflex_store::{Error, Request, Till, till::WARRANTY_MONTHS, verify::Verification};

use super::{moved, open};
use crate::support::{
    goods::{back, floor, receive, with_numbers},
    shop::{ADMIN, Shop, cash, product, sell, take_back},
};

fn serial(text: &str) -> SerialNo {
    SerialNo::parse(text).unwrap()
}

/// A shop in which S1 and S2 of B lie where it sells from and S3 lies elsewhere; B is not sold beyond its stock.
fn stocked() -> Shop {
    let mut shop = open();
    let mut b = shop.till.catalog().product(product("B")).unwrap().to_product();
    b.permissions.negative_stock = false;
    let mut details = ProductDetails::none(product("B"));
    details.attributes.insert(WARRANTY_MONTHS.into(), Attribute::read("24"));
    let change = CatalogChange { products: vec![b], details: vec![details], ..CatalogChange::default() };
    shop.till.change_catalog(change).unwrap();
    shop.till.set_tracking(product("B"), Tracking::Serials).unwrap();
    let (floor, back) = (floor(&shop), back(&shop));
    moved(&mut shop, &receive(floor, vec![with_numbers(product("B"), &["S1", "S2"])]));
    moved(&mut shop, &receive(back, vec![with_numbers(product("B"), &["S3"])]));
    shop
}

fn refused(shop: &mut Shop, command: Sell) -> Refusal {
    let head = *shop.till.chain_head();
    let refusal = shop.till.execute(command).unwrap_err();
    assert_eq!(*shop.till.chain_head(), head, "a refused command leaves nothing");
    if let Error::Refused(refusal) = refusal { refusal } else { panic!("{refusal:?}") }
}

fn name(text: &str) -> Sell {
    Sell::NamePieces { line: LineNo(1), serials: vec![serial(text)] }
}

#[test]
fn a_piece_is_sold_by_its_number_once_and_comes_back_by_it() {
    let mut shop = stocked();
    shop.execute(sell("B"));
    assert!(matches!(
        refused(&mut shop, cash()),
        Refusal::Piece(PieceRefusal::Needed { line: LineNo(1), .. })
    ));
    assert_eq!(refused(&mut shop, name("S3")), Refusal::Piece(PieceRefusal::Absent { serial: serial("S3") }));
    shop.execute(name("S1"));
    let sold = shop.execute(cash()).completed()[0].document().clone();
    assert_eq!(sold.lines[0].serials, [serial("S1")]);
    let gone = Refusal::Piece(PieceRefusal::Sold {
        serial: serial("S1"),
        on: shop.till.now().business_date,
        document: sold.number,
    });
    // It is gone; what is known by no code is looked for among the pieces, and sold with its number.
    shop.execute(sell("S2"));
    assert_eq!(shop.till.draft().unwrap().lines[0].serials, [serial("S2")]);
    assert_eq!(refused(&mut shop, name("S1")), gone);
    assert_eq!(refused(&mut shop, sell("S1")), gone, "nor is it unknown when it is scanned");
    shop.execute(cash());
    shop.check_whole();
    let mut shop = shop.restarted();
    shop.log_in(ADMIN);
    shop.execute(Request::begin_return(sold.id));
    let Sell::ReturnLine(line) = take_back(1, "1") else { panic!("a return") };
    let other = Sell::ReturnLine(ReturnLine { serials: vec![serial("S2")], ..line });
    assert_eq!(refused(&mut shop, other), Refusal::Piece(PieceRefusal::NotSold { serial: serial("S2") }));
    shop.execute(take_back(1, "1"));
    shop.execute(cash());
    assert!(shop.till.stock(product("B")).unwrap().unwrap().has(&serial("S1")));
    shop.check_whole();
}

#[test]
fn what_became_of_a_piece_is_told_with_its_warranty() {
    let mut shop = stocked();
    shop.execute(sell("S1"));
    let sale = shop.execute(cash()).completed()[0].document().clone();
    let told = |shop: &Shop| {
        let [story] = shop.till.pieces(&serial("S1")).unwrap().try_into().unwrap();
        let kinds: Vec<_> = story.movements.iter().map(|moved| moved.movement.kind).collect();
        (story.place.is_some(), story.sold, story.warranty_until, kinds)
    };
    let day = |text: &str| Some(text.parse().unwrap());
    let gone = (false, day("2025-04-06"), day("2027-04-06"), vec![MovementKind::Receipt, MovementKind::Sale]);
    assert_eq!(told(&shop), gone);
    let story = &shop.till.pieces(&serial("S1")).unwrap()[0].movements[1];
    assert_eq!(
        (story.serials.as_slice(), &story.number),
        (&[serial("S1")][..], &Some(sale.number.to_string()))
    );
    shop.execute(Request::begin_return(sale.id));
    shop.execute(take_back(1, "1"));
    shop.execute(cash());
    let kinds = vec![MovementKind::Receipt, MovementKind::Sale, MovementKind::Return];
    assert_eq!(told(&shop), (true, None, None, kinds));
    assert_eq!(shop.till.pieces(&serial("S")).unwrap(), [], "a number is not found by a part of it");
}

/// A piece of B.
fn piece(text: &str) -> Sell {
    Sell::AddLine(AddLine::code("B").of_pieces(vec![serial(text)]))
}

#[test]
fn a_piece_that_is_sold_is_sold_by_nobody_though_the_shop_sells_beyond_its_stock_and_looks_at_nothing() {
    let mut shop = stocked();
    let mut b = shop.till.catalog().product(product("B")).unwrap().to_product();
    b.permissions.negative_stock = true;
    shop.till.change_catalog(CatalogChange { products: vec![b], ..CatalogChange::default() }).unwrap();
    let doubted = refused(&mut shop, piece("N1"));
    assert!(
        matches!(&doubted, Refusal::Piece(PieceRefusal::Doubted { serial, .. }) if serial.as_str() == "N1"),
        "{doubted:?}"
    );
    // It is sold before it is delivered: when it is, it is gone all the same.
    shop.execute(Request::from(piece("N1")).counted());
    shop.execute(cash());
    let is_sold = |refusal| matches!(refusal, Refusal::Piece(PieceRefusal::Sold { .. }));
    assert!(is_sold(refused(&mut shop, piece("N1"))));
    let floor = floor(&shop);
    moved(&mut shop, &receive(floor, vec![with_numbers(product("B"), &["N1"])]));
    assert!(is_sold(refused(&mut shop, piece("N1"))));
    assert_eq!(shop.till.pieces(&serial("N1")).unwrap()[0].sold, Some(shop.till.now().business_date));
    let mut settings = shop.till.settings().clone();
    settings.stock.check_at_ring_up = false;
    shop.till.change_settings(settings).unwrap();
    let mut shop = shop.restarted();
    shop.log_in(ADMIN);
    assert!(is_sold(refused(&mut shop, piece("N1"))));
    shop.execute(piece("N2"));
    shop.execute(cash());
    shop.check_whole();
}

/// A return of a B that was sold before its kind had numbers; S1 lies on the floor since.
fn bringing_back_what_had_no_number() -> Shop {
    let mut shop = open();
    shop.execute(sell("B"));
    let sale = shop.execute(cash()).completed()[0].document().clone();
    let floor = floor(&shop);
    shop.till.set_stock(product("B"), Stock::ZERO, "counted out".to_owned()).unwrap();
    shop.till.set_tracking(product("B"), Tracking::Serials).unwrap();
    moved(&mut shop, &receive(floor, vec![with_numbers(product("B"), &["S1"])]));
    shop.execute(Request::begin_return(sale.id));
    shop
}

#[test]
fn what_was_sold_before_its_product_had_numbers_lies_here_with_one_when_it_is_back() {
    let mut shop = bringing_back_what_had_no_number();
    assert!(matches!(refused(&mut shop, take_back(1, "1")), Refusal::Piece(PieceRefusal::Needed { .. })));
    let Sell::ReturnLine(line) = take_back(1, "1") else { panic!("a return") };
    let of = |text: &str| Sell::ReturnLine(ReturnLine { serials: vec![serial(text)], ..line.clone() });
    assert_eq!(refused(&mut shop, of("S1")), Refusal::Piece(PieceRefusal::Present { serial: serial("S1") }));
    shop.execute(of("S2"));
    shop.execute(cash());
    assert_eq!(shop.till.whereabouts(product("B"), &serial("S2")).unwrap(), Some(Whereabouts::Here));
    shop.execute(sell("S2"));
    shop.execute(cash());
    shop.check_whole();
}

#[test]
fn what_was_sold_before_its_product_had_numbers_comes_back_without_one_where_it_goes_on_no_shelf() {
    let mut shop = bringing_back_what_had_no_number();
    let Sell::ReturnLine(line) = take_back(1, "1") else { panic!("a return") };
    shop.execute(Sell::ReturnLine(ReturnLine { restock: false, ..line }));
    let back = shop.execute(cash()).completed()[0].document().clone();
    assert!(back.lines[0].serials.is_empty() && !back.lines[0].returned.as_ref().unwrap().restock);
    let level = shop.till.stock(product("B")).unwrap().unwrap();
    assert_eq!((level.on_hand.decimal(), level.serials.len()), (1.into(), 1), "the shelf has what it had");
    shop.check_whole();
}

#[test]
fn an_older_file_learns_which_movements_moved_a_piece() {
    let mut shop = stocked();
    shop.execute(sell("S1"));
    shop.execute(cash());
    let wanted = shop.till.pieces(&serial("S1")).unwrap();
    let clock = shop.clock.clone();
    let (folder, path) = shop.stopped();
    let older = rusqlite::Connection::open(&path).unwrap();
    older
        .execute_batch(
            "DROP TABLE voucher; DROP TABLE stock_serial_movement; DROP INDEX stock_serial_by_serial; DROP INDEX delivery_flagged; \
             DROP INDEX cashier_badge; ALTER TABLE cashier DROP COLUMN badge; \
             ALTER TABLE cashier DROP COLUMN identity_number; ALTER TABLE cashier DROP COLUMN description; \
             ALTER TABLE cashier DROP COLUMN created_at; ALTER TABLE cashier DROP COLUMN last_log_in; \
             ALTER TABLE stock_limits DROP COLUMN pack; ALTER TABLE stock_count_finding DROP COLUMN adjusted; \
             ALTER TABLE stock_level DROP COLUMN opening_cost; ALTER TABLE unit DROP COLUMN measure; \
             ALTER TABLE form DROP COLUMN min_cols; ALTER TABLE form DROP COLUMN min_rows; ALTER TABLE form DROP COLUMN display_mode; \
             ALTER TABLE form_control DROP COLUMN character_casing; ALTER TABLE form_control DROP COLUMN input_type; \
             ALTER TABLE form_control DROP COLUMN confirm; ALTER TABLE form_control DROP COLUMN list_values; \
             ALTER TABLE form_control DROP COLUMN image; ALTER TABLE form_control DROP COLUMN tool_tip; \
             ALTER TABLE form_control DROP COLUMN text_alignment; \
             ALTER TABLE form_control DROP COLUMN fore_color; ALTER TABLE form_control DROP COLUMN back_color; \
             DROP TABLE points_elsewhere; DROP TABLE points_leave; DROP TABLE points_untold; \
             DROP INDEX inbox_old_barcode; ALTER TABLE inbox DROP COLUMN taken_as; \
             ALTER TABLE inbox DROP COLUMN was_taken",
        )
        .unwrap();
    older.pragma_update(None, "user_version", 16).unwrap();
    drop(older);
    let till = Till::open(&path, clock).unwrap();
    assert_eq!(till.pieces(&serial("S1")).unwrap(), wanted);
    assert_eq!(wanted[0].movements.len(), 2);
    assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
    drop(folder);
}
