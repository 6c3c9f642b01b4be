//! Definitions, files, documents, and what is decided for whoever asks.

use std::collections::BTreeMap;

use saleflex_core::{
    adjustment::ResolutionRule,
    campaign::{Benefit, Campaign, CampaignSet, Per, Reward},
    cashier::{OnDuty, Role},
    catalog::{Catalog, CatalogRecords, Department, DepartmentNo, Reference, Unit},
    checkout::{self, Campaigns},
    customer::BuyerGaps,
    digest::Digest,
    document::{
        AddLine, CancelCause, Command, CustomerFacts, DocumentType, Facts, Kind, NewDocument, OpenDocument,
        Policy, Promotions, State, TakeTender, TillFacts,
    },
    ids::{CampaignId, CashierId, ClosureNumber, CustomerId, DocumentId, StoreId, TerminalId},
    journal::{Entry, Event},
    money::{Currency, CurrencyCode, Money},
    quantity::{Percent, UnitPrice},
    tax::{TaxMode, TaxRate},
    tender::TenderKind,
    time::Moment,
};
use saleflex_sync::wire::{EventKind, PeriodLink, PushItem, PushRequest, Sender};
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use super::{
    chain::{Chain, Company, SHELF, chains, text},
    quotas,
    support::{later, noon},
};

/// A sale of one thing, paid in cash, as a till freezes it.
pub(super) fn sale(company: &Company, receipt: u32) -> Entry {
    sale_by(company, receipt, None)
}

/// The same, judged by campaigns.
fn sale_by(company: &Company, receipt: u32, promotions: Option<&dyn Promotions>) -> Entry {
    sale_to(company, receipt, promotions, None)
}

/// The same as if it named another set of campaigns. Only what was written can: a sale does not change.
pub(super) fn priced_by_set(entry: &Entry, set: String) -> Entry {
    let mut told = serde_json::to_value(entry).unwrap();
    told["effects"]["completed"][0]["pricing"]["campaign_set"] = set.into();
    serde_json::from_value(told).unwrap()
}

/// The same, to a customer.
pub(super) fn sale_to(
    company: &Company,
    receipt: u32,
    promotions: Option<&dyn Promotions>,
    customer: Option<CustomerId>,
) -> Entry {
    let id = |text: &str| Uuid::parse_str(text).unwrap();
    sale_at((id(&company.store), id(&company.terminal)), receipt, promotions, customer)
}

/// The same at a till of a store.
pub(super) fn sale_at(
    at: (Uuid, Uuid),
    receipt: u32,
    promotions: Option<&dyn Promotions>,
    customer: Option<CustomerId>,
) -> Entry {
    finished_at(OpenDocument::default(), at, (receipt, promotions), customer)
}

/// The same thing on another paper, or of another kind, to a customer.
pub(super) fn finished(
    company: &Company,
    (document_type, kind): (DocumentType, Kind),
    receipt: u32,
    customer: CustomerId,
) -> Entry {
    let id = |text: &str| Uuid::parse_str(text).unwrap();
    let at = (id(&company.store), id(&company.terminal));
    finished_at(OpenDocument::new(document_type, kind), at, (receipt, None), Some(customer))
}

fn finished_at(
    open: OpenDocument,
    (store, terminal): (Uuid, Uuid),
    (receipt, promotions): (u32, Option<&dyn Promotions>),
    customer: Option<CustomerId>,
) -> Entry {
    let catalog = sweets();
    let cashier = OnDuty::with_role(CashierId::new(Uuid::from_u128(7)), Role::Cashier);
    let (policy, item) =
        (Policy::default(), catalog.department(DepartmentNo(1), noon().date_naive()).unwrap());
    let document = DocumentId::new(Uuid::from_u128(u128::from(receipt) + 1_000));
    let facts = || Facts {
        moment: Moment::utc(noon()),
        cashier: &cashier,
        approval: None,
        policy: &policy,
        limits: policy.limits,
        till: TillFacts {
            store: StoreId::new(store),
            terminal: TerminalId::new(terminal),
            currency: Currency::of(CurrencyCode::parse("TRY").unwrap()),
            tax_mode: TaxMode::Inclusive,
            training: false,
            closure: ClosureNumber(1),
        },
        next: NewDocument { id: document, receipt },
        item: Some(&item),
        stock: &[],
        past_date: &[],
        pieces: &[],
        drawer_in_use: false,
        checks_pieces: false,
        numbered: &[],
        refused_birth: None,
        customer: customer.map(|id| CustomerFacts {
            id,
            account_limit: None,
            account_balance: Money::ZERO,
            gaps: BuyerGaps::default(),
            is_member: true,
        }),
        original: None,
        suspended: None,
        rate: None,
        new_voucher: None,
        cause: CancelCause::Cashier,
        counted: false,
        promotions,
    };
    let add = Command::AddLine(AddLine::department(DepartmentNo(1), UnitPrice::parse("2.40").unwrap()));
    let pay = Command::TakeTender(TakeTender::amount(TenderKind::Cash, Money::from_minor(5_00)));
    let is_paid = !open.document_type.is_delivery();
    let is_closed = open.kind.takes_deposits() || !is_paid;
    let commands = [Command::Open(open), add].into_iter().chain(customer.map(|_| Command::AssignCustomer));
    let ends = is_paid.then_some(pay).into_iter().chain(is_closed.then_some(Command::Close));
    let mut commands: Vec<Command> = commands.chain(ends).collect();
    let last = commands.pop().unwrap();
    let state = commands
        .iter()
        .fold(State::Idle, |state, command| checkout::run(state.draft(), command, facts()).unwrap().state);
    let outcome = checkout::run(state.draft(), &last, facts()).unwrap();
    let by = Some(CashierId::new(Uuid::from_u128(7)));
    let event = Event::Document(outcome.events);
    Entry::new(document.uuid(), Moment::utc(noon()), by, ClosureNumber(1), event)
        .with_effects(outcome.effects)
}

