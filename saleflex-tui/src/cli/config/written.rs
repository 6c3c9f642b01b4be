//! Settings as people write them where they are stored otherwise: a location by its code, a percentage as a number.

use anyhow::Context;
use saleflex_core::{ids::LocationId, settings::Settings};
use saleflex_store::Till;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{pointer, put};

/// The setting that is a location.
const SALES_LOCATION: &str = "stock.sales_location";

/// Takes the code of the location to sell from as which one it is: people know locations by their codes.
pub(super) fn name_location(till: &Till, settings: &mut Value) -> anyhow::Result<()> {
    let Some(set) = settings.pointer_mut(&pointer(SALES_LOCATION)).filter(|set| !set.is_null()) else {
        return Ok(());
    };
    let code = set.as_str().map_or_else(|| set.to_string(), str::to_owned);
    if let Some(known) = till.sites().by_code(&code) {
        *set = json!(known.id);
        return Ok(());
    }
    // One that is gone since it was set is no reason against other settings.
    let id = Uuid::parse_str(&code).ok().map(LocationId::new);
    let is_one = id.is_some_and(|id| {
        till.sites().location(id).is_some() || till.settings().stock.sales_location == Some(id)
    });
    anyhow::ensure!(is_one, "{SALES_LOCATION}: there is no location {code}");
    Ok(())
}

/// The settings with one that was set. What is stored as a text, such as a percentage, is typed as the number it is.
pub(super) fn settled(mut settings: Value, key: &str, typed: &str) -> anyhow::Result<Settings> {
    let as_read = serde_json::from_value(settings.clone());
    let is_number = settings.pointer(&pointer(key)).is_some_and(Value::is_number);
    let wants_text = |error: &serde_json::Error| error.to_string().contains("expected a string");
    let read = match as_read {
        Err(error) if is_number && wants_text(&error) => {
            put(&mut settings, key, Value::String(typed.trim().to_owned()));
            serde_json::from_value(settings)
        }
        read => read,
    };
    read.map_err(|error| {
        // What stands in a list is taken as it is stored.
        let is_amount = error.to_string().contains("expected i64");
        let minor = "an amount in a list or a table is a whole number of minor units: 1000 is 10.00";
        let error = anyhow::Error::new(error);
        if is_amount { error.context(minor) } else { error }
    })
    .with_context(|| key.to_owned())
}

/// A location by its code; nothing of other settings.
pub(super) fn said(key: &str, value: &Value, till: &Till) -> Option<String> {
    let id = Uuid::parse_str(value.as_str().filter(|_| key == SALES_LOCATION)?).ok()?;
    till.sites().location(LocationId::new(id)).map(|known| known.code.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_as_a_text_is_typed_as_a_number() {
        let with = |key: &str, typed: &str| {
            let mut settings = serde_json::to_value(Settings::default()).unwrap();
            put(&mut settings, key, crate::cli::config::value_of(typed)).unwrap();
            settled(settings, key, typed)
        };
        assert_eq!(with("stock.over_delivery", "10").unwrap().stock.over_delivery.to_string(), "10");
        assert_eq!(with("stock.over_delivery", "2.50").unwrap().stock.over_delivery.to_string(), "2.5");
        let above = with("stock.approve_above", "0.5").unwrap().stock.approve_above;
        assert_eq!(above.map(|above| above.to_string()).as_deref(), Some("0.5"));
        assert_eq!(with("stock.approve_above", "null").unwrap().stock.approve_above, None);
        // A number that cannot be, or stands for what is none, says so.
        let refused = |key, typed| format!("{:#}", with(key, typed).unwrap_err());
        assert!(!refused("stock.over_delivery", "1e9").contains("string"));
        assert!(refused("policy.max_lines", "1.5").contains("1.5"));
        let drawer = r#"[{"no":1,"opening":"20.00"}]"#;
        assert!(refused("drawers", drawer).contains("1000 is 10.00"), "{}", refused("drawers", drawer));
    }
}
