//! Events on their way: every one queued once, delivered in order, set aside without stopping the others.

use chrono::{DateTime, Duration, Utc};
use saleflex_core::{
    audit::{self, Figure},
    cashier::Capability,
    customer::{CustomerChange, RecordPart},
    document::Refusal,
    ids::ClosureNumber,
    journal::{Entry, Event},
};
use saleflex_store::{
    Error, Till,
    customer::NewCustomer,
    outbox::{Failure, Limits, Outbox, OutgoingEvent, Settlement},
    rescue,
    shell::ManualShell,
    till::Amendment,
    verify::{Tampering, Verification},
};
use sha2::{Digest, Sha256};

use crate::support::shop::{ADMIN, CASHIER, Shop, cash, morning, sell, suspend};

const HUB: &str = "gate";
const DELIVERED: Settlement = Settlement::Sent { is_duplicate: false, flags: Vec::new() };

fn with_hub() -> Shop {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    shop.till.add_connector(HUB).unwrap();
    shop
}

fn sale(shop: &mut Shop) {
    shop.execute(sell("A"));
    shop.execute(cash());
}

fn claim(outbox: &mut Outbox, now: DateTime<Utc>) -> Vec<OutgoingEvent> {
    outbox.claim(now, now + Duration::seconds(60), Limits::default()).unwrap()
}

fn numbers(events: &[OutgoingEvent]) -> Vec<u64> {
    events.iter().map(|event| event.no).collect()
}

fn sent(events: &[OutgoingEvent]) -> Vec<(u64, Settlement)> {
    events.iter().map(|event| (event.no, DELIVERED)).collect()
}

fn failure(code: &str) -> Failure {
    Failure { status: Some(422), code: code.to_owned(), detail: "because".to_owned() }
}

#[test]
fn a_till_on_its_own_queues_nothing_and_a_connector_added_later_gets_everything() {
    let mut shop = Shop::open();
    sale(&mut shop);
    sale(&mut shop);
    assert!(matches!(shop.till.outbox(HUB), Err(Error::NoSuchConnector { .. })));
    assert!(shop.till.add_connector(HUB).is_err());
    shop.log_in(ADMIN);
    shop.till.add_connector(HUB).unwrap();
    assert!(matches!(shop.till.add_connector(HUB), Err(Error::Taken { .. })));
    sale(&mut shop);
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let events = claim(&mut outbox, morning());
    assert_eq!(numbers(&events), [1, 2, 3]);
    assert!(events.iter().all(|event| event.kind == "transaction" && event.revision == 1));
}

#[test]
fn who_an_event_is_about_is_told_beside_its_frozen_bytes_as_they_are_when_it_is_sent() {
    let mut shop = with_hub();
    let mut new = NewCustomer::named("N1", "Ada Byron");
    let ada = shop.till.add_customer(&new).unwrap();
    new.details.email = Some("ada@example.com".to_owned());
    new.code = "N2".to_owned();
    shop.till.change_customer(ada, &new).unwrap();
    let bob = shop.till.add_customer(&NewCustomer::named("N3", "Bob Noyce")).unwrap();
    shop.till.erase_customer(bob).unwrap();
    sale(&mut shop);
    let events = claim(&mut shop.till.outbox(HUB).unwrap(), morning());
    let told = |event: &OutgoingEvent| {
        let people = event.people.iter().map(|one| (one.record.id, one.record.revision, one.code.clone()));
        people.collect::<Vec<_>>()
    };
    let now = vec![(ada, 2, "N2".to_owned())];
    let nobody = Vec::new;
    assert_eq!(events.iter().map(told).collect::<Vec<_>>(), [now.clone(), now, nobody(), nobody(), nobody()]);
    let change = |event: &OutgoingEvent| {
        let Event::Customer(change) = Entry::from_bytes(&event.payload).unwrap().event else { panic!() };
        change
    };
    let changed = vec![RecordPart::Email, RecordPart::Code];
    assert_eq!(change(&events[0]), CustomerChange::Saved { customer: ada, revision: 1, changed: Vec::new() });
    assert_eq!(change(&events[1]), CustomerChange::Saved { customer: ada, revision: 2, changed });
    for event in &events {
        let (bytes, shown) = (String::from_utf8(event.payload.clone()).unwrap(), format!("{event:?}"));
        for word in ["Byron", "Noyce", "ada@example.com", "N2"] {
            assert!(!bytes.contains(word) && !shown.contains(word), "{word}: {shown}");
        }
    }
}

