//! What a refusal says, in the words of the language file.

use std::{io, path::Path};

use saleflex_core::{
    cashier::Capability,
    catalog::{
        CatalogError, CatalogErrors, LookupError,
        import::{ImportError, ImportProblem, ImportWarning},
    },
    closure,
    loyalty::{MemberStatus, NotRedeemable},
    money::AmountError,
    quantity::Points,
    tender::TenderKind,
};
use saleflex_store::{Error, error::OpenError, quotas::Withheld, templates::UnknownPart};

use crate::text::{Key, Text};

mod day;
pub(crate) mod definition;
mod device;
pub mod doubt;
mod fields;
mod member;
mod refusal;
mod stock;
pub mod verdict;

pub use self::{
    day::{act, break_kind, exemption, over_short, presence, punch},
    device::{narrow, scale_error, trouble},
    refusal::refusal,
    stock::{LineWords, by_line, is_of_line},
};
pub(crate) use self::{fields::of_person, member::unknown_name};

/// Why a number was not taken.
pub fn amount_error(text: &Text, error: AmountError) -> String {
    match error {
        AmountError::Malformed => text.word(Key::NotANumber).to_owned(),
        AmountError::TooPrecise { digits } => text.fill(Key::TooPrecise, &[("digits", &digits.to_string())]),
        AmountError::TooLarge => text.word(Key::TooLarge).to_owned(),
        AmountError::TooSmall => text.word(Key::TooSmall).to_owned(),
        AmountError::UnknownCurrency => text.word(Key::CurrencyNotRead).to_owned(),
        _ => error.to_string(),
    }
}

/// Why nothing was found for what was entered.
pub fn lookup_error(text: &Text, error: &LookupError) -> String {
    match error {
        LookupError::NothingEntered => text.word(Key::NothingEntered).to_owned(),
        LookupError::NotFound { entered } => text.fill(Key::UnknownCode, &[("code", entered)]),
        LookupError::Inactive { name, .. }
        | LookupError::NotYetSellable { name, .. }
        | LookupError::NoLongerSellable { name, .. } => text.fill(Key::NotForSale, &[("name", name)]),
        LookupError::Misread { barcode, .. } => text.fill(Key::Misread, &[("code", barcode)]),
        LookupError::UnknownDepartment { no } => {
            text.fill(Key::UnknownDepartment, &[("department", &no.to_string())])
        }
        LookupError::EmbeddedNumber { barcode, .. } => text.fill(Key::EmbeddedNumber, &[("code", barcode)]),
        LookupError::MainDepartmentMissing { no } | LookupError::NoTax { no } => {
            text.fill(Key::NoTax, &[("code", &no.to_string())])
        }
        other => other.to_string(),
    }
}

/// What a kind of tender is called.
pub fn tender_kind(text: &Text, kind: TenderKind) -> &str {
    text.word(match kind {
        TenderKind::Cash => Key::TenderCash,
        TenderKind::CreditCard => Key::TenderCreditCard,
        TenderKind::Cheque => Key::TenderCheque,
        TenderKind::StoreCredit => Key::TenderStoreCredit,
        TenderKind::PrepaidCard => Key::TenderPrepaidCard,
        TenderKind::Mobile => Key::TenderMobile,
        TenderKind::ForeignCurrency => Key::TenderForeignCurrency,
        TenderKind::OnAccount => Key::TenderOnAccount,
        TenderKind::BankTransfer => Key::TenderBankTransfer,
        _ => Key::TenderOther,
    })
}

/// Why no points are redeemed.
pub fn not_redeemable(text: &Text, why: NotRedeemable) -> String {
    let number = |points: Points| points.to_string();
    match why {
        NotRedeemable::InvalidPoints => text.word(Key::NotANumber).to_owned(),
        NotRedeemable::NotASale => text.word(Key::PointsNotASale).to_owned(),
        NotRedeemable::NoCustomer | NotRedeemable::WalkIn => text.word(Key::PointsNoCustomer).to_owned(),
        NotRedeemable::NothingDue => text.word(Key::AlreadyPaid).to_owned(),
        NotRedeemable::NoMembership => text.word(Key::PointsNoMember).to_owned(),
        NotRedeemable::MemberInactive { status: MemberStatus::Ended } => {
            text.word(Key::PointsEnded).to_owned()
        }
        NotRedeemable::MemberInactive { status: MemberStatus::Suspended | MemberStatus::Active } => {
            text.word(Key::PointsSuspended).to_owned()
        }
        NotRedeemable::ProgramInactive | NotRedeemable::NoPointValue => {
            text.word(Key::PointsNoProgram).to_owned()
        }
        NotRedeemable::BelowMinimum { applicable, minimum } => text
            .fill(Key::PointsBelowMinimum, &[("points", &number(applicable)), ("minimum", &number(minimum))]),
        NotRedeemable::PartialNotAllowed { asked, applicable } => {
            text.fill(Key::PointsNotAll, &[("asked", &number(asked)), ("points", &number(applicable))])
        }
        NotRedeemable::NothingApplicable => text.word(Key::PointsNone).to_owned(),
        other => other.to_string(),
    }
}

