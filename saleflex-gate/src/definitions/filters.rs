//! By which of its fields the rows of a resource are filtered: those that stand first in the table of fields.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{fields, rules};
use crate::ApiError;

/// The most fields that are asked for at once, and the most bytes of what one has to hold: a database reads no condition that is
/// as long or as deep as an address can be.
const MOST: usize = 20;
const LONGEST: usize = 4_096;

/// What a field holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FilterKind)]
pub(crate) enum Kind {
    /// An identity.
    Id,
    /// A whole number.
    Whole,
    /// `true` or `false`.
    Flag,
    /// A text, as it stands.
    Text,
}

/// A field by which rows are filtered.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[schema(as = FilterField)]
pub(crate) struct Field {
    /// Its name, for `filter[…]`.
    name: &'static str,
    /// What it holds.
    kind: Kind,
}

/// The fields of a resource; none of one that is not filtered.
pub(crate) fn of(resource: &str) -> &'static [Field] {
    static FIELDS: LazyLock<BTreeMap<&str, Vec<Field>>> = LazyLock::new(|| {
        let of = |resource| fields::of(resource).iter().filter_map(filtered).collect::<Vec<_>>();
        rules::all().iter().map(|rule| (rule.resource, of(rule.resource))).collect()
    });
    FIELDS.get(resource).map_or(&[], Vec::as_slice)
}

fn filtered(field: &fields::Field) -> Option<Field> {
    let kind = match field.kind {
        fields::Kind::Id => Kind::Id,
        fields::Kind::Whole { .. } => Kind::Whole,
        fields::Kind::Flag => Kind::Flag,
        fields::Kind::Text => Kind::Text,
        fields::Kind::Decimal
        | fields::Kind::Real
        | fields::Kind::Day
        | fields::Kind::Moment
        | fields::Kind::Time
        | fields::Kind::Object
        | fields::Kind::Written => return None,
    };
    field.is_filtered.then_some(Field { name: field.name, kind })
}

/// What a field of the rows that are asked for has to hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Wanted {
    field: Field,
    /// As the rows write it.
    value: String,
}

impl Wanted {
    /// What all filters of a query ask for together.
    ///
    /// # Errors
    /// `invalid_request` for too many of them, and as for each of them.
    pub(crate) fn all(resource: &str, asked: &[(String, String)]) -> Result<Vec<Self>, ApiError> {
        if asked.len() > MOST {
            return Err(ApiError::invalid(format!("a list is filtered by at most {MOST} fields at once")));
        }
        asked.iter().map(|(name, said)| Self::of(resource, name, said)).collect()
    }

    /// What `filter[name]=said` asks for.
    ///
    /// # Errors
    /// `invalid_request` for a field by which the resource is not filtered, and for what such a field does not hold.
    pub(super) fn of(resource: &str, name: &str, said: &str) -> Result<Self, ApiError> {
        let wrong = |message: String| {
            Err(ApiError { detail: Some(format!("filter[{name}]")), ..ApiError::invalid(message) })
        };
        let Some(field) = of(resource).iter().find(|field| field.name == name) else {
            return wrong(format!(
                "`{resource}` is not filtered by `{name}`: `GET /definitions` names by which of its fields"
            ));
        };
        let value = match field.kind {
            Kind::Id => Uuid::parse_str(said).ok().map(|id| id.to_string()),
            Kind::Whole => said.parse::<i64>().ok().map(|number| number.to_string()),
            Kind::Flag => said.parse::<bool>().ok().map(|flag| flag.to_string()),
            Kind::Text => Some(said.to_owned()).filter(|text| text.len() <= LONGEST),
        };
        match (value, field.kind) {
            (Some(value), _) => Ok(Self { field: *field, value }),
            (None, Kind::Id) => wrong(format!("`filter[{name}]` is no identity")),
            (None, Kind::Whole) => wrong(format!("`filter[{name}]` is no whole number")),
            (None, Kind::Flag) => wrong(format!("`filter[{name}]` is neither `true` nor `false`")),
            (None, Kind::Text) => wrong(format!("`filter[{name}]` has at most {LONGEST} bytes")),
        }
    }

