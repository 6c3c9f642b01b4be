//! Campaigns tried on the sales a till has stored, and what is doubtful about them.

use saleflex_core::{
    adjustment::ResolutionRule,
    campaign::{
        Benefit, Campaign, CampaignChange, CampaignSet, Condition, Fault, FieldReason, Per, Resolution,
    },
    document::Command,
    quantity::Percent,
    tender::TenderKind::{Cash, CreditCard},
};
use saleflex_store::{
    Error,
    till::{Trial, TrialDays},
};

use crate::support::{
    promoted::{CODE, by_card, promoted, share, tenth, thirds, with_coupon},
    shop::{ADMIN, Shop, cash, minor, pay, sell, sell_some, suspend},
};

/// A shop whose campaigns ask for everything: goods, tenders and their share, coupons, customers, limits and budgets.
fn busy() -> Shop {
    let mut limited = share(5, "TWICE", "5", Per::Line);
    limited.limits.uses = Some(2);
    let mut budget = share(6, "BUDGET", "1", Per::Document);
    budget.limits.budget = Some(minor(7));
    let mut by_card = by_card();
    if let Some(terms) = &mut by_card.tender {
        terms.least_share = Percent::parse("60").unwrap();
    }
    let mut first = share(7, "FIRST", "2", Per::Document);
    first.condition = Condition::FirstPurchase;
    promoted(vec![tenth(), thirds(), by_card, with_coupon(), limited, budget, first])
}

fn a_days_sales(shop: &mut Shop) {
    shop.execute(sell_some("A", "3"));
    shop.execute(cash());
    shop.execute(sell("D"));
    shop.execute(Command::EnterCoupon { entered: CODE.to_owned() });
    shop.execute(Command::TakeTender(saleflex_core::document::TakeTender::balance(CreditCard)));
    shop.execute(sell_some("A", "4"));
    shop.execute(sell("D"));
    shop.execute(pay(Cash, 100));
    shop.execute(Command::TakeTender(saleflex_core::document::TakeTender::balance(CreditCard)));
    shop.execute(sell("D"));
    shop.execute(sell_some("A", "2"));
    shop.execute(Command::VoidLine { line: saleflex_core::ids::LineNo(2), reason: None });
    shop.execute(cash());
}

fn tried(shop: &Shop, set: CampaignSet, step: u32) -> Trial {
    let mut trial = shop.till.begin_trial(set, Resolution::Priority, TrialDays::default()).unwrap();
    while !shop.till.advance_trial(&mut trial, step).unwrap() {}
    trial
}

#[test]
fn the_set_in_force_gives_every_stored_sale_as_it_was() {
    let mut shop = busy();
    a_days_sales(&mut shop);
    let trial = tried(&shop, shop.till.campaigns().clone(), 1);
    let report = trial.report();
    assert_eq!((report.documents, report.changed), (4, 0), "{:?}", report.by_campaign);
    assert!(trial.changed().is_empty());
    assert_eq!(report.total.before, report.total.after);
    assert_eq!(
        report.by_campaign.len(),
        6,
        "each campaign but that of first purchases gave something: {:?}",
        report.by_campaign
    );
    assert_eq!(trial.progress(), (4, 4));
}

#[test]
fn a_set_that_is_chosen_from_for_the_customer_gives_every_stored_sale_as_it_was() {
    let mut shop = busy();
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    settings.campaigns.resolution = ResolutionRule::Best;
    shop.till.change_settings(settings).unwrap();
    a_days_sales(&mut shop);
    let set = shop.till.campaigns().clone();
    let resolution = set.rule().resolution();
    let mut trial = shop.till.begin_trial(set, resolution, TrialDays::default()).unwrap();
    while !shop.till.advance_trial(&mut trial, 3).unwrap() {}
    assert_eq!((trial.report().documents, trial.report().changed), (4, 0));
}

#[test]
fn a_set_that_was_in_force_is_found_again_and_gives_its_sales_as_they_were() {
    let mut shop = busy();
    shop.log_in(ADMIN);
    let sets = [shop.till.campaigns().hash(), {
        a_days_sales(&mut shop);
        let mut dearer = tenth();
        dearer.benefit = share(1, "TENTH", "20", Per::Document).benefit;
        shop.till.change_campaigns(CampaignChange::save(dearer)).unwrap();
        let mut settings = shop.till.settings().clone();
        settings.campaigns.resolution = ResolutionRule::Best;
        shop.till.change_settings(settings).unwrap();
        shop.till.campaigns().hash()
    }];
    for command in [sell_some("A", "3"), cash(), sell("D"), cash()] {
        shop.execute(command);
    }
    shop.till.change_campaigns(CampaignChange::withdraw(thirds().id)).unwrap();
    for (set, own) in sets.into_iter().zip([4, 2]) {
        let found = shop.till.campaign_set(set).unwrap();
        assert_eq!(found.hash(), set);
        let resolution = found.rule().resolution();
        let mut trial = shop.till.begin_trial(found, resolution, TrialDays::default()).unwrap();
        while !shop.till.advance_trial(&mut trial, 3).unwrap() {}
        let report = trial.report();
        assert_eq!((report.documents, report.own, report.own_changed), (6, own, 0), "{set}");
        assert!(report.changed > 0, "what another set judged is another matter");
    }
    let never = CampaignSet::compile(vec![share(70, "NEVER", "1", Per::Line)]).unwrap().hash();
    let refused = shop.till.campaign_set(never).unwrap_err();
    assert!(matches!(refused, Error::NoSuchCampaignSet { set } if set == never), "{refused}");
    assert!(refused.to_string().contains(&never.to_string()), "{refused}");
}

