//! Campaigns by keyboard: discounts under their lines, coupons, why, the list and the editor.

use chrono::NaiveTime;
use saleflex_core::{
    campaign::{Activation, Benefit, Campaign, CampaignChange, Coupon, Per, Reward, Weekdays, Window},
    document::{AddLine, Command, TakeTender},
    quantity::{Percent, Quantity},
    tender::TenderKind,
};
use saleflex_tui::app::Place;

use crate::common::harness::{Shop, compare};

#[test]
fn discounts_stand_on_the_document_and_one_more_is_advised() {
    compare!("discounts", Shop::selling, "'12303' enter '12304' enter '2*18201' enter");
}

#[test]
fn why_says_of_each_campaign_what_it_gives_and_why() {
    compare!("why", Shop::selling, "'12303' enter '12304' enter '2*18201' enter ctrl+w");
}

#[test]
fn enter_goes_back_from_why_to_the_sale() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'12303' enter ctrl+w down enter");
    assert!(matches!(shop.session.state.place(), Place::Sale), "{}", shop.screen());
    assert_eq!(shop.document().lines.len(), 1);
}

#[test]
fn an_order_a_layaway_and_a_quote_say_that_campaigns_are_not_for_them() {
    for (paper, size) in [("order", (80, 24)), ("layaway", (120, 40)), ("quote", (120, 40))] {
        let mut shop = Shop::selling(size.0, size.1);
        shop.keys(&format!("ctrl+t '{paper}' enter '2*18201' enter"));
        assert_eq!(shop.document().totals.discount, saleflex_core::money::Money::ZERO, "{paper}");
        assert!(shop.shows("No campaigns here") && !shop.shows("saves"), "{paper}: {}", shop.screen());
        shop.keys("ctrl+w");
        assert!(shop.shows("No campaigns here") && !shop.shows("gives £"), "{paper}: {}", shop.screen());
    }
}

#[test]
fn a_third_yogurt_is_free_and_the_receipt_names_the_campaign() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'3*12303' enter");
    assert_eq!(shop.document().totals.net_due, saleflex_core::money::Money::from_minor(110));
    shop.keys("plus");
    let settled = shop.settled();
    assert_eq!(settled[0].document().adjustments.len(), 1);
    assert!(shop.shows("3 for 2"), "{}", shop.screen());
}

#[test]
fn the_payment_screen_says_by_which_way_to_pay_the_sale_is_cheaper() {
    for size in [(120, 40), (80, 24)] {
        let mut shop = Shop::selling(size.0, size.1);
        // 110 at 0.95 are 104.50: from 100.00 a card saves 2 %, 2.09.
        shop.keys("'110*10106' enter");
        assert!(!shop.shows("Cheaper"), "{}", shop.screen());
        shop.keys("f10");
        assert!(shop.shows("Cheaper: Card £102.41"), "{}", shop.screen());
        // What is left is less than the whole, of which the card would have to pay all.
        shop.keys("'10' c");
        assert!(!shop.shows("Cheaper"), "{}", shop.screen());
    }
}

#[test]
fn a_coupon_is_typed_scanned_and_taken_off() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'8*16204' enter");
    shop.keys("ctrl+o 'nonsense' enter");
    assert_eq!(shop.message(), "There is no such coupon.");
    shop.keys("ctrl+o 'welcome10-demo' enter");
    assert_eq!(shop.message(), "Coupon WELCOME10-DEMO applied.");
    assert_eq!(shop.document().coupons.len(), 1);
    shop.keys("ctrl+w delete");
    assert!(shop.document().coupons.is_empty());
    shop.keys("esc");
    let mut scanner = saleflex_tui::input::Scanner::default();
    shop.scan(&mut scanner, "2800100000001");
    assert_eq!(shop.document().coupons.len(), 1, "{}", shop.screen());
}

#[test]
fn the_list_of_campaigns_is_for_administrators() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc s c");
    assert!(shop.shows("A manager has to agree") && shop.shows("is only for"), "{}", shop.screen());
    compare!("campaign_list", Shop::administered, "s c");
}

