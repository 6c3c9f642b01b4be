//! What holds on every screen: leaving, locking, scanning and buttons.

use saleflex_core::document::Command;

use super::{Focus, Place, SALE, State, Tone};
use crate::{
    action::{Action, Move},
    dialog::{Dialog, Question, Then},
    effect::{self, Act, Effect},
    form::{Control, ControlKind, SMALLEST},
    input::Input,
    text::Key,
};

impl State {
    /// Whether the terminal has too little room to show anything but that it has.
    pub const fn is_too_small(&self) -> bool {
        self.size.width < SMALLEST.width || self.size.height < SMALLEST.height
    }

    pub(super) fn is_exit(&self, input: &Input) -> bool {
        matches!(input, Input::Key(key) if self.keymap.lookup(self.mode(), *key, |_| None) == Some(Action::Exit))
    }

    /// What a screen does with an action that is none of its own.
    pub(super) fn update_common(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Go(screen) => self.go_to(screen),
            Action::Palette => {
                self.open_palette();
                Vec::new()
            }
            Action::Lock => self.lock(),
            Action::StartBreak => {
                self.pick_break(None);
                Vec::new()
            }
            Action::LogOut => self.log_out(),
            Action::ChangeSecret => {
                self.ask_secret();
                Vec::new()
            }
            Action::Redeem => self.redeem(),
            Action::EnterCoupon => self.enter_coupon(),
            Action::ReleaseCoupon => self.release_coupon(),
            Action::Flip => {
                self.is_flipped = !self.is_flipped;
                Vec::new()
            }
            Action::OpenDrawer => {
                self.ask_drawer();
                Vec::new()
            }
            Action::MoveCash(kind) => {
                self.ask_cash(kind);
                Vec::new()
            }
            Action::LastReceipt => self.read("CLOSURE_RECEIPTS", effect::Question::LastReceipt),
            Action::ImportProducts => {
                self.ask_import();
                Vec::new()
            }
            Action::XReport => self.read("CLOSURE", effect::Question::XReport),
            Action::CheckUp => self.read("SERVICE", effect::Question::CheckUp),
            Action::BackUp => self.read("SERVICE", effect::Question::BackUp),
            Action::ZReport => Self::begin_closing(),
            Action::Move(Move::Next) => self.move_focus(true),
            Action::Move(Move::Previous) => self.move_focus(false),
            Action::Confirm => self.press_focused(),
            Action::Back => {
                if self.focus.take().is_none() {
                    self.step_back();
                }
                Vec::new()
            }
            // What belongs to selling is done on the sale screen, wherever it was chosen.
            other if self.is_of_sale(&other) => {
                if !self.is_selling() && self.is_forbidden(SALE) {
                    return Vec::new();
                }
                self.go(Place::Sale);
                self.update_sale(other)
            }
            Action::Type(_) | Action::Erase(_) | Action::Move(_) | Action::Scan(_) => Vec::new(),
            _ => {
                self.say(Tone::Notice, Key::NotHere);
                Vec::new()
            }
        }
    }

    /// What is for whoever may see a screen, wherever it is asked for.
    fn read(&mut self, form: &str, question: effect::Question) -> Vec<Effect> {
        if self.is_forbidden(form) { Vec::new() } else { vec![Effect::Ask(question)] }
    }

    /// Whether the sale screen knows an action: it sells something, is on its form or among its keys.
    pub(super) fn is_of_sale(&self, action: &Action) -> bool {
        if matches!(self.place(), Place::Sale)
            || matches!(action, Action::Type(_) | Action::Erase(_) | Action::Move(_))
        {
            return false;
        }
        let functions = self.forms.get(SALE).map_or(&[][..], |form| form.functions.as_slice());
        matches!(action, Action::SellCode(_) | Action::SellBarcode(_) | Action::SellDepartment(_))
            || functions.iter().any(|function| function.action == *action)
            || self.keymap.keys(crate::keymap::Mode::Sale).iter().any(|(_, known)| known == action)
    }

    /// Asks whether to end the program; with nobody logged in it ends, and where nobody could read the question.
    pub(super) fn exit(&mut self) -> Vec<Effect> {
        if self.view.cashier.is_none() || self.is_too_small() {
            return vec![Effect::Exit];
        }
        let open = self.view.document.as_ref().map(|document| {
            self.text.fill(Key::ExitOpenDocument, &[("number", &document.number.to_string())])
        });
        let lines =
            [Some(self.text.word(Key::ExitQuestion).to_owned()), open].into_iter().flatten().collect();
        self.ask(lines, Key::YesKey, Effect::Exit);
        Vec::new()
    }

    /// Asks a question that the key named by `key` answers with yes.
    pub(crate) fn ask(&mut self, lines: Vec<String>, key: Key, effect: Effect) {
        self.put(lines, key, Then::Ask(effect));
    }

    /// Puts a question before whatever follows from its yes.
    pub(super) fn put(&mut self, lines: Vec<String>, key: Key, then: Then) {
        let key = self.text.word(key).chars().next().unwrap_or('y');
        self.dialogs.push(Dialog::Question(Question { lines, key, then }));
    }

    /// Does something at the till.
    pub(crate) fn act(act: Act) -> Vec<Effect> {
        vec![Effect::act(act)]
    }

    /// Gives the till a command.
    pub(super) fn command(command: Command) -> Vec<Effect> {
        Self::act(Act::Command(command))
    }

    fn log_out(&mut self) -> Vec<Effect> {
        if self.view.document.as_ref().is_some_and(|document| document.active_lines().next().is_some()) {
            self.say(Tone::Bad, Key::LogOutDocumentOpen);
            return Vec::new();
        }
        vec![Effect::LogOut]
    }

    /// A scanner read a code. It is sold wherever the cashier is, but not amid a payment; while something must
    /// be answered first, it waits.
    pub(super) fn scan(&mut self, code: String) -> Vec<Effect> {
        if matches!(self.place(), Place::Login(_)) {
            // Below a dialog it means nothing, and is not heard.
            if self.dialogs.is_empty() {
                self.note_scan(true);
                self.scan_badge(&code);
            }
            return Vec::new();
        }
        self.note_scan(true);
        if self.scan_approver(&code) {
            return Vec::new();
        }
        if self.asks_to_leave() {
            // Held back it would be sold to whoever is next once the record is left.
            let words = self.text.fill(Key::ScanAtLeaving, &[("code", &code)]);
            self.say_words(Tone::Bad, words);
            self.ring_for_scan();
            return Vec::new();
        }
        if matches!(self.dialogs.last(), Some(Dialog::Paper(_))) {
            self.dialogs.pop();
        }
        if let Place::Return(back) = self.place()
            && back.sold.is_none()
            && self.dialogs.is_empty()
        {
            return self.return_of(code);
        }
        if !self.dialogs.is_empty() || matches!(self.place(), Place::Return(_)) || self.holds_scans() {
            let words = self.text.fill(Key::ScanWaits, &[("code", &code)]);
            self.scans.push_back(code);
            self.say_words(Tone::Notice, words);
            self.ring_for_scan();
            return Vec::new();
        }
        if matches!(self.place(), Place::Payment { .. }) {
            let words = self.text.fill(Key::ScanInPayment, &[("code", &code)]);
            self.say_words(Tone::Bad, words);
            self.ring_for_scan();
            return Vec::new();
        }
        if self.scan_into_record(&code) {
            return Vec::new();
        }
        if !self.is_selling() {
            if self.is_forbidden(SALE) {
                self.ring_for_scan();
                return Vec::new();
            }
            self.go(Place::Sale);
        }
        self.sell_code(&code)
    }

    /// Sells a code that waited, now that nothing is in its way.
    pub(super) fn next_scan(&mut self) -> Vec<Effect> {
        if !self.dialogs.is_empty()
            || matches!(self.place(), Place::Return(_) | Place::Login(_) | Place::Setup)
            || self.holds_scans()
        {
            return Vec::new();
        }
        self.scans.pop_front().map_or_else(Vec::new, |code| self.scan(code))
    }

    pub(super) fn press(&mut self, control: &Control) -> Vec<Effect> {
        let Some(function) = control.function(self.is_flipped).cloned() else { return Vec::new() };
        if control.is_dual() {
            self.is_flipped = false;
        }
        self.update(function.action)
    }

    fn press_focused(&mut self) -> Vec<Effect> {
        let Some(focus) = self.focus.clone() else { return Vec::new() };
        let Some(control) = self.form().and_then(|form| form.control(&focus.control)).cloned() else {
            return Vec::new();
        };
        // The rows of a pop-up are picked above the screen.
        let rows = if control.kind == ControlKind::ListBox { control.items.as_slice() } else { &[] };
        match rows.get(focus.row).cloned() {
            Some(item) => item.function.map_or_else(Vec::new, |function| self.update(function.action)),
            None => self.press(&control),
        }
    }

    /// Whether Enter presses a button.
    pub(super) fn has_focus(&self) -> bool {
        self.focus.is_some()
    }

    fn move_focus(&mut self, forward: bool) -> Vec<Effect> {
        let Some(form) = self.form() else { return Vec::new() };
        let stops: Vec<Focus> = form
            .place(self.size)
            .into_iter()
            .flat_map(|(control, _)| {
                (0..control.stops()).map(|row| Focus { control: control.name.clone(), row })
            })
            .collect();
        let now = self.focus.as_ref().and_then(|focus| stops.iter().position(|other| other == focus));
        let next = match (now, forward) {
            (None, true) => Some(0),
            (None, false) => stops.len().checked_sub(1),
            // Beyond the last and before the first, typing has the focus again.
            (Some(at), true) => Some(at + 1),
            (Some(at), false) => at.checked_sub(1),
        };
        self.focus = next.and_then(|at| stops.into_iter().nth(at));
        Vec::new()
    }
}
