//! Who may read and write which resource, and what a row of it must hold: a table, `resources.csv`.

use std::sync::LazyLock;

use rust_decimal::Decimal;
use saleflex_core::{
    campaign::Campaign,
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::UnitPrice,
};
use saleflex_sync::{fitting, goods, managed};
use serde_json::{Map, Value as Json};

use super::{
    closure_templates, fields,
    meaning::{self, DEFINITION},
    price_lists,
};
use crate::{
    ApiError,
    access::{Capability, Profile, Profiles},
    offers::in_force::CAMPAIGNS,
    office,
};

const TABLE: &str = include_str!("resources.csv");
/// The most bytes of a row.
const LONGEST: usize = 64 * 1024;

/// What holds for a resource.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Rule {
    pub(crate) resource: &'static str,
    pub(crate) read: Capability,
    /// None: it is kept elsewhere, and read only here.
    pub(crate) write: Option<Capability>,
    /// The field that no two rows of a place share.
    pub(crate) key: Option<&'static str>,
    /// The devices that get its rows.
    pub(crate) devices: Profiles,
    /// The path of its list below the version, where its rows have one of their own.
    pub(crate) path: Option<&'static str>,
    /// The field that names the row which such a path begins with; none where it begins with none.
    pub(crate) parent: Option<&'static str>,
    /// The fields by which a row of a store takes the place of one of its company; none where it takes none's.
    pub(crate) overridden: Vec<&'static str>,
    /// The fields that a row has to say something in.
    pub(crate) required: Vec<&'static str>,
    /// Fields of which a row has to say something in one at least.
    pub(crate) either: Vec<&'static str>,
}

/// The rules, in the order of the table.
pub(crate) fn all() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> =
        LazyLock::new(|| parse(TABLE).expect("the committed table is whole, as a test checks"));
    &RULES
}

/// The resources whose rows a device of a profile gets: those of the table, and a till what is set for it and moved in its
/// books.
pub(crate) fn of_device(profile: Profile) -> impl Iterator<Item = &'static str> {
    let own = [managed::RESOURCE, goods::RESOURCE];
    let own = matches!(profile, Profile::Pos | Profile::Mobile).then_some(own);
    own.into_iter().flatten().chain(of_table(profile))
}

fn of_table(profile: Profile) -> impl Iterator<Item = &'static str> {
    all().iter().filter(move |rule| rule.devices.hold(profile)).map(|rule| rule.resource)
}

/// The rule of a resource that people may know of.
pub(crate) fn of(resource: &str) -> Option<&'static Rule> {
    all().iter().find(|rule| rule.resource == resource)
}

