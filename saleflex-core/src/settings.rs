//! What differs from till to till and may be changed by someone who may.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use crate::{
    adjustment::ResolutionRule,
    cashier::{metrics::HourlyTarget, session::IDLE_AFTER_S},
    catalog::DepartmentNo,
    closure::{
        ClosingPolicy,
        drawer::{Drawer, DrawerNo},
        template::{Region, Template, TemplateError},
    },
    customer::PhoneRules,
    document::{MostChange, Policy, ReasonRules},
    inventory::StockPolicy,
    money::Money,
    tender::TenderKind,
};

mod appearance;
mod favourites;
mod keyboard;
mod paper;

pub use self::{
    appearance::Appearance,
    favourites::FavouriteKeys,
    keyboard::{KeyboardLayout, ScreenKeyboard},
    paper::PaperTexts,
};

/// A till's settings.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Settings {
    /// The store's rules of selling.
    pub policy: Policy,
    /// The store's rules of closing.
    pub closing: ClosingPolicy,
    /// The store's rules of campaigns.
    pub campaigns: CampaignRules,
    /// How the store's people dial, so that one telephone is one key; a loyalty program may name another country.
    pub dialling: PhoneRules,
    /// What becomes of a document that was open when the till stopped.
    pub recovery: RecoveryRule,
    /// The days a sale that is put aside may wait before the till closes it without effect, at the next log-in; none:
    /// for ever. Orders and sales with payments wait on.
    pub suspended_days: Option<u16>,
    /// Training: documents never count.
    pub training: bool,
    /// How the screen speaks and looks.
    #[serde(skip_serializing_if = "Appearance::is_default")]
    pub appearance: Appearance,
    /// What stands on the first page of product keys.
    #[serde(skip_serializing_if = "FavouriteKeys::is_default")]
    pub favourites: FavouriteKeys,
    /// What the shop says on its paper.
    #[serde(skip_serializing_if = "PaperTexts::is_default")]
    pub paper: PaperTexts,
    /// When a till that nobody touches is idle, and how long somebody works at it.
    pub idle: IdleRules,
    /// How much may wait to be sent before somebody has to look.
    pub queue: QueueRules,
    /// The drawers and who works from which; empty: one for everybody.
    pub drawers: Vec<Drawer>,
    /// Where the shop is, by ISO 3166: what the law wants of a closure; none: nothing.
    pub region: Option<Region>,
    /// Which departments belong to a class of the country's template, such as `gift_card`.
    pub classes: BTreeMap<String, BTreeSet<DepartmentNo>>,
    /// Templates of the shop's own, laid over those that come with the program.
    pub templates: Vec<Template>,
    /// What is expected of an hour's work.
    pub hourly: HourlyTarget,
    /// The store's rules for stock.
    pub stock: StockPolicy,
}

/// The store's rules of campaigns.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct CampaignRules {
    /// How campaigns that could all apply are chosen from. A document keeps to the rule it was opened by.
    pub resolution: ResolutionRule,
}

/// When a till that nobody touches is idle, and how long somebody works at it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct IdleRules {
    /// Seconds without a command after which a cashier counts as idle.
    pub counts_after_s: u32,
    /// Seconds without a command after which the till is locked; none or 0: never by itself.
    pub locks_after_s: Option<u32>,
    /// Minutes that a work session is planned for; none or 0: no plan.
    pub session_min: Option<u32>,
    /// Whether somebody who may approve agrees to each break.
    pub breaks_approved: bool,
}

impl IdleRules {
    /// Seconds after which the till locks by itself, where it does: a till that locked after none would lock out
    /// whoever wants to say otherwise.
    pub fn locks_after_s(self) -> Option<u32> {
        self.locks_after_s.filter(|seconds| *seconds > 0)
    }

    /// Minutes that a work session is planned for, where it is: one that is planned for none would be over time from its
    /// beginning.
    pub fn session_min(self) -> Option<u32> {
        self.session_min.filter(|minutes| *minutes > 0)
    }
}

impl Default for IdleRules {
    fn default() -> Self {
        Self { counts_after_s: IDLE_AFTER_S, locks_after_s: None, session_min: None, breaks_approved: false }
    }
}

/// How much may wait to be sent. Selling never stops because of it: a queue ends where the disk does.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct QueueRules {
    /// MiB of events that wait for one hub.
    pub limit_mib: u32,
}

