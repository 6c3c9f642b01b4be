//! Payment: ten kinds of tender, split as the customer likes.

use saleflex_core::{
    document::{Command, Document, Kind, TakeTender},
    ids::TenderNo,
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::ExchangeRate,
    tender::{ForeignCash, TenderKind},
};

use super::{Place, Standing, State, Tone};
use crate::{
    action::{Action, Move},
    dialog::{Choice, Dialog, Field, FieldKind, Pick, Prompt, Purpose, Row, stepped},
    effect::{Act, Effect},
    entry,
    text::Key,
};

/// Whether a document is completed as it is, because its kind takes no payment or nothing is owed for its lines.
fn is_closed_unpaid(document: &Document) -> bool {
    let moves_no_money = document.kind == Kind::Quote || document.document_type.is_delivery();
    // Goods that come back, or are exchanged, for what rounds to no coin.
    let is_even = document.balance().is_zero() && document.totals.paid.is_zero();
    document.active_lines().next().is_some()
        && document.pending_tender().is_none()
        && (moves_no_money || is_even || !document.takes_tenders())
}

impl State {
    /// Shows payment for an open document with something to settle. One that takes no payment is completed instead, where
    /// the cashier agrees.
    pub(super) fn open_payment(&mut self) -> Vec<Effect> {
        match &self.view.document {
            Some(document) if is_closed_unpaid(document) && !self.is_locked_on("PAYMENT", &Action::Close) => {
                let lines = vec![
                    self.text.word(Key::NothingToPay).to_owned(),
                    self.text.word(Key::CloseInstead).to_owned(),
                ];
                self.ask(lines, Key::YesKey, Effect::act(Act::Command(Command::Close)));
            }
            Some(document) if document.active_lines().next().is_some() => {
                // What was typed before is shown, and typing anew replaces it. A code that was refused is no amount, and nothing
                // could mend it here.
                if self.selling.is_refused() {
                    self.selling.empty();
                }
                self.selling.standing = Standing::Kept;
                self.go(Place::Payment { at: None });
            }
            _ => self.say(Tone::Notice, Key::NothingToPay),
        }
        Vec::new()
    }

