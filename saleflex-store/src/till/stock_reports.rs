//! Lists and figures of stock.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use chrono::{Days, NaiveDate};
use saleflex_core::{
    ids::ProductId,
    inventory::{
        Batch, Cause, Item, Level, MovementKind, Place, Stock,
        cost::{Valuation, Value},
        report::{self, Class, Shrinkage},
    },
    quantity::UnitPrice,
};

use super::Till;
use crate::{
    books::journal,
    error::Error,
    goods::stock::{self, StockRow, Worth, cost, moves, papers, records},
};

/// What happened to an item in a period.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ItemFigures {
    /// The item that the figures are of.
    pub item: Item,
    /// How much of it was sold, less what came back.
    pub sold: Stock,
    /// What that had cost, and what goods that were sold before they came turned out to cost more, or less, in it.
    pub cost_of_sales: Value,
    /// What was there at the beginning.
    pub opening: Value,
    /// What was there at the end.
    pub closing: Value,
    /// How often stock turned over; none where there was nothing.
    pub turnover: Option<rust_decimal::Decimal>,
    /// How important it is by its share of what was sold.
    pub class: Class,
    /// What went missing.
    pub shrinkage: Shrinkage,
}

/// Lists and figures.
impl Till {
    /// What an item is worth, all places together: at the costs of its deliveries; without any, at what the stock that the
    /// till was made with cost, and where nobody knows that, at the catalog's cost price.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn worth(&self, item: Item) -> Result<Worth, Error> {
        let valuation = cost::of(self.connection(), item, self.settings.stock.costing)?;
        let on_hand = self.stock_levels(item)?.iter().map(|(_, level)| level.on_hand).sum();
        let on_the_way = papers::on_the_way(self.connection())?.remove(&item).unwrap_or_default();
        let at_first = cost::opening_cost(self.connection(), item)?;
        Ok(self.valued(item, (on_hand, on_the_way), valuation.as_ref(), at_first))
    }

    /// `how_much` is what there is at its places, and what is on its way. Where no delivery stated a cost, all of it cost what
    /// it did `at_first`.
    fn valued(
        &self,
        item: Item,
        how_much: (Stock, Stock),
        valuation: Option<&Valuation>,
        at_first: Option<UnitPrice>,
    ) -> Worth {
        let (on_hand, on_the_way) = how_much;
        if let Some(valuation) = valuation {
            let unit_cost = Some(valuation.unit_cost());
            return Worth { on_hand, on_the_way, unit_cost, value: valuation.value() };
        }
        let unit_cost = at_first.or_else(|| self.catalog_cost(item));
        let all = on_hand + on_the_way;
        let value = unit_cost.map(|unit_cost| Value::of(all, unit_cost)).unwrap_or_default();
        Worth { on_hand, on_the_way, unit_cost, value }
    }

    /// What the catalog says today that one costs.
    fn catalog_cost(&self, item: Item) -> Option<UnitPrice> {
        self.catalog.product(item.product).and_then(|product| product.to_product().cost_price)
    }

    /// Every level with what is asked of it, by product and location, without batches and pieces.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn stock_report(&self) -> Result<Vec<StockRow>, Error> {
        let mut limits = records::all_limits(self.connection())?;
        let row = |(place, level): (Place, Level)| StockRow {
            place,
            level,
            limits: limits.remove(&place).unwrap_or_default(),
        };
        Ok(stock::all(self.connection())?.into_iter().map(row).collect())
    }

    /// What every item is worth, as [`Till::worth`].
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn stock_value(&self) -> Result<BTreeMap<Item, Worth>, Error> {
        let mut on_hand: BTreeMap<Item, Stock> = BTreeMap::new();
        for (place, level) in stock::all(self.connection())? {
            *on_hand.entry(place.item).or_default() += level.on_hand;
        }
        let mut kept = cost::all_kept(self.connection())?;
        // What moved since is read once for all items.
        if let Some(first) = kept.values().map(|kept| kept.as_of).min() {
            stock::each_after(self.connection(), first, |movement| {
                if let Some(kept) = kept.get_mut(&movement.place.item)
                    && movement.no > kept.as_of
                {
                    cost::apply(&mut kept.valuation, &movement);
                }
            })?;
        }
        let on_the_way = papers::on_the_way(self.connection())?;
        let at_first = cost::opening_costs(self.connection())?;
        let worth = |(item, on_hand): (Item, Stock)| {
            let how_much = (on_hand, on_the_way.get(&item).copied().unwrap_or_default());
            let valuation = kept.get(&item).map(|kept| &kept.valuation);
            (item, self.valued(item, how_much, valuation, at_first.get(&item).copied()))
        };
        Ok(on_hand.into_iter().map(worth).collect())
    }

    /// The places whose stock is at or below its minimum.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn low_stock(&self) -> Result<Vec<StockRow>, Error> {
        let mut low = Vec::new();
        for (place, limits) in records::all_limits(self.connection())? {
            let level = stock::level(self.connection(), place)?.unwrap_or_default();
            if limits.is_low(level.on_hand) {
                low.push(StockRow { place, level, limits });
            }
        }
        Ok(low)
    }

    /// The products of which there is nothing left where the till sells from, or no more than their minimum, as far as
    /// their stock is kept. Whatever lies elsewhere is not there to be sold.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn short_products(&self) -> Result<BTreeSet<ProductId>, Error> {
        let Some(counter) = self.counter() else { return Ok(BTreeSet::new()) };
        let mut short = stock::gone(self.connection(), counter)?;
        let low = self.low_stock()?.into_iter().filter(|row| row.place.location == counter);
        short.extend(low.map(|row| row.place.item.product));
        Ok(short)
    }

    /// Whether a product is one of [`Till::short_products`].
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn is_short(&self, product: ProductId) -> Result<bool, Error> {
        let (connection, Some(location)) = (self.connection(), self.counter()) else { return Ok(false) };
        let left = stock::left(connection, product, location)?;
        if left.is_some_and(|left| !left.is_positive()) {
            return Ok(true);
        }
        for (place, limits) in records::limits_at(connection, product, location)? {
            if limits.is_low(stock::level(connection, place)?.unwrap_or_default().on_hand) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The batches that are past their date or will be within so many days, the first to expire first; without a
    /// number, within as many as the settings warn.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn expiring_stock(
        &self,
        today: NaiveDate,
        within_days: Option<u16>,
    ) -> Result<Vec<(Place, Batch, Stock)>, Error> {
        let days = within_days.unwrap_or(self.settings.stock.expiry_warning_days);
        let until = today.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
        stock::expiring(self.connection(), until)
    }

    /// What was sold, turned over and went missing from one business date to another, both included, the most
    /// important item first. It reads every movement there ever was, since a cost depends on what came before.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn stock_figures(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<ItemFigures>, Error> {
        let connection = self.connection();
        let period = self.first_entry_from(from)?..self.first_entry_from(to.succ_opt().unwrap_or(to))?;
        let found_missing = self.found_missing(&period)?;
        let mut tallies = self.tallies()?;
        stock::each_after(connection, 0, |movement| {
            if movement.seq < period.end
                && let Some(tally) = tallies.get_mut(&movement.place.item)
            {
                let is_missing = found_missing.contains(&movement.seq);
                tally.take(&movement, period.contains(&movement.seq), is_missing);
            }
        })?;
        let turned = tallies.iter().map(|(item, tally)| (*item, tally.cost_of_sales)).collect();
        let figures = |(item, cost_of_sales, class): (Item, Value, Class)| {
            let tally = tallies.get(&item)?;
            let closing = tally.valuation.value();
            let opening = tally.opening.unwrap_or(closing);
            let turnover = report::turnover(cost_of_sales, opening, closing);
            let (sold, shrinkage) = (tally.sold, tally.shrinkage);
            Some(ItemFigures { item, sold, cost_of_sales, opening, closing, turnover, class, shrinkage })
        };
        Ok(report::classes(turned).into_iter().filter_map(figures).collect())
    }

    /// Every item as it was before its first movement.
    fn tallies(&self) -> Result<BTreeMap<Item, Tally>, Error> {
        let connection = self.connection();
        let mut opening: BTreeMap<Item, Stock> = BTreeMap::new();
        for (place, level) in stock::all(connection)? {
            *opening.entry(place.item).or_default() += level.on_hand;
        }
        let mut first_cost: BTreeMap<Item, UnitPrice> = BTreeMap::new();
        stock::each_after(connection, 0, |movement| {
            let item = movement.place.item;
            if movement.kind.is_on_hand() {
                *opening.entry(item).or_default() -= movement.change;
            }
            if let Some(cost) = movement.unit_cost {
                first_cost.entry(item).or_insert(cost);
            }
        })?;
        let (costing, at_first) = (self.settings.stock.costing, cost::opening_costs(connection)?);
        let starting = |(item, opening): (Item, Stock)| {
            let known = at_first.get(&item).or_else(|| first_cost.get(&item)).copied();
            let cost = known.or_else(|| self.catalog_cost(item));
            (item, Tally::new(Valuation::starting(costing, opening, cost.unwrap_or(UnitPrice::ZERO))))
        };
        Ok(opening.into_iter().map(starting).collect())
    }

    /// The entries of a period in which levels were put right.
    fn found_missing(&self, period: &Range<i64>) -> Result<BTreeSet<i64>, Error> {
        let mut found = BTreeSet::new();
        for seq in moves::postings_within(self.connection(), period)? {
            let posting = journal::read(self.connection(), seq)?.effects.posting;
            let cause = posting.as_ref().map(|posting| &posting.cause);
            // Goods of a hub that somebody had found before are taken back under the cause that brought them.
            if matches!(cause, Some(cause) if !matches!(cause, Cause::Opening)) {
                found.insert(seq);
            }
        }
        Ok(found)
    }

    /// The place in the journal of the first entry of a business date or a later one, found by halving: entries lie in
    /// the order of their dates.
    pub(super) fn first_entry_from(&self, date: NaiveDate) -> Result<i64, Error> {
        let (mut low, mut high) = (1, self.head.seq + 1);
        while low < high {
            let middle = low.midpoint(high);
            let here = journal::read(self.connection(), middle)?.at.business_date;
            if here < date { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    /// How much of a product was sold on each of the last days and what was there at its end, the oldest first, for
    /// lines of bars.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn goods_a_day(
        &self,
        product: ProductId,
        today: NaiveDate,
        days: u16,
    ) -> Result<Vec<DayOfGoods>, Error> {
        let first = today.checked_sub_days(Days::new(days.saturating_sub(1).into())).unwrap_or(today);
        let item = product.into();
        let now = stock::levels_of(self.connection(), item)?;
        let now = now.iter().fold(Stock::ZERO, |sum, (_, level)| sum + level.on_hand);
        let mut of_days: Vec<DayOfGoods> = first
            .iter_days()
            .take(days.into())
            .map(|date| DayOfGoods { date, sold: Stock::ZERO, on_hand: now })
            .collect();
        for (date, kind, change) in
            stock::days::moved(self.connection(), item, self.first_entry_from(first)?)?
        {
            for day in &mut of_days {
                if day.date == date && matches!(kind, MovementKind::Sale | MovementKind::Return) {
                    day.sold -= change;
                }
                // What moved later was not there yet.
                if day.date < date && kind.is_on_hand() {
                    day.on_hand -= change;
                }
            }
        }
        Ok(of_days)
    }
}

/// A day of a product.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DayOfGoods {
    /// The day of the figures.
    pub date: NaiveDate,
    /// How much was sold, less what came back.
    pub sold: Stock,
    /// What was there at its end, at all locations.
    pub on_hand: Stock,
}

