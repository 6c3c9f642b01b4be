//! Gift cards: people and programs issue, load and block them; devices and programs look, take of them and give back.

use axum::{Json, extract::State};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    error::Refusal,
    offers::gift_cards::{self, BlockReason, CardEntry, CardMove, CardNumber, GiftCard, Move, NewGiftCard},
    repeat::{Answer, IdempotencyKey, once},
    request::{Asked, Listed, Named, Page, Sent},
    scope::{Access, Permit},
};

/// That cards are looked at and moved here: they are the company's, and a hub below its own has none of them.
fn keeps_cards(hub: &Hub) -> Result<(), ApiError> {
    if hub.settings.upstream.is_none() {
        return Ok(());
    }
    Err(ApiError::forbidden("not_the_authority", "gift cards are kept at the company's hub"))
}

/// The same for somebody whose right holds in the whole company.
fn keeps_all_cards<R>(hub: &Hub, permit: &Permit<R>) -> Result<(), ApiError> {
    permit.in_company()?;
    keeps_cards(hub)
}

/// A number that no card has, for one that is not printed yet. It is kept nowhere: issue a card with it.
#[utoipa::path(get, path = "/gift-cards/number", tag = "offers", responses((status = OK, body = CardNumber)))]
pub(crate) async fn number(_: Permit<may::CouponIssue>) -> Json<CardNumber> {
    Json(CardNumber { number: gift_cards::new_number() })
}

/// Issues a card.
#[utoipa::path(post, path = "/gift-cards", tag = "offers", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = NewGiftCard, responses(
    (status = OK, body = GiftCard),
    (status = CONFLICT, body = Refusal, description = "`card_taken`, `idempotency_key_reused`"),
))]
pub(crate) async fn issue(
    State(hub): State<Hub>,
    permit: Permit<may::CouponIssue>,
    key: IdempotencyKey,
    Sent(new): Sent<NewGiftCard>,
) -> Result<Answer, ApiError> {
    keeps_all_cards(&hub, &permit)?;
    let same = new.without_number()?;
    let done = hub.act((permit.company, permit.actor), move |desk| {
        once(desk, &key, ("gift_cards.issue", &same), |desk| gift_cards::issue(desk, &new))
    });
    done.await
}

/// The cards of the company.
#[utoipa::path(get, path = "/gift-cards", tag = "offers", params(Page), responses((status = OK, body = Listed<GiftCard>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    permit: Permit<may::CouponIssue>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<GiftCard>>, ApiError> {
    keeps_all_cards(&hub, &permit)?;
    let (after, limit) = (page.after()?, page.limit()?);
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        Ok::<_, ApiError>(gift_cards::list(books, permit.company, (after, limit + 1))?)
    });
    read.await.map(|rows| Json(Listed::part(rows, limit, |row| row.id.to_string())))
}

/// The card of a number.
#[utoipa::path(post, path = "/gift-cards/find", tag = "offers", request_body = CardNumber, responses(
    (status = OK, body = GiftCard),
    (status = NOT_FOUND, body = Refusal, description = "`not_found`: the company has no card of this number"),
))]
pub(crate) async fn find(
    State(hub): State<Hub>,
    access: Access<may::CouponIssue>,
    Sent(number): Sent<CardNumber>,
) -> Result<Json<GiftCard>, ApiError> {
    keeps_cards(&hub)?;
    let company = access.company();
    let read =
        hub.books.read(Tenant::Company(company), move |books| gift_cards::find(books, company, &number));
    read.await.map(Json)
}

/// A card.
#[utoipa::path(get, path = "/gift-cards/{id}", tag = "offers", params(("id" = Uuid, Path, description = "The card")), responses((status = OK, body = GiftCard)))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    access: Access<may::CouponIssue>,
    Named(id): Named<Uuid>,
) -> Result<Json<GiftCard>, ApiError> {
    keeps_cards(&hub)?;
    let company = access.company();
    let read = hub.books.read(Tenant::Company(company), move |books| gift_cards::one(books, company, id));
    read.await.map(Json)
}

/// What came onto a card and was taken of it, the oldest first.
#[utoipa::path(get, path = "/gift-cards/{id}/entries", tag = "offers", params(("id" = Uuid, Path, description = "The card"), Page), responses((status = OK, body = Listed<CardEntry>)))]
pub(crate) async fn entries(
    State(hub): State<Hub>,
    permit: Permit<may::CouponIssue>,
    Named(id): Named<Uuid>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<CardEntry>>, ApiError> {
    keeps_all_cards(&hub, &permit)?;
    let (after, limit) = (page.after()?, page.limit()?);
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        gift_cards::entries(books, (permit.company, id), (after, limit + 1))
    });
    read.await.map(|rows| Json(Listed::part(rows, limit, |row| row.id.to_string())))
}

