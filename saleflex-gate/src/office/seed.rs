//! The whole of a store's data, as `GET /pos/init` carries it: given to a terminal, and taken from another hub.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use saleflex_core::digest::Digest;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{
    columns,
    given::{self, Lists, Made},
    kept, used,
};
use crate::{
    ApiError,
    counters::{self, Counter},
    db::{DatabaseError, Session},
    definitions::{self, CASHIERS, Definition, NewRow, RESOURCES, SEQUENCES, SETTINGS, STORE},
    ids,
    people::password,
    registry::{self, Codes, NewStore, StoreKey, Terminal},
    seal::Seal,
    text,
};

/// What goods cost the company.
const COSTS: [&str; 4] = ["purchase_price", "cost_price", "average_cost", "last_cost"];

/// The field that a verifier stands in.
const VERIFIER: &str = "password_verifier";
/// Bytes of a verifier's salt.
const SALT: usize = 16;
/// Verifiers that were made, by the digest of salt and passcode: one takes as long as a log-in, and each start of a terminal
/// asks for those of all cashiers.
static MADE: Mutex<BTreeMap<[u8; 32], String>> = Mutex::new(BTreeMap::new());
/// So many are kept.
const MOST_MADE: usize = 10_000;

/// How old terminals write an instant.
const NAIVE: &str = "%Y-%m-%dT%H:%M:%S";

/// What an import did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Imported {
    /// The id of the company that the data is of.
    pub company: Uuid,
    /// The id of the store that the data is of.
    pub store: Uuid,
    /// The terminal that the data was made for.
    pub terminal: Uuid,
    /// How many rows are new or changed.
    pub changed: usize,
}

/// What a new store is where the data does not say it.
#[derive(Clone, Debug)]
pub struct Unstated {
    /// Its currency, by ISO 4217.
    pub currency: String,
    /// Its time zone, by its IANA name; the old data never says it.
    pub time_zone: String,
}

impl Default for Unstated {
    fn default() -> Self {
        Self { currency: "TRY".to_owned(), time_zone: "UTC".to_owned() }
    }
}

/// The data of a terminal, by the keys that it reads, and which rows of it nobody made and the company may keep.
pub(crate) fn data(
    session: &mut dyn Session,
    company: Uuid,
    terminal: &Terminal,
    seal: Option<&Seal>,
    now: DateTime<Utc>,
) -> Result<(Json, Vec<Made>), DatabaseError> {
    let mut lists: Lists = RESOURCES.map(|name| (name, Vec::new())).into();
    let visible = definitions::visible(session, company, terminal, now - definitions::TOMBSTONES)?;
    let is_whole = visible.iter().any(|row| row.resource == STORE && !row.is_deleted);
    for definition in visible {
        if is_whole && kept::is_the_companys(&definition) {
            continue;
        }
        let verifier = verifier(&definition, terminal, seal);
        let mut shown = shown(definition, terminal, seal);
        if let Some(verifier) = verifier {
            shown.body.insert(VERIFIER.to_owned(), verifier.into());
        }
        if shown.is_deleted {
            shown.body.insert("is_deleted".to_owned(), true.into());
        }
        if let Some(rows) = lists.get_mut(shown.resource.as_str()) {
            rows.push(shown.body);
        }
    }
    used::count(session, company, &mut lists, now)?;
    if !lists.get(SETTINGS).into_iter().flatten().any(given::is_live) {
        let others = settings_of_another(session, company, terminal)?;
        lists.entry(SETTINGS).or_default().extend(others);
    }
    let mut made = Vec::new();
    if let Some(store) = registry::store_by_id(session, company, terminal.store)? {
        let name = registry::company_name(session, company)?;
        made = given::add(&mut lists, terminal, (&store, &name));
    }
    let counters = counters::of(session, company, terminal.id)?;
    let mut data = Map::new();
    for name in RESOURCES {
        let mut rows = lists.remove(name).unwrap_or_default();
        for row in &mut rows {
            columns::complete(name, row);
        }
        let value = match name {
            STORE => rows.pop().map_or(Json::Null, Json::Object),
            SEQUENCES => counters.iter().map(|counter| sequence(counter, terminal)).collect(),
            _ => rows.into_iter().map(Json::Object).collect(),
        };
        data.insert(name.to_owned(), value);
    }
    Ok((Json::Object(data), made))
}

