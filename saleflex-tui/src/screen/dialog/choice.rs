//! A choice of one of a few on a single row. Where they are wider than it, the chosen one is in sight, and marks say on which
//! side there are more.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use crate::theme::Theme;

/// Columns of a mark that there are more.
const MARK: u16 = 2;

/// What of a choice is shown.
pub(super) struct Shown<'a> {
    /// From the first that is.
    options: &'a [String],
    /// How many stand before them.
    skipped: usize,
    /// Whether marks take their columns on either side.
    is_marked: bool,
    /// Columns for the options.
    room: u16,
}

/// Columns of an option, with a blank on either side.
fn columns(option: &str) -> usize {
    Span::raw(option).width() + 2
}

impl<'a> Shown<'a> {
    /// Leaves out as many at the front as it takes for the chosen one to fit into so many columns.
    pub(super) fn of(options: &'a [String], chosen: Option<usize>, width: u16) -> Self {
        let is_wider = |options: &[String], room: u16| {
            options.iter().map(|option| columns(option)).sum::<usize>() > usize::from(room)
        };
        if !is_wider(options, width) {
            return Self { options, skipped: 0, is_marked: false, room: width };
        }
        let room = width.saturating_sub(2 * MARK);
        let until = options.get(..=chosen.unwrap_or(0)).unwrap_or(options);
        let most = until.len().saturating_sub(1);
        let skipped =
            (0..most).find(|at| !is_wider(until.get(*at..).unwrap_or_default(), room)).unwrap_or(most);
        let options = options.get(skipped..).unwrap_or_default();
        Self { options, skipped, is_marked: true, room }
    }

    /// How many of those from the first that is shown are so whole.
    fn whole(&self) -> usize {
        let mut end = 0;
        let fits = |option: &&String| {
            end += columns(option);
            end <= usize::from(self.room)
        };
        self.options.iter().take_while(fits).count()
    }

    /// Draws it on a row.
    pub(super) fn draw(&self, theme: &Theme, frame: &mut Frame<'_>, row: Rect, chosen: Option<usize>) {
        let style = |at: usize| if Some(at) == chosen { theme.selected } else { theme.dim };
        let spans = (self.skipped..)
            .zip(self.options)
            .map(|(at, option)| Span::styled(format!(" {option} "), style(at)));
        let mut area = row;
        if self.is_marked {
            let mark = |is_more: bool, mark: &'static str| if is_more { mark } else { "" };
            let before = Rect { width: MARK.min(row.width), ..row };
            let behind = Rect { x: row.right().saturating_sub(MARK), ..before };
            frame.render_widget(Paragraph::new(mark(self.skipped > 0, "<")).style(theme.dim), before);
            let is_more = self.whole() < self.options.len();
            frame.render_widget(Paragraph::new(mark(is_more, " >")).style(theme.dim), behind);
            area = Rect { x: row.x.saturating_add(MARK), width: self.room, ..row };
        }
        frame.render_widget(Paragraph::new(Line::from(spans.collect::<Vec<_>>())), area);
    }

    /// Which one is at a column of the row; at a mark the next on its side.
    pub(super) fn at(&self, x: u16) -> Option<usize> {
        let x = if self.is_marked {
            match x.checked_sub(MARK) {
                None => return self.skipped.checked_sub(1),
                Some(x) if x >= self.room => return self.first_behind(),
                Some(x) => x,
            }
        } else {
            x
        };
        let mut end = 0;
        let is_under = |option: &String| {
            end += columns(option);
            usize::from(x) < end
        };
        self.options.iter().position(is_under).map(|at| at + self.skipped)
    }

    /// The first behind those that are whole.
    fn first_behind(&self) -> Option<usize> {
        let whole = self.whole();
        (whole < self.options.len()).then_some(self.skipped + whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_of_many_is_in_sight_and_each_is_under_the_mouse_where_it_stands() {
        let names = ["Ada", "Bartholomew", "Clementine", "Montgomery", "Morgan"].map(str::to_owned);
        let all = Shown::of(&names, Some(4), 80);
        assert_eq!((all.is_marked, all.at(0), all.at(6), all.at(79)), (false, Some(0), Some(1), None));
        for chosen in 0..names.len() {
            let shown = Shown::of(&names, Some(chosen), 24);
            let before: usize = names[shown.skipped..chosen].iter().map(|name| columns(name)).sum();
            assert!(before + columns(&names[chosen]) <= usize::from(shown.room), "{chosen}");
            let at = MARK + u16::try_from(before).unwrap() + 1;
            assert_eq!(shown.at(at), Some(chosen));
        }
        let last = Shown::of(&names, Some(4), 24);
        assert_eq!((last.skipped, last.at(0), last.at(23)), (3, Some(2), None));
        let first = Shown::of(&names, None, 24);
        assert_eq!((first.skipped, first.at(0), first.at(23)), (0, None, Some(2)));
    }
}
