//! Screens that show one record: moving between fields and tabs, changing, saving.

use super::{Place, State, Tone, area, rows::stepped};
use crate::{
    action::{Action, Move},
    device::scanner::WRITTEN_SEPARATOR,
    effect::{Act, Effect, Question},
    form::Typing,
    input::{Listening, is_separator},
    keymap,
    listing::RowId,
    record::{Entered, FieldState, Fields, Model, Record, RecordRow, Value},
    registry::{self, Entry},
    text::{Key, Text},
};

impl State {
    /// Shows a record; none: a new one, or the only one there is.
    pub(crate) fn open_record(&mut self, form: &'static str, of: Option<RowId>) -> Vec<Effect> {
        let Some(Entry::Record(model)) = registry::find(form) else { return Vec::new() };
        if self.is_forbidden(form) {
            return Vec::new();
        }
        self.go(Place::Record(Box::new(Record::new(model, of))));
        vec![Effect::Ask(Question::Record { form, of })]
    }

    pub(super) fn record(&mut self) -> Option<&mut Record> {
        match self.places.last_mut() {
            Some(Place::Record(record)) => Some(record),
            _ => None,
        }
    }

    /// The rows of the tab shown, without the form they come from: the field of each, and which of its lines where it
    /// has several.
    pub(super) fn record_rows(&self) -> Vec<(usize, Option<usize>)> {
        let (Place::Record(record), Some(form)) = (self.place(), self.form()) else { return Vec::new() };
        let spot = |row| match row {
            RecordRow::Field(at, _) | RecordRow::Fault(at, _) => (at, None),
            RecordRow::Line(at, line) => (at, Some(line)),
        };
        record.rows(form).into_iter().map(spot).collect()
    }

    /// Takes what was read of the record in front. Where it was just opened, typing goes to the field that takes what is scanned,
    /// else to its text of several lines, else to the first row that takes it.
    pub(super) fn fill_record(&mut self, form: &str, fields: Fields) {
        let Some(record) = self.record().filter(|record| record.model.shape().form == form) else { return };
        let is_opened = record.fields.is_empty();
        record.fill(fields);
        if !is_opened {
            return;
        }
        let rows = self.record_rows();
        if let Some(record) = self.record() {
            let takes = |(at, _): &(usize, Option<usize>)| record.fields.get(*at).is_some_and(changes);
            let is_text = |(at, _): &(usize, Option<usize>)| {
                record.fields.get(*at).is_some_and(|field| matches!(field.value, Value::Area(_)))
            };
            let scanned = record.model.scan_field();
            let is_scanned = |(at, _): &(usize, Option<usize>)| {
                record.fields.get(*at).is_some_and(|field| Some(field.name) == scanned)
            };
            let first = rows.iter().position(is_scanned).or_else(|| rows.iter().position(is_text));
            let first = first.or_else(|| rows.iter().position(takes));
            record.at = first.unwrap_or(0);
        }
    }

    pub(super) fn update_record(&mut self, action: Action) -> Vec<Effect> {
        let before = self.followed();
        let mut effects = self.update_fields(action);
        let amounts = self.view.amounts();
        if let Some(record) = self.record() {
            let model = record.model;
            model.recompute(record, &amounts);
        }
        let after = self.followed().filter(|(form, values)| {
            before.as_ref().is_some_and(|(known, before)| known == form && before != values)
        });
        effects.extend(after.map(|(form, values)| Effect::Ask(Question::Followed { form, values })));
        effects
    }

    /// What stands in the fields of the record shown that others follow, and its form.
    fn followed(&self) -> Option<(&'static str, Vec<String>)> {
        let Place::Record(record) = self.place() else { return None };
        let names = Some(record.model.followed()).filter(|names| !names.is_empty())?;
        let entered = record.entered();
        let value = |name: &&str| entered.chosen(name).unwrap_or_else(|| entered.text(name)).to_owned();
        Some((record.model.shape().form, names.iter().map(value).collect()))
    }

