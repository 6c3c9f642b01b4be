//! Closed periods added up: of a till, of a store, of a day, of a month. The same figures as at the tills, by the same fold.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use saleflex_core::{
    closure::{AdjustmentType, Closure, Corrected, Level, Report, Rollup, RollupKey, Span},
    ids::{StoreId, TerminalId},
    journal::Entry,
    money::Money,
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    access::{Reach, Wanted},
    db::{Row, Session, Value},
    deliveries,
    documents::{
        self, DeliveredClosure,
        corrections::{Correction, OfTills},
    },
};

mod once;

use self::once::Known;

/// Periods that are read with one statement.
const BATCH: i64 = 200;
/// The most periods of one report.
const MOST: u64 = 20_000;

/// Which periods, and how they are put together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) level: Level,
    pub(crate) from: NaiveDate,
    pub(crate) until: NaiveDate,
    pub(crate) store: Option<Uuid>,
    pub(crate) terminal: Option<Uuid>,
    /// As they stand with what their tills corrected since, and not as they were closed.
    pub(crate) corrected: bool,
}

/// Closed periods added up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClosureReport {
    /// A sum for each day, month or year, store, till and currency, as asked for.
    items: Vec<Sum>,
    /// Periods that are in no sum: an older terminal delivered them, they cannot be read, or the sum would be more than an
    /// amount holds.
    not_counted: u64,
    /// Where sums were asked for with corrections: periods that are in them as they were closed, since one of their corrections
    /// is not here, cannot be read, does not fit or may be another one's of their number.
    as_closed: u64,
    /// Periods in the sums of which something is not here: it is still to come, or was set aside at the till.
    incomplete: u64,
    /// Periods in the sums that hold documents of before their till's file was copied, which another period counts: these are
    /// taken off, so that they are in the sums once. What drawers should have held stays as it was counted.
    shared: u64,
    /// Periods in the sums that may hold documents which another period of their till counts too: both closed under one
    /// number, or two files went on as one.
    doubled: u64,
}

/// The sum of closed periods.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClosureSum)]
pub(crate) struct Sum {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    until: NaiveDate,
    /// Of which store; none: of all within reach.
    store_id: Option<Uuid>,
    /// Of which till; none: of all of the store.
    terminal_id: Option<Uuid>,
    /// The currency of all amounts.
    #[schema(value_type = String, example = "TRY")]
    currency: String,
    /// How many periods.
    closures: u64,
    /// How many documents.
    documents: u64,
    /// What lines of sales came to, less their own discounts, before those of whole documents; with tax where prices
    /// contain it.
    #[schema(example = "1204.50")]
    gross_sales: String,
    /// Discounts of lines: they are off `gross_sales` already.
    #[schema(example = "12.00")]
    line_discounts: String,
    /// Discounts of whole documents, and what campaigns gave on single lines.
    #[schema(example = "8.00")]
    discounts: String,
    /// What campaigns gave on single lines: it is among `discounts`.
    #[schema(example = "4.00")]
    campaigns_on_lines: String,
    /// Surcharges of whole documents.
    #[schema(example = "2.00")]
    surcharges: String,
    /// What came back, as `gross_sales` counts what was sold.
    #[schema(example = "18.50")]
    returns: String,
    /// What sales came to less what came back, after all discounts and surcharges, tax included.
    #[schema(example = "1180.00")]
    net_sales: String,
    /// The tax in that.
    #[schema(example = "196.67")]
    tax: String,
    /// The same without tax.
    #[schema(example = "983.33")]
    net_excluding_tax: String,
    /// What should have lain in the drawers that were counted.
    #[schema(example = "800.00")]
    expected_cash: String,
    /// What did.
    #[schema(example = "799.00")]
    counted_cash: String,
    /// All figures, as tills keep them: by tax rate, department, tender, cashier. Amounts are in minor units.
    #[schema(value_type = Object)]
    figures: Json,
}

/// The figures of one closed period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClosureFigures {
    /// As it was closed.
    #[serde(flatten)]
    sum: Sum,
    /// How many corrections its till made since, of those that this hub can read.
    corrections: usize,
    /// As it stands with them; what earlier periods left more or less by corrections of their own is the till's to say. None
    /// where there are none, one of them cannot be applied, or one of the till's, of whatever period, cannot be read.
    corrected: Option<Sum>,
}

