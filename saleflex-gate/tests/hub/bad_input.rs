//! Whatever comes over the line gets a clear answer, and changes nothing.

use std::time::Duration;

use saleflex_gate::{
    Hub,
    db::{Books, DatabaseError, Sqlite, Tenant},
    serve,
    settings::{OfficeWire, Settings},
};
use saleflex_sync::wire::PushRequest;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use uuid::Uuid;

use super::{
    chain::{Chain, chains, text},
    guards::Lines,
    support::{Shop, clock, every_books, noon},
    sync::{item, sender},
};

/// A hub that listens, and the secret of a till of it.
struct Listening {
    address: std::net::SocketAddr,
    secret: String,
    books: Books,
    _end: oneshot::Sender<()>,
}

impl Listening {
    async fn start(settings: Settings) -> Self {
        let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
        let shop = Shop::open(books.clone(), OfficeWire::Open).await;
        let hub = Hub::new(books.clone(), settings, noon);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        tokio::spawn(serve(listener, hub, async {
            let _ends = ended.await;
        }));
        Self { address, secret: shop.till_1.secret, books, _end: end }
    }

    async fn connect(&self, path: &str, headers: &str) -> TcpStream {
        let mut line = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             {headers}\r\n\r\n",
            self.secret
        );
        line.write_all(head.as_bytes()).await.unwrap();
        line
    }

    /// How many rows there are of what tills deliver.
    async fn taken(&self) -> i64 {
        let read = self.books.read::<_, DatabaseError>(Tenant::Platform, |session| {
            let sql = "SELECT (SELECT count(*) FROM ledger) + (SELECT count(*) FROM document)";
            session.query(sql, &[])?[0].integer(0)
        });
        read.await.unwrap()
    }
}

/// The status of an answer, as soon as it is there, and the code of its body.
async fn answer(line: &mut TcpStream) -> (u16, String) {
    let mut heard = Vec::new();
    let mut part = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&heard).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && let Ok(refusal) = serde_json::from_str::<Value>(body)
        {
            let status = head.split(' ').nth(1).unwrap().parse().unwrap();
            let code = refusal["code"].as_str().or(refusal["error_code"].as_str());
            return (status, code.unwrap_or_default().to_owned());
        }
        match line.read(&mut part).await {
            Ok(0) | Err(_) => panic!("the hub hung up without a word: {text}"),
            Ok(read) => heard.extend(&part[..read]),
        }
    }
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes_is_refused_whether_it_says_so_or_not() {
    let hub = Listening::start(Settings { office_wire: OfficeWire::Open, ..Settings::default() }).await;
    for path in ["/api/v1/sync/push", "/api/v1/pos/transactions"] {
        let mut line = hub.connect(path, "Content-Length: 104857600").await;
        assert_eq!(answer(&mut line).await, (413, "too_large".to_owned()), "{path}");

        let mut line = hub.connect(path, "Transfer-Encoding: chunked").await;
        let part = vec![b' '; 65_536];
        let mut refused = None;
        for _ in 0..1_600 {
            // The hub answers before the end, and then hangs up on whoever goes on.
            let sent = async {
                line.write_all(b"10000\r\n").await?;
                line.write_all(&part).await?;
                line.write_all(b"\r\n").await
            };
            if sent.await.is_err() {
                break;
            }
            let mut peeked = [0];
            let there = tokio::time::timeout(Duration::ZERO, line.peek(&mut peeked)).await;
            if matches!(there, Ok(Ok(1))) {
                refused = Some(answer(&mut line).await);
                break;
            }
        }
        assert_eq!(refused, Some((413, "too_large".to_owned())), "{path}");
    }
    assert_eq!(hub.taken().await, 0);
}

