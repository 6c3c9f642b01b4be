//! A closure as other programs read it: the names of closure records in the field, amounts as decimal strings with
//! exactly the currency's digits, averages worked out.
//!
//! What these functions answer is to be written as JSON, one object a closure; programs in Rust read the figures of
//! [`Report`] and [`Closure`] themselves.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::{Closure, CurrencyKey, Report, Staff, TaxKey, drawer::OverShortReason, foreign::ForeignDrawer};
use crate::{
    ids::{CashierId, ClosureNumber, StoreId, TerminalId},
    money::{Currency, CurrencyCode, Money},
};

mod country;
mod drawers;
mod opened;
mod people;

pub use self::opened::Opened;

/// The view of a closed period.
pub fn z_view(closure: &Closure) -> impl Serialize + use<> {
    let amount = |amount: Money| closure.period.currency.format(amount);
    ClosureView {
        closure_date: closure.business_date,
        closure_end_time: Some(closure.closed_at.instant),
        cashier_closed_id: Some(closure.closed_by.cashier),
        opening_cash_amount: amount(closure.opening_cash),
        expected_cash_amount: amount(closure.expected_cash),
        closing_cash_amount: closure.counted_cash.map(amount),
        cash_difference: closure.difference().map(amount),
        float_left_amount: Some(amount(closure.float_left())),
        difference_reason: closure.declaration.as_ref().and_then(|declared| declared.over_short),
        difference_reason_text: closure.declaration.as_ref().and_then(|declared| declared.reason.clone()),
        drawers: closure.drawers.iter().map(|drawer| drawers::drawer(drawer, amount)).collect(),
        first_counts: closure.first_counts.iter().map(|count| drawers::first_count(count, amount)).collect(),
        hand_overs: closure.shares.iter().map(|share| drawers::share(share, amount)).collect(),
        over_short: closure.over_short().iter().map(|sum| drawers::over_short(sum, amount)).collect(),
        foreign_cash: foreign_cash(closure),
        country_data: closure.country.as_ref().map(|it| country::view(it, &closure.period.currency)),
        ..open_view(&Opened {
            period: &closure.period,
            report: &closure.report,
            first_document: closure.first_document,
            last_document: closure.last_document,
            suspended_count: closure.suspended_count,
            parked_before: None,
            staff: &closure.staff,
        })
    }
}

/// The view of an open period: what that of its closing at this moment would say.
pub fn x_view(open: &Opened<'_>) -> impl Serialize + use<> {
    open_view(open)
}

/// The view of figures alone, such as those of several tills together: who was at work when is not known of them, nor
/// what was shared out of tips.
pub fn report_view(report: &Report, currency: &Currency) -> impl Serialize + use<> {
    figures(report, currency, &Staff::default())
}

/// A closure, or the X report of an open period, to be written as JSON.
#[derive(Serialize)]
struct ClosureView {
    closure_unique_id: String,
    closure_number: ClosureNumber,
    store_id: StoreId,
    terminal_id: TerminalId,
    base_currency: String,
    closure_date: NaiveDate,
    closure_start_time: DateTime<Utc>,
    closure_end_time: Option<DateTime<Utc>>,
    first_document_time: Option<DateTime<Utc>>,
    last_document_time: Option<DateTime<Utc>>,
    cashier_opened_id: Option<CashierId>,
    cashier_closed_id: Option<CashierId>,
    suspended_transaction_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended_before_count: Option<u64>,
    opening_cash_amount: String,
    expected_cash_amount: String,
    closing_cash_amount: Option<String>,
    cash_difference: Option<String>,
    float_left_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference_reason: Option<OverShortReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference_reason_text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    drawers: Vec<drawers::DrawerView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    first_counts: Vec<drawers::FirstCountView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hand_overs: Vec<drawers::ShareView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    over_short: Vec<drawers::OverShortView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_cash: Vec<ForeignCashView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country_data: Option<country::CountryView>,
    #[serde(flatten)]
    report: ReportView,
}

/// Foreign notes in the drawer at closing, in their own currency.
#[derive(Serialize)]
struct ForeignCashView {
    currency: String,
    opening_amount: String,
    expected_amount: String,
    counted_amount: Option<String>,
    difference: Option<String>,
    left_amount: String,
    safe_amount: String,
}

