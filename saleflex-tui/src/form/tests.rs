use ratatui::layout::{Rect, Size};
use saleflex_core::catalog::DepartmentNo;

use super::*;
use crate::action::{Action, EventError};

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
fn a_control_of_an_original_definition_says_by_its_name_what_its_event_is_given() {
    let action = |name: &str, event: &str, more: &str| {
        let control = format!(
            "form_no = 1\nname = \"F\"\n[[control]]\nname = \"{name}\"\ntype = \"BUTTON\"\n\
             cell = [0, 0, 9, 1]\nfunction1 = \"{event}\"\n{more}"
        );
        Form::parse(&control).unwrap().controls.remove(0).first.unwrap().action
    };
    let cash = |minor: i64| Action::from_event("CASH_PAYMENT", Some(&minor.to_string())).unwrap();
    assert_eq!(action("CASH2000", "CASH_PAYMENT", ""), cash(2_000));
    assert_eq!(action("CASH2000", "CASH_PAYMENT", "arg1 = \"500\""), cash(500), "what is said counts");
    assert_eq!(action("CASH", "CASH_PAYMENT", ""), Action::from_event("CASH_PAYMENT", None).unwrap());
    assert_eq!(action("PLU5000157", "SALE_PLU_BARCODE", ""), Action::SellBarcode("5000157".to_owned()));
    assert_eq!(action("PLU12", "SALE_PLU_CODE", ""), Action::SellCode("12".to_owned()));
    assert_eq!(action("DEPARTMENT3", "SALE_DEPARTMENT", ""), Action::SellDepartment(Some(DepartmentNo(3))));
    assert_eq!(
        action("PLUTO", "SALE_PLU_BARCODE", ""),
        Action::Confirm,
        "a name without a number says nothing"
    );
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

/// What is wrong with one more form beside those that are built in.
fn fault(lines: &str) -> String {
    let definition = format!("form_no = 999\nname = \"PAGE\"\n{lines}");
    let keymap = crate::keymap::Keymap::built_in();
    let record = toml::from_str(&definition).unwrap();
    match stored::check(&record, &Forms::built_in(), &keymap) {
        Ok(_) => String::new(),
        Err(fault) => fault.to_string(),
    }
}

const CONTROL: &str = "[[control]]\nname = \"A\"\ntype = \"BUTTON\"\n";

#[test]
fn a_control_that_goes_to_a_form_goes_to_one_that_is_there_and_in_a_way_there_is() {
    let to = |target: &str, more: &str| {
        fault(&format!("{CONTROL}target_form = \"{target}\"\ncompact = [0, 1, 9, 1]\n{more}"))
    };
    assert_eq!(to("PRODUCT_LIST", "form_transition_mode = \"MODAL\""), "");
    assert_eq!(to("NOWHERE", ""), "form PAGE, control A: there is no form NOWHERE");
    assert_eq!(to("LOGIN", ""), "form PAGE, control A: there is no form LOGIN");
    assert!(to("SALE", "form_transition_mode = \"LEAP\"").contains("neither by REPLACE nor by MODAL"));
    assert!(to("SALE", "function1 = \"BACK\"").contains("it has an event as well"));
}

#[test]
fn a_control_is_in_sight_as_a_whole_on_every_terminal_it_is_for() {
    let at = |place: &str| fault(&format!("{CONTROL}function1 = \"BACK\"\n{place}"));
    assert_eq!(at("compact = [60, 1, 20, 1]"), "");
    for place in ["compact = [60, 1, 21, 1]", "compact = [0, 24, 9, 1]", "compact = [-81, 1, 9, 1]"] {
        assert_eq!(at(place), "form PAGE, control A: it is out of sight on a terminal of 80x24", "{place}");
    }
    assert!(at("cell = [0, 36, 9, 1]").contains("120x36"));
    assert!(at("wide = [159, 0, 9, 1]").contains("160x36"));
    assert!(at("location_x = 1000\nlocation_y = 0\nwidth = 100\nheight = 9").contains("out of sight"));
}

#[test]
fn a_control_takes_no_key_that_means_something_else_on_its_screen() {
    let sale = |key: &str| {
        let record = delivered_sale(&format!(
            "{CONTROL}function1 = \"BACK\"\nhotkey = \"{key}\"\ncompact = [0, 0, 9, 1]"
        ));
        let fault = stored::check(&record, &Forms::built_in(), &crate::keymap::Keymap::built_in());
        fault.err().map(|fault| fault.to_string()).unwrap_or_default()
    };
    assert_eq!(sale("f7"), "form SALE, control A: the key F7 has another meaning on this screen");
    // A letter on the sale screen would be swallowed instead of typed.
    assert_eq!(sale("x"), "form SALE, control A: the key x has another meaning on this screen");
    assert_eq!(sale("alt+x"), "");
}

fn delivered_sale(control: &str) -> saleflex_store::forms::FormRecord {
    toml::from_str(&format!("form_no = 5\nname = \"SALE\"\n{control}")).unwrap()
}

#[test]
fn the_children_of_a_panel_are_fields_of_its_record_and_stand_on_one_of_its_tabs() {
    let panel = "[[control]]\nname = \"CASHIER\"\ntype = \"PANEL\"\ncell = [0, 1, 0, -4]\n";
    let child = |more: &str| {
        fault(&format!("{panel}[[control]]\ntype = \"TEXTBOX\"\nparent_name = \"CASHIER\"\n{more}"))
    };
    assert_eq!(child("name = \"NAME\""), "");
    assert_eq!(child("name = \"SALARY\""), "form PAGE, control SALARY: nothing fills it");
    assert_eq!(child("name = \"NAME\"\ntab_index = 1"), "form PAGE, control NAME: nothing fills it");
    let lost = "[[control]]\nname = \"NAME\"\ntype = \"TEXTBOX\"\nparent_name = \"NOBODY\"";
    assert_eq!(fault(lost), "form PAGE, control NAME: there is no NOBODY to stand in");
}

#[test]
fn a_field_that_nobody_reads_is_refused_by_name() {
    let field = |form: &str, kind: &str| {
        let field = format!("[[control]]\nname = \"A\"\ntype = \"{kind}\"\ncell = [0, 1, 9, 1]");
        Form::parse(&format!("form_no = 900\nname = \"{form}\"\n{field}")).map(|_| ())
    };
    for kind in ["TEXTBOX", "PASSWORD", "CHECKBOX", "COMBOBOX"] {
        let refused = field("PAGE", kind).unwrap_err().to_string();
        assert_eq!(refused, "form PAGE, control A: nothing fills it", "{kind}");
        // Nothing is ticked while somebody logs in.
        assert_eq!(field("LOGIN", kind).is_ok(), kind != "CHECKBOX", "{kind}");
    }
    let message = "[[control]]\nname = \"MESSAGE\"\ntype = \"PANEL\"\ncell = [0, 1, 0, 3]\n";
    let within = "[[control]]\nname = \"A\"\ntype = \"TEXTBOX\"\nparent_name = \"MESSAGE\"";
    assert!(fault(&format!("{message}{within}")).ends_with("control A: nothing fills it"));
}

#[test]
fn a_set_of_forms_that_hides_the_screens_is_refused_and_the_delivered_way_is_opened_again() {
    let keymap = crate::keymap::Keymap::built_in();
    let forms = Forms::built_in();
    let menu = |buttons: &str| {
        let menu = "[[control]]\nname = \"MENU\"\ntype = \"MENU\"\ncell = [0, 1, 0, 0]\n";
        toml::from_str(&format!("form_no = 2\nname = \"MAIN_MENU\"\n{menu}{buttons}")).unwrap()
    };
    let button = |event: &str| {
        format!("[[control]]\nname = \"{event}\"\ntype = \"BUTTON\"\nfunction1 = \"{event}\"\n")
    };
    let check = |record: &saleflex_store::forms::FormRecord| {
        stored::check(record, &forms, &keymap).map(|_| ()).map_err(|fault| fault.to_string())
    };
    let sales = button("SALES_FORM");
    let locked = menu(&sales);
    let refused = check(&locked).unwrap_err();
    assert!(refused.starts_with("nothing leads from MAIN_MENU to FORM_LIST"), "{refused}");
    // Straight, through another screen, or from the list of functions: each is a way.
    for way in ["FORM_LIST_FORM", "SETTING_FORM", "SERVICE_FORM"] {
        assert_eq!(check(&menu(&format!("{sales}{}", button(way)))), Ok(()), "{way}");
    }
    let listed: saleflex_store::forms::FormRecord =
        toml::from_str("form_no = 2\nname = \"MAIN_MENU\"\nfunctions = [\"SETTING_FORM\"]").unwrap();
    assert_eq!(check(&listed), Ok(()));
    let list = "form_no = 36\nname = \"FORM_LIST\"\n";
    let refused = check(&toml::from_str(list).unwrap()).unwrap_err();
    assert!(refused.contains("nothing has a screen back"), "{refused}");
    let restore =
        "[[control]]\nname = \"R\"\ntype = \"BUTTON\"\nfunction1 = \"FORM_RESTORE\"\ncell = [0, 1, 9, 1]\n";
    let refused = check(&toml::from_str(&format!("{list}{restore}")).unwrap()).unwrap_err();
    assert!(refused.contains("form FORM_LIST: it has no LIST"), "{refused}");
    // One that is stored all the same does not stay: only what is in the way is put back.
    let mut stuck = forms.clone();
    stuck.put(Form::from_record(&locked).unwrap());
    let own = Form::parse("form_no = 5\nname = \"SALE\"").unwrap();
    stuck.put(own.clone());
    stuck.open_way(&keymap);
    assert_eq!(stuck.get("MAIN_MENU"), forms.get("MAIN_MENU"));
    assert_eq!(stuck.get("SALE"), Some(&own));
    let mut both = forms.clone();
    for emptied in ["form_no = 3\nname = \"SETTINGS_MENU\"", list] {
        both.put(Form::parse(emptied).unwrap());
    }
    both.open_way(&keymap);
    assert_eq!(both.check_way(&keymap).map_err(|fault| fault.to_string()), Ok(()));
}

#[test]
fn what_the_program_delivers_holds_together() {
    // A till without forms and keys of its own takes it as it is.
    let (forms, keymap) = (Forms::delivered(), crate::keymap::Keymap::delivered());
    let faults: Vec<String> = forms.faults(keymap).iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
    let ways = [forms.check_log_in(), forms.check_way(keymap)];
    assert_eq!(ways.map(|way| way.map_err(|fault| fault.to_string())), [Ok(()), Ok(())]);
    assert!(forms.iter().all(|form| form.display != Display::Customer));
}

#[test]
fn a_log_in_screen_shows_who_may_log_in_and_takes_a_secret_and_one_that_does_not_gives_way() {
    let keymap = crate::keymap::Keymap::built_in();
    let forms = Forms::built_in();
    let login = |kinds: &[&str]| {
        let field =
            |kind: &&str| format!("[[control]]\nname = \"{kind}\"\ntype = \"{kind}\"\ncell = [0, 1, 9, 5]\n");
        let fields: String = kinds.iter().map(field).collect();
        toml::from_str(&format!("form_no = 1\nname = \"LOGIN\"\nneed_login = false\n{fields}")).unwrap()
    };
    let check = |kinds: &[&str]| {
        stored::check(&login(kinds), &forms, &keymap).map(|_| ()).map_err(|fault| fault.to_string())
    };
    for kinds in [["COMBOBOX", "PASSWORD"], ["COMBOBOX", "TEXTBOX"]] {
        assert_eq!(check(&kinds), Ok(()), "{kinds:?}");
    }
    for (kinds, missing) in [(&["PASSWORD"][..], "COMBOBOX"), (&["COMBOBOX"], "PASSWORD"), (&[], "COMBOBOX")]
    {
        let refused = check(kinds).unwrap_err();
        assert!(refused.starts_with(&format!("form LOGIN: it has no {missing}")), "{kinds:?}: {refused}");
    }
    let mut stuck = forms.clone();
    stuck.put(Form::from_record(&login(&[])).unwrap());
    assert!(stuck.check_log_in().is_err());
    stuck.open_log_in();
    assert_eq!(stuck.get("LOGIN"), forms.get("LOGIN"));
}

#[test]
fn a_list_that_is_only_read_has_room_for_all_of_its_rows() {
    let list = |more: &str| {
        fault(&format!(
            "[[control]]\nname = \"A\"\ntype = \"LISTBOX\"\nlist_values = [\"1\", \"2\", \"3\"]\n{more}"
        ))
    };
    let hidden = "form PAGE, control A: it is out of sight on a terminal of 80x24";
    assert_eq!(list("compact = [0, 0, 20, 5]"), "");
    assert_eq!(list("compact = [0, 0, 20, 4]"), hidden);
    // One that is chosen from moves with whoever chooses.
    assert_eq!(list("compact = [0, 0, 20, 3]\nfunction1 = \"SALE_PLU_CODE\""), "");
}

const GROUP: &str = "[[control]]\nname = \"G\"\ntype = \"GROUP\"\ncaption1 = \"Shelf\"\n\
                     compact = [10, 5, 30, 10]\ncell = [10, 5, 30, 10]\n";

#[test]
fn what_stands_in_a_group_is_placed_within_its_frame_and_not_beyond() {
    let child =
        |more: &str| fault(&format!("{CONTROL}function1 = \"BACK\"\nparent_name = \"G\"\n{more}\n{GROUP}"));
    assert_eq!(child("compact = [0, 0, 28, 8]\nwide = [-5, -1, 5, 1]"), "");
    let hidden = "form PAGE, control A: it is out of sight on a terminal of 80x24";
    for beyond in ["compact = [0, 0, 29, 8]", "compact = [0, 8, 1, 1]"] {
        assert_eq!(child(beyond), hidden, "{beyond}");
    }
    // Pixels of a group that is drawn in cells alone are of nothing.
    assert_eq!(child("location_x = 0\nlocation_y = 0\nwidth = 9\nheight = 9"), hidden);
    assert_eq!(child(""), "form PAGE, control A: it is nowhere");
    let button = "function1 = \"BACK\"\nparent_name = \"G\"\ncompact = [0, 0, 0, 1]\n";
    let form = format!("form_no = 1\nname = \"F\"\n{CONTROL}{button}{GROUP}");
    let form = Form::parse(&form).unwrap();
    let size = Size::new(80, 24);
    let places = form.place(size);
    let places = places.iter().map(|(control, rect)| (control.name.as_str(), *rect)).collect::<Vec<_>>();
    assert_eq!(places, [("A", Rect::new(11, 6, 28, 1)), ("G", Rect::new(10, 5, 30, 10))]);
    assert_eq!(form.at(size, 12, 6).map(|control| control.name.as_str()), Some("A"), "not the frame over it");
    assert!(form.at(size, 12, 8).is_none());
    let in_pixels = GROUP.replace(
        "compact = [10, 5, 30, 10]\ncell = [10, 5, 30, 10]",
        "location_x = 0\nlocation_y = 0\nwidth = 512\nheight = 384",
    );
    let half = "function1 = \"BACK\"\nparent_name = \"G\"\nlocation_x = 256\nlocation_y = 0\nwidth = 256\nheight = 96\n";
    let form = Form::parse(&format!("form_no = 1\nname = \"F\"\n{in_pixels}{CONTROL}{half}")).unwrap();
    let rect = form.place(size).into_iter().find(|(control, _)| control.name == "A").unwrap().1;
    assert_eq!(
        rect,
        Rect::new(20, 1, 19, 3),
        "half of the 38 columns within the frame, a quarter of its rows"
    );
}

#[test]
fn attributes_that_mean_nothing_or_cannot_be_are_refused_by_name() {
    let control = |kind: &str, more: &str| {
        let control = format!(
            "form_no = 1\nname = \"F\"\n[[control]]\nname = \"A\"\ntype = \"{kind}\"\n\
             cell = [0, 0, 9, 1]\n{more}"
        );
        Form::parse(&control).map(|_| ()).map_err(|fault| fault.to_string())
    };
    let list = "function1 = \"SALE_PLU_CODE\"\nlist_values = [\"10106=Baguette\", \"10101\"]";
    for (kind, more) in [
        ("BUTTON", "function1 = \"BACK\"\nconfirm = true\ntool_tip = \"Back\"\nfore_color = \"0xFF0000\""),
        ("LABEL", "caption1 = \"Hello\"\ntext_alignment = \"RIGHT\"\nback_color = \"#00FF00\""),
        ("PICTURE", "image = \"shop.png\""),
        ("LISTBOX", list),
        ("LISTBOX", "list_values = [\"Open from 8 to 20\"]"),
        ("TRANSACTION_STATUS", ""),
        ("GROUP", ""),
        ("POP_UP", "caption1 = \"Hours\"\nlist_values = [\"8 to 20\"]\nhotkey = \"f5\""),
        ("WEBBROWSER", "arg1 = \"https://shop.example/help\""),
    ] {
        assert_eq!(control(kind, more), Ok(()), "{kind} {more}");
    }
    for (kind, more, wrong) in [
        ("LABEL", "caption1 = \"x\"\nconfirm = true", "`confirm` means nothing there"),
        ("BUTTON", "function1 = \"BACK\"\nlist_values = [\"1\"]", "`list_values` means nothing there"),
        ("LABEL", "caption1 = \"x\"\nimage = \"a.png\"", "`image` means nothing there"),
        ("NUMPAD", "fore_color = \"0xFF0000\"", "`fore_color` means nothing there"),
        ("LISTBOX", "list_values = [\"1\"]\nhotkey = \"f5\"", "`hotkey` means nothing there"),
        ("GROUP", "parent_name = \"A\"", "`parent_name` means nothing there"),
        ("LABEL", "caption1 = \"x\"\ntext_alignment = \"MIDDLE\"", "`text_alignment` cannot be `MIDDLE`"),
        ("LABEL", "caption1 = \"x\"\nfore_color = \"red\"", "`fore_color` cannot be `red`"),
        ("PICTURE", "", "it shows nothing"),
        ("LISTBOX", "function1 = \"SALE_PLU_CODE\"", "it shows nothing"),
        ("LISTBOX", "list_values = [\"@NoSuchWord\"]", "there is no word NoSuchWord"),
        ("POP_UP", "list_values = [\"8 to 20\"]", "it shows nothing"),
        ("POP_UP", "caption1 = \"Hours\"", "it shows nothing"),
        (
            "POP_UP",
            "caption1 = \"Hours\"\nlist_values = [\"8 to 20\"]\nrequired_capability = \"pos.override\"",
            "`required_capability` means nothing there",
        ),
        ("WEBBROWSER", "", "it shows nothing"),
        ("WEBBROWSER", "arg1 = \"shop.example\"", "`arg1` cannot be `shop.example`"),
        (
            "WEBBROWSER",
            "arg1 = \"https://shop.example\"\nfunction1 = \"BACK\"",
            "`function1` means nothing there",
        ),
        ("BUTTON", "function1 = \"BACK\"\ninput_type = \"NUMERIC\"", "`input_type` means nothing there"),
        ("TEXTBOX", "input_type = \"BOOLEAN\"", "`input_type` cannot be `BOOLEAN`"),
        ("TEXTBOX", "character_casing = \"TITLE\"", "`character_casing` cannot be `TITLE`"),
        ("PASSWORD", "character_casing = \"UPPER\"", "`character_casing` means nothing there"),
        ("GAUGE", "", "there is no type GAUGE"),
    ] {
        let refused = control(kind, more).unwrap_err();
        assert!(refused.ends_with(wrong), "{kind} {more}: {refused}");
    }
    let many = control("LISTBOX", "function1 = \"PLU_KEY\"\nlist_values = [\"1\", \"many=Many\"]");
    let wrong = "form F, control A: event `PLU_KEY` does not take the argument `many`";
    assert_eq!(many.unwrap_err(), wrong, "each row is checked as a button is");
    let within = "function1 = \"BACK\"\n[[control]]\nname = \"B\"\ntype = \"LABEL\"\ncaption1 = \"x\"\nparent_name = \"A\"";
    assert_eq!(control("BUTTON", within).unwrap_err(), "form F, control B: nothing stands in A");
}

#[test]
fn a_form_says_below_which_size_it_is_not_drawn_and_on_whose_display() {
    let form = |more: &str| Form::parse(&format!("form_no = 1\nname = \"F\"\n{more}"));
    let least = |more: &str| form(more).map(|form| form.least).map_err(|fault| fault.to_string());
    assert_eq!(least(""), Ok(Size::default()));
    assert_eq!(least("min_cols = 80\nmin_rows = 10\ndisplay_mode = \"MAIN\""), Ok(Size::default()));
    assert_eq!(least("min_cols = 132"), Ok(Size::new(132, 24)));
    assert_eq!(least("min_rows = 0").unwrap_err(), "form F: `min_rows` cannot be `0`: it is 1 to 500");
    let pole = least("display_mode = \"POLE\"").unwrap_err();
    assert_eq!(pole, "form F: `display_mode` cannot be `POLE`: it is MAIN, CUSTOMER or BOTH");
    let label = "min_cols = 100\n[[control]]\nname = \"A\"\ntype = \"LABEL\"\ncaption1 = \"x\"\n\
                 compact = [90, 0, 9, 1]";
    let wide = form(label).unwrap();
    assert_eq!(wide.place(Size::new(99, 24)).len(), 0);
    assert_eq!(wide.place(Size::new(100, 24)).len(), 1);
    assert!(wide.check(&Forms::built_in(), &Keymap::built_in()).is_ok(), "in sight wherever it is drawn");
    let mut sale = stored::delivered_form("SALE").unwrap().clone();
    sale.min_cols = Some(132);
    let fault = Form::from_record(&sale).unwrap().check(&Forms::built_in(), &Keymap::built_in());
    let told = "form SALE: it is needed on a terminal of 80x24 too, and asks for a larger one";
    assert_eq!(fault.unwrap_err().to_string(), told);
}

#[test]
fn a_form_for_the_customer_has_nothing_to_press_and_says_its_words_from_top_to_bottom() {
    const WORDS: &str = r#"
[[control]]
name = "BELOW"
type = "LABEL"
caption1 = "Fresh rolls"
cell = [0, 9, 20, 1]
[[control]]
name = "SITE"
type = "WEBBROWSER"
arg1 = "https://shop.example"
cell = [0, 12, 40, 4]
[[control]]
name = "CAKES"
type = "LISTBOX"
list_values = ["Carrot cake", "Cheese cake"]
cell = [0, 2, 20, 4]
"#;
    let button =
        "[[control]]\nname = \"GO\"\ntype = \"BUTTON\"\nfunction1 = \"BACK\"\ncell = [0, 20, 9, 1]\n";
    let form = |mode: &str, more: &str| {
        let head = format!("form_no = 1\nname = \"F\"\ncaption = \"Today\"\ndisplay_mode = \"{mode}\"\n");
        Form::parse(&[head.as_str(), WORDS, more].concat()).map_err(|fault| fault.to_string())
    };
    let said = ["Today", "Carrot cake", "Cheese cake", "Fresh rolls", "https://shop.example"];
    let text = crate::text::Text::english();
    assert_eq!(form("CUSTOMER", "").unwrap().slide(text), said);
    assert_eq!(form("BOTH", button).unwrap().slide(text), said, "what is pressed is the cashier's");
    let refused = form("CUSTOMER", button).unwrap_err();
    assert!(refused.starts_with("form F, control GO: the customer's display has labels"), "{refused}");
    let mut sale = stored::delivered_form("SALE").unwrap().clone();
    sale.display_mode = Some("CUSTOMER".into());
    let refused = Form::from_record(&sale).unwrap_err().to_string();
    assert_eq!(refused, "form SALE: `display_mode` cannot be `CUSTOMER`: the cashier needs this form");
}
