//! Segments follow people who come in with a file and records that become one.

use std::collections::BTreeSet;

use saleflex_core::customer::segment::{Criterion, Goods};
use saleflex_store::Request;

use super::{add, check, codes, grace, open, segment, sold};
use crate::support::shop::{cash, morning, product, take_back};

#[test]
fn whoever_comes_in_with_a_file_belongs_to_the_segments_at_once() {
    let mut shop = open();
    shop.till.save_segment(segment(1, Criterion::RegisteredWithin { days: 30 })).unwrap();
    shop.till.save_segment(segment(2, Criterion::MinPurchases(1))).unwrap();
    let file = "code,name,last_name,phone\nN1,Ada,King,0555 1\n";
    let import = shop.till.read_customers(file.as_bytes(), saleflex_core::time::Moment::utc(morning()));
    assert_eq!(shop.till.import_customers(import, true).unwrap(), 1);
    let ada = shop.till.customer_with_code("N1").unwrap().unwrap().id;
    assert_eq!(codes(&shop, ada), ["S1"]);
    check(&shop);
}

#[test]
fn who_bought_under_two_records_belongs_where_both_together_belong() {
    let mut shop = open();
    let (keeps, goes) = (grace(&shop), add(&mut shop, "N1", "Grace Hoper", "0555 1"));
    shop.till.save_segment(segment(1, Criterion::MinPurchases(2))).unwrap();
    sold(&mut shop, keeps, "1");
    sold(&mut shop, goes, "1");
    assert!(codes(&shop, keeps).is_empty());
    shop.till.merge_customers(keeps, goes).unwrap();
    assert_eq!(codes(&shop, keeps), ["S1"]);
    check(&shop);
}

#[test]
fn what_was_brought_back_entirely_was_not_bought() {
    let mut shop = open();
    let id = grace(&shop);
    let goods = Goods { products: BTreeSet::from([product("A")]), departments: BTreeSet::new() };
    let bought = Criterion::Bought { goods, times: 1, within_days: None };
    shop.till.save_segment(segment(1, bought)).unwrap();
    sold(&mut shop, id, "3");
    assert_eq!(codes(&shop, id), ["S1"]);
    let sale = shop.till.documents_of(id, 1).unwrap()[0].id;
    let mut bring_back = |quantity| {
        shop.approved(Request::begin_return(sale));
        shop.execute(take_back(1, quantity));
        shop.execute(cash());
        // What follows a sale and what is worked out anew agree.
        let before = codes(&shop, id);
        let again = shop.till.segments()[0].clone();
        shop.till.save_segment(again).unwrap();
        assert_eq!(codes(&shop, id), before);
        before
    };
    assert_eq!(bring_back("2"), ["S1"], "one is left");
    assert!(bring_back("1").is_empty());
    sold(&mut shop, id, "1");
    assert_eq!(codes(&shop, id), ["S1"]);
    check(&shop);
}