#[test]
fn a_record_that_cannot_be_read_says_nothing_of_anybody_and_holds_up_no_event() {
    let mut shop = with_hub();
    for (code, name) in [("N1", "Ada Byron"), ("N2", "Bob Noyce")] {
        shop.till.add_customer(&NewCustomer::named(code, name)).unwrap();
    }
    sale(&mut shop);
    let disk = rusqlite::Connection::open(shop.till.path()).unwrap();
    disk.execute("UPDATE customer SET date_of_birth = 'in spring' WHERE code = 'N1'", []).unwrap();
    let events = claim(&mut shop.till.outbox(HUB).unwrap(), morning());
    let told: Vec<usize> = events.iter().map(|event| event.people.len()).collect();
    assert_eq!(told, [0, 1, 0]);
}

#[test]
fn a_correction_of_a_closed_period_travels_with_its_frozen_payload() {
    let mut shop = with_hub();
    sale(&mut shop);
    let id = shop.till.documents(ClosureNumber(1)).unwrap()[0].id;
    shop.till.close_period(None, None).unwrap();
    let correct = |shop: &mut Shop, amendment| {
        shop.till.correct_closure(ClosureNumber(1), amendment, "twice".to_owned(), None).unwrap();
    };
    correct(&mut shop, Amendment::Withdraw(id));
    correct(&mut shop, Amendment::Reinstate(id));
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let mut events = Vec::new();
    loop {
        // The closure waits for its documents.
        let next = claim(&mut outbox, morning());
        if next.is_empty() {
            break;
        }
        outbox.settle(morning(), &sent(&next)).unwrap();
        events.extend(next);
    }
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["transaction", "closure", "closure_correction", "closure_correction"]);
    let known = shop.till.corrections(ClosureNumber(1)).unwrap();
    for (event, correction) in events.iter().skip(2).zip(&known) {
        let entry = Entry::from_bytes(&event.payload).unwrap();
        assert_eq!((entry.correction(), event.revision), (Some(correction), 1));
    }
    assert_ne!(events[2].entity_id, events[3].entity_id, "each is a record of its own");
}

#[test]
fn whoever_may_not_change_the_settings_points_a_till_at_no_hub_not_even_one_that_knows_a_hub() {
    let mut shop = Shop::open();
    shop.log_in(CASHIER);
    assert!(matches!(shop.till.choose_hub(None, Some((HUB, "a.example"))), Err(Error::Refused(_))));
    shop.log_in(ADMIN);
    shop.till.choose_hub(None, Some((HUB, "a.example"))).unwrap();
    assert_eq!(shop.till.connectors(), [HUB]);
    shop.log_in(CASHIER);
    for hub in [Some((HUB, "b.example")), None] {
        assert!(matches!(shop.till.choose_hub(Some("a.example"), hub), Err(Error::Refused(_))));
    }
}

#[test]
fn a_hub_that_a_till_meets_is_told_once_what_no_movement_led_to() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.log_in(ADMIN);
    let last = |shop: &Shop| shop.till.entry(shop.till.chain_head().seq).unwrap();
    shop.till.choose_hub(None, Some((HUB, "a.example"))).unwrap();
    let Event::HubChosen { shelves: Some(shelves), .. } = last(&shop).event else {
        panic!("nothing is told of the shelves")
    };
    let levels: Vec<String> = shelves.on_hand.values().map(ToString::to_string).collect();
    assert_eq!(levels, ["100", "3", "10"], "A, C, D");
    assert_eq!(shelves.as_of, shop.till.entry(1).unwrap().at.instant);
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let kinds: Vec<String> = claim(&mut outbox, morning()).into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, ["transaction", "stock_movement"], "with all that moved");
    shop.till.choose_hub(Some("a.example"), Some((HUB, "b.example"))).unwrap();
    assert!(matches!(last(&shop).event, Event::HubChosen { shelves: None, .. }));
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn the_number_that_a_hub_gives_a_till_stands_on_its_paper_from_then_on() {
    let mut shop = Shop::open();
    for wrong in [0, 10_000] {
        assert!(matches!(shop.till.take_register_number(wrong), Err(Error::BadRecord { .. })));
    }
    shop.till.take_register_number(7).unwrap();
    assert_eq!(shop.till.identity().terminal_code, "7");
    let shop = shop.restarted();
    assert_eq!(shop.till.identity().terminal_code, "7", "it stays");
    assert!(shop.till.verify().is_ok());
}

