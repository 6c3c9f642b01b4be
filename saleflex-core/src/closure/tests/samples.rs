//! Documents made the way a till makes them: by applying events.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue, DocumentAdjustment, LineAdjustment},
    authority::{Authority, Void},
    basket::{LineItem, PriceSource, Totals},
    catalog::{DepartmentNo, Permissions, PriceRule, Sellable, Unit},
    document::{
        CancelCause, Cancelled, CashMovement, CashMovementKind, Completed, Document, DocumentType, Event,
        Kind, Pricing, State, Suspended, evolve,
    },
    ids::{
        AdjustmentNo, CashierId, ClosureNumber, DocumentId, DocumentNumber, LineNo, StoreId, TenderNo,
        TerminalId,
    },
    money::{Currency, CurrencyCode, Money},
    quantity::{Percent, Quantity, UnitPrice},
    tax::{TaxMode, TaxRate},
    tender::{Direction, Tender, TenderDetails, TenderKind, TenderStatus, Tip},
    time::Moment,
};

pub(crate) fn currency(code: &str) -> Currency {
    Currency::of(CurrencyCode::parse(code).unwrap())
}

pub(crate) fn cashier(no: u128) -> CashierId {
    CashierId::new(Uuid::from_u128(0xCA00 + no))
}

pub(crate) fn authority(no: u128) -> Authority {
    Authority { cashier: cashier(no), approved_by: None }
}

pub(crate) fn moment(text: &str) -> Moment {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap();
    Moment::utc(DateTime::from_naive_utc_and_offset(local, chrono::Utc))
}

pub(crate) fn rate(no: u16, percent: &str) -> TaxRate {
    TaxRate {
        no,
        name: format!("VAT {percent} %"),
        percent: Percent::parse(percent).unwrap(),
        jurisdiction: None,
    }
}

/// How a document begins.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) currency: Currency,
    pub(crate) tax_mode: TaxMode,
    pub(crate) closure: ClosureNumber,
    pub(crate) receipt: u32,
    pub(crate) kind: Kind,
    pub(crate) document_type: DocumentType,
    pub(crate) cashier: u128,
    pub(crate) training: bool,
}

impl Head {
    pub(crate) fn sale(code: &str) -> Self {
        Self {
            currency: currency(code),
            tax_mode: TaxMode::Inclusive,
            closure: ClosureNumber(7),
            receipt: 1,
            kind: Kind::Sale,
            document_type: DocumentType::FiscalReceipt,
            cashier: 1,
            training: false,
        }
    }

    pub(crate) fn of(self, kind: Kind, document_type: DocumentType) -> Self {
        Self { kind, document_type, ..self }
    }

    fn opened(&self, cash_movement: Option<CashMovement>) -> Document {
        let at = moment("2026-03-12 03:02:08");
        Document {
            id: DocumentId::new(Uuid::from_u128(0xD0C0_0000 + u128::from(self.receipt))),
            number: DocumentNumber {
                date: NaiveDate::from_ymd_opt(2026, 3, 12).unwrap(),
                closure: self.closure,
                receipt: self.receipt,
            },
            former_number: None,
            spent_numbers: Vec::new(),
            document_type: self.document_type,
            kind: self.kind,
            store: StoreId::new(Uuid::from_u128(0x5704E)),
            terminal: TerminalId::new(Uuid::from_u128(0x7E44)),
            currency: self.currency,
            tax_mode: self.tax_mode,
            opened_at: at,
            opened_by: authority(self.cashier),
            customer: None,
            min_line_total: Money::ONE_MINOR,
            training: self.training,
            original: None,
            exchange: None,
            lines: Vec::new(),
            reductions: Vec::new(),
            adjustments: Vec::new(),
            coupons: Vec::new(),
            last_adjustment: None,
            tenders_earn_nothing: false,
            due_before_tenders: None,
            uses_when_priced: None,
            tenders: Vec::new(),
            change: Money::ZERO,
            carried_rounding: Money::ZERO,
            points_returned: None,
            notes: Vec::new(),
            exemption: None,
            age_check: None,
            cash_movement,
            totals: Totals::default(),
        }
    }

    pub(crate) fn begin(&self) -> Pen {
        self.begin_with(None)
    }

    pub(crate) fn begin_with(&self, cash_movement: Option<CashMovement>) -> Pen {
        let opened = Event::DocumentOpened(Box::new(self.opened(cash_movement)));
        Pen { head: self.clone(), state: evolve(State::Idle, &opened) }
    }

    pub(crate) fn movement(&self, kind: CashMovementKind, amount: i64, reason: &str) -> Completed {
        let movement = CashMovement {
            kind,
            amount: Money::from_minor(amount),
            reason: reason.into(),
            authority: authority(self.cashier),
        };
        let head = self.clone().of(Kind::CashMovement, kind.document_type());
        head.begin_with(Some(movement)).complete()
    }
}

