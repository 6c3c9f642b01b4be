//! Payments with what is known of them besides the amount: a cheque's number and bank, a card's instalments, the
//! reference of a transfer, and what their providers answer.

use chrono::NaiveDate;
use saleflex_core::{
    document::{Command, TakeTender},
    ids::TenderNo,
    tender::{Tender, TenderDetails, TenderKind},
};

use super::{Place, State, Tone, prompts::date};
use crate::{
    dialog::{Choice, Dialog, Field, FieldKind, Pick, Prompt, Purpose, Row},
    effect::{Act, Effect},
    entry, message,
    text::Key,
};

/// Something known of a payment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Particular {
    Number,
    Reference,
    Bank,
    Last4,
    Due,
    Authorisation,
    Instalments,
    Answer,
}

impl Particular {
    /// What is known of payments of a kind, in the order it is asked for.
    const fn of(kind: TenderKind) -> &'static [Self] {
        match kind {
            TenderKind::Cheque => &[Self::Number, Self::Bank, Self::Last4, Self::Due],
            TenderKind::CreditCard => &[Self::Last4, Self::Authorisation, Self::Instalments, Self::Answer],
            TenderKind::Mobile | TenderKind::BankTransfer | TenderKind::Other => {
                &[Self::Reference, Self::Authorisation, Self::Answer]
            }
            _ => &[],
        }
    }

    const fn label(self) -> Key {
        match self {
            Self::Number => Key::ParticularNumber,
            Self::Reference => Key::ParticularReference,
            Self::Bank => Key::ParticularBank,
            Self::Last4 => Key::ParticularLast4,
            Self::Due => Key::ParticularDue,
            Self::Authorisation => Key::ParticularAuthorisation,
            Self::Instalments => Key::ParticularInstalments,
            Self::Answer => Key::ParticularAnswer,
        }
    }
}

impl State {
    /// Lists the kinds of payment of which more is known than the amount.
    pub(super) fn pick_particulars(&mut self) -> Vec<Effect> {
        if self.view.document.is_none() {
            self.say(Tone::Notice, Key::NothingToPay);
            return Vec::new();
        }
        let kinds = TenderKind::ALL.into_iter().filter(|kind| !Particular::of(*kind).is_empty());
        let row = |kind| Row {
            cells: vec![message::tender_kind(self.text, kind).to_owned()],
            choice: Choice::Particulars(kind),
        };
        let rows = kinds.map(row).collect();
        self.dialogs.push(Dialog::Pick(Pick::here(self.text.word(Key::ParticularsTitle), rows)));
        Vec::new()
    }

