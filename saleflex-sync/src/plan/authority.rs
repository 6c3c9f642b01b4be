//! Who decides in a domain, and with whom a till talks.

use std::collections::BTreeMap;

use crate::wire::{Authority, Domain};

/// With whom a till talks. The same file works in each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Mode {
    /// With nobody.
    #[default]
    Standalone,
    /// With the store's own node.
    Office,
    /// With the company's hub.
    Gate,
}

impl Mode {
    /// The connector a till in this mode queues for; none on its own.
    pub const fn connector(self) -> Option<&'static str> {
        match self {
            Self::Standalone => None,
            Self::Office => Some("office"),
            Self::Gate => Some("gate"),
        }
    }

    /// Who it is that a till in this mode talks to.
    const fn partner(self) -> Option<Authority> {
        match self {
            Self::Standalone => None,
            Self::Office => Some(Authority::Office),
            Self::Gate => Some(Authority::Gate),
        }
    }
}

/// Who decides in each domain, as the hub says, narrowed by the till's own settings.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Switches {
    mode: Mode,
    told: BTreeMap<Domain, Authority>,
    kept: Vec<Domain>,
}

impl Switches {
    /// In this mode: what the hub told the till, and the domains that the till's own settings keep for itself. A
    /// till can only keep more for itself, never give away what the hub did not take.
    pub const fn new(mode: Mode, told: BTreeMap<Domain, Authority>, kept: Vec<Domain>) -> Self {
        Self { mode, told, kept }
    }

    /// Who decides. Where a hub said nothing it decides itself; a till on its own decides everything.
    pub fn authority(&self, domain: &Domain) -> Authority {
        let Some(partner) = self.mode.partner() else { return Authority::Terminal };
        if self.kept.contains(domain) {
            return Authority::Terminal;
        }
        self.told.get(domain).cloned().unwrap_or(partner)
    }

    /// Whether rows of a domain are taken over from the hub.
    pub fn pulls(&self, domain: &Domain) -> bool {
        self.authority(domain) != Authority::Terminal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_on_its_own_decides_everything() {
        let switches = Switches::default();
        assert_eq!(switches.authority(&Domain::Catalog), Authority::Terminal);
    }

    #[test]
    fn the_hub_says_who_decides_and_a_till_only_narrows_it() {
        let told = BTreeMap::from([
            (Domain::Campaign, Authority::Terminal),
            (Domain::Catalog, Authority::Gate),
            (Domain::Loyalty, Authority::Gate),
        ]);
        let switches = Switches::new(Mode::Gate, told, vec![Domain::Loyalty]);
        let pulled = [Domain::Campaign, Domain::Catalog, Domain::Loyalty, Domain::Forms];
        assert_eq!(pulled.map(|domain| switches.pulls(&domain)), [false, true, false, true]);
    }
}
