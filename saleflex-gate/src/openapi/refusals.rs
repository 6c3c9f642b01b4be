//! How operations are refused: what follows from how a route is called and from what it is about, each code at its status with
//! what the table of codes says of it. What a route says of itself stands before that.

use std::collections::BTreeMap;

use utoipa::{
    ToSchema,
    openapi::{
        Content, Ref, RefOr, ResponseBuilder,
        path::{Operation, Parameter, ParameterIn},
    },
};

use super::codes;
use crate::{
    access::{
        Profiles,
        routes::{BASE, Hubs, Row, Who},
    },
    definitions::paths,
    error::{OfficeRefusal, Refusal},
};

/// What every request may be refused with.
const OF_ALL: [&str; 6] = [
    "invalid_request",
    "host_not_allowed",
    "request_timeout",
    "too_many_requests",
    "internal",
    "database_unavailable",
];
/// What a request with a body may be.
const OF_BODIES: [&str; 2] = ["too_large", "field_invalid"];
/// What headers that a route takes bring with them.
const OF_HEADERS: [(&str, &[&str]); 2] = [
    ("idempotency-key", &["idempotency_key_required", "idempotency_key_reused"]),
    ("if-match", &["if_match_required", "stale"]),
];
/// What whoever writes rows is refused with.
const OF_ROWS: [&str; 2] = ["kept_elsewhere", "not_the_authority"];
/// What paths bring with them, or all paths below one that ends with a dash: with a method, or with any where none is named.
const OF_PATHS: [(&str, &str, &[&str]); 20] = [
    ("POST", "/auth/register", &["username_invalid", "password_too_weak"]),
    ("POST", "/users", &["username_invalid", "password_too_weak"]),
    ("POST", "/role-assignments", &["role_not_there"]),
    ("PATCH", "/role-assignments/{id}", &["role_not_there"]),
    ("POST", "/regions", &["region_in_itself"]),
    ("PATCH", "/regions/{id}", &["region_in_itself"]),
    ("POST", "/terminals", &["office_unknown"]),
    ("POST", "/imports/{resource}", &["file_unreadable", "no_key", "too_many_rows"]),
    ("", "/imports/", &OF_ROWS),
    ("", "/gift-cards", &["not_the_authority"]),
    ("", "/gift-cards/", &["not_the_authority"]),
    ("GET", "/loyalty/members", &["not_the_authority"]),
    ("", "/loyalty/members/", &["not_the_authority"]),
    ("POST", "/loyalty/enroll", &["reference_unknown"]),
    ("POST", "/loyalty/members/{id}/adjustments", &["points_insufficient", "member_unknown"]),
    ("PUT", "/products/{id}/price", &["reference_unknown"]),
    ("POST", "/loyalty/quote", &["not_the_authority"]),
    ("POST", "/loyalty/reserve", &["not_the_authority", "points_insufficient", "member_unknown"]),
    ("POST", "/loyalty/commit", &["not_the_authority", "member_unknown"]),
    ("POST", "/loyalty/reverse", &["not_the_authority", "member_unknown"]),
];

/// Names at each status of an operation every code that may come there, with its meaning where the route says none.
pub(super) fn name(operation: &mut Operation, (method, path): (&str, &str), row: Row) {
    let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for code in of(operation, (method, path), row) {
        let known = codes().find(|(known, ..)| *known == code);
        let (status, meaning) = known.map_or(("400", ""), |(_, status, meaning)| (status, meaning));
        let status = status.split(' ').next().unwrap_or_default();
        if !is_named(operation, status, code) {
            told.entry(status).or_default().push(format!("`{code}`: {meaning}"));
        }
    }
    let shape = if row.who.is_older() { OfficeRefusal::name() } else { Refusal::name() };
    for (status, told) in told {
        let told = told.join("; ");
        let answers = &mut operation.responses.responses;
        if let Some(RefOr::T(answer)) = answers.get_mut(status) {
            let before = if answer.description.is_empty() { "" } else { "; " };
            answer.description.push_str(before);
            answer.description.push_str(&told);
        } else {
            answers.insert(status.to_owned(), refusal(&shape, &told));
        }
    }
    if matches!(row.who, Who::Any | Who::OfficeWire(_)) && operation.request_body.is_some() {
        let answers = &mut operation.responses.responses;
        let closed = || refusal(&shape, "not open to everybody at this hub");
        answers.entry("403".to_owned()).or_insert_with(closed);
    }
}

fn is_named(operation: &Operation, status: &str, code: &str) -> bool {
    let Some(RefOr::T(answer)) = operation.responses.responses.get(status) else { return false };
    answer.description.contains(&format!("`{code}`"))
}

