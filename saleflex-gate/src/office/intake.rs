//! Documents, closures and movements of goods of older terminals: each in its own savepoint, each with its effects once.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_sync::wire::{EventKind, ItemError, ItemResult};
use serde::Serialize;
use serde_json::{Value as Json, value::RawValue};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{content, counting::OfStore, effects, movements, told};
use crate::{
    alerts::Noticed,
    db::{DatabaseError, Session, Together, savepoint},
    ledger::{self, Content, Digests, Entered, Key, Noted, flag},
    registry::Terminal,
    relay::{self, Brought},
    stock::Moved,
};

/// The lists of rows that a document has, with the field that counts of each.
pub(crate) const DOCUMENT_ROWS: [(&str, Option<&str>); 13] = [
    ("products", Some("total_price")),
    ("payments", Some("payment_total")),
    ("discounts", Some("discount_amount")),
    ("departments", Some("total_department")),
    ("taxes", Some("tax_amount")),
    ("tips", Some("tip_amount")),
    ("surcharges", Some("surcharge_amount")),
    ("notes", None),
    ("loyalty", Some("redemption_amount")),
    ("refunds", Some("refund_amount")),
    ("changes", Some("change_amount")),
    ("deliveries", Some("delivery_fee")),
    ("kitchen_orders", None),
];
/// The longest text that is taken off an item, in characters: such clients have room for fifty, and an index has no room for a
/// page. The item itself is kept as it came.
const LONGEST: usize = 200;
/// The kind of row that stands alone.
pub(crate) const FISCAL: &str = "fiscal";

/// What an envelope carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Document,
    Closure,
    /// A movement of goods, by itself.
    Movement,
    /// A use of a campaign or a coupon, by itself.
    Use,
    /// Points that moved, by themselves.
    Points,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Document, Self::Closure, Self::Movement, Self::Use, Self::Points];

    /// The name of the list in the envelope.
    pub(crate) const fn list(self) -> &'static str {
        match self {
            Self::Document => "transactions",
            Self::Closure => "closures",
            Self::Movement => "movements",
            Self::Use => "usages",
            Self::Points => "events",
        }
    }

    /// What carries events of this kind.
    pub(crate) fn of(event: &EventKind) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.entry() == event.as_str())
    }

    const fn entry(self) -> &'static str {
        match self {
            Self::Document => "transaction",
            Self::Closure => "closure",
            Self::Movement => "stock_movement",
            Self::Use => "campaign_usage",
            Self::Points => "loyalty",
        }
    }

    /// The part of an item that says what it is: what comes by itself is a row, which says so.
    fn head(self, item: &Json) -> &Json {
        match self {
            Self::Document => &item["head"],
            Self::Closure => &item["closure"],
            Self::Movement | Self::Use | Self::Points => item,
        }
    }

    /// The field of the printed number.
    const fn number(self) -> &'static str {
        match self {
            Self::Document => "transaction_unique_id",
            Self::Closure => "closure_unique_id",
            Self::Movement => "movement_number",
            Self::Use | Self::Points => "reference_number",
        }
    }
}

/// What became of one item.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[schema(as = OlderVerdict)]
pub(crate) struct Verdict {
    /// Its place in the list, from 0.
    index: usize,
    /// Its identity, where it has one.
    id: Option<Uuid>,
    /// Its printed number, where it has one.
    unique_id: Option<String>,
    /// `accepted`, `duplicate` or `rejected`.
    result: &'static str,
    /// What the hub noticed about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<String>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
    /// The same for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

impl Verdict {
    /// An item without an identity, or nothing that can be read.
    pub(crate) const fn rejected(index: usize, error_code: &'static str, message: &'static str) -> Self {
        let (error_code, message) = (Some(error_code), Some(message));
        Self { index, id: None, unique_id: None, result: "rejected", flags: Vec::new(), error_code, message }
    }

    /// What was noticed about an item that took effect now.
    pub(crate) fn entered(&self) -> Option<&[String]> {
        (self.result == "accepted").then_some(self.flags.as_slice())
    }

    pub(crate) fn is_rejected(&self) -> bool {
        self.result == "rejected"
    }

