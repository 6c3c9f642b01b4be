//! A counter in memory: it looks facts up, runs commands through checkout, keeps what they lead to, and checks
//! after each of them what must hold of every document.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeZone, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue, ClawBack},
    campaign::{Campaign, CampaignSet, Coupon, Shopper, Uses},
    cashier::{Approval, OnDuty, Role},
    catalog::{DepartmentNo, Permissions, PriceRule, Sellable, Unit},
    checkout::{self, Campaigns, Effects, Memory, Outcome, ProductTraits},
    customer::BuyerGaps,
    document::{
        AddLine, Adjust, CancelCause, Cancelled, Command, Completed, CustomerFacts, Document, DocumentType,
        Draft, Event, Facts, Kind, KnownPiece, MostChange, NewDocument, OpenDocument, OriginalSale, PastDate,
        Policy, Promotions, Refusal, ReturnLine, State, Suspended, TakeTender, TillFacts, replay,
    },
    ids::{
        CampaignId, CashierId, ClosureNumber, CustomerId, DocumentId, LineNo, ProductId, StoreId, TerminalId,
    },
    money::{Currency, CurrencyCode, Money},
    quantity::{ExchangeRate, Percent, Points, Quantity, UnitPrice},
    tax::{TaxMode, TaxRate},
    tender::{GiftCardNumber, TenderKind},
    time::Moment,
};
use uuid::Uuid;

use crate::support::invariants::{check_document, check_figures, check_trail};

mod invariants;

/// The cashier who sells here.
pub(crate) const CASHIER: CashierId = CashierId::new(Uuid::from_u128(0xCA));
/// The manager who stands by.
pub(crate) const MANAGER: CashierId = CashierId::new(Uuid::from_u128(0x3A));
/// A customer with an account of 100.00.
pub(crate) const CUSTOMER: CustomerId = CustomerId::new(Uuid::from_u128(0xC0));

/// What [`goods`] are.
pub(crate) const GOODS: ProductId = ProductId::new(Uuid::from_u128(0x600D5));

/// Campaigns in force, coupons on file and how often both were used.
pub(crate) struct Promoted {
    pub(crate) set: CampaignSet,
    pub(crate) coupons: Vec<(Coupon, u32)>,
    pub(crate) uses: BTreeMap<CampaignId, Uses>,
    pub(crate) traits: BTreeMap<ProductId, ProductTraits>,
    pub(crate) memory: Memory,
    /// Who buys, as far as campaigns are to know.
    pub(crate) shopper: Option<Shopper>,
}

impl Promoted {
    pub(crate) fn by(campaigns: Vec<Campaign>) -> Self {
        let set = CampaignSet::compile(campaigns).unwrap();
        Self {
            set,
            coupons: Vec::new(),
            uses: BTreeMap::new(),
            traits: BTreeMap::new(),
            memory: Memory::default(),
            shopper: None,
        }
    }

    pub(crate) fn facts(&self, moment: Moment) -> Campaigns<'_> {
        Campaigns {
            set: &self.set,
            moment,
            channel: None,
            shopper: self.shopper.clone(),
            uses: self.uses.clone(),
            coupons: self.coupons.clone(),
            traits: &self.traits,
            memory: Some(&self.memory),
        }
    }
}

