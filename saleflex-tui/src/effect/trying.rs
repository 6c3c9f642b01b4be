//! Trying on the stored sales what a campaign would give: some sales at a time, so that the screen can tell how far it is.
//! And taking one out for good.

use saleflex_core::{
    campaign::{Campaign, CampaignChange},
    ids::CampaignId,
};
use saleflex_store::{
    Error, Shell, Till,
    till::{Trial, TrialDays},
};

use super::{Denial, Desk, Outcome, Paper, Progress, Reply, Work};
use crate::{
    message,
    text::{Key, Text},
};

/// Sales tried in one piece.
const PART: u32 = 250;

/// How far campaigns were tried, and what came of it once all sales were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tried {
    /// How far.
    pub progress: Progress,
    /// What came of it.
    pub outcome: Option<Paper>,
}

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Takes a campaign out of the till for good.
    pub(super) fn withdraw(&mut self, campaign: CampaignId) -> Result<Outcome, Denial> {
        let text = self.text();
        let said = |words: String| Denial::Said(words);
        let till = self.till().ok_or_else(|| said(text.word(Key::NotLoggedIn).to_owned()))?;
        let known = till.campaigns().find(campaign).map(|known| known.code.to_string());
        let done = till.change_campaigns(CampaignChange::withdraw(campaign));
        done.map_err(|error| said(message::error(text, &error)))?;
        let words = text.fill(Key::CampaignWithdrawn, &[("campaign", &*known.unwrap_or_default())]);
        Ok(Outcome { message: Some(words), ..Outcome::default() })
    }

    /// Begins with the till's campaigns, this one in force.
    pub(super) fn begin_trial(&mut self, campaign: CampaignId) -> Reply {
        let text = self.text();
        let Some(till) = self.till() else {
            return Reply::Tried(Err(text.word(Key::NotLoggedIn).to_owned()));
        };
        match begin(till, campaign) {
            Ok(trial) => {
                self.trial = Some(trial);
                self.go_on_trying()
            }
            Err(error) => Reply::Tried(Err(message::error(text, &error))),
        }
    }

    /// Tries the next sales.
    pub(super) fn go_on_trying(&mut self) -> Reply {
        let text = self.text();
        let (Some(mut trial), Some(till)) = (self.trial.take(), self.till.as_mut()) else {
            return Reply::Tried(Ok(Tried::default()));
        };
        let is_over = match till.advance_trial(&mut trial, PART) {
            Ok(is_over) => is_over,
            Err(error) => return Reply::Tried(Err(message::error(text, &error))),
        };
        let (done, total) = trial.progress();
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let progress =
            Progress { work: Work::Trial, done: count(done), total: count(total), errors: Vec::new() };
        let outcome = is_over.then(|| outcome(text, till, &trial));
        if !is_over {
            self.trial = Some(trial);
        }
        Reply::Tried(Ok(Tried { progress, outcome }))
    }
}

fn begin(till: &Till, campaign: CampaignId) -> Result<Trial, Error> {
    let known = till.campaigns().find(campaign).ok_or(Error::NoSuchCampaign { campaign })?;
    let in_force = Campaign { is_active: true, ..known.clone() };
    let draft = CampaignChange::save(in_force).applied_to(till.campaigns())?;
    let resolution = draft.rule().resolution();
    till.begin_trial(draft, resolution, TrialDays::default())
}

/// A table of what was given and what would have been.
fn outcome(text: &Text, till: &Till, trial: &Trial) -> Paper {
    let (report, currency) = (trial.report(), till.currency());
    let headings =
        [Key::ColumnCampaign, Key::TrialBefore, Key::TrialAfter, Key::TrialMore].map(|key| text.word(key));
    let row = |name: &str, amounts: [&str; 3]| {
        let [before, after, more] = amounts;
        format!("{name:<16}{before:>15}{after:>15}{more:>15}")
    };
    let [name, before, after, more] = headings;
    let mut lines = vec![row(name, [before, after, more])];
    let mut push = |name: &str, compared: &saleflex_core::campaign::Compared| {
        let amounts =
            [compared.before.amount, compared.after.amount, compared.more()].map(|one| currency.format(one));
        lines.push(row(name, [&amounts[0], &amounts[1], &amounts[2]]));
    };
    for (id, compared) in &report.by_campaign {
        push(trial.set().find(*id).map_or("-", |one| one.code.printed()), compared);
    }
    push(text.word(Key::TrialAll), &report.total);
    let counts = [report.changed, report.documents].map(|count| count.to_string());
    lines.push(String::new());
    lines.push(text.fill(Key::TrialChanged, &[("changed", &*counts[0]), ("sales", &*counts[1])]));
    Paper { title: text.word(Key::TrialTitle).to_owned(), lines, ..Paper::default() }
}
