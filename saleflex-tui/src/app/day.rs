//! The working day: punching the clock, breaks, the lock.

use saleflex_core::cashier::{session::BreakKind, time_clock::Punch};

use super::{Login, Message, Place, State, Tone};
use crate::{
    dialog::{Choice, Dialog, Field, FieldKind, Pick, Prompt, Purpose, Row},
    effect::{Act, Credentials, Effect},
    message,
    text::Key,
};

impl State {
    /// Punches the clock: the cashier on duty at once, anybody else says who they are.
    pub(crate) fn punch(&mut self, user_name: String, punch: Punch) -> Vec<Effect> {
        if self.is_on_duty(&user_name) {
            return Self::act(Act::Punch { who: None, punch });
        }
        self.ask_who(user_name, punch);
        Vec::new()
    }

    /// Asks for the secret of whoever punches.
    pub(super) fn ask_who(&mut self, user_name: String, punch: Punch) {
        let field = Field::new(self.text.word(Key::SecretField), FieldKind::Secret);
        let known = self.view.cashiers.iter().find(|person| person.user_name == user_name);
        let name = known.map_or_else(|| user_name.clone(), |person| person.name.clone());
        let hint = self.text.fill(Key::PunchHint, &[("name", &name)]);
        let title = self.text.word(Key::TitleTimeClock);
        let prompt = Prompt::new(title, vec![field], Purpose::Punch(user_name, punch));
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// What the answer leads to.
    pub(super) fn answer_punch(user_name: &str, punch: Punch, secret: &str) -> Vec<Effect> {
        let who = Some(Credentials { user_name: user_name.to_owned(), secret: secret.to_owned() });
        Self::act(Act::Punch { who, punch })
    }

    /// Lists the kinds of break: of somebody at the clock, or of the cashier who leaves the till.
    pub(crate) fn pick_break(&mut self, user_name: Option<&str>) {
        if self.view.cashier.is_none() {
            return;
        }
        let rows = BreakKind::ALL.map(|kind| Row {
            cells: vec![self.text.word(message::break_kind(kind)).to_owned()],
            choice: Choice::Break(user_name.map(str::to_owned), kind),
        });
        self.dialogs.push(Dialog::Pick(Pick::here(self.text.word(Key::BreakTitle), rows.into())));
    }

    fn is_on_duty(&self, user_name: &str) -> bool {
        self.view.cashier.as_ref().is_some_and(|person| person.user_name == user_name)
    }

    /// A kind of break was picked. The cashier on duty leaves the till with it, also where it was begun at the clock.
    pub(super) fn begin_break(&mut self, user_name: Option<String>, kind: BreakKind) -> Vec<Effect> {
        match user_name.filter(|user_name| !self.is_on_duty(user_name)) {
            Some(user_name) => self.punch(user_name, Punch::BreakStart(kind)),
            // One by plan says how long it is to last.
            None if kind == BreakKind::Scheduled => {
                let field = Field::new(self.text.word(Key::PlannedField), FieldKind::Number).optional();
                let title = self.text.word(Key::BreakTitle);
                let prompt = Prompt::new(title, vec![field], Purpose::Break(kind));
                self.dialogs.push(Dialog::Prompt(Box::new(prompt)));
                Vec::new()
            }
            None => Self::act(Act::StartBreak(kind, None)),
        }
    }

    /// How many minutes a break is to last was typed; nothing is no plan.
    pub(super) fn answer_break(&self, kind: BreakKind, typed: &str) -> Result<Vec<Effect>, String> {
        /// A day; more is a mistake.
        const LONGEST: u32 = 24 * 60;
        let minutes = || typed.trim().parse().ok().filter(|minutes| (1..=LONGEST).contains(minutes));
        match (typed.trim().is_empty(), minutes()) {
            (true, _) => Ok(Self::act(Act::StartBreak(kind, None))),
            (false, Some(minutes)) => Ok(Self::act(Act::StartBreak(kind, Some(minutes)))),
            (false, None) => Err(self.text.word(Key::PlannedNotRead).to_owned()),
        }
    }

    /// Locks the till: the screen at once, and the till with it.
    pub(super) fn lock(&mut self) -> Vec<Effect> {
        if self.view.cashier.is_none() {
            return Vec::new();
        }
        self.show_locked(Key::LockedBy);
        vec![Effect::Lock]
    }

    /// Shows that the till is locked, and why.
    pub fn show_locked(&mut self, why: Key) {
        let Some(person) = self.view.cashier.clone() else { return };
        if matches!(self.place(), Place::Login(_)) {
            return;
        }
        let words = self.text.fill(why, &[("name", &person.name)]);
        self.dialogs.clear();
        self.places.push(Place::Login(Login { locked_by: Some(Box::new(person)), ..Login::default() }));
        self.focus = None;
        self.message = Some(Message { tone: Tone::Notice, words });
    }
}
