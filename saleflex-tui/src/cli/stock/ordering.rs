//! Suppliers, orders, and when to order.

use std::io::Write;

use anyhow::{Context, bail};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;
use saleflex_core::{
    ids::SupplierId,
    inventory::{
        Limits, Place, Stock, Tracking,
        order::{PurchaseOrder, Supplier},
    },
};
use saleflex_store::{
    Error, Till,
    stock::{Suggestion, SupplierFigures},
    till::Wanted,
};
use serde_json::json;

use super::{
    super::{Call, answer, doing::Doing, say_none},
    code_of, item,
    lines::{self, Lines},
    location, name_of, place_of,
};
use crate::{
    record::product::tracking_key,
    text::{Key, Text},
};

/// When to reorder.
#[derive(Args, Clone, Debug)]
pub struct Limiting {
    /// The product's code.
    product: String,
    /// At or below it stock is low.
    #[arg(long)]
    minimum: Option<String>,
    /// What to fill up to.
    #[arg(long)]
    maximum: Option<String>,
    /// At or below it an order is proposed.
    #[arg(long)]
    reorder_at: Option<String>,
    /// How much to order [default: up to the maximum].
    #[arg(long)]
    reorder: Option<String>,
    /// How many the supplier packs together: whole packs are proposed.
    #[arg(long)]
    pack: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Limiting {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let place = Place { item: item(&till, &self.product)?, location: location(&till, None)? };
        let mut limits: Limits = till.stock_limits(place).map_err(|error| call.words(&error))?;
        let set = |limit: &mut Stock, typed: &Option<String>| -> anyhow::Result<()> {
            if let Some(typed) = typed {
                *limit = lines::quantity(typed)?;
            }
            Ok(())
        };
        set(&mut limits.minimum, &self.minimum)?;
        set(&mut limits.maximum, &self.maximum)?;
        set(&mut limits.reorder_point, &self.reorder_at)?;
        set(&mut limits.reorder_quantity, &self.reorder)?;
        set(&mut limits.pack, &self.pack)?;
        till.set_stock_limits(place, limits).map_err(|error| call.words(&error))?;
        let value = json!({
            "product": self.product,
            "location": place_of(&till, place),
            "minimum": limits.minimum,
            "maximum": limits.maximum,
            "reorder_point": limits.reorder_point,
            "reorder_quantity": limits.reorder_quantity,
            "pack": limits.pack,
        });
        let name = name_of(&till, place.item);
        self.doing.say(out, &value, Some(&format!("{name}: {}", said(call.text, &limits))))
    }
}

/// The levels that are kept, as their form calls them; that there are none.
fn said(text: &Text, limits: &Limits) -> String {
    let Limits { minimum, maximum, reorder_point, reorder_quantity, pack } = limits;
    let levels = [
        (Key::FieldLowAt, minimum),
        (Key::FieldReorderAt, reorder_point),
        (Key::FieldReorder, reorder_quantity),
        (Key::FieldFillUpTo, maximum),
        (Key::FieldPackOf, pack),
    ];
    let kept = levels.into_iter().filter(|(_, level)| !level.is_zero());
    let kept: Vec<String> = kept.map(|(key, level)| format!("{} {level}", text.word(key))).collect();
    if kept.is_empty() { text.word(Key::LimitsNone).to_owned() } else { kept.join(", ") }
}

pub(super) fn track(
    call: &Call<'_>,
    product: &str,
    typed: &str,
    doing: &Doing,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let tracking = match typed {
        "quantity" => Tracking::Quantity,
        "batches" => Tracking::Batches,
        "serials" => Tracking::Serials,
        other => bail!("pieces are known by quantity, batches or serials, not {other}"),
    };
    let mut till = doing.till(call)?;
    let item = item(&till, product)?;
    let is_same = till.tracking(item.product) == tracking;
    till.set_tracking(item.product, tracking).map_err(|error| call.words(&error))?;
    let name = till.catalog().product(item.product).map_or(product, |known| known.name()).to_owned();
    let key = if is_same { Key::TrackingSame } else { Key::TrackingSaid };
    let text = call.text;
    let values = [("name", &*name), ("tracking", text.word(tracking_key(tracking)))];
    doing.say(out, &json!({"product": product, "tracking": typed}), Some(&text.fill(key, &values)))
}

