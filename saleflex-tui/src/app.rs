//! The state of the screen, and what an action does to it.
//!
//! `update` changes the state and answers with effects; a [`Reply`](crate::effect::Reply) changes it again.
//! **Invariant:** nothing here waits, reads a clock or touches the till, so every behaviour is a test of before,
//! keys, after.

use std::collections::VecDeque;

use chrono::NaiveDateTime;
use ratatui::layout::Size;
use saleflex_core::money::{Currency, CurrencyCode};

use self::{bell::Bell, locks::Meant};
use crate::{
    action::{Action, Screen},
    dialog::Dialog,
    effect::{DeviceStatus, Effect, Paper, SyncStatus},
    entry,
    form::{Form, Forms, MENU},
    input::{Input, Listening},
    keyboard::Keyboard,
    keymap::{Key, Keymap, Mode},
    registry::{self, Entry},
    text::{self, Text},
    view::View,
};

mod adjust;
mod area;
mod badge;
mod bell;
mod cash;
mod closing;
mod common;
mod coupons;
mod day;
mod devices;
mod dialogs;
mod exempt;
mod gift_cards;
mod help;
mod import;
mod keyboard;
mod lines;
mod listing;
mod locks;
mod login;
mod menu;
mod mouse;
mod page;
mod particulars;
mod payment;
mod picks;
mod pieces;
mod place;
mod prompts;
mod reasons;
mod record;
mod refund;
mod reply;
mod rows;
mod sale;
mod selling;
mod sync;
#[cfg(test)]
mod tests;
mod tips;

pub use cash::notes;
pub use place::{Chosen, Letters, Login, Place, Return, Secret};
pub use selling::{Selling, Standing};

/// The form of the sale screen.
const SALE: &str = "SALE";

/// Everything the screen knows.
#[derive(Clone, Debug)]
pub struct State {
    /// The words.
    pub text: &'static Text,
    /// The screens' definitions.
    pub forms: Forms,
    /// The keys.
    pub keymap: Keymap,
    /// What the till holds.
    pub view: View,
    /// Where the cashier is, and how they came there; the last is shown.
    pub places: Vec<Place>,
    /// Dialogs above it; the last is in front.
    pub dialogs: Vec<Dialog>,
    /// Selling: what outlives a change of screens.
    pub selling: Selling,
    /// What is said below the screen.
    pub message: Option<Message>,
    /// What Enter presses.
    pub focus: Option<Focus>,
    /// Dual buttons show their second function.
    pub is_flipped: bool,
    /// Codes read while a dialog was open.
    pub scans: VecDeque<String>,
    /// What is heard of codes.
    pub(crate) bell: Bell,
    /// Whose approval was refused: they are asked once more.
    pub refused_approver: Option<String>,
    /// What the cashier means that is being done, and the screen that somebody let them see for it.
    pub(crate) meant: Meant,
    /// The last receipt of this session.
    pub last_receipt: Option<Paper>,
    /// How the devices stand.
    pub devices: DeviceStatus,
    /// How the connection to the hub stands.
    pub sync: SyncStatus,
    /// The on-screen keyboard, where it is shown.
    pub keyboard: Option<Keyboard>,
    /// The size of the terminal.
    pub size: Size,
    /// What the store's clock shows.
    pub now: Option<NaiveDateTime>,
    /// The program is over.
    pub is_over: bool,
}

/// What Enter presses: a button, or a row of a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Focus {
    /// The name of the control.
    pub control: String,
    /// Which of its rows, from 0; a button has one.
    pub row: usize,
}

/// What is said below the screen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// How it is meant.
    pub tone: Tone,
    /// The words.
    pub words: String,
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tone {
    /// It went as asked.
    Good,
    /// It was refused.
    Bad,
    /// It is to be known.
    Notice,
}

