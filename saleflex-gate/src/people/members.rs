//! Companies and who belongs to them: the two tags, owner and administrator, and their rules.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use saleflex_core::digest::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{pin, roles, user};
use crate::{
    ApiError,
    authority::{self, Deciders},
    db::{DatabaseError, Row, Session},
    ids::new_id,
    text,
};

/// The most characters of a slug that come from the name.
const FROM_NAME: usize = 80;

/// A company, as its members see it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Company {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Its name in addresses; it never changes.
    pub(crate) slug: String,
    /// Its name.
    pub(crate) name: String,
    /// `active`, `deletion_pending` or `deleted`.
    pub(crate) state: String,
    /// Registration fields, defaults and contacts, as the company keeps them.
    #[schema(value_type = Object)]
    pub(crate) details: Map<String, Json>,
    /// The domains that stores may write themselves: `catalog`, `price`, `campaign`, `coupon`.
    pub(crate) store_domains: Vec<String>,
    /// What a till does where no share of a limit is lent to it: `refuse`, and the limit is never passed; or `allow`, and
    /// the sale is marked `over_quota`.
    pub(crate) quota_policy: String,
    /// Who decides in which domain, where it is not the company's hub: `{"catalog": "office"}`.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub(crate) authority: Deciders,
    /// What the caller is here: `owner`, `admin`, `member`.
    pub(crate) tags: Vec<String>,
}

/// A company to found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Harbour Foods"}))]
pub(crate) struct NewCompany {
    /// Its name, 1 to 200 characters.
    pub(crate) name: String,
    /// Registration fields, such as `vat_number`, `registration_number`, `registered_office`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) details: Map<String, Json>,
}

/// What changes of a company; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Harbour Foods Ltd", "store_domains": ["price"]}))]
pub(crate) struct CompanyChange {
    /// Its name.
    pub(crate) name: Option<String>,
    /// Registration fields and defaults, in the place of all before.
    #[schema(value_type = Option<Object>)]
    pub(crate) details: Option<Map<String, Json>>,
    /// The domains that stores may write themselves.
    pub(crate) store_domains: Option<Vec<String>>,
    /// What a till does where no share of a limit is lent to it: `refuse` or `allow`.
    pub(crate) quota_policy: Option<String>,
    /// Who decides in which domain, in the place of all before: the company's hub (`gate`, where nothing is said), the
    /// store's (`office`), each till (`terminal`). Domains are `campaign`, `catalog`, `customers`, `forms`, `loyalty`,
    /// `settings`, `users`, `warehouse`.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    pub(crate) authority: Option<Deciders>,
}

/// Somebody who belongs to a company.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "what a client reads of a member")]
pub(crate) struct Member {
    /// Who.
    pub(crate) user_id: Uuid,
    /// Their user name.
    pub(crate) username: String,
    /// First name.
    pub(crate) first_name: String,
    /// Last name.
    pub(crate) last_name: String,
    /// Whether they own it.
    pub(crate) is_owner: bool,
    /// Whether they administer it.
    pub(crate) is_admin: bool,
    /// Whether ownership was offered to them and not taken yet.
    pub(crate) owner_offered: bool,
    /// The roles that they have somewhere in it, each once. Where stands in `/role-assignments`.
    pub(crate) roles: Vec<String>,
    /// Their number at tills.
    pub(crate) cashier_number: Option<String>,
    /// Whether they may act here.
    pub(crate) is_active: bool,
    /// Since when.
    pub(crate) joined_at: DateTime<Utc>,
}

impl Member {
    /// Where they stand in a list of members.
    pub(crate) fn place(&self) -> String {
        user::key(&self.username)
    }
}

/// Founds a company; its founder owns and administers it.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn found(
    session: &mut dyn Session,
    founder: Uuid,
    new: &NewCompany,
    now: DateTime<Utc>,
) -> Result<Uuid, ApiError> {
    text::within("name", &new.name, 1..=200)?;
    let (company, details) = (new_id(now), Json::Object(new.details.clone()).to_string());
    let slug = free_slug(session, &new.name, company)?;
    session.execute(
        "INSERT INTO company (company_id, slug, name, created_at, details, quota_policy) \
         VALUES ($1, $2, $3, $4, $5, 'refuse')",
        &[
            company.into(),
            slug.as_str().into(),
            new.name.as_str().into(),
            now.timestamp_millis().into(),
            details.into(),
        ],
    )?;
    let sql = "INSERT INTO company_slug (slug, company_id) VALUES ($1, $2)";
    session.execute(sql, &[slug.into(), company.into()])?;
    add_owner(session, company, founder, now)?;
    Ok(company)
}

