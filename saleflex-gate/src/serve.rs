//! The service on a socket.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

use crate::{Hub, app, registry::closing, upkeep};

/// Serves until `stop` comes to an end, then answers what has begun and returns. Meanwhile it sweeps up once a day, and closes
/// stores that are due.
///
/// # Errors
/// [`std::io::Error`] of the socket.
pub async fn serve(
    listener: TcpListener,
    hub: Hub,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let sweeping = tokio::spawn(upkeep::every_day(hub.clone()));
    let closing = tokio::spawn(closing::every_minute(hub.clone()));
    let ending = hub.clone();
    let stop = async move {
        stop.await;
        ending.stop();
    };
    let service = app(hub).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(stop).await;
    sweeping.abort();
    closing.abort();
    served
}
