//! Whether the further condition of a campaign holds, and else which of its questions decided.

use super::{Pass, minor_above, minor_below};
use crate::{
    campaign::{
        basket::places,
        compiled::{Question, Test},
        eligible::check_context,
        exact::{FINE, part},
        proposal::Rank,
        unmet::{ConditionUnmet, QuestionNo},
    },
    money::Money,
};

impl Pass<'_> {
    /// Whether a condition holds, and else the question that decided: of several of which one would do, the first.
    pub(super) fn test(&self, test: &Test, rank: Rank) -> Result<(), (QuestionNo, ConditionUnmet)> {
        match test {
            Test::All(parts) => parts.iter().try_for_each(|part| self.test(part, rank)),
            Test::Any(parts) => {
                let mut first = None;
                for part in parts {
                    let Err(unmet) = self.test(part, rank) else { return Ok(()) };
                    first.get_or_insert(unmet);
                }
                Err(first.unwrap_or((QuestionNo::default(), ConditionUnmet::NothingToHold)))
            }
            Test::Not(part) => match self.test(part, rank) {
                Ok(()) => Err((self.held(part, rank), ConditionUnmet::Opposite)),
                Err(_) => Ok(()),
            },
            Test::Asked(no, question) => self.ask(question, rank).map_err(|unmet| (*no, unmet)),
        }
    }

    /// The first question by which a condition that holds does.
    fn held(&self, test: &Test, rank: Rank) -> QuestionNo {
        let of = |part: &Test| self.held(part, rank);
        match test {
            Test::All(parts) => parts.first().map(of).unwrap_or_default(),
            Test::Any(parts) => {
                let holds = |part: &&Test| self.test(part, rank).is_ok();
                parts.iter().find(holds).map(of).unwrap_or_default()
            }
            Test::Not(part) => self.test(part, rank).map_or_else(|(no, _)| no, |()| QuestionNo::default()),
            Test::Asked(no, _) => *no,
        }
    }

    fn ask(&self, question: &Question, rank: Rank) -> Result<(), ConditionUnmet> {
        match question {
            Question::Context(condition) => check_context(condition, self.set.campaign(rank), self.context),
            Question::Value { of, least, most } => {
                let lines = self.basket.lines_of(*of);
                let actual: i64 = places(lines, lines).map(|at| self.basket.slots[at].total).sum();
                outside(actual, *least, *most).map_or(Ok(()), |needed| {
                    let actual = if actual > needed { minor_above(actual) } else { minor_below(actual) };
                    Err(ConditionUnmet::Value { needed: minor_below(needed), actual })
                })
            }
            Question::Quantity { of, least, most } => {
                let lines = self.basket.lines_of(*of);
                let actual: i64 = places(lines, lines).map(|at| self.basket.slots[at].units()).sum();
                outside(actual, *least, *most)
                    .map_or(Ok(()), |needed| Err(ConditionUnmet::Quantity { needed, actual }))
            }
            Question::Tender { of, share } => {
                let passing = self.tenders.iter().filter(|tender| of.has(tender.method));
                let paid = passing
                    .map(|tender| tender.amount.minor())
                    .fold(None, |paid: Option<i64>, amount| Some(paid.unwrap_or(0).saturating_add(amount)));
                let needed = part(self.payable(self.given.worth), *share);
                let actual = Money::from_minor(paid.unwrap_or(0));
                // As of tender terms: where no share is asked for, the amounts do not count.
                if paid.is_some() && (needed == 0 || actual.minor().saturating_mul(FINE) >= needed) {
                    return Ok(());
                }
                Err(ConditionUnmet::Tender { needed: minor_above(needed), actual })
            }
        }
    }
}

/// The bound that does not hold.
fn outside(actual: i64, least: Option<i64>, most: Option<i64>) -> Option<i64> {
    least.filter(|least| actual < *least).or(most.filter(|most| actual > *most))
}
