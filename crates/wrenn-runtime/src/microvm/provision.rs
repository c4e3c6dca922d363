//! What machines boot and have as disks: made when it is first asked for, by a thread that may block.

use std::{
    path::{Path, PathBuf},
    sync::PoisonError,
};

use tokio::runtime::Handle;

use super::{
    guest::{Artifacts, CommandLine},
    image,
    qemu::Kernel,
    shared::Shared,
};
use crate::error::Result;

/// The kernel and the initramfs.
pub(super) fn artifacts(shared: &Shared) -> Result<Artifacts> {
    let known = || shared.artifacts.lock().unwrap_or_else(PoisonError::into_inner);
    // Somebody else may have found that nobody uses them.
    let found = known().clone().filter(Artifacts::are_there);
    if let Some(artifacts) = found {
        artifacts.touch();
        return Ok(artifacts);
    }
    let made = Handle::current().block_on(Artifacts::prepare(&Artifacts::cache(), &shared.options.agent))?;
    *known() = Some(made.clone());
    Ok(made)
}

/// What a machine with so many layers boots.
pub(super) fn kernel(shared: &Shared, layers: usize, hostname: &str, max_pids: u32) -> Result<Kernel> {
    let Artifacts { kernel, initramfs, .. } = artifacts(shared)?;
    let hostname = hostname.to_owned();
    let command_line = CommandLine { layers, hostname, max_pids }.to_string();
    Ok(Kernel { image: kernel, initramfs, command_line })
}

/// The image of a layer that is a tree of files.
pub(super) fn layer_image(layer: &Path) -> Result<PathBuf> {
    Handle::current().block_on(image::of_layer(layer))
}

/// Makes the empty private disk.
pub(super) fn make_disk(shared: &Shared, path: &Path) -> Result<()> {
    Handle::current().block_on(image::create_private_disk(path, shared.disk_bytes()))
}
