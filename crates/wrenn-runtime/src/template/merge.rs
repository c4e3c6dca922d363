//! Looking at a chain of layers as one tree.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{error::TemplateError, program, tree};

/// Copies the merged tree of `layers` (uppermost first) to the new directory `target`.
pub(super) async fn flatten(layers: &[PathBuf], target: &Path) -> Result<(), TemplateError> {
    tree::create_private_dir(target)?;
    let mut command = with_merged(layers, r#"exec cp -a --reflink=auto -- "$merged/." "$target/""#);
    command.env("target", target);
    program::succeed(command, "cp").await
}

/// Writes the merged tree of `layers` (uppermost first) to the new file `target` in tar format.
pub(super) async fn archive(layers: &[PathBuf], target: &Path) -> Result<(), TemplateError> {
    let tar = r#"exec tar --create --numeric-owner --sort=name --xattrs --xattrs-include='security.*' \
        --xattrs-include='user.*' --directory "$merged" --file "$target" ."#;
    let mut command = with_merged(layers, tar);
    command.env("target", target);
    program::succeed(command, "tar").await
}

/// Puts the trees given as arguments together at `$merged`. Each is mounted under a short name first, since the kernel
/// limits the length of an overlay's options, and neither `:` nor `,` in a path means anything then. The place for all
/// of it is a fresh memory file system.
const MERGE: &str = r#"
    set -e
    mount -t tmpfs tmpfs /mnt
    lower= number=0
    for layer; do
        mkdir "/mnt/$number"
        mount --bind "$layer" "/mnt/$number"
        lower=$lower:/mnt/$number
        number=$((number + 1))
    done
    merged=/mnt/merged
    mkdir "$merged"
    mount -t overlay overlay -o "ro,redirect_dir=follow,lowerdir=${lower#:}" "$merged"
"#;

/// A command that runs the shell `script` with the merged tree at `$merged`, in a mount namespace of its own.
fn with_merged(layers: &[PathBuf], script: &str) -> Command {
    let mut command = program::isolated("sh");
    match layers {
        [single] => command.arg("-c").arg(script).env("merged", single),
        _ => command.arg("-c").arg(format!("{MERGE}\n{script}")).arg("sh").args(layers),
    };
    command
}
