//! Ids: a prefix and 25 base36 characters made from a random UUID. A client treats them as opaque.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What every API key begins with.
pub const API_KEY_PREFIX: &str = "wrn_";

/// The longest text that is looked up as an id.
const MAX_LEN: usize = 64;

/// A text that can be no id at all. A well-formed id that names nothing is not this error: that is "not found".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 64 letters, digits, hyphens and underscores")]
pub struct IdError;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What every generated id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new random id.
            pub fn generate() -> Self {
                Self(generate($prefix))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                check(&text).map(|()| Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// Names a capsule.
    CapsuleId = "cl-";
    /// Names a user.
    UserId = "usr-";
    /// Names a team.
    TeamId = "team-";
    /// Names an API key; not the secret itself.
    KeyId = "key-";
    /// Names a host.
    HostId = "host-";
    /// Names a notification channel.
    ChannelId = "ch-";
    /// Names an entry of the audit log.
    AuditLogId = "log-";
    /// Names a template build.
    BuildId = "bld-";
}

fn check(text: &str) -> Result<(), IdError> {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=MAX_LEN).contains(&text.len()) && text.bytes().all(legal) { Ok(()) } else { Err(IdError) }
}

fn generate(prefix: &str) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut number = uuid::Uuid::new_v4().as_u128();
    let mut digits = ['0'; 25];
    for digit in digits.iter_mut().rev() {
        *digit = char::from(DIGITS[(number % 36) as usize]);
        number /= 36;
    }
    prefix.chars().chain(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_id_has_the_documented_shape_and_parses() {
        let id = CapsuleId::generate();
        let rest = id.as_str().strip_prefix("cl-").expect("prefix");
        assert_eq!(rest.len(), 25);
        assert!(rest.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
        assert_eq!(id.to_string().parse(), Ok(id.clone()));
        assert_ne!(id, CapsuleId::generate());
    }

    #[test]
    fn what_could_be_an_id_parses_and_what_could_not_does_not() {
        for text in ["missing", "cl-abc123", "CL_1"] {
            assert!(text.parse::<CapsuleId>().is_ok(), "{text}");
        }
        for text in ["", "..", "a/b", "a b", "é", "a\0", &"x".repeat(65)] {
            assert_eq!(text.parse::<CapsuleId>(), Err(IdError), "{text}");
        }
    }
}
