//! What the world's answers do to the screen.

use saleflex_core::{
    basket::GoodsState,
    closure::Declaration,
    document::{Command, TakeTender},
};

use super::{Message, Place, SALE, Standing, State, Tone, login::is_pin};
use crate::{
    action::Screen,
    dialog::{Choice, Dialog, Reader, Row, Source},
    effect::{Act, Approver, Denial, Effect, Finished, Outcome, PaidOut, Paper, Reply, Sale, Sold},
    entry,
    form::stored::Loaded,
    message,
    text::Key,
    view::View,
};

impl State {
    /// Takes what the till holds now.
    pub fn refresh(&mut self, view: View) {
        self.view = view;
        if self.view.pages.len() <= self.selling.page {
            self.selling.page = 0;
            self.selling.part = 0;
        }
        if !self.takes_back() {
            self.selling.state = GoodsState::New;
        }
        let known = |no| self.view.document.as_ref().is_some_and(|document| document.line(no).is_some());
        if self.selling.selected.is_some_and(|no| !known(no)) {
            self.selling.selected = None;
        }
    }

    /// Takes an answer. The view was refreshed before.
    pub fn receive(&mut self, reply: Reply) -> Vec<Effect> {
        let unread = self.take_unread();
        let effects = self.take_in(reply);
        if let Some(words) = unread {
            self.say_unread(&words, !effects.is_empty());
        }
        effects
    }

