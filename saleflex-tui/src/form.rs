//! Screens built from form definitions: which controls a screen has, where they are, what pressing one means.
//!
//! A definition names controls, their rectangles, captions, keys and events; nothing of it is code. It is parsed
//! and checked once; an event, key, type or caption that does not exist is refused then with the form's and the
//! control's name, never when a cashier presses something. A rectangle is either pixels of the form's design
//! size, scaled to the terminal, or cells counted from the edges (see [`Cells`]), of which there may be one set
//! for small terminals and one for large.

use std::{collections::BTreeMap, sync::LazyLock};

use ratatui::layout::{Rect, Size};
use saleflex_core::cashier::Capability;

use crate::{
    action::Action,
    keymap::{Key, Keymap},
    registry,
};

mod attributes;
mod check;
mod customer;
mod error;
mod fields;
mod kept;
mod layout;
pub mod pages;
mod parse;
pub mod stored;
#[cfg(test)]
mod tests;
mod typing;
mod way;

pub(crate) use attributes::colour;
pub use attributes::{Item, Look};
pub use customer::Display;
pub use error::FormError;
pub use layout::{Cells, Pixels, SMALLEST, SizeClass};
pub use typing::{Casing, Input, Typing};
pub(crate) use way::MENU;

/// The forms of the screens with code of their own.
const BUILT_IN: [&str; 5] = [
    include_str!("../forms/login.toml"),
    include_str!("../forms/sale.toml"),
    include_str!("../forms/payment.toml"),
    include_str!("../forms/refund.toml"),
    include_str!("../forms/setup.toml"),
];

/// The definitions of all forms.
fn definitions() -> impl Iterator<Item = &'static str> {
    BUILT_IN.into_iter().chain(registry::definitions())
}

/// All forms, by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Forms {
    forms: BTreeMap<String, Form>,
}

impl Forms {
    /// The forms built into the program.
    ///
    /// # Panics
    /// Never: a test reads them.
    pub fn built_in() -> Self {
        Self::delivered().clone()
    }

    /// The same, where they are only looked at.
    pub(crate) fn delivered() -> &'static Self {
        static BUILT_IN: LazyLock<Forms> = LazyLock::new(|| {
            let forms = stored::delivered().iter().map(Form::from_record);
            Forms::of(forms).expect("a test reads every form that is built in")
        });
        &BUILT_IN
    }

    /// Reads and checks a set of definitions.
    ///
    /// # Errors
    /// [`FormError`] for the first thing that is wrong, two forms of one name among them.
    pub fn parse<'a>(definitions: impl IntoIterator<Item = &'a str>) -> Result<Self, FormError> {
        Self::of(definitions.into_iter().map(Form::parse))
    }

    fn of(read: impl Iterator<Item = Result<Form, FormError>>) -> Result<Self, FormError> {
        let mut forms = BTreeMap::new();
        for form in read {
            let form = form?;
            if let Some(double) = forms.insert(form.name.clone(), form) {
                return Err(FormError::DoubleForm { form: double.name });
            }
        }
        Ok(Self { forms })
    }

    /// Puts a form in the place of the one with its name.
    pub fn put(&mut self, form: Form) {
        self.forms.insert(form.name.clone(), form);
    }

    /// Takes a form out.
    pub fn remove(&mut self, name: &str) {
        self.forms.remove(name);
    }

    /// What is wrong between the forms of a set, and between them and a key table.
    pub fn faults(&self, keymap: &Keymap) -> Vec<FormError> {
        self.iter().filter_map(|form| form.check(self, keymap).err()).collect()
    }

    /// A form by its name, such as `SALE`.
    pub fn get(&self, name: &str) -> Option<&Form> {
        self.forms.get(name)
    }

    /// Every form.
    pub fn iter(&self) -> impl Iterator<Item = &Form> {
        self.forms.values()
    }
}

/// One screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Its number, stable for ever.
    pub form_no: u16,
    /// Its name, such as `SALE`.
    pub name: String,
    /// The title.
    pub caption: Option<Caption>,
    /// Whether a cashier must be logged in.
    pub need_login: bool,
    /// What a cashier must hold to see it.
    pub required_capability: Option<Capability>,
    /// Size the pixel rectangles are drawn for.
    pub design: Size,
    /// The smallest terminal that it is drawn on; nothing where it is drawn on each.
    pub least: Size,
    /// Whose display it is for.
    pub display: Display,
    /// Its controls, in the order they are drawn and focused.
    pub controls: Vec<Control>,
    /// What its palette offers besides its buttons and keys.
    pub functions: Vec<Function>,
}

/// One control of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// Its identity within the form, and for some types its meaning.
    pub name: String,
    /// What it is.
    pub kind: ControlKind,
    /// What it says, where it does nothing.
    pub caption: Option<Caption>,
    /// What it does and how it is labelled; none for what only shows.
    pub first: Option<Function>,
    /// The second function of a dual button.
    pub second: Option<Function>,
    /// The key that presses it.
    pub hotkey: Option<Key>,
    /// The control it stands in; its own rectangle is not needed then.
    pub parent: Option<String>,
    /// The tab of that control, from 0.
    pub tab: u16,
    /// Its own tabs; on a tab control none where its pages come from the catalog.
    pub tabs: Vec<Caption>,
    /// Where it is on a design of pixels.
    pub pixels: Option<Pixels>,
    /// Where it is on a terminal of 120x40 and more.
    pub cells: Option<Cells>,
    /// Where it is on a small terminal; without, it is not shown there.
    pub compact: Option<Cells>,
    /// Where it is on a terminal of 160 columns and more.
    pub wide: Option<Cells>,
    /// What a cashier must hold; others are shown a lock, and pressing asks for approval.
    pub required_capability: Option<Capability>,
    /// A question is answered with yes before what it does is done.
    pub confirm: bool,
    /// The rows of a list, where its definition gives them.
    pub items: Vec<Item>,
    /// The file of a picture.
    pub image: Option<String>,
    /// Where a page of the web is.
    pub address: Option<String>,
    /// How it takes what is typed.
    pub typing: Typing,
    /// What it is for, told while Enter presses it.
    pub tip: Option<Caption>,
    /// How it looks.
    pub look: Look,
}

