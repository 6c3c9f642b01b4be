//! Roles that are assigned: who may give which, and where.
//!
//! **Invariant:** nobody gives what reaches further than their own right to give.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    members::{self, Member},
    pin,
    standing::{Standing, stores_of_region},
};
use crate::{
    ApiError,
    access::{Capability, Place, Reach, Role},
    db::{DatabaseError, Row, Session, Value},
    ids::new_id,
    text,
};

/// Who gives or takes a role.
pub(crate) struct Grantor<'a> {
    pub(crate) user: Uuid,
    pub(crate) standing: &'a Standing,
}

/// A role to assign.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "user_id": "018f0000-0000-7000-8000-000000000001", "role": "cashier", "scope": "store",
    "scope_id": "018f0000-0000-7000-8000-000000000002"
}))]
pub(crate) struct NewAssignment {
    /// To whom; in an invitation, to whoever accepts it.
    #[serde(default)]
    pub(crate) user_id: Option<Uuid>,
    /// Which.
    pub(crate) role: Role,
    /// On what.
    pub(crate) scope: Place,
    /// On which region or store.
    #[serde(default)]
    pub(crate) scope_id: Option<Uuid>,
    /// At which terminals of the store; absent: at all.
    #[serde(default)]
    pub(crate) terminals: Option<BTreeSet<Uuid>>,
}

/// Where a role holds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"terminals": ["018f0000-0000-7000-8000-000000000001"]}))]
pub(crate) struct AssignmentEdit {
    /// At these terminals of the store; `null`: at all; absent: as before.
    #[serde(default)]
    #[schema(value_type = Option<BTreeSet<Uuid>>)]
    pub(crate) terminals: HoldsAt,
}

/// At which terminals a role is to hold.
#[derive(Default)]
pub(crate) enum HoldsAt {
    /// Nothing is said.
    #[default]
    AsBefore,
    /// At these; none: at all of the store.
    Said(Option<BTreeSet<Uuid>>),
}

impl<'de> Deserialize<'de> for HoldsAt {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::Said)
    }
}

/// A role that somebody has.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Assignment {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Who has it.
    pub(crate) user_id: Uuid,
    /// Which.
    pub(crate) role: String,
    /// On what.
    pub(crate) scope: Place,
    /// On which region or store.
    pub(crate) scope_id: Option<Uuid>,
    /// At which terminals of the store; absent: at all.
    pub(crate) terminals: Option<BTreeSet<Uuid>>,
    /// Since when.
    pub(crate) created_at: DateTime<Utc>,
}

/// That the grantor may give or take this role there, and that the place is one.
///
/// # Errors
/// `role_not_there` for a role that is not on such a place, `not_found` for a place the grantor may not know of,
/// `not_allowed`.
pub(crate) fn check(
    session: &mut dyn Session,
    grantor: &Grantor<'_>,
    new: &NewAssignment,
) -> Result<(), ApiError> {
    let company = grantor.standing.company;
    let place = place(session, company, new)?;
    let (may, sees) = (grantor.standing.reach(Capability::RoleAssign), grantor.standing.sees());
    if !may.holds(&place) {
        return Err(if sees.holds(&place) { not_allowed() } else { ApiError::not_found() });
    }
    let standing = grantor.standing;
    if standing.is_owner || standing.is_admin {
        return Ok(());
    }
    // A region's manager gives the roles of stores, a store's manager those of its staff.
    let is_below = if new.role == Role::StoreManager {
        standing.holds(Role::RegionManager, &place)
    } else {
        new.role.is_of_store_staff()
    };
    if is_below { Ok(()) } else { Err(not_allowed()) }
}

fn not_allowed() -> ApiError {
    ApiError::not_allowed(Capability::RoleAssign.name())
}

