//! How people show who they are, and what becomes of what they show.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{
    chain::{PASSWORD, chains, text},
    support::later,
};

#[tokio::test]
async fn a_person_registers_once_whatever_the_case_of_the_name() {
    for chain in chains().await {
        let ayse = chain.register("Ayse.Yilmaz").await;
        assert_eq!(chain.get("/me", &ayse.access).await["username"], "Ayse.Yilmaz");
        let again = json!({"username": "ayse.yilmaz", "password": PASSWORD});
        chain.refused(("POST", "/auth/register", ""), again, (409, "username_taken")).await;
        assert_eq!(chain.login("AYSE.YILMAZ").await.id, ayse.id);
        for (username, password, code) in [
            ("ay", PASSWORD, "username_invalid"),
            ("ay se", PASSWORD, "username_invalid"),
            ("can.demir", "short", "password_too_weak"),
            ("can.demir", "xx can.demir xx", "password_too_weak"),
        ] {
            let body = json!({"username": username, "password": password});
            chain.refused(("POST", "/auth/register", ""), body, (422, code)).await;
        }
        let unknown = json!({"username": "can.demir", "password": PASSWORD, "is_admin": true});
        chain.refused(("POST", "/auth/register", ""), unknown, (400, "invalid_request")).await;
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_refused_alike_and_not_for_ever() {
    for chain in chains().await {
        chain.register("ayse").await;
        let wrong = json!({"username": "ayse", "password": "another password"});
        let (status, one) = chain.send("POST", "/auth/login", "", &wrong).await;
        let unknown = json!({"username": "nobody", "password": PASSWORD});
        let (other_status, other) = chain.send("POST", "/auth/login", "", &unknown).await;
        assert_eq!(
            (status, &one["code"], &one["message"]),
            (other_status, &other["code"], &other["message"])
        );
        assert_eq!(one["code"], "credentials_wrong");
        for _ in 1..10 {
            chain.refused(("POST", "/auth/login", ""), wrong.clone(), (401, "credentials_wrong")).await;
        }
        let right = json!({"username": "ayse", "password": PASSWORD});
        chain.refused(("POST", "/auth/login", ""), right.clone(), (429, "too_many_requests")).await;
        later(60);
        chain.ok("POST", "/auth/login", "", right).await;
        later(0);
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_second_use_ends_the_session() {
    for chain in chains().await {
        let ayse = chain.register("ayse").await;
        let next = chain.ok("POST", "/auth/refresh", "", json!({"refresh": ayse.refresh})).await;
        chain.get("/me", &text(&next["access"])).await;
        chain
            .refused(("POST", "/auth/refresh", ""), json!({"refresh": ayse.refresh}), (401, "refresh_reused"))
            .await;
        chain.refused(("GET", "/me", &text(&next["access"])), Value::Null, (401, "unauthorized")).await;
        let stolen = json!({"refresh": next["refresh"]});
        chain.refused(("POST", "/auth/refresh", ""), stolen, (401, "refresh_unknown")).await;
        chain
            .refused(("POST", "/auth/refresh", ""), json!({"refresh": "made up"}), (401, "refresh_unknown"))
            .await;
        chain.login("ayse").await;
    }
}

#[tokio::test]
async fn an_access_token_is_over_after_its_time_and_a_refresh_token_after_thirty_days() {
    for chain in chains().await {
        let ayse = chain.register("ayse").await;
        later(15 * 60 - 1);
        chain.get("/me", &ayse.access).await;
        later(15 * 60);
        chain.refused(("GET", "/me", &ayse.access), Value::Null, (401, "unauthorized")).await;
        later(30 * 24 * 3600);
        chain
            .refused(
                ("POST", "/auth/refresh", ""),
                json!({"refresh": ayse.refresh}),
                (401, "refresh_unknown"),
            )
            .await;
        later(0);
    }
}

#[tokio::test]
async fn a_forged_token_and_one_without_a_signature_are_nobody() {
    for chain in chains().await {
        let ayse = chain.register("ayse").await;
        let parts: Vec<&str> = ayse.access.split('.').collect();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let hs = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        for forged in [
            format!("{none}.{}.", parts[1]),
            format!("{hs}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.{}", parts[0], parts[1], parts[2].chars().rev().collect::<String>()),
            "a.b.c".to_owned(),
            "..".to_owned(),
        ] {
            chain.refused(("GET", "/me", &forged), Value::Null, (401, "unauthorized")).await;
        }
    }
}

#[tokio::test]
async fn another_password_ends_the_other_sessions_and_keeps_this_one() {
    for chain in chains().await {
        let (here, there) = (chain.register("ayse").await, chain.login("ayse").await);
        let wrong = json!({"old": "not this one", "new": "nine louder bridges"});
        chain.refused(("POST", "/auth/password/change", &here.access), wrong, (422, "password_wrong")).await;
        let change = json!({"old": PASSWORD, "new": "nine louder bridges"});
        chain.ok("POST", "/auth/password/change", &here.access, change).await;
        chain.get("/me", &here.access).await;
        chain.refused(("GET", "/me", &there.access), Value::Null, (401, "unauthorized")).await;
        let old = json!({"username": "ayse", "password": PASSWORD});
        chain.refused(("POST", "/auth/login", ""), old, (401, "credentials_wrong")).await;
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_and_only_ones_own() {
    for chain in chains().await {
        let (here, there) = (chain.register("ayse").await, chain.login("ayse").await);
        let other = chain.register("can").await;
        let open = chain.get("/auth/sessions", &here.access).await;
        let of = |current: bool| {
            let items = open["items"].as_array().unwrap();
            text(&items.iter().find(|one| one["is_current"] == current).unwrap()["id"])
        };
        let path = format!("/auth/sessions/{}", of(false));
        chain.refused(("DELETE", &path, &other.access), json!({}), (404, "not_found")).await;
        chain.ok("DELETE", &path, &here.access, json!({})).await;
        chain.refused(("GET", "/me", &there.access), Value::Null, (401, "unauthorized")).await;
        chain.ok("POST", "/auth/logout", &here.access, json!({})).await;
        chain.refused(("GET", "/me", &here.access), Value::Null, (401, "unauthorized")).await;
    }
}

#[tokio::test]
async fn a_pin_opens_a_session_at_a_terminal_of_a_store_where_its_holder_has_a_role() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let at = |store: &str| ("cashier", "store", Some(store.to_owned()));
        let (role, scope, quay) = at(&harbour.store);
        let ayse = chain.staff(&harbour, "ayse", (role, scope, quay.as_deref())).await;
        let (role, scope, hill) = at(&harbour.other_store);
        let can = chain.staff(&harbour, "can", (role, scope, hill.as_deref())).await;
        let owner = harbour.owner.access.as_str();
        let pin = |person: &str| format!("/users/{person}/pin");
        for weak in ["123", "1111", "12345678 ", "12a4"] {
            chain.refused(("PUT", &pin(&ayse.id), owner), json!({"pin": weak}), (422, "pin_invalid")).await;
        }
        chain.ok("PUT", &pin(&ayse.id), owner, json!({"pin": "4829"})).await;
        chain.ok("PUT", &pin(&can.id), owner, json!({"pin": "4829"})).await;
        let zeynep = chain.staff(&harbour, "zeynep", ("cashier", "store", Some(&harbour.store))).await;
        chain.refused(("PUT", &pin(&zeynep.id), owner), json!({"pin": "4829"}), (409, "pin_taken")).await;

        let login = "/auth/terminal/login";
        let opened = chain.ok("POST", login, &harbour.device, json!({"pin": "4829"})).await;
        assert_eq!(opened["user"]["id"], ayse.id.as_str(), "whoever has a role in this store");
        assert!(opened["capabilities"].as_array().unwrap().contains(&json!("pos.sell")));
        chain
            .refused(("POST", login, &harbour.device), json!({"pin": "4830"}), (401, "credentials_wrong"))
            .await;
        let password = json!({"username": "can", "password": PASSWORD});
        chain.refused(("POST", login, &harbour.device), password, (401, "credentials_wrong")).await;
        chain.refused(("POST", login, ""), json!({"pin": "4829"}), (401, "unauthorized")).await;
        let body = json!({"session_id": opened["session_id"]});
        chain.ok("POST", "/auth/terminal/logout", &harbour.device, body).await;
        let access = text(&opened["access"]);
        chain.refused(("GET", "/me", &access), Value::Null, (401, "unauthorized")).await;
    }
}

#[tokio::test]
async fn who_signs_in_for_a_terminal_is_somebody_of_its_store_and_reaches_no_further() {
    for chain in chains().await {
        let (harbour, valley) = (chain.company("harbour").await, chain.company("valley").await);
        chain.staff(&harbour, "can", ("cashier", "store", Some(&harbour.other_store))).await;
        let at = |username: &str, terminal: &str| json!({"username": username, "password": PASSWORD, "terminal_id": terminal});
        let here = chain.ok("POST", "/auth/login", "", at("harbour.owner", &harbour.terminal)).await;
        assert_eq!(here["company_id"], harbour.id.as_str());
        let access = text(&here["access"]);
        let stores = chain.get("/stores", &access).await;
        let stores: Vec<&Value> = stores["items"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert_eq!(stores, [harbour.store.as_str()]);
        let choice = json!({"company_id": harbour.id});
        chain.refused(("POST", "/auth/company", &access), choice, (403, "terminal_session")).await;
        let log_in = ("POST", "/auth/login", "");
        for (username, terminal) in [
            ("can", &harbour.terminal),
            ("harbour.owner", &valley.terminal),
            ("harbour.owner", &harbour.store),
        ] {
            chain.refused(log_in, at(username, terminal), (404, "not_found")).await;
        }
        let revoke = format!("/terminals/{}/revoke", harbour.terminal);
        chain.ok("POST", &revoke, &harbour.owner.access, json!({})).await;
        chain.refused(log_in, at("harbour.owner", &harbour.terminal), (404, "not_found")).await;
        chain.refused(("GET", "/stores", &access), Value::Null, (401, "unauthorized")).await;
    }
}

#[tokio::test]
async fn a_program_does_what_its_key_says_until_it_is_revoked() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let new = json!({"name": "export", "capabilities": ["audit.read"]});
        let issued = chain.ok("POST", "/api-keys", owner, new).await;
        let secret = text(&issued["secret"]);
        assert!(!chain.get("/api-keys", owner).await.to_string().contains(&secret), "shown once");
        assert_eq!(issued["key"]["last_used_at"], Value::Null);
        for (second, noted) in [(60, "12:01:00"), (600, "12:01:00"), (3_660, "13:01:00")] {
            later(second);
            chain.get("/audit", &secret).await;
            let owner = chain.login("harbour.owner").await;
            let listed = chain.get("/api-keys", &owner.access).await;
            assert_eq!(listed["items"][0]["last_used_at"], format!("2026-11-21T{noted}Z"), "to the hour");
        }
        later(0);
        chain.refused(("GET", "/terminals", &secret), Value::Null, (403, "not_allowed")).await;
        chain.refused(("GET", "/me", &secret), Value::Null, (403, "not_a_person")).await;
        let beyond = json!({"name": "x", "capabilities": ["pos.sell"]});
        chain.refused(("POST", "/api-keys", owner), beyond, (403, "not_allowed")).await;
        let path = format!("/api-keys/{}", text(&issued["key"]["id"]));
        chain.ok("DELETE", &path, owner, json!({})).await;
        chain.refused(("GET", "/audit", &secret), Value::Null, (401, "unauthorized")).await;
        chain.refused(("DELETE", &path, owner), json!({}), (404, "not_found")).await;
    }
}
