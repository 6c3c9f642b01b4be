//! Why the till did not do something. Nothing of what was asked for changed then.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rusqlite::ffi;
use saleflex_core::{
    campaign::{BatchError, CompileError, ContentHash, ENGINE_VERSION, FieldError},
    cashier::{
        target::Goal,
        time_clock::{OutOfTurn, PunchNo},
    },
    catalog::{CatalogErrors, LookupError},
    closure::{Misfit, drawer::DrawerNo, template::TemplateError},
    customer::{
        DetailsError, MergeRefusal, NotEditable, NotErasable, PhoneTaken,
        segment::{SegmentError, UnknownName},
    },
    document::Refusal,
    ids::{
        CampaignId, CashierId, ClosureNumber, CustomerId, DocumentId, DocumentNumber, ProductId,
        PurchaseOrderId, SegmentId, StockCountId, SupplierId, TransferId,
    },
    inventory::{
        SiteError, StockRefusal, count::CountRefusal, order::OrderRefusal, transfer::ArrivalRefusal,
    },
    journal::NotAnEntry,
    loyalty::{AuthorityError, CardRefusal, GrantRefusal, NotEnrolled, PointsStillHeld, ProgramError},
    money::AmountIn,
    quantity::Percent,
    settings::SettingsError,
    tender::NotAGiftCard,
};
use uuid::Uuid;

use crate::{exchange::quotas::Withheld, people::customer::ImportFault, templates::UnknownPart};

mod field;
mod opening;

pub use field::FieldFault;
pub use opening::OpenError;

