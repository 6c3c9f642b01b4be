//! What texts of a request must be, and the words they are refused with.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use saleflex_core::catalog::is_unprintable;

use crate::ApiError;

/// That a text has as many characters as it may, none that cannot be seen, and not blanks alone where it has to say something.
///
/// # Errors
/// `field_invalid`, which names the field.
pub(crate) fn within(field: &str, text: &str, length: RangeInclusive<usize>) -> Result<(), ApiError> {
    let count = text.chars().count();
    if count > 0 && *length.start() > 0 && text.trim().is_empty() {
        return Err(invalid(field, format!("`{field}` is blank")));
    }
    if length.contains(&count) && !text.chars().any(|letter| is_unprintable(letter) && letter != '\n') {
        return Ok(());
    }
    let (least, most) = length.into_inner();
    Err(invalid(field, format!("`{field}` has {least} to {most} characters and no control characters")))
}

/// That an address, where there is one, can be one.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn email(address: Option<&str>) -> Result<(), ApiError> {
    let Some(address) = address else { return Ok(()) };
    within("email", address, 3..=254)?;
    match address.split_once('@') {
        Some((name, host)) if !name.is_empty() && host.contains('.') && !host.contains('@') => Ok(()),
        _ => Err(invalid("email", "`email` is no address".to_owned())),
    }
}

/// That a code is one that people can type and machines can put anywhere.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn code(field: &str, code: &str) -> Result<(), ApiError> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    if (1..=40).contains(&code.len()) && code.chars().all(is_plain) {
        return Ok(());
    }
    Err(invalid(field, format!("`{field}` has 1 to 40 plain letters, digits, dots, dashes and underscores")))
}

/// That a text is a company's name in addresses, as the hub makes them of names.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn slug(field: &str, slug: &str) -> Result<(), ApiError> {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let has_ends = !slug.starts_with('-') && !slug.ends_with('-');
    if (1..=96).contains(&slug.len()) && slug.chars().all(is_plain) && has_ends {
        return Ok(());
    }
    let message = format!(
        "`{field}` is a company's slug: 1 to 96 small letters from a to z, digits and dashes between, such as corner-shops"
    );
    Err(invalid(field, message))
}

/// The currencies that ISO 4217 has and people pay with.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP \
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ \
    GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD \
    MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR \
    RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH \
    UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// That a currency is one, as ISO 4217 writes it.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn currency(code: &str) -> Result<(), ApiError> {
    if CURRENCIES.split_ascii_whitespace().any(|known| known == code) {
        return Ok(());
    }
    Err(invalid("currency", "`currency` is no currency of ISO 4217, such as TRY".to_owned()))
}

/// That a time zone has an IANA name.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn time_zone(name: &str) -> Result<(), ApiError> {
    match name.parse::<chrono_tz::Tz>() {
        Ok(_) => Ok(()),
        Err(_) => {
            Err(invalid("time_zone", "`time_zone` is no IANA name, such as Europe/Istanbul".to_owned()))
        }
    }
}

/// That a time, where one is said, is still to come.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn ahead(field: &str, at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), ApiError> {
    match at {
        Some(at) if at <= now => Err(invalid(field, format!("`{field}` is past"))),
        _ => Ok(()),
    }
}

/// The refusal of what a field says.
pub(crate) fn unfit(field: &str, message: &str) -> ApiError {
    invalid(field, message.to_owned())
}

fn invalid(field: &str, message: String) -> ApiError {
    ApiError { detail: Some(field.to_owned()), ..ApiError::unprocessable("field_invalid", message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_is_refused_for_names_its_field() {
        let error = within("name", "", 1..=10).unwrap_err();
        assert_eq!((error.code, error.detail.as_deref()), ("field_invalid", Some("name")));
        for hidden in ["a\u{7}b", "a\u{202E}b", "a\u{FEFF}b"] {
            assert!(within("name", hidden, 1..=10).is_err(), "{hidden:?}");
        }
        assert!(within("name", "Çiçekçi ₺", 1..=10).is_ok());
        for blank in [" ", "\n", " \u{a0} "] {
            let error = within("name", blank, 1..=10).unwrap_err();
            assert_eq!((error.detail.as_deref(), error.message.as_str()), (Some("name"), "`name` is blank"));
            assert!(within("note", blank, 0..=10).is_ok(), "nothing need be said");
        }
    }

    #[test]
    fn a_name_of_a_company_is_no_slug_of_one() {
        for slug in ["main", "corner-shops", "a", "harbour-2"] {
            assert!(super::slug("company", slug).is_ok(), "{slug}");
        }
        for name in
            ["", "Corner shops", "corner shops", "CORNER", "corner_shops", "-corner", "corner-", "köşe"]
        {
            assert_eq!(super::slug("company", name).unwrap_err().code, "field_invalid", "{name}");
        }
        assert!(super::slug("company", &"x".repeat(97)).is_err());
    }

    #[test]
    fn addresses_codes_currencies_and_zones_are_checked() {
        assert!(email(None).is_ok() && email(Some("a@b.c")).is_ok());
        for wrong in ["a", "a@b", "@b.c", "a@b@c.d"] {
            assert!(email(Some(wrong)).is_err(), "{wrong}");
        }
        assert!(code("code", "SHOP-1").is_ok() && code("code", "a b").is_err() && code("code", "").is_err());
        assert!(currency("TRY").is_ok() && currency("try").is_err() && currency("LIRA").is_err());
        assert!(currency("XQX").is_err() && currency("XXQ").is_err() && currency("").is_err());
        assert!(time_zone("Europe/Istanbul").is_ok() && time_zone("Mars/North").is_err());
    }
}