#[test]
fn the_name_of_a_campaign_stands_whole_on_the_smallest_terminal() {
    let mut shop = Shop::administered(80, 24);
    let name = "Everything for the little ones on the first day of school";
    let benefit = Benefit::Off { reward: Reward::Percent(Percent::parse("20").unwrap()), per: Per::Document };
    let mut campaign = Campaign::new(shop.till().new_campaign_id(), "SCHOOL", benefit);
    name.clone_into(&mut campaign.name);
    campaign.is_active = false;
    campaign.limits.least_purchase = Some(saleflex_core::money::Money::from_minor(150));
    shop.till().save_campaign(campaign).unwrap();
    shop.keys("s c 'school'");
    assert!(shop.shows(name), "{}", shop.screen());
}

#[test]
fn advice_comes_in_few_words_where_the_sentence_has_no_room() {
    for (size, words) in [
        ((80, 24), "+ saves £0.55: 1 more Strawberry yogurt 12…"),
        ((120, 40), "+ 1 more Strawberry yogurt 125 g: Yogurts and desserts: 3 for 2 saves £0.55"),
    ] {
        let mut shop = Shop::selling(size.0, size.1);
        shop.keys("'2*12303' enter");
        assert!(shop.shows(words), "{}", shop.screen());
    }
}

#[test]
fn a_campaign_is_shown_in_full() {
    compare!("campaign", Shop::administered, "s c 'welcome' enter");
}

#[test]
fn a_new_campaign_is_made_refused_where_it_cannot_be_and_applies_once_in_force() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("s c insert 'CARD2' enter 'A tenth off' enter enter ' ' ctrl+s");
    assert!(shop.shows("CARD2 is taken"), "{}", shop.screen());
    shop.keys("up up up backspace backspace backspace backspace backspace 'TENTH' ctrl+s");
    assert!(shop.shows("may go below its cost"), "{}", shop.screen());
    shop.keys("' ' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let known = shop.till().campaigns().campaigns().iter().find(|one| one.code.as_str() == "TENTH");
    assert!(known.unwrap().is_active);
    shop.keys("esc esc 1 '10106' enter");
    assert_eq!(shop.document().totals.discount, saleflex_core::money::Money::from_minor(10));
}

#[test]
fn a_campaign_under_the_cursor_is_tried_on_past_sales() {
    let mut shop = Shop::administered(120, 40);
    let yogurts = AddLine::code("12303").times(Quantity::parse("3").unwrap());
    shop.till().execute(Command::AddLine(yogurts)).unwrap();
    shop.till().execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
    shop.keys("s c 'yog' ctrl+b");
    assert!(shop.shows("Tried on past sales"), "{}", shop.screen());
    assert!(shop.shows("0 of 1 sales would be different."), "{}", shop.screen());
    assert!(shop.shows("YOG3FOR2"), "{}", shop.screen());
    assert!(shop.shows("Of 1 that were judged by these very campaigns, 0 would."), "{}", shop.screen());
}

/// Three sales of the day, and a campaign that was not in force.
fn with_a_draft(width: u16, height: u16) -> Shop {
    let mut shop = Shop::administered(width, height);
    for (code, quantity) in [("12303", "3"), ("12303", "4"), ("10106", "2")] {
        let line = AddLine::code(code).times(Quantity::parse(quantity).unwrap());
        shop.till().execute(Command::AddLine(line)).unwrap();
        shop.till().execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
    }
    let benefit = Benefit::Off { reward: Reward::Percent(Percent::parse("20").unwrap()), per: Per::Document };
    let mut fifth = Campaign::new(shop.till().new_campaign_id(), "FIFTH", benefit);
    fifth.is_active = false;
    fifth.limits.least_purchase = Some(saleflex_core::money::Money::from_minor(150));
    shop.till().save_campaign(fifth).unwrap();
    shop
}

#[test]
fn a_trial_shows_cost_sales_that_differ_and_lift_by_campaign_and_by_day() {
    compare!("trial", with_a_draft, "s c 'fifth' ctrl+b");
}

