//! Companies and who belongs to them: joining, tags, deletion, roles, and what of it is written down.

use saleflex_gate::{Codes, NewStore, TerminalChange, settings::Settings};
use serde_json::{Value, json};

use super::{
    chain::{Chain, Company, Person, chains, text},
    support::{every_books, later},
};

#[tokio::test]
async fn a_slug_comes_from_the_first_name_and_stays() {
    for chain in chains().await {
        let ayse = chain.register("ayse").await;
        let one = chain.ok("POST", "/companies", &ayse.access, json!({"name": "Çiçek & Şarküteri"})).await;
        assert_eq!(one["slug"], "cicek-sarkuteri");
        assert_eq!(one["tags"], json!(["owner", "admin", "member"]));
        let other = chain.ok("POST", "/companies", &ayse.access, json!({"name": "Çiçek & Şarküteri"})).await;
        assert!(text(&other["slug"]).starts_with("cicek-sarkuteri-"));
        let path = format!("/companies/{}", text(&one["slug"]));
        let changed = chain.ok("PATCH", &path, &ayse.access, json!({"name": "Other"})).await;
        assert_eq!((&changed["name"], &changed["slug"]), (&json!("Other"), &one["slug"]));
        for wrong in
            [json!({"name": ""}), json!({"name": "x".repeat(201)}), json!({"store_domains": ["audit"]})]
        {
            let (status, answer) = chain.send("PATCH", &path, &ayse.access, &wrong).await;
            assert_eq!((status.as_u16(), &answer["code"]), (422, &json!("field_invalid")));
        }
    }
}

#[tokio::test]
async fn whoever_asks_belongs_when_an_administrator_says_so_and_may_ask_again_when_not() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let ayse = chain.register("ayse").await;
        let ask = ("POST", "/companies/join-requests", ayse.access.as_str());
        let wish = || json!({"slug": harbour.slug.to_uppercase(), "message": "hello"});
        let asked = chain.ok(ask.0, ask.1, ask.2, wish()).await;
        chain.refused(ask, wish(), (409, "already_asked")).await;
        chain.refused(ask, json!({"slug": "nowhere"}), (404, "not_found")).await;
        let company = format!("/companies/{}", harbour.slug);
        chain.refused(("GET", &company, &ayse.access), Value::Null, (404, "not_found")).await;
        let queue = format!("{company}/join-requests");
        let owner = harbour.owner.access.as_str();
        assert_eq!(chain.get(&queue, owner).await["items"][0]["message"], "hello");
        let reject = format!("{queue}/{}/reject", text(&asked["id"]));
        chain.ok("POST", &reject, owner, json!({"reason": "who?"})).await;
        chain.refused(("POST", &reject, owner), json!({}), (409, "already_decided")).await;
        let again = chain.ok(ask.0, ask.1, ask.2, wish()).await;
        let approve = format!("{queue}/{}/approve", text(&again["id"]));
        chain.ok("POST", &approve, owner, json!({})).await;
        assert_eq!(chain.get(&company, &ayse.access).await["tags"], json!(["member"]));
        chain.refused(ask, wish(), (409, "already_member")).await;
        chain.refused(("GET", &queue, &ayse.access), Value::Null, (403, "not_allowed")).await;
        chain.refused(ask, wish(), (429, "too_many_requests")).await;
    }
}

#[tokio::test]
async fn an_invitation_is_good_once_for_a_week_and_brings_its_roles() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, path) =
            (harbour.owner.access.as_str(), format!("/companies/{}/invitations", harbour.slug));
        let role = json!({"role": "cashier", "scope": "store", "scope_id": harbour.store});
        let new = json!({"email": "can@example.com", "roles": [role]});
        let first = chain.ok("POST", &path, owner, new.clone()).await;
        assert_eq!(first["is_mailed"], false, "nobody delivers letters here");
        let accept = format!("/invitations/{}/accept", text(&first["token"]));
        let can = chain.register("can").await;
        chain.ok("POST", &accept, &can.access, json!({})).await;
        let mut can = chain.login("can").await;
        chain.choose(&mut can, &harbour.id).await;
        assert_eq!(chain.get("/me/assignments", &can.access).await["items"][0]["role"], "cashier");
        let members = chain.get(&format!("/companies/{}/members", harbour.slug), &can.access).await;
        let roles = |id: &str| {
            let all = members["items"].as_array().unwrap().iter();
            all.filter(|one| one["user_id"] == id).map(|one| one["roles"].clone()).collect::<Vec<_>>()
        };
        assert_eq!((roles(&can.id), roles(&harbour.owner.id)), (vec![json!(["cashier"])], vec![json!([])]));
        let ayse = chain.register("ayse").await;
        chain.refused(("POST", &accept, &ayse.access), json!({}), (404, "not_found")).await;
        let second = chain.ok("POST", &path, owner, new.clone()).await;
        let withdraw = format!("{path}/{}", text(&second["invitation"]["id"]));
        chain.ok("DELETE", &withdraw, owner, json!({})).await;
        let accept = format!("/invitations/{}/accept", text(&second["token"]));
        chain.refused(("POST", &accept, &ayse.access), json!({}), (404, "not_found")).await;
        let third = chain.ok("POST", &path, owner, new).await;
        later(7 * 24 * 3600);
        let ayse = chain.login("ayse").await;
        let accept = format!("/invitations/{}/accept", text(&third["token"]));
        chain.refused(("POST", &accept, &ayse.access), json!({}), (404, "not_found")).await;
        later(0);
    }
}

