//! HTTP by `ureq`: blocking, connections kept.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use ureq::{Agent, Body, http};

use super::{Method, Request, Response, Transport, Unreachable};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);
/// The longest answer that is read: a page of rows, a bootstrap of a hundred thousand products.
const LONGEST_ANSWER: u64 = 256 * 1_024 * 1_024;
/// The longest wait a hub may ask for; beyond it somebody's clock is wrong.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3_600);
/// Where the paths of a hub begin unless it says otherwise.
const PREFIX: &str = "/api/v1";

/// Where a hub is: scheme, host, port, and the prefix of its paths.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address(String);

/// A text that is no address of a hub.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} is not an address such as https://hub.example.com or 10.0.0.5:9000")]
pub struct BadAddress {
    /// What was given.
    pub text: String,
}

impl Address {
    /// Reads an address. Without a scheme it is plain HTTP on the machine itself, in a private network and for a name
    /// without a dot or of local networks alone (such as `hub.local`), else HTTPS: the secret of a device does not go
    /// through the internet in clear. Without a path the prefix is `/api/v1`. Credentials do not stand in an address: it is
    /// shown and logged.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let bad = || BadAddress { text: text.to_owned() };
        let text_alone = text.trim();
        let with_scheme = if text_alone.contains("://") {
            text_alone.to_owned()
        } else {
            let plain: http::Uri = format!("http://{text_alone}").parse().map_err(|_| bad())?;
            let scheme = if plain.host().is_some_and(is_near) { "http" } else { "https" };
            format!("{scheme}://{text_alone}")
        };
        let with_scheme = with_scheme.trim_end_matches('/').to_owned();
        let uri: http::Uri = with_scheme.parse().map_err(|_| bad())?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        let is_plain =
            uri.query().is_none() && uri.authority().is_some_and(|all| !all.as_str().contains('@'));
        if !(is_http && has_host && is_plain) {
            return Err(bad());
        }
        let has_path = !matches!(uri.path(), "" | "/");
        Ok(Self(if has_path { with_scheme } else { with_scheme + PREFIX }))
    }
}

/// Whether a host is reached without the internet: this machine, a private network, a name that only a local network has.
fn is_near(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => is_near_v4(address),
        Ok(IpAddr::V6(address)) => address.to_ipv4_mapped().map_or_else(
            || address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
            is_near_v4,
        ),
        Err(_) => {
            let name = bare.trim_end_matches('.').to_ascii_lowercase();
            !name.contains('.') || LOCAL.iter().any(|ending| name.ends_with(ending))
        }
    }
}

/// How names end that stand for local networks alone.
const LOCAL: [&str; 4] = [".local", ".localhost", ".internal", ".home.arpa"];

const fn is_near_v4(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_private() || address.is_link_local()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A hub over HTTP or HTTPS.
#[derive(Debug)]
pub struct HttpTransport {
    agent: Agent,
    address: Address,
}

impl HttpTransport {
    /// A transport to a hub. Nothing is sent before the first request.
    pub fn new(address: Address) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            // A redirect would carry the token somewhere else.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("saleflex/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into(), address }
    }

    /// Where the hub is.
    pub const fn address(&self) -> &Address {
        &self.address
    }

    fn answer(&self, request: &Request<'_>) -> Result<http::Response<Body>, ureq::Error> {
        let address = format!("{}{}", self.address, request.path);
        let mut head = http::Request::builder().uri(address).header("accept", "application/json");
        if let Some(token) = request.token {
            head = head.header("authorization", format!("Bearer {}", token.reveal()));
        }
        if let Some(key) = request.idempotency_key {
            head = head.header("idempotency-key", key);
        }
        let patience = Some(request.patience());
        match request.method {
            Method::Get => {
                let request = head.method("GET").body(())?;
                let request = self.agent.configure_request(request).timeout_global(patience).build();
                self.agent.run(request)
            }
            Method::Post => {
                let head = head.method("POST").header("content-type", "application/json");
                let sent = head.body(request.body.unwrap_or_default())?;
                let sent = self.agent.configure_request(sent).timeout_global(patience).build();
                self.agent.run(sent)
            }
        }
    }
}

