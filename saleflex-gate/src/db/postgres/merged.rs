//! Questions that do nothing but read, asked by one statement: to a server each statement costs about as much as what it
//! finds.
//!
//! **Invariant:** how many different statements are prepared is bounded: questions are merged where each is about one thing.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::Value as Json;

use super::Parameter;
use crate::db::{Ask, DatabaseError, Row, Value};

/// What is asked, in its order, with what one statement asks together.
pub(super) fn groups(asked: Vec<Ask>) -> Vec<Vec<Ask>> {
    // Lists of keys come with lists of other things, as of numbers, in every mixture of lengths.
    let is_of_lists = asked.iter().any(|ask| matches!(ask, Ask::Each(_)) && !ask.is_a_look());
    let mut groups: Vec<Vec<Ask>> = Vec::new();
    for ask in asked {
        match groups.last_mut() {
            Some(group) if !is_of_lists && ask.is_a_look() && group.iter().all(Ask::is_a_look) => {
                group.push(ask);
            }
            _ => groups.push(vec![ask]),
        }
    }
    groups
}

/// The statement that asks a group: for each row it answers which of the questions found it, and the row.
pub(super) fn spread(mut group: Vec<Ask>) -> (String, Vec<Parameter>) {
    if group.len() == 1
        && let Some(alone) = group.pop()
    {
        return super::spread(alone);
    }
    let mut values = Vec::new();
    let looks = group.into_iter().enumerate().map(|(at, ask)| {
        let (sql, of_one) = super::spread(ask);
        let sql = shifted(&sql, values.len());
        values.extend(of_one);
        format!("SELECT {at}, CAST(row_to_json(q) AS text) FROM ({sql}) AS q")
    });
    let looks: Vec<String> = looks.collect();
    (looks.join(" UNION ALL "), values)
}

/// What each of so many questions of a group was answered.
pub(super) fn answers(rows: Vec<Row>, count: usize) -> Result<Vec<Vec<Row>>, DatabaseError> {
    if count == 1 {
        return Ok(vec![rows]);
    }
    let mut answers: Vec<Vec<Row>> = (0..count).map(|_| Vec::new()).collect();
    for row in rows {
        let unreadable = || DatabaseError::Column { column: 1, expected: "a row as JSON" };
        let Columns(columns) = serde_json::from_str(row.text(1)?).map_err(|_| unreadable())?;
        let at = usize::try_from(row.integer(0)?).map_err(|_| unreadable())?;
        answers.get_mut(at).ok_or_else(unreadable)?.push(Row::new(columns));
    }
    Ok(answers)
}

/// A statement with its places so much further on.
fn shifted(sql: &str, by: usize) -> String {
    let mut parts = sql.split('$');
    let mut shifted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (place, rest) = part.split_at_checked(digits).unwrap_or((part, ""));
        let place =
            place.parse::<usize>().map_or_else(|_| place.to_owned(), |place| (place + by).to_string());
        shifted.push('$');
        shifted.push_str(&place);
        shifted.push_str(rest);
    }
    shifted
}

/// The columns of a row in their order, whatever they are called: two may be called the same.
struct Columns(Vec<Value>);

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Columns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the columns of a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns, A::Error> {
        let mut columns = Vec::new();
        while let Some((IgnoredAny, column)) = map.next_entry::<IgnoredAny, Json>()? {
            columns.push(match column {
                Json::Null => Value::Null,
                Json::Bool(yes) => yes.into(),
                Json::Number(number) => number.as_i64().map(Value::Integer).ok_or_else(none::<A::Error>)?,
                Json::String(text) => Value::Text(text),
                Json::Array(_) | Json::Object(_) => return Err(none()),
            });
        }
        Ok(Columns(columns))
    }
}

fn none<E: serde::de::Error>() -> E {
    E::custom("no column holds this")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Each;

    fn look(sql: &str, values: &[i64]) -> Ask {
        Ask::Once((sql.to_owned(), values.iter().map(|value| Value::Integer(*value)).collect()))
    }

    #[test]
    fn what_reads_one_thing_each_is_one_statement_and_what_writes_stands_where_it_stood() {
        let asked = vec![
            look("UPDATE a SET b = $1", &[1]),
            look("SELECT b FROM a WHERE c = $1 AND d = $2", &[2, 3]),
            look("SELECT e FROM f WHERE g = $1 AND h = $12", &[4]),
        ];
        let groups = groups(asked);
        assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        let statements: Vec<_> = groups.into_iter().map(spread).collect();
        assert_eq!(statements[0].0, "UPDATE a SET b = $1");
        assert_eq!(
            statements[1].0,
            "SELECT 0, CAST(row_to_json(q) AS text) FROM (SELECT b FROM a WHERE c = $1 AND d = $2) AS q UNION ALL \
             SELECT 1, CAST(row_to_json(q) AS text) FROM (SELECT e FROM f WHERE g = $3 AND h = $14) AS q"
        );
        assert_eq!(statements[1].1.len(), 3);
    }

    #[test]
    fn questions_about_several_keys_are_statements_of_their_own_and_so_is_what_is_asked_beside_them() {
        let about = |keys: &[i64]| {
            let mut each = Each::new("SELECT a FROM b WHERE c = $1", &["bigint"], Vec::new());
            for key in keys {
                each.about([(*key).into()]);
            }
            Ask::from(each)
        };
        let asked = |keys: &[i64]| vec![about(keys), look("SELECT 1", &[]), look("SELECT 2", &[])];
        assert_eq!(groups(asked(&[1])).len(), 1);
        assert_eq!(groups(asked(&[1, 2])).len(), 3);
    }

    #[test]
    fn a_row_comes_out_of_json_as_it_stands_in_the_table() {
        let row = |at: i64, row: &str| Row::new(vec![at.into(), row.into()]);
        let found = row(1, r#"{"id":"a\u00e7","id":9223372036854775807,"b":null,"c":true}"#);
        let answers = answers(vec![found], 2).unwrap();
        assert!(answers[0].is_empty());
        let expected = [Value::from("aç"), i64::MAX.into(), Value::Null, 1_i64.into()];
        assert_eq!(answers[1][0].values(), expected);
        assert!(super::answers(vec![row(2, "{}")], 2).is_err());
        assert!(super::answers(vec![row(0, "[]")], 2).is_err());
    }
}
