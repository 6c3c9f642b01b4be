//! Parts of what campaigns priced together, brought back: by recorded shares, or with the rest priced anew.

use proptest::prelude::*;
use saleflex_core::{
    campaign::{
        Benefit, BundlePart, BundlePrice, Campaign, CampaignSet, Choice, Condition, DEEPEST_CONDITION,
        Exclusivity, Per, Reward, Selector, Target,
    },
    catalog::Sellable,
    document::{AddLine, BundleReturns, Command, Promotions},
    ids::{CampaignId, DocumentId, LineNo},
    money::Money,
    quantity::{Percent, Quantity},
    tender::TenderKind::Cash,
};
use uuid::Uuid;

use crate::support::{Counter, Promoted, goods, m, priced_by, rate};

fn price_for(quantity: u32, price: i64) -> Campaign {
    together(Benefit::PriceFor { quantity, price: m(price) })
}

fn together(benefit: Benefit) -> Campaign {
    let mut campaign = Campaign::new(CampaignId::new(Uuid::from_u128(6)), "TOGETHER", benefit);
    campaign.lane.exclusivity = Exclusivity::Combinable;
    campaign
}

/// A counter that has sold lines under a campaign, and the sale.
fn sold(campaign: Campaign, returns: BundleReturns, lines: &[(&str, &str)]) -> (Counter, DocumentId) {
    let mut counter = Counter::new();
    counter.policy.bundle_returns = returns;
    counter.promotions = Some(Promoted::by(vec![campaign]));
    for (quantity, price) in lines {
        counter.sell(quantity, price);
    }
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    (counter, sale)
}

/// Brings one unit of a line back, and says what was paid for it.
fn back(counter: &mut Counter, sale: DocumentId, line: u32) -> i64 {
    counter.open_return(sale).unwrap();
    counter.take_back(line, "1").unwrap();
    let due = counter.document().totals.net_due;
    // What is worth nothing any more comes back with the next.
    counter.pay_rest(Cash).unwrap();
    due.minor()
}

const SET: [(&str, &str); 2] = [("1", "6.00"), ("1", "4.00")];

#[test]
fn a_part_of_a_set_brings_its_recorded_share_where_shares_are_kept() {
    let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::default(), &SET);
    assert_eq!([back(&mut counter, sale, 1), back(&mut counter, sale, 2)], [480, 320]);
}

#[test]
fn a_part_of_a_set_brings_what_the_rest_costs_less_where_it_is_priced_anew() {
    let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::RepriceRest, &SET);
    assert_eq!([back(&mut counter, sale, 1), back(&mut counter, sale, 2)], [400, 400]);
    let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::RepriceRest, &SET);
    assert_eq!([back(&mut counter, sale, 2), back(&mut counter, sale, 1)], [200, 600]);
}

#[test]
fn the_list_of_what_can_come_back_says_what_will_be_paid_for_each() {
    for line in [1, 2] {
        let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::RepriceRest, &SET);
        let original = counter.original(sale).unwrap();
        let listed = {
            let campaigns = counter.promotions.as_ref().unwrap().facts(counter.now);
            original.refundable_repriced(&campaigns).lines
        };
        let value = listed.iter().find(|listed| listed.line.0 == line).unwrap().value.minor();
        assert_eq!(back(&mut counter, sale, line), value);
        assert_ne!(original.refundable().lines[0].value, listed[0].value, "shares say something else");
    }
}

#[test]
fn a_set_that_still_stands_without_what_came_back_keeps_its_price() {
    let lines = [("2", "6.00"), ("1", "4.00")];
    let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::RepriceRest, &lines);
    // Two at 6.00 were the set: 8.00 and 4.00. Of 6.00 and 4.00 a set is made again.
    assert_eq!(counter.completed[0].document().totals.net_due, m(1_200));
    assert_eq!(back(&mut counter, sale, 1), 400);
    assert_eq!(back(&mut counter, sale, 2), 200, "what is left costs 6.00");
    assert_eq!(back(&mut counter, sale, 1), 600);
}

#[test]
fn goods_that_stand_for_what_came_back_are_priced_with_the_rest() {
    let lines = [("1", "6.00"), ("1", "4.00"), ("1", "3.00")];
    // 6.00 and 4.00 were the set; the one for 3.00 bore nothing of it.
    let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::default(), &lines);
    assert_eq!([back(&mut counter, sale, 3), back(&mut counter, sale, 1)], [300, 480]);
    let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::RepriceRest, &lines);
    // Of 6.00 and 3.00 a set is made again: 11.00 were paid, 8.00 are kept.
    assert_eq!(back(&mut counter, sale, 2), 300);
    assert_eq!(back(&mut counter, sale, 3), 200, "what is left costs 6.00");
    assert_eq!(back(&mut counter, sale, 1), 600);
}

