//! Points that tills redeem, as their sales tell the hub.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use saleflex_core::{
    customer::CustomerChange,
    ids::{ClosureNumber, CustomerId, DocumentId, ProgramId},
    journal::{Entry, Event},
    loyalty::{Cause, LedgerRow, LoyaltyChange, Occasion, PointsKind},
    quantity::Points,
    time::Moment,
};
use saleflex_gate::db::{Books, DatabaseError, Tenant};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver, deliver_by, sale},
    chain::{Chain, Company, chains, text},
    support,
};

/// Lets a sale redeem points of a member.
fn redeem(entry: &mut Entry, member: &str, points: i64) {
    let sold = entry.effects.completed[0].document();
    let (document, store): (DocumentId, _) = (sold.id, sold.store);
    entry.effects.loyalty.push(LoyaltyChange::PointsBooked {
        row: LedgerRow {
            customer: CustomerId::new(member.parse().unwrap()),
            kind: PointsKind::Redeemed,
            points: Points::new(-points),
            balance_after: Points::new(100 - points),
            cause: Cause::Sale { document },
            receipt: None,
            expires: None,
            held_over: None,
            occasion: Occasion { at: entry.at, store, cashier: None },
        },
    });
}

/// A member with a hundred points.
async fn member(chain: &Chain, owner: &str) -> String {
    let member = chain.customer(owner).await;
    let gift = json!({"points": 100, "reason": "welcome"});
    chain.once(&format!("/loyalty/members/{member}/adjustments"), owner, &gift, "gift").await;
    member
}

/// The document of an older terminal that redeemed points.
fn older(company: &Company, (number, member): (u32, &str), points: i64) -> Value {
    let mut sold = support::sale(&support::id(number), number, "2.4000");
    sold["head"]["fk_customer_id"] = json!(member);
    sold["head"]["loyalty_points_redeemed"] = json!(points);
    json!({
        "office_code": company.slug, "store_code": "QUAY", "terminal_code": "TILL-1", "pos_id": 1,
        "transactions": [sold], "sequences": [],
    })
}

#[tokio::test]
async fn points_are_spent_once_whether_they_are_committed_before_or_after_the_sale_is_delivered() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let member = member(&chain, owner).await;
        let (loyalty, shown) = ("/loyalty", format!("/loyalty/members/{member}"));
        for (number, is_committed_first, left) in [(1, true, 80), (2, false, 60)] {
            let mut entry = sale(&harbour, number);
            redeem(&mut entry, &member, 20);
            let document = entry.effects.completed[0].document().id;
            let of = json!({"member_id": member, "document_id": document});
            let hold = json!({"member_id": member, "document_id": document, "points": 20});
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            if is_committed_first {
                chain.once(&format!("{loyalty}/reserve"), till, &hold, &format!("h{number}")).await;
                let (status, _) =
                    chain.once(&format!("{loyalty}/commit"), till, &of, &format!("c{number}")).await;
                assert_eq!(status.as_u16(), 200);
            }
            deliver(&chain, &harbour, (number.into(), entry.entity), &bytes).await;
            assert_eq!(chain.get(&shown, till).await["points"], left, "{number}");
            let (_, again) =
                chain.once(&format!("{loyalty}/reserve"), till, &hold, &format!("r{number}")).await;
            assert_eq!(again["code"], "already_spent", "{again}");
            for act in ["commit", "reverse"] {
                let (_, kept) =
                    chain.once(&format!("{loyalty}/{act}"), till, &of, &format!("{act}{number}")).await;
                assert_eq!((&kept["points"], &kept["held"]), (&json!(left), &json!(0)), "{act}: {kept}");
            }
        }
    }
}

