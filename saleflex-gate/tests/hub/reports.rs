//! Closed periods added up at the hub, as tills add them up.

use saleflex_core::{
    authority::Authority,
    closure::{
        AdjustmentTotals, AdjustmentType, CampaignTotals, Change, Closure, Copied, Correction, Period,
        Report, Staff,
    },
    ids::{CashierId, ClosureNumber, StoreId, TerminalId},
    journal::{Entry, Event},
    money::{Currency, CurrencyCode, Money},
    time::Moment,
};
use saleflex_sync::wire::{EventKind, PeriodLink, PushRequest, Sender};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::item,
    chain::{Chain, Company, chains},
    support::noon,
};

const BY: CashierId = CashierId::new(Uuid::from_u128(7));

/// A closed period of a till that took so much, as the till freezes it.
pub(super) fn closed((number, day): (u32, &str), gross: i64) -> Closure {
    let moment = Moment::utc(noon());
    let period = Period {
        number: ClosureNumber(number),
        // What the till was called before the hub took it in.
        store: StoreId::new(Uuid::from_u128(1)),
        terminal: TerminalId::new(Uuid::from_u128(2)),
        currency: Currency::of(CurrencyCode::parse("TRY").unwrap()),
        opened_at: moment,
        opened_by: Some(BY),
        left_in_drawer: Money::ZERO,
        in_drawers: None,
        foreign_left: [].into(),
        closes_as: None,
    };
    let mut report = Report::empty();
    report.gross_sales = Money::from_minor(gross);
    report.net_sales = Money::from_minor(gross - 100);
    report.tax = Money::from_minor(40);
    (report.discounts, report.surcharges) = (Money::from_minor(120), Money::from_minor(20));
    let off_lines =
        AdjustmentTotals { count: 2, amount: Money::from_minor(70), affected: Money::from_minor(700) };
    report.adjustments.insert(AdjustmentType::Line, off_lines);
    let given = CampaignTotals {
        sales: 1,
        on_lines: Money::from_minor(45),
        on_documents: Money::from_minor(15),
        back: Money::ZERO,
    };
    report.campaigns.insert("TENTH".to_owned(), given);
    Closure {
        period,
        business_date: day.parse().unwrap(),
        closed_at: moment,
        closed_by: Authority { cashier: BY, approved_by: None },
        first_document: None,
        last_document: None,
        report,
        suspended_count: 0,
        opening_cash: Money::ZERO,
        followed: std::collections::BTreeMap::new(),
        followed_foreign: std::collections::BTreeMap::new(),
        expected_cash: Money::ZERO,
        declaration: None,
        counted_cash: Some(Money::from_minor(50)),
        drawers: Vec::new(),
        shares: Vec::new(),
        first_counts: Vec::new(),
        staff: Staff::default(),
        country: None,
        copied: Vec::new(),
    }
}

/// Delivers a closed period.
pub(super) async fn deliver(
    chain: &Chain,
    company: &Company,
    by: (&str, &str, u128),
    (seq, closure): (u64, Closure),
) {
    deliver_with(chain, company, by, (seq, closure), |_| {}).await;
}

/// The same with something changed on the way to the wire.
pub(super) async fn deliver_with(
    chain: &Chain,
    company: &Company,
    (till, device, id): (&str, &str, u128),
    (seq, closure): (u64, Closure),
    change: impl FnOnce(&mut Value),
) {
    let (entity, number) = (Uuid::from_u128(id), closure.number());
    let event = Event::PeriodClosed(Box::new(closure));
    let bytes = Entry::new(entity, Moment::utc(noon()), Some(BY), number, event).to_bytes().unwrap();
    // On its way the request is a value once, which puts fields in order.
    let mut value = serde_json::from_slice::<Value>(&bytes).unwrap();
    change(&mut value);
    let link = Some(PeriodLink::Closes(number));
    let result = push(chain, company, (till, device, entity), (seq, EventKind::Closure, link), value).await;
    assert_eq!(result, "accepted");
}

/// Delivers one event; what became of it.
async fn push(
    chain: &Chain,
    company: &Company,
    (till, device, entity): (&str, &str, Uuid),
    (seq, kind, depends_on_closure): (u64, EventKind, Option<PeriodLink>),
    payload: Value,
) -> Value {
    let event = (Uuid::from_u128(99), seq, kind, depends_on_closure);
    push_of_life(chain, company, (till, device, entity), event, payload).await["result"].clone()
}