    /// The same as events of our own tills are answered.
    pub(crate) fn on_the_wire(&self, key: &str) -> ItemResult {
        let error = self.error_code.map(|code| ItemError {
            code: code.to_owned(),
            detail: self.message.unwrap_or_default().to_owned(),
        });
        let result = saleflex_sync::wire::Verdict::of(self.result);
        ItemResult { id: key.to_owned(), result, flags: self.flags.clone(), error }
    }
}

/// Whose items they are, and how they came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct From<'a> {
    pub(crate) company: Uuid,
    pub(crate) terminal: &'a Terminal,
    pub(crate) store: OfStore<'a>,
    pub(crate) way: Way<'a>,
}

/// How an item came.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way<'a> {
    /// From the terminal itself, with these counters; it goes on to a hub above where there is one.
    Direct { counters: &'a [(String, i64)], forwards: bool },
    /// By a store's hub, which gave it a place in a sequence.
    Forwarded { place: (Uuid, i64), brought: Option<Brought> },
}

/// What became of an item, and what it moves where it took effect now.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) verdict: Verdict,
    pub(crate) entered: Option<(Key, Moved)>,
    /// Set when other content came under its identity for the first time.
    pub(crate) differs: Option<ledger::Event>,
}

impl Taken {
    /// An item that the database refused: its neighbours stand, and its terminal sends it again.
    pub(crate) const fn failed(index: usize) -> Self {
        let verdict = Verdict::rejected(index, "internal", "the hub could not write it");
        Self { verdict, entered: None, differs: None }
    }

    /// Notes what somebody has to look at.
    pub(crate) fn tell(&self, noticed: &mut Noticed) {
        if let Some((key, _)) = &self.entered {
            noticed.add(&key.event(), &self.verdict.flags);
        }
        if let Some(event) = &self.differs {
            noticed.add(event, [&flag::CONTENT_MISMATCH.to_owned()]);
        }
    }
}

/// The identity of an item.
pub(crate) fn identity(kind: Kind, item: &RawValue) -> Option<Uuid> {
    let body: Json = serde_json::from_str(item.get()).ok()?;
    Uuid::parse_str(kind.head(&body)["id"].as_str()?.trim()).ok()
}

/// Takes one item as it came.
pub(crate) fn take(
    session: &mut dyn Session,
    from: From<'_>,
    kind: Kind,
    (index, item): (usize, &RawValue),
    now: DateTime<Utc>,
) -> Result<Taken, DatabaseError> {
    let rejected = |code, message| {
        Ok(Taken { verdict: Verdict::rejected(index, code, message), entered: None, differs: None })
    };
    let Ok(body) = serde_json::from_str::<Json>(item.get()) else {
        return rejected("unreadable", "the item cannot be read");
    };
    let head = kind.head(&body);
    if !head.is_object() {
        return rejected("head_missing", "the item has no head");
    }
    let Some(id) = head["id"].as_str().and_then(|id| Uuid::parse_str(id.trim()).ok()) else {
        return rejected("id_invalid", "the head has no id that is a UUID");
    };
    let unique_id = text(&head[kind.number()]);
    let key = Key {
        company: from.company,
        terminal: from.terminal.id,
        kind: kind.entry().to_owned(),
        entity: id,
        revision: 1,
    };
    if is_only_meant(session, (kind, from.way), &key, &body)? {
        let (id, flags) = (Some(id), Vec::new());
        let verdict =
            Verdict { index, id, unique_id, result: "accepted", flags, error_code: None, message: None };
        return Ok(Taken { verdict, entered: None, differs: None });
    }
    let (entered, moved) =
        savepoint(session, |session| enter(session, (from, kind, &key), (item.get(), &body), now))?;
    let mut flags = ledger::flags(session, &key)?;
    if kind == Kind::Closure && has_open_receipts(session, &key)? {
        flags.insert(flag::OPEN_RECEIPTS.to_owned());
    }
    let flags = flags.into_iter().collect();
    // An old terminal would send a refused repeat for ever: the first version stays in force, and it is told.
    let result = if entered == Entered::New { "accepted" } else { "duplicate" };
    let differs = (entered == Entered::Differs { is_news: true }).then(|| key.event());
    let verdict = Verdict { index, id: Some(id), unique_id, result, flags, error_code: None, message: None };
    Ok(Taken { verdict, entered: (entered == Entered::New).then_some((key, moved)), differs })
}

