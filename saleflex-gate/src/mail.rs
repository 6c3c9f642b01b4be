//! Letters to people: a port, and a program of the operator's behind it.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::settings;

/// A letter.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Letter {
    /// To whom.
    pub to: String,
    /// What about.
    pub subject: String,
    /// What it says.
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
        /// How it ended.
        status: std::process::ExitStatus,
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

/// A program such as `sendmail -t`, which reads a letter with its head.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    from: String,
    command: Vec<String>,
}

impl Program {
    pub(crate) fn new(mail: &settings::Mail) -> Self {
        Self { from: mail.from.clone(), command: mail.command.clone() }
    }

    /// The letter as it is handed over (RFC 5322). Whatever would end a line of the head is no address.
    fn written(&self, letter: &Letter) -> Result<String, MailError> {
        let is_plain =
            |letter: char| letter.is_ascii_alphanumeric() || "@.!#$%&'*+/=?^_`{|}~-".contains(letter);
        if letter.to.is_empty() || letter.to.starts_with('-') || !letter.to.chars().all(is_plain) {
            return Err(MailError::Address);
        }
        let subject: String = letter.subject.chars().filter(|letter| !letter.is_control()).collect();
        Ok(format!(
            "From: {}\nTo: {}\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
             Auto-Submitted: auto-generated\n\n{}\n",
            self.from, letter.to, letter.text
        ))
    }
}

impl Mailer for Program {
    fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let written = self.written(letter)?;
        let (program, arguments) = self.command.split_first().ok_or(MailError::Address)?;
        let mut running =
            Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        if let Some(mut input) = running.stdin.take() {
            input.write_all(written.as_bytes())?;
        }
        let status = running.wait()?;
        if status.success() { Ok(()) } else { Err(MailError::Refused { status }) }
    }
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
        }
    }

    #[test]
    fn nobody_writes_lines_into_the_head_of_a_letter() {
        let written = program(&["true"]).written(&letter("ayse@example.com")).unwrap();
        let (head, text) = written.split_once("\n\n").unwrap();
        assert!(head.contains("To: ayse@example.com\nSubject: ŞifreBcc: x@y.z\n"), "{head}");
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
}
