//! The commands for support, with the real program: good input and bad, on a till that sold a day.

mod own_screens;
mod plain_words;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
};

use saleflex_store::{Till, shell::SystemShell};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::program::{ends, json, program, said, sold};

/// A demo till with a closed period of a sale and a cancelled document, and one sale in the open period.
fn shop() -> TempDir {
    let mut script = String::from("login admin 1111\nsell 10101 3\npay cash 50\nsell 10101\ncancel\nz\n");
    script.push_str("sell 10101\npay cash 50\n");
    sold(&script)
}

/// The same for another file.
fn of_file(folder: &TempDir, file: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saleflex"));
    command.current_dir(folder).args(["--time-zone", "UTC", "--data", file]).args(arguments).output().unwrap()
}

/// Changes a byte of the file wherever a text stands, as somebody with an editor would.
fn tamper(path: &Path, from: &[u8], to: &[u8]) {
    let mut bytes = fs::read(path).unwrap();
    let places: Vec<usize> =
        bytes.windows(from.len()).enumerate().filter(|(_, part)| *part == from).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_command_that_changes_the_till_makes_the_demo_store_where_it_is_asked_to() {
    let folder = TempDir::new().unwrap();
    let enrol = ["sync", "enrol", "--address", "127.0.0.1:9", "--code", "X", "--user", "nobody"];
    assert!(!of_file(&folder, "till.saleflex", &enrol).status.success());
    assert!(!folder.path().join("till.saleflex").exists(), "a till is not made unasked");
    // Nobody connects it, but there is a till to connect.
    let refused = of_file(&folder, "till.saleflex", &[["--demo"].as_slice(), &enrol].concat());
    assert!(!refused.status.success());
    let whole = of_file(&folder, "till.saleflex", &["verify"]);
    assert!(String::from_utf8_lossy(&whole.stdout).starts_with("whole: "), "{whole:?}");
}

#[test]
fn a_command_that_only_looks_makes_the_demo_store_where_it_is_asked_to() {
    for looks in
        [&["campaign", "list"][..], &["customer", "list"], &["stock", "levels"], &["verify"], &["export"]]
    {
        let folder = TempDir::new().unwrap();
        let till = folder.path().join("till.saleflex");
        assert!(!of_file(&folder, "till.saleflex", looks).status.success(), "{looks:?}");
        assert!(!till.exists(), "a till is not made unasked");
        // What an earlier version left of one where the power failed as it was made is none.
        fs::write(&till, "").unwrap();
        let told = of_file(&folder, "till.saleflex", looks);
        assert!(String::from_utf8_lossy(&told.stderr).contains("there is no till in"), "{looks:?}: {told:?}");
        assert_eq!((told.status.code(), fs::read(&till).unwrap().len()), (Some(1), 0));
        let found = of_file(&folder, "till.saleflex", &[["--demo"].as_slice(), looks].concat());
        assert!(found.status.success() && !found.stdout.is_empty(), "{looks:?}: {found:?}");
    }
}

#[test]
fn verify_says_whole_or_names_the_first_event_that_was_tampered_with() {
    let shop = shop();
    assert!(ends(&shop, &["verify"], 0).starts_with("whole: "));
    let whole = json(&shop, &["verify", "--json"], 0);
    assert_eq!(
        (&whole["whole"], &whole["documents"], &whole["closures"]),
        (&true.into(), &3.into(), &1.into())
    );
    tamper(&shop.path().join("till.saleflex"), b"\"paid\":5000", b"\"paid\":4000");
    assert!(ends(&shop, &["verify"], 3).starts_with("TAMPERED at event "));
    let tampered = json(&shop, &["verify", "--json"], 3);
    assert_eq!(tampered["what"], "its payload is not what was digested");
    assert!(tampered["seq"].as_i64().unwrap() > 1);
    // Whoever does not read it has it in the exit code.
    let mut unread = program(&shop).arg("verify").stdout(Stdio::piped()).spawn().unwrap();
    drop(unread.stdout.take());
    assert_eq!(unread.wait().unwrap().code(), Some(3));
}

#[test]
fn a_till_that_is_not_there_or_is_none_is_refused_by_every_command_that_needs_one() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 8] = [
        &["verify"],
        &["backup", "b"],
        &["archive", "a"],
        &["export"],
        &["closure", "list"],
        &["receipts", "list"],
        &["print", "receipt", "1"],
        &["config", "list"],
    ];
    for command in commands {
        assert!(ends(&folder, command, 1).starts_with("saleflex: "), "{command:?}");
    }
    fs::write(folder.path().join("till.saleflex"), "Dear customer").unwrap();
    for command in commands {
        assert!(ends(&folder, command, 1).contains("till.saleflex"), "{command:?}");
    }
    ends(&folder, &["verify", "--nonsense"], 2);
    ends(&folder, &["fly"], 2);
}

