//! What has had its time goes, what took effect stays; and what somebody does who forgot their password.

use std::sync::Arc;

use saleflex_gate::{
    Hub,
    db::{Books, DatabaseError, Tenant},
    mail::{Letter, MailError, Mailer},
    settings::{Keep, Mail, Profile, Settings},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    chain::{Chain, PASSWORD, Person, chains},
    gift_cards::issue,
    support::{clock, every_books, later},
};

const DAY: i64 = 24 * 60 * 60;

async fn counted(books: &Books, table: &'static str) -> i64 {
    let read = books.read::<_, DatabaseError>(Tenant::Platform, move |session| {
        session.query(&format!("SELECT count(*) FROM {table}"), &[])?[0].integer(0)
    });
    read.await.unwrap()
}

async fn again(chain: &Chain, company: &str) -> Person {
    let mut owner = chain.login("harbour.owner").await;
    chain.choose(&mut owner, company).await;
    owner
}

#[tokio::test]
async fn what_has_had_its_time_is_swept_up_and_no_fact_is() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        chain.ok("POST", "/auth/logout", &chain.register("ayse").await.access, json!({})).await;
        let facts = ["audit", "membership", "terminal", "company"];
        let mut before = Vec::new();
        for table in facts {
            before.push(counted(&books, table).await);
        }
        let swept = chain.hub.sweep().await.unwrap();
        assert!(swept.values().all(|rows| *rows == 0), "nothing has had its time: {swept:?}");
        later(200 * DAY);
        let swept = chain.hub.sweep().await.unwrap();
        assert_eq!((swept["sessions"], swept["enrolments"]), (2, 1), "{swept:?}");
        assert!(swept["refresh_tokens"] >= 2, "{swept:?}");
        assert_eq!((counted(&books, "user_session").await, counted(&books, "refresh_token").await), (0, 0));
        for (table, rows) in facts.into_iter().zip(before) {
            assert_eq!(counted(&books, table).await, rows, "{table}");
        }
        let swept = chain.hub.sweep().await.unwrap();
        assert!(swept.values().all(|rows| *rows == 0), "done once: {swept:?}");
        chain.get("/sync/state", &harbour.device).await;
        later(0);
    }
}

#[tokio::test]
async fn terminals_that_gave_out_one_identity_at_the_same_instant_are_found_within_a_minute_once() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let sold = super::business::sale(&harbour, 1);
        let bytes = String::from_utf8(sold.to_bytes().unwrap()).unwrap();
        for till in [("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str())] {
            super::business::deliver_by(&chain, &harbour, till, (1, sold.entity), &bytes).await;
        }
        // As if neither had seen the other.
        let forgotten = books.write::<_, DatabaseError>(Tenant::Platform, |session| {
            session.execute("DELETE FROM ledger_flag WHERE flag = 'cloned_terminal'", &[])
        });
        assert_eq!(forgotten.await.unwrap(), 2);
        let mut acts = Vec::new();
        later(60);
        for is_sweep in [false, false, true] {
            if is_sweep {
                chain.hub.sweep().await.unwrap();
            } else {
                chain.hub.note_clones().await.unwrap();
            }
            let flagged = chain.get("/documents?flag=cloned_terminal", owner).await;
            assert_eq!(flagged["items"].as_array().unwrap().len(), 2, "{flagged}");
            acts.push(counted(&books, "audit").await);
        }
        later(0);
        assert!(acts.iter().all(|count| *count == acts[0]), "told once: {acts:?}");
        let told = chain.get("/me/notifications", owner).await.to_string();
        assert!(
            told.contains("TILL-1: cloned_terminal") && told.contains("TILL-2: cloned_terminal"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn who_comes_after_a_deletion_is_forgotten_starts_anew_and_snapshots_end() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let mut units = Vec::new();
        for code in ["A", "B", "C", "D"] {
            let row = json!({"row": {"code": code, "name": code}});
            units.push(chain.ok("POST", "/definitions/product_units", owner, row).await);
        }
        let cursor = chain.get("/sync/bootstrap", &harbour.device).await["cursor"].clone();
        let old = format!("/sync/changes?cursor={}", cursor.as_str().unwrap());
        let path = format!("/definitions/product_units/{}", units[3]["id"].as_str().unwrap());
        let tag = format!("\"{}\"", units[3]["version"]);
        let read = [("if-match", tag.as_str())];
        assert!(chain.send_with("DELETE", &path, owner, &json!({}), &read).await.0.is_success());
        later(30 * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["tombstones"], 0);
        assert_eq!(chain.get(&old, &harbour.device).await["items"][0]["is_deleted"], true);
        later(91 * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["tombstones"], 1);
        let (status, answer) = chain.send("GET", &old, &harbour.device, &Value::Null).await;
        assert_eq!((status.as_u16(), &answer["code"]), (410, &json!("cursor_expired")));
        // A snapshot in small pages comes to its end, although all its places lie before what was forgotten.
        let (mut path, mut codes) = ("/sync/changes?limit=1".to_owned(), Vec::new());
        for _ in 0..10 {
            let page = chain.get(&path, &harbour.device).await;
            codes.extend(page["items"].as_array().unwrap().iter().map(|row| row["code"].clone()));
            path = format!("/sync/changes?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
            if page["has_more"] == false {
                break;
            }
        }
        assert_eq!(codes, ["A", "B", "C"]);
        assert_eq!(chain.get(&path, &harbour.device).await["items"], json!([]));
        later(0);
    }
}

#[tokio::test]
async fn a_till_that_was_away_for_years_hears_of_who_was_erased() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let id = chain.customer(&harbour.owner.access).await;
        let erased = super::meeting::erasure(&id);
        super::business::deliver(&chain, &harbour, (1, uuid::Uuid::from_u128(77)), &erased).await;
        later(3 * 365 * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["tombstones"], 0);
        let page = chain.get("/sync/changes?limit=500", &harbour.device).await;
        let row = &page["items"].as_array().unwrap()[0];
        assert_eq!(
            (&row["id"], &row["is_deleted"], &row["is_erased"]),
            (&json!(id), &json!(true), &json!(true)),
            "{page}"
        );
        later(0);
    }
}

