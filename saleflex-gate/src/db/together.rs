//! What is asked of a database together, and rows that are written together.
//!
//! A file answers each question soonest by itself and takes rows soonest one by one; a server is asked once, and takes all
//! rows by one statement. So whoever asks says what for, and each database does it its own way.

use std::{borrow::Cow, ops::Range};

use super::{DatabaseError, Question, Row, Session, Value};

/// A column, and what PostgreSQL calls its type.
pub type Column = (&'static str, &'static str);

/// Something that is asked together with others.
#[derive(Debug)]
#[non_exhaustive]
pub enum Ask {
    /// A statement with its values. One that begins with `SELECT` does nothing but read.
    Once(Question),
    /// A question about each of several keys.
    Each(Each),
    /// Rows to be written; those that were are answered by what tells them apart.
    Write(Rows),
}

impl Ask {
    /// Whether it reads one thing, so that its statement is the same whatever else is asked.
    pub(super) fn is_a_look(&self) -> bool {
        match self {
            Self::Once((sql, _)) => sql.starts_with("SELECT"),
            Self::Each(each) => each.is_of_one(),
            Self::Write(_) => false,
        }
    }
}

impl From<Question> for Ask {
    fn from(question: Question) -> Self {
        Self::Once(question)
    }
}

impl From<Each> for Ask {
    fn from(each: Each) -> Self {
        Self::Each(each)
    }
}

impl From<Rows> for Ask {
    fn from(rows: Rows) -> Self {
        Self::Write(rows)
    }
}

/// A question about each of several keys. A server looks each of them up by itself, whatever it believes of a table that it
/// knows nothing of yet: asked for all at once it would rather walk through everything of the company.
#[derive(Debug)]
pub struct Each {
    sql: &'static str,
    key: &'static [&'static str],
    common: Vec<Value>,
    keys: Vec<Value>,
}

impl Each {
    /// A question with the values that are the same for all keys; the places of a key's columns, of these types of
    /// PostgreSQL, stand behind theirs.
    pub(crate) const fn new(sql: &'static str, key: &'static [&'static str], common: Vec<Value>) -> Self {
        Self { sql, key, common, keys: Vec::new() }
    }

    /// Asks about one more.
    pub(crate) fn about<const N: usize>(&mut self, key: [Value; N]) {
        debug_assert_eq!(N, self.key.len());
        self.keys.extend(key);
    }

    /// Whether it is about one key.
    pub(super) fn is_of_one(&self) -> bool {
        self.keys.len() == self.key.len()
    }

    /// The statement that asks about one key.
    pub(super) const fn statement(&self) -> &'static str {
        self.sql
    }

    /// The same for all keys, each of whose columns is a list.
    pub(super) fn statement_of_all(&self) -> String {
        let first = self.common.len() + 1;
        let mut sql = self.sql.to_owned();
        // From behind: `$1` stands in `$12` too.
        for column in (0..self.key.len()).rev() {
            sql = sql.replace(&format!("${}", first + column), &format!("k.k{column}"));
        }
        let names: Vec<String> = (0..self.key.len()).map(|column| format!("k{column}")).collect();
        let (lists, names) = (lists(first, self.key.iter().copied()), names.join(", "));
        // The offset keeps the server from making one search of all.
        format!("SELECT q.* FROM unnest({lists}) AS k({names}), LATERAL ({sql} OFFSET 0) AS q")
    }

    /// The values that are the same for all keys, and those of the keys behind them.
    pub(super) fn into_values(self) -> Vec<Value> {
        self.common.into_iter().chain(self.keys).collect()
    }

    /// The values that are the same for all keys.
    pub(super) fn common(&self) -> &[Value] {
        &self.common
    }

    /// The values of each key.
    pub(super) fn each(&self) -> impl Iterator<Item = &[Value]> {
        self.keys.chunks_exact(self.key.len())
    }

    /// The values of all keys, and each column of the keys.
    pub(super) fn into_lists(self) -> (Vec<Value>, Vec<Vec<Value>>) {
        (self.common, columns(self.keys, self.key.len()))
    }
}

/// How rows come into a table.
#[derive(Debug)]
pub struct Form {
    /// The table.
    pub(crate) table: &'static str,
    /// The columns that hold the same in all rows that are written together.
    pub(crate) common: &'static [Column],
    /// The others.
    pub(crate) own: &'static [Column],
    /// Those of the others by which rows that are written together are told apart.
    pub(crate) key: &'static [&'static str],
}