impl QueueRules {
    /// Whether so many bytes are four fifths of the limit or more: time for a warning.
    pub fn is_nearly_full(self, bytes: u64) -> bool {
        const MIB: u64 = 1_024 * 1_024;
        bytes.saturating_mul(5) >= u64::from(self.limit_mib) * MIB * 4
    }
}

impl Default for QueueRules {
    fn default() -> Self {
        Self { limit_mib: 1_024 }
    }
}

/// Why settings are refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A limit below nothing would refuse everything.
    #[error("{setting} is {amount} minor units: a limit is not below nothing", amount = amount.minor())]
    NegativeAmount {
        /// The name of the setting.
        setting: &'static str,
        /// What it was set to.
        amount: Money,
    },
    /// An amount larger than any that enters a document.
    #[error("{setting} is {amount} minor units: that is too large", amount = amount.minor())]
    AmountTooLarge {
        /// The name of the setting.
        setting: &'static str,
        /// What it was set to.
        amount: Money,
    },
    /// Without a tender nothing can be paid.
    #[error("no tender is accepted")]
    NoTender,
    /// A tender that is to give change and never does.
    #[error("{kind} never gives change")]
    NeverGivesChange {
        /// Its kind.
        kind: TenderKind,
    },
    /// A document has room for one line at least, and its sums for no more than this.
    #[error("a document has 1 to {most} lines, not {lines}")]
    Lines {
        /// What was asked for.
        lines: u32,
        /// The most lines there may be, [`MOST_LINES`].
        most: u32,
    },
    /// A reason to pick from that is empty, too long or one too many.
    #[error("`{code}` is no reason to pick from: at most {most} of 1 to {longest} characters")]
    ReasonCode {
        /// The reason as it stands in the list.
        code: String,
        /// How many there may be.
        most: usize,
        /// How long one may be, in characters.
        longest: usize,
    },
    /// A text on paper that is too long, or would command the printer.
    #[error("{setting} has at most {longest} characters, and no control characters")]
    PaperText {
        /// The name of the setting.
        setting: &'static str,
        /// How long it may be, in characters.
        longest: usize,
    },
    /// A code on the first page of product keys that is none, stands there twice, or is one too many.
    #[error("`{code}` is no product key: at most {most}, each with a code of its own")]
    Favourite {
        /// The code as it stands on the page.
        code: String,
        /// How many there may be.
        most: usize,
    },
    /// Two drawers with one number, or a cashier at two.
    #[error("drawer {} is named twice, or shares a cashier", drawer.0)]
    Drawer {
        /// The later one.
        drawer: DrawerNo,
    },
    /// A drawer without a number of its own: drawers are counted from 1.
    #[error("drawer {} is no drawer: they are numbered from 1", drawer.0)]
    DrawerNumber {
        /// As it was numbered.
        drawer: DrawerNo,
    },
    /// A layout of the keyboard on the screen that does not fit it, stands there twice, or is one too many.
    #[error(
        "`{name}` is no layout: it has a name of its own, and 1 to 4 rows of 1 to 12 keys, with shift too"
    )]
    KeyboardLayout {
        /// What it is called.
        name: String,
    },
    /// A key of the keyboard on the screen that nobody could read, or that leaves no room for the others.
    #[error("a key takes {least} to {most} columns, not {width}")]
    KeyWidth {
        /// What was asked for.
        width: u8,
        /// The fewest.
        least: u8,
        /// The most.
        most: u8,
    },
    /// A template that is none.
    #[error("template {name}: {cause}")]
    Template {
        /// The template's name.
        name: String,
        /// What is wrong with it.
        cause: TemplateError,
    },
}

/// The most lines a document may be allowed: its sums stay far from the bounds of an amount.
pub const MOST_LINES: u32 = 100_000;

