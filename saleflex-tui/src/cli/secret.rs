//! Who changes something says so: a user name as an argument, the secret never as one, since arguments are seen by
//! everybody on the machine.

use std::{
    env,
    io::{self, BufRead, IsTerminal, Write},
};

use anyhow::Context;
use saleflex_store::Till;

use super::{Call, Ending};

/// The variable a script gives the secret in.
const VARIABLE: &str = "SALEFLEX_SECRET";

/// Who does it.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// The user name.
    pub(super) user: String,
}

impl Person {
    pub(super) fn log_in(&self, call: &Call<'_>, till: &mut Till) -> anyhow::Result<()> {
        let secret = secret(&self.user)?;
        till.log_in_for_command(&self.user, &secret).map_err(|error| call.words(&error)).map(drop)
    }
}

/// `rescue`: whoever holds the file gives a lone administrator a secret to begin with.
pub(super) fn rescue(call: &Call<'_>, user: &str, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let mut till = call.till()?;
    let known = till.cashiers().into_iter().find(|cashier| cashier.user_name.eq_ignore_ascii_case(user));
    let id = known.map(|cashier| cashier.id).with_context(|| format!("there is no cashier {user}"))?;
    let new = secret(user)?;
    till.rescue_secret(id, &new).map_err(|error| call.words(&error))?;
    writeln!(out, "{user} logs in with the new secret and changes it then")?;
    Ok(Ending::Good)
}

fn secret(user: &str) -> io::Result<String> {
    env::var(VARIABLE).or_else(|_| ask(user))
}

fn ask(user: &str) -> io::Result<String> {
    let stdin = io::stdin();
    let is_typed = stdin.is_terminal();
    if is_typed {
        write!(io::stderr(), "Secret of {user}: ")?;
    }
    let unseen = is_typed.then(unseen);
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    drop(unseen);
    if is_typed {
        writeln!(io::stderr())?;
    }
    read?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// What is typed is not shown until the answer is dropped.
#[cfg(unix)]
fn unseen() -> impl Drop {
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    struct Unseen(Option<Termios>);

    impl Drop for Unseen {
        fn drop(&mut self) {
            if let Some(before) = &self.0 {
                // A terminal that is gone shows nothing either.
                let _ = tcsetattr(io::stdin(), OptionalActions::Flush, before);
            }
        }
    }

    let before = tcgetattr(io::stdin()).ok();
    if let Some(before) = &before {
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &quiet);
    }
    Unseen(before)
}

/// Where the terminal cannot be told to hide it, it is shown.
#[cfg(not(unix))]
const fn unseen() {}
