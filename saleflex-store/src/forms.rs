//! Screens as data: forms, their controls and the tabs of those.
//!
//! The store keeps definitions and knows nothing of what they mean; whoever draws them checks them. What the program
//! delivered may be replaced by what a newer program delivers; what a shop changed, in whatever way, stays.

use rusqlite::{Connection, Row, params, types::ValueRef};
use saleflex_core::digest::Digest;
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    file::codec::{Json, get_json},
};

/// The definition of a screen.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FormRecord {
    /// Its number, stable for ever.
    pub form_no: u16,
    /// The name of the screen, such as `SALE`.
    pub name: String,
    /// The title that the screen shows.
    pub caption: Option<String>,
    /// Whether a cashier must be logged in.
    #[serde(default = "yes")]
    pub need_login: bool,
    /// The capability without which nobody sees it.
    pub required_capability: Option<String>,
    /// Size the rectangles in pixels are drawn for.
    #[serde(default = "design_width")]
    pub width: u16,
    /// Size the rectangles in pixels are drawn for.
    #[serde(default = "design_height")]
    pub height: u16,
    /// Events that its palette offers besides its buttons and keys.
    #[serde(default)]
    pub functions: Vec<String>,
    // What came later leaves the digest of a definition that has nothing of it as it was.
    /// The narrowest terminal that it is drawn on, in columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_cols: Option<u16>,
    /// The lowest terminal that it is drawn on, in rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_rows: Option<u16>,
    /// On whose display it is shown: `MAIN` is the cashier's, `CUSTOMER` the customer's; `BOTH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_mode: Option<String>,
    /// Its controls, in the order they are drawn and focused.
    #[serde(default)]
    pub control: Vec<ControlRecord>,
}

/// The definition of a control.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ControlRecord {
    /// Its identity within the form, and for some types its meaning.
    pub name: String,
    /// The type of control.
    #[serde(rename = "type")]
    pub kind: String,
    /// The event of its first state.
    pub function1: Option<String>,
    /// Its label in the first state.
    pub caption1: Option<String>,
    /// What the first event is given.
    pub arg1: Option<String>,
    /// The event of its second state.
    pub function2: Option<String>,
    /// Its label in the second state.
    pub caption2: Option<String>,
    /// What the second event is given.
    pub arg2: Option<String>,
    /// The form it goes to, instead of an event.
    pub target_form: Option<String>,
    /// How it goes there, such as `REPLACE` or `MODAL`.
    pub form_transition_mode: Option<String>,
    /// The key that presses it.
    pub hotkey: Option<String>,
    /// The control it stands in.
    pub parent_name: Option<String>,
    /// The tab of that control, from 0.
    #[serde(default)]
    pub tab_index: u16,
    /// The titles of its own tabs.
    #[serde(default)]
    pub tabs: Vec<String>,
    /// Pixels from the left.
    pub location_x: Option<u16>,
    /// Pixels from the top.
    pub location_y: Option<u16>,
    /// Pixels from its left edge to its right one.
    pub width: Option<u16>,
    /// Pixels from its upper edge to its lower one.
    pub height: Option<u16>,
    /// Cells on a terminal of 120x40 and more: column, row, width, height.
    pub cell: Option<[i16; 4]>,
    /// Cells on a small terminal.
    pub compact: Option<[i16; 4]>,
    /// Cells on a terminal of 160 columns and more.
    pub wide: Option<[i16; 4]>,
    /// The capability without which it is locked.
    pub required_capability: Option<String>,
    /// Whether it is shown.
    #[serde(default = "yes")]
    pub is_visible: bool,
    // What came later leaves the digest of a definition that has nothing of it as it was.
    /// Whether its event runs only once a question is answered with yes.
    #[serde(default, skip_serializing_if = "is_no")]
    pub confirm: bool,
    /// The rows of a list: what its event is given, and behind `=` what the row says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list_values: Vec<String>,
    /// The file of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// A sentence on what it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_tip: Option<String>,
    /// Where its text stands: `LEFT`, `CENTER` or `RIGHT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_alignment: Option<String>,
    /// The colour of its text, such as `0xRRGGBB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fore_color: Option<String>,
    /// The colour behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_color: Option<String>,
    /// What becomes of letters that are typed there: `NORMAL`, `UPPER` or `LOWER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character_casing: Option<String>,
    /// What is typed there, such as `NUMERIC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
}