/// What belongs to the device of the terminal whose settings are taken: no other terminal has it.
const OF_A_DEVICE: [&str; 3] = ["mac_address", "device_serial_number", "device_operation_system"];

/// Settings for a terminal of which nobody made any: without a row it has no currency and cannot sell. They are those of
/// another terminal of its store, under its own number and an identity that stays.
fn settings_of_another(
    session: &mut dyn Session,
    company: Uuid,
    terminal: &Terminal,
) -> Result<Option<Map<String, Json>>, DatabaseError> {
    let rows = session.query(
        "SELECT body FROM definition WHERE company_id = $1 AND resource = $2 AND store_id = $3 AND is_deleted = 0 \
         ORDER BY definition_id LIMIT 1",
        &[company.into(), SETTINGS.into(), terminal.store.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let body = serde_json::from_str::<Map<String, Json>>(row.text(0)?);
    let mut body = body.map_err(|_| DatabaseError::Column { column: 0, expected: "a JSON object" })?;
    body.insert("id".to_owned(), given::settings_id(terminal.id).to_string().into());
    body.insert("pos_no_in_store".to_owned(), terminal.number.into());
    body.insert("name".to_owned(), terminal.code.as_str().into());
    body.insert("fk_pos_terminal_id".to_owned(), terminal.id.to_string().into());
    for field in OF_A_DEVICE {
        body.insert(field.to_owned(), Json::Null);
    }
    Ok(Some(body))
}

/// What came with the installation for a cashier to type.
pub(crate) fn imported(cashier: &Definition, seal: &Seal) -> Option<String> {
    let sealed = cashier.body.get("password").and_then(Json::as_str)?;
    seal.open(sealed).filter(|passcode| !passcode.is_empty())
}

/// What a cashier types at a terminal that can only compare readable passcodes: what came with the installation, else six
/// digits of the hub's own for the two of them. Never what the person signs in with elsewhere at this hub.
pub(crate) fn passcode(cashier: &Definition, terminal: &Terminal, seal: &Seal) -> String {
    let drawn = || {
        let [a, b, c, d, ..] = *seal.draw(terminal.id, cashier.id).bytes();
        format!("{:06}", u32::from_be_bytes([a, b, c, d]) % 1_000_000)
    };
    imported(cashier, seal).unwrap_or_else(drawn)
}

/// What stands in the place of a passcode at every other terminal: nobody can type it. An empty text would be one that
/// everybody knows.
fn unusable(cashier: Uuid, terminal: &Terminal, seal: Option<&Seal>) -> String {
    let drawn = seal.map(|seal| seal.draw(cashier, terminal.id).to_string());
    format!("!{:.32}", drawn.unwrap_or_else(ids::new_secret))
}

/// By what a terminal that gets no readable passcode checks one that came with the installation: argon2id, with a salt of the
/// two of them.
fn verifier(cashier: &Definition, terminal: &Terminal, seal: Option<&Seal>) -> Option<String> {
    let seal = seal.filter(|_| !terminal.is_legacy && cashier.resource == CASHIERS && !cashier.is_deleted)?;
    let passcode = imported(cashier, seal)?;
    let salt = Digest::of_parts([b"verifier".as_slice(), seal.draw(terminal.id, cashier.id).bytes()]);
    let (salt, _) = salt.bytes().split_at(SALT);
    let key = *Digest::of_parts([salt, passcode.as_bytes()]).bytes();
    let before = MADE.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    before.or_else(|| {
        let made = password::hash_with(&passcode, salt);
        let mut all = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_MADE {
            all.clear();
        }
        all.insert(key, made.clone());
        Some(made)
    })
}

/// A row as this terminal may see it: passcodes readable only for one that can do nothing else with them.
pub(crate) fn shown(mut definition: Definition, terminal: &Terminal, seal: Option<&Seal>) -> Definition {
    if definition.resource == CASHIERS {
        let readable = seal.filter(|_| terminal.is_legacy).map(|seal| passcode(&definition, terminal, seal));
        let shown = readable.unwrap_or_else(|| unusable(definition.id, terminal, seal));
        definition.body.insert("password".to_owned(), shown.into());
    }
    hide_costs(&mut definition.body, terminal);
    if definition.is_deleted && definition.body.contains_key("is_deleted") {
        definition.body.insert("is_deleted".to_owned(), true.into());
    }
    definition
}

/// Takes what goods cost the company out of a row, for who may not know of it.
pub(crate) fn hide_costs(body: &mut Map<String, Json>, terminal: &Terminal) {
    if terminal.profile.sees_costs() {
        return;
    }
    for cost in COSTS {
        if let Some(value) = body.get_mut(cost) {
            *value = Json::Null;
        }
    }
}

fn sequence(counter: &Counter, terminal: &Terminal) -> Json {
    let updated_at = DateTime::from_timestamp_millis(counter.updated_at).unwrap_or_default();
    let updated_at = naive(updated_at.naive_utc());
    json!({
        "id": counter.id, "name": counter.name, "value": counter.value, "description": null,
        "fk_cashier_create_id": null, "fk_cashier_update_id": null,
        "created_at": updated_at, "updated_at": updated_at,
        "is_deleted": false, "delete_description": null, "deleted_at": null, "deleted_by": null,
        "pos_id": terminal.number, "terminal_code": terminal.code, "last_synced_at": updated_at,
    })
}

fn naive(time: NaiveDateTime) -> String {
    (time - TimeDelta::nanoseconds(time.and_utc().timestamp_subsec_nanos().into())).format(NAIVE).to_string()
}

/// Takes over an answer of `GET /pos/init`: registers store and terminal and writes every row.
pub(crate) fn import(
    session: &mut dyn Session,
    (slug, name): (&str, &str),
    (answer, unstated): (&Json, &Unstated),
    seal: Option<&Seal>,
    now: DateTime<Utc>,
) -> Result<Imported, ApiError> {
    text::currency(&unstated.currency)?;
    text::time_zone(&unstated.time_zone)?;
    let code = |field: &str| {
        let text = answer[field].as_str().map(str::trim).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| ApiError::invalid(format!("`{field}` is missing")))
    };
    let codes =
        Codes { office: code("office_code")?, store: code("store_code")?, terminal: code("terminal_code")? };
    let data = answer["data"].as_object().ok_or_else(|| ApiError::invalid("`data` is missing"))?;
    let company = registry::company(session, slug, name, now)?;
    let key = registry::store(session, company, &new_store(&codes, data, unstated), now)?;
    let number = data.get(SETTINGS).and_then(|rows| rows[0]["pos_no_in_store"].as_i64());
    let terminal = registry::register(session, key, &codes, number, now)?;
    let rows = rows(session, data, (key, &terminal), seal)?;
    let changed = definitions::put(session, company, &rows, now)?;
    let counters: Vec<(String, i64)> = list(data, SEQUENCES).filter_map(counter_value).collect();
    counters::raise(session, company, terminal.id, &counters, now)?;
    let ids: Vec<(String, Uuid)> =
        list(data, SEQUENCES).filter_map(|row| counter_id(row, &codes.terminal)).collect();
    counters::adopt(session, (company, terminal.id), &ids)?;
    Ok(Imported { company, store: key.store, terminal: terminal.id, changed })
}

/// What the data says of the store, and what its operator says where it does not.
fn new_store(codes: &Codes, data: &Map<String, Json>, unstated: &Unstated) -> NewStore {
    let store = data.get(STORE).unwrap_or(&Json::Null);
    let name = store["brand_name"].as_str().or_else(|| store["company_name"].as_str());
    let currency = list(data, SETTINGS).next().and_then(|settings| {
        let id = settings["fk_current_currency_id"].as_str()?;
        let found = list(data, "currencies").find(|currency| currency["id"].as_str() == Some(id))?;
        let sign = found["sign"].as_str()?;
        (sign.len() == 3 && sign.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| sign.to_owned())
    });
    NewStore {
        office_code: codes.office.clone(),
        store_code: codes.store.clone(),
        name: name.unwrap_or(&codes.store).to_owned(),
        currency: currency.unwrap_or_else(|| unstated.currency.clone()),
        time_zone: unstated.time_zone.clone(),
        prices_include_tax: true,
        self_registration: false,
    }
}

fn list<'a>(data: &'a Map<String, Json>, resource: &str) -> impl Iterator<Item = &'a Json> {
    data.get(resource).and_then(Json::as_array).into_iter().flatten()
}

