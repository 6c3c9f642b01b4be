//! What is done about customers and members by keyboard: two records made one, a person forgotten, cards, points by
//! hand, who brought whom, tiers and rules of the program; price lists and shelf labels.

use saleflex_core::{
    customer::{CustomerDetails, Gender, Purpose, Standing},
    ids::CustomerId,
    loyalty::{CardStatus, EarnBase, EarnLimits, MemberStatus, Mode, ReferralPoints, RuleTarget},
    quantity::Points,
    tender::TenderKind,
};
use saleflex_store::customer::NewCustomer;

use crate::common::harness::Shop;

fn customer(shop: &mut Shop, code: &str, name: &str, email: &str) -> CustomerId {
    let details = CustomerDetails {
        name: name.to_owned(),
        last_name: "Vidal".to_owned(),
        email: Some(email.to_owned()),
        ..CustomerDetails::default()
    };
    let new = NewCustomer { code: code.to_owned(), details, ..NewCustomer::default() };
    shop.till().add_customer(&new).unwrap()
}

/// Two records of one person, K1 the older.
fn doubled(width: u16, height: u16) -> Shop {
    let mut shop = Shop::administered(width, height);
    customer(&mut shop, "K1", "Ines", "ines@example.org");
    customer(&mut shop, "K2", "Inés", "INES@example.org");
    shop
}

fn member(shop: &mut Shop, code: &str) -> CustomerId {
    let id = shop.till().customer_with_code(code).unwrap().unwrap().id;
    if shop.till().membership(id).unwrap().is_none() {
        shop.till().enrol(id).unwrap();
    }
    id
}

fn points(shop: &mut Shop, id: CustomerId) -> Points {
    shop.till().membership(id).unwrap().unwrap().balance()
}

#[test]
fn whoever_sells_reads_why_a_customer_is_no_member() {
    let mut shop = doubled(120, 40);
    let mut program = shop.till().programs()[0].clone();
    program.require_phone = true;
    shop.till().save_program(program).unwrap();
    shop.keys("1 f11 'K1' enter");
    assert_eq!(shop.message(), "Customer: Ines Vidal. No member: a telephone is needed.");
}

#[test]
fn whoever_sells_sees_tier_and_points_of_a_member_on_every_size_of_screen() {
    for (width, height) in [(80, 24), (120, 40), (160, 48)] {
        let mut shop = Shop::selling(width, height);
        shop.keys("'10*20303' enter");
        assert!(!shop.shows("SILVER"), "{}", shop.screen());
        shop.keys("f11 'C002' enter");
        assert!(shop.shows("Idris Vale, SILVER, 1200 points"), "{}", shop.screen());
    }
}

