//! What the definitions of a company say of the goods on a cart, of its coupons and of who buys, beyond what the cart says itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use saleflex_core::{
    campaign::{CartItem, Coupon, DepartmentKey, FineMoney, Shopper, SnapshotLine, Uses, unlocking},
    catalog::{DepartmentNo, one_a_number},
    customer::{WALK_IN, read_preferences},
    ids::{BrandId, CampaignId, CouponId, CustomerId, ProductId, SegmentId},
    money::parse_number,
    time::Moment,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::in_force::{self, InForce};
use crate::{
    db::{self, DatabaseError, Session, Value},
    definitions::{overriding::bodies, people},
};

/// The departments of a store by their identities. Tills know a department by its number alone, which is its code.
pub(crate) struct Departments(BTreeMap<Uuid, DepartmentNo>);

impl Departments {
    /// Those of a store.
    pub(crate) fn of(session: &mut dyn Session, company: Uuid, store: Uuid) -> Result<Self, DatabaseError> {
        let mut rows = bodies(session, company, store, "department_main_groups")?;
        rows.extend(bodies(session, company, store, "department_sub_groups")?);
        let numbered = rows.iter().filter_map(|row| {
            let number = row["code"].as_str()?.trim().parse().ok()?;
            Some((in_force::id(row, "id")?, DepartmentNo(number)))
        });
        Ok(Self(one_a_number(numbered)))
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

/// The coupons of a store, found by what is typed and by their identity, however many they are.
pub(crate) struct KnownCoupons {
    all: Vec<Coupon>,
    /// By a text: the place of the coupon that it stands for.
    by_text: BTreeMap<String, usize>,
    by_id: BTreeMap<CouponId, usize>,
}

impl KnownCoupons {
    /// These.
    pub(crate) fn of(all: Vec<Coupon>) -> Self {
        let mut by_text = BTreeMap::new();
        // As at a till: of two with one text, one that is in force goes before one that is not.
        for is_active in [true, false] {
            for (at, coupon) in all.iter().enumerate().filter(|(_, coupon)| coupon.is_active == is_active) {
                for text in coupon.texts() {
                    by_text.entry(text).or_insert(at);
                }
            }
        }
        let by_id = all.iter().enumerate().map(|(at, coupon)| (coupon.id, at)).collect();
        Self { all, by_text, by_id }
    }

    /// The one that a typed or scanned text stands for.
    pub(crate) fn by_text(&self, entered: &str) -> Option<&Coupon> {
        self.all.get(*self.by_text.get(&unlocking(entered))?)
    }

    /// The one with an identity.
    pub(crate) fn by_id(&self, id: CouponId) -> Option<&Coupon> {
        self.all.get(*self.by_id.get(&id)?)
    }
}

/// The products of a company that stand on a cart, as its definitions say them.
pub(crate) struct Goods<'a> {
    in_force: &'a InForce,
    products: BTreeMap<Uuid, Json>,
}

impl<'a> Goods<'a> {
    /// What is known of the products of lines.
    ///
    /// # Errors
    /// [`DatabaseError`] when the books cannot be read.
    pub(crate) fn on(
        session: &mut dyn Session,
        (company, store): (Uuid, Uuid),
        in_force: &'a InForce,
        lines: &[SnapshotLine],
    ) -> Result<Self, DatabaseError> {
        let ids: BTreeSet<Uuid> = lines.iter().filter_map(product_of).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut products = definitions(session, (company, store), ("products", "definition_id"), &ids)?;
        products.extend(definitions(session, (company, store), ("products", "overrides"), &ids)?);
        Ok(Self { in_force, products })
    }

