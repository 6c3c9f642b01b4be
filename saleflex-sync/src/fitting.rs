//! What a till can take of a hub's row: read here, by the till that makes its records of it and by a hub before it takes a
//! row in.
//!
//! **Invariant:** what [`check`] takes no till refuses for what the row says by itself. What it names may still be missing
//! there, and another row may have what only one can have: then it waits.

use std::{fmt::Display, sync::LazyLock};

use saleflex_core::{
    campaign::{Coupon, CouponKind, parse_local},
    catalog::{
        self, Catalog, CatalogChange, CatalogError, CatalogErrors, Department, DepartmentNo, Product,
        ProductBarcode, Reference, Unit,
    },
    customer::{
        self, Address, CustomerDetails, Gender, read_preferences,
        segment::{Segment, SegmentError, criterion_of},
    },
    ids::{CampaignId, CouponId, CustomerId, ProductId, SegmentId},
    money::{Currency, CurrencyCode},
    quantity::{Percent, UnitPrice},
    scalar::Object,
    tax::TaxRate,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use self::rows::Fields;

pub(crate) mod programs;
pub(crate) mod rows;

pub(crate) const TAX_RATES: &str = "vat_rates";
pub(crate) const UNITS: &str = "product_units";
pub(crate) const MAIN_DEPARTMENTS: &str = "department_main_groups";
pub(crate) const SUB_DEPARTMENTS: &str = "department_sub_groups";
pub(crate) const PRODUCTS: &str = "products";
pub(crate) const BARCODES: &str = "product_barcodes";
pub(crate) const COUPONS: &str = "coupons";
pub(crate) const CUSTOMERS: &str = "customers";
pub(crate) const SEGMENTS: &str = "customer_segments";
/// The field of a whole record of ours, in the place of the older fields.
pub(crate) const DEFINITION: &str = "definition";

/// The fields in which goods name their department: the narrower one counts.
const DEPARTMENT: [&str; 2] = ["fk_department_sub_group_id", "fk_department_main_group_id"];
/// The rules of an older segment, as a text of JSON or as JSON.
const CRITERIA: &str = "criteria_json";
/// The currency by which a hub looks at amounts, of the most digits: what fits in it fits in that of any store.
const FINEST: &str = "KWD";

/// Why a row fits at no till, and which of its fields is to blame.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{why}")]
pub struct Unfit {
    field: &'static str,
    why: String,
}

impl Unfit {
    /// The field.
    pub const fn field(&self) -> &'static str {
        self.field
    }

    pub(crate) fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into() }
    }

    pub(crate) fn missing(field: &'static str) -> Self {
        Self::new(field, format!("it has no {field}"))
    }

    pub(crate) fn of(field: &'static str, cause: &impl Display) -> Self {
        Self::new(field, format!("{field}: {cause}"))
    }
}

impl From<Unfit> for String {
    fn from(unfit: Unfit) -> Self {
        unfit.why
    }
}

/// That tills can take a row of a resource, as far as that follows from the row. Of what no till takes over nothing is asked.
///
/// # Errors
/// [`Unfit`] with the first field that no till takes as it is.
pub fn check(resource: &str, row: &Map<String, Value>) -> Result<(), Unfit> {
    let fields = Fields(row);
    match resource {
        PRODUCTS => check_product(&fields),
        BARCODES => check_barcode(&fields),
        TAX_RATES => {
            let reference = Reference { tax_rates: vec![tax_rate(&fields)?], ..Reference::default() };
            stands(&reference, "no")
        }
        UNITS => stands(&Reference { units: vec![unit(&fields)?], ..Reference::default() }, "code"),
        MAIN_DEPARTMENTS => {
            let department = department(&fields, None, Vec::new())?;
            stands(&Reference { departments: vec![department], ..Reference::default() }, "code")
        }
        SUB_DEPARTMENTS => check_sub_department(&fields),
        COUPONS => check_coupon(&fields),
        CUSTOMERS => check_customer(&fields),
        SEGMENTS => check_segment(&fields),
        _ => programs::check(resource, &fields, &finest()),
    }
}

fn finest() -> Currency {
    Currency::of(CurrencyCode::parse(FINEST).expect("three capital letters are a code"))
}

/// What a row of goods names by identities.
#[cfg_attr(not(feature = "till"), expect(dead_code, reason = "what a row names, tills alone look up"))]
pub(crate) struct Links {
    pub(crate) department: Uuid,
    pub(crate) unit: Option<Uuid>,
    pub(crate) tax_rate: Option<Uuid>,
}

