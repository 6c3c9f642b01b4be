//! What a person is in one company at this moment.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{
    access::{Capability, Held, Reach, Role, reach},
    db::{DatabaseError, Row, Session},
};

/// A person's membership with everything that was assigned to them.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) company: Uuid,
    pub(crate) slug: String,
    pub(crate) is_owner: bool,
    pub(crate) is_admin: bool,
    held: Vec<Held>,
    store_domains: BTreeSet<String>,
}

impl Standing {
    /// The same at a till: no further than the till's store, and without the tags, which are the whole company's.
    pub(crate) fn within(self, store: Uuid) -> Self {
        let held = self.held.into_iter().filter_map(|held| held.within(store)).collect();
        Self { is_owner: false, is_admin: false, held, ..self }
    }

    /// How far a capability reaches.
    pub(crate) fn reach(&self, capability: Capability) -> Reach {
        reach(&self.held, capability, &self.store_domains)
    }

    /// What the person may know of: wherever they have a role that is more than belonging.
    pub(crate) fn sees(&self) -> Reach {
        self.reach_of_any(|role| role != Role::Member)
    }

    fn reach_of_any(&self, counts: impl Fn(Role) -> bool) -> Reach {
        let held = self.held.iter().filter(|held| counts(held.role));
        let mut stores = BTreeSet::new();
        for one in held {
            match &one.stores {
                None => return Reach::company(),
                Some(some) => stores.extend(some.iter().copied()),
            }
        }
        Reach::of_stores(stores)
    }

    /// Whether a role reaches into some place.
    pub(crate) fn holds(&self, role: Role, place: &Reach) -> bool {
        self.reach_of_any(|held| held == role).holds(place)
    }

    /// The names of the roles that are held.
    pub(crate) fn roles(&self) -> BTreeSet<&'static str> {
        self.held.iter().map(|held| held.role.name()).collect()
    }
}

/// What a person is in a company; none if they do not belong to it, or it is gone.
pub(crate) fn of(
    session: &mut dyn Session,
    company: Uuid,
    user: Uuid,
) -> Result<Option<Standing>, DatabaseError> {
    let rows = session.query(
        "SELECT m.is_owner, m.is_admin, c.slug, c.store_domains FROM membership m \
         JOIN company c ON c.company_id = m.company_id \
         WHERE m.company_id = $1 AND m.user_id = $2 AND m.is_active = 1 AND c.state <> 'deleted'",
        &[company.into(), user.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (is_owner, is_admin) = (row.flag(0)?, row.flag(1)?);
    let mut held = vec![everywhere(Role::Member)];
    held.extend(is_owner.then(|| everywhere(Role::Owner)));
    held.extend(is_admin.then(|| everywhere(Role::Admin)));
    let assigned = session.query(
        "SELECT role, region_id, store_id, terminals FROM role_assignment WHERE company_id = $1 AND user_id = $2",
        &[company.into(), user.into()],
    )?;
    for row in &assigned {
        held.extend(assigned_role(session, company, row)?);
    }
    let store_domains = row.text(3)?.split(',').filter(|domain| !domain.is_empty());
    Ok(Some(Standing {
        company,
        slug: row.text(2)?.to_owned(),
        is_owner,
        is_admin,
        held,
        store_domains: store_domains.map(str::to_owned).collect(),
    }))
}

fn everywhere(role: Role) -> Held {
    Held { role, stores: None, terminals: None }
}

/// A role of a later program is no role here: it grants nothing.
fn assigned_role(session: &mut dyn Session, company: Uuid, row: &Row) -> Result<Option<Held>, DatabaseError> {
    let Some(role) = Role::parse(row.text(0)?) else { return Ok(None) };
    let stores = match (row.optional_id(1)?, row.optional_id(2)?) {
        (_, Some(store)) => Some(BTreeSet::from([store])),
        (Some(region), None) => Some(stores_of_region(session, company, region)?),
        (None, None) => None,
    };
    let terminals = row.optional_text(3)?.map(serde_json::from_str).transpose();
    let terminals =
        terminals.map_err(|_| DatabaseError::Column { column: 3, expected: "a list of terminals" })?;
    Ok(Some(Held { role, stores, terminals }))
}

/// The stores of a region and of all regions below it.
pub(crate) fn stores_of_region(
    session: &mut dyn Session,
    company: Uuid,
    region: Uuid,
) -> Result<BTreeSet<Uuid>, DatabaseError> {
    let rows = session.query(
        "WITH RECURSIVE below (region_id) AS ( \
             SELECT region_id FROM region WHERE company_id = $1 AND region_id = $2 AND is_deleted = 0 \
             UNION SELECT r.region_id FROM region r JOIN below b ON r.parent_id = b.region_id \
             WHERE r.company_id = $1 AND r.is_deleted = 0) \
         SELECT store_id FROM region_store WHERE company_id = $1 AND region_id IN (SELECT region_id FROM below)",
        &[company.into(), region.into()],
    )?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// The company a person works in when they have exactly one.
pub(crate) fn only_company(session: &mut dyn Session, user: Uuid) -> Result<Option<Uuid>, DatabaseError> {
    let rows = session.query(
        "SELECT m.company_id FROM membership m JOIN company c ON c.company_id = m.company_id \
         WHERE m.user_id = $1 AND m.is_active = 1 AND c.state <> 'deleted'",
        &[user.into()],
    )?;
    match rows.as_slice() {
        [one] => one.id(0).map(Some),
        _ => Ok(None),
    }
}

/// The company of a terminal in whose store a person has a role; none where the terminal does not work.
pub(crate) fn company_at(
    session: &mut dyn Session,
    user: Uuid,
    terminal: Uuid,
) -> Result<Option<Uuid>, DatabaseError> {
    let rows = session.query(
        "SELECT m.company_id, t.store_id FROM membership m JOIN terminal t ON t.company_id = m.company_id \
         WHERE m.user_id = $1 AND t.terminal_id = $2 AND t.state = 'active'",
        &[user.into(), terminal.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (company, store) = (row.id(0)?, row.id(1)?);
    let is_theirs = of(session, company, user)?.is_some_and(|found| found.sees().holds_store(store));
    Ok(is_theirs.then_some(company))
}
