//! Places in the changes of a company, as cursors carry them: a number of the company's count of changes, and the life
//! of the hub in which it was handed out.
//!
//! A life begins with every start of a program on the books. Books that were put back to a backup have counted their
//! changes anew since, and the number alone says nothing any more; but they were started once more, so that the life of
//! a lost place is unknown to them, or ended before it.
//!
//! A snapshot is told in pages as well. What was taken away before it began need not be told in it, so its places say
//! where it began.
//!
//! **Invariant:** a place is taken only where every change up to it is one of these books, and the books still know
//! everything that was taken away since.

use saleflex_sync::wire::Cursor;
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    definitions, ids,
};

/// A place in the changes of a company.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    /// The life in which it was handed out; nil before the first start that found the company.
    life: Uuid,
    /// How many changes came up to it.
    pub(crate) change: i64,
    /// How many there were when the snapshot began that it is a place in.
    pub(crate) snapshot_of: Option<i64>,
}

impl Place {
    /// Before the first change.
    pub(crate) const BEGINNING: Self = Self { life: Uuid::nil(), change: 0, snapshot_of: None };

    /// The place that a cursor of this hub, or of one it is a copy of, stands for.
    pub(crate) fn of(cursor: &Cursor) -> Option<Self> {
        let text = cursor.as_str();
        let (number, life) = text.split_once('.').unwrap_or((text, ""));
        let life = if life.is_empty() { Uuid::nil() } else { Uuid::try_parse(life).ok()? };
        let counted = |text: &str| {
            let change = Cursor::parse(text).ok()?.change().ok()?;
            i64::try_from(change).ok()
        };
        let (change, snapshot_of) = match number.split_once('-') {
            None => (counted(number)?, None),
            Some((change, began)) => (counted(change)?, Some(counted(began)?)),
        };
        let place = Self { life, change, snapshot_of };
        // One text a place: no other way to write an identity is taken.
        (place.cursor() == *cursor).then_some(place)
    }

    /// The life of the hub in which it was handed out; nil before the first start that found the company.
    pub(crate) const fn life(self) -> Uuid {
        self.life
    }

    /// The cursor that stands for it.
    pub(crate) fn cursor(self) -> Cursor {
        let number = |change: i64| Cursor::of_change(u64::try_from(change).unwrap_or(0));
        let mut text = number(self.change).to_string();
        if let Some(began) = self.snapshot_of {
            text = format!("{text}-{}", number(began));
        }
        if !self.life.is_nil() {
            text = format!("{text}.{}", self.life.simple());
        }
        Cursor::parse(&text).unwrap_or_else(|_| number(self.change))
    }

    /// The last place there is.
    pub(crate) fn last(session: &mut dyn Session, company: Uuid) -> Result<Self, DatabaseError> {
        let change = definitions::last_change(session, company)?;
        Self::at(session, company, change, None)
    }

    /// The place behind a change that these books hold, perhaps in a snapshot.
    pub(crate) fn at(
        session: &mut dyn Session,
        company: Uuid,
        change: i64,
        snapshot_of: Option<i64>,
    ) -> Result<Self, DatabaseError> {
        let lives = session.query(
            "SELECT life_id FROM company_life WHERE company_id = $1 ORDER BY no DESC LIMIT 1",
            &[company.into()],
        )?;
        let life = lives.first().map_or(Ok(Uuid::nil()), |row| row.id(0))?;
        Ok(Self { life, change, snapshot_of })
    }

    /// Whether these books hold all changes up to it, know what was taken away since, and a store lies where it did then.
    pub(crate) fn is_here(
        self,
        session: &mut dyn Session,
        (company, store): (Uuid, Uuid),
    ) -> Result<bool, DatabaseError> {
        let counted = session.query(
            "SELECT c.changes, c.forgotten, s.placed_after FROM company c LEFT JOIN store s \
             ON s.company_id = c.company_id AND s.store_id = $2 WHERE c.company_id = $1",
            &[company.into(), store.into()],
        )?;
        let Some(row) = counted.first() else { return Ok(false) };
        let placed_after = row.optional_integer(2)?.unwrap_or_default();
        let (last, forgotten) = (row.integer(0)?, row.integer(1)?.max(placed_after));
        let Some(no) = self.no_of_life(session, company)? else { return Ok(false) };
        let next = session.query(
            "SELECT since_change FROM company_life WHERE company_id = $1 AND no > $2 ORDER BY no LIMIT 1",
            &[company.into(), no.into()],
        )?;
        let end = next.first().map_or(Ok(last), |row| row.integer(0))?;
        let reached = self.snapshot_of.unwrap_or(self.change).max(self.change);
        Ok(reached <= end && self.snapshot_of.unwrap_or(self.change) >= forgotten)
    }

    /// Which life of the company it is of; none where these books never heard of it, or no longer know it.
    fn no_of_life(self, session: &mut dyn Session, company: Uuid) -> Result<Option<i64>, DatabaseError> {
        if self.life.is_nil() {
            let sql = "SELECT min(no) FROM company_life WHERE company_id = $1";
            let oldest = session.query(sql, &[company.into()])?;
            let oldest = oldest.first().map_or(Ok(None), |row| row.optional_integer(0))?;
            return Ok((oldest.unwrap_or(1) == 1).then_some(0));
        }
        let known = session.query(
            "SELECT no FROM company_life WHERE company_id = $1 AND life_id = $2",
            &[company.into(), self.life.into()],
        )?;
        known.first().map(|row| row.integer(0)).transpose()
    }
}

/// Begins a life of every company: a program has started on the books.
pub(crate) fn begin_life(session: &mut dyn Session) -> Result<(), DatabaseError> {
    // Other programs may be at work. A change that was counted in the old life and committed after the count was read
    // here would lie beyond that life's end, so whoever counts waits from now on until the new life is known.
    session.execute("UPDATE company SET changes = changes", &[])?;
    let life = uuid::Builder::from_random_bytes(ids::random()).into_uuid();
    session.execute(
        "INSERT INTO company_life (company_id, no, life_id, since_change) SELECT c.company_id, \
         1 + COALESCE((SELECT max(l.no) FROM company_life l WHERE l.company_id = c.company_id), 0), $1, c.changes \
         FROM company c",
        &[life.into()],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_in_one_way_and_nothing_else_is_one() {
        let life = Uuid::from_u128(0xA1);
        for place in [
            Place { life, change: 7, snapshot_of: None },
            Place { life, change: 7, snapshot_of: Some(90) },
            Place { life: Uuid::nil(), change: 7, snapshot_of: Some(9) },
            Place { life: Uuid::nil(), change: 7, snapshot_of: None },
            Place::BEGINNING,
        ] {
            assert_eq!(Place::of(&place.cursor()), Some(place));
        }
        let cursor = Place { life, change: 7, snapshot_of: None }.cursor().to_string();
        for text in [
            "c7.".to_owned(),
            "c7-".to_owned(),
            "c7-9".to_owned(),
            "7".to_owned(),
            "c07".to_owned(),
            "c7.00000000000000000000000000000000".to_owned(),
            cursor.to_uppercase(),
            format!("{cursor}.1"),
            "c99999999999999999999".to_owned(),
        ] {
            let of = Cursor::parse(&text).ok().and_then(|cursor| Place::of(&cursor));
            assert_eq!(of, None, "{text}");
        }
    }
}
