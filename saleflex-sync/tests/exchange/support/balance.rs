//! Whether the closures of a till add up, in whatever lives of its file they were made.

use std::collections::BTreeMap;

use saleflex_core::{
    closure::{Closure, Report, Told, counted_elsewhere},
    ids::ClosureNumber,
    journal::Entry,
};
use uuid::Uuid;

/// The closures of a till are the sums of their documents, those sold in earlier lives of its file included, and all of
/// them together count each document once. `events` are in the order of each life.
pub(crate) fn check_balance(events: &[(Uuid, Entry)], was_restored: bool) {
    let closures = events.iter().filter_map(|(epoch, entry)| {
        Some(Told { id: entry.entity, epoch: *epoch, closure: entry.closure()? })
    });
    let told: Vec<Told<'_>> = closures.collect();
    let (mut sum, mut counted) = (0, BTreeMap::<(Uuid, ClosureNumber), usize>::new());
    for one in &told {
        let Closure { report, copied, .. } = one.closure;
        let number = one.closure.number();
        let count = |report: &Report| usize::try_from(report.document_count()).unwrap();
        let mut parts: Vec<(Uuid, usize)> =
            copied.iter().map(|part| (part.epoch, count(&part.report))).collect();
        parts.push((one.epoch, count(report) - parts.iter().map(|(_, count)| count).sum::<usize>()));
        let is_here = |(epoch, count): &(Uuid, usize)| sold(events, (*epoch, number)).count() >= *count;
        if was_restored && !parts.iter().all(is_here) {
            // What was set aside in a life that is over never comes.
            return;
        }
        let due = |(epoch, count): &(Uuid, usize)| sold(events, (*epoch, number)).take(*count).sum::<i64>();
        let documents: i64 = parts.iter().map(due).sum();
        assert_eq!(report.net_sales.minor(), documents, "closure {} does not balance", one.closure.label());
        let elsewhere: i64 = counted_elsewhere(*one, &told).map(|part| part.report.net_sales.minor()).sum();
        sum += report.net_sales.minor() - elsewhere;
        for (epoch, count) in parts {
            let most = counted.entry((epoch, number)).or_default();
            *most = count.max(*most);
        }
    }
    let documents: i64 = counted.iter().map(|(of, count)| sold(events, *of).take(*count).sum::<i64>()).sum();
    assert_eq!(sum, documents, "the closures count a document twice, or not at all");
}

/// What the documents of a period came to that were finished in a life of the file.
fn sold(events: &[(Uuid, Entry)], (epoch, period): (Uuid, ClosureNumber)) -> impl Iterator<Item = i64> {
    let of_period = events.iter().filter(move |(life, entry)| *life == epoch && entry.period == period);
    of_period.flat_map(|(_, entry)| {
        let completed = entry.effects.completed.iter().map(|sale| sale.document().totals.net_due.minor());
        completed.chain(entry.effects.cancelled.iter().map(|_| 0))
    })
}