    /// Whether a row holds it. Files that an earlier version took wrote numbers and flags as texts.
    pub(crate) fn is_in(&self, row: &Map<String, Json>) -> bool {
        match row.get(self.field.name) {
            Some(Json::String(text)) if self.field.kind == Kind::Id => {
                Uuid::parse_str(text).is_ok_and(|id| id.to_string() == self.value)
            }
            Some(Json::String(text)) => *text == self.value,
            Some(Json::Number(number)) => number.to_string() == self.value,
            Some(Json::Bool(flag)) => flag.to_string() == self.value,
            Some(Json::Null | Json::Array(_) | Json::Object(_)) | None => false,
        }
    }

    /// Patterns of which the text of a row that holds it has one, whatever the case of its letters: the database looks for them,
    /// so that few others are read.
    pub(crate) fn patterns(&self) -> [String; 2] {
        let Self { field: Field { name, kind }, value } = self;
        let text = Json::from(value.as_str()).to_string();
        let bare = match kind {
            Kind::Whole | Kind::Flag => value,
            Kind::Id | Kind::Text => &text,
        };
        [&text, bare].map(|value| {
            let escaped =
                format!("\"{name}\":{value}").replace('!', "!!").replace('%', "!%").replace('_', "!_");
            format!("%{escaped}%")
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_filtered_by_all_that_the_table_says_and_by_none_that_is_a_secret() {
        for rule in rules::all() {
            let said = fields::of(rule.resource).iter().filter(|field| field.is_filtered);
            let said: Vec<&str> = said.map(|field| field.name).collect();
            let named: Vec<&str> = of(rule.resource).iter().map(|field| field.name).collect();
            assert_eq!(named, said, "{}", rule.resource);
            assert!(named.iter().all(|name| !name.contains("password") && !name.contains("access_code")));
        }
    }

    #[test]
    fn a_row_is_found_by_what_it_holds_and_by_nothing_like_it() {
        let wanted = |name: &str, said: &str| Wanted::of("products", name, said).unwrap();
        let id = "018f0000-0000-7000-8000-00000000ABCD";
        let row = json!({"name": "Tea \"100%\"", "is_scalable": true, "min_stock": 7, "fk_manufacturer_id": id, "stock": "7"});
        let is_in = |name: &str, said: &str| wanted(name, said).is_in(row.as_object().unwrap());
        assert!(
            is_in("name", "Tea \"100%\"") && !is_in("name", "tea \"100%\"") && !is_in("short_name", "Tea")
        );
        assert!(is_in("is_scalable", "true") && !is_in("is_scalable", "false"));
        assert!(is_in("min_stock", "7") && !is_in("min_stock", "70") && is_in("stock", "07"));
        let [text, bare] = wanted("name", "100%_!").patterns();
        assert_eq!((text.as_str(), &bare), ("%\"name\":\"100!%!_!!\"%", &text));
        assert_eq!(wanted("is_scalable", "true").patterns()[1], "%\"is!_scalable\":true%");
        for (name, said) in
            [("colour", "red"), ("min_stock", "some"), ("is_scalable", "yes"), ("sale_price", "1")]
        {
            let refused = Wanted::of("products", name, said).unwrap_err();
            assert_eq!(refused.detail, Some(format!("filter[{name}]")));
        }
    }

    #[test]
    fn so_much_is_asked_for_at_once_and_no_more() {
        let asked = |count: usize, said: &str| {
            let asked = vec![("name".to_owned(), said.to_owned()); count];
            Wanted::all("products", &asked).map(|wanted| wanted.len()).map_err(|refused| refused.detail)
        };
        let (longest, longer) = ("\u{1}".repeat(LONGEST), "%".repeat(LONGEST + 1));
        assert_eq!((asked(MOST, "Tea"), asked(MOST + 1, "Tea")), (Ok(MOST), Err(None)));
        assert_eq!((asked(1, &longest), asked(1, &longer)), (Ok(1), Err(Some("filter[name]".to_owned()))));
        // What SQLite looks for is no longer than this.
        let [pattern, _] = Wanted::of("products", "name", &longest).unwrap().patterns();
        assert!(pattern.len() < 50_000);
    }
}
