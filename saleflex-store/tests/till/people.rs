//! Who may log in, who may do what, and what the journal says about it.

use std::collections::BTreeSet;

use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;
use saleflex_core::{
    audit::AuditSearch,
    cashier::{
        Capability, Role,
        access::Act,
        metrics::HourlyTarget,
        note::SessionNote,
        session::BreakKind,
        target::{Goal, Halt, Target},
    },
    document::{Command, Kind, Refusal},
    journal::{Event, EventKind},
    money::Money,
    settings::Settings,
};
use saleflex_store::{
    Error, Request, Till,
    cashier::{Cashier, NewCashier},
    error::FieldFault,
    verify::Verification,
};

use crate::support::shop::{self, ADMIN, CASHIER, MANAGER, Shop, cash, sell, suspend};

fn journal(shop: &Shop) -> Vec<Event> {
    let entries = (1..=shop.till.chain_head().seq).map(|seq| shop.till.entry(seq).unwrap());
    entries.filter(|entry| entry.kind() == EventKind::Till).map(|entry| entry.event).collect()
}

#[test]
fn a_note_on_a_session_or_a_break_stands_beside_it_and_on_anothers_a_manager_writes_it() {
    let mut shop = Shop::open();
    shop.till.start_break(BreakKind::Lunch, Some(30), None).unwrap();
    shop.clock.advance(Duration::minutes(10));
    shop.till.unlock(CASHIER.0, CASHIER.1).unwrap();
    let session = shop.till.open_session().unwrap().unwrap();
    let (cashier, started_at, lunch) =
        (session.cashier, session.started_at.instant, session.breaks[0].from.instant);
    let on = |of_break, note: &str| SessionNote { cashier, started_at, of_break, note: note.to_owned() };
    shop.till.note_session(on(None, "two tills today")).unwrap();
    shop.till.note_session(on(Some(lunch), "a fire drill")).unwrap();
    let no_session = SessionNote { started_at: lunch + Duration::seconds(1), ..on(None, "x") };
    let no_break = on(Some(lunch + Duration::seconds(1)), "x");
    for wrong in [no_session, no_break, on(None, " "), on(None, &"x".repeat(501))] {
        assert!(matches!(shop.till.note_session(wrong), Err(Error::BadField { .. })));
    }
    shop.log_in(MANAGER);
    shop.till.note_session(on(None, "well done")).unwrap();
    let of_manager = shop.till.open_session().unwrap().unwrap();
    shop.log_in(CASHIER);
    let by_another = SessionNote {
        cashier: of_manager.cashier,
        started_at: of_manager.started_at.instant,
        ..on(None, "late again")
    };
    assert!(matches!(shop.till.note_session(by_another), Err(Error::Refused(_))));
    let mut shop = shop.restarted();
    let session = shop.till.work_session(cashier, started_at).unwrap().unwrap();
    let notes = shop.till.session_notes(&session).unwrap();
    let told: Vec<_> = notes.iter().map(|one| (one.by, one.note.of_break, one.note.note.as_str())).collect();
    let manager = Some(of_manager.cashier);
    let expected = [
        (Some(cashier), None, "two tills today"),
        (Some(cashier), Some(lunch), "a fire drill"),
        (manager, None, "well done"),
    ];
    assert_eq!(told, expected);
    assert_eq!(shop.till.session_notes(&of_manager).unwrap(), []);
    shop.log_in(MANAGER);
    let search = AuditSearch { acts: [Act::NoteSession].into(), ..AuditSearch::default() };
    assert_eq!(shop.till.audit_trail(&search, 10).unwrap().len(), 3);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_user_name_is_compared_without_case_and_blanks() {
    let mut shop = Shop::open();
    assert_eq!(shop.till.log_in(" Mo ", MANAGER.1).unwrap().name, "Mo");
    assert_eq!(shop.till.on_duty().unwrap().user_name, "mo");
}

#[test]
fn a_wrong_name_a_wrong_secret_and_an_inactive_cashier_are_answered_alike() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let mut ann = shop.till.cashiers().into_iter().find(|one| one.user_name == CASHIER.0).unwrap().clone();
    ann.is_active = false;
    shop.till.change_cashier(ann).unwrap();
    assert_eq!(shop.till.cashiers().len(), 2);
    let said: BTreeSet<String> = [("nobody", "4711"), (MANAGER.0, "wrong"), CASHIER]
        .into_iter()
        .map(|(name, secret)| shop.till.log_in(name, secret).unwrap_err().to_string())
        .collect();
    assert_eq!(said.into_iter().collect::<Vec<_>>(), ["user name or secret is wrong"]);
    assert_eq!(shop.till.on_duty().unwrap().user_name, ADMIN.0);
}

