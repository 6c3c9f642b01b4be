//! The audit log: who did which administrative act, when, to what.
//!
//! **Invariant:** a row is written in the transaction of its act and never changed afterwards, which the database
//! itself keeps; each row of a company carries the digest of the one before, so that a row taken out is noticed.

use chrono::{DateTime, Utc};
use saleflex_core::digest::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Reach, Wanted},
    db::{DatabaseError, Row, Session},
    request,
};

/// Whose act it was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Actor {
    /// A person, by the id of their user.
    User(Uuid),
    /// A terminal, by its id.
    Device(Uuid),
    /// A program of the company.
    Key(Uuid),
    /// Whoever runs the hub, at its command line.
    Operator,
}

impl Actor {
    /// The identity under which it is known; nil for the operator.
    pub(crate) const fn id(self) -> Uuid {
        match self {
            Self::User(id) | Self::Device(id) | Self::Key(id) => id,
            Self::Operator => Uuid::nil(),
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Device(_) => "device",
            Self::Key(_) => "api_key",
            Self::Operator => "operator",
        }
    }
}

/// One act, as it is to be written down.
#[derive(Clone, Debug)]
pub(crate) struct Act<'a> {
    /// What, such as `store.created`.
    pub(crate) name: &'a str,
    /// To what kind of thing.
    pub(crate) subject: &'a str,
    /// The id of the thing itself.
    pub(crate) id: String,
    /// In which store, where it is about one.
    pub(crate) store: Option<Uuid>,
    /// What it was before or is now; never a secret.
    pub(crate) detail: Json,
}

/// An act as it was written down.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    /// Its place in the company's log, from 1.
    pub(crate) number: i64,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// `user`, `device`, `api_key` or `operator`.
    pub(crate) actor_kind: String,
    /// Who.
    pub(crate) actor_id: Option<Uuid>,
    /// What, such as `store.created`.
    pub(crate) act: String,
    /// To what kind of thing.
    pub(crate) subject: String,
    /// To which one.
    pub(crate) subject_id: String,
    /// In which store.
    pub(crate) store_id: Option<Uuid>,
    /// More about it.
    #[schema(value_type = Object)]
    pub(crate) detail: Json,
    /// The request it came with.
    pub(crate) correlation_id: Option<String>,
    /// The digest of this row and the one before.
    pub(crate) digest: String,
}

/// What a reader of the log asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) after: i64,
    pub(crate) act: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) subject_id: Option<String>,
    pub(crate) actor: Option<Uuid>,
    pub(crate) store: Option<Uuid>,
    /// At this instant or later.
    pub(crate) from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// Writes an act down.
pub(crate) fn write(
    session: &mut dyn Session,
    company: Uuid,
    actor: Actor,
    act: &Act<'_>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    // The company's row is locked until the act is committed: numbers have no gaps and follow one another.
    let counted = session.query(
        "UPDATE company SET audits = audits + 1 WHERE company_id = $1 RETURNING audits",
        &[company.into()],
    )?;
    let number = counted.first().map_or(Ok(1), |row| row.integer(0))?;
    let before = session.query(
        "SELECT digest FROM audit WHERE company_id = $1 AND number = $2",
        &[company.into(), (number - 1).into()],
    )?;
    let before = before.first().map_or(Ok(String::new()), |row| row.text(0).map(str::to_owned))?;
    let actor_id = Some(actor.id()).filter(|id| !id.is_nil());
    let (at, detail) = (now.timestamp_millis(), act.detail.to_string());
    let content = (at, actor.kind(), actor_id, act.name, act.subject, &act.id, act.store, &detail);
    let digest = chained(&before, number, &content);
    session.execute(
        "INSERT INTO audit (company_id, number, at, actor_kind, actor_id, act, subject, subject_id, store_id, \
         detail, correlation_id, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &[
            company.into(),
            number.into(),
            at.into(),
            actor.kind().into(),
            actor_id.into(),
            act.name.into(),
            act.subject.into(),
            act.id.as_str().into(),
            act.store.into(),
            detail.into(),
            request::correlation_id().into(),
            digest.into(),
        ],
    )?;
    Ok(())
}

