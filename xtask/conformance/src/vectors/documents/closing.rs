//! The kind `closure`: the documents of a period, folded and closed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    cashier::{OnDuty, Role},
    catalog::DepartmentNo,
    closure::{
        AdjustmentFigures, AdjustmentType, Closing, ClosingPolicy, Closure, CurrencyKey, DocumentFigures,
        Effect, LineFigures, Period, Report, Staff, TaxFigures, TaxKey, TenderFigures, close,
    },
    document::DocumentType,
    ids::{CashierId, ClosureNumber, StoreId, TerminalId},
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::{ExchangeRate, Percent},
    tax::{Jurisdiction, JurisdictionLevel},
    tender::{Direction, Tip, TipKind},
    time::Moment,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{paying, read};

const CASHIER: CashierId = CashierId::new(Uuid::from_u128(3));

/// The paper of a document that names none.
const PLAIN_PAPER: &str = "FISCAL_RECEIPT";

/// Types of paper as these cases name them, by the two lists of the recorded system.
const DOCUMENT_TYPES: [(&str, DocumentType); 23] = [
    ("FISCAL_RECEIPT", DocumentType::FiscalReceipt),
    ("NONE_FISCAL_RECEIPT", DocumentType::NonFiscalReceipt),
    ("INVOICE", DocumentType::Invoice),
    ("ELECTRONIC_INVOICE", DocumentType::EInvoice),
    ("ELECTRONIC_CORPORATE_INVOICE", DocumentType::EInvoice),
    ("ELECTRONIC_RECEIPT", DocumentType::EArchiveInvoice),
    ("ELECTRONIC_INDIVIDUAL_INVOICE", DocumentType::EArchiveInvoice),
    ("DIPLOMATIC_INVOICE", DocumentType::DiplomaticInvoice),
    ("WAYBILL", DocumentType::Waybill),
    ("POS_PAID_OUT", DocumentType::CashOut),
    ("POS_PAID_IN", DocumentType::CashIn),
    ("RETURN_SLIP", DocumentType::Return),
    ("EXPENSE_SLIP", DocumentType::SelfBillingInvoice),
    ("NONE_FISCAL_INVOICE", DocumentType::Invoice),
    ("NONE_FISCAL_E_INVOICE", DocumentType::EInvoice),
    ("NONE_FISCAL_E_ARCHIVE_INVOICE", DocumentType::EArchiveInvoice),
    ("NONE_FISCAL_DIPLOMATIC_RECEIPT", DocumentType::DiplomaticInvoice),
    ("NONE_FISCAL_WAYBILL", DocumentType::Waybill),
    ("NONE_FISCAL_DELIVERY_NOTE", DocumentType::DeliveryNote),
    ("NONE_FISCAL_CASH_OUT_FLOW", DocumentType::CashOut),
    ("NONE_FISCAL_CASH_IN_FLOW", DocumentType::CashIn),
    ("NONE_FISCAL_RETURN", DocumentType::Return),
    ("NONE_FISCAL_SELF_BILLING_INVOICE", DocumentType::SelfBillingInvoice),
];

/// Discounts as these cases name them. A discount of no named kind is what ours calls one of a line.
const DISCOUNTS: [(&str, AdjustmentType); 7] = [
    ("NONE", AdjustmentType::Line),
    ("PERSONAL", AdjustmentType::Personal),
    ("MANAGER", AdjustmentType::Manager),
    ("CUSTOMER_SATISFACTION", AdjustmentType::CustomerSatisfaction),
    ("PRODUCT", AdjustmentType::Product),
    ("LOYALTY", AdjustmentType::Loyalty),
    ("CAMPAIGN", AdjustmentType::Campaign),
];

pub(super) fn closure(input: &Value) -> Result<Value, String> {
    let currency = read::currency(input)?;
    let documents = read::list(input, "documents")?;
    let figures: Vec<DocumentFigures> =
        documents.iter().map(|document| figures(document, &currency)).collect::<Result<_, _>>()?;
    let report: Report = figures.iter().cloned().collect();
    let role = if read::flag(input, "closing_cashier_is_administrator")? {
        Role::Administrator
    } else {
        Role::Cashier
    };
    let period = Period {
        number: ClosureNumber(read::count(input, "closure_number")?),
        store: StoreId::new(Uuid::from_u128(1)),
        terminal: TerminalId::new(Uuid::from_u128(2)),
        currency,
        opened_at: Moment::utc(DateTime::<Utc>::UNIX_EPOCH),
        opened_by: None,
        left_in_drawer: Money::ZERO,
        in_drawers: None,
        foreign_left: BTreeMap::new(),
        closes_as: None,
    };
    let closed = close(Closing {
        moment: period.opened_at,
        cashier: &OnDuty::with_role(CASHIER, role),
        approval: None,
        policy: &ClosingPolicy::default(),
        rates: &[],
        period: &period,
        open_document: None,
        report: &report,
        first_document: None,
        last_document: None,
        suspended_count: read::count(input, "suspended_documents")?.into(),
        declaration: None,
        drawers: &[],
        entered: &[],
        hand_overs: &[],
        staff: &Staff::default(),
    });
    let Ok(closure) = closed else { return Ok(json!({"ok": false})) };
    let mut shown = show(&closure, &currency);
    shown["document_types"] = document_types(documents, &figures, &currency)?;
    Ok(shown)
}