    /// Takes what was read anew of the record in front.
    pub(super) fn follow_record(&mut self, form: &str, fields: Fields) {
        if let Some(record) = self.record().filter(|record| record.model.shape().form == form) {
            record.follow(fields);
        }
    }

    fn update_fields(&mut self, action: Action) -> Vec<Effect> {
        let rows = self.record_rows();
        let is_focused = self.has_focus();
        let tabs = self.record_tabs();
        if let Some(effects) = self.update_area(&rows, &action) {
            return effects;
        }
        let (typing, text) = (self.typing(), self.text);
        let Some(record) = self.record() else { return Vec::new() };
        let spot = rows.get(record.at).copied();
        let field = spot.and_then(|(at, line)| record.fields.get_mut(at).filter(|_| line.is_none()));
        match action {
            Action::Type(character) => {
                // A key that does nothing says why.
                if spot.is_some()
                    && field
                        .as_ref()
                        .is_none_or(|field| !changes(field) || matches!(field.value, Value::Area(_)))
                {
                    self.say(Tone::Notice, Key::OnlyShown);
                    return Vec::new();
                }
                let is_changed = field.is_some_and(|field| type_as(field, character, typing, text));
                record.is_dirty |= is_changed;
            }
            Action::Erase(what) => {
                if let Some(field) = field.filter(|field| is_typed(field)) {
                    field.error = None;
                    field.line.erase(what);
                    doubt_pieces(field, text);
                    record.is_dirty = true;
                }
            }
            Action::Move(step @ (Move::Left | Move::Right | Move::Start | Move::End)) => match field {
                Some(field) => record.is_dirty |= step_in(field, step),
                None => record.at = stepped(record, &rows, step),
            },
            Action::Move(Move::PageUp) if tabs > 1 => self.turn_tab(tabs - 1, tabs),
            Action::Move(Move::PageDown) if tabs > 1 => self.turn_tab(1, tabs),
            Action::Move(step) => record.at = stepped(record, &rows, step),
            Action::Confirm if !is_focused => return self.confirm_field(&rows),
            Action::Save => return self.save_record(),
            Action::Tab(tab) => return self.show_tab(tab),
            Action::Back if !is_focused && record.is_dirty && record.model.is_kept() => {
                let lines = vec![self.text.word(Key::LeaveQuestion).to_owned()];
                self.ask(lines, Key::YesKey, Effect::Leave);
            }
            Action::Back if !is_focused => {
                self.step_back();
                return self.left_behind();
            }
            Action::Row(event) => {
                let (model, of) = (record.model, record.of);
                if model.events().contains(&event) {
                    return model.act(self, of, event);
                }
                self.say(Tone::Notice, Key::NotHere);
            }
            other => return self.update_common(other),
        }
        Vec::new()
    }

    /// How the field that typing goes to takes what is typed.
    fn typing(&self) -> Typing {
        let (Place::Record(record), Some(form)) = (self.place(), self.form()) else {
            return Typing::default();
        };
        match record.rows(form).get(record.at) {
            Some(RecordRow::Field(_, control)) => control.typing,
            Some(RecordRow::Line(..) | RecordRow::Fault(..)) | None => Typing::default(),
        }
    }

    /// Gives a code that was scanned beside the keyboard to the field of the record shown that takes it; false where none does.
    /// Where the field is one line, typing goes on in the row below.
    pub(super) fn scan_into_record(&mut self, code: &str) -> bool {
        let Place::Record(record) = self.place() else { return false };
        let Some(name) = record.model.scan_field() else { return false };
        let is_shown = self.form().is_some_and(|form| form.control(name).is_some());
        let Some(record) = self.record().filter(|_| is_shown) else { return false };
        let Some(field) = record.fields.iter().find(|field| field.name == name) else { return false };
        let (is_line, model) = (is_typed(field), record.model);
        if !model.scanned(record, code) {
            self.ring_for_scan();
            let words = self.text.fill(Key::ScanNotTaken, &[("code", code)]);
            self.say_words(Tone::Bad, words);
        } else if is_line {
            self.show_field(name);
            let rows = self.record_rows();
            if let Some(record) = self.record() {
                record.at = stepped(record, &rows, Move::Down);
            }
        } else {
            self.go_past_scanned(name);
            let words = self.text.fill(Key::ScanListed, &[("code", code)]);
            self.say_words(Tone::Good, words);
        }
        true
    }

