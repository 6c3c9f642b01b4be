//! What of the discounts of campaigns goes back with goods, in the figures of a period.

use proptest::prelude::*;
use saleflex_core::{
    campaign::{Benefit, Campaign, Exclusivity, Per, Reward},
    closure::{DocumentFigures, Report},
    document::Command,
    ids::{CampaignId, DocumentId},
    quantity::Percent,
    tender::TenderKind::Cash,
};
use uuid::Uuid;

use crate::support::{Counter, Promoted, m};

/// A counter that has sold lines at 10 % off the whole sale.
fn sold(lines: &[(&str, &str)]) -> (Counter, DocumentId) {
    let reward = Reward::Percent(Percent::parse("10").unwrap());
    let mut tenth = Campaign::new(
        CampaignId::new(Uuid::from_u128(7)),
        "TENTH",
        Benefit::Off { reward, per: Per::Document },
    );
    tenth.lane.exclusivity = Exclusivity::Combinable;
    let mut counter = Counter::new();
    counter.promotions = Some(Promoted::by(vec![tenth]));
    for (quantity, price) in lines {
        counter.sell(quantity, price);
    }
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    (counter, sale)
}

fn back(counter: &mut Counter, sale: DocumentId, line: u32) {
    counter.open_return(sale).unwrap();
    counter.take_back(line, "1").unwrap();
    counter.pay_rest(Cash).unwrap();
}

/// What the campaign gave and what went back of it, in minor units.
fn given(counter: &Counter) -> (i64, i64) {
    let report: Report = counter.completed.iter().filter_map(DocumentFigures::of).collect();
    let totals = &report.campaigns["TENTH"];
    (totals.given().minor(), totals.back.minor())
}

#[test]
fn a_part_that_comes_back_lowers_what_its_campaign_gave_by_the_share_of_the_part() {
    // 10 % of 9.99 is 1.00: 0.33, 0.34 and 0.33 of it go back with one piece each.
    let (mut counter, sale) = sold(&[("3", "3.33")]);
    assert_eq!(counter.last().totals.discount, m(100));
    assert_eq!(given(&counter), (100, 0));
    let mut left = Vec::new();
    for _ in 0..3 {
        back(&mut counter, sale, 1);
        left.push(given(&counter).0);
    }
    assert_eq!(left, [67, 33, 0]);
}

#[test]
fn goods_that_are_exchanged_take_their_share_back_once() {
    let (mut counter, sale) = sold(&[("1", "10.00"), ("1", "20.00")]);
    counter.open_return(sale).unwrap();
    counter.take_back(2, "1").unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "30.00");
    counter.pay_rest(Cash).unwrap();
    // 3.00 and 3.00 were given, 2.00 of the first went back.
    assert_eq!(given(&counter), (400, 200));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn whatever_comes_back_in_whatever_order_all_of_it_takes_back_all_that_was_given(
        lines in prop::collection::vec((1_usize..4, 100_i64..900), 1..4),
        order in any::<u64>(),
    ) {
        let written: Vec<(String, String)> = lines
            .iter()
            .map(|(units, price)| (units.to_string(), format!("{}.{:02}", price / 100, price % 100)))
            .collect();
        let texts: Vec<(&str, &str)> = written.iter().map(|(units, price)| (&**units, &**price)).collect();
        let (mut counter, sale) = sold(&texts);
        let all = counter.last().totals.discount.minor();
        let mut kept: Vec<u32> = (1..).zip(&lines).flat_map(|(no, (units, _))| vec![no; *units]).collect();
        let (mut order, mut before) = (order, all);
        while !kept.is_empty() {
            let count = u64::try_from(kept.len()).unwrap();
            let no = kept.remove(usize::try_from(order % count).unwrap());
            order = order / count + 7;
            back(&mut counter, sale, no);
            let (left, gone) = given(&counter);
            prop_assert!(left <= before, "{} after {}", left, before);
            prop_assert_eq!(left + gone, all);
            before = left;
        }
        prop_assert_eq!(before, 0);
    }
}