fn counter_value(row: &Json) -> Option<(String, i64)> {
    Some((row["name"].as_str()?.to_owned(), row["value"].as_i64()?))
}

/// The identity of a counter's row, where it is the terminal's own; rows of the originals do not say whose they are.
fn counter_id(row: &Json, terminal: &str) -> Option<(String, Uuid)> {
    let is_own = row["terminal_code"].as_str().is_none_or(|code| code.trim() == terminal);
    let id = Uuid::parse_str(row["id"].as_str()?).ok().filter(|_| is_own)?;
    Some((row["name"].as_str()?.to_owned(), id))
}

/// A passcode as it is kept. No two seals of one are the same, so that one that is sealed already stays as it is.
fn sealed(
    session: &mut dyn Session,
    (company, cashier): (Uuid, Uuid),
    (passcode, seal): (&str, Option<&Seal>),
) -> Result<Option<String>, DatabaseError> {
    let Some(seal) = seal else { return Ok(None) };
    let rows = session.query(
        "SELECT body FROM definition WHERE company_id = $1 AND resource = $2 AND definition_id = $3",
        &[company.into(), CASHIERS.into(), cashier.into()],
    )?;
    let stored = rows.first().map_or(Ok("null"), |row| row.text(0))?;
    let stored: Json = serde_json::from_str(stored).unwrap_or_default();
    let before = stored["password"].as_str().filter(|text| seal.open(text).is_some_and(|it| it == passcode));
    Ok(before.map(str::to_owned).or_else(|| seal.seal(passcode)))
}

