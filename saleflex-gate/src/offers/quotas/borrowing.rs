//! What a store's hub borrows of the company's, to lend it on to its tills: they get their shares from it although the
//! company's hub is away.
//!
//! **Invariant:** a store's hub lends no more than it was lent and has not given back. What its tills used is counted by
//! its own queue, here and at the company's hub alike, so that both come to the same; what it has given back it has
//! booked before the company's hub hears of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use saleflex_core::money::{Currency, CurrencyCode};
use saleflex_sync::wire::{
    Domain, QuotaAsk, QuotaKind, QuotaShare, QuotaWithheld, QuotasAnswer, QuotasRequest, SCHEMA_VERSION,
    quotas::MOST_ASKS,
};
use uuid::Uuid;

use super::{Supply, is_awaiting, is_money, loans_of, minor, outstanding};
use crate::{
    authority,
    db::{DatabaseError, Row, Session, Value},
    e4,
    offers::in_force::KnownOffers,
    relay,
};

/// Which limit: what is counted, of what, and whose uses where they are one customer's.
type Limit = (QuotaKind, Uuid, Uuid);

/// A share that the company's hub lent to this one.
struct Borrowed {
    kind: QuotaKind,
    subject: Uuid,
    owner: Uuid,
    since: i64,
    granted: i64,
    returned: i64,
    /// What the company's hub has seen used of it.
    used: i64,
    expires_at: Option<DateTime<Utc>>,
    is_wanted: bool,
    is_told: bool,
    /// Why the company's hub lent nothing when it answered last.
    withheld: Option<QuotaWithheld>,
}

const COLUMNS: &str = "kind, subject_id, owner_id, since_no, granted, returned, used, expires_at, is_wanted, \
     is_told, withheld FROM borrowed_share WHERE company_id = $1";

impl Borrowed {
    fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            kind: QuotaKind::of(row.text(0)?),
            subject: row.id(1)?,
            owner: row.id(2)?,
            since: row.integer(3)?,
            granted: row.integer(4)?,
            returned: row.integer(5)?,
            used: row.integer(6)?,
            expires_at: row.optional_time(7)?,
            is_wanted: row.flag(8)?,
            is_told: row.flag(9)?,
            withheld: row.optional_text(10)?.map(QuotaWithheld::of),
        })
    }

    fn limit(&self) -> Limit {
        (self.kind.clone(), self.subject, self.owner)
    }

    const fn holding(&self) -> i64 {
        self.granted.saturating_sub(self.returned)
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|until| until <= now)
    }

    /// Why the company's hub lends nothing, as long as its word stands: it is not asked again, and what it said is not over.
    fn said_above(&self, now: DateTime<Utc>) -> Option<QuotaWithheld> {
        let stands = self.is_told && !self.is_wanted && !self.is_over(now);
        self.withheld.clone().filter(|_| stands)
    }

    /// What was used of it: by the events of this hub's queue that came after it was asked for first.
    fn used_here(
        &self,
        session: &mut dyn Session,
        (company, currency): (Uuid, &Currency),
    ) -> Result<i64, DatabaseError> {
        let rows = session.query(
            &format!(
                "SELECT count(*), {} FROM offer_use u JOIN upstream p ON p.company_id = u.company_id \
                 AND p.life = u.node_life WHERE u.company_id = $1 AND u.offer_id = $2 AND u.node_id = $3 \
                 AND u.node_no > $4 AND ($5 <> 'customer_uses' OR u.customer_id = $6)",
                e4::sum("u.amount_e4")
            ),
            &[
                company.into(),
                self.subject.into(),
                Uuid::nil().into(),
                self.since.into(),
                self.kind.as_str().into(),
                self.owner.into(),
            ],
        )?;
        let Some(row) = rows.first() else { return Ok(self.used) };
        let counted = if is_money(&self.kind) { minor(currency, row.integer(1)?) } else { row.integer(0)? };
        // Books that came back from a backup have lost some of them.
        Ok(counted.max(self.used))
    }
}

