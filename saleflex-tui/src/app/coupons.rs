//! Coupons at the sale.

use saleflex_core::document::Command;

use super::{State, Tone};
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::Effect,
    text::Key,
};

impl State {
    /// Applies the coupon whose code was typed, or asks for a code.
    pub(super) fn enter_coupon(&mut self) -> Vec<Effect> {
        let typed = self.selling.entry.text().trim().to_owned();
        if !typed.is_empty() {
            return Self::coupon(&typed);
        }
        let field = Field::new(self.text.word(Key::CouponField), FieldKind::Text);
        let prompt = Prompt::new(self.text.word(Key::CouponTitle), vec![field], Purpose::Coupon);
        let hint = self.text.word(Key::CouponHint).to_owned();
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
        Vec::new()
    }

    /// Takes the coupon that was applied last off the document.
    pub(super) fn release_coupon(&mut self) -> Vec<Effect> {
        let coupons = self.view.document.as_ref().map(|document| document.coupons.as_slice());
        if let Some(coupon) = coupons.and_then(<[_]>::last) {
            return Self::command(Command::ReleaseCoupon { coupon: coupon.id });
        }
        self.say(Tone::Notice, Key::NoCouponOn);
        Vec::new()
    }

    pub(super) fn coupon(entered: &str) -> Vec<Effect> {
        Self::command(Command::EnterCoupon { entered: entered.to_owned() })
    }
}
