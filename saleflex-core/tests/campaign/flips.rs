//! A verdict is true: change only what it names and it no longer stands; change it by one less and it does.

#![allow(clippy::wildcard_enum_match_arm, reason = "a reason that has no remedy here is left alone")]

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use saleflex_core::{
    campaign::{
        Activation, Benefit, Campaign, CampaignSet, Cart, CartTender, Closed, Evaluator, Outcome, Shopper,
        TenderMethod, TenderTarget, TenderTerms, TierBy, Unmet, UseLimit, Uses, Weekdays, unlocking,
    },
    ids::{CampaignId, CustomerId, SegmentId, StoreId, TenderNo},
    money::Money,
    quantity::Percent,
    tender::TenderKind,
};
use uuid::Uuid;

use crate::generator::{Numbers, Shop, campaigns, cart};
use crate::seeds;

mod conditions;

const CASES: u64 = 600;

fn case(seed: u64) -> (Vec<Campaign>, Cart, Numbers) {
    let mut numbers = Numbers::of(seed);
    let (lines, count) = (1 + numbers.below(6), 1 + numbers.below(6));
    let shop = if seed.is_multiple_of(16) { Shop::SUPERMARKET } else { Shop::CORNER };
    let mut definitions = campaigns(shop, &mut numbers, count);
    let mut cart = cart(shop, &mut numbers, lines);
    if numbers.below(2) == 0 {
        let known = Shopper::new(CustomerId::new(Uuid::from_u128(0xC0)));
        cart.context.shopper = Some(Shopper { purchases: 2, ..known });
    }
    cart.context.channel = Some(String::from("till"));
    for campaign in &mut definitions {
        hinder(campaign, &mut cart, &mut numbers);
    }
    (definitions, cart, numbers)
}

fn card(least_share: &str) -> TenderTerms {
    let of = TenderTarget { include: vec![TenderMethod::Kind(TenderKind::CreditCard)], exclude: Vec::new() };
    TenderTerms { of, least_share: Percent::parse(least_share).unwrap() }
}

/// Lets a campaign ask for something, which may be there or not.
fn hinder(campaign: &mut Campaign, cart: &mut Cart, numbers: &mut Numbers) {
    let some = numbers.below(3);
    let mut used = |uses: Uses| cart.context.uses.insert(campaign.id, uses);
    let amount = Money::from_minor(i64::from(100 + numbers.below(9_000)));
    match numbers.below(20) {
        0 => campaign.is_active = false,
        1 => campaign.activation = Activation::Never,
        2 => campaign.activation = Activation::Coupon,
        3 => campaign.store = Some(StoreId::new(Uuid::from_u128(7))),
        4 => campaign.window.end = NaiveDate::from_ymd_opt(2026, 3, 3 + some),
        5 => campaign.window.weekdays = Some(Weekdays::of([1 + u8::try_from(some).unwrap()])),
        6 => campaign.window.from = NaiveTime::from_hms_opt(14 + some, 0, 0),
        7 => campaign.segment = Some(SegmentId::new(Uuid::from_u128(9))),
        8 => {
            campaign.limits.uses = Some(2);
            used(Uses { total: 1 + some, ..Uses::default() });
        }
        9 => {
            campaign.limits.uses_per_customer = Some(2);
            used(Uses { by_customer: 1 + some, ..Uses::default() });
        }
        10 => {
            campaign.limits.uses_per_day = Some(2);
            used(Uses { today: 1 + some, ..Uses::default() });
        }
        11 => {
            campaign.limits.budget = Some(Money::from_minor(500));
            let spent = Money::from_minor(i64::from(400 + 100 * some));
            used(Uses { spent, ..Uses::default() });
        }
        12 => campaign.tender = Some(card("0")),
        13 => {
            campaign.tender = Some(card("50"));
            let method = TenderMethod::Kind(TenderKind::CreditCard);
            cart.tenders = vec![CartTender { no: TenderNo(1), method, amount }];
        }
        14 => campaign.limits.most_purchase = Some(amount),
        15..=18 => conditions::ask(campaign, cart, numbers),
        _ => {}
    }
}

