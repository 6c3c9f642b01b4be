//! Shares of limits, lent to tills: how often a campaign or a coupon counts in the whole company, and how much money a
//! campaign gives, honoured by tills that cannot ask.
//!
//! **Invariant:** what was used and what is lent never come to more than the limit. A unit that is lent is out of the
//! hub's hands until a delivered sale has used it, the till has given it back, or somebody has written it off: nothing is
//! lent again because time alone has passed. Uses are read off delivered sales and counted from nowhere else.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use saleflex_core::{
    campaign::CouponKind,
    ids::CampaignId,
    money::{Currency, Money, Rounding},
};
use saleflex_sync::wire::{QuotaAsk, QuotaKind, QuotaPolicy, QuotaShare, QuotasRequest};
use uuid::Uuid;

use super::{coupons, gift_cards, in_force::InForce};
use crate::{
    ApiError,
    db::{DatabaseError, Row, Session},
    ledger::Key,
    office::intake,
    registry::Terminal,
};

mod listing;
mod lost;

pub(crate) use listing::{LentShare, list};
pub(crate) use lost::{Loss, write_off, write_off_overdue};

/// For how long a till keeps what it has not used of a campaign, when it is not heard again.
const STANDING: TimeDelta = TimeDelta::hours(24);
/// For how long it keeps what it asked for one customer or coupon.
const ASKED: TimeDelta = TimeDelta::minutes(15);
/// For how long it is not worth asking again where there is nothing on a gift card.
const NOTHING: TimeDelta = TimeDelta::minutes(1);

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
        self.granted - self.returned - self.used
    }

    /// What the till may still use, below nothing where it used more than that.
    pub(crate) const fn left(&self) -> i64 {
        self.in_hand() - self.written_off
    }

    /// What is out of the hub's hands.
    pub(crate) fn outstanding(&self) -> i64 {
        self.left().max(0)
    }
}

/// What was used by the events that a share counts: documents, and what they gave.
const LOANS: &str = "SELECT s.terminal_id, s.epoch, s.kind, s.subject_id, s.owner_id, s.granted, s.returned, \
     s.expires_at, count(u.document_id), CAST(COALESCE(sum(u.amount_e4), 0) AS bigint), s.written_off, s.updated_at \
     FROM quota_share s \
     LEFT JOIN offer_use u ON u.company_id = s.company_id AND u.offer_id = s.subject_id \
     AND u.terminal_id = s.terminal_id AND u.epoch = s.epoch AND u.seq > s.since_seq \
     AND (s.kind <> 'customer_uses' OR u.customer_id = s.owner_id) WHERE s.company_id = $1";
const GROUPS: &str = "GROUP BY s.terminal_id, s.epoch, s.kind, s.subject_id, s.owner_id, s.granted, s.returned, \
     s.expires_at, s.written_off, s.updated_at";

