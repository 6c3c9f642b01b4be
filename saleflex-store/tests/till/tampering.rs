//! Whatever is changed behind the till's back, verification names the first place where it shows.

use rusqlite::{Connection, params};
use saleflex_core::{document::Command, ids::ClosureNumber, inventory::Stock};
use saleflex_store::{
    Request, Till,
    shell::ManualShell,
    verify::{Tampering, Verification},
};
use sha2::{Digest, Sha256};

use crate::support::{
    goods,
    promoted::{CODE, promoted, tenth, with_coupon},
    shop::{self, ADMIN, MANAGER, Shop, cash, morning, product, sell, sell_some, suspend, take_back},
    tampered::{found_in, run},
};

/// A till with sales, a cancelled document, a closed period, a parked document and an open one.
fn busy_till() -> Shop {
    let mut shop = Shop::open();
    for code in ["A", "B", "C"] {
        shop.execute(sell(code));
        shop.execute(cash());
    }
    shop.execute(sell("A"));
    shop.execute(Command::Cancel { reason: None });
    shop.log_in(MANAGER);
    shop.till.close_period(None, None).unwrap();
    shop.execute(sell_some("D", "2"));
    shop.execute(suspend());
    shop.execute(sell("A"));
    shop
}

/// Tampers with the file of a busy till and answers what verification finds.
fn found(tamper: impl FnOnce(&Connection)) -> (i64, Tampering) {
    found_in(busy_till(), tamper)
}

/// The place of the first event that finished a document.
const FIRST_SALE: i64 = 4;

#[test]
fn a_till_nobody_tampered_with_is_whole() {
    let shop = busy_till();
    let Verification::Whole(whole) = shop.till.verify().unwrap() else { panic!("tampered") };
    assert_eq!((whole.documents, whole.closures, whole.not_replayed), (4, 1, 0));
    assert_eq!(whole.head, *shop.till.chain_head());
}

#[test]
fn a_changed_payload_is_found() {
    let tamper =
        "UPDATE event SET payload = CAST(replace(CAST(payload AS TEXT), '250', '150') AS BLOB) WHERE seq = 4";
    assert_eq!(found(run(tamper)), (FIRST_SALE, Tampering::PayloadChanged));
}

#[test]
fn a_changed_payload_with_its_digest_made_to_fit_breaks_the_chain() {
    let (seq, what) = found(|connection| {
        let payload: Vec<u8> =
            connection.query_row("SELECT payload FROM event WHERE seq = 4", [], |row| row.get(0)).unwrap();
        let payload = String::from_utf8(payload).unwrap().replace("250", "150").into_bytes();
        let digest: [u8; 32] = Sha256::digest(&payload).into();
        let sql = "UPDATE event SET payload = ?1, payload_hash = ?2 WHERE seq = 4";
        connection.execute(sql, params![payload, digest]).unwrap();
    });
    assert_eq!((seq, what), (FIRST_SALE, Tampering::ChainBroken));
}

#[test]
fn a_removed_event_is_found_wherever_it_stood() {
    assert_eq!(found(run("DELETE FROM event WHERE seq = 4")), (4, Tampering::EventMissing));
    assert_eq!(found(run("DELETE FROM event WHERE seq = 1")), (1, Tampering::EventMissing));
}

#[test]
fn events_cut_off_at_the_end_are_missed_by_what_was_stored_from_them() {
    // The last event belongs to the open document, the one before to the suspended one.
    for last in [
        "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
        "DELETE FROM event WHERE seq >= (SELECT max(seq) - 1 FROM event)",
    ] {
        assert_eq!(found(run(last)).1, Tampering::DraftChanged, "{last}");
    }
    let (_, what) = found(|connection| {
        run("DELETE FROM event WHERE seq >= 10")(connection);
        run("DELETE FROM draft")(connection);
    });
    assert_eq!(what, Tampering::UnknownDocument);
}

#[test]
fn an_exchanged_order_of_events_is_found() {
    let (_, what) = found(|connection| {
        run("UPDATE event SET seq = 1000 WHERE seq = 4")(connection);
        run("UPDATE event SET seq = 4 WHERE seq = 6")(connection);
        run("UPDATE event SET seq = 6 WHERE seq = 1000")(connection);
    });
    assert_eq!(what, Tampering::ChainBroken);
}

