//! A company at a hub that is to be fuzzed, made by the hub's own calls.

use anyhow::{Context, ensure};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use saleflex_gate::{Hub, TerminalChange, app};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::fitted::Ids;

/// What a caller shows, and what there is to be named.
pub(super) struct Seeded {
    /// The token of an owner whose session works in the company.
    pub(super) owner: String,
    /// The secret of a till's device.
    pub(super) device: String,
    pub(super) ids: Ids,
}

/// The sale that is there already, by the identity that the document's examples have.
const DOCUMENT: &str = "018f0000-0000-7000-8000-000000000001";

pub(super) async fn seed(hub: &Hub) -> anyhow::Result<Seeded> {
    let calls = Calls { router: app(hub.clone()) };
    let person = json!({"username": "fuzzer", "password": "seven quiet bridges"});
    let access = text(&calls.post("/auth/register", "", &person).await?["access"])?;
    let company = calls.post("/companies", &access, &json!({"name": "Fuzz"})).await?;
    let chosen = calls.post("/auth/company", &access, &json!({"company_id": company["id"]})).await?;
    let owner = text(&chosen["access"])?;
    let region = calls.id("/regions", &owner, &json!({"code": "NORTH", "name": "North"})).await?;
    let mut stores = Vec::new();
    for code in ["QUAY", "HILL"] {
        let new = json!({"code": code, "name": code, "currency": "TRY", "time_zone": "Europe/Istanbul"});
        stores.push(calls.id("/stores", &owner, &new).await?);
    }
    let spare = calls.post("/terminals", &owner, &json!({"store_id": stores[0], "code": "TILL-2"})).await?;
    let till = calls.post("/terminals", &owner, &json!({"store_id": stores[0], "code": "TILL-1"})).await?;
    let device = json!({
        "enrolment_code": till["enrolment_code"], "serial": "S-1", "os": "linux", "software_version": "0.1.0",
    });
    let enrolled = calls.post("/auth/device/enroll", "", &device).await?;
    let terminal = &enrolled["terminal"];
    let (of, id): (Uuid, Uuid) = (text(&company["id"])?.parse()?, text(&terminal["id"])?.parse()?);
    let legacy = hub.change(of, id, TerminalChange::IsLegacy(true)).await;
    legacy.map_err(|error| anyhow::anyhow!("{} ({})", error.message, error.code))?;
    let codes =
        ["office_code", "store_code", "terminal_code"].map(|name| (name, vec![terminal[name].clone()]));
    calls.sell(terminal).await?;
    let rows = calls.rows(&owner).await?;
    let (product, customer) = (rows[0].clone(), rows[1].clone());
    let named = [
        ("store_id", vec![stores[0].clone()]),
        ("spare_store", vec![stores[1].clone()]),
        ("terminal_id", vec![terminal["id"].clone()]),
        ("spare_terminal", vec![spare["terminal"]["id"].clone()]),
        ("region_id", vec![region]),
        ("product_id", vec![product.clone()]),
        ("product", vec![product]),
        ("customer_id", vec![customer.clone()]),
        ("member_id", vec![customer]),
        ("campaign_id", vec![rows[2].clone()]),
        ("coupon_id", vec![rows[3].clone()]),
        ("row_id", rows),
        ("document_id", vec![json!(DOCUMENT)]),
        ("code", vec![json!("WELCOME")]),
        ("resource", ["products", "customers", "campaigns", "coupons"].map(Value::from).to_vec()),
        ("slug", vec![company["slug"].clone()]),
    ];
    let texts = |values: Vec<Value>| values.iter().map(text).collect::<anyhow::Result<Vec<_>>>();
    let ids = named.into_iter().chain(codes).map(|(name, values)| anyhow::Ok((name, texts(values)?)));
    let ids: Ids = ids.collect::<anyhow::Result<_>>()?;
    Ok(Seeded { owner, device: text(&enrolled["token"])?, ids })
}

struct Calls {
    router: Router,
}

impl Calls {
    async fn post(&self, path: &str, token: &str, body: &Value) -> anyhow::Result<Value> {
        let mut request = Request::post(format!("/api/v1{path}"));
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body.to_string()))?).await?;
        let status = response.status();
        let answer = to_bytes(response.into_body(), 1 << 20).await?;
        ensure!(status.is_success(), "{path} answered {status}: {}", String::from_utf8_lossy(&answer));
        Ok(serde_json::from_slice(&answer)?)
    }

    /// The identity of what a request makes.
    async fn id(&self, path: &str, token: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.post(path, token, body).await?["id"].take())
    }

    /// A product, a customer, a campaign and a coupon that opens it.
    async fn rows(&self, owner: &str) -> anyhow::Result<Vec<Value>> {
        let make = async |resource: &str, row: Value| {
            self.id(&format!("/definitions/{resource}"), owner, &json!({"row": row})).await
        };
        let drinks = make("department_main_groups", json!({"code": "1", "name": "Drinks"})).await?;
        let product = json!({
            "code": "2001", "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": drinks,
        });
        let product = make("products", product).await?;
        let customer = json!({"name": "Ada", "last_name": "King", "phone_normalized": "905320000000"});
        let customer = make("customers", customer).await?;
        let kind = json!({"code": "BASKET_DISCOUNT", "name": "Basket", "is_active": true});
        let kind = make("campaign_types", kind).await?;
        let campaign = json!({
            "code": "TEN", "name": "Ten percent", "fk_campaign_type_id": kind, "discount_type": "PERCENTAGE",
            "discount_percentage": "10.00", "min_purchase_amount": "20.00",
            "is_active": true, "requires_coupon": true, "priority": 1,
        });
        let campaign = make("campaigns", campaign).await?;
        let coupon = json!({
            "code": "WELCOME", "fk_campaign_id": campaign, "coupon_type": "MULTI_USE", "is_active": true,
        });
        let coupon = make("coupons", coupon).await?;
        Ok(vec![product, customer, campaign, coupon])
    }

    /// A sale of the till, as an older one delivers it.
    async fn sell(&self, terminal: &Value) -> anyhow::Result<()> {
        let head = json!({
            "id": DOCUMENT, "pos_id": 1, "transaction_unique_id": "20261121-0001-000001", "receipt_number": 1,
            "closure_number": 1, "document_type": "FISCAL_RECEIPT", "transaction_type": "sale",
            "transaction_status": "completed", "total_amount": "3.4000",
        });
        let payments = [json!({"payment_type": "CASH_PAYMENT", "payment_total": "3.4000"})];
        let push = json!({
            "office_code": terminal["office_code"], "store_code": terminal["store_code"],
            "terminal_code": terminal["terminal_code"], "pos_id": 1,
            "transactions": [{"head": head, "products": [], "payments": payments, "fiscal": null}],
            "sequences": [{"name": "ReceiptNumber", "value": 2}, {"name": "ClosureNumber", "value": 1}],
        });
        let answer = self.post("/pos/transactions", "", &push).await?;
        ensure!(answer["accepted"] == 1, "the sale was not taken: {answer}");
        Ok(())
    }
}

fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().with_context(|| format!("no text: {value}"))?.to_owned())
}