#[test]
fn no_fixed_word_opens_an_account_d_csh_02() {
    let mut shop = Shop::open();
    shop.till.log_out().unwrap();
    for name in ["admin", "ADMIN", "supervisor", "service", "root", "", CASHIER.0, MANAGER.0, ADMIN.0] {
        for word in ["admin", "supervisor", "password", "service", "0000", ""] {
            // Long enough for every attempt to be looked at.
            shop.clock.advance(Duration::minutes(6));
            assert!(matches!(shop.till.log_in(name, word), Err(Error::LogInRefused)), "{name} {word}");
        }
    }
    assert_eq!(shop.till.cashiers().len(), 3, "and none makes one");
}

#[test]
fn after_three_failures_the_next_attempt_waits_twice_as_long_each_time() {
    let mut shop = Shop::open();
    let fail = |shop: &mut Shop, name: &str| shop.till.log_in(name, "wrong").unwrap_err();
    for name in [MANAGER.0, "nobody"] {
        for _ in 0..3 {
            assert!(matches!(fail(&mut shop, name), Error::LogInRefused));
        }
        for wait_s in [1, 2, 4, 8] {
            let Error::LogInDelayed { until } = fail(&mut shop, name) else { panic!("not delayed") };
            assert_eq!(until - shop.till.now().instant, Duration::seconds(wait_s));
            shop.clock.set(until);
            assert!(matches!(fail(&mut shop, name), Error::LogInRefused));
        }
    }
    // The right secret has to wait as well, and ends the waiting. It survives a restart.
    let mut shop = shop.restarted();
    let Error::LogInDelayed { until } = shop.till.log_in(MANAGER.0, MANAGER.1).unwrap_err() else {
        panic!("not delayed")
    };
    shop.clock.set(until);
    shop.log_in(MANAGER);
    assert!(matches!(fail(&mut shop, MANAGER.0), Error::LogInRefused));
    // A clock that was set back keeps nobody out.
    for _ in 0..4 {
        let _ = fail(&mut shop, MANAGER.0);
    }
    shop.clock.advance(Duration::hours(-5));
    shop.log_in(MANAGER);
}

#[test]
fn however_often_an_attempt_failed_the_next_one_waits_five_minutes_at_most() {
    for attempts in [12, 65, 66, 67, 4_000_000_000_u32] {
        let mut shop = Shop::open();
        let _ = shop.till.log_in(MANAGER.0, "wrong");
        let (clock, (_folder, path)) = (shop.clock.clone(), shop.stopped());
        let connection = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(connection.execute("UPDATE failed_log_in SET attempts = ?1", [attempts]), Ok(1));
        connection.close().unwrap();
        let mut till = Till::open(&path, clock).unwrap();
        let Err(Error::LogInDelayed { until }) = till.log_in(MANAGER.0, MANAGER.1) else {
            panic!("{attempts}: not delayed")
        };
        assert_eq!(until - till.now().instant, Duration::seconds(300), "{attempts}");
    }
}

