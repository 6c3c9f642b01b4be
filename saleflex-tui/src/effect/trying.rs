//! Trying on the stored sales what a campaign would give: some sales at a time, so that the screen can tell how far it is.
//! And taking one out for good.

use saleflex_core::{
    campaign::{Campaign, CampaignChange, Compared},
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

/// Tables of what was given and what would have been, by campaign and by day.
fn outcome(text: &Text, till: &Till, trial: &Trial) -> Paper {
    let (report, currency) = (trial.report(), till.currency());
    let headings = |of: Key| {
        let [before, after, more, changed, lift] =
            [Key::TrialBefore, Key::TrialAfter, Key::TrialMore, Key::TrialSales, Key::TrialLift]
                .map(|key| text.word(key).to_owned());
        row(text.word(of), [before, after, more, changed, lift])
    };
    let of = |name: &str, compared: &Compared| {
        let [before, after, more] =
            [compared.before.amount, compared.after.amount, compared.more()].map(|one| currency.format(one));
        let lift = compared.after.lift(report);
        let lift = lift.map_or_else(String::new, |lift| format!("{}.{:02}", lift / 100, lift % 100));
        row(name, [before, after, more, compared.changed.to_string(), lift])
    };
    let mut lines = vec![headings(Key::ColumnCampaign)];
    for (id, compared) in &report.by_campaign {
        let code: String = report.code(trial.set(), *id).unwrap_or("-").chars().take(15).collect();
        lines.push(of(&code, compared));
    }
    lines.push(of(text.word(Key::TrialAll), &report.total));
    lines.push(String::new());
    lines.push(headings(Key::ColumnDay));
    lines.extend(report.by_day.iter().map(|(day, compared)| of(&day.to_string(), compared)));
    let counts = [report.changed, report.documents].map(|count| count.to_string());
    lines.push(String::new());
    lines.push(text.fill(Key::TrialChanged, &[("changed", &*counts[0]), ("sales", &*counts[1])]));
    if report.own > 0 {
        let own = [report.own_changed, report.own].map(|count| count.to_string());
        lines.push(text.fill(Key::TrialOwn, &[("changed", &*own[0]), ("sales", &*own[1])]));
    }
    Paper { title: text.word(Key::TrialTitle).to_owned(), lines, ..Paper::default() }
}

fn row(name: &str, [before, after, more, changed, lift]: [String; 5]) -> String {
    format!("{name:<15} {before:>12} {after:>12} {more:>12} {changed:>7} {lift:>6}")
}
