//! Delivered sales, judged anew by the campaigns that they name.
//!
//! A sale says by the digest of which campaigns it was judged, and with what counts. Where this hub knows that very set, the
//! engine must come to the same discounts once more. It knows the sets under which sales came: they are kept, so that a till
//! that was away is judged by what was in force then, whenever the hub was started. **Invariant:** a set is known by its
//! content, so nothing of one company says anything about another.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    adjustment::{AdjustmentSource, DocumentAdjustment, ResolutionRule},
    campaign::{Campaign, CampaignSet, ContentHash, DEFAULT_EFFORT},
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
/// and others wait for it. A sale that takes longer is judged by nobody; that depends on the sale alone.
const EFFORT: u32 = DEFAULT_EFFORT / 20;
/// The most bytes of a set that is kept in the books: a larger one is known until the hub ends.
const LARGEST: usize = 1 << 20;
/// How often it is noted that a set is seen.
const SEEN_EVERY: TimeDelta = TimeDelta::days(1);

/// What comes of judging a sale anew.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Judged {
    /// Campaigns give what stands on it, or it has nothing of any that this hub could know.
    AsItStands,
    /// They give something else.
    Otherwise,
    /// It has something of campaigns, and names no set that this hub knows, or one that takes too long.
    ByNobody,
}

/// The sets that were in force.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownSets(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    sets: BTreeMap<ContentHash, Arc<CampaignSet>>,
    /// The last change of a company at which a store's set was looked at.
    looked_at: BTreeMap<(Uuid, Uuid), i64>,
    /// Sets that a company's books do not hold.
    lacking: BTreeSet<(Uuid, ContentHash)>,
    /// When it was noted in a company's books that a sale came under a set.
    noted: BTreeMap<(Uuid, ContentHash), DateTime<Utc>>,
}

impl Known {
    fn make_room(&mut self) {
        let lens = [self.sets.len(), self.looked_at.len(), self.lacking.len(), self.noted.len()];
        if lens.into_iter().any(|len| len >= MOST) {
            *self = Self::default();
        }
    }
}

impl KnownSets {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A delivery of a company was taken back, with what it noted in the books.
    pub(crate) fn taken_back(&self, company: Uuid) {
        self.lock().noted.retain(|(of, _), _| *of != company);
    }

    /// Judges a sale by the campaigns that it names.
    pub(crate) fn judge(
        &self,
        session: &mut dyn Session,
        of: (Uuid, Uuid),
        (sale, now): (&Completed, DateTime<Utc>),
    ) -> Result<Judged, DatabaseError> {
        let traits = BTreeMap::new();
        let facts = RecordedFacts { channel: Some(CHANNEL), birthday: None, tags: None, traits: &traits };
        let Some(recorded) = recorded(sale, facts, None) else { return Ok(Judged::AsItStands) };
        let set = match recorded.judged_by {
            Some(hash) => self.find(session, of, (hash, now))?,
            None => None,
        };
        // A cart that the engine refuses was never judged by it.
        match set.map(|set| set.drifts(&recorded, EFFORT)) {
            None | Some(Ok(None)) => unjudged(session, of.0, sale),
            Some(Ok(Some(false))) => Ok(Judged::AsItStands),
            Some(Ok(Some(true)) | Err(_)) => Ok(Judged::Otherwise),
        }
    }

    /// The set with this digest, where it is that of the store now or was before; it is noted that a sale came under it.
    fn find(
        &self,
        session: &mut dyn Session,
        (company, store): (Uuid, Uuid),
        (hash, now): (ContentHash, DateTime<Utc>),
    ) -> Result<Option<Arc<CampaignSet>>, DatabaseError> {
        let found = self.look_up(session, (company, store), (hash, now))?;
        if let Some(set) = &found {
            self.note(session, company, (set, now))?;
        }
        Ok(found)
    }

    fn look_up(
        &self,
        session: &mut dyn Session,
        (company, store): (Uuid, Uuid),
        (hash, now): (ContentHash, DateTime<Utc>),
    ) -> Result<Option<Arc<CampaignSet>>, DatabaseError> {
        let is_lacking = {
            let known = self.lock();
            if let Some(set) = known.sets.get(&hash) {
                return Ok(Some(set.clone()));
            }
            known.lacking.contains(&(company, hash))
        };
        let change = definitions::last_change(session, company)?;
        let is_looked_at = self.lock().looked_at.get(&(company, store)) == Some(&change);
        if !is_looked_at {
            self.learn(session, (company, store), (change, now))?;
            if let Some(set) = self.lock().sets.get(&hash) {
                return Ok(Some(set.clone()));
            }
        }
        if is_lacking {
            return Ok(None);
        }
        let kept = kept(session, company, hash)?;
        let mut known = self.lock();
        known.make_room();
        if let Some(set) = &kept {
            known.sets.insert(hash, set.clone());
        } else {
            known.lacking.insert((company, hash));
        }
        Ok(kept)
    }

