use alloc::{collections::BTreeSet, format, vec};

use super::*;
use crate::{
    adjustment::ResolutionRule,
    campaign::{
        tests::{campaign, cart, cheapest_of_three, line, minor, off, percent, product},
        *,
    },
    ids::TenderNo,
    money::{Currency, CurrencyCode},
    quantity::{Quantity, UnitPrice},
    tender::TenderKind,
};

/// A line of one unit at a price in whole minor units, as an offer of up to five.
fn offer(line: &CartLine) -> Offer {
    let one = line.total.whole().minor();
    Offer::new(line.clone(), (1..=5).map(|units| minor(one * units)).collect())
}

#[test]
fn what_a_line_comes_to_decides_and_not_so_many_times_a_rounded_piece() {
    // A piece at 0.125 is 0.13, four are 0.50: no step of 0.52 is reached by four.
    let mut step = campaign(1, "STEP", off("10"));
    step.limits.least_purchase = Some(minor(52));
    let set = CampaignSet::compile(vec![step]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![])).unwrap();
    let totals = [13, 25, 38, 50, 63].map(minor).to_vec();
    let hints = evaluator.hints(&[Offer::new(line(1, 1, "1", 13), totals)]).unwrap();
    assert_eq!(hints.iter().map(|hint| (hint.units, hint.saving)).collect::<Vec<_>>(), [(5, minor(6))]);
}

#[test]
fn a_hint_is_worth_what_the_rule_of_the_set_gives() {
    let mut step = campaign(2, "STEP", off("30"));
    step.limits.least_purchase = Some(minor(1_000));
    (step.lane.priority, step.lane.exclusivity) = (1, Exclusivity::Last);
    let mut tenth = campaign(1, "TENTH", off("10"));
    (tenth.lane.priority, tenth.lane.exclusivity) = (9, Exclusivity::Last);
    let set = CampaignSet::compile(vec![tenth, step]).unwrap();
    let hints = |set: &CampaignSet| {
        let mut evaluator = Evaluator::of(set, &cart(vec![line(1, 1, "1", 800)])).unwrap();
        let before = evaluator.evaluate().total();
        let added = line(2, 1, "1", 800);
        let hints = evaluator.hints(&[offer(&added)]).unwrap();
        evaluator.put_line(&added).unwrap();
        (hints.first().map(|hint| hint.saving), evaluator.evaluate().total() - before)
    };
    assert_eq!(hints(&set), (None, minor(80)));
    assert_eq!(hints(&set.resolved_by(ResolutionRule::Best)), (Some(minor(400)), minor(400)));
}

#[test]
fn one_more_and_the_cheapest_is_free_saves_exactly_what_the_hint_says() {
    let terms = cheapest_of_three();
    let set = CampaignSet::compile(vec![campaign(1, "A", terms)]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "2", 800)])).unwrap();
    let added = line(9, 2, "1", 249);
    let hints = evaluator.hints(&[offer(&added)]).unwrap();
    let rank = set.ranks().next().unwrap();
    let saving = minor(249);
    assert_eq!(
        hints,
        [Hint { campaign: rank, offer: LineNo(9), units: 1, beside: None, saving, earns: None }]
    );
    assert_eq!(evaluator.evaluate().total(), Money::ZERO);
    evaluator.put_line(&added).unwrap();
    assert_eq!(evaluator.evaluate().total(), hints[0].saving);
}

#[test]
fn a_hint_names_the_fewest_units_that_reach_a_least_purchase() {
    let mut basket = campaign(1, "A", off("10"));
    basket.limits.least_purchase = Some(minor(1_000));
    let set = CampaignSet::compile(vec![basket]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 500)])).unwrap();
    let hints = evaluator.hints(&[offer(&line(9, 2, "1", 200))]).unwrap();
    assert_eq!((hints[0].units, hints[0].saving), (3, minor(110)));
    evaluator.put_line(&line(9, 2, "2", 400)).unwrap();
    assert_eq!(evaluator.evaluate().total(), Money::ZERO);
    evaluator.put_line(&line(9, 2, "3", 600)).unwrap();
    assert_eq!(evaluator.evaluate().total(), hints[0].saving);
}

