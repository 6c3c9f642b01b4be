//! Whether what is stored is what happened.
//!
//! The journal is read once from its first event to its last. Beside it the documents are replayed, and every row
//! that was stored from an event is compared with it: documents and their numbers, periods and what they began with,
//! stock with its movements, batches, pieces and costs, transfers, orders and counts of it, points and who has them, what
//! customers owe, segments, campaigns, coupons and their uses, vouchers, what is parked, deliveries. What people set is compared
//! with the last word on it: settings, tax rates, departments, units, masks, exchange rates, what cashiers may do,
//! products and barcodes that were changed since the till was made.
//!
//! Not compared is what the journal must not or does not hold: names, telephones, secrets, products that are as they
//! were when the till was made, warehouses, suppliers, limits of stock, which connectors there are.

use std::collections::HashMap;

use rusqlite::{Connection, Row, types::Value};
use saleflex_core::{
    digest::Digest,
    document::{self, ENGINE_VERSION, State, Suspended, evolve},
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId},
    journal::{ChainHead, Entry, Event},
    money::{CurrencyCode, Money},
};
use uuid::Uuid;

use crate::{
    books::{
        documents::{self, Finished},
        journal,
    },
    error::Error,
    file::codec::get,
};

mod accounts;
mod campaigns;
mod deliveries;
mod goods;
mod members;
mod people;
mod receipts;
mod reference;
mod rows;
mod vouchers;

/// The answer of a verification.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verification {
    /// Everything stored is what happened.
    Whole(Whole),
    /// Something is not; this is the first place where it shows.
    Tampered {
        /// The place in the journal where it shows.
        seq: i64,
        /// What is wrong there.
        what: Tampering,
    },
}

/// How much was verified.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Whole {
    /// How many events there are.
    pub events: i64,
    /// How many finished documents.
    pub documents: i64,
    /// How many closed periods.
    pub closures: i64,
    /// How many finished documents were not replayed, because an earlier version of the rules priced them; their
    /// bytes are verified like all others.
    pub not_replayed: i64,
    /// The end of the chain.
    pub head: ChainHead,
}

