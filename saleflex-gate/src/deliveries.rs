//! What our own tills deliver, applied: documents and closures are found by their numbers, stock, points and uses
//! add up, and every document is derived anew.
//!
//! **Invariants:** effects are written in the transaction that enters the event, so that they happen once; a sale that
//! was made is never refused for what it says, only flagged.

use chrono::{DateTime, NaiveDate, Utc};
use saleflex_core::{
    campaign,
    checkout::{Effects, SaleUsage},
    closure::Closure,
    document::{Completed, Document, Kind},
    ids::CustomerId,
    journal::{self, SCHEMA_VERSION},
    money::{Currency, CurrencyCode, Money},
};
use saleflex_sync::wire::Person;
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session, Value},
    e4,
    ledger::{Key, Notes, flag},
    offers::{
        gift_cards,
        in_force::InStore,
        quotas,
        rejudging::{Judged, KnownSets},
        uses::{self, By, Use},
    },
    relay::Brought,
    stock::counted,
};

mod bounds;
mod customers;
pub(crate) mod documents;
mod points;
mod reading;

use self::documents::Documents;
pub(crate) use self::{
    bounds::{fits_with, weight},
    points::{birthday, is_welcomed, points_of, put_points, welcome},
    reading::Read,
};

/// An event that was just entered, and how it came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event<'a> {
    pub(crate) key: &'a Key,
    pub(crate) store: Uuid,
    /// Its place in its till's sequence.
    pub(crate) place: (Uuid, i64),
    /// The version of its shape.
    pub(crate) shape: u32,
    /// Which store's hub brought it.
    pub(crate) brought: Option<Brought>,
    /// Whoever sent it may have the customers of its store.
    pub(crate) knows_customers: bool,
    /// The people whom it is about, as its till knows them.
    pub(crate) people: &'a [Person],
    /// What its store counts in.
    pub(crate) currency: Option<CurrencyCode>,
    /// What is in force in its store.
    pub(crate) offers: &'a InStore<'a>,
    /// What is noted about it and those beside it.
    pub(crate) notes: &'a Notes,
}

impl Event<'_> {
    /// Who uses what it uses.
    pub(crate) const fn by(&self) -> By {
        By { terminal: self.key.terminal, place: Some(self.place), brought: self.brought }
    }

    /// Whether this program knows all that it may hold.
    const fn is_known_whole(&self) -> bool {
        self.shape <= SCHEMA_VERSION
    }

    /// Notes something about it, once.
    pub(crate) fn note(&self, flag: &'static str) {
        self.notes.add(self.key, flag);
    }

    /// Whether something counts in what its store does. What does not is kept and noted, and is in no sum.
    fn counts_in(&self, currency: &Currency) -> bool {
        let is_own = self.currency.is_none_or(|own| own == currency.code());
        if !is_own {
            self.note(flag::CURRENCY_DIFFERS);
        }
        is_own
    }

    /// An amount as a column keeps it. That it cannot is noted, and it counts as nothing.
    fn amount(&self, currency: &Currency, amount: Money) -> Option<i64> {
        let kept = e4::of(currency.decimal(amount));
        if kept.is_none() {
            self.note(flag::AMOUNT_UNREADABLE);
        }
        kept
    }
}

/// Applies an event that was just entered. Answers the period and the receipt that come next after the documents it finished.
pub(crate) fn apply(
    session: &mut dyn Session,
    event: Event<'_>,
    (read, sets): (&Read, &KnownSets),
    documents: &mut Documents,
    now: DateTime<Utc>,
) -> Result<Option<(i64, i64)>, DatabaseError> {
    let (key, entry) = (event.key, &read.entry);
    for sale in &entry.effects.completed {
        completed(session, event, (read, sale, sets), documents, now)?;
    }
    gift_cards::carry(session, event, &entry.effects.completed)?;
    if let Some(cancelled) = &entry.effects.cancelled {
        let (left, cashier) = (cancelled.document(), cancelled.authority().cashier.uuid());
        event.counts_in(&left.currency);
        document(event, (read, left, "cancelled", cashier), documents, entry.engine);
    }
    if let Some(closed) = entry.closure() {
        event.counts_in(&closed.period.currency);
        closure(session, event, closed, documents, now)?;
    }
    if let journal::Event::Customer(change) = &entry.event {
        customers::apply(session, event, (change, entry.at.instant), now)?;
    }
    counted::note(session, key.company, entry)?;
    usage(session, event, (&entry.effects, entry.at.business_date), now)?;
    points::book_all(session, key.company, entry, now)?;
    if !read.is_moved_whole {
        event.note(flag::AMOUNT_UNREADABLE);
    }
    let numbers = read.finished().map(|document| document.number);
    let next = numbers.map(|number| (i64::from(number.closure.0), i64::from(number.receipt) + 1)).max();
    let closed_as = entry.closure().map(|closed| closed.period.closing_number());
    Ok(next.max(closed_as.map(|number| (i64::from(number.0) + 1, 1))))
}

fn completed(
    session: &mut dyn Session,
    event: Event<'_>,
    (read, sale, sets): (&Read, &Completed, &KnownSets),
    documents: &mut Documents,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let Event { key, store, .. } = event;
    let (finished, by) = (sale.document(), sale.completed_by().uuid());
    let rules = sale.pricing().engine_version;
    document(event, (read, finished, "completed", by), documents, rules);
    let is_own = event.counts_in(&sale.document().currency);
    // What was rung up in training was never paid.
    if is_own && !sale.document().training {
        gift_cards::book(session, event, sale.document(), now)?;
    }
    if is_judged_otherwise(sale) {
        event.note(flag::NOT_REJUDGED);
    } else if is_own && event.is_known_whole() {
        match sets.judge(session, (key.company, store), (sale, now))? {
            Judged::AsItStands => {}
            Judged::Otherwise => event.note(flag::CAMPAIGN_DRIFT),
            Judged::ByNobody => event.note(flag::NOT_REJUDGED),
        }
    }
    Ok(())
}