/// Adds up closed periods within reach, as they were delivered or as they stand with their corrections.
///
/// # Errors
/// `range_too_large` for too many of them, or sums that no amount holds.
pub(crate) fn report(
    session: &mut dyn Session,
    company: Uuid,
    (reach, asked): (&Reach, &Asked),
) -> Result<ClosureReport, ApiError> {
    let added = add_up(session, company, (reach, asked))?;
    let items = added.sums.iter().map(|(key, (sum, _))| shown(key, sum));
    let Added { not_counted, as_closed, incomplete, shared, doubled, .. } = added;
    let items = items.collect::<Result<_, _>>()?;
    Ok(ClosureReport { items, not_counted, as_closed, incomplete, shared, doubled })
}

/// The sums of closed periods, each with what its numbers weigh, and how many periods are in none.
pub(crate) struct Added {
    pub(crate) sums: BTreeMap<RollupKey, (Rollup, i128)>,
    pub(crate) not_counted: u64,
    /// How many are as they were closed though they were asked for with corrections.
    as_closed: u64,
    /// Of how many something is not here.
    incomplete: u64,
    /// How many hold what others count, which is taken off them.
    shared: u64,
    /// How many may hold what others count too.
    pub(crate) doubled: u64,
}

/// Adds up closed periods within reach.
///
/// # Errors
/// As [`report`].
pub(crate) fn add_up(
    session: &mut dyn Session,
    company: Uuid,
    (reach, asked): (&Reach, &Asked),
) -> Result<Added, ApiError> {
    let mut adding = Adding {
        company,
        level: asked.level,
        corrections: asked.corrected.then(|| OfTills::new(company)),
        last: None,
        read: 0,
        added: Added {
            sums: BTreeMap::new(),
            not_counted: 0,
            as_closed: 0,
            incomplete: 0,
            shared: 0,
            doubled: 0,
        },
    };
    let mut after = After { day: asked.from.to_string(), closure: Uuid::nil(), terminal: Uuid::nil() };
    loop {
        let (sql, values) = page(company, (reach, asked), &after);
        let rows = session.query(&sql, &values)?;
        for row in &rows {
            after = After { day: row.text(4)?.to_owned(), closure: row.id(0)?, terminal: row.id(1)? };
            adding.add(session, row)?;
        }
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < BATCH {
            break;
        }
        if adding.read > MOST {
            return Err(too_large(&format!("there are more than {MOST} closed periods")));
        }
    }
    Ok(adding.added)
}

/// Discounts of lines of sales: they are off the gross already.
pub(crate) fn line_discounts(report: &Report) -> Money {
    report.adjustments.get(&AdjustmentType::Line).map_or(Money::ZERO, |of| of.amount)
}

/// What campaigns gave on single lines of sales: the discounts of documents hold it.
pub(crate) fn campaigns_on_lines(report: &Report) -> Money {
    report.campaigns.values().map(|totals| totals.on_lines).sum()
}

/// A report that is more than one can hold.
pub(crate) fn too_large(what: &str) -> ApiError {
    ApiError::unprocessable("range_too_large", format!("{what}: ask for fewer days"))
}

/// One closed period as it was delivered, in the figures of a report.
///
/// # Errors
/// `not_found`; `no_figures` for one that an older terminal delivered.
pub(crate) fn one(
    session: &mut dyn Session,
    company: Uuid,
    reach: &Reach,
    id: Uuid,
) -> Result<ClosureFigures, ApiError> {
    let (closure, corrections) = documents::one_closure(session, company, reach, id)?;
    let DeliveredClosure { head, body, corrections: told, .. } = closure;
    let said = read(&body.to_string());
    let closed = said.as_ref().and_then(|(entry, weight)| Some((entry.closure()?, *weight)));
    let Some((closure, weight)) = closed else {
        let message = "an older terminal delivered it: what it said of it stands in its body";
        return Err(ApiError::unprocessable("no_figures", message));
    };
    let names = (head.store_id, head.terminal_id);
    let key = named(Level::TillDay.key(closure), names);
    let sum = Rollup::of(closure, &as_closed(closure)?);
    let period = head.period().filter(|period| !told.is_empty() && corrections.are_whole(*period));
    let stands = period.and_then(|period| corrected(closure, weight, corrections.of(period)));
    let corrected = stands.map(|(stands, _)| shown(&key, &Rollup::of(closure, &stands))).transpose()?;
    Ok(ClosureFigures { sum: shown(&key, &sum)?, corrections: told.len(), corrected })
}

/// An event that can be read and added up, and what its numbers weigh.
pub(crate) fn read(body: &str) -> Option<(Entry, i128)> {
    let weight = deliveries::weight(body);
    let entry = Entry::from_bytes(body.as_bytes()).ok().filter(|_| deliveries::fits_with(0, weight))?;
    Some((entry, weight))
}

