//! What a campaign was used for: by day and sale by sale, with what went back with goods.

use std::io::Write;

use clap::Args;
use saleflex_store::{Till, campaigns::UsageRecord};
use serde_json::{Value, json};

use super::{
    super::{Call, Ending, answer, say_none},
    coupons,
};
use crate::effect::usage;

/// The uses of a campaign.
#[derive(Args, Clone, Debug)]
pub struct Uses {
    /// The code of the campaign.
    campaign: String,
    /// The latest so many sales.
    #[arg(long, default_value_t = 1_000)]
    limit: u32,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

impl Uses {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let till = call.reader()?;
        let campaign = coupons::ever(&till, &self.campaign)?;
        let (days, uses) = (till.campaign_days(campaign.id)?, till.campaign_uses(campaign.id, self.limit)?);
        let currency = till.currency();
        if self.json {
            let days: Vec<Value> = days
                .iter()
                .map(|(day, count)| {
                    json!({ "day": day, "uses": count.uses, "given": currency.format(count.spent) })
                })
                .collect();
            let sales: Vec<Value> = uses.iter().map(|used| shape(&till, used)).collect::<Result<_, _>>()?;
            let code = currency.code();
            let answered =
                json!({ "campaign": campaign.code, "currency": code.as_str(), "days": days, "sales": sales });
            answer(out, &answered)?;
            return Ok(Ending::Good);
        }
        say_none(out, days.is_empty() && uses.is_empty())?;
        for (day, count) in &days {
            writeln!(out, "{day}  {:>6} uses  {:>12}", count.uses, currency.show(count.spent))?;
        }
        for line in usage::lines(&till, call.text, &uses)? {
            writeln!(out, "{line}")?;
        }
        Ok(Ending::Good)
    }
}

fn shape(till: &Till, used: &UsageRecord) -> anyhow::Result<Value> {
    let currency = till.currency();
    let customer = used.customer.map(|id| till.customer(id)).transpose()?.flatten();
    Ok(json!({
        "receipt": used.number.to_string(),
        "at": used.at.local,
        "given": currency.format(used.amount),
        "went_back": currency.format(used.went_back),
        "coupon": used.coupon_code,
        "customer": customer.map(|customer| customer.code),
        "taken_back_by": used.taken_back.as_ref().map(|back| back.number.to_string()),
    }))
}
