//! Suppliers, orders to them, and what to order.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use saleflex_core::{
    cashier::{Approval, Capability},
    ids::{LocationId, PostingId, PurchaseOrderId, SupplierId},
    inventory::{
        Cause, Item, NumberKind, Place, Stock, StockAct,
        command::ReceiveLine,
        order::{OrderLine, OrderState, PurchaseOrder, Supplier},
        reorder::{Need, propose},
        transfer::TransferLine,
    },
    quantity::UnitPrice,
};

use super::Till;
use crate::{
    books::journal,
    error::Error,
    goods::stock::{self, Suggestion, SupplierFigures, moves, papers, records},
};

/// An item to order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// The item to order.
    pub item: Item,
    /// How much, in the item's unit.
    pub quantity: Stock,
    /// What one unit is to cost.
    pub unit_cost: Option<UnitPrice>,
}

/// Buying.
impl Till {
    /// An identity for a supplier to be added.
    pub fn new_supplier_id(&mut self) -> SupplierId {
        SupplierId::new(self.shell.new_id())
    }

    /// The suppliers, by code.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn suppliers(&self) -> Result<Vec<Supplier>, Error> {
        papers::suppliers(self.connection())
    }

    /// Adds or changes a supplier.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::BadRecord`] for a code or name that cannot be;
    /// [`Error::Taken`] for another's code.
    pub fn save_supplier(&mut self, supplier: Supplier) -> Result<(), Error> {
        self.need(Capability::CatalogWrite)?;
        if !supplier.is_valid() {
            return Err(Error::BadRecord { record: "supplier" });
        }
        let is_other = |known: &Supplier| known.code == supplier.code && known.id != supplier.id;
        if self.suppliers()?.iter().any(is_other) {
            return Err(Error::Taken { code: supplier.code });
        }
        let desk = self.desk_for_papers()?;
        self.commit_goods(&desk, StockAct::SupplierSaved(supplier), None)
    }

    /// Writes an order.
    ///
    /// # Errors
    /// [`Error::NoSuchSupplier`]; [`Error::Order`] with what is wrong.
    pub fn place_order(
        &mut self,
        supplier: SupplierId,
        location: LocationId,
        wanted: &[Wanted],
    ) -> Result<PurchaseOrder, Error> {
        let known = papers::supplier(self.connection(), supplier)?;
        known.filter(|known| known.is_active).ok_or(Error::NoSuchSupplier { supplier })?;
        let id = PurchaseOrderId::new(self.shell.new_id());
        let posting = PostingId::new(self.shell.new_id());
        let products: Vec<_> = wanted.iter().map(|one| one.item.product).collect();
        let desk = self.desk(posting, products, NumberKind::Receipt)?;
        let no = papers::last_order(self.connection())? + 1;
        let line = |one: &Wanted| OrderLine {
            item: one.item,
            ordered: one.quantity,
            received: Stock::ZERO,
            unit_cost: one.unit_cost,
        };
        let ordered_on = desk.moment.business_date;
        let order = PurchaseOrder {
            id,
            number: format!("PO-{}-{}-{no}", ordered_on.format("%Y%m%d"), self.identity.terminal_code),
            supplier,
            location,
            ordered_on,
            state: OrderState::Open,
            lines: wanted.iter().map(line).collect(),
        };
        order.check(&desk.facts(self, None))?;
        self.commit_goods(&desk, StockAct::OrderSaved(order.clone()), None)?;
        Ok(order)
    }

    /// The orders, the latest first; all, or those of which goods are expected.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn orders(&self, open_only: bool) -> Result<Vec<PurchaseOrder>, Error> {
        papers::orders(self.connection(), open_only)
    }

    /// Takes a delivery in that answers an order, whole or in part.
    ///
    /// # Errors
    /// [`Error::NoSuchOrder`]; [`Error::Order`] with the figures; then nothing is taken in.
    pub fn receive_order(
        &mut self,
        id: PurchaseOrderId,
        lines: Vec<ReceiveLine>,
        reference: Option<String>,
        approval: Option<Approval>,
    ) -> Result<PurchaseOrder, Error> {
        let order = self.order(id)?;
        let posting = PostingId::new(self.shell.new_id());
        let products: Vec<_> = lines.iter().map(|line| line.item.product).collect();
        let desk = self.desk(posting, products, NumberKind::Receipt)?;
        let items: BTreeSet<Item> = lines.iter().map(|line| line.item).collect();
        let book = stock::book(self.connection(), items)?;
        let (order, posting) = order.receive(&book, lines, reference, desk.facts(self, approval))?;
        self.commit_goods(&desk, StockAct::OrderReceived(order.clone()), Some(posting))?;
        Ok(order)
    }

    /// Expects nothing more of an order.
    ///
    /// # Errors
    /// As [`Till::receive_order`].
    pub fn close_order(&mut self, id: PurchaseOrderId) -> Result<PurchaseOrder, Error> {
        let desk = self.desk_for_papers()?;
        let order = self.order(id)?.close(&desk.facts(self, None))?;
        self.commit_goods(&desk, StockAct::OrderSaved(order.clone()), None)?;
        Ok(order)
    }

    /// An order.
    ///
    /// # Errors
    /// [`Error::NoSuchOrder`]; [`Error::Database`] when the file cannot be read.
    pub fn order(&self, id: PurchaseOrderId) -> Result<PurchaseOrder, Error> {
        papers::order(self.connection(), id)?.ok_or(Error::NoSuchOrder { order: id })
    }

    /// What to order: items at or below their reorder point, in whole packs, with what is ordered already or on its way,
    /// who had it on the last order, and when it would come from them. What lies, or is to come, at places of which
    /// nothing is asked counts.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn reorder(&self, today: NaiveDate) -> Result<Vec<Suggestion>, Error> {
        let mut coming = self.on_the_way(today)?;
        let mut last: BTreeMap<Item, SupplierId> = BTreeMap::new();
        for order in self.orders(false)?.iter().rev() {
            for line in &order.lines {
                last.insert(line.item, order.supplier);
                if order.state == OrderState::Open {
                    let place = Place { item: line.item, location: order.location };
                    *coming.entry(place).or_default() += line.open();
                }
            }
        }
        let needs = self.needs(&coming, today)?;
        let suppliers = self.suppliers()?;
        let lead_days =
            |id: SupplierId| suppliers.iter().find(|known| known.id == id).map(|known| known.lead_days);
        let proposals = propose(&needs).into_iter();
        let suggestion = |proposal: saleflex_core::inventory::reorder::Proposal| {
            let need = needs.iter().find(|need| need.place == proposal.place)?;
            let supplier = last.get(&need.place.item).copied();
            Some(Suggestion {
                place: need.place,
                free: need.free,
                on_order: need.on_order,
                quantity: proposal.quantity,
                supplier,
                expected: supplier
                    .and_then(lead_days)
                    .and_then(|days| today.checked_add_days(Days::new(days.into()))),
            })
        };
        Ok(proposals.filter_map(suggestion).collect())
    }

    /// How suppliers kept what they promised, of the orders written from one day to another, by code.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn supplier_figures(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<SupplierFigures>, Error> {
        let (delivered, orders) = (self.last_deliveries(from)?, self.orders(false)?);
        let is_written = |order: &&PurchaseOrder| (from..=to).contains(&order.ordered_on);
        let mut figures = Vec::new();
        for supplier in self.suppliers()? {
            let mut of = SupplierFigures::of(supplier.id);
            for order in orders.iter().filter(is_written).filter(|order| order.supplier == supplier.id) {
                of.count(order, delivered.get(&order.id).copied(), supplier.lead_days);
            }
            figures.extend((of.orders > 0).then_some(of));
        }
        Ok(figures)
    }

    /// When the last goods of each order came, of those that came since a day.
    fn last_deliveries(&self, since: NaiveDate) -> Result<BTreeMap<PurchaseOrderId, NaiveDate>, Error> {
        let since = self.first_entry_from(since)?..self.head.seq + 1;
        let mut last = BTreeMap::new();
        for seq in moves::postings_within(self.connection(), &since)? {
            let entry = journal::read(self.connection(), seq)?;
            let cause = entry.effects.posting.as_deref().map(|posting| &posting.cause);
            if let Some(Cause::Receipt { order: Some(order), .. }) = cause {
                let day = entry.at.business_date;
                last.entry(*order)
                    .and_modify(|known: &mut NaiveDate| *known = day.max(*known))
                    .or_insert(day);
            }
        }
        Ok(last)
    }

    /// What is on its way to each place and still good.
    fn on_the_way(&self, today: NaiveDate) -> Result<BTreeMap<Place, Stock>, Error> {
        let mut on_the_way: BTreeMap<Place, Stock> = BTreeMap::new();
        for (_, transfer) in papers::transfers(self.connection(), true)? {
            let is_good = |line: &&TransferLine| {
                line.batch.as_ref().and_then(|batch| batch.expiry).is_none_or(|expiry| today <= expiry)
            };
            for line in transfer.lines.iter().filter(is_good) {
                let place = Place { item: line.item, location: transfer.to };
                *on_the_way.entry(place).or_default() += line.in_transit();
            }
        }
        Ok(on_the_way)
    }

    /// What every place needs of which anything is asked, with what of the item lies, or is to come, where nothing is
    /// asked of it: that is there to fill the shelves, once.
    fn needs(&self, expected: &BTreeMap<Place, Stock>, today: NaiveDate) -> Result<Vec<Need>, Error> {
        let connection = self.connection();
        let limits = records::all_limits(connection)?;
        let (damaged, mut filled) = (self.goods.sites.damaged_location(), BTreeSet::new());
        let mut needs = Vec::new();
        for (place, asked) in &limits {
            let mut free = stock::level(connection, *place)?.unwrap_or_default().free(today);
            let mut coming = expected.get(place).copied().unwrap_or_default();
            if filled.insert(place.item) {
                let is_elsewhere = |other: &Place| {
                    other.item == place.item && !limits.contains_key(other) && Some(other.location) != damaged
                };
                let levels = stock::levels_of(connection, place.item)?;
                let elsewhere = levels.iter().filter(|(other, _)| is_elsewhere(other));
                free += elsewhere.map(|(_, level)| level.available(today)).sum::<Stock>();
                let elsewhere = expected.iter().filter(|entry| is_elsewhere(entry.0));
                coming += elsewhere.map(|(_, quantity)| *quantity).sum::<Stock>();
            }
            needs.push(Need { place: *place, limits: *asked, free, on_order: coming });
        }
        Ok(needs)
    }
}