/// A counter with one till.
pub(crate) struct Counter {
    pub(crate) policy: Policy,
    /// The cashier stands by how many there are.
    pub(crate) counted: bool,
    pub(crate) till: TillFacts,
    pub(crate) now: Moment,
    pub(crate) cashier: OnDuty,
    /// The manager who stands by, and why they agree to what follows.
    pub(crate) approver: Option<OnDuty>,
    pub(crate) approver_says: Option<String>,
    pub(crate) customer: Option<CustomerFacts>,
    pub(crate) stock: Option<Decimal>,
    /// How the goods stand of which pieces past their date lie on the shelf.
    pub(crate) past_date: Option<PastDate>,
    /// What is known of the pieces of the goods; nobody asks for others while nothing is said.
    pub(crate) pieces: Option<Vec<KnownPiece>>,
    /// The products that have numbers by now.
    pub(crate) numbered: Vec<ProductId>,
    /// Whether cash moved in the drawer in the period.
    pub(crate) drawer_in_use: bool,
    /// The rates of the day; whatever is offered while nothing is said.
    pub(crate) rates: Option<BTreeMap<CurrencyCode, ExchangeRate>>,
    /// On whose account documents are closed.
    pub(crate) cause: CancelCause,
    /// The campaigns in force.
    pub(crate) promotions: Option<Promoted>,
    /// The receipt the return or quote to come is about.
    pub(crate) receipt: Option<DocumentId>,
    pub(crate) draft: Option<Draft>,
    pub(crate) parked: Vec<Suspended>,
    /// The name the last document was put aside under.
    pub(crate) suspended_name: Option<String>,
    pub(crate) completed: Vec<Completed>,
    pub(crate) cancelled: Vec<Cancelled>,
    /// What the last command did outside the document.
    pub(crate) effects: Effects,
    /// What happened to each document, in order.
    pub(crate) journal: BTreeMap<DocumentId, Vec<Event>>,
    next_id: u128,
}

impl Counter {
    /// A counter that sells in pounds, tax in the price, with a manager as its cashier and no limits.
    pub(crate) fn new() -> Self {
        let till = TillFacts {
            store: StoreId::new(Uuid::from_u128(1)),
            terminal: TerminalId::new(Uuid::from_u128(2)),
            currency: currency("GBP"),
            tax_mode: TaxMode::Inclusive,
            training: false,
            closure: ClosureNumber(2),
        };
        Self {
            policy: Policy {
                most_change: MostChange::Unlimited,
                invoice_needs_buyer: false,
                ..Policy::default()
            },
            counted: false,
            till,
            now: moment("2025-04-06 10:00"),
            cashier: OnDuty::with_role(CASHIER, Role::Manager),
            approver: None,
            approver_says: None,
            customer: None,
            stock: None,
            past_date: None,
            pieces: None,
            drawer_in_use: false,
            numbered: Vec::new(),
            rates: None,
            cause: CancelCause::Cashier,
            promotions: None,
            receipt: None,
            draft: None,
            parked: Vec::new(),
            suspended_name: None,
            completed: Vec::new(),
            cancelled: Vec::new(),
            effects: Effects::default(),
            journal: BTreeMap::new(),
            next_id: 1_000,
        }
    }

    pub(crate) fn in_currency(code: &str) -> Self {
        let mut counter = Self::new();
        counter.till.currency = currency(code);
        counter
    }

    /// One whose smallest coin is of five minor units.
    pub(crate) fn with_five_step() -> Self {
        let mut counter = Self::new();
        counter.till.currency = currency("GBP").with_cash_step(m(5));
        counter
    }

    /// One that adds tax to its prices.
    pub(crate) fn exclusive() -> Self {
        let mut counter = Self::in_currency("USD");
        counter.till.tax_mode = TaxMode::Exclusive;
        counter
    }

    /// One whose cashier may sell and nothing else.
    pub(crate) fn with_plain_cashier() -> Self {
        let mut counter = Self::new();
        counter.cashier = OnDuty::with_role(CASHIER, Role::Cashier);
        counter
    }

    /// Lets the manager stand by for what follows.
    pub(crate) fn approve(&mut self) {
        self.approver = Some(OnDuty::with_role(MANAGER, Role::Manager));
    }

    pub(crate) fn customer_account(&mut self, limit: Option<i64>, balance: i64) {
        let account_limit = limit.map(m);
        let gaps = BuyerGaps::default();
        self.customer = Some(CustomerFacts {
            id: CUSTOMER,
            account_limit,
            account_balance: m(balance),
            gaps,
            is_member: true,
        });
    }

    /// Closes the period, on the next morning.
    pub(crate) fn next_period(&mut self) {
        self.till.closure = self.till.closure.next();
        self.now = Moment::utc(self.now.instant + chrono::TimeDelta::days(1));
    }

