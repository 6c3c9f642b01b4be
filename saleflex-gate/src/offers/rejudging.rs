//! Delivered sales, judged anew by the campaigns that they name.
//!
//! A sale says by the digest of which campaigns it was judged, and with what counts. Where this hub has had that very set
//! since it was started, the engine must come to the same discounts once more. **Invariant:** a set is known by its
//! content, so nothing of one company says anything about another.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use saleflex_core::{
    adjustment::ResolutionRule,
    campaign::{CampaignSet, ContentHash, DEFAULT_EFFORT},
    checkout::{RecordedFacts, recorded},
    document::Completed,
};
use uuid::Uuid;

use super::in_force::InForce;
use crate::{
    db::{DatabaseError, Session},
    definitions, registry,
};

/// The most sets that are kept; more than that are of many companies, and each is found again when it is needed.
const MOST: usize = 256;
/// Through what a till sells; whoever asks with a cart is one.
pub(super) const CHANNEL: &str = "till";
/// How far the best choice is searched for: a small part of what a till may spend, since a delivery is one transaction
/// and others wait for it. Of a sale that takes longer nothing is said; that depends on the sale alone.
const EFFORT: u32 = DEFAULT_EFFORT / 20;

/// The sets that were in force since the hub was started.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownSets(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    sets: BTreeMap<ContentHash, Arc<CampaignSet>>,
    /// The last change of a company at which a store's set was looked at.
    looked_at: BTreeMap<(Uuid, Uuid), i64>,
}

impl KnownSets {
    /// Whether campaigns give something else on a sale than stands on it; no where that cannot be said.
    pub(crate) fn drift(
        &self,
        session: &mut dyn Session,
        of: (Uuid, Uuid),
        sale: &Completed,
    ) -> Result<bool, DatabaseError> {
        let traits = BTreeMap::new();
        let facts = RecordedFacts { channel: Some(CHANNEL), birthday: None, tags: None, traits: &traits };
        let Some(recorded) = recorded(sale, facts, None) else { return Ok(false) };
        let Some(hash) = recorded.judged_by else { return Ok(false) };
        let Some(set) = self.find(session, of, hash)? else { return Ok(false) };
        // A cart that the engine refuses was never judged by it.
        Ok(set.drifts(&recorded, EFFORT).map_or(true, |drifts| drifts == Some(true)))
    }

    /// The set with this digest, where it is that of the store now or was before.
    fn find(
        &self,
        session: &mut dyn Session,
        of @ (company, store): (Uuid, Uuid),
        hash: ContentHash,
    ) -> Result<Option<Arc<CampaignSet>>, DatabaseError> {
        if let Some(set) = self.0.lock().unwrap_or_else(PoisonError::into_inner).sets.get(&hash) {
            return Ok(Some(set.clone()));
        }
        let change = definitions::last_change(session, company)?;
        let looked_at = self.0.lock().unwrap_or_else(PoisonError::into_inner).looked_at.get(&of).copied();
        if looked_at == Some(change) {
            return Ok(None);
        }
        // Campaigns that do not stand beside one another were in force nowhere.
        let place = registry::store_by_id(session, company, store)?;
        let in_force = place.map(|place| InForce::read(session, company, &place)).transpose()?;
        let in_force = in_force.and_then(Result::ok);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.sets.len() >= MOST || known.looked_at.len() >= MOST {
            *known = Known::default();
        }
        known.looked_at.insert((company, store), change);
        if let Some(InForce { set, .. }) = in_force {
            // Tills choose from one set by one rule or the other.
            for rule in ResolutionRule::ALL {
                let set = set.clone().resolved_by(rule);
                known.sets.insert(set.hash(), Arc::new(set));
            }
        }
        Ok(known.sets.get(&hash).cloned())
    }
}
