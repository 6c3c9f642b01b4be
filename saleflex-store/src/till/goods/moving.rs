//! What people do with goods by hand.

use std::collections::BTreeSet;

use saleflex_core::{
    cashier::{Approval, Capability},
    ids::{LocationId, PostingId, ProductId, TransferId, WarehouseId},
    inventory::{
        self, Item, Level, Limits, Location, NumberKind, Place, Posting, Sites, Stock, StockAct,
        StockRefusal, Tracking, Warehouse,
        command::{Adjust, Command, Transfer as TransferCommand},
        transfer::{self, Arrival, Loss, Step, Transfer},
    },
};

use super::Desk;
use crate::{
    error::{Error, FieldFault},
    goods::stock::{self, papers},
    till::Till,
};

/// What people do with goods.
impl Till {
    /// Receives, issues, puts right, moves or sets apart goods. Who may is the store's matter: an approval stands in
    /// where the cashier may not.
    ///
    /// # Errors
    /// [`Error::Stock`] with the figures; then nothing moved.
    pub fn move_goods(&mut self, command: &Command, approval: Option<Approval>) -> Result<Posting, Error> {
        let posting = PostingId::new(self.shell.new_id());
        self.move_goods_as(posting, command, approval)
    }

    /// The same under an identity of the caller's: asked again under it, nothing moves and
    /// [`StockRefusal::AlreadyDone`] is the answer.
    ///
    /// # Errors
    /// As [`Till::move_goods`].
    pub fn move_goods_as(
        &mut self,
        posting: PostingId,
        command: &Command,
        approval: Option<Approval>,
    ) -> Result<Posting, Error> {
        let (desk, posting) = self.decided_goods(posting, command, approval)?;
        self.commit_goods(&desk, StockAct::Moved, Some(posting.clone()))?;
        Ok(posting)
    }

    /// Whether goods would be moved so by whoever is logged in. Nothing moves.
    ///
    /// # Errors
    /// As [`Till::move_goods`].
    pub fn check_goods(&mut self, command: &Command) -> Result<(), Error> {
        let posting = PostingId::new(self.shell.new_id());
        self.decided_goods(posting, command, None).map(drop)
    }

    fn decided_goods(
        &mut self,
        posting: PostingId,
        command: &Command,
        approval: Option<Approval>,
    ) -> Result<(Desk, Posting), Error> {
        check_reason(command)?;
        let items: BTreeSet<Item> = items_of(command);
        let desk = self.desk(posting, items.iter().map(|item| item.product), command.number_kind())?;
        let book = stock::book(self.connection(), items)?;
        self.check_fresh(posting)?;
        let posting = inventory::decide(&book, command, desk.facts(self, approval))?;
        Ok((desk, posting))
    }

    /// Puts what is on the shelf of a product right where the till sells from. From then on its stock is kept.
    ///
    /// # Errors
    /// [`Error::Stock`]; [`Error::NoCounter`].
    pub fn set_stock(&mut self, product: ProductId, counted: Stock, reason: String) -> Result<(), Error> {
        let location = self.counter().ok_or(Error::NoCounter)?;
        let adjust = Adjust {
            place: Place { item: product.into(), location },
            kind: inventory::AdjustmentKind::default(),
            expected: None,
            counted,
            batch: None,
            serials: Vec::new(),
            reason: Some(reason),
        };
        self.move_goods(&Command::Adjust(adjust), None).map(drop)
    }

    /// Sends goods on their way to another location.
    ///
    /// # Errors
    /// [`Error::Stock`] with the figures; then nothing left.
    pub fn send_goods(
        &mut self,
        command: &TransferCommand,
        approval: Option<Approval>,
    ) -> Result<(Transfer, Posting), Error> {
        let (id, posting) = (TransferId::new(self.shell.new_id()), PostingId::new(self.shell.new_id()));
        let items: BTreeSet<Item> = command.lines.iter().map(|line| line.item).collect();
        let desk = self.desk(posting, items.iter().map(|item| item.product), NumberKind::Transfer)?;
        let book = stock::book(self.connection(), items)?;
        let Step { transfer, posting } = transfer::send_off(&book, id, command, desk.facts(self, approval))?;
        self.commit_goods(&desk, StockAct::Sent(transfer.clone()), Some(posting.clone()))?;
        Ok((transfer, posting))
    }

    /// Takes in what arrived of a transfer. What is left of the lines of a loss is no longer expected.
    ///
    /// # Errors
    /// [`Error::NoSuchTransfer`]; [`Error::Arrival`] with the figures; then nothing is taken in.
    pub fn take_in_goods(
        &mut self,
        id: TransferId,
        arrivals: &[Arrival],
        loss: Option<Loss>,
        approval: Option<Approval>,
    ) -> Result<Transfer, Error> {
        let known = papers::transfer(self.connection(), id)?;
        let known = known.ok_or(Error::NoSuchTransfer { transfer: id })?;
        let posting = PostingId::new(self.shell.new_id());
        let items: BTreeSet<Item> = known.lines.iter().map(|line| line.item).collect();
        let desk = self.desk(posting, items.iter().map(|item| item.product), NumberKind::Transfer)?;
        let book = stock::book(self.connection(), items)?;
        let step = known.arrive(&book, arrivals, loss, desk.facts(self, approval))?;
        let Step { transfer, posting } = step;
        self.commit_goods(&desk, StockAct::Arrived(transfer.clone()), Some(posting))?;
        Ok(transfer)
    }

