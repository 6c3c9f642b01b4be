//! The kitchen's ticket where there is no screen: large letters, no prices.

use alloc::{format, vec::Vec};

use super::{Align, Printout, Size, parts, words::Words};
use crate::{quantity::Quantity, time::Moment};

/// What a ticket says.
#[derive(Clone, Copy, Debug)]
pub struct KitchenTicket<'a> {
    /// The words it is written in.
    pub words: &'a Words,
    /// What it tells the kitchen.
    pub kind: TicketKind,
    /// The station that cooks.
    pub station: &'a str,
    /// The order's number.
    pub order: &'a str,
    /// The table; empty to take away.
    pub table: &'a str,
    /// The name of whoever sends it.
    pub cashier: &'a str,
    /// When it was sent.
    pub at: Moment,
    /// What to cook.
    pub items: &'a [TicketItem<'a>],
}

/// What a ticket tells the kitchen.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TicketKind {
    /// Cook these.
    #[default]
    New,
    /// Cook so many more of these.
    Change,
    /// Cook these no more.
    Cancellation,
}

/// One thing to cook.
#[derive(Clone, Copy, Debug)]
pub struct TicketItem<'a> {
    /// How many; of a change, how many more.
    pub quantity: Quantity,
    /// The name of what to cook.
    pub name: &'a str,
    /// How it is changed: `no onions`.
    pub modifiers: &'a [&'a str],
    /// What the guest asked for.
    pub instructions: &'a str,
}

/// The ticket.
pub fn kitchen(ticket: &KitchenTicket<'_>) -> Printout {
    let words = &ticket.words.receipt;
    let titles = &ticket.words.titles;
    let mut out = Printout::new();
    let mark = match ticket.kind {
        TicketKind::New => None,
        TicketKind::Change => Some(titles.changed_order),
        TicketKind::Cancellation => Some(titles.cancelled),
    };
    parts::heading(&mut out, titles.kitchen, mark.as_slice());
    if !ticket.table.trim().is_empty() {
        out.sized(&format!("{} {}", words.table, ticket.table), Size::Large);
    }
    out.sized(&format!("{} {}", words.order, ticket.order), Size::Large);
    parts::labelled(&mut out, words.station, ticket.station);
    out.pair(ticket.cashier, &parts::date_and_minute(ticket.at.local));
    out.rule('=');
    for item in ticket.items {
        let dish = format!("{} x {}", item.quantity, item.name);
        out.sized_paragraph(&dish, Align::Left, Size::Large);
        let modifiers = item.modifiers.iter().map(|modifier| format!("  + {modifier}"));
        for modifier in modifiers.collect::<Vec<_>>() {
            out.line(&modifier);
        }
        out.paragraph(item.instructions, Align::Left);
    }
    out.rule('*');
    out.cut();
    out
}
