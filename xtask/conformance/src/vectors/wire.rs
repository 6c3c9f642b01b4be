//! The recordings of `vectors/wire`: what an old terminal sent, sent again to a hub in this process.
//!
//! Each is replayed forwards, with each request sent twice because its answer was lost, twice over, with each delivery
//! dropped and made up for at the end of the day, and with any one request repeated or dropped; the books must end the same
//! each time. An order is left out where a recording itself makes it matter. All of them play on SQLite, and where
//! `SALEFLEX_TEST_POSTGRES` names a server on PostgreSQL too.

use std::{path::Path, sync::OnceLock};

use serde_json::Value;
use tokio::runtime::Runtime;

mod ending;
mod order;
mod replay;
mod world;

use self::{
    replay::Replay,
    world::{Kind, World},
};

/// Runs one recording in every order.
pub(super) fn run(case: &Value, folder: &Path) -> Result<(), String> {
    let world = World::read(case, folder)?;
    let exchanges = exchanges(case)?;
    let orders = order::of(&exchanges);
    for database in Kind::there_are() {
        runtime()?.block_on(async {
            let hub = world.hub(&database).await?;
            for order in &orders {
                let Some(requests) = order.on(&database) else { continue };
                let replay =
                    Replay { hub: &hub, world: &world, compares_counters: order.name == order::FORWARDS };
                let replayed = async {
                    hub.begin(&exchanges).await?;
                    replay.run(&requests).await?;
                    ending::compare(&case["after_replay"], &hub.holdings().await?)
                };
                replayed.await.map_err(|reason| format!("{} on {database}: {reason}", order.name))?;
            }
            hub.end();
            Ok::<_, String>(())
        })?;
    }
    Ok(())
}

/// What drives the connections to a server, which outlive a recording.
fn runtime() -> Result<&'static Runtime, String> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(running) = RUNTIME.get() {
        return Ok(running);
    }
    let made = Runtime::new().map_err(|error| format!("no runtime: {error}"))?;
    Ok(RUNTIME.get_or_init(|| made))
}

fn exchanges(case: &Value) -> Result<Vec<&Value>, String> {
    let timeline = case["timeline"].as_array().ok_or("`timeline` is missing")?;
    Ok(timeline.iter().filter(|entry| entry["type"] == "exchange").collect())
}

/// A request that carries documents or closures, which a terminal keeps until they are taken.
fn is_delivery(exchange: &Value) -> bool {
    let path = exchange["request"]["path"].as_str().unwrap_or_default();
    path.ends_with("/pos/transactions") || path.ends_with("/pos/closures")
}

/// The name of a counter that a hub takes: one with a number, which may be written as a text.
fn counter_name(entry: &Value) -> Option<&str> {
    let value = &entry["value"];
    let value = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    entry["name"]
        .as_str()
        .map(str::trim)
        .filter(|name| !name.is_empty() && value.is_some_and(|value| value >= 0))
}
