//! How a document would have been paid under a draft.

use alloc::vec::Vec;

use super::Recorded;
use crate::{
    campaign::{
        best::Resolution,
        cart::CartTender,
        evaluator::Evaluator,
        proposal::{Evaluation, Proposal},
    },
    money::Money,
};

/// How often what is due is asked again, as where a document is priced.
const MOST_ASKED: usize = 3;

/// What a draft gives on a document. What people paid is not held against what the draft leaves to be paid: who paid the rest
/// pays the rest.
pub(super) fn evaluate(
    evaluator: &mut Evaluator<'_>,
    document: &Recorded,
    resolution: Resolution,
) -> Evaluation {
    let tenders = &document.cart.tenders;
    let asked = document.to_pay.filter(|_| evaluator.set().asks_shares() && !tenders.is_empty());
    let Some(to_pay) = asked else { return evaluator.resolve(resolution).evaluation };
    let before_campaigns = to_pay + document.given.iter().map(|one| one.amount).sum::<Money>();
    evaluator.set_tenders([]);
    evaluator.set_due(None);
    let before = evaluator.resolve(resolution).evaluation;
    let least = (before_campaigns - before.total()).or_zero();
    evaluator.set_tenders(settling(tenders, least));
    let mut due = least;
    for _ in 0..MOST_ASKED {
        evaluator.set_due(Some(due));
        let evaluation = evaluator.resolve(resolution).evaluation;
        let is_out =
            |one: &&Proposal| !evaluation.proposals.iter().any(|other| other.campaign == one.campaign);
        let without = least + before.proposals.iter().filter(is_out).map(|one| one.amount).sum::<Money>();
        if without <= due || evaluation.proposals.iter().all(|one| one.tender.is_none()) {
            return evaluation;
        }
        due = without;
    }
    evaluator.set_due(None);
    evaluator.resolve(resolution).evaluation
}

/// The same tenders, the last with all that is left.
fn settling(tenders: &[CartTender], due: Money) -> Vec<CartTender> {
    let mut settling = tenders.to_vec();
    settling.sort_by_key(|tender| tender.no);
    if let Some((last, others)) = settling.split_last_mut() {
        last.amount = (due - others.iter().map(|tender| tender.amount).sum::<Money>()).or_zero();
    }
    settling
}
