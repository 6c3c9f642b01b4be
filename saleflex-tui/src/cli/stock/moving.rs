//! Goods that come, go, or are put right.

use std::io::Write;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use saleflex_core::inventory::{
    AdjustmentKind, Batch, BatchNo, IssueKind, Place, Posting, SerialNo, Stock, StockRefusal,
    command::{Adjust, Command, Issue, MoveLine, Receive, SetApart, Transfer as TransferCommand},
    transfer::{Arrival, ArrivalRefusal, Loss, Transfer, TransferLine},
};
use saleflex_store::{Error, Till};
use serde_json::json;

use super::{
    super::{Call, answer, doing::Doing},
    code_of, item, lines,
    lines::{Lines, Names, Typed},
    location, place_of,
};
use crate::text::Key;

/// A delivery.
#[derive(Args, Clone, Debug)]
pub struct Receiving {
    #[command(flatten)]
    lines: Lines,
    /// Where it goes, by code [default: where the till sells from].
    #[arg(long)]
    at: Option<String>,
    /// Who delivered.
    #[arg(long)]
    supplier: Option<String>,
    /// The delivery note.
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Receiving {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let known = till.suppliers().map_err(|error| call.words(&error))?;
        let known = known.into_iter().find(|known| Some(&known.code) == self.supplier.as_ref());
        let command = |location, lines| {
            Command::Receive(Receive {
                location,
                lines,
                supplier_name: self.supplier.clone().filter(|_| known.is_none()),
                supplier: known.as_ref().map(|known| known.id),
                order: None,
                reference: self.reference.clone(),
                reason: None,
            })
        };
        let (place, typed) = match (location(&till, self.at.as_deref()), self.lines.typed(&till)) {
            (Err(place), Err(lines)) => bail!("{lines}\n{place}"),
            (place, typed) => (place, typed?),
        };
        if let (Ok(place), true) = (&place, typed.is_whole()) {
            let Typed { lines, names, .. } = typed;
            return moved(call, &mut till, (&command(*place, lines), &names), self.doing.json, out);
        }
        // All that is wrong is told at once: of lines that can be read as if they came where they may.
        let somewhere = place.as_ref().ok().copied().or_else(|| location(&till, None).ok());
        let checked = somewhere.filter(|_| !typed.lines.is_empty());
        let checked = checked.map(|somewhere| till.check_goods(&command(somewhere, typed.lines.clone())));
        let refused = checked.and_then(Result::err);
        match place {
            Ok(_) => Err(typed.told(call, refused.as_ref())),
            Err(place) if typed.is_whole() && refused.is_none() => Err(place),
            Err(place) => bail!("{}\n{place}", typed.told(call, refused.as_ref())),
        }
    }
}

/// Goods taken out.
#[derive(Args, Clone, Debug)]
pub struct Issuing {
    #[command(flatten)]
    lines: Lines,
    /// From where, by code [default: where the till sells from].
    #[arg(long)]
    from: Option<String>,
    /// Back to the supplier instead of for the shop's own use.
    #[arg(long)]
    to_supplier: bool,
    /// Why, in words.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    doing: Doing,
}

impl Issuing {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let kind = if self.to_supplier { IssueKind::SupplierReturn } else { IssueKind::OwnUse };
        issue(call, kind, (&self.lines, self.from.as_deref(), &self.reason), &self.doing, out)
    }
}

/// Goods lost.
#[derive(Args, Clone, Debug)]
pub struct Wasting {
    /// `broken`, `spoilt` or `stolen`.
    kind: String,
    #[command(flatten)]
    lines: Lines,
    /// From where, by code [default: where the till sells from].
    #[arg(long)]
    from: Option<String>,
    /// Why, in words.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    doing: Doing,
}

impl Wasting {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let kind = match self.kind.as_str() {
            "broken" => IssueKind::Broken,
            "spoilt" => IssueKind::Spoilt,
            "stolen" => IssueKind::Stolen,
            other => bail!("goods are broken, spoilt or stolen, not {other}"),
        };
        issue(call, kind, (&self.lines, self.from.as_deref(), &self.reason), &self.doing, out)
    }
}

fn issue(
    call: &Call<'_>,
    kind: IssueKind,
    (lines, from, reason): (&Lines, Option<&str>, &str),
    doing: &Doing,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut till = doing.till(call)?;
    let (location, (lines, names)) = (location(&till, from)?, lines.read_moved(&till)?);
    let command = Command::Issue(Issue { kind, location, lines, reason: reason.to_owned() });
    moved(call, &mut till, (&command, &names), doing.json, out)
}

/// What of a product's stock something is about.
#[derive(Args, Clone, Debug)]
struct OfStock {
    /// The product's code.
    product: String,
    /// Where, by code [default: where the till sells from].
    #[arg(long)]
    at: Option<String>,
    /// Which batch of it.
    #[arg(long)]
    batch: Option<String>,
}

