//! What a capsule may reach.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a capsule may reach. Without one it reaches the internet.
///
/// Entries are addresses, ranges as in `1.2.3.0/24`, domain names, or `*.example.com` for all names below one. What is
/// allowed wins over what is denied. Private and link-local addresses, other capsules and the machine itself are refused
/// whatever this says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkPolicy {
    /// Whether what no entry speaks of is allowed.
    #[schema(default = true)]
    pub allow_internet: bool,
    /// What is allowed, whatever else is not.
    #[schema(example = json!(["pypi.org", "*.pythonhosted.org", "1.2.3.0/24"]))]
    pub allow_out: Vec<String>,
    /// What is denied. `0.0.0.0/0` is everything.
    pub deny_out: Vec<String>,
}

impl Default for NetworkPolicy {
    fn default() -> Self {
        Self { allow_internet: true, allow_out: Vec::new(), deny_out: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_a_default_and_a_mistyped_field_is_no_silent_permission() {
        assert_eq!(serde_json::from_str::<NetworkPolicy>("{}").unwrap(), NetworkPolicy::default());
        let policy: NetworkPolicy = serde_json::from_str(r#"{"allow_internet":false}"#).unwrap();
        assert!(!policy.allow_internet);
        serde_json::from_str::<NetworkPolicy>(r#"{"alow_internet":false}"#).unwrap_err();
    }
}