    pub(crate) fn run(&mut self, command: &Command) -> Result<Outcome, Refusal> {
        self.run_about(command, None, None)
    }

    /// Sells or takes back one of an item.
    pub(crate) fn add(&mut self, item: &Sellable) -> Result<Outcome, Refusal> {
        self.add_as(item, AddLine::code(item.code.clone()))
    }

    pub(crate) fn add_as(&mut self, item: &Sellable, add: AddLine) -> Result<Outcome, Refusal> {
        self.run_about(&Command::AddLine(add), Some(item), None)
    }

    pub(crate) fn take_empties(&mut self, item: &Sellable, times: &str) -> Result<Outcome, Refusal> {
        let empties = Command::TakeEmpties { entered: item.code.clone(), quantity: Some(quantity(times)) };
        self.run_about(&empties, Some(item), None)
    }

    /// Sells so many of something at a price, taxed at 20 %.
    pub(crate) fn sell(&mut self, times: &str, price: &str) {
        self.add_as(&goods(price), AddLine::code("G").times(quantity(times))).unwrap();
    }

    pub(crate) fn resume(&mut self, at: usize) -> Result<Outcome, Refusal> {
        let suspended = self.parked[at].clone();
        let outcome = self.run_about(&Command::Resume, None, Some(&suspended))?;
        self.parked.remove(at);
        Ok(outcome)
    }

    pub(crate) fn cancel_parked(&mut self, at: usize) -> Result<Outcome, Refusal> {
        let suspended = self.parked[at].clone();
        let outcome = self.run_about(&Command::CancelSuspended { reason: None }, None, Some(&suspended))?;
        self.parked.remove(at);
        Ok(outcome)
    }

    pub(crate) fn pay(&mut self, kind: TenderKind, amount: i64) -> Result<Outcome, Refusal> {
        self.run(&Command::TakeTender(TakeTender::amount(kind, m(amount))))
    }

    pub(crate) fn pay_rest(&mut self, kind: TenderKind) -> Result<Outcome, Refusal> {
        self.run(&Command::TakeTender(TakeTender::balance(kind)))
    }

    /// Asks a provider for so much.
    pub(crate) fn pay_pending(&mut self, kind: TenderKind, amount: i64) -> Result<Outcome, Refusal> {
        self.run(&Command::TakeTender(TakeTender { pending: true, ..TakeTender::amount(kind, m(amount)) }))
    }

    pub(crate) fn open(&mut self, document_type: DocumentType, kind: Kind) -> Result<Outcome, Refusal> {
        self.run(&Command::Open(OpenDocument::new(document_type, kind)))
    }

    /// Begins a return of a completed sale.
    pub(crate) fn open_return(&mut self, sale: DocumentId) -> Result<Outcome, Refusal> {
        self.receipt = Some(sale);
        self.open(DocumentType::Return, Kind::Return)
    }

    pub(crate) fn take_back(&mut self, line: u32, times: &str) -> Result<Outcome, Refusal> {
        self.run(&Command::ReturnLine(return_line(line, times)))
    }

    pub(crate) fn void_line(&mut self, line: u32) -> Result<Outcome, Refusal> {
        self.run(&Command::VoidLine { line: LineNo(line), reason: None })
    }

    pub(crate) fn void_tender(&mut self, tender: u32) -> Result<Outcome, Refusal> {
        self.void_tender_with(tender, None)
    }

    /// Takes a tender back after its provider reversed it.
    pub(crate) fn void_tender_with(
        &mut self,
        tender: u32,
        reversal: Option<&str>,
    ) -> Result<Outcome, Refusal> {
        let tender = saleflex_core::ids::TenderNo(tender);
        self.run(&Command::VoidTender { tender, reason: None, reversal: reversal.map(Into::into) })
    }

    pub(crate) fn resolve(&mut self, tender: u32, approved: bool) -> Result<Outcome, Refusal> {
        let tender = saleflex_core::ids::TenderNo(tender);
        self.run(&Command::ResolveTender { tender, approved, authorisation: Some("A1".into()) })
    }

