//! The store's rules: beyond which limits a manager has to agree, and how the drawer is counted.

use rust_decimal::Decimal;
use saleflex_core::{
    cashier::metrics::HourlyTarget,
    closure::drawer::DrawerRule,
    document::{BundleReturns, ExpiredGoods, MostChange, PriceCeiling, ReasonRules, VoucherRest},
    money::{Currency, Money},
    quantity::{Percent, Quantity},
    settings::PaperTexts,
};
use saleflex_store::{Error, Till};

use super::{
    Entered, Fields, Model, Reader, Saved, Shape, Value,
    role::{entered_limits, shown_limits},
};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

pub(super) mod tenders;

/// The store's rules.
pub(crate) struct RulesModel;

/// What stands between two reasons.
const BETWEEN_REASONS: &str = "; ";
/// What stands between two lines of a text on paper.
const BETWEEN_LINES: &str = " | ";

/// What becomes of goods past their date, and what each is called.
const EXPIRED_GOODS: [(ExpiredGoods, Key); 3] = [
    (ExpiredGoods::Sell, Key::ExpiredSell),
    (ExpiredGoods::Ask, Key::ExpiredAsk),
    (ExpiredGoods::Refuse, Key::ExpiredRefuse),
];

/// What becomes of the rest of a voucher, and what each rule is called.
const VOUCHER_REST: [(VoucherRest, Key); 3] = [
    (VoucherRest::Stays, Key::VoucherRestStays),
    (VoucherRest::Lost, Key::VoucherRestLost),
    (VoucherRest::NewVoucher, Key::VoucherRestNew),
];

/// When the drawer opens for a document, and what each rule is called.
const OPENS: [(DrawerRule, Key); 3] = [
    (DrawerRule::WithCash, Key::DrawerWithCash),
    (DrawerRule::Always, Key::DrawerAlways),
    (DrawerRule::Never, Key::DrawerNever),
];

