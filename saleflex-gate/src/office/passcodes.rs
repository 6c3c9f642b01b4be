//! What stands as the password of a cashier in the data of a terminal.
//!
//! **Invariant:** only a terminal that was registered as one that compares readable passcodes gets one; to every other the
//! column holds a text that opens nothing, another at each, and what was kept can be checked by a verifier beside it. A
//! passcode that came with another hub's data stays in force where it was; somebody who was made at this hub has one that
//! follows from its secret, for one terminal.

use saleflex_core::digest::Digest;
use uuid::Uuid;

use crate::{
    ApiError, Codes, Hub,
    audit::Actor,
    db::Tenant,
    definitions::{self, CASHIERS, Definition},
    desk::Desk,
    people::password,
    registry::{self, Terminal},
    seal::Seal,
};

/// The field that holds the verifier.
pub(super) const VERIFIER: &str = "password_verifier";
/// What a text begins with that opens nothing.
const UNUSABLE: char = '!';
/// How many signs follow, so that it fits the column.
const SIGNS: usize = 32;
/// Bytes of a verifier's salt.
const SALT: usize = 16;

/// A passcode at a terminal that compares readable ones.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Passcode {
    /// The name that the cashier logs in with.
    pub user_name: String,
    /// What is typed.
    pub passcode: String,
}

impl std::fmt::Debug for Passcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passcode").field("user_name", &self.user_name).finish_non_exhaustive()
    }
}

/// What stands in the column.
pub(super) fn shown(cashier: &Definition, terminal: &Terminal, seal: Option<&Seal>) -> String {
    let readable = seal.filter(|_| terminal.is_legacy).map(|seal| {
        kept(cashier, seal).unwrap_or_else(|| digits(&seal.of_somebody(terminal.id, cashier.id)))
    });
    readable.unwrap_or_else(|| {
        let of = seal.map_or_else(
            || Digest::of_parts([terminal.id.as_bytes().as_slice(), cashier.id.as_bytes()]),
            |seal| seal.of_somebody(terminal.id, cashier.id),
        );
        std::iter::once(UNUSABLE).chain(of.to_string().chars().take(SIGNS)).collect()
    })
}

/// What a terminal that does not compare readable passcodes checks one by: argon2id with a salt of its own.
pub(super) fn verifier(cashier: &Definition, terminal: &Terminal, seal: Option<&Seal>) -> Option<String> {
    let seal = seal.filter(|_| !terminal.is_legacy && cashier.resource == CASHIERS && !cashier.is_deleted)?;
    let passcode = kept(cashier, seal)?;
    let salt = Digest::of_parts([b"verifier".as_slice(), seal.of_somebody(terminal.id, cashier.id).bytes()]);
    let (salt, _) = salt.bytes().split_at(SALT);
    Some(password::hash_with(&passcode, salt))
}

/// The passcode that came with another hub's data.
fn kept(cashier: &Definition, seal: &Seal) -> Option<String> {
    let sealed = cashier.body.get("password").and_then(serde_json::Value::as_str)?;
    seal.open(sealed).filter(|passcode| !passcode.is_empty())
}

/// Six digits.
fn digits(of: &Digest) -> String {
    let number = of.bytes().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

impl Hub {
    /// What each cashier types at a terminal that compares readable passcodes; none at any other. That they were asked for
    /// is in the audit trail.
    ///
    /// # Errors
    /// [`ApiError`] with the code `not_found` when there is no such terminal; `database_unavailable` or `internal` when the
    /// database refuses.
    pub async fn passcodes(&self, codes: Codes) -> Result<Vec<Passcode>, ApiError> {
        let (now, seal) = (self.now(), self.seal.clone());
        let listed = self.books.write(Tenant::Platform, move |session| {
            let key = registry::store_by_codes(session, &codes.office, &codes.store)?;
            let key = key.ok_or_else(ApiError::not_found)?;
            let terminal = registry::terminal_by_code(session, key, &codes.terminal)?;
            let terminal = terminal.ok_or_else(ApiError::not_found)?;
            let Some(seal) = seal.filter(|_| terminal.is_legacy) else { return Ok(Vec::new()) };
            let visible = definitions::visible(session, key.company, &terminal, now)?.into_iter();
            let cashiers = visible.filter(|row| row.resource == CASHIERS && !row.is_deleted);
            let passcodes = cashiers.map(|cashier| {
                let name = cashier.body.get("user_name").and_then(serde_json::Value::as_str);
                let user_name = name.unwrap_or_default().to_owned();
                Passcode { user_name, passcode: shown(&cashier, &terminal, Some(&seal)) }
            });
            let passcodes: Vec<Passcode> = passcodes.collect();
            let mut desk = Desk { session, company: key.company, actor: Actor::Operator, now };
            let detail = serde_json::json!({"cashiers": passcodes.len()});
            desk.note("terminal.passcodes_shown", ("terminal", terminal.id), Some(key.store), detail)?;
            Ok::<_, ApiError>(passcodes)
        });
        listed.await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::access::Profile;

    fn terminal(id: u128, is_legacy: bool) -> Terminal {
        Terminal {
            id: Uuid::from_u128(id),
            store: Uuid::from_u128(9),
            office_code: "OFC".to_owned(),
            code: "TILL".to_owned(),
            number: 1,
            is_active: true,
            may_pull: true,
            is_legacy,
            push_until: None,
            profile: Profile::Pos,
        }
    }

    fn cashier(password: serde_json::Value) -> Definition {
        let body = Map::from_iter([("password".to_owned(), password)]);
        let id = Uuid::from_u128(7);
        Definition { resource: CASHIERS.to_owned(), id, version: 1, is_deleted: false, body }
    }

    #[test]
    fn only_a_terminal_that_compares_readable_passcodes_gets_one_and_all_others_what_opens_nothing() {
        let seal = Seal::new("a secret");
        let imported = cashier(json!(seal.seal("7719")));
        let made_here = cashier(json!(null));
        let of = |cashier: &Definition, id, is_legacy| shown(cashier, &terminal(id, is_legacy), Some(&seal));
        assert_eq!(of(&imported, 1, true), "7719");
        let [first, second] = [1, 2].map(|id| of(&made_here, id, true));
        assert!([&first, &second].iter().all(|code| code.len() == 6 && code.parse::<u32>().is_ok()));
        assert_ne!(first, second, "each terminal has another");
        assert_eq!(of(&made_here, 1, true), first, "and it stays");
        let unusable = [&imported, &made_here].map(|cashier| of(cashier, 1, false));
        let without = shown(&imported, &terminal(1, true), None);
        for text in unusable.iter().chain([&without]) {
            assert!(text.starts_with('!') && text.len() == 33, "{text}");
        }
        assert_ne!(unusable[0], of(&imported, 2, false));
    }

    #[test]
    fn what_was_kept_is_checked_by_a_verifier_where_it_is_not_readable() {
        let seal = Seal::new("a secret");
        let imported = cashier(json!(seal.seal("7719")));
        let of =
            |cashier: &Definition, id, is_legacy| verifier(cashier, &terminal(id, is_legacy), Some(&seal));
        let first = of(&imported, 1, false).unwrap();
        assert!(password::fits("7719", &first) && !password::fits("7718", &first));
        assert_ne!(of(&imported, 2, false), Some(first), "each terminal has a salt of its own");
        assert_eq!(of(&imported, 1, true), None);
        assert_eq!(of(&cashier(json!(null)), 1, false), None, "nobody knows a passcode to check");
    }
}
