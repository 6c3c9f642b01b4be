//! The recordings of `vectors/wire`: what an old terminal sent, sent again to a hub in this process.
//!
//! Each is replayed forwards, twice over, with each request sent twice because its answer was lost, and with each
//! delivery dropped and made up for at the end of the day; the books must end the same each time.

use std::path::Path;

use serde_json::Value;

mod ending;
mod replay;
mod world;

use self::{replay::Replay, world::World};

/// Runs one recording in every order.
pub(super) fn run(case: &Value, folder: &Path) -> Result<(), String> {
    let world = World::read(case, folder)?;
    let exchanges = exchanges(case)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no runtime: {error}"))?;
    for (name, order) in orders(&exchanges) {
        let replayed = runtime.block_on(async {
            let hub = world.hub(&exchanges).await?;
            Replay { hub: &hub, world: &world, compares_counters: name == "forwards" }.run(&order).await?;
            ending::compare(&case["after_replay"], &hub.holdings().await?)
        });
        replayed.map_err(|reason| format!("{name}: {reason}"))?;
    }
    Ok(())
}

fn exchanges(case: &Value) -> Result<Vec<&Value>, String> {
    let timeline = case["timeline"].as_array().ok_or("`timeline` is missing")?;
    Ok(timeline.iter().filter(|entry| entry["type"] == "exchange").collect())
}

/// Every order in which the requests may arrive, by its name.
fn orders<'a>(exchanges: &[&'a Value]) -> Vec<(String, Vec<&'a Value>)> {
    let forwards = exchanges.to_vec();
    let mut orders = vec![
        ("forwards".to_owned(), forwards.clone()),
        ("twice over".to_owned(), [forwards.clone(), forwards.clone()].concat()),
    ];
    for (at, exchange) in exchanges.iter().enumerate() {
        let mut repeated = forwards.clone();
        repeated.insert(at, exchange);
        orders.push((format!("request {} twice", exchange["n"]), repeated));
        if is_delivery(exchange) {
            let mut dropped = forwards.clone();
            let late = dropped.remove(at);
            dropped.push(late);
            orders.push((format!("request {} at the end", exchange["n"]), dropped));
        }
    }
    orders
}

/// A request that carries documents or closures, which a terminal keeps until they are taken.
fn is_delivery(exchange: &Value) -> bool {
    let path = exchange["request"]["path"].as_str().unwrap_or_default();
    path.ends_with("/pos/transactions") || path.ends_with("/pos/closures")
}
