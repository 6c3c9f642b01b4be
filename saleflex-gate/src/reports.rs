//! Reports by their names, laid out as tables and as files: closed periods added up, and what they do not tell.
//!
//! **Invariant:** a figure of a report is that of the closed periods, by the fold of the tills: the sums of stores are the
//! company's, and the Z reports of a span are its sales. Each currency stands by itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    closure::{Level, Rollup, RollupKey, Span},
    ids::{StoreId, TerminalId},
    money::{CurrencyCode, Money, Rounding},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    access::Reach,
    closures::{self, Asked},
    db::Session,
    deliveries, import,
};

mod further;

pub(crate) use further::Further;

/// A report by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Named {
    /// Of closed periods.
    Closed(Key),
    /// Of what closed periods do not tell.
    Further(Further),
}

impl Named {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Key::ALL.into_iter().map(Self::Closed).chain(Further::ALL.into_iter().map(Self::Further))
    }

    /// The report of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::all().find(|report| report.name() == name)
    }

    /// Its name in paths.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Closed(key) => key.name(),
            Self::Further(further) => further.name(),
        }
    }

    /// What the catalogue says of it.
    pub(crate) const fn kind(self) -> ReportKind {
        match self {
            Self::Closed(key) => key.kind(),
            Self::Further(further) => further.kind(),
        }
    }
}

/// What a report of closed periods tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Key {
    SalesSummary,
    Tax,
    Payments,
    Departments,
    Cashiers,
    Adjustments,
    Campaigns,
    Cash,
}

/// How the figures of closed periods are put together.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupBy {
    /// Each day of each till.
    TillDay,
    /// Each day of each store.
    StoreDay,
    /// Each month of each store.
    StoreMonth,
    /// Each year of each store.
    StoreYear,
    /// Each day of all stores within reach.
    #[default]
    Day,
    /// Each month of all stores within reach.
    Month,
}

impl GroupBy {
    const fn level(self) -> Level {
        match self {
            Self::TillDay => Level::TillDay,
            Self::StoreDay => Level::StoreDay,
            Self::StoreMonth => Level::StoreMonth,
            Self::StoreYear => Level::StoreYear,
            Self::Day => Level::Day,
            Self::Month => Level::Month,
        }
    }

    /// The span that a day lies in.
    fn span(self, day: NaiveDate) -> Span {
        match self {
            Self::TillDay | Self::StoreDay | Self::Day => Span::Day(day),
            Self::StoreMonth | Self::Month => Span::Month(day.year(), day.month()),
            Self::StoreYear => Span::Year(day.year()),
        }
    }
}

/// A report that can be asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportKind {
    /// Its name in paths.
    pub(crate) key: &'static str,
    /// What it tells.
    pub(crate) title: &'static str,
    /// What it can be asked with.
    pub(crate) parameters: [&'static str; 5],
    /// The columns of its rows, behind those that say of what a row is.
    pub(crate) columns: &'static [&'static str],
}

/// What a report was asked for.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Filters {
    /// Booked under this day or later.
    pub(crate) from: NaiveDate,
    /// Booked under this day or earlier; at most 400 days.
    pub(crate) until: NaiveDate,
    /// How the periods are put together.
    #[serde(default)]
    pub(crate) group_by: GroupBy,
    /// Of this store.
    #[serde(default)]
    pub(crate) store_id: Option<Uuid>,
    /// Of this terminal.
    #[serde(default)]
    pub(crate) terminal_id: Option<Uuid>,
}

/// A report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Table {
    /// Which.
    pub(crate) key: &'static str,
    /// When it was made.
    pub(crate) generated_at: DateTime<Utc>,
    /// What it was asked for.
    pub(crate) filters: Filters,
    /// The names of the cells of a row, in their order.
    pub(crate) columns: Vec<&'static str>,
    /// A row for each thing that is told of each span, store, till and currency.
    #[schema(value_type = Vec<Object>)]
    pub(crate) rows: Vec<Map<String, Json>>,
    /// The same of all of them, each currency by itself.
    #[schema(value_type = Vec<Object>)]
    pub(crate) totals: Vec<Map<String, Json>>,
    /// Periods that are in no row: an older terminal delivered them, they cannot be read, or the sum would be more than an
    /// amount holds.
    pub(crate) not_counted: u64,
    /// Periods in the rows that may hold documents which another period of their till counts too.
    pub(crate) doubled: u64,
}