/// What is wrong.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Tampering {
    /// The event is not there.
    #[error("the event is missing")]
    EventMissing,
    /// The payload is not what was digested.
    #[error("its payload is not what was digested")]
    PayloadChanged,
    /// The link does not follow from the one before.
    #[error("its link does not follow from the one before")]
    ChainBroken,
    /// The payload cannot be read.
    #[error("its payload cannot be read")]
    Unreadable,
    /// A column of the event says something else than its payload.
    #[error("a column says something else than its payload")]
    EventRowChanged,
    /// The event stands under another life of the file.
    #[error("it stands under another life of the file")]
    WrongEpoch,
    /// What the document came to is not what its events lead to.
    #[error("the document came to something else than its events lead to")]
    TotalsDiffer,
    /// The document that was finished is not the one its events lead to.
    #[error("document {document} is not the one its events lead to")]
    ReplayDiffers {
        /// The document that was finished.
        document: DocumentId,
    },
    /// The row of a finished document is missing or says something else.
    #[error("the row of document {document} is missing or says something else")]
    DocumentChanged {
        /// The document whose row it is.
        document: DocumentId,
    },
    /// There is a row of a finished document that no event finished.
    #[error("there is a finished document that no event finished")]
    UnknownDocument,
    /// A document's number is not in its name.
    #[error("the number of document {document} is not in its name")]
    NumberChanged {
        /// The document whose number it is.
        document: DocumentId,
    },
    /// The row of a period says something else.
    #[error("the row of period {} says something else", closure.0)]
    ClosureChanged {
        /// The number of the period.
        closure: ClosureNumber,
    },
    /// The receipts of a period begin somewhere else than its documents.
    #[error("the receipts of period {} begin at {stored} and its documents at {expected}", closure.0)]
    FirstReceiptChanged {
        /// The number of the period.
        closure: ClosureNumber,
        /// What the row of the period says.
        stored: i64,
        /// Where the receipts of its documents begin, or those of any period in this life of the file.
        expected: u32,
    },
    /// The numbers of receipts that the open period gave out end elsewhere than its documents: the next receipt would have
    /// a number that does not follow.
    #[error(
        "the receipts of period {} end at {} and its documents at {}",
        closure.0, stored.unwrap_or_default(), expected.unwrap_or_default()
    )]
    LastReceiptChanged {
        /// The number of the period.
        closure: ClosureNumber,
        /// The highest number that is taken; none where no one is.
        stored: Option<i64>,
        /// The highest number that a document has; none where no one has.
        expected: Option<u32>,
    },
    /// A stock movement is missing, or is not what its event says, or does not lead to the level or the worth.
    #[error("a stock movement, level or cost is not what the events lead to")]
    StockChanged,
    /// A transfer, an order to a supplier or a stock count is missing or is not what the events lead to.
    #[error("a transfer, order or stock count is not what the events lead to")]
    StockPaperChanged,
    /// A campaign or coupon is missing or is not what the journal says.
    #[error("a campaign or coupon is not what the journal says")]
    CampaignChanged,
    /// How often a campaign or coupon was used, or what it gave, is not what the journal says.
    #[error("how often a campaign or coupon was used is not what the journal says")]
    UsesChanged,
    /// An event that travels is not queued for a connector, or something else is, or it is written off and nobody
    /// wrote it off.
    #[error("what is queued for a connector is not what travels")]
    DeliveryChanged,
    /// The index of the journal lacks an entry or has one that is not there.
    #[error("the index of the journal does not name its entries")]
    IndexChanged,
    /// The audit trail lacks an act, or has one that did not happen or happened otherwise.
    #[error("the audit trail is not what the events did")]
    AuditChanged,
    /// A row of the points ledger or a membership is missing or is not what the events lead to.
    #[error("the points of customer {customer} are not what the events lead to")]
    PointsChanged {
        /// Whose; of a row too many, anybody's.
        customer: CustomerId,
    },
    /// Who is in a segment is not what the events lead to.
    #[error("who is in a segment is not what the events lead to")]
    SegmentChanged,
    /// The row of the till names another store, terminal, currency or tax mode than its first event.
    #[error("the till is not the one that its first event names")]
    IdentityChanged,
    /// The settings are not those that were last set.
    #[error("the settings are not those that were last set")]
    SettingsChanged,
    /// A product, barcode, tax rate, department, unit or mask is not what it was last set to.
    #[error("a product, barcode, tax rate, department, unit or mask is not what it was last set to")]
    CatalogChanged,
    /// An exchange rate is not the one that was last set.
    #[error("the exchange rate of {currency} is not the one that was last set")]
    RateChanged {
        /// The foreign currency whose rate it is.
        currency: CurrencyCode,
    },
    /// A cashier is missing, nobody added one, or one may do something else than was last said.
    #[error("cashier {cashier} may do something else than was last said")]
    CashierChanged {
        /// The cashier whose row it is.
        cashier: CashierId,
    },
    /// What a customer owes is not what the documents put on account.
    #[error("what customer {customer} owes is not what the documents put on account")]
    BalanceChanged {
        /// The customer whose account it is.
        customer: CustomerId,
    },
    /// A voucher that was given out for the rest of another is missing, or is worth something else than the documents say.
    #[error("what is left on a voucher is not what the documents lead to")]
    VoucherChanged,
    /// A document that is not finished is missing or is not what its events lead to.
    #[error("a document that is not finished is not what its events lead to")]
    DraftChanged,
}

/// Looks through the whole journal.
pub(crate) fn verify(connection: &Connection) -> Result<Verification, Error> {
    let mut verifier = Verifier::new(connection)?;
    let mut select = connection.prepare(
        "SELECT seq, epoch, payload, payload_hash, chain_hash, net_due, paid, kind, entity_id, revision, \
         depends_on_closure, schema_version, created_at, offset_min, command_id FROM event ORDER BY seq",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if let Err(what) = verifier.event(row)? {
            let seq = verifier.whole.head.seq + 1;
            return Ok(Verification::Tampered { seq, what });
        }
    }
    let seq = verifier.whole.head.seq;
    Ok(match verifier.end()? {
        Ok(whole) => Verification::Whole(whole),
        Err(what) => Verification::Tampered { seq, what },
    })
}