/// A department, and nothing else.
fn sweets() -> Catalog {
    let rate =
        TaxRate { no: 1, name: "VAT".into(), percent: Percent::parse("20").unwrap(), jurisdiction: None };
    let sweets = Department {
        no: DepartmentNo(1),
        name: "Sweets".into(),
        main: None,
        taxes: vec![1],
        max_price: None,
    };
    let reference = Reference {
        tax_rates: vec![rate],
        departments: vec![sweets],
        units: vec![Unit::piece()],
        masks: vec![],
        ..Reference::default()
    };
    Catalog::from_records(CatalogRecords { reference, ..CatalogRecords::default() }).unwrap()
}

/// An event as a till puts it into a push.
pub(super) fn item(
    sender: &Sender,
    (seq, entity): (u64, Uuid),
    (kind, depends_on_closure): (EventKind, Option<PeriodLink>),
    bytes: String,
) -> PushItem {
    PushItem {
        seq,
        entity_id: entity,
        revision: 1,
        depends_on_closure,
        missing: Vec::new(),
        created_at: "2026-11-21T12:00:00+03:00".parse().unwrap(),
        idempotency_key: PushItem::key(sender, &kind, entity, 1),
        kind,
        schema_version: 1,
        payload_hash: Digest::of(bytes.as_bytes()),
        payload: RawValue::from_string(bytes).unwrap(),
        people: Vec::new(),
        forwarded: None,
    }
}

/// Delivers bytes as a till does, and answers the flags.
pub(super) async fn deliver(
    chain: &Chain,
    company: &Company,
    event: (u64, Uuid),
    bytes: &str,
) -> Vec<String> {
    deliver_by(chain, company, ("TILL-1", &company.device), event, bytes).await
}

/// The same by another device of the first store.
pub(super) async fn deliver_by(
    chain: &Chain,
    company: &Company,
    by: (&str, &str),
    event: (u64, Uuid),
    bytes: &str,
) -> Vec<String> {
    let result = push_one(chain, company, ("QUAY", by), event, bytes).await;
    assert_ne!(result["result"], "rejected", "{result}");
    let flags = result["flags"].as_array().cloned().unwrap_or_default();
    flags.iter().map(text).collect()
}

/// Delivers bytes as a device of a store, and answers what became of them.
pub(super) async fn push_one(
    chain: &Chain,
    company: &Company,
    by: (&str, (&str, &str)),
    event: (u64, Uuid),
    bytes: &str,
) -> Value {
    push_all(chain, company, by, &[(event, bytes)]).await[0].clone()
}

/// The same of several in one request.
pub(super) async fn push_all(
    chain: &Chain,
    company: &Company,
    (store, (terminal, device)): (&str, (&str, &str)),
    events: &[((u64, Uuid), &str)],
) -> Value {
    let sender = Sender {
        office_code: company.slug.clone(),
        store_code: store.to_owned(),
        terminal_code: terminal.to_owned(),
    };
    let link = || Some(PeriodLink::BelongsTo(ClosureNumber(1)));
    let item = |&(event, bytes): &((u64, Uuid), &str)| {
        // On its way the request is a value once, which puts fields in order.
        let bytes = serde_json::from_str::<Value>(bytes).unwrap().to_string();
        item(&sender, event, (EventKind::Transaction, link()), bytes)
    };
    let items: Vec<PushItem> = events.iter().map(item).collect();
    let request = serde_json::to_value(PushRequest::new(sender, Uuid::from_u128(99), 0, items)).unwrap();
    chain.ok("POST", "/sync/push", device, request).await["results"].clone()
}

