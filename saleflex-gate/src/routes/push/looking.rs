//! Events of a push before anything is asked of the books.

use std::{
    panic,
    thread::{self, Builder},
};

use saleflex_sync::wire::{ItemResult, PushItem, PushRequest, push::OLDER_PAYLOAD};
use uuid::Uuid;

use super::taking::refused;
use crate::{deliveries::Read, feed, ledger::Key};

/// The most numbers that an event says are set aside.
const MOST_MISSING: usize = 10_000;
/// The longest name of a kind of event.
const LONGEST_KIND: usize = 64;
/// So many events are worth a thread, and are looked at before anybody lends a connection.
pub(super) const MANY: usize = 8;

/// An event as it came.
#[derive(Debug)]
pub(super) enum Looked {
    /// It takes no effect.
    Done(ItemResult),
    /// An older terminal wrote it; its number.
    Older(i64),
    /// It is to be entered.
    Own(Own),
}

/// An event of our own tills.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) key: Key,
    /// Its number in the till's sequence.
    pub(super) seq: i64,
    pub(super) digest: String,
    /// None of one that this program cannot read.
    pub(super) read: Option<Box<Read>>,
}

impl Looked {
    /// Looks at an event of a terminal of a company.
    fn at(request: &PushRequest, item: &PushItem, (company, terminal): (Uuid, Uuid)) -> Self {
        let seq = match sound(request, item) {
            Ok(seq) => seq,
            Err(detail) => return Self::Done(refused(item, "content_invalid", detail)),
        };
        if item.schema_version == OLDER_PAYLOAD {
            return Self::Older(seq);
        }
        let (kind, entity) = (item.kind.as_str().to_owned(), item.entity_id);
        let key = Key { company, terminal, kind, entity, revision: item.revision.into() };
        let read = Read::of(item.payload.get(), item.schema_version);
        Self::Own(Own { key, seq, digest: item.payload_hash.to_string(), read })
    }

    /// Whether an older terminal wrote it.
    pub(super) const fn is_older(&self) -> bool {
        matches!(self, Self::Older(_))
    }

    /// The event, where it is to be entered.
    pub(super) const fn own(&self) -> Option<&Own> {
        match self {
            Self::Own(own) => Some(own),
            Self::Done(_) | Self::Older(_) => None,
        }
    }
}

/// Looks at all events of a push of a terminal of a company, at half of many beside the other half: that is most of what a
/// push costs. Where the system gives no thread, this one does it all. What asks nothing more of the books may be left for
/// [`finish`] where there are few.
pub(super) fn look(request: &PushRequest, of: (Uuid, Uuid), may_wait: bool) -> Vec<Looked> {
    let all = request.items.as_slice();
    let look = |items: &[PushItem]| -> Vec<Looked> {
        let looked: Vec<Looked> = items.iter().map(|item| Looked::at(request, item, of)).collect();
        if !may_wait || all.len() >= MANY {
            finish(&looked);
        }
        looked
    };
    if all.len() < MANY {
        return look(all);
    }
    let (first, second) = all.split_at(all.len() / 2);
    thread::scope(|scope| {
        let beside = Builder::new().spawn_scoped(scope, || look(second)).ok();
        let mut looked = look(first);
        looked.extend(match beside {
            Some(beside) => beside.join().unwrap_or_else(|cause| panic::resume_unwind(cause)),
            None => look(second),
        });
        looked
    })
}

/// Works out of events what is asked of nobody.
pub(super) fn finish(looked: &[Looked]) {
    for read in looked.iter().filter_map(Looked::own).filter_map(|own| own.read.as_deref()) {
        read.derive();
    }
}

/// The number of an event whose content is what it says.
fn sound(request: &PushRequest, item: &PushItem) -> Result<i64, String> {
    item.verify(&request.sender).map_err(|mismatch| mismatch.to_string())?;
    let beyond = || "the sequence number is beyond what counts".to_owned();
    if item.seq > feed::HIGHEST {
        return Err(beyond());
    }
    if item.missing.len() > MOST_MISSING {
        return Err(format!(
            "{} numbers are missing at once, at most {MOST_MISSING} are named",
            item.missing.len()
        ));
    }
    let kind = item.kind.as_str();
    if kind.len() > LONGEST_KIND || kind.chars().any(char::is_control) {
        return Err("no kind of event is called so".to_owned());
    }
    i64::try_from(item.seq).map_err(|_| beyond())
}
