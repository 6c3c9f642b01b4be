//! What lies on the shelves, what moved there and what points did: each read with one statement.

use chrono::{Days, NaiveDate, NaiveTime};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{super::Filters, MOST};
use crate::{
    ApiError,
    access::{Reach, Wanted},
    closures,
    db::{Row, Session, Value},
    e4,
    office::intake,
};

/// Code and name of a product from its row.
fn named(body: Option<&str>) -> [Json; 2] {
    let body: Json = body.and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
    ["code", "name"].map(|field| body[field].clone())
}

/// The product of a row, or what the store has in its place.
const PRODUCT: &str = "LEFT JOIN definition p ON p.company_id = s.company_id AND p.resource = 'products' \
     AND p.definition_id = s.product_id LEFT JOIN definition o ON o.company_id = s.company_id \
     AND o.resource = 'products' AND o.overrides = s.product_id AND o.store_id = s.store_id AND o.is_deleted = 0";

fn bounded(rows: Vec<Row>) -> Result<Vec<Row>, ApiError> {
    if rows.len() > MOST {
        return Err(closures::too_large(&format!("there are more than {MOST} rows")));
    }
    Ok(rows)
}

/// One more than the most rows.
fn limit() -> i64 {
    i64::try_from(MOST).unwrap_or(i64::MAX).saturating_add(1)
}

pub(super) fn levels(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filters): (&Reach, &Filters),
) -> Result<Vec<Vec<Json>>, ApiError> {
    let wanted = of_store((reach, filters), "s.store_id", [company.into()]);
    let select = format!(
        "SELECT s.store_id, s.product_id, COALESCE(o.body, p.body), s.on_hand_e4 FROM stock_level s {PRODUCT} WHERE s.company_id = $1"
    );
    let (sql, values) = wanted.page(&select, "s.store_id, s.product_id", limit());
    let rows = bounded(session.query(&sql, &values)?)?;
    let cells = rows.iter().map(|row| {
        let [code, name] = named(row.optional_text(2)?);
        let on_hand = intake::amount(row.integer(3)?).normalize();
        Ok(vec![json!(row.id(0)?), json!(row.id(1)?), code, name, json!(on_hand.to_string())])
    });
    cells.collect()
}

/// Rows of the stores within reach, or of the one that is asked for. `values` are those that the statement names itself.
fn of_store((reach, filters): (&Reach, &Filters), column: &str, values: impl Into<Vec<Value>>) -> Wanted {
    Wanted::within(reach, (column, None), values).and(&format!("{column} ="), filters.store_id)
}

/// A company, and the instants between which the days of UTC lie that are asked for.
fn on_days(company: Uuid, filters: &Filters) -> [Value; 3] {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
    let behind = filters.until.checked_add_days(Days::new(1)).unwrap_or(filters.until);
    [company.into(), midnight(filters.from).into(), midnight(behind).into()]
}

pub(super) fn movements(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filters): (&Reach, &Filters),
) -> Result<Vec<Vec<Json>>, ApiError> {
    let wanted = of_store((reach, filters), "m.store_id", on_days(company, filters));
    let (conditions, values) = wanted.and("m.terminal_id =", filters.terminal_id).all();
    let sql = format!(
        "SELECT s.store_id, s.product_id, COALESCE(o.body, p.body), s.kind, s.movements, s.change_e4 FROM (\
         SELECT m.company_id, m.store_id, m.product_id, m.kind, count(*) AS movements, \
         {} AS change_e4 FROM stock_movement m \
         WHERE m.company_id = $1 AND m.moved_at >= $2 AND m.moved_at < $3 AND {conditions} \
         GROUP BY m.company_id, m.store_id, m.product_id, m.kind) s {PRODUCT} \
         ORDER BY s.store_id, s.product_id, s.kind LIMIT {}",
        e4::sum("m.change_e4"),
        limit()
    );
    let rows = bounded(session.query(&sql, &values)?)?;
    let cells = rows.iter().map(|row| {
        let [code, name] = named(row.optional_text(2)?);
        let quantity = intake::amount(row.integer(5)?).normalize().to_string();
        let ids = [json!(row.id(0)?), json!(row.id(1)?)];
        let figures = [json!(row.text(3)?), json!(row.integer(4)?), json!(quantity)];
        Ok(ids.into_iter().chain([code, name]).chain(figures).collect())
    });
    cells.collect()
}

pub(super) fn points(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filters): (&Reach, &Filters),
) -> Result<Vec<Vec<Json>>, ApiError> {
    let (conditions, values) = of_store((reach, filters), "c.store_id", on_days(company, filters)).all();
    // One that an older hub took without a bound counts as much as can be added up.
    let sql = format!(
        "SELECT e.kind, count(*), count(DISTINCT e.member_id), \
         CAST(COALESCE(sum(CASE WHEN e.points > 1000000000000 THEN 1000000000000 \
         WHEN e.points < -1000000000000 THEN -1000000000000 ELSE e.points END), 0) AS bigint) FROM point_entry e \
         LEFT JOIN definition c ON c.company_id = e.company_id AND c.resource = 'customers' \
         AND c.definition_id = e.member_id \
         WHERE e.company_id = $1 AND e.created_at >= $2 AND e.created_at < $3 AND {conditions} \
         GROUP BY e.kind ORDER BY e.kind"
    );
    let rows = session.query(&sql, &values)?;
    let cells = rows.iter().map(|row| {
        let figures = [row.integer(1)?, row.integer(2)?, row.integer(3)?].map(Json::from);
        Ok(std::iter::once(json!(row.text(0)?)).chain(figures).collect())
    });
    cells.collect()
}