/// The same of a life of the till's file, and what else is said of it.
async fn push_of_life(
    chain: &Chain,
    company: &Company,
    (till, device, entity): (&str, &str, Uuid),
    (epoch, seq, kind, depends_on_closure): (Uuid, u64, EventKind, Option<PeriodLink>),
    payload: Value,
) -> Value {
    let sender = Sender {
        office_code: company.slug.clone(),
        store_code: "QUAY".to_owned(),
        terminal_code: till.to_owned(),
    };
    let item = item(&sender, (seq, entity), (kind, depends_on_closure), payload.to_string());
    let request = serde_json::to_value(PushRequest::new(sender, epoch, 0, vec![item])).unwrap();
    let answer = chain.ok("POST", "/sync/push", device, request).await;
    answer["results"][0].clone()
}

#[tokio::test]
async fn what_a_till_corrects_of_a_closed_period_stands_with_it_once() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (till, device) = ("TILL-1", harbour.device.as_str());
        for (id, seq, day) in [(11, 1, "2026-11-20"), (12, 2, "2026-11-21")] {
            let number = u32::try_from(seq).unwrap();
            deliver(&chain, &harbour, (till, device, id), (seq, closed((number, day), 10_000))).await;
        }
        let of = closed((1, "2026-11-20"), 10_000).period;
        let correction = Correction {
            store: of.store,
            terminal: of.terminal,
            closure: of.number,
            no: 1,
            at: Moment::utc(noon()),
            authority: Authority { cashier: BY, approved_by: None },
            reason: "a note lay beside the drawer".to_owned(),
            change: Change::CountedCash { old: Some(Money::from_minor(50)), new: Money::from_minor(60) },
        };
        let entity = Uuid::from_u128(21);
        let event = Event::ClosureAmended(Box::new(correction));
        let entry = Entry::new(entity, Moment::utc(noon()), Some(BY), ClosureNumber(3), event);
        let payload: Value = serde_json::from_slice(&entry.to_bytes().unwrap()).unwrap();
        for (seq, expected) in [(3, "accepted"), (3, "duplicate")] {
            let what = (seq, EventKind::ClosureCorrection, None);
            let result = push(&chain, &harbour, (till, device, entity), what, payload.clone()).await;
            assert_eq!(result, expected);
        }
        let corrections = async |id: u128| {
            let closure = chain.get(&format!("/closures/{}", Uuid::from_u128(id)), owner).await;
            closure["corrections"].as_array().unwrap().clone()
        };
        assert_eq!(corrections(11).await, std::slice::from_ref(&payload));
        assert_eq!(corrections(12).await, Vec::<Value>::new(), "it is about the other period");
        let sum = chain.get(&format!("/closures/{}/report", Uuid::from_u128(11)), owner).await;
        assert_eq!(sum["counted_cash"], "0.50", "the closure stays as it was");
        assert_eq!((&sum["corrections"], &sum["corrected"]["counted_cash"]), (&json!(1), &json!("0.60")));
        let sum = chain.get(&format!("/closures/{}/report", Uuid::from_u128(12)), owner).await;
        assert_eq!((&sum["corrections"], &sum["corrected"]), (&json!(0), &Value::Null));
        // Of a newer till: nobody here knows what it changes, nor of which period.
        let later = json!({"change": "of_tomorrow", "no": 2});
        let what = (4, EventKind::ClosureCorrection, None);
        let result = push(&chain, &harbour, (till, device, Uuid::from_u128(22)), what, later).await;
        assert_eq!(result, "accepted");
        assert_eq!(corrections(11).await, [payload]);
        let sum = chain.get(&format!("/closures/{}/report", Uuid::from_u128(11)), owner).await;
        assert_eq!((&sum["corrections"], &sum["corrected"]), (&json!(1), &Value::Null));
    }
}

