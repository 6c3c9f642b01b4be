//! Effects of what tills deliver: each once, whatever brings it; levels of stock as they were reported; and what counts in
//! another currency than its store.

use saleflex_core::{
    authority::Authority,
    digest::Digest,
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId, LocationId, PostingId, ProductId},
    inventory::{
        AdjustmentKind, Cause, IssueKind, Movement, MovementKind, Place, Posting, Stock, StockAct,
        StockMovement,
    },
    journal::{Entry, Event},
    loyalty::{self, PointsKind},
    time::Moment,
};
use saleflex_sync::wire::{EventKind, PushItem, PushRequest, Sender};
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use super::{
    business::sale,
    chain::{Chain, Company, chains},
    points::row,
    reports::{closed, deliver_with},
    support::noon,
};

/// Which till sends an event, and under which number, kind, identity and revision.
type As<'a> = ((&'a str, &'a str), (u64, &'a str, Uuid, u32));

/// Delivers an event as a device of the first store says it is, and answers what became of it.
async fn send(
    chain: &Chain,
    company: &Company,
    ((till, device), (seq, kind, entity, revision)): As<'_>,
    bytes: &str,
) -> Value {
    let (kind, sender) = (
        EventKind::of(kind),
        Sender {
            office_code: company.slug.clone(),
            store_code: "QUAY".to_owned(),
            terminal_code: till.to_owned(),
        },
    );
    // On its way the request is a value once, which puts fields in order.
    let bytes = &serde_json::from_str::<Value>(bytes).unwrap().to_string();
    let item = PushItem {
        seq,
        entity_id: entity,
        revision,
        depends_on_closure: None,
        missing: Vec::new(),
        created_at: "2026-11-21T12:00:00+03:00".parse().unwrap(),
        idempotency_key: PushItem::key(&sender, &kind, entity, revision),
        kind,
        schema_version: 1,
        payload_hash: Digest::of(bytes.as_bytes()),
        payload: RawValue::from_string(bytes.to_owned()).unwrap(),
        people: Vec::new(),
        forwarded: None,
    };
    let request = serde_json::to_value(PushRequest::new(sender, Uuid::from_u128(99), 0, vec![item])).unwrap();
    let answer = chain.ok("POST", "/sync/push", device, request).await["results"][0].clone();
    assert_eq!(answer["result"], "accepted", "{answer}");
    answer
}

fn text_of(entry: &Entry) -> String {
    String::from_utf8(entry.to_bytes().unwrap()).unwrap()
}

fn tea() -> ProductId {
    ProductId::new(Uuid::from_u128(0x7EA))
}

fn stock(text: &str) -> Stock {
    Stock::parse(text).unwrap()
}

/// What people moved by hand.
fn posting(id: u128, cause: Cause, movements: &[(MovementKind, &str)]) -> Entry {
    let place = Place { item: tea().into(), location: LocationId::new(Uuid::from_u128(1)) };
    let (moment, by) = (Moment::utc(noon()), CashierId::new(Uuid::from_u128(7)));
    let posting = Posting {
        id: PostingId::new(Uuid::from_u128(id)),
        number: None,
        cause,
        moment,
        authority: Authority { cashier: by, approved_by: None },
        reason: None,
        reference: None,
        movements: movements
            .iter()
            .map(|(kind, change)| Movement::new(*kind, place, stock(change), Stock::ZERO))
            .collect(),
    };
    let event = Event::Stock(Box::new(StockAct::Moved));
    let mut entry = Entry::new(Uuid::from_u128(id), moment, Some(by), ClosureNumber(1), event);
    entry.effects.posting = Some(Box::new(posting));
    entry
}

/// A document that moved something.
fn document(company: &Company, receipt: u32, movements: &[(MovementKind, &str)]) -> Entry {
    let mut entry = sale(company, receipt);
    entry.effects.stock =
        movements.iter().map(|(kind, change)| StockMovement::new(tea(), *kind, stock(change))).collect();
    entry
}