#[test]
fn a_free_unit_is_paid_by_what_made_it_free() {
    let buy = Benefit::BuyGet {
        buy: 1,
        get: 1,
        percent: Percent::HUNDRED,
        among: None,
        of: None,
        choice: Choice::default(),
    };
    let (mut counter, sale) =
        sold(together(buy), BundleReturns::RepriceRest, &[("1", "5.00"), ("1", "4.00")]);
    // 4.00 of 5.00 pay for the other.
    assert_eq!([back(&mut counter, sale, 1), back(&mut counter, sale, 2)], [100, 400]);
}

fn under(price: i64) -> Target {
    Target::of(vec![Selector::UnitPrice { least: None, most: Some(m(price - 1)) }])
}

fn from(price: i64) -> Target {
    Target::of(vec![Selector::UnitPrice { least: Some(m(price)), most: None }])
}

/// What costs 5.00 and more makes cheaper things free.
fn dear_for_cheap(buy: u32, get: u32) -> Campaign {
    together(Benefit::BuyGet {
        buy,
        get,
        percent: Percent::HUNDRED,
        among: Some(from(500)),
        of: Some(under(500)),
        choice: Choice::default(),
    })
}

#[test]
fn what_was_bought_for_a_free_thing_brings_no_more_than_the_thing_leaves() {
    let lines = [("1", "10.00"), ("1", "4.00")];
    let (mut counter, sale) = sold(dear_for_cheap(1, 1), BundleReturns::RepriceRest, &lines);
    assert_eq!(counter.last().totals.net_due, m(1_000));
    // The thing for 4.00 is kept, and nothing makes it free any more.
    let original = counter.original(sale).unwrap();
    let listed = {
        let campaigns = counter.promotions.as_ref().unwrap().facts(counter.now);
        original.refundable_repriced(&campaigns).lines
    };
    assert_eq!(listed[0].value, m(600));
    assert_eq!([back(&mut counter, sale, 1), back(&mut counter, sale, 2)], [600, 400]);
    let (mut counter, sale) = sold(dear_for_cheap(1, 1), BundleReturns::KeepShares, &lines);
    assert_eq!(back(&mut counter, sale, 1), 1_000);
}

#[test]
fn what_was_bought_at_another_tax_than_a_free_thing_brings_what_was_paid_for_it() {
    let mut counter = Counter::new();
    counter.policy.bundle_returns = BundleReturns::RepriceRest;
    counter.promotions = Some(Promoted::by(vec![dear_for_cheap(1, 1)]));
    let book = Sellable { taxes: vec![rate(5, "10")], ..goods("10.00") };
    counter.add_as(&book, AddLine::code("G")).unwrap();
    counter.sell("1", "4.00");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    assert_eq!(back(&mut counter, sale, 1), 1_000);
}

#[test]
fn a_gift_is_paid_for_once_what_is_kept_would_not_have_brought_it() {
    let lines = [("1", "10.00"), ("1", "6.00"), ("1", "3.00")];
    let gift = || together(Benefit::Gift { of: under(500), quantity: 1 });
    let purchase = |least: i64| {
        let mut campaign = gift();
        campaign.limits.least_purchase = Some(m(least));
        campaign
    };
    let asked = |least: i64| {
        let value = Condition::Value { of: Target::all(), least: Some(m(least)), most: None };
        // Who buys was answered by the sale.
        let nobody = Condition::Not(Box::new(Condition::CustomerKnown));
        Campaign { condition: Condition::All(vec![nobody, value]), ..gift() }
    };
    // As deep as may be saved: the question within stands three levels deep by itself.
    let mut deep = asked(1_500);
    deep.condition = (3..DEEPEST_CONDITION).fold(deep.condition, |inner, _| Condition::All(vec![inner]));
    for campaign in [purchase(1_500), asked(1_500), deep] {
        let (mut counter, sale) = sold(campaign, BundleReturns::RepriceRest, &lines);
        assert_eq!(counter.last().totals.net_due, m(1_600));
        // 13.00 are kept, less than 15.00: the gift costs 3.00.
        let pieces = [2, 1, 3].map(|line| back(&mut counter, sale, line));
        assert_eq!(pieces, [300, 1_000, 300]);
    }
    for campaign in [purchase(1_300), asked(1_300)] {
        let (mut counter, sale) = sold(campaign, BundleReturns::RepriceRest, &lines);
        assert_eq!(back(&mut counter, sale, 2), 600, "13.00 are kept, and enough");
    }
}

