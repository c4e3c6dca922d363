//! The built-in templates and what defines them.

use sha2::{Digest as _, Sha256};

/// A template that every Wrenn has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    /// The base of all others: a small Debian with a shell, git, curl, Python and a user `user`.
    Minimal,
    /// `minimal` with pip and virtual environments.
    BasePython,
    /// `minimal` with Node.js and npm.
    Node,
}

/// Raised when the way of building changes, so that images are built anew.
const RECIPE: u32 = 1;

/// The packages of `minimal`, one a line.
pub(super) const MINIMAL_PACKAGES: &str = include_str!("../../../../templates/minimal/packages");

/// What is done in the tree of `minimal` after the packages are installed; gets the tree's path.
pub(super) const MINIMAL_CUSTOMIZE: &str = include_str!("../../../../templates/minimal/customize.sh");

const BASE_PYTHON: &str = include_str!("../../../../templates/base-python/Dockerfile");
const NODE: &str = include_str!("../../../../templates/node/Dockerfile");

impl Builtin {
    /// All of them, each after those that it is built on.
    pub const ALL: [Self; 3] = [Self::Minimal, Self::BasePython, Self::Node];

    /// The one of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|builtin| builtin.name() == name)
    }

    /// The template's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::BasePython => "base-python",
            Self::Node => "node",
        }
    }

    /// What is in it, in a few words.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Minimal => "a small Debian with bash, git, curl and Python",
            Self::BasePython => "minimal with pip and virtual environments",
            Self::Node => "minimal with Node.js and npm",
        }
    }

    /// The Dockerfile that it is built from; `None` for the one that is bootstrapped from packages.
    pub(super) fn dockerfile(self) -> Option<&'static str> {
        match self {
            Self::Minimal => None,
            Self::BasePython => Some(BASE_PYTHON),
            Self::Node => Some(NODE),
        }
    }

    /// The name of its image, which differs when its definition or the `platform` differs.
    pub(super) fn image_id(self, platform: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(RECIPE.to_le_bytes());
        for part in [platform, MINIMAL_PACKAGES, MINIMAL_CUSTOMIZE, self.dockerfile().unwrap_or("")] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        format!("{}-{}", self.name(), hex(&hash.finalize()[..8]))
    }
}

/// The distribution and processor of this machine, which the built-in templates follow, as in `debian-bookworm-x86_64`.
pub(super) fn platform() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let field = |name: &str| {
        let value = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.map_or("unknown", |value| value.trim_matches('"')).to_owned()
    };
    format!("{}-{}-{}", field("ID"), field("VERSION_CODENAME"), std::env::consts::ARCH)
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_named_by_its_definition_and_platform() {
        let id = Builtin::Minimal.image_id("debian-bookworm-x86_64");
        assert!(id.starts_with("minimal-") && id.len() == "minimal-".len() + 16, "{id}");
        assert_eq!(id, Builtin::Minimal.image_id("debian-bookworm-x86_64"));
        assert_ne!(id, Builtin::Minimal.image_id("debian-trixie-x86_64"));
        assert_ne!(id[8..], Builtin::Node.image_id("debian-bookworm-x86_64")[5..]);
    }
}
