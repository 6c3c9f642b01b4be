//! The till's settings: how it speaks and looks, and how it works.

use saleflex_core::{
    adjustment::ResolutionRule,
    closure::template::Region,
    document::ChangeMode,
    settings::{Appearance, FavouriteKeys, RecoveryRule, Settings},
};
use saleflex_store::{Error, Till, templates};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Value};
use crate::{
    listing::RowId,
    message,
    text::{self, Key, Text},
    theme,
};

/// The till's settings.
pub(crate) struct SettingsModel;

/// What stands between two codes.
const BETWEEN_CODES: &str = "; ";

/// What becomes of an open document, and what each is called.
const RECOVERY: [(RecoveryRule, Key); 3] = [
    (RecoveryRule::Continue, Key::RecoveryContinue),
    (RecoveryRule::Park, Key::RecoveryPark),
    (RecoveryRule::Cancel, Key::RecoveryCancel),
];

/// How campaigns are chosen from, and what each way is called.
const RESOLUTION: [(ResolutionRule, Key); 2] =
    [(ResolutionRule::Priority, Key::ResolutionPriority), (ResolutionRule::Best, Key::ResolutionBest)];

impl Model for SettingsModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "POS_SETTINGS",
            panel: "SETTINGS",
            definition: include_str!("../../forms/pos_settings.toml"),
            event: "POS_SETTINGS_FORM",
            fields: &[
                "LANGUAGE",
                "THEME",
                "DECIMAL_ENTRY",
                "KEYBOARD",
                "TRAINING",
                "RECOVERY",
                "CHANGE_KEY",
                "CAMPAIGNS",
                "IDLE_LOCK",
                "FAVOURITES",
                "BEST_SOLD",
                "REGION",
                "COUNTRY_FIGURES",
                "STORE",
                "TERMINAL",
                "CURRENCY",
                "FILE",
            ],
        }
    }

    fn is_the_only_one(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, _: Option<RowId>) -> Result<Fields, Error> {
        let Settings { appearance, training, recovery, policy, campaigns, idle, favourites, region, .. } =
            till.settings();
        let languages: Vec<&Text> = Text::all().collect();
        let language = languages.iter().position(|known| Some(known.code) == appearance.language.as_deref());
        let theme = theme::NAMES.iter().position(|(name, _)| Some(*name) == appearance.theme.as_deref());
        let recovery = RECOVERY.iter().position(|(rule, _)| rule == recovery);
        let resolution = RESOLUTION.iter().position(|(rule, _)| *rule == campaigns.resolution);
        let words = |key: &Key| text.word(*key).to_owned();
        let figures = layers(&till.country_layers()?);
        let names = languages.iter().map(|known| known.word(Key::LanguageName).to_owned()).collect();
        Ok(vec![
            ("LANGUAGE", Value::Choice { options: names, at: language.unwrap_or(0) }),
            (
                "THEME",
                Value::Choice {
                    options: theme::NAMES.iter().map(|(_, key)| words(key)).collect(),
                    at: theme.unwrap_or(0),
                },
            ),
            ("DECIMAL_ENTRY", Value::Flag(appearance.decimal_entry)),
            ("KEYBOARD", Value::Flag(appearance.keyboard)),
            ("TRAINING", Value::Flag(*training)),
            (
                "RECOVERY",
                Value::Choice {
                    options: RECOVERY.iter().map(|(_, key)| words(key)).collect(),
                    at: recovery.unwrap_or(0),
                },
            ),
            ("CHANGE_KEY", Value::Flag(policy.change_mode == ChangeMode::Key)),
            (
                "CAMPAIGNS",
                Value::Choice {
                    options: RESOLUTION.iter().map(|(_, key)| words(key)).collect(),
                    at: resolution.unwrap_or(0),
                },
            ),
            ("IDLE_LOCK", Value::text(idle.locks_after_s())),
            ("FAVOURITES", Value::Text(favourites.chosen.join(BETWEEN_CODES))),
            ("BEST_SOLD", Value::Flag(favourites.best_sold)),
            ("REGION", Value::text(region.as_ref())),
            ("COUNTRY_FIGURES", Value::Fixed(figures)),
            ("STORE", Value::Fixed(till.identity().store_name.clone())),
            ("TERMINAL", Value::Fixed(till.identity().terminal_code.clone())),
            ("CURRENCY", Value::Fixed(till.currency().code().to_string())),
            ("FILE", Value::Fixed(till.path().display().to_string())),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut settings = till.settings().clone();
        let mut read = Reader::new(entered, text, till);
        settings.idle.locks_after_s = read.number("IDLE_LOCK");
        settings.favourites.chosen = favourites(&mut read, till);
        settings.favourites.best_sold = entered.flag("BEST_SOLD");
        settings.region = region(&mut read, settings.region.as_ref());
        read.finish()?;
        let language =
            Text::all().nth(entered.choice("LANGUAGE")).map(|text: &text::Text| text.code.to_owned());
        let theme = theme::NAMES.get(entered.choice("THEME")).map(|(name, _)| (*name).to_owned());
        let decimal_entry = entered.flag("DECIMAL_ENTRY");
        let keyboard = entered.flag("KEYBOARD");
        settings.appearance = Appearance { language, theme, decimal_entry, keyboard, ..settings.appearance };
        settings.training = entered.flag("TRAINING");
        settings.recovery =
            RECOVERY.get(entered.choice("RECOVERY")).map_or(settings.recovery, |(rule, _)| *rule);
        settings.policy.change_mode =
            if entered.flag("CHANGE_KEY") { ChangeMode::Key } else { ChangeMode::Auto };
        let resolution = RESOLUTION.get(entered.choice("CAMPAIGNS"));
        settings.campaigns.resolution = resolution.map_or(settings.campaigns.resolution, |(rule, _)| *rule);
        Ok(till.change_settings(settings)?)
    }
}

/// The codes of the first page of keys, each of something that is sold.
fn favourites(read: &mut Reader<'_>, till: &mut Till) -> Vec<String> {
    let today = till.now().business_date;
    let typed = read.entered.text("FAVOURITES").split(BETWEEN_CODES.trim()).map(str::trim);
    let chosen: Vec<String> = typed.filter(|code| !code.is_empty()).map(str::to_owned).collect();
    let is_unknown = |code: &&String| till.catalog().find(code, today, till.currency()).is_err();
    if let Some(code) = chosen.iter().find(is_unknown) {
        read.fault("FAVOURITES", read.text.fill(Key::FavouriteUnknown, &[("code", code)]));
    }
    let keys = FavouriteKeys { chosen, best_sold: false };
    if keys.validate().is_err() {
        let most = FavouriteKeys::MOST.to_string();
        read.fault("FAVOURITES", read.text.fill(Key::FavouritesBad, &[("most", &most)]));
    }
    keys.chosen
}

/// Where the shop is, where that is said: a country, or a part of one. Where it has been said to be, it stays until
/// somebody says otherwise.
fn region(read: &mut Reader<'_>, before: Option<&Region>) -> Option<Region> {
    let typed = read.entered.optional("REGION")?.to_uppercase();
    let Ok(region) = Region::parse(&typed) else {
        read.fault("REGION", read.text.word(Key::RegionNotRead).to_owned());
        return None;
    };
    if before != Some(&region)
        && let Err(unknown) = templates::name_of_part(&region)
    {
        read.fault("REGION", message::unknown_part(read.text, &unknown));
    }
    Some(region)
}

/// The templates that a country's figures are made by: `US 2, US-CA 1`, the most general first.
pub(crate) fn layers(layers: &[(String, u32)]) -> String {
    layers.iter().map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>().join(", ")
}