#[test]
fn a_backup_is_restored_only_whole_and_over_nothing_unless_forced() {
    let shop = shop();
    ends(&shop, &["backup", "b.saleflex"], 0);
    assert!(ends(&shop, &["backup", "b.saleflex"], 1).contains("exists already"));
    assert!(ends(&shop, &["restore", "b.saleflex"], 1).contains("--force"));
    let before = json(&shop, &["verify", "--json"], 0);
    let restored = json(&shop, &["restore", "b.saleflex", "--force", "--json"], 0);
    let aside = restored["put_aside"].as_str().unwrap();
    assert!(aside.ends_with("till.saleflex.replaced-1") && Path::new(aside).exists());
    assert_eq!(json(&shop, &["verify", "--json"], 0), before);
    assert!(ends(&shop, &["doctor", "--quick"], 0).contains("gets one with the first start"));
    // The restored till sells on, and what was put aside is whole.
    fs::write(shop.path().join("more.sale"), "login admin 1111\nsell 10101\npay cash 50\n").unwrap();
    ends(&shop, &["sell", "--script", "more.sale"], 0);
    let kept = of_file(&shop, aside, &["verify", "--json"]);
    assert_eq!(serde_json::from_slice::<Value>(&kept.stdout).unwrap(), before);
    let now = fs::read(shop.path().join("till.saleflex")).unwrap();
    tamper(&shop.path().join("b.saleflex"), b"\"paid\":5000", b"\"paid\":4000");
    assert!(ends(&shop, &["restore", "b.saleflex", "--force"], 1).contains("not whole"));
    assert!(fs::read(shop.path().join("till.saleflex")).unwrap() == now);
}

#[test]
fn commands_that_look_do_so_beside_a_till_that_sells_and_others_wait() {
    let shop = shop();
    let mut selling = program(&shop);
    selling.args(["sell", "--script", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut till = selling.spawn().unwrap();
    let mut steps = till.stdin.take().unwrap();
    writeln!(steps, "login admin 1111").unwrap();
    let mut told = std::io::BufReader::new(till.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut told, &mut String::new()).unwrap();
    for command in
        [&["verify"][..], &["backup", "b"], &["receipts", "list"], &["config", "list"], &["doctor"]]
    {
        ends(&shop, command, 0);
    }
    assert!(ends(&shop, &["restore", "b", "--force"], 1).contains("in use"));
    assert!(ends(&shop, &["config", "set", "training", "true", "--user", "admin"], 1).contains("in use"));
    drop(steps);
    assert!(till.wait().unwrap().success());
    assert!(said(&of_file(&shop, "b", &["verify"])).starts_with("whole"));
}

#[test]
fn archive_writes_each_closed_period_once_and_takes_nothing_from_the_till() {
    let shop = shop();
    let before = json(&shop, &["verify", "--json"], 0);
    let written = json(&shop, &["archive", "old", "--json"], 0);
    assert_eq!((written.as_array().unwrap().len(), &written[0]["state"]), (1, &"written".into()));
    let file = shop.path().join(written[0]["file"].as_str().unwrap());
    let lines = fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0]["closure"].is_object()
            && lines[1]["completed"].is_object()
            && lines[2]["cancelled"].is_object()
    );
    assert!(ends(&shop, &["archive", "old"], 0).contains("there already"));
    fs::write(&file, "{}").unwrap();
    assert!(ends(&shop, &["archive", "old"], 3).contains("differs"));
    assert_eq!(json(&shop, &["verify", "--json"], 0), before);
}