#[tokio::test]
async fn a_delivered_sale_is_found_shown_and_derived_anew() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let entry = sale(&harbour, 1);
        let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
        assert!(deliver(&chain, &harbour, (1, entry.entity), &bytes).await.is_empty());
        assert!(
            deliver(&chain, &harbour, (1, entry.entity), &bytes).await.is_empty(),
            "again changes nothing"
        );
        let other = sale(&harbour, 2);
        // The last one is the total of the finished document.
        let recorded = String::from_utf8(other.to_bytes().unwrap()).unwrap();
        let (before, after) = recorded.rsplit_once("\"tax\":40").unwrap();
        let drifted = format!("{before}\"tax\":41{after}");
        assert_eq!(deliver(&chain, &harbour, (2, other.entity), &drifted).await, ["drift"]);
        assert_eq!(deliver(&chain, &harbour, (3, Uuid::from_u128(5)), "{\"a\":1}").await, ["unreadable"]);

        let list = chain.get("/documents", owner).await;
        let first = &list["items"][0];
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        assert_eq!((&first["number"], &first["total"]), (&json!("20261121-0001-000001"), &json!("2.4000")));
        assert_eq!((&first["terminal_code"], &first["status"]), (&json!("TILL-1"), &json!("completed")));
        assert_eq!(list["items"][1]["flags"], json!(["drift"]));
        let whole = chain.get(&format!("/documents/{}", text(&first["id"])), owner).await;
        assert_eq!(whole["body"]["entity"], first["id"], "as it was delivered");
        for (query, expected) in [
            ("number=20261121-0001-000002", 1),
            ("status=cancelled", 0),
            ("from=2026-11-21&until=2026-11-22", 2),
            ("from=2026-11-22", 0),
            ("limit=1", 1),
            ("text=0001-000002", 1),
            ("text=SWEETS", 2),
            ("text=sweets&status=cancelled", 0),
            ("text=sweets&limit=1", 1),
            ("text=sw_ets", 0),
            // What only the name of a field holds is said of nothing.
            ("text=entity", 0),
        ] {
            let found = chain.get(&format!("/documents?{query}"), owner).await;
            assert_eq!(found["items"].as_array().unwrap().len(), expected, "{query}");
        }
        let short = ("GET", "/transactions?text=en", owner);
        chain.refused(short, Value::Null, (400, "invalid_request")).await;
        let page = chain.get("/documents?limit=1", owner).await;
        let next =
            chain.get(&format!("/documents?limit=1&cursor={}", text(&page["next_cursor"])), owner).await;
        assert_eq!(next["items"][0]["number"], "20261121-0001-000002");
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await;
        assert_eq!(chain.get("/documents", &manager.access).await["items"], json!([]));
        let path = format!("/documents/{}", text(&first["id"]));
        chain.refused(("GET", &path, &manager.access), Value::Null, (404, "not_found")).await;
    }
}

/// A product with what every product says.
fn of_the_shelf(mut row: Value) -> Value {
    row["fk_department_main_group_id"] = json!(SHELF);
    if row["sale_price"].is_null() {
        row["sale_price"] = json!("1");
    }
    row
}

async fn product(chain: &Chain, token: &str, code: &str) -> Value {
    chain.shelf(token).await;
    let row = json!({"row": {"code": code, "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": SHELF}});
    chain.ok("POST", "/definitions/products", token, row).await
}

#[tokio::test]
async fn a_row_changes_for_whoever_read_it_last_and_tills_take_the_change() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let made = product(&chain, owner, "2001").await;
        let path = format!("/definitions/products/{}", text(&made["id"]));
        let change = json!({"row": {"sale_price": "3.60"}});
        let old = format!("\"{}\"", made["version"]);
        let with = |tag: &str| vec![("if-match".to_owned(), tag.to_owned())];
        let send = async |method: &str, body: &Value, headers: Vec<(String, String)>| {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            chain.send_with(method, &path, owner, body, &headers).await
        };
        assert_eq!(send("PATCH", &change, Vec::new()).await.1["code"], "if_match_required");
        let (status, changed) = send("PATCH", &change, with(&old)).await;
        assert_eq!((status.as_u16(), &changed["row"]["sale_price"]), (200, &json!("3.60")));
        let (status, answer) = send("PATCH", &change, with(&old)).await;
        assert_eq!((status.as_u16(), &answer["code"]), (412, &json!("stale")));
        assert_eq!(chain.get(&path, owner).await["row"]["name"], "Tea", "what is absent stays");

        let till = chain.get("/sync/changes", &harbour.device).await;
        assert_eq!(till["items"].as_array().unwrap().len(), 2, "the department, then the product");
        assert_eq!(till["items"][1]["sale_price"], "3.60");
        let (status, _) = send("DELETE", &json!({}), with(&format!("\"{}\"", changed["version"]))).await;
        assert_eq!(status.as_u16(), 204);
        let cursor = text(&till["next_cursor"]);
        let gone = chain.get(&format!("/sync/changes?cursor={cursor}"), &harbour.device).await;
        assert_eq!(gone["items"][0]["is_deleted"], true);
        assert_eq!(chain.get("/definitions/products", owner).await["items"], json!([]));
        product(&chain, owner, "2001").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_make_a_row_of_one_key_at_once_one_does() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        chain.shelf(&harbour.owner.access).await;
        let row = json!({"row": {"code": "2001", "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": SHELF}});
        let make = || chain.send("POST", "/definitions/products", &harbour.owner.access, &row);
        let (a, b, c, d) = tokio::join!(make(), make(), make(), make());
        let successes = [a, b, c, d].iter().filter(|(status, _)| status.as_u16() == 201).count();
        assert_eq!(successes, 1);
    }
}

