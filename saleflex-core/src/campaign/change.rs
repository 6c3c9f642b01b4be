//! How the campaigns of a till change.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{Campaign, CampaignSet, CompileError, MOST_PATTERN_BYTES};
use crate::ids::CampaignId;

/// Definitions added or replaced, and those withdrawn: all of it or nothing.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CampaignChange {
    /// As they are now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saved: Vec<Campaign>,
    /// No longer there (D44). What they gave stays on the documents, and how often stays counted.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub withdrawn: BTreeSet<CampaignId>,
}

impl CampaignChange {
    /// One definition added or replaced.
    pub fn save(campaign: Campaign) -> Self {
        Self::from_iter([campaign])
    }

    /// One definition withdrawn.
    pub fn withdraw(campaign: CampaignId) -> Self {
        Self { withdrawn: BTreeSet::from([campaign]), ..Self::default() }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.saved.is_empty() && self.withdrawn.is_empty()
    }

    /// The set with this change; it withdraws first, so that a code may pass to another campaign. Its rule of
    /// choosing stays. Where its patterns take too much memory already, a change may not add to it.
    ///
    /// # Errors
    /// [`CompileError`] when the definitions do not stand beside each other.
    pub fn applied_to(&self, set: &CampaignSet) -> Result<CampaignSet, CompileError> {
        let kept = set.campaigns().iter().filter(|campaign| !self.withdrawn.contains(&campaign.id));
        let mut definitions: BTreeMap<CampaignId, Campaign> =
            kept.map(|campaign| (campaign.id, campaign.clone())).collect();
        let mut saved = BTreeSet::new();
        for campaign in &self.saved {
            if !saved.insert(campaign.id) {
                return Err(CompileError::SameId(campaign.id));
            }
            definitions.insert(campaign.id, campaign.clone());
        }
        let most = set.pattern_bytes().max(MOST_PATTERN_BYTES);
        let changed = CampaignSet::compile_within(definitions.into_values().collect(), most)?;
        Ok(changed.resolved_by(set.rule()))
    }
}

impl FromIterator<Campaign> for CampaignChange {
    fn from_iter<I: IntoIterator<Item = Campaign>>(saved: I) -> Self {
        Self { saved: saved.into_iter().collect(), withdrawn: BTreeSet::new() }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::{
        adjustment::ResolutionRule,
        campaign::tests::{campaign, off},
    };

    #[test]
    fn a_change_replaces_by_identity_and_lets_a_code_pass_to_another_campaign() {
        let set =
            CampaignSet::compile(vec![campaign(1, "A", off("10")), campaign(2, "B", off("5"))]).unwrap();
        let change = CampaignChange {
            saved: vec![campaign(2, "A", off("20"))],
            withdrawn: BTreeSet::from([campaign(1, "A", off("10")).id]),
        };
        let changed = change.applied_to(&set).unwrap();
        assert_eq!(changed.campaigns(), [campaign(2, "A", off("20"))]);
        assert_ne!(changed.hash(), set.hash());
        let best = set.resolved_by(ResolutionRule::Best);
        assert_eq!(change.applied_to(&best).unwrap().rule(), ResolutionRule::Best);
    }

    #[test]
    fn a_code_of_another_campaign_and_one_campaign_twice_are_refused() {
        let set = CampaignSet::compile(vec![campaign(1, "A", off("10"))]).unwrap();
        let same = CampaignChange::save(campaign(2, "A", off("20"))).applied_to(&set);
        assert_eq!(same.unwrap_err(), CompileError::SameCode("A".into()));
        let twice = [campaign(2, "B", off("20")), campaign(2, "C", off("20"))];
        let id = twice[0].id;
        let twice = CampaignChange::from_iter(twice).applied_to(&set);
        assert_eq!(twice.unwrap_err(), CompileError::SameId(id));
    }
}