fn receipt_of_ten(id: u128) -> Entry {
    let cause = Cause::Receipt { supplier: None, supplier_name: None, order: None };
    posting(id, cause, &[(MovementKind::Receipt, "10")])
}

async fn on_hand(chain: &Chain, token: &str) -> Value {
    let levels = chain.get(&format!("/stock/{}", tea().uuid()), token).await;
    levels["items"][0]["on_hand"].clone()
}

#[tokio::test]
async fn an_effect_happens_once_whatever_kind_of_event_brings_it_and_from_whichever_till() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str()));
        let member = chain.customer(owner).await;
        let mut sold = document(&harbour, 1, &[(MovementKind::Sale, "-2")]);
        let customer = CustomerId::new(member.parse().unwrap());
        let cause = loyalty::Cause::Sale { document: DocumentId::new(sold.entity) };
        let earned = row(&sold, customer, (PointsKind::Earned, 12), cause);
        sold.effects.loyalty.push(earned);
        let (id, bytes) = (sold.entity, text_of(&sold));
        let received = receipt_of_ten(0xACE);
        let (receipt, received) = (received.entity, text_of(&received));
        for (by, seq, kind, entity, revision, bytes) in [
            (one, 1, "transaction", id, 1, &bytes),
            (one, 2, "document_completed", id, 1, &bytes),
            (one, 3, "transaction", id, 2, &bytes),
            (one, 4, "transaction", Uuid::from_u128(5), 1, &bytes),
            (two, 1, "transaction", id, 1, &bytes),
            (one, 5, "stock_movement", receipt, 1, &received),
            (one, 6, "goods_received", receipt, 1, &received),
            (two, 2, "stock_movement", receipt, 1, &received),
        ] {
            send(&chain, &harbour, (by, (seq, kind, entity, revision)), bytes).await;
        }
        assert_eq!(on_hand(&chain, owner).await, "8", "ten came, two went");
        let balance = chain.get(&format!("/loyalty/members/{member}"), owner).await;
        assert_eq!(balance["points"], 12, "{balance}");
        let movements = chain.get("/stock/movements", owner).await;
        assert_eq!(movements["items"].as_array().unwrap().len(), 2, "{movements}");
    }
}

#[tokio::test]
async fn a_document_moves_goods_once_though_another_kind_numbers_its_movements_differently() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let one = ("TILL-1", harbour.device.as_str());
        let sold = document(&harbour, 1, &[(MovementKind::Sale, "-2")]);
        let mut again = sold.clone();
        let bag = ProductId::new(Uuid::from_u128(0xBA6));
        again.effects.stock.insert(0, StockMovement::new(bag, MovementKind::Sale, stock("-1")));
        for (seq, kind, entry) in [(1, "transaction", &sold), (2, "document_completed", &again)] {
            send(&chain, &harbour, (one, (seq, kind, sold.entity, 1)), &text_of(entry)).await;
        }
        assert_eq!(on_hand(&chain, owner).await, "-2");
    }
}

