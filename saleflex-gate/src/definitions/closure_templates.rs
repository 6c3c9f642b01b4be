//! What the law of a country wants of a closure: templates of a company's own, or of a store's, which tills lay over those that
//! come with the program, those of a part of a country over the country's.

use saleflex_core::closure::template::Template;
use serde_json::{Map, Value as Json};

use super::{meaning::DEFINITION, rules::invalid};
use crate::ApiError;

/// The resource of them.
pub(super) use saleflex_sync::managed::TEMPLATES;

/// That tills take the template of a row, whose code is its name.
///
/// # Errors
/// `field_invalid` for the definition.
pub(super) fn check(body: &Map<String, Json>) -> Result<(), ApiError> {
    let definition = body.get(DEFINITION).filter(|definition| !definition.is_null());
    let definition = definition.ok_or_else(|| invalid(DEFINITION, "is missing"))?;
    let template = serde_json::from_value::<Template>(definition.clone());
    let template = template.map_err(|cause| invalid(DEFINITION, &format!("cannot be read: {cause}")))?;
    template.check().map_err(|cause| invalid(DEFINITION, &format!("is no template: {cause}")))?;
    let code = body.get("code").and_then(Json::as_str).unwrap_or_default().trim();
    if template.name == code {
        Ok(())
    } else {
        Err(invalid(DEFINITION, "is another template's: its `name` is not the `code` of the row"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_is_one_that_tills_take_under_its_name() {
        let check = |body: Json| check(body.as_object().unwrap()).map_err(|refused| refused.detail);
        let of = |definition: Json| json!({"code": "PT", "definition": definition});
        assert_eq!(check(of(json!({"name": "PT", "version": 1, "regions": ["PT", "PT-20"]}))), Ok(()));
        let by_rate = json!({"vat_by_rate": {"by_rate": {}}, "gift_cards": {"class_sales": "gift_card"}});
        assert_eq!(check(of(json!({"name": "PT", "version": 1, "fields": by_rate}))), Ok(()));
        for wrong in [
            Json::Null,
            json!({}),
            json!({"name": "ES", "version": 1}),
            json!({"name": "PT", "version": 1, "regions": ["Portugal"]}),
            json!({"name": "PT", "version": 1, "fields": {"Vat Rate": "free"}}),
            json!({"name": "PT", "version": 1, "colour": "blue"}),
        ] {
            assert_eq!(check(of(wrong.clone())), Err(Some(DEFINITION.to_owned())), "{wrong}");
        }
    }
}
