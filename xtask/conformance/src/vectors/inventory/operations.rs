//! The operations of a scenario, and their movements as they were recorded.

use saleflex_core::{
    authority::Authority,
    ids::{DocumentId, LineNo},
    inventory::{
        AdjustmentKind, Applied, Batch, BatchNo, Cause, Command, Facts, Movement, MovementKind, Place,
        Posting, Stock,
        command::{Adjust, MoveLine, Receive, ReceiveLine, Transfer},
        cost, decide,
        document::{self, DocumentFacts, LineMove},
    },
    quantity::{Quantity, UnitPrice},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    number, read,
    shop::{Shop, moment},
    stock, text,
};

/// Fraction digits of costs as they were recorded.
const COST_DIGITS: u32 = 4;

/// Runs one operation; a refused one says so and moves nothing.
pub(super) fn run(shop: &mut Shop, operation: &Value) -> Result<Value, String> {
    let posting = match read::text(operation, "op")? {
        "sale" => document(shop, operation, MovementKind::Sale)?,
        "restore" => document(shop, operation, MovementKind::Return)?,
        "receive" => match decided(shop, &receive(shop, operation)?) {
            Some(posting) => posting,
            None => return Ok(refused()),
        },
        "adjust" => match decided(shop, &adjust(shop, operation)?) {
            Some(posting) => posting,
            None => return Ok(refused()),
        },
        "transfer" => match decided(shop, &transfer(shop, operation)?) {
            Some(posting) => posting,
            None => return Ok(refused()),
        },
        other => return Err(format!("no such operation: {other}")),
    };
    if shop.book.apply(&posting) == Applied::AlreadyDone {
        return Err("a fresh posting was booked before".to_owned());
    }
    let mut answer = json!({"ok": true, "movements": movements(shop, &posting)});
    if let Cause::Adjustment { kind, expected, counted } = &posting.cause {
        answer["adjustment"] = json!({
            "type": kind,
            "system_quantity": number(*expected),
            "counted_quantity": number(*counted),
            "difference": number(*counted - *expected),
            "status": "PROCESSED",
            "method": "MANUAL",
            "reason": posting.reason,
        });
    }
    Ok(answer)
}

fn refused() -> Value {
    json!({"ok": false, "movements": []})
}

/// What a command comes to; nothing when it is refused.
fn decided(shop: &mut Shop, command: &Command) -> Option<Posting> {
    let (posting, counter) = shop.next_posting();
    let facts = Facts {
        moment: moment(),
        cashier: &shop.manager,
        approval: None,
        sites: &shop.sites,
        items: &shop.items,
        policy: &shop.policy,
        posting,
        terminal: "1",
        counter,
    };
    decide(&shop.book, command, facts).ok()
}

fn document(shop: &mut Shop, operation: &Value, kind: MovementKind) -> Result<Posting, String> {
    let mut moves = Vec::new();
    for (line, no) in read::list(operation, "lines")?.iter().zip(1..) {
        if read::optional(line, "is_cancel", || read::flag(line, "is_cancel"))?.unwrap_or_default() {
            continue;
        }
        let quantity = Quantity::try_new(stock(line, "quantity")?.decimal());
        moves.push(LineMove {
            line: LineNo(no),
            kind,
            item: shop.item(line)?,
            quantity: quantity.map_err(|error| format!("`quantity`: {error}"))?,
            location: None,
            batch: None,
            serials: Vec::new(),
            origin: None,
            unit_cost: None,
        });
    }
    let location = shop.sales_location()?;
    let (posting, _) = shop.next_posting();
    let facts = DocumentFacts {
        document: DocumentId::new(Uuid::nil()),
        posting,
        number: None,
        moment: moment(),
        authority: Authority { cashier: shop.manager.id, approved_by: None },
        location,
    };
    let mut posting = document::post(&shop.book, &moves, facts);
    if kind == MovementKind::Return {
        posting.reason = Some("Sale cancelled".to_owned());
    }
    Ok(posting)
}

