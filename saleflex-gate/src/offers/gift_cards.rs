//! Gift cards: their balances, what came onto them and what was taken of them.
//!
//! **Invariants:** a card is known by what its number comes to, and the number is kept nowhere; entries are added and never
//! changed, and what they add up to is the balance; what is lent to tills is nobody else's to take.

use chrono::{DateTime, Utc};
use saleflex_core::{
    money::{Currency, CurrencyCode, Money},
    tender::GiftCardNumber,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::quotas;
use crate::{
    ApiError,
    db::{DatabaseError, Row, Session},
    desk::Desk,
    ids::new_id,
    text,
};

mod booking;
mod numbers;
mod returnable;

pub(crate) use self::{booking::book, numbers::new_number, returnable::carry};

/// A gift card.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct GiftCard {
    /// What its number comes to, the same at every hub and till.
    pub(crate) id: Uuid,
    /// The last four digits of its number.
    pub(crate) last4: String,
    /// Its currency.
    pub(crate) currency: String,
    /// What is on it, as a decimal number.
    #[schema(example = "50.00")]
    pub(crate) balance: String,
    /// What of it is lent to tills: nobody else may take it.
    #[schema(example = "0.00")]
    pub(crate) lent: String,
    /// Whether nothing can be taken of it.
    pub(crate) is_blocked: bool,
    /// Until when something can be taken of it.
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// Since when it is known.
    pub(crate) created_at: DateTime<Utc>,
}

/// A card that is sold or given away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": "6035710012345678905", "currency": "TRY", "amount": "500.00"}))]
pub(crate) struct NewGiftCard {
    /// Its number, 12 to 24 digits. It is kept nowhere.
    number: String,
    /// Its currency.
    currency: String,
    /// What is on it, as a decimal number.
    amount: String,
    /// Until when something can be taken of it.
    #[serde(default)]
    expires_at: Option<DateTime<Utc>>,
}

/// A number of a card.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": "6035710012345678905"}))]
pub(crate) struct CardNumber {
    /// 12 to 24 digits.
    pub(crate) number: String,
}

/// An amount that comes onto a card or is taken of it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": "20.00", "document_id": "018f0000-0000-7000-8000-000000000001"}))]
pub(crate) struct CardMove {
    /// As a decimal number, above nothing.
    amount: String,
    /// The document it is for.
    #[serde(default)]
    document_id: Option<Uuid>,
    /// The document that the card had paid, where another one gives it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paid_document_id: Option<Uuid>,
    /// Why, where there is no document.
    #[serde(default)]
    reason: Option<String>,
}

/// Why a card is blocked, or no longer.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Reported lost"}))]
pub(crate) struct BlockReason {
    /// Why.
    reason: String,
}

/// One entry of a card.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct CardEntry {
    /// Its identity.
    pub(crate) id: Uuid,
    /// `issued`, `loaded`, `redeemed`, `refunded`.
    pub(crate) kind: String,
    /// As a decimal number; below nothing was taken.
    pub(crate) amount: String,
    /// The document it came with.
    pub(crate) document_id: Option<Uuid>,
    /// The till that delivered it.
    pub(crate) terminal_id: Option<Uuid>,
    /// Why, where a person gave a reason.
    pub(crate) reason: Option<String>,
    /// When.
    pub(crate) created_at: DateTime<Utc>,
}

/// What moves an amount.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Move {
    /// Paid onto the card.
    Load,
    /// Paid with the card.
    Redeem,
    /// Given back for a document.
    Refund,
}

impl Move {
    const fn kind(self) -> &'static str {
        match self {
            Self::Load => "loaded",
            Self::Redeem => "redeemed",
            Self::Refund => "refunded",
        }
    }
}

impl NewGiftCard {
    /// What makes the request the same when it is sent again: the number itself stays out of it.
    pub(crate) fn without_number(&self) -> Result<impl Serialize + use<>, ApiError> {
        let id = number(&self.number)?.id();
        Ok((id, self.currency.clone(), self.amount.clone(), self.expires_at))
    }
}

