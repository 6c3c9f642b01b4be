//! Any row of commands a cashier can give: each is carried out or refused, never a panic, and after each one the
//! figures hold together.
//!
//! A command is four bytes: which, and three that say on what; what stands behind the last whole command are settings of the
//! shop. A shop may have campaigns and a coupon, and others in its next period. Refused commands change nothing; the journal is
//! replayed from its beginning after each command and must give the same state, and an open document can be ended.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue, ClawBack},
    basket::{GoodsState, LineItem},
    cashier::{Approval, OnDuty, Role},
    catalog::DepartmentNo,
    closure::{DocumentFigures, Report, TenderTotals},
    document::{
        AddLine, Adjust, AgeEvidence, CancelCause, CashMovementKind, ChangeMode, Command, Completed,
        Document, DocumentType, Event, Facts, Kind, NewDocument, NoteKind, OpenDocument, OriginalSale,
        PastDate, Policy, Promotions, ReturnLine, State, Suspended, TakeTender, TillFacts, decide, replay,
    },
    ids::{AdjustmentNo, CashierId, ClosureNumber, DocumentId, LineNo, StoreId, TenderNo, TerminalId},
    money::{Currency, CurrencyCode, Money},
    quantity::{ExchangeRate, Percent, Points, Quantity, UnitPrice},
    tax::TaxMode,
    tender::{ForeignCash, GiftCardNumber, Rest, TenderKind, Tip, TipKind},
    time::Moment,
};
use uuid::Uuid;

mod ends;
mod goods;
mod later;
mod promoted;
mod settings;

use goods::{bottle, customer, item};
use promoted::Promoted;

/// Holds for any bytes.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(bytes: &[u8]) {
    let Some((&flags, commands)) = bytes.split_first() else { return };
    let commands = commands.chunks_exact(4);
    let mut counter = Counter::new(flags, commands.remainder());
    for chunk in commands.take(200) {
        counter.step([chunk[0], chunk[1], chunk[2], chunk[3]]);
    }
    counter.close();
}

/// A till without a disk.
struct Counter {
    policy: Policy,
    promoted: Option<Promoted>,
    till: TillFacts,
    state: State,
    journal: Vec<Event>,
    /// The state the journal starts from: idle, or a document that was put aside.
    start: State,
    suspended: Option<Suspended>,
    /// What goods may come back from, and which of it was sold last.
    sold: BTreeMap<DocumentId, OriginalSale>,
    last_sold: Option<DocumentId>,
    figures: Vec<DocumentFigures>,
    count: u32,
}

impl Counter {
    fn new(flags: u8, settings: &[u8]) -> Self {
        let code = ["GBP", "JPY", "KWD", "CHF"][usize::from(flags & 3)];
        let mut currency = Currency::of(CurrencyCode::parse(code).expect("three letters"));
        if flags & 4 != 0 {
            currency = currency.with_cash_step(Money::from_minor(5));
        }
        let till = TillFacts {
            store: StoreId::new(Uuid::from_u128(1)),
            terminal: TerminalId::new(Uuid::from_u128(2)),
            currency,
            tax_mode: if flags & 8 == 0 { TaxMode::Inclusive } else { TaxMode::Exclusive },
            training: false,
            closure: ClosureNumber(1),
        };
        let policy = Policy {
            change_mode: if flags & 16 == 0 { ChangeMode::Auto } else { ChangeMode::Key },
            suspend_with_payments: flags & 32 != 0,
            min_line_total: if flags & 64 == 0 { Money::ONE_MINOR } else { Money::ZERO },
            max_lines: 60,
            ..Policy::default()
        };
        let (state, start) = (State::Idle, State::Idle);
        Self {
            policy: settings::changed(settings, policy),
            promoted: (flags & 128 != 0).then(Promoted::new),
            till,
            state,
            journal: Vec::new(),
            start,
            suspended: None,
            sold: BTreeMap::new(),
            last_sold: None,
            figures: Vec::new(),
            count: 0,
        }
    }

