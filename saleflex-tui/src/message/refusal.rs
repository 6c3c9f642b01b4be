//! Why a command on a document was refused, in the words of the language file.

use saleflex_core::{
    adjustment::CouponRefusal,
    document::{PieceRefusal, Refusal},
    money::AmountIn,
    tender::TenderKind,
};

use super::{amount_error, capability, tender_kind};
use crate::{
    text::{Key, Text},
    view,
};

/// Why a command was refused.
pub fn refusal(text: &Text, refusal: &Refusal) -> String {
    goods(text, refusal)
        .or_else(|| money(text, refusal))
        .or_else(|| buyer(text, refusal))
        .or_else(|| plain(refusal).map(|key| text.word(key).to_owned()))
        .unwrap_or_else(|| refusal.to_string())
}

/// What is the matter with what is sold or brought back, or with the document.
fn goods(text: &Text, refusal: &Refusal) -> Option<String> {
    Some(match refusal {
        Refusal::ApprovalNeeded { capability: needed } => {
            text.fill(Key::FormForbidden, &[("who", capability(text, *needed))])
        }
        Refusal::PriceNeeded { code } => text.fill(Key::PriceNeeded, &[("code", code)]),
        Refusal::NoTax { code } => text.fill(Key::NoTax, &[("code", code)]),
        Refusal::AgeCheckNeeded { minimum_age } => {
            text.fill(Key::AgeCheckNeeded, &[("age", &minimum_age.to_string())])
        }
        Refusal::TooManyLines { max } => text.fill(Key::TooManyLines, &[("max", &max.to_string())]),
        Refusal::DocumentOpen { number } => text.fill(Key::DocumentOpen, &[("number", &number.to_string())]),
        Refusal::NoSuchLine { line } => text.fill(Key::NoSuchLine, &[("line", &line.to_string())]),
        Refusal::AboveMaxPrice { price, max, currency, .. } => {
            let [price, max] = [price, max].map(|price| view::price(currency, *price));
            text.fill(Key::AboveMaxPrice, &[("price", &price), ("max", &max)])
        }
        Refusal::QuantityNotAllowed { unit, decimals, .. } => {
            text.fill(Key::QuantityNotAllowed, &[("unit", unit), ("digits", &decimals.to_string())])
        }
        Refusal::OutOfStock { code, available, held, .. } => {
            let [available, held] = [available, held].map(|figure| figure.normalize().to_string());
            text.fill(Key::OutOfStock, &[("code", code), ("available", &available), ("held", &held)])
        }
        Refusal::PriceOnLabel { line } => text.fill(Key::PriceOnLabel, &[("line", &line.to_string())]),
        Refusal::ShareOfSale { line } => text.fill(Key::ShareOfSale, &[("line", &line.to_string())]),
        Refusal::TooManyNotes { max } => text.fill(Key::TooManyNotes, &[("max", &max.to_string())]),
        Refusal::TooYoung { minimum_age, .. } => {
            text.fill(Key::TooYoung, &[("age", &minimum_age.to_string())])
        }
        Refusal::DiscountNotAllowed { code } => text.fill(Key::DiscountNotAllowed, &[("code", code)]),
        Refusal::NoContainer { code } => text.fill(Key::NoContainer, &[("code", code)]),
        Refusal::NotReturnable { code } => text.fill(Key::NotReturnable, &[("code", code)]),
        Refusal::ReturnPeriodOver { until } => {
            text.fill(Key::ReturnPeriodOver, &[("until", &until.to_string())])
        }
        Refusal::MoreThanSold { line, left } => text
            .fill(Key::MoreThanSold, &[("line", &line.to_string()), ("left", &left.normalize().to_string())]),
        Refusal::Piece(piece) => return of_pieces(text, piece),
        Refusal::BadText { max } => text.fill(Key::BadText, &[("max", &max.to_string())]),
        Refusal::UnprintableText { code_point } => {
            text.fill(Key::UnprintableText, &[("code", &format!("{code_point:04X}"))])
        }
        _ => return None,
    })
}