    pub(super) fn update_payment(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Type(character) => self.type_entry(character),
            Action::Erase(what) => self.selling.edit().erase(what),
            Action::Move(step @ (Move::Up | Move::Down | Move::To(_))) => self.select_tender(step),
            Action::Move(step @ (Move::Left | Move::Right | Move::Start | Move::End)) => {
                self.selling.edit().step(step);
            }
            Action::Confirm if !self.has_focus() => self.say(Tone::Notice, Key::PaymentEnter),
            Action::Back if !self.has_focus() && !self.selling.entry.is_empty() => {
                self.selling.empty();
            }
            Action::Tender(kind) => return self.tender(kind, false),
            Action::CashExact => return self.tender(TenderKind::Cash, true),
            Action::CashNote(note) => return self.tender_note(note),
            Action::CashPreset(minor) => return self.tender_cash(Money::from_minor(minor)),
            Action::VoidTender => return self.void_tender(),
            Action::Tip => return self.tip(),
            Action::TenderDetails => return self.pick_particulars(),
            Action::ResolveTender => return self.ask_answer(),
            Action::GiveChange => return Self::command(Command::GiveChange),
            Action::Close => return Self::command(Command::Close),
            other => return self.update_common(other),
        }
        Vec::new()
    }

    /// Takes a tender of what was typed. Without a number the balance is taken on the sale screen; on the payment
    /// screen it is offered in the input line, so that the same key takes it.
    pub(super) fn tender(&mut self, kind: TenderKind, takes_balance: bool) -> Vec<Effect> {
        if kind == TenderKind::ForeignCurrency {
            return self.tender_foreign();
        }
        if kind == TenderKind::PrepaidCard {
            return self.ask_gift_card();
        }
        let offered = self.selling.offered.take();
        let is_offered = self.selling.standing == Standing::Kept;
        if is_offered && offered.is_some_and(|offered| offered != kind) {
            // Another key than the one that offered the balance offers its own.
            self.selling.empty();
        }
        let typed = self.selling.typed().to_owned();
        if entry::is_barcode(&typed) {
            self.say_words(Tone::Bad, self.text.fill(Key::AmountIsBarcode, &[("code", &typed)]));
            // The same key once more refuses it once more, and takes no balance in its place.
            self.selling.standing = Standing::Kept;
            return Vec::new();
        }
        if !typed.is_empty() {
            return match entry::amount(&typed, &self.view.amounts()) {
                Ok(amount) => self.pay(TakeTender::amount(kind, amount)),
                Err(error) => self.refuse_number(error),
            };
        }
        if takes_balance {
            return self.pay(TakeTender::balance(kind));
        }
        let Some(document) = &self.view.document else {
            self.say(Tone::Notice, Key::NothingToPay);
            return Vec::new();
        };
        let owed = owed(document, kind, &self.view.refundable);
        let shown = self.view.money(owed);
        self.selling.type_anew().type_text(&shown);
        // Another amount typed now replaces the one that is offered.
        self.selling.standing = Standing::Kept;
        self.selling.offered = Some(kind);
        self.say(Tone::Notice, Key::TenderAgain);
        Vec::new()
    }

    fn tender_foreign(&mut self) -> Vec<Effect> {
        let rows: Vec<Row> = self
            .view
            .rates
            .iter()
            .map(|(code, rate)| Row {
                cells: vec![code.to_string(), self.rate_words(*code, *rate)],
                choice: Choice::Currency(*code),
            })
            .collect();
        match (rows.as_slice(), &self.view.document) {
            (_, None) => self.say(Tone::Notice, Key::NothingToPay),
            ([], _) => self.say(Tone::Notice, Key::NoForeignRates),
            ([Row { choice: Choice::Currency(only), .. }], _) => self.ask_foreign(*only),
            _ => self.dialogs.push(Dialog::Pick(Pick::here(self.text.word(Key::ForeignTitle), rows))),
        }
        Vec::new()
    }

    /// Asks for foreign notes; what would settle the balance stands in the field.
    pub(super) fn ask_foreign(&mut self, code: saleflex_core::money::CurrencyCode) {
        let rate = self.view.rates.iter().find(|(known, _)| *known == code).map(|(_, rate)| *rate);
        let (Some(rate), Some(document)) = (rate, &self.view.document) else { return };
        let foreign = Currency::of(code);
        let owed = owed(document, TenderKind::ForeignCurrency, &self.view.refundable);
        let goes_out = document.kind.pays_out() || document.balance().is_negative();
        let needed = needed(rate, owed, (&self.view.currency, &foreign), goes_out);
        let (rate, due) = (self.rate_words(code, rate), self.view.currency.show(owed));
        let needed = foreign.format(needed);
        let hint = self.text.fill(
            Key::ForeignHint,
            &[("due", &due), ("rate", &rate), ("needed", &needed), ("code", code.as_str())],
        );
        // What was refused, or offered for another tender, is no beginning.
        let typed = self.selling.freshly_typed();
        let field = Field::new(code.as_str(), FieldKind::Money(self.view.amounts().in_currency(foreign)));
        let field = if typed.is_empty() { field.offering(&needed) } else { field.holding(typed) };
        let prompt = Prompt::new(self.text.word(Key::ForeignTitle), vec![field], Purpose::Foreign(code));
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// A rate with both currencies. It is what one unit of the till's own money buys, whatever its smallest one is.
    fn rate_words(&self, code: CurrencyCode, rate: ExchangeRate) -> String {
        let own = self.view.currency;
        let one = own.parse("1").map(|one| own.show(one)).unwrap_or_default();
        let rate = rate.to_string();
        self.text.fill(Key::ForeignRate, &[("one", &one), ("rate", &rate), ("code", code.as_str())])
    }

    /// The tender of foreign notes, where the number typed is an amount of that currency.
    pub(super) fn foreign_tender(
        &self,
        code: saleflex_core::money::CurrencyCode,
        typed: &str,
    ) -> Result<TakeTender, saleflex_core::money::AmountError> {
        let currency = Currency::of(code);
        let amount = entry::amount(typed, &self.view.amounts().in_currency(currency))?;
        let rate = self.view.rates.iter().find(|(known, _)| *known == code).map(|(_, rate)| *rate);
        let rate = rate.ok_or(saleflex_core::money::AmountError::UnknownCurrency)?;
        let foreign = Some(ForeignCash { currency, amount, rate });
        Ok(TakeTender { foreign, ..TakeTender::balance(TenderKind::ForeignCurrency) })
    }

    /// The tenders that can still be taken back.
    pub fn tenders(&self) -> Vec<TenderNo> {
        let Some(document) = &self.view.document else { return Vec::new() };
        // What an exchange paid out stands on its return.
        let payouts = document.exchange.iter().flat_map(|returned| &returned.tenders);
        let tenders = document.tenders.iter().chain(payouts);
        tenders.filter(|tender| tender.counts() || tender.is_pending()).map(|tender| tender.no).collect()
    }

    fn select_tender(&mut self, step: Move) {
        let count = self.tenders().len();
        if let Some(Place::Payment { at }) = self.places.last_mut() {
            *at = match *at {
                _ if count == 0 => None,
                None if !matches!(step, Move::To(_)) => Some(count - 1),
                None => Some(stepped(0, count, step, 1)),
                Some(now) => Some(stepped(now, count, step, 1)),
            };
        }
    }

    fn void_tender(&mut self) -> Vec<Effect> {
        let tenders = self.tenders();
        let at = match self.place() {
            Place::Payment { at } => *at,
            _ => None,
        };
        let tender = at.and_then(|at| tenders.get(at)).or_else(|| tenders.last()).copied();
        let Some(tender) = tender else {
            self.say(Tone::Notice, Key::NoTender);
            return Vec::new();
        };
        self.explain(Command::VoidTender { tender, reason: None, reversal: None })
    }
}

