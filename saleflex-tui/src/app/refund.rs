//! Goods brought back: find the receipt, pick what comes back, then pay it out or exchange it.

use saleflex_core::{
    basket::GoodsState,
    catalog::is_unprintable,
    document::{Kind, ReturnLine},
    quantity::Quantity,
};

use super::{Place, Return, SALE, State, Tone};
use crate::{
    action::{Action, Erase, Move, Screen},
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose, stepped},
    effect::{self, Act, Effect},
    text::Key,
};

/// Rows passed by a page key.
const PAGE: usize = 10;
/// A receipt number has no more characters.
const LONGEST_NUMBER: usize = 40;

impl State {
    pub(crate) fn open_return(&mut self) -> Vec<Effect> {
        match &self.view.document {
            Some(document) if document.kind == Kind::Return => return self.go_to(Screen::Payment),
            Some(document) if !document.lines.is_empty() => {
                let number = document.number.to_string();
                let words = self.text.fill(Key::ReturnDocumentOpen, &[("number", &number)]);
                self.say_words(Tone::Bad, words);
            }
            _ => {
                // A number that was typed first is the receipt's; what was refused is none.
                let number = self.selling.freshly_typed().trim().to_owned();
                self.selling.empty();
                self.go(Place::Return(Box::new(Return { number: number.clone(), ..Return::default() })));
                if !number.is_empty() {
                    return vec![Effect::Ask(effect::Question::Receipt(number))];
                }
            }
        }
        Vec::new()
    }

    /// Shows what can be brought back of a receipt that was scanned.
    pub(super) fn return_of(&mut self, number: String) -> Vec<Effect> {
        let effects = self.go_to(Screen::Return);
        if let Some(Place::Return(back)) = self.places.last_mut() {
            **back = Return { number: number.clone(), ..Return::default() };
            return vec![Effect::Ask(effect::Question::Receipt(number))];
        }
        effects
    }

    fn returning(&mut self) -> Option<&mut Return> {
        match self.places.last_mut() {
            Some(Place::Return(back)) => Some(back),
            _ => None,
        }
    }

    pub(super) fn update_return(&mut self, action: Action) -> Vec<Effect> {
        let is_focused = self.has_focus();
        let Some(back) = self.returning() else { return Vec::new() };
        match (action, &back.sold) {
            (action @ Action::Move(Move::Next | Move::Previous), _) => return self.update_common(action),
            (Action::Confirm, _) if is_focused => return self.update_common(Action::Confirm),
            (Action::ReturnWithoutReceipt, _) => return self.update_document_of_return(),
            (Action::Type(character), None)
                if back.number.len() < LONGEST_NUMBER && !is_unprintable(character) =>
            {
                back.number.push(character);
            }
            (Action::Erase(Erase::All), None) => back.number.clear(),
            (Action::Erase(_), None) => {
                back.number.pop();
            }
            (Action::Back, None) if !back.number.is_empty() => back.number.clear(),
            (Action::Confirm, None) if !back.number.is_empty() => {
                return vec![Effect::Ask(effect::Question::Receipt(back.number.trim().to_owned()))];
            }
            (Action::Back, Some(_)) if !is_focused => *back = Return::default(),
            (Action::Move(step), Some(sold)) => back.at = stepped(back.at, sold.lines.len(), step, PAGE),
            (Action::Type(' ') | Action::Confirm, Some(_)) => self.toggle_pick(),
            (Action::Type(digit), Some(_)) if digit.is_ascii_digit() => self.ask_return_quantity(digit),
            (Action::ChangeQuantity, Some(_)) => self.ask_return_quantity(' '),
            (Action::PickAll, Some(_)) => self.pick_all(),
            (Action::ToggleRestock, Some(_)) => {
                back.state = match back.state {
                    GoodsState::New => GoodsState::Opened,
                    GoodsState::Opened => GoodsState::Damaged,
                    GoodsState::Damaged => GoodsState::New,
                };
            }
            (Action::ReturnPicked, Some(_)) => return self.take_back(),
            (Action::Confirm | Action::PickAll | Action::ToggleRestock | Action::ReturnPicked, None) => {
                self.say(Tone::Notice, Key::ReturnNumberFirst);
            }
            (other, _) => return self.update_common(other),
        }
        Vec::new()
    }

    fn update_document_of_return(&mut self) -> Vec<Effect> {
        if self.is_forbidden(SALE) {
            return Vec::new();
        }
        self.go(Place::Sale);
        self.update_sale(Action::ReturnWithoutReceipt)
    }

    /// Whether the selected line may come back; if not, says why.
    fn may_come_back(&mut self) -> bool {
        let refusal = match self.place() {
            Place::Return(back) => {
                back.sold.as_ref().and_then(|sold| sold.lines.get(back.at)?.refusal.clone())
            }
            _ => None,
        };
        if let Some(words) = refusal.clone() {
            self.say_words(Tone::Bad, words);
        }
        refusal.is_none()
    }

