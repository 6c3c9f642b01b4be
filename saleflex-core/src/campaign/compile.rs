//! Definitions made ready as one set: checked together, sorted, and turned into indexes.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{
    compiled::Compiled,
    condition::Condition,
    content_hash::ContentHash,
    definition::{Campaign, CampaignCode, unlocking},
    eligible::Gates,
    index::{MOST_PATTERN_BYTES, Readers, TargetIndex},
    proposal::Rank,
    sight::Sight,
    target::Target,
};
use crate::{adjustment::ResolutionRule, ids::CampaignId, quantity::Percent};

/// The most campaigns of a set.
pub const MOST_CAMPAIGNS: usize = 10_000;
/// The most stacking groups of a set: one bit of a word each.
const MOST_GROUPS: usize = 64;

/// The campaigns in force, ready to be asked. Immutable; a change of a definition makes a new set.
#[derive(Clone, Debug)]
pub struct CampaignSet {
    definitions: Vec<Campaign>,
    pub(super) compiled: Vec<Compiled>,
    pub(super) targets: TargetIndex,
    pub(super) gates: Gates,
    pub(super) readers: Readers,
    pub(super) sight: Sight,
    ranks: BTreeMap<CampaignId, Rank>,
    hashes: BTreeMap<CampaignId, ContentHash>,
    asked: AskedOfCustomers,
    asks_shares: bool,
    exchanges: bool,
    rule: ResolutionRule,
    hash: ContentHash,
}

/// What conditions ask of a customer's record beyond segments and tier.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AskedOfCustomers {
    /// Whether any asks for a mark on the customer.
    pub tags: bool,
    /// Whether any asks for the birthday.
    pub birthdays: bool,
}

impl AskedOfCustomers {
    fn of(definitions: &[Campaign]) -> Self {
        let mut asked = Self::default();
        for question in definitions.iter().flat_map(|campaign| campaign.condition.questions()) {
            asked.tags |= matches!(question, Condition::CustomerTag(_));
            asked.birthdays |= matches!(question, Condition::Birthday { .. });
        }
        asked
    }
}

/// Why definitions make no set.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CompileError {
    /// One identity stands on two definitions.
    #[error("two campaigns have the identity {0}")]
    SameId(CampaignId),
    /// One code stands on two definitions.
    #[error("two campaigns have the code {0}")]
    SameCode(CampaignCode),
    /// More campaigns than a set can hold.
    #[error("{given} campaigns, more than {most}")]
    TooManyCampaigns {
        /// How many there are.
        given: usize,
        /// How many there may be.
        most: usize,
    },
    /// More stacking groups than a set can hold.
    #[error("{given} stacking groups, more than {most}")]
    TooManyGroups {
        /// How many there are.
        given: usize,
        /// How many there may be.
        most: usize,
    },
    /// A condition is nested deeper than [`super::DEEPEST_CONDITION`], or has more than [`super::MOST_CONDITIONS`] parts.
    #[error("the conditions of campaign {0} are too many or too deep")]
    TooComplex(CampaignId),
    /// The patterns over codes of all campaigns take more memory than a till has to spare.
    #[error("{patterns} patterns over codes take {bytes} bytes of memory, more than {most}")]
    PatternsTooLarge {
        /// How many were made ready.
        patterns: usize,
        /// What they take.
        bytes: usize,
        /// What all together may take.
        most: usize,
    },
    /// A definition cannot be written in canonical form.
    #[error("the campaign {0} cannot be written down")]
    Unwritable(CampaignId),
}

impl Campaign {
    /// Whether a way to pay must bring a share of what is due.
    fn asks_share(&self) -> bool {
        let is_share = |share: Percent| !share.is_zero();
        let asks =
            |one: &Condition| matches!(one, Condition::Tender { least_share, .. } if is_share(*least_share));
        self.tender.as_ref().is_some_and(|terms| is_share(terms.least_share))
            || self.condition.questions().into_iter().any(asks)
    }
}

