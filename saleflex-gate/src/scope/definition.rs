//! Somebody who may read or write the resource that a path names.

use std::collections::HashMap;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use super::Permit;
use crate::{
    ApiError, Hub,
    access::Capability,
    authority,
    credential::Credential,
    definitions::rules::{self, Rule},
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
}

async fn permit(
    parts: &mut Parts,
    hub: &Hub,
    capability: impl Fn(&Rule) -> Option<Capability>,
) -> Result<(&'static Rule, Permit<OfResource>), ApiError> {
    let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
    let Some(rule) = named(parts, hub).await else {
        super::must_be_known(hub, credential).await?;
        return Err(ApiError::not_found());
    };
    let Some(capability) = capability(rule) else {
        super::must_be_known(hub, credential).await?;
        return Err(ApiError::forbidden("kept_elsewhere", "this resource is not written here"));
    };
    Ok((rule, Permit::of(hub, credential, capability).await?))
}

/// The rule of the resource that the path names.
async fn named(parts: &mut Parts, hub: &Hub) -> Option<&'static Rule> {
    let names = Path::<HashMap<String, String>>::from_request_parts(parts, hub).await;
    rules::of(&names.ok()?.0.remove("resource")?)
}

impl FromRequestParts<Hub> for DefinitionReader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        if credential.is_of_a_person() || credential.is_of_a_program() {
            let (rule, permit) = permit(parts, hub, |rule| Some(rule.read)).await?;
            return Ok(Self { rule, permit, terminal: None });
        }
        let scope = super::known(hub, credential).await?;
        super::of_its_profile(parts, &scope.terminal)?;
        scope.may_pull()?;
        let rule = named(parts, hub).await.ok_or_else(ApiError::not_found)?;
        if !rule.devices.hold(scope.terminal.profile) {
            let message = format!("this is not for a device of profile `{}`", scope.terminal.profile.name());
            return Err(ApiError::forbidden("profile_not_allowed", message));
        }
        Ok(Self { rule, permit: Permit::of_device(&scope, rule.read), terminal: Some(scope.terminal) })
    }
}

impl FromRequestParts<Hub> for DefinitionExporter {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let (rule, permit) = permit(parts, hub, |rule| Some(rule.export())).await?;
        Ok(Self { rule, permit })
    }
}

impl FromRequestParts<Hub> for DefinitionWriter {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let (rule, permit) = permit(parts, hub, |rule| rule.write).await?;
        authority::decides_here(hub, permit.company, rule.resource).await?;
        Ok(Self { rule, permit })
    }
}
