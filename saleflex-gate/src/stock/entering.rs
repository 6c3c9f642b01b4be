//! Movements as they come into the books.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Movement;
use crate::db::{Care, DatabaseError, Form, Rows, Session, Together};

/// How a movement comes in.
static MOVEMENT: Form = Form {
    table: "stock_movement",
    common: &[
        ("company_id", "uuid"),
        ("store_id", "uuid"),
        ("terminal_id", "uuid"),
        ("received_at", "bigint"),
    ],
    own: &[
        ("source_id", "uuid"),
        ("position", "bigint"),
        ("product_id", "uuid"),
        ("kind", "text"),
        ("change_e4", "bigint"),
        ("moved_at", "bigint"),
        ("location_id", "uuid"),
    ],
    key: &["source_id", "position"],
};

/// Movements to be written, with special care those that are new.
fn rows_of(
    (company, store, terminal): (Uuid, Uuid, Uuid),
    movements: &[Movement],
    (care, now): (Care, DateTime<Utc>),
) -> Rows {
    let then = match care {
        Care::Usual => "",
        Care::Special => "ON CONFLICT (company_id, source_id, position) DO NOTHING",
    };
    let of_all = vec![company.into(), store.into(), terminal.into(), now.timestamp_millis().into()];
    let mut rows = Rows::new(&MOVEMENT, then, of_all);
    for movement in movements {
        let (source, position) = movement.source;
        rows.push([
            source.into(),
            position.into(),
            movement.product.uuid().into(),
            movement.kind.as_str().into(),
            movement.change.into(),
            movement.at.timestamp_millis().into(),
            movement.location.into(),
        ]);
    }
    rows
}

/// Writes movements of terminals and answers those that are new, each of which is there once and was not when it was asked.
pub(super) fn write(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    by_terminal: Vec<(Uuid, Vec<Movement>)>,
    (care, now): (Care, DateTime<Utc>),
) -> Result<Vec<Movement>, DatabaseError> {
    let rows_of = |(terminal, movements): &(Uuid, Vec<Movement>)| {
        rows_of((company, store, *terminal), movements, (care, now))
    };
    if care == Care::Usual {
        by_terminal.iter().try_for_each(|of| session.send_rows(rows_of(of)))?;
        return Ok(by_terminal.into_iter().flat_map(|(_, movements)| movements).collect());
    }
    let mut together = Together::default();
    let asked = together.add(by_terminal.iter().map(rows_of));
    let answers = together.ask(session)?;
    let rows = answers.of(&asked).map(|row| Ok((row.id(0)?, row.integer(1)?)));
    let rows = rows.collect::<Result<BTreeSet<(Uuid, i64)>, DatabaseError>>()?;
    let movements = by_terminal.into_iter().flat_map(|(_, movements)| movements);
    Ok(movements.filter(|movement| rows.contains(&movement.source)).collect())
}
