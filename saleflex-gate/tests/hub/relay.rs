//! A store's hub between its tills and the company's: what it took is forwarded as it came, once, whatever is away.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{StatusCode, header},
};
use chrono::TimeDelta;
use saleflex_core::ids::ClosureNumber;
use saleflex_gate::{
    Hub, NewStore, TerminalChange, app,
    db::{Books, DatabaseError, Sqlite, Tenant},
    relay::{self, RelayWorker},
    settings::{OfficeWire, Profile, Settings, Upstream},
};
use saleflex_sync::{
    transport::{Method, Request, Response, Transport, Unreachable},
    wire::{EventKind, PeriodLink, PushItem},
    worker::{Done, Instant},
};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tower::ServiceExt;
use uuid::Uuid;

use super::{
    support::{Shop, call, codes, every_books, noon, request},
    sync::{PUSH, item, push, verdicts},
};

/// A way to a hub in this process; none while it is away.
struct Wire {
    router: Option<Router>,
    runtime: Handle,
}

impl Transport for Wire {
    fn send(&mut self, asked: &Request<'_>) -> Result<Response, Unreachable> {
        let away = || Unreachable::NoConnection { reason: "nobody answers".to_owned() };
        let router = self.router.clone().ok_or_else(away)?;
        let method = if asked.method == Method::Get { "GET" } else { "POST" };
        let mut head = axum::http::Request::builder().method(method).uri(format!("/api/v1{}", asked.path));
        if let Some(token) = asked.token {
            head = head.header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()));
        }
        let body = Body::from(asked.body.unwrap_or_default().to_vec());
        let sent = head.body(body).unwrap();
        self.runtime.block_on(async {
            let answer = router.oneshot(sent).await.unwrap();
            let status = answer.status().as_u16();
            let body = to_bytes(answer.into_body(), 1 << 24).await.unwrap().to_vec();
            Ok(Response { status, retry_after: None, body })
        })
    }
}

/// The company's hub with the store in it, and what the store's hub shows there.
pub(crate) async fn company(books: Books) -> (Hub, Router, String) {
    let settings = Settings { profile: Profile::Gate, ..Settings::default() };
    let hub = Hub::new(books, settings, noon);
    let store = NewStore {
        office_code: "OFC-HARBOUR".to_owned(),
        store_code: "HARBOUR-01".to_owned(),
        name: "Harbour".to_owned(),
        currency: "TRY".to_owned(),
        time_zone: "Europe/Istanbul".to_owned(),
        prices_include_tax: true,
        self_registration: false,
    };
    hub.add_store("harbour".to_owned(), store).await.unwrap();
    let node = hub.register(codes("NODE"), 0).await.unwrap();
    hub.change(node.company, node.terminal.id, TerminalChange::IsNode(true)).await.unwrap();
    let router = app(hub.clone());
    (hub, router, node.secret)
}

/// The company's hub as it came back from a backup that knows nothing of what the store sent, but the secret of its hub:
/// the hub, its routes, and a token of its own beside that secret.
pub(crate) async fn restored(token: &str) -> (Hub, Router, String) {
    let (hub, gate, fresh) = company(Books::open(Sqlite::in_memory().unwrap()).unwrap()).await;
    let node = hub.register(codes("NODE"), 0).await.unwrap();
    hub.accept_secret(node.company, node.terminal.id, token.to_owned()).await.unwrap();
    (hub, gate, fresh)
}

/// The store's hub, which forwards.
pub(crate) struct Store {
    pub(crate) shop: Shop,
    books: Books,
    worker: Option<RelayWorker>,
    elapsed: Duration,
}

impl Store {
    pub(crate) const fn books(&self) -> &Books {
        &self.books
    }

    /// The relay's next step is one of a program that was started anew.
    pub(crate) fn worker_starts_anew(&mut self) {
        self.worker = None;
    }

    pub(crate) async fn open(books: Books, token: String) -> Self {
        let shop = Shop::open(books.clone(), OfficeWire::Closed).await;
        Self::above(shop, books, token)
    }

