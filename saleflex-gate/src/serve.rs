//! The service on a socket.

use std::io;

use tokio::net::TcpListener;

use crate::{Hub, app};

/// Serves until `stop` comes to an end, then answers what has begun and returns.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    listener: TcpListener,
    hub: Hub,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, app(hub)).with_graceful_shutdown(stop).await
}
