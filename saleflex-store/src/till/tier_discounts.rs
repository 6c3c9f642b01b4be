//! What members get off by their tier: a campaign of its own for each tier that gives anything.

use saleflex_core::{
    campaign::{Benefit, Campaign, CampaignChange, Condition, Exclusivity, Per, Reward},
    ids::ProgramId,
};

use super::Till;
use crate::error::Error;

/// Tiers.
impl Till {
    /// Makes the campaigns that give what the tiers of a program take off agree with it: one under `TIER-` and the
    /// tier's code for each, which asks for the tier. What else was set of such a campaign stays; one whose tier gives
    /// nothing any more is put out of force. Answers whether anything changed.
    ///
    /// # Errors
    /// As [`Till::change_campaigns`].
    pub fn keep_tier_discounts(&mut self, program: ProgramId) -> Result<bool, Error> {
        let known = self.programs.iter().find(|known| known.id == program);
        let Some(program) = known.cloned() else { return Ok(false) };
        let mut change = CampaignChange::default();
        for tier in &program.tiers {
            let code = format!("TIER-{}", tier.code);
            let mut discounts = program.tier_discounts();
            let given = discounts.find(|(code, _)| program.is_active && *code == tier.code);
            let campaigns = self.campaigns().campaigns();
            let before = campaigns.iter().find(|campaign| campaign.code.as_str() == code).cloned();
            let Some((_, percent)) = given else {
                let ends = before.filter(|before| before.is_active);
                change.saved.extend(ends.map(|before| Campaign { is_active: false, ..before }));
                continue;
            };
            let benefit = Benefit::Off { reward: Reward::Percent(percent), per: Per::Line };
            let before = before.unwrap_or_else(|| {
                let id = self.new_campaign_id();
                let mut new = Campaign::new(id, code, benefit.clone());
                new.name.clone_from(&tier.name);
                new.is_active = false;
                new.condition = Condition::Tier(tier.code.clone());
                new.lane.exclusivity = Exclusivity::Combinable;
                new
            });
            if !before.is_active || before.benefit != benefit {
                change.saved.push(Campaign { is_active: true, benefit, ..before });
            }
        }
        if change.is_empty() {
            return Ok(false);
        }
        self.change_campaigns(change)?;
        Ok(true)
    }
}