    fn take_in(&mut self, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::SetUp(Ok(())) => {
                self.show_login(None);
                self.say(Tone::Good, Key::SetupDone);
                return vec![Effect::LoadForms { is_asked: false }];
            }
            Reply::LoggedIn(Ok(())) => return self.begin_session(),
            Reply::Unlocked(Ok(())) => self.unlocked(),
            Reply::LoggedOut(Ok(())) => {
                self.show_login(None);
                self.say(Tone::Good, Key::LoggedOut);
            }
            Reply::LoggedIn(Err(refused)) | Reply::Unlocked(Err(refused)) => self.refuse_log_in(refused),
            Reply::SecretChanged(Ok(())) => self.say(Tone::Good, Key::SaidSecretChanged),
            Reply::SecretChanged(Err(words)) => {
                self.ask_secret();
                self.refuse_prompt(words);
            }
            Reply::SetUp(Err(words)) | Reply::LoggedOut(Err(words)) => self.say_words(Tone::Bad, words),
            Reply::Said(words) => self.say_words(Tone::Notice, words),
            Reply::Unknown { code, words } => {
                // What a scanner read, and what was typed since, is not what nobody knows.
                if !self.is_of_scan() && self.holds_code(&code) {
                    self.selling.refuse();
                }
                self.not_found(words);
                return self.go_on();
            }
            Reply::NotFound(words) => {
                self.not_found(words);
                return self.go_on();
            }
            Reply::Acted { act, approver, result } => return self.acted(*act, approver, result),
            Reply::Product(lines) => {
                self.clear_entry();
                let title = self.text.word(Key::InquiryTitle).to_owned();
                self.dialogs.push(Dialog::Paper(Reader::new(Paper { title, lines, ..Paper::default() })));
            }
            Reply::Products(found) => {
                self.show_found(
                    Source::Products,
                    found.into_iter().map(|row| (row.cells, Choice::Product(row.id))),
                );
            }
            Reply::Customers(found) => {
                let rows = found.into_iter().map(|row| (row.cells, Choice::Customer(row.id)));
                self.show_found(Source::Customers, rows);
            }
            Reply::Listed { form, from, listed } => return self.take_listed(form, from, listed),
            Reply::Record { form, fields } => self.fill_record(form, fields),
            Reply::Followed { form, fields } => self.follow_record(form, fields),
            Reply::Forms { loaded, is_asked } => self.take_forms(loaded, is_asked),
            Reply::FileRead(read) => self.ask_to_take(&read),
            Reply::Stored(stored) => return self.show_progress(stored),
            Reply::Tried(tried) => return self.show_trial(tried),
            Reply::Left => {
                self.go_back();
                return self.left_behind();
            }
            Reply::Receipt(sold) => return self.show_sold(*sold),
            Reply::Printed(said) => self.say_printed(said),
            Reply::CountDrawer(declared) => self.ask_count(declared),
            Reply::CountedDrawers(counted) => self.ask_close(counted.map(Declaration::amount)),
            Reply::Paper(paper) => self.dialogs.push(Dialog::Paper(Reader::new(paper))),
        }
        Vec::new()
    }

    /// Nothing was found. What stands in the input line was typed for the next key and stays good for it.
    fn not_found(&mut self, words: String) {
        self.ring_for_scan();
        self.say_words(Tone::Bad, words);
    }

    /// Whether it is a code that stands in the input line.
    fn holds_code(&self, code: &str) -> bool {
        let typed = self.selling.entry.text().trim();
        [typed, entry::goods_of(typed)].contains(&code)
    }

    /// A screen was changed: all are read anew, and so is the list of them.
    fn screens_changed(&self) -> Vec<Effect> {
        let mut effects = vec![Effect::LoadForms { is_asked: false }];
        effects.extend(self.reload());
        effects
    }

    /// Takes the screens as they are stored now, and tells which of them are broken.
    fn take_forms(&mut self, loaded: Loaded, is_asked: bool) {
        let Loaded { forms, keymap, unusable_keys, faults, customer: _ } = loaded;
        self.forms = forms;
        self.keymap = keymap;
        // A page of the shop's own may be gone.
        let forms = &self.forms;
        self.places.retain(|place| forms.get(place.form()).is_some());
        if self.places.is_empty() {
            self.places.push(Self::menu());
        }
        match (unusable_keys, faults.first()) {
            (Some(fault), _) => {
                let words = self.text.fill(Key::OwnKeysBroken, &[("fault", &fault)]);
                self.say_words(Tone::Bad, words);
            }
            (None, Some(fault)) => {
                let count = faults.len().to_string();
                let words = self.text.fill(Key::FormsBroken, &[("count", &count), ("fault", fault)]);
                self.say_words(Tone::Bad, words);
            }
            (None, None) if is_asked => self.say(Tone::Good, Key::FormsLoaded),
            (None, None) => {}
        }
    }

    fn begin_session(&mut self) -> Vec<Effect> {
        self.places = vec![Self::menu()];
        if self.view.must_change_secret {
            self.ask_secret();
        }
        let before = self.view.told_first.clone();
        let Some(document) = &self.view.document else {
            self.message = before.map(|words| Message { tone: Tone::Notice, words });
            return self.show_start();
        };
        let number = document.number.to_string();
        // Whoever may not see the sale screen begins at the menu, and is told of the document.
        if self.lacks_for(SALE).is_none() {
            self.places.push(Place::Sale);
        }
        let words = self.text.fill(Key::DocumentRestored, &[("number", &number)]);
        let words = before.into_iter().fold(words, |words, before| before + " " + &words);
        // A program that prices otherwise than the one that wrote the document says so before anybody is paid by it.
        let now = document.totals.net_due;
        let (tone, words) = match self.view.repriced_from {
            Some(was) => {
                let [was, now] = [was, now].map(|amount| self.view.currency.show(amount));
                let more = self.text.fill(Key::DocumentRepriced, &[("was", &was), ("now", &now)]);
                (Tone::Bad, format!("{words} {more}"))
            }
            None => (Tone::Notice, words),
        };
        self.message = Some(Message { tone, words });
        Vec::new()
    }

    /// The screen that the shop begins on, above the menu that Escape leads to. Whoever may not see it begins at the menu.
    fn show_start(&mut self) -> Vec<Effect> {
        let Some(name) = self.view.appearance.start_form.clone() else { return Vec::new() };
        let is_there = self.forms.get(&name).is_some_and(|form| form.need_login);
        if is_there && self.lacks_for(&name).is_none() { self.open_form(&name) } else { Vec::new() }
    }

    fn show_found(&mut self, source: Source, found: impl Iterator<Item = (Vec<String>, Choice)>) {
        if let Some(Dialog::Pick(pick)) = self.dialogs.last_mut()
            && pick.source == source
        {
            pick.rows = found.map(|(cells, choice)| Row { cells, choice }).collect();
            pick.at = pick.at.min(pick.rows.len().saturating_sub(1));
        }
    }

    fn show_sold(&mut self, sold: Sold) -> Vec<Effect> {
        let is_empty = sold.lines.is_empty();
        let mut takes_all = false;
        if let Some(Place::Return(back)) = self.places.last_mut() {
            back.picked = vec![None; sold.lines.len()];
            back.at = 0;
            back.sold = Some(sold);
            takes_all = std::mem::take(&mut back.takes_all);
        }
        if is_empty {
            self.say(Tone::Notice, Key::ReturnNothingLeft);
        } else if takes_all {
            return self.take_everything_back();
        }
        Vec::new()
    }

    fn acted(
        &mut self,
        act: Act,
        approver: Option<Approver>,
        result: Result<Outcome, Denial>,
    ) -> Vec<Effect> {
        match result {
            Ok(outcome) => {
                let next = self.after_naming(&act);
                let mut effects = self.done(&act, outcome);
                effects.extend(next);
                effects.extend(self.reload_why());
                effects
            }
            Err(denial) => {
                self.ring_for_scan();
                if let (Denial::ApprovalRefused(_), Some(approver)) = (&denial, &approver) {
                    self.refused_approver = Some(approver.credentials.user_name.clone());
                }
                let is_pin_refused = matches!(denial, Denial::ApprovalRefused(_))
                    && approver.as_ref().is_some_and(|approver| is_pin(&approver.credentials.secret));
                if let Some(denial) = self.ask_pieces_anew(&act, denial) {
                    self.denied(act, denial);
                }
                // Who agreed once agrees to the same act with a reason, a price or an age added.
                if let Some(Dialog::Prompt(prompt)) = self.dialogs.last_mut() {
                    prompt.is_pin_refused = is_pin_refused;
                    prompt.approver = approver.map(Box::new);
                }
                self.go_on()
            }
        }
    }

    /// Something was refused. What was typed stays; what can be mended is asked for.
    fn denied(&mut self, act: Act, denial: Denial) {
        // What a scanner read is not what stands in the input line.
        if takes_typed(&act) && !self.is_of_scan() {
            self.selling.refuse();
        }
        match denial {
            Denial::ApprovalNeeded(_) => self.ask_approval(act),
            Denial::SecretRefused(words) => {
                if let Act::Punch { who: Some(who), punch } = act {
                    self.ask_who(who.user_name, punch);
                }
                self.refuse_prompt(words);
            }
            Denial::ApprovalRefused(words) => {
                self.ask_approval(act);
                self.refuse_prompt(words);
            }
            Denial::Fields(faults) => self.refuse_fields(&faults),
            Denial::CashDoubted(lines) => {
                // What was given stands there, should the answer be no; typing anew replaces it.
                if !takes_typed(&act) {
                    self.selling.standing = Standing::Kept;
                }
                self.ask(lines, Key::YesKey, Effect::act(counted(act)));
            }
            Denial::ReasonNeeded(words) => self.ask_reason(act, words),
            Denial::ReversalNeeded(words) => self.ask_reversal(act, words),
            Denial::WeightNeeded { name, unit, scale } => self.ask_weight(act, &name, &unit, scale),
            Denial::PiecesNeeded { line, name, quantity } => self.ask_pieces(act, line, &name, quantity),
            Denial::AgeNeeded(age) => self.ask_age(act, age),
            Denial::PriceNeeded(code) => self.ask_price(act, &code),
            Denial::Said(words) => self.say_words(Tone::Bad, words),
        }
    }

    /// Says in the prompt in front why it was not accepted.
    fn refuse_prompt(&mut self, words: String) {
        if let Some(Dialog::Prompt(prompt)) = self.dialogs.last_mut() {
            prompt.error = Some(words);
        }
    }

    fn done(&mut self, act: &Act, outcome: Outcome) -> Vec<Effect> {
        let is_told = outcome.message.is_some();
        if let Some(words) = outcome.message {
            // A saved record speaks for itself, unless something in it looks mistyped or the next of its kind is entered.
            let tone = if matches!(act, Act::Save { .. }) { Tone::Notice } else { Tone::Good };
            self.say_words(tone, words);
        }
        if uses_entry(act) {
            self.clear_entry();
        }
        if let Some(action) = outcome.allowed {
            return self.do_allowed(act, action);
        }
        if let Some(number) = outcome.returned {
            return self.return_of(number);
        }
        if let Some(paper) = outcome.paper {
            self.dialogs.push(Dialog::Paper(Reader::new(paper)));
        }
        match act {
            Act::CancelSuspended { .. } | Act::Sync(_) | Act::Punch { .. } | Act::WithdrawCampaign(_) => {
                return self.reload();
            }
            Act::StartBreak(..) => self.show_locked(Key::OnBreakBy),
            Act::CountDrawer(_) | Act::ClosePeriod(_) => self.leave_record(),
            Act::CorrectPunch(_) | Act::CorrectClosure(_) | Act::ShareTips(_) => {
                self.leave_record();
                return self.reload();
            }
            Act::Save { entered, .. } => return self.saved(is_told, entered),
            Act::Form { .. } => return self.screens_changed(),
            Act::Command(Command::VoidLine { .. }) if matches!(self.place(), Place::List(_)) => {
                return self.reload();
            }
            Act::PickUp(_) => {
                let is_shown = self.show_sale();
                return if is_shown { self.go_to(Screen::Payment) } else { Vec::new() };
            }
            Act::TakeBack { .. } => {
                let is_shown = self.show_sale();
                self.say(Tone::Good, Key::SaidTakenBack);
                return if is_shown { self.go_to(Screen::Payment) } else { Vec::new() };
            }
            Act::Resume(_)
            | Act::ConvertQuote { .. }
            | Act::Repeat(..)
            | Act::Command(
                Command::ExchangeForSale
                | Command::Open(_)
                | Command::Suspend { .. }
                | Command::Cancel { .. },
            ) => {
                self.show_sale();
            }
            _ => {}
        }
        if self.view.document.is_none() || matches!(act, Act::Command(Command::TakeTender(_))) {
            self.selling.tip = None;
        }
        if self.view.document.is_none() && matches!(self.place(), Place::Payment { .. }) {
            self.show_sale();
        }
        self.finish(&outcome.completed);
        self.next_scan()
    }

    /// Shows the receipt of what was settled, with the change in large above it.
    fn finish(&mut self, completed: &[Finished]) {
        let Some(last) = completed.last() else { return };
        let paid_out = completed.iter().find_map(|finished| finished.paid_out.as_ref());
        let headline = if let Some(paid_out) = paid_out {
            self.paid_out_words(paid_out)
        } else if last.change.is_positive() {
            let change = self.view.currency.show(last.change);
            self.text.fill(Key::ChangeSaid, &[("amount", &change)])
        } else if let Some((tip, all)) = last.tip {
            let [tip, all] = [tip, all].map(|amount| self.view.currency.show(amount));
            self.text.fill(Key::SaidTip, &[("tip", &tip), ("all", &all)])
        } else {
            self.text.word(Key::PaidSaid).to_owned()
        };
        let headline = Some(headline).filter(|_| last.is_paid);
        let title = last.receipt.title.clone();
        let lines = completed.iter().flat_map(|finished| finished.receipt.lines.iter().cloned()).collect();
        let paper = Paper { title, lines, ..Paper::default() };
        self.last_receipt = Some(paper.clone());
        self.dialogs.push(Dialog::Paper(Reader { paper, scroll: 0, headline }));
    }

    /// What the cashier hands out; where nothing is, where the money goes instead.
    fn paid_out_words(&self, paid_out: &PaidOut) -> String {
        let all = |amounts: Vec<String>| amounts.join(" + ");
        let in_hand = all(paid_out.in_hand.iter().map(|(currency, amount)| currency.show(*amount)).collect());
        let otherwise = paid_out.otherwise.iter().map(|(kind, amount)| {
            format!("{} {}", message::tender_kind(self.text, *kind), self.view.currency.show(*amount))
        });
        let otherwise = all(otherwise.collect());
        match (in_hand.is_empty(), otherwise.is_empty()) {
            (true, _) => self.text.fill(Key::NothingInCash, &[("where", &otherwise)]),
            (false, true) => self.text.fill(Key::PaidOutSaid, &[("amount", &in_hand)]),
            (false, false) => {
                self.text.fill(Key::PaidOutBoth, &[("amount", &in_hand), ("where", &otherwise)])
            }
        }
    }
}

