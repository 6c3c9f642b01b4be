//! Points on disk: programs, memberships, the ledger, cards.
//!
//! **Invariant:** a membership is the fold of what the journal says of it, and the sum of the ledger's rows is its
//! balance. Both are written from the effects of an entry, in its transaction, and by nothing else.

use std::{cell::RefCell, collections::BTreeMap};

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::{
    ids::{CustomerId, DocumentId, PointsGrantId},
    journal::Entry,
    loyalty::{
        Booked, Cause, ChangeKey, LedgerRow, LoyaltyChange, MemberStatus, Membership, PointsKind,
        PointsSnapshot, Program,
    },
    quantity::Points,
};

use crate::{
    books::journal,
    error::Error,
    file::codec::{Col, Json, Name, get, get_json},
    people::customer,
};

pub(crate) mod cards;
pub(crate) mod elsewhere;

/// The programs, by name.
pub(crate) fn programs(connection: &Connection) -> Result<Vec<Program>, Error> {
    let mut select = connection.prepare("SELECT definition FROM loyalty_program")?;
    let programs = select.query_map([], |row| get_json::<Program>(row, 0))?;
    let mut programs = programs.collect::<Result<Vec<_>, _>>()?;
    programs.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    Ok(programs)
}

/// Writes a program. Where somebody else keeps the points that were kept here, what was redeemed before counts against no
/// limit of that one's.
pub(crate) fn put_program(connection: &Connection, program: &Program) -> Result<(), Error> {
    let mut select = connection.prepare_cached("SELECT definition FROM loyalty_program WHERE id = ?1")?;
    let before: Option<Program> = select.query_row([Col(program.id)], |row| get_json(row, 0)).optional()?;
    connection.execute(
        "INSERT INTO loyalty_program (id, definition) VALUES (?1, ?2) \
         ON CONFLICT (id) DO UPDATE SET definition = excluded.definition",
        params![Col(program.id), Json(program)],
    )?;
    elsewhere::forget(connection)?;
    match before {
        Some(before) if before.mode.is_local() && !program.mode.is_local() => {
            elsewhere::begin(connection, program.id)
        }
        Some(_) | None => Ok(()),
    }
}

/// Memberships, with the tier that whoever else keeps the points says.
const MEMBER: &str =
    "SELECT m.state, e.tier FROM membership m LEFT JOIN points_elsewhere e ON e.customer = m.customer";

fn member(row: &Row<'_>) -> rusqlite::Result<Membership> {
    Ok(Membership { kept_tier: row.get(1)?, ..get_json(row, 0)? })
}

/// The membership of a customer, ended ones included.
pub(crate) fn membership(connection: &Connection, id: CustomerId) -> Result<Option<Membership>, Error> {
    let mut select = connection.prepare_cached(&format!("{MEMBER} WHERE m.customer = ?1"))?;
    Ok(select.query_row([Col(id)], member).optional()?)
}

/// Every membership, as the journal says it.
pub(crate) fn memberships(connection: &Connection) -> Result<BTreeMap<CustomerId, Membership>, Error> {
    let mut select = connection.prepare("SELECT state FROM membership")?;
    let members = select.query_map([], |row| get_json::<Membership>(row, 0))?;
    members.map(|member| member.map(|member| (member.customer, member)).map_err(Error::from)).collect()
}

/// What follows for active members, asked of one after another: no more than one of them lies in memory.
pub(crate) fn of_active(
    connection: &Connection,
    mut follows: impl FnMut(Membership) -> Vec<LoyaltyChange>,
) -> Result<Vec<LoyaltyChange>, Error> {
    let mut select = connection.prepare(&format!("{MEMBER} WHERE m.status = ?1 ORDER BY m.customer"))?;
    let mut rows = select.query([Name(MemberStatus::Active)])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        changes.extend(follows(member(row)?));
    }
    Ok(changes)
}