#[tokio::test]
async fn a_row_that_cannot_stand_is_refused_by_its_field() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        product(&chain, owner, "2001").await;
        let path = "/definitions/products";
        for (row, expected) in [
            (of_the_shelf(json!({"code": "2001", "name": "Other"})), (409, "key_taken", "code")),
            (json!({"code": "2002"}), (422, "field_invalid", "name")),
            (json!({"code": "2002", "name": "Tea", "sale_price": "x"}), (422, "field_invalid", "sale_price")),
            (
                of_the_shelf(json!({"code": "2002", "name": "Tea", "sale_price": "0.001"})),
                (422, "field_invalid", "sale_price"),
            ),
            (
                of_the_shelf(json!({"code": "2002", "name": "Tea", "fk_vat_id": Uuid::nil()})),
                (422, "reference_unknown", "fk_vat_id"),
            ),
            (
                json!({"code": "2002", "name": "Tea", "sale_price": "1"}),
                (422, "field_invalid", "fk_department_main_group_id"),
            ),
        ] {
            let (status, answer) = chain.send("POST", path, owner, &json!({"row": row})).await;
            let found =
                (status.as_u16(), answer["code"].as_str().unwrap(), answer["detail"].as_str().unwrap());
            assert_eq!(found, expected);
        }
        let unknown = ("POST", "/definitions/unicorns", owner);
        chain.refused(unknown, json!({"row": {}}), (404, "not_found")).await;
        chain
            .refused(("POST", "/definitions/store", owner), json!({"row": {}}), (403, "kept_elsewhere"))
            .await;
        let manager =
            chain.staff(&harbour, "manager", ("store_manager", "store", Some(&harbour.store))).await;
        let own =
            json!({"store_id": harbour.store, "row": of_the_shelf(json!({"code": "3001", "name": "Own"}))});
        chain.refused(("POST", path, &manager.access), own.clone(), (403, "not_allowed")).await;
        let company = format!("/companies/{}", harbour.slug);
        chain.ok("PATCH", &company, owner, json!({"store_domains": ["catalog"]})).await;
        chain.ok("POST", path, &manager.access, own).await;
        let wide = json!({"row": of_the_shelf(json!({"code": "3002", "name": "Wide"}))});
        chain.refused(("POST", path, &manager.access), wide, (403, "not_allowed")).await;
        let there = json!({"store_id": harbour.other_store, "row": of_the_shelf(json!({"code": "3003", "name": "There"}))});
        chain.refused(("POST", path, &manager.access), there, (404, "not_found")).await;
    }
}

#[tokio::test]
async fn a_file_is_looked_at_first_and_written_whole_or_not_at_all() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        product(&chain, owner, "0017").await;
        let in_it = format!(",{SHELF}\n");
        let faulty = "code,name,sale_price,fk_department_main_group_id\n0018,Coffee,2.00\n0019,,1.00\n0018,Twice,1.00\n";
        let faulty = faulty.replace(".00\n", &format!(".00{in_it}"));
        let looked = chain.ok("POST", "/imports/products", owner, json!({"content": faulty})).await;
        assert_eq!(looked["state"], "faulty");
        assert_eq!(looked["report"]["faults"][0]["line"], 3);
        let commit = |id: &Value| format!("/imports/products/{}/commit", text(id));
        chain.refused(("POST", &commit(&looked["id"]), owner), json!({}), (409, "import_faulty")).await;
        let nowhere = "code,name,sale_price\n0019,Cocoa,2.00\n";
        let refused = chain.ok("POST", "/imports/products", owner, json!({"content": nowhere})).await;
        assert_eq!(refused["report"]["faults"][0]["field"], "fk_department_main_group_id", "{refused}");
        let elsewhere = format!(
            "{}0019,Cocoa,2.00,{}\n",
            "code,name,sale_price,fk_department_main_group_id\n",
            Uuid::from_u128(6)
        );
        let refused = chain.ok("POST", "/imports/products", owner, json!({"content": elsewhere})).await;
        let told = &refused["report"]["faults"][0];
        assert_eq!(
            (&refused["state"], &told["line"], &told["field"]),
            (&json!("faulty"), &json!(2), &json!("fk_department_main_group_id")),
            "what a row leads to is looked for when the file is looked at"
        );
        for unreadable in ["code,name,sale_price\n", "", "code,name,name\n0019,Cocoa,Tea\n"] {
            let file = ("POST", "/imports/products", owner);
            chain.refused(file, json!({"content": unreadable}), (422, "file_unreadable")).await;
        }
        let good = "code,name,sale_price,fk_department_main_group_id\n0017,Tea,3.80\n0018,Coffee,2.00\n";
        let good = good.replace("0\n", &format!("0{in_it}"));
        let looked = chain.ok("POST", "/imports/products", owner, json!({"content": good})).await;
        assert_eq!((&looked["report"]["new"], &looked["report"]["changed"]), (&json!(1), &json!(1)));
        assert_eq!(chain.get("/definitions/products", owner).await["items"].as_array().unwrap().len(), 1);
        let done = chain.ok("POST", &commit(&looked["id"]), owner, json!({})).await;
        assert_eq!(done["state"], "committed");
        chain.ok("POST", &commit(&looked["id"]), owner, json!({})).await;
        let tea = chain.get("/definitions/products?key=0017", owner).await;
        assert_eq!(tea["items"][0]["row"]["sale_price"], "3.80");
        let file = text(&chain.get("/exports/products", owner).await);
        assert!(file.contains("0018") && file.contains("sale_price"), "{file}");

        let file = text(&chain.get("/exports/products?format=xml", owner).await);
        let dearer = file.replace("3.80", "3.90");
        let looked = chain.ok("POST", "/imports/products", owner, json!({"content": dearer})).await;
        assert_eq!([&looked["report"]["changed"], &looked["report"]["same"]], [&json!(1); 2], "{looked}");
        chain.ok("POST", &commit(&looked["id"]), owner, json!({})).await;
        let tea = chain.get("/definitions/products?key=0017", owner).await;
        assert_eq!(tea["items"][0]["row"]["sale_price"], "3.90", "what is written as XML is read");
        let file = text(&chain.get("/exports/products?format=xlsx", owner).await);
        assert!(file.starts_with("PK"), "a sheet");
        let other = ("GET", "/exports/products?format=pdf", owner);
        chain.refused(other, Value::Null, (400, "invalid_request")).await;
    }
}

