//! State and till together: what comes from the terminal goes in, effects are carried out until none is left.

use std::{collections::VecDeque, time::Duration};

use ratatui::layout::Size;
use saleflex_store::Shell;

use crate::{
    action::Action,
    app::{State, Tone},
    effect::{Desk, Effect, FirstStart},
    input::{Heard, Input},
    text::Text,
};

/// A cashier at a till.
pub struct Session<S> {
    /// What is shown.
    pub state: State,
    desk: Desk<S>,
    /// What goes on once the screen was drawn.
    later: VecDeque<Effect>,
    /// The language was chosen for this run, whatever the till's settings say.
    has_fixed_language: bool,
}

impl<S: Shell + Clone + 'static> Session<S> {
    /// Begins at the log-in screen, or at the first start where there is no till.
    pub fn new(desk: Desk<S>, size: Size) -> Self {
        let mut session = Self {
            state: State::new(desk.text(), size),
            desk,
            later: VecDeque::new(),
            has_fixed_language: false,
        };
        session.refresh();
        if session.desk.has_till() {
            session.state.begin();
            session.settle(vec![Effect::LoadForms { is_asked: false }]);
        }
        session.tick();
        session
    }

    /// Speaks the present language whatever the till's settings say.
    pub fn fix_language(&mut self, text: &'static Text) {
        self.has_fixed_language = true;
        self.desk.speak(text);
        self.state.text = text;
    }

    /// Makes the demo store at the first start, without asking.
    pub fn make_demo(&mut self) {
        if !self.desk.has_till() {
            self.settle(vec![Effect::SetUp(FirstStart::Demo)]);
        }
    }

    /// The till.
    pub const fn till(&mut self) -> Option<&mut saleflex_store::Till> {
        self.desk.till()
    }

    /// Takes what came from the terminal.
    pub fn handle(&mut self, input: Input) {
        let effects = self.state.handle(input);
        self.settle(effects);
    }

    /// Takes a key or a scan.
    pub fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Key(key) => self.handle(Input::Key(key)),
            Heard::Scan { code, typed } => {
                self.state.untype(&typed);
                let effects = self.state.update(Action::Scan(code));
                self.settle(effects);
            }
        }
    }

    /// Does what an action means, as its key or button would.
    pub fn perform(&mut self, action: Action) {
        let effects = self.state.update(action);
        self.settle(effects);
    }

    /// Looks at the clock; true where the screen shows another time now.
    pub fn tick(&mut self) -> bool {
        let now = self.desk.now();
        let has_news = self.state.take_devices(self.desk.devices());
        let (sync, news) = self.desk.sync();
        let has_heard = self.state.take_sync(sync, news);
        if has_heard {
            self.refresh();
        }
        self.state.tick(now) || has_news || has_heard
    }

    /// Connects the till to its hub, from now on.
    pub fn go_live(&mut self) {
        self.desk.go_live();
    }

    /// Lets what is being printed come out before the program ends.
    pub fn finish_printing(&self, patience: Duration) {
        self.desk.finish_printing(patience);
    }

    /// Goes on with what takes a while, one part of it; false where nothing is left to do.
    pub fn go_on(&mut self) -> bool {
        let next = self.later.pop_front();
        let is_more = next.is_some();
        self.settle(next.into_iter().collect());
        is_more
    }

    fn settle(&mut self, effects: Vec<Effect>) {
        let mut waiting = VecDeque::from(effects);
        while let Some(effect) = waiting.pop_front() {
            let only_asks = matches!(effect, Effect::Ask(_) | Effect::LoadForms { .. } | Effect::Leave);
            if effect == Effect::Exit {
                self.state.is_over = true;
                return;
            }
            let reply = self.desk.run(effect);
            if !only_asks {
                self.refresh();
            }
            self.state.now = Some(self.desk.now());
            let following = reply.map(|reply| self.state.receive(reply)).unwrap_or_default();
            self.state.take_devices(self.desk.devices());
            // The next part of what takes a while waits until the screen tells how far it is.
            let (parts, at_once): (Vec<_>, Vec<_>) =
                following.into_iter().partition(|effect| *effect == Effect::StoreProducts);
            self.later.extend(parts);
            waiting.extend(at_once);
        }
    }

    fn refresh(&mut self) {
        match self.desk.view() {
            Ok(view) => {
                if self.desk.has_till() && !self.has_fixed_language {
                    let text = Text::of(view.appearance.language.as_deref());
                    self.desk.speak(text);
                    self.state.text = text;
                }
                self.state.refresh(view);
            }
            Err(words) => self.state.say_words(Tone::Bad, words),
        }
    }
}
