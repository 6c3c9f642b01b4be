//! Who is at the till.

use std::collections::BTreeSet;

use saleflex_core::{
    authority::Authority,
    cashier::{
        Approval, Capability, OnDuty,
        access::{Act, use_function},
        may_grant,
        session::Termination,
    },
    document::{Command, Refusal},
    ids::CashierId,
    journal::{Event, UsedFunction},
};

use super::Till;
use crate::{
    error::Error,
    people::cashier::{self, Cashier, NewCashier},
};

/// People.
impl Till {
    /// Who may log in, by name, for the list on the log-in screen.
    pub fn cashiers(&self) -> Vec<&Cashier> {
        self.cashiers.iter().filter(|cashier| cashier.is_active).collect()
    }

    /// Everybody who may or might log in, by name.
    pub fn everybody(&self) -> &[Cashier] {
        &self.cashiers
    }

    /// Those whose secret was never changed since they were added.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn with_first_secret(&self) -> Result<Vec<CashierId>, Error> {
        cashier::with_first_secret(self.connection())
    }

    /// Logs a cashier in; one who was logged in before is logged out. The cashier of a locked till unlocks it so.
    ///
    /// # Errors
    /// [`Error::LogInRefused`] whichever part is wrong, [`Error::LogInDelayed`] after too many attempts,
    /// [`Refusal::DocumentOpen`] while another cashier's document has lines; [`Error::DiskFull`], [`Error::Locked`] or
    /// [`Error::Database`] when the file cannot be read or written. Nobody is logged in by it then, and whoever was at
    /// the till before may be logged out.
    pub fn log_in(&mut self, user_name: &str, secret: &str) -> Result<&Cashier, Error> {
        let id = self.identify(user_name, secret)?;
        self.come(id, false)
    }

    /// Logs a cashier in for one command of a script: what they do bears their name and needs their capabilities, and no
    /// work session begins, for nobody stands at the till.
    ///
    /// # Errors
    /// As [`Till::log_in`].
    pub fn log_in_for_command(&mut self, user_name: &str, secret: &str) -> Result<&Cashier, Error> {
        let id = self.identify(user_name, secret)?;
        if self.on_duty == Some(id) && self.lock.is_none() {
            return self.cashier(id).ok_or(Error::NotLoggedIn);
        }
        self.come(id, true)
    }

    fn come(&mut self, id: CashierId, for_command: bool) -> Result<&Cashier, Error> {
        if self.lock.as_ref().is_some_and(|lock| lock.cashier == id) {
            self.unlock_as(id)?;
            return self.cashier(id).ok_or(Error::NotLoggedIn);
        }
        self.start_day()?;
        self.end_stopped_session()?;
        let other = self.on_duty.filter(|on_duty| *on_duty != id);
        if other.is_some() {
            self.need_no_document()?;
        }
        // First: where it fails nobody has come and nobody has gone.
        let now = self.shell.now();
        self.cancel_outlived(now)?;
        if let Some(other) = other {
            if self.lock.is_some() {
                self.terminate(other, Termination::OtherLogIn)?;
            } else {
                self.log_out()?;
            }
        }
        let now = self.shell.now();
        let planned_min = self.settings.idle.session_min().filter(|_| !for_command);
        self.commit_event_at(
            now,
            Event::LoggedIn { cashier: id, planned_min, for_command },
            id.uuid(),
            |connection, _| cashier::logged_in(connection, id, now),
        )?;
        if let Some(known) = self.cashiers.iter_mut().find(|cashier| cashier.id == id) {
            known.last_log_in = Some(now);
        }
        self.on_duty = Some(id);
        self.cashier(id).ok_or(Error::NotLoggedIn)
    }

    /// Logs the cashier out; a document without lines is left first. After a power cut nobody is logged in, and an open document waits for whoever comes.
    ///
    /// # Errors
    /// [`Error::NotLoggedIn`]; [`Refusal::DocumentOpen`] while a document with lines is open: park, finish or
    /// cancel it first.
    pub fn log_out(&mut self) -> Result<(), Error> {
        let cashier = self.cashier_at_the_till()?;
        self.need_no_document()?;
        if self.draft().is_some() {
            // Whoever comes next would sell on somebody else's empty return.
            self.execute(Command::Cancel { reason: None })?;
        }
        self.commit_event(Event::LoggedOut { cashier }, cashier.uuid(), |_, _| Ok(()))?;
        self.on_duty = None;
        Ok(())
    }

    fn need_no_document(&self) -> Result<(), Error> {
        match self.draft().filter(|document| !document.is_blank()) {
            Some(document) => Err(Refusal::DocumentOpen { number: document.number }.into()),
            None => Ok(()),
        }
    }

    /// The cashier who is logged in.
    pub fn on_duty(&self) -> Option<&Cashier> {
        self.on_duty.and_then(|id| self.cashier(id))
    }

    /// A cashier, active or not.
    pub fn cashier(&self, id: CashierId) -> Option<&Cashier> {
        self.cashiers.iter().find(|cashier| cashier.id == id)
    }

    /// Identifies a manager who stands by, for one [`crate::Request::approved`].
    ///
    /// # Errors
    /// As [`Till::log_in`], and for a manager who has yet to change the first secret. Whether the approver holds what is needed is decided with the request.
    pub fn approve(
        &mut self,
        user_name: &str,
        secret: &str,
        reason: Option<String>,
    ) -> Result<Approval, Error> {
        let id = self.identify(user_name, secret)?;
        let approver = self.cashier(id).filter(|cashier| !cashier.must_change_secret);
        let by = approver.map(Cashier::on_duty).ok_or(Error::LogInRefused)?;
        Ok(Approval::of_identified(by).because(reason))
    }

    /// Lets the cashier use a function of a screen that asks for a capability: as its holder, which leaves no trace, or by
    /// the word of one, which is in the audit trail with the document that is open and what the holder said.
    ///
    /// # Errors
    /// [`Error::Refused`] where neither holds it; [`Error::NotLoggedIn`], [`Error::SecretExpired`], [`Error::TillLocked`].
    pub fn allow_function(
        &mut self,
        used: UsedFunction,
        capability: Capability,
        approval: Option<Approval>,
    ) -> Result<Authority, Error> {
        let cashier = self.cashier_on_duty()?;
        let reason = approval.as_ref().and_then(Approval::reason).map(str::to_owned);
        let authority = use_function(&cashier, approval, capability)
            .map_err(|capability| Refusal::ApprovalNeeded { capability })?;
        if authority.approved_by.is_some() {
            let UsedFunction { screen, control, words } = used;
            let document = self.draft().filter(|document| !document.is_blank()).map(|document| document.id);
            let words = Some(words);
            let event =
                Event::FunctionAllowed { screen, control, capability, authority, words, document, reason };
            self.commit_event(event, self.identity.terminal.uuid(), |_, _| Ok(()))?;
        }
        Ok(authority)
    }

    /// Adds a cashier.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability to assign roles, to give what one has not oneself, or wider limits than
    /// one's own without the settings; [`Error::BadRecord`] for empty or overlong texts and secrets of less than four
    /// characters; [`Error::Taken`] for a user name or a badge that somebody has.
    pub fn add_cashier(&mut self, cashier: &NewCashier) -> Result<CashierId, Error> {
        let grantor = self.may_give(&cashier.capabilities)?;
        self.may_change_limits(&grantor, &grantor.capabilities, &cashier.capabilities)?;
        if !cashier.is_valid() {
            return Err(Error::BadRecord { record: "cashier" });
        }
        let added = Cashier::new(CashierId::new(self.shell.new_id()), cashier, self.shell.now());
        let hash = cashier::hash_secret(&cashier.secret, self.shell.new_id());
        self.write_cashier(added, &hash)
    }

    /// Changes a cashier's names, particulars, capabilities, and whether they may log in. The secret stays.
    ///
    /// # Errors
    /// As [`Till::add_cashier`], for wider limits than they had, and for somebody who holds what the one who changes them
    /// does not; [`Error::NoSuchCashier`]. Nobody can take the capability to assign roles or the right to log in from themselves.
    pub fn change_cashier(&mut self, cashier: Cashier) -> Result<(), Error> {
        let id = cashier.id;
        let known = self.cashier(id).ok_or(Error::NoSuchCashier { cashier: id })?;
        // What they hold already nobody gives them.
        let added = cashier.capabilities.difference(&known.capabilities).copied().collect();
        let grantor = self.may_give(&added)?;
        self.may_manage(known)?;
        self.may_change_limits(&grantor, &known.capabilities, &cashier.capabilities)?;
        let hash =
            cashier::secret_hash(self.connection(), id)?.ok_or(Error::NoSuchCashier { cashier: id })?;
        let keeps_rights = cashier.is_active && cashier.capabilities.contains(&Capability::RoleAssign);
        if self.on_duty == Some(id) && !keeps_rights {
            return Err(Refusal::ApprovalNeeded { capability: Capability::RoleAssign }.into());
        }
        if !cashier.is_valid(known.badge.as_deref()) {
            return Err(Error::BadRecord { record: "cashier" });
        }
        let (created_at, last_log_in) = (known.created_at, known.last_log_in);
        let cashier = Cashier { created_at, last_log_in, ..cashier.trimmed() };
        self.write_cashier(cashier, &hash).map(drop)
    }

    /// Gives the logged-in cashier another secret.
    ///
    /// # Errors
    /// [`Error::LogInRefused`] when the old one is wrong, [`Error::BadRecord`] when the new one is too short,
    /// [`Error::SameSecret`] when it is the old one.
    pub fn change_secret(&mut self, old: &str, new: &str) -> Result<(), Error> {
        let user_name = self.on_duty().ok_or(Error::NotLoggedIn)?.user_name.clone();
        let id = self.identify(&user_name, old)?;
        if !cashier::is_secret(new) {
            return Err(Error::BadRecord { record: "secret" });
        }
        if new == old {
            return Err(Error::SameSecret);
        }
        let hash = cashier::hash_secret(new, self.shell.new_id());
        self.commit_event(Event::SecretChanged { cashier: id }, id.uuid(), |connection, _| {
            cashier::set_secret(connection, id, &hash)
        })?;
        if let Some(changed) = self.cashiers.iter_mut().find(|cashier| cashier.id == id) {
            changed.must_change_secret = false;
        }
        Ok(())
    }

    /// Gives another cashier a secret to begin with, which they must change before anything else is done.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability to assign roles, and for somebody who holds what the one who gives it
    /// does not; [`Error::NoSuchCashier`]; [`Error::BadRecord`] when the secret is too short.
    pub fn reset_secret(&mut self, cashier: CashierId, new: &str) -> Result<(), Error> {
        self.need(Capability::RoleAssign)?;
        self.may_manage(self.cashier(cashier).ok_or(Error::NoSuchCashier { cashier })?)?;
        self.give_secret(cashier, new)
    }

    /// Gives an administrator who forgot theirs a secret to begin with. Nobody has to be logged in: whoever can open
    /// the file could change it anyway, and here it is journalled and in the audit trail, as nobody's word. Whoever is
    /// logged in gives it as [`Till::reset_secret`] does.
    ///
    /// # Errors
    /// [`Error::NoSuchCashier`]; [`Error::Refused`] for anybody but an active cashier who assigns roles: theirs is
    /// [`Till::reset_secret`]; [`Error::BadRecord`] when the secret is too short.
    pub fn rescue_secret(&mut self, cashier: CashierId, new: &str) -> Result<(), Error> {
        let capability = Capability::RoleAssign;
        let known = self.cashier(cashier).ok_or(Error::NoSuchCashier { cashier })?;
        if self.on_duty.is_some() {
            self.may_manage(known)?;
        }
        if !known.is_active || !known.capabilities.contains(&capability) {
            return Err(Refusal::ApprovalNeeded { capability }.into());
        }
        let key = cashier::user_key(&known.user_name);
        self.give_secret(cashier, new)?;
        cashier::forget_failures(self.connection(), &key)
    }

    fn give_secret(&mut self, cashier: CashierId, new: &str) -> Result<(), Error> {
        let mut changed = self.cashier(cashier).cloned().ok_or(Error::NoSuchCashier { cashier })?;
        if !cashier::is_secret(new) {
            return Err(Error::BadRecord { record: "secret" });
        }
        let hash = cashier::hash_secret(new, self.shell.new_id());
        changed.must_change_secret = true;
        self.commit_event(Event::SecretChanged { cashier }, cashier.uuid(), |connection, _| {
            cashier::set_secret(connection, cashier, &hash)?;
            cashier::write(connection, &changed, &hash)
        })?;
        if let Some(known) = self.cashiers.iter_mut().find(|known| known.id == cashier) {
            known.must_change_secret = true;
        }
        Ok(())
    }

    /// The logged-in cashier as deciding sees one. Whoever has to change the secret does that first.
    pub(super) fn cashier_on_duty(&self) -> Result<OnDuty, Error> {
        self.cashier_at_the_till()?;
        let cashier = self.on_duty().ok_or(Error::NotLoggedIn)?;
        if cashier.must_change_secret { Err(Error::SecretExpired) } else { Ok(cashier.on_duty()) }
    }

    /// The logged-in cashier must hold a capability.
    pub(super) fn need(&self, capability: Capability) -> Result<OnDuty, Error> {
        let cashier = self.cashier_on_duty()?;
        if cashier.may(capability) { Ok(cashier) } else { Err(Refusal::ApprovalNeeded { capability }.into()) }
    }

    /// The logged-in cashier must be allowed an act.
    pub(super) fn act(&self, act: Act) -> Result<OnDuty, Error> {
        let cashier = self.cashier_on_duty()?;
        act.authorise(&cashier, None, false).map_err(|capability| Refusal::ApprovalNeeded { capability })?;
        Ok(cashier)
    }

    /// The same for an act that another may approve: by whose word it is done.
    pub(super) fn authorise(&self, act: Act, approval: Option<Approval>) -> Result<Authority, Error> {
        let cashier = self.cashier_on_duty()?;
        let authority = act.authorise(&cashier, approval, false);
        Ok(authority.map_err(|capability| Refusal::ApprovalNeeded { capability })?)
    }

    /// Nobody gives what they have not: who gives it.
    fn may_give(&self, capabilities: &BTreeSet<Capability>) -> Result<OnDuty, Error> {
        let grantor = self.act(Act::ChangeCashier)?;
        may_grant(&grantor, capabilities).map_err(|capability| Refusal::ApprovalNeeded { capability })?;
        Ok(grantor)
    }

    /// Who holds more is not changed by those who hold less: with their secret one would be them. Everybody may change
    /// themselves.
    fn may_manage(&self, other: &Cashier) -> Result<(), Error> {
        let grantor = self.act(Act::ChangeCashier)?;
        if grantor.id == other.id {
            return Ok(());
        }
        may_grant(&grantor, &other.capabilities)
            .map_err(|capability| Refusal::ApprovalNeeded { capability }.into())
    }

    fn write_cashier(&mut self, cashier: Cashier, secret_hash: &str) -> Result<CashierId, Error> {
        let (id, key) = (cashier.id, cashier::user_key(&cashier.user_name));
        let mut others = self.cashiers.iter().filter(|known| known.id != id);
        if others.clone().any(|known| cashier::user_key(&known.user_name) == key) {
            return Err(Error::Taken { code: cashier.user_name });
        }
        // Also of somebody who may not log in any more: it is taken off them first.
        if let Some(badge) = cashier.badge.as_ref().filter(|badge| others.any(|known| known.has_badge(badge)))
        {
            return Err(Error::Taken { code: badge.clone() });
        }
        let event = Event::CashierChanged {
            cashier: id,
            capabilities: cashier.capabilities.clone(),
            is_active: cashier.is_active,
        };
        self.commit_event(event, id.uuid(), |connection, _| {
            cashier::write(connection, &cashier, secret_hash)
        })?;
        self.cashiers.retain(|known| known.id != id);
        self.cashiers.push(cashier);
        self.cashiers.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
        Ok(id)
    }

    /// Who has this name and this secret. A name that nobody has takes as long and is answered the same.
    pub(super) fn identify(&mut self, user_name: &str, secret: &str) -> Result<CashierId, Error> {
        let key = cashier::user_key(user_name);
        let now = self.shell.now().instant;
        if let Some(until) = cashier::delayed_until(self.connection(), &key, now)? {
            return Err(Error::LogInDelayed { until });
        }
        let known = self.cashiers.iter().find(|cashier| cashier::user_key(&cashier.user_name) == key);
        let (known, is_active) =
            (known.map(|cashier| cashier.id), known.is_some_and(|known| known.is_active));
        let hash = match known {
            Some(id) => cashier::secret_hash(self.connection(), id)?,
            None => None,
        };
        let is_right = if let Some(hash) = &hash {
            cashier::is_right(secret, hash)
        } else {
            cashier::hash_secret(secret, self.identity.terminal.uuid());
            false
        };
        if let Some(id) = known.filter(|_| is_right && is_active) {
            cashier::forget_failures(self.connection(), &key)?;
            return Ok(id);
        }
        let entity = known.map_or(self.identity.terminal.uuid(), CashierId::uuid);
        self.commit_event(Event::LogInRefused { cashier: known }, entity, |connection, _| {
            cashier::count_failure(connection, &key, now)
        })?;
        Err(Error::LogInRefused)
    }
}