#[tokio::test]
async fn closed_periods_add_up_from_the_till_to_the_month() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (other, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let one = ("TILL-1", harbour.device.as_str());
        let two = ("TILL-2", second.as_str());
        for ((till, device), id, seq, day, gross) in [
            (one, 11, 1, "2026-11-20", 10_000),
            (one, 12, 2, "2026-11-20", 2_000),
            (one, 13, 3, "2026-11-21", 300),
            (two, 14, 1, "2026-11-20", 40_000),
            (two, 15, 2, "2026-12-01", 5_000),
        ] {
            let number = u32::try_from(seq).unwrap();
            deliver(&chain, &harbour, (till, device, id), (seq, closed((number, day), gross))).await;
        }
        let ask = async |level: &str, more: &str| {
            let path = format!("/reports/closures?level={level}&from=2026-11-01&until=2026-12-31{more}");
            let report = chain.get(&path, owner).await;
            assert_eq!(report["not_counted"], 0);
            let items = report["items"].as_array().unwrap().clone();
            items.iter().map(|sum| (sum["from"].clone(), sum["gross_sales"].clone())).collect::<Vec<_>>()
        };
        let expected = |of: &[(&str, &str)]| -> Vec<(Value, Value)> {
            of.iter().map(|(day, sum)| (json!(day), json!(sum))).collect()
        };
        let listed = async |more: &str| {
            let path = format!("/closures?from=2026-11-20&until=2026-11-20{more}");
            chain.get(&path, owner).await["items"].as_array().unwrap().len()
        };
        let of_second = format!("&terminal_id={other}");
        assert_eq!((listed("").await, listed(&of_second).await), (3, 1), "those of the day, and of the till");
        let till = ask("till_day", &format!("&terminal_id={}", harbour.terminal)).await;
        assert_eq!(till, expected(&[("2026-11-20", "120.00"), ("2026-11-21", "3.00")]));
        let days = expected(&[("2026-11-20", "520.00"), ("2026-11-21", "3.00"), ("2026-12-01", "50.00")]);
        assert_eq!(ask("store_day", "").await, days);
        assert_eq!(ask("day", "").await, days);
        let months = expected(&[("2026-11-01", "523.00"), ("2026-12-01", "50.00")]);
        assert_eq!(ask("month", "").await, months);
        assert_eq!(ask("store_year", "").await, expected(&[("2026-01-01", "573.00")]));

        let path = "/reports/closures?level=till_day&from=2026-11-20&until=2026-11-20";
        let report = chain.get(path, owner).await;
        let sums = report["items"].as_array().unwrap();
        let till = sums.iter().find(|sum| sum["terminal_id"] == json!(other)).unwrap();
        assert_eq!(
            (&till["store_id"], &till["closures"]),
            (&json!(harbour.store), &json!(1)),
            "the hub's names"
        );
        assert_eq!((&till["net_sales"], &till["counted_cash"]), (&json!("399.00"), &json!("0.50")));
        assert_eq!(till["figures"]["report"]["gross_sales"], json!(40_000));
        let named =
            ["line_discounts", "discounts", "campaigns_on_lines", "surcharges", "tax", "net_excluding_tax"];
        assert_eq!(named.map(|name| till[name].clone()), ["0.70", "1.20", "0.45", "0.20", "0.40", "398.60"]);

        let closure = format!("/closures/{}/report", Uuid::from_u128(14));
        let mut alone = chain.get(&closure, owner).await;
        let told = alone.as_object_mut().unwrap();
        assert_eq!(
            (told.remove("corrections"), told.remove("corrected")),
            (Some(json!(0)), Some(json!(null)))
        );
        assert_eq!(&alone, till, "alone on its day");
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await;
        assert_eq!(chain.get(path, &manager.access).await["items"], json!([]), "within reach alone");
        chain.refused(("GET", &closure, &manager.access), Value::Null, (404, "not_found")).await;
        for wrong in [
            "/reports/closures?level=week&from=2026-11-01&until=2026-11-02",
            "/reports/closures?level=day&from=2026-11-02&until=2026-11-01",
            "/reports/closures?level=day&from=2025-01-01&until=2026-11-01",
            "/reports/closures?level=day&from=then&until=now",
        ] {
            chain.refused(("GET", wrong, owner), Value::Null, (400, "invalid_request")).await;
        }
    }
}

#[tokio::test]
async fn what_a_copied_file_closed_as_well_is_in_the_sums_once_and_what_lacks_is_said() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, device) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let [original, copy, other] = [99, 98, 97].map(Uuid::from_u128);
        let part = |documents, gross| {
            let report = closed((7, "2026-11-20"), gross).report;
            Copied { epoch: original, documents, report }
        };
        let of_copy = |closes_as, gross, copied| {
            let closure = closed((7, "2026-11-20"), gross);
            let period = Period { closes_as, ..closure.period };
            Closure { period, copied, ..closure }
        };
        let [eighth, ninth] = [8, 9].map(|number| Some(ClosureNumber(number)));
        let deliver = async |id: u128, (epoch, seq): (Uuid, u64), closure: Closure| {
            let (entity, link) = (Uuid::from_u128(id), Some(PeriodLink::Closes(closure.number())));
            let event = Event::PeriodClosed(Box::new(closure));
            let entry = Entry::new(entity, Moment::utc(noon()), Some(BY), ClosureNumber(7), event);
            let payload = serde_json::from_slice::<Value>(&entry.to_bytes().unwrap()).unwrap();
            let (by, what) = (("TILL-1", device, entity), (epoch, seq, EventKind::Closure, link));
            let told = push_of_life(&chain, &harbour, by, what, payload).await;
            assert_eq!(told["result"], "accepted");
            told["flags"].to_string().contains("number_reused")
        };
        let summed = async || {
            let path = "/reports/closures?level=till_day&from=2026-11-20&until=2026-11-20";
            let report = chain.get(path, owner).await;
            let told = ["shared", "doubled", "incomplete"].map(|name| report[name].as_u64().unwrap());
            (report["items"][0]["gross_sales"].as_str().unwrap().to_owned(), told)
        };
        // Of a copy that never closed, nobody counts it else; of two, the one that has more of it does.
        assert!(!deliver(11, (copy, 1), of_copy(eighth, 5_000, vec![part(3, 1_000)])).await);
        assert_eq!(summed().await, ("50.00".to_owned(), [0, 0, 0]));
        assert!(!deliver(12, (other, 1), of_copy(ninth, 2_500, vec![part(5, 2_000)])).await);
        assert_eq!(summed().await, ("65.00".to_owned(), [1, 0, 0]));
        // What the original closed comes late, with an event before it still to come: its documents are its own.
        assert!(!deliver(13, (original, 2), closed((7, "2026-11-20"), 3_000)).await);
        assert_eq!(summed().await, ("75.00".to_owned(), [2, 0, 1]));
        // A closure of an earlier version has the number of the original's, and does not say what they share.
        assert!(deliver(14, (Uuid::from_u128(96), 1), closed((7, "2026-11-20"), 100)).await);
        assert_eq!(summed().await, ("76.00".to_owned(), [2, 2, 1]));
        let table = chain.get("/reports/sales-summary?from=2026-11-20&until=2026-11-20", owner).await;
        assert_eq!(table["doubled"], 2, "a report by its name says so too");
    }
}