fn outcome_of(id: CampaignId, definitions: &[Campaign], cart: &Cart) -> Outcome {
    let set = CampaignSet::compile(definitions.to_vec()).unwrap();
    let mut evaluator = Evaluator::of(&set, cart).unwrap();
    let evaluation = evaluator.evaluate().clone();
    let rank = set.rank(id).expect("the campaign is in the set");
    evaluator.explain(&evaluation).into_iter().find(|verdict| verdict.campaign == rank).unwrap().outcome
}

/// Changes what a verdict names, by as much as it says or, where `short`, by one less. None where it names nothing
/// that can be changed, or nothing that can be changed by less.
fn remedy(campaign: &mut Campaign, cart: &mut Cart, unmet: Unmet, short: bool) -> Option<()> {
    let context = &mut cart.context;
    let limits = &mut campaign.limits;
    let one = if short { Money::from_minor(1) } else { Money::ZERO };
    let fewer = u32::from(short);
    match unmet {
        // A smaller tender may let another campaign before it apply, or not apply any more.
        Unmet::Inactive
        | Unmet::NeverActivated
        | Unmet::NotUnlocked
        | Unmet::OtherStore
        | Unmet::Closed(_)
        | Unmet::TenderShare { .. }
            if short =>
        {
            return None;
        }
        Unmet::Inactive => campaign.is_active = true,
        Unmet::NeverActivated => campaign.activation = Activation::Automatic,
        Unmet::NotUnlocked => {
            context.unlocked.insert(unlocking(campaign.code.as_str()));
        }
        Unmet::OtherStore => context.store = campaign.store,
        Unmet::Closed(Closed::Dates) => (campaign.window.start, campaign.window.end) = (None, None),
        Unmet::Closed(Closed::Weekday) => campaign.window.weekdays = None,
        Unmet::Closed(Closed::Hours) => (campaign.window.from, campaign.window.until) = (None, None),
        Unmet::NotInSegment { customer_known } => {
            assert_eq!(customer_known, context.shopper.is_some());
            if short {
                return None;
            }
            let shopper = context.shopper.get_or_insert(Shopper::new(CustomerId::new(Uuid::from_u128(0xC1))));
            shopper.segments = BTreeSet::from_iter(campaign.segment);
        }
        Unmet::UsedUp { limit, used, .. } => {
            let most = Some(used + 1 - fewer);
            match limit {
                UseLimit::Total => limits.uses = most,
                UseLimit::Customer => limits.uses_per_customer = most,
                UseLimit::Day => limits.uses_per_day = most,
            }
        }
        Unmet::BudgetSpent { spent, .. } => limits.budget = Some(spent + Money::from_minor(1) - one),
        Unmet::BelowPurchase { actual, .. } => limits.least_purchase = Some(actual + one),
        Unmet::AbovePurchase { actual, .. } => limits.most_purchase = Some(actual - one),
        Unmet::NoTender if !short => {
            let method = TenderMethod::Kind(TenderKind::CreditCard);
            cart.tenders.push(CartTender { no: TenderNo(9), method, amount: Money::from_minor(1_000_000) });
        }
        Unmet::TenderShare { needed, .. } => cart.tenders.first_mut()?.amount = needed,
        Unmet::TooFewUnits { needed, actual, .. } => {
            return fewer_units(campaign, needed, actual, i64::from(short));
        }
        Unmet::BelowTier { actual, .. } => {
            let Benefit::Tiers { steps, .. } = &mut campaign.benefit else { return None };
            for step in steps.iter_mut() {
                step.from = (actual + one).minor();
            }
        }
        Unmet::Condition { question, why } => {
            return conditions::remedy(campaign, cart, (question, why), short);
        }
        _ => return None,
    }
    Some(())
}

