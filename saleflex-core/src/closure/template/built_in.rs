//! The templates that come with this crate.

/// Name and text (TOML) of each built-in template.
pub const BUILT_IN: [(&str, &str); 11] = [
    ("default", include_str!("../../../templates/default.toml")),
    ("TR", include_str!("../../../templates/TR.toml")),
    ("US", include_str!("../../../templates/US.toml")),
    ("US-CA", include_str!("../../../templates/US-CA.toml")),
    ("US-NY", include_str!("../../../templates/US-NY.toml")),
    ("US-TX", include_str!("../../../templates/US-TX.toml")),
    ("DE", include_str!("../../../templates/DE.toml")),
    ("FR", include_str!("../../../templates/FR.toml")),
    ("GB", include_str!("../../../templates/GB.toml")),
    ("JP", include_str!("../../../templates/JP.toml")),
    ("EU", include_str!("../../../templates/EU.toml")),
];

/// Country and text (TOML) of the list of its parts, by ISO 3166-2: code without the country, and name. A country that
/// is not here may have any.
pub const PARTS: [(&str, &str); 6] = [
    ("DE", include_str!("../../../templates/parts/DE.toml")),
    ("FR", include_str!("../../../templates/parts/FR.toml")),
    ("GB", include_str!("../../../templates/parts/GB.toml")),
    ("JP", include_str!("../../../templates/parts/JP.toml")),
    ("TR", include_str!("../../../templates/parts/TR.toml")),
    ("US", include_str!("../../../templates/parts/US.toml")),
];