#[tokio::test]
async fn a_row_of_the_eleventh_store_under_a_key_is_known_to_its_file() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.shelf(owner).await;
        for number in 1..=11 {
            let new = json!({
                "code": format!("S{number}"), "name": "Stall", "currency": "TRY", "time_zone": "Europe/Istanbul",
            });
            let store = chain.ok("POST", "/stores", owner, new).await["id"].clone();
            let own = json!({"store_id": store, "row": of_the_shelf(json!({"code": "2001", "name": "Tea", "sale_price": "3.40"}))});
            chain.ok("POST", "/definitions/products", owner, own).await;
            let file = json!({"store_id": store, "content": "code,name,sale_price\n2001,Tea,3.40\n"});
            let looked = chain.ok("POST", "/imports/products", owner, file).await;
            assert_eq!(
                (&looked["report"]["new"], &looked["report"]["same"]),
                (&json!(0), &json!(1)),
                "{number}"
            );
        }
    }
}

/// A campaign of ten percent over twenty that a coupon opens, and the coupon with one use.
pub(super) async fn campaign(chain: &Chain, owner: &str) -> Value {
    let make = async |resource: &str, row: Value| {
        chain.ok("POST", &format!("/definitions/{resource}"), owner, json!({"row": row})).await["id"].clone()
    };
    let kind =
        make("campaign_types", json!({"code": "BASKET_DISCOUNT", "name": "Basket", "is_active": true})).await;
    let campaign = make(
        "campaigns",
        json!({
            "code": "TEN", "name": "Ten percent", "fk_campaign_type_id": kind, "discount_type": "PERCENTAGE",
            "discount_percentage": "10.00", "min_purchase_amount": "20.00",
            "is_active": true, "requires_coupon": true, "priority": 1,
        }),
    );
    let campaign = campaign.await;
    make(
        "coupons",
        json!({"code": "WELCOME", "fk_campaign_id": campaign, "coupon_type": "SINGLE_USE", "is_active": true}),
    )
    .await
}

pub(super) fn cart(total: &str, codes: &[&str]) -> Value {
    json!({
        "schema_version": "1.0", "evaluated_at": "2026-11-21T12:00:00+00:00",
        "transaction_head_temp_id": Uuid::from_u128(1), "transaction_unique_id": "", "pos_id": 1,
        "fk_store_id": "", "fk_customer_id": "", "loyalty_member_id": null, "currency_code": "TRY",
        "lines": [{
            "line_id": Uuid::from_u128(2), "line_no": 1, "fk_product_id": Uuid::from_u128(3),
            "fk_department_main_group_id": "", "product_code": "1", "product_name": "Tea", "quantity": "1",
            "unit_price": total, "line_total": total, "is_cancel": false, "is_voided": false, "vat_rate": "20",
        }],
        "totals": {
            "merchandise_subtotal": total, "head_total_amount": total, "head_total_discount_amount": "0",
            "document_discount_total": "0", "document_discount_non_campaign_total": "0",
        },
        "customer_segment_codes": [], "active_coupon_codes": codes,
    })
}

