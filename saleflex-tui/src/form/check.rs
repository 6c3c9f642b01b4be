//! What is checked of a form beside others: where its controls lead, which keys they take, whether they are in sight.

use ratatui::layout::Size;

use super::{
    Cells, Control, ControlKind, Form, FormError, Forms, SMALLEST,
    layout::{SMALLEST_NORMAL, SMALLEST_WIDE},
};
use crate::{
    action::{Action, Screen},
    keymap::{Keymap, Mode},
    registry,
};

/// Forms that are no place to go: nobody is logged in there.
const CLOSED: [&str; 2] = ["LOGIN", "SETUP"];
/// Rows that the frame of a list takes.
const FRAME: u16 = 2;

impl Form {
    /// Checks the form as one of a set, with the keys of its screen.
    ///
    /// # Errors
    /// [`FormError`] for the first thing that is wrong.
    pub fn check(&self, forms: &Forms, keymap: &Keymap) -> Result<(), FormError> {
        self.check_room()?;
        for control in &self.controls {
            self.check_target(control, forms)?;
            self.check_key(control, keymap)?;
            self.check_sight(control)?;
        }
        Ok(())
    }

    /// Whoever works at a small terminal needs each of the screens that the program delivers.
    fn check_room(&self) -> Result<(), FormError> {
        if self.least == Size::default() || Forms::delivered().get(&self.name).is_none() {
            return Ok(());
        }
        let Size { width: columns, height: rows } = SMALLEST;
        Err(FormError::NeedsRoom { form: self.name.clone(), columns, rows })
    }

    fn check_target(&self, control: &Control, forms: &Forms) -> Result<(), FormError> {
        for function in control.functions() {
            let Action::Go(Screen::Form(target)) = &function.action else { continue };
            if forms.get(target).is_none() || CLOSED.contains(&target.as_ref()) {
                return Err(FormError::UnknownTarget {
                    form: self.name.clone(),
                    control: control.name.clone(),
                    target: target.to_string(),
                });
            }
        }
        Ok(())
    }

    /// A key that the screen's own table has, or that is typed there, would never reach the control.
    fn check_key(&self, control: &Control, keymap: &Keymap) -> Result<(), FormError> {
        let (Some(key), Some(function)) = (control.hotkey, &control.first) else { return Ok(()) };
        let mode = registry::mode_of(&self.name);
        let own = mode.lineage().filter(|mode| !matches!(mode, Mode::Screen | Mode::Any));
        let meaning = own.flat_map(|mode| keymap.keys(mode)).find(|(known, _)| *known == key);
        let is_typed =
            matches!(mode, Mode::List | Mode::Record | Mode::Sale | Mode::Login) && key.typed().is_some();
        if is_typed || meaning.is_some_and(|(_, action)| *action != function.action) {
            return Err(FormError::KeyTaken {
                form: self.name.clone(),
                control: control.name.clone(),
                key: key.to_string(),
            });
        }
        Ok(())
    }

    /// A terminal on which a list has more rows than room. Only what is chosen from is moved through.
    fn cuts_rows(&self, control: &Control) -> Option<Size> {
        let is_read = control.kind == ControlKind::ListBox && control.stops() == 0;
        let sizes = [SMALLEST, SMALLEST_NORMAL, SMALLEST_WIDE].map(|size| self.drawn_from(size));
        sizes.into_iter().find(|size| {
            let room =
                self.rect_of(control, *size).map(|rect| usize::from(rect.height.saturating_sub(FRAME)));
            is_read && room.is_some_and(|room| room < control.items.len())
        })
    }

    /// A size, or the larger one below which the form is not drawn.
    fn drawn_from(&self, size: Size) -> Size {
        Size::new(size.width.max(self.least.width), size.height.max(self.least.height))
    }

    fn check_sight(&self, control: &Control) -> Result<(), FormError> {
        let sets =
            [(control.compact, SMALLEST), (control.cells, SMALLEST_NORMAL), (control.wide, SMALLEST_WIDE)]
                .map(|(cells, size)| (cells, self.drawn_from(size)));
        let has_room = |cells: Cells, size: Size| {
            self.room_of(control, size).is_some_and(|room| cells.fits(room.as_size()))
        };
        let hidden =
            sets.into_iter().find(|(cells, size)| cells.is_some_and(|cells| !has_room(cells, *size)));
        let is_beyond = control.pixels.is_some_and(|pixels| {
            let beyond = |start: u16, length: u16, total: u16| {
                length == 0 || start.checked_add(length).is_none_or(|end| end > total)
            };
            self.design_of(control).is_none_or(|design| {
                beyond(pixels.x, pixels.width, design.width) || beyond(pixels.y, pixels.height, design.height)
            })
        });
        let size: Option<Size> = hidden.map(|(_, size)| size).or(is_beyond.then_some(SMALLEST));
        let size = size.or_else(|| self.cuts_rows(control));
        match size {
            Some(size) => Err(FormError::OutOfSight {
                form: self.name.clone(),
                control: control.name.clone(),
                columns: size.width,
                rows: size.height,
            }),
            None => Ok(()),
        }
    }
}