#[test]
fn what_was_not_sold_is_not_tried() {
    let mut shop = busy();
    a_days_sales(&mut shop);
    shop.log_in(ADMIN);
    shop.execute(sell("D"));
    shop.execute(Command::Cancel { reason: None });
    shop.execute(sell("D"));
    shop.execute(suspend());
    shop.execute(sell("D"));
    let trial = tried(&shop, shop.till.campaigns().clone(), 2);
    assert_eq!((trial.report().documents, trial.report().own), (4, 4));
    let by_campaign = trial.report().by_campaign.values();
    assert!(by_campaign.clone().all(|one| one.after.documents <= 4), "{:?}", trial.report());
}

#[test]
fn a_trial_tells_how_far_it_is_after_every_step() {
    let mut shop = busy();
    a_days_sales(&mut shop);
    let set = shop.till.campaigns().clone();
    let mut trial = shop.till.begin_trial(set, Resolution::Priority, TrialDays::default()).unwrap();
    let mut told = vec![trial.progress()];
    while !shop.till.advance_trial(&mut trial, 1).unwrap() {
        told.push(trial.progress());
    }
    told.push(trial.progress());
    assert_eq!(told, [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]);
}

#[test]
fn a_draft_is_compared_with_what_was_given_and_steps_make_no_difference() {
    let mut shop = busy();
    a_days_sales(&mut shop);
    let nothing = CampaignSet::compile(Vec::new()).unwrap();
    let without = tried(&shop, nothing, 3);
    assert_eq!(without.report().changed, 4);
    assert_eq!(without.report().total.after.amount, minor(0));
    let draft = || CampaignSet::compile(vec![share(1, "TENTH", "20", Per::Document)]).unwrap();
    let (once, stepwise) = (tried(&shop, draft(), 100), tried(&shop, draft(), 1));
    assert_eq!(once.report(), stepwise.report());
    assert!(once.report().total.after.amount.is_positive());
}

#[test]
fn days_outside_are_not_tried() {
    let mut shop = busy();
    a_days_sales(&mut shop);
    let days =
        TrialDays { from: Some("2001-01-01".parse().unwrap()), until: Some("2001-01-02".parse().unwrap()) };
    let set = shop.till.campaigns().clone();
    let mut trial = shop.till.begin_trial(set, Resolution::Priority, days).unwrap();
    assert!(shop.till.advance_trial(&mut trial, 100).unwrap());
    assert_eq!(trial.report().documents, 0);
}

#[test]
fn a_campaign_that_cannot_work_is_refused_with_field_and_reason() {
    let mut shop = promoted(vec![tenth()]);
    shop.log_in(ADMIN);
    let bad = Campaign { benefit: Benefit::Nothing, ..tenth() };
    let refused = shop.till.change_campaigns(CampaignChange::save(bad)).unwrap_err();
    let Error::CampaignFields { code, faults } = &refused else { panic!("{refused}") };
    assert_eq!((code.as_str(), faults[0].field.as_str()), ("TENTH", "benefit"));
    assert_eq!(faults[0].reason, FieldReason::Missing);
    assert_eq!(refused.to_string(), "campaign TENTH: benefit: missing");
    assert_eq!(shop.till.campaigns().campaigns(), [tenth()]);
}

#[test]
fn lint_knows_the_coupons_on_file_and_the_day() {
    let mut shop = promoted(vec![with_coupon()]);
    shop.log_in(ADMIN);
    let today = shop.till.now().business_date;
    assert_eq!(shop.till.lint_campaigns(shop.till.campaigns(), today).unwrap(), []);
    let mut without = with_coupon();
    without.id = saleflex_core::ids::CampaignId::new(uuid::Uuid::from_u128(77));
    without.code = "LONELY".into();
    without.limits.uses = Some(3);
    without.window.end = Some("2001-01-01".parse().unwrap());
    let set = CampaignChange::save(without).applied_to(shop.till.campaigns()).unwrap();
    let found = shop.till.lint_campaigns(&set, today).unwrap();
    let of_lonely = |fault: fn(&Fault) -> bool| {
        found.iter().any(|one| set.campaign(one.campaign).code.as_str() == "LONELY" && fault(&one.fault))
    };
    assert!(of_lonely(|fault| matches!(fault, Fault::NoCoupon)), "{found:?}");
    assert!(of_lonely(|fault| matches!(fault, Fault::Over { .. })), "{found:?}");
}
