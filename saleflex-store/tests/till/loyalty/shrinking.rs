//! Points follow a basket that shrinks at one blow.

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
    document::Adjust,
    ids::LineNo,
    money::Money,
    quantity::UnitPrice,
};

use super::*;
use crate::support::shop::quantity;

/// Four of A, at 2.50, with points for 4.50.
fn redeemed() -> (Shop, CustomerId) {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    shop.execute(sell_some("A", "4"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.till.redeem_points(Points::new(450)).unwrap();
    assert_eq!((due(&shop), available(&shop, id)), (minor(550), 50));
    (shop, id)
}

fn due(shop: &Shop) -> Money {
    shop.till.draft().unwrap().totals.net_due
}

fn last() -> LineNo {
    LineNo(1)
}

#[test]
fn a_redemption_shrinks_with_whatever_is_left_when_much_goes_at_once() {
    let much_goes: [Command; 2] = [
        Command::ChangeQuantity { line: last(), quantity: quantity("1") },
        Command::OverridePrice {
            line: last(),
            price: UnitPrice::parse("0.625").unwrap(),
            reason: Some("damaged".to_owned()),
        },
    ];
    for much in much_goes {
        let (mut shop, id) = redeemed();
        shop.approved(much);
        assert_eq!((due(&shop), available(&shop, id)), (Money::ZERO, 250));
        // Also after the power came back.
        let mut shop = shop.restarted();
        shop.log_in(CASHIER);
        assert_eq!((due(&shop), available(&shop, id)), (Money::ZERO, 250));
        shop.execute(Command::Close);
        assert_eq!(rows(&shop, id)[1..], [(PointsKind::Redeemed, -250)]);
        assert_eq!((available(&shop, id), balance(&shop, id)), (250, Points::new(250)));
        whole(&shop);
    }
}

#[test]
fn a_redemption_goes_with_the_last_of_its_goods_and_the_next_goods_cost_what_they_cost() {
    let (mut shop, id) = redeemed();
    shop.approved(Command::ChangeQuantity { line: last(), quantity: quantity("1") });
    let refused = shop.till.assign_customer(None).unwrap_err();
    assert!(refused.to_string().contains("250"), "the member stays while points are redeemed: {refused}");
    // An empty document is given back.
    shop.execute(Command::VoidLine { line: last(), reason: None });
    assert!(shop.till.draft().is_none());
    assert_eq!(available(&shop, id), 500);
    shop.execute(sell("A"));
    assert_eq!(due(&shop), minor(250));
    shop.execute(cash());
    assert_eq!(rows(&shop, id), [(PointsKind::Adjusted, 500)]);
    whole(&shop);
}

#[test]
fn a_redemption_of_a_sale_in_training_follows_its_basket_and_moves_no_points() {
    let mut shop = shop_with(|setup| setup.settings.training = true);
    let id = grace(&shop);
    shop.execute(sell_some("A", "4"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.till.redeem_points(Points::new(450)).unwrap();
    shop.approved(Command::ChangeQuantity { line: last(), quantity: quantity("1") });
    assert_eq!((due(&shop), shop.till.draft().unwrap().redeemed_points()), (Money::ZERO, Points::new(250)));
    shop.execute(Command::Close);
    assert_eq!((available(&shop, id), balance(&shop, id)), (500, Points::new(500)));
    whole(&shop);
}

#[test]
fn what_a_person_took_off_is_taken_back_by_a_person_also_beside_points() {
    let (mut shop, id) = redeemed();
    let adjust =
        Adjust { kind: AdjustmentKind::Discount, value: AdjustmentValue::Amount(minor(300)), reason: None };
    shop.approved(Command::AdjustDocument { adjust, source: AdjustmentSource::Manager, code: None });
    let one = Command::ChangeQuantity { line: last(), quantity: quantity("1") };
    let refused = shop.till.execute(one).unwrap_err();
    assert!(refused.to_string().contains("3.00"), "{refused}");
    assert_eq!((due(&shop), available(&shop, id)), (minor(250), 50));
}
