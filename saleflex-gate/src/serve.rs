//! The service on a socket.
//!
//! **Invariant:** no connection stays open for what does not come: half a head, or none, is waited for as long as a request
//! may take, and so long the end of the service waits for what has begun.

use std::{io, net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tower::ServiceExt;

use crate::{Hub, alerts::clones, app, notices::tills, registry::closing, upkeep};

/// How long to wait where a connection cannot be taken, such as where there are no descriptors left.
const BREATH: Duration = Duration::from_secs(1);
/// How often in a row that may happen.
const MOST_BREATHS: u32 = 60;

/// Serves until `stop` comes to an end, then answers what has begun and returns. Meanwhile it sweeps up once a day, closes
/// stores that are due, and tells of messages that nobody at a till has seen and of terminals that gave out one identity.
///
/// # Errors
/// [`std::io::Error`] of the socket where it takes no connection for a minute.
pub async fn serve(
    listener: TcpListener,
    hub: Hub,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let sweeping = tokio::spawn(upkeep::every_day(hub.clone()));
    let closing = tokio::spawn(closing::every_minute(hub.clone()));
    let telling = tokio::spawn(tills::every_minute(hub.clone()));
    let comparing = tokio::spawn(clones::every_minute(hub.clone()));
    let patience = Duration::from_secs(hub.settings.request_timeout_seconds);
    let (end, ends) = watch::channel(());
    let mut connections = JoinSet::new();
    let router = app(hub.clone());
    let taken = take(&listener, stop, |line, peer| {
        connections.spawn(attend((line, peer), router.clone(), patience, ends.clone()));
        // Those that ended are forgotten.
        while connections.try_join_next().is_some() {}
    });
    let served = taken.await;
    drop(listener);
    hub.stop();
    drop(end);
    let answered = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(patience, answered).await.is_err() {
        tracing::warn!("connections that did not end were cut off");
    }
    sweeping.abort();
    closing.abort();
    telling.abort();
    comparing.abort();
    served
}

/// Takes connections until `stop` comes to an end.
async fn take(
    listener: &TcpListener,
    stop: impl Future<Output = ()>,
    mut attend: impl FnMut(TcpStream, SocketAddr),
) -> io::Result<()> {
    let mut stop = pin!(stop);
    let mut breaths = 0;
    loop {
        let accepted = tokio::select! {
            () = stop.as_mut() => return Ok(()),
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((line, peer)) => {
                breaths = 0;
                attend(line, peer);
            }
            Err(error) if is_of_the_caller(&error) => {}
            Err(error) if breaths < MOST_BREATHS => {
                tracing::error!(%error, "a connection cannot be taken");
                breaths += 1;
                tokio::time::sleep(BREATH).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether somebody hung up before they were heard.
fn is_of_the_caller(error: &io::Error) -> bool {
    [io::ErrorKind::ConnectionRefused, io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset]
        .contains(&error.kind())
}

/// Answers the requests of one connection, until it or the service ends.
async fn attend(
    (line, peer): (TcpStream, SocketAddr),
    router: Router,
    patience: Duration,
    mut ends: watch::Receiver<()>,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(line), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = ends.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
