//! The one place that carries effects out.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use chrono::NaiveDate;
use saleflex_core::{
    cashier::{Approval, Role},
    document::{Command, Completed, Policy},
    ids::{ProductId, StoreId, TerminalId},
};
use saleflex_store::{
    Error, Request, Setup, Shell, Till,
    cashier::NewCashier,
    demo,
    quotas::Withheld,
    request::Done,
    setup::{Beginning, FirstNames, Identity},
    till::{LastDone, Trial},
};

use super::{
    Act, Credentials, Denial, Effect, FirstStart, Outcome, Reply, Sale, denied::denial, devices::Slides,
    doubts, import::Job, logged, look_up, paper, promoted::Standing, ringing, said,
    scanned::scanned_document, sync::Connection,
};
use crate::{
    device::station::Station,
    form::{self, pages::PageLayout},
    log, message,
    text::{Key, Text},
    view::{Advised, Page, View},
};

/// A till and what is needed to make one.
pub struct Desk<S> {
    pub(super) till: Option<Till>,
    path: PathBuf,
    pub(super) shell: S,
    pub(super) text: &'static Text,
    pub(super) pages: Arc<[Page]>,
    /// The day they are of; none while they are to be taken anew.
    pub(super) pages_of: Option<NaiveDate>,
    /// The products of which there is little or nothing left.
    short: Arc<BTreeSet<ProductId>>,
    /// The product pages of the sale screen's definition; none where departments have them.
    pub(super) layouts: Vec<PageLayout>,
    /// What the customer sees while nothing is sold.
    pub(super) slides: Slides,
    pub(super) station: Station,
    /// Why the devices cannot be used as they are set up.
    pub(super) device_fault: Option<String>,
    /// Which place of a form the paper of what was settled last had no room for, in words.
    pub(super) narrow: Option<String>,
    /// Products on their way from a file.
    pub(super) job: Option<Job>,
    pub(super) connection: Connection,
    /// Campaigns being tried on stored sales.
    pub(super) trial: Option<Trial>,
    /// What the till did last before it stopped, until somebody came.
    pub(super) last_done: Option<LastDone>,
    /// The same in words, for whoever came first, and for anybody who came that their break is over.
    pub(super) told_first: Option<String>,
}