    /// Whether the record shown takes amounts and words for an act of its own and nothing that is scanned: a scan waits there.
    pub(super) fn holds_scans(&self) -> bool {
        let Place::Record(record) = self.place() else { return false };
        record.model.acts_when_saved() && record.model.scan_field().is_none()
    }

    /// What a scanner means where typing goes in a record: in one that holds scans back, no part of it; where goods are listed
    /// line after line, a line of its own, whatever somebody began to type in another.
    pub(super) fn listening_in_record(&self, record: &Record) -> Listening {
        let rows = self.record_rows();
        let field = rows.get(record.at).and_then(|(at, _)| record.fields.get(*at));
        if !self.holds_scans() {
            let is_list = field.is_some_and(|field| lists_scans(field, record.model));
            return if is_list { Listening::Words } else { Listening::Typing };
        }
        let is_text = field.is_some_and(|field| matches!(field.value, Value::Text(_)));
        if is_text { Listening::Words } else { Listening::Commands }
    }

    /// Types the separator between GS1 elements where a text is typed on a record that takes what is scanned: it writes nothing
    /// by itself, and elements without it run together.
    pub(super) fn type_separator(&mut self, key: keymap::Key) -> Vec<Effect> {
        let Place::Record(record) = self.place() else { return Vec::new() };
        let takes_codes = self.dialogs.is_empty() && record.model.scan_field().is_some();
        if !takes_codes || !is_separator(key) || !self.is_typing_text() {
            return Vec::new();
        }
        WRITTEN_SEPARATOR.chars().flat_map(|character| self.update(Action::Type(character))).collect()
    }

    /// Takes back what a scanner typed into a field.
    pub(super) fn untype_field(&mut self, typed: &str) {
        let (rows, amounts) = (self.record_rows(), self.view.amounts());
        let Some(record) = self.record() else { return };
        let spot = rows.get(record.at).copied();
        if let Some((field, Some(line))) = spot {
            area::untype_line(record, (field, line), typed);
        } else if let Some(field) = spot.and_then(|(field, _)| record.fields.get_mut(field)) {
            field.line.untype(typed);
        }
        let model = record.model;
        model.recompute(record, &amounts);
    }

    /// A record was left: what was saved while it stayed open is in no list that was read before, and what was scanned
    /// there waits no longer.
    pub(super) fn left_behind(&mut self) -> Vec<Effect> {
        let mut effects = self.reload();
        effects.extend(self.next_scan());
        effects
    }

    /// Whether the cursor is on a row that takes no text: a blank in what is pasted would tick its box, a letter turn its choice.
    pub(super) fn refuses_paste(&mut self) -> bool {
        let rows = self.record_rows();
        let Some(record) = self.record() else { return false };
        let field = rows.get(record.at).and_then(|(at, _)| record.fields.get(*at));
        field.is_some_and(|field| !is_typed(field))
    }

    /// Whether typing goes to a text.
    pub(super) fn is_typing_text(&self) -> bool {
        let Place::Record(record) = self.place() else { return false };
        let rows = self.record_rows();
        let field = rows.get(record.at).and_then(|(at, _)| record.fields.get(*at));
        field.is_some_and(|field| is_typed(field) || matches!(field.value, Value::Area(_)))
    }

    fn record_tabs(&self) -> u16 {
        let Place::Record(record) = self.place() else { return 1 };
        let panel = self.form().and_then(|form| form.control(record.model.shape().panel));
        panel.and_then(|panel| u16::try_from(panel.tabs.len()).ok()).unwrap_or(1).max(1)
    }

    fn turn_tab(&mut self, by: u16, tabs: u16) {
        if let Some(record) = self.record() {
            record.tab = (record.tab + by) % tabs;
            record.at = 0;
        }
    }

