//! Boards of companies and stores.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    boards::{self, Board},
    db::Tenant,
    request::{Asked, Named},
    scope::Permit,
};

/// Which day.
#[derive(Deserialize, IntoParams)]
pub(crate) struct BoardQuery {
    /// By the clocks of stores; absent: today, of a store by its time zone, of the company by UTC.
    day: Option<NaiveDate>,
}

/// How the day of a company or a store goes, beside the same day of the week before: sales by currency, terminals that say
/// nothing, products of which the books have less than nothing. Of the company for whom the right reaches all of it.
#[utoipa::path(get, path = "/dashboards/{id}", tag = "reports", params(("id" = Uuid, Path, description = "The company or the store"), BoardQuery), responses((status = OK, body = Board)))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    permit: Permit<may::ReportView>,
    Named(id): Named<Uuid>,
    Asked(query): Asked<BoardQuery>,
) -> Result<Json<Board>, ApiError> {
    let (company, now) = (permit.company, hub.now());
    let read = hub.books.read(Tenant::Company(company), move |books| {
        let (store, zone) = if id == company {
            permit.in_company()?;
            (None, chrono_tz::Tz::UTC)
        } else {
            let store = permit.store(books, id)?;
            (Some(id), store.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC))
        };
        let today = now.with_timezone(&zone).date_naive();
        let day = query.day.unwrap_or(today);
        boards::make(books, (company, id), (&permit.reach, store, day), now)
    });
    read.await.map(Json)
}