pub(super) async fn own(chain: &Chain, company: &Company, username: &str) -> Person {
    let person = chain.member(company, username).await;
    let owners = format!("/companies/{}/owners", company.slug);
    chain.ok("POST", &owners, &company.owner.access, json!({"username": username})).await;
    chain.ok("POST", &format!("{owners}/accept"), &person.access, json!({})).await;
    person
}

#[tokio::test]
async fn tags_are_given_and_taken_as_the_rules_of_owners_say() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let company = format!("/companies/{}", harbour.slug);
        let owner = &harbour.owner;
        let second = own(&chain, &harbour, "second").await;
        let (admin, plain) = (chain.member(&harbour, "admin").await, chain.member(&harbour, "plain").await);
        let tag = |person: &Person| format!("{company}/members/{}/admin", person.id);
        let accept = format!("{company}/owners/accept");
        chain.refused(("POST", &accept, &plain.access), json!({}), (409, "nothing_offered")).await;
        chain.refused(("PUT", &tag(&plain), &plain.access), json!({}), (403, "not_allowed")).await;
        chain.ok("PUT", &tag(&admin), &owner.access, json!({})).await;
        chain.ok("PUT", &tag(&plain), &admin.access, json!({})).await;
        chain.ok("DELETE", &tag(&plain), &admin.access, json!({})).await;
        chain.refused(("DELETE", &tag(&admin), &admin.access), json!({}), (409, "own_tag")).await;
        for by in [&admin, owner, &second] {
            chain.refused(("DELETE", &tag(&second), &by.access), json!({}), (409, "owner_stays_admin")).await;
        }
        let owners = format!("{company}/owners");
        let offer = json!({"username": "plain"});
        chain.refused(("POST", &owners, &admin.access), offer, (403, "not_allowed")).await;
        let out = |person: &Person| format!("{company}/members/{}", person.id);
        chain.refused(("DELETE", &out(&second), &owner.access), json!({}), (409, "owner_stays")).await;
        chain.ok("DELETE", &format!("{owners}/me"), &second.access, json!({})).await;
        chain
            .refused(("DELETE", &format!("{owners}/me"), &owner.access), json!({}), (409, "last_owner"))
            .await;
        let members = chain.get(&format!("{company}/members"), &owner.access).await;
        let was =
            members["items"].as_array().unwrap().iter().find(|one| one["user_id"] == second.id.as_str());
        assert_eq!((&was.unwrap()["is_owner"], &was.unwrap()["is_admin"]), (&json!(false), &json!(true)));
        chain.ok("DELETE", &out(&plain), &plain.access, json!({})).await;
        chain.refused(("GET", &company, &plain.access), Value::Null, (401, "unauthorized")).await;
    }
}

