//! The kernel: found, or fetched.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{lz4, modules, package::Package};
use crate::{
    error::{Error, Result},
    microvm::once::once,
};

/// Names the kernel that was the newest when apt was asked last.
const NEWEST: &str = "newest";

/// Changes whenever apt fetches its lists.
const APT_LISTS: &str = "/var/lib/apt/lists";

/// A kernel with the modules that guests need.
#[derive(Debug)]
pub(super) struct Kernel {
    pub(super) version: String,
    pub(super) image: PathBuf,
    /// A directory whose files, sorted by name, are to be loaded one after the other.
    pub(super) modules: PathBuf,
}

impl Kernel {
    fn at(dir: &Path, version: String) -> Self {
        Self { version, image: dir.join("vmlinux"), modules: dir.join("modules") }
    }
}

/// The newest kernel that can be had.
pub(super) async fn prepare(cache: &Path) -> Result<Kernel> {
    match fetch(cache).await {
        Ok(kernel) => Ok(kernel),
        Err(error) => {
            let Some(version) = last_of(cache).map_err(Error::file("list", cache))? else {
                return Err(error);
            };
            tracing::warn!(error = &error as &dyn std::error::Error, version, "an older kernel is used");
            Ok(Kernel::at(&cache.join(&version), version))
        }
    }
}

async fn fetch(cache: &Path) -> Result<Kernel> {
    if let Some(version) = still_newest(cache) {
        return Ok(Kernel::at(&cache.join(&version), version));
    }
    let package = Package::newest(cache).await?;
    let dir = cache.join(package.id());
    once(&dir, async |aside: PathBuf| {
        let unpacked = tempfile::tempdir_in(cache).map_err(Error::file("create a directory in", cache))?;
        package.unpack(unpacked.path()).await?;
        let root = unpacked.path().to_owned();
        let arranged = tokio::task::spawn_blocking(move || arrange(&root, &aside));
        arranged.await.map_err(|error| Error::system("unpack the kernel")(io::Error::from(error)))?
    })
    .await?;
    let newest = cache.join(NEWEST);
    fs::write(&newest, package.id()).map_err(Error::file("write", newest))?;
    Ok(Kernel::at(&dir, package.id()))
}

/// What apt said last, if its lists were not fetched anew since: it takes most of a second to ask it.
fn still_newest(cache: &Path) -> Option<String> {
    let note = cache.join(NEWEST);
    let (asked, fetched) = (fs::metadata(&note).ok()?, fs::metadata(APT_LISTS).ok()?);
    let is_fresh = asked.modified().ok()? > fetched.modified().ok()?;
    let version = fs::read_to_string(&note).ok()?;
    (is_fresh && !version.is_empty() && cache.join(&version).join("vmlinux").is_file()).then_some(version)
}

/// Takes what guests need out of the unpacked package.
fn arrange(root: &Path, into: &Path) -> Result<()> {
    let modules = into.join("modules");
    fs::create_dir_all(&modules).map_err(Error::file("create", &modules))?;
    let boot = root.join("boot");
    let compressed = only_entry(&boot, "vmlinuz-").map_err(Error::file("find a kernel in", &boot))?;
    let image = fs::read(&compressed).map_err(Error::file("read", &compressed))?;
    let image = lz4::kernel_in(&image).ok_or_else(|| Error::malformed(&compressed))?;
    let path = into.join("vmlinux");
    fs::write(&path, image).map_err(Error::file("write", path))?;
    let all = root.join("lib/modules");
    let all = only_entry(&all, "").map_err(Error::file("find modules in", &all))?.join("kernel");
    for (number, module) in modules::needed(&all)?.iter().enumerate() {
        let name = module.file_name().unwrap_or_default().to_string_lossy();
        let path = modules.join(format!("{number:02}-{name}"));
        fs::copy(module, &path).map_err(Error::file("write", path))?;
    }
    Ok(())
}

fn only_entry(dir: &Path, beginning: &str) -> io::Result<PathBuf> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(beginning) {
            return Ok(entry.path());
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

/// The name of the kernel that was fetched last.
fn last_of(cache: &Path) -> io::Result<Option<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(cache)? {
        let entry = entry?;
        if entry.path().join("vmlinux").is_file()
            && let Ok(name) = entry.file_name().into_string()
            && !name.ends_with(".new")
        {
            found.push((entry.metadata()?.modified()?, name));
        }
    }
    Ok(found.into_iter().max().map(|(_, name)| name))
}
