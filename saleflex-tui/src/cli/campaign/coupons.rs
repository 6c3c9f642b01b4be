//! Coupons: made in one go and printed to be handed out, listed with what became of them, blocked.

use std::io::Write;

use anyhow::Context;
use chrono::NaiveDateTime;
use clap::{Args, ValueEnum, builder::RangedU64ValueParser};
use saleflex_core::{
    campaign::{Batch, Campaign, Coupon, CouponKind, CouponStanding},
    printout::coupon,
};
use saleflex_store::{Shell, Till, campaigns::CouponRecord, till::Validity};
use serde_json::json;

use super::{
    super::{Call, Ending, answer, receipts::Show, say_none, secret::Person},
    trying::customer,
};
use crate::listing::coupons;

/// A batch of coupons.
#[derive(Args, Clone, Debug)]
pub struct Mint {
    /// The code of the campaign they open.
    campaign: String,
    /// How many.
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    count: usize,
    /// What each code begins with, before a dash.
    #[arg(long, default_value = "")]
    prefix: String,
    /// How each may be used.
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// The first instant they count, such as 2025-05-01T00:00:00.
    #[arg(long, value_name = "INSTANT")]
    from: Option<NaiveDateTime>,
    /// The last instant they count, such as 2025-05-06T23:59:59.
    #[arg(long, value_name = "INSTANT")]
    until: Option<NaiveDateTime>,
    /// How often each may be used.
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..))]
    uses: Option<u32>,
    /// The code of the customer whose they are; nobody else can use them then.
    #[arg(long, value_name = "CODE", required_if_eq("kind", "personal"))]
    customer: Option<String>,
    /// Who makes them; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
    #[arg(long, value_name = "NAME")]
    user: String,
    /// How they are written.
    #[arg(long, value_enum, default_value_t)]
    format: Show,
}

/// How a coupon may be used.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Kind {
    /// Once.
    #[default]
    SingleUse,
    /// Again and again.
    MultiUse,
    /// By everybody.
    Public,
    /// By one customer.
    Personal,
}

impl From<Kind> for CouponKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::SingleUse => Self::SingleUse,
            Kind::MultiUse => Self::MultiUse,
            Kind::Public => Self::Public,
            Kind::Personal => Self::Personal,
        }
    }
}

impl Mint {
    /// A coupon of several uses is nobody's; one that has a holder is personal, or single use.
    fn kind(&self) -> CouponKind {
        match (self.kind, &self.customer) {
            (Kind::MultiUse | Kind::Public, Some(_)) => CouponKind::Personal,
            (kind, _) => kind.into(),
        }
    }

    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        if let Some((from, until)) = self.from.zip(self.until) {
            anyhow::ensure!(from <= until, "--from {from} is after --until {until}");
        }
        let is_once = self.kind() == CouponKind::SingleUse;
        anyhow::ensure!(
            !is_once || self.uses.is_none_or(|uses| uses == 1),
            "a coupon for one use is used once: --uses needs --kind multi-use, public or personal"
        );
        let mut till = call.till()?;
        Person { user: self.user.clone() }.log_in(call, &mut till)?;
        let campaign = campaign(&till, &self.campaign)?;
        let holder = self.customer.as_deref().map(|code| customer(call, &till, code)).transpose()?;
        let batch = Batch { campaign: campaign.id, prefix: self.prefix.clone(), kind: self.kind() };
        let valid = Validity { start: self.from, end: self.until, holder, uses: self.uses };
        let coupons = till.mint_coupons(&batch, self.count, valid).map_err(|error| call.words(&error))?;
        match self.format {
            Show::Json => answer(out, &coupons)?,
            Show::Text | Show::Html => {
                let slips = coupon::slips(&till.identity().store_name, &campaign, &coupons);
                self.format.write(&slips, out)?;
            }
        }
        Ok(Ending::Good)
    }
}