#[test]
fn import_tells_every_fault_by_its_line_and_takes_all_or_what_was_asked_for() {
    let shop = shop();
    let file = "code,name,sale_price,department\n77001,Fig jam,3.20,1\n77002,Quince jam,x,1\n10101,Other milk,9.99,1\n";
    fs::write(shop.path().join("p.csv"), file).unwrap();
    let dry = json(&shop, &["import", "p.csv", "--dry-run", "--partial", "--json"], 3);
    assert_eq!((&dry["new"], &dry["changed"], &dry["faults"][0]["line"]), (&1.into(), &1.into(), &3.into()));
    assert!(ends(&shop, &["import", "p.csv", "--user", "admin"], 3).starts_with("line 3: "));
    assert!(!ends(&shop, &["export"], 0).contains("Fig jam"));
    ends(&shop, &["import", "p.csv", "--partial", "--user", "admin"], 3);
    assert!(ends(&shop, &["export"], 0).contains("Fig jam"));
    let mut refused = program(&shop);
    refused.args(["import", "p.csv", "--partial", "--user", "admin"]);
    assert_eq!(refused.env("SALEFLEX_SECRET", "9999").status().unwrap().code(), Some(1));
    ends(&shop, &["import", "none.csv", "--user", "admin"], 1);
    ends(&shop, &["import", "p.csv"], 2);
}

#[test]
fn export_is_lines_of_json_without_secrets_and_never_overwrites() {
    let shop = shop();
    let lines = ends(&shop, &["export"], 0);
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    assert!(lines.contains("\"table\":\"cashier\"") && !lines.contains("argon2"));
    ends(&shop, &["export", "all.jsonl"], 0);
    assert_eq!(fs::read_to_string(shop.path().join("all.jsonl")).unwrap(), lines);
    assert!(ends(&shop, &["export", "all.jsonl"], 1).contains("all.jsonl exists already"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let shop = shop();
    for command in [&["export"][..], &["completions", "bash"], &["man"], &["config", "list", "--json"]] {
        let mut child =
            program(&shop).args(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""), "{command:?}");
    }
}

#[test]
fn a_closed_period_says_which_tips_nobody_has_got_yet() {
    let shop = sold("login admin 1111\nsell 10101\npay card tip 1.00\nz\n");
    let closure = json(&shop, &["closure", "show", "1", "--format", "json"], 0);
    assert_eq!(closure["tips"], serde_json::json!({"distributed": 0, "undistributed": 100}));
    assert_eq!(closure["clock"], serde_json::json!([]), "nobody punched the clock");
}

#[test]
fn closed_periods_and_receipts_are_listed_and_shown_in_each_way() {
    let shop = shop();
    let closures = json(&shop, &["closure", "list", "--json"], 0);
    // A cancelled document is one of the period's, too, wherever they are counted.
    assert_eq!((&closures[0]["number"], &closures[0]["documents"]), (&1.into(), &2.into()));
    let listed = ends(&shop, &["closure", "list"], 0);
    assert!(listed.contains(" 2 documents"), "{listed}");
    for (what, word) in [("expected_cash", "expected"), ("counted_cash", "counted")] {
        let amount = closures[0][what].as_str().unwrap_or("-");
        assert!(listed.contains(&format!("{amount} {word}")), "{listed}");
    }
    assert!(ends(&shop, &["closure", "rollup"], 0).contains(" 2 documents"));
    assert!(ends(&shop, &["closure", "show", "1"], 0).contains("COPY"));
    assert!(ends(&shop, &["closure", "show", "1", "--format", "html"], 0).starts_with("<!DOCTYPE html>"));
    assert_eq!(json(&shop, &["closure", "show", "1", "--format", "json"], 0)["period"]["number"], 1);
    assert!(ends(&shop, &["closure", "show", "9"], 1).contains('9'));
    let first = json(&shop, &["receipts", "list", "--period", "1", "--json"], 0);
    let statuses: Vec<&str> =
        first.as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["completed", "cancelled"]);
    let number = first[0]["number"].as_str().unwrap();
    assert!(ends(&shop, &["receipts", "list", "--period", "1"], 0).contains(number));
    assert!(ends(&shop, &["receipts", "show", number], 0).contains("COPY"));
    let record = json(&shop, &["receipts", "show", number, "--format", "json"], 0);
    assert!(record["completed"].is_object());
    ends(&shop, &["receipts", "show", "20250101-0001-000001"], 1);
    ends(&shop, &["receipts", "list", "--period", "9"], 1);
}