    fn step(&mut self, bytes: [u8; 4]) {
        self.count += 1;
        if bytes[0] == 255 {
            self.till.closure = self.till.closure.next();
            // Overnight other campaigns may begin, while documents are parked.
            if bytes[1] != 0 && self.state.draft().is_none() {
                self.promoted = Some(Promoted::by(bytes[1]));
            }
            return;
        }
        let Some(command) = command(bytes) else { return };
        let item = if matches!(command, Command::TakeEmpties { .. }) {
            bottle(&self.till.currency)
        } else {
            item(bytes[1], &self.till.currency)
        };
        let cashier = OnDuty::with_role(CashierId::new(Uuid::from_u128(3)), Role::Cashier);
        let manager = OnDuty::with_role(CashierId::new(Uuid::from_u128(4)), Role::Manager);
        let instant = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(self.count.into());
        let is_later = bytes[0] >= later::FIRST;
        let needs_original =
            matches!(command, Command::Open(_) | Command::ReturnLine(_) | Command::TakeTender(_))
                && bytes[3] & 1 == 0
                || matches!(command, Command::TakeBack { .. } | Command::NamePieces { .. });
        let stock: Vec<_> = item.product.iter().map(|product| (*product, Decimal::from(bytes[2]))).collect();
        let past = PastDate { good: Decimal::from(bytes[2] & 7), expiry: NaiveDate::MIN };
        let past_date: Vec<_> = item.product.iter().map(|product| (*product, past)).collect();
        let offered = if let Command::TakeTender(take) = &command { take.foreign } else { None };
        let rate = offered.map(|foreign| foreign.rate).filter(|_| bytes[3] & 32 == 0);
        let new_voucher = GiftCardNumber::minted(Uuid::from_u128(self.count.into()));
        let campaigns = self.promoted.as_ref().map(|promoted| promoted.facts(Moment::utc(instant)));
        let facts = || Facts {
            moment: Moment::utc(instant),
            cashier: &cashier,
            approval: (bytes[3] & 2 == 0).then(|| Approval::of_identified(manager.clone())),
            policy: &self.policy,
            limits: self.policy.limits,
            counted: is_later && bytes[3] & 128 != 0,
            till: self.till,
            next: NewDocument {
                id: DocumentId::new(Uuid::from_u128(self.count.into())),
                receipt: self.count,
            },
            item: Some(&item),
            stock: if bytes[3] & 4 == 0 { &[] } else { &stock },
            past_date: if bytes[3] & 8 == 0 { &[] } else { &past_date },
            pieces: &[],
            drawer_in_use: false,
            checks_pieces: is_later && bytes[3] & 64 != 0,
            numbered: &[],
            refused_birth: None,
            customer: (bytes[3] & 8 == 0).then(customer),
            original: self.original(&self.state).filter(|_| needs_original),
            suspended: self.suspended.as_ref(),
            rate,
            new_voucher: Some(&new_voucher),
            cause: if bytes[3] & 16 == 0 { CancelCause::Cashier } else { CancelCause::TooOld },
            promotions: campaigns.as_ref().map(|campaigns| campaigns as &dyn Promotions),
        };
        let decided = decide(self.state.draft(), &command, facts());
        assert_eq!(decided, decide(self.state.draft(), &command, facts()), "the same again differs");
        let Ok(events) = decided else { return };
        self.apply(events);
        self.check_ends();
    }

    /// What goods come back from: of a document that is about a sale that sale, of any other the last.
    fn original(&self, state: &State) -> Option<&OriginalSale> {
        let of_open = state.draft().and_then(|draft| {
            let document = draft.document();
            document.exchange.as_deref().unwrap_or(document).original
        });
        self.sold.get(&of_open.or(self.last_sold)?)
    }

    fn apply(&mut self, events: Vec<Event>) {
        let is_about_suspended = self.state.draft().is_none()
            && events.iter().any(|event| {
                matches!(event, Event::DocumentResumed { .. } | Event::DocumentCancelled { .. })
            })
            && !events.iter().any(|event| matches!(event, Event::DocumentOpened(_)));
        if is_about_suspended && let Some(suspended) = self.suspended.take() {
            self.start = State::Suspended(Box::new(suspended));
            self.state = self.start.clone();
            self.journal.clear();
        }
        self.state = replay(std::mem::take(&mut self.state), &events);
        self.journal.extend(events);
        let replayed = replay(self.start.clone(), &self.journal);
        assert_eq!(replayed, self.state, "replaying the journal gives another state");
        self.check();
        match std::mem::take(&mut self.state) {
            State::Draft(draft) => self.state = State::Draft(draft),
            State::Suspended(suspended) => self.suspended = Some(*suspended),
            State::Completed(completed) => completed.into_iter().for_each(|document| self.keep(document)),
            State::Cancelled(cancelled) => self.figures.extend(DocumentFigures::cancelled(&cancelled)),
            State::Idle => {}
        }
        if self.state.draft().is_none() {
            self.journal.clear();
            self.start = State::Idle;
        }
    }

