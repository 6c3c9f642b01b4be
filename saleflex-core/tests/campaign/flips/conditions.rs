//! Questions of further conditions, asked of a seed's basket, and what makes each hold.

use chrono::{Datelike, NaiveDate};
use saleflex_core::{
    campaign::{
        Campaign, Cart, CartTender, Condition, ConditionUnmet, QuestionNo, Shopper, Target, TenderMethod,
        TenderTarget, Weekdays, Window, unlocking,
    },
    ids::{CustomerId, SegmentId, StoreId, TenderNo},
    money::Money,
    quantity::Percent,
    tender::TenderKind,
};
use uuid::Uuid;

use crate::generator::Numbers;

const CARD: TenderMethod = TenderMethod::Kind(TenderKind::CreditCard);

/// Lets a campaign ask one question, its opposite, or one of two or three.
pub(super) fn ask(campaign: &mut Campaign, cart: &mut Cart, numbers: &mut Numbers) {
    let mut one = || question(cart, numbers);
    let (first, second, third) = (one(), one(), one());
    campaign.condition = match numbers.below(6) {
        0 => Condition::Not(first.into()),
        1 => Condition::Any(vec![first, second]),
        2 => Condition::All(vec![first, Condition::Not(second.into())]),
        3 => Condition::All(vec![Condition::Any(vec![first, second]), third]),
        _ => first,
    };
}

fn question(cart: &mut Cart, numbers: &mut Numbers) -> Condition {
    let some = numbers.below(3);
    let amount = Money::from_minor(i64::from(100 + numbers.below(9_000)));
    let (of, day) = (Target::all(), u8::try_from(1 + some).unwrap_or(1));
    match numbers.below(14) {
        0 => Condition::Value { of, least: Some(amount), most: None },
        1 => Condition::Value { of, least: None, most: Some(amount) },
        2 => Condition::Quantity { of, least: Some(4 * some), most: None },
        3 => Condition::Quantity { of, least: None, most: Some(3 * some) },
        4 => Condition::CustomerKnown,
        5 => Condition::FirstPurchase,
        6 => Condition::Stores(vec![StoreId::new(Uuid::from_u128(7))]),
        7 => Condition::Window(Window { weekdays: Some(Weekdays::of([day])), ..Window::default() }),
        8 => Condition::Channel(String::from(if some == 0 { "till" } else { "web" })),
        9 => Condition::Segment(SegmentId::new(Uuid::from_u128(9))),
        10 => Condition::Tier(String::from("GOLD")),
        11 => Condition::Birthday { within_days: 3 },
        12 => Condition::Coupon,
        _ => {
            if cart.tenders.is_empty() {
                cart.tenders = vec![CartTender { no: TenderNo(1), method: CARD, amount }];
            }
            let of = TenderTarget { include: vec![CARD], exclude: Vec::new() };
            Condition::Tender { of, least_share: Percent::parse("50").unwrap() }
        }
    }
}

/// Changes what the document is, or the bound that a question sets, so that the question is answered the other way;
/// where `short`, a bound by one less than that.
pub(super) fn remedy(
    campaign: &mut Campaign,
    cart: &mut Cart,
    (question, why): (QuestionNo, ConditionUnmet),
    short: bool,
) -> Option<()> {
    let asked =
        campaign.condition.question(question).expect("the verdict names a question that is asked").clone();
    if why == ConditionUnmet::Opposite {
        assert!(is_within_not(&campaign.condition, &asked), "{asked:?} of {:?}", campaign.condition);
        // One that is asked for elsewhere in the condition cannot be had both ways.
        let is_free =
            places(&mut campaign.condition).iter().filter(|other| about(other) == about(&asked)).count() == 1;
        return (!short && is_free).then(|| prevent(&asked, cart)).flatten();
    }
    let one = i64::from(short);
    let mut bound = |other| replaced(campaign, &asked, other);
    match (why, asked.clone()) {
        (ConditionUnmet::Value { actual, needed }, Condition::Value { of, least, most }) => {
            assert_eq!(Some(needed), if actual < needed { least } else { most });
            let (least, most) = if actual < needed {
                (Some(actual + Money::from_minor(one)), most)
            } else {
                (least, Some(actual - Money::from_minor(one)))
            };
            bound(Condition::Value { of, least, most })
        }
        (ConditionUnmet::Quantity { actual, needed }, Condition::Quantity { of, least, most }) => {
            let units = |units: i64| u32::try_from(units).ok();
            let (least, most) =
                if actual < needed { (units(actual + one), most) } else { (least, units(actual - one)) };
            bound(Condition::Quantity { of, least, most })
        }
        (ConditionUnmet::Tender { needed, actual }, _) => {
            assert!(actual < needed);
            cart.tenders =
                vec![CartTender { no: TenderNo(1), method: CARD, amount: needed - Money::from_minor(one) }];
            Some(())
        }
        (_, asked) if !short => allow(&asked, campaign, cart),
        _ => None,
    }
}

/// What of a document a question looks at.
fn about(question: &Condition) -> u8 {
    match question {
        Condition::Channel(_) => 0,
        Condition::Tender { .. } => 1,
        Condition::Value { .. } | Condition::Quantity { .. } => 2,
        Condition::Stores(_) => 3,
        Condition::Window(_) => 4,
        Condition::Coupon => 5,
        _ => 6,
    }
}

/// Puts another question in the place of one.
fn replaced(campaign: &mut Campaign, question: &Condition, by: Condition) -> Option<()> {
    *places(&mut campaign.condition).into_iter().find(|asked| *asked == question)? = by;
    Some(())
}

fn places(condition: &mut Condition) -> Vec<&mut Condition> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter_mut().flat_map(places).collect(),
        Condition::Not(part) => places(part),
        question => vec![question],
    }
}

fn is_within_not(condition: &Condition, question: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().any(|part| is_within_not(part, question))
        }
        Condition::Not(part) => **part == *question,
        _ => false,
    }
}

fn shopper(cart: &mut Cart) -> &mut Shopper {
    cart.context.shopper.get_or_insert(Shopper::new(CustomerId::new(Uuid::from_u128(0xC2))))
}

/// Makes the document one for which a question holds.
fn allow(question: &Condition, campaign: &Campaign, cart: &mut Cart) -> Option<()> {
    let today = cart.context.moment.local.date();
    match question {
        Condition::CustomerKnown => _ = shopper(cart),
        Condition::FirstPurchase => shopper(cart).purchases = 0,
        Condition::Stores(stores) => cart.context.store = stores.first().copied(),
        Condition::Channel(channel) => cart.context.channel = Some(channel.clone()),
        Condition::Segment(segment) => _ = shopper(cart).segments.insert(*segment),
        Condition::Tier(tier) => shopper(cart).tier = Some(tier.clone()),
        Condition::Birthday { .. } => {
            shopper(cart).birthday = NaiveDate::from_ymd_opt(1990, today.month(), today.day());
        }
        Condition::Coupon => _ = cart.context.unlocked.insert(unlocking(campaign.code.as_str())),
        _ => return None,
    }
    Some(())
}

/// Makes the document one for which a question does not hold.
fn prevent(question: &Condition, cart: &mut Cart) -> Option<()> {
    match question {
        Condition::CustomerKnown | Condition::FirstPurchase => cart.context.shopper = None,
        Condition::Channel(_) => cart.context.channel = None,
        Condition::Tender { .. } => cart.tenders.clear(),
        _ => return None,
    }
    Some(())
}
