//! What a person agreed to: when, how, and to which words.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::time::Moment;

/// What is agreed to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Purpose {
    /// Advertising at all; no channel may be used without it.
    Marketing,
    /// Messages to the telephone.
    Sms,
    /// Messages to the e-mail address.
    Email,
}

/// A way to reach a person.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Channel {
    /// A message to the telephone.
    Sms,
    /// A message to the e-mail address.
    Email,
}

impl Channel {
    const fn purpose(self) -> Purpose {
        match self {
            Self::Sms => Purpose::Sms,
            Self::Email => Purpose::Email,
        }
    }
}

/// One statement of a person: given or taken back.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Consent {
    /// What was agreed to, or no longer is.
    pub purpose: Purpose,
    /// Given, or taken back.
    pub given: bool,
    /// When it was said.
    pub at: Moment,
    /// Where it was said.
    pub source: Source,
    /// The words agreed to, or the code of their version.
    pub wording: String,
}

/// Where a person registered or said something.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Source {
    /// At the till.
    #[default]
    Pos,
    /// In an application.
    MobileApp,
    /// On a web page.
    Website,
    /// Through a social network.
    SocialMedia,
    /// Sent by another customer.
    Referral,
}

impl Source {
    /// The place that a word means as files and other systems write it, in capital letters or not.
    pub fn read(word: &str) -> Option<Self> {
        match word.trim().to_lowercase().as_str() {
            "pos" => Some(Self::Pos),
            "mobile_app" => Some(Self::MobileApp),
            "website" => Some(Self::Website),
            "social_media" => Some(Self::SocialMedia),
            "referral" => Some(Self::Referral),
            _ => None,
        }
    }
}

/// All statements of a person. What was said is never changed: taking back is a statement of its own.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Consents(Vec<Consent>);

impl Consents {
    /// Statements as they were stored, in any order.
    pub fn from_statements(statements: impl IntoIterator<Item = Consent>) -> Self {
        let mut consents = Self::default();
        statements.into_iter().for_each(|consent| consents.record(consent));
        consents
    }

    /// Adds a statement; one made earlier than others (a late upload) stands before them.
    pub fn record(&mut self, consent: Consent) {
        let at = self.0.partition_point(|known| known.at.instant <= consent.at.instant);
        self.0.insert(at, consent);
    }

    /// What is said, in these words, so that purposes stand as somebody wants them: nothing of those that do already.
    pub fn changed(
        &self,
        wanted: &[(Purpose, bool)],
        wording: &str,
        (at, source): (Moment, Source),
    ) -> Vec<Consent> {
        let differs = |(purpose, given): &&(Purpose, bool)| self.holds(*purpose) != *given;
        let say = |(purpose, given): &(Purpose, bool)| Consent {
            purpose: *purpose,
            given: *given,
            at,
            source,
            wording: wording.trim().into(),
        };
        wanted.iter().filter(differs).map(say).collect()
    }

    /// The statements by time.
    pub fn statements(&self) -> &[Consent] {
        &self.0
    }

    /// Whether the last statement about a purpose gave consent; silence gives none.
    pub fn holds(&self, purpose: Purpose) -> bool {
        self.0.iter().rev().find(|consent| consent.purpose == purpose).is_some_and(|consent| consent.given)
    }

    /// Whether a person may be written to: that takes the general consent **and** the channel's.
    pub fn may_message(&self, channel: Channel) -> bool {
        self.holds(Purpose::Marketing) && self.holds(channel.purpose())
    }

    /// What two records of one person said together: the later statement about a purpose holds.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        for consent in other.0.iter().filter(|consent| !self.0.contains(consent)) {
            joined.record(consent.clone());
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn said(purpose: Purpose, given: bool, second: i64) -> Consent {
        let at = Moment::utc(DateTime::from_timestamp(second, 0).unwrap());
        Consent { purpose, given, at, source: Source::Pos, wording: "v3".into() }
    }

    #[test]
    fn a_message_needs_the_general_consent_and_the_channels() {
        let mut consents = Consents::default();
        assert!(!consents.may_message(Channel::Sms));
        consents.record(said(Purpose::Sms, true, 1));
        assert!(!consents.may_message(Channel::Sms));
        consents.record(said(Purpose::Marketing, true, 2));
        assert!(consents.may_message(Channel::Sms) && !consents.may_message(Channel::Email));
        consents.record(said(Purpose::Marketing, false, 3));
        assert!(!consents.may_message(Channel::Sms));
    }

    #[test]
    fn consents_carry_time_source_and_wording_and_none_is_lost_when_taken_back() {
        let mut consents = Consents::default();
        consents.record(said(Purpose::Email, true, 1));
        consents.record(said(Purpose::Email, false, 2));
        let kept: Vec<_> = consents.statements().iter().map(|said| (said.given, &*said.wording)).collect();
        assert_eq!(kept, [(true, "v3"), (false, "v3")]);
    }

    #[test]
    fn the_later_statement_holds_in_whatever_order_they_arrive() {
        let (given, taken) = (said(Purpose::Email, true, 1), said(Purpose::Email, false, 2));
        for order in [[given.clone(), taken.clone()], [taken.clone(), given.clone()]] {
            let mut consents = Consents::default();
            for consent in order {
                consents.record(consent);
            }
            assert!(!consents.holds(Purpose::Email));
        }
        let (mut one, mut other) = (Consents::default(), Consents::default());
        one.record(taken);
        other.record(given);
        assert_eq!(one.joined(&other).statements().len(), 2);
        assert!(!one.joined(&other).holds(Purpose::Email) && !other.joined(&one).holds(Purpose::Email));
        assert_eq!(one.joined(&one), one);
    }
}
