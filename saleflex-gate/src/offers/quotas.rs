//! Shares of limits, lent to tills: how often a campaign or a coupon counts in the whole company, and how much money a
//! campaign gives, honoured by tills that cannot ask.
//!
//! **Invariant:** what was used and what is lent never come to more than the limit. A unit that is lent is out of the
//! hub's hands until a delivered sale has used it, the till has given it back, or somebody has written it off: nothing is
//! lent again because time alone has passed. Uses are read off delivered sales and counted from nowhere else.
//!
//! A hub with another above it owns no limit of the company: it borrows, and lends on what it was lent, [`borrowing`].

use chrono::{DateTime, Utc};
use saleflex_core::{
    campaign::CouponKind,
    ids::CampaignId,
    money::{Currency, Money, Rounding},
};
use saleflex_sync::wire::{QuotaAsk, QuotaKind, QuotaPolicy, QuotaShare, QuotaWithheld, QuotasRequest};
use uuid::Uuid;

use super::{
    coupons, gift_cards,
    in_force::{InForce, KnownOffers},
};
use crate::{
    ApiError,
    db::{DatabaseError, Row, Session, Value},
    e4,
    office::intake,
    registry::Terminal,
};

mod beyond;
mod borrowing;
mod heard;
mod listing;
mod lost;
mod put_back;
mod sharing;
mod withheld;

pub(crate) use beyond::{is_beyond, is_beyond_of_card};
pub(crate) use borrowing::{asks, holds, keep, waits};
use heard::Heard;
pub(crate) use listing::{LentShare, list};
pub(crate) use lost::{Loss, write_off, write_off_overdue};
use put_back::Hold;
pub(crate) use put_back::{
    Stage, advance, caught_up, check_awaiting, give_up_overdue, is_awaiting, life_told, waits_for,
};
use sharing::{NOTHING, Sharing, part, term};

/// What is lent to one life of a till, and what became of it.
#[derive(Debug)]
pub(crate) struct Loan {
    pub(crate) terminal: Uuid,
    pub(crate) epoch: Uuid,
    pub(crate) kind: QuotaKind,
    pub(crate) subject: Uuid,
    pub(crate) owner: Uuid,
    pub(crate) granted: i64,
    pub(crate) returned: i64,
    pub(crate) used: i64,
    /// What was given up of it, because the till does not come back.
    pub(crate) written_off: i64,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// When the till last spoke of it.
    pub(crate) heard_at: DateTime<Utc>,
}

impl Loan {
    /// What the till knows to have, below nothing where it used more than it was lent.
    const fn in_hand(&self) -> i64 {
        self.granted.saturating_sub(self.returned).saturating_sub(self.used)
    }

    /// What the till may still use, below nothing where it used more than that.
    pub(crate) const fn left(&self) -> i64 {
        self.in_hand().saturating_sub(self.written_off)
    }

    /// What is out of the hub's hands.
    pub(crate) fn outstanding(&self) -> i64 {
        self.left().max(0)
    }
}

/// What of some loans is out of the hub's hands.
fn outstanding(loans: &[Loan]) -> i64 {
    loans.iter().map(Loan::outstanding).fold(0, i64::saturating_add)
}

/// Shares with what was used by the events that each counts, those of the till itself or those that a store's hub brought:
/// documents, and what they gave. Each sum asks one index alone; a join over both is a walk of all uses in PostgreSQL.
fn shares(condition: &str) -> String {
    const NODE: &str = "u.node_id = s.terminal_id AND u.node_life = s.epoch AND u.node_no > s.since_seq";
    let of = |what: &str, by: &str| {
        format!(
            "(SELECT {what} FROM offer_use u WHERE u.company_id = s.company_id AND u.offer_id = s.subject_id \
             AND {by} AND (s.kind <> 'customer_uses' OR u.customer_id = s.owner_id))"
        )
    };
    let sum = |by| of(&e4::sum("u.amount_e4"), by);
    format!(
        "SELECT s.terminal_id, s.epoch, s.kind, s.subject_id, s.owner_id, s.granted, s.returned, s.expires_at, \
         {} + {}, {} + {}, s.written_off, s.updated_at FROM quota_share s \
         WHERE s.company_id = $1 {condition}",
        of("count(*)", heard::TILL),
        of("count(*)", NODE),
        sum(heard::TILL),
        sum(NODE),
    )
}

