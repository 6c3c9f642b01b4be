//! What a till holds of coupons that no document of it needs any more.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use saleflex_core::{
    document::{Completed, Document, Event},
    ids::CouponId,
    journal::Entry,
};

use super::{Quota, QuotaKind, most_uses, share};
use crate::{
    books::drafts,
    error::Error,
    file::codec::{Col, Name},
    goods::campaigns::coupons,
};

/// Gives back what is left of coupons for one use that an entry takes off, or whose document it ends: whoever shows one
/// goes to the next till perhaps. Called in the transaction of the entry, when what it uses is used up. Of a coupon for many
/// uses the till keeps its share for the next customer.
pub(crate) fn leave_coupons(connection: &Connection, entry: &Entry) -> Result<(), Error> {
    let released = |event: &Event| {
        if let Event::CouponReleased { coupon, .. } = event { Some(*coupon) } else { None }
    };
    let completed = entry.effects.completed.iter().map(Completed::document);
    let ended = completed.chain(entry.effects.cancelled.iter().map(|cancelled| cancelled.document()));
    let ended = ended.flat_map(|document| &document.coupons).map(|coupon| coupon.id);
    let left: BTreeSet<CouponId> = entry.document_events().iter().filter_map(released).chain(ended).collect();
    left.into_iter().try_for_each(|id| leave(connection, id))
}

/// Gives back what is left of coupons for one use that were asked for in documents that are over by now, but for those that one
/// put aside or the blank one that is open holds. What the hub has yet to answer stays among them. Called between two documents.
pub(crate) fn leave_asked(
    connection: &Connection,
    connector: &str,
    asked: &mut BTreeSet<CouponId>,
    open: Option<&Document>,
) -> Result<(), Error> {
    if asked.is_empty() {
        return Ok(());
    }
    let aside = drafts::readable_aside(connection)?;
    let parked = aside.iter().map(|aside| aside.document.document());
    let held = parked.chain(open).flat_map(|document| &document.coupons);
    let held: BTreeSet<CouponId> = held.map(|coupon| coupon.id).collect();
    for id in std::mem::take(asked) {
        let quota = Quota { kind: QuotaKind::CouponUses, subject: id.uuid(), customer: None };
        if share(connection, connector, quota)?.is_some_and(|share| share.is_wanted) {
            asked.insert(id);
        } else if !held.contains(&id) {
            leave(connection, id)?;
        }
    }
    Ok(())
}

fn leave(connection: &Connection, id: CouponId) -> Result<(), Error> {
    let record = coupons::by_id(connection, id)?;
    if record.is_none_or(|record| most_uses(&record.coupon) != Some(1)) {
        return Ok(());
    }
    let mut update = connection.prepare_cached(
        "UPDATE quota SET returned = granted - used, is_told = 0 \
         WHERE kind = ?1 AND owner = x'' AND subject = ?2 AND granted - returned - used > 0",
    )?;
    update.execute(params![Name(QuotaKind::CouponUses), Col(id.uuid())])?;
    Ok(())
}
