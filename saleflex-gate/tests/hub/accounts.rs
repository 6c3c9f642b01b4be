//! What a person's own account has beside its password: a second factor, a PIN, and a picture.

use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use chrono::DateTime;
use ring::hmac;
use saleflex_gate::{
    Hub,
    db::Books,
    settings::{Profile, Settings},
};
use serde_json::{Value, json};

use super::{
    chain::{Chain, PASSWORD, Person, chains, text},
    support::{clock, every_books, later},
};

const LOGIN: (&str, &str, &str) = ("POST", "/auth/login", "");

/// What an authenticator shows for a secret at an instant.
fn shown(secret: &str, at: DateTime<chrono::Utc>) -> String {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits_of = |letter: char| {
        let place = letters.find(letter).unwrap();
        (0..5).rev().map(move |bit| (place >> bit) & 1)
    };
    let bits: Vec<usize> = secret.chars().flat_map(bits_of).collect();
    let byte = |bits: &[usize]| u8::try_from(bits.iter().fold(0_usize, |all, bit| (all << 1) | bit)).unwrap();
    let key: Vec<u8> = bits.chunks(8).map(byte).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &(at.timestamp() / 30).to_be_bytes());
    let tag = tag.as_ref();
    let from = usize::from(tag[19] % 16);
    let number = u32::from_be_bytes(tag[from..from + 4].try_into().unwrap()) % (1 << 31);
    format!("{:06}", number % 1_000_000)
}

/// Another code than the one that is shown, nor one beside it in time.
fn wrong(secret: &str) -> String {
    let near =
        [-60, -30, 0, 30, 60, 90, 120].map(|off| shown(secret, clock() + chrono::TimeDelta::seconds(off)));
    (0..1_000_000).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
}

fn log_in(username: &str, otp: &str) -> Value {
    json!({"username": username, "password": PASSWORD, "otp": otp})
}

fn own_password() -> Value {
    json!({"password": PASSWORD})
}

