//! The numbers of a terminal: the open period and the next receipt in it.
//!
//! **Invariant:** the pair (period, receipt) never moves backwards, in whatever order lists of it arrive, unless somebody
//! who looks after the terminal puts it right; the identity of a counter's row never changes for a device, also not where its data
//! comes from another hub or it is moved to another store, because old terminals keep rows by it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Form, Question, Row, Rows, Session},
    ids::new_id,
};

/// The counter of the next receipt's number.
pub(crate) const RECEIPT: &str = "ReceiptNumber";
/// The counter of the open period's number.
pub(crate) const CLOSURE: &str = "ClosureNumber";

/// The greatest number that a counter comes to. A terminal that is told it goes on from there, so that what no terminal
/// can have counted is not taken from one.
pub(crate) const GREATEST: i64 = 999_999_999;
/// How many counters are read of what a terminal tells at once.
pub(crate) const MOST: usize = 100;
/// The longest name of a counter, in characters.
pub(crate) const LONGEST: usize = 50;

/// Whether a counter can have come to a number.
pub(crate) const fn can_be(value: i64) -> bool {
    matches!(value, 0..=GREATEST)
}

/// One counter of a terminal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Counter {
    /// The identity of its row.
    pub(crate) id: Uuid,
    /// `ReceiptNumber` or `ClosureNumber`, or what a client calls its own.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: i64,
    /// When it last changed, in milliseconds.
    pub(crate) updated_at: i64,
}

/// Makes the two counters of a new terminal, at 1.
pub(crate) fn create(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    put(session, (company, terminal), &[(RECEIPT, 1), (CLOSURE, 1)], now)
}

/// The counters of a terminal: receipt, closure, then the others by name.
pub(crate) fn of(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
) -> Result<Vec<Counter>, DatabaseError> {
    let (sql, values) = asked(company, terminal);
    read(&session.query(&sql, &values)?)
}

/// Asks for the counters of a terminal.
pub(crate) fn asked(company: Uuid, terminal: Uuid) -> Question {
    let sql =
        "SELECT counter_id, name, value, updated_at FROM counter WHERE company_id = $1 AND terminal_id = $2";
    (sql.to_owned(), vec![company.into(), terminal.into()])
}

/// The counters that [`asked`] was answered with, in the order of [`of`].
pub(crate) fn read(rows: &[Row]) -> Result<Vec<Counter>, DatabaseError> {
    let counters = rows.iter().map(|row| {
        let (id, name) = (row.id(0)?, row.text(1)?.to_owned());
        Ok(Counter { id, name, value: row.integer(2)?, updated_at: row.integer(3)? })
    });
    let mut counters = counters.collect::<Result<Vec<_>, DatabaseError>>()?;
    counters.sort_by(|a, b| place(&a.name).cmp(&place(&b.name)));
    Ok(counters)
}

fn place(name: &str) -> (u8, &str) {
    match name {
        RECEIPT => (0, name),
        CLOSURE => (1, name),
        other => (2, other),
    }
}

/// Takes over a list as a terminal sent it, as far as it leads forward.
pub(crate) fn raise(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
    sent: &[(String, i64)],
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    if sent.is_empty() {
        return Ok(());
    }
    let stored = of(session, company, terminal)?;
    raise_from(session, (company, terminal), (&stored, sent), now)
}

/// The same for whoever knows the counters as they are.
pub(crate) fn raise_from(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    (stored, sent): (&[Counter], &[(String, i64)]),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let value = |name: &str| stored.iter().find(|counter| counter.name == name).map(|counter| counter.value);
    let pair = (value(CLOSURE).unwrap_or(1), value(RECEIPT).unwrap_or(1));
    let greatest = greatest_pair(sent, pair);
    if greatest != pair {
        put(session, (company, terminal), &[(CLOSURE, greatest.0), (RECEIPT, greatest.1)], now)?;
    }
    let mut others = further(sent);
    others.retain(|&name, sent| value(name).is_none_or(|stored| stored < *sent));
    if others.is_empty() {
        return Ok(());
    }
    let others: Vec<(&str, i64)> = others.into_iter().collect();
    put(session, (company, terminal), &others, now)
}

/// The greatest number of each counter beside the pair: old terminals tell the true one and a stale one behind it.
fn further(sent: &[(String, i64)]) -> BTreeMap<&str, i64> {
    let mut further = BTreeMap::new();
    for (name, sent) in sent.iter().filter(|(_, sent)| can_be(*sent)) {
        if name != RECEIPT && name != CLOSURE {
            let greatest = further.entry(name.as_str()).or_insert(*sent);
            *greatest = (*greatest).max(*sent);
        }
    }
    further
}

