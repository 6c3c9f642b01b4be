//! Campaigns at the till: saved, priced, counted, given back.

use saleflex_core::{
    adjustment::{AdjustmentSource, CouponRefusal, ResolutionRule},
    campaign::{
        Batch, Campaign, CampaignChange, Condition, Coupon, CouponKind, Exclusivity, Outcome, Per,
        SchemaVersion, check_code,
    },
    cashier::Capability,
    customer::segment::{Criterion, Segment},
    document::{Command, Document, DocumentType, Kind, OpenDocument, Refusal},
    ids::{CampaignId, DocumentId, LineNo},
    money::Money,
    tender::TenderKind::{Cash, CreditCard},
};
use saleflex_store::{Error, Request, customer::NewCustomer, till::Validity};
use uuid::Uuid;

use crate::support::{
    promoted::{CODE, by_card, coupon, promoted, share, tenth, thirds, with_coupon},
    shop::{self, ADMIN, CASHIER, MANAGER, Shop, cash, minor, pay, sell, sell_some, suspend, take_back},
};

fn given(document: &Document) -> Vec<(String, Money)> {
    let adjustments = document.adjustments.iter();
    let by_campaign = adjustments.filter_map(|one| {
        let AdjustmentSource::Campaign { code, .. } = &one.source else { return None };
        Some((code.clone(), one.amount))
    });
    by_campaign.collect()
}

fn draft(shop: &Shop) -> &Document {
    shop.till.draft().unwrap()
}

fn uses(shop: &Shop, campaign: CampaignId) -> (u32, Money) {
    let count = shop.till.campaign_count(campaign);
    (count.uses, count.spent)
}

fn enter(code: &str) -> Command {
    Command::EnterCoupon { entered: code.to_owned() }
}

fn sold(shop: &mut Shop) -> DocumentId {
    shop.execute(sell("D"));
    let done = shop.execute(cash());
    done.completed()[0].document().id
}

fn take_all_back(shop: &mut Shop, sale: DocumentId, how_many: &str) {
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(1, how_many));
    shop.execute(cash());
}

#[test]
fn a_sale_that_lifts_a_customer_into_a_segment_is_priced_by_it_from_the_next_document_on() {
    let mut shop = promoted(Vec::new());
    shop.log_in(ADMIN);
    let segment = Segment {
        id: shop.till.new_segment_id(),
        code: "REGULARS".to_owned(),
        name: "Regulars".to_owned(),
        description: None,
        criterion: Criterion::MinPurchases(1),
        is_active: true,
        display_order: 0,
    };
    let condition = Condition::Segment(segment.id);
    shop.till.save_segment(segment).unwrap();
    shop.till.save_campaign(Campaign { condition, ..tenth() }).unwrap();
    let grace = shop.till.find_customers("hopper", 1).unwrap()[0].id;
    for due in [12_000, 10_800] {
        shop.execute(sell("D"));
        shop.till.assign_customer(Some(grace)).unwrap();
        let done = shop.execute(cash());
        assert_eq!(done.completed()[0].document().totals.net_due, minor(due));
    }
    shop.check_whole();
}

#[test]
fn every_change_of_the_open_document_is_priced_anew() {
    let mut shop = promoted(vec![tenth(), thirds()]);
    shop.execute(sell_some("A", "2"));
    assert_eq!(given(draft(&shop)), [("TENTH".to_owned(), minor(50))]);
    shop.execute(sell("A"));
    assert_eq!(given(draft(&shop)), [("3FOR2".to_owned(), minor(250)), ("TENTH".to_owned(), minor(50))]);
    shop.execute(Command::VoidLine { line: LineNo(2), reason: None });
    assert_eq!(given(draft(&shop)), [("TENTH".to_owned(), minor(50))]);
    shop.check_whole();
}

#[test]
fn what_a_tender_earns_is_off_before_its_amount_is_fixed() {
    let mut shop = promoted(vec![by_card()]);
    shop.execute(sell("D"));
    assert_eq!(draft(&shop).totals.net_due, minor(12_000));
    let done = shop.execute(Command::TakeTender(saleflex_core::document::TakeTender::balance(CreditCard)));
    let sale = done.completed()[0].document();
    assert_eq!(sale.totals.net_due, minor(11_400));
    assert_eq!(sale.tenders[0].amount, minor(11_400));
}