/// A form as it is stored.
#[derive(Debug)]
pub struct StoredForm {
    /// The number of the form, stable for ever.
    pub form_no: u16,
    /// The name of the form.
    pub name: String,
    /// The definition, or why it cannot be read.
    pub definition: Result<FormRecord, Error>,
    /// It is not, or no longer, what the program delivered.
    pub is_own: bool,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_no(flag: &bool) -> bool {
    !*flag
}

const fn design_width() -> u16 {
    1024
}

const fn design_height() -> u16 {
    768
}

impl FormRecord {
    /// The digest of the definition.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(&serde_json::to_vec(self).expect("texts and numbers are written to memory"))
    }
}

/// A form as its rows are read: whose it is has not been asked.
pub(crate) struct Kept {
    pub(crate) form_no: u16,
    pub(crate) name: String,
    /// The digest of what the program delivered; nothing where the shop put it there.
    delivered: Option<String>,
    pub(crate) definition: Result<FormRecord, Error>,
}

impl Kept {
    /// The form, told whether it is the shop's own.
    pub(crate) fn stored(self) -> StoredForm {
        let digest = self.definition.as_ref().ok().map(|record| record.digest().to_string());
        let is_own = digest.is_none() || digest != self.delivered;
        StoredForm { form_no: self.form_no, name: self.name, definition: self.definition, is_own }
    }
}

/// The rows of every form, by number.
pub(crate) fn kept(connection: &Connection) -> Result<Vec<Kept>, Error> {
    let mut select = connection.prepare("SELECT form_no, name, delivered FROM form ORDER BY form_no")?;
    let heads = select.query_map([], |row| {
        let form_no = row.get(0)?;
        let definition = read(connection, form_no);
        Ok(Kept { form_no, name: row.get(1)?, delivered: row.get(2)?, definition })
    })?;
    Ok(heads.collect::<Result<_, _>>()?)
}

/// Every stored form, by number.
pub(crate) fn load(connection: &Connection) -> Result<Vec<StoredForm>, Error> {
    Ok(kept(connection)?.into_iter().map(Kept::stored).collect())
}