/// What is the matter with pieces that have serial numbers.
fn of_pieces(text: &Text, refusal: &PieceRefusal) -> Option<String> {
    Some(match refusal {
        PieceRefusal::Needed { name, quantity, .. } => {
            text.fill(Key::SerialHint, &[("quantity", &quantity.to_string()), ("name", name)])
        }
        PieceRefusal::Count { name, quantity, given } => {
            let [quantity, given] = [quantity.to_string(), given.to_string()];
            text.fill(Key::SerialCount, &[("quantity", &quantity), ("name", name), ("given", &given)])
        }
        PieceRefusal::Twice { serial } => text.fill(Key::SerialTwice, &[("serial", serial.as_str())]),
        PieceRefusal::Absent { serial } => text.fill(Key::SerialAbsent, &[("serial", serial.as_str())]),
        PieceRefusal::Sold { serial, on, document } => text.fill(
            Key::SerialSold,
            &[("serial", serial.as_str()), ("date", &on.to_string()), ("document", &document.to_string())],
        ),
        PieceRefusal::Present { serial } => text.fill(Key::SerialPresent, &[("serial", serial.as_str())]),
        PieceRefusal::NotSold { serial } => text.fill(Key::SerialNotSold, &[("serial", serial.as_str())]),
        PieceRefusal::Named { line } => text.fill(Key::PiecesNamed, &[("line", &line.to_string())]),
        PieceRefusal::Doubted { serial, name } => {
            text.fill(Key::SerialDoubted, &[("name", name), ("serial", serial.as_str())])
        }
        _ => return None,
    })
}

/// What is the matter with an amount, a discount, points or a payment.
fn money(text: &Text, refusal: &Refusal) -> Option<String> {
    let kind = |kind: &TenderKind| tender_kind(text, *kind).to_owned();
    Some(match refusal {
        Refusal::DiscountExceedsTotal { discount, total } => text.fill(
            Key::DiscountExceedsTotal,
            &[("discount", &discount.to_string()), ("total", &total.to_string())],
        ),
        Refusal::NotInCoins { amount, step } => {
            text.fill(Key::NotInCoins, &[("amount", &amount.to_string()), ("step", &step.to_string())])
        }
        Refusal::NothingToRedeem { points, .. } => {
            text.fill(Key::NothingToRedeem, &[("points", &points.to_string())])
        }
        Refusal::PointsWorthOther { points, worth, .. } => text
            .fill(Key::PointsWorthOther, &[("points", &points.to_string()), ("worth", &worth.to_string())]),
        Refusal::PercentOutOfRange { percent } => {
            text.fill(Key::PercentOutOfRange, &[("percent", &percent.to_string())])
        }
        Refusal::AmountOutOfRange { entered, least, most } => text.fill(
            Key::AmountOutOfRange,
            &[("entered", &entered.to_string()), ("least", &least.to_string()), ("most", &most.to_string())],
        ),
        Refusal::PointsExceedDue { amount, due } => {
            text.fill(Key::PointsExceedDue, &[("amount", &amount.to_string()), ("due", &due.to_string())])
        }
        Refusal::PointsRedeemed { points } => {
            text.fill(Key::PointsRedeemed, &[("points", &points.to_string())])
        }
        Refusal::Amount(error) => amount_error(text, *error),
        Refusal::PaidExceedsDue { paid, due } => {
            text.fill(Key::PaidExceedsDue, &[("paid", &paid.to_string()), ("due", &due.to_string())])
        }
        Refusal::ChangeDue { change } => text.fill(Key::ChangeIsDue, &[("amount", &change.to_string())]),
        Refusal::BalanceLeft { balance } => balance_left(text, *balance),
        Refusal::TenderNotAccepted { kind: tender } => {
            text.fill(Key::TenderNotAccepted, &[("kind", &kind(tender))])
        }
        Refusal::TipOutOfRange { tip, most } => {
            text.fill(Key::TipOutOfRange, &[("tip", &tip.to_string()), ("most", &most.to_string())])
        }
        Refusal::TipNotTaken { kind: tender } => text.fill(Key::TipNotTaken, &[("kind", &kind(tender))]),
        Refusal::TooMuchChange { kind: tender, limit, .. } => {
            text.fill(Key::TooMuchChange, &[("kind", &kind(tender)), ("limit", &limit.to_string())])
        }
        Refusal::CustomerNeeded { kind: tender } => {
            text.fill(Key::CustomerNeeded, &[("kind", &kind(tender))])
        }
        Refusal::AccountLimit { limit, owed, .. } => {
            text.fill(Key::AccountLimit, &[("limit", &limit.to_string()), ("owed", &owed.to_string())])
        }
        Refusal::ReversalNeeded { authorisation, .. } => {
            text.fill(Key::ReversalNeeded, &[("authorisation", authorisation)])
        }
        Refusal::TendersTaken { paid } => text.fill(Key::TendersTaken, &[("paid", &paid.to_string())]),
        Refusal::MoreThanPaid { kind: tender, left } => {
            text.fill(Key::MoreThanPaid, &[("kind", &kind(tender)), ("left", &left.to_string())])
        }
        Refusal::VoucherWorthMore { rest } => {
            text.fill(Key::VoucherWorthMore, &[("rest", &rest.to_string())])
        }
        Refusal::RateChanged { currency, rate } => {
            text.fill(Key::RateChanged, &[("code", currency.as_str()), ("rate", &rate.to_string())])
        }
        _ => return doubted(text, refusal),
    })
}