/// The same act, by somebody who looked again.
pub(super) fn counted(act: Act) -> Act {
    match act {
        Act::Command(Command::TakeTender(take)) => {
            Act::Command(Command::TakeTender(TakeTender { counted: true, ..take }))
        }
        Act::Command(command) => Act::Counted(command),
        Act::Sell(sale) => Act::Sell(Sale { counted: true, ..sale }),
        Act::TakeEmpties(sale) => Act::TakeEmpties(Sale { counted: true, ..sale }),
        Act::ConvertQuote { quote, age, .. } => Act::ConvertQuote { quote, age, counted: true },
        other => other,
    }
}

/// Whether an act took what stood in the input line for a code, a quantity, a price or the like: refused, it is not taken
/// for anything else. An amount of money stays one whichever way it is to be paid.
const fn takes_typed(act: &Act) -> bool {
    match act {
        Act::Sell(_) | Act::TakeEmpties(_) | Act::Redeem(_) => true,
        Act::Command(command) | Act::Counted(command) => matches!(
            command,
            Command::AddLine(_)
                | Command::ChangeQuantity { .. }
                | Command::OverridePrice { .. }
                | Command::AdjustLine { .. }
                | Command::AdjustDocument { .. }
                | Command::EnterCoupon { .. }
                | Command::Suspend { .. }
        ),
        _ => false,
    }
}

/// Whether an act used what stood in the input line, so that it is empty for the next.
const fn uses_entry(act: &Act) -> bool {
    match act {
        Act::Sell(_) | Act::TakeEmpties(_) | Act::AssignCustomer(_) | Act::Redeem(_) => true,
        Act::Command(command) | Act::Counted(command) => !matches!(command, Command::OpenDrawer { .. }),
        Act::Resume(_)
        | Act::PickUp(_)
        | Act::ConvertQuote { .. }
        | Act::Repeat(..)
        | Act::CancelSuspended { .. }
        | Act::TakeBack { .. }
        | Act::Save { .. }
        | Act::Form { .. }
        | Act::WithdrawCampaign(_)
        | Act::Sync(_)
        | Act::UseFunction { .. }
        | Act::Punch { .. }
        | Act::StartBreak(..)
        | Act::CountDrawer(_)
        | Act::CorrectPunch(_)
        | Act::CorrectClosure(_)
        | Act::ShareTips(_)
        | Act::ToggleFavourite(_)
        | Act::ClosePeriod(_) => false,
    }
}