    pub(crate) fn adjust(
        &mut self,
        kind: AdjustmentKind,
        value: AdjustmentValue,
    ) -> Result<Outcome, Refusal> {
        self.run(&Command::AdjustLine { line: None, adjust: Adjust { kind, value, reason: None } })
    }

    /// Discounts or surcharges the document.
    pub(crate) fn adjust_document(
        &mut self,
        source: AdjustmentSource,
        value: AdjustmentValue,
    ) -> Result<Outcome, Refusal> {
        let is_charge = matches!(
            source,
            AdjustmentSource::ServiceCharge
                | AdjustmentSource::DeliveryFee
                | AdjustmentSource::ConvenienceFee
        );
        let kind = if is_charge { AdjustmentKind::Surcharge } else { AdjustmentKind::Discount };
        let adjust = Adjust { kind, value, reason: None };
        self.run(&Command::AdjustDocument { adjust, source, code: None })
    }

    pub(crate) fn redeem(&mut self, points: i64, amount: i64) -> Result<Outcome, Refusal> {
        self.run(&Command::RedeemPoints { points: Points::new(points), amount: m(amount) })
    }

    /// The open document.
    pub(crate) fn document(&self) -> &Document {
        self.draft.as_ref().expect("a document is open").document()
    }

    /// The last completed document.
    pub(crate) fn last(&self) -> &Document {
        self.completed.last().expect("something completed").document()
    }

    /// The original sale as a lookup would find it.
    pub(crate) fn original(&self, id: DocumentId) -> Option<OriginalSale> {
        let sale = self.completed.iter().find(|known| known.document().id == id)?.clone();
        let is_return = |known: &&Completed| {
            known.document().kind == Kind::Return && known.document().original == Some(id)
        };
        Some(OriginalSale {
            sale,
            earlier: self.completed.iter().filter(is_return).cloned().collect(),
            claw_back: ClawBack::default(),
            taken_back: Points::ZERO,
        })
    }

    fn run_about(
        &mut self,
        command: &Command,
        item: Option<&Sellable>,
        suspended: Option<&Suspended>,
    ) -> Result<Outcome, Refusal> {
        let wanted = match command {
            Command::Open(_) | Command::TakeBack { .. } => self.receipt.take(),
            _ => self.draft.as_ref().map(Draft::document).and_then(|document| match &document.exchange {
                Some(returned) => returned.original,
                None => document.original,
            }),
        };
        let original = wanted.and_then(|id| self.original(id));
        let stock: Vec<_> = self.stock.iter().map(|level| (GOODS, *level)).collect();
        let past_date: Vec<_> = self.past_date.iter().map(|past| (GOODS, *past)).collect();
        let approval = || {
            let approver = self.approver.clone()?;
            Some(Approval::of_identified(approver).because(self.approver_says.clone()))
        };
        let campaigns = self.promotions.as_ref().map(|promoted| promoted.facts(self.now));
        let offered = if let Command::TakeTender(take) = command { take.foreign } else { None };
        let rate = offered.and_then(|foreign| match &self.rates {
            Some(rates) => rates.get(&foreign.currency.code()).copied(),
            None => Some(foreign.rate),
        });
        let new_voucher = GiftCardNumber::minted(Uuid::from_u128(self.next_id));
        let facts = || Facts {
            moment: self.now,
            cashier: &self.cashier,
            approval: approval(),
            policy: &self.policy,
            limits: self.policy.limits,
            counted: self.counted,
            till: self.till,
            next: NewDocument {
                id: DocumentId::new(Uuid::from_u128(self.next_id)),
                receipt: self.next_receipt(),
            },
            item,
            stock: &stock,
            past_date: &past_date,
            pieces: self.pieces.as_deref().unwrap_or_default(),
            drawer_in_use: self.drawer_in_use,
            checks_pieces: self.pieces.is_some(),
            numbered: &self.numbered,
            refused_birth: None,
            customer: self.customer,
            original: original.as_ref(),
            suspended,
            rate,
            new_voucher: Some(&new_voucher),
            cause: self.cause,
            promotions: campaigns.as_ref().map(|campaigns| campaigns as &dyn Promotions),
        };
        let outcome = checkout::run(self.draft.as_ref(), command, facts())?;
        let again = checkout::run(self.draft.as_ref(), command, facts());
        assert_eq!(again.as_ref(), Ok(&outcome), "the same draft, command and facts decide the same");
        if self.approver.is_some() {
            let before = suspended.map(Suspended::document).or(self.draft.as_ref().map(Draft::document));
            check_trail(&outcome.events, self.now, before);
        }
        self.keep(&outcome, suspended);
        Ok(outcome)
    }