/// The coupons of a campaign.
#[derive(Args, Clone, Debug)]
pub struct List {
    /// The code of the campaign they open.
    campaign: String,
    /// The latest so many.
    #[arg(long, default_value_t = 1_000)]
    limit: u32,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let till = call.reader()?;
        let campaign = ever(&till, &self.campaign)?;
        let records = till.coupons(campaign.id, self.limit)?;
        let now = call.place()?.1.now().local;
        if self.json {
            let shape = |record| shape(&till, record, now);
            let rows: Vec<_> = records.iter().map(shape).collect::<Result<_, _>>()?;
            answer(out, &rows)?;
            return Ok(Ending::Good);
        }
        say_none(out, records.is_empty())?;
        for record in &records {
            let Coupon { code, uses, start, end, .. } = &record.coupon;
            let most = uses.map(|uses| format!(" of {uses}")).unwrap_or_default();
            let state = state(coupons::standing(&till, record, now));
            let from = start.map(|start| format!("  from {start}")).unwrap_or_default();
            let until = end.map(|end| format!("  until {end}")).unwrap_or_default();
            let holder =
                holder(&till, &record.coupon)?.map(|code| format!("  of {code}")).unwrap_or_default();
            writeln!(out, "{code:<24} {state:<17} {} uses{most}{from}{until}{holder}", record.uses)?;
        }
        Ok(Ending::Good)
    }
}

/// One coupon, blocked or let count again.
#[derive(Args, Clone, Debug)]
pub struct Block {
    /// Its code, barcode or QR text.
    coupon: String,
    /// Let it count again.
    #[arg(long)]
    lift: bool,
    /// Who does it; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
    #[arg(long, value_name = "NAME")]
    user: String,
}

impl Block {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let mut till = call.till()?;
        Person { user: self.user.clone() }.log_in(call, &mut till)?;
        let known = till.find_coupon(&self.coupon).map_err(|error| call.words(&error))?;
        let known = known.with_context(|| format!("there is no coupon {}", self.coupon))?;
        let coupon = Coupon { is_active: self.lift, ..known.coupon };
        let words = format!("{} {}", coupon.code, if self.lift { "counts again" } else { "is blocked" });
        till.save_coupons(vec![coupon]).map_err(|error| call.words(&error))?;
        writeln!(out, "{words}")?;
        Ok(Ending::Good)
    }
}

/// How a coupon stands.
const fn state(standing: CouponStanding) -> &'static str {
    match standing {
        CouponStanding::Good => "active",
        CouponStanding::Blocked => "blocked",
        CouponStanding::UsedUp => "used up",
        CouponStanding::NotYet => "not yet",
        CouponStanding::Over => "over",
        CouponStanding::CampaignOut => "campaign closed",
        CouponStanding::CampaignUsedUp => "campaign used up",
    }
}

pub(super) fn campaign(till: &Till, code: &str) -> anyhow::Result<Campaign> {
    let known = till.campaigns().campaigns().iter().find(|one| one.code.as_str() == code);
    known.cloned().with_context(|| format!("there is no campaign {code}"))
}

/// The campaign with a code, also where it was withdrawn.
pub(super) fn ever(till: &Till, code: &str) -> anyhow::Result<Campaign> {
    till.campaign_ever(code)?.with_context(|| format!("there is no campaign {code}"))
}

/// The code of whoever holds a coupon.
fn holder(till: &Till, coupon: &Coupon) -> anyhow::Result<Option<String>> {
    let Some(holder) = coupon.holder else { return Ok(None) };
    Ok(till.customer(holder)?.map(|customer| customer.code))
}

fn shape(till: &Till, record: &CouponRecord, now: NaiveDateTime) -> anyhow::Result<serde_json::Value> {
    let coupon = &record.coupon;
    Ok(json!({
        "code": coupon.code,
        "kind": coupon.kind,
        "customer": holder(till, coupon)?,
        "start": coupon.start,
        "end": coupon.end,
        "most_uses": coupon.uses,
        "uses": record.uses,
        "is_active": coupon.is_active,
        "standing": state(coupons::standing(till, record, now)),
    }))
}