#[test]
fn what_a_way_to_pay_brings_is_told_before_it_is_taken_and_is_what_it_then_books() {
    let mut shop = promoted(vec![by_card(), tenth()]);
    shop.execute(sell("D"));
    // 120.00 less 12.00; by card 5 % more of 108.00.
    let told = shop.till.cheaper_by().unwrap();
    assert_eq!(told, [(CreditCard, minor(10_260))]);
    assert_eq!(draft(&shop).totals.net_due, minor(10_800), "nothing is taken");
    assert!(draft(&shop).tenders.is_empty());
    let done = shop.execute(Command::TakeTender(saleflex_core::document::TakeTender::balance(CreditCard)));
    assert_eq!(done.completed()[0].document().tenders[0].amount, minor(10_260));
    let mut plain = promoted(vec![tenth()]);
    assert_eq!(plain.till.cheaper_by().unwrap(), [], "nothing is open");
    plain.execute(sell("D"));
    assert_eq!(plain.till.cheaper_by().unwrap(), []);
}

#[test]
fn in_an_exchange_what_a_way_to_pay_comes_to_is_told_and_not_what_came_back() {
    let mut shop = promoted(vec![by_card()]);
    shop.execute(sell_some("A", "4"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(1, "4"));
    shop.execute(Command::ExchangeForSale);
    shop.execute(sell("D"));
    // 120.00 less 5 % by card is 114.00, of which 10.00 came back.
    assert_eq!(shop.till.cheaper_by().unwrap(), [(CreditCard, minor(10_400))]);
    let done = shop.execute(Command::TakeTender(saleflex_core::document::TakeTender::balance(CreditCard)));
    let tenders = done.completed().iter().flat_map(|one| &one.document().tenders);
    let paid: Vec<Money> = tenders.filter(|tender| !tender.sets_off).map(|tender| tender.amount).collect();
    assert_eq!(paid, [minor(10_400)]);
}

#[test]
fn a_completed_sale_says_what_it_was_judged_by() {
    let mut limited = tenth();
    limited.limits.uses = Some(5);
    let mut shop = promoted(vec![limited.clone()]);
    sold(&mut shop);
    shop.execute(sell("D"));
    let hash = shop.till.campaigns().hash().to_string();
    let done = shop.execute(cash());
    let pricing = done.completed()[0].pricing();
    assert_eq!(pricing.campaign_set, Some(hash));
    assert_eq!(pricing.usage[&limited.id].total, 1);
    assert_eq!(pricing.usage[&limited.id].today, 1);
    assert_eq!(pricing.usage[&limited.id].spent, minor(1_200));
}

#[test]
fn a_limit_of_uses_holds_and_a_whole_refund_gives_the_use_back() {
    let mut once = tenth();
    once.limits.uses = Some(1);
    let mut shop = promoted(vec![once.clone()]);
    let sale = sold(&mut shop);
    assert_eq!(uses(&shop, once.id), (1, minor(1_200)));
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)), []);
    shop.execute(cash());
    take_all_back(&mut shop, sale, "1");
    assert_eq!(uses(&shop, once.id), (0, Money::ZERO));
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)), [("TENTH".to_owned(), minor(1_200))]);
    shop.check_whole();
}

#[test]
fn a_part_taken_back_gives_no_use_back() {
    let mut shop = promoted(vec![tenth()]);
    shop.execute(sell_some("A", "2"));
    let done = shop.execute(cash());
    take_all_back(&mut shop, done.completed()[0].document().id, "1");
    assert_eq!(uses(&shop, tenth().id), (1, minor(50)));
    shop.check_whole();
}

#[test]
fn a_limit_per_day_ends_with_the_business_day_and_one_per_customer_is_each_customers() {
    let (mut daily, mut personal) = (tenth(), share(7, "EACH", "1", Per::Document));
    daily.limits.uses_per_day = Some(1);
    personal.limits.uses_per_customer = Some(1);
    let mut shop = promoted(vec![daily, personal]);
    let customer = shop.till.find_customers("", 1).unwrap()[0].id;
    for _ in 0..2 {
        shop.execute(sell("D"));
        shop.till.assign_customer(Some(customer)).unwrap();
        shop.execute(cash());
    }
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)).iter().map(|one| &*one.0).collect::<Vec<_>>(), ["EACH"]);
    shop.till.assign_customer(Some(customer)).unwrap();
    assert_eq!(given(draft(&shop)), []);
    shop.execute(suspend());
    shop.clock.advance(chrono::Duration::days(1));
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    assert_eq!(given(draft(&shop)), [("TENTH".to_owned(), minor(1_200))]);
}

