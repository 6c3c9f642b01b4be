//! A hub as simple as it can be: what it must do, without a database, an address or a thread.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use saleflex_core::{digest::Digest, journal::Entry};
use saleflex_sync::{
    transport::{Method, Request, Response},
    wire::{
        Authority, Change, ChangesPage, Counter, Cursor, Domain, Heartbeat, HeartbeatAnswer, HighWater,
        ItemError, ItemResult, Notification, PushAnswer, PushItem, PushRequest, Signal, SyncState, Verdict,
        notification::NotificationList,
    },
};
use serde::Serialize;
use uuid::Uuid;

/// A request that outlives its sender.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) fn of(request: &Request<'_>) -> Self {
        Self {
            method: request.method,
            path: request.path.to_owned(),
            body: request.body.unwrap_or_default().to_vec(),
        }
    }
}

/// A till's life, as the hub keeps it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    after: u64,
    /// By number, the key.
    events: BTreeMap<u64, String>,
}

impl Life {
    fn mark(&self, epoch: Uuid) -> HighWater {
        let highest_seq = self.events.keys().last().copied().unwrap_or(self.after);
        let missing: Vec<u64> =
            (self.after + 1..highest_seq).filter(|seq| !self.events.contains_key(seq)).collect();
        let contiguous_seq = missing.first().map_or(highest_seq, |first| first - 1);
        HighWater { epoch, contiguous_seq, highest_seq, missing }
    }
}

/// The hub.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hub {
    /// What took effect: by key, the content.
    pub(crate) ledger: BTreeMap<String, (Digest, Vec<u8>)>,
    /// The lives of each till, in the order it heard of them.
    pub(crate) lives: BTreeMap<String, Vec<(Uuid, Life)>>,
    /// Keys it refuses once, and keys it puts off once.
    pub(crate) refused: BTreeSet<String>,
    pub(crate) put_off: BTreeSet<String>,
    /// Keys it refuses until somebody mends it.
    pub(crate) poison: BTreeSet<String>,
    /// Keys over which it breaks down.
    pub(crate) deadly: BTreeSet<String>,
    /// Its changes, by place.
    pub(crate) changes: Vec<Change>,
    /// Who decides in which domain.
    pub(crate) authority: Option<BTreeMap<Domain, Authority>>,
    /// Places before this are forgotten.
    pub(crate) forgotten: u64,
    pub(crate) page: usize,
    pub(crate) messages: Vec<Notification>,
    pub(crate) read: BTreeSet<Uuid>,
    pub(crate) signals: Vec<Signal>,
    /// How a till said that it was, last.
    pub(crate) beat: Option<Heartbeat>,
    /// Its own life, where it says it.
    pub(crate) started: Option<Uuid>,
    /// What must never happen.
    pub(crate) violations: Vec<String>,
    /// Numbers that may be overtaken: they were refused, put off or set aside.
    pub(crate) excused: BTreeSet<String>,
    /// What it says of the till's numbers.
    pub(crate) counters: Vec<Counter>,
    /// Closures as they came, with what they named as missing.
    pub(crate) missing: BTreeMap<String, Vec<u64>>,
}

fn answer(status: u16, body: &impl Serialize) -> Response {
    Response { status, retry_after: None, body: serde_json::to_vec(body).unwrap() }
}

impl Hub {
    pub(crate) fn handle(&mut self, sent: &Sent, terminal: &str) -> Response {
        let (path, query) = sent.path.split_once('?').unwrap_or((&sent.path, ""));
        match (sent.method, path) {
            (Method::Post, "/sync/push") => self.push(&sent.body),
            (Method::Get, "/sync/state") => answer(200, &self.state(terminal)),
            (Method::Get, "/sync/changes") => self.page_of(query),
            (Method::Post, "/sync/heartbeat") => {
                self.beat = serde_json::from_slice(&sent.body).ok();
                let server_time = "2025-04-06T08:00:00Z".parse().unwrap();
                let signals = self.signals.clone();
                answer(
                    200,
                    &HeartbeatAnswer { server_time, signals, life: self.started, further: BTreeMap::new() },
                )
            }
            (Method::Get, "/notifications") => {
                let unread = self.messages.iter().filter(|message| !self.read.contains(&message.id));
                let items = unread.cloned().collect();
                answer(200, &NotificationList { items, further: BTreeMap::new() })
            }
            (Method::Post, path) if path.starts_with("/notifications/") => {
                self.read.insert(path.split('/').nth(2).unwrap().parse().unwrap());
                Response { status: 204, ..Response::default() }
            }
            _ => Response { status: 404, ..Response::default() },
        }
    }

    fn push(&mut self, body: &[u8]) -> Response {
        let request: PushRequest = serde_json::from_slice(body).unwrap();
        let keys = request.items.iter().map(|item| &item.idempotency_key);
        if keys.clone().any(|key| self.deadly.contains(key)) {
            self.excused.extend(keys.cloned());
            return Response { status: 500, ..Response::default() };
        }
        let results = request.items.iter().map(|item| self.take(&request, item)).collect();
        let life = self.life(&request.sender.terminal_code, request.epoch, request.epoch_after);
        let high_water = Some(life.mark(request.epoch));
        answer(200, &PushAnswer { results, high_water, server_time: None, further: BTreeMap::new() })
    }

