//! Selling: the input line and what acts on the open document.

use saleflex_core::{
    basket::GoodsState,
    catalog::{DepartmentNo, Named, PriceRule, is_unprintable},
    document::{AddLine, Command, Document, DocumentType, Kind, OpenDocument},
    money::Money,
    quantity::UnitPrice,
};

use super::{Message, Place, SALE, State, Tone};
use crate::{
    action::{Action, Move, Screen},
    effect::{self, Act, Effect, Sale},
    entry,
    text::Key,
    view::ProductKey,
};

impl State {
    pub(super) fn update_sale(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Type(character) => self.type_entry(character),
            Action::Erase(what) => self.selling.edit().erase(what),
            Action::Move(step) => return self.move_sale(step),
            Action::Confirm if self.has_focus() => return self.update_common(Action::Confirm),
            Action::Confirm => return self.look_up(),
            Action::Back => self.back_sale(),
            Action::Multiply => self.multiply(),
            Action::Inquire => return self.inquire(),
            Action::SellCode(code) => return self.sell_key(Named::Code, &code),
            Action::SellBarcode(code) => return self.sell_key(Named::Barcode, &code),
            Action::SellDepartment(no) => return self.sell_department(no),
            Action::ProductKey(key) => return self.press_product_key(key),
            Action::PageDepartment => {
                let department = self.view.pages.get(self.selling.page).and_then(|page| page.department);
                if department.is_none() {
                    self.say(Tone::Notice, Key::NotHere);
                    return Vec::new();
                }
                return self.sell_department(department);
            }
            Action::ProductPage(page) => self.show_page(usize::from(page) - 1),
            Action::ProductGroup(group) => self.show_group(usize::from(group) - 1),
            Action::NextPage => self.turn_page(1),
            Action::PreviousPage => self.turn_page(self.view.pages.len().saturating_sub(1)),
            other => return self.update_document(other),
        }
        Vec::new()
    }

    /// What acts on the document, from the sale screen and from others.
    fn update_document(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::RepeatLine
            | Action::VoidLine
            | Action::ChangeQuantity
            | Action::ChangePrice
            | Action::LineNote => self.act_on_line(&action),
            Action::AdjustLine(adjustment) => self.adjust_line(adjustment),
            Action::AdjustDocument(adjustment) => self.adjust_document(adjustment),
            Action::RemoveAdjustment => self.pick_adjustment(),
            Action::DocumentNote => {
                self.ask_note(None);
                Vec::new()
            }
            Action::ExemptTax => {
                self.ask_exemption();
                Vec::new()
            }
            Action::Products => self.pick_product(),
            Action::Customers => self.pick_customer(),
            Action::RemoveCustomer if self.view.customer.is_none() => {
                self.say(Tone::Notice, Key::NoCustomer);
                Vec::new()
            }
            Action::RemoveCustomer => Self::act(Act::AssignCustomer(None)),
            Action::Subtotal => {
                self.say_subtotal();
                Vec::new()
            }
            Action::Tender(kind) => self.tender(kind, true),
            Action::CashExact => self.tender(saleflex_core::tender::TenderKind::Cash, true),
            Action::CashNote(note) => self.tender_note(note),
            Action::CashPreset(minor) => self.tender_cash(Money::from_minor(minor)),
            Action::GiveChange => Self::command(Command::GiveChange),
            Action::Close => Self::command(Command::Close),
            Action::Suspend => self.suspend(),
            Action::Cancel => {
                self.ask_cancel();
                Vec::new()
            }
            Action::Begin(document_type, kind) => {
                Self::command(Command::Open(OpenDocument::new(document_type, kind)))
            }
            Action::ChooseType => {
                self.pick_type();
                Vec::new()
            }
            Action::ReturnWithoutReceipt => {
                Self::command(Command::Open(OpenDocument::new(DocumentType::Return, Kind::Return)))
            }
            Action::Exchange => Self::command(Command::ExchangeForSale),
            Action::ToggleRestock => {
                self.toggle_state();
                Vec::new()
            }
            Action::TakeEmpties => self.take_empties(),
            Action::VoidEmpties => self.void_empties(),
            Action::Go(Screen::Sale) => Vec::new(),
            other => self.update_common(other),
        }
    }

    pub(super) fn type_entry(&mut self, character: char) {
        self.focus = None;
        self.selling.selected = None;
        if !self.selling.type_anew().type_char(character) && !is_unprintable(character) {
            self.say(Tone::Bad, Key::LineFull);
        }
    }

    fn move_sale(&mut self, step: Move) -> Vec<Effect> {
        match step {
            Move::Next | Move::Previous => return self.update_common(Action::Move(step)),
            Move::Left | Move::Right | Move::Start | Move::End if !self.selling.entry.is_empty() => {
                self.selling.edit().step(step);
            }
            Move::Left | Move::Right => {}
            Move::Up | Move::Down | Move::PageUp | Move::PageDown | Move::Start | Move::End | Move::To(_) => {
                self.select_line(step);
            }
        }
        Vec::new()
    }

    /// Escape: one thing after another is let go, then the screen.
    fn back_sale(&mut self) {
        let selling = &mut self.selling;
        let let_go = self.focus.take().is_some()
            || selling.empty()
            || selling.multiplier.take().is_some()
            || std::mem::take(&mut selling.is_inquiry)
            || selling.selected.take().is_some()
            || std::mem::take(&mut self.is_flipped);
        if !let_go {
            self.go_back();
            self.selling.is_left = true;
        }
    }

    /// The number typed multiplies what comes next; the sign is written behind it so that it can be seen.
    fn multiply(&mut self) {
        // It takes an inquiry back.
        if std::mem::take(&mut self.selling.is_inquiry) {
            return;
        }
        match entry::quantity_of(self.selling.typed()) {
            Some(_) => {
                let line = self.selling.edit();
                line.step(Move::End);
                line.type_char('*');
            }
            None if self.selling.typed().is_empty() => self.say(Tone::Notice, Key::MultiplierFirst),
            None => self.type_entry('*'),
        }
    }

    /// How many the next sale sells: what stands before the sign in the input line, else what is pending.
    pub fn multiplier(&self) -> Option<saleflex_core::quantity::Quantity> {
        entry::multiplier(self.selling.typed()).or(self.selling.multiplier)
    }

    fn look_up(&mut self) -> Vec<Effect> {
        if let Some(quantity) = entry::multiplier(self.selling.typed()) {
            self.selling.multiplier = Some(quantity);
            self.selling.empty();
            return Vec::new();
        }
        // What was refused is tried once more: the disk may have room again.
        let entered = self.selling.entry.text().trim().to_owned();
        if entered.is_empty() {
            self.say(Tone::Notice, Key::NothingEntered);
            return Vec::new();
        }
        self.sell_code(&entered)
    }

    /// Sells what was entered or scanned, or shows its price and stock.
    pub(super) fn sell_code(&mut self, entered: &str) -> Vec<Effect> {
        if self.selling.is_inquiry {
            let code = entry::goods_of(entered);
            return vec![Effect::Ask(effect::Question::Product(Named::Either, code.to_owned()))];
        }
        let readings = entry::readings(entered, &self.view.units);
        Self::act(Act::Sell(Sale { quantity: self.selling.multiplier, ..self.sale_of(readings) }))
    }

    /// What was entered, on its way onto the document.
    fn sale_of(&self, readings: Vec<entry::Reading>) -> Sale {
        Sale { returned: self.returned_as(), ..Sale::of(readings) }
    }

    /// The state of what comes back without a receipt, and whether it goes on the shelf again.
    fn returned_as(&self) -> Option<(GoodsState, bool)> {
        let state = self.selling.state;
        self.takes_back().then_some((state, state == GoodsState::New))
    }

    /// Whether goods are being taken back without a receipt.
    pub(super) fn takes_back(&self) -> bool {
        let is_it = |document: &Document| document.kind == Kind::Return && document.original.is_none();
        self.view.document.as_ref().is_some_and(is_it)
    }

    /// What comes back next is as new, opened or damaged.
    fn toggle_state(&mut self) {
        if !self.takes_back() {
            self.say(Tone::Notice, Key::NotHere);
            return;
        }
        let (state, key) = match self.selling.state {
            GoodsState::New => (GoodsState::Opened, Key::ReturnOpened),
            GoodsState::Opened => (GoodsState::Damaged, Key::ReturnDamaged),
            GoodsState::Damaged => (GoodsState::New, Key::ReturnRestock),
        };
        self.selling.state = state;
        self.say(Tone::Notice, key);
    }

    /// Takes empties of what stands in the input line, such as `6*BOTTLE`; of the only container where nothing does.
    fn take_empties(&self) -> Vec<Effect> {
        let readings = entry::readings(self.selling.typed(), &self.view.units);
        let quantity = self.selling.multiplier;
        Self::act(Act::TakeEmpties(Sale { quantity, ..Sale::of(readings) }))
    }

    /// Gives the last empties back that the open sale is set off against.
    fn void_empties(&mut self) -> Vec<Effect> {
        let returned = self.view.document.as_ref().and_then(|document| document.exchange.as_deref());
        let last = returned.and_then(|returned| returned.active_lines().last().map(|line| line.no));
        let Some(line) = last else {
            self.say(Tone::Notice, Key::NoEmpties);
            return Vec::new();
        };
        self.explain(Command::VoidEmpties { line, reason: None })
    }

    fn inquire(&mut self) -> Vec<Effect> {
        let entered = self.selling.typed().trim().to_owned();
        if !entered.is_empty() {
            return vec![Effect::Ask(effect::Question::Product(Named::Either, entered))];
        }
        self.selling.is_inquiry = !self.selling.is_inquiry;
        if self.selling.is_inquiry {
            self.say(Tone::Notice, Key::InquiryArmed);
        }
        Vec::new()
    }

    /// Sells by a key that names a code: as many as the number typed before it says.
    pub(super) fn sell_key(&mut self, named: Named, code: &str) -> Vec<Effect> {
        if self.selling.is_inquiry {
            return vec![Effect::Ask(effect::Question::Product(named, code.to_owned()))];
        }
        let typed = self.selling.typed().trim();
        let quantity = self.multiplier().or_else(|| entry::quantity_of(typed));
        let measure = entry::measure_of(typed, &self.view.units).filter(|_| quantity.is_none());
        if quantity.is_none() && measure.is_none() && !typed.is_empty() {
            self.say(Tone::Bad, Key::QuantityNotNumber);
            return Vec::new();
        }
        let readings = vec![entry::Reading { measure, named, ..entry::Reading::of(code) }];
        Self::act(Act::Sell(Sale { quantity, ..self.sale_of(readings) }))
    }

    fn press_product_key(&mut self, number: u8) -> Vec<Effect> {
        let part = self.view.pages.get(self.selling.page).map(|page| page.part(self.selling.part));
        let at = usize::from(number).saturating_sub(1);
        let key = part.and_then(|part| part.keys.get(at)).cloned();
        let Some(key) = key else {
            let words = self.text.fill(Key::KeyIsFree, &[("number", &number.to_string())]);
            self.say_words(Tone::Notice, words);
            return Vec::new();
        };
        if key.variants.is_empty() {
            return self.sell_product_key(&key);
        }
        self.pick_variant(&key);
        Vec::new()
    }

    /// Sells what a product key means.
    pub(super) fn sell_product_key(&mut self, key: &ProductKey) -> Vec<Effect> {
        // An open-priced product takes the number typed as its price, as a department does.
        let typed = self.selling.typed().trim().to_owned();
        let is_open = key.price_rule == PriceRule::Open && !typed.is_empty() && self.multiplier().is_none();
        match entry::unit_price(&typed, &self.view.amounts()) {
            Ok(price) if is_open && !self.selling.is_inquiry => {
                let readings =
                    vec![entry::Reading { named: key.named, ..entry::Reading::of(key.code.clone()) }];
                Self::act(Act::Sell(Sale { price: Some(price), ..self.sale_of(readings) }))
            }
            _ => self.sell_key(key.named, &key.code),
        }
    }

    /// Sells by a department key at the price in the input line.
    pub(super) fn sell_department(&mut self, no: Option<DepartmentNo>) -> Vec<Effect> {
        let price = entry::unit_price(self.selling.typed(), &self.view.amounts());
        let Ok(price) = price else {
            let key = if self.selling.typed().is_empty() { Key::PriceFirst } else { Key::PriceNotNumber };
            self.say(Tone::Notice, key);
            return Vec::new();
        };
        if let Some(no) = no {
            return self.sell_by_department(no, price);
        }
        self.ask_department();
        Vec::new()
    }

    pub(super) fn sell_by_department(&self, no: DepartmentNo, price: UnitPrice) -> Vec<Effect> {
        let (quantity, returned) = (self.selling.multiplier, self.returned_as());
        let add = AddLine { quantity, returned, ..AddLine::department(no, price) };
        Self::command(Command::AddLine(add))
    }

    fn show_page(&mut self, page: usize) {
        let selling = &mut self.selling;
        let Some(shown) = self.view.pages.get(page) else {
            let words = self.text.fill(Key::NoSuchPage, &[("number", &(page + 1).to_string())]);
            self.say_words(Tone::Notice, words);
            return;
        };
        let parts = shown.parts().len();
        let is_all = selling.page == page && parts == 1;
        selling.part = if selling.page == page { (selling.part + 1) % parts } else { 0 };
        selling.page = page;
        if is_all {
            self.say_words(Tone::Notice, self.text.fill(Key::PageIsAll, &[("name", &shown.name)]));
        }
    }

    /// Shows the first part of a group of the page shown.
    fn show_group(&mut self, group: usize) {
        let parts = self.view.pages.get(self.selling.page).map(crate::view::Page::parts).unwrap_or_default();
        match parts.iter().position(|part| part.group == group) {
            Some(part) => self.selling.part = part,
            None => self.say(Tone::Notice, Key::NotHere),
        }
    }

    fn turn_page(&mut self, by: usize) {
        let count = self.view.pages.len();
        if count < 2 {
            self.say(Tone::Notice, Key::NoOtherPage);
            return;
        }
        self.selling.page = (self.selling.page + by) % count;
        self.selling.part = 0;
    }

    fn say_subtotal(&mut self) {
        let Some(document) = &self.view.document else {
            self.say(Tone::Notice, Key::NoDocument);
            return;
        };
        let count = document.active_lines().count().to_string();
        let due = self.view.currency.show(document.balance());
        let words = self.text.fill(Key::SubtotalSaid, &[("lines", &count), ("due", &due)]);
        self.message = Some(Message { tone: Tone::Notice, words });
    }

    /// Puts the document aside under the name in the input line; without lines, shows those put aside.
    fn suspend(&mut self) -> Vec<Effect> {
        let has_lines = self.view.document.as_ref().is_some_and(|document| !document.lines.is_empty());
        if !has_lines {
            return self.open_list(crate::listing::PARKED, 0);
        }
        let name = self.selling.typed().trim();
        let name = (!name.is_empty()).then(|| name.to_owned());
        Self::command(Command::Suspend { name })
    }

    fn ask_cancel(&mut self) {
        let Some(document) = &self.view.document else {
            self.say(Tone::Notice, Key::NothingToCancel);
            return;
        };
        let total = self.view.currency.show(document.totals.net_due);
        let number = document.number.to_string();
        let line = self.text.fill(Key::CancelQuestion, &[("number", &number), ("total", &total)]);
        let command = Command::Cancel { reason: None };
        self.ask(vec![line], Key::YesKey, Effect::act(Act::Command(command)));
    }

    /// After something was done with what was typed.
    pub(super) fn clear_entry(&mut self) {
        self.selling.empty();
        self.selling.multiplier = None;
        self.selling.is_inquiry = false;
        self.selling.selected = None;
    }

    /// Shows the sale screen; the screens that led there are left, so that Escape goes to the menu. False where the
    /// cashier may not see it: somebody who may is asked.
    pub(super) fn show_sale(&mut self) -> bool {
        // Whoever has it below another screen was let in.
        let is_in = self.places.contains(&Place::Sale);
        // What led there is done: only the screen is asked for.
        self.meant.forget();
        let is_shown = is_in || !self.is_forbidden(SALE);
        if is_shown || (self.view.document.is_none() && matches!(self.place(), Place::Payment { .. })) {
            self.places.retain(|place| matches!(place, Place::Page { form, .. } if form == super::MENU));
            self.go(if is_shown { Place::Sale } else { Self::menu() });
        }
        is_shown
    }
}
