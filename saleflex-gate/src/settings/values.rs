//! That a value is one a hub can work with: a number within its bounds, a text that says something.

use std::{num::NonZeroU32, ops::RangeInclusive};

use super::{Keep, Mail, Settings, SettingsError, Upstream};

/// Less holds no request, more is no request of a till.
const BODY_BYTES: RangeInclusive<u64> = 1_000..=1 << 30;
/// Nobody is served in no time, and nobody waits for longer than an hour.
const TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=3_600;
/// A hundred years; a day that far back is one that calendars know.
const DAYS: RangeInclusive<u64> = 1..=36_500;

impl Settings {
    /// That each value is one, whatever the others are.
    pub(super) fn check_values(&self) -> Result<(), SettingsError> {
        let bytes = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        within("body_limit_bytes", bytes(self.body_limit_bytes), BODY_BYTES)?;
        within("file_limit_bytes", bytes(self.file_limit_bytes), BODY_BYTES)?;
        within("request_timeout_seconds", self.request_timeout_seconds, TIMEOUT_SECONDS)?;
        self.keep.check()?;
        said("database", &self.database)?;
        self.secret.as_deref().map_or(Ok(()), |secret| said("secret", secret))?;
        self.metrics_token.as_deref().map_or(Ok(()), |token| said("metrics_token", token))?;
        self.allowed_hosts.iter().try_for_each(|host| said("allowed_hosts", host))?;
        self.upstream.as_ref().map_or(Ok(()), Upstream::check)?;
        self.mail.as_ref().map_or(Ok(()), Mail::check)
    }
}

impl Keep {
    fn check(&self) -> Result<(), SettingsError> {
        let Self {
            forwarded_days,
            sessions_days,
            messages_days,
            tombstones_days,
            imports_days,
            lost_shares_days,
            deleted_companies_days,
        } = *self;
        let all = [
            ("keep.forwarded_days", Some(forwarded_days)),
            ("keep.sessions_days", Some(sessions_days)),
            ("keep.messages_days", Some(messages_days)),
            ("keep.tombstones_days", Some(tombstones_days)),
            ("keep.imports_days", Some(imports_days)),
            ("keep.lost_shares_days", lost_shares_days),
            ("keep.deleted_companies_days", deleted_companies_days),
        ];
        let days = |days: Option<NonZeroU32>| days.map(|days| u64::from(days.get()));
        all.into_iter().try_for_each(|(name, of)| days(of).map_or(Ok(()), |of| within(name, of, DAYS)))
    }
}

impl Upstream {
    fn check(&self) -> Result<(), SettingsError> {
        said("upstream.address", &self.address)?;
        said("upstream.token", &self.token)
    }
}

impl Mail {
    fn check(&self) -> Result<(), SettingsError> {
        said("mail.from", &self.from)?;
        let program = self.command.first().ok_or(SettingsError::NoMailCommand)?;
        said("mail.command", program)?;
        match &self.reset_link {
            Some(link) if !link.contains("{token}") => Err(SettingsError::NoToken),
            Some(_) | None => Ok(()),
        }
    }
}

fn within(name: &'static str, value: u64, bounds: RangeInclusive<u64>) -> Result<(), SettingsError> {
    if bounds.contains(&value) {
        return Ok(());
    }
    let (least, most) = bounds.into_inner();
    Err(SettingsError::OutOfBounds { name, least, most })
}

fn said(name: &'static str, text: &str) -> Result<(), SettingsError> {
    if text.trim().is_empty() { Err(SettingsError::Blank { name }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(file: &str) -> Option<String> {
        let settings: Settings = toml::from_str(file).unwrap();
        settings.check().err().map(|error| error.to_string())
    }

    #[test]
    fn a_number_beyond_what_a_hub_works_with_is_refused_with_its_bounds() {
        for (file, told) in [
            ("body_limit_bytes = 0", "`body_limit_bytes` is 1000 to 1073741824"),
            ("body_limit_bytes = 1073741825", "`body_limit_bytes` is 1000 to 1073741824"),
            ("file_limit_bytes = 999", "`file_limit_bytes` is 1000 to 1073741824"),
            ("request_timeout_seconds = 0", "`request_timeout_seconds` is 1 to 3600"),
            ("request_timeout_seconds = 3601", "`request_timeout_seconds` is 1 to 3600"),
            ("[keep]\nforwarded_days = 36501", "`keep.forwarded_days` is 1 to 36500"),
            ("[keep]\nsessions_days = 36501", "`keep.sessions_days` is 1 to 36500"),
            ("[keep]\nmessages_days = 36501", "`keep.messages_days` is 1 to 36500"),
            ("[keep]\ntombstones_days = 36501", "`keep.tombstones_days` is 1 to 36500"),
            ("[keep]\nimports_days = 36501", "`keep.imports_days` is 1 to 36500"),
            ("[keep]\nlost_shares_days = 36501", "`keep.lost_shares_days` is 1 to 36500"),
            ("[keep]\ndeleted_companies_days = 4294967295", "`keep.deleted_companies_days` is 1 to 36500"),
        ] {
            assert_eq!(refusal(file).as_deref(), Some(told), "{file}");
        }
        for file in [
            "body_limit_bytes = 1000\nrequest_timeout_seconds = 1\n[keep]\nforwarded_days = 1",
            "body_limit_bytes = 1073741824\nrequest_timeout_seconds = 3600\n[keep]\ntombstones_days = 36500",
        ] {
            assert_eq!(refusal(file), None, "{file}");
        }
    }

    #[test]
    fn a_blank_is_refused_where_a_text_says_something() {
        for (file, name) in [
            ("database = ' '", "database"),
            ("secret = ''", "secret"),
            ("metrics_token = '\t'", "metrics_token"),
            ("allowed_hosts = ['hub.example', '']", "allowed_hosts"),
            ("[upstream]\naddress = ''\ntoken = 't'", "upstream.address"),
            ("[upstream]\naddress = 'https://hub'\ntoken = ' '", "upstream.token"),
            ("[mail]\nfrom = ''\ncommand = ['sendmail']", "mail.from"),
            ("[mail]\nfrom = 'hub@example.com'\ncommand = ['']", "mail.command"),
        ] {
            let told = format!("`{name}` is blank: leave it out or say what it is");
            assert_eq!(refusal(file).as_deref(), Some(&*told), "{file}");
        }
        let mail = "[mail]\nfrom = 'hub@example.com'\ncommand = ['sendmail']\nreset_link = 'https://x'";
        assert_eq!(refusal(mail).as_deref(), Some("`mail.reset_link` has no `{token}` in it"));
        assert_eq!(refusal(&mail.replace("//x", "//x/{token}")), None);
    }
}
