//! Reports that closed periods do not tell: what was sold of each product and to whom, by the documents; what lies on the
//! shelves and what moved there; what points did.
//!
//! **Invariant:** a document counts once, however many tills delivered it; amounts of two currencies have no sum; people
//! are told by their identity alone.

mod shelves;

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    basket::LineItem,
    customer::resolve,
    document::{Completed, Document, Kind},
    ids::CustomerId,
    money::Money,
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use self::shelves::{levels, movements, points};
use super::{Filters, GroupBy, ReportKind, Table};
use crate::{
    ApiError,
    access::{Reach, Wanted},
    closures,
    db::{Row, Session},
    definitions::people,
};

/// Documents that are read with one statement.
const BATCH: i64 = 200;
/// The most documents or rows of one report.
const MOST: usize = 20_000;

/// What such a report tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Further {
    Products,
    Customers,
    StockLevels,
    StockMovements,
    Loyalty,
}

impl Further {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Products, Self::Customers, Self::StockLevels, Self::StockMovements, Self::Loyalty];

    /// Its name in paths.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Customers => "customers",
            Self::StockLevels => "stock-levels",
            Self::StockMovements => "stock-movements",
            Self::Loyalty => "loyalty",
        }
    }

    /// What the catalogue says of it.
    pub(crate) const fn kind(self) -> ReportKind {
        let parameters = ["from", "until", "group_by", "store_id", "terminal_id"];
        ReportKind { key: self.name(), title: self.title(), parameters, columns: self.columns() }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Products => {
                "Quantity, gross, discounts, tax and net by product, of documents by the store's clock"
            }
            Self::Customers => "Documents, returns and net by customer, of documents by the store's clock",
            Self::StockLevels => "What is on the shelves now, by store and product, whatever the days",
            Self::StockMovements => "What came and went by store, product and kind, by days of UTC",
            Self::Loyalty => "Entries of points by kind, by days of UTC",
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Products => &[
                "product_id",
                "code",
                "name",
                "documents",
                "quantity",
                "returned",
                "gross",
                "discounts",
                "tax",
                "net",
            ],
            Self::Customers => &["customer_id", "documents", "return_count", "net", "last_bought_on"],
            Self::StockLevels => &["store_id", "product_id", "code", "name", "on_hand"],
            Self::StockMovements => {
                &["store_id", "product_id", "code", "name", "kind", "movements", "quantity"]
            }
            Self::Loyalty => &["kind", "entries", "members", "points"],
        }
    }

    /// Whether its rows are of spans and currencies.
    const fn is_of_documents(self) -> bool {
        matches!(self, Self::Products | Self::Customers)
    }
}

/// Of what a row of documents is.
const OF: [&str; 5] = ["from", "until", "store_id", "terminal_id", "currency"];

/// Makes one, within reach.
///
/// # Errors
/// `range_too_large` for too many documents or rows, or sums that no amount holds.
pub(crate) fn make(
    session: &mut dyn Session,
    company: Uuid,
    (reach, report, filters): (&Reach, Further, Filters),
    now: DateTime<Utc>,
) -> Result<Table, ApiError> {
    let of: &[&'static str] = if report.is_of_documents() { &OF } else { &[] };
    let columns: Vec<&'static str> = of.iter().chain(report.columns()).copied().collect();
    let (rows, totals, not_counted) = match report {
        Further::Products | Further::Customers => {
            let merged = if report == Further::Customers {
                people::merged(session, company)?
            } else {
                BTreeMap::new()
            };
            let rows = Rows::new();
            let mut adding = Adding { report, group_by: filters.group_by, merged, rows, not_counted: 0 };
            documents(session, company, (reach, &filters), &mut adding)?;
            let totals = adding.totals(&filters)?;
            (adding.shown(&adding.rows, false), adding.shown(&totals, true), adding.not_counted)
        }
        Further::StockLevels => (levels(session, company, (reach, &filters))?, Vec::new(), 0),
        Further::StockMovements => (movements(session, company, (reach, &filters))?, Vec::new(), 0),
        Further::Loyalty => (points(session, company, (reach, &filters))?, Vec::new(), 0),
    };
    let named = |cells: Vec<Json>| -> Map<String, Json> {
        columns.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell)).collect()
    };
    let rows = rows.into_iter().map(named).collect();
    let totals = totals.into_iter().map(named).collect();
    Ok(Table {
        key: report.name(),
        generated_at: now,
        filters,
        columns,
        rows,
        totals,
        not_counted,
        doubled: 0,
    })
}

