//! Goods moved by people: deliveries, losses, levels put right, transfers.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    db::{Session, Tenant},
    desk::Desk,
    error::Refusal,
    goods::{
        adjusting::{self, Adjusted, Corrected, Correction, NewAdjustment},
        papers::{self, Filter, Paper},
        postings::{self, Posted},
        receiving::{self, NewMovement, Way},
        transfers::{self, Arrival, NewTransfer, Transfer},
    },
    repeat::{Answer, IdempotencyKey, once},
    request::{Asked, Listed, Named, Page, Sent},
    scope::Permit,
};

/// Does something with goods, once for a key, where goods are moved at this hub.
pub(super) async fn done_once<R, A, T>(
    hub: &Hub,
    permit: Permit<R>,
    (key, name, asked): (IdempotencyKey, &'static str, A),
    work: impl FnOnce(&mut Desk<'_>, &Permit<R>, &A) -> Result<T, ApiError> + Send + 'static,
) -> Result<Answer, ApiError>
where
    R: Send + Sync + 'static,
    A: Serialize + Send + 'static,
    T: Serialize + 'static,
{
    postings::moves_goods(hub, permit.company).await?;
    let done = hub.act((permit.company, permit.actor), move |desk| {
        once(desk, &key, (name, &asked), |desk| work(desk, &permit, &asked))
    });
    done.await
}

/// Which papers.
#[derive(Deserialize, IntoParams)]
pub(crate) struct PaperQuery {
    /// About this store.
    store_id: Option<Uuid>,
    /// That stand so, such as `written` or `open`.
    state: Option<String>,
}

/// The papers of a kind within reach.
pub(super) async fn listed<R: Send + Sync + 'static, P: Paper + Send + 'static>(
    hub: &Hub,
    permit: Permit<R>,
    (query, page): (PaperQuery, Page),
) -> Result<Json<Listed<P>>, ApiError> {
    let (after, limit) = (page.after()?, page.limit()?);
    let filter = Filter { store: query.store_id, state: query.state };
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let within = (&permit.reach, &filter);
        Ok::<_, ApiError>(papers::list::<P>(books, permit.company, within, (after, limit + 1))?)
    });
    read.await.map(|papers| Json(Listed::part(papers, limit, |paper| paper.id().to_string())))
}

/// A paper that the caller's right reaches at one of its ends.
pub(super) fn seen<R, P: Paper>(
    session: &mut dyn Session,
    permit: &Permit<R>,
    id: Uuid,
) -> Result<P, ApiError> {
    let paper: P = papers::one(session, permit.company, id)?;
    match paper.stores() {
        (Some(one), Some(_)) if permit.reach.holds_store(one) => {}
        (_, Some(store)) | (Some(store), None) => permit.in_store(store)?,
        (None, None) => {}
    }
    Ok(paper)
}

