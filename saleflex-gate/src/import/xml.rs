//! A file of rows in the XML that exports are written in: `<rows><row><field name="code">2001</field></row></rows>`.

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::reading::unreadable;
use crate::ApiError;

/// A row: names of fields and what stands in them.
type Row = Vec<(String, String)>;

/// What was read of a file.
#[derive(Default)]
struct File {
    /// Whether the whole is open.
    is_open: bool,
    /// Whether a row was read.
    has_rows: bool,
    /// The row that is open.
    row: Option<Row>,
    /// The field that is open.
    field: Option<(String, String)>,
}

/// Takes the rows of a file one after the other, each with the fields that say something.
///
/// # Errors
/// `file_unreadable`; those of whoever takes a row.
pub(super) fn each(text: &str, take: &mut dyn FnMut(Row) -> Result<(), ApiError>) -> Result<(), ApiError> {
    let (mut reader, mut file) = (Reader::from_str(text), File::default());
    loop {
        match reader.read_event().map_err(unreadable)? {
            Event::Start(tag) => file.open(&tag)?,
            Event::Empty(tag) => {
                file.open(&tag)?;
                file.close().map_or(Ok(()), &mut *take)?;
            }
            Event::End(_) => file.close().map_or(Ok(()), &mut *take)?,
            Event::Text(text) => file.say(&text.xml10_content().map_err(unreadable)?)?,
            Event::CData(text) => file.say(&text.xml10_content().map_err(unreadable)?)?,
            Event::GeneralRef(named) => file.say(&resolved(&named)?)?,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::DocType(_) => return Err(unreadable("a file of rows has no types of its own")),
            Event::Eof => break,
        }
    }
    if file.is_open {
        return Err(unreadable("the file ends before its rows do"));
    }
    Ok(())
}

impl File {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), ApiError> {
        let name = tag.name();
        let name: &[u8] = name.as_ref();
        match (name, self.is_open, self.row.is_some(), self.field.is_some()) {
            (b"rows", false, ..) if !self.has_rows => self.is_open = true,
            (b"row", true, false, _) => self.row = Some(Row::new()),
            (b"field", true, true, false) => self.field = Some((named(tag)?, String::new())),
            _ => return Err(unreadable("`rows` holds `row`, and that `field` with a `name`")),
        }
        Ok(())
    }

    /// Ends what was opened last, and answers a row that is whole; the reader checks that it ends what it began.
    fn close(&mut self) -> Option<Row> {
        if let (Some(field), Some(row)) = (self.field.take(), &mut self.row) {
            if !field.1.trim().is_empty() {
                row.push(field);
            }
            return None;
        }
        let row = self.row.take();
        self.has_rows |= row.is_some();
        self.is_open = row.is_some();
        row
    }

    fn say(&mut self, text: &str) -> Result<(), ApiError> {
        match &mut self.field {
            Some((_, said)) => said.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(unreadable("what a row says stands in its fields")),
        }
        Ok(())
    }
}

/// What a field is called.
fn named(tag: &BytesStart<'_>) -> Result<String, ApiError> {
    let name = tag.try_get_attribute("name").map_err(unreadable)?;
    let name = name.ok_or_else(|| unreadable("a field has a `name`"))?;
    let name = name.normalized_value(XmlVersion::Implicit1_0).map_err(unreadable)?;
    Ok(name.into_owned())
}

/// The letters that stand for others.
fn resolved(named: &BytesRef<'_>) -> Result<String, ApiError> {
    if let Some(letter) = named.resolve_char_ref().map_err(unreadable)? {
        return Ok(letter.to_string());
    }
    let name = named.decode().map_err(unreadable)?;
    let known =
        resolve_predefined_entity(&name).ok_or_else(|| unreadable(format!("`{name}` stands for nothing")))?;
    Ok(known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Row>, ApiError> {
        let mut rows = Vec::new();
        each(text, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn a_file_of_xml_says_what_its_fields_hold_and_is_rows_of_fields_or_refused() {
        let read = rows(
            "<?xml version=\"1.0\"?>\n<rows resource=\"products\"><!-- tea --><row><field name=\"code\">0017</field>\
             <field name=\"name\">Tea &amp; <![CDATA[<milk>]]>&#33;</field><field name=\"old_code\"/></row><row/></rows>",
        );
        let said = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(read.unwrap(), [vec![said("code", "0017"), said("name", "Tea & <milk>!")], Vec::new()]);
        for wrong in [
            "<rows><row>",
            "<rows><row></rows>",
            "<rows><field name=\"code\">1</field></rows>",
            "<rows><row>1</row></rows>",
            "<rows><row><field>1</field></row></rows>",
            "<rows><row><field name=\"code\">&tea;</field></row></rows>",
            "<!DOCTYPE rows [<!ENTITY tea \"1\">]><rows/>",
            "<products/>",
        ] {
            assert_eq!(rows(wrong).unwrap_err().code, "file_unreadable", "{wrong}");
        }
    }
}
