//! A note on a work session or on one of its breaks: the one that was chosen, else that of whoever is logged in.

use saleflex_core::cashier::{note::SessionNote, session::WorkSession};
use saleflex_store::{Error, Till};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    listing::RowId,
    message,
    text::{Key, Text},
};

/// A note to be written.
pub(crate) struct SessionNoteModel;

impl Model for SessionNoteModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "SESSION_NOTE",
            panel: "SESSION_NOTE_RECORD",
            definition: include_str!("../../forms/session_note.toml"),
            event: "SESSION_NOTE_FORM",
            fields: &["WHOSE", "ABOUT", "NOTE"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintSessionNote
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let Some(session) = session(till, of)? else { return Ok(Vec::new()) };
        let name = till.cashier(session.cashier).map_or("", |cashier| cashier.name.as_str());
        let began = session.started_at.local.format("%Y-%m-%d %H:%M");
        let whole = text.word(Key::NoteOfSession).to_owned();
        let breaks = session.breaks.iter().map(|pause| {
            let kind = text.word(message::break_kind(pause.kind));
            format!("{} {kind}", pause.from.local.format("%H:%M"))
        });
        Ok(vec![
            ("WHOSE", Value::Fixed(format!("{name} {began}"))),
            ("ABOUT", Value::Choice { options: std::iter::once(whole).chain(breaks).collect(), at: 0 }),
            ("NOTE", Value::Text(String::new())),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let note = read.needed("NOTE", SessionNote::LONGEST);
        read.finish()?;
        let Some(session) = session(till, of).map_err(Unsaved::Till)? else { return Ok(()) };
        // Breaks that came since stand behind the others.
        let pause = entered.choice("ABOUT").checked_sub(1).and_then(|at| session.breaks.get(at));
        let note = SessionNote {
            cashier: session.cashier,
            started_at: session.started_at.instant,
            of_break: pause.map(|pause| pause.from.instant),
            note,
        };
        till.note_session(note).map_err(Unsaved::Till)
    }
}

fn session(till: &mut Till, of: Option<RowId>) -> Result<Option<WorkSession>, Error> {
    match of {
        Some(RowId::Session(cashier, started)) => till.work_session(cashier, started),
        _ => till.open_session(),
    }
}
