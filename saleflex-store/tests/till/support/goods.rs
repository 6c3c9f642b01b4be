//! Deliveries, transfers and counts of the small shop.

use saleflex_core::{
    ids::{LocationId, ProductId},
    inventory::{
        AdjustmentKind, Batch, BatchNo, IssueKind, Place, SerialNo, Stock,
        command::{Adjust, Command, Issue, MoveLine, Receive, ReceiveLine, Transfer},
    },
    quantity::UnitPrice,
};

use super::shop::Shop;

pub(crate) fn location(shop: &Shop, code: &str) -> LocationId {
    shop.till.sites().by_code(code).unwrap().id
}

pub(crate) fn floor(shop: &Shop) -> LocationId {
    location(shop, "SALES-001-A")
}

pub(crate) fn back(shop: &Shop) -> LocationId {
    location(shop, "BACK-001-A")
}

pub(crate) fn some(quantity: i32) -> Stock {
    Stock::whole(quantity)
}

pub(crate) fn line(product: ProductId, quantity: i32) -> ReceiveLine {
    ReceiveLine {
        item: product.into(),
        quantity: some(quantity),
        unit_cost: None,
        batch: None,
        serials: Vec::new(),
    }
}

pub(crate) fn at_cost(product: ProductId, quantity: i32, cost: &str) -> ReceiveLine {
    ReceiveLine { unit_cost: Some(UnitPrice::parse(cost).unwrap()), ..line(product, quantity) }
}

pub(crate) fn of_batch(product: ProductId, quantity: i32, no: &str, expiry: &str) -> ReceiveLine {
    let batch = Batch { no: BatchNo::parse(no).unwrap(), produced: None, expiry: expiry.parse().ok() };
    ReceiveLine { batch: Some(batch), ..line(product, quantity) }
}

pub(crate) fn with_numbers(product: ProductId, serials: &[&str]) -> ReceiveLine {
    let serials: Vec<_> = serials.iter().map(|text| SerialNo::parse(text).unwrap()).collect();
    ReceiveLine { serials: serials.clone(), ..line(product, i32::try_from(serials.len()).unwrap()) }
}

pub(crate) fn receive(location: LocationId, lines: Vec<ReceiveLine>) -> Command {
    Command::Receive(Receive {
        location,
        lines,
        supplier: None,
        supplier_name: Some("Dairy".to_owned()),
        order: None,
        reference: Some("DN 17".to_owned()),
        reason: None,
    })
}

pub(crate) fn take(product: ProductId, quantity: i32) -> MoveLine {
    MoveLine { item: product.into(), quantity: some(quantity), batch: None, serials: Vec::new() }
}

pub(crate) fn transfer(from: LocationId, to: LocationId, lines: Vec<MoveLine>) -> Transfer {
    Transfer { from, to, lines, reason: None }
}

pub(crate) fn issue(kind: IssueKind, location: LocationId, lines: Vec<MoveLine>) -> Command {
    Command::Issue(Issue { kind, location, lines, reason: "on the floor".to_owned() })
}

pub(crate) fn adjust(product: ProductId, location: LocationId, counted: i32) -> Command {
    Command::Adjust(Adjust {
        place: Place { item: product.into(), location },
        kind: AdjustmentKind::CycleCount,
        expected: None,
        counted: some(counted),
        batch: None,
        serials: Vec::new(),
        reason: Some("counted".to_owned()),
    })
}
