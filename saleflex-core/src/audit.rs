//! The audit trail: of every sensitive act, and of whatever somebody had to agree to, who did it, who agreed, to what,
//! and the figures before and after.
//!
//! It is computed from the journal, which is frozen: [`records`] reads one [`Entry`]. So it holds nothing that the
//! journal does not, can be made anew at any time, and cannot be written to.
//!
//! **Invariant:** a record holds identities, codes, figures, captions of controls and addresses of hubs, never other words that somebody typed
//! nor what a customer or cashier table knows of a person. Reasons stay in the journal, a step away by the entry's number.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    authority::Authority,
    cashier::{Capability, access::Act, lock::Unlocked, rating::CashierRating},
    closure::{
        Closure,
        drawer::{CountPurpose, DrawerCount, DrawerNo, EnteredCount},
    },
    customer::CustomerChange,
    document::{AgeRefused, Document},
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId, LineNo, ProductId, TenderNo},
    inventory::Cause,
    journal::{CopyOf, Entry, Event, UsedFunction},
    loyalty::LoyaltyAct,
    money::{CurrencyCode, Money},
    quantity::{ExchangeRate, Percent, UnitPrice},
    time::Moment,
};

mod documents;
#[cfg(test)]
mod tests;

/// One sensitive act.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuditRecord {
    /// When it was done.
    pub at: Moment,
    /// Who; none when the till did it by itself or nobody was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<CashierId>,
    /// Who agreed to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<CashierId>,
    /// What was done.
    pub act: Act,
    /// What it was done to.
    pub subject: Subject,
    /// The figure before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Figure>,
    /// The figure after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Figure>,
}

/// What an act was done to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// A document.
    Document(DocumentId),
    /// A line of one.
    Line(DocumentId, LineNo),
    /// A tender of one.
    Tender(DocumentId, TenderNo),
    /// A period.
    Period(ClosureNumber),
    /// A drawer.
    Drawer(DrawerNo),
    /// A cashier.
    Cashier(CashierId),
    /// A customer.
    Customer(CustomerId),
    /// A product.
    Product(ProductId),
    /// A currency.
    Currency(CurrencyCode),
    /// The till.
    Till,
}

impl Subject {
    /// The document it is or belongs to.
    pub const fn document(self) -> Option<DocumentId> {
        match self {
            Self::Document(document) | Self::Line(document, _) | Self::Tender(document, _) => Some(document),
            Self::Period(_)
            | Self::Drawer(_)
            | Self::Cashier(_)
            | Self::Customer(_)
            | Self::Product(_)
            | Self::Currency(_)
            | Self::Till => None,
        }
    }
}

/// A figure before or after an act.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Figure {
    /// An amount, in minor units of the till's currency.
    Amount(Money),
    /// The price of one.
    Price(UnitPrice),
    /// A percentage.
    Percent(Percent),
    /// A number: a quantity, a stock.
    Number(#[serde(with = "rust_decimal::serde::str")] Decimal),
    /// An exchange rate.
    Rate(ExchangeRate),
    /// What somebody may do.
    Capabilities(BTreeSet<Capability>),
    /// Whether something holds: of a cashier, whether they may log in.
    Flag(bool),
    /// Somebody.
    Cashier(CashierId),
    /// Where a hub is.
    Address(String),
    /// A function of a screen, as its definition calls it.
    Function(UsedFunction),
}

/// The sensitive acts of an entry, in order. `before` is the document as it stood before the entry, where one was open:
/// the figures before come from it.
pub fn records(entry: &Entry, before: Option<&Document>) -> Vec<AuditRecord> {
    if let Event::Document(events) = &entry.event {
        return documents::records(entry, events, before);
    }
    single(entry).into_iter().collect()
}

