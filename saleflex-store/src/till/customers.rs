//! Who buys: customers made, changed, found, merged, forgotten.

use saleflex_core::{
    cashier::{Capability, access::Act},
    checkout::Effects,
    customer::{
        Consent, Customer as Record, CustomerChange, Duplicate, Holding, MergeRefusal, PhoneRules,
        PhoneTaken, Purpose, RecordPart, Source, Standing, duplicates, erase, merge,
    },
    ids::CustomerId,
    journal::{Entry, Event},
    loyalty::{Occasion, merge_memberships},
    time::Moment,
};
use uuid::Uuid;

use super::{Till, day::MOST_IN_AN_ENTRY};
use crate::{
    books::{drafts, journal},
    error::Error,
    people::{
        customer::{self, Customer, CustomerImport, ImportFault, NewCustomer, PersonExport},
        loyalty::{self, BookedRows},
        segments,
    },
};

/// Customers.
impl Till {
    /// Adds a customer.
    ///
    /// # Errors
    /// [`Error::Details`] and [`Error::BadRecord`] for texts without their form, a telephone without a digit and a date of
    /// birth that is to come,
    /// [`Error::Taken`] for a code and [`Error::PhoneTaken`] for a telephone that another customer has.
    pub fn add_customer(&mut self, new: &NewCustomer) -> Result<CustomerId, Error> {
        self.add_customer_with(new, &[], "")
    }

    /// The same with what the person agrees to, in which words: all of it or nothing.
    ///
    /// # Errors
    /// As [`Till::add_customer`]; [`Error::BadRecord`] without the words.
    pub fn add_customer_with(
        &mut self,
        new: &NewCustomer,
        consents: &[(Purpose, bool)],
        wording: &str,
    ) -> Result<CustomerId, Error> {
        self.need_for_customer(new.account_limit.is_some())?;
        let new = new.checked()?;
        let now = self.shell.now();
        new.details.check_born(now.local.date())?;
        new.details.check_dialled()?;
        let id = CustomerId::new(self.shell.new_id());
        let record = Record::register(id, new.details.clone(), &self.phone_rules(now), now, new.source);
        self.check_unique(&record, &new.code)?;
        let said = record.consents.changed(consents, wording, (now, Source::Pos));
        let change = CustomerChange::Saved { customer: id, revision: record.revision, changed: Vec::new() };
        self.save_record(record, &new, change, (said, now))?;
        Ok(id)
    }

    /// Changes what is known of a customer; balance and points stay.
    ///
    /// # Errors
    /// As [`Till::add_customer`]; [`Error::NoSuchCustomer`]; [`Error::NotEditable`] for one no longer in use.
    pub fn change_customer(&mut self, id: CustomerId, new: &NewCustomer) -> Result<(), Error> {
        self.change_customer_with(id, new, &[], "")
    }

    /// The same with what the person agrees to or takes back, in which words: all of it or nothing. What stands so already
    /// is not said again.
    ///
    /// # Errors
    /// As [`Till::change_customer`]; [`Error::BadRecord`] without the words.
    pub fn change_customer_with(
        &mut self,
        id: CustomerId,
        new: &NewCustomer,
        consents: &[(Purpose, bool)],
        wording: &str,
    ) -> Result<(), Error> {
        let known = self.customer(id)?.ok_or(Error::NoSuchCustomer { customer: id })?;
        self.need_for_customer(new.account_limit != known.account_limit)?;
        let new = new.checked()?;
        let now = self.shell.now();
        let record = self.person(id)?.ok_or(Error::NoSuchCustomer { customer: id })?;
        if new.details.date_of_birth != record.details.date_of_birth {
            new.details.check_born(now.local.date())?;
        }
        if new.details.phone != record.details.phone {
            new.details.check_dialled()?;
        }
        let mut changed = record.details.differing(&new.details);
        changed.extend((new.code != known.code).then_some(RecordPart::Code));
        let record = record.change(new.details.clone(), &self.phone_rules(now))?;
        self.check_unique(&record, &new.code)?;
        let said = record.consents.changed(consents, wording, (now, Source::Pos));
        let change = CustomerChange::Saved { customer: id, revision: record.revision, changed };
        self.save_record(record, &new, change, (said, now))
    }