#[test]
fn print_goes_to_the_screen_a_new_file_or_a_printer_and_says_which_does_not_answer() {
    let shop = shop();
    assert!(
        ends(&shop, &["print", "receipt", "1", "--columns", "32"], 0)
            .lines()
            .all(|line| line.chars().count() <= 32)
    );
    ends(&shop, &["print", "closure", "1", "--format", "escpos", "--file", "z.bin"], 0);
    assert!(fs::read(shop.path().join("z.bin")).unwrap().starts_with(b"\x1b@"));
    let before = fs::read(shop.path().join("z.bin")).unwrap();
    let said = ends(&shop, &["print", "closure", "1", "--file", "z.bin"], 1);
    assert!(said.contains("z.bin exists already. Nothing was written."), "{said}");
    assert_eq!(fs::read(shop.path().join("z.bin")).unwrap(), before);
    let told = ends(&shop, &["print", "receipt", "1", "--to", "printer"], 1);
    assert!(told.contains("no printer is set up"), "{told}");
    // What it says to set is a setting.
    let key = told.split("config set ").nth(1).and_then(|said| said.split(' ').next()).unwrap();
    let known = ends(&shop, &["config", "list"], 0);
    assert!(known.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key}: {known}");
    ends(&shop, &["config", "set", "program.printer.address", "file:paper.bin"], 0);
    ends(&shop, &["print", "receipt", "1", "--to", "printer"], 0);
    assert!(fs::read(shop.path().join("paper.bin")).unwrap().starts_with(b"\x1b@"));
    // Nobody listens there any more.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let to = format!("tcp:127.0.0.1:{port}");
    assert!(ends(&shop, &["print", "receipt", "1", "--to", &to], 1).contains("cannot be reached"));
    ends(&shop, &["print", "receipt", "1", "--to", "carrier pigeon"], 1);
}

