//! The names of all words, made from the English file when the program is built.

use std::{collections::HashMap, sync::LazyLock};

macro_rules! keys {
    ($($name:ident)*) => {
        /// A word of the language files.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        #[expect(missing_docs, reason = "each is said by the English file under its name")]
        pub enum Key {
            $($name,)*
        }

        impl Key {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in the language files.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

// One name for each line of the English file, see `build.rs`.
include!(concat!(env!("OUT_DIR"), "/keys.rs"));

impl Key {
    /// The word of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        static BY_NAME: LazyLock<HashMap<&str, Key>> =
            LazyLock::new(|| Key::ALL.iter().map(|key| (key.name(), *key)).collect());
        BY_NAME.get(name).copied()
    }
}