impl Transport for HttpTransport {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        let mut answer = self.answer(request).map_err(|error| unreachable(&error))?;
        let seconds = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let retry_after = seconds.map(|seconds| Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER));
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
        let body = body.map_err(|error| {
            let failure = unreachable(&error);
            if let Unreachable::NoConnection { reason } = failure {
                Unreachable::Broken { reason }
            } else {
                failure
            }
        })?;
        Ok(Response { status, retry_after, body })
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else it is, nobody answered")]
fn unreachable(error: &ureq::Error) -> Unreachable {
    match error {
        ureq::Error::Timeout(_) => Unreachable::TooSlow,
        ureq::Error::Io(cause) if cause.kind() == io::ErrorKind::TimedOut => Unreachable::TooSlow,
        ureq::Error::BodyExceedsLimit(most) => Unreachable::TooLong { most: *most },
        other => Unreachable::NoConnection { reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;
    use crate::wire::Secret;

    /// A server on the loopback that answers one request with these bytes and says what came.
    fn answering(bytes: &'static [u8]) -> (HttpTransport, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Address::parse(&listener.local_addr().unwrap().to_string()).unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut came = vec![0; 4_096];
            let length = stream.read(&mut came).unwrap();
            stream.write_all(bytes).unwrap();
            String::from_utf8_lossy(&came[..length]).into_owned()
        });
        (HttpTransport::new(address), server)
    }

    #[test]
    fn an_address_gets_scheme_and_prefix_and_keeps_a_path_of_its_own() {
        let read = |text: &str| Address::parse(text).map(|address| address.to_string());
        assert_eq!(read("10.0.0.5:9000").unwrap(), "http://10.0.0.5:9000/api/v1");
        assert_eq!(read("https://hub.example.com/").unwrap(), "https://hub.example.com/api/v1");
        assert_eq!(read("http://hub:9000/x/y/").unwrap(), "http://hub:9000/x/y");
        for bad in ["", "ftp://hub", "http://", "http://till:secret@hub:9000", "a b", "http://hub/?x=1"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_secret_goes_in_clear_through_no_network_but_a_near_one() {
        let scheme =
            |text: &str| Address::parse(text).unwrap().to_string().split(':').next().unwrap().to_owned();
        for near in [
            "localhost",
            "hub:9000",
            "hub.local:9000",
            "Head.Office.internal.",
            "127.0.0.1:9",
            "192.168.1.4",
            "172.16.0.9",
            "[::1]:9000",
            "[fd00::5]",
            "[::ffff:10.0.0.5]",
        ] {
            assert_eq!(scheme(near), "http", "{near}");
        }
        for far in [
            "hub.example.com",
            "hub.example.com:9000/x",
            "hub.mylocal.com",
            "hublocal.org",
            "8.8.8.8",
            "172.32.0.9",
            "[2001:db8::1]:9000",
        ] {
            assert_eq!(scheme(far), "https", "{far}");
        }
        assert_eq!(scheme("http://hub.example.com"), "http", "said in so many words");
    }

    #[test]
    fn a_refusal_is_an_answer_with_its_wait_and_its_body() {
        let (mut hub, server) =
            answering(b"HTTP/1.1 429 Slow\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\n{}");
        let token = Secret::new("opensesame");
        let answer = hub.send(&Request::post("/sync/push", b"{}").showing(Some(&token))).unwrap();
        assert_eq!(answer.status, 429);
        assert_eq!(answer.retry_after, Some(Duration::from_secs(7)));
        assert_eq!(answer.body, b"{}");
        let came = server.join().unwrap().to_lowercase();
        assert!(came.starts_with("post /api/v1/sync/push http/1.1\r\n"), "{came}");
        assert!(came.contains("authorization: bearer opensesame\r\n"), "{came}");
    }

    #[test]
    fn an_answer_that_breaks_off_is_no_answer() {
        let (mut hub, _server) = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"results\":");
        assert!(matches!(hub.send(&Request::get("/sync/state")), Err(Unreachable::Broken { .. })));
    }

    #[test]
    fn nobody_at_the_address_is_said_so() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Address::parse(&listener.local_addr().unwrap().to_string()).unwrap();
        drop(listener);
        let mut hub = HttpTransport::new(address);
        assert!(matches!(hub.send(&Request::get("/health")), Err(Unreachable::NoConnection { .. })));
    }

    #[test]
    fn a_token_is_not_carried_where_a_redirect_points() {
        let (mut hub, _server) =
            answering(b"HTTP/1.1 302 Found\r\nlocation: http://elsewhere/\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(hub.send(&Request::get("/sync/state")).unwrap().status, 302);
    }

    #[test]
    fn a_large_request_has_longer() {
        assert_eq!(Request::get("/").patience(), Duration::from_secs(10));
        assert_eq!(Request::post("/", &vec![0; 1_024 * 1_024]).patience(), Duration::from_secs(20));
    }
}