/// What pressing a control means.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The action.
    pub action: Action,
    /// The label; without, what the language file calls the event.
    pub caption: Option<Caption>,
    /// The event's name and argument as written, such as `OPEN_DOCUMENT quote`.
    pub event: String,
}

/// A label or title as a definition gives it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Caption {
    /// These words.
    Words(String),
    /// A word of the language file.
    Key(crate::text::Key),
}

/// What a control is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ControlKind {
    /// Runs its event.
    Button,
    /// Fixed text.
    Label,
    /// Takes a line of text.
    TextBox,
    /// Takes a line of text that is not shown.
    Password,
    /// Yes or no.
    CheckBox,
    /// A list to choose from, filled by name.
    ComboBox,
    /// A table, filled by name.
    DataGrid,
    /// The lines of the document.
    SalesList,
    /// The tenders of the document.
    PaymentList,
    /// The totals of the document.
    AmountsTable,
    /// The input line.
    NumPad,
    /// Pages of product keys.
    TabControl,
    /// The title bar.
    ToolBar,
    /// The status bar.
    StatusBar,
    /// A list of functions.
    Menu,
    /// A frame filled by name.
    Panel,
    /// A frame with a title around other controls, whose places count from its inner corner.
    Group,
    /// What a picture shows, in words.
    Picture,
    /// A list whose rows its definition gives.
    ListBox,
    /// A button whose rows stand above the screen once it is pressed.
    PopUp,
    /// The address of a page of the web, which a terminal cannot show.
    WebBrowser,
    /// How far the document is.
    TransactionStatus,
}

impl Form {
    /// Whether a terminal of this size has room for it.
    pub const fn has_room(&self, size: Size) -> bool {
        size.width >= self.least.width && size.height >= self.least.height
    }

    /// The controls shown on a terminal of this size, each with its rectangle; none on one that is too small.
    pub fn place(&self, size: Size) -> Vec<(&Control, Rect)> {
        if !self.has_room(size) {
            return Vec::new();
        }
        let placed = self.controls.iter().filter_map(|control| Some((control, self.rect_of(control, size)?)));
        placed.collect()
    }

    /// The control at a cell; what stands in a group lies above it.
    pub fn at(&self, size: Size, column: u16, row: u16) -> Option<&Control> {
        let position = ratatui::layout::Position::new(column, row);
        self.place(size)
            .into_iter()
            .rev()
            .find(|(control, rect)| control.kind != ControlKind::Group && rect.contains(position))
            .map(|(control, _)| control)
    }

    /// Whether its buttons stand in a menu.
    pub fn has_menu(&self) -> bool {
        self.controls.iter().any(|control| control.kind == ControlKind::Menu)
    }

    /// A control by its name.
    pub fn control(&self, name: &str) -> Option<&Control> {
        self.controls.iter().find(|control| control.name == name)
    }

    /// The keys of this form's controls and what they mean.
    pub fn hotkeys(&self) -> impl Iterator<Item = (Key, &Function)> {
        self.controls.iter().filter_map(|control| Some((control.hotkey?, control.first.as_ref()?)))
    }
}

impl Control {
    /// What it says: of one that does something the label of its first function.
    pub fn label(&self) -> Option<&Caption> {
        self.caption.as_ref().or_else(|| self.first.as_ref()?.caption.as_ref())
    }

    /// Whether it has two functions and both captions.
    pub const fn is_dual(&self) -> bool {
        self.first.is_some() && self.second.is_some()
    }

    /// The function shown: the second of a dual button while they are flipped.
    pub fn function(&self, flipped: bool) -> Option<&Function> {
        match (&self.first, &self.second) {
            (Some(_), Some(second)) if flipped => Some(second),
            (first, _) => first.as_ref(),
        }
    }

    /// What it asks for where it does something: a pop-up for its rows, not for being opened.
    pub fn lock_on(&self, action: &Action) -> Option<Capability> {
        self.required_capability.filter(|_| self.does(action) && !matches!(action, Action::PopUp(_)))
    }

    /// Everything it does: its first function, its second one, and those of its rows.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        let own = self.first.iter().chain(&self.second);
        own.chain(self.items.iter().filter_map(|item| item.function.as_ref()))
    }

    /// Whether an action is one of its functions.
    pub fn does(&self, action: &Action) -> bool {
        self.functions().any(|function| function.action == *action)
    }

    /// How often Tab stops at it: once at a button, at every row of a list that is chosen from.
    pub fn stops(&self) -> usize {
        if matches!(self.kind, ControlKind::Button | ControlKind::PopUp) {
            1
        } else {
            self.items.iter().filter(|item| item.function.is_some()).count()
        }
    }
}