/// The figures of a [`Report`].
#[derive(Serialize)]
struct ReportView {
    total_document_count: u64,
    valid_transaction_count: u64,
    sale_transaction_count: u64,
    canceled_transaction_count: u64,
    return_transaction_count: u64,
    gross_sales_amount: String,
    return_amount: String,
    total_discount_amount: String,
    total_surcharge_amount: String,
    net_sales_amount: String,
    total_tax_amount: String,
    net_excluding_tax: String,
    total_tip_amount: String,
    rounding_amount: String,
    purchase_amount: String,
    paid_in_count: u64,
    paid_in_total: String,
    paid_out_count: u64,
    paid_out_total: String,
    cash_drop_count: u64,
    cash_drop_total: String,
    payment_types: BTreeMap<&'static str, PaymentTypeView>,
    taxes: Vec<TaxView>,
    document_types: BTreeMap<&'static str, DocumentTypeView>,
    discounts: BTreeMap<&'static str, DiscountView>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    campaigns: BTreeMap<String, CampaignView>,
    surcharges: BTreeMap<&'static str, SurchargeView>,
    departments: BTreeMap<u32, DepartmentView>,
    currencies: Vec<CurrencyView>,
    tips: BTreeMap<&'static str, people::TipView>,
    cashiers: BTreeMap<CashierId, people::CashierView>,
    deposits: DepositView,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    gift_cards: BTreeMap<&'static str, GiftCardView>,
}

/// Gift cards or vouchers of one kind.
#[derive(Serialize)]
struct GiftCardView {
    count: u64,
    tendered_amount: String,
    refund_count: u64,
    refund_amount: String,
    new_voucher_count: u64,
    new_voucher_amount: String,
    lost_count: u64,
    lost_amount: String,
    no_longer_owed: String,
}

/// Tenders of one kind.
#[derive(Serialize)]
struct PaymentTypeView {
    count: u64,
    tendered_amount: String,
    change_amount: String,
    refund_amount: String,
    net_amount: String,
}

/// Tax of one rate.
#[derive(Serialize)]
struct TaxView {
    rate: String,
    name: String,
    jurisdiction: Option<String>,
    taxable_amount: String,
    tax_amount: String,
    transaction_count: u64,
    entry_count: u64,
    exempt_amount: String,
    exempt_count: u64,
}

/// Documents of one type.
#[derive(Serialize)]
struct DocumentTypeView {
    valid_count: u64,
    valid_amount: String,
    valid_tax: String,
    canceled_count: u64,
    canceled_amount: String,
    canceled_tax: String,
}

/// Discounts of one type, those on single lines among them.
#[derive(Serialize)]
struct DiscountView {
    count: u64,
    total_discount_amount: String,
    affected_amount: String,
}

/// What one campaign gave, and what is left of it after returns.
#[derive(Serialize)]
struct CampaignView {
    sale_count: u64,
    line_discount_amount: String,
    document_discount_amount: String,
    returned_discount_amount: String,
    total_discount_amount: String,
}

/// Surcharges of one type, markups of single lines among them.
#[derive(Serialize)]
struct SurchargeView {
    count: u64,
    total_surcharge_amount: String,
    affected_amount: String,
}

/// Lines of one main department.
#[derive(Serialize)]
struct DepartmentView {
    transaction_count: u64,
    document_count: u64,
    gross_amount: String,
    discount_amount: String,
    surcharge_amount: String,
    tax_amount: String,
    net_amount: String,
}

/// Money of one currency at one rate.
#[derive(Serialize)]
struct CurrencyView {
    currency: String,
    exchange_rate: String,
    currency_amount: String,
    base_currency_amount: String,
}

/// Money held for documents that are not finished.
#[derive(Serialize)]
struct DepositView {
    taken_count: u64,
    taken_amount: String,
    refunded_count: u64,
    refunded_amount: String,
    applied_count: u64,
    applied_amount: String,
}

