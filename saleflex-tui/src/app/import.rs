//! Taking products over from a file: which file, whether, and how far it is.

use super::{State, Tone};
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose, Reader},
    effect::{Effect, FileRead, Paper, Progress},
    text::Key,
};

impl State {
    pub(super) fn ask_import(&mut self) {
        let field = Field::new(self.text.word(Key::FieldFile), FieldKind::Text);
        let prompt = Prompt::new(self.text.word(Key::ImportTitle), vec![field], Purpose::ImportFile);
        self.dialogs.push(Dialog::Prompt(prompt.with_hint(self.text.word(Key::ImportHint).to_owned())));
    }

    /// Asks whether what a file holds is to be taken over.
    pub(super) fn ask_to_take(&mut self, read: &FileRead) {
        let lines = read.lines(self.text);
        if read.new + read.known == 0 {
            let title = self.text.word(Key::ImportTitle).to_owned();
            let lines = lines.into_iter().chain(read.errors.iter().cloned()).collect();
            self.dialogs.push(Dialog::Paper(Reader::new(Paper { title, lines, ..Paper::default() })));
            self.say(Tone::Bad, Key::ImportNothing);
            return;
        }
        self.ask(lines, Key::YesKey, Effect::StoreProducts);
    }

    /// A part was stored: shows how far it is and goes on, or tells what was left out.
    pub(super) fn show_progress(&mut self, stored: Result<Progress, String>) -> Vec<Effect> {
        self.dialogs.retain(|dialog| !matches!(dialog, Dialog::Progress(_)));
        let progress = match stored {
            Ok(progress) => progress,
            Err(words) => {
                self.say_words(Tone::Bad, words);
                return self.reload();
            }
        };
        if progress.done < progress.total {
            self.dialogs.push(Dialog::Progress(progress));
            return vec![Effect::StoreProducts];
        }
        let done = progress.total.to_string();
        let words = self.text.fill(Key::ImportDone, &[("count", &done)]);
        if !progress.errors.is_empty() {
            let title = self.text.word(Key::ImportLeftOut).to_owned();
            self.dialogs.push(Dialog::Paper(Reader::new(Paper {
                title,
                lines: progress.errors,
                ..Paper::default()
            })));
        }
        self.say_words(Tone::Good, words);
        self.reload()
    }
}