#[test]
fn columns_that_repeat_the_payload_are_compared_with_it() {
    for change in [
        "UPDATE event SET kind = 'step' WHERE seq = 4",
        "UPDATE event SET entity_id = randomblob(16) WHERE seq = 4",
        "UPDATE event SET revision = 2 WHERE seq = 4",
        "UPDATE event SET depends_on_closure = 9 WHERE seq = 4",
        "UPDATE event SET created_at = created_at + 1 WHERE seq = 4",
        "UPDATE event SET offset_min = 60 WHERE seq = 4",
    ] {
        assert_eq!(found(run(change)), (FIRST_SALE, Tampering::EventRowChanged), "{change}");
    }
    assert_eq!(found(run("UPDATE event SET net_due = 1 WHERE seq = 3")), (3, Tampering::TotalsDiffer));
}

#[test]
fn another_epoch_is_found() {
    assert_eq!(found(run("UPDATE epoch SET id = randomblob(16)")), (1, Tampering::WrongEpoch));
}

#[test]
fn every_column_of_a_finished_document_is_compared_with_its_event() {
    let columns = [
        "number_date = '2020-01-01'",
        "number_receipt = 9",
        "document_type = 'invoice'",
        "kind = 'return'",
        "status = 'cancelled'",
        "is_training = 1",
        "customer = randomblob(16)",
        "original = randomblob(16)",
        "closure = 2",
        "finished_at = finished_at + 1",
        "finished_local = '2020-01-01T00:00:00'",
        "business_date = '2020-01-01'",
        "finished_by = randomblob(16)",
        "total = total - 1",
        "discount = 1",
        "surcharge = 1",
        "tax = 0",
        "net_due = net_due - 1",
        "rounding = 1",
        "paid = 0",
        "change_given = 1",
        "tip = 1",
        "seq = 6",
    ];
    for column in columns {
        let (seq, what) = found(|connection| {
            let changed = connection.execute(&format!("UPDATE document SET {column} WHERE no = 1"), []);
            assert_eq!(changed, Ok(1), "{column}");
        });
        assert_eq!(seq, FIRST_SALE, "{column}");
        assert!(matches!(what, Tampering::DocumentChanged { .. }), "{column}: {what:?}");
    }
}

#[test]
fn a_removed_or_invented_document_is_found() {
    let (seq, what) = found(run("DELETE FROM document WHERE no = 1"));
    assert!(matches!((seq, what), (FIRST_SALE, Tampering::DocumentChanged { .. })));
    let copy = "INSERT INTO document SELECT no + 100, randomblob(16), seq, number_date, number_closure, \
                number_receipt, document_type, kind, status, is_training, customer, original, closure, \
                finished_at, finished_local, business_date, finished_by, total, discount, surcharge, tax, \
                net_due, rounding, paid, change_given, tip FROM document WHERE no = 1";
    assert_eq!(found(run(copy)).1, Tampering::UnknownDocument);
}

#[test]
fn a_number_given_to_another_document_is_found() {
    let (_, what) =
        found(run("UPDATE number SET document = randomblob(16) WHERE receipt = 1 AND closure = 1"));
    assert!(matches!(what, Tampering::NumberChanged { .. }));
}

#[test]
fn every_column_of_a_period_is_compared_with_its_events() {
    let closed = [
        "last_document = 3",
        "after_document = 1",
        "period = replace(period, '2025', '2024')",
        "id = randomblob(16)",
        "seq = 1",
        "number = 9",
    ];
    let open = ["number = 7", "after_document = 0", "last_document = 9", "period = '{'"];
    let changes = closed.map(|column| (1, column)).into_iter().chain(open.map(|column| (2, column)));
    for (no, column) in changes {
        let (_, what) = found(|connection| {
            let sql = format!("UPDATE closure SET {column} WHERE number = {no}");
            assert_eq!(connection.execute(&sql, []), Ok(1), "{column}");
        });
        assert_eq!(what, Tampering::ClosureChanged { closure: ClosureNumber(no) }, "{column}");
    }
}