/// Where the figures of a closed period count. A till may have been somebody else before it was taken in here: the hub's names
/// count.
fn named(key: RollupKey, (store, terminal): (Uuid, Uuid)) -> RollupKey {
    RollupKey {
        store: key.store.map(|_| StoreId::new(store)),
        terminal: key.terminal.map(|_| TerminalId::new(terminal)),
        ..key
    }
}

/// A period as it was closed.
fn as_closed(closure: &Closure) -> Result<Corrected, ApiError> {
    closure.corrected([]).map_err(|_| ApiError::internal())
}

/// A period as it stands with corrections, and what its numbers weigh with theirs; none where one does not fit, or they are more
/// than sums hold.
fn corrected(closure: &Closure, weight: i128, corrections: &[Correction]) -> Option<(Corrected, i128)> {
    let mut all = weight;
    for one in corrections {
        if !deliveries::fits_with(all, one.weight) {
            return None;
        }
        all = all.saturating_add(one.weight);
    }
    let stands = closure.corrected(corrections.iter().filter_map(|one| one.entry.correction()));
    Some((stands.ok()?, all))
}

/// The last period that was read.
struct After {
    day: String,
    closure: Uuid,
    terminal: Uuid,
}

/// The statement for the periods after one, from day to day: an index has them in this order, so that nothing is sorted
/// however long the span is.
fn page(company: Uuid, (reach, asked): (&Reach, &Asked), after: &After) -> (String, Vec<Value>) {
    let until = asked.until.to_string();
    let values =
        [company.into(), (&after.day).into(), until.into(), after.closure.into(), after.terminal.into()];
    let wanted = Wanted::within(reach, ("t.store_id", Some("c.terminal_id")), values)
        .and("t.store_id =", asked.store)
        .and("c.terminal_id =", asked.terminal);
    let select = "SELECT c.closure_id, c.terminal_id, t.store_id, l.body, c.closed_on, l.epoch, l.seq, \
         (SELECT f.contiguous_seq FROM feed f WHERE f.company_id = l.company_id AND f.terminal_id = l.terminal_id \
         AND f.epoch = l.epoch), \
         (SELECT count(*) FROM ledger_gap g WHERE g.company_id = l.company_id AND g.terminal_id = l.terminal_id \
         AND g.epoch = l.epoch AND g.seq <= l.seq), \
         (SELECT count(*) FROM closure o WHERE o.company_id = c.company_id AND o.terminal_id = c.terminal_id \
         AND o.closure_number = c.closure_number) FROM closure c \
         JOIN terminal t ON t.company_id = c.company_id AND t.terminal_id = c.terminal_id \
         LEFT JOIN ledger l ON l.company_id = c.company_id AND l.terminal_id = c.terminal_id \
         AND l.kind = 'closure' AND l.entity_id = c.closure_id AND l.revision = 1 \
         WHERE c.company_id = $1 AND c.closed_on <= $3 AND (c.closed_on, c.closure_id, c.terminal_id) > ($2, $4, $5)";
    wanted.page(select, "c.closed_on, c.closure_id, c.terminal_id", BATCH)
}

/// Sums that grow.
struct Adding {
    company: Uuid,
    level: Level,
    /// What tills corrected, where periods are added up with it.
    corrections: Option<OfTills>,
    /// The period before: two tills that are copies of one another deliver the same, and it counts once.
    last: Option<Uuid>,
    read: u64,
    added: Added,
}

impl Adding {
    fn add(&mut self, session: &mut dyn Session, row: &Row) -> Result<(), ApiError> {
        let (id, terminal, store) = (row.id(0)?, row.id(1)?, row.id(2)?);
        if self.last.replace(id) == Some(id) {
            return Ok(());
        }
        self.read += 1;
        let read = row.optional_text(3)?.and_then(read);
        let Some((closure, weight)) =
            read.as_ref().and_then(|(entry, weight)| Some((entry.closure()?, *weight)))
        else {
            self.added.not_counted += 1;
            return Ok(());
        };
        let key = named(self.level.key(closure), (store, terminal));
        let (mut stands, weight) = match &mut self.corrections {
            None => (as_closed(closure)?, weight),
            Some(known) => {
                let (known, period) = (known.of(session, terminal)?, closure.number().0);
                let ones = Some(known.of(period)).filter(|_| known.are_whole(period));
                if let Some(stands) = ones.and_then(|ones| corrected(closure, weight, ones)) {
                    stands
                } else {
                    self.added.as_closed += 1;
                    (as_closed(closure)?, weight)
                }
            }
        };
        let empty = || (Rollup::empty(closure.period.currency), 0);
        let (sum, before) = self.added.sums.entry(key).or_insert_with(empty);
        if !deliveries::fits_with(*before, weight) {
            self.added.not_counted += 1;
            return Ok(());
        }
        *before += weight;
        let epoch = row.optional_id(5)?;
        if row.integer(9)? > 1 {
            let known = Known { company: self.company, terminal, id, epoch, closure };
            let shared = known.shared(session)?;
            shared.elsewhere.iter().for_each(|report| stands.report.take_away(report));
            self.added.shared += u64::from(!shared.elsewhere.is_empty());
            self.added.doubled += u64::from(shared.is_unclear);
        }
        sum.merge(&Rollup::of(closure, &stands)).map_err(|_| ApiError::internal())?;
        let place = epoch.zip(row.optional_integer(6)?);
        let is_whole = row.optional_integer(7)? >= row.optional_integer(6)? && row.integer(8)? == 0;
        if let Some((epoch, seq)) = place.filter(|_| !is_whole) {
            let missing = documents::missing_before(session, (self.company, terminal), (epoch, seq))?;
            self.added.incomplete += u64::from(missing > 0);
        }
        Ok(())
    }
}

