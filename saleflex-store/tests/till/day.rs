//! The trading day: drawers, corrections, locks, breaks, the time clock, grants, and the trail of it all.

use chrono::Duration;
use saleflex_core::{
    audit::{AuditSearch, Subject},
    cashier::{
        Capability, Limits, Role, RoleDefinition,
        access::Act,
        lock::{LockCause, Unlocked},
        session::{BreakKind, SessionStatus, Termination},
        time_clock::{Presence, Punch},
    },
    closure::{
        Declaration, Level, Misfit, Refusal as ClosureRefusal,
        drawer::{CountPurpose, DrawerNo},
    },
    document::Refusal,
    ids::ClosureNumber,
};
use saleflex_store::{Error, cashier::NewCashier, error::FieldFault, till::Amendment, verify::Verification};

use crate::support::shop::{ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, sell, sell_some};

mod books;
mod following;
mod handing;
mod notes;
mod tips;
mod work;

fn whole(shop: &Shop) {
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn the_differences_of_hand_overs_and_of_the_last_holder_are_the_difference_of_the_day() {
    let mut shop = Shop::open();
    shop.approved(float(10_000));
    shop.execute(sell("D"));
    shop.execute(cash());
    let to = shop.manager.id;
    let count = |shop: &mut Shop, purpose, amount| {
        let declared = Declaration::amount(minor(amount));
        shop.till.count_drawer(DrawerNo(1), purpose, &declared, None).unwrap().difference()
    };
    let first = count(&mut shop, CountPurpose::HandOver { to }, 21_950);
    assert_eq!(first, minor(-50));
    shop.log_in(MANAGER);
    shop.execute(sell_some("A", "2"));
    shop.execute(cash());
    let state = shop.till.drawers().unwrap().remove(0);
    assert_eq!((state.holder, state.received, state.expected()), (Some(to), minor(21_950), minor(22_450)));
    let last = count(&mut shop, CountPurpose::Closing, 22_460);
    assert_eq!(last, minor(10));
    let closure = shop.till.close_period(Some(&Declaration::amount(minor(22_460))), None).unwrap();
    assert_eq!(closure.difference(), Some(first + last));
    assert_eq!(shop.till.drawer_counts(ClosureNumber(1)).unwrap().len(), 2);
    whole(&shop);
}

/// The rules of a store that counts blind and lets a pound pass.
fn counted_blind(shop: &mut Shop) {
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    settings.closing.declaration_required = true;
    settings.closing.blind_count = true;
    settings.closing.difference_limit = Some(minor(100));
    shop.till.change_settings(settings).unwrap();
    shop.log_in(MANAGER);
}

#[test]
fn the_first_count_is_written_down_before_its_refusal_and_stands_on_the_closure_beside_the_accepted_one() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    counted_blind(&mut shop);
    let close = |shop: &mut Shop, counted, reason: Option<&str>| {
        let declared = Declaration { reason: reason.map(Into::into), ..Declaration::amount(minor(counted)) };
        shop.till.close_period(Some(&declared), None)
    };
    for _ in 0..2 {
        let refused = close(&mut shop, 100, None);
        assert!(
            matches!(refused, Err(Error::NotClosed(ClosureRefusal::ReasonNeeded { is_blind: true, .. }))),
            "{refused:?}"
        );
    }
    let mut shop = shop.restarted();
    shop.log_in(MANAGER);
    let entered = shop.till.entered_counts(ClosureNumber(1)).unwrap();
    let [first] = entered[..] else { panic!("the same twice is one count: {entered:?}") };
    assert_eq!(
        (first.counted, first.difference(), first.cashier),
        (minor(100), minor(-150), shop.manager.id)
    );
    let search = AuditSearch { acts: [Act::CountRefused].into(), ..AuditSearch::default() };
    assert_eq!(shop.till.audit_trail(&search, 10).unwrap().len(), 1);

    let closure = close(&mut shop, 200, None).unwrap();
    assert_eq!((closure.difference(), &closure.first_counts[..]), (Some(minor(-50)), &[first][..]));
    assert_eq!(shop.till.closure(ClosureNumber(1)).unwrap(), closure);
    shop.execute(sell("A"));
    shop.execute(cash());
    assert!(close(&mut shop, 100, None).is_err());
    assert_eq!(close(&mut shop, 100, Some("a false note")).unwrap().first_counts, []);
    whole(&shop);
}