impl CampaignSet {
    /// Makes definitions ready. Their order does not matter.
    ///
    /// # Errors
    /// [`CompileError`]: campaigns are at most [`MOST_CAMPAIGNS`], identities and codes stand once each, groups are
    /// at most 64, conditions are bounded, and so is the memory of all patterns: [`MOST_PATTERN_BYTES`].
    pub fn compile(definitions: Vec<Campaign>) -> Result<Self, CompileError> {
        Self::compile_within(definitions, MOST_PATTERN_BYTES)
    }

    /// Makes definitions ready that were in force before, whatever memory their patterns take: an earlier version may have
    /// taken more of them, and a till that does not open can withdraw nothing.
    ///
    /// # Errors
    /// As [`CampaignSet::compile`], but for the memory.
    pub fn compile_stored(definitions: Vec<Campaign>) -> Result<Self, CompileError> {
        Self::compile_within(definitions, usize::MAX)
    }

    /// Makes definitions ready whose patterns together take so much memory at most.
    pub(super) fn compile_within(mut definitions: Vec<Campaign>, most: usize) -> Result<Self, CompileError> {
        if definitions.len() > MOST_CAMPAIGNS {
            return Err(CompileError::TooManyCampaigns { given: definitions.len(), most: MOST_CAMPAIGNS });
        }
        if let Some(complex) = definitions.iter().find(|campaign| !campaign.condition.is_bounded()) {
            return Err(CompileError::TooComplex(complex.id));
        }
        check_unique(&definitions)?;
        let hashes = definitions
            .iter()
            .map(|campaign| Ok((campaign.id, ContentHash::of(campaign)?)))
            .collect::<Result<BTreeMap<_, _>, CompileError>>()?;
        let rule = ResolutionRule::default();
        let hash = ContentHash::of_all(hashes.values(), rule);
        definitions.sort_by(|one, other| {
            other.lane.priority.cmp(&one.lane.priority).then_with(|| one.code.cmp(&other.code))
        });
        let groups = group_bits(&definitions)?;
        let mut targets = TargetIndex::within(most);
        targets.add(&Target::all());
        let compiled: Vec<Compiled> =
            definitions.iter().map(|campaign| Compiled::of(campaign, &groups, &mut targets)).collect();
        let (patterns, bytes) = targets.patterns();
        if bytes > most {
            return Err(CompileError::PatternsTooLarge { patterns, bytes, most });
        }
        let gates = Gates::of(&definitions, &compiled);
        let readers = Readers::of(&compiled, targets.len());
        let sight = Sight::of(&compiled, targets.len());
        let ranks = (0..).zip(&definitions).map(|(at, campaign)| (campaign.id, Rank(at))).collect();
        let asked = AskedOfCustomers::of(&definitions);
        let asks_shares = definitions.iter().any(Campaign::asks_share);
        Ok(Self {
            definitions,
            compiled,
            targets,
            gates,
            readers,
            sight,
            ranks,
            hashes,
            asked,
            asks_shares,
            exchanges: true,
            rule,
            hash,
        })
    }

    /// The set with its campaigns chosen from by a rule; as compiled, by priority.
    #[must_use]
    pub fn resolved_by(self, rule: ResolutionRule) -> Self {
        let hash = self.hash_by(rule);
        Self { rule, hash, ..self }
    }

    /// The set as engines before the fourth made bundles of it: part by part, whatever a part takes from those after it.
    pub(crate) fn part_by_part(self) -> Self {
        Self { exchanges: false, ..self }
    }

    /// Whether the parts of a bundle give way to each other.
    pub(super) const fn exchanges(&self) -> bool {
        self.exchanges
    }

    /// What all its patterns take of memory.
    pub const fn pattern_bytes(&self) -> usize {
        self.targets.patterns().1
    }