fn receive(shop: &Shop, operation: &Value) -> Result<Command, String> {
    let unit_cost =
        read::optional(operation, "unit_cost", || read::parsed(operation, "unit_cost", UnitPrice::parse))?;
    let batch = read::optional(operation, "lot_number", || {
        let no = read::parsed(operation, "lot_number", BatchNo::parse)?;
        Ok(Batch { no, produced: None, expiry: None })
    })?;
    let line = ReceiveLine {
        item: shop.item(operation)?,
        quantity: stock(operation, "quantity")?,
        unit_cost,
        batch,
        serials: Vec::new(),
    };
    Ok(Command::Receive(Receive {
        location: shop.place_named(operation, "location")?,
        lines: vec![line],
        supplier: None,
        supplier_name: text(operation, "supplier_name")?,
        order: None,
        reference: text(operation, "reference_document")?,
        reason: text(operation, "reason")?,
    }))
}

fn adjust(shop: &Shop, operation: &Value) -> Result<Command, String> {
    let kind = read::optional(operation, "adjustment_type", || {
        serde_json::from_value::<AdjustmentKind>(operation["adjustment_type"].clone())
            .map_err(|error| error.to_string())
    })?
    .unwrap_or_default();
    Ok(Command::Adjust(Adjust {
        place: Place { item: shop.item(operation)?, location: shop.place_named(operation, "location")? },
        kind,
        expected: None,
        counted: stock(operation, "counted_quantity")?,
        batch: None,
        serials: Vec::new(),
        reason: text(operation, "reason")?,
    }))
}

fn transfer(shop: &Shop, operation: &Value) -> Result<Command, String> {
    let line = MoveLine {
        item: shop.item(operation)?,
        quantity: stock(operation, "quantity")?,
        batch: None,
        serials: Vec::new(),
    };
    Ok(Command::Transfer(Transfer {
        from: shop.place_named(operation, "from")?,
        to: shop.place_named(operation, "to")?,
        lines: vec![line],
        reason: text(operation, "reason")?,
    }))
}

/// One record a line, as was recorded: of a transfer the half that leaves; batches of one line together.
fn movements(shop: &Shop, posting: &Posting) -> Vec<Value> {
    let mut lines: Vec<(Movement, Stock)> = Vec::new();
    for movement in posting.movements.iter().filter(|movement| movement.kind != MovementKind::TransferIn) {
        match lines.last_mut() {
            Some((first, change)) if first.place == movement.place && first.line == movement.line => {
                *change += movement.change;
            }
            _ => lines.push((movement.clone(), movement.change)),
        }
    }
    lines.iter().map(|(movement, change)| record(shop, posting, movement, *change)).collect()
}

fn record(shop: &Shop, posting: &Posting, movement: &Movement, change: Stock) -> Value {
    let here = shop.location_code(movement.place.location);
    let is_transfer = movement.kind == MovementKind::TransferOut;
    let (from, to) = if is_transfer {
        (Some(here), movement.counterpart.map(|to| shop.location_code(to)))
    } else if change.is_negative() {
        (Some(here), None)
    } else {
        (None, Some(here))
    };
    let of_document = matches!(posting.cause, Cause::Document { .. });
    let supplier = if let Cause::Receipt { supplier_name, .. } = &posting.cause {
        supplier_name.as_deref()
    } else {
        None
    };
    let lot = movement.batch.as_ref().filter(|_| movement.kind == MovementKind::Receipt);
    let total = movement.unit_cost.map(|cost| cost::Value::of(change, cost));
    json!({
        "type": kind(movement.kind),
        "product": shop.product_code(movement.item()),
        "quantity": number(if is_transfer { -change } else { change }),
        "from": from,
        "to": to,
        "quantity_before": number(movement.before),
        "quantity_after": number(movement.before + change),
        "status": "COMPLETED",
        "system_generated": of_document,
        "source": "POS",
        "linked_to_document": of_document,
        "unit_cost": movement.unit_cost.map(|cost| cost.to_string()),
        "total_cost": total.map(|total| total.rounded(COST_DIGITS).to_string()),
        "reference_document": posting.reference,
        "supplier_name": supplier,
        "lot_number": lot.map(|lot| lot.no.to_string()),
        "reason": posting.reason,
    })
}

fn kind(kind: MovementKind) -> Value {
    if kind == MovementKind::TransferOut {
        return json!("TRANSFER");
    }
    json!(json!(kind).as_str().map(str::to_uppercase))
}