/// Gives a person a second factor: the authenticator's secret and the recovery codes.
async fn secured(chain: &Chain, person: &Person) -> (String, Vec<String>) {
    let given = chain.ok("POST", "/auth/mfa/enroll", &person.access, own_password()).await;
    let secret = text(&given["secret"]);
    let otp = json!({"otp": shown(&secret, clock())});
    let confirmed = chain.ok("POST", "/auth/mfa/confirm", &person.access, otp).await;
    let codes = confirmed["recovery_codes"].as_array().unwrap().iter().map(text).collect();
    (secret, codes)
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_its_first_code_was_shown_and_each_code_is_good_once() {
    for chain in chains().await {
        let (ayse, there) = (chain.register("ayse").await, chain.login("ayse").await);
        let access = ayse.access.as_str();
        let off = json!({"is_on": false, "recovery_codes_left": 0});
        assert_eq!(chain.get("/auth/mfa", access).await, off);
        let confirm = ("POST", "/auth/mfa/confirm", access);
        chain.refused(confirm, json!({"otp": "123456"}), (409, "second_factor_off")).await;
        let enroll = ("POST", "/auth/mfa/enroll", access);
        let guessed = json!({"password": "another password"});
        chain.refused(enroll, guessed, (422, "password_wrong")).await;
        chain.refused(confirm, json!({"otp": "123456"}), (409, "second_factor_off")).await;
        let given = chain.ok("POST", "/auth/mfa/enroll", access, own_password()).await;
        let secret = text(&given["secret"]);
        assert!(text(&given["uri"]).contains(&format!("secret={secret}&")), "{given}");
        chain.login("ayse").await;
        assert_eq!(chain.get("/auth/mfa", access).await, off, "nothing is asked for that was never shown");
        chain.refused(confirm, json!({"otp": wrong(&secret)}), (422, "otp_wrong")).await;

        let first = shown(&secret, clock());
        let confirmed = chain.ok("POST", "/auth/mfa/confirm", access, json!({"otp": first})).await;
        assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
        chain.refused(("GET", "/me", &there.access), Value::Null, (401, "unauthorized")).await;
        assert_eq!(
            chain.get("/auth/mfa", access).await,
            json!({"is_on": true, "recovery_codes_left": 10}),
            "and this session stays"
        );
        chain.refused(confirm, json!({"otp": first}), (409, "second_factor_on")).await;
        chain.refused(enroll, own_password(), (409, "second_factor_on")).await;

        let alone = json!({"username": "ayse", "password": PASSWORD});
        chain.refused(LOGIN, alone, (401, "otp_required")).await;
        chain.refused(LOGIN, log_in("ayse", &first), (401, "otp_wrong")).await;
        later(30);
        let next = shown(&secret, clock());
        let guessed = json!({"username": "ayse", "password": "another password", "otp": next});
        chain.refused(LOGIN, guessed, (401, "credentials_wrong")).await;
        let (left, right) = next.split_at(3);
        let spaced = format!("{left} {right}");
        chain.ok("POST", "/auth/login", "", log_in("ayse", &spaced)).await;
        chain.refused(LOGIN, log_in("ayse", &next), (401, "otp_wrong")).await;
        later(0);
    }
}

#[tokio::test]
async fn a_recovery_code_opens_one_log_in_and_new_ones_void_those_before() {
    for chain in chains().await {
        let ayse = chain.register("ayse").await;
        let (secret, codes) = secured(&chain, &ayse).await;
        let typed = codes[0].to_lowercase().replace('-', " ");
        chain.ok("POST", "/auth/login", "", log_in("ayse", &typed)).await;
        chain.refused(LOGIN, log_in("ayse", &codes[0]), (401, "otp_wrong")).await;
        assert_eq!(chain.get("/auth/mfa", &ayse.access).await["recovery_codes_left"], 9);
        later(30);
        let otp = json!({"otp": shown(&secret, clock())});
        let renewed = chain.ok("POST", "/auth/mfa/recovery-codes", &ayse.access, otp).await;
        chain.refused(LOGIN, log_in("ayse", &codes[1]), (401, "otp_wrong")).await;
        chain.ok("POST", "/auth/login", "", log_in("ayse", &text(&renewed["recovery_codes"][1]))).await;
        let endless = log_in("ayse", &"7".repeat(5_000));
        chain.refused(LOGIN, endless, (401, "otp_wrong")).await;
        later(0);
    }
}

#[tokio::test]
async fn wrong_codes_are_counted_and_a_second_factor_goes_with_one_of_its_codes_alone() {
    for chain in chains().await {
        let ayse = chain.register("ayse").await;
        let (secret, codes) = secured(&chain, &ayse).await;
        let remove = ("DELETE", "/auth/mfa", ayse.access.as_str());
        for _ in 0..5 {
            chain.refused(remove, json!({"otp": wrong(&secret)}), (422, "otp_wrong")).await;
        }
        // The right one is not looked at any more, wherever it is shown.
        chain.refused(remove, json!({"otp": codes[0]}), (429, "too_many_requests")).await;
        chain.refused(LOGIN, log_in("ayse", &codes[0]), (429, "too_many_requests")).await;
        later(299);
        chain.refused(remove, json!({"otp": codes[0]}), (429, "too_many_requests")).await;
        later(300);
        chain.ok("DELETE", "/auth/mfa", &ayse.access, json!({"otp": codes[0]})).await;
        chain.login("ayse").await;
        chain.ok("DELETE", "/auth/mfa", &ayse.access, json!({"otp": "123456"})).await;
        let renew = ("POST", "/auth/mfa/recovery-codes", ayse.access.as_str());
        chain.refused(renew, json!({"otp": codes[1]}), (409, "second_factor_off")).await;
        later(0);
    }
}

#[tokio::test]
async fn companies_read_that_a_person_has_a_second_factor_and_tills_ask_for_none() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let name = "harbour.owner";
        secured(&chain, &harbour.owner).await;
        let audit = chain.get("/audit?act=user.second_factor_on", &harbour.owner.access).await;
        assert_eq!(audit["items"][0]["subject_id"], harbour.owner.id.as_str());
        let password = json!({"username": name, "password": PASSWORD});
        chain.ok("POST", "/auth/terminal/login", &harbour.device, password).await;

        assert_eq!(chain.hub.remove_second_factor(name.to_owned()).await.unwrap(), Some(true));
        assert_eq!(chain.hub.remove_second_factor(name.to_owned()).await.unwrap(), Some(false));
        assert_eq!(chain.hub.remove_second_factor("nobody".to_owned()).await.unwrap(), None);
        let before = ("GET", "/me", harbour.owner.access.as_str());
        chain.refused(before, Value::Null, (401, "unauthorized")).await;
        let owner = chain.login(name).await;
        let audit = chain.get("/audit?act=user.second_factor_off", &owner.access).await;
        assert_eq!(audit["items"].as_array().unwrap().len(), 1);
        assert_eq!(audit["items"][0]["actor_kind"], "operator");
    }
}