#[test]
fn two_records_of_one_person_stand_side_by_side_and_become_one_when_it_is_confirmed() {
    let mut shop = doubled(80, 24);
    shop.keys("c f7");
    assert!(shop.shows("K1") && shop.shows("K2"), "{}", shop.screen());
    shop.keys("enter");
    assert!(shop.shows("ines@example.org") && shop.shows("INES@example.org"), "{}", shop.screen());
    shop.keys("ctrl+s");
    assert!(shop.shows("Tick"), "nothing is merged by habit: {}", shop.screen());
    shop.keys("' ' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert!(shop.shows("No two records"), "{}", shop.screen());
    let gone = shop.till().customer_with_code("K2").unwrap();
    let stays = shop.till().customer_with_code("K1").unwrap().unwrap().id;
    assert!(gone.is_none_or(|gone| !shop.till().person(gone.id).unwrap().unwrap().is_live()));
    assert!(shop.till().person(stays).unwrap().unwrap().is_live());
}

#[test]
fn a_record_is_not_merged_with_itself() {
    let mut shop = doubled(80, 24);
    shop.keys("c 'K1' enter f7 down 'K1' down ' ' ctrl+s");
    assert!(shop.shows("That is the same record."), "{}", shop.screen());
    assert_eq!(shop.till().possible_duplicates().unwrap().len(), 1);
}

#[test]
fn a_person_is_forgotten_only_after_the_code_was_typed_twice() {
    let mut shop = Shop::administered(80, 24);
    let id = customer(&mut shop, "K1", "Ines", "ines@example.org");
    shop.keys("c 'ines' enter f8 down 'K' ctrl+s");
    assert!(shop.shows("Not the code above."), "{}", shop.screen());
    assert!(shop.till().person(id).unwrap().unwrap().is_live());
    shop.keys("'1' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert!(!shop.till().person(id).unwrap().unwrap().is_live());
    assert!(shop.till().find_customers("ines", 9).unwrap().is_empty());
}

#[test]
fn a_record_is_put_out_of_use_and_the_person_is_known_still() {
    let mut shop = Shop::administered(80, 24);
    let id = customer(&mut shop, "K1", "Ines", "ines@example.org");
    shop.keys("c 'ines' enter f8 down 'K1' down ' ' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let person = shop.till().person(id).unwrap().unwrap();
    assert!(matches!(person.standing, Standing::Deleted), "{:?}", person.standing);
    assert_eq!(person.details.name, "Ines");
    assert!(shop.till().find_customers("ines", 9).unwrap().is_empty());
}

#[test]
fn a_membership_is_suspended_and_taken_up_again_by_whoever_manages_the_till() {
    let mut shop = Shop::administered(80, 24);
    let id = member(&mut shop, "C001");
    let status = |shop: &mut Shop| shop.till().membership(id).unwrap().unwrap().status;
    shop.keys("c 'C001' enter f4 down right right right ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(status(&mut shop), MemberStatus::Suspended);
    shop.keys("f4");
    assert!(shop.shows("Membership: suspended"), "{}", shop.screen());
    shop.keys("down right right right right right ctrl+s");
    assert_eq!(status(&mut shop), MemberStatus::Active, "{}", shop.screen());
}

#[test]
fn gender_preferences_and_the_words_agreed_to_are_entered_at_the_till() {
    let mut shop = Shop::administered(120, 40);
    let id = customer(&mut shop, "K1", "Ines", "ines@example.org");
    let to_gender = "down ".repeat(6);
    shop.keys(&format!("c 'ines' enter pgdn {to_gender} right right down 'vip tea' down down ' '"));
    shop.keys(&format!("down down down {} 'v2 of May' ctrl+s", "backspace ".repeat(40)));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let person = shop.till().person(id).unwrap().unwrap();
    assert_eq!(person.details.gender, Some(Gender::Female));
    assert!(person.details.prefers_vip() && person.details.preferences.len() == 2);
    let said = &person.consents.statements()[0];
    assert_eq!((said.purpose, &*said.wording), (Purpose::Marketing, "v2 of May"));
}

#[test]
fn a_card_is_given_replaced_and_blocked_and_anothers_is_not_touched() {
    let mut shop = Shop::administered(80, 24);
    let id = member(&mut shop, "C001");
    let other = member(&mut shop, "C002");
    shop.till().issue_card(other, "77700001").unwrap();
    let before = shop.till().cards_of(id).unwrap().len();
    let open = "c 'C001' enter f4 ";
    shop.keys(&format!("{open} down down '77700002' ctrl+s"));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("f4 down down '77700001' ctrl+s");
    assert!(shop.shows("Somebody has this card."), "{}", shop.screen());
    shop.keys("esc y f4 down right right down '77700003' down '77700001' ctrl+s");
    assert!(shop.shows("No card of this customer."), "{}", shop.screen());
    assert_eq!(shop.till().cards_of(id).unwrap().len(), before + 1, "nothing was half done");
    shop.keys("backspace '2' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let cards = shop.till().cards_of(id).unwrap();
    let status = |number: &str| cards.iter().find(|card| card.number.as_str() == number).unwrap().status;
    assert_eq!(status("77700002"), CardStatus::Blocked);
    assert_eq!(status("77700003"), CardStatus::Valid);
}

#[test]
fn a_members_card_that_is_scanned_puts_its_customer_on_the_sale_and_a_blocked_one_nobody() {
    let mut shop = Shop::administered(80, 24);
    let mut scanner = saleflex_tui::input::Scanner::default();
    let (id, other) = (member(&mut shop, "C001"), member(&mut shop, "C002"));
    shop.till().issue_card(id, "77700001").unwrap();
    shop.till().issue_card(other, "77700002").unwrap();
    shop.till().block_card("77700002").unwrap();
    shop.keys("1 '10106' enter");
    shop.scan(&mut scanner, "77700001");
    assert_eq!(shop.document().customer, Some(id), "{}", shop.screen());
    shop.scan(&mut scanner, "77700002");
    assert_eq!(shop.document().customer, Some(id), "{}", shop.screen());
    assert!(shop.message().contains("blocked"), "{}", shop.screen());
    assert_eq!(shop.lines().len(), 1, "no card is sold");
}

#[test]
fn points_by_hand_need_a_reason_and_a_manager_where_the_cashier_may_not() {
    let mut shop = Shop::selling(80, 24);
    let id = member(&mut shop, "C001");
    let before = points(&mut shop, id);
    shop.keys("esc c 'C001' enter f3 down '25' ctrl+s");
    assert!(shop.shows("needed"), "{}", shop.screen());
    shop.keys("'broken jar' ctrl+s");
    assert_eq!(points(&mut shop, id), before, "a cashier gives none alone: {}", shop.message());
    shop.keys("down 'morgan' down '9999' ctrl+s");
    assert_eq!(points(&mut shop, id), before, "{}", shop.screen());
    shop.keys("backspace backspace backspace backspace '2222' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(points(&mut shop, id), before + Points::new(25));
}

#[test]
fn points_are_taken_by_a_correction_only() {
    let mut shop = Shop::administered(80, 24);
    let id = member(&mut shop, "C001");
    let before = points(&mut shop, id);
    shop.keys("c 'C001' enter f3 down '-5' down down 'typed twice' ctrl+s");
    assert!(shop.shows("Only a correction takes points."), "{}", shop.screen());
    shop.keys("down ' ' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(points(&mut shop, id), before - Points::new(5));
}

#[test]
fn a_member_with_points_below_nothing_is_told_so_and_pays() {
    let mut shop = Shop::administered(120, 40);
    let id = member(&mut shop, "C001");
    let owed = -points(&mut shop, id) - Points::new(41);
    shop.till().grant_points(id, owed, true, "counted twice", None).unwrap();
    shop.keys("1 '10106' enter f11 'C001' enter f10");
    assert!(shop.shows("-41 points") && !shop.shows("no number"), "{}", shop.screen());
    shop.keys("c c");
    assert_eq!(shop.settled().len(), 1, "{}", shop.message());
}

#[test]
fn nobody_brings_themselves_and_a_member_brings_a_newcomer() {
    let mut shop = Shop::administered(80, 24);
    let (_, _) = (member(&mut shop, "C001"), member(&mut shop, "C002"));
    shop.keys("c 'C001' enter f5 down 'C001' ctrl+s");
    assert!(shop.shows("Nobody brings themselves."), "{}", shop.screen());
    shop.keys("backspace '2' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
}

#[test]
fn what_counts_limits_referral_and_who_keeps_the_points_are_set_on_the_programs_screen() {
    let mut shop = Shop::administered(80, 24);
    let emptied = "backspace ".repeat(6);
    let type_in = |text: &str| format!("down {emptied} '{text}' ");
    let numbers = ["Cash", "500", "900", "70", "30", "4x4444"].map(type_in).concat();
    shop.keys(&format!("s 5 pgdn pgdn pgdn right {numbers} down right {} ctrl+s", type_in("100")));
    assert!(shop.shows("one to four digits"), "{}", shop.screen());
    shop.keys(&format!("{emptied} '44' ctrl+s"));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let program = shop.till().programs()[0].clone();
    assert_eq!((program.earn.base, program.calling_code.as_deref()), (EarnBase::Gross, Some("44")));
    assert_eq!(program.earn.eligible_tenders, Some([TenderKind::Cash].into()));
    let [document, day, by, of] = [500, 900, 70, 30].map(Points::new);
    assert_eq!(program.earn.limits, EarnLimits { per_document: Some(document), per_day: Some(day) });
    assert_eq!(program.referral, ReferralPoints { referrer: by, referred: of });
    assert_eq!(program.mode, Mode::Gate { offline_limit: Points::new(100) });
}

#[test]
fn a_tier_and_a_rule_are_added_changed_and_refused_in_their_field() {
    let mut shop = Shop::administered(80, 24);
    shop.keys("s 5 f7 insert 'RUBY' down 'Ruby' down down '90000' down down '3' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let tier = shop.till().programs()[0].tier("RUBY").cloned().unwrap();
    assert_eq!(
        (tier.min_points, tier.multiplier.unwrap().to_string().as_str()),
        (Some(Points::new(90_000)), "3")
    );
    shop.keys("insert 'RUBY' down 'Again' ctrl+s");
    assert!(shop.shows("RUBY is taken"), "{}", shop.screen());
    shop.keys("esc y esc f8 insert 'BREAD' down down right down '10106' ctrl+s");
    assert!(shop.shows("The rule pays nothing."), "{}", shop.screen());
    shop.keys("backspace '7' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let rule = shop.till().programs()[0].rules.iter().find(|rule| rule.code == "BREAD").cloned().unwrap();
    let baguette = shop.till().catalog().product_by_code("10106").unwrap().id();
    assert_eq!(rule.target, RuleTarget::Line { product: Some(baguette), code: None });
    assert_eq!(rule.award.flat, Points::new(7));
    shop.keys("'bread' enter down down down down down down down down ' ' ctrl+s");
    assert!(shop.till().programs()[0].rules.iter().all(|rule| rule.code != "BREAD"), "{}", shop.screen());
}

#[test]
fn a_price_list_is_made_priced_ended_and_taken_out() {
    let mut shop = Shop::managed(80, 24);
    let list = "esc p f7 ";
    shop.keys(&format!("{list} insert 'SPRING' down 'Spring' down '2025-04-01' down '2025-03-01' ctrl+s"));
    assert!(shop.shows("Before the first day."), "{}", shop.screen());
    shop.keys("backspace backspace backspace backspace backspace '12-31' down '10106=0.80|nix=1' ctrl+s");
    assert!(shop.shows("nothing has the code nix"), "{}", shop.screen());
    shop.keys("backspace backspace backspace backspace backspace backspace ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert!(shop.shows("in force"), "{}", shop.screen());
    shop.keys("esc esc 1 '10106' enter");
    assert_eq!(shop.lines(), ["1 Baguette 0.80"]);
    shop.keys("esc p f7 enter down down down down down 'Leeds' ctrl+s");
    assert!(shop.shows("There is no store Leeds."), "{}", shop.screen());
    shop.keys(&format!("{} 'DEMO' ctrl+s", "backspace ".repeat(5)));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let own = shop.till().identity().store;
    let stores = shop.till().catalog().price_list("SPRING").unwrap().stores.clone();
    assert_eq!(stores.into_iter().collect::<Vec<_>>(), [own]);
    shop.keys("esc");
    shop.keys("esc p f7 enter down down down down ' ' ctrl+s");
    assert!(shop.shows("There is no price list"), "{}", shop.screen());
}

#[test]
fn a_shelf_label_says_the_price_and_what_a_common_measure_costs() {
    let mut shop = Shop::managed(120, 40);
    let product = shop.till().catalog().product_by_code("10106").unwrap().id();
    let mut details = saleflex_core::catalog::ProductDetails::none(product);
    let content = saleflex_core::catalog::Attribute::Text("0.25 kg".to_owned());
    details.attributes.insert("content".to_owned(), content);
    let change = saleflex_core::catalog::CatalogChange {
        details: vec![details],
        ..saleflex_core::catalog::CatalogChange::default()
    };
    shop.till().change_catalog(change).unwrap();
    shop.keys("esc p 'baguette' enter f7");
    assert!(shop.shows("0.95") && shop.shows("3.80 / kg"), "{}", shop.screen());
}

#[test]
fn the_rules_of_a_segment_are_counted_before_they_are_saved_and_name_products_by_code() {
    let mut shop = Shop::administered(120, 40);
    let emptied = "backspace ".repeat(25);
    let rules = |code: &str| format!(r#"'{{"bought":{{"goods":{{"products":["{code}"]}},"times":1}}}}'"#);
    shop.keys(&format!("s 6 insert 'TEA' down 'Buys tea' down {emptied} {} f5", rules("NONE")));
    assert!(shop.message().contains("NONE"), "{}", shop.screen());
    let emptied = "backspace ".repeat(60);
    shop.keys(&format!("{emptied} {} f5", rules("10106")));
    assert_eq!(shop.message(), "0 of 4 customers today", "{}", shop.screen());
    assert!(shop.till().segments().iter().all(|segment| segment.code != "TEA"), "nothing is saved by it");
    shop.keys(&format!("{emptied} '{{\"tier\":[\"DIAMOND\"]}}' ctrl+s"));
    assert!(shop.message().contains("There is no tier DIAMOND."), "{}", shop.screen());
    shop.keys(&format!("{emptied} {} ctrl+s", rules("10106")));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("'tea' enter");
    assert!(shop.shows(r#""products":["10106"]"#), "{}", shop.screen());
}

#[test]
fn a_customer_is_put_into_a_segment_and_kept_out_by_hand_whatever_its_rules_say() {
    let mut shop = Shop::administered(120, 40);
    let segments = shop.till().segments().to_vec();
    let inactive = segments.iter().find(|segment| segment.code == "INACTIVE").unwrap().clone();
    let members = |shop: &mut Shop| -> Vec<String> {
        let members = shop.till().segment_members(&inactive, 10).unwrap();
        members.into_iter().map(|member| member.code).collect()
    };
    assert!(members(&mut shop).is_empty(), "nobody bought anything yet");
    shop.keys("s 6 'not seen' f6 'C001' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(members(&mut shop), ["C001"]);
    // Whoever looks at the rules anew leaves what was said by hand.
    shop.till().save_segment(inactive.clone()).unwrap();
    assert_eq!(members(&mut shop), ["C001"]);
    shop.keys("f6 'C001' down ' ' ctrl+s");
    assert!(members(&mut shop).is_empty(), "{}", shop.screen());
    shop.keys("f6 'C999' ctrl+s");
    assert!(shop.shows("There is no customer with the code C999"), "{}", shop.screen());
}
