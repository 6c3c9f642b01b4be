//! A company with a region, stores, terminals and a person for each role, made through the API as a client would.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use saleflex_gate::{
    Hub, app,
    db::Books,
    settings::{Profile, Settings},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::support::{call, clock, every_books};

pub(crate) const PASSWORD: &str = "seven quiet bridges";

/// The department that goods of tests are in, once [`Chain::shelf`] has made it.
pub(crate) const SHELF: &str = "00000000-0000-4000-8000-00000000005e";

/// A hub, empty at first.
pub(crate) struct Chain {
    pub(crate) hub: Hub,
    router: Router,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// A company that is set up.
pub(crate) struct Company {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) owner: Person,
    pub(crate) region: String,
    pub(crate) store: String,
    pub(crate) other_store: String,
    pub(crate) terminal: String,
    pub(crate) device: String,
}

/// An empty hub on every database there is.
pub(crate) async fn chains() -> Vec<Chain> {
    every_books().await.into_iter().map(Chain::on).collect()
}

impl Chain {
    pub(crate) fn on(books: Books) -> Self {
        Self::with(books, Settings::default())
    }

    /// A company's hub with settings: companies are founded there alone.
    pub(crate) fn with(books: Books, settings: Settings) -> Self {
        Self::of_profile(Profile::Gate, books, settings)
    }

    /// A store's hub, which has what is in its books from elsewhere.
    pub(crate) fn in_store(books: Books, settings: Settings) -> Self {
        Self::of_profile(Profile::Office, books, settings)
    }

    fn of_profile(profile: Profile, books: Books, settings: Settings) -> Self {
        let secret = Some("a secret for tests alone".to_owned());
        Self::of(Hub::new(books, Settings { profile, secret, ..settings }, clock))
    }

    /// A hub that a test has made.
    pub(crate) fn of(hub: Hub) -> Self {
        Self { router: app(hub.clone()), hub }
    }