    /// Shows a tab, from 0; a press of the mouse.
    fn show_tab(&mut self, tab: u16) -> Vec<Effect> {
        if let Some(record) = self.record() {
            record.tab = tab;
            record.at = 0;
        }
        Vec::new()
    }

    /// Enter: what the definition gives the field, else the next field, past those that are only shown; behind the last the
    /// record is saved.
    fn confirm_field(&mut self, rows: &[(usize, Option<usize>)]) -> Vec<Effect> {
        if let Some(action) = self.function_of_field() {
            return self.update(action);
        }
        let Some(record) = self.record() else { return Vec::new() };
        if record.at + 1 < rows.len() && record.can_change() {
            // What stands behind the last of them is looked at before anything is saved.
            record.at = stepped(record, rows, Move::Down).max(record.at + 1);
            return Vec::new();
        }
        self.save_record()
    }

    /// What the field that typing goes to does when it is confirmed, where its definition says something else than that.
    fn function_of_field(&self) -> Option<Action> {
        let (Place::Record(record), form) = (self.place(), self.form()?) else { return None };
        match record.rows(form).get(record.at)? {
            RecordRow::Field(_, control) => {
                let function = control.first.as_ref().filter(|function| function.action != Action::Confirm);
                function.map(|function| function.action.clone())
            }
            RecordRow::Line(..) | RecordRow::Fault(..) => None,
        }
    }

    fn save_record(&mut self) -> Vec<Effect> {
        let Some(record) = self.record() else { return Vec::new() };
        let (model, of) = (record.model, record.of);
        if model.acts_when_saved() {
            return model.act(self, of, "SAVE_CHANGES");
        }
        let Some(record) = self.record() else { return Vec::new() };
        if !record.can_change() {
            self.go_back();
            return self.reload();
        }
        let (form, of, entered) = (record.model.shape().form, record.of, record.entered());
        Self::act(Act::Save { form, of, entered })
    }

    /// The record was saved: back to where it was opened, or on with the next where it is one of many. Where something of it
    /// was said already, that stays.
    pub(super) fn saved(&mut self, is_told: bool, entered: &Entered) -> Vec<Effect> {
        let told = self.message.as_ref().filter(|_| is_told).map(|message| message.words.clone());
        if let Some(record) = self.record() {
            record.is_dirty = false;
            if record.model.stays_open(record.of, entered) {
                record.told = told;
                self.begin_anew();
            } else {
                self.go_back();
            }
        }
        if !is_told {
            self.say(Tone::Good, Key::Saved);
        }
        self.reload()
    }

    /// Empties the record in front, to be filled and begun as if it were just opened, on the tab of what is scanned.
    fn begin_anew(&mut self) {
        let Place::Record(record) = self.place() else { return };
        let name = record.model.scan_field();
        let control = name.and_then(|name| self.form()?.control(name));
        let tab = control.map_or(0, |control| control.tab);
        if let Some(record) = self.record() {
            record.fields.clear();
            record.tab = tab;
        }
    }

    /// What the record was for is done: back to where it was opened.
    pub(super) fn leave_record(&mut self) {
        if let Some(record) = self.record() {
            record.is_dirty = false;
            self.go_back();
        }
    }

