//! Points that a hub keeps: it holds them for a document before a till redeems them.
//!
//! What a sale earned and redeemed travels with the sale, once and in its place among all other events; only what must
//! be known before the sale is finished is asked for here.

use saleflex_core::{
    ids::{CustomerId, DocumentId},
    loyalty::{
        AuthorityError, CompletedSale, HoldRefusal, Occasion, PointsAuthority, RefundRecord, SaleRecord,
        Standing, Who,
    },
    quantity::Points,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    transport::{Request, Response, Transport},
    wire::{RefusalBody, Secret},
};

/// The hub as the one who keeps points.
///
/// It asks at the moment of the redemption: where the hub does not answer, the till goes by what the program allows
/// it offline.
pub struct HubPoints<T, C, M> {
    transport: T,
    token: C,
    mint: M,
}

impl<T, C, M> core::fmt::Debug for HubPoints<T, C, M> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HubPoints").finish_non_exhaustive()
    }
}

/// What is asked for a document.
#[derive(Serialize)]
struct Asked {
    member_id: Uuid,
    document_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<i64>,
}

/// What the hub knows of a member.
#[derive(Deserialize)]
struct Balance {
    points: Points,
    available: Points,
    /// Said where a member is looked up and the hub has a program by which it decides.
    #[serde(default)]
    tier: Option<String>,
    /// Said there too, by hubs that know it.
    #[serde(default)]
    welcomed: bool,
}

impl<T, C, M> HubPoints<T, C, M>
where
    T: Transport,
    C: FnMut() -> Option<Secret>,
    M: FnMut() -> Uuid,
{
    /// A hub at the end of `transport`. `token` is asked for what the till shows, since it changes; `mint` gives each
    /// request an identity of its own, under which the hub knows a repeat.
    pub const fn new(transport: T, token: C, mint: M) -> Self {
        Self { transport, token, mint }
    }

    fn ask(&mut self, path: &str, asked: Option<&Asked>) -> Result<Response, AuthorityError> {
        let body = asked.map(serde_json::to_vec).transpose().map_err(|_| AuthorityError::Unreachable)?;
        let (token, key) = ((self.token)(), (self.mint)().to_string());
        let request = match &body {
            Some(body) => Request { idempotency_key: Some(&key), ..Request::post(path, body) },
            None => Request::get(path),
        };
        self.transport.send(&request.showing(token.as_ref())).map_err(|_| AuthorityError::Unreachable)
    }

    fn member(&mut self, customer: CustomerId) -> Result<Standing, AuthorityError> {
        let response = self.ask(&format!("/loyalty/members/{}", customer.uuid()), None)?;
        match response.status {
            404 => Err(AuthorityError::Unknown),
            _ => standing(customer, &response).ok_or(AuthorityError::Unreachable),
        }
    }
}

/// What a good answer says.
fn standing(customer: CustomerId, response: &Response) -> Option<Standing> {
    if !(200..300).contains(&response.status) {
        return None;
    }
    let Balance { points: balance, available, tier, welcomed } =
        serde_json::from_slice(&response.body).ok()?;
    Some(Standing { customer, balance, available, tier, is_welcomed: welcomed })
}

/// Why points are not held. Any answer but a reason that a hub gives counts as none: the till goes on by itself.
fn refused(response: &Response, asked: Points) -> AuthorityError {
    let body: RefusalBody = serde_json::from_slice(&response.body).unwrap_or_default();
    match body.code.as_str() {
        "points_insufficient" => {
            let detail = body.detail.as_ref();
            let written = detail.and_then(|detail| detail.as_str()?.parse().ok());
            let available = written.or_else(|| detail?.as_i64()).map(Points::try_from);
            let available = available.and_then(Result::ok).unwrap_or_default();
            HoldRefusal::NotEnough { asked, available }.into()
        }
        "member_unknown" => AuthorityError::Unknown,
        _ => AuthorityError::Unreachable,
    }
}

