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
use saleflex_gate::db::{Books, DatabaseError, Tenant};
use saleflex_sync::wire::{EventKind, PeriodLink, PushItem, PushRequest, Sender};
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use super::{
    business::{self, sale},
    chain::{Chain, Company, chains, text},
    points::row,
    reports::{closed, deliver_with},
    support::{every_books, noon},
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
async fn two_tills_that_bring_one_document_at_once_move_its_goods_once() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str()));
        for no in 1..=8 {
            let sold = document(&harbour, no, &[(MovementKind::Sale, "-1")]);
            let bytes = text_of(&sold);
            let by =
                |till| send(&chain, &harbour, (till, (u64::from(no), "transaction", sold.entity, 1)), &bytes);
            let _both_accepted = tokio::join!(by(one), by(two));
        }
        assert_eq!(on_hand(&chain, owner).await, "-8");
        let flagged = chain.get("/documents?flag=cloned_terminal&limit=100", owner).await;
        assert_eq!(flagged["items"].as_array().unwrap().len(), 16, "and both are told: {flagged}");
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

/// The rows that deliveries leave behind. What hubs mint, and what stands in content of the store alone, is left out.
const LEFT: [(&str, &str); 14] = [
    ("ledger", "kind, entity_id, revision, epoch, seq, body, received_at"),
    ("ledger_flag", "*"),
    ("ledger_gap", "*"),
    ("ledger_variant", "kind, entity_id, revision, body, received_at"),
    ("document", "*"),
    ("document_row", "*"),
    ("closure", "*"),
    ("stock_movement", "*"),
    ("stock_level", "*"),
    ("counter", "name, value, updated_at"),
    ("feed", "*"),
    ("point_entry", "member_id, kind, points, created_at, booked_on"),
    ("offer_use", "*"),
    ("document_uses", "*"),
];

/// What deliveries of a company left behind, under names that are the same for each.
async fn left(books: &Books, company: &Company) -> Vec<String> {
    let id = Uuid::parse_str(&company.id).unwrap();
    let read = books.read::<_, DatabaseError>(Tenant::Platform, move |session| {
        let mut left = Vec::new();
        for (table, columns) in LEFT {
            let sql = format!("SELECT {columns} FROM {table} WHERE company_id = $1");
            let rows = session.query(&sql, &[id.into()])?;
            left.extend(rows.iter().map(|row| format!("{table} {:?}", row.values())));
        }
        Ok(left)
    });
    let named = |row: String| {
        let Company { id, store, terminal, .. } = company;
        row.replace(id, "company").replace(store, "store").replace(terminal, "terminal")
    };
    let mut left: Vec<String> = read.await.unwrap().into_iter().map(named).collect();
    left.sort_unstable();
    left
}

/// A day of a till: sales, one of them under two kinds and one number of two, what nobody can read, a closure that names what
/// never comes, a sale behind it, what was sent before, and other content under a key that is taken.
fn day(company: &Company) -> Vec<PushItem> {
    let sold = |receipt| {
        let entry = document(company, receipt, &[(MovementKind::Sale, "-2"), (MovementKind::Sale, "-3")]);
        (entry.entity, text_of(&entry))
    };
    let [(first, of_first), (second, of_second), (third, of_third)] = [1, 2, 3].map(sold);
    let [again, strange, closure] = [0xA6A1, 0x57A6, 0xC105].map(Uuid::from_u128);
    let of_again = of_second.replace(&second.to_string(), &again.to_string());
    let by = Some(CashierId::new(Uuid::from_u128(7)));
    let period = Event::PeriodClosed(Box::new(closed((1, "2026-11-21"), 10_000)));
    let of_closure = text_of(&Entry::new(closure, Moment::utc(noon()), by, ClosureNumber(1), period));
    let (sale, other) = (|| EventKind::Transaction, "{\"other\":1}");
    let sender = Sender {
        office_code: company.slug.clone(),
        store_code: "QUAY".to_owned(),
        terminal_code: "TILL-1".to_owned(),
    };
    let events = [
        (1, first, sale(), of_first.as_str()),
        (2, second, sale(), of_second.as_str()),
        (3, again, sale(), of_again.as_str()),
        (4, strange, sale(), other),
        (5, first, EventKind::of("document_completed"), of_first.as_str()),
        (6, closure, EventKind::Closure, of_closure.as_str()),
        (7, third, sale(), of_third.as_str()),
        (1, first, sale(), of_first.as_str()),
        (2, second, sale(), other),
    ];
    let items = events.into_iter().map(|(seq, entity, kind, bytes)| {
        // On its way the request is a value once, which puts fields in order.
        let bytes = serde_json::from_str::<Value>(bytes).unwrap().to_string();
        let is_closure = kind == EventKind::Closure;
        let period = ClosureNumber(1);
        let link = if is_closure { PeriodLink::Closes(period) } else { PeriodLink::BelongsTo(period) };
        let missing = if is_closure { vec![9] } else { Vec::new() };
        let item = business::item(&sender, (seq, entity), (kind, Some(link)), bytes);
        PushItem { missing, ..item }
    });
    items.collect()
}