#[test]
fn a_count_of_one_of_several_drawers_and_a_spot_check_leave_what_was_entered_too() {
    let mut shop = Shop::open();
    counted_blind(&mut shop);
    let count = |shop: &mut Shop, purpose, counted| {
        shop.till.count_drawer(DrawerNo(1), purpose, &Declaration::amount(minor(counted)), None).is_ok()
    };
    assert!(!count(&mut shop, CountPurpose::SpotCheck, 500));
    assert!(!count(&mut shop, CountPurpose::Closing, 500));
    assert!(!count(&mut shop, CountPurpose::Closing, 400));
    assert!(count(&mut shop, CountPurpose::Closing, 100));
    let entered = shop.till.entered_counts(ClosureNumber(1)).unwrap();
    let counted: Vec<i64> = entered.iter().map(|count| count.counted.minor()).collect();
    assert_eq!(counted, [500, 500, 400, 100]);
    assert_eq!(shop.till.drawer_counts(ClosureNumber(1)).unwrap().len(), 1, "one of them was accepted");
    let missing = Declaration { float_left: Some(minor(900)), ..Declaration::amount(minor(500)) };
    assert!(shop.till.count_drawer(DrawerNo(1), CountPurpose::Closing, &missing, None).is_err());
    let entered = shop.till.entered_counts(ClosureNumber(1)).unwrap();
    assert_eq!(entered.len(), 4, "what cannot be is no count");
}