/// That the grantor looks after a person: that they could have given all the roles the person has. Who has one tag is
/// looked after by those who have one.
///
/// # Errors
/// `not_allowed`.
pub(crate) fn looks_after(
    session: &mut dyn Session,
    grantor: &Grantor<'_>,
    member: &Member,
) -> Result<(), ApiError> {
    let standing = grantor.standing;
    if standing.is_owner || standing.is_admin || grantor.user == member.user_id {
        return Ok(());
    }
    if member.is_owner || member.is_admin {
        return Err(not_allowed());
    }
    for assignment in of(session, standing.company, Some(member.user_id))? {
        let new = assignment.as_new().ok_or_else(not_allowed)?;
        // A place that the grantor does not know of is one they do not look after; the person is no secret.
        check(session, grantor, &new).map_err(|error| match error.status {
            StatusCode::NOT_FOUND => not_allowed(),
            _ => error,
        })?;
    }
    Ok(())
}

/// The stores an assignment reaches; the whole company when it is on it.
fn place(session: &mut dyn Session, company: Uuid, new: &NewAssignment) -> Result<Reach, ApiError> {
    if !new.role.places().contains(&new.scope) {
        let message = format!("`{}` is not assigned on that scope", new.role.name());
        return Err(ApiError::unprocessable("role_not_there", message));
    }
    if new.terminals.is_some() && new.scope != Place::Store {
        return Err(ApiError::unprocessable("role_not_there", "terminals are named for a store only"));
    }
    match (new.scope, new.scope_id) {
        (Place::Company, None) => Ok(Reach::company()),
        (Place::Region, Some(region)) => {
            let sql = "SELECT 1 FROM region WHERE company_id = $1 AND region_id = $2 AND is_deleted = 0";
            if session.query(sql, &[company.into(), region.into()])?.is_empty() {
                return Err(ApiError::not_found());
            }
            Ok(Reach::of_stores(stores_of_region(session, company, region)?))
        }
        (Place::Store, Some(store)) => {
            let known = terminals_of(session, company, store)?;
            if !new.terminals.iter().flatten().all(|terminal| known.contains(terminal)) {
                return Err(ApiError::not_found());
            }
            Ok(Reach::of_stores([store]))
        }
        _ => {
            let message = "a region and a store are named with `scope_id`, the company is not";
            Err(ApiError::unprocessable("role_not_there", message))
        }
    }
}

fn terminals_of(session: &mut dyn Session, company: Uuid, store: Uuid) -> Result<BTreeSet<Uuid>, ApiError> {
    let key = [company.into(), store.into()];
    if session.query("SELECT 1 FROM store WHERE company_id = $1 AND store_id = $2", &key)?.is_empty() {
        return Err(ApiError::not_found());
    }
    let sql = "SELECT terminal_id FROM terminal WHERE company_id = $1 AND store_id = $2";
    let rows = session.query(sql, &key)?;
    Ok(rows.iter().map(|row| row.id(0)).collect::<Result<_, DatabaseError>>()?)
}

