//! The recordings of `vectors/wire`: what an old terminal sent, sent again to a hub in this process.
//!
//! Each is replayed forwards, with each request sent twice because its answer was lost, twice over, and with each
//! delivery dropped and made up for at the end of the day; the books must end the same each time. The last two are
//! left out where a recording itself makes the order matter. Where `SALEFLEX_TEST_POSTGRES` names a server, what repeats
//! or puts off everything at once plays there too.

use std::path::Path;

use serde_json::Value;

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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no runtime: {error}"))?;
    for (name, order) in order::of(&exchanges) {
        for database in Kind::there_are(&name) {
            let replayed = runtime.block_on(async {
                let hub = world.hub(&exchanges, &database).await?;
                let replay = Replay { hub: &hub, world: &world, compares_counters: name == "forwards" };
                replay.run(&order).await?;
                ending::compare(&case["after_replay"], &hub.holdings().await?)
            });
            replayed.map_err(|reason| format!("{name} on {database}: {reason}"))?;
        }
    }
    Ok(())
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