#[tokio::test]
async fn points_of_an_older_terminal_are_spent_once_and_given_back_once_in_either_order() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let member = member(&chain, owner).await;
        let shown = format!("/loyalty/members/{member}");
        // Reserved and committed, reserved alone, neither; and one whose document says more than was committed.
        for (number, steps, said) in [(1, 2, 20), (2, 1, 20), (3, 0, 20), (4, 2, 25)] {
            let of = json!({"member_id": member, "document_id": support::id(number)});
            let hold = json!({"member_id": member, "document_id": support::id(number), "points": 20});
            for (path, body) in
                [("/loyalty/reserve", &hold), ("/loyalty/commit", &of)].into_iter().take(steps)
            {
                let (status, _) = chain.once(path, till, body, &format!("{path}{number}")).await;
                assert_eq!(status.as_u16(), 200, "{path}");
            }
            let push = older(&harbour, (number, &member), said);
            let answer = chain.ok("POST", "/pos/transactions", till, push.clone()).await;
            assert_eq!(answer["accepted"], 1, "{answer}");
            let (_, committed) = chain.once("/loyalty/commit", till, &of, &format!("late{number}")).await;
            let expected = (&json!(100 - said), &json!(0));
            assert_eq!((&committed["points"], &committed["held"]), expected, "{number}: {committed}");
            for key in ["back", "again"] {
                chain.once("/loyalty/reverse", till, &of, &format!("{key}{number}")).await;
                assert_eq!(chain.get(&shown, till).await["points"], 100, "{number} {key}");
            }
        }
        // Given back before the document came: as if it had come first.
        let (of, hold) = (
            json!({"member_id": member, "document_id": support::id(5)}),
            json!({"member_id": member, "document_id": support::id(5), "points": 20}),
        );
        for (path, body) in [("/loyalty/reserve", &hold), ("/loyalty/commit", &of), ("/loyalty/reverse", &of)]
        {
            chain.once(path, till, body, &format!("{path}5")).await;
        }
        chain.ok("POST", "/pos/transactions", till, older(&harbour, (5, &member), 20)).await;
        assert_eq!(chain.get(&shown, till).await["points"], 100);
        // So the terminal is told.
        let codes = format!("office_code={}&store_code=QUAY&terminal_code=TILL-1", harbour.slug);
        let told = chain.get(&format!("/pos/init?{codes}"), till).await;
        let customers = told["data"]["customers"].as_array().unwrap();
        let told = customers.iter().find(|customer| customer["id"] == member.as_str()).unwrap();
        assert_eq!(told["total_bonus_point"], 100);
    }
}

#[tokio::test]
async fn points_that_a_delivered_sale_spent_are_held_no_more() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let member = member(&chain, owner).await;
        let mut entry = sale(&harbour, 1);
        let document = entry.effects.completed[0].document().id;
        let hold = json!({"member_id": member, "document_id": document, "points": 60});
        let (_, standing) = chain.once("/loyalty/reserve", till, &hold, "a").await;
        assert_eq!(standing["available"], 40);
        redeem(&mut entry, &member, 60);
        let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
        deliver(&chain, &harbour, (1, entry.entity), &bytes).await;
        let left = chain.get(&format!("/loyalty/members/{member}"), till).await;
        assert_eq!((&left["points"], &left["held"], &left["available"]), (&json!(40), &json!(0), &json!(40)));
        // The till that took them gives them back with a return, and nobody else does.
        let sold = json!({"member_id": member, "document_id": document});
        let (_, kept) = chain.once("/loyalty/reverse", till, &sold, "r").await;
        assert_eq!(kept["points"], 40);
    }
}

/// A row of a till's ledger about a member, as the till books it.
pub(super) fn row(
    entry: &Entry,
    member: CustomerId,
    (kind, points): (PointsKind, i64),
    cause: Cause,
) -> LoyaltyChange {
    let store = entry.effects.completed[0].document().store;
    LoyaltyChange::PointsBooked {
        row: LedgerRow {
            customer: member,
            kind,
            points: Points::new(points),
            balance_after: Points::new(points),
            cause,
            receipt: None,
            expires: None,
            held_over: None,
            occasion: Occasion { at: entry.at, store, cashier: None },
        },
    }
}