/// Delivers events in one request, and answers what became of each.
async fn push(chain: &Chain, company: &Company, items: &[PushItem]) -> Vec<String> {
    let sender = Sender {
        office_code: company.slug.clone(),
        store_code: "QUAY".to_owned(),
        terminal_code: "TILL-1".to_owned(),
    };
    let request = PushRequest::new(sender, Uuid::from_u128(99), 0, items.to_vec());
    let request = serde_json::to_value(request).unwrap();
    let answer = chain.ok("POST", "/sync/push", &company.device, request).await;
    answer["results"].as_array().unwrap().iter().map(|one| text(&one["result"])).collect()
}

/// A day that is delivered in one request leaves the same behind as one that is delivered event by event, whatever the books
/// are made to refuse.
async fn a_day_is_the_same_in_one_request(forbidding: Option<[&str; 2]>) -> Vec<String> {
    let mut verdicts = Vec::new();
    for (at, books) in every_books().await.into_iter().enumerate() {
        let chain = Chain::on(books.clone());
        let [harbour, valley] = [chain.company("harbour").await, chain.company("valley").await];
        if let Some(sql) = forbidding.map(|each| each[at].to_owned()) {
            let made = books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.batch(&sql));
            made.await.unwrap();
        }
        verdicts = push(&chain, &harbour, &day(&harbour)).await;
        let mut one_by_one = Vec::new();
        for item in day(&valley) {
            one_by_one.extend(push(&chain, &valley, &[item]).await);
        }
        assert_eq!(verdicts, one_by_one);
        let left = [left(&books, &harbour).await, left(&books, &valley).await];
        assert_eq!(left[0], left[1]);
        for noted in ["late", "unreadable", "gap"] {
            assert!(left[0].iter().any(|row| row.contains(&format!("\"{noted}\""))), "{noted}");
        }
    }
    verdicts
}

#[tokio::test]
async fn a_day_leaves_the_same_behind_in_one_request_as_event_by_event() {
    let verdicts = a_day_is_the_same_in_one_request(None).await;
    assert_eq!(verdicts[..7], ["accepted"; 7]);
    assert_eq!(verdicts[7..], ["duplicate", "rejected"]);
}

#[tokio::test]
async fn a_day_with_a_sale_that_cannot_be_written_leaves_all_others_behind() {
    let forbidding = [
        "CREATE TRIGGER forbid BEFORE INSERT ON document WHEN NEW.receipt_number = 2 \
         BEGIN SELECT RAISE(ABORT, 'no'); END",
        "ALTER TABLE document ADD CONSTRAINT forbid CHECK (receipt_number <> 2)",
    ];
    let verdicts = a_day_is_the_same_in_one_request(Some(forbidding)).await;
    let is_taken = |verdict: &String| verdict == "accepted" || verdict == "duplicate";
    assert_eq!(verdicts[1..3], ["retry", "retry"]);
    assert!(verdicts.iter().enumerate().all(|(at, verdict)| is_taken(verdict) != (1..3).contains(&at)));
}
