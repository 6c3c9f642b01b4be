//! Which names the query of a route may hold: those that its document describes.
//!
//! A name that is misspelt would otherwise be passed over, and a list that was to be narrowed would come whole. Routes that
//! devices call alone are left out: an older program may say more than this hub knows.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use axum::{
    extract::{MatchedPath, Query},
    http::request::Parts,
};

use crate::{
    ApiError,
    access::routes::{self, Who},
    openapi,
};

type Names = BTreeMap<(String, String), BTreeSet<String>>;

/// That a request for people asks with names that its route knows.
///
/// # Errors
/// `invalid_request` with the name in `detail`.
pub(super) fn check(parts: &Parts) -> Result<(), ApiError> {
    static NAMES: LazyLock<Names> = LazyLock::new(described);
    let Some(route) = parts.extensions.get::<MatchedPath>().filter(|_| parts.uri.query().is_some()) else {
        return Ok(());
    };
    let Some(names) = NAMES.get(&(parts.method.to_string(), route.as_str().to_owned())) else {
        return Ok(());
    };
    // What cannot be read at all is refused by the handler, which says what it reads.
    let Ok(Query(asked)) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri) else { return Ok(()) };
    match asked.into_iter().find(|(name, _)| !names.contains(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("the query is not as described: `{name}` is not asked for here");
            Err(ApiError { detail: Some(name), ..ApiError::invalid(message) })
        }
    }
}

fn described() -> Names {
    let document = serde_json::to_value(openapi::document()).unwrap_or_default();
    let is_for_people = |who: &Who| match who {
        Who::Any | Who::OfficeWire | Who::Device(_) => false,
        Who::User
        | Who::Member(_)
        | Who::May(_)
        | Who::MayInCompany(_)
        | Who::DeviceOrMay(..)
        | Who::DeviceOrMayInCompany(..) => true,
    };
    let routes = routes::committed().iter().filter(|(_, who)| is_for_people(who));
    let names = routes.map(|((method, path), _)| {
        let parameters = &document["paths"][path][method.to_lowercase()]["parameters"];
        let asked = parameters.as_array().into_iter().flatten().filter(|one| one["in"] == "query");
        let names = asked.filter_map(|one| one["name"].as_str().map(str::to_owned)).collect();
        ((method.clone(), path.clone()), names)
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_what_a_list_is_asked_for() {
        let names = described();
        let of = |path: &str| names.get(&("GET".to_owned(), path.to_owned()));
        assert!(
            of("/api/v1/terminals")
                .is_some_and(|names| names.contains("store_id") && names.contains("limit"))
        );
        assert!(of("/api/v1/me").is_some_and(BTreeSet::is_empty));
        assert!(of("/api/v1/sync/changes").is_none());
    }
}
