//! What segments ask about customers, gathered from their records, memberships and documents.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    iter::Peekable,
    vec,
};

use rusqlite::{Connection, Row, params};
use rust_decimal::Decimal;
use saleflex_core::{
    basket::LineItem,
    customer::{
        Customer as Record, Spending,
        segment::{Criterion, Needs, PurchasedLine, SegmentFacts},
    },
    document::{Completed, Document, DocumentType, Kind},
    ids::{CustomerId, DocumentId, LineNo, StoreId},
    loyalty::{EarnBase, Membership},
    money::Money,
};

use crate::{
    books::journal,
    error::Error,
    file::codec::{Col, get, get_name},
    people::{customer, loyalty},
};

/// A finished document as far as spending goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purchase {
    id: DocumentId,
    seq: Option<i64>,
    kind: Kind,
    amount: Money,
    at: chrono::NaiveDateTime,
    original: Option<DocumentId>,
}

impl Purchase {
    /// Of a document that was completed just now; none of one that counts nowhere.
    pub(crate) fn of(completed: &Completed) -> Option<Self> {
        let document = completed.document();
        let counts = !document.training && !document.document_type.is_delivery();
        counts.then(|| Self {
            id: document.id,
            seq: None,
            kind: document.kind,
            amount: EarnBase::Net.of(&document.totals).or_zero(),
            at: completed.completed_at().local,
            original: document.original,
        })
    }

    /// Of a row of [`DOCUMENTS`]; none of one that counts nowhere.
    fn read(row: &Row<'_>) -> rusqlite::Result<Option<Self>> {
        let document_type: DocumentType = get_name(row, 2)?;
        let amount: Money = get(row, 5)?;
        Ok((!document_type.is_delivery()).then_some(Self {
            id: get(row, 1)?,
            seq: Some(row.get(8)?),
            kind: get_name(row, 3)?,
            amount: amount.or_zero(),
            at: get(row, 4)?,
            original: get(row, 6)?,
        }))
    }
}

const DOCUMENTS: &str = "SELECT customer, id, document_type, kind, finished_local, total - discount + surcharge, \
                         original, no, seq FROM document WHERE status = 'completed' AND NOT is_training";

/// What a customer bought, refunds taken off.
#[derive(Debug, Default)]
pub(crate) struct History {
    spending: Spending,
    /// The sales, what they came to, and what came back of them.
    sales: HashMap<DocumentId, (Purchase, Money)>,
    /// The entries of returns that name a sale.
    returns: Vec<i64>,
}

impl History {
    /// Counts a document.
    pub(crate) fn count(&mut self, one: Purchase) {
        if matches!(one.kind, Kind::Sale | Kind::Order | Kind::Layaway) {
            self.spending.count(one.amount, one.at);
            self.sales.insert(one.id, (one, Money::ZERO));
        }
        let sale = one.original.filter(|_| one.kind == Kind::Return);
        self.returns.extend(one.seq.filter(|_| sale.is_some()));
        if let Some((sale, back)) = sale.and_then(|id| self.sales.get_mut(&id)) {
            let now = one.amount.min(sale.amount - *back);
            *back += now;
            self.spending.uncount(now, sale.at.date(), *back == sale.amount);
        }
    }
}

/// Asks what some criteria want to know.
#[derive(Debug)]
pub(crate) struct Asker<'a> {
    connection: &'a Connection,
    store: StoreId,
    needs: Needs,
    /// A record that becomes part of the one asked about.
    absorbs: Option<CustomerId>,
}