fn open_view(open: &Opened<'_>) -> ClosureView {
    let Opened { period, report, first_document, last_document, staff, .. } = *open;
    let currency = period.currency;
    ClosureView {
        closure_unique_id: period.label().to_string(),
        closure_number: period.closing_number(),
        store_id: period.store,
        terminal_id: period.terminal,
        base_currency: currency.code().to_string(),
        closure_date: first_document.map_or(period.opened_at, |first| first.at).business_date,
        closure_start_time: period.opened_at.instant,
        closure_end_time: None,
        first_document_time: first_document.map(|document| document.at.instant),
        last_document_time: last_document.map(|document| document.at.instant),
        cashier_opened_id: period.opened_by,
        cashier_closed_id: None,
        suspended_transaction_count: open.suspended_count,
        suspended_before_count: open.parked_before,
        opening_cash_amount: currency.format(period.opening_cash(report)),
        expected_cash_amount: currency.format(period.expected_cash(report)),
        closing_cash_amount: None,
        cash_difference: None,
        float_left_amount: None,
        difference_reason: None,
        difference_reason_text: None,
        drawers: Vec::new(),
        first_counts: Vec::new(),
        hand_overs: Vec::new(),
        over_short: Vec::new(),
        foreign_cash: Vec::new(),
        country_data: None,
        report: figures(report, &currency, staff),
    }
}

fn figures(report: &Report, currency: &Currency, staff: &Staff) -> ReportView {
    let amount = |amount: Money| currency.format(amount);
    ReportView {
        total_document_count: report.document_count(),
        valid_transaction_count: report.counts.valid,
        sale_transaction_count: report.counts.sales,
        canceled_transaction_count: report.counts.cancelled,
        return_transaction_count: report.counts.returns,
        gross_sales_amount: amount(report.gross_sales),
        return_amount: amount(report.returns),
        total_discount_amount: amount(report.discounts),
        total_surcharge_amount: amount(report.surcharges),
        net_sales_amount: amount(report.net_sales),
        total_tax_amount: amount(report.tax),
        net_excluding_tax: amount(report.net_excluding_tax()),
        total_tip_amount: amount(report.tips),
        rounding_amount: amount(report.rounding),
        purchase_amount: amount(report.purchases),
        paid_in_count: report.cash.paid_in_count,
        paid_in_total: amount(report.cash.paid_in),
        paid_out_count: report.cash.paid_out_count,
        paid_out_total: amount(report.cash.paid_out),
        cash_drop_count: report.cash.drop_count,
        cash_drop_total: amount(report.cash.drops),
        payment_types: payment_types(report, currency),
        taxes: taxes(report, currency),
        document_types: document_types(report, currency),
        discounts: discounts(report, currency),
        campaigns: campaigns(report, currency),
        surcharges: surcharges(report, currency),
        departments: departments(report, currency),
        currencies: currencies(report, currency),
        tips: people::tips(report, currency, staff),
        cashiers: people::cashiers(report, currency, staff),
        deposits: deposits(report, currency),
        gift_cards: gift_cards(report, currency),
    }
}

/// Closing refuses a count that does not add up, so that nothing of a closure is left out here.
fn foreign_cash(closure: &Closure) -> Vec<ForeignCashView> {
    let view = |(code, cash): (CurrencyCode, ForeignDrawer)| {
        let currency = Currency::of(code);
        ForeignCashView {
            currency: code.to_string(),
            opening_amount: currency.format(cash.opening),
            expected_amount: currency.format(cash.expected),
            counted_amount: cash.counted.map(|counted| currency.format(counted)),
            difference: cash.difference().map(|difference| currency.format(difference)),
            left_amount: currency.format(cash.left),
            safe_amount: currency.format(cash.moved_to_safe()),
        }
    };
    closure.foreign_cash().unwrap_or_default().into_iter().map(view).collect()
}

fn payment_types(report: &Report, currency: &Currency) -> BTreeMap<&'static str, PaymentTypeView> {
    let view = |totals: &super::TenderTotals| PaymentTypeView {
        count: totals.count,
        tendered_amount: currency.format(totals.tendered),
        change_amount: currency.format(totals.change),
        refund_amount: currency.format(totals.refunds),
        net_amount: currency.format(totals.net()),
    };
    report.tenders.iter().map(|(kind, totals)| (kind.code(), view(totals))).collect()
}

fn taxes(report: &Report, currency: &Currency) -> Vec<TaxView> {
    let view = |(key, totals): (&TaxKey, &super::TaxTotals)| TaxView {
        rate: key.percent.to_string(),
        name: key.name.clone(),
        jurisdiction: key.jurisdiction.as_ref().map(|jurisdiction| jurisdiction.code.clone()),
        taxable_amount: currency.format(totals.taxable),
        tax_amount: currency.format(totals.tax),
        transaction_count: totals.documents,
        entry_count: totals.entries,
        exempt_amount: currency.format(totals.exempt),
        exempt_count: totals.exempt_entries,
    };
    report.taxes.iter().map(view).collect()
}

