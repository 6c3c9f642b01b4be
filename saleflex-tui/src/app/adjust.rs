//! Discounts and markups by hand.

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
    document::{Adjust, Command},
    ids::LineNo,
    money::AmountError,
};

use super::{State, Tone};
use crate::{
    action::Adjustment,
    dialog::{Choice, Dialog, Field, FieldKind, Pick, Prompt, Purpose, Row},
    effect::Effect,
    entry,
    text::Key,
};

/// As what a document is discounted or charged by hand, and what each is called.
pub(super) fn sources(adjustment: Adjustment) -> impl Iterator<Item = (AdjustmentSource, Key)> {
    let discounts = [
        (AdjustmentSource::Manager, Key::SourceManager),
        (AdjustmentSource::Personal, Key::SourcePersonal),
        (AdjustmentSource::CustomerSatisfaction, Key::SourceSatisfaction),
        (AdjustmentSource::Product, Key::SourceProduct),
    ];
    let charges = [
        (AdjustmentSource::ServiceCharge, Key::SourceService),
        (AdjustmentSource::DeliveryFee, Key::SourceDelivery),
        (AdjustmentSource::ConvenienceFee, Key::SourceConvenience),
    ];
    let is_discount = adjustment.is_discount();
    let discounts = discounts.into_iter().filter(move |_| is_discount);
    discounts.chain(charges.into_iter().filter(move |_| !is_discount))
}

impl State {
    /// Discounts or marks up the selected line, or the last, by what was typed; otherwise asks by how much.
    pub(super) fn adjust_line(&mut self, adjustment: Adjustment) -> Vec<Effect> {
        let Some(line) = self.target() else {
            self.say(Tone::Notice, Key::NoLine);
            return Vec::new();
        };
        if self.is_voided(line) {
            return Vec::new();
        }
        let typed = self.selling.typed().to_owned();
        if typed.is_empty() {
            let hint = self.name_of_line(line);
            self.ask_adjustment(adjustment, Some(hint), Purpose::AdjustLine(line, adjustment));
            return Vec::new();
        }
        match self.line_adjustment(line, adjustment, &typed) {
            Ok(command) => self.explain(command),
            Err(error) => self.refuse_number(error),
        }
    }

    /// The same for the whole document.
    pub(super) fn adjust_document(&mut self, adjustment: Adjustment) -> Vec<Effect> {
        let Some(document) = &self.view.document else {
            self.say(Tone::Notice, Key::NoDocument);
            return Vec::new();
        };
        let total = self.view.currency.show(document.totals.net_due);
        let typed = self.selling.typed().to_owned();
        if typed.is_empty() {
            self.ask_adjustment(adjustment, Some(total), Purpose::AdjustDocument(adjustment));
            return Vec::new();
        }
        match self.document_adjustment(adjustment, &typed, None) {
            Ok(command) => self.explain(command),
            Err(error) => self.refuse_number(error),
        }
    }

    pub(super) fn line_adjustment(
        &self,
        line: LineNo,
        adjustment: Adjustment,
        typed: &str,
    ) -> Result<Command, AmountError> {
        let adjust = self.adjust(adjustment, typed)?;
        Ok(Command::AdjustLine { line: Some(line), adjust })
    }

    pub(super) fn document_adjustment(
        &self,
        adjustment: Adjustment,
        typed: &str,
        source: Option<AdjustmentSource>,
    ) -> Result<Command, AmountError> {
        let adjust = self.adjust(adjustment, typed)?;
        // Where nothing else is said a discount is a manager's decision, and what is charged on top is for service.
        let is_discount = adjustment.is_discount();
        let usual = if is_discount { AdjustmentSource::Manager } else { AdjustmentSource::ServiceCharge };
        let source = source.unwrap_or(usual);
        Ok(Command::AdjustDocument { adjust, source, code: None })
    }

    fn adjust(&self, adjustment: Adjustment, typed: &str) -> Result<Adjust, AmountError> {
        let kind =
            if adjustment.is_discount() { AdjustmentKind::Discount } else { AdjustmentKind::Surcharge };
        let value = if adjustment.is_percent() {
            AdjustmentValue::Percent(entry::percent(typed)?)
        } else {
            AdjustmentValue::Amount(entry::amount(typed, &self.view.amounts())?)
        };
        Ok(Adjust { kind, value, reason: None })
    }

    /// Says why a number was not taken; it stays where it was typed.
    pub(super) fn refuse_number(&mut self, error: AmountError) -> Vec<Effect> {
        self.say_words(Tone::Bad, crate::message::amount_error(self.text, error));
        Vec::new()
    }

    fn ask_adjustment(&mut self, adjustment: Adjustment, hint: Option<String>, purpose: Purpose) {
        let is_document = matches!(purpose, Purpose::AdjustDocument(_));
        let title = match (is_document, adjustment.is_discount()) {
            (false, true) => Key::DiscountTitle,
            (false, false) => Key::MarkupTitle,
            (true, true) => Key::DocumentDiscountTitle,
            (true, false) => Key::DocumentMarkupTitle,
        };
        let (label, kind) = if adjustment.is_percent() {
            (Key::PercentField, FieldKind::Number)
        } else {
            (Key::AmountField, FieldKind::Money(self.view.amounts()))
        };
        let mut fields = vec![Field::new(self.text.word(label), kind), self.reason_field()];
        if is_document {
            let options = sources(adjustment).map(|(_, key)| self.text.word(key).to_owned()).collect();
            let kind = FieldKind::Choice { options, at: Some(0) };
            fields.push(Field::new(self.text.word(Key::SourceField), kind).optional());
        }
        let mut prompt = Prompt::new(self.text.word(title), fields, purpose);
        prompt.hint = hint;
        self.dialogs.push(Dialog::Prompt(Box::new(prompt)));
    }

    /// Lists what is taken off or put on the whole document, to take one of them back; what campaigns give stays.
    pub(super) fn pick_adjustment(&mut self) -> Vec<Effect> {
        let currency = self.view.currency;
        let known = self.view.document.iter().flat_map(|document| &document.adjustments);
        let known = known.filter(|adjustment| !adjustment.source.is_campaign());
        let rows: Vec<Row> = known
            .map(|adjustment| {
                let sign = if adjustment.kind == AdjustmentKind::Discount { "-" } else { "+" };
                let name = adjustment.code.clone().unwrap_or_else(|| adjustment.source.code().to_owned());
                let amount = format!("{sign}{}", currency.format(adjustment.amount));
                Row { cells: vec![name, amount], choice: Choice::Adjustment(adjustment.no) }
            })
            .collect();
        if rows.is_empty() {
            self.say(Tone::Notice, Key::NoAdjustment);
        } else {
            self.dialogs.push(Dialog::Pick(Pick::here(self.text.word(Key::RemoveAdjustmentTitle), rows)));
        }
        Vec::new()
    }
}