    /// Notes once a day that a sale of a company came under a set, and keeps it where the company's books lack it, as after a
    /// delivery that was [taken back](Self::taken_back).
    fn note(
        &self,
        session: &mut dyn Session,
        company: Uuid,
        (set, now): (&CampaignSet, DateTime<Utc>),
    ) -> Result<(), DatabaseError> {
        let of = (company, set.hash());
        if self.lock().noted.get(&of).is_some_and(|at| now - *at < SEEN_EVERY) {
            return Ok(());
        }
        let sets = ResolutionRule::ALL.map(|rule| Arc::new(set.clone().resolved_by(rule)));
        keep(session, company, &sets, now)?;
        let mut known = self.lock();
        known.make_room();
        known.noted.insert(of, now);
        Ok(())
    }

    /// Looks which campaigns are in force in a store, and keeps them.
    fn learn(
        &self,
        session: &mut dyn Session,
        (company, store): (Uuid, Uuid),
        (change, now): (i64, DateTime<Utc>),
    ) -> Result<(), DatabaseError> {
        // Campaigns that do not stand beside one another were in force nowhere.
        let place = registry::store_by_id(session, company, store)?;
        let in_force = place.map(|place| InForce::read(session, company, &place)).transpose()?;
        let in_force = in_force.and_then(Result::ok);
        // Tills choose from one set by one rule or the other.
        let sets = in_force.map(|InForce { set, .. }| {
            ResolutionRule::ALL.map(|rule| Arc::new(set.clone().resolved_by(rule)))
        });
        if let Some(sets) = &sets {
            keep(session, company, sets, now)?;
        }
        let mut known = self.lock();
        known.make_room();
        known.looked_at.insert((company, store), change);
        known.sets.extend(sets.into_iter().flatten().map(|set| (set.hash(), set)));
        Ok(())
    }
}

/// What is said of a sale that nobody judges. Of one of a company whose campaigns are its tills' own it is nothing: else every
/// discount of theirs would be noted.
fn unjudged(session: &mut dyn Session, company: Uuid, sale: &Completed) -> Result<Judged, DatabaseError> {
    let by_campaign = |given: &DocumentAdjustment| matches!(given.source, AdjustmentSource::Campaign { .. });
    if !sale.document().adjustments.iter().any(by_campaign) {
        return Ok(Judged::AsItStands);
    }
    let known = "SELECT 1 FROM definition WHERE company_id = $1 AND resource = 'campaigns' LIMIT 1";
    let knows_any = !session.query(known, &[company.into()])?.is_empty();
    Ok(if knows_any { Judged::ByNobody } else { Judged::AsItStands })
}

/// Keeps a set, by the digests it has for either rule.
fn keep(
    session: &mut dyn Session,
    company: Uuid,
    [priority, best]: &[Arc<CampaignSet>; 2],
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    // Whoever begins at the same time keeps the same: nobody waits for a row that stands there already.
    let rows = session.query(
        "SELECT seen_at FROM campaign_set WHERE company_id = $1 AND hash = $2",
        &[company.into(), priority.hash().to_string().into()],
    )?;
    let seen_at = rows.first().map(|row| row.time(0)).transpose()?;
    if seen_at.is_some_and(|seen| now - seen < SEEN_EVERY) {
        return Ok(());
    }
    let body = serde_json::to_string(priority.campaigns());
    let body = body.map_err(|_| DatabaseError::Column { column: 4, expected: "campaigns" })?;
    if body.len() > LARGEST {
        return Ok(());
    }
    session.execute(
        "INSERT INTO campaign_set (company_id, hash, best_hash, seen_at, body) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (company_id, hash) DO UPDATE SET seen_at = excluded.seen_at",
        &[
            company.into(),
            priority.hash().to_string().into(),
            best.hash().to_string().into(),
            now.timestamp_millis().into(),
            body.into(),
        ],
    )?;
    Ok(())
}

/// The set with this digest, where it was kept and is the same in this program.
fn kept(
    session: &mut dyn Session,
    company: Uuid,
    hash: ContentHash,
) -> Result<Option<Arc<CampaignSet>>, DatabaseError> {
    let rows = session.query(
        "SELECT body FROM campaign_set WHERE company_id = $1 AND (hash = $2 OR best_hash = $2)",
        &[company.into(), hash.to_string().into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    // What another version of the program kept may be none here, or another one.
    let campaigns = serde_json::from_str::<Vec<Campaign>>(row.text(0)?);
    let set = campaigns.ok().and_then(|campaigns| CampaignSet::compile_stored(campaigns).ok());
    let Some(set) = set else { return Ok(None) };
    let mut sets = ResolutionRule::ALL.into_iter().map(|rule| set.clone().resolved_by(rule));
    Ok(sets.find(|set| set.hash() == hash).map(Arc::new))
}