#[tokio::test]
async fn a_company_is_deleted_when_every_owner_of_that_moment_agrees() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let deletion = format!("/companies/{}/deletion", harbour.slug);
        let approval = format!("{deletion}/approval");
        let (owner, second) = (&harbour.owner, own(&chain, &harbour, "second").await);
        let new = json!({"name": "export", "capabilities": ["audit.read"]});
        let program = text(&chain.ok("POST", "/api-keys", &owner.access, new).await["secret"]);
        let begun = chain.ok("POST", &deletion, &owner.access, json!({})).await;
        assert_eq!((&begun["state"], begun["approved_by"].as_array().unwrap().len()), (&json!("pending"), 1));
        chain.refused(("POST", &deletion, &second.access), json!({}), (409, "deletion_pending")).await;
        let third = own(&chain, &harbour, "third").await;
        let after = chain.ok("POST", &approval, &second.access, json!({})).await;
        assert_eq!((&after["state"], &after["owners"]), (&json!("pending"), &json!(3)), "the new owner too");
        chain.ok("DELETE", &approval, &second.access, json!({})).await;
        chain.ok("POST", &approval, &second.access, json!({})).await;
        chain.get("/sync/state", &harbour.device).await;
        // The third drops the tag: the two who remain have agreed.
        let me = format!("/companies/{}/owners/me", harbour.slug);
        chain.ok("DELETE", &me, &third.access, json!({})).await;
        chain.refused(("GET", "/stores", &owner.access), Value::Null, (401, "unauthorized")).await;
        let owner = chain.login("harbour.owner").await;
        chain.refused(("GET", &deletion, &owner.access), Value::Null, (404, "not_found")).await;
        chain.refused(("GET", "/sync/state", &harbour.device), Value::Null, (401, "unauthorized")).await;
        // Nothing is made in it meanwhile, not even by hand.
        let quay = NewStore {
            office_code: harbour.slug.clone(),
            store_code: "PIER".into(),
            name: "Pier".into(),
            currency: "TRY".into(),
            time_zone: "Europe/Istanbul".into(),
            prices_include_tax: true,
            self_registration: false,
        };
        let refused = chain.hub.add_store(harbour.slug.clone(), quay).await.unwrap_err();
        assert_eq!((refused.code, refused.detail.as_deref()), ("wrong_state", Some("deleted")));
        let till = Codes { office: harbour.slug.clone(), store: "QUAY".into(), terminal: "TILL-9".into() };
        assert_eq!(
            chain.hub.register_next(till).await.err().map(|refused| refused.code),
            Some("wrong_state")
        );
        let seed = include_str!("../../../vectors/wire/init/harbour-TILL-1.json");
        let seed = serde_json::from_str(seed).unwrap();
        let refused = chain.hub.import(harbour.slug.clone(), seed).await.unwrap_err();
        assert_eq!(refused.code, "wrong_state");
        // Its books are kept, and whoever runs the hub opens them again.
        let bring_back = async |slug: &str| chain.hub.bring_back(slug.to_owned()).await.unwrap();
        assert_eq!(bring_back("nobody").await, None);
        for was_deleted in [true, false] {
            assert_eq!(bring_back(&harbour.slug).await, Some(was_deleted));
        }
        let mut owner = chain.login("harbour.owner").await;
        chain.choose(&mut owner, &harbour.id).await;
        assert_eq!(chain.get("/stores", &owner.access).await["items"].as_array().unwrap().len(), 2);
        assert_eq!(chain.get("/audit/check", &owner.access).await["is_whole"], true);
        chain.refused(("GET", &deletion, &owner.access), Value::Null, (404, "not_found")).await;
        chain.refused(("GET", "/sync/state", &harbour.device), Value::Null, (401, "unauthorized")).await;
        chain.refused(("GET", "/audit", &program), Value::Null, (401, "unauthorized")).await;
    }
}

#[tokio::test]
async fn a_wish_to_delete_ends_when_it_is_cancelled_or_too_old() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        own(&chain, &harbour, "second").await;
        let deletion = format!("/companies/{}/deletion", harbour.slug);
        chain.ok("POST", &deletion, &harbour.owner.access, json!({})).await;
        chain.ok("DELETE", &deletion, &harbour.owner.access, json!({})).await;
        chain.refused(("GET", &deletion, &harbour.owner.access), Value::Null, (404, "not_found")).await;
        chain.ok("POST", &deletion, &harbour.owner.access, json!({})).await;
        later(30 * 24 * 3600);
        let second = chain.login("second").await;
        let approval = format!("{deletion}/approval");
        chain.refused(("POST", &approval, &second.access), json!({}), (404, "not_found")).await;
        let company = format!("/companies/{}", harbour.slug);
        assert_eq!(chain.get(&company, &second.access).await["state"], "active", "nobody wishes it any more");
        later(0);
        let owner = harbour.owner.access.as_str();
        assert_eq!(chain.get(&company, owner).await["state"], "deletion_pending", "within its time");
    }
}

