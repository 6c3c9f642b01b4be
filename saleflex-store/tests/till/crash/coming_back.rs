//! The same of goods that come back, and of a document that is taken up again in a later period.

use saleflex_core::{
    basket::GoodsState,
    document::{AddLine, Command},
};
use saleflex_store::Request;

use super::{busy, sale};
use crate::support::{
    shop::{MANAGER, Shop, cash, take_back},
    stopping::stop_everywhere,
};

#[test]
fn taking_a_line_of_a_sale_back() {
    let mut shop = busy();
    let sale = sale(&shop);
    shop.approved(Request::begin_return(sale));
    stop_everywhere(shop, |shop| drop(shop.execute(take_back(1, "1"))));
}

#[test]
fn taking_all_of_a_sale_back_at_once() {
    let lines = [take_back(1, "2"), take_back(2, "1")].map(|command| {
        let Command::ReturnLine(line) = command else { panic!("{command:?}") };
        line
    });
    let shop = busy();
    let sale = sale(&shop);
    stop_everywhere(shop, |shop| drop(shop.approved(Request::take_back(sale, lines.into()))));
}

#[test]
fn taking_goods_back_whose_receipt_is_missing() {
    let begun = || {
        let mut shop = busy();
        shop.approved(Request::begin_return_without_receipt());
        shop
    };
    let add = |shop: &mut Shop| {
        let back = AddLine { returned: Some((GoodsState::New, true)), ..AddLine::code("A") };
        drop(shop.approved(Command::AddLine(back)));
    };
    stop_everywhere(busy(), |shop| drop(shop.approved(Request::begin_return_without_receipt())));
    stop_everywhere(begun(), add);
    let mut filled = begun();
    add(&mut filled);
    stop_everywhere(filled, |shop| drop(shop.approved(cash())));
}

#[test]
fn taking_up_in_a_later_period_under_a_new_number() {
    let mut shop = busy();
    shop.log_in(MANAGER);
    shop.till.close_period(None, None).unwrap();
    let parked = shop.till.suspended().unwrap()[0].id;
    stop_everywhere(shop, |shop| drop(shop.till.resume(parked).unwrap()));
}
