//! Screens that show one record: a cashier, a product, the settings. Fields that can be changed are changed and saved
//! there; what is wrong stands beside its field, and what was typed stays.
//!
//! Such a screen is **one module** here: its fields, how they are read from the till and how they are saved. Where its
//! fields stand, on which tab and under which label, is said by its form: the children of the panel that has the
//! model's name.

use std::fmt;

use saleflex_core::cashier::Approval;
use saleflex_store::{Error, Till};

use crate::{
    app::State,
    effect::{Effect, Enrolment, Secret},
    entry::{self, Amounts, TypedLine},
    form::{Control, Form},
    listing::RowId,
    text::{Key, Text},
};

mod area;
pub(crate) mod campaign;
pub(crate) mod cashier;
pub(crate) mod closure;
pub(crate) mod coupon;
pub(crate) mod customer;
pub(crate) mod devices;
pub(crate) mod drawer;
pub(crate) mod drawers;
mod entered;
pub(crate) mod hub;
pub(crate) mod loyalty;
mod meanwhile;
pub(crate) mod member;
mod person;
pub(crate) mod price_list;
pub(crate) mod product;
pub(crate) mod punch;
pub(crate) mod rating;
mod reader;
pub(crate) mod reference;
pub(crate) mod role;
pub(crate) mod rules;
pub(crate) mod segment;
pub(crate) mod session_note;
pub(crate) mod settings;
pub(crate) mod stock;
pub(crate) mod target;
pub(crate) mod tips;

pub use area::Area;
pub use entered::{Entered, Value};
pub(crate) use reader::Reader;

/// The fields of a record as they are read from the till.
pub type Fields = Vec<(&'static str, Value)>;

/// What stands fixed about a kind of record.
#[derive(Debug)]
pub struct Shape {
    /// The name of its form.
    pub form: &'static str,
    /// The panel of the form that its fields stand in.
    pub panel: &'static str,
    /// The definition of its form.
    pub definition: &'static str,
    /// The event that shows the only one there is, or a new one.
    pub event: &'static str,
    /// The names of its fields.
    pub fields: &'static [&'static str],
}

/// A kind of record.
pub trait Model: Sync {
    /// What stands fixed about it.
    fn shape(&self) -> &'static Shape;

    /// What to do.
    fn hint(&self) -> Key {
        Key::HintRecord
    }