/// Whether an item tells of a movement that has not happened, and never was: it is not entered, since it comes under the same
/// identity when it has. A store's hub forwards none of them.
fn is_only_meant(
    session: &mut dyn Session,
    (kind, way): (Kind, Way<'_>),
    key: &Key,
    body: &Json,
) -> Result<bool, DatabaseError> {
    let is_meant =
        kind == Kind::Movement && matches!(way, Way::Direct { .. }) && !movements::has_happened(body);
    Ok(is_meant && !ledger::has(session, key)?)
}

/// Enters an item with its effects, where its key is not taken.
fn enter(
    session: &mut dyn Session,
    (From { way, store, .. }, kind, key): (From<'_>, Kind, &Key),
    (item, body): (&str, &Json),
    now: DateTime<Utc>,
) -> Result<(Entered, Moved), DatabaseError> {
    let place = match way {
        Way::Direct { .. } => None,
        Way::Forwarded { place, .. } => Some(place),
    };
    let digest = content::digest(body);
    let content = Content { digest: &digest, body: item, place };
    let entered = ledger::enter(session, key, content, now)?;
    if entered != Entered::New {
        if let (Way::Direct { counters, forwards: true }, Entered::Differs { is_news: true }) =
            (way, &entered)
        {
            relay::queue_differing(session, key, (item, counters), now)?;
        }
        return Ok((entered, Moved::default()));
    }
    let brought = match way {
        Way::Direct { counters, forwards: true } => {
            Some(relay::queue_older(session, key, (item, counters), now)?)
        }
        Way::Direct { forwards: false, .. } => {
            relay::is_not_queued(session, key.company)?;
            None
        }
        Way::Forwarded { brought, .. } => brought,
    };
    let number = text(&kind.head(body)[kind.number()]);
    let moved = match kind {
        Kind::Document => {
            write_document(session, (key, store), body, now)?;
            ledger::note_collisions(session, key, ("document", "document_id"), number.as_deref())?;
            effects::book(session, (key, brought, store), body, now)?
        }
        Kind::Closure => {
            write_closure(session, (key, store), kind.head(body), now)?;
            ledger::note_collisions(session, key, ("closure", "closure_id"), number.as_deref())?;
            Moved::default()
        }
        Kind::Movement | Kind::Use | Kind::Points => {
            // Their numbers are labels; that another terminal gave out an identity is told as of events of our own tills.
            let mut together = Together::default();
            let asked = together.add(ledger::taken(&[key]));
            let others = Digests::of(&together.ask(session)?, (&asked, key.terminal))?.others;
            ledger::note_clones(session, (&[key], &others), &mut Noted::new())?;
            by_itself(session, kind, (key, brought, store), body, now)?
        }
    };
    Ok((entered, moved))
}

/// Books what came by itself, and what it moves on the shelves.
fn by_itself(
    session: &mut dyn Session,
    kind: Kind,
    (key, brought, store): (&Key, Option<Brought>, OfStore<'_>),
    row: &Json,
    now: DateTime<Utc>,
) -> Result<Moved, DatabaseError> {
    match kind {
        Kind::Movement => return movements::book(session, key, row, now),
        Kind::Use => told::used(session, (key, brought, store), row, now)?,
        Kind::Points => told::moved_points(session, key, row, now)?,
        Kind::Document | Kind::Closure => {}
    }
    Ok(Moved::default())
}

fn write_document(
    session: &mut dyn Session,
    (key, store): (&Key, OfStore<'_>),
    body: &Json,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let head = &body["head"];
    let total = content::ten_thousandths(&head["total_amount"]);
    // The total of the originals is before discounts: what was paid is less.
    let discounts = content::ten_thousandths(&head["total_discount_amount"]).unwrap_or_default();
    let due = total.map(|total| total.saturating_sub(discounts));
    let closure_number = content::whole(&head["closure_number"]);
    let status = text(&head["transaction_status"]).unwrap_or_default();
    let currency = store.of_document(session, key, head)?;
    session.send(
        "INSERT INTO document (company_id, terminal_id, document_id, unique_id, closure_number, receipt_number, \
         status, document_type, transaction_type, occurred_at, total_e4, received_at, customer_id, due_e4, \
         currency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        &[
            key.company.into(),
            key.terminal.into(),
            key.entity.into(),
            text(&head["transaction_unique_id"]).into(),
            closure_number.into(),
            content::whole(&head["receipt_number"]).into(),
            (&status).into(),
            text(&head["document_type"]).into(),
            text(&head["transaction_type"]).into(),
            text(&head["transaction_date_time"]).into(),
            total.into(),
            now.timestamp_millis().into(),
            head["fk_customer_id"].as_str().and_then(|id| Uuid::parse_str(id.trim()).ok()).into(),
            due.into(),
            currency.map(|currency| currency.to_string()).into(),
        ],
    )?;
    for (rows, counts) in DOCUMENT_ROWS {
        for (position, row) in (0..).zip(body[rows].as_array().into_iter().flatten()) {
            let amount = counts.and_then(|field| content::ten_thousandths(&row[field]));
            write_row(session, key, (rows, position), amount)?;
        }
    }
    if body[FISCAL].is_object() {
        write_row(session, key, (FISCAL, 0), None)?;
    }
    if total.is_none() {
        ledger::note(session, key, flag::AMOUNT_UNREADABLE)?;
    }
    if status.eq_ignore_ascii_case("completed") && body["products"].as_array().is_none_or(Vec::is_empty) {
        ledger::note(session, key, flag::NO_LINES)?;
    }
    if period_is_closed(session, key, closure_number)? {
        ledger::note(session, key, flag::LATE)?;
    }
    Ok(())
}

fn write_row(
    session: &mut dyn Session,
    key: &Key,
    (kind, position): (&str, i64),
    amount: Option<i64>,
) -> Result<(), DatabaseError> {
    session.send(
        "INSERT INTO document_row (company_id, terminal_id, document_id, kind, position, amount_e4) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            key.company.into(),
            key.terminal.into(),
            key.entity.into(),
            kind.into(),
            position.into(),
            amount.into(),
        ],
    )
}

fn write_closure(
    session: &mut dyn Session,
    (key, store): (&Key, OfStore<'_>),
    head: &Json,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let currency = store.of_closure(session, key, head)?;
    session.send(
        "INSERT INTO closure (company_id, terminal_id, closure_id, unique_id, closure_number, closed_on, \
         document_count, gross_e4, received_at, currency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            key.company.into(),
            key.terminal.into(),
            key.entity.into(),
            text(&head["closure_unique_id"]).into(),
            content::whole(&head["closure_number"]).into(),
            text(&head["closure_date"]).into(),
            content::whole(&head["total_document_count"]).into(),
            content::ten_thousandths(&head["gross_sales_amount"]).into(),
            now.timestamp_millis().into(),
            currency.map(|currency| currency.to_string()).into(),
        ],
    )
}

fn period_is_closed(
    session: &mut dyn Session,
    key: &Key,
    number: Option<i64>,
) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT 1 FROM closure WHERE company_id = $1 AND terminal_id = $2 AND closure_number = $3 LIMIT 1",
        &[key.company.into(), key.terminal.into(), number.into()],
    )?;
    Ok(!rows.is_empty())
}

/// Whether a closure counts more documents than have come of its period; late ones clear it.
fn has_open_receipts(session: &mut dyn Session, key: &Key) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT c.document_count, (SELECT count(*) FROM document d WHERE d.company_id = c.company_id \
         AND d.terminal_id = c.terminal_id AND d.closure_number = c.closure_number) FROM closure c \
         WHERE c.company_id = $1 AND c.terminal_id = $2 AND c.closure_id = $3",
        &[key.company.into(), key.terminal.into(), key.entity.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(false) };
    Ok(row.optional_integer(0)?.unwrap_or(0) > row.integer(1)?)
}

/// A text that is there, without characters that no database keeps. One that is too long is none: of a part of it nobody can
/// tell whose it is.
fn text(value: &Json) -> Option<String> {
    let text = value.as_str()?.replace('\0', "");
    (1..=LONGEST).contains(&text.chars().count()).then_some(text)
}

/// An amount as decimals with four places.
pub(crate) fn amount(ten_thousandths: i64) -> Decimal {
    Decimal::new(ten_thousandths, 4)
}
