//! What the program is told from outside: arguments, environment, and what holds where nothing is said.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The cashier's till.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "saleflex",
    version,
    about = "A till in a terminal: sells, offline, and never loses a sale."
)]
pub struct Config {
    /// Where and when the till is.
    #[command(flatten)]
    pub till: TillOptions,
    /// The character that scanners are set up to send before a code.
    #[arg(long, value_name = "CHARACTER")]
    pub scanner_prefix: Option<char>,
    /// Tell what changes line by line instead of drawing a screen: for screen readers.
    #[arg(long)]
    pub linear: bool,
    /// The language of this run: en, tr [default: that of the till's settings].
    #[arg(long, value_name = "LANGUAGE", value_parser = ["en", "tr"], global = true)]
    pub language: Option<String>,
    /// What to do instead of showing the till.
    #[command(subcommand)]
    pub command: Option<Task>,
}

/// Where and when the till is.
#[derive(Args, Clone, Debug)]
pub struct TillOptions {
    /// The till's file [default: saleflex/till.saleflex in the user's data directory].
    #[arg(long, value_name = "FILE", global = true)]
    pub data: Option<PathBuf>,
    /// Where there is no file yet, make the stocked demo store without asking.
    #[arg(long, global = true)]
    pub demo: bool,
    /// The store's time zone, such as Europe/London [default: that of this computer].
    #[arg(long, value_name = "ZONE", global = true)]
    pub time_zone: Option<String>,
    /// The hour at which the store's business day begins.
    #[arg(long, value_name = "HOUR", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..24), global = true)]
    pub day_starts_at: u8,
}

/// What to do instead of showing the till.
#[derive(Clone, Debug, Subcommand)]
pub enum Task {
    /// Sell by a script, without a screen. The format is described in docs/sell-script.md.
    Sell {
        /// The script; `-` reads standard input.
        #[arg(long, value_name = "FILE")]
        script: PathBuf,
        /// Go on after a step that failed.
        #[arg(long)]
        keep_going: bool,
    },
    /// Support, and scripts that do not sell. Described in docs/support.md.
    #[command(flatten)]
    Support(crate::cli::Support),
}

/// The till's file where none is named: in the user's data directory, as the platform has it; in the current
/// directory where none can be told. `variable` reads the environment.
pub fn default_file(variable: impl Fn(&str) -> Option<String>) -> PathBuf {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = if cfg!(windows) {
        set("APPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library").join("Application Support"))
    } else {
        set("XDG_DATA_HOME")
            .filter(|folder| folder.is_absolute())
            .or_else(|| set("HOME").map(|home| home.join(".local").join("share")))
    };
    folder.unwrap_or_default().join("saleflex").join("till.saleflex")
}

/// The language where none is chosen, as the environment has it: `tr` of `tr_TR.UTF-8`.
pub fn default_language(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"))?;
    locale.split(['_', '.', '@']).next().map(str::to_owned)
}

/// The time zone where none is named: `TZ`, by its name or as the file it lies in, else what `/etc/localtime` points to,
/// else what `/etc/timezone` says. Each is taken only where `is_zone` knows it; without any nothing is known.
pub fn default_zone(
    variable: impl Fn(&str) -> Option<String>,
    localtime: Option<PathBuf>,
    timezone: Option<String>,
    is_zone: impl Fn(&str) -> bool,
) -> Option<String> {
    let from_variable = variable("TZ").map(|zone| zone_of_file(zone.trim_start_matches(':')));
    let from_link = localtime.map(|link| zone_of_file(&link.to_string_lossy()));
    let from_name = timezone.map(|name| name.trim().to_owned());
    [from_variable, from_link, from_name].into_iter().flatten().find(|zone| is_zone(zone))
}

/// The zone whose file lies in a tree of zones; of anything else what it is.
fn zone_of_file(path: &str) -> String {
    let path = path.replace('\\', "/");
    let zone = path.split_once("zoneinfo/").map_or(path.as_str(), |(_, zone)| zone);
    zone.strip_prefix("posix/").unwrap_or(zone).to_owned()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn environment<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn the_arguments_are_consistent() {
        Config::command().debug_assert();
        let config = Config::parse_from(["saleflex", "sell", "--script", "-", "--demo", "--data", "t"]);
        assert!(config.till.demo && matches!(config.command, Some(Task::Sell { keep_going: false, .. })));
        assert!(Config::try_parse_from(["saleflex", "--day-starts-at", "24"]).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_file_lies_in_the_users_data_directory() {
        let file = |set: &[(&str, &str)]| default_file(environment(set)).display().to_string();
        assert_eq!(file(&[("XDG_DATA_HOME", "/d"), ("HOME", "/h")]), "/d/saleflex/till.saleflex");
        assert_eq!(file(&[("XDG_DATA_HOME", "d"), ("HOME", "/h")]), "/h/.local/share/saleflex/till.saleflex");
        assert_eq!(file(&[("XDG_DATA_HOME", ""), ("HOME", "/h")]), "/h/.local/share/saleflex/till.saleflex");
        assert_eq!(file(&[]), "saleflex/till.saleflex");
    }

    #[test]
    fn the_language_is_that_of_the_environment() {
        let language = |set: &[(&str, &str)]| default_language(environment(set));
        assert_eq!(language(&[("LANG", "tr_TR.UTF-8")]).as_deref(), Some("tr"));
        assert_eq!(language(&[("LANG", "tr_TR.UTF-8"), ("LC_ALL", "en_GB")]).as_deref(), Some("en"));
        assert_eq!(language(&[]), None);
    }

    #[test]
    fn the_time_zone_is_that_of_the_computer_and_unknown_where_it_has_none() {
        let is_zone = |zone: &str| zone == "Europe/Istanbul";
        let link = || Some(PathBuf::from("/usr/share/zoneinfo/Europe/Istanbul"));
        let zone = |set: &[(&str, &str)], link, named: Option<&str>| {
            default_zone(environment(set), link, named.map(str::to_owned), is_zone)
        };
        let istanbul = Some("Europe/Istanbul".to_owned());
        for named in ["Europe/Istanbul", ":Europe/Istanbul", "/usr/share/zoneinfo/Europe/Istanbul"] {
            assert_eq!(zone(&[("TZ", named)], None, None), istanbul, "{named}");
        }
        assert_eq!(zone(&[("TZ", ":/usr/share/zoneinfo/posix/Europe/Istanbul")], None, None), istanbul);
        assert_eq!(zone(&[("TZ", "CET-1CEST")], link(), None), istanbul);
        assert_eq!(zone(&[], link(), Some("Mars/Base")), istanbul);
        assert_eq!(zone(&[], None, Some("Europe/Istanbul\n")), istanbul, "the link is a copy of the file");
        assert_eq!(zone(&[], Some(PathBuf::from("/etc/somewhere")), None), None);
        assert_eq!(zone(&[("TZ", "<+03>-3")], None, Some("")), None);
    }
}
