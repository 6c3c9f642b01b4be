//! What the state of the connection to a hub does to the screen.

use super::{Place, State, Tone};
use crate::{
    effect::{Effect, News, SyncStatus, part_key},
    listing::{Listing, deliveries::Deliveries},
    text::Key,
};

impl State {
    /// Takes how the connection stands now and what there is to tell of it; answers whether the screen shows something else, and
    /// what that looks up anew.
    pub fn take_sync(&mut self, status: SyncStatus, news: Vec<News>) -> (bool, Vec<Effect>) {
        let is_changed = status != self.sync || !news.is_empty();
        let is_turned = status.is_connected != self.sync.is_connected;
        self.sync = status;
        for News { is_good, words } in news {
            self.say_words(if is_good { Tone::Good } else { Tone::Bad }, words);
        }
        let shows_hub =
            || matches!(self.place(), Place::List(list) if list.listing.form() == Deliveries.form());
        // A till that was just connected has a hub to show.
        let anew = if is_turned && shows_hub() { self.reload() } else { Vec::new() };
        (is_changed, anew)
    }

    /// What the status bar says of the connection; nothing of a till that works on its own.
    pub fn sync_words(&self) -> Option<String> {
        let SyncStatus { is_connected, waiting, quarantined, held, is_away, is_refused, failing, .. } =
            self.sync;
        if !is_connected {
            return None;
        }
        let fill = |key, count: u64| self.text.fill(key, &[("count", &count.to_string())]);
        Some(if is_refused {
            self.text.word(Key::StatusHubRefused).to_owned()
        } else if quarantined > 0 {
            fill(Key::StatusHubAside, quarantined)
        } else if is_away {
            fill(Key::StatusHubAway, waiting)
        } else if let Some(part) = failing {
            self.text.fill(Key::StatusHubFails, &[("what", self.text.word(part_key(part)))])
        } else if held > 0 {
            fill(Key::StatusHubHeld, held)
        } else if waiting > 0 {
            fill(Key::StatusHubWaiting, waiting)
        } else {
            self.text.word(Key::StatusHubWell).to_owned()
        })
    }

    /// How many messages wait to be read, in words.
    pub fn messages_words(&self) -> Option<String> {
        let count = self.sync.unread;
        (count > 0).then(|| self.text.fill(Key::StatusMessages, &[("count", &count.to_string())]))
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Size;
    use saleflex_sync::plan::Part;

    use super::*;
    use crate::{
        effect::Question,
        entry::TypedLine,
        listing::List,
        registry::{self, Entry},
        text::Text,
    };

    #[test]
    fn a_till_that_was_just_connected_shows_its_hub_where_the_screen_of_it_is_open() {
        let mut state = State::new(Text::english(), Size::new(80, 24));
        let well = SyncStatus { is_connected: true, ..SyncStatus::default() };
        let Some(Entry::List(listing)) = registry::find(Deliveries.form()) else { panic!("no list") };
        let (_, elsewhere) = state.take_sync(well.clone(), Vec::new());
        assert!(elsewhere.is_empty());
        state.take_sync(SyncStatus::default(), Vec::new());
        state.places.push(Place::List(Box::new(List::new(listing, TypedLine::default(), 0))));
        let (_, anew) = state.take_sync(well.clone(), Vec::new());
        assert!(
            matches!(anew.as_slice(), [Effect::Ask(Question::List { form: "SYNC_LIST", .. })]),
            "{anew:?}"
        );
        let (is_changed, anew) = state.take_sync(SyncStatus { waiting: 1, ..well }, Vec::new());
        assert!(is_changed && anew.is_empty(), "whoever reads it is left alone");
    }

    #[test]
    fn the_bar_names_what_the_hub_fails_at() {
        let mut state = State::new(Text::english(), Size::new(80, 24));
        let well = SyncStatus { is_connected: true, waiting: 3, ..SyncStatus::default() };
        let failing = SyncStatus { failing: Some(Part::Quotas), ..well.clone() };
        let away = SyncStatus { is_away: true, ..failing.clone() };
        let mut words = |status: &SyncStatus| {
            state.take_sync(status.clone(), Vec::new());
            state.sync_words().unwrap()
        };
        assert_eq!(words(&well), "hub: 3 wait");
        assert_eq!(words(&failing), "HUB FAILS: shares of limits");
        assert_eq!(words(&away), "HUB AWAY: 3 wait");
    }
}
