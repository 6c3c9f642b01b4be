//! Points of a document of an older terminal, which are told in the document and in rows of their own.
//!
//! **Invariant:** of each kind the document's word counts where it says one, else all rows together, in whatever order they
//! come; what is booked is what that comes to more than before.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    deliveries,
    ledger::{self, Key, flag},
    offers::{expiring, points as spending},
};

/// Which points.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Earned,
    /// As many as were spent, above nothing.
    Redeemed,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::Redeemed => "redeemed",
        }
    }
}

/// Who says so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum By {
    Document,
    Row,
}

/// Books what a document or a row says of points of a document. Rows that come to more than the document says are noted.
pub(super) fn book(
    session: &mut dyn Session,
    key: &Key,
    of @ (member, document): (Uuid, Uuid),
    (kind, by, points): (Kind, By, i64),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let company = key.company;
    let known = Known::locked(session, company, (of, kind), now)?;
    let mut told = known;
    match by {
        By::Document => told.said = Some(points),
        By::Row => told.rows = Some(known.rows.unwrap_or_default().saturating_add(points)),
    }
    told.put(session, company, (of, kind))?;
    let (before, after) = (known.whole(), told.whole());
    let held_since = match kind {
        Kind::Earned => None,
        Kind::Redeemed => expiring::held_since(session, company, of, now)?,
    };
    let booked = if after == before {
        0
    } else if kind == Kind::Redeemed && after > 0 {
        // What was spent here for the document is booked already.
        spending::of_older(session, company, (of, after), now)?.saturating_neg()
    } else if kind == Kind::Redeemed {
        before.saturating_sub(after)
    } else {
        after.saturating_sub(before)
    };
    if booked != 0 {
        let source = if by == By::Row { key.entity } else { document };
        let spent_by = (kind == Kind::Redeemed).then_some((document, held_since));
        deliveries::put_points(session, company, (source, member, kind.as_str(), booked), spent_by, now)?;
    }
    if told.is_beyond() { ledger::note(session, key, flag::AMOUNT_UNREADABLE) } else { Ok(()) }
}

/// What was told of a document's points of a kind.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// By the document.
    said: Option<i64>,
    /// By all rows together.
    rows: Option<i64>,
}

impl Known {
    /// What is known, which nobody else changes until this is done.
    fn locked(
        session: &mut dyn Session,
        company: Uuid,
        (of @ (member, document), kind): ((Uuid, Uuid), Kind),
        now: DateTime<Utc>,
    ) -> Result<Self, DatabaseError> {
        spending::locked(session, company, of, now)?;
        let kind = kind.as_str();
        let sql = format!(
            "SELECT {kind}_said, {kind}_rows FROM point_hold \
             WHERE company_id = $1 AND document_id = $2 AND member_id = $3"
        );
        let rows = session.query(&sql, &[company.into(), document.into(), member.into()])?;
        let row = rows.first().ok_or(DatabaseError::Column { column: 0, expected: "what was told" })?;
        let known = Self { said: row.optional_integer(0)?, rows: row.optional_integer(1)? };
        if known.said.is_some() || known.rows.is_some() {
            return Ok(known);
        }
        // An older hub booked whichever came first, and that alone.
        let booked = deliveries::points_of(session, company, (document, member, kind))?;
        Ok(Self { said: booked.map(i64::saturating_abs), rows: None })
    }

    fn put(
        self,
        session: &mut dyn Session,
        company: Uuid,
        ((member, document), kind): ((Uuid, Uuid), Kind),
    ) -> Result<(), DatabaseError> {
        let kind = kind.as_str();
        let sql = format!(
            "UPDATE point_hold SET {kind}_said = $4, {kind}_rows = $5 \
             WHERE company_id = $1 AND document_id = $2 AND member_id = $3"
        );
        let values = [company.into(), document.into(), member.into(), self.said.into(), self.rows.into()];
        session.execute(&sql, &values).map(drop)
    }

    fn whole(self) -> i64 {
        self.said.or(self.rows).unwrap_or_default()
    }

    /// Whether rows come to more than the document says.
    fn is_beyond(self) -> bool {
        let beyond = |(said, rows): (i64, i64)| rows.saturating_abs() > said.saturating_abs();
        self.said.zip(self.rows).is_some_and(beyond)
    }
}