pub(crate) fn links(fields: &Fields<'_>) -> Result<Links, Unfit> {
    let [sub, main] = DEPARTMENT;
    let department = match fields.id(sub)? {
        Some(id) => Some(id),
        None => fields.id(main)?,
    };
    Ok(Links {
        department: department.ok_or_else(|| Unfit::new(main, "it has no department"))?,
        unit: fields.id("fk_product_unit_id")?,
        tax_rate: fields.id("fk_vat_id")?,
    })
}

/// A tax rate, which nobody in particular levies.
pub(crate) fn tax_rate(fields: &Fields<'_>) -> Result<TaxRate, Unfit> {
    let no = fields.number("no")?.ok_or_else(|| Unfit::new("no", "it has no number"))?;
    Ok(TaxRate { no, name: fields.needed("name")?, percent: fields.percent("rate")?, jurisdiction: None })
}

/// A unit; what it measures only where the row says it.
pub(crate) fn unit(fields: &Fields<'_>) -> Result<Unit, Unfit> {
    let code = fields.needed("code")?;
    let decimals = rows::decimals(fields, &code)?;
    Ok(Unit { code, decimals, measure: rows::measure(fields)? })
}

pub(crate) fn department(
    fields: &Fields<'_>,
    main: Option<DepartmentNo>,
    taxes: Vec<u16>,
) -> Result<Department, Unfit> {
    Ok(Department {
        no: fields.department()?,
        name: fields.needed("name")?,
        main,
        taxes,
        max_price: fields.price("max_price")?,
    })
}

/// What a row says of somebody who buys.
#[cfg_attr(not(feature = "till"), expect(dead_code, reason = "the code is for tills alone"))]
pub(crate) struct Person {
    pub(crate) code: Option<String>,
    pub(crate) details: CustomerDetails,
    pub(crate) is_active: bool,
}

/// The customer of a row; none where it is the one who gives no name.
pub(crate) fn person(fields: &Fields<'_>) -> Result<Option<Person>, Unfit> {
    if fields.flag("is_walkin", false)? {
        return Ok(None);
    }
    let born = |text: String| {
        let date = text.get(..10).unwrap_or(&text).parse();
        date.map_err(|_| Unfit::new("date_of_birth", "date_of_birth is no date"))
    };
    let details = CustomerDetails {
        name: fields.needed("name")?,
        last_name: fields.text("last_name").unwrap_or_default(),
        phone: fields.text("phone_number"),
        email: fields.text("email_address"),
        address: Address {
            street: fields.text("address_line_1"),
            area: fields.text("address_line_2"),
            town: fields.text("address_line_3"),
            zip: fields.text("zip_code"),
        },
        note: fields.text("description"),
        date_of_birth: fields.text("date_of_birth").map(born).transpose()?,
        gender: fields.text("gender").and_then(|text| Gender::read(&text)),
        national_id: fields.text("national_id"),
        tax_id: fields.text("tax_id"),
        preferences: fields.text("preferences_json").map(|text| read_preferences(&text)).unwrap_or_default(),
    };
    Ok(Some(Person { code: fields.text("code"), details, is_active: fields.flag("is_active", true)? }))
}

/// The coupon of a row.
pub(crate) fn coupon(id: CouponId, fields: &Fields<'_>) -> Result<Coupon, Unfit> {
    let instant = |name: &'static str| {
        let parse =
            |text: String| parse_local(&text).ok_or_else(|| Unfit::new(name, format!("{name} is no time")));
        fields.text(name).map(parse).transpose()
    };
    let kind = match fields.needed("coupon_type")?.to_uppercase().as_str() {
        "SINGLE_USE" => CouponKind::SingleUse,
        "MULTI_USE" => CouponKind::MultiUse,
        "PERSONAL" => CouponKind::Personal,
        "PUBLIC" => CouponKind::Public,
        other => return Err(Unfit::new("coupon_type", format!("{other} is no type of coupon"))),
    };
    let campaign = "fk_campaign_id";
    let campaign = fields.id(campaign)?.ok_or_else(|| Unfit::new(campaign, "it belongs to no campaign"))?;
    Ok(Coupon {
        id,
        code: fields.needed("code")?,
        campaign: CampaignId::new(campaign),
        kind,
        holder: fields.id("fk_customer_id")?.map(CustomerId::new),
        start: instant("start_date")?,
        end: instant("end_date")?,
        uses: fields.limit("usage_limit")?,
        is_active: fields.flag("is_active", true)?,
        barcode: fields.text("barcode"),
        qr_code: fields.text("qr_code"),
    })
}