/// Assigns a role that was checked.
///
/// # Errors
/// `not_found` when the person does not belong to the company; `already_assigned`; `pin_taken` when somebody there has
/// the same PIN.
pub(crate) fn put(
    session: &mut dyn Session,
    company: Uuid,
    new: &NewAssignment,
    granted_by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Assignment, ApiError> {
    let Some(user) = new.user_id else {
        return Err(text::unfit("user_id", "`user_id` says to whom"));
    };
    members::one(session, company, user)?;
    place(session, company, new)?;
    let same = of(session, company, Some(user))?.into_iter().any(|known| {
        known.role == new.role.name() && known.scope == new.scope && known.scope_id == new.scope_id
    });
    if same {
        return Err(ApiError::conflict("already_assigned", "the person has this role there"));
    }
    let on = |place| new.scope_id.filter(|_| new.scope == place);
    let terminals = new.terminals.as_ref().map(serde_json::to_string).transpose();
    let id = new_id(now);
    session.execute(
        "INSERT INTO role_assignment (company_id, assignment_id, user_id, role, region_id, store_id, terminals, \
         granted_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            company.into(),
            id.into(),
            user.into(),
            new.role.name().into(),
            on(Place::Region).into(),
            on(Place::Store).into(),
            terminals.map_err(|_| ApiError::internal())?.into(),
            granted_by.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    pin::is_alone(session, company, user)?;
    one(session, company, id)
}

const ASSIGNMENT: &str = "SELECT assignment_id, user_id, role, region_id, store_id, terminals, created_at \
     FROM role_assignment WHERE company_id = $1";

fn assignment(row: &Row) -> Result<Assignment, DatabaseError> {
    let terminals = row.optional_text(5)?.map(serde_json::from_str).transpose();
    let (region, store) = (row.optional_id(3)?, row.optional_id(4)?);
    let scope = match (region, store) {
        (_, Some(_)) => Place::Store,
        (Some(_), None) => Place::Region,
        (None, None) => Place::Company,
    };
    Ok(Assignment {
        id: row.id(0)?,
        user_id: row.id(1)?,
        role: row.text(2)?.to_owned(),
        scope,
        scope_id: store.or(region),
        terminals: terminals
            .map_err(|_| DatabaseError::Column { column: 5, expected: "a list of terminals" })?,
        created_at: row.time(6)?,
    })
}

/// What was assigned in a company, to one person or to all.
pub(crate) fn of(
    session: &mut dyn Session,
    company: Uuid,
    user: Option<Uuid>,
) -> Result<Vec<Assignment>, DatabaseError> {
    let mut values: Vec<Value> = vec![company.into()];
    values.extend(user.map(Value::from));
    let only = if user.is_some() { " AND user_id = $2" } else { "" };
    let rows = session.query(&format!("{ASSIGNMENT}{only} ORDER BY assignment_id"), &values)?;
    rows.iter().map(assignment).collect()
}

/// One assignment.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<Assignment, ApiError> {
    let rows =
        session.query(&format!("{ASSIGNMENT} AND assignment_id = $2"), &[company.into(), id.into()])?;
    Ok(assignment(rows.first().ok_or_else(ApiError::not_found)?)?)
}

impl Assignment {
    /// The same, as something to assign.
    pub(crate) fn as_new(&self) -> Option<NewAssignment> {
        Some(NewAssignment {
            user_id: Some(self.user_id),
            role: Role::parse(&self.role)?,
            scope: self.scope,
            scope_id: self.scope_id,
            terminals: self.terminals.clone(),
        })
    }

    /// The stores that it reaches.
    pub(crate) fn reach(&self, session: &mut dyn Session, company: Uuid) -> Result<Reach, DatabaseError> {
        Ok(match (self.scope, self.scope_id) {
            (Place::Region, Some(region)) => Reach::of_stores(stores_of_region(session, company, region)?),
            (Place::Store, Some(store)) => Reach::of_stores([store]),
            (Place::Company | Place::Region | Place::Store, _) => Reach::company(),
        })
    }
}

/// Says at which terminals an assignment holds; none: at all of its place.
pub(crate) fn put_terminals(
    session: &mut dyn Session,
    company: Uuid,
    (id, terminals): (Uuid, Option<&BTreeSet<Uuid>>),
) -> Result<Assignment, ApiError> {
    let terminals = terminals.map(serde_json::to_string).transpose().map_err(|_| ApiError::internal())?;
    session.execute(
        "UPDATE role_assignment SET terminals = $3 WHERE company_id = $1 AND assignment_id = $2",
        &[company.into(), id.into(), terminals.into()],
    )?;
    one(session, company, id)
}

/// Takes an assignment back.
pub(crate) fn remove(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM role_assignment WHERE company_id = $1 AND assignment_id = $2";
    session.execute(sql, &[company.into(), id.into()]).map(drop)
}