#[test]
fn a_closed_period_is_corrected_beside_itself_and_a_document_is_withdrawn_once() {
    let mut shop = Shop::open();
    shop.execute(sell("D"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(Some(&Declaration::amount(minor(12_000))), None).unwrap();
    let correct = |shop: &mut Shop, amendment| {
        shop.till.correct_closure(ClosureNumber(1), amendment, "recorded twice".into(), None)
    };
    let stands = correct(&mut shop, Amendment::Withdraw(sale)).unwrap();
    assert_eq!((stands.expected_cash, stands.report.net_sales), (minor(0), minor(0)));
    assert!(matches!(correct(&mut shop, Amendment::Withdraw(sale)), Err(Error::Correction(_))));
    let before = stands;
    let stands = correct(&mut shop, Amendment::Reinstate(sale)).unwrap();
    let closed = closure.report.net_sales;
    assert_eq!((stands.expected_cash, stands.report.net_sales), (closure.expected_cash, closed));
    assert_eq!((stands.corrections, stands.withdrawn.len()), (2, 0), "as it was closed");
    let again = correct(&mut shop, Amendment::Reinstate(sale));
    assert!(matches!(again, Err(Error::Correction(Misfit::NotWithdrawn { .. }))), "{again:?}");
    assert_eq!(correct(&mut shop, Amendment::Withdraw(sale)).unwrap().report, before.report);
    let day = closure.business_date;
    let added = shop.till.rollups(day, day, Level::TillDay).unwrap().into_values().next().unwrap();
    assert_eq!((added.report.net_sales, added.corrections), (minor(0), 3), "sums of days go along");
    for wrong in [minor(-1), minor(i64::MAX)] {
        for amendment in [Amendment::CountedCash(wrong), Amendment::OpeningCash(wrong)] {
            let Err(Error::BadField { field, fault }) = correct(&mut shop, amendment) else {
                panic!("{amendment:?}")
            };
            let opening = matches!(amendment, Amendment::OpeningCash(_));
            assert_eq!(field, if opening { "opening" } else { "counted" });
            let is_below = wrong.is_negative();
            assert_eq!(fault, if is_below { FieldFault::BelowNothing } else { FieldFault::TooLarge });
        }
    }
    correct(&mut shop, Amendment::CountedCash(minor(0))).unwrap();
    assert_eq!(shop.till.corrected(ClosureNumber(1)).unwrap().difference(), Some(minor(0)));
    assert_eq!(shop.till.closure(ClosureNumber(1)).unwrap(), closure, "the closure never changes");
    assert_eq!(shop.till.closures_between(day, day).unwrap(), [closure]);
    shop.log_in(CASHIER);
    assert!(matches!(correct(&mut shop, Amendment::OpeningCash(minor(1))), Err(Error::Refused(_))));
    whole(&shop.restarted());
}

#[test]
fn what_a_correction_changes_of_a_drawer_that_nobody_counted_the_next_period_begins_with() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let id = shop.execute(float(10_000)).completed()[0].document().id;
    let sells = |shop: &mut Shop, code| {
        shop.execute(sell(code));
        shop.execute(cash());
    };
    sells(&mut shop, "D");
    shop.till.close_period(None, None).unwrap();
    let lies = |shop: &Shop| shop.till.drawers().unwrap()[0].expected().minor();
    assert_eq!(lies(&shop), 22_000);
    let correct = |shop: &mut Shop, amendment| {
        shop.till.correct_closure(ClosureNumber(1), amendment, "never brought".into(), None).unwrap();
        lies(shop)
    };
    assert_eq!(correct(&mut shop, Amendment::Withdraw(id)), 12_000);
    assert_eq!(correct(&mut shop, Amendment::Reinstate(id)), 22_000);
    sells(&mut shop, "A");
    let second = shop.till.close_period(None, None).unwrap();
    // Of an older closure it goes through those that nobody counted.
    assert_eq!(correct(&mut shop, Amendment::Withdraw(id)), 12_250);
    let stands = |shop: &Shop, no| {
        let stands = shop.till.corrected(ClosureNumber(no)).unwrap();
        [stands.opening_cash, stands.expected_cash].map(saleflex_core::money::Money::minor)
    };
    assert_eq!(stands(&shop, 2), [12_000, 12_250]);
    assert_eq!(shop.till.closure(ClosureNumber(2)).unwrap(), second, "a closure never changes");
    sells(&mut shop, "A");
    let third = shop.till.close_period(Some(&Declaration::amount(minor(12_500))), None).unwrap();
    assert_eq!((third.opening_cash, third.difference()), (minor(12_250), Some(minor(0))));
    assert_eq!(third.followed.values().copied().collect::<Vec<_>>(), [minor(-10_000)]);
    // What was counted stays: the float that counts again is missing in that period.
    assert_eq!(correct(&mut shop, Amendment::Reinstate(id)), 12_500);
    assert_eq!((stands(&shop, 2), stands(&shop, 3)), ([22_000, 22_250], [22_250, 22_500]));
    assert_eq!(shop.till.corrected(ClosureNumber(3)).unwrap().difference(), Some(minor(-10_000)));
    whole(&shop.restarted());
}

#[test]
fn a_locked_till_keeps_its_document_and_a_manager_takes_both_over() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.till.lock(LockCause::Asked).unwrap();
    assert!(matches!(shop.till.execute(cash()), Err(Error::TillLocked)));
    assert!(matches!(shop.till.unlock(MANAGER.0, "wrong"), Err(Error::LogInRefused)));
    let taken = shop.till.unlock(MANAGER.0, MANAGER.1).unwrap();
    assert!(matches!(taken, Unlocked::TakenOver { .. }));
    assert_eq!(shop.execute(cash()).completed()[0].completed_by(), shop.manager.id);
    let day = shop.till.now().business_date;
    let sessions = shop.till.work_sessions(day, day).unwrap();
    let by_manager = Termination::By(shop.manager.id);
    assert!(matches!(sessions[0].status, SessionStatus::Terminated { cause, .. } if cause == by_manager));
    assert_eq!(sessions[1].cashier, shop.manager.id);
    whole(&shop);
}