fn loan(row: &Row, currency: &Currency) -> Result<Loan, DatabaseError> {
    let kind = QuotaKind::of(row.text(2)?);
    let is_money = matches!(kind, QuotaKind::CampaignBudget | QuotaKind::GiftCardBalance);
    let used = if is_money { minor(currency, row.integer(9)?) } else { row.integer(8)? };
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

/// An amount of the books in the smallest unit of a currency; rounds half up what has no such unit.
fn minor(currency: &Currency, amount_e4: i64) -> i64 {
    let rounding = Rounding::HalfUp;
    currency.round(intake::amount(amount_e4), rounding).unwrap_or_default().minor()
}

/// All that is lent in a company.
pub(crate) fn loans(
    session: &mut dyn Session,
    company: Uuid,
    currency: &Currency,
) -> Result<Vec<Loan>, DatabaseError> {
    let sql = format!("{LOANS} {GROUPS} ORDER BY s.subject_id, s.kind, s.owner_id, s.terminal_id, s.epoch");
    let rows = session.query(&sql, &[company.into()])?;
    rows.iter().map(|row| loan(row, currency)).collect()
}

/// What is lent of one limit.
fn loans_of(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    (kind, subject, owner): (&QuotaKind, Uuid, Uuid),
) -> Result<Vec<Loan>, DatabaseError> {
    let sql = format!("{LOANS} AND s.kind = $2 AND s.subject_id = $3 AND s.owner_id = $4 {GROUPS}");
    let rows = session.query(&sql, &[company.into(), kind.as_str().into(), subject.into(), owner.into()])?;
    rows.iter().map(|row| loan(row, currency)).collect()
}

/// How many uses of a coupon are lent.
pub(crate) fn lent_of_coupon(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    coupon: Uuid,
) -> Result<u32, DatabaseError> {
    let loans = loans_of(session, (company, currency), (&QuotaKind::CouponUses, coupon, Uuid::nil()))?;
    Ok(u32::try_from(loans.iter().map(Loan::outstanding).sum::<i64>()).unwrap_or(u32::MAX))
}

/// What of a gift card is lent, in the smallest unit of its currency.
pub(super) fn lent_of_gift_card(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    card: Uuid,
) -> Result<i64, DatabaseError> {
    let loans = loans_of(session, (company, currency), (&QuotaKind::GiftCardBalance, card, Uuid::nil()))?;
    Ok(loans.iter().map(Loan::outstanding).sum())
}

/// Notes what a document took of a gift card: a share is used up by it.
pub(super) fn use_of_gift_card(
    session: &mut dyn Session,
    (key, (epoch, seq)): (&Key, (Uuid, i64)),
    (document, card, amount): (Uuid, Uuid, Decimal),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let amount = (amount * Decimal::from(10_000)).to_i64().unwrap_or(i64::MAX);
    session.execute(
        "INSERT INTO offer_use (company_id, offer_id, document_id, kind, amount_e4, state, created_at, terminal_id, \
         epoch, seq) VALUES ($1, $2, $3, 'gift_card', $4, 'used', $5, $6, $7, $8) \
         ON CONFLICT (company_id, offer_id, document_id) DO NOTHING",
        &[
            key.company.into(),
            card.into(),
            document.into(),
            amount.into(),
            now.timestamp_millis().into(),
            key.terminal.into(),
            epoch.into(),
            seq.into(),
        ],
    )?;
    Ok(())
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
}

/// Takes note of what a till gave back, and lends what it wants as far as there is any. One that is repeated changes
/// nothing: a till that has what it should have gets no more.
///
/// # Errors
/// `campaigns_unusable`; when the database refuses.
pub(crate) fn lend(
    session: &mut dyn Session,
    borrower: Borrower<'_>,
    request: &QuotasRequest,
) -> Result<Vec<QuotaShare>, ApiError> {
    let Borrower { company, terminal, .. } = borrower;
    // One at a time in a company: of two who want the last unit, the second finds it lent.
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[company.into()])?;
    let in_force = InForce::of(session, company, terminal.store)?;
    let tills = tills(session, company)?;
    let mut shares = Vec::new();
    for ask in &request.asks {
        if matches!(ask.kind, QuotaKind::Unknown(_)) {
            continue;
        }
        note(session, borrower, (request.epoch, ask))?;
        let lent = lend_one(session, (borrower, &in_force, tills), (request.epoch, ask))?;
        shares.push(lent);
    }
    Ok(shares)
}

fn owner(ask: &QuotaAsk) -> Uuid {
    ask.customer.filter(|_| ask.kind == QuotaKind::CustomerUses).unwrap_or_default()
}

/// Notes a share the first time, and whatever was given back since. What a till was granted is noted by its word too: a
/// hub that came back from a backup has forgotten it, and must not lend it again.
fn note(
    session: &mut dyn Session,
    borrower: Borrower<'_>,
    (epoch, ask): (Uuid, &QuotaAsk),
) -> Result<(), DatabaseError> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    session.execute(
        "INSERT INTO quota_share (company_id, terminal_id, epoch, kind, subject_id, owner_id, since_seq, granted, \
         returned, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $10, $8, $9) \
         ON CONFLICT (company_id, terminal_id, epoch, kind, subject_id, owner_id) DO UPDATE SET \
         updated_at = excluded.updated_at, granted = CASE WHEN excluded.granted > quota_share.granted \
         THEN excluded.granted ELSE quota_share.granted END, returned = CASE WHEN excluded.returned > quota_share.returned \
         THEN excluded.returned ELSE quota_share.returned END",
        &[
            borrower.company.into(),
            borrower.terminal.id.into(),
            epoch.into(),
            ask.kind.as_str().into(),
            ask.subject.into(),
            owner(ask).into(),
            number(ask.since).into(),
            number(ask.returned).into(),
            borrower.now.timestamp_millis().into(),
            number(ask.granted).into(),
        ],
    )?;
    Ok(())
}