/// Sells for 52.00, 8.00 and 3.00, a tenth off each line and the last given with so much; the tenth goes first where its
/// priority is above 1.
fn sold_with_a_tenth_off(priority: i32, least: i64) -> (Counter, DocumentId) {
    let tenth = Benefit::Off { reward: Reward::Percent(Percent::parse("10").unwrap()), per: Per::Line };
    let mut off = Campaign::new(CampaignId::new(Uuid::from_u128(7)), "TENTH", tenth);
    off.lane.exclusivity = Exclusivity::Combinable;
    off.lane.priority = priority;
    let mut gift = together(Benefit::Gift { of: under(500), quantity: 1 });
    gift.limits.least_purchase = Some(m(least));
    let mut counter = Counter::new();
    counter.policy.bundle_returns = BundleReturns::RepriceRest;
    counter.promotions = Some(Promoted::by(vec![off, gift]));
    for price in ["52.00", "8.00", "3.00"] {
        counter.sell("1", price);
    }
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    (counter, sale)
}

#[test]
fn a_least_purchase_is_asked_of_what_campaigns_before_left_of_the_lines_that_are_kept() {
    let (mut counter, sale) = sold_with_a_tenth_off(2, 5_000);
    // A tenth off leaves 56.70 of 63.00, and the gift is the 2.70 that its line has left.
    assert_eq!(counter.last().totals.net_due, m(5_400));
    // 46.80 and 2.70 are kept, less than 50.00, though they were 55.00 before: of 7.20 the gift costs 2.70.
    assert_eq!([2, 1, 3].map(|line| back(&mut counter, sale, line)), [450, 4_680, 270]);
    // The gift of 3.00 goes first, then 6.30 are off.
    let (mut counter, sale) = sold_with_a_tenth_off(0, 5_500);
    assert_eq!(counter.last().totals.net_due, m(5_370));
    // What was asked was not lower by the tenth: 55.00 are kept, and enough. Of 3.00 alone it costs 3.00.
    assert_eq!([2, 1, 3].map(|line| back(&mut counter, sale, line)), [720, 4_380, 270]);
}

#[test]
fn what_made_up_the_least_purchase_of_a_set_is_worth_no_more_than_the_set_leaves() {
    let parts = vec![BundlePart { of: under(500), quantity: 2 }];
    let mut set = together(Benefit::Bundle { parts, price: BundlePrice::Fixed(m(500)) });
    set.limits.least_purchase = Some(m(1_500));
    let lines = [("1", "10.00"), ("1", "4.00"), ("1", "3.00")];
    let (mut counter, sale) = sold(set, BundleReturns::RepriceRest, &lines);
    // The things for 4.00 and 3.00 were 5.00, since 17.00 were bought.
    assert_eq!(counter.last().totals.net_due, m(1_500));
    // 7.00 are kept, and no set of them without the one for 10.00: it costs 2.00.
    assert_eq!([1, 2, 3].map(|line| back(&mut counter, sale, line)), [800, 400, 300]);
}

#[test]
fn lines_of_one_return_are_worth_what_they_are_worth_together_in_whatever_order_they_come_and_go() {
    let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::RepriceRest, &SET);
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    assert_eq!(counter.document().totals.net_due, m(400));
    counter.take_back(2, "1").unwrap();
    assert_eq!(counter.document().totals.net_due, m(800));
    counter.void_line(1).unwrap();
    assert_eq!(counter.document().totals.net_due, m(200), "the dearer one is kept after all");
}

#[test]
fn shares_are_kept_where_the_campaign_is_not_known_any_more_as_it_was() {
    let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::RepriceRest, &SET);
    counter.promotions.as_mut().unwrap().set = CampaignSet::compile(vec![price_for(2, 700)]).unwrap();
    assert_eq!(back(&mut counter, sale, 1), 480);
    let (mut counter, sale) = sold(price_for(2, 800), BundleReturns::RepriceRest, &SET);
    counter.promotions = None;
    assert_eq!(back(&mut counter, sale, 1), 480);
}

