//! From the sale to the menu by Escape, and back.

use super::{Place, State};
use crate::form::MENU;

impl State {
    /// Goes back a screen; on the menu, to the sale that was left for it.
    pub(super) fn step_back(&mut self) {
        if self.selling.is_left && matches!(self.place(), Place::Page { form, .. } if form == MENU) {
            // Where it may not be shown any more, somebody is asked.
            self.show_sale();
        } else {
            self.go_back();
        }
    }
}
