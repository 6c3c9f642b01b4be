//! What is known of a person, and the form it must have.

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{PhoneKey, PhoneRules, phone::has_digit};
use crate::catalog::is_unprintable;

/// What identifies and describes a person.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct CustomerDetails {
    /// First name, 1–50 characters.
    pub name: String,
    /// Last name, 1–50 characters.
    pub last_name: String,
    /// The telephone number as typed, at most 100 characters.
    pub phone: Option<String>,
    /// The e-mail address, at most 100 characters.
    pub email: Option<String>,
    /// Where the person lives.
    pub address: Address,
    /// A remark, at most 100 characters.
    pub note: Option<String>,
    /// The date of birth.
    pub date_of_birth: Option<NaiveDate>,
    /// As the person said.
    pub gender: Option<Gender>,
    /// For invoices to those without a tax number, at most 50 characters.
    pub national_id: Option<String>,
    /// For invoices, at most 50 characters.
    pub tax_id: Option<String>,
    /// What the person prefers, as words such as `vip`; 1–50 characters each.
    pub preferences: BTreeSet<String>,
}

/// The preferences that make a person a VIP where a segment honours them.
pub const VIP_PREFERENCES: [&str; 3] = ["vip", "is_vip", "marketing_vip"];

/// Preferences as other systems write them: an object of words, each true or false, or a list of words. What is neither
/// names none.
pub fn read_preferences(text: &str) -> BTreeSet<String> {
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(words)) => {
            let meant = words.into_iter().filter(|(_, is_meant)| is_meant.as_bool() == Some(true));
            meant.map(|(word, _)| word).collect()
        }
        Ok(serde_json::Value::Array(words)) => {
            words.iter().filter_map(|word| Some(word.as_str()?.to_string())).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// A postal address.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Address {
    /// Street and house, at most 100 characters.
    pub street: Option<String>,
    /// District, at most 100 characters.
    pub area: Option<String>,
    /// Town, at most 100 characters; lists show it as the city.
    pub town: Option<String>,
    /// Postal code, at most 50 characters.
    pub zip: Option<String>,
}

/// What an invoice says of its buyer and is not known.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct BuyerGaps {
    /// The name.
    pub name: bool,
    /// The address: neither street nor district nor town.
    pub address: bool,
    /// The tax number, nor a national one in its place.
    pub tax_number: bool,
}

impl BuyerGaps {
    /// Whether all is known.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

impl fmt::Display for BuyerGaps {
    /// What is missing, such as `address, tax number`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [(self.name, "name"), (self.address, "address"), (self.tax_number, "tax number")];
        for (at, (_, what)) in all.iter().filter(|(is_missing, _)| *is_missing).enumerate() {
            let between = if at == 0 { "" } else { ", " };
            write!(f, "{between}{what}")?;
        }
        Ok(())
    }
}

/// As a person said.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Neither.
    Other,
    /// Asked for and not told.
    PreferNotToSay,
}

impl Gender {
    /// The gender that a word means as files and other systems write it, in capital letters or not.
    pub fn read(word: &str) -> Option<Self> {
        match word.trim().to_lowercase().as_str() {
            "male" | "m" => Some(Self::Male),
            "female" | "f" => Some(Self::Female),
            "other" => Some(Self::Other),
            "prefer_not_to_say" => Some(Self::PreferNotToSay),
            _ => None,
        }
    }
}

impl fmt::Debug for CustomerDetails {
    /// The type's name alone, for what it holds identifies a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerDetails(…)")
    }
}

impl fmt::Debug for Address {
    /// The type's name alone, for what it holds identifies a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// A field of a customer's details.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Field {
    /// First name.
    Name,
    /// Last name.
    LastName,
    /// Telephone.
    Phone,
    /// E-mail.
    Email,
    /// Street.
    Street,
    /// District.
    Area,
    /// Town.
    Town,
    /// Postal code.
    Zip,
    /// Remark.
    Note,
    /// The number of an identity document.
    NationalId,
    /// The tax number.
    TaxId,
    /// A preference.
    Preference,
}

impl Field {
    /// The most characters it may have.
    pub const fn longest(self) -> usize {
        match self {
            Self::Name | Self::LastName | Self::Zip | Self::NationalId | Self::TaxId | Self::Preference => 50,
            Self::Phone | Self::Email | Self::Street | Self::Area | Self::Town | Self::Note => 100,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::LastName => "last name",
            Self::Phone => "telephone number",
            Self::Email => "e-mail address",
            Self::Street => "street",
            Self::Area => "district",
            Self::Town => "town",
            Self::Zip => "postal code",
            Self::Note => "note",
            Self::NationalId => "national id",
            Self::TaxId => "tax id",
            Self::Preference => "preference",
        })
    }
}

/// What is wrong with a customer's details. The text itself is not repeated: it may be anybody's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DetailsError {
    /// A name must be given.
    #[error("the {field} is required")]
    Required {
        /// The field that is empty.
        field: Field,
    },
    /// Longer than the field.
    #[error("the {field} has more than {longest} characters")]
    TooLong {
        /// The field that is too long.
        field: Field,
        /// The most characters the field may have.
        longest: usize,
    },
    /// A line break or another control character.
    #[error("the {field} holds a control character")]
    ControlCharacter {
        /// The field it stands in.
        field: Field,
    },
    /// A telephone number without a digit.
    #[error("the telephone number has no digit")]
    NoDigit,
    /// A date of birth that is still to come.
    #[error("the date of birth is still to come")]
    NotBorn,
}

