//! Prompts that several screens use, and what comes of their answers.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::DepartmentNo,
    closure::{Declaration, template::Region},
    document::{AddLine, AgeEvidence, Command, Kind, NoteKind},
    ids::LineNo,
    loyalty::NotRedeemable,
    money::{AmountError, CurrencyCode},
    quantity::{Points, Quantity},
};
use saleflex_store::{setup::Beginning, templates};

use super::{State, Tone, adjust::sources, lines::NOTES};
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::{Act, Approver, Credentials, Effect, FirstStart, Secret},
    entry, message,
    text::Key,
    view::Person,
};

/// What an answer leads to, or why it was not accepted.
type Answer = Result<Vec<Effect>, String>;

impl State {
    /// Asks a manager to agree to an act.
    pub(super) fn ask_approval(&mut self, act: Act) {
        let refused = self.refused_approver.take();
        let people = self.approvers(&act);
        let options = people.iter().map(|person| person.name.clone()).collect();
        // Nobody is chosen for the manager: a PIN that is typed for somebody else counts as their wrong one. Who was
        // refused stays chosen, and where there is but one there is nothing to choose.
        let refused = people.iter().position(|person| Some(&person.user_name) == refused.as_ref());
        let at = refused.or_else(|| (people.len() == 1).then_some(0));
        let fields = vec![
            Field::new(self.text.word(Key::ApproverField), FieldKind::Choice { options, at }),
            Field::new(self.text.word(Key::SecretField), FieldKind::Secret),
            self.reason_field(),
        ];
        let hint = match &act {
            Act::UseFunction { used, needed, .. } => {
                let who = message::capability(self.text, *needed);
                self.text.fill(Key::FunctionApproval, &[("function", &used.words), ("who", who)])
            }
            Act::ClosePeriod(Some(counted)) => self.why_it_differs(counted),
            Act::CountDrawer(counted) => self.why_it_differs(&counted.declaration),
            _ => self.text.word(Key::ApprovalHint).to_owned(),
        };
        let mut prompt = Prompt::new(self.text.word(Key::ApprovalTitle), fields, Purpose::Approve(act));
        prompt.at = usize::from(at.is_some());
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// What somebody agrees to where a drawer differs: the cashier said why before.
    fn why_it_differs(&self, counted: &Declaration) -> String {
        let kind = counted.over_short.map(|why| self.text.word(message::over_short(why)).to_owned());
        let said: Vec<String> = kind.into_iter().chain(counted.reason.clone()).collect();
        if said.is_empty() {
            return self.text.word(Key::ApprovalHint).to_owned();
        }
        self.text.fill(Key::ApprovalDiffers, &[("why", &said.join(", "))])
    }

    /// Asks how the buyer's age was checked.
    pub(super) fn ask_age(&mut self, act: Act, minimum_age: u8) {
        let options = [Key::AgeLooked, Key::AgeBirthDate].map(|key| self.text.word(key).to_owned()).to_vec();
        let fields = vec![
            Field::new(self.text.word(Key::AgeHow), FieldKind::Choice { options, at: Some(0) }),
            Field::new(self.text.word(Key::BirthDateField), FieldKind::Text),
        ];
        let hint = self.text.fill(Key::AgeHint, &[("age", &minimum_age.to_string())]);
        let prompt = Prompt::new(self.text.word(Key::AgeTitle), fields, Purpose::Age(act));
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// Asks for the price of what has none.
    pub(super) fn ask_price(&mut self, act: Act, code: &str) {
        let field = Field::new(self.text.word(Key::PriceField), FieldKind::Money(self.view.amounts()));
        let prompt = Prompt::new(self.text.word(Key::PriceTitle), vec![field], Purpose::Price(act));
        // What a product is sold for is not what somebody is paid for it.
        let is_bought = self.view.document.as_ref().is_some_and(|open| open.kind == Kind::Purchase);
        let key = if is_bought { Key::PriceHintBought } else { Key::PriceHint };
        let hint = self.text.fill(key, &[("code", code)]);
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// Asks how much of something weighed is sold, and says why the scale did not tell.
    pub(super) fn ask_weight(&mut self, act: Act, name: &str, unit: &str, scale: Option<String>) {
        let label = self.text.fill(Key::WeightField, &[("unit", &unit.to_lowercase())]);
        let field = Field::new(&label, FieldKind::Number);
        let prompt = Prompt::new(self.text.word(Key::WeightTitle), vec![field], Purpose::Weight(act));
        let hint = self.text.fill(Key::WeightHint, &[("name", name)]);
        self.dialogs.push(Dialog::Prompt(Box::new(Prompt { error: scale, ..prompt.with_hint(hint) })));
    }

    /// Asks for another secret.
    pub(super) fn ask_secret(&mut self) {
        let keys = [Key::SecretOld, Key::SecretNew, Key::SecretAgain];
        let fields = keys.map(|key| Field::new(self.text.word(key), FieldKind::Secret)).to_vec();
        let prompt = Prompt::new(self.text.word(Key::SecretTitle), fields, Purpose::Secret);
        self.dialogs.push(Dialog::Prompt(Box::new(prompt)));
    }

    /// Redeems as many points as were typed, or asks how many and offers the most that can be taken.
    pub(super) fn redeem(&mut self) -> Vec<Effect> {
        let typed = self.selling.typed().trim().to_owned();
        if !typed.is_empty() {
            return match typed.parse() {
                Ok(points) => Self::act(Act::Redeem(Points::new(points))),
                Err(_) => self.refuse_number(AmountError::Malformed),
            };
        }
        let offer = match (&self.view.document, self.view.points) {
            (None, _) => Err(self.text.word(Key::NoDocument).to_owned()),
            (Some(document), None) if document.customer.is_none() => {
                Err(message::not_redeemable(self.text, NotRedeemable::NoCustomer))
            }
            (Some(_), None) => Err(message::not_redeemable(self.text, NotRedeemable::NoMembership)),
            (Some(_), Some(offer)) => offer.most.map_err(|why| {
                let words = message::not_redeemable(self.text, why);
                let is_too_few =
                    matches!(why, NotRedeemable::BelowMinimum { .. } | NotRedeemable::NothingApplicable);
                if is_too_few { self.with_share(words) } else { words }
            }),
        };
        match offer {
            Ok(most) => {
                let field = Field::new(self.text.word(Key::PointsField), FieldKind::Number);
                let field = field.offering(&most.points.to_string());
                let prompt = Prompt::new(self.text.word(Key::PointsTitle), vec![field], Purpose::Points);
                let hint = self.with_share(format!("{}.", self.points_words().unwrap_or_default()));
                self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
            }
            Err(words) => self.say_words(Tone::Bad, words),
        }
        Vec::new()
    }

    /// What is said of points, and that they may pay a part of the document alone where that takes fewer than there are.
    fn with_share(&self, words: String) -> String {
        let Some((share, part)) = self.view.points.and_then(|offer| offer.share) else { return words };
        let (share, part) = (share.to_string(), self.view.currency.show(part));
        let limit = self.text.fill(Key::PointsShare, &[("percent", &share), ("amount", &part)]);
        format!("{words} {limit}")
    }

    /// What the customer's points are good for, where there are any.
    pub fn points_words(&self) -> Option<String> {
        let offer = self.view.points?;
        let available = offer.available.to_string();
        Some(match offer.most {
            Ok(most) => {
                let (points, amount) = (most.points.to_string(), self.view.currency.show(most.amount));
                let values = [("available", available.as_str()), ("points", &points), ("amount", &amount)];
                self.text.fill(Key::PointsOffered, &values)
            }
            Err(why) => {
                let why = message::not_redeemable(self.text, why);
                self.text.fill(Key::PointsNotOffered, &[("available", &available), ("why", &why)])
            }
        })
    }

    pub(super) fn ask_department(&mut self) {
        let field = Field::new(self.text.word(Key::DepartmentField), FieldKind::Number);
        let title = self.text.word(Key::DepartmentTitle);
        self.dialogs.push(Dialog::Prompt(Box::new(Prompt::new(title, vec![field], Purpose::Department))));
    }

    /// The last field of the prompt in front was answered. What was typed stays until it is accepted.
    pub(super) fn answer_prompt(&mut self) -> Vec<Effect> {
        let Some(Dialog::Prompt(prompt)) = self.dialogs.last() else { return Vec::new() };
        let prompt = prompt.clone();
        match self.answer(&prompt) {
            Ok(effects) => {
                self.dialogs.pop();
                // A question may follow the prompt; it is in front then.
                if let Purpose::Count(names) = &prompt.purpose
                    && let Ok(counted) = self.counted(&prompt, names)
                {
                    self.ask_close(counted);
                }
                if prompt.purpose == Purpose::SetUp(None) { self.ask_tax(effects) } else { effects }
            }
            Err(words) => {
                if let Some(Dialog::Prompt(prompt)) = self.dialogs.last_mut() {
                    prompt.refuse(words);
                }
                Vec::new()
            }
        }
    }

    fn answer(&mut self, prompt: &Prompt) -> Answer {
        let value = prompt.value(0).trim();
        let number = |error: AmountError| message::amount_error(self.text, error);
        match &prompt.purpose {
            Purpose::Approve(act) => self.answer_approval(prompt, act),
            Purpose::Age(act) => self.answer_age(prompt, act),
            Purpose::Price(act) => {
                let price = entry::unit_price(value, &self.view.amounts()).map_err(number)?;
                Ok(again(priced(act.clone(), price), prompt))
            }
            Purpose::Pieces(act, line) => self.answer_pieces(prompt, act, *line),
            Purpose::Weight(act) => {
                let read = entry::quantity_of(value).ok_or_else(|| self.refused(Key::QuantityNotNumber))?;
                Ok(again(weighed(act.clone(), read), prompt))
            }
            Purpose::Quantity(line) => {
                let quantity = self.quantity_for(*line, value);
                let quantity = quantity.ok_or_else(|| self.refused(Key::QuantityNotNumber))?;
                Ok(Self::command(Command::ChangeQuantity { line: *line, quantity }))
            }
            Purpose::LinePrice(line) => {
                let price = entry::unit_price(value, &self.view.amounts()).map_err(number)?;
                Ok(Self::command(Command::OverridePrice { line: *line, price, reason: prompt.said() }))
            }
            Purpose::Note(line) => Ok(Self::command(note(*line, value, prompt.choice(1)))),
            Purpose::AdjustLine(line, adjustment) => {
                let command = self.line_adjustment(*line, *adjustment, value).map_err(number)?;
                Ok(Self::command(command.because(prompt.said())))
            }
            Purpose::AdjustDocument(adjustment) => {
                let source = prompt.choice(2).and_then(|at| sources(*adjustment).nth(at));
                let source = source.map(|(source, _)| source);
                let command = self.document_adjustment(*adjustment, value, source).map_err(number)?;
                Ok(Self::command(command.because(prompt.said())))
            }
            Purpose::Department => self.answer_department(value),
            Purpose::Cash(kind) => {
                let amount = entry::amount(value, &self.view.amounts()).map_err(number)?;
                let reason = prompt.value(1).trim().to_owned();
                Ok(Self::command(Command::MoveCash { kind: *kind, amount, reason }))
            }
            Purpose::Drawer => Ok(Self::command(Command::OpenDrawer { reason: prompt.said() })),
            Purpose::Foreign(code) => {
                self.foreign_tender(*code, value).map(|take| self.pay(take)).map_err(number)
            }
            Purpose::Tip => self.take_tip(value),
            Purpose::Particulars(kind) => self.particulars(*kind, prompt),
            Purpose::Answer(tender) => Ok(Self::answered(*tender, prompt)),
            Purpose::Reversal(act) => Ok(again(self.reversed(act, prompt)?, prompt)),
            Purpose::Exempt => self.exempt(prompt),
            Purpose::ReturnQuantity(line) => self.answer_return_quantity(*line, value),
            Purpose::Count(names) => self.counted(prompt, names).map(|_| Vec::new()),
            Purpose::Reason(Act::Sync(_)) | Purpose::ImportFile if value.is_empty() => {
                Err(self.refused(Key::FieldNeeded))
            }
            Purpose::Reason(act) => Ok(again(act.clone().because(prompt.said()), prompt)),
            Purpose::Punch(user_name, punch) => Ok(Self::answer_punch(user_name, *punch, prompt.value(0))),
            Purpose::Break(kind) => self.answer_break(*kind, value),
            Purpose::Secret => self.answer_secret(prompt),
            Purpose::Coupon => Ok(Self::coupon(value)),
            Purpose::GiftCard(amount) => self.gift_card(prompt, *amount),
            Purpose::Points => self.answer_points(value),
            Purpose::ImportFile => Ok(vec![Effect::ReadProducts(value.to_owned())]),
            Purpose::SetUp(None) => self.answer_set_up(prompt),
            Purpose::SetUp(Some(start)) => self.answer_tax(start, value),
        }
    }

    /// Who can agree to an act.
    pub(super) fn approvers(&self, act: &Act) -> Vec<&Person> {
        match act {
            Act::UseFunction { needed, .. } => {
                self.view.cashiers.iter().filter(|person| person.capabilities.contains(needed)).collect()
            }
            _ => self.view.approvers.iter().collect(),
        }
    }

    fn answer_points(&self, value: &str) -> Answer {
        let points = value.parse().map_err(|_| self.refused(Key::NotANumber))?;
        Ok(Self::act(Act::Redeem(Points::new(points))))
    }

    fn answer_approval(&self, prompt: &Prompt, act: &Act) -> Answer {
        let people = self.approvers(act);
        let person = prompt.choice(0).and_then(|at| people.get(at));
        let user_name = person.ok_or_else(|| self.refused(Key::ApproverFirst))?.user_name.clone();
        let credentials = Credentials { user_name, secret: prompt.value(1).to_owned() };
        let approver = Some(Approver { credentials, reason: prompt.said() });
        Ok(vec![Effect::Act { act: Box::new(act.clone()), approver }])
    }

    fn refused(&self, key: Key) -> String {
        self.text.word(key).to_owned()
    }

    fn answer_age(&self, prompt: &Prompt, act: &Act) -> Answer {
        let typed = prompt.value(1).trim();
        let evidence = if prompt.choice(0) == Some(0) && typed.is_empty() {
            AgeEvidence::Looked
        } else {
            AgeEvidence::BirthDate(date(typed).ok_or_else(|| self.refused(Key::DateNotRead))?)
        };
        Ok(again(aged(act.clone(), evidence), prompt))
    }

    fn answer_department(&self, value: &str) -> Answer {
        let no: u32 = value.parse().map_err(|_| self.refused(Key::DepartmentNotNumber))?;
        let price = entry::unit_price(self.selling.typed(), &self.view.amounts())
            .map_err(|error| message::amount_error(self.text, error))?;
        Ok(self.sell_by_department(DepartmentNo(no), price))
    }

    fn answer_return_quantity(&mut self, line: LineNo, value: &str) -> Answer {
        // Nothing or naught: the line stays sold.
        let quantity = if value.is_empty() || value == "0" {
            None
        } else {
            Some(entry::quantity_of(value).ok_or_else(|| self.refused(Key::QuantityNotNumber))?)
        };
        if self.pick_quantity(line, quantity) {
            Ok(Vec::new())
        } else {
            Err(self.refused(Key::ReturnTooMany))
        }
    }

    fn answer_secret(&self, prompt: &Prompt) -> Answer {
        let [old, new, again] = [0, 1, 2].map(|at| prompt.value(at));
        if new.chars().count() < SHORTEST_SECRET {
            return Err(self.refused(Key::SetupSecretShort));
        }
        if new != again {
            return Err(self.refused(Key::SetupSecretDiffers));
        }
        Ok(vec![Effect::ChangeSecret { old: Secret(old.to_owned()), new: Secret(new.to_owned()) }])
    }

    fn answer_set_up(&self, prompt: &Prompt) -> Answer {
        let [store, place, code, user] = [0, 1, 2, 3].map(|at| prompt.value(at).trim());
        let (secret, again) = (prompt.value(4), prompt.value(5));
        if store.is_empty() || user.is_empty() {
            return Err(self.refused(Key::SetupNameNeeded));
        }
        let beginning = self.beginning(&place.to_uppercase(), &code.to_uppercase())?;
        if secret.chars().count() < SHORTEST_SECRET {
            return Err(self.refused(Key::SetupSecretShort));
        }
        if secret != again {
            return Err(self.refused(Key::SetupSecretDiffers));
        }
        Ok(vec![Effect::SetUp(FirstStart::Empty {
            store: store.to_owned(),
            beginning: Box::new(beginning),
            administrator: Credentials { user_name: user.to_owned(), secret: secret.to_owned() },
        })])
    }

    /// The usual tax of a shop whose place names none; nothing typed is 0 %.
    fn answer_tax(&self, start: &FirstStart, value: &str) -> Answer {
        let FirstStart::Empty { store, beginning, administrator } = start.clone() else {
            return Ok(vec![Effect::SetUp(start.clone())]);
        };
        let beginning = if value.is_empty() {
            beginning
        } else {
            let percent = entry::percent(value).map_err(|error| message::amount_error(self.text, error))?;
            let name = self.text.fill(Key::SetupTax, &[("percent", &percent.to_string())]);
            Box::new(beginning.taxed(name, percent))
        };
        Ok(vec![Effect::SetUp(FirstStart::Empty { store, beginning, administrator })])
    }

    /// What a shop at a place begins with; either may be left out, and a place that is not known falls back.
    fn beginning(&self, place: &str, code: &str) -> Result<Beginning, String> {
        let typed = |text: &str| !text.is_empty();
        let region = Some(place).filter(|place| typed(place)).map(Region::parse).transpose();
        let region = region.map_err(|_| self.refused(Key::RegionNotRead))?;
        if let Some(Err(unknown)) = region.as_ref().map(templates::name_of_part) {
            return Err(message::unknown_part(self.text, &unknown));
        }
        let currency = Some(code).filter(|code| typed(code)).map(CurrencyCode::parse).transpose();
        let currency = currency.map_err(|_| self.refused(Key::CurrencyNotRead))?;
        Beginning::at(region, currency).ok_or_else(|| self.refused(Key::SetupCurrencyNeeded))
    }
}

/// The shortest secret.
const SHORTEST_SECRET: usize = 4;

/// A note; what is for the kitchen or for staff is not on the customer's paper.
fn note(line: Option<LineNo>, text: &str, whom: Option<usize>) -> Command {
    let kind = whom.and_then(|at| NOTES.get(at)).map_or(NoteKind::General, |(kind, _)| *kind);
    let on_receipt = matches!(kind, NoteKind::General | NoteKind::Delivery);
    Command::AddNote { kind, line, text: text.to_owned(), on_receipt }
}

/// An act once more, with the approval it has.
fn again(act: Act, prompt: &Prompt) -> Vec<Effect> {
    vec![Effect::Act { act: Box::new(act), approver: prompt.approver.as_deref().cloned() }]
}

/// The same act with a typed price.
fn priced(act: Act, price: saleflex_core::quantity::UnitPrice) -> Act {
    match act {
        Act::Sell(sale) => Act::Sell(crate::effect::Sale { price: Some(price), ..sale }),
        Act::Command(Command::AddLine(add)) => Act::Command(Command::AddLine(add.at(price))),
        Act::Counted(Command::AddLine(add)) => Act::Counted(Command::AddLine(add.at(price))),
        Act::Command(Command::OverridePrice { line, reason, .. }) => {
            Act::Command(Command::OverridePrice { line, price, reason })
        }
        other => other,
    }
}

/// The same act with what was weighed.
fn weighed(act: Act, quantity: Quantity) -> Act {
    match act {
        Act::Sell(sale) => Act::Sell(crate::effect::Sale { quantity: Some(quantity), ..sale }),
        other => other,
    }
}

/// The same act with the buyer's age checked.
fn aged(act: Act, age: AgeEvidence) -> Act {
    match act {
        Act::Sell(sale) => Act::Sell(crate::effect::Sale { age: Some(age), ..sale }),
        Act::Command(Command::AddLine(add)) => {
            Act::Command(Command::AddLine(AddLine { age: Some(age), ..add }))
        }
        Act::Counted(Command::AddLine(add)) => {
            Act::Counted(Command::AddLine(AddLine { age: Some(age), ..add }))
        }
        Act::ConvertQuote { quote, counted, .. } => Act::ConvertQuote { quote, age: Some(age), counted },
        Act::Repeat(document, _) => Act::Repeat(document, Some(age)),
        other => other,
    }
}

/// A date as people write it: 2001-05-30, 30.05.2001, 30/05/2001, or the digits of the first alone.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let is_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let formats: &[&str] = if is_digits { &["%Y%m%d"] } else { &["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"] };
    formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_that_was_looked_at_again_takes_what_is_asked_of_it_next() {
        let counted = Act::Counted(Command::AddLine(AddLine::code("1")));
        let price = saleflex_core::quantity::UnitPrice::parse("2.50").unwrap();
        let at = |act| match act {
            Act::Counted(Command::AddLine(add)) => (add.price, add.reason),
            other => panic!("{other:?}"),
        };
        assert_eq!(at(priced(counted.clone(), price)).0, Some(price));
        assert_eq!(at(counted.because(Some("scuffed".into()))).1.as_deref(), Some("scuffed"));
    }

    #[test]
    fn a_date_is_read_in_four_forms_and_nothing_is_guessed() {
        let day = NaiveDate::from_ymd_opt(2001, 5, 30);
        for text in ["2001-05-30", "30.05.2001", "30/05/2001", "20010530"] {
            assert_eq!(date(text), day);
        }
        for text in ["", "30", "2001", "31.02.2001", "05-30-2001", "30052001", "2001053", "200105300"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