fn refusal(shape: &str, text: &str) -> RefOr<utoipa::openapi::Response> {
    let shape = Content::new(Some(Ref::from_schema_name(shape)));
    RefOr::T(ResponseBuilder::new().description(text).content("application/json", shape).build())
}

/// The codes that may come of an operation, whatever it does.
fn of(operation: &Operation, (method, path): (&str, &str), Row { who, hubs }: Row) -> Vec<&'static str> {
    let mut codes = OF_ALL.to_vec();
    if operation.request_body.is_some() {
        codes.extend(OF_BODIES);
    }
    for (header, brought) in OF_HEADERS {
        let takes = |parameter: &RefOr<Parameter>| {
            matches!(parameter, RefOr::T(parameter)
                if parameter.parameter_in == ParameterIn::Header && parameter.name == header)
        };
        if operation.parameters.iter().flatten().any(takes) {
            codes.extend(brought);
        }
    }
    codes.extend(of_callers(who, method));
    if path.contains('{') || hubs == Hubs::Gate || !matches!(who, Who::Any | Who::OfficeWire(_)) {
        codes.push("not_found");
    }
    let below = path.strip_prefix(BASE).unwrap_or(path);
    let is_of_rows = below.starts_with("/definitions/") || paths::served_at(path).is_some();
    if is_of_rows && method != "GET" {
        codes.extend(OF_ROWS);
        codes.extend((method != "DELETE").then_some("reference_unknown"));
    }
    for (named, place, brought) in OF_PATHS {
        let is_there = below == place || (place.ends_with('/') && below.starts_with(place));
        if is_there && (named.is_empty() || named == method) {
            codes.extend(brought);
        }
    }
    codes
}

/// What those who may not are told.
fn of_callers(who: Who, method: &str) -> Vec<&'static str> {
    let of_devices = |profiles: Profiles| {
        let narrowed = (profiles != Profiles::ALL).then_some("profile_not_allowed");
        ["unauthorized", "terminal_revoked"].into_iter().chain(narrowed)
    };
    // What is a person's own is not changed by a few digits at a till.
    let of_people = ["unauthorized", "not_a_person"].into_iter();
    let of_people = of_people.chain((method != "GET").then_some("terminal_session"));
    let of_rights = ["unauthorized", "not_allowed", "no_company"];
    match who {
        Who::Any => Vec::new(),
        Who::OfficeWire(profiles) => of_devices(profiles)
            .chain(["scope_mismatch", "store_unknown", "terminal_unknown", "not_found"])
            .collect(),
        Who::Device(profiles) => of_devices(profiles).chain(["not_a_device"]).collect(),
        Who::User | Who::Member(None) => of_people.collect(),
        Who::Member(Some(_)) => of_people.chain(["not_allowed"]).collect(),
        Who::May(_) | Who::MayInCompany(_) => of_rights.to_vec(),
        Who::DeviceOrMay(profiles, _) | Who::DeviceOrMayInCompany(profiles, _) => {
            of_rights.into_iter().chain(of_devices(profiles)).chain(["pull_not_allowed"]).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::openapi::{document, each};

    /// The codes that a description names at a status.
    fn named(description: &str) -> impl Iterator<Item = &str> {
        description.split('`').skip(1).step_by(2)
    }

    #[test]
    fn an_operation_names_every_code_of_how_it_is_called_at_its_status_and_none_at_another() {
        let statuses: BTreeMap<&str, Vec<&str>> =
            codes().map(|(code, statuses, _)| (code, statuses.split(' ').collect())).collect();
        let (mut document, mut operations) = (document(), 0);
        let mut somewhere = BTreeSet::new();
        each(&mut document, |(method, path), operation, row| {
            operations += 1;
            for code in of(operation, (method, path), row) {
                let status = statuses[code][0];
                assert!(is_named(operation, status, code), "{method} {path} {status} does not name `{code}`");
            }
            for (status, answer) in &operation.responses.responses {
                let RefOr::T(answer) = answer else { continue };
                for code in named(&answer.description).filter(|_| status.starts_with(['4', '5'])) {
                    if let Some(known) = statuses.get(code) {
                        assert!(known.contains(&status.as_str()), "{method} {path}: `{code}` at {status}");
                        somewhere.insert((code.to_owned(), status.clone()));
                    }
                }
            }
        });
        assert!(operations > 150, "{operations}");
        for (code, known) in statuses {
            // A method that a path does not take is none of its operations.
            let of_refusals = known.into_iter().filter(|status| status.starts_with(['4', '5']));
            for status in of_refusals.filter(|_| code != "method_not_allowed") {
                assert!(
                    somewhere.contains(&(code.to_owned(), status.to_owned())),
                    "`{code}` {status}: nowhere"
                );
            }
        }
    }
}