    /// A hub with these books gets another one above it.
    pub(crate) fn above(shop: Shop, books: Books, token: String) -> Self {
        let upstream = Some(Upstream { address: "http://unused".to_owned(), token });
        let hub = Hub::new(
            books.clone(),
            Settings {
                upstream,
                metrics_token: Some("m".to_owned()),
                office_wire: OfficeWire::Open,
                ..Settings::default()
            },
            noon,
        );
        let shop = Shop { router: app(hub.clone()), hub, ..shop };
        Self { shop, books, worker: None, elapsed: Duration::from_secs(1) }
    }

    /// How many events wait, of how many.
    pub(crate) async fn progress(&self) -> (u64, u64) {
        let hub = self.shop.hub.clone();
        let progress = tokio::task::spawn_blocking(move || hub.relayed().unwrap()).await.unwrap();
        (progress.waiting, progress.last_seq)
    }

    /// Lets the relay do what is due, and half an hour pass.
    pub(crate) async fn forward(&mut self, router: Option<Router>) {
        let (hub, worker, elapsed) = (self.shop.hub.clone(), self.worker.take(), self.elapsed);
        let runtime = Handle::current();
        let forwarded = tokio::task::spawn_blocking(move || {
            let mut worker = worker.unwrap_or_else(|| relay::worker(&hub).unwrap());
            let mut wire = Wire { router, runtime };
            let at = Instant { elapsed, now: noon() + TimeDelta::from_std(elapsed).unwrap(), random: 0 };
            worker.schedule_mut().force();
            for _ in 0..100 {
                match worker.step(&mut wire, at).unwrap() {
                    Done::Nothing(_) => return worker,
                    Done::Step { .. } => {}
                }
            }
            panic!("the relay does not come to rest")
        });
        self.worker = Some(forwarded.await.unwrap());
        self.elapsed += Duration::from_secs(1_800);
    }
}

pub(crate) async fn relayed(router: &Router, token: &str) -> Value {
    let (status, state) =
        call(router, request("GET", "/api/v1/sync/state", Some(token), Body::empty())).await;
    assert_eq!(status, StatusCode::OK, "{state}");
    state["relayed"].clone()
}

