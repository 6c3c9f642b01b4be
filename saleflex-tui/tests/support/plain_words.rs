//! What is said on standard output is said in words, in the shop's language, and of everything there is to say.

use super::program::{ends, run_as, said, sell, sold};

#[test]
fn a_list_without_rows_says_so() {
    let shop = sold("login admin 1111\n");
    for list in [
        &["receipts", "list"][..],
        &["closure", "list"],
        &["stock", "transfers"],
        &["customer", "duplicates"],
    ] {
        assert_eq!(ends(&shop, list, 0), "none\n", "{list:?}");
    }
}

#[test]
fn paper_speaks_the_language_of_the_settings_unless_another_is_chosen() {
    let shop = sold("login admin 1111\nsell 10101\npay cash 10\nz\n");
    ends(&shop, &["config", "set", "appearance.language", "tr", "--user", "admin"], 0);
    for paper in [&["print", "receipt", "1"][..], &["receipts", "show", "1"], &["print", "closure", "1"]] {
        assert!(ends(&shop, paper, 0).contains("NAKİT"), "{paper:?}");
        assert!(ends(&shop, &[paper, &["--language", "en"]].concat(), 0).contains("CASH"), "{paper:?}");
    }
}

#[test]
fn a_language_or_colours_that_nobody_knows_are_refused_with_those_that_are() {
    let shop = sold("login admin 1111\n");
    let set = |key, value| ends(&shop, &["config", "set", key, value, "--user", "admin"], 1);
    assert!(set("appearance.language", "xx").contains("there is no xx, but en, tr"));
    assert!(set("appearance.nothing", "pink").contains("there is no setting appearance.nothing"));
    assert!(
        set("appearance.theme", "pink").contains("there is no pink, but standard, warm, contrast, plain")
    );
    assert!(set("recovery", "perhaps").contains("expected one of `continue`, `park`, `cancel`"));
    assert!(set("policy.change_mode", "later").contains("`auto`"));
    assert!(set("policy.most_change", "some").contains("`largest_note`"));
}

#[test]
fn a_return_that_is_refused_is_not_left_open() {
    let shop = sold("login admin 1111\nsell 14101\npay cash 20\n");
    let script = "login admin 1111\nreturn 1 1 2\nreturn 1 9 1\nreturn-without-receipt nothing\nsell 10101\npay cash 10\n";
    std::fs::write(shop.path().join("back.sale"), script).unwrap();
    let told = ends(&shop, &["sell", "--keep-going", "--script", "back.sale"], 3);
    assert_eq!(told.matches("error").count(), 3, "{told}");
    assert!(told.contains("6: ok"), "what follows is a sale of its own: {told}");
}

#[test]
fn cash_that_is_doubted_is_taken_by_a_script_that_says_it_was_counted() {
    let shop = sold("login admin 1111\nsell 10101\n");
    std::fs::write(shop.path().join("much.sale"), "login admin 1111\npay cash 500\n").unwrap();
    let told = ends(&shop, &["sell", "--script", "much.sale"], 3);
    assert!(told.contains("More than £50.00 in change is unusual."), "{told}");
    assert!(told.contains("Add `counted` if so."), "{told}");
    sell(&shop, "login admin 1111\npay cash 500 counted\n");
}

#[test]
fn what_is_refused_by_a_rule_is_not_told_as_a_failure_of_the_file() {
    let shop = sold("login admin 1111\n");
    let told = said(&run_as(&shop, "1111", &["customer", "merge", "C001", "C001", "--user", "admin"]));
    assert!(told.contains("That is the same record."), "{told}");
    let told =
        said(&run_as(&shop, "1111", &["stock", "order", "write", "NOBODY", "10101,1", "--user", "admin"]));
    assert!(!told.contains("could not be written"), "{told}");
}
