//! Rows under paths of their own, such as `/products/{id}/barcodes`, served as they are at `/definitions/{resource}`: two columns
//! of `resources.csv`, the path of the list and, where it begins with another row, the field that names that one.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    editing,
    filters::Wanted,
    rules::{self, Rule, invalid},
};
use crate::{
    ApiError,
    access::{Reach, routes::BASE},
    db::Session,
};

/// The name of a row in a path that begins with another, which has the name `id` there.
pub(crate) const ROW: &str = "row";
/// What stands in a path behind the row that it begins with, and before those that belong to it.
const BEHIND: &str = "/{id}/";

/// The paths of a resource below the version, of its list and of one row; none of a resource that has none of its own.
pub(crate) fn of(rule: &Rule) -> Option<[String; 2]> {
    let list = rule.path?;
    let row = if rule.parent.is_some() { ROW } else { "id" };
    Some([list.to_owned(), format!("{list}/{{{row}}}")])
}

/// The resource whose list or row is at a route, by its whole path.
pub(crate) fn served_at(route: &str) -> Option<&'static Rule> {
    static ROUTES: LazyLock<BTreeMap<String, &'static Rule>> = LazyLock::new(|| {
        let of_each = rules::all().iter().filter_map(|rule| Some((rule, of(rule)?)));
        let routes = of_each.flat_map(|(rule, paths)| paths.map(|path| (format!("{BASE}{path}"), rule)));
        routes.collect()
    });
    ROUTES.get(route).copied()
}

/// Whether at a route is the list of a resource.
pub(crate) fn is_list(route: &str) -> bool {
    served_at(route).is_some() && !route.ends_with('}')
}

/// The row that a path begins with, and that those behind it belong to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parent {
    rule: &'static Rule,
    /// The field in which they name it.
    field: &'static str,
    id: Uuid,
}

impl Parent {
    /// The one of an identity that the path of a resource begins with; none where it begins with none.
    pub(crate) fn of(rule: &Rule, id: Uuid) -> Option<Self> {
        let field = rule.parent?;
        Some(Self { rule: above(rule)?, field, id })
    }

    /// That it is there, for whoever knows of what lies within reach: nothing belongs to what is not there.
    ///
    /// # Errors
    /// `not_found`.
    pub(crate) fn is_there(
        &self,
        session: &mut dyn Session,
        company: Uuid,
        reach: &Reach,
    ) -> Result<(), ApiError> {
        let row = editing::one(session, company, self.rule, self.id)?;
        let is_known = row.store_id.is_none_or(|store| reach.holds_store(store));
        if is_known && !row.is_deleted { Ok(()) } else { Err(ApiError::not_found()) }
    }

    /// That a row belongs to it, which is there.
    ///
    /// # Errors
    /// `not_found`.
    pub(crate) fn holds(
        &self,
        session: &mut dyn Session,
        (company, reach): (Uuid, &Reach),
        row: &Map<String, Json>,
    ) -> Result<(), ApiError> {
        if self.is_named_by(row) {
            self.is_there(session, company, reach)
        } else {
            Err(ApiError::not_found())
        }
    }

    /// What those that belong to it hold.
    ///
    /// # Errors
    /// As [`Wanted::of`]; not of a field of the table.
    pub(crate) fn wanted(&self, rule: &Rule) -> Result<Wanted, ApiError> {
        Wanted::of(rule.resource, self.field, &self.id.to_string())
    }

    /// Lets a row that is made belong to it.
    ///
    /// # Errors
    /// `field_invalid` where the row says that it belongs to another.
    pub(crate) fn name_in(&self, row: &mut Map<String, Json>) -> Result<(), ApiError> {
        let is_silent = row.get(self.field).is_none_or(Json::is_null);
        if is_silent {
            row.insert(self.field.to_owned(), self.id.to_string().into());
        }
        if self.is_named_by(row) {
            Ok(())
        } else {
            Err(invalid(self.field, "is another than the path names"))
        }
    }

