//! Where a control is on a terminal of a given size.

use ratatui::layout::{Margin, Position, Rect, Size};

use super::{Control, ControlKind, Form};

/// Which set of cell rectangles a terminal takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SizeClass {
    /// Less than 120 columns or 36 rows: lists and input; buttons are in the palette.
    Compact,
    /// The design size, 120x40.
    Normal,
    /// 160 columns and more: further panes.
    Wide,
}

/// The smallest terminal of the design size.
pub(super) const SMALLEST_NORMAL: Size = Size::new(120, 36);
/// The smallest terminal with further panes.
pub(super) const SMALLEST_WIDE: Size = Size::new(160, 36);

/// The smallest terminal a screen is drawn on; below, a message asks for more room.
pub const SMALLEST: Size = Size::new(80, 24);

impl SizeClass {
    /// The class of a size.
    pub const fn of(size: Size) -> Self {
        if size.width < 120 || size.height < 36 {
            Self::Compact
        } else if size.width < 160 {
            Self::Normal
        } else {
            Self::Wide
        }
    }
}

/// A rectangle in cells that fits itself to the terminal: a negative `x` or `y` counts from the right or bottom
/// edge; a `w` or `h` of nothing or less reaches to the far edge less so many cells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cells {
    /// First column.
    pub x: i16,
    /// First row.
    pub y: i16,
    /// Width.
    pub w: i16,
    /// Height.
    pub h: i16,
}

impl Cells {
    /// The rectangle on a terminal of this size; empty where there is no room.
    pub fn place(self, size: Size) -> Rect {
        let (x, width) = span(self.x, self.w, size.width);
        let (y, height) = span(self.y, self.h, size.height);
        Rect::new(x, y, width, height)
    }
}

impl Cells {
    /// Whether the whole rectangle is in sight on a terminal of this size.
    pub fn fits(self, size: Size) -> bool {
        let within = |start: i16, length: i16, total: u16| {
            let total = i32::from(total);
            let (start, length) = (i32::from(start), i32::from(length));
            let first = if start < 0 { total + start } else { start };
            let last = if length > 0 { first + length } else { total + length };
            0 <= first && first < last && last <= total
        };
        within(self.x, self.w, size.width) && within(self.y, self.h, size.height)
    }
}

impl Form {
    /// Where a control is on a terminal of a size; none where it is not shown there.
    pub(super) fn rect_of(&self, control: &Control, size: Size) -> Option<Rect> {
        let room = self.room_of(control, size)?;
        let cells = match SizeClass::of(size) {
            SizeClass::Compact => control.compact,
            SizeClass::Normal => control.cells,
            SizeClass::Wide => control.wide.or(control.cells),
        };
        let placed = match (cells, control.pixels) {
            (Some(cells), _) => cells.place(room.as_size()),
            (None, Some(pixels)) => pixels.place(self.design_of(control)?, room.as_size()),
            (None, None) => return None,
        };
        let rect = Rect { x: room.x + placed.x, y: room.y + placed.y, ..placed };
        (!rect.is_empty()).then_some(rect)
    }

    /// The room that a control's place is counted in: the inside of its group, else the terminal.
    pub(super) fn room_of(&self, control: &Control, size: Size) -> Option<Rect> {
        let Some(group) = self.group_of(control) else { return Some(Rect::from((Position::ORIGIN, size))) };
        let room = self.rect_of(group, size)?.inner(Margin::new(1, 1));
        (!room.is_empty()).then_some(room)
    }

    /// The size in pixels that a control's rectangle is drawn for; none in a group that has none.
    pub(super) fn design_of(&self, control: &Control) -> Option<Size> {
        match self.group_of(control) {
            Some(group) => group.pixels.map(|pixels| Size::new(pixels.width, pixels.height)),
            None => Some(self.design),
        }
    }

    /// The group a control stands in. A group itself stands in none.
    pub(super) fn group_of(&self, control: &Control) -> Option<&Control> {
        let parent = control.parent.as_deref().filter(|_| control.kind != ControlKind::Group)?;
        self.control(parent).filter(|parent| parent.kind == ControlKind::Group)
    }
}

/// Start and length of one direction.
fn span(start: i16, length: i16, total: u16) -> (u16, u16) {
    let total = i32::from(total);
    let (start, length) = (i32::from(start), i32::from(length));
    let first = if start < 0 { total + start } else { start }.clamp(0, total);
    let last = if length > 0 { first + length } else { total + length }.clamp(first, total);
    // Both are within 0..=total, which came from a u16.
    (u16::try_from(first).unwrap_or(0), u16::try_from(last - first).unwrap_or(0))
}

/// A rectangle in pixels of a form's design size.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pixels {
    /// Distance from the left.
    pub x: u16,
    /// Distance from the top.
    pub y: u16,
    /// Width.
    pub width: u16,
    /// Height.
    pub height: u16,
}

impl Pixels {
    /// The rectangle scaled from the design to a terminal. Edges are scaled, not widths, so that controls that
    /// touch on the design touch on the terminal.
    pub fn place(self, design: Size, size: Size) -> Rect {
        let column = |x: u16| scale(x, design.width, size.width);
        let row = |y: u16| scale(y, design.height, size.height);
        let (left, top) = (column(self.x), row(self.y));
        let right = column(self.x.saturating_add(self.width)).max(left.saturating_add(1)).min(size.width);
        let bottom = row(self.y.saturating_add(self.height)).max(top.saturating_add(1)).min(size.height);
        Rect::new(left, top, right.saturating_sub(left), bottom.saturating_sub(top))
    }
}

fn scale(value: u16, design: u16, size: u16) -> u16 {
    let (value, design, size) = (u32::from(value), u32::from(design.max(1)), u32::from(size));
    let scaled = (2 * value * size + design) / (2 * design);
    u16::try_from(scaled.min(size)).unwrap_or(u16::MAX)
}