/// What a kind of tender would settle: the balance, on a refund at most what is left of what was paid by that kind. Cash
/// and store credit may pay more, which is then a manager's decision.
fn owed(document: &Document, kind: TenderKind, refundable: &[(TenderKind, Money)]) -> Money {
    let balance = document.balance();
    let owed = if balance.is_negative() { -balance } else { balance };
    if refundable.is_empty() {
        return owed;
    }
    let left = refundable.iter().find(|(known, _)| *known == kind).map_or(Money::ZERO, |(_, left)| *left);
    let may_exceed = matches!(kind, TenderKind::Cash | TenderKind::StoreCredit);
    if may_exceed && left.is_zero() { owed } else { owed.min(left) }
}

/// The foreign notes that settle what is owed: they are worth that much at least where they come in, at most where they
/// go out.
fn needed(rate: ExchangeRate, owed: Money, (own, foreign): (&Currency, &Currency), goes_out: bool) -> Money {
    let mut needed = rate.to_foreign(owed, own, foreign).unwrap_or(Money::ZERO);
    let is_too_much =
        |notes| rate.to_base(notes, foreign, own, Rounding::HalfUp).is_ok_and(|worth| worth > owed);
    while goes_out && needed.is_positive() && is_too_much(needed) {
        needed -= Money::ONE_MINOR;
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_that_go_out_are_never_worth_more_than_is_owed_and_nearly_as_much() {
        let currency = |code: &str| Currency::of(saleflex_core::money::CurrencyCode::parse(code).unwrap());
        let own = currency("GBP");
        for (code, rate) in [("EUR", "1.18"), ("JPY", "190.5"), ("KWD", "0.39"), ("USD", "1.27")] {
            let (foreign, rate) = (currency(code), ExchangeRate::parse(rate).unwrap());
            let worth = |notes| rate.to_base(notes, &foreign, &own, Rounding::HalfUp).unwrap();
            for owed in (1..10_001).map(Money::from_minor) {
                let out = needed(rate, owed, (&own, &foreign), true);
                assert!(worth(out) <= owed && worth(out + Money::ONE_MINOR) >= owed, "{owed:?} {code}");
                assert!(worth(needed(rate, owed, (&own, &foreign), false)) >= owed, "{owed:?} {code}");
            }
        }
    }
}
