//! The record of a person in its columns.

use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
use saleflex_core::{
    customer::{
        Address, Consent, Consents, Customer as Record, CustomerDetails, PhoneKey, PhoneRules, Rekeyed,
        Standing,
    },
    ids::CustomerId,
    money::Money,
};

use super::search_text;
use crate::{
    error::Error,
    file::codec::{Col, Json, Name, get, get_json, get_moment, get_name},
    printing,
};

const SELECT: &str = "SELECT id, name, last_name, phone, email, street, area, town, zip, note, date_of_birth, \
                      gender, national_id, tax_id, preferences, phone_key, registered_at, registered_local, \
                      registered_on, source, is_walk_in, standing, revision FROM customer";

fn read(row: &Row<'_>) -> rusqlite::Result<Record> {
    let key: Option<String> = row.get(15)?;
    let not_a_key = || rusqlite::Error::InvalidColumnType(15, "phone_key".to_owned(), Type::Text);
    Ok(Record {
        id: get(row, 0)?,
        details: CustomerDetails {
            name: row.get(1)?,
            last_name: row.get(2)?,
            phone: row.get(3)?,
            email: row.get(4)?,
            address: Address { street: row.get(5)?, area: row.get(6)?, town: row.get(7)?, zip: row.get(8)? },
            note: row.get(9)?,
            date_of_birth: get(row, 10)?,
            gender: row.get::<_, Option<Name<_>>>(11)?.map(|gender| gender.0),
            national_id: row.get(12)?,
            tax_id: row.get(13)?,
            preferences: get_json(row, 14)?,
        },
        phone_key: key.map(|key| PhoneKey::stored(&key).ok_or_else(not_a_key)).transpose()?,
        consents: Consents::default(),
        registered_at: get_moment(row, 16)?,
        source: get_name(row, 19)?,
        is_walk_in: row.get(20)?,
        standing: get_json(row, 21)?,
        revision: row.get(22)?,
    })
}

/// The whole record of a customer, in use or not.
pub(crate) fn find(connection: &Connection, id: CustomerId) -> Result<Option<Record>, Error> {
    let mut select = connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
    let Some(record) = select.query_row([Col(id)], read).optional()? else { return Ok(None) };
    let consents = consents_of(connection, id)?;
    Ok(Some(Record { consents, ..record }))
}

fn consents_of(connection: &Connection, id: CustomerId) -> Result<Consents, Error> {
    let mut select = connection
        .prepare_cached("SELECT statement FROM customer_consent WHERE customer = ?1 ORDER BY no")?;
    let said = select.query_map([Col(id)], |row| get_json::<Consent>(row, 0))?;
    Ok(Consents::from_statements(said.collect::<Result<Vec<_>, _>>()?))
}

/// Every live record, by id, with what the people agreed to.
pub(crate) fn all(
    connection: &Connection,
    mut visit: impl FnMut(Record) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut said =
        connection.prepare("SELECT customer, statement FROM customer_consent ORDER BY customer, no")?;
    let said = said.query_map([], |row| Ok((get::<CustomerId>(row, 0)?, get_json::<Consent>(row, 1)?)))?;
    let mut said = said.peekable();
    let mut select = connection.prepare(&format!("{SELECT} WHERE standing = '\"live\"' ORDER BY id"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let mut record = read(row)?;
        while let Some(next) =
            said.next_if(|next| next.as_ref().map_or(true, |(of, _)| of.uuid() <= record.id.uuid()))
        {
            let (of, consent) = next?;
            if of == record.id {
                record.consents.record(consent);
            }
        }
        visit(record)?;
    }
    Ok(())
}

/// The records merged into one, directly or by way of another.
pub(crate) fn absorbed_by(connection: &Connection, id: CustomerId) -> Result<Vec<Record>, Error> {
    let mut select = connection.prepare_cached(&format!("{SELECT} WHERE merged_into = ?1"))?;
    let (mut found, mut of): (Vec<Record>, Vec<CustomerId>) = (Vec::new(), vec![id]);
    while let Some(into) = of.pop() {
        for record in select.query_map([Col(into)], read)? {
            let record = record?;
            if record.id != id && !found.iter().any(|known| known.id == record.id) {
                of.push(record.id);
                found.push(record);
            }
        }
    }
    Ok(found)
}

/// All records of the person whom an id leads to: the one in use first, then those that were merged into it.
pub(crate) fn records_of(connection: &Connection, id: CustomerId) -> Result<Vec<CustomerId>, Error> {
    let in_use = super::in_use(connection, id)?;
    let absorbed = absorbed_by(connection, in_use)?;
    Ok(std::iter::once(in_use).chain(absorbed.iter().map(|record| record.id)).collect())
}

/// Writes a record, new or changed. What the customer owes stays, and so do the consents.
pub(crate) fn write(
    connection: &Connection,
    record: &Record,
    code: &str,
    account_limit: Option<Money>,
) -> Result<(), Error> {
    let mut write = connection.prepare_cached(
        "INSERT INTO customer (id, code, account_limit, name, last_name, phone, email, street, area, town, zip, \
         note, date_of_birth, gender, national_id, tax_id, preferences, phone_key, registered_at, \
         registered_local, registered_on, source, is_walk_in, standing, merged_into, search, revision) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, \
         ?21, ?22, ?23, ?24, ?25, ?26, ?27) \
         ON CONFLICT (id) DO UPDATE SET code = excluded.code, account_limit = excluded.account_limit, \
         name = excluded.name, last_name = excluded.last_name, phone = excluded.phone, email = excluded.email, \
         street = excluded.street, area = excluded.area, town = excluded.town, zip = excluded.zip, \
         note = excluded.note, date_of_birth = excluded.date_of_birth, gender = excluded.gender, \
         national_id = excluded.national_id, tax_id = excluded.tax_id, preferences = excluded.preferences, \
         phone_key = excluded.phone_key, registered_at = excluded.registered_at, \
         registered_local = excluded.registered_local, registered_on = excluded.registered_on, \
         source = excluded.source, is_walk_in = excluded.is_walk_in, standing = excluded.standing, \
         merged_into = excluded.merged_into, search = excluded.search, revision = excluded.revision",
    )?;
    let CustomerDetails { address, .. } = &record.details;
    let details = &record.details;
    let into = if let Standing::Merged { into } = record.standing { Some(into) } else { None };
    write.execute(params![
        Col(record.id),
        code,
        Col(account_limit),
        details.name,
        details.last_name,
        details.phone,
        details.email,
        address.street,
        address.area,
        address.town,
        address.zip,
        details.note,
        Col(details.date_of_birth),
        details.gender.map(Name),
        details.national_id,
        details.tax_id,
        Json(&details.preferences),
        record.phone_key.as_ref().map(PhoneKey::as_str),
        Col(record.registered_at.instant),
        Col(record.registered_at.local),
        Col(record.registered_at.business_date),
        Name(record.source),
        record.is_walk_in,
        Json(record.standing),
        Col(into),
        search_text(record, code),
        record.revision,
    ])?;
    Ok(())
}

/// Adds a statement of a person.
pub(crate) fn consent(connection: &Connection, id: CustomerId, said: &Consent) -> Result<(), Error> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO customer_consent (customer, no, statement) SELECT ?1, coalesce(max(no), 0) + 1, ?2 \
         FROM customer_consent WHERE customer = ?1",
    )?;
    insert.execute(params![Col(id), Json(said)])?;
    Ok(())
}

