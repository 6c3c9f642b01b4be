//! Somebody who may read or write the resource that a path names: one of its own, or `/definitions/{resource}`.

use std::collections::HashMap;

use axum::{
    extract::{FromRequestParts, MatchedPath, Path},
    http::request::Parts,
};
use uuid::Uuid;

use super::Permit;
use crate::{
    ApiError, Hub,
    access::Capability,
    authority,
    credential::Credential,
    definitions::{
        paths::{self, Parent},
        rules::{self, Rule},
    },
    registry::Terminal,
};

/// Marks a permit whose right follows from the path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfResource;

/// Somebody who may read the resource, or a device that gets its rows.
#[derive(Clone, Debug)]
pub(crate) struct DefinitionReader {
    pub(crate) rule: &'static Rule,
    pub(crate) permit: Permit<OfResource>,
    /// The row that the path begins with, if it does.
    pub(crate) parent: Option<Parent>,
    /// The device, if it is one.
    pub(crate) terminal: Option<Terminal>,
}

/// Somebody who may take the rows of the resource out of the hub.
#[derive(Clone, Debug)]
pub(crate) struct DefinitionExporter {
    pub(crate) rule: &'static Rule,
    pub(crate) permit: Permit<OfResource>,
}

/// Somebody who may write the resource.
#[derive(Clone, Debug)]
pub(crate) struct DefinitionWriter {
    pub(crate) rule: &'static Rule,
    pub(crate) permit: Permit<OfResource>,
    /// The row that the path begins with, if it does.
    pub(crate) parent: Option<Parent>,
}

/// The row of the resource that a path names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedRow(pub(crate) Uuid);

/// What a path names: a resource, and the row that it begins with, if it does.
type Place = (&'static Rule, Option<Parent>);

async fn permit(
    parts: &mut Parts,
    hub: &Hub,
    capability: impl Fn(&Rule) -> Option<Capability>,
) -> Result<(Place, Permit<OfResource>), ApiError> {
    let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
    let Some((rule, parent)) = named(parts, hub).await else {
        super::must_be_known(hub, credential).await?;
        return Err(ApiError::not_found());
    };
    let Some(capability) = capability(rule) else {
        super::must_be_known(hub, credential).await?;
        return Err(ApiError::forbidden("kept_elsewhere", "this resource is not written here"));
    };
    Ok(((rule, parent), Permit::of(hub, credential, capability).await?))
}

async fn named(parts: &mut Parts, hub: &Hub) -> Option<Place> {
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let names = names(parts, hub).await;
    let Some(rule) = route.and_then(|route| paths::served_at(route.as_str())) else {
        return Some((rules::of(names.get("resource")?)?, None));
    };
    if rule.parent.is_none() {
        return Some((rule, None));
    }
    Some((rule, Some(Parent::of(rule, identity(&names, "id")?)?)))
}

/// What stands in the path, by the names that its route has for it.
async fn names(parts: &mut Parts, hub: &Hub) -> HashMap<String, String> {
    let names = Path::<HashMap<String, String>>::from_request_parts(parts, hub).await;
    names.map(|Path(names)| names).unwrap_or_default()
}

fn identity(names: &HashMap<String, String>, name: &str) -> Option<Uuid> {
    names.get(name).and_then(|id| Uuid::parse_str(id).ok())
}

impl FromRequestParts<Hub> for NamedRow {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let names = names(parts, hub).await;
        let name = if names.contains_key(paths::ROW) { paths::ROW } else { "id" };
        identity(&names, name).map(Self).ok_or_else(ApiError::not_found)
    }
}

impl FromRequestParts<Hub> for DefinitionReader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        if credential.is_of_a_person() || credential.is_of_a_program() {
            let ((rule, parent), permit) = permit(parts, hub, |rule| Some(rule.read)).await?;
            return Ok(Self { rule, permit, parent, terminal: None });
        }
        let scope = super::known(hub, credential).await?;
        super::of_its_profile(parts, &scope.terminal)?;
        scope.may_pull()?;
        let (rule, parent) = named(parts, hub).await.ok_or_else(ApiError::not_found)?;
        if !rule.devices.hold(scope.terminal.profile) {
            let message = format!("this is not for a device of profile `{}`", scope.terminal.profile.name());
            return Err(ApiError::forbidden("profile_not_allowed", message));
        }
        let permit = Permit::of_device(&scope, rule.read);
        Ok(Self { rule, permit, parent, terminal: Some(scope.terminal) })
    }
}

impl FromRequestParts<Hub> for DefinitionExporter {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let ((rule, _), permit) = permit(parts, hub, |rule| Some(rule.export())).await?;
        Ok(Self { rule, permit })
    }
}

impl FromRequestParts<Hub> for DefinitionWriter {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        if !credential.is_of_a_person() && !credential.is_of_a_program() {
            super::known(hub, credential).await?;
            return Err(ApiError::forbidden(
                "not_the_authority",
                "no device writes rows: they are kept at the hub",
            ));
        }
        let ((rule, parent), permit) = permit(parts, hub, |rule| rule.write).await?;
        authority::decides_here(hub, permit.company, rule.resource).await?;
        Ok(Self { rule, permit, parent })
    }
}