#[tokio::test]
async fn nobody_gives_a_role_beyond_their_own_reach() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let store = Some(harbour.store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", store)).await;
        let region = Some(harbour.region.as_str());
        let regional = chain.staff(&harbour, "regional", ("region_manager", "region", region)).await;
        let plain = chain.member(&harbour, "plain").await;
        let give = |role: &str, scope: &str, id: Option<&str>| json!({"user_id": plain.id, "role": role, "scope": scope, "scope_id": id});
        let path = "/role-assignments";
        chain.ok("POST", path, &manager.access, give("cashier", "store", store)).await;
        let twice = give("cashier", "store", store);
        chain.refused(("POST", path, &manager.access), twice, (409, "already_assigned")).await;
        let own = give("store_manager", "store", store);
        chain.refused(("POST", path, &manager.access), own.clone(), (403, "not_allowed")).await;
        let elsewhere = give("cashier", "store", Some(&harbour.other_store));
        chain.refused(("POST", path, &manager.access), elsewhere.clone(), (404, "not_found")).await;
        chain.refused(("POST", path, &regional.access), elsewhere, (404, "not_found")).await;
        chain.ok("POST", path, &regional.access, own).await;
        let wide = give("finance", "company", None);
        chain.refused(("POST", path, &regional.access), wide.clone(), (404, "not_found")).await;
        let given = chain.ok("POST", path, &harbour.owner.access, wide).await;
        let odd = give("cashier", "company", None);
        chain.refused(("POST", path, &harbour.owner.access), odd, (422, "role_not_there")).await;
        let tag = give("owner", "company", None);
        chain.refused(("POST", path, &harbour.owner.access), tag, (422, "role_not_there")).await;
        let one = format!("{path}/{}", text(&given["id"]));
        for method in ["GET", "DELETE"] {
            chain.refused((method, &one, &manager.access), json!({}), (404, "not_found")).await;
        }
        assert_eq!(chain.get(&one, &harbour.owner.access).await, given);
        chain.ok("DELETE", &one, &harbour.owner.access, json!({})).await;
    }
}

#[tokio::test]
async fn every_administrative_act_is_written_down_and_nobody_changes_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let log = chain.get("/audit?limit=500", owner).await;
        let acts: Vec<&str> =
            log["items"].as_array().unwrap().iter().map(|one| one["act"].as_str().unwrap()).collect();
        let expected = [
            "company.founded",
            "region.created",
            "store.created",
            "store.created",
            "terminal.registered",
            "terminal.enrolled",
        ];
        assert_eq!(acts, expected);
        for entry in log["items"].as_array().unwrap() {
            assert!(entry["correlation_id"].is_string(), "{entry}");
        }
        let enrolled = &log["items"][5];
        assert_eq!(
            (&enrolled["actor_kind"], &enrolled["store_id"]),
            (&json!("device"), &json!(harbour.store))
        );
        let page = chain.get("/audit?limit=2", owner).await;
        let next = format!("/audit?limit=2&cursor={}", text(&page["next_cursor"]));
        assert_eq!(chain.get(&next, owner).await["items"][0]["number"], 3);
        assert_eq!(chain.get("/audit/check", owner).await["is_whole"], true);
        let store = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", store)).await;
        let seen = chain.get("/audit", &manager.access).await;
        let stores: Vec<&Value> =
            seen["items"].as_array().unwrap().iter().map(|one| &one["store_id"]).collect();
        assert_eq!(stores, [&json!(harbour.other_store)], "what happened in the manager's store");
    }
}

#[tokio::test]
async fn a_revoked_terminal_takes_nothing_and_delivers_until_its_grace_ends() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), format!("/terminals/{}", harbour.terminal));
        chain.get("/sync/bootstrap", &harbour.device).await;
        chain.ok("POST", &format!("{till}/revoke"), owner, json!({"grace_hours": 2})).await;
        chain
            .refused(("GET", "/sync/bootstrap", &harbour.device), Value::Null, (403, "terminal_revoked"))
            .await;
        let messages = ("GET", "/notifications", harbour.device.as_str());
        chain.refused(messages, Value::Null, (403, "terminal_revoked")).await;
        chain.get("/sync/state", &harbour.device).await;
        let beat = json!({"sent_at": "2026-11-21T12:00:00Z"});
        let (status, answer) = chain.send("POST", "/sync/heartbeat", &harbour.device, &beat).await;
        assert_ne!(answer["code"], "terminal_revoked", "{status}");
        later(2 * 3600);
        let over = ("POST", "/sync/heartbeat", harbour.device.as_str());
        chain.refused(over, beat, (403, "terminal_revoked")).await;
        let read = format!("/notifications/{}/read", harbour.terminal);
        let session = json!({"session_id": harbour.terminal});
        for (method, path, body) in [
            ("GET", "/sync/state", Value::Null),
            ("GET", "/notifications", Value::Null),
            ("POST", read.as_str(), json!({})),
            ("POST", "/auth/terminal/logout", session),
        ] {
            chain.refused((method, path, &harbour.device), body, (403, "terminal_revoked")).await;
        }
        later(0);
        chain.ok("POST", &format!("{till}/resume"), owner, json!({})).await;
        chain.get("/sync/bootstrap", &harbour.device).await;
        let (company, terminal) = (harbour.id.parse().unwrap(), harbour.terminal.parse().unwrap());
        chain.hub.change(company, terminal, TerminalChange::MayPull(false)).await.unwrap();
        let (status, heard) = chain.send("GET", "/notifications", &harbour.device, &Value::Null).await;
        assert_eq!(status.as_u16(), 200, "whoever takes no definitions is spoken to all the same: {heard}");
    }
}

