//! The share of what is due that a way to pay must pay: of what is due without it, whatever it puts out or comes back.

use saleflex_core::{
    campaign::{
        Backtest, Campaign, CampaignSet, Condition, Exclusivity, Per, Report, Resolution, TenderMethod,
        TenderTarget,
    },
    checkout::{RecordedFacts, recorded},
    document::Command,
    money::Money,
    quantity::Percent,
    tender::TenderKind::{Cash, CreditCard},
};
use std::collections::BTreeMap;

use crate::{
    campaigning::{basket_tenth, campaign, counter, share},
    support::{Counter, m},
    tender_discounts::{settled, where_it_pays_all},
};

/// Two percent where cash pays all of it, before everything else and beside nothing.
fn before_all_else() -> Campaign {
    let mut cash = where_it_pays_all(Cash);
    (cash.lane.priority, cash.lane.exclusivity) = (9, Exclusivity::Last);
    cash
}

#[test]
fn a_way_to_pay_that_puts_a_campaign_out_pays_its_share_of_what_is_due_without_that_one() {
    for kind in [Cash, CreditCard] {
        let mut counter = counter(vec![before_all_else(), basket_tenth()]);
        counter.sell("1", "50.00");
        assert_eq!(counter.document().balance(), m(4500));
        counter.pay(kind, 4500).unwrap();
        assert_eq!(settled(&counter), (vec![(kind, 4500)], 500, 0), "what the screen says, by {kind:?}");
    }
    let mut counter = counter(vec![before_all_else(), basket_tenth()]);
    counter.sell("1", "50.00");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (vec![(Cash, 4500)], 500, 0));
}

#[test]
fn who_pays_the_rest_by_card_pays_what_others_need_not_as_well() {
    let of = TenderTarget { include: vec![TenderMethod::Kind(CreditCard)], exclude: Vec::new() };
    let by_card = Condition::Tender { of, least_share: Percent::ZERO };
    let mut others = campaign(4, "OTHERS", share("10", Per::Document));
    others.condition = Condition::Not(Box::new(by_card));
    let sold = || {
        let mut counter = counter(vec![where_it_pays_all(CreditCard), others.clone()]);
        counter.sell("1", "50.00");
        assert_eq!(counter.document().balance(), m(4500));
        counter
    };
    let mut rest = sold();
    rest.pay_rest(CreditCard).unwrap();
    assert_eq!(settled(&rest), (vec![(CreditCard, 4900)], 100, 0), "all of 50.00");
    let mut part = sold();
    part.pay(CreditCard, 4500).unwrap();
    assert_eq!(part.document().balance(), m(500), "45.00 of 50.00 is a part");
}

#[test]
fn what_comes_back_in_exchange_pays_no_share() {
    let mut counter = counter(vec![where_it_pays_all(Cash)]);
    counter.sell("1", "40.00");
    counter.pay_rest(CreditCard).unwrap();
    let sold = counter.last().id;
    counter.open_return(sold).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "50.00");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter).1, 0, "10.00 in cash are not all of 50.00");
}

/// What a draft makes of the sale that was completed last: its report.
fn tried(counter: &Counter, draft: Vec<Campaign>) -> Report {
    let traits = BTreeMap::new();
    let facts = RecordedFacts { channel: None, birthday: None, tags: None, traits: &traits };
    let recorded = recorded(counter.completed.last().unwrap(), facts, None).unwrap();
    let set = CampaignSet::compile(draft).unwrap();
    let mut backtest = Backtest::new(&set, Resolution::Priority);
    backtest.try_on(&recorded).unwrap();
    backtest.report().clone()
}

#[test]
fn a_draft_with_a_share_is_tried_on_what_it_would_leave_to_be_paid() {
    let mut counter = counter(vec![basket_tenth()]);
    counter.sell("1", "50.00");
    counter.pay_rest(Cash).unwrap();
    let mut first = where_it_pays_all(Cash);
    first.lane.priority = 9;
    let report = tried(&counter, vec![first, basket_tenth()]);
    assert_eq!(report.total.after.amount, m(590), "1.00 of 50.00, a tenth of the rest");
    assert_eq!(tried(&counter, vec![before_all_else(), basket_tenth()]).total.after.amount, m(500));
}

#[test]
fn who_paid_all_by_card_pays_all_of_what_a_draft_leaves() {
    let draft = |most: Option<Money>| {
        let mut tenth = basket_tenth();
        tenth.lane.priority = 9;
        tenth.limits.per_document = most;
        vec![where_it_pays_all(CreditCard), tenth]
    };
    let mut counter = counter(draft(None));
    counter.sell("1", "50.00");
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(settled(&counter), (vec![(CreditCard, 4410)], 590, 0));
    // 3.00 instead of 5.00, and 0.94 of the 47.00 that are left.
    assert_eq!(tried(&counter, draft(Some(m(300)))).total.after.amount, m(394));
    assert_eq!(tried(&counter, vec![where_it_pays_all(CreditCard)]).total.after.amount, m(100));
}