/// Whether shares of a kind are borrowed: where the company decides about campaigns, and of its gift cards.
pub(super) fn is_borrowed(
    session: &mut dyn Session,
    company: Uuid,
    kind: &QuotaKind,
) -> Result<bool, DatabaseError> {
    if *kind == QuotaKind::GiftCardBalance {
        return Ok(true);
    }
    Ok(authority::is_of_the_company(&authority::of(session, company)?, &Domain::Campaign))
}

/// What this hub has to lend on of a limit, which is `cap` in the whole company.
pub(super) fn supply(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    (kind, subject, owner): (&QuotaKind, Uuid, Uuid),
    (cap, now): (Option<i64>, DateTime<Utc>),
) -> Result<Supply, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} AND kind = $2 AND subject_id = $3 AND owner_id = $4");
    let key = [company.into(), kind.as_str().into(), subject.into(), owner.into()];
    let rows = session.query(&sql, &key)?;
    let Some(row) = rows.first() else {
        return Ok(Supply { limit: 0, whole: 0, cap, used: 0, until: None, above: None });
    };
    let borrowed = Borrowed::read(row)?;
    let used = borrowed.used_here(session, (company, currency))?;
    // What is over goes back, and is lent to nobody meanwhile.
    let limit = if borrowed.is_over(now) { 0 } else { borrowed.holding() };
    let above = borrowed.said_above(now);
    Ok(Supply { limit, whole: borrowed.holding(), cap, used, until: borrowed.expires_at, above })
}

/// Asks the company's hub for a share, or for more of it. Counting begins with the first time; each time is counted, so
/// that an answer that was under way puts down no later one.
pub(super) fn want(
    session: &mut dyn Session,
    company: Uuid,
    (kind, subject, owner): (&QuotaKind, Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    relay::life(session, company, now)?;
    session.execute(
        "INSERT INTO borrowed_share (company_id, kind, subject_id, owner_id, since_no) \
         SELECT company_id, $2, $3, $4, queued FROM upstream WHERE company_id = $1 \
         ON CONFLICT (company_id, kind, subject_id, owner_id) DO UPDATE SET is_wanted = 1, is_told = 0, \
         is_settled = 0, wants = borrowed_share.wants + 1",
        &[company.into(), kind.as_str().into(), subject.into(), owner.into()],
    )?;
    Ok(())
}

/// Whether the company's hub must hear of a share before the usual time.
pub(crate) fn waits(session: &mut dyn Session, company: Uuid) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM borrowed_share WHERE company_id = $1 AND is_told = 0 LIMIT 1";
    Ok(!session.query(sql, &[company.into()])?.is_empty())
}

/// Whether this hub has something of the company's in hand, or its tills have.
pub(crate) fn holds(session: &mut dyn Session, company: Uuid) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM borrowed_share WHERE company_id = $1 AND granted > returned + used LIMIT 1";
    Ok(!session.query(sql, &[company.into()])?.is_empty())
}

