//! What is said of a coupon is true: against checks that are written down one after the other.
#![allow(clippy::wildcard_enum_match_arm, reason = "a refusal that these checks do not know fails the test")]

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDateTime, NaiveTime};
use saleflex_core::{
    adjustment::{AppliedCoupon, CouponRefusal},
    campaign::{
        Activation, AppliedCoupons, Benefit, Campaign, CampaignSet, Context, Coupon, CouponKind,
        CouponOnFile, OpenDocument, Per, Reward, Shopper, Uses, Weekdays,
    },
    ids::{CampaignId, CouponId, CustomerId, SegmentId, StoreId},
    quantity::Percent,
    time::Moment,
};
use uuid::Uuid;

use crate::generator::Numbers;
use crate::seeds;

const CASES: u64 = 3_000;

/// A coupon, the campaign it opens, and where it is shown.
struct Shown {
    campaign: Campaign,
    coupon: Coupon,
    used: u32,
    context: Context,
}

/// A Wednesday at noon.
fn noon() -> NaiveDateTime {
    "2026-03-04T12:00:00".parse().unwrap()
}

fn hour(hour: u32) -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(hour, 0, 0)
}

fn customer(number: u32) -> CustomerId {
    CustomerId::new(Uuid::from_u128(u128::from(number)))
}

fn store(number: u32) -> StoreId {
    StoreId::new(Uuid::from_u128(u128::from(number)))
}

fn segment() -> SegmentId {
    SegmentId::new(Uuid::from_u128(5))
}

/// Where a draw of so many percent comes off.
fn maybe<T>(numbers: &mut Numbers, percent: u32, made: impl FnOnce(&mut Numbers) -> T) -> Option<T> {
    numbers.chance(percent).then(|| made(numbers))
}

/// A day before or after a moment, or the moment itself.
fn near(numbers: &mut Numbers) -> NaiveDateTime {
    noon() + chrono::TimeDelta::days(i64::from(numbers.below(3)) - 1)
}

fn campaign(numbers: &mut Numbers) -> Campaign {
    let reward = Reward::Percent(Percent::parse("10").unwrap());
    let benefit = Benefit::Off { reward, per: Per::Document };
    let mut campaign = Campaign::new(CampaignId::new(Uuid::from_u128(1)), "WELCOME", benefit);
    campaign.is_active = numbers.chance(90);
    campaign.activation = if numbers.chance(90) { Activation::Coupon } else { Activation::Automatic };
    campaign.window.start = maybe(numbers, 20, near).map(|at| at.date());
    campaign.window.end = maybe(numbers, 20, near).map(|at| at.date());
    campaign.window.from = maybe(numbers, 20, |numbers| numbers.one_of(&[9, 12, 13])).and_then(hour);
    campaign.window.until = maybe(numbers, 20, |numbers| numbers.one_of(&[14, 15])).and_then(hour);
    campaign.window.weekdays =
        maybe(numbers, 20, |numbers| numbers.one_of(&[3, 4])).map(|day| Weekdays::of([day]));
    campaign.store = maybe(numbers, 20, |numbers| store(1 + numbers.below(2)));
    campaign.segment = maybe(numbers, 20, |_| segment());
    campaign.limits.uses = maybe(numbers, 20, |numbers| 1 + numbers.below(2));
    campaign.limits.uses_per_customer = maybe(numbers, 20, |_| 1);
    campaign
}