#[test]
fn receipts_begin_where_the_documents_of_their_period_do() {
    // The open period is the second; the first has begun with the first document.
    for (no, stored) in [(1_u32, 2_i64), (1, 0), (1, -1), (2, 1000), (2, 0), (2, -1)] {
        let (_, what) = found(|connection| {
            let sql = "UPDATE closure SET first_receipt = ?1 WHERE number = ?2";
            assert_eq!(connection.execute(sql, [stored, i64::from(no)]), Ok(1));
        });
        let closure = ClosureNumber(no);
        assert_eq!(what, Tampering::FirstReceiptChanged { closure, stored, expected: 1 });
    }
}

#[test]
fn the_first_period_has_its_own_number_and_begins_where_its_first_document_does() {
    let closure = ClosureNumber(1);
    let begins_at = |stored| Tampering::FirstReceiptChanged { closure, stored, expected: 1 };
    for (column, expected) in [
        // With another number it could never be closed.
        ("number = 2", Tampering::ClosureChanged { closure }),
        ("first_receipt = 1000", begins_at(1000)),
        ("first_receipt = 0", begins_at(0)),
        ("first_receipt = -1", begins_at(-1)),
    ] {
        let mut shop = Shop::open();
        shop.execute(sell("A"));
        shop.execute(cash());
        let (_, what) = found_in(shop, |connection| {
            assert_eq!(connection.execute(&format!("UPDATE closure SET {column}"), []), Ok(1), "{column}");
        });
        assert_eq!(what, expected, "{column}");
    }
    // Before the first document its maker's word stands, as long as it is a number.
    let (_, what) = found_in(Shop::open(), run("UPDATE closure SET first_receipt = -1"));
    assert_eq!(what, Tampering::ClosureChanged { closure });
}

#[test]
fn receipts_go_on_behind_the_last_that_a_document_has() {
    let closure = ClosureNumber(2);
    // A parked document has the first number of the open period and an open one the second.
    let ends_at = |stored| Tampering::LastReceiptChanged { closure, stored, expected: Some(2) };
    for (change, stored) in [
        ("INSERT INTO number SELECT closure, 9, document FROM number WHERE closure = 2 LIMIT 1", Some(9)),
        ("DELETE FROM number WHERE closure = 2 AND receipt = 2", Some(1)),
        ("DELETE FROM number WHERE closure = 2", None),
    ] {
        assert_eq!(found(run(change)).1, ends_at(stored), "{change}");
    }
}

#[test]
fn stock_that_no_event_moved_is_found() {
    for change in [
        "UPDATE stock_movement SET change = change + 10000 WHERE no = 1",
        "UPDATE stock_movement SET after = after + 10000 WHERE no = 1",
        "DELETE FROM stock_movement WHERE no = 1",
        "DELETE FROM stock_movement WHERE no = (SELECT max(no) FROM stock_movement)",
        "UPDATE stock_movement SET seq = seq + 1 WHERE no = 1",
        "UPDATE stock_movement SET line = 9 WHERE no = 1",
        "UPDATE stock_movement SET location = randomblob(16) WHERE no = 1",
        "UPDATE stock_movement SET kind = 'waste' WHERE no = 1",
        "UPDATE stock_movement SET previous = 7 WHERE no = 1",
        "UPDATE stock_movement SET batch = 'L1' WHERE no = 1",
        "UPDATE stock_movement SET unit_cost = 1 WHERE no = 1",
        "UPDATE stock_level SET on_hand = on_hand + 10000 WHERE last_movement IS NOT NULL",
        "UPDATE stock_level SET reserved = reserved + 10000 WHERE last_movement IS NOT NULL",
        "UPDATE stock_level SET sold = sold + 10000 WHERE last_movement IS NOT NULL",
        "UPDATE stock_level SET last_movement = NULL WHERE last_movement IS NOT NULL",
        "UPDATE stock_level SET is_opening = 0 WHERE last_movement IS NOT NULL",
        "UPDATE stock_level SET location = randomblob(16) WHERE last_movement IS NULL",
        "DELETE FROM stock_level WHERE last_movement IS NOT NULL",
        "INSERT INTO stock_movement (seq, line, product, variant, location, kind, change, after) \
         SELECT 4, 1, product, variant, location, 'sale', -1, 1 FROM stock_level LIMIT 1",
    ] {
        assert_eq!(found(run(change)).1, Tampering::StockChanged, "{change}");
    }
}