#[test]
fn every_log_in_and_log_out_is_in_the_journal_and_what_was_typed_is_not() {
    let mut shop = Shop::open();
    let ann = shop.till.on_duty().unwrap().id;
    shop.till.log_out().unwrap();
    assert!(shop.till.log_in(CASHIER.0, "swordfish").is_err());
    assert!(shop.till.log_in("swordfish", "x").is_err());
    shop.log_in(MANAGER);
    let mo = shop.till.on_duty().unwrap().id;
    shop.log_in(CASHIER);
    let facts = journal(&shop);
    assert_eq!(
        facts[1..],
        [
            Event::LoggedIn { cashier: ann, planned_min: None, for_command: false },
            Event::LoggedOut { cashier: ann },
            Event::LogInRefused { cashier: Some(ann) },
            Event::LogInRefused { cashier: None },
            Event::LoggedIn { cashier: mo, planned_min: None, for_command: false },
            Event::LoggedOut { cashier: mo },
            Event::LoggedIn { cashier: ann, planned_min: None, for_command: false },
        ]
    );
    let mut everything = Vec::new();
    shop.till.export(&mut everything).unwrap();
    let everything = String::from_utf8(everything).unwrap();
    assert!(!everything.contains("argon2"));
    for seq in 1..=shop.till.chain_head().seq {
        let bytes = shop.till.entry(seq).unwrap().to_bytes().unwrap();
        assert!(!String::from_utf8(bytes).unwrap().contains("swordfish"));
    }
}

#[test]
fn nobody_leaves_an_open_document_with_lines() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    assert!(matches!(shop.till.log_out(), Err(Error::Refused(Refusal::DocumentOpen { .. }))));
    let refused = shop.till.log_in(MANAGER.0, MANAGER.1);
    assert!(matches!(refused, Err(Error::Refused(Refusal::DocumentOpen { .. }))));
    assert_eq!(shop.till.on_duty().unwrap().user_name, CASHIER.0);
    shop.execute(suspend());
    shop.till.log_out().unwrap();
    assert!(matches!(shop.till.execute(sell("A")), Err(Error::NotLoggedIn)));
}

#[test]
fn what_needs_a_manager_is_refused_alone_and_done_with_one() {
    let mut shop = Shop::open();
    let open_drawer = Command::OpenDrawer { reason: Some("change".to_owned()) };
    let refused = shop.till.execute(open_drawer.clone());
    assert!(matches!(
        refused,
        Err(Error::Refused(Refusal::ApprovalNeeded { capability: Capability::Override }))
    ));
    let approval = shop.till.approve(MANAGER.0, MANAGER.1, None).unwrap();
    let manager = approval.by();
    let done = shop.execute(Request::from(open_drawer.clone()).approved(approval));
    let entry = shop.till.entry(done.seq()).unwrap();
    let authority = serde_json::to_value(&entry.document_events()[0]).unwrap()["authority"].clone();
    assert_eq!(authority["approved_by"], serde_json::json!(manager));
    // Somebody without the right cannot approve either, and one approval is for one request.
    let ann = shop.till.approve(CASHIER.0, CASHIER.1, None).unwrap();
    assert!(shop.till.execute(Request::from(open_drawer.clone()).approved(ann)).is_err());
    assert!(shop.till.execute(open_drawer).is_err());
}

#[test]
fn cashiers_are_made_and_changed_by_those_who_may_and_lock_nobody_out_by_mistake() {
    let mut shop = Shop::open();
    let zoe = NewCashier::with_role("Zoe", "Zoe", "9999", Role::Cashier);
    assert!(matches!(shop.till.add_cashier(&zoe), Err(Error::Refused(Refusal::ApprovalNeeded { .. }))));
    shop.log_in(ADMIN);
    let id = shop.till.add_cashier(&zoe).unwrap();
    assert!(matches!(shop.till.add_cashier(&zoe), Err(Error::Taken { .. })));
    let short = NewCashier { secret: "1".to_owned(), user_name: "z2".to_owned(), ..zoe };
    assert!(matches!(shop.till.add_cashier(&short), Err(Error::BadRecord { .. })));
    let me = shop.till.on_duty().unwrap().clone();
    let without = Cashier { capabilities: Role::Cashier.capabilities(), ..me.clone() };
    assert!(shop.till.change_cashier(without).is_err());
    assert!(shop.till.change_cashier(Cashier { is_active: false, ..me }).is_err());
    let mut shop = shop.restarted();
    shop.till.log_in("zoe", "9999").unwrap();
    assert_eq!(shop.till.on_duty().unwrap().id, id);
}