/// Memberships that have points whose last day is before a date.
pub(crate) fn expiring(connection: &Connection, date: NaiveDate) -> Result<Vec<Membership>, Error> {
    let mut select =
        connection.prepare("SELECT state FROM membership WHERE next_expiry < ?1 ORDER BY customer")?;
    let members = select.query_map([Col(date)], |row| get_json(row, 0))?;
    Ok(members.collect::<Result<_, _>>()?)
}

/// Members who were born on one of these days of a year (`12-31`), and when.
pub(crate) fn born_on(
    connection: &Connection,
    days: &[String],
) -> Result<Vec<(Membership, NaiveDate)>, Error> {
    let mut select = connection.prepare(
        "SELECT m.state, e.tier, c.date_of_birth FROM customer c JOIN membership m ON m.customer = c.id \
         LEFT JOIN points_elsewhere e ON e.customer = c.id \
         WHERE substr(c.date_of_birth, 6) IN (SELECT value FROM json_each(?1)) AND c.standing = '\"live\"' \
         ORDER BY c.id",
    )?;
    let born = select.query_map([Json(days)], |row| Ok((member(row)?, get(row, 2)?)))?;
    Ok(born.collect::<Result<_, _>>()?)
}

/// Writes what an entry does to memberships.
pub(crate) fn write(connection: &Connection, seq: i64, entry: &Entry) -> Result<(), Error> {
    let changes = &entry.effects.loyalty;
    let mut members: BTreeMap<CustomerId, Membership> = BTreeMap::new();
    for change in changes {
        for id in change.customers() {
            if !members.contains_key(&id)
                && let Some(known) = membership(connection, id)?
            {
                members.insert(id, known);
            }
        }
        if let LoyaltyChange::Enrolled { customer, program, occasion } = change {
            let newly = || Membership::new(*customer, *program, occasion.at);
            members.entry(*customer).or_insert_with(newly);
        }
        if let LoyaltyChange::PointsBooked { row } = change {
            book(connection, seq, row)?;
        }
        for id in change.customers() {
            if let Some(member) = members.get_mut(&id) {
                member.apply(change);
            }
        }
    }
    members.values().try_for_each(|member| put_membership(connection, member))
}

fn put_membership(connection: &Connection, member: &Membership) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO membership (customer, program, status, tier, balance, available, next_expiry, state) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (customer) DO UPDATE SET \
         program = excluded.program, status = excluded.status, tier = excluded.tier, \
         balance = excluded.balance, available = excluded.available, next_expiry = excluded.next_expiry, \
         state = excluded.state",
    )?;
    upsert.execute(params![
        Col(member.customer),
        Col(member.program),
        Name(member.status),
        member.tier,
        Col(member.balance()),
        Col(member.available()),
        Col(next_expiry(member)),
        Json(member),
    ])?;
    Ok(())
}

/// The last day of the points that expire first.
pub(crate) fn next_expiry(member: &Membership) -> Option<NaiveDate> {
    member.lots.open().first().and_then(|lot| lot.expires)
}

fn book(connection: &Connection, seq: i64, row: &LedgerRow) -> Result<(), Error> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO points_entry (seq, customer, kind, cause, points, balance_after, booked_on, entry) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    insert.execute(params![
        seq,
        Col(row.customer),
        Name(row.kind),
        Json(row.cause),
        Col(row.points),
        Col(row.balance_after),
        Col(row.occasion.at.local.date()),
        Json(row),
    ])?;
    elsewhere::follow(connection, row)
}