/// Makes a person, who is no member yet, one who owns and administers the company.
pub(crate) fn add_owner(
    session: &mut dyn Session,
    company: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    add(session, company, user, now)?;
    session.execute(
        "UPDATE membership SET is_owner = 1, is_admin = 1 WHERE company_id = $1 AND user_id = $2",
        &[company.into(), user.into()],
    )?;
    Ok(())
}

/// The name in lower-case plain letters, with a piece of the identity where another company has it.
fn free_slug(session: &mut dyn Session, name: &str, company: Uuid) -> Result<String, DatabaseError> {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars().take(FROM_NAME) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'ç' => slug.push('c'),
            'ğ' => slug.push('g'),
            'ı' => slug.push('i'),
            'ö' => slug.push('o'),
            'ş' => slug.push('s'),
            'ü' => slug.push('u'),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-').to_owned();
    let taken = session.query("SELECT 1 FROM company_slug WHERE slug = $1", &[slug.as_str().into()])?;
    if taken.is_empty() && !slug.is_empty() {
        return Ok(slug);
    }
    let piece: String = Digest::of(company.as_bytes()).to_string().chars().take(8).collect();
    Ok(if slug.is_empty() { piece } else { format!("{slug}-{piece}") })
}

/// The company of a slug, if it is still there; the case does not count.
pub(crate) fn by_slug(session: &mut dyn Session, slug: &str) -> Result<Option<Uuid>, DatabaseError> {
    let rows = session.query(
        "SELECT s.company_id FROM company_slug s JOIN company c ON c.company_id = s.company_id \
         WHERE s.slug = $1 AND c.state <> 'deleted'",
        &[slug.trim().to_lowercase().into()],
    )?;
    rows.first().map(|row| row.id(0)).transpose()
}

/// Makes a person a member, if they are none yet; whether they are new.
pub(crate) fn add(
    session: &mut dyn Session,
    company: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let added = session.execute(
        "INSERT INTO membership (company_id, user_id, is_owner, is_admin, is_active, joined_at) \
         VALUES ($1, $2, 0, 0, 1, $3) ON CONFLICT (company_id, user_id) DO NOTHING",
        &[company.into(), user.into(), now.timestamp_millis().into()],
    )?;
    Ok(added == 1)
}

// A wish to delete that has run out is none.
const COMPANY: &str = "SELECT c.company_id, c.slug, c.name, CASE WHEN c.state = 'deletion_pending' AND NOT EXISTS \
     (SELECT 1 FROM company_deletion d WHERE d.company_id = c.company_id AND d.state = 'pending' AND d.expires_at > $2) \
     THEN 'active' ELSE c.state END, c.details, c.store_domains, m.is_owner, \
     m.is_admin, c.quota_policy, c.authority FROM company c JOIN membership m ON m.company_id = c.company_id \
     WHERE m.user_id = $1 AND m.is_active = 1 AND c.state <> 'deleted'";

/// The companies of a person, or one of them, as they stand now.
pub(crate) fn companies(
    session: &mut dyn Session,
    (user, only): (Uuid, Option<Uuid>),
    now: DateTime<Utc>,
) -> Result<Vec<Company>, DatabaseError> {
    let (user, now) = (user.into(), now.timestamp_millis().into());
    let rows = match only {
        None => session.query(&format!("{COMPANY} ORDER BY c.name, c.company_id"), &[user, now]),
        Some(company) => {
            session.query(&format!("{COMPANY} AND c.company_id = $3"), &[user, now, company.into()])
        }
    };
    rows?.iter().map(company).collect()
}

fn company(row: &Row) -> Result<Company, DatabaseError> {
    let details = serde_json::from_str(row.text(4)?);
    let tags = [("owner", row.flag(6)?), ("admin", row.flag(7)?), ("member", true)];
    let store_domains = row.text(5)?.split(',').filter(|domain| !domain.is_empty());
    Ok(Company {
        id: row.id(0)?,
        slug: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        state: row.text(3)?.to_owned(),
        details: details.map_err(|_| DatabaseError::Column { column: 4, expected: "a JSON object" })?,
        store_domains: store_domains.map(str::to_owned).collect(),
        quota_policy: row.text(8)?.to_owned(),
        authority: authority::read(row.text(9)?)?,
        tags: tags.into_iter().filter(|(_, has)| *has).map(|(tag, _)| tag.to_owned()).collect(),
    })
}

/// The domains that a company may give to its stores.
const DOMAINS: [&str; 4] = ["campaign", "catalog", "coupon", "price"];