#[tokio::test]
async fn a_till_that_was_away_for_years_hears_of_who_was_taken_out_of_use_and_not_who_they_were() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let id = chain.customer(owner).await;
        let path = format!("/definitions/customers/{id}");
        let tag = format!("\"{}\"", chain.get(&path, owner).await["version"]);
        let read = [("if-match", tag.as_str())];
        assert!(chain.send_with("DELETE", &path, owner, &json!({}), &read).await.0.is_success());
        later(3 * 365 * DAY);
        for forgotten in [1, 0] {
            assert_eq!(chain.hub.sweep().await.unwrap()["tombstones"], forgotten);
        }
        let page = chain.get("/sync/changes?limit=500", &harbour.device).await;
        let mut row = page["items"].as_array().unwrap()[0].clone();
        row["version"].take();
        let gone = json!({"resource": "customers", "id": id, "version": null, "is_deleted": true, "is_forgotten": true});
        assert_eq!(row, gone, "{page}");
        later(0);
    }
}

#[tokio::test]
async fn who_was_forgotten_before_they_were_erased_is_erased_at_every_till_and_with_the_reasons() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let id = chain.customer(owner).await;
        let given = json!({"points": 5, "reason": "Ada's broken jug"});
        let adjust = format!("/loyalty/members/{id}/adjustments");
        assert!(chain.once(&adjust, owner, &given, "jug").await.0.is_success());
        let path = format!("/definitions/customers/{id}");
        let tag = format!("\"{}\"", chain.get(&path, owner).await["version"]);
        let read = [("if-match", tag.as_str())];
        assert!(chain.send_with("DELETE", &path, owner, &json!({}), &read).await.0.is_success());
        later(91 * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["tombstones"], 1);
        let erased = super::meeting::erasure(&id);
        super::business::deliver(&chain, &harbour, (1, uuid::Uuid::from_u128(77)), &erased).await;
        let page = chain.get("/sync/changes?limit=500", &harbour.device).await;
        let row = &page["items"].as_array().unwrap()[0];
        assert_eq!((&row["id"], &row["is_erased"]), (&json!(id), &json!(true)), "{page}");
        let reasons = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
            session.query("SELECT count(*) FROM point_entry WHERE reason IS NOT NULL", &[])?[0].integer(0)
        });
        assert_eq!(reasons.await.unwrap(), 0);
        later(0);
    }
}

