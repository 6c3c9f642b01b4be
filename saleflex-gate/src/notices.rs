//! Messages: for people about what happened in their company, for tills by whoever looks after them.

pub(crate) mod tills;

use chrono::{DateTime, Utc};
use saleflex_sync::wire::notification::NotificationKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    access::{Reach, Role, Wanted},
    db::{DatabaseError, Session},
    ids::new_id,
    people::standing,
    text,
};

/// A message for a person.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Notice {
    /// Its identity.
    pub(crate) id: Uuid,
    /// The company it is about.
    pub(crate) company_id: Uuid,
    /// Such as `join_request`, `deletion_request`, `owner_offered`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// In short.
    pub(crate) title: String,
    /// At length.
    pub(crate) body: String,
    /// When it was written.
    pub(crate) created_at: DateTime<Utc>,
    /// When it was read.
    pub(crate) read_at: Option<DateTime<Utc>>,
}

/// A message: for tills, or for people where a person or a role is named.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Tea is sold out", "body": "Please offer the green one."}))]
pub(crate) struct NewMessage {
    /// To the terminals of this store, or with `role` to those who have it there; where no place is named: to all the sender
    /// looks after.
    #[serde(default)]
    pub(crate) store_id: Option<Uuid>,
    /// To the terminals of this region and of those below it.
    #[serde(default)]
    pub(crate) region_id: Option<Uuid>,
    /// To this terminal.
    #[serde(default)]
    pub(crate) terminal_id: Option<Uuid>,
    /// To this person.
    #[serde(default)]
    pub(crate) user_id: Option<Uuid>,
    /// To everybody with this role.
    #[serde(default)]
    pub(crate) role: Option<Role>,
    /// Of a message for tills: `terminal_message` where nothing is said, `system_alert` for what is read at once, or
    /// `product_update`, `price_change`, `campaign_update`, `loyalty_update`, which have them pull what changed.
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<String>,
    /// In short, 1 to 100 characters.
    pub(crate) title: String,
    /// At length, at most 1000 characters.
    #[serde(default)]
    pub(crate) body: String,
    /// Until when tills are told of it; always, where nothing is said.
    #[serde(default)]
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// Whether somebody at each till has to see it: if nobody says so within a quarter of an hour, or until it expires, those who
    /// look after the store are told.
    #[serde(default)]
    pub(crate) requires_ack: bool,
}

/// What a message is that says nothing of it.
const MESSAGE: &str = "terminal_message";

/// Who of a company is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Told {
    /// Those who administer it.
    Admins,
    /// Those who own it.
    Owners,
    /// Those who administer it, and those who manage a store of it or its region.
    Managers(Uuid),
    /// One person.
    One(Uuid),
}

/// Writes a message to people.
pub(crate) fn tell(
    session: &mut dyn Session,
    company: Uuid,
    told: Told,
    (kind, title, body): (&str, &str, &str),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let users: Vec<Uuid> = match told {
        Told::One(user) => vec![user],
        Told::Managers(store) => {
            let rows = session.query(
                "SELECT user_id FROM membership WHERE company_id = $1 AND is_admin = 1 UNION \
                 SELECT user_id FROM role_assignment WHERE company_id = $1 AND ((role = 'store_manager' \
                 AND store_id = $2) OR (role = 'region_manager' AND region_id IN (SELECT region_id \
                 FROM region_store WHERE company_id = $1 AND store_id = $2)))",
                &[company.into(), store.into()],
            )?;
            rows.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?
        }
        Told::Admins | Told::Owners => {
            let tag = if told == Told::Owners { "is_owner" } else { "is_admin" };
            let sql = format!("SELECT user_id FROM membership WHERE company_id = $1 AND {tag} = 1");
            session.query(&sql, &[company.into()])?.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?
        }
    };
    for user in users {
        session.execute(
            "INSERT INTO user_notification (company_id, notification_id, user_id, kind, title, body, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                company.into(),
                new_id(now).into(),
                user.into(),
                kind.into(),
                title.into(),
                body.into(),
                now.timestamp_millis().into(),
            ],
        )?;
    }
    Ok(())
}

/// The messages of a person over all their companies, the oldest first.
pub(crate) fn list(
    session: &mut dyn Session,
    user: Uuid,
    (only_unread, since): (bool, Option<DateTime<Utc>>),
    (after, limit): (Uuid, i64),
) -> Result<Vec<Notice>, DatabaseError> {
    let unread = if only_unread { "AND read_at IS NULL" } else { "" };
    let sql = format!(
        "SELECT notification_id, company_id, kind, title, body, created_at, read_at FROM user_notification \
         WHERE user_id = $1 AND notification_id > $2 AND created_at >= $4 {unread} ORDER BY notification_id LIMIT $3"
    );
    let since = since.map_or(0, |since| since.timestamp_millis());
    let rows = session.query(&sql, &[user.into(), after.into(), limit.into(), since.into()])?;
    let notices = rows.iter().map(|row| {
        Ok(Notice {
            id: row.id(0)?,
            company_id: row.id(1)?,
            kind: row.text(2)?.to_owned(),
            title: row.text(3)?.to_owned(),
            body: row.text(4)?.to_owned(),
            created_at: row.time(5)?,
            read_at: row.optional_time(6)?,
        })
    });
    notices.collect()
}