#[tokio::test]
async fn a_body_as_deep_as_a_well_is_refused_and_the_hub_stands() {
    let hub = Listening::start(Settings { office_wire: OfficeWire::Open, ..Settings::default() }).await;
    for deep in ["[".repeat(10_000), "{\"a\":".repeat(10_000), "[".repeat(10_000) + &"]".repeat(10_000)] {
        for path in ["/api/v1/sync/push", "/api/v1/pos/transactions", "/api/v1/sync/heartbeat"] {
            let mut line = hub.connect(path, &format!("Content-Length: {}", deep.len())).await;
            line.write_all(deep.as_bytes()).await.unwrap();
            assert_eq!(answer(&mut line).await, (400, "invalid_request".to_owned()), "{path}");
        }
    }
    assert_eq!(hub.taken().await, 0);
    // Deep within what is taken otherwise: the content is kept as it came, and its neighbour is none the worse.
    let within = "[".repeat(10_000) + &"]".repeat(10_000);
    let (epoch, items) = (Uuid::from_u128(99), vec![item(1, 1, &within), item(2, 2, "2")]);
    let sent = serde_json::to_string(&PushRequest::new(sender(), epoch, 0, items)).unwrap();
    let mut line = hub.connect("/api/v1/sync/push", &format!("Content-Length: {}", sent.len())).await;
    line.write_all(sent.as_bytes()).await.unwrap();
    assert_eq!(answer(&mut line).await.0, 200);
    assert_eq!(hub.taken().await, 2);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_waited_for_so_long_and_no_longer() {
    let settings =
        Settings { request_timeout_seconds: 1, office_wire: OfficeWire::Open, ..Settings::default() };
    let hub = Listening::start(settings).await;
    for path in ["/api/v1/sync/push", "/api/v1/pos/transactions"] {
        let mut line = hub.connect(path, "Content-Length: 100").await;
        line.write_all(b"{\"items\":").await.unwrap();
        assert_eq!(answer(&mut line).await, (408, "request_timeout".to_owned()), "{path}");
    }
    assert_eq!(hub.taken().await, 0);
}

/// That a line ends within a time that is far above what the hub waits.
async fn ends(line: &mut TcpStream) {
    let mut heard = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), line.read_to_end(&mut heard)).await;
    assert!(ended.is_ok(), "the line is still open");
}

#[tokio::test]
async fn half_a_head_and_a_line_that_says_nothing_are_waited_for_so_long_and_no_longer() {
    let settings = Settings { request_timeout_seconds: 1, ..Settings::default() };
    let hub = Listening::start(settings).await;
    for begun in ["", "GET", "GET /api/v1/health HTTP/1.1\r\nHost: hub\r\nX-A: "] {
        let mut line = TcpStream::connect(hub.address).await.unwrap();
        line.write_all(begun.as_bytes()).await.unwrap();
        ends(&mut line).await;
    }
}

#[tokio::test]
async fn a_hub_that_is_asked_to_stop_ends_although_half_a_head_is_open() {
    let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
    let settings = Settings { request_timeout_seconds: 1, ..Settings::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(serve(listener, Hub::new(books, settings, noon), async {
        let _stops = stopped.await;
    }));
    let mut line = TcpStream::connect(address).await.unwrap();
    line.write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: hub\r\n\r\n").await.unwrap();
    let mut heard = [0; 12];
    line.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"HTTP/1.1 200", "the hub has taken the line");
    line.write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: hub\r\nX-A: ").await.unwrap();
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), served).await;
    ended.expect("the hub ended by itself").unwrap().unwrap();
}

/// What breaks a statement, a line of the log, a page or a file where it is put in as it is.
const HOSTILE: [&str; 6] = [
    "'; DROP TABLE company; --",
    "\" OR \"1\"=\"1",
    "a\r\n{\"level\":\"ERROR\",\"message\":\"forged\"}",
    "\u{1b}[2J%s%n${jndi:ldap://x}",
    "<script>alert(1)</script>{{7*7}}",
    "=cmd|' /C calc'!A0\\",
];

