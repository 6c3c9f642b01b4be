//! What an operator decides, from one file and the environment, checked once before anything starts.

use std::{ffi::OsString, fmt, fs, net::SocketAddr, num::NonZeroU32, path::Path};

use serde::Deserialize;

mod environment;
mod values;

use self::environment::Environment;

/// Fewer characters make no secret.
const SHORTEST_SECRET: usize = 32;

/// What an operator decides.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// One store on its own network, or many companies.
    pub profile: Profile,
    /// Where to listen. Other machines reach the hub only on an address of the network.
    pub listen: SocketAddr,
    /// A file for SQLite, or a URL that begins with `postgres://`.
    pub database: String,
    /// Under which passcodes for old terminals are sealed. Without one they are not kept.
    pub secret: Option<String>,
    /// Whether terminals that speak the older wire are served, and who of them.
    pub office_wire: OfficeWire,
    /// The largest body that is read.
    pub body_limit_bytes: usize,
    /// The largest body with a file to import.
    pub file_limit_bytes: usize,
    /// How long a request may take, its body included.
    pub request_timeout_seconds: u64,
    /// The company's hub that a store's hub forwards to.
    pub upstream: Option<Upstream>,
    /// Whether unsafe settings are refused.
    pub production: bool,
    /// Whether people may register by themselves; where nothing is said, at a company's hub: at a store's everybody on its
    /// network could. There the first one comes with the code that the start prints.
    pub registration: Option<bool>,
    /// Whether a proxy stands before the hub, which says in `X-Forwarded-For` whom it speaks for.
    pub behind_proxy: bool,
    /// Whether it is counted how often a caller asks. Log-ins are counted always.
    pub rate_limits: bool,
    /// The names under which the hub is reached; none: any. Others are refused.
    pub allowed_hosts: Vec<String>,
    /// What `/metrics` wants to see as a bearer token; without one it is closed.
    pub metrics_token: Option<String>,
    /// For how long is kept what is no fact.
    pub keep: Keep,
    /// How the hub writes to people; without it nobody gets a letter.
    pub mail: Option<Mail>,
}

/// For how many days is kept what is no fact: documents, closures and whatever else took effect stay for ever.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Keep {
    /// Events that the company's hub took, at a store's hub: the company's may come back from an older backup.
    pub forwarded_days: NonZeroU32,
    /// Sessions of people that are over.
    pub sessions_days: NonZeroU32,
    /// Messages and signals after they were read.
    pub messages_days: NonZeroU32,
    /// That a definition was taken away. Who comes back later starts with a snapshot.
    pub tombstones_days: NonZeroU32,
    /// Files to import that were looked at and perhaps never committed, and files of reports.
    pub imports_days: NonZeroU32,
    /// Shares of limits that are over, of a till that was not heard since: then they are lent to others. None: until
    /// somebody writes them off, or the till is revoked and may no longer deliver.
    pub lost_shares_days: Option<NonZeroU32>,
    /// The books of companies that were deleted: as long as the law of their countries keeps them. None: for ever.
    pub deleted_companies_days: Option<NonZeroU32>,
}

/// How the hub writes to people.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The address that letters come from.
    pub from: String,
    /// The program that takes a letter on its standard input and delivers it, with its arguments.
    pub command: Vec<String>,
    /// Where somebody types another password, with `{token}` in it; without one the letter holds the token alone.
    pub reset_link: Option<String>,
}

impl Default for Keep {
    fn default() -> Self {
        let days = |days| NonZeroU32::new(days).unwrap_or(NonZeroU32::MIN);
        Self {
            forwarded_days: days(35),
            sessions_days: days(90),
            messages_days: days(90),
            tombstones_days: days(90),
            imports_days: days(30),
            lost_shares_days: None,
            deleted_companies_days: None,
        }
    }
}

/// The company's hub, as a store's hub knows it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Where it is: `https://hub.example.com`.
    pub address: String,
    /// What this hub shows there: the secret of the terminal that it is registered as, with `--node`.
    pub token: String,
}

