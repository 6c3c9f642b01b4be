//! What rows of campaigns mean together with themselves: a rate, days that end before they begin, a rule that names
//! nothing; and what of goods cannot be less than nothing. Asked of who writes a row here, and not of what came from
//! older terminals or a hub above.

use saleflex_core::campaign::{FieldError, OriginalProduct, OriginalRule};
use serde_json::{Map, Value as Json};

use super::rules::invalid;
use crate::{
    ApiError,
    offers::in_force::{CAMPAIGNS, PRODUCTS, RULES, original, read},
};

/// The field of a whole definition, beside which the others mean nothing.
pub(super) const DEFINITION: &str = "definition";
/// How much of goods there should be: nobody wants less than none, though the books may say that there is.
const WANTED: [&str; 6] =
    ["min_stock", "max_stock", "min_stock_level", "max_stock_level", "reorder_point", "reorder_quantity"];
/// Fields that mean something together: who says one of them says it beside the others.
const TOGETHER: [&[&str]; 9] = [
    &["fk_department_main_group_id", "fk_department_sub_group_id"],
    &["kind", "factor"],
    &["segment_type", "criteria_json"],
    &["discount_type", "discount_value", "discount_percentage"],
    &["min_purchase_amount", "max_purchase_amount"],
    &["min_quantity", "max_quantity"],
    &["start_date", "end_date"],
    &["start_time", "end_time"],
    &[
        "rule_type",
        "rule_value",
        "fk_product_id",
        "fk_department_id",
        "fk_payment_type_id",
        "fk_product_manufacturer_id",
    ],
];

/// That what is said of a row means something.
///
/// # Errors
/// `field_invalid` with the field in `detail`.
pub(super) fn check(
    resource: &str,
    body: &Map<String, Json>,
    is_said: impl Fn(&str) -> bool,
) -> Result<(), ApiError> {
    let is_below_nothing = |field: &&str| {
        let said = body.get(*field).filter(|_| is_said(field));
        said.and_then(Json::as_i64).is_some_and(i64::is_negative)
    };
    if let Some(field) = WANTED.into_iter().find(is_below_nothing) {
        return Err(invalid(field, "is below nothing"));
    }
    let row = || Json::Object(body.clone());
    let faults = match resource {
        CAMPAIGNS if body.get(DEFINITION).is_none_or(Json::is_null) => {
            original(&row()).map(|campaign| campaign.check_row())
        }
        RULES => read::<OriginalRule>(RULES, &row()).map(|rule| rule.check()),
        PRODUCTS => read::<OriginalProduct>(PRODUCTS, &row()).map(|product| product.check()),
        _ => return Ok(()),
    };
    // Where an earlier version took what nobody can read, the row is in force nowhere, whatever else it says.
    let faults = faults.unwrap_or_default();
    // Without a definition the fields are what counts.
    let is_news = |fault: &&FieldError| is_said(DEFINITION) || is_said_with(&fault.field, &is_said);
    match faults.iter().find(is_news) {
        Some(fault) => Err(invalid(&fault.field, &format!("is wrong: {}", fault.reason))),
        None => Ok(()),
    }
}

/// Whether a field is said, or one that means something together with it.
pub(super) fn is_said_with(field: &str, is_said: impl Fn(&str) -> bool) -> bool {
    let group = TOGETHER.into_iter().find(|group| group.contains(&field));
    group.map_or_else(|| is_said(field), |group| group.iter().any(|field| is_said(field)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn checked(resource: &str, body: &Json, said: Option<&str>) -> Result<(), Option<String>> {
        let is_said = |field: &str| said.is_none_or(|said| said == field);
        check(resource, body.as_object().unwrap(), is_said).map_err(|refused| refused.detail)
    }

    #[test]
    fn nobody_wants_less_than_none_of_goods_though_the_books_may_say_that_there_is() {
        for field in WANTED {
            let wanted = json!({(field): -1, "stock": -1});
            assert_eq!(checked("products", &wanted, None), Err(Some(field.to_owned())));
            assert_eq!(checked("products", &wanted, Some("stock")), Ok(()), "the books may say so");
            assert_eq!(checked("products", &json!({(field): 0}), None), Ok(()), "none is wanted");
        }
    }

    #[test]
    fn what_is_said_of_a_campaign_its_rules_and_its_products_means_something() {
        let id = Uuid::from_u128(1);
        for (resource, fits, wrong, field) in [
            (
                CAMPAIGNS,
                json!({"discount_percentage": 100}),
                json!({"discount_percentage": "150"}),
                "discount_percentage",
            ),
            (
                CAMPAIGNS,
                json!({"discount_type": "PERCENTAGE", "discount_percentage": "5", "days_of_week": ""}),
                json!({"discount_type": "PERCENTAGE", "discount_percentage": "5", "discount_value": "5"}),
                "discount_value",
            ),
            (
                CAMPAIGNS,
                json!({"start_date": "2026-12-01", "end_date": "2026-12-01T00:00:00"}),
                json!({"start_date": "2026-12-02", "end_date": "2026-12-01T00:00:00"}),
                "end_date",
            ),
            (CAMPAIGNS, json!({"days_of_week": "1,7"}), json!({"days_of_week": "Mon,Tue"}), "days_of_week"),
            (
                CAMPAIGNS,
                json!({"start_time": "22:00", "end_time": "02:00"}),
                json!({"start_time": "22:00", "end_time": null}),
                "end_time",
            ),
            (
                RULES,
                json!({"rule_type": "brand", "fk_product_manufacturer_id": id}),
                json!({"rule_type": "brand", "rule_value": "Acme"}),
                "fk_product_manufacturer_id",
            ),
            (
                RULES,
                json!({"rule_type": "PRODUCT", "fk_product_id": id}),
                json!({"rule_type": "PRODUKT"}),
                "rule_type",
            ),
            (
                RULES,
                json!({"rule_type": "BARCODE_PATTERN", "rule_value": "re:^4"}),
                json!({"rule_type": "BARCODE_PATTERN", "rule_value": "re:(["}),
                "rule_value",
            ),
            (
                PRODUCTS,
                json!({"fk_product_id": id, "min_quantity": 2, "max_quantity": 2}),
                json!({"fk_product_id": id, "min_quantity": 2, "max_quantity": 1}),
                "max_quantity",
            ),
        ] {
            assert_eq!(checked(resource, &fits, None), Ok(()), "{fits}");
            assert_eq!(checked(resource, &wrong, None), Err(Some(field.to_owned())), "{wrong}");
            assert_eq!(checked(resource, &wrong, Some("name")), Ok(()), "it stood so: {wrong}");
        }
        // Beside a whole definition they mean nothing, until that goes.
        let wrong = |definition: Json| json!({"discount_percentage": "150", "definition": definition});
        assert_eq!(checked(CAMPAIGNS, &wrong(json!({"id": id})), None), Ok(()));
        assert!(checked(CAMPAIGNS, &wrong(Json::Null), Some(DEFINITION)).is_err());
        // Who says one of two says it beside the other.
        let ends = json!({"start_date": "2026-12-02", "end_date": "2026-12-01"});
        assert!(checked(CAMPAIGNS, &ends, Some("start_date")).is_err());
    }
}