fn read(connection: &Connection, form_no: u16) -> Result<FormRecord, Error> {
    let mut controls = connection.prepare_cached(
        "SELECT name, type, function1, caption1, arg1, function2, caption2, arg2, target_form, \
         form_transition_mode, hotkey, parent_name, tab_index, location_x, location_y, width, height, cell, \
         compact, wide, required_capability, is_visible, confirm, list_values, image, tool_tip, text_alignment, \
         fore_color, back_color, character_casing, input_type FROM form_control WHERE form_no = ?1 ORDER BY position, name",
    )?;
    let mut control = controls.query_map([form_no], read_control)?.collect::<Result<Vec<_>, _>>()?;
    let mut tabs = connection.prepare_cached(
        "SELECT control, tab_title FROM form_control_tab WHERE form_no = ?1 ORDER BY control, tab_index",
    )?;
    let tabs = tabs.query_map([form_no], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    for tab in tabs {
        let (owner, title) = tab?;
        if let Some(owner) = control.iter_mut().find(|control| control.name == owner) {
            owner.tabs.push(title);
        }
    }
    let sql = "SELECT form_no, name, caption, need_login, required_capability, width, height, functions, \
               min_cols, min_rows, display_mode FROM form WHERE form_no = ?1";
    Ok(connection.query_row(sql, [form_no], |row| {
        Ok(FormRecord {
            form_no: row.get(0)?,
            name: row.get(1)?,
            caption: row.get(2)?,
            need_login: row.get(3)?,
            required_capability: row.get(4)?,
            width: row.get(5)?,
            height: row.get(6)?,
            functions: get_json(row, 7)?,
            min_cols: row.get(8)?,
            min_rows: row.get(9)?,
            display_mode: row.get(10)?,
            control,
        })
    })?)
}

fn read_control(row: &Row<'_>) -> rusqlite::Result<ControlRecord> {
    let cells = |at: usize| {
        let is_absent = row.get_ref(at)? == ValueRef::Null;
        if is_absent { Ok(None) } else { get_json(row, at).map(Some) }
    };
    Ok(ControlRecord {
        name: row.get(0)?,
        kind: row.get(1)?,
        function1: row.get(2)?,
        caption1: row.get(3)?,
        arg1: row.get(4)?,
        function2: row.get(5)?,
        caption2: row.get(6)?,
        arg2: row.get(7)?,
        target_form: row.get(8)?,
        form_transition_mode: row.get(9)?,
        hotkey: row.get(10)?,
        parent_name: row.get(11)?,
        tab_index: row.get(12)?,
        tabs: Vec::new(),
        location_x: row.get(13)?,
        location_y: row.get(14)?,
        width: row.get(15)?,
        height: row.get(16)?,
        cell: cells(17)?,
        compact: cells(18)?,
        wide: cells(19)?,
        required_capability: row.get(20)?,
        is_visible: row.get(21)?,
        confirm: row.get(22)?,
        list_values: get_json(row, 23)?,
        image: row.get(24)?,
        tool_tip: row.get(25)?,
        text_alignment: row.get(26)?,
        fore_color: row.get(27)?,
        back_color: row.get(28)?,
        character_casing: row.get(29)?,
        input_type: row.get(30)?,
    })
}

/// Puts a form in the place of the one with its number; `delivered` is the digest it is compared with later.
pub(crate) fn write(
    connection: &Connection,
    form: &FormRecord,
    delivered: Option<&str>,
) -> Result<(), Error> {
    remove(connection, form.form_no)?;
    connection.execute(
        "INSERT INTO form (form_no, name, caption, need_login, required_capability, width, height, functions, \
         delivered, min_cols, min_rows, display_mode) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            form.form_no,
            form.name,
            form.caption,
            form.need_login,
            form.required_capability,
            form.width,
            form.height,
            Json(&form.functions),
            delivered,
            form.min_cols,
            form.min_rows,
            form.display_mode,
        ],
    )?;
    for (position, control) in (0_i64..).zip(&form.control) {
        write_control(connection, form.form_no, position, control)?;
    }
    Ok(())
}

fn write_control(
    connection: &Connection,
    form_no: u16,
    position: i64,
    control: &ControlRecord,
) -> Result<(), Error> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO form_control (form_no, position, name, type, function1, caption1, arg1, function2, caption2, \
         arg2, target_form, form_transition_mode, hotkey, parent_name, tab_index, location_x, location_y, width, \
         height, cell, compact, wide, required_capability, is_visible, confirm, list_values, image, tool_tip, \
         text_alignment, fore_color, back_color, character_casing, input_type) VALUES (?1, ?2, ?3, ?4, ?5, ?6, \
         ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, \
         ?28, ?29, ?30, ?31, ?32, ?33)",
    )?;
    insert.execute(params![
        form_no,
        position,
        control.name,
        control.kind,
        control.function1,
        control.caption1,
        control.arg1,
        control.function2,
        control.caption2,
        control.arg2,
        control.target_form,
        control.form_transition_mode,
        control.hotkey,
        control.parent_name,
        control.tab_index,
        control.location_x,
        control.location_y,
        control.width,
        control.height,
        control.cell.map(Json),
        control.compact.map(Json),
        control.wide.map(Json),
        control.required_capability,
        control.is_visible,
        control.confirm,
        Json(&control.list_values),
        control.image,
        control.tool_tip,
        control.text_alignment,
        control.fore_color,
        control.back_color,
        control.character_casing,
        control.input_type,
    ])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO form_control_tab (form_no, control, tab_index, tab_title) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (at, title) in (0_i64..).zip(&control.tabs) {
        insert.execute(params![form_no, control.name, at, title])?;
    }
    Ok(())
}

/// Takes a form out.
pub(crate) fn remove(connection: &Connection, form_no: u16) -> Result<(), Error> {
    for table in ["form_control_tab", "form_control", "form"] {
        connection.execute(&format!("DELETE FROM {table} WHERE form_no = ?1"), [form_no])?;
    }
    Ok(())
}