impl<S: Shell + Clone + 'static> Desk<S> {
    /// A desk with the till of a file, or with none yet: then the first start makes it there. The pages of product keys
    /// come with the forms.
    pub fn new(till: Option<Till>, path: PathBuf, shell: S, text: &'static Text) -> Self {
        let (pages, short) = (Arc::from([]), Arc::default());
        let station = Station::default();
        let (layouts, device_fault, connection) = (Vec::new(), None, Connection::default());
        let (job, trial, slides) = (None, None, Slides::default());
        let last_done = till.as_ref().map_or(Ok(None), Till::last_done).unwrap_or_else(|error| {
            log::error(&error);
            None
        });
        let mut desk = Self {
            till,
            path,
            shell,
            text,
            pages,
            pages_of: None,
            short,
            layouts,
            slides,
            station,
            device_fault,
            narrow: None,
            job,
            connection,
            trial,
            last_done,
            told_first: None,
        };
        desk.start_devices();
        desk.connect();
        desk
    }

    /// Whether there is a till.
    pub const fn has_till(&self) -> bool {
        self.till.is_some()
    }

    /// The words it speaks.
    pub const fn text(&self) -> &'static Text {
        self.text
    }

    /// Speaks another language from now on.
    pub fn speak(&mut self, text: &'static Text) {
        // Of one language there are the words of screens and those of scripts.
        if !std::ptr::eq(text, self.text) {
            self.text = text;
            self.take_pages();
        }
    }

    /// Where the till's file is.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// The till.
    pub const fn till(&mut self) -> Option<&mut Till> {
        self.till.as_mut()
    }

    /// What the store's clock shows.
    pub fn now(&mut self) -> chrono::NaiveDateTime {
        self.shell.now().local
    }

    /// What the till holds now.
    ///
    /// # Errors
    /// When its file cannot be read, in words.
    pub fn view(&mut self) -> Result<View, String> {
        let Some(till) = self.till.as_mut() else { return Ok(super::snapshot::none()) };
        let view = super::snapshot::take(till, (self.pages.clone(), self.short.clone()));
        let view = view.map(|view| View { told_first: self.told_first.clone(), ..view });
        view.map_err(|error| {
            log::error(&error);
            message::error(self.text, &error)
        })
    }

    /// The first of what a few more pieces would save; it takes longer than anything else that follows from a key.
    ///
    /// # Errors
    /// When the till's file cannot be read, in words.
    pub fn advice(&mut self) -> Result<Option<Advised>, String> {
        let Some(till) = self.till.as_mut() else { return Ok(None) };
        super::snapshot::advice(till, self.text).map_err(|error| {
            log::error(&error);
            message::error(self.text, &error)
        })
    }

    /// By which ways to pay the document is cheaper, told the customer too; it takes as long as advice.
    ///
    /// # Errors
    /// As [`Self::advice`].
    pub fn cheaper(&mut self) -> Result<Option<String>, String> {
        let Some(till) = self.till.as_mut() else { return Ok(None) };
        let told = super::snapshot::cheaper(till, self.text).map_err(|error| {
            log::error(&error);
            message::error(self.text, &error)
        })?;
        if let Some(words) = &told {
            self.show_cheaper(words);
        }
        Ok(told)
    }

    /// Carries an effect out. Ending the program is the caller's.
    pub fn run(&mut self, effect: Effect) -> Option<Reply> {
        let kind = logged::Kind::of(&effect);
        let reply = self.carry_out(effect);
        kind.answered(reply.as_ref(), self.till.as_ref());
        reply
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Reply> {
        Some(match effect {
            Effect::Exit => return None,
            Effect::SetUp(start) => Reply::SetUp(self.set_up(start)),
            Effect::LogIn(credentials) => Reply::LoggedIn(self.log_in(&credentials)),
            Effect::Unlock(credentials) => Reply::Unlocked(self.unlock(&credentials)),
            Effect::Lock => {
                self.lock();
                return None;
            }
            Effect::LogOut => Reply::LoggedOut(self.said(Till::log_out)),
            Effect::ChangeSecret { old, new } => Reply::SecretChanged(self.change_secret(&old.0, &new.0)),
            Effect::Act { act, approver } => {
                let result = self.approve(approver.as_ref()).and_then(|approval| self.act(&act, approval));
                if result.is_ok() {
                    self.print_settled(false);
                }
                Reply::Acted { act, approver, result }
            }
            Effect::LoadForms { is_asked } => {
                let till = self.till.as_mut()?;
                let loaded = form::stored::load(till);
                if let Ok(loaded) = &loaded {
                    self.layouts = loaded.forms.product_pages();
                    self.take_slides(&loaded.customer);
                }
                // Also where no definition can be read: then each department has a page.
                self.take_pages();
                match loaded {
                    Ok(loaded) => Reply::Forms { loaded, is_asked },
                    Err(error) => Reply::NotFound(message::error(self.text, &error)),
                }
            }
            Effect::Leave => Reply::Left,
            Effect::Print(paper) => self.print_shown(&paper),
            Effect::RetryPrinting => self.retry_printing(),
            Effect::ReadProducts(path) => self.read_products(&path),
            Effect::StoreProducts => self.store_products(),
            Effect::BeginTrial(campaign) => self.begin_trial(campaign),
            Effect::GoOnTrying => self.go_on_trying(),
            Effect::Ask(question) => {
                let till = self.till.as_mut()?;
                look_up::answer(till, self.text, question)
            }
        })
    }

    fn said<T>(&mut self, run: impl FnOnce(&mut Till) -> Result<T, Error>) -> Result<(), String> {
        let Some(till) = self.till.as_mut() else { return Err(self.text.word(Key::NotLoggedIn).to_owned()) };
        run(till).map(drop).map_err(|error| {
            log::error(&error);
            message::error(self.text, &error)
        })
    }

    fn set_up(&mut self, start: FirstStart) -> Result<(), String> {
        let setup = match start {
            FirstStart::Demo => demo::corner_market(&mut self.shell),
            FirstStart::Empty { store, beginning, administrator } => {
                empty_store(&mut self.shell, self.text, store, &beginning, &administrator)
            }
        };
        // The language that the questions were asked in is the till's.
        let mut setup = setup;
        setup.settings.appearance.language = Some(self.text.code.to_owned());
        let failed = |error: &Error| message::error(self.text, error);
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|cause| failed(&Error::Io(cause)))?;
        }
        let till = Till::create(&self.path, setup, self.shell.clone()).map_err(|error| failed(&error))?;
        self.till = Some(till);
        self.start_devices();
        self.connect();
        Ok(())
    }

    /// Looks anew at what there is little left of. What cannot be read is marked nowhere, and support finds it in the log.
    pub(super) fn take_short(&mut self) {
        let short = self.till.as_ref().map(Till::short_products);
        self.short = short.and_then(|short| short.inspect_err(log::error).ok()).unwrap_or_default().into();
    }

    /// The same of what was sold or came back just now.
    fn mark_short(&mut self, completed: &[Completed]) {
        let Some(till) = &self.till else { return };
        let lines = completed.iter().flat_map(|one| one.document().active_lines());
        let products: BTreeSet<ProductId> = lines.filter_map(|line| line.item.product).collect();
        for product in products {
            match till.is_short(product) {
                Ok(true) => drop(Arc::make_mut(&mut self.short).insert(product)),
                Ok(false) => drop(Arc::make_mut(&mut self.short).remove(&product)),
                Err(error) => log::error(&error),
            }
        }
    }

    /// Does something at the till, unless it seems a slip; tells what became of campaigns by it.
    fn act(&mut self, act: &Act, approval: Option<Approval>) -> Result<Outcome, Denial> {
        if let Some(doubt) = self.till.as_ref().and_then(|till| doubts::of(till, self.text, act)) {
            return Err(doubt);
        }
        let before = Standing::before(self.till.as_ref(), act);
        let mut outcome = self.perform(act, approval)?;
        let told = self.till.as_mut().and_then(|till| before.told(till, self.text));
        if let Some(told) = told {
            outcome.message = Some(match outcome.message {
                Some(said) => format!("{said} {told}"),
                None => told,
            });
        }
        Ok(outcome)
    }

    fn perform(&mut self, act: &Act, approval: Option<Approval>) -> Result<Outcome, Denial> {
        match act {
            Act::Save { form, of, entered } => self.save(form, *of, entered, approval),
            Act::Form { name, task } => self.change_form(name, *task),
            Act::WithdrawCampaign(campaign) => self.withdraw(*campaign),
            Act::Sync(act) => self.act_on_sync(act),
            Act::UseFunction { used, needed, action } => self.use_function(used, *needed, action, approval),
            Act::Punch { who, punch } => self.punch(who.as_ref(), *punch),
            Act::StartBreak(kind, planned_min) => self.start_break(*kind, *planned_min, approval.as_ref()),
            Act::CountDrawer(counted) => self.count_drawer(counted, approval),
            Act::CorrectPunch(correction) => self.correct_punch(correction, approval),
            Act::CorrectClosure(correction) => self.correct_closure(correction, approval),
            Act::ShareTips(share) => self.share_tips(share, approval),
            Act::ToggleFavourite(product) => self.toggle_favourite(*product),
            Act::ClosePeriod(declaration) => self.close_period(declaration.as_deref(), approval),
            Act::Sell(sale) => self.sell(sale, approval),
            Act::TakeEmpties(sale) => self.take_empties(sale, approval),
            Act::Redeem(points) => self.redeem(*points, approval),
            Act::Command(command) => self.command(command, approval),
            Act::Counted(command) => self.request(Request::from(command.clone()).counted(), approval),
            Act::TakeBack { sale, lines } => self.request(Request::take_back(*sale, lines.clone()), approval),
            Act::AssignCustomer(customer) => self.assign_customer(*customer, approval),
            Act::Resume(document) | Act::PickUp(document) => {
                self.request(Request::resume(*document), approval)
            }
            Act::ConvertQuote { quote, age, counted } => {
                let request = Request::convert_quote(*quote, *age);
                self.request(if *counted { request.counted() } else { request }, approval)
            }
            Act::Repeat(document, age) => self.repeat(*document, *age, approval),
            Act::CancelSuspended { document, reason } => {
                self.request(Request::cancel_suspended(*document, reason.clone()), approval)
            }
        }
    }

    /// Asks the till for something, and tells what came of it.
    fn request(&mut self, request: Request, approval: Option<Approval>) -> Result<Outcome, Denial> {
        let is_approved = approval.is_some();
        let done = execute(self.known_till()?, request, approval);
        self.settled(done, is_approved)
    }

    /// The same for a command; where an amount was cut, that is told too.
    fn command(&mut self, command: &Command, approval: Option<Approval>) -> Result<Outcome, Denial> {
        let (text, is_approved) = (self.text, approval.is_some());
        let till = self.known_till()?;
        let done = execute(till, command.clone().into(), approval);
        let cut = done.as_ref().ok().and_then(|done| said::cut(till, text, command, done));
        self.settled(done, is_approved).map(|outcome| outcome.after(cut))
    }

    fn take_empties(&mut self, sale: &Sale, approval: Option<Approval>) -> Result<Outcome, Denial> {
        let (text, is_approved) = (self.text, approval.is_some());
        let done = ringing::take_empties(self.known_till()?, text, sale, approval)?;
        self.settled(done, is_approved)
    }

    /// The till, which is there once somebody is logged in.
    pub(super) fn known_till(&mut self) -> Result<&mut Till, Denial> {
        let text = self.text;
        self.till.as_mut().ok_or_else(|| Denial::Said(text.word(Key::NotLoggedIn).to_owned()))
    }

    /// Sells; what is weighed is weighed first.
    fn sell(&mut self, sale: &Sale, approval: Option<Approval>) -> Result<Outcome, Denial> {
        let text = self.text;
        let till = self.known_till()?;
        if let Some(found) = scanned_document(till, sale) {
            return self.scanned(found, approval);
        }
        let sale = ringing::measured(till, text, sale)?;
        let sale = ringing::labelled(till, text, sale)?;
        let unused = ringing::unused(till, text, &sale);
        if let Some(denial) = ringing::makes_no_sense(till, text, &sale) {
            return Err(denial);
        }
        if let Some(denial) = ringing::pieces_needed(till, &sale) {
            return Err(denial);
        }
        let is_approved = approval.is_some();
        let Some(unweighed) = ringing::weight_needed(till, &sale) else {
            let done = ringing::sell(till, &sale, approval);
            return self.settled(done, is_approved).map(|outcome| outcome.after(unused));
        };
        let weighed = self.weighed(&sale, &unweighed);
        let ringing::Unweighed { name, unit, .. } = unweighed;
        let weighed = match weighed {
            Some(Ok(weighed)) => weighed,
            Some(Err(words)) => return Err(Denial::WeightNeeded { name, unit, scale: Some(words) }),
            None => return Err(Denial::WeightNeeded { name, unit, scale: None }),
        };
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        let done = ringing::sell(till, &weighed, approval);
        self.settled(done, is_approved).map(|outcome| outcome.after(unused))
    }

    /// What came of a command: in words, on paper, and before the customer's eyes.
    pub(super) fn settled(
        &mut self,
        done: Result<Done, Error>,
        is_approved: bool,
    ) -> Result<Outcome, Denial> {
        let text = self.text;
        if is_asked_for(&done) {
            self.ask_hub(is_on_its_way(&done));
        }
        let Some(till) = self.till.as_ref() else { return Ok(Outcome::default()) };
        let done = done.map_err(|error| denial(text, &error, is_approved))?;
        logged::finished(&done);
        let outcome = outcome(till, text, &done);
        self.print_slips(&done);
        self.mark_short(done.completed());
        self.show_customer(done.completed().last(), done.events());
        Ok(outcome)
    }
}