#[test]
fn where_a_hub_was_and_is_stands_in_the_audit_trail_and_no_secret_does() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    assert!(shop.till.choose_hub(None, Some((HUB, "https://me:secret@a.example"))).is_err());
    shop.till.choose_hub(Some("https://me:secret@a.example"), Some((HUB, "b.example"))).unwrap();
    shop.till.choose_hub(Some("b.example"), None).unwrap();
    let act = |before: i64| {
        let entry = shop.till.entry(shop.till.chain_head().seq - before).unwrap();
        audit::records(&entry, None).remove(0)
    };
    let (first, last) = (act(1), act(0));
    let address = |text: &str| Some(Figure::Address(text.to_owned()));
    assert_eq!((first.before, first.after), (None, address("b.example")));
    assert_eq!((last.before, last.after), (address("b.example"), None));
    assert!(first.cashier.is_some() && first.cashier == last.cashier);
}

#[test]
fn what_is_sent_are_the_frozen_bytes_with_their_digest_and_numbers_without_a_gap() {
    let mut shop = with_hub();
    sale(&mut shop);
    // Steps of a document stay at the till.
    shop.execute(sell("B"));
    shop.execute(suspend());
    sale(&mut shop);
    shop.till.close_period(None, None).unwrap();
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let events = claim(&mut outbox, morning());
    assert_eq!(numbers(&events), [1, 2]);
    for event in &events {
        let digest: [u8; 32] = Sha256::digest(&event.payload).into();
        assert_eq!(event.payload_hash.bytes(), &digest);
        let entry = Entry::from_bytes(&event.payload).unwrap();
        assert_eq!((entry.entity, entry.schema), (event.entity_id, event.schema_version));
        assert_eq!(event.depends_on_closure, Some(ClosureNumber(1)));
        assert_eq!(event.created_at.to_utc(), entry.at.instant);
    }
    outbox.settle(morning(), &sent(&events)).unwrap();
    let closure = claim(&mut outbox, morning());
    assert_eq!((numbers(&closure), closure[0].kind.as_str()), (vec![3], "closure"));
    assert!(closure[0].missing.is_empty());
}

#[test]
fn a_closure_waits_for_its_documents_and_names_those_set_aside() {
    let mut shop = with_hub();
    sale(&mut shop);
    sale(&mut shop);
    shop.till.close_period(None, None).unwrap();
    sale(&mut shop);
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let events = claim(&mut outbox, morning());
    assert_eq!(numbers(&events), [1, 2]);
    let later = morning() + Duration::seconds(30);
    let results = [
        (1, Settlement::Quarantined(failure("bad_document"))),
        (2, Settlement::Retry { at: later, failure: failure("busy") }),
    ];
    outbox.settle(morning(), &results).unwrap();
    // The closure waits for the second document.
    assert!(claim(&mut outbox, morning()).is_empty());
    let again = claim(&mut outbox, later);
    assert_eq!((numbers(&again), again[0].attempts), (vec![2], 1));
    outbox.settle(later, &sent(&again)).unwrap();
    let rest = claim(&mut outbox, later);
    assert_eq!((numbers(&rest), rest[0].missing.as_slice()), (vec![3, 4], [1].as_slice()));
    assert_eq!(outbox.quarantined().unwrap(), [(1, failure("bad_document"))]);
}

#[test]
fn what_was_claimed_is_not_claimed_again_until_its_lease_is_over_or_the_till_starts() {
    let mut shop = with_hub();
    sale(&mut shop);
    let mut outbox = shop.till.outbox(HUB).unwrap();
    assert_eq!(claim(&mut outbox, morning()).len(), 1);
    assert_eq!(claim(&mut outbox, morning()).len(), 0);
    assert_eq!(claim(&mut outbox, morning() + Duration::seconds(60)).len(), 1);
    outbox.give_back(&[1]).unwrap();
    let events = claim(&mut outbox, morning());
    assert_eq!(events[0].attempts, 0);
    drop(outbox);
    let shop = shop.restarted();
    let mut outbox = shop.till.outbox(HUB).unwrap();
    assert_eq!(claim(&mut outbox, morning()).len(), 1);
}

#[test]
fn a_clock_that_was_set_back_keeps_no_event_waiting() {
    let mut shop = with_hub();
    sale(&mut shop);
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let events = claim(&mut outbox, morning());
    let far = morning() + Duration::days(400);
    let retry = Settlement::Retry { at: far, failure: failure("busy") };
    outbox.settle(morning(), &[(events[0].no, retry)]).unwrap();
    assert_eq!(claim(&mut outbox, morning()).len(), 1);
}