#[test]
fn a_set_that_lacks_two_kinds_of_goods_is_hinted_with_both_and_the_fewest_units() {
    let of = |number| Target::of(vec![Selector::Product(product(number))]);
    let part = |number, quantity| BundlePart { of: of(number), quantity };
    let parts = vec![part(1, 1), part(2, 1), part(3, 2)];
    let meal = campaign(1, "MEAL", Benefit::Bundle { parts, price: BundlePrice::Fixed(minor(600)) });
    let set = CampaignSet::compile(vec![meal]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 400)])).unwrap();
    // Cheap and dear drinks, a snack of which two are needed, and what no part is about.
    let goods = [line(5, 2, "1", 150), line(6, 2, "1", 200), line(7, 3, "1", 100), line(8, 4, "1", 900)];
    let offers: Vec<Offer> = goods.iter().map(offer).collect();
    let hints = evaluator.hints(&offers).unwrap();
    let campaign = set.ranks().next().unwrap();
    let (beside, saving) = (Some((LineNo(7), 2)), minor(200));
    assert_eq!(hints, [Hint { campaign, offer: LineNo(6), units: 1, beside, saving, earns: None }]);
    evaluator.put_line(&goods[1]).unwrap();
    evaluator.put_line(&line(7, 3, "1", 100)).unwrap();
    assert_eq!(evaluator.evaluate().total(), Money::ZERO, "one snack is not enough");
    evaluator.put_line(&line(7, 3, "2", 200)).unwrap();
    assert_eq!(evaluator.evaluate().total(), saving);
}

#[test]
fn a_share_that_is_given_already_and_a_number_that_is_taken_make_no_hint() {
    let set = CampaignSet::compile(vec![campaign(1, "A", off("10"))]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 500)])).unwrap();
    assert_eq!(evaluator.hints(&[offer(&line(9, 2, "1", 200))]), Ok(vec![]));
    assert_eq!(evaluator.hints(&[offer(&line(1, 2, "1", 200))]), Err(CartError::SameNumber(1)));
}

fn of_purchase(number: u128, least: i64, terms: Benefit) -> Campaign {
    let mut campaign = campaign(number, &format!("C{number}"), terms);
    campaign.limits.least_purchase = Some(minor(least));
    campaign.lane.exclusivity = Exclusivity::Combinable;
    campaign
}

/// A line of one unit at a price in whole minor units, as an offer of up to sixty.
fn many(line: &CartLine) -> Offer {
    let one = line.total.whole().minor();
    Offer::new(line.clone(), (1..=60).map(|units| minor(one * units)).collect())
}

/// The only hint about an offer beside one line of 5.00.
fn hinted(campaigns: Vec<Campaign>, offer: &Offer) -> Option<(u32, Money)> {
    let set = CampaignSet::compile(campaigns).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 500)])).unwrap();
    let hints = evaluator.hints(core::slice::from_ref(offer)).unwrap();
    assert!(hints.len() <= 1, "{hints:?}");
    hints.first().map(|hint| (hint.units, hint.saving))
}

