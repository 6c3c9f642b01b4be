//! The settings of a till that its hub may set: which they are, and how they lie over the till's own.
//!
//! **Invariant:** what is named here alone comes from a hub. Everything else is the till's own: training, drawers,
//! recovery, the country, language and colours, stock. Templates of closures come as rows of their own.

use saleflex_core::settings::{Settings, SettingsError};
use serde_json::{Map, Value};

/// The resource under which they travel, a row for each till.
pub const RESOURCE: &str = "till_settings";
/// The resource of what stands above and below every receipt: a row of the company and one of the store.
pub const TEXTS: &str = "receipt_texts";
/// The resource of what the law of a country wants of a closure: a template of the shop's own in each row.
pub const TEMPLATES: &str = "closure_templates";
/// The settings that a hub may set, by their names in [`Settings`].
pub const MANAGED: [&str; 9] =
    ["campaigns", "closing", "dialling", "hourly", "idle", "paper", "policy", "queue", "suspended_days"];

/// Settings that a till cannot take from its hub.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ManagedError {
    /// It is the till's own, or no setting.
    #[error("`{name}` is not set by a hub")]
    NotManaged {
        /// The name of the setting.
        name: String,
    },
    /// It has a part that no till knows, or a value that is none.
    #[error("`{name}` cannot be set so: {cause}")]
    Unfit {
        /// The name of the setting.
        name: String,
        /// What is wrong with it.
        cause: String,
    },
    /// No till can work by them.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl ManagedError {
    /// Which setting it is about; none where it is all of them.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::NotManaged { name } | Self::Unfit { name, .. } => Some(name),
            Self::Settings(_) => None,
        }
    }
}

/// The till's settings with those of its hub over them: of a setting that has parts only the parts that are named.
///
/// # Errors
/// [`ManagedError`], by the first that does not fit.
pub fn laid_over(settings: &Settings, managed: &Map<String, Value>) -> Result<Settings, ManagedError> {
    let mut next = settings.clone();
    for (name, value) in managed {
        if !MANAGED.contains(&name.as_str()) {
            return Err(ManagedError::NotManaged { name: name.clone() });
        }
        next = with(&next, name, value)?;
    }
    next.validate()?;
    Ok(next)
}

fn with(settings: &Settings, name: &str, value: &Value) -> Result<Settings, ManagedError> {
    let unfit = |cause: String| ManagedError::Unfit { name: name.to_owned(), cause };
    let written =
        |settings: &Settings| serde_json::to_value(settings).map_err(|error| unfit(error.to_string()));
    let mut all = written(settings)?;
    merge(&mut all[name], value);
    let next: Settings = serde_json::from_value(all).map_err(|error| unfit(error.to_string()))?;
    if holds(&written(&next)?[name], value) { Ok(next) } else { Err(unfit("it has no such part".to_owned())) }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

/// Whether everything that was wanted is there.
fn holds(there: &Value, wanted: &Value) -> bool {
    match (there, wanted) {
        (Value::Object(there), Value::Object(wanted)) => {
            wanted.iter().all(|(name, value)| holds(there.get(name).unwrap_or(&Value::Null), value))
        }
        // What is empty is left out where it is written.
        (Value::Null, Value::Object(wanted)) => wanted.values().all(|part| holds(&Value::Null, part)),
        (Value::Null, Value::String(text)) if text.is_empty() => true,
        (there, wanted) => there == wanted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn over(managed: Value) -> Result<Settings, ManagedError> {
        let Value::Object(managed) = managed else { panic!("settings are an object") };
        laid_over(&Settings::default(), &managed)
    }

    #[test]
    fn every_setting_is_one_that_a_hub_sets_or_the_tills_own() {
        let own =
            ["appearance", "classes", "drawers", "recovery", "region", "stock", "templates", "training"];
        let Value::Object(all) = serde_json::to_value(Settings::default()).unwrap() else {
            panic!("no object")
        };
        for name in all.keys() {
            assert!(MANAGED.contains(&name.as_str()) != own.contains(&name.as_str()), "{name}");
        }
    }

    #[test]
    fn what_a_hub_sets_lies_over_the_tills_own_and_leaves_everything_else() {
        let before = Settings::default();
        let next = over(json!({"suspended_days": 7, "idle": {"locks_after_s": 90}})).unwrap();
        assert_eq!((next.suspended_days, next.idle.locks_after_s), (Some(7), Some(90)));
        assert_eq!(next.idle.counts_after_s, before.idle.counts_after_s);
        assert_eq!(next.policy, before.policy);
        assert_eq!(over(json!({})).unwrap(), before);
    }

    #[test]
    fn a_text_is_set_and_emptied_again() {
        let paper = |settings: &Settings, text: &str| {
            let Value::Object(managed) = json!({"paper": {"header": text}}) else { panic!("an object") };
            laid_over(settings, &managed).unwrap()
        };
        let set = paper(&Settings::default(), "High Street 1");
        assert_eq!(set.paper.header, "High Street 1");
        assert_eq!(paper(&set, ""), Settings::default());
        assert_eq!(over(json!({"paper": {}})).unwrap(), Settings::default());
    }

    #[test]
    fn what_is_the_tills_own_or_nothing_at_all_is_refused_by_its_name() {
        for (wrong, name) in [
            (json!({"training": true}), "training"),
            (json!({"nonsense": 1}), "nonsense"),
            (json!({"suspended_days": "soon"}), "suspended_days"),
            (json!({"suspended_days": -1}), "suspended_days"),
            (json!({"idle": {"sleeps_after_s": 1}}), "idle"),
            (json!({"idle": 5}), "idle"),
            (json!({"policy": null}), "policy"),
        ] {
            assert_eq!(over(wrong.clone()).unwrap_err().name(), Some(name), "{wrong}");
        }
    }
}