#[tokio::test]
async fn what_a_person_is_given_once_counts_once_at_however_many_tills_they_are_met() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let member = chain.customer(owner).await;
        let (ada, friend) =
            (CustomerId::new(member.parse().unwrap()), CustomerId::new(uuid::Uuid::from_u128(5)));
        for (receipt, year) in [(1, 2026), (2, 2026), (3, 2027)] {
            let mut entry = sale(&harbour, receipt);
            // Each till made its program by itself, and has its own balance and hour.
            let program = ProgramId::new(uuid::Uuid::from_u128(u128::from(receipt)));
            let given = [
                ((PointsKind::Welcome, 100), Cause::Enrolment { program }),
                ((PointsKind::Birthday, 50), Cause::Birthday { year }),
                ((PointsKind::Bonus, 20), Cause::Referral { referred: friend }),
                ((PointsKind::Bonus, 7), Cause::Referral { referred: ada }),
            ];
            let mut rows: Vec<_> =
                given.into_iter().map(|(given, cause)| row(&entry, ada, given, cause)).collect();
            for change in &mut rows {
                let LoyaltyChange::PointsBooked { row } = change else { continue };
                row.balance_after = Points::new(i64::from(receipt));
            }
            entry.effects.loyalty.extend(rows);
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (receipt.into(), entry.entity), &bytes).await;
        }
        let balance = chain.get(&format!("/loyalty/members/{member}"), owner).await;
        assert_eq!(balance["points"], 100 + 2 * 50 + 20 + 7, "{balance}");
        // A till that asks is told, so that it welcomes nobody once more.
        let told = chain.get(&format!("/loyalty/members/{member}"), &harbour.device).await;
        assert_eq!((&told["welcomed"], &balance["welcomed"]), (&json!(true), &json!(null)));
    }
}

/// What a till books of points that were given until 21 November, on a day of that month.
fn in_november(entry: &Entry, member: &str, given: (PointsKind, i64), on: u32) -> LoyaltyChange {
    let document = entry.effects.completed[0].document().id;
    let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    let cause = if given.0 == PointsKind::Expired {
        Cause::Expiry { date: day(on) }
    } else if given.0 == PointsKind::Welcome {
        Cause::Enrolment { program: ProgramId::new(Uuid::from_u128(3)) }
    } else {
        Cause::Sale { document }
    };
    let mut change = row(entry, CustomerId::new(member.parse().unwrap()), given, cause);
    if let LoyaltyChange::PointsBooked { row } = &mut change {
        row.occasion.at = Moment::utc(day(on).and_hms_opt(9, 0, 0).unwrap().and_utc());
        row.expires = (given.1 > 0).then(|| day(21));
    }
    change
}

