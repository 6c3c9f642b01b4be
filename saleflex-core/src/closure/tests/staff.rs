//! Who was at work in a period, and what was shared out of its tips.

use super::*;
use crate::cashier::session::{BreakKind, Termination, WorkSession};

fn at(time: &str) -> Moment {
    moment(&format!("2026-03-12 {time}:00"))
}

#[test]
fn the_hours_of_several_sessions_add_up_from_the_first_log_in_to_the_last_log_out() {
    let begin = |no, time| WorkSession::begin(cashier(no), period().terminal, at(time));
    let morning = begin(1, "08:10").complete(false, at("12:10")).unwrap();
    let lunch = begin(1, "13:00").start_break(BreakKind::Coffee, None, None, at("14:00")).unwrap();
    let afternoon = lunch.end_break(cashier(1), at("14:30")).unwrap().complete(false, at("16:20")).unwrap();
    let before = begin(2, "06:00").terminate(Termination::Closure, at("08:00")).unwrap();
    let earlier = begin(3, "07:00").complete(false, at("09:00")).unwrap();
    let evening = begin(4, "19:00");
    let sessions = vec![morning, afternoon, before, earlier, evening];

    let staff = Staff::of(&sessions, (at("08:00"), at("20:00")), Money::ZERO);
    let work = |no| staff.work.get(&cashier(no)).map(|it| (it.clock_in, it.clock_out, it.worked_min()));
    assert_eq!(work(1), Some((at("08:10"), Some(at("16:20")), 4 * 60 + 60 + 110)));
    assert_eq!(work(2), None, "who left as the period began");
    assert_eq!(work(3), Some((at("08:00"), Some(at("09:00")), 60)), "only what lies within");
    assert_eq!(work(4), Some((at("19:00"), None, 60)), "who is still there has not left");

    let closed = Staff::at_closure(sessions, (at("08:00"), at("20:00")), Money::ZERO);
    assert_eq!(closed.work[&cashier(4)].clock_out, Some(at("20:00")), "the closure ends the session");
}

#[test]
fn the_view_tells_the_hours_of_each_cashier_and_what_is_left_of_the_tips() {
    let report = days::busy_day();
    let session = WorkSession::begin(cashier(1), period().terminal, at("08:00"));
    let session = session.complete(false, at("15:20")).unwrap();
    let staff = Staff::of(&[session], (at("08:00"), at("20:00")), money(150));
    let closure = with_closing(&report, |closing| close(Closing { staff: &staff, ..closing })).unwrap();
    let view = serde_json::to_value(view::z_view(&closure)).unwrap();
    let own = &view["cashiers"][cashier(1).to_string()];
    assert_eq!(own["hours_worked"], json!("7.33"));
    assert_eq!(own["clock_in_time"], json!("2026-03-12T08:00:00Z"));
    assert_eq!(own["clock_out_time"], json!("2026-03-12T15:20:00Z"));
    let minor_of = |amount: &Value| amount.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    let mut shared = 0;
    for tips in view["tips"].as_object().unwrap().values() {
        let [total, distributed, left] =
            ["total", "distributed", "undistributed"].map(|it| minor_of(&tips[it]));
        assert_eq!(total - distributed, left);
        shared += distributed;
    }
    assert_eq!(shared, 150, "{view}");
    let summed = serde_json::to_value(view::report_view(&report, &currency("GBP"))).unwrap();
    assert_eq!(summed["cashiers"][cashier(1).to_string()]["hours_worked"], Value::Null);
}