/// Marks a person's message read; whether it is theirs.
pub(crate) fn read(
    session: &mut dyn Session,
    (user, id): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let marked = session.execute(
        "UPDATE user_notification SET read_at = COALESCE(read_at, $3) WHERE user_id = $1 AND notification_id = $2",
        &[user.into(), id.into(), now.timestamp_millis().into()],
    )?;
    Ok(marked > 0)
}

/// Marks all of a person's messages read.
pub(crate) fn read_all(
    session: &mut dyn Session,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    session.execute(
        "UPDATE user_notification SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL",
        &[user.into(), now.timestamp_millis().into()],
    )?;
    Ok(())
}

/// Writes a message to the active terminals within reach, and answers to how many.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn send(
    session: &mut dyn Session,
    (company, reach): (Uuid, &Reach),
    message: &NewMessage,
    now: DateTime<Utc>,
) -> Result<u64, ApiError> {
    check(message)?;
    let kind = message.kind.as_deref().unwrap_or(MESSAGE);
    check_for_tills(message, kind, now)?;
    let wanted = Wanted::within(reach, ("store_id", Some("terminal_id")), [company.into()])
        .and("store_id =", message.store_id)
        .and("terminal_id =", message.terminal_id);
    let (conditions, values) = wanted.all();
    let sql = format!(
        "SELECT terminal_id FROM terminal WHERE company_id = $1 AND state = 'active' AND {conditions}"
    );
    let terminals = session.query(&sql, &values)?;
    for terminal in &terminals {
        session.execute(
            "INSERT INTO notification (company_id, notification_id, terminal_id, kind, title, body, created_at, \
             expires_at, requires_ack) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                company.into(),
                new_id(now).into(),
                terminal.id(0)?.into(),
                kind.into(),
                message.title.as_str().into(),
                message.body.as_str().into(),
                now.timestamp_millis().into(),
                message.expires_at.map(|at| at.timestamp_millis()).into(),
                message.requires_ack.into(),
            ],
        )?;
    }
    Ok(u64::try_from(terminals.len()).unwrap_or(u64::MAX))
}

/// What a message for tills may say of itself.
fn check_for_tills(message: &NewMessage, kind: &str, now: DateTime<Utc>) -> Result<(), ApiError> {
    let named = NotificationKind::of(kind);
    let is_sent = matches!(named, NotificationKind::TerminalMessage | NotificationKind::SystemAlert);
    if !is_sent && !named.asks_for_a_pull() {
        return Err(text::unfit("type", "`type` is none that people send"));
    }
    text::ahead("expires_at", message.expires_at, now)
}

/// What a message may say, and to whom at once.
fn check(message: &NewMessage) -> Result<(), ApiError> {
    text::within("title", &message.title, 1..=100)?;
    text::within("body", &message.body, 0..=1000)?;
    let others = [
        ("region_id", message.region_id.is_some()),
        ("user_id", message.user_id.is_some()),
        ("terminal_id", message.terminal_id.is_some()),
        ("role", message.role.is_some()),
    ];
    let named: Vec<&str> =
        others.into_iter().filter(|(_, is_named)| *is_named).map(|(name, _)| name).collect();
    let stands_beside = message.terminal_id.is_some() || message.role.is_some();
    match named.as_slice() {
        [] => Ok(()),
        [_] if message.store_id.is_none() || stands_beside => Ok(()),
        [first, ..] => {
            let told = "a message goes to a region, a person, a terminal or a role: a store stands beside the last two alone";
            let error = ApiError::unprocessable("field_invalid", told);
            Err(ApiError { detail: Some((*first).to_owned()), ..error })
        }
    }
}

/// Writes a message to people whom the sender looks after: to one, or to all who have a role; answers to how many.
///
/// # Errors
/// `field_invalid`; `not_found` for somebody of whom the sender may not know.
pub(crate) fn send_to_people(
    session: &mut dyn Session,
    (company, reach): (Uuid, &Reach),
    message: &NewMessage,
    now: DateTime<Utc>,
) -> Result<u64, ApiError> {
    check(message)?;
    for (name, is_said) in [
        ("type", message.kind.is_some()),
        ("expires_at", message.expires_at.is_some()),
        ("requires_ack", message.requires_ack),
    ] {
        if is_said {
            return Err(text::unfit(name, "that is said of messages for tills alone"));
        }
    }
    let rows = match message.user_id {
        Some(user) => session.query(
            "SELECT user_id FROM membership WHERE company_id = $1 AND user_id = $2 AND is_active = 1",
            &[company.into(), user.into()],
        )?,
        None => session.query(
            "SELECT user_id FROM membership WHERE company_id = $1 AND is_active = 1 ORDER BY user_id",
            &[company.into()],
        )?,
    };
    let there = message.store_id.map(|store| Reach::of_stores([store]));
    let mut count = 0;
    for row in &rows {
        let user = row.id(0)?;
        let Some(standing) = standing::of(session, company, user)? else { continue };
        let has_role = message.role.is_none_or(|role| match &there {
            Some(there) => standing.holds(role, there),
            None => standing.roles().contains(role.name()),
        });
        if has_role && reach.holds(&standing.sees()) {
            let said = ("message", message.title.as_str(), message.body.as_str());
            tell(session, company, Told::One(user), said, now)?;
            count += 1;
        }
    }
    if message.user_id.is_some() && count == 0 {
        return Err(ApiError::not_found());
    }
    Ok(count)
}
