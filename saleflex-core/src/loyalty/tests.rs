use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveTime};
use uuid::Uuid;

use super::*;
use crate::{
    customer::Spending,
    ids::{
        CampaignId, ClosureNumber, CustomerId, DocumentId, DocumentNumber, PointsGrantId, ProductId,
        ProgramId, StoreId,
    },
    money::{Currency, CurrencyCode, Money},
    quantity::{Multiplier, Percent, PointRate, Points, UnitPrice},
    time::Moment,
};

mod booking;
mod earning;
mod members;
mod properties;

const MEMBER: CustomerId = CustomerId::new(Uuid::from_u128(5));

fn pounds() -> Currency {
    Currency::of(CurrencyCode::parse("GBP").unwrap())
}

fn m(minor: i64) -> Money {
    Money::from_minor(minor)
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn on(date: NaiveDate) -> Occasion {
    let at = Moment::utc(date.and_time(NaiveTime::MIN).and_utc());
    Occasion { at, store: StoreId::new(Uuid::from_u128(1)), cashier: None }
}

fn document(number: u128) -> DocumentId {
    DocumentId::new(Uuid::from_u128(number))
}

fn receipt() -> DocumentNumber {
    DocumentNumber { date: day(2025, 1, 1), closure: ClosureNumber(1), receipt: 1 }
}

fn tier(code: &str, level: i32, points: i64, spending: i64, multiplier: &str) -> Tier {
    Tier {
        code: code.into(),
        name: code.into(),
        level,
        display_order: level,
        min_points: Some(Points::new(points)),
        min_annual_spending: Some(m(spending * 100)),
        multiplier: Some(Multiplier::parse(multiplier).unwrap()),
        discount: None,
        benefits: None,
        is_active: true,
    }
}

/// The seeded program: 0.10 points a unit from 10.00 on, four tiers, 0.50 a point.
fn program() -> Program {
    let mut program = Program::new(ProgramId::new(Uuid::from_u128(10)), "SaleFlex Rewards");
    program.earn.rate = PointRate::parse("0.10").unwrap();
    program.earn.min_purchase = Some(m(1000));
    program.tiers = vec![
        tier("SILVER", 2, 500, 1_000, "1.10"),
        tier("BRONZE", 1, 0, 0, "1.00"),
        tier("PLATINUM", 4, 5_000, 15_000, "1.50"),
        tier("GOLD", 3, 1_500, 5_000, "1.25"),
    ];
    program.redemption.point_value = UnitPrice::parse("0.50").unwrap();
    program.redemption.minimum = Points::new(1);
    program.welcome = Points::new(100);
    program.birthday = Points::new(50);
    program.referral = ReferralPoints { referrer: Points::new(30), referred: Points::new(20) };
    program.expiry_days = Some(365);
    program
}

/// A member and everything booked so far.
struct Story {
    program: Program,
    member: Membership,
    history: Vec<LoyaltyChange>,
}

impl Story {
    fn new() -> Self {
        let program = program();
        let occasion = on(day(2024, 1, 1));
        let enrolled = LoyaltyChange::Enrolled { customer: MEMBER, program: program.id, occasion };
        let member = Membership::new(MEMBER, program.id, occasion.at);
        Self { program, member, history: vec![enrolled] }
    }

    fn booked(&self) -> BTreeSet<ChangeKey> {
        self.history.iter().filter_map(LoyaltyChange::key).collect()
    }

    fn follow(&mut self, changes: Vec<LoyaltyChange>) -> usize {
        self.member.apply_all(&changes);
        let count = changes.len();
        self.history.extend(changes);
        count
    }

    fn give(&mut self, points: i64, date: NaiveDate, id: u128) {
        let gift = Grant {
            id: PointsGrantId::new(Uuid::from_u128(id)),
            points: Points::new(points),
            is_correction: points < 0,
            reason: "because".into(),
        };
        let changes = grant(&self.member, &gift, &self.program, on(date), &self.booked()).unwrap();
        self.follow(changes);
    }

    fn sell(&mut self, number: u128, amount: i64, earned: i64, redeemed: i64, date: NaiveDate) -> usize {
        let sale = CompletedSale {
            document: document(number),
            receipt: receipt(),
            customer: MEMBER,
            amount: m(amount),
            earned: Points::new(earned),
            redeemed: Points::new(redeemed),
        };
        let changes = complete_sale(&self.member, &sale, &self.program, on(date), &self.booked()).unwrap();
        self.follow(changes)
    }

    fn refund(&mut self, number: u128, sale: &SaleRecord, refunded: Refunded, date: NaiveDate) -> Reversal {
        let reversal = claw_back(self.program.claw_back, sale, &self.moved_of(sale), &refunded);
        let refund = RefundRecord { document: document(number), refunded, reversal };
        let changes =
            reverse_refund(&self.member, sale, &refund, &self.program, on(date), &self.booked()).unwrap();
        self.follow(changes);
        reversal
    }

    /// What refunds of a sale moved so far.
    fn moved_of(&self, sale: &SaleRecord) -> Reversal {
        let rows = self.rows();
        let moved = |kind: PointsKind| {
            let of_sale = |row: &&LedgerRow| {
                row.kind == kind && matches!(row.cause, Cause::Refund { sale: of, .. } if of == sale.document)
            };
            rows.iter().filter(of_sale).map(|row| row.points).sum::<Points>()
        };
        Reversal { taken_back: -moved(PointsKind::Adjusted), given_back: moved(PointsKind::Refund) }
    }

    fn expire(&mut self, date: NaiveDate) -> usize {
        let changes = expire(&self.member, on(date), &self.booked());
        self.follow(changes)
    }

    fn rows(&self) -> Vec<LedgerRow> {
        let row = |change: &LoyaltyChange| {
            if let LoyaltyChange::PointsBooked { row } = change { Some(*row) } else { None }
        };
        self.history.iter().filter_map(row).collect()
    }

    #[track_caller]
    fn check(&self) {
        let rows = self.rows();
        assert_eq!(rows.iter().map(|row| row.points).sum::<Points>(), self.member.balance());
        let mut balance = Points::ZERO;
        for row in &rows {
            balance = balance + row.points;
            assert_eq!(row.balance_after, balance, "{row:?}");
        }
        assert_eq!(Membership::replay(MEMBER, &self.history).as_ref(), Some(&self.member));
        let json = serde_json::to_string(&self.history).unwrap();
        assert_eq!(serde_json::from_str::<Vec<LoyaltyChange>>(&json).unwrap(), self.history);
    }
}

fn sale_record(number: u128, amount: i64, earned: i64, redeemed: i64, sold: NaiveDate) -> SaleRecord {
    SaleRecord {
        document: document(number),
        receipt: receipt(),
        customer: MEMBER,
        amount: m(amount),
        earned: Points::new(earned),
        redeemed: Points::new(redeemed),
        sold,
    }
}

fn later(date: NaiveDate, days: u64) -> NaiveDate {
    date + Days::new(days)
}

fn product(number: u128) -> ProductId {
    ProductId::new(Uuid::from_u128(number))
}

fn spending(purchases: u32, total: i64) -> Spending {
    let last = DateTime::from_timestamp(1_735_732_800, 0).map(|last| last.naive_utc());
    Spending { purchases, total: m(total), annual: m(total), last }
}