#[tokio::test]
async fn text_that_is_a_statement_elsewhere_is_text_here() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        for (number, hostile) in (1..).zip(HOSTILE) {
            let key = [("idempotency-key", &*format!("{number}"))];
            let attempts = [
                ("PATCH", format!("/stores/{}", harbour.store), json!({"name": hostile})),
                ("PATCH", format!("/companies/{}", harbour.slug), json!({"name": hostile})),
                ("PATCH", format!("/terminals/{}", harbour.terminal), json!({"name": hostile})),
                ("POST", "/regions".to_owned(), json!({"code": hostile, "name": hostile})),
                ("POST", "/notifications".to_owned(), json!({"title": hostile, "body": hostile})),
                ("POST", "/api-keys".to_owned(), json!({"name": hostile, "capabilities": ["catalog.read"]})),
                (
                    "POST",
                    "/definitions/products".to_owned(),
                    json!({"row": {"code": hostile, "name": hostile}}),
                ),
                (
                    "POST",
                    "/definitions/customers".to_owned(),
                    json!({"row": {"name": hostile, "phone_normalized": hostile}}),
                ),
                ("PUT", format!("/terminals/{}/settings", harbour.terminal), json!({hostile: hostile})),
                ("POST", "/auth/register".to_owned(), json!({"username": hostile, "password": hostile})),
                ("POST", "/auth/login".to_owned(), json!({"username": hostile, "password": hostile})),
                ("POST", "/auth/password/forgot".to_owned(), json!({"username": hostile})),
                (
                    "POST",
                    "/gift-cards".to_owned(),
                    json!({"number": hostile, "currency": "TRY", "amount": "1"}),
                ),
            ];
            for (method, path, body) in attempts {
                let (status, answer) = chain.send_with(method, &path, owner, &body, &key).await;
                assert!(status.as_u16() < 500, "{method} {path} {hostile:?}: {answer}");
            }
            let asked = encoded(hostile);
            for path in [
                "/documents?number=",
                "/documents?flag=",
                "/documents?status=",
                "/audit?act=",
                "/terminals?state=",
            ] {
                let (status, answer) =
                    chain.send("GET", &format!("{path}{asked}"), owner, &Value::Null).await;
                let is_plain = status.as_u16() == 400 || answer["items"] == json!([]);
                assert!(is_plain, "{path} {hostile:?}: {status} {answer}");
            }
            let path = format!("/sync/changes?cursor={asked}");
            let (status, _) = chain.send("GET", &path, &harbour.device, &Value::Null).await;
            assert_eq!(status.as_u16(), 400, "{hostile:?}");
        }
        let stores = chain.get("/stores", owner).await;
        let named = stores["items"].as_array().unwrap().iter().map(|store| text(&store["name"]));
        let named: Vec<String> = named.collect();
        let kept: Vec<&&str> =
            HOSTILE.iter().filter(|hostile| named.iter().any(|name| name == **hostile)).collect();
        assert!(!kept.is_empty(), "what is taken comes back as it was: {named:?}");
    }
}

/// A text as it stands in an address.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"))
}

#[tokio::test]
async fn an_older_terminal_may_write_what_it_likes_into_its_documents() {
    for books in every_books().await {
        let shop = Shop::open(books, OfficeWire::Open).await;
        for (number, hostile) in (1..).zip(HOSTILE) {
            let mut sale = super::support::sale(&super::support::id(number), number, "1.0");
            for field in
                ["transaction_unique_id", "document_type", "transaction_type", "transaction_date_time"]
            {
                sale["head"][field] = json!(hostile);
            }
            let sent = super::support::envelope("TILL-1", "transactions", &[sale]);
            let (status, answer) = shop.post("/api/v1/pos/transactions", None, &sent).await;
            assert_eq!((status.as_u16(), &answer["accepted"]), (200, &json!(1)), "{hostile:?} {answer}");
            for field in ["office_code", "store_code", "terminal_code"] {
                let mut lost = sent.clone();
                lost[field] = json!(hostile);
                let (status, answer) = shop.post("/api/v1/pos/transactions", None, &lost).await;
                let is_other_office = field == "office_code" && status.as_u16() == 200;
                assert!(is_other_office || status.as_u16() == 404, "{field} {hostile:?}: {status} {answer}");
            }
        }
        let count = shop.hub.holdings(shop.company).await.unwrap()["TILL-1"].documents;
        assert_eq!(count, i64::try_from(HOSTILE.len()).unwrap());
    }
}

#[tokio::test]
async fn a_line_of_the_log_is_one_line_whatever_a_caller_writes_into_it() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
    let _logging = tracing::subscriber::set_default(log);
    let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
    let chain =
        Chain::of(Hub::new(books, Settings { office_wire: OfficeWire::Open, ..Settings::default() }, clock));
    let attack = async |text: &str| {
        let body =
            json!({"office_code": text, "store_code": text, "terminal_code": text, "transactions": []});
        chain.send("POST", "/pos/transactions", "", &body).await;
        chain.send("POST", "/auth/login", "", &json!({"username": text, "password": text})).await;
    };
    // A line that another test meets first, where nobody listens, is heard of only when that is asked anew.
    attack("harmless").await;
    tracing::callsite::rebuild_interest_cache();
    for hostile in HOSTILE {
        attack(hostile).await;
    }
    let written = lines.written();
    assert!(written.lines().count() >= 2 * HOSTILE.len(), "{written}");
    for line in written.lines() {
        let entry: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no line of the log: {line}"));
        assert!(entry["level"].is_string() && entry["fields"]["message"] != "forged", "{line}");
    }
}
