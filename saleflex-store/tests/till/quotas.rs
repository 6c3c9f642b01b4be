//! Shares of limits that hold for the whole company: asked for, used up, given back, and never more than that.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    campaign::{Campaign, Coupon, CouponKind, Outcome, Per, Unmet},
    document::{Command, TakeTender},
    ids::TenderNo,
    money::Money,
    tender::{GiftCardNumber, TenderDetails, TenderKind},
};
use saleflex_store::{
    Error, Request,
    inbox::Inbox,
    quotas::{Granted, QuotaKind, QuotaPolicy, Share, Withheld},
    request::Done,
    verify::Verification,
};

use crate::support::{
    promoted::{CODE, coupon, promoted, share, tenth, with_coupon},
    shop::{self, Shop, cash, minor, morning, sell},
};

const HUB: &str = "gate";

/// A shop whose hub has said what it wants of a till without a share.
struct Lent {
    shop: Shop,
    inbox: Inbox,
}

impl Lent {
    fn by(policy: QuotaPolicy, campaigns: Vec<Campaign>) -> Self {
        Self::in_shop(policy, promoted(campaigns))
    }

    fn in_shop(policy: QuotaPolicy, mut shop: Shop) -> Self {
        shop.log_in(shop::ADMIN);
        shop.till.add_connector(HUB).unwrap();
        let inbox = shop.till.inbox(HUB).unwrap();
        let mut lent = Self { shop, inbox };
        lent.answer(policy, |_| 0);
        lent.shop.till.tend_quotas(HUB).unwrap();
        lent
    }

    /// The hub answers what is asked now: `more` is what each share gets beyond what was granted.
    fn answer(&mut self, policy: QuotaPolicy, more: impl Fn(&Share) -> i64) {
        let request = self.inbox.quotas().unwrap();
        let granted: Vec<Granted> = request.shares.iter().map(|share| grant(share, more(share))).collect();
        self.inbox.keep_quotas(morning(), (&request, policy), &granted).unwrap();
    }

    fn lend(&mut self, more: i64) {
        self.answer(QuotaPolicy::Refuse, |_| more);
    }

    /// The hub lends nothing now, and says why.
    fn withhold(&mut self, why: Withheld) {
        let (request, now) = (self.inbox.quotas().unwrap(), self.shop.till.now().instant);
        let none = |share| Granted { withheld: Some(why), ..grant(share, 0) };
        let granted: Vec<Granted> = request.shares.iter().map(none).collect();
        self.inbox.keep_quotas(now, (&request, QuotaPolicy::Refuse), &granted).unwrap();
    }

    /// Scans the coupon.
    fn scan(&mut self) -> Result<Done, Error> {
        self.shop.till.execute(Command::EnterCoupon { entered: CODE.to_owned() })
    }

    /// Scans the coupon; answers why the hub lends nothing of it.
    fn refused(&mut self) -> Option<Withheld> {
        match self.scan() {
            Err(Error::CouponWithheld { why, .. }) => Some(why),
            Err(Error::CouponNotLent { .. }) => None,
            other => panic!("{other:?}"),
        }
    }

    /// The hub is asked for the coupon and lends a use of it.
    fn lend_coupon(&mut self) {
        self.shop.execute(sell("D"));
        assert_eq!(self.refused(), None);
        self.lend(1);
    }

    /// Sells one thing; answers what campaigns gave.
    fn sell(&mut self) -> i64 {
        self.shop.execute(sell("D"));
        let given = self.given();
        self.shop.execute(cash());
        given
    }

    fn given(&self) -> i64 {
        let document = self.shop.till.draft().unwrap();
        document.adjustments.iter().map(|one| one.amount.minor()).sum()
    }

    fn share(&self, kind: QuotaKind) -> Share {
        let shares = self.shop.till.quota_shares(HUB).unwrap();
        shares.into_iter().find(|share| share.quota.kind == kind).unwrap()
    }
}

