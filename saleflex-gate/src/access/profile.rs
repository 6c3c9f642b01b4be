//! What a device is made for. Which routes and which rows a profile is served is data: the first column of devices in
//! `routes.csv`, the column `devices` of `definitions/resources.csv`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a device is made for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profile {
    /// A till.
    Pos,
    /// A screen or printer in the kitchen.
    Kitchen,
    /// A store's hub.
    Office,
    /// A handheld.
    Mobile,
    /// A display for customers.
    Display,
}

/// Some of the profiles.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Profiles(u8);

impl Profile {
    const ALL: [Self; 5] = [Self::Pos, Self::Kitchen, Self::Office, Self::Mobile, Self::Display];

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pos => "pos",
            Self::Kitchen => "kitchen",
            Self::Office => "office",
            Self::Mobile => "mobile",
            Self::Display => "display",
        }
    }

    /// The profile of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// Whether it may know what goods cost the company.
    pub(crate) const fn sees_costs(self) -> bool {
        !matches!(self, Self::Kitchen | Self::Display)
    }
}

impl Profiles {
    /// All of them.
    pub(crate) const ALL: Self = Self(u8::MAX);

    /// The profiles of names; none for a name that is no profile's.
    pub(crate) fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        names
            .into_iter()
            .try_fold(Self(0), |all, name| Some(Self(all.0 | (1 << (Profile::parse(name)? as u8)))))
    }

    /// Whether a profile is one of them.
    pub(crate) const fn hold(self, profile: Profile) -> bool {
        self.0 & (1 << (profile as u8)) != 0
    }

    /// Their names, with commas between; none where they are all.
    pub(crate) fn sentence(self) -> Option<String> {
        let held = Profile::ALL.into_iter().filter(|profile| self.hold(*profile));
        let names: Vec<String> = held.map(|profile| format!("`{}`", profile.name())).collect();
        (names.len() < Profile::ALL.len()).then(|| names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_profiles_holds_those_it_names_and_no_others() {
        let some = Profiles::parse(["pos", "mobile"]).unwrap();
        let held = Profile::ALL.map(|profile| some.hold(profile));
        assert_eq!(held, [true, false, false, true, false]);
        assert_eq!(some.sentence().unwrap(), "`pos`, `mobile`");
        assert_eq!(Profiles::ALL.sentence(), None);
        assert_eq!(Profiles::parse(["pos", "toaster"]), None);
    }
}
