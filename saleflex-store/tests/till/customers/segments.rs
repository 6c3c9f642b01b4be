//! Segments follow people who come in with a file and records that become one.

use saleflex_core::customer::segment::Criterion;

use super::{add, check, codes, grace, open, segment, sold};
use crate::support::shop::morning;

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