/// The rows of the ledger of all records of one person, the latest first.
pub(crate) fn movements(
    connection: &Connection,
    records: &[CustomerId],
    limit: u32,
) -> Result<Vec<LedgerRow>, Error> {
    let mut select = connection
        .prepare_cached("SELECT no, entry FROM points_entry WHERE customer = ?1 ORDER BY no DESC LIMIT ?2")?;
    let mut rows: Vec<(i64, LedgerRow)> = Vec::new();
    for record in records {
        let of_one =
            select.query_map(params![Col(*record), limit], |row| Ok((row.get(0)?, get_json(row, 1)?)))?;
        rows.extend(of_one.collect::<Result<Vec<_>, _>>()?);
    }
    rows.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// What a customer earned on a local day.
pub(crate) fn earned_on(connection: &Connection, id: CustomerId, date: NaiveDate) -> Result<Points, Error> {
    let mut select = connection.prepare_cached(
        "SELECT coalesce(sum(points), 0) FROM points_entry WHERE customer = ?1 AND kind = ?2 AND booked_on = ?3",
    )?;
    Ok(select.query_row(params![Col(id), Name(PointsKind::Earned), Col(date)], |row| get(row, 0))?)
}

/// What a completed sale earned and redeemed; none where it did not count for a member.
pub(crate) fn snapshot(connection: &Connection, sale: DocumentId) -> Result<Option<PointsSnapshot>, Error> {
    let mut select = connection.prepare_cached("SELECT seq FROM document WHERE id = ?1")?;
    let Some(seq) = select.query_row([Col(sale)], |row| row.get(0)).optional()? else { return Ok(None) };
    let mut points = journal::read(connection, seq)?.effects.points.into_iter();
    Ok(points.find(|points| points.document == sale).map(|points| points.snapshot))
}

/// What returns of a sale took back of the points it earned, booked under any of a person's records.
pub(crate) fn taken_back(
    connection: &Connection,
    records: &[CustomerId],
    sale: DocumentId,
    returns: impl IntoIterator<Item = DocumentId>,
) -> Result<Points, Error> {
    let mut select = connection.prepare_cached(
        "SELECT coalesce(sum(points), 0) FROM points_entry WHERE customer = ?1 AND kind = ?2 AND cause = ?3",
    )?;
    let mut taken = Points::ZERO;
    for document in returns {
        let cause = Cause::Refund { document, sale };
        for record in records {
            let booked: Points = select
                .query_row(params![Col(*record), Name(PointsKind::Adjusted), Json(cause)], |row| {
                    get(row, 0)
                })?;
            taken = taken - booked;
        }
    }
    Ok(taken)
}

/// Keeps why a person gave or took points.
pub(crate) fn keep_reason(
    connection: &Connection,
    grant: PointsGrantId,
    customer: CustomerId,
    reason: &str,
) -> Result<(), Error> {
    let sql = "INSERT INTO points_grant (id, customer, reason) VALUES (?1, ?2, ?3)";
    connection.execute(sql, params![Col(grant), Col(customer), reason])?;
    Ok(())
}

/// Why a person gave or took points; none where it was not said or was wiped out.
pub(crate) fn reason(connection: &Connection, grant: PointsGrantId) -> Result<Option<String>, Error> {
    let mut select = connection.prepare_cached("SELECT reason FROM points_grant WHERE id = ?1")?;
    Ok(select.query_row([Col(grant)], |row| row.get(0)).optional()?.flatten())
}

/// What was booked before, asked of the unique keys. A failure of the disk is kept and told at the end.
pub(crate) struct BookedRows<'a> {
    connection: &'a Connection,
    failed: RefCell<Option<Error>>,
}

impl<'a> BookedRows<'a> {
    pub(crate) const fn new(connection: &'a Connection) -> Self {
        Self { connection, failed: RefCell::new(None) }
    }

    /// Whether every question was answered.
    pub(crate) fn finish(self) -> Result<(), Error> {
        self.failed.into_inner().map_or(Ok(()), Err)
    }

    /// A failure of the disk counts as no until it is told.
    fn answered(&self, answer: Result<bool, Error>) -> bool {
        answer.unwrap_or_else(|error| {
            self.failed.replace(Some(error));
            false
        })
    }