    /// Commits a record with what the person said, and who joins or leaves a segment by both.
    fn save_record(
        &mut self,
        mut record: Record,
        new: &NewCustomer,
        change: CustomerChange,
        (said, now): (Vec<Consent>, Moment),
    ) -> Result<(), Error> {
        if said.iter().any(|consent| consent.wording.is_empty()) {
            return Err(Error::BadRecord { record: "consent" });
        }
        let customer = record.id;
        for consent in &said {
            record.consents.record(consent.clone());
        }
        let member = loyalty::membership(self.connection(), customer)?;
        let segments = self.segments_of_record(&record, member.as_ref(), &[], now)?;
        let effects = Effects { segments, ..Effects::default() };
        let mut entries = vec![self.customer_entry(change, now).with_effects(effects)];
        for consent in said {
            entries.push(self.customer_entry(CustomerChange::ConsentRecorded { customer, consent }, now));
        }
        self.commit_entries(&entries, |connection, event| {
            if let Event::Customer(CustomerChange::ConsentRecorded { consent, .. }) = event {
                customer::consent(connection, customer, consent)
            } else {
                customer::write(connection, &record, &new.code, new.account_limit)
            }
        })
    }

    pub(super) fn customer_entry(&mut self, change: CustomerChange, now: Moment) -> Entry {
        // Versions of a record replace each other; whatever else happens to it is an event of its own.
        let entity = if let CustomerChange::Saved { customer, .. } = change {
            customer.uuid()
        } else {
            self.shell.new_id()
        };
        Entry::new(entity, now, self.on_duty, self.period.period.number, Event::Customer(change))
    }

    /// Whoever sells may know customers; credit is granted by those who may approve.
    fn need_for_customer(&self, grants_credit: bool) -> Result<(), Error> {
        self.need(if grants_credit { Capability::Override } else { Capability::Sell }).map(drop)
    }

    pub(super) fn check_unique(&self, record: &Record, code: &str) -> Result<(), Error> {
        let owner = customer::find_code(self.connection(), code)?;
        if let Some(owner) = owner.filter(|owner| owner.id != record.id) {
            return Err(Error::Taken { code: owner.code });
        }
        let Some(key) = &record.phone_key else { return Ok(()) };
        match customer::holder_of_phone(self.connection(), key, Some(record.id))? {
            Some(by) => Err(saleflex_core::customer::PhoneTaken { by }.into()),
            None => Ok(()),
        }
    }