fn loan(row: &Row, currency: &Currency) -> Result<Loan, DatabaseError> {
    let kind = QuotaKind::of(row.text(2)?);
    let used = if is_money(&kind) { minor(currency, row.integer(9)?) } else { row.integer(8)? };
    Ok(Loan {
        terminal: row.id(0)?,
        epoch: row.id(1)?,
        kind,
        subject: row.id(3)?,
        owner: row.id(4)?,
        granted: row.integer(5)?,
        returned: row.integer(6)?,
        used,
        written_off: row.integer(10)?,
        expires_at: row.optional_time(7)?,
        heard_at: row.time(11)?,
    })
}

/// Whether a kind counts money.
const fn is_money(kind: &QuotaKind) -> bool {
    matches!(kind, QuotaKind::CampaignBudget | QuotaKind::GiftCardBalance)
}

/// An amount of the books in the smallest unit of a currency; rounds half up what has no such unit.
fn minor(currency: &Currency, amount_e4: i64) -> i64 {
    money(currency, amount_e4).minor()
}

/// The same as money. What is beyond any amount counts as the most of it, so that no limit holds it.
pub(super) fn money(currency: &Currency, amount_e4: i64) -> Money {
    let most = if amount_e4 < 0 { Money::ZERO } else { Money::MAX };
    currency.round(intake::amount(amount_e4), Rounding::HalfUp).unwrap_or(most)
}

/// All that is lent in a company.
pub(crate) fn loans(
    session: &mut dyn Session,
    company: Uuid,
    currency: &Currency,
) -> Result<Vec<Loan>, DatabaseError> {
    let sql = shares("ORDER BY s.subject_id, s.kind, s.owner_id, s.terminal_id, s.epoch");
    let rows = session.query(&sql, &[company.into()])?;
    rows.iter().map(|row| loan(row, currency)).collect()
}

/// What is lent of one limit.
fn loans_of(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    (kind, subject, owner): (&QuotaKind, Uuid, Uuid),
) -> Result<Vec<Loan>, DatabaseError> {
    let sql = shares("AND s.kind = $2 AND s.subject_id = $3 AND s.owner_id = $4");
    let rows = session.query(&sql, &[company.into(), kind.as_str().into(), subject.into(), owner.into()])?;
    rows.iter().map(|row| loan(row, currency)).collect()
}

/// How many uses of a coupon are lent; all there may be while that is not known.
pub(crate) fn lent_of_coupon(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    coupon: Uuid,
    now: DateTime<Utc>,
) -> Result<u32, DatabaseError> {
    if is_awaiting(session, company, now)? {
        return Ok(u32::MAX);
    }
    let loans = loans_of(session, (company, currency), (&QuotaKind::CouponUses, coupon, Uuid::nil()))?;
    Ok(u32::try_from(outstanding(&loans)).unwrap_or(u32::MAX))
}

/// What of a gift card is lent, in the smallest unit of its currency.
pub(super) fn lent_of_gift_card(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    card: Uuid,
) -> Result<i64, DatabaseError> {
    let loans = loans_of(session, (company, currency), (&QuotaKind::GiftCardBalance, card, Uuid::nil()))?;
    Ok(outstanding(&loans))
}

/// What a company wants of a till without a share.
pub(crate) fn policy(session: &mut dyn Session, company: Uuid) -> Result<QuotaPolicy, DatabaseError> {
    let rows = session.query("SELECT quota_policy FROM company WHERE company_id = $1", &[company.into()])?;
    rows.first().map_or(Ok(QuotaPolicy::Refuse), |row| row.text(0).map(QuotaPolicy::of))
}

/// A till that asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Borrower<'a> {
    pub(crate) company: Uuid,
    pub(crate) terminal: &'a Terminal,
    pub(crate) now: DateTime<Utc>,
    /// Whether this hub has one above it, of which it borrows what it lends.
    pub(crate) lends_on: bool,
    /// What is in force in the stores, as far as it is known already.
    pub(crate) offers: &'a KnownOffers,
}

