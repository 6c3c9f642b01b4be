//! What the queries of routes may say, and by what lists are filtered: as their descriptions name it.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::{
    ObjectBuilder, RefOr, Required,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
    schema::AdditionalProperties,
};

use super::each;
use crate::{access::routes::Who, definitions::paths, router};

/// What a query says of a list that is no property of its items.
const OF_THE_LIST: [&str; 5] = ["cursor", "limit", "sort", "updated_since", "with_deleted"];
/// Whose items are rows, and filtered by their fields too.
const ROWS: &str = "/api/v1/definitions/{resource}";

/// What the query of a route may say.
#[derive(Debug)]
pub(crate) struct Asks {
    /// All names.
    pub(crate) names: BTreeSet<String>,
    /// Those by which its list is filtered.
    pub(crate) filters: BTreeSet<String>,
    /// Whether its list is filtered by fields of rows as well.
    pub(crate) by_fields: bool,
}

/// What the queries of all routes may say that are not for devices alone, by method and path.
pub(crate) fn all() -> BTreeMap<(String, String), Asks> {
    let mut asks = BTreeMap::new();
    router::tell(&mut |mut said| {
        each(&mut said, |(method, path), operation, row| {
            if is_for_people(row.who) {
                let names = queried(operation).map(|parameter| parameter.name.clone()).collect();
                let filters = criteria(operation).into_iter().map(|parameter| parameter.name).collect();
                let asked = Asks { names, filters, by_fields: is_of_rows(method, path) };
                asks.insert((method.to_owned(), path.to_owned()), asked);
            }
        });
    });
    asks
}

/// Describes the filters of a list: each by the name and the shape that the query has for it.
pub(super) fn add_filter(operation: &mut Operation, (method, path): (&str, &str), who: Who) {
    let criteria = criteria(operation);
    if criteria.is_empty() || !is_for_people(who) {
        return;
    }
    let mut told =
        "The same as its fields without `filter`: `filter[field]=…`, all of it together.".to_owned();
    if is_of_rows(method, path) {
        told.push_str(
            " Rows by their own fields too, such as `filter[name]`, which `GET /definitions` names.",
        );
    }
    let mut fields = ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for Parameter { name, schema, .. } in criteria {
        if let Some(schema) = schema {
            fields = fields.property(name, schema);
        }
    }
    let filter = ParameterBuilder::new()
        .name("filter")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(told))
        .style(Some(ParameterStyle::DeepObject))
        .explode(Some(true))
        .schema(Some(fields));
    operation.parameters.get_or_insert_default().push(RefOr::T(filter.build()));
}

/// By what the items of a list are asked for; nothing of what is no list.
fn criteria(operation: &Operation) -> Vec<Parameter> {
    let names: BTreeSet<&str> = queried(operation).map(|parameter| parameter.name.as_str()).collect();
    if !names.contains("limit") || !names.contains("cursor") {
        return Vec::new();
    }
    let is_of_items = |parameter: &&Parameter| !OF_THE_LIST.contains(&parameter.name.as_str());
    queried(operation).filter(is_of_items).cloned().collect()
}

fn queried(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter),
        RefOr::T(_) | RefOr::Ref(_) => None,
    })
}

fn is_of_rows(method: &str, path: &str) -> bool {
    method == "GET" && (path == ROWS || paths::is_list(path))
}

const fn is_for_people(who: Who) -> bool {
    match who {
        Who::Any | Who::OfficeWire(_) | Who::Device(_) => false,
        Who::User
        | Who::Member(_)
        | Who::May(_)
        | Who::MayInCompany(_)
        | Who::DeviceOrMay(..)
        | Who::DeviceOrMayInCompany(..) => true,
    }
}