#[tokio::test]
async fn a_store_is_opened_once_and_with_a_currency_and_a_zone_that_exist() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let store = |code: &str, currency: &str, zone: &str| json!({"code": code, "name": "Shop", "currency": currency, "time_zone": zone});
        for (new, expected) in [
            (store("QUAY", "TRY", "UTC"), (409, "code_taken")),
            (store("NEW", "lira", "UTC"), (422, "field_invalid")),
            (store("NEW", "TRY", "Mars/North"), (422, "field_invalid")),
            (store("a b", "TRY", "UTC"), (422, "field_invalid")),
            (json!({"code": "NEW"}), (400, "invalid_request")),
        ] {
            chain.refused(("POST", "/stores", owner), new, expected).await;
        }
        let path = format!("/stores/{}/close", harbour.store);
        assert!(chain.ok("POST", &path, owner, json!({})).await["closed_at"].is_string());
        chain
            .refused(("GET", "/sync/bootstrap", &harbour.device), Value::Null, (403, "terminal_revoked"))
            .await;
    }
}

#[tokio::test]
async fn whoever_runs_the_hub_founds_a_company_under_a_slug_alone_and_is_told_that_it_is_new() {
    for chain in chains().await {
        let new = || NewStore {
            office_code: "OFC-9".into(),
            store_code: "S9".into(),
            name: "Nine".into(),
            currency: "TRY".into(),
            time_zone: "Europe/Istanbul".into(),
            prices_include_tax: true,
            self_registration: false,
        };
        let refused = chain.hub.add_store("Corner shops".to_owned(), new()).await.unwrap_err();
        assert_eq!((refused.code, refused.detail.as_deref()), ("field_invalid", Some("company")));
        let refused = chain.hub.import("Corner shops".to_owned(), json!({})).await.unwrap_err();
        assert_eq!(refused.code, "field_invalid");
        assert!(!chain.hub.knows_company("Corner shops".to_owned()).await.unwrap(), "nothing was founded");
        assert!(!chain.hub.knows_company("corner-shops".to_owned()).await.unwrap());
        let store = chain.hub.add_store("corner-shops".to_owned(), new()).await.unwrap();
        assert!(chain.hub.knows_company("corner-shops".to_owned()).await.unwrap());
        assert_eq!(chain.hub.add_store("corner-shops".to_owned(), new()).await.unwrap(), store, "as it was");
    }
}

#[tokio::test]
async fn the_audit_log_is_asked_by_kind_store_and_time_and_messages_since_when() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let asking = chain.register("can").await;
        chain.ok("POST", "/companies/join-requests", &asking.access, json!({"slug": harbour.slug})).await;
        later(60);
        let store = format!("/stores/{}", harbour.store);
        chain.ok("PATCH", &store, owner, json!({"name": "Quay shop"})).await;
        let acts = async |query: &str| {
            let log = chain.get(&format!("/audit?limit=500&{query}"), owner).await;
            let acts = log["items"].as_array().unwrap().iter().map(|one| text(&one["act"]));
            acts.collect::<Vec<_>>()
        };
        assert_eq!(acts("from=2026-11-21T12:01:00Z").await, ["store.changed"]);
        assert!(!acts("until=2026-11-21T12:01:00Z").await.contains(&"store.changed".to_owned()));
        assert_eq!(acts("subject=region").await, ["region.created"]);
        assert_eq!(acts(format!("store_id={}", harbour.other_store).as_str()).await, ["store.created"]);
        let of_store = format!("store_id={}&subject=store", harbour.store);
        assert_eq!(acts(of_store.as_str()).await, ["store.created", "store.changed"]);
        chain.refused(("GET", "/audit?from=noon", owner), Value::Null, (400, "invalid_request")).await;

        let told = async |since: &str| {
            let told = chain.get(&format!("/me/notifications?since={since}"), owner).await;
            told["items"].as_array().unwrap().len()
        };
        assert_eq!((told("2026-11-21T12:00:00Z").await, told("2026-11-21T12:00:01Z").await), (1, 0));
        later(0);
    }
}