/// Suppliers.
#[derive(Clone, Debug, Subcommand)]
pub enum Suppliers {
    /// All of them.
    List {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// How suppliers kept their days of delivery, and what stayed short, of the orders written from one day to another.
    Report {
        /// The first day, such as 2025-04-01.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add a supplier, or change the one with this code.
    Save {
        /// The code.
        code: String,
        /// The name.
        name: String,
        /// How to reach them.
        #[arg(long)]
        contact: Option<String>,
        /// Days from an order to its delivery.
        #[arg(long, default_value_t = 0)]
        lead_days: u16,
        /// Orders no longer go there.
        #[arg(long)]
        off: bool,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
}

impl Suppliers {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        match self {
            Self::Report { from, to, json } => report(call, (*from, *to), *json, out),
            Self::List { json } => {
                let suppliers = call.reader()?.suppliers().map_err(|error| call.words(&error))?;
                if *json {
                    return answer(out, &suppliers);
                }
                crate::cli::say_none(out, suppliers.is_empty())?;
                for supplier in &suppliers {
                    let off = if supplier.is_active { "" } else { "  off" };
                    writeln!(out, "{:<14}  {}{off}", supplier.code, supplier.name)?;
                }
                Ok(())
            }
            Self::Save { code, name, contact, lead_days, off, doing } => {
                let mut till = doing.till(call)?;
                let known = till.suppliers().map_err(|error| call.words(&error))?;
                let known = known.into_iter().find(|known| known.code == *code).map(|known| known.id);
                let supplier = Supplier {
                    id: known.unwrap_or_else(|| till.new_supplier_id()),
                    code: code.clone(),
                    name: name.clone(),
                    contact: contact.clone(),
                    lead_days: *lead_days,
                    is_active: !off,
                };
                till.save_supplier(supplier.clone()).map_err(|error| call.words(&error))?;
                doing.say(out, &supplier, Some(&format!("{code}  {name}")))
            }
        }
    }
}

fn report(
    call: &Call<'_>,
    (from, to): (NaiveDate, NaiveDate),
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let till = call.reader()?;
    let suppliers = till.suppliers().map_err(|error| call.words(&error))?;
    let figures = till.supplier_figures(from, to).map_err(|error| call.words(&error))?;
    let code = |of: &SupplierFigures| {
        suppliers.iter().find(|known| known.id == of.supplier).map(|known| known.code.as_str())
    };
    let days = |of: &SupplierFigures| {
        Decimal::from(of.days).checked_div(of.delivered.into()).map(|days| days.round_dp(1).to_string())
    };
    if json {
        let shape = |of: &SupplierFigures| {
            json!({
                "supplier": code(of),
                "orders": of.orders,
                "open": of.open,
                "delivered": of.delivered,
                "late": of.late,
                "average_days": days(of),
                "lines": of.lines,
                "short": of.short,
            })
        };
        return answer(out, &figures.iter().map(shape).collect::<Vec<_>>());
    }
    crate::cli::say_none(out, figures.is_empty())?;
    for of in &figures {
        let (code, days) = (code(of).unwrap_or_default(), days(of).unwrap_or_default());
        let SupplierFigures { orders, open, delivered, late, lines, short, .. } = of;
        writeln!(
            out,
            "{code:<14}  {orders:>4} orders, {open} open  {late:>4} of {delivered} late, {days:>5} days  {short:>4} of {lines} lines short"
        )?;
    }
    Ok(())
}

/// Orders to suppliers.
#[derive(Clone, Debug, Subcommand)]
pub enum Orders {
    /// Orders of which goods are expected.
    List {
        /// All there ever were.
        #[arg(long)]
        all: bool,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// What to order: products at or below their reorder point.
    Propose {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write an order; `cost=` is what one unit is to cost.
    Write {
        /// The supplier's code.
        supplier: String,
        /// What is ordered.
        #[command(flatten)]
        lines: Lines,
        /// Where to, by code [default: where the till sells from].
        #[arg(long)]
        to: Option<String>,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Take a delivery in that answers an order, whole or in part.
    Receive {
        /// The order's number.
        order: String,
        /// What came.
        #[command(flatten)]
        lines: Lines,
        /// The delivery note.
        #[arg(long)]
        reference: Option<String>,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Expect nothing more of an order.
    Close {
        /// The order's number.
        order: String,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
}

impl Orders {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        match self {
            Self::List { all, json } => list(call, *all, *json, out),
            Self::Propose { json } => propose(call, *json, out),
            Self::Write { supplier, lines, to, doing } => {
                let mut till = doing.till(call)?;
                let id = supplier_of(call, &till, supplier)?;
                let location = location(&till, to.as_deref())?;
                let (lines, names) = lines.read(&till)?;
                let wanted: Vec<Wanted> = lines
                    .into_iter()
                    .map(|line| Wanted {
                        item: line.item,
                        quantity: line.quantity,
                        unit_cost: line.unit_cost,
                    })
                    .collect();
                let order = till.place_order(id, location, &wanted);
                let order = order.map_err(|error| names.words(call, &error))?;
                doing.say(out, &order, Some(&order.number))
            }
            Self::Receive { order, lines, reference, doing } => {
                let mut till = doing.till(call)?;
                let id = numbered(call, &till, order)?.id;
                let (lines, names) = lines.read(&till)?;
                let done = till.receive_order(id, lines, reference.clone(), None);
                told(doing, &till, &done.map_err(|error| names.words(call, &error))?, out)
            }
            Self::Close { order, doing } => {
                let mut till = doing.till(call)?;
                let id = numbered(call, &till, order)?.id;
                let done = till.close_order(id).map_err(|error| call.words(&error))?;
                told(doing, &till, &done, out)
            }
        }
    }
}

fn supplier_of(call: &Call<'_>, till: &Till, code: &str) -> anyhow::Result<SupplierId> {
    let known = till.suppliers().map_err(|error| call.words(&error))?;
    let known = known.into_iter().find(|known| known.code == code);
    Ok(known.with_context(|| format!("there is no supplier {code}"))?.id)
}

fn numbered(call: &Call<'_>, till: &Till, number: &str) -> anyhow::Result<PurchaseOrder> {
    let orders = till.orders(false).map_err(|error| call.words(&error))?;
    orders
        .into_iter()
        .find(|order| order.number == number)
        .with_context(|| format!("there is no order {number}"))
}

fn list(call: &Call<'_>, all: bool, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let orders = till.orders(!all).map_err(|error| call.words(&error))?;
    if json {
        return answer(out, &orders);
    }
    say_none(out, orders.is_empty())?;
    orders.iter().try_for_each(|order| say(&till, order, out))
}

/// What became of an order, as it was asked for.
fn told(doing: &Doing, till: &Till, order: &PurchaseOrder, out: &mut dyn Write) -> anyhow::Result<()> {
    if doing.json { answer(out, order) } else { say(till, order, out) }
}

fn say(till: &Till, order: &PurchaseOrder, out: &mut dyn Write) -> anyhow::Result<()> {
    let state = serde_json::to_value(order.state)?;
    writeln!(out, "{}  {}", order.number, state.as_str().unwrap_or_default())?;
    for line in &order.lines {
        let (code, name) = (code_of(till, line.item), name_of(till, line.item));
        writeln!(out, "    {code:<14}  {name:<30}  {:>10} of {:>10}", line.received, line.ordered)?;
    }
    Ok(())
}

fn propose(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    use saleflex_store::Shell;
    let till = call.reader()?;
    let today = call.place()?.1.now().business_date;
    let proposed = till.reorder(today).map_err(|error| call.words(&error))?;
    let suppliers = till.suppliers().map_err(|error| call.words(&error))?;
    let supplier = |id: Option<SupplierId>| {
        suppliers
            .iter()
            .find(|known| Some(known.id) == id)
            .map(|known| known.code.as_str())
            .unwrap_or_default()
    };
    let lasts = |one: &Suggestion| lasts(&till, one, today).map_err(|error| call.words(&error));
    if json {
        let shape = |one: &Suggestion| -> anyhow::Result<serde_json::Value> {
            let (sold, days) = lasts(one)?;
            Ok(json!({
                "product": code_of(&till, one.place.item),
                "location": place_of(&till, one.place),
                "available": one.free,
                "on_order": one.on_order,
                "sold": sold,
                "lasts_days": days,
                "quantity": one.quantity,
                "supplier": supplier(one.supplier),
                "expected": one.expected,
            }))
        };
        return answer(out, &proposed.iter().map(shape).collect::<anyhow::Result<Vec<_>>>()?);
    }
    crate::cli::say_none(out, proposed.is_empty())?;
    for one in &proposed {
        let (code, name) = (code_of(&till, one.place.item), name_of(&till, one.place.item));
        let expected = one.expected.map(|day| day.to_string()).unwrap_or_default();
        let days = lasts(one)?.1.map(|days| format!("{days} days")).unwrap_or_default();
        writeln!(
            out,
            "{code:<14}  {name:<30}  {:>10}  {days:>9}  {:<12}  {expected}",
            one.quantity,
            supplier(one.supplier)
        )?;
    }
    Ok(())
}

/// The days whose sales say how long something lasts.
const LOOKED_AT: u16 = 28;

/// How much of a product was sold in the last days, and how many days what is there and to come lasts as it was sold then;
/// none where nothing was.
fn lasts(till: &Till, one: &Suggestion, today: NaiveDate) -> Result<(Stock, Option<u64>), Error> {
    let days = till.goods_a_day(one.place.item.product, today, LOOKED_AT)?;
    let sold: Stock = days.iter().map(|day| day.sold).sum();
    let left = (one.free + one.on_order).or_zero().decimal().checked_mul(LOOKED_AT.into());
    let lasts = left.filter(|_| sold.is_positive()).and_then(|left| left.checked_div(sold.decimal()));
    Ok((sold, lasts.and_then(|days| u64::try_from(days.floor()).ok())))
}
