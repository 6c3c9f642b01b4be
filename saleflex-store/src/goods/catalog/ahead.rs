//! Rows read on one thread while another puts them where they belong: a till of a hundred thousand products starts sooner.

use std::{mem, panic, sync::mpsc, thread, thread::Builder};

use rusqlite::Connection;

use crate::error::Error;

/// Rows handed over at once.
const BATCH: usize = 256;
/// Batches that may be read ahead.
const AHEAD: usize = 4;

/// What reads all rows of a kind, one by one.
type Each<Row> = fn(&Connection, &mut dyn FnMut(Row)) -> Result<(), Error>;

/// Hands all rows that `each` reads to `take`, in order. Where the system gives no thread, this one does both.
pub(super) fn read_ahead<Row: Send>(
    connection: &mut Connection,
    each: Each<Row>,
    mut take: impl FnMut(Row),
) -> Result<(), Error> {
    let lent = &mut *connection;
    let read = thread::scope(|scope| {
        // Both ends go with this closure: where `take` panics, whoever reads waits for nobody, and the scope ends.
        let (send, receive) = mpsc::sync_channel(AHEAD);
        let reader = Builder::new().spawn_scoped(scope, move || {
            let mut batch = Vec::with_capacity(BATCH);
            // Who takes them goes on to the end, so that nothing is sent in vain.
            let hand_over = |batch: Vec<Row>| drop(send.send(batch));
            let read = each(lent, &mut |row| {
                batch.push(row);
                if batch.len() == BATCH {
                    hand_over(mem::replace(&mut batch, Vec::with_capacity(BATCH)));
                }
            });
            hand_over(batch);
            read
        });
        let reader = reader.ok()?;
        receive.iter().flatten().for_each(&mut take);
        Some(reader.join().unwrap_or_else(|cause| panic::resume_unwind(cause)))
    });
    read.unwrap_or_else(|| each(connection, &mut take))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_comes_in_order_and_what_fails_is_told() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE number (no INTEGER)").unwrap();
        for count in [0, 1, BATCH, 3 * BATCH + 1] {
            connection.execute("DELETE FROM number", []).unwrap();
            for no in 0..count {
                connection.execute("INSERT INTO number VALUES (?1)", [i64::try_from(no).unwrap()]).unwrap();
            }
            let mut taken = Vec::new();
            read_ahead(&mut connection, numbers, |no: i64| taken.push(no)).unwrap();
            assert!(taken.into_iter().eq(0..i64::try_from(count).unwrap()), "{count} rows");
        }
        connection.execute("INSERT INTO number VALUES ('none')", []).unwrap();
        read_ahead(&mut connection, numbers, drop).unwrap_err();
    }

    #[test]
    fn whoever_takes_rows_and_panics_is_not_waited_for() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE number (no INTEGER)").unwrap();
        // More than what may be read ahead.
        let rows = "INSERT INTO number WITH RECURSIVE n (no) AS \
                    (SELECT 0 UNION ALL SELECT no + 1 FROM n WHERE no < ?1) SELECT no FROM n";
        connection.execute(rows, [i64::try_from((AHEAD + 4) * BATCH).unwrap()]).unwrap();
        let taken = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            read_ahead(&mut connection, numbers, |no: i64| assert!(no < 0, "row {no}"))
        }));
        assert!(taken.is_err());
    }

    fn numbers(connection: &Connection, take: &mut dyn FnMut(i64)) -> Result<(), Error> {
        let mut select = connection.prepare("SELECT no FROM number ORDER BY rowid")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            take(row.get(0)?);
        }
        Ok(())
    }
}