fn grant(share: &Share, more: i64) -> Granted {
    let until: DateTime<Utc> = morning() + TimeDelta::hours(1);
    Granted { quota: share.quota, granted: share.granted + more, expires_at: Some(until), withheld: None }
}

fn limited(uses: u32) -> Campaign {
    let mut campaign = tenth();
    campaign.limits.uses = Some(uses);
    campaign
}

#[test]
fn a_till_gives_what_is_lent_to_it_and_no_more_although_the_limit_is_far() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![limited(100)]);
    assert_eq!(lent.sell(), 0, "nothing is lent yet");
    lent.lend(2);
    assert_eq!([lent.sell(), lent.sell(), lent.sell()], [1_200, 1_200, 0]);
    assert_eq!(
        (lent.share(QuotaKind::CampaignUses).used, lent.share(QuotaKind::CampaignUses).left()),
        (2, 0)
    );
    assert!(matches!(lent.shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_campaign_that_waits_for_its_share_says_so_and_tells_no_false_count() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![limited(100)]);
    lent.shop.execute(sell("D"));
    let outcome = |lent: &mut Lent| {
        let explained = lent.shop.till.explain().unwrap().unwrap();
        explained.verdicts[0].outcome.clone()
    };
    assert_eq!(outcome(&mut lent), Outcome::Unmet(Unmet::NotLent));
    lent.lend(1);
    lent.shop.execute(sell("D"));
    assert!(matches!(outcome(&mut lent), Outcome::Applied { .. }));
}

#[test]
fn a_sale_that_is_not_finished_uses_nothing_up() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![limited(100)]);
    lent.lend(1);
    lent.shop.execute(sell("D"));
    assert_eq!(lent.given(), 1_200);
    lent.shop.execute(Command::Cancel { reason: None });
    assert_eq!((lent.share(QuotaKind::CampaignUses).left(), lent.sell()), (1, 1_200));
}

#[test]
fn where_the_company_allows_it_a_till_without_a_share_counts_for_itself() {
    let mut lent = Lent::by(QuotaPolicy::Allow, vec![limited(2)]);
    assert_eq!([lent.sell(), lent.sell(), lent.sell()], [1_200, 1_200, 0]);
    assert_eq!(lent.share(QuotaKind::CampaignUses).used, 2, "the hub is told by the sales");
}

#[test]
fn an_answer_twice_or_late_lends_nothing_twice() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![limited(100)]);
    let request = lent.inbox.quotas().unwrap();
    let terms = (&request, QuotaPolicy::Refuse);
    let (early, late) = (grant(&request.shares[0], 1), grant(&request.shares[0], 3));
    for answer in [&late, &early, &late] {
        lent.inbox.keep_quotas(morning(), terms, std::slice::from_ref(answer)).unwrap();
    }
    assert_eq!(lent.share(QuotaKind::CampaignUses).left(), 3);
}

#[test]
fn what_is_over_is_given_back_between_documents_and_cannot_be_used_any_more() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![limited(100)]);
    lent.lend(5);
    lent.sell();
    assert!(!lent.inbox.quotas_wait().unwrap());
    lent.shop.execute(sell("D"));
    lent.shop.clock.advance(TimeDelta::hours(2));
    assert!(matches!(lent.shop.till.tend_quotas(HUB), Err(Error::DocumentOpen)));
    lent.shop.execute(cash());
    lent.shop.till.tend_quotas(HUB).unwrap();
    let share = lent.share(QuotaKind::CampaignUses);
    assert_eq!((share.used, share.returned, share.left()), (2, 3, 0));
    assert!(lent.inbox.quotas_wait().unwrap(), "the hub must hear of it");
    assert_eq!(lent.sell(), 0);
}

#[test]
fn the_hub_hears_of_a_share_when_half_of_it_is_gone() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![limited(100)]);
    lent.lend(4);
    lent.sell();
    assert!(!lent.inbox.quotas_wait().unwrap());
    lent.sell();
    assert!(lent.inbox.quotas_wait().unwrap());
}