#[test]
fn what_a_customer_used_counts_for_the_record_it_is_merged_into() {
    let mut personal = share(7, "EACH", "1", Per::Document);
    personal.limits.uses_per_customer = Some(2);
    let mut shop = promoted(vec![personal]);
    shop.log_in(ADMIN);
    let keeps = shop.till.find_customers("", 1).unwrap()[0].id;
    let goes = shop.till.add_customer(&NewCustomer::named("N1", "Grace Hoper")).unwrap();
    for customer in [keeps, goes] {
        shop.execute(sell("D"));
        shop.till.assign_customer(Some(customer)).unwrap();
        assert_eq!(given(draft(&shop)).len(), 1);
        shop.execute(cash());
    }
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(keeps)).unwrap();
    assert_eq!(given(draft(&shop)).len(), 1, "one of two");
    shop.till.merge_customers(keeps, goes).unwrap();
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)), [], "two of two, with that of the other record");
    shop.check_whole();
}

#[test]
fn a_coupon_of_a_merged_record_is_that_of_the_record_that_stays() {
    let mut shop = promoted(vec![with_coupon()]);
    shop.log_in(ADMIN);
    let keeps = shop.till.find_customers("", 1).unwrap()[0].id;
    let goes = shop.till.add_customer(&NewCustomer::named("N1", "Grace Hoper")).unwrap();
    let held = Coupon { kind: CouponKind::Personal, holder: Some(goes), ..coupon() };
    shop.till.save_coupons(vec![held]).unwrap();
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(keeps)).unwrap();
    let other = shop.till.execute(enter(CODE)).unwrap_err();
    let why = Refusal::Coupon(CouponRefusal::PersonalOtherCustomer);
    assert!(matches!(&other, Error::Refused(refusal) if *refusal == why), "{other:?}");
    shop.execute(cash());
    shop.till.merge_customers(keeps, goes).unwrap();
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(keeps)).unwrap();
    shop.execute(enter(CODE));
    assert_eq!(given(draft(&shop)).len(), 1);
    shop.check_whole();
}

#[test]
fn what_was_bought_under_a_merged_record_is_no_first_purchase_any_more() {
    let mut first = share(8, "FIRST", "1", Per::Document);
    first.condition = Condition::FirstPurchase;
    let mut shop = promoted(vec![first]);
    shop.log_in(ADMIN);
    let goes = shop.till.find_customers("", 1).unwrap()[0].id;
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(goes)).unwrap();
    assert_eq!(given(draft(&shop)).len(), 1);
    shop.execute(cash());
    let keeps = shop.till.add_customer(&NewCustomer::named("N1", "Grace Hoper")).unwrap();
    shop.till.merge_customers(keeps, goes).unwrap();
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(keeps)).unwrap();
    assert_eq!(given(draft(&shop)), []);
    shop.check_whole();
}

#[test]
fn goods_on_a_waybill_are_no_first_purchase_and_an_order_that_is_fetched_is_one() {
    let mut first = share(8, "FIRST", "1", Per::Document);
    first.condition = Condition::FirstPurchase;
    let mut shop = promoted(vec![first]);
    shop.log_in(ADMIN);
    let customer = shop.till.find_customers("", 1).unwrap()[0].id;
    let given_to = |shop: &mut Shop, document_type, kind| {
        shop.execute(Command::Open(OpenDocument::new(document_type, kind)));
        shop.till.assign_customer(Some(customer)).unwrap();
        shop.execute(sell("D"));
        given(draft(shop)).len()
    };
    assert_eq!(given_to(&mut shop, DocumentType::Waybill, Kind::Sale), 0, "nothing is off what is not sold");
    shop.execute(Command::Close);
    assert_eq!(given_to(&mut shop, DocumentType::FiscalReceipt, Kind::Sale), 1, "nothing was bought yet");
    shop.execute(Command::Cancel { reason: None });
    given_to(&mut shop, DocumentType::FiscalReceipt, Kind::Order);
    shop.execute(cash());
    shop.execute(Command::Close);
    assert_eq!(given_to(&mut shop, DocumentType::FiscalReceipt, Kind::Sale), 0, "the order was a purchase");
    shop.check_whole();
}