fn parse(table: &'static str) -> Option<Vec<Rule>> {
    let rules = table.lines().skip(1).map(|line| {
        let [resource, read, write, key, required, devices, path, parent, overridden]: [&'static str; 9] =
            line.split(',').collect::<Vec<_>>().try_into().ok()?;
        let named = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        let fields =
            |text: &'static str| text.split(' ').filter(|field| !field.is_empty()).collect::<Vec<_>>();
        let (either, required): (Vec<_>, Vec<_>) =
            fields(required).into_iter().partition(|field| field.contains('|'));
        let write = if write.is_empty() { None } else { Some(Capability::parse(write)?) };
        Some(Rule {
            resource,
            read: Capability::parse(read)?,
            write,
            key: named(key),
            devices: Profiles::parse(devices.split(' '))?,
            path: named(path),
            parent: named(parent),
            overridden: fields(overridden),
            required,
            either: either.into_iter().flat_map(|all| all.split('|')).collect(),
        })
    });
    rules.collect()
}

impl Rule {
    /// What taking all its rows out of the hub needs beside the right to export: for people a right of its own.
    pub(crate) const fn export(&self) -> Capability {
        if matches!(self.read, Capability::CustomerRead | Capability::RoleAssign) {
            return Capability::CustomerExport;
        }
        self.read
    }

    /// That a row may stand as it is: fields that must be there are, and what is said of others is what they hold. Of what
    /// stood there before it is asked less: earlier versions and hubs above this one took more.
    ///
    /// # Errors
    /// `field_invalid` with the field in `detail`.
    pub(crate) fn check(
        &self,
        body: &Map<String, Json>,
        is_said: impl Fn(&str) -> bool,
    ) -> Result<(), ApiError> {
        for field in &self.required {
            let is_there = match body.get(*field) {
                Some(Json::String(text)) => !text.trim().is_empty(),
                Some(Json::Number(_) | Json::Bool(_)) => true,
                _ => false,
            };
            if !is_there && is_said(field) {
                return Err(invalid(field, "is missing"));
            }
        }
        for (field, value) in body {
            check_field(field, value)?;
            if is_said(field) {
                fields::check(self.resource, field, value)?;
            }
        }
        meaning::check(self.resource, body, &is_said)?;
        if self.resource == CAMPAIGNS {
            check_campaign(body)?;
        }
        if self.resource == price_lists::LISTS {
            price_lists::check(body)?;
        }
        if self.resource == closure_templates::TEMPLATES {
            closure_templates::check(body)?;
        }
        if let Err(unfit) = fitting::check(self.resource, body)
            && (is_said(DEFINITION) || meaning::is_said_with(unfit.field(), &is_said))
        {
            return Err(invalid(unfit.field(), &format!("fits at no till: {unfit}")));
        }
        if Json::Object(body.clone()).to_string().len() > LONGEST {
            return Err(ApiError::unprocessable("field_invalid", "a row has at most 64 KiB"));
        }
        Ok(())
    }

    /// Takes away the blanks around what a row is known by, as tills do: a code with one behind it would be another's.
    pub(crate) fn trim(&self, row: &mut Map<String, Json>) {
        for field in self.key.into_iter().chain(["code"]) {
            if let Some(Json::String(text)) = row.get_mut(field) {
                let trimmed = text.trim().to_owned();
                *text = trimmed;
            }
        }
    }

    /// What the row is known by, if its resource has such a field and the row fills it.
    pub(crate) fn key_of<'a>(&self, body: &'a Map<String, Json>) -> Option<&'a str> {
        let text = body.get(self.key?)?.as_str()?.trim();
        Some(text).filter(|text| !text.is_empty())
    }
}

/// That a whole definition of a campaign is one that a till takes: nobody sells by a part of what it says.
fn check_campaign(body: &Map<String, Json>) -> Result<(), ApiError> {
    let Some(definition) = body.get(DEFINITION).filter(|definition| !definition.is_null()) else {
        return Ok(());
    };
    let campaign = serde_json::from_value::<Campaign>(definition.clone());
    let campaign = campaign.map_err(|cause| invalid(DEFINITION, &format!("cannot be read: {cause}")))?;
    if body.get("id").and_then(Json::as_str).is_some_and(|id| id != campaign.id.uuid().to_string()) {
        return Err(invalid(DEFINITION, "is another campaign's: its `id` is not that of the row"));
    }
    let faults = campaign.check();
    let told: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.reason)).collect();
    if told.is_empty() {
        Ok(())
    } else {
        Err(invalid(DEFINITION, &format!("is wrong in {}", told.join("; "))))
    }
}

fn check_field(field: &str, value: &Json) -> Result<(), ApiError> {
    if field == "password" {
        return Err(invalid(field, "is not set here: people are administered under /users"));
    }
    if field == super::IS_ERASED {
        return Err(invalid(field, "is not set here: a person is erased at a till"));
    }
    if field == super::people::MERGED_INTO {
        return Err(invalid(field, "is not set here: two records are made one at a till"));
    }
    let is_money = field.ends_with("_price") || field.ends_with("_amount") || field == "rate";
    if (is_money || office::content::is_decimal(field)) && !value.is_null() {
        let Some(decimal) = office::content::decimal(value) else {
            return Err(invalid(field, "is no decimal, such as \"12.50\""));
        };
        let is_signed = field.contains("difference") || field.contains("adjust");
        if decimal.scale() > 8 || (!is_signed && decimal < Decimal::ZERO) {
            return Err(invalid(field, "is below nothing or too fine"));
        }
        // Tills read digits and a point; so does whoever looks at the row.
        if value.as_str().is_some_and(|text| text.contains(['e', 'E'])) {
            return Err(invalid(field, "is no decimal, such as \"12.50\""));
        }
        if field.ends_with("_price") && !is_signed {
            UnitPrice::try_new(decimal)
                .map_err(|cause| invalid(field, &format!("fits at no till: {cause}")))?;
        }
    }
    let is_reference = field.starts_with("fk_") && field.ends_with("_id") && field != "fk_server_id";
    if is_reference && !value.is_null() && value.as_str().is_none_or(|id| uuid::Uuid::parse_str(id).is_err())
    {
        return Err(invalid(field, "is no identity"));
    }
    if let Json::String(text) = value
        && text.contains('\0')
    {
        return Err(invalid(field, "holds a character that cannot be kept"));
    }
    Ok(())
}

