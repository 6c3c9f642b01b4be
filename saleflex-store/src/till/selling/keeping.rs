//! What follows from a command is written and taken over in memory: all of it in one transaction, or nothing.

use saleflex_core::{
    checkout::Outcome,
    document::{self, Kind, OriginalSale, State},
    ids::{CashierId, DocumentId},
    journal::{CommandMark, Entry, Event},
    time::Moment,
};

use super::LookedUp;
use crate::{
    books::{
        documents::Finished,
        drafts::{self, Held},
        vouchers::Moved,
    },
    error::Error,
    exchange::quotas,
    goods::campaigns::counts,
    people::{customer, loyalty::elsewhere},
    request::Done,
    till::{OpenDocument, Till},
};

impl Till {
    /// Writes all that follows from a command and takes it over in memory.
    pub(in crate::till) fn keep(
        &mut self,
        outcome: Outcome,
        moment: Moment,
        cashier: Option<CashierId>,
        mark: Option<CommandMark>,
        found: LookedUp,
    ) -> Result<Done, Error> {
        let held = found.aside.as_ref().map(|aside| aside.held);
        let Outcome { events, state, effects, suspended_name, .. } = outcome;
        let root = self.root_of(&events, held);
        let entity = root.map_or_else(|| self.shell.new_id(), DocumentId::uuid);
        let event = Event::Document(events);
        let period = self.period.period.number;
        let mut entry = Entry::new(entity, moment, cashier, period, event).with_effects(effects).marked(mark);
        let ahead = self.joined_by(&mut entry);
        let untold = self.to_be_told(&entry)?;
        let totals = state.draft().map(|draft| draft.document().totals);
        let totals = totals.map(|totals| (totals.net_due, totals.paid));
        let before = self.open.take();
        let aside = found.aside.as_ref().map(|aside| aside.document.document());
        let open = before.as_ref().filter(|open| Some(open.root) == root);
        let about = aside.or_else(|| open.map(|open| open.draft.document()));
        let entries = (ahead.as_ref(), &entry, found.behind.as_ref());
        let written = self.commit_with(entries, totals, about, |connection, seq| {
            if let Some(root) = root {
                let before = before.as_ref().map(|open| open.draft.document());
                let (events, name) = (entry.document_events(), suspended_name.as_deref());
                drafts::Change { seq, before, aside: held, root, events, state: &state, name }
                    .write(connection)?;
            }
            write_effects(connection, seq, &entry)?;
            quotas::take_gift_cards(connection, seq, &entry, about)?;
            Moved::by(&entry, about).write(connection)?;
            elsewhere::queue(connection, seq, &untold)?;
            Ok((seq, counts::write(connection, seq, &entry)?))
        });
        let (seq, uses) = match written {
            Ok(written) => written,
            Err(error) => {
                self.open = before;
                return Err(error);
            }
        };
        self.in_force.count_uses(&uses);
        if entry.document_events().iter().any(|event| matches!(event, document::Event::EmptiesBegun { .. })) {
            // Their return has a number of its own.
            self.next_receipt = None;
        }
        self.follow(before, (state, root, held), found.original);
        self.follow_refused_age(entry.document_events());
        // It is on disk, whatever becomes of telling: what is to be told waits there.
        let _ = self.tell_of(&entry.effects.loyalty);
        Ok(Done::first(seq, entry))
    }

    /// Takes over what is open now that a command was kept; `before` was open before it, and `original` is what was looked up
    /// for goods that come back.
    fn follow(
        &mut self,
        before: Option<OpenDocument>,
        (state, root, held): (State, Option<DocumentId>, Option<Held>),
        original: Option<OriginalSale>,
    ) {
        let now_open = state.draft().map(|draft| draft.document().id);
        let is_same = |before: &OpenDocument| now_open == Some(before.draft.document().id);
        if !before.as_ref().is_some_and(is_same) {
            self.next_receipt = None;
            self.in_force.forget_document();
        }
        self.open = match (state, root) {
            (State::Draft(draft), Some(root)) => {
                let kept = before.filter(|open| open.root == root);
                let campaigns = kept.as_ref().map(|open| &open.campaigns);
                let campaigns = campaigns.unwrap_or_else(|| self.in_force.set()).clone();
                let kept = kept.and_then(|open| open.original);
                let begun = original.filter(|_| draft.document().kind == Kind::Return);
                Some(OpenDocument { draft: *draft, root, original: begun.or(kept), campaigns })
            }
            // A suspended document was closed beside the open one.
            (State::Cancelled(_), _) if held.is_some() => before,
            _ => None,
        };
    }

    /// Under which entity the events of a command stand; none when no document is concerned.
    fn root_of(&self, events: &[document::Event], held: Option<Held>) -> Option<DocumentId> {
        if let Some(held) = held {
            return Some(held.root);
        }
        let opened = events.iter().find_map(|event| {
            if let document::Event::DocumentOpened(opened) = event { Some(opened.id) } else { None }
        });
        opened.or(self.open.as_ref().map(|open| open.root))
    }
}

fn write_effects(connection: &rusqlite::Connection, seq: i64, entry: &Entry) -> Result<(), Error> {
    for finished in Finished::of(entry) {
        finished.write(connection, seq)?;
    }
    for completed in &entry.effects.completed {
        customer::settle(connection, seq, completed)?;
    }
    Ok(())
}
