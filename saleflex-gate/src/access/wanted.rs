//! What a list is asked for: the conditions of its statement, and their parameters in the order they are named.

use super::Reach;
use crate::db::Value;

/// Conditions that all must hold.
#[derive(Debug)]
pub(crate) struct Wanted {
    values: Vec<Value>,
    conditions: Vec<String>,
}

impl Wanted {
    /// Rows within reach. `values` are the parameters that the statement names itself, from `$1`.
    pub(crate) fn within(
        reach: &Reach,
        (store, terminal): (&str, Option<&str>),
        values: impl Into<Vec<Value>>,
    ) -> Self {
        let mut values = values.into();
        let condition = reach.condition(store, terminal, &mut values);
        Self { values, conditions: vec![condition] }
    }

    /// Adds a condition that a value stands behind, such as `state =`, where there is a value.
    pub(crate) fn and(mut self, condition: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.values.push(value.into());
            self.conditions.push(format!("{condition} ${}", self.values.len()));
        }
        self
    }

    /// Adds a condition with `{}` where its value stands, where there is a value.
    pub(crate) fn where_in(mut self, condition: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.values.push(value.into());
            self.conditions.push(condition.replace("{}", &format!("${}", self.values.len())));
        }
        self
    }

    /// The rest of a statement behind its `WHERE`, and all parameters.
    pub(crate) fn all(self) -> (String, Vec<Value>) {
        (self.conditions.join(" AND "), self.values)
    }

    /// A statement for at most `limit` rows in an order. `select` ends within its conditions.
    pub(crate) fn page(mut self, select: &str, order: &str, limit: i64) -> (String, Vec<Value>) {
        self.values.push(limit.into());
        let limit = self.values.len();
        let (conditions, values) = self.all();
        (format!("{select} AND {conditions} ORDER BY {order} LIMIT ${limit}"), values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_in_the_order_of_their_values_and_what_is_not_asked_for_is_left_out() {
        let wanted = Wanted::within(&Reach::company(), ("store", None), [1.into(), 2.into()])
            .and("state =", Some("active"))
            .and("profile =", None::<&str>);
        let (sql, values) = wanted.page("SELECT x FROM y WHERE a = $1 AND b > $2", "b", 50);
        assert_eq!(
            sql,
            "SELECT x FROM y WHERE a = $1 AND b > $2 AND 1 = 1 AND state = $3 ORDER BY b LIMIT $4"
        );
        assert_eq!(values, [1.into(), 2.into(), "active".into(), 50.into()]);
    }
}