#[test]
fn a_doubtful_campaign_is_put_in_force_only_with_a_second_word() {
    let mut shop = Shop::administered(120, 40);
    let id = shop.till().new_campaign_id();
    let benefit = Benefit::Off { reward: Reward::Percent(Percent::HUNDRED), per: Per::Document };
    let free = Campaign { is_active: false, ..Campaign::new(id, "ALLFREE", benefit) };
    shop.till().save_campaign(free).unwrap();
    let is_active = |shop: &mut Shop| shop.till().campaigns().find(id).unwrap().is_active;
    shop.keys("s c 'allfree' enter");
    assert!(shop.shows("Goods may go for nothing."), "{}", shop.screen());
    shop.keys("enter enter enter ' ' ctrl+s");
    assert!(shop.shows("Say below that it is meant so."), "{}", shop.screen());
    assert!(!is_active(&mut shop));
    for _ in 0..10 {
        if shop.shows("> In force all the same") {
            break;
        }
        shop.keys("enter");
    }
    shop.keys("' ' ctrl+s");
    assert!(is_active(&mut shop), "{}", shop.screen());
}

/// Opens a stored campaign in the editor, saves it with another priority, and answers what is stored then.
fn saved_with_another_priority(shop: &mut Shop, campaign: Campaign) -> Campaign {
    let (id, code) = (campaign.id, campaign.code.to_string());
    shop.till().save_campaign(campaign).unwrap();
    shop.keys(&format!("s c '{code}' enter"));
    for _ in 0..10 {
        if shop.shows("> Priority") {
            break;
        }
        shop.keys("enter");
    }
    shop.keys("'7' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let saved = shop.till().campaigns().find(id).cloned().unwrap();
    assert_ne!(saved.lane.priority, 1);
    saved
}

#[test]
fn saving_one_field_of_a_campaign_keeps_what_the_others_say() {
    let mut shop = Shop::administered(120, 40);
    let benefit = Benefit::Off { reward: Reward::Percent(Percent::HUNDRED), per: Per::Document };
    let mut campaign = Campaign::new(shop.till().new_campaign_id(), "SLEEPING", benefit);
    campaign.activation = Activation::Never;
    campaign.window = Window {
        from: NaiveTime::from_hms_opt(8, 30, 0),
        until: NaiveTime::from_hms_milli_opt(23, 59, 59, 500),
        weekdays: Some(Weekdays::of([5, 7])),
        ..Window::default()
    };
    let saved = saved_with_another_priority(&mut shop, campaign.clone());
    assert_eq!(Campaign { lane: campaign.lane.clone(), ..saved }, campaign);
}

#[test]
fn hours_are_shown_and_entered_with_seconds_where_there_are_some() {
    let mut shop = Shop::administered(120, 40);
    let benefit = Benefit::Off { reward: Reward::Percent(Percent::HUNDRED), per: Per::Document };
    let mut campaign = Campaign::new(shop.till().new_campaign_id(), "EVENING", benefit);
    campaign.is_active = false;
    campaign.window.from = NaiveTime::from_hms_opt(18, 0, 0);
    campaign.window.until = NaiveTime::from_hms_opt(23, 59, 59);
    shop.till().save_campaign(campaign).unwrap();
    shop.keys("s c 'evening' enter pgdn");
    assert!(shop.shows("23:59:59") && shop.shows("18:00") && !shop.shows("18:00:00"), "{}", shop.screen());
}

#[test]
fn a_campaign_that_slept_becomes_automatic_only_with_a_second_word() {
    let mut shop = Shop::administered(120, 40);
    let benefit = Benefit::Off { reward: Reward::Percent(Percent::HUNDRED), per: Per::Document };
    let mut campaign = Campaign::new(shop.till().new_campaign_id(), "SLEEPING", benefit);
    campaign.activation = Activation::Never;
    let id = campaign.id;
    shop.till().save_campaign(campaign).unwrap();
    shop.keys("s c 'sleeping' enter enter enter enter enter");
    assert!(shop.shows("> Applies"), "{}", shop.screen());
    shop.keys("left left ctrl+s");
    assert!(shop.shows("Say below that it is meant so."), "{}", shop.screen());
    assert_eq!(shop.till().campaigns().find(id).unwrap().activation, Activation::Never);
}

#[test]
fn a_discount_on_everything_leaves_a_campaign_for_cards_to_whoever_pays_all_that_is_due() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'60*16204' enter ctrl+g '10' enter");
    let said = shop.message();
    assert!(!said.contains("gives nothing now"), "{said}");
    assert_eq!(shop.document().adjustments.len(), 1, "{}", shop.screen());
    let due = shop.document().balance();
    let paid = TakeTender::balance(TenderKind::CreditCard);
    let done = shop.till().execute(Command::TakeTender(paid)).unwrap();
    let sale = done.completed()[0].document();
    assert_eq!(sale.adjustments.len(), 2, "two percent by card beside it");
    assert!(sale.totals.paid < due, "{:?} of {due:?}", sale.totals.paid);
}