/// Of an entry that is about no document, or nothing where the act is not sensitive.
fn single(entry: &Entry) -> Option<AuditRecord> {
    let record = |act, subject| Some(AuditRecord::new(entry, act, subject));
    let till = |act| record(act, Subject::Till);
    match &entry.event {
        Event::Document(_) | Event::DayStarted { .. } => None,
        Event::PeriodClosed(closure) => Some(period_closed(entry, closure)),
        Event::ClosureCorrected(correction) | Event::ClosureAmended(correction) => {
            let subject = Subject::Period(correction.closure);
            Some(AuditRecord::by(entry, correction.authority, Act::CorrectClosure, subject))
        }
        Event::DrawerCounted(count) => Some(drawer_counted(entry, count)),
        Event::CountRefused(count) => Some(count_refused(entry, count)),
        Event::AgeRefused(refused) => Some(age_refused(entry, refused)),
        Event::CopyPrinted { of: CopyOf::Document(id) } => record(Act::Reprint, Subject::Document(*id)),
        Event::CopyPrinted { of: CopyOf::Period(number) } => record(Act::Reprint, Subject::Period(*number)),
        Event::FunctionAllowed { .. } => function_allowed(entry),
        Event::LoggedIn { cashier, .. } => record(Act::LogIn, Subject::Cashier(*cashier)),
        Event::LoggedOut { cashier } => record(Act::LogOut, Subject::Cashier(*cashier)),
        Event::LogInRefused { cashier } => {
            record(Act::LogInRefused, cashier.map_or(Subject::Till, Subject::Cashier))
        }
        Event::Locked(lock) => record(Act::Lock, Subject::Cashier(lock.cashier)),
        Event::Unlocked { by, unlocked } => Some(self::unlocked(entry, *by, *unlocked)),
        Event::BreakStarted { cashier, pause } => Some(AuditRecord {
            approved_by: pause.approved_by,
            ..AuditRecord::new(entry, Act::Attendance, Subject::Cashier(*cashier))
        }),
        Event::BreakEnded { cashier } | Event::SessionTerminated { cashier, .. } => {
            record(Act::Attendance, Subject::Cashier(*cashier))
        }
        Event::ClockPunched(punched) => Some(attendance(entry, punched)),
        Event::CashierChanged { cashier, capabilities, is_active } => {
            Some(cashier_changed(entry, *cashier, capabilities, *is_active))
        }
        Event::RoleChanged(role) => Some(rights_changed(entry, Subject::Till, &role.capabilities)),
        Event::SecretChanged { cashier } => record(Act::ChangeSecret, Subject::Cashier(*cashier)),
        Event::RateSet { currency, rate } => Some(AuditRecord {
            after: rate.map(Figure::Rate),
            ..AuditRecord::new(entry, Act::ChangeRate, Subject::Currency(*currency))
        }),
        Event::Stock(_) => put_right(entry),
        Event::TipsDistributed { closure, distribution } => Some(AuditRecord {
            after: Some(Figure::Amount(distribution.distributed())),
            ..AuditRecord::by(entry, distribution.authority, Act::DistributeTips, Subject::Period(*closure))
        }),
        Event::TargetSet { goals, .. } => Some(target_set(entry, goals.cashier)),
        Event::CashierRated(rating) => Some(rated(entry, rating)),
        Event::SessionNoted(note) => record(Act::NoteSession, Subject::Cashier(note.cashier)),
        Event::CustomersTaken { .. } => till(Act::ChangeCustomer),
        Event::Customer(change) => Some(customer_changed(entry, change)),
        Event::Loyalty(act) => loyalty(entry, act),
        Event::SettingsChanged { .. }
        | Event::FormChanged { .. }
        | Event::FormRemoved { .. }
        | Event::ProgramSaved { .. }
        | Event::SegmentSaved { .. } => till(Act::ChangeSettings),
        Event::CampaignsChanged { .. } | Event::CouponsSaved { .. } => till(Act::ChangeCampaigns),
        Event::CatalogChanged { .. } => till(Act::ChangeCatalog),
        Event::ReferenceReplaced { .. } => till(Act::ChangeReference),
        Event::HubChosen { was, address, .. } => Some(AuditRecord {
            before: was.clone().map(Figure::Address),
            after: address.clone().map(Figure::Address),
            ..AuditRecord::new(entry, Act::ChangeSettings, Subject::Till)
        }),
        Event::DeliveryDiscarded { .. } => till(Act::DiscardDelivery),
        Event::TillCreated { .. } | Event::EpochBegan { .. } | Event::PeriodLifted { .. } => {
            till(Act::StartTill)
        }
    }
}

