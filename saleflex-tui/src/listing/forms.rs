//! The screens themselves: which are the shop's own, to take them out to a file, change them there and take them in
//! again, or to have back what the program delivers.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Act, Effect},
    form::{Form, stored},
    text::{Key, Text},
};

/// Screens.
pub(crate) struct FormList;

/// What can be done with a screen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FormTask {
    /// Write its definition to a file beside the till.
    Export,
    /// Take its definition from that file.
    Import,
    /// Have back what the program delivers.
    Restore,
}

impl Listing for FormList {
    fn form(&self) -> &'static str {
        "FORM_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/form_list.toml")
    }

    fn event(&self) -> &'static str {
        "FORM_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["FORM_EXPORT", "FORM_IMPORT", "FORM_RESTORE"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleForms, none: Key::PickNone, hint: Key::HintForms }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnName, 26),
                Heading::number(Key::ColumnNumber, 7),
                Heading::text(Key::ColumnTitle, 20),
                Heading::text(Key::ColumnState, 0),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let stored::Loaded { forms: drawn, keymap, .. } = stored::load(till)?;
        let rows = till.forms()?.into_iter().map(|known| {
            let form = known.definition.as_ref().map_err(ToString::to_string).and_then(|record| {
                Form::from_record(record)
                    .and_then(|form| form.check(&drawn, &keymap).map(|()| form))
                    .map_err(|fault| fault.to_string())
            });
            let title = form.as_ref().ok().and_then(|form| form.caption.as_ref());
            let title = title.map(|caption| text.caption(caption).to_owned()).unwrap_or_default();
            let state = match &form {
                Err(fault) => text.fill(Key::FormBroken, &[("fault", fault)]),
                Ok(_) if known.is_own => text.word(Key::FormOwn).to_owned(),
                Ok(_) => String::new(),
            };
            let cells = vec![known.name, known.form_no.to_string(), title, state];
            ListRow { id: RowId::Form(known.form_no), cells, total: Money::ZERO, is_dim: form.is_err() }
        });
        Ok(Listed { rows: rows.filter(|row| row.holds(&query.term)).collect(), ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let task = match event {
            "FORM_EXPORT" => FormTask::Export,
            "FORM_IMPORT" => FormTask::Import,
            _ => FormTask::Restore,
        };
        let act = Act::Form { name: row.name().to_owned(), task };
        if task != FormTask::Restore {
            return State::act(act);
        }
        let line = state.text.fill(Key::FormRestoreQuestion, &[("form", row.name())]);
        state.ask(vec![line], Key::YesKey, Effect::act(act));
        Vec::new()
    }
}