#[test]
fn settings_are_listed_read_and_changed_by_who_may_and_only_to_what_can_be() {
    let shop = shop();
    assert!(ends(&shop, &["config", "list"], 0).contains("policy.max_lines = 5000"));
    assert_eq!(json(&shop, &["config", "get", "policy.max_lines", "--json"], 0), 5000);
    let set =
        |key: &str, value: &str, code| ends(&shop, &["config", "set", key, value, "--user", "admin"], code);
    set("policy.max_lines", "70", 0);
    assert_eq!(ends(&shop, &["config", "get", "policy.max_lines"], 0), "policy.max_lines = 70\n");
    assert!(set("policy.max_lines", "0", 1).contains('0'));
    set("policy.max_lines", "many", 1);
    assert!(set("policy.most_lines", "70", 1).contains("no setting policy.most_lines"));
    ends(&shop, &["config", "set", "policy.max_lines", "70"], 1);
    let mut clerk = program(&shop);
    clerk.args(["config", "set", "policy.max_lines", "60", "--user", "priya"]);
    assert_eq!(clerk.env("SALEFLEX_SECRET", "3333").output().unwrap().status.code(), Some(1));
    assert_eq!(json(&shop, &["config", "get", "policy", "--json"], 0)["max_lines"], 70);
    for (key, value) in [
        ("printer.columns", "7"),
        ("printer.address", "tcp:"),
        ("line_display.columns", "3"),
        ("log.days", "0"),
    ] {
        let key = format!("program.{key}");
        let told = ends(&shop, &["config", "set", &key, value], 1);
        assert!(told.contains(&key), "{told}");
    }
    // The program reads its own once: what is set says so.
    let told = ends(&shop, &["config", "set", "program.printer.code_page", "pc857"], 0);
    assert!(told.contains("takes it at its next start"), "{told}");
    assert!(!set("policy.max_lines", "70", 0).contains("next start"));
    assert_eq!(json(&shop, &["config", "get", "program.printer.code_page", "--json"], 0), "pc857");
    let elsewhere = ["config", "set", "program.sync.address", "http://hub.example"];
    assert!(ends(&shop, &elsewhere, 1).contains("sync enrol"));
    // What the till decides itself is no question of which hub it has.
    let keeps = |value: &str, code| ends(&shop, &["config", "set", "program.sync.keeps", value], code);
    keeps(r#"["catalog", "customers"]"#, 0);
    let kept = json(&shop, &["config", "get", "program.sync.keeps", "--json"], 0);
    assert_eq!(kept, serde_json::json!(["catalog", "customers"]));
    keeps(r#"["weather"]"#, 1);
    fs::write(shop.path().join("till.toml"), "[printer]\ncolums = 42\n").unwrap();
    assert!(ends(&shop, &["config", "list"], 1).contains("till.toml"));
}

#[test]
fn a_till_leaves_its_hub_by_a_command_of_whoever_may_and_keeps_what_it_decides_itself() {
    let shop = shop();
    let alone = ends(&shop, &["sync", "leave", "--user", "admin"], 1);
    assert_eq!(ends(&shop, &["sync", "status"], 1), alone, "it has none");
    let connected = "[sync]\nmode = \"gate\"\naddress = \"http://127.0.0.1:9\"\nkeeps = [\"catalog\"]\n";
    fs::write(shop.path().join("till.toml"), connected).unwrap();
    let mut clerk = program(&shop);
    clerk.args(["sync", "leave", "--user", "priya"]);
    assert_eq!(clerk.env("SALEFLEX_SECRET", "3333").output().unwrap().status.code(), Some(1));
    assert!(ends(&shop, &["sync", "leave", "--user", "admin"], 0).contains("on its own"));
    let sync = json(&shop, &["config", "get", "program.sync", "--json"], 0);
    assert_eq!((&sync["mode"], &sync["address"]), (&Value::from("standalone"), &Value::from("")));
    assert_eq!(sync["keeps"], serde_json::json!(["catalog"]));
}

#[test]
fn sync_status_says_since_when_the_till_has_its_secret_and_not_what_it_is() {
    let shop = shop();
    fs::write(shop.path().join("till.toml"), "[sync]\nmode = \"gate\"\naddress = \"http://127.0.0.1:9\"\n")
        .unwrap();
    let shell = SystemShell::try_new("Europe/London", 0).unwrap();
    let mut till = Till::open(shop.path().join("till.saleflex"), shell).unwrap();
    till.log_in("admin", "1111").unwrap();
    till.add_connector("gate").unwrap();
    drop(till);
    assert_eq!(json(&shop, &["sync", "status", "--json"], 0)["secret_since"], Value::Null);
    fs::write(shop.path().join("till.token"), "opensesame\n2026-03-01T09:00:00Z\n").unwrap();
    assert_eq!(json(&shop, &["sync", "status", "--json"], 0)["secret_since"], "2026-03-01T09:00:00Z");
    let told = ends(&shop, &["sync", "status"], 0);
    assert!(told.contains("is of 2026-03-01 09:00 UTC") && !told.contains("opensesame"), "{told}");
}

#[test]
fn a_hub_that_no_longer_takes_the_tills_token_ends_sync_push_and_pull_as_trouble() {
    let shop = shop();
    let hub = TcpListener::bind("127.0.0.1:0").unwrap();
    let connected = format!("[sync]\nmode = \"gate\"\naddress = \"http://{}\"\n", hub.local_addr().unwrap());
    fs::write(shop.path().join("till.toml"), connected).unwrap();
    let shell = SystemShell::try_new("Europe/London", 0).unwrap();
    let mut till = Till::open(shop.path().join("till.saleflex"), shell).unwrap();
    till.log_in("admin", "1111").unwrap();
    till.add_connector("gate").unwrap();
    drop(till);
    thread::spawn(move || {
        for mut asked in hub.incoming().map(Result::unwrap) {
            let mut head = BufReader::new(&asked).lines().map(Result::unwrap);
            assert!(head.any(|line| line.is_empty()));
            drop(head);
            let told = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            asked.write_all(told).unwrap();
        }
    });
    for verb in ["push", "pull"] {
        assert!(ends(&shop, &["sync", verb], 3).contains("the hub refuses this till"), "{verb}");
    }
}

#[test]
fn a_setting_that_stands_as_delivered_is_listed_and_read_and_set_back_to_that() {
    let shop = shop();
    let told = ends(&shop, &["config", "list"], 0);
    for line in ["appearance.start_form = null", "policy.voucher_rest = \"stays\"", "paper.footer = \"\""] {
        assert!(told.lines().any(|known| known == line), "{line}: {told}");
    }
    let get = || ends(&shop, &["config", "get", "appearance.start_form"], 0);
    let set = |value| ends(&shop, &["config", "set", "appearance.start_form", value, "--user", "admin"], 0);
    assert_eq!(get(), "appearance.start_form = null\n");
    set("SALE");
    assert_eq!(get(), "appearance.start_form = \"SALE\"\n");
    assert_eq!(set("null"), get());
    assert_eq!(set("null"), "appearance.start_form = null\n", "also where nothing was set");
    assert!(ends(&shop, &["config", "get", "appearance.colour"], 1).contains("no setting appearance.colour"));
}

#[test]
fn the_doctor_finds_trouble_and_bundles_nothing_personal() {
    let shop = shop();
    let well = json(&shop, &["doctor", "--json", "--bundle", "bundle"], 0);
    let names: Vec<&str> =
        well["checks"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "file",
            "schema",
            "integrity",
            "log",
            "documents",
            "outbox",
            "clock",
            "journal",
            "disk",
            "printer",
            "logging",
        ]
    );
    let said = ends(&shop, &["doctor", "--bundle", "bundle"], 1);
    assert!(said.contains("bundle exists already. Nothing was written."), "{said}");
    // By its whole path, as where it is started from a menu.
    let whole = shop.path().join("till.saleflex").display().to_string();
    assert!(of_file(&shop, &whole, &["doctor", "--quick", "--bundle", "named"]).status.success());
    let folder = shop.path().display().to_string().to_lowercase();
    let files =
        |folder: &str| fs::read_dir(shop.path().join(folder)).unwrap().map(|file| file.unwrap().path());
    let all = files("bundle").chain(files("bundle/logs")).chain(files("named"));
    for file in all.filter(|file| file.is_file()) {
        let text = fs::read_to_string(file).unwrap().to_lowercase();
        for personal in ["priya", "admin", "argon2", "c-0001", "phone\":", "corner market", &folder] {
            assert!(!text.contains(personal), "{personal}");
        }
    }
    tamper(&shop.path().join("till.saleflex"), b"\"paid\":5000", b"\"paid\":4000");
    assert!(ends(&shop, &["doctor"], 3).contains("TROUBLE  journal"));
    ends(&shop, &["doctor", "--quick"], 0);
    fs::remove_file(shop.path().join("till.saleflex")).unwrap();
    assert!(ends(&shop, &["doctor"], 3).contains("TROUBLE  file"));
}

#[test]
fn the_doctor_names_documents_that_are_not_listed() {
    let shop = shop();
    let file = rusqlite::Connection::open(shop.path().join("till.saleflex")).unwrap();
    let lost = "DROP TRIGGER document_is_never_deleted; DELETE FROM document WHERE no = 2";
    file.execute_batch(lost).unwrap();
    file.close().unwrap();
    let said = ends(&shop, &["doctor", "--quick"], 3);
    assert!(said.contains("TROUBLE  documents  not listed: 1, the first was finished by event"), "{said}");
    assert_eq!(json(&shop, &["doctor", "--json"], 3)["health"]["not_listed"], 1);
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = ends(&folder, &["completions", shell], 0);
        assert!(script.contains("receipts") && script.contains("verify"), "{shell}");
    }
    ends(&folder, &["completions", "abacus"], 2);
    assert!(ends(&folder, &["man"], 0).contains(".TH saleflex"));
    ends(&folder, &["man", "pages"], 0);
    assert!(folder.path().join("pages/saleflex-verify.1").exists());
    assert!(ends(&folder, &["import", "--help"], 0).contains("a file: CSV or lines of JSON"));
}

