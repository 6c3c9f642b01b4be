//! Why something is done: said at the till, kept, and shown on the audit trail.

use saleflex_core::{
    adjustment::AdjustmentSource,
    basket::{GoodsState, LineItem},
    document::{Document, NoteKind, ReasonRules},
};
use saleflex_store::history::Found;

use crate::common::harness::Shop;

/// Morgan's shop with these rules of reasons.
fn shop_with(codes: &[&str], needed: bool) -> Shop {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter");
    let mut settings = shop.till().settings().clone();
    let codes = codes.iter().copied().map(str::to_owned).collect();
    settings.policy.reasons = ReasonRules { codes, needed };
    shop.till().change_settings(settings).unwrap();
    shop.keys("ctrl+l down '2222' enter enter");
    shop
}

fn void_of(line: &LineItem) -> Option<&str> {
    line.void.as_ref().unwrap().reason.as_deref()
}

/// The last document that was closed without effect, and why.
fn cancelled(shop: &mut Shop) -> Option<String> {
    let till = shop.till();
    let heads = till.documents(till.period().number).unwrap();
    heads.iter().rev().find_map(|head| match till.find_document(head.id).unwrap().unwrap() {
        Found::Cancelled(cancelled) => Some(cancelled.reason().map(str::to_owned)),
        Found::Open(_) | Found::Suspended(_) | Found::Completed(_) => None,
    })?
}

#[test]
fn a_prompt_takes_a_reason_below_its_number_and_enter_passes_it_by() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter ctrl+d '5' enter ctrl+d '6' down 'scuffed' enter");
    shop.keys("up p '80' down 'end of line' enter");
    let document = shop.document();
    let line = &document.lines[0];
    let reasons: Vec<_> = line.adjustments.iter().map(|known| known.reason.as_deref()).collect();
    assert_eq!(reasons, [None, Some("scuffed")], "{}", shop.screen());
    assert_eq!(line.price_override.as_ref().unwrap().reason.as_deref(), Some("end of line"));
}

#[test]
fn a_key_that_acts_at_once_asks_why_only_where_the_store_lists_reasons() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter '10106' enter up d");
    assert_eq!(void_of(&shop.document().lines[1]), None);
    let mut shop = shop_with(&["Scuffed", "Changed mind"], false);
    shop.keys("'10106' enter enter '10106' enter '10106' enter '10106' enter up d");
    assert!(shop.shows("1 Scuffed") && shop.shows("2 Changed mind"), "{}", shop.screen());
    shop.keys("'2'");
    assert!(shop.shows("= Changed mind"), "{}", shop.screen());
    shop.keys("enter up up d 'dropped' enter up up up d enter");
    let document = shop.document();
    let voids: Vec<_> = document.lines[1..].iter().map(void_of).collect();
    assert_eq!(voids, [None, Some("dropped"), Some("Changed mind")]);
    shop.keys("up up up up d esc");
    assert!(shop.document().lines[0].is_active(), "Esc takes nothing back");
}

#[test]
fn where_the_store_wants_a_reason_nothing_goes_without_one() {
    let mut shop = shop_with(&[], true);
    shop.keys("'10106' enter '10106' enter up d enter");
    assert!(shop.shows("A reason is needed"), "{}", shop.screen());
    assert_eq!(shop.lines().len(), 2);
    shop.keys("'scuffed' enter f10 '10' c -");
    assert!(shop.shows("A reason is needed"), "{}", shop.screen());
    shop.keys("'miscounted' enter");
    let document: Document = shop.document();
    assert_eq!(document.tenders[0].void.as_ref().unwrap().reason.as_deref(), Some("miscounted"));
    shop.keys("ctrl+x y 'left the shop' enter");
    assert_eq!(cancelled(&mut shop).as_deref(), Some("left the shop"), "{}", shop.screen());
}

