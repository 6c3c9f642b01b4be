//! Letters to people: a port, and a program of the operator's behind it.

use std::{
    io::Write,
    mem,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use saleflex_core::catalog::is_unprintable;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use crate::{Hub, settings};

/// How many letters are under way at once: each has a program of its own.
pub(crate) const AT_ONCE: usize = 8;
/// How long the program may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// The most bytes of a text that one encoded word holds: 75 letters in all.
const LONGEST_WORD: usize = 42;

/// A letter to one address.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Letter {
    /// The address it goes to.
    pub to: String,
    /// The subject, a line.
    pub subject: String,
    /// The text, without headers.
    pub text: String,
}

/// A letter that was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The address is none that a letter can be sent to.
    #[error("the address is none")]
    Address,
    /// The program that delivers cannot be run.
    #[error("the program that delivers letters cannot be run")]
    Command(#[from] std::io::Error),
    /// The program that delivers did not take it.
    #[error("the program that delivers letters ended with {status}")]
    Refused {
        /// The status it ended with.
        status: ExitStatus,
    },
    /// The program that delivers took too long, and was ended.
    #[error("the program that delivers letters took longer than {seconds} seconds and was ended")]
    TooSlow {
        /// How long it had.
        seconds: u64,
    },
}

/// Whoever delivers letters. It may take its time: the hub calls it beside what it answers.
pub trait Mailer: Send + Sync {
    /// Takes a letter.
    ///
    /// # Errors
    /// [`MailError`]: then nobody gets it.
    fn send(&self, letter: &Letter) -> Result<(), MailError>;
}

/// Whoever delivers a letter, and its room among those under way.
pub(crate) struct Postage {
    mailer: Arc<dyn Mailer>,
    room: OwnedSemaphorePermit,
}

impl Hub {
    /// Room for a letter; none where nobody delivers letters, and where too many are under way: letters that pile up behind a
    /// program that hangs help nobody.
    pub(crate) fn postage(&self) -> Option<Postage> {
        let Some(mailer) = self.mailer.clone() else {
            tracing::warn!("there is a letter to write, and the settings name nobody who delivers letters");
            return None;
        };
        let Ok(room) = self.letters.clone().try_acquire_owned() else {
            tracing::error!("too many letters are under way: one was not written");
            return None;
        };
        Some(Postage { mailer, room })
    }
}

impl Postage {
    /// Hands a letter over. What it came to stands in the log, with what it is about; nobody waits for it.
    pub(crate) async fn send(self, hub: &Hub, about: Uuid, letter: Letter) {
        let Self { mailer, room } = self;
        let sent = hub.compute(move || {
            if let Err(error) = mailer.send(&letter) {
                tracing::error!(%about, %error, "a letter could not be sent");
            }
            Ok(())
        });
        drop(sent.await);
        drop(room);
    }
}

/// A program such as `sendmail -t`, which reads a letter with its head.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    from: String,
    command: Vec<String>,
    patience: Duration,
}

impl Program {
    pub(crate) fn new(mail: &settings::Mail) -> Self {
        Self { from: mail.from.clone(), command: mail.command.clone(), patience: PATIENCE }
    }

    /// The letter as it is handed over (RFC 5322). Whatever would end a line of the head is no address.
    fn written(&self, letter: &Letter) -> Result<String, MailError> {
        let is_plain =
            |letter: char| letter.is_ascii_alphanumeric() || "@.!#$%&'*+/=?^_`{|}~-".contains(letter);
        if letter.to.is_empty() || letter.to.starts_with('-') || !letter.to.chars().all(is_plain) {
            return Err(MailError::Address);
        }
        let subject: String = letter.subject.chars().filter(|letter| !is_unprintable(*letter)).collect();
        Ok(format!(
            "From: {}\nTo: {}\nSubject: {}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
             Auto-Submitted: auto-generated\n\n{}\n",
            self.from,
            letter.to,
            header(&subject),
            letter.text
        ))
    }
}

impl Mailer for Program {
    fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let written = self.written(letter)?;
        let (program, arguments) = self.command.split_first().ok_or(MailError::Address)?;
        let mut running =
            Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let input = running.stdin.take();
        // Beside the waiting: a program that reads nothing would hold up whoever writes to it.
        thread::spawn(move || {
            if let Some(mut input) = input {
                // A program that did not read it all tells by how it ends.
                let _ = input.write_all(written.as_bytes());
            }
        });
        match ended(&mut running, self.patience)? {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(MailError::Refused { status }),
            None => Err(MailError::TooSlow { seconds: self.patience.as_secs() }),
        }
    }
}