    /// Remembers a sale to bring goods back from, and what came back of it.
    fn keep(&mut self, completed: Completed) {
        self.figures.extend(DocumentFigures::of(&completed));
        let document = completed.document();
        if matches!(document.kind, Kind::Sale | Kind::Quote) && document.original.is_none() {
            let id = document.id;
            let sold = OriginalSale {
                sale: completed,
                earlier: Vec::new(),
                claw_back: ClawBack::default(),
                taken_back: Points::ZERO,
            };
            self.sold.insert(id, sold);
            self.last_sold = Some(id);
        } else if document.kind == Kind::Return
            && let Some(of) = document.original
            && let Some(sold) = self.sold.get_mut(&of)
        {
            sold.earlier.push(completed);
            let owed = |document: &Document| document.totals.net_due + document.totals.rounding;
            let back: Money = sold.earlier.iter().map(|back| owed(back.document())).sum();
            assert!(back <= owed(sold.sale.document()), "more came back than was paid");
        }
    }

    /// The report of the day is the same whichever way its documents are added up.
    fn close(&self) {
        let report: Report = self.figures.iter().cloned().collect();
        let (early, late) = self.figures.split_at(self.figures.len() / 2);
        let mut merged: Report = late.iter().rev().cloned().collect();
        merged.merge(&early.iter().cloned().collect());
        assert_eq!(report, merged);
        // What came in by all tenders, less what did not lie in the drawer, is what should lie there.
        let sum = |amount: fn(&TenderTotals) -> Money| report.tenders.values().map(amount).sum::<Money>();
        let elsewhere = report.tenders.iter().filter(|(kind, _)| **kind != TenderKind::Cash);
        let elsewhere: Money = elsewhere.map(|(_, totals)| totals.tendered - totals.refunds).sum();
        let cash = &report.cash;
        let moved = cash.paid_in - cash.paid_out - cash.drops + cash.tips;
        assert_eq!(cash.expected(cash.float), cash.float + sum(TenderTotals::net) - elsewhere + moved);
    }

    fn check(&self) {
        match &self.state {
            State::Draft(draft) => check_figures(draft.document()),
            State::Suspended(suspended) => check_figures(suspended.document()),
            State::Cancelled(cancelled) => check_figures(cancelled.document()),
            State::Completed(completed) => {
                for document in completed.iter().map(Completed::document) {
                    check_figures(document);
                    let is_paid =
                        matches!(document.kind, Kind::Sale | Kind::Return | Kind::Order | Kind::Layaway)
                            && !document.document_type.is_delivery();
                    assert!(!is_paid || document.totals.balance().is_zero(), "completed and not settled");
                }
            }
            State::Idle => {}
        }
    }
}

/// Lines, adjustments and taxes are what is owed; tenders less change are what is paid.
fn check_figures(document: &Document) {
    let totals = &document.totals;
    if document.kind == Kind::CashMovement {
        return;
    }
    let total: Money = document.active_lines().map(|line| line.total).sum();
    let tax: Money = document.active_lines().map(LineItem::tax).sum();
    assert_eq!((totals.total, totals.tax), (total, tax));
    let added = if document.tax_mode == TaxMode::Exclusive { tax } else { Money::ZERO };
    assert_eq!(totals.net_due, totals.total - totals.discount + totals.surcharge + added);
    assert!(!totals.net_due.is_negative(), "a document below nothing");
    for adjustment in &document.adjustments {
        let shares: Money = adjustment.shares.iter().map(|(_, share)| *share).sum();
        assert_eq!(shares, adjustment.amount, "shares do not add up");
    }
    for (tender, rest) in document.rests() {
        let (Rest::Lost { amount } | Rest::NewVoucher { amount, .. }) = rest;
        assert!(tender.kind == TenderKind::PrepaidCard && amount.is_positive(), "nothing is left of it");
    }
    for line in document.active_lines() {
        assert!(!line.total.is_negative() && !line.value().is_negative(), "a line below nothing");
    }
}