#[tokio::test]
async fn a_delivered_sale_is_judged_anew_by_the_campaigns_it_names() {
    let reward = Reward::Percent(Percent::parse("10").unwrap());
    let id = Uuid::from_u128(0xCA);
    let tenth = Campaign::new(CampaignId::new(id), "TENTH", Benefit::Off { reward, per: Per::Document });
    let set = CampaignSet::compile(vec![tenth.clone()]).unwrap();
    let traits = BTreeMap::new();
    let promotions = Campaigns {
        set: &set,
        moment: Moment::utc(noon()),
        channel: Some("till"),
        shopper: None,
        uses: BTreeMap::new(),
        coupons: Vec::new(),
        traits: &traits,
        memory: None,
    };
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let kind = Uuid::from_u128(0x17);
        let row = json!({"code": "BASKET_DISCOUNT", "name": "Basket"});
        chain.ok("POST", "/definitions/campaign_types", owner, json!({"id": kind, "row": row})).await;
        let row = json!({
            "code": "TENTH", "name": "Tenth", "fk_campaign_type_id": kind,
            "definition": serde_json::to_value(&tenth).unwrap(),
        });
        let made = chain.ok("POST", "/definitions/campaigns", owner, json!({"id": id, "row": row})).await;
        let send = async |seq: u64, entry: &Entry| {
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (seq, entry.entity), &bytes).await
        };
        let judged = sale_by(&harbour, 1, Some(&promotions));
        let given = &judged.effects.completed[0].document().adjustments;
        assert_eq!(given.iter().map(|one| one.amount.minor()).sum::<i64>(), 24);
        assert!(send(1, &judged).await.is_empty());
        // A till that chooses for its customers says so by its set.
        let best = set.clone().resolved_by(ResolutionRule::Best);
        let by_best = sale_by(&harbour, 2, Some(&Campaigns { set: &best, ..promotions.clone() }));
        assert_eq!(by_best.effects.completed[0].pricing().campaign_resolution, ResolutionRule::Best);
        assert!(send(2, &by_best).await.is_empty());
        let lying = priced_by_set(&sale(&harbour, 3), best.hash().to_string());
        assert_eq!(send(3, &lying).await, ["campaign_drift"]);
        // Later the campaign is another one; the set that was known is known.
        let change = json!({"row": {"definition": null}});
        let path = format!("/definitions/campaigns/{id}");
        let tag = format!("\"{}\"", made["version"]);
        chain.send_with("PATCH", &path, owner, &change, &[("if-match", tag.as_str())]).await;
        let lying = priced_by_set(&sale(&harbour, 4), set.hash().to_string());
        assert_eq!(send(4, &lying).await, ["campaign_drift"]);
        let unknown = priced_by_set(&sale(&harbour, 5), "ab".repeat(32));
        assert!(send(5, &unknown).await.is_empty(), "nothing is said of what no campaign gave anything on");
        // What campaigns gave by a set that nobody knows, or by none, is judged by nobody, and that is said.
        let unseen = priced_by_set(&sale_by(&harbour, 6, Some(&promotions)), "ab".repeat(32));
        assert_eq!(send(6, &unseen).await, ["not_rejudged"]);
        let mut by_none = serde_json::to_value(sale_by(&harbour, 7, Some(&promotions))).unwrap();
        by_none["effects"]["completed"][0]["pricing"].as_object_mut().unwrap().remove("campaign_set");
        let by_none = serde_json::from_value(by_none).unwrap();
        assert_eq!(send(7, &by_none).await, ["not_rejudged"]);
        let list = chain.get("/documents", owner).await;
        let flags = list["items"].as_array().unwrap().iter().map(|one| &one["flags"]);
        assert_eq!(flags.filter(|flags| **flags == json!(["campaign_drift"])).count(), 2);
        // Where the hub knows no campaigns they are the tills' own, and nothing is said of each sale.
        let bay = chain.company("bay").await;
        let own = priced_by_set(&sale_by(&bay, 1, Some(&promotions)), "ab".repeat(32));
        let bytes = String::from_utf8(own.to_bytes().unwrap()).unwrap();
        assert!(deliver(&chain, &bay, (1, own.entity), &bytes).await.is_empty());
    }
}

#[tokio::test]
async fn a_cart_says_how_campaigns_are_chosen_from() {
    let campaign = |number: u128, code: &str, rate: &str, priority: i32| {
        let reward = Reward::Percent(Percent::parse(rate).unwrap());
        let benefit = Benefit::Off { reward, per: Per::Document };
        let mut campaign = Campaign::new(CampaignId::new(Uuid::from_u128(number)), code, benefit);
        campaign.lane.priority = priority;
        campaign
    };
    let campaigns = [campaign(0xCA, "SMALL", "5", 9), campaign(0xCB, "LARGE", "10", 1)];
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let row = json!({"code": "BASKET_DISCOUNT", "name": "Basket"});
        let kind = chain.ok("POST", "/definitions/campaign_types", owner, json!({"row": row})).await;
        for one in &campaigns {
            let row = json!({
                "code": one.code, "name": one.name, "fk_campaign_type_id": kind["id"],
                "definition": serde_json::to_value(one).unwrap(),
            });
            chain.ok("POST", "/definitions/campaigns", owner, json!({"id": one.id, "row": row})).await;
        }
        let given = async |cart: Value| {
            let given = chain.ok("POST", "/campaigns/evaluate", &harbour.device, cart).await;
            given["proposals"][0]["amount"].clone()
        };
        assert_eq!(given(cart("30.00", &[])).await, "1.50");
        let mut best = cart("30.00", &[]);
        best["campaign_resolution"] = json!("best");
        assert_eq!(given(best).await, "3.00");
    }
}

