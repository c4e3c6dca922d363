//! The built-in templates and what defines them.

use sha2::{Digest as _, Sha256};

/// A template that every Wrenn has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    /// The base of all others: a small Debian with a shell, git, curl, Python and a user `user`.
    Minimal,
    /// `minimal` with pip and virtual environments.
    BasePython,
    /// `base-python` with a Jupyter server and what people look at data with.
    Jupyter,
    /// `minimal` with Node.js and npm.
    Node,
}

/// A file that a built-in template's build takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ContextFile {
    pub name: &'static str,
    pub content: &'static str,
    pub executable: bool,
}

/// Raised when the way of building changes, so that images are built anew.
const RECIPE: u32 = 1;

/// The packages of `minimal`, one a line.
pub(super) const MINIMAL_PACKAGES: &str = include_str!("../../../../templates/minimal/packages");

/// What is done in the tree of `minimal` after the packages are installed; gets the tree's path.
pub(super) const MINIMAL_CUSTOMIZE: &str = include_str!("../../../../templates/minimal/customize.sh");

const BASE_PYTHON: &str = include_str!("../../../../templates/base-python/Dockerfile");
const JUPYTER: &str = include_str!("../../../../templates/jupyter/Dockerfile");
const NODE: &str = include_str!("../../../../templates/node/Dockerfile");

/// One file of the template `jupyter`.
macro_rules! jupyter_file {
    ($name:literal, $executable:literal) => {
        ContextFile {
            name: $name,
            content: include_str!(concat!("../../../../templates/jupyter/", $name)),
            executable: $executable,
        }
    };
}

const JUPYTER_FILES: [ContextFile; 4] = [
    jupyter_file!("requirements.txt", false),
    jupyter_file!("server.py", false),
    jupyter_file!("kernel.json", false),
    jupyter_file!("start.sh", true),
];

impl Builtin {
    /// All of them, each after those that it is built on.
    pub const ALL: [Self; 4] = [Self::Minimal, Self::BasePython, Self::Node, Self::Jupyter];

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
            Self::Jupyter => "jupyter",
            Self::Node => "node",
        }
    }

    /// What is in it, in a few words.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Minimal => "a small Debian with bash, git, curl and Python",
            Self::BasePython => "minimal with pip and virtual environments",
            Self::Jupyter => "base-python with a Jupyter server, numpy, pandas and matplotlib",
            Self::Node => "minimal with Node.js and npm",
        }
    }

    /// The Dockerfile that it is built from; `None` for the one that is bootstrapped from packages.
    pub(super) fn dockerfile(self) -> Option<&'static str> {
        match self {
            Self::Minimal => None,
            Self::BasePython => Some(BASE_PYTHON),
            Self::Jupyter => Some(JUPYTER),
            Self::Node => Some(NODE),
        }
    }

    /// The files beside its Dockerfile.
    pub(super) fn files(self) -> &'static [ContextFile] {
        match self {
            Self::Jupyter => &JUPYTER_FILES,
            Self::Minimal | Self::BasePython | Self::Node => &[],
        }
    }

    /// What it is built on, besides what is in its Dockerfile: nothing may change below an image unnoticed.
    fn base(self) -> Option<Self> {
        match self {
            Self::Minimal => None,
            Self::BasePython | Self::Node => Some(Self::Minimal),
            Self::Jupyter => Some(Self::BasePython),
        }
    }

    /// The name of its image, which differs when its definition or the `platform` differs.
    pub(super) fn image_id(self, platform: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(RECIPE.to_le_bytes());
        let mut parts = vec![platform, MINIMAL_PACKAGES, MINIMAL_CUSTOMIZE, self.dockerfile().unwrap_or("")];
        let lower = self.base().and_then(Self::dockerfile);
        parts.extend(lower.into_iter().chain(self.files().iter().flat_map(|file| [file.name, file.content])));
        for part in parts {
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