/// What was found: nothing, or what is wrong. The outer error is a failure of the disk.
type Finding = Result<Result<(), Tampering>, Error>;

/// Leaves a check with what is wrong unless something holds.
macro_rules! hold {
    ($holds:expr, $what:expr) => {
        if !$holds {
            return Ok(Err($what));
        }
    };
}

/// Leaves a check with what another check found.
macro_rules! check {
    ($finding:expr) => {
        if let Err(what) = $finding? {
            return Ok(Err(what));
        }
    };
}

pub(crate) use {check, hold};

struct Verifier<'a> {
    connection: &'a Connection,
    rows: rows::Rows<'a>,
    deliveries: deliveries::Deliveries<'a>,
    people: people::People<'a>,
    members: members::Members<'a>,
    goods: goods::Goods<'a>,
    campaigns: campaigns::Campaigns<'a>,
    accounts: accounts::Accounts<'a>,
    words: reference::Words<'a>,
    vouchers: vouchers::GivenOut<'a>,
    whole: Whole,
    epoch: i64,
    /// Documents that are not finished, by the entity of their events.
    states: HashMap<Uuid, State>,
}

impl<'a> Verifier<'a> {
    fn new(connection: &'a Connection) -> Result<Self, Error> {
        Ok(Self {
            connection,
            rows: rows::Rows::new(connection),
            deliveries: deliveries::Deliveries::new(connection)?,
            people: people::People::new(connection),
            members: members::Members::new(connection),
            goods: goods::Goods::new(connection)?,
            campaigns: campaigns::Campaigns::new(connection),
            accounts: accounts::Accounts::new(connection),
            words: reference::Words::new(connection),
            vouchers: vouchers::GivenOut::new(connection),
            whole: Whole::default(),
            epoch: 0,
            states: HashMap::new(),
        })
    }

    fn event(&mut self, row: &Row<'_>) -> Finding {
        let head = self.whole.head;
        hold!(row.get::<_, i64>(0)? == head.seq + 1, Tampering::EventMissing);
        let payload = row.get_ref(2)?.as_blob().unwrap_or_default();
        let payload_hash = Digest::of(payload);
        hold!(get(row, 3).is_ok_and(|stored: Digest| stored == payload_hash), Tampering::PayloadChanged);
        let next = head.then(&payload_hash);
        hold!(get(row, 4).is_ok_and(|stored: Digest| stored == next.link), Tampering::ChainBroken);
        let Ok(entry) = Entry::from_bytes(payload) else { return Ok(Err(Tampering::Unreadable)) };
        let stored: Vec<Value> = (7..15).map(|at| row.get(at)).collect::<Result<_, _>>()?;
        hold!(stored == journal::columns(&entry, next.seq), Tampering::EventRowChanged);
        check!(self.epoch(&entry, row.get(1)?));
        let net_due: Option<Money> = get(row, 5)?;
        let totals = net_due.zip(get(row, 6)?);
        let before = self.states.get(&entry.entity).and_then(State::document);
        check!(self.people.of_entry(&entry, next.seq, before));
        self.vouchers.of_entry(&entry, before);
        self.campaigns.of_entry(&entry, next.seq)?;
        self.accounts.of_entry(&entry);
        check!(self.words.of_entry(&entry));
        check!(self.replay(&entry, totals));
        check!(self.finished(&entry, next.seq));
        check!(self.rows.of_event(&entry, next.seq, self.whole.documents));
        check!(self.deliveries.of_entry(&entry, next.seq));
        check!(self.members.of_entry(&entry, next.seq));
        check!(self.goods.of_entry(&entry, next.seq));
        self.whole.closures += i64::from(entry.closure().is_some());
        self.whole.events += 1;
        self.whole.head = next;
        Ok(Ok(()))
    }

