//! Papers about goods, each kept whole: what is proposed, on its way, counted, ordered.

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    ApiError,
    access::Reach,
    db::{DatabaseError, Row, Session, Value},
};

/// What is kept as a paper.
pub(crate) trait Paper: DeserializeOwned + Serialize {
    /// What kind it is, as the column has it.
    const KIND: &'static str;

    /// Its identity.
    fn id(&self) -> Uuid;

    /// The stores it is about: both of them where goods go from one to another, none where it is the company's.
    fn stores(&self) -> (Option<Uuid>, Option<Uuid>);

    /// How it stands, as the column has it.
    fn state(&self) -> &'static str;

    /// What no two of its kind have both.
    fn code(&self) -> Option<&str> {
        None
    }
}

/// Writes a paper, in the place of what it was before.
pub(crate) fn put<P: Paper>(
    session: &mut dyn Session,
    company: Uuid,
    paper: &P,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let body = serde_json::to_string(paper).map_err(|_| ApiError::internal())?;
    let (store, other) = paper.stores();
    session.execute(
        "INSERT INTO goods_paper (company_id, paper_id, kind, store_id, other_store_id, state, code, body, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (company_id, paper_id) \
         DO UPDATE SET state = excluded.state, code = excluded.code, body = excluded.body, \
         updated_at = excluded.updated_at",
        &[
            company.into(),
            paper.id().into(),
            P::KIND.into(),
            store.into(),
            other.into(),
            paper.state().into(),
            paper.code().into(),
            body.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    Ok(())
}

fn paper<P: Paper>(row: &Row) -> Result<P, DatabaseError> {
    serde_json::from_str(row.text(0)?).map_err(|_| DatabaseError::Column { column: 0, expected: "a paper" })
}

/// A paper.
///
/// # Errors
/// `not_found`.
pub(crate) fn one<P: Paper>(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<P, ApiError> {
    let rows = session.query(
        "SELECT body FROM goods_paper WHERE company_id = $1 AND kind = $2 AND paper_id = $3",
        &[company.into(), P::KIND.into(), id.into()],
    )?;
    Ok(paper(rows.first().ok_or_else(ApiError::not_found)?)?)
}

/// The paper of a code.
pub(crate) fn by_code<P: Paper>(
    session: &mut dyn Session,
    company: Uuid,
    code: &str,
) -> Result<Option<P>, DatabaseError> {
    let rows = session.query(
        "SELECT body FROM goods_paper WHERE company_id = $1 AND kind = $2 AND code = $3",
        &[company.into(), P::KIND.into(), code.into()],
    )?;
    rows.first().map(paper).transpose()
}

/// Which papers are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// About this store.
    pub(crate) store: Option<Uuid>,
    /// That stand so.
    pub(crate) state: Option<String>,
}

/// Papers within reach, after one of them. Those of the company are everybody's.
pub(crate) fn list<P: Paper>(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter): (&Reach, &Filter),
    (after, limit): (Uuid, i64),
) -> Result<Vec<P>, DatabaseError> {
    let mut values: Vec<Value> = vec![company.into(), P::KIND.into(), after.into()];
    let one_end = reach.condition("store_id", None, &mut values);
    let other_end = reach.condition("other_store_id", None, &mut values);
    let mut conditions = vec![format!("(store_id IS NULL OR {one_end} OR {other_end})")];
    if let Some(store) = filter.store {
        values.push(store.into());
        let place = values.len();
        conditions.push(format!("(store_id = ${place} OR other_store_id = ${place})"));
    }
    if let Some(state) = &filter.state {
        values.push(state.as_str().into());
        conditions.push(format!("state = ${}", values.len()));
    }
    values.push(limit.into());
    let sql = format!(
        "SELECT body FROM goods_paper WHERE company_id = $1 AND kind = $2 AND paper_id > $3 AND {} \
         ORDER BY paper_id LIMIT ${}",
        conditions.join(" AND "),
        values.len()
    );
    session.query(&sql, &values)?.iter().map(paper).collect()
}