#[test]
fn more_pieces_than_a_few_are_tried_where_a_value_or_a_number_is_lacking() {
    let offer = many(&line(9, 2, "1", 200));
    assert_eq!(hinted(vec![of_purchase(1, 5_000, off("10"))], &offer), Some((23, minor(510))));
    assert_eq!(hinted(vec![of_purchase(1, 12_500, off("10"))], &offer), Some((60, minor(1_250))));
    assert_eq!(hinted(vec![of_purchase(1, 12_501, off("10"))], &offer), None, "there are no more than sixty");
    let for_twenty = Benefit::PriceFor { quantity: 20, price: minor(1_000) };
    assert_eq!(hinted(vec![campaign(1, "P", for_twenty)], &offer), Some((19, minor(3_300))));
    let steps =
        [(10, "5"), (30, "10")].map(|(from, rate)| Tier { from, reward: Reward::Percent(percent(rate)) });
    let tiers = Benefit::Tiers { by: TierBy::Quantity, steps: steps.into() };
    assert_eq!(hinted(vec![campaign(1, "T", tiers)], &offer), Some((9, minor(115))));
}

#[test]
fn what_other_discounts_take_is_made_up_by_a_few_pieces_more() {
    let mut first = campaign(1, "FIRST", off("10"));
    (first.lane.priority, first.lane.exclusivity) = (9, Exclusivity::Combinable);
    let step = of_purchase(2, 5_000, off("20"));
    // 5.00 and 26 at 2.00 less a tenth are 51.30; one less is 49.50.
    let saving = minor(570 - 50 + 1_026);
    assert_eq!(hinted(vec![first, step], &many(&line(9, 2, "1", 200))), Some((26, saving)));
}

#[test]
fn a_share_that_is_given_is_hinted_by_its_next_step_and_not_by_more_of_the_same() {
    let steps =
        [(300, "5"), (2_000, "10")].map(|(from, rate)| Tier { from, reward: Reward::Percent(percent(rate)) });
    let tiers = campaign(1, "T", Benefit::Tiers { by: TierBy::Value, steps: steps.into() });
    let offer = many(&line(9, 2, "1", 200));
    assert_eq!(hinted(vec![tiers], &offer), Some((8, minor(210 - 25))));
}

#[test]
fn of_weighed_goods_the_least_measure_is_hinted_that_fills_up_a_value() {
    let apples = line(9, 2, "1", 299);
    let (gram, price) = (Quantity::parse("0.001").unwrap(), UnitPrice::parse("2.99").unwrap());
    let pounds = Currency::of(CurrencyCode::parse("GBP").unwrap());
    let offer = Offer::measured(apples, gram, price, pounds);
    // 1.671 kg are 5.00 and 1.670 are 4.99.
    assert_eq!(hinted(vec![of_purchase(1, 1_000, off("10"))], &offer), Some((1_671, minor(100))));
    assert_eq!(hinted(vec![of_purchase(1, 9_000, off("10"))], &offer), None, "ten kilograms are too little");
    assert_eq!(hinted(vec![of_purchase(1, 400, off("10"))], &offer), None, "nothing is lacking");
}

#[test]
fn what_another_campaign_takes_off_what_counts_is_made_up_by_more_of_a_measure() {
    let (gram, price) = (Quantity::parse("0.001").unwrap(), UnitPrice::parse("1.99").unwrap());
    let pounds = Currency::of(CurrencyCode::parse("GBP").unwrap());
    let pears = Offer::measured(line(9, 2, "1", 199), gram, price, pounds);
    let mut apples = campaign(1, "APPLES", Benefit::FixedPrice { price: minor(150) });
    apples.target = Target::of(vec![Selector::Product(product(1))]);
    (apples.lane.priority, apples.lane.exclusivity) = (9, Exclusivity::Combinable);
    let set = CampaignSet::compile(vec![apples, of_purchase(2, 500, off("15"))]).unwrap();
    // 0.735 kg of apples for 2.20 are 1.10 at 1.50 a kilogram: 1.60 of pears make 5.00 with 2.30 of others.
    let basket = cart(vec![line(1, 1, "0.735", 220), line(2, 3, "1", 230)]);
    let mut evaluator = Evaluator::of(&set, &basket).unwrap();
    let hints = evaluator.hints(core::slice::from_ref(&pears)).unwrap();
    let [Hint { units, saving, .. }] = hints[..] else { panic!("{hints:?}") };
    let mut after = |units: u32| {
        let total = price.times(
            Quantity::parse(&format!("0.{units:03}")).unwrap(),
            &pounds,
            crate::money::Rounding::HalfUp,
        );
        evaluator.put_line(&line(9, 2, &format!("0.{units:03}"), total.unwrap().minor())).unwrap();
        evaluator.evaluate().total() - minor(110)
    };
    assert_eq!((after(units), after(units - 1)), (saving, Money::ZERO), "{units}");
    assert!(saving.is_positive());
}

