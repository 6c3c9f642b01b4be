//! Whoever has a document open can end it: its payments are taken back and it is cancelled, or the rest of it is paid.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    cashier::{OnDuty, Role},
    document::{Command, Facts, NewDocument, Promotions, State, TakeTender, decide, replay},
    ids::{CashierId, DocumentId, TenderNo},
    tender::{Tender, TenderKind},
    time::Moment,
};
use uuid::Uuid;

use super::{Counter, goods};

impl Counter {
    /// Ends a copy of the open document.
    pub(super) fn check_ends(&self) {
        let mut state = self.state.clone();
        let back = |tender| Command::VoidTender {
            tender,
            reason: Some("because".to_owned()),
            reversal: Some("R1".to_owned()),
        };
        while standing(&state).into_iter().any(|tender| self.carry_out(&mut state, &back(tender))) {}
        // What an earlier period paid out is not taken back: the rest is paid out too, and then nothing is left to pay.
        let ways = [Command::Cancel { reason: Some("because".to_owned()) }]
            .into_iter()
            .chain(TenderKind::ALL.map(|kind| Command::TakeTender(TakeTender::balance(kind))))
            .chain([Command::Close]);
        for way in ways {
            self.carry_out(&mut state, &way);
        }
        assert!(state.draft().is_none(), "an open document cannot be ended: {state:?}");
    }

    /// Does it as a manager, where it can be done.
    fn carry_out(&self, state: &mut State, command: &Command) -> bool {
        if state.draft().is_none() {
            return false;
        }
        let moment = Moment::utc(DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(i64::from(self.count) + 1));
        let manager = OnDuty::with_role(CashierId::new(Uuid::from_u128(4)), Role::Manager);
        let campaigns = self.promoted.as_ref().map(|promoted| promoted.facts(moment));
        let next = NewDocument {
            id: DocumentId::new(Uuid::from_u128(u128::from(self.count) + 1)),
            receipt: self.count + 1,
        };
        let facts = Facts {
            counted: true,
            customer: Some(goods::customer()),
            original: self.original(state),
            promotions: campaigns.as_ref().map(|campaigns| campaigns as &dyn Promotions),
            ..Facts::new(moment, &manager, &self.policy, self.till, next)
        };
        let Ok(events) = decide(state.draft(), command, facts) else { return false };
        *state = replay(std::mem::take(state), &events);
        true
    }
}

/// The payments that can be taken back: those that count or wait, but for what was paid back and what paid it back.
fn standing(state: &State) -> Vec<TenderNo> {
    let Some(draft) = state.draft() else { return Vec::new() };
    let document = draft.document();
    let pays_back = |tender: &Tender, no: Option<TenderNo>| {
        tender.refunds.is_some_and(|(of, paid)| of == document.id && no.is_none_or(|no| no == paid))
    };
    let stands = |tender: &&Tender| {
        let is_paid_back = document.counted_tenders().any(|other| pays_back(other, Some(tender.no)));
        (tender.counts() || tender.is_pending()) && !pays_back(tender, None) && !is_paid_back
    };
    let payouts = document.exchange.iter().flat_map(|returned| &returned.tenders);
    document.tenders.iter().chain(payouts).filter(stands).map(|tender| tender.no).collect()
}