#[test]
fn a_break_locks_the_till_until_the_same_cashier_is_back() {
    let mut shop = Shop::open();
    shop.till.start_break(BreakKind::Coffee, Some(10), None).unwrap();
    shop.clock.advance(Duration::minutes(15));
    shop.till.unlock(CASHIER.0, CASHIER.1).unwrap();
    shop.clock.advance(Duration::minutes(5));
    let day = shop.till.now().business_date;
    shop.till.log_out().unwrap();
    let session = shop.till.work_sessions(day, day).unwrap().remove(0);
    let now = shop.till.now().instant;
    assert_eq!((session.minutes(now), session.break_min(now)), (20, 15));
    whole(&shop);
}

#[test]
fn a_break_is_agreed_to_where_the_store_wants_that_and_is_one_by_the_clock() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    (settings.idle.breaks_approved, settings.idle.session_min) = (true, Some(10));
    shop.till.change_settings(settings).unwrap();
    shop.log_in(CASHIER);
    shop.till.punch(Punch::In).unwrap();
    let cashier = shop.till.on_duty().unwrap().id;
    let presence = |shop: &Shop| shop.till.attendance(cashier).unwrap().presence;
    assert!(matches!(shop.till.start_break(BreakKind::Coffee, None, None), Err(Error::Refused(_))));
    assert_eq!(presence(&shop), Presence::In, "what was refused is no break by the clock");
    let agreed = shop.till.approve(MANAGER.0, MANAGER.1, None).unwrap();
    shop.till.start_break(BreakKind::Coffee, None, Some(&agreed)).unwrap();
    assert_eq!(presence(&shop), Presence::OnBreak);
    shop.clock.advance(Duration::minutes(15));
    shop.till.unlock(CASHIER.0, CASHIER.1).unwrap();
    let clock = shop.till.attendance(cashier).unwrap();
    assert_eq!((clock.presence, clock.shifts[0].break_s), (Presence::In, 15 * 60));
    let now = shop.till.now().instant;
    let session = shop.till.open_session().unwrap().unwrap();
    assert_eq!(session.breaks[0].approved_by, Some(shop.manager.id));
    assert!(session.planned_min == Some(10) && session.is_over_time(now), "{session:?}");
    whole(&shop);
}

#[test]
fn a_session_that_a_power_cut_interrupted_ends_with_its_last_command() {
    let mut shop = Shop::open();
    shop.clock.advance(Duration::minutes(1));
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.clock.advance(Duration::hours(3));
    let mut shop = shop.restarted();
    shop.log_in(MANAGER);
    let day = shop.till.now().business_date;
    let first = shop.till.work_sessions(day, day).unwrap().remove(0);
    assert!(matches!(first.status, SessionStatus::Terminated { cause: Termination::Stopped, .. }));
    assert_eq!(first.minutes(shop.till.now().instant), 1);
}

#[test]
fn a_command_bears_the_name_of_who_gave_it_and_is_no_work_session() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.till.log_out().unwrap();
    let mut shop = shop.restarted();
    let day = shop.till.now().business_date;
    let before = shop.till.work_sessions(day, day).unwrap();
    for _ in 0..2 {
        shop.clock.advance(Duration::minutes(5));
        shop.till.log_in_for_command(MANAGER.0, MANAGER.1).unwrap();
        shop = shop.restarted();
    }
    shop.till.log_in_for_command(MANAGER.0, MANAGER.1).unwrap();
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!(closure.closed_by.cashier, shop.manager.id);
    let mut shop = shop.restarted();
    assert_eq!(shop.till.work_sessions(day, day).unwrap(), before);
    // Nor does one go on from the closure, whenever that is asked; who comes then begins their own.
    shop.clock.advance(Duration::days(1));
    assert_eq!(shop.till.open_session().unwrap(), None);
    shop.log_in(ADMIN);
    let next = shop.till.now().business_date;
    assert_eq!(shop.till.work_sessions(day, next).unwrap().len(), before.len() + 1);
    let search = AuditSearch { acts: [Act::LogIn].into(), ..AuditSearch::default() };
    let trail = shop.till.audit_trail(&search, 100).unwrap();
    let is_by_manager = |subject: Subject| subject == Subject::Cashier(shop.manager.id);
    assert_eq!(trail.iter().filter(|row| is_by_manager(row.record.subject)).count(), 3);
    whole(&shop);
}