impl OfStock {
    fn place(&self, till: &Till) -> anyhow::Result<Place> {
        Ok(Place { item: item(till, &self.product)?, location: location(till, self.at.as_deref())? })
    }

    fn batch(&self) -> anyhow::Result<Option<BatchNo>> {
        Ok(self.batch.as_deref().map(BatchNo::parse).transpose()?)
    }
}

/// Goods that are damaged, or good again.
#[derive(Args, Clone, Debug)]
pub struct SettingApart {
    #[command(flatten)]
    of: OfStock,
    /// How much of it.
    quantity: String,
    /// They are good again.
    #[arg(long)]
    mended: bool,
    /// Why, in words.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl SettingApart {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let command = Command::SetApart(SetApart {
            place: self.of.place(&till)?,
            quantity: lines::quantity(&self.quantity)?,
            batch: self.of.batch()?,
            mended: self.mended,
            reason: self.reason.clone(),
        });
        moved(call, &mut till, (&command, &Names::default()), self.doing.json, out)
    }
}

/// A level put right.
#[derive(Args, Clone, Debug)]
pub struct Adjusting {
    #[command(flatten)]
    of: OfStock,
    /// How much is there.
    #[arg(allow_negative_numbers = true)]
    counted: String,
    /// A piece that is there, by its serial number; once for each.
    #[arg(long = "serial", value_name = "NUMBER")]
    serials: Vec<String>,
    /// Why, in words.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    doing: Doing,
}

impl Adjusting {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let batch = self.of.batch()?;
        let command = Command::Adjust(Adjust {
            place: self.of.place(&till)?,
            kind: AdjustmentKind::CycleCount,
            expected: None,
            counted: lines::quantity(&self.counted)?,
            batch: batch.map(|no| Batch { no, produced: None, expiry: None }),
            serials: self.serials.iter().map(|serial| SerialNo::parse(serial)).collect::<Result<_, _>>()?,
            reason: Some(self.reason.clone()),
        });
        moved(call, &mut till, (&command, &Names::default()), self.doing.json, out)
    }
}

/// Goods for another location.
#[derive(Args, Clone, Debug)]
pub struct Moving {
    #[command(flatten)]
    lines: Lines,
    /// From where, by code.
    #[arg(long)]
    from: String,
    /// To where, by code.
    #[arg(long)]
    to: String,
    /// Why, in words.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Moving {
    fn command(&self, till: &Till) -> anyhow::Result<(TransferCommand, Names)> {
        let (lines, names) = self.lines.read_moved(till)?;
        let (from, to) = (location(till, Some(&self.from))?, location(till, Some(&self.to))?);
        Ok((TransferCommand { from, to, lines, reason: self.reason.clone() }, names))
    }

    pub(super) fn at_once(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let (command, names) = self.command(&till)?;
        moved(call, &mut till, (&Command::Transfer(command), &names), self.doing.json, out)
    }

    pub(super) fn on_the_way(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let (command, names) = self.command(&till)?;
        let sent = till.send_goods(&command, None);
        let (_, posting) = sent.map_err(|error| names.words(call, &error))?;
        say(&till, &posting, self.doing.json, out)
    }
}

/// Goods that arrived.
#[derive(Args, Clone, Debug)]
pub struct Accepting {
    /// The transfer, by the number at the end of its name.
    transfer: u32,
    /// What arrived, as `CODE,QUANTITY`; nothing: all of it.
    #[command(flatten)]
    lines: Lines,
    /// The rest of what is named is lost, for this reason; where nothing is named, of all.
    #[arg(long, value_name = "REASON")]
    rest_is_lost: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Accepting {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let known = till.transfers(false).map_err(|error| call.words(&error))?;
        let known = known.into_iter().find(|(no, _)| *no == self.transfer);
        let (_, transfer) = known.with_context(|| format!("there is no transfer {}", self.transfer))?;
        let Arrived { arrivals, named, names } = self.arrived(&till, &transfer)?;
        let loss = self.rest_is_lost.clone().map(|reason| Loss { lines: named, reason });
        let done = till.take_in_goods(transfer.id, &arrivals, loss, None);
        let done = done.map_err(|error| match &error {
            Error::Arrival(ArrivalRefusal::TooMuch { item, .. }) => {
                anyhow!("{}: {:#}", code_of(&till, *item), call.words(&error))
            }
            _ => names.words(call, &error),
        })?;
        if self.doing.json {
            return answer(out, &json!({"transfer": self.transfer, "is_done": done.is_done()}));
        }
        let left: Vec<String> = done
            .lines
            .iter()
            .filter(|line| !line.in_transit().is_zero())
            .map(|line| format!("{} {}", line.in_transit(), code_of(&till, line.item)))
            .collect();
        let rest = if left.is_empty() { "all has arrived".to_owned() } else { left.join(", ") };
        writeln!(out, "{rest}")?;
        Ok(())
    }