#[test]
fn a_coupon_that_gives_nothing_yet_says_that_it_is_kept_and_why() {
    let mut shop = Shop::selling(120, 40);
    let open = saleflex_core::document::OpenDocument::default();
    shop.till().execute(Command::Open(open)).unwrap();
    shop.keys("'x' backspace ctrl+o 'welcome10-demo' enter");
    let said = shop.message();
    assert!(said.starts_with("Coupon WELCOME10-DEMO applied. It is kept and gives nothing yet: "), "{said}");
    shop.keys("'8*16204' enter");
    assert!(shop.document().totals.discount.is_positive(), "{}", shop.screen());
}

#[test]
fn a_coupon_that_stopped_counting_amid_the_sale_is_named_with_the_reason() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("1 '8*16204' enter ctrl+o 'welcome10-demo' enter");
    assert!(shop.document().totals.discount.is_positive(), "{}", shop.screen());
    let coupon = shop.document().coupons[0].id;
    let known = shop.till().coupon(coupon).unwrap().unwrap().coupon;
    shop.till().save_coupons(vec![Coupon { is_active: false, ..known }]).unwrap();
    shop.keys("'16204' enter");
    assert!(!shop.document().totals.discount.is_positive(), "{}", shop.screen());
    shop.keys("ctrl+w 'welcome'");
    assert!(shop.shows("its coupon does not count: The coupon is blocked"), "{}", shop.screen());
}

#[test]
fn a_sale_that_is_taken_up_again_says_what_gives_nothing_any_more() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("1 '8*16204' enter ctrl+o 'welcome10-demo' enter");
    let (due, coupon) = (shop.document().balance(), shop.document().coupons[0].id);
    shop.keys("ctrl+s");
    assert!(shop.till().draft().is_none(), "{}", shop.screen());
    let known = shop.till().coupon(coupon).unwrap().unwrap().coupon;
    shop.till().save_coupons(vec![Coupon { is_active: false, ..known.clone() }]).unwrap();
    take_up(&mut shop);
    assert!(shop.document().balance() > due, "{}", shop.screen());
    let said = shop.message();
    assert!(said.contains("gives nothing now: its coupon does not count"), "{said}");
    shop.keys("ctrl+s");
    shop.till().save_coupons(vec![known]).unwrap();
    take_up(&mut shop);
    assert_eq!(shop.document().balance(), due, "it counts again");
    assert!(!shop.message().contains("gives nothing now"), "{}", shop.message());
    let campaign = shop.document().coupons[0].campaign;
    shop.keys("ctrl+s");
    shop.till().change_campaigns(CampaignChange::withdraw(campaign)).unwrap();
    take_up(&mut shop);
    let said = shop.message();
    assert!(said.contains("gives nothing now: it is in force no more."), "{said}");
}

fn take_up(shop: &mut Shop) {
    shop.keys("ctrl+r");
    if shop.till().draft().is_none() {
        shop.keys("enter");
    }
}

#[test]
fn why_is_looked_up_anew_when_a_coupon_is_applied_or_taken_off_beside_it() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'8*16204' enter ctrl+w 'welcome'");
    assert!(shop.shows("needs a coupon"), "{}", shop.screen());
    shop.keys("ctrl+o 'welcome10-demo' enter");
    assert!(!shop.shows("needs a coupon"), "{}", shop.screen());
    let coupon = shop.document().coupons[0].id;
    assert!(shop.document().totals.discount.is_positive(), "{coupon:?}");
    shop.keys("delete");
    assert!(shop.document().coupons.is_empty() && shop.shows("needs a coupon"), "{}", shop.screen());
}
