//! `cargo xtask paper`, its other half: what is printed as a page, laid out by a browser.
//!
//! A script that is put into a copy of each page measures it there: every word of the same paper as text is on it, nothing
//! stands out of the paper, codes can be seen. Then the page is printed: 80 mm wide, a sheet for each part of the paper.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context, bail, ensure};

use crate::{check::Outcome, workspace::Workspace};

/// What a browser may be called. The first is the smallest that lays pages out.
const BROWSERS: [&str; 4] = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
/// A browser without a screen that looks nothing up and keeps nothing.
const ALONE: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    // Where a container has little memory to share.
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // A telephone, on which the paper takes all of the screen.
    "--window-size=320,800",
];
/// Seconds for a page, of which a browser takes one.
const PATIENCE: &str = "30";
/// How `timeout` ends where it ended what it started.
const LATE: i32 = 124;
/// What is looked at, as it is asked for.
const PAPER: [&[&str]; 4] =
    [&["receipt", "1"], &["receipt", "2"], &["closure", "1"], &["label", "LONG", "--goods", "2"]];
/// Columns of the text that a page is compared with: about as many as it has.
const COLUMNS: &str = "37";
/// 80 mm in the points of a printed file, as browsers round it.
const WIDTH_PT: std::ops::RangeInclusive<f64> = 225.8..=227.8;

/// A product whose name and price take more room than there is.
const GOODS: &str = "code,name,sale_price,department,barcodes\n\
    LONG,Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen <&>,1234567.89,101,4006381333931\n";
const DAY: &str = "login admin 1111\nsell LONG 3\nsell 12402\ndiscount last 10%\npay card 3.00\npay cash 3703720\n\
    return 1 1 1\npay cash\nz\n";

/// Prints a few papers as pages with the program and looks at them.
///
/// # Errors
/// What is not on a page, stands out of it or is printed otherwise than it should be.
pub fn run(workspace: &Workspace, program: &Path) -> anyhow::Result<Outcome> {
    let folder = workspace.root().join("target/pages");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    // One that is there and cannot show a word, as in a container that forbids what it needs, says nothing of our pages.
    let shows = |name: &&str| browse(name, &folder, &["--dump-dom", "data:text/html,here"]);
    let Some(browser) = BROWSERS.into_iter().find(|name| shows(name).is_ok_and(|page| page.contains("here")))
    else {
        return Ok(Outcome::NotRun("no Chromium shows a page (on Debian: chromium-headless-shell)".into()));
    };
    fs::write(folder.join("goods.csv"), GOODS)?;
    fs::write(folder.join("day.sale"), DAY)?;
    let till = |arguments: &[&str]| {
        let mut command = Command::new(program);
        command.current_dir(&folder).env("SALEFLEX_SECRET", "1111");
        command.args(["--time-zone", "UTC", "--data", "till.saleflex"]).args(arguments);
        said(&mut command)
    };
    till(&["sell", "--demo", "--script", "/dev/null"])?;
    till(&["import", "goods.csv", "--user", "admin"])?;
    till(&["sell", "--script", "day.sale"])?;
    let mut wrong = Vec::new();
    for asked in PAPER {
        let text = till(&[&["print"], asked, &["--columns", COLUMNS, "--format", "text"]].concat())?;
        let page = till(&[&["print"], asked, &["--format", "html"]].concat())?;
        let name = asked.join("-");
        let seen = Seen { browser, folder: &folder, name: &name };
        wrong.extend(seen.on_screen(&page, &text)?.into_iter().chain(seen.printed(&page)?));
    }
    ensure!(wrong.is_empty(), "pages are not as they should be:\n{}", wrong.join("\n"));
    Ok(Outcome::Held)
}

/// A page in a browser.
struct Seen<'a> {
    browser: &'a str,
    folder: &'a Path,
    name: &'a str,
}

impl Seen<'_> {
    /// What is wrong with a page on a screen.
    fn on_screen(&self, page: &str, text: &str) -> anyhow::Result<Vec<String>> {
        let (before, after) = page.rsplit_once("</body>").context("a page without a body")?;
        let wanted = text.replace('&', "&amp;").replace('<', "&lt;");
        let script = include_str!("pages.js");
        let measured = format!(
            "{before}<template id=\"wanted\">{wanted}</template><script>{script}</script></body>{after}"
        );
        let path = self.write("measured.html", &measured)?;
        let shown = self.browse(&["--dump-dom", &address(&path)])?;
        let found = shown.split_once("<pre id=\"measured\">").and_then(|(_, rest)| rest.split_once("</pre>"));
        let (found, _) = found.with_context(|| format!("{}: the browser measured nothing", self.name))?;
        Ok(found.lines().map(|line| format!("{}: {line}", self.name)).collect())
    }

    /// What is wrong with a page on paper.
    fn printed(&self, page: &str) -> anyhow::Result<Vec<String>> {
        let path = self.write("page.html", page)?;
        let file = self.folder.join(format!("{}.pdf", self.name));
        let print = format!("--print-to-pdf={}", file.display());
        self.browse(&["--no-pdf-header-footer", &print, &address(&path)])?;
        let printed = fs::read(&file).with_context(|| format!("{}: nothing was printed", self.name))?;
        let printed = String::from_utf8_lossy(&printed);
        let sheets: Vec<&str> = printed.split("/MediaBox").skip(1).collect();
        let parts = page.matches("class=\"cut\"").count();
        let mut wrong = Vec::new();
        if sheets.len() != parts {
            wrong.push(format!("{}: {} sheets for {parts} parts", self.name, sheets.len()));
        }
        for sheet in sheets {
            let width = sheet.split_whitespace().nth(2).and_then(|number| number.parse::<f64>().ok());
            if width.is_none_or(|width| !WIDTH_PT.contains(&width)) {
                wrong.push(format!("{}: a sheet {width:?} points wide instead of {WIDTH_PT:?}", self.name));
            }
        }
        Ok(wrong)
    }

    fn write(&self, what: &str, page: &str) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(format!("{}-{what}", self.name));
        fs::write(&path, page)?;
        Ok(path)
    }

    fn browse(&self, arguments: &[&str]) -> anyhow::Result<String> {
        browse(self.browser, self.folder, arguments).with_context(|| self.name.to_owned())
    }
}

fn browse(browser: &str, folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = at_most(PATIENCE, browser);
    command.args(ALONE).arg(format!("--user-data-dir={}", folder.join("profile").display()));
    said(command.args(arguments))
}

/// A program that is ended, with all that it started, where it takes longer.
fn at_most(seconds: &str, program: &str) -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", seconds, program]);
    command
}

fn address(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// What a program says.
fn said(command: &mut Command) -> anyhow::Result<String> {
    let Output { status, stdout, stderr } = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(status.code() != Some(LATE), "{command:?} did not end in time");
    if !status.success() {
        bail!(
            "{command:?} failed ({status}): {}{}",
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr)
        );
    }
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_does_not_end_is_ended() {
        let error = said(at_most("0.2", "sleep").arg("60")).unwrap_err();
        assert!(error.to_string().ends_with("did not end in time"), "{error}");
        assert_eq!(said(at_most("60", "echo").arg("here")).unwrap(), "here\n");
    }
}
