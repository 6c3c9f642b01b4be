//! Pictures of people: small ones, of kinds that hold no program, told by their first bytes and not by what somebody says.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{DatabaseError, Session};

/// The most bytes of one.
pub(crate) const MOST_BYTES: usize = 256 * 1_024;

/// A picture as it is shown.
#[derive(Debug)]
pub(crate) struct Picture {
    /// What it is, such as `image/png`.
    pub(crate) kind: &'static str,
    /// What it is called as a file.
    pub(crate) name: &'static str,
    /// Itself.
    pub(crate) bytes: Vec<u8>,
}

/// The kinds that are taken, each with the name of its file.
const KINDS: [(&str, &str); 4] = [
    ("image/png", "picture.png"),
    ("image/jpeg", "picture.jpg"),
    ("image/gif", "picture.gif"),
    ("image/webp", "picture.webp"),
];

/// What bytes are; none for what is not taken as a picture.
pub(crate) fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    let is_gif = bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a");
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice());
    if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        Some("image/png")
    } else if bytes.starts_with(b"\xFF\xD8\xFF") {
        Some("image/jpeg")
    } else if is_gif {
        Some("image/gif")
    } else if is_webp {
        Some("image/webp")
    } else {
        None
    }
}

/// Keeps a person's picture, in the place of the one before.
pub(crate) fn put(
    session: &mut dyn Session,
    user: Uuid,
    (kind, bytes): (&str, &[u8]),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    session.execute(
        "INSERT INTO user_picture (user_id, media_type, content, changed_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (user_id) DO UPDATE SET media_type = excluded.media_type, content = excluded.content, \
         changed_at = excluded.changed_at",
        &[user.into(), kind.into(), STANDARD.encode(bytes).into(), now.timestamp_millis().into()],
    )?;
    Ok(())
}

/// A person's picture, if there is one.
pub(crate) fn of(session: &mut dyn Session, user: Uuid) -> Result<Option<Picture>, DatabaseError> {
    let sql = "SELECT media_type, content FROM user_picture WHERE user_id = $1";
    let rows = session.query(sql, &[user.into()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let stored = row.text(0)?;
    let known = KINDS.into_iter().find(|(kind, _)| *kind == stored);
    let (kind, name) = known.ok_or(DatabaseError::Column { column: 0, expected: "a kind of picture" })?;
    let bytes = STANDARD.decode(row.text(1)?);
    let bytes = bytes.map_err(|_| DatabaseError::Column { column: 1, expected: "a picture" })?;
    Ok(Some(Picture { kind, name, bytes }))
}

/// Forgets a person's picture; nothing where there is none.
pub(crate) fn remove(session: &mut dyn Session, user: Uuid) -> Result<(), DatabaseError> {
    session.execute("DELETE FROM user_picture WHERE user_id = $1", &[user.into()]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_told_by_its_first_bytes_and_nothing_that_holds_a_program_is_one() {
        let pictures: [(&[u8], &str); 5] = [
            (b"\x89PNG\r\n\x1A\n....", "image/png"),
            (b"\xFF\xD8\xFF\xE0....", "image/jpeg"),
            (b"GIF87a...", "image/gif"),
            (b"GIF89a...", "image/gif"),
            (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        ];
        for (bytes, kind) in pictures {
            assert_eq!(kind_of(bytes), Some(kind));
            assert!(KINDS.iter().any(|(known, _)| *known == kind));
        }
        let others: [&[u8]; 6] = [
            b"",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            b"<html>GIF89a",
            b"RIFF\x24\x00\x00\x00WAVEfmt ",
            b"RIFF",
            b"{}",
        ];
        for other in others {
            assert_eq!(kind_of(other), None);
        }
    }
}