    /// Asks for a payment of a kind and what else is known of it; the balance is offered.
    pub(super) fn ask_particulars(&mut self, kind: TenderKind) {
        let Some(document) = &self.view.document else { return };
        let balance = self.view.money(document.balance());
        let typed = self.selling.freshly_typed();
        let amount = Field::new(self.text.word(Key::AmountField), FieldKind::Money(self.view.amounts()));
        let amount = if typed.is_empty() { amount.offering(&balance) } else { amount.holding(typed) };
        let field = |particular: &Particular| {
            let kind = match particular {
                Particular::Answer => {
                    let keys = [Key::AnswerApproved, Key::AnswerAwaited];
                    let options = keys.map(|key| self.text.word(key).to_owned()).to_vec();
                    FieldKind::Choice { options, at: Some(0) }
                }
                Particular::Instalments => FieldKind::Number,
                _ => FieldKind::Text,
            };
            Field::new(self.text.word(particular.label()), kind).optional()
        };
        let fields = std::iter::once(amount).chain(Particular::of(kind).iter().map(field)).collect();
        let prompt = Prompt::new(message::tender_kind(self.text, kind), fields, Purpose::Particulars(kind));
        let hint = self.text.word(Key::ParticularsHint).to_owned();
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// The payment that was entered with its particulars.
    pub(super) fn particulars(&self, kind: TenderKind, prompt: &Prompt) -> Result<Vec<Effect>, String> {
        let amount = entry::amount(prompt.value(0).trim(), &self.view.amounts())
            .map_err(|error| message::amount_error(self.text, error))?;
        let mut take = TakeTender::amount(kind, amount);
        for (at, particular) in (1..).zip(Particular::of(kind)) {
            if *particular == Particular::Answer {
                take.pending = prompt.choice(at) == Some(1);
                continue;
            }
            let value = Some(prompt.value(at).trim()).filter(|value| !value.is_empty());
            if let Some(value) = value {
                self.note_particular(&mut take.details, *particular, value)?;
            }
        }
        Ok(self.pay(take))
    }

    fn note_particular(
        &self,
        details: &mut TenderDetails,
        particular: Particular,
        value: &str,
    ) -> Result<(), String> {
        let refused = |key| self.text.word(key).to_owned();
        let text = Some(value.to_owned());
        match particular {
            Particular::Number | Particular::Reference => details.reference = text,
            Particular::Bank => details.bank = text,
            Particular::Last4 => details.last4 = text,
            Particular::Authorisation => details.authorisation = text,
            Particular::Due => {
                let due: NaiveDate = date(value).ok_or_else(|| refused(Key::DateNotRead))?;
                details.due_date = Some(due);
            }
            Particular::Instalments => {
                details.installments = Some(value.parse().map_err(|_| refused(Key::NotANumber))?);
            }
            Particular::Answer => {}
        }
        Ok(())
    }

    /// Asks what the provider answered to the selected tender that waits, else to the last that does.
    pub(super) fn ask_answer(&mut self) -> Vec<Effect> {
        let waiting = self.view.document.iter().flat_map(|document| {
            let payouts = document.exchange.iter().flat_map(|returned| &returned.tenders);
            document.tenders.iter().chain(payouts).filter(|tender| tender.is_pending())
        });
        let waiting: Vec<&Tender> = waiting.collect();
        let selected = match self.place() {
            Place::Payment { at: Some(at) } => self.tenders().get(*at).copied(),
            _ => None,
        };
        let chosen = waiting.iter().find(|tender| Some(tender.no) == selected).or(waiting.last());
        let Some(tender) = chosen else {
            self.say(Tone::Notice, Key::NothingAwaited);
            return Vec::new();
        };
        let keys = [Key::AnswerApproved, Key::AnswerDeclined];
        let options = keys.map(|key| self.text.word(key).to_owned()).to_vec();
        let fields = vec![
            Field::new(self.text.word(Key::ParticularAnswer), FieldKind::Choice { options, at: Some(0) }),
            Field::new(self.text.word(Key::ParticularAuthorisation), FieldKind::Text).optional(),
        ];
        let kind = message::tender_kind(self.text, tender.kind);
        let hint = format!("{kind} {}", self.view.currency.show(tender.amount));
        let prompt = Prompt::new(self.text.word(Key::AnswerTitle), fields, Purpose::Answer(tender.no));
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
        Vec::new()
    }

    /// Records what the provider answered.
    pub(super) fn answered(tender: TenderNo, prompt: &Prompt) -> Vec<Effect> {
        let approved = prompt.choice(0) == Some(0);
        Self::command(Command::ResolveTender { tender, approved, authorisation: prompt.said() })
    }

    /// Asks for the reference of the reversal without which a tender is not taken back.
    pub(super) fn ask_reversal(&mut self, act: Act, why: String) {
        let field = Field::new(self.text.word(Key::ReversalField), FieldKind::Text);
        let prompt = Prompt::new(self.text.word(Key::ReversalTitle), vec![field], Purpose::Reversal(act));
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(why))));
    }

    /// Takes the tender back that was reversed.
    pub(super) fn reversed(&self, act: &Act, prompt: &Prompt) -> Result<Act, String> {
        let reversal = prompt.said().ok_or_else(|| self.text.word(Key::FieldNeeded).to_owned())?;
        Ok(match act.clone() {
            Act::Command(Command::VoidTender { tender, reason, .. }) => {
                Act::Command(Command::VoidTender { tender, reason, reversal: Some(reversal) })
            }
            other => other,
        })
    }
}
