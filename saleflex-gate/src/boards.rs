//! The board of a company or a store: how its day goes, beside the same day of the week before, and what needs looking at.
//!
//! **Invariant:** a document counts once, however many tills delivered it; amounts of two currencies have no sum; what was
//! rung up in training, and what left on a waybill or delivery note, was never sold.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use saleflex_core::money::{Currency, CurrencyCode, Rounding};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    access::{Reach, Wanted},
    db::{DatabaseError, Session},
    office::intake,
};

/// After how long without a word a terminal is silent.
const SILENT: TimeDelta = TimeDelta::minutes(15);

/// What was sold on a day in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardSales {
    /// The currency; none of what came before hubs noted it.
    #[schema(example = "TRY")]
    currency: Option<String>,
    /// How many sales.
    documents: i64,
    /// How many returns.
    return_count: i64,
    /// What sales came to less what came back.
    #[schema(example = "1180.00")]
    total: String,
    /// What a sale came to on average; none without a sale.
    #[schema(value_type = Option<String>, example = "23.60")]
    average: Option<String>,
    /// The total of the same day of the week before.
    #[schema(example = "1204.50")]
    week_before: String,
}

/// Terminals and how many of them say nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardTerminals {
    /// Those in use.
    all: i64,
    /// Those that were not heard of for a quarter of an hour.
    silent: i64,
}

/// The board of a company or a store.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Board {
    /// Whose.
    id: Uuid,
    /// The day, by the clocks of stores.
    day: NaiveDate,
    /// When it was made.
    generated_at: DateTime<Utc>,
    /// What was sold, by currency.
    sales: Vec<BoardSales>,
    /// Terminals now.
    terminals: BoardTerminals,
    /// Products of which less than nothing is on a shelf now.
    below_nothing: i64,
}

/// What a day came to, in ten-thousandths.
#[derive(Clone, Copy, Debug, Default)]
struct Day {
    sales: i64,
    returns: i64,
    sold: i64,
    came_back: i64,
}

impl Day {
    const fn total(self) -> i64 {
        self.sold.saturating_sub(self.came_back)
    }
}

/// Makes a board.
///
/// # Errors
/// When the database refuses.
pub(crate) fn make(
    session: &mut dyn Session,
    (company, id): (Uuid, Uuid),
    (reach, store, day): (&Reach, Option<Uuid>, NaiveDate),
    now: DateTime<Utc>,
) -> Result<Board, ApiError> {
    let before = day.checked_sub_days(Days::new(7)).unwrap_or(day);
    let mut days: BTreeMap<Option<String>, (Day, Day)> = BTreeMap::new();
    for (currency, sum) in sums(session, company, (reach, store, day))? {
        days.entry(currency).or_default().0 = sum;
    }
    for (currency, sum) in sums(session, company, (reach, store, before))? {
        days.entry(currency).or_default().1 = sum;
    }
    let sales = days.into_iter().map(|(currency, (day, before))| {
        let code = currency.as_deref();
        let average = Decimal::from(day.sold).checked_div(Decimal::from(day.sales));
        BoardSales {
            documents: day.sales,
            return_count: day.returns,
            total: shown(code, intake::amount(day.total())),
            average: average.map(|average| shown(code, average * Decimal::new(1, 4))),
            week_before: shown(code, intake::amount(before.total())),
            currency,
        }
    });
    let sales = sales.collect();
    let terminals = terminals(session, company, (reach, store, now - SILENT))?;
    let below_nothing = below_nothing(session, company, (reach, store))?;
    Ok(Board { id, day, generated_at: now, sales, terminals, below_nothing })
}

/// An amount with the digits of its currency.
fn shown(currency: Option<&str>, amount: Decimal) -> String {
    let currency = currency.and_then(|code| CurrencyCode::parse(code).ok()).map(Currency::of);
    let rounded = currency.and_then(|currency| {
        currency.round(amount, Rounding::HalfUp).ok().map(|amount| currency.decimal(amount))
    });
    rounded.unwrap_or_else(|| amount.normalize()).to_string()
}

