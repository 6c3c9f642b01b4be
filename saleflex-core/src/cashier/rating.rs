//! What is said of a cashier's service: stars, praise and complaints. No till measures it, so somebody enters it.

use alloc::string::String;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{ids::CashierId, money::Rounding};

/// One star to five.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Stars(u8);

/// A number of stars that there is not.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a rating has 1 to 5 stars, not {stars}")]
pub struct NoSuchStars {
    /// How many were given.
    pub stars: u8,
}

impl Stars {
    /// The most.
    pub const MOST: u8 = 5;

    /// So many of them.
    ///
    /// # Errors
    /// [`NoSuchStars`] for none and for more than five.
    pub const fn try_new(stars: u8) -> Result<Self, NoSuchStars> {
        if stars == 0 || stars > Self::MOST { Err(NoSuchStars { stars }) } else { Ok(Self(stars)) }
    }

    /// How many.
    pub const fn count(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Stars {
    type Error = NoSuchStars;

    fn try_from(stars: u8) -> Result<Self, NoSuchStars> {
        Self::try_new(stars)
    }
}

impl From<Stars> for u8 {
    fn from(stars: Stars) -> Self {
        stars.0
    }
}

/// What kind of word it is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Feedback {
    /// Stars alone, with or without words.
    Rating,
    /// Somebody was glad.
    Praise,
    /// Somebody complained.
    Complaint,
}

impl Feedback {
    /// All kinds, in the order screens list them.
    pub const ALL: [Self; 3] = [Self::Rating, Self::Praise, Self::Complaint];
}

/// What somebody said of a cashier's service.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CashierRating {
    /// Of whom.
    pub cashier: CashierId,
    /// Of which business date.
    pub date: NaiveDate,
    /// What kind of word it is.
    pub feedback: Feedback,
    /// How many stars, where any were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stars: Option<Stars>,
    /// In words. Who said it must not be named here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl CashierRating {
    /// The most letters of a note.
    pub const LONGEST_NOTE: usize = 500;
}

/// What was said of somebody in some time. It adds up.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ratings {
    /// How many gave stars.
    pub rated: u64,
    /// Σ of the stars.
    pub stars: u64,
    /// How often somebody was glad.
    pub praise: u64,
    /// How often somebody complained.
    pub complaints: u64,
}

impl Ratings {
    /// Adds what one said.
    pub fn add(&mut self, rating: &CashierRating) {
        if let Some(stars) = rating.stars {
            self.rated += 1;
            self.stars += u64::from(stars.count());
        }
        match rating.feedback {
            Feedback::Rating => {}
            Feedback::Praise => self.praise += 1,
            Feedback::Complaint => self.complaints += 1,
        }
    }

    /// Stars on average, with two digits; none where nobody gave any.
    pub fn average(&self) -> Option<Decimal> {
        let exact = Decimal::from(self.stars).checked_div(Decimal::from(self.rated))?;
        let mut rounded = Rounding::HalfUp.round(exact, 2);
        rounded.rescale(2);
        Some(rounded)
    }

    /// The score of service: the average of five stars in percent, with two digits.
    pub fn service(&self) -> Option<Decimal> {
        let mut score = self.average()? * Decimal::from(100 / u32::from(Stars::MOST));
        score.rescale(2);
        Some(score)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn said(feedback: Feedback, stars: Option<u8>) -> CashierRating {
        CashierRating {
            cashier: CashierId::new(Uuid::from_u128(1)),
            date: NaiveDate::from_ymd_opt(2026, 3, 12).unwrap(),
            feedback,
            stars: stars.map(|stars| Stars::try_new(stars).unwrap()),
            note: None,
        }
    }

    #[test]
    fn stars_are_averaged_and_the_score_of_service_is_their_share_of_five() {
        let mut all = Ratings::default();
        assert_eq!((all.average(), all.service()), (None, None));
        let words = [
            said(Feedback::Rating, Some(5)),
            said(Feedback::Praise, Some(4)),
            said(Feedback::Complaint, Some(4)),
            said(Feedback::Complaint, None),
        ];
        for one in &words {
            all.add(one);
        }
        assert_eq!((all.rated, all.praise, all.complaints), (3, 1, 2));
        // 13 of 3 is 4.333…, and 4.33 of five 86.60 %.
        assert_eq!(all.average().unwrap().to_string(), "4.33");
        assert_eq!(all.service().unwrap().to_string(), "86.60");
    }

    #[test]
    fn there_are_one_to_five_stars_in_a_file_too() {
        for stars in [0, 6] {
            assert_eq!(Stars::try_new(stars), Err(NoSuchStars { stars }));
            assert!(serde_json::from_str::<Stars>(&stars.to_string()).is_err());
        }
        assert_eq!(serde_json::to_string(&Stars::try_new(5).unwrap()).unwrap(), "5");
    }
}