#[tokio::test]
async fn a_cart_gets_what_campaigns_give_and_a_coupon_says_why_it_opens_nothing() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        campaign(&chain, &harbour.owner.access).await;
        let path = "/campaigns/evaluate";
        let given = chain.ok("POST", path, &harbour.device, cart("30.00", &["welcome", "nothing"])).await;
        assert_eq!(given["proposals"][0]["amount"], "3.00");
        assert_eq!(
            (&given["proposals"][0]["code"], &given["proposals"][0]["scope"]),
            (&json!("TEN"), &json!("document"))
        );
        assert_eq!(given["rejected_coupons"], json!([{"code": "nothing", "reason": "not_found"}]));
        let none = chain.ok("POST", path, &harbour.device, cart("19.99", &["WELCOME"])).await;
        assert_eq!(none["proposals"], json!([]));
        let mut newer = cart("30.00", &[]);
        newer["schema_version"] = json!("9.0");
        chain.refused(("POST", path, &harbour.device), newer, (422, "schema_version_unknown")).await;
        let wrong = cart("thirty", &[]);
        chain.refused(("POST", path, &harbour.device), wrong, (422, "cart_invalid")).await;
        chain
            .refused(
                ("POST", path, &harbour.device),
                json!({"schema_version": "1.0"}),
                (400, "invalid_request"),
            )
            .await;
    }
}

#[tokio::test]
async fn the_last_use_of_a_coupon_is_held_for_one_document_until_it_is_freed_or_too_old() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let coupon = campaign(&chain, &harbour.owner.access).await;
        let on = |document: u128| json!({"code": "WELCOME", "document_id": Uuid::from_u128(document)});
        let (redeem, till) = ("/coupons/redeem", harbour.device.as_str());
        chain.ok("POST", redeem, till, on(1)).await;
        chain.ok("POST", redeem, till, on(1)).await;
        let (status, refused) = chain.send("POST", redeem, till, &on(2)).await;
        assert_eq!((status.as_u16(), &refused["detail"]), (422, &json!("single_use_used")));
        let wanted = quotas::ask("coupon_uses", Uuid::parse_str(&text(&coupon)).unwrap());
        let answer = quotas::exchange(&chain, till, &[wanted]).await;
        assert_eq!(answer["shares"][0]["withheld"], "lent_elsewhere", "it may come free again");
        let free = json!({"coupon_id": coupon, "document_id": Uuid::from_u128(1)});
        chain.ok("POST", "/coupons/release", till, free.clone()).await;
        chain.ok("POST", "/coupons/release", till, free).await;
        chain.ok("POST", "/coupons/validate", till, on(2)).await;
        chain.ok("POST", redeem, till, on(2)).await;
        later(2 * 3600);
        chain.ok("POST", redeem, till, on(3)).await;
        later(0);
    }
}

#[tokio::test]
async fn points_are_held_spent_and_given_back_once_whatever_is_repeated() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let member = chain.customer(owner).await;
        let adjust = format!("/loyalty/members/{member}/adjustments");
        let gift = json!({"points": 100, "reason": "welcome"});
        for _ in 0..3 {
            let (status, balance) = chain.once(&adjust, owner, &gift, "gift").await;
            assert_eq!((status.as_u16(), &balance["points"]), (200, &json!(100)), "once");
        }
        let (status, answer) = chain.once(&adjust, owner, &json!({"points": 5, "reason": "x"}), "gift").await;
        assert_eq!((status.as_u16(), &answer["code"]), (409, &json!("idempotency_key_reused")));
        chain.refused(("POST", &adjust, owner), gift, (400, "idempotency_key_required")).await;

        let of = json!({"member_id": member, "document_id": Uuid::from_u128(1)});
        let hold = |document: u128, points: i64| json!({"member_id": member, "document_id": Uuid::from_u128(document), "points": points});
        let (_, reserved) = chain.once("/loyalty/reserve", till, &hold(1, 80), "a").await;
        assert_eq!((&reserved["points"], &reserved["available"]), (&json!(100), &json!(20)));
        let (status, answer) = chain.once("/loyalty/reserve", till, &hold(2, 30), "b").await;
        assert_eq!(
            (status.as_u16(), &answer["code"], &answer["detail"]),
            (422, &json!("points_insufficient"), &json!("20"))
        );
        for key in ["c", "c", "d"] {
            let (_, spent) = chain.once("/loyalty/commit", till, &of, key).await;
            assert_eq!(spent["points"], 20, "spent once");
        }
        for key in ["e", "e", "f"] {
            let (_, back) = chain.once("/loyalty/reverse", till, &of, key).await;
            assert_eq!(back["points"], 100, "given back once");
        }
        let (status, answer) = chain.once("/loyalty/commit", till, &of, "g").await;
        assert_eq!((status.as_u16(), &answer["code"]), (409, &json!("nothing_held")));
        chain.once("/loyalty/reserve", till, &hold(3, 100), "h").await;
        later(2 * 3600);
        let (status, _) = chain.once("/loyalty/reserve", till, &hold(4, 100), "i").await;
        assert_eq!(status.as_u16(), 200, "a hold ends by itself");
        later(0);
        let entries = chain.get(&format!("/loyalty/members/{member}/entries"), owner).await;
        let sum: i64 =
            entries["items"].as_array().unwrap().iter().map(|one| one["points"].as_i64().unwrap()).sum();
        assert_eq!(sum, 100);
    }
}