impl State {
    /// The state before anything is known of a till.
    ///
    /// # Panics
    /// Never: what is built in is read by tests.
    pub fn new(text: &'static Text, size: Size) -> Self {
        // Any currency will do until there is a till.
        let currency = Currency::of(CurrencyCode::parse("EUR").expect("three capital letters"));
        Self {
            text,
            forms: Forms::built_in(),
            keymap: Keymap::built_in(),
            view: View::empty(currency),
            places: vec![Place::Setup],
            dialogs: Vec::new(),
            selling: Selling::default(),
            message: None,
            focus: None,
            is_flipped: false,
            scans: VecDeque::new(),
            bell: Bell::default(),
            refused_approver: None,
            meant: Meant::default(),
            last_receipt: None,
            devices: DeviceStatus::default(),
            sync: SyncStatus::default(),
            keyboard: None,
            size,
            now: None,
            is_over: false,
        }
    }

    /// Shows the log-in screen: there is a till.
    pub fn begin(&mut self) {
        self.show_login(None);
    }

    /// Takes back what a scanner typed before its Enter came.
    pub fn untype(&mut self, typed: &str) {
        let (is_login, is_record) =
            (matches!(self.place(), Place::Login(_)), matches!(self.place(), Place::Record(_)));
        match self.dialogs.last_mut() {
            Some(Dialog::Prompt(prompt)) => prompt.untype(typed),
            Some(_) => {}
            // At log-in a badge takes the place of whatever was typed.
            None if is_login => {}
            None if is_record => self.untype_field(typed),
            None => self.selling.entry.untype(typed),
        }
    }

    /// Where the cashier is.
    pub fn place(&self) -> &Place {
        self.places.last().unwrap_or(&Place::Setup)
    }

    /// The definition of the screen shown.
    pub fn form(&self) -> Option<&Form> {
        self.forms.get(self.place().form())
    }

    /// What the next key acts on.
    pub fn mode(&self) -> Mode {
        match self.dialogs.last() {
            Some(Dialog::Prompt(_)) => Mode::Prompt,
            Some(Dialog::Question(_) | Dialog::Progress(_)) => Mode::Question,
            Some(Dialog::Pick(_)) => Mode::Pick,
            Some(Dialog::Paper(_)) => Mode::Paper,
            None => self.place_mode(),
        }
    }

    /// The mode of the screen below any dialog.
    pub fn place_mode(&self) -> Mode {
        match self.place() {
            Place::Setup => Mode::Setup,
            Place::Login(_) => Mode::Login,
            Place::Page { .. } => Mode::Page,
            Place::Sale if self.selling.selected.is_some() => Mode::Line,
            Place::Sale => Mode::Sale,
            Place::Payment { .. } => Mode::Payment,
            Place::List(_) => Mode::List,
            Place::Return(_) => Mode::Return,
            Place::Record(_) => Mode::Record,
        }
    }

    /// What a scanner means where typing goes now.
    pub fn listening(&self) -> Listening {
        match self.dialogs.last() {
            Some(Dialog::Prompt(prompt)) => self.listening_in(prompt),
            Some(Dialog::Question(_)) => Listening::Commands,
            Some(Dialog::Paper(_)) if self.is_selling() => Listening::Lookup,
            // A scan goes past it, but types nothing and closes nothing with its Enter.
            Some(Dialog::Paper(_)) if self.view.cashier.is_some() => Listening::Commands,
            Some(Dialog::Pick(_) | Dialog::Paper(_) | Dialog::Progress(_)) => Listening::Typing,
            None => match self.place() {
                Place::Login(login) if self.awaits_badge(login) => Listening::Lookup,
                Place::Setup | Place::Login(_) | Place::List(_) => Listening::Typing,
                Place::Record(record) => self.listening_in_record(record),
                Place::Sale if self.selling.selected.is_none() => Listening::Lookup,
                _ => Listening::Commands,
            },
        }
    }

