//! The first filesystem of a guest: the agent, and what it needs to get to the others.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::cpio::Archive;
use crate::{
    error::{Error, Result},
    microvm::once::once,
};

/// The device on which the kernel lets its first process speak.
const CONSOLE: (u32, u32) = (5, 1);

/// Makes the archive `path`, unless it is there. It is not packed: unpacking would take a machine longer than loading.
pub(super) async fn prepare(path: &Path, modules: &Path, agent: &[u8]) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    once(path, async |aside: PathBuf| {
        let content = content(modules, agent).map_err(Error::file("read", modules))?;
        fs::write(&aside, content).map_err(Error::file("write", aside))
    })
    .await
}

fn content(modules: &Path, agent: &[u8]) -> io::Result<Vec<u8>> {
    let mut archive = Archive::default();
    archive.directory("dev");
    archive.device("dev/console", CONSOLE);
    archive.directory("modules");
    let mut names: Vec<_> =
        fs::read_dir(modules)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    names.sort();
    for name in names {
        archive.program(&format!("modules/{}", name.to_string_lossy()), &fs::read(modules.join(name))?);
    }
    archive.program("init", agent);
    Ok(archive.finish())
}