impl<'a> Asker<'a> {
    /// For these criteria, at a till of this store.
    pub(crate) fn new<'c>(
        connection: &'a Connection,
        store: StoreId,
        criteria: impl IntoIterator<Item = &'c Criterion>,
    ) -> Self {
        let needs = criteria.into_iter().fold(Needs::default(), |needs, one| needs.and(one.needs()));
        Self { connection, store, needs, absorbs: None }
    }

    /// The same where a record is absorbed just now, and lies there on its own yet.
    pub(crate) fn with_absorbed(self, absorbs: CustomerId) -> Self {
        Self { absorbs: Some(absorbs), ..self }
    }

    /// What is known of one customer, with documents that were completed just now and lie nowhere yet.
    pub(crate) fn about(
        &self,
        record: &Record,
        member: Option<&Membership>,
        just_now: &[Completed],
    ) -> Result<SegmentFacts, Error> {
        let mut history = History::default();
        if member.is_none() || self.needs.any() {
            let mut earlier = customer::absorbed_by(self.connection, record.id)?;
            if let Some(absorbs) = self.absorbs {
                earlier.extend(customer::absorbed_by(self.connection, absorbs)?);
            }
            let mut rows = Vec::new();
            let ids = earlier.iter().map(|record| record.id).chain([record.id]).chain(self.absorbs);
            for id in ids {
                rows.extend(self.documents_of(id)?);
            }
            rows.sort_by_key(|(no, _)| *no);
            for (_, one) in rows {
                history.count(one);
            }
        }
        for one in just_now.iter().filter_map(Purchase::of) {
            history.count(one);
        }
        self.facts(record, member, &history, just_now)
    }

    fn documents_of(&self, id: CustomerId) -> Result<Vec<(i64, Purchase)>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{DOCUMENTS} AND customer = ?1"))?;
        let rows = select.query_map(params![Col(id)], |row| Ok((row.get(7)?, Purchase::read(row)?)))?;
        let rows = rows.collect::<Result<Vec<(i64, Option<Purchase>)>, _>>()?;
        Ok(rows.into_iter().filter_map(|(no, one)| Some((no, one?))).collect())
    }

    /// The same of every live customer but the walk-in, one after the other.
    pub(crate) fn about_everyone(
        &self,
        mut visit: impl FnMut(&Record, &SegmentFacts) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let members = loyalty::memberships(self.connection)?;
        let survivors = self.survivors()?;
        let mut documents = self.all_documents(members.len())?;
        customer::all(self.connection, |record| {
            let mut history = History::default();
            while let Some((of, one)) = documents.next_if(|(of, _)| of.uuid() <= record.id.uuid()) {
                if of == record.id {
                    history.count(one);
                }
            }
            if record.is_walk_in {
                return Ok(());
            }
            let member = members.get(&record.id);
            let facts = if survivors.contains(&record.id) {
                self.about(&record, member, &[])?
            } else {
                self.facts(&record, member, &history, &[])?
            };
            visit(&record, &facts)
        })
    }

    /// Customers into whom others were merged.
    fn survivors(&self) -> Result<BTreeSet<CustomerId>, Error> {
        let sql = "SELECT DISTINCT merged_into FROM customer WHERE merged_into IS NOT NULL";
        let mut select = self.connection.prepare(sql)?;
        let survivors = select.query_map([], |row| get(row, 0))?;
        Ok(survivors.collect::<Result<_, _>>()?)
    }

    /// The documents of all customers that have to be looked at, by customer: of members only where a criterion
    /// asks for more than sums.
    fn all_documents(
        &self,
        members: usize,
    ) -> Result<Peekable<vec::IntoIter<(CustomerId, Purchase)>>, Error> {
        let but_members = if members > 0 && !self.needs.any() {
            " AND customer NOT IN (SELECT customer FROM membership)"
        } else {
            ""
        };
        let mut select = self
            .connection
            .prepare(&format!("{DOCUMENTS} AND customer IS NOT NULL{but_members} ORDER BY customer, no"))?;
        let rows = select.query_map([], |row| Ok((get(row, 0)?, Purchase::read(row)?)))?;
        let rows = rows.collect::<Result<Vec<(CustomerId, Option<Purchase>)>, _>>()?;
        let counted: Vec<_> = rows.into_iter().filter_map(|(of, one)| Some((of, one?))).collect();
        Ok(counted.into_iter().peekable())
    }

    fn facts(
        &self,
        record: &Record,
        member: Option<&Membership>,
        history: &History,
        just_now: &[Completed],
    ) -> Result<SegmentFacts, Error> {
        let spending = member.map_or(history.spending, |member| member.spending);
        // As to campaigns, whoever is suspended or has left is of no tier.
        let active = member.filter(|member| loyalty::may_redeem(member));
        let mut facts = SegmentFacts {
            spending,
            tier: active.and_then(|member| member.tier.clone()),
            stores: (spending.purchases > 0).then_some(self.store).into_iter().collect(),
            ..SegmentFacts::of(record)
        };
        if self.needs.dates {
            let kept = history.sales.values().filter(|(sale, back)| *back < sale.amount || back.is_zero());
            facts.purchased_on = Some(kept.map(|(sale, _)| sale.at.date()).collect());
        }
        if self.needs.lines {
            facts.purchased = self.kept_lines(history, just_now)?;
        }
        Ok(facts)
    }

    /// The lines of sales of which anything was kept.
    fn kept_lines(&self, history: &History, just_now: &[Completed]) -> Result<Vec<PurchasedLine>, Error> {
        let mut back = Back::default();
        for seq in &history.returns {
            for completed in &journal::read(self.connection, *seq)?.effects.completed {
                back.add(completed.document());
            }
        }
        for completed in just_now {
            back.add(completed.document());
        }
        let mut lines = Vec::new();
        for (id, seq) in history.sales.iter().filter_map(|(id, (sale, _))| Some((*id, sale.seq?))) {
            let entry = journal::read(self.connection, seq)?;
            let sale = entry.effects.completed.iter().filter(|completed| completed.document().id == id);
            lines.extend(sale.flat_map(|completed| back.lines_kept(completed)));
        }
        let counted = just_now.iter().filter(|completed| Purchase::of(completed).is_some());
        lines.extend(counted.flat_map(|completed| back.lines_kept(completed)));
        Ok(lines)
    }
}

/// How much came back of lines that were sold.
#[derive(Debug, Default)]
struct Back(BTreeMap<(DocumentId, LineNo), Decimal>);

impl Back {
    fn add(&mut self, document: &Document) {
        if document.kind != Kind::Return {
            return;
        }
        for line in document.active_lines() {
            if let Some(sold) = line.returned.as_ref().and_then(|returned| returned.original) {
                *self.0.entry(sold).or_default() += line.quantity.decimal();
            }
        }
    }

    /// The lines of a sale that did not come back entirely.
    fn lines_kept(&self, completed: &Completed) -> Vec<PurchasedLine> {
        let document = completed.document();
        if !matches!(document.kind, Kind::Sale | Kind::Order | Kind::Layaway) {
            return Vec::new();
        }
        let on = completed.completed_at().local.date();
        let is_kept = |line: &&LineItem| {
            self.0.get(&(document.id, line.no)).is_none_or(|back| *back < line.quantity.decimal())
        };
        let bought = |line: &LineItem| PurchasedLine {
            on,
            product: line.item.product,
            department: line.item.department,
            sub_department: line.item.sub_department,
        };
        document.active_lines().filter(is_kept).map(bought).collect()
    }
}
