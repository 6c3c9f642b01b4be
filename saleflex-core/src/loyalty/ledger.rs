//! The rows of the points ledger.

use alloc::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Lot, Occasion};
use crate::{
    ids::{CustomerId, DocumentId, DocumentNumber, PointsGrantId, ProgramId},
    quantity::Points,
};

/// What a row books.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsKind {
    /// Earned by a sale.
    Earned,
    /// Spent on a sale.
    Redeemed,
    /// Not used in time.
    Expired,
    /// Corrected: taken back with a refund, moved with a merge, or by a person.
    Adjusted,
    /// Given: by a person, or for a referral.
    Bonus,
    /// Given at enrolment.
    Welcome,
    /// Given for a birthday.
    Birthday,
    /// Spent before, and back with a refund.
    Refund,
}

impl PointsKind {
    /// The name other systems know it by.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Earned => "EARNED",
            Self::Redeemed => "REDEEMED",
            Self::Expired => "EXPIRED",
            Self::Adjusted => "ADJUSTED",
            Self::Bonus => "BONUS",
            Self::Welcome => "WELCOME",
            Self::Birthday => "BIRTHDAY",
            Self::Refund => "REFUND",
        }
    }
}

/// Why a row exists. Customer, kind and cause together are booked once.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// The customer became a member.
    Enrolment {
        /// The program they joined.
        program: ProgramId,
    },
    /// A sale was completed.
    Sale {
        /// The completed sale.
        document: DocumentId,
    },
    /// Goods of a sale came back.
    Refund {
        /// The completed return.
        document: DocumentId,
        /// The sale that the goods came back from.
        sale: DocumentId,
    },
    /// A birthday.
    Birthday {
        /// The calendar year, since each brings one gift.
        year: i32,
    },
    /// Points ran out.
    Expiry {
        /// On the local date the step ran for.
        date: NaiveDate,
    },
    /// One customer brought another.
    Referral {
        /// Who was brought; both get points for it, once.
        referred: CustomerId,
    },
    /// A person decided.
    Manual {
        /// The grant that somebody decided on.
        grant: PointsGrantId,
    },
    /// Two records were one person: points moved, lot by lot.
    Merge {
        /// The other record.
        other: CustomerId,
        /// Which of the lots, from 0.
        lot: u32,
    },
}

/// One credit or debit. Rows are never changed or deleted; a correction is a new row.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LedgerRow {
    /// The member whose points they are.
    pub customer: CustomerId,
    /// What it books.
    pub kind: PointsKind,
    /// Credit above nothing, debit below.
    pub points: Points,
    /// The balance after it, where it was booked.
    pub balance_after: Points,
    /// Why it exists; with customer and kind it is booked once.
    pub cause: Cause,
    /// The number people know the document by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<DocumentNumber>,
    /// The last day a credit may be used; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<NaiveDate>,
    /// Of a debit: so many points of it had run out, and were there all the same since documents held them; with the first of
    /// their last days. Whoever adds up rows without knowing of documents counts them as spent on that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_over: Option<Lot>,
    /// When, where and by whom.
    pub occasion: Occasion,
}

impl LedgerRow {
    /// What it adds to the points ever credited. Points that come back were credited before; those taken back with a
    /// refund count off; a merge moves the figure apart from the rows.
    pub const fn lifetime(&self) -> Points {
        match (self.kind, self.cause) {
            (_, Cause::Merge { .. })
            | (PointsKind::Refund | PointsKind::Redeemed | PointsKind::Expired, _) => Points::ZERO,
            (PointsKind::Adjusted, Cause::Refund { .. }) => self.points,
            _ if self.points.is_positive() => self.points,
            _ => Points::ZERO,
        }
    }
}

/// The sums of rows by kind.
pub fn sums_by_kind<'a>(rows: impl IntoIterator<Item = &'a LedgerRow>) -> BTreeMap<PointsKind, Points> {
    rows.into_iter().fold(BTreeMap::new(), |mut sums, row| {
        let sum: &mut Points = sums.entry(row.kind).or_default();
        *sum = *sum + row.points;
        sums
    })
}

/// What a receipt says of points.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ReceiptPoints {
    /// Earned by it.
    pub earned: Points,
    /// Redeemed on it.
    pub redeemed: Points,
}

/// The two lines of a receipt: points earned, points redeemed.
pub fn points_on_receipt<'a>(
    document: DocumentId,
    rows: impl IntoIterator<Item = &'a LedgerRow>,
) -> ReceiptPoints {
    let of_document = rows.into_iter().filter(|row| row.cause == Cause::Sale { document });
    of_document.fold(ReceiptPoints::default(), |sums, row| match row.kind {
        PointsKind::Earned => ReceiptPoints { earned: sums.earned + row.points, ..sums },
        PointsKind::Redeemed => ReceiptPoints { redeemed: sums.redeemed - row.points, ..sums },
        PointsKind::Expired
        | PointsKind::Adjusted
        | PointsKind::Bonus
        | PointsKind::Welcome
        | PointsKind::Birthday
        | PointsKind::Refund => sums,
    })
}
