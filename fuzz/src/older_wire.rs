//! Whatever bytes a terminal of the older wire sends: answered and never by a failure of the hub, sent again they change
//! nothing, and they stop no sale of the terminal beside it.

use std::sync::LazyLock;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use saleflex_gate::{
    Codes, Hub, NewStore, app,
    db::{Books, Sqlite},
    settings::{OfficeWire, Settings},
};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use uuid::Uuid;

const PATHS: [&str; 3] = ["/api/v1/pos/transactions", "/api/v1/pos/closures", "/api/v1/pos/sequences"];
/// What the terminal beside it sells; seeds name it too.
const GOODS: Uuid = Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_000f);
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));

/// Holds for any bytes.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(bytes: &[u8]) {
    RUNTIME.block_on(look(bytes));
}

async fn look(bytes: &[u8]) {
    let books = Books::open(Sqlite::in_memory().expect("memory")).expect("a schema");
    let settings = Settings { office_wire: OfficeWire::Open, ..Settings::default() };
    let hub = Hub::new(books, settings, noon);
    hub.add_store("harbour".into(), store()).await.expect("a store");
    let mut company = None;
    for (terminal, number) in [("TILL-1", 1), ("TILL-2", 2)] {
        company = Some(hub.register(codes(terminal), number).await.expect("a terminal").company);
    }
    let company = company.expect("two terminals");
    let router = app(hub.clone());
    let mut answered = Vec::new();
    for path in PATHS {
        let (status, answer) = send(&router, path, bytes.to_vec()).await;
        assert!(status.as_u16() < 500, "{path}: {status} {answer}");
        answered.push(status);
    }
    // Totals that no sum can hold are none, before as after.
    let held = hub.holdings(company).await.ok();
    for (path, before) in PATHS.into_iter().zip(answered) {
        let (status, answer) = send(&router, path, bytes.to_vec()).await;
        assert_eq!(status, before, "{path}: {answer}");
    }
    assert_eq!(hub.holdings(company).await.ok(), held, "sent again it changed something");
    let (status, answer) = send(&router, PATHS[0], sale().to_string().into_bytes()).await;
    assert_eq!((status, &answer["accepted"]), (StatusCode::OK, &json!(1)), "another's sale: {answer}");
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).expect("a day in November 2026")
}

fn store() -> NewStore {
    NewStore {
        office_code: "OFC-HARBOUR".to_owned(),
        store_code: "HARBOUR-01".to_owned(),
        name: "Harbour".to_owned(),
        currency: "GBP".to_owned(),
        time_zone: "Europe/London".to_owned(),
        prices_include_tax: true,
        self_registration: false,
    }
}

fn codes(terminal: &str) -> Codes {
    Codes { office: "OFC-HARBOUR".to_owned(), store: "HARBOUR-01".to_owned(), terminal: terminal.to_owned() }
}

/// A sale of the terminal beside it.
fn sale() -> Value {
    json!({
        "office_code": "OFC-HARBOUR", "store_code": "HARBOUR-01", "terminal_code": "TILL-2", "pos_id": 2,
        "transactions": [{
            "head": {
                "id": Uuid::from_u128(0xA5A1E), "transaction_unique_id": "20261121-0007-000009", "pos_id": 2,
                "transaction_status": "completed", "transaction_type": "sale", "closure_number": 7,
                "receipt_number": 9, "total_amount": "3.40",
            },
            "products": [{"id": Uuid::from_u128(0xA5A1F), "fk_product_id": GOODS, "quantity": "1", "total_price": "3.40"}],
            "payments": [{"payment_type": "CASH_PAYMENT", "payment_total": "3.40"}],
        }],
    })
}

async fn send(router: &Router, path: &str, body: Vec<u8>) -> (StatusCode, Value) {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json").body(Body::from(body));
    let response = router.clone().oneshot(request.expect("a request")).await.expect("the service answers");
    let status = response.status();
    let answer = to_bytes(response.into_body(), 1 << 24).await.expect("an answer");
    (status, serde_json::from_slice(&answer).unwrap_or_default())
}
