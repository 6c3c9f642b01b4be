//! Messages of the hub for the people at the till, until somebody has read them.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till, inbox::Message};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words, deliveries::shown};
use crate::{
    app::State,
    effect::{Act, Effect, Question, SyncAct},
    text::{Key, Text},
};

/// Messages.
pub(crate) struct Messages;

/// Heading and message: what the hub wrote, or, of what it only asks for, the words of the till.
pub(crate) fn said(text: &Text, message: &Message) -> (String, String) {
    let words = |title, body| (text.word(title).to_owned(), text.word(body).to_owned());
    match message.kind.as_str() {
        "request_closure" => words(Key::SignalClosureTitle, Key::SignalClosureBody),
        "update_available" => words(Key::SignalUpdateTitle, Key::SignalUpdateBody),
        _ => (message.title.clone(), message.body.clone()),
    }
}

impl Listing for Messages {
    fn form(&self) -> &'static str {
        "MESSAGE_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/message_list.toml")
    }

    fn event(&self) -> &'static str {
        "MESSAGE_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["MESSAGE_READ"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleMessages, none: Key::MessagesNone, hint: Key::HintMessages }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnTitle, 24),
                Heading::text(Key::ColumnTime, 12),
                Heading::text(Key::ColumnMessage, 0),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let now = till.now();
        let rows = till.messages(now.instant)?.into_iter().map(|message| {
            let (title, body) = said(text, &message);
            ListRow {
                id: RowId::Message(message.id),
                cells: vec![title, shown(now, message.created_at), body.replace(char::is_control, " ")],
                total: Money::ZERO,
                is_dim: false,
            }
        });
        Ok(Listed { rows: rows.filter(|row| row.holds(&query.term)).collect(), ..Listed::default() })
    }

    fn act(&self, _: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        let RowId::Message(id) = row.id else { return Vec::new() };
        // Shown before it is read: then it is in no list any more.
        vec![Effect::Ask(Question::Message(id)), Effect::act(Act::Sync(SyncAct::Read(id)))]
    }
}
