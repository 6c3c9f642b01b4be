//! How a document was worked on, read from the journal: when its first line came, when the first tender, when it was
//! done, and what was taken back on the way.

use alloc::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDateTime, Timelike, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    adjustment::{AdjustmentSource, AppliedCoupon},
    basket::LineItem,
    cashier::{
        metrics::{HourOfWork, Metrics, PaidBy, Work},
        session::WorkSession,
        target::Goal,
    },
    closure::DocumentFigures,
    document::{Cancelled, Completed, Document, Event, Kind},
    ids::{CampaignId, CashierId, DocumentId},
    money::{Currency, Money, Rounding},
    tender::{Direction, TenderKind},
    time::Moment,
};

mod goods;
mod sessions;

pub use self::{goods::GoodsSold, sessions::Sessions};

/// The metrics of one document, completed or cancelled.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Pace {
    /// The document.
    pub document: DocumentId,
    /// The cashier who finished it.
    pub cashier: CashierId,
    /// When.
    pub completed_at: Moment,
    /// Whether goods came back.
    pub is_return: bool,
    /// Whether it was cancelled: then it counts as that alone.
    #[serde(default)]
    pub is_cancelled: bool,
    /// What paid the most of it; none where nothing was paid.
    #[serde(default)]
    pub paid_by: Option<PaidBy>,
    /// Seconds from the first line to the end.
    pub total_s: u32,
    /// Seconds from the first line to the first tender.
    pub scanning_s: u32,
    /// Seconds from the first tender to the end.
    pub payment_s: u32,
    /// Its active lines.
    pub lines: u64,
    /// Items; a weighed line is one.
    pub items: u64,
    /// Lines taken back, whoever took them: [`voids_by`] tells who.
    pub voids: u64,
    /// Prices overridden.
    pub overrides: u64,
    /// Quantities changed.
    pub quantity_changes: u64,
    /// Acts that somebody agreed to.
    pub approvals: u64,
    /// Campaigns that gave something on the document, each once.
    pub campaigns: u64,
    /// Coupons that opened one of those.
    #[serde(default)]
    pub coupons: u64,
    /// What it came to.
    pub net: Money,
}

impl Pace {
    /// Reads a completed document's events with the times they were committed at, in order. None for documents that do
    /// not count: training, quotes, deliveries, purchases, movements of cash.
    pub fn of<'a>(
        events: impl IntoIterator<Item = (DateTime<Utc>, &'a Event)>,
        completed: &Completed,
    ) -> Option<Self> {
        Self::read(events, completed.document(), completed.completed_by(), completed.completed_at())
    }

    /// The same of a document that was cancelled.
    pub fn of_cancelled<'a>(
        events: impl IntoIterator<Item = (DateTime<Utc>, &'a Event)>,
        cancelled: &Cancelled,
    ) -> Option<Self> {
        let by = cancelled.authority().cashier;
        let pace = Self::read(events, cancelled.document(), by, cancelled.cancelled_at())?;
        Some(Self { is_cancelled: true, ..pace })
    }

    fn read<'a>(
        events: impl IntoIterator<Item = (DateTime<Utc>, &'a Event)>,
        document: &Document,
        cashier: CashierId,
        completed_at: Moment,
    ) -> Option<Self> {
        let is_return = document.kind == Kind::Return;
        if document.training || !(is_return || document.kind.sells(document.document_type)) {
            return None;
        }
        let end = completed_at.instant;
        let (mut first_line, mut first_tender) = (None, None);
        let mut quantity_changes = 0;
        for (at, event) in events {
            if matches!(event, Event::LineAdded { .. }) {
                first_line = first_line.or(Some(at));
            } else if matches!(event, Event::TenderTaken { .. }) {
                first_tender = first_tender.or(Some(at));
            } else if matches!(event, Event::QuantityChanged { .. }) {
                quantity_changes += 1;
            }
        }
        let first_line = first_line.unwrap_or(document.opened_at.instant);
        let first_tender = first_tender.unwrap_or(end);
        Some(Self {
            document: document.id,
            cashier,
            completed_at,
            is_return,
            is_cancelled: false,
            paid_by: paid_by(document),
            total_s: seconds(first_line, end),
            scanning_s: seconds(first_line, first_tender),
            payment_s: seconds(first_tender, end),
            lines: count(document.active_lines()),
            items: document.active_lines().map(items).sum(),
            voids: count(document.lines.iter().filter(|line| line.void.is_some())),
            overrides: count(document.active_lines().filter(|line| line.price_override.is_some())),
            quantity_changes,
            approvals: approvals(document),
            campaigns: count(campaigns(document).into_iter()),
            coupons: coupons(document),
            net: document.totals.net_due,
        })
    }

