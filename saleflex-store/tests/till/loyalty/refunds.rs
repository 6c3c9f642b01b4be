//! What becomes of points when goods come back.

use super::*;

#[test]
fn a_refund_takes_back_what_was_earned_and_gives_back_what_was_spent() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    let before = shop.till.membership(id).unwrap().unwrap();
    let sale = sold(&mut shop, id, "4", 200);
    give_back(&mut shop, sale, "1");
    // A quarter of 8 and of 200.
    assert_eq!(rows(&shop, id)[3..], [(PointsKind::Adjusted, -2), (PointsKind::Refund, 50)]);
    give_back(&mut shop, sale, "3");
    let after = shop.till.membership(id).unwrap().unwrap();
    assert_eq!((after.balance(), after.lifetime), (before.balance(), before.lifetime));
    assert_eq!((after.spending.purchases, after.spending.total), (0, minor(0)));
    whole(&shop);
}

#[test]
fn the_program_says_how_points_follow_goods_that_come_back() {
    for (policy, expected) in [(ClawBack::None, 308), (ClawBack::Full, 500)] {
        let mut shop = club(|program| program.claw_back = policy);
        let id = grace(&shop);
        let sale = sold(&mut shop, id, "4", 200);
        give_back(&mut shop, sale, "1");
        assert_eq!(balance(&shop, id), Points::new(expected), "{policy:?}");
        whole(&shop);
    }
}

#[test]
fn a_policy_that_changes_between_two_returns_of_a_sale_moves_no_points_twice_and_forgets_none() {
    // 10.00, 2.00 of it by points: 8 earned and 200 spent. One of four comes back by the first policy, the rest by the second.
    for (first, second, moved) in [
        (ClawBack::Full, ClawBack::Proportional, vec![(PointsKind::Adjusted, -8), (PointsKind::Refund, 200)]),
        (
            ClawBack::Proportional,
            ClawBack::Full,
            vec![
                (PointsKind::Adjusted, -2),
                (PointsKind::Refund, 50),
                (PointsKind::Adjusted, -6),
                (PointsKind::Refund, 150),
            ],
        ),
        (ClawBack::None, ClawBack::Proportional, vec![(PointsKind::Adjusted, -8), (PointsKind::Refund, 200)]),
    ] {
        let mut shop = club(|program| program.claw_back = first);
        let id = grace(&shop);
        let before = shop.till.membership(id).unwrap().unwrap();
        let sale = sold(&mut shop, id, "4", 200);
        give_back(&mut shop, sale, "1");
        shop.log_in(ADMIN);
        let program = Program { claw_back: second, ..shop.till.programs()[0].clone() };
        shop.till.save_program(program).unwrap();
        shop.log_in(CASHIER);
        give_back(&mut shop, sale, "3");
        assert_eq!(rows(&shop, id)[3..], moved, "{first:?}, then {second:?}");
        let after = shop.till.membership(id).unwrap().unwrap();
        assert_eq!((after.balance(), after.lifetime), (before.balance(), before.lifetime));
        whole(&shop);
    }
}
