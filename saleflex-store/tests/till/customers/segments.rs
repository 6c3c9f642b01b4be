//! Segments follow people who come in with a file and records that become one.

use std::collections::BTreeSet;

use saleflex_core::{
    catalog::DepartmentNo,
    customer::segment::{Criterion, CriterionError, Goods, Segment, SegmentError, UnknownName},
    ids::ProductId,
};
use saleflex_store::{Error, Request, inbox::Taken};
use uuid::Uuid;

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

fn of_tier(code: &str) -> Criterion {
    Criterion::Tier(BTreeSet::from([code.to_owned()]))
}

fn bought(products: &[ProductId], departments: &[u32], times: u32) -> Criterion {
    let departments = departments.iter().map(|no| DepartmentNo(*no)).collect();
    let goods = Goods { products: products.iter().copied().collect(), departments };
    Criterion::Bought { goods, times, within_days: None }
}

#[test]
fn what_people_write_into_a_segment_names_a_tier_a_department_and_goods_that_there_are() {
    let mut shop = open();
    let gone = ProductId::new(Uuid::from_u128(0xdead));
    for (criterion, unknown) in [
        (of_tier("NONE"), UnknownName::Tier { code: "NONE".to_owned() }),
        (bought(&[], &[1, 999], 1), UnknownName::Department { no: DepartmentNo(999) }),
        (bought(&[product("A"), gone], &[], 1), UnknownName::Product { product: gone }),
    ] {
        let nested = Criterion::All(vec![Criterion::PrefersVip, Criterion::Not(Box::new(criterion))]);
        let refused = shop.till.save_segment(segment(1, nested)).unwrap_err();
        assert!(matches!(&refused, Error::SegmentName(named) if *named == unknown), "{refused:?}");
    }
    let refused = shop.till.save_segment(segment(1, bought(&[product("A")], &[], 0))).unwrap_err();
    let is_told = matches!(refused, Error::Segment(SegmentError::Criterion(CriterionError::NoTimes)));
    assert!(is_told, "{refused:?}");
    assert!(shop.till.segments().is_empty(), "nothing is saved");
    let known = Criterion::Any(vec![of_tier("TOP"), bought(&[product("A")], &[1], 1)]);
    shop.till.save_segment(segment(1, known)).unwrap();
    check(&shop);
}

#[test]
fn a_segment_that_came_from_a_hub_keeps_what_it_names_also_when_people_change_it() {
    let mut shop = open();
    shop.till.add_connector("gate").unwrap();
    let pulled = segment(1, Criterion::Any(vec![of_tier("LATER"), bought(&[], &[999], 0)]));
    let row = Taken {
        resource: "customer_segments".to_owned(),
        id: Uuid::from_u128(1),
        version: 1,
        held_for: None,
    };
    let marks = shop.till.take_over_segments("gate", vec![(pulled.clone(), row)]).unwrap();
    assert!(marks.iter().all(|mark| mark.held_for.is_none()), "it waits for nothing");
    let renamed = Segment { name: "Summer".to_owned(), ..pulled.clone() };
    shop.till.save_segment(renamed.clone()).unwrap();
    assert_eq!(shop.till.segments(), [renamed]);
    let more = Criterion::Any(vec![pulled.criterion.clone(), of_tier("NONE")]);
    let refused = shop.till.save_segment(Segment { criterion: more, ..pulled }).unwrap_err();
    assert!(matches!(refused, Error::SegmentName(UnknownName::Tier { .. })), "{refused:?}");
    check(&shop);
}