#[tokio::test]
async fn a_message_goes_to_a_region_a_person_or_a_role_as_far_as_its_sender_looks_after_them() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (quay, hill) = (harbour.store.as_str(), harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", Some(quay))).await;
        let ayse = chain.staff(&harbour, "ayse", ("cashier", "store", Some(quay))).await;
        let deniz = chain.staff(&harbour, "deniz", ("cashier", "store", Some(hill))).await;
        let reached = async |token: &str, to: Value| {
            let mut message = json!({"title": "Tea is sold out"});
            message.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
            let sent = chain.ok("POST", "/notifications", token, message).await;
            (sent["terminals"].as_u64().unwrap(), sent["people"].as_u64().unwrap())
        };
        let told = async |token: &str| {
            let told = chain.get("/me/notifications", token).await;
            let items = told["items"].as_array().unwrap().iter();
            items.filter(|one| one["type"] == "message").count()
        };
        // The region holds the first store, with its one till.
        for token in [owner, manager.access.as_str()] {
            assert_eq!(reached(token, json!({"region_id": harbour.region})).await, (1, 0));
        }
        assert_eq!(reached(owner, json!({"role": "cashier"})).await, (0, 2));
        assert_eq!(reached(owner, json!({"role": "cashier", "store_id": hill})).await, (0, 1));
        assert_eq!(reached(manager.access.as_str(), json!({"role": "cashier"})).await, (0, 1));
        assert_eq!(reached(manager.access.as_str(), json!({"user_id": ayse.id})).await, (0, 1));
        assert_eq!((told(ayse.access.as_str()).await, told(deniz.access.as_str()).await), (3, 2));

        let valley = chain.company("valley").await;
        let empty = chain.ok("POST", "/regions", owner, json!({"code": "SOUTH", "name": "South"})).await;
        for (token, to, expected) in [
            (&manager.access, json!({"user_id": deniz.id}), (404, "not_found")),
            (&manager.access, json!({"user_id": harbour.owner.id}), (404, "not_found")),
            (&manager.access, json!({"region_id": empty["id"]}), (404, "not_found")),
            (&harbour.owner.access, json!({"user_id": valley.owner.id}), (404, "not_found")),
            (&harbour.owner.access, json!({"region_id": valley.region}), (404, "not_found")),
            (&harbour.owner.access, json!({"user_id": ayse.id, "role": "cashier"}), (422, "field_invalid")),
            (&harbour.owner.access, json!({"user_id": ayse.id, "store_id": quay}), (422, "field_invalid")),
            (&harbour.owner.access, json!({"role": "king"}), (400, "invalid_request")),
        ] {
            let mut message = json!({"title": "Tea is sold out"});
            message.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
            chain.refused(("POST", "/notifications", token), message, expected).await;
        }
    }
}

#[tokio::test]
async fn people_and_tills_are_told_and_read_their_messages_once() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, asking) = (harbour.owner.access.as_str(), chain.register("ayse").await);
        chain.ok("POST", "/companies/join-requests", &asking.access, json!({"slug": harbour.slug})).await;
        let told = chain.get("/me/notifications?unread=true", owner).await;
        assert_eq!(told["items"][0]["type"], "join_request");
        let read = format!("/me/notifications/{}/read", text(&told["items"][0]["id"]));
        chain.refused(("POST", &read, &asking.access), json!({}), (404, "not_found")).await;
        chain.ok("POST", &read, owner, json!({})).await;
        assert_eq!(chain.get("/me/notifications?unread=true", owner).await["items"], json!([]));
        let other = chain.register("deniz").await;
        chain.ok("POST", "/companies/join-requests", &other.access, json!({"slug": harbour.slug})).await;
        chain.ok("POST", "/me/notifications/read-all", &other.access, json!({})).await;
        let unread = chain.get("/me/notifications?unread=true", owner).await;
        assert_eq!(unread["items"].as_array().unwrap().len(), 1, "others read their own alone");
        chain.ok("POST", "/me/notifications/read-all", owner, json!({})).await;
        assert_eq!(chain.get("/me/notifications?unread=true", owner).await["items"], json!([]));

        let message = json!({"title": "Tea is sold out", "store_id": harbour.store});
        let sent = chain.ok("POST", "/notifications", owner, message).await;
        assert_eq!(sent["terminals"], 1);
        let to_cashiers = json!({"title": "Count the drawers", "role": "cashier"});
        chain.ok("POST", "/notifications", owner, to_cashiers).await;
        let audit = chain.get("/audit?act=message.sent", owner).await.to_string();
        assert!(audit.contains(r#""role":"cashier""#), "to whom: {audit}");
        let heard = chain.get("/notifications", &harbour.device).await;
        assert_eq!(heard["items"][0]["title"], "Tea is sold out");
        let signal = format!("/terminals/{}/signals", harbour.terminal);
        chain.ok("POST", &signal, owner, json!({"type": "force_sync"})).await;
    }
}