fn shown(seed: u64) -> Shown {
    let mut numbers = Numbers::of(seed);
    let campaign = campaign(&mut numbers);
    let kinds = [CouponKind::SingleUse, CouponKind::MultiUse, CouponKind::Personal, CouponKind::Public];
    let kind = numbers.one_of(&kinds);
    let mut coupon = Coupon::new(CouponId::new(Uuid::from_u128(9)), "W-1", campaign.id, kind);
    coupon.is_active = numbers.chance(90);
    coupon.holder = maybe(&mut numbers, 60, |numbers| customer(1 + numbers.below(2)));
    coupon.start = maybe(&mut numbers, 20, near);
    coupon.end = maybe(&mut numbers, 20, near);
    coupon.uses = maybe(&mut numbers, 40, |numbers| numbers.below(3));
    let mut context = Context::at(Moment::utc(noon().and_utc()));
    context.store = maybe(&mut numbers, 70, |_| store(1));
    context.shopper = maybe(&mut numbers, 70, |numbers| {
        let mut shopper = Shopper::new(customer(1));
        shopper.segments = maybe(numbers, 50, |_| segment()).into_iter().collect();
        shopper
    });
    let (total, by_customer) = (numbers.below(3), numbers.below(2));
    context.uses.insert(campaign.id, Uses { total, by_customer, ..Uses::default() });
    Shown { used: numbers.below(3), campaign, coupon, context }
}

impl Shown {
    fn set(&self) -> CampaignSet {
        CampaignSet::compile(vec![self.campaign.clone()]).unwrap()
    }

    /// What the till says when it is typed.
    fn entered(&self) -> Result<(), CouponRefusal> {
        let found = CouponOnFile { coupon: &self.coupon, uses: self.used };
        let mut applied = AppliedCoupons::default();
        applied.enter(" w-1 ", OpenDocument::Sale, |_| Some(found), &self.set(), &self.context).map(|_| ())
    }

    /// The first of the checks that does not hold, each as the rules say it.
    fn slowly(&self) -> Option<CouponRefusal> {
        let Self { campaign, coupon, used, context } = self;
        let (now, today) = (noon(), noon().date());
        let presenter = context.shopper.as_ref().map(|shopper| shopper.id);
        let uses = context.uses.get(&campaign.id).copied().unwrap_or_default();
        let (window, limits) = (&campaign.window, &campaign.limits);
        let is_other = coupon.holder.is_some() && coupon.holder != presenter;
        let whose = match presenter {
            Some(_) => CouponRefusal::PersonalOtherCustomer,
            None => CouponRefusal::PersonalNoCustomer,
        };
        let of_customer = limits.uses_per_customer.filter(|_| presenter.is_some());
        let weekday = u8::try_from(today.weekday().number_from_monday()).unwrap();
        let is_member = context.shopper.iter().any(|shopper| shopper.segments.contains(&segment()));
        let is = |kind: CouponKind| coupon.kind == kind;
        let checks = [
            (!coupon.is_active, CouponRefusal::Blocked),
            (!campaign.is_active, CouponRefusal::CampaignUnavailable),
            (campaign.activation != Activation::Coupon, CouponRefusal::CampaignNotCouponBased),
            (limits.uses.is_some_and(|most| uses.total >= most), CouponRefusal::CampaignUsageLimit),
            (of_customer.is_some_and(|most| uses.by_customer >= most), CouponRefusal::CampaignUsedByCustomer),
            (coupon.start.is_some_and(|start| start > now), CouponRefusal::CouponDates),
            (coupon.end.is_some_and(|end| end < now), CouponRefusal::CouponDates),
            (window.start.is_some_and(|start| start > today), CouponRefusal::CampaignDates),
            (window.end.is_some_and(|end| end < today), CouponRefusal::CampaignDates),
            (is(CouponKind::Personal) && coupon.holder.is_none(), CouponRefusal::PersonalUnassigned),
            (is(CouponKind::Personal) && is_other, whose),
            (coupon.uses.is_some_and(|most| most > 0 && *used >= most), CouponRefusal::CouponUsageLimit),
            (is(CouponKind::SingleUse) && *used > 0, CouponRefusal::SingleUseUsed),
            (is(CouponKind::SingleUse) && is_other, whose),
            (campaign.store.is_some() && campaign.store != context.store, CouponRefusal::CampaignStore),
            (window.weekdays.is_some_and(|days| !days.has(weekday)), CouponRefusal::CampaignHours),
            (window.from.is_some_and(|from| from > now.time()), CouponRefusal::CampaignHours),
            (window.until.is_some_and(|until| until < now.time()), CouponRefusal::CampaignHours),
            (campaign.segment.is_some() && !is_member, CouponRefusal::CampaignSegment),
        ];
        checks.into_iter().find(|(fails, _)| *fails).map(|(_, refusal)| refusal)
    }

