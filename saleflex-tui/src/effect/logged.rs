//! What is logged of an effect: its kind, and what came of it by number and identity.

use saleflex_core::document::Completed;
use saleflex_store::{Till, request::Done};

use super::{Act, Effect, Reply};
use crate::log::variant;

/// The kind of an effect, taken before it is carried out.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    name: String,
    is_question: bool,
}

impl Kind {
    pub(super) fn of(effect: &Effect) -> Self {
        let name = match effect {
            Effect::Act { act, .. } => match &**act {
                Act::Command(command) => variant(command),
                Act::Save { form, .. } => format!("Save {form}"),
                Act::Form { name, task } => format!("Form {name} {}", variant(task)),
                act => variant(act),
            },
            Effect::Ask(question) => variant(question),
            effect => variant(effect),
        };
        Self {
            name,
            is_question: matches!(effect, Effect::Ask(_) | Effect::LoadForms { .. } | Effect::Leave),
        }
    }

    /// What came of it. What a till refused was logged where it did.
    pub(super) fn answered(&self, reply: Option<&Reply>, till: Option<&Till>) {
        let what = self.name.as_str();
        if self.is_question {
            tracing::debug!(what, "looked up");
            return;
        }
        let cashier = till.and_then(Till::on_duty).map(|cashier| cashier.id.to_string());
        let cashier = cashier.as_deref().unwrap_or("nobody");
        match reply {
            Some(Reply::Acted { result: Err(denial), .. }) => {
                tracing::info!(what, cashier, denial = variant(denial), "not done");
            }
            Some(
                Reply::SetUp(Err(_))
                | Reply::LoggedOut(Err(_))
                | Reply::SecretChanged(Err(_))
                | Reply::Stored(Err(_))
                | Reply::LoggedIn(Err(_))
                | Reply::Unlocked(Err(_))
                | Reply::Printed(Err(_)),
            ) => {
                tracing::info!(what, cashier, "not done");
            }
            _ => tracing::info!(what, cashier, "done"),
        }
    }
}

/// The documents that a command finished, by their numbers.
pub(super) fn finished(done: &Done) {
    for number in done.completed().iter().map(Completed::document).map(|document| document.number) {
        tracing::info!(%number, "completed");
    }
    if let Some(cancelled) = done.cancelled() {
        tracing::info!(number = %cancelled.document().number, "cancelled");
    }
}