/// What there is to share: how much in all, what was used of it, and up to when it is this hub's to lend.
struct Supply {
    limit: i64,
    /// What a single till can have of it in hand at most.
    whole: i64,
    /// What no till ever had more of in hand; none where that is known to nobody here, as of a gift card, which is loaded again.
    cap: Option<i64>,
    used: i64,
    until: Option<DateTime<Utc>>,
    /// Why the hub above lends nothing of it, where that has just said so.
    above: Option<QuotaWithheld>,
}

/// Takes note of what a till gave back, and lends what it wants as far as there is any. One that is repeated changes
/// nothing: a till that has what it should have gets no more.
///
/// # Errors
/// `field_invalid`, `campaigns_unusable`; when the database refuses.
pub(crate) fn lend(
    session: &mut dyn Session,
    borrower: Borrower<'_>,
    request: &QuotasRequest,
) -> Result<Vec<QuotaShare>, ApiError> {
    let Borrower { company, terminal, .. } = borrower;
    let known = || request.asks.iter().filter(|ask| !matches!(ask.kind, QuotaKind::Unknown(_)));
    known().try_for_each(heard::check)?;
    if !terminal.is_active && heard::has_moved_on(session, (company, terminal.id))? {
        // Its shares went with it: it speaks of them as the terminal that it is now.
        return Ok(Vec::new());
    }
    // One at a time in a company: of two who want the last unit, the second finds it lent.
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[company.into()])?;
    let in_force = borrower.offers.of(session, company, terminal.store)?;
    let sharing = Sharing::of(session, (company, terminal))?;
    let mut hold = Hold::of(session, (company, terminal.id), borrower.now)?;
    let mut shares = Vec::new();
    for ask in known() {
        heard::note(session, borrower, (request.epoch, ask))?;
        let lent = lend_one(session, (borrower, &in_force, sharing), (request.epoch, ask), &mut hold)?;
        shares.push(lent);
    }
    advance(session, (company, terminal.id), Stage::Shares)?;
    Ok(shares)
}

fn owner(ask: &QuotaAsk) -> Uuid {
    ask.customer.filter(|_| ask.kind == QuotaKind::CustomerUses).unwrap_or_default()
}

