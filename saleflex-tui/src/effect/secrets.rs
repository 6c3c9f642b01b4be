//! Who somebody is, with the secret that proves it.

use std::fmt;

/// A name and the secret typed with it. It is never shown, also not in debug output.
#[derive(Clone, Eq, PartialEq)]
pub struct Credentials {
    /// The user name.
    pub user_name: String,
    /// The PIN or password.
    pub secret: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user_name", &self.user_name).finish_non_exhaustive()
    }
}

/// A secret on its way; it has no debug output.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A manager who stands by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Approver {
    /// Who.
    pub credentials: Credentials,
    /// Why they agree.
    pub reason: Option<String>,
}
