//! Regions and stores.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    error::Refusal,
    registry::{
        self, NewStore, StoreChange, StoreRow, closing,
        regions::{self, NewRegion, Region, RegionChange},
    },
    request::{Asked, Listed, Named, Page, Sent},
    scope::Permit,
    text,
    version::{ReadBefore, Shown},
};

/// The regions of the company.
#[utoipa::path(get, path = "/regions", tag = "stores", params(Page), responses((status = OK, body = Listed<Region>)))]
pub(crate) async fn regions(
    State(hub): State<Hub>,
    permit: Permit<may::CompanyView>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Region>>, ApiError> {
    let company = permit.company;
    let read = hub
        .books
        .read(Tenant::Company(company), move |books| Ok::<_, ApiError>(regions::list(books, company)?));
    Listed::cut(read.await?, &page, |region| region.code.clone()).map(Json)
}

/// Makes a region.
#[utoipa::path(post, path = "/regions", tag = "stores", request_body = NewRegion, responses(
    (status = CREATED, body = Region),
    (status = CONFLICT, body = Refusal, description = "`code_taken`"),
))]
pub(crate) async fn add_region(
    State(hub): State<Hub>,
    permit: Permit<may::RegionManage>,
    Sent(new): Sent<NewRegion>,
) -> Result<(StatusCode, Json<Region>), ApiError> {
    permit.in_company()?;
    let added = hub.act((permit.company, permit.actor), move |desk| {
        let region = regions::add(desk.session, desk.company, &new, desk.now)?;
        desk.note("region.created", ("region", region.id), None, json!({"code": region.code}))?;
        Ok(region)
    });
    added.await.map(|region| (StatusCode::CREATED, Json(region)))
}

/// A region.
#[utoipa::path(get, path = "/regions/{id}", tag = "stores", params(("id" = Uuid, Path, description = "The region")), responses((status = OK, body = Region, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn region(
    State(hub): State<Hub>,
    permit: Permit<may::CompanyView>,
    Named(id): Named<Uuid>,
) -> Result<Shown<Region>, ApiError> {
    let company = permit.company;
    let read = hub.books.read(Tenant::Company(company), move |books| regions::one(books, company, id));
    read.await.map(Shown)
}

/// Changes a region.
#[utoipa::path(patch, path = "/regions/{id}", tag = "stores", params(("id" = Uuid, Path, description = "The region"), ReadBefore), request_body = RegionChange, responses(
    (status = OK, body = Region, headers(("etag" = String, description = "Its version"))),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
))]
pub(crate) async fn change_region(
    State(hub): State<Hub>,
    permit: Permit<may::RegionManage>,
    Named(id): Named<Uuid>,
    read: ReadBefore,
    Sent(change): Sent<RegionChange>,
) -> Result<Shown<Region>, ApiError> {
    permit.in_company()?;
    let changed = hub.act((permit.company, permit.actor), move |desk| {
        read.is(&regions::one(desk.session, desk.company, id)?)?;
        let region = regions::change(desk.session, desk.company, id, &change)?;
        let detail = json!({"name": change.name, "parent_id": change.parent_id});
        desk.note("region.changed", ("region", id), None, detail)?;
        Ok(region)
    });
    changed.await.map(Shown)
}

/// Removes an empty region.
#[utoipa::path(delete, path = "/regions/{id}", tag = "stores", params(("id" = Uuid, Path, description = "The region")), responses(
    (status = NO_CONTENT, description = "It is gone"),
    (status = CONFLICT, body = Refusal, description = "`region_in_use`"),
))]
pub(crate) async fn remove_region(
    State(hub): State<Hub>,
    permit: Permit<may::RegionManage>,
    Named(id): Named<Uuid>,
) -> Result<StatusCode, ApiError> {
    permit.in_company()?;
    let removed = hub.act((permit.company, permit.actor), move |desk| {
        regions::remove(desk.session, desk.company, id)?;
        Ok(desk.note("region.removed", ("region", id), None, json!({}))?)
    });
    removed.await.map(|()| StatusCode::NO_CONTENT)
}

