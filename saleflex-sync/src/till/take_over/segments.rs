//! Segments, and whom people put into them.

use saleflex_core::{
    catalog::CatalogChange,
    customer::segment::Segment,
    ids::{CustomerId, SegmentId},
};
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
    till::PulledMember,
};

use super::{fields, mark};
use crate::fitting::{self, SEGMENTS, rows::Fields};

const MEMBERS: &str = "customer_segment_members";

/// Segments: for all that come at once the till looks at its customers once.
pub(super) fn segments(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let (mut fitting, mut marks) = (Vec::new(), Vec::new());
    for row in till.waiting_rows(connector, SEGMENTS, most)? {
        match segment(till, &row) {
            Ok(Some(segment)) => fitting.push((segment, mark(&row, None))),
            // The till never had it.
            Ok(None) => marks.push(mark(&row, None)),
            Err(why) => marks.push(mark(&row, Some(why))),
        }
    }
    if !marks.is_empty() {
        till.take_over(connector, CatalogChange::default(), &marks)?;
    }
    if !fitting.is_empty() {
        marks.extend(till.take_over_segments(connector, fitting)?);
    }
    Ok(marks)
}

/// Whom people put into segments, or keep out of them. A row without its segment or its customer waits for them.
pub(super) fn members(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let (mut fitting, mut marks) = (Vec::new(), Vec::new());
    for row in till.waiting_rows(connector, MEMBERS, most)? {
        let held = match member(till, &row)? {
            Ok(member) => {
                fitting.extend(member);
                None
            }
            Err(why) => Some(why),
        };
        marks.push(mark(&row, held));
    }
    if !marks.is_empty() {
        till.take_over_members(connector, &fitting, &marks)?;
    }
    Ok(marks)
}

/// The segment of a row; of one that is gone the till's own, switched off, and none where it never had it.
fn segment(till: &Till, row: &PulledRow) -> Result<Option<Segment>, String> {
    let id = SegmentId::new(row.id);
    if row.is_deleted {
        let known = till.segments().iter().find(|known| known.id == id);
        return Ok(known.map(|known| Segment { is_active: false, ..known.clone() }));
    }
    Ok(Some(fitting::segment(Some(id), &Fields(&fields(row)), till.currency())?))
}

/// What a row says of a customer; none where nothing of it concerns the till.
fn member(till: &Till, row: &PulledRow) -> Result<Result<Option<PulledMember>, String>, Error> {
    let map = fields(row);
    let fields = Fields(&map);
    let ids = fields
        .id("fk_customer_segment_id")
        .and_then(|segment| Ok(segment.zip(fields.id("fk_customer_id")?)))
        .map_err(String::from)
        .and_then(|ids| ids.ok_or_else(|| "it names no segment and customer".to_owned()));
    let (segment, customer) = match ids {
        Ok((segment, customer)) => (SegmentId::new(segment), CustomerId::new(customer)),
        Err(_) if row.is_deleted => return Ok(Ok(None)),
        Err(why) => return Ok(Err(why)),
    };
    let is_known = till.customer(customer)?.is_some();
    if row.is_deleted {
        return Ok(Ok(is_known.then_some(PulledMember { segment, customer, is_in: None })));
    }
    if till.segments().iter().all(|known| known.id != segment) {
        return Ok(Err(format!("segment {segment} is missing")));
    }
    if !is_known {
        return Ok(Err(format!("customer {customer} is missing")));
    }
    let member = |is_in| Some(PulledMember { segment, customer, is_in: Some(is_in) });
    Ok(fields.flag("is_active", true).map(member).map_err(String::from))
}
