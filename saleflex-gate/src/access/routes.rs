//! Who may call which route, and which hubs have it: a table in the repository, `access/routes.csv`, a row for each route.
//! Of the paths that rows of definitions have of their own another table says it, `definitions/resources.csv`.
//!
//! Rights are types of the handlers. The table says the same once more, for people and for the document; a test
//! calls every route as everybody and compares.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::http::Method;

use super::{Capability, Profile, Profiles};
use crate::{
    definitions::{paths, rules},
    settings,
};

/// Where the routes of this version begin.
pub(crate) const BASE: &str = "/api/v1";

const TABLE: &str = include_str!("routes.csv");
/// Where the paths begin that the older wire has for itself, also where there is nothing at one of them.
const OLDER: &str = "/api/v1/pos/";

/// Who may call a route.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Who {
    /// Everybody, signed in or not.
    Any,
    /// Terminals of the older wire, as the hub's settings say: of these profiles.
    OfficeWire(Profiles),
    /// A device of one of these profiles.
    Device(Profiles),
    /// A person who is signed in.
    User,
    /// A member of the company in the path; with a right where one is named.
    Member(Option<Capability>),
    /// A person or a program with a right.
    May(Capability),
    /// A person or a program with a right that reaches the whole company.
    MayInCompany(Capability),
    /// The same, or a device of one of these profiles.
    DeviceOrMay(Profiles, Capability),
    /// The same, where the right has to reach the whole company.
    DeviceOrMayInCompany(Profiles, Capability),
}

impl Who {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.split(' ').collect::<Vec<_>>().as_slice() {
            ["any"] => Self::Any,
            ["office", "wire", profiles @ ..] => Self::OfficeWire(Profiles::parse(profiles.iter().copied())?),
            ["device"] => Self::Device(Profiles::ALL),
            ["user"] => Self::User,
            ["member"] => Self::Member(None),
            ["member", capability] => Self::Member(Some(Capability::parse(capability)?)),
            ["may", capability, "in", "company"] => Self::MayInCompany(Capability::parse(capability)?),
            ["may", capability] => Self::May(Capability::parse(capability)?),
            ["device", "or", "may", capability] => {
                Self::DeviceOrMay(Profiles::ALL, Capability::parse(capability)?)
            }
            ["device", profiles @ .., "or", "may", capability, "in", "company"] => {
                Self::DeviceOrMayInCompany(
                    Profiles::parse(profiles.iter().copied())?,
                    Capability::parse(capability)?,
                )
            }
            ["device", profiles @ .., "or", "may", capability] => {
                Self::DeviceOrMay(Profiles::parse(profiles.iter().copied())?, Capability::parse(capability)?)
            }
            ["device", profiles @ ..] => Self::Device(Profiles::parse(profiles.iter().copied())?),
            _ => return None,
        })
    }

    /// What the API's description says of it, in a sentence.
    pub(crate) fn sentence(self) -> String {
        match self {
            Self::Any => "For everybody.".to_owned(),
            Self::OfficeWire(profiles) => format!("For terminals of the older wire{}.", of(profiles)),
            Self::Device(profiles) => format!("For devices{}.", of(profiles)),
            Self::User => "For whoever is signed in.".to_owned(),
            Self::Member(None) => "For members of the company.".to_owned(),
            Self::Member(Some(capability)) => format!("Needs `{}` in the company.", capability.name()),
            Self::May(capability) => format!("Needs `{}`.", capability.name()),
            Self::MayInCompany(capability) => format!("Needs `{}` in the whole company.", capability.name()),
            Self::DeviceOrMay(profiles, capability) => {
                format!("For devices{}, and with `{}`.", of(profiles), capability.name())
            }
            Self::DeviceOrMayInCompany(profiles, capability) => {
                format!("For devices{}, and with `{}` in the whole company.", of(profiles), capability.name())
            }
        }
    }

    /// Whether it is the older wire's, whose refusals have a shape of their own.
    pub(crate) const fn is_older(self) -> bool {
        matches!(self, Self::OfficeWire(_))
    }

    /// Whether a device of a profile is served, where devices are.
    pub(crate) const fn serves(self, profile: Profile) -> bool {
        match self {
            Self::OfficeWire(profiles)
            | Self::Device(profiles)
            | Self::DeviceOrMay(profiles, _)
            | Self::DeviceOrMayInCompany(profiles, _) => profiles.hold(profile),
            Self::Any | Self::User | Self::Member(_) | Self::May(_) | Self::MayInCompany(_) => true,
        }
    }
}