#[test]
fn a_cashiers_record_says_who_it_is_since_when_they_are_there_and_when_they_logged_in_last() {
    let mut shop = Shop::open();
    let began = shop.till.on_duty().unwrap().created_at.unwrap();
    shop.log_in(ADMIN);
    let zoe = NewCashier {
        identity_number: Some(" 12 345 ".to_owned()),
        description: Some(" has the keys ".to_owned()),
        badge: Some(" Z7780123 ".to_owned()),
        ..NewCashier::with_role("zoe", "Zoe", "9999", Role::Cashier)
    };
    shop.clock.advance(chrono::Duration::hours(1));
    let id = shop.till.add_cashier(&zoe).unwrap();
    let record = shop.till.cashier(id).unwrap().clone();
    assert_eq!(record.identity_number.as_deref(), Some("12 345"));
    assert_eq!(record.description.as_deref(), Some("has the keys"));
    assert_eq!(record.badge.as_deref(), Some("Z7780123"));
    let added = record.created_at.unwrap();
    assert!(added.instant >= began.instant + chrono::Duration::hours(1));
    assert_eq!(record.last_log_in, None);
    // What the till says itself stands, whatever is written over it.
    let without = Cashier { description: Some(" ".to_owned()), created_at: None, ..record.clone() };
    shop.till.change_cashier(Cashier { last_log_in: Some(added), ..without }).unwrap();
    let changed = Cashier { description: None, ..record };
    assert_eq!(*shop.till.cashier(id).unwrap(), changed);
    shop.clock.advance(chrono::Duration::hours(1));
    let first = shop.till.log_in("zoe", "9999").unwrap().last_log_in.unwrap();
    assert!(first.instant >= added.instant + chrono::Duration::hours(1));
    shop.clock.advance(chrono::Duration::hours(1));
    assert!(shop.till.log_in("zoe", "wrong").is_err());
    assert_eq!(shop.till.cashier(id).unwrap().last_log_in, Some(first), "a refused one is none");
    let mut shop = shop.restarted();
    assert_eq!(*shop.till.cashier(id).unwrap(), Cashier { last_log_in: Some(first), ..changed });
    shop.till.log_in("zoe", "9999").unwrap();
    assert!(shop.till.cashier(id).unwrap().last_log_in > Some(first));
    shop.check_whole();
    // Nothing of it is in the journal, so a person can be forgotten.
    let head = shop.till.chain_head().seq;
    let told = (1..=head).map(|seq| serde_json::to_string(&shop.till.entry(seq).unwrap()).unwrap());
    assert!(
        told.into_iter()
            .all(|entry| !entry.contains("12 345") && !entry.contains("keys") && !entry.contains("7780"))
    );
}

#[test]
fn a_badge_is_one_cashiers_however_its_letters_are_written_and_is_taken_off_again() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let ann = shop.till.cashiers().into_iter().find(|one| one.user_name == CASHIER.0).unwrap().clone();
    let badge = |badge: &str| Some(badge.to_owned());
    shop.till.change_cashier(Cashier { badge: badge("Kb778012"), ..ann.clone() }).unwrap();
    let zoe =
        NewCashier { badge: badge("KB778012"), ..NewCashier::with_role("zoe", "Zoe", "9999", Role::Cashier) };
    let refused = shop.till.add_cashier(&zoe);
    assert!(matches!(&refused, Err(Error::Taken { code }) if code == "KB778012"), "{refused:?}");
    // Also one who is gone keeps it until it is taken off them.
    shop.till.change_cashier(Cashier { badge: badge("Kb778012"), is_active: false, ..ann.clone() }).unwrap();
    assert!(matches!(shop.till.add_cashier(&zoe), Err(Error::Taken { .. })));
    shop.till.change_cashier(Cashier { badge: badge(" "), ..ann.clone() }).unwrap();
    assert_eq!(shop.till.cashier(ann.id).unwrap().badge, None);
    let id = shop.till.add_cashier(&zoe).unwrap();
    let shop = shop.restarted();
    assert!(shop.till.cashier(id).unwrap().has_badge("kb778012"));
    assert!(!shop.till.cashier(ann.id).unwrap().has_badge(""));
}