/// A line to write.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) price: UnitPrice,
    pub(crate) list_price: UnitPrice,
    pub(crate) quantity: Quantity,
    pub(crate) unit: Unit,
    pub(crate) department: u32,
    pub(crate) rates: Vec<TaxRate>,
    pub(crate) by_key: bool,
    pub(crate) is_container: bool,
}

impl Line {
    pub(crate) fn new(name: &str, price: &str) -> Self {
        Self {
            name: name.into(),
            price: UnitPrice::parse(price).unwrap(),
            list_price: UnitPrice::parse(price).unwrap(),
            quantity: Quantity::ONE,
            unit: Unit { code: "PCS".into(), decimals: 0, measure: None },
            department: 1,
            rates: vec![rate(1, "20")],
            by_key: false,
            is_container: false,
        }
    }

    /// A container that a deposit is charged for.
    pub(crate) fn container(self) -> Self {
        Self { is_container: true, ..self }
    }

    pub(crate) fn times(self, quantity: &str) -> Self {
        Self { quantity: Quantity::parse(quantity).unwrap(), ..self }
    }

    pub(crate) fn weighed(self, quantity: &str) -> Self {
        Self { unit: Unit { code: "KG".into(), decimals: 3, measure: None }, ..self.times(quantity) }
    }

    pub(crate) fn taxed(self, rates: &[TaxRate]) -> Self {
        Self { rates: rates.to_vec(), ..self }
    }

    pub(crate) fn within(self, department: u32) -> Self {
        Self { department, ..self }
    }

    pub(crate) fn by_key(self) -> Self {
        Self { by_key: true, ..self }
    }

    fn item(&self) -> Sellable {
        Sellable {
            product: None,
            code: if self.by_key { self.department.to_string() } else { "P1".into() },
            barcode: None,
            name: self.name.clone(),
            department: DepartmentNo(self.department),
            sub_department: None,
            unit: self.unit.clone(),
            price: self.price,
            price_rule: PriceRule::Fixed,
            cost_price: None,
            max_price: None,
            taxes: self.rates.clone(),
            permissions: Permissions::default(),
            minimum_age: None,
            return_days: None,
            pack_quantity: Quantity::ONE,
            embedded_quantity: None,
            embedded_total: None,
            container: None,
            is_container: self.is_container,
            has_serials: false,
        }
    }
}

/// Writes events on a document.
#[derive(Clone, Debug)]
pub(crate) struct Pen {
    pub(crate) head: Head,
    pub(crate) state: State,
}

impl Pen {
    pub(crate) fn apply(mut self, event: &Event) -> Self {
        self.state = evolve(self.state, event);
        self
    }

    pub(crate) fn document(&self) -> &Document {
        self.state.draft().expect("a document is open").document()
    }

    pub(crate) fn line(self, line: &Line) -> Self {
        let no = u32::try_from(self.document().lines.len()).unwrap() + 1;
        let line = self.item(no, line);
        self.apply(&Event::LineAdded { line })
    }

    fn item(&self, no: u32, line: &Line) -> Box<LineItem> {
        Box::new(LineItem {
            unit_price: line.price,
            list_price: line.list_price,
            price_source: if line.by_key { PriceSource::Typed } else { PriceSource::Catalog },
            ..LineItem::new(LineNo(no), line.item(), line.quantity, authority(self.head.cashier))
        })
    }

    /// Empties come to the open sale.
    pub(crate) fn begin_empties(self, returned: &Head) -> Self {
        self.apply(&Event::EmptiesBegun { returned: Box::new(returned.opened(None)) })
    }

    pub(crate) fn take_empties(self, no: u32, line: &Line) -> Self {
        let line = self.item(no, line);
        self.apply(&Event::EmptiesTaken { line })
    }

    pub(crate) fn void_line(self, no: u32, by: u128) -> Self {
        let void = Void { reason: None, authority: authority(by) };
        self.apply(&Event::LineVoided { line: LineNo(no), void })
    }

    pub(crate) fn adjust_line(self, no: u32, kind: AdjustmentKind, value: AdjustmentValue) -> Self {
        let adjustment = LineAdjustment {
            kind,
            value,
            amount: Money::ZERO,
            reason: None,
            authority: authority(self.head.cashier),
        };
        self.apply(&Event::LineAdjusted { line: LineNo(no), adjustment })
    }

    pub(crate) fn adjust(
        self,
        kind: AdjustmentKind,
        source: AdjustmentSource,
        value: AdjustmentValue,
        code: Option<&str>,
    ) -> Self {
        let adjustment = DocumentAdjustment {
            no: AdjustmentNo(u32::try_from(self.document().adjustments.len()).unwrap() + 1),
            kind,
            source,
            value,
            amount: Money::ZERO,
            shares: Vec::new(),
            taxes: Vec::new(),
            code: code.map(Into::into),
            reason: None,
            authority: authority(self.head.cashier),
        };
        self.apply(&Event::DocumentAdjusted { adjustment })
    }