#[test]
fn what_is_no_sale_yet_gets_no_campaign_and_is_told_of_none() {
    let mut shop = promoted(vec![tenth(), by_card()]);
    for kind in [Kind::Order, Kind::Layaway, Kind::Quote] {
        shop.execute(Command::Open(OpenDocument::new(DocumentType::FiscalReceipt, kind)));
        shop.execute(sell("D"));
        assert_eq!(given(draft(&shop)), [], "{kind:?}");
        assert!(shop.till.explain().unwrap().is_none(), "{kind:?}");
        assert!(shop.till.advise().unwrap().is_none(), "{kind:?}");
        assert_eq!(shop.till.cheaper_by().unwrap(), [], "{kind:?}");
        shop.execute(Command::Cancel { reason: None });
    }
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)).len(), 1);
    assert!(shop.till.explain().unwrap().is_some());
}

#[test]
fn a_budget_is_never_overdrawn() {
    let mut budget = tenth();
    budget.limits.budget = Some(minor(2_000));
    let mut shop = promoted(vec![budget.clone()]);
    for _ in 0..3 {
        sold(&mut shop);
    }
    assert_eq!(uses(&shop, budget.id), (2, minor(2_000)));
}

#[test]
fn counts_are_there_after_a_restart() {
    let mut shop = promoted(vec![tenth()]);
    sold(&mut shop);
    let days = shop.till.campaign_days(tenth().id).unwrap();
    assert_eq!(days.len(), 1);
    let shop = shop.restarted();
    assert_eq!(uses(&shop, tenth().id), (1, minor(1_200)));
    assert_eq!(shop.till.campaigns().len(), 1);
}

#[test]
fn a_coupon_unlocks_its_campaign_once_and_its_use_is_counted_and_given_back() {
    let mut shop = promoted(vec![with_coupon()]);
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)), []);
    shop.execute(enter(" welcome10-demo "));
    assert_eq!(given(draft(&shop)), [("WELCOME10".to_owned(), minor(1_200))]);
    let again = shop.till.execute(enter("2800100000001")).unwrap_err();
    assert!(matches!(again, Error::Refused(Refusal::Coupon(CouponRefusal::AlreadyApplied))), "{again:?}");
    let done = shop.execute(cash());
    assert_eq!(shop.till.find_coupon(CODE).unwrap().unwrap().uses, 1);
    shop.execute(sell("D"));
    let used = shop.till.execute(enter(CODE)).unwrap_err();
    assert!(matches!(used, Error::Refused(Refusal::Coupon(CouponRefusal::SingleUseUsed))), "{used:?}");
    shop.execute(cash());
    take_all_back(&mut shop, done.completed()[0].document().id, "1");
    assert_eq!(shop.till.find_coupon(CODE).unwrap().unwrap().uses, 0);
    shop.check_whole();
}

#[test]
fn a_coupon_on_the_open_document_is_there_again_after_a_power_cut_d_doc_23() {
    let mut shop = promoted(vec![with_coupon()]);
    shop.execute(sell("D"));
    shop.execute(enter(CODE));
    let before = draft(&shop).clone();
    assert_eq!(before.coupons.len(), 1);
    let mut shop = shop.restarted();
    assert_eq!(draft(&shop).coupons, before.coupons);
    shop.log_in(CASHIER);
    let again = shop.till.execute(enter(CODE)).unwrap_err();
    assert!(matches!(again, Error::Refused(Refusal::Coupon(CouponRefusal::AlreadyApplied))), "{again:?}");
    // A tenth of twice 120.00: it opens its campaign for what is added, too.
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)), [("WELCOME10".to_owned(), minor(2_400))]);
    shop.execute(cash());
    assert_eq!(shop.till.find_coupon(CODE).unwrap().unwrap().uses, 1);
    shop.check_whole();
}

#[test]
fn a_blocked_coupon_says_so_and_one_that_is_not_there_does_too() {
    let mut shop = promoted(vec![with_coupon()]);
    shop.log_in(ADMIN);
    let blocked = Coupon { is_active: false, ..shop.till.find_coupon(CODE).unwrap().unwrap().coupon };
    shop.till.save_coupons(vec![blocked]).unwrap();
    shop.execute(sell("D"));
    let refused = |shop: &mut Shop, code| match shop.till.execute(enter(code)) {
        Err(Error::Refused(Refusal::Coupon(why))) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&mut shop, CODE), CouponRefusal::Blocked);
    assert_eq!(refused(&mut shop, "NOBODY-KNOWS"), CouponRefusal::NotFound);
}

#[test]
fn a_cancelled_sale_uses_no_coupon_and_a_suspended_one_keeps_it() {
    let mut shop = promoted(vec![with_coupon()]);
    shop.execute(sell("D"));
    shop.execute(enter(CODE));
    shop.execute(suspend());
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    assert_eq!(given(draft(&shop)), [("WELCOME10".to_owned(), minor(1_200))]);
    shop.approved(Command::Cancel { reason: None });
    assert_eq!(shop.till.find_coupon(CODE).unwrap().unwrap().uses, 0);
    assert_eq!(uses(&shop, with_coupon().id), (0, Money::ZERO));
}