impl<T, C, M> PointsAuthority for HubPoints<T, C, M>
where
    T: Transport,
    C: FnMut() -> Option<Secret>,
    M: FnMut() -> Uuid,
{
    /// By identity; a till finds telephones and cards among the customers it has.
    fn lookup(&mut self, who: &Who) -> Result<Standing, AuthorityError> {
        if let Who::Customer(customer) = who { self.member(*customer) } else { Err(AuthorityError::Unknown) }
    }

    fn reserve(
        &mut self,
        customer: CustomerId,
        document: DocumentId,
        points: Points,
    ) -> Result<Standing, AuthorityError> {
        let asked =
            Asked { member_id: customer.uuid(), document_id: document.uuid(), points: Some(points.get()) };
        let response = self.ask("/loyalty/reserve", Some(&asked))?;
        standing(customer, &response).ok_or_else(|| refused(&response, points))
    }

    fn release(&mut self, customer: CustomerId, document: DocumentId) -> Result<Standing, AuthorityError> {
        let asked = Asked { member_id: customer.uuid(), document_id: document.uuid(), points: None };
        let response = self.ask("/loyalty/reverse", Some(&asked))?;
        standing(customer, &response).ok_or_else(|| refused(&response, Points::ZERO))
    }

    /// The sale itself tells the hub.
    fn commit(&mut self, sale: &CompletedSale, _: Occasion) -> Result<Standing, AuthorityError> {
        self.member(sale.customer)
    }

    /// The refund itself tells the hub.
    fn reverse(
        &mut self,
        sale: &SaleRecord,
        _: &RefundRecord,
        _: Occasion,
    ) -> Result<Standing, AuthorityError> {
        self.member(sale.customer)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::transport::{Method, Unreachable};

    /// Answers as it was told to and remembers what was asked.
    #[derive(Default)]
    struct Scripted {
        answers: VecDeque<Result<Response, Unreachable>>,
        asked: Vec<(Method, String, String, Option<String>)>,
    }

    impl Transport for &mut Scripted {
        fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
            let body = String::from_utf8_lossy(request.body.unwrap_or_default()).into_owned();
            assert_eq!(request.token.map(Secret::reveal), Some("till's"));
            let key = request.idempotency_key.map(str::to_owned);
            self.asked.push((request.method, request.path.to_owned(), body, key));
            self.answers.pop_front().unwrap()
        }
    }

    fn answered(status: u16, body: &str) -> Response {
        Response { status, body: body.as_bytes().to_vec(), ..Response::default() }
    }

    fn ids() -> (CustomerId, DocumentId) {
        (CustomerId::new(Uuid::from_u128(7)), DocumentId::new(Uuid::from_u128(9)))
    }

    /// What a hub that answers so says to holding 150 points.
    fn reserved(answer: Result<Response, Unreachable>) -> Result<Standing, AuthorityError> {
        let mut hub = Scripted { answers: [answer].into(), ..Scripted::default() };
        let (customer, document) = ids();
        let mint = || Uuid::from_u128(1);
        HubPoints::new(&mut hub, || Some(Secret::new("till's")), mint).reserve(
            customer,
            document,
            Points::new(150),
        )
    }

    #[test]
    fn points_are_held_and_let_go_for_a_document_under_an_identity_a_request() {
        let balance =
            r#"{"member_id":"00000000-0000-0000-0000-000000000007","points":400,"held":150,"available":250}"#;
        let of_tier = balance.replace('}', r#","tier":"GOLD","welcomed":true}"#);
        let answers = [balance, balance, of_tier.as_str()].map(|body| Ok(answered(200, body)));
        let mut hub = Scripted { answers: answers.into(), ..Scripted::default() };
        let ((customer, document), mut next) = (ids(), 0);
        let mint = || {
            next += 1;
            Uuid::from_u128(next)
        };
        let mut points = HubPoints::new(&mut hub, || Some(Secret::new("till's")), mint);
        let standing = points.reserve(customer, document, Points::new(150)).unwrap();
        assert_eq!((standing.balance, standing.available), (Points::new(400), Points::new(250)));
        assert_eq!((standing.tier, standing.is_welcomed), (None, false), "said by a look-up");
        points.release(customer, document).unwrap();
        let found = points.lookup(&Who::Customer(customer)).unwrap();
        assert_eq!((found.tier.as_deref(), found.is_welcomed), (Some("GOLD"), true));
        let paths: Vec<_> = hub.asked.iter().map(|(_, path, ..)| path.as_str()).collect();
        let member = format!("/loyalty/members/{}", customer.uuid());
        assert_eq!(paths, ["/loyalty/reserve", "/loyalty/reverse", member.as_str()]);
        assert!(hub.asked[0].2.contains("\"points\":150") && !hub.asked[1].2.contains("points"));
        let keys: Vec<_> = hub.asked.iter().map(|(.., key)| key.clone()).collect();
        assert!(keys[0].is_some() && keys[0] != keys[1] && keys[2].is_none());
    }

    #[test]
    fn a_hub_that_has_a_reason_refuses_and_any_other_answer_leaves_the_till_to_itself() {
        let few = r#"{"code":"points_insufficient","detail":"90"}"#;
        let not_enough = HoldRefusal::NotEnough { asked: Points::new(150), available: Points::new(90) };
        assert_eq!(reserved(Ok(answered(422, few))), Err(not_enough.into()));
        let beyond = r#"{"points":9000000000000000000,"available":1}"#;
        let unknown = answered(422, r#"{"code":"member_unknown"}"#);
        assert_eq!(reserved(Ok(unknown)), Err(AuthorityError::Unknown));
        assert_eq!(reserved(Err(Unreachable::TooSlow)), Err(AuthorityError::Unreachable));
        for (status, body) in [(503, ""), (401, "{}"), (404, ""), (200, "no"), (200, beyond)] {
            assert_eq!(reserved(Ok(answered(status, body))), Err(AuthorityError::Unreachable));
        }
    }
}
