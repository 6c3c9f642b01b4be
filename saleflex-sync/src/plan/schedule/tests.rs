use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const PUSHED: Came = Came::Pushed { delivered: 1, closures: 0, lacks: None };
const AWAY: Came = Came::Failed { at_least: Duration::ZERO, is_breakdown: false };
const BROKE_DOWN: Came = Came::Failed { at_least: Duration::ZERO, is_breakdown: true };

/// A connection for which nothing is due at the second 0.
fn idle() -> Schedule {
    idle_at(Intervals::OFFICE)
}

fn idle_at(intervals: Intervals) -> Schedule {
    let mut schedule = Schedule::new(intervals, false);
    for came in [
        Came::Reconciled { again: 0 },
        Came::QueueEmpty { again_in: None },
        Came::Lent,
        Came::Pulled { has_more: false },
        Came::Beaten { pull: false, push: false },
        Came::Notified { pull: false },
    ] {
        schedule.came(Duration::ZERO, 0, came);
    }
    schedule
}

fn push(schedule: &Schedule, now: Duration) -> Option<Turn> {
    if let Step::Push(turn) = schedule.next(now) { Some(turn) } else { None }
}

#[test]
fn what_a_hub_may_have_lost_is_sent_again_before_a_snapshot_of_it_is_asked_for() {
    let mut schedule = idle();
    schedule.pull_now();
    assert_eq!(schedule.next(SECOND), Step::Pull);
    schedule.came(SECOND, 0, Came::CursorExpired);
    assert_eq!(schedule.next(SECOND), Step::Reconcile);
    schedule.came(SECOND, 0, Came::Reconciled { again: 1 });
    assert!(push(&schedule, SECOND).is_some());
    schedule.came(SECOND, 0, Came::QueueEmpty { again_in: None });
    assert_eq!(schedule.next(SECOND), Step::Pull);
}

#[test]
fn a_new_connection_compares_first_then_sends_then_asks() {
    let mut schedule = Schedule::new(Intervals::GATE, true);
    let mut steps = Vec::new();
    for came in [
        Came::Renewed { good_for: Duration::from_secs(3_600) },
        Came::Reconciled { again: 0 },
        Came::QueueEmpty { again_in: None },
        Came::Lent,
        Came::Pulled { has_more: true },
        Came::Pulled { has_more: false },
        Came::Beaten { pull: false, push: false },
        Came::Notified { pull: false },
    ] {
        steps.push(schedule.next(SECOND));
        schedule.came(SECOND, 0, came);
    }
    let turn = Turn { most: 50, others_pass: false };
    assert_eq!(
        steps,
        [
            Step::RenewToken,
            Step::Reconcile,
            Step::Push(turn),
            Step::Quotas,
            Step::Pull,
            Step::Pull,
            Step::Heartbeat,
            Step::Notifications,
        ]
    );
    assert_eq!(schedule.next(SECOND), Step::Wait(Duration::from_secs(60)));
}

#[test]
fn who_may_not_pull_delivers_at_once_and_says_how_it_is_all_the_same() {
    let mut schedule = idle();
    schedule.pull_now();
    assert_eq!(schedule.next(SECOND), Step::Pull);
    schedule.came(SECOND, 0, Came::NotAllowed);
    assert!(!schedule.is_paused());
    schedule.wake();
    assert!(push(&schedule, SECOND).is_some());
    schedule.came(SECOND, 0, Came::QueueEmpty { again_in: None });
    assert_eq!(schedule.next(30 * SECOND), Step::Heartbeat);
    schedule.came(30 * SECOND, 0, Came::Beaten { pull: false, push: false });
    assert_ne!(schedule.next(31 * SECOND), Step::Pull, "it is not asked for again at once");
}