#[tokio::test]
async fn a_terminal_says_when_a_secret_of_its_device_came_last_to_the_hour() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let till = format!("/terminals/{}", harbour.terminal);
        assert_eq!(chain.get(&till, &harbour.owner.access).await["secret_used_at"], Value::Null);
        for (second, noted) in [(60, "12:01:00"), (600, "12:01:00"), (3_660, "13:01:00")] {
            later(second);
            chain.get("/sync/state", &harbour.device).await;
            let owner = chain.login("harbour.owner").await;
            let told = chain.get(&till, &owner.access).await;
            assert_eq!(told["secret_used_at"], format!("2026-11-21T{noted}Z"));
        }
        later(0);
    }
}

#[tokio::test]
async fn a_terminal_says_from_which_address_a_secret_of_its_device_came_last() {
    for books in every_books().await {
        let chain = Chain::with(books, Settings { behind_proxy: true, ..Settings::default() });
        let harbour = chain.company("harbour").await;
        let till = format!("/terminals/{}", harbour.terminal);
        for (second, from, told) in
            [(60, "192.0.2.7", "192.0.2.7"), (90, "192.0.2.8", "192.0.2.7"), (150, "192.0.2.8", "192.0.2.8")]
        {
            later(second);
            let named = [("x-forwarded-for", from)];
            let (status, answer) =
                chain.send_with("GET", "/sync/state", &harbour.device, &Value::Null, &named).await;
            assert_eq!(status.as_u16(), 200, "{answer}");
            assert_eq!(chain.get(&till, &harbour.owner.access).await["secret_used_from"], told, "{second}");
        }
        later(0);
    }
}

#[tokio::test]
async fn a_store_closes_at_the_time_that_was_said_once_and_not_where_it_was_taken_back() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let close = |store: &str| format!("/stores/{store}/close");
        let at_eight = || json!({"effective": "2026-11-21T20:00:00Z"});
        let far = json!({"effective": "2028-01-01T00:00:00Z"});
        let post = ("POST", close(&harbour.store));
        chain.refused((post.0, &post.1, owner), far, (422, "field_invalid")).await;
        let said = chain.ok("POST", &close(&harbour.store), owner, at_eight()).await;
        assert_eq!((&said["closed_at"], &said["closing_at"]), (&Value::Null, &json!("2026-11-21T20:00:00Z")));
        chain.ok("POST", &close(&harbour.other_store), owner, at_eight()).await;
        let reopen = format!("/stores/{}/reopen", harbour.other_store);
        assert_eq!(chain.ok("POST", &reopen, owner, json!({})).await["closing_at"], Value::Null);
        assert_eq!(chain.hub.close_due_stores().await.unwrap(), 0, "it is noon");
        chain.get("/sync/bootstrap", &harbour.device).await;

        later(8 * 3600);
        assert_eq!(chain.hub.close_due_stores().await.unwrap(), 1);
        assert_eq!(chain.hub.close_due_stores().await.unwrap(), 0, "once");
        let gone = ("GET", "/sync/bootstrap", harbour.device.as_str());
        chain.refused(gone, Value::Null, (403, "terminal_revoked")).await;
        let owner = chain.login("harbour.owner").await;
        let closed = chain.get(&format!("/stores/{}", harbour.store), &owner.access).await;
        assert_eq!(
            (&closed["closed_at"], &closed["closing_at"]),
            (&json!("2026-11-21T20:00:00Z"), &Value::Null)
        );
        let later_still = json!({"effective": "2026-11-21T22:00:00Z"});
        let again = chain.ok("POST", &close(&harbour.store), &owner.access, later_still).await;
        assert_eq!(again, closed, "it is closed already");
        assert_eq!(
            chain.get("/audit?act=store.closing", &owner.access).await["items"].as_array().unwrap().len(),
            2
        );
        let audit = chain.get("/audit?act=store.closed", &owner.access).await;
        assert_eq!(audit["items"].as_array().unwrap().len(), 1);
        later(0);
    }
}