impl Settings {
    /// Whether a till can work by them.
    ///
    /// # Errors
    /// The first [`SettingsError`].
    pub fn validate(&self) -> Result<(), SettingsError> {
        let Policy { limits, .. } = &self.policy;
        let most_change = match self.policy.most_change {
            MostChange::UpTo(most) => Some(most),
            MostChange::LargestNote | MostChange::Unlimited => None,
        };
        let amounts = [
            ("min_line_total", Some(self.policy.min_line_total)),
            ("limits.discounts", limits.discounts),
            ("limits.void_line", limits.void_line),
            ("limits.void_tender", limits.void_tender),
            ("limits.cancel", limits.cancel),
            ("limits.redemption", limits.redemption),
            ("limits.empties", limits.empties),
            ("max_change", self.policy.max_change),
            ("most_change", most_change),
            ("difference_limit", self.closing.difference_limit),
            ("hourly.sales", self.hourly.sales),
        ];
        for (setting, amount) in amounts {
            amount.map_or(Ok(()), |amount| check_amount(setting, amount))?;
        }
        for amount in self.policy.change_limits.values() {
            check_amount("change_limits", *amount)?;
        }
        if self.policy.tenders.is_empty() {
            return Err(SettingsError::NoTender);
        }
        if let Some(kind) = self.policy.change_allowed.iter().find(|kind| !kind.may_give_change()) {
            return Err(SettingsError::NeverGivesChange { kind: *kind });
        }
        if let Some(code) = self.policy.reasons.bad_code() {
            let (most, longest) = (ReasonRules::MOST, ReasonRules::LONGEST);
            return Err(SettingsError::ReasonCode { code: code.into(), most, longest });
        }
        self.validate_drawers()?;
        self.favourites.validate()?;
        self.paper.validate()?;
        self.appearance.screen_keyboard.validate()?;
        for template in &self.templates {
            let bad = |cause| SettingsError::Template { name: template.name.clone(), cause };
            template.check().map_err(bad)?;
        }
        let lines = self.policy.max_lines;
        if (1..=MOST_LINES).contains(&lines) {
            Ok(())
        } else {
            Err(SettingsError::Lines { lines, most: MOST_LINES })
        }
    }
}

impl Settings {
    /// A drawer has a number of its own, and a cashier works from one.
    fn validate_drawers(&self) -> Result<(), SettingsError> {
        for (at, drawer) in self.drawers.iter().enumerate() {
            if drawer.no == DrawerNo(0) {
                return Err(SettingsError::DrawerNumber { drawer: drawer.no });
            }
            let mut before = self.drawers.iter().take(at);
            if before.any(|other| other.no == drawer.no || !other.cashiers.is_disjoint(&drawer.cashiers)) {
                return Err(SettingsError::Drawer { drawer: drawer.no });
            }
            check_amount("drawers", drawer.opening)?;
        }
        Ok(())
    }
}

fn check_amount(setting: &'static str, amount: Money) -> Result<(), SettingsError> {
    if amount.is_negative() {
        return Err(SettingsError::NegativeAmount { setting, amount });
    }
    amount.bounded().map(drop).map_err(|_| SettingsError::AmountTooLarge { setting, amount })
}