#[test]
fn an_event_set_aside_is_released_or_written_off_by_a_person_and_never_lost() {
    let mut shop = with_hub();
    for _ in 0..3 {
        sale(&mut shop);
    }
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let events = claim(&mut outbox, morning());
    let aside = |no| (no, Settlement::Quarantined(failure("bad")));
    outbox.settle(morning(), &[aside(1), aside(2), (3, DELIVERED)]).unwrap();
    assert_eq!(events.len(), 3);
    assert!(outbox.release(1).unwrap());
    let discard = |shop: &mut Shop, no| shop.till.discard_delivery(HUB, no, "twice the same".to_owned());
    discard(&mut shop, 2).unwrap();
    assert!(matches!(discard(&mut shop, 3), Err(Error::NotSetAside { no: 3, .. })));
    let last = shop.till.entry(shop.till.chain_head().seq).unwrap();
    assert!(matches!(last.event, Event::DeliveryDiscarded { no: 2, .. }), "{last:?}");
    assert!(!outbox.release(3).unwrap());
    let state = outbox.state().unwrap();
    assert_eq!((state.waiting, state.sent, state.quarantined, state.discarded), (1, 1, 0, 1));
    assert_eq!(state.oldest_waiting, Some(morning()));
    assert_eq!(numbers(&claim(&mut outbox, morning())), [1]);
    // A hub that was restored gets what it has lost once more.
    assert_eq!(outbox.send_again(|_, no| no <= 2).unwrap(), 1);
    outbox.settle(morning(), &[(1, DELIVERED)]).unwrap();
    assert_eq!(numbers(&claim(&mut outbox, morning())), [3]);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn only_those_who_may_change_settings_write_an_event_off() {
    let mut shop = with_hub();
    sale(&mut shop);
    shop.log_in(CASHIER);
    let refused = shop.till.discard_delivery(HUB, 1, String::new());
    let needed = Refusal::ApprovalNeeded { capability: Capability::SettingsWrite };
    assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal == needed));
}

#[test]
fn a_duplicate_and_a_flag_are_kept_for_the_operator() {
    let mut shop = with_hub();
    sale(&mut shop);
    let mut outbox = shop.till.outbox(HUB).unwrap();
    claim(&mut outbox, morning());
    let settlement = Settlement::Sent { is_duplicate: true, flags: vec!["number_reused".to_owned()] };
    outbox.settle(morning(), &[(1, settlement)]).unwrap();
    drop(outbox);
    sale(&mut shop);
    let mut outbox = shop.till.outbox(HUB).unwrap();
    claim(&mut outbox, morning());
    outbox.settle(morning(), &[(2, DELIVERED)]).unwrap();
    assert_eq!(outbox.progress().unwrap().flagged, 1, "the second sale is nothing to look into");
    let flagged = outbox.flagged(10).unwrap();
    assert_eq!(
        (flagged.len(), flagged[0].no, &flagged[0].flags[..]),
        (1, 1, &["number_reused".to_owned()][..])
    );
    drop(outbox);
    let (_folder, path) = shop.stopped();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let row = connection.query_row("SELECT result, flags FROM delivery WHERE no = 1", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    });
    assert_eq!(row.unwrap(), ("duplicate".to_owned(), "[\"number_reused\"]".to_owned()));
}

#[test]
fn a_request_carries_no_more_than_its_limits() {
    let mut shop = with_hub();
    for _ in 0..5 {
        sale(&mut shop);
    }
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let until = morning() + Duration::seconds(60);
    let few = Limits { events: 2, ..Limits::default() };
    let claimed = outbox.claim(morning(), until, few).unwrap();
    assert_eq!(numbers(&claimed), [1, 2]);
    outbox.settle(morning(), &sent(&claimed)).unwrap();
    // One that is larger than allowed travels alone.
    let small = Limits { payload_bytes: 10, ..Limits::default() };
    assert_eq!(numbers(&outbox.claim(morning(), until, small).unwrap()), [3]);
}

