//! Debian's package with the kernel.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::{
    error::{Error, Result},
    microvm::tool,
};

/// Depends on the package with the newest kernel for clouds.
const NEWEST: &str = "linux-image-cloud-amd64";

/// A package in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package {
    name: String,
    version: String,
}

impl Package {
    /// The newest one that apt knows of. Asks nobody but apt's own lists.
    pub(super) async fn newest() -> Result<Self> {
        let mut command = Command::new("apt-cache");
        let depends = tool::run(command.args(["depends", "--important", NEWEST]), "apt").await?;
        let name = depends.lines().find_map(|line| {
            line.trim().strip_prefix("Depends: ").filter(|name| name.starts_with("linux-image-"))
        });
        let mut command = Command::new("apt-cache");
        let shown = match name {
            Some(name) => tool::run(command.args(["show", "--no-all-versions", name]), "apt").await?,
            None => String::new(),
        };
        let version = shown.lines().find_map(|line| line.strip_prefix("Version: "));
        match (name, version) {
            (Some(name), Some(version)) => Ok(Self { name: name.to_owned(), version: version.to_owned() }),
            _ => Err(Error::Program {
                program: String::from("apt-cache"),
                status: String::from("no such package"),
                stderr: format!("apt knows of no {NEWEST}; run `apt-get update` and try again"),
            }),
        }
    }

    /// As a file name.
    pub(super) fn id(&self) -> String {
        format!("{}_{}", self.name, self.version.replace(['/', ':'], "-"))
    }

    /// Fetches it and unpacks it in the directory `into`, which is then the root of its files.
    pub(super) async fn unpack(&self, into: &Path) -> Result<()> {
        let scratch = tempfile::tempdir_in(into.parent().unwrap_or(into))
            .map_err(Error::file("create a directory in", into))?;
        let mut command = Command::new("apt-get");
        command.args(["download", "--quiet"]).arg(format!("{}={}", self.name, self.version));
        tool::run(command.current_dir(scratch.path()), "apt").await?;
        let archive = archive_in(scratch.path()).map_err(Error::file("list", scratch.path()))?;
        let archive = archive.ok_or_else(|| Error::malformed(scratch.path()))?;
        let mut command = Command::new("dpkg-deb");
        tool::run(command.arg("--extract").arg(archive).arg(into), "dpkg").await.map(drop)
    }
}

fn archive_in(dir: &Path) -> std::io::Result<Option<PathBuf>> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "deb") {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