/// Lets a benefit ask for no more units than there are.
fn fewer_units(campaign: &mut Campaign, needed: i64, actual: i64, short: i64) -> Option<()> {
    assert!(actual < needed);
    let wanted = actual + short;
    match &mut campaign.benefit {
        Benefit::Tiers { by: TierBy::Quantity, steps } => {
            for step in steps.iter_mut() {
                step.from = wanted;
            }
        }
        Benefit::BuyGet { buy, get, of: None, .. } if wanted > i64::from(*get) => {
            *buy = u32::try_from(wanted).unwrap() - *get;
        }
        Benefit::PriceFor { quantity, .. } if wanted > 0 => *quantity = u32::try_from(wanted).unwrap(),
        _ => return None,
    }
    Some(())
}

/// The place of a reason in the order in which they are asked.
fn place(unmet: &Unmet) -> u32 {
    match unmet {
        Unmet::Inactive => 0,
        Unmet::NeverActivated | Unmet::NotUnlocked => 1,
        Unmet::OtherStore => 2,
        Unmet::Closed(Closed::Dates) => 3,
        Unmet::Closed(Closed::Weekday) => 4,
        Unmet::Closed(Closed::Hours) => 5,
        Unmet::NotInSegment { .. } => 6,
        Unmet::UsedUp { limit: UseLimit::Total, .. } => 7,
        Unmet::UsedUp { limit: UseLimit::Customer, .. } => 8,
        Unmet::UsedUp { limit: UseLimit::Day, .. } => 9,
        Unmet::BudgetSpent { .. } | Unmet::NotLent => 10,
        Unmet::Condition { .. } => 11,
        Unmet::BelowPurchase { .. } => 12,
        Unmet::AbovePurchase { .. } => 13,
        Unmet::NoTender => 14,
        Unmet::TenderShare { .. } => 15,
        // That a benefit finds no product of its rows is said last.
        Unmet::TooFewUnits { .. } | Unmet::BelowTier { .. } | Unmet::NoLines => 17,
        Unmet::NothingToGive => 18,
        other => panic!("{other:?} names nothing to change"),
    }
}

/// Whether a campaign gives something now, or would but for others, or is stopped by what is asked after that reason.
fn is_past(unmet: &Unmet, after: &Outcome) -> bool {
    match after {
        Outcome::Applied { .. } | Outcome::Beaten { .. } | Outcome::NothingLeft { .. } => true,
        // Questions of one condition are asked in the order they are written.
        Outcome::Unmet(Unmet::Condition { question: next, .. })
            if let Unmet::Condition { question, .. } = unmet =>
        {
            next > question
        }
        Outcome::Unmet(next) => place(next) > place(unmet),
        _ => false,
    }
}

/// Whether two verdicts give the same reason, whatever their figures.
fn is_same_reason(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Unmet(Unmet::Closed(one)), Outcome::Unmet(Unmet::Closed(other))) => one == other,
        (
            Outcome::Unmet(Unmet::UsedUp { limit: one, .. }),
            Outcome::Unmet(Unmet::UsedUp { limit: other, .. }),
        ) => one == other,
        (
            Outcome::Unmet(Unmet::Condition { question: one, why }),
            Outcome::Unmet(Unmet::Condition { question: other, why: now }),
        ) => one == other && std::mem::discriminant(why) == std::mem::discriminant(now),
        (Outcome::Unmet(one), Outcome::Unmet(other)) => {
            std::mem::discriminant(one) == std::mem::discriminant(other)
        }
        _ => false,
    }
}