#[test]
fn a_change_of_country_says_whose_telephone_is_whose() {
    let shop = shop();
    let file = "code,name,last_name,phone\nN1,Ada,King,01632 960150\nN2,Ada,Kingg,+44 1632 960150\n";
    fs::write(shop.path().join("c.csv"), file).unwrap();
    let set = |code| ends(&shop, &["config", "set", "dialling.calling_code", code, "--user", "admin"], 0);
    set("1");
    ends(&shop, &["customer", "import", "c.csv", "--user", "admin"], 0);
    assert!(set("0044").contains(" has the telephone of N"));
    let listed = json(&shop, &["customer", "duplicates", "--json"], 0);
    assert_eq!(listed[0]["likeness"][0], "Phone", "{listed}");
    assert_eq!(json(&shop, &["config", "get", "dialling.calling_code", "--json"], 0), "44");
}

#[test]
fn customers_are_listed_told_merged_taken_over_and_forgotten() {
    let shop = shop();
    let file =
        "code,name,last_name,phone\nN1,Ada,King,01632 960150\nN2,Ada,Kingg,+44 1632 960151\nN3,,Nameless,\n";
    fs::write(shop.path().join("c.csv"), file).unwrap();
    let dry = json(&shop, &["customer", "import", "c.csv", "--dry-run", "--json"], 3);
    assert_eq!((&dry["added"], &dry["faults"][0]["line"]), (&2.into(), &4.into()));
    assert!(ends(&shop, &["customer", "import", "c.csv", "--user", "admin"], 3).contains("0 added"));
    ends(&shop, &["customer", "import", "c.csv", "--partial", "--user", "admin"], 3);
    // What the till has since is told line by line, also by a dry run.
    let dry = json(&shop, &["customer", "import", "c.csv", "--dry-run", "--json"], 3);
    let lines: Vec<_> = dry["faults"].as_array().unwrap().iter().map(|fault| &fault["line"]).collect();
    // The first two have a code and a telephone that somebody has.
    assert_eq!(
        (&dry["added"], lines),
        (&0.into(), vec![&2.into(), &2.into(), &3.into(), &3.into(), &4.into()]),
        "{dry}"
    );
    let again = ends(&shop, &["customer", "import", "c.csv", "--partial", "--user", "admin"], 3);
    assert!(again.contains("line 3: another customer has the telephone number: N2"), "{again}");
    assert!(again.contains("line 2:") && again.contains("line 3:") && again.contains("0 added"), "{again}");
    let listed = json(&shop, &["customer", "list", "ada", "--json"], 0);
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["code"]), (2, &"N1".into()));
    assert!(ends(&shop, &["customer", "list", "1632 960150"], 0).contains("Ada King"));
    assert_eq!(json(&shop, &["customer", "duplicates", "--json"], 0), serde_json::json!([]));
    ends(&shop, &["customer", "merge", "N1", "N1", "--user", "admin"], 1);
    ends(&shop, &["customer", "merge", "N1", "N2", "--user", "admin"], 0);
    let known = json(&shop, &["customer", "show", "N1"], 0);
    assert_eq!((&known["name"], &known["earlier"][0]["code"]), (&"Ada".into(), &"N2".into()));
    ends(&shop, &["customer", "erase", "N1", "--user", "admin"], 0);
    ends(&shop, &["customer", "show", "N1"], 1);
    assert!(!ends(&shop, &["export"], 0).contains("Kingg"));
    assert_eq!(json(&shop, &["verify", "--json"], 0)["whole"], true);
}