/// What to ask of the company's hub: of every campaign with a limit, of what tills asked for, and of all that is held; what
/// is over and no till has goes back. Where there is nothing, that is said: it may be waited for.
pub(crate) fn asks(
    session: &mut dyn Session,
    (company, offers): (Uuid, &KnownOffers),
    now: DateTime<Utc>,
) -> Result<Option<QuotasRequest>, DatabaseError> {
    // Tills that ask meanwhile wait.
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[company.into()])?;
    let epoch = relay::life(session, company, now)?;
    let standing = standing(session, (company, offers), now)?;
    let Some(currency) = currency(session, company)? else { return Ok(None) };
    // What was not told yet first, then what is over first: of more than one request holds, each has its turn.
    let sql = format!(
        "SELECT {COLUMNS} AND is_settled = 0 \
         ORDER BY is_told, COALESCE(expires_at, 0), kind, subject_id, owner_id"
    );
    let rows = session.query(&sql, &[company.into()])?;
    let mut asks = Vec::new();
    for row in &rows {
        let mut borrowed = Borrowed::read(row)?;
        let is_standing = standing.contains(&borrowed.limit());
        let is_over = borrowed.is_over(now) || (borrowed.kind.is_standing() && !is_standing);
        if is_over {
            let is_spent = give_back(session, (company, &currency), &mut borrowed, now)?;
            if is_spent && borrowed.is_told && !is_standing {
                settle(session, company, &borrowed)?;
                continue;
            }
        }
        if is_standing || !borrowed.is_told || borrowed.holding() > borrowed.used {
            asks.push(ask(&borrowed, is_standing));
        }
    }
    asks.truncate(MOST_ASKS);
    for asked in &asks {
        let owner = asked.customer.unwrap_or_default();
        let of = [company.into(), asked.kind.as_str().into(), asked.subject.into(), owner.into()];
        session.execute(&format!("UPDATE borrowed_share SET asked = wants {KEY}"), &of)?;
    }
    Ok(Some(QuotasRequest { schema_version: SCHEMA_VERSION, epoch, asks }))
}

/// The limits of which a share is held all the time, each of them asked for at least once.
fn standing(
    session: &mut dyn Session,
    (company, offers): (Uuid, &KnownOffers),
    now: DateTime<Utc>,
) -> Result<BTreeSet<Limit>, DatabaseError> {
    let mut standing = BTreeSet::new();
    if !is_borrowed(session, company, &QuotaKind::CampaignUses)? {
        return Ok(standing);
    }
    let stores = session.query("SELECT store_id FROM store WHERE company_id = $1", &[company.into()])?;
    for row in &stores {
        // Campaigns that cannot stand beside one another limit nothing: tills refuse them as well.
        let Ok(in_force) = offers.find(session, company, row.id(0)?)? else { continue };
        for campaign in in_force.set.campaigns().iter().filter(|campaign| campaign.is_active) {
            let limits = &campaign.limits;
            let kinds = [
                (limits.uses.is_some(), QuotaKind::CampaignUses),
                (limits.budget.is_some(), QuotaKind::CampaignBudget),
            ];
            let of = |kind| (kind, campaign.id.uuid(), Uuid::nil());
            standing.extend(kinds.into_iter().filter_map(|(is_limited, kind)| is_limited.then(|| of(kind))));
        }
    }
    let known = format!("SELECT {COLUMNS} AND is_settled = 0 AND kind IN ($2, $3)");
    let kinds = [QuotaKind::CampaignUses, QuotaKind::CampaignBudget];
    let known =
        session.query(&known, &[company.into(), kinds[0].as_str().into(), kinds[1].as_str().into()])?;
    let known = known.iter().map(|row| Ok(Borrowed::read(row)?.limit()));
    let known = known.collect::<Result<BTreeSet<_>, DatabaseError>>()?;
    for (kind, subject, owner) in standing.difference(&known) {
        want(session, company, (kind, *subject, *owner), now)?;
    }
    Ok(standing)
}

fn currency(session: &mut dyn Session, company: Uuid) -> Result<Option<Currency>, DatabaseError> {
    let sql = "SELECT currency FROM store WHERE company_id = $1 ORDER BY store_id LIMIT 1";
    let rows = session.query(sql, &[company.into()])?;
    let code = rows.first().map(|row| row.text(0)).transpose()?;
    Ok(code.and_then(|code| CurrencyCode::parse(code).ok()).map(Currency::of))
}

/// The one share with a key.
const KEY: &str = "WHERE company_id = $1 AND kind = $2 AND subject_id = $3 AND owner_id = $4";

