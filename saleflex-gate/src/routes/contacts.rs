//! Contacts of a company, its stores and its warehouses.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    error::Refusal,
    registry::contacts::{self, Contact, ContactChange, Filter, NewContact},
    request::{Asked, Listed, Named, Page, Sent},
    scope::Permit,
    version::{ReadBefore, Shown},
};

/// Which contacts.
#[derive(Deserialize, IntoParams)]
pub(crate) struct ContactQuery {
    /// Those of this store and its warehouses.
    store_id: Option<Uuid>,
    /// Those of this warehouse.
    warehouse_id: Option<Uuid>,
}

/// The contacts of where I may edit: of my stores, and of the company itself for whoever administers it.
#[utoipa::path(get, path = "/contacts", tag = "stores", params(ContactQuery, Page), responses((status = OK, body = Listed<Contact>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    permit: Permit<may::StoreEdit>,
    Asked(query): Asked<ContactQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Contact>>, ApiError> {
    let (after, limit) = (page.after()?, page.limit()?);
    let filter = Filter { store: query.store_id, warehouse: query.warehouse_id };
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let wanted = (&permit.reach, filter);
        Ok::<_, ApiError>(contacts::list(books, permit.company, wanted, (after, limit + 1))?)
    });
    read.await.map(|all| Json(Listed::part(all, limit, |contact| contact.id.to_string())))
}

/// Adds a contact.
#[utoipa::path(post, path = "/contacts", tag = "stores", request_body = NewContact, responses(
    (status = CREATED, body = Contact),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`, `reference_unknown`"),
))]
pub(crate) async fn add(
    State(hub): State<Hub>,
    permit: Permit<may::StoreEdit>,
    Sent(new): Sent<NewContact>,
) -> Result<(StatusCode, Json<Contact>), ApiError> {
    let added = hub.act((permit.company, permit.actor), move |desk| {
        let mut store = new.store_id;
        if let Some(warehouse) = new.warehouse_id {
            let there = contacts::store_of_warehouse(desk.session, desk.company, warehouse)?;
            // What the caller does not look after is as if it were not there.
            let is_hidden = there.is_some_and(|there| !permit.sees.holds_store(there));
            if is_hidden || (store.is_some() && store != there) {
                return Err(contacts::unknown_warehouse());
            }
            store = there;
        }
        permit.in_place(store)?;
        if let Some(store) = store {
            permit.store(desk.session, store)?;
        }
        let contact = contacts::add(desk.session, (desk.company, store), &new, desk.now)?;
        // Who it is stands in the contact alone: what is deleted there is gone.
        desk.note("contact.created", ("contact", contact.id), store, json!({}))?;
        Ok(contact)
    });
    added.await.map(|contact| (StatusCode::CREATED, Json(contact)))
}

/// A contact.
#[utoipa::path(get, path = "/contacts/{id}", tag = "stores", params(("id" = Uuid, Path, description = "The contact")), responses((status = OK, body = Contact, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    permit: Permit<may::StoreEdit>,
    Named(id): Named<Uuid>,
) -> Result<Shown<Contact>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        contacts::one(books, permit.company, (&permit.reach, id))
    });
    read.await.map(Shown)
}

/// Changes a contact.
#[utoipa::path(patch, path = "/contacts/{id}", tag = "stores", params(("id" = Uuid, Path, description = "The contact"), ReadBefore), request_body = ContactChange, responses(
    (status = OK, body = Contact, headers(("etag" = String, description = "Its version"))),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
))]
pub(crate) async fn change(
    State(hub): State<Hub>,
    permit: Permit<may::StoreEdit>,
    Named(id): Named<Uuid>,
    read: ReadBefore,
    Sent(change): Sent<ContactChange>,
) -> Result<Shown<Contact>, ApiError> {
    let changed = hub.act((permit.company, permit.actor), move |desk| {
        let before = contacts::one(desk.session, desk.company, (&permit.reach, id))?;
        read.is(&before)?;
        let store = before.store_id;
        let contact = contacts::change(desk.session, desk.company, (before, &change), desk.now)?;
        desk.note("contact.changed", ("contact", id), store, json!({}))?;
        Ok(contact)
    });
    changed.await.map(Shown)
}

/// Deletes a contact for good.
#[utoipa::path(delete, path = "/contacts/{id}", tag = "stores", params(("id" = Uuid, Path, description = "The contact")), responses((status = NO_CONTENT, description = "It is gone")))]
pub(crate) async fn remove(
    State(hub): State<Hub>,
    permit: Permit<may::StoreEdit>,
    Named(id): Named<Uuid>,
) -> Result<StatusCode, ApiError> {
    let removed = hub.act((permit.company, permit.actor), move |desk| {
        let contact = contacts::one(desk.session, desk.company, (&permit.reach, id))?;
        contacts::remove(desk.session, desk.company, id)?;
        Ok(desk.note("contact.removed", ("contact", id), contact.store_id, json!({}))?)
    });
    removed.await.map(|()| StatusCode::NO_CONTENT)
}