pub(crate) async fn both() -> Vec<(Books, Books)> {
    every_books()
        .await
        .into_iter()
        .map(|books| (books, Books::open(Sqlite::in_memory().unwrap()).unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_stores_hub_took_while_the_companys_was_away_is_forwarded_as_it_came_and_once() {
    for (office, gate) in both().await {
        let (_, gate, token) = company(gate).await;
        let mut store = Store::open(office, token.clone()).await;
        let till = store.shop.till_1.secret.clone();
        let sent = push(vec![item(1, 1, "{\"a\":1,\"b\":2}"), item(2, 2, "2"), item(3, 3, "3")]);
        let (_, answer) = store.shop.post(PUSH, Some(&till), &sent).await;
        assert_eq!(verdicts(&answer), ["accepted"; 3]);
        store.forward(None).await;
        assert_eq!(store.progress().await, (3, 3));
        let counted = call(&store.shop.router, request("GET", "/metrics", Some("m"), Body::empty())).await.1;
        let counted = counted.as_str().unwrap();
        assert!(counted.contains("saleflex_gate_relay_waiting 3"), "{counted}");
        assert!(counted.contains("saleflex_gate_ledger_entries_total 3"), "{counted}");
        assert!(counted.contains("saleflex_gate_ledger_flags_total{flag=\"unreadable\"} 3"), "{counted}");
        assert!(counted.contains("saleflex_gate_relay_set_aside 0"), "{counted}");
        let oldest = counted.lines().find(|line| line.starts_with("saleflex_gate_relay_oldest_seconds "));
        assert!(oldest.is_some_and(|line| !line.ends_with(" 0")), "{counted}");
        store.forward(Some(gate.clone())).await;
        assert_eq!(store.progress().await, (0, 3));
        let tills = relayed(&gate, &token).await;
        assert_eq!(tills[0]["sender"]["terminal_code"], "TILL-1");
        assert_eq!(tills[0]["state"]["contiguous_seq"], 3);
        assert_eq!(tills[0]["state"]["epoch"], json!(Uuid::from_u128(99)));
        // Once more changes nothing, and neither does the till itself when it turns to the company's hub.
        store.forward(Some(gate.clone())).await;
        let (_, again) = call(&gate, request("POST", PUSH, Some(&token), Body::from(sent.to_string()))).await;
        assert_eq!(verdicts(&again), ["duplicate"; 3], "{again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_companys_hub_that_came_back_from_a_backup_gets_what_it_lost() {
    for (office, gate) in both().await {
        let (_, first, token) = company(gate).await;
        let mut store = Store::open(office, token.clone()).await;
        let till = store.shop.till_1.secret.clone();
        store.shop.post(PUSH, Some(&till), &push(vec![item(1, 1, "1"), item(2, 2, "2")])).await;
        store.forward(Some(first)).await;
        let (_, second, fresh) = restored(&token).await;
        store.forward(Some(second.clone())).await;
        store.forward(Some(second.clone())).await;
        assert_eq!(relayed(&second, &fresh).await[0]["state"]["contiguous_seq"], 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_companys_hub_refuses_is_set_aside_and_forwarded_again_when_somebody_says_so() {
    for (office, gate) in both().await {
        let (_, gate, token) = company(gate).await;
        let mut store = Store::open(office, token.clone()).await;
        // The company's hub has other content under the key already.
        call(&gate, request("POST", PUSH, Some(&token), Body::from(push(vec![item(1, 1, "9")]).to_string())))
            .await;
        let till = store.shop.till_1.secret.clone();
        store.shop.post(PUSH, Some(&till), &push(vec![item(1, 1, "1"), item(2, 2, "2")])).await;
        store.forward(Some(gate.clone())).await;
        let hub = store.shop.hub.clone();
        let aside = tokio::task::spawn_blocking(move || (hub.relay_set_aside().unwrap(), hub)).await.unwrap();
        let ([(no, code, _)], hub) = (&aside.0[..], &aside.1) else { panic!("one is set aside") };
        assert_eq!((*no, code.as_str()), (1, "content_mismatch"));
        let (no, hub) = (*no, hub.clone());
        let released = tokio::task::spawn_blocking(move || hub.relay_again(no).unwrap()).await.unwrap();
        assert!(released);
        assert_eq!(relayed(&gate, &token).await[0]["state"]["contiguous_seq"], 2, "the other one passed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_much_a_till_has_set_aside_is_known_at_both_hubs_and_not_mixed_with_what_the_stores_has() {
    for (office, books) in both().await {
        let (_, gate, token) = company(books.clone()).await;
        let mut store = Store::open(office.clone(), token).await;
        let till = store.shop.till_1.secret.clone();
        let mut sent = push(vec![item(1, 1, "1")]);
        sent["quarantined"] = json!(3);
        store.shop.post(PUSH, Some(&till), &sent).await;
        store.forward(Some(gate.clone())).await;
        for books in [office, books] {
            let read = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
                let sql = "SELECT set_aside FROM terminal WHERE terminal_code = 'TILL-1'";
                session.query(sql, &[])?[0].optional_integer(0)
            });
            assert_eq!(read.await.unwrap(), Some(3));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_aside_at_a_stores_hub_is_given_up_by_a_person_once_and_is_still_named() {
    for (office, books) in both().await {
        let (_, gate, token) = company(books).await;
        let mut store = Store::open(office.clone(), token.clone()).await;
        let mut other = push(vec![item(9, 1, "9")]);
        other["epoch"] = json!(Uuid::from_u128(1));
        call(&gate, request("POST", PUSH, Some(&token), Body::from(other.to_string()))).await;
        let till = store.shop.till_1.secret.clone();
        store.shop.post(PUSH, Some(&till), &push(vec![item(1, 1, "1"), item(2, 2, "2")])).await;
        store.forward(Some(gate.clone())).await;
        let hub = store.shop.hub.clone();
        let done = tokio::task::spawn_blocking(move || {
            let done = [1, 1, 2].map(|no| hub.relay_write_off(no, "Sold by another till").unwrap());
            (
                done,
                hub.relay_again(1).unwrap(),
                hub.relay_set_aside().unwrap(),
                hub.relayed().unwrap().quarantined,
            )
        });
        assert_eq!(done.await.unwrap(), ([true, false, false], false, Vec::new(), 0));
        let counted = call(&store.shop.router, request("GET", "/metrics", Some("m"), Body::empty())).await.1;
        assert!(counted.as_str().unwrap().contains("saleflex_gate_relay_set_aside 0"), "{counted}");
        let said = office.read::<_, DatabaseError>(Tenant::Platform, |session| {
            let rows = session.query("SELECT detail FROM audit WHERE act = 'relay.written_off'", &[])?;
            rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<Vec<_>, _>>()
        });
        let said = said.await.unwrap();
        let detail: Value = serde_json::from_str(&said[0]).unwrap();
        assert_eq!((said.len(), &detail["reason"]), (1, &json!("Sold by another till")));
        let closes = PushItem {
            kind: EventKind::Closure,
            idempotency_key: item(3, 3, "3").idempotency_key.replace("transaction", "closure"),
            depends_on_closure: Some(PeriodLink::Closes(ClosureNumber(1))),
            ..item(3, 3, "3")
        };
        store.shop.post(PUSH, Some(&till), &push(vec![closes])).await;
        store.forward(Some(gate.clone())).await;
        let state = relayed(&gate, &token).await[0]["state"].clone();
        assert_eq!((&state["contiguous_seq"], &state["missing"]), (&json!(3), &Value::Null), "{state}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_damaged_in_the_queue_of_a_stores_hub_is_set_aside_and_holds_up_nothing() {
    for (office, gate) in both().await {
        let (_, gate, token) = company(gate).await;
        let mut store = Store::open(office, token.clone()).await;
        let till = store.shop.till_1.secret.clone();
        store.shop.post(PUSH, Some(&till), &push(vec![item(1, 1, "1"), item(2, 2, "2")])).await;
        let damaged = format!("UPDATE ledger SET body = '{{' WHERE entity_id = '{}'", Uuid::from_u128(1));
        sql(&store.books, damaged).await;
        store.forward(Some(gate.clone())).await;
        let hub = store.shop.hub.clone();
        let aside = tokio::task::spawn_blocking(move || hub.relay_set_aside().unwrap()).await.unwrap();
        let aside: Vec<(u64, &str)> = aside.iter().map(|(no, code, _)| (*no, code.as_str())).collect();
        assert_eq!(aside, [(1, "unreadable")]);
        assert_eq!(relayed(&gate, &token).await[0]["state"]["highest_seq"], 2, "the other one passed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_is_revoked_at_the_companys_hub_keeps_the_stores_other_tills_from_nothing() {
    for (office, gate) in both().await {
        let (hub, gate, token) = company(gate).await;
        let mut store = Store::open(office, token.clone()).await;
        let revoked = hub.register(codes("TILL-1"), 0).await.unwrap();
        hub.change(revoked.company, revoked.terminal.id, TerminalChange::IsActive(false)).await.unwrap();
        let mut of_the_other = push(vec![item(1, 5, "5")]);
        of_the_other["sender"]["terminal_code"] = json!("TILL-2");
        let key = of_the_other["items"][0]["idempotency_key"].as_str().unwrap().replace("TILL-1", "TILL-2");
        of_the_other["items"][0]["idempotency_key"] = json!(key);
        let (first, second) = (store.shop.till_1.secret.clone(), store.shop.till_2.secret.clone());
        store.shop.post(PUSH, Some(&first), &push(vec![item(1, 1, "1"), item(2, 2, "2")])).await;
        let (_, answer) = store.shop.post(PUSH, Some(&second), &of_the_other).await;
        assert_eq!(verdicts(&answer), ["accepted"], "{answer}");
        store.forward(Some(gate.clone())).await;
        let tills = relayed(&gate, &token).await;
        let of = |code: &str| {
            let mut tills = tills.as_array().unwrap().iter();
            tills.find(|till| till["sender"]["terminal_code"] == code).unwrap()["state"].clone()
        };
        assert_eq!(of("TILL-2")["contiguous_seq"], 1, "{tills}");
        assert_eq!(of("TILL-1")["contiguous_seq"], 0, "{tills}");
        let at = store.shop.hub.clone();
        let aside = tokio::task::spawn_blocking(move || at.relay_set_aside().unwrap()).await.unwrap();
        let codes: Vec<&str> = aside.iter().map(|(_, code, _)| code.as_str()).collect();
        assert_eq!(codes, ["terminal_revoked"; 2], "a person decides about them");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_company_says_of_a_till_without_a_share_holds_behind_a_stores_hub() {
    for (office, books) in both().await {
        let (_, gate, token) = company(books.clone()).await;
        let mut store = Store::open(office, token).await;
        let till = store.shop.till_1.secret.clone();
        for (policy, said) in [
            ("allow", "UPDATE company SET quota_policy = 'allow'"),
            ("refuse", "UPDATE company SET quota_policy = 'refuse'"),
        ] {
            sql(&books, said).await;
            store.forward(Some(gate.clone())).await;
            let asked = json!({"schema_version": 1, "epoch": Uuid::from_u128(99), "asks": []});
            let (_, answer) = store.shop.post("/api/v1/sync/quotas", Some(&till), &asked).await;
            assert_eq!((&answer["policy"], &answer["shares"]), (&json!(policy), &json!([])), "{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_tells_the_companys_hub_which_numbers_are_set_aside_at_the_stores() {
    for (office, books) in both().await {
        let (_, gate, token) = company(books.clone()).await;
        let mut store = Store::open(office, token.clone()).await;
        let mut other = push(vec![item(9, 1, "9")]);
        other["epoch"] = json!(Uuid::from_u128(1));
        call(&gate, request("POST", PUSH, Some(&token), Body::from(other.to_string()))).await;
        let till = store.shop.till_1.secret.clone();
        let closes = |seq: u64, period| {
            let (kind, closure) = (EventKind::Closure, item(seq, seq.into(), &seq.to_string()));
            let idempotency_key = closure.idempotency_key.replace("transaction", kind.as_str());
            let depends_on_closure = Some(PeriodLink::Closes(ClosureNumber(period)));
            PushItem { kind, idempotency_key, depends_on_closure, ..closure }
        };
        // All of it waits at once: what is refused of a period is known before its closure goes.
        let waiting = vec![item(1, 1, "1"), item(2, 2, "2"), closes(3, 1), closes(4, 2)];
        store.shop.post(PUSH, Some(&till), &push(waiting)).await;
        store.forward(Some(gate.clone())).await;
        let flagged = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
            session.query("SELECT entity_id FROM ledger_flag WHERE flag = 'gap'", &[])
        });
        let flagged: Vec<Uuid> = flagged.await.unwrap().iter().map(|row| row.id(0).unwrap()).collect();
        assert_eq!(flagged, [Uuid::from_u128(3)], "the closure of its period, and no other");
        let state = relayed(&gate, &token).await[0]["state"].clone();
        assert_eq!((&state["contiguous_seq"], &state["missing"]), (&json!(4), &Value::Null), "{state}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_stores_hub_delivers_for_others_and_only_for_its_own_store() {
    for (books, _) in both().await {
        let shop = Shop::open(books, OfficeWire::Closed).await;
        let sent = push(vec![item(1, 1, "{}")]);
        let other = Some(shop.till_2.secret.as_str());
        assert_eq!(shop.post(PUSH, other, &sent).await.0, StatusCode::FORBIDDEN);
        shop.change(&shop.till_2, TerminalChange::IsNode(true)).await;
        assert_eq!(shop.post(PUSH, other, &sent).await.0, StatusCode::OK);
        let mut elsewhere = sent.clone();
        elsewhere["sender"]["store_code"] = json!("HARBOUR-02");
        let (status, answer) = shop.post(PUSH, other, &elsewhere).await;
        let code = &answer["results"][0]["error"]["code"];
        assert_eq!((status, code), (StatusCode::OK, &json!("scope_mismatch")), "{answer}");
        shop.change(&shop.till_1, TerminalChange::IsActive(false)).await;
        let (status, answer) = shop.post(PUSH, other, &sent).await;
        let code = &answer["results"][0]["error"]["code"];
        assert_eq!((status, code), (StatusCode::OK, &json!("terminal_revoked")), "{answer}");
        shop.change(&shop.till_2, TerminalChange::IsActive(false)).await;
        let (status, answer) = shop.post(PUSH, other, &sent).await;
        assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &json!("terminal_revoked")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_company_defines_is_told_to_the_stores_tills_by_the_stores_hub() {
    for (office, gate) in both().await {
        let (hub, gate, token) = company(gate).await;
        let mut store = Store::open(office, token).await;
        let till = store.shop.till_1.secret.clone();
        let (_, before) = store.shop.get("/api/v1/sync/bootstrap", Some(&till)).await;
        let mut seed: Value =
            serde_json::from_str(include_str!("../../../vectors/wire/init/harbour-TILL-1.json")).unwrap();
        seed["data"]["products"][0]["name"] = json!("Told by the company");
        hub.import("harbour".into(), seed).await.unwrap();
        store.forward(Some(gate)).await;
        let cursor = before["cursor"].as_str().unwrap();
        let path = format!("/api/v1/sync/changes?wait=1&cursor={cursor}");
        let (_, page) = store.shop.get(&path, Some(&till)).await;
        let told = page["items"].as_array().unwrap().iter().any(|row| row["name"] == "Told by the company");
        assert!(told, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_companys_hub_lost_with_a_backup_is_gone_at_the_stores_too() {
    for (office, books) in both().await {
        let mut chain = Lost::open(office, books.clone()).await;
        let cursor = chain.place().await;
        sql(&books, FORGET).await;
        sql(&books, "UPDATE company SET changes = changes - 1").await;
        // The first answer says that the place is gone, the second is a snapshot.
        chain.pull().await;
        chain.pull().await;
        assert_eq!(chain.is_known().await, (false, chain.before - 1));
        let path = format!("/api/v1/sync/changes?cursor={cursor}");
        let (_, page) = chain.store.shop.get(&path, Some(&chain.till)).await;
        let items = page["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["is_deleted"]), (1, &json!(true)), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_goes_at_the_stores_hub_because_the_companys_has_yet_to_hear_of_them_again() {
    for (office, books) in both().await {
        let mut chain = Lost::open(office.clone(), books.clone()).await;
        let people = async || {
            let read = office.read::<_, DatabaseError>(Tenant::Platform, |session| {
                let of = "SELECT count(*) FROM definition WHERE resource = 'customers' AND is_deleted = 0";
                session.query(of, &[])?[0].integer(0)
            });
            read.await.unwrap()
        };
        let before = people().await;
        assert!(before > 0);
        sql(&books, "DELETE FROM definition WHERE resource = 'customers'").await;
        sql(&books, FORGET).await;
        sql(&books, "UPDATE company SET changes = changes - 1").await;
        chain.pull().await;
        chain.pull().await;
        assert!(!chain.is_known().await.0, "a snapshot came");
        assert_eq!(people().await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_cannot_be_read_begins_a_snapshot_of_the_companys_hub() {
    for (office, books) in both().await {
        let mut chain = Lost::open(office.clone(), books.clone()).await;
        sql(&books, FORGET).await;
        sql(&office, "UPDATE upstream SET cursor = 'no cursor'").await;
        chain.pull().await;
        assert_eq!(chain.is_known().await, (false, chain.before - 1), "what it does not hold is gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_company_leaves_to_the_store_is_not_taken_until_the_company_decides_again() {
    for (office, books) in both().await {
        let mut chain = Lost::open(office.clone(), books.clone()).await;
        let leaves = "UPDATE company SET authority = '{\"catalog\":\"office\"}', changes = changes + 1";
        sql(&books, leaves).await;
        sql(&books, FORGET).await;
        chain.pull().await;
        sql(&office, "UPDATE upstream SET cursor = NULL").await;
        chain.pull().await;
        assert_eq!(chain.is_known().await, (true, chain.before), "the store's own, whatever the company has");
        let (_, whole) = chain.store.shop.get("/api/v1/sync/bootstrap", Some(&chain.till)).await;
        assert_eq!(whole["authority"], json!({"catalog": "office"}), "tills of the store are told");
        sql(&books, "UPDATE company SET authority = '{}', changes = changes + 1").await;
        chain.pull().await;
        chain.pull().await;
        assert_eq!(chain.is_known().await, (false, chain.before - 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_at_the_companys_hub_is_erased_at_the_stores_whoever_decides() {
    for (office, books) in both().await {
        let mut chain = Lost::open(office.clone(), books.clone()).await;
        let seed: Value =
            serde_json::from_str(include_str!("../../../vectors/wire/init/harbour-TILL-1.json")).unwrap();
        let ada = seed["data"]["customers"][1]["id"].as_str().unwrap();
        sql(&books, "UPDATE company SET authority = '{\"customers\":\"office\"}', changes = changes + 1")
            .await;
        let erased = format!(
            "UPDATE definition SET is_deleted = 1, body = '{{\"id\":\"{ada}\",\"is_erased\":true}}', \
             version = (SELECT changes FROM company) WHERE resource = 'customers' AND definition_id = '{ada}'"
        );
        sql(&books, erased).await;
        chain.pull().await;
        let read = office.read::<_, DatabaseError>(Tenant::Platform, {
            let ada = Uuid::parse_str(ada).unwrap();
            move |session| {
                let rows =
                    session.query("SELECT body FROM definition WHERE definition_id = $1", &[ada.into()])?;
                Ok(rows[0].text(0)?.to_owned())
            }
        });
        let body: Value = serde_json::from_str(&read.await.unwrap()).unwrap();
        assert_eq!((&body["is_erased"], &body["name"]), (&json!(true), &Value::Null), "{body}");
    }
}

/// The company's hub without the row that [`Lost`] made there.
const FORGET: &str = "DELETE FROM definition WHERE definition_id = '00000000-0000-0000-0000-000000000007'";

/// A chain whose store took over a row that its company's hub is about to lose.
struct Lost {
    gate: Router,
    store: Store,
    till: String,
    before: usize,
}

impl Lost {
    async fn open(office: Books, books: Books) -> Self {
        let (hub, gate, token) = company(books).await;
        let store = Store::open(office, token).await;
        let till = store.shop.till_1.secret.clone();
        let mut seed: Value =
            serde_json::from_str(include_str!("../../../vectors/wire/init/harbour-TILL-1.json")).unwrap();
        let mut extra = seed["data"]["product_units"][0].clone();
        (extra["id"], extra["code"]) = (json!(Uuid::from_u128(7)), json!("LOST"));
        seed["data"]["product_units"].as_array_mut().unwrap().push(extra);
        hub.import("harbour".into(), seed).await.unwrap();
        let mut chain = Self { gate, store, till, before: 0 };
        chain.pull().await;
        let (is_known, before) = chain.is_known().await;
        assert!(is_known);
        Self { before, ..chain }
    }

    async fn pull(&mut self) {
        self.store.forward(Some(self.gate.clone())).await;
    }

    /// Whether the store has the row, and how many there are.
    async fn is_known(&self) -> (bool, usize) {
        let (_, whole) = self.store.shop.get("/api/v1/sync/bootstrap", Some(&self.till)).await;
        let resources = whole["resources"].as_array().unwrap();
        let units = resources.iter().find(|one| one["resource"] == "product_units").unwrap();
        let live = units["rows"].as_array().unwrap().iter().filter(|row| row["is_deleted"] != true);
        let codes: Vec<&Value> = live.map(|row| &row["code"]).collect();
        (codes.iter().any(|code| **code == "LOST"), codes.len())
    }

    async fn place(&self) -> String {
        let (_, whole) = self.store.shop.get("/api/v1/sync/bootstrap", Some(&self.till)).await;
        whole["cursor"].as_str().unwrap().to_owned()
    }
}

pub(crate) async fn sql(books: &Books, statement: impl Into<String>) {
    let statement = statement.into();
    let done =
        books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.execute(&statement, &[]));
    assert_ne!(done.await.unwrap(), 0);
}