/// Of what a row is: a span, a store, a till, a currency, and a product or a customer.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Of {
    from: NaiveDate,
    until: NaiveDate,
    store: Option<Uuid>,
    terminal: Option<Uuid>,
    currency: String,
    subject: String,
}

/// What a row says.
#[derive(Clone, Debug, Default)]
struct Sum {
    /// The product or the customer; none: a department, or all.
    id: Option<Uuid>,
    name: String,
    documents: u64,
    return_count: u64,
    quantity: Decimal,
    returned: Decimal,
    gross: Decimal,
    discounts: Decimal,
    tax: Decimal,
    net: Decimal,
    last: Option<NaiveDate>,
}

impl Sum {
    fn add(&mut self, other: &Self) -> Result<(), ApiError> {
        self.documents += other.documents;
        self.return_count += other.return_count;
        self.last = self.last.max(other.last);
        for (sum, more) in [
            (&mut self.quantity, other.quantity),
            (&mut self.returned, other.returned),
            (&mut self.gross, other.gross),
            (&mut self.discounts, other.discounts),
            (&mut self.tax, other.tax),
            (&mut self.net, other.net),
        ] {
            let too_large = || closures::too_large("the sums are more than an amount holds");
            *sum = sum.checked_add(more).ok_or_else(too_large)?;
        }
        Ok(())
    }
}

type Rows = BTreeMap<Of, Sum>;

/// Sums that grow.
struct Adding {
    report: Further,
    group_by: GroupBy,
    /// Who was made one with whom: documents keep the identity that they were made with.
    merged: BTreeMap<CustomerId, CustomerId>,
    rows: Rows,
    not_counted: u64,
}

/// Where and when a document was made.
#[derive(Clone, Copy, Debug)]
struct Made {
    day: NaiveDate,
    store: Uuid,
    terminal: Uuid,
}

/// Reads the documents of a span that are within reach, each once, and adds them.
fn documents(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filters): (&Reach, &Filters),
    adding: &mut Adding,
) -> Result<(), ApiError> {
    let behind = filters.until.checked_add_days(Days::new(1)).unwrap_or(filters.until).to_string();
    let mut after = (filters.from.to_string(), Uuid::nil(), Uuid::nil());
    let (mut read, mut last) = (0, None);
    loop {
        let values =
            [company.into(), after.0.as_str().into(), after.1.into(), after.2.into(), behind.as_str().into()];
        let wanted = Wanted::within(reach, ("t.store_id", Some("d.terminal_id")), values)
            .and("t.store_id =", filters.store_id)
            .and("d.terminal_id =", filters.terminal_id);
        let select = "SELECT d.occurred_at, d.document_id, d.terminal_id, t.store_id, l.body FROM document d \
             JOIN terminal t ON t.company_id = d.company_id AND t.terminal_id = d.terminal_id \
             LEFT JOIN ledger l ON l.company_id = d.company_id AND l.terminal_id = d.terminal_id \
             AND l.kind = 'transaction' AND l.entity_id = COALESCE(d.entity_id, d.document_id) AND l.revision = 1 \
             WHERE d.company_id = $1 AND d.status = 'completed' AND d.is_training = 0 AND d.occurred_at < $5 \
             AND (d.occurred_at, d.document_id, d.terminal_id) > ($2, $3, $4)";
        let (sql, values) = wanted.page(select, "d.occurred_at, d.document_id, d.terminal_id", BATCH);
        let rows = session.query(&sql, &values)?;
        for row in &rows {
            after = (row.text(0)?.to_owned(), row.id(1)?, row.id(2)?);
            if last.replace(after.1) == Some(after.1) {
                continue;
            }
            read += 1;
            match delivered(row, after.1)? {
                Some((made, document)) => adding.add(made, &document)?,
                None => adding.not_counted += 1,
            }
        }
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < BATCH {
            return Ok(());
        }
        if read > MOST {
            return Err(closures::too_large(&format!("there are more than {MOST} documents")));
        }
    }
}

/// The document of a row, where a till of ours delivered it and it can be read.
fn delivered(row: &Row, id: Uuid) -> Result<Option<(Made, Document)>, ApiError> {
    let day = row.text(0)?.get(..10).and_then(|day| day.parse().ok());
    let entry = row.optional_text(4)?.and_then(closures::read).map(|(entry, _)| entry);
    let Some((day, entry)) = day.zip(entry) else { return Ok(None) };
    let mut completed = entry.effects.completed.iter().map(Completed::document);
    let found = completed.find(|document| document.id.uuid() == id).cloned();
    let made = Made { day, store: row.id(3)?, terminal: row.id(2)? };
    Ok(found.map(|document| (made, document)))
}

