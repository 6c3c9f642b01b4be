//! Somebody becomes a member: found by telephone or made a customer, and welcomed once.
//!
//! **Invariant:** a person is one customer by their telephone, and is welcomed once, here or at whichever till.

use saleflex_core::{ids::StoreId, loyalty::in_force};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    points::{self, Balance},
    quote,
};
use crate::{
    ApiError,
    definitions::{
        editing::{self, ToMake},
        phones::CUSTOMERS,
        rules,
    },
    deliveries,
    desk::Desk,
    text,
};

/// Who becomes a member.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMember {
    /// The person's name.
    pub(crate) name: String,
    /// The family name; of somebody who is no customer yet it has to be said: tills keep nobody without.
    #[serde(default)]
    pub(crate) last_name: Option<String>,
    /// The telephone, however it is typed: whoever is known by it is that customer.
    pub(crate) phone_number: String,
    /// The address of letters.
    #[serde(default)]
    pub(crate) email_address: Option<String>,
}

/// Who becomes a member, and where.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberEnrolment, example = json!({"customer": {"name": "Ada", "last_name": "King", "phone_number": "0532 111 22 33"}}))]
pub(crate) struct Enrolment {
    /// The person.
    pub(crate) customer: NewMember,
    /// Whose store's customer somebody new is; absent: the company's, of a device its own store's.
    #[serde(default)]
    pub(crate) store_id: Option<Uuid>,
}

/// Somebody who is a member.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = EnrolledMember)]
pub(crate) struct Enrolled {
    /// Whether the person was no customer before.
    pub(crate) is_new: bool,
    /// The program that holds there.
    pub(crate) program_id: Uuid,
    /// The points that the person is welcomed with now.
    pub(crate) welcome: i64,
    /// What they have.
    #[serde(flatten)]
    pub(crate) balance: Balance,
}

/// Makes somebody a member. Doing it again changes nothing.
///
/// # Errors
/// `no_program`; `field_invalid` for a telephone that is none, and of somebody new without a family name; those of making a
/// customer.
pub(crate) fn enrol(
    desk: &mut Desk<'_>,
    asked: &Enrolment,
    (store, may_know): (Option<Uuid>, impl Fn(Option<Uuid>) -> bool),
) -> Result<Enrolled, ApiError> {
    let NewMember { name, last_name, phone_number, email_address } = &asked.customer;
    text::within("name", name, 1..=100)?;
    text::email(email_address.as_deref())
        .map_err(|error| ApiError { detail: Some("email_address".to_owned()), ..error })?;
    let place = store.unwrap_or_default();
    let programs = quote::programs(desk.session, desk.company, place)?;
    let program = in_force(&programs, StoreId::new(place), desk.now);
    let program = program.ok_or_else(|| {
        ApiError::unprocessable("no_program", "no program is in force there: nobody becomes a member")
    })?;
    let (program_id, welcome) = (program.id, program.welcome.get().max(0));
    let last = program.expiry_of(desk.now.date_naive());
    let mut known = None;
    for id in points::by_phone(desk.session, desk.company, (phone_number.as_str(), store))? {
        let found = points::known(desk.session, desk.company, id)?;
        if found.is_some_and(|member| may_know(member.store)) {
            known = Some(id);
            break;
        }
    }
    let is_new = known.is_none();
    let member = if let Some(id) = known {
        id
    } else {
        let mut row = Map::from_iter([
            ("name".to_owned(), Json::from(name.trim())),
            ("phone_number".to_owned(), Json::from(phone_number.trim())),
        ]);
        for (field, value) in [("last_name", last_name), ("email_address", email_address)] {
            if let Some(value) = value {
                row.insert(field.to_owned(), value.trim().into());
            }
        }
        make(desk, store, row)?
    };
    let welcome = deliveries::welcome(desk.session, desk.company, (member, welcome, last), desk.now)?;
    desk.note("member.enrolled", ("customer", member), store, json!({"is_new": is_new, "welcome": welcome}))?;
    let balance = points::balance(desk.session, desk.company, member, desk.now)?;
    Ok(Enrolled { is_new, program_id: program_id.uuid(), welcome, balance })
}

/// Makes a customer, who has to be known by the telephone from then on.
fn make(desk: &mut Desk<'_>, store: Option<Uuid>, row: Map<String, Json>) -> Result<Uuid, ApiError> {
    let rule = rules::of(CUSTOMERS).ok_or_else(ApiError::internal)?;
    let new = ToMake { store_id: store, region_id: None, id: None, row };
    let made = editing::make(desk.session, (desk.company, rule), new, desk.now)?;
    if rule.key_of(&made.row).is_none() {
        let message = "`phone_number` is no telephone: members are known by it";
        let error = ApiError::unprocessable("field_invalid", message);
        return Err(ApiError { detail: Some("phone_number".to_owned()), ..error });
    }
    Ok(made.id)
}