    /// Changes what a refusal names and nothing else.
    fn mend(&mut self, refusal: CouponRefusal) {
        let Self { campaign, coupon, used, context } = self;
        match refusal {
            CouponRefusal::Blocked => coupon.is_active = true,
            CouponRefusal::CampaignUnavailable => campaign.is_active = true,
            CouponRefusal::CampaignNotCouponBased => campaign.activation = Activation::Coupon,
            CouponRefusal::CampaignUsageLimit | CouponRefusal::CampaignUsedByCustomer => context.uses.clear(),
            CouponRefusal::CouponDates => (coupon.start, coupon.end) = (None, None),
            CouponRefusal::CampaignDates => (campaign.window.start, campaign.window.end) = (None, None),
            CouponRefusal::PersonalUnassigned => coupon.holder = Some(customer(2)),
            CouponRefusal::PersonalOtherCustomer | CouponRefusal::PersonalNoCustomer => {
                context.shopper = coupon.holder.map(Shopper::new);
            }
            CouponRefusal::CouponUsageLimit | CouponRefusal::SingleUseUsed => *used = 0,
            CouponRefusal::CampaignStore => context.store = campaign.store,
            CouponRefusal::CampaignHours => {
                (campaign.window.from, campaign.window.until, campaign.window.weekdays) = (None, None, None);
            }
            CouponRefusal::CampaignSegment => campaign.segment = None,
            other => panic!("{other:?} is none of these"),
        }
    }
}

/// An accepted coupon opens its campaign, and one that is refused would open nothing if it stood on the document all the same.
fn check(shown: &Shown, entered: Result<(), CouponRefusal>, seed: u64) {
    let Shown { campaign, coupon, used, context } = shown;
    let set = shown.set();
    let on_file = |_| Some(CouponOnFile { coupon, uses: *used });
    let standing = AppliedCoupon { id: coupon.id, code: coupon.code.clone(), campaign: campaign.id };
    let applied = AppliedCoupons::of(vec![standing]);
    let (unlocked, dropped) = applied.unlock(on_file, &set, context);
    match entered {
        Ok(()) => {
            assert!(dropped.is_empty() && unlocked.contains("WELCOME"), "seed {seed}");
            let opened = Context { unlocked, ..context.clone() };
            let rank = set.rank(campaign.id).unwrap();
            assert_eq!(set.check_eligible(rank, &opened), Ok(()), "seed {seed}");
        }
        Err(refusal) => {
            assert!(unlocked.is_empty(), "seed {seed}");
            assert_eq!(dropped, [(coupon.id, refusal)], "seed {seed}");
        }
    }
}

#[test]
fn a_coupon_counts_once_all_that_its_refusals_name_is_mended_and_none_is_said_twice() {
    let (mut kinds, mut accepted) = (BTreeSet::new(), 0);
    for seed in seeds(CASES) {
        let mut shown = shown(seed);
        let mut said = Vec::new();
        loop {
            let entered = shown.entered();
            assert_eq!(entered.err(), shown.slowly(), "seed {seed}, after {said:?}");
            check(&shown, entered, seed);
            let Err(refusal) = entered else { break };
            assert!(!said.contains(&refusal), "seed {seed}: {refusal:?} again after {said:?}");
            kinds.insert(format!("{refusal:?}"));
            shown.mend(refusal);
            said.push(refusal);
        }
        accepted += usize::from(said.is_empty());
    }
    assert_eq!(kinds.len(), 15, "{kinds:?}");
    assert!(accepted > 50, "{accepted} were accepted at once");
}