/// Takes a delivery in, or goods out other than by selling them: `type` says which. Taking out needs `stock.issue` too.
#[utoipa::path(post, path = "/stock/movements", tag = "stock", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = NewMovement, responses(
    (status = OK, body = Posted),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`behind_office`, `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`till_needed`, `reference_unknown`, `product_unknown`, `twice`, `field_invalid`"),
))]
pub(crate) async fn take(
    State(hub): State<Hub>,
    permit: Permit<may::StockReceive>,
    issuing: Result<Permit<may::StockIssue>, ApiError>,
    key: IdempotencyKey,
    Sent(new): Sent<NewMovement>,
) -> Result<Answer, ApiError> {
    if new.way == Way::Issue {
        issuing?.in_store(new.at.store_id)?;
    }
    let of = (key, "stock.take", new);
    done_once(&hub, permit, of, |desk, permit, new| {
        permit.in_store(new.at.store_id)?;
        receiving::take(desk, new)
    })
    .await
}

/// Levels that are or were to be put right.
#[utoipa::path(get, path = "/stock/adjustments", tag = "stock", params(PaperQuery, Page), responses((status = OK, body = Listed<Adjusted>)))]
pub(crate) async fn adjustments(
    State(hub): State<Hub>,
    permit: Permit<may::StockPropose>,
    Asked(query): Asked<PaperQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Adjusted>>, ApiError> {
    listed(&hub, permit, (query, page)).await
}

/// Puts a level right: at once by whoever has `stock.adjust` in the store, else it is proposed to them.
#[utoipa::path(post, path = "/stock/adjustments", tag = "stock", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = NewAdjustment, responses(
    (status = OK, body = Adjusted),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`behind_office`, `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`till_needed`, `reference_unknown`, `product_unknown`, `field_invalid`"),
))]
pub(crate) async fn adjust(
    State(hub): State<Hub>,
    permit: Permit<may::StockPropose>,
    adjusting: Result<Permit<may::StockAdjust>, ApiError>,
    key: IdempotencyKey,
    Sent(new): Sent<NewAdjustment>,
) -> Result<Answer, ApiError> {
    let books_at_once = adjusting.is_ok_and(|permit| permit.reach.holds_store(new.at.store_id));
    let of = (key, "stock.adjust", new);
    done_once(&hub, permit, of, move |desk, permit, new| {
        permit.in_store(new.at.store_id)?;
        adjusting::propose(desk, new, books_at_once)
    })
    .await
}

/// Books a level that was proposed. Doing it again changes nothing.
#[utoipa::path(post, path = "/stock/adjustments/{id}/approve", tag = "stock", params(("id" = Uuid, Path, description = "The adjustment"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), responses(
    (status = OK, body = Adjusted),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands; `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`till_needed`: the till is gone, and the store has none or several others"),
))]
pub(crate) async fn approve(
    State(hub): State<Hub>,
    permit: Permit<may::StockAdjust>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stock.adjust.approve", id), |desk, permit, id| {
        seen::<_, Adjusted>(desk.session, permit, *id)?;
        adjusting::decide(desk, *id, true)
    })
    .await
}

/// Rejects a level that was proposed. Doing it again changes nothing.
#[utoipa::path(post, path = "/stock/adjustments/{id}/reject", tag = "stock", params(("id" = Uuid, Path, description = "The adjustment"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), responses(
    (status = OK, body = Adjusted),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands; `idempotency_key_reused`"),
))]
pub(crate) async fn reject(
    State(hub): State<Hub>,
    permit: Permit<may::StockAdjust>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stock.adjust.reject", id), |desk, permit, id| {
        seen::<_, Adjusted>(desk.session, permit, *id)?;
        adjusting::decide(desk, *id, false)
    })
    .await
}

/// Puts the hub's own books of a store right, for what lay on the shelves before a till was connected. No till hears of it.
#[utoipa::path(post, path = "/stock/corrections", tag = "stock", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = Correction, responses(
    (status = OK, body = Corrected),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`till_needed`, `reference_unknown`, `product_unknown`, `twice`, `field_invalid`"),
))]
pub(crate) async fn correct(
    State(hub): State<Hub>,
    permit: Permit<may::StockAdjust>,
    key: IdempotencyKey,
    Sent(correction): Sent<Correction>,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stock.correct", correction), |desk, permit, correction| {
        permit.in_store(correction.at.store_id)?;
        adjusting::correct(desk, correction)
    })
    .await
}

/// Goods that go, or went, from one place to another: those with an end within reach.
#[utoipa::path(get, path = "/stock/transfers", tag = "stock", params(PaperQuery, Page), responses((status = OK, body = Listed<Transfer>)))]
pub(crate) async fn transfers(
    State(hub): State<Hub>,
    permit: Permit<may::StockRead>,
    Asked(query): Asked<PaperQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Transfer>>, ApiError> {
    listed(&hub, permit, (query, page)).await
}

/// A transfer.
#[utoipa::path(get, path = "/stock/transfers/{id}", tag = "stock", params(("id" = Uuid, Path, description = "The transfer")), responses((status = OK, body = Transfer)))]
pub(crate) async fn transfer(
    State(hub): State<Hub>,
    permit: Permit<may::StockRead>,
    Named(id): Named<Uuid>,
) -> Result<Json<Transfer>, ApiError> {
    let read =
        hub.books.read(Tenant::Company(permit.company), move |books| seen::<_, Transfer>(books, &permit, id));
    read.await.map(Json)
}

/// Writes a transfer down; the right has to hold at both ends. Nothing leaves yet.
#[utoipa::path(post, path = "/stock/transfers", tag = "stock", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = NewTransfer, responses(
    (status = OK, body = Transfer),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`same_place`, `behind_office`, `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`till_needed`, `reference_unknown`, `product_unknown`, `twice`, `field_invalid`"),
))]
pub(crate) async fn write_transfer(
    State(hub): State<Hub>,
    permit: Permit<may::StockTransfer>,
    key: IdempotencyKey,
    Sent(new): Sent<NewTransfer>,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stock.transfer", new), |desk, permit, new| {
        permit.in_store(new.from.store_id)?;
        permit.in_store(new.to.store_id)?;
        transfers::write(desk, new)
    })
    .await
}