/// Pays an amount onto a card.
#[utoipa::path(post, path = "/gift-cards/{id}/load", tag = "offers", params(("id" = Uuid, Path, description = "The card"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = CardMove, responses(
    (status = OK, body = GiftCard),
    (status = CONFLICT, body = Refusal, description = "`idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`, `card_unusable`"),
))]
pub(crate) async fn load(
    State(hub): State<Hub>,
    permit: Permit<may::CouponIssue>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
    Sent(amount): Sent<CardMove>,
) -> Result<Answer, ApiError> {
    permit.in_company()?;
    moved(&hub, &permit, key, (id, Move::Load), amount).await
}

/// Takes an amount of a card for a document, of what is not lent to tills.
#[utoipa::path(post, path = "/gift-cards/{id}/redeem", tag = "offers", params(("id" = Uuid, Path, description = "The card"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = CardMove, responses(
    (status = OK, body = GiftCard),
    (status = CONFLICT, body = Refusal, description = "`idempotency_key_reused`; `awaiting_tills`: the hub was put back to a backup"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`, `card_unusable`; `balance_insufficient`: `detail` says what can be taken"),
))]
pub(crate) async fn redeem(
    State(hub): State<Hub>,
    access: Access<may::CouponIssue>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
    Sent(amount): Sent<CardMove>,
) -> Result<Answer, ApiError> {
    moves_money(&access)?;
    moved(&hub, &access.permit, key, (id, Move::Redeem), amount).await
}

/// Gives an amount back onto a card, for a document that it had paid: no more than is left of what that took of it.
#[utoipa::path(post, path = "/gift-cards/{id}/refund", tag = "offers", params(("id" = Uuid, Path, description = "The card"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = CardMove, responses(
    (status = OK, body = GiftCard),
    (status = CONFLICT, body = Refusal, description = "`idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`; `refund_exceeds_payment`: `detail` says what can be given back"),
))]
pub(crate) async fn refund(
    State(hub): State<Hub>,
    access: Access<may::CouponIssue>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
    Sent(amount): Sent<CardMove>,
) -> Result<Answer, ApiError> {
    moves_money(&access)?;
    moved(&hub, &access.permit, key, (id, Move::Refund), amount).await
}

/// That a person or a program who takes of cards or gives back onto them may do so in the whole company: cards are of no
/// store. A device does it for what it sells.
fn moves_money<R>(access: &Access<R>) -> Result<(), ApiError> {
    if access.terminal.is_none() { access.permit.in_company() } else { Ok(()) }
}

async fn moved<R>(
    hub: &Hub,
    permit: &Permit<R>,
    key: IdempotencyKey,
    (id, how): (Uuid, Move),
    amount: CardMove,
) -> Result<Answer, ApiError> {
    keeps_cards(hub)?;
    let done = hub.act((permit.company, permit.actor), move |desk| {
        let same = (id, format!("{how:?}"), &amount);
        once(desk, &key, ("gift_cards.move", &same), |desk| gift_cards::move_amount(desk, (id, how), &amount))
    });
    done.await
}

/// Blocks a card: nothing is lent or taken of it any more.
#[utoipa::path(post, path = "/gift-cards/{id}/block", tag = "offers", params(("id" = Uuid, Path, description = "The card")), request_body = BlockReason, responses((status = OK, body = GiftCard)))]
pub(crate) async fn block(
    State(hub): State<Hub>,
    permit: Permit<may::CouponIssue>,
    Named(id): Named<Uuid>,
    Sent(reason): Sent<BlockReason>,
) -> Result<Json<GiftCard>, ApiError> {
    put_block(&hub, &permit, (id, true), reason).await
}

/// Lets a card be used again.
#[utoipa::path(post, path = "/gift-cards/{id}/unblock", tag = "offers", params(("id" = Uuid, Path, description = "The card")), request_body = BlockReason, responses((status = OK, body = GiftCard)))]
pub(crate) async fn unblock(
    State(hub): State<Hub>,
    permit: Permit<may::CouponIssue>,
    Named(id): Named<Uuid>,
    Sent(reason): Sent<BlockReason>,
) -> Result<Json<GiftCard>, ApiError> {
    put_block(&hub, &permit, (id, false), reason).await
}

async fn put_block(
    hub: &Hub,
    permit: &Permit<may::CouponIssue>,
    card: (Uuid, bool),
    reason: BlockReason,
) -> Result<Json<GiftCard>, ApiError> {
    keeps_all_cards(hub, permit)?;
    let done = hub.act((permit.company, permit.actor), move |desk| gift_cards::block(desk, card, &reason));
    done.await.map(Json)
}