#[test]
fn points_are_hinted_where_they_are_earned_with_a_little_more() {
    let double = Benefit::Points { percent: percent("200") };
    let set = CampaignSet::compile(vec![of_purchase(1, 2_000, double)]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 500)])).unwrap();
    let hints = evaluator.hints(&[many(&line(9, 2, "1", 200))]).unwrap();
    let [Hint { units: 8, saving: Money::ZERO, earns: Some((times, base)), .. }] = hints[..] else {
        panic!("{hints:?}")
    };
    assert_eq!((base, times.decimal()), (minor(2_100), 200.into()));
    evaluator.put_line(&line(9, 2, "8", 1_600)).unwrap();
    let [award] = evaluator.evaluate().points[..] else { panic!("no points") };
    assert_eq!((evaluator.points_base(award.campaign), award.percent), (base, times));
    assert_eq!(evaluator.hints(&[many(&line(10, 2, "1", 200))]), Ok(vec![]), "they are earned already");
}

#[test]
fn however_many_campaigns_lack_something_a_bounded_number_of_evaluations_is_made() {
    let steps =
        (1..=100_u32).map(|nth| of_purchase(nth.into(), 1_500 + 90 * i64::from(nth), off("1"))).collect();
    let set = CampaignSet::compile(steps).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 500)])).unwrap();
    let offers: Vec<Offer> = (9..19).map(|no| many(&line(no, 2, "1", 200))).collect();
    let hints = evaluator.hints(&offers).unwrap();
    let further: BTreeSet<(LineNo, u32)> =
        hints.iter().filter(|hint| hint.units > FEW).map(|hint| (hint.offer, hint.units)).collect();
    assert!(further.len() > 50 && further.len() <= MOST_FURTHER as usize, "{}", further.len());
}

#[test]
fn what_is_bought_more_is_due_more_so_that_a_card_which_waits_may_pay_too_small_a_share() {
    let mut card = campaign(2, "CARD2", off("2"));
    let kind = TenderMethod::Kind(TenderKind::CreditCard);
    let of = TenderTarget { include: vec![kind], exclude: vec![] };
    card.tender = Some(TenderTerms { of, least_share: Percent::HUNDRED });
    let mut step = campaign(1, "FROM60", off("10"));
    step.limits.least_purchase = Some(minor(6_000));
    step.lane.priority = 9;
    (card.lane.exclusivity, step.lane.exclusivity) = (Exclusivity::Combinable, Exclusivity::Combinable);
    let set = CampaignSet::compile(vec![card, step]).unwrap();
    let mut paid = cart(vec![line(1, 1, "1", 5_000)]);
    paid.context.due = Some(minor(5_000));
    paid.tenders = vec![CartTender { no: TenderNo(1), method: kind, amount: minor(5_000) }];
    let mut evaluator = Evaluator::of(&set, &paid).unwrap();
    assert_eq!(evaluator.evaluate().total(), minor(100));
    let hints = evaluator.hints(&[offer(&line(9, 1, "1", 1_000))]).unwrap();
    // 6.00 of 60.00, and 50.00 are not all of the 54.00 that are due then.
    assert_eq!(hints.iter().map(|hint| (hint.units, hint.saving)).collect::<Vec<_>>(), [(1, minor(500))]);
    assert_eq!(evaluator.evaluate().total(), minor(100), "the basket is as before, and what is due");
}
