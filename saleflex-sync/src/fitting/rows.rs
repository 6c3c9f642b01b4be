//! The fields of the hub's rows. Amounts are decimal texts; an older hub may send `None` for nothing.

use rust_decimal::Decimal;
use saleflex_core::{
    catalog::{DepartmentNo, Measure, Permissions, PriceRule, Product},
    ids::ProductId,
    quantity::{Percent, Quantity, UnitFactor, UnitPrice},
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Unfit;

/// Whether a field says something: an older hub writes nothing as `None`, or as an empty text.
pub(crate) fn says_something(value: &Value) -> bool {
    !value.is_null() && *value != "None" && *value != ""
}

/// The fields of a row.
pub(crate) struct Fields<'a>(pub(crate) &'a Map<String, Value>);

impl Fields<'_> {
    fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| says_something(value))
    }

    /// A text, without blanks around it.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name)?.as_str().map(|text| text.trim().to_owned())
    }

    /// A text that every such row has.
    pub(crate) fn needed(&self, name: &'static str) -> Result<String, Unfit> {
        self.text(name).ok_or_else(|| Unfit::missing(name))
    }

    /// An identity.
    pub(crate) fn id(&self, name: &'static str) -> Result<Option<Uuid>, Unfit> {
        let parse =
            |text: String| text.parse().map_err(|_| Unfit::new(name, format!("{name} is no identity")));
        self.text(name).map(parse).transpose()
    }

    /// A whole number, also where an older hub took it out of a file as a text.
    pub(crate) fn number<T: TryFrom<i64>>(&self, name: &'static str) -> Result<Option<T>, Unfit> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = whole(value).and_then(|number| T::try_from(number).ok());
        number.map(Some).ok_or_else(|| Unfit::new(name, format!("{name} is no number that fits")))
    }

    /// A limit of uses: nothing and less do not limit (A9).
    pub(crate) fn limit(&self, name: &'static str) -> Result<Option<u32>, Unfit> {
        if self.value(name).and_then(whole).is_some_and(|limit| limit <= 0) {
            return Ok(None);
        }
        self.number(name)
    }

    /// Yes or no, also where an older hub took it out of a file as a text. What is neither is not taken for what is meant where
    /// nothing is said.
    pub(crate) fn flag(&self, name: &'static str, otherwise: bool) -> Result<bool, Unfit> {
        let Some(value) = self.value(name) else { return Ok(otherwise) };
        let text = value.as_str().map(|text| text.trim().to_ascii_lowercase());
        let number = || whole(value).filter(|number| (0..=1).contains(number)).map(|number| number == 1);
        let flag = value.as_bool().or_else(|| text?.parse().ok()).or_else(number);
        flag.ok_or_else(|| Unfit::new(name, format!("{name} is neither true nor false")))
    }

    /// A decimal.
    pub(crate) fn decimal(&self, name: &'static str) -> Result<Option<Decimal>, Unfit> {
        let Some(value) = self.value(name) else { return Ok(None) };
        // A number is read by its digits: what JSON wrote, not what a float makes of it.
        let digits = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        digits.trim().parse().map(Some).map_err(|_| Unfit::new(name, format!("{name} is no decimal")))
    }

    /// A price.
    pub(crate) fn price(&self, name: &'static str) -> Result<Option<UnitPrice>, Unfit> {
        let price = self.decimal(name)?.map(UnitPrice::try_new).transpose();
        price.map_err(|cause| Unfit::of(name, &cause))
    }

    /// A rate in percent.
    pub(crate) fn percent(&self, name: &'static str) -> Result<Percent, Unfit> {
        let value = self.decimal(name)?.ok_or_else(|| Unfit::missing(name))?;
        Percent::try_new(value).map_err(|cause| Unfit::of(name, &cause))
    }

    /// A quantity; one where there is none.
    pub(crate) fn quantity(&self, name: &'static str) -> Result<Quantity, Unfit> {
        let quantity = self.decimal(name)?.map(Quantity::try_new).transpose();
        Ok(quantity.map_err(|cause| Unfit::of(name, &cause))?.unwrap_or(Quantity::ONE))
    }

    /// A department's number: its code, which has to be one.
    pub(crate) fn department(&self) -> Result<DepartmentNo, Unfit> {
        let code = self.needed("code")?;
        let no = code.parse().map(DepartmentNo);
        no.map_err(|_| Unfit::new("code", format!("its code {code} is no number")))
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Fraction digits of a unit: what our hub says, or what such units usually have.
pub(crate) fn decimals(fields: &Fields<'_>, code: &str) -> Result<u8, Unfit> {
    let usual = match code.to_ascii_uppercase().as_str() {
        "KG" | "G" | "GR" | "L" | "LT" | "M" | "MT" | "M2" | "M3" => 3,
        _ => 0,
    };
    Ok(fields.number("decimals")?.unwrap_or(usual))
}

/// What a unit measures and how much of the base of its kind it is, where our hub says so.
pub(crate) fn measure(fields: &Fields<'_>) -> Result<Option<Measure>, Unfit> {
    match (fields.text("kind"), fields.decimal("factor")?) {
        (None, None) => Ok(None),
        (Some(kind), Some(factor)) => {
            let named = serde_json::from_value(Value::String(kind.clone()));
            let kind = named.map_err(|_| Unfit::new("kind", format!("there is no kind {kind} of units")))?;
            let factor = UnitFactor::try_new(factor).map_err(|cause| Unfit::of("factor", &cause))?;
            Ok(Some(Measure { kind, factor }))
        }
        (Some(_), None) | (None, Some(_)) => {
            Err(Unfit::new("factor", "a unit has a kind and a factor, or neither"))
        }
    }
}

/// Asked for where a product only says that an age has to be proved.
const COMING_OF_AGE: u8 = 18;

pub(crate) fn product(
    id: ProductId,
    fields: &Fields<'_>,
    department: DepartmentNo,
    unit: String,
    taxes: Option<Vec<u16>>,
) -> Result<Product, Unfit> {
    let price = fields.price("sale_price")?.ok_or_else(|| Unfit::missing("sale_price"))?;
    let is_of_age = fields.flag("requires_age_verification", false)?;
    Ok(Product {
        id,
        code: fields.needed("code")?,
        name: fields.needed("name")?,
        short_name: fields.text("short_name"),
        price,
        // A price of nothing means that the cashier types it.
        price_rule: if price.decimal().is_zero() { PriceRule::Open } else { PriceRule::Fixed },
        cost_price: fields.price("purchase_price")?,
        department,
        taxes,
        unit,
        permissions: Permissions {
            discount: fields.flag("is_allowed_discount", true)?,
            returns: fields.flag("is_allowed_return", true)?,
            negative_stock: fields.flag("is_allowed_negative_stock", false)?,
        },
        minimum_age: fields.number("minimum_age")?.or(is_of_age.then_some(COMING_OF_AGE)),
        return_days: fields.number("return_days")?,
        sellable_from: None,
        sellable_until: None,
        is_active: fields.flag("is_active", true)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_of_an_older_hub_is_the_number_or_flag_it_says_and_what_is_neither_is_not_taken_for_nothing_said()
     {
        let row = json!({
            "age": "18", "days": 7, "much": "300", "none": "0", "on": "TRUE", "off": 0, "odd": "perhaps", "silent": "None",
        });
        let fields = Fields(row.as_object().unwrap());
        assert_eq!((fields.number::<u8>("age"), fields.number::<u8>("days")), (Ok(Some(18)), Ok(Some(7))));
        assert!(fields.number::<u8>("much").is_err() && fields.number::<u8>("odd").is_err());
        assert_eq!((fields.limit("none"), fields.limit("age")), (Ok(None), Ok(Some(18))));
        assert_eq!((fields.flag("on", false), fields.flag("off", true)), (Ok(true), Ok(false)));
        assert_eq!((fields.flag("silent", true), fields.flag("absent", false)), (Ok(true), Ok(false)));
        assert!(fields.flag("odd", true).is_err() && fields.flag("days", true).is_err());
    }
}
