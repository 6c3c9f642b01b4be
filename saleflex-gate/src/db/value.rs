//! What goes into a statement and what comes out of it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::DatabaseError;

/// A parameter, or a column of a row. Times are milliseconds since 1970 UTC, amounts whole ten-thousandths.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// SQL's null.
    Null,
    /// A whole number, a time, an amount, or 0 and 1 for no and yes.
    Integer(i64),
    /// A text or an identity.
    Text(String),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Integer(yes.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Text(id.to_string())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer.
#[derive(Clone, Debug)]
pub struct Row(Vec<Value>);

impl Row {
    pub(super) const fn new(columns: Vec<Value>) -> Self {
        Self(columns)
    }

    /// All columns.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    fn column(&self, column: usize, expected: &'static str) -> Result<&Value, DatabaseError> {
        self.0.get(column).ok_or(DatabaseError::Column { column, expected })
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`DatabaseError::Column`] when it holds something else or is not there.
    pub fn integer(&self, column: usize) -> Result<i64, DatabaseError> {
        self.optional_integer(column)?.ok_or(DatabaseError::Column { column, expected: "a number" })
    }

    /// A whole number or nothing.
    ///
    /// # Errors
    /// [`DatabaseError::Column`] when it holds something else or is not there.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, DatabaseError> {
        match self.column(column, "a number")? {
            Value::Null => Ok(None),
            Value::Integer(number) => Ok(Some(*number)),
            Value::Text(_) => Err(DatabaseError::Column { column, expected: "a number" }),
        }
    }

    /// Yes or no.
    ///
    /// # Errors
    /// [`DatabaseError::Column`] when it holds something else or is not there.
    pub fn flag(&self, column: usize) -> Result<bool, DatabaseError> {
        Ok(self.integer(column)? != 0)
    }

    /// A text.
    ///
    /// # Errors
    /// [`DatabaseError::Column`] when it holds something else or is not there.
    pub fn text(&self, column: usize) -> Result<&str, DatabaseError> {
        self.optional_text(column)?.ok_or(DatabaseError::Column { column, expected: "a text" })
    }

    /// A text or nothing.
    ///
    /// # Errors
    /// [`DatabaseError::Column`] when it holds something else or is not there.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>, DatabaseError> {
        match self.column(column, "a text")? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            Value::Integer(_) => Err(DatabaseError::Column { column, expected: "a text" }),
        }
    }

    /// An identity.
    ///
    /// # Errors
    /// [`DatabaseError::Column`] when it holds something else or is not there.
    pub fn id(&self, column: usize) -> Result<Uuid, DatabaseError> {
        Uuid::parse_str(self.text(column)?)
            .map_err(|_| DatabaseError::Column { column, expected: "an identity" })
    }

    /// An identity or nothing.
    ///
    /// # Errors
    /// [`DatabaseError::Column`] when it holds something else or is not there.
    pub fn optional_id(&self, column: usize) -> Result<Option<Uuid>, DatabaseError> {
        self.optional_text(column)?.map(|_| self.id(column)).transpose()
    }

    /// A time.
    ///
    /// # Errors
    /// [`DatabaseError::Column`] when it holds something else or is not there.
    pub fn time(&self, column: usize) -> Result<DateTime<Utc>, DatabaseError> {
        self.optional_time(column)?.ok_or(DatabaseError::Column { column, expected: "a time" })
    }

    /// A time or nothing.
    ///
    /// # Errors
    /// [`DatabaseError::Column`] when it holds something else or is not there.
    pub fn optional_time(&self, column: usize) -> Result<Option<DateTime<Utc>>, DatabaseError> {
        let millis = self.optional_integer(column)?;
        let time = |millis| {
            let expected = DatabaseError::Column { column, expected: "a time" };
            DateTime::from_timestamp_millis(millis).ok_or(expected)
        };
        millis.map(time).transpose()
    }
}