/// Who buys by invoice.
fn buyer(text: &Text, refusal: &Refusal) -> Option<String> {
    let Refusal::BuyerIncomplete { missing } = refusal else { return None };
    let all = [
        (missing.name, Key::BuyerName),
        (missing.address, Key::BuyerAddress),
        (missing.tax_number, Key::BuyerTaxNumber),
    ];
    let missing = all.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, key)| text.word(key));
    Some(text.fill(Key::BuyerIncomplete, &[("missing", &missing.collect::<Vec<_>>().join(", "))]))
}

/// What looks like a slip of the keys.
fn doubted(text: &Text, refusal: &Refusal) -> Option<String> {
    Some(match refusal {
        Refusal::QuantityDoubted { name, quantity, limit } => text.fill(
            Key::QuantityDoubted,
            &[("name", name), ("quantity", &quantity.to_string()), ("limit", &limit.to_string())],
        ),
        Refusal::PastDate { name, quantity, expiry } => text.fill(
            Key::PastDate,
            &[("name", name), ("quantity", &quantity.to_string()), ("date", &expiry.to_string())],
        ),
        Refusal::Expired { name, expiry } => {
            text.fill(Key::GoodsExpired, &[("name", name), ("date", &expiry.to_string())])
        }
        Refusal::ChangeDoubted { kind, offered, due, change, .. } => text.fill(
            Key::CashDoubted,
            &[
                ("kind", tender_kind(text, *kind)),
                ("offered", &offered.to_string()),
                ("due", &due.to_string()),
                ("change", &change.to_string()),
            ],
        ),
        _ => return None,
    })
}