/// Whether campaigns judged a sale by other rules than those of this program, by which they might give something else.
fn is_judged_otherwise(sale: &Completed) -> bool {
    let (document, pricing) = (sale.document(), sale.pricing());
    let is_judged = pricing.campaign_set.is_some() && document.kind == Kind::Sale && !document.training;
    is_judged && pricing.campaign_engine.as_deref().is_some_and(|engine| engine != campaign::ENGINE_VERSION)
}

fn document(
    event: Event<'_>,
    (read, document, status, cashier): (&Read, &Document, &str, Uuid),
    documents: &mut Documents,
    rules: u32,
) {
    let key = event.key;
    let total = event.amount(&document.currency, document.totals.net_due);
    let Some(came_in) = documents.enter(key, document, (status, cashier, total)) else { return };
    let lines = document.active_lines().map(|line| ("products", line.total));
    let tenders = document.counted_tenders().map(|tender| ("payments", tender.amount));
    for (position, (kind, sum)) in (0_i64..).zip(lines.chain(tenders)) {
        documents.add_row(document, (kind, position, event.amount(&document.currency, sum)));
    }
    if !reading::is_known(event.shape, rules) {
        event.note(flag::NOT_REDERIVED);
    } else if read.drifts(document) {
        event.note(flag::DRIFT);
        tracing::warn!(document = %document.id, terminal = %key.terminal, "figures are not what their document comes to");
    }
    if came_in.is_late {
        event.note(flag::LATE);
    }
    if came_in.is_number_reused {
        event.note(flag::NUMBER_REUSED);
    }
}

fn closure(
    session: &mut dyn Session,
    event: Event<'_>,
    closed: &Closure,
    documents: &mut Documents,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let key = event.key;
    let gross = event.amount(&closed.period.currency, closed.report.gross_sales);
    let period = i64::from(closed.number().0);
    let entering = "INSERT INTO closure (company_id, terminal_id, closure_id, unique_id, closure_number, closed_on, \
         document_count, gross_e4, received_at, currency, closed_as) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (company_id, terminal_id, closure_id) DO NOTHING RETURNING closure_id";
    let values: Vec<Value> = vec![
        key.company.into(),
        key.terminal.into(),
        key.entity.into(),
        closed.period.label().to_string().into(),
        period.into(),
        closed.business_date.to_string().into(),
        Value::Null,
        gross.into(),
        now.timestamp_millis().into(),
        closed.period.currency.code().to_string().into(),
        closed.period.closes_as.map(|number| i64::from(number.0)).into(),
    ];
    let twice = "SELECT 1 FROM closure WHERE company_id = $1 AND terminal_id = $2 \
         AND COALESCE(closed_as, closure_number) = $3 AND closure_id <> $4 LIMIT 1";
    let number = i64::from(closed.period.closing_number().0);
    let of_number = vec![key.company.into(), key.terminal.into(), number.into(), key.entity.into()];
    let answers = session.query_all(&[(entering.to_owned(), values), (twice.to_owned(), of_number)])?;
    let is_found = |at: usize| answers.get(at).is_some_and(|rows| !rows.is_empty());
    if is_found(0) {
        documents.close(period);
    }
    if is_found(1) {
        event.note(flag::NUMBER_REUSED);
    }
    Ok(())
}

/// Notes what sales used of campaigns and coupons. What one gave in another currency than its store's is in no sum of money.
fn usage(
    session: &mut dyn Session,
    event: Event<'_>,
    (effects, sold_on): (&Effects, NaiveDate),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let company = event.key.company;
    for SaleUsage { document, usage } in &effects.usage {
        let sale = effects.completed.iter().find(|sale| sale.document().id == *document);
        let customer = sale.and_then(|sale| sale.document().customer).map(CustomerId::uuid);
        let currency = sale.map(|sale| sale.document().currency);
        let is_own = currency.as_ref().is_some_and(|currency| event.counts_in(currency));
        let currency = currency.filter(|_| is_own);
        let campaigns = usage.campaigns.iter().map(|one| ("campaign", one.campaign.uuid(), one.amount));
        let coupons = usage.coupons.iter().map(|one| ("coupon", one.coupon.uuid(), one.amount));
        for (kind, offer, given) in campaigns.chain(coupons) {
            let amount_e4 = currency.as_ref().and_then(|currency| event.amount(currency, given));
            let amount_e4 = amount_e4.unwrap_or_default();
            let sold_on = Some(sold_on);
            let of = Use { kind, offer, document: document.uuid(), customer, amount_e4, sold_on };
            if !uses::note(session, company, (event.by(), of), now)? {
                event.note(flag::AMOUNT_UNREADABLE);
            }
            if let Some(currency) = &currency
                && quotas::is_beyond(session, (event.offers, event.by()), (offer, customer, currency), now)?
            {
                event.note(flag::OVER_QUOTA);
            }
        }
    }
    if let Some(reversed) = effects.usage_reversed {
        uses::give_back(session, company, reversed.uuid())?;
    }
    Ok(())
}