/// Who holds a capability.
pub fn capability(text: &Text, capability: Capability) -> &str {
    text.word(match capability {
        Capability::Sell => Key::CapabilitySell,
        Capability::Override => Key::CapabilityOverride,
        Capability::Closure => Key::CapabilityClosure,
        Capability::CatalogWrite => Key::CapabilityCatalogWrite,
        Capability::FormWrite => Key::CapabilityFormWrite,
        Capability::CampaignWrite => Key::CapabilityCampaignWrite,
        Capability::RoleAssign => Key::CapabilityRoleAssign,
        Capability::SettingsWrite => Key::CapabilitySettingsWrite,
        Capability::StockReceive => Key::CapabilityStockReceive,
        Capability::StockIssue => Key::CapabilityStockIssue,
        Capability::StockAdjust => Key::CapabilityStockAdjust,
        Capability::StockTransfer => Key::CapabilityStockTransfer,
        Capability::StocktakeOpen => Key::CapabilityStocktakeOpen,
        Capability::StocktakeCount => Key::CapabilityStocktakeCount,
        Capability::StocktakeApprove => Key::CapabilityStocktakeApprove,
        _ => Key::CapabilityOther,
    })
}

/// What a capability lets somebody do.
pub fn right(text: &Text, capability: Capability) -> &str {
    text.word(match capability {
        Capability::Sell => Key::RightSell,
        Capability::Override => Key::RightOverride,
        Capability::Closure => Key::RightClosure,
        Capability::CatalogWrite => Key::RightCatalogWrite,
        Capability::FormWrite => Key::RightFormWrite,
        Capability::CampaignWrite => Key::RightCampaignWrite,
        Capability::RoleAssign => Key::RightRoleAssign,
        Capability::SettingsWrite => Key::RightSettingsWrite,
        Capability::StockReceive => Key::RightStockReceive,
        Capability::StockIssue => Key::RightStockIssue,
        Capability::StockAdjust => Key::RightStockAdjust,
        Capability::StockTransfer => Key::RightStockTransfer,
        Capability::StocktakeOpen => Key::RightStocktakeOpen,
        Capability::StocktakeCount => Key::RightStocktakeCount,
        Capability::StocktakeApprove => Key::RightStocktakeApprove,
        Capability::ReportView => Key::RightReportView,
        Capability::AuditRead => Key::RightAuditRead,
        _ => Key::CapabilityOther,
    })
}

/// What is wrong with a line of a file.
pub fn import_error(text: &Text, error: &ImportError) -> String {
    let words = import_problem(text, &error.problem);
    text.fill(Key::ImportLine, &[("line", &error.line.to_string()), ("words", &words)])
}

