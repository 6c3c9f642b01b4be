//! The commands that joined later, so that older seeds mean what they did: empties, coupons, returns at once, pieces with
//! serial numbers, every movement of cash, and payments with all that is known of them.

use saleflex_core::{
    basket::GoodsState,
    catalog::SerialNo,
    document::{CashMovementKind, Command, ReturnLine, TakeTender},
    ids::LineNo,
    money::Money,
    quantity::Quantity,
    tender::{GiftCardNumber, TenderDetails, TenderKind},
};

use super::promoted;

/// From here on the first byte names one of them.
pub(super) const FIRST: u8 = 234;

/// What reads as the number of a gift card.
const GIFT_CARD: &str = "6035710012345678905";

/// The command that the bytes behind [`FIRST`] mean.
pub(super) fn command(
    [which, a, b, c]: [u8; 4],
    quantity: Option<Quantity>,
    reason: Option<String>,
) -> Command {
    match which % 9 {
        0 => Command::TakeEmpties { entered: "bottle".into(), quantity },
        1 => Command::VoidEmpties { line: LineNo(b.into()), reason },
        2 => {
            let entered = if a.is_multiple_of(4) { "NOTHING" } else { promoted::COUPON };
            Command::EnterCoupon { entered: entered.into() }
        }
        3 => Command::ReleaseCoupon { coupon: promoted::coupon_id(c & 1 == 0) },
        // One line comes back, or it and those behind it.
        4 => {
            let lines = (0..(a >> 6)).map(|more| back(a & 63, more, [b, c], reason.as_deref()));
            Command::TakeBack { lines: lines.collect() }
        }
        5 => Command::NamePieces { line: LineNo(b.into()), serials: serials(a, c & 3) },
        6 => Command::OpenDrawer { reason },
        7 => {
            let kinds = [
                CashMovementKind::PaidOut,
                CashMovementKind::Float,
                CashMovementKind::PaidIn,
                CashMovementKind::CashDrop,
            ];
            let amount = Money::from_minor(i64::from(b) << (c & 15));
            Command::MoveCash { kind: kinds[usize::from(a) % kinds.len()], amount, reason: "till".into() }
        }
        _ => Command::TakeTender(tender(a, b, c)),
    }
}

fn back(first: u8, more: u8, [b, c]: [u8; 2], reason: Option<&str>) -> ReturnLine {
    ReturnLine {
        line: LineNo(u32::from(first) + u32::from(more)),
        quantity: Quantity::try_new(b.max(1).into()).expect("some"),
        state: if c & 16 == 0 { GoodsState::New } else { GoodsState::Damaged },
        restock: c & 32 == 0,
        reason: reason.map(str::to_owned),
        serials: if c & 64 == 0 { Vec::new() } else { serials(1, b.max(1) - 1) },
    }
}

/// So many numbers, and one more, the first of them by a byte.
fn serials(first: u8, more: u8) -> Vec<SerialNo> {
    let number = |more| SerialNo::parse(&format!("S{}", u32::from(first) + u32::from(more)));
    (0..=more).map(|more| number(more).expect("a number")).collect()
}

/// A payment that says what it is by: a card with its authorisation, a voucher with its worth, a gift card with its balance.
fn tender(a: u8, b: u8, c: u8) -> TakeTender {
    let kinds = [
        TenderKind::PrepaidCard,
        TenderKind::CreditCard,
        TenderKind::Cheque,
        TenderKind::Mobile,
        TenderKind::BankTransfer,
        TenderKind::Cash,
    ];
    let worth = Money::from_minor(i64::from(b) * 37);
    let of_reference = c & 0b1100;
    let is_gift_card = of_reference == 8;
    let reference = match of_reference {
        0 => None,
        4 => Some("VOUCHER 7"),
        8 => Some(GIFT_CARD),
        _ => Some("R7"),
    };
    let card = GiftCardNumber::parse(GIFT_CARD).expect("a number");
    let details = TenderDetails {
        reference: reference.map(str::to_owned),
        authorisation: (c & 2 != 0).then(|| "A1".to_owned()),
        last4: (c & 16 != 0).then(|| "1234".to_owned()),
        installments: (c & 32 != 0).then_some(a >> 4),
        gift_card: (is_gift_card && c & 16 != 0).then(|| card.id()),
        balance_before: (c & 1 == 0).then_some(worth),
        ..TenderDetails::default()
    };
    TakeTender {
        amount: (c & 128 != 0).then_some(worth),
        details,
        pending: c & 64 != 0,
        ..TakeTender::balance(kinds[usize::from(a & 15) % kinds.len()])
    }
}
