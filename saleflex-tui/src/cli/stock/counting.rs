//! Stock counts.

use std::io::Write;

use anyhow::{Context, bail};
use clap::Subcommand;
use saleflex_core::inventory::{
    Place, Tracking,
    count::{Guidance, StockCount, Variance},
};
use saleflex_store::Till;
use serde_json::json;

use super::{
    super::{Call, answer, doing::Doing},
    code_of, item, lines, location, moving, name_of, place_of,
};
use crate::record::stock::count::place_beside;

/// Stock counts: several people count, somebody else approves.
#[derive(Clone, Debug, Subcommand)]
pub enum Counting {
    /// The counts, the latest first.
    List {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Begin a count.
    Open {
        /// The codes of the products [default: all that are kept there].
        products: Vec<String>,
        /// Where, by code [default: where the till sells from].
        #[arg(long)]
        at: Option<String>,
        /// Show counters what the books say.
        #[arg(long)]
        guided: bool,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// What is to be counted, what was found, and the differences.
    Show {
        /// The count's number.
        no: u32,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Note what somebody found; counting again replaces what the same person found before.
    Record {
        /// The count's number.
        no: u32,
        /// The product's code.
        product: String,
        /// How much is there.
        #[arg(allow_negative_numbers = true)]
        counted: String,
        /// It was found where the books do not know it, and becomes part of the count.
        #[arg(long)]
        found: bool,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Book the differences. Who counted cannot.
    Approve {
        /// The count's number.
        no: u32,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Give a count up; nothing is booked.
    Cancel {
        /// The count's number.
        no: u32,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
}

impl Counting {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        match self {
            Self::List { json } => list(call, *json, out),
            Self::Open { products, at, guided, doing } => {
                open(call, products, at.as_deref(), *guided, doing, out)
            }
            Self::Show { no, json } => show(call, *no, *json, out),
            Self::Record { no, product, counted, found, doing } => {
                let mut till = doing.till(call)?;
                let count = numbered(call, &till, *no)?;
                let item = item(&till, product)?;
                let listed = count.scope().iter().find(|place| place.item == item).copied();
                let beside = place_beside(&count, item).filter(|_| *found && listed.is_none());
                let place = listed.or(beside);
                let place = place
                    .with_context(|| format!("{product} is not part of count {no}: `--found` takes it in"))?;
                let counted = lines::quantity(counted)?;
                let noted = if beside.is_some() {
                    till.count_stock_beside(count.id, place, counted)
                } else {
                    till.count_stock(count.id, place, counted)
                };
                noted.map_err(|error| call.words(&error))?;
                let location = place_of(&till, place);
                let value = json!({"no": no, "product": product, "location": location, "counted": counted});
                doing.say(out, &value, None)
            }
            Self::Approve { no, doing } => {
                let mut till = doing.till(call)?;
                let count = numbered(call, &till, *no)?;
                let posting = till.approve_count(count.id, None).map_err(|error| call.words(&error))?;
                moving::say(&till, &posting, doing.json, out)
            }
            Self::Cancel { no, doing } => {
                let mut till = doing.till(call)?;
                let count = numbered(call, &till, *no)?;
                till.cancel_count(count.id).map_err(|error| call.words(&error))?;
                let count = till.count(count.id).map_err(|error| call.words(&error))?;
                doing.say(out, &json!({"no": no, "state": count.state}), None)
            }
        }
    }
}

fn numbered(call: &Call<'_>, till: &Till, no: u32) -> anyhow::Result<StockCount> {
    let known = till.counts().map_err(|error| call.words(&error))?;
    let Some((_, known)) = known.into_iter().find(|(known, _)| *known == no) else {
        bail!("there is no count {no}");
    };
    till.count(known.id).map_err(|error| call.words(&error))
}

fn list(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let counts = till.counts().map_err(|error| call.words(&error))?;
    if json {
        let shape = |(no, count): &(u32, StockCount)| json!({"no": no, "state": count.state, "guidance": count.guidance, "places": count.scope().len()});
        return answer(out, &counts.iter().map(shape).collect::<Vec<_>>());
    }
    crate::cli::say_none(out, counts.is_empty())?;
    for (no, count) in &counts {
        let state = serde_json::to_value(count.state)?;
        writeln!(
            out,
            "{no:>6}  {:<10}  {:>6} places",
            state.as_str().unwrap_or_default(),
            count.scope().len()
        )?;
    }
    Ok(())
}

fn open(
    call: &Call<'_>,
    products: &[String],
    at: Option<&str>,
    guided: bool,
    doing: &Doing,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut till = doing.till(call)?;
    let location = location(&till, at)?;
    let (scope, numbered) = if products.is_empty() {
        till.places_to_count(location).map_err(|error| call.words(&error))?
    } else {
        let place = |code: &String| {
            let item = item(&till, code)?;
            if till.tracking(item.product) == Tracking::Serials {
                let name = name_of(&till, item);
                bail!(
                    "{code} {name}: its pieces have serial numbers and are put right one by one (`adjust --serial`)"
                );
            }
            Ok(Place { item, location })
        };
        (products.iter().map(place).collect::<anyhow::Result<Vec<_>>>()?, Vec::new())
    };
    let guidance = if guided { Guidance::Guided } else { Guidance::Blind };
    let places = scope.len();
    till.open_count(guidance, scope).map_err(|error| call.words(&error))?;
    let no = till.counts().map_err(|error| call.words(&error))?.first().map_or(0, |(no, _)| *no);
    let left_out: Vec<String> = numbered.into_iter().map(|id| code_of(&till, id.into())).collect();
    doing.say(out, &json!({"no": no, "places": places, "left_out": left_out}), Some(&no))?;
    if !doing.json && !left_out.is_empty() {
        writeln!(out, "left out, since their pieces have serial numbers: {}", left_out.join(", "))?;
    }
    Ok(())
}

fn show(call: &Call<'_>, no: u32, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let count = numbered(call, &till, no)?;
    let sheet = till.count_sheet(count.id).map_err(|error| call.words(&error))?;
    let (variances, is_told) = (count.variances(), till.shows_differences(&count));
    let of = |place: Place| variances.iter().find(|variance| variance.place == place);
    let again = till.places_to_count_again(&count).map_err(|error| call.words(&error))?;
    if json {
        let shape = |(place, shown): &(Place, Option<saleflex_core::inventory::Stock>)| {
            json!({
                "product": code_of(&till, place.item),
                "location": place_of(&till, *place),
                "shown": shown,
                "counted": count.counted_at(*place),
                "difference": of(*place).filter(|_| is_told).map(Variance::difference),
                "count_again": again.contains(place),
            })
        };
        let rows: Vec<_> = sheet.iter().map(shape).collect();
        return answer(out, &json!({"no": no, "state": count.state, "places": rows}));
    }
    for (place, shown) in &sheet {
        let shown = shown.map(|shown| shown.to_string()).unwrap_or_default();
        let counted = count.counted_at(*place).map(|counted| counted.to_string()).unwrap_or_default();
        let difference = of(*place).filter(|_| is_told).map(|variance| variance.difference().to_string());
        let to_count = again.contains(place).then(|| "again".to_owned());
        let difference = to_count.or(difference).unwrap_or_default();
        let (code, at) = (code_of(&till, place.item), place_of(&till, *place));
        writeln!(out, "{code:<14}  {at:<14}  {shown:>10}  {counted:>10}  {difference:>10}")?;
    }
    Ok(())
}