#[test]
fn a_changed_suspended_document_is_found() {
    let change = "UPDATE draft SET snapshot = CAST(replace(CAST(snapshot AS TEXT), 'Product D', 'Product E') \
                  AS BLOB) WHERE slot > 0";
    assert_eq!(found(run(change)).1, Tampering::DraftChanged);
    assert_eq!(found(run("DELETE FROM draft WHERE slot > 0")).1, Tampering::DraftChanged);
}

#[test]
fn the_schema_itself_keeps_history_from_being_changed() {
    let (_folder, path) = busy_till().stopped();
    let connection = Connection::open(&path).unwrap();
    for change in [
        "UPDATE event SET payload = x'00' WHERE seq = 4",
        "DELETE FROM event WHERE seq = 4",
        "UPDATE document SET total = 0",
        "DELETE FROM document",
        "UPDATE closure SET last_document = 0 WHERE number = 1",
        "DELETE FROM closure",
        "UPDATE stock_movement SET change = 0",
        "DELETE FROM stock_movement",
    ] {
        assert!(connection.execute(change, []).unwrap_err().to_string().contains("never"), "{change}");
    }
}

#[test]
fn a_corrected_stock_is_part_of_the_journal() {
    let mut shop = busy_till();
    shop.execute(cash());
    shop.log_in(ADMIN);
    shop.till.set_stock(product("A"), Stock::whole(50), "counted".to_owned()).unwrap();
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn stock_that_a_new_till_was_given_is_part_of_the_journal() {
    // Nothing of D has moved: only the digest in the first entry knows its level.
    let changes = [
        "UPDATE stock_level SET on_hand = on_hand + 10000 WHERE last_movement IS NULL",
        "UPDATE stock_level SET opening_cost = 10000 WHERE last_movement IS NULL",
        "DELETE FROM stock_level WHERE last_movement IS NULL",
        "INSERT INTO stock_level (product, location, on_hand, is_opening) \
         SELECT x'00112233445566778899AABBCCDDEEFF', location, 10000, 1 FROM stock_level LIMIT 1",
        "UPDATE stock_movement SET after = after + 10000; UPDATE stock_level SET on_hand = on_hand + 10000 \
         WHERE last_movement IS NOT NULL",
    ];
    for change in changes {
        let (_, what) = found(|connection| connection.execute_batch(change).unwrap());
        assert_eq!(what, Tampering::StockChanged, "{change}");
    }
}

#[test]
fn the_identity_of_a_command_is_part_of_the_journal() {
    let (_, what) =
        found(run("UPDATE event SET command_id = x'00112233445566778899AABBCCDDEEFF' WHERE seq = 4"));
    assert_eq!(what, Tampering::EventRowChanged);
}

#[test]
fn stock_that_is_first_counted_later_was_not_there_at_first() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.log_in(ADMIN);
    for level in [7, 9] {
        shop.till.set_stock(product("B"), Stock::whole(level), "counted".to_owned()).unwrap();
    }
    shop.till.set_stock(product("A"), Stock::whole(50), "counted".to_owned()).unwrap();
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

/// The open period's books begin with 100.00 less than the last closure left in the drawer.
const LESS_IN_THE_DRAWER: &str = "UPDATE closure SET period = json_set(period, '$.left_in_drawer', \
     json_extract(period, '$.left_in_drawer') - 10000) WHERE seq IS NULL";

#[test]
fn the_open_period_begins_with_what_the_last_closure_left() {
    let (_, what) = found(run(LESS_IN_THE_DRAWER));
    assert_eq!(what, Tampering::ClosureChanged { closure: ClosureNumber(2) });
}

#[test]
fn a_closed_period_began_with_what_the_closure_before_left() {
    let (_folder, path) = busy_till().stopped();
    let connection = Connection::open(&path).unwrap();
    assert_eq!(connection.execute(LESS_IN_THE_DRAWER, []), Ok(1));
    connection.close().unwrap();
    let mut till = Till::open(&path, ManualShell::starting(morning(), 3)).unwrap();
    till.log_in(MANAGER.0, MANAGER.1).unwrap();
    till.execute(cash()).unwrap();
    till.close_period(None, None).unwrap();
    let Verification::Tampered { what, .. } = till.verify().unwrap() else { panic!("nothing was found") };
    assert_eq!(what, Tampering::ClosureChanged { closure: ClosureNumber(2) });
}

/// A till with a member who bought something, and a segment the member is in.
fn till_of_members() -> Shop {
    let mut shop = Shop::with(shop::setup_with_points());
    shop.log_in(ADMIN);
    shop.till
        .save_segment(saleflex_core::customer::segment::Segment {
            id: saleflex_core::ids::SegmentId::new(uuid::Uuid::from_u128(5)),
            code: "S".to_owned(),
            name: "Buyers".to_owned(),
            description: None,
            criterion: saleflex_core::customer::segment::Criterion::MinPurchases(1),
            is_active: true,
            display_order: 0,
        })
        .unwrap();
    let id = shop.till.find_customers("", 1).unwrap()[0].id;
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(cash());
    shop
}

#[test]
fn every_row_of_the_points_ledger_is_compared_with_its_event() {
    for change in [
        "UPDATE points_entry SET points = 9 WHERE no = 2",
        "UPDATE points_entry SET balance_after = 9 WHERE no = 2",
        "UPDATE points_entry SET kind = 'bonus' WHERE no = 2",
        "UPDATE points_entry SET booked_on = '2020-01-01' WHERE no = 2",
        "UPDATE points_entry SET customer = randomblob(16) WHERE no = 2",
        "UPDATE points_entry SET seq = 1 WHERE no = 2",
        "UPDATE points_entry SET cause = '{}' WHERE no = 2",
        "UPDATE points_entry SET entry = replace(entry, '\"earned\"', '\"bonus\"') WHERE no = 2",
        "DELETE FROM points_entry WHERE no = 1",
        "DELETE FROM points_entry WHERE no = 2",
        "INSERT INTO points_entry (seq, customer, kind, cause, points, balance_after, booked_on, entry) \
         SELECT seq, customer, 'bonus', '{}', points, balance_after, booked_on, entry FROM points_entry WHERE no = 2",
        "UPDATE membership SET balance = 9",
        "UPDATE membership SET available = 9",
        "UPDATE membership SET tier = 'TOP'",
        "UPDATE membership SET status = 'ended'",
        "UPDATE membership SET next_expiry = '2030-01-01'",
        "UPDATE membership SET state = replace(state, '\"BASE\"', '\"TOP\"')",
        "DELETE FROM membership",
    ] {
        let (_, what) = found_in(till_of_members(), run(change));
        assert!(matches!(what, Tampering::PointsChanged { .. }), "{change}: {what:?}");
    }
}

#[test]
fn whoever_is_in_a_segment_is_compared_with_the_events() {
    for change in [
        "DELETE FROM segment_member",
        "UPDATE segment_member SET is_active = 0",
        "UPDATE segment_member SET customer = randomblob(16)",
        "UPDATE segment_member SET state = replace(state, 'auto', 'manual')",
    ] {
        assert_eq!(found_in(till_of_members(), run(change)).1, Tampering::SegmentChanged, "{change}");
    }
}

/// A till that sold with campaigns and a coupon, and took a sale back whole.
fn promoted_till() -> Shop {
    let mut shop = promoted(vec![tenth(), with_coupon()]);
    shop.execute(sell("D"));
    let done = shop.execute(cash());
    let back = shop.approved(Request::begin_return(done.completed()[0].document().id));
    assert!(back.completed().is_empty());
    shop.execute(take_back(1, "1"));
    shop.execute(cash());
    shop.execute(sell("A"));
    shop.execute(Command::EnterCoupon { entered: CODE.to_owned() });
    shop.execute(cash());
    shop
}

#[test]
fn campaigns_and_coupons_are_compared_with_the_journal() {
    for change in [
        "UPDATE campaign SET definition = replace(definition, '\"10\"', '\"90\"')",
        "DELETE FROM campaign",
        "UPDATE coupon SET definition = replace(definition, 'single_use', 'multi_use')",
        "UPDATE coupon SET campaign = randomblob(16)",
        "UPDATE coupon_text SET text = 'FREE' WHERE text = 'WELCOME10-DEMO'",
        "DELETE FROM coupon",
    ] {
        assert_eq!(found_in(promoted_till(), run(change)).1, Tampering::CampaignChanged, "{change}");
    }
}

#[test]
fn uses_of_campaigns_and_coupons_are_compared_with_the_journal() {
    for change in [
        "UPDATE campaign_count SET uses = uses + 1 WHERE owner = ''",
        "UPDATE campaign_count SET spent = spent - 1 WHERE length(owner) = 10",
        "DELETE FROM campaign_count",
        "UPDATE coupon SET uses = 0",
        "DELETE FROM usage_reversal",
    ] {
        assert_eq!(found_in(promoted_till(), run(change)).1, Tampering::UsesChanged, "{change}");
    }
    for change in [
        "DELETE FROM entry_index WHERE topic = 'campaign_use'",
        "UPDATE entry_index SET seq = 1 WHERE topic = 'coupon_use'",
    ] {
        assert_eq!(found_in(promoted_till(), run(change)).1, Tampering::IndexChanged, "{change}");
    }
}

/// A till with deliveries in batches at a cost, goods on their way, an order and a count.
fn till_of_goods() -> Shop {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let (floor, back) = (goods::floor(&shop), goods::back(&shop));
    let unit_cost = goods::at_cost(product("C"), 1, "2").unit_cost;
    let batch = goods::of_batch(product("C"), 5, "L1", "2025-05-01");
    let batch = saleflex_core::inventory::command::ReceiveLine { unit_cost, ..batch };
    shop.till.set_stock(product("C"), Stock::ZERO, "kept in batches from now on".to_owned()).unwrap();
    shop.till.set_tracking(product("C"), saleflex_core::inventory::Tracking::Batches).unwrap();
    shop.till.move_goods(&goods::receive(floor, vec![batch]), None).unwrap();
    shop.till.set_tracking(product("B"), saleflex_core::inventory::Tracking::Serials).unwrap();
    let pieces = goods::with_numbers(product("B"), &["S1"]);
    shop.till.move_goods(&goods::receive(floor, vec![pieces]), None).unwrap();
    let command = goods::transfer(floor, back, vec![goods::take(product("D"), 2)]);
    shop.till.send_goods(&command, None).unwrap();
    let place = saleflex_core::inventory::Place { item: product("D").into(), location: floor };
    let guidance = saleflex_core::inventory::count::Guidance::Blind;
    let count = shop.till.open_count(guidance, vec![place]).unwrap();
    shop.till.count_stock(count.id, place, goods::some(8)).unwrap();
    shop
}

#[test]
fn batches_pieces_postings_and_costs_are_compared_with_what_moved() {
    for change in [
        "UPDATE stock_batch SET on_hand = on_hand + 10000",
        "UPDATE stock_batch SET expiry = '2030-01-01'",
        "UPDATE stock_batch SET batch = 'L2'",
        "DELETE FROM stock_batch",
        "UPDATE stock_serial SET serial = 'S9'",
        "DELETE FROM stock_serial",
        "UPDATE stock_serial_movement SET serial = 'S9'",
        "UPDATE stock_serial_movement SET movement = movement - 1",
        "DELETE FROM stock_serial_movement",
        "INSERT INTO stock_serial_movement SELECT 'S2', movement FROM stock_serial_movement",
        "INSERT INTO stock_serial SELECT product, variant, 'S2', location, 1 FROM stock_serial",
        "UPDATE stock_posting SET counter = 99 WHERE kind = 'transfer'",
        "UPDATE stock_posting SET id = randomblob(16)",
        "DELETE FROM stock_posting WHERE kind = 'transfer'",
        "UPDATE stock_cost SET valuation = replace(valuation, '\"2\"', '\"3\"')",
        "UPDATE stock_cost SET as_of = 0",
    ] {
        assert_eq!(found_in(till_of_goods(), run(change)).1, Tampering::StockChanged, "{change}");
    }
}

#[test]
fn transfers_and_counts_are_compared_with_the_journal() {
    for change in [
        "UPDATE stock_transfer SET is_done = 1",
        "UPDATE stock_transfer SET state = replace(state, '\"sent\":\"2\"', '\"sent\":\"1\"')",
        "DELETE FROM stock_transfer",
        "UPDATE stock_count SET state = 'approved'",
        "UPDATE stock_count_finding SET counted = 90000",
        "UPDATE stock_count_finding SET expected = 90000",
        "UPDATE stock_count_finding SET adjusted = 90000",
        "DELETE FROM stock_count_finding",
    ] {
        assert_eq!(found_in(till_of_goods(), run(change)).1, Tampering::StockPaperChanged, "{change}");
    }
}
