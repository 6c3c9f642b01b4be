//! A connection at work beside the till: one thread sends and asks, another hears at once what changes at the hub.

use std::time::Instant as Clock;

use saleflex_store::{Shell, Till};
use saleflex_sync::{
    till::TillInbox,
    worker::{
        Instant,
        thread::{Running, Status},
        watch::Watching,
    },
};

use super::{
    SyncError, SyncSettings,
    token::{Beside, lock, read_token},
};

/// A connection at work. Dropped, it ends with the request under way.
#[derive(Debug)]
pub struct Link {
    connector: &'static str,
    running: Running,
    _watching: Watching,
}

impl Link {
    /// Starts the connection that the settings name.
    ///
    /// # Errors
    /// [`SyncError`].
    pub fn start(
        settings: &SyncSettings,
        till: &Till,
        mut shell: impl Shell + 'static,
    ) -> Result<Self, SyncError> {
        let connector = settings.connector()?;
        let began = clock();
        let at = move || {
            // The last half of a new identity is random.
            let (_, random) = shell.new_id().as_u64_pair();
            let random = u32::try_from(random & u64::from(u32::MAX)).unwrap_or_default();
            Instant { elapsed: clock().duration_since(began), now: shell.now().instant, random }
        };
        let token = read_token(till.path())?;
        let keeper = Beside::new(till.path(), token.as_ref());
        let shown = keeper.shown();
        let worker = settings.connect_showing(till, token.map(|token| token.secret))?.keeping(keeper);
        let running = Running::start(worker, settings.transport()?, at)?;
        let inbox = TillInbox::new(till.inbox(connector)?);
        let showing = move || lock(&shown).clone();
        let watching = Watching::start(inbox, settings.transport()?, showing, running.watched())?;
        Ok(Self { connector, running, _watching: watching })
    }

    /// The connector that events are queued for.
    pub const fn connector(&self) -> &'static str {
        self.connector
    }

    /// Something was committed at the till.
    pub fn wake(&self) {
        self.running.wake();
    }

    /// Somebody wants everything now.
    pub fn force(&self) {
        self.running.force();
    }

    /// How it is doing.
    pub fn status(&self) -> Status {
        self.running.status()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where waits between requests are measured")]
fn clock() -> Clock {
    Clock::now()
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, BufRead, BufReader, Read, Write},
        iter,
        net::{TcpListener, TcpStream},
        sync::mpsc,
        thread,
        time::Duration,
    };

    use chrono::{DateTime, Utc};
    use saleflex_store::{demo, shell::ManualShell};
    use saleflex_sync::wire::Secret;

    use super::*;
    use crate::sync::{SyncMode, secret_since, write_token};

    /// The path of a request and the secret that it shows.
    fn heard(stream: &TcpStream) -> (String, String) {
        let mut reader = BufReader::new(stream);
        let (mut path, mut secret, mut length) = (String::new(), String::new(), 0);
        for line in reader.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()) {
            match line.split_once(": ") {
                Some(("authorization", value)) => secret = value.replace("Bearer ", ""),
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => path = line.split(' ').nth(1).unwrap().to_owned(),
            }
        }
        io::copy(&mut reader.take(length), &mut io::sink()).unwrap();
        (path, secret)
    }

    /// A hub that gives out a secret and otherwise hears how the till is.
    fn hub() -> (String, mpsc::Receiver<(String, String)>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for mut stream in listener.incoming().map(Result::unwrap) {
                let (path, secret) = heard(&stream);
                let (status, body) = if path.ends_with("/auth/device/rotate") {
                    ("201 Created", r#"{"token":"second","old_until":"2026-06-08T09:00:00Z"}"#)
                } else if path.ends_with("/sync/heartbeat") {
                    ("200 OK", r#"{"server_time":"2026-06-01T09:00:00Z","signals":[]}"#)
                } else {
                    ("500 Internal Server Error", "{}")
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
                if tell.send((path, secret)).is_err() {
                    return;
                }
            }
        });
        (address, told)
    }

    #[test]
    fn a_connection_at_work_has_an_old_secret_replaced_and_shows_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let now: DateTime<Utc> = "2026-06-01T09:00:00Z".parse().unwrap();
        let (path, mut clock) = (folder.path().join("till.saleflex"), ManualShell::starting(now, 7));
        let mut till = Till::create(&path, demo::corner_market(&mut clock), clock.clone()).unwrap();
        till.log_in("admin", "1111").unwrap();
        till.add_connector("gate").unwrap();
        let since = "2026-03-01T09:00:00Z".parse().unwrap();
        write_token(&path, &Secret::new("first"), since).unwrap();
        let (address, told) = hub();
        let settings = SyncSettings { mode: SyncMode::Gate, address, ..SyncSettings::default() };
        let link = Link::start(&settings, &till, clock).unwrap();
        let mut requests = iter::repeat_with(|| told.recv_timeout(Duration::from_secs(30)).unwrap());
        let (_, with) = requests.find(|(path, _)| path.ends_with("/auth/device/rotate")).unwrap();
        assert_eq!((with.as_str(), requests.next().unwrap().1.as_str()), ("first", "second"));
        assert!(secret_since(&path).unwrap().is_some_and(|since| since >= now));
        drop(link);
    }
}