impl Adding {
    fn add(&mut self, made: Made, document: &Document) -> Result<(), ApiError> {
        let is_return = document.kind == Kind::Return;
        if !is_return && !document.kind.sells(document.document_type) {
            return Ok(());
        }
        let signed = |amount: Money| {
            let amount = document.currency.decimal(amount);
            if is_return { -amount } else { amount }
        };
        let of_document = Sum {
            documents: u64::from(!is_return),
            return_count: u64::from(is_return),
            last: Some(made.day),
            ..Sum::default()
        };
        if self.report == Further::Customers {
            let Some(customer) = document.customer else { return Ok(()) };
            let customer = resolve(customer, &self.merged);
            let net = document.active_lines().map(net_of).sum::<Money>();
            let sum = Sum { id: Some(customer.uuid()), net: signed(net), ..of_document };
            return self.put(made, document, (customer.uuid().to_string(), sum));
        }
        // A document counts once for a product, however many lines of it there are.
        let mut lines: BTreeMap<String, Sum> = BTreeMap::new();
        for line in document.active_lines() {
            let item = &line.item;
            let quantity = line.quantity.decimal();
            let tax = line.taxes.iter().map(|part| part.tax).sum::<Money>();
            let more = Sum {
                quantity: if is_return { Decimal::ZERO } else { quantity },
                returned: if is_return { quantity } else { Decimal::ZERO },
                gross: signed(line.gross),
                discounts: signed(line.gross - net_of(line)),
                tax: signed(tax),
                net: signed(net_of(line)),
                ..Sum::default()
            };
            let first = || Sum {
                id: item.product.map(saleflex_core::ids::ProductId::uuid),
                name: item.name.clone(),
                ..of_document.clone()
            };
            lines.entry(item.code.clone()).or_insert_with(first).add(&more)?;
        }
        lines.into_iter().try_for_each(|line| self.put(made, document, line))
    }

    fn put(
        &mut self,
        made: Made,
        document: &Document,
        (subject, sum): (String, Sum),
    ) -> Result<(), ApiError> {
        let Made { day, store, terminal } = made;
        let span = self.group_by.span(day);
        let (from, until) = closures::days(span).ok_or_else(ApiError::internal)?;
        let of = Of {
            from,
            until,
            store: (!matches!(self.group_by, GroupBy::Day | GroupBy::Month)).then_some(store),
            terminal: (self.group_by == GroupBy::TillDay).then_some(terminal),
            currency: document.currency.code().to_string(),
            subject,
        };
        let empty = || Sum { id: sum.id, name: sum.name.clone(), ..Sum::default() };
        self.rows.entry(of).or_insert_with(empty).add(&sum)?;
        if self.rows.len() > MOST {
            return Err(closures::too_large(&format!("there are more than {MOST} rows")));
        }
        Ok(())
    }

    /// The same of all of them, each currency by itself.
    fn totals(&self, filters: &Filters) -> Result<Rows, ApiError> {
        let mut totals = Rows::new();
        for (of, sum) in &self.rows {
            let all = Of {
                from: filters.from,
                until: filters.until,
                store: None,
                terminal: None,
                currency: of.currency.clone(),
                subject: String::new(),
            };
            // Of how many documents products were is no sum: one has several.
            let documents = if self.report == Further::Products { 0 } else { sum.documents };
            totals.entry(all).or_default().add(&Sum { documents, ..sum.clone() })?;
        }
        Ok(totals)
    }

    /// The cells of rows.
    fn shown(&self, rows: &Rows, are_totals: bool) -> Vec<Vec<Json>> {
        let is_of_products = self.report == Further::Products;
        let shown = rows.iter().map(|(of, sum)| {
            let mut cells = vec![
                json!(of.from),
                json!(of.until),
                json!(of.store),
                json!(of.terminal),
                json!(of.currency),
                json!(sum.id),
            ];
            let text = |number: Decimal| json!(number.to_string());
            if is_of_products {
                let documents = if are_totals { Json::Null } else { json!(sum.documents) };
                cells.extend([json!(of.subject), json!(sum.name), documents]);
                cells.extend([sum.quantity.normalize(), sum.returned.normalize()].map(text));
                cells.extend([sum.gross, sum.discounts, sum.tax, sum.net].map(text));
            } else {
                cells.extend([json!(sum.documents), json!(sum.return_count), text(sum.net), json!(sum.last)]);
            }
            cells
        });
        shown.collect()
    }
}

/// What a line comes to after its share of what is off the document.
fn net_of(line: &LineItem) -> Money {
    line.total - line.discount_share + line.surcharge_share
}
