//! Documents and closures, for whoever may read them.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use saleflex_core::printout::words;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    closures::{self, ClosureFigures, ClosureReport},
    db::Tenant,
    documents::{self, ClosureFilter, ClosureHead, Delivered, DeliveredClosure, Filter, Head, Paper, Place},
    error::Refusal,
    request::{Asked, Listed, Named, Order, Page},
    scope::Permit,
};

/// The field by which lists of what was delivered stand.
const RECEIVED: &str = "received_at";

/// Which documents.
#[derive(Deserialize, IntoParams)]
pub(crate) struct DocumentQuery {
    /// Of this store.
    store_id: Option<Uuid>,
    /// Of this terminal.
    terminal_id: Option<Uuid>,
    /// Finished by this cashier.
    cashier_id: Option<Uuid>,
    /// `completed` or `cancelled`.
    status: Option<String>,
    /// Such as `sale` or `return`.
    transaction_type: Option<String>,
    /// With this number.
    number: Option<String>,
    /// Whose number or content holds this text, of 3 to 100 characters, in whatever case: a part of a number, the name of goods,
    /// a code, a note. The four Turkish letters i are one. A request looks at 1000 documents: a part may be short or empty, and
    /// there is more for as long as it says `next_cursor`.
    text: Option<String>,
    /// Opened at this time or later, by the store's clock: `2026-11-21` or `2026-11-21T12:00:00`.
    from: Option<String>,
    /// Opened before this time.
    until: Option<String>,
    /// About which this was noticed, such as `drift`, `number_reused`, `cloned_terminal`, `forked`, `late`.
    flag: Option<String>,
    /// That came here at this instant or later.
    updated_since: Option<DateTime<Utc>>,
    /// `received_at`, where nothing is said, or `-received_at`: the latest first.
    sort: Option<String>,
}

/// Documents in the order they came here.
#[utoipa::path(get, path = "/documents", tag = "documents", params(DocumentQuery, Page), responses((status = OK, body = Listed<Head>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    permit: Permit<may::TransactionRead>,
    Asked(query): Asked<DocumentQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Head>>, ApiError> {
    let order = Order::of(query.sort.as_deref(), RECEIVED)?;
    let (after, limit) = (page.after_or(Place::beginning(order))?, page.limit()?);
    let DocumentQuery { store_id: store, terminal_id: terminal, cashier_id: cashier, .. } = query;
    let (status, kind) = (query.status, query.transaction_type);
    let (number, from, until) = (query.number, time("from", query.from)?, time("until", query.until)?);
    let (flag, since) = (query.flag, query.updated_since);
    let text = query.text.as_deref().map(searched).transpose()?;
    let filter =
        Filter { store, terminal, cashier, status, kind, number, text, from, until, flag, since, order };
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let within = (&permit.reach, &filter);
        Ok::<_, ApiError>(documents::list(books, permit.company, within, (after, limit))?)
    });
    read.await.map(Json)
}

/// A text that is looked for. Shorter ones are in every document.
fn searched(text: &str) -> Result<String, ApiError> {
    if (3..=100).contains(&text.trim().chars().count()) {
        Ok(text.trim().to_owned())
    } else {
        Err(ApiError::invalid("`text` has 3 to 100 characters"))
    }
}

/// A time of the store's clock, which is compared as it is written.
fn time(field: &str, text: Option<String>) -> Result<Option<String>, ApiError> {
    let is_time = |text: &String| text.parse::<NaiveDate>().is_ok() || text.parse::<NaiveDateTime>().is_ok();
    if text.as_ref().is_none_or(is_time) {
        return Ok(text);
    }
    Err(ApiError::invalid(format!("`{field}` is no time such as 2026-11-21T12:00:00")))
}

/// A document as it was delivered.
#[utoipa::path(get, path = "/documents/{id}", tag = "documents", params(("id" = Uuid, Path, description = "The document")), responses((status = OK, body = Delivered)))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    permit: Permit<may::TransactionRead>,
    Named(id): Named<Uuid>,
) -> Result<Json<Delivered>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        documents::one(books, permit.company, &permit.reach, id)
    });
    read.await.map(Json)
}

/// How a receipt is written.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PaperQuery {
    /// `en`, where nothing is said, or `tr`.
    language: Option<String>,
    /// Characters of a line, 24 to 80; 42 where nothing is said.
    #[param(minimum = 24, maximum = 80)]
    width: Option<usize>,
    /// `text`. There is no `pdf`.
    format: Option<String>,
}

/// The receipt of a document as text, a copy of what its till printed, under the number that the terminal has now. Names of
/// people and the texts of the shop stay at the till.
#[utoipa::path(get, path = "/documents/{id}/receipt", tag = "documents", params(("id" = Uuid, Path, description = "The document"), PaperQuery), responses(
    (status = OK, body = String, content_type = "text/plain"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`no_receipt`: an older terminal delivered it; `no_pdf`: it is told as text"),
))]
pub(crate) async fn receipt(
    State(hub): State<Hub>,
    permit: Permit<may::TransactionRead>,
    Named(id): Named<Uuid>,
    Asked(query): Asked<PaperQuery>,
) -> Result<Response, ApiError> {
    let words = match query.language.as_deref() {
        None | Some("en") => &words::ENGLISH,
        Some("tr") => &words::TURKISH,
        Some(_) => return Err(ApiError::invalid("`language` is `en` or `tr`")),
    };
    match query.format.as_deref() {
        None | Some("text") => {}
        Some("pdf") => {
            return Err(ApiError::unprocessable(
                "no_pdf",
                "a receipt is told as text: lay out a page from it",
            ));
        }
        Some(_) => return Err(ApiError::invalid("`format` is `text`")),
    }
    let width = query.width.unwrap_or(42);
    if !(24..=80).contains(&width) {
        return Err(ApiError::invalid("`width` is 24 to 80"));
    }
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        documents::receipt(books, permit.company, (&permit.reach, id), Paper { words, width })
    });
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], read.await?).into_response())
}

