//! What takes a while and tells how far it is: products taken over from a file, campaigns tried on stored sales.

use super::{State, Tone};
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose, Reader},
    effect::{Effect, FileRead, Paper, Progress, Tried},
    text::Key,
};

impl State {
    pub(super) fn ask_import(&mut self) {
        let field = Field::new(self.text.word(Key::FieldFile), FieldKind::Text);
        let prompt = Prompt::new(self.text.word(Key::ImportTitle), vec![field], Purpose::ImportFile);
        self.dialogs
            .push(Dialog::Prompt(Box::new(prompt.with_hint(self.text.word(Key::ImportHint).to_owned()))));
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

    /// Some sales were tried: shows how far it is and goes on, or shows what came of it.
    pub(super) fn show_trial(&mut self, tried: Result<Tried, String>) -> Vec<Effect> {
        self.dialogs.retain(|dialog| !matches!(dialog, Dialog::Progress(_)));
        match tried {
            Ok(Tried { outcome: Some(paper), .. }) => {
                self.dialogs.push(Dialog::Paper(Reader::new(paper)));
                Vec::new()
            }
            Ok(Tried { progress, outcome: None }) if progress.done < progress.total => {
                self.dialogs.push(Dialog::Progress(progress));
                vec![Effect::GoOnTrying]
            }
            Ok(_) => Vec::new(),
            Err(words) => {
                self.say_words(Tone::Bad, words);
                Vec::new()
            }
        }
    }
}
