//! Telephones of customers, by which two rows that are one person are told: the key that tills work out, worked out here.

use saleflex_core::customer::{CallingCode, PhoneKey, PhoneRules};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::db::{DatabaseError, Session};

/// The resource of people who buy.
pub(crate) const CUSTOMERS: &str = "customers";
/// The number as it was typed.
pub(crate) const TYPED: &str = "phone_number";
/// What customers are known by.
pub(super) const KEY: &str = "phone_normalized";

/// How numbers without a country are read in a company: as its loyalty policy says, else as they stand.
#[derive(Clone, Debug)]
pub(crate) struct Dialling(PhoneRules);

impl Dialling {
    /// Reads how a company dials.
    pub(crate) fn of(session: &mut dyn Session, company: Uuid) -> Result<Self, DatabaseError> {
        let rows = session.query(
            "SELECT body FROM definition WHERE company_id = $1 AND resource = 'loyalty_program_policies' \
             AND is_deleted = 0 ORDER BY version",
            &[company.into()],
        )?;
        let mut code = None;
        for row in &rows {
            let body: Json = serde_json::from_str(row.text(0)?).unwrap_or_default();
            let stated = body["default_phone_country_calling_code"].as_str().and_then(CallingCode::parse);
            code = code.or(stated);
        }
        Ok(Self(PhoneRules::default().with_country(code)))
    }

    /// Gives a customer's row its key, where it changes: the one that is named, else that of the number.
    pub(crate) fn complete(&self, row: &mut Map<String, Json>, is_named: impl Fn(&str) -> bool) {
        let text = |row: &Map<String, Json>, field: &str| {
            let text = row.get(field).and_then(Json::as_str).unwrap_or_default().trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let before = text(row, KEY);
        let key = match (&before, is_named(KEY), is_named(TYPED)) {
            (Some(named), true, _) => self.named(named),
            (Some(_), false, false) => return,
            (None, ..) | (Some(_), false, true) => text(row, TYPED).and_then(|typed| self.key(&typed)),
        };
        if key != before {
            row.insert(KEY.to_owned(), key.into());
        }
    }

    /// The key of a number as it was typed.
    pub(crate) fn key(&self, typed: &str) -> Option<String> {
        PhoneKey::normalise(typed, &self.0).map(|key| key.as_str().to_owned())
    }

    /// The customers in use who were written before rows had keys and would have this one now, each with the store
    /// whose they are; none: the company's.
    pub(crate) fn earlier(
        &self,
        session: &mut dyn Session,
        company: Uuid,
        (key, own): (&str, Uuid),
    ) -> Result<Vec<(Uuid, Option<Uuid>)>, DatabaseError> {
        let rows = session.query(
            "SELECT definition_id, store_id, body FROM definition WHERE company_id = $1 AND resource = 'customers' \
             AND code IS NULL AND is_deleted = 0 AND definition_id <> $2 AND body LIKE '%\"phone_number\":\"%'",
            &[company.into(), own.into()],
        )?;
        let mut earlier = Vec::new();
        for row in &rows {
            let body: Json = serde_json::from_str(row.text(2)?).unwrap_or_default();
            let typed = body[TYPED].as_str().unwrap_or_default();
            if self.key(typed).as_deref() == Some(key) {
                earlier.push((row.id(0)?, row.optional_id(1)?));
            }
        }
        Ok(earlier)
    }

    /// A key that somebody else worked out: digits stand as they are.
    fn named(&self, named: &str) -> Option<String> {
        PhoneKey::stored(named).map(|key| key.as_str().to_owned()).or_else(|| self.key(named))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn completed(mut row: Json, named: &[&str]) -> Json {
        let dialling = Dialling(PhoneRules::default().with_country(CallingCode::parse("90")));
        dialling.complete(row.as_object_mut().unwrap(), |field| named.contains(&field));
        row[KEY].clone()
    }

    #[test]
    fn a_row_is_known_by_its_number_however_it_is_typed() {
        for typed in ["0532 111 22 33", "+90 (532) 111-22-33", "00905321112233", "5321112233"] {
            assert_eq!(completed(json!({TYPED: typed}), &[TYPED]), "905321112233", "{typed}");
        }
        assert_eq!(completed(json!({TYPED: "nobody"}), &[TYPED]), Json::Null);
    }

    #[test]
    fn a_key_that_is_named_stands_and_another_number_has_another() {
        let row = json!({TYPED: "0532 999 99 99", KEY: "905321112233"});
        assert_eq!(completed(row.clone(), &[TYPED]), "905329999999", "the number alone was changed");
        assert_eq!(completed(row.clone(), &[TYPED, KEY]), "905321112233");
        assert_eq!(completed(row, &["name"]), "905321112233", "neither was");
        assert_eq!(completed(json!({KEY: "+90 532 111 22 33"}), &[KEY]), "905321112233");
        assert_eq!(completed(json!({TYPED: null, KEY: "905321112233"}), &[TYPED]), Json::Null);
    }
}