#[test]
fn a_committed_event_is_sent_at_once_and_so_is_one_committed_during_a_push() {
    let mut schedule = idle();
    assert_eq!(push(&schedule, SECOND), None);
    schedule.wake();
    assert!(push(&schedule, SECOND).is_some());
    schedule.came(SECOND, 0, PUSHED);
    assert!(push(&schedule, SECOND).is_some());
    schedule.came(SECOND, 0, Came::QueueEmpty { again_in: None });
    assert_eq!(push(&schedule, SECOND), None);
    // What waits for its own time is sent then, and not with the timer.
    schedule.came(SECOND, 0, Came::QueueEmpty { again_in: Some(2 * SECOND) });
    assert_eq!(push(&schedule, 2 * SECOND), None);
    assert!(push(&schedule, 3 * SECOND).is_some());
    // A clock that was set makes nothing wait longer than the timer.
    let mut schedule = idle();
    schedule.came(SECOND, 0, Came::QueueEmpty { again_in: Some(Duration::MAX) });
    assert!(push(&schedule, SECOND + Intervals::OFFICE.push).is_some());
}

#[test]
fn a_failure_stops_everything_for_a_while_that_doubles() {
    let mut schedule = idle();
    let mut waits = Vec::new();
    let mut now = SECOND;
    for _ in 0..10 {
        schedule.wake();
        schedule.came(now, u32::MAX, AWAY);
        let Step::Wait(wait) = schedule.next(now) else { panic!("it goes on") };
        waits.push(wait.as_secs() + 1);
        now += wait;
    }
    assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    assert!(push(&schedule, now).is_some());
}

#[test]
fn the_hub_is_left_alone_as_long_as_it_asks() {
    let mut schedule = idle();
    schedule.came(SECOND, 0, Came::Failed { at_least: Duration::from_secs(7 * 60), is_breakdown: false });
    assert_eq!(schedule.next(SECOND), Step::Wait(Duration::from_secs(7 * 60)));
}

#[test]
fn after_an_outage_what_the_hub_has_is_compared() {
    let mut schedule = idle();
    schedule.wake();
    schedule.came(SECOND, 0, AWAY);
    let now = SECOND * 10;
    schedule.came(now, 0, PUSHED);
    assert_eq!(schedule.next(now), Step::Reconcile);
}

#[test]
fn a_hub_that_lacks_what_it_took_is_compared_with_once_for_each_hole() {
    let lacking =
        |after| Came::Pushed { delivered: 1, closures: 0, lacks: Some((Uuid::from_u128(1), after)) };
    let mut schedule = idle();
    schedule.came(SECOND, 0, lacking(4));
    assert_eq!(schedule.next(SECOND), Step::Reconcile);
    schedule.came(SECOND, 0, Came::Reconciled { again: 0 });
    schedule.came(SECOND, 0, lacking(4));
    assert_ne!(schedule.next(SECOND), Step::Reconcile, "it was compared: nobody has more of it");
    schedule.came(SECOND, 0, lacking(9));
    assert_eq!(schedule.next(SECOND), Step::Reconcile);
}

#[test]
fn a_refused_request_is_split_and_goes_on_together_afterwards() {
    let mut schedule = idle();
    schedule.came(SECOND, 0, Came::Split { events: 3 });
    schedule.wake();
    for _ in 0..3 {
        assert_eq!(push(&schedule, SECOND).map(|turn| turn.most), Some(1));
        schedule.came(SECOND, 0, PUSHED);
    }
    assert_eq!(push(&schedule, SECOND).map(|turn| turn.most), Some(50));
}

#[test]
fn what_makes_the_hub_break_down_is_looked_for_one_by_one() {
    let mut schedule = idle();
    schedule.wake();
    schedule.came(SECOND, 0, BROKE_DOWN);
    assert_eq!(push(&schedule, SECOND * 2).map(|turn| turn.most), Some(50));
    schedule.came(SECOND * 2, 0, BROKE_DOWN);
    let turn = push(&schedule, SECOND * 9).unwrap();
    assert_eq!(turn, Turn { most: 1, others_pass: false });
    schedule.came(SECOND * 9, 0, Came::Suspect);
    schedule.came(SECOND * 20, 0, PUSHED);
    schedule.came(SECOND * 20, 0, Came::Reconciled { again: 0 });
    assert_eq!(push(&schedule, SECOND * 20), Some(Turn { most: 1, others_pass: true }));
}