#[tokio::test]
async fn shares_that_nobody_can_report_any_more_are_given_up_by_themselves() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let asked = json!({"schema_version": 1, "epoch": uuid::Uuid::from_u128(99), "asks": [
            {"kind": "campaign_uses", "subject": uuid::Uuid::from_u128(7), "since": 0, "granted": 4, "wanted": false},
        ]});
        chain.ok("POST", "/sync/quotas", &harbour.device, asked).await;
        later(60 * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["lost_shares"], 0, "it may still come back");
        let owner = again(&chain, &harbour.id).await.access;
        let path = format!("/terminals/{}/revoke", harbour.terminal);
        chain.ok("POST", &path, &owner, json!({"grace_hours": 24})).await;
        assert_eq!(chain.hub.sweep().await.unwrap()["lost_shares"], 0, "it may deliver for a day");
        later(62 * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["lost_shares"], 1);
        assert_eq!(chain.hub.sweep().await.unwrap()["lost_shares"], 0, "once");
        let owner = again(&chain, &harbour.id).await.access;
        let acts = chain.get("/audit?act=quota.written_off", &owner).await;
        let act = &acts["items"][0];
        assert_eq!((&act["actor_kind"], &act["detail"]["units"]), (&json!("operator"), &json!(4)), "{act}");
        later(0);
    }
}

#[tokio::test]
async fn an_operator_may_have_shares_given_up_that_were_not_heard_of_for_so_long() {
    for books in every_books().await {
        let keep = Keep { lost_shares_days: std::num::NonZeroU32::new(30), ..Keep::default() };
        let chain = Chain::with(books, Settings { keep, ..Settings::default() });
        let harbour = chain.company("harbour").await;
        let asked = json!({"schema_version": 1, "epoch": uuid::Uuid::from_u128(99), "asks": [
            {"kind": "campaign_uses", "subject": uuid::Uuid::from_u128(7), "since": 0, "granted": 4, "wanted": false},
        ]});
        chain.ok("POST", "/sync/quotas", &harbour.device, asked).await;
        later(29 * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["lost_shares"], 0);
        later(31 * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["lost_shares"], 1);
        later(0);
    }
}

#[tokio::test]
async fn the_books_of_a_deleted_company_go_when_the_operator_says_and_no_others() {
    for books in every_books().await {
        let keep = Keep { deleted_companies_days: std::num::NonZeroU32::new(365), ..Keep::default() };
        let chain = Chain::with(books.clone(), Settings { keep, ..Settings::default() });
        let harbour = chain.company("harbour").await;
        let valley = chain.company("valley").await;
        chain.customer(&harbour.owner.access).await;
        for company in [&harbour, &valley] {
            issue(&chain, &company.owner.access, "10.00").await;
        }
        let deletion = format!("/companies/{}/deletion", harbour.slug);
        assert_eq!(chain.ok("POST", &deletion, &harbour.owner.access, json!({})).await["state"], "deleted");
        let left = ["company", "company_slug", "audit", "company_deletion", "hub_user"];
        let mut before = Vec::new();
        for table in left {
            before.push(counted(&books, table).await);
        }
        later((30 + 364) * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["deleted_companies"], 0, "the law still keeps them");
        later((30 + 366) * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["deleted_companies"], 1);
        assert_eq!(chain.hub.sweep().await.unwrap()["deleted_companies"], 0, "once");
        assert_eq!(
            (counted(&books, "store").await, counted(&books, "terminal").await),
            (2, 1),
            "the valley's"
        );
        assert_eq!((counted(&books, "definition").await, counted(&books, "membership").await), (0, 1));
        assert_eq!(counted(&books, "gift_card_entry").await, 1, "the valley's");
        before[2] += 1;
        for (table, rows) in left.into_iter().zip(before) {
            assert_eq!(counted(&books, table).await, rows, "{table}");
        }
        let refused = chain.hub.bring_back(harbour.slug.clone()).await.unwrap_err();
        assert_eq!((refused.code, refused.detail.as_deref()), ("wrong_state", Some("purged")));
        chain.get("/sync/state", &valley.device).await;
        later(0);
    }
}

/// Letters go to whoever reads them here.
struct Post(mpsc::UnboundedSender<Letter>);

impl Mailer for Post {
    fn send(&self, letter: &Letter) -> Result<(), MailError> {
        self.0.send(letter.clone()).unwrap();
        Ok(())
    }
}