#[test]
fn an_open_document_keeps_the_campaigns_it_began_with_and_a_resumed_one_gets_those_in_force() {
    let mut shop = promoted(vec![tenth()]);
    shop.log_in(ADMIN);
    shop.execute(sell("D"));
    shop.till.save_campaign(share(1, "TENTH", "50", Per::Document)).unwrap();
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)), [("TENTH".to_owned(), minor(2_400))]);
    shop.execute(suspend());
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    assert_eq!(given(draft(&shop)), [("TENTH".to_owned(), minor(12_000))]);
    shop.execute(suspend());
    shop.till.change_campaigns(CampaignChange::withdraw(tenth().id)).unwrap();
    shop.till.resume(parked).unwrap();
    assert_eq!(given(draft(&shop)), []);
    shop.check_whole();
}

/// A sale that was begun by priority, of which the rule would give twice as much that the store has set since.
fn begun_by_priority_and_ruled_by_best() -> Shop {
    let (mut small, mut large) = (tenth(), share(2, "FIFTH", "20", Per::Document));
    (small.lane.priority, small.lane.exclusivity) = (9, Exclusivity::Last);
    (large.lane.priority, large.lane.exclusivity) = (1, Exclusivity::Last);
    let mut shop = promoted(vec![small, large]);
    shop.log_in(ADMIN);
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)), [("TENTH".to_owned(), minor(1_200))]);
    let mut settings = shop.till.settings().clone();
    settings.campaigns.resolution = ResolutionRule::Best;
    shop.till.change_settings(settings).unwrap();
    shop
}

/// How another engine is told to choose for the open document.
fn rule_shown(shop: &mut Shop) -> ResolutionRule {
    let cart = shop.till.cart_snapshot(SchemaVersion::V1_1).unwrap().unwrap();
    cart.campaign_resolution
}

#[test]
fn a_document_found_open_after_a_start_takes_the_rule_of_the_day() {
    let mut shop = begun_by_priority_and_ruled_by_best().restarted();
    shop.log_in(ADMIN);
    assert_eq!(rule_shown(&mut shop), ResolutionRule::Best);
    assert_eq!(given(draft(&shop)), [("TENTH".to_owned(), minor(1_200))], "nothing changes by itself");
    let sale = &shop.execute(cash()).completed()[0].clone();
    assert_eq!(given(sale.document()), [("FIFTH".to_owned(), minor(2_400))]);
    assert_eq!(sale.pricing().campaign_resolution, ResolutionRule::Best);
    shop.check_whole();
}

#[test]
fn the_store_says_how_campaigns_are_chosen_and_a_document_keeps_to_what_it_was_opened_by() {
    let mut shop = begun_by_priority_and_ruled_by_best();
    assert_eq!(
        rule_shown(&mut shop),
        ResolutionRule::Priority,
        "the cart of an open document says its own rule"
    );
    let done = shop.execute(cash());
    assert_eq!(given(done.completed()[0].document()), [("TENTH".to_owned(), minor(1_200))]);
    assert_eq!(done.completed()[0].pricing().campaign_resolution, ResolutionRule::Priority);
    shop.execute(sell("D"));
    assert_eq!(given(draft(&shop)), [("FIFTH".to_owned(), minor(2_400))]);
    assert_eq!(rule_shown(&mut shop), ResolutionRule::Best);
    let mut shop = shop.restarted();
    shop.log_in(ADMIN);
    let explained = shop.till.explain().unwrap().unwrap();
    let applied = explained.verdicts.iter().filter(|one| matches!(one.outcome, Outcome::Applied { .. }));
    let codes: Vec<_> = applied.map(|one| explained.campaigns.campaign(one.campaign).code.as_str()).collect();
    assert_eq!(codes, ["FIFTH"]);
    let done = shop.execute(cash());
    let sale = &done.completed()[0];
    assert_eq!(given(sale.document()), [("FIFTH".to_owned(), minor(2_400))]);
    assert_eq!(sale.pricing().campaign_resolution, ResolutionRule::Best);
    assert_eq!(sale.pricing().campaign_set, Some(shop.till.campaigns().hash().to_string()));
    shop.till.save_campaign(share(5, "HALF", "50", Per::Line)).unwrap();
    assert_eq!(shop.till.campaigns().rule(), ResolutionRule::Best, "a change of campaigns keeps the rule");
    take_all_back(&mut shop, sale.document().id, "1");
    shop.check_whole();
}