#[test]
fn money_is_lent_to_the_smallest_unit() {
    let mut campaign = tenth();
    campaign.limits.budget = Some(minor(1_000_000));
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![campaign]);
    lent.lend(1_500);
    assert_eq!([lent.sell(), lent.sell(), lent.sell()], [1_200, 300, 0]);
    assert_eq!(lent.share(QuotaKind::CampaignBudget).used, 1_500);
}

#[test]
fn a_customers_share_is_asked_for_with_the_customer_and_given_back_with_the_period() {
    let mut personal = share(7, "EACH", "1", Per::Document);
    personal.limits.uses_per_customer = Some(9);
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![personal]);
    let customer = lent.shop.till.find_customers("", 1).unwrap()[0].id;
    let assign = || Request::assign_customer(Some(customer));
    lent.shop.execute(sell("D"));
    assert_eq!(lent.given(), 120, "nobody's uses are not limited");
    lent.shop.execute(assign());
    assert_eq!(lent.given(), 0, "nothing is lent of this customer's");
    lent.lend(2);
    lent.shop.execute(sell("A"));
    assert!(lent.given() > 0, "the next command finds the share");
    lent.shop.execute(cash());
    let share = lent.share(QuotaKind::CustomerUses);
    assert_eq!((share.quota.customer, share.used, share.left()), (Some(customer), 1, 1));
    lent.shop.till.close_period(None, None).unwrap();
    assert_eq!(lent.share(QuotaKind::CustomerUses).left(), 0);
}

#[test]
fn a_coupon_that_is_not_lent_is_asked_for_and_counts_when_it_is() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![with_coupon()]);
    let enter = || Command::EnterCoupon { entered: CODE.to_owned() };
    lent.shop.execute(sell("D"));
    let refused = lent.shop.till.execute(enter());
    assert!(matches!(refused, Err(Error::CouponNotLent { code }) if code == coupon().code));
    assert!(lent.inbox.quotas_wait().unwrap());
    lent.lend(1);
    lent.shop.execute(enter());
    assert_eq!(lent.given(), 1_200);
    lent.shop.execute(cash());
    lent.shop.execute(sell("D"));
    assert!(matches!(lent.shop.till.execute(enter()), Err(Error::Refused(_))), "it was used here");
}

#[test]
fn what_is_in_use_of_a_share_is_told_again_and_what_is_spent_and_over_is_not() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![with_coupon()]);
    let enter = || Command::EnterCoupon { entered: CODE.to_owned() };
    let told = |lent: &mut Lent| -> Vec<i64> {
        let shares = lent.inbox.quotas().unwrap().shares;
        shares
            .iter()
            .filter(|share| share.quota.kind == QuotaKind::CouponUses)
            .map(|share| share.used)
            .collect()
    };
    lent.shop.execute(sell("D"));
    lent.shop.till.execute(enter()).unwrap_err();
    lent.lend(1);
    assert!(!lent.inbox.quotas_wait().unwrap(), "there is no hurry");
    assert_eq!(told(&mut lent), [0], "a hub that came back from a backup may not know of it");
    lent.shop.execute(enter());
    lent.shop.execute(cash());
    lent.lend(0);
    assert_eq!(told(&mut lent), [1], "nor of its use");
    let request = lent.inbox.quotas().unwrap();
    let later = morning() + TimeDelta::hours(2);
    lent.inbox.keep_quotas(later, (&request, QuotaPolicy::Refuse), &[]).unwrap();
    assert_eq!(told(&mut lent), [0_i64; 0]);
}

#[test]
fn a_coupon_of_which_the_hub_has_none_left_is_refused_as_used() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![with_coupon()]);
    lent.shop.execute(sell("D"));
    assert_eq!(lent.refused(), None);
    lent.withhold(Withheld::UsedUp);
    assert!(matches!(lent.scan(), Err(Error::Refused(_))));
}