/// Of what a row is.
const OF: [&str; 5] = ["from", "until", "store_id", "terminal_id", "currency"];

impl Key {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::SalesSummary,
        Self::Tax,
        Self::Payments,
        Self::Departments,
        Self::Cashiers,
        Self::Adjustments,
        Self::Campaigns,
        Self::Cash,
    ];

    /// Its name in paths.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SalesSummary => "sales-summary",
            Self::Tax => "tax",
            Self::Payments => "payments",
            Self::Departments => "departments",
            Self::Cashiers => "cashiers",
            Self::Adjustments => "adjustments",
            Self::Campaigns => "campaigns",
            Self::Cash => "cash",
        }
    }

    /// What the catalogue says of it.
    pub(crate) const fn kind(self) -> ReportKind {
        let parameters = ["from", "until", "group_by", "store_id", "terminal_id"];
        ReportKind { key: self.name(), title: self.title(), parameters, columns: self.columns() }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::SalesSummary => "Gross, discounts, surcharges, returns, net and tax",
            Self::Tax => "Tax by rate and jurisdiction",
            Self::Payments => "What was taken, given as change and paid out, by kind of tender",
            Self::Departments => "Lines, gross, discounts, tax and net by main department",
            Self::Cashiers => "Sales, returns, voids and corrections by cashier",
            Self::Adjustments => "Discounts, markups and surcharges by type",
            Self::Campaigns => "Sales and what was given by campaign",
            Self::Cash => "Closed periods, expected and counted cash",
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::SalesSummary => &[
                "documents",
                "sales",
                "return_count",
                "cancelled",
                "gross_sales",
                "line_discounts",
                "discounts",
                "campaigns_on_lines",
                "surcharges",
                "returns",
                "net_sales",
                "tax",
                "net_excluding_tax",
                "average_sale",
                "rounding",
                "tips",
            ],
            Self::Tax => &["jurisdiction", "rate", "percent", "taxable", "exempt", "tax", "documents"],
            Self::Payments => &["tender", "count", "tendered", "change", "refunds", "net"],
            Self::Departments => {
                &["department", "lines", "documents", "gross", "discounts", "surcharges", "tax", "net"]
            }
            Self::Cashiers => &[
                "cashier_id",
                "sales",
                "amount",
                "return_count",
                "returns",
                "void_count",
                "voids",
                "corrections",
            ],
            Self::Adjustments => &["type", "is_discount", "count", "amount", "affected"],
            Self::Campaigns => &["campaign", "sales", "on_lines", "on_documents", "came_back", "given"],
            Self::Cash => &[
                "closures",
                "documents",
                "suspended",
                "counted",
                "expected_cash",
                "counted_cash",
                "over",
                "short",
            ],
        }
    }

    /// The cells of what closed periods come to, in the order of the columns.
    fn cells(self, sum: &Rollup) -> Vec<Vec<Json>> {
        let text = |amount: Money| Json::from(sum.currency.decimal(amount).to_string());
        let report = &sum.report;
        match self {
            Self::SalesSummary => vec![summary(sum)],
            Self::Tax => report
                .taxes
                .iter()
                .map(|(key, of)| {
                    let jurisdiction = serde_json::to_value(&key.jurisdiction).unwrap_or_default();
                    let percent = key.percent.decimal().normalize().to_string();
                    let amounts = [of.taxable, of.exempt, of.tax].map(text);
                    let mut cells = vec![jurisdiction, json!(key.name), json!(percent)];
                    cells.extend(amounts);
                    cells.push(json!(of.documents));
                    cells
                })
                .collect(),
            Self::Payments => report
                .tenders
                .iter()
                .map(|(kind, of)| {
                    let mut cells = vec![json!(kind.code()), json!(of.count)];
                    cells.extend([of.tendered, of.change, of.refunds, of.net()].map(text));
                    cells
                })
                .collect(),
            Self::Departments => report
                .departments
                .iter()
                .map(|(no, of)| {
                    let mut cells = vec![json!(no.0), json!(of.lines), json!(of.documents)];
                    cells.extend([of.gross, of.discount, of.surcharge, of.tax, of.net].map(text));
                    cells
                })
                .collect(),
            Self::Cashiers => report
                .cashiers
                .iter()
                .map(|(id, of)| {
                    let counted = |count: u64, amount: Money| [json!(count), text(amount)];
                    let mut cells = vec![json!(id.uuid())];
                    cells.extend(counted(of.sale_count, of.sales));
                    cells.extend(counted(of.return_count, of.returns));
                    cells.extend(counted(of.void_count, of.voids));
                    cells.push(json!(of.corrections));
                    cells
                })
                .collect(),
            Self::Adjustments => report
                .adjustments
                .iter()
                .map(|(kind, of)| {
                    let mut cells = vec![json!(kind.code()), json!(kind.is_discount()), json!(of.count)];
                    cells.extend([of.amount, of.affected].map(text));
                    cells
                })
                .collect(),
            Self::Campaigns => campaigns(sum),
            Self::Cash => {
                let mut cells =
                    vec![json!(sum.closures), json!(report.document_count()), json!(sum.suspended_count)];
                cells.push(json!(sum.counted_closures));
                cells.extend([sum.expected_cash, sum.counted_cash, sum.over, sum.short].map(text));
                vec![cells]
            }
        }
    }
}

