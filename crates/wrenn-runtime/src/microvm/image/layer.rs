//! A layer of a template as a read-only disk.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::{
    error::{Error, Result},
    microvm::{once::once, tool},
};

/// The disk image of the layer in the directory `layer`. It lies beside the layer, is made when it is first asked for
/// (for the template `minimal` in about a second), and goes with the layer.
///
/// Owners, modes, times, attributes and whiteouts are in it as they are in the layer, so that images stack up inside as
/// layers do outside. It is not compressed: reading costs the least then, and machines of one template share the pages
/// of one file.
///
/// # Errors
/// `mkfs.erofs` is not installed or fails, for instance because the disk is full.
pub async fn of_layer(layer: &Path) -> Result<PathBuf> {
    let name = layer.file_name().ok_or_else(|| Error::malformed(layer))?;
    let image = layer.with_file_name(format!("{}.erofs", name.to_string_lossy()));
    once(&image, async |aside: PathBuf| {
        let mut command = Command::new("mkfs.erofs");
        command.args(["--quiet", "--preserve-mtime"]).arg(&aside).arg(layer);
        tool::run(&mut command, "erofs-utils").await.map(drop)
    })
    .await?;
    Ok(image)
}
