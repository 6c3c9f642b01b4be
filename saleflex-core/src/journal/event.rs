//! What can happen at a till.

use alloc::{boxed::Box, collections::BTreeSet, string::String, vec::Vec};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::made_with::{FirstShelves, MadeWith};
use crate::{
    authority::Authority,
    campaign::{CampaignChange, Coupon},
    cashier::{
        Capability, RoleDefinition,
        lock::{Lock, Unlocked},
        note::SessionNote,
        rating::CashierRating,
        session::{Break, Termination},
        target::Target,
        time_clock::ClockEntry,
        tip_pool::TipDistribution,
    },
    catalog::{CatalogChange, Reference},
    closure::{
        Closure, Correction,
        drawer::{CashByCashier, DrawerCount, EnteredCount},
    },
    customer::{CustomerChange, segment::Segment},
    digest::Digest,
    document,
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId, StoreId, TerminalId},
    inventory::{Limits, Place, StockAct},
    loyalty::{LoyaltyAct, Program},
    money::{Currency, CurrencyCode},
    quantity::ExchangeRate,
    settings::Settings,
    tax::TaxMode,
};

/// What happened at a till: a variant for each thing that can be committed. A new area of the till adds its own.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A command on a document: what happened to it, in order.
    Document(Vec<document::Event>),
    /// A period was closed and the next one opened.
    PeriodClosed(Box<Closure>),
    /// Paper that was printed before was printed once more, marked as a copy.
    CopyPrinted {
        /// What the paper was printed of.
        of: CopyOf,
    },
    /// Somebody who may use a function of a screen let the cashier use it.
    FunctionAllowed {
        /// The screen, as its definition calls it.
        screen: String,
        /// The control on it.
        control: String,
        /// What it asks for.
        capability: Capability,
        /// Who used it, and who agreed.
        authority: Authority,
        /// What the control says on the screen; older tills did not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<String>,
        /// The document that was open.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<DocumentId>,
        /// What whoever agreed said about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The till was made: the first entry of every journal.
    TillCreated {
        /// The store the till stands in.
        store: StoreId,
        /// The till's id, which it keeps for life.
        terminal: TerminalId,
        /// The currency it sells in.
        currency: Currency,
        /// Whether its prices contain tax.
        tax_mode: TaxMode,
        /// The life of this file.
        epoch: Uuid,
        /// The digest of what is in stock at first, [`opening_stock`](super::opening_stock).
        opening_stock: Digest,
        /// What it was set to at first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        made_with: Option<Box<MadeWith>>,
    },
    /// A copy of the file was opened: what follows is another life.
    EpochBegan {
        /// The new life.
        epoch: Uuid,
        /// The number that the open period closes under from here on; of an earlier version none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closes_as: Option<ClosureNumber>,
    },
    /// Another life of the file used the periods before this one: the open one takes its number, or closes under it.
    PeriodLifted {
        /// The least number from here on.
        next: ClosureNumber,
        /// Whether the open period closes under it; of an earlier version never.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        closes_as: bool,
    },
    /// A cashier logged in.
    LoggedIn {
        /// The cashier who logged in.
        cashier: CashierId,
        /// Minutes that their work session is planned for, where the store says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        planned_min: Option<u32>,
        /// Whether it was for one command of a script, so that no work session begins with it.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        for_command: bool,
    },
    /// A cashier logged out.
    LoggedOut {
        /// The cashier who logged out.
        cashier: CashierId,
    },
    /// Somebody tried to log in. What was typed is not kept: it may be a secret in the wrong field.
    LogInRefused {
        /// Whose user name it was, where it was anybody's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cashier: Option<CashierId>,
    },
    /// A cashier was added or changed.
    CashierChanged {
        /// The cashier who was added or changed.
        cashier: CashierId,
        /// What they may do now.
        capabilities: BTreeSet<Capability>,
        /// Whether they may log in.
        is_active: bool,
    },
    /// A cashier has another secret.
    SecretChanged {
        /// The cashier whose secret it is; the secret itself is in no entry.
        cashier: CashierId,
    },
    /// Products or barcodes were changed.
    CatalogChanged {
        /// The records that were put in, changed or taken out.
        change: Box<CatalogChange>,
        /// Whether new products came with goods on the shelf: the posting of the entry.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        opens_stock: bool,
        /// When to reorder what was imported.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        limits: Vec<(Place, Limits)>,
    },
    /// Tax rates, departments, units and masks were replaced.
    ReferenceReplaced {
        /// All the reference records as they are now.
        reference: Box<Reference>,
        /// What they were.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Box<Reference>>,
    },
    /// Campaigns were saved or withdrawn.
    CampaignsChanged {
        /// The definitions that were saved and those withdrawn.
        change: Box<CampaignChange>,
    },
    /// Coupons were added or changed.
    CouponsSaved {
        /// As they are now.
        coupons: Vec<Coupon>,
    },
    /// Customers' records came from a hub. Who they are stands in their rows alone.
    CustomersTaken {
        /// The customers whose records came.
        customers: Vec<CustomerId>,
    },
    /// An exchange rate was set.
    RateSet {
        /// The foreign currency, never the till's own.
        currency: CurrencyCode,
        /// What one unit of the till's currency buys of it; none: it is no longer taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<ExchangeRate>,
    },
    /// The settings were changed.
    SettingsChanged {
        /// All the settings as they are now.
        settings: Box<Settings>,
        /// All the settings before, where the entry tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Box<Settings>>,
        /// What each cashier had of the cash of the open period, where the drawers of the settings were changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cash: Option<CashByCashier>,
    },
    /// A screen was changed.
    FormChanged {
        /// The number of the screen.
        form_no: u16,
        /// The digest of its definition.
        digest: Digest,
    },
    /// A screen of the shop's own was taken out.
    FormRemoved {
        /// The number of the screen.
        form_no: u16,
        /// What it was called.
        name: String,
    },
    /// An event that a hub would not take was written off by a person: it will never be sent.
    DeliveryDiscarded {
        /// The connector that it was to go to.
        connector: String,
        /// Its number for that connector.
        no: u64,
        /// Why, in the words of whoever wrote it off.
        reason: String,
    },
    /// Somebody chose the hub that the till works with, whether it takes the till in or not.
    HubChosen {
        /// The connector it is reached by; none: the till works on its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        connector: Option<String>,
        /// Where the hub was before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<String>,
        /// The address of the hub from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// Where the connector is new: what the till was made with on its shelves. Only such a choice travels.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shelves: Option<Box<FirstShelves>>,
    },
    /// A drawer was counted while its period is open.
    DrawerCounted(Box<DrawerCount>),
    /// A count was entered and not accepted, since the drawer differs by more than the store lets pass. It is kept before
    /// whoever counted hears of it.
    CountRefused(EnteredCount),
    /// A buyer was too young for what they wanted, and it was not sold. When they were born stands nowhere.
    AgeRefused(document::AgeRefused),
    /// A closed period was corrected.
    ClosureCorrected(Box<Correction>),
    /// The same since corrections travel: those that an older program made stayed at their till.
    ClosureAmended(Box<Correction>),
    /// A cashier went on a break.
    BreakStarted {
        /// The cashier who went.
        cashier: CashierId,
        /// What for, how long, by whose leave.
        pause: Break,
    },
    /// A cashier came back from a break.
    BreakEnded {
        /// The cashier who came back.
        cashier: CashierId,
    },
    /// A work session was ended by another than its cashier.
    SessionTerminated {
        /// The cashier whose session it was.
        cashier: CashierId,
        /// What ended it.
        cause: Termination,
    },
    /// The till was locked, with what was on screen.
    Locked(Lock),
    /// The till was unlocked.
    Unlocked {
        /// The cashier who unlocked it: the one of the lock, or whoever took over.
        by: CashierId,
        /// By its cashier, or taken over.
        unlocked: Unlocked,
    },
    /// Somebody used the time clock, or a record of it was corrected.
    ClockPunched(Box<ClockEntry>),
    /// Tips were shared out.
    TipsDistributed {
        /// The period that the tips were given in.
        closure: ClosureNumber,
        /// Who got how much, and by which rule.
        distribution: Box<TipDistribution>,
    },
    /// A target was set or changed.
    TargetSet {
        /// The target's id, which stays when it is changed.
        target: Uuid,
        /// What it is now.
        goals: Box<Target>,
    },
    /// Somebody entered what was said of a cashier's service.
    CashierRated(Box<CashierRating>),
    /// Somebody noted something of a work session or a break.
    SessionNoted(Box<SessionNote>),
    /// A shop's own role was added or changed; who holds it keeps what they hold until they are given it anew.
    RoleChanged(Box<RoleDefinition>),
    /// Something happened to a customer's record. Who it is stands in the customer's row alone.
    Customer(CustomerChange),
    /// Something was decided about memberships.
    Loyalty(LoyaltyAct),
    /// What time brings for members and segments was done for a date, or a part of it.
    DayStarted {
        /// The local date.
        date: NaiveDate,
        /// Whether more of it follows in further entries.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        is_more: bool,
    },
    /// A loyalty program was made or changed.
    ProgramSaved {
        /// As it is now.
        program: Box<Program>,
        /// How the campaigns change that give what its tiers take off.
        #[serde(default, skip_serializing_if = "CampaignChange::is_empty")]
        campaigns: CampaignChange,
    },
    /// A segment was made or changed.
    SegmentSaved {
        /// As it is now.
        segment: Box<Segment>,
    },
    /// Something was done with stock; what moved is the posting of the entry.
    Stock(Box<StockAct>),
}

