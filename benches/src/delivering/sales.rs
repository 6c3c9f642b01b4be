//! Sales as tills deliver them: one that was sold once at a real till, and copies of it under other identities, numbers
//! and times.
//!
//! **Invariant:** a copy is an entry as a till freezes it, byte for byte, and its figures come to what stands there: a hub
//! applies it wholly.

use std::path::Path;

use anyhow::{Context, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    digest::Digest,
    ids::DocumentId,
    journal::{Entry, EventKind as Kind},
    time::Moment,
};
use saleflex_sync::wire::{EventKind, PeriodLink, PushItem, PushRequest, Sender};
use serde_json::{Map, Value, value::RawValue};
use uuid::Uuid;

use crate::shop::Shop;

/// The life of the files of all tills.
pub(super) const EPOCH: Uuid = Uuid::from_u128(1);
const PRODUCTS: usize = 100;

/// A till that delivers.
#[derive(Clone, Copy)]
pub(super) struct TillOf<'a> {
    pub(super) store: &'a str,
    pub(super) code: &'a str,
    /// Tells its identities from those of others; below 256.
    pub(super) no: u8,
}

/// A real sale, to be copied.
pub(super) struct Sales {
    frozen: Value,
    document: Uuid,
    at: DateTime<Utc>,
    bytes: usize,
}

impl Sales {
    /// Sells so many lines at a new till.
    pub(super) fn of(folder: &Path, lines: usize) -> anyhow::Result<Self> {
        let mut shop = Shop::create(&folder.join(format!("sale-of-{lines}.saleflex")), PRODUCTS)?;
        shop.sell(lines)?;
        let entry = shop.till.entry(shop.till.chain_head().seq)?;
        let sold = entry.effects.completed.first().map(|sale| sale.document().id);
        ensure!(sold.map(DocumentId::uuid) == Some(entry.entity), "no sale is what happened last");
        Ok(Self {
            frozen: serde_json::to_value(&entry)?,
            document: entry.entity,
            at: entry.at.instant,
            bytes: entry.to_bytes()?.len(),
        })
    }

    /// How many bytes it froze.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// When it was sold, in milliseconds since 1970.
    pub(super) fn sold_at(&self) -> u64 {
        self.at.timestamp_millis().unsigned_abs()
    }

    /// The body of a push of a till's copies behind those that it has sent.
    pub(super) fn push(&self, till: TillOf<'_>, sent: u64, events: u64) -> anyhow::Result<Vec<u8>> {
        let [office_code, store_code, terminal_code] = ["OFC", till.store, till.code].map(str::to_owned);
        let sender = Sender { office_code, store_code, terminal_code };
        let items = (sent + 1..=sent + events).map(|no| item(&sender, no, &self.copy(till.no, no)?));
        let items = items.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(serde_json::to_vec(&PushRequest::new(sender, EPOCH, 0, items))?)
    }

    fn copy(&self, till: u8, no: u64) -> anyhow::Result<Entry> {
        let mut copy = self.frozen.clone();
        let [was, document] = [self.document, self.identity(till, no)].map(|id| id.to_string());
        let later = TimeDelta::milliseconds(i64::try_from(no)?);
        Renewed { was, document, no, later }.renew(&mut copy)?;
        Ok(Entry::from_bytes(&serde_json::to_vec(&copy)?)?)
    }

    /// An identity that rises with the number, as version 7 does.
    pub(super) fn identity(&self, till: u8, no: u64) -> Uuid {
        let millis = u128::from(self.sold_at() + no);
        Uuid::from_u128(
            millis << 80 | 0x7_u128 << 76 | 0x2_u128 << 62 | u128::from(till) << 40 | u128::from(no),
        )
    }
}

/// What a copy has that is its own.
struct Renewed {
    was: String,
    document: String,
    no: u64,
    later: TimeDelta,
}

impl Renewed {
    /// Puts it wherever it stands.
    fn renew(&self, value: &mut Value) -> anyhow::Result<()> {
        match value {
            Value::String(text) if *text == self.was => text.clone_from(&self.document),
            Value::Array(values) => {
                for value in values {
                    self.renew(value)?;
                }
            }
            Value::Object(fields) if holds(fields, ["instant", "local", "business_date"]) => {
                let Moment { instant, local, business_date } =
                    serde_json::from_value(Value::Object(fields.clone()))?;
                let later = Moment::new(instant + self.later, local + self.later, business_date);
                *value = serde_json::to_value(later)?;
            }
            Value::Object(fields) => {
                if holds(fields, ["date", "closure", "receipt"]) {
                    fields.insert("receipt".to_owned(), self.no.into());
                }
                for value in fields.values_mut() {
                    self.renew(value)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        Ok(())
    }
}

fn holds(fields: &Map<String, Value>, names: [&str; 3]) -> bool {
    names.iter().all(|name| fields.contains_key(*name))
}

/// The event of a sale.
fn item(sender: &Sender, seq: u64, entry: &Entry) -> anyhow::Result<PushItem> {
    ensure!(entry.kind() == Kind::Transaction, "a sale is not what it was");
    let kind = EventKind::of(entry.kind().name());
    let revision = entry.revision().context("a sale has no revision")?;
    let payload = String::from_utf8(entry.to_bytes()?)?;
    Ok(PushItem {
        seq,
        idempotency_key: PushItem::key(sender, &kind, entry.entity, revision),
        kind,
        entity_id: entry.entity,
        revision,
        depends_on_closure: entry.depends_on_closure().map(PeriodLink::BelongsTo),
        missing: Vec::new(),
        created_at: entry.at.instant.fixed_offset(),
        schema_version: entry.schema,
        payload_hash: Digest::of(payload.as_bytes()),
        payload: RawValue::from_string(payload)?,
        people: Vec::new(),
        forwarded: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_the_same_sale_under_another_identity_number_and_time_and_adds_up() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let sales = Sales::of(folder.path(), 2)?;
        let [first, second, other] = [sales.copy(0, 1)?, sales.copy(0, 2)?, sales.copy(1, 2)?];
        let document = |entry: &Entry| entry.effects.completed[0].document().clone();
        let [was, is, others] = [&first, &second, &other].map(document);
        assert!(was.id < is.id && is.id != others.id && is.id.uuid() == second.entity);
        assert_eq!([&was, &is, &others].map(|one| one.number.receipt), [1, 2, 2]);
        assert_eq!(is.opened_at.instant - was.opened_at.instant, TimeDelta::milliseconds(1));
        assert_eq!((is.totals, is.lines.len()), (was.totals, 2));
        assert_eq!(is.derived_anew(), is);
        assert_eq!(second.effects.stock, first.effects.stock);
        Ok(())
    }
}