fn campaigns(sum: &Rollup) -> Vec<Vec<Json>> {
    let text = |amount: Money| Json::from(sum.currency.decimal(amount).to_string());
    let given = sum.report.campaigns.iter().map(|(code, of)| {
        let mut cells = vec![json!(code), json!(of.sales)];
        cells.extend([of.on_lines, of.on_documents, of.back, of.given()].map(text));
        cells
    });
    given.collect()
}

fn summary(sum: &Rollup) -> Vec<Json> {
    let (report, currency) = (&sum.report, &sum.currency);
    let text = |amount: Money| Json::from(currency.decimal(amount).to_string());
    let counts = &report.counts;
    let average = (counts.sales > 0)
        .then(|| (report.gross_sales - report.discounts + report.surcharges, Decimal::from(counts.sales)))
        .and_then(|(sold, sales)| currency.decimal(sold).checked_div(sales))
        .and_then(|average| currency.round(average, Rounding::HalfUp).ok());
    let mut cells =
        [report.document_count(), counts.sales, counts.returns, counts.cancelled].map(Json::from).to_vec();
    cells.extend(
        [
            report.gross_sales,
            closures::line_discounts(report),
            report.discounts,
            closures::campaigns_on_lines(report),
            report.surcharges,
            report.returns,
            report.net_sales,
            report.tax,
            report.net_excluding_tax(),
        ]
        .map(text),
    );
    cells.push(average.map_or(Json::Null, text));
    cells.extend([report.rounding, report.tips].map(text));
    cells
}

/// Makes a report within reach.
///
/// # Errors
/// `range_too_large` for too many periods, documents or rows, or sums that no amount holds.
pub(crate) fn make(
    session: &mut dyn Session,
    company: Uuid,
    (reach, named, filters): (&Reach, Named, Filters),
    now: DateTime<Utc>,
) -> Result<Table, ApiError> {
    match named {
        Named::Closed(key) => of_periods(session, company, (reach, key, filters), now),
        Named::Further(report) => further::make(session, company, (reach, report, filters), now),
    }
}