    /// An epoch begins with the entry that says so.
    fn epoch(&mut self, entry: &Entry, stored: i64) -> Finding {
        if let Event::TillCreated { epoch, .. } | Event::EpochBegan { epoch, .. } = &entry.event {
            self.epoch += 1;
            hold!(self.rows.epoch(self.epoch)? == Some(*epoch), Tampering::WrongEpoch);
        }
        hold!(stored == self.epoch, Tampering::WrongEpoch);
        Ok(Ok(()))
    }

    /// Applies the events to the document they stand under and compares what it came to.
    fn replay(&mut self, entry: &Entry, totals: Option<(Money, Money)>) -> Finding {
        let Event::Document(events) = &entry.event else { return Ok(Ok(())) };
        for event in events {
            if let document::Event::DocumentAbandoned { document } = event {
                self.states.remove(&document.uuid());
            }
        }
        let state = self.states.remove(&entry.entity).unwrap_or_default();
        let state = events.iter().fold(state, evolve);
        let is_current = entry.engine == ENGINE_VERSION;
        let replayed = state.draft().map(|draft| draft.document().totals);
        let replayed = replayed.map(|totals| (totals.net_due, totals.paid));
        hold!(!is_current || replayed == totals, Tampering::TotalsDiffer);
        match &state {
            State::Completed(completed) => {
                let differs =
                    || completed.iter().zip(&entry.effects.completed).find(|(one, other)| one != other);
                hold!(completed.len() == entry.effects.completed.len(), Tampering::TotalsDiffer);
                if let Some((one, _)) = differs().filter(|_| is_current) {
                    return Ok(Err(Tampering::ReplayDiffers { document: one.document().id }));
                }
            }
            State::Cancelled(cancelled) => {
                let document = cancelled.document().id;
                let is_same = entry.effects.cancelled.as_ref() == Some(cancelled);
                hold!(is_same || !is_current, Tampering::ReplayDiffers { document });
            }
            State::Idle => {}
            State::Draft(_) | State::Suspended(_) => {
                self.states.insert(entry.entity, state);
            }
        }
        let finished = i64::try_from(Finished::of(entry).count()).unwrap_or(i64::MAX);
        self.whole.not_replayed += if is_current { 0 } else { finished };
        Ok(Ok(()))
    }

    /// Compares the rows of the documents that an event finished.
    fn finished(&mut self, entry: &Entry, seq: i64) -> Finding {
        for finished in Finished::of(entry) {
            self.whole.documents += 1;
            let document = finished.document();
            let stored = documents::row_at(self.connection, self.whole.documents)?;
            hold!(stored == Some(finished.row(seq)), Tampering::DocumentChanged { document: document.id });
            let owner = self.rows.owner_of_number(document.number)?;
            hold!(owner == Some(document.id), Tampering::NumberChanged { document: document.id });
        }
        Ok(Ok(()))
    }

    /// What must hold when every event was seen.
    fn end(self) -> Result<Result<Whole, Tampering>, Error> {
        let rows = documents::last(self.connection)?;
        hold!(rows == self.whole.documents, Tampering::UnknownDocument);
        let drafts = self.rows.drafts()?;
        hold!(drafts.len() == self.states.len(), Tampering::DraftChanged);
        for draft in drafts {
            let state = self.states.get(&draft.root);
            let is_same = match (state, draft.slot, &draft.snapshot) {
                (Some(State::Draft(open)), 0, _) => open.document().id == draft.id,
                (Some(State::Suspended(aside)), 1.., Some(snapshot)) => {
                    let stored: Option<Suspended> = serde_json::from_slice(snapshot).ok();
                    aside.document().id == draft.id && stored.as_ref() == Some(aside.as_ref())
                }
                _ => false,
            };
            hold!(is_same, Tampering::DraftChanged);
        }
        let findings = [
            self.rows.end(self.whole.closures)?,
            self.deliveries.end()?,
            self.people.end()?,
            self.members.end()?,
            self.goods.end()?,
            self.campaigns.end()?,
            self.accounts.end()?,
            self.words.end()?,
            self.vouchers.end()?,
        ];
        for finding in findings {
            if let Err(what) = finding {
                return Ok(Err(what));
            }
        }
        Ok(Ok(self.whole))
    }
}