/// Writes down what became of a person's own account, in every company they belong to: each wants to know how its people
/// log in.
pub(crate) fn write_of_person(
    session: &mut dyn Session,
    user: Uuid,
    (name, actor): (&str, Actor),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let rows = session.query(
        "SELECT m.company_id FROM membership m JOIN company c ON c.company_id = m.company_id \
         WHERE m.user_id = $1 AND m.is_active = 1 AND c.state <> 'deleted' ORDER BY m.company_id",
        &[user.into()],
    )?;
    for row in &rows {
        let detail = Json::Object(serde_json::Map::new());
        let act = Act { name, subject: "user", id: user.to_string(), store: None, detail };
        write(session, row.id(0)?, actor, &act, now)?;
    }
    Ok(())
}

fn chained(before: &str, number: i64, content: &impl Serialize) -> String {
    let content = serde_json::to_string(content).expect("texts and numbers can be written");
    Digest::of_parts([before.as_bytes(), number.to_string().as_bytes(), content.as_bytes()]).to_string()
}

const ENTRY: &str = "SELECT number, at, actor_kind, actor_id, act, subject, subject_id, store_id, detail, \
     correlation_id, digest FROM audit";

/// Reads the log in its order; of a reader who reaches some stores only, what happened in them.
pub(crate) fn read(
    session: &mut dyn Session,
    company: Uuid,
    filter: &Filter,
    reach: &Reach,
    limit: i64,
) -> Result<Vec<AuditEntry>, DatabaseError> {
    let wanted = Wanted::within(reach, ("store_id", None), [company.into(), filter.after.into()])
        .and("act =", filter.act.as_deref())
        .and("subject =", filter.subject.as_deref())
        .and("subject_id =", filter.subject_id.as_deref())
        .and("actor_id =", filter.actor)
        .and("store_id =", filter.store)
        .and("at >=", filter.from.map(|from| from.timestamp_millis()))
        .and("at <", filter.until.map(|until| until.timestamp_millis()));
    let (sql, values) =
        wanted.page(&format!("{ENTRY} WHERE company_id = $1 AND number > $2"), "number", limit);
    session.query(&sql, &values)?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<AuditEntry, DatabaseError> {
    let detail: Json = serde_json::from_str(row.text(8)?)
        .map_err(|_| DatabaseError::Column { column: 8, expected: "JSON" })?;
    // Which settings of a terminal were changed stood there as a bare list once.
    let detail = if detail.is_array() { json!({"settings": detail}) } else { detail };
    Ok(AuditEntry {
        number: row.integer(0)?,
        at: row.time(1)?,
        actor_kind: row.text(2)?.to_owned(),
        actor_id: row.optional_id(3)?,
        act: row.text(4)?.to_owned(),
        subject: row.text(5)?.to_owned(),
        subject_id: row.text(6)?.to_owned(),
        store_id: row.optional_id(7)?,
        detail,
        correlation_id: row.optional_text(9)?.map(str::to_owned),
        digest: row.text(10)?.to_owned(),
    })
}

/// The first row that is not what was written, if there is one.
pub(crate) fn first_broken(session: &mut dyn Session, company: Uuid) -> Result<Option<i64>, DatabaseError> {
    let rows = session.query(&format!("{ENTRY} WHERE company_id = $1 ORDER BY number"), &[company.into()])?;
    let mut before = String::new();
    for (expected, row) in (1..).zip(&rows) {
        let entry = entry(row)?;
        let detail = row.text(8)?;
        let content = (
            entry.at.timestamp_millis(),
            &entry.actor_kind,
            entry.actor_id,
            &entry.act,
            &entry.subject,
            &entry.subject_id,
            entry.store_id,
            detail,
        );
        if entry.number != expected || chained(&before, expected, &content) != entry.digest {
            return Ok(Some(expected));
        }
        before = entry.digest;
    }
    Ok(None)
}