#[test]
fn who_agrees_says_why_and_the_audit_trail_shows_it() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'10106' enter");
    shop.keys("ctrl+g '5' down 'goodwill' enter 'a' enter '1111' down 'regular customer' enter plus enter");
    let document = shop.settled().pop().unwrap().document().clone();
    assert_eq!(document.adjustments[0].reason.as_deref(), Some("goodwill"), "{}", shop.screen());
    shop.keys("esc ctrl+l down '2222' enter s 9 'discount' enter");
    assert!(shop.shows("goodwill") && shop.shows("regular customer"), "{}", shop.screen());
}

#[test]
fn goods_come_back_as_new_opened_or_damaged_and_say_why() {
    let mut shop = shop_with(&["Defective"], false);
    shop.keys("'2*14101' enter plus enter ctrl+b '1' enter a s");
    assert!(shop.shows("opened: not on the shelf"), "{}", shop.screen());
    shop.keys("f10 '1' enter");
    let returned = shop.document().lines[0].returned.clone().unwrap();
    assert_eq!((returned.state, returned.restock), (GoodsState::Opened, false), "{}", shop.screen());
    assert_eq!(returned.reason.as_deref(), Some("Defective"));
}

#[test]
fn the_rules_of_the_store_list_the_reasons() {
    let mut shop = Shop::open(80, 24);
    let to_reasons = "s 2 ".to_owned() + &"down ".repeat(19);
    shop.keys(&format!("'1111' enter {to_reasons} 'Scuffed; Changed mind;' down space ctrl+s"));
    let rules = shop.till().settings().policy.reasons.clone();
    assert_eq!(rules, ReasonRules { codes: vec!["Scuffed".into(), "Changed mind".into()], needed: true });
    let many = "x;".repeat(10);
    shop.keys(&format!("2 {} '{many}' ctrl+s", "down ".repeat(19)));
    assert!(shop.shows("At most 9 reasons"), "{}", shop.screen());
}

#[test]
fn goods_without_a_receipt_come_back_as_new_opened_or_damaged() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("alt+s");
    assert!(shop.till().draft().is_none(), "{}", shop.screen());
    shop.keys("ctrl+b w alt+s");
    assert_eq!(shop.message(), "opened: not on the shelf");
    shop.keys("alt+s '14101' enter");
    assert!(shop.shows("damaged: not on the shelf"), "{}", shop.screen());
    shop.keys("alt+s '14101' enter");
    let returned: Vec<_> = shop.document().lines.iter().map(|line| line.returned.clone().unwrap()).collect();
    let states: Vec<_> = returned.iter().map(|back| (back.state, back.restock)).collect();
    assert_eq!(states, [(GoodsState::Damaged, false), (GoodsState::New, true)], "{}", shop.screen());
    // The next return begins with goods as new.
    shop.keys("alt+s plus y enter ctrl+b w '14101' enter");
    assert_eq!(shop.document().lines[0].returned.as_ref().unwrap().state, GoodsState::New);
}

#[test]
fn a_note_says_whom_it_is_for_and_what_is_for_staff_is_on_no_receipt() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter ctrl+n 'gift' enter ctrl+n 'pays late' down right right right enter");
    let notes: Vec<_> = shop.document().notes.iter().map(|note| (note.kind, note.on_receipt)).collect();
    assert_eq!(notes, [(NoteKind::General, true), (NoteKind::Internal, false)], "{}", shop.screen());
    shop.keys("plus");
    let receipt = shop.session.state.last_receipt.clone().unwrap().lines.join("\n");
    assert!(receipt.contains("gift") && !receipt.contains("pays late"), "{receipt}");
}

#[test]
fn a_document_is_discounted_and_charged_as_what_the_cashier_says() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'14101' enter ctrl+g '5' enter ctrl+g '5' down down right right enter");
    let sources = |shop: &mut Shop| -> Vec<_> {
        shop.document().adjustments.iter().map(|known| known.source.clone()).collect()
    };
    let given = [AdjustmentSource::Manager, AdjustmentSource::CustomerSatisfaction];
    assert_eq!(sources(&mut shop), given, "{}", shop.screen());
}
