//! The hub's document, called by schemathesis: every route with bodies, queries and headers that fit it and that do
//! not, as an owner of a company, as a till's device and as nobody. What there is in the hub is named, so that more is read of
//! a request than that it names nothing. Nothing may fail, and nothing may be answered that the document does not name.

use std::{env, fs, path::Path, process::Command};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use saleflex_gate::{
    Hub,
    db::{Books, Sqlite},
    serve,
    settings::{OfficeWire, Profile, Settings},
};
use serde_json::Value;
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot};
use xtask::{postgres, workspace::Workspace};

use crate::books;

mod fitted;
mod seeded;

use self::{
    fitted::{Caller, fitted},
    seeded::{Seeded, seed},
};

/// What is asked of each answer. Bodies that fit the document may still break a rule of business.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
     response_schema_conformance,response_headers_conformance";
/// What ends the owner's own session or company: the rest of the run would be left without a credential.
const KEPT: &str = "/auth/(logout|company|password/change|sessions)|/companies/\\{slug\\}/(deletion|owners)";
/// An answer without an end.
const STREAM: &str = "/sync/stream";

/// Runs schemathesis against hubs that are started for it, or against the one at `url`, and says what of it held.
///
/// # Errors
/// When schemathesis is not installed, or finds something.
pub fn run(workspace: &Workspace, url: Option<&str>) -> anyhow::Result<String> {
    let program = env::var("SCHEMATHESIS").unwrap_or_else(|_| "schemathesis".to_owned());
    ensure!(
        workspace.has(&program, &["--version"]),
        "schemathesis is not installed: `pip install schemathesis`, or name it in SCHEMATHESIS"
    );
    let document = workspace.root().join("saleflex-gate/openapi.json");
    let Some(url) = url else { return on_hubs_of_its_own(&program, &document) };
    let token = env::var("SALEFLEX_TOKEN").context("SALEFLEX_TOKEN holds the credential to show")?;
    ensure!(call(&program, &document, url, (KEPT, Some(token.as_str())))?, "schemathesis found something");
    Ok(format!("{url}: nothing found"))
}

/// Each caller on each database, on a hub of its own: what one has ended is there for the next.
fn on_hubs_of_its_own(program: &str, document: &Path) -> anyhow::Result<String> {
    let document: Value = serde_json::from_str(&fs::read_to_string(document)?)?;
    let named = env::var("SALEFLEX_TEST_POSTGRES").ok();
    // It ends after whatever is connected to it.
    let started = if named.is_some() { None } else { postgres::start()? };
    let server = named.or_else(|| started.as_ref().map(|server| server.url.clone()));
    let runtime = Runtime::new().context("no runtime")?;
    let folder = tempfile::tempdir().context("no folder for the document")?;
    let (mut told, mut found) = (Vec::new(), 0);
    for (database, url) in [("SQLite", None), ("PostgreSQL", server.as_deref())] {
        if database == "PostgreSQL" && url.is_none() {
            told.push("PostgreSQL: not installed, not tried (on Debian: postgresql-15)".to_owned());
            continue;
        }
        for caller in Caller::ALL {
            let held = as_one(&runtime, (program, &document, folder.path()), (caller, url))?;
            found += usize::from(!held);
            let outcome = if held { "nothing found" } else { "found something, see above" };
            told.push(format!("{database}, as {}: {outcome}", caller.name()));
        }
    }
    let told = told.join("\n");
    ensure!(found == 0, "schemathesis found something\n{told}");
    Ok(told)
}

fn as_one(
    runtime: &Runtime,
    (program, document, folder): (&str, &Value, &Path),
    (caller, server): (Caller, Option<&str>),
) -> anyhow::Result<bool> {
    let (stop, stopped) = oneshot::channel::<()>();
    let (address, seeded) = runtime.block_on(async {
        let books = match server {
            Some(url) => books::on_server(url).await.map_err(anyhow::Error::msg)?,
            None => Books::open(Sqlite::in_memory()?)?,
        };
        let hub = hub(books);
        let seeded = seed(&hub).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(serve(listener, hub, async {
            // Whether asked to or abandoned, it ends.
            let _either = stopped.await;
        }));
        anyhow::Ok((address, seeded))
    })?;
    let Seeded { owner, device, ids } = seeded;
    let file = folder.join("openapi.json");
    fs::write(&file, fitted(document.clone(), &ids, caller).to_string())?;
    let as_whom = match caller {
        Caller::Owner => (KEPT, Some(owner.as_str())),
        Caller::Device => (STREAM, Some(device.as_str())),
        Caller::Nobody => (STREAM, None),
    };
    let held = call(program, &file, &format!("http://{address}"), as_whom)?;
    ensure!(stop.send(()).is_ok(), "the hub ended before it was asked to");
    Ok(held)
}

fn hub(books: Books) -> Hub {
    let secret = Some("a secret for fuzzing alone".to_owned());
    let settings =
        Settings { profile: Profile::Gate, office_wire: OfficeWire::Open, secret, ..Settings::default() };
    Hub::new(books, settings, noon)
}

/// Tokens of a hub whose clock stands do not end.
fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap_or_default()
}

/// Whether schemathesis finds nothing, but for what is left out, with a credential or without.
fn call(
    program: &str,
    document: &Path,
    url: &str,
    (left_out, token): (&str, Option<&str>),
) -> anyhow::Result<bool> {
    let mut command = Command::new(program);
    command.arg("run").arg(document).args(["--url", url, "--checks", CHECKS]);
    command.args(["--exclude-path-regex", left_out, "--phases", "examples,coverage,fuzzing"]);
    command.args(["--max-examples", "50", "--seed", "1", "--continue-on-failure"]);
    if let Some(token) = token {
        command.args(["-H", &format!("Authorization: Bearer {token}")]);
    }
    Ok(command.status().context("cannot start schemathesis")?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_named_to_a_hub_that_is_fuzzed_is_made_by_its_own_calls() {
        let seeded = seed(&hub(Books::open(Sqlite::in_memory().unwrap()).unwrap())).await.unwrap();
        for name in ["store_id", "terminal_id", "product_id", "customer_id", "campaign_id", "coupon_id"] {
            assert!(seeded.ids[name].iter().all(|id| uuid::Uuid::parse_str(id).is_ok()), "{name}");
        }
        assert_eq!(seeded.ids["terminal_code"], ["TILL-1"]);
    }
}