/// Which closed periods.
#[derive(Deserialize, IntoParams)]
pub(crate) struct ClosureQuery {
    /// Of this store.
    store_id: Option<Uuid>,
    /// Of this terminal.
    terminal_id: Option<Uuid>,
    /// Booked under this day or later.
    from: Option<NaiveDate>,
    /// Booked under this day or earlier.
    until: Option<NaiveDate>,
    /// That came here at this instant or later.
    updated_since: Option<DateTime<Utc>>,
    /// `received_at`, where nothing is said, or `-received_at`: the latest first.
    sort: Option<String>,
}

/// Closed periods in the order they came here.
#[utoipa::path(get, path = "/closures", tag = "documents", params(ClosureQuery, Page), responses((status = OK, body = Listed<ClosureHead>)))]
pub(crate) async fn closures(
    State(hub): State<Hub>,
    permit: Permit<may::ClosureRead>,
    Asked(query): Asked<ClosureQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<ClosureHead>>, ApiError> {
    let ClosureQuery { store_id: store, terminal_id: terminal, from, until, updated_since: since, sort } =
        query;
    let order = Order::of(sort.as_deref(), RECEIVED)?;
    let (after, limit) = (page.after_or(Place::beginning(order))?, page.limit()?);
    let filter = ClosureFilter { store, terminal, from, until, since, order };
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let within = (&permit.reach, &filter);
        Ok::<_, ApiError>(documents::closures(books, permit.company, within, (after, limit + 1))?)
    });
    read.await.map(|heads| Json(Listed::part(heads, limit, ClosureHead::place)))
}

/// A closed period as it was delivered.
#[utoipa::path(get, path = "/closures/{id}", tag = "documents", params(("id" = Uuid, Path, description = "The closure")), responses((status = OK, body = DeliveredClosure)))]
pub(crate) async fn closure(
    State(hub): State<Hub>,
    permit: Permit<may::ClosureRead>,
    Named(id): Named<Uuid>,
) -> Result<Json<DeliveredClosure>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        documents::one_closure(books, permit.company, &permit.reach, id).map(|(closure, _)| closure)
    });
    read.await.map(Json)
}

/// The figures of a closed period, as a report has them, and as they stand with what its till corrected since.
#[utoipa::path(get, path = "/closures/{id}/report", tag = "documents", params(("id" = Uuid, Path, description = "The closure")), responses(
    (status = OK, body = ClosureFigures),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`no_figures`: an older terminal delivered it"),
))]
pub(crate) async fn closure_report(
    State(hub): State<Hub>,
    permit: Permit<may::ClosureRead>,
    Named(id): Named<Uuid>,
) -> Result<Json<ClosureFigures>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        closures::one(books, permit.company, &permit.reach, id)
    });
    read.await.map(Json)
}

/// Which closed periods, and how they are added up.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// `till_day`, `store_day`, `store_month`, `store_year`, or of all stores `day`, `month`.
    level: String,
    /// Booked under this day or later.
    from: NaiveDate,
    /// Booked under this day or earlier; at most 400 days.
    until: NaiveDate,
    /// Of this store.
    store_id: Option<Uuid>,
    /// Of this terminal.
    terminal_id: Option<Uuid>,
    /// As they stand with what their tills corrected since; else as they were closed.
    #[serde(default)]
    corrected: bool,
}

/// The longest span of a report, in days.
const LONGEST_REPORT: i64 = 400;

/// Closed periods added up by the fold of the tills: of a till's day, a store's day, month or year, or of all stores
/// within reach.
#[utoipa::path(get, path = "/reports/closures", tag = "documents", params(ReportQuery), responses(
    (status = OK, body = ClosureReport),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`range_too_large`"),
))]
pub(crate) async fn report(
    State(hub): State<Hub>,
    permit: Permit<may::ClosureRead>,
    Asked(query): Asked<ReportQuery>,
) -> Result<Json<ClosureReport>, ApiError> {
    let ReportQuery { level, from, until, store_id: store, terminal_id: terminal, corrected } = query;
    let unknown = || ApiError::invalid(format!("`{level}` is no level"));
    let level = closures::level(&level).ok_or_else(unknown)?;
    if !(0..LONGEST_REPORT).contains(&until.signed_duration_since(from).num_days()) {
        return Err(ApiError::invalid(format!("`from` to `until` is 1 to {LONGEST_REPORT} days")));
    }
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let asked = closures::Asked { level, from, until, store, terminal, corrected };
        closures::report(books, permit.company, (&permit.reach, &asked))
    });
    read.await.map(Json)
}