fn import_problem(text: &Text, problem: &ImportProblem) -> String {
    match problem {
        ImportProblem::MissingColumn { column } => {
            text.fill(Key::ImportMissingColumn, &[("column", column.name())])
        }
        ImportProblem::UnknownColumn { name } => text.fill(Key::ImportUnknownColumn, &[("name", name)]),
        ImportProblem::DuplicateColumn { column } => {
            text.fill(Key::ImportDuplicateColumn, &[("column", column.name())])
        }
        ImportProblem::CellCount { expected, found } => text.fill(
            Key::ImportCellCount,
            &[("expected", &expected.to_string()), ("found", &found.to_string())],
        ),
        ImportProblem::NotText => text.word(Key::ImportNotText).to_owned(),
        ImportProblem::NotObject => text.word(Key::ImportNotObject).to_owned(),
        ImportProblem::NotScalar { name } => text.fill(Key::ImportNotScalar, &[("column", name)]),
        ImportProblem::Blank { column } => text.fill(Key::ImportBlank, &[("column", column.name())]),
        ImportProblem::Number { column, found, source } => {
            let why = amount_error(text, *source);
            text.fill(Key::ImportNumber, &[("column", column.name()), ("found", found), ("why", &why)])
        }
        ImportProblem::Choice { column, found, expected } => text
            .fill(Key::ImportChoice, &[("column", column.name()), ("found", found), ("expected", expected)]),
        ImportProblem::DuplicateCode { code, first_line } => {
            text.fill(Key::ImportDuplicateCode, &[("code", code), ("line", &first_line.to_string())])
        }
        ImportProblem::WholeUnit { unit } => text.fill(Key::ImportWholeUnit, &[("unit", unit)]),
        ImportProblem::AboveMaximum { column, found, most } => {
            let [found, most] = [found, most].map(ToString::to_string);
            text.fill(
                Key::ImportAboveMaximum,
                &[("column", column.name()), ("found", &found), ("most", &most)],
            )
        }
        ImportProblem::MissingPriceColumn { name } => {
            text.fill(Key::ImportMissingColumn, &[("column", name)])
        }
        ImportProblem::UnknownCode { code } => text.fill(Key::ImportUnknownCode, &[("code", code)]),
        ImportProblem::Price { found, source } => {
            let why = amount_error(text, *source);
            text.fill(Key::ImportPrice, &[("found", found), ("why", &why)])
        }
        ImportProblem::NoBrand { name } => text.fill(Key::ImportNoBrand, &[("name", name)]),
        ImportProblem::Attribute { found } => text.fill(Key::ImportAttribute, &[("found", found)]),
        ImportProblem::Catalog(error) => catalog_error(text, error),
        ImportProblem::Clash { error, other, line } => {
            let words = catalog_error(text, error);
            let line = line.map(|line| line.to_string());
            let key = if line.is_some() { Key::ImportClashLine } else { Key::ImportClash };
            let values =
                [("words", words.as_str()), ("code", other), ("line", line.as_deref().unwrap_or(""))];
            text.fill(key, &values)
        }
        other => other.to_string(),
    }
}

/// What is odd about a line of a file.
pub fn import_warning(text: &Text, warning: &ImportWarning) -> String {
    match warning {
        ImportWarning::Barcode { line, barcode, .. } => {
            text.fill(Key::ImportOddBarcode, &[("line", &line.to_string()), ("barcode", barcode)])
        }
        ImportWarning::NoPrice { line, code } => {
            text.fill(Key::ImportNoPrice, &[("line", &line.to_string()), ("code", code)])
        }
        other => other.to_string(),
    }
}

/// Why a file cannot be read or written. One that is not there needs no words of the system.
pub fn file(text: &Text, path: &Path, error: &io::Error) -> String {
    let path = path.display().to_string();
    if error.kind() == io::ErrorKind::NotFound {
        return text.fill(Key::FileMissing, &[("path", &path)]);
    }
    text.fill(Key::FileFailed, &[("path", &path), ("reason", &error.to_string())])
}

/// How long to wait after too many attempts to log in.
pub fn wait(text: &Text, seconds: i64) -> String {
    text.fill(Key::LogInDelayed, &[("seconds", &seconds.to_string())])
}

/// Why no use of a coupon is lent to this till.
const fn withheld(why: Withheld) -> Key {
    match why {
        Withheld::UsedUp => Key::CouponUsedUp,
        Withheld::LentElsewhere => Key::CouponLentElsewhere,
        Withheld::AwaitingTills => Key::CouponAwaitsTills,
        Withheld::NotInForce => Key::CouponNotAtHub,
        Withheld::AskedAbove => Key::CouponNotLent,
    }
}

/// Why no use of a coupon or nothing of a gift card is lent, nothing is taken of one, a rule of vouchers is none here, or a quote is sold; nothing of any
/// other error.
fn at_the_counter(text: &Text, error: &Error) -> Option<String> {
    Some(match error {
        Error::CouponNotLent { code } => text.fill(Key::CouponNotLent, &[("code", code)]),
        Error::CouponWithheld { code, why } => text.fill(withheld(*why), &[("code", code)]),
        Error::NotAGiftCard(_) => text.word(Key::NotAGiftCard).to_owned(),
        Error::GiftCardNotLent { last4 } => text.fill(Key::GiftCardNotLent, &[("last4", last4)]),
        Error::GiftCardLentElsewhere { last4 } => text.fill(Key::GiftCardLentElsewhere, &[("last4", last4)]),
        Error::GiftCardEmpty { last4 } => text.fill(Key::GiftCardEmpty, &[("last4", last4)]),
        Error::QuoteSold { number } => text.fill(Key::QuoteTaken, &[("number", &number.to_string())]),
        Error::VouchersOfOneTill => text.word(Key::VouchersOfOneTill).to_owned(),
        Error::UnknownPart(unknown) => unknown_part(text, unknown),
        _ => return None,
    })
}