    /// Items a minute of scanning; none where scanning took no time.
    pub fn items_per_minute(&self) -> Option<Decimal> {
        let exact = Decimal::from(self.items * 60).checked_div(Decimal::from(self.scanning_s))?;
        let mut rounded = Rounding::HalfUp.round(exact, 2);
        rounded.rescale(2);
        Some(rounded)
    }

    /// What it adds to its cashier's work; what was taken back is the work of whoever took it.
    pub fn work(&self) -> Work {
        if self.is_cancelled {
            return Work { cancelled: 1, ..Work::default() };
        }
        let mut work = Work {
            lines: self.lines,
            overrides: self.overrides,
            approvals: self.approvals,
            ..Work::default()
        };
        if self.is_return {
            work.returns = 1;
            work.sales = -self.net;
        } else {
            work.documents = 1;
            work.items = self.items;
            (work.promotions, work.coupons) = (self.campaigns, self.coupons);
            (work.sales, work.gross) = (self.net, self.net);
            work.document_s.push(self.total_s);
            work.paid_by.extend(self.paid_by.map(|means| (means, 1)));
            let hour = HourOfWork { documents: 1, sales: self.net };
            work.hours.extend(clock_hour(self.completed_at).map(|from| (from, hour)));
        }
        work
    }
}

/// How often each cashier took something back of a document, finished or cancelled: lines, parts of a line, the whole
/// document. As the closure counts it.
pub fn voids_by(figures: &DocumentFigures) -> BTreeMap<CashierId, u64> {
    let mut by = BTreeMap::new();
    for (cashier, _) in &figures.voids {
        *by.entry(*cashier).or_default() += 1;
    }
    by
}

/// The values that targets are compared with, as far as a till knows them: money in major units, rates in percent,
/// times in seconds. What nobody enters at a till, such as satisfaction, is not among them.
pub fn actuals(work: &Work, metrics: &Metrics, currency: &Currency) -> BTreeMap<Goal, Decimal> {
    let hours = Decimal::from(work.working_s) / Decimal::from(3600);
    let known = [
        (Goal::Sales, currency.decimal(work.sales)),
        (Goal::Documents, Decimal::from(work.documents)),
        (Goal::Items, Decimal::from(work.items)),
        (Goal::Customers, Decimal::from(work.documents)),
        (Goal::AverageDocument, currency.decimal(metrics.average_document)),
        (Goal::WorkingHours, Rounding::HalfUp.round(hours, 2)),
        (Goal::VoidRate, metrics.void_rate),
        (Goal::ReturnRate, metrics.return_rate),
        (Goal::OverrideRate, metrics.override_rate),
        (Goal::ErrorRate, metrics.error_rate),
        (Goal::Accuracy, metrics.accuracy),
    ];
    let where_known = [
        (Goal::DocumentsPerHour, metrics.documents_per_hour),
        (Goal::CustomersPerHour, metrics.documents_per_hour),
        (Goal::SalesPerHour, metrics.sales_per_hour),
        (Goal::ItemsPerHour, metrics.items_per_hour),
        (Goal::DocumentTime, metrics.average_s),
        (Goal::Efficiency, metrics.efficiency),
        (Goal::Productivity, metrics.productivity),
    ];
    let measured = where_known.into_iter().filter_map(|(goal, value)| Some((goal, value?)));
    known.into_iter().chain(measured).collect()
}

/// What a work session adds: its time, up to `now` while it lasts.
pub fn work_of_session(session: &WorkSession, now: DateTime<Utc>) -> Work {
    let until = session.ended_at().map_or(now, |at| at.instant);
    let breaks = session
        .breaks
        .iter()
        .map(|one| u64::from(seconds(one.from.instant, one.to.map_or(until, |to| to.instant))));
    Work {
        sessions: 1,
        working_s: u64::from(seconds(session.started_at.instant, until)),
        break_s: breaks.sum(),
        idle_s: u64::from(session.idle_s),
        ..Work::default()
    }
}

