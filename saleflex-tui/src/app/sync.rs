//! What the state of the connection to a hub does to the screen.

use super::{State, Tone};
use crate::{
    effect::{News, SyncStatus, part_key},
    text::Key,
};

impl State {
    /// Takes how the connection stands now and what there is to tell of it; true where the screen shows something else.
    pub fn take_sync(&mut self, status: SyncStatus, news: Vec<News>) -> bool {
        let is_changed = status != self.sync || !news.is_empty();
        self.sync = status;
        for News { is_good, words } in news {
            self.say_words(if is_good { Tone::Good } else { Tone::Bad }, words);
        }
        is_changed
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
    use crate::text::Text;

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