/// A place that is none, and the one that was meant perhaps.
pub fn unknown_part(text: &Text, unknown: &UnknownPart) -> String {
    if unknown.is_of_no_country() {
        return text.fill(Key::CountryUnknown, &[("country", unknown.nearest.as_str())]);
    }
    let [region, nearest] = [&unknown.region, &unknown.nearest].map(ToString::to_string);
    let values = [("region", &*region), ("nearest", &nearest), ("name", &unknown.name)];
    text.fill(Key::RegionUnknown, &values)
}

/// Why the till did not do something.
pub fn error(text: &Text, error: &Error) -> String {
    if let Some(words) = at_the_counter(text, error) {
        return words;
    }
    match error {
        Error::Refused(refused) => refusal(text, refused),
        Error::Lookup(error) => lookup_error(text, error),
        Error::NotLoggedIn => text.word(Key::NotLoggedIn).to_owned(),
        Error::LogInRefused | Error::LogInDelayed { .. } => text.word(Key::LogInRefused).to_owned(),
        Error::SecretExpired => text.word(Key::SecretExpired).to_owned(),
        Error::NoSuchClosure { closure } => {
            text.fill(Key::NoSuchPeriod, &[("period", &closure.0.to_string())])
        }
        Error::NotClosed(refused) => closing(text, refused),
        Error::NotRedeemable(why) => not_redeemable(text, *why),
        Error::PointsAuthority(why) => text.fill(Key::PointsKeeperAway, &[("reason", &why.to_string())]),
        Error::PhoneTaken(_) => text.word(Key::PhoneTaken).to_owned(),
        Error::Catalog(errors) => catalog_errors(text, errors),
        Error::TaxRateUsed { no, percent, from } => {
            let values = [no.to_string(), percent.to_string(), from.to_string()];
            let names = ["no", "percent", "from"];
            let values: Vec<_> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
            text.fill(Key::TaxRateUsed, &values)
        }
        Error::Settings(reason) => text.fill(Key::SettingsRefused, &[("reason", &reason.to_string())]),
        Error::Taken { code } => text.fill(Key::CodeTaken, &[("code", code)]),
        Error::NoSuchTransfer { .. }
        | Error::NoSuchCount { .. }
        | Error::NoSuchSupplier { .. }
        | Error::NoSuchOrder { .. }
        | Error::NoSuchCashier { .. }
        | Error::NoSuchDocument { .. }
        | Error::NoSuchProduct { .. }
        | Error::NoSuchCustomer { .. } => text.word(Key::NoSuchRecord).to_owned(),
        Error::BadRecord { record: "secret" } => text.word(Key::SetupSecretShort).to_owned(),
        Error::OutOfTurn(why) => {
            let presence = text.word(presence(why.presence));
            text.fill(Key::PunchOutOfTurn, &[("presence", presence)])
        }
        Error::PunchToCome { at } => {
            text.fill(Key::PunchToCome, &[("time", &at.format("%Y-%m-%d %H:%M").to_string())])
        }
        Error::NotMeasured { goal } => fields::not_measured(text, *goal),
        Error::TooManyTips { own, left } => {
            text.fill(Key::TooManyTips, &[("own", &own.to_string()), ("left", &left.to_string())])
        }
        Error::DocumentOpen => text.word(Key::DocumentIsOpen).to_owned(),
        Error::SameSecret => text.word(Key::SameSecret).to_owned(),
        Error::BadField { field, fault } => fields::field(text, field, *fault),
        Error::BadRecord { record } => fields::record(text, record),
        Error::Details(why) => fields::details(text, *why),
        Error::Stock(refused) => stock::refusal(text, refused),
        Error::Arrival(why) => stock::arrival(text, why),
        Error::StockCount(why) => stock::count(text, why),
        Error::Order(why) => stock::order(text, why),
        Error::StockIsKept { .. } => text.word(Key::StockIsThere).to_owned(),
        Error::DiskFull
        | Error::Locked
        | Error::Overtaken
        | Error::Open(_)
        | Error::Database(_)
        | Error::Journal(_)
        | Error::Json(_)
        | Error::Contradiction { .. }
        | Error::Io(_) => of_a_file(text, error),
        _ => member::refusal(text, error)
            .unwrap_or_else(|| text.fill(Key::NotDone, &[("reason", &with_causes(error))])),
    }
}

