//! Pictures of people.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    db::Tenant,
    error::Refusal,
    people::{
        members,
        picture::{self, Picture},
    },
    request::{Named, Whole},
    scope::{CompanyScope, UserScope},
};

/// No page of others shows what is behind a log-in here.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Where a picture is found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"url": "/api/v1/me/avatar"}))]
pub(crate) struct PictureAddress {
    /// The path, for whoever shows it.
    url: &'static str,
}

/// My picture.
#[utoipa::path(get, path = "/me/avatar", tag = "people", responses(
    (status = OK, body = String, content_type = "image/*", description = "The picture, as it was sent"),
    (status = NOT_FOUND, body = Refusal, description = "`not_found`: there is none"),
))]
pub(crate) async fn show(State(hub): State<Hub>, caller: UserScope) -> Result<Response, ApiError> {
    let read =
        hub.books.read(Tenant::Platform, move |books| Ok::<_, ApiError>(picture::of(books, caller.id)?));
    shown(read.await?)
}

/// Keeps a picture of me: PNG, JPEG, GIF or `WebP`, at most 256 KiB, as the body itself.
#[utoipa::path(put, path = "/me/avatar", tag = "people", request_body(content = String, content_type = "image/*", description = "The bytes of the picture"), responses(
    (status = OK, body = PictureAddress),
    (status = PAYLOAD_TOO_LARGE, body = Refusal, description = "`too_large`: more than 256 KiB"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`picture_unreadable`: it is none of the four kinds"),
))]
pub(crate) async fn put(
    State(hub): State<Hub>,
    caller: UserScope,
    Whole(body): Whole,
) -> Result<Json<PictureAddress>, ApiError> {
    if body.len() > picture::MOST_BYTES {
        let message = "a picture has at most 256 KiB";
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message));
    }
    let Some(kind) = picture::kind_of(&body) else {
        let message = "a picture is PNG, JPEG, GIF or WebP, and the body holds nothing else";
        return Err(ApiError::unprocessable("picture_unreadable", message));
    };
    let now = hub.now();
    let put = hub.books.write(Tenant::Platform, move |books| {
        Ok::<_, ApiError>(picture::put(books, caller.id, (kind, body.as_ref()), now)?)
    });
    put.await?;
    Ok(Json(PictureAddress { url: "/api/v1/me/avatar" }))
}

/// Forgets my picture.
#[utoipa::path(delete, path = "/me/avatar", tag = "people", responses((status = NO_CONTENT, description = "There is none any more")))]
pub(crate) async fn remove(State(hub): State<Hub>, caller: UserScope) -> Result<StatusCode, ApiError> {
    let removed =
        hub.books.write(Tenant::Platform, move |books| Ok::<_, ApiError>(picture::remove(books, caller.id)?));
    removed.await.map(|()| StatusCode::NO_CONTENT)
}

/// The picture of somebody who belongs to the company.
#[utoipa::path(get, path = "/companies/{slug}/members/{user}/avatar", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), ("user" = Uuid, Path, description = "Who")), responses(
    (status = OK, body = String, content_type = "image/*", description = "The picture, as it was sent"),
))]
pub(crate) async fn of_member(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Named(path): Named<(String, Uuid)>,
) -> Result<Response, ApiError> {
    let (company, user) = (caller.company(), path.1);
    let read = hub.books.read(Tenant::Company(company), move |books| {
        members::one(books, company, user)?;
        Ok::<_, ApiError>(picture::of(books, user)?)
    });
    shown(read.await?)
}

/// A picture for a browser, which takes it for nothing else and runs nothing of it.
fn shown(picture: Option<Picture>) -> Result<Response, ApiError> {
    let Picture { kind, name, bytes } = picture.ok_or_else(ApiError::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
        (RESOURCE_POLICY, "same-origin".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