#[tokio::test]
async fn points_run_out_at_the_hub_once_and_by_what_it_has_however_many_tills_say_so() {
    const DAY: i64 = 24 * 60 * 60;
    for books in support::every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, device) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", device.as_str()));
        let ada = chain.customer(owner).await;
        let new = json!({"row": {"name": "Ida", "last_name": "King"}});
        let ida = text(&chain.ok("POST", "/definitions/customers", owner, new).await["id"]);
        let send = async |by: (&str, &str),
                          (seq, receipt): (u64, u32),
                          (member, given, on): (&str, (PointsKind, i64), u32)| {
            let mut entry = sale(&harbour, receipt);
            let change = in_november(&entry, member, given, on);
            entry.effects.loyalty.push(change);
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver_by(&chain, &harbour, by, (seq, entry.entity), &bytes).await;
            chain.get(&format!("/loyalty/members/{member}"), one.1).await["points"].clone()
        };
        // Both tills welcome Ada; at one of them Ida earns.
        let welcome = (ada.as_str(), (PointsKind::Welcome, 100), 11);
        assert_eq!(send(one, (1, 1), welcome).await, 100);
        assert_eq!(send(two, (1, 2), welcome).await, 100);
        assert_eq!(send(one, (2, 3), (ida.as_str(), (PointsKind::Earned, 100), 11)).await, 100);
        support::later(DAY);
        for member in [&ada, &ida] {
            let balance = chain.get(&format!("/loyalty/members/{member}"), one.1).await;
            assert_eq!((&balance["points"], &balance["available"]), (&json!(0), &json!(0)), "{balance}");
        }
        // An older terminal is told no other sum, also before they are written off.
        let codes = format!("office_code={}&store_code=QUAY&terminal_code=TILL-1", harbour.slug);
        let told = chain.get(&format!("/pos/init?{codes}"), one.1).await;
        let customers = told["data"]["customers"].as_array().unwrap();
        let told = customers.iter().filter(|one| [&ada, &ida].iter().any(|id| one["id"] == id.as_str()));
        let told: Vec<_> = told.map(|one| &one["total_bonus_point"]).collect();
        assert_eq!(told, [&json!(0), &json!(0)]);
        let ran_out = (ada.as_str(), (PointsKind::Expired, -100), 22);
        assert_eq!(send(one, (3, 4), ran_out).await, 0);
        assert_eq!(send(two, (2, 5), ran_out).await, 0, "each till says so of what it has");
        // Ida's are written off although no till says so. That she spent some at another one the day before comes later.
        let swept = chain.hub.sweep().await.unwrap();
        assert_eq!(swept["expired_points"], 1, "Ida's: {swept:?}");
        assert_eq!(send(two, (3, 6), (ida.as_str(), (PointsKind::Redeemed, -60), 20)).await, 0);
        assert_eq!(
            send(one, (4, 7), (ida.as_str(), (PointsKind::Expired, -100), 23)).await,
            0,
            "as that till has it"
        );
        assert_eq!(chain.hub.sweep().await.unwrap()["expired_points"], 0);
        let written_off = books.read::<_, DatabaseError>(Tenant::Platform, move |session| {
            let sql = "SELECT CAST(sum(points) AS bigint) FROM point_entry WHERE kind = 'expired' \
                 GROUP BY member_id ORDER BY 1";
            session.query(sql, &[])?.iter().map(|row| row.integer(0)).collect::<Result<Vec<_>, _>>()
        });
        assert_eq!(written_off.await.unwrap(), [-100, -40]);
        support::later(0);
    }
}

#[tokio::test]
async fn points_that_are_given_back_here_run_out_when_those_that_were_spent_would_have() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        for (number, is_older) in [(1, false), (2, true)] {
            let new = json!({"row": {"name": format!("Ada {number}"), "last_name": "King"}});
            let member = text(&chain.ok("POST", "/definitions/customers", owner, new).await["id"]);
            // A hundred until the 21st, which is today, and fifty for ever.
            let mut entry = sale(&harbour, number);
            let change = in_november(&entry, &member, (PointsKind::Welcome, 100), 11);
            entry.effects.loyalty.push(change);
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (number.into(), entry.entity), &bytes).await;
            let shown = format!("/loyalty/members/{member}");
            let gift = json!({"points": 50, "reason": "Late"});
            chain.once(&format!("{shown}/adjustments"), owner, &gift, &format!("gift{number}")).await;
            let of = json!({"member_id": member, "document_id": support::id(number)});
            support::later(1);
            if is_older {
                chain.ok("POST", "/pos/transactions", till, older(&harbour, (number, &member), 120)).await;
            } else {
                let mut hold = of.clone();
                hold["points"] = json!(120);
                for (path, body) in [("/loyalty/reserve", &hold), ("/loyalty/commit", &of)] {
                    chain.once(path, till, body, &format!("{path}{number}")).await;
                }
            }
            assert_eq!(chain.get(&shown, till).await["points"], 30);
            support::later(2);
            for key in ["back", "again"] {
                chain.once("/loyalty/reverse", till, &of, &format!("{key}{number}")).await;
                assert_eq!(chain.get(&shown, till).await["points"], 150, "{number} {key}");
            }
            support::later(24 * 60 * 60);
            assert_eq!(chain.get(&shown, till).await["points"], 50, "{number}");
            support::later(0);
        }
    }
}

