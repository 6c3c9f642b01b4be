//! Definitions as they changed, one change after the other, to find a set again that was in force.

use alloc::collections::BTreeMap;

use super::{Campaign, CampaignChange, CampaignSet, CompileError, ContentHash};
use crate::{adjustment::ResolutionRule, ids::CampaignId};

/// Definitions that follow a journal of changes. Which set they make is known without making it.
#[derive(Clone, Debug, Default)]
pub struct Definitions(BTreeMap<CampaignId, (Campaign, ContentHash)>);

impl Definitions {
    /// Follows a change that was fit when it was made: what it withdraws goes first.
    ///
    /// # Errors
    /// [`CompileError::Unwritable`] for a definition that cannot be written in canonical form.
    pub fn follow(&mut self, change: &CampaignChange) -> Result<(), CompileError> {
        self.0.retain(|id, _| !change.withdrawn.contains(id));
        for saved in &change.saved {
            self.0.insert(saved.id, (saved.clone(), ContentHash::of(saved)?));
        }
        Ok(())
    }

    /// As they are now, by identity.
    pub fn campaigns(&self) -> impl Iterator<Item = &Campaign> {
        self.0.values().map(|(campaign, _)| campaign)
    }

    /// The rule under which they are the set with a digest now; none where they are not.
    pub fn rule_of(&self, set: ContentHash) -> Option<ResolutionRule> {
        let hash = |rule| ContentHash::of_all(self.0.values().map(|(_, hash)| hash), rule);
        ResolutionRule::ALL.into_iter().find(|rule| hash(*rule) == set)
    }

    /// The set they make under a rule.
    ///
    /// # Errors
    /// As [`CampaignSet::compile_stored`].
    pub fn compile(&self, rule: ResolutionRule) -> Result<CampaignSet, CompileError> {
        let definitions = self.campaigns().cloned();
        CampaignSet::compile_stored(definitions.collect()).map(|set| set.resolved_by(rule))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::campaign::tests::{campaign, off};

    #[test]
    fn a_set_is_known_by_its_digest_before_it_is_made_at_each_change() {
        let first = vec![campaign(2, "B", off("5")), campaign(1, "A", off("10"))];
        let sets = [
            CampaignSet::compile(first.clone()).unwrap(),
            CampaignSet::compile(vec![campaign(2, "B", off("7"))]).unwrap().resolved_by(ResolutionRule::Best),
        ];
        let mut definitions = Definitions::default();
        definitions.follow(&CampaignChange::from_iter(first)).unwrap();
        assert_eq!(definitions.rule_of(sets[0].hash()), Some(ResolutionRule::Priority));
        assert_eq!(definitions.rule_of(sets[1].hash()), None);
        assert_eq!(definitions.compile(ResolutionRule::Priority).unwrap().hash(), sets[0].hash());
        let mut change = CampaignChange::withdraw(campaign(1, "A", off("10")).id);
        change.saved.push(campaign(2, "B", off("7")));
        definitions.follow(&change).unwrap();
        assert_eq!(definitions.rule_of(sets[0].hash()), None);
        assert_eq!(definitions.rule_of(sets[1].hash()), Some(ResolutionRule::Best));
        assert_eq!(definitions.compile(ResolutionRule::Best).unwrap().campaigns(), sets[1].campaigns());
    }
}
