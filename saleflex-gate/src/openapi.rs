//! The OpenAPI document: what the routes say of themselves, under one title, completed by what holds for all.

mod answers;
pub(crate) mod asked;
pub(crate) mod examples;
mod refusals;
pub(crate) mod rows;

use std::sync::LazyLock;

use axum::{body::Bytes, http::header, response::IntoResponse};
use utoipa::{
    OpenApi, PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Required, Schema, Type,
        extensions::ExtensionsBuilder,
        path::{Operation, ParameterIn},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    ApiError,
    access::routes::{self, Row, Who},
    error::Refusal,
    router,
};

const CODES: &str = include_str!("errors.csv");

/// What does not come from a route.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "SaleFlex gate",
        description = "The hub that tills and stores report to. A refusal is `{code, message, detail, correlation_id}`; programs read `code`. What lies outside a caller's reach is 404; what lies inside it without the right is 403.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "service", description = "The hub itself"),
        (name = "people", description = "Who somebody is, what they may do, and where"),
        (name = "companies", description = "Companies and who belongs to them"),
        (name = "stores", description = "Regions and stores"),
        (name = "terminals", description = "Terminals as people administer them"),
        (name = "definitions", description = "Master data: what tills take"),
        (name = "documents", description = "What tills delivered"),
        (name = "reports", description = "Closed periods added up, as tables and files"),
        (name = "stock", description = "What is on the shelves by what tills delivered"),
        (name = "offers", description = "Campaigns, coupons and points, decided here for whoever asks"),
        (name = "administration", description = "The audit log, keys of programs, messages"),
        (name = "devices", description = "How a device gets to be known"),
        (name = "sync", description = "What our tills speak: events in, definitions out"),
        (name = "office wire", description = "What older terminals speak, in their shapes"),
        (name = "older clients", description = "Paths that the client of an older central hub names"),
    )
)]
pub(crate) struct Head;

/// The document as it is served at `/openapi.json` and committed beside the code.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = router::described();
    complete(&mut document);
    document
}

/// Serves the document. It is made when it is first asked for and kept as text: as a tree it is many times as large.
pub(crate) async fn show() -> Result<impl IntoResponse, ApiError> {
    static SERVED: LazyLock<Option<Bytes>> =
        LazyLock::new(|| serde_json::to_vec(&document()).map(Bytes::from).ok());
    let text = SERVED.clone().ok_or_else(ApiError::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text))
}

/// Adds what holds for every route: who may call it, how it shows that, how it is refused.
pub(crate) fn complete(document: &mut utoipa::openapi::OpenApi) {
    add_credentials(document);
    add_codes(document);
    each(document, |(method, path), operation, row| {
        operation.operation_id = Some(operation_id(method, path));
        asked::add_filter(operation, (method, path), row.who);
        complete_one(operation, (method, path), row);
    });
    rows::add_types(document);
    answers::add(document);
}

/// Does something with each operation of the table of routes, which has its queries in their place by then.
fn each(document: &mut utoipa::openapi::OpenApi, mut work: impl FnMut((&str, &str), &mut Operation, Row)) {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("GET", &mut item.get),
            ("PUT", &mut item.put),
            ("POST", &mut item.post),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ];
        for (method, operation) in operations {
            let row = routes::committed().get(&(method.to_owned(), path.clone())).copied();
            if let (Some(operation), Some(row)) = (operation.as_mut(), row) {
                place_queries(operation, path);
                work((method, path.as_str()), operation, row);
            }
        }
    }
}

/// What programs that are made from the document call an operation: `get_stores_id` for `GET /api/v1/stores/{id}`.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.strip_prefix("/api/v1/").unwrap_or(path).replace(['{', '}'], "");
    format!("{} {path}", method.to_lowercase()).replace([' ', '/', '-'], "_")
}