/// Which stores.
#[derive(Deserialize, IntoParams)]
pub(crate) struct StoreQuery {
    /// Those of this region, not of the regions below it.
    region_id: Option<Uuid>,
}

/// The stores I may know of.
#[utoipa::path(get, path = "/stores", tag = "stores", params(StoreQuery, Page), responses((status = OK, body = Listed<StoreRow>)))]
pub(crate) async fn stores(
    State(hub): State<Hub>,
    permit: Permit<may::CompanyView>,
    Asked(query): Asked<StoreQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<StoreRow>>, ApiError> {
    let (after, limit) = (page.after()?, page.limit()?);
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let within = (&permit.sees, query.region_id);
        Ok::<_, ApiError>(registry::list_stores(books, permit.company, within, (after, limit + 1))?)
    });
    read.await.map(|stores| Json(Listed::part(stores, limit, |store| store.id.to_string())))
}

/// A store to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "code": "QUAY", "name": "Quay shop", "currency": "TRY", "time_zone": "Europe/Istanbul"
}))]
pub(crate) struct StoreToOpen {
    /// Its code, unique in the company; it never changes.
    code: String,
    /// Its name, for receipts.
    name: String,
    /// Its currency, by ISO 4217.
    currency: String,
    /// Its time zone, by its IANA name.
    time_zone: String,
    /// Whether prices contain tax; yes where nothing is said.
    #[serde(default = "yes")]
    prices_include_tax: bool,
    /// The installation that serves it, in the codes that terminals carry; the company's slug where nothing is said.
    #[serde(default)]
    office_code: Option<String>,
    /// The region it lies in.
    #[serde(default)]
    region_id: Option<Uuid>,
}

const fn yes() -> bool {
    true
}

impl StoreToOpen {
    fn check(self, slug: String) -> Result<NewStore, ApiError> {
        text::code("code", &self.code)?;
        text::within("name", &self.name, 1..=100)?;
        text::currency(&self.currency)?;
        text::time_zone(&self.time_zone)?;
        let office_code = self.office_code.unwrap_or(slug);
        text::within("office_code", &office_code, 1..=120)?;
        Ok(NewStore {
            office_code,
            store_code: self.code,
            name: self.name,
            currency: self.currency,
            time_zone: self.time_zone,
            prices_include_tax: self.prices_include_tax,
            self_registration: false,
        })
    }
}

/// Opens a store.
#[utoipa::path(post, path = "/stores", tag = "stores", request_body = StoreToOpen, responses(
    (status = CREATED, body = StoreRow),
    (status = CONFLICT, body = Refusal, description = "`code_taken`, `office_code_taken`"),
))]
pub(crate) async fn open_store(
    State(hub): State<Hub>,
    permit: Permit<may::StoreCreate>,
    Sent(new): Sent<StoreToOpen>,
) -> Result<(StatusCode, Json<StoreRow>), ApiError> {
    permit.in_company()?;
    let opened = hub.act_above((permit.company, permit.actor), move |desk| {
        let known = desk.session.query(
            "SELECT 1 FROM store WHERE company_id = $1 AND store_code = $2",
            &[desk.company.into(), new.code.as_str().into()],
        )?;
        if !known.is_empty() {
            return Err(ApiError::conflict("code_taken", "the company has a store of this code"));
        }
        let region = new.region_id;
        let new = new.check(registry::slug(desk.session, desk.company)?)?;
        let key = registry::store(desk.session, desk.company, &new, desk.now)?;
        if let Some(region) = region {
            regions::put_store(desk.session, desk.company, key.store, region)?;
        }
        let detail = json!({"code": new.store_code, "currency": new.currency});
        desk.note("store.created", ("store", key.store), Some(key.store), detail)?;
        registry::store_by_id(desk.session, desk.company, key.store)?.ok_or_else(ApiError::internal)
    });
    opened.await.map(|store| (StatusCode::CREATED, Json(store)))
}