    /// What is sold on a line. What the cart does not say is what the company's product says; a product that must not be
    /// discounted is left alone whatever the cart says (D21).
    pub(crate) fn item(&self, line: &SnapshotLine) -> CartItem {
        let id = product_of(line);
        let product = id.and_then(|id| self.products.get(&id));
        let more = line.more.as_ref();
        // What the cart says, else the product.
        let told = |said: Option<&'_ String>, field: &str| -> Option<String> {
            let said = said.map(String::as_str).filter(|text| !text.is_empty());
            said.or_else(|| product?[field].as_str()).map(str::to_owned)
        };
        let department =
            |said, field| told(said, field).and_then(|named| self.in_force.departments.key(&named));
        let sub_department = more.and_then(|more| more.fk_department_sub_group_id.as_ref());
        let brand = more.and_then(|more| more.fk_product_manufacturer_id.as_ref());
        let brand = told(brand, "fk_manufacturer_id").and_then(|id| Uuid::parse_str(&id).ok());
        let cost = product.and_then(|product| decimal(&product["purchase_price"]));
        let mut codes: Vec<String> = told(line.product_code.as_ref(), "code").into_iter().collect();
        let told = more.map(|more| more.barcodes.as_slice()).filter(|told| !told.is_empty());
        let known = || id.and_then(|id| self.in_force.barcodes.get(&id)).map_or(&[][..], Vec::as_slice);
        codes.extend(told.unwrap_or_else(known).iter().cloned());
        CartItem {
            product: id.map(ProductId::new),
            department: department(line.fk_department_main_group_id.as_ref(), "fk_department_main_group_id"),
            category: department(sub_department, "fk_department_sub_group_id"),
            brand: brand.map(BrandId::new),
            codes,
            cost: cost.and_then(|cost| FineMoney::from_decimal(cost, &self.in_force.currency).ok()),
            is_excluded: product.is_some_and(|product| product["is_allowed_discount"] == false),
            ..CartItem::default()
        }
    }
}

fn product_of(line: &SnapshotLine) -> Option<Uuid> {
    Uuid::parse_str(line.fk_product_id.as_deref()?).ok()
}

/// Who buys in a store, with the segments that are named by their codes; nobody for the record of walk-ins (D36). What another
/// store has of its own, be it a segment of the same code, is not known there.
///
/// # Errors
/// [`DatabaseError`] when the books cannot be read.
pub(crate) fn shopper(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    (customer, segment_codes): (Option<Uuid>, &[String]),
) -> Result<Option<Shopper>, DatabaseError> {
    let Some(customer) = customer.filter(|customer| *customer != WALK_IN.uuid()) else { return Ok(None) };
    let records = records_of(session, company, customer)?;
    let customer = records.first().copied().unwrap_or(customer);
    let mut segments = BTreeSet::new();
    for code in segment_codes {
        let rows = session.query(
            "SELECT definition_id FROM definition WHERE company_id = $1 AND resource = 'customer_segments' \
             AND code = $2 AND is_deleted = 0 AND (store_id IS NULL OR store_id = $3)",
            &[company.into(), code.as_str().into(), store.into()],
        )?;
        let ids = rows.iter().map(|row| row.id(0).map(SegmentId::new));
        segments.extend(ids.collect::<Result<Vec<_>, DatabaseError>>()?);
    }
    let mut purchases = 0_i64;
    for record in &records {
        let rows = session.query(
            "SELECT count(*) FROM document WHERE company_id = $1 AND customer_id = $2 AND status = 'completed' \
             AND transaction_type IN ('sale', 'order', 'layaway') \
             AND lower(COALESCE(document_type, '')) NOT IN ('waybill', 'delivery_note')",
            &[company.into(), (*record).into()],
        )?;
        purchases = purchases.saturating_add(rows.first().map_or(Ok(0), |row| row.integer(0))?);
    }
    let also = records.into_iter().skip(1).map(CustomerId::new).collect();
    let records = definitions(session, (company, store), ("customers", "definition_id"), &[customer])?;
    let preferences = records.get(&customer).and_then(|record| record["preferences_json"].as_str());
    let born = records.get(&customer).and_then(|record| record["date_of_birth"].as_str());
    Ok(Some(Shopper {
        also,
        segments,
        purchases: u32::try_from(purchases).unwrap_or(u32::MAX),
        tags: preferences.map(read_preferences).unwrap_or_default(),
        birthday: born.and_then(|born| born.get(..10)?.parse::<NaiveDate>().ok()),
        ..Shopper::new(CustomerId::new(customer))
    }))
}

/// How often campaigns with a limit were used, by whoever buys under each of their records (D35).
///
/// # Errors
/// [`DatabaseError`] when the books cannot be read.
pub(crate) fn uses(
    session: &mut dyn Session,
    (company, in_force): (Uuid, &InForce),
    (shopper, moment): (Option<&Shopper>, Moment),
) -> Result<BTreeMap<CampaignId, Uses>, DatabaseError> {
    let mut uses = in_force.uses(session, company, (shopper.map(|shopper| shopper.id), moment))?;
    for record in shopper.into_iter().flat_map(|shopper| &shopper.also) {
        for (campaign, under_it) in in_force.uses(session, company, (Some(*record), moment))? {
            let one = uses.entry(campaign).or_default();
            one.by_customer = one.by_customer.saturating_add(under_it.by_customer);
        }
    }
    Ok(uses)
}

