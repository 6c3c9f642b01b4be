//! What the definitions of a company say of the goods on a cart and of who buys, beyond what the cart says itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use saleflex_core::{
    campaign::{CartItem, DepartmentKey, FineMoney, Shopper, SnapshotLine},
    catalog::DepartmentNo,
    customer::WALK_IN,
    ids::{BrandId, CustomerId, ProductId, SegmentId},
    money::Currency,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::in_force::{self, bodies};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
};

/// The departments of a store by their identities. Tills know a department by its number alone, which is its code.
pub(crate) struct Departments(BTreeMap<Uuid, DepartmentNo>);

impl Departments {
    /// Those of a store. Of several with one number the lowest identity has it, as at every till.
    pub(crate) fn of(session: &mut dyn Session, company: Uuid, store: Uuid) -> Result<Self, DatabaseError> {
        let mut rows = bodies(session, company, store, "department_main_groups")?;
        rows.extend(bodies(session, company, store, "department_sub_groups")?);
        let numbered = rows.iter().filter_map(|row| {
            let number = row["code"].as_str()?.trim().parse().ok()?;
            Some((in_force::id(row, "id")?, DepartmentNo(number)))
        });
        let (mut numbers, mut held) = (BTreeMap::new(), BTreeSet::new());
        for (id, number) in numbered.collect::<BTreeMap<_, _>>() {
            if held.insert(number) {
                numbers.insert(id, number);
            }
        }
        Ok(Self(numbers))
    }

    /// The number of a department.
    pub(crate) fn number(&self, id: Uuid) -> Option<DepartmentNo> {
        self.0.get(&id).copied()
    }

    /// What campaigns know a department by that a cart names by its identity, or by its number as our tills do.
    fn key(&self, named: &str) -> Option<DepartmentKey> {
        if let Ok(number) = named.parse() {
            return Some(DepartmentNo(number).into());
        }
        let id = Uuid::parse_str(named).ok()?;
        Some(self.number(id).map_or_else(|| DepartmentKey::new(id), Into::into))
    }
}

/// What is sold on a line. What the cart does not say is what the company's product says; a product that must not be
/// discounted is left alone whatever the cart says (D21).
///
/// # Errors
/// `internal` when the books cannot be read.
pub(crate) fn item(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    (line, departments): (&SnapshotLine, &Departments),
) -> Result<CartItem, ApiError> {
    let id = line.fk_product_id.as_deref().and_then(|id| Uuid::parse_str(id).ok());
    let product = id.map(|id| row(session, company, ("products", id))).transpose()?.flatten();
    let known = |field: &str| product.as_ref().and_then(|product| product[field].as_str());
    let more = line.more.as_ref();
    let department =
        |said: Option<&str>, field| said.or(known(field)).and_then(|named| departments.key(named));
    let brand = said(more.and_then(|more| more.fk_product_manufacturer_id.as_ref()));
    let brand = brand.or(known("fk_manufacturer_id")).and_then(|id| Uuid::parse_str(id).ok());
    let cost = product.as_ref().and_then(|product| decimal(&product["purchase_price"]));
    let may_be_discounted = product.as_ref().and_then(|product| product["is_allowed_discount"].as_bool());
    let mut codes: Vec<String> = line.product_code.iter().cloned().collect();
    codes.extend(more.into_iter().flat_map(|more| more.barcodes.iter().cloned()));
    Ok(CartItem {
        product: id.map(ProductId::new),
        department: department(
            said(line.fk_department_main_group_id.as_ref()),
            "fk_department_main_group_id",
        ),
        category: department(
            said(more.and_then(|more| more.fk_department_sub_group_id.as_ref())),
            "fk_department_sub_group_id",
        ),
        brand: brand.map(BrandId::new),
        codes,
        cost: cost.and_then(|cost| FineMoney::from_decimal(cost, currency).ok()),
        is_excluded: may_be_discounted == Some(false),
        ..CartItem::default()
    })
}

/// A text that says something.
fn said(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

/// Who buys, with the segments that are named by their codes; nobody for the record of walk-ins (D36).
///
/// # Errors
/// `internal` when the books cannot be read.
pub(crate) fn shopper(
    session: &mut dyn Session,
    company: Uuid,
    (customer, segment_codes): (Uuid, &[String]),
) -> Result<Option<Shopper>, ApiError> {
    if customer == WALK_IN.uuid() {
        return Ok(None);
    }
    let mut segments = BTreeSet::new();
    for code in segment_codes {
        let rows = session.query(
            "SELECT definition_id FROM definition WHERE company_id = $1 AND resource = 'customer_segments' \
             AND code = $2 AND is_deleted = 0",
            &[company.into(), code.as_str().into()],
        )?;
        let ids = rows.iter().map(|row| row.id(0).map(SegmentId::new));
        segments.extend(ids.collect::<Result<Vec<_>, DatabaseError>>()?);
    }
    let rows = session.query(
        "SELECT count(*) FROM document WHERE company_id = $1 AND customer_id = $2 AND status = 'completed' \
         AND transaction_type = 'sale'",
        &[company.into(), customer.into()],
    )?;
    let purchases = rows.first().map_or(Ok(0), |row| row.integer(0))?;
    let record = row(session, company, ("customers", customer))?;
    let born = record.as_ref().and_then(|record| record["date_of_birth"].as_str());
    Ok(Some(Shopper {
        segments,
        purchases: u32::try_from(purchases).unwrap_or(u32::MAX),
        birthday: born.and_then(|born| born.get(..10)?.parse::<NaiveDate>().ok()),
        ..Shopper::new(CustomerId::new(customer))
    }))
}

/// A definition of a company.
fn row(
    session: &mut dyn Session,
    company: Uuid,
    (resource, id): (&str, Uuid),
) -> Result<Option<Json>, DatabaseError> {
    let rows = session.query(
        "SELECT body FROM definition WHERE company_id = $1 AND resource = $2 AND definition_id = $3 AND is_deleted = 0",
        &[company.into(), resource.into(), id.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let broken = |_| DatabaseError::Column { column: 0, expected: "a JSON object" };
    serde_json::from_str(row.text(0)?).map(Some).map_err(broken)
}

/// A decimal as definitions write it: a text, or a number read by its digits.
fn decimal(value: &Json) -> Option<Decimal> {
    match value {
        Json::String(text) => text.trim().parse().ok(),
        Json::Number(number) => number.to_string().parse().ok(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}
