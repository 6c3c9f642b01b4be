//! A store's rules: limits, allowances and defaults that differ from shop to shop.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use crate::{
    cashier::Limits,
    money::{Currency, Money},
    quantity::{Percent, Quantity},
    tax::TaxRate,
    tender::{Denominations, TenderKind},
};

/// A store's rules. [`Policy::default`] is a shop without limits, as imported installations start; of cash it asks
/// beyond the largest note of change, and of an invoice who buys.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Policy {
    /// What a line must still cost after its discounts; one minor unit, since some fiscal printers refuse zero
    /// lines (D-DOC-13).
    pub min_line_total: Money,
    /// Beyond these a manager has to agree; none: never.
    pub limits: Limits,
    /// What cashiers say why.
    pub reasons: ReasonRules,
    /// Tenders that may exceed the balance and give change, of those that [may](TenderKind::may_give_change) at all.
    pub change_allowed: BTreeSet<TenderKind>,
    /// The most change that a kind of tender may give, where that is not as for all.
    pub change_limits: BTreeMap<TenderKind, Money>,
    /// The most change a tender other than cash may give; none: no limit.
    pub max_change: Option<Money>,
    /// The most change that notes and coins give unasked.
    pub most_change: MostChange,
    /// The largest tip of a tender, in percent of what the document comes to; none: any.
    pub most_tip: Option<Percent>,
    /// The most of one thing that is sold unasked: beyond it the number was rather mistyped, or a code was taken for one.
    /// It is refused until the cashier stands by it. None: any.
    pub most_quantity: Option<Quantity>,
    /// Whether change is recorded at once or waits for its key.
    pub change_mode: ChangeMode,
    /// Tenders accepted at all.
    pub tenders: BTreeSet<TenderKind>,
    /// How a return may be paid out when not by the original tender.
    pub refund_tenders: BTreeSet<TenderKind>,
    /// Days goods may be brought back within, unless the product says otherwise; none: for ever.
    pub return_days: Option<u16>,
    /// What comes back for a part of what campaigns priced together.
    pub bundle_returns: BundleReturns,
    /// What becomes of goods that are past their date: by the date that was scanned with them, or because nothing else of
    /// them is left on the shelf.
    pub expired_goods: ExpiredGoods,
    /// Whether a document with payments may be suspended (D-DOC-30).
    pub suspend_with_payments: bool,
    /// Whether an invoice needs a customer whose name, address and tax number are known before it is paid. A shop that began
    /// before there was the rule goes on without it.
    #[serde(default)]
    pub invoice_needs_buyer: bool,
    /// Whether selling below cost needs approval.
    pub guard_cost: bool,
    /// Which prices the highest price of a department holds for.
    #[serde(skip_serializing_if = "PriceCeiling::is_default")]
    pub price_ceiling: PriceCeiling,
    /// What becomes of the rest of a voucher that is worth more than it pays.
    #[serde(skip_serializing_if = "VoucherRest::is_default")]
    pub voucher_rest: VoucherRest,
    /// Taxes on surcharges of their own, such as a service charge; empty: taxed as the lines that bear them.
    pub surcharge_taxes: Vec<TaxRate>,
    /// Most lines a document may have.
    pub max_lines: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            min_line_total: Money::ONE_MINOR,
            limits: Limits::default(),
            reasons: ReasonRules::default(),
            change_allowed: TenderKind::ALL.into_iter().filter(|kind| kind.gives_change()).collect(),
            change_limits: BTreeMap::new(),
            max_change: None,
            most_change: MostChange::default(),
            most_tip: None,
            most_quantity: None,
            change_mode: ChangeMode::Auto,
            tenders: TenderKind::ALL.into_iter().collect(),
            refund_tenders: TenderKind::ALL.into_iter().collect(),
            return_days: None,
            bundle_returns: BundleReturns::default(),
            expired_goods: ExpiredGoods::default(),
            suspend_with_payments: false,
            invoice_needs_buyer: true,
            guard_cost: false,
            price_ceiling: PriceCeiling::default(),
            voucher_rest: VoucherRest::default(),
            surcharge_taxes: Vec::new(),
            max_lines: 5_000,
        }
    }
}

impl Policy {
    /// Whether a tender of a kind may exceed the balance and give change.
    pub fn gives_change(&self, kind: TenderKind) -> bool {
        kind.may_give_change() && self.change_allowed.contains(&kind)
    }

