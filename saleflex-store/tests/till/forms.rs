//! Screens as data: what the program delivers, and what a shop makes of it.

use rusqlite::Connection;
use saleflex_core::{cashier::Capability, document::Refusal};
use saleflex_store::{
    Error, Till,
    forms::{ControlRecord, FormRecord},
    verify::Verification,
};

use crate::support::shop::{ADMIN, CASHIER, Shop};

/// A screen of its own with one button.
pub(crate) fn form(caption: &str) -> FormRecord {
    let button = ControlRecord {
        name: "BACK".into(),
        kind: "BUTTON".into(),
        function1: Some("BACK".into()),
        cell: Some([0, -1, 9, 1]),
        tabs: vec!["One".into(), "Two".into()],
        is_visible: true,
        ..ControlRecord::default()
    };
    FormRecord {
        form_no: 900,
        name: "PAGE".into(),
        caption: Some(caption.into()),
        need_login: true,
        required_capability: None,
        width: 1024,
        height: 768,
        functions: vec!["X_REPORT".into()],
        min_cols: None,
        min_rows: None,
        display_mode: None,
        control: vec![button],
    }
}

fn caption(till: &Till) -> String {
    let stored = till.forms().unwrap().into_iter().find(|stored| stored.name == "PAGE").unwrap();
    stored.definition.unwrap().caption.unwrap()
}

#[test]
fn a_delivered_form_is_stored_whole_and_a_newer_one_takes_its_place() {
    let mut shop = Shop::open();
    shop.till.deliver_forms(&[form("old")]).unwrap();
    let stored = shop.till.forms().unwrap();
    assert_eq!(stored[0].definition.as_ref().unwrap(), &form("old"));
    assert!(!stored[0].is_own);
    shop.till.deliver_forms(&[form("new")]).unwrap();
    assert_eq!(caption(&shop.till), "new");
}

#[test]
fn what_a_control_asks_lists_and_looks_like_is_stored_with_it() {
    let mut shop = Shop::open();
    let mut wanted = form("ours");
    let list = ControlRecord {
        name: "LIST".into(),
        kind: "LISTBOX".into(),
        confirm: true,
        list_values: vec!["1=One".into(), "2".into()],
        image: Some("shop.png".into()),
        tool_tip: Some("choose".into()),
        text_alignment: Some("LEFT".into()),
        fore_color: Some("0xFF0000".into()),
        back_color: Some("#000000".into()),
        character_casing: Some("UPPER".into()),
        input_type: Some("NUMERIC".into()),
        is_visible: true,
        ..ControlRecord::default()
    };
    wanted.control.push(list);
    (wanted.min_cols, wanted.min_rows) = (Some(100), Some(30));
    wanted.display_mode = Some("MAIN".into());
    shop.log_in(ADMIN);
    shop.till.change_form(&wanted).unwrap();
    assert_eq!(shop.till.forms().unwrap()[0].definition.as_ref().unwrap(), &wanted);
    // What a file delivered before these were known is compared with is unchanged by them.
    let plain = serde_json::to_string(&form("ours")).unwrap();
    let details =
        ["confirm", "list_values", "image", "tool_tip", "text_alignment", "fore_color", "back_color"];
    let more = ["character_casing", "input_type", "min_cols", "min_rows", "display_mode"];
    for later in details.into_iter().chain(more) {
        assert!(!plain.contains(later), "{later}: {plain}");
    }
}

#[test]
fn a_shops_own_change_survives_an_upgrade_however_it_was_made() {
    let mut shop = Shop::open();
    shop.till.deliver_forms(&[form("old")]).unwrap();
    let disk = Connection::open(shop.till.path()).unwrap();
    disk.execute("UPDATE form SET caption = 'ours'", []).unwrap();
    shop.till.deliver_forms(&[form("new")]).unwrap();
    assert_eq!(caption(&shop.till), "ours");
    assert!(shop.till.forms().unwrap()[0].is_own);
    shop.log_in(ADMIN);
    shop.till.restore_form(&form("new")).unwrap();
    shop.till.change_form(&form("ours again")).unwrap();
    shop.till.deliver_forms(&[form("newest")]).unwrap();
    assert_eq!(caption(&shop.till), "ours again");
    shop.till.restore_form(&form("newest")).unwrap();
    assert!(!shop.till.forms().unwrap()[0].is_own);
}

#[test]
fn a_form_that_cannot_be_read_says_so_and_hides_no_other() {
    let mut shop = Shop::open();
    let other = FormRecord { form_no: 901, name: "OTHER".into(), ..form("whole") };
    shop.till.deliver_forms(&[form("old"), other]).unwrap();
    let disk = Connection::open(shop.till.path()).unwrap();
    disk.execute("UPDATE form_control SET cell = '[1, 2' WHERE form_no = 900", []).unwrap();
    let stored = shop.till.forms().unwrap();
    assert!(stored[0].definition.is_err() && stored[0].is_own);
    assert!(stored[1].definition.is_ok());
}

#[test]
fn forms_are_changed_by_those_who_may_and_names_are_not_taken_twice() {
    let mut shop = Shop::open();
    shop.till.deliver_forms(&[form("old")]).unwrap();
    shop.log_in(CASHIER);
    let refused = shop.till.change_form(&form("mine"));
    let needed = Refusal::ApprovalNeeded { capability: Capability::FormWrite };
    assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal == needed));
    shop.log_in(ADMIN);
    let double = FormRecord { form_no: 901, ..form("double") };
    assert!(matches!(shop.till.change_form(&double), Err(Error::Taken { code }) if code == "PAGE"));
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_form_of_the_shops_own_is_taken_out_by_those_who_may() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    shop.till.change_form(&form("ours")).unwrap();
    shop.log_in(CASHIER);
    assert!(matches!(shop.till.remove_form(900), Err(Error::Refused(_))));
    assert_eq!(shop.till.forms().unwrap().len(), 1);
    shop.log_in(ADMIN);
    shop.till.remove_form(900).unwrap();
    assert!(shop.till.forms().unwrap().is_empty());
    shop.till.remove_form(900).unwrap();
    let disk = Connection::open(shop.till.path()).unwrap();
    for table in ["form_control", "form_control_tab"] {
        let left = disk.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
        assert_eq!(left.unwrap(), 0, "{table}");
    }
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}
