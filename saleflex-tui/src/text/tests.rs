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
    let with = ENGLISH.replacen("[event]", "[event]\n\"DANCE 1\" = \"x\"", 1);
    assert!(matches!(parse(&with), Err(TextError::Unknown { name }) if name == "DANCE 1"));
    assert!(matches!(parse("text = 3"), Err(TextError::Malformed(_))));
}

#[test]
fn what_to_do_next_fits_the_smallest_terminal() {
    let text = Text::english();
    for key in Key::ALL.iter().filter(|key| key.name().starts_with("Hint")) {
        assert!(text.word(*key).chars().count() < 79, "{}", key.name());
    }
}

#[test]
fn placeholders_are_filled_and_an_argument_of_an_event_finds_its_own_words() {
    let text = Text::english();
    assert_eq!(text.fill(Key::StatusReceipt, &[("number", "42")]), "R 42");
    assert_eq!(text.event("OPEN_DOCUMENT quote"), "Quote");
    assert_eq!(text.event("PLU_KEY 3"), "Product key");
    assert_eq!(text.event("DANCE"), "DANCE");
}