    /// One more than the highest number in use in the period.
    fn next_receipt(&self) -> u32 {
        let documents = self
            .completed
            .iter()
            .map(Completed::document)
            .chain(self.cancelled.iter().map(Cancelled::document))
            .chain(self.parked.iter().map(Suspended::document))
            .chain(self.draft.as_ref().map(Draft::document).filter(|draft| !draft.lines.is_empty()));
        let numbers = documents.flat_map(|document| {
            let exchanged = document.exchange.iter().map(|returned| returned.number);
            std::iter::once(document.number).chain(exchanged).chain(document.spent_numbers.iter().copied())
        });
        let used = numbers.filter(|number| number.closure == self.till.closure).map(|number| number.receipt);
        used.max().unwrap_or(0) + 1
    }

    fn keep(&mut self, outcome: &Outcome, suspended: Option<&Suspended>) {
        self.next_id += 1;
        let is_beside = suspended.is_some() && matches!(outcome.state, State::Cancelled(_));
        let open = if is_beside { None } else { self.draft.as_ref().map(|draft| draft.document().id) };
        self.write_journal(&outcome.events, open, suspended.map(|parked| parked.document().id));
        self.effects = outcome.effects.clone();
        self.suspended_name.clone_from(&outcome.suspended_name);
        self.draft.take_if(|_| !is_beside);
        match &outcome.state {
            State::Idle => {}
            State::Draft(draft) => {
                check_document(draft.document(), false);
                self.draft = Some(draft.as_ref().clone());
            }
            State::Suspended(suspended) => self.parked.push(suspended.as_ref().clone()),
            State::Completed(documents) => {
                for completed in documents {
                    check_document(completed.document(), true);
                }
                assert_eq!(documents, &outcome.effects.completed);
                check_figures(&outcome.effects);
                self.completed.extend(documents.iter().cloned());
            }
            State::Cancelled(cancelled) => {
                check_figures(&outcome.effects);
                self.cancelled.push(cancelled.as_ref().clone());
            }
        }
        self.replay(&outcome.state);
    }

    /// Each event goes to the journal of its document, as the disk would keep it.
    fn write_journal(&mut self, events: &[Event], open: Option<DocumentId>, suspended: Option<DocumentId>) {
        let mut current = open;
        for event in events {
            match event {
                Event::DocumentOpened(opened) => current = Some(opened.id),
                Event::DocumentAbandoned { document } => {
                    self.journal.remove(document);
                    current = suspended;
                    continue;
                }
                Event::DrawerOpened { .. } => continue,
                Event::ApprovalExplained { .. } if current.or(suspended).is_none() => continue,
                _ => {}
            }
            let id = current.or(suspended).expect("an event belongs to a document");
            let text = serde_json::to_string(event).expect("events can be written");
            let read: Event = serde_json::from_str(&text).expect("what was written can be read");
            assert_eq!(&read, event, "{text}");
            let journal = match event {
                // From here on the journal tells of the sale and of the return inside it.
                Event::ExchangeStarted { sale } => {
                    let returned = self.journal.remove(&id).unwrap_or_default();
                    current = Some(sale.id);
                    self.journal.entry(sale.id).or_insert(returned)
                }
                _ => self.journal.entry(id).or_default(),
            };
            journal.push(read);
        }
    }

