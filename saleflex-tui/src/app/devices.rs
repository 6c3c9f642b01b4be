//! What the state of the devices does to the screen.

use super::{State, Tone};
use crate::{
    effect::{DeviceStatus, Effect},
    message,
    text::Key,
};

impl State {
    /// Takes how the devices stand now; true where the screen shows something else now. What is new is said below the
    /// screen; what keeps the printer from printing with every document that waits for it.
    pub fn take_devices(&mut self, devices: DeviceStatus) -> bool {
        if devices == self.devices {
            return false;
        }
        let before = std::mem::replace(&mut self.devices, devices);
        if let Some((tone, words)) = self.news_of(&before) {
            self.say_words(tone, words);
        }
        true
    }

    /// Tries the printer again; what is wrong with it is said anew where it still is.
    pub(super) fn retry_printing(&mut self) -> Vec<Effect> {
        if let Some(printer) = &mut self.devices.printer {
            printer.trouble = None;
        }
        vec![Effect::RetryPrinting]
    }

    /// Says that paper is on its way, or why it is not.
    pub(super) fn say_printed(&mut self, said: Result<String, String>) {
        let (tone, words) = said.map_or_else(|words| (Tone::Bad, words), |words| (Tone::Good, words));
        self.say_words(tone, words);
    }

    fn news_of(&self, before: &DeviceStatus) -> Option<(Tone, String)> {
        let say = |tone, key| Some((tone, self.text.word(key).to_owned()));
        if self.devices.fault != before.fault
            && let Some(fault) = &self.devices.fault
        {
            return Some((Tone::Bad, self.text.fill(Key::DevicesFault, &[("why", fault)])));
        }
        if self.devices.narrow != before.narrow
            && let Some(narrow) = &self.devices.narrow
        {
            return Some((Tone::Bad, narrow.clone()));
        }
        let now = self.devices.printer?;
        let before = before.printer.unwrap_or_default();
        if now.is_storage_broken && !before.is_storage_broken {
            return say(Tone::Bad, Key::PrinterStorage);
        }
        match now.trouble {
            Some(trouble) if before.trouble != Some(trouble) || now.waiting > before.waiting => {
                let trouble = message::trouble(self.text, trouble);
                return Some((Tone::Bad, self.text.fill(Key::PrinterTrouble, &[("trouble", &trouble)])));
            }
            None if before.trouble.is_some() && now.printed > before.printed => {
                return say(Tone::Good, Key::PrinterWell);
            }
            _ => {}
        }
        if now.failed > before.failed {
            return say(Tone::Bad, Key::PrinterFailed);
        }
        if now.is_paper_low && !before.is_paper_low {
            return say(Tone::Notice, Key::PrinterPaperLow);
        }
        None
    }

    /// What the status bar says of the devices; nothing while all is well.
    pub fn devices_words(&self) -> Option<String> {
        if self.devices.fault.is_some() {
            return Some(self.text.word(Key::StatusDevices).to_owned());
        }
        let printer = self.devices.printer?;
        let count = (printer.waiting + printer.failed).to_string();
        let is_held = printer.trouble.is_some() || printer.failed > 0 || printer.is_storage_broken;
        if is_held {
            return Some(self.text.fill(Key::StatusPrinter, &[("count", &count)]));
        }
        let is_open = printer.is_drawer_open.then_some(Key::StatusDrawerOpen);
        let key = is_open.or_else(|| printer.is_paper_low.then_some(Key::StatusPaperLow))?;
        Some(self.text.word(key).to_owned())
    }
}