/// Changes a company.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn change(
    session: &mut dyn Session,
    company: Uuid,
    change: &CompanyChange,
) -> Result<(), ApiError> {
    if let Some(name) = &change.name {
        text::within("name", name, 1..=200)?;
    }
    let given = change.store_domains.as_deref().unwrap_or_default();
    if let Some(unknown) = given.iter().find(|domain| !DOMAINS.contains(&domain.as_str())) {
        return Err(text::unfit(
            "store_domains",
            &format!("`{unknown}` is no domain that stores can be given"),
        ));
    }
    let policy = change.quota_policy.as_deref();
    if let Some(unknown) = policy.filter(|policy| !["refuse", "allow"].contains(policy)) {
        let message = format!("`{unknown}` is no policy: `refuse` or `allow`");
        let error = ApiError::unprocessable("field_invalid", message);
        return Err(ApiError { detail: Some("quota_policy".to_owned()), ..error });
    }
    if let Some(deciders) = &change.authority {
        authority::check(deciders)?;
        authority::put(session, company, deciders)?;
    }
    let details = change.details.clone().map(|details| Json::Object(details).to_string());
    session.execute(
        "UPDATE company SET name = COALESCE($2, name), details = COALESCE($3, details), \
         store_domains = COALESCE($4, store_domains), quota_policy = COALESCE($5, quota_policy) \
         WHERE company_id = $1",
        &[
            company.into(),
            change.name.as_deref().into(),
            details.into(),
            change.store_domains.as_ref().map(|domains| domains.join(",")).into(),
            policy.into(),
        ],
    )?;
    Ok(())
}

const MEMBER: &str = "SELECT m.user_id, u.username, u.first_name, u.last_name, m.is_owner, m.is_admin, \
     (SELECT count(*) FROM ownership_offer o WHERE o.company_id = m.company_id AND o.user_id = m.user_id), \
     m.cashier_number, m.is_active, m.joined_at FROM membership m \
     JOIN hub_user u ON u.user_id = m.user_id WHERE m.company_id = $1";

/// The roles of each member.
type Held = BTreeMap<Uuid, BTreeSet<String>>;

fn held(session: &mut dyn Session, company: Uuid, user: Option<Uuid>) -> Result<Held, DatabaseError> {
    let mut held = Held::new();
    for one in roles::of(session, company, user)? {
        held.entry(one.user_id).or_default().insert(one.role);
    }
    Ok(held)
}

fn member(row: &Row, held: &Held) -> Result<Member, DatabaseError> {
    let user_id = row.id(0)?;
    Ok(Member {
        user_id,
        username: row.text(1)?.to_owned(),
        first_name: row.text(2)?.to_owned(),
        last_name: row.text(3)?.to_owned(),
        is_owner: row.flag(4)?,
        is_admin: row.flag(5)?,
        owner_offered: row.integer(6)? > 0,
        roles: held.get(&user_id).into_iter().flatten().cloned().collect(),
        cashier_number: row.optional_text(7)?.map(str::to_owned),
        is_active: row.flag(8)?,
        joined_at: row.time(9)?,
    })
}

/// Everybody who belongs to a company.
pub(crate) fn list(session: &mut dyn Session, company: Uuid) -> Result<Vec<Member>, DatabaseError> {
    let rows = session.query(&format!("{MEMBER} ORDER BY u.username_key"), &[company.into()])?;
    let held = held(session, company, None)?;
    rows.iter().map(|row| member(row, &held)).collect()
}

/// Somebody who belongs to a company.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(session: &mut dyn Session, company: Uuid, user: Uuid) -> Result<Member, ApiError> {
    let rows = session.query(&format!("{MEMBER} AND m.user_id = $2"), &[company.into(), user.into()])?;
    let row = rows.first().ok_or_else(ApiError::not_found)?;
    Ok(member(row, &held(session, company, Some(user))?)?)
}

/// Gives or takes the administrator's tag. `by` is whoever does it, and whether they own the company.
///
/// # Errors
/// `owner_stays_admin`, `own_tag`; `pin_taken` while somebody has the same PIN.
pub(crate) fn put_admin(
    session: &mut dyn Session,
    company: Uuid,
    user: Uuid,
    (by, is_admin): (Uuid, bool),
) -> Result<Member, ApiError> {
    let before = one(session, company, user)?;
    if !is_admin && before.is_owner {
        return Err(ApiError::conflict("owner_stays_admin", "an owner always administers the company"));
    }
    if !is_admin && by == user {
        return Err(ApiError::conflict(
            "own_tag",
            "another administrator or an owner takes the tag from you",
        ));
    }
    session.execute(
        "UPDATE membership SET is_admin = $3 WHERE company_id = $1 AND user_id = $2",
        &[company.into(), user.into(), is_admin.into()],
    )?;
    if is_admin {
        pin::is_alone(session, company, user)?;
    }
    one(session, company, user)
}