/// What is wrong with a file, the till's or one beside it.
fn of_a_file(text: &Text, error: &Error) -> String {
    match error {
        Error::DiskFull => text.word(Key::DiskFull).to_owned(),
        Error::Locked => text.word(Key::FileLocked).to_owned(),
        Error::Overtaken => text.word(Key::FileOvertaken).to_owned(),
        Error::Open(OpenError::Exists { path }) => {
            text.fill(Key::FileExists, &[("path", &path.display().to_string())])
        }
        _ => text.fill(Key::StoreFailed, &[("reason", &with_causes(error))]),
    }
}

/// All that is wrong with products and what they refer to, a line for each.
pub fn catalog_errors_all(text: &Text, errors: &CatalogErrors) -> String {
    errors.0.iter().map(|error| catalog_error(text, error)).collect::<Vec<_>>().join("\n")
}

/// Why the catalog does not take products: the first reason.
fn catalog_errors(text: &Text, errors: &CatalogErrors) -> String {
    errors.0.first().map_or_else(
        || text.fill(Key::CatalogRefused, &[("reason", &errors.to_string())]),
        |error| catalog_error(text, error),
    )
}

/// What is wrong with a product.
pub fn catalog_error(text: &Text, error: &CatalogError) -> String {
    match error {
        CatalogError::CodeTaken { code, .. } | CatalogError::CodeIsBarcode { code, .. } => {
            text.fill(Key::CodeBelongs, &[("code", code)])
        }
        CatalogError::BarcodeTaken { barcode, .. } | CatalogError::BarcodeIsCode { barcode, .. } => {
            text.fill(Key::BarcodeBelongs, &[("barcode", barcode)])
        }
        CatalogError::VariantTaken { code, style, .. } => {
            text.fill(Key::VariantBelongs, &[("code", code), ("style", style)])
        }
        CatalogError::TwoDefaults { code, style, .. } => {
            text.fill(Key::DefaultBelongs, &[("code", code), ("style", style)])
        }
        CatalogError::NoTax { code, .. } => text.fill(Key::NoTaxOfProduct, &[("code", code)]),
        CatalogError::UnknownProductTax { code, tax_no } => {
            text.fill(Key::UnknownTaxOfProduct, &[("code", code), ("tax", &tax_no.to_string())])
        }
        CatalogError::SellableWindow { code, .. } => text.fill(Key::NotToday, &[("code", code)]),
        CatalogError::UnknownDepartment { department, .. } => {
            text.fill(Key::UnknownDepartment, &[("department", &department.to_string())])
        }
        CatalogError::UnknownDepartmentTax { no, tax_no } => {
            let values = [("no", no.to_string()), ("tax", tax_no.to_string())];
            text.fill(
                Key::DepartmentNoTaxRate,
                &values.each_ref().map(|(name, value)| (*name, value.as_str())),
            )
        }
        CatalogError::NoMainDepartment { no } | CatalogError::UnknownMainDepartment { no, .. } => {
            text.fill(Key::DepartmentNoMain, &[("no", &no.to_string())])
        }
        CatalogError::MainBelowMain { no, .. } => {
            text.fill(Key::DepartmentMainBelow, &[("no", &no.to_string())])
        }
        CatalogError::DuplicateTaxRate { no } => text.fill(Key::RecordTwice, &[("name", &no.to_string())]),
        CatalogError::DuplicateDepartment { no } => text.fill(Key::RecordTwice, &[("name", &no.to_string())]),
        CatalogError::DuplicateUnit { code } => text.fill(Key::RecordTwice, &[("name", code)]),
        CatalogError::DuplicateBrand { name } => text.fill(Key::RecordTwice, &[("name", name)]),
        CatalogError::UnknownUnit { code, unit } => {
            text.fill(Key::UnknownUnitOfProduct, &[("code", code), ("unit", unit)])
        }
        CatalogError::Text { of, .. } => text.fill(Key::TextRefused, &[("of", of)]),
        other => text.fill(Key::CatalogRefused, &[("reason", &other.to_string())]),
    }
}

