//! What a hub counts of itself, for Prometheus to read.
//!
//! The registry belongs to the hub, not to the process. A request is counted under the route that it matched, never
//! under its path: paths hold identities, and anybody can invent them.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use prometheus_client::{
    encoding::text,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::{
    ApiError, Hub,
    credential::Credential,
    db::{DatabaseError, Tenant},
    ids::digest,
    relay::Queue,
};

type Labels = Vec<(&'static str, String)>;

/// Seconds; most answers take a few milliseconds, a push of 500 events some tenths.
const BUCKETS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The counters of a hub. Copies count together.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Arc<Mutex<Registry>>,
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram, fn() -> Histogram>,
    terminals: Family<Labels, Gauge>,
    entries: Counter,
    flags: Family<Labels, Counter>,
    relay: RelayGauges,
    swept: Family<Labels, Counter>,
    swept_at: Gauge,
}

/// What a store's hub still has to forward.
#[derive(Clone, Debug, Default)]
struct RelayGauges {
    waiting: Gauge,
    set_aside: Gauge,
    oldest_seconds: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("saleflex_gate");
        let requests = Family::default();
        let seconds: Family<Labels, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let (terminals, entries, flags) = (Family::default(), Counter::default(), Family::default());
        registry.register("requests", "Requests by route and status", requests.clone());
        registry.register("request_seconds", "How long requests took", seconds.clone());
        registry.register("terminals", "Terminals by state", terminals.clone());
        registry.register(
            "ledger_entries",
            "Deliveries that took effect since the program started",
            entries.clone(),
        );
        registry.register("ledger_flags", "What the hub noticed about them", flags.clone());
        let relay = RelayGauges::default();
        registry.register("relay_waiting", "Events that wait to be forwarded", relay.waiting.clone());
        registry.register(
            "relay_set_aside",
            "Events the company's hub would not take",
            relay.set_aside.clone(),
        );
        registry.register(
            "relay_oldest_seconds",
            "How long the oldest event has waited to be forwarded",
            relay.oldest_seconds.clone(),
        );
        let (swept, swept_at) = (Family::default(), Gauge::default());
        registry.register("swept_rows", "Rows that had their time, by what they were", swept.clone());
        registry.register("swept_at_seconds", "When it was last swept up, since 1970", swept_at.clone());
        Self {
            registry: Arc::new(Mutex::new(registry)),
            requests,
            seconds,
            terminals,
            entries,
            flags,
            relay,
            swept,
            swept_at,
        }
    }
}

/// The name of a method; of any that HTTP does not define the same one, because a client may invent as many as it likes.
fn named(method: &Method) -> &str {
    const KNOWN: [Method; 9] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
    ];
    if KNOWN.contains(method) { method.as_str() } else { "other" }
}

impl Metrics {
    /// Counts what was swept up.
    pub(crate) fn swept(&self, now: DateTime<Utc>, rows: &BTreeMap<&'static str, u64>) {
        self.swept_at.set(now.timestamp());
        for (what, count) in rows {
            self.swept.get_or_create(&vec![("what", (*what).to_owned())]).inc_by(*count);
        }
    }

    /// Counts a request that was served.
    pub(crate) fn served(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let of = |more: Option<(&'static str, String)>| {
            let mut labels = vec![("method", named(method).to_owned()), ("route", route.to_owned())];
            labels.extend(more);
            labels
        };
        self.requests.get_or_create(&of(Some(("status", status.as_str().to_owned())))).inc();
        self.seconds.get_or_create(&of(None)).observe(took.as_secs_f64());
    }

    /// Counts deliveries that took effect, by what was noticed about each: counting what the ledger holds would read all
    /// of it every time somebody looks.
    pub(crate) fn entered<'a>(&self, entries: impl IntoIterator<Item = &'a [String]>) {
        for flags in entries {
            self.entries.inc();
            for flag in flags {
                self.flags.get_or_create(&vec![("flag", flag.clone())]).inc();
            }
        }
    }

    fn text(&self) -> Result<String, fmt::Error> {
        let mut out = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        text::encode(&mut out, &registry).map(|()| out)
    }
}

/// The counters as Prometheus reads them, for whoever shows the token of the settings.
pub(crate) async fn show(State(hub): State<Hub>, headers: HeaderMap) -> Result<Response, ApiError> {
    let wanted = hub.settings.metrics_token.as_deref().ok_or_else(ApiError::not_found)?;
    let shown = Credential::of(&headers).ok_or_else(ApiError::unauthorized)?.secret;
    if digest(&shown) != digest(wanted) {
        return Err(ApiError::unauthorized());
    }
    hub.limits.looked_up(&digest(&shown), true);
    let read = hub.books.read(Tenant::Platform, |session| {
        let counted = |rows: Vec<crate::db::Row>| -> Result<Vec<(String, i64)>, DatabaseError> {
            rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.integer(1)?))).collect()
        };
        let terminals = counted(session.query("SELECT state, count(*) FROM terminal GROUP BY state", &[])?)?;
        Ok::<_, ApiError>((terminals, Queue::read(session)?))
    });
    let (terminals, queue) = read.await?;
    let relay = &hub.metrics.relay;
    relay.waiting.set(queue.waiting);
    relay.set_aside.set(queue.set_aside);
    relay.oldest_seconds.set(queue.oldest.map_or(0, |oldest| (hub.now() - oldest).num_seconds().max(0)));
    for (state, count) in terminals {
        hub.metrics.terminals.get_or_create(&vec![("state", state)]).set(count);
    }
    let text = hub.metrics.text().map_err(|_| ApiError::internal())?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