    fn ask(&self, key: &ChangeKey) -> Result<bool, Error> {
        let exists = |sql: &str, params: &[&dyn rusqlite::ToSql]| -> Result<bool, Error> {
            Ok(self.connection.prepare_cached(sql)?.exists(params)?)
        };
        match key {
            ChangeKey::Row(customer, kind, cause @ (Cause::Birthday { .. } | Cause::Referral { .. })) => {
                self.is_booked_of_anyone(*customer, *kind, *cause)
            }
            ChangeKey::Row(customer, kind, cause) => exists(
                "SELECT 1 FROM points_entry WHERE customer = ?1 AND kind = ?2 AND cause = ?3",
                &[&Col(*customer), &Name(*kind), &Json(*cause)],
            ),
            // What finished a document booked it with it.
            ChangeKey::Sale(document) | ChangeKey::Refund(document) => {
                exists("SELECT 1 FROM document WHERE id = ?1", &[&Col(*document)])
            }
            ChangeKey::Merge(from) => {
                exists("SELECT 1 FROM customer WHERE id = ?1 AND merged_into IS NOT NULL", &[&Col(*from)])
            }
            _ => Ok(false),
        }
    }
}

impl BookedRows<'_> {
    /// Whether what comes once a person was booked under any record of the member, and where it is about somebody else,
    /// about any record of theirs.
    fn is_booked_of_anyone(
        &self,
        customer: CustomerId,
        kind: PointsKind,
        cause: Cause,
    ) -> Result<bool, Error> {
        let causes = if let Cause::Referral { referred } = cause {
            let records = self.records_of(referred)?;
            records.into_iter().map(|referred| Cause::Referral { referred }).collect()
        } else {
            vec![cause]
        };
        let mut select = self
            .connection
            .prepare_cached("SELECT 1 FROM points_entry WHERE customer = ?1 AND kind = ?2 AND cause = ?3")?;
        for record in self.records_of(customer)? {
            for cause in &causes {
                if select.exists(params![Col(record), Name(kind), Json(*cause)])? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether points for bringing somebody stand under any record of the member.
    fn brought_anybody(&self, member: CustomerId) -> Result<bool, Error> {
        let records = self.records_of(member)?;
        let mut select = self
            .connection
            .prepare_cached("SELECT cause FROM points_entry WHERE customer = ?1 AND kind = ?2")?;
        for record in &records {
            let causes = select
                .query_map(params![Col(*record), Name(PointsKind::Bonus)], |row| get_json::<Cause>(row, 0))?;
            for cause in causes {
                if let Cause::Referral { referred } = cause?
                    && !records.contains(&referred)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether anybody was given points for bringing the member, under any record of them.
    fn was_brought_by_anybody(&self, member: CustomerId) -> Result<bool, Error> {
        let mut select =
            self.connection.prepare_cached("SELECT 1 FROM points_entry WHERE kind = ?1 AND cause = ?2")?;
        for referred in self.records_of(member)? {
            if select.exists(params![Name(PointsKind::Bonus), Json(Cause::Referral { referred })])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The record itself, and those that were merged into it.
    fn records_of(&self, id: CustomerId) -> Result<Vec<CustomerId>, Error> {
        let absorbed = customer::absorbed_by(self.connection, id)?;
        Ok(std::iter::once(id).chain(absorbed.iter().map(|record| record.id)).collect())
    }
}

impl Booked for BookedRows<'_> {
    fn holds(&self, key: &ChangeKey) -> bool {
        self.answered(self.ask(key))
    }

    fn has_brought(&self, member: CustomerId) -> bool {
        self.answered(self.brought_anybody(member))
    }

    fn was_brought(&self, member: CustomerId) -> bool {
        self.answered(self.was_brought_by_anybody(member))
    }
}

/// Whether a member counts for redeeming.
pub(crate) fn may_redeem(member: &Membership) -> bool {
    member.status == MemberStatus::Active
}