#[test]
fn a_coupon_that_is_not_used_is_never_called_used() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![with_coupon()]);
    lent.shop.execute(sell("D"));
    assert_eq!(lent.refused(), None);
    let why = [Withheld::LentElsewhere, Withheld::AwaitingTills, Withheld::NotInForce, Withheld::AskedAbove];
    for why in why {
        lent.withhold(why);
        assert_eq!(lent.refused(), Some(why));
        lent.shop.clock.advance(TimeDelta::seconds(2));
        assert_eq!(lent.refused(), Some(why), "asked again, the last answer stands");
    }
}

#[test]
fn a_coupon_that_is_scanned_again_is_asked_for_again_once_a_second_and_once_at_a_time() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![with_coupon()]);
    lent.shop.execute(sell("D"));
    assert_eq!(lent.refused(), None);
    lent.withhold(Withheld::LentElsewhere);
    assert_eq!(lent.refused(), Some(Withheld::LentElsewhere));
    assert!(!lent.inbox.quotas_wait().unwrap(), "the hub has just said so");
    lent.shop.clock.advance(TimeDelta::seconds(2));
    lent.shop.execute(sell("A"));
    assert!(!lent.inbox.quotas_wait().unwrap(), "nobody has scanned it");
    assert_eq!(lent.refused(), Some(Withheld::LentElsewhere));
    assert!(lent.inbox.quotas_wait().unwrap(), "minutes before the answer is over");
    let request = lent.inbox.quotas().unwrap();
    assert_eq!(lent.refused(), Some(Withheld::LentElsewhere));
    assert_eq!(lent.inbox.quotas().unwrap(), request, "one request at a time");
    lent.lend(1);
    assert!(lent.scan().is_ok(), "the other till gave it back");
}

#[test]
fn a_coupon_for_one_use_is_given_back_when_it_is_taken_off_or_its_sale_is_over_without_it() {
    let take_off = |lent: &mut Lent| lent.shop.execute(Command::ReleaseCoupon { coupon: coupon().id });
    let cancel = |lent: &mut Lent| lent.shop.execute(Command::Cancel { reason: None });
    for (what, left) in [("taken off", 0), ("cancelled", 0), ("put aside", 1)] {
        let mut lent = Lent::by(QuotaPolicy::Refuse, vec![with_coupon()]);
        lent.lend_coupon();
        lent.scan().unwrap();
        assert!(!lent.inbox.quotas_wait().unwrap(), "{what}");
        match what {
            "taken off" => drop(take_off(&mut lent)),
            "cancelled" => drop(cancel(&mut lent)),
            _ => drop(lent.shop.execute(Command::Suspend { name: None })),
        }
        let share = lent.share(QuotaKind::CouponUses);
        assert_eq!((share.left(), share.returned, share.used), (left, 1 - left, 0), "{what}");
        assert_eq!(lent.inbox.quotas_wait().unwrap(), left == 0, "{what}: the hub hears of it");
    }
}

#[test]
fn a_coupon_that_was_given_back_is_asked_for_at_once_also_while_an_answer_is_under_way() {
    for is_under_way in [false, true] {
        let mut lent = Lent::by(QuotaPolicy::Refuse, vec![with_coupon()]);
        lent.lend_coupon();
        lent.scan().unwrap();
        lent.shop.execute(Command::Cancel { reason: None });
        let (request, now) = (lent.inbox.quotas().unwrap(), lent.shop.till.now().instant);
        lent.shop.execute(sell("D"));
        if is_under_way {
            assert_eq!(lent.refused(), None);
        }
        let heard: Vec<Granted> = request.shares.iter().map(|share| grant(share, 0)).collect();
        lent.inbox.keep_quotas(now, (&request, QuotaPolicy::Refuse), &heard).unwrap();
        assert_eq!(lent.inbox.quotas_wait().unwrap(), is_under_way, "no request said that it is wanted");
        assert_eq!(lent.refused(), None, "nobody has used it");
        assert!(lent.inbox.quotas_wait().unwrap(), "within the second of the answer");
        lent.lend(1);
        assert!(lent.scan().is_ok());
    }
}

