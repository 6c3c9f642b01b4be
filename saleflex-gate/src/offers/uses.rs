//! What was used of campaigns, coupons and gift cards by finished documents.
//!
//! **Invariant:** a document uses an offer once, whoever delivers it and however often; one that was taken back whole
//! uses none, whether its return came before it or after it.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session, Value},
    relay::Brought,
};

/// The most that one use is counted with, a thousand million of the currency: sums of uses stay far within a column, however
/// many a till delivers.
const MOST_E4: i64 = 10_000_000_000_000;

/// Which event used it: what a share is used up by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By {
    pub(crate) terminal: Uuid,
    /// Its place in the till's sequence; older terminals name none.
    pub(crate) place: Option<(Uuid, i64)>,
    /// Which store's hub brought it.
    pub(crate) brought: Option<Brought>,
}

/// A use of an offer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    /// `campaign`, `coupon` or `gift_card`.
    pub(crate) kind: &'static str,
    pub(crate) offer: Uuid,
    pub(crate) document: Uuid,
    pub(crate) customer: Option<Uuid>,
    /// What it gave or took, in ten-thousandths.
    pub(crate) amount_e4: i64,
    /// The business day of the sale; none where it does not say.
    pub(crate) sold_on: Option<NaiveDate>,
}

/// Notes a use, and answers whether all of what it gave is counted. One that was held for the document is used from now
/// on; of a document that was taken back whole it is returned already.
pub(crate) fn note(
    session: &mut dyn Session,
    company: Uuid,
    (by, of): (By, Use),
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let amount_e4 = of.amount_e4.clamp(-MOST_E4, MOST_E4);
    let is_returned = marked(session, company, (of.document, false))?;
    let mut values: Vec<Value> = vec![
        company.into(),
        of.offer.into(),
        of.document.into(),
        of.kind.into(),
        of.customer.into(),
        amount_e4.into(),
        now.timestamp_millis().into(),
        by.terminal.into(),
        by.place.map(|(epoch, _)| epoch).into(),
        by.place.map(|(_, seq)| seq).into(),
    ];
    values.extend(Brought::columns(by.brought));
    values.push(of.sold_on.map(|day| day.to_string()).into());
    values.push(if is_returned { "returned" } else { "used" }.into());
    session.send(
        "INSERT INTO offer_use (company_id, offer_id, document_id, kind, customer_id, amount_e4, state, created_at, \
         terminal_id, epoch, seq, node_id, node_life, node_no, sold_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $15, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (company_id, offer_id, document_id) DO UPDATE SET state = excluded.state, \
         amount_e4 = CASE WHEN excluded.amount_e4 = 0 AND offer_use.state <> 'held' THEN offer_use.amount_e4 \
         ELSE excluded.amount_e4 END, expires_at = NULL, customer_id = excluded.customer_id, \
         terminal_id = excluded.terminal_id, epoch = excluded.epoch, seq = excluded.seq, \
         node_id = excluded.node_id, node_life = excluded.node_life, node_no = excluded.node_no, \
         sold_on = excluded.sold_on",
        &values,
    )?;
    Ok(amount_e4 == of.amount_e4)
}

/// Notes a use that was told beside its document, and answers whether all of what it gave is counted. What the document said of
/// it itself stands; where an older terminal's does not say what the offer gave, this does.
pub(crate) fn note_beside(
    session: &mut dyn Session,
    company: Uuid,
    (by, of): (By, Use),
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    marked(session, company, (of.document, false))?;
    let used = session.query(
        "SELECT 1 FROM offer_use WHERE company_id = $1 AND offer_id = $2 AND document_id = $3 AND state <> 'held'",
        &[company.into(), of.offer.into(), of.document.into()],
    )?;
    if used.is_empty() {
        return note(session, company, (by, of), now);
    }
    let amount_e4 = of.amount_e4.clamp(-MOST_E4, MOST_E4);
    session.send(
        "UPDATE offer_use SET amount_e4 = $4 WHERE company_id = $1 AND offer_id = $2 AND document_id = $3 \
         AND amount_e4 = 0 AND epoch IS NULL",
        &[company.into(), of.offer.into(), of.document.into(), amount_e4.into()],
    )?;
    Ok(amount_e4 == of.amount_e4)
}

