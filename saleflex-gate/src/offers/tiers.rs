//! The tier of a member whose points are kept here: by all that tills told of them, whichever till it was.
//!
//! **Invariant:** it is the tier that one till would give which had made every sale, and had looked at the member every day.

use chrono::{DateTime, NaiveDate, Utc};
use saleflex_core::{
    ids::StoreId,
    loyalty::{Mode, Program, TierFact, in_force, tier_by_history},
    money::Money,
    quantity::Points,
};
use saleflex_sync::wire::Domain;
use uuid::Uuid;

use super::{
    evaluation::{Asker, moment},
    known::records_of,
    quote,
};
use crate::{
    authority,
    db::{DatabaseError, Session},
    registry,
};

/// No more of one row is added up, in points and in the smallest unit of money.
const MOST: i64 = 1_000_000_000_000;

/// The code of a member's tier in a store now; none for whoever is no member, and where the program that is in force there
/// leaves points to somebody else than the hub.
pub(crate) fn tier_of(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    member: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<String>, DatabaseError> {
    let programs = quote::programs(session, company, store)?;
    let Some(program) = in_force(&programs, StoreId::new(store), now).filter(|known| is_kept_here(known))
    else {
        return Ok(None);
    };
    let Some(place) = registry::store_by_id(session, company, store)? else { return Ok(None) };
    let mut facts = Vec::new();
    for record in records_of(session, company, member)? {
        credited(session, (company, record), &mut facts)?;
        bought(session, (company, record), &place.currency, &mut facts)?;
    }
    if facts.is_empty() {
        return Ok(None);
    }
    let today = moment(now, &place.time_zone).local.date();
    Ok(tier_by_history(program, &facts, today).map(|tier| tier.code.clone()))
}

/// The same for a cart. A hub below the company's has what its own store told alone, and says nothing where the company's keeps
/// the points.
pub(super) fn on_cart(
    session: &mut dyn Session,
    asker: &Asker,
    member: Uuid,
) -> Result<Option<String>, DatabaseError> {
    let company = asker.company;
    if asker.is_below && authority::is_of_the_company(&authority::of(session, company)?, &Domain::Loyalty) {
        return Ok(None);
    }
    tier_of(session, (company, asker.store), member, asker.now)
}

const fn is_kept_here(program: &Program) -> bool {
    matches!(program.mode, Mode::Gate { .. })
}

/// Points that were ever credited under a record. Of what an older hub booked the kind says it.
fn credited(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    facts: &mut Vec<TierFact>,
) -> Result<(), DatabaseError> {
    let rows = session.query(
        "SELECT lifetime, kind, points, booked_on, created_at FROM point_entry \
         WHERE company_id = $1 AND member_id = $2 ORDER BY created_at, entry_id",
        &[company.into(), member.into()],
    )?;
    for row in &rows {
        let of_kind = || -> Result<i64, DatabaseError> {
            let is_credit = matches!(row.text(1)?, "earned" | "bonus" | "welcome" | "birthday");
            Ok(if is_credit { row.integer(2)?.max(0) } else { 0 })
        };
        let lifetime = row.optional_integer(0)?.map_or_else(of_kind, Ok)?.clamp(-MOST, MOST);
        let arrived = row.time(4)?.date_naive();
        let on = row.optional_text(3)?.and_then(|day| day.parse().ok()).unwrap_or(arrived);
        // One without points makes a member all the same.
        facts.push(TierFact { on, lifetime: Points::new(lifetime), spent: Money::ZERO, sold: on });
    }
    Ok(())
}

/// What was bought under a record in a currency.
fn bought(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    currency: &str,
    facts: &mut Vec<TierFact>,
) -> Result<(), DatabaseError> {
    let rows = session.query(
        "SELECT amount, counted_on, sold_on FROM member_sale \
         WHERE company_id = $1 AND member_id = $2 AND currency = $3 ORDER BY document_id",
        &[company.into(), member.into(), currency.into()],
    )?;
    for row in &rows {
        let day = |column| -> Result<NaiveDate, DatabaseError> {
            row.text(column)?.parse().map_err(|_| DatabaseError::Column { column, expected: "a day" })
        };
        let spent = Money::from_minor(row.integer(0)?.clamp(-MOST, MOST));
        facts.push(TierFact { on: day(1)?, lifetime: Points::ZERO, spent, sold: day(2)? });
    }
    Ok(())
}
