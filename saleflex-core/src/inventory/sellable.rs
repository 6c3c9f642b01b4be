//! Whether a line may be rung up: advice, asked before anything is sold.

use super::{ItemRules, Stock};

/// There is not enough.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("only {available} available, {requested} requested")]
pub struct NotEnough {
    /// What is left once the other lines of the document have theirs; nothing where it is less.
    pub available: Stock,
    /// What is asked for.
    pub requested: Stock,
}

/// Whether `requested` more may be put on a document that has `in_basket` of the item already.
///
/// `free` is what there is to sell ([`super::Level::free`]); none where no stock is kept of the item, which is then never
/// short.
///
/// # Errors
/// [`NotEnough`] with both figures.
pub fn check(
    free: Option<Stock>,
    rules: &ItemRules,
    in_basket: Stock,
    requested: Stock,
) -> Result<(), NotEnough> {
    match free {
        Some(free) if !rules.negative_stock && free - in_basket < requested => {
            Err(NotEnough { available: (free - in_basket).or_zero(), requested })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Tracking;

    fn may(
        stock: Option<&str>,
        negative_stock: bool,
        in_basket: &str,
        quantity: &str,
    ) -> Result<(), NotEnough> {
        let rules = ItemRules { decimals: 3, tracking: Tracking::Quantity, negative_stock };
        let read = |text| Stock::parse(text).unwrap();
        check(stock.map(read), &rules, read(in_basket), read(quantity))
    }

    #[test]
    fn a_line_is_allowed_when_there_is_enough_or_the_product_says_so() {
        assert!(may(Some("5"), false, "0", "5").is_ok());
        assert!(may(Some("5"), false, "0", "6").is_err());
        assert!(may(Some("-3"), false, "0", "1").is_err());
        assert!(may(Some("0"), true, "0", "10").is_ok());
    }

    #[test]
    fn fractions_count_and_so_do_earlier_lines_of_the_same_product() {
        let short = |available, requested| {
            Err(NotEnough {
                available: Stock::parse(available).unwrap(),
                requested: Stock::parse(requested).unwrap(),
            })
        };
        assert_eq!(may(Some("0"), false, "0", "0.9"), short("0", "0.9"));
        assert_eq!(may(Some("5"), false, "4.5", "0.6"), short("0.5", "0.6"));
        assert_eq!(may(Some("5"), false, "4.5", "0.5"), Ok(()));
    }

    #[test]
    fn a_product_whose_stock_is_not_kept_is_never_short() {
        assert!(may(None, false, "1000", "1000").is_ok());
    }
}