#[test]
fn a_secret_that_must_be_changed_is_changed_before_anything_is_sold() {
    let mut setup = shop::setup();
    setup.cashiers[0].must_change_secret = true;
    let mut shop = Shop::with(setup);
    assert!(shop.till.on_duty().unwrap().must_change_secret);
    assert!(matches!(shop.till.execute(sell("A")), Err(Error::SecretExpired)));
    assert!(matches!(shop.till.change_secret("wrong", "8282"), Err(Error::LogInRefused)));
    assert!(matches!(shop.till.change_secret(CASHIER.1, "82"), Err(Error::BadRecord { .. })));
    shop.till.change_secret(CASHIER.1, "8282").unwrap();
    shop.execute(sell("A"));
    shop.execute(cash());
    let mut shop = shop.restarted();
    assert!(shop.till.log_in(CASHIER.0, CASHIER.1).is_err());
    assert!(!shop.till.log_in(CASHIER.0, "8282").unwrap().must_change_secret);
}

#[test]
fn a_badge_of_an_older_version_stays_until_another_takes_its_place() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let ann = shop.till.cashiers().into_iter().find(|one| one.user_name == CASHIER.0).unwrap().clone();
    let file = rusqlite::Connection::open(shop.path()).unwrap();
    file.execute("UPDATE cashier SET badge = '7780' WHERE user_name = ?1", [CASHIER.0]).unwrap();
    drop(file);
    let mut shop = shop.restarted();
    shop.log_in(ADMIN);
    let ann = shop.till.cashier(ann.id).unwrap().clone();
    assert!(ann.has_badge("7780"));
    shop.till.change_cashier(Cashier { is_active: false, ..ann.clone() }).unwrap();
    shop.till.change_cashier(Cashier { name: "Ann Lee".to_owned(), ..ann.clone() }).unwrap();
    for shorter in ["7781", "778"] {
        let refused = shop.till.change_cashier(Cashier { badge: Some(shorter.to_owned()), ..ann.clone() });
        assert!(matches!(refused, Err(Error::BadRecord { record: "cashier" })), "{refused:?}");
    }
    shop.till.change_cashier(Cashier { badge: Some("Kb778012".to_owned()), ..ann.clone() }).unwrap();
    let refused = shop.till.change_cashier(ann);
    assert!(matches!(refused, Err(Error::BadRecord { .. })), "there is no way back to it");
}

#[test]
fn a_cashier_is_not_changed_into_one_without_a_name() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let ann = shop.till.cashiers().into_iter().find(|one| one.user_name == CASHIER.0).unwrap().clone();
    let before = *shop.till.chain_head();
    let changes: [fn(&mut Cashier); 11] = [
        |it| it.user_name = " ".to_owned(),
        |it| it.user_name = "x".repeat(51),
        |it| it.name = String::new(),
        |it| it.name = "x".repeat(101),
        |it| it.name = "Ann\u{7}".to_owned(),
        |it| it.identity_number = Some("1".repeat(25)),
        |it| it.description = Some("x".repeat(101)),
        |it| it.badge = Some("7".repeat(33)),
        |it| it.badge = Some("7780-1234".to_owned()),
        |it| it.badge = Some("7780123".to_owned()),
        |it| it.description = Some("two\nlines".to_owned()),
    ];
    for change in changes {
        let mut nameless = ann.clone();
        change(&mut nameless);
        let refused = shop.till.change_cashier(nameless);
        assert!(matches!(refused, Err(Error::BadRecord { record: "cashier" })), "{refused:?}");
    }
    assert_eq!(*shop.till.chain_head(), before);
    let wide = Cashier { name: " Ann Lee ".to_owned(), user_name: " ann ".to_owned(), ..ann.clone() };
    shop.till.change_cashier(wide).unwrap();
    assert_eq!(shop.till.cashier(ann.id).unwrap().name, "Ann Lee");
    let shop = shop.restarted();
    assert_eq!(shop.till.cashier(ann.id).unwrap().user_name, "ann");
}