/// When the buyer was born stands nowhere.
fn age_refused(entry: &Entry, refused: &AgeRefused) -> AuditRecord {
    let subject = refused.document.map_or(Subject::Till, Subject::Document);
    let after = Some(Figure::Number(Decimal::from(refused.minimum_age)));
    AuditRecord { after, ..AuditRecord::new(entry, Act::AgeRefused, subject) }
}

/// A target is one cashier's or the till's.
fn target_set(entry: &Entry, of: Option<CashierId>) -> AuditRecord {
    AuditRecord::new(entry, Act::SetTarget, of.map_or(Subject::Till, Subject::Cashier))
}

fn rated(entry: &Entry, rating: &CashierRating) -> AuditRecord {
    AuditRecord {
        after: rating.stars.map(|stars| Figure::Number(Decimal::from(stars.count()))),
        ..AuditRecord::new(entry, Act::RateCashier, Subject::Cashier(rating.cashier))
    }
}

/// Entries of older tills do not tell what the function was called, and keep the record that was made of them.
fn function_allowed(entry: &Entry) -> Option<AuditRecord> {
    let Event::FunctionAllowed { screen, control, capability, authority, words, document, .. } = &entry.event
    else {
        return None;
    };
    let (screen, control) = (screen.clone(), control.clone());
    let used = words.clone().map(|words| Figure::Function(UsedFunction { screen, control, words }));
    let subject = document.map_or(Subject::Till, Subject::Document);
    Some(AuditRecord {
        after: used.or_else(|| Some(Figure::Capabilities([*capability].into()))),
        ..AuditRecord::by(entry, *authority, Act::UseFunction, subject)
    })
}

/// A till that was taken over tells from whom.
fn unlocked(entry: &Entry, by: CashierId, unlocked: Unlocked) -> AuditRecord {
    let (act, before) = match unlocked {
        Unlocked::Resumed => (Act::Unlock, None),
        Unlocked::TakenOver { from } => (Act::TakeOver, Some(Figure::Cashier(from))),
    };
    AuditRecord { before, ..AuditRecord::new(entry, act, Subject::Cashier(by)) }
}

/// Whoever may not log in any more has no use for their rights.
fn cashier_changed(
    entry: &Entry,
    cashier: CashierId,
    rights: &BTreeSet<Capability>,
    is_active: bool,
) -> AuditRecord {
    let record = rights_changed(entry, Subject::Cashier(cashier), rights);
    if is_active { record } else { AuditRecord { after: Some(Figure::Flag(false)), ..record } }
}

fn rights_changed(entry: &Entry, of: Subject, rights: &BTreeSet<Capability>) -> AuditRecord {
    AuditRecord {
        after: Some(Figure::Capabilities(rights.clone())),
        ..AuditRecord::new(entry, Act::ChangeCashier, of)
    }
}

fn period_closed(entry: &Entry, closure: &Closure) -> AuditRecord {
    AuditRecord {
        before: Some(Figure::Amount(closure.expected_cash)),
        after: closure.counted_cash.map(Figure::Amount),
        ..AuditRecord::by(entry, closure.closed_by, Act::ClosePeriod, Subject::Period(closure.number()))
    }
}

/// Of a blind count that leaves no difference behind the trail does not tell what should be there: others follow it.
fn drawer_counted(entry: &Entry, count: &DrawerCount) -> AuditRecord {
    let is_recorded = matches!(count.purpose, CountPurpose::HandOver { .. });
    AuditRecord {
        before: Some(Figure::Amount(count.expected)).filter(|_| is_recorded || count.tells_expected()),
        after: Some(Figure::Amount(count.counted)),
        ..AuditRecord::by(entry, count.authority, Act::CountDrawer, Subject::Drawer(count.drawer))
    }
}

/// Of a blind count the trail does not tell what should be there either: it is read while the count goes on.
fn count_refused(entry: &Entry, count: &EnteredCount) -> AuditRecord {
    AuditRecord {
        before: Some(Figure::Amount(count.expected)).filter(|_| !count.blind),
        after: Some(Figure::Amount(count.counted)),
        ..AuditRecord::new(entry, Act::CountRefused, Subject::Drawer(count.drawer))
    }
}