fn of_periods(
    session: &mut dyn Session,
    company: Uuid,
    (reach, key, filters): (&Reach, Key, Filters),
    now: DateTime<Utc>,
) -> Result<Table, ApiError> {
    let asked = Asked {
        level: filters.group_by.level(),
        from: filters.from,
        until: filters.until,
        store: filters.store_id,
        terminal: filters.terminal_id,
        corrected: false,
    };
    let added = closures::add_up(session, company, (reach, &asked))?;
    let mut rows = Vec::new();
    let mut totals: BTreeMap<CurrencyCode, (Rollup, i128)> = BTreeMap::new();
    for (of, (sum, weight)) in &added.sums {
        let (from, until) = closures::days(of.span).ok_or_else(ApiError::internal)?;
        rows.extend(
            key.cells(sum).into_iter().map(|cells| row(key, (from, until, Some(of), of.currency), cells)),
        );
        let (total, before) = totals.entry(of.currency).or_insert_with(|| (Rollup::empty(sum.currency), 0));
        if !deliveries::fits_with(*before, *weight) {
            return Err(closures::too_large("the sums are more than an amount holds"));
        }
        *before += *weight;
        total.merge(sum).map_err(|_| ApiError::internal())?;
    }
    let of_all = |(currency, (total, _)): (&CurrencyCode, &(Rollup, i128))| {
        let of = (filters.from, filters.until, None, *currency);
        key.cells(total).into_iter().map(move |cells| row(key, of, cells)).collect::<Vec<_>>()
    };
    let totals = totals.iter().flat_map(of_all).collect();
    let columns = OF.iter().chain(key.columns()).copied().collect();
    let closures::Added { not_counted, doubled, .. } = added;
    Ok(Table { key: key.name(), generated_at: now, filters, columns, rows, totals, not_counted, doubled })
}

/// A row by the names of its cells.
fn row(
    key: Key,
    (from, until, of, currency): (NaiveDate, NaiveDate, Option<&RollupKey>, CurrencyCode),
    cells: Vec<Json>,
) -> Map<String, Json> {
    let store = of.and_then(|of| of.store).map(StoreId::uuid);
    let terminal = of.and_then(|of| of.terminal).map(TerminalId::uuid);
    let of = [json!(from), json!(until), json!(store), json!(terminal), json!(currency.to_string())];
    let names = OF.iter().chain(key.columns());
    names.zip(of.into_iter().chain(cells)).map(|(name, cell)| ((*name).to_owned(), cell)).collect()
}

/// A report as comma-separated values, under what it is, when it was made, by whom, of what, and how many periods are in
/// none of its sums or may be in them twice. Behind the rows stand the totals, in the same columns.
///
/// # Errors
/// When the file cannot be written, which memory alone prevents.
pub(crate) fn file(table: &Table, actor: &str) -> Result<String, ApiError> {
    let filters = serde_json::to_value(&table.filters).map_err(|_| ApiError::internal())?;
    let mut head = vec![
        vec!["report".to_owned(), table.key.to_owned()],
        vec!["generated_at".to_owned(), table.generated_at.to_rfc3339()],
        vec!["actor".to_owned(), actor.to_owned()],
        vec!["not_counted".to_owned(), table.not_counted.to_string()],
        vec!["doubled".to_owned(), table.doubled.to_string()],
    ];
    for (name, value) in filters.as_object().into_iter().flatten() {
        head.push(vec![name.clone(), import::cell(Some(value))]);
    }
    let names = table.columns.iter().map(|name| (*name).to_owned());
    let cells =
        |row: &Map<String, Json>| table.columns.iter().map(|name| import::cell(row.get(*name))).collect();
    let mut records = head;
    records.push(Vec::new());
    records.push(names.collect());
    records.extend(table.rows.iter().map(cells));
    records.push(Vec::new());
    records.push(vec!["totals".to_owned()]);
    records.extend(table.totals.iter().map(cells));
    import::records(&records)
}

#[cfg(test)]
mod tests {
    use saleflex_core::{
        catalog::DepartmentNo,
        closure::{
            AdjustmentTotals, AdjustmentType, CampaignTotals, CashierTotals, DepartmentTotals, TaxKey,
            TaxTotals, TenderTotals,
        },
        ids::CashierId,
        money::Currency,
        quantity::Percent,
        tender::TenderKind,
    };