/// What paid the most of a document, its change taken off; of two alike the first of [`PaidBy::ALL`].
fn paid_by(document: &Document) -> Option<PaidBy> {
    let mut paid: BTreeMap<PaidBy, Money> = BTreeMap::new();
    for tender in document.counted_tenders().filter(|tender| !tender.sets_off) {
        let amount = tender.amount - tender.change;
        let signed = if tender.direction == Direction::In { amount } else { -amount };
        *paid.entry(means(tender.kind)).or_default() += signed;
    }
    // What was paid out on a return is no less than what was taken on a sale.
    let worth = |amount: Money| amount.max(-amount);
    let most = paid.iter().rev().max_by_key(|(_, amount)| worth(**amount));
    most.filter(|(_, amount)| !amount.is_zero()).map(|(means, _)| *means)
}

const fn means(kind: TenderKind) -> PaidBy {
    match kind {
        TenderKind::Cash | TenderKind::ForeignCurrency => PaidBy::Cash,
        TenderKind::CreditCard => PaidBy::Card,
        TenderKind::Mobile => PaidBy::Mobile,
        TenderKind::PrepaidCard => PaidBy::GiftCard,
        TenderKind::Cheque
        | TenderKind::StoreCredit
        | TenderKind::OnAccount
        | TenderKind::BankTransfer
        | TenderKind::Other => PaidBy::Other,
    }
}

/// The hour of the store's clock that a moment lies in.
fn clock_hour(at: Moment) -> Option<NaiveDateTime> {
    at.local.date().and_hms_opt(at.local.time().hour(), 0, 0)
}

/// Pieces as they are, anything measured as one, in whole kilograms and grams too.
fn items(line: &LineItem) -> u64 {
    let quantity = line.quantity.decimal();
    let is_counted = quantity.is_integer() && !line.item.unit.is_measure();
    if is_counted { u64::try_from(quantity).unwrap_or(1) } else { 1 }
}

/// The campaigns that gave something, in force or not.
fn campaigns(document: &Document) -> BTreeSet<(Option<CampaignId>, &str)> {
    let given = document.adjustments.iter().filter(|one| one.amount.is_positive());
    let campaigns = given.filter_map(|one| {
        if let AdjustmentSource::Campaign { code, id, .. } = &one.source {
            Some((*id, code.as_str()))
        } else {
            None
        }
    });
    campaigns.collect()
}

/// The coupons that opened a campaign which gave something; others were not used.
fn coupons(document: &Document) -> u64 {
    let given = campaigns(document);
    let is_used = |coupon: &&AppliedCoupon| given.iter().any(|(id, _)| *id == Some(coupon.campaign));
    count(document.coupons.iter().filter(is_used))
}

fn approvals(document: &Document) -> u64 {
    let lines = document.lines.iter().flat_map(|line| {
        let overridden = line.price_override.as_ref().map(|one| one.authority);
        let void = line.void.as_ref().map(|one| one.authority);
        let adjusted = line.adjustments.iter().map(|one| one.authority);
        overridden.into_iter().chain(void).chain(adjusted)
    });
    let tenders = document.tenders.iter().filter_map(|tender| Some(tender.void.as_ref()?.authority));
    let adjustments = document.adjustments.iter().map(|one| one.authority);
    let all = lines.chain(tenders).chain(adjustments).chain([document.opened_by]);
    count(all.filter(|authority| authority.approved_by.is_some()))
}

fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> u32 {
    u32::try_from((to - from).num_seconds().max(0)).unwrap_or(u32::MAX)
}