    fn is_named_by(&self, row: &Map<String, Json>) -> bool {
        let named = row.get(self.field).and_then(Json::as_str);
        named.and_then(|id| Uuid::parse_str(id).ok()) == Some(self.id)
    }
}

/// The resource of the row that the path of another begins with, also where that is at a path behind another row itself:
/// `/controls/{id}/tabs` begins with one of `/forms/{id}/controls`.
pub(crate) fn above(rule: &Rule) -> Option<&'static Rule> {
    let (path, _) = rule.path?.split_once(BEHIND)?;
    let at = |is_at: &dyn Fn(&str) -> bool| rules::all().iter().find(|rule| rule.path.is_some_and(is_at));
    at(&|known| known == path).or_else(|| {
        let behind = format!("{BEHIND}{}", path.trim_start_matches('/'));
        at(&|known| known.ends_with(&behind))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::definitions::filters;

    #[test]
    fn a_path_is_that_of_one_resource_which_is_written_there_and_its_rows_are_found_by_what_it_begins_with() {
        let named: Vec<&Rule> = rules::all().iter().filter(|rule| rule.path.is_some()).collect();
        let paths: BTreeMap<_, _> = named.iter().map(|rule| (rule.path, rule.resource)).collect();
        assert_eq!((paths.len(), named.len() > 30), (named.len(), true));
        for rule in named {
            assert!(rule.write.is_some(), "{} is written elsewhere", rule.resource);
            let begins_with_a_row = rule.path.is_some_and(|path| path.contains('{'));
            assert_eq!(rule.parent.is_some(), begins_with_a_row, "{}", rule.resource);
            let Some(parent) = Parent::of(rule, Uuid::nil()) else { continue };
            assert_eq!(
                (parent.rule.read, parent.rule.devices),
                (rule.read, rule.devices),
                "{}",
                rule.resource
            );
            assert!(parent.wanted(rule).is_ok() && !filters::of(rule.resource).is_empty());
        }
        for (route, resource) in [
            ("/api/v1/products", Some("products")),
            ("/api/v1/products/{id}", Some("products")),
            ("/api/v1/products/{id}/barcodes", Some("product_barcodes")),
            ("/api/v1/products/{id}/barcodes/{row}", Some("product_barcodes")),
            ("/api/v1/loyalty/program-policies", Some("loyalty_program_policies")),
            ("/api/v1/controls/{id}/tabs", Some("form_control_tabs")),
            ("/api/v1/products/{id}/price", None),
            ("/api/v1/definitions/{resource}", None),
        ] {
            assert_eq!(served_at(route).map(|rule| rule.resource), resource, "{route}");
        }
        assert!(is_list("/api/v1/products/{id}/barcodes") && !is_list("/api/v1/products/{id}"));
        let tabs = rules::of("form_control_tabs").and_then(above).map(|rule| rule.resource);
        assert_eq!(tabs, Some("form_controls"), "which are at a path behind their form");
    }

    #[test]
    fn a_row_belongs_to_the_one_that_its_path_names_and_says_of_no_other() {
        let parent = Parent::of(rules::of("product_barcodes").unwrap(), Uuid::from_u128(7)).unwrap();
        let named = |row: Json| {
            let Json::Object(mut row) = row else { panic!("a row is an object") };
            parent.name_in(&mut row).map(|()| row["fk_product_id"].clone()).map_err(|refused| refused.detail)
        };
        let own = json!(Uuid::from_u128(7));
        assert_eq!(named(json!({"barcode": "1"})), Ok(own.clone()));
        assert_eq!(named(json!({"fk_product_id": null})), Ok(own.clone()));
        assert_eq!(named(json!({"fk_product_id": own})), Ok(own.clone()));
        for other in [json!(Uuid::from_u128(8)), json!(7)] {
            assert_eq!(named(json!({"fk_product_id": other})), Err(Some("fk_product_id".to_owned())));
        }
    }
}