/// Asks no more about a share that is over and of which nothing is left to give back.
fn settle(session: &mut dyn Session, company: Uuid, borrowed: &Borrowed) -> Result<(), DatabaseError> {
    let (kind, subject, owner) = borrowed.limit();
    let of = [company.into(), kind.as_str().into(), subject.into(), owner.into()];
    session.execute(&format!("UPDATE borrowed_share SET is_settled = 1 {KEY}"), &of).map(drop)
}

/// Gives back what no till has and nobody used. Answers whether all was used and nothing can come back any more.
fn give_back(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    borrowed: &mut Borrowed,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    if borrowed.holding() <= borrowed.used {
        return Ok(true);
    }
    let used = borrowed.used_here(session, (company, currency))?;
    if borrowed.holding() <= used {
        return Ok(true);
    }
    if is_awaiting(session, company, now)? {
        // These books were put back to a backup: tills may have of it what they know nothing of.
        return Ok(false);
    }
    let (kind, subject, owner) = borrowed.limit();
    let loans = loans_of(session, (company, currency), (&kind, subject, owner))?;
    let free = borrowed.holding().saturating_sub(used).saturating_sub(outstanding(&loans));
    if free <= 0 {
        return Ok(false);
    }
    borrowed.returned += free;
    borrowed.is_told = false;
    session.execute(
        &format!("UPDATE borrowed_share SET returned = $5, is_told = 0 {KEY}"),
        &[company.into(), kind.as_str().into(), subject.into(), owner.into(), borrowed.returned.into()],
    )?;
    Ok(false)
}

fn ask(borrowed: &Borrowed, is_standing: bool) -> QuotaAsk {
    QuotaAsk {
        kind: borrowed.kind.clone(),
        subject: borrowed.subject,
        customer: Some(borrowed.owner).filter(|owner| !owner.is_nil()),
        since: borrowed.since.unsigned_abs(),
        granted: borrowed.granted.unsigned_abs(),
        returned: borrowed.returned.unsigned_abs(),
        wanted: borrowed.is_wanted || is_standing,
    }
}

/// Keeps what the company's hub lent on a request. Of answers that overtake one another the highest counts hold, since
/// they only rise. What the answer says nothing of is told all the same; what was wanted since it was asked for is
/// asked for again.
pub(crate) fn keep(
    session: &mut dyn Session,
    company: Uuid,
    request: &QuotasRequest,
    answer: &QuotasAnswer,
) -> Result<(), DatabaseError> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    for asked in &request.asks {
        let owner = asked.customer.unwrap_or_default();
        let of: [Value; 4] = [company.into(), asked.kind.as_str().into(), asked.subject.into(), owner.into()];
        let told = [of.clone().to_vec(), vec![number(asked.returned).into()]].concat();
        session.execute(
            &format!(
                "UPDATE borrowed_share SET is_wanted = CASE WHEN wants = asked THEN 0 ELSE is_wanted END, \
                 is_told = CASE WHEN returned = $5 AND wants = asked THEN 1 ELSE is_told END {KEY}"
            ),
            &told,
        )?;
        let is_of = |share: &&QuotaShare| {
            (&asked.kind, asked.subject, asked.customer) == (&share.kind, share.subject, share.customer)
        };
        let Some(share) = answer.shares.iter().find(is_of) else { continue };
        let lent = [
            number(share.granted).into(),
            number(share.returned).into(),
            number(share.used).into(),
            share.expires_at.map(|until| until.timestamp_millis()).into(),
            share.withheld.as_ref().map(QuotaWithheld::as_str).into(),
        ];
        session.execute(
            &format!(
                "UPDATE borrowed_share SET expires_at = COALESCE($8, expires_at), \
                 granted = CASE WHEN granted < $5 THEN $5 ELSE granted END, \
                 returned = CASE WHEN returned < $6 THEN $6 ELSE returned END, \
                 used = CASE WHEN used < $7 THEN $7 ELSE used END, withheld = $9 {KEY}"
            ),
            &[of.to_vec(), lent.to_vec()].concat(),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
