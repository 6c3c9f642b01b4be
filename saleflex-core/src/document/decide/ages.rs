//! How old buyers are.

use chrono::{Datelike, NaiveDate};

use super::Decision;
use crate::{
    catalog::Sellable,
    document::{AgeCheck, AgeEvidence, Event, Refusal},
};

/// Nobody who was born before it buys anything: a date before it is a slip.
const EARLIEST_BIRTH: i32 = 1900;

/// Asks once for a document; the highest age asked for so far counts. A birth date that is known, also of somebody who was
/// too young, is not looked away: then another one has to be told.
pub(super) fn check(
    decision: &mut Decision<'_>,
    item: &Sellable,
    evidence: Option<AgeEvidence>,
) -> Result<(), Refusal> {
    let Some(minimum_age) = item.minimum_age else { return Ok(()) };
    let document = decision.document()?;
    if document.age_check.is_some_and(|check| check.minimum_age >= minimum_age) {
        return Ok(());
    }
    let today = decision.facts.moment.local.date();
    let is_too_young =
        |born: NaiveDate| today.years_since(born).is_none_or(|age| age < u32::from(minimum_age));
    let confirmed = document.age_check.and_then(|check| check.birth_date);
    if evidence.is_none() && confirmed.is_none() {
        return Err(Refusal::AgeCheckNeeded { minimum_age });
    }
    // It speaks against a buyer alone: whoever stands there now may be somebody else, and is asked.
    let refused = decision.facts.refused_birth.filter(|born| is_too_young(*born));
    let typed = evidence.filter(|said| matches!(said, AgeEvidence::BirthDate(_)));
    let said = typed.or(confirmed.or(refused).map(AgeEvidence::BirthDate)).or(evidence);
    let birth_date = match said.filter(|said| !is_slip(*said)) {
        None => return Err(Refusal::AgeCheckNeeded { minimum_age }),
        Some(AgeEvidence::Looked) => None,
        Some(AgeEvidence::BirthDate(birth_date)) if is_too_young(birth_date) => {
            return Err(Refusal::TooYoung { birth_date, minimum_age });
        }
        Some(AgeEvidence::BirthDate(date)) => Some(date),
    };
    let check = AgeCheck { birth_date, minimum_age, cashier: decision.facts.cashier.id };
    decision.emit(Event::AgeConfirmed { check });
    Ok(())
}

fn is_slip(said: AgeEvidence) -> bool {
    matches!(said, AgeEvidence::BirthDate(date) if date.year() < EARLIEST_BIRTH)
}
