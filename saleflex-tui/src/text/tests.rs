use super::*;

fn parse(file: &str) -> Result<Text, TextError> {
    Text::parse(file, &printout::words::ENGLISH)
}

#[test]
fn the_english_file_is_complete() {
    let text = parse(ENGLISH).unwrap();
    assert_eq!(text.word(Key::AppName), "SaleFlex");
    for name in action::names() {
        assert_ne!(text.event(name), name);
    }
}

#[test]
fn a_missing_and_a_superfluous_word_are_refused() {
    let without = ENGLISH.replacen("AppName = \"SaleFlex\"", "", 1);
    assert!(matches!(parse(&without), Err(TextError::Missing { name }) if name == "AppName"));
    let with = ENGLISH.replacen("[text]", "[text]\nNonsense = \"x\"", 1);
    assert!(matches!(parse(&with), Err(TextError::Unknown { name }) if name == "Nonsense"));
    let with = ENGLISH.replacen("[script]", "[script]\nNonsense = \"x\"", 1);
    assert!(matches!(parse(&with), Err(TextError::Unknown { name }) if name == "Nonsense"));
    let with = ENGLISH.replacen("[event]", "[event]\n\"DANCE 1\" = \"x\"", 1);
    assert!(matches!(parse(&with), Err(TextError::Unknown { name }) if name == "DANCE 1"));
    assert!(matches!(parse("text = 3"), Err(TextError::Malformed(_))));
}

#[test]
fn what_to_do_next_fits_the_smallest_terminal() {
    for text in Text::all() {
        for key in Key::ALL.iter().filter(|key| key.name().starts_with("Hint")) {
            assert!(text.word(*key).chars().count() < 79, "{} {}", text.code, key.name());
        }
    }
}

#[test]
fn what_is_wrong_with_the_printer_fits_the_smallest_terminal() {
    let is_trouble = |key: &&Key| key.name().starts_with("Trouble") && **key != Key::TroubleFailed;
    for text in Text::all() {
        for trouble in Key::ALL.iter().filter(is_trouble) {
            let words = text.fill(Key::PrinterTrouble, &[("trouble", text.word(*trouble))]);
            assert!(words.chars().count() <= 79, "{words}");
        }
    }
}

#[test]
fn what_points_are_good_for_fits_beside_the_ways_to_pay_on_the_smallest_terminal() {
    let values = [("available", "120000"), ("points", "38000"), ("amount", "£380.00")];
    for text in Text::all() {
        let words = text.fill(Key::PointsOffered, &values);
        assert!(words.chars().count() <= 48, "{words}");
    }
}

/// The placeholders of a text, such as `amount`.
fn placeholders(words: &str) -> std::collections::BTreeSet<&str> {
    words.split('{').skip(1).filter_map(|piece| piece.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn no_language_lacks_a_word_or_a_placeholder_and_every_use_of_an_event_is_named_in_each() {
    let english = Text::english();
    for text in Text::all() {
        for key in Key::ALL {
            let (words, model) = (text.word(*key), english.word(*key));
            assert!(!words.trim().is_empty(), "{} {}", text.code, key.name());
            assert_eq!(placeholders(words), placeholders(model), "{} {}", text.code, key.name());
        }
        assert!(text.events.keys().eq(english.events.keys()), "{}", text.code);
        assert!(text.scripts.keys().eq(english.scripts.keys()), "{}", text.code);
    }
}

#[test]
fn a_script_is_told_its_steps_where_a_screen_is_told_keys() {
    for text in Text::all() {
        let script = text.of_scripts();
        assert_eq!(script.code, text.code);
        for (key, words) in &text.scripts {
            let (name, said) = (key.name(), text.word(*key));
            assert_eq!(script.word(*key), words, "{name}");
            assert_ne!(said, words, "{name}");
            assert_eq!(placeholders(words), placeholders(said), "{} {name}", text.code);
            let names_a_key = ["F11", "Ctrl", "Esc", "(=)"].iter().any(|key| words.contains(key));
            assert!(!names_a_key, "{} {name}: {words}", text.code);
        }
        for key in [Key::CustomerNeeded, Key::NothingLeftToPay, Key::PaidExceedsDue, Key::SaidPaidAhead] {
            assert!(script.word(key).contains('`'), "{}", script.word(key));
        }
        assert_eq!(script.word(Key::Saved), text.word(Key::Saved));
    }
}

#[test]
fn turkish_is_not_english() {
    let (turkish, english) = (Text::of(Some("tr")), Text::english());
    // Names, formats and signs are the same everywhere.
    let same = Key::ALL.iter().filter(|key| turkish.word(**key) == english.word(**key)).count();
    assert!(same * 50 < Key::ALL.len(), "{same} words are the same");
    assert_eq!(Text::of(Some("xx")).code, "en");
}

#[test]
fn placeholders_are_filled_and_an_argument_of_an_event_finds_its_own_words() {
    let text = Text::english();
    assert_eq!(text.fill(Key::StatusReceipt, &[("number", "42")]), "R 42");
    assert_eq!(text.event("OPEN_DOCUMENT quote"), "Quote");
    assert_eq!(text.event("PLU_KEY 3"), "Product key");
    assert_eq!(text.event("DANCE"), "DANCE");
}
