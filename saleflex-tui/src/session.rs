//! State and till together: what comes from the terminal goes in, effects are carried out until none is left.

use std::{collections::VecDeque, time::Duration};

use chrono::{DateTime, Utc};
use ratatui::layout::Size;
use saleflex_store::Shell;

use crate::{
    action::Action,
    app::{Place, State, Tone},
    device::scanner::entered_by_keys,
    effect::{Desk, Effect, FirstStart},
    input::{Heard, Input},
    text::{Key, Text},
};

/// A cashier at a till.
pub struct Session<S> {
    /// What is shown.
    pub state: State,
    desk: Desk<S>,
    /// What goes on once the screen was drawn.
    later: VecDeque<Effect>,
    /// What is looked for next in what is long, once nobody types.
    search: Option<Effect>,
    /// The document changed, and what little more would save was not worked out since.
    wants_advice: bool,
    /// The language was chosen for this run, whatever the till's settings say.
    has_fixed_language: bool,
    /// When somebody did something last.
    touched: DateTime<Utc>,
}

impl<S: Shell + Clone + 'static> Session<S> {
    /// Begins at the log-in screen, or at the first start where there is no till.
    pub fn new(desk: Desk<S>, size: Size) -> Self {
        let mut desk = desk;
        let touched = desk.instant();
        let mut session = Self {
            state: State::new(desk.text(), size),
            desk,
            later: VecDeque::new(),
            search: None,
            wants_advice: false,
            has_fixed_language: false,
            touched,
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

    /// Says what somebody should know before the first sale, where nothing is said that is broken.
    pub fn warn(&mut self, key: Key) {
        if self.state.message.as_ref().is_none_or(|message| message.tone != Tone::Bad) {
            self.state.say(Tone::Bad, key);
        }
    }

    /// The till.
    pub const fn till(&mut self) -> Option<&mut saleflex_store::Till> {
        self.desk.till()
    }

    /// Takes what came from the terminal.
    pub fn handle(&mut self, input: Input) {
        self.touched = self.desk.instant();
        // Whoever does something with what was found means what the words find that stand there.
        if !matches!(&input, Input::Key(key) if key.typed().is_some())
            && let Some(search) = self.search.take_if(|search| search.lists_anew())
        {
            self.look(search);
        }
        let effects = self.state.handle(input);
        self.settle(effects);
    }

    /// Takes a key or a scan.
    pub fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Key(key) => self.handle(Input::Key(key)),
            Heard::Scan { code, typed } => {
                self.touched = self.desk.instant();
                self.state.untype(&typed);
                let effects = self.state.update(Action::Scan(entered_by_keys(&code)));
                self.settle(effects);
            }
        }
    }

    /// Does what an action means, as its key or button would.
    pub fn perform(&mut self, action: Action) {
        let effects = self.state.update(action);
        self.settle(effects);
    }

    /// Looks at the clock; true where the screen is to show something else now. A till that nobody touches for as long as the
    /// store allows is locked.
    pub fn tick(&mut self) -> bool {
        let is_locked = self.desk.lock_if_idle(self.touched);
        if is_locked {
            self.refresh();
            self.state.show_locked(Key::LockedIdle);
        }
        let is_next_day = self.desk.turn_day();
        if is_next_day {
            self.refresh();
        }
        let scans = self.desk.scans();
        let has_scans = !scans.is_empty();
        for code in scans {
            self.take_scan(code);
        }
        self.desk.turn_slide();
        let now = self.desk.now();
        let has_news = self.state.take_devices(self.desk.devices());
        let (sync, news) = self.desk.sync();
        let (has_heard, anew) = self.state.take_sync(sync, news);
        if has_heard {
            self.refresh();
        }
        self.settle(anew);
        self.state.tick(now) || is_locked || is_next_day || has_news || has_scans || has_heard
    }

    /// Connects the till to its hub, from now on.
    pub fn go_live(&mut self) {
        self.desk.go_live();
    }

    /// A scanner on a line of its own read a code: where somebody logs in, a badge. Before there is a till it means nothing.
    fn take_scan(&mut self, code: String) {
        if self.state.view.cashier.is_some() || matches!(self.state.place(), Place::Login(_)) {
            self.touched = self.desk.instant();
            let effects = self.state.update(Action::Scan(code));
            self.settle(effects);
        }
    }

    /// How often the bell of the terminal is to ring for what was scanned, as this computer is set up; it is asked for once.
    pub fn rings(&mut self) -> u8 {
        self.state.take_sound().map_or(0, |sound| self.desk.rings(sound))
    }

    /// Whether something besides the terminal is listened to.
    pub const fn is_listening(&self) -> bool {
        self.desk.has_scanner()
    }

    /// Lets what is being printed come out before the program ends.
    pub fn finish_printing(&self, patience: Duration) {
        self.desk.finish_printing(patience);
    }

    /// Whether something that takes a while goes on.
    pub fn is_at_work(&self) -> bool {
        !self.later.is_empty()
    }

    /// Goes on with what takes a while, one part of it, else with what can wait until nobody types: the next part of a
    /// search, advice. False where nothing is left to do.
    pub fn go_on(&mut self) -> bool {
        if let Some(next) = self.later.pop_front() {
            self.settle(vec![next]);
            return true;
        }
        if let Some(search) = self.search.take() {
            self.look(search);
            return true;
        }
        if std::mem::take(&mut self.wants_advice) {
            return self.advise();
        }
        self.desk.prepare_search();
        false
    }

    /// Shows what a few more pieces would save, and which ways to pay; whether there is something.
    fn advise(&mut self) -> bool {
        match self.desk.advice().and_then(|advice| Ok((advice, self.desk.cheaper()?))) {
            Ok((advice, cheaper)) => (self.state.view.advice, self.state.view.cheaper) = (advice, cheaper),
            Err(words) => self.state.say_words(Tone::Bad, words),
        }
        self.state.view.advice.is_some() || self.state.view.cheaper.is_some()
    }

    /// Looks through one part of what is long; what follows waits for its turn.
    fn look(&mut self, search: Effect) {
        let following = self.desk.run(search).map(|reply| self.state.receive(reply)).unwrap_or_default();
        self.settle(following);
    }

    fn settle(&mut self, effects: Vec<Effect>) {
        let mut waiting = VecDeque::from(effects);
        while let Some(effect) = waiting.pop_front() {
            let only_asks = matches!(effect, Effect::Ask(_) | Effect::Leave);
            if effect == Effect::Exit {
                self.state.is_over = true;
                return;
            }
            if effect.lists_anew() {
                // What was found for other words is no part of this list.
                self.search = None;
            }
            if effect.waits() {
                self.search = Some(effect);
                continue;
            }
            let reply = self.desk.run(effect);
            if !only_asks {
                self.refresh();
            }
            self.state.now = Some(self.desk.now());
            let following = reply.map(|reply| self.state.receive(reply)).unwrap_or_default();
            self.state.take_devices(self.desk.devices());
            // The next part of what takes a while waits until the screen tells how far it is.
            let (parts, at_once): (Vec<_>, Vec<_>) = following.into_iter().partition(Effect::is_part);
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
                self.wants_advice = view.document.is_some();
                self.state.refresh(view);
            }
            Err(words) => self.state.say_words(Tone::Bad, words),
        }
    }
}