#[tokio::test]
async fn points_that_were_spent_here_for_a_sale_that_comes_later_are_those_that_ran_out_first() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let member = chain.customer(owner).await;
        let shown = format!("/loyalty/members/{member}");
        let send = async |seq: u64, entry: &Entry| {
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (seq, entry.entity), &bytes).await;
        };
        // A hundred until the 21st, which is today, and fifty for ever.
        let mut welcomed = sale(&harbour, 1);
        let change = in_november(&welcomed, &member, (PointsKind::Welcome, 100), 11);
        welcomed.effects.loyalty.push(change);
        send(1, &welcomed).await;
        let gift = json!({"points": 50, "reason": "Late"});
        chain.once(&format!("{shown}/adjustments"), owner, &gift, "gift").await;
        let mut sold = sale(&harbour, 2);
        redeem(&mut sold, &member, 120);
        let document = sold.effects.completed[0].document().id;
        let of = json!({"member_id": member, "document_id": document});
        let hold = json!({"member_id": member, "document_id": document, "points": 120});
        support::later(1);
        for (path, body) in [("/loyalty/reserve", &hold), ("/loyalty/commit", &of)] {
            chain.once(path, till, body, path).await;
        }
        support::later(24 * 60 * 60);
        send(2, &sold).await;
        assert_eq!(chain.get(&shown, till).await["points"], 30, "of those for ever");
        support::later(0);
    }
}

#[tokio::test]
async fn points_held_over_midnight_are_those_that_run_out_first_and_run_out_when_they_are_freed() {
    const NIGHT: i64 = 12 * 60 * 60;
    const HALF_AN_HOUR: i64 = 30 * 60;
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let send = async |seq: u64, entry: &Entry| {
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (seq, entry.entity), &bytes).await;
        };
        let have = async |member: &str| {
            let balance = chain.get(&format!("/loyalty/members/{member}"), till).await;
            ["points", "held", "available"].map(|what| balance[what].as_i64().unwrap())
        };
        let mut sold = sale(&harbour, 9);
        let delivered = sold.effects.completed[0].document().id.to_string();
        // Committed, delivered by its till, told of by an older one, freed, held for too long.
        let documents = [support::id(21), delivered, support::id(23), support::id(24), support::id(25)];
        let mut members = Vec::new();
        for (number, document) in (1_u32..).zip(&documents) {
            let new = json!({"row": {"name": format!("Ada {number}"), "last_name": "King"}});
            let member = text(&chain.ok("POST", "/definitions/customers", owner, new).await["id"]);
            // Sixty until the 21st, which is today, and forty for ever.
            let mut welcomed = sale(&harbour, number);
            let change = in_november(&welcomed, &member, (PointsKind::Welcome, 60), 11);
            welcomed.effects.loyalty.push(change);
            send(number.into(), &welcomed).await;
            let gift = json!({"points": 40, "reason": "Late"});
            let gifts = format!("/loyalty/members/{member}/adjustments");
            chain.once(&gifts, owner, &gift, &format!("gift{number}")).await;
            members.push((member, document));
        }
        let of =
            |(member, document): &(String, &String)| json!({"member_id": member, "document_id": document});
        support::later(NIGHT - HALF_AN_HOUR);
        for (number, held) in members.iter().enumerate() {
            let mut hold = of(held);
            hold["points"] = json!(50);
            chain.once("/loyalty/reserve", till, &hold, &format!("hold{number}")).await;
        }
        support::later(NIGHT + HALF_AN_HOUR);
        for run in 0..2 {
            assert_eq!(chain.hub.sweep().await.unwrap()["expired_points"], 5, "looked at again, {run}");
            for (member, _) in &members {
                assert_eq!(have(member).await, [90, 50, 40], "ten were held by nobody");
            }
        }
        chain.once("/loyalty/commit", till, &of(&members[0]), "commit").await;
        redeem(&mut sold, &members[1].0, 50);
        if let Some(LoyaltyChange::PointsBooked { row }) = sold.effects.loyalty.last_mut() {
            row.occasion.at = Moment::utc(support::clock());
        }
        send(6, &sold).await;
        let told = older(&harbour, (23, &members[2].0), 50);
        chain.ok("POST", "/pos/transactions", till, told).await;
        chain.once("/loyalty/reverse", till, &of(&members[3]), "free").await;
        for (member, document) in &members[..4] {
            assert_eq!(have(member).await, [40, 0, 40], "{document}");
        }
        support::later(NIGHT + 4 * HALF_AN_HOUR);
        for still in [5, 0] {
            for (member, document) in &members {
                assert_eq!(have(member).await, [40, 0, 40], "{document}");
            }
            assert!(chain.hub.sweep().await.unwrap()["expired_points"] <= still);
        }
        support::later(0);
    }
}