fn document_types(report: &Report, currency: &Currency) -> BTreeMap<&'static str, DocumentTypeView> {
    let view = |totals: &super::DocumentTypeTotals| DocumentTypeView {
        valid_count: totals.valid_count,
        valid_amount: currency.format(totals.valid_amount),
        valid_tax: currency.format(totals.valid_tax),
        canceled_count: totals.cancelled_count,
        canceled_amount: currency.format(totals.cancelled_amount),
        canceled_tax: currency.format(totals.cancelled_tax),
    };
    report.document_types.iter().map(|(kind, totals)| (kind.code(), view(totals))).collect()
}

fn discounts(report: &Report, currency: &Currency) -> BTreeMap<&'static str, DiscountView> {
    let view = |totals: &super::AdjustmentTotals| DiscountView {
        count: totals.count,
        total_discount_amount: currency.format(totals.amount),
        affected_amount: currency.format(totals.affected),
    };
    let discounts = report.adjustments.iter().filter(|(kind, _)| kind.is_discount());
    discounts.map(|(kind, totals)| (kind.code(), view(totals))).collect()
}

fn campaigns(report: &Report, currency: &Currency) -> BTreeMap<String, CampaignView> {
    let view = |totals: &super::CampaignTotals| CampaignView {
        sale_count: totals.sales,
        line_discount_amount: currency.format(totals.on_lines),
        document_discount_amount: currency.format(totals.on_documents),
        returned_discount_amount: currency.format(totals.back),
        total_discount_amount: currency.format(totals.given()),
    };
    report.campaigns.iter().map(|(code, totals)| (code.clone(), view(totals))).collect()
}

fn surcharges(report: &Report, currency: &Currency) -> BTreeMap<&'static str, SurchargeView> {
    let view = |totals: &super::AdjustmentTotals| SurchargeView {
        count: totals.count,
        total_surcharge_amount: currency.format(totals.amount),
        affected_amount: currency.format(totals.affected),
    };
    let surcharges = report.adjustments.iter().filter(|(kind, _)| !kind.is_discount());
    surcharges.map(|(kind, totals)| (kind.code(), view(totals))).collect()
}

fn departments(report: &Report, currency: &Currency) -> BTreeMap<u32, DepartmentView> {
    let view = |totals: &super::DepartmentTotals| DepartmentView {
        transaction_count: totals.lines,
        document_count: totals.documents,
        gross_amount: currency.format(totals.gross),
        discount_amount: currency.format(totals.discount),
        surcharge_amount: currency.format(totals.surcharge),
        tax_amount: currency.format(totals.tax),
        net_amount: currency.format(totals.net),
    };
    report.departments.iter().map(|(no, totals)| (no.0, view(totals))).collect()
}

fn currencies(report: &Report, base: &Currency) -> Vec<CurrencyView> {
    let view = |(key, totals): (&CurrencyKey, &super::CurrencyTotals)| CurrencyView {
        currency: key.currency.to_string(),
        exchange_rate: key.rate.map_or_else(|| "1".to_string(), |rate| rate.to_string()),
        currency_amount: Currency::of(key.currency).format(totals.amount),
        base_currency_amount: base.format(totals.base),
    };
    report.currencies.iter().map(view).collect()
}

fn gift_cards(report: &Report, currency: &Currency) -> BTreeMap<&'static str, GiftCardView> {
    let view = |totals: &super::PrepaidTotals| GiftCardView {
        count: totals.count,
        tendered_amount: currency.format(totals.taken),
        refund_count: totals.refund_count,
        refund_amount: currency.format(totals.refunds),
        new_voucher_count: totals.renewed_count,
        new_voucher_amount: currency.format(totals.renewed),
        lost_count: totals.lost_count,
        lost_amount: currency.format(totals.lost),
        no_longer_owed: currency.format(totals.no_longer_owed()),
    };
    report.prepaid.iter().map(|(kind, totals)| (kind.code(), view(totals))).collect()
}

fn deposits(report: &Report, currency: &Currency) -> DepositView {
    let totals = &report.deposits;
    DepositView {
        taken_count: totals.taken_count,
        taken_amount: currency.format(totals.taken),
        refunded_count: totals.refunded_count,
        refunded_amount: currency.format(totals.refunded),
        applied_count: totals.applied_count,
        applied_amount: currency.format(totals.applied),
    }
}
