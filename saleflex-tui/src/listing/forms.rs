//! The screens themselves: which are the shop's own, to take them out to a file, change them there and take them in
//! again, or to have back what the program delivers.

use std::{ffi::OsString, fs, path::Path};

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Act, Effect},
    form::stored,
    program,
    text::{Key, Text},
};

/// The end of the name of a file with a screen's definition.
pub(crate) const FILE_END: &str = ".form.toml";

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
                Heading::text(Key::ColumnTitle, 24),
                Heading::text(Key::ColumnState, 0),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let stored::Loaded { forms: drawn, keymap, .. } = stored::load(till)?;
        let kept = till.forms()?;
        let in_files = definitions_beside(program::folder(till.path())).into_iter();
        let in_files = in_files.filter(|name| kept.iter().all(|known| known.name != *name)).map(|name| {
            let state = text.word(Key::FormInFile).to_owned();
            let cells = vec![name, String::new(), String::new(), state];
            ListRow { id: RowId::Nothing, cells, total: Money::ZERO, is_dim: false }
        });
        let in_files: Vec<ListRow> = in_files.collect();
        let rows = kept.into_iter().map(|known| {
            // What is drawn as the program delivers it has been looked at together with all others.
            let form = match drawn.get(&known.name).filter(|_| !known.is_own) {
                Some(form) => Ok(form.clone()),
                None => known.definition.as_ref().map_err(ToString::to_string).and_then(|record| {
                    stored::check(record, &drawn, &keymap).map_err(|fault| fault.to_string())
                }),
            };
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
        let rows = in_files.into_iter().chain(rows);
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
        let question = match stored::delivered_form(row.name()) {
            Some(_) => Key::FormRestoreQuestion,
            None => Key::FormRemoveQuestion,
        };
        let line = state.text.fill(question, &[("form", row.name())]);
        state.ask(vec![line], Key::YesKey, Effect::act(act));
        Vec::new()
    }
}

/// The screens that files beside the till's define. Where the folder cannot be read there are none: whoever has to have
/// a screen back finds the list of them all the same.
fn definitions_beside(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    // What is no text is no name of a screen.
    let name = |name: OsString| name.to_str()?.strip_suffix(FILE_END).map(str::to_owned);
    let mut names: Vec<String> = files.filter_map(|file| name(file.file_name())).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_read_has_no_definitions() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["MY_PAGE.form.toml", "A.form.toml", "till.toml"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(definitions_beside(folder.path()), ["A", "MY_PAGE"]);
        assert!(definitions_beside(&folder.path().join("gone")).is_empty());
    }
}
