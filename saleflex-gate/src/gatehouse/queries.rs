//! Which names the query of a route may hold: those that its document describes.
//!
//! A name that is misspelt would otherwise be passed over, and a list that was to be narrowed would come whole. Routes that
//! devices call alone are left out: an older program may say more than this hub knows. What a list is asked for by may be
//! named as it is, or in `filter[…]`: both mean the same.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    extract::{MatchedPath, Query},
    http::{Uri, request::Parts, uri::PathAndQuery},
};

use crate::{
    ApiError,
    openapi::asked::{self, Asks},
};

/// What a name begins with that is that of a filter.
const FILTER: &str = "filter[";

/// That a request for people asks with names that its route knows; filters are named from now on as the route names them.
///
/// # Errors
/// `invalid_request` with the name in `detail`.
pub(super) fn read(parts: &mut Parts) -> Result<(), ApiError> {
    static ASKS: LazyLock<BTreeMap<(String, String), Asks>> = LazyLock::new(asked::all);
    let Some(query) = parts.uri.query() else { return Ok(()) };
    let Some(route) = parts.extensions.get::<MatchedPath>() else { return Ok(()) };
    let Some(asks) = ASKS.get(&(parts.method.to_string(), route.as_str().to_owned())) else {
        return Ok(());
    };
    if let Some(named) = renamed(query, asks)?
        && let Some(uri) = with_query(&parts.uri, &named)
    {
        parts.uri = uri;
    }
    // What cannot be read at all is refused by the handler, which says what it reads.
    let Ok(Query(asked)) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri) else { return Ok(()) };
    let is_unknown = |name: &str| !(asks.names.contains(name) || asks.by_fields && name.starts_with(FILTER));
    match asked.into_iter().find(|(name, _)| is_unknown(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("the query is not as described: `{name}` is not asked for here");
            Err(ApiError { detail: Some(name), ..ApiError::invalid(message) })
        }
    }
}

/// The query with filters by the names that the route has for them; none where it has no filters.
fn renamed(query: &str, asks: &Asks) -> Result<Option<String>, ApiError> {
    let (mut pairs, mut is_renamed) = (Vec::new(), false);
    for pair in query.split('&') {
        let (name, said) = pair.split_once('=').unwrap_or((pair, ""));
        match filtered(name) {
            Some(field) if asks.filters.contains(&field) => {
                is_renamed = true;
                pairs.push(format!("{field}={said}"));
            }
            Some(field) if !asks.by_fields => return Err(not_by(&field, asks)),
            Some(_) | None => pairs.push(pair.to_owned()),
        }
    }
    Ok(is_renamed.then(|| pairs.join("&")))
}

/// The field of a filter; none of another name.
fn filtered(name: &str) -> Option<String> {
    let name = name.replace("%5B", "[").replace("%5b", "[").replace("%5D", "]").replace("%5d", "]");
    Some(name.strip_prefix(FILTER)?.strip_suffix(']')?.to_owned())
}

fn not_by(field: &str, asks: &Asks) -> ApiError {
    let known: Vec<String> = asks.filters.iter().map(|known| format!("`{known}`")).collect();
    let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
    let message = format!("the query is not as described: this is filtered by {known}, and not by `{field}`");
    ApiError { detail: Some(format!("{FILTER}{field}]")), ..ApiError::invalid(message) }
}

fn with_query(uri: &Uri, query: &str) -> Option<Uri> {
    let path = PathAndQuery::try_from(format!("{}?{query}", uri.path())).ok()?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_what_a_list_is_asked_for() {
        let asks = asked::all();
        let of = |path: &str| asks.get(&("GET".to_owned(), path.to_owned()));
        let terminals = of("/api/v1/terminals").unwrap();
        assert!(terminals.names.contains("store_id") && terminals.names.contains("limit"));
        assert!(terminals.filters.contains("store_id") && !terminals.filters.contains("limit"));
        assert!(of("/api/v1/me").is_some_and(|asks| asks.names.is_empty() && asks.filters.is_empty()));
        for rows in ["/api/v1/definitions/{resource}", "/api/v1/products", "/api/v1/products/{id}/barcodes"] {
            let is_of_the_query = |name: &String| !["resource", "id", "row"].contains(&name.as_str());
            assert!(of(rows).is_some_and(|asks| asks.by_fields && asks.names.contains("key")), "{rows}");
            assert!(of(rows).is_some_and(|asks| asks.names.iter().all(is_of_the_query)), "{rows}");
        }
        assert!(of("/api/v1/sync/changes").is_none());
    }

    #[test]
    fn a_filter_means_what_its_name_means_and_one_that_is_none_is_told_with_those_there_are() {
        let asks = asked::all();
        let of = |path: &str| asks.get(&("GET".to_owned(), path.to_owned())).unwrap();
        let documents = of("/api/v1/documents");
        let query = "filter%5Bstatus%5D=a%20b&limit=2&filter[number]=7";
        assert_eq!(renamed(query, documents).unwrap().unwrap(), "status=a%20b&limit=2&number=7");
        assert_eq!(renamed("limit=2", documents).unwrap(), None);
        for (path, query) in [
            ("/api/v1/documents", "filter[limit]=2"),
            ("/api/v1/documents", "filter[updated_since]=2026-11-21T12:00:00Z"),
            ("/api/v1/users", "filter[name]=ada"),
        ] {
            let refused = renamed(query, of(path)).unwrap_err();
            assert_eq!(refused.detail.as_deref(), query.split_once('=').map(|(name, _)| name));
        }
        let rows = of("/api/v1/definitions/{resource}");
        let query = "filter[store_id]=1&filter[name]=Tea";
        assert_eq!(renamed(query, rows).unwrap().unwrap(), "store_id=1&filter[name]=Tea");
    }
}
