//! Rows that belong to two others: a product's price on a list, a customer in a segment.
//!
//! **Invariant:** of two rows there is one such row, whoever writes it and however often: its identity follows from them. It
//! goes with either of them. It is found by the first of them in an index, and by the other by its identity: nothing reads all
//! such rows.

use chrono::{DateTime, Utc};
use saleflex_core::digest::Digest;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{next_change, price_lists, segment_members};
use crate::{
    db::{self, DatabaseError, Row, Session, Value},
    ids,
};

/// Such rows.
struct Part {
    resource: &'static str,
    /// The resource of the first that each belongs to, and the field that names it.
    first: (&'static str, &'static str),
    /// The resource of the second.
    second: &'static str,
}

const ALL: [Part; 2] = [
    Part {
        resource: price_lists::PRICES,
        first: (price_lists::LISTS, price_lists::LIST),
        second: "products",
    },
    Part {
        resource: segment_members::MEMBERS,
        first: (segment_members::SEGMENTS, segment_members::SEGMENT),
        second: "customers",
    },
];

/// The condition of those that belong to a first one: a company, a resource, and what [`found_by`] says.
pub(super) const OF_FIRST: &str = "company_id = $1 AND resource = $2 AND code = $3 AND is_deleted = 0";

/// The identity of the row of two others.
pub(super) fn identity(resource: &str, one: Uuid, other: Uuid) -> Uuid {
    let parts = [resource.as_bytes(), one.as_bytes().as_slice(), other.as_bytes().as_slice()];
    ids::of_digest(&Digest::of_parts(parts))
}

/// What a row is found by that belongs to two others: the first of them. None of other rows.
pub(super) fn found_by(resource: &str, body: &Map<String, Json>) -> Option<String> {
    let part = ALL.iter().find(|part| part.resource == resource)?;
    let first = Uuid::parse_str(body.get(part.first.1)?.as_str()?).ok()?;
    Some(first.to_string())
}

/// Takes a row away; whether it was there. Where it was not, no number is drawn.
pub(super) fn take_off(
    session: &mut dyn Session,
    company: Uuid,
    (resource, id): (&str, Uuid),
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let is_there = !there(session, (company, resource), &[id])?.is_empty();
    if is_there {
        remove(session, company, (resource, id), now)?;
    }
    Ok(is_there)
}

/// Takes away what belongs to a row that goes.
pub(super) fn follow(
    session: &mut dyn Session,
    company: Uuid,
    (resource, id): (&str, Uuid),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    for part in &ALL {
        let gone = if part.first.0 == resource {
            let sql = format!("SELECT definition_id FROM definition WHERE {OF_FIRST}");
            let values = [company.into(), part.resource.into(), id.to_string().into()];
            identities(&session.query(&sql, &values)?)?
        } else if part.second == resource {
            let sql = "SELECT definition_id FROM definition WHERE company_id = $1 AND resource = $2";
            let firsts = identities(&session.query(sql, &[company.into(), part.first.0.into()])?)?;
            let of_both: Vec<Uuid> =
                firsts.into_iter().map(|first| identity(part.resource, first, id)).collect();
            there(session, (company, part.resource), &of_both)?
        } else {
            continue;
        };
        for id in gone {
            remove(session, company, (part.resource, id), now)?;
        }
    }
    Ok(())
}

/// Takes away a row that is there.
pub(super) fn remove(
    session: &mut dyn Session,
    company: Uuid,
    (resource, id): (&str, Uuid),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let version = next_change(session, company)?;
    session.execute(
        "UPDATE definition SET is_deleted = 1, version = $4, updated_at = $5 \
         WHERE company_id = $1 AND resource = $2 AND definition_id = $3",
        &[company.into(), resource.into(), id.into(), version.into(), now.timestamp_millis().into()],
    )?;
    Ok(())
}

/// Those of some rows that are there.
fn there(
    session: &mut dyn Session,
    (company, resource): (Uuid, &str),
    ids: &[Uuid],
) -> Result<Vec<Uuid>, DatabaseError> {
    let mut there = Vec::new();
    for ids in ids.chunks(db::MOST_NAMED) {
        let (places, named) = db::named(3, ids);
        let sql = format!(
            "SELECT definition_id FROM definition WHERE company_id = $1 AND resource = $2 \
             AND is_deleted = 0 AND definition_id IN ({places})"
        );
        let mut values: Vec<Value> = vec![company.into(), resource.into()];
        values.extend(named);
        there.extend(identities(&session.query(&sql, &values)?)?);
    }
    Ok(there)
}

