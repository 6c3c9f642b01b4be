//! Settings that are not stored while they stand as they are delivered. They are settings all the same: listed, read, and
//! set back to that.

use serde_json::{Value, json};

use super::{pointer, put};

/// Each with what it is delivered as.
fn unstored() -> [(&'static str, Value); 25] {
    [
        ("appearance.decimal_entry", json!(false)),
        ("appearance.keyboard", json!(false)),
        ("appearance.keys", json!({})),
        ("appearance.language", Value::Null),
        ("appearance.screen_keyboard.back_color", Value::Null),
        ("appearance.screen_keyboard.border_color", Value::Null),
        ("appearance.screen_keyboard.fore_color", Value::Null),
        ("appearance.screen_keyboard.key_width", Value::Null),
        ("appearance.screen_keyboard.layout", Value::Null),
        ("appearance.screen_keyboard.layouts", json!([])),
        ("appearance.screen_keyboard.selected_back_color", Value::Null),
        ("appearance.screen_keyboard.selected_fore_color", Value::Null),
        ("appearance.start_form", Value::Null),
        ("appearance.theme", Value::Null),
        ("closing.drawer_opens", json!("cash")),
        ("dialling.calling_code", Value::Null),
        ("favourites.best_sold", json!(false)),
        ("favourites.chosen", json!([])),
        ("paper.footer", json!("")),
        ("paper.header", json!("")),
        ("paper.serial", json!("")),
        ("policy.limits.discounts", Value::Null),
        ("policy.price_ceiling", json!("typed")),
        ("policy.voucher_rest", json!("stays")),
        ("program.sync.terminal_id", Value::Null),
    ]
}

/// What a setting is delivered as that is not stored while it is that; nothing of any other.
pub(super) fn of(key: &str) -> Option<Value> {
    unstored().into_iter().find_map(|(known, value)| (known == key).then_some(value))
}

/// Writes out those that stand as delivered.
pub(super) fn write_out(settings: &mut Value) {
    for (key, value) in unstored() {
        if settings.pointer(&pointer(key)).is_none() {
            put(settings, key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use saleflex_core::{
        closure::{ClosingPolicy, drawer::DrawerRule},
        customer::{CallingCode, PhoneRules, TrunkPrefix},
        document::{PriceCeiling, VoucherRest},
        money::Money,
        settings::{Appearance, FavouriteKeys, KeyboardLayout, PaperTexts, ScreenKeyboard, Settings},
    };

    use super::*;

    fn screen_keyboard() -> ScreenKeyboard {
        let colour = || Some("0x000000".to_owned());
        let rows = vec!["1".to_owned()];
        ScreenKeyboard {
            layouts: vec![KeyboardLayout { name: "1".to_owned(), rows: rows.clone(), shifted: rows }],
            layout: Some("1".to_owned()),
            key_width: Some(5),
            fore_color: colour(),
            back_color: colour(),
            selected_fore_color: colour(),
            selected_back_color: colour(),
            border_color: colour(),
        }
    }

    /// Settings of which each that is not stored as delivered is otherwise.
    fn all_changed() -> Settings {
        let mut settings = Settings {
            appearance: Appearance {
                language: Some("tr".to_owned()),
                theme: Some("light".to_owned()),
                start_form: Some("SALE".to_owned()),
                keys: [("sale".to_owned(), [("f7".to_owned(), "PAYMENT".to_owned())].into())].into(),
                decimal_entry: true,
                keyboard: true,
                screen_keyboard: screen_keyboard(),
            },
            favourites: FavouriteKeys { chosen: vec!["10106".to_owned()], best_sold: true },
            paper: PaperTexts {
                header: "1 High Street".to_owned(),
                footer: "Thank you".to_owned(),
                serial: "SN 0042".to_owned(),
            },
            closing: ClosingPolicy { drawer_opens: DrawerRule::Always, ..ClosingPolicy::default() },
            dialling: PhoneRules::new(CallingCode::parse("44"), TrunkPrefix::Zero),
            ..Settings::default()
        };
        settings.policy.limits.discounts = Some(Money::from_minor(1));
        settings.policy.price_ceiling = PriceCeiling::All;
        settings.policy.voucher_rest = VoucherRest::Lost;
        settings
    }

    /// Whether everything that stands in one stands in the other.
    fn holds(whole: &Value, part: &Value, key: &str) {
        let Value::Object(fields) = part else { return };
        // What stands in a table of the shop's own is no setting that is delivered.
        for (name, value) in fields.iter().filter(|_| key != "appearance.keys.") {
            let named = whole.get(name);
            assert!(named.is_some(), "{key}{name} is not written out");
            holds(named.unwrap_or(&Value::Null), value, &format!("{key}{name}."));
        }
    }

    #[test]
    fn every_setting_that_stands_as_delivered_is_written_out_and_is_what_it_is_by_default() {
        let stored = serde_json::to_value(Settings::default()).unwrap();
        for (key, _) in unstored() {
            assert_eq!(stored.pointer(&pointer(key)), None, "{key}");
        }
        let mut written = stored;
        write_out(&mut written);
        assert_eq!(serde_json::from_value::<Settings>(written.clone()).unwrap(), Settings::default());
        holds(&written, &serde_json::to_value(all_changed()).unwrap(), "");
        let changed = serde_json::to_value(all_changed()).unwrap();
        let mut kept = changed.clone();
        write_out(&mut kept);
        assert_eq!(kept["policy"], changed["policy"]);
        assert_eq!(kept["appearance"], changed["appearance"]);
    }
}