#[test]
fn a_coupon_that_was_asked_for_in_a_sale_that_is_over_goes_back_also_when_the_answer_comes_after_it() {
    for is_answered in [true, false] {
        let mut lent = Lent::by(QuotaPolicy::Refuse, vec![with_coupon()]);
        lent.shop.execute(sell("D"));
        assert_eq!(lent.refused(), None);
        if is_answered {
            lent.lend(1);
        }
        lent.shop.execute(Command::Cancel { reason: None });
        lent.shop.till.tend_quotas(HUB).unwrap();
        if !is_answered {
            lent.lend(1);
            lent.shop.till.tend_quotas(HUB).unwrap();
        }
        let share = lent.share(QuotaKind::CouponUses);
        assert_eq!((share.left(), share.returned, share.used), (0, 1, 0));
        assert!(lent.inbox.quotas_wait().unwrap(), "the hub hears of it");
    }
}

#[test]
fn a_coupon_that_was_asked_for_stays_for_the_sale_that_begins_and_for_the_one_put_aside_with_it() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![with_coupon()]);
    assert_eq!(lent.refused(), None, "it is shown first");
    lent.lend(1);
    lent.shop.till.tend_quotas(HUB).unwrap();
    lent.shop.execute(sell("D"));
    lent.scan().unwrap();
    lent.shop.execute(Command::Cancel { reason: None });
    lent.lend(0);
    lent.lend_coupon();
    lent.scan().unwrap();
    lent.shop.execute(Command::Suspend { name: None });
    lent.shop.till.tend_quotas(HUB).unwrap();
    assert_eq!(lent.share(QuotaKind::CouponUses).left(), 1);
}

#[test]
fn of_a_coupon_for_many_uses_a_till_keeps_its_share_when_a_sale_is_cancelled() {
    let mut setup = shop::setup();
    setup.coupons.push(Coupon { kind: CouponKind::MultiUse, uses: Some(50), ..coupon() });
    setup.campaigns = vec![with_coupon()];
    let mut lent = Lent::in_shop(QuotaPolicy::Refuse, Shop::with(setup));
    lent.lend_coupon();
    lent.scan().unwrap();
    lent.shop.execute(Command::Cancel { reason: None });
    assert_eq!(lent.share(QuotaKind::CouponUses).left(), 1);
}

#[test]
fn another_life_of_the_file_begins_without_shares() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![limited(100)]);
    lent.lend(5);
    let request = lent.inbox.quotas().unwrap();
    lent.shop.till.begin_another_life().unwrap();
    assert!(lent.shop.till.quota_shares(HUB).unwrap().is_empty());
    // An answer to what the earlier life asked.
    lent.inbox
        .keep_quotas(morning(), (&request, QuotaPolicy::Refuse), &[grant(&request.shares[0], 9)])
        .unwrap();
    lent.shop.till.tend_quotas(HUB).unwrap();
    assert_eq!((lent.share(QuotaKind::CampaignUses).left(), lent.sell()), (0, 0));
}

#[test]
fn a_till_whose_hub_lends_nothing_counts_for_itself() {
    let mut shop = promoted(vec![limited(1)]);
    shop.log_in(shop::ADMIN);
    shop.till.add_connector(HUB).unwrap();
    shop.till.tend_quotas(HUB).unwrap();
    assert_eq!(shop.till.quota_policy().unwrap(), None);
    shop.execute(sell("D"));
    assert_eq!(shop.till.draft().unwrap().adjustments[0].amount, Money::from_minor(1_200));
}

const CARD: &str = "6035 7100 1234 5678 905";

fn by_card(number: &str) -> Command {
    let details = TenderDetails { reference: Some(number.to_owned()), ..TenderDetails::default() };
    Command::TakeTender(TakeTender { details, ..TakeTender::balance(TenderKind::PrepaidCard) })
}

impl Lent {
    /// What may still be taken of the card.
    fn on_card(&self) -> i64 {
        self.share(QuotaKind::GiftCardBalance).left()
    }
}