/// What a hub is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// One store on its own network.
    #[default]
    Office,
    /// Many companies.
    Gate,
}

/// Who is served on the paths of the older wire.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum OfficeWire {
    /// Nobody: the older wire is closed.
    Closed,
    /// Terminals that show their credential, if need be in the address: `http://CODE:SECRET@hub:9000`.
    #[default]
    Credentials,
    /// Whoever knows the three codes, as the originals do. For a network with nobody else on it.
    Open,
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// Where the file was looked for.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML, or has a key or value that is not known.
    #[error("the settings file is wrong")]
    File(#[from] toml::de::Error),
    /// A variable of the environment has a value that cannot be used.
    #[error("{name} cannot be `{value}`")]
    Variable {
        /// The name of the variable.
        name: &'static str,
        /// The value it has.
        value: String,
    },
    /// A variable of the environment has the name of a setting, and none is called so.
    #[error("{name} is no setting; behind SALEFLEX_GATE_ there may be {known}")]
    NoSetting {
        /// The name of the variable.
        name: String,
        /// What those that there are end with.
        known: String,
    },
    /// A variable of the environment is not written as text.
    #[error("{name} is no text in UTF-8")]
    NoText {
        /// The name of the variable.
        name: String,
    },
    /// A hub to forward to needs both: where it is, and what to show there.
    #[error("a hub that forwards needs {missing} too")]
    HalfUpstream {
        /// The variable that is missing.
        missing: &'static str,
    },
    /// Letters come from somebody.
    #[error("a hub that writes letters needs {missing} too")]
    NoMailSender {
        /// The variable that is missing.
        missing: &'static str,
    },
    /// Letters need a program that delivers them.
    #[error("`mail.command` names no program")]
    NoMailCommand,
    /// A letter without the token that it is about helps nobody.
    #[error("`mail.reset_link` has no `{{token}}` in it")]
    NoToken,
    /// A number that no hub works with.
    #[error("`{name}` is {least} to {most}")]
    OutOfBounds {
        /// The setting.
        name: &'static str,
        /// The least that it may be.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A text that says nothing.
    #[error("`{name}` is blank: leave it out or say what it is")]
    Blank {
        /// The setting.
        name: &'static str,
    },
    /// Not safe in production.
    #[error("in production {0}")]
    Unsafe(&'static str),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: Profile::Office,
            listen: SocketAddr::from(([127, 0, 0, 1], 9000)),
            database: "saleflex-gate.sqlite".to_owned(),
            secret: None,
            office_wire: OfficeWire::Credentials,
            body_limit_bytes: 8 << 20,
            file_limit_bytes: 50 << 20,
            request_timeout_seconds: 30,
            upstream: None,
            production: false,
            registration: None,
            behind_proxy: false,
            rate_limits: false,
            allowed_hosts: Vec::new(),
            metrics_token: None,
            keep: Keep::default(),
            mail: None,
        }
    }
}

impl Settings {
    /// Whether people may register by themselves.
    pub(crate) fn takes_people_in(&self) -> bool {
        self.registration.unwrap_or(self.profile == Profile::Gate)
    }