    /// Says beside the fields why they cannot be as they are, and shows the first of them.
    pub(crate) fn refuse_fields(&mut self, faults: &[(&'static str, String)]) {
        let words = faults.first().and_then(|(_, words)| words.lines().next()).map(str::to_owned);
        let Some(record) = self.record() else { return };
        for field in &mut record.fields {
            field.error = faults.iter().find(|(name, _)| *name == field.name).map(|(_, words)| words.clone());
            field.refused.clone_from(&field.error);
        }
        if let Some((name, _)) = faults.first() {
            self.show_field(name);
        }
        if let Some(words) = words {
            self.say_words(Tone::Bad, words);
        }
    }

    /// Shows the tab of a field, and has typing go to it; nothing where the form has no such field.
    fn show_field(&mut self, name: &str) {
        let Some(tab) = self.form().and_then(|form| form.control(name)).map(|control| control.tab) else {
            return;
        };
        let Some(record) = self.record() else { return };
        (record.tab, record.at) = (tab, 0);
        let Some(of) = record.fields.iter().position(|field| field.name == name) else { return };
        let rows = self.record_rows();
        // Above a text of several lines stands what is wrong with it, where nothing can be typed.
        let line = rows.iter().position(|row| *row == (of, Some(0)));
        let at = line.or_else(|| rows.iter().position(|(field, _)| *field == of)).unwrap_or(0);
        if let Some(record) = self.record() {
            record.at = at;
            if record.fields.get(of).is_some_and(|field| lists_scans(field, record.model)) {
                area::go_to_free_line(record, of, at);
            }
        }
    }
}

/// Whether a field can be changed.
const fn changes(field: &FieldState) -> bool {
    !matches!(field.value, Value::Fixed(_) | Value::Lines(_))
}

/// Whether a field lists what is scanned, a line each.
fn lists_scans(field: &FieldState, model: &'static dyn Model) -> bool {
    matches!(field.value, Value::Area(_)) && model.scan_field() == Some(field.name)
}

/// Whether a field takes letters.
const fn is_typed(field: &FieldState) -> bool {
    matches!(field.value, Value::Text(_) | Value::Secret(_) | Value::Pieces { .. })
}

/// Types into a field as its control takes it; true where that changed it. What is ticked or chosen is no text.
fn type_as(field: &mut FieldState, character: char, typing: Typing, text: &Text) -> bool {
    if !matches!(field.value, Value::Text(_)) {
        let has_changed = type_into(field, character);
        doubt_pieces(field, text);
        return has_changed;
    }
    let mut has_changed = false;
    for taken in typing.taken(character, text) {
        has_changed |= type_into(field, taken);
    }
    has_changed
}

/// Says beside a field of notes or coins that their worth stands there, and not how many there are. A point that was left out
/// of it would make a hundred times as many.
fn doubt_pieces(field: &mut FieldState, text: &Text) {
    let is_sum = field.line.text().contains(|sign: char| !sign.is_ascii_digit());
    if is_sum && matches!(field.value, Value::Pieces { .. }) {
        field.error = Some(text.word(Key::PiecesNotWorth).to_owned());
    }
}

/// Types into a field; true where that changed it.
fn type_into(field: &mut FieldState, character: char) -> bool {
    if matches!(field.value, Value::Area(_)) {
        return false;
    }
    field.error = None;
    match &mut field.value {
        Value::Text(_) | Value::Secret(_) => field.line.type_char(character),
        Value::Pieces { .. } => {
            (character.is_ascii_digit() || ".,-".contains(character)) && field.line.type_char(character)
        }
        Value::Flag(flag) if character == ' ' => {
            *flag = !*flag;
            true
        }
        Value::Choice { options, at } => {
            let count = options.len().max(1);
            let starts =
                |option: &&String| option.to_lowercase().starts_with(&character.to_lowercase().to_string());
            let next = options.iter().cycle().skip(*at + 1).take(count).position(|option| starts(&option));
            *at = match next {
                Some(steps) if character != ' ' => (*at + 1 + steps) % count,
                _ if character == ' ' => (*at + 1) % count,
                _ => *at,
            };
            true
        }
        Value::Area(_) | Value::Flag(_) | Value::Fixed(_) | Value::Lines(_) => false,
    }
}

/// Moves within a field, or to its next choice; true where that changed it.
fn step_in(field: &mut FieldState, step: Move) -> bool {
    match (&mut field.value, step) {
        (Value::Choice { options, at }, Move::Left | Move::Right) => {
            let count = options.len().max(1);
            *at = if step == Move::Left { (*at + count - 1) % count } else { (*at + 1) % count };
            field.error = None;
            true
        }
        (Value::Flag(flag), Move::Left | Move::Right) => {
            *flag = !*flag;
            true
        }
        (Value::Text(_) | Value::Secret(_) | Value::Pieces { .. }, step) => {
            field.line.step(step);
            false
        }
        _ => false,
    }
}