/// Works out every key anew under other rules of dialling.
pub(crate) fn rekey(connection: &Connection, rules: &PhoneRules) -> Result<Rekeyed, Error> {
    let mut records = Vec::new();
    all(connection, |record| {
        records.push(record);
        Ok(())
    })?;
    let rekeyed = saleflex_core::customer::rekey(&records, rules);
    let mut update = connection.prepare_cached("UPDATE customer SET phone_key = ?1 WHERE id = ?2")?;
    // A key may change hands within one step; until all have theirs, nobody has it.
    for id in rekeyed.changed.keys() {
        update.execute(params![None::<String>, Col(*id)])?;
    }
    for (id, key) in &rekeyed.changed {
        update.execute(params![key.as_ref().map(PhoneKey::as_str), Col(*id)])?;
    }
    Ok(rekeyed)
}

/// Whether a key begins with a zero, as no international number does.
pub(crate) fn has_keys_of_zeros(connection: &Connection) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM customer WHERE phone_key LIKE '0%' AND standing = '\"live\"'";
    Ok(connection.prepare(sql)?.exists([])?)
}

/// Moves what belongs to a merged record, but its points, to the survivor: consents, cards, what is owed.
pub(crate) fn take(
    connection: &Connection,
    seq: i64,
    from: CustomerId,
    into: &Record,
    owed: Money,
) -> Result<(), Error> {
    for id in [from, into.id] {
        connection.execute("DELETE FROM customer_consent WHERE customer = ?1", [Col(id)])?;
    }
    for said in into.consents.statements() {
        consent(connection, into.id, said)?;
    }
    connection.execute(
        "UPDATE loyalty_card SET customer = ?1 WHERE customer = ?2",
        params![Col(into.id), Col(from)],
    )?;
    super::book_on_account(connection, seq, from, -owed)?;
    super::book_on_account(connection, seq, into.id, owed)
}

/// Leaves nothing of a person in a record: the columns, consents, card numbers, reasons of granted points, what hubs
/// said of them, and paper of their documents that waits for a printer.
pub(crate) fn wipe(connection: &Connection, record: &Record) -> Result<(), Error> {
    write(connection, record, &format!("erased {}", record.id.uuid().simple()), None)?;
    for sql in [
        "DELETE FROM customer_consent WHERE customer = ?1",
        "UPDATE loyalty_card SET number = NULL, is_valid = 0 WHERE customer = ?1",
        "UPDATE points_grant SET reason = NULL WHERE customer = ?1",
        "UPDATE draft SET name = NULL WHERE customer = ?1",
        "UPDATE inbox SET fields = '{}', is_taken = 1, held_for = NULL WHERE resource = 'customers' AND id = ?1",
    ] {
        connection.execute(sql, [Col(record.id)])?;
    }
    printing::forget_customer(connection, record.id)
}
