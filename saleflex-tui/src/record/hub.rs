//! With whom the till talks. It lies beside the till's file and not in it, so that no backup carries it elsewhere.

use saleflex_store::{Error, Till};
use saleflex_sync::transport::Address;

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    effect::{Enrolment, Secret},
    listing::RowId,
    message,
    program::ProgramConfig,
    sync::SyncMode,
    text::{Key, Text},
};

/// With whom the till talks.
pub(crate) struct HubModel;

const MODES: [(SyncMode, Key); 3] = [
    (SyncMode::Standalone, Key::ModeStandalone),
    (SyncMode::Office, Key::ModeOffice),
    (SyncMode::Gate, Key::ModeGate),
];

impl Model for HubModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "SYNC_SETTINGS",
            panel: "SYNC_SETTINGS",
            definition: include_str!("../../forms/sync_settings.toml"),
            event: "SYNC_SETTINGS_FORM",
            fields: &["HUB_MODE", "HUB_ADDRESS", "HUB_CODE", "HUB_TILL"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintHub
    }

    fn is_the_only_one(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, _: Option<RowId>) -> Result<Fields, Error> {
        let sync = ProgramConfig::beside(till.path()).unwrap_or_default().sync;
        let options = MODES.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
        let at = MODES.iter().position(|(mode, _)| *mode == sync.mode).unwrap_or(0);
        let names = [sync.office_code, sync.store_code, sync.terminal_code];
        let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        Ok(vec![
            ("HUB_MODE", Value::Choice { options, at }),
            ("HUB_ADDRESS", Value::Text(sync.address)),
            ("HUB_CODE", Value::Text(String::new())),
            ("HUB_TILL", Value::Fixed(names.join(" / "))),
        ])
    }

    /// Without a code an enrolled till goes on under its names, at the address that stands there; with one it is taken
    /// in anew, [`Model::enrols`].
    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let mode = mode(entered);
        let mut program = ProgramConfig::beside(till.path()).unwrap_or_default();
        let was = program.sync.hub().map(str::to_owned);
        let Some(connector) = mode.mode().connector() else {
            till.choose_hub(was.as_deref(), None)?;
            program.sync = program.sync.on_its_own();
            return write(till, text, &program);
        };
        let address = read.needed("HUB_ADDRESS", 200);
        let parsed = Address::parse(&address);
        if !address.is_empty() && parsed.is_err() {
            read.fault("HUB_ADDRESS", text.word(Key::AddressNotRead).to_owned());
        }
        let is_known = program.sync.terminal_id.is_some() && program.sync.mode == mode;
        if entered.text("HUB_CODE").is_empty() && !is_known {
            read.fault("HUB_CODE", text.word(Key::CodeNeeded).to_owned());
        }
        read.finish()?;
        // Whoever may not change the settings is told before the code is used up, and each time.
        let shown = parsed.map_or_else(|_| address.clone(), |parsed| parsed.to_string());
        till.choose_hub(was.as_deref(), Some((connector, &shown)))?;
        if entered.text("HUB_CODE").is_empty() {
            program.sync.address = address;
            return write(till, text, &program);
        }
        Ok(())
    }

    fn enrols(&self, entered: &Entered) -> Option<Enrolment> {
        let code = entered.optional("HUB_CODE")?;
        let mode = mode(entered);
        mode.mode().connector()?;
        let address = Address::parse(entered.text("HUB_ADDRESS")).ok()?;
        Some(Enrolment { mode, address, code: Secret(code) })
    }

    fn changes_connection(&self) -> bool {
        true
    }
}

fn mode(entered: &Entered) -> SyncMode {
    MODES.get(entered.choice("HUB_MODE")).map_or_else(SyncMode::default, |(mode, _)| *mode)
}

fn write(till: &Till, text: &Text, program: &ProgramConfig) -> Result<(), Unsaved> {
    let fault = |error| {
        let why = message::with_causes(&error);
        Unsaved::Fields(vec![("HUB_ADDRESS", text.fill(Key::HubTrouble, &[("why", &why)]))])
    };
    program.write(till.path()).map_err(fault)
}