    /// Picks all that is left of the selected line, or none of it.
    fn toggle_pick(&mut self) {
        if !self.may_come_back() {
            return;
        }
        let Some(back) = self.returning() else { return };
        let at = back.at;
        let left = back.sold.as_ref().and_then(|sold| sold.lines.get(at)).map(|line| line.left);
        if let Some(picked) = back.picked.get_mut(at) {
            *picked = if picked.is_some() { None } else { left };
        }
        if back.picked.get(at).is_some_and(Option::is_some) {
            back.at = (at + 1).min(back.picked.len().saturating_sub(1));
        }
    }

    fn pick_all(&mut self) {
        let Some(back) = self.returning() else { return };
        let sold = back.sold.iter().flat_map(|sold| &sold.lines);
        let is_all = sold.zip(&back.picked).all(|(line, picked)| picked.is_some() || line.refusal.is_some());
        let lines = back.sold.iter().flat_map(|sold| &sold.lines);
        let picks = lines.map(|line| (!is_all && line.refusal.is_none()).then_some(line.left));
        back.picked = picks.collect();
        // Where nothing may come back, it is said why not.
        let refusals = back.sold.iter().flat_map(|sold| sold.lines.iter().map(|line| line.refusal.clone()));
        let refusals: Option<Vec<String>> = refusals.collect();
        if let Some(words) = refusals.and_then(|all| all.into_iter().next()) {
            self.say_words(Tone::Bad, words);
        }
    }

    fn ask_return_quantity(&mut self, typed: char) {
        if !self.may_come_back() {
            return;
        }
        let Some(back) = self.returning() else { return };
        let at = back.at;
        let Some(line) = back.sold.as_ref().and_then(|sold| sold.lines.get(at)).cloned() else { return };
        let typed = typed.to_string();
        let field = Field::new(self.text.word(Key::QuantityField), FieldKind::Number).holding(typed.trim());
        let left = line.left.to_string();
        let hint = self.text.fill(Key::ReturnLeft, &[("name", &line.name), ("left", &left)]);
        let title = self.text.word(Key::ReturnQuantityTitle);
        let prompt = Prompt::new(title, vec![field], Purpose::ReturnQuantity(line.line));
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// Sets how many of a sold line come back; none where the number is more than what is left.
    pub(super) fn pick_quantity(
        &mut self,
        no: saleflex_core::ids::LineNo,
        quantity: Option<Quantity>,
    ) -> bool {
        let Some(back) = self.returning() else { return true };
        let Some(sold) = &back.sold else { return true };
        let Some(at) = sold.lines.iter().position(|line| line.line == no) else { return true };
        if quantity.is_some_and(|quantity| sold.lines.get(at).is_some_and(|line| quantity > line.left)) {
            return false;
        }
        if let Some(picked) = back.picked.get_mut(at) {
            *picked = quantity;
        }
        true
    }

    /// Everything of a sale is to come back; asked once more, since money goes out for it.
    pub(super) fn take_everything_back(&mut self) -> Vec<Effect> {
        self.pick_all();
        let refusal = match self.place() {
            Place::Return(back) => {
                back.sold.iter().flat_map(|sold| &sold.lines).find_map(|line| line.refusal.clone())
            }
            _ => None,
        };
        if let Some(words) = refusal {
            // The rest is picked, for the cashier to decide about.
            self.say_words(Tone::Bad, words);
            return Vec::new();
        }
        let Some(act) = self.goods_back() else { return Vec::new() };
        let number = match self.place() {
            Place::Return(back) => back.number.clone(),
            _ => String::new(),
        };
        self.ask(
            vec![self.text.fill(Key::VoidQuestion, &[("number", &number)])],
            Key::YesKey,
            Effect::act(act),
        );
        Vec::new()
    }

    fn take_back(&mut self) -> Vec<Effect> {
        match self.goods_back() {
            Some(act) => self.explain_effect(Effect::act(act)),
            None => Vec::new(),
        }
    }

    /// What was picked on its way back; says so where nothing was.
    fn goods_back(&mut self) -> Option<Act> {
        let back = self.returning()?;
        let (state, restock) = (back.state, back.state == GoodsState::New);
        let sold = back.sold.as_ref()?;
        let lines: Vec<ReturnLine> = sold
            .lines
            .iter()
            .zip(&back.picked)
            .filter_map(|(line, picked)| {
                picked.map(|quantity| ReturnLine {
                    line: line.line,
                    quantity,
                    state,
                    restock,
                    reason: None,
                    serials: Vec::new(),
                })
            })
            .collect();
        let sale = sold.id;
        if lines.is_empty() {
            self.say(Tone::Notice, Key::ReturnNothingPicked);
            return None;
        }
        Some(Act::TakeBack { sale, lines })
    }
}