fn customer_changed(entry: &Entry, change: &CustomerChange) -> AuditRecord {
    let act = match change {
        CustomerChange::Imported { .. } => {
            return AuditRecord::new(entry, Act::ChangeCustomer, Subject::Till);
        }
        CustomerChange::Merged { .. } | CustomerChange::Erased { .. } | CustomerChange::Deleted { .. } => {
            Act::RemoveCustomer
        }
        CustomerChange::Saved { .. }
        | CustomerChange::ConsentRecorded { .. }
        | CustomerChange::Segment(_) => Act::ChangeCustomer,
    };
    AuditRecord::new(entry, act, Subject::Customer(change.customer()))
}

fn loyalty(entry: &Entry, act: &LoyaltyAct) -> Option<AuditRecord> {
    let subject = Subject::Customer(act.customer()?);
    Some(match act {
        LoyaltyAct::Granted { authority, .. } => {
            AuditRecord::by(entry, *authority, Act::GrantPoints, subject)
        }
        LoyaltyAct::StatusSet { .. } => AuditRecord::new(entry, Act::RemoveCustomer, subject),
        LoyaltyAct::Enrolled { .. }
        | LoyaltyAct::Referred { .. }
        | LoyaltyAct::CardSet { .. }
        | LoyaltyAct::BalancesTakenOver => AuditRecord::new(entry, Act::ChangeCustomer, subject),
    })
}

fn attendance(entry: &Entry, punched: &crate::cashier::time_clock::ClockEntry) -> AuditRecord {
    use crate::cashier::time_clock::ClockRecord;
    let subject = Subject::Cashier(punched.cashier);
    match &punched.record {
        ClockRecord::Punched(_) => AuditRecord::new(entry, Act::Attendance, subject),
        ClockRecord::Corrected { authority, .. } | ClockRecord::Added { authority, .. } => {
            AuditRecord::by(entry, *authority, Act::CorrectAttendance, subject)
        }
    }
}

/// A level put right by hand, or by a count. Deliveries and what else moves goods stand in the movements alone.
fn put_right(entry: &Entry) -> Option<AuditRecord> {
    let posting = entry.effects.posting.as_deref()?;
    let record = |subject| AuditRecord::by(entry, posting.authority, Act::AdjustStock, subject);
    if let Cause::Adjustment { expected, counted, .. } = &posting.cause {
        let product = posting.movements.first().map(|movement| movement.item().product);
        return Some(AuditRecord {
            before: Some(Figure::Number(expected.decimal())),
            after: Some(Figure::Number(counted.decimal())),
            ..record(product.map_or(Subject::Till, Subject::Product))
        });
    }
    matches!(posting.cause, Cause::Count { .. }).then(|| record(Subject::Till))
}

impl AuditRecord {
    fn new(entry: &Entry, act: Act, subject: Subject) -> Self {
        Self {
            at: entry.at,
            cashier: entry.cashier,
            approved_by: None,
            act,
            subject,
            before: None,
            after: None,
        }
    }

    fn by(entry: &Entry, authority: Authority, act: Act, subject: Subject) -> Self {
        Self {
            cashier: Some(authority.cashier),
            approved_by: authority.approved_by,
            ..Self::new(entry, act, subject)
        }
    }
}

/// What to search the trail for: records that meet everything said.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct AuditSearch {
    /// The earliest instant, itself included.
    pub from: Option<DateTime<Utc>>,
    /// The first instant that is no longer included.
    pub until: Option<DateTime<Utc>>,
    /// Done or approved by this one.
    pub person: Option<CashierId>,
    /// One of these acts; any where empty.
    pub acts: BTreeSet<Act>,
    /// About this document.
    pub document: Option<DocumentId>,
    /// Only what somebody had to agree to.
    pub approved_only: bool,
}

impl AuditSearch {
    /// Whether a record is found by it.
    pub fn finds(&self, record: &AuditRecord) -> bool {
        let at = record.at.instant;
        self.from.is_none_or(|from| at >= from)
            && self.until.is_none_or(|until| at < until)
            && self.person.is_none_or(|person| [record.cashier, record.approved_by].contains(&Some(person)))
            && (self.acts.is_empty() || self.acts.contains(&record.act))
            && self.document.is_none_or(|document| record.subject.document() == Some(document))
            && (!self.approved_only || record.approved_by.is_some())
    }
}