    /// Takes what came from the terminal.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        // Nobody sells blind: where there is no room for a screen, keys but the one that ends the program mean nothing.
        if self.is_too_small() && !matches!(input, Input::Resize(_)) && !self.is_exit(&input) {
            return Vec::new();
        }
        match input {
            Input::Key(key) => self.key(key),
            Input::Paste(text) => self.paste(&text),
            Input::Click { column, row } => match self.click_keyboard(column, row) {
                Some(effects) => effects,
                None => self.click(column, row),
            },
            Input::Wheel(rows) => {
                let step = if rows < 0 { crate::action::Move::Up } else { crate::action::Move::Down };
                self.update(Action::Move(step))
            }
            Input::Resize(size) => {
                self.size = size;
                Vec::new()
            }
        }
    }

    /// Does what a cashier means.
    pub fn update(&mut self, action: Action) -> Vec<Effect> {
        if self.is_too_small() && matches!(action, Action::Scan(_)) {
            return Vec::new();
        }
        self.message = None;
        self.note_scan(false);
        if action == Action::Keyboard {
            self.toggle_keyboard();
            return Vec::new();
        }
        match self.update_keyboard(&action) {
            Some(effects) => effects,
            None => self.unless_asked(action),
        }
    }

    /// Does what a cashier means on the screen below the on-screen keyboard.
    fn pass(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Help => return self.show_help(),
            Action::Exit => return self.exit(),
            Action::Scan(code) => return self.scan(code),
            Action::RetryPrinting => return self.retry_printing(),
            Action::ReloadForms => {
                self.dialogs.clear();
                return vec![Effect::LoadForms { is_asked: true }];
            }
            _ => {}
        }
        if !self.dialogs.is_empty() {
            return self.update_dialog(action);
        }
        if let Action::PopUp(name) = &action {
            self.open_pop_up(name);
            return Vec::new();
        }
        match self.place() {
            Place::Setup => self.update_setup(&action),
            Place::Login(_) => self.update_login(&action),
            Place::Page { .. } => self.update_page(action),
            Place::Sale => self.update_sale(action),
            Place::Payment { .. } => self.update_payment(action),
            Place::List(_) => self.update_list(action),
            Place::Return(_) => self.update_return(action),
            Place::Record(_) => self.update_record(action),
        }
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        let mode = self.mode();
        // A receipt is in nobody's way: a key that it does not know closes it and counts.
        let is_past_paper = mode == Mode::Paper && self.is_selling() && key.typed().is_none();
        if is_past_paper && self.keymap.lookup(mode, key, |_| None).is_none() {
            self.dialogs.pop();
            return self.key(key);
        }
        if self.is_text(mode, key) {
            return key.typed().map_or_else(Vec::new, |character| self.update(Action::Type(character)));
        }
        // Enter presses what has the focus, a key of the keyboard on the screen first, whatever else it means there.
        let is_press = (self.has_focus() || self.keyboard.is_some()) && key == Key::ENTER;
        let form = if self.dialogs.is_empty() && !is_press { self.form() } else { None };
        let hotkey = |key: Key| {
            let mut buttons = form?.hotkeys();
            buttons.find(|(known, _)| *known == key).map(|(_, function)| function.action.clone())
        };
        match (self.keymap.lookup(mode, key, hotkey), key.typed()) {
            (Some(action), _) => {
                let action = self.visible(action);
                self.update(action)
            }
            (None, Some(character)) => self.update(Action::Type(character)),
            (None, None) => {
                let meant = key.without_shift().and_then(|plain| self.keymap.lookup(mode, plain, hotkey));
                let second = meant.and_then(|action| self.second_of(&action));
                let Some(action) = second else { return self.type_separator(key) };
                self.is_flipped = false;
                self.update(action)
            }
        }
    }

    /// Whether a sign that is a command on an empty input line belongs to what is being typed: `-` within a code.
    fn is_text(&self, mode: Mode, key: Key) -> bool {
        let Some(character) = key.typed() else { return false };
        let is_line = matches!(mode, Mode::Sale | Mode::Line | Mode::Payment);
        if !is_line || self.selling.entry.is_empty() || character.is_alphanumeric() {
            return false;
        }
        // What was refused is gone on with by nothing: a sign means what it does on an empty line. But where codes are typed
        // it may begin the next one: `-` takes no line back for it.
        let is_refused = self.selling.is_refused();
        if is_refused && mode != Mode::Sale {
            return false;
        }
        let is_number =
            self.selling.typed().chars().all(|typed| typed.is_ascii_digit() || matches!(typed, '.' | ','));
        !(is_number && matches!(character, '+' | '=' | '*'))
    }

    /// The action shown for another while dual buttons are flipped; running it flips them back.
    fn visible(&mut self, action: Action) -> Action {
        if !self.is_flipped || action == Action::Flip {
            return action;
        }
        let Some(second) = self.second_of(&action) else { return action };
        self.is_flipped = false;
        second
    }

    /// The second function of the dual button whose first one an action is.
    fn second_of(&self, action: &Action) -> Option<Action> {
        let mut duals = self.form()?.controls.iter().filter(|control| control.is_dual());
        let dual = duals.find(|control| control.first.as_ref().is_some_and(|first| first.action == *action));
        dual.and_then(|control| control.second.as_ref()).map(|second| second.action.clone())
    }

    fn paste(&mut self, text: &str) -> Vec<Effect> {
        if self.dialogs.is_empty() && self.paste_lines(text) {
            return Vec::new();
        }
        if self.dialogs.is_empty() && self.refuses_paste() {
            self.say(Tone::Notice, text::Key::NotHere);
            return Vec::new();
        }
        let line = entry::plain(text.lines().next().unwrap_or_default().trim());
        if matches!(self.listening(), Listening::Lookup) && self.is_selling() && self.dialogs.is_empty() {
            if !self.selling.type_anew().type_text(&line) {
                self.say(Tone::Bad, text::Key::LineFull);
            }
            return Vec::new();
        }
        let typed = line.chars().take(entry::LONGEST).map(Action::Type);
        typed.collect::<Vec<_>>().into_iter().flat_map(|action| self.update(action)).collect()
    }

    /// Whether the screen below any dialog takes codes.
    fn is_selling(&self) -> bool {
        matches!(self.place(), Place::Sale | Place::Payment { .. })
    }

    /// Takes what the store's clock shows; true where the screen shows something else now.
    pub fn tick(&mut self, now: NaiveDateTime) -> bool {
        let minute = |time: NaiveDateTime| time.and_utc().timestamp() / 60;
        let is_new = self.now.map(minute) != Some(minute(now));
        self.now = Some(now);
        self.count_wait_down() || is_new
    }

    /// Says a word below the screen.
    pub(crate) fn say(&mut self, tone: Tone, key: text::Key) {
        self.message = Some(Message { tone, words: self.text.word(key).to_owned() });
    }

    /// Says a sentence below the screen.
    pub(crate) fn say_words(&mut self, tone: Tone, words: String) {
        self.message = Some(Message { tone, words });
    }

    /// Goes to a screen; one that is open already below is returned to.
    pub(crate) fn go(&mut self, place: Place) {
        let same = |open: &Place| open.form() == place.form();
        if let Some(at) = self.places.iter().position(same) {
            self.places.truncate(at);
        }
        self.places.push(place);
        self.focus = None;
        self.selling.is_left = false;
        self.is_flipped = false;
        self.selling.selected = None;
    }

    /// Goes back to the screen before.
    pub(crate) fn go_back(&mut self) {
        if self.places.len() > 1 {
            self.places.pop();
        }
        self.focus = None;
        self.is_flipped = false;
    }

    /// The menu that everything starts from.
    pub(crate) fn menu() -> Place {
        Place::Page { form: MENU.to_owned(), at: 0 }
    }

    /// Shows the screen of a form, where the cashier may see it.
    fn open_form(&mut self, form: &str) -> Vec<Effect> {
        if self.is_forbidden(form) {
            return Vec::new();
        }
        match (form, registry::find(form)) {
            ("SALE", _) => {
                self.go(Place::Sale);
                Vec::new()
            }
            ("PAYMENT", _) => self.open_payment(),
            ("REFUND", _) => self.open_return(),
            (_, Some(Entry::List(listing))) => self.open_list(listing.form(), 0),
            (_, Some(Entry::Record(model))) => self.open_record(model.shape().form, None),
            (_, Some(Entry::Page { .. }) | None) => {
                self.go(Place::Page { form: form.to_owned(), at: 0 });
                Vec::new()
            }
        }
    }

    /// The screen that an action names.
    pub(crate) fn go_to(&mut self, screen: Screen) -> Vec<Effect> {
        match screen {
            Screen::Sale => self.open_form("SALE"),
            Screen::Payment => self.open_form("PAYMENT"),
            Screen::Return => self.open_form("REFUND"),
            Screen::Form(form) => self.open_form(&form),
        }
    }
}
