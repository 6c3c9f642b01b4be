//! Files of definitions: in, after a look, and out.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    definitions::editing::{self, Filter},
    error::Refusal,
    export::{self, Format},
    import::{self, Committed, Import, Report},
    limits::Class,
    request::{Asked, Named, SentFile},
    scope::{DefinitionExporter, DefinitionWriter},
};

/// The most rows of a file. A file of more is refused: one that ends early looks whole.
const MOST_ROWS: usize = 100_000;

/// A file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"content": "code,name,sale_price\n2001,Tea,3.40\n"}))]
pub(crate) struct NewImport {
    /// The store its rows are for; absent: all stores.
    #[serde(default)]
    store_id: Option<Uuid>,
    /// The file: comma-separated values under a heading with the names of fields, or XML as `/exports/{resource}` writes it.
    content: String,
}

/// Looks at a file of up to 100,000 rows and 50 MB and says what it would do. Nothing changes until it is committed.
#[utoipa::path(post, path = "/imports/{resource}", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`")), request_body = NewImport, responses((status = CREATED, body = Import)))]
pub(crate) async fn preview(
    State(hub): State<Hub>,
    writer: DefinitionWriter,
    SentFile(new): SentFile<NewImport>,
) -> Result<(StatusCode, Json<Import>), ApiError> {
    let DefinitionWriter { rule, permit, .. } = writer;
    permit.in_place(new.store_id)?;
    let by = (permit.company, permit.actor);
    let looked = hub.books.read(Tenant::Company(permit.company), move |books| {
        if let Some(store) = new.store_id {
            permit.store(books, store)?;
        }
        let seen = import::look(books, (permit.company, rule), (new.store_id, &new.content))?;
        Ok::<_, ApiError>((new, seen))
    });
    let (new, seen) = looked.await?;
    let kept = hub.act(by, move |desk| {
        import::keep(desk.session, (desk.company, rule), (new.store_id, new.content), &seen, desk.now)
    });
    kept.await.map(|import| (StatusCode::CREATED, Json(import)))
}

/// A file that was looked at.
#[utoipa::path(get, path = "/imports/{resource}/{id}", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`"), ("id" = Uuid, Path, description = "The file")), responses((status = OK, body = Import)))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    writer: DefinitionWriter,
    Named(path): Named<(String, Uuid)>,
) -> Result<Json<Import>, ApiError> {
    let DefinitionWriter { rule, permit, .. } = writer;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let (import, store) = import::one(books, permit.company, path.1)?;
        if import.resource != rule.resource {
            return Err(ApiError::not_found());
        }
        permit.in_place(store)?;
        Ok(import)
    });
    read.await.map(Json)
}

/// All that is wrong with a file that was looked at, as comma-separated values: `line`, `field`, `message`. One whose rows can
/// all be taken has the heading alone.
#[utoipa::path(get, path = "/imports/{resource}/{id}/faults", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`"), ("id" = Uuid, Path, description = "The file")), responses((status = OK, body = String, content_type = "text/csv")))]
pub(crate) async fn faults(
    State(hub): State<Hub>,
    writer: DefinitionWriter,
    Named(path): Named<(String, Uuid)>,
) -> Result<Response, ApiError> {
    let DefinitionWriter { rule, permit, .. } = writer;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let (import, store) = import::whole(books, permit.company, path.1)?;
        if import.resource != rule.resource {
            return Err(ApiError::not_found());
        }
        permit.in_place(store)?;
        import::faults(&import.report.faults)
    });
    let name = format!("attachment; filename=\"{}-faults.csv\"", rule.resource);
    let headers =
        [(header::CONTENT_TYPE, Format::Csv.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, read.await?).into_response())
}

/// Writes a file that was looked at. Doing it again changes nothing.
#[utoipa::path(post, path = "/imports/{resource}/{id}/commit", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`"), ("id" = Uuid, Path, description = "The file")), responses(
    (status = OK, body = Import),
    (status = CONFLICT, body = Refusal, description = "`import_faulty`, `key_taken`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`, `reference_unknown`"),
))]
pub(crate) async fn commit(
    State(hub): State<Hub>,
    writer: DefinitionWriter,
    Named(path): Named<(String, Uuid)>,
) -> Result<Json<Import>, ApiError> {
    let DefinitionWriter { rule, permit, .. } = writer;
    let committed = hub.act((permit.company, permit.actor), move |desk| {
        let (import, store) = import::one(desk.session, desk.company, path.1)?;
        if import.resource != rule.resource {
            return Err(ApiError::not_found());
        }
        permit.in_place(store)?;
        let Committed { import, digest } =
            import::commit(desk.session, (desk.company, rule), path.1, desk.now)?;
        let Report { new, changed, same, .. } = import.report;
        let detail = json!({
            "resource": rule.resource, "rows": import.rows, "new": new, "changed": changed, "same": same,
            "digest": digest,
        });
        desk.note("import.committed", ("import", path.1), store, detail)?;
        Ok(import)
    });
    committed.await.map(Json)
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
pub(crate) struct ExportQuery {
    /// Those that hold in this store.
    store_id: Option<Uuid>,
    /// How the file is written: `csv` where nothing is said, or `xlsx`, `xml`.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The rows of a resource as a file. Customers and cashiers need `customer.export` too.
#[utoipa::path(get, path = "/exports/{resource}", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`"), ExportQuery), responses(
    (status = OK, description = "The file", content(
        (String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/xml"),
    )),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`export_too_large`: read it in parts under `/definitions`, or, of a sheet, as `csv` or `xml`"),
))]
pub(crate) async fn export(
    State(hub): State<Hub>,
    export: crate::scope::Permit<may::ReportExport>,
    exporter: DefinitionExporter,
    Asked(query): Asked<ExportQuery>,
) -> Result<Response, ApiError> {
    let DefinitionExporter { rule, permit } = exporter;
    hub.count(Class::Export, &export.actor.id().to_string())?;
    let (company, actor) = (permit.company, export.actor);
    // Nobody who writes waits for it.
    let read = hub.books.read(Tenant::Company(company), move |books| {
        let filter = Filter { store: query.store_id, ..Filter::default() };
        let limit = i64::try_from(MOST_ROWS).unwrap_or(i64::MAX).saturating_add(1);
        let rows = editing::list(books, (company, rule), (&permit.reach, &filter), limit)?;
        if rows.len() > MOST_ROWS {
            let message =
                format!("there are more than {MOST_ROWS} rows: name a store, or read them in parts");
            return Err(ApiError::unprocessable("export_too_large", message));
        }
        Ok(rows)
    });
    let (rows, format) = (read.await?, query.format);
    let detail = json!({"resource": rule.resource, "rows": rows.len()});
    let noted = hub.act((company, actor), move |desk| {
        Ok(desk.note("export.written", ("resource", rule.resource), query.store_id, detail)?)
    });
    noted.await?;
    let file = hub.compute(move || export::write(rule.resource, &rows, format)).await?;
    let name = format!("attachment; filename=\"{}.{}\"", rule.resource, format.extension());
    let headers =
        [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, file).into_response())
}
