//! Goods that come back of a member whose points somebody else keeps.

use saleflex_core::{document::Command, ids::DocumentId, loyalty::PointsSnapshot, quantity::Points};
use saleflex_store::Request;

use super::{GATE, Keeper, kept_by};
use crate::{
    loyalty::{club, give_back, grace, sold, whole},
    support::shop::{self, Shop, cash, sell, take_back},
};

/// Brings a whole sale of A back; answers what the return says of points.
fn brought_back(shop: &mut Shop, sale: DocumentId) -> PointsSnapshot {
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(1, "4"));
    let done = shop.execute(cash());
    shop.till.points_of(done.completed()[0].document().id).unwrap().unwrap()
}

#[test]
fn a_return_says_what_whoever_keeps_the_points_says_of_them_and_while_that_one_is_away_what_is_known() {
    for is_away in [false, true] {
        let keeper = Keeper::with(900);
        let mut shop = kept_by(GATE, &keeper);
        let id = grace(&shop);
        let sale = sold(&mut shop, id, "4", 0);
        let earned = shop.till.points_of(sale).unwrap().unwrap().earned;
        assert!(earned.is_positive());
        // Another till moved points meanwhile.
        keeper.0.lock().unwrap().balance = 700;
        keeper.be_away(is_away);
        let said = brought_back(&mut shop, sale);
        let before = if is_away { Points::new(900) + earned } else { Points::new(700) };
        assert_eq!((said.balance_before, said.balance_after), (before, before - earned), "away: {is_away}");
        assert_eq!((said.earned, said.keeper), (Points::ZERO, GATE));
        assert_eq!(shop.till.points_balance(id).unwrap(), Some(said.balance_after));
        whole(&shop);
    }
}

#[test]
fn whoever_has_yet_to_hear_of_the_sale_is_not_asked_at_its_return_what_is_left() {
    let keeper = Keeper::with(900);
    let mut shop = kept_by(GATE, &keeper);
    shop.log_in(shop::ADMIN);
    shop.till.add_connector("gate").unwrap();
    let id = grace(&shop);
    let sale = sold(&mut shop, id, "4", 0);
    let earned = shop.till.points_of(sale).unwrap().unwrap().earned;
    // What the hub says lacks the sale, which waits in the outbox.
    keeper.0.lock().unwrap().balance = 700;
    let said = brought_back(&mut shop, sale);
    let before = Points::new(900) + earned;
    assert_eq!((said.balance_before, said.balance_after), (before, before - earned));
}

#[test]
fn a_return_of_a_till_that_keeps_the_points_itself_says_nothing_beside_its_ledger() {
    let mut shop = club(|_| ());
    let id = grace(&shop);
    let sale = sold(&mut shop, id, "4", 0);
    give_back(&mut shop, sale, "4");
    assert_eq!(shop.till.entry(shop.till.chain_head().seq).unwrap().effects.points, []);
    whole(&shop);
}

#[test]
fn the_sale_of_an_exchange_goes_on_from_what_its_return_left_where_somebody_else_keeps_the_points() {
    let keeper = Keeper::with(900);
    let mut shop = kept_by(GATE, &keeper);
    let id = grace(&shop);
    let sale = sold(&mut shop, id, "4", 0);
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(1, "4"));
    shop.execute(Command::ExchangeForSale);
    shop.execute(sell("D"));
    let done = shop.execute(cash());
    let ids: Vec<DocumentId> = done.completed().iter().map(|one| one.document().id).collect();
    let [returned, bought] = [ids[0], ids[1]].map(|id| shop.till.points_of(id).unwrap().unwrap());
    assert!(returned.balance_after < returned.balance_before);
    assert_eq!(bought.balance_before, returned.balance_after);
    assert_eq!(shop.till.points_balance(id).unwrap(), Some(bought.balance_after));
    whole(&shop);
}
