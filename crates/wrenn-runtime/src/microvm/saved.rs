//! What vouches for the files of a saved machine: written last, read first.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use super::{checksum, file, machine::Accelerator};
use crate::error::{Error, Result};

/// The description of a machine that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) platform: Platform,
    pub(super) vcpus: u32,
    pub(super) memory_mb: u32,
    /// How many layers its disks are.
    pub(super) layers: usize,
    /// Names of files beside the description, and their checksums.
    pub(super) checksums: BTreeMap<String, String>,
    /// Processor time in nanoseconds that was used.
    #[serde(default)]
    pub(super) cpu_ns: u64,
    /// The boot of this machine during which it was written, for those that may not be on disk yet.
    #[serde(default)]
    pub(super) boot: String,
}

/// What a saved machine can be restored by: the same and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Platform {
    pub(super) accelerator: Accelerator,
    /// As QEMU tells its version.
    pub(super) qemu: String,
    /// Which devices it has.
    #[serde(default)]
    pub(super) shape: u32,
    /// What the processor is, where that is of meaning.
    #[serde(default)]
    pub(super) processor: String,
}

impl Saved {
    pub(super) fn read(path: &Path) -> Result<Option<Self>> {
        file::read(path)
    }

    /// Refuses what cannot be restored by `platform`.
    pub(super) fn require(&self, path: &Path, platform: &Platform) -> Result<()> {
        if self.platform == *platform {
            return Ok(());
        }
        let Platform { accelerator, qemu, .. } = &self.platform;
        let reason = if (accelerator, qemu) != (&platform.accelerator, &platform.qemu) {
            format!(
                "it was saved by {qemu} with {accelerator}, and here is {} with {}; memory moves only between the same",
                platform.qemu, platform.accelerator
            )
        } else if self.platform.shape == platform.shape {
            String::from(
                "it was saved on another processor, and under KVM memory moves only between the same",
            )
        } else {
            String::from("it was saved by a version of this program whose machines had other devices")
        };
        Err(Error::Unusable { path: path.to_owned(), reason })
    }

    /// The checksum of the file `name`.
    pub(super) fn checksum(&self, description: &Path, name: &str) -> Result<&str> {
        self.checksums.get(name).map(String::as_str).ok_or_else(|| Error::malformed(description))
    }

    /// Refuses files in `dir` that are not as they were written.
    pub(super) fn check(&self, dir: &Path) -> Result<()> {
        self.checksums.iter().try_for_each(|(name, checksum)| checksum::check(&dir.join(name), checksum))
    }
}

/// The checksums of the files in `dir`.
pub(super) fn checksums(dir: &Path, names: &[&str]) -> Result<BTreeMap<String, String>> {
    names.iter().map(|name| Ok(((*name).to_owned(), checksum::of(&dir.join(name))?))).collect()
}