fn rows(
    session: &mut dyn Session,
    data: &Map<String, Json>,
    (key, terminal): (StoreKey, &Terminal),
    seal: Option<&Seal>,
) -> Result<Vec<NewRow>, ApiError> {
    let mut rows = Vec::new();
    for resource in RESOURCES.into_iter().filter(|resource| *resource != SEQUENCES) {
        let values = match data.get(resource) {
            Some(Json::Array(values)) => values.as_slice(),
            Some(one @ Json::Object(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        for value in values {
            let row = value.as_object().zip(value["id"].as_str().and_then(|id| Uuid::parse_str(id).ok()));
            let Some((body, id)) = row else {
                return Err(ApiError::invalid(format!("a row of `{resource}` has no id that is a UUID")));
            };
            let mut body = body.clone();
            if resource == CASHIERS {
                let passcode = body.get("password").and_then(Json::as_str).unwrap_or_default();
                let sealed = sealed(session, (key.company, id), (passcode, seal))?;
                body.insert("password".to_owned(), sealed.into());
            }
            let of_terminal = (resource == SETTINGS).then_some(terminal.id);
            rows.push(NewRow { resource, id, store: Some(key.store), terminal: of_terminal, body });
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Profile;

    #[test]
    fn a_verifier_fits_the_passcode_that_came_with_an_import_and_no_other() {
        let seal = Seal::new("a secret");
        let terminal = Terminal {
            id: Uuid::from_u128(1),
            store: Uuid::from_u128(2),
            office_code: "OFC".to_owned(),
            code: "TILL".to_owned(),
            number: 1,
            is_active: true,
            may_pull: true,
            is_legacy: false,
            push_until: None,
            profile: Profile::Pos,
        };
        let cashier = |password: Json| Definition {
            resource: CASHIERS.to_owned(),
            id: Uuid::from_u128(3),
            store: None,
            version: 1,
            is_deleted: false,
            body: Map::from_iter([("password".to_owned(), password)]),
        };
        let verifier = verifier(&cashier(json!(seal.seal("7719"))), &terminal, Some(&seal)).unwrap();
        assert!(password::fits("7719", &verifier) && !password::fits("7718", &verifier));
        assert!(MADE.lock().unwrap().values().any(|made| *made == verifier), "the next start has it at once");
        let made_here = super::verifier(&cashier(json!(null)), &terminal, Some(&seal));
        assert_eq!(made_here, None, "there is no passcode to check");
    }
}
