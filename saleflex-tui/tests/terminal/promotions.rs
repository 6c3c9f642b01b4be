//! Definitions of campaigns as they are written, coupons, and what both were used for, by keyboard.

use saleflex_core::campaign::{Campaign, CouponKind};
use saleflex_tui::{app::Place, input::Input};

use crate::common::harness::{Shop, compare};

/// A campaign of the demo store.
fn campaign(shop: &mut Shop, code: &str) -> Campaign {
    shop.till().campaigns().campaigns().iter().find(|one| one.code.as_str() == code).unwrap().clone()
}

/// Moves the cursor to the first line of the definition with a text in it.
fn go_to(shop: &mut Shop, text: &str) {
    let Place::Record(record) = shop.session.state.place() else { panic!("{}", shop.screen()) };
    let area = &record.fields.iter().find(|field| field.name == "DEFINITION").unwrap().area;
    let line = area.lines().iter().position(|line| line.text().contains(text)).unwrap();
    let (to, at) = (line + area_row(shop), record.at);
    shop.keys(&"down ".repeat(to.saturating_sub(at)));
    shop.keys(&"up ".repeat(at.saturating_sub(to)));
}

/// The row of the screen's record that the definition begins at.
fn area_row(shop: &Shop) -> usize {
    let Place::Record(record) = shop.session.state.place() else { panic!("{}", shop.screen()) };
    let field = record.fields.iter().find(|field| field.name == "DEFINITION").unwrap();
    2 + field.error.as_ref().map_or(0, |error| error.lines().count())
}

#[test]
fn a_definition_is_shown_as_it_is_written() {
    compare!("definition", Shop::administered, "s c 'welcome' f4 down");
}

#[test]
fn a_definition_is_edited_line_by_line_and_saved_as_a_new_version() {
    let mut shop = Shop::administered(120, 40);
    let before = campaign(&mut shop, "WELCOME10");
    let hash = |shop: &mut Shop| shop.till().campaigns().hash_of(before.id).unwrap();
    let old = hash(&mut shop);
    shop.keys("s c 'welcome' f4");
    go_to(&mut shop, "\"priority\": 5");
    shop.keys("end left backspace '4' end enter '  \"group\": \"hello\",' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let after = campaign(&mut shop, "WELCOME10");
    assert_eq!((after.lane.priority, after.lane.group.as_str()), (4, "hello"));
    assert_eq!(Campaign { lane: before.lane.clone(), ..after }, before);
    assert_ne!(hash(&mut shop), old);
}

#[test]
fn what_is_wrong_with_a_definition_is_said_with_its_field_and_what_was_typed_stays() {
    let mut shop = Shop::administered(120, 40);
    let before = campaign(&mut shop, "WELCOME10");
    shop.keys("s c 'welcome' f4");
    go_to(&mut shop, "\"priority\": 5");
    shop.keys("end 'x' ctrl+s");
    assert!(shop.shows("line") && shop.shows("column") && !shop.shows("?:"), "{}", shop.screen());
    go_to(&mut shop, "\"priority\": 5");
    shop.keys("end backspace");
    go_to(&mut shop, "\"lane\"");
    shop.keys("home right right right right right right right 'x' ctrl+s");
    assert!(shop.shows("unknown field `lanex`"), "{}", shop.screen());
    go_to(&mut shop, "\"lanex\"");
    shop.keys("home right right right right right right right right backspace");
    go_to(&mut shop, "\"priority\": 5");
    shop.keys("up up up");
    assert_eq!(campaign(&mut shop, "WELCOME10"), before, "nothing was saved");
    // A rate beyond what can be given is named by its field.
    let mut shop = Shop::administered(120, 40);
    shop.keys("s c 'welcome' f4");
    go_to(&mut shop, "\"percent\": \"10\"");
    shop.keys("end left '00' ctrl+s");
    assert!(shop.message().contains("percent"), "{}", shop.screen());
    assert!(shop.shows("\"percent\": \"1000\""), "{}", shop.screen());
}

#[test]
fn a_definition_that_somebody_else_changed_meanwhile_is_not_written_over() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("s c 'welcome' f4");
    let mut theirs = campaign(&mut shop, "WELCOME10");
    theirs.lane.priority = 77;
    shop.till().save_campaign(theirs.clone()).unwrap();
    go_to(&mut shop, "\"priority\": 5");
    shop.keys("end left backspace '4' ctrl+s");
    assert_eq!(shop.message(), "The campaign was changed meanwhile: leave, and open it again.");
    assert_eq!(campaign(&mut shop, "WELCOME10"), theirs);
}