    fn life(&mut self, terminal: &str, epoch: Uuid, after: u64) -> &mut Life {
        let lives = self.lives.entry(terminal.to_owned()).or_default();
        let at = lives.iter().position(|(known, _)| *known == epoch).unwrap_or_else(|| {
            lives.push((epoch, Life { after, events: BTreeMap::new() }));
            lives.len() - 1
        });
        &mut lives[at].1
    }

    fn take(&mut self, request: &PushRequest, item: &PushItem) -> ItemResult {
        let key = item.idempotency_key.clone();
        item.verify(&request.sender).unwrap();
        let result = |result, code: Option<&str>| ItemResult {
            id: key.clone(),
            result,
            flags: Vec::new(),
            error: code.map(|code| ItemError { code: code.to_owned(), detail: "because".to_owned() }),
        };
        if let Some((known, _)) = self.ledger.get(&key) {
            return if *known == item.payload_hash {
                result(Verdict::Duplicate, None)
            } else {
                self.violations.push(format!("{key} came with other content"));
                result(Verdict::Rejected, Some("content_mismatch"))
            };
        }
        if self.poison.contains(&key) || self.refused.remove(&key) {
            self.excused.insert(key.clone());
            return result(Verdict::Rejected, Some("bad_document"));
        }
        if self.put_off.remove(&key) {
            self.excused.insert(key.clone());
            return result(Verdict::Retry, Some("busy"));
        }
        self.check_order(request, item);
        self.ledger.insert(key.clone(), (item.payload_hash, item.payload.get().as_bytes().to_vec()));
        self.missing.insert(key.clone(), item.missing.clone());
        let life = self.life(&request.sender.terminal_code, request.epoch, request.epoch_after);
        life.events.insert(item.seq, key.clone());
        result(Verdict::Accepted, None)
    }

    fn check_order(&mut self, request: &PushRequest, item: &PushItem) {
        let life = self.life(&request.sender.terminal_code, request.epoch, request.epoch_after).clone();
        let highest = life.events.keys().last().copied().unwrap_or_default();
        if item.seq <= highest && !self.excused.contains(&item.idempotency_key) {
            self.violations.push(format!("{} took effect after {highest}", item.idempotency_key));
        }
        if item.kind.as_str() == "closure" {
            // What is lacking of its period was named, so the hub knows that the books are open.
            let period = item.depends_on_closure;
            let named = item.missing.iter().any(|seq| life.events.contains_key(seq));
            if named {
                self.violations.push(format!("{period:?} names what is there as missing"));
            }
        }
    }

    pub(crate) fn state(&self, terminal: &str) -> SyncState {
        let Some(lives) = self.lives.get(terminal) else { return SyncState::default() };
        let mut marks: Vec<HighWater> = lives.iter().map(|(epoch, life)| life.mark(*epoch)).collect();
        let Some(last) = marks.pop() else { return SyncState::default() };
        let highest_key = lives.last().and_then(|(_, life)| life.events.values().last().cloned());
        SyncState {
            epoch: Some(last.epoch),
            contiguous_seq: last.contiguous_seq,
            highest_seq: last.highest_seq,
            highest_key,
            missing: last.missing,
            earlier: Some(marks),
            counters: self.counters.clone(),
            ..SyncState::default()
        }
    }

    fn page_of(&self, query: &str) -> Response {
        let cursor = query.split('&').find_map(|part| part.strip_prefix("cursor="));
        let from = cursor.map_or(0, |cursor| Cursor::parse(cursor).unwrap().change().unwrap());
        if cursor.is_some() && from < self.forgotten {
            let body = br#"{"code":"cursor_expired","message":"too old"}"#;
            return Response { status: 410, retry_after: None, body: body.to_vec() };
        }
        let start = usize::try_from(from).unwrap();
        let end = (start + self.page.max(1)).min(self.changes.len());
        let mut items = self.changes[start.min(end)..end].to_vec();
        if from < self.forgotten {
            // Tombstones that are forgotten are not in a snapshot.
            items.retain(|change| !change.is_deleted);
        }
        answer(
            200,
            &ChangesPage {
                items,
                next_cursor: Cursor::of_change(u64::try_from(end).unwrap()),
                has_more: end < self.changes.len(),
                authority: self.authority.clone(),
                quota_policy: None,
                server_time: None,
                further: BTreeMap::new(),
            },
        )
    }

    /// What took effect of a till, read back.
    pub(crate) fn entries(&self, terminal: &str) -> Vec<Entry> {
        let of_till = self.ledger.iter().filter(|(key, _)| key.starts_with(&format!("{terminal}/")));
        of_till.map(|(_, (_, payload))| Entry::from_bytes(payload).unwrap()).collect()
    }

    /// The same with the lives of its file that they are of, in the order of each.
    pub(crate) fn by_lives(&self, terminal: &str) -> Vec<(Uuid, Entry)> {
        let lives = self.lives.get(terminal).into_iter().flatten();
        let keys = lives.flat_map(|(epoch, life)| life.events.values().map(move |key| (*epoch, key)));
        keys.map(|(epoch, key)| (epoch, Entry::from_bytes(&self.ledger[key].1).unwrap())).collect()
    }
}

/// How long a hub asks to be left alone.
pub(crate) const WAIT: Duration = Duration::from_secs(30);