#[test]
fn a_gift_card_is_taken_up_to_what_is_lent_of_it_and_its_number_is_kept_nowhere() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![]);
    lent.shop.execute(sell("D"));
    let refused = lent.shop.till.execute(by_card(CARD));
    assert!(matches!(refused, Err(Error::GiftCardNotLent { ref last4 }) if last4 == "8905"), "{refused:?}");
    assert!(lent.inbox.quotas_wait().unwrap(), "the hub is asked at once");
    lent.lend(1_000);
    lent.shop.execute(by_card(CARD));
    let document = lent.shop.till.draft().unwrap();
    let tender = &document.tenders[0];
    assert_eq!((tender.amount, document.balance()), (minor(1_000), minor(11_000)));
    let card = GiftCardNumber::parse(CARD).unwrap();
    let expected = TenderDetails {
        gift_card: Some(card.id()),
        last4: Some("8905".to_owned()),
        balance_before: Some(minor(1_000)),
        balance_after: Some(minor(0)),
        ..TenderDetails::default()
    };
    assert_eq!(tender.details, expected);
    let nothing = lent.shop.till.execute(by_card(CARD));
    assert!(matches!(nothing, Err(Error::GiftCardNotLent { .. })), "{nothing:?}");
    lent.lend(0);
    let nothing = lent.shop.till.execute(by_card(CARD));
    assert!(matches!(nothing, Err(Error::GiftCardEmpty { .. })), "the hub has just said so: {nothing:?}");
    lent.shop.execute(cash());
    assert_eq!((lent.share(QuotaKind::GiftCardBalance).used, lent.on_card()), (1_000, 0));
    for seq in 1..=lent.shop.till.chain_head().seq {
        let bytes = String::from_utf8(lent.shop.till.entry(seq).unwrap().to_bytes().unwrap()).unwrap();
        assert!(!bytes.contains("60357100") && !bytes.contains(CARD), "{bytes}");
    }
    assert!(matches!(lent.shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_gift_card_that_the_stores_hub_asks_the_companys_for_is_not_called_empty() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![]);
    lent.shop.execute(sell("D"));
    lent.shop.till.execute(by_card(CARD)).unwrap_err();
    lent.withhold(Withheld::AskedAbove);
    let asked = lent.shop.till.execute(by_card(CARD));
    assert!(matches!(asked, Err(Error::GiftCardNotLent { .. })), "{asked:?}");
    assert!(lent.inbox.quotas_wait().unwrap(), "it has heard by now, perhaps");
    lent.withhold(Withheld::UsedUp);
    let empty = lent.shop.till.execute(by_card(CARD));
    assert!(matches!(empty, Err(Error::GiftCardEmpty { .. })), "{empty:?}");
}

#[test]
fn a_gift_card_that_another_till_has_in_hand_is_not_called_empty() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![]);
    lent.shop.execute(sell("D"));
    lent.shop.till.execute(by_card(CARD)).unwrap_err();
    lent.withhold(Withheld::LentElsewhere);
    let elsewhere = lent.shop.till.execute(by_card(CARD));
    assert!(matches!(elsewhere, Err(Error::GiftCardLentElsewhere { .. })), "{elsewhere:?}");
}

