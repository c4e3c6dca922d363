//! Debian's package with the kernel.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::{
    error::{Error, Result},
    microvm::{once::lock, tool},
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
    /// The newest one that apt knows of. Asks nobody but apt's own lists, and has them fetched when they know of none, as on
    /// a machine that never installed anything.
    pub(super) async fn newest(cache: &Path) -> Result<Self> {
        if let Some(package) = Self::known().await? {
            return Ok(package);
        }
        // Apt does not wait for another one that fetches.
        let _lock = lock(&cache.join("apt.lock")).await?;
        if let Some(package) = Self::known().await? {
            return Ok(package);
        }
        tool::run(Command::new("apt-get").args(["update", "--quiet"]), "apt").await?;
        Self::known().await?.ok_or_else(|| Error::Program {
            program: String::from("apt-cache"),
            status: String::from("no such package"),
            stderr: format!("apt knows of no {NEWEST}; its sources must have Debian's main archive"),
        })
    }

    /// What the lists that are there say.
    async fn known() -> Result<Option<Self>> {
        let depends = ask(&["depends", "--important", NEWEST]).await?;
        let Some(name) = depends.lines().find_map(|line| {
            line.trim().strip_prefix("Depends: ").filter(|name| name.starts_with("linux-image-"))
        }) else {
            return Ok(None);
        };
        let shown = ask(&["show", "--no-all-versions", name]).await?;
        let version = shown.lines().find_map(|line| line.strip_prefix("Version: "));
        Ok(version.map(|version| Self { name: name.to_owned(), version: version.to_owned() }))
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

/// What `apt-cache` prints, which is nothing about a package that it does not know.
async fn ask(arguments: &[&str]) -> Result<String> {
    match tool::run(Command::new("apt-cache").args(arguments), "apt").await {
        Err(Error::Program { .. }) => Ok(String::new()),
        answer => answer,
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