#[test]
fn the_clock_refuses_a_punch_out_of_turn_and_a_correction_is_a_record_of_its_own() {
    let mut shop = Shop::open();
    assert_eq!(shop.till.punch(Punch::In).unwrap(), Presence::In);
    assert!(matches!(shop.till.punch(Punch::In), Err(Error::OutOfTurn(_))));
    shop.clock.advance(Duration::hours(2));
    shop.till.punch(Punch::Out).unwrap();
    let ann = shop.till.on_duty().unwrap().id;
    let later = shop.till.now();
    let mut tomorrow = later;
    tomorrow.instant += Duration::days(1);
    let approval = shop.approval();
    let to_come = shop.till.correct_punch(ann, 2, Some(tomorrow), "soon".into(), Some(approval));
    assert!(matches!(to_come, Err(Error::PunchToCome { .. })), "{to_come:?}");
    let refused = shop.till.correct_punch(ann, 2, None, "forgot".into(), None);
    assert!(matches!(refused, Err(Error::Refused(Refusal::ApprovalNeeded { .. }))));
    let approval = shop.approval();
    shop.till.correct_punch(ann, 2, None, "still here".into(), Some(approval)).unwrap();
    assert_eq!(shop.till.attendance(ann).unwrap().presence, Presence::In);
    let approval = shop.approval();
    shop.till.add_punch(ann, Punch::Out, later, "left".into(), Some(approval)).unwrap();
    let hours = shop.till.hours_worked(later.business_date, later.business_date).unwrap();
    assert_eq!(hours[&ann][&later.business_date], 120);
    whole(&shop);
}

#[test]
fn nobody_gives_what_they_have_not() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let mut assigner = NewCashier::with_role("rae", "Rae", "2468", Role::Cashier);
    assigner.capabilities.insert(Capability::RoleAssign);
    shop.till.add_cashier(&assigner).unwrap();
    shop.log_in(("rae", "2468"));
    let manager = NewCashier::with_role("new", "New", "1357", Role::Manager);
    assert!(matches!(shop.till.add_cashier(&manager), Err(Error::Refused(_))));
    let own = shop.till.on_duty().unwrap().clone();
    let wider = saleflex_store::cashier::Cashier { capabilities: Capability::ALL.into(), ..own };
    assert!(matches!(shop.till.change_cashier(wider), Err(Error::Refused(_))));
    let role = RoleDefinition {
        code: "boss".into(),
        name: "Boss".into(),
        capabilities: [Capability::SettingsWrite].into(),
        limits: Limits::default(),
    };
    assert!(matches!(shop.till.set_role(role), Err(Error::Refused(_))));
    shop.till.add_cashier(&NewCashier::with_role("new", "New", "1357", Role::Cashier)).unwrap();
}

#[test]
fn the_trail_tells_who_agreed_and_the_figures_and_only_holders_read_it() {
    let mut shop = Shop::open();
    shop.approved(float(5_000));
    let search = AuditSearch { acts: [Act::MoveCash].into(), approved_only: true, ..AuditSearch::default() };
    assert!(matches!(shop.till.audit_trail(&search, 10), Err(Error::Refused(_))));
    let ann = shop.till.on_duty().unwrap().id;
    shop.log_in(MANAGER);
    let found = shop.till.audit_trail(&search, 10).unwrap();
    assert_eq!(found.len(), 1);
    let record = &found[0].record;
    assert_eq!((record.cashier, record.approved_by), (Some(ann), Some(shop.manager.id)));
    whole(&shop);
}