    pub(crate) fn new_tender(&self, kind: TenderKind, amount: i64) -> Tender {
        let document = self.document();
        let taken =
            document.tenders.len() + document.exchange.as_ref().map_or(0, |other| other.tenders.len());
        Tender {
            no: TenderNo(u32::try_from(taken).unwrap() + 1),
            kind,
            direction: if document.kind.pays_out() { Direction::Out } else { Direction::In },
            amount: Money::from_minor(amount),
            rounding: Money::ZERO,
            change: Money::ZERO,
            status: TenderStatus::Approved,
            asked_at: None,
            judged_as: None,
            closure: self.head.closure,
            taken_by: cashier(self.head.cashier),
            approved_by: None,
            foreign: None,
            tip: None,
            details: TenderDetails::default(),
            refunds: None,
            paid_with: Vec::new(),
            sets_off: false,
            reversal: None,
            void: None,
        }
    }

    pub(crate) fn take(self, tender: Tender) -> Self {
        self.apply(&Event::TenderTaken { tender: Box::new(tender), takes_back: None })
    }

    pub(crate) fn pay(self, kind: TenderKind, amount: i64) -> Self {
        let tender = self.new_tender(kind, amount);
        self.take(tender)
    }

    pub(crate) fn pay_rest(self, kind: TenderKind) -> Self {
        let balance = self.document().balance().minor();
        self.pay(kind, balance.abs())
    }

    pub(crate) fn tip(self, kind: TenderKind, amount: i64, tip: Tip) -> Self {
        let tender = Tender { tip: Some(tip), ..self.new_tender(kind, amount) };
        self.take(tender)
    }

    pub(crate) fn change(self, amount: i64) -> Self {
        let event =
            Event::ChangeGiven { amount: Money::from_minor(amount), rounding: Money::ZERO, tender: None };
        self.apply(&event)
    }

    fn completed_event(&self, exchange_credit: Option<Money>) -> Event {
        Event::DocumentCompleted {
            at: moment("2026-03-12 03:05:00"),
            by: cashier(self.head.cashier),
            closure: self.head.closure,
            pricing: Box::new(Pricing::default()),
            exchange_credit,
            credit_paid_with: Vec::new(),
        }
    }

    /// Completes a settled document.
    pub(crate) fn complete(self) -> Completed {
        self.complete_as_priced(Pricing::default())
    }

    /// The same with what is recorded of its price.
    pub(crate) fn complete_as_priced(self, priced: Pricing) -> Completed {
        assert!(
            self.document().kind == Kind::Quote
                || self.document().document_type.is_delivery()
                || self.document().totals.balance().is_zero(),
            "not settled: {:?}",
            self.document().totals
        );
        let mut event = self.completed_event(None);
        if let Event::DocumentCompleted { pricing, .. } = &mut event {
            **pricing = priced;
        }
        let State::Completed(mut documents) = self.apply(&event).state else { panic!("not completed") };
        assert_eq!(documents.len(), 1);
        documents.remove(0)
    }

    /// Goes on from an open return to the sale it is exchanged for.
    pub(crate) fn exchange_for(self, sale: &Head) -> Self {
        let event = Event::ExchangeStarted { sale: Box::new(sale.opened(None)) };
        Self { head: sale.clone(), state: evolve(self.state, &event) }
    }

    /// Completes an exchange: the return and the sale.
    pub(crate) fn complete_exchange(self) -> Vec<Completed> {
        let returned = self.document().exchange.as_ref().expect("an exchange is open");
        let credit = returned.totals.balance().min(self.document().totals.balance());
        let event = self.completed_event(Some(credit));
        let State::Completed(documents) = self.apply(&event).state else { panic!("not completed") };
        documents
    }

    pub(crate) fn suspend(self) -> Suspended {
        let event = Event::DocumentSuspended {
            at: moment("2026-03-12 03:04:00"),
            by: cashier(self.head.cashier),
            closure: self.head.closure,
        };
        let State::Suspended(suspended) = self.apply(&event).state else { panic!("not suspended") };
        *suspended
    }

    /// Goes on in a later period.
    pub(crate) fn in_closure(mut self, closure: u32) -> Self {
        self.head.closure = ClosureNumber(closure);
        self
    }

    pub(crate) fn cancel(self) -> Cancelled {
        let event = Event::DocumentCancelled {
            at: moment("2026-03-12 03:06:00"),
            authority: authority(self.head.cashier),
            closure: self.head.closure,
            cause: CancelCause::Cashier,
            reason: Some("customer left".into()),
        };
        let State::Cancelled(cancelled) = self.apply(&event).state else { panic!("not cancelled") };
        *cancelled
    }
}

pub(crate) fn percent(percent: u32) -> AdjustmentValue {
    AdjustmentValue::Percent(Percent::try_new(Decimal::from(percent)).unwrap())
}

pub(crate) fn minor(amount: i64) -> AdjustmentValue {
    AdjustmentValue::Amount(Money::from_minor(amount))
}