    /// How its campaigns are chosen from.
    pub const fn rule(&self) -> ResolutionRule {
        self.rule
    }

    /// The digest of the definitions, and of the rule they are chosen from by.
    pub const fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The digest it has once it is [resolved by](Self::resolved_by) a rule.
    pub fn hash_by(&self, rule: ResolutionRule) -> ContentHash {
        if rule == self.rule { self.hash } else { ContentHash::of_all(self.hashes.values(), rule) }
    }

    /// Whether a campaign asks for the brand, the style, the tags or all barcodes of goods, which do not stand on their lines.
    pub fn asks_goods(&self) -> bool {
        self.targets.asks_goods()
    }

    /// Whether a campaign asks for goods by a pattern of their codes.
    pub const fn asks_patterns(&self) -> bool {
        self.targets.asks_codes()
    }

    /// Whether a campaign asks a way to pay for a share of what is due.
    pub const fn asks_shares(&self) -> bool {
        self.asks_shares
    }

    /// What the conditions of the campaigns ask of a customer's record.
    pub const fn asked_of_customers(&self) -> AskedOfCustomers {
        self.asked
    }

    /// The digest of one definition: another version of a campaign has another.
    pub fn hash_of(&self, id: CampaignId) -> Option<ContentHash> {
        self.hashes.get(&id).copied()
    }

    /// How many campaigns there are.
    pub const fn len(&self) -> usize {
        self.definitions.len()
    }

    /// Whether there is no campaign.
    pub const fn is_empty(&self) -> bool {
        self.definitions.is_empty()
    }

    /// The campaigns in the order they are tried: by priority downwards, then by code.
    pub fn campaigns(&self) -> &[Campaign] {
        &self.definitions
    }

    /// The places of all campaigns, in order.
    pub fn ranks(&self) -> impl Iterator<Item = Rank> + use<> {
        let count = u32::try_from(self.definitions.len()).unwrap_or(u32::MAX);
        (0..count).map(Rank)
    }

    /// The campaign at a place of this set.
    pub fn campaign(&self, rank: Rank) -> &Campaign {
        &self.definitions[rank.at()]
    }

    /// The place of a campaign.
    pub fn rank(&self, id: CampaignId) -> Option<Rank> {
        self.ranks.get(&id).copied()
    }

    /// The definition of a campaign.
    pub fn find(&self, id: CampaignId) -> Option<&Campaign> {
        self.rank(id).map(|rank| self.campaign(rank))
    }

    /// The campaign that a printed code of up to 15 characters stands for, in any case and without the blanks around
    /// it; the first by code where several share it. Documents of this engine name campaigns by identity (D19).
    pub fn by_printed_code(&self, printed: &str) -> Option<&Campaign> {
        let printed = unlocking(printed);
        let same = self.definitions.iter().filter(|one| unlocking(one.code.printed()) == printed);
        same.min_by(|one, other| one.code.cmp(&other.code))
    }
}

fn check_unique(definitions: &[Campaign]) -> Result<(), CompileError> {
    let mut ids = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for campaign in definitions {
        if !ids.insert(campaign.id) {
            return Err(CompileError::SameId(campaign.id));
        }
        if !codes.insert(&campaign.code) {
            return Err(CompileError::SameCode(campaign.code.clone()));
        }
    }
    Ok(())
}

fn group_bits(definitions: &[Campaign]) -> Result<BTreeMap<String, u64>, CompileError> {
    let lanes = definitions.iter().map(|campaign| &campaign.lane);
    let names: BTreeSet<&String> =
        lanes.flat_map(|lane| lane.stacks_with.iter().flatten().chain([&lane.group])).collect();
    if names.len() > MOST_GROUPS {
        return Err(CompileError::TooManyGroups { given: names.len(), most: MOST_GROUPS });
    }
    Ok((0..).zip(names).map(|(bit, name)| (name.clone(), 1 << bit)).collect())
}
