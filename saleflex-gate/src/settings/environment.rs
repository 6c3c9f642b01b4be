//! Settings from the environment: every one of them has a variable, which wins over the file.

use std::{collections::BTreeMap, ffi::OsString, str::FromStr};

use super::{Keep, Mail, OfficeWire, Profile, Settings, SettingsError, Upstream};

/// What the name of every variable begins with.
const OURS: &str = "SALEFLEX_GATE_";

/// The variables of an environment that are the program's; an empty one counts as none.
pub(super) struct Environment {
    /// Those that no setting has asked for yet, by their names.
    left: BTreeMap<String, String>,
    /// The names that settings have asked for.
    asked: Vec<&'static str>,
}

impl Environment {
    /// Those of all variables that are the program's.
    pub(super) fn of(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, SettingsError> {
        let mut left = BTreeMap::new();
        for (name, value) in variables {
            let name = name.to_string_lossy().into_owned();
            if !name.starts_with(OURS) {
                continue;
            }
            let Ok(value) = value.into_string() else { return Err(SettingsError::NoText { name }) };
            if !value.trim().is_empty() {
                left.insert(name, value);
            }
        }
        Ok(Self { left, asked: Vec::new() })
    }

    fn text(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        self.left.remove(name)
    }

    /// Reads a variable over what is there.
    fn over<T>(
        &mut self,
        name: &'static str,
        setting: &mut T,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<(), SettingsError> {
        if let Some(value) = self.text(name) {
            *setting = read(value.trim()).ok_or(SettingsError::Variable { name, value })?;
        }
        Ok(())
    }

    /// The same for a setting that may be absent.
    fn over_some<T: FromStr>(
        &mut self,
        name: &'static str,
        setting: &mut Option<T>,
    ) -> Result<(), SettingsError> {
        if let Some(value) = self.text(name) {
            let read = value.trim().parse().map_err(|_| SettingsError::Variable { name, value })?;
            *setting = Some(read);
        }
        Ok(())
    }

    /// Lays the whole environment over settings. None is left out: whoever adds a setting names its variable here. What is left
    /// then is no setting: a name that is mistyped would be one that was never said.
    pub(super) fn lay_over(mut self, settings: &mut Settings) -> Result<(), SettingsError> {
        let Settings {
            profile,
            listen,
            database,
            secret,
            office_wire,
            body_limit_bytes,
            file_limit_bytes,
            request_timeout_seconds,
            upstream,
            production,
            registration,
            behind_proxy,
            rate_limits,
            allowed_hosts,
            metrics_token,
            keep,
            mail,
        } = settings;
        self.over("SALEFLEX_GATE_PROFILE", profile, profile_of)?;
        self.over("SALEFLEX_GATE_LISTEN", listen, parsed)?;
        self.over("SALEFLEX_GATE_DATABASE", database, parsed)?;
        self.over_some("SALEFLEX_GATE_SECRET", secret)?;
        self.over("SALEFLEX_GATE_OFFICE_WIRE", office_wire, wire_of)?;
        self.over("SALEFLEX_GATE_BODY_LIMIT_BYTES", body_limit_bytes, parsed)?;
        self.over("SALEFLEX_GATE_FILE_LIMIT_BYTES", file_limit_bytes, parsed)?;
        self.over("SALEFLEX_GATE_REQUEST_TIMEOUT_SECONDS", request_timeout_seconds, parsed)?;
        *upstream = self.upstream(upstream.take())?;
        self.over("SALEFLEX_GATE_PRODUCTION", production, parsed)?;
        self.over_some("SALEFLEX_GATE_REGISTRATION", registration)?;
        self.over("SALEFLEX_GATE_BEHIND_PROXY", behind_proxy, parsed)?;
        self.over("SALEFLEX_GATE_RATE_LIMITS", rate_limits, parsed)?;
        self.over("SALEFLEX_GATE_ALLOWED_HOSTS", allowed_hosts, |hosts| {
            Some(hosts.split(',').map(|host| host.trim().to_owned()).collect())
        })?;
        self.over_some("SALEFLEX_GATE_METRICS_TOKEN", metrics_token)?;
        self.keep(keep)?;
        *mail = self.mail(mail.take())?;
        let Some(name) = self.left.into_keys().next() else { return Ok(()) };
        let known: Vec<&str> = self.asked.iter().filter_map(|name| name.strip_prefix(OURS)).collect();
        Err(SettingsError::NoSetting { name, known: known.join(", ") })
    }

    fn keep(&mut self, keep: &mut Keep) -> Result<(), SettingsError> {
        let Keep {
            forwarded_days,
            sessions_days,
            messages_days,
            tombstones_days,
            imports_days,
            lost_shares_days,
            deleted_companies_days,
        } = keep;
        self.over("SALEFLEX_GATE_KEEP_FORWARDED_DAYS", forwarded_days, parsed)?;
        self.over("SALEFLEX_GATE_KEEP_SESSIONS_DAYS", sessions_days, parsed)?;
        self.over("SALEFLEX_GATE_KEEP_MESSAGES_DAYS", messages_days, parsed)?;
        self.over("SALEFLEX_GATE_KEEP_TOMBSTONES_DAYS", tombstones_days, parsed)?;
        self.over("SALEFLEX_GATE_KEEP_IMPORTS_DAYS", imports_days, parsed)?;
        self.over_some("SALEFLEX_GATE_KEEP_LOST_SHARES_DAYS", lost_shares_days)?;
        self.over_some("SALEFLEX_GATE_KEEP_DELETED_COMPANIES_DAYS", deleted_companies_days)
    }

    /// The hub to forward to: what the file says, and over it what the environment says.
    fn upstream(&mut self, from_file: Option<Upstream>) -> Result<Option<Upstream>, SettingsError> {
        const ADDRESS: &str = "SALEFLEX_GATE_UPSTREAM";
        const TOKEN: &str = "SALEFLEX_GATE_UPSTREAM_TOKEN";
        let (file_address, file_token) = from_file.map(|file| (file.address, file.token)).unzip();
        match (self.text(ADDRESS).or(file_address), self.text(TOKEN).or(file_token)) {
            (Some(address), Some(token)) => Ok(Some(Upstream { address, token })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(SettingsError::HalfUpstream { missing: TOKEN }),
            (None, Some(_)) => Err(SettingsError::HalfUpstream { missing: ADDRESS }),
        }
    }

    /// How letters go out. The program and its arguments stand in one variable with spaces between.
    fn mail(&mut self, from_file: Option<Mail>) -> Result<Option<Mail>, SettingsError> {
        const FROM: &str = "SALEFLEX_GATE_MAIL_FROM";
        let command = self.text("SALEFLEX_GATE_MAIL_COMMAND");
        let command: Option<Vec<String>> =
            command.map(|words| words.split_whitespace().map(str::to_owned).collect());
        let (from, link) = (self.text(FROM), self.text("SALEFLEX_GATE_MAIL_RESET_LINK"));
        if from.is_none() && command.is_none() && link.is_none() {
            return Ok(from_file);
        }
        let (file_from, file_command, file_link) = match from_file {
            Some(Mail { from, command, reset_link }) => (Some(from), command, reset_link),
            None => (None, Vec::new(), None),
        };
        let from = from.or(file_from).ok_or(SettingsError::NoMailSender { missing: FROM })?;
        let mail = Mail { from, command: command.unwrap_or(file_command), reset_link: link.or(file_link) };
        Ok(Some(mail))
    }
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn profile_of(text: &str) -> Option<Profile> {
    match text {
        "office" => Some(Profile::Office),
        "gate" => Some(Profile::Gate),
        _ => None,
    }
}

fn wire_of(text: &str) -> Option<OfficeWire> {
    match text {
        "closed" => Some(OfficeWire::Closed),
        "credentials" => Some(OfficeWire::Credentials),
        "open" => Some(OfficeWire::Open),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every variable, with a value that is not the default and one that cannot be used.
    const ALL: [(&str, &str, &str); 24] = [
        ("SALEFLEX_GATE_PROFILE", "gate", "shop"),
        ("SALEFLEX_GATE_LISTEN", "0.0.0.0:9001", "here"),
        ("SALEFLEX_GATE_DATABASE", "other.sqlite", ""),
        ("SALEFLEX_GATE_SECRET", "hush", ""),
        ("SALEFLEX_GATE_OFFICE_WIRE", "open", "ajar"),
        ("SALEFLEX_GATE_BODY_LIMIT_BYTES", "1000", "-1"),
        ("SALEFLEX_GATE_FILE_LIMIT_BYTES", "2000", "50 MB"),
        ("SALEFLEX_GATE_REQUEST_TIMEOUT_SECONDS", "5", "soon"),
        ("SALEFLEX_GATE_PRODUCTION", "false", "1"),
        ("SALEFLEX_GATE_REGISTRATION", "false", "no"),
        ("SALEFLEX_GATE_BEHIND_PROXY", "true", "yes"),
        ("SALEFLEX_GATE_RATE_LIMITS", "true", "10"),
        ("SALEFLEX_GATE_ALLOWED_HOSTS", "a.example, b.example", ""),
        ("SALEFLEX_GATE_METRICS_TOKEN", "m", ""),
        ("SALEFLEX_GATE_KEEP_FORWARDED_DAYS", "1", "0"),
        ("SALEFLEX_GATE_KEEP_SESSIONS_DAYS", "2", "0"),
        ("SALEFLEX_GATE_KEEP_MESSAGES_DAYS", "3", "x"),
        ("SALEFLEX_GATE_KEEP_TOMBSTONES_DAYS", "4", "-4"),
        ("SALEFLEX_GATE_KEEP_IMPORTS_DAYS", "5", "1.5"),
        ("SALEFLEX_GATE_KEEP_LOST_SHARES_DAYS", "6", "0"),
        ("SALEFLEX_GATE_KEEP_DELETED_COMPANIES_DAYS", "7", "never"),
        ("SALEFLEX_GATE_MAIL_FROM", "hub@example.com", ""),
        ("SALEFLEX_GATE_MAIL_COMMAND", "sendmail -t", ""),
        ("SALEFLEX_GATE_MAIL_RESET_LINK", "https://x/{token}", ""),
    ];

    fn load(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::load(None, variables(pairs), |_| {})
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
    }

    #[test]
    fn every_setting_is_taken_from_its_variable_and_the_manual_names_it() {
        let settings = load(&ALL.map(|(name, value, _)| (name, value))).unwrap();
        assert_eq!((settings.profile, settings.listen.port()), (Profile::Gate, 9001));
        assert_eq!((settings.database.as_str(), settings.secret.as_deref()), ("other.sqlite", Some("hush")));
        assert_eq!((settings.office_wire, settings.body_limit_bytes), (OfficeWire::Open, 1_000));
        assert_eq!(settings.file_limit_bytes, 2_000);
        assert_eq!((settings.request_timeout_seconds, settings.registration), (5, Some(false)));
        assert_eq!((settings.behind_proxy, settings.rate_limits, settings.production), (true, true, false));
        assert_eq!(settings.allowed_hosts, ["a.example", "b.example"]);
        assert_eq!(settings.metrics_token.as_deref(), Some("m"));
        let keep = settings.keep;
        let days = [
            keep.forwarded_days,
            keep.sessions_days,
            keep.messages_days,
            keep.tombstones_days,
            keep.imports_days,
            keep.lost_shares_days.unwrap(),
            keep.deleted_companies_days.unwrap(),
        ];
        assert_eq!(days.map(std::num::NonZeroU32::get), [1, 2, 3, 4, 5, 6, 7]);
        let mail = settings.mail.unwrap();
        assert_eq!((mail.from.as_str(), mail.command.len()), ("hub@example.com", 2));
        assert_eq!(mail.reset_link.as_deref(), Some("https://x/{token}"));
        let manual = include_str!("../../../docs/operations.md");
        for (name, ..) in ALL {
            assert!(manual.contains(&format!("`{name}`")), "the manual does not name {name}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_used_is_refused_by_the_name_of_its_variable() {
        for (name, _, wrong) in ALL.iter().filter(|(_, _, wrong)| !wrong.is_empty()) {
            let error = load(&[(*name, *wrong)]).unwrap_err();
            assert_eq!(error.to_string(), format!("{name} cannot be `{wrong}`"));
        }
        let half = load(&[("SALEFLEX_GATE_MAIL_COMMAND", "sendmail -t")]);
        assert!(matches!(half, Err(SettingsError::NoMailSender { .. })));
    }

    #[test]
    fn a_variable_that_is_no_setting_is_refused_with_those_that_there_are() {
        let others =
            [("SALEFLEX_GATE", "x"), ("SALEFLEX", "x"), ("HOME", "/"), ("SALEFLEX_GATE_SECRETS", " ")];
        load(&others).unwrap();
        let error = load(&[("SALEFLEX_GATE_PRODUCTION", "true"), ("SALEFLEX_GATE_SECRETS", "hush")]);
        let told = error.unwrap_err().to_string();
        assert!(told.starts_with("SALEFLEX_GATE_SECRETS is no setting"), "{told}");
        assert!(!told.contains("hush"), "{told}");
        for (name, ..) in ALL {
            assert!(told.contains(name.strip_prefix(OURS).unwrap()), "{name}: {told}");
        }
    }

    #[test]
    fn a_hub_that_would_forward_with_half_of_what_it_needs_does_not_start() {
        let (address, token) =
            (("SALEFLEX_GATE_UPSTREAM", "https://hub"), ("SALEFLEX_GATE_UPSTREAM_TOKEN", "s"));
        let both = load(&[address, token]).unwrap().upstream.unwrap();
        assert_eq!((both.address.as_str(), both.token.as_str()), ("https://hub", "s"));
        assert!(load(&[]).unwrap().upstream.is_none());
        for (half, missing) in [(address, token.0), (token, address.0)] {
            let error = load(&[half]).err().unwrap().to_string();
            assert!(error.contains(missing), "{error}");
        }
        let empty = load(&[address, (token.0, " ")]);
        assert!(matches!(empty, Err(SettingsError::HalfUpstream { missing }) if missing == token.0));
        let file = Some(Upstream { address: "https://one".to_owned(), token: "t".to_owned() });
        let mut over = Environment::of(variables(&[(address.0, "https://other")])).unwrap();
        let mixed = over.upstream(file).unwrap().unwrap();
        assert_eq!((mixed.address.as_str(), mixed.token.as_str()), ("https://other", "t"));
    }
}