#[tokio::test]
async fn a_secret_that_waits_for_its_first_code_is_over_after_an_hour() {
    for chain in chains().await {
        let ayse = chain.register("ayse").await;
        let given = chain.ok("POST", "/auth/mfa/enroll", &ayse.access, own_password()).await;
        later(3_600);
        let ayse = chain.login("ayse").await;
        let otp = json!({"otp": shown(&text(&given["secret"]), clock())});
        chain.refused(("POST", "/auth/mfa/confirm", &ayse.access), otp, (409, "second_factor_off")).await;
        secured(&chain, &ayse).await;
        later(0);
    }
}

fn under(books: &Books, secret: Option<&str>) -> Chain {
    let secret = secret.map(str::to_owned);
    let settings = Settings { profile: Profile::Gate, secret, ..Settings::default() };
    Chain::of(Hub::new(books.clone(), settings, clock))
}

#[tokio::test]
async fn under_another_secret_of_the_hub_the_recovery_codes_alone_are_good_and_under_none_nothing_begins() {
    for books in every_books().await {
        let before = under(&books, Some("a secret of thirty-two characters"));
        let (secret, codes) = secured(&before, &before.register("ayse").await).await;
        let after = under(&books, Some("another one of thirty-two letters"));
        later(30);
        let otp = shown(&secret, clock());
        after.refused(LOGIN, log_in("ayse", &otp), (401, "otp_wrong")).await;
        after.ok("POST", "/auth/login", "", log_in("ayse", &codes[0])).await;
        later(0);
        let none = under(&books, None);
        let can = none.register("can").await;
        let enroll = ("POST", "/auth/mfa/enroll", can.access.as_str());
        none.refused(enroll, own_password(), (403, "second_factor_unavailable")).await;
    }
}

#[tokio::test]
async fn everybody_sets_their_own_pin_for_their_password() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let store = Some(harbour.store.as_str());
        let (ann, bob) = (
            chain.staff(&harbour, "ann", ("cashier", "store", store)).await,
            chain.staff(&harbour, "bob", ("cashier", "store", store)).await,
        );
        let set = |password: &str, pin: &str| json!({"password": password, "pin": pin});
        let put = ("PUT", "/me/pin", bob.access.as_str());
        chain.refused(put, set("another password", "9753"), (422, "password_wrong")).await;
        chain.refused(put, set(PASSWORD, "9999"), (422, "pin_invalid")).await;
        chain.ok("PUT", "/me/pin", &ann.access, set(PASSWORD, "4829")).await;
        chain.refused(put, set(PASSWORD, "4829"), (409, "pin_taken")).await;
        chain.ok("PUT", "/me/pin", &bob.access, set(PASSWORD, "9753")).await;
        let shown = chain.ok("POST", "/auth/terminal/login", &harbour.device, json!({"pin": "9753"})).await;
        let at_till = shown["access"].as_str().unwrap_or_default();
        chain.refused(("PUT", "/me/pin", at_till), set(PASSWORD, "8642"), (403, "terminal_session")).await;
        let audit = chain.get("/audit?act=user.pin_set", &harbour.owner.access).await;
        assert_eq!(audit["items"].as_array().unwrap().len(), 2);
        let kim = chain.staff(&harbour, "kim", ("cashier", "store", store)).await;
        let guess = ("PUT", "/me/pin", kim.access.as_str());
        for _ in 0..5 {
            chain.refused(guess, set(PASSWORD, "4829"), (409, "pin_taken")).await;
        }
        chain.refused(guess, set(PASSWORD, "8642"), (429, "too_many_requests")).await;
    }
}