/// A function of a screen as it was shown to whoever used it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct UsedFunction {
    /// The screen, as its definition calls it.
    pub screen: String,
    /// The control on it.
    pub control: String,
    /// What the control says.
    pub words: String,
}

/// What a copy was printed of.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyOf {
    /// A finished document: its receipt or cancellation slip.
    Document(DocumentId),
    /// A closed period: its Z report.
    Period(ClosureNumber),
}

impl Event {
    /// How it changed campaigns, where it did.
    pub fn campaign_change(&self) -> Option<&CampaignChange> {
        if let Self::CampaignsChanged { change } = self {
            Some(change)
        } else if let Self::ProgramSaved { campaigns, .. } = self {
            Some(campaigns)
        } else {
            None
        }
    }

    /// What kind it is; of a document's it depends on whether it finished one.
    pub(super) const fn kind(&self, is_finished: bool) -> EventKind {
        match self {
            Self::Document(_) if is_finished => EventKind::Transaction,
            Self::Document(_) => EventKind::Step,
            Self::PeriodClosed(_) => EventKind::Closure,
            Self::ClosureAmended(_) => EventKind::ClosureCorrection,
            Self::Customer(_) => EventKind::Customer,
            Self::Loyalty(_) | Self::DayStarted { .. } => EventKind::Loyalty,
            Self::Stock(act) if act.moves() => EventKind::StockMovement,
            Self::CatalogChanged { opens_stock: true, .. } | Self::HubChosen { shelves: Some(_), .. } => {
                EventKind::StockMovement
            }
            Self::Stock(_)
            | Self::TillCreated { .. }
            | Self::EpochBegan { .. }
            | Self::PeriodLifted { .. }
            | Self::CustomersTaken { .. }
            | Self::CopyPrinted { .. }
            | Self::FunctionAllowed { .. }
            | Self::LoggedIn { .. }
            | Self::LoggedOut { .. }
            | Self::LogInRefused { .. }
            | Self::CashierChanged { .. }
            | Self::SecretChanged { .. }
            | Self::CatalogChanged { .. }
            | Self::ReferenceReplaced { .. }
            | Self::CampaignsChanged { .. }
            | Self::CouponsSaved { .. }
            | Self::RateSet { .. }
            | Self::SettingsChanged { .. }
            | Self::DeliveryDiscarded { .. }
            | Self::HubChosen { .. }
            | Self::DrawerCounted(_)
            | Self::CountRefused(_)
            | Self::AgeRefused(_)
            | Self::ClosureCorrected(_)
            | Self::BreakStarted { .. }
            | Self::BreakEnded { .. }
            | Self::SessionTerminated { .. }
            | Self::Locked(_)
            | Self::Unlocked { .. }
            | Self::ClockPunched(_)
            | Self::TipsDistributed { .. }
            | Self::TargetSet { .. }
            | Self::CashierRated(_)
            | Self::SessionNoted(_)
            | Self::FormChanged { .. }
            | Self::FormRemoved { .. }
            | Self::ProgramSaved { .. }
            | Self::SegmentSaved { .. }
            | Self::RoleChanged(_) => EventKind::Till,
        }
    }
}