#[test]
fn a_definition_keeps_its_identity_and_takes_no_others_code() {
    let mut shop = Shop::administered(120, 40);
    let id = campaign(&mut shop, "WELCOME10").id.to_string();
    shop.keys("s c 'welcome' f4");
    go_to(&mut shop, &id);
    shop.keys("end left left backspace '9' ctrl+s");
    assert_eq!(shop.message(), "id: The identity of a campaign stays as it is.", "{}", shop.screen());
    go_to(&mut shop, "\"id\"");
    shop.keys("end left left backspace '4'");
    go_to(&mut shop, "\"code\"");
    shop.keys(
        "end left left backspace backspace backspace backspace backspace backspace backspace backspace",
    );
    shop.keys("backspace 'CARD2' ctrl+s");
    assert!(shop.message().contains("CARD2 is taken"), "{}", shop.screen());
}

#[test]
fn a_pasted_definition_is_taken_whole_and_put_in_force_with_a_second_word_where_it_is_doubtful() {
    let mut shop = Shop::administered(120, 40);
    // The cursor is in the text, and what is pasted before anything is typed takes its place.
    shop.keys("s c f3");
    let id = shop.till().new_campaign_id();
    let definition = format!(
        "{{\n  \"id\": \"{id}\",\n\t\"code\": \"ALLFREE\",\r\n  \"name\": \"All free\",\n  \"is_active\": true,\n  \
         \"benefit\": {{ \"off\": {{ \"reward\": {{ \"percent\": \"100\" }}, \"per\": \"document\" }} }}\n}}\n"
    );
    shop.session.handle(Input::Paste(definition));
    assert!(shop.shows("\"code\": \"ALLFREE\""), "{}", shop.screen());
    shop.keys("ctrl+s");
    assert!(shop.shows("Say below that it is meant so."), "{}", shop.screen());
    assert!(shop.till().campaigns().find(id).is_none());
    shop.keys("' ' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert!(shop.till().campaigns().find(id).unwrap().is_active);
}

#[test]
fn a_typed_definition_takes_the_place_of_the_one_shown_and_a_paste_ticks_no_box() {
    let mut shop = Shop::administered(120, 40);
    let definition =
        r#"{"code":"TRY1","is_active":false,"benefit":{"off":{"reward":{"percent":"5"}}},"name":"Try one"}"#;
    shop.keys("s c f3 up");
    shop.session.handle(Input::Paste(definition.to_owned()));
    let Place::Record(record) = shop.session.state.place() else { panic!("{}", shop.screen()) };
    assert!(!record.entered().flag("ACCEPTED") && !record.is_dirty, "{}", shop.screen());
    shop.keys("down");
    shop.keys(&format!("'{definition}' ctrl+s"));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(campaign(&mut shop, "TRY1").name, "Try one");
    // What was changed already is kept: the rest goes where the cursor is.
    let mut shop = Shop::administered(120, 40);
    shop.keys("s c 'welcome' f4 end ' ' home");
    shop.session.handle(Input::Paste("{".to_owned()));
    assert!(shop.shows("WELCOME10"), "{}", shop.screen());
}

#[test]
fn a_printed_definition_is_taken_by_the_editor_with_goods_by_their_codes() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("s c f3");
    let printed = r#"{"code": "BEANS5", "target": {"include": [{"product": "14101"}, {"department": 18}]}, "is_active": false,
        "benefit": {"off": {"reward": {"percent": "5"}, "per": "line"}}}"#;
    shop.session.handle(Input::Paste(printed.to_owned()));
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let saved = campaign(&mut shop, "BEANS5");
    let beans = shop.till().catalog().product_by_code("14101").unwrap().id();
    assert_eq!(saved.target.include[0], saleflex_core::campaign::Selector::Product(beans));
    assert_eq!(saved.name, "BEANS5");
}