fn count<T>(things: impl Iterator<Item = T>) -> u64 {
    u64::try_from(things.count()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec::Vec};

    use chrono::Duration;

    use super::*;
    use crate::{
        cashier::session::{BreakKind, WorkSession},
        catalog::Unit,
        closure::tests::samples::{Head, Line, authority, cashier, moment},
        document::{CampaignDiscount, DocumentType},
        ids::{AdjustmentNo, CouponId, LineNo, TerminalId},
        tender::TenderKind,
    };

    fn at(second: i64) -> DateTime<Utc> {
        moment("2026-03-12 03:05:00").instant - Duration::seconds(120 - second)
    }

    #[test]
    fn a_document_is_timed_from_its_first_line_over_its_first_tender_to_its_end() {
        let head = Head::sale("GBP");
        let pen = head.begin().line(&Line::new("Tea", "3.50").times("3")).line(&Line::new("Cake", "4.00"));
        let pen = pen.line(&Line::new("Nuts", "9.00").weighed("0.250")).void_line(2, 1);
        let line = Event::LineAdded { line: alloc::boxed::Box::new(pen.document().lines[0].clone()) };
        let tender = alloc::boxed::Box::new(pen.new_tender(TenderKind::Cash, 100));
        let taken = Event::TenderTaken { tender, takes_back: None };
        let completed = pen.pay_rest(TenderKind::Cash).complete();
        // It was completed two minutes after second 0.
        let events: Vec<_> = [(0, &line), (30, &line), (80, &taken), (90, &taken)]
            .into_iter()
            .map(|(second, event)| (at(second), event))
            .collect();
        let pace = Pace::of(events, &completed).unwrap();
        assert_eq!((pace.total_s, pace.scanning_s, pace.payment_s), (120, 80, 40));
        assert_eq!((pace.lines, pace.items, pace.voids), (2, 4, 1));
        assert_eq!(pace.items_per_minute().unwrap().to_string(), "3.00");
        let work = pace.work();
        assert_eq!((work.documents, work.sales, work.document_s), (1, pace.net, vec![120]));
    }

    #[test]
    fn what_is_measured_is_one_item_however_much_of_it_and_whole_grams_are_measured() {
        let items = |line: Line| super::items(&Head::sale("GBP").begin().line(&line).document().lines[0]);
        let grams = Unit { code: "G".into(), decimals: 0, measure: None };
        assert_eq!(items(Line::new("Nuts", "9.00").weighed("2.000")), 1);
        assert_eq!(items(Line { unit: grams, ..Line::new("Saffron", "0.01").times("500") }), 1);
        assert_eq!(items(Line::new("Tea", "3.50").times("500")), 500);
    }

    #[test]
    fn a_return_counts_against_the_sales_and_training_not_at_all() {
        let head = Head::sale("GBP");
        let back =
            head.clone().of(Kind::Return, DocumentType::Return).begin().line(&Line::new("Tea", "3.50"));
        let work = Pace::of([], &back.pay_rest(TenderKind::Cash).complete()).unwrap().work();
        assert_eq!((work.documents, work.returns, work.sales), (0, 1, Money::from_minor(-350)));
        let training = Head { training: true, ..head }.begin().line(&Line::new("Tea", "3.50"));
        assert_eq!(Pace::of([], &training.pay_rest(TenderKind::Cash).complete()), None);
    }

    #[test]
    fn what_leaves_on_a_waybill_is_no_sale_of_a_cashier_and_an_order_that_is_fetched_is_one() {
        let begun = |kind, paper| Head::sale("GBP").of(kind, paper).begin().line(&Line::new("Tea", "3.50"));
        for paper in DocumentType::ALL.into_iter().filter(|paper| paper.is_delivery()) {
            assert_eq!(Pace::of([], &begun(Kind::Sale, paper).complete()), None, "{paper:?}");
        }
        let purchase = begun(Kind::Purchase, DocumentType::SelfBillingInvoice).pay_rest(TenderKind::Cash);
        assert_eq!(Pace::of([], &purchase.complete()), None);
        for kind in [Kind::Sale, Kind::Order, Kind::Layaway] {
            let paid = begun(kind, DocumentType::Invoice).pay_rest(TenderKind::Cash).complete();
            let work = Pace::of([], &paid).unwrap().work();
            assert_eq!((work.documents, work.gross), (1, Money::from_minor(350)), "{kind:?}");
        }
    }

    #[test]
    fn a_sale_counts_by_what_paid_the_most_of_it_and_in_its_hour_and_a_cancelled_one_as_that_alone() {
        let begun = || Head::sale("GBP").begin().line(&Line::new("Tea", "10.00"));
        let pace = |pen: crate::closure::tests::samples::Pen| Pace::of([], &pen.complete()).unwrap();
        let mixed = pace(begun().pay(TenderKind::Cash, 400).pay_rest(TenderKind::CreditCard));
        let alike = pace(begun().pay(TenderKind::Mobile, 500).pay_rest(TenderKind::Cash));
        let otherwise = pace(begun().pay(TenderKind::PrepaidCard, 499).pay_rest(TenderKind::OnAccount));
        // 20.00 given and 16.00 of it change: less than the card.
        let cut = pace(begun().pay(TenderKind::CreditCard, 600).pay(TenderKind::Cash, 2_000).change(1_600));
        assert_eq!(
            [&mixed, &alike, &otherwise, &cut].map(|pace| pace.paid_by),
            [PaidBy::Card, PaidBy::Cash, PaidBy::Other, PaidBy::Card].map(Some)
        );
        let mut work = mixed.work();
        work.merge(&cut.work());
        assert_eq!(work.paid_by, [(PaidBy::Card, 2)].into());
        let peak = work.peak().unwrap();
        assert_eq!((peak.from.to_string().as_str(), peak.hour.documents), ("2026-03-12 03:00:00", 2));
        assert_eq!(peak.hour.sales, Money::from_minor(2_000));
        let cancelled = Pace::of_cancelled([], &begun().cancel()).unwrap();
        assert!(cancelled.is_cancelled);
        assert_eq!(cancelled.work(), Work { cancelled: 1, ..Work::default() });
        let training = Head { training: true, ..Head::sale("GBP") }.begin().line(&Line::new("Tea", "1.00"));
        assert_eq!(Pace::of_cancelled([], &training.cancel()), None);
    }

    #[test]
    fn each_campaign_that_gave_something_counts_once_a_sale_and_so_does_its_coupon() {
        let id = |no: u128| CampaignId::new(uuid::Uuid::from_u128(no));
        let given = |no: u128, line: Option<u32>, amount: i64| CampaignDiscount {
            source: AdjustmentSource::Campaign {
                code: format!("C{no}"),
                id: Some(id(no)),
                line: line.map(LineNo),
                tender: None,
            },
            amount: Money::from_minor(amount),
            shares: Vec::from([(LineNo(line.unwrap_or(1)), Money::from_minor(amount))]),
            code: format!("C{no}"),
            text: format!("C{no}"),
        };
        let coupon = |no: u128, of: u128| AppliedCoupon {
            id: CouponId::new(uuid::Uuid::from_u128(no)),
            code: format!("COUPON{no}"),
            campaign: id(of),
        };
        let mut pen = Head::sale("GBP").begin();
        for name in ["Tea", "Cake"] {
            pen = pen.line(&Line::new(name, "5.00"));
        }
        // The campaign of the third coupon gives nothing.
        for coupon in [coupon(1, 1), coupon(2, 2), coupon(3, 3)] {
            pen = pen.apply(&Event::CouponApplied { coupon, authority: authority(1) });
        }
        let given = [given(1, Some(1), 50), given(1, Some(2), 50), given(2, None, 100)];
        let discounts = (1..).zip(given).map(|(no, one)| one.row(AdjustmentNo(no), authority(1))).collect();
        let priced = Event::CampaignsPriced {
            discounts,
            asked_again: None,
            tenders_earn_nothing: false,
            due: None,
            uses: None,
        };
        let pace = Pace::of([], &pen.apply(&priced).pay_rest(TenderKind::Cash).complete()).unwrap();
        assert_eq!((pace.campaigns, pace.coupons), (2, 2));
        let work = pace.work();
        assert_eq!((work.promotions, work.coupons), (2, 2));
    }

    #[test]
    fn a_session_brings_its_time_without_breaks() {
        let terminal = TerminalId::new(uuid::Uuid::nil());
        let session = WorkSession::begin(cashier(1), terminal, moment("2026-03-12 08:00:00"));
        let session =
            session.start_break(BreakKind::Lunch, None, None, moment("2026-03-12 08:01:00")).unwrap();
        let now = moment("2026-03-12 08:31:00").instant;
        let work = work_of_session(&session, now);
        assert_eq!((work.sessions, work.working_s, work.break_s, work.active_s()), (1, 1860, 1800, 60));
        let of_closure = session.worked_s_within(session.started_at.instant, now);
        assert_eq!((work.worked_s(), u64::from(of_closure)), (60, 60), "on both reports alike");
    }
}