#[tokio::test]
async fn an_entry_of_a_till_whose_clock_is_ahead_ends_no_points_whose_day_has_not_come() {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let member = chain.customer(&harbour.owner.access).await;
        let ada = CustomerId::new(member.parse().unwrap());
        for (receipt, given, on, last) in [
            (1, (PointsKind::Earned, 10), day(2026, 11, 11), Some(day(2026, 11, 21))),
            (2, (PointsKind::Earned, 100), day(2026, 11, 11), Some(day(2027, 1, 1))),
            (3, (PointsKind::Redeemed, -5), day(2030, 1, 1), None),
        ] {
            let mut entry = sale(&harbour, receipt);
            let document = entry.effects.completed[0].document().id;
            let mut change = row(&entry, ada, given, Cause::Sale { document });
            if let LoyaltyChange::PointsBooked { row } = &mut change {
                row.occasion.at = Moment::utc(on.and_hms_opt(9, 0, 0).unwrap().and_utc());
                row.expires = last;
            }
            entry.effects.loyalty.push(change);
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (receipt.into(), entry.entity), &bytes).await;
        }
        support::later(24 * 60 * 60);
        let balance = chain.get(&format!("/loyalty/members/{member}"), &harbour.device).await;
        support::later(0);
        assert_eq!(balance["points"], 100, "of the ten five were spent, and five ran out: {balance}");
    }
}

#[tokio::test]
async fn points_that_an_older_hub_booked_run_out_when_a_till_says_so_once_a_day_and_no_more_than_there_are() {
    for books in support::every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let member = chain.customer(owner).await;
        older_entry(&books, (&harbour.id, &member), ("welcome", 100), 1).await;
        // What is given now, for ever, is not what ran out.
        let gift = json!({"points": 7, "reason": "Late"});
        chain.once(&format!("/loyalty/members/{member}/adjustments"), owner, &gift, "gift").await;
        for (receipt, points, on, left) in [(1, -60, 22, 47), (2, -60, 22, 47), (3, -60, 23, 7)] {
            let mut entry = sale(&harbour, receipt);
            let change = in_november(&entry, &member, (PointsKind::Expired, points), on);
            entry.effects.loyalty.push(change);
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (receipt.into(), entry.entity), &bytes).await;
            let balance = chain.get(&format!("/loyalty/members/{member}"), owner).await;
            assert_eq!(balance["points"], left, "{receipt}: {balance}");
        }
    }
}

/// Two records of one person.
async fn two_records(chain: &Chain, owner: &str) -> [String; 2] {
    let twin = chain.customer(owner).await;
    let new = json!({"row": {"name": "Ada", "last_name": "King"}});
    [twin, text(&chain.ok("POST", "/definitions/customers", owner, new).await["id"])]
}

/// That a till made two records one, with the points that it moved; at the hour and in the store of a sale.
fn merged(sold: &Entry, (from, into): (CustomerId, CustomerId), (number, lots): (u128, &[i64])) -> Entry {
    let event = Event::Customer(CustomerChange::Merged { from, into });
    let mut entry = Entry::new(Uuid::from_u128(number), sold.at, None, ClosureNumber(1), event);
    let all = -lots.iter().sum::<i64>();
    let cause = Cause::Merge { other: into, lot: 0 };
    entry.effects.loyalty.push(row(sold, from, (PointsKind::Adjusted, all), cause));
    let credits = (0..).zip(lots).map(|(lot, points)| {
        row(sold, into, (PointsKind::Adjusted, *points), Cause::Merge { other: from, lot })
    });
    entry.effects.loyalty.extend(credits);
    entry
}