    /// Sends a request with a body.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        self.send_with(method, path, token, body, &[]).await
    }

    /// The same with headers.
    pub(crate) async fn send_with(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> (StatusCode, Value) {
        let path = if path.starts_with("/api/") { path.to_owned() } else { format!("/api/v1{path}") };
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if method == "GET" { Body::empty() } else { Body::from(body.to_string()) };
        call(&self.router, request.body(body).unwrap()).await
    }

    /// Sends a body under an `Idempotency-Key`.
    pub(crate) async fn once(&self, path: &str, token: &str, body: &Value, key: &str) -> (StatusCode, Value) {
        self.send_with("POST", path, token, body, &[("idempotency-key", key)]).await
    }

    /// The record of a customer, who may have points.
    pub(crate) async fn customer(&self, owner: &str) -> String {
        let row = json!({"row": {"name": "Ada", "last_name": "King", "phone_normalized": "905320000000"}});
        text(&self.ok("POST", "/definitions/customers", owner, row).await["id"])
    }

    /// Makes the department that goods of tests are in. Doing it again changes nothing.
    pub(crate) async fn shelf(&self, owner: &str) {
        let row = json!({"id": SHELF, "row": {"code": "1", "name": "Goods"}});
        self.ok("POST", "/definitions/department_main_groups", owner, row).await;
    }

    /// The service, for what is no JSON.
    pub(crate) fn router(&self) -> &Router {
        &self.router
    }

    /// Sends a request and answers before its body has come.
    pub(crate) async fn open(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends a request that must succeed.
    pub(crate) async fn ok(&self, method: &str, path: &str, token: &str, body: Value) -> Value {
        let (status, answer) = self.send(method, path, token, &body).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Value {
        self.ok("GET", path, token, Value::Null).await
    }

    /// That a request is refused with a status and a code.
    pub(crate) async fn refused(
        &self,
        (method, path, token): (&str, &str, &str),
        body: Value,
        expected: (u16, &str),
    ) {
        let (status, answer) = self.send(method, path, token, &body).await;
        let code = answer["code"].as_str().unwrap_or("none");
        assert_eq!((status.as_u16(), code), expected, "{method} {path}: {answer}");
    }

    pub(crate) async fn register(&self, username: &str) -> Person {
        let body = json!({"username": username, "password": PASSWORD});
        person(&self.ok("POST", "/auth/register", "", body).await)
    }

    pub(crate) async fn login(&self, username: &str) -> Person {
        let body = json!({"username": username, "password": PASSWORD});
        person(&self.ok("POST", "/auth/login", "", body).await)
    }

    /// Chooses the company of a person's session.
    pub(crate) async fn choose(&self, person: &mut Person, company: &str) {
        let chosen = self.ok("POST", "/auth/company", &person.access, json!({"company_id": company})).await;
        person.access = text(&chosen["access"]);
    }

    /// Founds a company with a region, two stores and a till in the first.
    pub(crate) async fn company(&self, name: &str) -> Company {
        let mut owner = self.register(&format!("{name}.owner")).await;
        let founded = self.ok("POST", "/companies", &owner.access, json!({"name": name})).await;
        let (id, slug) = (text(&founded["id"]), text(&founded["slug"]));
        self.choose(&mut owner, &id).await;
        let region = self.ok("POST", "/regions", &owner.access, json!({"code": "NORTH", "name": "North"}));
        let region = text(&region.await["id"]);
        let mut stores = Vec::new();
        for (code, region) in [("QUAY", Some(&region)), ("HILL", None)] {
            let new = json!({
                "code": code, "name": code, "currency": "TRY", "time_zone": "Europe/Istanbul", "region_id": region,
            });
            stores.push(text(&self.ok("POST", "/stores", &owner.access, new).await["id"]));
        }
        let (terminal, device) = self.terminal(&owner.access, &stores[0], "TILL-1", "pos").await;
        let [store, other_store]: [String; 2] = stores.try_into().unwrap();
        Company { id, slug, owner, region, store, other_store, terminal, device }
    }

    /// Registers a terminal and enrols its device.
    pub(crate) async fn terminal(
        &self,
        token: &str,
        store: &str,
        code: &str,
        profile: &str,
    ) -> (String, String) {
        let new = json!({"store_id": store, "code": code, "profile": profile});
        let enrolling = self.ok("POST", "/terminals", token, new).await;
        let device = self.enrol(&enrolling["enrolment_code"]).await;
        (text(&enrolling["terminal"]["id"]), device)
    }

    /// Lets a device take the place of a terminal by its code.
    pub(crate) async fn enrol(&self, code: &Value) -> String {
        let device =
            json!({"enrolment_code": code, "serial": "S-1", "os": "linux", "software_version": "0.1.0"});
        text(&self.ok("POST", "/auth/device/enroll", "", device).await["token"])
    }

    /// Makes somebody a member of a company and signs them in there.
    pub(crate) async fn member(&self, company: &Company, username: &str) -> Person {
        let asking = self.register(username).await;
        let asked =
            self.ok("POST", "/companies/join-requests", &asking.access, json!({"slug": company.slug})).await;
        let path = format!("/companies/{}/join-requests/{}/approve", company.slug, text(&asked["id"]));
        self.ok("POST", &path, &company.owner.access, json!({})).await;
        self.login(username).await
    }

    /// Makes somebody a member with a role on a company, a region or a store.
    pub(crate) async fn staff(
        &self,
        company: &Company,
        username: &str,
        (role, scope, scope_id): (&str, &str, Option<&str>),
    ) -> Person {
        let person = self.member(company, username).await;
        let new = json!({"user_id": person.id, "role": role, "scope": scope, "scope_id": scope_id});
        self.ok("POST", "/role-assignments", &company.owner.access, new).await;
        person
    }

    /// A person for each role, by its name; those of stores are in the first store.
    pub(crate) async fn everybody(&self, company: &Company) -> BTreeMap<&'static str, Person> {
        let (region, store) = (Some(company.region.as_str()), Some(company.store.as_str()));
        let mut all = BTreeMap::new();
        for (role, scope, scope_id) in [
            ("finance", "company", None),
            ("analyst", "company", None),
            ("region_manager", "region", region),
            ("store_manager", "store", store),
            ("office_operator", "store", store),
            ("stock_clerk", "store", store),
            ("cashier", "store", store),
            ("waiter", "store", store),
            ("kitchen", "store", store),
        ] {
            let person = self.staff(company, &format!("the.{role}"), (role, scope, scope_id)).await;
            all.insert(role, person);
        }
        all.insert("member", self.member(company, "the.member").await);
        let admin = self.member(company, "the.admin").await;
        let path = format!("/companies/{}/members/{}/admin", company.slug, admin.id);
        self.ok("PUT", &path, &company.owner.access, json!({})).await;
        all.insert("admin", admin);
        all.insert("owner", company.owner.clone());
        all
    }
}

fn person(answer: &Value) -> Person {
    Person {
        id: text(&answer["user"]["id"]),
        access: text(&answer["access"]),
        refresh: text(&answer["refresh"]),
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