#[test]
fn the_list_of_coupons_says_of_each_how_it_stands() {
    let with_coupons = |width, height| {
        let mut shop = Shop::administered(width, height);
        let campaign = campaign(&mut shop, "WELCOME10").id;
        let demo = shop.till().find_coupon("WELCOME10-DEMO").unwrap().unwrap().coupon;
        for (code, until, is_active) in
            [("SPRING", "2025-04-01T23:59:59", true), ("STOPPED", "2025-05-01T12:00:00", false)]
        {
            let id = shop.till().new_coupon_id();
            let mut coupon = saleflex_core::campaign::Coupon::new(id, code, campaign, CouponKind::SingleUse);
            (coupon.end, coupon.is_active, coupon.uses) = (Some(until.parse().unwrap()), is_active, Some(3));
            shop.till().save_coupons(vec![coupon, demo.clone()]).unwrap();
        }
        shop
    };
    compare!("coupon_list", with_coupons, "s c 'welcome' f5");
}

#[test]
fn a_batch_of_coupons_is_made_found_blocked_and_let_count_again() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("s c 'welcome' f7 enter backspace backspace backspace '0' ctrl+s");
    assert_eq!(shop.message(), "A number from 1 to 5000.");
    shop.keys("backspace '3' enter 'SPRING' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("f5");
    assert!(shop.shows("SPRING-") && shop.shows("WELCOME10-DEMO"), "{}", shop.screen());
    shop.keys("esc f5 ' spring'");
    assert!(shop.shows("SPRING-") && !shop.shows("WELCOME10-DEMO"), "{}", shop.screen());
    // Another campaign whose code has this one's in it is not meant.
    assert_eq!(shop.till().search_coupons("=WELCOME10 spring", 10).unwrap().len(), 3);
    assert!(shop.till().search_coupons("=WELCOME1", 10).unwrap().is_empty());
    let coupons = shop.till().search_coupons("spring", 10).unwrap();
    assert_eq!(coupons.len(), 3);
    let first = coupons[0].coupon.clone();
    let is_active = |shop: &mut Shop| shop.till().find_coupon(&first.code).unwrap().unwrap().coupon.is_active;
    shop.keys("enter");
    assert!(shop.shows(&first.code), "{}", shop.screen());
    toggle_in_force(&mut shop);
    assert!(!is_active(&mut shop) && shop.shows("blocked"), "{}", shop.screen());
    shop.keys("enter");
    toggle_in_force(&mut shop);
    assert!(is_active(&mut shop), "{}", shop.screen());
}

fn toggle_in_force(shop: &mut Shop) {
    for _ in 0..10 {
        if shop.shows("> In force") {
            break;
        }
        shop.keys("down");
    }
    shop.keys("' ' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
}

#[test]
fn a_coupon_of_ones_own_code_says_what_is_wrong_with_it_field_by_field() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("s c f5 insert 'WELCOME10-DEMO' enter 'nothing' enter right enter 'C9' enter '1.5.25' ctrl+s");
    for said in
        ["There is no such campaign.", "There is no customer with the code C9.", "No day like 2025-04-06."]
    {
        assert!(shop.shows(said), "{said}: {}", shop.screen());
    }
    shop.keys(
        "up up up up up backspace '2' down backspace backspace backspace backspace backspace backspace",
    );
    shop.keys("backspace 'welcome10' down down backspace '1' down");
    shop.keys(
        "backspace backspace backspace backspace backspace backspace '2025-05-01' down '2025-04-30' ctrl+s",
    );
    assert!(shop.shows("It ends before it starts."), "{}", shop.screen());
    assert!(shop.till().search_coupons("nothing", 5).unwrap().is_empty());
}

