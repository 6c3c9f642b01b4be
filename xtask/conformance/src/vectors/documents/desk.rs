//! A till without a disk: the document machine with the facts a case states.

use chrono::{DateTime, Utc};
use saleflex_core::{
    cashier::{OnDuty, Role},
    catalog::{DepartmentNo, Permissions, PriceRule, Sellable, Unit},
    customer::BuyerGaps,
    document::{
        AddLine, Command, CustomerFacts, Document, Event, Facts, MostChange, NewDocument, Policy, Refusal,
        State, TillFacts, decide, replay,
    },
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId, ProductId, StoreId, TerminalId},
    money::{Currency, Money},
    quantity::{Quantity, UnitPrice},
    tax::{TaxMode, TaxRate},
    time::Moment,
};
use uuid::Uuid;

/// The department all goods of these cases belong to.
pub(super) const DEPARTMENT: DepartmentNo = DepartmentNo(1);

/// The customer who is on a document where a case needs one.
const CUSTOMER: CustomerId = CustomerId::new(Uuid::from_u128(5));

pub(super) struct Desk {
    till: TillFacts,
    cashier: OnDuty,
    policy: Policy,
    state: State,
}

impl Desk {
    pub(super) fn new(currency: Currency) -> Self {
        let till = TillFacts {
            store: StoreId::new(Uuid::from_u128(1)),
            terminal: TerminalId::new(Uuid::from_u128(2)),
            currency,
            tax_mode: TaxMode::Inclusive,
            training: false,
            closure: ClosureNumber(1),
        };
        let cashier = OnDuty::with_role(CashierId::new(Uuid::from_u128(3)), Role::Administrator);
        Self {
            till,
            cashier,
            // The cases do not say who buys.
            policy: Policy {
                most_change: MostChange::Unlimited,
                invoice_needs_buyer: false,
                ..Policy::default()
            },
            state: State::Idle,
        }
    }

    pub(super) fn sell(&mut self, item: &Sellable, add: AddLine) -> Result<Vec<Event>, Refusal> {
        self.decide(&Command::AddLine(add), Some(item))
    }

    pub(super) fn run(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        self.decide(command, None)
    }

    fn decide(&mut self, command: &Command, item: Option<&Sellable>) -> Result<Vec<Event>, Refusal> {
        let moment = Moment::utc(DateTime::<Utc>::UNIX_EPOCH);
        let next = NewDocument { id: DocumentId::new(Uuid::from_u128(4)), receipt: 1 };
        let offered = if let Command::TakeTender(take) = command { take.foreign } else { None };
        let facts = Facts {
            item,
            customer: Some(CustomerFacts {
                id: CUSTOMER,
                account_limit: Some(Money::MAX),
                account_balance: Money::ZERO,
                gaps: BuyerGaps::default(),
                is_member: true,
            }),
            rate: offered.map(|notes| notes.rate),
            ..Facts::new(moment, &self.cashier, &self.policy, self.till, next)
        };
        let events = decide(self.state.draft(), command, facts)?;
        self.state = replay(std::mem::take(&mut self.state), &events);
        Ok(events)
    }

    /// The document, open or completed.
    pub(super) fn document(&self) -> Result<&Document, String> {
        match &self.state {
            State::Draft(draft) => Ok(draft.document()),
            State::Completed(completed) => Ok(completed.last().ok_or("nothing completed")?.document()),
            other @ (State::Idle | State::Suspended(_) | State::Cancelled(_)) => {
                Err(format!("no document: {other:?}"))
            }
        }
    }

    pub(super) const fn is_completed(&self) -> bool {
        matches!(self.state, State::Completed(_))
    }
}

/// A product at a price; a price of nothing is meant.
pub(super) fn product(price: UnitPrice, rate: TaxRate) -> Sellable {
    Sellable { product: Some(ProductId::new(Uuid::from_u128(6))), price, ..department(rate) }
}

/// What a department key sells.
pub(super) fn department(rate: TaxRate) -> Sellable {
    Sellable {
        product: None,
        code: "1".into(),
        barcode: None,
        name: "Goods".into(),
        department: DEPARTMENT,
        sub_department: None,
        unit: Unit { code: "X".into(), decimals: 4, measure: None },
        price: UnitPrice::ZERO,
        price_rule: PriceRule::MayBeFree,
        cost_price: None,
        max_price: None,
        taxes: vec![rate],
        permissions: Permissions::default(),
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