#[test]
fn the_new_secret_is_another_one() {
    let mut shop = Shop::open();
    let refused = shop.till.change_secret(CASHIER.1, CASHIER.1);
    assert!(matches!(refused, Err(Error::SameSecret)), "{refused:?}");
    shop.till.change_secret(CASHIER.1, "9753").unwrap();
}

#[test]
fn an_administrator_who_forgot_the_secret_is_rescued_by_whoever_holds_the_file_and_the_trail_says_so() {
    let mut shop = Shop::open().restarted();
    let id_of = |shop: &Shop, who: (&str, &str)| {
        shop.till.cashiers().iter().find(|cashier| cashier.user_name == who.0).unwrap().id
    };
    let (ada, ann) = (id_of(&shop, ADMIN), id_of(&shop, CASHIER));
    assert!(matches!(shop.till.rescue_secret(ann, "9753"), Err(Error::Refused(_))), "who assigns no roles");
    assert!(matches!(shop.till.rescue_secret(ada, "1"), Err(Error::BadRecord { .. })));
    for _ in 0..9 {
        drop(shop.till.log_in(ADMIN.0, "forgotten"));
    }
    shop.till.rescue_secret(ada, "9753").unwrap();
    assert!(matches!(shop.till.log_in(ADMIN.0, ADMIN.1), Err(Error::LogInRefused)));
    shop.till.log_in(ADMIN.0, "9753").unwrap();
    assert!(matches!(shop.till.execute(sell("A")), Err(Error::SecretExpired)), "it is one to begin with");
    shop.till.change_secret("9753", ADMIN.1).unwrap();
    let trail = shop.till.audit_trail(&AuditSearch::default(), 100).unwrap();
    let rescued =
        trail.iter().filter(|row| row.record.act == Act::ChangeSecret && row.record.cashier.is_none());
    assert_eq!(rescued.count(), 1);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn who_assigns_roles_takes_over_nobody_who_holds_more() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let ada = shop.till.on_duty().unwrap().clone();
    let mut leader = NewCashier::with_role("rae", "Rae", "2468", Role::Cashier);
    leader.capabilities.insert(Capability::RoleAssign);
    let rae = shop.till.add_cashier(&leader).unwrap();
    shop.log_in(("rae", "2468"));
    let head = *shop.till.chain_head();
    let refused = |done: Result<(), Error>| {
        assert!(matches!(done, Err(Error::Refused(Refusal::ApprovalNeeded { .. }))), "{done:?}");
    };
    refused(shop.till.reset_secret(ada.id, "9753"));
    refused(shop.till.rescue_secret(ada.id, "9753"));
    refused(shop.till.change_cashier(Cashier { is_active: false, ..ada.clone() }));
    refused(shop.till.change_cashier(Cashier { capabilities: [Capability::Sell].into(), ..ada.clone() }));
    refused(shop.till.change_cashier(Cashier { badge: Some("1234".to_owned()), ..ada }));
    assert_eq!(*shop.till.chain_head(), head, "nothing of it is written");
    // Whoever holds no more may be changed, and everybody themselves.
    let ann = shop.till.cashiers().into_iter().find(|one| one.user_name == CASHIER.0).unwrap().clone();
    shop.till.reset_secret(ann.id, "9753").unwrap();
    shop.till.change_cashier(Cashier { is_active: false, ..ann }).unwrap();
    shop.till.reset_secret(rae, "8642").unwrap();
    shop.log_in(ADMIN);
    shop.till.reset_secret(rae, "2468").unwrap();
    assert!(shop.till.log_in("rae", "2468").unwrap().must_change_secret);
}