#[test]
fn one_event_that_the_hub_breaks_down_over_does_not_put_the_others_off_longer_each_time() {
    let mut schedule = idle();
    let now = SECOND * 9;
    for _ in 0..8 {
        schedule.came(now, u32::MAX, Came::Suspect);
    }
    schedule.wake();
    assert!(push(&schedule, now + SECOND * 2).is_some());
}

#[test]
fn a_refused_token_is_renewed_once_and_then_the_connection_pauses() {
    let mut schedule = Schedule::new(Intervals::GATE, true);
    schedule.came(SECOND, 0, Came::Renewed { good_for: Duration::from_secs(3_600) });
    schedule.came(SECOND, 0, Came::Unauthorized);
    assert_eq!(schedule.next(SECOND), Step::RenewToken);
    schedule.came(SECOND, 0, Came::Renewed { good_for: Duration::from_secs(3_600) });
    schedule.came(SECOND, 0, Came::Unauthorized);
    assert!(schedule.is_paused());
    assert_eq!(schedule.next(SECOND), Step::Wait(PROBE));
    schedule.came(SECOND + PROBE, 0, Came::Reconciled { again: 0 });
    assert!(!schedule.is_paused());
}

#[test]
fn a_token_is_renewed_a_minute_before_it_is_void() {
    let mut schedule = Schedule::new(Intervals::GATE, true);
    schedule.came(SECOND, 0, Came::Renewed { good_for: Duration::from_secs(15 * 60) });
    assert_ne!(schedule.next(SECOND + Duration::from_secs(13 * 60)), Step::RenewToken);
    assert_eq!(schedule.next(SECOND + Duration::from_secs(14 * 60)), Step::RenewToken);
}

#[test]
fn a_delivered_closure_is_followed_by_a_pull_whatever_else_waits() {
    let mut schedule = idle();
    schedule.came(SECOND, 0, Came::Pushed { delivered: 2, closures: 1, lacks: None });
    schedule.came(SECOND, 0, Came::QueueEmpty { again_in: None });
    assert_eq!(schedule.next(SECOND), Step::Pull);
    schedule.came(SECOND, 0, AWAY);
    // It is not forgotten because it failed.
    assert_eq!(schedule.next(SECOND * 10), Step::Pull);
}

#[test]
fn a_share_that_is_needed_is_asked_for_before_its_time() {
    let mut schedule = idle();
    assert!(matches!(schedule.next(SECOND), Step::Wait(_)));
    schedule.quotas_now();
    assert_eq!(schedule.next(SECOND), Step::Quotas);
    schedule.came(SECOND, 0, Came::Lent);
    assert!(matches!(schedule.next(SECOND), Step::Wait(_)));
}

#[test]
fn what_the_hub_fails_at_waits_alone_and_everything_else_goes_on_in_time() {
    let mut schedule = Schedule::new(Intervals::OFFICE, false);
    let (mut now, mut asked, mut sent, mut pulled, mut beaten) = (SECOND, 0, 0, 0, 0);
    while now < 600 * SECOND {
        let came = match schedule.next(now) {
            Step::Wait(wait) => {
                now += wait;
                continue;
            }
            Step::Quotas => {
                asked += 1;
                // Somebody sells in this very moment.
                schedule.wake();
                Came::Stumbled { part: Part::Quotas }
            }
            Step::Push(_) => {
                sent += 1;
                Came::QueueEmpty { again_in: None }
            }
            Step::Pull => {
                pulled += 1;
                Came::Pulled { has_more: false }
            }
            Step::Heartbeat => {
                beaten += 1;
                Came::Beaten { pull: false, push: false }
            }
            Step::Reconcile => Came::Reconciled { again: 0 },
            Step::Notifications => Came::Notified { pull: false },
            Step::RenewToken | Step::Rotate => panic!("it has no secret"),
        };
        schedule.came(now, u32::MAX, came);
    }
    // At 1 s, 3, 7, 15, 31, 63, 127, 255 and 511; the next one would be at 811.
    assert_eq!(asked, 9);
    assert_eq!((sent, pulled, beaten), (1 + 9, 2, 20), "sales at once, changes each 300 s, a beat each 30 s");
    assert_eq!((schedule.failing(), schedule.failures()), (Some(Part::Quotas), 0));
    schedule.came(now, 0, Came::Lent);
    assert_eq!(schedule.failing(), None);
}