    fn arrived(&self, till: &Till, transfer: &Transfer) -> anyhow::Result<Arrived> {
        if self.lines.is_empty() {
            let all = transfer.lines.iter().enumerate().filter(|(_, line)| !line.in_transit().is_zero());
            let all = all.map(|(at, line)| Arrival {
                line: at,
                quantity: line.in_transit(),
                serials: line.serials.clone(),
            });
            let arrivals: Vec<Arrival> = if self.rest_is_lost.is_some() { Vec::new() } else { all.collect() };
            let names = arrivals.iter().filter_map(|arrival| transfer.lines.get(arrival.line));
            let names = names.map(|line| code_of(till, line.item)).collect();
            return Ok(Arrived { arrivals, named: Vec::new(), names: Names::new(names) });
        }
        let (lines, typed) = self.lines.read_moved(till)?;
        let mut left: Vec<Stock> = transfer.lines.iter().map(TransferLine::in_transit).collect();
        let (mut arrivals, mut moved, mut names, mut faults) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, line) in lines.iter().enumerate() {
            let meant = meant(transfer, line);
            if meant.is_empty() {
                let code = code_of(till, line.item);
                faults.push(format!("{}: no {code} is on its way", typed.of(at)));
            }
            let of_line = shared(&meant, &mut left, line);
            names.extend(of_line.iter().map(|_| typed.of(at)));
            arrivals.extend(of_line);
            moved.extend(meant);
        }
        if faults.is_empty() {
            return Ok(Arrived { arrivals, named: moved, names: Names::new(names) });
        }
        Err(lines::told(faults))
    }
}

/// What arrived of a transfer.
struct Arrived {
    arrivals: Vec<Arrival>,
    /// The lines of the transfer that were named.
    named: Vec<usize>,
    /// What each arrival was typed as.
    names: Names,
}

/// The lines of a transfer that a typed one means: those of its product that are on their way, of the batch and with the
/// numbers that it names.
fn meant(transfer: &Transfer, typed: &MoveLine) -> Vec<usize> {
    let is_of_batch =
        |sent: &TransferLine, no: &BatchNo| sent.batch.as_ref().is_some_and(|batch| batch.no == *no);
    let is_meant = |sent: &TransferLine| {
        sent.item == typed.item
            && !sent.in_transit().is_zero()
            && typed.batch.as_ref().is_none_or(|no| is_of_batch(sent, no))
            && typed.serials.iter().all(|no| sent.serials.contains(no))
    };
    let lines = transfer.lines.iter().enumerate();
    lines.filter(|(_, sent)| is_meant(sent)).map(|(at, _)| at).collect()
}

/// What arrived of each line that is meant, in the order they were sent; what is too much is said of the last.
fn shared(meant: &[usize], left: &mut [Stock], typed: &MoveLine) -> Vec<Arrival> {
    let mut rest = typed.quantity;
    let mut arrivals = Vec::new();
    for (nth, line) in meant.iter().copied().enumerate() {
        let Some(left) = left.get_mut(line) else { continue };
        let is_last = nth + 1 == meant.len();
        let quantity = if is_last { rest } else { rest.min(*left) };
        if quantity.is_positive() || (is_last && arrivals.is_empty()) {
            arrivals.push(Arrival { line, quantity, serials: typed.serials.clone() });
            *left -= quantity;
            rest -= quantity;
        }
    }
    arrivals
}

fn moved(
    call: &Call<'_>,
    till: &mut Till,
    (command, names): (&Command, &Names),
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let posting = till.move_goods(command, None).map_err(|error| refused(call, names, &error))?;
    say(till, &posting, json, out)
}

/// Why nothing moved, and what goes on where a command cannot.
fn refused(call: &Call<'_>, names: &Names, error: &Error) -> anyhow::Error {
    let words = names.words(call, error);
    if let Error::Stock(StockRefusal::NeedsApproval { .. }) = error {
        let screen = [("screen", call.text.word(Key::TitleAdjust))];
        return anyhow!("{words} {}", call.text.fill(Key::StockApproveOnScreen, &screen));
    }
    words
}

/// What a posting moved.
pub(super) fn say(till: &Till, posting: &Posting, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let number = posting.number.as_ref().map(ToString::to_string).unwrap_or_default();
    if json {
        let movements: Vec<_> = posting
            .movements
            .iter()
            .map(|movement| {
                json!({
                    "product": code_of(till, movement.item()),
                    "location": place_of(till, movement.place),
                    "kind": movement.kind,
                    "change": movement.change,
                    "after": movement.after(),
                    "batch": movement.batch.as_ref().map(|batch| batch.no.as_str()),
                })
            })
            .collect();
        return answer(out, &json!({"number": number, "movements": movements}));
    }
    writeln!(out, "{number}")?;
    for movement in &posting.movements {
        let (code, place) = (code_of(till, movement.item()), place_of(till, movement.place));
        writeln!(out, "{code:<14}  {place:<14}  {:>10}  {:>10}", movement.change, movement.after())?;
    }
    Ok(())
}