/// Reads a list as pairs, the first period with the first receipt and so on, and keeps the greatest of them and the
/// stored one: a receipt's number starts anew with each period, and old terminals send a stale pair behind the true
/// one. A receipt without a period belongs to the stored one; a period without a receipt has none yet. Of a pair of which
/// either cannot be, neither is believed.
fn greatest_pair(sent: &[(String, i64)], stored: (i64, i64)) -> (i64, i64) {
    let named = |wanted: &str| -> Vec<i64> {
        sent.iter().filter(|(name, _)| name == wanted).map(|(_, value)| *value).collect()
    };
    let (closures, receipts) = (named(CLOSURE), named(RECEIPT));
    let pairs = (0..closures.len().max(receipts.len())).map(|at| {
        let closure = closures.get(at).copied().unwrap_or(stored.0);
        (closure, receipts.get(at).copied().unwrap_or(1))
    });
    pairs.filter(|(closure, receipt)| can_be(*closure) && can_be(*receipt)).fold(stored, Ord::max)
}

/// Puts counters to numbers, wherever they stood: by somebody who looks after the terminal.
pub(crate) fn put_right(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    numbers: &[(String, i64)],
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    for (name, value) in numbers {
        put(session, (company, terminal), &[(name.as_str(), *value)], now)?;
    }
    Ok(())
}

/// Gives the rows of a terminal's counters the identities that its device knows them by, the first of each name: an old terminal
/// that met others would keep two rows of each. Not once it has taken its data from here, with those that they have.
pub(crate) fn adopt(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    ids: &[(String, Uuid)],
) -> Result<(), DatabaseError> {
    for (name, id) in ids.iter().rev() {
        session.execute(
            "UPDATE counter SET counter_id = $4 WHERE company_id = $1 AND terminal_id = $2 AND name = $3 AND EXISTS \
             (SELECT 1 FROM terminal t WHERE t.company_id = $1 AND t.terminal_id = $2 AND t.last_bootstrap_at IS NULL)",
            &[company.into(), terminal.into(), name.as_str().into(), (*id).into()],
        )?;
    }
    Ok(())
}

/// How a counter comes in.
static COUNTER: Form = Form {
    table: "counter",
    common: &[("company_id", "uuid"), ("terminal_id", "uuid"), ("updated_at", "bigint")],
    own: &[("name", "text"), ("counter_id", "uuid"), ("value", "bigint")],
    key: &["name"],
};

/// Writes counters, each name once.
fn put(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    counters: &[(&str, i64)],
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let then = "ON CONFLICT (company_id, terminal_id, name) \
                DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    let of_all = vec![company.into(), terminal.into(), now.timestamp_millis().into()];
    let mut rows = Rows::new(&COUNTER, then, of_all);
    for (name, value) in counters {
        rows.push([(*name).into(), new_id(now).into(), (*value).into()]);
    }
    session.send_rows(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greatest(sent: &[(&str, i64)], stored: (i64, i64)) -> (i64, i64) {
        let sent: Vec<_> = sent.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        greatest_pair(&sent, stored)
    }

    #[test]
    fn a_new_period_starts_its_receipts_anew_and_is_still_greater() {
        assert_eq!(greatest(&[(RECEIPT, 1), (CLOSURE, 2)], (1, 5)), (2, 1));
    }

    #[test]
    fn a_stale_pair_behind_the_true_one_moves_nothing_back() {
        let sent = [(RECEIPT, 2), (CLOSURE, 2), (RECEIPT, 1), (CLOSURE, 2)];
        assert_eq!(greatest(&sent, (2, 1)), (2, 2));
        let sent = [(CLOSURE, 2), (RECEIPT, 2), (CLOSURE, 1), (RECEIPT, 9)];
        assert_eq!(greatest(&sent, (1, 9)), (2, 2));
    }

    #[test]
    fn an_older_list_that_arrives_late_changes_nothing() {
        assert_eq!(greatest(&[(RECEIPT, 900), (CLOSURE, 2)], (3, 4)), (3, 4));
        assert_eq!(greatest(&[], (3, 4)), (3, 4));
    }

    #[test]
    fn a_number_that_no_terminal_counted_is_not_believed_and_neither_is_its_pair() {
        assert_eq!(greatest(&[(CLOSURE, i64::MAX), (RECEIPT, 7)], (3, 4)), (3, 4));
        assert_eq!(greatest(&[(CLOSURE, 9), (RECEIPT, GREATEST + 1)], (3, 4)), (3, 4));
        assert_eq!(
            greatest(&[(CLOSURE, i64::MAX), (RECEIPT, 1), (CLOSURE, 4), (RECEIPT, 2)], (3, 4)),
            (4, 2)
        );
        assert_eq!(greatest(&[(CLOSURE, 4), (RECEIPT, GREATEST)], (3, 4)), (4, GREATEST));
    }

    #[test]
    fn of_a_counter_that_is_told_twice_the_greatest_number_counts() {
        let sent = [("Shift", 5), (RECEIPT, 9), ("Shift", 3), ("Safe", i64::MAX), ("Safe", 2)];
        let sent = sent.map(|(name, value)| (name.to_owned(), value));
        assert_eq!(further(&sent), BTreeMap::from([("Safe", 2), ("Shift", 5)]));
    }

    #[test]
    fn a_receipt_alone_belongs_to_the_stored_period() {
        assert_eq!(greatest(&[(RECEIPT, 43)], (3, 42)), (3, 43));
        assert_eq!(greatest(&[(RECEIPT, 41)], (3, 42)), (3, 42));
        assert_eq!(greatest(&[(CLOSURE, 4)], (3, 42)), (4, 1));
    }
}