#[test]
fn a_hub_that_breaks_down_over_events_is_asked_for_everything_else() {
    let mut schedule = idle();
    schedule.wake();
    schedule.pull_now();
    schedule.came(SECOND, 0, BROKE_DOWN);
    assert_eq!(schedule.next(SECOND), Step::Pull);
    schedule.came(SECOND, 0, Came::Pulled { has_more: false });
    assert_eq!(schedule.next(SECOND), Step::Wait(SECOND), "the events are not sent again at once");
    // What passes in between does not hide that it breaks down again.
    schedule.came(SECOND * 2, 0, BROKE_DOWN);
    assert_eq!(push(&schedule, SECOND * 9).map(|turn| turn.most), Some(1));
    assert_eq!(schedule.failing(), Some(Part::Push));
}

#[test]
fn what_the_hub_breaks_down_over_beside_sales_keeps_nothing_else_from_its_time() {
    const BROKEN: Came = Came::Stumbled { part: Part::Quotas };
    let mut schedule = idle();
    let mut asked = Vec::new();
    for second in 1..=30 {
        let now = SECOND * second;
        // Somebody wants a share at every second.
        schedule.quotas_now();
        while schedule.next(now) == Step::Quotas {
            asked.push(second);
            schedule.came(now, u32::MAX, BROKEN);
        }
        assert_eq!((schedule.failures(), schedule.is_paused()), (0, false));
    }
    // It rests for a little less than 2, 4, 8 and 16 seconds.
    assert_eq!(asked, [1, 3, 7, 15]);
    assert_eq!(schedule.next(SECOND * 30), Step::Heartbeat, "in its time");
    schedule.came(SECOND * 30, 0, Came::Beaten { pull: false, push: false });
    assert_eq!(schedule.next(SECOND * 30), Step::Notifications);
    schedule.came(SECOND * 30, 0, Came::Notified { pull: false });
    schedule.wake();
    assert!(push(&schedule, SECOND * 30).is_some(), "a sale goes at once");
    schedule.came(SECOND * 30, 0, Came::QueueEmpty { again_in: None });
    // Once it was answered the first wait is the shortest again.
    assert_eq!(schedule.next(SECOND * 31), Step::Quotas);
    schedule.came(SECOND * 31, 0, Came::Lent);
    schedule.quotas_now();
    schedule.came(SECOND * 31, u32::MAX, BROKEN);
    assert_eq!(schedule.next(SECOND * 33), Step::Quotas);
    schedule.came(SECOND * 33, u32::MAX, BROKEN);
    schedule.force();
    schedule.came(SECOND * 33, 0, Came::Reconciled { again: 0 });
    schedule.came(SECOND * 33, 0, Came::QueueEmpty { again_in: None });
    assert_eq!(schedule.next(SECOND * 33), Step::Quotas, "somebody wants everything now");
}