#[tokio::test]
async fn points_of_two_records_of_a_person_are_moved_once_however_many_tills_make_them_one() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, device) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", device.as_str()));
        let [twin, ada] = two_records(&chain, owner).await;
        let [from, into] = [&twin, &ada].map(|id| CustomerId::new(id.parse().unwrap()));
        let shown = format!("/loyalty/members/{ada}");
        let send = async |by: (&str, &str), seq: u64, entry: &Entry| {
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver_by(&chain, &harbour, by, (seq, entry.entity), &bytes).await;
            chain.get(&shown, owner).await["points"].clone()
        };
        // Both tills welcomed the twin; at the second 30 were earned, and 20 are held for the sale that spends them.
        let [mut first, mut second] = [sale(&harbour, 1), sale(&harbour, 2)];
        for sold in [&mut first, &mut second] {
            let cause = Cause::Enrolment { program: ProgramId::new(Uuid::from_u128(3)) };
            let welcome = row(sold, from, (PointsKind::Welcome, 50), cause);
            sold.effects.loyalty.push(welcome);
        }
        let document = second.effects.completed[0].document().id;
        let earned = row(&second, from, (PointsKind::Earned, 30), Cause::Sale { document });
        second.effects.loyalty.push(earned);
        redeem(&mut second, &twin, 20);
        assert_eq!(send(one, 1, &first).await, 0);
        let hold = json!({"member_id": twin, "document_id": document, "points": 20});
        assert_eq!(chain.once("/loyalty/reserve", &device, &hold, "h").await.1["available"], 30);
        let both = (from, into);
        assert_eq!(send(one, 2, &merged(&first, both, (71, &[50]))).await, 30, "and 20 are held");
        assert_eq!(send(two, 1, &second).await, 30);
        // The second till moves the 60 that it has. At the hub 50 + 30 - 20 are left, and not 110.
        assert_eq!(send(two, 2, &merged(&second, both, (72, &[30, 30]))).await, 60);
        // A third one made them one the other way round before it heard of it.
        assert_eq!(send(one, 3, &merged(&first, (into, from), (73, &[60]))).await, 60);
        // Of a record that the hub never had, the till alone knows what there was.
        let unknown = CustomerId::new(Uuid::from_u128(74));
        assert_eq!(send(one, 4, &merged(&first, (unknown, into), (75, &[5]))).await, 65);
    }
}

#[tokio::test]
async fn all_points_of_a_record_go_to_the_one_it_becomes_those_of_an_older_hub_beside_others_that_never_run_out()
 {
    for books in support::every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let [twin, ada] = two_records(&chain, owner).await;
        older_entry(&books, (&harbour.id, &twin), ("welcome", 100), 1).await;
        let gift = json!({"points": 7, "reason": "Late"});
        chain.once(&format!("/loyalty/members/{twin}/adjustments"), owner, &gift, "gift").await;
        let both = [&twin, &ada].map(|id| CustomerId::new(id.parse().unwrap()));
        let entry = merged(&sale(&harbour, 1), both.into(), (71, &[107]));
        let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
        deliver(&chain, &harbour, (1, entry.entity), &bytes).await;
        assert_eq!(chain.get(&format!("/loyalty/members/{ada}"), owner).await["points"], 107);
        // What led there is told of the one who stays, and adds up to the balance: page by page too.
        let (mut told, mut after) = (Vec::new(), String::new());
        loop {
            let page = format!("/loyalty/members/{ada}/entries?limit=2{after}");
            let page = chain.get(&page, owner).await;
            told.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next_cursor"].as_str() else { break };
            after = format!("&cursor={next}");
        }
        let sum: i64 = told.iter().map(|entry| entry["points"].as_i64().unwrap()).sum();
        let kinds: BTreeSet<&str> = told.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
        assert_eq!((sum, kinds), (107, BTreeSet::from(["adjusted", "welcome"])), "{told:?}");
        assert!(told.iter().any(|entry| entry["reason"] == "Late"), "{told:?}");
    }
}