    /// Reads the file, if there is one, then those of the environment's `variables` that `docs/operations.md` names, then what
    /// `arguments` lays over both, and checks what comes of it.
    ///
    /// # Errors
    /// [`SettingsError::Unreadable`] and [`SettingsError::File`] for the file, [`SettingsError::Variable`],
    /// [`SettingsError::NoSetting`] and [`SettingsError::NoText`] for the environment,
    /// [`SettingsError::HalfUpstream`], [`SettingsError::NoMailSender`], [`SettingsError::NoMailCommand`] and
    /// [`SettingsError::NoToken`] for what lacks its other half, [`SettingsError::OutOfBounds`] and
    /// [`SettingsError::Blank`] for a number or a text that no hub works with,
    /// [`SettingsError::Unsafe`] for what must not be when `production` is set.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        arguments: impl FnOnce(&mut Self),
    ) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        if let Some(path) = file {
            let text = fs::read_to_string(path);
            let text = text
                .map_err(|source| SettingsError::Unreadable { path: path.display().to_string(), source })?;
            settings = toml::from_str(&text)?;
        }
        Environment::of(variables)?.lay_over(&mut settings)?;
        arguments(&mut settings);
        // In production it is counted, whatever the file leaves out.
        settings.rate_limits |= settings.production;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        self.check_values()?;
        if !self.production {
            return Ok(());
        }
        if self.secret.as_ref().is_none_or(|secret| secret.chars().count() < SHORTEST_SECRET) {
            return Err(SettingsError::Unsafe("`secret` needs 32 characters of your own"));
        }
        if self.office_wire == OfficeWire::Open && self.profile == Profile::Gate {
            return Err(SettingsError::Unsafe("`office_wire` must not be open to the whole internet"));
        }
        if self.profile == Profile::Gate && self.allowed_hosts.is_empty() {
            return Err(SettingsError::Unsafe("`allowed_hosts` names what the hub is reached under"));
        }
        if self.profile == Profile::Gate && !self.listen.ip().is_loopback() && !self.behind_proxy {
            let message = "the hub speaks no TLS: put a proxy before it and say `behind_proxy = true`";
            return Err(SettingsError::Unsafe(message));
        }
        if self.metrics_token.as_ref().is_some_and(|token| token.chars().count() < SHORTEST_SECRET) {
            return Err(SettingsError::Unsafe("`metrics_token` needs 32 characters of your own"));
        }
        Ok(())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("profile", &self.profile)
            .field("listen", &self.listen)
            .field("office_wire", &self.office_wire)
            .field("production", &self.production)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_environment(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let variables = pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        Settings::load(None, variables, |_| {})
    }

    #[test]
    fn the_environment_wins_and_nonsense_is_refused_by_its_name() {
        let settings = from_environment(&[("SALEFLEX_GATE_LISTEN", "0.0.0.0:9001")]).unwrap();
        assert_eq!(settings.listen.port(), 9001);
        let error = from_environment(&[("SALEFLEX_GATE_PROFILE", "shop")]).unwrap_err();
        assert_eq!(error.to_string(), "SALEFLEX_GATE_PROFILE cannot be `shop`");
    }

    #[test]
    fn production_needs_a_secret_and_no_open_wire_on_the_internet() {
        let mut settings = Settings { production: true, ..Settings::default() };
        assert!(settings.check().is_err());
        settings.secret = Some("0123456789abcdef0123456789abcdef".to_owned());
        settings.check().unwrap();
        settings.office_wire = OfficeWire::Open;
        settings.check().unwrap();
        settings.profile = Profile::Gate;
        assert!(settings.check().is_err());
        settings.office_wire = OfficeWire::Credentials;
        assert!(settings.check().is_err(), "no name");
        settings.allowed_hosts = vec!["hub.example.com".to_owned()];
        settings.check().unwrap();
        settings.listen = SocketAddr::from(([0, 0, 0, 0], 9000));
        assert!(settings.check().is_err(), "no TLS");
        settings.behind_proxy = true;
        settings.check().unwrap();
        settings.metrics_token = Some("short".to_owned());
        assert!(settings.check().is_err());
    }

    #[test]
    fn a_key_that_is_not_known_is_refused_and_the_secret_is_never_shown() {
        for wrong in ["secrets = 'x'", "[keep]\nforwarded_days = 0", "[keep]\nfacts_days = 1"] {
            assert!(toml::from_str::<Settings>(wrong).is_err(), "{wrong}");
        }
        let settings: Settings = toml::from_str("secret = 'hush'\noffice_wire = 'open'").unwrap();
        assert_eq!(settings.office_wire, OfficeWire::Open);
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
