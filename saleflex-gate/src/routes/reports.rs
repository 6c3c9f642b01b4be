//! Reports by their names, and files of them.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    error::Refusal,
    jobs::{self, Job, NewFile},
    limits::Class,
    reports::{self, Filters, Further, GroupBy, Named as Report, ReportKind, Table},
    request::{Asked, Listed, Named, Sent},
    scope::Permit,
};

/// The longest span of a report, in days.
const LONGEST: i64 = 400;

/// The reports that can be asked for, with what they can be asked with.
#[utoipa::path(get, path = "/reports", tag = "reports", responses((status = OK, body = Listed<ReportKind>)))]
pub(crate) async fn catalogue(_: Permit<may::ReportView>) -> Json<Listed<ReportKind>> {
    Json(Listed::whole(Report::all().map(Report::kind).collect()))
}

/// What a report is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportAsked {
    /// Booked under this day or later.
    from: NaiveDate,
    /// Booked under this day or earlier; at most 400 days.
    until: NaiveDate,
    /// How the periods are put together; `day` where nothing is said.
    #[serde(default)]
    group_by: GroupBy,
    /// Of this store.
    store_id: Option<Uuid>,
    /// Of this terminal.
    terminal_id: Option<Uuid>,
}

fn key_of(name: &str) -> Result<Report, ApiError> {
    Report::parse(name).ok_or_else(ApiError::not_found)
}

/// That a span is one.
fn spans(filters: Filters) -> Result<Filters, ApiError> {
    if (0..LONGEST).contains(&filters.until.signed_duration_since(filters.from).num_days()) {
        return Ok(filters);
    }
    Err(ApiError::invalid(format!("`from` to `until` is 1 to {LONGEST} days")))
}

/// A report within reach. Of what is on the shelves and came and went (`stock-levels`, `stock-movements`) `report.stock` is
/// enough.
#[utoipa::path(get, path = "/reports/{key}", tag = "reports", params(("key" = String, Path, description = "Such as `sales-summary`"), ReportAsked), responses(
    (status = OK, body = Table),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`range_too_large`"),
))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    viewing: Result<Permit<may::ReportView>, ApiError>,
    stocking: Result<Permit<may::ReportStock>, ApiError>,
    Named(name): Named<String>,
    asked: Result<Asked<ReportAsked>, ApiError>,
) -> Result<Json<Table>, ApiError> {
    let (key, now) = (key_of(&name), hub.now());
    let is_of_stock = matches!(key, Ok(Report::Further(Further::StockLevels | Further::StockMovements)));
    let (company, reach) = match stocking {
        Ok(stocking) if is_of_stock => (stocking.company, stocking.reach),
        Ok(_) | Err(_) => viewing.map(|permit| (permit.company, permit.reach))?,
    };
    let (key, Asked(asked)) = (key?, asked?);
    let ReportAsked { from, until, group_by, store_id, terminal_id } = asked;
    let filters = spans(Filters { from, until, group_by, store_id, terminal_id })?;
    let read = hub.books.read(Tenant::Company(company), move |books| {
        reports::make(books, company, (&reach, key, filters), now)
    });
    read.await.map(Json)
}

/// How a file is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// Comma-separated values.
    #[default]
    Csv,
}

/// A file of a report that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "2026-11-01", "until": "2026-11-30", "group_by": "store_day", "format": "csv"}))]
pub(crate) struct NewExport {
    /// Booked under this day or later.
    from: NaiveDate,
    /// Booked under this day or earlier; at most 400 days.
    until: NaiveDate,
    /// How the periods are put together; `day` where nothing is said.
    #[serde(default)]
    group_by: GroupBy,
    /// Of this store.
    #[serde(default)]
    store_id: Option<Uuid>,
    /// Of this terminal.
    #[serde(default)]
    terminal_id: Option<Uuid>,
    /// How the file is written.
    #[serde(default)]
    format: Format,
}

/// Has a report written as a file, under what it is, when, by whom and of what it was made. It is fetched as the file of the
/// job that is answered.
#[utoipa::path(post, path = "/reports/{key}/exports", tag = "reports", params(("key" = String, Path, description = "Such as `sales-summary`")), request_body = NewExport, responses(
    (status = ACCEPTED, body = Job),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`range_too_large`"),
))]
pub(crate) async fn export(
    State(hub): State<Hub>,
    permit: Permit<may::ReportExport>,
    Named(name): Named<String>,
    Sent(new): Sent<NewExport>,
) -> Result<(StatusCode, Json<Job>), ApiError> {
    let key = key_of(&name)?;
    let NewExport { from, until, group_by, store_id, terminal_id, format: Format::Csv } = new;
    let filters = spans(Filters { from, until, group_by, store_id, terminal_id })?;
    hub.count(Class::Export, &permit.actor.id().to_string())?;
    let written = hub.act((permit.company, permit.actor), move |desk| {
        let owner = permit.actor.id();
        let table = reports::make(desk.session, desk.company, (&permit.reach, key, filters), desk.now)?;
        let content = reports::file(&table, &owner.to_string())?;
        let name = format!("{}-{from}-{until}.csv", key.name());
        let file = NewFile { kind: "report", subject: key.name(), name, content: &content };
        let job = jobs::keep(desk.session, (desk.company, owner), &file, desk.now)?;
        let detail = json!({"report": key.name(), "filters": table.filters, "rows": table.rows.len()});
        desk.note("report.exported", ("job", job.id), store_id, detail)?;
        Ok(job)
    });
    written.await.map(|job| (StatusCode::ACCEPTED, Json(job)))
}

/// Work that the caller asked for.
#[utoipa::path(get, path = "/jobs/{id}", tag = "reports", params(("id" = Uuid, Path, description = "The job")), responses((status = OK, body = Job)))]
pub(crate) async fn job(
    State(hub): State<Hub>,
    permit: Permit<may::ReportExport>,
    Named(id): Named<Uuid>,
) -> Result<Json<Job>, ApiError> {
    let of = (permit.company, permit.actor.id());
    let read = hub.books.read(Tenant::Company(permit.company), move |books| jobs::one(books, of, id));
    read.await.map(Json)
}

/// The file of a job that the caller asked for.
#[utoipa::path(get, path = "/jobs/{id}/file", tag = "reports", params(("id" = Uuid, Path, description = "The job")), responses((status = OK, body = String, content_type = "text/csv")))]
pub(crate) async fn file(
    State(hub): State<Hub>,
    permit: Permit<may::ReportExport>,
    Named(id): Named<Uuid>,
) -> Result<Response, ApiError> {
    let of = (permit.company, permit.actor.id());
    let read = hub.books.read(Tenant::Company(permit.company), move |books| jobs::file(books, of, id));
    let (name, content) = read.await?;
    let name = format!("attachment; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, content).into_response())
}