#[test]
fn members_are_told_given_points_and_cards_and_programs_are_written_and_read_back() {
    let shop = shop();
    let member = json(&shop, &["loyalty", "show", "C002", "--json"], 0);
    assert_eq!(
        (&member["member"]["tier"], &member["movements"][0]["points"]),
        (&"SILVER".into(), &1200.into())
    );
    let grant = ["loyalty", "grant", "C002", "25", "--reason", "sorry", "--user", "admin"];
    assert!(ends(&shop, &grant, 0).contains("1225"));
    let taken = ["loyalty", "grant", "C002", "-30", "--reason", "twice", "--user", "admin"];
    ends(&shop, &taken, 1);
    assert!(ends(&shop, &[&taken[..], &["--correction"]].concat(), 0).contains("1195"));
    ends(&shop, &["loyalty", "enrol", "C001", "--user", "admin"], 0);
    assert!(ends(&shop, &["loyalty", "show", "C001"], 0).contains("welcome"));
    ends(&shop, &["loyalty", "card", "4242", "--to", "C001", "--user", "admin"], 0);
    ends(&shop, &["loyalty", "card", "4242", "--to", "C002", "--user", "admin"], 1);
    ends(&shop, &["loyalty", "card", "4242", "--user", "admin"], 0);
    ends(&shop, &["loyalty", "day", "--user", "admin"], 0);
    let mut program = json(&shop, &["loyalty", "programs"], 0)[0].clone();
    program["welcome"] = (-1).into();
    fs::write(shop.path().join("p.json"), program.to_string()).unwrap();
    ends(&shop, &["loyalty", "save", "p.json", "--user", "admin"], 1);
    program["welcome"] = 7.into();
    fs::write(shop.path().join("p.json"), program.to_string()).unwrap();
    ends(&shop, &["loyalty", "save", "p.json", "--user", "admin"], 0);
    assert_eq!(json(&shop, &["loyalty", "programs"], 0)[0]["welcome"], 7);
    assert_eq!(json(&shop, &["verify", "--json"], 0)["whole"], true);
}

