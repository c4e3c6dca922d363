//! What a capsule's machine is put together from.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    base::{self, Base},
    checksum, provision,
    qemu::Kernel,
    shared::Shared,
};
use crate::{
    error::{Error, Result},
    runtime::CapsuleSpec,
};

/// The parts of a machine.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) vcpus: u32,
    pub(super) memory_mb: u32,
    pub(super) max_pids: u32,
    /// The images of the layers that are trees of files, uppermost first.
    pub(super) images: Vec<PathBuf>,
    /// Whose state the machine goes on from, if it is there already.
    pub(super) base: Option<Base>,
}

impl Plan {
    /// Finds or makes all that `spec` needs.
    pub(super) fn of(shared: &Shared, spec: &CapsuleSpec) -> Result<Self> {
        let mut plan = Self::without_base(spec)?;
        plan.base = match spec.layers.first() {
            Some(top) if base::is_machine(top) => Some(of_snapshot(shared, spec, top, plan.images.len())?),
            _ => shared.bases.find(&plan.key(shared)?, &shared.platform()?)?,
        };
        Ok(plan)
    }

    /// The same for a machine that has a state of its own to go on from, and so needs no kernel.
    pub(super) fn without_base(spec: &CapsuleSpec) -> Result<Self> {
        for layer in &spec.layers {
            // What makes images out of layers says less about it.
            fs::metadata(layer).map_err(Error::file("find", layer))?;
        }
        let images =
            Self::trees(spec).map(|layer| provision::layer_image(layer)).collect::<Result<Vec<_>>>()?;
        let CapsuleSpec { vcpus, memory_mb, max_pids, .. } = *spec;
        Ok(Self { vcpus, memory_mb, max_pids, images, base: None })
    }

    /// By what the saved machine of the template is found.
    pub(super) fn key(&self, shared: &Shared) -> Result<String> {
        let artifacts = provision::artifacts(shared)?;
        let parts = (
            shared.platform()?,
            (&artifacts.version, &artifacts.initramfs),
            &self.images,
            (self.vcpus, self.memory_mb, self.max_pids, shared.options.disk_mb),
        );
        let text = format!("{parts:?}");
        Ok(checksum::hex(Sha256::new().chain_update(text))[..32].to_owned())
    }

    /// The layers that are trees of files, uppermost first.
    pub(super) fn trees(spec: &CapsuleSpec) -> impl Iterator<Item = &PathBuf> {
        spec.layers.iter().filter(|layer| !base::is_machine(layer))
    }

    /// What the machine boots when there is nothing to go on from.
    pub(super) fn kernel(&self, shared: &Shared, hostname: &str) -> Result<Kernel> {
        provision::kernel(shared, self.images.len(), hostname, self.max_pids)
    }
}

/// The saved machine of a capsule, as which a layer may come. It has one size and no other.
fn of_snapshot(shared: &Shared, spec: &CapsuleSpec, layer: &Path, images: usize) -> Result<Base> {
    let base = Base::open(layer, &shared.platform()?)?;
    let refused = |reason| Err(Error::Unusable { path: layer.to_owned(), reason });
    let saved = &base.saved;
    if (saved.vcpus, saved.memory_mb) != (spec.vcpus, spec.memory_mb) {
        return refused(format!(
            "it holds the memory of a running machine, with {} processors and {} MiB; ask for just that",
            saved.vcpus, saved.memory_mb
        ));
    }
    if saved.layers != images {
        return refused(format!("it was saved above {} layers, not {images}", saved.layers));
    }
    base.check_once(shared)?;
    Ok(base)
}