#[test]
fn campaigns_and_coupons_are_changed_by_those_who_may() {
    let mut shop = promoted(vec![with_coupon()]);
    for (who, is_expected) in [(ADMIN, true), (MANAGER, false), (CASHIER, false)] {
        shop.log_in(who);
        let may = shop.till.on_duty().unwrap().capabilities.contains(&Capability::CampaignWrite);
        assert_eq!(may, is_expected);
        let saved = shop.till.save_campaign(tenth());
        let is_refused = matches!(saved, Err(Error::Refused(Refusal::ApprovalNeeded { .. })));
        assert_eq!((saved.is_ok(), is_refused), (may, !may), "{saved:?}");
    }
    let saved = shop.till.save_coupons(vec![coupon()]);
    assert!(matches!(saved, Err(Error::Refused(Refusal::ApprovalNeeded { .. }))));
}

#[test]
fn a_code_stands_for_one_campaign_and_a_text_for_one_coupon() {
    let mut shop = promoted(vec![with_coupon()]);
    shop.log_in(ADMIN);
    let before = *shop.till.chain_head();
    let same_code = shop.till.save_campaign(share(9, "WELCOME10", "1", Per::Document));
    assert!(matches!(same_code, Err(Error::Campaigns(_))), "{same_code:?}");
    let other = shop.till.new_coupon_id();
    let lower = Coupon { id: other, code: "welcome10-demo".to_owned(), barcode: None, ..coupon() };
    assert!(matches!(shop.till.save_coupons(vec![lower.clone()]), Err(Error::Taken { .. })));
    let nobodys = Coupon { campaign: tenth().id, code: "X".to_owned(), ..lower.clone() };
    assert!(matches!(shop.till.save_coupons(vec![nobodys]), Err(Error::NoSuchCampaign { .. })));
    let blank = Coupon { code: "  ".to_owned(), ..lower.clone() };
    assert!(matches!(shop.till.save_coupons(vec![blank]), Err(Error::BadRecord { .. })));
    assert_eq!(*shop.till.chain_head(), before);
    // A code may pass to another coupon within one change.
    let renamed = Coupon { code: "OLD".to_owned(), barcode: None, ..coupon() };
    shop.till.save_coupons(vec![renamed, lower]).unwrap();
    assert_eq!(shop.till.find_coupon(CODE).unwrap().unwrap().coupon.id, other);
    shop.check_whole();
}

#[test]
fn a_batch_has_as_many_coupons_with_codes_that_survive_no_typing_slip() {
    let mut shop = promoted(vec![with_coupon()]);
    shop.log_in(ADMIN);
    let batch =
        Batch { campaign: with_coupon().id, prefix: "SPRING".to_owned(), kind: CouponKind::SingleUse };
    let minted = shop.till.mint_coupons(&batch, 20, Validity::default()).unwrap();
    assert_eq!(minted.len(), 20);
    assert!(minted.iter().all(|coupon| check_code(&coupon.code).is_ok()));
    assert_eq!(shop.till.coupons(with_coupon().id, 100).unwrap().len(), 21);
    let too_many = shop.till.mint_coupons(&batch, 5_001, Validity::default());
    assert!(matches!(too_many, Err(Error::TooManyCoupons { given: 5_001, .. })));
    shop.execute(sell("D"));
    shop.execute(enter(&minted[7].code));
    assert_eq!(given(draft(&shop)).len(), 1);
    shop.check_whole();
}

#[test]
fn training_uses_nothing() {
    let mut setup = shop::setup();
    setup.settings.training = true;
    setup.campaigns = vec![tenth()];
    let mut shop = Shop::with(setup);
    let sale = sold(&mut shop);
    assert_eq!(uses(&shop, tenth().id), (0, Money::ZERO));
    assert_ne!(sale, DocumentId::new(Uuid::nil()));
}

#[test]
fn a_discount_that_leaves_less_than_was_paid_refuses_the_change() {
    let mut shop = promoted(vec![thirds()]);
    shop.execute(sell_some("A", "2"));
    shop.execute(sell("B"));
    shop.execute(pay(Cash, 900));
    let refused = shop.till.execute(Command::VoidLine { line: LineNo(2), reason: None });
    assert!(matches!(refused, Err(Error::Refused(Refusal::PaidExceedsDue { .. }))), "{refused:?}");
}