#[tokio::test]
async fn whoever_forgot_a_password_sets_another_once_and_nobody_learns_who_is_known() {
    for books in every_books().await {
        let (sender, mut letters) = mpsc::unbounded_channel();
        let link = Some("https://hub.example.com/reset?t={token}".to_owned());
        let mail =
            Mail { from: "hub@example.com".to_owned(), command: vec!["true".to_owned()], reset_link: link };
        let settings = Settings { profile: Profile::Gate, mail: Some(mail), ..Settings::default() };
        let hub = Hub::new(books, settings, clock).delivering_by(Arc::new(Post(sender)));
        let chain = Chain::of(hub);
        let new = json!({"username": "ayse", "password": PASSWORD, "email": "ayse@example.com"});
        let before = chain.ok("POST", "/auth/register", "", new).await;
        chain.register("can").await;
        let mut answers = Vec::new();
        for username in ["nobody", "can", "AYSE"] {
            answers.push(chain.ok("POST", "/auth/password/forgot", "", json!({"username": username})).await);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        let letter = letters.recv().await.unwrap();
        assert_eq!(letter.to, "ayse@example.com", "nobody else has an address");
        let token = letter.text.split("reset?t=").nth(1).unwrap().lines().next().unwrap().to_owned();

        let other = "nine louder bridges";
        let reset = |token: &str, new: &str| json!({"token": token, "new": new});
        let path = ("POST", "/auth/password/reset", "");
        chain.refused(path, reset("made-up", other), (422, "reset_invalid")).await;
        chain.refused(path, reset(&token, "short"), (422, "password_too_weak")).await;
        chain.ok("POST", path.1, "", reset(&token, other)).await;
        chain.refused(path, reset(&token, other), (422, "reset_invalid")).await;
        let access = before["access"].as_str().unwrap();
        chain.refused(("GET", "/me", access), Value::Null, (401, "unauthorized")).await;
        let old = json!({"username": "ayse", "password": PASSWORD});
        chain.refused(("POST", "/auth/login", ""), old, (401, "credentials_wrong")).await;
        chain.ok("POST", "/auth/login", "", json!({"username": "ayse", "password": other})).await;

        // One that is over, and one that another took the place of, are none.
        let first = chain.hub.forgotten_password("ayse".to_owned()).await.unwrap().unwrap();
        let second = chain.hub.forgotten_password("Ayse".to_owned()).await.unwrap().unwrap();
        chain.refused(path, reset(&first, other), (422, "reset_invalid")).await;
        later(61 * 60);
        chain.refused(path, reset(&second, other), (422, "reset_invalid")).await;
        later(0);
        assert_eq!(chain.hub.forgotten_password("nobody".to_owned()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_invitation_goes_by_letter_where_somebody_delivers_letters_and_few_do_within_the_hour() {
    for books in every_books().await {
        let (sender, mut letters) = mpsc::unbounded_channel();
        let settings = Settings { profile: Profile::Gate, ..Settings::default() };
        let chain = Chain::of(Hub::new(books, settings, clock).delivering_by(Arc::new(Post(sender))));
        let owner = chain.register("ayse").await;
        let company = chain.ok("POST", "/companies", &owner.access, json!({"name": "Harbour"})).await;
        let path = format!("/companies/{}/invitations", company["slug"].as_str().unwrap());
        let mut subjects = Vec::new();
        for _ in 0..5 {
            let new = json!({"email": "can@example.com"});
            let invited = chain.ok("POST", &path, &owner.access, new).await;
            let letter = letters.recv().await.unwrap();
            assert_eq!((letter.to.as_str(), &invited["is_mailed"]), ("can@example.com", &json!(true)));
            assert!(letter.text.contains(invited["token"].as_str().unwrap()), "{}", letter.text);
            subjects.push(letter.subject);
            chain.ok("PATCH", "/me", &owner.access, json!({"locale": "tr"})).await;
        }
        assert_eq!(subjects[..2], ["Invitation: Harbour", "Davet: Harbour"], "in the author's language");
        let sixth = chain.ok("POST", &path, &owner.access, json!({"email": "can@example.com"})).await;
        assert_eq!(sixth["is_mailed"], false);
        assert!(letters.try_recv().is_err(), "strangers get few letters of one person");
    }
}