impl Model for RulesModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "PARAMETER",
            panel: "RULES",
            definition: include_str!("../../forms/parameter.toml"),
            event: "PARAMETER_FORM",
            fields: &[
                "LINE_DISCOUNT",
                "DISCOUNTS",
                "VOID_LINE",
                "VOID_TENDER",
                "CANCEL",
                "REDEMPTION",
                "EMPTIES",
                "TENDERS",
                "REFUND_TENDERS",
                "CHANGE_OF",
                "SURCHARGE_TAXES",
                "MAX_CHANGE",
                "MOST_CHANGE",
                "MOST_QUANTITY",
                "MIN_LINE",
                "RETURN_DAYS",
                "REPRICE_REST",
                "EXPIRED_GOODS",
                "GUARD_COST",
                "PRICE_CEILING",
                "VOUCHER_REST",
                "SUSPEND_PAID",
                "SUSPENDED_DAYS",
                "INVOICE_BUYER",
                "REASONS",
                "REASON_NEEDED",
                "DECLARATION",
                "BLIND_COUNT",
                "DIFFERENCE",
                "DRAWER_OPENS",
                "MOST_TIP",
                "HOURLY_SALES",
                "HOURLY_ITEMS",
                "SESSION_PLAN",
                "BREAK_APPROVAL",
                "PAPER_HEADER",
                "PAPER_FOOTER",
                "PAPER_SERIAL",
            ],
        }
    }

    fn hint(&self) -> Key {
        Key::HintRules
    }

    fn money(&self) -> &'static [&'static str] {
        &[
            "DISCOUNTS",
            "VOID_LINE",
            "VOID_TENDER",
            "CANCEL",
            "REDEMPTION",
            "EMPTIES",
            "MAX_CHANGE",
            "MOST_CHANGE",
            "MIN_LINE",
            "DIFFERENCE",
            "HOURLY_SALES",
        ]
    }

    fn is_the_only_one(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, _: Option<RowId>) -> Result<Fields, Error> {
        let currency = *till.currency();
        let money = |amount: Option<Money>| Value::text(amount.map(|amount| currency.format(amount)));
        let settings = till.settings();
        let (policy, closing) = (&settings.policy, settings.closing);
        let mut fields = shown_limits(currency, policy.limits);
        fields.extend([
            ("TENDERS", tenders::shown(text, &policy.tenders)),
            ("REFUND_TENDERS", tenders::shown(text, &policy.refund_tenders)),
            ("CHANGE_OF", tenders::change_shown(text, policy, &currency)),
            ("SURCHARGE_TAXES", tenders::taxes_shown(policy)),
            ("MAX_CHANGE", money(policy.max_change)),
            ("MOST_CHANGE", money(policy.most_change.limit(&currency))),
            ("MOST_QUANTITY", Value::text(policy.most_quantity)),
            ("MIN_LINE", money(Some(policy.min_line_total))),
            ("RETURN_DAYS", Value::text(policy.return_days)),
            ("REPRICE_REST", Value::Flag(policy.bundle_returns == BundleReturns::RepriceRest)),
            (
                "EXPIRED_GOODS",
                Value::Choice {
                    options: EXPIRED_GOODS.iter().map(|(_, key)| text.word(*key).to_owned()).collect(),
                    at: EXPIRED_GOODS.iter().position(|(rule, _)| *rule == policy.expired_goods).unwrap_or(0),
                },
            ),
            ("GUARD_COST", Value::Flag(policy.guard_cost)),
            ("PRICE_CEILING", Value::Flag(policy.price_ceiling == PriceCeiling::All)),
            (
                "VOUCHER_REST",
                Value::Choice {
                    options: VOUCHER_REST.map(|(_, key)| text.word(key).to_owned()).to_vec(),
                    at: VOUCHER_REST.iter().position(|(rule, _)| *rule == policy.voucher_rest).unwrap_or(0),
                },
            ),
            ("SUSPEND_PAID", Value::Flag(policy.suspend_with_payments)),
            ("SUSPENDED_DAYS", Value::text(settings.suspended_days)),
            ("INVOICE_BUYER", Value::Flag(policy.invoice_needs_buyer)),
            ("REASONS", Value::Text(policy.reasons.codes.join(BETWEEN_REASONS))),
            ("REASON_NEEDED", Value::Flag(policy.reasons.needed)),
            ("DECLARATION", Value::Flag(closing.declaration_required)),
            ("BLIND_COUNT", Value::Flag(closing.blind_count)),
            ("DIFFERENCE", money(closing.difference_limit)),
            (
                "DRAWER_OPENS",
                Value::Choice {
                    options: OPENS.map(|(_, key)| text.word(key).to_owned()).to_vec(),
                    at: OPENS.iter().position(|(rule, _)| *rule == closing.drawer_opens).unwrap_or(0),
                },
            ),
            ("MOST_TIP", Value::text(policy.most_tip)),
            ("HOURLY_SALES", money(settings.hourly.sales)),
            ("HOURLY_ITEMS", Value::text(settings.hourly.items)),
            ("SESSION_PLAN", Value::text(settings.idle.session_min())),
            ("BREAK_APPROVAL", Value::Flag(settings.idle.breaks_approved)),
            ("PAPER_HEADER", on_one_line(&settings.paper.header)),
            ("PAPER_FOOTER", on_one_line(&settings.paper.footer)),
            ("PAPER_SERIAL", Value::Text(settings.paper.serial.clone())),
        ]);
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut settings = till.settings().clone();
        let mut read = Reader::new(entered, text, till);
        settings.policy.limits = entered_limits(&mut read);
        settings.policy.reasons.codes = read.reasons("REASONS");
        settings.policy.reasons.needed = entered.flag("REASON_NEEDED");
        tenders::read(&mut read, till, &mut settings.policy);
        settings.policy.max_change = read.amount("MAX_CHANGE");
        settings.policy.most_change = most_change(read.amount("MOST_CHANGE"), &read.currency);
        settings.policy.most_tip = read.percent("MOST_TIP");
        settings.policy.most_quantity = read.quantity("MOST_QUANTITY");
        settings.policy.min_line_total = read.amount("MIN_LINE").unwrap_or_default();
        settings.policy.return_days = read.number("RETURN_DAYS");
        settings.suspended_days = read.number("SUSPENDED_DAYS");
        settings.closing.difference_limit = read.amount("DIFFERENCE");
        settings.hourly = read.hourly();
        settings.idle.session_min = read.number("SESSION_PLAN");
        settings.idle.breaks_approved = entered.flag("BREAK_APPROVAL");
        settings.paper = PaperTexts {
            header: read.lines("PAPER_HEADER"),
            footer: read.lines("PAPER_FOOTER"),
            serial: read.serial("PAPER_SERIAL"),
        };
        read.finish()?;
        settings.policy.bundle_returns =
            if entered.flag("REPRICE_REST") { BundleReturns::RepriceRest } else { BundleReturns::KeepShares };
        let expired = EXPIRED_GOODS.get(entered.choice("EXPIRED_GOODS"));
        settings.policy.expired_goods = expired.map_or(settings.policy.expired_goods, |(rule, _)| *rule);
        settings.policy.guard_cost = entered.flag("GUARD_COST");
        settings.policy.price_ceiling =
            if entered.flag("PRICE_CEILING") { PriceCeiling::All } else { PriceCeiling::Typed };
        let rest = VOUCHER_REST.get(entered.choice("VOUCHER_REST"));
        settings.policy.voucher_rest = rest.map_or(settings.policy.voucher_rest, |(rule, _)| *rule);
        settings.policy.suspend_with_payments = entered.flag("SUSPEND_PAID");
        settings.policy.invoice_needs_buyer = entered.flag("INVOICE_BUYER");
        settings.closing.declaration_required = entered.flag("DECLARATION");
        settings.closing.blind_count = entered.flag("BLIND_COUNT");
        let opens = OPENS.get(entered.choice("DRAWER_OPENS"));
        settings.closing.drawer_opens = opens.map_or(settings.closing.drawer_opens, |(rule, _)| *rule);
        Ok(till.change_settings(settings)?)
    }
}