#[test]
fn a_manager_keeps_the_cashiers_of_the_store_and_touches_no_administrator() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let zoe = NewCashier::with_role("zoe", "Zoe", "9999", Role::Cashier);
    let zoe = shop.till.add_cashier(&zoe).unwrap();
    shop.till.reset_secret(zoe, "8888").unwrap();
    let mighty = NewCashier::with_role("max", "Max", "7777", Role::Administrator);
    assert!(matches!(shop.till.add_cashier(&mighty), Err(Error::Refused(Refusal::ApprovalNeeded { .. }))));
    let ada = shop.till.cashiers().into_iter().find(|one| one.user_name == ADMIN.0).unwrap().clone();
    let refused = shop.till.change_cashier(Cashier { is_active: false, ..ada });
    assert!(matches!(refused, Err(Error::Refused(Refusal::ApprovalNeeded { .. }))), "{refused:?}");
}

#[test]
fn an_empty_return_is_left_at_the_log_out_and_not_found_by_whoever_comes_next() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    shop.execute(Request::begin_return_without_receipt());
    shop.till.log_out().unwrap();
    assert!(shop.till.draft().is_none());
    shop.log_in(CASHIER);
    shop.execute(sell("A"));
    assert_eq!(shop.till.draft().unwrap().kind, Kind::Sale);
}

#[test]
fn a_share_of_what_is_expected_of_an_hour_is_no_goal_where_nothing_is() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let mut set = |hourly: HourlyTarget, goal: Goal, halted: Option<Halt>| {
        let settings = Settings { hourly, ..shop.till.settings().clone() };
        shop.till.change_settings(settings).unwrap();
        let (today, store) = (shop.till.now().business_date, shop.till.identity().store);
        let goals = [(goal, Decimal::from(90))].into();
        let target = Target { cashier: None, store, from: today, to: today, goals, halted };
        match shop.till.set_target(None, target) {
            Ok(_) => None,
            Err(Error::NotMeasured { goal }) => Some(goal),
            Err(other) => panic!("{other:?}"),
        }
    };
    let nothing = HourlyTarget::default();
    let items = HourlyTarget { items: Some(Decimal::from(60)), ..nothing };
    let both = HourlyTarget { sales: Some(Money::from_minor(15_000)), ..items };
    assert_eq!(set(nothing, Goal::ItemsPerHour, None), None, "it needs no share");
    assert_eq!(set(nothing, Goal::Efficiency, None), Some(Goal::Efficiency));
    assert_eq!((set(items, Goal::Efficiency, None), set(both, Goal::Productivity, None)), (None, None));
    assert_eq!(set(items, Goal::Productivity, None), Some(Goal::Productivity));
    let is_off = Some(Halt::Cancelled);
    assert_eq!(set(nothing, Goal::Productivity, is_off), None, "what nobody measures any more is called off");
}

#[test]
fn a_target_that_cannot_be_says_which_goal_and_why() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let today = shop.till.now().business_date;
    let mut refused = |from: NaiveDate, goals: &[(Goal, i64)]| {
        let goals = goals.iter().map(|(goal, value)| (*goal, Decimal::from(*value))).collect();
        let store = shop.till.identity().store;
        let target = Target { cashier: None, store, from, to: today, goals, halted: None };
        match shop.till.set_target(None, target) {
            Err(Error::BadField { field, fault }) => (field, fault),
            other => panic!("{other:?}"),
        }
    };
    let negative = [(Goal::Documents, 4), (Goal::VoidRate, -1)];
    assert_eq!(refused(today, &negative), ("void_rate".to_owned(), FieldFault::BelowNothing));
    assert_eq!(refused(today, &[]), ("goals".to_owned(), FieldFault::Missing));
    let more_than_all = [(Goal::Documents, 101), (Goal::ReturnRate, 101)];
    assert_eq!(refused(today, &more_than_all), ("return_rate".to_owned(), FieldFault::TooLarge));
    let tomorrow = today.succ_opt().unwrap();
    assert_eq!(refused(tomorrow, &[(Goal::Documents, 4)]), ("to".to_owned(), FieldFault::EndsFirst));
}