/// Rows that are written together.
#[derive(Debug)]
pub struct Rows {
    form: &'static Form,
    then: Cow<'static, str>,
    common: Vec<Value>,
    own: Vec<Value>,
}

impl Rows {
    /// No rows yet of a form, with what all of them hold. `then` says what is done where there is one already; where it says
    /// nothing the database refuses.
    pub(crate) fn new(form: &'static Form, then: impl Into<Cow<'static, str>>, common: Vec<Value>) -> Self {
        debug_assert_eq!(common.len(), form.common.len());
        Self { form, then: then.into(), common, own: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.form.own.len());
        self.own.extend(row);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// Whether it is one.
    pub(super) fn is_one(&self) -> bool {
        self.own.len() == self.form.own.len()
    }

    /// The statement that writes one row.
    pub(super) fn statement(&self) -> String {
        let count = self.form.common.len() + self.form.own.len();
        let places: Vec<String> = (1..=count).map(|place| format!("${place}")).collect();
        format!("{} VALUES ({}) {}", self.head(), places.join(", "), self.then)
    }

    /// The statement that writes all of them, each of whose own columns is a list.
    pub(super) fn statement_of_all(&self) -> String {
        let Form { common, own, .. } = self.form;
        let same: Vec<String> =
            (1..).zip(*common).map(|(place, (_, kind))| format!("${place}::{kind}, ")).collect();
        let same = same.concat();
        let lists = lists(common.len() + 1, own.iter().map(|(_, kind)| *kind));
        format!("{} SELECT {same}u.* FROM unnest({lists}) AS u {}", self.head(), self.then)
    }

    /// What a statement ends with that answers what tells the rows apart which it wrote.
    pub(super) fn answer(&self) -> String {
        format!(" RETURNING {}", self.form.key.join(", "))
    }

    fn head(&self) -> String {
        let Form { table, common, own, .. } = self.form;
        let names: Vec<&str> = common.iter().chain(*own).map(|(name, _)| *name).collect();
        format!("INSERT INTO {table} ({})", names.join(", "))
    }

    /// What all rows hold.
    pub(super) fn common(&self) -> &[Value] {
        &self.common
    }

    /// What each row holds beside.
    pub(super) fn each(&self) -> impl Iterator<Item = &[Value]> {
        self.own.chunks_exact(self.form.own.len())
    }

    /// What tells a row from the others.
    pub(super) fn key_of(&self, row: &[Value]) -> Row {
        let Form { own, key, .. } = self.form;
        let place = |name: &&str| own.iter().position(|(column, _)| column == name);
        Row::new(key.iter().filter_map(place).filter_map(|place| row.get(place).cloned()).collect())
    }

    /// What all rows hold, and what each holds beside behind it.
    pub(super) fn into_values(self) -> Vec<Value> {
        self.common.into_iter().chain(self.own).collect()
    }

    /// What all rows hold, and each of their own columns.
    pub(super) fn into_lists(self) -> (Vec<Value>, Vec<Vec<Value>>) {
        (self.common, columns(self.own, self.form.own.len()))
    }
}

/// Places of lists of these types, from a place on.
fn lists(first: usize, kinds: impl Iterator<Item = &'static str>) -> String {
    let lists: Vec<String> =
        (first..).zip(kinds).map(|(place, kind)| format!("${place}::{kind}[]")).collect();
    lists.join(", ")
}

/// The columns of what stands row behind row.
fn columns(values: Vec<Value>, count: usize) -> Vec<Vec<Value>> {
    let rows = values.len() / count.max(1);
    let mut columns: Vec<Vec<Value>> = (0..count).map(|_| Vec::with_capacity(rows)).collect();
    for (at, value) in values.into_iter().enumerate() {
        columns[at % count].push(value);
    }
    columns
}

/// Questions that are asked together.
#[derive(Debug, Default)]
pub(crate) struct Together(Vec<Ask>);

impl Together {
    /// Adds questions, and says where their answers will be.
    pub(crate) fn add<A: Into<Ask>>(&mut self, asked: impl IntoIterator<Item = A>) -> Range<usize> {
        let first = self.0.len();
        self.0.extend(asked.into_iter().map(Into::into));
        first..self.0.len()
    }

