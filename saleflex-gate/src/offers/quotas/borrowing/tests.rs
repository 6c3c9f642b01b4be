use std::collections::BTreeMap;

use saleflex_sync::wire::QuotaPolicy;

use super::*;
use crate::db::{Books, Sqlite, Tenant};

const COMPANY: Uuid = Uuid::from_u128(1);

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_800_000_000_000).unwrap()
}

/// A hub that borrows, with a store.
fn books() -> Books {
    let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
    run(&books, "INSERT INTO company (company_id, slug, name, created_at) VALUES ($1, 'c', 'C', 0)");
    run(
        &books,
        "INSERT INTO store (company_id, store_id, store_code, name, currency, time_zone, prices_include_tax, \
         self_registration, created_at) VALUES ($1, $1, 's', 'S', 'EUR', 'UTC', 1, 0, 0)",
    );
    books
}

fn run(books: &Books, sql: &str) {
    within(books, |session| session.execute(sql, &[COMPANY.into()]).map(drop));
}

fn within<T>(books: &Books, work: impl FnOnce(&mut dyn Session) -> Result<T, DatabaseError>) -> T {
    books.write_waiting(Tenant::Company(COMPANY), work).unwrap()
}

fn wanted(books: &Books, coupon: u128) {
    let of = (&QuotaKind::CouponUses, Uuid::from_u128(coupon), Uuid::nil());
    within(books, |session| want(session, COMPANY, of, now()));
}

fn asked(books: &Books) -> QuotasRequest {
    let asked = within(books, |session| asks(session, (COMPANY, &KnownOffers::default()), now()));
    asked.expect("something is asked for")
}

fn kept(books: &Books, request: &QuotasRequest, shares: Vec<QuotaShare>) {
    let answer =
        QuotasAnswer { policy: QuotaPolicy::Refuse, shares, server_time: None, further: BTreeMap::new() };
    within(books, |session| keep(session, COMPANY, request, &answer));
}

fn is_waiting(books: &Books) -> bool {
    within(books, |session| waits(session, COMPANY))
}

fn share(coupon: u128, granted: u64) -> QuotaShare {
    QuotaShare {
        kind: QuotaKind::CouponUses,
        subject: Uuid::from_u128(coupon),
        customer: None,
        granted,
        returned: 0,
        used: 0,
        expires_at: Some(now()),
        withheld: None,
    }
}

#[test]
fn what_is_wanted_while_an_answer_is_under_way_is_asked_for_again() {
    let books = books();
    wanted(&books, 7);
    let request = asked(&books);
    wanted(&books, 7);
    kept(&books, &request, vec![share(7, 1)]);
    assert!(is_waiting(&books));
    let request = asked(&books);
    assert!(request.asks[0].wanted && request.asks[0].granted == 1, "{request:?}");
    kept(&books, &request, vec![share(7, 1)]);
    assert!(!is_waiting(&books));
}

#[test]
fn what_an_answer_leaves_out_is_not_asked_for_without_end() {
    let books = books();
    wanted(&books, 7);
    wanted(&books, 8);
    let request = asked(&books);
    kept(&books, &request, vec![share(8, 1)]);
    assert!(!is_waiting(&books));
}

#[test]
fn of_more_than_a_request_holds_what_is_over_first_is_asked_about_first() {
    let books = books();
    let most = u128::try_from(MOST_ASKS).unwrap();
    (1..=most + 1).for_each(|coupon| wanted(&books, coupon));
    run(&books, "UPDATE borrowed_share SET expires_at = 9000000000000 WHERE company_id = $1");
    let last = "UPDATE borrowed_share SET expires_at = 8000000000000 WHERE company_id = $1 \
                AND subject_id = (SELECT max(subject_id) FROM borrowed_share)";
    run(&books, last);
    let request = asked(&books);
    assert_eq!(request.asks.len(), MOST_ASKS);
    assert_eq!(request.asks[0].subject, Uuid::from_u128(most + 1));
}

#[test]
fn what_is_over_and_spent_is_asked_about_no_more_until_it_is_wanted_again() {
    let books = books();
    wanted(&books, 7);
    let request = asked(&books);
    kept(&books, &request, vec![share(7, 3)]);
    run(&books, "UPDATE borrowed_share SET used = 3 WHERE company_id = $1");
    let settled = |books: &Books| {
        within(books, |session| {
            let rows = session.query("SELECT is_settled, granted FROM borrowed_share", &[])?;
            Ok((rows[0].flag(0)?, rows[0].integer(1)?))
        })
    };
    let offers = KnownOffers::default();
    let asks = within(&books, |session| asks(session, (COMPANY, &offers), now()));
    assert_eq!(asks.map(|request| request.asks), Some(Vec::new()), "it says that it holds nothing");
    assert_eq!(settled(&books), (true, 3));
    wanted(&books, 7);
    assert_eq!(settled(&books), (false, 3), "what was used of it is used still");
    assert_eq!(asked(&books).asks[0].granted, 3);
}

#[test]
fn a_failure_of_the_books_is_not_taken_for_campaigns_that_cannot_stand_together() {
    let books = books();
    run(
        &books,
        "INSERT INTO definition (company_id, resource, definition_id, version, is_deleted, body, updated_at) \
         VALUES ($1, 'payment_types', $1, 1, 0, 'no row', 0)",
    );
    let failed = books.write_waiting(Tenant::Company(COMPANY), |session| {
        asks(session, (COMPANY, &KnownOffers::default()), now())
    });
    assert!(matches!(failed, Err(DatabaseError::Column { .. })), "{failed:?}");
}

#[test]
fn what_a_share_was_used_by_is_found_by_an_index_each() {
    let books = books();
    let sql = super::super::shares("AND s.kind = $2 AND s.subject_id = $3 AND s.owner_id = $4");
    let plan = within(&books, |session| {
        let of = [COMPANY.into(), "campaign_uses".into(), COMPANY.into(), COMPANY.into()];
        let rows = session.query(&format!("EXPLAIN QUERY PLAN {sql}"), &of)?;
        rows.iter().map(|row| Ok(row.text(3)?.to_owned())).collect::<Result<Vec<_>, DatabaseError>>()
    });
    // Only the former places of a terminal, a row or two that the statement itself makes, are gone through.
    let is_made = |step: &String| ["SCAN CONSTANT ROW", "SCAN f", "SCAN former"].contains(&step.as_str());
    assert!(plan.iter().all(|step| !step.starts_with("SCAN") || is_made(step)), "{plan:?}");
    for index in ["offer_use_by_event", "offer_use_by_node"] {
        let by = plan.iter().filter(|step| step.contains(index) && step.contains(">?"));
        assert_eq!(by.count(), 2, "{plan:?}");
    }
}
