//! What is wrong with a field of a record.

/// What is wrong with a field of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldFault {
    /// It is below nothing.
    #[error("must not be below nothing")]
    BelowNothing,
    /// It is more than the till can reckon with.
    #[error("is too large")]
    TooLarge,
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// It is less than what it is to be the most of.
    #[error("is less than the minimum")]
    BelowMinimum,
    /// The last day is before the first.
    #[error("the last day is before the first")]
    EndsFirst,
    /// It has more digits after the point than the unit of the goods.
    #[error("has more digits after the point than the unit of the goods")]
    TooFine,
}