    /// The events of its own that buttons of its form name.
    fn events(&self) -> &'static [&'static str] {
        &[]
    }

    /// Those of its fields that take an amount or a price: what was typed is shown beside them as it is read.
    fn money(&self) -> &'static [&'static str] {
        &[]
    }

    /// The field that another one was a part of before it got a control of its own: on a shop's own screen without that
    /// control it stands below there.
    fn was_part_of(&self, field: &str) -> Option<&'static str> {
        let _ = field;
        None
    }

    /// Whether there is one alone, which is shown though nobody says which.
    fn is_the_only_one(&self) -> bool {
        false
    }

    /// Whether saving it changes which devices there are.
    fn changes_devices(&self) -> bool {
        false
    }

    /// Whether saving it changes with whom the till talks.
    fn changes_connection(&self) -> bool {
        false
    }

    /// The hub that the till is to get known to, by what was entered and saved.
    fn enrols(&self, entered: &Entered) -> Option<Enrolment> {
        let _ = entered;
        None
    }

    /// Reads the fields; of nothing where a new one is to be made.
    ///
    /// # Errors
    /// A failure of the disk, or a record that is gone.
    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error>;

    /// What looks mistyped in what was entered and is saved all the same, told before it is saved.
    fn warning(&self, till: &Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Option<String> {
        let _ = (till, text, of, entered);
        None
    }

    /// Whether the record stays open once this was saved: it is one of many of its kind, and the next is entered at once.
    fn stays_open(&self, of: Option<RowId>, entered: &Entered) -> bool {
        let _ = (of, entered);
        false
    }

    /// What was saved, in words, where more is to be said than that it was.
    fn told(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Option<String> {
        let _ = (till, text, of, entered);
        None
    }

    /// Saves what was entered.
    ///
    /// # Errors
    /// [`Unsaved`]; nothing was changed then.
    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let _ = (till, text, of, entered);
        Ok(())
    }

    /// Whether a second person may agree to what the cashier may not do alone.
    fn takes_approval(&self) -> bool {
        false
    }

    /// The same with the word of a second person. A model that [takes one](Model::takes_approval) has this alone.
    ///
    /// # Errors
    /// As [`Model::save`].
    fn save_approved(
        &self,
        till: &mut Till,
        text: &Text,
        of: Option<RowId>,
        entered: &Entered,
        approval: Option<Approval>,
    ) -> Saved {
        let _ = approval;
        self.save(till, text, of, entered)
    }

    /// The field that takes what is scanned beside the keyboard while the record is shown; typing begins there too. Of a record
    /// that shows none, a code is sold as anywhere.
    fn scan_field(&self) -> Option<&'static str> {
        None
    }

    /// Takes a code that was scanned into [that field](Model::scan_field); false where it, or all of it, could not be taken.
    fn scanned(&self, record: &mut Record, code: &str) -> bool {
        let _ = (record, code);
        false
    }

    /// Whether anything that was typed comes to be kept, so that leaving it may lose something.
    fn is_kept(&self) -> bool {
        true
    }

    /// Whether saving it is an act of its own, [`Model::act`], and no record is stored.
    fn acts_when_saved(&self) -> bool {
        false
    }

    /// The fields that others follow which are only shown: those are read anew whenever one of them changes.
    fn followed(&self) -> &'static [&'static str] {
        &[]
    }

    /// What follows from what stands in the followed fields, in their order.
    ///
    /// # Errors
    /// A failure of the disk.
    fn follow(&self, till: &mut Till, followed: &[String]) -> Result<Fields, Error> {
        let _ = (till, followed);
        Ok(Vec::new())
    }

    /// Works out anew what follows from what was typed.
    fn recompute(&self, record: &mut Record, amounts: &Amounts) {
        let _ = (record, amounts);
    }

    /// Does what an event of its own means.
    fn act(&self, state: &mut State, of: Option<RowId>, event: &str) -> Vec<Effect> {
        let _ = (state, of, event);
        Vec::new()
    }
}

impl fmt::Debug for dyn Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shape().form)
    }
}

/// Whether what was entered is saved.
pub type Saved = Result<(), Unsaved>;

/// Why nothing was saved.
#[derive(Debug)]
pub enum Unsaved {
    /// Fields that cannot be as they are, each with why.
    Fields(Faults),
    /// The till refused.
    Till(Error),
}

