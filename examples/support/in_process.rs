//! A way to a hub in the same process: the requests that would go over the network, without one.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request as HttpRequest, header},
};
use saleflex_sync::transport::{Method, Request, Response, Transport, Unreachable};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// The longest answer that is read.
const LONGEST: usize = 64 << 20;

/// A hub in this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InProcess<'a> {
    /// The hub as it is served; none while it is away.
    pub(crate) router: Option<&'a Router>,
    /// Where its handlers run.
    pub(crate) runtime: &'a Runtime,
}

fn broken(reason: &dyn std::fmt::Display) -> Unreachable {
    Unreachable::Broken { reason: reason.to_string() }
}

impl Transport for InProcess<'_> {
    fn send(&mut self, asked: &Request<'_>) -> Result<Response, Unreachable> {
        let away = || Unreachable::NoConnection { reason: "nobody answers".to_owned() };
        let router = self.router.ok_or_else(away)?;
        let method = if asked.method == Method::Get { "GET" } else { "POST" };
        let mut head = HttpRequest::builder().method(method).uri(format!("/api/v1{}", asked.path));
        if let Some(token) = asked.token {
            head = head.header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()));
        }
        let body = Body::from(asked.body.unwrap_or_default().to_vec());
        let sent = head.body(body).map_err(|error| broken(&error))?;
        self.runtime.block_on(async {
            let answer = router.clone().oneshot(sent).await.map_err(|error| broken(&error))?;
            let status = answer.status().as_u16();
            let body = to_bytes(answer.into_body(), LONGEST).await.map_err(|error| broken(&error))?;
            Ok(Response { status, retry_after: None, body: body.to_vec() })
        })
    }
}