/// How a program ended; none: it had not within the time, and was ended. Either way nothing of it is left.
fn ended(running: &mut Child, patience: Duration) -> std::io::Result<Option<ExitStatus>> {
    // Nobody sends anything: waiting for it passes the time.
    let (_open, silence) = mpsc::channel::<()>();
    let mut waited = Duration::ZERO;
    while waited < patience {
        match running.try_wait() {
            Ok(Some(status)) => return Ok(Some(status)),
            Ok(None) => drop(silence.recv_timeout(LOOK)),
            Err(error) => {
                end(running)?;
                return Err(error);
            }
        }
        waited += LOOK;
    }
    end(running)?;
    Ok(None)
}

fn end(running: &mut Child) -> std::io::Result<()> {
    // It may have ended by itself in the meantime.
    let _ = running.kill();
    running.wait().map(drop)
}

/// A text for the head of a letter: as it is where it is plain, else in encoded words (RFC 2047).
fn header(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let (mut words, mut word) = (Vec::new(), String::new());
    for letter in text.chars() {
        if word.len() + letter.len_utf8() > LONGEST_WORD {
            words.push(mem::take(&mut word));
        }
        word.push(letter);
    }
    words.push(word);
    let encoded = words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word)));
    encoded.collect::<Vec<_>>().join("\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str) -> Letter {
        Letter { to: to.to_owned(), subject: "Şifre\r\nBcc: x@y.z".to_owned(), text: "one\ntwo".to_owned() }
    }

    fn program(command: &[&str]) -> Program {
        Program {
            from: "hub@example.com".to_owned(),
            command: command.iter().map(|part| (*part).to_owned()).collect(),
            patience: PATIENCE,
        }
    }

    #[test]
    fn nobody_writes_lines_into_the_head_of_a_letter() {
        let written = program(&["true"]).written(&letter("ayse@example.com")).unwrap();
        let (head, text) = written.split_once("\n\n").unwrap();
        let subject = format!("=?UTF-8?B?{}?=", STANDARD.encode("ŞifreBcc: x@y.z"));
        assert!(head.contains(&format!("To: ayse@example.com\nSubject: {subject}\n")), "{head}");
        assert!(head.is_ascii());
        assert_eq!(text, "one\ntwo\n");
        for to in ["", "a@b.c\nBcc: d@e.f", "a@b.c, d@e.f", "a b@c.d", "-oQ@b.c"] {
            assert!(matches!(program(&["true"]).written(&letter(to)), Err(MailError::Address)), "{to}");
        }
    }

    #[test]
    fn a_program_that_fails_or_is_not_there_took_no_letter() {
        assert!(program(&["true"]).send(&letter("a@b.c")).is_ok());
        assert!(program(&["false"]).send(&letter("a@b.c")).is_err());
        assert!(matches!(program(&["/no/such/program"]).send(&letter("a@b.c")), Err(MailError::Command(_))));
    }

    #[test]
    fn a_program_that_does_not_end_is_ended_and_one_that_reads_nothing_holds_nobody_up() {
        let mut slow = program(&["sleep", "600"]);
        slow.patience = LOOK * 5;
        let long = Letter { text: "long ".repeat(100_000), ..letter("a@b.c") };
        assert!(matches!(slow.send(&long), Err(MailError::TooSlow { .. })));
        assert!(program(&["true"]).send(&long).is_ok());
        assert!(matches!(program(&["false"]).send(&long), Err(MailError::Refused { .. })));
    }

    #[test]
    fn words_of_the_head_are_encoded_where_they_are_not_plain_and_none_is_too_long() {
        assert_eq!(header("Another password"), "Another password");
        let text = "ş".repeat(100);
        let mut read = Vec::new();
        for line in header(&text).split("\n ") {
            assert!(line.len() <= 75, "{line}");
            let inside = line.strip_prefix("=?UTF-8?B?").unwrap().strip_suffix("?=").unwrap();
            let part = STANDARD.decode(inside).unwrap();
            assert!(std::str::from_utf8(&part).is_ok(), "no letter is cut");
            read.extend(part);
        }
        assert_eq!(read, text.as_bytes());
    }
}