/// Who was made one with somebody. It sorts nothing: a database that is asked to reads all customers in order instead of the
/// few who are gone.
const MERGED: &str = "SELECT definition_id FROM definition WHERE company_id = $1 AND resource = 'customers' \
                      AND is_deleted = 1 AND body LIKE $2";

/// The records of a person: the one that is in use first, then those that were made one with it. A till that did not hear of it
/// names any of them.
///
/// # Errors
/// [`DatabaseError`] when the books cannot be read.
pub(super) fn records_of(
    session: &mut dyn Session,
    company: Uuid,
    customer: Uuid,
) -> Result<Vec<Uuid>, DatabaseError> {
    let mut records = vec![people::in_use(session, company, customer)?];
    let mut at = 0;
    while let Some(into) = records.get(at).copied() {
        let named = format!("%\"merged_into\":\"{into}\"%");
        let rows = session.query(MERGED, &[company.into(), named.into()])?;
        let mut merged = rows.iter().map(|row| row.id(0)).collect::<Result<Vec<_>, DatabaseError>>()?;
        merged.sort_unstable();
        merged.retain(|from| !records.contains(from));
        records.append(&mut merged);
        at += 1;
    }
    Ok(records)
}

/// Definitions that are there in a store, its company's and its own, by their identities, or by those of the company's that its own
/// take the place of (`overrides`).
fn definitions(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    (resource, identity): (&str, &str),
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Json>, DatabaseError> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(db::MOST_NAMED) {
        let mut values: Vec<Value> = vec![company.into(), resource.into(), store.into()];
        let (places, named) = db::named(values.len() + 1, ids);
        let sql = format!(
            "SELECT {identity}, body FROM definition WHERE company_id = $1 AND resource = $2 AND is_deleted = 0 \
             AND (store_id IS NULL OR store_id = $3) AND {identity} IN ({places})"
        );
        values.extend(named);
        for row in session.query(&sql, &values)? {
            let broken = |_| DatabaseError::Column { column: 1, expected: "a JSON object" };
            found.insert(row.id(0)?, serde_json::from_str(row.text(1)?).map_err(broken)?);
        }
    }
    Ok(found)
}

/// A decimal as definitions write it: a text, or a number read by its digits.
fn decimal(value: &Json) -> Option<Decimal> {
    match value {
        Json::String(text) => parse_number(text.trim()).ok(),
        Json::Number(number) => parse_number(&number.to_string()).ok(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use saleflex_core::campaign::CouponKind;

    use super::*;
    use crate::db::{Books, Sqlite, Tenant};

    #[test]
    fn of_two_coupons_with_one_text_the_one_in_force_is_found() {
        let coupon = |number: u128, is_active| Coupon {
            is_active,
            barcode: Some(format!("2900{number}")),
            ..Coupon::new(
                CouponId::new(Uuid::from_u128(number)),
                "spring",
                CampaignId::new(Uuid::nil()),
                CouponKind::Public,
            )
        };
        let known = KnownCoupons::of(vec![coupon(1, false), coupon(2, true), coupon(3, true)]);
        let found = |text: &str| known.by_text(text).map(|coupon| coupon.id.uuid().as_u128());
        assert_eq!([found(" Spring "), found("29001"), found("autumn")], [Some(2), Some(1), None]);
        assert_eq!(known.by_id(CouponId::new(Uuid::from_u128(3))), Some(&coupon(3, true)));
        assert_eq!(known.by_id(CouponId::new(Uuid::from_u128(4))), None);
    }

    #[tokio::test]
    async fn whose_records_were_made_one_is_looked_for_among_those_who_are_gone_alone() {
        let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
        let plan = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
            session.query(&format!("EXPLAIN QUERY PLAN {MERGED}"), &[Uuid::nil().into(), "%".into()])
        });
        let plan = plan.await.unwrap()[0].text(3).unwrap().to_owned();
        assert!(plan.contains("definition_customers_gone"), "{plan}");
    }
}