/// Why something was not done. What was asked for changed nothing on disk or in memory. Beside it a few things stay:
///
/// - a refused log-in is counted, and so is a count of a drawer that was refused because it differs;
/// - that a buyer was too young is in the audit trail;
/// - after midnight the day may have begun, and an empty document may have been left, giving its number back;
/// - sales put aside longer than the store lets one wait are cancelled one by one before a period is closed or somebody
///   begins; where the file fails afterwards they stay cancelled;
/// - where a log-in fails in the file, whoever was logged in before may be logged out, and a session that a power cut had
///   interrupted may have ended;
/// - an erased customer is erased, where a busy file only kept the old bytes from being wiped ([`Error::Locked`]);
/// - what the hub was asked for before (points it holds, shares of a limit) is given back or used later.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule of the shop stands against it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nothing for sale was found.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// Catalog records that do not fit together.
    #[error(transparent)]
    Catalog(#[from] CatalogErrors),
    /// Documents used a tax rate, so what it was stays: a new percentage follows from a date.
    #[error("tax rate {no} was used at {percent} %: another may follow from {from}")]
    TaxRateUsed {
        /// The number of the rate.
        no: u16,
        /// The percentage that the last of them used.
        percent: Percent,
        /// The first business date that it may change on.
        from: NaiveDate,
    },
    /// The till is locked: its cashier, or somebody who may approve, unlocks it.
    #[error("the till is locked")]
    TillLocked,
    /// The till is not locked.
    #[error("the till is not locked")]
    NotLocked,
    /// A punch of the time clock that does not fit.
    #[error(transparent)]
    OutOfTurn(#[from] OutOfTurn),
    /// There is no such punch.
    #[error("there is no punch {punch} of this cashier")]
    NoSuchPunch {
        /// The number that was given, among that cashier's punches.
        punch: PunchNo,
    },
    /// A punch is said to have been at a time that is yet to come.
    #[error("{at} is yet to come")]
    PunchToCome {
        /// The time it is said to have been at, by the store's clock.
        at: NaiveDateTime,
    },
    /// There is no such drawer.
    #[error("there is no drawer {}", drawer.0)]
    NoSuchDrawer {
        /// The number that was given.
        drawer: DrawerNo,
    },
    /// A correction that does not fit the closure as it stands.
    #[error(transparent)]
    Correction(#[from] Misfit),
    /// More tips were to be given out than are left.
    #[error("{own} of tips are claimed and {left} are left")]
    TooManyTips {
        /// What the participants claim for their own documents.
        own: AmountIn,
        /// What is left of the period.
        left: AmountIn,
    },
    /// The till does not measure what was set as a goal, or has nothing to measure it against.
    #[error("{goal:?} is not measured: it is no goal here")]
    NotMeasured {
        /// The goal that is not measured.
        goal: Goal,
    },
    /// A template of a country that is none.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The shop is said to be where no place is.
    #[error(transparent)]
    UnknownPart(#[from] UnknownPart),
    /// Nobody is logged in.
    #[error("nobody is logged in")]
    NotLoggedIn,
    /// User name and secret do not belong together, or the cashier may not log in. It is not said which.
    #[error("user name or secret is wrong")]
    LogInRefused,
    /// Too many failed attempts; the next one is looked at from this instant on.
    #[error("too many attempts: try again at {until}")]
    LogInDelayed {
        /// The instant from which the next attempt is looked at.
        until: DateTime<Utc>,
    },
    /// The secret must be changed before anything else is done.
    #[error("change your secret first")]
    SecretExpired,
    /// The identity was given to another command before. Nothing was done; mint a new one.
    #[error("the identity {id} belongs to another command, event {seq}")]
    IdentityReused {
        /// The identity that the caller gave the command.
        id: Uuid,
        /// The place in the journal of what was committed under it.
        seq: i64,
    },
    /// Settings that no till can work by.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A record with an empty or overlong text.
    #[error("the {record} has an empty or overlong text")]
    BadRecord {
        /// What kind of record it is.
        record: &'static str,
    },
    /// A figure or a date that a record cannot have.
    #[error("{field}: {fault}")]
    BadField {
        /// The name of the field, as commands and files have it.
        field: String,
        /// What is wrong with it.
        fault: FieldFault,
    },
    /// A role with the rights of another one and limits of its own: a cashier is known by rights, and whose limits hold could
    /// not be told.
    #[error("the role {role} has the same rights and other limits: give one of them another right")]
    SameRights {
        /// The code of the other role.
        role: String,
    },
    /// A new secret that is the old one.
    #[error("the new secret is the old one")]
    SameSecret,
    /// A till that nobody could look after: one cashier at least must be able to let others in and to change settings.
    #[error(
        "nobody of the cashiers may look after the till: one needs the capabilities role.assign and settings.write"
    )]
    NobodyAssignsRoles,
    /// A code or user name that belongs to somebody else.
    #[error("{code} is taken")]
    Taken {
        /// The code or user name that is taken.
        code: String,
    },
    /// The period cannot be closed.
    #[error(transparent)]
    NotClosed(#[from] saleflex_core::closure::Refusal),
    /// The points buy nothing here.
    #[error(transparent)]
    NotRedeemable(#[from] saleflex_core::loyalty::NotRedeemable),
    /// Points that somebody else keeps were not held.
    #[error(transparent)]
    PointsAuthority(#[from] AuthorityError),
    /// Points were not given or taken.
    #[error(transparent)]
    NotGranted(#[from] GrantRefusal),
    /// The customer does not become a member.
    #[error(transparent)]
    NotEnrolled(#[from] NotEnrolled),
    /// A loyalty program that cannot be.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The customer is no member of a loyalty program.
    #[error("customer {customer} is no member")]
    NoMember {
        /// The customer who is no member.
        customer: CustomerId,
    },
    /// A loyalty card that does not serve.
    #[error(transparent)]
    Card(#[from] CardRefusal),
    /// What is known of a customer has not its form.
    #[error(transparent)]
    Details(#[from] DetailsError),
    /// Another customer has the telephone number.
    #[error(transparent)]
    PhoneTaken(#[from] PhoneTaken),
    /// The customer's record is not changed.
    #[error(transparent)]
    NotEditable(#[from] NotEditable),
    /// Two customers are not merged.
    #[error(transparent)]
    NotMerged(#[from] MergeRefusal),
    /// Open documents hold points of the record that would go.
    #[error(transparent)]
    PointsHeld(#[from] PointsStillHeld),
    /// A person is not erased.
    #[error(transparent)]
    NotErasable(#[from] NotErasable),
    /// Lines of a file that cannot be taken over, so that none was.
    #[error("{} lines of the file cannot be taken over, the first is line {line}: {fault}", .count)]
    Import {
        /// How many lines are at fault.
        count: usize,
        /// The line of the first of them, from 1.
        line: u64,
        /// What is wrong with the first of them.
        fault: ImportFault,
    },
    /// A segment that cannot be.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// A segment that names what there is not.
    #[error(transparent)]
    SegmentName(#[from] UnknownName),
    /// There is no such segment.
    #[error("there is no segment {segment}")]
    NoSuchSegment {
        /// The segment that was named.
        segment: SegmentId,
    },
    /// Campaigns that do not stand beside each other.
    #[error(transparent)]
    Campaigns(#[from] CompileError),
    /// A campaign with fields that are wrong.
    #[error("campaign {code}: {}", faults.iter().map(|fault| format!("{}: {}", fault.field, fault.reason)).collect::<Vec<_>>().join("; "))]
    CampaignFields {
        /// The campaign's code.
        code: String,
        /// Each field that is wrong, with the reason.
        faults: Vec<FieldError>,
    },
    /// There is no such campaign.
    #[error("there is no campaign {campaign}")]
    NoSuchCampaign {
        /// The campaign that was named.
        campaign: CampaignId,
    },
    /// No campaigns of this till ever made such a set.
    #[error("the campaigns of this till never made the set {set} (engine {ENGINE_VERSION})")]
    NoSuchCampaignSet {
        /// The digest that was given.
        set: ContentHash,
    },
    /// More coupons than one command saves.
    #[error("{given} coupons at once, more than {most}")]
    TooManyCoupons {
        /// How many were to be saved.
        given: usize,
        /// How many one command saves at most.
        most: usize,
    },
    /// The coupon counts so often in the whole company, and the hub has not lent this till a use of it. It is asked for.
    #[error("coupon {code} is not lent to this till: the hub is asked, try again in a moment")]
    CouponNotLent {
        /// The code as it was entered.
        code: String,
    },
    /// The coupon counts so often in the whole company, and the hub lends this till no use of it now. It is asked again.
    #[error("coupon {code} is not lent to this till: {why}")]
    CouponWithheld {
        /// The code as it was entered.
        code: String,
        /// Why, as the hub said last.
        why: Withheld,
    },
    /// No number of a gift card.
    #[error(transparent)]
    NotAGiftCard(#[from] NotAGiftCard),
    /// The hub has not lent this till anything of the gift card's balance. It is asked for.
    #[error("gift card …{last4} is not lent to this till: the hub is asked, try again in a moment")]
    GiftCardNotLent {
        /// The last digits of its number.
        last4: String,
    },
    /// What is on the card is lent to another till, which gives it back when its sale is over and its share has run out.
    #[error("gift card …{last4} is in use at another till: try again in some minutes")]
    GiftCardLentElsewhere {
        /// The last digits of its number.
        last4: String,
    },
    /// The hub has just said that nothing can be taken of the gift card: it is empty, blocked, over or not known.
    #[error("nothing can be taken of gift card …{last4}")]
    GiftCardEmpty {
        /// The last digits of its number.
        last4: String,
    },
    /// What is left of a voucher is lost or given back as a new one at a till on its own: no other till and no hub would know
    /// the new one.
    #[error(
        "the rest of a voucher stays on it where a till has a connector: nobody else would know a new one"
    )]
    VouchersOfOneTill,
    /// A batch of coupons that cannot be made.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// A document is open: what the hub sent, or what is to be set, shows from the next one on.
    #[error("a document is open: end it, or put it aside, first")]
    DocumentOpen,
    /// There is no such connector.
    #[error("there is no connector {name}")]
    NoSuchConnector {
        /// The name that was given.
        name: String,
    },
    /// The event was not set aside for a person, so nobody can write it off.
    #[error("event {no} for {connector} is not set aside")]
    NotSetAside {
        /// The connector that it was queued for.
        connector: String,
        /// The event's number for it.
        no: u64,
    },
    /// There is no such cashier.
    #[error("there is no cashier {cashier}")]
    NoSuchCashier {
        /// The cashier that was named.
        cashier: CashierId,
    },
    /// There is no such document, or not in the state that was asked for.
    #[error("there is no document {document} to do this with")]
    NoSuchDocument {
        /// The document that was named.
        document: DocumentId,
    },
    /// The quote became a sale before, complete or put aside; the number is its sale's.
    #[error("the quote is sale {number} already")]
    QuoteSold {
        /// The number of the sale.
        number: DocumentNumber,
    },
    /// There is no such product.
    #[error("there is no product {product}")]
    NoSuchProduct {
        /// The product that was named.
        product: ProductId,
    },
    /// A rule of stock stands against it.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
    /// Goods that cannot arrive.
    #[error(transparent)]
    Arrival(#[from] ArrivalRefusal),
    /// A stock count refuses a step.
    #[error(transparent)]
    StockCount(#[from] CountRefusal),
    /// An order to a supplier refuses a step.
    #[error(transparent)]
    Order(#[from] OrderRefusal),
    /// Warehouses and locations that do not fit together.
    #[error("warehouses and locations do not fit: {}", .0.first().map(ToString::to_string).unwrap_or_default())]
    Sites(Vec<SiteError>),
    /// There is no location to sell from.
    #[error("there is no location to sell from")]
    NoCounter,
    /// What is known of a product's pieces is changed only while there are none.
    #[error("there is stock of product {product}: count it out first")]
    StockIsKept {
        /// The product that there is stock of.
        product: ProductId,
    },
    /// There is no such transfer.
    #[error("there is no transfer {transfer}")]
    NoSuchTransfer {
        /// The transfer that was named.
        transfer: TransferId,
    },
    /// There is no such stock count.
    #[error("there is no stock count {count}")]
    NoSuchCount {
        /// The count that was named.
        count: StockCountId,
    },
    /// There is no such supplier, or orders do not go there.
    #[error("there is no supplier {supplier} to order from")]
    NoSuchSupplier {
        /// The supplier that was named.
        supplier: SupplierId,
    },
    /// There is no such order.
    #[error("there is no order {order}")]
    NoSuchOrder {
        /// The order that was named.
        order: PurchaseOrderId,
    },
    /// There is no such customer.
    #[error("there is no customer {customer}")]
    NoSuchCustomer {
        /// The customer that was named.
        customer: CustomerId,
    },
    /// There is no such closed period.
    #[error("there is no closure {}", closure.0)]
    NoSuchClosure {
        /// The number that was given.
        closure: ClosureNumber,
    },
    /// The file could not be made a till's.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The disk has no room left. What was committed before is safe; make room and try again.
    #[error("the disk is full")]
    DiskFull,
    /// Another program holds the file at the moment.
    #[error("the file is locked by another program")]
    Locked,
    /// Another program has written to the journal since this one read it, as it can where the lock beside the file was
    /// deleted. Nothing was done; a till that is opened again goes on behind the other.
    #[error("another program has written to the till's file: end this one and start it again")]
    Overtaken,
    /// The database failed, or a stored value cannot be read back. Where the end of a transaction failed, nobody knows
    /// whether it was written: [`crate::Request::once`] makes asking again safe.
    #[error("the database failed")]
    Database(#[source] rusqlite::Error),
    /// An entry cannot be written to the journal or read from it.
    #[error(transparent)]
    Journal(#[from] NotAnEntry),
    /// Something that lies as JSON cannot be written or read.
    #[error("a stored value is not readable")]
    Json(#[source] serde_json::Error),
    /// The journal and what was stored from it do not go together; [`crate::Till::verify`] tells where.
    #[error("the journal at event {seq} does not lead to what is stored")]
    Contradiction {
        /// The place in the journal where it was noticed.
        seq: i64,
    },
    /// A file beside the till could not be written.
    #[error("the file could not be written")]
    Io(#[from] std::io::Error),
}

impl Error {
    /// What a field of a record cannot be.
    pub(crate) fn bad_field(field: &str, fault: FieldFault) -> Self {
        Self::BadField { field: field.to_owned(), fault }
    }

    /// Whether a rule of the file's tables refuses it, such as that no two rows have one code.
    pub fn is_of_a_constraint(&self) -> bool {
        use rusqlite::ErrorCode::ConstraintViolation;
        matches!(self, Self::Database(cause) if cause.sqlite_error_code() == Some(ConstraintViolation))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(cause: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase};
        // Beside the log lies its index: where the disk has no room for that either, SQLite says only that it failed.
        let has_no_room =
            cause.sqlite_error().is_some_and(|failed| failed.extended_code == ffi::SQLITE_IOERR_SHMSIZE);
        match cause.sqlite_error_code() {
            Some(DiskFull) => Self::DiskFull,
            Some(_) if has_no_room => Self::DiskFull,
            Some(DatabaseBusy | DatabaseLocked) => Self::Locked,
            Some(DatabaseCorrupt | NotADatabase) => OpenError::Damaged { finding: cause.to_string() }.into(),
            // The till writes no such text: something else changed its bytes.
            None if matches!(cause, rusqlite::Error::Utf8Error(..)) => {
                OpenError::Damaged { finding: "a text in it cannot be read".to_owned() }.into()
            }
            _ => Self::Database(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_without_room_for_the_index_of_the_log_is_full() {
        let failed = |code| Error::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert!(matches!(failed(ffi::SQLITE_IOERR_SHMSIZE), Error::DiskFull));
        assert!(matches!(failed(ffi::SQLITE_FULL), Error::DiskFull));
        assert!(matches!(failed(ffi::SQLITE_IOERR_READ), Error::Database(_)));
    }

    #[test]
    fn a_text_whose_bytes_are_none_is_damage_of_the_file() {
        let cause = String::from_utf8(vec![0xff]).unwrap_err().utf8_error();
        let error = Error::from(rusqlite::Error::Utf8Error(2, cause));
        assert!(matches!(error, Error::Open(OpenError::Damaged { .. })), "{error:?}");
    }
}