/// The sentence of a refusal without numbers.
const fn plain(refusal: &Refusal) -> Option<Key> {
    Some(match refusal {
        Refusal::NoDocument => Key::NoDocument,
        Refusal::ReasonNeeded => Key::ReasonNeeded,
        Refusal::BuyerNeeded => Key::BuyerNeeded,
        Refusal::FloatTooLate => Key::FloatTooLate,
        Refusal::NoLines => Key::NoLines,
        Refusal::OtherMode { training: true } => Key::BegunInTraining,
        Refusal::OtherMode { training: false } => Key::BegunInEarnest,
        Refusal::NoSuchTender { .. } => Key::NoSuchTender,
        Refusal::NoSuchAdjustment { .. } => Key::NoSuchAdjustment,
        Refusal::NotLookedUp => Key::NotLookedUp,
        Refusal::TenderPending { .. } => Key::TenderPending,
        Refusal::VoucherWorthNeeded => Key::VoucherWorthNeeded,
        Refusal::WrongKind { .. } => Key::WrongKind,
        Refusal::PointsNeedCustomer => Key::PointsNeedCustomer,
        Refusal::CardNumber { .. } | Refusal::NotLastDigits { .. } => Key::CardNumber,
        Refusal::NothingToDiscount => Key::NothingToDiscount,
        Refusal::NoAccount => Key::NoAccount,
        Refusal::NotByHand { .. } => Key::NotByHand,
        Refusal::NoChangeDue => Key::NoChangeDue,
        Refusal::ForeignNotesNeeded => Key::ForeignNotesNeeded,
        Refusal::AlreadyPaid => Key::NothingLeftToPay,
        Refusal::NotRefundable => Key::NotRefundable,
        Refusal::NoQuote => Key::NoQuote,
        Refusal::NoSuchCoupon { .. } => Key::NoSuchCoupon,
        Refusal::Coupon(why) => return coupon(*why),
        _ => return None,
    })
}

/// Why a coupon does not count.
pub(super) const fn coupon(why: CouponRefusal) -> Option<Key> {
    Some(match why {
        CouponRefusal::NoDocument => Key::NoDocument,
        CouponRefusal::NotSale => Key::WrongKind,
        CouponRefusal::EmptyInput => Key::NothingEntered,
        CouponRefusal::NotFound => Key::CouponNotFound,
        CouponRefusal::Mistyped => Key::CouponMistyped,
        CouponRefusal::Blocked => Key::CouponBlocked,
        CouponRefusal::CampaignUnavailable => Key::CouponCampaignUnavailable,
        CouponRefusal::CampaignNotCouponBased => Key::CouponCampaignTakesNone,
        CouponRefusal::CampaignUsageLimit => Key::CouponCampaignUsedUp,
        CouponRefusal::CampaignUsedByCustomer => Key::CouponUsedByCustomer,
        CouponRefusal::CouponDates => Key::CouponDates,
        CouponRefusal::CampaignDates => Key::CouponCampaignDates,
        CouponRefusal::CampaignStore => Key::CouponCampaignStore,
        CouponRefusal::CampaignHours => Key::CouponCampaignHours,
        CouponRefusal::CampaignSegment
        | CouponRefusal::PersonalUnassigned
        | CouponRefusal::PersonalOtherCustomer => Key::CouponOtherCustomer,
        CouponRefusal::PersonalNoCustomer => Key::CouponNeedsCustomer,
        CouponRefusal::CouponUsageLimit | CouponRefusal::SingleUseUsed => Key::CouponUsedUp,
        CouponRefusal::AlreadyApplied | CouponRefusal::CampaignAlreadyApplied => Key::CouponApplied,
        _ => return None,
    })
}

/// What is left to pay, or to pay out.
fn balance_left(text: &Text, balance: AmountIn) -> String {
    let owed = balance.amount.is_negative();
    let (key, amount) =
        if owed { (Key::BalanceOwed, -balance.amount) } else { (Key::BalanceLeft, balance.amount) };
    text.fill(key, &[("amount", &balance.currency.show(amount))])
}

#[cfg(test)]
mod tests {
    use saleflex_core::money::{Currency, CurrencyCode, Money};

    use super::*;

    #[test]
    fn what_is_left_to_pay_out_is_no_amount_below_nothing_to_pay() {
        let text = Text::all().find(|text| text.code == "en").unwrap();
        let gbp = Currency::of(CurrencyCode::parse("GBP").unwrap());
        let said = |minor| balance_left(text, gbp.amount(Money::from_minor(minor)));
        assert_eq!(said(-188), "£1.88 is left to pay out.");
        assert_eq!(said(188), "£1.88 is left to pay.");
    }
}