/// What units cost under a price for several, the slow way.
fn cost(mut units: Vec<i64>, quantity: usize, price: i64) -> i64 {
    units.sort_unstable_by(|one, other| other.cmp(one));
    let mut sets = units.chunks(quantity);
    let mut off = 0;
    while let Some(set) = sets.next().filter(|set| set.len() == quantity) {
        let saved = set.iter().sum::<i64>() - price;
        if saved <= 0 {
            break;
        }
        off += saved;
    }
    units.iter().sum::<i64>() - off
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_back_is_what_was_paid_less_what_the_rest_costs_and_never_falls(
        lines in prop::collection::vec((1_usize..4, 100_i64..900), 1..5),
        quantity in 2_u32..4,
        price in 150_i64..1_500,
        order in any::<u64>(),
    ) {
        let written: Vec<(String, String)> = lines
            .iter()
            .map(|(units, price)| (units.to_string(), format!("{}.{:02}", price / 100, price % 100)))
            .collect();
        let texts: Vec<(&str, &str)> = written.iter().map(|(units, price)| (&**units, &**price)).collect();
        let (mut counter, sale) = sold(price_for(quantity, price), BundleReturns::RepriceRest, &texts);
        let paid = counter.last().totals.net_due.minor();
        let mut kept: Vec<(u32, i64)> =
            (1..).zip(&lines).flat_map(|(no, (units, price))| vec![(no, *price); *units]).collect();
        let of = |kept: &[(u32, i64)]| kept.iter().map(|unit| unit.1).collect();
        let set = usize::try_from(quantity).unwrap();
        prop_assert_eq!(cost(of(&kept), set, price), paid);
        counter.open_return(sale).unwrap();
        let (mut order, mut most) = (order, 0);
        while !kept.is_empty() {
            let count = u64::try_from(kept.len()).unwrap();
            let (no, _) = kept.remove(usize::try_from(order % count).unwrap());
            order = order / count + 7;
            counter.take_back(no, "1").unwrap();
            let due = counter.document().totals.net_due.minor();
            // Within one return the lines are worth what they are together, the pieces in the order of the lines.
            prop_assert!(due >= paid - cost(of(&kept), set, price), "{} back of {}", due, paid);
            prop_assert!(due <= paid);
            most = due;
        }
        prop_assert_eq!(most, paid);
        let taxes: Money = counter.document().active_lines().flat_map(|line| &line.taxes).map(|part| part.tax).sum();
        prop_assert_eq!(taxes, counter.completed[0].document().totals.tax);
    }
}

/// What dear units make free of cheap ones, the slow way; a unit is its line and its price.
fn free(units: &[(u32, i64)], buy: usize, get: usize) -> i64 {
    let (dear, cheap): (Vec<i64>, Vec<i64>) =
        units.iter().map(|unit| unit.1).partition(|price| *price >= 500);
    let mut cheap = cheap;
    cheap.sort_unstable();
    let groups = (dear.len() / buy).min(cheap.len() / get);
    cheap.iter().take(groups * get).sum()
}

fn price_of(units: &[(u32, i64)]) -> i64 {
    units.iter().map(|unit| unit.1).sum()
}

/// A counter that has sold lines of so many units at a price each, dear ones making cheap ones free, and all the units.
fn sold_for_free(lines: &[(usize, i64)], buy: u32, get: u32) -> (Counter, DocumentId, Vec<(u32, i64)>) {
    let written: Vec<(String, String)> = lines
        .iter()
        .map(|(units, price)| (units.to_string(), format!("{}.{:02}", price / 100, price % 100)))
        .collect();
    let texts: Vec<(&str, &str)> = written.iter().map(|(units, price)| (&**units, &**price)).collect();
    let (counter, sale) = sold(dear_for_cheap(buy, get), BundleReturns::RepriceRest, &texts);
    let units = (1..).zip(lines).flat_map(|(no, (units, price))| vec![(no, *price); *units]).collect();
    (counter, sale, units)
}

/// What is back in all where these are kept of units of which so much was given and so much paid.
fn back_of(all: &[(u32, i64)], kept: &[(u32, i64)], buy: usize, get: usize) -> i64 {
    let (given, paid) = (free(all, buy, get), price_of(all) - free(all, buy, get));
    let lost = (given - free(kept, buy, get)).max(0);
    if kept.is_empty() { paid } else { (price_of(all) - price_of(kept) - lost).clamp(0, paid) }
}