    /// Sets when to reorder an item at a place.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::NoSuchProduct`]; [`Error::BadField`] for limits below
    /// nothing or finer than the unit of the goods, or a maximum below the minimum.
    pub fn set_stock_limits(&mut self, place: Place, limits: Limits) -> Result<(), Error> {
        self.need(Capability::StockAdjust)?;
        self.need_product(place.item.product)?;
        let decimals = self.catalog.product(place.item.product).map_or(0, |product| product.unit().decimals);
        check_limits(limits, decimals)?;
        let desk = self.desk_for_papers()?;
        self.commit_goods(&desk, StockAct::LimitsSet { place, limits }, None)
    }

    /// Sets what is known of a product's pieces from now on.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::NoSuchProduct`]; [`Error::StockIsKept`] while there is any,
    /// also on its way, since nobody knows the batches or numbers of what is there.
    pub fn set_tracking(&mut self, product: ProductId, tracking: Tracking) -> Result<(), Error> {
        self.need(Capability::CatalogWrite)?;
        self.need_product(product)?;
        let is_there = |(_, level): &(Place, Level)| !level.on_hand.is_zero();
        let item = Item::from(product);
        let is_on_the_way = papers::on_the_way(self.connection())?.get(&item).is_some_and(|on| !on.is_zero());
        if is_on_the_way || self.stock_levels(item)?.iter().any(is_there) {
            return Err(Error::StockIsKept { product });
        }
        let desk = self.desk_for_papers()?;
        self.commit_goods(&desk, StockAct::TrackingSet { product, tracking }, None)
    }

    /// An identity for a warehouse to be made.
    pub fn new_warehouse_id(&mut self) -> WarehouseId {
        WarehouseId::new(self.shell.new_id())
    }

    /// An identity for a location to be made.
    pub fn new_location_id(&mut self) -> LocationId {
        LocationId::new(self.shell.new_id())
    }

    /// Adds or changes warehouses and locations, all of them or none.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::Sites`] with all that is wrong.
    pub fn save_sites(&mut self, warehouses: Vec<Warehouse>, locations: Vec<Location>) -> Result<(), Error> {
        self.need(Capability::SettingsWrite)?;
        let known = &self.goods.sites;
        let kept = known.warehouses().filter(|one| !warehouses.iter().any(|new| new.id == one.id));
        let all_warehouses: Vec<_> = kept.chain(&warehouses).cloned().collect();
        let kept = known.locations().filter(|one| !locations.iter().any(|new| new.id == one.id));
        let all_locations: Vec<_> = kept.chain(&locations).cloned().collect();
        let sites = Sites::try_new(all_warehouses, all_locations).map_err(Error::Sites)?;
        let desk = self.desk_for_papers()?;
        self.commit_act(&desk, StockAct::SitesSaved { warehouses, locations }, None, Some(sites))
    }
}

/// Limits that goods of a unit with so many digits after the point can have: nobody orders, or keeps, half a piece.
pub(super) fn check_limits(limits: Limits, decimals: u8) -> Result<(), Error> {
    let Limits { minimum, maximum, reorder_point, reorder_quantity, pack } = limits;
    let named = [
        ("minimum", minimum),
        ("maximum", maximum),
        ("reorder_point", reorder_point),
        ("reorder_quantity", reorder_quantity),
        ("pack", pack),
    ];
    let bad = |field, fault| Err(Error::bad_field(field, fault));
    if let Some((field, _)) = named.into_iter().find(|(_, limit)| limit.is_negative()) {
        return bad(field, FieldFault::BelowNothing);
    }
    if let Some((field, _)) = named.into_iter().find(|(_, limit)| !limit.has_decimals(decimals)) {
        return bad(field, FieldFault::TooFine);
    }
    if maximum.is_positive() && maximum < minimum.max(reorder_point) {
        return bad("maximum", FieldFault::BelowMinimum);
    }
    Ok(())
}

/// A level that a person puts right needs a reason, as a loss does; core books one without, as other systems tell of them.
fn check_reason(command: &Command) -> Result<(), StockRefusal> {
    let has_none = |adjust: &Adjust| adjust.reason.as_deref().is_none_or(|reason| reason.trim().is_empty());
    let is_missing = matches!(command, Command::Adjust(adjust) if has_none(adjust));
    if is_missing { Err(StockRefusal::NoReason) } else { Ok(()) }
}

fn items_of(command: &Command) -> BTreeSet<Item> {
    match command {
        Command::Receive(receive) => receive.lines.iter().map(|line| line.item).collect(),
        Command::Issue(issue) => issue.lines.iter().map(|line| line.item).collect(),
        Command::Transfer(transfer) => transfer.lines.iter().map(|line| line.item).collect(),
        Command::Adjust(adjust) => BTreeSet::from([adjust.place.item]),
        Command::SetApart(apart) => BTreeSet::from([apart.place.item]),
        _ => BTreeSet::new(),
    }
}