/// The segment of a row; `id` is none where it has no identity yet.
pub(crate) fn segment(
    id: Option<SegmentId>,
    fields: &Fields<'_>,
    currency: &Currency,
) -> Result<Segment, Unfit> {
    let Fields(row) = fields;
    if let Some(whole) = row.get(DEFINITION).filter(|whole| !whole.is_null()) {
        let segment: Segment = serde_json::from_value(whole.clone())
            .map_err(|cause| Unfit::new(DEFINITION, format!("{DEFINITION} cannot be read: {cause}")))?;
        let is_its_own = id.is_none_or(|id| segment.id == id);
        return is_its_own
            .then_some(segment)
            .ok_or_else(|| Unfit::new(DEFINITION, "it is another segment's"));
    }
    let criteria = match row.get(CRITERIA) {
        None | Some(Value::Null) => Object::default(),
        Some(Value::String(text)) if text.trim().is_empty() || text == "None" => Object::default(),
        Some(Value::String(text)) => criteria(text)?,
        Some(other) => criteria(&other.to_string())?,
    };
    let kind = fields.text("segment_type").unwrap_or_default();
    let criterion =
        criterion_of(&kind, &criteria, currency).map_err(|cause| Unfit::new(CRITERIA, cause.to_string()))?;
    Ok(Segment {
        id: id.unwrap_or_else(|| SegmentId::new(Uuid::nil())),
        code: fields.needed("code")?,
        name: fields.needed("name")?,
        description: fields.text("description"),
        criterion,
        is_active: fields.flag("is_active", true)?,
        display_order: fields.number("display_order")?.unwrap_or_default(),
    })
}

fn criteria(text: &str) -> Result<Object, Unfit> {
    serde_json::from_str(text)
        .map_err(|cause| Unfit::new(CRITERIA, format!("{CRITERIA} cannot be read: {cause}")))
}

/// The rate that stands for what a row names.
const STAND_IN: u16 = 1;

/// A catalog with a product, its department, its unit and a rate, in the place of what a row names.
fn stand_ins() -> &'static Catalog {
    static STAND_INS: LazyLock<Catalog> = LazyLock::new(|| {
        let name = || "stands for another".to_owned();
        let rate = TaxRate { no: STAND_IN, name: name(), percent: Percent::ZERO, jurisdiction: None };
        let department = Department {
            no: STAND_IN_MAIN,
            name: name(),
            main: None,
            taxes: vec![STAND_IN],
            max_price: None,
        };
        let mut catalog = Catalog::default();
        let whole = catalog
            .replace_reference(Reference {
                tax_rates: vec![rate],
                departments: vec![department],
                units: vec![Unit::piece()],
                ..Reference::default()
            })
            .and_then(|()| catalog.upsert(stand_in_product()));
        whole.expect("what stands for others fits, as a test checks");
        catalog
    });
    &STAND_INS
}

/// The main department that stands for what a row names.
const STAND_IN_MAIN: DepartmentNo = DepartmentNo(1);

/// The product that stands for the one of a barcode. Its code is one that nobody types.
fn stand_in_product() -> Product {
    let (id, code) = (ProductId::new(Uuid::nil()), "\u{2400}");
    Product::new(id, code, "stands for another", UnitPrice::ZERO, STAND_IN_MAIN, Unit::piece().code)
}

fn check_product(fields: &Fields<'_>) -> Result<(), Unfit> {
    let Links { tax_rate, .. } = links(fields)?;
    let taxes = tax_rate.map(|_| vec![STAND_IN]);
    let product =
        rows::product(ProductId::new(Uuid::from_u128(1)), fields, STAND_IN_MAIN, Unit::piece().code, taxes)?;
    takes(&CatalogChange { products: vec![product], ..CatalogChange::default() }, "code")
}

fn check_barcode(fields: &Fields<'_>) -> Result<(), Unfit> {
    let product = "fk_product_id";
    fields.id(product)?.ok_or_else(|| Unfit::new(product, "it belongs to no product"))?;
    let barcode = ProductBarcode {
        barcode: fields.needed("barcode")?,
        product: stand_in_product().id,
        price: fields.price("sale_price")?,
        pack_quantity: fields.quantity("pack_quantity")?,
    };
    takes(&CatalogChange { barcodes: vec![barcode], ..CatalogChange::default() }, "barcode")
}

