//! What comes from a hub: a page is kept whole or not at all.

use std::collections::BTreeMap;

use saleflex_store::inbox::{PulledPage, PulledRow};
use uuid::Uuid;

use crate::support::shop::{ADMIN, Shop, morning};

const HUB: &str = "gate";

fn page(cursor: &str, who: Option<&str>) -> PulledPage {
    let row = PulledRow {
        resource: "products".to_owned(),
        id: Uuid::from_u128(5),
        version: 1,
        is_deleted: false,
        was_taken: false,
        taken_as: None,
        held_for: None,
        fields: "{}".to_owned(),
    };
    let authority = who.map(|who| BTreeMap::from([("catalog".to_owned(), who.to_owned())]));
    PulledPage { rows: vec![row], cursor: cursor.to_owned(), has_more: false, authority }
}

#[test]
fn a_page_its_cursor_and_who_decides_are_kept_together_or_not_at_all() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    shop.till.add_connector(HUB).unwrap();
    let mut inbox = shop.till.inbox(HUB).unwrap();
    inbox.keep(morning(), &page("c1", Some("gate"))).unwrap();
    inbox.keep(morning(), &page("c2", None)).unwrap();
    let before = inbox.state().unwrap();
    assert_eq!(before.authority["catalog"], "gate", "a page that says nothing changes nothing");
    let disk = rusqlite::Connection::open(shop.till.path()).unwrap();
    for broken in ["BEFORE INSERT ON inbox", "BEFORE UPDATE ON pull"] {
        let full = format!("CREATE TRIGGER full {broken} BEGIN SELECT RAISE(ABORT, 'full'); END");
        disk.execute_batch(&full).unwrap();
        assert!(inbox.keep(morning(), &page("c3", Some("terminal"))).is_err(), "{broken}");
        assert_eq!(inbox.state().unwrap(), before, "{broken}");
        disk.execute_batch("DROP TRIGGER full").unwrap();
    }
    inbox.keep(morning(), &page("c3", Some("terminal"))).unwrap();
    let after = inbox.state().unwrap();
    assert_eq!((after.cursor.as_deref(), after.authority["catalog"].as_str()), (Some("c3"), "terminal"));
}
