use ratatui::layout::{Rect, Size};

use super::*;
use crate::action::EventError;

const BUTTON: &str =
    "form_no = 1\nname = \"F\"\n[[control]]\nname = \"A\"\ntype = \"BUTTON\"\ncell = [0, 0, 9, 1]\n";

fn with(lines: &str) -> Result<Form, FormError> {
    Form::parse(&format!("{BUTTON}{lines}"))
}

fn message(lines: &str) -> String {
    with(lines).unwrap_err().to_string()
}

#[test]
fn every_form_that_is_built_in_is_valid_and_numbered_once() {
    let mut numbers = Vec::new();
    for definition in definitions() {
        let form = Form::parse(definition).unwrap();
        assert!(!numbers.contains(&form.form_no), "{}", form.name);
        numbers.push(form.form_no);
    }
    assert_eq!(Forms::built_in().iter().count(), numbers.len());
}

#[test]
fn an_unknown_event_is_refused_when_the_form_is_read_not_when_it_is_pressed() {
    let error = with("function1 = \"DANCE\"").unwrap_err();
    assert!(matches!(&error, FormError::Event { form, control, error: EventError::Unknown { name } }
            if form == "F" && control == "A" && name == "DANCE"));
    assert_eq!(
        message("function1 = \"PLU_KEY\"\narg1 = \"many\""),
        "form F, control A: event `PLU_KEY` does not take the argument `many`"
    );
    assert_eq!(message("function1 = \"NONE\""), "form F, button A: it does nothing");
    assert!(matches!(
        Form::parse("form_no = 1\nname = \"F\"\nfunctions = [\"DANCE\"]"),
        Err(FormError::Event { .. })
    ));
}

#[test]
fn a_faulty_definition_is_refused_with_form_and_control() {
    let good = "function1 = \"BACK\"\n";
    assert!(with(good).is_ok());
    assert_eq!(
        message(&format!("{good}[[control]]\nname = \"B\"\ntype = \"PANEL\"\ncell = [0, 0, 1, 1]")),
        "form F, control B: nothing fills it"
    );
    assert_eq!(message(&format!("{good}hotkey = \"f99\"")), "form F, control A: `f99` names no key");
    assert_eq!(message(&format!("{good}caption1 = \"@NoSuchWord\"")), "form F: there is no word NoSuchWord");
    assert_eq!(
        message(&format!("{good}required_capability = \"pos.dance\"")),
        "form F: there is no capability pos.dance"
    );
    assert_eq!(
        message(&format!("{good}[[control]]\nname = \"A\"\ntype = \"LABEL\"\ncell = [0, 0, 1, 1]")),
        "form F: two controls are called A"
    );
    assert_eq!(
        message(&format!("{good}[[control]]\nname = \"B\"\ntype = \"SLIDER\"\ncell = [0, 0, 1, 1]")),
        "form F, control B: there is no type SLIDER"
    );
    assert_eq!(
        message(&format!("{good}[[control]]\nname = \"B\"\ntype = \"LABEL\"")),
        "form F, control B: it is nowhere"
    );
    let twice = format!(
        "{good}hotkey = \"f5\"\n[[control]]\nname = \"B\"\ntype = \"BUTTON\"\nfunction1 = \"BACK\"\nhotkey = \
         \"f5\"\ncell = [0, 0, 1, 1]"
    );
    assert_eq!(message(&twice), "form F: A and B both have the key F5");
    assert!(matches!(with("colour = \"red\""), Err(FormError::Malformed(_))));
    assert!(matches!(Form::parse("form_no = 1\nname = \"\""), Err(FormError::NoName { form_no: 1 })));
}

#[test]
fn cells_count_from_the_far_edges_and_never_leave_the_terminal() {
    let size = Size::new(120, 40);
    let place = |x, y, w, h| Cells { x, y, w, h }.place(size);
    assert_eq!(place(0, 0, 0, 1), Rect::new(0, 0, 120, 1));
    assert_eq!(place(28, 1, 0, -19), Rect::new(28, 1, 92, 20));
    assert_eq!(place(-40, -10, 40, 3), Rect::new(80, 30, 40, 3));
    assert_eq!(place(110, 39, 40, 3), Rect::new(110, 39, 10, 1));
    assert!(place(130, 0, 10, 1).is_empty());
    assert!(place(0, 0, i16::MIN, i16::MIN).is_empty());
    assert_eq!(Cells { x: i16::MIN, y: i16::MAX, w: i16::MAX, h: 1 }.place(size).width, 120);
}

#[test]
fn pixels_that_touch_on_the_design_touch_on_every_terminal() {
    let design = Size::new(1024, 768);
    for (width, height) in [(80, 24), (120, 40), (200, 60), (81, 25)] {
        let size = Size::new(width, height);
        let mut right = 0;
        for column in 0..8_u16 {
            let rect = Pixels { x: column * 128, y: 0, width: 128, height: 768 }.place(design, size);
            assert_eq!(rect.x, right, "{size:?}");
            assert_eq!(rect.height, height);
            right = rect.right();
        }
        assert_eq!(right, width);
        let tiny = Pixels { x: 1023, y: 767, width: 1, height: 1 }.place(design, size);
        assert!(tiny.right() <= width && tiny.bottom() <= height);
    }
}

#[test]
fn no_control_leaves_the_terminal_and_no_two_buttons_overlap_at_any_size() {
    for form in Forms::built_in().iter() {
        for (width, height) in
            [(80, 24), (119, 40), (120, 35), (120, 36), (120, 40), (159, 50), (160, 50), (200, 60)]
        {
            let size = Size::new(width, height);
            let placed = form.place(size);
            for (control, rect) in &placed {
                assert!(rect.right() <= width && rect.bottom() <= height, "{} {}", form.name, control.name);
            }
            for (at, (one, first)) in placed.iter().enumerate() {
                for (other, second) in placed.iter().skip(at + 1) {
                    assert!(
                        first.intersection(*second).is_empty(),
                        "{} at {width}x{height}: {} and {} overlap",
                        form.name,
                        one.name,
                        other.name
                    );
                }
            }
        }
    }
}

#[test]
fn a_dual_button_shows_its_second_function_while_flipped() {
    let forms = Forms::built_in();
    let button = forms.get("SALE").unwrap().control("SUSPEND").unwrap();
    assert!(button.is_dual());
    assert_eq!(button.function(false).map(|function| &function.action), Some(&Action::Suspend));
    assert_eq!(button.function(true).map(|function| &function.action), Some(&Action::Cancel));
}
