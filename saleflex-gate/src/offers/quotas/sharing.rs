//! How much of a limit a till gets at once, and for how long.

use chrono::TimeDelta;
use saleflex_sync::wire::QuotaKind;
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    registry::Terminal,
    relay,
};

/// For how long a till keeps what it has not used of a campaign, when it is not heard again.
const STANDING: TimeDelta = TimeDelta::hours(24);
/// For how long a store's hub does: it shall sell for a week without the company's.
const STANDING_OF_A_NODE: TimeDelta = TimeDelta::days(8);
/// For how long it keeps what it asked for one customer or coupon.
const ASKED: TimeDelta = TimeDelta::minutes(15);
/// For how long it is not worth asking again for one customer, coupon or gift card where there is nothing. A till of today asks
/// sooner for a coupon that is shown again.
pub(super) const NOTHING: TimeDelta = TimeDelta::minutes(1);
/// For how long it is not worth asking a store's hub again that has to ask the company's first.
const NOT_YET: TimeDelta = TimeDelta::seconds(5);

/// Among how many tills a limit is shared, and how many of them the one who asks lends on to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sharing {
    tills: i64,
    behind: i64,
    is_node: bool,
}

impl Sharing {
    pub(super) fn of(
        session: &mut dyn Session,
        (company, terminal): (Uuid, &Terminal),
    ) -> Result<Self, DatabaseError> {
        let rows = session.query(
            "SELECT count(*), COALESCE(sum(CASE WHEN store_id = $2 THEN 1 ELSE 0 END), 0) FROM terminal \
             WHERE company_id = $1 AND state = 'active' AND profile = 'pos' AND may_pull = 1 AND is_legacy = 0 \
             AND is_node = 0",
            &[company.into(), terminal.store.into()],
        )?;
        let count = |column| rows.first().map_or(Ok(0), |row| row.integer(column));
        let is_node = relay::is_node(session, (company, terminal.id))?;
        Ok(Self { tills: count(0)?, behind: if is_node { count(1)? } else { 1 }, is_node })
    }
}

/// For how long a share is lent.
pub(super) fn term(kind: &QuotaKind, sharing: Sharing, (is_nothing, is_borrowed): (bool, bool)) -> TimeDelta {
    if is_nothing && is_borrowed {
        NOT_YET
    } else if kind.is_standing() {
        if sharing.is_node { STANDING_OF_A_NODE } else { STANDING }
    } else if is_nothing {
        NOTHING
    } else {
        ASKED
    }
}

/// How much a till should have where so much is free or its own: half of an even part, so that those who sell more find
/// some left; of what is asked for one customer, and of a coupon for one use, one. A store's hub has the parts of all of
/// its tills.
pub(super) fn part(kind: &QuotaKind, limit: i64, there: i64, sharing: Sharing) -> i64 {
    let is_single = *kind == QuotaKind::CustomerUses || (*kind == QuotaKind::CouponUses && limit == 1);
    if is_single {
        return there.min(1);
    }
    if *kind == QuotaKind::GiftCardBalance {
        // A card is at one till at a time.
        return there;
    }
    let parts = 2 * sharing.tills.max(1);
    let behind = sharing.behind.clamp(1, parts);
    (there.saturating_mul(behind).saturating_add(parts - 1) / parts).min(there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_gets_half_of_an_even_part_and_never_nothing_of_something() {
        let among = |tills| Sharing { tills, behind: 1, is_node: false };
        let part = |there, tills| part(&QuotaKind::CampaignUses, 100, there, among(tills));
        assert_eq!([part(100, 2), part(3, 2), part(1, 50), part(0, 2), part(7, 0)], [25, 1, 1, 0, 4]);
        assert_eq!(super::part(&QuotaKind::CustomerUses, 5, 5, among(1)), 1);
        assert_eq!(super::part(&QuotaKind::CouponUses, 1, 1, among(9)), 1);
    }

    #[test]
    fn a_stores_hub_gets_the_parts_of_its_tills_and_never_more_than_there_is() {
        let part = |there, behind, tills| {
            part(&QuotaKind::CampaignUses, 100, there, Sharing { tills, behind, is_node: true })
        };
        assert_eq!([part(100, 3, 6), part(100, 6, 6), part(1, 3, 6), part(100, 9, 1)], [25, 50, 1, 100]);
        assert_eq!(part(i64::MAX, 3, 6), i64::MAX / 12, "no overflow");
    }
}
