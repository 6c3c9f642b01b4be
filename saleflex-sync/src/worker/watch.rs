//! Hears at once that something changed at the hub: a question that the hub answers when there is something to say, or
//! after a while with nothing. It changes nothing itself; whoever listens pulls.

use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use crate::{
    inbox::Inbox,
    pull::CHANGES,
    transport::{Request, Response, Transport},
    wire::{ChangesPage, Secret, pull::LONGEST_WAIT_S},
};

/// What a question heard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heard {
    /// Something changed behind the till's place.
    Change,
    /// Nothing did as long as the hub waited.
    Nothing,
    /// The till has no place yet: its first pull is still to come.
    NoPlace,
    /// No answer, or none that says anything.
    Away,
}

impl Heard {
    /// How long to rest before the next question. A change is given the time to be pulled, so that it is told once; a
    /// hub of an older version answers nothing at once and is not asked without a pause.
    const fn rest(self) -> Duration {
        Duration::from_secs(match self {
            Self::Change => 1,
            Self::Nothing => 2,
            Self::NoPlace => 5,
            Self::Away => 15,
        })
    }
}

/// What whoever listens is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum News {
    /// Something changed: there is something to pull.
    Change,
    /// The hub was away and is there again: it may have come back from a backup.
    Back,
}

/// What is told of the answer to a question, by the one before.
fn news(before: Heard, heard: Heard) -> impl Iterator<Item = News> {
    let is_back = before == Heard::Away && matches!(heard, Heard::Change | Heard::Nothing);
    let back = is_back.then_some(News::Back);
    // What the hub lost goes before what is pulled of it.
    back.into_iter().chain((heard == Heard::Change).then_some(News::Change))
}

/// Asks once whether anything changed behind the till's place.
///
/// # Errors
/// A failure of the inbox' disk.
pub fn ask<I: Inbox>(
    inbox: &I,
    transport: &mut dyn Transport,
    token: Option<&Secret>,
) -> Result<Heard, I::Error> {
    let Some(cursor) = inbox.cursor()? else { return Ok(Heard::NoPlace) };
    let path = format!("{CHANGES}?limit=1&wait={LONGEST_WAIT_S}&cursor={cursor}");
    let held_for = Duration::from_secs(LONGEST_WAIT_S.into());
    let answer = transport.send(&Request::get(&path).showing(token).held(held_for));
    Ok(match answer {
        Ok(Response { status: 200, body, .. }) => match serde_json::from_slice::<ChangesPage>(&body) {
            // Rows for others move the place as well.
            Ok(page) if page.items.is_empty() && page.next_cursor == cursor => Heard::Nothing,
            Ok(_) => Heard::Change,
            Err(_) => Heard::Away,
        },
        // A place that is too old is the puller's to begin anew.
        Ok(Response { status: 410, .. }) => Heard::Change,
        _ => Heard::Away,
    })
}

/// A thread that asks again and again. Dropped, it ends with the answer it waits for; nobody waits for that.
#[derive(Debug)]
pub struct Watching {
    _stop: Sender<()>,
}

impl Watching {
    /// Starts it; `token` is asked for what the till shows, since it changes, and `tell` is called for each change that is
    /// heard, and where the hub is back after it was away.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start<I: Inbox + Send + 'static>(
        inbox: I,
        mut transport: impl Transport + Send + 'static,
        mut token: impl FnMut() -> Option<Secret> + Send + 'static,
        tell: impl Fn(News) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let run = move || {
            let mut before = Heard::NoPlace;
            loop {
                let heard = ask(&inbox, &mut transport, token().as_ref()).unwrap_or(Heard::Away);
                news(before, heard).for_each(&tell);
                before = heard;
                match stopped.recv_timeout(heard.rest()) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        };
        thread::Builder::new().name("saleflex-watch".to_owned()).spawn(run)?;
        Ok(Self { _stop: stop })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_that_was_away_is_told_of_once_and_before_what_changed() {
        let heard = [
            Heard::Away,
            Heard::NoPlace,
            Heard::Nothing,
            Heard::Away,
            Heard::Away,
            Heard::Nothing,
            Heard::Change,
            Heard::Away,
            Heard::Change,
        ];
        let told = heard.windows(2).flat_map(|two| news(two[0], two[1]));
        let told: Vec<News> = told.collect();
        assert_eq!(told, [News::Back, News::Change, News::Back, News::Change]);
    }
}