fn of(profiles: Profiles) -> String {
    profiles.sentence().map(|names| format!(" of profile {names}")).unwrap_or_default()
}

/// Which hubs have a route.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Hubs {
    /// A store's and the company's.
    All,
    /// The company's alone: what makes or changes companies, their stores and who belongs to them.
    Gate,
}

impl Hubs {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "office gate" => Some(Self::All),
            "gate" => Some(Self::Gate),
            _ => None,
        }
    }

    /// Whether a hub of a profile is one of them.
    const fn hold(self, profile: settings::Profile) -> bool {
        match (self, profile) {
            (Self::All, _) | (Self::Gate, settings::Profile::Gate) => true,
            (Self::Gate, settings::Profile::Office) => false,
        }
    }

    /// What the API's description says of it; nothing of what every hub has.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Gate => " A company's hub has it, profile `gate`; at a store's it is 404.",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Row {
    pub(crate) who: Who,
    pub(crate) hubs: Hubs,
}

/// The row of a route; none for what is no route of the version.
fn row(method: &Method, path: &str) -> Option<Row> {
    // Whoever asks for the head alone asks for the same.
    let method = if *method == Method::HEAD { &Method::GET } else { method };
    committed().get(&(method.as_str().to_owned(), path.to_owned())).copied()
}

/// Whether a route serves devices of a profile. What the table does not name is no route of the version.
pub(crate) fn serves(method: &Method, path: &str, profile: Profile) -> bool {
    row(method, path).is_none_or(|row| row.who.serves(profile))
}

/// Whether a hub of a profile has a route. What the table does not name is looked for as it is.
pub(crate) fn is_at(profile: settings::Profile, method: &Method, path: &str) -> bool {
    row(method, path).is_none_or(|row| row.hubs.hold(profile))
}

/// Whether a request is one of the older wire. A path that it shares with others is its own under one method.
pub(crate) fn is_older(method: &Method, path: &str) -> bool {
    path.starts_with(OLDER) || row(method, path).is_some_and(|row| row.who.is_older())
}

/// The table: method in capitals and path, then who may and which hubs.
pub(crate) fn committed() -> &'static BTreeMap<(String, String), Row> {
    static ROUTES: LazyLock<BTreeMap<(String, String), Row>> = LazyLock::new(|| {
        let mut routes = parse(TABLE).expect("the committed table is whole, as a test checks");
        routes.extend(of_rows());
        routes
    });
    &ROUTES
}

/// The routes of rows that have a path of their own: for whoever reads and writes the resource.
fn of_rows() -> Vec<((String, String), Row)> {
    let mut routes = Vec::new();
    for rule in rules::all() {
        let Some([list, row]) = paths::of(rule) else { continue };
        let read = Some(Who::DeviceOrMay(rule.devices, rule.read));
        let write = rule.write.map(Who::May);
        for (method, path, who) in [
            ("GET", &list, read),
            ("POST", &list, write),
            ("GET", &row, read),
            ("PATCH", &row, write),
            ("DELETE", &row, write),
        ] {
            let route = (method.to_owned(), format!("{BASE}{path}"));
            routes.extend(who.map(|who| (route, Row { who, hubs: Hubs::All })));
        }
    }
    routes
}

fn parse(table: &str) -> Option<BTreeMap<(String, String), Row>> {
    let rows = table.lines().skip(1).map(|line| {
        let [method, path, who, hubs]: [&str; 4] = line.split(',').collect::<Vec<_>>().try_into().ok()?;
        Some(((method.to_owned(), path.to_owned()), Row { who: Who::parse(who)?, hubs: Hubs::parse(hubs)? }))
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_names_each_route_once() {
        assert_eq!(committed().len(), TABLE.lines().count() - 1 + of_rows().len());
        assert!(
            parse("h\nGET,/x,may fly,gate\n").is_none()
                && parse("h\nGET,/x,device toaster,gate\n").is_none()
                && parse("h\nGET,/x,any,cloud\n").is_none()
                && parse("h\nGET,/x,any\n").is_none()
        );
    }
}