fn shown(key: &RollupKey, sum: &Rollup) -> Result<Sum, ApiError> {
    let (from, until) = days(key.span).ok_or_else(ApiError::internal)?;
    let text = |amount: Money| sum.currency.decimal(amount).to_string();
    let report = &sum.report;
    Ok(Sum {
        from,
        until,
        store_id: key.store.map(StoreId::uuid),
        terminal_id: key.terminal.map(TerminalId::uuid),
        currency: key.currency.to_string(),
        closures: sum.closures,
        documents: report.document_count(),
        gross_sales: text(report.gross_sales),
        line_discounts: text(line_discounts(report)),
        discounts: text(report.discounts),
        campaigns_on_lines: text(campaigns_on_lines(report)),
        surcharges: text(report.surcharges),
        returns: text(report.returns),
        net_sales: text(report.net_sales),
        tax: text(report.tax),
        net_excluding_tax: text(report.net_excluding_tax()),
        expected_cash: text(sum.expected_cash),
        counted_cash: text(sum.counted_cash),
        figures: serde_json::to_value(sum)
            .map_err(|_| too_large("the sums are more than an amount holds"))?,
    })
}

/// The first and the last day.
pub(crate) fn days(span: Span) -> Option<(NaiveDate, NaiveDate)> {
    let (first, months) = match span {
        Span::Day(day) => return Some((day, day)),
        Span::Month(year, month) => (NaiveDate::from_ymd_opt(year, month, 1)?, 1),
        Span::Year(year) => (NaiveDate::from_ymd_opt(year, 1, 1)?, 12),
    };
    Some((first, first.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))?))
}

/// How closures are put together, by its name.
pub(crate) fn level(name: &str) -> Option<Level> {
    Some(match name {
        "till_day" => Level::TillDay,
        "store_day" => Level::StoreDay,
        "store_month" => Level::StoreMonth,
        "store_year" => Level::StoreYear,
        "day" => Level::Day,
        "month" => Level::Month,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Books, DatabaseError, Sqlite, Tenant};

    #[tokio::test]
    async fn a_page_of_a_report_is_read_in_the_order_of_an_index_and_never_sorted() {
        let day = "2026-11-01".parse::<NaiveDate>().unwrap();
        let asked =
            Asked { level: Level::Day, from: day, until: day, store: None, terminal: None, corrected: false };
        let after = After { day: day.to_string(), closure: Uuid::nil(), terminal: Uuid::nil() };
        let (sql, values) = page(Uuid::nil(), (&Reach::company(), &asked), &after);
        let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
        let plan = books.read::<_, DatabaseError>(Tenant::Platform, move |session| {
            session.query(&format!("EXPLAIN QUERY PLAN {sql}"), &values)
        });
        let plan: Vec<String> =
            plan.await.unwrap().iter().map(|row| row.text(3).unwrap().to_owned()).collect();
        let plan = plan.join("; ");
        assert!(plan.contains("closure_by_day (company_id=? AND (closed_on"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }

    #[test]
    fn a_span_has_its_first_and_its_last_day() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let february = days(Span::Month(2028, 2)).unwrap();
        assert_eq!(february, (date("2028-02-01"), date("2028-02-29")));
        assert_eq!(days(Span::Year(2026)), Some((date("2026-01-01"), date("2026-12-31"))));
        assert_eq!(days(Span::Month(2026, 12)).unwrap().1, date("2026-12-31"));
    }
}