impl CustomerDetails {
    /// The details as they are stored: trimmed, what is empty left out.
    ///
    /// # Errors
    /// [`DetailsError`] with the first field that has not its form.
    pub fn checked(self) -> Result<Self, DetailsError> {
        let Address { street, area, town, zip } = self.address;
        Ok(Self {
            name: required(Field::Name, &self.name)?,
            last_name: required(Field::LastName, &self.last_name)?,
            phone: optional(Field::Phone, self.phone)?,
            email: optional(Field::Email, self.email)?,
            address: Address {
                street: optional(Field::Street, street)?,
                area: optional(Field::Area, area)?,
                town: optional(Field::Town, town)?,
                zip: optional(Field::Zip, zip)?,
            },
            note: optional(Field::Note, self.note)?,
            date_of_birth: self.date_of_birth,
            gender: self.gender,
            national_id: optional(Field::NationalId, self.national_id)?,
            tax_id: optional(Field::TaxId, self.tax_id)?,
            preferences: self
                .preferences
                .iter()
                .map(|word| required(Field::Preference, word))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Everything that [`Self::checked`] would refuse, one field after another.
    pub fn faults(&self) -> Vec<DetailsError> {
        let address = &self.address;
        let needed = [(Field::Name, &self.name), (Field::LastName, &self.last_name)];
        let optional = [
            (Field::Phone, &self.phone),
            (Field::Email, &self.email),
            (Field::Street, &address.street),
            (Field::Area, &address.area),
            (Field::Town, &address.town),
            (Field::Zip, &address.zip),
            (Field::Note, &self.note),
            (Field::NationalId, &self.national_id),
            (Field::TaxId, &self.tax_id),
        ];
        let preferences = self.preferences.iter().map(|word| (Field::Preference, word));
        let required = needed.into_iter().chain(preferences).map(|(field, text)| required(field, text).err());
        let other = optional.into_iter().filter_map(|(field, text)| checked(field, text.as_deref()?).err());
        required.flatten().chain(other).collect()
    }

    /// Whether the person is born by a date.
    ///
    /// # Errors
    /// [`DetailsError::NotBorn`].
    pub fn check_born(&self, today: NaiveDate) -> Result<(), DetailsError> {
        let is_to_come = self.date_of_birth.is_some_and(|born| born > today);
        if is_to_come { Err(DetailsError::NotBorn) } else { Ok(()) }
    }

    /// Whether the telephone has a digit, where there is one. What a person types without any was meant for another field;
    /// files of other systems have `n/a` there.
    ///
    /// # Errors
    /// [`DetailsError::NoDigit`].
    pub fn check_dialled(&self) -> Result<(), DetailsError> {
        let is_dialled = self.phone.as_deref().is_none_or(has_digit);
        if is_dialled { Ok(()) } else { Err(DetailsError::NoDigit) }
    }

    /// The key of the telephone; none without one.
    pub fn phone_key(&self, rules: &PhoneRules) -> Option<PhoneKey> {
        self.phone.as_deref().and_then(|typed| PhoneKey::normalise(typed, rules))
    }

    /// Whether a preference makes the person a VIP.
    pub fn prefers_vip(&self) -> bool {
        VIP_PREFERENCES.iter().any(|word| self.preferences.contains(*word))
    }

    /// These details, with those of another record of the same person where these have none.
    #[must_use]
    pub(super) fn filled_from(&self, other: &Self) -> Self {
        let or = |mine: &Option<String>, theirs: &Option<String>| mine.clone().or_else(|| theirs.clone());
        let has_address = self.address != Address::default();
        Self {
            name: self.name.clone(),
            last_name: self.last_name.clone(),
            phone: or(&self.phone, &other.phone),
            email: or(&self.email, &other.email),
            // Lines of two addresses make no third one.
            address: if has_address { self.address.clone() } else { other.address.clone() },
            note: or(&self.note, &other.note),
            date_of_birth: self.date_of_birth.or(other.date_of_birth),
            gender: self.gender.or(other.gender),
            national_id: or(&self.national_id, &other.national_id),
            tax_id: or(&self.tax_id, &other.tax_id),
            preferences: self.preferences.union(&other.preferences).cloned().collect(),
        }
    }
}

fn required(field: Field, text: &str) -> Result<String, DetailsError> {
    let text = checked(field, text)?;
    if text.is_empty() { Err(DetailsError::Required { field }) } else { Ok(text.to_string()) }
}

fn optional(field: Field, text: Option<String>) -> Result<Option<String>, DetailsError> {
    let Some(text) = text else { return Ok(None) };
    let text = checked(field, &text)?;
    Ok((!text.is_empty()).then(|| text.to_string()))
}

fn checked(field: Field, text: &str) -> Result<&str, DetailsError> {
    let (text, longest) = (text.trim(), field.longest());
    if text.chars().any(is_unprintable) {
        return Err(DetailsError::ControlCharacter { field });
    }
    if text.chars().count() > longest {
        return Err(DetailsError::TooLong { field, longest });
    }
    Ok(text)
}
