//! The hub's document, called by schemathesis: every route with bodies, queries and headers that fit it and that do
//! not, as an owner of a company. Nothing may fail, and nothing may be answered that the document does not name.

use std::{env, process::Command};

use anyhow::{Context, bail, ensure};
use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use chrono::{DateTime, Utc};
use saleflex_gate::{
    Hub, app,
    db::{Books, Sqlite},
    serve,
    settings::{Profile, Settings},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot};
use tower::ServiceExt;

use xtask::workspace::Workspace;

/// What is asked of each answer. Bodies that fit the document may still break a rule of business.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
     response_schema_conformance,response_headers_conformance";

/// Runs schemathesis against a hub that is started for it, or against the one at `url`.
///
/// # Errors
/// When schemathesis is not installed, or finds something.
pub fn run(workspace: &Workspace, url: Option<&str>) -> anyhow::Result<()> {
    let program = env::var("SCHEMATHESIS").unwrap_or_else(|_| "schemathesis".to_owned());
    ensure!(
        workspace.has(&program, &["--version"]),
        "schemathesis is not installed: `pip install schemathesis`, or name it in SCHEMATHESIS"
    );
    let document = workspace.root().join("saleflex-gate/openapi.json");
    let document = document.to_str().context("the workspace's path is not UTF-8")?;
    let Some(url) = url else { return on_a_hub_of_its_own(&program, document) };
    let token = env::var("SALEFLEX_TOKEN").context("SALEFLEX_TOKEN holds the credential to show")?;
    call(&program, document, url, &token)
}

fn on_a_hub_of_its_own(program: &str, document: &str) -> anyhow::Result<()> {
    let runtime = Runtime::new().context("no runtime")?;
    let (stop, stopped) = oneshot::channel::<()>();
    let (address, token) = runtime.block_on(async {
        let secret = Some("a secret for fuzzing alone".to_owned());
        let settings = Settings { profile: Profile::Gate, secret, ..Settings::default() };
        let hub = Hub::new(Books::open(Sqlite::in_memory()?)?, settings, noon);
        let token = owner(&hub).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(serve(listener, hub, async {
            // Whether asked to or abandoned, it ends.
            let _either = stopped.await;
        }));
        anyhow::Ok((address, token))
    })?;
    let outcome = call(program, document, &format!("http://{address}"), &token);
    if stop.send(()).is_err() {
        bail!("the hub ended before it was asked to");
    }
    outcome
}

/// Tokens of a hub whose clock stands do not end.
fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap_or_default()
}

/// The token of an owner whose session works in a company.
async fn owner(hub: &Hub) -> anyhow::Result<String> {
    let person = json!({"username": "fuzzer", "password": "seven quiet bridges"});
    let registered = post(hub, "/auth/register", "", &person).await?;
    let access = registered["access"].as_str().context("no token")?.to_owned();
    let company = post(hub, "/companies", &access, &json!({"name": "Fuzz"})).await?;
    let chosen = post(hub, "/auth/company", &access, &json!({"company_id": company["id"]})).await?;
    Ok(chosen["access"].as_str().context("no token")?.to_owned())
}

async fn post(hub: &Hub, path: &str, token: &str, body: &Value) -> anyhow::Result<Value> {
    let request = Request::post(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(body.to_string()))?;
    let response = app(hub.clone()).oneshot(request).await?;
    ensure!(response.status().is_success(), "{path} answered {}", response.status());
    Ok(serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await?)?)
}

fn call(program: &str, document: &str, url: &str, token: &str) -> anyhow::Result<()> {
    let shown = format!("Authorization: Bearer {token}");
    // What ends the caller's own session would leave the rest of the run without a credential.
    let kept = "/auth/(logout|company|password/change|sessions)|/companies/\\{slug\\}/(deletion|owners)";
    let arguments = [
        "run",
        document,
        "--url",
        url,
        "--checks",
        CHECKS,
        "--exclude-path-regex",
        kept,
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        "50",
        "--seed",
        "1",
        "--continue-on-failure",
        "-H",
        &shown,
    ];
    let status = Command::new(program).args(arguments).status().context("cannot start schemathesis")?;
    ensure!(status.success(), "schemathesis found something ({status})");
    Ok(())
}
