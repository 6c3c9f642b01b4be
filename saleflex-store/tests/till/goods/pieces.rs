//! Pieces with serial numbers on disk: sold, brought back, found again.

use saleflex_core::{
    catalog::{Attribute, CatalogChange, ProductDetails, SerialNo},
    document::{Command as Sell, Refusal, ReturnLine},
    ids::LineNo,
    inventory::{MovementKind, Tracking},
};
use saleflex_store::{Error, Request, till::WARRANTY_MONTHS};

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
    assert!(matches!(refused(&mut shop, cash()), Refusal::SerialsNeeded { line: LineNo(1), .. }));
    assert_eq!(refused(&mut shop, name("S3")), Refusal::SerialAbsent { serial: serial("S3") });
    shop.execute(name("S1"));
    let sold = shop.execute(cash()).completed()[0].document().clone();
    assert_eq!(sold.lines[0].serials, [serial("S1")]);
    // It is gone; what is known by no code is looked for among the pieces, and sold with its number.
    shop.execute(sell("S2"));
    assert_eq!(shop.till.draft().unwrap().lines[0].serials, [serial("S2")]);
    assert_eq!(refused(&mut shop, name("S1")), Refusal::SerialAbsent { serial: serial("S1") });
    shop.execute(cash());
    shop.check_whole();
    let mut shop = shop.restarted();
    shop.log_in(ADMIN);
    shop.execute(Request::begin_return(sold.id));
    let Sell::ReturnLine(line) = take_back(1, "1") else { panic!("a return") };
    let other = Sell::ReturnLine(ReturnLine { serials: vec![serial("S2")], ..line });
    assert_eq!(refused(&mut shop, other), Refusal::SerialNotSold { serial: serial("S2") });
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