/// Offers ownership to whoever has a name. It stands beside the members until they accept: nobody belongs to a company
/// because somebody else says so. Answers who is to be told; none when nobody has the name, or they own it already.
pub(crate) fn offer_ownership(
    session: &mut dyn Session,
    company: Uuid,
    username: &str,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, DatabaseError> {
    let Some(user) = user::by_name(session, username)? else { return Ok(None) };
    let key = [company.into(), user.id.into()];
    let sql = "SELECT 1 FROM membership WHERE company_id = $1 AND user_id = $2 AND is_owner = 1";
    if !session.query(sql, &key)?.is_empty() {
        return Ok(None);
    }
    session.execute(
        "INSERT INTO ownership_offer (company_id, user_id, offered_at) VALUES ($1, $2, $3) \
         ON CONFLICT (company_id, user_id) DO NOTHING",
        &[company.into(), user.id.into(), now.timestamp_millis().into()],
    )?;
    Ok(Some(user.id))
}

/// Takes an offer of ownership back, if there is one.
pub(crate) fn withdraw_offer(
    session: &mut dyn Session,
    company: Uuid,
    username: &str,
) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM ownership_offer WHERE company_id = $1 \
               AND user_id IN (SELECT user_id FROM hub_user WHERE username_key = $2)";
    session.execute(sql, &[company.into(), user::key(username).into()]).map(drop)
}

/// Takes an offered ownership: the person belongs to the company from now on, if they did not before.
///
/// # Errors
/// `nothing_offered` for a member, `not_found` for anybody else; `pin_taken` while somebody has the same PIN.
pub(crate) fn accept_ownership(
    session: &mut dyn Session,
    company: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<Member, ApiError> {
    let key = [company.into(), user.into()];
    let taken = session.execute(
        "DELETE FROM ownership_offer WHERE company_id = $1 AND user_id = $2 \
         AND EXISTS (SELECT 1 FROM company c WHERE c.company_id = $1 AND c.state <> 'deleted')",
        &key,
    )?;
    if taken == 0 {
        let member = one(session, company, user)?;
        return Err(if member.is_active {
            ApiError::conflict("nothing_offered", "no ownership was offered to you")
        } else {
            ApiError::not_found()
        });
    }
    add(session, company, user, now)?;
    session.execute(
        "UPDATE membership SET is_owner = 1, is_admin = 1, is_active = 1 WHERE company_id = $1 AND user_id = $2",
        &key,
    )?;
    pin::is_alone(session, company, user)?;
    one(session, company, user)
}

/// Drops one's own ownership; the administrator's tag stays.
///
/// # Errors
/// `last_owner`.
pub(crate) fn drop_ownership(session: &mut dyn Session, company: Uuid, user: Uuid) -> Result<(), ApiError> {
    if owners(session, company)?.iter().all(|owner| *owner == user) {
        return Err(ApiError::conflict("last_owner", "a company keeps at least one owner"));
    }
    session.execute(
        "UPDATE membership SET is_owner = 0 WHERE company_id = $1 AND user_id = $2",
        &[company.into(), user.into()],
    )?;
    Ok(())
}

/// The owners of a company. Locks the company's row, so that two owners cannot both drop the last tag.
pub(crate) fn owners(session: &mut dyn Session, company: Uuid) -> Result<Vec<Uuid>, DatabaseError> {
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[company.into()])?;
    let sql = "SELECT user_id FROM membership WHERE company_id = $1 AND is_owner = 1 ORDER BY user_id";
    session.query(sql, &[company.into()])?.iter().map(|row| row.id(0)).collect()
}

/// Takes a member, with all that was assigned to them, out of a company.
///
/// # Errors
/// `owner_stays` for an owner; `not_found` for nobody.
pub(crate) fn remove(session: &mut dyn Session, company: Uuid, user: Uuid) -> Result<Member, ApiError> {
    let member = one(session, company, user)?;
    let stays = || ApiError::conflict("owner_stays", "an owner leaves by dropping the ownership first");
    if member.is_owner {
        return Err(stays());
    }
    let key = [company.into(), user.into()];
    session.execute("DELETE FROM ownership_offer WHERE company_id = $1 AND user_id = $2", &key)?;
    session.execute("DELETE FROM role_assignment WHERE company_id = $1 AND user_id = $2", &key)?;
    // Who accepts the ownership this very moment is an owner by now.
    let sql = "DELETE FROM membership WHERE company_id = $1 AND user_id = $2 AND is_owner = 0";
    if session.execute(sql, &key)? == 0 {
        return Err(stays());
    }
    Ok(member)
}
