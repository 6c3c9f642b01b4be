//! The campaigns of the till, in the order they are tried.

use saleflex_core::campaign::Activation;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Act, Effect, Question},
    text::{Key, Text},
};

/// Campaigns.
pub(crate) struct Campaigns;

impl Listing for Campaigns {
    fn form(&self) -> &'static str {
        "CAMPAIGN_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/campaign_list.toml")
    }

    fn event(&self) -> &'static str {
        "CAMPAIGN_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &[
            "CAMPAIGN_DETAIL",
            "CAMPAIGN_BACKTEST",
            "CAMPAIGN_AS_WRITTEN",
            "CAMPAIGN_COUPONS",
            "CAMPAIGN_MINT",
            "CAMPAIGN_USES",
            "CAMPAIGN_WITHDRAW",
        ]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleCampaigns, none: Key::CampaignsNone, hint: Key::HintCampaigns }
    }

    fn empty(&self) -> Key {
        Key::CampaignsEmpty
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCampaign, 15),
                Heading::below(Key::ColumnName),
                Heading::text(Key::ColumnState, 10),
                Heading::number(Key::ColumnUses, 7),
                Heading::number(Key::ColumnGiven, 11),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let rows = till.campaigns().campaigns().iter().map(|campaign| {
            let count = till.campaign_count(campaign.id);
            let state = match (campaign.is_active, campaign.activation) {
                (false, _) => Key::StateInactive,
                (true, Activation::Never) => Key::NeverActivated,
                (true, Activation::Coupon) => Key::ByCoupon,
                (true, Activation::Automatic) => Key::Automatic,
            };
            ListRow {
                id: RowId::Campaign(campaign.id),
                cells: vec![
                    campaign.code.as_str().to_owned(),
                    campaign.name.clone(),
                    text.word(state).to_owned(),
                    count.uses.to_string(),
                    till.currency().format(count.spent),
                ],
                total: count.spent,
                is_dim: !campaign.is_active,
            }
        });
        Ok(Listed { rows: rows.filter(|row| row.holds(&query.term)).collect(), ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        match (row.id, event) {
            (RowId::Campaign(campaign), "CAMPAIGN_BACKTEST") => vec![Effect::BeginTrial(campaign)],
            (RowId::Campaign(campaign), "CAMPAIGN_USES") => {
                vec![Effect::Ask(Question::CampaignUses(campaign))]
            }
            (RowId::Campaign(campaign), "CAMPAIGN_WITHDRAW") => {
                let words = state.text.fill(Key::CampaignWithdrawAsk, &[("campaign", row.name())]);
                state.ask(vec![words], Key::YesKey, Effect::act(Act::WithdrawCampaign(campaign)));
                Vec::new()
            }
            (_, "CAMPAIGN_AS_WRITTEN") => state.open_record("CAMPAIGN_DEFINITION", Some(row.id)),
            (_, "CAMPAIGN_COUPONS") => state.open_list_of("COUPON_LIST", &format!("={}", row.name())),
            (_, "CAMPAIGN_MINT") => state.open_record("COUPON_BATCH", Some(row.id)),
            _ => state.open_record("CAMPAIGN", Some(row.id)),
        }
    }
}
