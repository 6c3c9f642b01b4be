//! Campaigns, coupons, loyalty programs and customers of a hub, put to use between two documents.

use saleflex_core::{
    campaign::{CampaignChange, Coupon},
    checkout::Effects,
    customer::{Customer as Record, CustomerDetails, Source, Standing, erase},
    ids::{ClosureNumber, CustomerId},
    journal::{Entry, Event},
    loyalty::Program,
    money::Money,
    time::Moment,
};

use super::super::{Till, customers::code_of_deleted};
use crate::{
    error::Error,
    exchange::{
        inbox::{self, Taken},
        outbox,
    },
    goods::campaigns,
    people::{customer, loyalty},
};

/// A customer as a hub knows them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PulledCustomer {
    /// The customer's id, the same at the hub and here.
    pub id: CustomerId,
    /// The code they are found by; of one that is known here the present one stays where none is given.
    pub code: Option<String>,
    /// What identifies and describes the person.
    pub details: CustomerDetails,
    /// No longer in use.
    pub is_gone: bool,
}

/// What a hub decides about promotions and people.
impl Till {
    /// Saves and withdraws campaigns as a hub says, and notes what became of the rows they were made of, all in one
    /// transaction. A document that is put aside gets them when it is taken up again. Withdrawing one that is not there
    /// changes nothing.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`]; [`Error::Campaigns`] when they do not stand beside each other.
    pub fn take_over_campaigns(
        &mut self,
        connector: &str,
        mut change: CampaignChange,
        taken: &[Taken],
    ) -> Result<(), Error> {
        self.need_between_documents()?;
        change.withdrawn.retain(|id| self.campaigns().find(*id).is_some());
        if change.is_empty() {
            return self.mark_rows(connector, taken);
        }
        let set = change.applied_to(self.campaigns())?;
        let event = Event::CampaignsChanged { change: Box::new(change.clone()) };
        self.commit_of_hub(event, |connection, _| {
            campaigns::apply(connection, &change)?;
            inbox::mark(connection, connector, taken)
        })?;
        self.in_force.replace(set);
        Ok(())
    }

    /// Puts a loyalty program of a hub in the place of the till's, with the campaigns of its tiers, and notes what became of the
    /// rows it was made of, all in one transaction. One that stands so already is not written again. Members stay in the
    /// program they are in.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`]; [`Error::Program`] when it cannot be, [`Error::CampaignFields`] and [`Error::Campaigns`] when a
    /// tier's campaign cannot; nothing has changed then.
    pub fn take_over_program(
        &mut self,
        connector: &str,
        program: Option<Program>,
        taken: &[Taken],
    ) -> Result<(), Error> {
        self.need_between_documents()?;
        match program.filter(|program| !self.programs().contains(program)) {
            Some(program) => self.put_programs(vec![program], None, Some((connector, taken))),
            None => self.mark_rows(connector, taken),
        }
    }

    /// Whether a coupon of a hub fits beside those that are here.
    ///
    /// # Errors
    /// As [`Till::save_coupons`].
    pub fn check_coupon(&self, coupon: &Coupon) -> Result<(), Error> {
        self.check_coupons(std::slice::from_ref(coupon))
    }

    /// Takes over coupons; how often they were used here stays.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`], and as [`Till::save_coupons`].
    pub fn take_over_coupons(
        &mut self,
        connector: &str,
        coupons: &[Coupon],
        taken: &[Taken],
    ) -> Result<(), Error> {
        self.need_between_documents()?;
        if coupons.is_empty() {
            return self.mark_rows(connector, taken);
        }
        self.check_coupons(coupons)?;
        let event = Event::CouponsSaved { coupons: coupons.to_vec() };
        self.commit_of_hub(event, |connection, _| {
            campaigns::coupons::put(connection, coupons)?;
            inbox::mark(connection, connector, taken)
        })
    }