/// What one document of the case brings to the report.
fn figures(document: &Value, currency: &Currency) -> Result<DocumentFigures, String> {
    let money = |object: &Value, field: &str| read::money(object, field, currency);
    let paper = named(&DOCUMENT_TYPES, paper(document)?)?;
    let mut figures = DocumentFigures::new(effect(document)?, paper, CASHIER);
    figures.total = money(document, "total_amount")?;
    figures.tax = money(document, "total_vat")?;
    figures.discount = money(document, "total_discount")?;
    figures.surcharge = money(document, "total_surcharge")?;
    figures.net = figures.total - figures.discount + figures.surcharge;
    for discount in read::list(document, "discounts")? {
        figures.adjustments.push(AdjustmentFigures {
            adjustment_type: named(&DISCOUNTS, read::text(discount, "type")?)?,
            amount: money(discount, "amount")?,
            affected: Money::ZERO,
        });
    }
    for tax in read::list(document, "taxes")? {
        figures.taxes.push(TaxFigures {
            key: tax_key(tax)?,
            taxable: money(tax, "taxable")?,
            tax: money(tax, "tax")?,
            exempt: read::flag(tax, "exempt")?,
        });
    }
    for line in read::list(document, "department_lines")? {
        let (gross, tax) = (money(line, "gross")?, money(line, "vat")?);
        figures.lines.push(LineFigures {
            department: DepartmentNo(read::count(line, "department")?),
            gross,
            discount: Money::ZERO,
            surcharge: Money::ZERO,
            tax,
            net: gross - tax,
            containers: 0,
        });
    }
    let direction = if figures.effect == Effect::Return { Direction::Out } else { Direction::In };
    for payment in read::list(document, "payments")? {
        figures.tenders.push(tender(payment, direction, currency)?);
    }
    let change = money(document, "change")?;
    if let Some(last) = figures.tenders.last_mut() {
        last.change = change;
    }
    Ok(figures)
}

fn paper(document: &Value) -> Result<&str, String> {
    let named = read::optional(document, "document_type", || read::text(document, "document_type"))?;
    Ok(named.unwrap_or(PLAIN_PAPER))
}

/// Papers of these cases are sales or returns whatever their type, as the recorded system booked them.
fn effect(document: &Value) -> Result<Effect, String> {
    match (read::text(document, "status")?, read::text(document, "transaction_type")?) {
        ("cancelled", _) => Ok(Effect::Cancelled),
        ("completed", "sale") => Ok(Effect::Sale),
        ("completed", "return") => Ok(Effect::Return),
        (status, kind) => Err(format!("no such document: {status} {kind}")),
    }
}

fn tax_key(tax: &Value) -> Result<TaxKey, String> {
    let code = read::text(tax, "jurisdiction")?;
    Ok(TaxKey {
        percent: read::parsed(tax, "rate", Percent::parse)?,
        name: read::text(tax, "name")?.into(),
        jurisdiction: (!code.is_empty())
            .then(|| Jurisdiction { level: JurisdictionLevel::State, code: code.into() }),
    })
}

fn tender(payment: &Value, direction: Direction, currency: &Currency) -> Result<TenderFigures, String> {
    let amount = read::money(payment, "amount", currency)?;
    let handed = Currency::of(read::parsed(payment, "currency", CurrencyCode::parse)?);
    let handed_amount = read::money(payment, "currency_amount", &handed)?;
    let exact = handed.decimal(handed_amount).checked_div(currency.decimal(amount)).unwrap_or(Decimal::ONE);
    let rate = ExchangeRate::try_new(Rounding::HalfUp.round(exact, 8)).map_err(|error| error.to_string())?;
    let tip = read::money(payment, "tip", currency)?;
    Ok(TenderFigures {
        kind: paying::tender_kind(read::text(payment, "type")?)?,
        direction,
        taken_by: CASHIER,
        amount,
        change: Money::ZERO,
        currency: CurrencyKey {
            currency: handed.code(),
            rate: (handed.code() != currency.code()).then_some(rate),
        },
        currency_amount: handed_amount,
        // The recorded system leaves tips out of the drawer, as ours does those by card.
        tip: tip.is_positive().then_some(Tip { amount: tip, kind: TipKind::Card }),
        prepaid: None,
    })
}

