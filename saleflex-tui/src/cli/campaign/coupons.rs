//! Coupons made in one go, printed to be handed out.

use std::io::Write;

use anyhow::Context;
use chrono::NaiveDateTime;
use clap::{Args, ValueEnum};
use saleflex_core::{
    campaign::{Batch, CouponKind},
    printout::coupon,
};
use saleflex_store::till::Validity;

use super::super::{Call, Ending, answer, receipts::Show, secret::Person};

/// A batch of coupons.
#[derive(Args, Clone, Debug)]
pub struct Mint {
    /// The code of the campaign they open.
    campaign: String,
    /// How many.
    count: usize,
    /// What each code begins with, before a dash.
    #[arg(long, default_value = "")]
    prefix: String,
    /// How each may be used.
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// The last instant they count, such as 2025-05-06T23:59:59.
    #[arg(long, value_name = "INSTANT")]
    until: Option<NaiveDateTime>,
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
}

impl From<Kind> for CouponKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::SingleUse => Self::SingleUse,
            Kind::MultiUse => Self::MultiUse,
            Kind::Public => Self::Public,
        }
    }
}

impl Mint {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let mut till = call.till()?;
        Person { user: self.user.clone() }.log_in(call, &mut till)?;
        let known = till.campaigns().campaigns().iter().find(|one| one.code.as_str() == self.campaign);
        let campaign = known.cloned().with_context(|| format!("there is no campaign {}", self.campaign))?;
        let batch = Batch { campaign: campaign.id, prefix: self.prefix.clone(), kind: self.kind.into() };
        let valid = Validity { start: None, end: self.until };
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