fn identities(rows: &[Row]) -> Result<Vec<Uuid>, DatabaseError> {
    rows.iter().map(|row| row.id(0)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::{
        ApiError,
        db::{Books, Sqlite, Tenant},
        definitions::{
            editing::{self, Stored, ToMake},
            rules,
        },
    };

    const COMPANY: Uuid = Uuid::from_u128(1);
    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    /// What work comes to in the books of a company without anything.
    fn within<T>(work: impl FnOnce(&mut dyn Session) -> Result<T, ApiError>) -> Result<T, ApiError> {
        let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
        books.write_waiting(Tenant::Company(COMPANY), |session| {
            let sql = "INSERT INTO company (company_id, slug, name, created_at) VALUES ($1, 'c', 'C', 0)";
            session.execute(sql, &[COMPANY.into()])?;
            work(session)
        })
    }

    fn make(session: &mut dyn Session, resource: &str, row: Json) -> Result<Stored, ApiError> {
        let Json::Object(row) = row else { panic!("a row is an object") };
        let new = ToMake { store_id: None, region_id: None, id: None, row };
        editing::make(session, (COMPANY, rules::of(resource).unwrap()), new, NOW)
    }

    fn delete(session: &mut dyn Session, resource: &str, row: &Stored) -> Result<Stored, ApiError> {
        let of = (COMPANY, rules::of(resource).unwrap());
        editing::remove(session, of, (row.id, row.version), NOW)
    }

    #[test]
    fn what_belongs_to_a_list_is_looked_up_and_never_searched_for() {
        let all = format!("SELECT definition_id FROM definition WHERE {OF_FIRST}");
        for sql in [all, price_lists::page(), price_lists::count()] {
            let values = vec![Value::Null; sql.matches('$').count()];
            let plan = within(|session| Ok(session.query(&format!("EXPLAIN QUERY PLAN {sql}"), &values)?));
            let plan = plan.unwrap()[0].text(3).unwrap().to_owned();
            let wanted = "definition_by_code (company_id=? AND resource=? AND code=?)";
            assert!(plan.contains(wanted), "{sql}: {plan}");
        }
    }

    #[test]
    fn who_read_a_list_or_a_segment_before_it_went_writes_nothing_to_it() {
        let named = Uuid::from_u128(7);
        let row = || json!({"code": "SPRING", "name": "Spring"});
        let of_list = within(|session| {
            let read = make(session, price_lists::LISTS, row())?;
            delete(session, price_lists::LISTS, &read)?;
            price_lists::write(session, (COMPANY, &read), &BTreeMap::from([(named, None)]), NOW)
        });
        let of_segment = within(|session| {
            let read = make(session, segment_members::SEGMENTS, row())?;
            delete(session, segment_members::SEGMENTS, &read)?;
            segment_members::write(session, (COMPANY, &read), &BTreeMap::from([(named, None)]), NOW)
        });
        assert_eq!([of_list, of_segment].map(|refused| refused.unwrap_err().code), ["not_found"; 2]);
    }

    #[test]
    fn a_product_that_goes_draws_a_number_for_itself_and_for_each_of_its_prices() {
        let drawn = within(|session| {
            let lists = ["A", "B", "C"].map(|code| json!({"code": code, "name": "List"}));
            let [first, second, _] = lists.map(|list| make(session, price_lists::LISTS, list));
            let (first, second) = (first?, second?);
            let [one, other] = teas(session, ["1", "2"]);
            let (one, other) = (one?, other?);
            let price = |product: &Stored| BTreeMap::from([(product.id, Some("2.50".to_owned()))]);
            for (list, product) in [(&first, &one), (&second, &one), (&second, &other)] {
                price_lists::write(session, (COMPANY, list), &price(product), NOW)?;
            }
            let before = next_change(session, COMPANY)?;
            delete(session, "products", &one)?;
            let deleted = next_change(session, COMPANY)?;
            let off = BTreeMap::from([(one.id, None)]);
            assert_eq!(price_lists::write(session, (COMPANY, &first), &off, NOW)?, 0);
            let written = next_change(session, COMPANY)?;
            assert_eq!(price_lists::prices(session, (COMPANY, &first), (0, 9))?.len(), 0);
            assert_eq!(price_lists::prices(session, (COMPANY, &second), (0, 9))?.len(), 1);
            Ok((deleted - before, written - deleted))
        });
        // The product and two prices, then whoever counts here; who writes locks by a number, and changes nothing.
        assert_eq!(drawn.unwrap(), (4, 2));
    }

    #[test]
    fn a_company_has_a_hundred_price_lists_and_room_again_when_one_goes() {
        let list = |no: usize| json!({"code": format!("L{no}"), "name": "List"});
        let refused = within(|session| {
            let first = make(session, price_lists::LISTS, list(0))?;
            for no in 1..100 {
                make(session, price_lists::LISTS, list(no))?;
            }
            let refused = make(session, price_lists::LISTS, list(100)).map(drop);
            delete(session, price_lists::LISTS, &first)?;
            make(session, price_lists::LISTS, list(100))?;
            Ok(refused.unwrap_err().code)
        });
        assert_eq!(refused.unwrap(), "too_many_rows");
    }

    /// Lets a list name so many products more that nobody sells.
    fn fill(session: &mut dyn Session, list: &Stored, (from, until): (i64, i64)) -> Result<(), ApiError> {
        let sql = "INSERT INTO definition (company_id, resource, definition_id, version, is_deleted, body, \
                   updated_at, code) WITH RECURSIVE n (i) AS (SELECT CAST($4 AS bigint) UNION ALL \
                   SELECT i + 1 FROM n WHERE i < $5) SELECT $1, $2, printf('00000000-0000-0000-0000-%012d', i), i, 0, \
                   '{}', 0, $3 FROM n";
        let of: [Value; 3] = [COMPANY.into(), price_lists::PRICES.into(), list.id.to_string().into()];
        let values: Vec<Value> = of.into_iter().chain([from.into(), until.into()]).collect();
        session.execute(sql, &values)?;
        Ok(())
    }

    fn teas<const N: usize>(session: &mut dyn Session, codes: [&str; N]) -> [Result<Stored, ApiError>; N] {
        let goods =
            make(session, "department_main_groups", json!({"code": "1", "name": "Goods"})).unwrap().id;
        codes.map(|code| {
            let tea = json!({"code": code, "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": goods});
            make(session, "products", tea)
        })
    }

    fn priced(
        session: &mut dyn Session,
        list: &Stored,
        (product, price): (&Stored, Option<&str>),
    ) -> Result<usize, &'static str> {
        let price = BTreeMap::from([(product.id, price.map(str::to_owned))]);
        price_lists::write(session, (COMPANY, list), &price, NOW).map_err(|error| error.code)
    }

    #[test]
    fn a_list_has_ten_thousand_products_and_no_more() {
        let written = within(|session| {
            let list = make(session, price_lists::LISTS, json!({"code": "L", "name": "List"}))?;
            let [one, other, third] = teas(session, ["1", "2", "3"]);
            let (one, other, third) = (one?, other?, third?);
            fill(session, &list, (1, 9_999))?;
            let puts = [(&one, Some("1")), (&other, Some("1"))];
            let full = puts.map(|put| priced(session, &list, put));
            // As where lists were longer once: what stands there is changed and taken off.
            fill(session, &list, (10_000, 10_000))?;
            let puts = [(&one, Some("2")), (&third, Some("1")), (&one, None)];
            Ok((full, puts.map(|put| priced(session, &list, put))))
        });
        let too_many = Err("too_many_rows");
        assert_eq!(written.unwrap(), ([Ok(1), too_many], [Ok(1), too_many, Ok(1)]));
    }

    #[test]
    fn a_long_list_is_one_of_lists_with_so_many_prices_together_and_a_short_one_always_fits() {
        let length = price_lists::Length { most: 9, short: 2, together: 6 };
        let found = within(|session| {
            let lists = ["LONG", "SHORT"].map(|code| json!({"code": code, "name": "List"}));
            let [long, short] = lists.map(|list| make(session, price_lists::LISTS, list));
            let (long, short) = (long?, short?);
            let mut found = Vec::new();
            for (list, numbers) in [(&short, (1, 2)), (&long, (3, 6)), (&long, (7, 7))] {
                fill(session, list, numbers)?;
                let mut fits = |list: &Stored, before: i64| {
                    price_lists::check_length(session, (COMPANY, list), (before, length)).is_ok()
                };
                found.push([fits(&long, 0), fits(&short, 0), fits(&long, 5)]);
            }
            Ok(found)
        });
        let expected = [[true, true, true], [true, true, true], [false, true, true]];
        assert_eq!(found.unwrap(), expected, "what does not grow is changed whatever the others are");
    }
}