fn show(closure: &Closure, currency: &Currency) -> Value {
    let report = &closure.report;
    let amount = |amount: Money| currency.format(amount);
    let tax = |(key, totals): (&TaxKey, &saleflex_core::closure::TaxTotals)| {
        json!({
            "rate": key.percent.to_string(), "name": key.name, "taxable": amount(totals.taxable),
            "tax": amount(totals.tax), "entry_count": totals.entries, "exempt_count": totals.exempt_entries,
        })
    };
    let mut shown = json!({
        "ok": true,
        "total_document_count": report.document_count(),
        "valid_transaction_count": report.counts.valid,
        "canceled_transaction_count": report.counts.cancelled,
        "return_transaction_count": report.counts.returns,
        "suspended_transaction_count": closure.suspended_count,
        "next_closure_number": closure.next_period().number.0,
        "gross_sales_amount": amount(report.gross_sales),
        "net_sales_amount": amount(report.net_sales),
        "total_tax_amount": amount(report.tax),
        "total_discount_amount": amount(report.discounts),
        "total_tip_amount": amount(report.tips),
        "expected_cash_amount": amount(closure.expected_cash),
        "taxes": report.taxes.iter().map(tax).collect::<Vec<_>>(),
    });
    shown["payment_types"] = object(report.tenders.iter().map(|(kind, totals)| {
        let shown = json!({"count": totals.count, "tendered_amount": amount(totals.tendered)});
        (paying::external_type(*kind).to_owned(), shown)
    }));
    shown["discounts"] = object(report.adjustments.iter().map(|(kind, totals)| {
        let name = DISCOUNTS.iter().find(|(_, known)| known == kind).map_or(kind.code(), |(name, _)| *name);
        (name.to_owned(), json!({"count": totals.count, "amount": amount(totals.amount)}))
    }));
    shown["departments"] = object(report.departments.iter().map(|(no, totals)| {
        let (gross, tax) = (amount(totals.gross), amount(totals.tax));
        (no.to_string(), json!({"line_count": totals.lines, "gross_amount": gross, "tax_amount": tax}))
    }));
    shown["tips"] = object(report.tips_by_tender.iter().map(|(kind, totals)| {
        let shown = json!({"count": totals.count, "amount": amount(totals.total)});
        (paying::external_type(*kind).to_owned(), shown)
    }));
    shown["currencies"] = currencies(report, currency);
    shown
}

/// Currencies whatever their rates, as these cases sum them.
fn currencies(report: &Report, base: &Currency) -> Value {
    let mut sums: BTreeMap<CurrencyCode, (Money, Money)> = BTreeMap::new();
    for (key, totals) in &report.currencies {
        let sum = sums.entry(key.currency).or_default();
        sum.0 += totals.amount;
        sum.1 += totals.base;
    }
    object(sums.into_iter().map(|(code, (amount, worth))| {
        let (amount, worth) = (Currency::of(code).format(amount), base.format(worth));
        (code.to_string(), json!({"currency_amount": amount, "base_amount": worth}))
    }))
}

/// By the names of the case, which tell more types apart than ours do: each name's documents are a report.
fn document_types(
    documents: &[Value],
    figures: &[DocumentFigures],
    currency: &Currency,
) -> Result<Value, String> {
    let mut reports: BTreeMap<&str, Report> = BTreeMap::new();
    for (document, figures) in documents.iter().zip(figures) {
        reports.entry(paper(document)?).or_default().add(figures);
    }
    let shown = |(name, report): (&str, Report)| {
        let totals = report.document_types.into_values().next().unwrap_or_default();
        let shown = json!({
            "valid_count": totals.valid_count,
            "valid_amount": currency.format(totals.valid_amount),
            "valid_tax": currency.format(totals.valid_tax),
            "canceled_count": totals.cancelled_count,
            "canceled_amount": currency.format(totals.cancelled_amount),
            "canceled_tax": currency.format(totals.cancelled_tax),
        });
        (name.to_owned(), shown)
    };
    Ok(object(reports.into_iter().map(shown)))
}

fn object(fields: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Object(fields.collect::<Map<_, _>>())
}

fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Result<T, String> {
    let known = names.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    known.ok_or_else(|| format!("no such name: {name}"))
}