/// What stands in the books of a card.
struct Known {
    id: Uuid,
    last4: String,
    currency: Currency,
    is_blocked: bool,
    expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

const CARD: &str = "SELECT card_id, last4, currency, is_blocked, expires_at, created_at FROM gift_card \
     WHERE company_id = $1";

impl Known {
    fn read(row: &Row) -> Result<Self, DatabaseError> {
        let unreadable = DatabaseError::Column { column: 2, expected: "a currency" };
        let code = CurrencyCode::parse(row.text(2)?).map_err(|_| unreadable)?;
        Ok(Self {
            id: row.id(0)?,
            last4: row.text(1)?.to_owned(),
            currency: Currency::of(code),
            is_blocked: row.flag(3)?,
            expires_at: row.optional_time(4)?,
            created_at: row.time(5)?,
        })
    }

    fn find(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<Option<Self>, DatabaseError> {
        let rows = session.query(&format!("{CARD} AND card_id = $2"), &[company.into(), id.into()])?;
        rows.first().map(Self::read).transpose()
    }

    fn is_good(&self, now: DateTime<Utc>) -> bool {
        !self.is_blocked && self.expires_at.is_none_or(|until| now < until)
    }

    fn shown(self, session: &mut dyn Session, company: Uuid) -> Result<GiftCard, DatabaseError> {
        let balance = balance(session, company, self.id)?;
        let lent = quotas::lent_of_gift_card(session, (company, &self.currency), self.id)?;
        let decimal = |minor| self.currency.decimal(Money::from_minor(minor)).to_string();
        Ok(GiftCard {
            id: self.id,
            last4: self.last4,
            currency: self.currency.code().to_string(),
            balance: decimal(balance),
            lent: decimal(lent),
            is_blocked: self.is_blocked,
            expires_at: self.expires_at,
            created_at: self.created_at,
        })
    }
}

fn number(text: &str) -> Result<GiftCardNumber, ApiError> {
    GiftCardNumber::parse(text).map_err(|error| invalid("number", &error.to_string()))
}

fn invalid(field: &str, message: &str) -> ApiError {
    ApiError { detail: Some(field.to_owned()), ..ApiError::unprocessable("field_invalid", message) }
}

fn money(currency: &Currency, text: &str) -> Result<Money, ApiError> {
    let amount = currency.parse(text).ok().and_then(|amount| amount.bounded().ok());
    let amount = amount.filter(|amount| amount.is_positive());
    amount.ok_or_else(|| {
        invalid("amount", "`amount` is a decimal number above nothing, in the card's currency")
    })
}

/// What is on a card, in the smallest unit of its currency.
fn balance(session: &mut dyn Session, company: Uuid, card: Uuid) -> Result<i64, DatabaseError> {
    let rows = session.query(
        "SELECT CAST(COALESCE(sum(amount), 0) AS bigint) FROM gift_card_entry WHERE company_id = $1 AND card_id = $2",
        &[company.into(), card.into()],
    )?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

/// What tills may be lent of a card in all: its balance, where something can be taken of it in this currency.
pub(super) fn limit(
    session: &mut dyn Session,
    (company, currency): (Uuid, &Currency),
    card: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<i64>, DatabaseError> {
    let known = Known::find(session, company, card)?;
    let Some(known) = known.filter(|known| known.is_good(now) && known.currency == *currency) else {
        return Ok(None);
    };
    balance(session, company, known.id).map(Some)
}

/// One who moves money at a time: of two who take the last of a card, the second finds it taken.
fn lock(session: &mut dyn Session, company: Uuid) -> Result<(), DatabaseError> {
    session.send("UPDATE company SET name = name WHERE company_id = $1", &[company.into()])
}

/// Sells a card or gives it away.
///
/// # Errors
/// `field_invalid`; `card_taken` when there is one of this number.
pub(crate) fn issue(desk: &mut Desk<'_>, new: &NewGiftCard) -> Result<GiftCard, ApiError> {
    let (number, company) = (number(&new.number)?, desk.company);
    text::currency(&new.currency)?;
    let code = CurrencyCode::parse(&new.currency).map_err(|_| invalid("currency", "`currency` is none"))?;
    let currency = Currency::of(code);
    let amount = money(&currency, &new.amount)?;
    if new.expires_at.is_some_and(|until| until <= desk.now) {
        return Err(invalid("expires_at", "`expires_at` is to come"));
    }
    lock(desk.session, company)?;
    let id = number.id().uuid();
    if !put(desk.session, company, (id, number.last4(), &new.currency, new.expires_at), desk.now)? {
        return Err(ApiError::conflict("card_taken", "there is a card of this number"));
    }
    let entry = Entry { kind: "issued", amount: amount.minor(), ..Entry::default() };
    enter(desk.session, (company, id), &entry, desk.now)?;
    let detail = json!({"last4": number.last4(), "amount": new.amount, "currency": new.currency});
    desk.note("gift_card.issued", ("gift_card", id), None, detail)?;
    one(desk.session, company, id)
}

fn put(
    session: &mut dyn Session,
    company: Uuid,
    (id, last4, currency, expires_at): (Uuid, &str, &str, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let entered = session.execute(
        "INSERT INTO gift_card (company_id, card_id, last4, currency, is_blocked, expires_at, created_at) \
         VALUES ($1, $2, $3, $4, 0, $5, $6) ON CONFLICT (company_id, card_id) DO NOTHING",
        &[
            company.into(),
            id.into(),
            last4.into(),
            currency.into(),
            expires_at.map(|until| until.timestamp_millis()).into(),
            now.timestamp_millis().into(),
        ],
    )?;
    Ok(entered > 0)
}

/// An entry to write.
#[derive(Default)]
struct Entry<'a> {
    /// Of one that a till delivered: what it follows from.
    id: Option<Uuid>,
    kind: &'a str,
    amount: i64,
    document: Option<Uuid>,
    /// Of what goes back onto the card: the document that it had paid, where that is another.
    paid: Option<Uuid>,
    terminal: Option<Uuid>,
    reason: Option<&'a str>,
}

fn enter(
    session: &mut dyn Session,
    (company, card): (Uuid, Uuid),
    entry: &Entry<'_>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    session.execute(
        "INSERT INTO gift_card_entry (company_id, entry_id, card_id, kind, amount, document_id, terminal_id, reason, \
         created_at, paid_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (company_id, entry_id) DO NOTHING",
        &[
            company.into(),
            entry.id.unwrap_or_else(|| new_id(now)).into(),
            card.into(),
            entry.kind.into(),
            entry.amount.into(),
            entry.document.into(),
            entry.terminal.into(),
            entry.reason.into(),
            now.timestamp_millis().into(),
            entry.paid.into(),
        ],
    )?;
    Ok(())
}

/// A card.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<GiftCard, ApiError> {
    let known = Known::find(session, company, id)?.ok_or_else(ApiError::not_found)?;
    Ok(known.shown(session, company)?)
}

/// The card of a number.
///
/// # Errors
/// `field_invalid`, `not_found`.
pub(crate) fn find(
    session: &mut dyn Session,
    company: Uuid,
    CardNumber { number: text }: &CardNumber,
) -> Result<GiftCard, ApiError> {
    one(session, company, number(text)?.id().uuid())
}

/// Cards after one of them, in the order of their identities.
pub(crate) fn list(
    session: &mut dyn Session,
    company: Uuid,
    (after, limit): (Uuid, i64),
) -> Result<Vec<GiftCard>, DatabaseError> {
    let sql = format!("{CARD} AND card_id > $2 ORDER BY card_id LIMIT $3");
    let rows = session.query(&sql, &[company.into(), after.into(), limit.into()])?;
    rows.iter().map(|row| Known::read(row)?.shown(session, company)).collect()
}

/// The entries of a card after one of them, the oldest first.
///
/// # Errors
/// `not_found`.
pub(crate) fn entries(
    session: &mut dyn Session,
    (company, card): (Uuid, Uuid),
    (after, limit): (Uuid, i64),
) -> Result<Vec<CardEntry>, ApiError> {
    let known = Known::find(session, company, card)?.ok_or_else(ApiError::not_found)?;
    let rows = session.query(
        "SELECT entry_id, kind, amount, document_id, terminal_id, reason, created_at FROM gift_card_entry \
         WHERE company_id = $1 AND card_id = $2 AND entry_id > $3 ORDER BY entry_id LIMIT $4",
        &[company.into(), card.into(), after.into(), limit.into()],
    )?;
    let entries = rows.iter().map(|row| {
        Ok(CardEntry {
            id: row.id(0)?,
            kind: row.text(1)?.to_owned(),
            amount: known.currency.decimal(Money::from_minor(row.integer(2)?)).to_string(),
            document_id: row.optional_id(3)?,
            terminal_id: row.optional_id(4)?,
            reason: row.optional_text(5)?.map(str::to_owned),
            created_at: row.time(6)?,
        })
    });
    entries.collect()
}

/// Moves an amount onto a card or off it.
///
/// # Errors
/// `not_found`; `field_invalid`; `card_unusable` for one that is blocked or over, unless money goes back onto it;
/// `awaiting_tills`, `balance_insufficient` with what can be taken in `detail`, `refund_exceeds_payment` with what can be given back.
pub(crate) fn move_amount(
    desk: &mut Desk<'_>,
    (id, how): (Uuid, Move),
    moved: &CardMove,
) -> Result<GiftCard, ApiError> {
    let company = desk.company;
    let known = Known::find(desk.session, company, id)?.ok_or_else(ApiError::not_found)?;
    let amount = money(&known.currency, &moved.amount)?;
    if how != Move::Load && moved.document_id.is_none() {
        return Err(invalid("document_id", "`document_id` says what it is for"));
    }
    if how != Move::Refund && moved.paid_document_id.is_some() {
        return Err(invalid("paid_document_id", "`paid_document_id` is of what goes back onto a card"));
    }
    if let Some(reason) = &moved.reason {
        text::within("reason", reason, 1..=500)?;
    }
    lock(desk.session, company)?;
    if let Some(document) = moved.document_id.filter(|_| how != Move::Load)
        && booking::is_delivered(desk.session, company, (document, id, how))?
    {
        // The document that says so has come: it is booked.
        return Ok(known.shown(desk.session, company)?);
    }
    if how != Move::Refund && !known.is_good(desk.now) {
        return Err(ApiError::unprocessable("card_unusable", "the card is blocked or over"));
    }
    let mut signed = amount.minor();
    if how == Move::Redeem {
        quotas::check_awaiting(desk.session, company, desk.now)?;
        let lent = quotas::lent_of_gift_card(desk.session, (company, &known.currency), id)?;
        let free = balance(desk.session, company, id)? - lent;
        if signed > free {
            let error = ApiError::unprocessable("balance_insufficient", "the card holds less than that");
            let detail = known.currency.decimal(Money::from_minor(free.max(0))).to_string();
            return Err(ApiError { detail: Some(detail), ..error });
        }
        signed = -signed;
    } else if let Some(paid) = moved.paid_document_id.or(moved.document_id).filter(|_| how == Move::Refund) {
        let taken = returnable::onto_card(desk.session, company, (paid, id))?;
        if signed > taken {
            let message = "less than that is left of what the document took of the card";
            let detail = known.currency.decimal(Money::from_minor(taken)).to_string();
            let error = ApiError::unprocessable("refund_exceeds_payment", message);
            return Err(ApiError { detail: Some(detail), ..error });
        }
    }
    let (document, paid, reason) = (moved.document_id, moved.paid_document_id, moved.reason.as_deref());
    let entry = Entry { kind: how.kind(), amount: signed, document, paid, reason, ..Entry::default() };
    enter(desk.session, (company, id), &entry, desk.now)?;
    let detail = json!({
        "amount": moved.amount, "document_id": document, "paid_document_id": paid, "reason": moved.reason,
    });
    desk.note(&format!("gift_card.{}", how.kind()), ("gift_card", id), None, detail)?;
    Ok(known.shown(desk.session, company)?)
}

/// Blocks a card, or lets it be used again. What a till was lent of it before comes back within a quarter of an hour.
///
/// # Errors
/// `not_found`, `field_invalid`.
pub(crate) fn block(
    desk: &mut Desk<'_>,
    (id, is_blocked): (Uuid, bool),
    BlockReason { reason }: &BlockReason,
) -> Result<GiftCard, ApiError> {
    text::within("reason", reason, 1..=500)?;
    let sql = "UPDATE gift_card SET is_blocked = $3 WHERE company_id = $1 AND card_id = $2";
    if desk.session.execute(sql, &[desk.company.into(), id.into(), is_blocked.into()])? == 0 {
        return Err(ApiError::not_found());
    }
    let act = if is_blocked { "gift_card.blocked" } else { "gift_card.unblocked" };
    desk.note(act, ("gift_card", id), None, json!({"reason": reason}))?;
    one(desk.session, desk.company, id)
}