/// The first bytes of a picture, which is all that is looked at.
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n\x00\x01\xFE\xFF, and so on";

/// Sends bytes as a picture of somebody: the status and the code.
async fn send_picture(chain: &Chain, token: &str, bytes: Vec<u8>) -> (u16, Value) {
    let request = Request::builder()
        .method("PUT")
        .uri("/api/v1/me/avatar")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "image/png");
    let (status, answer) =
        super::support::call(chain.router(), request.body(Body::from(bytes)).unwrap()).await;
    (status.as_u16(), answer)
}

/// Whatever stands under a path: its headers by name, and its bytes.
async fn fetched(chain: &Chain, path: &str, token: &str) -> (u16, Vec<String>, Vec<u8>) {
    let request = Request::builder()
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty());
    let response = chain.open(request.unwrap()).await;
    let named =
        ["content-type", "x-content-type-options", "content-security-policy", "cross-origin-resource-policy"];
    let headers =
        named.map(|name| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned());
    let status = response.status().as_u16();
    (status, headers.to_vec(), to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec())
}

#[tokio::test]
async fn a_picture_is_small_and_is_one_and_is_shown_to_those_of_the_same_company_as_nothing_else() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let ayse = chain.staff(&harbour, "ayse", ("cashier", "store", Some(&harbour.store))).await;
        let own = "/api/v1/me/avatar";
        let of_ayse = format!("/api/v1/companies/{}/members/{}/avatar", harbour.slug, ayse.id);
        assert_eq!(fetched(&chain, own, &ayse.access).await.0, 404, "there is none yet");
        let (status, answer) = send_picture(&chain, &ayse.access, b"<svg onload='x'/>".to_vec()).await;
        assert_eq!((status, &answer["code"]), (422, &json!("picture_unreadable")), "whatever it says it is");
        let mut largest = PNG.to_vec();
        largest.resize(256 * 1_024, 7);
        let mut larger = largest.clone();
        larger.push(7);
        let (status, answer) = send_picture(&chain, &ayse.access, larger).await;
        assert_eq!((status, &answer["code"]), (413, &json!("too_large")));
        assert_eq!(send_picture(&chain, &ayse.access, largest).await.0, 200);
        assert_eq!(
            send_picture(&chain, &ayse.access, PNG.to_vec()).await,
            (200, json!({"url": own})),
            "in the place of the one before"
        );
        for (path, token) in [(own, &ayse.access), (of_ayse.as_str(), &harbour.owner.access)] {
            let (status, headers, bytes) = fetched(&chain, path, token).await;
            assert_eq!((status, bytes.as_slice()), (200, PNG), "{path}");
            let nothing_else = "default-src 'none'; frame-ancestors 'none'";
            assert_eq!(headers, ["image/png", "nosniff", nothing_else, "same-origin"], "{path}");
        }
        let valley = chain.company("valley").await;
        let of_valley = format!("/api/v1/companies/{}/members/{}/avatar", valley.slug, ayse.id);
        assert_eq!(fetched(&chain, &of_ayse, &valley.owner.access).await.0, 404, "another company");
        assert_eq!(fetched(&chain, &of_valley, &valley.owner.access).await.0, 404, "nobody of theirs");
        for _ in 0..2 {
            chain.ok("DELETE", "/me/avatar", &ayse.access, json!({})).await;
        }
        assert_eq!(fetched(&chain, own, &ayse.access).await.0, 404);
    }
}