#[test]
fn a_till_on_its_own_tells_gift_cards_apart_and_keeps_no_number_of_one() {
    let mut shop = promoted(vec![]);
    shop.execute(sell("D"));
    let holds = |number: &str, balance| {
        let reference = Some(number.to_owned());
        let balance_before = Some(minor(balance));
        let details = TenderDetails { reference, balance_before, ..TenderDetails::default() };
        Command::TakeTender(TakeTender { details, ..TakeTender::balance(TenderKind::PrepaidCard) })
    };
    shop.execute(holds(CARD, 300));
    shop.execute(holds("603571009999000011", 400));
    shop.execute(holds("VOUCHER 17", 500));
    let open = shop.till.draft().unwrap();
    let tenders: Vec<TenderDetails> = open.tenders.iter().map(|tender| tender.details.clone()).collect();
    shop.execute(cash());
    let card = GiftCardNumber::parse(CARD).unwrap();
    let expected = TenderDetails {
        gift_card: Some(card.id()),
        last4: Some("8905".to_owned()),
        balance_before: Some(minor(300)),
        balance_after: Some(minor(0)),
        ..TenderDetails::default()
    };
    assert_eq!(tenders[0], expected);
    assert_eq!(tenders[1].last4.as_deref(), Some("0011"));
    assert_ne!(tenders[0].gift_card, tenders[1].gift_card);
    assert_eq!((tenders[2].reference.as_deref(), tenders[2].gift_card), (Some("VOUCHER 17"), None));
    for seq in 1..=shop.till.chain_head().seq {
        let bytes = String::from_utf8(shop.till.entry(seq).unwrap().to_bytes().unwrap()).unwrap();
        assert!(!bytes.contains("60357100"), "{bytes}");
    }
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_gift_card_loses_nothing_in_training() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![]);
    lent.shop.execute(sell("D"));
    lent.shop.till.execute(by_card(CARD)).unwrap_err();
    lent.lend(1_000);
    lent.shop.execute(Command::Cancel { reason: None });
    let mut settings = lent.shop.till.settings().clone();
    settings.training = true;
    lent.shop.till.change_settings(settings).unwrap();
    lent.shop.execute(sell("D"));
    lent.shop.execute(by_card(CARD));
    assert_eq!((lent.share(QuotaKind::GiftCardBalance).used, lent.on_card()), (0, 1_000));
    lent.shop.execute(Command::VoidTender { tender: TenderNo(1), reason: None, reversal: None });
    assert_eq!(lent.on_card(), 1_000, "nothing comes back that was not taken");
    lent.shop.execute(by_card(CARD));
    lent.shop.execute(cash());
    assert_eq!((lent.share(QuotaKind::GiftCardBalance).used, lent.on_card()), (0, 1_000));
}

#[test]
fn what_was_taken_of_a_gift_card_is_there_again_when_the_tender_is_taken_back() {
    let mut lent = Lent::by(QuotaPolicy::Allow, vec![]);
    lent.shop.execute(sell("D"));
    assert!(
        lent.shop.till.execute(by_card(CARD)).is_err(),
        "money is lent beforehand, whatever the company allows"
    );
    lent.lend(1_000);
    lent.shop.execute(by_card(CARD));
    assert_eq!(lent.on_card(), 0);
    lent.shop.execute(Command::VoidTender { tender: TenderNo(1), reason: None, reversal: None });
    assert_eq!(lent.on_card(), 1_000);
    lent.shop.execute(by_card(CARD));
    let open = lent.shop.till.execute(Command::Cancel { reason: None });
    assert!(open.is_err() && lent.on_card() == 0, "what was refused changes nothing: {open:?}");
    lent.shop.execute(Command::VoidTender { tender: TenderNo(2), reason: None, reversal: None });
    lent.shop.execute(Command::Cancel { reason: None });
    assert_eq!(lent.on_card(), 1_000);
    assert!(matches!(lent.shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_share_of_a_gift_card_that_is_over_pays_nothing_until_the_hub_says_so_again() {
    let mut lent = Lent::by(QuotaPolicy::Refuse, vec![]);
    lent.shop.execute(sell("D"));
    assert!(lent.shop.till.execute(by_card(CARD)).is_err());
    lent.lend(1_000);
    lent.shop.clock.advance(TimeDelta::hours(2));
    let refused = lent.shop.till.execute(by_card(CARD));
    assert!(matches!(refused, Err(Error::GiftCardNotLent { .. })), "{refused:?}");
    for wrong in ["", "123", "6035-7100-ABCD-5678"] {
        let refused = lent.shop.till.execute(by_card(wrong));
        assert!(matches!(refused, Err(Error::NotAGiftCard(_))), "{wrong}: {refused:?}");
    }
}