    /// Adds one, and says where its answer will be.
    pub(crate) fn add_one(&mut self, asked: impl Into<Ask>) -> usize {
        self.0.push(asked.into());
        self.0.len() - 1
    }

    /// Asks them all.
    pub(crate) fn ask(self, session: &mut dyn Session) -> Result<Answers, DatabaseError> {
        session.ask_all(self.0).map(Answers)
    }

    /// Asks them all, and works while the answers are on their way, as [`Session::ask_all_while`] does.
    pub(crate) fn ask_while(
        self,
        session: &mut dyn Session,
        work: &dyn Fn(),
    ) -> Result<Answers, DatabaseError> {
        session.ask_all_while(self.0, work).map(Answers)
    }
}

/// The answers to what was asked together.
#[derive(Debug)]
pub(crate) struct Answers(Vec<Vec<Row>>);

impl Answers {
    /// The rows of some of them.
    pub(crate) fn of(&self, asked: &Range<usize>) -> impl Iterator<Item = &Row> {
        self.0.get(asked.clone()).into_iter().flatten().flatten()
    }

    /// The rows of one of them.
    pub(crate) fn of_one(&self, asked: usize) -> &[Row] {
        self.0.get(asked).map_or(&[], Vec::as_slice)
    }
}

/// The most identities or numbers that one statement names.
pub(crate) const MOST_NAMED: usize = 128;

/// What a statement names from a place on: the places, for `IN (…)`, and the values. The last one fills them up, so that
/// statements of few lengths are ever prepared. At most [`MOST_NAMED`].
pub(crate) fn named<T: Copy + Into<Value>>(first: usize, all: &[T]) -> (String, Vec<Value>) {
    let filled = all.iter().chain(all.last().into_iter().cycle());
    let values: Vec<Value> = filled.take(all.len().next_power_of_two()).map(|one| (*one).into()).collect();
    let places: Vec<String> = (first..first + values.len()).map(|place| format!("${place}")).collect();
    (places.join(", "), values)
}

#[cfg(test)]
mod tests {
    use super::*;

    static PAIR: Form =
        Form { table: "pair", common: &[("a", "uuid")], own: &[("b", "text"), ("c", "bigint")], key: &["c"] };

    #[test]
    fn rows_are_written_one_by_one_or_as_a_list_a_column() {
        let mut rows = Rows::new(&PAIR, "ON CONFLICT (c) DO NOTHING", vec!["x".into()]);
        rows.push(["y".into(), 1_i64.into()]);
        rows.push(["z".into(), Value::Null]);
        assert_eq!(
            rows.statement(),
            "INSERT INTO pair (a, b, c) VALUES ($1, $2, $3) ON CONFLICT (c) DO NOTHING"
        );
        assert_eq!(
            rows.statement_of_all() + &rows.answer(),
            "INSERT INTO pair (a, b, c) SELECT $1::uuid, u.* FROM unnest($2::text[], $3::bigint[]) AS u \
             ON CONFLICT (c) DO NOTHING RETURNING c"
        );
        let keys: Vec<Row> = rows.each().map(|row| rows.key_of(row)).collect();
        assert_eq!([keys[0].values(), keys[1].values()], [[Value::Integer(1)], [Value::Null]]);
        let (common, lists) = rows.into_lists();
        assert_eq!(common, [Value::from("x")]);
        assert_eq!(lists, [[Value::from("y"), Value::from("z")], [Value::Integer(1), Value::Null]]);
    }

    #[test]
    fn a_question_about_each_key_names_its_columns_and_no_other_place() {
        let sql = "SELECT d FROM pair WHERE a = $1 AND b = $2 AND c = $3 AND d = $12";
        let mut each = Each::new(sql, &["text", "bigint"], vec!["x".into()]);
        each.about(["y".into(), 1_i64.into()]);
        assert_eq!(
            each.statement_of_all(),
            "SELECT q.* FROM unnest($2::text[], $3::bigint[]) AS k(k0, k1), \
             LATERAL (SELECT d FROM pair WHERE a = $1 AND b = k.k0 AND c = k.k1 AND d = $12 OFFSET 0) AS q"
        );
        assert_eq!(each.each().collect::<Vec<_>>(), [[Value::from("y"), Value::Integer(1)]]);
    }
}