/// What is wrong with which fields.
pub type Faults = Vec<(&'static str, String)>;

impl Unsaved {
    /// Somebody or something else has the code or name that a field holds.
    pub(crate) fn taken(text: &Text, field: &'static str, code: &str) -> Self {
        Self::Fields(vec![(field, text.fill(Key::CodeTaken, &[("code", code)]))])
    }
}

impl From<Error> for Unsaved {
    fn from(error: Error) -> Self {
        Self::Till(error)
    }
}

/// A record that is shown.
#[derive(Clone, Debug)]
pub struct Record {
    /// Of which kind.
    pub model: &'static dyn Model,
    /// Which; none: a new one, or the only one there is.
    pub of: Option<RowId>,
    /// Its fields.
    pub fields: Vec<FieldState>,
    /// The same as they were read from the till.
    pub shown: Fields,
    /// The tab shown, from 0.
    pub tab: u16,
    /// The row of the tab that typing goes to.
    pub at: usize,
    /// Something was changed and not saved.
    pub is_dirty: bool,
    /// What was saved last, where the record stayed open for the next.
    pub told: Option<String>,
}

/// A field that is shown.
#[derive(Clone, Debug)]
pub struct FieldState {
    /// Its name.
    pub name: &'static str,
    /// What it holds; of a text, what it held at first.
    pub value: Value,
    /// What was typed.
    pub line: TypedLine,
    /// What was typed of a text of several lines.
    pub area: Area,
    /// Why it cannot be as it is; of a text of several lines, a line for each reason.
    pub error: Option<String>,
    /// Why it could not be as it was when it was last saved.
    pub refused: Option<String>,
}

/// A row of a tab.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RecordRow<'a> {
    /// A field under the label of its control.
    Field(usize, &'a Control),
    /// A line of a field of several.
    Line(usize, usize),
    /// A reason why a text of several lines cannot be as it is.
    Fault(usize, usize),
}

impl Record {
    /// A record that is yet to be filled.
    pub const fn new(model: &'static dyn Model, of: Option<RowId>) -> Self {
        Self { model, of, fields: Vec::new(), shown: Vec::new(), tab: 0, at: 0, is_dirty: false, told: None }
    }

    /// Takes what was read.
    pub fn fill(&mut self, fields: Fields) {
        let state = |(name, value): (&'static str, Value)| {
            let line = match &value {
                // Saving what does not fit would lose it.
                Value::Text(text) if text.chars().count() > entry::LONGEST => TypedLine::of_text(text),
                Value::Text(text) => TypedLine::holding(text),
                _ => TypedLine::default(),
            };
            let area = match &value {
                Value::Area(text) => Area::holding(text),
                _ => Area::default(),
            };
            FieldState { name, value, line, area, error: None, refused: None }
        };
        self.shown.clone_from(&fields);
        self.fields = fields.into_iter().map(state).collect();
        self.is_dirty = false;
    }

    /// Takes what was read anew of fields that are only shown.
    pub fn follow(&mut self, fields: Fields) {
        for (name, value) in fields {
            if let Some(field) = self.fields.iter_mut().find(|field| field.name == name) {
                field.value = value;
            }
        }
    }

    /// What was entered.
    pub fn entered(&self) -> Entered {
        let value = |field: &FieldState| match &field.value {
            Value::Text(_) | Value::Pieces { .. } => Value::Text(field.line.text().to_owned()),
            Value::Secret(_) => Value::Secret(Secret(field.line.text().to_owned())),
            Value::Area(_) => Value::Text(field.area.text()),
            other => other.clone(),
        };
        let worth = |field: &FieldState| match field.value {
            Value::Pieces { value, .. } => Some((field.name, value)),
            _ => None,
        };
        Entered {
            fields: self.fields.iter().map(|field| (field.name, value(field))).collect(),
            shown: self.shown.clone(),
            worth: self.fields.iter().filter_map(worth).collect(),
        }
    }

    /// The rows of the tab shown.
    pub fn rows<'a>(&self, form: &'a Form) -> Vec<RecordRow<'a>> {
        let panel = self.model.shape().panel;
        let is_here =
            |control: &&Control| control.parent.as_deref() == Some(panel) && control.tab == self.tab;
        let lines_of =
            |at: usize, lines: &[String]| (0..lines.len()).map(move |line| RecordRow::Line(at, line));
        let is_below = |field: &FieldState, control: &Control| {
            self.model.was_part_of(field.name) == Some(control.name.as_str())
                && form.control(field.name).is_none()
        };
        let mut rows = Vec::new();
        for control in form.controls.iter().filter(is_here) {
            let Some(at) = self.fields.iter().position(|field| field.name == control.name) else { continue };
            let Some(field) = self.fields.get(at) else { continue };
            match &field.value {
                Value::Lines(lines) => {
                    rows.extend(lines_of(at, lines));
                    for (at, other) in self.fields.iter().enumerate() {
                        if let Value::Lines(lines) = &other.value
                            && is_below(other, control)
                        {
                            rows.extend(lines_of(at, lines));
                        }
                    }
                }
                Value::Area(_) => {
                    let faults = field.error.as_ref().map_or(0, |error| error.lines().count());
                    rows.extend((0..faults).map(|fault| RecordRow::Fault(at, fault)));
                    rows.extend((0..field.area.lines().len()).map(|line| RecordRow::Line(at, line)));
                }
                _ => rows.push(RecordRow::Field(at, control)),
            }
        }
        rows
    }

    /// Whether any field can be changed.
    pub fn can_change(&self) -> bool {
        self.fields.iter().any(|field| !matches!(field.value, Value::Fixed(_) | Value::Lines(_)))
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.model.shape().form == other.model.shape().form
            && self.of == other.of
            && self.entered() == other.entered()
    }
}
