//! What members get off by their tier: a campaign of its own for each tier that gives anything, kept in the transaction
//! that changes the program.

use std::collections::BTreeSet;

use saleflex_core::{
    campaign::{Benefit, Campaign, CampaignChange, Condition, Exclusivity, Per, Reward},
    ids::CampaignId,
    loyalty::{Program, Tier},
    quantity::Percent,
};

use crate::{setup::Setup, shell::Shell};

/// What a program that is about to be saved changes of campaigns.
pub(super) fn tier_discounts(
    program: &Program,
    programs: &[Program],
    campaigns: &[Campaign],
    shell: &mut dyn Shell,
) -> CampaignChange {
    let before = programs.iter().find(|known| known.id == program.id);
    let tiers = before.into_iter().chain([program]).flat_map(|program| &program.tiers);
    let codes: BTreeSet<String> = tiers.map(|tier| tier.code.clone()).collect();
    let others = programs.iter().filter(|known| known.id != program.id);
    let programs: Vec<Program> = [program].into_iter().chain(others).cloned().collect();
    let mint = &mut || CampaignId::new(shell.new_id());
    agreeing(&codes, &programs, campaigns, mint)
}

/// The campaigns that a new till begins with: those it is made with, and those that give what the tiers of its programs
/// take off.
pub(super) fn at_first(setup: &Setup, shell: &mut dyn Shell) -> Vec<Campaign> {
    let tiers = setup.programs.iter().flat_map(|program| &program.tiers);
    let codes: BTreeSet<String> = tiers.map(|tier| tier.code.clone()).collect();
    let mint = &mut || CampaignId::new(shell.new_id());
    let change = agreeing(&codes, &setup.programs, &setup.campaigns, mint);
    let others = setup.campaigns.iter().filter(|one| change.saved.iter().all(|saved| saved.id != one.id));
    let others: Vec<Campaign> = others.cloned().collect();
    others.into_iter().chain(change.saved).collect()
}

/// The campaigns as they have to be so that members get what their tiers take off: one under `TIER-` and the tier's
/// code, which asks for the tier. What else was set of such a campaign stays; one whose tier gives nothing any more is
/// put out of force, and one whose tier is gone goes with it. Of two programs with one code the first that gives
/// anything counts.
fn agreeing(
    codes: &BTreeSet<String>,
    programs: &[Program],
    campaigns: &[Campaign],
    mint: &mut dyn FnMut() -> CampaignId,
) -> CampaignChange {
    let mut change = CampaignChange::default();
    for code in codes {
        let name = format!("TIER-{code}");
        let before = campaigns.iter().find(|campaign| campaign.code.as_str() == name);
        let given = programs.iter().find_map(|program| given(program, code));
        let is_there = programs.iter().any(|program| program.tier(code).is_some());
        match (given, before) {
            (Some((tier, percent)), before) => {
                let benefit = Benefit::Off { reward: Reward::Percent(percent), per: Per::Line };
                let known = before.cloned().unwrap_or_else(|| begun(mint(), name, tier, benefit.clone()));
                let is_kept = before.is_some_and(|before| before.is_active && before.benefit == benefit);
                if !is_kept {
                    change.saved.push(Campaign { is_active: true, benefit, ..known });
                }
            }
            (None, Some(before)) if !is_there => {
                change.withdrawn.insert(before.id);
            }
            (None, Some(before)) if before.is_active => {
                change.saved.push(Campaign { is_active: false, ..before.clone() });
            }
            (None, _) => {}
        }
    }
    change
}

/// What a program takes off for members of a tier.
fn given<'a>(program: &'a Program, code: &str) -> Option<(&'a Tier, Percent)> {
    let (_, percent) = program.tier_discounts().find(|(tier, _)| program.is_active && *tier == code)?;
    Some((program.tier(code)?, percent))
}

fn begun(id: CampaignId, code: String, tier: &Tier, benefit: Benefit) -> Campaign {
    let mut campaign = Campaign::new(id, code, benefit);
    campaign.name.clone_from(&tier.name);
    campaign.condition = Condition::Tier(tier.code.clone());
    campaign.lane.exclusivity = Exclusivity::Combinable;
    campaign
}
