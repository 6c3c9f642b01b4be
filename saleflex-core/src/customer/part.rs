//! The parts of a record: of each the latest change holds, whichever till or hub it was made at.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::CustomerDetails;

/// A part of a customer's record that changes as one. Its name identifies nobody.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordPart {
    /// First and last name.
    Name,
    /// The telephone number.
    Phone,
    /// The e-mail address.
    Email,
    /// Street, district, town and postal code.
    Address,
    /// The remark.
    Note,
    /// The date of birth.
    DateOfBirth,
    /// The gender.
    Gender,
    /// The number of an identity document.
    NationalId,
    /// The tax number.
    TaxId,
    /// All preferences.
    Preferences,
    /// The code the customer is found by.
    Code,
}

impl CustomerDetails {
    /// The parts that these details say otherwise than others of the same person.
    pub fn differing(&self, other: &Self) -> Vec<RecordPart> {
        let names = (&self.name, &self.last_name) != (&other.name, &other.last_name);
        let parts = [
            (RecordPart::Name, names),
            (RecordPart::Phone, self.phone != other.phone),
            (RecordPart::Email, self.email != other.email),
            (RecordPart::Address, self.address != other.address),
            (RecordPart::Note, self.note != other.note),
            (RecordPart::DateOfBirth, self.date_of_birth != other.date_of_birth),
            (RecordPart::Gender, self.gender != other.gender),
            (RecordPart::NationalId, self.national_id != other.national_id),
            (RecordPart::TaxId, self.tax_id != other.tax_id),
            (RecordPart::Preferences, self.preferences != other.preferences),
        ];
        parts.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{Address, Gender};

    #[test]
    fn what_differs_is_named_by_its_part() {
        let ada =
            CustomerDetails { name: "Ada".into(), last_name: "Byron".into(), ..CustomerDetails::default() };
        assert_eq!(ada.differing(&ada), []);
        let town = Some("London".into());
        let changed = CustomerDetails {
            last_name: "Lovelace".into(),
            phone: Some("0532 111 22 33".into()),
            email: Some("ada@example.com".into()),
            address: Address { town, ..Address::default() },
            note: Some("by telephone".into()),
            date_of_birth: Some(chrono::NaiveDate::default()),
            gender: Some(Gender::Female),
            national_id: Some("1".into()),
            tax_id: Some("2".into()),
            preferences: ["vip".into()].into(),
            ..ada.clone()
        };
        let all = [
            RecordPart::Name,
            RecordPart::Phone,
            RecordPart::Email,
            RecordPart::Address,
            RecordPart::Note,
            RecordPart::DateOfBirth,
            RecordPart::Gender,
            RecordPart::NationalId,
            RecordPart::TaxId,
            RecordPart::Preferences,
        ];
        assert_eq!(changed.differing(&ada), all);
    }
}
