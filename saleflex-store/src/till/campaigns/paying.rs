//! What the rest of the open document would come to by each way to pay.

use saleflex_core::{
    cashier::{OnDuty, Role},
    checkout,
    document::{Command, Document, Facts, NewDocument, State, TakeTender},
    ids::DocumentId,
    money::Money,
    tender::TenderKind,
};
use uuid::Uuid;

use super::{super::Till, explaining::NOBODY};
use crate::{error::Error, people::customer};

impl Till {
    /// The ways to pay for which campaigns take more off the open document than is off it now, each with what all that is
    /// left comes to by it, the least first. It is what taking the tender would book; nothing is taken.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn cheaper_by(&mut self) -> Result<Vec<(TenderKind, Money)>, Error> {
        let moment = self.shell.now();
        let Some(judged) = self.judge_open(moment)? else { return Ok(Vec::new()) };
        if !judged.set.campaigns().iter().any(|campaign| campaign.is_active && campaign.asks_tender()) {
            return Ok(Vec::new());
        }
        let Some(open) = &self.open else { return Ok(Vec::new()) };
        let document = open.draft.document();
        let customer =
            document.customer.map(|id| customer::facts(self.connection(), id)).transpose()?.flatten();
        let campaigns = self.in_force.facts(&judged, moment);
        let nobody = OnDuty::with_role(NOBODY, Role::Administrator);
        let next = NewDocument { id: DocumentId::new(Uuid::nil()), receipt: 1 };
        let by = |kind: TenderKind| {
            let facts = Facts {
                customer,
                original: open.original.as_ref(),
                promotions: Some(&campaigns),
                ..Facts::new(moment, &nobody, &self.settings.policy, self.facts(), next)
            };
            let take = Command::TakeTender(TakeTender::balance(kind));
            // A way that is refused, or that something must be said of first, is none that a price can be told of.
            let paid = checkout::run(Some(&open.draft), &take, facts).ok()?;
            let after = match &paid.state {
                State::Completed(completed) => completed.last()?.document(),
                State::Draft(draft) => draft.document(),
                State::Idle | State::Suspended(_) | State::Cancelled(_) => return None,
            };
            // Behind what is paid stands what an exchange sets off.
            let amount = after.tenders.iter().rfind(|tender| !tender.sets_off)?.amount;
            (by_campaigns(after) > by_campaigns(document)).then_some((kind, amount))
        };
        let mut ways: Vec<(TenderKind, Money)> =
            self.settings.policy.tenders.iter().copied().filter_map(by).collect();
        ways.sort_by_key(|(_, amount)| *amount);
        Ok(ways)
    }
}

/// What campaigns take off a document.
fn by_campaigns(document: &Document) -> Money {
    let given = document.adjustments.iter().filter(|discount| discount.source.is_campaign());
    given.map(|discount| discount.amount).sum()
}