/// Takes one of what is left out of it.
fn drawn(kept: &mut Vec<(u32, i64)>, order: &mut u64) -> (u32, i64) {
    let count = u64::try_from(kept.len()).unwrap();
    let unit = kept.remove(usize::try_from(*order % count).unwrap());
    *order = *order / count + 7;
    unit
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_is_kept_of_bought_and_free_things_costs_what_it_would_have_cost_by_itself(
        lines in prop::collection::vec((1_usize..4, 100_i64..900), 1..5),
        (buy, get) in (1_u32..3, 1_u32..3),
        order in any::<u64>(),
    ) {
        let (mut counter, sale, all) = sold_for_free(&lines, buy, get);
        let (buy, get) = (usize::try_from(buy).unwrap(), usize::try_from(get).unwrap());
        let paid = price_of(&all) - free(&all, buy, get);
        prop_assert_eq!(counter.last().totals.net_due.minor(), paid);
        counter.open_return(sale).unwrap();
        // What came back, by the lines of the return, which are worth something one after the other.
        let mut pieces: Vec<Vec<(u32, i64)>> = Vec::new();
        let (mut kept, mut order) = (all.clone(), order);
        while !kept.is_empty() {
            let unit = drawn(&mut kept, &mut order);
            counter.take_back(unit.0, "1").unwrap();
            match pieces.iter_mut().find(|piece| piece[0].0 == unit.0) {
                Some(piece) => piece.push(unit),
                None => pieces.push(vec![unit]),
            }
            let (mut rest, mut due) = (all.clone(), 0);
            for piece in &pieces {
                for unit in piece {
                    rest.remove(rest.iter().position(|one| one == unit).unwrap());
                }
                due = due.max(back_of(&all, &rest, buy, get));
            }
            prop_assert_eq!(counter.document().totals.net_due.minor(), due);
        }
        prop_assert_eq!(counter.document().totals.net_due.minor(), paid);
        let lines = counter.document().active_lines();
        let taxes: Money = lines.flat_map(|line| &line.taxes).map(|part| part.tax).sum();
        prop_assert_eq!(taxes, counter.completed[0].document().totals.tax);
    }

    #[test]
    fn bought_and_free_things_that_come_back_one_by_one_bring_what_was_paid_and_never_more(
        lines in prop::collection::vec((1_usize..4, 100_i64..900), 1..5),
        (buy, get) in (1_u32..3, 1_u32..3),
        order in any::<u64>(),
    ) {
        let (mut counter, sale, all) = sold_for_free(&lines, buy, get);
        let (buy, get) = (usize::try_from(buy).unwrap(), usize::try_from(get).unwrap());
        let (mut kept, mut order, mut back) = (all.clone(), order, 0);
        while !kept.is_empty() {
            let (no, _) = drawn(&mut kept, &mut order);
            counter.open_return(sale).unwrap();
            counter.take_back(no, "1").unwrap();
            let due = counter.document().totals.net_due.minor();
            let now = back_of(&all, &kept, buy, get).max(back);
            prop_assert_eq!(due, now - back);
            back = now;
            // What is worth nothing any more is closed without a payment.
            let end = if due == 0 { counter.run(&Command::Close) } else { counter.pay_rest(Cash) };
            end.unwrap();
        }
        prop_assert_eq!(back, price_of(&all) - free(&all, buy, get));
    }
}

#[test]
fn a_part_of_a_set_of_an_earlier_engine_is_worth_what_it_was_worth_to_that_engine() {
    let from_two = Target::of(vec![Selector::UnitPrice { least: Some(m(200)), most: None }]);
    let part = |of| BundlePart { of, quantity: 1 };
    let parts = vec![part(Target::all()), part(from_two)];
    let bundle = Benefit::Bundle { parts, price: BundlePrice::Fixed(m(250)) };
    let (counter, _) = sold(together(bundle), BundleReturns::RepriceRest, &[("2", "2.00"), ("1", "1.00")]);
    let sale = counter.completed[0].clone();
    assert_eq!(sale.document().totals.discount, m(150));
    let one = Quantity::try_new(1.into()).unwrap();
    let kept = [(LineNo(1), one), (LineNo(2), one)].into();
    let campaigns = counter.promotions.as_ref().unwrap().facts(counter.now);
    let worth = |sale: &_| campaigns.on_the_rest(sale, CampaignId::new(Uuid::from_u128(6)), &kept);
    assert_eq!(worth(&sale), Some(m(50)), "the dear one stands for the part that asks for it");
    let earlier = priced_by(&sale, "campaign_engine", "3".into());
    assert_eq!(worth(&earlier), Some(Money::ZERO), "the first part took the dear one");
}