/// The lines of a text in a field of one line.
fn on_one_line(text: &str) -> Value {
    Value::Text(text.lines().collect::<Vec<_>>().join(BETWEEN_LINES))
}

/// The most change in cash as entered; nothing is any.
fn most_change(entered: Option<Money>, currency: &Currency) -> MostChange {
    match entered {
        None => MostChange::Unlimited,
        Some(most) if MostChange::LargestNote.limit(currency) == Some(most) => MostChange::LargestNote,
        Some(most) => MostChange::UpTo(most),
    }
}

impl Reader<'_> {
    /// A text of several lines.
    fn lines(&mut self, name: &'static str) -> String {
        let lines = self.entered.text(name).split(BETWEEN_LINES.trim()).map(str::trim);
        let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        if text.chars().count() > PaperTexts::LONGEST {
            let longest = PaperTexts::LONGEST.to_string();
            self.fault(name, self.text.fill(Key::PaperTextLong, &[("longest", &longest)]));
        }
        text
    }

    /// The serial number of the till.
    fn serial(&mut self, name: &'static str) -> String {
        let serial = self.entered.text(name).to_owned();
        if serial.chars().count() > PaperTexts::LONGEST_SERIAL {
            let longest = PaperTexts::LONGEST_SERIAL.to_string();
            self.fault(name, self.text.fill(Key::PaperTextLong, &[("longest", &longest)]));
        }
        serial
    }

    /// The reasons to pick from.
    fn reasons(&mut self, name: &'static str) -> Vec<String> {
        let between = BETWEEN_REASONS.trim();
        let named = self.entered.text(name).split(between).map(str::trim);
        let codes = named.filter(|code| !code.is_empty()).map(str::to_owned).collect();
        let rules = ReasonRules { codes, needed: false };
        if rules.bad_code().is_some() {
            let [most, longest] = [ReasonRules::MOST, ReasonRules::LONGEST].map(|limit| limit.to_string());
            let values = [("most", most.as_str()), ("longest", longest.as_str())];
            self.fault(name, self.text.fill(Key::ReasonCodesBad, &values));
        }
        rules.codes
    }

    /// How many, where there is a number.
    fn quantity(&mut self, name: &'static str) -> Option<Quantity> {
        let text = self.entered.optional(name)?;
        let quantity = crate::entry::quantity_of(&text);
        if quantity.is_none() {
            self.fault(name, self.text.word(Key::NotANumber).to_owned());
        }
        quantity
    }

    /// What is expected of an hour; nothing is no expectation.
    fn hourly(&mut self) -> HourlyTarget {
        let items = self.number::<Decimal>("HOURLY_ITEMS");
        if items.is_some_and(|items| items <= Decimal::ZERO) {
            self.fault("HOURLY_ITEMS", self.text.word(Key::NotANumber).to_owned());
        }
        let sales = self.amount("HOURLY_SALES").filter(|sales| sales.is_positive());
        HourlyTarget { items, sales }
    }

    /// A percentage where there is one.
    pub(super) fn percent(&mut self, name: &'static str) -> Option<Percent> {
        let text = self.entered.optional(name)?;
        match crate::entry::percent(&text) {
            Ok(percent) => Some(percent),
            Err(error) => {
                let words = crate::message::amount_error(self.text, error);
                self.fault(name, words);
                None
            }
        }
    }
}
