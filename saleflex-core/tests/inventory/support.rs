//! A small shop: four products, five locations, a manager, and a book.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use saleflex_core::{
    authority::Authority,
    cashier::{Approval, OnDuty, Role},
    ids::{CashierId, DocumentId, LineNo, LocationId, PostingId, ProductId, StoreId, WarehouseId},
    inventory::{
        Applied, Batch, BatchNo, Book, Command, Facts, Item, ItemRules, Location, MovementKind, Place,
        Posting, SerialNo, Sites, Stock, StockPolicy, StockRefusal, Tracking, Warehouse, WarehouseKind,
        command::{MoveLine, Receive, ReceiveLine, Transfer},
        decide,
        document::{self, DocumentFacts, LineMove},
    },
    quantity::{Quantity, UnitPrice},
    time::Moment,
};
use uuid::Uuid;

pub(crate) const SALES: LocationId = LocationId::new(Uuid::from_u128(1));
pub(crate) const BACK: LocationId = LocationId::new(Uuid::from_u128(2));
pub(crate) const MAIN: LocationId = LocationId::new(Uuid::from_u128(3));
pub(crate) const RETURNS: LocationId = LocationId::new(Uuid::from_u128(4));
/// A sales floor that neither receives, ships nor counts.
pub(crate) const CLOSED: LocationId = LocationId::new(Uuid::from_u128(5));

/// Kilograms, no batches.
pub(crate) const APPLES: ProductId = ProductId::new(Uuid::from_u128(10));
/// Pieces in batches.
pub(crate) const MILK: ProductId = ProductId::new(Uuid::from_u128(11));
/// Pieces with serial numbers.
pub(crate) const PHONE: ProductId = ProductId::new(Uuid::from_u128(12));
/// Pieces that may be oversold.
pub(crate) const BREAD: ProductId = ProductId::new(Uuid::from_u128(13));

pub(crate) fn at(product: ProductId, location: LocationId) -> Place {
    Place { item: Item::from(product), location }
}

pub(crate) fn q(text: &str) -> Stock {
    Stock::parse(text).unwrap()
}

pub(crate) fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 4, day).unwrap()
}

/// Noon of a day of April 2025.
pub(crate) fn moment(of: u32) -> Moment {
    let noon = day(of).and_hms_opt(12, 0, 0).unwrap();
    Moment::utc(DateTime::from_naive_utc_and_offset(noon, chrono::Utc))
}

pub(crate) fn sites() -> Sites {
    let warehouse = |id: u128, kind, open| Warehouse {
        id: WarehouseId::new(Uuid::from_u128(id)),
        code: format!("W{id}"),
        name: format!("Warehouse {id}"),
        store: StoreId::new(Uuid::nil()),
        kind,
        is_active: true,
        receives: open,
        ships: open,
        counts: open,
    };
    let location = |id: LocationId, pick_sequence| Location {
        id,
        code: format!("L{}", id.uuid().as_u128()),
        name: String::new(),
        warehouse: WarehouseId::new(id.uuid()),
        parent: None,
        is_active: true,
        blocked: None,
        pick_sequence,
    };
    let warehouses = [
        warehouse(1, WarehouseKind::SalesFloor, true),
        warehouse(2, WarehouseKind::Backroom, true),
        warehouse(3, WarehouseKind::Main, true),
        warehouse(4, WarehouseKind::Temporary, true),
        warehouse(5, WarehouseKind::SalesFloor, false),
    ];
    let locations =
        [(SALES, 1), (BACK, 0), (MAIN, 0), (RETURNS, 0), (CLOSED, 2)].map(|(id, at)| location(id, at));
    Sites::try_new(warehouses, locations).unwrap()
}

pub(crate) struct Shop {
    pub(crate) book: Book,
    pub(crate) sites: Sites,
    pub(crate) items: BTreeMap<ProductId, ItemRules>,
    pub(crate) policy: StockPolicy,
    pub(crate) cashier: OnDuty,
    pub(crate) moment: Moment,
    pub(crate) postings: u32,
}

pub(crate) fn person(no: u128, role: Role) -> OnDuty {
    OnDuty::with_role(CashierId::new(Uuid::from_u128(no)), role)
}

pub(crate) fn approval(by: OnDuty) -> Approval {
    Approval::of_identified(by)
}

