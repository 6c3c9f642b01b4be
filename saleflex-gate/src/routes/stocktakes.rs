//! Counts of stores.

use axum::{Json, extract::State};
use uuid::Uuid;

use super::goods::{PaperQuery, done_once, listed, seen};
use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    error::Refusal,
    goods::counting::{self, CountLines, CountResults, NewStocktake, Stocktake, StocktakeState},
    repeat::{Answer, IdempotencyKey},
    request::{Asked, Listed, Named, Page, Sent},
    scope::{Access, Permit},
};

/// Counts, without what they found.
#[utoipa::path(get, path = "/stocktakes", tag = "stock", params(PaperQuery, Page), responses((status = OK, body = Listed<Stocktake>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    permit: Permit<may::StocktakeCount>,
    Asked(query): Asked<PaperQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Stocktake>>, ApiError> {
    let Json(mut counts) = listed::<_, Stocktake>(&hub, permit, (query, page)).await?;
    for count in &mut counts.items {
        count.variances.clear();
        count.uncounted.clear();
    }
    Ok(Json(counts))
}

/// A count, with what was found once it is closed: of a blind one for who may approve it, and for everybody once it is over.
#[utoipa::path(get, path = "/stocktakes/{id}", tag = "stock", params(("id" = Uuid, Path, description = "The count")), responses((status = OK, body = Stocktake)))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    access: Access<may::StocktakeCount>,
    approving: Result<Permit<may::StocktakeApprove>, ApiError>,
    Named(id): Named<Uuid>,
) -> Result<Json<Stocktake>, ApiError> {
    let read = hub.books.read(Tenant::Company(access.company()), move |books| {
        seen::<_, Stocktake>(books, &access.permit, id)
    });
    let mut count = read.await?;
    let approves = approving.is_ok_and(|permit| permit.reach.holds_store(count.at.store_id));
    if count.is_blind && count.state == StocktakeState::Closed && !approves {
        count.variances.clear();
    }
    Ok(Json(count))
}

/// Begins a count.
#[utoipa::path(post, path = "/stocktakes", tag = "stock", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = NewStocktake, responses(
    (status = OK, body = Stocktake),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`behind_office`, `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`till_needed`, `reference_unknown`, `product_unknown`, `field_invalid`"),
))]
pub(crate) async fn open(
    State(hub): State<Hub>,
    permit: Permit<may::StocktakeOpen>,
    key: IdempotencyKey,
    Sent(new): Sent<NewStocktake>,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stocktake.open", new), |desk, permit, new| {
        permit.in_store(new.at.store_id)?;
        counting::open(desk, new)
    })
    .await
}

/// Reports what was found, line by line: what several people find of a product is added up, and a line that comes again is
/// no second finding. One that cannot be is answered with why and stops no other.
#[utoipa::path(post, path = "/stocktakes/{id}/lines", tag = "stock", params(("id" = Uuid, Path, description = "The count"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = CountLines, responses(
    (status = OK, body = CountResults),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: the count is not open; `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`"),
))]
pub(crate) async fn count(
    State(hub): State<Hub>,
    access: Access<may::StocktakeCount>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
    Sent(found): Sent<CountLines>,
) -> Result<Answer, ApiError> {
    let of = (key, "stocktake.lines", (id, found));
    done_once(&hub, access.permit, of, |desk, permit, (id, found)| {
        let stocktake: Stocktake = seen(desk.session, permit, *id)?;
        counting::count(desk, &stocktake, found)
    })
    .await
}

/// Ends the counting: the differences stand and can be looked at. Doing it again changes nothing.
#[utoipa::path(post, path = "/stocktakes/{id}/close", tag = "stock", params(("id" = Uuid, Path, description = "The count"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), responses(
    (status = OK, body = Stocktake),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands; `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`: more was taken back than found"),
))]
pub(crate) async fn close(
    State(hub): State<Hub>,
    permit: Permit<may::StocktakeApprove>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stocktake.close", id), |desk, permit, id| {
        let stocktake: Stocktake = seen(desk.session, permit, *id)?;
        counting::close(desk, stocktake)
    })
    .await
}

/// Books the differences of a count; whoever reported something does not. Doing it again changes nothing.
#[utoipa::path(post, path = "/stocktakes/{id}/approve", tag = "stock", params(("id" = Uuid, Path, description = "The count"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), responses(
    (status = OK, body = Stocktake),
    (status = FORBIDDEN, body = Refusal, description = "`counted_it`, `not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands; `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`: more was taken back than found; `till_needed`: the till is gone, and the store has none or several others"),
))]
pub(crate) async fn approve(
    State(hub): State<Hub>,
    permit: Permit<may::StocktakeApprove>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stocktake.approve", id), |desk, permit, id| {
        let stocktake: Stocktake = seen(desk.session, permit, *id)?;
        counting::approve(desk, stocktake)
    })
    .await
}

/// Lets a count be for nothing. Doing it again changes nothing.
#[utoipa::path(post, path = "/stocktakes/{id}/cancel", tag = "stock", params(("id" = Uuid, Path, description = "The count"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), responses(
    (status = OK, body = Stocktake),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands; `idempotency_key_reused`"),
))]
pub(crate) async fn cancel(
    State(hub): State<Hub>,
    permit: Permit<may::StocktakeApprove>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stocktake.cancel", id), |desk, permit, id| {
        let stocktake: Stocktake = seen(desk.session, permit, *id)?;
        counting::cancel(desk, stocktake)
    })
    .await
}
