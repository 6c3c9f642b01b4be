//! A network that does what networks do, before a hub that may die while it works.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use saleflex_sync::{
    transport::{Method, Request, Response, Transport, Unreachable},
    wire::{PushAnswer, PushRequest, Secret, Verdict},
};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::{dice::Dice, in_process::InProcess, node::Node};

/// A request that outlives its sender.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    method: Method,
    path: String,
    body: Vec<u8>,
    token: Option<Secret>,
}

impl Sent {
    /// Whether whoever shows this sent it.
    pub(crate) fn is_of(&self, secret: &str) -> bool {
        self.token.as_ref().is_some_and(|token| token.reveal() == secret)
    }
}

/// What was seen at a hub's door.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The highest number that took effect, of each till and life.
    highest: BTreeMap<(String, Uuid), u64>,
    /// Keys that may be overtaken: they were refused, put off, set aside or lost.
    excused: BTreeSet<String>,
    /// What must never happen.
    pub(crate) violations: Vec<String>,
}

impl Seen {
    /// A hub lost what it had: the order begins anew.
    pub(crate) fn forget(&mut self, lost: impl IntoIterator<Item = String>) {
        self.highest.clear();
        self.excused.extend(lost);
    }

    /// What was set aside on its way to the store's hub is overtaken at the company's too.
    pub(crate) fn excuse_as(&mut self, earlier: &Self) {
        self.excused.extend(earlier.excused.iter().cloned());
    }

    fn answered(&mut self, request: &PushRequest, answer: &PushAnswer) {
        for item in &request.items {
            let verdict = answer.results.iter().find(|result| result.id == item.idempotency_key);
            let Some(verdict) = verdict else {
                self.violations.push(format!("no word about {}", item.idempotency_key));
                continue;
            };
            match verdict.result {
                Verdict::Accepted => self.accepted(request, item.seq, &item.idempotency_key),
                Verdict::Duplicate => {}
                Verdict::Retry | Verdict::Rejected | Verdict::Unknown(_) | _ => {
                    self.violations.push(format!("{} was refused: {verdict:?}", item.idempotency_key));
                }
            }
        }
    }

    fn accepted(&mut self, request: &PushRequest, seq: u64, key: &str) {
        let of = (request.sender.terminal_code.clone(), request.epoch);
        let highest = self.highest.entry(of).or_default();
        if seq <= *highest && !self.excused.contains(key) {
            self.violations.push(format!("{key} took effect after {highest}"));
        }
        *highest = seq.max(*highest);
    }
}

/// The way between a sender and a hub.
pub(crate) struct Network<'a> {
    pub(crate) node: &'a mut Node,
    pub(crate) runtime: &'a Runtime,
    pub(crate) seen: &'a mut Seen,
    pub(crate) dice: &'a mut Dice,
    /// Of a thousand requests, so many meet a fault.
    pub(crate) faults: u32,
    /// Requests that are still under way although nobody waits for them.
    pub(crate) late: &'a mut Vec<Sent>,
}

impl Network<'_> {
    /// Carries a request to the hub; a hub that dies of it answers nobody and is started again.
    pub(crate) fn deliver(&mut self, sent: &Sent) -> Result<Response, Unreachable> {
        let mut way = InProcess { router: Some(&self.node.router), runtime: self.runtime };
        let request = Request { method: sent.method, body: Some(&sent.body), ..Request::get(&sent.path) };
        let answer = way.send(&request.showing(sent.token.as_ref()));
        if self.node.life.is_over() {
            self.node.restart();
            return Err(Unreachable::Broken { reason: "the hub died".to_owned() });
        }
        if let (Ok(Response { status: 200, body, .. }), Ok(request)) =
            (&answer, serde_json::from_slice::<PushRequest>(&sent.body))
        {
            self.seen.answered(&request, &serde_json::from_slice(body).unwrap());
        }
        answer
    }

    /// Whoever sends these alone and is refused may set them aside.
    fn excuse(&mut self, sent: &Sent) {
        if let Ok(request) = serde_json::from_slice::<PushRequest>(&sent.body) {
            self.seen.excused.extend(request.items.into_iter().map(|item| item.idempotency_key));
        }
    }
}

fn said(status: u16, body: &str) -> Response {
    Response { status, retry_after: None, body: body.as_bytes().to_vec() }
}

impl Transport for Network<'_> {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        let sent = Sent {
            method: request.method,
            path: request.path.to_owned(),
            body: request.body.unwrap_or_default().to_vec(),
            token: request.token.cloned(),
        };
        if self.dice.below(1_000) >= self.faults {
            return self.deliver(&sent);
        }
        match self.dice.below(16) {
            0 => Err(Unreachable::NoConnection { reason: "no route".to_owned() }),
            1 | 2 => self.deliver(&sent).and(Err(Unreachable::TooSlow)),
            3 => {
                let first = self.deliver(&sent);
                self.deliver(&sent).or(first)
            }
            4 => {
                self.late.push(sent);
                Err(Unreachable::TooSlow)
            }
            5 => self.deliver(&sent).map(|mut answer| {
                answer.body.truncate(answer.body.len() / 2);
                answer
            }),
            6 => {
                self.excuse(&sent);
                Ok(said(500, "oh"))
            }
            7 => Ok(Response { retry_after: Some(Duration::from_secs(5)), status: 503, body: Vec::new() }),
            8 => Ok(said(200, "<html>Welcome to the hotel</html>")),
            9 => Ok(Response { retry_after: Some(Duration::from_secs(30)), status: 429, body: Vec::new() }),
            10 => {
                self.excuse(&sent);
                Ok(said(422, r#"{"code":"schema","message":"not today"}"#))
            }
            11 => Ok(said(401, "")),
            12 => Ok(said(403, "")),
            13 | 14 => {
                // The hub dies between two statements of this request, or of a later one.
                self.node.life.ends_after(self.dice.below(60));
                self.deliver(&sent)
            }
            _ => Ok(said(504, "")),
        }
    }
}