/// What kind of event it is. The names of those that travel are the wire's.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum EventKind {
    /// A step of a document that is not finished, or the drawer opened. It stays at the till: the finished document tells it
    /// all, but for who becomes a member by it, which is an entry of its own ahead of it.
    Step,
    /// A finished document with all its effects.
    Transaction,
    /// A closed period.
    Closure,
    /// A correction of one, a record of its own.
    ClosureCorrection,
    /// A customer added or changed.
    Customer,
    /// Points given, expired or corrected beside sales.
    Loyalty,
    /// Goods received, counted or adjusted.
    StockMovement,
    /// Log-ins, settings, reference data: the till's own affairs.
    Till,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Step,
        Self::Transaction,
        Self::Closure,
        Self::ClosureCorrection,
        Self::Customer,
        Self::Loyalty,
        Self::StockMovement,
        Self::Till,
    ];

    /// The stored name, such as `step`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Transaction => "transaction",
            Self::Closure => "closure",
            Self::ClosureCorrection => "closure_correction",
            Self::Customer => "customer",
            Self::Loyalty => "loyalty",
            Self::StockMovement => "stock_movement",
            Self::Till => "till",
        }
    }

    /// Whether it is sent to configured connectors.
    pub const fn travels(self) -> bool {
        match self {
            Self::Transaction
            | Self::Closure
            | Self::ClosureCorrection
            | Self::Customer
            | Self::Loyalty
            | Self::StockMovement => true,
            Self::Step | Self::Till => false,
        }
    }
}