/// Sends the goods of a transfer on their way: they leave the shelves there. Doing it again changes nothing.
#[utoipa::path(post, path = "/stock/transfers/{id}/ship", tag = "stock", params(("id" = Uuid, Path, description = "The transfer"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), responses(
    (status = OK, body = Transfer),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands; `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`stock_insufficient`: `detail` names the product; `till_needed`: the till is gone, and the store has none or several others"),
))]
pub(crate) async fn ship(
    State(hub): State<Hub>,
    permit: Permit<may::StockTransfer>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stock.transfer.ship", id), |desk, permit, id| {
        let transfer: Transfer = seen(desk.session, permit, *id)?;
        permit.in_store(transfer.from.store_id)?;
        transfers::ship(desk, transfer)
    })
    .await
}

/// Takes in what arrived of a transfer; what did not is lost. Doing it again changes nothing.
#[utoipa::path(post, path = "/stock/transfers/{id}/receive", tag = "stock", params(("id" = Uuid, Path, description = "The transfer"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = Arrival, responses(
    (status = OK, body = Transfer),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands; `received_otherwise`: it arrived before, with other figures; `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`product_unknown`: it is not on the transfer; `twice`, `field_invalid`; `till_needed`: the till is gone, and the store has none or several others"),
))]
pub(crate) async fn arrive(
    State(hub): State<Hub>,
    permit: Permit<may::StockTransfer>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
    Sent(arrival): Sent<Arrival>,
) -> Result<Answer, ApiError> {
    let of = (key, "stock.transfer.receive", (id, arrival));
    done_once(&hub, permit, of, |desk, permit, (id, arrival)| {
        let transfer: Transfer = seen(desk.session, permit, *id)?;
        permit.in_store(transfer.to.store_id)?;
        transfers::receive(desk, transfer, arrival)
    })
    .await
}

/// Gives a transfer up: what is on its way comes back to where it left. Doing it again changes nothing.
#[utoipa::path(post, path = "/stock/transfers/{id}/cancel", tag = "stock", params(("id" = Uuid, Path, description = "The transfer"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), responses(
    (status = OK, body = Transfer),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands; `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`till_needed`: the till is gone, and the store has none or several others"),
))]
pub(crate) async fn give_up(
    State(hub): State<Hub>,
    permit: Permit<may::StockTransfer>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "stock.transfer.cancel", id), |desk, permit, id| {
        let transfer: Transfer = seen(desk.session, permit, *id)?;
        permit.in_store(transfer.from.store_id)?;
        transfers::cancel(desk, transfer)
    })
    .await
}
