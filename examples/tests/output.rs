//! Runs every example and compares what it prints with `expected/`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where cargo puts examples: beside the folder of this test's own program.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a path");
    let target =
        test.parent().and_then(Path::parent).expect("tests are built two folders below the profile's");
    target.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn check(name: &str, arguments: &[&str]) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(program(name)).args(arguments).current_dir(here).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} failed: {errors}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let expected = here.join("expected").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&expected, &printed).unwrap();
    }
    let wanted = fs::read_to_string(&expected).unwrap();
    assert_eq!(printed, wanted, "{name} prints something else than {}", expected.display());
}

#[test]
fn first_sale_prints_its_receipt() {
    check("first_sale", &[]);
}

#[test]
fn backtest_tells_what_a_draft_would_have_cost() {
    check("backtest", &[]);
}

#[test]
fn loyalty_tells_a_members_year() {
    check("loyalty", &[]);
}

#[test]
fn offline_day_ends_with_three_that_agree() {
    check("offline_day", &[]);
}

#[test]
fn own_shop_is_made_once_and_opened_from_then_on() {
    check("own_shop", &[]);
}

#[test]
fn refund_gives_back_exactly_what_was_paid() {
    check("refund", &[]);
}

#[test]
fn replay_day_closes_each_date_of_its_table() {
    check("replay_day", &["data/two-small-days.csv"]);
}

/// What `replay_day` prints of a table, or what it complains of.
fn replay(rows: &(impl AsRef<[u8]> + ?Sized)) -> Result<String, String> {
    let heading = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.csv");
    fs::write(&file, [heading.as_bytes(), b"\n", rows.as_ref(), b"\n"].concat()).unwrap();
    let output = Command::new(program("replay_day")).arg(&file).output().unwrap();
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(words(&output.stdout)) } else { Err(words(&output.stderr)) }
}

#[test]
fn replay_day_rings_up_fractions_and_lists_what_sold_nothing() {
    let printed = replay(
        "1,A,CHEDDAR,0.250,2024-05-06 09:00:00,12.00,,UK\n\
         1,B,PAPER BAG,0,2024-05-06 09:00:00,0.10,,UK\n\
         2,A,CHEDDAR,1.5,2024-05-06 09:05:00,12.00,30001,UK\n\
         C3,A,CHEDDAR,-0.00,2024-05-06 09:10:00,12.00,30001,UK\n\
         C4,A,CHEDDAR,-0.5,2024-05-06 09:12:00,12.00,30001,UK",
    );
    let closure: serde_json::Value = serde_json::from_str(&printed.unwrap()).unwrap();
    assert_eq!(closure["skipped_lines"], serde_json::json!([3, 5]));
    assert_eq!(
        (&closure["gross_sales_amount"], &closure["return_amount"]),
        (&"21.00".into(), &"6.00".into())
    );
    assert_eq!(closure["total_document_count"], 3);
}

#[test]
fn replay_day_sells_at_nothing_what_comes_to_less_than_half_a_penny() {
    let printed = replay(
        "1,PADS,PADS TO MATCH ALL CUSHIONS,1,2024-05-06 09:00:00,0.001,16198,UK\n\
         2,PADS,PADS TO MATCH ALL CUSHIONS,5,2024-05-06 09:05:00,0.001,,UK\n\
         3,GIFT,A GIFT,1,2024-05-06 09:10:00,0.00,,UK",
    );
    let closure: serde_json::Value = serde_json::from_str(&printed.unwrap()).unwrap();
    assert_eq!(
        (&closure["gross_sales_amount"], &closure["total_document_count"]),
        (&"0.01".into(), &3.into())
    );
}

#[test]
fn replay_day_sells_what_is_described_on_two_lines_or_at_length() {
    let long = "LONG ".repeat(50);
    let printed = replay(&format!(
        "1,A,\"TEA\nGREEN\",1,2024-05-06 09:00:00,12.00,,UK\n1,B,{long},1,2024-05-06 09:00:00,3.00,,UK"
    ));
    let closure: serde_json::Value = serde_json::from_str(&printed.unwrap()).unwrap();
    assert_eq!(closure["gross_sales_amount"], "15.00");
}

#[test]
fn replay_day_sells_what_is_described_in_letters_of_another_alphabet() {
    let printed = replay(b"1,A,\xa310 GIFT,1,2024-05-06 09:00:00,10.00,,UK");
    let closure: serde_json::Value = serde_json::from_str(&printed.unwrap()).unwrap();
    assert_eq!(closure["gross_sales_amount"], "10.00");
}

#[test]
fn replay_day_names_the_line_of_a_row_that_makes_no_sense() {
    let whole = "1,A,CHEDDAR,1,2024-05-06 09:00:00,12.00,,UK";
    for (row, what) in [
        ("2,A,CHEDDAR,some,2024-05-06 09:01:00,12.00,,UK", "quantity \"some\""),
        ("2,A,CHEDDAR,,2024-05-06 09:01:00,12.00,,UK", "quantity \"\""),
        ("2,A,CHEDDAR,-1x,2024-05-06 09:01:00,12.00,,UK", "quantity \"-1x\""),
        ("2,A,CHEDDAR,1,2024-05-06 09:01:00,dear,,UK", "price \"dear\""),
        ("2,A,CHEDDAR,1,yesterday,12.00,,UK", "no date and time"),
        ("2,A23456789B123456789C1,CHEDDAR,1,2024-05-06 09:01:00,12.00,,UK", "21 characters, more than 20"),
    ] {
        let complaint = replay(&format!("{whole}\n{row}")).unwrap_err();
        assert!(complaint.contains("line 3") && complaint.contains(what), "{row}: {complaint}");
    }
    let complaint = replay(&format!("{whole}\n2,A,CHEDDAR")).unwrap_err();
    assert!(complaint.contains("after line 2"), "{complaint}");
}

#[test]
fn campaigns_are_priced_counted_and_printed() {
    check("campaigns", &[]);
}

#[test]
fn embed_sells_what_another_products_menu_has() {
    check("embed", &[]);
}

#[test]
fn explain_says_of_each_campaign_why() {
    check("explain", &[]);
}

#[test]
fn stock_day_moves_goods_and_the_journal_leads_to_all_of_it() {
    check("stock_day", &[]);
}
