//! A network that does what networks do.

use std::time::Duration;

use saleflex_sync::{
    transport::{Request, Response, Transport, Unreachable},
    wire::PushRequest,
};

use super::{
    dice::Dice,
    hub::{Hub, Sent, WAIT},
};

/// The way between one till and the hub.
#[derive(Debug)]
pub(crate) struct Network<'a> {
    pub(crate) hub: &'a mut Hub,
    pub(crate) dice: &'a mut Dice,
    pub(crate) terminal: &'a str,
    /// Of a thousand requests, so many meet a fault.
    pub(crate) faults: u32,
    /// Requests that are still under way although nobody waits for them.
    pub(crate) late: &'a mut Vec<(String, Sent)>,
}

impl Network<'_> {
    fn deliver(&mut self, sent: &Sent) -> Response {
        self.hub.handle(sent, self.terminal)
    }

    /// Whoever sends these alone and is refused may set them aside.
    fn excuse(&mut self, sent: &Sent) {
        if let Ok(request) = serde_json::from_slice::<PushRequest>(&sent.body) {
            self.hub.excused.extend(request.items.into_iter().map(|item| item.idempotency_key));
        }
    }
}

fn said(status: u16, body: &str) -> Response {
    Response { status, retry_after: None, body: body.as_bytes().to_vec() }
}

impl Transport for Network<'_> {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        let sent = Sent::of(request);
        if self.dice.below(1_000) >= self.faults {
            return Ok(self.deliver(&sent));
        }
        let wait = Some(WAIT);
        match self.dice.below(14) {
            0 => Err(Unreachable::NoConnection { reason: "no route".to_owned() }),
            1 | 2 => {
                self.deliver(&sent);
                Err(Unreachable::TooSlow)
            }
            3 => {
                self.deliver(&sent);
                Ok(self.deliver(&sent))
            }
            4 => {
                self.late.push((self.terminal.to_owned(), sent));
                Err(Unreachable::TooSlow)
            }
            5 => {
                let mut answer = self.deliver(&sent);
                answer.body.truncate(answer.body.len() / 2);
                Ok(answer)
            }
            6 => {
                self.excuse(&sent);
                Ok(said(500, "oh"))
            }
            7 => Ok(Response { retry_after: Some(Duration::from_secs(5)), ..said(503, "") }),
            8 => Ok(said(200, "<html>Welcome to the hotel</html>")),
            9 => Ok(Response { retry_after: wait, ..said(429, "{}") }),
            10 => {
                self.excuse(&sent);
                Ok(said(422, r#"{"code":"schema","message":"not today"}"#))
            }
            11 => Ok(said(401, "")),
            12 => Ok(said(403, "")),
            _ => Ok(said(504, "")),
        }
    }
}
