//! Taking products over from a file: read and checked as a whole, then stored part by part, so that the screen can tell
//! how far it is. Where the program ends in between, the till says so to whoever logs in next.

use std::{collections::VecDeque, fs, path::Path};

use saleflex_core::catalog::import::{Acceptance, ImportedProduct};
use saleflex_store::{
    Error, Shell, Till,
    import::{ImportUnderway, read_products},
};

use super::{Desk, Reply};
use crate::{
    message,
    text::{Key, Text},
};

/// Products stored in one piece.
const PART: usize = 200;

/// Products on their way from a file.
#[derive(Debug)]
pub(super) struct Job {
    path: String,
    waiting: VecDeque<ImportedProduct>,
    total: usize,
    errors: Vec<String>,
}

/// What a file holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FileRead {
    /// The file.
    pub path: String,
    /// Products that are new.
    pub new: usize,
    /// Products that the catalog has already.
    pub known: usize,
    /// What is wrong with which line; those lines are left out.
    pub errors: Vec<String>,
    /// What is odd about lines that are taken.
    pub warnings: Vec<String>,
}

/// What takes a while.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Work {
    /// Products are stored.
    #[default]
    Products,
    /// Campaigns are tried on stored sales.
    Trial,
}

/// How far something is that takes a while.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// What.
    pub work: Work,
    /// So many.
    pub done: usize,
    /// Of so many.
    pub total: usize,
    /// What was left out; told when all is done.
    pub errors: Vec<String>,
}

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Reads a file and checks it; nothing is changed.
    pub(super) fn read_products(&mut self, path: &str) -> Reply {
        let text = self.text();
        let Some(till) = self.till() else { return Reply::NotFound(text.word(Key::NotLoggedIn).to_owned()) };
        let file = match fs::read(path) {
            Ok(file) => file,
            Err(error) => {
                return Reply::NotFound(message::file(text, Path::new(path), &error));
            }
        };
        let mut shell_ids = Vec::new();
        // An identity for every line there can be, whichever way lines end; those that are not needed are gone for good, as any other.
        shell_ids
            .resize_with(file.split(|byte| matches!(byte, b'\r' | b'\n')).count(), || till.new_product_id());
        let mut ids = shell_ids.into_iter();
        let mint = || ids.next().expect("no file has more products than lines");
        let mut import = read_products(&file, till.catalog(), till.currency(), mint);
        if let Err(error) = till.check_products(&mut import) {
            return Reply::NotFound(message::error(text, &error));
        }
        let errors: Vec<String> =
            import.errors().iter().map(|error| message::import_error(text, error)).collect();
        let warnings =
            import.warnings().iter().map(|warning| message::import_warning(text, warning)).collect();
        let products = import.accept(Acceptance::Partial).unwrap_or_default();
        let new = products.iter().filter(|product| product.is_new).count();
        let read = FileRead {
            path: path.to_owned(),
            new,
            known: products.len() - new,
            errors: errors.clone(),
            warnings,
        };
        self.job =
            Some(Job { path: path.to_owned(), total: products.len(), waiting: products.into(), errors });
        Reply::FileRead(read)
    }

    /// Stores the next part.
    pub(super) fn store_products(&mut self) -> Reply {
        let Some(mut job) = self.job.take() else { return Reply::Stored(Ok(Progress::default())) };
        let text = self.text();
        let Some(till) = self.till() else {
            return Reply::Stored(Err(text.word(Key::NotLoggedIn).to_owned()));
        };
        if let Err(error) = store_part(till, &mut job) {
            self.take_pages();
            let done = job.total - job.waiting.len();
            return Reply::Stored(Err(stopped(text, message::error(text, &error), (done, job.total))));
        }
        let is_done = job.waiting.is_empty();
        let errors = if is_done { std::mem::take(&mut job.errors) } else { Vec::new() };
        let progress =
            Progress { work: Work::Products, done: job.total - job.waiting.len(), total: job.total, errors };
        if is_done {
            self.take_pages();
        } else {
            self.job = Some(job);
        }
        Reply::Stored(Ok(progress))
    }
}

/// Why storing stopped, and how many products are in by then.
fn stopped(text: &Text, words: String, (done, total): (usize, usize)) -> String {
    if done == 0 {
        return words;
    }
    let [done, total] = [done, total].map(|count| count.to_string());
    text.fill(Key::ImportStopped, &[("words", &words), ("done", &done), ("total", &total)])
}

/// Stores the next products. All lines are valid together; where a part is not valid alone, since one product takes
/// what a later one gives up, it grows until it is.
fn store_part(till: &mut Till, job: &mut Job) -> Result<(), Error> {
    let mut count = PART.min(job.waiting.len());
    loop {
        let part: Vec<ImportedProduct> = job.waiting.iter().take(count).cloned().collect();
        let taken = job.total - job.waiting.len() + count;
        let underway = ImportUnderway { file: job.path.clone(), taken, total: job.total };
        match till.import_part(part, &underway) {
            Err(Error::Catalog(_)) if count < job.waiting.len() => {
                count = (count * 2).min(job.waiting.len());
            }
            Err(error) => return Err(error),
            Ok(()) => {
                job.waiting.drain(..count);
                return Ok(());
            }
        }
    }
}

impl FileRead {
    /// The question that is asked before anything is stored.
    pub fn lines(&self, text: &Text) -> Vec<String> {
        let [new, known, left_out] = [self.new, self.known, self.errors.len()].map(|count| count.to_string());
        let mut lines = vec![
            self.path.clone(),
            text.fill(Key::ImportCounts, &[("new", &new), ("known", &known), ("errors", &left_out)]),
        ];
        lines.extend(self.errors.iter().chain(&self.warnings).take(MOST_SHOWN).cloned());
        let more = (self.errors.len() + self.warnings.len()).saturating_sub(MOST_SHOWN);
        if more > 0 {
            lines.push(text.fill(Key::ImportMore, &[("count", &more.to_string())]));
        }
        lines
    }
}

/// Most faults shown before products are taken over; all of them are shown afterwards.
const MOST_SHOWN: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_hears_that_storing_stopped_hears_how_many_are_in() {
        for text in Text::all() {
            let told = |done| stopped(text, "The disk is full.".to_owned(), (done, 3_000));
            assert_eq!(told(0), "The disk is full.");
            let words = told(2_800);
            assert!(words.starts_with("The disk is full. "), "{words}");
            assert!(words.contains("2800") && words.contains("3000"), "{words}");
        }
    }
}