#[test]
fn an_old_secret_is_replaced_when_nothing_else_is_due_and_the_hub_is_well() {
    let hour = Duration::from_secs(3_600);
    let rarely =
        Intervals { push: hour, pull: hour, heartbeat: hour, notifications: hour, ..Intervals::GATE };
    let mut schedule = idle_at(rarely);
    schedule.secret_is(SECOND, Some(rarely.rotate.saturating_sub(10 * SECOND)));
    assert_eq!(schedule.next(SECOND), Step::Wait(10 * SECOND));
    let now = SECOND * 11;
    schedule.secret_is(now, Some(rarely.rotate));
    assert_eq!(schedule.next(now), Step::Rotate);
    schedule.wake();
    assert!(push(&schedule, now).is_some(), "what was sold goes first");
    schedule.came(now, 0, AWAY);
    let now = now + SECOND;
    schedule.came(now, 0, Came::QueueEmpty { again_in: None });
    assert!(matches!(schedule.next(now), Step::Wait(_)), "nobody has answered yet");
    schedule.came(now, 0, PUSHED);
    schedule.came(now, 0, Came::Reconciled { again: 0 });
    schedule.came(now, 0, Came::QueueEmpty { again_in: None });
    assert_eq!(schedule.next(now), Step::Rotate);
    schedule.came(now, 0, Came::Refused);
    assert!(matches!(schedule.next(now + PROBE), Step::Wait(_)), "a hub that refuses the till");
}

#[test]
fn a_new_secret_is_shown_at_once_and_another_is_asked_for_a_day_later_at_the_earliest() {
    let mut schedule = Schedule::new(Intervals::GATE, true);
    schedule.came(SECOND, 0, Came::Renewed { good_for: Duration::from_secs(3_600) });
    schedule.asks_for_a_secret(SECOND);
    schedule.came(SECOND, 0, Came::Rotated);
    assert_eq!(schedule.next(SECOND), Step::RenewToken);
    let mut schedule = idle();
    schedule.asks_for_a_secret(SECOND);
    schedule.came(SECOND, 0, Came::Rotated);
    assert_eq!(schedule.next(SECOND), Step::Heartbeat);
    schedule.came(SECOND, 0, Came::Beaten { pull: false, push: false });
    schedule.secret_is(SECOND, Some(Intervals::OFFICE.rotate));
    assert!(matches!(schedule.next(SECOND), Step::Wait(_)));
}

#[test]
fn somebody_who_does_not_want_to_wait_does_not() {
    let mut schedule = idle();
    schedule.came(SECOND, u32::MAX, AWAY);
    schedule.force();
    assert_eq!(schedule.next(SECOND), Step::Reconcile);
}

proptest! {
    #[test]
    fn no_sequence_of_answers_makes_it_wait_for_ever_or_ask_without_a_pause(
        answers in proptest::collection::vec((0_usize..9, any::<u32>()), 1..200),
    ) {
        let mut schedule = Schedule::new(Intervals::OFFICE, true);
        let mut now = SECOND;
        let (mut failed_at, mut broke_down_at) = (None, None);
        for (answer, random) in answers {
            let step = schedule.next(now);
            if let Step::Wait(wait) = step {
                prop_assert!(wait > Duration::ZERO && wait <= Duration::from_secs(3_600));
                now += wait;
                continue;
            }
            if let Some(at) = failed_at {
                prop_assert!(now >= at + SECOND, "it asked again at once");
            }
            if let Some(at) = broke_down_at.filter(|_| matches!(step, Step::Push(_))) {
                prop_assert!(now >= at + SECOND, "it sent again at once");
            }
            let came = [
                AWAY,
                BROKE_DOWN,
                Came::Refused,
                Came::NotAllowed,
                PUSHED,
                Came::QueueEmpty { again_in: None },
                Came::Renewed { good_for: Duration::from_secs(10 * 60) },
                Came::Pulled { has_more: false },
                Came::Reconciled { again: 0 },
                Came::Split { events: 5 },
            ][answer];
            failed_at = (came == AWAY || came == Came::Refused).then_some(now);
            if came == BROKE_DOWN {
                broke_down_at = Some(now);
            } else if matches!(came, Came::Pushed { .. } | Came::Split { .. }) {
                broke_down_at = None;
            }
            schedule.came(now, random, came);
        }
    }
}