#[tokio::test]
async fn the_level_of_a_product_is_what_tills_reported_of_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let one = ("TILL-1", harbour.device.as_str());
        let counted =
            Cause::Adjustment { kind: AdjustmentKind::CycleCount, expected: stock("9"), counted: stock("8") };
        let transfer = || Cause::Transfer { transfer: None };
        let events = [
            receipt_of_ten(0xA1),
            document(&harbour, 1, &[(MovementKind::Sale, "-2.5")]),
            document(&harbour, 2, &[(MovementKind::Return, "1.5")]),
            posting(0xA2, counted, &[(MovementKind::Adjustment, "-1")]),
            posting(0xA3, transfer(), &[(MovementKind::TransferOut, "-3")]),
            posting(0xA4, transfer(), &[(MovementKind::TransferIn, "2")]),
            posting(0xA5, Cause::Issue { kind: IssueKind::Broken }, &[(MovementKind::Waste, "-1")]),
            posting(0xA6, Cause::Condition, &[(MovementKind::Damage, "1")]),
            // A document that was put aside is given up: what it held back was never told.
            document(&harbour, 3, &[(MovementKind::Release, "-4")]),
        ];
        for (seq, entry) in (1..).zip(&events) {
            send(&chain, &harbour, (one, (seq, entry.kind().name(), entry.entity, 1)), &text_of(entry)).await;
        }
        let level =
            chain.get(&format!("/stock?product_id={}", tea().uuid()), owner).await["items"][0].clone();
        assert_eq!(
            (&level["on_hand"], &level["reserved"], &level["available"]),
            (&json!("6"), &json!("0"), &json!("6"))
        );
        let all = chain.get("/stock/movements?limit=500", owner).await;
        let changes =
            all["items"].as_array().unwrap().iter().map(|one| stock(one["change"].as_str().unwrap()));
        assert_eq!((changes.len(), changes.sum::<Stock>()), (7, stock("6")), "{all}");
        let part = chain.get("/stock/movements?limit=4", owner).await;
        let next = format!("/stock/movements?limit=4&cursor={}", part["next_cursor"].as_str().unwrap());
        let rest = chain.get(&next, owner).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 3, "{rest}");
        let receipts = chain.get("/stock/movements?kind=receipt", owner).await;
        assert_eq!(receipts["items"][0]["change"], "10");
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await;
        assert_eq!(chain.get("/stock/movements", &manager.access).await["items"], json!([]));
        let of_tea = format!("/stock/{}", tea().uuid());
        chain.refused(("GET", &of_tea, &manager.access), Value::Null, (404, "not_found")).await;
    }
}

#[tokio::test]
async fn what_counts_in_another_currency_than_its_store_is_kept_and_in_none_of_its_sums() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let one = ("TILL-1", harbour.device.as_str());
        let (home, abroad) = (sale(&harbour, 1), sale(&harbour, 2));
        let foreign = text_of(&abroad).replace("\"TRY\"", "\"EUR\"");
        let answer = send(&chain, &harbour, (one, (1, "transaction", home.entity, 1)), &text_of(&home)).await;
        assert_eq!(answer.get("flags"), None);
        let answer = send(&chain, &harbour, (one, (2, "transaction", abroad.entity, 1)), &foreign).await;
        assert!(answer["flags"].to_string().contains("currency_differs"), "{answer}");
        let listed = chain.get("/documents", owner).await;
        let currencies: Vec<&Value> =
            listed["items"].as_array().unwrap().iter().map(|head| &head["currency"]).collect();
        assert_eq!(currencies, [&json!("TRY"), &json!("EUR")], "both are kept");
        let flagged = chain.get("/documents?flag=currency_differs", owner).await;
        assert_eq!(flagged["items"][0]["id"], json!(abroad.entity));

        let by = ("TILL-1", harbour.device.as_str(), 11);
        deliver_with(&chain, &harbour, by, (3, closed((1, "2026-11-20"), 300)), |_| {}).await;
        let by = ("TILL-1", harbour.device.as_str(), 12);
        let change = |value: &mut Value| {
            *value = serde_json::from_str(&value.to_string().replace("\"TRY\"", "\"EUR\"")).unwrap();
        };
        deliver_with(&chain, &harbour, by, (4, closed((2, "2026-11-20"), 700)), change).await;
        let path = "/reports/closures?level=store_day&from=2026-11-20&until=2026-11-20";
        let report = chain.get(path, owner).await;
        let sums: Vec<_> = report["items"].as_array().unwrap().iter().collect();
        let of = |currency: &str| {
            let sum = sums.iter().find(|sum| sum["currency"] == currency).unwrap();
            (sum["closures"].clone(), sum["gross_sales"].clone())
        };
        assert_eq!(of("TRY"), (json!(1), json!("3.00")));
        assert_eq!(of("EUR"), (json!(1), json!("7.00")));
        let closures = chain.get("/closures", owner).await;
        assert_eq!(closures["items"][1]["currency"], "EUR");
        let notices = chain.get("/me/notifications", owner).await;
        assert!(notices.to_string().contains("currency_differs"), "{notices}");
    }
}