    /// A customer, in use or not.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn customer(&self, customer: CustomerId) -> Result<Option<Customer>, Error> {
        customer::find(self.connection(), customer)
    }

    /// The customer in use who has a code.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn customer_with_code(&self, code: &str) -> Result<Option<Customer>, Error> {
        customer::find_code(self.connection(), code)
    }

    /// Everything a customer's record says.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn person(&self, customer: CustomerId) -> Result<Option<Record>, Error> {
        customer::record(self.connection(), customer)
    }

    /// A customer whose record is in use.
    pub(super) fn live_customer(&self, id: CustomerId) -> Result<Record, Error> {
        let record = self.person(id)?.filter(Record::is_live);
        record.ok_or(Error::NoSuchCustomer { customer: id })
    }

    /// At most `limit` customers whose name, telephone number, e-mail address or code holds `term`, ignoring case, or
    /// whose telephone it is however it is written, or whose card, which is not blocked; by last name and name.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn find_customers(&self, term: &str, limit: u32) -> Result<Vec<Customer>, Error> {
        customer::search(self.connection(), term, &self.settings.dialling, limit)
    }

    /// Takes a customer out of use; documents and points stay, and the code and telephone number are free.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::NoSuchCustomer`]; [`Error::NotErasable`] while something
    /// waits for the customer.
    pub fn delete_customer(&mut self, id: CustomerId) -> Result<(), Error> {
        self.act(Act::RemoveCustomer)?;
        let record = self.live_customer(id)?;
        // Whoever may not be forgotten yet may not be put away either.
        let now = self.shell.now();
        erase(&record, [], self.holding(id, &[])?, now)?;
        let record =
            Record { standing: Standing::Deleted, revision: record.revision.saturating_add(1), ..record };
        let code = code_of_deleted(id);
        let entry = self.customer_entry(CustomerChange::Deleted { customer: id }, now);
        self.commit(&entry, None, None, |connection, _| customer::write(connection, &record, &code, None))
    }

    /// What still binds the shop and a person: the account, and documents that wait.
    pub(super) fn holding(&self, id: CustomerId, absorbed: &[Record]) -> Result<Holding, Error> {
        let mut holding = Holding::default();
        for of in absorbed.iter().map(|record| record.id).chain([id]) {
            let known = customer::find(self.connection(), of)?;
            holding.account_balance += known.map(|known| known.account_balance).unwrap_or_default();
            let aside = drafts::aside_of_customer(self.connection(), of)?.len();
            holding.open_documents += u32::try_from(aside).unwrap_or(u32::MAX);
            holding.open_documents += u32::from(self.draft().is_some_and(|open| open.customer == Some(of)));
        }
        Ok(holding)
    }

    /// Records that may be one person, the most alike first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn possible_duplicates(&self) -> Result<Vec<Duplicate>, Error> {
        let mut records = Vec::new();
        customer::all(self.connection(), |record| {
            records.push(record);
            Ok(())
        })?;
        Ok(duplicates(&records, &self.phone_rules_now()?))
    }

    /// Customers whose telephone another customer has too, as it may be after the country of telephones was changed: the
    /// older record keeps the key, and these are found by it no longer and become members of nothing that asks for one.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn phone_clashes(&self) -> Result<Vec<(CustomerId, PhoneTaken)>, Error> {
        let rules = self.phone_rules_now()?;
        let mut without_key = Vec::new();
        customer::all(self.connection(), |record| {
            let key = record.details.phone_key(&rules).filter(|_| record.phone_key.is_none());
            without_key.extend(key.map(|key| (record.id, key)));
            Ok(())
        })?;
        let mut clashes = Vec::new();
        for (id, key) in without_key {
            let by = customer::holder_of_phone(self.connection(), &key, Some(id))?;
            clashes.extend(by.map(|by| (id, PhoneTaken { by })));
        }
        Ok(clashes)
    }

    /// How telephones become keys at the time of the last entry of the journal, where nobody asks the clock.
    fn phone_rules_now(&self) -> Result<PhoneRules, Error> {
        Ok(self.phone_rules(journal::read(self.connection(), self.head.seq)?.at))
    }

    /// Makes two records of one person one: details, consents, cards, account and points of the absorbed record go to
    /// the survivor, and so does the history of its documents.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::NotMerged`] with the reason, such as a merge of a customer
    /// with itself; [`Error::PointsHeld`] while an open document holds points of the absorbed record.
    pub fn merge_customers(&mut self, survivor: CustomerId, absorbed: CustomerId) -> Result<(), Error> {
        self.act(Act::RemoveCustomer)?;
        self.make_one(survivor, absorbed)
    }

    /// The same where a hub says that another till found two records to be one person. Where they were made one here, the
    /// other way round, nothing changes.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`], and as [`Till::merge_customers`].
    pub fn take_over_merge(&mut self, survivor: CustomerId, absorbed: CustomerId) -> Result<(), Error> {
        self.need_between_documents()?;
        let survivor = customer::in_use(self.connection(), survivor)?;
        if survivor == absorbed { Ok(()) } else { self.make_one(survivor, absorbed) }
    }

    fn make_one(&mut self, survivor: CustomerId, absorbed: CustomerId) -> Result<(), Error> {
        let find = |id| self.person(id)?.ok_or(Error::NoSuchCustomer { customer: id });
        let (keeps, goes) = (find(survivor)?, find(absorbed)?);
        let merged = merge(&keeps, &goes)?;
        if self.draft().is_some_and(|open| open.customer == Some(absorbed)) {
            return Err(MergeRefusal::OnDocument { customer: absorbed }.into());
        }
        let now = self.shell.now();
        let loyalty = self.merged_points(survivor, absorbed, now)?;
        let known = |id| self.customer(id)?.ok_or(Error::NoSuchCustomer { customer: id });
        let (kept, gone) = (known(survivor)?, known(absorbed)?);
        let limit = kept.account_limit.or(gone.account_limit);
        let segments = self.segments_of_merged((&merged.survivor, absorbed), &loyalty, now)?;
        let effects = Effects { loyalty, segments, ..Effects::default() };
        let entry = self.customer_entry(merged.change.clone(), now).with_effects(effects);
        self.commit(&entry, None, None, |connection, seq| {
            customer::write(connection, &merged.absorbed, &gone.code, None)?;
            customer::write(connection, &merged.survivor, &kept.code, limit)?;
            customer::take(connection, seq, absorbed, &merged.survivor, gone.account_balance)?;
            loyalty::elsewhere::make_one(connection, survivor, absorbed)
        })?;
        self.in_force.forget_customer();
        Ok(())
    }

    fn merged_points(
        &self,
        survivor: CustomerId,
        absorbed: CustomerId,
        now: Moment,
    ) -> Result<Vec<saleflex_core::loyalty::LoyaltyChange>, Error> {
        let Some(goes) = loyalty::membership(self.connection(), absorbed)? else { return Ok(Vec::new()) };
        let stays = loyalty::membership(self.connection(), survivor)?;
        let program = self.program_of(stays.as_ref().unwrap_or(&goes));
        let program = program.ok_or(Error::NoMember { customer: absorbed })?;
        let occasion = Occasion { at: now, store: self.identity.store, cashier: self.on_duty };
        let booked = BookedRows::new(self.connection());
        let changes = merge_memberships(survivor, stays.as_ref(), &goes, program, occasion, &booked)?;
        booked.finish()?;
        Ok(changes)
    }

    /// Forgets a person: nothing that identifies them is left in the file, neither in its free pages nor in its log.
    /// Documents, their sums and the chain stay; copies made before know the person still. It takes as long as
    /// copying the file.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::NotErasable`] while an account is open or a document waits;
    /// [`Error::Locked`] where another connection reads the file: the person is erased then, and asking again wipes
    /// the rest out.
    pub fn erase_customer(&mut self, id: CustomerId) -> Result<(), Error> {
        self.act(Act::RemoveCustomer)?;
        let record = self.person(id)?.ok_or(Error::NoSuchCustomer { customer: id })?;
        if matches!(record.standing, Standing::Erased { .. }) {
            // Whoever asks again may do so because the file was in use the first time.
            self.database.scrub()?;
        }
        self.forget(&record)
    }

    /// The same where a hub says that a person was erased elsewhere; of one who was merged into another, the other is the
    /// person. One that is not known here changes nothing; of one that was erased before, the rest is wiped out.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`]; [`Error::NotErasable`] and [`Error::Locked`] as [`Till::erase_customer`].
    pub fn take_over_erasure(&mut self, id: CustomerId) -> Result<(), Error> {
        self.need_between_documents()?;
        let id = customer::in_use(self.connection(), id)?;
        match self.person(id)? {
            Some(Record { standing: Standing::Erased { .. }, .. }) => self.database.scrub(),
            Some(record) => self.forget(&record),
            None => Ok(()),
        }
    }

    fn forget(&mut self, record: &Record) -> Result<(), Error> {
        let absorbed = customer::absorbed_by(self.connection(), record.id)?;
        let now = self.shell.now();
        let erasure = erase(record, &absorbed, self.holding(record.id, &absorbed)?, now)?;
        let entry = self.customer_entry(erasure.change.clone(), now);
        self.commit(&entry, None, None, |connection, _| {
            erasure.records.iter().try_for_each(|record| customer::wipe(connection, record))
        })?;
        self.database.scrub()
    }

    /// Everything the till knows of a person, for that person; of one who was merged, of the survivor.
    ///
    /// # Errors
    /// [`Error::NoSuchCustomer`].
    pub fn export_customer(&self, id: CustomerId) -> Result<PersonExport, Error> {
        let id = customer::in_use(self.connection(), id)?;
        let record = self.person(id)?.ok_or(Error::NoSuchCustomer { customer: id })?;
        let segments = segments::roster(self.connection(), id)?.active_codes(&self.segments);
        customer::export(self.connection(), &record, segments, &self.identity.currency)
    }

    /// Reads a file of customers and looks through it; nothing is stored. Telephones are read as they are dialled at a
    /// moment, see [`Till::save_program`].
    pub fn read_customers(&self, file: &[u8], at: Moment) -> CustomerImport {
        customer::read_csv(file, &self.phone_rules(at), &self.identity.currency)
    }

    /// Looks for the customers of a file whose code or telephone a customer of the till has already, or who are not born yet:
    /// those become faults. Nothing is stored.
    ///
    /// # Errors
    /// [`Error::Database`] when the file of the till cannot be read.
    pub fn check_import(&self, import: CustomerImport, at: Moment) -> Result<CustomerImport, Error> {
        let rules = self.phone_rules(at);
        let CustomerImport { customers, mut faults } = import;
        let mut fitting = Vec::with_capacity(customers.len());
        for one in customers {
            // Nobody of the till has this identity.
            let id = CustomerId::new(Uuid::nil());
            let record = Record::register(id, one.customer.details.clone(), &rules, at, Source::Pos);
            let code = customer::find_code(self.connection(), &one.customer.code)?;
            let phone = match &record.phone_key {
                Some(key) => customer::holder_of_phone(self.connection(), key, None)?,
                None => None,
            };
            let born = one.customer.details.check_born(at.local.date());
            let found = [
                born.err().map(ImportFault::Details),
                code.map(|_| ImportFault::CodeTaken),
                phone.map(|by| ImportFault::PhoneTaken { by: Some(by) }),
            ];
            let line = one.line;
            if found == [None; 3] {
                fitting.push(one);
            }
            faults.extend(found.into_iter().flatten().map(|fault| (line, fault)));
        }
        faults.sort_by_key(|(line, _)| *line);
        Ok(CustomerImport { customers: fitting, faults })
    }

    /// Takes the customers of a file over, all of them or none; faulty lines are left out where `partial` says so, told by
    /// reading the file and by [`Till::check_import`]. Many are written in several entries, all of them in one step.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::Import`] with the first line that cannot be taken over.
    pub fn import_customers(&mut self, import: CustomerImport, partial: bool) -> Result<usize, Error> {
        self.act(Act::RemoveCustomer)?;
        let now = self.shell.now();
        let rules = self.phone_rules(now);
        let import = self.check_import(import, now)?;
        if let Some((line, fault)) = import.faults.first().copied().filter(|_| !partial) {
            return Err(Error::Import { count: import.faults.len(), line, fault });
        }
        let (mut entries, mut records) = (Vec::new(), Vec::new());
        for some in import.customers.chunks(MOST_IN_AN_ENTRY) {
            let (mut customers, mut effects) = (Vec::new(), Effects::default());
            for one in some {
                let id = CustomerId::new(self.shell.new_id());
                let new = &one.customer;
                let record = Record::register(id, new.details.clone(), &rules, now, new.source);
                effects.segments.extend(self.segments_of_record(&record, None, &[], now)?);
                customers.push(id);
                records.push((record, new));
            }
            let entry = self.customer_entry(CustomerChange::Imported { customers }, now);
            entries.push(entry.with_effects(effects));
        }
        let mut left = records.iter();
        self.commit_entries(&entries, |connection, _| {
            left.by_ref().take(MOST_IN_AN_ENTRY).try_for_each(|(record, new)| {
                customer::write(connection, record, &new.code, new.account_limit)
            })
        })?;
        Ok(records.len())
    }
}

/// What stands in the place of the code of a customer who was deleted, so that others may have it.
pub(super) fn code_of_deleted(id: CustomerId) -> String {
    format!("deleted {}", id.uuid().simple())
}
