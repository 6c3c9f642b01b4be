//! Rows that fit beside what is here and not beside one another.

use saleflex_store::{Error, Till, inbox::Taken};

/// A row with what it makes; none where nothing of it is written.
pub(super) type Part<T> = (Option<T>, Taken);

/// Writes what some rows make, and what became of them.
pub(super) type Write<T> = fn(&mut Till, &str, &[T], &[Taken]) -> Result<(), Error>;

/// Takes rows as a whole, else half by half, down to those that do not fit beside the ones before: these are held and say
/// why. Answers what became of each.
///
/// # Errors
/// Those of `write` that no row is to blame for.
pub(super) fn take<T: Clone>(
    till: &mut Till,
    connector: &str,
    rows: Vec<Part<T>>,
    write: Write<T>,
) -> Result<Vec<Taken>, Error> {
    let made: Vec<T> = rows.iter().filter_map(|(made, _)| made.clone()).collect();
    let marks: Vec<Taken> = rows.iter().map(|(_, mark)| mark.clone()).collect();
    let why = match write(till, connector, &made, &marks) {
        Ok(()) => return Ok(marks),
        Err(cause) => misfit(cause)?,
    };
    let mut rows = rows;
    if let [(_, mark)] = rows.as_mut_slice() {
        mark.held_for.get_or_insert(why);
        let marks = vec![mark.clone()];
        write(till, connector, &[], &marks)?;
        return Ok(marks);
    }
    let later = rows.split_off(rows.len() / 2);
    let mut marks = take(till, connector, rows, write)?;
    marks.extend(take(till, connector, later, write)?);
    Ok(marks)
}

/// Why a row has to wait, where a row is to blame.
fn misfit(cause: Error) -> Result<String, Error> {
    if matches!(cause, Error::Taken { .. } | Error::PhoneTaken(_)) {
        Ok(cause.to_string())
    } else if cause.is_of_a_constraint() {
        Ok("another has what only one can have".to_owned())
    } else {
        Err(cause)
    }
}
