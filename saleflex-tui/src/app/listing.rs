//! Screens that list things: moving, narrowing, going back in time. What a row is good for is its listing's.

use super::{Place, State, Tone};
use crate::{
    action::{Action, Move},
    dialog::stepped,
    effect::{Effect, Question},
    entry::TypedLine,
    listing::{List, Listed, Listing, Query, why::Why},
    registry::{self, Entry},
    text::Key,
};

/// Rows passed by a page key.
const PAGE: usize = 10;
/// Most rows that a search of what is long finds: whoever wants others says more.
const MOST_FOUND: usize = 500;

impl State {
    /// Shows the list of a form, so many periods back.
    pub(crate) fn open_list(&mut self, form: &str, back: u32) -> Vec<Effect> {
        self.open_narrowed(form, TypedLine::default(), back)
    }

    /// Shows the list of a form narrowed to what a text finds, which stands there as if it had been typed.
    pub(crate) fn open_list_of(&mut self, form: &str, term: &str) -> Vec<Effect> {
        self.open_narrowed(form, TypedLine::holding(term), 0)
    }

    fn open_narrowed(&mut self, form: &str, filter: TypedLine, back: u32) -> Vec<Effect> {
        let Some(Entry::List(listing)) = registry::find(form) else { return Vec::new() };
        if self.is_forbidden(form) {
            return Vec::new();
        }
        self.go(Place::List(Box::new(List::new(listing, filter, back))));
        self.reload()
    }

    /// Why campaigns give what they give may be otherwise after any act, such as a coupon that was applied meanwhile.
    pub(super) fn reload_why(&self) -> Vec<Effect> {
        let shows_why = matches!(self.place(), Place::List(list) if list.listing.form() == Why.form());
        if shows_why { self.reload() } else { Vec::new() }
    }

    /// Looks the rows of the list shown up anew.
    pub(super) fn reload(&self) -> Vec<Effect> {
        match self.place() {
            Place::List(list) => {
                let (form, query) = (list.listing.form(), list.query());
                vec![Effect::Ask(Question::List { form, query })]
            }
            // What was changed from a record beside it is shown; what is being typed stays.
            Place::Record(record) if record.of.is_some() && !record.is_dirty => {
                vec![Effect::Ask(Question::Record { form: record.model.shape().form, of: record.of })]
            }
            _ => Vec::new(),
        }
    }

    /// Shows the rows of a list where it is still shown, and looks on where there is more to look through.
    pub(super) fn take_listed(
        &mut self,
        form: &'static str,
        from: Option<i64>,
        listed: Listed,
    ) -> Vec<Effect> {
        let Some(list) = self.list().filter(|list| list.listing.form() == form) else { return Vec::new() };
        let next = listed.next;
        match from {
            Some(_) => list.extend(listed),
            None => list.fill(listed),
        }
        let Some(next) = next.filter(|_| list.rows.len() < MOST_FOUND) else { return Vec::new() };
        let query = Query { from: Some(next), ..list.query() };
        vec![Effect::Ask(Question::List { form, query })]
    }

    fn list(&mut self) -> Option<&mut List> {
        match self.places.last_mut() {
            Some(Place::List(list)) => Some(list),
            _ => None,
        }
    }

    pub(super) fn update_list(&mut self, action: Action) -> Vec<Effect> {
        let is_focused = self.has_focus();
        let Some(list) = self.list() else { return Vec::new() };
        match action {
            Action::Type(character) => {
                list.at = 0;
                list.filter.type_char(character);
            }
            Action::Erase(what) => list.filter.erase(what),
            Action::Back if !is_focused && !list.filter.is_empty() => list.filter.clear(),
            Action::Move(Move::Left) => list.back += 1,
            Action::Move(Move::Right) => list.back = list.back.saturating_sub(1),
            Action::Move(step) if !matches!(step, Move::Next | Move::Previous) => {
                list.at = stepped(list.at, list.rows.len(), step, PAGE);
                return Vec::new();
            }
            Action::SortList => {
                list.sort_on();
                return Vec::new();
            }
            Action::Row(event) => return self.act_on_row(event),
            other => return self.update_common(other),
        }
        self.reload()
    }

    fn act_on_row(&mut self, event: &str) -> Vec<Effect> {
        let Some(list) = self.list() else { return Vec::new() };
        let listing = list.listing;
        if !listing.row_events().contains(&event) {
            self.say(Tone::Notice, Key::NotHere);
            return Vec::new();
        }
        if let Some(effects) = listing.act_on_all(event) {
            return effects;
        }
        let Some(row) = list.selected().cloned() else {
            let none = list.none();
            self.say(Tone::Notice, none);
            return Vec::new();
        };
        listing.act(self, &row, event)
    }

    /// The hint of the list shown.
    pub fn list_hint(&self) -> Option<Key> {
        match self.place() {
            Place::List(list) => Some(list.listing.words().hint),
            _ => None,
        }
    }
}
