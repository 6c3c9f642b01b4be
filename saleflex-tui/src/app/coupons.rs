//! Coupons at the sale.

use saleflex_core::{adjustment::AppliedCoupon, document::Command};

use super::{State, Tone};
use crate::{
    dialog::{Choice, Dialog, Field, FieldKind, Pick, Prompt, Purpose, Row},
    effect::Effect,
    text::Key,
};

impl State {
    /// Applies the coupon whose code was typed, or asks for a code.
    pub(super) fn enter_coupon(&mut self) -> Vec<Effect> {
        let typed = self.selling.typed().trim().to_owned();
        if !typed.is_empty() {
            return Self::coupon(&typed);
        }
        let field = Field::new(self.text.word(Key::CouponField), FieldKind::Text);
        let prompt = Prompt::new(self.text.word(Key::CouponTitle), vec![field], Purpose::Coupon);
        let hint = self.text.word(Key::CouponHint).to_owned();
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
        Vec::new()
    }

    /// Takes the coupon off the document; of several the one that is picked, the last applied in front.
    pub(super) fn release_coupon(&mut self) -> Vec<Effect> {
        let coupons = self.view.document.as_ref().map_or(&[][..], |document| document.coupons.as_slice());
        match coupons {
            [] => self.say(Tone::Notice, Key::NoCouponOn),
            [coupon] => return Self::command(Command::ReleaseCoupon { coupon: coupon.id }),
            several => {
                let row = |coupon: &AppliedCoupon| Row {
                    cells: vec![coupon.code.clone()],
                    choice: Choice::Coupon(coupon.id),
                };
                let rows = several.iter().rev().map(row).collect();
                self.dialogs.push(Dialog::Pick(Pick::here(self.text.word(Key::CouponReleaseTitle), rows)));
            }
        }
        Vec::new()
    }

    pub(super) fn coupon(entered: &str) -> Vec<Effect> {
        Self::command(Command::EnterCoupon { entered: entered.to_owned() })
    }
}