    /// The most change that a tender of a kind may give; none: any.
    pub fn change_limit(&self, kind: TenderKind) -> Option<Money> {
        let of_all = self.max_change.filter(|_| kind != TenderKind::Cash);
        self.change_limits.get(&kind).copied().or(of_all)
    }

    /// The rules that a shop starts with which is made here, rather than taken over from an installation: a line may
    /// cost nothing, since no fiscal printer stands there, more than a thousand of one thing are asked for once more,
    /// and a tip is no larger than what it is given for.
    pub fn of_new_shop() -> Self {
        let thousand = Quantity::try_new(rust_decimal::Decimal::ONE_THOUSAND).ok();
        Self {
            min_line_total: Money::ZERO,
            most_quantity: thousand,
            most_tip: Some(Percent::HUNDRED),
            ..Self::default()
        }
    }
}

/// What comes back for a part of what campaigns priced together: bundles, prices for several, free units, gifts.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BundleReturns {
    /// What was paid for the part: each line keeps its recorded share of the discount.
    #[default]
    KeepShares,
    /// What was paid for all of it, what was bought so that others get cheaper included, less what the rest costs by
    /// itself. Shares are kept where the campaign's definition is not known any more as it was, and where the lines are
    /// taxed differently.
    RepriceRest,
}

/// Which prices the highest price of a department holds for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceCeiling {
    /// Those that are typed: of department sales, of open prices and in the place of another.
    #[default]
    Typed,
    /// Those of the catalog and of labels as well, wherever goods are sold: one above it is a slip of whoever keeps the
    /// products, or a label of something else.
    All,
}

impl PriceCeiling {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What becomes of the rest of a voucher that is worth more than it pays. A card with a number has the rest on it, whatever
/// the rule. But for [`VoucherRest::Stays`] a voucher is taken whole, and its worth must be said; what is paid back by it is
/// a new voucher where those are given out.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VoucherRest {
    /// It stays on the voucher, which its owner keeps.
    #[default]
    Stays,
    /// Nobody gets it.
    Lost,
    /// It is given back as a new voucher, whose number stands on the receipt.
    NewVoucher,
}

impl VoucherRest {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What becomes of goods that are past their date.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiredGoods {
    /// They are sold as any.
    Sell,
    /// They are refused until the cashier looked again and stands by it.
    #[default]
    Ask,
    /// Nobody sells them.
    Refuse,
}

/// What cashiers say why: for what is taken back, priced by hand, given back or closed without effect.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct ReasonRules {
    /// The store's reasons to pick from, at most [`ReasonRules::MOST`]; another may be typed.
    pub codes: Vec<String>,
    /// Nothing of it is done without a reason.
    pub needed: bool,
}

impl ReasonRules {
    /// Each reason has a digit to pick it by.
    pub const MOST: usize = 9;
    /// The longest reason to pick from, in characters: a list of them stays readable at the till.
    pub const LONGEST: usize = 40;

    /// Whether cashiers are asked unasked: there is something to pick from, or a reason must be given.
    pub const fn are_asked(&self) -> bool {
        self.needed || !self.codes.is_empty()
    }

    /// The first code that is none: empty, too long or with control characters, or one too many.
    pub fn bad_code(&self) -> Option<&str> {
        let is_bad = |code: &&String| {
            let length = code.chars().count();
            code.trim() != **code
                || length == 0
                || length > Self::LONGEST
                || code.chars().any(char::is_control)
        };
        self.codes.iter().find(is_bad).or(self.codes.get(Self::MOST)).map(String::as_str)
    }
}

/// The most change that notes and coins give unasked. Beyond it the amount was rather mistyped, or a barcode was taken
/// for one, than handed over: it is refused until the cashier stands by it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MostChange {
    /// As much as the largest note of the till's currency, since nobody adds a note that comes back whole; where its
    /// notes are not listed, any.
    #[default]
    LargestNote,
    /// As much as this, in the till's currency.
    UpTo(Money),
    /// Any: nobody is asked.
    Unlimited,
}

impl MostChange {
    /// The most, in minor units of a till's currency; none: any.
    pub fn limit(self, currency: &Currency) -> Option<Money> {
        match self {
            Self::LargestNote => Denominations::largest_note(currency.code()),
            Self::UpTo(most) => Some(most),
            Self::Unlimited => None,
        }
    }
}

/// When change is recorded.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeMode {
    /// As soon as a tender exceeds the balance.
    #[default]
    Auto,
    /// When the cashier presses the change key.
    Key,
}