/// Counts nothing of what offers gave on a document that an older terminal tells of, in another currency than its store's.
pub(crate) fn count_nothing(
    session: &mut dyn Session,
    company: Uuid,
    document: Uuid,
) -> Result<(), DatabaseError> {
    marked(session, company, (document, false))?;
    session.send(
        "UPDATE offer_use SET amount_e4 = 0 WHERE company_id = $1 AND document_id = $2 AND epoch IS NULL",
        &[company.into(), document.into()],
    )
}

/// Gives back what a document used, now or when it comes.
pub(crate) fn give_back(
    session: &mut dyn Session,
    company: Uuid,
    document: Uuid,
) -> Result<(), DatabaseError> {
    marked(session, company, (document, true))?;
    session.send(
        "UPDATE offer_use SET state = 'returned' WHERE company_id = $1 AND document_id = $2",
        &[company.into(), document.into()],
    )
}

/// Marks a document and answers whether it was taken back. Its row is locked from then on: a sale and its return that
/// come at once follow one another.
fn marked(
    session: &mut dyn Session,
    company: Uuid,
    (document, is_returned): (Uuid, bool),
) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "INSERT INTO document_uses (company_id, document_id, is_returned) VALUES ($1, $2, $3) \
         ON CONFLICT (company_id, document_id) DO UPDATE SET is_returned = \
         CASE WHEN excluded.is_returned = 1 THEN 1 ELSE document_uses.is_returned END RETURNING is_returned",
        &[company.into(), document.into(), is_returned.into()],
    )?;
    rows.first().map_or(Ok(is_returned), |row| row.flag(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Books, Sqlite, Tenant};

    const COMPANY: Uuid = Uuid::from_u128(1);
    const OFFER: Uuid = Uuid::from_u128(7);
    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn what_a_document_says_of_a_use_stands_whether_it_comes_before_what_is_told_beside_it_or_after() {
        let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
        let noted = books.write_waiting(Tenant::Company(COMPANY), |session| {
            let sql = "INSERT INTO company (company_id, slug, name, created_at) VALUES ($1, 'c', 'C', 0)";
            session.execute(sql, &[COMPANY.into()])?;
            let by = By { terminal: Uuid::from_u128(2), place: None, brought: None };
            let mut noted = Vec::new();
            for (number, said, is_first) in [(11, 0, true), (12, 0, false), (13, 50, true), (14, 50, false)] {
                let document = Uuid::from_u128(number);
                let of = |customer: Option<u128>, amount_e4: i64| Use {
                    kind: "campaign",
                    offer: OFFER,
                    document,
                    customer: customer.map(Uuid::from_u128),
                    amount_e4,
                    sold_on: None,
                };
                let own = of(Some(3), said);
                if is_first {
                    note(session, COMPANY, (by, own), NOW)?;
                }
                note_beside(session, COMPANY, (by, of(None, 68)), NOW)?;
                if !is_first {
                    note(session, COMPANY, (by, own), NOW)?;
                }
                let sql = "SELECT amount_e4, customer_id, state FROM offer_use \
                           WHERE company_id = $1 AND document_id = $2";
                let rows = session.query(sql, &[COMPANY.into(), document.into()])?;
                assert_eq!((rows.len(), rows[0].text(2)?), (1, "used"), "{number}");
                noted.push((rows[0].integer(0)?, rows[0].optional_id(1)?));
            }
            Ok::<_, DatabaseError>(noted)
        });
        let customer = Some(Uuid::from_u128(3));
        let [silent, said] = [(68, customer), (50, customer)];
        assert_eq!(
            noted.unwrap(),
            [silent, silent, said, said],
            "once, and by the document where it says so"
        );
    }
}