#[test]
fn a_slip_shows_the_code_of_a_coupon_to_be_printed() {
    let mut shop = Shop::administered(80, 24);
    shop.keys("s c 'welcome' f5 ctrl+p");
    assert!(shop.shows("WELCOME10-DEMO") && shop.shows("Welcome coupon: 10 % off"), "{}", shop.screen());
}

#[test]
fn the_uses_of_a_campaign_are_told_by_day_and_why_one_was_taken_back() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'2*18201' enter plus");
    let sale = shop.settled()[0].document().id;
    let back = saleflex_store::Request::begin_return(sale);
    shop.till().execute(back).unwrap();
    let line = saleflex_core::document::ReturnLine {
        line: saleflex_core::ids::LineNo(1),
        quantity: saleflex_core::quantity::Quantity::parse("2").unwrap(),
        state: saleflex_core::basket::GoodsState::New,
        restock: true,
        reason: Some("sour".to_owned()),
        serials: Vec::new(),
    };
    shop.till().execute(saleflex_core::document::Command::ReturnLine(line)).unwrap();
    let cash = saleflex_core::document::TakeTender::balance(saleflex_core::tender::TenderKind::Cash);
    shop.till().execute(saleflex_core::document::Command::TakeTender(cash)).unwrap();
    let mut shop = shop.restart();
    shop.keys("'1111' enter s c 'second' f6");
    assert!(shop.shows("Uses of SECONDHALF"), "{}", shop.screen());
    assert!(shop.shows("taken back by 20250406-0001-000002: sour"), "{}", shop.screen());
}

#[test]
fn a_campaign_is_withdrawn_after_a_question() {
    let mut shop = Shop::administered(120, 40);
    let id = campaign(&mut shop, "CARD2").id;
    shop.keys("s c 'card2' delete");
    assert!(shop.shows("Withdraw CARD2 for good?"), "{}", shop.screen());
    shop.keys("esc");
    assert!(shop.till().campaigns().find(id).is_some());
    shop.keys("delete y");
    assert_eq!(shop.message(), "CARD2 is withdrawn.", "{}", shop.screen());
    assert!(shop.till().campaigns().find(id).is_none() && !shop.shows("Paid by card"), "{}", shop.screen());
}

#[test]
fn of_several_coupons_on_a_sale_any_one_is_taken_off() {
    let mut shop = Shop::administered(120, 40);
    let own = campaign(&mut shop, "CARD2");
    let mut second = own.clone();
    (second.id, second.code) = (shop.till().new_campaign_id(), "SECOND".into());
    second.activation = saleflex_core::campaign::Activation::Coupon;
    let (coupon, campaign) = (shop.till().new_coupon_id(), second.id);
    shop.till().save_campaign(second).unwrap();
    let coupon = saleflex_core::campaign::Coupon::new(coupon, "EXTRA", campaign, CouponKind::Public);
    shop.till().save_coupons(vec![coupon]).unwrap();
    shop.keys("1 '8*16204' enter ctrl+o 'welcome10-demo' enter ctrl+o 'extra' enter");
    assert_eq!(shop.document().coupons.len(), 2, "{}", shop.screen());
    shop.keys("ctrl+w delete");
    assert!(shop.shows("Take which coupon off?"), "{}", shop.screen());
    shop.keys("down enter");
    let left: Vec<String> = shop.document().coupons.iter().map(|coupon| coupon.code.clone()).collect();
    assert_eq!(left, ["EXTRA"], "{}", shop.screen());
}

#[test]
fn a_coupon_of_a_campaign_that_takes_none_says_so() {
    let mut shop = Shop::administered(120, 40);
    let campaign = campaign(&mut shop, "CARD2").id;
    let coupon = shop.till().new_coupon_id();
    let coupon = saleflex_core::campaign::Coupon::new(coupon, "USELESS", campaign, CouponKind::Public);
    shop.till().save_coupons(vec![coupon]).unwrap();
    shop.keys("1 '8*16204' enter ctrl+o 'useless' enter");
    assert_eq!(shop.message(), "The coupon's campaign takes no coupons.", "{}", shop.screen());
}