fn check_sub_department(fields: &Fields<'_>) -> Result<(), Unfit> {
    let above = "main_group_id";
    fields.id(above)?.ok_or_else(|| Unfit::missing(above))?;
    let sub = department(fields, Some(STAND_IN_MAIN), Vec::new())?;
    if sub.no.is_main() {
        let why = format!("{} is the number of a main department: below one they begin at 100", sub.no);
        return Err(Unfit::new("code", why));
    }
    let of = Department {
        no: STAND_IN_MAIN,
        name: sub.name.clone(),
        main: None,
        taxes: Vec::new(),
        max_price: None,
    };
    stands(&Reference { departments: vec![of, sub], ..Reference::default() }, "code")
}

fn check_coupon(fields: &Fields<'_>) -> Result<(), Unfit> {
    let coupon = coupon(CouponId::new(Uuid::nil()), fields)?;
    let field = match coupon.unfit() {
        None => return Ok(()),
        Some("end") => "end_date",
        Some("barcode") => "barcode",
        Some("qr_code") => "qr_code",
        Some(_) => "code",
    };
    Err(Unfit::new(field, format!("{field} is none that a coupon has")))
}

/// Of somebody who is not in use a till has no more than that.
fn check_customer(fields: &Fields<'_>) -> Result<(), Unfit> {
    let Some(Person { details, is_active: true, .. }) = person(fields)? else { return Ok(()) };
    let wrong = |cause: customer::DetailsError| {
        use customer::DetailsError::{ControlCharacter, Required, TooLong};
        let field = if let Required { field } | TooLong { field, .. } | ControlCharacter { field } = cause {
            PERSONAL.into_iter().find(|(known, _)| *known == field).map(|(_, name)| name)
        } else {
            None
        };
        Unfit::new(field.unwrap_or("name"), cause.to_string())
    };
    details.checked().map(drop).map_err(wrong)
}

/// What the fields of a person's details are called in rows.
const PERSONAL: [(customer::Field, &str); 12] = [
    (customer::Field::Name, "name"),
    (customer::Field::LastName, "last_name"),
    (customer::Field::Phone, "phone_number"),
    (customer::Field::Email, "email_address"),
    (customer::Field::Street, "address_line_1"),
    (customer::Field::Area, "address_line_2"),
    (customer::Field::Town, "address_line_3"),
    (customer::Field::Zip, "zip_code"),
    (customer::Field::Note, "description"),
    (customer::Field::NationalId, "national_id"),
    (customer::Field::TaxId, "tax_id"),
    (customer::Field::Preference, "preferences_json"),
];

fn check_segment(fields: &Fields<'_>) -> Result<(), Unfit> {
    let segment = segment(fields.id("id")?.map(SegmentId::new), fields, &finest())?;
    segment.check().map_err(|cause| {
        let is_whole = fields.0.get(DEFINITION).is_some_and(|whole| !whole.is_null());
        let field = if is_whole {
            DEFINITION
        } else if cause == SegmentError::Code {
            "code"
        } else if cause == SegmentError::Name {
            "name"
        } else {
            CRITERIA
        };
        Unfit::new(field, cause.to_string())
    })
}

/// That a catalog takes a change of one record, else which field of it is to blame.
fn takes(change: &CatalogChange, otherwise: &'static str) -> Result<(), Unfit> {
    stand_ins().validate(change).map_err(|errors| blamed(&errors, otherwise))
}

/// The same of what products refer to.
fn stands(reference: &Reference, otherwise: &'static str) -> Result<(), Unfit> {
    Catalog::default().validate_reference(reference).map_err(|errors| blamed(&errors, otherwise))
}

fn blamed(errors: &CatalogErrors, otherwise: &'static str) -> Unfit {
    let fields = [
        (catalog::Field::Code, "code"),
        (catalog::Field::Name, "name"),
        (catalog::Field::ShortName, "short_name"),
        (catalog::Field::Barcode, "barcode"),
    ];
    let field = match errors.0.first() {
        Some(CatalogError::Text { field, .. }) => {
            fields.into_iter().find(|(known, _)| known == field).map(|(_, name)| name)
        }
        Some(CatalogError::UnitDecimals { .. }) => Some("decimals"),
        Some(_) | None => None,
    };
    Unfit::new(field.unwrap_or(otherwise), errors.to_string())
}

#[cfg(test)]
mod tests;