    use super::*;

    #[test]
    fn every_report_fills_its_columns_and_is_found_by_its_name() {
        let sum = one_of_each();
        for named in Named::all() {
            assert_eq!(Named::parse(named.name()), Some(named));
        }
        for key in Key::ALL {
            let rows = key.cells(&sum);
            assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [key.columns().len()], "{key:?}");
        }
        assert_eq!(Named::parse("unicorns"), None);
    }

    /// Sums of which each report has one row, whose figures all differ.
    fn one_of_each() -> Rollup {
        let money = Money::from_minor;
        let mut sum = Rollup::empty(Currency::of(CurrencyCode::parse("GBP").unwrap()));
        let report = &mut sum.report;
        let rate = TaxKey { percent: Percent::parse("20").unwrap(), name: "Full".into(), jurisdiction: None };
        let of_rate = TaxTotals {
            taxable: money(101),
            exempt: money(102),
            tax: money(103),
            documents: 4,
            ..TaxTotals::default()
        };
        report.taxes.insert(rate, of_rate);
        let tenders = TenderTotals { count: 5, tendered: money(620), change: money(7), refunds: money(8) };
        report.tenders.insert(TenderKind::Cash, tenders);
        let department = DepartmentTotals {
            lines: 9,
            documents: 10,
            gross: money(11),
            discount: money(12),
            surcharge: money(13),
            tax: money(14),
            net: money(15),
        };
        report.departments.insert(DepartmentNo(16), department);
        let cashier = CashierTotals {
            sale_count: 17,
            sales: money(18),
            return_count: 19,
            returns: money(20),
            void_count: 21,
            voids: money(22),
            corrections: 23,
            others: 0,
        };
        report.cashiers.insert(CashierId::new(Uuid::from_u128(24)), cashier);
        let adjustments = AdjustmentTotals { count: 25, amount: money(26), affected: money(27) };
        report.adjustments.insert(AdjustmentType::Line, adjustments);
        let given =
            CampaignTotals { sales: 28, on_lines: money(29), on_documents: money(30), back: money(31) };
        report.campaigns.insert("TENTH".to_owned(), given);
        sum
    }

    #[test]
    fn each_figure_of_a_report_stands_in_its_own_column() {
        let sum = one_of_each();
        let row = |key: Key| {
            let names = key.columns().iter().map(|name| (*name).to_owned());
            names.zip(key.cells(&sum).remove(0)).collect::<Json>()
        };
        assert_eq!(
            row(Key::Tax),
            json!({"jurisdiction": null, "rate": "Full", "percent": "20", "taxable": "1.01", "exempt": "1.02", "tax": "1.03",
                "documents": 4})
        );
        assert_eq!(
            row(Key::Payments),
            json!({"tender": "cash", "count": 5, "tendered": "6.20", "change": "0.07", "refunds": "0.08", "net": "6.05"})
        );
        assert_eq!(
            row(Key::Departments),
            json!({"department": 16, "lines": 9, "documents": 10, "gross": "0.11", "discounts": "0.12", "surcharges": "0.13",
                "tax": "0.14", "net": "0.15"})
        );
        assert_eq!(
            row(Key::Cashiers),
            json!({"cashier_id": Uuid::from_u128(24), "sales": 17, "amount": "0.18", "return_count": 19, "returns": "0.20",
                "void_count": 21, "voids": "0.22", "corrections": 23})
        );
        assert_eq!(
            row(Key::Adjustments),
            json!({"type": AdjustmentType::Line.code(), "is_discount": true, "count": 25, "amount": "0.26", "affected": "0.27"})
        );
        assert_eq!(
            row(Key::Campaigns),
            json!({"campaign": "TENTH", "sales": 28, "on_lines": "0.29", "on_documents": "0.30", "came_back": "0.31", "given": "0.28"})
        );
    }
}