#[tokio::test]
async fn a_period_stands_with_all_of_its_corrections_or_as_it_was_closed_and_so_do_sums() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (till, device) = ("TILL-1", harbour.device.as_str());
        for (id, seq) in [(11, 1), (12, 2)] {
            let number = u32::try_from(seq).unwrap();
            let closure = closed((number, "2026-11-20"), 10_000);
            deliver(&chain, &harbour, (till, device, id), (seq, closure)).await;
        }
        let of = closed((1, "2026-11-20"), 10_000).period;
        let correction = |closure: u32, no: u32, (old, new): (i64, i64), id: u128| {
            let correction = Correction {
                store: of.store,
                terminal: of.terminal,
                closure: ClosureNumber(closure),
                no,
                at: Moment::utc(noon()),
                authority: Authority { cashier: BY, approved_by: None },
                reason: "counted again".to_owned(),
                change: Change::CountedCash {
                    old: Some(Money::from_minor(old)),
                    new: Money::from_minor(new),
                },
            };
            let event = Event::ClosureAmended(Box::new(correction));
            let entry =
                Entry::new(Uuid::from_u128(id), Moment::utc(noon()), Some(BY), ClosureNumber(3), event);
            (Uuid::from_u128(id), serde_json::from_slice::<Value>(&entry.to_bytes().unwrap()).unwrap())
        };
        let report_it = async |seq: u64, (entity, payload): (Uuid, Value)| {
            let what = (seq, EventKind::ClosureCorrection, None);
            assert_eq!(push(&chain, &harbour, (till, device, entity), what, payload).await, "accepted");
        };
        let stands = async || {
            let path = format!("/closures/{}", Uuid::from_u128(11));
            let figures = chain.get(&format!("{path}/report"), owner).await;
            let missing = chain.get(&path, owner).await["corrections_missing"].clone();
            (figures["corrected"]["counted_cash"].clone(), missing)
        };
        let summed = async |corrected: bool| {
            let path = "/reports/closures?level=till_day&from=2026-11-20&until=2026-11-20&corrected=";
            let report = chain.get(&format!("{path}{corrected}"), owner).await;
            (report["items"][0]["counted_cash"].clone(), report["as_closed"].clone())
        };
        // The second comes before the first, which waits at the till.
        report_it(4, correction(1, 2, (60, 70), 22)).await;
        assert_eq!(stands().await, (Value::Null, json!([1])));
        assert_eq!(summed(true).await, (json!("1.00"), json!(1)));
        report_it(3, correction(1, 1, (50, 60), 21)).await;
        assert_eq!(stands().await, (json!("0.70"), json!([])));
        assert_eq!(summed(true).await, (json!("1.20"), json!(0)), "corrected twice");
        assert_eq!(summed(false).await, (json!("1.00"), json!(0)), "as they were closed");
        // A copy of the till corrected it too: which of them is the second nobody here can say.
        report_it(5, correction(1, 2, (60, 90), 23)).await;
        assert_eq!(stands().await, (Value::Null, json!([])));
        assert_eq!(summed(true).await, (json!("1.00"), json!(1)));
        // A copy closed a period of the number of another one as well: whose correction it is nobody can say either.
        report_it(6, correction(2, 1, (50, 65), 24)).await;
        assert_eq!(summed(true).await, (json!("1.15"), json!(1)));
        deliver(&chain, &harbour, (till, device, 13), (7, closed((2, "2026-11-20"), 10_000))).await;
        assert_eq!(summed(true).await, (json!("1.50"), json!(3)));
    }
}
