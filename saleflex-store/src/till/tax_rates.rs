//! Tax rates that documents used: what they were stays, and a change follows from a date.

use chrono::{Days, NaiveDate};
use rusqlite::OptionalExtension;
use saleflex_core::{
    catalog::Reference,
    document::Document,
    journal::Entry,
    quantity::Percent,
    tax::{TaxChange, TaxRate},
};

use super::Till;
use crate::{books::documents::Finished, error::Error, file::codec::get};

/// The percentages of a rate, each with the date it is in force from, the first from ever on.
type Versions = Vec<(Option<NaiveDate>, Percent)>;

/// The last document that used a rate.
struct LastUse {
    on: NaiveDate,
    percent: Percent,
}

impl Till {
    /// Refuses reference data by which a rate would have been another one than documents used.
    pub(super) fn check_used_rates(&self, reference: &Reference) -> Result<(), Error> {
        let before = self.catalog.reference();
        for rate in &reference.tax_rates {
            if let Some(used) = self.rewritten(&before, reference, rate.no)? {
                let from = used.on.checked_add_days(Days::new(1)).unwrap_or(used.on);
                return Err(Error::TaxRateUsed { no: rate.no, percent: used.percent, from });
            }
        }
        Ok(())
    }

    /// Reference data of a hub, which knows no dates: where it has another percentage for a rate that documents used, the
    /// rate becomes that from a business date on.
    pub(super) fn with_rates_followed(
        &self,
        reference: &Reference,
        today: NaiveDate,
    ) -> Result<Reference, Error> {
        let before = self.catalog.reference();
        let mut followed = reference.clone();
        for rate in &reference.tax_rates {
            let known = before.tax_rates.iter().find(|known| known.no == rate.no);
            let Some(known) = known.filter(|known| known.percent != rate.percent) else { continue };
            if self.last_use(rate.no)?.is_none() {
                continue;
            }
            if let Some(base) = followed.tax_rates.iter_mut().find(|base| base.no == rate.no) {
                *base = known.clone();
            }
            followed.tax_changes.retain(|change| change.no != rate.no);
            let known = before.tax_changes.iter().filter(|change| change.no == rate.no);
            followed.tax_changes.extend(known.cloned());
            if self.catalog.tax_rate_on(rate.no, today).is_some_and(|now| now.percent == rate.percent) {
                continue;
            }
            let TaxRate { no, name, percent, .. } = rate.clone();
            followed.tax_changes.retain(|change| (change.no, change.valid_from) != (no, today));
            followed.tax_changes.push(TaxChange { no, valid_from: today, name, percent });
        }
        followed.tax_changes.sort();
        Ok(followed)
    }

    /// The last use of a rate, where other reference data says that the rate was another one then or before.
    fn rewritten(&self, before: &Reference, after: &Reference, no: u16) -> Result<Option<LastUse>, Error> {
        let (was, becomes) = (versions(before, no), versions(after, no));
        if was == becomes {
            return Ok(None);
        }
        let Some(used) = self.last_use(no)? else { return Ok(None) };
        let past = |versions: &Versions| -> Versions {
            versions.iter().filter(|(from, _)| *from <= Some(used.on)).copied().collect()
        };
        // A number that was taken out and comes back is what it was.
        let stands = if was.is_empty() {
            past(&becomes).iter().any(|(_, percent)| *percent == used.percent)
        } else {
            past(&was) == past(&becomes)
        };
        Ok((!stands).then_some(used))
    }

    /// The last document that has a line taxed at a rate. Asked when somebody changes a rate, never by selling, so that
    /// nothing is kept for it: the journal is looked through.
    fn last_use(&self, no: u16) -> Result<Option<LastUse>, Error> {
        let open = |document: &Document| Some((document.opened_at.business_date, percent_in(document, no)?));
        if let Some((on, percent)) = self.draft().and_then(open) {
            return Ok(Some(LastUse { on, percent }));
        }
        let mut select = self.connection().prepare_cached(
            "SELECT event.payload, document.business_date FROM document JOIN event USING (seq) \
             WHERE instr(event.payload, CAST(?1 AS BLOB)) > 0 ORDER BY document.no DESC LIMIT 1",
        )?;
        let named = format!("\"rate\":{{\"no\":{no},");
        let found: Option<(Vec<u8>, NaiveDate)> =
            select.query_row([named], |row| Ok((row.get(0)?, get(row, 1)?))).optional()?;
        let Some((payload, on)) = found else { return Ok(None) };
        let entry = Entry::from_bytes(&payload)?;
        let percent = Finished::of(&entry).find_map(|finished| percent_in(finished.document(), no));
        Ok(percent.map(|percent| LastUse { on, percent }))
    }
}

/// The percentage of a rate on the lines of a document.
fn percent_in(document: &Document, no: u16) -> Option<Percent> {
    let returned = document.exchange.as_deref().into_iter().flat_map(|returned| &returned.lines);
    let mut parts = document.lines.iter().chain(returned).flat_map(|line| &line.taxes);
    parts.find(|part| part.rate.no == no).map(|part| part.rate.percent)
}

fn versions(reference: &Reference, no: u16) -> Versions {
    let first = reference.tax_rates.iter().filter(|rate| rate.no == no);
    let first = first.map(|rate| (None, rate.percent));
    let changes = reference.tax_changes.iter().filter(|change| change.no == no);
    let mut versions: Versions =
        first.chain(changes.map(|change| (Some(change.valid_from), change.percent))).collect();
    versions.sort();
    versions
}