fn lend_one(
    session: &mut dyn Session,
    (borrower, in_force, tills): (Borrower<'_>, &InForce, i64),
    (epoch, ask): (Uuid, &QuotaAsk),
) -> Result<QuotaShare, DatabaseError> {
    let Borrower { company, terminal, now } = borrower;
    let of = (&ask.kind, ask.subject, owner(ask));
    // What is lent is looked at before what was used: a sale that arrives in between counts twice, never not at all.
    let loans = loans_of(session, (company, &in_force.currency), of)?;
    let own = loans.iter().find(|loan| loan.terminal == terminal.id && loan.epoch == epoch);
    let (granted, left) = own.map_or((0, 0), |own| (own.granted, own.in_hand()));
    let mut share = QuotaShare {
        kind: ask.kind.clone(),
        subject: ask.subject,
        customer: ask.customer,
        granted: u64::try_from(granted).unwrap_or_default(),
        expires_at: own.and_then(|own| own.expires_at),
    };
    if let Some(own) = own.filter(|own| own.written_off > 0)
        && lost::is_still_out(session, company, own)?
    {
        // It came back after all: what it holds is others' by now, and it gives it back at once.
        share.expires_at = Some(now);
        return Ok(share);
    }
    let is_gift_card = ask.kind == QuotaKind::GiftCardBalance;
    let limit = limit_now(session, (company, now), in_force, ask)?;
    let Some(limit) = limit.filter(|_| ask.wanted && terminal.is_active) else {
        if is_gift_card && ask.wanted {
            // Somebody stands at the till: that there is nothing is said, and may be asked again soon.
            share.expires_at = Some(now + NOTHING);
        }
        return Ok(share);
    };
    let outstanding: i64 = loans.iter().map(Loan::outstanding).sum();
    let used = used_of(session, (company, &in_force.currency), of, now)?;
    let free = (limit - used - outstanding).max(0);
    let wanted = part(&ask.kind, limit, free + left.max(0), tills) - left;
    // One that used more than it had, where the company allows it, is brought back to nothing before it gets more.
    let more = if left < 0 { wanted.min(free - left) } else { wanted.min(free) }.max(0);
    let is_standing = matches!(ask.kind, QuotaKind::CampaignUses | QuotaKind::CampaignBudget);
    let is_nothing = is_gift_card && left + more <= 0;
    let term = if is_standing {
        STANDING
    } else if is_nothing {
        NOTHING
    } else {
        ASKED
    };
    let until = now + term;
    session.execute(
        "UPDATE quota_share SET granted = granted + $7, expires_at = $8 WHERE company_id = $1 AND terminal_id = $2 \
         AND epoch = $3 AND kind = $4 AND subject_id = $5 AND owner_id = $6",
        &[
            company.into(),
            terminal.id.into(),
            epoch.into(),
            ask.kind.as_str().into(),
            ask.subject.into(),
            owner(ask).into(),
            more.into(),
            until.timestamp_millis().into(),
        ],
    )?;
    share.granted = u64::try_from(granted + more).unwrap_or_default();
    share.expires_at = Some(until);
    Ok(share)
}

/// How much a till should have where so much is free or its own: half of an even part, so that those who sell more find
/// some left; of what is asked for one customer, and of a coupon for one use, one.
fn part(kind: &QuotaKind, limit: i64, there: i64, tills: i64) -> i64 {
    let is_single = *kind == QuotaKind::CustomerUses || (*kind == QuotaKind::CouponUses && limit == 1);
    if is_single {
        return there.min(1);
    }
    if *kind == QuotaKind::GiftCardBalance {
        // A card is at one till at a time.
        return there;
    }
    let parts = 2 * tills.max(1);
    (there + parts - 1) / parts
}

/// What there is to share among tills: a limit, or what is on a gift card.
fn limit_now(
    session: &mut dyn Session,
    (company, now): (Uuid, DateTime<Utc>),
    in_force: &InForce,
    ask: &QuotaAsk,
) -> Result<Option<i64>, DatabaseError> {
    if ask.kind == QuotaKind::GiftCardBalance {
        return gift_cards::limit(session, (company, &in_force.currency), ask.subject, now);
    }
    Ok(limit_of(in_force, ask))
}

/// The limit that holds for the whole company; none where there is none, or what it is of is out of force.
fn limit_of(in_force: &InForce, ask: &QuotaAsk) -> Option<i64> {
    if ask.kind == QuotaKind::CouponUses {
        let coupon = in_force.coupon_by_id(ask.subject).filter(|coupon| coupon.is_active)?;
        let most = coupon.uses.filter(|most| *most > 0);
        return if coupon.kind == CouponKind::SingleUse { Some(1) } else { most.map(i64::from) };
    }
    let campaign = in_force.set.find(CampaignId::new(ask.subject)).filter(|campaign| campaign.is_active)?;
    let limits = &campaign.limits;
    if ask.kind == QuotaKind::CampaignUses {
        limits.uses.map(i64::from)
    } else if ask.kind == QuotaKind::CustomerUses {
        limits.uses_per_customer.map(i64::from)
    } else {
        limits.budget.filter(|_| ask.kind == QuotaKind::CampaignBudget).map(Money::minor)
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
    let sql = "SELECT count(*), CAST(COALESCE(sum(amount_e4), 0) AS bigint) FROM offer_use WHERE company_id = $1 \
               AND offer_id = $2 AND kind = 'campaign' AND state = 'used'";
    let rows = if *kind == QuotaKind::CustomerUses {
        let of_one = format!("{sql} AND customer_id = $3");
        session.query(&of_one, &[company.into(), subject.into(), owner.into()])?
    } else {
        session.query(sql, &[company.into(), subject.into()])?
    };
    let Some(row) = rows.first() else { return Ok(0) };
    if *kind == QuotaKind::CampaignBudget { Ok(minor(currency, row.integer(1)?)) } else { row.integer(0) }
}

/// How many tills a limit is shared among.
fn tills(session: &mut dyn Session, company: Uuid) -> Result<i64, DatabaseError> {
    let rows = session.query(
        "SELECT count(*) FROM terminal WHERE company_id = $1 AND state = 'active' AND profile = 'pos' \
         AND may_pull = 1 AND is_legacy = 0",
        &[company.into()],
    )?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

/// Whether a till has used more of an offer than it was lent: of a share that it knows to have.
pub(crate) fn is_overdrawn(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
    (subject, currency): (Uuid, &Currency),
) -> Result<bool, DatabaseError> {
    let sql = format!("{LOANS} AND s.subject_id = $2 AND s.terminal_id = $3 AND s.epoch = $4 {GROUPS}");
    let rows = session.query(&sql, &[company.into(), subject.into(), terminal.into(), epoch.into()])?;
    let loans = rows.iter().map(|row| loan(row, currency)).collect::<Result<Vec<_>, _>>()?;
    Ok(loans.iter().any(|loan| loan.left() < 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_gets_half_of_an_even_part_and_never_nothing_of_something() {
        let part = |there, tills| part(&QuotaKind::CampaignUses, 100, there, tills);
        assert_eq!([part(100, 2), part(3, 2), part(1, 50), part(0, 2), part(7, 0)], [25, 1, 1, 0, 4]);
        assert_eq!(super::part(&QuotaKind::CustomerUses, 5, 5, 1), 1);
        assert_eq!(super::part(&QuotaKind::CouponUses, 1, 1, 9), 1);
    }
}