fn lend_one(
    session: &mut dyn Session,
    (borrower, in_force, sharing): (Borrower<'_>, &InForce, Sharing),
    (epoch, ask): (Uuid, &QuotaAsk),
    hold: &mut Hold,
) -> Result<QuotaShare, DatabaseError> {
    let Borrower { company, terminal, now, .. } = borrower;
    let of = (&ask.kind, ask.subject, owner(ask));
    // What is lent is looked at before what was used: a sale that arrives in between counts twice, never not at all.
    let mut loans = loans_of(session, (company, &in_force.currency), of)?;
    let is_borrowed = borrower.lends_on && borrowing::is_borrowed(session, company, &ask.kind)?;
    let supply = supply_of(session, (borrower, in_force, is_borrowed), ask)?;
    let is_own = |loan: &&mut Loan| loan.terminal == terminal.id && loan.epoch == epoch;
    if let Some(own) = loans.iter_mut().find(is_own) {
        match heard::believe(session, company, (&mut *own, ask), supply.as_ref())? {
            Heard::Nothing => {}
            Heard::News => hold.learn(session, (company, terminal.id), now)?,
            // While these books lack what was done since a backup nobody knows what cannot have been.
            Heard::Impossible if hold.is_on => {}
            Heard::Impossible => heard::doubt(session, borrower, (ask, own.granted))?,
        }
    }
    let own = loans.iter().find(|loan| loan.terminal == terminal.id && loan.epoch == epoch);
    let (granted, left) = own.map_or((0, 0), |own| (own.granted, own.in_hand()));
    let mut share = shown(ask, own);
    if let Some(own) = own.filter(|own| own.written_off > 0)
        && lost::is_still_out(session, company, own)?
    {
        // It came back after all: what it holds is others' by now, and it gives it back at once.
        share.expires_at = Some(now);
        return Ok(share);
    }
    let is_out_of_force = supply.is_none();
    let Some(supply) = supply.filter(|_| ask.wanted && terminal.is_active) else {
        if ask.wanted && !ask.kind.is_standing() {
            // Somebody stands at the till: that there is nothing is said, and may be asked again soon.
            share.expires_at = Some(now + NOTHING);
        }
        share.withheld = (ask.wanted && is_out_of_force).then_some(QuotaWithheld::NotInForce);
        return Ok(share);
    };
    let free = supply.limit.saturating_sub(supply.used).saturating_sub(outstanding(&loans)).max(0);
    let free = if hold.is_on { 0 } else { free };
    let there = free.saturating_add(left.max(0));
    let wanted = part(&ask.kind, supply.limit, there, sharing).saturating_sub(left);
    // One that used more than it had, where the company allows it, is brought back to nothing before it gets more.
    let more = wanted.min(if left < 0 { free.saturating_sub(left) } else { free }).max(0);
    let is_nothing = left.saturating_add(more) <= 0;
    if is_nothing {
        let of = (ask, &supply, outstanding(&loans));
        share.withheld = Some(if hold.is_on {
            QuotaWithheld::AwaitingTills
        } else {
            withheld::reason(session, (company, now), (in_force, is_borrowed), of)?
        });
    }
    // What is only held back here is there when all were heard: the company's hub has no more of it.
    let is_borrowed = is_borrowed && !hold.is_on;
    if is_borrowed && is_nothing {
        borrowing::want(session, company, of, now)?;
    }
    let until = now + term(&ask.kind, sharing, (is_nothing, is_borrowed));
    let until = supply.until.map_or(until, |over| until.min(over.max(now)));
    grant(session, borrower, (epoch, ask), (more, until))?;
    share.granted = unsigned(granted.saturating_add(more));
    share.expires_at = Some(until);
    Ok(share)
}

/// What a till has of what it asks for, as it is answered.
fn shown(ask: &QuotaAsk, own: Option<&Loan>) -> QuotaShare {
    QuotaShare {
        kind: ask.kind.clone(),
        subject: ask.subject,
        customer: ask.customer,
        granted: own.map_or(0, |own| unsigned(own.granted)),
        returned: own.map_or(0, |own| unsigned(own.returned)),
        used: own.map_or(0, |own| unsigned(own.used)),
        expires_at: own.and_then(|own| own.expires_at),
        withheld: None,
    }
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// What there is to share of what a till asks for; none where nothing of it is in force.
fn supply_of(
    session: &mut dyn Session,
    (borrower, in_force, is_borrowed): (Borrower<'_>, &InForce, bool),
    ask: &QuotaAsk,
) -> Result<Option<Supply>, DatabaseError> {
    let Borrower { company, now, .. } = borrower;
    if !is_borrowed {
        return supply_of_own(session, (company, now), in_force, ask);
    }
    let of = (&ask.kind, ask.subject, owner(ask));
    let is_card = ask.kind == QuotaKind::GiftCardBalance;
    let cap = if is_card { None } else { limit_of(in_force, (&ask.kind, ask.subject)) };
    let there = borrowing::supply(session, (company, &in_force.currency), of, (cap, now))?;
    // What is out of force is lent to nobody here either, however long the company's hub lent it for.
    let is_in_force = is_card || cap.is_some();
    Ok(is_in_force.then_some(there))
}

/// Adds to a share, and says until when it is lent.
fn grant(
    session: &mut dyn Session,
    borrower: Borrower<'_>,
    (epoch, ask): (Uuid, &QuotaAsk),
    (more, until): (i64, DateTime<Utc>),
) -> Result<(), DatabaseError> {
    session.execute(
        "UPDATE quota_share SET granted = granted + $7, expires_at = $8 WHERE company_id = $1 AND terminal_id = $2 \
         AND epoch = $3 AND kind = $4 AND subject_id = $5 AND owner_id = $6",
        &of_share(borrower, (epoch, ask), [more.into(), until.timestamp_millis().into()]),
    )?;
    Ok(())
}

/// The values of a statement about the share that a till asks for: the six that name it, then what is written.
fn of_share(
    borrower: Borrower<'_>,
    (epoch, ask): (Uuid, &QuotaAsk),
    [written, also]: [Value; 2],
) -> [Value; 8] {
    let (company, terminal) = (borrower.company.into(), borrower.terminal.id.into());
    let (subject, owner) = (ask.subject.into(), owner(ask).into());
    [company, terminal, epoch.into(), ask.kind.as_str().into(), subject, owner, written, also]
}

/// What there is to share among tills of this hub's own: a limit, or what is on a gift card.
fn supply_of_own(
    session: &mut dyn Session,
    (company, now): (Uuid, DateTime<Utc>),
    in_force: &InForce,
    ask: &QuotaAsk,
) -> Result<Option<Supply>, DatabaseError> {
    let limit = if ask.kind == QuotaKind::GiftCardBalance {
        gift_cards::limit(session, (company, &in_force.currency), ask.subject, now)?
    } else {
        limit_of(in_force, (&ask.kind, ask.subject))
    };
    let Some(limit) = limit else { return Ok(None) };
    let (own, of_one) = (owner(ask), ask.kind == QuotaKind::CustomerUses);
    let records = if of_one { super::known::records_of(session, company, own)? } else { vec![own] };
    let (mut used, of) = (0_i64, (company, &in_force.currency));
    for record in records {
        let by = (&ask.kind, ask.subject, record);
        // What tills still have of the person's other records is theirs as well.
        let lent = if record == own { 0 } else { outstanding(&loans_of(session, of, by)?) };
        used = used.saturating_add(lent).saturating_add(used_of(session, of, by, now)?);
    }
    let cap = (ask.kind != QuotaKind::GiftCardBalance).then_some(limit);
    Ok(Some(Supply { limit, whole: limit, cap, used, until: None, above: None }))
}

/// The limit that holds for the whole company; none where there is none, or what it is of is out of force.
fn limit_of(in_force: &InForce, (kind, subject): (&QuotaKind, Uuid)) -> Option<i64> {
    if *kind == QuotaKind::CouponUses {
        let coupon = in_force.coupon_by_id(subject).filter(|coupon| coupon.is_active)?;
        let most = coupon.uses.filter(|most| *most > 0);
        return if coupon.kind == CouponKind::SingleUse { Some(1) } else { most.map(i64::from) };
    }
    let campaign = in_force.set.find(CampaignId::new(subject)).filter(|campaign| campaign.is_active)?;
    let limits = &campaign.limits;
    if *kind == QuotaKind::CampaignUses {
        limits.uses.map(i64::from)
    } else if *kind == QuotaKind::CustomerUses {
        limits.uses_per_customer.map(i64::from)
    } else {
        limits.budget.filter(|_| *kind == QuotaKind::CampaignBudget).map(Money::minor)
    }
}

/// What was used of a limit by everybody, what was taken back whole not counted.
fn used_of(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    (kind, subject, owner): (&QuotaKind, Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<i64, DatabaseError> {
    if *kind == QuotaKind::GiftCardBalance {
        // What was taken is no longer in the balance.
        return Ok(0);
    }
    if *kind == QuotaKind::CouponUses {
        return Ok(i64::from(coupons::uses(session, (company, subject), None, now)?));
    }
    let sql = format!(
        "SELECT count(*), {} FROM offer_use WHERE company_id = $1 AND offer_id = $2 AND kind = 'campaign' \
         AND state = 'used'",
        e4::sum("amount_e4")
    );
    let rows = if *kind == QuotaKind::CustomerUses {
        let of_one = format!("{sql} AND customer_id = $3");
        session.query(&of_one, &[company.into(), subject.into(), owner.into()])?
    } else {
        session.query(&sql, &[company.into(), subject.into()])?
    };
    let Some(row) = rows.first() else { return Ok(0) };
    if *kind == QuotaKind::CampaignBudget { Ok(minor(currency, row.integer(1)?)) } else { row.integer(0) }
}