/// What a day came to, by currency. An amount that no shop takes counts as much as can be added up.
fn sums(
    session: &mut dyn Session,
    company: Uuid,
    (reach, store, day): (&Reach, Option<Uuid>, NaiveDate),
) -> Result<Vec<(Option<String>, Day)>, DatabaseError> {
    let behind = day.checked_add_days(Days::new(1)).unwrap_or(day).to_string();
    let values = [company.into(), day.to_string().into(), behind.into()];
    let wanted =
        Wanted::within(reach, ("t.store_id", Some("d.terminal_id")), values).and("t.store_id =", store);
    let (conditions, values) = wanted.all();
    let sql = format!(
        "SELECT x.currency, CAST(sum(x.is_sale) AS bigint), CAST(sum(1 - x.is_sale) AS bigint), \
         CAST(sum(x.is_sale * x.amount) AS bigint), CAST(sum((1 - x.is_sale) * x.amount) AS bigint) FROM (\
         SELECT d.document_id, max(d.currency) AS currency, \
         max(CASE WHEN d.transaction_type = 'return' THEN 0 ELSE 1 END) AS is_sale, \
         max(CASE WHEN COALESCE(d.due_e4, d.total_e4, 0) > 100000000000000 THEN 100000000000000 \
         WHEN COALESCE(d.due_e4, d.total_e4, 0) < -100000000000000 THEN -100000000000000 \
         ELSE COALESCE(d.due_e4, d.total_e4, 0) END) AS amount FROM document d \
         JOIN terminal t ON t.company_id = d.company_id AND t.terminal_id = d.terminal_id \
         WHERE d.company_id = $1 AND d.occurred_at >= $2 AND d.occurred_at < $3 AND d.status = 'completed' \
         AND d.is_training = 0 AND d.transaction_type IN ('sale', 'return', 'order', 'layaway') \
         AND lower(COALESCE(d.document_type, '')) NOT IN ('waybill', 'delivery_note') AND {conditions} \
         GROUP BY d.document_id) x GROUP BY x.currency"
    );
    let rows = session.query(&sql, &values)?;
    let sums = rows.iter().map(|row| {
        let currency = row.optional_text(0)?.map(str::to_owned);
        let (sales, returns) = (row.integer(1)?, row.integer(2)?);
        Ok((currency, Day { sales, returns, sold: row.integer(3)?, came_back: row.integer(4)? }))
    });
    sums.collect()
}

fn terminals(
    session: &mut dyn Session,
    company: Uuid,
    (reach, store, since): (&Reach, Option<Uuid>, DateTime<Utc>),
) -> Result<BoardTerminals, DatabaseError> {
    let values = [company.into(), since.timestamp_millis().into()];
    let wanted = Wanted::within(reach, ("store_id", Some("terminal_id")), values).and("store_id =", store);
    let (conditions, values) = wanted.all();
    let sql = format!(
        "SELECT count(*), CAST(COALESCE(sum(CASE WHEN last_heartbeat_at IS NULL OR last_heartbeat_at < $2 THEN 1 \
         ELSE 0 END), 0) AS bigint) FROM terminal WHERE company_id = $1 AND state = 'active' AND {conditions}"
    );
    let rows = session.query(&sql, &values)?;
    let row = rows.first().ok_or(DatabaseError::Column { column: 0, expected: "a count" })?;
    Ok(BoardTerminals { all: row.integer(0)?, silent: row.integer(1)? })
}

fn below_nothing(
    session: &mut dyn Session,
    company: Uuid,
    (reach, store): (&Reach, Option<Uuid>),
) -> Result<i64, DatabaseError> {
    let wanted = Wanted::within(reach, ("store_id", None), [company.into()]).and("store_id =", store);
    let (conditions, values) = wanted.all();
    let sql =
        format!("SELECT count(*) FROM stock_level WHERE company_id = $1 AND on_hand_e4 < 0 AND {conditions}");
    let rows = session.query(&sql, &values)?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}