fn closing(text: &Text, refused: &closure::Refusal) -> String {
    match refused {
        closure::Refusal::DocumentOpen { number } => {
            text.fill(Key::DocumentOpen, &[("number", &number.to_string())])
        }
        closure::Refusal::Training => text.word(Key::NotInTraining).to_owned(),
        closure::Refusal::EmptyPeriod { .. } => text.word(Key::EmptyPeriod).to_owned(),
        closure::Refusal::DrawerNotCounted { drawer } => {
            text.fill(Key::CountDrawerFirst, &[("drawer", &drawer.0.to_string())])
        }
        closure::Refusal::DeclarationNeeded => text.word(Key::CountNeeded).to_owned(),
        closure::Refusal::ApprovalNeeded { capability: needed } => {
            text.fill(Key::FormForbidden, &[("who", capability(text, *needed))])
        }
        closure::Refusal::Count(error) => amount_error(text, *error),
        closure::Refusal::NoSuchDenomination { value } => {
            text.fill(Key::NoSuchDenomination, &[("value", &value.to_string())])
        }
        closure::Refusal::FloatAboveCount { float, counted } => text
            .fill(Key::FloatAboveCount, &[("float", &float.to_string()), ("counted", &counted.to_string())]),
        closure::Refusal::StaysAtClosingOnly => text.word(Key::StaysAtClosingOnly).to_owned(),
        closure::Refusal::DeclaredInBetween => text.word(Key::DeclaredInBetween).to_owned(),
        closure::Refusal::ReasonNeeded { is_blind: true, .. } => {
            text.word(Key::DrawerDiffersBlind).to_owned()
        }
        closure::Refusal::ReasonNeeded { difference, .. } => {
            text.fill(Key::DrawerDiffers, &[("amount", &difference.to_string())])
        }
        other => other.to_string(),
    }
}

/// An error and everything behind it, in one line; what the words already end with is said once.
pub fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |words, cause| {
        let cause = cause.to_string();
        if words.ends_with(&cause) { words } else { format!("{words}: {cause}") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_an_error_names_itself_is_said_once_and_one_that_it_does_not_is_said() {
        let address: Result<crate::device::address::Address, _> = "tcp:".parse();
        let cause = address.unwrap_err();
        let words = cause.to_string();
        let named = crate::program::ProgramConfigError::Address { device: "scale", cause };
        assert_eq!(with_causes(&named), format!("scale.address: {words}"));
        let cause = std::io::Error::other("no such disk");
        let path = std::path::PathBuf::from("till.toml");
        let silent = crate::program::ProgramConfigError::Io { path, cause };
        assert_eq!(with_causes(&silent), "till.toml: no such disk");
    }

    /// The variants of an enum in the text of a module, by the way they are indented.
    fn variants<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
        let (_, rest) = source.split_once(&format!("pub enum {name} {{")).unwrap();
        let body = rest.split("\n}").next().unwrap();
        let indented = body.lines().filter_map(|line| line.strip_prefix("    "));
        let starts = indented.filter(|line| line.starts_with(char::is_uppercase));
        starts.map(|line| line.split([' ', ',', '(', '{']).next().unwrap()).collect()
    }

    #[test]
    fn every_refusal_of_the_core_is_said_in_words_of_the_language_files() {
        let core = |file: &str| {
            let path = format!("{}/../saleflex-core/src/{file}", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(path).unwrap()
        };
        let said = concat!(include_str!("message.rs"), include_str!("message/refusal.rs"));
        for (file, name, path) in [
            ("document/refusal.rs", "Refusal", "Refusal"),
            ("adjustment/coupon.rs", "CouponRefusal", "CouponRefusal"),
            ("closure/refusal.rs", "Refusal", "closure::Refusal"),
            ("catalog/error.rs", "LookupError", "LookupError"),
            ("catalog/import.rs", "ImportProblem", "ImportProblem"),
            ("money.rs", "AmountError", "AmountError"),
            ("loyalty/redeem.rs", "NotRedeemable", "NotRedeemable"),
        ] {
            let source = core(file);
            let variants = variants(&source, name);
            assert!(variants.len() > 4, "{file}: {variants:?}");
            for variant in variants {
                let arm = format!("{path}::{variant}");
                let mut after = said.split(arm.as_str()).skip(1);
                let is_said = after.any(|rest| !rest.starts_with(char::is_alphanumeric));
                assert!(is_said, "{arm} has no words of its own");
            }
        }
    }
}