#[test]
fn segments_are_previewed_saved_and_decided_by_hand() {
    let shop = shop();
    let rule = r#"{"registered_within":{"days":30}}"#;
    let count = json(&shop, &["segment", "preview", rule, "--json"], 0);
    assert_eq!((&count["matching"], &count["of"]), (&4.into(), &4.into()));
    ends(&shop, &["segment", "preview", r#"{"all":[]}"#], 1);
    let mut segment = json(&shop, &["segment", "list", "--json"], 0)[0]["segment"].clone();
    segment["id"] = "0195f7a0-0000-7000-8000-0000000c1bff".into();
    segment["code"] = "EVERYBODY".into();
    segment["criterion"] = serde_json::from_str(rule).unwrap();
    fs::write(shop.path().join("s.json"), segment.to_string()).unwrap();
    assert!(ends(&shop, &["segment", "save", "s.json", "--user", "admin"], 0).contains("EVERYBODY  4"));
    ends(&shop, &["segment", "set", "EVERYBODY", "C001", "--out", "--user", "admin"], 0);
    let members = json(&shop, &["segment", "members", "EVERYBODY", "--json"], 0);
    assert_eq!(members.as_array().unwrap().len(), 3);
    ends(&shop, &["segment", "set", "NONE", "C001", "--user", "admin"], 1);
}

#[test]
fn a_lone_administrator_who_forgot_the_secret_is_rescued() {
    let folder = shop();
    let rescue = |user: &str, secret: &str| {
        program(&folder).args(["rescue", user]).env("SALEFLEX_SECRET", secret).output().unwrap()
    };
    assert_eq!(rescue("nobody", "9753").status.code(), Some(1));
    assert_eq!(rescue("priya", "9753").status.code(), Some(1), "a cashier is helped by the administrator");
    let done = rescue("admin", "9753");
    assert!(done.status.success() && !said(&done).contains("9753"), "{}", said(&done));
    let refused = ends(&folder, &["config", "set", "policy.max_lines", "9", "--user", "admin"], 1);
    assert!(!refused.contains("1111"), "{refused}");
}