/// An item's figures while its movements are gone through.
struct Tally {
    valuation: Valuation,
    opening: Option<Value>,
    sold: Stock,
    cost_of_sales: Value,
    shrinkage: Shrinkage,
}

impl Tally {
    fn new(valuation: Valuation) -> Self {
        Self {
            valuation,
            opening: None,
            sold: Stock::ZERO,
            cost_of_sales: Value::ZERO,
            shrinkage: Shrinkage::default(),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here is neither sold nor lost")]
    fn take(&mut self, movement: &stock::MovementRecord, is_in_period: bool, is_missing: bool) {
        if is_in_period && self.opening.is_none() {
            self.opening = Some(self.valuation.value());
        }
        let flow = cost::apply(&mut self.valuation, movement);
        if !is_in_period {
            return;
        }
        // What was sold before it came cost what the delivery said that filled the shelf again; what was lost before it
        // came is no cost of sales.
        self.cost_of_sales = self.cost_of_sales - flow.revalued_sales;
        match movement.kind {
            MovementKind::Sale | MovementKind::Return => {
                self.sold -= movement.change;
                self.cost_of_sales += flow.outward - flow.inward;
            }
            MovementKind::Waste => self.shrinkage.wasted -= movement.change,
            MovementKind::Adjustment if is_missing => self.shrinkage.missing -= movement.change,
            _ => {}
        }
    }
}
