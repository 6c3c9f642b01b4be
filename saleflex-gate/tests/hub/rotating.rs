//! Another secret for a device that lost the answer with the one before.

use saleflex_gate::db::{DatabaseError, Tenant};
use serde_json::{Value, json};

use super::{
    chain::{Chain, chains, text},
    support::{every_books, later},
};

const ROTATE: &str = "/auth/device/rotate";
const DAY: i64 = 24 * 3_600;

#[tokio::test]
async fn a_device_that_lost_its_new_secret_gets_another_for_the_one_before_until_one_was_shown() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let lost = text(&chain.ok("POST", ROTATE, &harbour.device, json!({})).await["token"]);
        later(3 * DAY);
        let again = chain.ok("POST", ROTATE, &harbour.device, json!({})).await;
        assert_eq!(again["old_until"], "2026-12-01T12:00:00Z", "its seven days begin anew");
        let kept = text(&again["token"]);
        let void = (401, "unauthorized");
        chain.refused(("GET", "/sync/state", &lost), Value::Null, void).await;
        later(9 * DAY);
        chain.get("/sync/state", &harbour.device).await;
        chain.get("/sync/state", &kept).await;
        chain.refused(("POST", ROTATE, &harbour.device), json!({}), (403, "short_lived")).await;
        later(10 * DAY + 1);
        chain.refused(("GET", "/sync/state", &harbour.device), Value::Null, void).await;
        chain.get("/sync/state", &kept).await;
        later(0);
    }
}

#[tokio::test]
async fn a_request_that_a_line_delivers_twice_leaves_the_device_what_it_has_and_voids_the_other() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let rotated = async || text(&chain.ok("POST", ROTATE, &harbour.device, json!({})).await["token"]);
        let (kept, other) = (rotated().await, rotated().await);
        chain.get("/sync/state", &kept).await;
        chain.refused(("GET", "/sync/state", &other), Value::Null, (401, "unauthorized")).await;
        chain.refused(("POST", ROTATE, &harbour.device), json!({}), (403, "short_lived")).await;
        later(30 * DAY);
        chain.get("/sync/state", &kept).await;
        later(0);
    }
}

#[tokio::test]
async fn what_somebody_gave_out_for_a_device_is_void_by_no_secret_from_before() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let lost = text(&chain.ok("POST", ROTATE, &harbour.device, json!({})).await["token"]);
        let tokens = format!("/terminals/{}/tokens", harbour.terminal);
        let given = text(&chain.ok("POST", &tokens, &harbour.owner.access, json!({})).await["token"]);
        for before in [&harbour.device, &lost] {
            chain.refused(("POST", ROTATE, before), json!({}), (403, "short_lived")).await;
        }
        chain.get("/sync/state", &given).await;
    }
}

/// What makes a database refuse to note that a secret was shown, in the order of [`every_books`].
const NOTING_REFUSED: [&str; 2] = [
    "CREATE TRIGGER refuse BEFORE UPDATE OF last_used_at ON device_token \
     BEGIN SELECT RAISE(ABORT, 'not now'); END",
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'not now'; END $$; \
     CREATE TRIGGER refuse BEFORE UPDATE OF last_used_at ON device_token \
     FOR EACH ROW EXECUTE FUNCTION refuse()",
];

#[tokio::test]
async fn a_secret_opens_nothing_before_it_is_noted_that_it_was_shown() {
    for (books, refused) in every_books().await.into_iter().zip(NOTING_REFUSED) {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let (_, other) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        chain.get("/sync/state", &harbour.device).await;
        let made = books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.batch(refused));
        made.await.unwrap();
        for _ in 0..2 {
            let (status, answer) = chain.send("GET", "/sync/state", &other, &Value::Null).await;
            assert!(status.is_server_error(), "{status} {answer}");
        }
        later(DAY);
        chain.get("/sync/state", &harbour.device).await;
        later(0);
    }
}