/// A store.
#[utoipa::path(get, path = "/stores/{id}", tag = "stores", params(("id" = Uuid, Path, description = "The store")), responses((status = OK, body = StoreRow, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn store(
    State(hub): State<Hub>,
    permit: Permit<may::CompanyView>,
    Named(id): Named<Uuid>,
) -> Result<Shown<StoreRow>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        // To belong to the company is not to know of its stores.
        if !permit.sees.holds_store(id) {
            return Err(ApiError::not_found());
        }
        permit.store(books, id)
    });
    read.await.map(Shown)
}

/// Changes a store.
#[utoipa::path(patch, path = "/stores/{id}", tag = "stores", params(("id" = Uuid, Path, description = "The store"), ReadBefore), request_body = StoreChange, responses(
    (status = OK, body = StoreRow, headers(("etag" = String, description = "Its version"))),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
))]
pub(crate) async fn change_store(
    State(hub): State<Hub>,
    permit: Permit<may::StoreEdit>,
    Named(id): Named<Uuid>,
    read: ReadBefore,
    Sent(change): Sent<StoreChange>,
) -> Result<Shown<StoreRow>, ApiError> {
    let changed = hub.act((permit.company, permit.actor), move |desk| {
        read.is(&permit.store(desk.session, id)?)?;
        if change.region_id.is_some() {
            // Which region a store lies in decides who manages it.
            permit.in_company()?;
        }
        let store = registry::change_store(desk.session, desk.company, id, &change)?;
        desk.note("store.changed", ("store", id), Some(id), json!(change))?;
        Ok(store)
    });
    changed.await.map(Shown)
}

/// When a store closes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"effective": "2026-12-31T21:00:00Z"}))]
pub(crate) struct Closing {
    /// At this time, at most 400 days ahead; at once where nothing is said, or where it has passed.
    effective: Option<DateTime<Utc>>,
}

/// Closes a store, at once or at a time: its terminals are suspended then, and deliver what they hold for another three
/// days. Until then it can be said anew; opening the store again takes it back.
#[utoipa::path(post, path = "/stores/{id}/close", tag = "stores", params(("id" = Uuid, Path, description = "The store")), request_body = Closing, responses((status = OK, body = StoreRow)))]
pub(crate) async fn close_store(
    State(hub): State<Hub>,
    permit: Permit<may::StoreClose>,
    Named(id): Named<Uuid>,
    Sent(Closing { effective }): Sent<Closing>,
) -> Result<Json<StoreRow>, ApiError> {
    let closed = hub.act((permit.company, permit.actor), move |desk| {
        permit.store(desk.session, id)?;
        match effective.filter(|at| *at > desk.now) {
            None => closing::close(desk, id)?,
            Some(at) if at - desk.now <= closing::FURTHEST => closing::close_later(desk, id, at)?,
            Some(_) => {
                let error = ApiError::unprocessable("field_invalid", "`effective` is at most 400 days ahead");
                return Err(ApiError { detail: Some("effective".to_owned()), ..error });
            }
        }
        registry::store_by_id(desk.session, desk.company, id)?.ok_or_else(ApiError::not_found)
    });
    closed.await.map(Json)
}

/// Opens a store again, or keeps one open that was to close. Its terminals are resumed one by one.
#[utoipa::path(post, path = "/stores/{id}/reopen", tag = "stores", params(("id" = Uuid, Path, description = "The store")), responses((status = OK, body = StoreRow)))]
pub(crate) async fn reopen_store(
    State(hub): State<Hub>,
    permit: Permit<may::StoreClose>,
    Named(id): Named<Uuid>,
) -> Result<Json<StoreRow>, ApiError> {
    let opened = hub.act((permit.company, permit.actor), move |desk| {
        permit.store(desk.session, id)?;
        registry::close_store(desk.session, desk.company, id, None)?;
        desk.note("store.reopened", ("store", id), Some(id), json!({}))?;
        registry::store_by_id(desk.session, desk.company, id)?.ok_or_else(ApiError::not_found)
    });
    opened.await.map(Json)
}