impl Shop {
    pub(crate) fn open() -> Self {
        let rules = |decimals, tracking, negative_stock| ItemRules { decimals, tracking, negative_stock };
        Self {
            book: Book::default(),
            sites: sites(),
            items: BTreeMap::from([
                (APPLES, rules(3, Tracking::Quantity, false)),
                (MILK, rules(0, Tracking::Batches, false)),
                (PHONE, rules(0, Tracking::Serials, false)),
                (BREAD, rules(0, Tracking::Quantity, true)),
            ]),
            policy: StockPolicy::default(),
            cashier: person(1, Role::Manager),
            moment: moment(10),
            postings: 0,
        }
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            moment: self.moment,
            cashier: &self.cashier,
            approval: None,
            sites: &self.sites,
            items: &self.items,
            policy: &self.policy,
            posting: PostingId::new(Uuid::from_u128(u128::from(self.postings + 1))),
            terminal: "T1",
            counter: self.postings + 1,
        }
    }

    pub(crate) fn decide(&self, command: &Command) -> Result<Posting, StockRefusal> {
        decide(&self.book, command, self.facts())
    }

    pub(crate) fn book(&mut self, posting: &Posting) {
        assert_eq!(self.book.apply(posting), Applied::Now);
        self.postings += 1;
    }

    pub(crate) fn run(&mut self, command: &Command) -> Result<Posting, StockRefusal> {
        let before = self.book.clone();
        let decided = self.decide(command);
        match &decided {
            Ok(posting) => self.book(posting),
            Err(_) => assert_eq!(self.book, before),
        }
        decided
    }

    pub(crate) fn receive(&mut self, place: Place, quantity: &str) -> Result<Posting, StockRefusal> {
        self.run(&receipt(place.location, line(place.item, quantity)))
    }

    pub(crate) fn transfer(
        &mut self,
        product: ProductId,
        from: LocationId,
        to: LocationId,
        quantity: &str,
    ) -> Result<Posting, StockRefusal> {
        self.run(&Command::Transfer(Transfer {
            from,
            to,
            lines: vec![taken(product, quantity)],
            reason: None,
        }))
    }

    pub(crate) fn on_hand(&self, product: ProductId, location: LocationId) -> Stock {
        self.book.on_hand(at(product, location))
    }

    pub(crate) fn sell(&mut self, moves: &[LineMove]) -> Posting {
        let posting = document::post(&self.book, moves, self.document());
        self.book(&posting);
        posting
    }

    pub(crate) fn document(&self) -> DocumentFacts {
        DocumentFacts {
            document: DocumentId::new(Uuid::from_u128(77)),
            posting: PostingId::new(Uuid::from_u128(u128::from(self.postings + 1))),
            number: None,
            moment: self.moment,
            authority: Authority { cashier: self.cashier.id, approved_by: None },
            location: SALES,
        }
    }
}

pub(crate) fn receipt(location: LocationId, line: ReceiveLine) -> Command {
    Command::Receive(Receive {
        location,
        lines: vec![line],
        supplier: None,
        supplier_name: None,
        order: None,
        reference: None,
        reason: None,
    })
}

pub(crate) fn line(item: Item, quantity: &str) -> ReceiveLine {
    ReceiveLine { item, quantity: q(quantity), unit_cost: None, batch: None, serials: Vec::new() }
}

pub(crate) fn costing(item: Item, quantity: &str, cost: &str) -> ReceiveLine {
    ReceiveLine { unit_cost: Some(UnitPrice::parse(cost).unwrap()), ..line(item, quantity) }
}

pub(crate) fn taken(product: ProductId, quantity: &str) -> MoveLine {
    MoveLine { item: product.into(), quantity: q(quantity), batch: None, serials: Vec::new() }
}

pub(crate) fn moved(kind: MovementKind, product: ProductId, quantity: &str) -> LineMove {
    LineMove {
        line: LineNo(1),
        kind,
        item: product.into(),
        quantity: Quantity::parse(quantity).unwrap(),
        location: None,
        batch: None,
        serials: Vec::new(),
        origin: None,
        unit_cost: None,
    }
}

pub(crate) fn sold(product: ProductId, quantity: &str) -> LineMove {
    moved(MovementKind::Sale, product, quantity)
}

pub(crate) fn batch(no: &str, expiry: Option<NaiveDate>) -> Batch {
    Batch { no: BatchNo::parse(no).unwrap(), produced: None, expiry }
}

pub(crate) fn serial(no: &str) -> SerialNo {
    SerialNo::parse(no).unwrap()
}