/// Says of what a path does not name that the query does, and that it may be left out: the extractors of this hub are
/// its own, so their place is not known where they are described. A query that must say something names its place
/// itself.
fn place_queries(operation: &mut Operation, path: &str) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Path
            && !path.contains(&format!("{{{}}}", parameter.name))
        {
            parameter.parameter_in = ParameterIn::Query;
            parameter.required = Required::False;
        }
    }
}

fn add_credentials(document: &mut utoipa::openapi::OpenApi) {
    let components = document.components.get_or_insert_default();
    for (name, scheme, description) in [
        ("user", HttpAuthScheme::Bearer, "The access token of a person"),
        ("program", HttpAuthScheme::Bearer, "The key of a program, `sfk_…`"),
        ("device", HttpAuthScheme::Bearer, "The secret of an enrolled device, or a token got for it"),
        ("basic", HttpAuthScheme::Basic, "The terminal's code and the secret of its device"),
    ] {
        let scheme = HttpBuilder::new().scheme(scheme).description(Some(description)).build();
        components.add_security_scheme(name, SecurityScheme::Http(scheme));
    }
    let mut inner = Vec::new();
    Refusal::schemas(&mut inner);
    components.schemas.extend(inner);
    components.schemas.insert(Refusal::name().into_owned(), Refusal::schema());
}

/// Every code that this hub answers or flags with, the statuses that a refusal comes under, and what it means. Of an item
/// of a delivery it is `item`, of what the hub only noticed `flag`.
pub(crate) fn codes() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    CODES.lines().skip(1).filter_map(|line| {
        let mut columns = line.splitn(3, ',');
        Some((columns.next()?, columns.next()?, columns.next()?))
    })
}

/// Names all codes: as the values of a refusal's `code`, and with their meanings as `x-codes`.
fn add_codes(document: &mut utoipa::openapi::OpenApi) {
    let told = codes().map(|(code, status, meaning)| {
        let statuses: Vec<&str> = status.split(' ').collect();
        serde_json::json!({"code": code, "status": statuses, "meaning": meaning})
    });
    let told: serde_json::Value = told.collect();
    document.extensions = Some(ExtensionsBuilder::new().add("x-codes", told).build());
    let is_of_a_refusal = |status: &str| status.starts_with(|first: char| first.is_ascii_digit());
    let refusing = codes().filter(|(_, status, _)| is_of_a_refusal(status)).map(|(code, ..)| code);
    let values = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("A stable code, such as `not_found`; `x-codes` says what each means."))
        .enum_values(Some(refusing.collect::<Vec<_>>()));
    let schemas = document.components.get_or_insert_default();
    if let Some(RefOr::T(Schema::Object(refusal))) = schemas.schemas.get_mut(&*Refusal::name()) {
        refusal.properties.insert("code".to_owned(), RefOr::T(values.build().into()));
    }
}

fn complete_one(operation: &mut Operation, (method, path): (&str, &str), row: Row) {
    let Row { who, hubs } = row;
    let description = operation.description.take().map(|text| format!("{text}\n\n")).unwrap_or_default();
    operation.description = Some(description + &who.sentence() + hubs.sentence());
    let schemes: &[&str] = match who {
        Who::Any | Who::OfficeWire(_) => &[],
        Who::Device(_) => &["device", "basic"],
        Who::User | Who::Member(_) => &["user"],
        Who::May(_) | Who::MayInCompany(_) => &["user", "program"],
        Who::DeviceOrMay(..) | Who::DeviceOrMayInCompany(..) => &["user", "program", "device", "basic"],
    };
    if operation.security.is_none() && !schemes.is_empty() {
        let required = schemes.iter().map(|name| SecurityRequirement::new(*name, [] as [&str; 0]));
        operation.security = Some(required.collect());
    }
    refusals::name(operation, (method, path), row);
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            answer.description.push_str(told(status));
        }
    }
}

/// What an answer is where its route says no more than its shape: OpenAPI wants a word of every one.
fn told(status: &str) -> &'static str {
    match status {
        "200" => "What was asked for",
        "201" => "It was made",
        "202" => "It was taken in and is done in its time",
        _ => "As its status says",
    }
}