/// The command that four bytes mean.
fn command([which, a, b, c]: [u8; 4]) -> Option<Command> {
    let amount = Money::from_minor(i64::from(b) << (c & 15));
    let reason = (c & 1 == 0).then(|| "because".to_owned());
    let quantity = Quantity::try_new(Decimal::new(i64::from(b), u32::from(c & 3))).ok();
    if which >= later::FIRST {
        return Some(later::command([which - later::FIRST, a, b, c], quantity, reason));
    }
    Some(match which % 26 {
        0..=8 => return pricing_command([which % 26, a, b, c]),
        9 => Command::RedeemPoints { points: Points::new(a.into()), amount },
        10 => Command::AddNote {
            kind: NoteKind::General,
            line: None,
            text: "note".into(),
            on_receipt: c & 1 == 0,
        },
        11 => Command::AssignCustomer,
        12 => Command::ExemptTax { reason: "embassy".into(), kind: None, certificate: None },
        13 | 14 => Command::TakeTender(tender(a, b, c, amount)),
        15 => {
            Command::ResolveTender { tender: TenderNo(b.into()), approved: c & 1 == 0, authorisation: None }
        }
        16 => Command::VoidTender { tender: TenderNo(b.into()), reversal: reason.clone(), reason },
        17 => Command::GiveChange,
        18 => Command::Close,
        19 => Command::Suspend { name: None },
        20 => Command::Resume,
        21 => Command::Cancel { reason },
        22 => Command::CancelSuspended { reason },
        23 => Command::ExchangeForSale,
        24 => {
            let document_type = DocumentType::ALL[usize::from(a) % DocumentType::ALL.len()];
            let kinds = [Kind::Sale, Kind::Return, Kind::Quote, Kind::Order, Kind::Layaway, Kind::Purchase];
            Command::Open(OpenDocument::new(document_type, kinds[usize::from(b) % kinds.len()]))
        }
        _ if c & 1 == 0 => Command::ReturnLine(ReturnLine {
            line: LineNo(u32::from(a)),
            quantity: quantity?,
            state: GoodsState::New,
            restock: c & 8 == 0,
            reason,
            serials: Vec::new(),
        }),
        _ => {
            let kinds = [CashMovementKind::Float, CashMovementKind::PaidIn, CashMovementKind::CashDrop];
            Command::MoveCash { kind: kinds[usize::from(a) % 3], amount, reason: "till".into() }
        }
    })
}

/// The commands about lines and adjustments.
fn pricing_command([which, a, b, c]: [u8; 4]) -> Option<Command> {
    let amount = Money::from_minor(i64::from(b) << (c & 15));
    let line = LineNo(u32::from(b));
    let reason = (c & 1 == 0).then(|| "because".to_owned());
    let percent = || Percent::try_new(Decimal::new(i64::from(b) * 4 + i64::from(c & 3), 1)).ok();
    let adjust = || {
        let kind = if c & 4 == 0 { AdjustmentKind::Discount } else { AdjustmentKind::Surcharge };
        let value = if c & 8 == 0 {
            percent().map(AdjustmentValue::Percent)
        } else {
            Some(AdjustmentValue::Amount(amount))
        };
        value.map(|value| Adjust { kind, value, reason: reason.clone() })
    };
    let quantity = Quantity::try_new(Decimal::new(i64::from(b), u32::from(c & 3))).ok();
    let price = UnitPrice::try_new(Decimal::new(i64::from(b) << (c & 7), 2)).ok();
    Some(match which {
        0 => Command::AddLine(AddLine {
            quantity,
            price: price.filter(|_| c & 16 != 0),
            returned: (c & 32 != 0).then_some((GoodsState::Opened, true)),
            age: (c & 64 != 0).then_some(AgeEvidence::Looked),
            expiry: (c & 128 != 0).then_some(NaiveDate::MIN),
            ..AddLine::code("goods")
        }),
        1 => Command::AddLine(AddLine::department(DepartmentNo(1), price?)),
        2 => Command::RepeatLine { line },
        3 => Command::VoidLine { line, reason },
        4 => Command::ChangeQuantity { line, quantity: quantity? },
        5 => Command::OverridePrice { line, price: price?, reason },
        6 => Command::AdjustLine { line: (c & 16 != 0).then_some(line), adjust: adjust()? },
        7 => {
            let sources =
                [AdjustmentSource::Manager, AdjustmentSource::ServiceCharge, AdjustmentSource::DeliveryFee];
            Command::AdjustDocument {
                adjust: adjust()?,
                source: sources[usize::from(a % 3)].clone(),
                code: None,
            }
        }
        _ => Command::RemoveAdjustment { adjustment: AdjustmentNo(b.into()) },
    })
}

fn tender(a: u8, b: u8, c: u8, amount: Money) -> TakeTender {
    let kind = TenderKind::ALL[usize::from(a) % TenderKind::ALL.len()];
    let foreign = ForeignCash {
        currency: Currency::of(CurrencyCode::parse("EUR").expect("three letters")),
        amount,
        rate: ExchangeRate::parse("1.18").expect("a rate"),
    };
    TakeTender {
        amount: (b > 0).then_some(amount),
        foreign: (kind == TenderKind::ForeignCurrency && c & 16 == 0).then_some(foreign),
        tip: (c & 32 != 0).then_some(Tip { amount: Money::from_minor(b.into()), kind: TipKind::Card }),
        pending: c & 64 != 0,
        ..TakeTender::balance(kind)
    }
}