    /// Replaying a document's whole journal from nothing gives its present state.
    fn replay(&self, state: &State) {
        let document = match state {
            State::Idle => return,
            State::Draft(draft) => draft.document(),
            State::Suspended(suspended) => suspended.document(),
            State::Completed(documents) => documents.last().expect("not empty").document(),
            State::Cancelled(cancelled) => cancelled.document(),
        };
        let journal = &self.journal[&document.id];
        assert_eq!(&replay(State::Idle, journal), state, "replayed from {journal:#?}");
        let text = serde_json::to_string(document).expect("documents can be written");
        assert_eq!(&serde_json::from_str::<Document>(&text).expect("and read"), document);
    }
}

/// Minor units.
pub(crate) const fn m(minor: i64) -> Money {
    Money::from_minor(minor)
}

pub(crate) fn currency(code: &str) -> Currency {
    Currency::of(CurrencyCode::parse(code).unwrap())
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

pub(crate) fn price(text: &str) -> UnitPrice {
    UnitPrice::parse(text).unwrap()
}

pub(crate) fn percent(text: &str) -> AdjustmentValue {
    AdjustmentValue::Percent(Percent::parse(text).unwrap())
}

pub(crate) fn amount(minor: i64) -> AdjustmentValue {
    AdjustmentValue::Amount(m(minor))
}

/// A local date and time in a shop whose clock runs on UTC.
pub(crate) fn moment(text: &str) -> Moment {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    Moment::utc(Utc.from_utc_datetime(&local))
}

pub(crate) fn rate(no: u16, percent: &str) -> TaxRate {
    TaxRate {
        no,
        name: format!("{percent} %"),
        percent: Percent::parse(percent).unwrap(),
        jurisdiction: None,
    }
}

/// Something sold by the piece, at a price, taxed at 20 %.
pub(crate) fn goods(at: &str) -> Sellable {
    Sellable {
        product: Some(GOODS),
        code: "G".into(),
        barcode: None,
        name: "Goods".into(),
        department: DepartmentNo(1),
        sub_department: None,
        unit: Unit { code: "PCS".into(), decimals: 0, measure: None },
        price: price(at),
        price_rule: PriceRule::Fixed,
        cost_price: None,
        max_price: None,
        taxes: vec![rate(4, "20")],
        permissions: Permissions { negative_stock: true, ..Permissions::default() },
        minimum_age: None,
        return_days: None,
        pack_quantity: Quantity::ONE,
        embedded_quantity: None,
        embedded_total: None,
        container: None,
        is_container: false,
        has_serials: false,
    }
}

/// The same, taxed at other rates.
pub(crate) fn taxed(at: &str, percents: &[&str]) -> Sellable {
    let taxes = (1..).zip(percents).map(|(no, percent)| rate(no, percent)).collect();
    Sellable { taxes, ..goods(at) }
}

/// Something sold by weight, to the gram.
pub(crate) fn weighed(at: &str) -> Sellable {
    Sellable { code: "W".into(), unit: Unit { code: "KG".into(), decimals: 3, measure: None }, ..goods(at) }
}

/// What a department key sells, at most at a price.
pub(crate) fn department(max: Option<&str>) -> Sellable {
    Sellable { product: None, code: "1".into(), max_price: max.map(price), ..goods("0") }
}

pub(crate) fn return_line(line: u32, times: &str) -> ReturnLine {
    ReturnLine {
        line: LineNo(line),
        quantity: quantity(times),
        state: saleflex_core::basket::GoodsState::New,
        restock: true,
        reason: None,
        serials: Vec::new(),
    }
}

/// A sale as if one word of what priced it had been recorded otherwise. Only what was written can be: a sale does not change.
pub(crate) fn priced_by(sale: &Completed, word: &str, said: serde_json::Value) -> Completed {
    let mut told = serde_json::to_value(sale).unwrap();
    told["pricing"][word] = said;
    serde_json::from_value(told).unwrap()
}
