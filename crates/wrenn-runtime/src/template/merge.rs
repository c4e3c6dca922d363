//! Looking at a chain of layers as one tree.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{error::TemplateError, program, tree};

/// Copies the merged tree of `layers` (uppermost first) to the new directory `target`.
pub(super) async fn flatten(layers: &[PathBuf], target: &Path) -> Result<(), TemplateError> {
    tree::create_private_dir(target)?;
    let mut command = with_merged(layers, r#"exec cp -a --reflink=auto -- "$merged/." "$target/""#)?;
    command.env("target", target);
    program::succeed(command, "cp").await
}

/// Writes the merged tree of `layers` (uppermost first) to the new file `target` in tar format.
pub(super) async fn archive(layers: &[PathBuf], target: &Path) -> Result<(), TemplateError> {
    let tar = r#"exec tar --create --numeric-owner --sort=name --xattrs --xattrs-include='security.*' \
        --xattrs-include='user.*' --directory "$merged" --file "$target" ."#;
    let mut command = with_merged(layers, tar)?;
    command.env("target", target);
    program::succeed(command, "tar").await
}

/// A command that runs the shell `script` with the merged tree at `$merged`, in a mount namespace of its own.
fn with_merged(layers: &[PathBuf], script: &str) -> Result<Command, TemplateError> {
    let mut command = program::isolated("sh");
    let [single] = layers else {
        // The mount point is a fresh memory file system, so that no directory has to be made for it.
        let mount = format!(
            "set -e; mount -t tmpfs tmpfs /mnt; mkdir /mnt/merged; merged=/mnt/merged\n\
             mount -t overlay overlay -o \"ro,redirect_dir=follow,lowerdir=$lower\" \"$merged\"\n{script}"
        );
        command.arg("-c").arg(mount).env("lower", lower_directories(layers)?);
        return Ok(command);
    };
    command.arg("-c").arg(script).env("merged", single);
    Ok(command)
}

/// The value of overlayfs's `lowerdir` option.
fn lower_directories(layers: &[PathBuf]) -> Result<String, TemplateError> {
    let mut escaped = Vec::new();
    for layer in layers {
        let path = layer.to_str().ok_or_else(|| TemplateError::Definition {
            path: layer.clone(),
            reason: "the path is not valid UTF-8".to_owned(),
        })?;
        escaped.push(path.replace('\\', r"\\").replace(':', r"\:").replace(',', r"\,"));
    }
    Ok(escaped.join(":"))
}