#[test]
fn a_sender_works_in_another_thread_while_the_till_sells() {
    let mut shop = with_hub();
    sale(&mut shop);
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let sender = std::thread::spawn(move || {
        let mut delivered = 0;
        while delivered < 40 {
            let events = claim(&mut outbox, morning());
            if events.is_empty() {
                // A sender that has nothing waits; one that asks without a pause keeps the till from the file.
                std::thread::park_timeout(std::time::Duration::from_millis(1));
                continue;
            }
            outbox.settle(morning(), &sent(&events)).unwrap();
            delivered += events.len();
        }
        outbox.state().unwrap()
    });
    for _ in 1..40 {
        sale(&mut shop);
    }
    assert_eq!(sender.join().unwrap().sent, 40);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn the_file_stays_locked_as_long_as_a_sender_has_it() {
    let shop = with_hub();
    let outbox = shop.till.outbox(HUB).unwrap();
    let (_folder, path) = shop.stopped();
    let open = || Till::open(&path, ManualShell::starting(morning(), 7));
    assert!(matches!(open(), Err(Error::Open(saleflex_store::error::OpenError::InUse { .. }))));
    drop(outbox);
    open().unwrap();
}

#[test]
fn a_queue_that_is_not_what_the_journal_says_is_found() {
    let changes = [
        "DELETE FROM delivery WHERE no = 1",
        "DELETE FROM delivery WHERE no = 3",
        "UPDATE delivery SET seq = 1 WHERE no = 2",
        "UPDATE delivery SET no = 4 WHERE no = 2",
        "INSERT INTO delivery (connector, no, seq) VALUES ('gate', 4, 1)",
        "UPDATE connector SET queued = 2",
        "INSERT INTO connector (name) VALUES ('office')",
        "UPDATE delivery SET state = 'discarded' WHERE no = 2",
    ];
    for change in changes {
        let mut shop = with_hub();
        for _ in 0..3 {
            sale(&mut shop);
        }
        let (_folder, path) = shop.stopped();
        let connection = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(connection.execute(change, []).unwrap(), 1, "{change}");
        connection.close().unwrap();
        // A till that is opened mends what it can.
        let found = rescue::verify(&path).unwrap();
        let is_found = matches!(found, Verification::Tampered { what: Tampering::DeliveryChanged, .. });
        assert!(is_found, "{change}: {found:?}");
    }
}

#[test]
fn what_is_missing_from_an_outbox_is_told_at_the_start_and_queued_under_its_own_number() {
    let mut shop = with_hub();
    for _ in 0..4 {
        sale(&mut shop);
    }
    assert!(shop.till.defects().unwrap().is_empty());
    for (lost, places) in [("no = 2", 1), ("no > 2", 2)] {
        let (folder, path) = shop.stopped();
        let connection = rusqlite::Connection::open(&path).unwrap();
        let lost = connection.execute(&format!("DELETE FROM delivery WHERE {lost}"), []).unwrap();
        assert_eq!(lost, places);
        connection.close().unwrap();
        let till = Till::open(&path, ManualShell::starting(morning(), 9)).unwrap();
        assert_eq!(till.defects_at_start().not_queued.len(), places);
        assert!(till.defects().unwrap().is_empty(), "mended");
        assert!(matches!(till.verify().unwrap(), Verification::Whole(_)), "{:?}", till.verify());
        let mut outbox = till.outbox(HUB).unwrap();
        assert_eq!(numbers(&claim(&mut outbox, morning())), [1, 2, 3, 4]);
        drop(outbox);
        shop = Shop { till, folder, ..with_hub() };
    }
}

#[test]
fn what_the_period_before_the_open_one_lacks_is_told_and_older_periods_are_not_read_again() {
    let mut shop = with_hub();
    for _ in 0..3 {
        sale(&mut shop);
        shop.till.close_period(None, None).unwrap();
    }
    sale(&mut shop);
    let path = shop.path();
    let (_folder, _) = shop.stopped();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let places = |sql: &str| -> Vec<i64> {
        let mut select = connection.prepare(sql).unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let documents = places("SELECT seq FROM document ORDER BY no");
    let closures = places("SELECT seq FROM closure WHERE seq IS NOT NULL ORDER BY number");
    assert_eq!((documents.len(), closures.len()), (4, 3));
    connection
        .execute_batch("DROP TRIGGER document_is_never_deleted; DELETE FROM document; DELETE FROM delivery")
        .unwrap();
    connection.close().unwrap();
    let defects = Till::read(&path, ManualShell::starting(morning(), 9)).unwrap().health().unwrap().defects;
    assert_eq!(
        defects.not_listed,
        documents[2..],
        "the sale of the last closed period and that of the open one"
    );
    let queued: Vec<i64> = defects.not_queued.iter().map(|(_, seq)| *seq).collect();
    assert!(queued.contains(&documents[2]) && queued.contains(&closures[2]), "{queued:?}");
    assert!(queued.iter().all(|seq| *seq > closures[1]), "{queued:?}");
}

#[test]
fn a_queue_that_grows_too_large_is_told() {
    let mut shop = with_hub();
    sale(&mut shop);
    let health = |shop: &Shop| Till::read(shop.path(), shop.clock.clone()).unwrap().health().unwrap();
    let before = health(&shop);
    let bytes = before.waiting_bytes[HUB];
    assert!(bytes > 100 && !before.queue.is_nearly_full(bytes), "{bytes}");
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    settings.queue.limit_mib = 0;
    shop.till.change_settings(settings).unwrap();
    let full = health(&shop);
    assert!(full.queue.is_nearly_full(full.waiting_bytes[HUB]));
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let events = claim(&mut outbox, morning());
    outbox.settle(morning(), &sent(&events)).unwrap();
    assert_eq!(health(&shop).waiting_bytes.get(HUB), None, "what was sent waits no more");
}

#[test]
fn nothing_overtakes_what_is_on_its_way() {
    let mut shop = with_hub();
    sale(&mut shop);
    let mut outbox = shop.till.outbox(HUB).unwrap();
    assert_eq!(numbers(&claim(&mut outbox, morning())), [1]);
    sale(&mut shop);
    let mut other = shop.till.outbox(HUB).unwrap();
    assert!(claim(&mut other, morning()).is_empty());
    assert_eq!(numbers(&claim(&mut other, morning() + Duration::seconds(60))), [1, 2]);
}

#[test]
fn a_hub_gets_again_what_it_lost_and_no_more() {
    let mut shop = with_hub();
    for _ in 0..4 {
        sale(&mut shop);
    }
    let mut outbox = shop.till.outbox(HUB).unwrap();
    let events = claim(&mut outbox, morning());
    outbox.settle(morning(), &sent(&events)).unwrap();
    let epoch = outbox.progress().unwrap().epoch;
    let other = uuid::Uuid::from_u128(77);
    assert!(outbox.knows(epoch).unwrap() && !outbox.knows(other).unwrap());
    assert_eq!(outbox.send_again(|_, _| true).unwrap(), 0);
    assert_eq!(outbox.send_again(|of, no| of == epoch && no != 3).unwrap(), 1);
    assert_eq!(numbers(&claim(&mut outbox, morning())), [3]);
    assert_eq!(outbox.send_again(|of, _| of != epoch).unwrap(), 3);
    let identity = outbox.identity_of(3).unwrap().unwrap();
    assert_eq!((identity.kind, identity.entity_id), ("transaction".to_owned(), events[2].entity_id));
    assert_eq!(outbox.identity_of(5).unwrap(), None);
    let progress = outbox.progress().unwrap();
    assert_eq!((progress.last_no, progress.waiting, progress.quarantined), (4, 4, 0));
    assert_eq!(progress.oldest_waiting, Some(morning()));
}

#[test]
fn the_numbers_of_a_restored_copy_say_where_its_own_life_begins() {
    let mut shop = with_hub();
    sale(&mut shop);
    let copy = shop.folder.path().join("copy.saleflex");
    shop.till.backup(&copy).unwrap();
    let mut restored = Till::open(&copy, shop.clock.clone()).unwrap();
    restored.log_in(CASHIER.0, CASHIER.1).unwrap();
    restored.execute(sell("A")).unwrap();
    restored.execute(cash()).unwrap();
    let mut outbox = restored.outbox(HUB).unwrap();
    let events = claim(&mut outbox, morning());
    let begins: Vec<(u64, u64)> = events.iter().map(|event| (event.no, event.epoch_after)).collect();
    assert_eq!(begins, [(1, 0), (2, 1)]);
    // The period that both go on with is closed by each on its own.
    shop.log_in(ADMIN);
    restored.log_in(ADMIN.0, ADMIN.1).unwrap();
    shop.till.close_period(None, None).unwrap();
    restored.close_period(None, None).unwrap();
    let entities = [&shop.till, &restored].map(|till| till.entry(till.chain_head().seq).unwrap().entity);
    assert_ne!(entities[0], entities[1]);
    // What a hub that knows only the first life lacks is all of the second.
    outbox.settle(morning(), &sent(&events)).unwrap();
    assert_eq!(outbox.send_again(|epoch, _| epoch == events[0].epoch).unwrap(), 1);
}