/// What becomes of a document that was open when the till stopped.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryRule {
    /// It is open again.
    #[default]
    Continue,
    /// It is put aside.
    Park,
    /// It is closed without effect.
    Cancel,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cashier::Limits;

    fn refusal(change: impl FnOnce(&mut Settings)) -> Result<(), SettingsError> {
        let mut settings = Settings::default();
        change(&mut settings);
        settings.validate()
    }

    #[test]
    fn a_till_that_locks_after_no_time_at_all_never_locks_by_itself() {
        let after = |seconds| IdleRules { locks_after_s: seconds, ..IdleRules::default() }.locks_after_s();
        assert_eq!([after(None), after(Some(0)), after(Some(1))], [None, None, Some(1)]);
    }

    #[test]
    fn a_work_session_of_no_minutes_is_no_plan() {
        let planned = |minutes| IdleRules { session_min: minutes, ..IdleRules::default() }.session_min();
        assert_eq!([planned(None), planned(Some(0)), planned(Some(1))], [None, None, Some(1)]);
    }

    #[test]
    fn a_shop_that_is_taken_over_begins_without_limits() {
        let settings = Settings::default();
        let Limits { line_discount, discounts, void_line, void_tender, cancel, redemption, empties } =
            settings.policy.limits;
        assert_eq!(line_discount, None);
        assert_eq!([discounts, void_line, void_tender, cancel, redemption, empties], [None; 6]);
        assert_eq!(settings.closing.difference_limit, None);
    }

    #[test]
    fn a_queue_is_nearly_full_at_four_fifths_of_its_limit() {
        let rules = QueueRules { limit_mib: 10 };
        let mib = 1_024 * 1_024;
        assert!(!rules.is_nearly_full(8 * mib - 1));
        assert!(rules.is_nearly_full(8 * mib));
        assert!(rules.is_nearly_full(u64::MAX));
        assert!(!QueueRules::default().is_nearly_full(0));
    }

    #[test]
    fn the_default_and_limits_of_nothing_are_settings() {
        assert_eq!(refusal(|_| ()), Ok(()));
        assert_eq!(refusal(|settings| settings.policy.min_line_total = Money::ZERO), Ok(()));
        assert_eq!(refusal(|settings| settings.policy.max_change = Some(Money::ZERO)), Ok(()));
        assert_eq!(refusal(|settings| settings.policy.max_lines = 1), Ok(()));
    }

    #[test]
    fn limits_below_nothing_are_refused_by_their_names() {
        let amount = Money::from_minor(-1);
        let negative = |setting| Err(SettingsError::NegativeAmount { setting, amount });
        assert_eq!(refusal(|it| it.policy.min_line_total = amount), negative("min_line_total"));
        assert_eq!(refusal(|it| it.policy.limits.void_line = Some(amount)), negative("limits.void_line"));
        assert_eq!(refusal(|it| it.policy.limits.void_tender = Some(amount)), negative("limits.void_tender"));
        assert_eq!(refusal(|it| it.policy.limits.cancel = Some(amount)), negative("limits.cancel"));
        assert_eq!(refusal(|it| it.policy.limits.redemption = Some(amount)), negative("limits.redemption"));
        assert_eq!(refusal(|it| it.policy.max_change = Some(amount)), negative("max_change"));
        let cheque = |it: &mut Settings| {
            it.policy.change_limits = [(crate::tender::TenderKind::Cheque, amount)].into();
        };
        assert_eq!(refusal(cheque), negative("change_limits"));
        let most = MostChange::UpTo(amount);
        assert_eq!(refusal(|it| it.policy.most_change = most), negative("most_change"));
        assert_eq!(refusal(|it| it.closing.difference_limit = Some(amount)), negative("difference_limit"));
    }

    #[test]
    fn amounts_that_no_document_has_are_no_settings() {
        let amount = Money::from_minor(i64::MAX);
        let too_large = |setting| Err(SettingsError::AmountTooLarge { setting, amount });
        assert_eq!(refusal(|it| it.policy.limits.cancel = Some(amount)), too_large("limits.cancel"));
        assert_eq!(refusal(|it| it.hourly.sales = Some(amount)), too_large("hourly.sales"));
        assert_eq!(refusal(|it| it.policy.limits.cancel = Some(Money::MAX)), Ok(()));
    }

    #[test]
    fn a_reason_to_pick_from_is_short_and_has_a_digit() {
        let codes = |codes: &[&str]| codes.iter().copied().map(String::from).collect::<Vec<_>>();
        let refused = |code: &str| {
            let (most, longest) = (ReasonRules::MOST, ReasonRules::LONGEST);
            Err(SettingsError::ReasonCode { code: code.into(), most, longest })
        };
        let long = "x".repeat(41);
        for code in ["", " ", "a\nb", " damaged", &long] {
            assert_eq!(refusal(|it| it.policy.reasons.codes = codes(&["spoilt", code])), refused(code));
        }
        assert_eq!(refusal(|it| it.policy.reasons.codes = codes(&["spoilt"; 9])), Ok(()));
        assert_eq!(refusal(|it| it.policy.reasons.codes = codes(&["spoilt"; 10])), refused("spoilt"));
    }

    #[test]
    fn drawers_are_numbered_from_one() {
        let drawers =
            |no| Vec::from([Drawer { no: DrawerNo(no), cashiers: BTreeSet::new(), opening: Money::ZERO }]);
        assert_eq!(refusal(|it| it.drawers = drawers(1)), Ok(()));
        let refused = Err(SettingsError::DrawerNumber { drawer: DrawerNo(0) });
        assert_eq!(refusal(|it| it.drawers = drawers(0)), refused);
    }

    #[test]
    fn a_till_accepts_some_tender() {
        assert_eq!(refusal(|settings| settings.policy.tenders.clear()), Err(SettingsError::NoTender));
    }

    #[test]
    fn a_document_has_room_for_a_line_and_not_for_any_number() {
        for lines in [0, MOST_LINES + 1] {
            let refused = refusal(|settings| settings.policy.max_lines = lines);
            assert_eq!(refused, Err(SettingsError::Lines { lines, most: MOST_LINES }));
        }
    }

    #[test]
    fn a_cart_holds_as_many_lines_as_a_document_may_have() {
        assert_eq!(crate::campaign::MOST_LINES, usize::try_from(MOST_LINES).unwrap());
    }
}