    /// Whether a customer's record was changed here and the hub does not know it yet.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn is_unsent(&self, connector: &str, customer: CustomerId) -> Result<bool, Error> {
        outbox::is_unsent(self.connection(), connector, customer.uuid())
    }

    /// Whether a customer of a hub fits beside those that are here.
    ///
    /// # Errors
    /// [`Error::BadRecord`] and [`Error::Details`] for texts without their form, [`Error::Taken`] for a code and
    /// [`Error::PhoneTaken`] for a telephone that another customer has; [`Error::NotErasable`] for one no longer in use at
    /// the hub while something waits for them here.
    pub fn check_customer(&mut self, pulled: &PulledCustomer) -> Result<(), Error> {
        let now = self.shell.now();
        self.record_of(pulled, now).map(drop)
    }

    /// Takes over customers' records. What they owe and their points stay, and who joins or leaves a segment by it is
    /// worked out anew. The journal names them and holds nothing of them. A record that says the same, as where a hub sends
    /// back what this till told it, stays as it is, and so does one that was merged into another one here, erased or deleted;
    /// one that the hub had taken out of use is in use again when the hub says so.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`], and as [`Till::check_customer`].
    pub fn take_over_customers(
        &mut self,
        connector: &str,
        pulled: &[PulledCustomer],
        taken: &[Taken],
    ) -> Result<(), Error> {
        self.need_between_documents()?;
        let now = self.shell.now();
        let (mut records, mut effects) = (Vec::new(), Effects::default());
        for one in pulled {
            let Some((record, code, limit)) = self.record_of(one, now)? else { continue };
            let member = loyalty::membership(self.connection(), record.id)?;
            effects.segments.extend(self.segments_of_record(&record, member.as_ref(), &[], now)?);
            records.push((record, code, limit));
        }
        if records.is_empty() {
            return self.mark_rows(connector, taken);
        }
        let customers = records.iter().map(|(record, ..)| record.id).collect();
        let (terminal, period): (_, ClosureNumber) =
            (self.identity.terminal.uuid(), self.period.period.number);
        let entry = Entry::new(terminal, now, None, period, Event::CustomersTaken { customers });
        let entry = entry.with_effects(effects);
        self.commit(&entry, None, None, |connection, _| {
            for (record, code, limit) in &records {
                customer::write(connection, record, code, *limit)?;
            }
            inbox::mark(connection, connector, taken)
        })
    }

    /// The record that a pulled customer makes of the one that is here, with its code and the limit of its account; none
    /// where the record here stays as it is.
    fn record_of(
        &self,
        pulled: &PulledCustomer,
        now: Moment,
    ) -> Result<Option<(Record, String, Option<Money>)>, Error> {
        let details = pulled.details.clone().checked().map_err(Error::Details)?;
        let rules = self.phone_rules(now);
        let known = self.customer(pulled.id)?;
        let present = known.as_ref().map(|known| known.code.clone());
        let before = self.person(pulled.id)?;
        let record = match before.clone() {
            Some(Record { standing: Standing::Merged { .. } | Standing::Erased { .. }, .. }) => {
                return Ok(None);
            }
            // Deleted by people of this till, and not by the hub: that stands.
            Some(_) if present.as_deref() == Some(&code_of_deleted(pulled.id)) => return Ok(None),
            Some(record) => Record { phone_key: details.phone_key(&rules), details, ..record },
            None => Record::register(pulled.id, details, &rules, now, Source::Pos),
        };
        // Who may not be put away here yet waits, as where people of the till delete them.
        if pulled.is_gone && known.is_some() && record.is_live() {
            erase(&record, [], self.holding(record.id, &[])?, now)?;
        }
        let code = pulled.code.clone().or_else(|| present.clone()).unwrap_or_else(|| short(pulled.id));
        let standing = if pulled.is_gone { Standing::Deleted } else { Standing::Live };
        let record = Record { standing, ..record };
        if before.as_ref() == Some(&record) && present.as_ref() == Some(&code) {
            return Ok(None);
        }
        if !pulled.is_gone {
            self.check_unique(&record, &code)?;
        }
        Ok(Some((record, code, known.and_then(|known| known.account_limit))))
    }

    pub(super) fn mark_rows(&mut self, connector: &str, taken: &[Taken]) -> Result<(), Error> {
        let transaction = self.database.connection_mut().transaction()?;
        inbox::mark(&transaction, connector, taken)?;
        transaction.commit()?;
        Ok(())
    }
}

/// A code for a customer who has none: the end of the identity, which is its random part.
fn short(id: CustomerId) -> String {
    let digits = id.uuid().simple().to_string();
    digits.chars().skip(20).collect::<String>().to_uppercase()
}
