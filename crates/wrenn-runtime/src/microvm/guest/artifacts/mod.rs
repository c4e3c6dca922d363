//! The kernel and the initramfs, made once for every version of theirs.
//!
//! ```text
//! <cache>/                          /var/cache/wrenn/kernel, shared by every data directory of the machine
//!   <package>_<version>/            vmlinux, modules/ (those that a guest needs, named in the order of their loading)
//!   <package>_<version>.<agent>.cpio   the initramfs with that agent
//!   newest                          which kernel apt named last
//! ```

mod cpio;
mod initramfs;
mod kernel;
mod lz4;
mod modules;
mod package;

use std::{
    fs,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{
    error::{Error, Result},
    microvm::evict,
};

/// The environment variable that says where kernels are kept.
pub const CACHE_VARIABLE: &str = "WRENN_KERNEL_CACHE";

/// Where kernels are kept when nothing else is said.
pub const DEFAULT_CACHE: &str = "/var/cache/wrenn/kernel";

/// What a machine is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifacts {
    /// The kernel, an uncompressed ELF file, which QEMU starts by its PVH entry.
    pub kernel: PathBuf,
    /// The initramfs, with the agent in it.
    pub initramfs: PathBuf,
    /// The kernel's package and version. With the agent it names what a snapshot can be restored with.
    pub version: String,
}

impl Artifacts {
    /// Makes what is not there yet: fetches Debian's cloud kernel by apt, without installing it, and puts the agent and the
    /// needed modules into an initramfs. When there is no way to a newer kernel, one that is there already does.
    ///
    /// # Errors
    /// The package cannot be fetched and none is there, or files cannot be written.
    pub async fn prepare(cache: &Path, agent: &[u8]) -> Result<Self> {
        let cache = std::path::absolute(cache).map_err(Error::file("find", cache))?;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(&cache)
            .map_err(Error::file("create", &cache))?;
        let kernel = kernel::prepare(&cache).await?;
        let digest: String = Sha256::digest(agent).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let initramfs = cache.join(format!("{}.{digest}.cpio", kernel.version));
        initramfs::prepare(&initramfs, &kernel.modules, agent).await?;
        let made = Self { kernel: kernel.image, initramfs, version: kernel.version };
        // What they replace may be old enough now.
        made.touch();
        Self::sweep(&cache);
        Ok(made)
    }

    /// Whether the files are still there.
    pub(in crate::microvm) fn are_there(&self) -> bool {
        self.kernel.is_file() && self.initramfs.is_file()
    }

    /// Notes that they are used.
    pub(in crate::microvm) fn touch(&self) {
        evict::touch(&self.kernel);
        evict::touch(&self.initramfs);
    }

    /// Removes from the directory `cache` what nobody has used for long.
    pub(in crate::microvm) fn sweep(cache: &Path) {
        evict::sweep(cache, |path| {
            let is_archive = path.extension().is_some_and(|ending| ending == "cpio");
            let kernel = path.join("vmlinux");
            if is_archive { Some(path.to_owned()) } else { kernel.is_file().then_some(kernel) }
        });
    }

    /// The directory that [`CACHE_VARIABLE`] names, or [`DEFAULT_CACHE`].
    #[must_use]
    pub fn cache() -> PathBuf {
        let chosen = std::env::var_os(CACHE_VARIABLE).filter(|value| !value.is_empty());
        chosen.map_or_else(|| DEFAULT_CACHE.into(), PathBuf::from)
    }
}
