//! Tills that sold for a day without a network and come back in the same minute.

use std::path::Path;

use anyhow::ensure;
use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use saleflex_gate::{
    Codes,
    db::{Books, Sqlite},
};
use tower::ServiceExt;

use super::{Service, push, said};
use crate::{
    Run,
    figures::{Times, grouped, heading, row, show, show_bytes},
    process,
};

/// Events of one request, as tills send them.
const BATCH: u64 = 50;

pub(crate) fn print(run: &Run, folder: &Path) -> anyhow::Result<()> {
    let (tills, events) = (run.sized(200, 20), run.sized(1_000, 100));
    heading(&format!("{tills} tills come back with {} events each, all at once", grouped(events)));
    let hub = Service::open(|| Books::open(Sqlite::open(&folder.join("returning.sqlite"))?))?;
    let mut codes_and_tokens = Vec::new();
    for no in 0..tills {
        let till = format!("B{no}");
        let codes = Codes { office: "OFC".to_owned(), store: "S".to_owned(), terminal: till.clone() };
        let number = i64::try_from(no)? + 2;
        let registered = hub.runtime.block_on(hub.hub.register(codes, number)).map_err(said)?;
        codes_and_tokens.push((till, registered.secret));
    }
    let mut times = Times::default();
    times.measure(|| {
        hub.runtime.block_on(async {
            let senders = codes_and_tokens
                .into_iter()
                .map(|(till, token)| tokio::spawn(deliver(hub.router.clone(), till, token, events as u64)));
            for sender in senders.collect::<Vec<_>>() {
                sender.await??;
            }
            anyhow::Ok(())
        })
    })?;
    let all = tills * events;
    let each = times.total() / u32::try_from(all)?;
    row("until all is taken in", &format!("{}, {} an event", show(times.total()), show(each)));
    if let Some((now, most)) = process::memory()? {
        row("memory then, and the most of the run", &format!("{} and {}", show_bytes(now), show_bytes(most)));
    }
    Ok(())
}

async fn deliver(router: axum::Router, till: String, token: String, events: u64) -> anyhow::Result<()> {
    for sent in (0..events).step_by(usize::try_from(BATCH)?) {
        let bearer = format!("Bearer {token}");
        let request = Request::post("/api/v1/sync/push").header(header::AUTHORIZATION, bearer);
        let answer = router.clone().oneshot(request.body(Body::from(push(&till, sent, BATCH)))?).await?;
        ensure!(answer.status().is_success(), "the hub answered {}", answer.status());
        to_bytes(answer.into_body(), usize::MAX).await?;
    }
    Ok(())
}