/// That what is sold at a price costs something: no price is so fine that a currency of the stores has no coin for it.
///
/// # Errors
/// `field_invalid` with the field in `detail`.
pub(crate) fn costs_something(body: &Map<String, Json>, currencies: &[CurrencyCode]) -> Result<(), ApiError> {
    let field = "sale_price";
    let price = body.get(field).and_then(office::content::decimal).filter(|price| !price.is_zero());
    let Some(price) = price else { return Ok(()) };
    let is_nothing = |code: &&CurrencyCode| {
        Currency::of(**code).round(price, Rounding::HalfUp).is_ok_and(|amount| amount == Money::ZERO)
    };
    match currencies.iter().find(is_nothing) {
        Some(code) => {
            Err(invalid(field, &format!("is too fine: one piece costs nothing in {}", code.as_str())))
        }
        None => Ok(()),
    }
}

/// That another row has what a field says.
pub(crate) fn key_taken(name: &str) -> ApiError {
    let error = ApiError::conflict("key_taken", format!("another row has this `{name}`"));
    ApiError { detail: Some(name.to_owned()), ..error }
}

/// A field that may not stand as it is.
pub(crate) fn invalid(field: &str, what: &str) -> ApiError {
    let error = ApiError::unprocessable("field_invalid", format!("`{field}` {what}"));
    ApiError { detail: Some(field.to_owned()), ..error }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::definitions::{FURTHER, RESOURCES, SEQUENCES};

    #[test]
    fn every_resource_but_the_counters_has_a_rule() {
        let named: Vec<&str> = all().iter().map(|rule| rule.resource).collect();
        let all = RESOURCES.into_iter().chain(FURTHER);
        let expected: Vec<&str> = all.filter(|name| *name != SEQUENCES).collect();
        assert_eq!(named, expected);
    }

    #[test]
    fn a_row_that_lacks_or_breaks_a_field_is_refused_by_its_name() {
        let rule = of("products").unwrap();
        let check = |mut body: Json| {
            // What is taken for granted here is asked for below.
            body["fk_department_main_group_id"] = json!(uuid::Uuid::nil());
            rule.check(body.as_object().unwrap(), |_| true).map_err(|error| error.detail)
        };
        assert_eq!(check(json!({"code": "1", "name": "Tea", "sale_price": "3.40"})), Ok(()));
        for (body, field) in [
            (json!({"code": "1"}), "name"),
            (json!({"code": " ", "name": "Tea", "sale_price": "1"}), "code"),
            (json!({"code": "1", "name": "Tea", "sale_price": "cheap"}), "sale_price"),
            (json!({"code": "1", "name": "Tea", "sale_price": "-1"}), "sale_price"),
            (json!({"code": "1", "name": "Tea", "sale_price": "1e3"}), "sale_price"),
            (json!({"code": "1", "name": "Tea", "sale_price": "99999999999999999999"}), "sale_price"),
            (json!({"code": "1", "name": "Tea", "sale_price": null}), "sale_price"),
            (json!({"code": "1", "name": "Tea", "sale_price": "1", "fk_vat_id": "standard"}), "fk_vat_id"),
            (json!({"code": "1", "name": "Tea", "sale_price": "1", "password": "x"}), "password"),
            (json!({"code": 1, "name": "Tea", "sale_price": "1"}), "code"),
            (json!({"code": "1", "name": "Tea", "sale_price": "1", "minimum_age": "18"}), "minimum_age"),
            (json!({"code": "1", "name": "Tea", "sale_price": "1", "sale_prise": "3.40"}), "sale_prise"),
            (json!({"code": "1", "name": "Tea"}), "sale_price"),
        ] {
            assert_eq!(check(body), Err(Some(field.to_owned())));
        }
    }

    #[test]
    fn what_a_row_is_known_by_has_no_blanks_around_it() {
        for (resource, field) in
            [("products", "code"), ("product_barcodes", "barcode"), ("loyalty_tiers", "code")]
        {
            let mut row = json!({(field): " A\t1\n", "name": " Tea "}).as_object().unwrap().clone();
            of(resource).unwrap().trim(&mut row);
            assert_eq!(Json::Object(row), json!({(field): "A\t1", "name": " Tea "}));
        }
    }

    #[test]
    fn what_no_till_takes_is_refused_where_it_is_said_and_stays_where_it_stood() {
        let check = |resource: &str, body: Json, said: Option<&str>| {
            let checked = of(resource)
                .unwrap()
                .check(body.as_object().unwrap(), |field| said.is_none_or(|said| said == field));
            checked.map_err(|error| error.detail.unwrap())
        };
        let tea = || json!({"code": "1", "name": "Tea", "sale_price": "3.40"});
        let main = "fk_department_main_group_id";
        assert_eq!(check("products", tea(), None), Err(main.to_owned()));
        assert_eq!(check("products", tea(), Some("sale_price")), Ok(()), "it stood in none");
        assert_eq!(
            check("products", tea(), Some("fk_department_sub_group_id")),
            Err(main.to_owned()),
            "emptied"
        );
        let of_a_sub = json!({
            "code": "1", "name": "Tea", "sale_price": "3.40", "fk_department_sub_group_id": uuid::Uuid::nil(),
        });
        assert_eq!(check("products", of_a_sub, None), Ok(()));
        assert_eq!(check("customers", json!({"name": "Zoe"}), None), Err("last_name".to_owned()));
        assert_eq!(check("customers", json!({"name": "Zoe"}), Some("zip_code")), Ok(()));
        assert_eq!(
            check("department_main_groups", json!({"code": "ALL", "name": "All"}), None),
            Err("code".to_owned())
        );
    }

    #[test]
    fn what_a_till_asks_of_a_row_is_required_of_it() {
        let said = |rule: &Rule| rule.required.iter().chain(rule.either.first()).copied().collect::<Vec<_>>();
        assert_eq!(
            said(of("products").unwrap()),
            ["code", "name", "sale_price", "fk_department_main_group_id"]
        );
        assert_eq!(said(of("customers").unwrap()), ["name", "last_name"]);
        assert_eq!(said(of("coupons").unwrap()), ["code", "fk_campaign_id", "coupon_type"]);
    }

    #[test]
    fn of_what_stood_in_a_row_before_no_more_is_asked_than_when_it_was_taken() {
        let check = |resource: &str, body: Json, said: &[&str]| {
            let rule = of(resource).unwrap();
            let checked = rule.check(body.as_object().unwrap(), |field| said.contains(&field));
            checked.map_err(|error| error.detail)
        };
        let older = || json!({"code": "1", "name": "Tea", "minimum_age": "18", "of_a_newer_hub": 7});
        assert_eq!(check("products", older(), &["name"]), Ok(()));
        assert_eq!(check("products", older(), &["minimum_age"]), Err(Some("minimum_age".to_owned())));
        let coupon = || json!({"code": "1", "fk_campaign_id": uuid::Uuid::nil(), "coupon_type": "GIFT"});
        assert_eq!(check("coupons", coupon(), &["code"]), Ok(()));
        assert_eq!(check("coupons", coupon(), &["coupon_type"]), Err(Some("coupon_type".to_owned())));
    }

    #[test]
    fn a_price_that_a_currency_has_no_coin_for_is_refused() {
        let code = |text: &str| CurrencyCode::parse(text).unwrap();
        let check = |price: &str, currencies: &[&str]| {
            let codes: Vec<_> = currencies.iter().map(|text| code(text)).collect();
            costs_something(json!({"sale_price": price}).as_object().unwrap(), &codes)
        };
        assert_eq!(check("0.001", &["KWD"]), Ok(()));
        assert_eq!(check("0", &["TRY"]), Ok(()), "typed by the cashier");
        assert_eq!(check("0.005", &["TRY"]), Ok(()), "which is a coin");
        let refused = check("0.001", &["KWD", "TRY"]).unwrap_err();
        assert_eq!((refused.code, refused.detail.as_deref()), ("field_invalid", Some("sale_price")));
        assert!(refused.message.contains("TRY"), "{}", refused.message);
        assert!(check("0.4", &["JPY"]).is_err());
    }
}