/// Whether the hub is asked for what a command needs.
const fn is_asked_for(done: &Result<Done, Error>) -> bool {
    matches!(
        done,
        Err(Error::CouponNotLent { .. } | Error::CouponWithheld { .. } | Error::GiftCardNotLent { .. })
    )
}

/// Whether the hub has yet to answer that.
const fn is_on_its_way(done: &Result<Done, Error>) -> bool {
    matches!(
        done,
        Err(Error::CouponNotLent { .. }
            | Error::CouponWithheld { why: Withheld::AskedAbove, .. }
            | Error::GiftCardNotLent { .. })
    )
}

pub(super) fn execute(till: &mut Till, request: Request, approval: Option<Approval>) -> Result<Done, Error> {
    till.execute(match approval {
        Some(approval) => request.approved(approval),
        None => request,
    })
}

fn outcome(till: &Till, text: &Text, done: &Done) -> Outcome {
    Outcome {
        message: said::of(till, text, done)
            .into_iter()
            .chain(said::notes(till, text, done))
            .reduce(|words, note| words + " " + &note),
        completed: paper::finished(till, text, done.completed()),
        paper: None,
        allowed: None,
        returned: None,
    }
}

/// A store without goods: its name, what its place begins with, one administrator.
fn empty_store(
    shell: &mut impl Shell,
    text: &Text,
    store: String,
    beginning: &Beginning,
    administrator: &Credentials,
) -> Setup {
    let identity = Identity {
        store: StoreId::new(shell.new_id()),
        store_code: "STORE-001".to_owned(),
        store_name: store,
        terminal: TerminalId::new(shell.new_id()),
        terminal_code: "1".to_owned(),
        currency: beginning.currency(),
        tax_mode: beginning.tax_mode(),
    };
    let names =
        FirstNames { department: text.word(Key::SetupDepartment), no_tax: text.word(Key::SetupNoTax) };
    let mut setup = beginning.setup(identity, names);
    setup.settings.policy = Policy::of_new_shop();
    let Credentials { user_name, secret } = administrator;
    setup.cashiers = vec![NewCashier::with_role(user_name, user_name, secret, Role::Administrator)];
    setup
}
