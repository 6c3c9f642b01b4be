//! Points that a till keeps itself and holds over midnight, of which a hub hears when they are spent.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use saleflex_core::{
    ids::{ClosureNumber, CustomerId, DocumentId, DocumentNumber, PointsGrantId, ProgramId, StoreId},
    loyalty::{
        Cause, ChangeKey, CompletedSale, Grant, LedgerRow, LoyaltyChange, Membership, Occasion, PointsKind,
        Program, complete_sale, expire, grant, hold_of, release,
    },
    money::Money,
    quantity::Points,
    time::Moment,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    business::{deliver, sale},
    chain::{chains, text},
    support,
};

/// A member of a till that keeps the points itself.
struct Kept {
    member: Membership,
    program: Program,
    booked: BTreeSet<ChangeKey>,
    day: NaiveDate,
    /// What the hub has yet to hear.
    untold: Vec<LoyaltyChange>,
    /// Two sales.
    documents: [DocumentId; 2],
}

impl Kept {
    /// Sixty until the 21st, which is today, and forty for ever.
    fn new(customer: CustomerId, number: u128) -> Self {
        let program = Program::new(ProgramId::new(Uuid::from_u128(5)), "Regulars");
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let documents = [1, 2].map(|sold| DocumentId::new(Uuid::from_u128(1_000 * number + sold)));
        let member = Membership::new(customer, program.id, on(day).at);
        let mut kept = Self { member, program, booked: BTreeSet::new(), day, untold: Vec::new(), documents };
        let grant = PointsGrantId::new(Uuid::from_u128(1_000 * number));
        for (kind, points, cause, expires) in [
            (PointsKind::Welcome, 60, Cause::Enrolment { program: kept.program.id }, Some(day)),
            (PointsKind::Bonus, 40, Cause::Manual { grant }, None),
        ] {
            let points = Points::new(points);
            let row = LedgerRow {
                customer,
                kind,
                points,
                balance_after: kept.member.balance() + points,
                cause,
                receipt: None,
                expires,
                held_over: None,
                occasion: on(day),
            };
            kept.make(vec![LoyaltyChange::PointsBooked { row }]);
        }
        kept
    }

    fn make(&mut self, changes: Vec<LoyaltyChange>) {
        self.member.apply_all(&changes);
        self.booked.extend(changes.iter().filter_map(LoyaltyChange::key));
        self.untold.extend(changes.into_iter().filter(LoyaltyChange::travels));
    }

    fn expire(&mut self) {
        let expired = expire(&self.member, on(self.day), &self.booked);
        self.make(expired);
    }

    /// A document holds more, as far as there is more.
    fn hold(&mut self, document: DocumentId, more: i64) {
        let wanted = self.held(document) + Points::new(more);
        let available = self.member.spendable_on(self.day, document);
        let held = hold_of(&self.member, document, wanted, available).unwrap();
        self.make(held.into_iter().collect());
    }

    fn held(&self, document: DocumentId) -> Points {
        self.member.holds.get(&document).copied().unwrap_or_default()
    }

    fn complete(&mut self, document: DocumentId) {
        self.expire();
        let sold = CompletedSale {
            document,
            receipt: DocumentNumber { date: self.day, closure: ClosureNumber(1), receipt: 1 },
            customer: self.member.customer,
            amount: Money::ZERO,
            earned: Points::ZERO,
            redeemed: self.held(document),
        };
        let counted = complete_sale(&self.member, &sold, &self.program, on(self.day), &self.booked);
        self.make(counted.unwrap());
    }

    fn correct(&mut self) {
        let id = PointsGrantId::new(Uuid::from_u128(7));
        let taken = Grant { id, points: Points::new(-30), is_correction: true, reason: "twice".to_owned() };
        let booked = grant(&self.member, &taken, &self.program, on(self.day), &self.booked);
        self.make(booked.unwrap());
    }

    /// One step at the till; whatever stands for none is the hub's.
    fn does(&mut self, step: char) {
        let [first, second] = self.documents;
        match step {
            'h' => self.hold(first, 50),
            'm' => self.hold(first, 40),
            'o' => self.hold(second, 10),
            'n' => self.day = self.day + Days::new(1),
            'd' => self.expire(),
            'f' => self.make(release(&self.member, first).into_iter().collect()),
            's' => self.complete(first),
            'p' => self.complete(second),
            'c' => self.correct(),
            _ => {}
        }
    }
}

fn on(day: NaiveDate) -> Occasion {
    let at = Moment::utc(day.and_hms_opt(9, 0, 0).unwrap().and_utc());
    Occasion { at, store: StoreId::new(Uuid::nil()), cashier: None }
}

/// In whatever order something is held (`h`, `m` more, `o` for another sale), midnight comes (`n`), the day is begun at the till
/// (`d`), something is freed (`f`), sold (`s`, `p`) or corrected (`c`), the hub hears of it (`t`) and writes off (`w`).
#[tokio::test]
async fn a_till_that_keeps_the_points_and_its_hub_agree_whatever_is_held_over_midnight() {
    const STORIES: [&str; 12] = [
        "thnwst",
        "thnwdst",
        "thnwdtft",
        "thnwdtmst",
        "thnmwst",
        "thnwcst",
        "thnwopst",
        "thnwospt",
        "thnnwdst",
        "thonwdtfpt",
        "tnwmst",
        "thnsnd",
    ];
    const DAY: i64 = 24 * 60 * 60;
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let mut receipt = 0;
        for (number, story) in (1_u128..).zip(STORIES) {
            let new = json!({"row": {"name": "Ada", "last_name": number.to_string()}});
            let member = text(&chain.ok("POST", "/definitions/customers", owner, new).await["id"]);
            let mut kept = Kept::new(CustomerId::new(member.parse().unwrap()), number);
            for step in story.chars().chain("ndndtw".chars()) {
                kept.does(step);
                if step == 'n' {
                    support::later(
                        support::clock().signed_duration_since(support::noon()).num_seconds() + DAY,
                    );
                } else if step == 't' && !kept.untold.is_empty() {
                    receipt += 1;
                    let mut entry = sale(&harbour, receipt);
                    entry.effects.loyalty.append(&mut kept.untold);
                    let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
                    deliver(&chain, &harbour, (receipt.into(), entry.entity), &bytes).await;
                } else if step == 'w' {
                    chain.hub.sweep().await.unwrap();
                }
            }
            // Whoever asks logged in on the first day.
            support::later(0);
            let here = chain.get(&format!("/loyalty/members/{member}"), owner).await;
            assert_eq!(here["points"], kept.member.balance().get(), "{story}");
        }
    }
}
