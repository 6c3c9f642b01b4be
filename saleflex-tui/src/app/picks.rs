//! Lists to pick from: the palette, products, customers, document types.

use saleflex_core::{
    catalog::Named,
    document::{Command, DocumentType, Kind, OpenDocument},
};

use super::{Place, State};
use crate::{
    action::Action,
    dialog::{Choice, Dialog, Pick, Reader, Row, Source},
    effect::{self, Act, Effect, Paper},
    entry::TypedLine,
    form::{Control, ControlKind, Item},
    text::Key,
    view::{self, ProductKey},
};

impl State {
    /// Every function of this screen, by name, with its key.
    pub(super) fn open_palette(&mut self) {
        let rows = self.functions();
        self.dialogs.push(Dialog::Pick(Pick::here(self.text.word(Key::PaletteTitle), rows)));
    }

    /// Shows what stands in a pop-up of the screen: rows to pick from, or lines to read.
    pub(super) fn open_pop_up(&mut self, name: &str) {
        let Some(control) = self.form().and_then(|form| form.control(name)) else { return };
        let caption = control.first.as_ref().and_then(|function| function.caption.as_ref());
        let title = caption.map_or("", |caption| self.text.caption(caption)).replace('\n', " ");
        let row = |item: &Item| {
            let action = item.function.as_ref()?.action.clone();
            let cells = vec![self.starred(self.text.caption(&item.words).to_owned(), &action)];
            Some(Row { cells, choice: Choice::Run(action) })
        };
        let rows: Vec<Row> = control.items.iter().filter_map(row).collect();
        let lines = || control.items.iter().map(|item| self.text.caption(&item.words).to_owned()).collect();
        let dialog = if rows.is_empty() {
            Dialog::Paper(Reader::new(Paper { title, lines: lines(), ..Paper::default() }))
        } else {
            Dialog::Pick(Pick::here(&title, rows))
        };
        self.dialogs.push(dialog);
    }

    /// The functions of the screen shown: those of its buttons, of its palette and of its keys.
    fn functions(&self) -> Vec<Row> {
        let mode = self.place_mode();
        let mut offered: Vec<(String, Action)> = Vec::new();
        if let Some(form) = self.form() {
            // Keys of product pages are products, found by searching those.
            let is_page = |name: &String| {
                form.control(name).is_some_and(|control| control.kind == ControlKind::TabControl)
            };
            let controls =
                form.controls.iter().filter(|control| !control.parent.as_ref().is_some_and(is_page));
            let buttons = controls.flat_map(Control::functions);
            for function in buttons.chain(&form.functions) {
                offered.push((self.words_of_function(function), function.action.clone()));
            }
        }
        for (_, action) in mode.lineage().flat_map(|mode| self.keymap.keys(mode)) {
            if let Some(event) = action.event() {
                offered.push((self.text.event(event).to_owned(), action.clone()));
            }
        }
        let mut rows: Vec<Row> = Vec::new();
        for (words, action) in offered {
            let is_known = rows.iter().any(|row| row.choice == Choice::Run(action.clone()));
            if is_known || is_of_keys_only(&action) {
                continue;
            }
            let key = self.key_of(&action).unwrap_or_default();
            rows.push(Row { cells: vec![self.starred(words, &action), key], choice: Choice::Run(action) });
        }
        rows.sort_by_key(|row| row.cells.first().map(|words| words.to_lowercase()));
        rows
    }

    /// The key of an action on the screen shown, as it is written.
    pub fn key_of(&self, action: &Action) -> Option<String> {
        let hotkey = || {
            let mut keys = self.form()?.hotkeys();
            keys.find(|(_, function)| function.action == *action).map(|(key, _)| key)
        };
        self.keymap.key_of(self.place_mode(), action).or_else(hotkey).map(|key| key.to_string())
    }

    /// Searches products, beginning with what stands in the input line.
    pub(super) fn pick_product(&mut self) -> Vec<Effect> {
        self.pick_from(Source::Products, Key::ProductsTitle, effect::Question::Products)
    }

    /// Searches customers, beginning with what stands in the input line.
    pub(super) fn pick_customer(&mut self) -> Vec<Effect> {
        self.pick_from(Source::Customers, Key::CustomersTitle, effect::Question::Customers)
    }