#[test]
fn what_a_verdict_names_flips_it_when_it_is_changed_by_so_much_and_not_by_less() {
    let (mut flipped, mut given, mut kept, mut reasons) = (0, 0, 0, BTreeSet::new());
    for seed in seeds(CASES) {
        let (definitions, cart, _) = case(seed);
        for at in 0..definitions.len() {
            let id = definitions[at].id;
            let before = outcome_of(id, &definitions, &cart);
            let Outcome::Unmet(unmet) = before else { continue };
            let changed = |short: bool| {
                let (mut definitions, mut cart) = (definitions.clone(), cart.clone());
                remedy(&mut definitions[at], &mut cart, unmet, short)?;
                Some(outcome_of(id, &definitions, &cart))
            };
            let Some(after) = changed(false) else { continue };
            assert!(is_past(&unmet, &after), "seed {seed}: {before:?} and then {after:?}");
            flipped += 1;
            given += u32::from(!matches!(after, Outcome::Unmet(_)));
            reasons.insert(named(&unmet));
            if let Unmet::Condition { why, .. } = &unmet {
                reasons.insert(format!("condition {}", named(why)));
            }
            if let Some(after) = changed(true) {
                assert!(is_same_reason(&before, &after), "seed {seed}: {before:?} by less {after:?}");
                kept += 1;
            }
        }
    }
    assert!(flipped > 300 && kept > 100, "{flipped} verdicts flipped, {kept} not by less");
    assert!(4 * given > flipped, "{given} of {flipped} gave something then");
    let conditions = reasons.iter().filter(|reason| reason.starts_with("condition")).count();
    // Each kind of question, and the opposite of one.
    assert!(conditions >= 12, "{reasons:?}");
    assert!(reasons.len() - conditions >= 14, "{reasons:?}");
}

/// The name of a variant, without its figures.
fn named(variant: &impl std::fmt::Debug) -> String {
    let words = format!("{variant:?}");
    words.chars().take_while(|letter| !" {(".contains(*letter)).collect()
}

#[test]
fn a_campaign_that_was_beaten_gives_something_by_itself() {
    let mut beaten = 0;
    for seed in seeds(10 * CASES) {
        let (definitions, cart, _) = case(seed);
        // A base that is higher alone may be above a bound, or too high for what the tenders pay.
        let falls_only =
            |campaign: &&Campaign| campaign.limits.most_purchase.is_none() && campaign.tender.is_none();
        for campaign in definitions.iter().filter(falls_only) {
            let Outcome::Beaten { amount, by } = outcome_of(campaign.id, &definitions, &cart) else {
                continue;
            };
            assert!(!by.is_empty(), "seed {seed}");
            let alone = outcome_of(campaign.id, std::slice::from_ref(campaign), &cart);
            let Outcome::Applied { amount: gives, .. } = alone else { panic!("seed {seed}: {alone:?}") };
            assert_eq!(gives.is_positive(), amount.is_positive(), "seed {seed}");
            beaten += 1;
        }
    }
    assert!(beaten > 50, "{beaten} were beaten");
}

#[test]
fn a_campaign_that_was_beaten_is_beaten_no_more_without_those_that_its_verdict_names() {
    let (mut applied, mut chained) = (0, 0);
    for seed in seeds(10 * CASES) {
        let (definitions, cart, _) = case(seed);
        let set = CampaignSet::compile(definitions.clone()).unwrap();
        for campaign in &definitions {
            let Outcome::Beaten { by, .. } = outcome_of(campaign.id, &definitions, &cart) else { continue };
            let named: BTreeSet<CampaignId> = by.iter().map(|rank| set.campaign(*rank).id).collect();
            let without: Vec<Campaign> = definitions
                .iter()
                .map(|one| Campaign { is_active: one.is_active && !named.contains(&one.id), ..one.clone() })
                .collect();
            let outcome = outcome_of(campaign.id, &without, &cart);
            assert!(!matches!(outcome, Outcome::Beaten { .. }), "seed {seed}: {outcome:?} without {named:?}");
            applied += usize::from(matches!(outcome, Outcome::Applied { .. }));
            chained += usize::from(named.len() > 1);
        }
    }
    assert!(applied > 100 && chained > 5, "{applied} flipped, {chained} of several");
}