#[tokio::test]
async fn what_ran_out_of_a_record_does_not_come_back_when_tills_tell_later_that_it_became_another() {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, device) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", device.as_str()));
        let [twin, ada] = two_records(&chain, owner).await;
        let [from, into] = [&twin, &ada].map(|id| CustomerId::new(id.parse().unwrap()));
        let mut earned = sale(&harbour, 1);
        let document = earned.effects.completed[0].document().id;
        for (points, last) in [(50, day(2026, 11, 21)), (100, day(2027, 1, 1))] {
            let mut change = row(&earned, from, (PointsKind::Earned, points), Cause::Sale { document });
            if let LoyaltyChange::PointsBooked { row } = &mut change {
                row.expires = last;
            }
            earned.effects.loyalty.push(change);
        }
        let send = async |by: (&str, &str), seq: u64, entry: &Entry| {
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver_by(&chain, &harbour, by, (seq, entry.entity), &bytes).await;
            chain.get(&format!("/loyalty/members/{ada}"), one.1).await["points"].clone()
        };
        send(one, 1, &earned).await;
        support::later(24 * 60 * 60);
        assert_eq!(chain.hub.sweep().await.unwrap()["expired_points"], 1);
        let moved = [(one, 2, 71), (two, 1, 72)];
        for (by, seq, number) in moved {
            let entry = merged(&earned, (from, into), (number, &[150]));
            assert_eq!(send(by, seq, &entry).await, 100, "{number}");
        }
        support::later(0);
    }
}

/// An entry as an older hub wrote it: under another identity, without a bound.
async fn older_entry(
    books: &Books,
    (company, member): (&str, &str),
    (kind, points): (&'static str, i64),
    entry: u128,
) {
    let ids: Vec<Uuid> = [company, member].iter().map(|id| id.parse().unwrap()).collect();
    let written = books.write::<_, DatabaseError>(Tenant::Platform, move |session| {
        session.execute(
            "INSERT INTO point_entry (company_id, entry_id, member_id, kind, points, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                ids[0].into(),
                Uuid::from_u128(entry).into(),
                ids[1].into(),
                kind.into(),
                points.into(),
                support::noon().timestamp_millis().into(),
            ],
        )
    });
    assert_eq!(written.await.unwrap(), 1);
}

#[tokio::test]
async fn what_an_older_hub_booked_of_a_welcome_and_a_birthday_is_not_given_once_more() {
    for books in support::every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let member = chain.customer(owner).await;
        let ada = CustomerId::new(member.parse().unwrap());
        older_entry(&books, (&harbour.id, &member), ("welcome", 100), 1).await;
        older_entry(&books, (&harbour.id, &member), ("birthday", 50), 2).await;
        for (receipt, year, points) in [(1, 2026, 150), (2, 2027, 200), (3, 2027, 200), (4, 2025, 250)] {
            let mut entry = sale(&harbour, receipt);
            let program = ProgramId::new(uuid::Uuid::from_u128(3));
            let given = [
                ((PointsKind::Welcome, 100), Cause::Enrolment { program }),
                ((PointsKind::Birthday, 50), Cause::Birthday { year }),
            ];
            let rows: Vec<_> =
                given.into_iter().map(|(given, cause)| row(&entry, ada, given, cause)).collect();
            entry.effects.loyalty.extend(rows);
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (receipt.into(), entry.entity), &bytes).await;
            let balance = chain.get(&format!("/loyalty/members/{member}"), owner).await;
            assert_eq!(balance["points"], points, "{receipt}: {balance}");
        }
    }
}

#[tokio::test]
async fn an_absurd_entry_of_an_older_hub_leaves_a_balance_that_can_be_put_right() {
    for books in support::every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let member = chain.customer(owner).await;
        for (points, entry) in [(i64::MAX, 1), (10, 2)] {
            older_entry(&books, (&harbour.id, &member), ("bonus", points), entry).await;
        }
        let path = format!("/loyalty/members/{member}");
        assert_eq!(chain.get(&path, owner).await["points"], 1_000_000_000_010_i64);
        let taken = json!({"points": -1_000_000_000, "reason": "Not theirs"});
        let (status, answer) = chain.once(&format!("{path}/adjustments"), owner, &taken, "mend").await;
        assert_eq!((status.as_u16(), &answer["points"]), (200, &json!(999_000_000_010_i64)), "{answer}");
    }
}