    fn pick_from(&mut self, source: Source, title: Key, ask: fn(String) -> effect::Question) -> Vec<Effect> {
        // A code that nobody knows is no beginning of a search.
        let term = self.selling.freshly_typed().trim().to_owned();
        let filter = TypedLine::holding(&term);
        let title = self.text.word(title).to_owned();
        self.dialogs.push(Dialog::Pick(Pick { title, filter, rows: Vec::new(), at: 0, source }));
        vec![Effect::Ask(ask(term))]
    }

    /// Lists the types of document that can be begun.
    pub(super) fn pick_type(&mut self) {
        let kinds = [("quote", Kind::Quote), ("order", Kind::Order), ("layaway", Kind::Layaway)];
        let special = kinds.into_iter().map(|(code, kind)| {
            let paper = if kind == Kind::Quote {
                DocumentType::NonFiscalReceipt
            } else {
                DocumentType::FiscalReceipt
            };
            (code, paper, kind)
        });
        let plain = DocumentType::ALL.into_iter().filter_map(|paper| match paper {
            DocumentType::CashIn | DocumentType::CashOut | DocumentType::Return => None,
            DocumentType::SelfBillingInvoice => Some((paper.code(), paper, Kind::Purchase)),
            _ => Some((paper.code(), paper, Kind::Sale)),
        });
        let rows = plain
            .chain(special)
            .map(|(code, paper, kind)| {
                let words = self.text.event(&format!("OPEN_DOCUMENT {code}")).to_owned();
                let words = self.starred(words, &Action::Begin(paper, kind));
                Row { cells: vec![words], choice: Choice::Begin(paper, kind) }
            })
            .collect();
        self.dialogs.push(Dialog::Pick(Pick::here(self.text.word(Key::TypesTitle), rows)));
    }

    /// Asks which variant a product key means; its own is selected.
    pub(super) fn pick_variant(&mut self, key: &ProductKey) {
        let row = |variant: &ProductKey| Row {
            cells: vec![
                variant.name.clone(),
                variant.code.clone(),
                view::price(&self.view.currency, variant.price),
            ],
            choice: Choice::Key(Box::new(variant.clone())),
        };
        let rows = key.variants.iter().map(row).collect();
        let at = key
            .variants
            .iter()
            .position(|variant| variant.product == key.product && variant.code == key.code);
        let title = self.text.fill(Key::VariantsTitle, &[("name", &key.name)]);
        self.dialogs.push(Dialog::Pick(Pick { at: at.unwrap_or(0), ..Pick::here(&title, rows) }));
    }

    /// The selected row was picked.
    pub(super) fn choose(&mut self) -> Vec<Effect> {
        let Some(Dialog::Pick(pick)) = self.dialogs.last() else { return Vec::new() };
        let Some(choice) = pick.selected().map(|row| row.choice.clone()) else { return Vec::new() };
        let was_searching = pick.source != Source::Here;
        self.dialogs.pop();
        match choice {
            Choice::Run(action) => self.update(action),
            Choice::Product(code) => {
                // What was typed before was the beginning of the search, not a quantity.
                let is_term = was_searching && crate::entry::multiplier(self.selling.typed()).is_none();
                if is_term {
                    self.selling.empty();
                }
                if !matches!(self.place(), Place::Sale | Place::Payment { .. }) && !self.show_sale() {
                    return Vec::new();
                }
                self.sell_key(Named::Code, &code)
            }
            Choice::Key(key) => self.sell_product_key(&key),
            Choice::Customer(customer) => Self::act(Act::AssignCustomer(Some(customer))),
            Choice::Begin(document_type, kind) => {
                Self::command(Command::Open(OpenDocument::new(document_type, kind)))
            }
            Choice::Particulars(kind) => {
                self.ask_particulars(kind);
                Vec::new()
            }
            Choice::Currency(code) => {
                self.ask_foreign(code);
                Vec::new()
            }
            Choice::Break(user_name, kind) => self.begin_break(user_name, kind),
            Choice::Coupon(coupon) => Self::command(Command::ReleaseCoupon { coupon }),
            Choice::Adjustment(adjustment) => Self::command(Command::RemoveAdjustment { adjustment }),
        }
    }
}

/// What makes no sense in a list: typing, moving, and keys that stand for a place on the screen.
const fn is_of_keys_only(action: &Action) -> bool {
    matches!(
        action,
        Action::Type(_)
            | Action::Move(_)
            | Action::Erase(_)
            | Action::Confirm
            | Action::Back
            | Action::ProductKey(_)
            | Action::ProductPage(_)
            | Action::ProductGroup(_)
            | Action::Palette
            | Action::LogIn
    )
}
